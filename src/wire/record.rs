//! One record of a trust list (`spec/FORMAT.md` section 3).

use super::error::{Field, ParseError, ParseErrorKind};
use super::header::UnknownTag;
use super::tlv::{Cursor, TLV_HEAD, Tlv};
use super::{Identity, Name, Role, Serial};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;

/// A record: a view that borrows the file, not the list, and outlives the [`TrustList`](super::TrustList) it came from.
///
/// Its framing, the sizes of its fixed fields and its role are checked; names and certificate are not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    bytes: &'a [u8],
    offset: usize,
    index: u32,
    seen: u16,
    at: [u16; KNOWN_TAGS],
}

impl<'a> Record<'a> {
    /// Takes the record that starts at the cursor.
    #[inline]
    pub(crate) fn take(cursor: &mut Cursor<'a>, index: u32) -> Result<Self, ParseError> {
        let Some(length) = record_length(cursor.rest()) else { return Err(start_error(*cursor, index)) };
        let Some(record) = cursor.take(length) else { return Err(length_error(*cursor, length).in_record(index)) };
        Self { bytes: record.rest(), offset: record.offset(), index, seen: 1 << LENGTH, at: [0; KNOWN_TAGS] }.fields()
    }

    #[inline]
    fn fields(mut self) -> Result<Self, ParseError> {
        let mut cursor = Cursor::new(self.bytes.get(RECORD_HEAD..).unwrap_or_default(), RECORD_HEAD);
        while !cursor.is_empty() {
            let Some(tlv) = cursor.tlv() else { return Err(self.truncated(cursor)) };
            if let Some(at) = self.at.get_mut(usize::from(tlv.tag)) {
                let bit = 1_u16 << tlv.tag;
                if self.seen & bit & KNOWN != 0 {
                    let first = self.offset + usize::from(*at);
                    return Err(self.error(&tlv, ParseErrorKind::Duplicate { first }));
                }
                self.seen |= bit;
                // A record is at most 65,535 bytes long: its length is a u16.
                *at = tlv.offset as u16;
            }
        }
        self.sizes()
    }

    /// The fields of fixed size.
    #[inline]
    fn sizes(self) -> Result<Self, ParseError> {
        let role = self.field(ROLE);
        let address = self.field(ADDRESS).map_or(4, <[u8]>::len);
        let hash_is_right = self.seen & (1 << HASH | 1 << HASH_ALGORITHM) == 0 || self.hash_size_is_right();
        if role.is_some_and(|role| role.len() == 2) && (address == 4 || address == 16) && hash_is_right {
            return Ok(self);
        }
        Err(self.size_error())
    }

    /// The position in the list, from 1 as `show itl` counts.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// What the certificate may do (tag 4).
    pub fn role(&self) -> Role {
        let code = self.field(ROLE).and_then(|value| value.try_into().ok()).map_or(0, u16::from_be_bytes);
        Role::from_code(code)
    }

    /// The DNS name as bytes, its NUL included (tag 2): a lone NUL with eTokens, absent with certutils.
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

