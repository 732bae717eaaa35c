//! A judgement under construction: it collects findings and conditions, and derives the outcome
//! from them in one place, so that the outcome cannot contradict them.

use super::held::{Lists, Voucher};
use super::{
    Condition, ConditionKind, ConditionalOutcome, Decisive, Finding, FindingKind, FoundRecord,
    IncompleteList, Judgement, Lean, Outcome, Rule, Via, Weight,
};
use crate::facts::CertificateFacts;
use alloc::{sync::Arc, vec::Vec};

/// The two outcomes of an open question.
#[derive(Clone, Copy)]
pub(super) enum Branches {
    /// If yes, the file is accepted in the way that the findings say. If no, it is refused.
    AcceptedOrRefused,
    /// The outcome if yes, then the outcome if no.
    These(ConditionalOutcome, ConditionalOutcome),
}

impl Branches {
    pub(super) const fn outcomes(yes: Outcome, no: Outcome) -> Self {
        Self::These(ConditionalOutcome::Outcome(yes), ConditionalOutcome::Outcome(no))
    }
}

/// The findings and conditions about one file so far.
#[derive(Default)]
pub(super) struct Draft {
    findings: Vec<Finding>,
    conditions: Vec<Condition>,
    via: Option<Via>,
}

impl Draft {
    pub(super) fn grant(&mut self, kind: FindingKind, rule: Rule, via: Option<Via>) {
        self.via = self.via.or(via);
        self.findings.push(Finding { kind, rule, weight: Weight::Grants });
    }

    /// Adds the reason to accept a file whose signer has a voucher, and returns the key that must
    /// have signed it.
    pub(super) fn grant_by<'a>(
        &mut self,
        kind: impl FnOnce(FoundRecord) -> FindingKind,
        rule: Rule,
        voucher: Voucher<'a>,
    ) -> Option<&'a CertificateFacts> {
        self.grant(kind(voucher.record), rule, Some(voucher.via));
        Some(voucher.key)
    }

    /// Leaves open if a voucher is enough, and returns the key that must have signed the file.
    pub(super) fn open_by<'a>(
        &mut self,
        kind: impl FnOnce(FoundRecord) -> ConditionKind,
        rule: Rule,
        sides: Branches,
        voucher: Voucher<'a>,
    ) -> Option<&'a CertificateFacts> {
        self.vouched_by(voucher.via);
        self.open_between(kind(voucher.record), rule, Some(Lean::Reject), sides);
        Some(voucher.key)
    }

    pub(super) fn inform(&mut self, kind: FindingKind, rule: Rule) {
        self.findings.push(Finding { kind, rule, weight: Weight::Informs });
    }

    pub(super) fn refuse(&mut self, kind: FindingKind, rule: Rule) {
        self.findings.push(Finding { kind, rule, weight: Weight::Refuses });
    }

    /// Adds a refusal before all others: a bad signature decides whatever the signer is (P-SIG-2).
    pub(super) fn refuse_above_all(&mut self, kind: FindingKind, rule: Rule) {
        let at = self
            .findings
            .iter()
            .position(|finding| finding.weight == Weight::Refuses)
            .unwrap_or(self.findings.len());
        self.findings.insert(at, Finding { kind, rule, weight: Weight::Refuses });
    }

    /// Refuses an unknown signer, or leaves it open if a list that was searched is incomplete.
    /// `signer` is its certificate in the offered list.
    pub(super) fn signer_not_found(
        &mut self,
        lists: &Lists<'_>,
        rule: Rule,
        signer: Option<Arc<CertificateFacts>>,
    ) {
        let Some(list) = lists.incomplete() else {
            return self.refuse(FindingKind::SignerUnknown(signer), rule);
        };
        let is_open = |open: &Condition| matches!(open.kind, ConditionKind::ListIncomplete(_));
        if !self.conditions.iter().any(is_open) {
            let list = IncompleteList { list: Some(list), signer };
            self.open(ConditionKind::ListIncomplete(list), rule, None);
        }
    }

    pub(super) fn open(&mut self, kind: ConditionKind, rule: Rule, leans: Option<Lean>) {
        self.open_between(kind, rule, leans, Branches::AcceptedOrRefused);
    }

    pub(super) fn open_between(
        &mut self,
        kind: ConditionKind,
        rule: Rule,
        leans: Option<Lean>,
        sides: Branches,
    ) {
        let (if_yes, if_no) = match sides {
            Branches::AcceptedOrRefused => (ACCEPTED, ConditionalOutcome::Outcome(Outcome::Reject)),
            Branches::These(yes, no) => (yes, no),
        };
        self.conditions.push(Condition { kind, rule, if_yes, if_no, leans });
    }

    pub(super) fn vouched_by(&mut self, via: Via) {
        self.via = Some(via);
    }

    pub(super) fn refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.weight == Weight::Refuses)
    }

    pub(super) fn finish(mut self) -> Judgement {
        if granted(&self.findings)
            .is_some_and(|finding| matches!(finding.kind, FindingKind::FirstUse))
        {
            for condition in
                self.conditions.iter_mut().filter(|condition| condition.if_yes == ACCEPTED)
            {
                condition.if_yes = ConditionalOutcome::Outcome(Outcome::InstallFirst);
            }
        }
        Judgement::derive(self.findings, self.conditions, self.via)
    }
}

