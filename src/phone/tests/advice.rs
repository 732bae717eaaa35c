//! Tests of screen messages, remedies and changes of the verdict.

use super::super::testing::{INSTALLED_CTL, Lab, certificate};
use super::super::{
    ChangedFact, JudgedFile, Message, Outcome, Remedy, after_state, phone_shows, remedies,
    would_change,
};
use super::*;
use crate::facts::FileId;
use crate::wire::Role;
use alloc::{format, string::String, sync::Arc, vec, vec::Vec};

fn shows(lab: &Lab, file: JudgedFile) -> Option<Message> {
    phone_shows(file, &lab.phone, &lab.predict())
}

fn advice(lab: &Lab, file: JudgedFile) -> Vec<Remedy> {
    remedies(&lab.phone, &lab.offer, &lab.tvs, lab, &lab.predict()).of(file).to_vec()
}

fn changes(lab: &Lab, file: JudgedFile) -> Vec<(Vec<ChangedFact>, Outcome)> {
    let found = would_change(&lab.phone, &lab.offer, &lab.tvs, lab);
    found
        .into_iter()
        .filter(|change| change.file == file)
        .map(|change| (change.facts, change.outcome))
        .collect()
}

/// CallManager and TVS were regenerated before the phone was reset, in a cluster of one node.
fn locked() -> Lab {
    Lab::new()
        .itl("ccm1.1", &["SAST:ccm1.1", "SAST:itlr.1", "CCM+TFTP:ccm1.1", "TVS:tvs1.1@ccm1"])
        .offer_itl("ccm1.2", &["SAST:ccm1.2", "SAST:itlr.1", "CCM+TFTP:ccm1.2", "TVS:tvs1.2@ccm1"])
}

/// The ITL of a TFTP server in a cluster of two nodes: TVS, recovery and CallManager certificates of
/// these generations.
fn records(node: &str, tvs: &str, recovery: &str, call_manager: &str, own: &str) -> Vec<String> {
    vec![
        format!("SAST:{recovery}.{own}@"),
        format!("SAST:{node}.{call_manager}@{node}"),
        format!("CCM+TFTP:{node}.{call_manager}@{node}"),
        format!("TVS:tvs1.{tvs}@ccm1"),
        format!("TVS:tvs2.{tvs}@ccm2"),
    ]
}

/// A phone that holds one list and is offered another, without TVS.
fn lab(signer: &str, held: &[String], new_signer: &str, offered: &[String]) -> Lab {
    let held: Vec<&str> = held.iter().map(String::as_str).collect();
    let offered: Vec<&str> = offered.iter().map(String::as_str).collect();
    Lab::new().itl(signer, &held).offer_itl(new_signer, &offered).no_tvs()
}

fn localkey(lab: &Lab) -> Vec<Remedy> {
    let command = |remedy: &Remedy| {
        matches!(
            remedy,
            Remedy::ItlResetLocalkey { .. } | Remedy::ItlResetLocalkeyIfPublisher { .. }
        )
    };
    advice(lab, JudgedFile::Itl).into_iter().filter(command).collect()
}

/// From 12.0, ITLRecovery and TVS regenerated: `utils itl reset localkey` signs with the CallManager
/// key of the publisher, which the recovery certificate names. A phone of another TFTP server does not
/// know that key (P-ITL-8).
#[test]
fn the_command_signs_with_no_key_of_another_tftp_server() {
    let of = |node: &str, recovery: &str| {
        let list = |time: &str| records(node, time, recovery, "1", time);
        lab(&format!("{recovery}.1"), &list("1"), &format!("{recovery}.2"), &list("2"))
    };
    let sure = |node: &str| Remedy::ItlResetLocalkey { signer: certificate(&format!("{node}.1")) };
    let perhaps = |node: &str| Remedy::ItlResetLocalkeyIfPublisher {
        signer: certificate(&format!("{node}.1")),
    };
    assert_eq!(localkey(&of("ccm1", "ITLRECOVERY_ccm1")), [sure("ccm1")]);
    assert_eq!(localkey(&of("ccm2", "ITLRECOVERY_ccm1")), []);
    // A host that no list names, or none: the lists do not say.
    for recovery in ["ITLRECOVERY_old", "recovery"] {
        assert_eq!(localkey(&of("ccm2", recovery)), [perhaps("ccm2")], "{recovery}");
    }
    // The CTL names the anchors of the publisher: its key helps the phone of any server.
    let records = ["SAST:ITLRECOVERY_ccm1.1", "SAST:ccm1.1", "CCM+TFTP:ccm1.1", "CCM+TFTP:ccm2.1"];
    let mixed = of("ccm2", "ITLRECOVERY_ccm1").ctl("ITLRECOVERY_ccm1.1", &records).same_ctl();
    assert_eq!(localkey(&mixed), [sure("ccm1")]);
    // Not a certificate that was regenerated since, nor an eToken.
    let renewed = ["SAST:ITLRECOVERY_ccm1.1", "SAST:ccm1.2", "CCM+TFTP:ccm1.2", "CCM+TFTP:ccm2.1"];
    let old = of("ccm2", "ITLRECOVERY_ccm1").ctl("ITLRECOVERY_ccm1.1", &records);
    assert_eq!(localkey(&old.offer_ctl("ITLRECOVERY_ccm1.1", &renewed)), []);
    let tokens = ["SAST:token.1", "SAST:token.2", "CCM+TFTP:ccm1.1", "CCM+TFTP:ccm2.1"];
    let token = of("ccm2", "ITLRECOVERY_ccm1").ctl("token.1", &tokens).same_ctl();
    assert_eq!(localkey(&token), []);
}

