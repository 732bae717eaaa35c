//! Random cases: what is read is what is written, and every one can be reported.

#[path = "../../../tests/support/case_write.rs"]
mod case_write;
#[path = "../../../tests/support/cases.rs"]
mod cases;

use case_write::written;
use cases::cases;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use trustlist::phone::{Judgement, Outcome, Prediction, Weight};
use trustlist::report::{prediction_explained, prediction_json, prediction_text};
use trustlist_cluster::case::PredictCase;

const LABELS: &[&str] = &["a", "b", "c", "same-as-a", "forged-a", "curve", "tvs1", "tvs2"];
const ROLES: &[&str] = &["SAST", "CCM", "CCM+TFTP", "TFTP", "CAPF", "TVS", "role-99"];
const SERVERS: &[&str] = &["ccm1", "ccm2", "10.0.0.1"];

fn certificates() -> Value {
    json!({
        "a": { "subject": "CN=a", "issuer": "CN=ca", "serial": "01", "key_bits": 1024, "not_after": "2020-01-01T00:00:00Z" },
        "same-as-a": { "subject": "cn=a", "issuer": "cn=ca", "serial": "0001" },
        "forged-a": { "forges": "a" },
        "b": { "subject": "CN=a", "issuer": "CN=ca", "serial": "02", "key_bits": 4096, "not_before": "2030-01-01T00:00:00Z" },
        "curve": { "subject": "CN=\u{1b}[2J\u{202e}", "key": "elliptic-curve" }
    })
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(words).prop_map(Value::from)
}

/// Sometimes the value, sometimes `null`.
fn maybe(strategy: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![strategy, Just(Value::Null)].boxed()
}

fn record() -> impl Strategy<Value = Value> {
    let form = word(&["certificate", "certificate", "hash", "none", "empty"]);
    (word(ROLES), word(LABELS), word(SERVERS), form).prop_map(
        |(role, certificate, server, form)| {
            let certificate = if form == "empty" { Value::Null } else { certificate };
            json!({ "role": role, "certificate": certificate, "server": server, "form": form })
        },
    )
}

fn list() -> impl Strategy<Value = Value> {
    let header = (
        maybe(word(LABELS)),
        word(&["sha1", "sha1", "sha1", "sha256", "sha512"]),
        word(&["valid", "valid", "valid", "broken", "not-checked"]),
        maybe(word(&["ITLFile.tlv", "CTLFile.tlv", "x"])),
    );
    let records = prop::collection::vec(record(), 0..7);
    let rest =
        (records, maybe(select(&[70_000u64, 5000][..]).prop_map(Value::from)), any::<bool>());
    (header, rest).prop_map(|((signer, digest, signature, file_name), (records, size, complete))| {
        json!({ "signer": signer, "digest": digest, "signature": signature, "file_name": file_name, "size": size,
                "records": records, "complete": complete })
    })
}

fn offered() -> impl Strategy<Value = Value> {
    prop_oneof![4 => list().boxed(), 1 => word(&["empty"]).boxed(), 1 => Just(Value::Null).boxed(), 1 => word(&["same"]).boxed()]
}

fn server(name: &'static str) -> impl Strategy<Value = Value> {
    let knows = prop::collection::btree_map(
        select(LABELS),
        maybe(prop::collection::vec(word(ROLES), 0..3).prop_map(Value::from)),
        0..4,
    );
    (any::<bool>(), maybe(word(LABELS)), prop::option::of(knows)).prop_map(
        move |(reachable, presents, knows)| {
            let mut knows = knows;
            // One certificate under two labels must be known with the same roles.
            if let Some(knows) = &mut knows {
                knows.remove("same-as-a");
                knows.remove("forged-a");
            }
            json!({ "server": name, "reachable": reachable, "presents": presents, "knows": knows })
        },
    )
}

