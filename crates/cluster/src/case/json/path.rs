//! The path of a value in its document, as text.

use super::CaseError;
use trustlist::json::Value;

/// Longest piece of a string that an error shows, in characters.
const SHOWN: usize = 40;

#[derive(Clone, Copy, Debug)]
enum At<'a> {
    Key(&'a str),
    Index(usize),
}

/// A place in a document, linked to the places around it: its path is only written for an error.
#[derive(Clone, Copy, Debug)]
pub(in crate::case) struct Place<'p> {
    before: Option<&'p Self>,
    at: Option<At<'p>>,
}

impl<'p> Place<'p> {
    /// The whole document.
    pub(in crate::case) const ROOT: Place<'static> = Place { before: None, at: None };

    pub(in crate::case) fn key<'q>(&'q self, key: &'q str) -> Place<'q> {
        Place { before: Some(self), at: Some(At::Key(key)) }
    }

    pub(in crate::case) fn index(&self, index: usize) -> Place<'_> {
        Place { before: Some(self), at: Some(At::Index(index)) }
    }

    /// `offer.itl.records[3]`.
    pub(in crate::case) fn path(&self) -> String {
        let steps = core::iter::successors(Some(self), |place| place.before);
        path_of(steps.filter_map(|place| place.at).collect())
    }

    /// An error about a text in this place.
    pub(in crate::case) fn error(&self, expected: impl Into<String>, text: &str) -> CaseError {
        CaseError::new(self.path(), expected, shown(text))
    }

    /// The error about this field, which is not there.
    pub(in crate::case) fn missing(&self) -> CaseError {
        CaseError::new(self.path(), "this field", "nothing")
    }
}

/// `a.b[3]["c.d"]`: keys that are no plain words are in brackets. The last step comes first.
fn path_of(steps: Vec<At<'_>>) -> String {
    let mut text = String::new();
    for at in steps.into_iter().rev() {
        match at {
            At::Index(index) => text.push_str(&format!("[{index}]")),
            At::Key(key) if is_word(key) => {
                text.push_str(if text.is_empty() { "" } else { "." });
                text.push_str(key);
            }
            At::Key(key) => text.push_str(&format!("[{}]", shown(key))),
        }
    }
    text
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
}

/// A string as an error shows it: quoted, control characters escaped, cut when long.
pub(in crate::case) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    let quoted = Value::String(short).to_string();
    quoted
        .chars()
        .map(|c| if is_harmless(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect()
}

/// JSON leaves some control characters as they are (C1), all marks that turn the direction of writing, and what has no width.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}
