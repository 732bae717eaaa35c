//! Step 2 of a boot: the ITL, with the CTL that is on the phone after step 1 (P-ITL, P-BLANK,
//! P-FIRST-2, P-FIRST-3).

use super::draft::{Branches, Draft};
use super::gate::{self, JudgedFile, Received, Signed};
use super::held::{ANCHOR, BootContext, Lists};
use super::lookup::{report_near_misses, unknown};
use super::tvs::{self, Verdict};
use super::{ConditionalOutcome, Evidence, Judgement, Lean, Outcome, Rule, SecurityByDefault, Via};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, Identity, ListFacts};
use crate::wire::Role;

/// Judges the offered ITL. `lists` contains the CTL after step 1, `fresh` means that the phone had
/// no list before it.
pub(super) fn judge(context: &BootContext<'_>, lists: &Lists<'_>, fresh: bool) -> Judgement {
    let mut draft = Draft::default();
    if context.security_by_default == SecurityByDefault::No {
        draft.inform(FindingCode::ItlNeverAsked, Rule::Boot3, Evidence::default());
        return draft.finish();
    }
    let offered = match gate::receive(context, &context.offer.itl, lists, lists.itl) {
        Received::Settled(judgement) => return judgement,
        Received::Same(held) => return same(lists, held),
        Received::New(list) => list,
    };
    gate::admit_list(context, JudgedFile::Itl, offered, lists.itl, &mut draft);
    if !draft.refused() {
        let key = signer(context, lists, fresh, offered, &mut draft);
        // If a reduced CTL knows the signer, its key is used. Over a blank ITL that is open
        // (P-FIRST-5).
        let asked = key.is_some() && !lists.itl.is_blank();
        let on_faith = fresh || (takes_on_faith(lists) && !asked);
        gate::check_key(context, &Signed::list(offered, on_faith), key, &mut draft);
    }
    draft.finish()
}

/// P-FIRST-5: checks if no list decides about the signer: the CTL cannot refuse, and the ITL is
/// missing or blank.
fn takes_on_faith(lists: &Lists<'_>) -> bool {
    !lists.ctl.can_refuse_itl() && (lists.itl.list.is_none() || lists.itl.is_blank())
}

/// P-SAME-1: judges the installed ITL offered again. It stays, unless a CTL with anchors does not
/// know its signer (P-ITL-6).
fn same(lists: &Lists<'_>, held: &ListFacts) -> Judgement {
    let mut draft = Draft::default();
    draft.grant(FindingCode::SameFile, Rule::Same1, None, Evidence::default());
    let known = held.signer.as_ref().is_some_and(|signer| lists.ctl.knows_list_signer(signer));
    if (lists.ctl.can_refuse_itl() || lists.ctl.is_partial()) && !known {
        let evidence = lists.ctl.evidence();
        let sides = Branches::These(
            ConditionalOutcome::Outcome(Outcome::Unchanged),
            ConditionalOutcome::Dropped,
        );
        draft.open_between(
            ConditionCode::UnchangedItlNotInCtl,
            Rule::Itl6,
            Some(Lean::Accept),
            sides,
            evidence,
        );
    }
    draft.finish()
}

/// Looks for a voucher for the signer of a new ITL. Returns the key that must have signed.
fn signer<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    fresh: bool,
    offered: &'a ListFacts,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    if lists.ctl.is_reduced() {
        draft.inform(FindingCode::CtlReduced, Rule::Blank3, lists.ctl.evidence());
        // P-BLANK-3: a reduced CTL still vouches for its SAST.
        let signer = offered.signer.as_ref();
        if let Some(voucher) = signer.and_then(|signer| lists.ctl.look_up(signer, ANCHOR)) {
            return draft.grant_by(FindingCode::SignerInCtl, Rule::Blank3, voucher);
        }
    }
    if !lists.ctl.can_refuse_itl() && accept_without_signer(lists, offered, draft) {
        return None;
    }
    let Some(signer) = &offered.signer else {
        draft.open(ConditionCode::SignerNotStated, Rule::Sig1, None, Evidence::default());
        return None;
    };
    if lists.ctl.is_partial() && !lists.ctl.knows_list_signer(signer) {
        draft.open(ConditionCode::ListIncomplete, Rule::Itl1, None, lists.ctl.evidence());
    }
    if lists.ctl.can_refuse_itl() {
        by_ctl(context, lists, fresh, offered, signer, draft)
    } else {
        by_itl(context, lists, offered, signer, draft)
    }
}

/// P-BLANK-2, P-FIRST-2: grants any signer over a blank ITL and on a phone without lists. Returns
/// false if another rule decides.
fn accept_without_signer(lists: &Lists<'_>, offered: &ListFacts, draft: &mut Draft) -> bool {
    if lists.itl.may_be_of_certutils() {
        return open_over_list_without_hosts(lists, offered, draft);
    }
    if lists.itl.is_blank() {
        if lists.itl.is_partial() || lists.ctl.is_partial() {
            let list = if lists.itl.is_partial() { lists.itl } else { lists.ctl };
            draft.open(ConditionCode::ListIncomplete, Rule::Blank2, None, list.evidence());
        }
        let via = Some(Via::BlankList);
        draft.grant(FindingCode::BlankList, Rule::Blank2, via, lists.itl.evidence());
        return true;
    }
    if lists.itl.list.is_some() {
        return false;
    }
    let rule = if lists.ctl.list.is_some() { Rule::Blank3 } else { Rule::First2 };
    draft.grant(FindingCode::FirstUse, rule, Some(Via::FirstUse), Evidence::default());
    left_over(lists, draft);
    true
}

