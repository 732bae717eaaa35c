//! Reads a tree into the type of its document: derived `Deserialize`, with the error texts of this
//! crate in one place, whatever a derived reader asks for.

use super::path::Place;
use super::{COMMENT_FIELDS, CaseError, MAX_TEXT, found, or_list};
use core::fmt;
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use trustlist::json::{Map, Value};

/// The objects of a document that may carry fields for its readers ([`COMMENT_FIELDS`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::case) enum Comments {
    AtTheTop,
    Everywhere,
    Nowhere,
}

/// Reads the document of a type.
///
/// Fields are read in the order of the type, an unknown one is the first error. An enum whose
/// variants are named after kinds of JSON (`a string`, `a list`, `an object`, `an object with KEY`) is chosen by the kind,
/// the last one for every other kind; a `Step` by its field `op`; any other enum is a word.
///
/// # Errors
/// Names the path.
pub(in crate::case) fn read<'de, T: Deserialize<'de>>(
    value: &'de Value,
    comments: Comments,
) -> Result<T, CaseError> {
    let reader = Reader { value, place: &Place::ROOT, comments };
    reader.settle(T::deserialize(reader)).map_err(|wrong| match wrong {
        Wrong::At(error) => error,
        other => CaseError::new("", other.to_string(), found(value)),
    })
}

/// The name of a newtype for text of any length: whole logs.
pub(in crate::case) const LONG_TEXT: &str = "LongText";

/// Reads a text that means something: `expected` names what, also for other kinds of values.
pub(in crate::case) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    meaning: impl FnOnce(&'de str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Text { expected, meaning })
}

/// As [`text`], but what is no string is answered with "a string".
pub(in crate::case) fn string<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    meaning: impl FnOnce(&'de str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text { expected, meaning })
}

struct Text<F> {
    expected: &'static str,
    meaning: F,
}

impl<'de, T, F: FnOnce(&'de str) -> Option<T>> Visitor<'de> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<T, E> {
        (self.meaning)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self.expected))
    }
}

/// An error while it goes up to the value that it is about.
#[derive(Debug)]
enum Wrong {
    At(CaseError),
    /// About this value: what was expected.
    Here(String),
    /// A field of this object.
    Missing(&'static str),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(error) => error.fmt(f),
            Self::Here(expected) => write!(f, "expected {expected}"),
            Self::Missing(field) => write!(f, "expected the field {field}"),
        }
    }
}

impl core::error::Error for Wrong {}

impl serde::de::Error for Wrong {
    /// Of a reader in this crate, which says what it expected.
    fn custom<T: fmt::Display>(expected: T) -> Self {
        Self::Here(expected.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn unknown_variant(_: &str, words: &'static [&'static str]) -> Self {
        Self::Here(or_list(words.iter().copied()))
    }
}

#[derive(Clone, Copy)]
struct Reader<'p, 'de> {
    value: &'de Value,
    place: &'p Place<'p>,
    comments: Comments,
}

impl<'de> Reader<'_, 'de> {
    fn error(&self, expected: impl Into<String>) -> Wrong {
        Wrong::At(CaseError::new(self.place.path(), expected, found(self.value)))
    }

    /// Gives an error about this value its place.
    fn settle<T>(&self, read: Result<T, Wrong>) -> Result<T, Wrong> {
        read.map_err(|wrong| match wrong {
            Wrong::At(_) => wrong,
            Wrong::Here(expected) => self.error(expected),
            Wrong::Missing(field) => Wrong::At(self.place.key(field).missing()),
        })
    }

    /// The comments that the values inside may have.
    fn inside(&self) -> Comments {
        match self.comments {
            Comments::Everywhere => Comments::Everywhere,
            Comments::AtTheTop | Comments::Nowhere => Comments::Nowhere,
        }
    }

    fn short(&self, text: &'de str) -> Result<&'de str, Wrong> {
        if text.len() <= MAX_TEXT {
            return Ok(text);
        }
        Err(Wrong::At(CaseError::too_long(self.place.path(), text, MAX_TEXT, "case::MAX_TEXT")))
    }

    fn object(&self) -> Result<&'de Map, Wrong> {
        self.value.as_object().ok_or_else(|| self.error("an object"))
    }

