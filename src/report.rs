//! Values as text and JSON. Nothing is decided here.
//!
//! The text of a prediction needs `std` only; everything else needs the feature `serde`.

#[cfg(feature = "serde")]
pub mod console;
#[cfg(feature = "serde")]
pub mod diff;
#[cfg(feature = "serde")]
pub mod escaped;
#[cfg(feature = "serde")]
pub mod fleet;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub mod html;
#[cfg(feature = "serde")]
pub mod lint;
#[cfg(feature = "serde")]
pub mod list;
mod lost;
mod mistake;
mod page;
mod plain;
mod prediction;
#[cfg(test)]
#[cfg(feature = "serde")]
pub(crate) mod schema;
#[cfg(feature = "serde")]
pub mod several;
#[cfg(feature = "serde")]
pub mod shape;

#[doc(hidden)]
pub use crate::text::wrapped;
pub use page::Page;
#[cfg(feature = "serde")]
pub use plain::Xml;
pub use plain::{Plain, hex};
pub(crate) use prediction::prediction_notes_in;
pub use prediction::{
    Assumption, FactoryFresh, PredictionReport, Taken, Wording, prediction_explained,
    prediction_notes, prediction_text, swapped_kinds,
};
#[cfg(feature = "serde")]
pub use prediction::{certificate_name, next_sentence, prediction_json, why, why_of};
