//! The fixed words of a print: row names, headings, closing lines (`spec/FORMAT.md` sections 2, 3 and 3.5).

use super::glyph::{Glyph, Line, word_at};
use crate::facts::ListKind;
use alloc::{format, string::String, vec::Vec};

/// A fixed word found in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    /// First character of it.
    pub(super) start: usize,
    /// First character after it.
    pub(super) end: usize,
    pub(super) line: Line,
}

impl Mark {
    /// Whether it begins a record.
    pub(super) fn is_record(&self) -> bool {
        matches!(self.kind, MarkKind::Record(_))
    }

    /// Whether it begins a row.
    pub(super) fn is_row(&self) -> bool {
        matches!(self.kind, MarkKind::Row(..))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// "The checksum value of the ITL file:".
    Checksum(ListKind),
    /// "BYTEPOS TAG LENGTH VALUE" and its rule line.
    Columns,
    /// `[...]`: a mark that the paste was cut.
    Cut,
    /// "Verification of the ITL File failed".
    Failed(ListKind),
    /// "HeaderLength:".
    HeaderLength,
    /// "Length of ITL file:".
    Length(ListKind),
    /// "The ITL File was last modified on".
    Modified(ListKind),
    /// "CTL File not found".
    NotFound(ListKind),
    /// "Parse ITL File".
    Parse(ListKind),
    /// "Error parsing the CTL File".
    ParseError(ListKind),
    /// The prompt of CUCM's command line.
    Prompt,
    /// "ITL Record #:".
    Record(ListKind),
    /// "Signature Verified successfully" (true) or "Signature verification failed", inside a record: an old tool.
    RecordVerified(bool),
    /// A row: its tag, and the part of the list that may contain it.
    Row(u8, Shape, Part),
    /// "This etoken was (not) used to sign the ITL file."
    Signed(bool),
    /// "Start CTL Records".
    StartRecords,
    /// "The ITL file was verified successfully".
    Verified(ListKind),
    /// "Version:".
    Version,
}

/// The part of a list that may contain a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Either,
    Header,
    Record,
}

/// The kind of value after the length of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing, in every known paste.
    Bare,
    /// The bytes of the signature, unpadded hex.
    Bytes,
    /// A number; the length column says 2.
    Container,
    /// A hash, for a certificate followed by "(SHA1 Hash HEX)".
    Hash,
    /// The name of a hash algorithm.
    HashName,
    /// The name of a role.
    Role,
    /// Hex digits, with colons, blanks or nothing between the bytes.
    Serial,
    /// A name.
    Text,
}

/// Row names with tag, shape and part. Longer names come before their beginnings. The spelling `…ALGORTITHM` is
/// CUCM's own (FORMAT 3.5); `SERIAL NUMBER`, `DIGESTALGO` and `SIGNATUREALGO` are those of an old vendor tool.
pub(super) const ROWS: &[(&str, u8, Shape, Part)] = &[
    ("SIGNERID", 3, Shape::Container, Part::Header),
    ("SIGNERNAME", 4, Shape::Text, Part::Header),
    ("SERIALNUMBER", 5, Shape::Serial, Part::Header),
    ("SERIALNUMBER", 6, Shape::Serial, Part::Record),
    ("CANAME", 6, Shape::Text, Part::Header),
    ("SIGNATUREINFO", 7, Shape::Container, Part::Header),
    ("DIGESTALGORTITHM", 8, Shape::Bare, Part::Header),
    ("DIGESTALGORITHM", 8, Shape::Bare, Part::Header),
    ("DIGESTALGO", 8, Shape::Bare, Part::Header),
    ("SIGNATUREALGOINFO", 9, Shape::Container, Part::Header),
    ("SIGNATUREALGORTITHM", 10, Shape::Bare, Part::Header),
    ("SIGNATUREALGORITHM", 10, Shape::Bare, Part::Header),
    ("SIGNATUREALGO", 10, Shape::Bare, Part::Header),
    ("SIGNATUREMODULUS", 11, Shape::Bare, Part::Header),
    ("SIGNATURE", 12, Shape::Bytes, Part::Header),
    ("FILENAME", 14, Shape::Bare, Part::Header),
    ("TIMESTAMP", 15, Shape::Bare, Part::Header),
    ("RECORDLENGTH", 1, Shape::Container, Part::Record),
    ("DNSNAME", 2, Shape::Text, Part::Record),
    ("SUBJECTNAME", 3, Shape::Text, Part::Record),
    ("FUNCTION", 4, Shape::Role, Part::Record),
    ("ISSUERNAME", 5, Shape::Text, Part::Record),
    ("PUBLICKEY", 7, Shape::Bare, Part::Record),
    ("SIGNATURE", 8, Shape::Bare, Part::Record),
    ("CERTIFICATE", 9, Shape::Hash, Part::Record),
    ("IPADDRESS", 10, Shape::Bare, Part::Record),
    ("CERTHASH", 11, Shape::Hash, Part::Record),
    ("HASHALGORITHM", 12, Shape::HashName, Part::Record),
];

