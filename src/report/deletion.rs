//! The deletion audit, log entries and forecasts as text and JSON.

mod entry;
mod forecast;
mod text;

pub use entry::entry_json;
pub use forecast::{FORECAST_SCHEMA, forecast_json, forecast_text};
pub use text::audit_text;

use crate::deletion::{Answer, Evidence, NodeAnswer, Verdict};
use serde_json::{Map, Value, json};

/// The schema of an answer.
pub const AUDIT_SCHEMA: &str = "trustlist.deletion-audit/1";

/// The answer of an audit (CONTRACT.md section 5).
pub fn audit_json(answer: &Answer) -> Value {
    let nodes: Map<String, Value> = answer.nodes.iter().map(|node| (node.name.clone(), node_json(node))).collect();
    json!({
        "schema": AUDIT_SCHEMA,
        "certificate": { "unit": answer.wanted.unit.as_str(), "name": answer.wanted.name },
        "nodes": nodes,
        "cluster": answer.cluster.as_str(),
        "left_out": answer.left_out,
    })
}

fn node_json(node: &NodeAnswer) -> Value {
    let mut fields = Map::new();
    fields.insert("verdict".to_owned(), node.verdict.as_str().into());
    fields.insert("code".to_owned(), node.code.as_str().into());
    if let Some(at) = node.at {
        fields.insert("at".to_owned(), at.to_string().into());
    }
    if node.verdict == Verdict::Resurrected {
        fields.insert("by".to_owned(), node.by.clone().into());
    }
    fields.insert("evidence".to_owned(), node.evidence.iter().map(evidence_json).collect());
    Value::Object(fields)
}

fn evidence_json(evidence: &Evidence) -> Value {
    let mut fields = Map::new();
    fields.insert("kind".to_owned(), evidence.kind.as_str().into());
    if let Some(at) = evidence.at {
        fields.insert("at".to_owned(), at.to_string().into());
    }
    if let Some(file) = &evidence.file {
        fields.insert("file".to_owned(), (**file).into());
    }
    if let Some(line) = evidence.line {
        fields.insert("line".to_owned(), line.into());
    }
    fields.insert("text".to_owned(), evidence.text.clone().into());
    Value::Object(fields)
}
