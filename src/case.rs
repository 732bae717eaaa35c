//! The JSON of the contract: cases in symbols, scenarios, inventories. Every error names the JSON path.

mod build;
mod deletion;
mod expect;
mod json;
mod label;
mod list;
mod predict;
mod preflight;
mod scenario;
#[cfg(test)]
pub(crate) mod schema;
mod write;

pub use build::{Build, BuildError, record_of, signer_info};
pub use deletion::{CaseLog, DELETION_CASE_SCHEMA, DELETION_INVENTORY_SCHEMA, DeletionCase, deletion_inventory};
pub use expect::{Expect, ExpectAfter, ExpectFile};
pub use json::{CaseError, Limits, MAX_BYTES, MAX_DEPTH, MAX_TEXT, MAX_TREE, Node, Object, READERS_FIELDS, parse, parse_within};
pub use label::{DEFAULT_KEY_BITS, Labels};
pub use list::{Files, SymbolSignatures};
pub use predict::{PREDICT_SCHEMA, PredictCase};
pub use preflight::{PreflightCase, preflight_context};
pub use scenario::{
    CLUSTER_SCHEMA, MAX_WHAT, SIMULATE_SCHEMA, Scenario, cluster, cluster_document, cluster_document_within, cluster_guesses,
    cluster_json, plan_json,
};
