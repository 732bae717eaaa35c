//! Files that people take for trust lists (`spec/FORMAT.md` section 6): recognised, so that the
//! error can name them.

use core::fmt;

/// The format of a file that is not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Neighbour {
    /// Nothing that is known.
    Binary,
    /// An X.509 certificate in DER.
    Certificate,
    /// A pasted `show itl` or `show ctl`.
    ConsolePrint,
    /// No bytes at all (people `touch ITLFile.tlv`).
    Empty,
    /// Firmware of 78xx phones from 11.0.
    Firmware78xx,
    /// A gzip file.
    Gzip,
    /// An HTML page, as servers send for "not found".
    Html,
    /// A PEM file.
    Pem,
    /// A TAR archive.
    Tar,
    /// Other text.
    Text,
    /// Text in UTF-16.
    Utf16,
    /// An XML file, such as an unsigned configuration.
    Xml,
    /// A ZIP archive.
    Zip,
}

impl Neighbour {
    /// Returns the format of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        Self::by_magic(bytes).unwrap_or_else(|| Self::by_text(head))
    }

    fn by_magic(bytes: &[u8]) -> Option<Self> {
        Some(match bytes {
            [] => Self::Empty,
            // 0xAB1234CD, little-endian.
            [0xcd, 0x34, 0x12, 0xab, ..] => Self::Firmware78xx,
            [b'P', b'K', 3, 4, ..] => Self::Zip,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Utf16,
            [0x30, 0x82, ..] => Self::Certificate,
            _ if bytes.get(257..262) == Some(b"ustar") => Self::Tar,
            _ => return None,
        })
    }

    fn by_text(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let starts = |word: &[u8]| {
            text.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        let holds =
            |word: &[u8]| text.windows(word.len()).any(|found| found.eq_ignore_ascii_case(word));
        if starts(b"-----BEGIN ") {
            Self::Pem
        } else if starts(b"<!doctype html") || starts(b"<html") {
            Self::Html
        } else if starts(b"<") {
            Self::Xml
        } else if CONSOLE_WORDS.iter().any(|word| holds(word)) {
            Self::ConsolePrint
        } else if !text.is_empty()
            && text.iter().all(|&byte| byte >= b' ' || byte.is_ascii_whitespace())
            && is_utf8(head)
        {
            Self::Text
        } else {
            Self::Binary
        }
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binary => "other data",
            Self::Certificate => "a certificate or other DER data",
            Self::ConsolePrint => "the text of a `show itl` or `show ctl`",
            Self::Empty => "an empty file",
            Self::Firmware78xx => "78xx firmware",
            Self::Gzip => "a gzip file",
            Self::Html => "an HTML page",
            Self::Pem => "a PEM file",
            Self::Tar => "a TAR archive",
            Self::Text => "text",
            Self::Utf16 => "UTF-16 text",
            Self::Xml => "XML",
            Self::Zip => "a ZIP archive",
        })
    }
}

/// Text cut inside a character is still text.
fn is_utf8(head: &[u8]) -> bool {
    core::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// How many bytes are looked at.
const HEAD: usize = 1024;

/// Words that only CUCM's prints have, in the spelling of the prints.
const CONSOLE_WORDS: [&[u8]; 6] = [
    b"admin:",
    b"Parse ITL File",
    b"Parse CTL File",
    b"of the ITL file",
    b"of the CTL file",
    b"BYTEPOS",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_named() {
        let table: [(&[u8], Neighbour); 14] = [
            (b"", Neighbour::Empty),
            (b"\xcd\x34\x12\xab\0\0", Neighbour::Firmware78xx),
            (b"-----BEGIN CERTIFICATE-----", Neighbour::Pem),
            (b"<!DOCTYPE HTML PUBLIC", Neighbour::Html),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?>", Neighbour::Xml),
            (b"PK\x03\x04", Neighbour::Zip),
            (b"\x1f\x8b\x08", Neighbour::Gzip),
            (b"\xff\xfea\0", Neighbour::Utf16),
            (b"\x30\x82\x02\x0a", Neighbour::Certificate),
            (b"admin: show itl", Neighbour::ConsolePrint),
            (b"\n\tParse ITL File\n", Neighbour::ConsolePrint),
            (b"hello", Neighbour::Text),
            (b"\0\0\0", Neighbour::Binary),
            (b"\xff\xff", Neighbour::Binary),
        ];
        for (bytes, neighbour) in table {
            assert_eq!(Neighbour::of(bytes), neighbour, "{bytes:?}");
        }
        let mut tar = [0; 512];
        tar[0] = b'a';
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(Neighbour::of(&tar), Neighbour::Tar);
    }
}