    /// The object, if it has no other fields than these.
    fn closed(&self, tag: &[&str], fields: &[&str]) -> Result<&'de Map, Wrong> {
        let map = self.object()?;
        let comments = if self.comments == Comments::Nowhere { &[] } else { COMMENT_FIELDS };
        let known = || [tag, fields, comments].into_iter().flatten().copied();
        match map.keys().find(|key| !known().any(|field| field == key.as_str())) {
            None => Ok(map),
            Some(key) => Err(Wrong::At(CaseError::new(
                self.place.key(key).path(),
                or_list(known()),
                "an unknown field",
            ))),
        }
    }

    /// A step of a plan: the variant of its operation.
    fn step<V: Visitor<'de>>(
        self,
        operations: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let op = self.object()?.get(TAG);
        let word = op.and_then(Value::as_str);
        if let Some(name) = operations.iter().find(|name| Some(**name) == word) {
            return self.settle(visitor.visit_enum(Variant { name, of: self }));
        }
        let found = op.map_or_else(|| "nothing".to_owned(), found);
        let expected = format!("an operation ({})", operations.join(", "));
        Err(Wrong::At(CaseError::new(self.place.key(TAG).path(), expected, found)))
    }

    fn fields<V: Visitor<'de>>(
        &self,
        map: &'de Map,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let there = names.iter().filter_map(|&name| Some((name, map.get(name)?)));
        self.settle(visitor.visit_map(Fields { rest: there, next: None, of: *self }))
    }
}

