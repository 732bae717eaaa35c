//! Tests of missing facts: phones without known facts, cut pastes, pastes without serial numbers.

use super::super::testing::{Lab, OFFERED_ITL};
use super::super::{
    ConditionKind, ConditionalOutcome, Confidence, ConfigOffer, InstalledLists, Judgement, Kept,
    ListRef, Outcome,
};
use super::*;
use crate::facts::{Completeness, ListFacts, NotChecked, SignatureAnswer};
use crate::wire::DigestAlgorithm;
use alloc::{sync::Arc, vec::Vec};

fn cut(list: &mut Option<Arc<ListFacts>>) {
    Arc::make_mut(list.as_mut().unwrap()).completeness = Completeness::Partial;
}

#[test]
fn nothing_is_answered_for_a_phone_of_which_nothing_was_said() {
    let mut lab = Lab::new().offer_ctl("x.1", CTL).offer_itl("x.1", NEW).config("x.1");
    lab.phone.installed = InstalledLists::Unknown;
    let prediction = lab.predict();
    for judgement in [&prediction.ctl, &prediction.itl, prediction.config.as_ref().unwrap()] {
        open(judgement, Open::InstalledListsNotGiven, None);
        assert_eq!(judgement.conditions().len(), 1);
    }
    assert_eq!(
        prediction.ctl.conditions()[0].if_yes,
        ConditionalOutcome::Outcome(Outcome::InstallFirst)
    );
    assert_eq!((prediction.after.ctl, prediction.after.itl), (Kept::None, Kept::None));
    let after = super::super::after_state(&lab.phone, &lab.offer, &prediction);
    assert_eq!(after.installed, InstalledLists::Unknown, "a boot does not make them known");
    lab.offer = Lab::new().offer;
    open(&lab.judge_ctl(), Open::InstalledListsNotGiven, None);
    assert_eq!(lab.boot().first, lab.boot().again);
}

#[test]
fn silence_of_a_cut_itl_is_no_answer() {
    let mut lab = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs();
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    cut(&mut lab.held().itl);
    open(&lab.judge_itl(), Open::ListIncomplete, None);
    open(&lab.clone().config("x.1").judge_config(), Open::ItlUndecided, None);
    by(&lab.offer_itl("itlr.1", NEW).judge_itl(), Outcome::Accept, Found::SignerInItl);
}

#[test]
fn a_cut_itl_may_be_blank_or_not() {
    let mut lab = Lab::new().itl("itlr.1", BLANK).offer_itl("x.1", NEW).config("x.1").no_tvs();
    by(&lab.judge_itl(), Outcome::Accept, Found::BlankList);
    cut(&mut lab.held().itl);
    open(&lab.judge_itl(), Open::ListIncomplete, None);
    lab.offer.itl = super::super::ListOffer::NotFound;
    open(&lab.judge_config(), Open::ListIncomplete, None);
}

#[test]
fn a_cut_itl_may_name_the_tvs_server() {
    let mut lab = Lab::new()
        .itl("itlr.1", &["SAST:itlr.1", "TFTP:ccm1.1"])
        .offer_itl("x.1", NEW)
        .server("ccm1", "tvs1.1", &["x.1:SAST"]);
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    cut(&mut lab.held().itl);
    open(&lab.judge_itl(), Open::ListIncomplete, None);
    let mut other =
        Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).server("ccm1", "tvs1.9", &["x.1:SAST"]);
    cut(&mut other.held().itl);
    open(&other.judge_itl(), Open::TvsAnswerUnknown, None);
}

#[test]
fn a_cut_ctl_may_decide_or_not() {
    let mut lab = Lab::new()
        .ctl("itlr.1", CTL)
        .itl("itlr.1", ITL)
        .offer_itl("x.1", NEW)
        .offer_ctl("x.1", CTL)
        .no_tvs();
    cut(&mut lab.held().ctl);
    open(&lab.judge_ctl(), Open::ListIncomplete, None);
    let mut other = Lab::new().ctl("token.1", REDUCED).itl("itlr.1", ITL).offer_itl("itlr.1", NEW);
    cut(&mut other.held().ctl);
    open(&other.judge_itl(), Open::ListIncomplete, None);
    let mut same = Lab::new().ctl("token.1", REDUCED).itl("itlr.1", ITL).same_itl();
    cut(&mut same.held().ctl);
    open(&same.judge_itl(), Open::UnchangedItlNotInCtl, ACCEPT);
}

