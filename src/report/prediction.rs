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
pub(super) mod wrap;

pub use super::mistake::prediction_notes;
pub use answer::PredictionReport;
pub use assumption::{Assumption, FactoryFresh, Taken};
pub use explain::prediction_explained;
#[cfg(test)]
pub(super) use json::PredictionAnswer;
pub use json::{PREDICTION_SCHEMA, prediction_json};
pub use text::prediction_text;
pub(crate) use text::why;
#[cfg_attr(not(feature = "cli"), allow(unused_imports, reason = "for the command line"))]
pub(crate) use text::{next_step, why_of};
#[cfg_attr(not(feature = "cli"), allow(unused_imports, reason = "for the command line"))]
pub(crate) use words::certificate as certificate_name;
