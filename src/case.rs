//! The JSON of the contract: cases in symbols, and what a list is built from. Every error names the JSON path.

mod build;
mod expect;
mod json;
mod label;
mod list;
mod predict;
#[cfg(test)]
pub(crate) mod schema;
mod write;

pub use build::{Build, BuildError, signer_info};
pub use expect::{Expect, ExpectAfter, ExpectFile};
pub use json::{
    COMMENT_FIELDS, CaseError, Limits, MAX_BYTES, MAX_DEPTH, MAX_TEXT, MAX_TREE, Node, Object,
    parse, parse_within,
};
pub use label::Labels;
pub use list::{Files, SymbolSignatures};
pub use predict::{PREDICT_SCHEMA, PredictCase, tls_version};
