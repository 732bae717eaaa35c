//! The values of a row, read by the length that the row itself states.
//!
//! The length says where a value ends, which blanks a wrapped name really had, and whether "1 6" is a 16 that the
//! terminal broke or a 1 followed by a 6. Each reading is ranked; the best one wins, the first of equals.

use super::glyph::{Gap, Glyph, digits, spaced, squeezed};
use super::mark::Shape;
use crate::text::from_hex;
use crate::wire::Role;
use alloc::{string::String, vec, vec::Vec};

/// How well a value fits its length. The better ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// To the byte.
    Exact,
    /// To the byte, once blanks that a line break brought or took are mended.
    Mended,
    /// It does when runs of blanks were longer once: a paste that was collapsed.
    Stretched,
    /// It does not.
    Loose,
}

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Value {
    /// Nothing is printed after the length.
    Absent,
    /// Bytes: a serial number, a hash, the signature.
    Bytes(
        #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex"))] Vec<u8>,
    ),
    /// The number of a container or a record's length.
    Number(u16),
    /// A role by its printed name.
    Role(Role),
    /// A name.
    Text(String),
    /// A name that does not fit its length: the paste cut it, or lost blanks that nothing gives back.
    Unsure(String),
}

/// One reading of the text after a row's name.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) length: u16,
    pub(super) value: Value,
    pub(super) fit: Fit,
}

/// The best reading of the text after a row's name: the length column, then the value.
pub(super) fn read(shape: Shape, text: &[Glyph]) -> Option<Reading> {
    let mut best: Option<Reading> = None;
    for (length, rest) in lengths(text) {
        let (value, fit) = value(shape, length, rest);
        let better = match &best {
            None => true,
            Some(best) => fit < best.fit,
        };
        if better {
            best = Some(Reading { length, value, fit });
        }
    }
    if best.as_ref().is_some_and(|best| best.fit <= Fit::Mended) {
        return best;
    }
    before_other_text(shape, text).or(best)
}

fn value(shape: Shape, length: u16, rest: &[Glyph]) -> (Value, Fit) {
    match shape {
        Shape::Bare => bare(rest),
        Shape::Bytes => bytes(length, rest),
        Shape::Container => container(length, rest),
        Shape::Hash => hash(length, rest),
        Shape::HashName => {
            (Value::Text(squeezed(rest)), if rest.len() < 12 { Fit::Exact } else { Fit::Loose })
        }
        Shape::Role => role(length, rest),
        Shape::Serial => serial(length, rest),
        Shape::Text => name(length, rest),
    }
}

/// The reading of a value that is followed by other text in the lines after it: a time of a terminal log, say. It must be to the byte.
fn before_other_text(shape: Shape, text: &[Glyph]) -> Option<Reading> {
    if matches!(shape, Shape::Bare | Shape::Bytes | Shape::HashName) {
        return None;
    }
    // A length that a line break ends may be the beginning of one.
    let apart = |rest: &[Glyph]| rest.first().is_some_and(|first| !first.gap.is_bare_break());
    // Only the NUL at the end of a name proves that nothing is missing.
    let is_whole = |value: &Value, length: u16| !matches!(value, Value::Text(text) if text.len() >= usize::from(length));
    lengths(text).into_iter().filter(|(_, rest)| apart(rest)).find_map(|(length, rest)| {
        let breaks = rest
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, glyph)| glyph.gap.breaks > 0)
            .take(MOST_BREAKS);
        let mut ends = breaks.filter_map(|(at, _)| rest.get(..at));
        ends.find_map(|rest| match value(shape, length, rest) {
            (Value::Absent, _) => None,
            (value, Fit::Exact) if is_whole(&value, length) => {
                Some(Reading { length, value, fit: Fit::Mended })
            }
            _ => None,
        })
    })
}

/// A name has at most this many lines.
const MOST_BREAKS: usize = 8;

