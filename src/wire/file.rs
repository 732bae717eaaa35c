//! List or signed file: what the header's file name and the body say (`spec/FORMAT.md` section
//! 1.5).

use super::error::{Field, ParseError, ParseErrorKind};
use super::message::Message;
use super::{Header, TrustList};

/// A file of this format.
#[derive(Clone, Copy, Debug)]
pub enum File<'a> {
    /// A trust list.
    List(TrustList<'a>),
    /// A signed file.
    Signed(SignedFile<'a>),
}

impl<'a> File<'a> {
    /// The header.
    pub fn header(&self) -> &Header<'a> {
        match self {
            Self::List(list) => list.header(),
            Self::Signed(file) => file.header(),
        }
    }

    /// Returns the bytes that are signed.
    pub fn signed_message(&self) -> Message<'a> {
        match self {
            Self::List(list) => list.signed_message(),
            Self::Signed(file) => file.signed_message(),
        }
    }
}

/// Reads a trust list or a signed file. Allocates nothing.
///
/// ```
/// use trustlist::wire::{self, Neighbour, ParseErrorKind};
///
/// let error = wire::parse(b"").unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::NotThisFormat(Neighbour::Empty));
/// ```
///
/// # Errors
/// [`ParseErrorKind::NotThisFormat`] for another format, the other kinds for a broken header. Each
/// has the byte offset.
#[inline]
pub fn parse(file: &[u8]) -> Result<File<'_>, ParseError> {
    let header = Header::parse(file)?;
    let body = file.get(usize::from(header.length())..).unwrap_or_default();
    Ok(if is_list(&header, body) {
        File::List(TrustList::new(file, header))
    } else {
        File::Signed(SignedFile { file, header })
    })
}

/// A signed file: `*.sgn`, `*.sha512`, firmware. A view that borrows the file.
#[derive(Clone, Copy)]
pub struct SignedFile<'a> {
    file: &'a [u8],
    header: Header<'a>,
}

impl core::fmt::Debug for SignedFile<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("SignedFile").field(&crate::text::Bytes(self.file)).finish()
    }
}

impl<'a> SignedFile<'a> {
    /// Reads a signed file.
    ///
    /// # Errors
    /// [`ParseErrorKind::TrustList`] for a trust list, [`ParseErrorKind::NotThisFormat`] for
    /// another format, the other kinds for a broken header.
    pub fn parse(file: &'a [u8]) -> Result<Self, ParseError> {
        match parse(file)? {
            File::Signed(signed) => Ok(signed),
            File::List(_) => Err(ParseError::new(0, Field::File, ParseErrorKind::TrustList)),
        }
    }

    /// The header.
    pub fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// Returns the bytes after the header: the file as it was before it was signed.
    pub fn payload(&self) -> &'a [u8] {
        self.file.get(usize::from(self.header.length())..).unwrap_or_default()
    }

    /// Checks if the header names the placeholder of Cisco's firmware: the verifying key is inside
    /// phones (`spec/FORMAT.md` section 4.3).
    pub fn is_firmware(&self) -> bool {
        self.header.serial() == FIRMWARE_SERIAL
            && self.header.signer_name().is_some_and(|name| name.starts_with(FIRMWARE_SIGNER))
    }

    /// Returns the bytes that are signed: the file without the signature's tag (`spec/FORMAT.md`
    /// section 4).
    pub fn signed_message(&self) -> Message<'a> {
        signed_message(self.file, &self.header)
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.file
    }
}

/// Returns the list that a file name is of: `CTLFile.tlv`, `CTLSEP<mac>.tlv`, `ITLFile.tlv`,
/// `ITLSEP<mac>.tlv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum ListName {
    /// A CTL.
    Ctl,
    /// An ITL.
    Itl,
    /// Neither, or no name.
    Other,
}

impl ListName {
    pub(super) fn of(name: Option<&[u8]>) -> Self {
        match name.and_then(|name| name.first_chunk::<3>()) {
            Some(head) if head.eq_ignore_ascii_case(b"CTL") => Self::Ctl,
            Some(head) if head.eq_ignore_ascii_case(b"ITL") => Self::Itl,
            _ => Self::Other,
        }
    }
}

pub(super) fn signed_message<'a>(file: &'a [u8], header: &Header<'a>) -> Message<'a> {
    let (before, behind) = header.around_signature();
    [before, file.get(behind..).unwrap_or_default()].into()
}

#[inline]
fn is_list(header: &Header<'_>, body: &[u8]) -> bool {
    let name = header.file_name().map(|name| name.strip_suffix(&[0]).unwrap_or(name));
    let ends = |suffix: &&[u8]| name.is_some_and(|name| has_suffix(name, suffix));
    if ends(&LIST_SUFFIX) {
        return true;
    }
    !SIGNED_SUFFIXES.iter().any(ends) && body.starts_with(RECORD_START)
}

#[inline]
fn has_suffix(name: &[u8], suffix: &[u8]) -> bool {
    name.len()
        .checked_sub(suffix.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

const LIST_SUFFIX: &[u8] = b".tlv";
/// Names of signed files; firmware by the names that 69xx to 99xx loads are known under.
const SIGNED_SUFFIXES: [&[u8]; 7] =
    [b".sgn", b".sha512", b".loads", b".sbn", b".sbin", b".zz", b".sebn"];
const RECORD_START: &[u8] = &[1, 0, 2];
/// `CN=someSigner;…`, serial `1234567890abcdef`.
const FIRMWARE_SIGNER: &[u8] = b"CN=someSigner";
const FIRMWARE_SERIAL: &[u8] = &[0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef];
