//! JSON of every kind: no panic, errors of one line that start with a path, and a case that is
//! written again is the same.

#[path = "../../tests/support/case_write.rs"]
mod case_write;

use super::is_one_line;
use case_write::written;
use trustlist::report::{prediction_explained, prediction_json, prediction_text};
use trustlist_cluster::case::{Build, CaseError, PredictCase};
use trustlist_cluster::case::{PreflightCase, Scenario};

pub fn json(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match PredictCase::parse(text) {
        Ok(case) => of_case(&case),
        Err(error) => is_an_error(&error),
    }
    Scenario::parse(text).err().iter().for_each(is_an_error);
    PreflightCase::parse(text).err().iter().for_each(is_an_error);
    Build::read(text, |path| Err(format!("{path:?} is not there")))
        .err()
        .iter()
        .for_each(is_an_error);
}

fn is_an_error(error: &CaseError) {
    is_one_line(&error.to_string());
    assert!(!error.expected().is_empty());
}

fn of_case(case: &PredictCase) {
    let again = PredictCase::parse(&written(case).to_string())
        .expect("a case that was read can be read again");
    assert_eq!((&case.phone, &case.offer, &case.tvs), (&again.phone, &again.offer, &again.tvs));
    assert_eq!((&case.signatures, &case.certificates), (&again.signatures, &again.certificates));
    let report = case.report();
    for text in [prediction_text(&report), prediction_explained(&report)] {
        assert!(text.lines().all(|line| !line.chars().any(char::is_control)), "{text:?}");
    }
    assert_eq!(prediction_json(&report), prediction_json(&again.report()));
}
