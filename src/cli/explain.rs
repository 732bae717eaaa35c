//! `trustlist explain`.

use super::output::{Output, Status};
use crate::explain;
use crate::report::Plain;

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A code of a finding or condition, such as signer-unknown; without one, all codes are listed
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let Some(code) = &self.code else {
            explain::ALL.iter().for_each(|(code, _)| output.print(format_args!("{code}\n")));
            return Status::Fine;
        };
        if let Some(page) = explain::page(code) {
            output.print(page);
            return Status::Fine;
        }
        let near: Vec<_> = explain::ALL.iter().map(|&(known, _)| known).filter(|known| shares_a_word(known, code)).collect();
        let hint = if near.is_empty() {
            "`trustlist explain` lists them all".into()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        output.message(format_args!("no code is called {}: {hint}", Plain(code)));
        Status::Unusable
    }
}

/// Codes are words joined by hyphens: one in common is near enough to be offered.
fn shares_a_word(known: &str, asked: &str) -> bool {
    asked.split('-').filter(|word| word.len() > 2).any(|word| known.split('-').any(|part| part.eq_ignore_ascii_case(word)))
}