    /// The serial number as it stands in the file (tag 6).
    pub fn serial(&self) -> Option<&'a [u8]> {
        self.field(SERIAL)
    }

    /// Issuer and serial number, where the record has both (P-SIG-1).
    pub fn identity(&self) -> Option<Identity> {
        Some(Identity { serial: Serial::from_bytes(self.serial()?), issuer: Name::from_bytes(self.issuer()?) })
    }

    /// Whether the record names the certificate of this issuer and serial number, both as they stand in a file.
    pub fn is_of(&self, issuer: &[u8], serial: &[u8]) -> bool {
        let (Some(own_issuer), Some(own_serial)) = (self.issuer(), self.serial()) else { return false };
        Serial::eq_bytes(own_serial, serial) && Name::eq_bytes(own_issuer, issuer)
    }

    /// The public key (tag 7): PKCS#1 `RSAPublicKey` DER, or an uncompressed point.
    pub fn public_key(&self) -> Option<&'a [u8]> {
        self.field(PUBLIC_KEY)
    }

    /// The certificate's signature (tag 8).
    pub fn certificate_signature(&self) -> Option<&'a [u8]> {
        self.field(CERTIFICATE_SIGNATURE)
    }

    /// The certificate in DER (tag 9), as it stands there: garbage is given as garbage.
    pub fn certificate(&self) -> Option<&'a [u8]> {
        self.field(CERTIFICATE)
    }

    /// The address (tag 10).
    pub fn address(&self) -> Option<IpAddr> {
        let value = self.field(ADDRESS)?;
        let v4 = <[u8; 4]>::try_from(value).map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes)));
        v4.or_else(|_| <[u8; 16]>::try_from(value).map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)))).ok()
    }

    /// The hash that stands instead of the certificate (tag 11).
    pub fn certificate_hash(&self) -> Option<&'a [u8]> {
        self.field(HASH)
    }

    /// Its algorithm (tag 12): 1 SHA-1.
    pub fn hash_algorithm(&self) -> Option<u8> {
        self.field(HASH_ALGORITHM)?.first().copied()
    }

    /// The tags without a name, in file order.
    pub fn unknown(&self) -> impl Iterator<Item = UnknownTag<'a>> + use<'a> {
        self.tags().filter(|found| found.tag == 0 || usize::from(found.tag) >= KNOWN_TAGS)
    }

    /// Every tag with its value, in file order.
    pub fn tags(&self) -> impl Iterator<Item = UnknownTag<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.bytes, self.offset);
        core::iter::from_fn(move || cursor.tlv().map(|Tlv { tag, value, offset }| UnknownTag { tag, value, offset }))
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
        let value = self.field(tag)?;
        let start = self.offset + usize::from(*self.at.get(usize::from(tag))?);
        Some(start..start + TLV_HEAD + value.len())
    }

    #[inline]
    fn field(&self, tag: u8) -> Option<&'a [u8]> {
        if self.seen & 1_u16.checked_shl(u32::from(tag))? == 0 {
            return None;
        }
        let at = usize::from(*self.at.get(usize::from(tag))?);
        Cursor::new(self.bytes.get(at..)?, at).tlv().map(|tlv| tlv.value)
    }

    /// The hash is as long as its algorithm makes it; algorithms without a name are believed.
    fn hash_size_is_right(&self) -> bool {
        let algorithm = self.field(HASH_ALGORITHM);
        let expected = hash_size(algorithm);
        algorithm.is_none_or(|value| value.len() == 1)
            && self.field(HASH).is_none_or(|hash| expected.is_none_or(|expected| expected == hash.len()))
    }

    #[cold]
    fn size_error(&self) -> ParseError {
        let wrong = |tag: u8, expected: usize| {
            let found = self.field(tag)?.len();
            let offset = self.offset + usize::from(*self.at.get(usize::from(tag))?);
            (found != expected)
                .then(|| ParseError::new(offset, Field::Record(tag), ParseErrorKind::WrongSize { expected, found }))
        };
        let missing = || ParseError::new(self.offset, Field::Record(ROLE), ParseErrorKind::Missing);
        let error = match self.field(ROLE) {
            None => Some(missing()),
            Some(_) => wrong(ROLE, 2)
                .or_else(|| self.address().is_none().then(|| wrong(ADDRESS, 4)).flatten())
                .or_else(|| wrong(HASH_ALGORITHM, 1))
                .or_else(|| wrong(HASH, hash_size(self.field(HASH_ALGORITHM)).unwrap_or(0))),
        };
        error.unwrap_or_else(missing).in_record(self.index)
    }

    #[cold]
    fn truncated(&self, cursor: Cursor<'_>) -> ParseError {
        let error = cursor.truncated(Field::Record);
        ParseError::new(self.offset + error.offset(), error.field(), error.kind()).in_record(self.index)
    }

    #[cold]
    fn error(&self, tlv: &Tlv<'_>, kind: ParseErrorKind) -> ParseError {
        ParseError::new(self.offset + tlv.offset, Field::Record(tlv.tag), kind).in_record(self.index)
    }
}

/// `01 00 02 LL LL`: what the record's own length says, if a record starts here.
#[inline]
fn record_length(bytes: &[u8]) -> Option<usize> {
    match bytes.first_chunk::<RECORD_HEAD>()? {
        &[LENGTH, 0, 2, high, low] => Some(usize::from(u16::from_be_bytes([high, low]))).filter(|&length| length >= RECORD_HEAD),
        _ => None,
    }
}

#[cold]
fn start_error(cursor: Cursor<'_>, index: u32) -> ParseError {
    let (offset, field, available) = (cursor.offset(), Field::Record(LENGTH), cursor.rest().len());
    let kind = match *cursor.rest() {
        [LENGTH, 0, 2, high, low, ..] => {
            ParseErrorKind::WrongSize { expected: RECORD_HEAD, found: usize::from(u16::from_be_bytes([high, low])) }
        }
        [LENGTH, high, low, _, _, ..] => {
            ParseErrorKind::WrongSize { expected: 2, found: usize::from(u16::from_be_bytes([high, low])) }
        }
        [found, ..] if found != LENGTH => ParseErrorKind::UnexpectedTag { expected: LENGTH, found },
        _ => ParseErrorKind::Truncated { needed: RECORD_HEAD, available },
    };
    ParseError::new(offset, field, kind).in_record(index)
}

