//! Expectations of a case: for each file one outcome, or several allowed ones.

use super::json::{CaseError, Node, Object};
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::phone::{Kept, Lean, Outcome, Via};

pub(super) const FIELDS: &[&str] = &["ctl", "itl", "config", "after", "again"];
pub(super) const FILE_FIELDS: &[&str] =
    &["outcome", "leans", "via", "decisive", "conditions", "findings", "absent"];
pub(super) const AFTER_FIELDS: &[&str] = &["ctl", "itl"];

/// The field `expect` of a case; what is not said is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The offered CTL.
    pub ctl: Option<ExpectFile>,
    /// The offered ITL.
    pub itl: Option<ExpectFile>,
    /// The offered configuration.
    pub config: Option<ExpectFile>,
    /// The lists on the phone afterwards.
    pub after: Option<ExpectAfter>,
    /// The same for the second judgement, from the new state.
    pub again: Option<Box<Self>>,
}

/// Expectations about one file. An empty list expects nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectFile {
    /// Any of these.
    pub outcome: Vec<Outcome>,
    /// Any of these; `None` for no lean.
    pub leans: Vec<Option<Lean>>,
    /// Any of these; `None` for nothing.
    pub via: Vec<Option<Via>>,
    /// The code of the decisive finding or condition: any of these.
    pub decisive: Vec<String>,
    /// Codes of conditions that must all be there.
    pub conditions: Vec<String>,
    /// Codes of findings that must all be there.
    pub findings: Vec<String>,
    /// Codes of findings and conditions that must be absent.
    pub absent: Vec<String>,
}

/// Expectations about the lists on the phone afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectAfter {
    /// The CTL: any of these.
    pub ctl: Vec<Kept>,
    /// The ITL: any of these.
    pub itl: Vec<Kept>,
}

impl Expect {
    /// Reads the field `expect`.
    ///
    /// # Errors
    /// A field or word that is unknown, by its path.
    pub fn read(node: &Node<'_>) -> Result<Self, CaseError> {
        let fields = node.object(FIELDS)?;
        let file = |key: &str| fields.optional(key).map(|node| ExpectFile::read(&node)).transpose();
        Ok(Self {
            ctl: file("ctl")?,
            itl: file("itl")?,
            config: file("config")?,
            after: fields.optional("after").map(|node| ExpectAfter::read(&node)).transpose()?,
            again: fields
                .optional("again")
                .map(|node| Self::read(&node))
                .transpose()?
                .map(Box::new),
        })
    }
}

impl ExpectFile {
    fn read(node: &Node<'_>) -> Result<Self, CaseError> {
        let fields = node.object(FILE_FIELDS)?;
        let outcomes = words(Outcome::ALL, Outcome::as_str);
        let leans = or_none(words(Lean::ALL, Lean::as_str));
        let vias = or_none(words(Via::ALL, Via::as_str));
        Ok(Self {
            outcome: any(&fields, "outcome", |node| node.one_of(&outcomes))?,
            leans: any(&fields, "leans", |node| word_or_null(node, &leans))?,
            via: any(&fields, "via", |node| word_or_null(node, &vias))?,
            decisive: any(&fields, "decisive", code)?,
            conditions: any(&fields, "conditions", code)?,
            findings: any(&fields, "findings", code)?,
            absent: any(&fields, "absent", code)?,
        })
    }
}

impl ExpectAfter {
    fn read(node: &Node<'_>) -> Result<Self, CaseError> {
        let fields = node.object(AFTER_FIELDS)?;
        let kept = words(Kept::ALL, Kept::as_str);
        let list = |key: &str| any(&fields, key, |node| node.one_of(&kept));
        Ok(Self { ctl: list("ctl")?, itl: list("itl")? })
    }
}

/// Reads a word, or a list of allowed words.
fn any<T>(
    fields: &Object<'_>,
    key: &str,
    read: impl Fn(&Node<'_>) -> Result<T, CaseError>,
) -> Result<Vec<T>, CaseError> {
    match fields.field(key) {
        None => Ok(Vec::new()),
        Some(node) if node.is_list() => node.list()?.iter().map(read).collect(),
        Some(node) => read(&node).map(|word| vec![word]),
    }
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<(&'static str, T)> {
    all.iter().map(|&value| (word(value), value)).collect()
}

fn or_none<T>(words: Vec<(&'static str, T)>) -> Vec<(&'static str, Option<T>)> {
    words.into_iter().map(|(word, value)| (word, Some(value))).chain([("null", None)]).collect()
}

fn word_or_null<T: Clone>(
    node: &Node<'_>,
    words: &[(&str, Option<T>)],
) -> Result<Option<T>, CaseError> {
    if node.is_null() { Ok(None) } else { node.one_of(words) }
}

fn code(node: &Node<'_>) -> Result<String, CaseError> {
    let findings = FindingCode::ALL.iter().map(|code| code.as_str());
    let mut known = findings.chain(ConditionCode::ALL.iter().map(|code| code.as_str()));
    let word = node.str()?;
    if known.any(|code| code == word) {
        Ok(word.to_owned())
    } else {
        Err(node.error("the code of a finding or of a condition"))
    }
}
