//! Is this signature right under this key?
//!
//! The requirements on a key are checked here, above the providers, because they disagree on odd
//! keys. A provider only ever sees an admitted [`RsaKey`], a digest it says it supports, and a
//! signature as long as the modulus.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod provider;
#[cfg(feature = "rsa")]
mod rust_crypto;
#[cfg(feature = "rsa")]
mod signer;

pub use crate::wire::message::Message;
#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;
pub use provider::{ProviderFault, check_provider};
#[cfg(feature = "rsa")]
pub use rust_crypto::RustCrypto;
#[cfg(feature = "rsa")]
pub use signer::{KeyError, RsaSigner};

use crate::cert::{self, Certificate, PublicKey};
use crate::wire::{DigestAlgorithm, Header, ParseError, Record, Role, SignedFile, TrustList};
use alloc::{boxed::Box, sync::Arc};
use core::fmt;

/// A provider of RSA PKCS#1 v1.5 verification: bring your own, or take `RustCrypto` or `AwsLc`.
///
/// Implementations must be strict: exactly one encoding of the hash is right (`DigestInfo` with
/// NULL parameters, `ff` padding to the full length). A provider that skips over bytes after the
/// hash accepts forgeries: [`check_provider`] finds that out.
pub trait SignatureVerifier {
    /// Checks if this digest is supported.
    fn supports(&self, digest: DigestAlgorithm) -> bool;

    /// Checks if `signature` is that of `message` under `key`.
    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool;
}

/// A pointer to a provider is a provider.
macro_rules! pointers {
    ($($pointer:ty),+) => {$(
        impl<V: SignatureVerifier + ?Sized> SignatureVerifier for $pointer {
            fn supports(&self, digest: DigestAlgorithm) -> bool {
                (**self).supports(digest)
            }

            fn verify(
                &self,
                key: &RsaKey<'_>,
                digest: DigestAlgorithm,
                message: Message<'_>,
                signature: &[u8],
            ) -> bool {
                (**self).verify(key, digest, message, signature)
            }
        }
    )+};
}

pointers!(&V, Box<V>, Arc<V>);

/// An RSA public key that may be used: strict PKCS#1 `RSAPublicKey` DER with nothing after it, a
/// modulus of 1024 to 4096 bits that is odd, an odd exponent from 3 to 2^33 - 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RsaKey<'a> {
    der: &'a [u8],
    modulus: &'a [u8],
    exponent: &'a [u8],
}

impl<'a> RsaKey<'a> {
    /// Admits a key.
    ///
    /// ```
    /// use trustlist::verify::{KeyRefused, RsaKey};
    /// assert_eq!(RsaKey::from_pkcs1(b"\x30\x06\x02\x01\x0f\x02\x01\x03"), Err(KeyRefused::ModulusLength { bits: 4 }));
    /// ```
    ///
    /// # Errors
    /// [`KeyRefused`] says which of the conditions is not met.
    pub fn from_pkcs1(der: &'a [u8]) -> Result<Self, KeyRefused> {
        let (modulus, exponent) = cert::rsa_parts(der).ok_or(KeyRefused::NotPkcs1)?;
        let bits = cert::modulus_bits(der).unwrap_or(0);
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Err(KeyRefused::ModulusLength { bits });
        }
        if modulus.last().is_none_or(|byte| byte % 2 == 0) {
            return Err(KeyRefused::EvenModulus);
        }
        if !exponent_is_fine(exponent) {
            return Err(KeyRefused::Exponent);
        }
        Ok(Self { der, modulus, exponent })
    }

    /// The key as PKCS#1 `RSAPublicKey` DER.
    pub fn as_pkcs1(&self) -> &'a [u8] {
        self.der
    }

    /// The modulus, big-endian, without leading zeros.
    pub fn modulus(&self) -> &'a [u8] {
        self.modulus
    }

    /// The exponent, big-endian, without leading zeros.
    pub fn exponent(&self) -> &'a [u8] {
        self.exponent
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> u32 {
        cert::modulus_bits(self.der).unwrap_or(0)
    }
}

