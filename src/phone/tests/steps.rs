//! The three steps of a boot, branch by branch.

use super::super::testing::{INSTALLED_ITL, Lab, certificate, record};
use super::super::{ConditionalOutcome, Kept, ListOffer, Outcome, SecurityByDefault, Via};
use super::*;
use crate::facts::Completeness;
use crate::wire::DigestAlgorithm;
use alloc::sync::Arc;

mod ctl_step {
    use super::*;

    #[test]
    fn nobody_installed_takes_it_on_faith() {
        let ctl = Lab::new().offer_ctl("itlr.2", CTL).judge_ctl();
        by(&ctl, Outcome::InstallFirst, Found::FirstUse);
        assert_eq!(ctl.via(), Some(Via::FirstUse));
    }

    #[test]
    fn a_sast_of_the_ctl_vouches() {
        by(
            &Lab::new().ctl("itlr.1", CTL).offer_ctl("ccm1.1", NEW).judge_ctl(),
            Outcome::Accept,
            Found::SignerInCtl,
        );
    }

    #[test]
    fn without_security_by_default_the_ctl_has_the_last_word() {
        let lab = Lab::new().ctl("itlr.1", CTL).itl("itlr.2", NEW).offer_ctl("itlr.2", NEW);
        let lab = lab.device(|device| device.security_by_default = SecurityByDefault::No);
        by(&lab.judge_ctl(), Outcome::Reject, Found::SignerUnknown);
        by(&lab.judge_itl(), Outcome::NotApplicable, Found::ItlNeverAsked);
        assert_eq!(
            lab.predict().after.itl,
            Kept::Installed,
            "where none is offered, what was said to be on it stays"
        );
        assert_eq!(
            lab.clone().offer_itl("itlr.2", NEW).predict().after.itl,
            Kept::None,
            "it holds none"
        );
        // An ignored ITL does not count: for such a device this is the first CTL.
        let mut lab = lab;
        lab.held().ctl = None;
        by(&lab.judge_ctl(), Outcome::InstallFirst, Found::FirstUse);
    }

    #[test]
    fn a_sast_of_the_itl_vouches_too() {
        by(
            &Lab::new()
                .ctl("token.1", REDUCED)
                .itl("itlr.1", ITL)
                .offer_ctl("itlr.1", CTL)
                .judge_ctl(),
            Outcome::Accept,
            Found::SignerInItl,
        );
        by(
            &Lab::new().itl("itlr.1", ITL).offer_ctl("itlr.1", CTL).judge_ctl(),
            Outcome::Accept,
            Found::SignerInItl,
        );
    }

