//! The default provider: RustCrypto's `rsa`.
//!
//! `rsa` carries an advisory about the timing of private-key operations; only the public key is
//! used here, on data that is not secret.

use super::{Message, RsaKey, SignatureVerifier};
use crate::wire::DigestAlgorithm;
use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};
use sha1::Digest;

/// RustCrypto's `rsa`, strict PKCS#1 v1.5, SHA-1, SHA-256 and SHA-512. The default.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl SignatureVerifier for RustCrypto {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        !matches!(digest, DigestAlgorithm::Other(_))
    }

    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool {
        let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
        let exponent = BoxedUint::from_be_slice_vartime(key.exponent());
        let Ok(key) = PublicKey::new(modulus, exponent) else { return false };
        match digest {
            DigestAlgorithm::Sha1 => {
                check::<sha1::Sha1>(&key, Pkcs1v15Sign::new::<sha1::Sha1>(), message, signature)
            }
            DigestAlgorithm::Sha256 => {
                check::<sha2::Sha256>(&key, Pkcs1v15Sign::new::<sha2::Sha256>(), message, signature)
            }
            DigestAlgorithm::Sha512 => {
                check::<sha2::Sha512>(&key, Pkcs1v15Sign::new::<sha2::Sha512>(), message, signature)
            }
            DigestAlgorithm::Other(_) => false,
        }
    }
}

fn check<D: Digest>(
    key: &PublicKey,
    scheme: Pkcs1v15Sign,
    message: Message<'_>,
    signature: &[u8],
) -> bool {
    let hash =
        message.parts().iter().fold(D::new(), |hash, part| hash.chain_update(part)).finalize();
    key.verify(scheme, &hash, signature).is_ok()
}
