//! Parts of the schemas of inputs: objects that are closed, texts, values that may be `null`.
#![allow(dead_code, reason = "these types are only described")]

use super::deletion::MomentText;
use super::field::{
    AddressText, DateText, DigestText, Entries, Ignored, Label, LongText, Name, OneOf, RoleText,
    TlsText, Words,
};
use super::label::{OtherLabel, SerialText};
use super::preflight::{Day, VersionText};
use super::{COMMENT_FIELDS, build};
use crate::report::schema::{RoleWord, keys};
use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use trustlist::phone::TlsVersion;

/// Closes an object, and holds its fields to the keys of its reader.
pub(crate) struct Closed(pub(crate) &'static [&'static str]);

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        let known: BTreeSet<String> = self.0.iter().map(|&key| key.to_owned()).collect();
        assert_eq!(keys(schema.as_value()), known, "fields of the reader and of its description");
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// The same with the fields that are there for readers.
pub(crate) struct Document(pub(crate) &'static [&'static str]);

impl Transform for Document {
    fn transform(&mut self, schema: &mut Schema) {
        Closed(self.0).transform(schema);
        for_readers(schema);
    }
}

pub(crate) fn for_readers(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let about = "For readers; ignored (spec/CONTRACT.md section 2).";
    properties.extend(
        COMMENT_FIELDS.iter().map(|&key| (key.to_owned(), json!({ "description": about }))),
    );
}

/// These fields may be left out, but not be `null`.
pub(crate) struct NotNull(pub(crate) &'static [&'static str]);

impl Transform for NotNull {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) else {
            return;
        };
        required.retain(|key| !self.0.iter().any(|known| key == known));
        if required.is_empty() {
            schema.remove("required");
        }
    }
}

/// A field that is left out is not made: no value is the default.
pub(crate) fn without_defaults(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for field in properties.into_iter().flat_map(|fields| fields.values_mut()) {
        field.as_object_mut().map(|field| field.remove("default"));
    }
}

/// The words of a table of a reader, or `null`.
pub(crate) fn or_null<T>(table: &[(&str, T)]) -> Value {
    table.iter().map(|(word, _)| Value::from(*word)).chain([Value::Null]).collect()
}

/// Describes forms of text.
macro_rules! described {
    ($($type:ty, $name:literal, $schema:tt;)+) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

described! {
    DigestText, "Digest", {
        "description": "The digest of a signature (spec/FORMAT.md section 2, tag 8).", "type": "string",
        "enum": crate::report::schema::digests()
    };
    Name<'_>, "Name", { "description": "A name or label.", "type": "string", "minLength": 1 };
    DateText, "Date", {
        "description": "A date in UTC, such as 2015-03-06 or 2015-03-06T00:00:00Z.", "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    };
}

/// Describes types by others.
macro_rules! described_as {
    ($($type:ty as $other:ty;)+) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                <$other>::inline_schema()
            }

            fn schema_name() -> Cow<'static, str> {
                <$other>::schema_name()
            }

            fn schema_id() -> Cow<'static, str> {
                <$other>::schema_id()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$other>::json_schema(generator)
            }
        }
    )+};
}

described_as! {
    Day as DateText;
    Ignored as Value;
    LongText<'_> as String;
    MomentText as Name<'static>;
    Label<'_> as Name<'static>;
    OtherLabel<'_> as Name<'static>;
    RoleText as RoleWord;
    build::RoleWord as RoleWord;
    build::Seconds as DateText;
    SerialText as String;
    AddressText as String;
    VersionText as AnyVersion;
}

/// A version as text or as a number.
#[derive(JsonSchema)]
#[schemars(rename = "VersionText", untagged)]
enum AnyVersion {
    Text(String),
    Number(f64),
}

impl<V: JsonSchema> JsonSchema for Entries<'_, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        <BTreeMap<String, V>>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        <BTreeMap<String, V>>::json_schema(generator)
    }
}

impl<T: Words> JsonSchema for OneOf<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneOf".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = T::words().into_iter().map(|(word, _)| word).collect();
        match words.as_slice() {
            [word] => json_schema!({ "type": "string", "const": word }),
            words => json_schema!({ "type": "string", "enum": words }),
        }
    }
}

/// A value, or `null` where the key must be there.
pub(crate) struct OrNull<T>(T);

impl<T: JsonSchema> JsonSchema for OrNull<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrNull", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<T>(), { "type": "null" }] })
    }
}

/// One value, or a list of equally right values.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "AnyOf{T}")]
pub(crate) enum Any<T> {
    One(T),
    List(Vec<T>),
}

/// The versions of TLS, and `null`.
pub(crate) fn tls_words() -> Vec<Option<&'static str>> {
    TlsVersion::ALL.iter().map(|version| Some(version.as_str())).chain([None]).collect()
}

/// Describes forms of text where they are used.
macro_rules! inline {
    ($($type:ty, $schema:tt;)+) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

inline! {
    build::VersionPair, { "type": "string", "pattern": r"^\+?[0-9]+\.\+?[0-9]+$" };
    TlsText, {
        "type": "string",
        "enum": TlsVersion::ALL.iter().map(|version| version.as_str()).collect::<Vec<&str>>()
    };
}
