//! One record of a trust list (`spec/FORMAT.md` section 3).

use super::error::{Field, ParseError, ParseErrorKind};
use super::header::UnknownTag;
use super::rules::{FirstSeen, Rules};
use super::tlv::{Cursor, TLV_HEAD, Tlv};
use super::{Identity, Name, Role, Serial};
use alloc::sync::Arc;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;

/// A record: a view that borrows the file, not the list, and outlives the
/// [`TrustList`](super::TrustList) it came from.
///
/// Its framing, the sizes of its fixed fields and its role are checked; names and certificate are
/// not looked at.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    offset: usize,
    index: u32,
    /// One bit a tag that is there. Its place is found by walking again: offsets kept here would be
    /// written two bytes at a time and copied in wide moves, which stalls (measured: a record took
    /// twice the time).
    seen: u32,
}

impl core::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Record")
            .field("index", &self.index)
            .field("offset", &self.offset)
            .field("bytes", &crate::text::Bytes(self.bytes))
            .finish_non_exhaustive()
    }
}

impl<'a> Record<'a> {
    /// Takes the record that starts at the cursor.
    #[inline]
    pub(crate) fn take(cursor: &mut Cursor<'a>, index: u32) -> Result<Self, ParseError> {
        let (bytes, offset) = (cursor.rest(), cursor.offset());
        let Some(length) = record_length(bytes) else {
            return Err(start_error(bytes, offset, index));
        };
        let Some(record) = cursor.take(length) else {
            return Err(length_error(bytes.len(), offset, length).in_record(index));
        };
        let mut rest =
            Cursor::new(record.rest().get(RECORD_HEAD..).unwrap_or_default(), RECORD_HEAD);
        // Errors are collected without a branch: a broken record is read once more to be explained.
        let (mut seen, mut wrong) = (1 << LENGTH, 0);
        while let Some(tlv) = rest.tlv() {
            let rule = RULES.of(tlv.tag);
            wrong |= seen & rule.once | rule.wrong_size(tlv.value.len());
            seen |= rule.once;
        }
        wrong |= u32::from(!rest.is_empty());
        let bytes = record.rest();
        if wrong != 0
            || seen & (1 << ROLE) == 0
            || (seen & HASHES == HASHES && !hash_size_is_right(bytes))
        {
            return Err(explain(bytes, offset, index, seen));
        }
        Ok(Self { bytes, offset, index, seen })
    }

    /// The position in the list, from 1 as `show itl` counts.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Returns the role of the certificate (tag 4).
    pub fn role(&self) -> Role {
        role(self.field(ROLE))
    }

