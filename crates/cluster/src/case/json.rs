//! Reading JSON with limits, and with the JSON path in every error.
//!
//! [`parse`] makes a [`Value`] out of text, and [`read`](read::read) the type of a document out of that. A type names
//! the fields of each object, so a misspelt one is an error and never a silently missing fact.

mod error;
mod path;
mod read;

pub use error::CaseError;
pub(super) use error::{found, or_list};
pub(super) use path::{Place, shown};
pub(super) use read::{Comments, read, string, text};

use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::cell::{Cell, RefCell};
use trustlist::json::{Map, Value};

/// The largest document that is read, in bytes. A scenario of 10,000 phones has some 3 MB.
pub const MAX_BYTES: usize = 8 << 20;

/// The most memory that the values of one document take, in bytes, as an estimate from above: two bytes of text can need memory
/// for a value of two hundred. A scenario of 10,000 phones takes about that.
pub const MAX_TREE: usize = 32 << 20;

/// The longest name, word or sentence of a document, in bytes; an answer repeats them. Whole logs may be longer.
pub const MAX_TEXT: usize = 1_024;

/// The deepest nesting that is read. The deepest form of the contract has 6 levels.
pub const MAX_DEPTH: usize = 64;

/// Fields that a case may carry for its readers; nothing looks at them (spec/CONTRACT.md section
/// 2).
pub const COMMENT_FIELDS: &[&str] = &["rules", "note", "why", "origin", "file"];

/// How much of a document is read. The caller of the library may raise what is too small for its documents.
///
/// ```
/// use trustlist_cluster::case::{Limits, parse_within};
/// let error = parse_within("[[[1]]]", &Limits::new().depth(2)).unwrap_err();
/// assert_eq!(error.to_string(), "[0][0]: expected at most 2 levels of nesting (case::MAX_DEPTH); found a deeper one");
/// assert!(error.is_limit());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    bytes: usize,
    depth: usize,
    tree: usize,
}

impl Limits {
    /// [`MAX_BYTES`], [`MAX_DEPTH`] and [`MAX_TREE`].
    pub const fn new() -> Self {
        Self { bytes: MAX_BYTES, depth: MAX_DEPTH, tree: MAX_TREE }
    }

