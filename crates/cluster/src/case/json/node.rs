//! Walking a document that was read, with the path of every value.

use super::path::{At, Step, path_text, shown};
use super::{CaseError, MAX_TEXT};
use std::sync::Arc;
use trustlist::json::{Map, Value};

/// A value and its path in the document.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    value: &'a Value,
    step: Option<Arc<Step<'a>>>,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub fn root(value: &'a Value) -> Self {
        Self { value, step: None }
    }

    fn child(&self, at: At<'a>, value: &'a Value) -> Self {
        Self { value, step: Step::after(&self.step, at) }
    }

    /// The value itself.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Its path: `offer.itl.records[3].role`.
    pub fn path(&self) -> String {
        path_text(self.step.as_deref())
    }

    /// An error about this value: what was expected here.
    pub fn error(&self, expected: impl Into<String>) -> CaseError {
        CaseError::new(self.path(), expected, found(self.value))
    }

    /// Is it `null`?
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Is it a string?
    pub fn is_string(&self) -> bool {
        self.value.as_str().is_some()
    }

    /// Is it a list?
    pub fn is_list(&self) -> bool {
        self.value.as_array().is_some()
    }

    /// Is it an object?
    pub fn is_object(&self) -> bool {
        self.value.as_object().is_some()
    }

    /// A string of at most [`MAX_TEXT`] bytes: a name, a word, a sentence.
    ///
    /// # Errors
    /// Anything else.
    pub fn str(&self) -> Result<&'a str, CaseError> {
        self.text(MAX_TEXT)
    }

    /// A string of any length: whole logs.
    ///
    /// # Errors
    /// Anything else.
    pub fn long_str(&self) -> Result<&'a str, CaseError> {
        self.text(usize::MAX)
    }

    fn text(&self, most: usize) -> Result<&'a str, CaseError> {
        let text = self.value.as_str().ok_or_else(|| self.error("a string"))?;
        if text.len() > most {
            return Err(self.too_long(most, "case::MAX_TEXT"));
        }
        Ok(text)
    }

    /// The error of a string that is longer than a limit.
    pub fn too_long(&self, most: usize, limit: &str) -> CaseError {
        let expected = format!("a string of at most {most} bytes ({limit})");
        CaseError::limit(
            self.path(),
            expected,
            format!("{} bytes", self.value.as_str().map_or(0, str::len)),
        )
    }

    /// A string that is not empty: a name or a label, of at most [`MAX_TEXT`] bytes.
    ///
    /// # Errors
    /// Anything else.
    pub fn name(&self) -> Result<&'a str, CaseError> {
        match self.str() {
            Err(error) if error.is_limit() => Err(error),
            text => text.ok().filter(|text| !text.is_empty()).ok_or_else(|| self.error("a name")),
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// Anything else.
    pub fn bool(&self) -> Result<bool, CaseError> {
        self.value.as_bool().ok_or_else(|| self.error("true or false"))
    }

    /// A whole number from 0.
    ///
    /// # Errors
    /// Anything else.
    pub fn u64(&self) -> Result<u64, CaseError> {
        self.value.as_u64().ok_or_else(|| self.error("a whole number from 0"))
    }

    /// A whole number from 0 to 4294967295.
    ///
    /// # Errors
    /// Anything else.
    pub fn u32(&self) -> Result<u32, CaseError> {
        let number = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.error(format!("a whole number from 0 to {}", u32::MAX)))
    }

    /// Reads one of these words, with the value of each.
    ///
    /// # Errors
    /// Names the words.
    pub fn one_of<T: Clone>(&self, words: &[(&str, T)]) -> Result<T, CaseError> {
        let word = self.value.as_str();
        let known = words.iter().find(|(known, _)| Some(*known) == word);
        known
            .map(|(_, meaning)| meaning.clone())
            .ok_or_else(|| self.error(or_list(words.iter().map(|(known, _)| *known))))
    }

    /// The items of a list.
    ///
    /// # Errors
    /// Anything but a list.
    pub fn list(&self) -> Result<Vec<Self>, CaseError> {
        let items = self.value.as_array().ok_or_else(|| self.error("a list"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, item)| self.child(At::Index(index), item))
            .collect())
    }

    /// The fields of an object whose keys are free: labels, nodes.
    ///
    /// # Errors
    /// Anything but an object.
    pub fn entries(&self) -> Result<Vec<(&'a str, Self)>, CaseError> {
        let map = self.value.as_object().ok_or_else(|| self.error("an object"))?;
        if let Some(long) = map.keys().map(String::len).find(|&length| length > MAX_TEXT) {
            let expected = format!("names of at most {MAX_TEXT} bytes (case::MAX_TEXT)");
            return Err(CaseError::limit(self.path(), expected, format!("{long} bytes")));
        }
        Ok(map.iter().map(|(key, value)| (key.as_str(), self.child(At::Key(key), value))).collect())
    }

    /// An object with no other fields than these.
    ///
    /// # Errors
    /// Anything but an object; a field that is not in `fields`, by its path.
    pub fn object(&self, fields: &[&str]) -> Result<Object<'a>, CaseError> {
        let map = self.value.as_object().ok_or_else(|| self.error("an object"))?;
        for (key, value) in map {
            if !fields.contains(&key.as_str()) {
                let path = self.child(At::Key(key), value).path();
                return Err(CaseError::new(
                    path,
                    or_list(fields.iter().copied()),
                    "an unknown field",
                ));
            }
        }
        Ok(Object { map, node: self.clone() })
    }

    /// The object of a case: these fields, and those that are there for readers
    /// ([`COMMENT_FIELDS`]).
    ///
    /// # Errors
    /// As [`Node::object`].
    pub fn document(&self, fields: &[&str]) -> Result<Object<'a>, CaseError> {
        self.object(&[fields, COMMENT_FIELDS].concat())
    }
}

