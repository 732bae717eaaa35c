//! Plans in words and as JSON. Nothing is decided here.

mod advice;
mod book;
mod init;
mod instruction;
mod lint;
mod recover;

pub use book::{change_ticket, no_plan_text, plan_notes, run_book};
pub use init::{init_json, mark_text};
pub use instruction::{Instruction, instruction};
#[cfg(test)]
pub(super) use lint::PlanLintAnswer;
pub use lint::{PLAN_LINT_SCHEMA, plan_lint_json, plan_lint_text};
#[cfg(test)]
pub(super) use recover::RecoveryAnswer;
pub use recover::{
    PLAN_RECOVERY_SCHEMA, plan_recovery_csv, plan_recovery_json, plan_recovery_text,
};
