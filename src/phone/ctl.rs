//! Step 1 of a boot: the CTL (P-CTL, P-FIRST-1, P-FIRST-4).

use super::draft::{Draft, Sides};
use super::gate::{self, JudgedFile, Received, Signed};
use super::held::{ANCHOR, Lists, SIGNS_CONFIGS, Scene};
use super::lookup::{found, strangers, unknown};
use super::tvs::{self, Answer, Verdict};
use super::{Evidence, Judgement, Lean, Outcome, Rule, SecurityByDefault, Via};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{Identity, ListFacts};

/// Judges the offered CTL with the installed lists.
pub(super) fn judge(scene: &Scene<'_>, held: &Lists<'_>) -> Judgement {
    let offered = match gate::receive(scene, &scene.offer.ctl, held, held.ctl) {
        Received::Settled(judgement) => return judgement,
        Received::Same(_) => return same(),
        Received::New(list) => list,
    };
    let mut draft = Draft::default();
    gate::admit_list(scene, JudgedFile::Ctl, offered, held.ctl, &mut draft);
    if !draft.refused() {
        signer(scene, held, offered, &mut draft);
        gate::check_key(scene, &Signed::list(offered, held.none()), &mut draft);
    }
    draft.finish()
}

/// P-SAME-1, P-SAME-3: the installed bytes stay and are not judged again.
fn same() -> Judgement {
    let mut draft = Draft::default();
    draft.grant(FindingCode::SameFile, Rule::Same1, None, Evidence::default());
    draft.finish()
}

/// Looks for a voucher for the signer of a new CTL: first use, the CTL, the ITL, TVS.
fn signer<'a>(scene: &Scene<'a>, held: &Lists<'a>, offered: &'a ListFacts, draft: &mut Draft<'a>) {
    if held.none() {
        return draft.grant(
            FindingCode::FirstUse,
            Rule::First1,
            Some(Via::FirstUse),
            Evidence::default(),
        );
    }
    let Some(signer) = &offered.signer else {
        return draft.open(ConditionCode::SignerNotStated, Rule::Sig1, None, Evidence::default());
    };
    if let Some(record) = held.ctl.find(signer, ANCHOR) {
        draft.key = record.certificate.as_deref();
        return draft.grant(
            FindingCode::SignerInCtl,
            Rule::Ctl1,
            Some(held.via_ctl()),
            found(held.ctl_ref(), record),
        );
    }
    draft.silent = held.ctl.is_partial().then(|| held.ctl_ref());
    if scene.security_by_default == SecurityByDefault::No {
        draft.inform(FindingCode::TvsNotOnDevice, Rule::Tvs8, Evidence::default());
        strangers(held, offered.signer.as_ref(), &offered.signer_subject, draft);
        return draft.refuse_unknown(Rule::Ctl4, unknown(&offered.records, signer));
    }
    let first = held.ctl.list.is_none();
    if let Some(record) = held.itl.find(signer, ANCHOR) {
        draft.key = record.certificate.as_deref();
        let rule = if first { Rule::First4 } else { Rule::Ctl2 };
        return draft.grant(
            FindingCode::SignerInItl,
            rule,
            Some(held.via_itl()),
            found(held.itl_ref(), record),
        );
    }
    strangers(held, offered.signer.as_ref(), &offered.signer_subject, draft);
    draft.silent = draft.silent.or(held.itl.is_partial().then(|| held.itl_ref()));
    let answer = tvs::ask(scene, held, signer, ANCHOR, draft);
    by_tvs(&answer, held, offered, signer, draft);
}

/// P-CTL-3, P-REC-5: uses the answer of TVS, and decides without it if TVS does not vouch.
fn by_tvs<'a>(
    answer: &Answer<'a>,
    held: &Lists<'a>,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft<'a>,
) {
    let replaced = anchors_replaced(held, offered);
    match answer.verdict {
        Verdict::Yes => {
            answer.grant_in(if held.ctl.list.is_none() { Rule::First4 } else { Rule::Ctl3 }, draft);
            if replaced {
                draft.inform(FindingCode::AnchorsReplaced, Rule::Rec5, Evidence::default());
            }
        }
        Verdict::Open => {
            let sides = Sides::outcomes(Outcome::Accept, without_tvs(held, signer));
            answer.note(draft);
            if replaced {
                let evidence = Evidence::default();
                draft.open_between(
                    ConditionCode::AnchorsReplacedTvsOpen,
                    Rule::Rec5,
                    Some(Lean::Reject),
                    sides,
                    evidence,
                );
            }
            answer.open_in(sides, draft);
        }
        Verdict::No => nobody(held, offered, signer, draft),
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
fn nobody<'a>(held: &Lists<'a>, offered: &'a ListFacts, signer: &Identity, draft: &mut Draft<'a>) {
    let reject = Some(Lean::Reject);
    let by_role = |list: super::ListRef, record| (list, record);
    let in_ctl = held.ctl.find(signer, SIGNS_CONFIGS).map(|record| by_role(held.ctl_ref(), record));
    let in_itl =
        || held.itl.find(signer, SIGNS_CONFIGS).map(|record| by_role(held.itl_ref(), record));
    if let Some((list, record)) = in_ctl.or_else(in_itl) {
        draft.key = record.certificate.as_deref();
        draft.open(ConditionCode::SignerTftpRoleOnly, Rule::Ctl1, reject, found(list, record));
    } else if held.ctl.list.is_none() {
        draft.open(
            ConditionCode::FirstCtlOverItl,
            Rule::First4,
            reject,
            unknown(&offered.records, signer),
        );
    } else if lets_foreign_ctl_in(held) {
        draft.open(
            ConditionCode::CtlOverReducedCtl,
            Rule::Blank3,
            None,
            unknown(&offered.records, signer),
        );
    } else {
        draft.refuse_unknown(Rule::Ctl3, unknown(&offered.records, signer));
    }
}

/// P-BLANK-3: checks for a reduced CTL with a missing or blank ITL.
fn lets_foreign_ctl_in(held: &Lists<'_>) -> bool {
    held.ctl.is_reduced() && (held.itl.list.is_none() || held.itl.is_blank())
}

/// Returns the outcome of `nobody`: the outcome of an open question about TVS if its answer is no.
fn without_tvs(held: &Lists<'_>, signer: &Identity) -> Outcome {
    let known = held
        .ctl
        .find(signer, SIGNS_CONFIGS)
        .or_else(|| held.itl.find(signer, SIGNS_CONFIGS))
        .is_some();
    if known || held.ctl.list.is_none() || lets_foreign_ctl_in(held) {
        Outcome::Depends
    } else {
        Outcome::Reject
    }
}
