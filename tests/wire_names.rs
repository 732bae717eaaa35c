//! What a parse error says of its place: field names as `spec/FORMAT.md` has them, record and offset.
//! What a header says of the file by its names, and the names of certificates.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};
use trustlist::wire::{Field, ListName, Name, TrustList};

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
            let expected = name.map_or_else(|| format!("tag {tag}"), |(_, name)| format!("{name} (tag {tag})"));
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
        assert_eq!(TrustList::parse(&named(name)).unwrap().name(), expected, "{}", String::from_utf8_lossy(name));
    }
}

/// However a name is written: compared, ordered and hashed alike, shown as it was written.
#[test]
fn names_are_one_whatever_their_order() {
    let (one, same, other) = (Name::new("CN=a;O=x y"), Name::new("o=x  y, cn=a"), Name::new("CN=b;O=x y"));
    assert_eq!((&one, one.cmp(&same), one.partial_cmp(&same)), (&same, Ordering::Equal, Some(Ordering::Equal)));
    assert_eq!((one.cmp(&other), other.partial_cmp(&one)), (Ordering::Less, Some(Ordering::Greater)));
    let hasher = RandomState::new();
    assert_eq!(hasher.hash_one(&one), hasher.hash_one(&same));
    assert_ne!(hasher.hash_one(&one), hasher.hash_one(&other));
    assert_eq!((same.to_string().as_str(), format!("{one:?}").as_str()), ("o=x  y, cn=a", "\"CN=a;O=x y\""));
}
