//! Reading JSON with limits, and with the JSON path in every error.
//!
//! [`parse`] makes a [`Value`] out of text; [`Node`] walks it and knows where it is. A reader names the fields of each
//! object, so a misspelt one is an error and never a silently missing fact.

use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The largest document that is read, in bytes. A scenario of 10,000 phones has some 3 MB.
pub const MAX_BYTES: usize = 8 << 20;

/// The most memory that the values of one document take, in bytes, as an estimate from above: two bytes of text can stand
/// for a value of two hundred. A scenario of 10,000 phones takes about so much.
pub const MAX_TREE: usize = 32 << 20;

/// The longest name, word or sentence of a document, in bytes; an answer repeats them. Whole logs may be longer.
pub const MAX_TEXT: usize = 1_024;

/// The deepest nesting that is read. The deepest form of the contract has 6 levels.
pub const MAX_DEPTH: usize = 64;

/// Longest piece of a string that an error shows, in characters.
const SHOWN: usize = 40;

/// What a reader expected, and where: one line, the JSON path first.
///
/// ```
/// use trustlist::case::{parse, Node};
/// let value = parse(r#"{"tvs": [{"server": 7}]}"#).unwrap();
/// let root = Node::root(&value);
/// let tvs = root.object(&["tvs"]).unwrap().required("tvs").unwrap().list().unwrap();
/// let server = tvs[0].object(&["server"]).unwrap().required("server").unwrap();
/// assert_eq!(server.str().unwrap_err().to_string(), "tvs[0].server: expected a string; found 7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    path: String,
    expected: String,
    found: String,
    limit: bool,
}

impl CaseError {
    /// An error about the value at `path`. It is one line, whatever names of the document stand in it.
    pub fn new(path: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { path: one_line(path.into()), expected: one_line(expected.into()), found: one_line(found.into()), limit: false }
    }

    /// A document that is larger than the [`Limits`].
    fn limit(path: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { limit: true, ..Self::new(path, expected, found) }
    }

    /// The same error with other words for what was expected.
    pub(super) fn expecting(&self, expected: String) -> Self {
        Self { expected, ..self.clone() }
    }

    /// Whether one of the [`Limits`] was reached: the document may be right, and can be read with higher ones.
    pub fn is_limit(&self) -> bool {
        self.limit
    }

    /// The JSON path, such as `offer.itl.records[3].role`; empty for the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was expected there.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What was found instead.
    pub fn found(&self) -> &str {
        &self.found
    }
}

/// Control characters are escaped: the names of nodes, which an error tells as what was expected, are the document's.
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

/// How much of a document is read. The caller of the library may raise what is too small for its documents.
///
/// ```
/// use trustlist::case::{Limits, parse_within};
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

    /// At most so many bytes of text, instead of [`MAX_BYTES`].
    pub const fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// At most so many levels of nesting, instead of [`MAX_DEPTH`]. Each takes some hundred bytes of the stack.
    pub const fn depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// At most so many bytes of memory for the values, instead of [`MAX_TREE`].
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
/// Names the path of a key that stands twice and of a value nested too deep; anything that is not JSON is named by
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
    let seed = Seed { path: None, depth: 0, limits, left: &Cell::new(limits.tree), trouble: &trouble };
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| trouble.take().unwrap_or_else(|| not_json(&error)))
}

fn not_json(error: &serde_json::Error) -> CaseError {
    let place = format!("line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let reason = text.strip_suffix(&format!(" at {place}")).unwrap_or(&text);
    CaseError::new(place, "JSON", reason)
}

/// One step of a path, linked to the step before.
#[derive(Clone, Debug)]
struct Step<'a> {
    before: Option<Arc<Self>>,
    at: At<'a>,
}

#[derive(Clone, Copy, Debug)]
enum At<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Step<'a> {
    fn after(before: &Option<Arc<Self>>, at: At<'a>) -> Option<Arc<Self>> {
        Some(Arc::new(Self { before: before.clone(), at }))
    }
}

/// `a.b[3]["c.d"]`: keys that are no plain words stand in brackets.
fn path_text(last: Option<&Step<'_>>) -> String {
    let steps: Vec<At<'_>> = core::iter::successors(last, |step| step.before.as_deref()).map(|step| step.at).collect();
    let mut text = String::new();
    for at in steps.into_iter().rev() {
        match at {
            At::Index(index) => text.push_str(&format!("[{index}]")),
            At::Key(key) if is_word(key) => {
                text.push_str(if text.is_empty() { "" } else { "." });
                text.push_str(key);
            }
            At::Key(key) => text.push_str(&format!("[{}]", shown(key))),
        }
    }
    text
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
}

