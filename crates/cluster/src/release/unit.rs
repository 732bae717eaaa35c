//! Certificate units: the own certificates of a node, and the trust stores (table 1.1, enum table of 210541).

use super::{Product, RecoveryScope, Release};

words! {
    /// A certificate that a node makes for itself.
    pub enum Unit ["Unit": "A certificate that a node makes for itself (spec/CLUSTER-RULES.md table 1.1)."] {
        /// Signs OAuth tokens (12.0, publisher).
        Authz = "authz",
        /// SIP and SCCP over TLS; signs configurations, and lists before 12.0.
        CallManager = "CallManager",
        /// The same with an elliptic curve (11.0); signs no list.
        CallManagerEcdsa = "CallManager-ECDSA",
        /// Issues the phones' own certificates (LSC); publisher only from 14.
        Capf = "CAPF",
        /// IM and Presence: SIP Proxy, Presence Engine.
        Cup = "cup",
        /// The same with an elliptic curve.
        CupEcdsa = "cup-ECDSA",
        /// IM and Presence: XMPP clients.
        CupXmpp = "cup-xmpp",
        /// The same with an elliptic curve.
        CupXmppEcdsa = "cup-xmpp-ECDSA",
        /// IM and Presence: XMPP federation.
        CupXmppS2s = "cup-xmpp-s2s",
        /// The same with an elliptic curve.
        CupXmppS2sEcdsa = "cup-xmpp-s2s-ECDSA",
        /// IPsec, and backups before 14.
        Ipsec = "ipsec",
        /// The recovery key (10.0); signs lists from 12.0.
        ItlRecovery = "ITLRecovery",
        /// HTTPS.
        Tomcat = "tomcat",
        /// HTTPS with an elliptic curve (11.0).
        TomcatEcdsa = "tomcat-ECDSA",
        /// TLS of the Trust Verification Service.
        Tvs = "TVS",
    }
}

words! {
    /// A trust store.
    pub enum TrustUnit ["TrustUnit": "A trust store (spec/CLUSTER-RULES.md table 1.1)."] {
        /// Certificates that CallManager trusts.
        CallManager = "CallManager-trust",
        /// Certificates that CAPF trusts.
        Capf = "CAPF-trust",
        /// IM and Presence.
        Cup = "cup-trust",
        /// IM and Presence, XMPP.
        CupXmpp = "cup-xmpp-trust",
        /// LDAP servers.
        Directory = "directory-trust",
        /// IPsec peers.
        Ipsec = "ipsec-trust",
        /// Phones.
        Phone = "Phone-trust",
        /// Tokens and other signers of a CTL.
        PhoneCtl = "Phone-CTL-trust",
        /// Firewalls that a CTL names.
        PhoneCtlAsa = "Phone-CTL-ASA-trust",
        /// Phones that connect over the Internet.
        PhoneEdge = "Phone-Edge-trust",
        /// Signers that phones should trust.
        PhoneSast = "Phone-SAST-trust",
        /// VPN concentrators.
        PhoneVpn = "Phone-VPN-trust",
        /// HTTPS peers.
        Tomcat = "tomcat-trust",
        /// TVS peers.
        Tvs = "TVS-trust",
        /// Licence servers.
        UserLicensing = "userlicensing-trust",
    }
}

impl Unit {
    /// Checks if a node of this kind has a certificate of this unit (table 1.1).
    pub fn on(
        self,
        release: Release,
        product: Product,
        publisher: bool,
        recovery: RecoveryScope,
    ) -> bool {
        let cucm = product == Product::Cucm;
        match self {
            Self::Tomcat | Self::Ipsec => true,
            Self::TomcatEcdsa => release >= Release::first(11, 0),
            Self::CallManager | Self::Tvs => cucm,
            Self::CallManagerEcdsa => cucm && release >= Release::first(11, 0),
            Self::Capf => cucm && (publisher || release < Release::first(14, 0)),
            Self::ItlRecovery => {
                cucm && release.has_itl_recovery() && (publisher || recovery == RecoveryScope::Node)
            }
            Self::Authz => publisher && release >= Release::first(12, 0),
            Self::Cup
            | Self::CupEcdsa
            | Self::CupXmpp
            | Self::CupXmppEcdsa
            | Self::CupXmppS2s
            | Self::CupXmppS2sEcdsa => !cucm,
        }
    }

    /// Checks if one certificate of this unit can serve all nodes (C-26).
    pub fn may_be_multi_server(self, release: Release) -> bool {
        match self {
            Self::Tomcat | Self::CallManager => release >= Release::first(10, 5),
            Self::Tvs => release >= Release::first(14, 0),
            _ => false,
        }
    }

    /// Returns the trust stores that get a copy when it is regenerated (C-23, table 1.1).
    pub fn trust_copies(self) -> &'static [TrustUnit] {
        match self {
            Self::Tomcat | Self::TomcatEcdsa => &[TrustUnit::Tomcat],
            Self::Ipsec => &[TrustUnit::Ipsec],
            Self::CallManager | Self::ItlRecovery => {
                &[TrustUnit::CallManager, TrustUnit::PhoneSast]
            }
            Self::CallManagerEcdsa => &[TrustUnit::CallManager],
            Self::Capf => &[TrustUnit::CallManager, TrustUnit::Capf],
            Self::Cup | Self::CupEcdsa => &[TrustUnit::Cup],
            Self::CupXmpp | Self::CupXmppEcdsa | Self::CupXmppS2s | Self::CupXmppS2sEcdsa => {
                &[TrustUnit::CupXmpp]
            }
            Self::Authz | Self::Tvs => &[],
        }
    }

    /// Checks if the old copy is deleted from the trust store when it is regenerated: tomcat only
    /// (C-24).
    pub fn replaces_trust_copy(self) -> bool {
        matches!(self, Self::Tomcat | Self::TomcatEcdsa)
    }

    /// Checks if phones that reset by themselves do so when it is regenerated (P-14).
    pub fn resets_phones(self) -> bool {
        matches!(self, Self::CallManager | Self::Capf | Self::ItlRecovery | Self::Tvs)
    }
}

