//! Simulations as JSON (spec/CONTRACT.md section 4), as a text timeline, as a picture and as a self-contained page. Nothing is decided here.

mod events;
mod groups;
mod html;
mod json;
mod summary;
mod svg;
mod text;

pub(in crate::report) use events::lines as event_lines;
pub use html::simulation_html;
#[cfg(test)]
pub(super) use json::SimulationAnswer;
pub use json::{SIMULATION_SCHEMA, SimulationJson};
pub use svg::simulation_svg;
pub use text::simulation_text;
