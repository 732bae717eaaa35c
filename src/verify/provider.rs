//! Signatures and forgeries that a strict provider answers rightly, and others do not.

use super::{Message, RsaKey, SignatureVerifier};
use crate::text::from_hex;
use crate::wire::DigestAlgorithm;
use alloc::vec::Vec;
use core::fmt;

/// Checks a provider of signatures: it must take every built-in signature, and refuse every
/// built-in forgery.
///
/// For the tests of another [`SignatureVerifier`]: one line. The samples have keys of 1024 to 4096
/// bits, exponents from 3 to 2^33 - 1, and SHA-1, SHA-256 and SHA-512; digests that the provider
/// does not support are left out. The forgeries are made with the private keys: each is right but
/// for its padding, its encoding of the hash, or the message.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::verify::{RustCrypto, check_provider};
/// assert_eq!(check_provider(&RustCrypto), Ok(()));
/// # }
/// ```
///
/// A provider that says yes to anything is found out:
///
/// ```
/// use trustlist::verify::{Message, RsaKey, SignatureVerifier, check_provider};
/// use trustlist::wire::DigestAlgorithm;
/// struct Yes;
/// impl SignatureVerifier for Yes {
///     fn supports(&self, _: DigestAlgorithm) -> bool { true }
///     fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool { true }
/// }
/// assert!(check_provider(&Yes).unwrap_err().to_string().starts_with("takes a forgery: "));
/// ```
///
/// # Errors
/// The first sample that the provider answers wrongly, or that it supports no digest at all.
pub fn check_provider(verifier: &dyn SignatureVerifier) -> Result<(), ProviderFault> {
    let named = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
    if !named.iter().any(|digest| verifier.supports(*digest)) {
        return Err(ProviderFault(Fault::NoDigest));
    }
    let keys: Vec<(&str, Vec<u8>)> = lines().filter_map(key).collect();
    for sample in lines().filter_map(Sample::read).filter(|sample| verifier.supports(sample.digest))
    {
        let der = keys.iter().find(|(name, _)| *name == sample.key).map_or(&[][..], |(_, der)| der);
        let Ok(key) = RsaKey::from_pkcs1(der) else { continue };
        let [first, second] = &sample.message;
        let message = Message::from([first.as_slice(), second]);
        let taken = verifier.verify(&key, sample.digest, message, &sample.signature);
        let fault = match (sample.valid, taken) {
            (true, true) | (false, false) => continue,
            (false, true) => {
                Fault::TakesForgery { sample: sample.name, digest: sample.digest, key: sample.key }
            }
            (true, false) => Fault::RefusesSignature {
                sample: sample.name,
                digest: sample.digest,
                key: sample.key,
            },
        };
        return Err(ProviderFault(fault));
    }
    Ok(())
}

/// A sample that a provider answers wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ProviderFault(Fault);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
enum Fault {
    NoDigest,
    RefusesSignature { sample: &'static str, digest: DigestAlgorithm, key: &'static str },
    TakesForgery { sample: &'static str, digest: DigestAlgorithm, key: &'static str },
}

impl ProviderFault {
    /// Returns whether the provider takes a forgery: a list signed by anybody then reads as valid.
    pub const fn takes_forgery(&self) -> bool {
        matches!(self.0, Fault::TakesForgery { .. })
    }
}

impl fmt::Display for ProviderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Fault::NoDigest => f.write_str("supports none of SHA-1, SHA-256 and SHA-512"),
            Fault::RefusesSignature { sample, digest, key } => {
                write!(f, "refuses a signature: {sample}, {digest}, key of {key} bits")
            }
            Fault::TakesForgery { sample, digest, key } => {
                write!(f, "takes a forgery: {sample}, {digest}, key of {key} bits")
            }
        }
    }
}

impl core::error::Error for ProviderFault {}

/// A signature or a forgery.
struct Sample {
    name: &'static str,
    valid: bool,
    digest: DigestAlgorithm,
    key: &'static str,
    message: [Vec<u8>; 2],
    signature: Vec<u8>,
}

