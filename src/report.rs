//! Reports: text and JSON of the values of the other rooms. They render and decide nothing.

mod assumption;
mod changed;
mod condition;
mod explain;
mod finding;
#[cfg(feature = "serde")]
mod json;
mod prediction;
mod text;
mod words;
mod wrap;

pub use assumption::{Assumption, Taken};
pub use explain::prediction_explained;
#[cfg(feature = "serde")]
pub use json::{PREDICTION_SCHEMA, prediction_json};
pub use prediction::PredictionReport;
pub use text::prediction_text;