/// Every way to read the length column: the digits up to a gap. A real gap comes before one that a terminal may have
/// made.
fn lengths(text: &[Glyph]) -> Vec<(u16, &[Glyph])> {
    let mut found: Vec<(bool, u16, &[Glyph])> = Vec::new();
    let mut value = 0u32;
    for (index, glyph) in text.iter().enumerate().take(6) {
        if let (true, Ok(length), Some(rest)) =
            (index > 0 && !glyph.gap.is_none(), u16::try_from(value), text.get(index..))
        {
            found.push((glyph.gap.is_bare_break(), length, rest));
        }
        let next = glyph
            .c
            .to_digit(10)
            .filter(|_| index == 0 || glyph.gap.joins_digits() || !glyph.gap.is_bare_break());
        let Some(digit) = next else {
            found.sort_by_key(|&(bare, ..)| bare);
            return found.into_iter().map(|(_, length, rest)| (length, rest)).collect();
        };
        value = value.saturating_mul(10).saturating_add(digit);
    }
    if let (true, Ok(length)) = ((1..6).contains(&text.len()), u16::try_from(value)) {
        found.push((false, length, &[]));
    }
    found.sort_by_key(|&(bare, ..)| bare);
    found.into_iter().map(|(_, length, rest)| (length, rest)).collect()
}

/// Nothing is expected; an address may follow.
fn bare(rest: &[Glyph]) -> (Value, Fit) {
    if rest.is_empty() {
        return (Value::Absent, Fit::Exact);
    }
    let first_word = rest
        .iter()
        .skip(1)
        .position(|glyph| !glyph.gap.is_none())
        .map_or(rest.len(), |end| end.saturating_add(1));
    let word = squeezed(rest.get(..first_word).unwrap_or_default());
    if word.parse::<core::net::IpAddr>().is_ok() {
        (Value::Text(word), Fit::Stretched)
    } else {
        (Value::Absent, Fit::Loose)
    }
}

/// The length column of a container says 2, the number after it counts.
fn container(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    let number = digits(rest);
    match number.parse() {
        Ok(read) if length == 2 && number.len() == rest.len() => (Value::Number(read), Fit::Exact),
        _ => (Value::Absent, Fit::Loose),
    }
}

/// Role names as CUCM and an old tool print them; the words of this crate are read too.
fn role(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    let word = squeezed(rest);
    let role = match word.as_str() {
        "SystemAdministratorSecurityToken" | "SecurityToken" => Some(Role::Sast),
        word => Role::from_word(word).or_else(|| word.parse().ok().map(Role::from_code)),
    };
    match role {
        Some(role) if length == 2 => (Value::Role(role), Fit::Exact),
        Some(role) => (Value::Role(role), Fit::Stretched),
        // Much longer than a role's name: other output after a paste that was cut.
        None if word.is_empty() || rest.len() > LONGEST_ROLE => (Value::Absent, Fit::Loose),
        None => (Value::Text(spaced(rest)), Fit::Loose),
    }
}

/// The longest name of a role has 35 characters.
const LONGEST_ROLE: usize = 64;

/// A serial number: the bytes that the length gives; old tools print none.
fn serial(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    if rest.is_empty() {
        return (if length == 0 { Value::Bytes(Vec::new()) } else { Value::Absent }, Fit::Exact);
    }
    let digits: String =
        rest.iter().map(|glyph| glyph.c).filter(|c| !matches!(c, ':' | '-')).collect();
    let split = rest.iter().any(|glyph| matches!(glyph.c, ':' | '-'));
    if let (false, Some(bytes)) = (split, unpadded(rest, usize::from(length))) {
        return (Value::Bytes(bytes), Fit::Exact);
    }
    match from_hex(&digits).filter(|bytes| !bytes.is_empty()) {
        Some(bytes) if bytes.len() == usize::from(length) => (Value::Bytes(bytes), Fit::Exact),
        // Cut or damaged: half a serial number is another certificate's.
        _ => (Value::Absent, Fit::Loose),
    }
}

/// The SHA-1 that CUCM computes of a certificate, or the hash of a CERTHASH row.
fn hash(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    if rest.is_empty() {
        return (Value::Absent, Fit::Exact);
    }
    let text = squeezed(rest);
    let digits: String =
        text.split('(').next().unwrap_or_default().chars().filter(|&c| c != ':').collect();
    match from_hex(&digits).filter(|bytes| !bytes.is_empty()) {
        Some(bytes) if bytes.len() == SHA1 || bytes.len() == usize::from(length) => {
            (Value::Bytes(bytes), Fit::Exact)
        }
        _ => (Value::Absent, Fit::Loose),
    }
}

const SHA1: usize = 20;