impl fmt::Debug for RsaKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RsaKey").field(&crate::text::Bytes(self.der)).finish()
    }
}

/// Why a key is never handed to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum KeyRefused {
    /// The modulus is even.
    #[error("even modulus")]
    EvenModulus,
    /// The exponent is even, below 3 or from 2^33 on.
    #[error("exponent not odd and from 3 to 2^33 - 1")]
    Exponent,
    /// The modulus is too short or too long.
    #[error("modulus of {bits} bits, expected {MIN_BITS} to {MAX_BITS}")]
    ModulusLength {
        /// Its length.
        bits: u32,
    },
    /// The bytes are not strict DER of an `RSAPublicKey`.
    #[error("not a PKCS#1 RSAPublicKey")]
    NotPkcs1,
}

/// The result of a check, and the key that it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verification {
    /// The answer.
    pub outcome: SignatureOutcome,
    /// The record of the signer, from 1; `None` where no record was used or found.
    pub signer: Option<u32>,
    /// Where the key came from; `None` if there was none.
    pub key: Option<KeySource>,
}

/// The result of checking a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SignatureOutcome {
    /// The signature is wrong.
    Invalid(Invalid),
    /// The signature cannot be checked. Never counts as valid.
    NotVerifiable(NotVerifiable),
    /// The signature is right.
    Valid,
}

/// Why a signature is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Invalid {
    /// The signature is not as long as the modulus.
    Length {
        /// Bytes of the signature.
        signature: usize,
        /// Bytes of the modulus.
        modulus: usize,
    },
    /// The hash or its encoding is another.
    Mismatch,
}

/// Why a signature cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum NotVerifiable {
    /// The header names another signer than the certificate that was given.
    AnotherSigner,
    /// The signer's record holds a certificate that does not read as one.
    CertificateUnreadable,
    /// Firmware: the key is inside phones (`spec/FORMAT.md` section 4.3).
    Firmware,
    /// The signer's key is not RSA: nothing else signs lists (P-SIG-5).
    KeyNotRsa,
    /// The signer's key is outside what is admitted.
    KeyRefused(KeyRefused),
    /// The signer's record holds neither certificate nor key.
    NoKey,
    /// The signer is in the list, but not as SAST; for a signed file, neither as a TFTP server nor
    /// as SAST.
    SignerNotSast,
    /// No record has the signer's issuer and serial number.
    SignerUnknown,
    /// The digest has no name, or the provider does not support it.
    UnsupportedDigest(DigestAlgorithm),
}

/// Where the signer's key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum KeySource {
    /// The certificate of the record.
    Certificate,
    /// The caller's certificate.
    Given,
    /// Tag 7 of a record that carries a hash instead of its certificate.
    PublicKey,
}

/// The result of a check of a list by itself, and the key that it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OwnVerification {
    /// The answer.
    pub outcome: OwnSignature,
    /// The record of the signer, from 1; `None` where no record was found.
    pub signer: Option<u32>,
    /// Where the key came from; `None` if there was none.
    pub key: Option<KeySource>,
}

/// The result of checking a list with the key that the list itself contains. It never says that the
/// list comes from your cluster: an attacker can put another key under the name of your CallManager
/// and sign with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum OwnSignature {
    /// The file is complete, and the holder of that key signed it.
    Consistent,
    /// The signature is wrong.
    Invalid(Invalid),
    /// The signature cannot be checked.
    NotVerifiable(NotVerifiable),
}

