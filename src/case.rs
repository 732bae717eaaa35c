//! The JSON of the contract: cases in symbols, scenarios, inventories. Every error names the JSON path.

mod build;
mod json;

pub use build::{Build, BuildError, record_of, signer_info};
pub use json::{CaseError, MAX_BYTES, MAX_DEPTH, Node, Object, READERS_FIELDS, parse, parse_with_limits};
