//! The two lists: everything that is said of them, every prefix, every flipped byte.

use super::{Named, sample};
use std::collections::BTreeSet;
use trustlist::cert::Certificate;
use trustlist::verify::{
    self, KeySource, NotVerifiable, OwnSignature, OwnVerification, RustCrypto,
};
use trustlist::wire::write::Layout;
use trustlist::wire::{Role, TrustList};

pub(crate) const TESTS: &[Named] = &[
    (
        "lists::the_cucm_list_has_the_lengths_of_the_vendors_print",
        the_cucm_list_has_the_lengths_of_the_vendors_print,
    ),
    ("lists::both_signatures_are_valid", both_signatures_are_valid),
    (
        "lists::the_certutils_list_has_five_records_two_with_long_keys",
        the_certutils_list_has_five_records_two_with_long_keys,
    ),
    ("lists::every_record_agrees_with_its_certificate", every_record_agrees_with_its_certificate),
    (
        "lists::every_range_lies_where_its_bytes_are_and_records_tile_the_body",
        every_range_lies_where_its_bytes_are_and_records_tile_the_body,
    ),
    (
        "lists::every_strict_prefix_is_an_error_inside_it_or_an_invalid_list",
        every_strict_prefix_is_an_error_inside_it_or_an_invalid_list,
    ),
    (
        "lists::no_flipped_byte_leaves_the_signature_valid",
        no_flipped_byte_leaves_the_signature_valid,
    ),
    ("lists::real_lists_are_rebuilt_byte_for_byte", real_lists_are_rebuilt_byte_for_byte),
];

fn both() -> [Vec<u8>; 2] {
    [sample("cucm-ctl-2015.tlv"), sample("certutils-itl-2025.tlv")]
}

/// The lengths that `dumps/vendor-tool-print-of-cucm-ctl-2015.txt` prints for each record, tags 1
/// to 10.
const PRINTED: [(usize, &str, [usize; 7]); 6] = [
    (1147, "gigantic-6", [11, 55, 55, 8, 140, 128, 712]),
    (1147, "gigantic-6", [11, 55, 55, 8, 140, 128, 712]),
    (1171, "gigantic-7", [11, 61, 61, 8, 140, 128, 724]),
    (1085, "gigantic-6", [11, 48, 48, 16, 140, 128, 656]),
    (1161, "gigantic-6", [11, 67, 67, 16, 140, 128, 694]),
    (1143, "ccm-sjcctg-013", [15, 59, 59, 16, 140, 128, 688]),
];

fn the_cucm_list_has_the_lengths_of_the_vendors_print() {
    let bytes = sample("cucm-ctl-2015.tlv");
    let list = TrustList::parse(&bytes).unwrap();
    assert_eq!(
        (list.header().version().to_string().as_str(), list.header().length()),
        ("1.2", 312)
    );
    assert_eq!(list.header().signer_name().unwrap().len(), 55);
    assert_eq!(list.header().serial().len(), 8);
    assert_eq!(list.header().signature().len(), 128);
    assert_eq!(list.header().file_name(), Some(&b"CTLFile.tlv\0"[..]));
    assert_eq!(list.header().unknown().count() + list.header().wrong_containers().count(), 0);

    let records: Vec<_> = list.records().map(Result::unwrap).collect();
    let found: Vec<_> = records
        .iter()
        .map(|record| {
            let name =
                std::str::from_utf8(record.dns_name().unwrap()).unwrap().trim_end_matches('\0');
            let lengths = [
                record.dns_name(),
                record.subject(),
                record.issuer(),
                record.serial(),
                record.public_key(),
                record.certificate_signature(),
                record.certificate(),
            ];
            (record.range().len(), name, lengths.map(|value| value.unwrap().len()))
        })
        .collect();
    assert_eq!(found, PRINTED);
    let roles: Vec<_> = records.iter().map(|record| record.role()).collect();
    assert_eq!(
        roles,
        [Role::Sast, Role::CcmTftp, Role::CcmTftp, Role::Capf, Role::Sast, Role::CcmTftp]
    );
    assert!(records.iter().all(|record| record.address().is_some_and(|address| address.is_ipv4())));
}

