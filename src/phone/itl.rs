//! Step 2 of a boot: the ITL, with the CTL that is on the phone after step 1 (P-ITL, P-BLANK,
//! P-FIRST-2, P-FIRST-3).

use super::draft::{Branches, Draft};
use super::gate::{self, JudgedFile, Received, Signed};
use super::held::{ANCHOR, BootContext, Lists, Slot};
use super::lookup::{own_certificate, report_near_misses};
use super::tvs::{self, Verdict};
use super::{
    ConditionKind, ConditionalOutcome, FindingKind, IncompleteList, Judgement, Lean, Outcome, Rule,
    SecurityByDefault, Via, VoucherBesideCtl,
};
use crate::facts::{CertificateFacts, Identity, ListFacts};
use crate::wire::Role;

/// Judges the offered ITL. `lists` contains the CTL after step 1, `fresh` means that the phone had
/// no list before it.
pub(super) fn judge(context: &BootContext<'_>, lists: &Lists<'_>, fresh: bool) -> Judgement {
    let mut draft = Draft::default();
    if context.security_by_default == SecurityByDefault::No {
        draft.inform(FindingKind::ItlNeverAsked, Rule::Boot3);
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
    draft.grant(FindingKind::SameFile, Rule::Same1, None);
    let known = held.signer.as_ref().is_some_and(|signer| lists.ctl.knows_list_signer(signer));
    if (lists.ctl.can_refuse_itl() || lists.ctl.is_partial()) && !known {
        let kind = ConditionKind::UnchangedItlNotInCtl(lists.ctl.list_ref());
        let sides = Branches::These(
            ConditionalOutcome::Outcome(Outcome::Unchanged),
            ConditionalOutcome::Dropped,
        );
        draft.open_between(kind, Rule::Itl6, Some(Lean::Accept), sides);
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
        draft.inform(FindingKind::CtlReduced(lists.ctl.list_ref()), Rule::Blank3);
        // P-BLANK-3: a reduced CTL still vouches for its SAST.
        let signer = offered.signer.as_ref();
        if let Some(voucher) = signer.and_then(|signer| lists.ctl.look_up(signer, ANCHOR)) {
            return draft.grant_by(FindingKind::SignerInCtl, Rule::Blank3, voucher);
        }
    }
    if !lists.ctl.can_refuse_itl() && accept_without_signer(lists, offered, draft) {
        return None;
    }
    let Some(signer) = &offered.signer else {
        draft.open(ConditionKind::SignerNotStated, Rule::Sig1, None);
        return None;
    };
    if lists.ctl.is_partial() && !lists.ctl.knows_list_signer(signer) {
        incomplete(lists.ctl, Rule::Itl1, draft);
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
            incomplete(list, Rule::Blank2, draft);
        }
        let blank = FindingKind::BlankList(lists.itl.list_ref());
        draft.grant(blank, Rule::Blank2, Some(Via::BlankList));
        return true;
    }
    if lists.itl.list.is_some() {
        return false;
    }
    let rule = if lists.ctl.list.is_some() { Rule::Blank3 } else { Rule::First2 };
    draft.grant(FindingKind::FirstUse, rule, Some(Via::FirstUse));
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
    draft.open(ConditionKind::BlankListUnproven(lists.itl.list_ref()), Rule::Blank2, None);
    true
}

/// Leaves open if the missing part of a list has the record that decides.
fn incomplete(list: Slot<'_>, rule: Rule, draft: &mut Draft) {
    let list = IncompleteList { list: Some(list.list_ref()), signer: None };
    draft.open(ConditionKind::ListIncomplete(list), rule, None);
}

/// P-BLANK-3: opens an acceptance on a phone with a CTL that remains from mixed mode. It leans to
/// accept.
fn left_over(lists: &Lists<'_>, draft: &mut Draft) {
    if lists.ctl.is_reduced() {
        let kind = ConditionKind::ReducedCtlLeft(lists.ctl.list_ref());
        draft.open(kind, Rule::Blank3, Some(Lean::Accept));
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
        let role = voucher.record.role;
        let key = draft.grant_by(FindingKind::SignerInCtl, Rule::Itl1, voucher);
        if fresh {
            draft.grant(FindingKind::FirstUse, Rule::First1, None);
        }
        tftp_role(role, draft);
        return key;
    }
    report_near_misses(lists, Some(signer), &offered.signer_subject, draft);
    let own = own_certificate(&offered.records, signer);
    if fresh {
        let sides = Branches::outcomes(Outcome::InstallFirst, Outcome::Reject);
        draft.open_between(ConditionKind::FirstItlNotInCtl(own), Rule::First3, None, sides);
        return None;
    }
    let dropped = Branches::These(
        ConditionalOutcome::Dropped,
        ConditionalOutcome::Outcome(lists.without_voucher()),
    );
    if let Some(voucher) = lists.itl.look_up_list_signer(signer) {
        let kind = |record| ConditionKind::CtlDecidesItl(VoucherBesideCtl::Record(record));
        return draft.open_by(kind, Rule::Itl5, dropped, voucher);
    }
    let answer = tvs::ask(context, lists, signer, ANCHOR, draft);
    if matches!(answer.verdict, Verdict::No) {
        let rule = if lists.itl.list.is_some() { Rule::Itl1 } else { Rule::First3 };
        draft.signer_not_found(lists, rule, own);
        return None;
    }
    let key = answer.note(draft);
    let (ctl, server) = (lists.ctl.list_ref(), answer.server.cloned());
    let kind = ConditionKind::CtlDecidesItl(VoucherBesideCtl::Tvs { ctl, server, signer: own });
    draft.open_between(kind, Rule::Itl5, Some(Lean::Reject), dropped);
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
        let role = voucher.record.role;
        let key = draft.grant_by(FindingKind::SignerInItl, Rule::Itl2, voucher);
        tftp_role(role, draft);
        left_over(lists, draft);
        return key;
    }
    report_near_misses(lists, Some(signer), &offered.signer_subject, draft);
    let answer = tvs::ask(context, lists, signer, ANCHOR, draft);
    match answer.verdict {
        Verdict::Yes(yes) => {
            let key = yes.grant_in(Rule::Itl4, draft);
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
            draft.signer_not_found(lists, Rule::Itl4, own_certificate(&offered.records, signer));
            None
        }
    }
}

/// P-ITL-3: reports a signer that was found as CCM+TFTP or TFTP, not as SAST.
fn tftp_role(role: Role, draft: &mut Draft) {
    if role != Role::Sast {
        draft.inform(FindingKind::MatchedByTftpRole(role), Rule::Itl3);
    }
}
