//! Console text as a row of printed characters, each with the gap before it.
//!
//! A terminal breaks lines wherever its window ends, a mail client at blanks, a web form throws line breaks away. So
//! nothing here reads lines: words are found by their characters alone, and the gaps separate numbers and names.

use super::clean::Clean;
use alloc::{string::String, vec::Vec};

/// A line of the pasted text, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Line(pub u32);

impl core::fmt::Display for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}", self.0)
    }
}

/// One printed character.
#[derive(Clone, Copy, Debug)]
pub struct Glyph {
    /// The character.
    pub c: char,
    /// The gap before it.
    pub gap: Gap,
    /// Its line in the paste.
    pub line: Line,
}

/// The gap between a character and the one before it.
///
/// Small, for there is one for each character of a paste: what is larger than its number stays the largest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gap {
    /// Blanks before the first line break; a name has at most 65,535 of them.
    pub before: u16,
    /// Blanks after it: an indentation.
    pub after: u8,
    /// Line breaks; the highest bit marks one after a full line.
    pub breaks: u8,
}

/// A mark of line breaks: the line before is as long as the terminal is wide.
pub(crate) const FULL: u8 = 0x80;

impl Gap {
    /// Checks if there is no blank and no line break.
    pub fn is_none(self) -> bool {
        self.before == 0 && self.after == 0 && self.breaks == 0
    }

    /// One line break and no blank: what a terminal leaves when it breaks inside a word.
    pub(crate) fn is_bare_break(self) -> bool {
        self.breaks & !FULL == 1 && self.before == 0 && self.after == 0
    }

    /// Whether the digits around it are those of one number. A line break ends a number, unless the line before is full: then a terminal
    /// broke it (F5: `7568`, and a time in the next line).
    pub(crate) fn joins_digits(self) -> bool {
        self.is_none() || self.is_bare_break() && self.breaks & FULL != 0
    }

    /// How many blanks the text had here, most likely. CUCM breaks long names itself and indents what follows by 16:
    /// such an indentation is no part of the name (`dumps/made/01`).
    pub fn blanks(self) -> u32 {
        if self.breaks > 0 && self.after >= CUCM_INDENT {
            self.before.into()
        } else {
            self.all_blanks()
        }
    }

    /// Every blank, that of an indentation too.
    pub(crate) fn all_blanks(self) -> u32 {
        u32::from(self.before).saturating_add(self.after.into())
    }
}

/// CUCM indents the second line of a name by 16 columns; a narrow window may cut that in two.
const CUCM_INDENT: u8 = 12;

/// The printed characters of a text, as it is.
pub(crate) fn glyphs(text: &str) -> Vec<Glyph> {
    glyphs_of(&Clean::split(text))
}

/// The printed characters of lines. Zero-width marks, terminal escapes and other control characters are dropped; tabs and every kind of
/// blank are blanks.
pub fn glyphs_of(clean: &Clean<'_>) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(clean.lines().map(|line| line.text.len()).sum());
    let terminal = terminal_width(clean);
    let (mut gap, mut full) = (Gap::default(), None);
    for line in clean.lines() {
        if let Some(full) = full {
            let breaks = (gap.breaks & !FULL).saturating_add(1).min(!FULL);
            gap.breaks = if full && gap.breaks == 0 { breaks | FULL } else { breaks };
        }
        add_glyphs(line.text, line.line, &mut gap, &mut out);
        full = Some(terminal == Some(line.text.chars().count()));
    }
    out
}

/// The width of the terminal that broke the lines, if more than one line fills it.
fn terminal_width(clean: &Clean<'_>) -> Option<usize> {
    let widths = || clean.lines().map(|line| line.text.chars().count());
    let widest = widths().max()?;
    let full = widths().filter(|&width| width == widest).count();
    (widest > 0 && full > 1).then_some(widest)
}

/// The digits that a text begins with: up to a gap, and over a line break only if a terminal broke the number.
pub fn digits(text: &[Glyph]) -> String {
    let first = |index: usize, glyph: &Glyph| index == 0 || glyph.gap.joins_digits();
    let taken = text
        .iter()
        .enumerate()
        .take_while(|(index, glyph)| glyph.c.is_ascii_digit() && first(*index, glyph));
    taken.map(|(_, glyph)| glyph.c).collect()
}

