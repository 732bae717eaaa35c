//! No code without a case: each finding and each condition is met in at least one case.

use super::{predict, support};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::phone::Prediction;

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("coverage::every-code-has-a-case", every_code_has_a_case)]
}

/// Our own cases must do alone: the shared ones may not be at hand.
fn every_code_has_a_case() -> Result<(), Failed> {
    let mut met = BTreeSet::new();
    for file in support::own() {
        let (_, boot) = predict::judge(&file)?;
        codes(&boot.first, &mut met);
        codes(&boot.again, &mut met);
    }
    let findings = FindingCode::ALL.iter().map(|code| code.as_str());
    let missing: Vec<&str> =
        findings.chain(ConditionCode::ALL.iter().map(|code| code.as_str())).filter(|code| !met.contains(code)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Failed::from(format!("no case in testdata/cases meets {}", missing.join(", ")))) }
}

fn codes(prediction: &Prediction, met: &mut BTreeSet<&'static str>) {
    for judgement in [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()].into_iter().flatten() {
        met.extend(judgement.findings().iter().map(|finding| finding.code.as_str()));
        met.extend(judgement.conditions().iter().map(|condition| condition.code.as_str()));
    }
}
