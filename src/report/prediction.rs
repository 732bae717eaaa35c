//! Predictions: the short answer, the long one, and JSON.

mod answer;
mod assumption;
mod before;
mod changed;
mod condition;
mod explain;
mod finding;
mod json;
mod remedy;
mod text;
mod words;
mod wrap;

pub use super::mistake::{prediction_notes, swapped_kinds};
pub use answer::PredictionReport;
pub use assumption::{Assumption, FactoryFresh, Taken};
pub use explain::prediction_explained;
#[cfg(test)]
pub(super) use json::PredictionAnswer;
pub use json::{PREDICTION_SCHEMA, prediction_json};
pub use text::prediction_text;
pub(crate) use text::{open_questions, why};
