//! The JSON of `spec/CONTRACT.md`: cases of predictions, lists to build, scenarios, clusters,
//! inventories of deletions, contexts of preflight. Every error names the JSON path.

mod build;
mod deletion;
mod expect;
mod field;
#[cfg(test)]
mod input_schema;
mod inventory;
mod json;
mod label;
mod list;
mod predict;
mod preflight;
mod scenario;
#[cfg(test)]
pub(crate) mod schema;

pub use build::{Build, BuildError, signer_info};
pub use deletion::{
    CaseLog, DELETION_CASE_SCHEMA, DELETION_INVENTORY_SCHEMA, DeletionCase, deletion_inventory,
};
pub use expect::{Expect, ExpectAfter, ExpectFile};
pub use inventory::{CLUSTER_SCHEMA, cluster_document, cluster_document_within, cluster_guesses};
use json::read;
pub use json::{
    COMMENT_FIELDS, CaseError, Limits, MAX_BYTES, MAX_DEPTH, MAX_TEXT, MAX_TREE, parse,
    parse_within,
};
pub use label::Labels;
pub use list::SymbolSignatures;
pub use predict::{PREDICT_SCHEMA, PredictCase};
pub use preflight::{PreflightCase, preflight_context};
pub use scenario::{MAX_WHAT, SIMULATE_SCHEMA, Scenario, cluster_json, plan_json};
