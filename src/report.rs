//! Values as text and JSON. Nothing is decided here.

pub mod console;
pub mod diff;
pub mod lint;
pub mod list;
mod plain;
pub mod preflight;

pub use plain::{Plain, hex};
