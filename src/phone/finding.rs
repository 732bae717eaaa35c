//! The answer: findings in the phone's own order, and the outcome that is derived from them.

use crate::code::{ConditionCode, FindingCode};
use crate::phone::{ConditionKind, FindingKind, Rule};
use alloc::vec::Vec;

/// The result for one offered file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The phone accepts the file.
    Accept,
    /// A fact is missing or the sources disagree: see the conditions.
    Depends,
    /// The phone accepts a first list without a known signer, once (leap of faith, P-FIRST).
    InstallFirst,
    /// The device never asks for the file.
    NotApplicable,
    /// The server has no such file.
    NotOffered,
    /// The phone refuses the file and keeps what it has.
    Reject,
    /// The file has the bytes of the installed one.
    Unchanged,
}

/// The more probable outcome of a `depends`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lean {
    /// The file is probably accepted.
    Accept,
    /// The file is probably refused.
    Reject,
}

/// The strength of the evidence for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// This project derived it from documents and observations. The weakest evidence.
    Inferred,
    /// A phone or TVS log, a support post or a report shows it.
    Observed,
    /// A document of the vendor or of a project states it.
    Documented,
}

/// The voucher for the signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Via {
    /// A blank ITL: the phone accepts any list (P-BLANK-2).
    BlankList,
    /// Nothing: the first list is accepted without a known signer.
    FirstUse,
    /// The CTL that was on the phone before.
    InstalledCtl,
    /// The ITL that was on the phone before.
    InstalledItl,
    /// The CTL accepted at this boot.
    OfferedCtl,
    /// The ITL accepted at this boot.
    OfferedItl,
    /// A TVS server that the phone trusts.
    Tvs,
    /// An answer of TVS in the phone's cache.
    TvsCache,
    /// No list makes the phone ask for signed files.
    Unsigned,
}

/// The effect of a finding on the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Weight {
    /// A reason to accept the file.
    Grants,
    /// Information without effect on the outcome.
    Informs,
    /// A reason to refuse the file.
    Refuses,
}

/// The list that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ListRef {
    /// The CTL that was on the phone before.
    InstalledCtl,
    /// The ITL that was on the phone before.
    InstalledItl,
    /// The CTL offered at this boot.
    OfferedCtl,
    /// The ITL offered at this boot.
    OfferedItl,
}

/// One finding of the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What the phone finds, with its evidence.
    pub kind: FindingKind,
    /// The rule that it follows from.
    pub rule: Rule,
    /// Its effect on the outcome.
    pub weight: Weight,
}

impl Finding {
    /// Returns the code.
    pub const fn code(&self) -> FindingCode {
        self.kind.code()
    }
}

/// The outcome on one side of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConditionalOutcome {
    /// The phone accepts the file and drops the list again (P-ITL-6).
    Dropped,
    /// A usual outcome.
    Outcome(Outcome),
}

impl ConditionalOutcome {
    /// Checks if the phone refuses the file on this side, deletes its list, or may do so.
    pub fn may_refuse(self) -> bool {
        matches!(self, Self::Dropped | Self::Outcome(Outcome::Depends | Outcome::Reject))
    }
}

/// A missing fact that makes the outcome `depends`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// The open question with its evidence.
    pub kind: ConditionKind,
    /// The rule that leaves it open.
    pub rule: Rule,
    /// The outcome if the answer is yes.
    pub if_yes: ConditionalOutcome,
    /// The outcome if the answer is no.
    pub if_no: ConditionalOutcome,
    /// The more probable outcome, if the evidence shows one.
    pub leans: Option<Lean>,
}

impl Condition {
    /// Returns the code; its page names the missing fact.
    pub const fn code(&self) -> ConditionCode {
        self.kind.code()
    }
}

/// The code of the finding or condition that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Decisive {
    /// A condition.
    Condition(ConditionCode),
    /// A finding.
    Finding(FindingCode),
}

