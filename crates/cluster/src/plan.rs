//! Plans of certificate operations: judged ([`lint()`]), made, begun and repaired.
//!
//! A plan is a list of [`Operation`](crate::cluster::Operation)s for a
//! [`Cluster`](crate::cluster::Cluster). What a plan does is never guessed from its text: the
//! simulator runs it, under every policy.

mod generate;
mod init;
mod inventory;
mod lint;
mod recover;
mod reorder;

pub use generate::{
    Document, Fallback, Lean, NoPlan, OldTrust, Order, PlanNote, PlannedStep, Purpose, Request,
    Round, RoundKind, SafePlan, Unneeded, Window, generate,
};
pub use init::{Disputed, GROUP_MEMBERS, GROUP_QUERY, Init, InitError, Known, Mark, Pasted, init};
pub use inventory::{InventoryError, MAX_PHONES, PhoneRow, inventory, inventory_within, is_online};
pub use lint::{Check, Fact, PlanFinding, PlanLint, PlanNoReturn, lint};
pub use recover::{Anchor, FoundRemedy, LockedPhones, PlanRemedy, Recovery, RemedyStep, recover};
pub use reorder::{Reordering, few_orders, reorder};
