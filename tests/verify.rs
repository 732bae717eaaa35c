//! Decisions made above the providers: the admitted keys, the owner of a key, and the name of an
//! answer.

use der::Encode;
use der::asn1::UintRef;
use trustlist::cert::Certificate;
use trustlist::verify::{
    Invalid, KeyRefused, KeySource, Message, NotVerifiable, OwnSignature, OwnVerification, RsaKey,
    SignatureOutcome, SignatureVerifier, Verification, check_own_signature,
    verify_file_with_certificate, verify_file_with_list, verify_header,
};
use trustlist::wire::write::{
    Layout, ListBuilder, RecordBuilder, SignError, SignedFileBuilder, Signer, SignerInfo,
};
use trustlist::wire::{DigestAlgorithm, Role, SignedFile, TrustList};

mod common;

/// A provider that is asked and answers alike, whatever the bytes.
struct Says(bool);

impl SignatureVerifier for Says {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        digest != DigestAlgorithm::Sha256
    }

    fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool {
        self.0
    }
}

/// A key that signs with this number of zeros.
struct Zeros(usize);

impl Signer for Zeros {
    fn key_len(&self) -> usize {
        self.0
    }

    fn sign(&self, _: DigestAlgorithm, _: &[&[u8]]) -> Result<Vec<u8>, SignError> {
        Ok(vec![0; self.0])
    }
}

/// `RSAPublicKey` in DER.
fn pkcs1(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers =
        [modulus, exponent].map(|number| UintRef::new(number).unwrap().to_der().unwrap()).concat();
    let head = der::Header::new(der::Tag::Sequence, numbers.len().try_into().unwrap());
    [head.to_der().unwrap(), numbers].concat()
}

/// An odd modulus of this number of bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0; bits.div_ceil(8)];
    modulus[0] = 1 << ((bits - 1) % 8);
    *modulus.last_mut().unwrap() |= 1;
    modulus
}

#[test]
fn keys_are_admitted_by_length_parity_and_exponent() {
    const F4: &[u8] = &[1, 0, 1];
    for bits in [1024, 1025, 2048, 4096] {
        let (modulus, der) = (modulus(bits), pkcs1(&modulus(bits), F4));
        let key = RsaKey::from_pkcs1(&der).unwrap();
        assert_eq!((key.modulus(), key.exponent(), key.bits() as usize), (&modulus[..], F4, bits));
        assert_eq!(key.as_pkcs1(), der);
    }
    for bits in [1023, 4097] {
        let refused = Err(KeyRefused::ModulusLength { bits: bits as u32 });
        assert_eq!(RsaKey::from_pkcs1(&pkcs1(&modulus(bits), F4)), refused);
    }
    let mut even = modulus(2048);
    *even.last_mut().unwrap() = 2;
    assert_eq!(RsaKey::from_pkcs1(&pkcs1(&even, F4)), Err(KeyRefused::EvenModulus));
    let exponent = |bytes: &[u8]| RsaKey::from_pkcs1(&pkcs1(&modulus(2048), bytes)).map(|_| ());
    for fine in [&[3][..], &[17], F4, &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert_eq!(exponent(fine), Ok(()), "{fine:x?}");
    }
    for wrong in
        [&[0][..], &[1], &[2], &[1, 0, 0], &[1, 0xff, 0xff, 0xff, 0xfe], &[2, 0, 0, 0, 1], &[1; 9]]
    {
        assert_eq!(exponent(wrong), Err(KeyRefused::Exponent), "{wrong:x?}");
    }
    let mut longer = pkcs1(&modulus(2048), F4);
    longer.push(0);
    assert_eq!(RsaKey::from_pkcs1(&longer), Err(KeyRefused::NotPkcs1));
}

fn record(role: Role, name: &str) -> RecordBuilder {
    RecordBuilder::new(role)
        .subject(name)
        .issuer(name)
        .serial([7])
        .public_key(pkcs1(&modulus(2048), &[1, 0, 1]))
}

fn list(records: impl IntoIterator<Item = RecordBuilder>) -> Vec<u8> {
    let builder = ListBuilder::new(Layout::Cucm, SignerInfo::new("CN=a", "CN=a", [7]))
        .file_name("ITLFile.tlv");
    builder.records(records).sign(&Zeros(256)).unwrap()
}

fn config(digest: DigestAlgorithm, signature: usize) -> Vec<u8> {
    let builder =
        SignedFileBuilder::new(Layout::Cucm, SignerInfo::new("CN=a", "CN=a", [7])).digest(digest);
    builder.sign(b"<xml/>", &Zeros(signature)).unwrap()
}

fn of_list(records: impl IntoIterator<Item = RecordBuilder>) -> OwnVerification {
    check_own_signature(&TrustList::parse(&list(records)).unwrap(), &Says(true)).unwrap()
}

