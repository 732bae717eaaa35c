//! Services: where they are activated, and which certificate each has loaded (C-50 to C-52, table 3.1).

use super::{Product, Release, Unit};

words! {
    /// A service of a node.
    pub enum Service ["Service": "A service of a node (spec/CLUSTER-RULES.md C-50 to C-52)."] {
        /// Call control.
        CallManager = "CallManager",
        /// Issues LSCs; publisher only.
        Capf = "CAPF",
        /// Cisco Certificate Change Notification.
        Ccn = "CCN",
        /// Telephony applications.
        CtiManager = "CTIManager",
        /// Both backup services of a node.
        Drf = "DRF",
        /// The backup agent of each node.
        DrfLocal = "DRF Local",
        /// The backup master.
        DrfMaster = "DRF Master",
        /// The TLS front end of 14 and later.
        HaProxy = "HAProxy",
        /// IM and Presence.
        PresenceEngine = "Presence Engine",
        /// IM and Presence.
        SipProxy = "SIP Proxy",
        /// Makes, signs and serves ITL and configuration files.
        Tftp = "TFTP",
        /// The web server.
        Tomcat = "Tomcat",
        /// The Trust Verification Service.
        Tvs = "TVS",
        /// IM and Presence.
        XcpRouter = "XCP Router",
    }
}

/// The facts that decide which services a node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The product of the node.
    pub product: Product,
    /// True on the publisher.
    pub publisher: bool,
    /// True if TFTP is activated on the node.
    pub tftp: bool,
    /// True if CallManager is activated on the node.
    pub callmanager: bool,
}

impl Service {
    /// Returns the services that a name means: `DRF` is two.
    pub fn members(self) -> &'static [Self] {
        match self {
            Self::Drf => &[Self::DrfMaster, Self::DrfLocal],
            Self::CallManager => &[Self::CallManager],
            Self::Capf => &[Self::Capf],
            Self::Ccn => &[Self::Ccn],
            Self::CtiManager => &[Self::CtiManager],
            Self::DrfLocal => &[Self::DrfLocal],
            Self::DrfMaster => &[Self::DrfMaster],
            Self::HaProxy => &[Self::HaProxy],
            Self::PresenceEngine => &[Self::PresenceEngine],
            Self::SipProxy => &[Self::SipProxy],
            Self::Tftp => &[Self::Tftp],
            Self::Tomcat => &[Self::Tomcat],
            Self::Tvs => &[Self::Tvs],
            Self::XcpRouter => &[Self::XcpRouter],
        }
    }

    /// Checks if the service is activated on such a node (C-51, C-52).
    pub fn activated(self, release: Release, at: Place) -> bool {
        let cucm = at.product == Product::Cucm;
        match self {
            Self::CallManager | Self::CtiManager => cucm && at.callmanager,
            Self::Tftp => cucm && at.tftp,
            Self::Tvs => cucm,
            Self::Capf | Self::DrfMaster => at.publisher,
            Self::HaProxy => cucm && release >= Release::first(14, 0),
            Self::PresenceEngine | Self::SipProxy | Self::XcpRouter => !cucm,
            Self::Ccn | Self::DrfLocal | Self::Tomcat => true,
            Self::Drf => false,
        }
    }

    /// Returns the node's own certificate that it presents or signs with, if it has one.
    pub fn certificate(self) -> Option<Unit> {
        match self {
            Self::CallManager | Self::CtiManager | Self::HaProxy | Self::Tftp => {
                Some(Unit::CallManager)
            }
            Self::Capf => Some(Unit::Capf),
            Self::DrfLocal | Self::DrfMaster => Some(Unit::Ipsec),
            Self::PresenceEngine | Self::SipProxy => Some(Unit::Cup),
            Self::Tomcat => Some(Unit::Tomcat),
            Self::Tvs => Some(Unit::Tvs),
            Self::XcpRouter => Some(Unit::CupXmpp),
            Self::Ccn | Self::Drf => None,
        }
    }

    /// Returns the name in `utils service list`.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::CallManager => "Cisco CallManager",
            Self::Capf => "Cisco Certificate Authority Proxy Function",
            Self::Ccn => "Cisco Certificate Change Notification",
            Self::CtiManager => "Cisco CTIManager",
            Self::Drf | Self::DrfLocal => "Cisco DRF Local",
            Self::DrfMaster => "Cisco DRF Master",
            Self::HaProxy => "Cisco HAProxy",
            Self::PresenceEngine => "Cisco Presence Engine",
            Self::SipProxy => "Cisco SIP Proxy",
            Self::Tftp => "Cisco Tftp",
            Self::Tomcat => "Cisco Tomcat",
            Self::Tvs => "Cisco Trust Verification Service",
            Self::XcpRouter => "Cisco XCP Router",
        }
    }

    /// Returns the service with this word, or with this long name of the service list.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "Cisco Certificate Change Notification" => Some(Self::Ccn),
            other => Self::from_word(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activation_follows_the_node() {
        let release = "12.5".parse().unwrap();
        let sub =
            Place { product: Product::Cucm, publisher: false, tftp: false, callmanager: true };
        let active: alloc::vec::Vec<_> =
            Service::ALL.iter().filter(|service| service.activated(release, sub)).collect();
        assert_eq!(
            active,
            [
                &Service::CallManager,
                &Service::Ccn,
                &Service::CtiManager,
                &Service::DrfLocal,
                &Service::Tomcat,
                &Service::Tvs
            ]
        );
        assert_eq!(Service::Drf.members().len(), 2);
        assert_eq!(Service::from_name("Cisco Certificate Change Notification"), Some(Service::Ccn));
    }
}
