//! The context of a preflight, and `cases/preflight`: one command's output each (spec/CONTRACT.md
//! section 5).

use super::field::{Ignored, LongText, Name};
use super::json::{Comments, string};
use super::{CaseError, parse, read};
use crate::cluster::Mode;
use crate::preflight;
use crate::release::{Release, ReleaseError};
use crate::report::shape::Word;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use trustlist::facts::Timestamp;
use trustlist::json::{Map, Value};

/// Reads a `CONTEXT.json`: what the pasted output itself does not say.
///
/// ```
/// use trustlist_cluster::case::{parse, preflight_context};
/// let context = parse(r#"{"mode": "mixed", "tftp_nodes": ["ccm1"], "version": "12.5"}"#).unwrap();
/// assert_eq!(preflight_context(&context).unwrap().version, "12.5".parse().ok());
/// let wrong = parse(r#"{"mode": "secure"}"#).unwrap();
/// assert!(preflight_context(&wrong).unwrap_err().to_string().starts_with("mode: expected"));
/// ```
///
/// # Errors
/// [`CaseError`] with the JSON path, for an unknown field too.
pub fn preflight_context(value: &Value) -> Result<preflight::Context, CaseError> {
    read::<Context<'_>>(value, Comments::Everywhere).map(Context::meaning)
}

/// The form of [`preflight_context`].
#[cfg(test)]
pub(super) const CONTEXT_SCHEMA: &str = "trustlist.preflight-context/1";

/// Facts that are not in pasted output of CUCM (`preflight --context`).
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = super::input_schema::for_readers))]
pub(super) struct Context<'a> {
    /// The security mode.
    mode: Option<Word<Mode>>,
    /// The nodes with TFTP.
    #[serde(borrow)]
    tftp_nodes: Option<Vec<Name<'a>>>,
    /// The version, such as 12.5 or 10.5(2)SU3.
    version: Option<VersionText>,
    /// The date of the judgement: backups before that are old.
    at: Option<Day>,
}

impl Context<'_> {
    fn meaning(self) -> preflight::Context {
        let names =
            |names: Vec<Name<'_>>| names.into_iter().map(|name| Arc::from(name.0)).collect();
        preflight::Context {
            mode: self.mode.map(|mode| mode.0),
            tftp_nodes: self.tftp_nodes.map(names),
            version: self.version.map(|version| version.0),
            at: self.at.map(|day| day.0),
            ..preflight::Context::default()
        }
    }
}

/// A version such as `12.5`, `10.5(2)SU3` or `14`; a number is read too.
pub(super) struct VersionText(Release);

impl<'de> Deserialize<'de> for VersionText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
        text.parse().map(Self).map_err(|error: ReleaseError| D::Error::custom(error))
    }
}

/// A date of the context.
pub(super) struct Day(Timestamp);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        string(deserializer, "a date such as 2024-05-01", Timestamp::parse).map(Self)
    }
}

/// One case of `cases/preflight`.
#[derive(Clone, Debug)]
pub struct PreflightCase {
    /// Its name.
    pub id: String,
    /// The command, or the place of the text on a phone.
    pub command: String,
    /// The pasted output.
    pub output: String,
    /// Facts that are not in the output.
    pub context: preflight::Context,
    /// The expected verdict.
    pub verdict: String,
    /// The expected code.
    pub code: String,
    /// Facts that must be there with this value.
    pub facts: Map,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case<'a> {
    id: String,
    #[expect(dead_code, reason = "for readers")]
    check: Option<Ignored>,
    command: String,
    #[serde(borrow)]
    output: LongText<'a>,
    #[serde(borrow)]
    context: Option<Context<'a>>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    verdict: String,
    code: String,
    facts: Option<Value>,
}

impl PreflightCase {
    /// Reads a case.
    ///
    /// # Errors
    /// [`CaseError`] with the JSON path.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let value = parse(text)?;
        let case: Case<'_> = read(&value, Comments::Everywhere)?;
        let facts = case.expect.facts.as_ref().and_then(Value::as_object);
        Ok(Self {
            id: case.id,
            command: case.command,
            output: case.output.0.to_owned(),
            context: case.context.unwrap_or_default().meaning(),
            verdict: case.expect.verdict,
            code: case.expect.code,
            facts: facts.cloned().unwrap_or_default(),
        })
    }
}
