//! Plans in words and as JSON. Nothing is decided here.

mod advice;
mod book;
mod instruction;
mod lint;

pub use book::{change_ticket, no_plan_text, run_book};
pub use instruction::{Instruction, instruction};
pub use lint::{PLAN_LINT_SCHEMA, plan_lint_json, plan_lint_text};
