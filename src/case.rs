//! The JSON of the contract: cases in symbols, scenarios, inventories. Every error names the JSON path.

mod json;

pub use json::{CaseError, MAX_BYTES, MAX_DEPTH, Node, Object, READERS_FIELDS, parse, parse_with_limits};
