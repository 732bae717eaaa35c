//! Step 2 of a boot: the ITL, with the CTL that is on the phone after step 1 (P-ITL, P-BLANK,
//! P-FIRST-2, P-FIRST-3).

use super::draft::{Draft, Sides};
use super::gate::{self, JudgedFile, Received, Signed};
use super::held::{ANCHOR, Lists, Scene};
use super::lookup::{found, strangers, unknown};
use super::tvs::{self, Verdict};
use super::{Evidence, IfSo, Judgement, Lean, Outcome, Rule, SecurityByDefault, Via};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{Identity, ListFacts, RecordFacts};
use crate::wire::Role;

/// Judges the offered ITL. `lists` contains the CTL after step 1, `fresh` means that the phone had
/// no list before it.
pub(super) fn judge(scene: &Scene<'_>, lists: &Lists<'_>, fresh: bool) -> Judgement {
    let mut draft = Draft::default();
    if scene.security_by_default == SecurityByDefault::No {
        draft.inform(FindingCode::ItlNeverAsked, Rule::Boot3, Evidence::default());
        return draft.finish();
    }
    let offered = match gate::receive(scene, &scene.offer.itl, lists, lists.itl) {
        Received::Settled(judgement) => return judgement,
        Received::Same(held) => return same(lists, held),
        Received::New(list) => list,
    };
    gate::admit_list(scene, JudgedFile::Itl, offered, lists.itl, &mut draft);
    if !draft.refused() {
        signer(scene, lists, fresh, offered, &mut draft);
        // If a reduced CTL knows the signer, its key is used. Over a blank ITL that is open
        // (P-FIRST-5).
        let asked = draft.key.is_some() && !lists.itl.is_blank();
        let on_faith = fresh || (takes_on_faith(lists) && !asked);
        gate::check_key(scene, &Signed::list(offered, on_faith), &mut draft);
    }
    draft.finish()
}

/// P-FIRST-5: checks if no list decides about the signer: the CTL cannot refuse, and the ITL is
/// missing or blank.
fn takes_on_faith(lists: &Lists<'_>) -> bool {
    !lists.ctl.has_anchors() && (lists.itl.list.is_none() || lists.itl.is_blank())
}

/// P-SAME-1: judges the installed ITL offered again. It stays, unless a CTL with anchors does not
/// know its signer (P-ITL-6).
fn same(lists: &Lists<'_>, held: &ListFacts) -> Judgement {
    let mut draft = Draft::default();
    draft.grant(FindingCode::SameFile, Rule::Same1, None, Evidence::default());
    let known =
        held.signer.as_ref().is_some_and(|signer| lists.ctl.find_list_signer(signer).is_some());
    if (lists.ctl.has_anchors() || lists.ctl.is_partial()) && !known {
        let evidence = Evidence { list: Some(lists.ctl_ref()), ..Evidence::default() };
        let sides = Sides::These(IfSo::Outcome(Outcome::Unchanged), IfSo::Dropped);
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

/// Looks for a voucher for the signer of a new ITL.
fn signer<'a>(
    scene: &Scene<'a>,
    lists: &Lists<'a>,
    fresh: bool,
    offered: &'a ListFacts,
    draft: &mut Draft<'a>,
) {
    if by_reduced_ctl(lists, offered, draft) || by_nothing(lists, offered, draft) {
        return;
    }
    let Some(signer) = &offered.signer else {
        return draft.open(ConditionCode::SignerNotStated, Rule::Sig1, None, Evidence::default());
    };
    if lists.ctl.is_partial() && lists.ctl.find_list_signer(signer).is_none() {
        draft.silent = Some(lists.ctl_ref());
        let evidence = Evidence { list: draft.silent, ..Evidence::default() };
        draft.open(ConditionCode::ListIncomplete, Rule::Itl1, None, evidence);
    }
    if lists.ctl.has_anchors() {
        by_ctl(scene, lists, fresh, offered, signer, draft);
    } else {
        by_itl(scene, lists, offered, signer, draft);
    }
}

/// P-BLANK-3: grants a signer that is a SAST of a reduced CTL.
fn by_reduced_ctl<'a>(lists: &Lists<'a>, offered: &ListFacts, draft: &mut Draft<'a>) -> bool {
    if !lists.ctl.is_reduced() {
        return false;
    }
    draft.inform(
        FindingCode::CtlReduced,
        Rule::Blank3,
        Evidence { list: Some(lists.ctl_ref()), ..Evidence::default() },
    );
    let Some(record) = offered.signer.as_ref().and_then(|signer| lists.ctl.find(signer, ANCHOR))
    else {
        return false;
    };
    draft.key = record.certificate.as_deref();
    draft.grant(
        FindingCode::SignerInCtl,
        Rule::Blank3,
        Some(lists.via_ctl()),
        found(lists.ctl_ref(), record),
    );
    true
}

