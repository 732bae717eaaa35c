//! Every case can be reported: text that fits a terminal and carries no control characters, JSON
//! with the fields of the contract.

use super::support;
use libtest_mimic::{Failed, Trial};
use trustlist::json::Value;
use trustlist::report::{prediction_explained, prediction_json, prediction_text};
use trustlist_cluster::case::PredictCase;

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("report::every-case-can-be-reported", every_case)]
}

fn every_case() -> Result<(), Failed> {
    for file in support::of("predict") {
        let case = PredictCase::parse(&file.text()?)?;
        let report = case.report();
        let wrong = |what: String| Failed::from(format!("{}: {what}", file.name));
        for text in [prediction_text(&report), prediction_explained(&report)] {
            fits(&text).map_err(wrong)?;
        }
        let answer = prediction_json(&report);
        has_the_fields(&answer, &case).map_err(wrong)?;
        if answer != prediction_json(&case.report()) {
            return Err(wrong("two answers differ".to_owned()));
        }
    }
    Ok(())
}

/// Lines of at most 100 columns without control characters, blanks at their ends or gaps of two
/// lines.
fn fits(text: &str) -> Result<(), String> {
    for line in text.lines() {
        if line.chars().count() > 100 || line.ends_with(' ') || line.chars().any(char::is_control) {
            return Err(format!("this line does not fit: {line:?}"));
        }
    }
    if text.contains("\n\n\n") || !text.ends_with('\n') {
        Err(format!("gaps in {text:?}"))
    } else {
        Ok(())
    }
}

fn has_the_fields(answer: &Value, case: &PredictCase) -> Result<(), String> {
    if answer["schema"] != "trustlist.prediction/1" {
        return Err("no schema".to_owned());
    }
    keys(answer, &["ctl", "itl", "after", "assumed", "confidence", "would_change", "again"])?;
    let config = !matches!(case.offer.config, trustlist::phone::ConfigOffer::NotJudged);
    if answer.get("config").is_some() != config || answer["again"].get("config").is_some() != config
    {
        return Err("a configuration is judged exactly when it is asked about".to_owned());
    }
    for file in ["ctl", "itl", "config"].into_iter().filter(|file| config || *file != "config") {
        let judged = &answer[file];
        let fields = [
            "outcome",
            "decisive",
            "via",
            "leans",
            "conditions",
            "findings",
            "phone_shows",
            "remedies",
        ];
        keys(judged, &fields)?;
        keys(&answer["again"][file], &fields[..6])?;
        let conditions = judged["conditions"].as_array().ok_or("conditions are no list")?;
        for condition in conditions {
            keys(condition, &["code", "rule", "missing", "if_yes", "if_no"])?;
        }
        for finding in judged["findings"].as_array().ok_or("findings are no list")? {
            keys(finding, &["code", "rule", "weight"])?;
        }
        let open = judged["outcome"] == "depends";
        if open == conditions.is_empty() {
            return Err(format!("{file}: an open outcome has conditions, and no other has"));
        }
    }
    Ok(())
}

fn keys(value: &Value, names: &[&str]) -> Result<(), String> {
    match names.iter().find(|name| value.get(name).is_none()) {
        Some(name) => Err(format!("no field {name} in {value}")),
        None => Ok(()),
    }
}