    /// Returns limits with at most this number of bytes of text, instead of [`MAX_BYTES`].
    pub const fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Returns limits with at most this number of levels of nesting, instead of [`MAX_DEPTH`]. Each takes some hundred bytes of the stack.
    pub const fn depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Returns limits with at most this number of bytes of memory for the values, instead of [`MAX_TREE`].
    pub const fn tree(self, tree: usize) -> Self {
        Self { tree, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads one JSON document within the [`Limits`] of this crate, every key once per object.
///
/// # Errors
/// Names the path of a key that occurs twice and of a value nested too deep; anything that is not JSON is named by
/// line and column.
pub fn parse(text: &str) -> Result<Value, CaseError> {
    parse_within(text, &Limits::new())
}

/// As [`parse`], with limits of the caller.
///
/// # Errors
/// As [`parse`].
pub fn parse_within(text: &str, limits: &Limits) -> Result<Value, CaseError> {
    if text.len() > limits.bytes {
        let expected = format!("at most {} bytes of JSON (case::MAX_BYTES)", limits.bytes);
        return Err(CaseError::limit("", expected, format!("{} bytes", text.len())));
    }
    let trouble = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    // The limit of the seed counts instead: it knows the path.
    let seed = Seed {
        place: &Place::ROOT,
        depth: 0,
        limits,
        left: &Cell::new(limits.tree),
        trouble: &trouble,
    };
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| trouble.take().unwrap_or_else(|| not_json(&error)))
}

fn not_json(error: &serde_json::Error) -> CaseError {
    let place = format!("line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let reason = text.strip_suffix(&format!(" at {place}")).unwrap_or(&text);
    CaseError::new(place, "JSON", reason)
}

/// Reads one value; the path is only walked for an error.
#[derive(Clone, Copy)]
struct Seed<'p> {
    place: &'p Place<'p>,
    depth: usize,
    limits: &'p Limits,
    /// Bytes of memory that the values may still take.
    left: &'p Cell<usize>,
    /// The error with its path: the reader's own error type holds only a text.
    trouble: &'p RefCell<Option<CaseError>>,
}

impl Seed<'_> {
    fn at<'q>(&'q self, place: &'q Place<'q>) -> Seed<'q> {
        Seed { place, depth: self.depth.saturating_add(1), ..*self }
    }

    fn fail<E: serde::de::Error>(&self, error: CaseError) -> E {
        self.trouble.replace(Some(error));
        E::custom("see the path")
    }

    /// One level deeper, if that is allowed.
    fn enter<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth < self.limits.depth {
            return Ok(());
        }
        let expected = format!("at most {} levels of nesting (case::MAX_DEPTH)", self.limits.depth);
        Err(self.fail(CaseError::limit(self.place.path(), expected, "a deeper one")))
    }

    /// Counts memory, before it is taken.
    fn takes<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        if let Some(left) = self.left.get().checked_sub(bytes) {
            self.left.set(left);
            return Ok(());
        }
        let expected = format!(
            "at most {} bytes of memory for the values of the document (case::MAX_TREE)",
            self.limits.tree
        );
        Err(self.fail(CaseError::limit(self.place.path(), expected, "more values from here on")))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.takes(text_cost(value))?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.takes(text_cost(&value))?;
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut list = Vec::new();
        loop {
            let place = self.place.index(list.len());
            match items.next_element_seed(self.at(&place))? {
                Some(item) => {
                    self.takes(ITEM_COST)?;
                    list.push(item);
                }
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        self.enter()?;
        self.takes(OBJECT_COST)?;
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if map.contains_key(&key) {
                let path = self.place.key(&key).path();
                return Err(self.fail(CaseError::new(path, "each key once", "it a second time")));
            }
            self.takes(FIELD_COST.saturating_add(text_cost(&key)))?;
            let place = self.place.key(&key);
            let value = fields.next_value_seed(self.at(&place))?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// Memory of a value in a list that grows: its own place, as much in reserve, and the half-size list it is copied from.
const ITEM_COST: usize = 3 * size_of::<Value>();
/// Memory of an object before its fields.
const OBJECT_COST: usize = 200;
/// Memory of a field in an object that grows: name, value, hash and index, and as much in reserve.
const FIELD_COST: usize = 2 * (size_of::<String>() + size_of::<Value>() + size_of::<usize>());

/// Memory of a string: its bytes, and what an allocator adds.
fn text_cost(text: &str) -> usize {
    if text.is_empty() { 0 } else { text.len().saturating_add(TEXT_COST) }
}

const TEXT_COST: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_json_is_named_by_line_and_column() {
        assert_eq!(error("{\n  \"a\": }"), "line 2 column 8: expected JSON; found expected value");
        assert_eq!(error("{} {}"), "line 1 column 4: expected JSON; found trailing characters");
        assert_eq!(error(""), "line 1 column 0: expected JSON; found EOF while parsing a value");
    }

    #[test]
    fn a_second_key_is_an_error_at_its_path() {
        let text = r#"{"tvs": [{}, {"knows": {"ccm1.2": null, "x": 1, "ccm1.2": null}}]}"#;
        assert_eq!(
            error(text),
            "tvs[1].knows[\"ccm1.2\"]: expected each key once; found it a second time"
        );
        assert_eq!(error(r#"{"a":1,"a":1}"#), "a: expected each key once; found it a second time");
    }

    #[test]
    fn depth_is_limited_at_the_last_allowed_level() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let at = "[0]".repeat(MAX_DEPTH);
        assert_eq!(
            error(&nested(MAX_DEPTH + 1)),
            format!(
                "{at}: expected at most 64 levels of nesting (case::MAX_DEPTH); found a deeper one"
            )
        );
        for depth in [3, MAX_DEPTH + 1] {
            let limits = Limits::new().depth(depth);
            assert!(parse_within(&nested(depth), &limits).is_ok(), "{depth}");
            assert!(parse_within(&nested(depth + 1), &limits).unwrap_err().is_limit(), "{depth}");
        }
        let far = error(&nested(100_000));
        assert!(far.starts_with("[0][0]"), "{far}");
    }

    #[test]
    fn size_is_limited_at_the_last_allowed_byte() {
        let limits = Limits::new().bytes(4);
        assert!(parse_within("[  ]", &limits).is_ok());
        let error = parse_within("[   ]", &limits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the document: expected at most 4 bytes of JSON (case::MAX_BYTES); found 5 bytes"
        );
        assert!(error.is_limit());
        let spaces = |count: usize| format!("[{}]", " ".repeat(count - 2));
        assert!(
            parse(&spaces(MAX_BYTES)).is_ok()
                && parse(&spaces(MAX_BYTES + 1)).unwrap_err().is_limit()
        );
    }

    #[test]
    fn memory_is_limited_at_the_last_value() {
        let limits = Limits::new().tree(2 * ITEM_COST);
        assert!(parse_within("[0, 1]", &limits).is_ok());
        let error = parse_within("[0, 1, 2]", &limits).unwrap_err();
        let most = 2 * ITEM_COST;
        assert_eq!(
            error.to_string(),
            format!(
                "the document: expected at most {most} bytes of memory for the values of the document (case::MAX_TREE); \
                found more values from here on"
            )
        );
        assert!(error.is_limit());
        let most = MAX_TREE / ITEM_COST;
        let zeros = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(parse(&zeros(most)).is_ok() && parse(&zeros(most + 1)).unwrap_err().is_limit());
        // Returns a path for a deeper value.
        let error = parse_within(
            r#"{"a": [{"b": "x"}]}"#,
            &Limits::new().tree(2 * (OBJECT_COST + FIELD_COST + TEXT_COST + 1)),
        );
        assert_eq!(error.unwrap_err().path(), "a[0].b");
    }
}
