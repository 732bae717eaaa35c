//! The rules of the library are those of `spec/PHONE-RULES.md`.

use std::collections::BTreeSet;
use trustlist::phone::{Confidence, Rule};

#[path = "support/shared.rs"]
mod shared;

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

/// The confidence of a rule is the first letter in brackets after its id. P-ALG-5 is documented for servers and inferred
/// for signers, which is what it is used for.
#[test]
fn confidence_is_that_of_the_document() {
    let Some(document) = shared::shared("spec/PHONE-RULES.md") else { return };
    let text = std::fs::read_to_string(document).unwrap();
    for rule in Rule::ALL.iter().filter(|rule| **rule != Rule::Alg5) {
        let line = text.lines().find(|line| line.starts_with(&format!("- **{}**", rule.id())));
        let line = line.unwrap_or_else(|| panic!("{rule} is not in the document"));
        let line = line.replace("*(amended)* ", "");
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
