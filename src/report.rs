//! Values as text and JSON. Nothing is decided here.
//!
//! The text of a prediction needs `std` only; everything else needs the feature `serde`.

#[cfg(feature = "serde")]
pub mod console;
#[cfg(feature = "serde")]
pub mod deletion;
#[cfg(feature = "serde")]
pub mod diff;
#[cfg(feature = "serde")]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "documents of the command line"))]
pub(crate) mod escaped;
#[cfg(feature = "serde")]
pub mod fleet;
#[cfg(feature = "serde")]
pub mod lint;
#[cfg(feature = "serde")]
pub mod list;
mod mistake;
mod plain;
#[cfg(feature = "serde")]
pub mod plan;
pub mod prediction;
#[cfg(feature = "serde")]
pub mod preflight;
#[cfg(test)]
#[cfg(feature = "serde")]
pub(crate) mod schema;
#[cfg(feature = "serde")]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "documents of the command line"))]
pub(crate) mod several;
#[cfg(feature = "serde")]
pub(crate) mod shape;
#[cfg(feature = "serde")]
pub mod simulation;

pub use plain::{Plain, hex};
#[cfg(feature = "serde")]
pub use plan::{
    PLAN_LINT_SCHEMA, change_ticket, no_plan_text, plan_lint_json, plan_lint_text, plan_recovery_json, plan_recovery_text,
    run_book,
};
#[cfg(feature = "serde")]
pub use prediction::prediction_json;
pub use prediction::{
    Assumption, FactoryFresh, PredictionReport, Taken, Wording, prediction_explained, prediction_notes, prediction_text,
};
#[cfg(feature = "serde")]
pub use simulation::{SIMULATION_SCHEMA, SimulationJson, simulation_html, simulation_svg, simulation_text};
