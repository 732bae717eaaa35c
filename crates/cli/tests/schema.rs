//! The JSON Schemas of `schema/`: every answer is valid against the one that it names, every
//! document that a reader takes is valid against that of its form, and what is wrong is refused.
//! That the schemas are those of the types is held by `src/report/schema.rs`.

#[path = "schema/answers.rs"]
mod answers;
#[path = "../../../tests/common/mod.rs"]
mod common;
#[path = "schema/inputs.rs"]
mod inputs;
#[path = "schema/mutation.rs"]
mod mutation;

use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A schema, ready to be asked.
struct Form {
    schema: Value,
    /// As it is.
    open: Validator,
    /// With every object closed: a field that is not described is refused.
    strict: Validator,
}

/// Every schema by the word that documents name it with: `trustlist.prediction/1`.
fn forms() -> BTreeMap<String, Form> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("schema");
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let form = |path: PathBuf| {
        let schema = read(&path);
        let open = jsonschema::validator_for(&schema).unwrap();
        let strict = jsonschema::validator_for(&closed(&schema, Closing::Here)).unwrap();
        (schema["title"].as_str().unwrap().to_owned(), Form { schema, open, strict })
    };
    files.map(form).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The JSON files of folders of testdata.
fn documents(folders: &[&str]) -> Vec<(PathBuf, Value)> {
    let mut found = Vec::new();
    for folder in folders {
        let files = common::testdata(folder).read_dir().unwrap().map(|entry| entry.unwrap().path());
        found.extend(
            files.filter(|path| path.extension().is_some_and(|extension| extension == "json")),
        );
    }
    found.sort();
    found.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// Holds a document against the schema that it names.
#[track_caller]
fn check(forms: &BTreeMap<String, Form>, about: &str, document: &Value) {
    let name = document["schema"].as_str().unwrap_or_else(|| panic!("{about}: no schema"));
    let form = forms.get(name).unwrap_or_else(|| panic!("{about}: no schema of {name}"));
    // A document that is valid with every object closed is valid with open ones.
    let wrong: Vec<String> = form
        .strict
        .iter_errors(document)
        .take(3)
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{about}: not a {name}, or with a field that is not described:\n{}",
        wrong.join("\n")
    );
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// This object, if it is one.
    Here,
    /// A part of an object that is closed around it.
    Around,
}

/// The same schema, with objects that take no fields but those described.
fn closed(schema: &Value, closing: Closing) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let is_object = fields.contains_key("properties");
    let within = if is_object { Closing::Around } else { closing };
    let mut made: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(key, value)| {
            let value = match (key.as_str(), value) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    parts.iter().map(|part| closed(part, within)).collect()
                }
                ("properties" | "$defs" | "patternProperties", Value::Object(parts)) => parts
                    .iter()
                    .map(|(name, part)| (name.clone(), closed(part, Closing::Here)))
                    .collect(),
                ("items" | "additionalProperties", part) => closed(part, Closing::Here),
                (_, value) => value.clone(),
            };
            (key.clone(), value)
        })
        .collect();
    if is_object && closing == Closing::Here && !made.contains_key("additionalProperties") {
        made.insert("unevaluatedProperties".to_owned(), false.into());
    }
    made.into()
}

#[test]
fn every_schema_is_one() {
    let forms = forms();
    assert!(forms.len() >= 23, "{:?}", forms.keys());
    for (name, form) in &forms {
        assert!(jsonschema::meta::is_valid(&form.schema), "{name}");
        let id = form.schema["$id"].as_str().unwrap();
        assert_eq!(
            id,
            format!("urn:trustlist:{}", name.trim_start_matches("trustlist.").replace('/', ":"))
        );
        assert!(form.schema["description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
    }
}