fn of_config(records: impl IntoIterator<Item = RecordBuilder>) -> Verification {
    let (config, list) = (config(DigestAlgorithm::Sha1, 256), list(records));
    verify_file_with_list(
        &SignedFile::parse(&config).unwrap(),
        &TrustList::parse(&list).unwrap(),
        &Says(true),
    )
    .unwrap()
}

const fn own_not(why: NotVerifiable) -> OwnSignature {
    OwnSignature::NotVerifiable(why)
}

const fn not(why: NotVerifiable) -> SignatureOutcome {
    SignatureOutcome::NotVerifiable(why)
}

#[test]
fn a_list_is_checked_against_its_first_sast_record_of_the_signer() {
    use Role::{CcmTftp, Sast, Tvs};
    let found = of_list([
        record(Sast, "CN=b"),
        record(CcmTftp, "CN=a"),
        record(Sast, "CN=a"),
        record(Sast, "CN=a"),
    ]);
    assert_eq!((found.outcome, found.signer), (OwnSignature::Consistent, Some(3)));
    assert_eq!(found.key, Some(KeySource::PublicKey));
    assert_eq!(of_list([record(Sast, "CN=b")]).outcome, own_not(NotVerifiable::SignerUnknown));
    let in_another_role = of_list([record(Tvs, "CN=a"), record(CcmTftp, "CN=a")]);
    assert_eq!(
        (in_another_role.outcome, in_another_role.signer),
        (own_not(NotVerifiable::SignerNotSast), None)
    );
    let without_key = RecordBuilder::new(Sast).issuer("CN=a").serial([7]);
    assert_eq!(of_list([without_key.clone()]).outcome, own_not(NotVerifiable::NoKey));
    assert_eq!(
        of_list([without_key.clone().public_key([4, 1, 2])]).outcome,
        own_not(NotVerifiable::KeyNotRsa)
    );
    assert_eq!(
        of_list([without_key.certificate([0x30, 0])]).outcome,
        own_not(NotVerifiable::CertificateUnreadable)
    );
}

#[test]
fn a_file_is_checked_against_the_record_that_signs_files_before_one_that_signs_lists() {
    use Role::{Ccm, CcmTftp, Sast, Tftp};
    let signer = |roles: &[Role]| of_config(roles.iter().map(|&role| record(role, "CN=a"))).signer;
    assert_eq!(signer(&[Sast, CcmTftp, Tftp, CcmTftp]), Some(2));
    assert_eq!(signer(&[CcmTftp, Sast, CcmTftp]), Some(1));
    assert_eq!(signer(&[Sast, Tftp, Tftp]), Some(2));
    assert_eq!(signer(&[Ccm, Sast]), Some(2));
    assert_eq!(signer(&[Ccm]), None);
}

#[test]
fn digest_and_length_are_looked_at_before_a_provider_is_asked() {
    let key = pkcs1(&modulus(2048), &[1, 0, 1]);
    let outcome = |digest, signature, says| {
        let bytes = config(digest, signature);
        let file = SignedFile::parse(&bytes).unwrap();
        verify_header(file.header(), file.signed_message(), &key, &Says(says))
    };
    assert_eq!(outcome(DigestAlgorithm::Sha1, 256, true), SignatureOutcome::Valid);
    assert_eq!(
        outcome(DigestAlgorithm::Sha512, 256, false),
        SignatureOutcome::Invalid(Invalid::Mismatch)
    );
    let length = Invalid::Length { signature: 255, modulus: 256 };
    assert_eq!(outcome(DigestAlgorithm::Sha1, 255, true), SignatureOutcome::Invalid(length));
    // Without a name, and with one that the provider does not know.
    for digest in [DigestAlgorithm::Other(9), DigestAlgorithm::Sha256] {
        assert_eq!(outcome(digest, 256, true), not(NotVerifiable::UnsupportedDigest(digest)));
    }
}

#[test]
fn a_certificate_must_be_the_one_that_the_header_names() {
    let pem = |name: &str| {
        std::fs::read_to_string(common::testdata(&format!("certs/{name}.pem"))).unwrap()
    };
    let der = |name: &str| der::Document::from_pem(&pem(name)).unwrap().1.into_vec();
    let (own, other, forged) =
        (der("ccm1-callmanager-1"), der("ccm2-callmanager-1"), der("ccm1-ec"));
    let bytes =
        std::fs::read(common::testdata("cluster/before/SEP001122334455.cnf.xml.sgn")).unwrap();
    let outcome = |bytes: &[u8], certificate: &[u8]| {
        let file = SignedFile::parse(bytes).unwrap();
        verify_file_with_certificate(&file, &Certificate::parse(certificate).unwrap(), &Says(true))
            .outcome
    };
    assert_eq!(outcome(&bytes, &own), SignatureOutcome::Valid);
    for stranger in [&other, &forged] {
        assert_eq!(outcome(&bytes, stranger), not(NotVerifiable::AnotherSigner));
    }
    // The same issuer with another serial number, and the same serial number with another issuer.
    let certificate = Certificate::parse(&own).unwrap();
    for (issuer, serial) in
        [(certificate.issuer_text(), &[1][..]), ("CN=other".into(), certificate.serial())]
    {
        let info = SignerInfo::new(issuer.clone(), issuer, serial);
        let bytes = SignedFileBuilder::new(Layout::Cucm, info).sign(b"x", &Zeros(256)).unwrap();
        assert_eq!(outcome(&bytes, &own), not(NotVerifiable::AnotherSigner));
    }
}