/// P-BLANK-2, P-FIRST-2: grants any signer over a blank ITL and on a phone without lists.
fn by_nothing<'a>(lists: &Lists<'a>, offered: &ListFacts, draft: &mut Draft<'a>) -> bool {
    if lists.ctl.has_anchors() {
        return false;
    }
    if lists.itl.may_be_of_certutils() {
        return by_list_without_hosts(lists, offered, draft);
    }
    if lists.itl.is_blank() {
        if lists.itl.is_partial() || lists.ctl.is_partial() {
            let list = if lists.itl.is_partial() { lists.itl_ref() } else { lists.ctl_ref() };
            draft.open(
                ConditionCode::ListIncomplete,
                Rule::Blank2,
                None,
                Evidence { list: Some(list), ..Evidence::default() },
            );
        }
        let evidence = Evidence { list: Some(lists.itl_ref()), ..Evidence::default() };
        draft.grant(FindingCode::BlankList, Rule::Blank2, Some(Via::BlankList), evidence);
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
fn by_list_without_hosts<'a>(
    lists: &Lists<'a>,
    offered: &ListFacts,
    draft: &mut Draft<'a>,
) -> bool {
    if offered.signer.as_ref().is_some_and(|signer| lists.itl.find(signer, ANCHOR).is_some()) {
        return false;
    }
    strangers(lists, offered.signer.as_ref(), &offered.signer_subject, draft);
    let evidence = Evidence { list: Some(lists.itl_ref()), ..Evidence::default() };
    draft.vouched_by(Via::BlankList);
    draft.open(ConditionCode::BlankListUnproven, Rule::Blank2, None, evidence);
    true
}

/// P-BLANK-3: opens an acceptance on a phone with a CTL that remains from mixed mode. It leans to
/// accept.
fn left_over(lists: &Lists<'_>, draft: &mut Draft<'_>) {
    if lists.ctl.is_reduced() {
        let evidence = Evidence { list: Some(lists.ctl_ref()), ..Evidence::default() };
        draft.open(ConditionCode::ReducedCtlLeft, Rule::Blank3, Some(Lean::Accept), evidence);
    }
}

/// Decides by a CTL with anchors (P-ITL-1, P-FIRST-3). If it does not know the signer, the sources
/// disagree (P-ITL-5).
fn by_ctl<'a>(
    scene: &Scene<'a>,
    lists: &Lists<'a>,
    fresh: bool,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft<'a>,
) {
    if let Some(record) = lists.ctl.find_list_signer(signer) {
        draft.key = record.certificate.as_deref();
        draft.grant(
            FindingCode::SignerInCtl,
            Rule::Itl1,
            Some(lists.via_ctl()),
            found(lists.ctl_ref(), record),
        );
        if fresh {
            draft.grant(FindingCode::FirstUse, Rule::First1, None, Evidence::default());
        }
        return tftp_role(record, draft);
    }
    strangers(lists, Some(signer), &offered.signer_subject, draft);
    if fresh {
        let sides = Sides::outcomes(Outcome::InstallFirst, Outcome::Reject);
        return draft.open_between(
            ConditionCode::FirstItlNotInCtl,
            Rule::First3,
            None,
            sides,
            unknown(&offered.records, signer),
        );
    }
    let dropped = Sides::These(IfSo::Dropped, IfSo::Outcome(Outcome::Reject));
    if let Some(record) = lists.itl.find_list_signer(signer) {
        draft.key = record.certificate.as_deref();
        draft.vouched_by(lists.via_itl());
        let evidence = found(lists.itl_ref(), record);
        return draft.open_between(
            ConditionCode::CtlDecidesItl,
            Rule::Itl5,
            Some(Lean::Reject),
            dropped,
            evidence,
        );
    }
    let answer = tvs::ask(scene, lists, signer, ANCHOR, draft);
    if answer.verdict == Verdict::No {
        let rule = if lists.itl.list.is_some() { Rule::Itl1 } else { Rule::First3 };
        draft.silent = draft.silent.or(lists.itl.is_partial().then(|| lists.itl_ref()));
        return draft.refuse_unknown(rule, unknown(&offered.records, signer));
    }
    answer.note(draft);
    let evidence = Evidence {
        list: Some(lists.ctl_ref()),
        server: answer.server.cloned(),
        ..unknown(&offered.records, signer)
    };
    draft.open_between(
        ConditionCode::CtlDecidesItl,
        Rule::Itl5,
        Some(Lean::Reject),
        dropped,
        evidence,
    );
    answer.open_in(dropped, draft);
}

/// Decides without a CTL: by the installed ITL (P-ITL-2, P-ITL-3), then by TVS (P-ITL-4).
fn by_itl<'a>(
    scene: &Scene<'a>,
    lists: &Lists<'a>,
    offered: &'a ListFacts,
    signer: &Identity,
    draft: &mut Draft<'a>,
) {
    if let Some(record) = lists.itl.find_list_signer(signer) {
        draft.key = record.certificate.as_deref();
        draft.grant(
            FindingCode::SignerInItl,
            Rule::Itl2,
            Some(lists.via_itl()),
            found(lists.itl_ref(), record),
        );
        tftp_role(record, draft);
        return left_over(lists, draft);
    }
    strangers(lists, Some(signer), &offered.signer_subject, draft);
    draft.silent = draft.silent.or(lists.itl.is_partial().then(|| lists.itl_ref()));
    let answer = tvs::ask(scene, lists, signer, ANCHOR, draft);
    match answer.verdict {
        Verdict::Yes => {
            answer.grant_in(Rule::Itl4, draft);
            left_over(lists, draft);
        }
        Verdict::Open => {
            answer.note(draft);
            answer.open_in(Sides::TakenOrRefused, draft);
            left_over(lists, draft);
        }
        Verdict::No => draft.refuse_unknown(Rule::Itl4, unknown(&offered.records, signer)),
    }
}

/// P-ITL-3: reports a signer that was found as CCM+TFTP or TFTP, not as SAST.
fn tftp_role(record: &RecordFacts, draft: &mut Draft<'_>) {
    if record.role != Role::Sast {
        draft.inform(
            FindingCode::MatchedByTftpRole,
            Rule::Itl3,
            Evidence { role: Some(record.role), ..Evidence::default() },
        );
    }
}
