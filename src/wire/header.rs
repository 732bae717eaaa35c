//! The header of a trust list or signed file (`spec/FORMAT.md` sections 1 and 2).

use super::error::{Field, ParseError, ParseErrorKind};
use super::rules::{FirstSeen, Rules};
use super::tlv::{Cursor, TLV_HEAD, Tlv};
use super::{DigestAlgorithm, Identity, Name, Neighbour, Serial};
use core::ops::Range;
use nom::combinator::verify;
use nom::{IResult, Parser};

/// A header: a view that borrows the file. Keep the file alive as long as you hold it or anything
/// it gave you.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    /// The header's bytes, padding included.
    bytes: &'a [u8],
    /// One bit a tag that has a name and is there. Its place is found by walking again.
    seen: u32,
    /// Where the padding starts, or the header ends.
    padding: u16,
    /// Where the signature starts.
    signature: u16,
    /// Where the file name starts; 0 if there is none.
    file_name: u16,
}

impl core::fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Header")
            .field("bytes", &crate::text::Bytes(self.bytes))
            .finish_non_exhaustive()
    }
}

/// The two numbers of a version tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Before the dot.
    pub major: u8,
    /// After the dot; unknown ones are fine (`spec/FORMAT.md` section 1.2).
    pub minor: u8,
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A tag that this crate has no name for, kept as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UnknownTag<'a> {
    /// The tag.
    pub tag: u8,
    /// Its value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex"))]
    pub value: &'a [u8],
    /// Byte offset of the tag in the file.
    pub offset: usize,
}

/// One of the three containers of a header, whose length says how much follows in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Container {
    /// The tag: 3 signer info, 7 signature info, 9 signature algorithm info.
    pub tag: u8,
    /// Its own length, in bytes.
    pub length: u16,
    /// The sum of its children, in bytes.
    pub expected: u16,
    /// Byte offset of the tag in the file.
    pub offset: usize,
}

impl<'a> Header<'a> {
    /// Reads the header of `file`: framing, sizes, duplicates and mandatory tags are checked.
    #[inline]
    pub(crate) fn parse(file: &'a [u8]) -> Result<Self, ParseError> {
        if file.first_chunk::<TLV_HEAD>() != Some(&MAGIC) {
            return Err(not_this_format(file));
        }
        let (rest, length) = match preamble(Cursor::new(file, 0)) {
            Ok((rest, (_, length))) => (rest, length),
            Err(_) => return Err(explain_preamble(file)),
        };
        let Some(bytes) =
            file.get(..usize::from(length)).filter(|bytes| bytes.len() >= rest.offset())
        else {
            return Err(header_length_error(length, file.len()));
        };
        Self::fields(bytes, rest.offset())
    }

    #[inline]
    fn fields(bytes: &'a [u8], start: usize) -> Result<Self, ParseError> {
        let mut rest = Cursor::new(bytes.get(start..).unwrap_or_default(), start);
        // Errors are collected without a branch: a broken header is read once more to be explained.
        let (mut seen, mut wrong) = (PREAMBLE_SEEN, 0);
        let (mut signature, mut file_name) = (0, 0);
        while let Ok((behind, tlv)) = tag_or_container(rest) {
            let rule = RULES.of(tlv.tag);
            wrong |= seen & rule.once | rule.wrong_size(tlv.value.len());
            seen |= rule.once;
            // A header is at most 65,535 bytes long: its length is a u16.
            let at = tlv.offset as u16;
            signature = if tlv.tag == SIGNATURE { at } else { signature };
            file_name = if tlv.tag == FILE_NAME { at } else { file_name };
            rest = behind;
        }
        wrong |= u32::from(rest.peek().is_some_and(|tag| tag != PADDING));
        if wrong != 0 || seen & MANDATORY != MANDATORY {
            return Err(Self::explain(bytes, start));
        }
        Ok(Self { bytes, seen, padding: rest.offset() as u16, signature, file_name })
    }

