//! The words of the answers, each with its meaning and its source: `trustlist explain SAST`.

use super::plain::wrapped;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The page with every term (Markdown): `trustlist explain glossary`.
pub const GLOSSARY: &str = include_str!("glossary.md");

/// A word of the answers and its meaning; as text, the page about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Term {
    name: &'static str,
    aliases: Vec<&'static str>,
    text: String,
    sources: Vec<&'static str>,
}

impl Term {
    /// Returns the word.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns other words for the same thing: names of documents and screens, and words that the
    /// answers do not use.
    pub fn aliases(&self) -> &[&'static str] {
        &self.aliases
    }

    /// Returns the meaning, on one line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the first sentence of the meaning.
    pub fn summary(&self) -> &str {
        super::first_sentence(&self.text)
    }

    /// Returns ids of rules, and documents of `spec/` with their sections.
    pub fn sources(&self) -> &[&'static str] {
        &self.sources
    }

    /// Reads a section of the page.
    fn parse(section: &'static str) -> Option<Self> {
        let (name, body) = section.split_once("\n\n")?;
        let mut term = Self { name, aliases: Vec::new(), text: String::new(), sources: Vec::new() };
        for paragraph in body.trim().trim_end_matches('.').split("\n\n") {
            if let Some(words) = paragraph.strip_prefix("Also: ") {
                term.aliases = list(words.trim_end_matches('.'));
            } else if let Some(sources) = paragraph.strip_prefix("Source: ") {
                term.sources = list(sources);
            } else {
                let words: Vec<&str> = paragraph.split_whitespace().collect();
                term.text = words.join(" ");
            }
        }
        Some(term)
    }

    fn is_called(&self, name: &str) -> bool {
        core::iter::once(&self.name)
            .chain(&self.aliases)
            .any(|known| known.eq_ignore_ascii_case(name.trim()))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}\n", self.name)?;
        f.write_str(&wrapped("", &self.text))?;
        if !self.aliases.is_empty() {
            f.write_str("\n")?;
            f.write_str(&wrapped("Also: ", &(self.aliases.join(", ") + ".")))?;
        }
        f.write_str("\n## Source\n\n")?;
        self.sources.iter().try_for_each(|source| f.write_str(&wrapped("- ", source)))
    }
}

/// Returns every term, in the order of the alphabet.
pub fn glossary() -> Vec<Term> {
    GLOSSARY.split("\n## ").skip(1).filter_map(Term::parse).collect()
}

/// Returns the term with this name or alias, in upper or lower case.
///
/// ```
/// let term = trustlist::explain::term("tvs").unwrap();
/// assert_eq!(term.name(), "TVS");
/// assert!(term.text().starts_with("Trust Verification Service: "));
/// assert_eq!(trustlist::explain::term("Trust Verification Service"), Some(term));
/// assert_eq!(trustlist::explain::term("no such word"), None);
/// ```
pub fn term(name: &str) -> Option<Term> {
    glossary().into_iter().find(|term| term.is_called(name))
}

fn list(words: &'static str) -> Vec<&'static str> {
    words.split(',').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;
    use alloc::collections::BTreeSet;
    use alloc::format;

    #[test]
    fn every_term_has_a_meaning_and_a_source_that_exists() {
        let terms = glossary();
        assert_eq!(terms.len(), GLOSSARY.matches("\n## ").count());
        for term in &terms {
            assert!(term.text.len() > 40, "{term:?}");
            assert!(!term.sources.is_empty(), "{term:?}");
            for source in &term.sources {
                let is_document = source.starts_with("spec/") && source.contains(".md");
                assert!(is_document || explain::rule(source).is_some(), "{}: {source}", term.name);
            }
            let page = format!("{term}");
            assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
        }
    }

    #[test]
    fn a_name_finds_one_term_and_no_code_or_rule() {
        let mut seen = BTreeSet::new();
        for term in glossary() {
            for name in core::iter::once(&term.name).chain(&term.aliases) {
                assert!(seen.insert(name.to_lowercase()), "{name} is there twice");
                assert_eq!(explain::page(name), None, "{name}");
                assert_eq!(explain::rule(name), None, "{name}");
                assert_eq!(super::term(&name.to_uppercase()).as_ref(), Some(&term));
            }
        }
    }

    #[test]
    fn terms_are_in_the_order_of_the_alphabet() {
        let names: Vec<_> = glossary().iter().map(|term| term.name.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