/// Before 12.0 the command signs with the recovery key of the publisher, and each node may have its
/// own.
#[test]
fn a_recovery_key_may_be_that_of_a_subscriber() {
    let of = |node: &str, recovery: &str| {
        let list = |time: &str| records(node, time, recovery, time, "1");
        lab(&format!("{node}.1"), &list("1"), &format!("{node}.2"), &list("2"))
    };
    let signer = |recovery: &str| certificate(&format!("{recovery}.1"));
    // It is in the list of another node: the cluster has one.
    let shared = Remedy::ItlResetLocalkey { signer: signer("ITLRECOVERY_ccm1") };
    assert_eq!(localkey(&of("ccm2", "ITLRECOVERY_ccm1")), [shared]);
    for node in ["ccm1", "ccm2"] {
        let own = format!("ITLRECOVERY_{node}");
        let perhaps = Remedy::ItlResetLocalkeyIfPublisher { signer: signer(&own) };
        assert_eq!(localkey(&of(node, &own)), [perhaps]);
    }
}

#[test]
fn what_the_phone_shows() {
    use JudgedFile::{Config, Ctl, Itl};
    assert_eq!(shows(&Lab::new(), Ctl), Some(Message::NoTrustListInstalled));
    let first = Lab::new().offer_itl("itlr.1", ITL);
    assert_eq!(
        (shows(&first, Ctl), shows(&first, Itl)),
        (Some(Message::FileNotFoundCtl), Some(Message::ItlInstalled))
    );
    let both = first.offer_ctl("itlr.1", CTL);
    assert_eq!(
        (shows(&both, Ctl), shows(&both, Itl)),
        (Some(Message::CtlAndItlInstalled), Some(Message::CtlAndItlInstalled))
    );
    let mixed = Lab::new().itl("itlr.1", ITL).same_itl().offer_ctl("itlr.1", CTL).config("ccm1.1");
    assert_eq!(
        (shows(&mixed, Ctl), shows(&mixed, Itl), shows(&mixed, Config)),
        (Some(Message::CtlInstalled), None, None)
    );
    let updated = Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW);
    assert_eq!(shows(&updated, Itl), Some(Message::TrustListUpdated));
    let refused = Lab::new()
        .ctl("itlr.1", CTL)
        .itl("itlr.1", ITL)
        .offer_ctl("x.1", NEW)
        .offer_itl("x.1", NEW)
        .no_tvs();
    assert_eq!(
        (shows(&refused, Ctl), shows(&refused, Itl)),
        (Some(Message::CtlUpdateFailed), Some(Message::TrustListUpdateFailed))
    );
    assert_eq!(shows(&locked(), Itl), None, "an open outcome shows nothing for certain");
    assert!(Message::ALL.iter().all(|message| !message.as_str().is_empty()));
}

#[test]
fn the_recovery_key_helps_while_the_phone_knows_it() {
    let lab = locked().server("ccm1", "tvs1.2", &["ccm1.2:SAST,CCM+TFTP"]);
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    let restore = Remedy::RestoreTvsCertificate {
        server: Arc::from("ccm1"),
        certificate: certificate("tvs1.1"),
    };
    let localkey = Remedy::ItlResetLocalkey { signer: certificate("itlr.1") };
    assert_eq!(
        advice(&lab, JudgedFile::Itl),
        [localkey, restore.clone(), Remedy::DeleteListsOnPhone]
    );
    // The recovery key was regenerated too: only TVS and deletion remain.
    let all = lab.edit_itl(|list| list.records[1].certificate = Some(certificate("itlr.2")));
    assert_eq!(advice(&all, JudgedFile::Itl), [restore, Remedy::DeleteListsOnPhone]);
}

