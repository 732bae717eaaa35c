//! Plans in words and as JSON. Nothing is decided here.

mod advice;
mod lint;

pub use lint::{PLAN_LINT_SCHEMA, plan_lint_json, plan_lint_text};
