use super::*;
use alloc::string::ToString as _;
use alloc::vec::Vec;

/// The smallest header: every mandatory tag, a file name, padding to a multiple of 4.
const SMALLEST: &[u8] = &[
    1, 0, 2, 1, 2, // version 1.2
    2, 0, 2, 0, 44, // header length
    5, 0, 1, 7, // signer serial number
    6, 0, 3, b'C', b'A', 0, // issuer
    8, 0, 1, 1, // digest: SHA-1
    12, 0, 2, 0xaa, 0xbb, // signature
    14, 0, 6, b'a', b'.', b't', b'l', b'v', 0, // file name
    13, 13, 13, 13, 13, 13, // padding
];

/// The header with some bytes at some place replaced by others, its length corrected.
fn with(at: usize, cut: usize, insert: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = SMALLEST.to_vec();
    bytes.splice(at..at + cut, insert.iter().copied());
    bytes[9] = u8::try_from(bytes.len()).unwrap();
    bytes
}

#[track_caller]
fn refused(bytes: &[u8], offset: usize, field: Field, kind: ParseErrorKind) {
    let error = Header::parse(bytes).unwrap_err();
    assert_eq!((error.offset(), error.field(), error.kind()), (offset, field, kind));
}

#[test]
fn the_smallest_header_is_read() {
    let header = Header::parse(SMALLEST).unwrap();
    assert_eq!(header.version(), Version { major: 1, minor: 2 });
    assert_eq!((header.length(), header.serial(), header.issuer()), (44, &[7][..], &b"CA\0"[..]));
    assert_eq!((header.digest(), header.signature()), (DigestAlgorithm::Sha1, &[0xaa, 0xbb][..]));
    assert_eq!(
        (header.file_name(), header.timestamp(), header.signer_name()),
        (Some(&b"a.tlv\0"[..]), None, None)
    );
    assert_eq!((header.padding(), header.tag_range(12)), (&[13; 6][..], Some(24..29)));
    assert_eq!(header.around_signature(), (&SMALLEST[..24], 29));
}

#[test]
fn optional_fields_are_read_where_they_are_there() {
    let header = Header::parse(SMALLEST).unwrap();
    assert_eq!(
        (header.signature_algorithm(), header.modulus_code(), header.signer_version()),
        (None, None, None)
    );
    assert_eq!((header.unknown().count(), header.wrong_containers().count()), (0, 0));
    let optional = [
        4, 0, 2, b'S', 0, // signer name
        10, 0, 1, 7, // signature algorithm
        11, 0, 1, 8, // modulus
        15, 0, 4, 1, 2, 3, 4, // timestamp
        28, 0, 2, 5, 6, // signer version
    ];
    let bytes = with(24, 0, &optional);
    let header = Header::parse(&bytes).unwrap();
    assert_eq!((header.signature_algorithm(), header.modulus_code()), (Some(7), Some(8)));
    assert_eq!((header.signer_name(), header.timestamp()), (Some(&b"S\0"[..]), Some(0x0102_0304)));
    assert_eq!(header.signer_version(), Some(Version { major: 5, minor: 6 }));
    assert_eq!(header.tag_range(10), Some(29..33));
    assert_eq!(header.version().to_string(), "1.2");
}

#[test]
fn tags_16_to_27_are_those_of_an_encrypted_payload() {
    assert!(!Header::parse(SMALLEST).unwrap().is_encrypted());
    for tag in 14..=40 {
        let value: &[u8] = if tag == 15 {
            &[15, 0, 4, 0, 0, 0, 0]
        } else if tag == 28 {
            &[28, 0, 2, 0, 0]
        } else {
            &[tag, 0, 0]
        };
        let bytes = if tag == FILE_NAME { SMALLEST.to_vec() } else { with(24, 0, value) };
        assert_eq!(
            Header::parse(&bytes).unwrap().is_encrypted(),
            (16..=27).contains(&tag),
            "tag {tag}"
        );
    }
}

#[test]
fn another_start_is_not_this_format() {
    let kind = ParseErrorKind::NotThisFormat(Neighbour::Binary);
    refused(&[0; 10], 0, Field::File, kind);
    refused(&[], 0, Field::File, ParseErrorKind::NotThisFormat(Neighbour::Empty));
    refused(
        &[1, 0],
        0,
        Field::Header(VERSION),
        ParseErrorKind::Truncated { needed: 3, available: 2 },
    );
    refused(
        &[1, 0, 2, 1, 2],
        4,
        Field::Header(HEADER_LENGTH),
        ParseErrorKind::Truncated { needed: 3, available: 0 },
    );
    refused(
        &[1, 0, 2, 1],
        0,
        Field::Header(VERSION),
        ParseErrorKind::Truncated { needed: 5, available: 4 },
    );
}

