//! Every case with each fact that may be unknown taken away once: no answer that needs the fact is
//! firm.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/support/unknown.rs"]
mod unknown;

use std::path::Path;
use trustlist::phone::{Prediction, SecurityByDefault, predict};
use trustlist_cluster::case::PredictCase;
use unknown::{Question, firm_answers_that_hang_on_a_fact};

#[test]
fn no_firm_answer_hangs_on_an_unknown_fact() {
    let wrong = over_all_cases(|question, case| {
        predict(&question.phone, &question.offer, &question.tvs, &case.signatures)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A missing fact that is assumed to be the usual one: the property detects it.
#[test]
fn a_guess_is_seen() {
    let wrong = over_all_cases(|question, case| {
        let mut guessed = question.phone.clone();
        if guessed.device.security_by_default == SecurityByDefault::Unknown {
            guessed.device.security_by_default = SecurityByDefault::Yes;
        }
        predict(&guessed, &question.offer, &question.tvs, &case.signatures)
    });
    assert!(wrong.iter().any(|line| line.contains("without security_by_default")), "{wrong:?}");
}

fn over_all_cases(judge: impl Fn(&Question, &PredictCase) -> Prediction) -> Vec<String> {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata/cases/predict"),
    )
    .unwrap()
    {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case = PredictCase::parse(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let question = Question {
            phone: case.phone.clone(),
            offer: case.offer.clone(),
            tvs: case.tvs.clone(),
        };
        let hanging =
            firm_answers_that_hang_on_a_fact(&question, &|question| judge(question, &case));
        wrong.extend(hanging.into_iter().map(|line| format!("{name}: {line}")));
    }
    wrong.sort();
    wrong.dedup();
    wrong
}
