//! `trustlist.deletion-case/1`: the verdict about each node and about the cluster.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value};
use trustlist_cluster::case::{DeletionCase, deletion_inventory};
use trustlist_cluster::deletion::{Answer, Audit};
use trustlist_cluster::report::deletion::{audit_json, audit_text};

pub(crate) fn trials() -> Vec<Trial> {
    support::of("deletion")
        .into_iter()
        .map(|file| Trial::test(format!("deletion::{}", file.name), move || run(&file)))
        .collect()
}

fn run(file: &CaseFile) -> Result<(), Failed> {
    let text = file.text()?;
    let case = DeletionCase::parse(&text).map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_str(&text)?;
    let inventory = serde_json::to_string(&value["inventory"])?;
    if deletion_inventory(&inventory).map_err(|error| error.to_string())?.0 != case.inventory {
        return Err("the inventory alone reads otherwise".into());
    }
    let apart =
        audit(&case, |case| case.logs.iter().map(|log| (log.node, log.text.clone())).collect());
    // Each log is known by its content: in one file they are the same logs.
    let together = audit(&case, |case| {
        let nodes = 0..case.inventory.nodes.len();
        let of = |node| {
            case.logs
                .iter()
                .filter(move |log| log.node == node)
                .map(|log| log.text.as_str())
                .collect::<String>()
        };
        nodes.map(|node| (node, of(node))).collect()
    });
    let (expect, got) = (&value["expect"], compared(&apart));
    if got != *expect {
        return Err(format!(
            "{}\nexpected {expect}\ngot      {got}\n{}",
            value["why"],
            audit_text(&apart)
        )
        .into());
    }
    if compared(&together) != got {
        return Err(format!("in one file: {}", compared(&together)).into());
    }
    Ok(())
}

fn audit(case: &DeletionCase, logs: impl Fn(&DeletionCase) -> Vec<(usize, String)>) -> Answer {
    let mut audit = Audit::new(case.inventory.clone(), case.wanted.clone());
    for (node, text) in logs(case) {
        // An empty log is no error here: it is missing.
        let _ = audit.read_log(node, "log", text.as_bytes());
    }
    audit.answer()
}

fn compared(answer: &Answer) -> Value {
    let json = serde_json::to_value(audit_json(answer)).unwrap_or_default();
    let nodes = json["nodes"].as_object().into_iter().flatten();
    let verdicts: Map<String, Value> =
        nodes.map(|(name, node)| (name.clone(), node["verdict"].clone())).collect();
    serde_json::json!({ "nodes": verdicts, "cluster": json["cluster"] })
}
