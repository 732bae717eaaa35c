//! Makes schemas from types: every crate that owns such types includes this file.
#![allow(dead_code, reason = "not every crate needs every part")]

#[path = "words.rs"]
mod words;

use super::lib::wire::{DigestAlgorithm, Role};
use super::shape::Word;
use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The schema of an answer: fields may be added to answers, so no object is closed.
pub(crate) fn answer<T: JsonSchema>(schema: &'static str) -> (&'static str, Value) {
    let mut made = document::<T>(schema, Contract::Serialize);
    Open.transform(&mut made);
    (schema, made.to_value())
}

/// The schema of an input: closed as its reader is.
pub(crate) fn input<T: JsonSchema>(schema: &'static str) -> (&'static str, Value) {
    (schema, document::<T>(schema, Contract::Deserialize).to_value())
}

fn document<T: JsonSchema>(schema: &str, contract: Contract) -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = contract;
    let mut made = settings.into_generator().into_root_schema_for::<T>();
    let (name, version) = schema.trim_start_matches("trustlist.").split_once('/').unwrap();
    // Names for machines, not places: nothing is fetched from them.
    let id = format!("urn:trustlist:{name}:{version}");
    let rest = std::mem::take(made.ensure_object());
    let object = made.ensure_object();
    object.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    object.insert("$id".to_owned(), id.into());
    object.insert("title".to_owned(), schema.into());
    object.extend(rest.into_iter().filter(|(key, _)| key != "$schema" && key != "title"));
    Plain.transform(&mut made);
    made
}

/// Takes away what closes an object. A field that may be left out is never `null`: it is left out
/// instead.
struct Open;

impl Transform for Open {
    fn transform(&mut self, schema: &mut Schema) {
        for key in ["additionalProperties", "unevaluatedProperties"] {
            if schema.get(key) == Some(&Value::Bool(false)) {
                schema.remove(key);
            }
        }
        if schema.remove(OFTEN_NULL).is_none() {
            let required = schema.get("required").cloned().unwrap_or_default();
            let is_required = |name: &str| {
                required.as_array().is_some_and(|names| names.iter().any(|known| known == name))
            };
            if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                properties
                    .iter_mut()
                    .filter(|(name, _)| !is_required(name))
                    .for_each(|(_, field)| never_null(field));
            }
        }
        transform_subschemas(self, schema);
    }
}

/// Marks an object whose fields may be `null` although they may be left out: they come or go
/// together.
pub(crate) const OFTEN_NULL: &str = "x-often-null";

fn never_null(field: &mut Value) {
    let Some(fields) = field.as_object_mut() else { return };
    if let Some(kinds) = fields.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            fields.insert("type".to_owned(), kind);
        }
    }
    if let Some(forms) = fields.get_mut("anyOf").and_then(Value::as_array_mut) {
        forms.retain(|form| *form != json!({ "type": "null" }));
        if let [Value::Object(form)] = forms.as_slice() {
            let form = form.clone();
            fields.remove("anyOf");
            fields.extend(form);
        }
    }
}

/// Takes away what says something about Rust only: the width of its numbers, and where lines of a
/// comment end.
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        let is_width = |format: &Value| {
            format.as_str().is_some_and(|format| format.starts_with("uint") || format == "double")
        };
        if schema.get("format").is_some_and(is_width) {
            schema.remove("format");
        }
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text.replace('\n', " ");
        }
        transform_subschemas(self, schema);
    }
}

/// `schema/prediction-1.json` for `trustlist.prediction/1`.
pub(crate) fn path(schema: &str) -> PathBuf {
    let name = schema.trim_start_matches("trustlist.").replace('/', "-");
    let of_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    of_crate
        .ancestors()
        .map(|folder| folder.join("schema"))
        .find(|folder| folder.is_dir())
        .unwrap()
        .join(name + ".json")
}

