//! Parsing: no panic, every error lies inside the file, records tile the body, everything can be
//! shown, and what is written again is the same list.

use super::{is_one_line, rebuild};
use trustlist::cert::Certificate;
use trustlist::facts::Name;
use trustlist::facts::{Files, ListFacts};
use trustlist::verify::{Message, RsaKey, SignatureVerifier};
use trustlist::wire::{
    self, DigestAlgorithm, File, Header, ParseError, Record, SignedFile, TrustList,
};

pub fn parse(data: &[u8]) {
    match wire::parse(data) {
        Err(error) => {
            is_an_error_inside(&error, data);
            assert_eq!(TrustList::parse(data).unwrap_err(), error);
            assert_eq!(SignedFile::parse(data).unwrap_err(), error);
            assert!(
                Files::new(NoKeys).list(data).is_err() && Files::new(NoKeys).config(data).is_err()
            );
        }
        Ok(file) => {
            header(file.header(), data);
            rebuild::is_the_same(&file, data);
            match file {
                File::List(list) => of_list(&list, data),
                File::Signed(signed) => of_signed(&signed, data),
            }
        }
    }
}

fn is_an_error_inside(error: &ParseError, data: &[u8]) {
    assert!(
        error.offset() < data.len().max(1),
        "{error}: offset {} of {}",
        error.offset(),
        data.len()
    );
    is_one_line(&error.to_string());
}

fn header(header: &Header<'_>, data: &[u8]) {
    assert_eq!(header.range(), 0..usize::from(header.length()));
    assert!(header.range().end <= data.len());
    for tag in 0..=255 {
        let range = header.tag_range(tag);
        assert!(
            range.is_none_or(|range| range.start < range.end && range.end <= header.range().end),
            "tag {tag}"
        );
    }
    for unknown in header.unknown() {
        assert_eq!(&data[unknown.offset + 3..][..unknown.value.len()], unknown.value);
    }
    assert!(header.wrong_containers().all(|container| container.length != container.expected));
    assert!(data[..header.range().end].ends_with(header.padding()));
    let _ = (
        header.signer(),
        header.version().to_string(),
        header.is_encrypted(),
        header.timestamp(),
        header.digest().to_string(),
    );
    let _ = (
        header.signer_version(),
        header.signature_algorithm(),
        header.modulus_code(),
        header.signer_name(),
    );
}

fn of_list(list: &TrustList<'_>, data: &[u8]) {
    assert_eq!(SignedFile::parse(data).unwrap_err().kind(), wire::ParseErrorKind::TrustList);
    let mut end = usize::from(list.header().length());
    let mut broken = None;
    for (index, found) in (1..).zip(list.records()) {
        assert!(broken.is_none(), "a record behind an error");
        match found {
            Ok(found) => {
                assert_eq!((found.index(), found.range().start), (index, end));
                end = found.range().end;
                record(&found, data);
            }
            Err(error) => {
                is_an_error_inside(&error, data);
                assert!(error.offset() >= end && error.record() == Some(index), "{error}");
                broken = Some(error);
            }
        }
    }
    assert!(broken.is_some() || end == data.len(), "the records do not tile the body");
    let mut files = Files::new(NoKeys);
    match (files.list(data), broken) {
        (Ok(facts), None) => of_facts(&facts, list),
        (Err(error), Some(broken)) => assert_eq!(error, broken),
        (found, broken) => panic!("facts {found:?}, records {broken:?}"),
    }
}

fn record(record: &Record<'_>, data: &[u8]) {
    assert_eq!(&data[record.range()], record.as_bytes());
    let inside = |part: &[u8]| {
        let (whole, part) = (record.as_bytes().as_ptr_range(), part.as_ptr_range());
        assert!(whole.start <= part.start && part.end <= whole.end);
    };
    let fields = [
        record.dns_name(),
        record.subject(),
        record.issuer(),
        record.serial(),
        record.public_key(),
    ];
    fields.into_iter().flatten().for_each(inside);
    [record.certificate_signature(), record.certificate(), record.certificate_hash()]
        .into_iter()
        .flatten()
        .for_each(inside);
    record.unknown().for_each(|tag| inside(tag.value));
    for tag in record.tags() {
        let range = tag.offset..tag.offset + 3 + tag.value.len();
        assert!(record.range().start <= range.start && range.end <= record.range().end);
    }
    let _ = (record.role().to_string(), record.address(), record.hash_algorithm());
    if let Some(identity) = record.identity() {
        assert!(record.is_of(record.issuer().unwrap(), record.serial().unwrap()));
        assert_eq!(
            identity.issuer,
            Name::new(identity.issuer.as_str()),
            "a name reads as it is shown"
        );
    }
    record.certificate().into_iter().for_each(certificate);
    if let Some(Err(refused)) = record.public_key().map(RsaKey::from_pkcs1) {
        is_one_line(&refused.to_string());
    }
}

/// A certificate of whatever bytes: no panic, and all of it can be asked for.
fn certificate(der: &[u8]) {
    match Certificate::parse(der) {
        Err(error) => is_one_line(&error.to_string()),
        Ok(found) => {
            let _ = (
                found.issuer_text(),
                found.subject_text(),
                found.validity(),
                found.public_key().bits(),
                found.signature(),
            );
            let facts = trustlist::facts::CertificateFacts::from_certificate(&found);
            assert_eq!(facts.same_as(&facts), trustlist::facts::SameCertificate::Yes);
        }
    }
}

fn of_facts(facts: &ListFacts, list: &TrustList<'_>) {
    assert_eq!(facts.records.len(), list.records().count());
    assert_eq!(facts.signer, Some(list.header().signer()));
    assert_eq!(facts.size, u64::try_from(list.as_bytes().len()).ok());
    for finding in
        trustlist::lint::lint(list, &NoKeys, &trustlist::lint::LintOptions::default()).unwrap()
    {
        is_one_line(finding.code.as_str());
    }
}

fn of_signed(signed: &SignedFile<'_>, data: &[u8]) {
    assert_eq!(TrustList::parse(data).unwrap_err().kind(), wire::ParseErrorKind::SignedFile);
    assert!(data.ends_with(signed.payload()));
    let _ = signed.is_firmware();
    let facts = Files::new(NoKeys).config(data).unwrap();
    assert_eq!(facts.signer, signed.header().signer());
}

/// Parsing asks for no signature.
#[derive(Debug)]
struct NoKeys;

impl SignatureVerifier for NoKeys {
    fn supports(&self, _: DigestAlgorithm) -> bool {
        false
    }

    fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool {
        panic!("asked for a digest that is not supported")
    }
}
