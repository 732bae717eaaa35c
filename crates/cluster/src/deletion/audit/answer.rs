//! What an audit says, as values.

use super::Seen;
use crate::code::DeletionCode;
use crate::deletion::{Moment, Spread, Wanted};
use std::sync::Arc;

/// The answer of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The certificate.
    pub wanted: Wanted,
    /// How its deletion spreads in this cluster.
    pub spread: Spread,
    /// The nodes on which it could be, in inventory order.
    pub nodes: Vec<NodeAnswer>,
    /// The nodes to which its store does not apply.
    pub left_out: Vec<String>,
    /// All of it.
    pub cluster: ClusterVerdict,
}

/// What is known of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeAnswer {
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub code: DeletionCode,
    /// When it was deleted, or resurrected.
    pub at: Option<Moment>,
    /// The nodes that may have brought it back: nothing says that they had deleted it by then.
    pub by: Vec<String>,
    /// What the verdict rests on, in the order of time.
    pub evidence: Vec<Evidence>,
}

/// A verdict about one node (D4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is gone there.
    Deleted,
    /// The event never came.
    EventMissing,
    /// The event came, the deletion did not.
    NoDeleteAfterEvent,
    /// It is back.
    Resurrected,
    /// The logs do not say.
    Unknown,
}

impl Verdict {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::EventMissing => "event-missing",
            Self::NoDeleteAfterEvent => "no-delete-after-event",
            Self::Resurrected => "resurrected",
            Self::Unknown => "unknown",
        }
    }
}

/// A verdict about the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClusterVerdict {
    /// It is gone on every node.
    Deleted,
    /// It is still on one at least.
    NotDeleted,
    /// The logs do not say.
    Unknown,
}

impl ClusterVerdict {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::NotDeleted => "not-deleted",
            Self::Unknown => "unknown",
        }
    }

    /// Of the verdicts about the nodes; without any, nothing is known.
    pub(super) fn of(nodes: &[NodeAnswer]) -> Self {
        let all = |verdict| nodes.iter().all(|node| node.verdict == verdict);
        match nodes.iter().any(|node| !matches!(node.verdict, Verdict::Deleted | Verdict::Unknown))
        {
            true => Self::NotDeleted,
            false if !nodes.is_empty() && all(Verdict::Deleted) => Self::Deleted,
            false => Self::Unknown,
        }
    }
}

/// Something that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// When, on the clock of the node.
    pub at: Option<Moment>,
    /// In which log.
    pub file: Option<Arc<str>>,
    /// In which line.
    pub line: Option<u64>,
    /// The entry, or what is to be said of the log.
    pub text: String,
}

impl Evidence {
    pub(super) fn seen(kind: EvidenceKind, seen: &Seen) -> Self {
        let (file, line) = (Some(seen.file.clone()), Some(seen.place.line));
        Self { kind, at: seen.at, file, line, text: seen.place.text.clone() }
    }

    pub(super) fn of_log(kind: EvidenceKind, file: &Arc<str>, text: String) -> Self {
        Self { kind, at: None, file: Some(file.clone()), line: None, text }
    }

    pub(super) fn told(kind: EvidenceKind, at: Option<Moment>, text: String) -> Self {
        Self { kind, at, file: None, line: None, text }
    }
}

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EvidenceKind {
    /// When the logs were collected.
    Collected,
    /// An operation that deleted it.
    Deletion,
    /// An operation that was to delete it and failed.
    DeletionFailed,
    /// The node sent the event.
    EventEmitted,
    /// The node was about to send the event.
    EventEmitting,
    /// The node got the event.
    EventReceived,
    /// It was imported.
    Import,
    /// A certificate of its store was imported; which is not said.
    ImportUnclear,
    /// Lines of a log were too long to be read to their ends.
    LogCut,
    /// A log that was not given, or is empty.
    LogMissing,
    /// More entries than were kept.
    LogOverfull,
    /// Where a log begins.
    LogStarts,
    /// A log could not be read to its end.
    LogUnreadable,
}

impl EvidenceKind {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Deletion => "delete",
            Self::DeletionFailed => "delete-failed",
            Self::EventEmitted => "event-emitted",
            Self::EventEmitting => "event-emitting",
            Self::EventReceived => "event-received",
            Self::Import => "import",
            Self::ImportUnclear => "import-unclear",
            Self::LogCut => "log-cut",
            Self::LogMissing => "log-missing",
            Self::LogOverfull => "log-overfull",
            Self::LogStarts => "log-starts",
            Self::LogUnreadable => "log-unreadable",
        }
    }
}
