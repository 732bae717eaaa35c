//! Codes and pages belong together: no code without a page, no page without a code, no word twice.

use std::collections::BTreeSet;
use trustlist::code::{ConditionCode, ConsoleCode, FindingCode, LintCode};
use trustlist::explain;
use trustlist_cluster::code::{DeletionCode, PlanLintCode, PreflightCode};

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

#[test]
fn every_code_has_a_page() {
    let without: Vec<_> =
        words().into_iter().filter(|word| explain::page(word).is_none()).collect();
    assert!(without.is_empty(), "codes without a page: {without:?}");
}

#[test]
fn every_page_has_a_code() {
    let words: BTreeSet<_> = words().into_iter().collect();
    let stray: Vec<_> =
        explain::ALL.iter().map(|(word, _)| *word).filter(|word| !words.contains(word)).collect();
    assert!(stray.is_empty(), "pages without a code: {stray:?}");
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/explain");
    let files: BTreeSet<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let files: BTreeSet<String> = files.into_iter().filter(|file| file.ends_with(".md")).collect();
    let named: BTreeSet<String> = explain::ALL
        .iter()
        .map(|(word, _)| *word)
        .chain(["glossary"])
        .map(|word| format!("{word}.md"))
        .collect();
    assert_eq!(files, named);
}

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
    for (word, page) in explain::ALL {
        assert!(page.starts_with(&format!("# {word}\n\n")), "{word}");
        let example = page.find("\n## Example\n\n").unwrap_or_else(|| panic!("{word}: no example"));
        let todo =
            page.find("\n## What to do\n\n").unwrap_or_else(|| panic!("{word}: nothing to do"));
        assert!(example < todo && page.ends_with(".\n"), "{word}");
        assert!(page.lines().all(|line| line.chars().count() <= 132), "{word}: a line is too long");
    }
}

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