/// A string as an error shows it: quoted, control characters escaped, cut when long.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    let quoted = Value::String(short).to_string();
    quoted.chars().map(|c| if is_harmless(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) }).collect()
}

/// JSON leaves some control characters as they are (C1), and all marks that turn the direction of writing.
fn is_harmless(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Reads one value; the path is only walked for an error.
#[derive(Clone, Copy)]
struct Seed<'p> {
    path: Option<&'p Trail<'p>>,
    depth: usize,
    limits: &'p Limits,
    /// Bytes of memory that the values may still take.
    left: &'p Cell<usize>,
    /// The error with its path: the reader's own error type holds only a text.
    trouble: &'p RefCell<Option<CaseError>>,
}

/// The path while reading: borrowed from the frames of the callers.
struct Trail<'p> {
    before: Option<&'p Trail<'p>>,
    at: At<'p>,
}

impl Seed<'_> {
    fn at<'q>(&'q self, trail: &'q Trail<'q>) -> Seed<'q> {
        Seed { path: Some(trail), depth: self.depth.saturating_add(1), ..*self }
    }

    fn path_with(&self, last: Option<At<'_>>) -> String {
        let trail = core::iter::successors(self.path, |trail| trail.before).map(|trail| trail.at);
        let steps: Vec<At<'_>> = last.into_iter().chain(trail).collect();
        let linked = steps.into_iter().rev().fold(None, |before, at| Step::after(&before, at));
        path_text(linked.as_deref())
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
        Err(self.fail(CaseError::limit(self.path_with(None), expected, "a deeper one")))
    }

    /// Counts memory, before it is taken.
    fn takes<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        if let Some(left) = self.left.get().checked_sub(bytes) {
            self.left.set(left);
            return Ok(());
        }
        let expected = format!("at most {} bytes of memory for the values of the document (case::MAX_TREE)", self.limits.tree);
        Err(self.fail(CaseError::limit(self.path_with(None), expected, "more values from here on")))
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
            let trail = Trail { before: self.path, at: At::Index(list.len()) };
            match items.next_element_seed(self.at(&trail))? {
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
                let path = self.path_with(Some(At::Key(&key)));
                return Err(self.fail(CaseError::new(path, "each key once", "it a second time")));
            }
            self.takes(FIELD_COST.saturating_add(text_cost(&key)))?;
            let trail = Trail { before: self.path, at: At::Key(&key) };
            let value = fields.next_value_seed(self.at(&trail))?;
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

/// A value and where it stands in its document.
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

    /// Where it stands: `offer.itl.records[3].role`.
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
        self.value.is_string()
    }

    /// Is it a list?
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Is it an object?
    pub fn is_object(&self) -> bool {
        self.value.is_object()
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
    pub(super) fn too_long(&self, most: usize, limit: &str) -> CaseError {
        let expected = format!("a string of at most {most} bytes ({limit})");
        CaseError::limit(self.path(), expected, format!("{} bytes", self.value.as_str().map_or(0, str::len)))
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

    /// One of these words, with what each stands for.
    ///
    /// # Errors
    /// Names the words.
    pub fn one_of<T: Clone>(&self, words: &[(&str, T)]) -> Result<T, CaseError> {
        let word = self.value.as_str();
        let known = words.iter().find(|(known, _)| Some(*known) == word);
        known.map(|(_, meaning)| meaning.clone()).ok_or_else(|| self.error(or_list(words.iter().map(|(known, _)| *known))))
    }

    /// The items of a list.
    ///
    /// # Errors
    /// Anything but a list.
    pub fn list(&self) -> Result<Vec<Self>, CaseError> {
        let items = self.value.as_array().ok_or_else(|| self.error("a list"))?;
        Ok(items.iter().enumerate().map(|(index, item)| self.child(At::Index(index), item)).collect())
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
                return Err(CaseError::new(path, or_list(fields.iter().copied()), "an unknown field"));
            }
        }
        Ok(Object { map, node: self.clone() })
    }

    /// The object of a case: these fields, and those that are there for readers ([`READERS_FIELDS`]).
    ///
    /// # Errors
    /// As [`Node::object`].
    pub fn document(&self, fields: &[&str]) -> Result<Object<'a>, CaseError> {
        self.object(&[fields, READERS_FIELDS].concat())
    }
}

/// Fields that a case may carry for its readers; nothing looks at them (CONTRACT.md section 2).
pub const READERS_FIELDS: &[&str] = &["rules", "note", "why", "origin", "file"];

/// An object whose field names were checked.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    map: &'a Map<String, Value>,
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

    /// The field, `None` where it is `null` or left out.
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
fn or_list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

