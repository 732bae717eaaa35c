//! The place in a parse error: field names as in `spec/FORMAT.md`, record and offset. The kind of a
//! file by the names in its header, the names of certificates, and those of other formats.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};
use trustlist::facts::Name;
use trustlist::facts::Serial;
use trustlist::wire::{Field, ListName, TrustList};

mod common;

/// The names of the tags of a header (`spec/FORMAT.md` section 2) and of a record (section 3).
const HEADER: &[(u8, &str)] = &[
    (1, "version"),
    (2, "header length"),
    (3, "signer info"),
    (4, "signer name"),
    (5, "signer serial number"),
    (6, "issuer name"),
    (7, "signature info"),
    (8, "digest algorithm"),
    (9, "signature algorithm info"),
    (10, "signature algorithm"),
    (11, "signature modulus"),
    (12, "signature"),
    (13, "padding"),
    (14, "file name"),
    (15, "timestamp"),
    (28, "signer version"),
];

const RECORD: &[(u8, &str)] = &[
    (1, "record length"),
    (2, "DNS name"),
    (3, "subject"),
    (4, "function"),
    (5, "issuer"),
    (6, "serial number"),
    (7, "public key"),
    (8, "certificate signature"),
    (9, "certificate"),
    (10, "IP address"),
    (11, "certificate hash"),
    (12, "hash algorithm"),
];

#[test]
fn every_tag_is_named_in_errors() {
    for (table, field) in [(HEADER, Field::Header as fn(u8) -> Field), (RECORD, Field::Record)] {
        for tag in 0..=u8::MAX {
            let name = table.iter().find(|(known, _)| *known == tag);
            let expected = name
                .map_or_else(|| format!("tag {tag}"), |(_, name)| format!("{name} (tag {tag})"));
            assert_eq!(field(tag).to_string(), expected);
        }
    }
    assert_eq!((Field::Body.to_string(), Field::File.to_string()), ("body".into(), "file".into()));
}

/// A list whose header names another file, of the same length.
fn named(name: &[u8; 11]) -> Vec<u8> {
    let mut bytes = std::fs::read(common::testdata("cluster/before/ITLFile.tlv")).unwrap();
    let at = bytes.windows(11).position(|window| window == b"ITLFile.tlv").unwrap();
    bytes[at..at + 11].copy_from_slice(name);
    bytes
}

#[test]
fn the_name_in_the_header_says_which_list_it_is() {
    for (name, expected) in [
        (b"ITLFile.tlv", ListName::Itl),
        (b"itlfile.tlv", ListName::Itl),
        (b"CTLFile.tlv", ListName::Ctl),
        (b"ctlSEP00112", ListName::Ctl),
        (b"SEPFile.tlv", ListName::Other),
        (b"XITLFile.tl", ListName::Other),
    ] {
        assert_eq!(
            TrustList::parse(&named(name)).unwrap().name(),
            expected,
            "{}",
            String::from_utf8_lossy(name)
        );
    }
}

/// However a name is written: compared, ordered and hashed alike, shown as it was written.
#[test]
fn names_are_one_whatever_their_order() {
    let (one, same, other) =
        (Name::new("CN=a;O=x y"), Name::new("o=x  y, cn=a"), Name::new("CN=b;O=x y"));
    assert_eq!(
        (&one, one.cmp(&same), one.partial_cmp(&same)),
        (&same, Ordering::Equal, Some(Ordering::Equal))
    );
    assert_eq!(
        (one.cmp(&other), other.partial_cmp(&one)),
        (Ordering::Less, Some(Ordering::Greater))
    );
    let hasher = RandomState::new();
    assert_eq!(hasher.hash_one(&one), hasher.hash_one(&same));
    assert_ne!(hasher.hash_one(&one), hasher.hash_one(&other));
    assert_eq!(
        (same.to_string().as_str(), format!("{one:?}").as_str()),
        ("o=x  y, cn=a", "\"CN=a;O=x y\"")
    );
}

#[test]
fn serial_numbers_are_shown_without_leading_zeros() {
    let serial = Serial::from_hex("00:0A:f0").unwrap();
    assert_eq!(
        (serial.as_bytes(), serial.to_string(), format!("{serial:?}")),
        (&[0x0a, 0xf0][..], "0af0".into(), "0af0".into())
    );
    let zero = Serial::from_bytes(&[0, 0]);
    assert_eq!((zero.as_bytes(), zero.to_string()), (&[][..], "00".into()));
}

/// Files that are often mistaken for a trust list are named in the error (`spec/FORMAT.md` section
/// 6).
#[test]
fn neighbours_are_named() {
    let mut tar = vec![b'x'; 300];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, name) in [
        (&b"\x00\x01\x02"[..], "other data"),
        (b"\x30\x82\x01\x00", "a certificate or other DER data"),
        (b"admin:show itl", "the text of a `show itl` or `show ctl`"),
        (b"", "an empty file"),
        (b"\xcd\x34\x12\xab\x00", "78xx firmware"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"<!DOCTYPE html>", "an HTML page"),
        (b"-----BEGIN CERTIFICATE-----", "a PEM file"),
        (&tar, "a TAR archive"),
        (b"hello", "text"),
        (b"\xff\xfeh\x00", "UTF-16 text"),
        (b"<device>", "XML"),
        (b"PK\x03\x04", "a ZIP archive"),
    ] {
        let error = TrustList::parse(bytes).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("byte 0x0000: expected a trust list or signed file (01 00 02 …), found {name}")
        );
    }
}
