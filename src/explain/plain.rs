//! Markdown of the documents as plain text: no anchors, no emphasis, grades as words, lines wrapped.

use super::statement::Grade;
use crate::text::WIDTH;
use alloc::string::String;
use alloc::vec::Vec;

/// A statement as plain text.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) text: String,
    /// The brackets at its start, if they contain only evidence.
    pub(super) evidence: Option<String>,
    /// The grades in their order of appearance, without duplicates.
    pub(super) grades: Vec<Grade>,
}

pub(super) fn plain(markdown: &str) -> Plain {
    let (text, grades) = with_grades(&without_emphasis(&without_amendments(markdown)));
    let text = text.trim();
    let mut plain = Plain { text: text.into(), evidence: None, grades };
    let Some((lead, rest)) = leading_brackets(text) else { return plain };
    let is_source =
        lead.strip_prefix('S').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if is_source && !plain.grades.contains(&Grade::Documented) {
        // A statement that names sources without a grade is documented.
        plain.grades.insert(0, Grade::Documented);
    }
    if is_source || Grade::ALL.iter().any(|grade| lead.starts_with(grade.as_str())) {
        plain.evidence = Some(lead.into());
        plain.text = capitalised(rest.trim_start());
    }
    plain
}

/// Returns a text with its first word capitalised, except names such as `v15`.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    if chars.as_str().starts_with(|c: char| c.is_ascii_digit()) {
        return text.into();
    }
    first.to_uppercase().chain(chars).collect()
}

/// Returns the content of the brackets at the start, and the text after them.
fn leading_brackets(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('(')?;
    let mut depth = 1_usize;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((inside.get(..at)?, inside.get(at + 1..)?));
        }
    }
    None
}

/// Removes the marks of changes, `*(amended 2026-11)*`, and keeps other text in the same brackets.
fn without_amendments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("*(amended") {
        let Some((mark, behind)) = after.split_once(")*") else { break };
        let said = mark.split_once(": ").map_or("", |(_, said)| said);
        match said.is_empty() {
            true => out.push_str(before.trim_end()),
            false => out.extend([before, "(", said, ")"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Removes anchors and asterisks that mark words. Asterisks between two letters or in code remain.
fn without_emphasis(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let mut before = None;
        for (at, c) in part.char_indices() {
            let after = part.get(at + 1..).and_then(|rest| rest.chars().next());
            let is_sign =
                before == Some('-') || (is_alphanumeric(before) && is_alphanumeric(after));
            if c != '*' || is_sign {
                out.push(c);
            }
            before = Some(c);
        }
    }
    while let Some((start, rest)) = out.split_once("<a id=") {
        let end = rest.split_once("</a>").map_or("", |(_, end)| end);
        out = [start, end].concat();
    }
    out
}

/// Writes the letters D, O, I and M at the start of brackets, or of a part of them, as words, and
/// collects them as grades.
fn with_grades(text: &str) -> (String, Vec<Grade>) {
    let (mut out, mut grades, mut depth) = (String::new(), Vec::new(), 0_usize);
    let (mut is_start, mut before, mut skip) = (false, None, false);
    for (at, c) in text.char_indices() {
        let mut following = text.get(at + c.len_utf8()..).unwrap_or("").chars();
        let (next, second) = (following.next(), following.next());
        let is_end =
            next.is_none_or(|next| matches!(next, ')' | ' ' | ',' | ';' | ':' | '/' | '+'));
        let is_alone = depth > 0
            && !is_alphanumeric(before)
            && is_end
            && (is_start || c == 'I' || next == Some(')'));
        if core::mem::take(&mut skip) {
            before = Some(c);
            continue;
        }
        match grade(c).filter(|_| is_alone) {
            Some(grade) => {
                out.push_str(grade.as_str());
                if !grades.contains(&grade) {
                    grades.push(grade);
                }
                // D/O and D+O are two grades of the same sources.
                skip = matches!(next, Some('/' | '+')) && second.and_then(self::grade).is_some();
                if skip {
                    out.push_str(" and ");
                } else if next == Some(' ')
                    && second.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || c == '"')
                {
                    out.push(':');
                }
                is_start = skip;
            }
            None => {
                depth = match c {
                    '(' => depth + 1,
                    ')' => depth.saturating_sub(1),
                    _ => depth,
                };
                is_start = matches!(c, '(' | ',' | ';' | ':') || (is_start && c == ' ');
                out.push(c);
            }
        }
        before = Some(c);
    }
    (out, grades)
}

fn grade(letter: char) -> Option<Grade> {
    match letter {
        'D' => Some(Grade::Documented),
        'O' => Some(Grade::Observed),
        'I' => Some(Grade::Inferred),
        'M' => Some(Grade::FromPractice),
        _ => None,
    }
}

/// Checks if the word at a place is whole: P-TVS-1 is not a word of P-TVS-11.
pub(super) fn is_word_at(text: &str, at: usize, len: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + len..).and_then(|text| text.chars().next());
    !is_alphanumeric(before) && !is_alphanumeric(after) && ![before, after].contains(&Some('-'))
}

fn is_alphanumeric(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// Wraps a text as a report. Lines after the first are indented by the width of `first`.
pub(super) fn wrapped(first: &str, text: &str) -> String {
    let indent = " ".repeat(first.chars().count());
    crate::text::wrapped(first, &indent, text.split_whitespace(), WIDTH)
}
