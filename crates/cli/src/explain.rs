//! `trustlist explain`.

use super::output::{Output, Status};
use trustlist::explain;
use trustlist::report::Plain;

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A code of a finding or condition, such as signer-unknown, or the id of a rule, such as P-TVS-2; without one, all
    /// are listed
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let Some(code) = &self.code else {
            explain::ALL.iter().for_each(|(code, _)| output.print(format_args!("{code}\n")));
            explain::rule_ids().iter().for_each(|id| output.print(format_args!("{id}\n")));
            return Status::Fine;
        };
        if let Some(page) = explain::page(code) {
            output.print(page);
            return Status::Fine;
        }
        if let Some(rule) = explain::rule(code) {
            output.print(rule);
            return Status::Fine;
        }
        let rules = explain::rule_ids_near(code);
        let (what, near) = if rules.is_empty() {
            (
                "code",
                explain::ALL
                    .iter()
                    .map(|&(known, _)| known)
                    .filter(|known| shares_a_word(known, code))
                    .collect(),
            )
        } else {
            ("rule", rules)
        };
        let hint = if near.is_empty() {
            "`trustlist explain` lists them all".into()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        output.message(format_args!("no {what} is called {}: {hint}", Plain(code)));
        Status::Unusable
    }
}

/// Codes are words joined by hyphens: one in common is near enough to be offered.
fn shares_a_word(known: &str, asked: &str) -> bool {
    asked
        .split('-')
        .filter(|word| word.len() > 2)
        .any(|word| known.split('-').any(|part| part.eq_ignore_ascii_case(word)))
}