    /// The DNS name as bytes, its NUL included (tag 2): a lone NUL with eTokens, absent with
    /// certutils.
    pub fn dns_name(&self) -> Option<&'a [u8]> {
        self.field(DNS_NAME)
    }

    /// The subject as bytes, its NUL included (tag 3).
    pub fn subject(&self) -> Option<&'a [u8]> {
        self.field(SUBJECT)
    }

    /// The issuer as bytes, its NUL included (tag 5).
    pub fn issuer(&self) -> Option<&'a [u8]> {
        self.field(ISSUER)
    }

    /// Returns the serial number as it is in the file (tag 6).
    pub fn serial(&self) -> Option<&'a [u8]> {
        self.field(SERIAL)
    }

    /// Issuer and serial number, where the record has both (P-SIG-1).
    pub fn identity(&self) -> Option<Identity> {
        Some(Identity {
            serial: Serial::from_bytes(self.serial()?),
            issuer: Name::from_bytes(self.issuer()?),
        })
    }

    /// Checks if the record names the certificate of this issuer and serial number, both as they
    /// are in a file.
    pub fn is_of(&self, issuer: &[u8], serial: &[u8]) -> bool {
        // The serial number first: hardly ever is the issuer looked for as well.
        self.serial().is_some_and(|own| Serial::eq_bytes(own, serial))
            && self.issuer().is_some_and(|own| Name::eq_bytes(own, issuer))
    }

    /// The public key (tag 7): PKCS#1 `RSAPublicKey` DER, or an uncompressed point.
    pub fn public_key(&self) -> Option<&'a [u8]> {
        self.field(PUBLIC_KEY)
    }

    /// The certificate's signature (tag 8).
    pub fn certificate_signature(&self) -> Option<&'a [u8]> {
        self.field(CERTIFICATE_SIGNATURE)
    }

    /// Returns the certificate in DER (tag 9), as it is there: garbage is given as garbage.
    pub fn certificate(&self) -> Option<&'a [u8]> {
        self.field(CERTIFICATE)
    }

    /// The address (tag 10).
    pub fn address(&self) -> Option<IpAddr> {
        address(self.field(ADDRESS)?)
    }

    /// Returns the hash that the record has instead of the certificate (tag 11).
    pub fn certificate_hash(&self) -> Option<&'a [u8]> {
        self.field(HASH)
    }

    /// Its algorithm (tag 12): 1 SHA-1.
    pub fn hash_algorithm(&self) -> Option<u8> {
        self.field(HASH_ALGORITHM)?.first().copied()
    }

    /// The tags without a name, in file order.
    pub fn unknown(&self) -> impl Iterator<Item = UnknownTag<'a>> + use<'a> {
        self.tags().filter(|found| found.tag == 0 || found.tag > HASH_ALGORITHM)
    }

    /// Every tag with its value, in file order.
    pub fn tags(&self) -> impl Iterator<Item = UnknownTag<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.bytes, self.offset);
        core::iter::from_fn(move || {
            cursor.tlv().map(|Tlv { tag, value, offset }| UnknownTag { tag, value, offset })
        })
    }

    /// The record's bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The range of the record in the file.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.bytes.len()
    }

    /// The range of a tag in the file, its three leading bytes included.
    pub fn tag_range(&self, tag: u8) -> Option<Range<usize>> {
        let found = self.find(tag)?;
        Some(found.offset..found.offset + TLV_HEAD + found.value.len())
    }

    /// Returns the values of all tags with a name, found in one walk.
    pub(crate) fn fields(&self) -> Fields<'a> {
        Fields::of(self.bytes, self.offset)
    }

    #[inline]
    fn field(&self, tag: u8) -> Option<&'a [u8]> {
        self.find(tag).map(|found| found.value)
    }

    /// The tag, if it has a name and is there.
    #[inline]
    fn find(&self, tag: u8) -> Option<Tlv<'a>> {
        if self.seen & RULES.of(tag).once == 0 {
            return None;
        }
        let mut rest = Cursor::new(self.bytes, self.offset);
        loop {
            let found = rest.tlv()?;
            if found.tag == tag {
                return Some(found);
            }
        }
    }

    /// Reads a record that is known to be broken once more, for the first thing that is wrong with
    /// it.
    #[cold]
    fn explain(&self) -> ParseError {
        let mut rest = Cursor::new(
            self.bytes.get(RECORD_HEAD..).unwrap_or_default(),
            self.offset + RECORD_HEAD,
        );
        let mut first = FirstSeen::new();
        first.note(LENGTH, self.offset);
        while !rest.is_empty() {
            let Some(tlv) = rest.tlv() else {
                return rest.truncated(Field::Record).in_record(self.index);
            };
            let rule = RULES.of(tlv.tag);
            if let Some(first) = first.note(tlv.tag, tlv.offset).filter(|_| rule.once != 0) {
                return self.error(&tlv, ParseErrorKind::Duplicate { first });
            }
            if rule.wrong_size(tlv.value.len()) != 0 {
                return self.error(
                    &tlv,
                    ParseErrorKind::WrongSize { expected: rule.size(), found: tlv.value.len() },
                );
            }
        }
        match (self.field(ROLE), self.tag_range(HASH)) {
            (Some(_), Some(hash)) => {
                let expected = hash_size(self.field(HASH_ALGORITHM)).unwrap_or(0);
                let kind = ParseErrorKind::WrongSize { expected, found: hash.len() - TLV_HEAD };
                ParseError::new(hash.start, Field::Record(HASH), kind).in_record(self.index)
            }
            _ => ParseError::new(self.offset, Field::Record(ROLE), ParseErrorKind::Missing)
                .in_record(self.index),
        }
    }

    #[cold]
    fn error(&self, tlv: &Tlv<'_>, kind: ParseErrorKind) -> ParseError {
        ParseError::new(tlv.offset, Field::Record(tlv.tag), kind).in_record(self.index)
    }
}

/// The values of a record's tags, each with the offset of its first byte in the file.
pub(crate) struct Fields<'a>([Option<(&'a [u8], usize)>; FIELDS]);

