//! What the decision procedure is asked about: a phone, what a server offers it, and what is known of TVS.

use crate::facts::{CertificateFacts, ConfigFacts, ListFacts, Timestamp};
use crate::phone::{Lean, TlsVersion, TvsClient};
use crate::text::with;
use crate::wire::{DigestAlgorithm, Role};
use alloc::{sync::Arc, vec::Vec};

/// A phone at the moment before it boots or is reset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phone {
    /// What the device can do.
    pub device: Device,
    /// The CallManager group of its current configuration, in order: its TVS servers too (P-TVS-1). `None` where it is
    /// not known.
    pub cm_group: Option<Vec<Arc<str>>>,
    /// Whether the caller said what is installed.
    pub installed: Installed,
    /// The installed CTL.
    pub ctl: Option<Arc<ListFacts>>,
    /// The installed ITL.
    pub itl: Option<Arc<ListFacts>>,
    /// Signers that TVS vouched for during the last 24 hours (P-TVS-6).
    pub tvs_cache: Vec<CachedSigner>,
}

impl Phone {
    /// Returns a phone of which nothing is known but the device: what it holds was not given.
    ///
    /// ```
    /// use trustlist::phone::{Device, Installed, Phone};
    /// let phone = Phone::new(Device::of_model("8851"));
    /// assert_eq!(phone.installed, Installed::NotGiven);
    /// let factory_fresh = phone.with_installed(Installed::Given);
    /// assert_eq!((factory_fresh.itl, factory_fresh.ctl), (None, None));
    /// ```
    pub const fn new(device: Device) -> Self {
        Self {
            device,
            cm_group: None,
            installed: Installed::NotGiven,
            ctl: None,
            itl: None,
            tvs_cache: Vec::new(),
        }
    }
}

with!(Phone {
    with_device: device: Device,
    with_cm_group: cm_group: Option<Vec<Arc<str>>>,
    with_installed: installed: Installed,
    with_ctl: ctl: Option<Arc<ListFacts>>,
    with_itl: itl: Option<Arc<ListFacts>>,
    with_tvs_cache: tvs_cache: Vec<CachedSigner>,
});

/// Whether the installed lists were given: a forgotten option must never read as a factory-fresh phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Installed {
    /// `ctl` and `itl` are what the phone holds; `None` means that it has no such list.
    Given,
    /// Neither was given and nobody said that the phone is factory-fresh: every outcome is `depends`.
    NotGiven,
}

/// What a device can do, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Device {
    /// The model as the caller wrote it.
    pub model: Option<Arc<str>>,
    /// Security By Default: does it take an ITL and ask TVS?
    pub security_by_default: SecurityByDefault,
    /// Which signature digests it can check; `None` where it is not known beyond SHA-1 (P-ALG-2).
    pub digests: Option<DigestSet>,
    /// Longest signer key in bits; `None` where no limit is known (P-ALG-4).
    pub max_key_bits: Option<u32>,
    /// Whether the phone runs in FIPS mode (P-ALG-5).
    pub fips: bool,
    /// Whether it empties its TVS cache around a check of a new CTL, as 79xx do (P-TVS-6).
    pub flushes_tvs_cache: bool,
    /// Where the evidence leans on SHA-512 while `digests` is not known (model table: 78xx and 88xx by their load).
    pub sha512_leans: Option<Lean>,
    /// The TLS versions in which it speaks to a TVS server (P-TVS-11).
    pub tvs_client: TvsClient,
    /// Whether it loads trust lists at all; a CTI port or an analog phone does not (model table).
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

/// Whether a device has Security By Default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityByDefault {
    /// It asks for no ITL and no TVS.
    No,
    /// Not known: what needs it becomes `depends`.
    Unknown,
    /// It takes an ITL and asks TVS.
    Yes,
}

/// A set of digest algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigestSet(u8);

impl DigestSet {
    /// A set of these; digests without a name are left out.
    pub fn of(digests: &[DigestAlgorithm]) -> Self {
        Self(digests.iter().fold(0, |bits, &digest| bits | Self::bit(digest)))
    }

    /// Is it in the set?
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

/// A set of the roles that the decision procedure asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleSet(Vec<Role>);

impl RoleSet {
    /// A set of these roles.
    pub fn of(roles: &[Role]) -> Self {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }

    /// Is one of these in the set?
    pub fn contains_any(&self, roles: &[Role]) -> bool {
        self.0.iter().any(|role| roles.contains(role))
    }

    /// The roles, in order.
    pub fn as_slice(&self) -> &[Role] {
        &self.0
    }
}

/// A signer that TVS vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CachedSigner {
    /// The certificate that TVS returned.
    pub certificate: Arc<CertificateFacts>,
    /// Hours since then; `None` where it is not known and taken as within 24 hours.
    pub age_hours: Option<u32>,
    /// The roles that TVS gave; `None` where they are not known.
    pub roles: Option<RoleSet>,
}

impl CachedSigner {
    /// Returns a signer that TVS vouched for at a time and with roles that are not known.
    pub const fn new(certificate: Arc<CertificateFacts>) -> Self {
        Self { certificate, age_hours: None, roles: None }
    }
}

with!(CachedSigner {
    with_certificate: certificate: Arc<CertificateFacts>,
    with_age_hours: age_hours: Option<u32>,
    with_roles: roles: Option<RoleSet>,
});

/// What the TFTP server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// `CTLSEP<mac>.tlv`.
    pub ctl: ListOffer,
    /// `ITLSEP<mac>.tlv`.
    pub itl: ListOffer,
    /// `SEP<mac>.cnf.xml.sgn`.
    pub config: ConfigOffer,
    /// Name or address of the TFTP server (P-BOOT-5); `None` where it is not known.
    pub tftp_server: Option<Arc<str>>,
    /// The minimum TLS version of the cluster, which its TVS servers follow (`show tls min-version`, P-TVS-11); `None` where it
    /// is not known.
    pub tls_minimum: Option<TlsVersion>,
    /// The date of the judgement: with it expired certificates are reported, never decisive (P-TIME-1).
    pub at: Option<Timestamp>,
}

impl Offer {
    /// Returns the offer of a server that has no lists, without a configuration to judge.
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

/// One list of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListOffer {
    /// A file of zero bytes (P-EMPTY-4).
    Empty,
    /// A list; the bytes already installed when its [`FileId`](crate::facts::FileId) is the installed one's.
    List(Arc<ListFacts>),
    /// The server answers "file not found" (P-EMPTY-1).
    NotFound,
}

/// The configuration of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What is known of the Trust Verification Service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tvs {
    /// What each server would do. A server of the phone's group that is missing here does not answer.
    Known(Vec<TvsServer>),
    /// Nothing: an answer that needs TVS is `depends`.
    Unknown,
}

/// One TVS server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TvsServer {
    /// The server's name, as in the CallManager group.
    pub server: Arc<str>,
    /// Whether port 2445 answers.
    pub reachable: bool,
    /// The certificate it presents; `None` where it is not known.
    pub presents: Option<Arc<CertificateFacts>>,
    /// What its store knows; `None` where it is not known.
    pub knows: Option<Arc<[KnownCertificate]>>,
}

impl TvsServer {
    /// Returns a server that answers; its certificate and what it knows are not known.
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
#[non_exhaustive]
pub struct KnownCertificate {
    /// The certificate.
    pub certificate: Arc<CertificateFacts>,
    /// The roles it is known with; `None` where they are not known (P-TVS-5).
    pub roles: Option<RoleSet>,
}

impl KnownCertificate {
    /// Returns a certificate that is known with roles that are not known.
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
