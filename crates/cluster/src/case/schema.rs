//! The inputs as types: the schemas of the inputs in `schema/` are made from these, and each object
//! is held to the keys that its reader knows. `crates/cli/tests/schema.rs` asks readers and schemas
//! about the same documents.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

pub(crate) use super::scenario::Step;

use super::{build, deletion, inventory, predict, preflight, scenario};
use crate::report::schema::input;
use serde_json::Value;

/// Every input: the name and version of its form, and its schema.
pub(crate) fn inputs() -> Vec<(&'static str, Value)> {
    vec![
        input::<build::Specification<'_>>(build::SCHEMA),
        input::<inventory::ClusterDocument<'_>>(inventory::CLUSTER_SCHEMA),
        input::<deletion::Case<'_>>(deletion::DELETION_CASE_SCHEMA),
        input::<deletion::Inventory<'_>>(deletion::DELETION_INVENTORY_SCHEMA),
        input::<predict::Case<'_>>(super::PREDICT_SCHEMA),
        input::<preflight::Context<'_>>(preflight::CONTEXT_SCHEMA),
        input::<scenario::ScenarioFields<'_>>(super::SIMULATE_SCHEMA),
    ]
}
