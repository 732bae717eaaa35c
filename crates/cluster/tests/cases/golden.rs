//! Reports that a person should be glad to read, kept as files:
//! `UPDATE_GOLDEN=1 cargo test -p trustlist-cluster --test cases golden` writes them anew.

use super::support;
use libtest_mimic::{Failed, Trial};
use std::path::PathBuf;
use trustlist::json::Value;
use trustlist::report::{prediction_explained, prediction_json, prediction_text};
use trustlist_cluster::case::PredictCase;

/// A case, and its place.
const TELLING: &[&str] = &[
    "ctl-first-install",
    "ctl-tvs-not-known-no-anchor-left",
    "config-tvs-role-missing",
    "itl-forged-signer",
    "itl-in-tvs-not-in-ctl",
    "itl-not-given",
    "itl-over-blank",
    "itl-undecided-leans-accept",
    "tvs-all-changed",
    "tvs-changed-then-yes",
];

pub(crate) fn trials() -> Vec<Trial> {
    let telling =
        TELLING.iter().map(|case| Trial::test(format!("golden::{case}"), move || compare(case)));
    telling.chain([Trial::test("golden::evidence", evidence)]).collect()
}

/// The details of the answers to all our cases, in short: the values of findings and conditions,
/// what would change the answer, and what to do. Outcomes and codes are held by the cases
/// themselves.
fn evidence() -> Result<(), Failed> {
    let mut text = String::new();
    for file in support::of("predict") {
        let answer = prediction_json(&PredictCase::parse(&file.text()?)?.report());
        text += &format!("{}\n", file.name);
        for judged in ["ctl", "itl", "config"] {
            for part in ["conditions", "findings", "remedies"] {
                for item in answer[judged][part].as_array().into_iter().flatten() {
                    text += &format!("  {judged} {}\n", short(item));
                }
            }
        }
        for item in answer["would_change"].as_array().into_iter().flatten() {
            text += &format!("  change {}\n", short(item));
        }
    }
    same(&support::root().join("tests/golden/evidence.txt"), &text)
}

/// The values of an object on one line; of a certificate only its serial number.
fn short(value: &Value) -> String {
    match value {
        Value::Object(fields) => match fields.get("serial") {
            Some(serial) => short(serial),
            None => {
                let told = fields
                    .iter()
                    .filter(|(key, value)| !NOT_TOLD.contains(&key.as_str()) && !value.is_null());
                told.map(|(key, value)| format!("{key}={}", short(value)))
                    .collect::<Vec<_>>()
                    .join(" ")
            }
        },
        Value::Array(items) => {
            format!("[{}]", items.iter().map(short).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The values that accompany the code.
const NOT_TOLD: &[&str] = &["missing", "rule", "text", "weight"];

fn compare(case: &str) -> Result<(), Failed> {
    let root = support::root();
    let text = std::fs::read_to_string(root.join(format!("testdata/cases/predict/{case}.json")))?;
    let case_read = PredictCase::parse(&text)?;
    let report = case_read.report();
    let json = serde_json::to_string_pretty(&prediction_json(&report))?;
    for (extension, got) in [
        ("txt", prediction_text(&report)),
        ("explained.txt", prediction_explained(&report)),
        ("json", json + "\n"),
    ] {
        same(&root.join(format!("tests/golden/{case}.{extension}")), &got)?;
    }
    Ok(())
}

fn same(path: &PathBuf, got: &str) -> Result<(), Failed> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return Ok(std::fs::write(path, got)?);
    }
    let kept = std::fs::read_to_string(path)?;
    let line = kept.lines().zip(got.lines()).position(|(kept, got)| kept != got);
    match (kept == got, line) {
        (true, _) => Ok(()),
        (false, line) => {
            let line = line.unwrap_or_else(|| kept.lines().count().min(got.lines().count()));
            let shown = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
            Err(Failed::from(format!(
                "{} line {}: kept {:?}, got {:?}",
                path.display(),
                line + 1,
                shown(&kept),
                shown(got)
            )))
        }
    }
}