impl<'a> Fields<'a> {
    /// Walks a record that was read without an error before, and starts at `offset` of its file.
    pub(crate) fn of(record: &'a [u8], offset: usize) -> Self {
        let mut values = [None; FIELDS];
        let mut rest = Cursor::new(record, offset);
        while let Some(found) = rest.tlv() {
            if let Some(value) = values.get_mut(usize::from(found.tag)) {
                *value = Some((found.value, found.offset + TLV_HEAD));
            }
        }
        Self(values)
    }

    /// Returns the value of a tag that has a name.
    pub(crate) fn get(&self, tag: u8) -> Option<&'a [u8]> {
        self.at(tag).map(|(value, _)| value)
    }

    /// Returns the name that a tag holds; `file` is the file of the record.
    pub(crate) fn name(&self, tag: u8, file: &Arc<[u8]>) -> Option<Name> {
        self.at(tag).map(|(value, start)| Name::shared(file, value, start))
    }

    /// Returns the role (tag 4).
    pub(crate) fn role(&self) -> Role {
        role(self.get(ROLE))
    }

    /// Returns the address (tag 10).
    pub(crate) fn address(&self) -> Option<IpAddr> {
        address(self.get(ADDRESS)?)
    }

    fn at(&self, tag: u8) -> Option<(&'a [u8], usize)> {
        self.0.get(usize::from(tag)).copied().flatten()
    }
}

fn role(value: Option<&[u8]>) -> Role {
    Role::from_code(value.and_then(|value| value.try_into().ok()).map_or(0, u16::from_be_bytes))
}

fn address(value: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(value).map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes)));
    v4.or_else(|_| <[u8; 16]>::try_from(value).map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)))).ok()
}

/// `01 00 02 LL LL`: what the record's own length says, if a record starts here.
#[inline]
fn record_length(bytes: &[u8]) -> Option<usize> {
    match bytes.first_chunk::<RECORD_HEAD>()? {
        &[LENGTH, 0, 2, high, low] => Some(usize::from(u16::from_be_bytes([high, low])))
            .filter(|&length| length >= RECORD_HEAD),
        _ => None,
    }
}

#[cold]
fn start_error(rest: &[u8], offset: usize, index: u32) -> ParseError {
    let (field, available) = (Field::Record(LENGTH), rest.len());
    let kind = match *rest {
        [LENGTH, 0, 2, high, low, ..] => ParseErrorKind::WrongSize {
            expected: RECORD_HEAD,
            found: usize::from(u16::from_be_bytes([high, low])),
        },
        [LENGTH, high, low, _, _, ..] => ParseErrorKind::WrongSize {
            expected: 2,
            found: usize::from(u16::from_be_bytes([high, low])),
        },
        [found, ..] if found != LENGTH => ParseErrorKind::UnexpectedTag { expected: LENGTH, found },
        _ => ParseErrorKind::Truncated { needed: RECORD_HEAD, available },
    };
    ParseError::new(offset, field, kind).in_record(index)
}

#[cold]
fn length_error(available: usize, offset: usize, needed: usize) -> ParseError {
    ParseError::new(offset, Field::Record(LENGTH), ParseErrorKind::Truncated { needed, available })
}

#[cold]
fn explain(bytes: &[u8], offset: usize, index: u32, seen: u32) -> ParseError {
    Record { bytes, offset, index, seen }.explain()
}

/// The hash is as long as its algorithm makes it; the length of an unknown algorithm is not checked.
fn hash_size_is_right(bytes: &[u8]) -> bool {
    let record = Record { bytes, offset: 0, index: 0, seen: HASHES };
    let expected = hash_size(record.field(HASH_ALGORITHM));
    record.field(HASH).is_none_or(|hash| expected.is_none_or(|expected| expected == hash.len()))
}

fn hash_size(algorithm: Option<&[u8]>) -> Option<usize> {
    match algorithm {
        Some([1]) => Some(20),
        Some([2]) => Some(32),
        Some([3]) => Some(64),
        _ => None,
    }
}