    #[test]
    fn tvs_vouches_with_a_caveat_where_no_anchor_is_left() {
        let lab = Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).offer_ctl("itlr.2", NEW);
        let asked = lab.clone().server("ccm1", "tvs1.1", &["itlr.2:SAST"]);
        by(&asked.judge_ctl(), Outcome::Accept, Found::TvsVouches);
        assert!(tells(&asked.judge_ctl(), Found::AnchorsReplaced));
        open(&lab.judge_ctl(), Open::AnchorsReplacedTvsOpen, REJECT);
        by(&lab.no_tvs().judge_ctl(), Outcome::Reject, Found::SignerUnknown);
    }

    #[test]
    fn tvs_open_without_lean_where_an_anchor_stays() {
        let lab = Lab::new()
            .ctl("itlr.1", CTL)
            .itl("itlr.1", ITL)
            .offer_ctl("itlr.2", &["SAST:itlr.2", "SAST:ccm1.1", "CCM+TFTP:ccm1.1"]);
        open(&lab.judge_ctl(), Open::TvsUnknown, None);
        assert!(!asks(&lab.judge_ctl(), Open::AnchorsReplacedTvsOpen));
    }

    #[test]
    fn a_tftp_role_is_an_open_question() {
        let lab =
            Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).offer_ctl("ccm2.1", NEW).no_tvs();
        open(&lab.judge_ctl(), Open::SignerTftpRoleOnly, REJECT);
        let in_itl = Lab::new()
            .itl("itlr.1", &["SAST:itlr.1", "TFTP:ccm3.1"])
            .offer_ctl("ccm3.1", NEW)
            .no_tvs();
        open(&in_itl.judge_ctl(), Open::SignerTftpRoleOnly, REJECT);
    }

    #[test]
    fn a_foreign_ctl_meets_an_itl_or_a_reduced_ctl() {
        open(
            &Lab::new().itl("itlr.1", ITL).offer_ctl("x.1", NEW).no_tvs().judge_ctl(),
            Open::FirstCtlOverItl,
            REJECT,
        );
        let reduced = Lab::new().ctl("token.1", REDUCED).offer_ctl("x.1", NEW).no_tvs();
        open(&reduced.judge_ctl(), Open::CtlOverReducedCtl, None);
        open(&reduced.clone().itl("itlr.1", BLANK).judge_ctl(), Open::CtlOverReducedCtl, None);
        by(&reduced.itl("itlr.1", ITL).judge_ctl(), Outcome::Reject, Found::SignerUnknown);
        by(
            &Lab::new().ctl("itlr.1", CTL).itl("itlr.1", BLANK).offer_ctl("x.1", NEW).judge_ctl(),
            Outcome::Reject,
            Found::SignerUnknown,
        );
    }

    #[test]
    fn a_reduced_ctl_taken_leaves_the_phone_with_few_anchors() {
        let lab =
            Lab::new().ctl("token.1", REDUCED).offer_ctl("x.1", NEW).offer_itl("x.1", NEW).no_tvs();
        let prediction = lab.predict();
        // With the new CTL the ITL is accepted, with the old one it would be the first: open either way.
        open(&prediction.itl, Open::CtlUndecided, None);
        assert_eq!(prediction.after.ctl, Kept::Installed, "without lean it counts as refused");
        assert_eq!(prediction.after.itl, Kept::None);
    }

    /// The other side of a question about TVS is the outcome without TVS.
    #[test]
    fn without_tvs_a_ctl_is_refused_or_open() {
        let if_no = |lab: Lab| {
            let judgement = lab.judge_ctl();
            let asked = judgement
                .conditions()
                .iter()
                .find(|condition| condition.code() == Open::TvsUnknown);
            asked.map(|condition| condition.if_no)
        };
        let (open, refused) = (
            Some(ConditionalOutcome::Outcome(Outcome::Depends)),
            Some(ConditionalOutcome::Outcome(Outcome::Reject)),
        );
        let itl = Lab::new().itl("itlr.1", ITL);
        assert_eq!(if_no(itl.clone().offer_ctl("x.1", NEW)), open, "the first CTL");
        let both = itl.ctl("itlr.1", CTL);
        assert_eq!(
            if_no(both.clone().offer_ctl("ccm2.1", NEW)),
            open,
            "known, but not to sign lists"
        );
        let mut cut = both.clone().offer_ctl("x.1", NEW);
        assert_eq!(if_no(both.offer_ctl("x.1", NEW)), refused);
        Arc::make_mut(cut.held().ctl.as_mut().unwrap()).completeness = Completeness::Partial;
        assert_eq!(if_no(cut), open, "the signer may be in the missing part");
    }

    /// The ITL afterwards follows the CTL afterwards: only the new CTL knows the signer of the new
    /// ITL.
    #[test]
    fn the_itl_after_an_open_ctl_is_that_of_its_lean() {
        let with_signer = &["SAST:itlr.1", "SAST:y.1", "SAST:x.1", "CCM+TFTP:ccm1.1"];
        let installed = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs();
        let leans_reject = installed.clone().offer_ctl("y.1", with_signer).predict();
        open(&leans_reject.ctl, Open::FirstCtlOverItl, REJECT);
        assert_eq!((leans_reject.after.ctl, leans_reject.after.itl), (Kept::None, Kept::Installed));
        let mut newer = installed.ctl("itlr.1", CTL).offer_ctl("itlr.1", with_signer);
        let ListOffer::List(ctl) = &mut newer.offer.ctl else { panic!("a list is offered") };
        Arc::make_mut(ctl).digest = DigestAlgorithm::Sha512;
        let leans_accept = newer.device(|device| device.sha512_leans = ACCEPT).predict();
        open(&leans_accept.ctl, Open::DigestSupportUnknown, ACCEPT);
        assert_eq!(
            (leans_accept.after.ctl, leans_accept.after.itl),
            (Kept::Offered, Kept::Offered)
        );
    }
}

mod itl_step {
    use super::*;

