//! The JSON of `spec/CONTRACT.md`: scenarios, clusters, inventories of deletions, contexts of
//! preflight. Every error names the JSON path.

mod deletion;
mod inventory;
mod preflight;
mod scenario;
#[cfg(test)]
mod scenario_schema;
#[cfg(test)]
pub(crate) mod schema;

pub use deletion::{
    CaseLog, DELETION_CASE_SCHEMA, DELETION_INVENTORY_SCHEMA, DeletionCase, deletion_inventory,
};
pub use inventory::{
    CLUSTER_SCHEMA, cluster, cluster_document, cluster_document_within, cluster_guesses,
};
pub use preflight::{PreflightCase, preflight_context};
pub use scenario::{MAX_WHAT, SIMULATE_SCHEMA, Scenario, cluster_json, plan_json};
use trustlist::case::{CaseError, Limits, Node, Object, parse, parse_within};