#[test]
#[cfg(feature = "serde")]
fn the_plain_wording_names_no_option_and_the_document_stays() {
    use trustlist::report::{Wording, list::ListReport};
    let config = config(DigestAlgorithm::Sha1, 256);
    let report = ListReport::of_signed_file(&SignedFile::parse(&config).unwrap(), None);
    let plain = report.clone().with_wording(Wording::Plain);
    let start = "not checked: a signed file does not carry its signer's key: ";
    for (report, rest) in [
        (&report, "give --with LIST.tlv or --signer CERT.pem to verify"),
        (&plain, "a list with that key is needed to verify it"),
    ] {
        assert_eq!(report.signature_sentence(), format!("{start}{rest}"));
        assert!(report.to_string().contains(rest));
    }
    let document = |report| trustlist::json::Value::of(report);
    assert_eq!(document(&plain), document(&report));
}

#[test]
fn firmware_is_called_by_its_name_and_not_an_unknown_signer() {
    let signer = ("CN=someSigner;OU=x", [0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef]);
    let bytes = |name: &str| {
        let info = SignerInfo::new(name, name, signer.1);
        SignedFileBuilder::new(Layout::Cucm, info).sign(b"x", &Zeros(256)).unwrap()
    };
    let list = list([record(Role::Sast, "CN=b")]);
    let outcome = |bytes: &[u8]| {
        let list = TrustList::parse(&list).unwrap();
        verify_file_with_list(&SignedFile::parse(bytes).unwrap(), &list, &Says(true)).unwrap()
    };
    assert_eq!(outcome(&bytes(signer.0)).outcome, not(NotVerifiable::Firmware));
    assert_eq!(outcome(&bytes("CN=another")).outcome, not(NotVerifiable::SignerUnknown));
}

#[test]
fn every_answer_has_its_sentence() {
    let length = Invalid::Length { signature: 255, modulus: 256 };
    assert_eq!(length.to_string(), "signature of 255 bytes, the signer's modulus has 256");
    assert_eq!(Invalid::Mismatch.to_string(), "the hash does not match the signer's key");
    for (why, sentence) in [
        (
            NotVerifiable::AnotherSigner,
            "the header names another signer than the certificate given",
        ),
        (NotVerifiable::CertificateUnreadable, "the signer's certificate does not read as one"),
        (NotVerifiable::Firmware, "firmware, whose key is inside the phones"),
        (NotVerifiable::KeyNotRsa, "the signer's key is not RSA"),
        (NotVerifiable::KeyRefused(KeyRefused::EvenModulus), "key refused: even modulus"),
        (NotVerifiable::NoKey, "the signer's record holds no public key"),
        (NotVerifiable::SignerNotSast, "the signer is in the list, but not in a role that signs"),
        (NotVerifiable::SignerUnknown, "the signer is not in the list"),
        (
            NotVerifiable::UnsupportedDigest(DigestAlgorithm::Other(9)),
            "unsupported digest digest-9",
        ),
    ] {
        assert_eq!(why.to_string(), sentence);
    }
}

/// A digest that a provider does not have is no broken signature, so it must not claim to have it.
#[test]
fn a_provider_has_the_digests_that_it_says() {
    let providers: &[&dyn SignatureVerifier] = &[
        #[cfg(feature = "rsa")]
        &trustlist::verify::RustCrypto,
        #[cfg(feature = "aws-lc-rs")]
        &trustlist::verify::AwsLc,
    ];
    for provider in providers {
        for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
            assert!(provider.supports(digest), "{digest:?}");
        }
        for code in [0, 4, 255] {
            assert!(!provider.supports(DigestAlgorithm::from_code(code)), "{code}");
        }
    }
}

/// Nothing in a list can change while its signature still holds: every byte, one bit each.
#[cfg(feature = "rsa")]
#[test]
fn no_flipped_byte_leaves_the_signature_valid() {
    for name in ["mixed/before/CTLFile.tlv", "cluster/before/ITLFile.tlv", "certutils/ITLFile.tlv"]
    {
        let mut bytes = std::fs::read(common::testdata(name)).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1 << (at % 8);
            let verified = TrustList::parse(&bytes)
                .and_then(|list| check_own_signature(&list, &trustlist::verify::RustCrypto));
            assert!(
                verified.is_err()
                    || verified.is_ok_and(|found| found.outcome != OwnSignature::Consistent),
                "{name}, byte {at}"
            );
            bytes[at] ^= 1 << (at % 8);
        }
    }
}
