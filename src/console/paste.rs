//! One list out of a paste, and text out of bytes.

use super::clean::Clean;
use super::{Line, PasteLimits, Presence, Print, parse_within};
use crate::facts::ListKind;
use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::fmt;

/// Kind of given bytes: a file of this format, or text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Given<'a> {
    /// Not text: hand it to [`crate::wire::parse`], which names what it is.
    Binary(
        #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex"))]
        &'a [u8],
    ),
    /// Text, decoded.
    Text(String),
}

impl<'a> Given<'a> {
    /// Tells them apart by content, never by name: text in UTF-8, UTF-16 or an 8-bit code page is text.
    ///
    /// ```
    /// use trustlist::console::Given;
    /// assert!(matches!(Given::of(b"\x01\x00\x02\x01\x02"), Given::Binary(_)));
    /// assert_eq!(Given::of(b"\xff\xfea\0d\0"), Given::Text("ad".into()));
    /// ```
    pub fn of(bytes: &'a [u8]) -> Self {
        match bytes {
            [0xff, 0xfe, rest @ ..] => Self::Text(utf16(rest, u16::from_le_bytes)),
            [0xfe, 0xff, rest @ ..] => Self::Text(utf16(rest, u16::from_be_bytes)),
            _ if bytes.contains(&0) => {
                match [u16::from_le_bytes, u16::from_be_bytes]
                    .into_iter()
                    .find_map(|unit| unmarked(bytes, unit))
                {
                    Some(text) => Self::Text(text),
                    None => Self::Binary(bytes),
                }
            }
            _ => match core::str::from_utf8(bytes) {
                Ok(text) if !text.contains(BINARY) => {
                    Self::Text(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
                }
                Err(_) if !bytes.iter().any(|byte| BINARY.contains(&char::from(*byte))) => {
                    Self::Text(bytes.iter().map(|&byte| char::from(byte)).collect())
                }
                _ => Self::Binary(bytes),
            },
        }
    }
}

/// Bytes that occur in no text; every file of this format holds them.
const BINARY: [char; 4] = ['\0', '\u{1}', '\u{2}', '\u{3}'];

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> =
        bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit).collect();
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Text in UTF-16 without a mark at its beginning: every unit is a character of a text, and most of them are ASCII. The bytes of a list
/// are neither, which its beginning shows.
fn unmarked(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    is_text(&utf16(head, unit)).then(|| utf16(bytes, unit)).filter(|text| is_text(text))
}

const HEAD: usize = 512;

fn is_text(text: &str) -> bool {
    let ascii = text.chars().filter(char::is_ascii).count();
    // The last unit of a beginning may be half a character.
    let whole = text.strip_suffix(char::REPLACEMENT_CHARACTER).unwrap_or(text);
    let no_text = |c: char| c == char::REPLACEMENT_CHARACTER || BINARY.contains(&c);
    ascii.saturating_mul(2) > text.chars().count() && !whole.chars().any(no_text)
}

/// Why a paste is not one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PasteError {
    /// Nothing but blanks.
    Empty,
    /// Bytes of a file that were taken for text.
    Binary,
    /// Text, but no `show itl` or `show ctl` in it.
    NoList {
        /// The first line with something on it.
        line: Line,
    },
    /// A paste without anything readable.
    NothingRead {
        /// Where it begins.
        line: Line,
    },
    /// A print of the other kind only.
    OtherKind {
        /// The wanted kind.
        wanted: ListKind,
        /// Where the other one begins.
        line: Line,
    },
    /// More text than the limit.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
        /// The most bytes: [`MAX_PASTE`](super::MAX_PASTE), or what the caller allows.
        limit: usize,
    },
    /// More prints than the limit.
    TooManyPrints {
        /// Where the reader stopped.
        line: Line,
        /// The most prints: [`MAX_PRINTS`](super::MAX_PRINTS), or what the caller allows.
        limit: usize,
    },
    /// More records than the limit.
    TooManyRecords {
        /// Where the reader stopped.
        line: Line,
        /// The most of them: [`MAX_PRINTED_RECORDS`](super::MAX_PRINTED_RECORDS), or what the caller allows.
        limit: usize,
    },
    /// More rows than the limit.
    TooManyRows {
        /// Where the reader stopped.
        line: Line,
        /// The most of them: [`MAX_ROWS`](super::MAX_ROWS), or what the caller allows.
        limit: usize,
    },
    /// More than one print of the wanted kind.
    SeveralLists {
        /// Where the first one begins.
        first: Line,
        /// Where the second one begins.
        second: Line,
    },
}

impl PasteError {
    /// Whether a limit was reached: the paste may be right, and can be read with higher
    /// [`PasteLimits`].
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. }
                | Self::TooManyPrints { .. }
                | Self::TooManyRecords { .. }
                | Self::TooManyRows { .. }
        )
    }
}

