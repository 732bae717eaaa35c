//! Values as text and JSON. Nothing is decided here.

pub mod list;
mod plain;

pub use plain::{Plain, hex};
