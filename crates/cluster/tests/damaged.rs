//! Every input, changed in one place in every way: each is read, or refused with this error. The
//! answers are kept in `crates/cluster/tests/golden/damaged.txt`; `UPDATE_GOLDEN=1 cargo test -p
//! trustlist-cluster --test damaged` writes them anew.

#[path = "../../../tests/common/mod.rs"]
mod common;
#[path = "../../cli/tests/schema/mutation.rs"]
#[allow(dead_code)]
mod mutation;

use mutation::{At, mutations, places};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use trustlist_cluster::case::{
    Build, CaseError, DeletionCase, PredictCase, Scenario, cluster_document, deletion_inventory,
    parse, preflight_context,
};

type Reader = fn(&str) -> Result<(), CaseError>;

#[test]
fn every_damage_has_the_error_that_is_kept() {
    let mut lines = Vec::new();
    for (name, read, document) in inputs() {
        assert_eq!(read(&document.to_string()), Ok(()), "{name}");
        for place in places(&document) {
            lines.extend(answers(name, read, &document, &place));
        }
    }
    lines.sort();
    let text = lines.concat();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/damaged.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return std::fs::write(kept, text).unwrap();
    }
    let kept = std::fs::read_to_string(kept).unwrap();
    let (kept, got): (BTreeSet<&str>, BTreeSet<&str>) =
        (kept.lines().collect(), text.lines().collect());
    let gone: Vec<&str> = kept.difference(&got).copied().collect();
    let new: Vec<&str> = got.difference(&kept).copied().collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "kept:\n{}\ngot:\n{}",
        gone.join("\n"),
        new.join("\n")
    );
}

/// One line for each error: the place, the error, and the changes that have it.
fn answers(name: &str, read: Reader, document: &Value, place: &[At]) -> Vec<String> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for (what, changed) in mutations(document, place) {
        let answer = match read(&changed.to_string()) {
            Ok(()) => "read".to_owned(),
            Err(error) => format!("{:?} expected {}", error.path(), short(error.expected())),
        };
        match found.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, all)) => all.push(what),
            None => found.push((answer, vec![what])),
        }
    }
    let steps = place.iter().map(|step| match step {
        At::Index(index) => format!("/{index}"),
        At::Key(key) => format!("/{key}"),
    });
    let place: String = steps.collect();
    let lines = found.iter();
    lines.map(|(answer, all)| format!("{name}{place} = {}: {answer}\n", all.join(", "))).collect()
}

/// The first words: lists of fields and units are long, and tested elsewhere.
fn short(expected: &str) -> String {
    match expected.char_indices().nth(70) {
        Some((end, _)) => format!("{}…", &expected[..end]),
        None => expected.to_owned(),
    }
}

fn inputs() -> Vec<(&'static str, Reader, Value)> {
    vec![
        ("predict", |text| PredictCase::parse(text).map(drop), predict()),
        ("simulate", |text| Scenario::parse(text).map(drop), scenario()),
        (
            "cluster",
            |text| cluster_document(text).map(drop),
            json!({ "schema": "trustlist.cluster/1", "cluster": small(), "note": "x" }),
        ),
        ("bare-cluster", |text| cluster_document(text).map(drop), small()),
        (
            "or-cluster",
            |text| or_cluster(text).map(drop),
            json!({ "schema": "trustlist.cluster/1", "cluster": small() }),
        ),
        ("deletion-case", |text| DeletionCase::parse(text).map(drop), deletion()),
        (
            "deletion-inventory",
            |text| deletion_inventory(text).map(drop),
            deletion()["inventory"].clone(),
        ),
        ("deletion-either", |text| deletion_inventory(text).map(drop), deletion()),
        (
            "context",
            |text| preflight_context(&parse(text)?).map(drop),
            json!({ "mode": "mixed", "tftp_nodes": ["ccm1"], "version": "12.5", "at": "2026-01-31", "note": 1 }),
        ),
        ("build", build, build_document()),
    ]
}

fn or_cluster(text: &str) -> Result<Scenario, CaseError> {
    Scenario::or_cluster_within(text, &trustlist_cluster::case::Limits::new())
}

fn build(text: &str) -> Result<(), CaseError> {
    let pem = std::fs::read_to_string(common::testdata("certs/ccm1-callmanager-1.pem")).unwrap();
    let (_, der) = der::Document::from_pem(&pem).unwrap();
    Build::read(text, |_| Ok(der.as_bytes().to_vec())).map(drop)
}

