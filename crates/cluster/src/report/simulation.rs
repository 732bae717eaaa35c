//! Simulations as JSON (spec/CONTRACT.md section 4), as a text timeline, as a picture and as a
//! self-contained page. Nothing is decided here.

mod event_json;
mod json;
mod picture;
mod summary;
mod text;

#[cfg(test)]
pub(super) use json::SimulationAnswer;
pub use json::{SIMULATION_SCHEMA, SimulationJson};
pub use picture::{simulation_html, simulation_svg};
pub(super) use text::lines as event_lines;
pub use text::{simulation_text, simulation_text_within};