#[test]
fn the_header_length_comes_second_and_stays_inside_the_file() {
    refused(
        &with(5, 5, &[3, 0, 0]),
        5,
        Field::Header(HEADER_LENGTH),
        ParseErrorKind::UnexpectedTag { expected: 2, found: 3 },
    );
    refused(
        &[1, 0, 2, 1, 2, 2, 0, 1, 9],
        5,
        Field::Header(2),
        ParseErrorKind::WrongSize { expected: 2, found: 1 },
    );
    for length in [0, 9, 45] {
        let mut bytes = SMALLEST.to_vec();
        bytes[9] = length;
        let kind = ParseErrorKind::HeaderLength { length: length.into(), size: 44 };
        refused(&bytes, 5, Field::Header(HEADER_LENGTH), kind);
    }
}

#[test]
fn a_tag_past_the_header_is_truncated_even_if_the_file_goes_on() {
    let mut bytes = with(38, 6, &[]);
    bytes.extend([0; 300]);
    bytes[31] = 7;
    refused(
        &bytes,
        29,
        Field::Header(FILE_NAME),
        ParseErrorKind::Truncated { needed: 10, available: 9 },
    );
}

#[test]
fn a_tag_may_appear_once_and_unknown_ones_as_often_as_they_like() {
    refused(
        &with(24, 0, &[5, 0, 0]),
        24,
        Field::Header(SERIAL),
        ParseErrorKind::Duplicate { first: 10 },
    );
    refused(
        &with(24, 0, &[1, 0, 2, 1, 2]),
        24,
        Field::Header(VERSION),
        ParseErrorKind::Duplicate { first: 0 },
    );
    refused(
        &with(24, 0, &[2, 0, 2, 0, 0]),
        24,
        Field::Header(HEADER_LENGTH),
        ParseErrorKind::Duplicate { first: 5 },
    );
    let bytes = with(24, 0, &[99, 0, 1, 5, 99, 0, 0, 0, 0, 0]);
    let unknown: Vec<_> = Header::parse(&bytes)
        .unwrap()
        .unknown()
        .map(|tag| (tag.tag, tag.value.len(), tag.offset))
        .collect();
    assert_eq!(unknown, [(99, 1, 24), (99, 0, 28), (0, 0, 31)]);
}

#[test]
fn sizes_are_those_of_the_format() {
    for (tag, expected) in [(8, 1), (10, 1), (11, 1), (15, 4), (28, 2)] {
        let (at, cut) = if tag == 8 { (20, 4) } else { (20, 0) };
        let found = 5;
        let bytes = with(at, cut, &[tag, 0, found, 0, 0, 0, 0, 0]);
        refused(
            &bytes,
            20,
            Field::Header(tag),
            ParseErrorKind::WrongSize { expected, found: found.into() },
        );
    }
}

#[test]
fn what_a_signature_needs_is_mandatory() {
    for (at, cut, tag) in [(10, 4, SERIAL), (14, 6, ISSUER), (20, 4, DIGEST), (24, 5, SIGNATURE)] {
        let bytes = with(at, cut, &[]);
        refused(&bytes, bytes.len() - 6, Field::Header(tag), ParseErrorKind::Missing);
    }
    // Without padding the place of a missing tag is the end; the offset stays inside the file.
    refused(&with(24, 20, &[]), 23, Field::Header(SIGNATURE), ParseErrorKind::Missing);
}

#[test]
fn children_of_containers_stand_in_line_and_wrong_lengths_are_told() {
    let bytes = with(10, 0, &[3, 0, 10]);
    assert_eq!(Header::parse(&bytes).unwrap().wrong_containers().count(), 0);
    let bytes = with(10, 0, &[3, 0, 11]);
    let wrong: Vec<_> = Header::parse(&bytes).unwrap().wrong_containers().collect();
    assert_eq!(wrong, [Container { tag: 3, length: 11, expected: 10, offset: 10 }]);
}

#[test]
fn everything_behind_the_first_padding_byte_is_skipped() {
    let bytes = with(39, 0, &[5, 0, 255]);
    assert_eq!(Header::parse(&bytes).unwrap().padding(), [13, 5, 0, 255, 13, 13, 13, 13, 13]);
}

#[test]
fn an_error_is_one_line_for_a_person() {
    let error = Header::parse(&with(24, 0, &[5, 0, 0])).unwrap_err();
    assert_eq!(
        alloc::format!("{error}"),
        "header, signer serial number (tag 5) at byte 0x0018: appears twice, first at byte 0x000a"
    );
}
