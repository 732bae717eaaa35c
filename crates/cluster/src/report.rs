//! Values as text, JSON and pictures. Nothing is decided here.

mod book;
pub mod deletion;
mod forecast;
mod gates;
mod instruction;
pub mod plan;
pub mod preflight;
mod recover;
#[cfg(test)]
pub(crate) mod schema;
pub(crate) mod shape;
pub mod simulation;

pub use plan::{
    PLAN_LINT_SCHEMA, change_ticket, no_plan_text, plan_lint_json, plan_lint_text,
    plan_recovery_json, plan_recovery_text, run_book,
};
pub use simulation::{
    SIMULATION_SCHEMA, SimulationJson, simulation_html, simulation_svg, simulation_text,
    simulation_text_within,
};
use trustlist::report::Plain;