const ACCEPTED: ConditionalOutcome = ConditionalOutcome::Outcome(Outcome::Accept);

impl Judgement {
    /// Derives the outcome from findings and conditions. It fails closed: without a granting
    /// finding the file is refused.
    pub(super) fn derive(
        mut findings: Vec<Finding>,
        mut conditions: Vec<Condition>,
        via: Option<Via>,
    ) -> Self {
        let refused =
            findings.iter().find(|finding| finding.weight == Weight::Refuses).map(Finding::code);
        let (outcome, decisive) = if let Some(code) = refused {
            conditions.clear();
            (Outcome::Reject, Decisive::Finding(code))
        } else if let Some(condition) = weakest(&conditions) {
            (Outcome::Depends, Decisive::Condition(condition.code()))
        } else if let Some(finding) = granted(&findings) {
            (granted_outcome(&finding.kind), Decisive::Finding(finding.code()))
        } else if let Some(settled) = findings.iter().find_map(settled) {
            settled
        } else {
            let kind = FindingKind::SignerUnknown(None);
            let decisive = Decisive::Finding(kind.code());
            findings.push(Finding { kind, rule: Rule::Sig1, weight: Weight::Refuses });
            (Outcome::Reject, decisive)
        };
        let leans = combined(&conditions);
        let via = if outcome == Outcome::Reject { None } else { via };
        Self { outcome, decisive: Some(decisive), via, leans, conditions, findings }
    }
}

/// Returns the granting finding that decides the outcome: same file, first use, else the first
/// voucher.
fn granted(findings: &[Finding]) -> Option<&Finding> {
    let grants = || findings.iter().filter(|finding| finding.weight == Weight::Grants);
    let telling =
        |finding: &&Finding| matches!(finding.kind, FindingKind::SameFile | FindingKind::FirstUse);
    grants().find(telling).or_else(|| grants().next())
}

fn granted_outcome(kind: &FindingKind) -> Outcome {
    match kind {
        FindingKind::SameFile => Outcome::Unchanged,
        FindingKind::FirstUse => Outcome::InstallFirst,
        _ => Outcome::Accept,
    }
}

/// Returns the outcome of a finding that leaves no file to judge.
fn settled(finding: &Finding) -> Option<(Outcome, Decisive)> {
    let outcome = match finding.kind {
        FindingKind::FileNotFound | FindingKind::ZeroBytes => Outcome::NotOffered,
        FindingKind::HoldsNoLists | FindingKind::ItlNeverAsked => Outcome::NotApplicable,
        _ => return None,
    };
    Some((outcome, Decisive::Finding(finding.code())))
}

/// Returns the condition that decides the lean of a `depends`: one that leans to a refusal, else
/// one without a lean, else the first.
fn weakest(conditions: &[Condition]) -> Option<&Condition> {
    let leaning = |leans| conditions.iter().find(|condition| condition.leans == leans);
    leaning(Some(Lean::Reject)).or_else(|| leaning(None)).or_else(|| conditions.first())
}

/// Returns the common lean of conditions: reject if one leans there, accept if all lean there, else
/// none.
fn combined(conditions: &[Condition]) -> Option<Lean> {
    weakest(conditions)?.leans
}

#[cfg(test)]
mod tests {
    use super::super::ListRef;
    use super::*;

    fn judged(grants: bool, leans: &[Option<Lean>], refuses: bool) -> Judgement {
        let mut draft = Draft::default();
        if grants {
            let via = Some(Via::BlankList);
            draft.grant(FindingKind::BlankList(ListRef::InstalledItl), Rule::Blank2, via);
        }
        for &lean in leans {
            draft.open(ConditionKind::TvsUnknown, Rule::Tvs4, lean);
        }
        if refuses {
            draft.refuse(FindingKind::SignatureBroken, Rule::Sig2);
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