#[cold]
fn length_error(cursor: Cursor<'_>, needed: usize) -> ParseError {
    let kind = ParseErrorKind::Truncated { needed, available: cursor.rest().len() };
    ParseError::new(cursor.offset(), Field::Record(LENGTH), kind)
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
const KNOWN_TAGS: usize = HASH_ALGORITHM as usize + 1;
/// Every tag with a name; tag 0 has none and may come again.
const KNOWN: u16 = !1;

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
        assert_eq!((error.offset(), error.field(), error.kind()), (offset, Field::Record(tag), kind));
        assert_eq!(error.record(), Some(3));
    }

    const TVS: &[u8] = &[4, 0, 2, 0, 21];

    #[test]
    fn an_emptied_record_is_read() {
        let bytes = record(&[&[2, 0, 3, b'h', b'q', 0], TVS, &[10, 0, 4, 192, 0, 2, 1]]);
        let record = read(&bytes).unwrap();
        assert_eq!((record.role(), record.dns_name(), record.index()), (Role::Tvs, Some(&b"hq\0"[..]), 3));
        assert_eq!(record.address(), Some(IpAddr::from([192, 0, 2, 1])));
        assert_eq!((record.identity(), record.certificate(), record.range()), (None, None, 0x100..0x117));
        assert_eq!((record.tag_range(10), record.tag_range(9)), (Some(0x110..0x117), None));
    }

    #[test]
    fn tags_come_in_any_order_and_unknown_ones_are_kept() {
        let bytes = record(&[&[200, 0, 1, 1], &[6, 0, 1, 9], TVS, &[5, 0, 2, b'x', 0], &[200, 0, 0], &[0, 0, 0], &[0, 0, 0]]);
        let record = read(&bytes).unwrap();
        assert!(record.is_of(b"x", &[0, 9]));
        let unknown: Vec<_> = record.unknown().map(|tag| (tag.tag, tag.offset)).collect();
        assert_eq!(unknown, [(200, 0x105), (200, 0x117), (0, 0x11a), (0, 0x11d)]);
    }

    #[test]
    fn a_record_starts_with_its_length() {
        refused(&[2, 0, 0, 0, 0], 0x100, LENGTH, ParseErrorKind::UnexpectedTag { expected: 1, found: 2 });
        refused(&[1, 0, 3, 0, 9, 0], 0x100, LENGTH, ParseErrorKind::WrongSize { expected: 2, found: 3 });
        refused(&[1, 0, 2, 0, 4], 0x100, LENGTH, ParseErrorKind::WrongSize { expected: 5, found: 4 });
        refused(&[1, 0, 2], 0x100, LENGTH, ParseErrorKind::Truncated { needed: 5, available: 3 });
        refused(&[1, 0, 2, 0, 9], 0x100, LENGTH, ParseErrorKind::Truncated { needed: 9, available: 5 });
    }

    #[test]
    fn a_tag_ends_inside_its_record() {
        let bytes = record(&[TVS, &[9, 1, 4]]);
        refused(&bytes, 0x10a, CERTIFICATE, ParseErrorKind::Truncated { needed: 263, available: 3 });
        refused(&record(&[TVS, &[9]]), 0x10a, CERTIFICATE, ParseErrorKind::Truncated { needed: 3, available: 1 });
    }

    #[test]
    fn a_tag_appears_once() {
        refused(&record(&[TVS, TVS]), 0x10a, ROLE, ParseErrorKind::Duplicate { first: 0x105 });
        refused(&record(&[TVS, &[1, 0, 2, 0, 9]]), 0x10a, LENGTH, ParseErrorKind::Duplicate { first: 0x100 });
        refused(&record(&[TVS, &[12, 0, 0], &[12, 0, 0]]), 0x10d, HASH_ALGORITHM, ParseErrorKind::Duplicate { first: 0x10a });
    }

    #[test]
    fn the_role_is_there_and_two_bytes_long() {
        refused(&record(&[]), 0x100, ROLE, ParseErrorKind::Missing);
        refused(&record(&[&[4, 0, 1, 0]]), 0x105, ROLE, ParseErrorKind::WrongSize { expected: 2, found: 1 });
    }

    #[test]
    fn addresses_are_of_ip_4_or_6() {
        let six = [&[10, 0, 16][..], &[0; 15], &[1]].concat();
        assert_eq!(read(&record(&[TVS, &six])).unwrap().address(), Some(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])));
        refused(&record(&[TVS, &[10, 0, 0]]), 0x10a, ADDRESS, ParseErrorKind::WrongSize { expected: 4, found: 0 });
        refused(&record(&[TVS, &[10, 0, 5, 0, 0, 0, 0, 0]]), 0x10a, ADDRESS, ParseErrorKind::WrongSize { expected: 4, found: 5 });
    }

    #[test]
    fn a_hash_is_as_long_as_its_algorithm_makes_it() {
        let hash = |length: u8| [&[11, 0, length][..], &[7; 64][..length.into()]].concat();
        for (algorithm, length) in [(1, 20), (2, 32), (3, 64), (9, 5)] {
            let bytes = record(&[TVS, &hash(length), &[12, 0, 1, algorithm]]);
            assert_eq!(read(&bytes).unwrap().certificate_hash().map(<[u8]>::len), Some(length.into()));
        }
        assert!(read(&record(&[TVS, &hash(19)])).is_ok());
        let bytes = record(&[TVS, &hash(19), &[12, 0, 1, 1]]);
        refused(&bytes, 0x10a, HASH, ParseErrorKind::WrongSize { expected: 20, found: 19 });
        refused(&record(&[TVS, &[12, 0, 2, 0, 1]]), 0x10a, HASH_ALGORITHM, ParseErrorKind::WrongSize { expected: 1, found: 2 });
    }
}
