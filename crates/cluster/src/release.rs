//! CUCM versions: their spelling, their order, and the differences between them: signers of the
//! lists, certificates and services of a node, automatic restarts (`spec/CLUSTER-RULES.md` 1.1, 2.5
//! and 3).

mod service;
mod unit;

pub use service::{Place, Service};
pub use trustlist::lint::{Release, ReleaseError};
pub use unit::{TrustUnit, Unit};

words! {
    /// The certificate of a node that signs a list.
    pub enum ListSigner {
        /// The CallManager certificate: of the TFTP node for an ITL, of the publisher for a CTL.
        CallManager = "CallManager",
        /// The recovery certificate.
        ItlRecovery = "ITLRecovery",
        /// A hardware token.
        Token = "eToken",
    }
}

words! {
    /// The scope of one ITLRecovery certificate (P-ITL-7).
    pub enum RecoveryScope {
        /// Each node makes its own.
        Node = "node",
        /// The publisher makes one for the whole cluster.
        Cluster = "cluster",
    }
}

words! {
    /// The product of a node.
    pub enum Product ["Product": "What runs on a node: Unified CM, or IM and Presence."] {
        /// Unified CM.
        Cucm = "cucm",
        /// IM and Presence.
        Imp = "imp",
    }
}

/// The rules of a cluster that depend on its release.
pub trait ReleaseRules: Copy {
    /// Returns the signer of an ITL (C-61).
    fn itl_signer(self) -> ListSigner;

    /// Returns the signer of a tokenless CTL; `None` before 10.0, where only eTokens sign (C-65,
    /// P-CTL-5).
    fn ctl_signer(self) -> ListSigner;

    /// Checks if a CTL may be signed by an eToken (P-VER, PLAN-TOKENLESS: tokens are no longer
    /// supported from 14SU3). A 14 without its number may be an older one.
    fn knows_tokens(self) -> bool;

    /// Returns the default of a scenario: a deletion reaches the other nodes by platform event
    /// (D2.2, version gate).
    fn clusterwide_delete(self) -> bool;

    /// Checks if the sources agree that a deletion reaches the other nodes: from 12.0. For 11.0 to
    /// 11.5 they do not (D2.2, version gate).
    fn surely_deletes_clusterwide(self) -> bool;

    /// Returns the default of a scenario: the scope of ITLRecovery (table 1.1: publisher only from
    /// 12.5).
    fn recovery_scope(self) -> RecoveryScope;

    /// Returns the default of a scenario: TVS restarts itself after its certificate is regenerated
    /// (table 3.1, `tvs_autorestart_from`).
    fn tvs_restarts_itself(self) -> bool;

    /// Checks if CallManager and CAPF present a regenerated certificate without a restart (table
    /// 3.1, from 14).
    fn services_reload_themselves(self) -> bool;

    /// Checks if backups use this certificate of Tomcat (table 3.1: 14; from 14SU2 only
    /// tomcat-ECDSA).
    fn backups_use(self, unit: Unit) -> bool;

    /// Checks if `utils itl reset localkey` exists (table 3: 10.0).
    fn has_itl_reset_localkey(self) -> bool;

    /// Returns the signing key of `utils itl reset localkey`: the recovery key to 11.5, then CallManager
    /// (P-REC-2).
    fn itl_reset_signer(self) -> ListSigner;

    /// Checks if `utils ctl reset localkey` is known to exist (P-16: 12.0).
    fn has_ctl_reset_localkey(self) -> bool;

    /// Checks if phones reset after a trust certificate is deleted (P-13, CSCut58407: below 12.0).
    fn deletion_resets_phones(self) -> bool;
}

impl ReleaseRules for Release {
    fn itl_signer(self) -> ListSigner {
        if self >= Self::first(12, 0) { ListSigner::ItlRecovery } else { ListSigner::CallManager }
    }

    fn ctl_signer(self) -> ListSigner {
        if self >= Self::first(12, 0) {
            ListSigner::ItlRecovery
        } else if self >= Self::first(10, 0) {
            ListSigner::CallManager
        } else {
            ListSigner::Token
        }
    }

    fn knows_tokens(self) -> bool {
        let is_older_14 =
            self.major() == 14 && self.service_update().is_none_or(|update| update < 3);
        self < Self::first(14, 0) || is_older_14
    }

