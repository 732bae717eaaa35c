//! The decision procedure, branch by branch, each with the code that decides. The same branches are
//! cases in `testdata/cases`; these tests need keys, pastes or states that a case cannot express.

mod advice;
mod gates;
mod partial;
mod steps;
mod tvs;

use super::{Decisive, Judgement, Lean, Outcome};
use crate::code::{ConditionCode as Open, FindingCode as Found};
use alloc::{format, string::ToString};

const ITL: &[&str] =
    &["SAST:itlr.1", "SAST:ccm1.1", "CCM+TFTP:ccm1.1", "TVS:tvs1.1@ccm1", "TVS:tvs2.1@ccm2"];
const CTL: &[&str] =
    &["SAST:itlr.1", "SAST:ccm1.1", "CCM+TFTP:ccm1.1@ccm1", "CCM+TFTP:ccm2.1@ccm2"];
const NEW: &[&str] =
    &["SAST:itlr.2", "SAST:ccm1.2", "CCM+TFTP:ccm1.2", "TVS:tvs1.1@ccm1", "TVS:tvs2.1@ccm2"];
const REDUCED: &[&str] = &["SAST:token.1", "CCM+TFTP@ccm1", "CAPF:capf.1"];
const BLANK: &[&str] = &["SAST:itlr.1@ccm1", "CAPF:capf.1@ccm1"];

fn by(judgement: &Judgement, outcome: Outcome, code: Found) {
    assert_eq!(
        (judgement.outcome(), judgement.decisive()),
        (outcome, Some(Decisive::Finding(code))),
        "{judgement:#?}"
    );
}

fn open(judgement: &Judgement, code: Open, leans: Option<Lean>) {
    let decisive = Some(Decisive::Condition(code));
    assert_eq!(
        (judgement.outcome(), judgement.decisive(), judgement.leans()),
        (Outcome::Depends, decisive, leans),
        "{judgement:#?}"
    );
}

fn tells(judgement: &Judgement, code: Found) -> bool {
    judgement.findings().iter().any(|finding| finding.code() == code)
}

fn asks(judgement: &Judgement, code: Open) -> bool {
    judgement.conditions().iter().any(|condition| condition.code() == code)
}

const ACCEPT: Option<Lean> = Some(Lean::Accept);
const REJECT: Option<Lean> = Some(Lean::Reject);

#[test]
fn rules_and_outcomes_print_their_names() {
    assert_eq!(format!("{} {}", super::Rule::Sig1, super::Rule::First4), "P-SIG-1 P-FIRST-4");
    assert_eq!(super::ConditionalOutcome::Outcome(Outcome::Reject).to_string(), "reject");
}
