//! Values as text and JSON. Nothing is decided here.
//!
//! The text of a prediction needs `std` only; everything else needs the feature `serde`.

#[cfg(feature = "serde")]
pub mod console;
#[cfg(feature = "serde")]
pub mod diff;
#[cfg(feature = "serde")]
#[doc(hidden)]
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
#[doc(hidden)]
pub mod several;
#[cfg(feature = "serde")]
pub(crate) mod shape;

pub use prediction::{
    Assumption, FactoryFresh, PredictionReport, Taken, Wording, prediction_explained,
    prediction_notes, prediction_text,
};
pub(crate) use prediction::{SOME_SERVER, prediction_notes_in, verdict};
#[cfg(feature = "serde")]
pub use prediction::{prediction_json, why};

// What the crates of this repository make their sentences of.
#[doc(hidden)]
pub use crate::text::{capital, counted, hex, wrapped};
#[doc(hidden)]
pub use page::Page;
#[doc(hidden)]
pub use plain::Plain;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use plain::Xml;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use prediction::{certificate_name, next_sentence, why_of};
#[doc(hidden)]
pub use prediction::{file_word, of_other_kind, swapped_kinds};
