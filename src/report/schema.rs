//! The JSON Schemas of `schema/` that belong to this crate: made from the types that write the answers, and
//! compared here. `UPDATE_SCHEMA=1 cargo test -p trustlist --features serde --lib schema` writes them anew.

#[path = "../../tests/support/schema.rs"]
mod support;

use super::shape::{self, Keyed, Word};
use super::{console, diff, fleet, lint, list, prediction, several};
use crate as lib;
use crate::code::{ConsoleCode, LintCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};
use std::borrow::Cow;
pub(crate) use support::*;

/// Every answer: the type that writes it.
fn answers() -> Vec<(&'static str, Value)> {
    vec![
        answer::<diff::DiffAnswer>(diff::DIFF_SCHEMA),
        answer::<several::ErrorAnswer<'_>>(several::ERROR_SCHEMA),
        answer::<several::FilesAnswer<'_>>(several::FILES_SCHEMA),
        answer::<FleetDocument>(fleet::FLEET_SCHEMA),
        answer::<lint::LintAnswer>(lint::LINT_SCHEMA),
        answer::<list::ListReport>(list::LIST_SCHEMA),
        answer::<several::NoPlanAnswer<'_>>(several::NO_PLAN_SCHEMA),
        answer::<console::PhoneLog<'_>>(console::PHONE_LOG_SCHEMA),
        answer::<prediction::PredictionAnswer>(prediction::PREDICTION_SCHEMA),
    ]
}

#[test]
fn the_schemas_are_those_of_the_types() {
    compare(&answers());
}

#[test]
fn every_field_is_described() {
    let mut bare = Vec::new();
    for (schema, value) in answers() {
        undescribed(&value, schema, &mut bare);
    }
    assert_eq!(bare, [""; 0]);
}

/// The summary of a fleet, with the rows that `--rows` puts in front of it.
#[derive(JsonSchema)]
#[schemars(rename = "Fleet")]
#[allow(dead_code, reason = "the command line writes the rows one by one")]
struct FleetDocument {
    #[schemars(flatten)]
    summary: fleet::FleetAnswer<'static>,
    /// A row for each phone of the inventory (`--rows`).
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<fleet::Row>>,
}

/// A finding about a list or about the print of one.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "stands for findings that are values already")]
pub(super) enum AnyFinding {
    List(lint::ListFinding<Word<LintCode>>),
    Print(lint::ListFinding<Word<ConsoleCode>>),
}

/// An answer about one file.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(
    dead_code,
    clippy::large_enum_variant,
    reason = "stands for answers that are values already"
)]
pub(super) enum AnyFile {
    List(list::ListReport),
    Lint(lint::LintAnswer),
    PhoneLog(console::PhoneLog<'static>),
    Error(several::ErrorAnswer<'static>),
}

/// The command line puts the name of the file after the schema of such an answer.
pub(super) fn with_file(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let about = "The file, as it was named on the command line.";
    properties.insert("file".to_owned(), json!({ "description": about, "type": "string" }));
}

impl<V: JsonSchema> JsonSchema for Keyed<V> {
    fn schema_name() -> Cow<'static, str> {
        format!("KeyedBy{}", V::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        keyed::<V>(generator)
    }
}
