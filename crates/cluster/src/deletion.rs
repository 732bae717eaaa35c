//! Was a trust certificate deleted on every node, and will it come back?
//!
//! [`logs`] reads what nodes write about it, [`Audit`] gives a verdict for each node and for the
//! cluster from collected logs (`spec/CLUSTER-RULES.md` D4), [`forecast()`] says from a simulated
//! plan which node brings a deleted certificate back and when (C-33, C-43 to C-49). A missing log
//! is never a proof: it gives `unknown`.

mod audit;
mod discover;
mod forecast;
mod inventory;
mod judge;
pub mod logs;
mod matching;
mod time;

pub use audit::{
    Answer, Audit, ClusterVerdict, Evidence, EvidenceKind, LogError, MAX_SEEN, NodeAnswer, Verdict,
};
pub use discover::{Deletions, MAX_DELETIONS};
pub use forecast::{
    Blocker, DeletionAssumption, Forecast, Holder, Outcome, Refused, Return, ReturnCause, forecast,
    refused,
};
pub use inventory::{
    DEFAULT_SKEW_SECONDS, DeletionScope, Inventory, InventoryNode, TargetCertificate, TargetError,
};
pub use judge::QUIET_MINUTES;
pub use time::NodeTime;