/// P-BLANK-2: a list of SAST and CAPF records without host names is either the blank ITL or a list
/// of certutils. A signer that is its SAST is accepted in both cases (P-ITL-2); any other signer is
/// open.
fn open_over_list_without_hosts(lists: &Lists<'_>, offered: &ListFacts, draft: &mut Draft) -> bool {
    let signer = offered.signer.as_ref();
    if signer.is_some_and(|signer| lists.itl.look_up(signer, ANCHOR).is_some()) {
        return false;
    }
    report_near_misses(lists, signer, &offered.signer_subject, draft);
    draft.vouched_by(Via::BlankList);
    draft.open(ConditionCode::BlankListUnproven, Rule::Blank2, None, lists.itl.evidence());
    true
}

/// P-BLANK-3: opens an acceptance on a phone with a CTL that remains from mixed mode. It leans to
/// accept.
fn left_over(lists: &Lists<'_>, draft: &mut Draft) {
    if lists.ctl.is_reduced() {
        let (code, leans) = (ConditionCode::ReducedCtlLeft, Some(Lean::Accept));
        draft.open(code, Rule::Blank3, leans, lists.ctl.evidence());
    }
}

/// Decides by a CTL that can refuse an ITL (P-ITL-1, P-FIRST-3). If it does not know the signer,
/// the sources disagree (P-ITL-5).
fn by_ctl<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    fresh: bool,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    if let Some(voucher) = lists.ctl.look_up_list_signer(signer) {
        let role = voucher.evidence.role;
        let key = draft.grant_by(FindingCode::SignerInCtl, Rule::Itl1, voucher);
        if fresh {
            draft.grant(FindingCode::FirstUse, Rule::First1, None, Evidence::default());
        }
        tftp_role(role, draft);
        return key;
    }
    report_near_misses(lists, Some(signer), &offered.signer_subject, draft);
    let evidence = unknown(&offered.records, signer);
    if fresh {
        let sides = Branches::outcomes(Outcome::InstallFirst, Outcome::Reject);
        let code = ConditionCode::FirstItlNotInCtl;
        draft.open_between(code, Rule::First3, None, sides, evidence);
        return None;
    }
    let dropped = Branches::These(
        ConditionalOutcome::Dropped,
        ConditionalOutcome::Outcome(lists.without_voucher()),
    );
    if let Some(voucher) = lists.itl.look_up_list_signer(signer) {
        return draft.open_by(ConditionCode::CtlDecidesItl, Rule::Itl5, dropped, voucher);
    }
    let answer = tvs::ask(context, lists, signer, ANCHOR, draft);
    if answer.verdict == Verdict::No {
        let rule = if lists.itl.list.is_some() { Rule::Itl1 } else { Rule::First3 };
        draft.signer_not_found(lists, rule, evidence);
        return None;
    }
    let key = answer.note(draft);
    let list = Some(lists.ctl.list_ref());
    let evidence = Evidence { list, server: answer.server.cloned(), ..evidence };
    let (code, leans) = (ConditionCode::CtlDecidesItl, Some(Lean::Reject));
    draft.open_between(code, Rule::Itl5, leans, dropped, evidence);
    answer.open_in(dropped, draft);
    key
}

/// Decides without a CTL: by the installed ITL (P-ITL-2, P-ITL-3), then by TVS (P-ITL-4).
fn by_itl<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    if let Some(voucher) = lists.itl.look_up_list_signer(signer) {
        let role = voucher.evidence.role;
        let key = draft.grant_by(FindingCode::SignerInItl, Rule::Itl2, voucher);
        tftp_role(role, draft);
        left_over(lists, draft);
        return key;
    }
    report_near_misses(lists, Some(signer), &offered.signer_subject, draft);
    let answer = tvs::ask(context, lists, signer, ANCHOR, draft);
    match answer.verdict {
        Verdict::Yes => {
            let key = answer.grant_in(Rule::Itl4, draft);
            left_over(lists, draft);
            key
        }
        Verdict::Open => {
            let key = answer.note(draft);
            answer.open_in(Branches::outcomes(Outcome::Accept, lists.without_voucher()), draft);
            left_over(lists, draft);
            key
        }
        Verdict::No => {
            draft.signer_not_found(lists, Rule::Itl4, unknown(&offered.records, signer));
            None
        }
    }
}

/// P-ITL-3: reports a signer that was found as CCM+TFTP or TFTP, not as SAST.
fn tftp_role(role: Option<Role>, draft: &mut Draft) {
    if role != Some(Role::Sast) {
        let evidence = Evidence { role, ..Evidence::default() };
        draft.inform(FindingCode::MatchedByTftpRole, Rule::Itl3, evidence);
    }
}
