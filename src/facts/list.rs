//! Lists, records, certificates and signed configurations as facts.

use super::{FileId, Identity, Name, Timestamp};
use crate::text::{Bytes, with};
use crate::wire::{DigestAlgorithm, Lazy, Part, Role};
use alloc::{sync::Arc, vec::Vec};
use core::fmt;
use core::net::IpAddr;

/// The position of a record in its list, counted from 1 as `show itl` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RecordIndex(pub u32);

/// Which list a file is, by the name inside it (`spec/FORMAT.md` section 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ListKind {
    /// `CTLFile.tlv`, or a per-device name.
    Ctl,
    /// `ITLFile.tlv`, or a per-device name.
    Itl,
    /// The name says neither.
    List,
}

/// The facts of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ListFacts {
    /// The content. Equal ids are the same bytes.
    pub file: FileId,
    /// ITL or CTL, by the name inside the file.
    pub kind: ListKind,
    /// Who claims to have signed; `None` where the source does not say (an old print without serial
    /// numbers).
    pub signer: Option<Identity>,
    /// The signer's subject: a cross-check only (P-SIG-1).
    pub signer_subject: Name,
    /// The digest of the signature.
    pub digest: DigestAlgorithm,
    /// Bits of the signer's modulus: the length of the signature, or what a case says. `None` if it
    /// is not known.
    pub key_bits: Option<u32>,
    /// The name in the header, not the name on disk (P-SIG-7).
    pub file_name: Option<Arc<str>>,
    /// When the list was made, by its header. Informational (P-TIME-2).
    pub timestamp: Option<Timestamp>,
    /// Size of the file in bytes, if it is known (P-ALG-7).
    pub size: Option<u64>,
    /// The records in file order.
    pub records: Vec<RecordFacts>,
    /// Whether the records are all there. Silence of a partial list is no answer.
    pub completeness: Completeness,
}

impl ListFacts {
    /// Returns the facts of a list without records, of this content, kind and digest only.
    pub fn new(file: FileId, kind: ListKind, digest: DigestAlgorithm) -> Self {
        Self {
            file,
            kind,
            signer: None,
            signer_subject: Name::from_bytes(b""),
            digest,
            key_bits: None,
            file_name: None,
            timestamp: None,
            size: None,
            records: Vec::new(),
            completeness: Completeness::Whole,
        }
    }
}

with!(ListFacts {
    with_file: file: FileId,
    with_kind: kind: ListKind,
    with_signer: signer: Option<Identity>,
    with_signer_subject: signer_subject: Name,
    with_digest: digest: DigestAlgorithm,
    with_key_bits: key_bits: Option<u32>,
    with_file_name: file_name: Option<Arc<str>>,
    with_timestamp: timestamp: Option<Timestamp>,
    with_size: size: Option<u64>,
    with_records: records: Vec<RecordFacts>,
    with_completeness: completeness: Completeness,
});

impl ListFacts {
    /// The first record of this identity in one of the roles; emptied records do not count.
    pub fn find(&self, identity: &Identity, roles: &[Role]) -> Option<&RecordFacts> {
        self.records.iter().find(|record| {
            roles.contains(&record.role)
                && record.certificate.as_ref().is_some_and(|held| held.identity == *identity)
        })
    }
}

/// Whether everything that a list holds is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Completeness {
    /// Every record, with its serial number.
    Whole,
    /// A console print that was cut, or that shows no serial numbers.
    Partial,
}

/// How much of its certificate a record carries (`spec/FORMAT.md` section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Form {
    /// The whole certificate (tag 9).
    Certificate,
    /// A hash of it (tag 11).
    Hash,
    /// Names, serial number and key, but neither certificate nor hash.
    None,
    /// Role, server name and address only: a record emptied when the cluster left mixed mode.
    Empty,
}

impl ListFacts {
    /// Returns whether every record that names a certificate is SAST or CAPF. An ITL of this kind
    /// is *blank*, the one that the rollback parameter serves (P-BLANK-1); a CTL is *reduced*, the
    /// one that is left after mixed mode (P-BLANK-3). A list of SAST with CCM or APP-SERVER, as
    /// usecallmanager writes it, is neither.
    ///
    /// The answer is about the records that are known: see [`ListFacts::completeness`].
    pub fn holds_only_sast_and_capf(&self) -> bool {
        self.records.iter().all(|record| {
            record.form == Form::Empty || matches!(record.role, Role::Sast | Role::Capf)
        })
    }