fn phone() -> impl Strategy<Value = Value> {
    let lists = (maybe(list()), maybe(list()));
    let device = (
        maybe(word(&["7975", "8851", "7940", "DX650", "Jabber"])),
        maybe(any::<bool>().prop_map(Value::from)),
        any::<bool>(),
        maybe(Just(json!(2048))),
    );
    let group = maybe(prop::collection::vec(word(SERVERS), 0..3).prop_map(Value::from));
    (device, group, lists, prop::collection::vec(word(LABELS), 0..2)).prop_map(
        |((model, sbd, fips, bits), group, lists, cache)| {
            json!({ "model": model, "security_by_default": sbd, "fips": fips, "max_key_bits": bits, "cm_group": group,
                "ctl": lists.0, "itl": lists.1, "tvs_cache": cache })
        },
    )
}

fn case() -> impl Strategy<Value = Value> {
    let config = (
        word(LABELS),
        word(&["sha1", "sha512"]),
        word(&["valid", "broken"]),
        word(SERVERS),
        any::<bool>(),
    );
    let config = config.prop_map(|(signer, digest, signature, tftp_server, encrypted)| {
        json!({ "signer": signer, "digest": digest, "signature": signature, "tftp_server": tftp_server, "encrypted": encrypted })
    });
    let tvs = maybe((server("ccm1"), server("ccm2")).prop_map(|(one, two)| json!([one, two])));
    (phone(), offered(), offered(), maybe(config), tvs, maybe(Just(json!("2024-01-01")))).prop_map(
        |(phone, mut ctl, mut itl, config, tvs, at)| {
            // "same" needs an installed list.
            if ctl == "same" && phone["ctl"].is_null() {
                ctl = Value::Null;
            }
            if itl == "same" && phone["itl"].is_null() {
                itl = Value::Null;
            }
            json!({ "schema": "trustlist.predict/1", "id": "random", "certificates": certificates(), "phone": phone,
                    "offer": { "ctl": ctl, "itl": itl, "config": config }, "tvs": tvs, "at": at })
        },
    )
}

fn judgements(prediction: &Prediction) -> impl Iterator<Item = &Judgement> {
    [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()].into_iter().flatten()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn what_is_read_is_what_is_written(case in case()) {
        let first = PredictCase::parse(&case.to_string()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let json = written(&first);
        let second = PredictCase::parse(&json.to_string()).map_err(|error| TestCaseError::fail(format!("{error} in {json}")))?;
        prop_assert_eq!(&first.phone, &second.phone);
        prop_assert_eq!(&first.offer, &second.offer);
        prop_assert_eq!(&first.tvs, &second.tvs);
        prop_assert_eq!(&first.signatures, &second.signatures);
        prop_assert_eq!(&first.certificates, &second.certificates);
        prop_assert_eq!(json, written(&second));
    }

    #[test]
    fn every_case_can_be_reported(case in case()) {
        let case = PredictCase::parse(&case.to_string()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let report = case.report();
        for text in [prediction_text(&report), prediction_explained(&report)] {
            prop_assert!(text.lines().all(|line| !line.chars().any(|c| c.is_control() || c == '\u{202e}')), "{text}");
        }
        let json = prediction_json(&report);
        prop_assert_eq!(&json, &prediction_json(&case.report()));
        for prediction in [&report.boot.first, &report.boot.again] {
            for judgement in judgements(prediction) {
                let refuses = judgement.findings().iter().any(|finding| finding.weight == Weight::Refuses);
                prop_assert_eq!(judgement.outcome() == Outcome::Reject, refuses);
                prop_assert_eq!(judgement.outcome() == Outcome::Depends, !judgement.conditions().is_empty());
                prop_assert!(judgement.decisive().is_some());
            }
        }
    }
}

#[test]
fn own_cases_survive_writing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/cases/predict");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Other families have folders of their own.
        if path.is_dir() {
            continue;
        }
        let first = PredictCase::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut second = PredictCase::parse(&written(&first).to_string()).unwrap();
        second.expect.clone_from(&first.expect);
        assert_eq!(first, second, "{}", path.display());
        count += 1;
    }
    assert!(count > 170, "{count}");
}