impl<'de> Deserializer<'de> for Reader<'_, 'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let read = match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_borrowed_str(self.short(text)?),
            Value::Array(items) => {
                visitor.visit_seq(Items { rest: items.iter().enumerate(), of: self })
            }
            Value::Object(map) => {
                let all = map.iter().map(|(key, value)| (key.as_str(), value));
                visitor.visit_map(Fields { rest: all, next: None, of: self })
            }
        };
        self.settle(read)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let value = self.value.as_bool().ok_or_else(|| self.error("true or false"))?;
        self.settle(visitor.visit_bool(value))
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let value = self.value.as_u64().ok_or_else(|| self.error("a whole number from 0"))?;
        self.settle(visitor.visit_u64(value))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let value = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        let wrong = || self.error(format!("a whole number from 0 to {}", u32::MAX));
        self.settle(visitor.visit_u32(value.ok_or_else(wrong)?))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let text = self.value.as_str().ok_or_else(|| self.error("a string"))?;
        self.settle(visitor.visit_borrowed_str(self.short(text)?))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if name != LONG_TEXT {
            return visitor.visit_newtype_struct(self);
        }
        let text = self.value.as_str().ok_or_else(|| self.error("a string"))?;
        self.settle(visitor.visit_newtype_struct(BorrowedStrDeserializer::new(text)))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let items = self.value.as_array().ok_or_else(|| self.error("a list"))?;
        self.settle(visitor.visit_seq(Items { rest: items.iter().enumerate(), of: self }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let map = self.object()?;
        if let Some(long) = map.keys().map(String::len).find(|&length| length > MAX_TEXT) {
            let expected = format!("names of at most {MAX_TEXT} bytes (case::MAX_TEXT)");
            let found = format!("{long} bytes");
            return Err(Wrong::At(CaseError::limit(self.place.path(), expected, found)));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let map = self.closed(&[], fields)?;
        self.fields(map, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let kind = match self.value {
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
            _ => "another",
        };
        let is_this = |name: &str| match name.split_once(" with ") {
            Some((name, key)) => name == kind && self.value.get(key).is_some(),
            None => name == kind,
        };
        let variant = if variants.iter().any(|name| KINDS.contains(name)) {
            variants.iter().find(|name| is_this(name)).or(variants.last())
        } else if name == STEP {
            return self.step(variants, visitor);
        } else {
            let word = self.value.as_str();
            variants.iter().find(|name| Some(**name) == word)
        };
        let Some(variant) = variant else {
            return Err(self.error(or_list(variants.iter().copied())));
        };
        self.settle(visitor.visit_enum(Variant { name: variant, of: self }))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// The variants of an enum that is chosen by the kind of the value.
const KINDS: &[&str] = &["a string", "a list", "an object"];

/// The enum whose objects name their variant in the field [`TAG`].
const STEP: &str = "Step";
const TAG: &str = "op";

struct Items<'p, 'de> {
    rest: core::iter::Enumerate<core::slice::Iter<'de, Value>>,
    of: Reader<'p, 'de>,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let Some((index, value)) = self.rest.next() else { return Ok(None) };
        let place = self.of.place.index(index);
        let reader = Reader { value, place: &place, comments: self.of.inside() };
        reader.settle(seed.deserialize(reader)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Fields<'p, 'de, I> {
    rest: I,
    next: Option<(&'de str, &'de Value)>,
    of: Reader<'p, 'de>,
}

impl<'de, I: Iterator<Item = (&'de str, &'de Value)>> MapAccess<'de> for Fields<'_, 'de, I> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.next = self.rest.next();
        let Some((key, _)) = self.next else { return Ok(None) };
        let place = self.of.place.key(key);
        let read = seed.deserialize(BorrowedStrDeserializer::new(key));
        read.map(Some).map_err(|wrong: Wrong| match wrong {
            Wrong::Here(expected) => {
                Wrong::At(CaseError::new(place.path(), expected, super::shown(key)))
            }
            placed => placed,
        })
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Wrong> {
        let (key, value) = self.next.take().unwrap_or(("", &Value::Null));
        let place = self.of.place.key(key);
        let reader = Reader { value, place: &place, comments: self.of.inside() };
        reader.settle(seed.deserialize(reader))
    }
}

struct Variant<'p, 'de> {
    name: &'static str,
    of: Reader<'p, 'de>,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Wrong> {
        seed.deserialize(StrDeserializer::new(self.name)).map(|variant| (variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Wrong> {
        seed.deserialize(self.of)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.of.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let map = self.of.closed(&[TAG], fields)?;
        self.of.fields(map, fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, shown};
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct A {
        d: Option<u64>,
        e: bool,
    }

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Root<'a> {
        a: Option<A>,
        #[serde(borrow)]
        names: Option<Vec<&'a str>>,
        counts: Option<Vec<u32>>,
    }

    fn read_text(text: &str, comments: Comments) -> Result<(), CaseError> {
        read::<Root<'_>>(&parse(text)?, comments).map(drop)
    }

    fn error(text: &str) -> String {
        read_text(text, Comments::Nowhere).unwrap_err().to_string()
    }

    #[test]
    fn unknown_and_missing_fields_are_named() {
        assert_eq!(
            error(r#"{"a": {"b.c": 1, "d": null}}"#),
            "a[\"b.c\"]: expected d or e; found an unknown field"
        );
        assert_eq!(error(r#"{"a": {"d": 1}}"#), "a.e: expected this field; found nothing");
        assert_eq!(error("7"), "the document: expected an object; found 7");
        assert_eq!(read_text(r#"{"a": null}"#, Comments::Nowhere), Ok(()));
        let value = parse(r#"{"d": null, "e": true}"#).unwrap();
        let read: A = read(&value, Comments::Nowhere).unwrap();
        assert_eq!((read.d, read.e), (None, true));
    }

    #[test]
    fn a_list_is_no_object() {
        assert_eq!(error(r#"{"a": [1, true]}"#), "a: expected an object; found a list");
    }

    #[test]
    fn values_of_the_wrong_type_are_shown_short_and_escaped() {
        let long = format!("\u{1b}[31m{}", "x".repeat(80));
        assert_eq!(
            error(&format!(r#"{{"a": {{"d": {} }}}}"#, Value::from(long.as_str()))),
            format!("a.d: expected a whole number from 0; found {}", shown(&long))
        );
        assert!(shown(&long).ends_with("x…\"") && shown(&long).starts_with("\"\\u001b[31m"));
        for wrong in ["1.5", "-1", "[]"] {
            assert!(
                error(&format!(r#"{{"a": {{"d": {wrong}}}}}"#)).starts_with("a.d: "),
                "{wrong}"
            );
        }
        assert_eq!(
            error(r#"{"counts": [5000000000]}"#),
            "counts[0]: expected a whole number from 0 to 4294967295; found 5000000000"
        );
        assert_eq!(error(r#"{"names": [[]]}"#), "names[0]: expected a string; found a list");
    }

    #[test]
    fn names_are_limited_at_the_last_byte() {
        let named = |length: usize| format!(r#"{{"names": ["{}"]}}"#, "x".repeat(length));
        assert_eq!(read_text(&named(MAX_TEXT), Comments::Nowhere), Ok(()));
        let error = read_text(&named(MAX_TEXT + 1), Comments::Nowhere).unwrap_err();
        let told =
            "names[0]: expected a string of at most 1024 bytes (case::MAX_TEXT); found 1025 bytes";
        assert_eq!((error.to_string().as_str(), error.is_limit()), (told, true));
        let keyed = |length: usize| {
            let value = parse(&format!(r#"{{"{}": 1}}"#, "x".repeat(length))).unwrap();
            read::<std::collections::BTreeMap<&str, u32>>(&value, Comments::Nowhere)
                .map(|map| map.len())
        };
        assert_eq!(keyed(MAX_TEXT), Ok(1));
        assert!(keyed(MAX_TEXT + 1).unwrap_err().is_limit());
    }

    #[test]
    fn readers_fields_are_let_through_where_they_may_be() {
        let (top, inside) = (r#"{"note": 1}"#, r#"{"a": {"e": true, "note": 1}}"#);
        let taken = |text, comments| read_text(text, comments).is_ok();
        assert!(taken(top, Comments::AtTheTop) && !taken(top, Comments::Nowhere));
        assert!(taken(inside, Comments::Everywhere) && !taken(inside, Comments::AtTheTop));
        assert_eq!(
            read_text(inside, Comments::AtTheTop).unwrap_err().to_string(),
            "a.note: expected d or e; found an unknown field"
        );
    }
}