/// Adds the printed characters of one line; the gap is that before the next character.
pub fn add_glyphs(text: &str, line: Line, gap: &mut Gap, out: &mut Vec<Glyph>) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_whitespace() && gap.breaks == 0 => gap.before = gap.before.saturating_add(1),
            c if c.is_whitespace() => gap.after = gap.after.saturating_add(1),
            c if c.is_control() => {}
            c => {
                out.push(Glyph { c, gap: *gap, line });
                *gap = Gap::default();
            }
        }
    }
}

/// Skips what follows an escape character: `[`, parameters and one final letter.
fn skip_escape(chars: &mut core::iter::Peekable<core::str::Chars<'_>>) {
    if chars.next_if_eq(&'[').is_none() {
        return;
    }
    while chars.next_if(|c| matches!(c, '\u{20}'..='\u{3f}')).is_some() {}
    let _ = chars.next_if(char::is_ascii_alphabetic);
}

/// Checks if this word is at a place, whatever the gaps inside it. Returns the position after it. Letters of phrases are
/// compared without case.
pub fn word_at(glyphs: &[Glyph], at: usize, word: &str) -> Option<usize> {
    let mut end = at;
    for expected in word.chars() {
        if !glyphs.get(end)?.c.eq_ignore_ascii_case(&expected) {
            return None;
        }
        end = end.saturating_add(1);
    }
    Some(end)
}

/// The slice from `from` to `to`, or to the end; empty if there is none.
pub fn slice(glyphs: &[Glyph], from: usize, to: usize) -> &[Glyph] {
    glyphs.get(from..to.min(glyphs.len())).unwrap_or_default()
}

/// The characters without any gap.
pub fn squeezed(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.c).collect()
}

/// The characters with the gaps as single blanks, except bare line breaks.
pub fn spaced(glyphs: &[Glyph]) -> String {
    let mut out = String::new();
    for glyph in glyphs {
        if !out.is_empty() && !glyph.gap.is_none() && !glyph.gap.is_bare_break() {
            out.push(' ');
        }
        out.push(glyph.c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CUCM's own indentation of a name's second line is no part of the name; that of a person is not so deep.
    #[test]
    fn an_indentation_by_cucm_is_no_blank() {
        for (before, breaks, after, blanks) in [
            (0, 1, 16, 0),
            (2, 1, 16, 2),
            (0, 1, 12, 0),
            (1, 1, 11, 12),
            (3, 0, 0, 3),
            (0, 0, 0, 0),
        ] {
            let gap = Gap { before, after, breaks };
            assert_eq!(
                (gap.blanks(), gap.all_blanks()),
                (blanks, u32::from(before) + u32::from(after))
            );
        }
    }

    #[test]
    fn blanks_of_every_kind_are_gaps() {
        let found = glyphs("a\u{a0}\tb\r\n  c\u{1b}[31md\u{feff}");
        assert_eq!(squeezed(&found), "abcd");
        assert_eq!(found[1].gap.before, 2);
        assert_eq!((found[2].gap.breaks, found[2].gap.after, found[2].line), (1, 2, Line(2)));
        assert!(found[3].gap.is_none());
    }

    #[test]
    fn a_line_break_ends_a_number_unless_the_line_is_full() {
        assert_eq!(digits(&glyphs("7568\n09:12:02 The ITL File")), "7568");
        assert_eq!(digits(&glyphs("75\n68\nx")), "7568");
        assert_eq!(digits(&glyphs("75\n\n68")), "75");
        assert_eq!(digits(&glyphs("75 68")), "75");
    }

    #[test]
    fn words_are_found_across_breaks() {
        let found = glyphs("x SUBJ\nECT NAME");
        assert_eq!(word_at(&found, 1, "SUBJECTNAME"), Some(12));
        assert_eq!(word_at(&found, 1, "SUBJECTNAMES"), None);
        assert_eq!(spaced(&found), "x SUBJECT NAME");
    }
}
