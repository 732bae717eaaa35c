//! The rules of the library are those of `spec/PHONE-RULES.md`.

use std::collections::BTreeSet;
use trustlist::phone::{Confidence, Rule};

#[test]
fn ids_are_in_order_and_used_once() {
    let ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    let key = |id: &str| {
        let (family, number) = id.rsplit_once('-').unwrap();
        (family.to_owned(), number.parse::<u32>().unwrap())
    };
    assert!(ids.windows(2).all(|pair| key(pair[0]) < key(pair[1])), "{ids:?}");
}

#[test]
fn statements_are_one_line_and_name_their_source() {
    for rule in Rule::ALL {
        assert!(!rule.statement().is_empty() && !rule.statement().contains('\n') && !rule.statement().ends_with('.'), "{rule}");
        assert!(!rule.source().is_empty(), "{rule}");
    }
}

#[test]
fn the_design_counts_them_right() {
    let count = |confidence| Rule::ALL.iter().filter(|rule| rule.confidence() == confidence).count();
    let (documented, observed) = (count(Confidence::Documented), count(Confidence::Observed));
    let (all, inferred) = (Rule::ALL.len(), count(Confidence::Inferred));
    let told = format!("names {all} of them: {documented} documented, {observed} observed, {inferred} inferred");
    let design = include_str!("../DESIGN.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(design.contains(&told), "{told}");
}

#[test]
fn the_open_questions_of_the_design_name_codes_and_rules_that_are_there() {
    let (_, questions) = include_str!("../DESIGN.md").split_once("### Open questions").unwrap();
    let (questions, _) = questions.split_once("\n## ").unwrap();
    let is_code = |word: &&str| word.contains('-') && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let codes: Vec<&str> = questions.split('`').filter(is_code).filter(|word| !word.starts_with("--")).collect();
    assert!(codes.len() >= 20, "{codes:?}");
    for code in codes {
        assert!(trustlist::explain::page(code).is_some(), "{code}");
    }
    let told = |rule: &&Rule| questions.contains(&format!("{})", rule.id())) || questions.contains(&format!("{},", rule.id()));
    assert!(Rule::ALL.iter().filter(told).count() > 15);
}

/// The confidence of a rule is the first letter in brackets after its id. P-ALG-5 is documented for servers and inferred
/// for signers, which is what it is used for.
#[test]
fn confidence_is_that_of_the_document() {
    let text = include_str!("../spec/PHONE-RULES.md");
    for rule in Rule::ALL.iter().filter(|rule| **rule != Rule::Alg5) {
        let line = text.lines().find(|line| line.starts_with("- ") && line.contains(&format!("</a>**{}**", rule.id())));
        let line = line.unwrap_or_else(|| panic!("{rule} is not in the document"));
        let line = line.replace("*(amended)* ", "").replace("*(amended 2026-11)* ", "");
        let letter = line.split_once('(').and_then(|(_, rest)| rest.chars().next());
        let expected = match rule.confidence() {
            Confidence::Documented => 'D',
            Confidence::Inferred => 'I',
            Confidence::Observed => 'O',
        };
        // Where a line starts with the sources themselves they are documents.
        assert_eq!(letter.map(|letter| if letter == 'S' { 'D' } else { letter }), Some(expected), "{line}");
    }
}
