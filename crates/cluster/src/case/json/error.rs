//! The error of every reader of documents.

use super::path::shown;
use core::fmt;
use trustlist::json::Value;

/// Error of a reader: one line, the JSON path first.
///
/// ```
/// use trustlist_cluster::case::PredictCase;
/// let text = r#"{ "schema": "trustlist.predict/1", "phone": {}, "offer": {}, "tvs": [{"server": 7}] }"#;
/// let error = PredictCase::parse(text).unwrap_err();
/// assert_eq!(error.to_string(), "tvs[0].server: expected a name; found 7");
/// assert_eq!((error.path(), error.found()), ("tvs[0].server", "7"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    path: String,
    expected: String,
    found: String,
    limit: bool,
}

impl CaseError {
    /// An error about the value at `path`. It is one line, whatever names of the document are in it.
    pub fn new(
        path: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            path: one_line(path.into()),
            expected: one_line(expected.into()),
            found: one_line(found.into()),
            limit: false,
        }
    }

    /// A document that is larger than the [`Limits`](super::Limits).
    pub(super) fn limit(
        path: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { limit: true, ..Self::new(path, expected, found) }
    }

    /// A string that is longer than a limit.
    pub(in crate::case) fn too_long(path: String, text: &str, most: usize, limit: &str) -> Self {
        let expected = format!("a string of at most {most} bytes ({limit})");
        Self::limit(path, expected, format!("{} bytes", text.len()))
    }

    /// The same error with other words for what was expected.
    pub fn expecting(&self, expected: String) -> Self {
        Self { expected, ..self.clone() }
    }

    /// Whether one of the [`Limits`](super::Limits) was reached: the document may be right, and can be read with higher ones.
    pub fn is_limit(&self) -> bool {
        self.limit
    }

    /// The JSON path, such as `offer.itl.records[3].role`; empty for the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the expected value.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Returns the value that was found.
    pub fn found(&self) -> &str {
        &self.found
    }
}

/// Control characters are escaped: the names of nodes, which an error names as expected, are the document's.
fn one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars().fold(String::new(), |mut line, c| {
        if c.is_control() {
            line.extend(c.escape_default())
        } else {
            line.push(c)
        }
        line
    })
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the document" } else { &self.path };
        write!(f, "{path}: expected {}; found {}", self.expected, self.found)
    }
}

impl core::error::Error for CaseError {}

/// `a`, `a or b`, `a, b or c`.
pub(in crate::case) fn or_list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

/// A value as an error shows it.
pub(in crate::case) fn found(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => shown(text),
        Value::Bool(_) | Value::Null | Value::Number(_) => value.to_string(),
    }
}