/// The judgement of one offered file. The outcome is derived from the findings and the conditions
/// and cannot contradict them: see [`Judgement::outcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Judgement {
    pub(super) outcome: Outcome,
    pub(super) decisive: Option<Decisive>,
    pub(super) via: Option<Via>,
    pub(super) leans: Option<Lean>,
    pub(super) conditions: Vec<Condition>,
    pub(super) findings: Vec<Finding>,
}

impl Judgement {
    /// Returns the result for the file.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns the finding or condition that decided. Every judgement of this crate has one.
    pub fn decisive(&self) -> Option<Decisive> {
        self.decisive
    }

    /// Returns the voucher for the signer, if there is one.
    pub fn via(&self) -> Option<Via> {
        self.via
    }

    /// Returns the more probable outcome of a `depends`, if the evidence shows one.
    pub fn leans(&self) -> Option<Lean> {
        self.leans
    }

    /// Returns the missing facts of a `depends`: at least one.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Returns the findings, in the order of the phone's own steps.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Checks if the phone may refuse the file: it does, or one of the answers to a missing fact leads
    /// there. A `depends` that is not so is open, but refuses nothing either way: a phone without
    /// Security By Default never asks for an ITL that another one accepts. Without a condition that
    /// says what follows, anything may.
    pub fn may_refuse(&self) -> bool {
        let mut sides = self.conditions.iter().flat_map(|open| [open.if_yes, open.if_no]);
        match self.outcome {
            Outcome::Depends => {
                self.conditions.is_empty() || sides.any(ConditionalOutcome::may_refuse)
            }
            outcome => outcome == Outcome::Reject,
        }
    }

    /// Checks if the file is on the phone afterwards. A `depends` counts as its lean, and as a
    /// refusal without one.
    pub fn taken(&self) -> bool {
        match self.outcome {
            Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged => true,
            Outcome::Depends => self.leans == Some(Lean::Accept),
            Outcome::NotApplicable | Outcome::NotOffered | Outcome::Reject => false,
        }
    }
}

/// The list on the phone afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kept {
    /// None: the phone had one and dropped it (P-ITL-6).
    Dropped,
    /// The installed list.
    Installed,
    /// None: the phone had none.
    None,
    /// The offered list.
    Offered,
}

/// The lists on the phone after the boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct After {
    /// The CTL.
    pub ctl: Kept,
    /// The ITL.
    pub itl: Kept,
}

/// The judgement of one boot: CTL, then ITL, then configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Prediction {
    /// The offered CTL.
    pub ctl: Judgement,
    /// The offered ITL.
    pub itl: Judgement,
    /// The offered configuration; `None` if the caller did not ask about it.
    pub config: Option<Judgement>,
    /// The lists on the phone afterwards.
    pub after: After,
    /// The confidence of the weakest rule that was used.
    pub confidence: Confidence,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a condition nothing says that the phone goes on.
    #[test]
    fn an_undecided_file_without_a_condition_may_be_refused() {
        let judged = |outcome, conditions: &[ConditionalOutcome]| Judgement {
            outcome,
            decisive: None,
            via: None,
            leans: None,
            conditions: conditions
                .iter()
                .map(|&side| Condition {
                    kind: ConditionKind::ItlUndecided,
                    rule: Rule::Itl1,
                    if_yes: side,
                    if_no: ConditionalOutcome::Outcome(Outcome::Accept),
                    leans: None,
                })
                .collect(),
            findings: Vec::new(),
        };
        let of = ConditionalOutcome::Outcome;
        assert!(judged(Outcome::Depends, &[]).may_refuse());
        assert!(!judged(Outcome::Depends, &[of(Outcome::NotApplicable)]).may_refuse());
        assert!(judged(Outcome::Depends, &[of(Outcome::Reject)]).may_refuse());
        assert!(judged(Outcome::Depends, &[ConditionalOutcome::Dropped]).may_refuse());
        assert!(!judged(Outcome::Accept, &[]).may_refuse());
    }
}
