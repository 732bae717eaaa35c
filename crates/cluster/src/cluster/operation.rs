//! The operations of a plan (spec/CONTRACT.md section 4).

use super::cert::Cert;
use super::describe::{Cluster, Mode};
use super::limits::at_most;
use super::node::NodeId;
use crate::release::{Service, TrustUnit, Unit};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use core::fmt;

/// The longest wait of one step: a leap year. Certificates live for years, maintenance windows for
/// hours.
pub const MAX_WAIT_MINUTES: u64 = 366 * 24 * 60;

/// A phone of a cluster, by its place in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneId(pub(super) u32);

impl PhoneId {
    /// Its place in the inventory, from 0.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Which nodes an operation is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nodes {
    /// Every node where the service or the unit exists, in inventory order.
    All,
    /// These, in this order.
    These(Vec<NodeId>),
}

/// Which phones an operation is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phones {
    /// Every one.
    All,
    /// These. Shared, so that a plan is cheap to copy.
    These(Arc<[PhoneId]>),
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// A look that changes nothing.
    Check {
        /// The check, in the plan's words.
        what: Arc<str>,
    },
    /// `utils ctl reset localkey`.
    CtlResetLocalkey,
    /// `utils ctl update CTLFile`, or the CTL client where tokens sign.
    CtlUpdate,
    /// Erases the lists on phones by hand; the phones start again.
    DeletePhoneLists {
        /// Where.
        phones: Phones,
        /// The lists to erase.
        lists: ErasedLists,
    },
    /// Deletes a certificate from a trust store.
    DeleteTrust {
        /// The store. An own unit is refused (D16).
        unit: StoreUnit,
        /// The certificate.
        cert: Cert,
        /// Where.
        nodes: Nodes,
    },
    /// `utils itl reset localkey`.
    ItlResetLocalkey,
    /// Gives phones a new certificate of their own.
    LscUpdate {
        /// Which.
        phones: Phones,
    },
    /// A node goes down.
    NodeDown {
        /// Which.
        nodes: Nodes,
    },
    /// A node comes up again; its services start.
    NodeUp {
        /// Which.
        nodes: Nodes,
    },
    /// Phones are switched off, or cut off.
    PhoneOffline {
        /// Which.
        phones: Phones,
    },
    /// Phones come back and boot.
    PhoneOnline {
        /// Which.
        phones: Phones,
    },
    /// Regenerates a certificate.
    Regen {
        /// Which.
        unit: Unit,
        /// Where.
        nodes: Nodes,
    },
    /// Database replication of a node breaks.
    ReplBreak {
        /// Which.
        nodes: Nodes,
    },
    /// Database replication of a node works again.
    ReplFix {
        /// Which.
        nodes: Nodes,
    },
    /// Resets phones: each judges what it is served.
    ResetPhones {
        /// Which.
        phones: Phones,
    },
    /// Restarts a service.
    Restart {
        /// Which.
        service: Service,
        /// Where.
        nodes: Nodes,
    },
    /// `utils ctl set-cluster …-mode`.
    SetMode(Mode),
    /// Turns the rollback parameter on or off.
    SetRollback(Rollback),
    /// Starts a service.
    Start {
        /// Which.
        service: Service,
        /// Where.
        nodes: Nodes,
    },
    /// Stops a service.
    Stop {
        /// Which.
        service: Service,
        /// Where.
        nodes: Nodes,
    },
    /// Time passes; nothing else makes it pass.
    Wait {
        /// How long, up to [`MAX_WAIT_MINUTES`].
        minutes: u64,
    },
}

/// The lists that are erased on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErasedLists {
    /// ITL and CTL.
    Both,
    /// The ITL only.
    Itl,
}

/// The rollback parameter (C-66).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rollback {
    /// `F`.
    Off,
    /// `T`: TFTP serves a blank ITL.
    On,
}

/// The store that a deletion names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreUnit {
    /// An own unit: nothing can be deleted there.
    Own(Unit),
    /// A trust store.
    Trust(TrustUnit),
}

impl StoreUnit {
    /// The unit of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        TrustUnit::from_word(word).map(Self::Trust).or_else(|| Unit::from_word(word).map(Self::Own))
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own(unit) => unit.as_str(),
            Self::Trust(unit) => unit.as_str(),
        }
    }
}