    /// Returns whether no record names a host or an address. CUCM writes host names into its
    /// records, certutils none.
    pub fn names_no_host(&self) -> bool {
        self.records.iter().all(RecordFacts::names_no_host)
    }
}

/// One record of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RecordFacts {
    /// Its position, from 1.
    pub index: RecordIndex,
    /// The role of the certificate.
    pub role: Role,
    /// The host name in the record (tag 2), empty if there is none.
    pub server: Arc<str>,
    /// The address in the record (tag 10).
    pub address: Option<IpAddr>,
    /// How much of the certificate is there.
    pub form: Form,
    /// The certificate that the record names; `None` for [`Form::Empty`], and where a print lost
    /// its serial number.
    pub certificate: Option<Arc<CertificateFacts>>,
}

impl RecordFacts {
    /// Returns the facts of a record that names no certificate, host or address.
    pub fn new(index: RecordIndex, role: Role) -> Self {
        Self {
            index,
            role,
            server: Arc::from(""),
            address: None,
            form: Form::Empty,
            certificate: None,
        }
    }
}

with!(RecordFacts {
    with_index: index: RecordIndex,
    with_role: role: Role,
    with_server: server: Arc<str>,
    with_address: address: Option<IpAddr>,
    with_form: form: Form,
    with_certificate: certificate: Option<Arc<CertificateFacts>>,
});

impl RecordFacts {
    /// Returns whether the record has neither host name nor address.
    pub fn names_no_host(&self) -> bool {
        self.server.is_empty() && self.address.is_none()
    }
}

/// The facts of a certificate: from a record, from what a TVS server presents, from a certificate
/// file or from a label.
///
/// Its key, hashes and dates are made when they are first asked for, from the bytes that a record
/// or a caller had.
#[derive(Clone)]
#[non_exhaustive]
pub struct CertificateFacts {
    /// Issuer and serial number, as the record writes them.
    pub identity: Identity,
    /// The subject.
    pub subject: Name,
    source: Source,
    details: Lazy<Details>,
    fingerprint: Lazy<Fingerprint>,
}

/// The bytes that the facts of a certificate are made from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    /// The DER of the certificate.
    Certificate(Part),
    /// None: the facts were given.
    Given,
    /// A record of a list.
    Record(Part),
}

/// The facts that are inside the certificate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Details {
    pub(super) key: KeyFacts,
    pub(super) not_before: Option<Timestamp>,
    pub(super) not_after: Option<Timestamp>,
}

impl CertificateFacts {
    /// Returns the facts of a certificate without a known hash or validity.
    pub fn new(identity: Identity, subject: Name, key: KeyFacts) -> Self {
        let details = Lazy::ready(Details { key, not_before: None, not_after: None });
        let fingerprint = Lazy::ready(Fingerprint::default());
        Self { identity, subject, source: Source::Given, details, fingerprint }
    }

    pub(super) fn from_source(identity: Identity, subject: Name, source: Source) -> Self {
        let details = Lazy::later(|| source.details());
        let fingerprint = Lazy::later(|| source.fingerprint());
        Self { identity, subject, source, details, fingerprint }
    }

    /// Returns the public key.
    pub fn key(&self) -> &KeyFacts {
        &self.details().key
    }

