//! Inputs: readers and schemas are asked about the same documents, as they are and changed in one
//! place.

use crate::mutation::{At, at, is_new, mutations, places, without};
use crate::{Form, documents, forms};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trustlist_cluster::case::{CaseError, PredictCase};
use trustlist_cluster::case::{DeletionCase, Scenario, deletion_inventory, preflight_context};

type Reader = fn(&Value) -> Result<(), CaseError>;

fn predict(document: &Value) -> Result<(), CaseError> {
    PredictCase::parse(&document.to_string()).map(drop)
}

fn simulate(document: &Value) -> Result<(), CaseError> {
    Scenario::parse(&document.to_string()).map(drop)
}

fn deletion(document: &Value) -> Result<(), CaseError> {
    DeletionCase::parse(&document.to_string()).map(drop)
}

fn inventory(document: &Value) -> Result<(), CaseError> {
    // A document with an inventory in it is a case, which has a schema of its own.
    if document.get("inventory").is_some() {
        return Err(CaseError::new("inventory", "an inventory", "a case"));
    }
    deletion_inventory(&document.to_string()).map(drop)
}

fn cluster(document: &Value) -> Result<(), CaseError> {
    // The reader also takes the cluster alone, and scenarios.
    match document.get("cluster") {
        None => Err(CaseError::new("cluster", "this field", "nothing")),
        Some(_) if document["schema"] != "trustlist.cluster/1" => {
            Err(CaseError::new("schema", "trustlist.cluster/1", "another"))
        }
        Some(_) => trustlist_cluster::case::cluster_document(&document.to_string()).map(drop),
    }
}

fn context(document: &Value) -> Result<(), CaseError> {
    preflight_context(&trustlist::json::Value::of(document)).map(drop)
}

fn build(document: &Value) -> Result<(), CaseError> {
    let pem =
        std::fs::read_to_string(crate::common::testdata("certs/ccm1-callmanager-1.pem")).unwrap();
    let (_, der) = der::Document::from_pem(&pem).unwrap();
    trustlist_cluster::case::Build::read(&document.to_string(), |_| Ok(der.as_bytes().to_vec()))
        .map(drop)
}

/// A form, its reader and documents that it takes.
fn given() -> Vec<(&'static str, Reader, Vec<Value>)> {
    let of = |folders: &[&str]| {
        documents(folders).into_iter().map(|(_, document)| document).collect::<Vec<_>>()
    };
    let scenarios = of(&["cases/simulate", "cases/lint"]);
    let deletions = of(&["cases/deletion"]);
    let contexts: Vec<Value> = of(&["cases/preflight"])
        .into_iter()
        .filter_map(|case| case.get("context").filter(|context| !context.is_null()).cloned())
        .collect();
    let clusters = scenarios
        .iter()
        .map(|one| json!({ "schema": "trustlist.cluster/1", "cluster": one["cluster"] }))
        .collect();
    let every = json!({ "mode": "mixed", "tftp_nodes": ["ccm1"], "version": "12.5", "at": "2026-01-31", "note": 1 });
    let alone = json!({ "schema": "trustlist.deletion-inventory/1", "collected_until": "2026-07-06T04:30:00",
        "clusterwide_delete": true, "clock_skew_seconds": 60,
        "nodes": [ { "name": "n1", "product": "imp", "publisher": false } ] });
    let inventories =
        deletions.iter().map(|case| case["inventory"].clone()).chain([alone]).collect();
    vec![
        ("trustlist.predict/1", predict, of(&["cases/predict"])),
        ("trustlist.simulate/1", simulate, scenarios),
        ("trustlist.cluster/1", cluster, clusters),
        ("trustlist.deletion-case/1", deletion, deletions),
        ("trustlist.deletion-inventory/1", inventory, inventories),
        ("trustlist.preflight-context/1", context, contexts.into_iter().chain([every]).collect()),
        ("trustlist.build/1", build, of(&["build"])),
    ]
}