    /// Reads a header that is known to be broken once more, for the first thing that is wrong with
    /// it.
    #[cold]
    fn explain(bytes: &[u8], start: usize) -> ParseError {
        let mut rest = Cursor::new(bytes.get(start..).unwrap_or_default(), start);
        let mut first = FirstSeen::new();
        first.note(VERSION, 0);
        first.note(HEADER_LENGTH, HEADER_LENGTH_AT);
        while rest.peek().is_some_and(|tag| tag != PADDING) {
            let Ok((behind, tlv)) = tag_or_container(rest) else {
                return rest.truncated(Field::Header);
            };
            let rule = RULES.of(tlv.tag);
            let (found, error) =
                (tlv.value.len(), |kind| ParseError::new(tlv.offset, Field::Header(tlv.tag), kind));
            if let Some(first) = first.note(tlv.tag, tlv.offset).filter(|_| rule.once != 0) {
                return error(ParseErrorKind::Duplicate { first });
            }
            if rule.wrong_size(found) != 0 {
                return error(ParseErrorKind::WrongSize { expected: rule.size(), found });
            }
            rest = behind;
        }
        let missing = [SERIAL, ISSUER, DIGEST, SIGNATURE]
            .into_iter()
            .find(|&tag| !first.has(tag))
            .unwrap_or(SIGNATURE);
        // The place of a tag that is missing at the very end is the last byte: an offset lies
        // inside the file.
        let offset = rest.offset().min(bytes.len().saturating_sub(1));
        ParseError::new(offset, Field::Header(missing), ParseErrorKind::Missing)
    }

    /// The version of the format.
    pub fn version(&self) -> Version {
        version(self.field(VERSION))
    }

    /// Length of the header in bytes, signature and padding included: where the first record or the
    /// payload starts.
    #[inline]
    pub fn length(&self) -> u16 {
        u16::try_from(self.bytes.len()).unwrap_or(u16::MAX)
    }

    /// The signer's version (tag 28), which certutils writes.
    pub fn signer_version(&self) -> Option<Version> {
        self.has(SIGNER_VERSION).then(|| version(self.field(SIGNER_VERSION)))
    }