    /// Returns what the whole certificate hashes to.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get(|| self.source.fingerprint())
    }

    /// Returns the start of the validity.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.details().not_before
    }

    /// Returns the end of the validity, itself included.
    pub fn not_after(&self) -> Option<Timestamp> {
        self.details().not_after
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    fn details(&self) -> &Details {
        self.details.get(|| self.source.details())
    }

    /// Returns the same with other facts than its bytes say.
    fn given(self, change: impl FnOnce(&mut Details, &mut Fingerprint)) -> Self {
        let (mut details, mut fingerprint) = (self.details().clone(), self.fingerprint());
        change(&mut details, &mut fingerprint);
        let (details, fingerprint) = (Lazy::ready(details), Lazy::ready(fingerprint));
        Self { source: Source::Given, details, fingerprint, ..self }
    }

    /// Returns the same with this `key`.
    #[must_use]
    pub fn with_key(self, key: KeyFacts) -> Self {
        self.given(|details, _| details.key = key)
    }

    /// Returns the same with this `fingerprint`.
    #[must_use]
    pub fn with_fingerprint(self, fingerprint: Fingerprint) -> Self {
        self.given(|_, known| *known = fingerprint)
    }

    /// Returns the same with this `not_before`.
    #[must_use]
    pub fn with_not_before(self, not_before: Option<Timestamp>) -> Self {
        self.given(|details, _| details.not_before = not_before)
    }

    /// Returns the same with this `not_after`.
    #[must_use]
    pub fn with_not_after(self, not_after: Option<Timestamp>) -> Self {
        self.given(|details, _| details.not_after = not_after)
    }
}

with!(CertificateFacts {
    with_identity: identity: Identity,
    with_subject: subject: Name,
});

impl CertificateFacts {
    /// Is the other one this very certificate? Bytes or fingerprints decide where both sides have
    /// one of the same kind, whatever a record calls the certificate (P-TVS-2); labels
    /// ([`KeyFacts::Symbol`]) are compared by identity alone.
    pub fn same_as(&self, other: &Self) -> SameCertificate {
        if self.identity != other.identity {
            return match self.agrees(other) {
                Some(true) => SameCertificate::Yes,
                Some(false) | None => SameCertificate::No,
            };
        }
        if matches!((self.key(), other.key()), (KeyFacts::Symbol { .. }, KeyFacts::Symbol { .. })) {
            return SameCertificate::Yes;
        }
        match self.agrees(other) {
            Some(true) => SameCertificate::Yes,
            Some(false) => SameCertificate::Impersonated,
            None => SameCertificate::Unproven,
        }
    }

    /// Checks if both are of the same bytes; `None` if neither bytes nor a hash is known of both.
    pub(super) fn agrees(&self, other: &Self) -> Option<bool> {
        match (self.source.certificate(), other.source.certificate()) {
            (Some(one), Some(other)) => Some(one == other),
            _ => self.fingerprint().agrees(&other.fingerprint()),
        }
    }
}

impl PartialEq for CertificateFacts {
    fn eq(&self, other: &Self) -> bool {
        let same_bytes = self.source != Source::Given && self.source == other.source;
        self.identity == other.identity
            && self.subject == other.subject
            && (same_bytes
                || (self.details() == other.details() && self.fingerprint() == other.fingerprint()))
    }
}
impl Eq for CertificateFacts {}

impl fmt::Debug for CertificateFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateFacts")
            .field("identity", &self.identity)
            .field("subject", &self.subject)
            .field("key", self.key())
            .field("fingerprint", &self.fingerprint())
            .field("not_before", &self.not_before())
            .field("not_after", &self.not_after())
            .finish()
    }
}

/// The answer of [`CertificateFacts::same_as`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SameCertificate {
    /// The same certificate.
    Yes,
    /// Another issuer or serial number.
    No,
    /// The same issuer and serial number, but other bytes: a forgery, or a broken certificate
    /// authority.
    Impersonated,
    /// The same issuer and serial number, and nothing more to compare.
    Unproven,
}

/// Hashes of a whole certificate, as far as they are known.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fingerprint {
    /// SHA-1.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex_or_null"))]
    pub sha1: Option<[u8; 20]>,
    /// SHA-256.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex_or_null"))]
    pub sha256: Option<[u8; 32]>,
}

impl Fingerprint {
    /// Whether both are of the same bytes; `None` if they have no hash in common.
    pub fn agrees(&self, other: &Self) -> Option<bool> {
        let sha1 = self.sha1.zip(other.sha1).map(|(a, b)| a == b);
        let sha256 = self.sha256.zip(other.sha256).map(|(a, b)| a == b);
        match (sha1, sha256) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(true) && b.unwrap_or(true)),
        }
    }
}

