//! F-9: what phones say, on their screens and in the column "ITL File Status".

use super::text::Section;
use super::{Fact, Found, Item, Verdict};
use crate::code::PreflightCode;
use alloc::{string::String, vec, vec::Vec};
use trustlist::console::glyph::{Line, slice, spaced};
use trustlist::console::status::{FAILURES, SUCCESSES};

/// A message of a refused list blocks, whatever else the phone says.
pub(super) fn judge(section: &Section) -> Vec<Found> {
    if let Some((message, line)) = FAILURES.iter().find_map(|failure| message(section, failure)) {
        let facts = vec![("message", Fact::Text(message))];
        return vec![found(Verdict::Block, PreflightCode::PhoneListUpdateFailed, facts, line)];
    }
    if let Some(found) = column(section) {
        return vec![found];
    }
    let taken = SUCCESSES.iter().find_map(|success| message(section, success));
    taken
        .map(|(message, line)| {
            found(Verdict::Info, PreflightCode::PhoneListUpdated, vec![("message", Fact::Text(message))], line)
        })
        .into_iter()
        .collect()
}

fn found(verdict: Verdict, code: PreflightCode, facts: Vec<(&'static str, Fact)>, line: Line) -> Found {
    Found { item: Item::Phones, verdict, code, facts, line }
}

/// The message as the phone wrote it.
fn message(section: &Section, squeezed: &str) -> Option<(String, Line)> {
    let (end, line) = section.find(squeezed)?;
    Some((spaced(slice(&section.glyphs, end.checked_sub(squeezed.chars().count())?, end)), line))
}

/// "ITL File Status" (14 and later): a phone's row with `Mismatch` blocks; the words alone are a legend.
fn column(section: &Section) -> Option<Found> {
    let phones = section.lines.iter().filter(|(_, text)| text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_phone));
    let mut mismatched = Vec::new();
    let mut first = None;
    for (line, text) in phones {
        let words = || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        if words().any(|word| word.eq_ignore_ascii_case("mismatch")) {
            first = first.or(Some(*line));
            mismatched.extend(words().find(|word| is_phone(word)).map(String::from));
        }
    }
    if let Some(line) = first {
        let facts = vec![("message", Fact::Text("Mismatch".into())), ("phones", Fact::List(mismatched))];
        return Some(found(Verdict::Block, PreflightCode::PhoneListUpdateFailed, facts, line));
    }
    let legend = ["Match", "Mismatch", "NotInstalled", "Unknown"].iter().all(|word| section.find(word).is_some());
    legend.then(|| found(Verdict::Info, PreflightCode::StatusLegend, Vec::new(), section.line))
}

/// `SEP` and twelve hex digits.
fn is_phone(word: &str) -> bool {
    word.len() == 15
        && word.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("SEP"))
        && word.chars().skip(3).all(|c| c.is_ascii_hexdigit())
}
