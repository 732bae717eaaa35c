//! The second provider: `aws-lc-rs`, about five times faster, at the price of a C build.

use super::{Message, RsaKey, SignatureVerifier};
use crate::wire::DigestAlgorithm;
use aws_lc_rs::digest::{self, Context};
use aws_lc_rs::signature::{self, RsaParameters, UnparsedPublicKey};

/// `aws-lc-rs`, strict PKCS#1 v1.5, SHA-1, SHA-256 and SHA-512.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl SignatureVerifier for AwsLc {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        parameters(digest).is_some()
    }

    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool {
        let Some((algorithm, parameters)) = parameters(digest) else { return false };
        let mut context = Context::new(algorithm);
        message.parts().iter().for_each(|part| context.update(part));
        UnparsedPublicKey::new(parameters, key.as_pkcs1())
            .verify_digest(&context.finish(), signature)
            .is_ok()
    }
}

fn parameters(
    digest: DigestAlgorithm,
) -> Option<(&'static digest::Algorithm, &'static RsaParameters)> {
    Some(match digest {
        DigestAlgorithm::Sha1 => (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        ),
        DigestAlgorithm::Sha256 => {
            (&digest::SHA256, &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)
        }
        DigestAlgorithm::Sha512 => {
            (&digest::SHA512, &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)
        }
        DigestAlgorithm::Other(_) => return None,
    })
}