impl fmt::Display for PasteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => {
                f.write_str("line 1: nothing in it, expected the output of show itl or show ctl")
            }
            Self::Binary => f.write_str("line 1: binary data, expected text; give the file itself"),
            Self::NoList { line } => {
                write!(f, "{line}: expected the output of show itl or show ctl, found other text")
            }
            Self::NothingRead { line } => {
                write!(
                    f,
                    "{line}: nothing of the list can be read, expected the output of show itl or show ctl as it was printed"
                )
            }
            Self::OtherKind { wanted, line } => match wanted {
                ListKind::Ctl => {
                    write!(f, "{line}: expected the output of show ctl, found that of show itl")
                }
                _ => write!(f, "{line}: expected the output of show itl, found that of show ctl"),
            },
            Self::TooLong { bytes, limit } => {
                write!(
                    f,
                    "line 1: {bytes} bytes of text, expected at most {limit} (console::MAX_PASTE)"
                )
            }
            Self::TooManyPrints { line, limit } => {
                write!(
                    f,
                    "{line}: more than {limit} prints of a list in one paste (console::MAX_PRINTS)"
                )
            }
            Self::TooManyRecords { line, limit } => {
                write!(
                    f,
                    "{line}: more than {limit} records in one paste (console::MAX_PRINTED_RECORDS)"
                )
            }
            Self::TooManyRows { line, limit } => {
                write!(f, "{line}: more than {limit} rows in one paste (console::MAX_ROWS)")
            }
            Self::SeveralLists { first, second } => {
                write!(f, "{second}: a second list, expected one; the first one begins at {first}")
            }
        }
    }
}

impl core::error::Error for PasteError {}

/// Returns the one list of a paste; with a kind given, the one of that kind. Without a kind, a print that says that there is no
/// such file counts only if there is nothing else. A print that was cut is an answer too: see [`Print::cut`].
///
/// ```
/// use trustlist::console::{PasteError, list};
/// assert_eq!(list(" \n", None).unwrap_err(), PasteError::Empty);
/// assert_eq!(list("\nadmin:show version", None).unwrap_err().to_string(),
///     "line 2: expected the output of show itl or show ctl, found other text");
/// ```
///
/// # Errors
/// [`PasteError`] with the line, if there is none, or more than one.
pub fn list(text: &str, wanted: Option<ListKind>) -> Result<Print, PasteError> {
    list_within(text, wanted, &PasteLimits::new())
}

/// As [`list`], with limits of the caller.
///
/// # Errors
/// As [`list`].
pub fn list_within(
    text: &str,
    wanted: Option<ListKind>,
    limits: &PasteLimits,
) -> Result<Print, PasteError> {
    let Some(first_line) =
        Clean::split(text).lines().find(|line| !line.text.trim().is_empty()).map(|line| line.line)
    else {
        return Err(PasteError::Empty);
    };
    if text.contains(BINARY) {
        return Err(PasteError::Binary);
    }
    let prints = parse_within(text, limits)?;
    let other = prints.first().map(|print| print.line);
    // A session log of a cluster that is not in mixed mode says beside its ITL that it has no CTL.
    let lists = prints.iter().filter(|print| print.presence == Presence::Printed).count();
    let there_only = wanted.is_none() && lists == 1;
    let mut fitting = prints.into_iter().filter(|print| match wanted {
        Some(wanted) => print.kind == wanted,
        None => !there_only || print.presence == Presence::Printed,
    });
    match (fitting.next(), fitting.next(), wanted, other) {
        (Some(print), None, ..) if !print.is_readable() => {
            Err(PasteError::NothingRead { line: print.line })
        }
        (Some(print), None, ..) => Ok(print),
        (Some(first), Some(second), ..) => {
            Err(PasteError::SeveralLists { first: first.line, second: second.line })
        }
        (None, _, Some(wanted), Some(line)) => Err(PasteError::OtherKind { wanted, line }),
        _ => Err(PasteError::NoList { line: first_line }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITL: &str = "Length of ITL file: 10\n";
    const CTL: &str = "Length of CTL file: 0\nCTL File not found\n";

    #[test]
    fn each_way_to_be_no_list_has_its_error() {
        let error = |text: &str, wanted| list(text, wanted).unwrap_err();
        let only_its_word = "\nThe ITL file was verified successfully.";
        assert_eq!(error(only_its_word, None), PasteError::NothingRead { line: Line(2) });
        assert_eq!(error("", None), PasteError::Empty);
        assert_eq!(error("\u{1}\0\u{2}x", None), PasteError::Binary);
        assert_eq!(error("\n\nhello", None), PasteError::NoList { line: Line(3) });
        assert_eq!(
            error(&[ITL, ITL].concat(), None),
            PasteError::SeveralLists { first: Line(1), second: Line(2) }
        );
        assert_eq!(
            error(&[CTL, CTL].concat(), None),
            PasteError::SeveralLists { first: Line(1), second: Line(3) }
        );
        assert_eq!(
            error(CTL, Some(ListKind::Itl)),
            PasteError::OtherKind { wanted: ListKind::Itl, line: Line(1) }
        );
    }

    #[test]
    fn a_list_that_is_not_there_is_none_beside_one_that_is() {
        let both = [ITL, CTL].concat();
        assert_eq!(list(&both, Some(ListKind::Ctl)).unwrap().line, Line(2));
        assert_eq!(list(&both, None).unwrap().kind, ListKind::Itl);
        assert_eq!(list(CTL, None).unwrap().kind, ListKind::Ctl);
    }

    #[test]
    fn text_is_told_from_files() {
        assert_eq!(Given::of(b"\xef\xbb\xbfshow itl"), Given::Text("show itl".into()));
        assert_eq!(Given::of(b"CN=M\xfcller"), Given::Text("CN=Müller".into()));
        assert_eq!(Given::of(b"\xfe\xff\0a"), Given::Text("a".into()));
        assert_eq!(Given::of(b"\x01\0\x02\x01"), Given::Binary(b"\x01\0\x02\x01"));
        assert_eq!(Given::of(b"\xff\0\x80"), Given::Binary(b"\xff\0\x80"));
    }

    #[test]
    fn utf_16_is_read_without_a_mark() {
        let text = "admin:show itl \u{2019}x\u{2019}\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(
            (Given::of(&little), Given::of(&big)),
            (Given::Text(text.into()), Given::Text(text.into()))
        );
    }
}
