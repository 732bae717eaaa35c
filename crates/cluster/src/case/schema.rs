//! The inputs as types: the schemas of the inputs in `schema/` are made from these, and each object
//! is held to the keys that its reader knows. `crates/cli/tests/schema.rs` asks readers and schemas
//! about the same documents.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

pub(crate) use super::scenario_schema::Step;

use super::{deletion, inventory, preflight, scenario_schema as scenario};
use crate::release::Product;
use crate::report::schema::{DateText, Document, Name, input};
use crate::report::shape::Word;
use schemars::JsonSchema;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every input: the name and version of its form, and its schema.
pub(crate) fn inputs() -> Vec<(&'static str, Value)> {
    vec![
        input::<scenario::ClusterDocument>(inventory::CLUSTER_SCHEMA),
        input::<DeletionCase>(deletion::DELETION_CASE_SCHEMA),
        input::<Inventory>(deletion::DELETION_INVENTORY_SCHEMA),
        input::<Context>("trustlist.preflight-context/1"),
        input::<scenario::Scenario>(super::SIMULATE_SCHEMA),
    ]
}

/// The nodes of a cluster, and when their logs were collected (spec/CONTRACT.md section 5).
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::INVENTORY_FIELDS))]
struct Inventory {
    /// The name and version of this form, if it is a document of its own.
    #[schemars(extend("enum" = [deletion::DELETION_INVENTORY_SCHEMA, null]))]
    schema: Option<String>,
    /// The nodes.
    #[schemars(length(min = 1))]
    nodes: Vec<InventoryNode>,
    /// Whether a deletion goes to every node (spec/CLUSTER-RULES.md C-48); left out, it does: then
    /// more has to be proven.
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
    /// The product on it; left out, cucm.
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
    certificate: TargetCertificate,
    /// The logs: node, kind of log, text; `null` for a log that was not collected.
    logs: Option<BTreeMap<String, BTreeMap<String, Option<String>>>>,
    /// The expectation of the case; not read.
    expect: Option<Value>,
}

/// A trust certificate.
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::WANTED_FIELDS))]
struct TargetCertificate {
    /// Its store, such as tomcat-trust.
    unit: Name,
    /// Its file name, as in the logs.
    name: Name,
}

/// Facts that are not in pasted output of CUCM (`preflight --context`).
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