#[test]
fn documents_that_are_read_are_valid() {
    let forms = forms();
    for (name, read, documents) in given() {
        for document in documents {
            let read = read(&document);
            assert!(read.is_ok(), "{name}: {read:?}\n{document:.400}");
            let wrong: Vec<String> = forms[name]
                .open
                .iter_errors(&document)
                .map(|error| format!("{}: {error:.300}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{name}: {wrong:?}\n{document:.400}");
        }
    }
}

/// A schema knows the fields, and the type of each value. That a label names something, or
/// that two fields fit together, it cannot.
fn is_about_form(error: &CaseError) -> bool {
    let expected = error.expected();
    let plain = expected
        .strip_prefix("in step ")
        .and_then(|rest| rest.split_once(' '))
        .map_or(expected, |(_, rest)| rest);
    let kinds = [
        "a string",
        "a name",
        "true or false",
        "a whole number from 0",
        "a list",
        "an object",
        "this field",
    ];
    error.found() == "an unknown field" || kinds.contains(&plain)
}

#[test]
fn readers_and_schemas_agree_about_changed_documents() {
    let forms = forms();
    let (mut taken, mut refused) = (0, 0);
    for (name, read, documents) in given() {
        let mut seen = BTreeSet::new();
        for document in documents {
            // Scenarios and audits do not look at what is expected of them.
            let ignored = |place: &[At]| {
                name != "trustlist.predict/1" && place.contains(&At::Key("expect".to_owned()))
            };
            let places = places(&document).into_iter().filter(|place| !ignored(place));
            for place in places.filter(|place| is_new(&mut seen, &document, place)) {
                for (what, changed) in mutations(&document, &place) {
                    let valid = forms[name].open.is_valid(&changed);
                    match read(&changed) {
                        Ok(()) => assert!(
                            valid,
                            "{name}: {place:?} as {what} is read, and refused by the schema"
                        ),
                        Err(error) if is_about_form(&error) => {
                            assert!(
                                !valid,
                                "{name}: {place:?} as {what} is valid, and the reader says: {error}"
                            );
                        }
                        Err(_) => continue,
                    }
                    if valid { taken += 1 } else { refused += 1 }
                }
            }
        }
    }
    assert!(taken > 100 && refused > 500, "{taken} taken, {refused} refused");
}

#[test]
fn unknown_fields_are_refused_by_their_place() {
    let Form { open, .. } = &forms()["trustlist.predict/1"];
    let (_, _, documents) = given().swap_remove(0);
    let mut document =
        documents.into_iter().find(|document| document["offer"]["itl"].is_object()).unwrap();
    for place in ["", "/phone", "/offer", "/offer/itl", "/offer/itl/records/0"] {
        let mut changed = document.clone();
        changed
            .pointer_mut(place)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert("surprise".to_owned(), json!(null));
        assert!(!open.is_valid(&changed), "{place}");
    }
    document["note"] = json!("for readers");
    assert!(open.is_valid(&document));
    document["phone"]["note"] = json!("readers' fields stand at the top only");
    assert!(!open.is_valid(&document));
}

/// The validator refuses what is wrong in answers: fields that are missing, words that do not
/// exist, wrong kinds. What is added is fine.
#[test]
fn wrong_answers_are_refused() {
    let forms = forms();
    let golden = |name: &str| {
        crate::read(
            &std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
                .join("tests/golden")
                .join(name),
        )
    };
    let answer = golden("tvs-changed-then-yes.json");
    let open = &forms["trustlist.prediction/1"].open;
    assert!(open.is_valid(&answer));
    let (mut dropped, mut worded) = (0, 0);
    for place in places(&answer).into_iter().skip(1) {
        let mut changed = answer.clone();
        let value = at(&mut changed, &place);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("added_later".to_owned(), json!({}));
        }
        assert!(open.is_valid(&changed), "{place:?}: fields may be added");
        *at(&mut changed, &place) = json!({ "of": "another kind" });
        let free = format!("{place:?}").contains("\"evidence\"");
        assert!(free || !open.is_valid(&changed), "{place:?}");
        if at(&mut answer.clone(), &place).is_string() {
            *at(&mut changed, &place) = json!("no such word");
            worded += usize::from(!open.is_valid(&changed));
        }
        dropped +=
            usize::from(without(&answer, &place).is_some_and(|changed| !open.is_valid(&changed)));
    }
    assert!(dropped > 30 && worded > 20, "{dropped} fields are required, {worded} are words");
    for (place, wrong) in [
        ("/schema", json!("trustlist.prediction/2")),
        ("/itl/outcome", json!("accepted")),
        ("/itl/outcome", json!(null)),
        ("/itl/findings/0/rule", json!("P-ITL-99")),
        ("/itl/findings/0/weight", json!("proves")),
        ("/itl/findings/0/code", json!("tvs-vouch")),
        ("/confidence", json!("sure")),
        ("/after/itl", json!("kept")),
        ("/again/ctl/via", json!("luck")),
    ] {
        let mut changed = answer.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = wrong;
        assert!(!open.is_valid(&changed), "{place}");
    }
}
