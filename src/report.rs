//! Values as text and JSON. Nothing is decided here.

#[cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports, reason = "documents of the command line"))]
pub(crate) mod check;
pub mod console;
pub mod deletion;
pub mod diff;
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "documents of the command line"))]
pub(crate) mod escaped;
#[cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports, reason = "documents of the command line"))]
pub(crate) mod expiry;
pub mod fleet;
pub mod lint;
pub mod list;
mod mistake;
mod plain;
pub mod plan;
pub mod prediction;
pub mod preflight;
#[cfg(test)]
pub(crate) mod schema;
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "documents of the command line"))]
pub(crate) mod several;
pub(crate) mod shape;
pub mod simulation;
#[cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports, reason = "documents of the command line"))]
pub(crate) mod snapshot;

pub use plain::{Plain, hex};
pub use plan::{
    PLAN_LINT_SCHEMA, change_ticket, no_plan_text, plan_lint_json, plan_lint_text, plan_recovery_json, plan_recovery_text,
    run_book,
};
pub use prediction::{
    Assumption, FactoryFresh, PredictionReport, Taken, prediction_explained, prediction_json, prediction_notes, prediction_text,
};
pub use simulation::{SIMULATION_SCHEMA, SimulationJson, simulation_html, simulation_svg, simulation_text};
