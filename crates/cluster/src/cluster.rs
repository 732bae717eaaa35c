//! A model of a CUCM cluster in which certificate operations run one after the other and every
//! phone's state is known after each (`spec/CLUSTER-RULES.md`).
//!
//! [`Cluster`] describes it, [`Run`] steps through a plan, [`simulate()`] runs a whole plan under
//! several policies. Phones decide by [`phone::predict`](trustlist::phone) and nothing else. There
//! is no clock, no randomness and no input or output: time passes by [`Operation::Wait`] only. A
//! [`Run`] is cheap to clone, so a tool can branch "what if".
//!
//! A certificate has three truths: the file on a node, the rows in that node's replica of the
//! database, and what a running service has loaded. They are kept apart (C-20, C-50).

mod cert;
mod cohort;
mod deletion;
mod describe;
mod event;
mod limits;
mod list;
mod lists;
mod node;
mod operation;
mod phones;
mod profile;
mod recover;
mod run;
mod scene;
mod services;
mod shared;
mod simulate;
mod state;
mod status;
mod store;
mod sync;

pub use cert::{Cert, LabelId};
pub use cohort::{CohortId, NoReturn};
pub(crate) use describe::FIRST_TOKEN;
pub use describe::{
    Cluster, ClusterError, CtlStart, ItlStart, LscStart, Mode, NodeSpec, PhoneSecurity, PhoneSpec,
};
pub use event::{CtlKind, Event, FileTrigger, ImportTrigger, Refusal, ResetCause, TimedEvent};
pub use limits::{Limits, MAX_KEPT, MAX_MINUTES, MAX_STEPS};
pub use node::{MAX_NODES, NodeId, NodeSet};
pub use operation::{
    ErasedLists, MAX_WAIT_MINUTES, Nodes, Operation, PhoneId, Phones, Rollback, StepError,
    StoreUnit,
};
pub use run::{ListView, Run, StepReport};
pub use simulate::{FinalState, PolicyResult, Simulation, simulate};
pub use status::{
    Assume, AssumedAnswer, Assumption, FileJudged, Judged, PhoneStatus, Policy, Recoverability,
    RecoveryCommand, RecoveryCommands, RegistrationObstacle, Trust,
};
