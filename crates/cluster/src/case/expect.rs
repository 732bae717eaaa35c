//! Expectations of a case: for each file one outcome, or several allowed ones.

use super::field::{OneOf, OrNull, Words};
#[cfg(test)]
use super::input_schema as described;
use super::json::string;
#[cfg(test)]
use crate::report::shape::Word;
use serde::{Deserialize, Deserializer};
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::phone::{Kept, Lean, Outcome, Via};

/// Expectations of a case; a field that is left out is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Expect {
    /// The offered CTL.
    pub ctl: Option<ExpectFile>,
    /// The offered ITL.
    pub itl: Option<ExpectFile>,
    /// The offered configuration.
    pub config: Option<ExpectFile>,
    /// The lists on the phone afterwards.
    pub after: Option<ExpectAfter>,
    /// The same for the second boot.
    pub again: Option<Box<Self>>,
}

/// Expectations about one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = described::without_defaults))]
pub struct ExpectFile {
    /// Any of these.
    #[serde(default, deserialize_with = "any")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<Outcome>>"))]
    pub outcome: Vec<Outcome>,
    /// Any of these; `null` for no lean.
    #[serde(default, deserialize_with = "any_or_null")]
    #[cfg_attr(test, schemars(with = "described::Any<described::OrNull<Word<Lean>>>"))]
    pub leans: Vec<Option<Lean>>,
    /// Any of these; `null` for nothing.
    #[serde(default, deserialize_with = "any_or_null")]
    #[cfg_attr(test, schemars(with = "described::Any<described::OrNull<Word<Via>>>"))]
    pub via: Vec<Option<Via>>,
    /// The decisive code: any of these.
    #[serde(default, deserialize_with = "codes")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<trustlist::phone::Decisive>>"))]
    pub decisive: Vec<String>,
    /// Conditions that must all be there.
    #[serde(default, deserialize_with = "codes")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<trustlist::phone::Decisive>>"))]
    pub conditions: Vec<String>,
    /// Findings that must all be there.
    #[serde(default, deserialize_with = "codes")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<trustlist::phone::Decisive>>"))]
    pub findings: Vec<String>,
    /// Codes that must be absent.
    #[serde(default, deserialize_with = "codes")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<trustlist::phone::Decisive>>"))]
    pub absent: Vec<String>,
}

/// Expectations about the lists on the phone afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = described::without_defaults))]
pub struct ExpectAfter {
    /// The CTL: any of these.
    #[serde(default, deserialize_with = "any")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<Kept>>"))]
    pub ctl: Vec<Kept>,
    /// The ITL: any of these.
    #[serde(default, deserialize_with = "any")]
    #[cfg_attr(test, schemars(with = "described::Any<Word<Kept>>"))]
    pub itl: Vec<Kept>,
}

/// Reads a word, or a list of allowed words.
fn any<'de, D: Deserializer<'de>, T: Words>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Any::deserialize(deserializer).map(|any| any.each(|OneOf(value)| value))
}

fn any_or_null<'de, D: Deserializer<'de>, T: Words>(
    deserializer: D,
) -> Result<Vec<Option<T>>, D::Error> {
    Any::deserialize(deserializer).map(|any| any.each(|OrNull(value)| value))
}

fn codes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Any::deserialize(deserializer).map(|any| any.each(|Code(code)| code.to_owned()))
}

/// One value, or a list of equally right values.
#[derive(Deserialize)]
enum Any<T> {
    #[serde(rename = "a list")]
    List(Vec<T>),
    #[serde(rename = "a value")]
    One(T),
}

impl<T> Any<T> {
    fn each<V>(self, value: impl FnMut(T) -> V) -> Vec<V> {
        match self {
            Self::List(values) => values.into_iter().map(value).collect(),
            Self::One(one) => [one].into_iter().map(value).collect(),
        }
    }
}

/// The code of a finding or of a condition.
struct Code<'a>(&'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Code<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let findings = FindingCode::ALL.iter().map(|code| code.as_str());
        let mut known = findings.chain(ConditionCode::ALL.iter().map(|code| code.as_str()));
        let meaning = |word: &'de str| known.any(|code| code == word).then_some(Self(word));
        string(deserializer, "the code of a finding or of a condition", meaning)
    }
}
