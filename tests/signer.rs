//! Private keys that sign lists: read from every wrapping, refused when they are damaged.
#![cfg(feature = "rsa")]

mod common;

use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use trustlist::verify::{KeyError, RsaSigner};
use trustlist::wire::DigestAlgorithm;
use trustlist::wire::write::{SignError, Signer};

fn pem(name: &str) -> String {
    std::fs::read_to_string(common::testdata(&format!("keys/{name}.pem"))).unwrap()
}

/// A test key as PKCS#8 and as PKCS#1, read without the code under test.
fn both_wrappings() -> [Vec<u8>; 2] {
    let text = pem("rsa2048-01");
    let (label, pkcs8) = der::Document::from_pem(&text).unwrap();
    assert_eq!(label, "PRIVATE KEY");
    let key = rsa::PrivateKey::from_pkcs8_der(pkcs8.as_bytes()).unwrap();
    [pkcs8.into_vec(), key.to_pkcs1_der().unwrap().as_bytes().to_vec()]
}

#[test]
fn a_key_signs_alike_whatever_its_wrapping_and_the_cuts_of_the_message() {
    let [pkcs8, pkcs1] = both_wrappings();
    let signer = RsaSigner::from_pkcs8_der(&pkcs8).unwrap();
    assert_eq!(signer.key_len(), 256);
    let other = RsaSigner::from_pkcs1_der(&pkcs1).unwrap();
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let signature = signer.sign(digest, &[b"header", b"", b"body"]).unwrap();
        assert_eq!(signature.len(), 256);
        assert_eq!(other.sign(digest, &[b"headerbody"]).unwrap(), signature);
    }
    assert_eq!(signer.public_key().len(), 270, "as tag 7 of every 2048-bit record");
    assert_eq!(format!("{signer:?}"), "RsaSigner(2048 bits)");
    let unknown = DigestAlgorithm::Other(9);
    assert_eq!(signer.sign(unknown, &[]), Err(SignError::UnsupportedDigest(unknown)));
}

#[test]
fn damaged_keys_are_refused() {
    let [sound, _] = both_wrappings();
    let refused = |der: &[u8]| RsaSigner::from_pkcs8_der(der).err();
    assert_eq!(refused(&[]), Some(KeyError::Malformed));
    assert_eq!(refused(&sound[..sound.len() - 1]), Some(KeyError::Malformed));
    assert_eq!(refused(&[&sound[..], &[0]].concat()), Some(KeyError::Malformed));
    let rsa_encryption = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let mut other = sound.clone();
    let oid = other.windows(9).position(|window| window == rsa_encryption).unwrap();
    other[oid + 8] = 10;
    assert_eq!(refused(&other), Some(KeyError::NotRsa));
    let mut wrong = sound.clone();
    wrong[60] ^= 1;
    assert_eq!(
        refused(&wrong),
        Some(KeyError::Malformed),
        "a modulus that is not the product of its primes"
    );
    let short = [
        0x30, 27, 2, 1, 0, 2, 1, 15, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1, 5, 2, 1, 1, 2, 1, 1, 2, 1, 1,
    ];
    assert_eq!(RsaSigner::from_pkcs1_der(&short).err(), Some(KeyError::Size { bits: 8 }));
}

#[cfg(feature = "std")]
#[test]
fn pem_says_what_it_is() {
    let key = pem("rsa2048-01");
    assert!(RsaSigner::from_pem(&key).is_ok());
    // As `openssl genrsa -traditional` writes it.
    let [_, pkcs1] = both_wrappings();
    let pkcs1 =
        der::pem::encode_string("RSA PRIVATE KEY", der::pem::LineEnding::LF, &pkcs1).unwrap();
    assert_eq!(
        RsaSigner::from_pem(&pkcs1).unwrap().public_key(),
        RsaSigner::from_pem(&key).unwrap().public_key()
    );
    assert_eq!(RsaSigner::from_pem("no key").err(), Some(KeyError::NotPem));
    assert_eq!(RsaSigner::from_pem(&pem("p256-public")).err(), Some(KeyError::NotRsa));
    assert_eq!(
        RsaSigner::from_pem(&key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")).err(),
        Some(KeyError::Encrypted)
    );
}
