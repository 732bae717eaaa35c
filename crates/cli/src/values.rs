//! Values that shells complete: codes, models and certificates. Other values are read too, if an
//! option takes them.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use trustlist::explain;
use trustlist_cluster::explain::families;
use trustlist_cluster::release::Unit;

/// Reads any text, and offers some values for completion.
#[derive(Clone)]
pub(super) struct Offered {
    /// Made when it is asked for: the ids of rules are read from documents.
    values: fn() -> Vec<&'static str>,
    /// Refuses every other value.
    strict: bool,
}

impl TypedValueParser for Offered {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        let known = if self.strict { (self.values)() } else { Vec::new() };
        if !self.strict || known.contains(&text.as_str()) {
            return Ok(text);
        }
        let near = super::near::nearest(&text, known.iter().copied());
        let hint = if near.is_empty() {
            "`trustlist explain` lists the codes".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        let option = argument.map(ToString::to_string).unwrap_or_default();
        Err(clap::Error::raw(
            clap::error::ErrorKind::InvalidValue,
            format!("invalid value '{}' for '{option}': {hint}\n", trustlist::report::Plain(&text)),
        )
        .with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.values)().into_iter().map(PossibleValue::new)))
    }
}

/// Every code, family by family.
pub(super) fn codes_of_all() -> impl Iterator<Item = &'static str> {
    let mut seen = BTreeSet::new();
    let codes = families().flat_map(|family| family.pages).map(|(code, _)| *code);
    codes.filter(move |code| seen.insert(*code))
}

/// A code, and nothing else.
pub(super) fn codes() -> Offered {
    Offered { values: || codes_of_all().collect(), strict: true }
}

/// A code, the id of a rule, or a term.
pub(super) fn explained() -> Offered {
    Offered { values: explained_words, strict: false }
}

fn explained_words() -> Vec<&'static str> {
    let terms = explain::glossary();
    let terms = terms.iter().map(explain::Term::name).collect::<Vec<_>>();
    codes_of_all().chain(["glossary"]).chain(terms).chain(explain::rule_ids()).collect()
}

/// Returns the servers of a CallManager group, as an option or a cell writes them: with commas,
/// semicolons, slashes, bars or blanks between them, none of which is in the name of a host.
pub(super) fn servers(text: &str) -> impl Iterator<Item = &str> {
    let separators = |c: char| matches!(c, ',' | ';' | '/' | '|') || c.is_whitespace();
    text.split(separators).filter(|name| !name.is_empty())
}

/// A model of a phone.
pub(super) fn models() -> Offered {
    Offered { values: || MODELS.to_vec(), strict: false }
}

/// A certificate of a node.
pub(super) fn certificates() -> Offered {
    Offered { values: || Unit::ALL.iter().map(|unit| unit.as_str()).collect(), strict: false }
}

/// The models that are asked about most. The model table of `spec/PHONE-RULES.md` has more.
const MODELS: [&str; 48] = [
    "6901", "6911", "6921", "6941", "6945", "6961", "7811", "7821", "7832", "7841", "7861", "7906",
    "7911", "7921", "7925", "7926", "7931", "7940", "7941", "7942", "7945", "7960", "7961", "7962",
    "7965", "7970", "7971", "7975", "8811", "8821", "8831", "8832", "8841", "8845", "8851", "8861",
    "8865", "8875", "8941", "8945", "8961", "9841", "9851", "9861", "9871", "9951", "9971",
    "Jabber",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_have_any_separator() {
        let names: Vec<&str> = servers(" ccm1,ccm2;ccm3 ccm4/ccm5 | ccm6\t").collect();
        assert_eq!(names, ["ccm1", "ccm2", "ccm3", "ccm4", "ccm5", "ccm6"]);
        assert_eq!(servers(" ,; ").count(), 0);
    }

    #[test]
    fn every_model_is_in_the_table() {
        for model in MODELS {
            assert!(trustlist::phone::Family::of_model(model).is_some(), "{model}");
        }
    }
}
