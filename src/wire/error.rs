//! The errors in the bytes of a file, and their places.

use super::Neighbour;
use core::fmt;

/// Why bytes are not a trust list or signed file: what, where, what was expected. One line when
/// displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ParseError {
    offset: usize,
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::record"))]
    record: u32,
    field: Field,
    kind: ParseErrorKind,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(offset: usize, field: Field, kind: ParseErrorKind) -> Self {
        Self { offset, record: 0, field, kind }
    }

    /// The same error, seen while record `index` (from 1) was read.
    #[cold]
    pub(crate) fn in_record(self, index: u32) -> Self {
        Self { record: index, ..self }
    }

    /// Byte offset in the file, never past its end.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Number of the record that was being read, from 1 as `show itl` counts; `None` in the header.
    pub fn record(&self) -> Option<u32> {
        (self.record > 0).then_some(self.record)
    }

    /// The field that was being read.
    pub fn field(&self) -> Field {
        self.field
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ParseErrorKind::NotThisFormat(neighbour) = self.kind {
            return write!(
                f,
                "byte 0x{:04x}: expected a trust list or signed file (01 00 02 …), found {neighbour}",
                self.offset
            );
        }
        match self.record() {
            Some(record) => write!(f, "record {record}, ")?,
            None => f.write_str("header, ")?,
        }
        write!(f, "{} at byte 0x{:04x}: {}", self.field, self.offset, self.kind)
    }
}

impl core::error::Error for ParseError {}

/// The kind of an error in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A tag that may appear once appeared again.
    #[error("appears twice, first at byte 0x{first:04x}")]
    Duplicate {
        /// Offset of the first one.
        first: usize,
    },
    /// The header length is shorter than the header's first two tags, or points past the file.
    #[error("header length {length}, file size {size}: expected 10 to the file size")]
    HeaderLength {
        /// The value of the field.
        length: usize,
        /// Size of the file in bytes.
        size: usize,
    },
    /// A mandatory tag is missing.
    #[error("missing")]
    Missing,
    /// Another format.
    #[error("not this format: {0}")]
    NotThisFormat(Neighbour),
    /// A list was asked for and the file is a signed file.
    #[error("a signed file, expected a trust list")]
    SignedFile,
    /// More records than [`MAX_RECORDS`](super::MAX_RECORDS).
    #[error("more than {limit} records (wire::MAX_RECORDS)")]
    TooManyRecords {
        /// The limit.
        limit: u32,
    },
    /// A length points past the end of its container.
    #[error("needs {needed} bytes, {available} left")]
    Truncated {
        /// Bytes needed.
        needed: usize,
        /// Bytes left.
        available: usize,
    },
    /// A trust list was found where a signed file was asked for.
    #[error("a trust list, expected a signed file")]
    TrustList,
    /// Another tag was expected here.
    #[error("tag {found}, expected {expected}")]
    UnexpectedTag {
        /// The tag that must be here.
        expected: u8,
        /// The tag that is here.
        found: u8,
    },
    /// A field of fixed size has another size.
    #[error("{found} bytes, expected {expected}")]
    WrongSize {
        /// The size in bytes that the format knows.
        expected: usize,
        /// The size in bytes found.
        found: usize,
    },
}

/// The field that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// Everything after the header.
    Body,
    /// The file as a whole.
    File,
    /// A tag of the header, by number (`spec/FORMAT.md` section 2).
    Header(u8),
    /// A tag of a record, by number (`spec/FORMAT.md` section 3).
    Record(u8),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tag, name) = match *self {
            Self::Body => return f.write_str("body"),
            Self::File => return f.write_str("file"),
            Self::Header(tag) => (tag, header_tag_name(tag)),
            Self::Record(tag) => (tag, record_tag_name(tag)),
        };
        match name {
            Some(name) => write!(f, "{name} (tag {tag})"),
            None => write!(f, "tag {tag}"),
        }
    }
}

fn header_tag_name(tag: u8) -> Option<&'static str> {
    Some(match tag {
        1 => "version",
        2 => "header length",
        3 => "signer info",
        4 => "signer name",
        5 => "signer serial number",
        6 => "issuer name",
        7 => "signature info",
        8 => "digest algorithm",
        9 => "signature algorithm info",
        10 => "signature algorithm",
        11 => "signature modulus",
        12 => "signature",
        13 => "padding",
        14 => "file name",
        15 => "timestamp",
        28 => "signer version",
        _ => return None,
    })
}

fn record_tag_name(tag: u8) -> Option<&'static str> {
    Some(match tag {
        1 => "record length",
        2 => "DNS name",
        3 => "subject",
        4 => "function",
        5 => "issuer",
        6 => "serial number",
        7 => "public key",
        8 => "certificate signature",
        9 => "certificate",
        10 => "IP address",
        11 => "certificate hash",
        12 => "hash algorithm",
        _ => return None,
    })
}
