//! The inputs of a prediction: a phone, the offer of a server, and the known facts about TVS.

use crate::facts::{CertificateFacts, ConfigFacts, ListFacts, Timestamp};
use crate::phone::{Lean, TlsVersion, TvsClient};
use crate::text::with;
use crate::wire::{DigestAlgorithm, Role};
use alloc::{sync::Arc, vec::Vec};

/// A phone at the moment before it boots or is reset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Phone {
    /// The abilities of the device.
    pub device: Device,
    /// The CallManager group of its current configuration, in order, which is also the list of its
    /// TVS servers (P-TVS-1). `None` if it is not known.
    pub cm_group: Option<Vec<Arc<str>>>,
    /// The lists on the phone, if they are known.
    pub installed: InstalledLists,
    /// Signers that TVS vouched for during the last 24 hours (P-TVS-6).
    pub tvs_cache: Vec<CachedSigner>,
}

impl Phone {
    /// Returns a phone with known device and unknown lists.
    ///
    /// ```
    /// use trustlist::phone::{Device, InstalledLists, Phone};
    /// let phone = Phone::new(Device::of_model("8851"));
    /// assert_eq!(phone.installed, InstalledLists::Unknown);
    /// let factory_fresh = phone.with_installed(InstalledLists::NONE);
    /// assert_eq!((factory_fresh.itl(), factory_fresh.ctl()), (None, None));
    /// ```
    pub const fn new(device: Device) -> Self {
        Self { device, cm_group: None, installed: InstalledLists::Unknown, tvs_cache: Vec::new() }
    }

    /// Returns the CTL on the phone. `None` if it has none, or if its lists are not known.
    pub fn ctl(&self) -> Option<&Arc<ListFacts>> {
        self.installed.known()?.ctl.as_ref()
    }

    /// Returns the ITL on the phone. `None` if it has none, or if its lists are not known.
    pub fn itl(&self) -> Option<&Arc<ListFacts>> {
        self.installed.known()?.itl.as_ref()
    }
}

with!(Phone {
    with_device: device: Device,
    with_cm_group: cm_group: Option<Vec<Arc<str>>>,
    with_installed: installed: InstalledLists,
    with_tvs_cache: tvs_cache: Vec<CachedSigner>,
});

/// The lists on a phone. That they are not known is a value of its own: a forgotten option must
/// never read as a factory-fresh phone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum InstalledLists {
    /// The phone has these lists and no other.
    Known(PhoneLists),
    /// Not known, and the phone was not said to be factory-fresh: every outcome is `depends`.
    Unknown,
}

impl InstalledLists {
    /// The phone has no list: it is factory-fresh, or its lists were deleted.
    pub const NONE: Self = Self::Known(PhoneLists { ctl: None, itl: None });

    /// Returns the lists of a phone; `None` says that it has no such list.
    pub const fn of(ctl: Option<Arc<ListFacts>>, itl: Option<Arc<ListFacts>>) -> Self {
        Self::Known(PhoneLists { ctl, itl })
    }

    /// Returns the lists, if they are known.
    pub const fn known(&self) -> Option<&PhoneLists> {
        match self {
            Self::Known(lists) => Some(lists),
            Self::Unknown => None,
        }
    }

    /// Returns the lists to change them, if they are known.
    pub const fn known_mut(&mut self) -> Option<&mut PhoneLists> {
        match self {
            Self::Known(lists) => Some(lists),
            Self::Unknown => None,
        }
    }
}

/// The lists of a phone; `None` says that it has no such list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PhoneLists {
    /// The CTL.
    pub ctl: Option<Arc<ListFacts>>,
    /// The ITL.
    pub itl: Option<Arc<ListFacts>>,
}