/// Checks a list against its own signer record: the first SAST record of the header's issuer and
/// serial number. Whether that signer is yours is another question:
/// [`verify_list_with_certificate`], [`verify_list_with_list`].
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::{verify::{Invalid, OwnSignature, RustCrypto, check_own_signature}, wire::TrustList};
/// let outcome = |name| {
///     let bytes = std::fs::read(name).unwrap();
///     check_own_signature(&TrustList::parse(&bytes).unwrap(), &RustCrypto).map(|checked| checked.outcome)
/// };
/// assert_eq!(outcome("testdata/cluster/before/ITLFile.tlv"), Ok(OwnSignature::Consistent));
/// // A forger's list is consistent too: it carries the forger's key.
/// assert_eq!(outcome("testdata/bad/forged-signer.tlv"), Ok(OwnSignature::Consistent));
/// // One bit of a record flipped: an answer. A record that cannot be read: an error.
/// assert_eq!(outcome("testdata/bad/flipped-record.tlv"), Ok(OwnSignature::Invalid(Invalid::Mismatch)));
/// assert_eq!(outcome("testdata/bad/third-record-length.tlv").unwrap_err().record(), Some(3));
/// # }
/// ```
///
/// # Errors
/// [`ParseError`] where a record is broken.
pub fn check_own_signature(
    list: &TrustList<'_>,
    verifier: &dyn SignatureVerifier,
) -> Result<OwnVerification, ParseError> {
    let found = find_signer(list, list.header(), &[Role::Sast])?;
    let Verification { outcome, signer, key } =
        check(list.header(), list.signed_message(), found, verifier);
    let outcome = match outcome {
        SignatureOutcome::Valid => OwnSignature::Consistent,
        SignatureOutcome::Invalid(why) => OwnSignature::Invalid(why),
        SignatureOutcome::NotVerifiable(why) => OwnSignature::NotVerifiable(why),
    };
    Ok(OwnVerification { outcome, signer, key })
}

/// Checks a list against the SAST records of another list, whose keys are known to be yours: the
/// first record of the header's issuer and serial number.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::verify::{Invalid, RustCrypto, SignatureOutcome, verify_list_with_list};
/// use trustlist::wire::TrustList;
/// let outcome = |name, with| {
///     let (list, with) = (std::fs::read(name).unwrap(), std::fs::read(with).unwrap());
///     let (list, with) = (TrustList::parse(&list).unwrap(), TrustList::parse(&with).unwrap());
///     verify_list_with_list(&list, &with, &RustCrypto).unwrap().outcome
/// };
/// let yours = "testdata/cluster/before/ITLFile.tlv";
/// assert_eq!(outcome("testdata/mixed/before/CTLFile.tlv", yours), SignatureOutcome::Valid);
/// assert_eq!(outcome("testdata/bad/forged-signer.tlv", yours), SignatureOutcome::Invalid(Invalid::Mismatch));
/// # }
/// ```
///
/// # Errors
/// [`ParseError`] where a record of `with` is broken.
pub fn verify_list_with_list(
    list: &TrustList<'_>,
    with: &TrustList<'_>,
    verifier: &dyn SignatureVerifier,
) -> Result<Verification, ParseError> {
    let found = find_signer(with, list.header(), &[Role::Sast])?;
    Ok(check(list.header(), list.signed_message(), found, verifier))
}

/// Checks a list against a certificate that is known to be yours, and must be the one that the
/// header names.
pub fn verify_list_with_certificate(
    list: &TrustList<'_>,
    signer: &Certificate<'_>,
    verifier: &dyn SignatureVerifier,
) -> Verification {
    with_certificate(list.header(), list.signed_message(), signer, verifier)
}

