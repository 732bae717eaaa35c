//! `trustlist explain`.

use super::output::{Output, Status};
use super::{near, values};
use std::collections::BTreeSet;
use trustlist::explain;
use trustlist::report::Plain;
use trustlist_cluster::explain::{families, page};

/// Print the page of a code, a rule or a term: meaning, example, what to do
///
/// Without a code, every code is listed with its meaning in one line.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A code such as signer-unknown, the id of a rule such as P-TVS-2, a term such as SAST, or
    /// glossary for all terms
    #[arg(value_name = "CODE", value_parser = values::explained(), hide_possible_values = true)]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let Some(asked) = &self.code else {
            output.text(listed());
            return Status::Fine;
        };
        let word = near::plain(asked);
        if word == "glossary" {
            output.text(glossary());
        } else if let Some(page) = page(&word) {
            output.text(rendered(&(page.to_owned() + &sources(page))));
        } else if let Some(rule) =
            explain::rule(asked).or_else(|| explain::rule(&asked.to_uppercase()))
        {
            output.text(rendered(&rule.page(families())));
        } else if let Some(term) = explain::term(asked) {
            output.text(rendered(&term.to_string()));
        } else {
            output.error(unknown(asked));
            return Status::Unusable;
        }
        Status::Fine
    }
}

/// Returns the rules that a page cites, each with its confidence, as a section of Markdown.
fn sources(page: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-';
    let mut cited: Vec<explain::Statement> = Vec::new();
    for word in page.split(|letter| !is_part(letter)).filter(|word| word.contains('-')) {
        // A word in small letters is a code.
        let rule = explain::rule(word).filter(|rule| rule.id() == word);
        cited.extend(rule.filter(|rule| cited.iter().all(|known| known.id() != rule.id())));
    }
    let mut text = String::new();
    for rule in &cited {
        let grade = rule.grades().first().map(|grade| format!(" ({grade})")).unwrap_or_default();
        text.push_str(&format!("- `trustlist explain {}`{grade}\n", rule.id()));
    }
    if text.is_empty() { text } else { format!("\n## Source\n\n{text}") }
}

/// Names what was perhaps meant.
fn unknown(asked: &str) -> String {
    let rules = explain::rule_ids_near(asked);
    let (what, near) = if rules.is_empty() {
        let terms = explain::glossary();
        let terms =
            terms.iter().flat_map(|term| term.aliases().iter().copied().chain([term.name()]));
        let mut near = near::nearest(asked, values::codes_of_all().chain(terms));
        if near.is_empty() {
            let glossary = explain::glossary();
            let names = glossary.iter().map(explain::Term::name);
            near = near::with_part(asked, values::codes_of_all().chain(names));
        }
        ("code, rule or term", near)
    } else {
        ("rule", rules.into_iter().take(MAX_NEAR).collect())
    };
    let hint = if near.is_empty() {
        "`trustlist explain` lists them all".into()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    format!("no {what} is called {}: {hint}", Plain(asked))
}

/// Every code with its meaning, by family; then the rules and the terms by name.
fn listed() -> String {
    let mut text = HOW.to_owned();
    let mut listed = BTreeSet::new();
    for family in families() {
        text.push_str(&format!("{}\n", family.title));
        let mut pages: Vec<_> =
            family.pages.iter().filter(|(code, _)| listed.insert(*code)).collect();
        pages.sort_unstable();
        for (code, page) in pages {
            let summary = explain::summary(page).unwrap_or_default();
            text.push_str(&format!("  {code:<CODE$}  {summary}\n"));
        }
        text.push('\n');
    }
    text.push_str("Terms (`trustlist explain glossary` prints them all)\n");
    let terms = explain::glossary();
    let names: Vec<&str> = terms.iter().map(explain::Term::name).collect();
    text.push_str(&format!("  {}\n\n", names.join(", ")));
    text.push_str("Rules (`trustlist explain P-TVS-2` prints one)\n");
    text.push_str(&format!("  {}\n", explain::rule_ids().join(", ")));
    text
}

/// Every term with its text.
fn glossary() -> String {
    let terms = explain::glossary();
    let entry = |term: &explain::Term| {
        let names: Vec<&str> =
            [term.name()].into_iter().chain(term.aliases().iter().copied()).collect();
        format!("{}\n  {}\n", names.join(", "), term.text().replace("\n\n", "\n\n  "))
    };
    terms.iter().map(entry).collect::<Vec<_>>().join("\n")
}

/// A page of Markdown as text: headings without their signs, paragraphs that the width may wrap.
fn rendered(page: &str) -> String {
    let (mut text, mut open, mut bullet) = (String::new(), false, false);
    for line in page.lines() {
        let begins = line.starts_with(['#', '-', '|', '`'])
            || numbered(line)
            || (line.starts_with(' ') && !bullet);
        if line.trim().is_empty() || (begins && open) {
            text.push_str(if open { "\n" } else { "" });
            open = false;
        }
        if line.trim().is_empty() {
            text.push('\n');
        } else if let Some(heading) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            text.push_str(&format!("{heading}\n"));
        } else if open && !begins {
            text.push(' ');
            text.push_str(line.trim_start());
        } else {
            text.push_str(INDENT);
            text.push_str(line);
            (open, bullet) = (true, line.starts_with('-') || numbered(line));
        }
    }
    text.push_str(if open { "\n" } else { "" });
    text
}

/// Checks if a line begins with a number such as `1.`.
fn numbered(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    first.strip_suffix('.').is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Above the list of all codes.
const HOW: &str = "`trustlist explain CODE` prints the page of a code, a term or a rule.\n\n";
/// Before the lines of a page under its headings.
const INDENT: &str = "  ";
/// Columns of the longest code.
const CODE: usize = 30;
/// Rules that are offered for one that does not exist.
const MAX_NEAR: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_text() {
        let page = "# code\n\nOne\nsentence.\n\n## Example\n\n- first\n  goes on\n- second\n";
        assert_eq!(
            rendered(page),
            "code\n\n  One sentence.\n\nExample\n\n  - first goes on\n  - second\n"
        );
    }

    #[test]
    fn the_rules_of_a_page_are_its_sources() {
        let page = "# code\n\nOne (P-TVS-2, C-33; p-tvs-1). Two (P-TVS-2).\n";
        assert_eq!(
            sources(page),
            "\n## Source\n\n- `trustlist explain P-TVS-2` (documented)\n\
             - `trustlist explain C-33` (documented)\n"
        );
        assert_eq!(sources("# no-rule\n\nSHA-1 and SEP-1.\n"), "");
    }

    #[test]
    fn every_code_is_listed_with_a_meaning() {
        let text = listed();
        for code in values::codes_of_all() {
            let line = text.lines().find(|line| line.trim_start().starts_with(&format!("{code} ")));
            assert!(line.is_some_and(|line| line.trim().len() > code.len() + 10), "{code}");
            assert!(code.len() <= CODE, "{code}");
        }
    }
}
