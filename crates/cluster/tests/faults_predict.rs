//! Faults that were found in predictions, each by the input that showed it (`testdata/faults/`).
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::phone::{Decisive, Outcome, Remedy};
use trustlist::report::{prediction_explained, prediction_text};
use trustlist_cluster::case::PredictCase;

fn case(name: &str) -> PredictCase {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join("testdata/faults")
        .join(format!("{name}.json"));
    PredictCase::parse(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The servers of another cluster do not know the new signer: to make them answer helps only
/// together with an import.
#[test]
fn f2_a_moved_phone_is_not_told_to_start_a_tvs_that_will_not_help() {
    let (before, after) = (case("F2-remedy-of-a-moved-phone"), case("F2b-after-the-remedy"));
    let report = before.report();
    let is_start = |remedy: &Remedy| matches!(remedy, Remedy::StartTvs { .. });
    assert!(!report.remedies.itl.iter().any(is_start), "{:?}", report.remedies.itl);
    let together =
        |remedy: &Remedy| matches!(remedy, Remedy::Together { first, .. } if is_start(first));
    assert!(report.remedies.itl.iter().any(together), "{:?}", report.remedies.itl);
    assert_eq!(report.remedies.itl.first(), Some(&Remedy::DeleteListsOnPhone));
    assert!(
        prediction_text(&report).contains("delete CTL and ITL on the"),
        "{}",
        prediction_text(&report)
    );
    // F2b is the state after the half that is known.
    assert_eq!(after.report().boot.first.itl.outcome(), Outcome::Reject);
}

#[test]
fn f11_a_phone_without_lists_boots_on_past_zero_byte_lists() {
    let fresh = case("F11-zero-byte-lists");
    let first = fresh.report().boot.first;
    let missing = (Outcome::NotOffered, Some(Decisive::Finding(FindingCode::ZeroBytes)));
    assert_eq!((first.ctl.outcome(), first.ctl.decisive()), missing);
    assert_eq!((first.itl.outcome(), first.itl.decisive()), missing);
    assert_eq!(first.config.map(|config| config.outcome()), Some(Outcome::Accept));
}

/// No report is about a phone that holds a list.
#[test]
fn f11b_a_phone_with_an_old_list_stays_undecided() {
    let held = case("F11b-zero-byte-over-old-itl");
    let first = held.report().boot.first;
    for list in [first.ctl, first.itl] {
        assert_eq!(list.decisive(), Some(Decisive::Condition(ConditionCode::EmptyFile)));
        assert_eq!((list.outcome(), list.leans()), (Outcome::Depends, None));
    }
}

/// P-BOOT-2, P-BOOT-4: the files that a phone without lists asks for, by their names.
#[test]
fn f12_a_phone_without_lists_asks_for_the_unsigned_configuration() {
    let told = |name: &str| prediction_explained(&case(name).report());
    let unsigned = told("F11-zero-byte-lists");
    assert!(unsigned.contains("Asks for SEP<mac>.cnf.xml.\n"), "{unsigned}");
    assert!(!unsigned.contains(".sgn") && unsigned.contains("ITLFile.tlv"), "{unsigned}");
    let signed = told("F11b-zero-byte-over-old-itl");
    assert!(signed.contains("Asks for SEP<mac>.cnf.xml.sgn and gets no signed file."), "{signed}");
}

/// usecallmanager's standard list of SAST and CCM is no blank list: a later one must be signed by a
/// SAST that it names.
#[test]
fn f1_a_list_of_sast_and_ccm_is_not_blank() {
    let case = case("F1-sast-and-ccm-list-is-not-blank");
    let first = case.report().boot.first;
    assert_eq!(first.itl.outcome(), Outcome::Reject, "{:?}", first.itl);
    assert!(!first.itl.findings().iter().any(|finding| finding.code() == FindingCode::BlankList));
    // The functions that compare files agree: the difference of the two lists, and the lint of the
    // one.
    let (held, trustlist::phone::ListOffer::List(offered)) =
        (case.phone.itl().unwrap(), &case.offer.itl)
    else {
        panic!("the case offers a list");
    };
    let phone = trustlist::diff::diff(held, offered, &case.signatures).phone;
    assert_ne!(phone.itl.outcome(), Outcome::Accept, "{:?}", phone.itl);
    let lint = trustlist::lint::lint_facts(held, &trustlist::lint::LintOptions::default());
    assert!(
        !lint.iter().any(|finding| finding.code == trustlist::code::LintCode::ListBlank),
        "{lint:?}"
    );
}

/// A CTL of SAST and APP-SERVER decides: it is not the one that is left after mixed mode.
#[test]
fn f1b_a_ctl_of_sast_and_app_server_is_not_reduced() {
    let case = case("F1b-ctl-sast-app-server");
    let first = case.report().boot.first;
    for list in [&first.ctl, &first.itl] {
        assert!(!matches!(list.outcome(), Outcome::Accept | Outcome::InstallFirst), "{list:?}");
        assert!(!list.findings().iter().any(|finding| matches!(
            finding.code(),
            FindingCode::CtlReduced | FindingCode::BlankList
        )));
        assert!(
            !list
                .conditions()
                .iter()
                .any(|condition| condition.code() == ConditionCode::CtlOverReducedCtl)
        );
    }
}
