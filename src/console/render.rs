//! The layout of CUCM's own `show itl` and `show ctl`.

use super::mark::{Part, ROWS, unknown_row};
use super::print::{Presence, Print, PrintedRecord, Row, Verified};
use super::value::Value;
use crate::facts::ListKind;
use crate::text::{hex, is_hidden};
use crate::wire::Role;
use alloc::{format, string::String};
use core::fmt::{self, Display, Formatter, Write as _};

impl Display for Print {
    /// The print as CUCM lays it out: tabs between the columns, the signature in rows of eight bytes without padding.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let list = word(self.kind);
        if matches!(self.presence, Presence::NotFound(_)) {
            writeln!(f, "Length of {list} file: 0\n{list} File not found.")?;
            return writeln!(f, "Error parsing the {list} File.");
        }
        if let (Some(md5), Some(sha1)) = (self.md5, self.sha1) {
            writeln!(
                f,
                "The checksum value of the {list} file:\n{}(MD5)\n{}(SHA1)\n\n",
                hex(&md5),
                hex(&sha1)
            )?;
        }
        if let Some(size) = self.size {
            writeln!(f, "Length of {list} file: {size}")?;
        }
        if let Some(modified) = &self.modified {
            writeln!(f, "The {list} File was last modified on {}", escaped(modified))?;
        }
        writeln!(f, "\n\tParse {list} File\n\t----------------\n")?;
        self.header(f)?;
        for record in &self.records {
            self.record(f, record)?;
        }
        match self.verified {
            Verified::Yes(_) => writeln!(f, "\nThe {list} file was verified successfully."),
            Verified::No(_) => writeln!(f, "\nVerification of the {list} File failed."),
            Verified::NotSaid => Ok(()),
        }
    }
}

impl Print {
    fn header(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some((major, minor)) = self.version {
            writeln!(f, "Version:\t{major}.{minor}")?;
        }
        if let Some(length) = self.header_length {
            writeln!(f, "HeaderLength:\t{length} (BYTES)")?;
        }
        writeln!(f, "\n{COLUMNS}")?;
        self.header.iter().try_for_each(|row| line(f, row, Part::Header))
    }

    fn record(&self, f: &mut Formatter<'_>, record: &PrintedRecord) -> fmt::Result {
        let list = word(self.kind);
        writeln!(f, "\n\t{list} Record #:{}\n\t         ----\n{COLUMNS}", record.index.0)?;
        record.rows.iter().try_for_each(|row| line(f, row, Part::Record))?;
        match record.signed_this_file {
            Some(true) => writeln!(f, "This etoken was used to sign the {list} file."),
            Some(false) => writeln!(f, "This etoken was not used to sign the {list} file."),
            None => Ok(()),
        }
    }
}

const COLUMNS: &str = "BYTEPOS\tTAG\t\tLENGTH\tVALUE\n-------\t---\t\t------\t-----";

/// The word of the list in headings; a list of neither kind prints as an ITL.
fn word(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Ctl => "CTL",
        ListKind::Itl | ListKind::List => "ITL",
    }
}

fn line(f: &mut Formatter<'_>, row: &Row, part: Part) -> fmt::Result {
    let name = ROWS.iter().find(|known| known.1 == row.tag && known.3 == part);
    let name = name.map_or_else(|| unknown_row(row.tag), |known| String::from(known.0));
    let name = if name == "HASHALGORITHM" { "HASH ALGORITHM" } else { name.as_str() };
    // Columns are eight wide: short names take two tabs.
    let tabs = if name.len() < 8 { "\t\t" } else { "\t" };
    write!(f, "{}\t{name}{tabs}{}", row.tag, row.length)?;
    writeln!(f, "{}", value(row, part))
}

fn value(row: &Row, part: Part) -> String {
    match (&row.value, part, row.tag) {
        (Value::Absent, ..) => String::from("\t"),
        (Value::Bytes(bytes), Part::Header, 12) => signature(bytes),
        (Value::Bytes(bytes), Part::Record, 9) => {
            format!("\t{} (SHA1 Hash HEX)", upper(bytes, ' '))
        }
        (Value::Bytes(bytes), Part::Record, 11) => format!("\t{}", upper(bytes, ' ')),
        (Value::Bytes(bytes), ..) => format!("\t{}", upper(bytes, ':')),
        (Value::Number(number), ..) => format!("\t{number}"),
        (Value::Role(Role::Sast), ..) => String::from("\tSystem Administrator Security Token"),
        (Value::Role(role), ..) => format!("\t{role}"),
        (Value::Text(text) | Value::Unsure(text), ..) => format!("\t{}", escaped(text)),
    }
}

fn signature(bytes: &[u8]) -> String {
    let mut out = String::new();
    for row in bytes.chunks(8) {
        out.push_str("\n\t\t");
        for (index, byte) in row.iter().enumerate() {
            let _ = write!(out, "{}{byte:x}", if index == 0 { "" } else { "  " });
        }
    }
    out
}

fn upper(bytes: &[u8], between: char) -> String {
    let mut out = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push(between);
        }
        let _ = write!(out, "{byte:02X}");
    }
    out
}

/// A text without what a terminal would act on or a reader would take for a gap: control characters, invisible marks
/// and blanks other than the plain one are written `\xNN`, byte by byte.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) || c.is_whitespace() && c != ' ' {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_escaped() {
        assert_eq!(escaped("a\u{1b}[2J\u{a0}b \u{202e}c"), "a\\x1b[2J\\xc2\\xa0b \\xe2\\x80\\xaec");
    }
}