/// The signature, each byte with one or two digits.
fn bytes(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    if rest.is_empty() {
        return (Value::Absent, Fit::Stretched);
    }
    match unpadded(rest, usize::from(length)) {
        Some(bytes) => (Value::Bytes(bytes), Fit::Exact),
        // Broken inside a byte and collapsed since: the bytes are lost, a signature's usual length is not.
        None if length >= 64 && length.is_multiple_of(64) => (Value::Absent, Fit::Stretched),
        None => (Value::Absent, Fit::Loose),
    }
}

/// `count` bytes of one or two hex digits with gaps between them. A bare line break may be a gap or not.
fn unpadded(rest: &[Glyph], count: usize) -> Option<Vec<u8>> {
    let mut words: Vec<(Vec<u8>, bool)> = Vec::new();
    for glyph in rest {
        let digit = u8::try_from(glyph.c.to_digit(16)?).ok()?;
        match words.last_mut() {
            Some((word, _)) if glyph.gap.is_none() => word.push(digit),
            last => {
                let bare = last.is_some() && glyph.gap.is_bare_break();
                words.push((vec![digit], bare));
            }
        }
    }
    let total = words.iter().filter(|(_, joined)| !joined).count();
    let join = total == count;
    let mut bytes: Vec<u32> = Vec::with_capacity(count);
    for (word, bare) in words {
        let value = word
            .iter()
            .fold(0u32, |value, &digit| value.saturating_mul(16).saturating_add(u32::from(digit)));
        match bytes.last_mut() {
            Some(last) if join && bare && word.len() == 1 => {
                *last = last.saturating_mul(16).saturating_add(value)
            }
            _ => bytes.push(value),
        }
    }
    let bytes: Option<Vec<u8>> = bytes.into_iter().map(|value| u8::try_from(value).ok()).collect();
    bytes.filter(|bytes| bytes.len() == count)
}

/// A name with the blanks it had. The length counts the final NUL; a name without one is read as well.
fn name(length: u16, rest: &[Glyph]) -> (Value, Fit) {
    let length = usize::from(length);
    if rest.is_empty() {
        return if length <= 2 {
            (Value::Text(String::new()), Fit::Exact)
        } else {
            (Value::Absent, Fit::Loose)
        };
    }
    let gaps = rest.iter().skip(1).any(|glyph| !glyph.gap.is_none());
    let mut best = (Value::Text(String::new()), Fit::Loose);
    for escapes in [true, false] {
        // Without a NUL the length proves nothing about blanks: one too many looks the same.
        for nul in if gaps { 1..=1 } else { 0..=1 } {
            let printed = rest.iter().map(|glyph| glyph.c.len_utf8()).sum::<usize>();
            let printed = if escapes {
                printed.saturating_sub(escaped(rest).saturating_mul(3))
            } else {
                printed
            };
            let Some(blanks) =
                length.checked_sub(nul).and_then(|length| length.checked_sub(printed))
            else {
                continue;
            };
            if let Some((text, fit)) = respace(rest, blanks).filter(|(_, fit)| *fit < best.1) {
                best = (Value::Text(text), fit);
            }
        }
    }
    if best.1 < Fit::Loose {
        return best;
    }
    (Value::Unsure(natural(rest)), Fit::Loose)
}

/// How many `\xNN` the text holds: one byte each, printed as four characters.
fn escaped(rest: &[Glyph]) -> usize {
    let text = squeezed(rest);
    let hex = |text: &str, at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    text.match_indices("\\x")
        .filter(|&(at, _)| hex(&text, at.saturating_add(2)) && hex(&text, at.saturating_add(3)))
        .count()
}

/// The text with the gaps as they most likely were.
fn natural(rest: &[Glyph]) -> String {
    let gaps: Vec<u32> = rest.iter().map(|glyph| glyph.gap.blanks()).collect();
    written(rest, &gaps)
}

fn written(rest: &[Glyph], gaps: &[u32]) -> String {
    let mut out = String::with_capacity(rest.len());
    for (index, (glyph, &blanks)) in rest.iter().zip(gaps).enumerate() {
        if index > 0 {
            out.extend(core::iter::repeat_n(
                ' ',
                usize::try_from(blanks).unwrap_or_default().min(MAX_BLANKS),
            ));
        }
        out.push(glyph.c);
    }
    out
}

/// A length field has two bytes; no name has more blanks.
const MAX_BLANKS: usize = 65_535;