/// Checks a signed file against the records of a list: the first record of the header's issuer and
/// serial number in the best of the roles CCM+TFTP, TFTP and SAST (P-CFG-1).
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::verify::{NotVerifiable, RustCrypto, SignatureOutcome, verify_file_with_list};
/// use trustlist::wire::{SignedFile, TrustList};
/// let config = std::fs::read("testdata/cluster/before/SEP001122334455.cnf.xml.sgn").unwrap();
/// let outcome = |list| {
///     let list = std::fs::read(list).unwrap();
///     let (config, list) = (SignedFile::parse(&config).unwrap(), TrustList::parse(&list).unwrap());
///     verify_file_with_list(&config, &list, &RustCrypto).unwrap().outcome
/// };
/// assert_eq!(outcome("testdata/cluster/before/ITLFile.tlv"), SignatureOutcome::Valid);
/// // CallManager was regenerated: the list does not name the signer of this file.
/// let unknown = SignatureOutcome::NotVerifiable(NotVerifiable::SignerUnknown);
/// assert_eq!(outcome("testdata/cluster/after-callmanager/ITLFile.tlv"), unknown);
/// # }
/// ```
///
/// # Errors
/// [`ParseError`] where a record of the list is broken.
pub fn verify_file_with_list(
    file: &SignedFile<'_>,
    list: &TrustList<'_>,
    verifier: &dyn SignatureVerifier,
) -> Result<Verification, ParseError> {
    let found = find_signer(list, file.header(), &[Role::CcmTftp, Role::Tftp, Role::Sast])?;
    Ok(check(file.header(), file.signed_message(), found, verifier).unless_firmware(file))
}

/// Checks a signed file against a certificate, which must be the one that the header names.
pub fn verify_file_with_certificate(
    file: &SignedFile<'_>,
    signer: &Certificate<'_>,
    verifier: &dyn SignatureVerifier,
) -> Verification {
    with_certificate(file.header(), file.signed_message(), signer, verifier).unless_firmware(file)
}

fn with_certificate(
    header: &Header<'_>,
    message: Message<'_>,
    signer: &Certificate<'_>,
    verifier: &dyn SignatureVerifier,
) -> Verification {
    let named = crate::wire::Serial::eq_bytes(header.serial(), signer.serial())
        && crate::wire::Name::from_bytes(header.issuer())
            == crate::wire::Name::new(&signer.issuer_text());
    let outcome = match rsa_key(signer.public_key()) {
        _ if !named => SignatureOutcome::NotVerifiable(NotVerifiable::AnotherSigner),
        Ok(key) => verify_header(header, message, key, verifier),
        Err(why) => SignatureOutcome::NotVerifiable(why),
    };
    Verification { outcome, signer: None, key: Some(KeySource::Given) }
}

/// Checks a header's signature under the key in `pkcs1`, whatever it came from.
pub fn verify_header(
    header: &Header<'_>,
    message: Message<'_>,
    pkcs1: &[u8],
    verifier: &dyn SignatureVerifier,
) -> SignatureOutcome {
    let key = match RsaKey::from_pkcs1(pkcs1) {
        Ok(key) => key,
        Err(why) => return SignatureOutcome::NotVerifiable(NotVerifiable::KeyRefused(why)),
    };
    let (digest, signature) = (header.digest(), header.signature());
    if !is_named(digest) || !verifier.supports(digest) {
        return SignatureOutcome::NotVerifiable(NotVerifiable::UnsupportedDigest(digest));
    }
    if signature.len() != key.modulus.len() {
        return SignatureOutcome::Invalid(Invalid::Length {
            signature: signature.len(),
            modulus: key.modulus.len(),
        });
    }
    match verifier.verify(&key, digest, message, signature) {
        true => SignatureOutcome::Valid,
        false => SignatureOutcome::Invalid(Invalid::Mismatch),
    }
}

/// The key that a phone uses for a record: that of its certificate, or tag 7 if the record has
/// a hash instead.
///
/// # Errors
/// [`NotVerifiable`] if there is none, or none that is RSA.
pub fn record_key<'a>(record: &Record<'a>) -> Result<(&'a [u8], KeySource), NotVerifiable> {
    if let Some(der) = record.certificate() {
        let certificate =
            Certificate::parse(der).map_err(|_| NotVerifiable::CertificateUnreadable)?;
        return Ok((rsa_key(certificate.public_key())?, KeySource::Certificate));
    }
    match record.public_key() {
        None | Some([]) => Err(NotVerifiable::NoKey),
        // An uncompressed point starts with 4, DER of an RSA key with 30 hex.
        Some([4, ..]) => Err(NotVerifiable::KeyNotRsa),
        Some(key) => Ok((key, KeySource::PublicKey)),
    }
}