    /// The signer's subject as bytes, its NUL included (tag 4).
    pub fn signer_name(&self) -> Option<&'a [u8]> {
        self.optional(SIGNER_NAME)
    }

    /// The signer's serial number as it is in the file (tag 5).
    pub fn serial(&self) -> &'a [u8] {
        self.field(SERIAL)
    }

    /// The issuer of the signer's certificate as bytes, its NUL included (tag 6).
    pub fn issuer(&self) -> &'a [u8] {
        self.field(ISSUER)
    }

    /// Who claims to have signed: issuer and serial number (P-SIG-1).
    pub fn signer(&self) -> Identity {
        Identity {
            serial: Serial::from_bytes(self.serial()),
            issuer: Name::from_bytes(self.issuer()),
        }
    }

    /// The digest of the signature (tag 8).
    pub fn digest(&self) -> DigestAlgorithm {
        DigestAlgorithm::from_code(self.field(DIGEST).first().copied().unwrap_or(0))
    }

    /// The signature algorithm (tag 10): 0 in every file seen, RSA PKCS#1 v1.5.
    pub fn signature_algorithm(&self) -> Option<u8> {
        self.optional(SIGNATURE_ALGORITHM)?.first().copied()
    }

    /// The code of the modulus (tag 11): informative, the length of the signature counts.
    pub fn modulus_code(&self) -> Option<u8> {
        self.optional(MODULUS)?.first().copied()
    }

    /// The signature (tag 12).
    pub fn signature(&self) -> &'a [u8] {
        self.field(SIGNATURE)
    }

    /// The name of the file as bytes, its NUL included (tag 14). Never a path to write to.
    #[inline]
    pub fn file_name(&self) -> Option<&'a [u8]> {
        self.optional(FILE_NAME)
    }

    /// When the file was made, in seconds since 1970 UTC (tag 15).
    pub fn timestamp(&self) -> Option<u32> {
        self.optional(TIMESTAMP)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// Whether the payload is encrypted for the phone: tags 16 to 27, or the name inside the file
    /// (`spec/FORMAT.md` section 2).
    pub fn is_encrypted(&self) -> bool {
        let name = self
            .file_name()
            .map(|name| name.strip_suffix(&[0]).unwrap_or(name))
            .unwrap_or_default();
        let end = name
            .len()
            .checked_sub(ENCRYPTED_NAME.len())
            .and_then(|at| name.get(at..))
            .unwrap_or_default();
        (ENCRYPTION_FIRST..=ENCRYPTION_LAST).any(|tag| self.has(tag))
            || end.eq_ignore_ascii_case(ENCRYPTED_NAME)
    }

    /// Returns the padding, and all bytes after its first one: phones skip it (`spec/FORMAT.md`
    /// section 1.4).
    pub fn padding(&self) -> &'a [u8] {
        self.bytes.get(usize::from(self.padding)..).unwrap_or_default()
    }

    /// The tags without a name, in file order.
    pub fn unknown(&self) -> impl Iterator<Item = UnknownTag<'a>> + use<'a> {
        self.tlvs()
            .filter(|tlv| known_bit(tlv.tag) == 0)
            .map(|Tlv { tag, value, offset }| UnknownTag { tag, value, offset })
    }

    /// The containers whose length is not what their children add up to; every real file has none.
    pub fn wrong_containers(&self) -> impl Iterator<Item = Container> + use<'a> {
        let header = *self;
        CONTAINERS.into_iter().filter_map(move |(tag, children)| {
            let expected = children.iter().map(|&child| header.span(child)).sum::<usize>();
            let (offset, length) = (header.offset(tag)?, header.container_length(tag)?);
            let expected = u16::try_from(expected).unwrap_or(u16::MAX);
            (length != expected).then_some(Container { tag, length, expected, offset })
        })
    }

    /// The range of the header in the file.
    pub fn range(&self) -> Range<usize> {
        0..self.bytes.len()
    }

    /// The range of a tag in the file, its three leading bytes included (containers: these three
    /// only).
    pub fn tag_range(&self, tag: u8) -> Option<Range<usize>> {
        let start = self.offset(tag)?;
        Some(start..start + self.span(tag))
    }

    /// Returns the bytes before the signature's tag, and the offset after it, inside the header.
    pub(crate) fn around_signature(&self) -> (&'a [u8], usize) {
        let start = self.offset(SIGNATURE).unwrap_or(self.bytes.len());
        (self.bytes.get(..start).unwrap_or_default(), start + self.span(SIGNATURE))
    }

    fn tlvs(&self) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
        let end = usize::from(self.padding);
        let mut cursor =
            Cursor::new(self.bytes.get(PREAMBLE_LEN..end).unwrap_or_default(), PREAMBLE_LEN);
        core::iter::from_fn(move || {
            let (rest, tlv) = tag_or_container(cursor).ok()?;
            cursor = rest;
            Some(tlv)
        })
    }

    fn has(&self, tag: u8) -> bool {
        self.seen & known_bit(tag) != 0
    }

    fn offset(&self, tag: u8) -> Option<usize> {
        self.find(tag).map(|found| found.offset)
    }

    /// How many bytes a tag takes, its head included; 0 if it is missing.
    fn span(&self, tag: u8) -> usize {
        self.find(tag).map_or(0, |found| TLV_HEAD + found.value.len())
    }

    fn container_length(&self, tag: u8) -> Option<u16> {
        let at = self.offset(tag)?;
        self.bytes.get(at + 1..at + TLV_HEAD)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn optional(&self, tag: u8) -> Option<&'a [u8]> {
        self.find(tag).map(|found| found.value)
    }

    /// The tag, if it has a name and is there.
    #[inline]
    fn find(&self, tag: u8) -> Option<Tlv<'a>> {
        if !self.has(tag) {
            return None;
        }
        let start = match tag {
            SIGNATURE => self.signature.into(),
            FILE_NAME => self.file_name.into(),
            _ => 0,
        };
        let mut rest = Cursor::new(self.bytes.get(start..)?, start);
        loop {
            let (behind, found) = tag_or_container(rest).ok()?;
            if found.tag == tag {
                return Some(found);
            }
            rest = behind;
        }
    }

    fn field(&self, tag: u8) -> &'a [u8] {
        self.optional(tag).unwrap_or_default()
    }
}