/// Fields that a case may carry for its readers; nothing looks at them (spec/CONTRACT.md section
/// 2).
pub const COMMENT_FIELDS: &[&str] = &["rules", "note", "why", "origin", "file"];

/// An object whose field names were checked.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    map: &'a Map,
    node: Node<'a>,
}

impl<'a> Object<'a> {
    /// The object as a value.
    pub fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// The field, `None` where the key is left out. A `null` is there.
    pub fn field(&self, key: &str) -> Option<Node<'a>> {
        self.map.get_key_value(key).map(|(key, value)| self.node.child(At::Key(key), value))
    }

    /// The field, `None` if it is `null` or left out.
    pub fn optional(&self, key: &str) -> Option<Node<'a>> {
        self.field(key).filter(|node| !node.is_null())
    }

    /// The field, which may be `null` but must be there.
    ///
    /// # Errors
    /// Names the missing field by its path.
    pub fn required(&self, key: &str) -> Result<Node<'a>, CaseError> {
        self.field(key).ok_or_else(|| self.missing(key))
    }

    /// Checks the `schema` field.
    ///
    /// # Errors
    /// Another schema, or none.
    pub fn schema(&self, schema: &str) -> Result<(), CaseError> {
        self.required("schema")?.one_of(&[(schema, ())])
    }

    fn missing(&self, key: &str) -> CaseError {
        let before = self.node.path();
        let dot = if before.is_empty() { "" } else { "." };
        CaseError::new(format!("{before}{dot}{key}"), "this field", "nothing")
    }
}

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
pub(crate) fn found(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => shown(text),
        Value::Bool(_) | Value::Null | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn unknown_and_missing_fields_are_named() {
        let value = parse(r#"{"a": {"b.c": 1, "d": null}}"#).unwrap();
        let root = Node::root(&value).object(&["a"]).unwrap();
        let a = root.required("a").unwrap();
        assert_eq!(
            a.object(&["d", "e"]).unwrap_err().to_string(),
            "a[\"b.c\"]: expected d or e; found an unknown field"
        );
        let a = a.object(&["b.c", "d", "e"]).unwrap();
        assert_eq!(
            a.required("e").unwrap_err().to_string(),
            "a.e: expected this field; found nothing"
        );
        assert_eq!(
            root.required("z").unwrap_err().to_string(),
            "z: expected this field; found nothing"
        );
        assert!(a.required("d").unwrap().is_null() && a.optional("d").is_none());
    }

    #[test]
    fn a_value_is_of_one_kind() {
        let value = parse(r#"[null, "a", [], {}, 1, true]"#).unwrap();
        let kinds =
            |node: &Node<'_>| [node.is_null(), node.is_string(), node.is_list(), node.is_object()];
        let found: Vec<_> = Node::root(&value).list().unwrap().iter().map(kinds).collect();
        for (place, found) in found.into_iter().enumerate() {
            assert_eq!(found, core::array::from_fn(|kind| kind == place), "{place}");
        }
    }

    #[test]
    fn values_of_the_wrong_type_are_shown_short_and_escaped() {
        let value =
            parse(&format!(r#"["\u001b[31m{}", 1.5, -1, 5000000000, [], true]"#, "x".repeat(80)))
                .unwrap();
        let items = Node::root(&value).list().unwrap();
        let shown = items[0].u64().unwrap_err().to_string();
        assert_eq!(
            shown,
            format!(
                "[0]: expected a whole number from 0; found \"\\u001b[31m{}…\"",
                "x".repeat(35)
            )
        );
        assert!(items[1].u64().is_err() && items[2].u64().is_err());
        assert_eq!(items[3].u64(), Ok(5_000_000_000));
        assert_eq!(
            items[3].u32().unwrap_err().to_string(),
            "[3]: expected a whole number from 0 to 4294967295; found 5000000000"
        );
        assert_eq!(items[4].str().unwrap_err().to_string(), "[4]: expected a string; found a list");
        assert_eq!(
            items[5].one_of(&[("yes", 1), ("no", 0)]).unwrap_err().to_string(),
            "[5]: expected yes or no; found true"
        );
    }

    #[test]
    fn names_are_limited_at_the_last_byte() {
        let text = |length: usize| Value::String("x".repeat(length));
        let (most, more) = (text(MAX_TEXT), text(MAX_TEXT + 1));
        assert!(
            Node::root(&most).str().is_ok()
                && Node::root(&most).name().is_ok()
                && Node::root(&more).long_str().is_ok()
        );
        for error in [Node::root(&more).str().unwrap_err(), Node::root(&more).name().unwrap_err()] {
            let told = "the document: expected a string of at most 1024 bytes (case::MAX_TEXT); found 1025 bytes";
            assert_eq!((error.to_string().as_str(), error.is_limit()), (told, true));
        }
        let keyed =
            |length: usize| parse(&format!(r#"{{"a": {{"{}": 1}}}}"#, "x".repeat(length))).unwrap();
        let of = |value: &Value| Node::root(&value["a"]).entries().map(|entries| entries.len());
        assert_eq!(of(&keyed(MAX_TEXT)), Ok(1));
        assert!(of(&keyed(MAX_TEXT + 1)).unwrap_err().is_limit());
    }

    #[test]
    fn readers_fields_are_let_through_at_the_top_only() {
        let value = parse(r#"{"note": 1, "x": {"note": 1}}"#).unwrap();
        let root = Node::root(&value);
        assert!(root.object(&["x"]).is_err());
        let x = root.document(&["x"]).unwrap().required("x").unwrap();
        assert_eq!(
            x.object(&["y"]).unwrap_err().to_string(),
            "x.note: expected y; found an unknown field"
        );
    }
}
