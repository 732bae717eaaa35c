//! Values as text and JSON. Nothing is decided here.

pub mod list;
mod plain;
pub mod prediction;

pub use plain::{Plain, hex};
pub use prediction::{Assumption, PredictionReport, Taken, prediction_explained, prediction_json, prediction_text};