/// The known abilities of a device.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Device {
    /// The model in the spelling of the caller.
    pub model: Option<Arc<str>>,
    /// Security By Default: the device uses an ITL and TVS.
    pub security_by_default: SecurityByDefault,
    /// Digests of signatures that it can check; `None` if nothing but SHA-1 is known (P-ALG-2).
    pub digests: Option<DigestSet>,
    /// Longest signer key in bits; `None` if no limit is known (P-ALG-4).
    pub max_key_bits: Option<u32>,
    /// True if the phone runs in FIPS mode (P-ALG-5).
    pub fips: bool,
    /// True if it empties its TVS cache when it checks a new CTL, as 79xx do (P-TVS-6).
    pub flushes_tvs_cache: bool,
    /// The probable answer for SHA-512 if `digests` is not known (model table: 78xx and 88xx by
    /// their load).
    pub sha512_leans: Option<Lean>,
    /// The TLS versions of its TVS client (P-TVS-11).
    pub tvs_client: TvsClient,
    /// True if it loads trust lists; a CTI port or an analog phone does not (model table).
    pub loads_lists: bool,
}

with!(Device {
    with_model: model: Option<Arc<str>>,
    with_security_by_default: security_by_default: SecurityByDefault,
    with_digests: digests: Option<DigestSet>,
    with_max_key_bits: max_key_bits: Option<u32>,
    with_fips: fips: bool,
    with_flushes_tvs_cache: flushes_tvs_cache: bool,
    with_sha512_leans: sha512_leans: Option<Lean>,
    with_tvs_client: tvs_client: TvsClient,
    with_loads_lists: loads_lists: bool,
});

/// Security By Default of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum SecurityByDefault {
    /// The device uses neither an ITL nor TVS.
    No,
    /// Not known: an answer that needs it is `depends`.
    Unknown,
    /// The device uses an ITL and TVS.
    Yes,
}

/// A set of digest algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigestSet(u8);

impl DigestSet {
    /// Returns a set of these; digests without a name are left out.
    pub fn of(digests: &[DigestAlgorithm]) -> Self {
        Self(digests.iter().fold(0, |bits, &digest| bits | Self::bit(digest)))
    }

    /// Checks if the set contains a digest.
    pub fn contains(self, digest: DigestAlgorithm) -> bool {
        self.0 & Self::bit(digest) != 0
    }

    const fn bit(digest: DigestAlgorithm) -> u8 {
        match digest {
            DigestAlgorithm::Sha1 => 1,
            DigestAlgorithm::Sha256 => 2,
            DigestAlgorithm::Sha512 => 4,
            DigestAlgorithm::Other(_) => 0,
        }
    }
}

/// A set of the roles that the decision procedure uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RoleSet(Vec<Role>);

impl RoleSet {
    /// Returns a set of these roles.
    pub fn of(roles: &[Role]) -> Self {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }

    /// Checks if the set contains one of these roles.
    pub fn contains_any(&self, roles: &[Role]) -> bool {
        self.0.iter().any(|role| roles.contains(role))
    }

    /// Returns the roles, in order.
    pub fn as_slice(&self) -> &[Role] {
        &self.0
    }
}

/// A signer that TVS vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CachedSigner {
    /// The certificate that TVS returned.
    pub certificate: Arc<CertificateFacts>,
    /// Hours since the answer; `None` if not known, which is treated as within 24 hours.
    pub age_hours: Option<u32>,
    /// The roles in the answer; `None` if they are not known.
    pub roles: Option<RoleSet>,
}

impl CachedSigner {
    /// Returns a signer that TVS vouched for, with unknown time and roles.
    pub const fn new(certificate: Arc<CertificateFacts>) -> Self {
        Self { certificate, age_hours: None, roles: None }
    }
}

with!(CachedSigner {
    with_certificate: certificate: Arc<CertificateFacts>,
    with_age_hours: age_hours: Option<u32>,
    with_roles: roles: Option<RoleSet>,
});

/// The files that the TFTP server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Offer {
    /// `CTLSEP<mac>.tlv`.
    pub ctl: ListOffer,
    /// `ITLSEP<mac>.tlv`.
    pub itl: ListOffer,
    /// `SEP<mac>.cnf.xml.sgn`.
    pub config: ConfigOffer,
    /// Name or address of the TFTP server (P-BOOT-5); `None` if it is not known.
    pub tftp_server: Option<Arc<str>>,
    /// The minimum TLS version of the cluster, which its TVS servers follow (`show tls
    /// min-version`, P-TVS-11); `None` if it is not known.
    pub tls_minimum: Option<TlsVersion>,
    /// The date of the prediction. With it expired certificates are reported; they never decide
    /// (P-TIME-1).
    pub at: Option<Timestamp>,
}

