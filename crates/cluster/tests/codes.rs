//! Codes and pages belong together: no code without a page, no page without a code, no word twice.

use std::collections::{BTreeMap, BTreeSet};
use trustlist::code::{ConditionCode, ConsoleCode, FindingCode, LintCode};
use trustlist::explain::summary;
use trustlist_cluster::code::{DeletionCode, PlanLintCode, PreflightCode};
use trustlist_cluster::explain;

/// Every code word of the crate, family by family.
fn words() -> Vec<&'static str> {
    let mut words = Vec::new();
    words.extend(FindingCode::ALL.iter().map(|code| code.as_str()));
    words.extend(ConditionCode::ALL.iter().map(|code| code.as_str()));
    words.extend(ConsoleCode::ALL.iter().map(|code| code.as_str()));
    words.extend(DeletionCode::ALL.iter().map(|code| code.as_str()));
    words.extend(LintCode::ALL.iter().map(|code| code.as_str()));
    // One fact that two commands report: one word, one page.
    let shared = PlanLintCode::ItlTooLarge;
    assert_eq!(shared.as_str(), PreflightCode::ItlTooLarge.as_str());
    words
        .extend(PlanLintCode::ALL.iter().filter(|code| **code != shared).map(|code| code.as_str()));
    words.extend(PreflightCode::ALL.iter().map(|code| code.as_str()));
    words
}

/// Every code with its page; a code of two families once.
fn pages() -> BTreeMap<&'static str, &'static str> {
    explain::families().flat_map(|family| family.pages).copied().collect()
}

/// The compiler sees that no code lacks its page.
#[test]
fn every_page_has_a_code() {
    let words: BTreeSet<_> = words().into_iter().collect();
    assert_eq!(pages().into_keys().collect::<BTreeSet<_>>(), words);
    let files = ["/src/explain", "/../../src/explain"].iter().flat_map(|folder| {
        std::fs::read_dir(format!("{}{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    });
    let files: BTreeSet<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(String::from))
        .collect();
    let named: BTreeSet<String> = words.into_iter().chain(["glossary"]).map(String::from).collect();
    assert_eq!(files, named);
}

#[test]
fn every_code_has_a_summary_of_one_line() {
    for (code, page) in pages() {
        let summary = summary(page).unwrap();
        assert!((10..=SUMMARY).contains(&summary.len()), "{code}: {summary}");
        assert!(summary.ends_with(['.', '?']) && !summary.contains(" (P-"), "{summary}");
    }
}

/// The largest number of bytes of a summary.
const SUMMARY: usize = 102;

#[test]
fn no_word_is_used_twice() {
    let mut seen = BTreeSet::new();
    for word in words() {
        assert!(seen.insert(word), "{word} is in two families");
        assert!(
            word.split('-').all(|part| !part.is_empty()
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())),
            "{word}"
        );
    }
}

#[test]
fn a_page_tells_meaning_example_and_what_to_do() {
    for (word, page) in pages() {
        assert!(page.starts_with(&format!("# {word}\n\n")), "{word}");
        let example = page.find("\n## Example\n\n").unwrap_or_else(|| panic!("{word}: no example"));
        let todo =
            page.find("\n## What to do\n\n").unwrap_or_else(|| panic!("{word}: nothing to do"));
        assert!(example < todo && page.ends_with(".\n"), "{word}");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{word}: a line is too long");
    }
}

/// The pages use one word for each thing, by the table in CONTRIBUTING.md.
#[test]
fn a_page_uses_the_words_of_the_vocabulary() {
    for (word, page) in pages() {
        for line in page.lines().skip(1) {
            let text: String =
                line.split('`').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
            let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
            let banned = words.iter().find(|word| OTHER_WORDS.contains(word));
            assert_eq!(banned, None, "{word}: {line}");
        }
    }
}

/// Words that the pages replace: regenerate, refuse, accept, missing, offline.
const OTHER_WORDS: [&str; 19] = [
    "renew", "renewed", "renewal", "reject", "rejects", "rejected", "takes", "taken", "faith",
    "leans", "hangs", "unsure", "off-line", "on-line", "nobody", "somebody", "whoever", "whom",
    "hands",
];

#[test]
fn a_condition_says_what_is_missing() {
    for code in ConditionCode::ALL {
        assert!(
            explain::page(code.as_str()).is_some_and(|page| page.contains("Missing: ")),
            "{code}"
        );
    }
}

/// Number, word and weight of each rule for plans are those of `spec/LINTS.md`, and none is left out.
#[test]
fn the_rules_for_plans_are_those_of_the_document() {
    let rows = include_str!("../../../spec/LINTS.md")
        .lines()
        .filter(|line| line.starts_with("| <a id=\"l-"));
    let wanted: BTreeSet<(String, String, String)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let (_, id) = cells[1].split_once("</a>").unwrap();
            (id.to_owned(), cells[2].to_owned(), cells[3].to_owned())
        })
        .collect();
    let known = PlanLintCode::ALL
        .iter()
        .map(|code| (code.rule().to_owned(), code.to_string(), code.level().to_string()));
    assert_eq!(known.collect::<BTreeSet<_>>(), wanted);
}