#[test]
fn after_localkey_the_usual_key_returns_with_a_tftp_restart() {
    let lab = Lab::new().itl("itlr.1", &["SAST:itlr.1", "SAST:ccm1.1", "CCM+TFTP:ccm1.1"]).no_tvs();
    let lab = lab.offer_itl("ccm1.2", &["SAST:itlr.1", "SAST:ccm1.2", "CCM+TFTP:ccm1.2"]);
    let restart = Remedy::ResetAfterTftpRestart { signer: certificate("itlr.1") };
    assert_eq!(advice(&lab, JudgedFile::Itl), [restart, Remedy::DeleteListsOnPhone]);
}

#[test]
fn a_signer_that_tvs_does_not_know_can_be_imported_and_a_silent_server_started() {
    let lab = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", &["SAST:x.1", "TFTP:x.1"]).server(
        "ccm1",
        "tvs1.1",
        &[],
    );
    let import = Remedy::ImportSigner { certificate: certificate("x.1"), role: Role::Sast };
    assert_eq!(advice(&lab, JudgedFile::Itl), [import, Remedy::DeleteListsOnPhone]);
    let silent = lab.servers(|servers| servers[0].reachable = false);
    // The two lists have no certificate in common: deletion comes first, and TVS alone would not
    // help.
    let start = Arc::new(Remedy::StartTvs { server: Arc::from("ccm1") });
    let import = Remedy::ImportSigner { certificate: certificate("x.1"), role: Role::Sast };
    let both = Remedy::Together { first: start.clone(), second: Arc::new(import) };
    assert_eq!(advice(&silent, JudgedFile::Itl), [Remedy::DeleteListsOnPhone, both]);
    let knowing = Lab::new()
        .itl("itlr.1", ITL)
        .offer_itl("x.1", &["SAST:x.1", "TFTP:ccm1.1"])
        .server("ccm1", "tvs1.1", &["x.1:SAST"]);
    let knowing = knowing.servers(|servers| servers[0].reachable = false);
    assert_eq!(advice(&knowing, JudgedFile::Itl), [(*start).clone(), Remedy::DeleteListsOnPhone]);
}

#[test]
fn the_ctl_has_to_be_updated_first() {
    let mut lab =
        Lab::new().ctl("ccm1.1", &["SAST:ccm1.1", "SAST:itlr.1", "CCM+TFTP:ccm1.1"]).same_ctl();
    lab.held().itl = locked().held().itl.take();
    let offered = locked().offer.itl;
    let lab = Lab { offer: super::super::Offer { itl: offered, ..lab.offer.clone() }, ..lab };
    let lab = lab.server("ccm1", "tvs1.1", &["ccm1.2:SAST,CCM+TFTP"]);
    open(&lab.judge_itl(), Open::CtlDecidesItl, REJECT);
    let done = advice(&lab, JudgedFile::Itl);
    assert!(done.contains(&Remedy::CtlUpdate { signer: certificate("ccm1.2") }), "{done:?}");
    assert!(!done.contains(&Remedy::ResetAgain));
    let named = changes(&lab, JudgedFile::Itl);
    assert!(
        named.contains(&(
            vec![ChangedFact::CtlNames { certificate: certificate("ccm1.2") }],
            Outcome::Accept
        )),
        "{named:?}"
    );
}

#[test]
fn a_second_reset_can_heal() {
    // The ITL is accepted through the CTL; it names the signer of the new CTL, which the second
    // boot accepts.
    let lab = Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).no_tvs();
    let lab = lab
        .offer_ctl("ccm1.2", &["SAST:itlr.1", "SAST:ccm1.2", "CCM+TFTP:ccm1.2"])
        .offer_itl("itlr.1", NEW);
    by(&lab.judge_ctl(), Outcome::Reject, Found::SignerUnknown);
    by(&lab.boot().again.ctl, Outcome::Accept, Found::SignerInItl);
    assert!(advice(&lab, JudgedFile::Ctl).contains(&Remedy::ResetAgain));
}

#[test]
fn other_files_help_where_only_the_file_is_wrong() {
    let lab = Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW);
    let old = lab.clone().edit_itl(|list| list.digest = crate::wire::DigestAlgorithm::Sha512);
    let old = old.device(|device| {
        device.digests = Some(super::super::DigestSet::of(&[crate::wire::DigestAlgorithm::Sha1]))
    });
    assert_eq!(advice(&old, JudgedFile::Itl), [Remedy::UseSha1]);
    let large = lab.edit_itl(|list| list.size = Some(70_000));
    assert_eq!(advice(&large, JudgedFile::Itl), [Remedy::ShrinkItl]);
    assert_eq!(changes(&large, JudgedFile::Itl), [(vec![ChangedFact::ItlFits], Outcome::Accept)]);
}