/// The text with exactly this number of blanks inside it, or `None` if nothing says which gaps they belong to.
fn respace(rest: &[Glyph], blanks: usize) -> Option<(String, Fit)> {
    let mut gaps: Vec<u32> = rest.iter().map(|glyph| glyph.gap.blanks()).collect();
    if let Some(first) = gaps.first_mut() {
        *first = 0;
    }
    let total: usize = gaps.iter().map(|&gap| usize::try_from(gap).unwrap_or(MAX_BLANKS)).sum();
    let whole: Vec<u32> = rest.iter().map(|glyph| glyph.gap.all_blanks()).collect();
    let fit = if total == blanks {
        Fit::Exact
    } else if whole
        .iter()
        .skip(1)
        .map(|&gap| usize::try_from(gap).unwrap_or(MAX_BLANKS))
        .sum::<usize>()
        == blanks
    {
        gaps = whole;
        Fit::Exact
    } else if total > blanks {
        remove(rest, &mut gaps, total.saturating_sub(blanks)).then_some(Fit::Mended)?
    } else {
        add(rest, &mut gaps, blanks.saturating_sub(total))?
    };
    Some((written(rest, &gaps), fit))
}

/// Takes blanks away that a line break brought in: next to breaks, then after separators, then all single ones.
fn remove(rest: &[Glyph], gaps: &mut [u32], excess: usize) -> bool {
    let classes: [fn(Option<char>, &Glyph) -> bool; 3] = [
        |_, glyph| glyph.gap.breaks > 0,
        |before, glyph| {
            matches!(before, Some(';' | ',' | '=')) || matches!(glyph.c, ';' | ',' | '=')
        },
        |_, _| true,
    ];
    let mut left = excess;
    for (class, belongs) in classes.iter().enumerate() {
        let mut before = None;
        let mut members: Vec<&mut u32> = Vec::new();
        for (glyph, gap) in rest.iter().zip(gaps.iter_mut()) {
            if *gap > 0 && belongs(before, glyph) {
                members.push(gap);
            }
            before = Some(glyph.c);
        }
        let available: usize =
            members.iter().map(|gap| usize::try_from(**gap).unwrap_or(MAX_BLANKS)).sum();
        // Between ordinary words nothing says which blank is the wrong one, unless all of them are.
        if class == 2 && available != left {
            return left == 0;
        }
        for gap in members {
            let taken = left.min(usize::try_from(*gap).unwrap_or(MAX_BLANKS));
            *gap = gap.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
            left = left.saturating_sub(taken);
        }
        if left == 0 {
            return true;
        }
    }
    left == 0
}

/// Gives blanks back: one for each bare line break where that makes the length right (a mail client breaks at blanks),
/// else to a run that was collapsed.
fn add(rest: &[Glyph], gaps: &mut [u32], missing: usize) -> Option<Fit> {
    let bare = |gap: Gap| gap.is_bare_break();
    if rest.iter().skip(1).filter(|glyph| bare(glyph.gap)).count() == missing {
        for (glyph, gap) in
            rest.iter().zip(gaps.iter_mut()).skip(1).filter(|(glyph, _)| bare(glyph.gap))
        {
            *gap = if glyph.gap.is_bare_break() { 1 } else { *gap };
        }
        return Some(Fit::Mended);
    }
    let candidates = || {
        rest.iter()
            .zip(0usize..)
            .skip(1)
            .filter(|(glyph, _)| glyph.gap.before == 1 || glyph.gap.after == 1)
    };
    let quoted = candidates().find(|(glyph, _)| glyph.c == '"').or_else(|| candidates().next())?;
    let gap = gaps.get_mut(quoted.1)?;
    *gap = gap.saturating_add(u32::try_from(missing).unwrap_or(u32::MAX));
    Some(Fit::Stretched)
}

#[cfg(test)]
mod tests {
    use super::super::glyph::{FULL, glyphs};
    use super::*;

    /// As the terminal broke it: every line is full.
    fn reading(shape: Shape, text: &str) -> (u16, Value) {
        let mut glyphs = glyphs(text);
        for glyph in &mut glyphs {
            glyph.gap.breaks |= if glyph.gap.breaks > 0 { FULL } else { 0 };
        }
        let reading = read(shape, &glyphs).unwrap();
        (reading.length, reading.value)
    }