impl TrustUnit {
    /// Checks if a node of this product has this store.
    pub fn on(self, product: Product) -> bool {
        let imp_only = matches!(self, Self::Cup | Self::CupXmpp);
        match product {
            Product::Cucm => !imp_only,
            Product::Imp => {
                imp_only || matches!(self, Self::Directory | Self::Ipsec | Self::Tomcat)
            }
        }
    }

    /// Checks if change notification and its periodic sync handle this store (C-31).
    pub fn notified(self) -> bool {
        matches!(self, Self::CallManager | Self::Directory | Self::PhoneSast | Self::Tomcat)
    }

    /// Checks if a deletion in this store reaches other nodes of this product by platform event
    /// (D2.2, matrix).
    pub fn deleted_by_event(self, product: Product) -> bool {
        match product {
            Product::Cucm => matches!(self, Self::CallManager | Self::PhoneSast | Self::Tomcat),
            Product::Imp => self == Self::Tomcat,
        }
    }

    /// Checks if a deletion here resets phones in the releases with CSCut58407 (P-13, P-TVS-9).
    pub fn deletion_resets_phones(self) -> bool {
        matches!(self, Self::CallManager | Self::Capf | Self::PhoneSast | Self::Tvs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::ReleaseRules as _;
    use alloc::string::ToString;

    #[test]
    fn capf_and_recovery_move_to_the_publisher() {
        let on = |unit: Unit, release: &str, publisher| {
            let release: Release = release.parse().unwrap();
            unit.on(release, Product::Cucm, publisher, release.recovery_scope())
        };
        assert!(
            on(Unit::Capf, "12.5", false)
                && !on(Unit::Capf, "14", false)
                && on(Unit::Capf, "14", true)
        );
        assert!(!on(Unit::ItlRecovery, "9.1", true) && on(Unit::ItlRecovery, "10.0", false));
        assert!(on(Unit::ItlRecovery, "12.0", false) && !on(Unit::ItlRecovery, "12.5", false));
    }

    /// Table 1.1: the first release in which a node has the certificate: on a publisher, on a
    /// subscriber, on IM and Presence.
    #[test]
    fn where_each_certificate_stands() {
        let releases = ["8.0", "9.1", "10.5", "11.0", "11.5", "12.0", "12.5", "14", "15"];
        let since = |unit: Unit, product, publisher| {
            let on = |release: &&&str| {
                let release: Release = release.parse().unwrap();
                unit.on(release, product, publisher, release.recovery_scope())
            };
            let first = releases.iter().find(on).copied();
            // Certificates stay, except those that move to the publisher.
            let moved = matches!(unit, Unit::Capf | Unit::ItlRecovery) && !publisher;
            let last = releases.iter().rfind(on).copied();
            assert!(moved || first.is_none() || last == Some("15"), "{unit}");
            first
        };
        let (cucm, imp) = (Product::Cucm, Product::Imp);
        let table = [
            (Unit::Tomcat, Some("8.0"), Some("8.0"), Some("8.0")),
            (Unit::TomcatEcdsa, Some("11.0"), Some("11.0"), Some("11.0")),
            (Unit::Ipsec, Some("8.0"), Some("8.0"), Some("8.0")),
            (Unit::CallManager, Some("8.0"), Some("8.0"), None),
            (Unit::CallManagerEcdsa, Some("11.0"), Some("11.0"), None),
            (Unit::Capf, Some("8.0"), Some("8.0"), None),
            (Unit::Tvs, Some("8.0"), Some("8.0"), None),
            (Unit::ItlRecovery, Some("10.5"), Some("10.5"), None),
            (Unit::Authz, Some("12.0"), None, None),
            (Unit::Cup, None, None, Some("8.0")),
            (Unit::CupXmppS2sEcdsa, None, None, Some("8.0")),
        ];
        for (unit, publisher, subscriber, presence) in table {
            let found =
                (since(unit, cucm, true), since(unit, cucm, false), since(unit, imp, false));
            assert_eq!(found, (publisher, subscriber, presence), "{unit}");
        }
        for product in [cucm, imp] {
            assert_eq!(Product::from_word(&product.to_string()), Some(product));
        }
        assert_eq!((cucm.to_string(), imp.to_string()), ("cucm".into(), "imp".into()));
    }

    #[test]
    fn words_are_unique_and_read_back() {
        for &unit in Unit::ALL {
            assert_eq!(Unit::from_word(unit.as_str()), Some(unit));
            assert_eq!(TrustUnit::from_word(unit.as_str()), None);
        }
        for &unit in TrustUnit::ALL {
            assert_eq!(TrustUnit::from_word(unit.as_str()), Some(unit));
        }
    }

    #[test]
    fn the_deletion_matrix() {
        let covered =
            |product| TrustUnit::ALL.iter().filter(|unit| unit.deleted_by_event(product)).count();
        assert_eq!((covered(Product::Cucm), covered(Product::Imp)), (3, 1));
        assert!(!TrustUnit::Capf.notified() && !TrustUnit::Ipsec.notified());
    }
}