/// A value as an error shows it.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => shown(text),
        Value::Bool(_) | Value::Null | Value::Number(_) => value.to_string(),
    }
}

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
        assert_eq!(error(text), "tvs[1].knows[\"ccm1.2\"]: expected each key once; found it a second time");
        assert_eq!(error(r#"{"a":1,"a":1}"#), "a: expected each key once; found it a second time");
    }

    #[test]
    fn depth_is_limited_at_the_last_allowed_level() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let at = "[0]".repeat(MAX_DEPTH);
        assert_eq!(
            error(&nested(MAX_DEPTH + 1)),
            format!("{at}: expected at most 64 levels of nesting (case::MAX_DEPTH); found a deeper one")
        );
        let far = error(&nested(100_000));
        assert!(far.starts_with("[0][0]"), "{far}");
    }

    #[test]
    fn size_is_limited_at_the_last_allowed_byte() {
        let limits = Limits::new().bytes(4);
        assert!(parse_within("[  ]", &limits).is_ok());
        let error = parse_within("[   ]", &limits).unwrap_err();
        assert_eq!(error.to_string(), "the document: expected at most 4 bytes of JSON (case::MAX_BYTES); found 5 bytes");
        assert!(error.is_limit());
        let spaces = |count: usize| format!("[{}]", " ".repeat(count - 2));
        assert!(parse(&spaces(MAX_BYTES)).is_ok() && parse(&spaces(MAX_BYTES + 1)).unwrap_err().is_limit());
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
        // A path for whatever stands deeper.
        let error = parse_within(r#"{"a": [{"b": "x"}]}"#, &Limits::new().tree(2 * (OBJECT_COST + FIELD_COST + TEXT_COST + 1)));
        assert_eq!(error.unwrap_err().path(), "a[0].b");
    }

    #[test]
    fn unknown_and_missing_fields_are_named() {
        let value = parse(r#"{"a": {"b.c": 1, "d": null}}"#).unwrap();
        let root = Node::root(&value).object(&["a"]).unwrap();
        let a = root.required("a").unwrap();
        assert_eq!(a.object(&["d", "e"]).unwrap_err().to_string(), "a[\"b.c\"]: expected d or e; found an unknown field");
        let a = a.object(&["b.c", "d", "e"]).unwrap();
        assert_eq!(a.required("e").unwrap_err().to_string(), "a.e: expected this field; found nothing");
        assert_eq!(root.required("z").unwrap_err().to_string(), "z: expected this field; found nothing");
        assert!(a.required("d").unwrap().is_null() && a.optional("d").is_none());
    }

    #[test]
    fn values_of_the_wrong_type_are_shown_short_and_escaped() {
        let value = parse(&format!(r#"["\u001b[31m{}", 1.5, -1, 5000000000, [], true]"#, "x".repeat(80))).unwrap();
        let items = Node::root(&value).list().unwrap();
        let shown = items[0].u64().unwrap_err().to_string();
        assert_eq!(shown, format!("[0]: expected a whole number from 0; found \"\\u001b[31m{}…\"", "x".repeat(35)));
        assert!(items[1].u64().is_err() && items[2].u64().is_err());
        assert_eq!(items[3].u64(), Ok(5_000_000_000));
        assert_eq!(
            items[3].u32().unwrap_err().to_string(),
            "[3]: expected a whole number from 0 to 4294967295; found 5000000000"
        );
        assert_eq!(items[4].str().unwrap_err().to_string(), "[4]: expected a string; found a list");
        assert_eq!(items[5].one_of(&[("yes", 1), ("no", 0)]).unwrap_err().to_string(), "[5]: expected yes or no; found true");
    }

    #[test]
    fn names_are_limited_at_the_last_byte() {
        let text = |length: usize| Value::String("x".repeat(length));
        let (most, more) = (text(MAX_TEXT), text(MAX_TEXT + 1));
        assert!(Node::root(&most).str().is_ok() && Node::root(&most).name().is_ok() && Node::root(&more).long_str().is_ok());
        for error in [Node::root(&more).str().unwrap_err(), Node::root(&more).name().unwrap_err()] {
            let told = "the document: expected a string of at most 1024 bytes (case::MAX_TEXT); found 1025 bytes";
            assert_eq!((error.to_string().as_str(), error.is_limit()), (told, true));
        }
        let keyed = |length: usize| parse(&format!(r#"{{"a": {{"{}": 1}}}}"#, "x".repeat(length))).unwrap();
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
        assert_eq!(x.object(&["y"]).unwrap_err().to_string(), "x.note: expected y; found an unknown field");
    }
}