/// The public key that a phone uses for a certificate.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum KeyFacts {
    /// An RSA key: PKCS#1 `RSAPublicKey` DER, as it is in the certificate or in tag 7. Not yet
    /// admitted.
    Rsa(
        #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex"))]
        Arc<[u8]>,
    ),
    /// A key that cannot verify a list: elliptic curve, or nothing that reads as a key.
    Other,
    /// A certificate that is a label: no key, only its identity.
    Symbol {
        /// Bits of the modulus, as the case says.
        bits: Option<u32>,
    },
    /// The source does not say (a console print shows no keys).
    Unknown,
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sha1 = self.sha1.as_ref().map(|hash| Bytes(hash));
        let sha256 = self.sha256.as_ref().map(|hash| Bytes(hash));
        f.debug_struct("Fingerprint").field("sha1", &sha1).field("sha256", &sha256).finish()
    }
}

impl fmt::Debug for KeyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(der) => f.debug_tuple("Rsa").field(&Bytes(der)).finish(),
            Self::Other => f.write_str("Other"),
            Self::Symbol { bits } => f.debug_struct("Symbol").field("bits", bits).finish(),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}

/// A signed configuration file (`.cnf.xml.sgn`) as facts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ConfigFacts {
    /// The content.
    pub file: FileId,
    /// Who claims to have signed.
    pub signer: Identity,
    /// The signer's subject.
    pub signer_subject: Name,
    /// The digest of the signature.
    pub digest: DigestAlgorithm,
    /// Bits of the signer's modulus, if they are known.
    pub key_bits: Option<u32>,
    /// Whether the payload is encrypted for the phone (`.enc.sgn`, P-CFG-4).
    pub encrypted: bool,
}

impl ConfigFacts {
    /// Returns the facts of a configuration that is not encrypted, by a signer whose key length is
    /// not known.
    pub const fn new(
        file: FileId,
        signer: Identity,
        signer_subject: Name,
        digest: DigestAlgorithm,
    ) -> Self {
        Self { file, signer, signer_subject, digest, key_bits: None, encrypted: false }
    }
}

with!(ConfigFacts {
    with_file: file: FileId,
    with_signer: signer: Identity,
    with_signer_subject: signer_subject: Name,
    with_digest: digest: DigestAlgorithm,
    with_key_bits: key_bits: Option<u32>,
    with_encrypted: encrypted: bool,
});

/// Who answers whether a file is signed by a key.
///
/// Rules never see bytes: files answer with [`crate::verify`], labels with the word of their case,
/// console prints with [`NotChecked::TextOnly`].
pub trait Signatures {
    /// Is `file` signed by the key of `certificate`? An implementation that does not hold the file
    /// answers [`NotChecked::UnknownFile`].
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer;

    /// Returns whether both ids are of the same bytes (P-SAME-1). Equal ids always are; an
    /// implementation may know that a print is of a file, as [`Files`](super::Files) does by its
    /// checksums.
    fn same_file(&self, one: &FileId, other: &FileId) -> bool {
        one == other
    }
}

/// A set of files that grows while it is asked.
#[cfg(feature = "std")]
impl<S: Signatures + ?Sized> Signatures for std::sync::RwLock<S> {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        self.read().unwrap_or_else(std::sync::PoisonError::into_inner).signed_by(file, certificate)
    }

    fn same_file(&self, one: &FileId, other: &FileId) -> bool {
        self.read().unwrap_or_else(std::sync::PoisonError::into_inner).same_file(one, other)
    }
}

/// The result of checking the signature of a file with a given key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SignatureAnswer {
    /// The key signed the file.
    Valid,
    /// The key did not sign the file.
    Broken,
    /// The signature was not checked, and why. Never counts as valid.
    NotChecked(NotChecked),
}

/// Why a signature was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NotChecked {
    /// Only a console print of the file is known.
    TextOnly,
    /// The set of files that was asked does not hold this file.
    UnknownFile,
    /// The bytes do not parse as a signed file or a list.
    Unreadable,
    /// The record holds no key, or none that reads as one.
    NoKey,
    /// The key is outside what this crate admits ([`crate::verify`]).
    KeyRefused,
    /// No provider knows the digest of the signature.
    UnsupportedDigest,
}

crate::text::words!(NotChecked {
    TextOnly = "text-only",
    UnknownFile = "unknown-file",
    Unreadable = "unreadable",
    NoKey = "no-key",
    KeyRefused = "key-refused",
    UnsupportedDigest = "unsupported-digest",
});
