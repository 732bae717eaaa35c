//! The part of the Python module `trustlist` in Rust. Programs import `python/trustlist/__init__.py`: it gives
//! names, types and dates of Python to what is here.

mod cluster;
mod error;
mod fleet;
mod list;
mod question;

use pyo3::prelude::*;

/// JSON text of a document.
fn json(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// The native part of `trustlist`.
#[pymodule]
mod _trustlist {
    #[pymodule_export]
    use super::cluster::{Plan, Simulation, plan_generate, preflight, simulate};
    #[pymodule_export]
    use super::error::ParseError;
    #[pymodule_export]
    use super::fleet::fleet;
    #[pymodule_export]
    use super::list::{Record, TrustList, diff, lint, parse, verify};
    #[pymodule_export]
    use super::question::{Prediction, Question};
}
