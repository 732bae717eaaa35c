//! No code without a case: each finding and each condition is met in at least one case.

use super::{predict, support};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::phone::{Judgement, Prediction, Rule, Weight};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("coverage::every-code-has-a-case", every_code_has_a_case),
        Trial::test("coverage::every-rule-has-a-case", every_rule_has_a_case),
        Trial::test(
            "coverage::every-condition-decides-somewhere",
            every_condition_decides_somewhere,
        ),
    ]
}

/// Rules that speak of remedies: they have no finding. `phone::tests::advice` meets them.
const SILENT_RULES: &[&str] = &["P-ALG-1", "P-CTL-8", "P-REC-2", "P-REC-3"];

/// Each rule decides or informs in at least one case.
fn every_rule_has_a_case() -> Result<(), Failed> {
    let mut met = BTreeSet::new();
    for file in support::of("predict") {
        let (_, boot) = predict::judge(&file)?;
        for judgement in judgements(&boot.first).chain(judgements(&boot.again)) {
            met.extend(judgement.findings().iter().map(|finding| finding.rule));
            met.extend(judgement.conditions().iter().map(|condition| condition.rule));
        }
    }
    let missing: Vec<&str> =
        Rule::ALL.iter().filter(|rule| !met.contains(rule)).map(|rule| rule.id()).collect();
    let told = missing.join(", ");
    if missing == SILENT_RULES {
        Ok(())
    } else {
        Err(Failed::from(format!("rules that no case meets: {told}")))
    }
}

/// Each condition, and each finding that grants or refuses, is the decisive one that some case
/// expects.
fn every_condition_decides_somewhere() -> Result<(), Failed> {
    let (mut expected, mut could) = (BTreeSet::new(), BTreeSet::new());
    could.extend(ConditionCode::ALL.iter().map(|code| code.as_str()));
    for file in support::of("predict") {
        let (case, boot) = predict::judge(&file)?;
        let expect = case.expect.unwrap_or_default();
        let files = [expect.ctl, expect.itl, expect.config];
        expected.extend(files.into_iter().flatten().flat_map(|file| file.decisive));
        for judgement in judgements(&boot.first) {
            let deciding =
                judgement.findings().iter().filter(|finding| finding.weight != Weight::Informs);
            could.extend(deciding.map(|finding| finding.code().as_str()));
        }
    }
    let missing: Vec<&str> = could.into_iter().filter(|code| !expected.contains(*code)).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(format!("decisive in no case: {}", missing.join(", "))))
    }
}

/// Each finding and each condition is met in at least one case.
fn every_code_has_a_case() -> Result<(), Failed> {
    let mut met = BTreeSet::new();
    for file in support::of("predict") {
        let (_, boot) = predict::judge(&file)?;
        codes(&boot.first, &mut met);
        codes(&boot.again, &mut met);
    }
    let findings = FindingCode::ALL.iter().map(|code| code.as_str());
    let missing: Vec<&str> = findings
        .chain(ConditionCode::ALL.iter().map(|code| code.as_str()))
        .filter(|code| !met.contains(code))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(format!("no case in testdata/cases meets {}", missing.join(", "))))
    }
}

fn codes(prediction: &Prediction, met: &mut BTreeSet<&'static str>) {
    for judgement in judgements(prediction) {
        met.extend(judgement.findings().iter().map(|finding| finding.code().as_str()));
        met.extend(judgement.conditions().iter().map(|condition| condition.code().as_str()));
    }
}

fn judgements(prediction: &Prediction) -> impl Iterator<Item = &Judgement> {
    [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()].into_iter().flatten()
}