    fn clusterwide_delete(self) -> bool {
        self >= Self::first(11, 0)
    }

    fn surely_deletes_clusterwide(self) -> bool {
        self >= Self::first(12, 0)
    }

    fn recovery_scope(self) -> RecoveryScope {
        if self >= Self::first(12, 5) { RecoveryScope::Cluster } else { RecoveryScope::Node }
    }

    fn tvs_restarts_itself(self) -> bool {
        self >= Self::first(12, 5)
    }

    fn services_reload_themselves(self) -> bool {
        self >= Self::first(14, 0)
    }

    fn backups_use(self, unit: Unit) -> bool {
        self.major() == 14
            && (unit == Unit::TomcatEcdsa
                || unit == Unit::Tomcat && self.service_update().is_some_and(|update| update < 2))
    }

    fn has_itl_reset_localkey(self) -> bool {
        self >= Self::first(10, 0)
    }

    fn itl_reset_signer(self) -> ListSigner {
        if self >= Self::first(12, 0) { ListSigner::CallManager } else { ListSigner::ItlRecovery }
    }

    fn has_ctl_reset_localkey(self) -> bool {
        self >= Self::first(12, 0)
    }

    fn deletion_resets_phones(self) -> bool {
        self < Self::first(12, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Release {
        text.parse().unwrap()
    }

    #[test]
    fn signers_change_with_the_release() {
        assert_eq!(of("11.5(1)SU9").itl_signer(), ListSigner::CallManager);
        assert_eq!(of("12.0").itl_signer(), ListSigner::ItlRecovery);
        assert_eq!(of("9.1").ctl_signer(), ListSigner::Token);
        assert_eq!(of("10.0(1)").ctl_signer(), ListSigner::CallManager);
        assert_eq!(of("11.5").itl_reset_signer(), ListSigner::ItlRecovery);
        assert_eq!(of("15").itl_reset_signer(), ListSigner::CallManager);
    }

    /// Each fact with the first release that has it, and the last release that does not.
    #[test]
    fn what_changes_with_the_release() {
        type Question = fn(Release) -> bool;
        let since: [(Question, &str, &str); 8] = [
            (Release::has_itl_recovery, "9.1(2)SU4", "10.0(1)"),
            (Release::has_itl_reset_localkey, "9.1(2)SU4", "10.0(1)"),
            (Release::callmanager_ctl_holds_recovery, "10.5(1)SU1", "10.5(2)"),
            (Release::clusterwide_delete, "10.5(2)SU10", "11.0(1)"),
            (Release::token_ctl_holds_software_keys, "11.0(1)SU3", "11.5(1)"),
            (Release::has_ctl_reset_localkey, "11.5(1)SU11", "12.0(1)"),
            (Release::tvs_restarts_itself, "12.0(1)SU5", "12.5(1)"),
            (Release::services_reload_themselves, "12.5(1)SU9", "14"),
        ];
        for (question, before, first) in since {
            assert!(!question(of(before)), "{before}");
            assert!(question(of(first)), "{first}");
        }
        for (release, tomcat, ecdsa) in [
            ("12.5", false, false),
            ("14SU1", true, true),
            ("14SU2", false, true),
            ("14", false, true),
            ("15", false, false),
        ] {
            assert_eq!(
                (of(release).backups_use(Unit::Tomcat), of(release).backups_use(Unit::TomcatEcdsa)),
                (tomcat, ecdsa),
                "{release}"
            );
        }
        assert!(
            of("11.5(1)SU11").deletion_resets_phones() && !of("12.0(1)").deletion_resets_phones()
        );
        assert_eq!(of("12.0(1)SU5").recovery_scope(), RecoveryScope::Node);
        assert_eq!(of("12.5(1)").recovery_scope(), RecoveryScope::Cluster);
    }

    #[test]
    fn a_release_without_its_number_is_the_newest() {
        assert!(of("10.5").callmanager_ctl_holds_recovery());
        assert!(!of("10.5(1)").callmanager_ctl_holds_recovery());
        assert!(!of("10.5(1)SU3").callmanager_ctl_holds_recovery());
    }
}