    #[test]
    fn first_use_and_what_limits_it() {
        by(&Lab::new().offer_itl("x.1", NEW).judge_itl(), Outcome::InstallFirst, Found::FirstUse);
        let reduced = Lab::new().ctl("token.1", REDUCED).offer_itl("x.1", NEW);
        open(&reduced.judge_itl(), Open::ReducedCtlLeft, ACCEPT);
        assert_eq!(reduced.predict().after.itl, Kept::Offered);
        let ctl = Lab::new().ctl("itlr.1", CTL).offer_itl("x.1", NEW);
        by(&ctl.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }

    #[test]
    fn a_ctl_of_the_same_boot_vouches_for_the_first_itl() {
        let lab = Lab::new().offer_ctl("itlr.1", CTL).offer_itl("itlr.1", ITL);
        by(&lab.judge_itl(), Outcome::InstallFirst, Found::FirstUse);
        assert_eq!(lab.judge_itl().via(), Some(Via::OfferedCtl));
        open(
            &Lab::new().offer_ctl("itlr.1", CTL).offer_itl("x.1", NEW).judge_itl(),
            Open::FirstItlNotInCtl,
            None,
        );
    }

    #[test]
    fn the_ctl_decides_and_a_tftp_role_is_a_caveat() {
        by(
            &Lab::new().ctl("itlr.1", CTL).offer_itl("ccm1.1", NEW).judge_itl(),
            Outcome::Accept,
            Found::SignerInCtl,
        );
        let by_tftp =
            Lab::new().ctl("itlr.1", CTL).itl("itlr.1", ITL).offer_itl("ccm2.1", NEW).judge_itl();
        by(&by_tftp, Outcome::Accept, Found::SignerInCtl);
        assert!(tells(&by_tftp, Found::MatchedByTftpRole));
        let by_itl = Lab::new()
            .itl("itlr.1", &["SAST:itlr.1", "CCM+TFTP:ccm2.1"])
            .offer_itl("ccm2.1", NEW)
            .judge_itl();
        assert!(tells(&by_itl, Found::MatchedByTftpRole));
    }

    #[test]
    fn past_the_ctl_the_itl_is_dropped() {
        let known_to_itl = Lab::new()
            .ctl("itlr.9", &["SAST:itlr.9", "CCM+TFTP:ccm1.9"])
            .itl("itlr.1", ITL)
            .offer_itl("itlr.1", NEW);
        open(&known_to_itl.judge_itl(), Open::CtlDecidesItl, REJECT);
        assert_eq!(known_to_itl.predict().after.itl, Kept::Dropped);
        assert_eq!(known_to_itl.judge_itl().conditions()[0].if_yes, ConditionalOutcome::Dropped);
        let known_to_tvs = Lab::new()
            .ctl("itlr.1", CTL)
            .itl("itlr.1", ITL)
            .offer_itl("x.1", NEW)
            .server("ccm1", "tvs1.1", &["x.1:SAST"]);
        open(&known_to_tvs.judge_itl(), Open::CtlDecidesItl, REJECT);
        by(&known_to_tvs.clone().no_tvs().judge_itl(), Outcome::Reject, Found::SignerUnknown);
        // The second boot starts without an ITL, and so without TVS.
        by(&known_to_tvs.boot().again.itl, Outcome::Reject, Found::SignerUnknown);
    }

    #[test]
    fn a_blank_itl_lets_anything_in_unless_a_ctl_decides() {
        let lab = Lab::new().itl("itlr.1", BLANK).offer_itl("x.1", NEW);
        by(&lab.judge_itl(), Outcome::Accept, Found::BlankList);
        by(&lab.clone().ctl("token.1", REDUCED).judge_itl(), Outcome::Accept, Found::BlankList);
        by(&lab.ctl("itlr.1", CTL).judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }

    #[test]
    fn a_reduced_ctl_vouches_but_does_not_refuse() {
        let lab = Lab::new().ctl("token.1", REDUCED).itl("itlr.1", ITL);
        by(&lab.clone().offer_itl("token.1", NEW).judge_itl(), Outcome::Accept, Found::SignerInCtl);
        open(&lab.clone().offer_itl("itlr.1", NEW).judge_itl(), Open::ReducedCtlLeft, ACCEPT);
        open(
            &lab.clone().offer_itl("x.1", NEW).server("ccm1", "tvs1.1", &["x.1:SAST"]).judge_itl(),
            Open::ReducedCtlLeft,
            ACCEPT,
        );
        by(&lab.offer_itl("x.1", NEW).no_tvs().judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }

    #[test]
    fn the_same_itl_stays_unless_the_ctl_does_not_know_its_signer() {
        let lab = Lab::new().itl("itlr.1", ITL).same_itl();
        by(&lab.judge_itl(), Outcome::Unchanged, Found::SameFile);
        by(&lab.clone().ctl("itlr.1", CTL).judge_itl(), Outcome::Unchanged, Found::SameFile);
        by(&lab.clone().ctl("token.1", REDUCED).judge_itl(), Outcome::Unchanged, Found::SameFile);
        let foreign = lab.ctl("x.1", &["SAST:x.1", "CCM+TFTP:y.1"]);
        open(&foreign.judge_itl(), Open::UnchangedItlNotInCtl, ACCEPT);
        assert_eq!(foreign.predict().after.itl, Kept::Installed);
        by(
            &foreign.broken(INSTALLED_ITL).boot().again.ctl,
            Outcome::NotOffered,
            Found::FileNotFound,
        );
    }

    #[test]
    fn names_that_come_close_are_told() {
        let renewed = Lab::new().itl("itlr.1", ITL).offer_itl("ccm1.2", NEW).no_tvs().judge_itl();
        assert!(tells(&renewed, Found::SameNameNewSerial) && !tells(&renewed, Found::SameCa));
        let issued = |label: &str| {
            let mut certificate = (*certificate(label)).clone();
            certificate.identity.issuer = crate::facts::Name::new("CN=Corp CA");
            certificate
        };
        let mut lab = Lab::new()
            .itl("a.1", &["SAST:a.1", "TFTP:a.1"])
            .offer_itl("b.1", &["SAST:b.1"])
            .no_tvs();
        let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
        itl.records
            .iter_mut()
            .for_each(|record| record.certificate = Some(Arc::new(issued("a.1"))));
        let lab = lab.edit_itl(|list| list.signer = Some(issued("b.1").identity));
        by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
        assert!(tells(&lab.judge_itl(), Found::SameCa));
    }
}

mod config_step {
    use super::*;

    #[test]
    fn who_may_sign_a_configuration() {
        let lab = Lab::new().itl("itlr.1", ITL);
        by(&lab.clone().config("ccm1.1").judge_config(), Outcome::Accept, Found::SignerInItl);
        by(
            &lab.clone().ctl("itlr.1", CTL).config("ccm2.1").judge_config(),
            Outcome::Accept,
            Found::SignerInCtl,
        );
        open(
            &lab.clone().config("itlr.1").no_tvs().judge_config(),
            Open::ConfigSignerSastOnly,
            REJECT,
        );
        open(&lab.clone().config("x.1").judge_config(), Open::TvsUnknown, None);
        by(
            &lab.clone().config("x.1").no_tvs().judge_config(),
            Outcome::Reject,
            Found::SignerUnknown,
        );
        let tvs = lab.config("x.1").server("ccm1", "tvs1.1", &["x.1:TFTP"]);
        by(&tvs.judge_config(), Outcome::Accept, Found::TvsVouches);
        assert_eq!(tvs.judge_config().via(), Some(Via::Tvs));
    }

    #[test]
    fn unsigned_or_missing() {
        by(&Lab::new().config("x.1").judge_config(), Outcome::Accept, Found::UnsignedAsked);
        by(
            &Lab::new().itl("itlr.1", BLANK).config("x.1").judge_config(),
            Outcome::Accept,
            Found::UnsignedAsked,
        );
        let mut none = Lab::new().itl("itlr.1", ITL);
        none.offer.config = super::super::super::ConfigOffer::NotServed;
        by(&none.judge_config(), Outcome::Reject, Found::SignedConfigMissing);
        none.offer.config = super::super::super::ConfigOffer::Empty;
        open(&none.judge_config(), Open::EmptyFile, None);
        assert_eq!(Lab::new().predict().config, None);
    }

    #[test]
    fn the_tftp_server_by_name_or_address() {
        let mut lab = Lab::new().ctl("itlr.1", CTL).config("ccm1.1");
        for (server, named) in
            [("CCM2", true), ("198.51.100.9", true), ("198.51.100.8", false), ("ccm3", false)]
        {
            let ctl = Arc::make_mut(lab.held().ctl.as_mut().unwrap());
            ctl.records[3].address = Some("198.51.100.9".parse().unwrap());
            lab.offer.tftp_server = Some(Arc::from(server));
            assert_eq!(asks(&lab.judge_config(), Open::TftpAddressNotInCtl), !named, "{server}");
        }
        open(&lab.judge_config(), Open::TftpAddressNotInCtl, REJECT);
        lab.phone.installed = Lab::new().ctl("token.1", REDUCED).phone.installed;
        // A SAST record with the server's name is not a TFTP record.
        let mut sast = Lab::new()
            .ctl("itlr.1", &["SAST:itlr.1@ccm9", "CCM+TFTP:ccm1.1@ccm1"])
            .config("ccm1.1");
        sast.offer.tftp_server = Some(Arc::from("ccm9"));
        open(&sast.judge_config(), Open::TftpAddressNotInCtl, REJECT);
        // A TFTP record without a host name leaves nothing to compare, unless it has an address.
        let mut hostless = Lab::new()
            .ctl("itlr.1", &["SAST:itlr.1@ccm9", "CCM+TFTP:ccm1.1@", "TFTP:ccm2.1@ccm2"])
            .config("ccm1.1");
        hostless.offer.tftp_server = Some(Arc::from("ccm9"));
        Arc::make_mut(hostless.held().ctl.as_mut().unwrap()).records[1].server = Arc::from("");
        by(&hostless.judge_config(), Outcome::Accept, Found::SignerInCtl);
        Arc::make_mut(hostless.held().ctl.as_mut().unwrap()).records[1].address =
            Some("198.51.100.9".parse().unwrap());
        open(&hostless.judge_config(), Open::TftpAddressNotInCtl, REJECT);
        // A CTL without TFTP records does not restrict the TFTP server, whatever else is in it.
        hostless = hostless
            .ctl("itlr.1", &["SAST:itlr.1@ccm1", "APP-SERVER:web.1@ccm1"])
            .itl("itlr.1", ITL);
        by(&hostless.judge_config(), Outcome::Accept, Found::SignerInItl);
        assert!(
            !asks(&lab.itl("itlr.1", ITL).judge_config(), Open::TftpAddressNotInCtl),
            "a reduced CTL does not ask"
        );
    }

    #[test]
    fn an_open_itl_is_followed_on_both_sides() {
        let lab = Lab::new().itl("itlr.1", ITL).offer_itl("ccm1.2", NEW).config("ccm1.2");
        let config = lab.judge_config();
        open(&config, Open::ItlUndecided, None);
        assert_eq!(config.conditions()[0].if_yes, ConditionalOutcome::Outcome(Outcome::Accept));
        assert_eq!(config.conditions()[0].if_no, ConditionalOutcome::Outcome(Outcome::Depends));
        let both =
            lab.config("ccm1.1").edit_itl(|list| list.records.push(record(6, "TFTP:ccm1.1")));
        by(&both.judge_config(), Outcome::Accept, Found::SignerInItl);
    }

    /// P-ITL-5: refused, accepted and kept, accepted and dropped. The old ITL knows `itlr.1` as
    /// signer, the CTL does not.
    #[test]
    fn an_itl_beside_a_ctl_that_does_not_know_its_signer_has_three_ends() {
        let lab = |config: &str, ctl: &'static str, new: &'static str| {
            let ctl = ["SAST:token.1", ctl];
            let new = ["SAST:itlr.1", new];
            Lab::new()
                .ctl("token.1", &ctl)
                .itl("itlr.1", ITL)
                .offer_itl("itlr.1", &new)
                .config(config)
                .no_tvs()
                .judge_config()
        };
        let codes = |config: &super::super::super::Judgement| -> alloc::vec::Vec<_> {
            config
                .conditions()
                .iter()
                .map(|condition| {
                    (condition.code(), condition.if_yes, condition.if_no, condition.leans)
                })
                .collect()
        };
        let (accept, reject) = (
            ConditionalOutcome::Outcome(Outcome::Accept),
            ConditionalOutcome::Outcome(Outcome::Reject),
        );
        let taken = |no| (Open::ItlUndecided, accept, no, REJECT);
        let kept = (Open::ItlTakenThenDropped, accept, reject, REJECT);
        // Only the new ITL, both ITLs, or the CTL know who signed the configuration.
        assert_eq!(codes(&lab("new.1", "CCM+TFTP:x.1", "TFTP:new.1")), [taken(reject), kept]);
        assert_eq!(codes(&lab("ccm1.1", "CCM+TFTP:x.1", "TFTP:ccm1.1")), [kept]);
        by(&lab("x.1", "CCM+TFTP:x.1", "TFTP:new.1"), Outcome::Accept, Found::SignerInCtl);
        // Only the old ITL: kept and dropped have the same result.
        let old = lab("ccm1.1", "CCM+TFTP:x.1", "TFTP:new.1");
        assert_eq!(codes(&old), [(Open::ItlUndecided, reject, accept, REJECT)]);
        assert!(codes(&lab("stranger.1", "CCM+TFTP:x.1", "TFTP:new.1")).is_empty());
    }
}
