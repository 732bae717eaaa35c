//! What the readers take, as types: the schemas of the inputs in `schema/` are made from these, and each object is held to
//! the keys that its reader knows. `tests/schema.rs` asks readers and schemas about the same documents.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

mod predict;
mod scenario;

pub(crate) use scenario::Step;

use super::json::READERS_FIELDS;
use super::scenario::inventory;
use super::{build, deletion, preflight};
use crate::release::Product;
use crate::report::schema::{RoleWord, input, keys};
use crate::report::shape::{Vocabulary, Word};
use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Every input: the name and version of its form, and its schema.
pub(crate) fn inputs() -> Vec<(&'static str, Value)> {
    vec![
        input::<Build>(build::SCHEMA),
        input::<scenario::ClusterDocument>(inventory::CLUSTER_SCHEMA),
        input::<DeletionCase>(deletion::DELETION_CASE_SCHEMA),
        input::<Inventory>(deletion::DELETION_INVENTORY_SCHEMA),
        input::<predict::Predict>(super::PREDICT_SCHEMA),
        input::<Context>("trustlist.preflight-context/1"),
        input::<scenario::Scenario>(super::SIMULATE_SCHEMA),
    ]
}

/// Closes an object, and holds its fields to the keys of its reader.
struct Closed(&'static [&'static str]);

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        let known: BTreeSet<String> = self.0.iter().map(|&key| key.to_owned()).collect();
        assert_eq!(keys(schema.as_value()), known, "fields of the reader and of its description");
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// The same with the fields that are there for readers.
struct Document(&'static [&'static str]);

impl Transform for Document {
    fn transform(&mut self, schema: &mut Schema) {
        Closed(self.0).transform(schema);
        for_readers(schema);
    }
}

fn for_readers(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let about = "For readers; ignored (spec/CONTRACT.md section 2).";
    properties.extend(READERS_FIELDS.iter().map(|&key| (key.to_owned(), json!({ "description": about }))));
}

/// These fields may be left out, but not be `null`.
struct NotNull(&'static [&'static str]);

impl Transform for NotNull {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) else { return };
        required.retain(|key| !self.0.iter().any(|known| key == known));
        if required.is_empty() {
            schema.remove("required");
        }
    }
}

/// The words of a table of a reader, or `null`.
fn or_null<T>(table: &[(&str, T)]) -> Value {
    table.iter().map(|(word, _)| Value::from(*word)).chain([Value::Null]).collect()
}

/// A name: a text that is not empty.
struct Name;

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A name or label.", "type": "string", "minLength": 1 })
    }
}

/// A date as the readers take it.
struct DateText;

impl JsonSchema for DateText {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "A date in UTC, such as 2015-03-06 or 2015-03-06T00:00:00Z.";
        json_schema!({ "description": about, "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" })
    }
}

/// A value, or `null` where the key must be there.
struct OrNull<T>(T);

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

/// One, or a list of which any is right.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "AnyOf{T}")]
enum Any<T> {
    One(T),
    List(Vec<T>),
}

impl Vocabulary for Product {
    const NAME: &'static str = "Product";
    const ABOUT: &'static str = "What runs on a node: Unified CM, or IM and Presence.";

    fn all() -> Vec<&'static str> {
        vec![Self::Cucm.word(), Self::Imp.word()]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cucm => "cucm",
            Self::Imp => "imp",
        }
    }
}

/// The nodes of a cluster, and when their logs were collected (spec/CONTRACT.md section 5).
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::INVENTORY_FIELDS))]
struct Inventory {
    /// The name and version of this form, where it stands alone.
    #[schemars(extend("enum" = [deletion::DELETION_INVENTORY_SCHEMA, null]))]
    schema: Option<String>,
    /// The nodes.
    #[schemars(length(min = 1))]
    nodes: Vec<InventoryNode>,
    /// Whether a deletion goes to every node (spec/CLUSTER-RULES.md C-48); left out, it does: then more has to be proven.
    clusterwide_delete: Option<bool>,
    /// When the logs were collected, on the clocks of the nodes: 2026-07-06T04:30:00.
    collected_until: Name,
    /// How far the clocks of the nodes may be apart.
    clock_skew_seconds: Option<u64>,
}

