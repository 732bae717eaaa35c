//! Verification: no panic, providers agree, files and facts agree, and nothing changed or cut stays
//! valid.

use trustlist::cert::Certificate;
use trustlist::facts::{Files, SignatureAnswer, Signatures};
use trustlist::verify::{
    self, Message, OwnSignature, OwnVerification, RsaKey, RustCrypto, SignatureOutcome,
    SignatureVerifier,
};
use trustlist::wire::{self, DigestAlgorithm, File, ParseError, SignedFile, TrustList};

pub fn verify(data: &[u8]) {
    key(data);
    match wire::parse(data) {
        Err(_) => {}
        Ok(File::List(list)) => of_list(&list),
        Ok(File::Signed(signed)) => of_signed(&signed),
    }
}

/// Whatever key is admitted is one that every provider can ask, and it does not sign noise.
fn key(data: &[u8]) {
    let Ok(key) = RsaKey::from_pkcs1(data) else { return };
    assert_eq!(key.as_pkcs1(), data);
    assert!((verify::MIN_BITS..=verify::MAX_BITS).contains(&key.bits()));
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        assert!(!BothProviders.verify(
            &key,
            digest,
            [data, b"noise"].into(),
            &vec![1; key.modulus().len()]
        ));
    }
}

fn of_list(list: &TrustList<'_>) {
    let found = verify::check_own_signature(list, &BothProviders);
    let facts = Files::new(BothProviders).list(list.as_bytes());
    assert_eq!(found.is_ok(), facts.is_ok());
    let Ok(found) = found else { return };
    same_by_facts(list, &found);
    if found.outcome == OwnSignature::Consistent {
        let outcome = |bytes: &[u8]| {
            let verified = |list: TrustList<'_>| {
                verify::check_own_signature(&list, &RustCrypto).map(|found| found.outcome)
            };
            TrustList::parse(bytes).and_then(verified)
        };
        for cut in cuts(list) {
            assert_ne!(
                outcome(&list.as_bytes()[..cut]),
                Ok(OwnSignature::Consistent),
                "cut at {cut}"
            );
        }
        no_change_stays_valid(list.as_bytes(), |bytes| {
            outcome(bytes).map(|found| found == OwnSignature::Consistent)
        });
    }
}

/// The facts of a list answer as the list does.
fn same_by_facts(list: &TrustList<'_>, found: &OwnVerification) {
    let mut files = Files::new(RustCrypto);
    let facts = files.list(list.as_bytes()).unwrap();
    let Some(signer) = found.signer else { return };
    let record = &facts.records[usize::try_from(signer).unwrap() - 1];
    let answer = files
        .signed_by(&facts.file, record.certificate.as_ref().expect("a signer has an identity"));
    assert_eq!(answer == SignatureAnswer::Valid, found.outcome == OwnSignature::Consistent);
    assert_eq!(
        answer == SignatureAnswer::Broken,
        matches!(found.outcome, OwnSignature::Invalid(_))
    );
}

/// Lengths at which a shorter file could look whole: after the header and after every record, and
/// one byte beside.
fn cuts(list: &TrustList<'_>) -> Vec<usize> {
    let starts = list.records().map_while(Result::ok).map(|record| record.range().start).take(MOST);
    starts
        .flat_map(|start| [start.saturating_sub(1), start, start + 1])
        .filter(|&cut| cut < list.as_bytes().len())
        .collect()
}

/// A few bytes, spread over the file by its length.
fn no_change_stays_valid(bytes: &[u8], valid: impl Fn(&[u8]) -> Result<bool, ParseError>) {
    let mut changed = bytes.to_vec();
    for step in 1..=MOST {
        let at = step * bytes.len() / (MOST + 1);
        changed[at] ^= 1 << (step % 8);
        assert_ne!(valid(&changed), Ok(true), "byte {at}");
        changed[at] = bytes[at];
    }
}

fn of_signed(signed: &SignedFile<'_>) {
    let list = TrustList::parse(LIST).unwrap();
    let by_list = verify::verify_file_with_list(signed, &list, &BothProviders).unwrap();
    for record in list.records().map(Result::unwrap) {
        let Some(certificate) = record.certificate() else { continue };
        let certificate = Certificate::parse(certificate).unwrap();
        let by_certificate =
            verify::verify_file_with_certificate(signed, &certificate, &BothProviders);
        if by_list.signer == Some(record.index()) {
            assert_eq!(
                by_list.outcome == SignatureOutcome::Valid,
                by_certificate.outcome == SignatureOutcome::Valid
            );
        }
    }
    if by_list.outcome == SignatureOutcome::Valid {
        no_change_stays_valid(signed.as_bytes(), |bytes| {
            SignedFile::parse(bytes)
                .and_then(|signed| verify::verify_file_with_list(&signed, &list, &RustCrypto))
                .map(|it| it.outcome == SignatureOutcome::Valid)
        });
    }
}

/// Asks every provider that is built, and panics if they disagree.
#[derive(Debug)]
struct BothProviders;

impl SignatureVerifier for BothProviders {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        #[cfg(feature = "aws-lc-rs")]
        assert_eq!(verify::AwsLc.supports(digest), RustCrypto.supports(digest), "{digest}");
        RustCrypto.supports(digest)
    }

    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool {
        let answer = RustCrypto.verify(key, digest, message, signature);
        #[cfg(feature = "aws-lc-rs")]
        assert_eq!(
            verify::AwsLc.verify(key, digest, message, signature),
            answer,
            "{digest} under {key:?}"
        );
        answer
    }
}

/// Most cuts and changes that are tried on one file.
const MOST: usize = 8;
/// The list that signed files are checked against.
const LIST: &[u8] = include_bytes!("../../testdata/certutils/ITLFile.tlv");
