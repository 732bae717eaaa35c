//! Bad cases: one line that starts with the JSON path and says what was expected and what was
//! found.

use serde_json::{Value, json};
use trustlist_cluster::case::PredictCase;

/// A sound case, for the tests to damage.
fn sound() -> Value {
    json!({
        "schema": "trustlist.predict/1", "id": "sound", "title": "A sound case",
        "rules": ["P-ITL-2"], "note": "for readers", "why": null, "origin": 1, "file": {},
        "certificates": { "ccm1.1": { "subject": "CN=ccm1", "issuer": "CN=ccm1", "serial": "01", "key_bits": 2048 } },
        "phone": { "model": "7975", "cm_group": ["ccm1"], "ctl": null, "tvs_cache": ["ccm1.1", { "certificate": "ccm1.1" }],
                   "itl": { "signer": "ccm1.1", "records": [ { "role": "SAST", "certificate": "ccm1.1", "server": "ccm1" },
                                                             { "role": "CCM+TFTP", "form": "empty", "server": "ccm1" } ] } },
        "offer": { "ctl": null, "itl": "same", "config": { "signer": "ccm1.1", "tftp_server": "ccm1" } },
        "tvs": [ { "server": "ccm1", "presents": "tvs1", "knows": { "ccm1.1": ["SAST"], "other": null } } ],
        "at": "2024-05-01T00:00:00Z",
        "expect": { "itl": { "outcome": ["unchanged", "accept"], "leans": null, "via": "tvs" }, "after": { "itl": "installed" } }
    })
}

/// The case with the value at a JSON pointer replaced, or a key added to its object.
fn with(pointer: &str, value: Value) -> Value {
    let mut case = sound();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match case.pointer_mut(parent).unwrap() {
        Value::Object(map) => drop(map.insert(key.to_owned(), value)),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => panic!("{other} holds nothing"),
    }
    case
}

fn without(parent: &str, key: &str) -> Value {
    let mut case = sound();
    case.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    case
}