/// `01 00 02 MM mm 02 00 02 HH HH`: the version, then the header length (`spec/FORMAT.md` section
/// 1.2).
#[inline]
fn preamble(input: Cursor<'_>) -> IResult<Cursor<'_>, (Version, u16), Broken> {
    (sized(VERSION), sized(HEADER_LENGTH))
        .map(|(found, length)| (version(found.value), length.u16().unwrap_or(0)))
        .parse(input)
}

/// Takes a tag of fixed size that must be here.
#[inline(always)]
fn sized<'a>(expected: u8) -> impl Parser<Cursor<'a>, Output = Tlv<'a>, Error = Broken> {
    verify(tag_of(|_, length| length), move |tlv: &Tlv<'_>| {
        tlv.tag == expected && RULES.of(expected).wrong_size(tlv.value.len()) == 0
    })
}

/// Any tag but padding; of a container only its head, because its children follow in line
/// (`spec/FORMAT.md` section 1.6).
#[inline(always)]
fn tag_or_container(input: Cursor<'_>) -> IResult<Cursor<'_>, Tlv<'_>, Broken> {
    verify(
        tag_of(|tag, length| if RULES.is_container(tag) { 0 } else { length }),
        |tlv: &Tlv<'_>| tlv.tag != PADDING,
    )
    .parse(input)
}

/// A tag with its value, which is as long as `length` makes of what the file says.
#[inline(always)]
fn tag_of<'a>(
    length: impl Fn(u8, usize) -> usize,
) -> impl Parser<Cursor<'a>, Output = Tlv<'a>, Error = Broken> {
    move |input: Cursor<'a>| {
        let mut rest = input;
        rest.tlv_of(&length).map(|tlv| (rest, tlv)).ok_or(nom::Err::Error(Broken))
    }
}

/// The grammar only says that something is broken: what and where is found out by reading once
/// more, so that the good path carries no error around (measured: a third of the time of a header).
#[derive(Clone, Copy, Debug)]
struct Broken;

impl<I> nom::error::ParseError<I> for Broken {
    fn from_error_kind(_: I, _: nom::error::ErrorKind) -> Self {
        Self
    }