fn both_signatures_are_valid() {
    for bytes in both() {
        let list = TrustList::parse(&bytes).unwrap();
        let valid = OwnVerification {
            outcome: OwnSignature::Consistent,
            signer: Some(1),
            key: Some(KeySource::Certificate),
        };
        assert_eq!(verify::check_own_signature(&list, &RustCrypto), Ok(valid));
    }
}

fn the_certutils_list_has_five_records_two_with_long_keys() {
    let bytes = sample("certutils-itl-2025.tlv");
    let records: Vec<_> = TrustList::parse(&bytes).unwrap().records().map(Result::unwrap).collect();
    let certificate = |record: &trustlist::wire::Record<'_>| {
        record.certificate().map(|der| Certificate::parse(der).unwrap().public_key().bits())
    };
    let bits: Vec<_> = records.iter().filter_map(certificate).flatten().collect();
    assert_eq!((records.len(), bits.iter().filter(|&&bits| bits == 4096).count()), (5, 2));
}

fn every_record_agrees_with_its_certificate() {
    for bytes in both() {
        for record in TrustList::parse(&bytes).unwrap().records().map(Result::unwrap) {
            let certificate = Certificate::parse(record.certificate().unwrap()).unwrap();
            assert_eq!(certificate.signature(), record.certificate_signature().unwrap());
            assert!(
                record.is_of(certificate.issuer_text().as_bytes(), certificate.serial()),
                "{}",
                certificate.issuer_text()
            );
            let trustlist::cert::PublicKey::Rsa(key) = certificate.public_key() else {
                panic!("not RSA")
            };
            assert_eq!(Some(key), record.public_key());
        }
    }
}

fn every_range_lies_where_its_bytes_are_and_records_tile_the_body() {
    for bytes in both() {
        let list = TrustList::parse(&bytes).unwrap();
        let mut end = list.header().range().end;
        for record in list.records().map(Result::unwrap) {
            assert_eq!(record.range().start, end);
            assert_eq!(&bytes[record.range()], record.as_bytes());
            assert!(bytes[record.tag_range(7).unwrap()].ends_with(record.public_key().unwrap()));
            end = record.range().end;
        }
        assert_eq!(end, bytes.len());
        assert!(bytes[list.header().tag_range(12).unwrap()].ends_with(list.header().signature()));
    }
}

fn every_strict_prefix_is_an_error_inside_it_or_an_invalid_list() {
    for bytes in both() {
        let list = TrustList::parse(&bytes).unwrap();
        let borders: BTreeSet<_> =
            list.records().map(|record| record.unwrap().range().start).collect();
        let header_only = usize::from(list.header().length());
        for length in 0..bytes.len() {
            let prefix = &bytes[..length];
            let verified = TrustList::parse(prefix)
                .and_then(|list| verify::check_own_signature(&list, &RustCrypto));
            match verified {
                Ok(verified) if length == header_only => {
                    assert_eq!(
                        verified.outcome,
                        OwnSignature::NotVerifiable(NotVerifiable::SignerUnknown)
                    );
                }
                Ok(verified) => {
                    assert!(borders.contains(&length), "{length}");
                    assert!(
                        matches!(verified.outcome, OwnSignature::Invalid(_)),
                        "{length}: {verified:?}"
                    );
                }
                Err(error) => {
                    assert!(!borders.contains(&length));
                    assert!(error.offset() < length.max(1), "{length}: {error}");
                }
            }
        }
    }
}

fn no_flipped_byte_leaves_the_signature_valid() {
    let bytes = sample("cucm-ctl-2015.tlv");
    assert_eq!(bytes.len(), 7_166);
    let mut flipped = bytes.clone();
    for at in 0..bytes.len() {
        flipped[at] ^= 1 << (at % 8);
        let verified = TrustList::parse(&flipped)
            .and_then(|list| verify::check_own_signature(&list, &RustCrypto));
        assert!(
            verified.is_err()
                || verified.is_ok_and(|found| found.outcome != OwnSignature::Consistent),
            "byte {at}"
        );
        flipped[at] = bytes[at];
    }
}

fn real_lists_are_rebuilt_byte_for_byte() {
    for (file, layout) in
        [("cucm-ctl-2015.tlv", Layout::Cucm), ("certutils-itl-2025.tlv", Layout::Certutils)]
    {
        let bytes = sample(file);
        assert_eq!(super::rebuild::rebuilt(&bytes, layout).unwrap(), bytes, "{file}");
    }
}
