//! Predictions: the short answer, the long one, and JSON.

mod answer;
mod assumption;
mod before;
mod changed;
mod condition;
mod explain;
mod finding;
#[cfg(feature = "serde")]
mod json;
mod remedy;
mod text;
mod words;

pub(crate) use super::mistake::prediction_notes_in;
pub use super::mistake::{prediction_notes, swapped_kinds};
pub use answer::PredictionReport;
pub use assumption::{Assumption, FactoryFresh, Taken, Wording};
pub use explain::prediction_explained;
#[cfg(all(test, feature = "serde"))]
pub(super) use json::PredictionAnswer;
#[cfg(feature = "serde")]
pub use json::{PREDICTION_SCHEMA, prediction_json};
pub use text::prediction_text;
#[cfg(feature = "serde")]
pub use text::{next_sentence, open_questions, why, why_of};
#[cfg(feature = "serde")]
pub use words::certificate as certificate_name;