/// If TVS does not know the signer, the missing part of a list may.
#[test]
fn without_tvs_a_cut_list_leaves_the_file_undecided() {
    let if_no = |judgement: &Judgement, code| {
        let mut conditions = judgement.conditions().iter();
        conditions.find(|condition| condition.code() == code).map(|condition| condition.if_no)
    };
    let (undecided, refused) = (
        Some(ConditionalOutcome::Outcome(Outcome::Depends)),
        Some(ConditionalOutcome::Outcome(Outcome::Reject)),
    );
    let mut itl = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW);
    assert_eq!(if_no(&itl.judge_itl(), Open::TvsUnknown), refused);
    cut(&mut itl.held().itl);
    assert_eq!(if_no(&itl.judge_itl(), Open::TvsUnknown), undecided);
    let mut config = Lab::new().itl("itlr.1", ITL).config("x.1");
    assert_eq!(if_no(&config.judge_config(), Open::TvsUnknown), refused);
    cut(&mut config.held().itl);
    assert_eq!(if_no(&config.judge_config(), Open::TvsUnknown), undecided);
    let mut ctl = Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).offer_itl("x.1", NEW);
    assert_eq!(if_no(&ctl.judge_itl(), Open::CtlDecidesItl), refused);
    cut(&mut ctl.held().ctl);
    assert_eq!(if_no(&ctl.judge_itl(), Open::CtlDecidesItl), undecided);
}

/// The cut list is named, once; other conditions do not hide it.
#[test]
fn a_cut_list_is_named_once() {
    let of = |judgement: &Judgement| -> Vec<Option<ListRef>> {
        let cut = judgement.conditions().iter().filter_map(|condition| match &condition.kind {
            ConditionKind::ListIncomplete(incomplete) => Some(incomplete.list),
            _ => None,
        });
        cut.collect()
    };
    let mut config = Lab::new().itl("itlr.1", BLANK);
    config.offer.config = ConfigOffer::NotServed;
    cut(&mut config.held().itl);
    assert_eq!(of(&config.judge_config()), [Some(ListRef::InstalledItl)]);
    let mut ctl = Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs();
    cut(&mut ctl.held().ctl);
    assert_eq!(of(&ctl.judge_itl()), [Some(ListRef::InstalledCtl)]);
    let mut digest = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs();
    cut(&mut digest.held().itl);
    let digest = digest.edit_itl(|list| list.digest = DigestAlgorithm::Sha512).judge_itl();
    assert!(asks(&digest, Open::DigestSupportUnknown));
    assert_eq!(of(&digest), [Some(ListRef::InstalledItl)]);
}

#[test]
fn a_print_that_does_not_say_who_signed() {
    let unsigned = |lab: Lab| {
        lab.edit_itl(|list| list.signer = None)
            .answer(OFFERED_ITL, SignatureAnswer::NotChecked(NotChecked::TextOnly))
            .judge_itl()
    };
    let itl = unsigned(Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW));
    open(&itl, Open::SignerNotStated, None);
    assert!(asks(&itl, Open::SignatureNotChecked));
    // If no signer is needed, only the signature is missing.
    open(&unsigned(Lab::new().offer_itl("itlr.1", NEW)), Open::SignatureNotChecked, ACCEPT);
    open(
        &unsigned(Lab::new().itl("itlr.1", BLANK).offer_itl("itlr.1", NEW)),
        Open::SignatureNotChecked,
        ACCEPT,
    );
}

#[test]
fn confidence_is_that_of_the_weakest_rule() {
    let lab = Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW);
    assert_eq!(lab.predict().confidence, Confidence::Documented);
    let tvs = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW);
    assert_eq!(tvs.predict().confidence, Confidence::Observed);
    assert_eq!(lab.same_itl().predict().confidence, Confidence::Inferred);
}