/// Bytes of the record's own length: `01 00 02 LL LL`.
pub(crate) const RECORD_HEAD: usize = 5;
pub(crate) const LENGTH: u8 = 1;
pub(crate) const DNS_NAME: u8 = 2;
pub(crate) const SUBJECT: u8 = 3;
pub(crate) const ROLE: u8 = 4;
pub(crate) const ISSUER: u8 = 5;
pub(crate) const SERIAL: u8 = 6;
pub(crate) const PUBLIC_KEY: u8 = 7;
pub(crate) const CERTIFICATE_SIGNATURE: u8 = 8;
pub(crate) const CERTIFICATE: u8 = 9;
pub(crate) const ADDRESS: u8 = 10;
pub(crate) const HASH: u8 = 11;
pub(crate) const HASH_ALGORITHM: u8 = 12;
/// One more than the last tag with a name.
const FIELDS: usize = HASH_ALGORITHM as usize + 1;
const HASHES: u32 = 1 << HASH | 1 << HASH_ALGORITHM;

/// Every tag with a name appears once; the length of an address is that of IPv4 or IPv6.
static RULES: Rules = Rules::NONE
    .once(1, HASH_ALGORITHM)
    .sizes(LENGTH, &[2])
    .sizes(ROLE, &[2])
    .sizes(ADDRESS, &[4, 16])
    .sizes(HASH_ALGORITHM, &[1]);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// A record, its length corrected, at byte 0x100 of a file.
    fn record(tags: &[&[u8]]) -> Vec<u8> {
        let mut bytes = [&[1, 0, 2, 0, 0][..], &tags.concat()].concat();
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        bytes[3..5].copy_from_slice(&length);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Record<'_>, ParseError> {
        Record::take(&mut Cursor::new(bytes, 0x100), 3)
    }

    #[track_caller]
    fn refused(bytes: &[u8], offset: usize, tag: u8, kind: ParseErrorKind) {
        let error = read(bytes).unwrap_err();
        assert_eq!(
            (error.offset(), error.field(), error.kind()),
            (offset, Field::Record(tag), kind)
        );
        assert_eq!(error.record(), Some(3));
    }

    const TVS: &[u8] = &[4, 0, 2, 0, 21];

    #[test]
    fn an_emptied_record_is_read() {
        let bytes = record(&[&[2, 0, 3, b'h', b'q', 0], TVS, &[10, 0, 4, 192, 0, 2, 1]]);
        let record = read(&bytes).unwrap();
        assert_eq!(
            (record.role(), record.dns_name(), record.index()),
            (Role::Tvs, Some(&b"hq\0"[..]), 3)
        );
        assert_eq!(record.address(), Some(IpAddr::from([192, 0, 2, 1])));
        assert_eq!(
            (record.identity(), record.certificate(), record.range()),
            (None, None, 0x100..0x117)
        );
        assert_eq!((record.tag_range(10), record.tag_range(9)), (Some(0x110..0x117), None));
    }

    #[test]
    fn tags_come_in_any_order_and_unknown_ones_are_kept() {
        let bytes = record(&[
            &[200, 0, 1, 1],
            &[6, 0, 1, 9],
            TVS,
            &[5, 0, 2, b'x', 0],
            &[200, 0, 0],
            &[0, 0, 0],
            &[0, 0, 0],
        ]);
        let record = read(&bytes).unwrap();
        assert!(record.is_of(b"x", &[0, 9]));
        let unknown: Vec<_> = record.unknown().map(|tag| (tag.tag, tag.offset)).collect();
        assert_eq!(unknown, [(200, 0x105), (200, 0x117), (0, 0x11a), (0, 0x11d)]);
        assert_eq!(
            (record.tag_range(200), record.tag_range(0)),
            (None, None),
            "they have no name to be asked by"
        );
        let identity = Identity { serial: Serial::from_bytes(&[9]), issuer: Name::new("x") };
        assert_eq!(record.identity(), Some(identity));
    }

    #[test]
    fn a_record_starts_with_its_length() {
        refused(
            &[2, 0, 0, 0, 0],
            0x100,
            LENGTH,
            ParseErrorKind::UnexpectedTag { expected: 1, found: 2 },
        );
        refused(
            &[1, 0, 3, 0, 9, 0],
            0x100,
            LENGTH,
            ParseErrorKind::WrongSize { expected: 2, found: 3 },
        );
        refused(
            &[1, 0, 2, 0, 4],
            0x100,
            LENGTH,
            ParseErrorKind::WrongSize { expected: 5, found: 4 },
        );
        refused(&[1, 0, 2], 0x100, LENGTH, ParseErrorKind::Truncated { needed: 5, available: 3 });
        refused(
            &[1, 0, 2, 0, 9],
            0x100,
            LENGTH,
            ParseErrorKind::Truncated { needed: 9, available: 5 },
        );
    }

    #[test]
    fn a_tag_ends_inside_its_record() {
        let bytes = record(&[TVS, &[9, 1, 4]]);
        refused(
            &bytes,
            0x10a,
            CERTIFICATE,
            ParseErrorKind::Truncated { needed: 263, available: 3 },
        );
        refused(
            &record(&[TVS, &[9]]),
            0x10a,
            CERTIFICATE,
            ParseErrorKind::Truncated { needed: 3, available: 1 },
        );
    }

    #[test]
    fn a_tag_appears_once() {
        refused(&record(&[TVS, TVS]), 0x10a, ROLE, ParseErrorKind::Duplicate { first: 0x105 });
        refused(
            &record(&[TVS, &[1, 0, 2, 0, 9]]),
            0x10a,
            LENGTH,
            ParseErrorKind::Duplicate { first: 0x100 },
        );
        refused(
            &record(&[TVS, &[12, 0, 1, 1], &[12, 0, 1, 1]]),
            0x10e,
            HASH_ALGORITHM,
            ParseErrorKind::Duplicate { first: 0x10a },
        );
    }

    #[test]
    fn the_role_is_there_and_two_bytes_long() {
        refused(&record(&[]), 0x100, ROLE, ParseErrorKind::Missing);
        refused(
            &record(&[&[4, 0, 1, 0]]),
            0x105,
            ROLE,
            ParseErrorKind::WrongSize { expected: 2, found: 1 },
        );
    }

    #[test]
    fn addresses_are_of_ip_4_or_6() {
        let six = [&[10, 0, 16][..], &[0; 15], &[1]].concat();
        assert_eq!(
            read(&record(&[TVS, &six])).unwrap().address(),
            Some(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]))
        );
        refused(
            &record(&[TVS, &[10, 0, 0]]),
            0x10a,
            ADDRESS,
            ParseErrorKind::WrongSize { expected: 4, found: 0 },
        );
        refused(
            &record(&[TVS, &[10, 0, 5, 0, 0, 0, 0, 0]]),
            0x10a,
            ADDRESS,
            ParseErrorKind::WrongSize { expected: 4, found: 5 },
        );
    }

    #[test]
    fn a_hash_is_as_long_as_its_algorithm_makes_it() {
        let hash = |length: u8| [&[11, 0, length][..], &[7; 64][..length.into()]].concat();
        for (algorithm, length) in [(1, 20), (2, 32), (3, 64), (9, 5)] {
            let bytes = record(&[TVS, &hash(length), &[12, 0, 1, algorithm]]);
            assert_eq!(
                read(&bytes).unwrap().certificate_hash().map(<[u8]>::len),
                Some(length.into())
            );
        }
        assert!(read(&record(&[TVS, &hash(19)])).is_ok());
        let bytes = record(&[TVS, &hash(19), &[12, 0, 1, 1]]);
        refused(&bytes, 0x10a, HASH, ParseErrorKind::WrongSize { expected: 20, found: 19 });
        refused(
            &record(&[TVS, &[12, 0, 2, 0, 1]]),
            0x10a,
            HASH_ALGORITHM,
            ParseErrorKind::WrongSize { expected: 1, found: 2 },
        );
    }

    #[test]
    fn each_algorithm_has_its_length_of_hash() {
        for (algorithm, size) in [(1, 20), (2, 32), (3, 64)] {
            let hash =
                |length: u8| [&[11, 0, length][..], &[7; 70][..usize::from(length)]].concat();
            let of = |length| record(&[TVS, &hash(length), &[12, 0, 1, algorithm]]);
            assert!(read(&of(size)).is_ok());
            for wrong in [0, size - 1, size + 1] {
                let (expected, found) = (size.into(), wrong.into());
                refused(&of(wrong), 0x10a, HASH, ParseErrorKind::WrongSize { expected, found });
            }
        }
        assert!(
            read(&record(&[TVS, &[11, 0, 1, 7], &[12, 0, 1, 9]])).is_ok(),
            "an algorithm without a name is believed"
        );
    }
}