    fn append(_: I, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// Returns the error in the first ten bytes.
#[cold]
fn explain_preamble(file: &[u8]) -> ParseError {
    let mut rest = Cursor::new(file, 0);
    for expected in [VERSION, HEADER_LENGTH] {
        let error = |offset, kind| ParseError::new(offset, Field::Header(expected), kind);
        if rest.is_empty() {
            // Nothing is here: the last byte of the file is the nearest place inside it.
            return error(
                file.len().saturating_sub(1),
                ParseErrorKind::Truncated { needed: TLV_HEAD, available: 0 },
            );
        }
        let Some(tlv) = rest.tlv() else { return rest.truncated(Field::Header) };
        let (rule, found) = (RULES.of(expected), tlv.value.len());
        if tlv.tag != expected {
            return error(tlv.offset, ParseErrorKind::UnexpectedTag { expected, found: tlv.tag });
        }
        if rule.wrong_size(found) != 0 {
            return error(tlv.offset, ParseErrorKind::WrongSize { expected: rule.size(), found });
        }
    }
    ParseError::new(0, Field::File, ParseErrorKind::Missing)
}

#[cold]
fn header_length_error(length: u16, size: usize) -> ParseError {
    let kind = ParseErrorKind::HeaderLength { length: usize::from(length), size };
    ParseError::new(HEADER_LENGTH_AT, Field::Header(HEADER_LENGTH), kind)
}

/// A file that begins like a list but is too short for its first tag is a list that was cut off.
#[cold]
fn not_this_format(file: &[u8]) -> ParseError {
    if !file.is_empty() && MAGIC.starts_with(file) {
        return Cursor::new(file, 0).truncated(Field::Header);
    }
    ParseError::new(0, Field::File, ParseErrorKind::NotThisFormat(Neighbour::of(file)))
}

fn version(value: &[u8]) -> Version {
    match *value {
        [major, minor] => Version { major, minor },
        _ => Version { major: 0, minor: 0 },
    }
}

/// The bit of a tag that has a name; 0 for the others.
const fn known_bit(tag: u8) -> u32 {
    if tag >= VERSION && tag <= SIGNER_VERSION && tag != PADDING { 1 << tag } else { 0 }
}

pub(crate) const VERSION: u8 = 1;
pub(crate) const HEADER_LENGTH: u8 = 2;
pub(crate) const SIGNER_INFO: u8 = 3;
pub(crate) const SIGNER_NAME: u8 = 4;
pub(crate) const SERIAL: u8 = 5;
pub(crate) const ISSUER: u8 = 6;
pub(crate) const SIGNATURE_INFO: u8 = 7;
pub(crate) const DIGEST: u8 = 8;
pub(crate) const SIGNATURE_ALGORITHM_INFO: u8 = 9;
pub(crate) const SIGNATURE_ALGORITHM: u8 = 10;
pub(crate) const MODULUS: u8 = 11;
pub(crate) const SIGNATURE: u8 = 12;
/// A single byte without a length.
pub(crate) const PADDING: u8 = 13;
pub(crate) const FILE_NAME: u8 = 14;
pub(crate) const TIMESTAMP: u8 = 15;
const ENCRYPTION_FIRST: u8 = 16;
const ENCRYPTION_LAST: u8 = 27;
const ENCRYPTED_NAME: &[u8] = b".enc.sgn";
pub(crate) const SIGNER_VERSION: u8 = 28;

/// The tags that a signature cannot be checked without. The signer's name is a cross-check only
/// (P-SIG-1), the containers carry nothing, firmware has no timestamp.
const MANDATORY: u32 =
    known_bit(SERIAL) | known_bit(ISSUER) | known_bit(DIGEST) | known_bit(SIGNATURE);

/// Every tag with a name appears once; padding has no length. The containers 16, 17 and 21 are
/// those of the encryption block, taken as the others are (`spec/FORMAT.md` section 2).
static RULES: Rules = Rules::NONE
    .once(VERSION, SIGNER_VERSION)
    .unnamed(PADDING)
    .sizes(VERSION, &[2])
    .sizes(HEADER_LENGTH, &[2])
    .sizes(DIGEST, &[1])
    .sizes(SIGNATURE_ALGORITHM, &[1])
    .sizes(MODULUS, &[1])
    .sizes(TIMESTAMP, &[4])
    .sizes(SIGNER_VERSION, &[2])
    .container(SIGNER_INFO)
    .container(SIGNATURE_INFO)
    .container(SIGNATURE_ALGORITHM_INFO)
    .container(16)
    .container(17)
    .container(21);

/// Each container and what belongs in it; the signature is outside 7 (`spec/FORMAT.md` section
/// 1.6).
const CONTAINERS: [(u8, &[u8]); 3] = [
    (SIGNER_INFO, &[SIGNER_NAME, SERIAL, ISSUER]),
    (SIGNATURE_INFO, &[DIGEST, SIGNATURE_ALGORITHM_INFO, SIGNATURE_ALGORITHM, MODULUS]),
    (SIGNATURE_ALGORITHM_INFO, &[SIGNATURE_ALGORITHM, MODULUS]),
];

/// Tag 1 of length 2: how every file of this format starts.
const MAGIC: [u8; TLV_HEAD] = [VERSION, 0, 2];
const PREAMBLE_LEN: usize = 10;
const HEADER_LENGTH_AT: usize = 5;
const PREAMBLE_SEEN: u32 = known_bit(VERSION) | known_bit(HEADER_LENGTH);

#[cfg(test)]
mod tests;