/// The name that this crate prints for a tag without a name: the number is in it a second time, so that the row
/// is found wherever a line break falls.
pub(super) fn unknown_row(tag: u8) -> String {
    format!("UNKNOWN{tag}")
}

/// The fixed words of a text, in order and without overlap.
pub(super) fn marks(glyphs: &[Glyph]) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(glyph) = glyphs.get(at) {
        if at > 0 && glyph.gap.is_none() {
            at = at.saturating_add(1);
            continue;
        }
        let mark = row_at(glyphs, at).or_else(|| phrase_at(glyphs, at));
        match mark {
            Some((kind, end)) => {
                found.push(Mark { kind, start: at, end, line: glyph.line });
                // A row's number may be the value of the row before: "LENGTH 2 4 FUNCTION".
                at = end.max(at.saturating_add(1));
            }
            None => at = at.saturating_add(1),
        }
    }
    found
}

/// A row: the tag's number, a gap, the row's name.
fn row_at(glyphs: &[Glyph], at: usize) -> Option<(MarkKind, usize)> {
    let (digits, tag) = number_at(glyphs, at)?;
    let name_at = at.saturating_add(digits);
    if glyphs.get(name_at)?.gap.is_none() {
        return None;
    }
    if let Some(end) = word_at(glyphs, name_at, &unknown_row(tag)) {
        return Some((MarkKind::Row(tag, Shape::Bare, Part::Either), end));
    }
    let rows = ROWS.iter().filter(|row| row.1 == tag);
    rows.filter_map(|&(name, tag, shape, part)| {
        let end = exact_word_at(glyphs, name_at, name)?;
        // A number after a gap follows the name of a row; otherwise the name is the start of another word.
        let follows =
            glyphs.get(end).is_none_or(|next| next.c.is_ascii_digit() && !next.gap.is_none());
        follows.then_some((MarkKind::Row(tag, shape, part), end))
    })
    .next()
}

/// A number below 256 whose last digit is followed by something else: how many digits, and its value. A leading zero
/// is the end of another number ("100\n0\n2\tDNSNAME").
fn number_at(glyphs: &[Glyph], at: usize) -> Option<(usize, u8)> {
    if glyphs.get(at)?.c == '0' {
        return None;
    }
    let digits = glyphs.iter().skip(at).take(4).map_while(|glyph| glyph.c.to_digit(10));
    let mut count = 0usize;
    let mut value = 0u32;
    for digit in digits {
        value = value.checked_mul(10)?.checked_add(digit)?;
        count = count.saturating_add(1);
    }
    if count == 0 || count > 3 { None } else { Some((count, u8::try_from(value).ok()?)) }
}

fn exact_word_at(glyphs: &[Glyph], at: usize, word: &str) -> Option<usize> {
    let end = word_at(glyphs, at, word)?;
    let same = glyphs.get(at..end)?.iter().zip(word.chars()).all(|(glyph, c)| glyph.c == c);
    same.then_some(end)
}

fn phrase_at(glyphs: &[Glyph], at: usize) -> Option<(MarkKind, usize)> {
    // Most words of a print are hex digits.
    if !glyphs.get(at).is_some_and(|glyph| FIRST_LETTERS.contains(&glyph.c.to_ascii_lowercase())) {
        return None;
    }
    let phrase =
        PHRASES.iter().find_map(|&(phrase, kind)| Some((kind, word_at(glyphs, at, phrase)?)));
    phrase.or_else(|| LIST_PHRASES.iter().find_map(|phrase| phrase.at(glyphs, at)))
}

