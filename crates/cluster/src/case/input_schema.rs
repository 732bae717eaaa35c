//! Parts of the schemas of inputs: objects that are closed, texts, values that may be `null`.
#![allow(dead_code, reason = "these types are only described")]

use super::deletion::MomentText;
use super::field::{
    AddressText, DateText, DigestText, Entries, Ignored, Label, LongText, Name, OneOf, RoleText,
    TlsText, Words,
};
use super::label::{OtherLabel, SerialText};
use super::preflight::{Day, VersionText};
use super::{COMMENT_FIELDS, build, inventory, scenario};
use crate::cluster::MAX_WAIT_MINUTES;
use crate::release::{Service, TrustUnit, Unit};
use crate::report::schema::RoleWord;
use crate::report::schema::Vocabulary as _;
use crate::report::shape::Word;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use trustlist::phone::TlsVersion;

/// Fields that an object may have for its readers.
pub(crate) fn for_readers(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let about = "For readers; ignored (spec/CONTRACT.md section 2).";
    properties.extend(
        COMMENT_FIELDS.iter().map(|&key| (key.to_owned(), json!({ "description": about }))),
    );
}

/// A field that is left out is not made: no value is the default.
pub(crate) fn without_defaults(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for field in properties.into_iter().flat_map(|fields| fields.values_mut()) {
        field.as_object_mut().map(|field| field.remove("default"));
    }
}

/// Each step names its operation, and may have fields for its readers.
pub(crate) fn steps(schema: &mut Schema) {
    for step in schema.get_mut("oneOf").and_then(Value::as_array_mut).unwrap() {
        step["properties"]["op"]["description"] = "The operation.".into();
        for_readers(step.try_into().unwrap());
    }
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
    inventory::ReleaseText as Name<'static>;
    inventory::UnitText as Word<Unit>;
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

/// Describes values where they are used.
macro_rules! inline {
    ($($type:ty, $generator:pat => $schema:expr;)+) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}

inline! {
    build::VersionPair, _ => json_schema!({ "type": "string", "pattern": r"^\+?[0-9]+\.\+?[0-9]+$" });
    TlsText, _ => {
        let words: Vec<&str> = TlsVersion::ALL.iter().map(|version| version.as_str()).collect();
        json_schema!({ "type": "string", "enum": words })
    };
    scenario::UnitText<'_>, generator => {
        let mut unit = generator.subschema_for::<Word<Unit>>();
        unit.insert("description".to_owned(), "The certificate unit.".into());
        unit
    };
    scenario::ServiceText<'_>, _ => {
        let names: Vec<&str> =
            Service::all().into_iter().chain(["Cisco Certificate Change Notification"]).collect();
        json_schema!({ "description": "The service.", "type": "string", "enum": names })
    };
    scenario::StoreText<'_>, _ => {
        let about = "The trust store; an own unit is refused when the plan is run.";
        let stores: Vec<&str> = TrustUnit::all().into_iter().chain(Unit::all()).collect();
        json_schema!({ "description": about, "type": "string", "enum": stores })
    };
    scenario::NodesText<'_>, generator => {
        let name = generator.subschema_for::<Name<'_>>();
        let list = json!({ "type": "array", "items": name });
        json_schema!({ "description": "A node, a list of nodes, or all.", "anyOf": [name, list] })
    };
    scenario::PhonesText<'_>, generator => {
        let list = json!({ "type": "array", "items": generator.subschema_for::<Name<'_>>() });
        json_schema!({ "description": "A list of phones, or all.", "anyOf": [{ "const": "all" }, list] })
    };
    scenario::Minutes, _ => {
        json_schema!({ "description": "How long.", "type": "integer", "minimum": 0, "maximum": MAX_WAIT_MINUTES })
    };
}
