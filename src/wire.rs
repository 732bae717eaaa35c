//! The file format: borrowed views over trust lists and signed files (`spec/FORMAT.md`).

mod value;
pub mod write;

pub use value::{DigestAlgorithm, Role};
