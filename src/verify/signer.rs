//! A private RSA key that signs, on the RustCrypto provider.

use crate::wire::DigestAlgorithm;
use crate::wire::write::{SignError, Signer};
use alloc::vec::Vec;
use core::fmt;
use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// A private RSA key of 1024 to 4096 bits that makes PKCS#1 v1.5 signatures (`spec/FORMAT.md`
/// section 4).
///
/// The same key and bytes always give the same signature: PKCS#1 v1.5 has no randomness, and none
/// is used to blind the private operation. Meant for lists made on an administrator's own machine,
/// not for a service that signs what strangers send (`rsa` carries an advisory about the timing of
/// private-key operations).
pub struct RsaSigner {
    key: PrivateKey,
    public_key: Vec<u8>,
}

impl RsaSigner {
    /// A key from PKCS#1 `RSAPrivateKey` DER with two primes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] where the bytes are no such key, or its numbers do not belong
    /// together; [`KeyError::Size`] outside 1024 to 4096 bits.
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyError> {
        let [n, e, d, p, q] = read_pkcs1(der).map_err(|_| KeyError::Malformed)?;
        let bits = n.len().saturating_mul(8);
        if !KEY_BITS.contains(&bits) {
            return Err(KeyError::Size { bits });
        }
        let primes = [number(p, n.len())?, number(q, n.len())?].into();
        let key = PrivateKey::from_components(
            number(n, n.len())?,
            number(e, e.len())?,
            number(d, n.len())?,
            primes,
        );
        let public_key = [n, e]
            .map(UintRef::new)
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .and_then(|key| key.to_der());
        Ok(Self {
            key: key.map_err(|_| KeyError::Malformed)?,
            public_key: public_key.map_err(|_| KeyError::Malformed)?,
        })
    }

    /// A key from unencrypted PKCS#8 `PrivateKeyInfo` DER.
    ///
    /// # Errors
    ///
    /// As [`from_pkcs1_der`](Self::from_pkcs1_der), and [`KeyError::NotRsa`] for a key of another
    /// kind.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let (algorithm, key) = read_pkcs8(der).map_err(|_| KeyError::Malformed)?;
        if algorithm != RSA_ENCRYPTION {
            return Err(KeyError::NotRsa);
        }
        Self::from_pkcs1_der(key)
    }

    /// A key from PEM: `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1), unencrypted.
    ///
    /// # Errors
    ///
    /// As [`from_pkcs8_der`](Self::from_pkcs8_der), and [`KeyError::NotPem`].
    #[cfg(feature = "std")]
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, document) =
            der::SecretDocument::from_pem(text.trim_start()).map_err(|_| KeyError::NotPem)?;
        match label {
            "PRIVATE KEY" => Self::from_pkcs8_der(document.as_bytes()),
            "RSA PRIVATE KEY" => Self::from_pkcs1_der(document.as_bytes()),
            "ENCRYPTED PRIVATE KEY" => Err(KeyError::Encrypted),
            _ => Err(KeyError::NotRsa),
        }
    }

    /// The public key, PKCS#1 `RSAPublicKey` DER: what tag 7 of the signer's record holds.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

impl Signer for RsaSigner {
    fn key_len(&self) -> usize {
        self.key.size()
    }

    fn sign(&self, digest: DigestAlgorithm, message: &[&[u8]]) -> Result<Vec<u8>, SignError> {
        let (padding, hash) = match digest {
            DigestAlgorithm::Sha1 => (Pkcs1v15Sign::new::<Sha1>(), hash::<Sha1>(message)),
            DigestAlgorithm::Sha256 => (Pkcs1v15Sign::new::<Sha256>(), hash::<Sha256>(message)),
            DigestAlgorithm::Sha512 => (Pkcs1v15Sign::new::<Sha512>(), hash::<Sha512>(message)),
            DigestAlgorithm::Other(_) => return Err(SignError::UnsupportedDigest(digest)),
        };
        self.key.sign(padding, &hash).map_err(|_| SignError::Key)
    }
}

impl fmt::Debug for RsaSigner {
    /// The size only: a private key has no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaSigner({} bits)", self.key.size().saturating_mul(8))
    }
}

/// Why bytes are no private key to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum KeyError {
    /// A PEM file of an encrypted key.
    #[error("the private key is encrypted, expected an unencrypted one")]
    Encrypted,
    /// Not DER of the form expected, or numbers that do not make a key.
    #[error("not a sound RSA private key in DER")]
    Malformed,
    /// No PEM at all.
    #[error("not PEM, expected -----BEGIN PRIVATE KEY-----")]
    NotPem,
    /// A key of another algorithm; only RSA signs lists (P-SIG-5).
    #[error("not an RSA private key; nothing else signs lists")]
    NotRsa,
    /// Too short or too long.
    #[error("RSA key of {bits} bits, expected 1024 to 4096")]
    Size {
        /// Bits of the modulus, in whole bytes.
        bits: usize,
    },
}

/// n, e, d, p and q of a PKCS#1 `RSAPrivateKey`.
fn read_pkcs1(der: &[u8]) -> der::Result<[&[u8]; 5]> {
    let mut reader = SliceReader::new(der)?;
    let numbers = reader.sequence(|fields| {
        if u8::decode(fields)? != TWO_PRIMES {
            return Err(der::Tag::Integer.value_error().into());
        }
        let mut numbers = [&[][..]; 5];
        for number in &mut numbers {
            *number = UintRef::decode(fields)?.as_bytes();
        }
        // The exponents and the coefficient are computed anew.
        for _ in 0..3 {
            UintRef::decode(fields)?;
        }
        Ok::<_, der::Error>(numbers)
    })?;
    reader.finish()?;
    Ok(numbers)
}

/// The algorithm and the key inside a PKCS#8 `PrivateKeyInfo`; attributes after them are skipped.
fn read_pkcs8(der: &[u8]) -> der::Result<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let found = reader.sequence(|fields| {
        u8::decode(fields)?;
        let algorithm = fields.sequence(|algorithm| {
            let oid = AnyRef::decode(algorithm)?.value();
            while !algorithm.is_finished() {
                AnyRef::decode(algorithm)?;
            }
            Ok::<_, der::Error>(oid)
        })?;
        let key = <&OctetStringRef>::decode(fields)?.as_bytes();
        while !fields.is_finished() {
            AnyRef::decode(fields)?;
        }
        Ok::<_, der::Error>((algorithm, key))
    })?;
    reader.finish()?;
    Ok(found)
}

/// A number of at most `width` bytes.
fn number(bytes: &[u8], width: usize) -> Result<BoxedUint, KeyError> {
    let bits = u32::try_from(width.saturating_mul(8)).map_err(|_| KeyError::Malformed)?;
    BoxedUint::from_be_slice(bytes, bits).map_err(|_| KeyError::Malformed)
}

fn hash<D: Digest>(message: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    message.iter().for_each(|part| hasher.update(part));
    hasher.finalize().to_vec()
}

const KEY_BITS: core::ops::RangeInclusive<usize> = 1024..=4096;
/// Version 0 of PKCS#1: no further primes.
const TWO_PRIMES: u8 = 0;
/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