/// The letters that phrases begin with.
const FIRST_LETTERS: &[char] = &['a', 'b', 'c', 'e', 'h', 'i', 'l', 'p', 's', 't', 'v', '['];

/// Phrases that do not name the list.
const PHRASES: &[(&str, MarkKind)] = &[
    ("admin:", MarkKind::Prompt),
    ("BYTEPOSTAGLENGTHVALUE", MarkKind::Columns),
    ("HeaderLength:", MarkKind::HeaderLength),
    ("Version:", MarkKind::Version),
    ("Thisetokenwasusedtosignthe", MarkKind::Signed(true)),
    ("Thisetokenwasnotusedtosignthe", MarkKind::Signed(false)),
    ("SignatureVerifiedsuccessfully", MarkKind::RecordVerified(true)),
    ("Signatureverificationfailed", MarkKind::RecordVerified(false)),
    ("StartCTLRecords", MarkKind::StartRecords),
    ("StartITLRecords", MarkKind::StartRecords),
    ("[...]", MarkKind::Cut),
    ("[\u{2026}]", MarkKind::Cut),
];

/// A phrase with `ITL` or `CTL` between its two parts.
struct ListPhrase {
    before: &'static str,
    behind: &'static str,
    kind: fn(ListKind) -> MarkKind,
}

impl ListPhrase {
    fn at(&self, glyphs: &[Glyph], at: usize) -> Option<(MarkKind, usize)> {
        let middle = word_at(glyphs, at, self.before)?;
        let itl = word_at(glyphs, middle, "ITL").map(|end| (ListKind::Itl, end));
        let (kind, end) =
            itl.or_else(|| word_at(glyphs, middle, "CTL").map(|end| (ListKind::Ctl, end)))?;
        Some(((self.kind)(kind), word_at(glyphs, end, self.behind)?))
    }
}

const LIST_PHRASES: &[ListPhrase] = &[
    ListPhrase { before: "Thechecksumvalueofthe", behind: "file:", kind: MarkKind::Checksum },
    ListPhrase { before: "Lengthof", behind: "file:", kind: MarkKind::Length },
    ListPhrase { before: "The", behind: "Filewaslastmodifiedon", kind: MarkKind::Modified },
    ListPhrase { before: "Parse", behind: "File", kind: MarkKind::Parse },
    ListPhrase { before: "", behind: "Record#:", kind: MarkKind::Record },
    ListPhrase { before: "", behind: "Filenotfound", kind: MarkKind::NotFound },
    ListPhrase { before: "Errorparsingthe", behind: "File", kind: MarkKind::ParseError },
    ListPhrase { before: "The", behind: "filewasverifiedsuccessfully", kind: MarkKind::Verified },
    ListPhrase { before: "Verificationofthe", behind: "Filefailed", kind: MarkKind::Failed },
];

#[cfg(test)]
mod tests {
    use super::super::glyph::glyphs;
    use super::*;

    fn kinds(text: &str) -> Vec<MarkKind> {
        marks(&glyphs(text)).iter().map(|mark| mark.kind).collect()
    }

    #[test]
    fn rows_are_told_apart_by_number() {
        let found = kinds("12 SIGNATURE 128 5d 8 SIGNATURE 128 7 SIGNATUREINFO 2 15");
        assert_eq!(found[0], MarkKind::Row(12, Shape::Bytes, Part::Header));
        assert_eq!(found[1], MarkKind::Row(8, Shape::Bare, Part::Record));
        assert_eq!(found[2], MarkKind::Row(7, Shape::Container, Part::Header));
    }

    #[test]
    fn phrases_name_the_list() {
        let found = kinds(
            "CTL File not found . Please\nError parsing the ITL File. ITL Record  #: 1 Thise\ntoken was not used to sign the",
        );
        let expected = [
            MarkKind::NotFound(ListKind::Ctl),
            MarkKind::ParseError(ListKind::Itl),
            MarkKind::Record(ListKind::Itl),
            MarkKind::Signed(false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn words_inside_words_do_not_count() {
        assert_eq!(kinds("CN=admin:x 4FUNCTION 2"), []);
    }
}