    #[test]
    fn other_text_in_the_next_line_is_no_part_of_a_value() {
        let found = |shape, text: &str| {
            let reading = read(shape, &glyphs(text)).unwrap();
            (reading.length, reading.value)
        };
        assert_eq!(
            found(Shape::Text, "8 CN=a;C=NL\n09:12:02"),
            (8, Value::Unsure("CN=a;C=NL09:12:02".into()))
        );
        assert_eq!(found(Shape::Text, "10 CN=a;C=NL\n09:12:02"), (10, text("CN=a;C=NL")));
        assert_eq!(found(Shape::Container, "2 1121\n12."), (2, Value::Number(1121)));
        assert_eq!(found(Shape::Container, "2 11\n18\n"), (2, Value::Number(11)));
        assert_eq!(found(Shape::Bare, "270\n12"), (270, Value::Absent));
        assert_eq!(
            found(Shape::Serial, "3 61:00:2D\n5"),
            (3, Value::Bytes(vec![0x61, 0x00, 0x2d]))
        );
        assert_eq!(found(Shape::Role, "2 TVS\n09:12:02"), (2, Value::Role(Role::Tvs)));
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn a_length_that_the_terminal_broke_is_whole_again() {
        assert_eq!(reading(Shape::Text, "1\n2 gigantic-06"), (12, text("gigantic-06")));
        assert_eq!(reading(Shape::Text, "13\n10.48.47.153"), (13, text("10.48.47.153")));
        assert_eq!(reading(Shape::Bare, "27\n0"), (270, Value::Absent));
        assert_eq!(reading(Shape::Container, "2 11\n18"), (2, Value::Number(1118)));
        assert_eq!(reading(Shape::Serial, "1\n6"), (16, Value::Absent));
    }

    #[test]
    fn a_name_gets_the_blanks_back_that_it_had() {
        assert_eq!(
            reading(
                Shape::Text,
                "62 CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow; ST=Malopolska;C=PL"
            )
            .1,
            text("CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL")
        );
        assert_eq!(reading(Shape::Text, "15 O=san\njose;C=X").1, text("O=san jose;C=X"));
        assert_eq!(
            reading(Shape::Text, "15 CN=a;\n                OU=b;O=cd").1,
            text("CN=a;OU=b;O=cd")
        );
    }

    #[test]
    fn collapsed_runs_are_stretched_and_unknown_blanks_are_said() {
        let found =
            read(Shape::Text, &glyphs("56 cn=\"SAST-ADN0054f509 \";ou=IPCBU;o=\"Cisco Systems"))
                .unwrap();
        assert_eq!(
            (found.value, found.fit),
            (text("cn=\"SAST-ADN0054f509        \";ou=IPCBU;o=\"Cisco Systems"), Fit::Stretched)
        );
        assert_eq!(reading(Shape::Text, "11 O=a b c def").1, Value::Unsure("O=a b c def".into()));
    }

    #[test]
    fn signature_bytes_have_one_or_two_digits() {
        assert_eq!(reading(Shape::Bytes, "4 5d 0\n\t f 3").1, Value::Bytes(vec![0x5d, 0, 0xf, 3]));
        assert_eq!(reading(Shape::Bytes, "3 5\nd 0 1").1, Value::Bytes(vec![0x5d, 0, 1]));
    }

    #[test]
    fn serials_are_read_with_any_separator() {
        let bytes = Value::Bytes(vec![0x61, 0x00, 0x2d]);
        for text in
            ["3 61:00:2D", "3 61 00 2d", "3 61002D", "3 61-00-2D", "3\n61:0\n0:2D", "3 61 0 2D"]
        {
            assert_eq!(reading(Shape::Serial, text), (3, bytes.clone()), "{text}");
        }
    }

    #[test]
    fn roles_keep_their_number() {
        assert_eq!(
            reading(Shape::Role, "2 System Admini\nstrator Security Token").1,
            Value::Role(Role::Sast)
        );
        assert_eq!(reading(Shape::Role, "2\nCCM+TFTP").1, Value::Role(Role::CcmTftp));
        assert_eq!(reading(Shape::Role, "2 role-65535").1, Value::Role(Role::Other(65535)));
        assert_eq!(reading(Shape::Role, "2 something else").1, text("something else"));
    }
}
