//! The context of a preflight, and `cases/preflight`: one command's output each (spec/CONTRACT.md
//! section 5).

use super::{CaseError, Node, Object};
use crate::preflight::{Context, SecurityMode};
use crate::release::{Release, ReleaseError};
use std::sync::Arc;
use trustlist::facts::Timestamp;
use trustlist::json::{Map, Value};

/// Reads a `CONTEXT.json`: what the pasted output itself does not say.
///
/// ```
/// use trustlist::case::parse;
/// use trustlist_cluster::case::preflight_context;
/// let context = parse(r#"{"mode": "mixed", "tftp_nodes": ["ccm1"], "version": "12.5"}"#).unwrap();
/// assert_eq!(preflight_context(&context).unwrap().version, "12.5".parse().ok());
/// let wrong = parse(r#"{"mode": "secure"}"#).unwrap();
/// assert!(preflight_context(&wrong).unwrap_err().to_string().starts_with("mode: expected"));
/// ```
///
/// # Errors
/// [`CaseError`] with the JSON path, for an unknown field too.
pub fn preflight_context(value: &Value) -> Result<Context, CaseError> {
    context(&Node::root(value))
}

pub(super) const CONTEXT_FIELDS: &[&str] = &["mode", "tftp_nodes", "version", "at"];

fn context(node: &Node<'_>) -> Result<Context, CaseError> {
    let fields = node.document(CONTEXT_FIELDS)?;
    let modes = [("mixed", SecurityMode::Mixed), ("non-secure", SecurityMode::NonSecure)];
    Ok(Context {
        mode: fields.optional("mode").map(|node| node.one_of(&modes)).transpose()?,
        tftp_nodes: fields.optional("tftp_nodes").map(|node| names(&node)).transpose()?,
        version: fields.optional("version").map(|node| version(&node)).transpose()?,
        at: fields.optional("at").map(|node| date(&node)).transpose()?,
        ..Context::default()
    })
}

fn names(node: &Node<'_>) -> Result<Vec<Arc<str>>, CaseError> {
    node.list()?.iter().map(|node| node.name().map(Arc::from)).collect()
}

/// A version such as `12.5`, `10.5(2)SU3` or `14`; a number is read too.
fn version(node: &Node<'_>) -> Result<Release, CaseError> {
    let text = node.value().as_str().map_or_else(|| node.value().to_string(), Into::into);
    text.parse().map_err(|error: ReleaseError| node.error(error.to_string()))
}

fn date(node: &Node<'_>) -> Result<Timestamp, CaseError> {
    Timestamp::parse(node.str()?).ok_or_else(|| node.error("a date such as 2024-05-01"))
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
    pub context: Context,
    /// The expected verdict.
    pub verdict: String,
    /// The expected code.
    pub code: String,
    /// Facts that must be there with this value.
    pub facts: Map,
}

impl PreflightCase {
    /// Reads a case.
    ///
    /// # Errors
    /// [`CaseError`] with the JSON path.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let value = super::parse(text)?;
        let case = Node::root(&value)
            .document(&["id", "check", "command", "output", "context", "expect"])?;
        let expect = case.required("expect")?.object(&["verdict", "code", "facts"])?;
        let text = |object: &Object<'_>, key| {
            object.required(key).and_then(|node| node.str().map(String::from))
        };
        Ok(Self {
            id: text(&case, "id")?,
            command: text(&case, "command")?,
            output: case.required("output")?.long_str()?.to_owned(),
            context: case
                .optional("context")
                .map(|node| context(&node))
                .transpose()?
                .unwrap_or_default(),
            verdict: text(&expect, "verdict")?,
            code: text(&expect, "code")?,
            facts: expect
                .optional("facts")
                .and_then(|node| node.value().as_object().cloned())
                .unwrap_or_default(),
        })
    }
}
