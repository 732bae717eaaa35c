//! Values as text and JSON. Nothing is decided here.

pub mod console;
pub mod diff;
pub mod escaped;
pub mod fleet;
pub mod lint;
pub mod list;
mod mistake;
pub mod plain;
pub mod prediction;
#[cfg(test)]
pub(crate) mod schema;
pub mod several;
pub mod shape;

pub use plain::{Plain, hex};
pub use prediction::{
    Assumption, FactoryFresh, PredictionReport, Taken, prediction_explained, prediction_json, prediction_notes, prediction_text,
};