fn error(case: &Value) -> String {
    let line = PredictCase::parse(&case.to_string()).unwrap_err().to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

#[track_caller]
fn check(pointer: &str, value: Value, line: &str) {
    assert_eq!(error(&with(pointer, value)), line);
}

#[test]
fn the_sound_case_reads() {
    let case = PredictCase::parse(&sound().to_string()).unwrap();
    assert_eq!(case.id.as_deref(), Some("sound"));
}

#[test]
fn an_unknown_field_is_named_at_every_level() {
    check(
        "/fone",
        json!(1),
        "fone: expected schema, id, title, source, confidence, certificates, phone, offer, tvs, tls_minimum, at, expect, rules, note, why, \
         origin or file; found an unknown field",
    );
    check(
        "/offer/itls",
        json!(null),
        "offer.itls: expected ctl, itl or config; found an unknown field",
    );
    let known = "expected role, certificate, server, address or form; found an unknown field";
    check("/phone/itl/records/0/rol", json!("SAST"), &format!("phone.itl.records[0].rol: {known}"));
    check(
        "/tvs/0/note",
        json!("x"),
        "tvs[0].note: expected server, reachable, presents or knows; found an unknown field",
    );
    check(
        "/expect/after/config",
        json!("none"),
        "expect.after.config: expected ctl or itl; found an unknown field",
    );
    assert!(
        error(&with("/certificates/ccm1.1/bits", json!(1)))
            .starts_with("certificates[\"ccm1.1\"].bits: expected subject")
    );
}

#[test]
fn an_unknown_word_is_named_with_the_words_there_are() {
    let roles = "SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N";
    let line = format!("phone.itl.records[0].role: expected {roles}; found \"SASTT\"");
    check("/phone/itl/records/0/role", json!("SASTT"), &line);
    let line = format!("tvs[0].knows[\"ccm1.1\"][1]: expected {roles}; found \"role-70000\"");
    check("/tvs/0/knows/ccm1.1", json!(["SAST", "role-70000"]), &line);
    check(
        "/phone/itl/digest",
        json!("md5"),
        "phone.itl.digest: expected sha1, sha256 or sha512; found \"md5\"",
    );
    let line = "phone.itl.signature: expected valid, broken or not-checked; found \"invalid\"";
    check("/phone/itl/signature", json!("invalid"), line);
    let line =
        "phone.itl.records[0].form: expected certificate, hash, none or empty; found \"whole\"";
    check("/phone/itl/records/0/form", json!("whole"), line);
    check(
        "/expect/itl/outcome",
        json!(["accept", "taken"]),
        "expect.itl.outcome[1]: expected accept, depends, install-first, not-applicable, not-offered, reject or unchanged; \
         found \"taken\"",
    );
    let line =
        "expect.itl.decisive: expected the code of a finding or of a condition; found \"because\"";
    check("/expect/itl/decisive", json!("because"), line);
    check(
        "/offer/ctl",
        json!("none"),
        "offer.ctl: expected a list, \"same\", \"empty\" or null; found \"none\"",
    );
    check(
        "/offer/config",
        json!("same"),
        "offer.config: expected a configuration, \"empty\" or null; found \"same\"",
    );
}

#[test]
fn another_version_of_the_schema_is_refused() {
    check(
        "/schema",
        json!("trustlist.predict/2"),
        "schema: expected trustlist.predict/1; found \"trustlist.predict/2\"",
    );
    assert_eq!(error(&without("", "schema")), "schema: expected this field; found nothing");
}

#[test]
fn a_label_that_stands_for_nothing_is_refused() {
    check(
        "/phone/itl/signer",
        json!(""),
        "phone.itl.signer: expected the label of a certificate; found \"\"",
    );
    check(
        "/offer/config/signer",
        json!(null),
        "offer.config.signer: expected the label of a certificate; found null",
    );
    let line = "certificates.x.forges: expected the label of another certificate; found \"x\"";
    check("/certificates/x", json!({ "forges": "x" }), line);
    check(
        "/tvs/0/knows/",
        json!(null),
        "tvs[0].knows[\"\"]: expected the label of a certificate; found \"\"",
    );
    check(
        "/phone/tvs_cache/0",
        json!(7),
        "phone.tvs_cache[0]: expected the label of a certificate; found 7",
    );
    check(
        "/offer/ctl",
        json!("same"),
        "offer.ctl: expected something else, as phone.ctl is no list; found \"same\"",
    );
}

#[test]
fn what_is_missing_is_named() {
    for (parent, key, path) in [
        ("", "phone", "phone"),
        ("", "offer", "offer"),
        ("/phone/itl", "signer", "phone.itl.signer"),
        ("/phone/itl", "records", "phone.itl.records"),
        ("/phone/itl/records/0", "role", "phone.itl.records[0].role"),
        ("/offer/config", "signer", "offer.config.signer"),
        ("/tvs/0", "server", "tvs[0].server"),
    ] {
        assert_eq!(
            error(&without(parent, key)),
            format!("{path}: expected this field; found nothing")
        );
    }
}

#[test]
fn a_record_has_a_certificate_exactly_when_its_form_needs_one() {
    let line = "phone.itl.records[1].certificate: expected no certificate in a record of form empty; found \"x\"";
    check("/phone/itl/records/1/certificate", json!("x"), line);
    let line = "phone.itl.records[0].certificate: expected this field; found nothing";
    assert_eq!(error(&without("/phone/itl/records/0", "certificate")), line);
    let line = "phone.itl.records[0].certificate: expected the label of a certificate; found null";
    check("/phone/itl/records/0/certificate", json!(null), line);
}

#[test]
fn statements_about_one_certificate_must_agree() {
    let other =
        json!({ "subject": "CN=ccm1", "issuer": "cn=ccm1", "serial": "0x0001", "key_bits": 1024 });
    let line = "certificates.again.key_bits: expected what the same certificate, ccm1.1, has there, 2048; found 1024";
    check("/certificates/again", other, line);
    let clashes = [
        ("subject", json!("CN=ccm1"), json!("CN=ccm2"), "CN=ccm1"),
        ("key", json!("rsa"), json!("unknown"), "rsa"),
        ("key", json!("elliptic-curve"), json!("rsa"), "elliptic-curve"),
        (
            "not_before",
            json!("2024-01-01T00:00:00Z"),
            json!("2025-01-01T00:00:00Z"),
            "2024-01-01T00:00:00Z",
        ),
        (
            "not_after",
            json!("2029-01-01T00:00:00Z"),
            json!("2028-01-01T00:00:00Z"),
            "2029-01-01T00:00:00Z",
        ),
    ];
    for (field, one, other, said) in clashes {
        let entry = |value: &Value| json!({ "issuer": "CN=ca", "serial": "02", field: value });
        let mut case = with("/certificates/one", entry(&one));
        case["certificates"]["two"] = entry(&other);
        let line = format!(
            "certificates.two.{field}: expected what the same certificate, one, has there, {said}; found {other}"
        );
        assert_eq!(error(&case), line);
        case["certificates"]["two"] = entry(&one);
        assert!(PredictCase::parse(&case.to_string()).is_ok(), "{field}");
    }
    let mut case = with("/certificates/again", json!({ "issuer": "CN=ccm1", "serial": "01" }));
    case["tvs"][0]["knows"]["again"] = json!(["CCM+TFTP"]);
    let line = "tvs[0].knows.again: expected the roles that another label of the same certificate has; found a list";
    assert_eq!(error(&case), line);
    let twice = json!([{ "server": "ccm1" }, { "server": "ccm1", "reachable": false }]);
    check("/tvs", twice, "tvs[1].server: expected each server once; found \"ccm1\"");
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    check(
        "/at",
        json!("yesterday"),
        "at: expected a UTC date such as 2015-03-06T00:00:00Z; found \"yesterday\"",
    );
    let line = "phone.itl.timestamp: expected a UTC date such as 2015-03-06T00:00:00Z; found 1";
    check("/phone/itl/timestamp", json!(1), line);
    check("/phone/itl/size", json!(-1), "phone.itl.size: expected a whole number from 0; found -1");
    check("/phone/fips", json!("no"), "phone.fips: expected true or false; found \"no\"");
    let line = "phone.max_key_bits: expected a whole number from 0 to 4294967295; found 4294967296";
    check("/phone/max_key_bits", json!(1u64 << 32), line);
    check("/phone/cm_group/0", json!(""), "phone.cm_group[0]: expected a name; found \"\"");
    let line = "phone.itl.records[0].address: expected an IP address; found \"ccm1\"";
    check("/phone/itl/records/0/address", json!("ccm1"), line);
    let line =
        "certificates[\"ccm1.1\"].serial: expected a serial number in hex digits; found \"7G\"";
    check("/certificates/ccm1.1/serial", json!("7G"), line);
    check("/phone", json!([]), "phone: expected an object; found a list");
}

#[test]
fn text_of_the_file_cannot_reach_the_terminal() {
    for case in [
        with("/phone/itl/digest", json!("\u{1b}[2J\u{9b}31m\n")),
        with("/phone/\u{1b}[2J\u{9b}", json!(1)),
    ] {
        let line = error(&case);
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

/// Every value of a document by its JSON pointer.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), found))
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(i, value)| pointers(value, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

#[test]
fn every_damage_reads_or_is_told_in_one_line() {
    let (mut all, mut errors) = (Vec::new(), 0);
    pointers(&sound(), "", &mut all);
    let damages = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("same"),
        json!([]),
        json!([[]]),
        json!({"": 0}),
    ];
    for pointer in &all {
        for damage in &damages {
            let mut case = sound();
            *case.pointer_mut(pointer).unwrap() = damage.clone();
            if let Err(error) = PredictCase::parse(&case.to_string()) {
                assert!(!error.path().is_empty() || pointer.is_empty(), "{pointer}: {error}");
                assert!(
                    !error.to_string().contains('\n')
                        && !error.expected().is_empty()
                        && !error.found().is_empty()
                );
                errors += 1;
            }
        }
    }
    // Comment fields accept any value, and `null` means "left out" in most places; everything else
    // is an error.
    assert!(errors > all.len() * 5, "{errors} of {}", all.len() * damages.len());
}

#[test]
fn text_that_is_cut_anywhere_is_told_in_one_line() {
    let text = sound().to_string();
    for end in 0..text.len() {
        let line = PredictCase::parse(&text[..end]).unwrap_err().to_string();
        assert!(line.starts_with("line 1 column ") && !line.contains('\n'), "{line}");
    }
}
