//! A judgement in the making: findings and open questions gather here, and the outcome is derived from them in one
//! place, so that it cannot contradict them.

use super::{
    Condition, Decisive, Evidence, Finding, IfSo, Judgement, Lean, ListRef, Outcome, Rule, Via,
    Weight,
};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::CertificateFacts;
use alloc::vec::Vec;

/// The two sides of an open question.
#[derive(Clone, Copy)]
pub(super) enum Sides {
    /// Yes: the file is taken, in whatever way the findings say. No: it is refused.
    TakenOrRefused,
    /// These.
    These(IfSo, IfSo),
}

impl Sides {
    pub(super) const fn outcomes(yes: Outcome, no: Outcome) -> Self {
        Self::These(IfSo::Outcome(yes), IfSo::Outcome(no))
    }
}

/// What has been found so far about one file.
#[derive(Default)]
pub(super) struct Draft<'a> {
    findings: Vec<Finding>,
    conditions: Vec<Condition>,
    via: Option<Via>,
    /// The certificate whose key the phone has to believe for the signer, where it holds one.
    pub(super) key: Option<&'a CertificateFacts>,
    /// A list that is not whole and was silent: its silence is no answer.
    pub(super) silent: Option<ListRef>,
}

impl<'a> Draft<'a> {
    pub(super) fn grant(
        &mut self,
        code: FindingCode,
        rule: Rule,
        via: Option<Via>,
        evidence: Evidence,
    ) {
        self.via = self.via.or(via);
        self.findings.push(Finding { code, rule, weight: Weight::Grants, evidence });
    }

    pub(super) fn inform(&mut self, code: FindingCode, rule: Rule, evidence: Evidence) {
        self.findings.push(Finding { code, rule, weight: Weight::Informs, evidence });
    }

    pub(super) fn refuse(&mut self, code: FindingCode, rule: Rule, evidence: Evidence) {
        self.findings.push(Finding { code, rule, weight: Weight::Refuses, evidence });
    }

    /// A refusal that comes before all others: a bad signature is one whoever the signer (P-SIG-2).
    pub(super) fn refuse_above_all(&mut self, code: FindingCode, rule: Rule, evidence: Evidence) {
        let at = self
            .findings
            .iter()
            .position(|finding| finding.weight == Weight::Refuses)
            .unwrap_or(self.findings.len());
        self.findings.insert(at, Finding { code, rule, weight: Weight::Refuses, evidence });
    }

    /// Nothing that the phone knows vouches for the signer; open where a list that is not whole was silent.
    pub(super) fn refuse_unknown(&mut self, rule: Rule, evidence: Evidence) {
        match self.silent {
            Some(_)
                if self
                    .conditions
                    .iter()
                    .any(|condition| condition.code == ConditionCode::ListIncomplete) => {}
            Some(list) => self.open(
                ConditionCode::ListIncomplete,
                rule,
                None,
                Evidence { list: Some(list), ..evidence },
            ),
            None => self.refuse(FindingCode::SignerUnknown, rule, evidence),
        }
    }

    pub(super) fn open(
        &mut self,
        code: ConditionCode,
        rule: Rule,
        leans: Option<Lean>,
        evidence: Evidence,
    ) {
        self.open_between(code, rule, leans, Sides::TakenOrRefused, evidence);
    }

    pub(super) fn open_between(
        &mut self,
        code: ConditionCode,
        rule: Rule,
        leans: Option<Lean>,
        sides: Sides,
        evidence: Evidence,
    ) {
        let (if_yes, if_no) = match sides {
            Sides::TakenOrRefused => (TAKEN, IfSo::Outcome(Outcome::Reject)),
            Sides::These(yes, no) => (yes, no),
        };
        self.conditions.push(Condition { code, rule, if_yes, if_no, leans, evidence });
    }

    pub(super) fn vouched_by(&mut self, via: Via) {
        self.via = Some(via);
    }

    pub(super) fn refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.weight == Weight::Refuses)
    }

    pub(super) fn finish(mut self) -> Judgement {
        if granted(&self.findings).is_some_and(|finding| finding.code == FindingCode::FirstUse) {
            for condition in
                self.conditions.iter_mut().filter(|condition| condition.if_yes == TAKEN)
            {
                condition.if_yes = IfSo::Outcome(Outcome::InstallFirst);
            }
        }
        Judgement::derive(self.findings, self.conditions, self.via)
    }
}

const TAKEN: IfSo = IfSo::Outcome(Outcome::Accept);