impl Verification {
    /// Firmware names a signer that is in no list: say so, instead of "unknown".
    fn unless_firmware(self, file: &SignedFile<'_>) -> Self {
        match (file.is_firmware(), self.outcome) {
            (true, SignatureOutcome::NotVerifiable(_)) => {
                Self { outcome: SignatureOutcome::NotVerifiable(NotVerifiable::Firmware), ..self }
            }
            _ => self,
        }
    }
}

fn check(
    header: &Header<'_>,
    message: Message<'_>,
    found: Result<Record<'_>, NotVerifiable>,
    verifier: &dyn SignatureVerifier,
) -> Verification {
    let record = match found {
        Ok(record) => record,
        Err(why) => {
            return Verification {
                outcome: SignatureOutcome::NotVerifiable(why),
                signer: None,
                key: None,
            };
        }
    };
    let signer = Some(record.index());
    match record_key(&record) {
        Ok((key, source)) => Verification {
            outcome: verify_header(header, message, key, verifier),
            signer,
            key: Some(source),
        },
        Err(why) => {
            Verification { outcome: SignatureOutcome::NotVerifiable(why), signer, key: None }
        }
    }
}

/// The first record of the header's signer in the best of the roles; every record is read, so that
/// a broken one shows.
fn find_signer<'a>(
    list: &TrustList<'a>,
    header: &Header<'_>,
    roles: &[Role],
) -> Result<Result<Record<'a>, NotVerifiable>, ParseError> {
    let mut found = Err(NotVerifiable::SignerUnknown);
    let mut rank = roles.len();
    for record in list.records() {
        let record = record?;
        if !record.is_of(header.issuer(), header.serial()) {
            continue;
        }
        match roles.iter().position(|&role| role == record.role()) {
            Some(better) if better < rank => (found, rank) = (Ok(record), better),
            None if found.is_err() => found = Err(NotVerifiable::SignerNotSast),
            _ => {}
        }
    }
    Ok(found)
}

fn rsa_key(key: PublicKey<'_>) -> Result<&[u8], NotVerifiable> {
    match key {
        PublicKey::Rsa(der) => Ok(der),
        _ => Err(NotVerifiable::KeyNotRsa),
    }
}

fn is_named(digest: DigestAlgorithm) -> bool {
    !matches!(digest, DigestAlgorithm::Other(_))
}

fn exponent_is_fine(exponent: &[u8]) -> bool {
    let value = (exponent.len() <= size_of::<u64>())
        .then(|| exponent.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)));
    value.is_some_and(|value: u64| {
        value % 2 == 1 && (MIN_EXPONENT..END_OF_EXPONENTS).contains(&value)
    })
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { signature, modulus } => {
                write!(f, "signature of {signature} bytes, the signer's modulus has {modulus}")
            }
            Self::Mismatch => f.write_str("the hash does not match the signer's key"),
        }
    }
}

impl fmt::Display for NotVerifiable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnotherSigner => {
                f.write_str("the header names another signer than the certificate given")
            }
            Self::CertificateUnreadable => {
                f.write_str("the signer's certificate does not read as one")
            }
            Self::Firmware => f.write_str("firmware, whose key is inside the phones"),
            Self::KeyNotRsa => f.write_str("the signer's key is not RSA"),
            Self::KeyRefused(why) => write!(f, "key refused: {why}"),
            Self::NoKey => f.write_str("the signer's record holds no public key"),
            Self::SignerNotSast => {
                f.write_str("the signer is in the list, but not in a role that signs")
            }
            Self::SignerUnknown => f.write_str("the signer is not in the list"),
            Self::UnsupportedDigest(digest) => write!(f, "unsupported digest {digest}"),
        }
    }
}

/// Shortest modulus that is admitted, in bits.
pub const MIN_BITS: u32 = 1024;
/// Longest modulus that is admitted, in bits.
pub const MAX_BITS: u32 = 4096;
const MIN_EXPONENT: u64 = 3;
const END_OF_EXPONENTS: u64 = 1 << 33;