/// A node.
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::NODE_FIELDS))]
struct InventoryNode {
    /// Its name, as in the logs.
    name: Name,
    /// What runs on it; left out, cucm.
    product: Option<Word<Product>>,
    /// Whether it is the publisher; not looked at.
    publisher: Option<Value>,
}

/// A cluster, a certificate, and what the nodes wrote about it (spec/CONTRACT.md section 5).
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::CASE_FIELDS))]
struct DeletionCase {
    /// The name and version of this form.
    #[schemars(extend("const" = deletion::DELETION_CASE_SCHEMA))]
    schema: String,
    /// Its id.
    id: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Where it comes from; not looked at.
    source: Option<Value>,
    /// How sure its author is; not looked at.
    confidence: Option<Value>,
    /// The cluster.
    inventory: Inventory,
    /// The certificate that should be gone.
    certificate: Wanted,
    /// The logs: node, kind of log, text; `null` for a log that was not collected.
    logs: Option<BTreeMap<String, BTreeMap<String, Option<String>>>>,
    /// What the case expects; not looked at.
    expect: Option<Value>,
}

/// A trust certificate.
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::WANTED_FIELDS))]
struct Wanted {
    /// Its store, such as tomcat-trust.
    unit: Name,
    /// Its file name, as in the logs.
    name: Name,
}

/// What pasted output of CUCM does not say (`preflight --context`).
#[derive(JsonSchema)]
#[schemars(transform = Document(preflight::CONTEXT_FIELDS))]
struct Context {
    /// The security mode.
    mode: Option<Word<crate::cluster::Mode>>,
    /// The nodes with TFTP.
    tftp_nodes: Option<Vec<Name>>,
    /// The version, such as 12.5 or 10.5(2)SU3.
    version: Option<VersionText>,
    /// The date of the judgement: backups before that are old.
    at: Option<DateText>,
}

/// A version as text or as a number.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum VersionText {
    Text(String),
    Number(f64),
}

/// Which records a list shall hold, by the certificates that they are made from (`trustlist build`).
#[derive(JsonSchema)]
#[schemars(transform = Document(build::FIELDS))]
struct Build {
    /// The name and version of this form.
    #[schemars(extend("const" = build::SCHEMA))]
    schema: String,
    /// Whose habits of writing it follows; left out, cucm.
    #[schemars(extend("enum" = or_null(build::LAYOUTS)))]
    layout: Option<String>,
    /// The name inside the file (P-SIG-7).
    file_name: Name,
    /// The version of the header; left out, 1.2.
    #[schemars(regex(pattern = r"^\+?[0-9]+\.\+?[0-9]+$"))]
    version: Option<String>,
    /// The digest of the signature; left out, sha1.
    #[schemars(extend("enum" = or_null(build::DIGESTS)))]
    digest: Option<String>,
    /// When the list was made; left out, now.
    timestamp: Option<DateText>,
    /// The path of the signer's certificate; left out, that of the first SAST record.
    signer: Option<Name>,
    /// The records.
    records: Vec<BuildRecord>,
}

/// A record.
#[derive(JsonSchema)]
#[schemars(rename = "Record", transform = Closed(build::RECORD_FIELDS))]
#[schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "not": { "required": ["certificate"] } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
))]
struct BuildRecord {
    /// What the certificate may do.
    role: RoleWord,
    /// The path of the certificate; not in a record of form `empty`.
    certificate: Option<Name>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<String>,
    /// What of the certificate is in the record.
    #[schemars(extend("enum" = or_null(build::FORMS)))]
    form: Option<String>,
}
