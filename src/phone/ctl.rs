//! Step 1 of a boot: the CTL (P-CTL, P-FIRST-1, P-FIRST-4).

use super::draft::{Branches, Draft};
use super::gate::{self, JudgedFile, Received, Signed};
use super::held::{ANCHOR, BootContext, Lists, SIGNS_CONFIGS};
use super::lookup::{own_certificate, report_near_misses};
use super::tvs::{self, Answer, Verdict};
use super::{ConditionKind, FindingKind, Judgement, Lean, Outcome, Rule, SecurityByDefault, Via};
use crate::facts::{CertificateFacts, Identity, ListFacts};

/// Judges the offered CTL with the installed lists.
pub(super) fn judge(context: &BootContext<'_>, held: &Lists<'_>) -> Judgement {
    let offered = match gate::receive(context, &context.offer.ctl, held, held.ctl) {
        Received::Settled(judgement) => return judgement,
        Received::Same(_) => return same(),
        Received::New(list) => list,
    };
    let mut draft = Draft::default();
    gate::admit_list(context, JudgedFile::Ctl, offered, held.ctl, &mut draft);
    if !draft.refused() {
        let key = signer(context, held, offered, &mut draft);
        gate::check_key(context, &Signed::list(offered, held.none()), key, &mut draft);
    }
    draft.finish()
}

/// P-SAME-1, P-SAME-3: the installed bytes stay and are not judged again.
fn same() -> Judgement {
    let mut draft = Draft::default();
    draft.grant(FindingKind::SameFile, Rule::Same1, None);
    draft.finish()
}

/// Looks for a voucher for the signer of a new CTL: first use, the CTL, the ITL, TVS. Returns the
/// key that must have signed.
fn signer<'a>(
    context: &BootContext<'a>,
    held: &Lists<'a>,
    offered: &'a ListFacts,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    if held.none() {
        draft.grant(FindingKind::FirstUse, Rule::First1, Some(Via::FirstUse));
        return None;
    }
    let Some(signer) = &offered.signer else {
        draft.open(ConditionKind::SignerNotStated, Rule::Sig1, None);
        return None;
    };
    if let Some(voucher) = held.ctl.look_up(signer, ANCHOR) {
        return draft.grant_by(FindingKind::SignerInCtl, Rule::Ctl1, voucher);
    }
    if context.security_by_default == SecurityByDefault::No {
        draft.inform(FindingKind::TvsNotOnDevice, Rule::Tvs8);
        report_near_misses(held, Some(signer), &offered.signer_subject, draft);
        draft.signer_not_found(held, Rule::Ctl4, own_certificate(&offered.records, signer));
        return None;
    }
    let first = held.ctl.list.is_none();
    if let Some(voucher) = held.itl.look_up(signer, ANCHOR) {
        let rule = if first { Rule::First4 } else { Rule::Ctl2 };
        return draft.grant_by(FindingKind::SignerInItl, rule, voucher);
    }
    report_near_misses(held, Some(signer), &offered.signer_subject, draft);
    let answer = tvs::ask(context, held, signer, ANCHOR, draft);
    by_tvs(answer, held, offered, signer, draft)
}

/// P-CTL-3, P-REC-5: uses the answer of TVS, and decides without it if TVS does not vouch.
fn by_tvs<'a>(
    answer: Answer<'a>,
    held: &Lists<'a>,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    let replaced = anchors_replaced(held, offered);
    match answer.verdict {
        Verdict::Yes(yes) => {
            let rule = if held.ctl.list.is_none() { Rule::First4 } else { Rule::Ctl3 };
            let key = yes.grant_in(rule, draft);
            if replaced {
                draft.inform(FindingKind::AnchorsReplaced, Rule::Rec5);
            }
            key
        }
        Verdict::Open => {
            let sides = Branches::outcomes(Outcome::Accept, without_tvs(held, offered, signer));
            let key = answer.note(draft);
            if replaced {
                let (kind, leans) = (ConditionKind::AnchorsReplacedTvsOpen, Some(Lean::Reject));
                draft.open_between(kind, Rule::Rec5, leans, sides);
            }
            answer.open_in(sides, draft);
            key
        }
        Verdict::No => no_voucher(held, offered, signer, draft),
    }
}

/// P-REC-5: checks if no SAST of the installed CTL is in the offered one.
fn anchors_replaced(held: &Lists<'_>, offered: &ListFacts) -> bool {
    let Some(ctl) = held.ctl.list else { return false };
    let mut anchors = ctl
        .records
        .iter()
        .filter(|record| ANCHOR.contains(&record.role))
        .filter_map(|record| record.certificate.as_ref());
    !anchors.any(|anchor| offered.find(&anchor.identity, ANCHOR).is_some())
}

/// Decides without a voucher: open if the signer is known as CCM+TFTP or TFTP only (P-CTL-1), for a
/// first CTL (P-FIRST-4) and over a reduced CTL (P-BLANK-3), else refused.
fn no_voucher<'a>(
    held: &Lists<'a>,
    offered: &ListFacts,
    signer: &Identity,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    let reject = Some(Lean::Reject);
    let by_role = held.ctl.look_up(signer, SIGNS_CONFIGS);
    if let Some(voucher) = by_role.or_else(|| held.itl.look_up(signer, SIGNS_CONFIGS)) {
        draft.open(ConditionKind::SignerTftpRoleOnly(voucher.record), Rule::Ctl1, reject);
        return Some(voucher.key);
    }
    let own = own_certificate(&offered.records, signer);
    if held.ctl.list.is_none() {
        draft.open(ConditionKind::FirstCtlOverItl(own), Rule::First4, reject);
    } else if lets_foreign_ctl_in(held) {
        draft.open(ConditionKind::CtlOverReducedCtl(own), Rule::Blank3, None);
    } else {
        draft.signer_not_found(held, Rule::Ctl3, own);
    }
    None
}

/// P-BLANK-3: checks for a reduced CTL with a missing or blank ITL.
fn lets_foreign_ctl_in(held: &Lists<'_>) -> bool {
    held.ctl.is_reduced() && (held.itl.list.is_none() || held.itl.is_blank())
}

/// Returns the outcome if an open question about TVS is answered with no.
fn without_tvs(held: &Lists<'_>, offered: &ListFacts, signer: &Identity) -> Outcome {
    let mut draft = Draft::default();
    no_voucher(held, offered, signer, &mut draft);
    draft.finish().outcome()
}
