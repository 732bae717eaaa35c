//! A verifier of one's own: here a site that no longer trusts SHA-1. `cargo run --example custom_verifier`.

use std::{error::Error, fs, path::Path};
use trustlist::verify::{
    Invalid, Message, NotVerifiable, OwnSignature, RsaKey, RustCrypto, SignatureVerifier,
    check_own_signature,
};
use trustlist::wire::{DigestAlgorithm, TrustList};

/// Passes everything but SHA-1 on. A hardware module, or another crypto library, would go in here in the same way: keys
/// that reach it have been admitted, and the signature is as long as the modulus.
struct WithoutSha1<V>(V);

impl<V: SignatureVerifier> SignatureVerifier for WithoutSha1<V> {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        digest != DigestAlgorithm::Sha1 && self.0.supports(digest)
    }

    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool {
        println!("  asked for {digest} under {} bits", key.bits());
        self.0.verify(key, digest, message, signature)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let sha1 = NotVerifiable::UnsupportedDigest(DigestAlgorithm::Sha1);
    assert_eq!(outcome("digests/sha512/ITLFile.tlv", |_| {})?, OwnSignature::Consistent);
    // Not verifiable is not invalid, and never valid.
    assert_eq!(outcome("cluster/before/ITLFile.tlv", |_| {})?, OwnSignature::NotVerifiable(sha1));
    // One bit of the last record flipped.
    let flip = |bytes: &mut Vec<u8>| bytes.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    assert_eq!(
        outcome("digests/sha256/ITLFile.tlv", flip)?,
        OwnSignature::Invalid(Invalid::Mismatch)
    );
    Ok(())
}

fn outcome(name: &str, change: impl Fn(&mut Vec<u8>)) -> Result<OwnSignature, Box<dyn Error>> {
    let mut bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name))?;
    change(&mut bytes);
    println!("{name}");
    let found = check_own_signature(&TrustList::parse(&bytes)?, &WithoutSha1(RustCrypto))?;
    println!("  {:?}", found.outcome);
    Ok(found.outcome)
}