impl Sample {
    /// `None` for the line of a key.
    fn read(line: &'static str) -> Option<Self> {
        let mut values = line.split('|');
        let (name, verdict, digest, key) =
            (values.next()?, values.next()?, values.next()?, values.next()?);
        let message = [from_hex(values.next()?)?, from_hex(values.next()?)?];
        let (digest, signature) = (DigestAlgorithm::from_word(digest)?, from_hex(values.next()?)?);
        Some(Self { name, valid: verdict == "valid", digest, key, message, signature })
    }
}

/// A key by its name; `None` for the line of a sample.
fn key(line: &'static str) -> Option<(&'static str, Vec<u8>)> {
    let (name, der) = line.split_once('|')?;
    Some((name, from_hex(der)?))
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("provider.txt").lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, string::ToString};

    /// Answers like a strict provider but for one sample.
    struct AllBut<'a> {
        sample: &'a Sample,
        answers: &'a [Sample],
        keys: &'a [(&'static str, Vec<u8>)],
    }

    impl SignatureVerifier for AllBut<'_> {
        fn supports(&self, _: DigestAlgorithm) -> bool {
            true
        }

        fn verify(
            &self,
            key: &RsaKey<'_>,
            digest: DigestAlgorithm,
            message: Message<'_>,
            signature: &[u8],
        ) -> bool {
            let is_asked = |sample: &&Sample| {
                let parts = sample.message.each_ref().map(Vec::as_slice);
                sample.digest == digest
                    && Message::from(parts) == message
                    && sample.signature == signature
                    && self.is_key(sample.key, key)
            };
            let strict = self.answers.iter().find(is_asked).is_some_and(|sample| sample.valid);
            strict != is_asked(&self.sample)
        }
    }

    impl AllBut<'_> {
        fn is_key(&self, name: &str, key: &RsaKey<'_>) -> bool {
            self.keys.iter().any(|(known, der)| *known == name && der == key.as_pkcs1())
        }
    }

    #[test]
    fn every_line_is_read_and_every_sample_is_asked() {
        let samples: Vec<Sample> = lines().filter_map(Sample::read).collect();
        let keys: Vec<_> = lines().filter_map(key).collect();
        assert_eq!(samples.len() + keys.len(), lines().count());
        for (name, der) in &keys {
            let bits = name.split(' ').next().unwrap();
            assert_eq!(
                RsaKey::from_pkcs1(der).map(|key| key.bits().to_string()),
                Ok(bits.to_string()),
                "{name}"
            );
        }
        assert!(samples.iter().all(|sample| keys.iter().any(|(name, _)| *name == sample.key)));
        let forged: BTreeSet<_> =
            samples.iter().filter(|sample| !sample.valid).map(|sample| sample.name).collect();
        assert!(forged.len() > 20, "{forged:?}");
        for sample in &samples {
            let fault =
                check_provider(&AllBut { sample, answers: &samples, keys: &keys }).unwrap_err();
            assert_eq!(fault.takes_forgery(), !sample.valid, "{fault}");
            assert!(fault.to_string().contains(sample.name), "{fault}, expected {}", sample.name);
        }
    }

    #[test]
    #[cfg(feature = "rsa")]
    fn the_provider_of_rust_is_strict() {
        assert_eq!(check_provider(&super::super::RustCrypto), Ok(()));
    }

    #[test]
    #[cfg(feature = "aws-lc-rs")]
    fn the_provider_of_aws_is_strict() {
        assert_eq!(check_provider(&super::super::AwsLc), Ok(()));
    }

    #[test]
    fn a_provider_without_digests_is_told() {
        struct None;
        impl SignatureVerifier for None {
            fn supports(&self, _: DigestAlgorithm) -> bool {
                false
            }
            fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool {
                false
            }
        }
        assert_eq!(
            check_provider(&None).unwrap_err().to_string(),
            "supports none of SHA-1, SHA-256 and SHA-512"
        );
    }
}
