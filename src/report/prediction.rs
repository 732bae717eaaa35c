//! Predictions: the short answer, the long one, and JSON.

mod answer;
mod assumption;
mod explain;
mod finding;
#[cfg(feature = "serde")]
mod json;
mod remedy;
mod text;
mod words;

pub(crate) use super::mistake::prediction_notes_in;
pub use super::mistake::{of_other_kind, prediction_notes, swapped_kinds};
pub use answer::PredictionReport;
pub(crate) use answer::verdict;
pub(crate) use assumption::SOME_SERVER;
pub use assumption::{Assumption, FactoryFresh, Taken, Wording};
pub use explain::prediction_explained;
#[cfg(feature = "serde")]
pub use json::prediction_json;
#[cfg(all(test, feature = "serde"))]
pub(super) use json::{PREDICTION_SCHEMA, PredictionAnswer};
#[cfg(feature = "serde")]
pub(super) use text::open_questions;
pub use text::prediction_text;
#[cfg(feature = "serde")]
pub use text::{next_sentence, why, why_of};
#[cfg(feature = "serde")]
pub use words::certificate as certificate_name;
pub use words::file as file_word;