/// After a TFTP restart the ITL names the signer of a configuration, if one more certificate fits
/// (P-ALG-7).
#[test]
fn a_full_itl_takes_no_other_certificate() {
    let helps = |certificates: usize| {
        let many: Vec<String> =
            (3..=certificates).map(|number| format!("TVS:many{number}.1")).collect();
        let mut records = vec!["SAST:itlr.1", "CCM+TFTP:ccm1.1"];
        records.extend(many.iter().map(String::as_str));
        let mut lab = Lab::new().itl("itlr.1", &records).config("x.1").no_tvs();
        Arc::make_mut(lab.held().itl.as_mut().unwrap()).size = Some(60_000);
        let lab = lab.same_itl();
        by(&lab.judge_config(), Outcome::Reject, Found::SignerUnknown);
        advice(&lab, JudgedFile::Config)
            .contains(&Remedy::ResetAfterTftpRestart { signer: certificate("itlr.1") })
    };
    assert!(helps(38) && !helps(39));
}

#[test]
fn every_remedy_names_its_rule() {
    let signer = certificate("x.1");
    let rule = |remedy: Remedy| remedy.rule().id();
    assert_eq!(rule(Remedy::CtlResetLocalkey { signer: signer.clone() }), "P-REC-3");
    assert_eq!(rule(Remedy::CtlUpdate { signer: signer.clone() }), "P-CTL-8");
    assert_eq!(rule(Remedy::ItlResetLocalkey { signer }), "P-REC-2");
    assert_eq!((rule(Remedy::UseSha1), rule(Remedy::ShrinkItl)), ("P-ALG-1", "P-ALG-7"));
}

#[test]
fn a_ctl_signed_by_the_callmanager_while_the_phone_knows_it() {
    let lab = Lab::new()
        .ctl("itlr.1", CTL)
        .no_tvs()
        .offer_ctl("itlr.2", &["SAST:itlr.2", "SAST:ccm1.1", "CCM+TFTP:ccm1.1"]);
    by(&lab.judge_ctl(), Outcome::Reject, Found::SignerUnknown);
    let localkey = Remedy::CtlResetLocalkey { signer: certificate("ccm1.1") };
    assert_eq!(advice(&lab, JudgedFile::Ctl), [localkey, Remedy::DeleteListsOnPhone]);
    // Before 12.0 CallManager is the normal signer, and no command signs a CTL with the recovery
    // key.
    let old = Lab::new()
        .ctl("ccm1.1", CTL)
        .no_tvs()
        .offer_ctl("ccm1.2", &["SAST:itlr.1", "SAST:ccm1.2", "CCM+TFTP:ccm1.2"]);
    assert_eq!(advice(&old, JudgedFile::Ctl), [Remedy::DeleteListsOnPhone]);
}

#[test]
fn what_the_phone_takes_needs_no_advice() {
    let lab = Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW).config("ccm1.2");
    assert_eq!(advice(&lab, JudgedFile::Itl), []);
    assert!(would_change(&lab.phone, &lab.offer, &lab.tvs, &lab).is_empty());
}

#[test]
fn one_tvs_server_that_kept_its_certificate_is_enough() {
    let lab = locked().server("ccm1", "tvs1.2", &["ccm1.2:SAST,CCM+TFTP"]);
    let kept = ChangedFact::TvsPresents {
        server: Some(Arc::from("ccm1")),
        certificate: certificate("tvs1.1"),
    };
    assert!(changes(&lab, JudgedFile::Itl).contains(&(vec![kept], Outcome::Accept)));
}

#[test]
fn where_nothing_is_known_of_tvs_it_takes_two_facts() {
    let found = changes(&locked(), JudgedFile::Itl);
    let presents = ChangedFact::TvsPresents {
        server: Some(Arc::from("ccm1")),
        certificate: certificate("tvs1.1"),
    };
    let knows = ChangedFact::TvsKnows { certificate: certificate("ccm1.2"), role: Role::Sast };
    assert!(found.contains(&(vec![presents, knows], Outcome::Accept)), "{found:?}");
    assert!(found.contains(&(vec![ChangedFact::TvsSilent], Outcome::Reject)), "{found:?}");
}

#[test]
fn the_state_after_a_boot_holds_what_was_taken() {
    let lab = Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).same_ctl().offer_itl("itlr.1", NEW);
    let after = after_state(&lab.phone, &lab.offer, &lab.predict());
    assert_eq!(after.ctl().unwrap().file, FileId::symbol(INSTALLED_CTL));
    assert_eq!(after.itl().unwrap().records.len(), NEW.len());
    by(&lab.boot().again.itl, Outcome::Unchanged, Found::SameFile);
}