impl Offer {
    /// Returns the offer of a server without lists, and without a configuration to judge.
    pub const fn new() -> Self {
        let (ctl, itl) = (ListOffer::NotFound, ListOffer::NotFound);
        Self {
            ctl,
            itl,
            config: ConfigOffer::NotJudged,
            tftp_server: None,
            tls_minimum: None,
            at: None,
        }
    }
}

impl Default for Offer {
    fn default() -> Self {
        Self::new()
    }
}

with!(Offer {
    with_ctl: ctl: ListOffer,
    with_itl: itl: ListOffer,
    with_config: config: ConfigOffer,
    with_tftp_server: tftp_server: Option<Arc<str>>,
    with_tls_minimum: tls_minimum: Option<TlsVersion>,
    with_at: at: Option<Timestamp>,
});

/// One list in an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ListOffer {
    /// A file of zero bytes (P-EMPTY-4).
    Empty,
    /// A list. It has the installed bytes if its [`FileId`](crate::facts::FileId) is the one of the
    /// installed list.
    List(Arc<ListFacts>),
    /// The server answers "file not found" (P-EMPTY-1).
    NotFound,
}

/// The configuration in an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ConfigOffer {
    /// A signed configuration.
    Config(Arc<ConfigFacts>),
    /// A file of zero bytes (P-EMPTY-4).
    Empty,
    /// The caller does not ask about the configuration.
    NotJudged,
    /// No `.sgn` is served (P-BOOT-4).
    NotServed,
}

/// The known facts about the Trust Verification Service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Tvs {
    /// The facts of each server. A server of the phone's group that is missing here does not
    /// answer.
    Known(Vec<TvsServer>),
    /// No facts: an answer that needs TVS is `depends`.
    Unknown,
}

/// One TVS server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TvsServer {
    /// The server's name, as in the CallManager group.
    pub server: Arc<str>,
    /// True if port 2445 answers.
    pub reachable: bool,
    /// The certificate that it presents; `None` if it is not known.
    pub presents: Option<Arc<CertificateFacts>>,
    /// The certificates in its store; `None` if they are not known.
    pub knows: Option<Arc<[KnownCertificate]>>,
}

impl TvsServer {
    /// Returns a server that answers, with unknown certificate and store.
    pub const fn new(server: Arc<str>) -> Self {
        Self { server, reachable: true, presents: None, knows: None }
    }
}

with!(TvsServer {
    with_server: server: Arc<str>,
    with_reachable: reachable: bool,
    with_presents: presents: Option<Arc<CertificateFacts>>,
    with_knows: knows: Option<Arc<[KnownCertificate]>>,
});

/// A certificate in a TVS store.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct KnownCertificate {
    /// The certificate.
    pub certificate: Arc<CertificateFacts>,
    /// Its roles in the store; `None` if they are not known (P-TVS-5).
    pub roles: Option<RoleSet>,
}

impl KnownCertificate {
    /// Returns a known certificate with unknown roles.
    pub const fn new(certificate: Arc<CertificateFacts>) -> Self {
        Self { certificate, roles: None }
    }
}

with!(KnownCertificate {
    with_certificate: certificate: Arc<CertificateFacts>,
    with_roles: roles: Option<RoleSet>,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_however_often() {
        use DigestAlgorithm::{Sha1, Sha256, Sha512};
        let twice = DigestSet::of(&[Sha1, Sha1, Sha512]);
        assert!(twice.contains(Sha1) && twice.contains(Sha512) && !twice.contains(Sha256));
        assert_eq!(
            RoleSet::of(&[Role::Sast, Role::Tvs, Role::Sast]),
            RoleSet::of(&[Role::Tvs, Role::Sast])
        );
        assert_eq!(RoleSet::of(&[Role::Sast, Role::Tvs, Role::Sast]).as_slice().len(), 2);
    }
}