impl Judgement {
    /// The outcome that these findings and conditions amount to. Without anything that grants, nothing is taken.
    pub(super) fn derive(
        mut findings: Vec<Finding>,
        mut conditions: Vec<Condition>,
        via: Option<Via>,
    ) -> Self {
        let refused = findings
            .iter()
            .find(|finding| finding.weight == Weight::Refuses)
            .map(|finding| finding.code);
        let (outcome, decisive) = if let Some(code) = refused {
            conditions.clear();
            (Outcome::Reject, Decisive::Finding(code))
        } else if let Some(condition) = weakest(&conditions) {
            (Outcome::Depends, Decisive::Condition(condition.code))
        } else if let Some(finding) = granted(&findings) {
            (granted_outcome(finding.code), Decisive::Finding(finding.code))
        } else if let Some(settled) = findings.iter().find_map(settled) {
            settled
        } else {
            let evidence = Evidence::default();
            findings.push(Finding {
                code: FindingCode::SignerUnknown,
                rule: Rule::Sig1,
                weight: Weight::Refuses,
                evidence,
            });
            (Outcome::Reject, Decisive::Finding(FindingCode::SignerUnknown))
        };
        let leans = combined(&conditions);
        let via = if outcome == Outcome::Reject { None } else { via };
        Self { outcome, decisive: Some(decisive), via, leans, conditions, findings }
    }
}

/// The granting finding that says how the file is taken: as the same file, on faith, or by whoever vouched first.
fn granted(findings: &[Finding]) -> Option<&Finding> {
    let grants = || findings.iter().filter(|finding| finding.weight == Weight::Grants);
    let telling =
        |finding: &&Finding| matches!(finding.code, FindingCode::SameFile | FindingCode::FirstUse);
    grants().find(telling).or_else(|| grants().next())
}

fn granted_outcome(code: FindingCode) -> Outcome {
    match code {
        FindingCode::SameFile => Outcome::Unchanged,
        FindingCode::FirstUse => Outcome::InstallFirst,
        _ => Outcome::Accept,
    }
}

/// Findings after which there is no file to judge.
fn settled(finding: &Finding) -> Option<(Outcome, Decisive)> {
    let outcome = match finding.code {
        FindingCode::FileNotFound | FindingCode::ZeroBytes => Outcome::NotOffered,
        FindingCode::HoldsNoLists | FindingCode::ItlNeverAsked => Outcome::NotApplicable,
        _ => return None,
    };
    Some((outcome, Decisive::Finding(finding.code)))
}

/// The condition that decides where a `depends` leans: one that leans to refusal, else one that does not lean.
fn weakest(conditions: &[Condition]) -> Option<&Condition> {
    let leaning = |leans| conditions.iter().find(|condition| condition.leans == leans);
    leaning(Some(Lean::Reject)).or_else(|| leaning(None)).or_else(|| conditions.first())
}

/// The lean of several open questions: reject if one leans there, accept if all lean there, else none.
fn combined(conditions: &[Condition]) -> Option<Lean> {
    weakest(conditions)?.leans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(grants: bool, leans: &[Option<Lean>], refuses: bool) -> Judgement {
        let mut draft = Draft::default();
        if grants {
            draft.grant(
                FindingCode::SignerInItl,
                Rule::Itl2,
                Some(Via::InstalledItl),
                Evidence::default(),
            );
        }
        for &lean in leans {
            draft.open(ConditionCode::TvsUnknown, Rule::Tvs4, lean, Evidence::default());
        }
        if refuses {
            draft.refuse(FindingCode::SignatureBroken, Rule::Sig2, Evidence::default());
        }
        draft.finish()
    }

    #[test]
    fn a_refusal_beats_conditions_and_conditions_beat_a_grant() {
        assert_eq!(judged(true, &[], false).outcome(), Outcome::Accept);
        assert_eq!(judged(true, &[None], false).outcome(), Outcome::Depends);
        let refused = judged(true, &[None], true);
        assert_eq!(
            (refused.outcome(), refused.conditions().len(), refused.via()),
            (Outcome::Reject, 0, None)
        );
    }

    #[test]
    fn nothing_granted_is_nothing_taken() {
        let judgement = judged(false, &[], false);
        assert_eq!(judgement.outcome(), Outcome::Reject);
        assert!(judgement.findings().iter().any(|finding| finding.weight == Weight::Refuses));
    }

    #[test]
    fn leans_combine_to_the_careful_side() {
        let (accept, reject) = (Some(Lean::Accept), Some(Lean::Reject));
        assert_eq!(judged(true, &[accept, accept], false).leans(), accept);
        assert_eq!(judged(true, &[accept, None], false).leans(), None);
        assert_eq!(judged(true, &[accept, None, reject], false).leans(), reject);
        assert_eq!(judged(true, &[], false).leans(), None);
    }
}
