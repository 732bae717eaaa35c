//! Pages about codes, rules and terms, compiled in: `trustlist explain`.
//!
//! * The page of a code gives its meaning, an example and what to do ([`page`]): `trustlist explain
//!   signer-unknown`. Codes are grouped by the command that reports them ([`FAMILIES`]); their
//!   words are in [`code`](crate::code).
//! * The page of a rule gives its statement, confidence and sources, read from the documents in
//!   `spec/` ([`rule`]): `trustlist explain P-TVS-2`.
//! * The glossary gives the meaning and the source of each term ([`glossary()`], [`term`]):
//!   `trustlist explain SAST`.

mod document;
mod glossary;
mod plain;
mod statement;

use crate::code::{ConditionCode, ConsoleCode, FindingCode, LintCode, Page};
use alloc::string::String;
use alloc::vec::Vec;
pub use glossary::{GLOSSARY, Term, glossary, term};
use plain::capitalised;

pub use statement::{Grade, Statement, rule, rule_ids, rule_ids_near};

/// The codes of one command, or of several that share them.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Family {
    /// A heading for the codes.
    pub title: &'static str,
    /// Every code with its page.
    pub pages: &'static [Page],
}

impl Family {
    /// A family of codes; those of a crate above this one are made here.
    pub const fn new(title: &'static str, pages: &'static [Page]) -> Self {
        Self { title, pages }
    }

    /// Returns the page of a code of this family.
    pub fn page(&self, code: &str) -> Option<&'static str> {
        self.pages.iter().find(|(word, _)| *word == code).map(|(_, page)| *page)
    }
}

/// The families of this crate. Those of plans, preflight and deletions are in
/// `trustlist_cluster::explain`.
pub const FAMILIES: &[Family] = &[
    Family::new("Findings about an offered file (predict, fleet, simulate)", FindingCode::PAGES),
    Family::new(
        "Missing facts: the answer is UNDECIDED (predict, fleet, simulate)",
        ConditionCode::PAGES,
    ),
    Family::new("Findings about a list (lint)", LintCode::PAGES),
    Family::new("Findings about a paste (show, lint)", ConsoleCode::PAGES),
];

/// Returns the page of a code of this crate, or [`GLOSSARY`] for `glossary`.
///
/// ```
/// assert!(trustlist::explain::page("signer-unknown").unwrap().starts_with("# signer-unknown\n"));
/// assert_eq!(trustlist::explain::page("no-such-code"), None);
/// ```
pub fn page(code: &str) -> Option<&'static str> {
    if code == "glossary" {
        return Some(GLOSSARY);
    }
    FAMILIES.iter().find_map(|family| family.page(code))
}

/// Returns the meaning of a code on one line: the first sentence of its page, without the source in
/// brackets at its end, and for a missing fact without the word `Missing`.
///
/// ```
/// use trustlist::explain::{page, summary};
/// let page = page("tvs-unknown").unwrap();
/// assert_eq!(summary(page).as_deref(), Some("Does TVS confirm the signer?"));
/// assert_eq!(summary("a text without paragraphs"), None);
/// ```
pub fn summary(page: &str) -> Option<String> {
    let (_, body) = page.split_once("\n\n")?;
    let paragraph = body.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.strip_prefix("Missing: ").unwrap_or(&text);
    let sentence = capitalised(first_sentence(text));
    match sentence.rsplit_once(" (") {
        Some((start, brackets)) if is_source(brackets) && brackets.ends_with(").") => {
            Some(String::from(start) + ".")
        }
        _ => Some(sentence),
    }
}

/// Checks if a text begins like the id of a rule, a capital letter and a hyphen, or with the path of
/// a document.
fn is_source(text: &str) -> bool {
    if text.starts_with("spec/") {
        return true;
    }
    let mut chars = text.chars();
    chars.next().is_some_and(|letter| letter.is_ascii_uppercase()) && chars.next() == Some('-')
}

/// Returns the text up to the first full stop or question mark that ends a sentence; the full stop
/// in `12.0` does not.
fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(['.', '?']).map(|(at, stop)| at + stop.len());
    let mut ends = ends
        .filter(|&end| text.get(end..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' ')));
    text.get(..ends.next().unwrap_or(text.len())).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_has_no_source() {
        for source in ["P-TVS-2", "spec/FORMAT.md section 3"] {
            let page = alloc::format!("# code\n\nThe paste is cut ({source}). Then.\n");
            assert_eq!(summary(&page).as_deref(), Some("The paste is cut."));
        }
        let page = "# code\n\nA phone refused a list (or lost it).\n";
        assert_eq!(summary(page).as_deref(), Some("A phone refused a list (or lost it)."));
    }

    #[test]
    fn a_number_does_not_end_a_sentence() {
        assert_eq!(first_sentence("From 12.0 on. Then."), "From 12.0 on.");
        assert_eq!(first_sentence("Is it? Yes."), "Is it?");
        assert_eq!(first_sentence("no full stop"), "no full stop");
    }
}