fn predict() -> Value {
    let list = json!({ "signer": "ccm1.1", "digest": "sha256", "signature": "not-checked", "file_name": "ITLFile.tlv",
        "timestamp": "2024-05-01", "size": 3000, "signer_subject": "CN=ccm1", "complete": false,
        "records": [ { "role": "SAST", "certificate": "ccm1.1", "server": "ccm1", "address": "192.0.2.1", "form": "hash" },
                     { "role": "CCM+TFTP", "form": "empty", "server": "ccm1" } ] });
    json!({
        "schema": "trustlist.predict/1", "id": "sound", "title": "A sound case", "source": "here", "confidence": "sure",
        "rules": ["P-ITL-2"], "note": "for readers", "why": null, "origin": 1, "file": {},
        "certificates": {
            "ccm1.1": { "subject": "CN=ccm1", "issuer": "CN=ccm1", "serial": "01", "key": "rsa", "key_bits": 2048,
                        "not_before": "2020-01-01", "not_after": "2030-01-01T00:00:00Z" },
            "again": { "issuer": "CN=ccm1", "serial": "1" },
            "forged": { "forges": "ccm1.1" }
        },
        "phone": { "model": "7975", "security_by_default": true, "digests": ["sha1", "sha256"], "fips": false, "max_key_bits": 4096,
                   "cm_group": ["ccm1", "ccm2"], "ctl": null, "itl": list,
                   "tvs_cache": ["ccm1.1", { "certificate": "ccm1.1", "age_hours": 3, "roles": ["SAST"] }] },
        "offer": { "ctl": "empty", "itl": "same",
                   "config": { "signer": "ccm1.1", "digest": "sha1", "signature": "broken", "tftp_server": "ccm1", "encrypted": true } },
        "tvs": [ { "server": "ccm1", "reachable": true, "presents": "tvs1", "knows": { "ccm1.1": ["SAST"], "other": null } } ],
        "tls_minimum": "1.2", "at": "2024-05-01T00:00:00Z",
        "expect": { "ctl": { "decisive": "empty-file" },
                    "itl": { "outcome": ["unchanged", "accept"], "leans": null, "via": "tvs", "conditions": [], "absent": "signer-unknown" },
                    "config": { "findings": ["signer-unknown"], "leans": ["accept", null] },
                    "after": { "itl": "installed", "ctl": ["none", "offered"] },
                    "again": { "itl": { "outcome": "accept" } } }
    })
}

/// A cluster that says little.
fn small() -> Value {
    json!({ "version": "12.5", "mode": "mixed", "nodes": [ { "name": "ccm1", "publisher": true, "tftp": true, "callmanager": true } ],
        "phones": [ { "name": "SEP1", "tftp_servers": ["ccm1"], "cm_group": ["ccm1"] } ] })
}

fn scenario() -> Value {
    json!({
        "schema": "trustlist.simulate/1", "id": "sound", "title": "A sound one", "source": 1, "confidence": [], "note": "x", "expect": 7,
        "cluster": {
            "version": "11.5(1)SU3", "mode": "mixed", "rollback": false, "clusterwide_delete": true, "itlrecovery_scope": "node",
            "tvs_restarts_itself": false, "ctl_signer": "token", "tls_minimum": "1.1", "multi_server": ["tomcat"],
            "nodes": [ { "name": "ccm1", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true },
                       { "name": "imp1", "product": "imp" } ],
            "phones": [ { "name": "SEP1", "tftp_servers": ["ccm1"], "cm_group": ["ccm1"], "security": "authenticated", "model": "7975",
                          "security_by_default": true, "mic": true, "lsc": "current", "itl": "foreign", "ctl": "stale", "online": true } ],
            "extra_trust": { "ccm1": { "tomcat-trust": ["testcert"] } }
        },
        "plan": [
            { "op": "regen", "cert": "TVS", "node": "all", "note": "first" }, { "op": "restart", "service": "TVS", "node": "ccm1" },
            { "op": "start", "service": "TFTP", "node": ["ccm1"] }, { "op": "stop", "service": "TFTP", "node": "ccm1" },
            { "op": "reset_phones", "scope": "all" }, { "op": "ctl_update" }, { "op": "ctl_reset_localkey" }, { "op": "itl_reset_localkey" },
            { "op": "set_mode", "mode": "non-secure" }, { "op": "set_rollback", "value": true },
            { "op": "delete_trust", "unit": "tomcat-trust", "cert": "testcert", "node": "all" }, { "op": "wait", "minutes": 5 },
            { "op": "lsc_update", "scope": ["SEP1"] }, { "op": "node_down", "node": "imp1" }, { "op": "node_up", "node": "imp1" },
            { "op": "repl_break", "node": "imp1" }, { "op": "repl_fix", "node": "imp1" }, { "op": "phone_offline", "scope": ["SEP1"] },
            { "op": "phone_online", "scope": "all" }, { "op": "delete_phone_lists", "scope": "all", "ctl": true }, { "op": "check", "what": "look" }
        ],
        "policies": ["A", "D"]
    })
}

fn deletion() -> Value {
    json!({
        "schema": "trustlist.deletion-case/1", "id": "D", "title": "A deletion", "source": 1, "confidence": 2,
        "inventory": { "schema": "trustlist.deletion-inventory/1", "collected_until": "2026-07-06T04:30:00", "clusterwide_delete": false,
            "clock_skew_seconds": 5, "nodes": [ { "name": "hq", "product": "cucm", "publisher": 7 }, { "name": "b", "note": "x" } ] },
        "certificate": { "unit": "tomcat-trust", "name": "old.pem" },
        "logs": { "hq": { "syslog": "x", "certMgmt": null }, "b": {} }, "expect": {}
    })
}

fn build_document() -> Value {
    json!({ "schema": "trustlist.build/1", "layout": "certutils", "file_name": "ITLFile.tlv", "version": "1.2", "digest": "sha1",
        "timestamp": "2026-11-02T07:30:00Z", "signer": "ccm1.pem", "note": "x",
        "records": [ { "role": "SAST", "certificate": "ccm1.pem", "server": "ccm1" },
                     { "role": "TVS", "certificate": "tvs1.pem", "server": "ccm1", "address": "192.0.2.11", "form": "none" },
                     { "role": "CCM+TFTP", "form": "empty" } ] })
}