/// Compares the schemas with the files of `schema/`; `UPDATE_SCHEMA=1` writes them.
pub(crate) fn compare(made: &[(&str, Value)]) {
    for (schema, value) in made {
        let text = serde_json::to_string_pretty(value).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path(schema), text).unwrap();
        } else {
            let kept = std::fs::read_to_string(path(schema)).unwrap_or_default();
            // Not assert_eq: the two texts are thousands of lines.
            assert!(
                kept == text,
                "schema of {schema}: UPDATE_SCHEMA=1 cargo test schema writes it anew"
            );
        }
    }
}

/// Fields without a description, by their place. A tag needs none, its object is described; nor do
/// fields that are words of a vocabulary.
pub(crate) fn undescribed(value: &Value, place: &str, bare: &mut Vec<String>) {
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        let kinds: BTreeSet<String> = properties.values().map(Value::to_string).collect();
        let by_word = kinds.len() == 1 && value.get("required").is_none();
        let without = properties.iter().filter(|(_, field)| {
            !by_word
                && field.get("description").is_none()
                && field.get("const").is_none()
                && field.get("$ref").is_none()
        });
        bare.extend(without.map(|(name, _)| format!("{place}.{name}")));
    }
    match value {
        Value::Object(fields) => {
            let fields =
                fields.iter().filter(|(key, _)| !matches!(key.as_str(), "if" | "then" | "else"));
            fields.for_each(|(key, field)| undescribed(field, &format!("{place}.{key}"), bare));
        }
        Value::Array(items) => items.iter().for_each(|item| undescribed(item, place, bare)),
        _ => {}
    }
}

/// A vocabulary in a schema.
pub(crate) trait Vocabulary {
    /// Its name.
    const NAME: &'static str;
    /// Its description.
    const ABOUT: &'static str;

    /// Every word that there is.
    fn all() -> Vec<&'static str>;
}

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<T>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": T::ABOUT, "type": "string", "enum": T::all() })
    }
}

/// Returns the schema of an object whose keys are names.
pub(crate) fn keyed<V: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<V>() })
}

/// Declares a form of text.
macro_rules! text_forms {
    ($($(#[$meta:meta])* $name:ident, $about:literal, $pattern:expr;)+) => {$(
        $(#[$meta])*
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $about, "type": "string", "pattern": $pattern })
            }
        }
    )+};
}

text_forms! {
    /// A date as answers write it.
    Date, "A date in UTC: 2026-01-31T02:00:00Z.", r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z|-?[0-9]+ s from 1970)$";
    /// A digest.
    DigestWord, "The digest of a signature (spec/FORMAT.md section 2, tag 8); digest-N is one without a name.",
        format!("^({}|digest-[0-9]+)$", digests().join("|"));
    /// A serial number, checksum or fingerprint.
    Hex, "Lower-case hexadecimal digits without separators.", "^[0-9a-f]*$";
    /// The role of a record of a print, which may be cut.
    RecordRole, "A role as in other lists, or unknown where a print does not show it.",
        format!("^({}|role-[0-9]+|unknown)$", roles());
    /// A role.
    RoleWord, "What a certificate may do (spec/FORMAT.md section 3, tag 4); role-N is one without a name.",
        format!("^({}|role-[0-9]+)$", roles());
}

/// The digests with a name.
pub(crate) fn digests() -> Vec<String> {
    [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512]
        .map(|digest| digest.to_string())
        .into()
}

/// The roles with a name, as a pattern.
fn roles() -> String {
    let roles = [
        Role::Sast,
        Role::Ccm,
        Role::CcmTftp,
        Role::Tftp,
        Role::Capf,
        Role::Srst,
        Role::AppServer,
        Role::Tvs,
    ];
    roles.map(|role| role.to_string().replace('+', r"\+")).join("|")
}

/// The keys of an object in a schema.
pub(crate) fn keys(schema: &Value) -> BTreeSet<String> {
    let empty = Map::new();
    schema.get("properties").and_then(Value::as_object).unwrap_or(&empty).keys().cloned().collect()
}