impl Operation {
    /// The word of the operation in a plan.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Check { .. } => "check",
            Self::CtlResetLocalkey => "ctl_reset_localkey",
            Self::CtlUpdate => "ctl_update",
            Self::DeletePhoneLists { .. } => "delete_phone_lists",
            Self::DeleteTrust { .. } => "delete_trust",
            Self::ItlResetLocalkey => "itl_reset_localkey",
            Self::LscUpdate { .. } => "lsc_update",
            Self::NodeDown { .. } => "node_down",
            Self::NodeUp { .. } => "node_up",
            Self::PhoneOffline { .. } => "phone_offline",
            Self::PhoneOnline { .. } => "phone_online",
            Self::Regen { .. } => "regen",
            Self::ReplBreak { .. } => "repl_break",
            Self::ReplFix { .. } => "repl_fix",
            Self::ResetPhones { .. } => "reset_phones",
            Self::Restart { .. } => "restart",
            Self::SetMode(_) => "set_mode",
            Self::SetRollback(_) => "set_rollback",
            Self::Start { .. } => "start",
            Self::Stop { .. } => "stop",
            Self::Wait { .. } => "wait",
        }
    }

    /// The operation in one line: `regen CallManager all`.
    pub fn describe(&self, cluster: &Cluster) -> String {
        let word = self.word();
        match self {
            Self::Check { what } => format!("{word} {what}"),
            Self::CtlResetLocalkey | Self::CtlUpdate | Self::ItlResetLocalkey => String::from(word),
            Self::DeletePhoneLists { phones, lists } => {
                let ctl = if *lists == ErasedLists::Both { " with CTL" } else { "" };
                format!("{word} {}{ctl}", phones.describe(cluster))
            }
            Self::DeleteTrust { unit, cert, nodes } => {
                format!(
                    "{word} {} {} {}",
                    unit.as_str(),
                    cluster.label(*cert),
                    nodes.describe(cluster)
                )
            }
            Self::LscUpdate { phones }
            | Self::PhoneOffline { phones }
            | Self::PhoneOnline { phones }
            | Self::ResetPhones { phones } => format!("{word} {}", phones.describe(cluster)),
            Self::NodeDown { nodes }
            | Self::NodeUp { nodes }
            | Self::ReplBreak { nodes }
            | Self::ReplFix { nodes } => {
                format!("{word} {}", nodes.describe(cluster))
            }
            Self::Regen { unit, nodes } => format!("{word} {unit} {}", nodes.describe(cluster)),
            Self::Restart { service, nodes }
            | Self::Start { service, nodes }
            | Self::Stop { service, nodes } => {
                format!("{word} {service} {}", nodes.describe(cluster))
            }
            Self::SetMode(Mode::Mixed) => format!("{word} mixed"),
            Self::SetMode(Mode::NonSecure) => format!("{word} non-secure"),
            Self::SetRollback(Rollback::On) => format!("{word} true"),
            Self::SetRollback(Rollback::Off) => format!("{word} false"),
            Self::Wait { minutes } => format!("{word} {minutes}"),
        }
    }
}

impl Nodes {
    fn describe(&self, cluster: &Cluster) -> String {
        match self {
            Self::All => String::from("all"),
            Self::These(nodes) => nodes
                .iter()
                .map(|&node| &*cluster.node_spec(node).name)
                .collect::<Vec<_>>()
                .join(","),
        }
    }
}

impl Phones {
    fn describe(&self, cluster: &Cluster) -> String {
        match self {
            Self::All => String::from("all"),
            Self::These(phones) => {
                let shown: Vec<&str> = phones
                    .iter()
                    .take(NAMES_SHOWN)
                    .map(|&phone| cluster.phone_name(phone))
                    .collect();
                let more = phones.len().saturating_sub(NAMES_SHOWN);
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("{}{rest}", shown.join(","))
            }
        }
    }
}

/// How many phones of a scope a line of text names.
const NAMES_SHOWN: usize = 8;

/// Why an operation cannot be part of a plan for this cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepError {
    /// A node of another cluster.
    UnknownNode(NodeId),
    /// A phone of another cluster.
    UnknownPhone(PhoneId),
    /// The plan goes on for more minutes than these, its [`Limits`](super::Limits).
    TooLate(u64),
    /// More steps than these, its [`Limits`](super::Limits).
    TooManySteps(u32),
    /// The run keeps more bytes than these, its [`Limits`](super::Limits).
    TooMuchKept(usize),
    /// A longer wait than [`MAX_WAIT_MINUTES`].
    WaitTooLong(u64),
}

impl StepError {
    /// Checks if one of the [`Limits`](super::Limits) was reached: the plan may be right, and can be run with
    /// higher ones.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::TooLate(_) | Self::TooManySteps(_) | Self::TooMuchKept(_))
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownNode(node) => {
                write!(f, "a node of this cluster; found number {}", node.index())
            }
            Self::UnknownPhone(phone) => {
                write!(f, "a phone of this cluster; found number {}", phone.index())
            }
            Self::TooLate(limit) => at_most(f, limit, "minutes for the whole plan", "MAX_MINUTES"),
            Self::TooManySteps(limit) => at_most(f, limit, "steps", "MAX_STEPS"),
            Self::TooMuchKept(limit) => at_most(f, limit, "bytes of memory for a run", "MAX_KEPT"),
            Self::WaitTooLong(minutes) => {
                write!(f, "at most {MAX_WAIT_MINUTES} minutes (366 days); found {minutes}")
            }
        }
    }
}

impl core::error::Error for StepError {}
