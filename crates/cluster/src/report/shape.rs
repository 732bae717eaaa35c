//! Parts of JSON answers besides structs: words of the contract, and objects whose keys are names.

use crate::cluster::{
    AssumedAnswer, CtlKind, FileTrigger, ImportTrigger, Mode, Policy, RecoveryCommand, Refusal,
    ResetCause, Trust,
};
use crate::code::{DeletionCode, PlanLintCode, PreflightCode};
use crate::deletion;
use crate::plan::{Anchor, PlanRemedy};
use crate::platform_event::Verb;
use crate::preflight;
use crate::release::{Product, Service, TrustUnit, Unit};
use serde::ser::{Serialize, Serializer};
pub(crate) use trustlist::report::shape::value;

/// A value as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Serialize> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The words of these values.
pub(crate) fn words<T: Copy>(values: &[T]) -> Vec<Word<T>> {
    values.iter().map(|&value| Word(value)).collect()
}

/// An object whose keys are names: of nodes, phones, facts. They are in this order.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Serializes an enum as its words; the schemas list them.
macro_rules! vocabulary {
    ($about:literal $type:ty, $name:literal, $all:expr, $value:ident => $word:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serializer.serialize_str($word)
            }
        }

        #[cfg(test)]
        impl crate::report::schema::Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                $all
            }
        }
    };
}

/// A vocabulary of an enum that lists its values itself.
macro_rules! listed {
    ($($about:literal $type:ty, $name:literal, $method:ident;)+) => {$(
        vocabulary!($about $type, $name, <$type>::ALL.iter().map(|value| value.$method()).collect(), value => value.$method());
    )+};
}

/// A vocabulary of an enum that has words but no list of its values: the list here is held to be whole by a `match`.
macro_rules! named {
    ($($about:literal $type:ty, $name:literal, $method:ident { $($variant:ident),+ };)+) => {$(
        vocabulary!($about $type, $name, vec![$(<$type>::$variant.$method()),+], value => match value {
            $(<$type>::$variant)|+ => value.$method(),
        });
    )+};
}

/// A vocabulary of an enum that has no words of its own.
macro_rules! worded {
    ($($about:literal $type:ident, $name:literal { $($variant:ident $(($($rest:tt)*))? => $word:literal,)+ })+) => {$(
        vocabulary!($about $type, $name, vec![$($word),+], value => match value {
            $($type::$variant $(($($rest)*))? => $word),+
        });
    )+};
}

listed! {
    "Why the deletion audit gives its verdict about a node (spec/CLUSTER-RULES.md D4)." DeletionCode, "DeletionCode", as_str;
    "A finding of `plan lint` (spec/LINTS.md)." PlanLintCode, "PlanLintCode", as_str;
    "The finding of a preflight check (spec/CLUSTER-RULES.md section 4)." PreflightCode, "PreflightCode", as_str;
    "How sites differ: lists and resets by themselves or by the plan (spec/CONTRACT.md section 4)." Policy, "Policy", as_str;
    "A recovery command, as the operation of a plan (P-16)." RecoveryCommand, "Rescue", as_str;
    "A remedy for a locked phone, as the operation of a plan." PlanRemedy, "Remedy", as_str;
    "A check of the preflight list (spec/CLUSTER-RULES.md section 4), or the command whose result it is."
        preflight::Item, "CheckId", id;
    "A service of a node (spec/CLUSTER-RULES.md C-50 to C-52)." Service, "Service", as_str;
    "A certificate that a node makes for itself (spec/CLUSTER-RULES.md table 1.1)." Unit, "Unit", as_str;
    "A trust store (spec/CLUSTER-RULES.md table 1.1)." TrustUnit, "TrustUnit", as_str;
}

named! {
    "The effect of the next reset of a phone (spec/CONTRACT.md section 4)." Trust, "Trust", as_str { Current, Locked, Offline, Updatable };
    "How an open question was answered to go on." AssumedAnswer, "Taken", as_str { Accept, Reject };
    "The verdict of a check (spec/CONTRACT.md section 5)." preflight::Verdict, "CheckVerdict", as_str { Block, Info, Pass, Unknown, Warn };
    "Where a command is to be run." preflight::Place, "Place", as_str { Publisher, TftpNodes, EveryNode };
    "The result of one node (spec/CLUSTER-RULES.md D4)." deletion::Verdict, "NodeVerdict", as_str {
        Deleted, EventMissing, NoDeleteAfterEvent, Resurrected, Unknown
    };
    "The result of the whole cluster (spec/CONTRACT.md section 5)." deletion::ClusterVerdict, "ClusterVerdict", as_str {
        Deleted, NotDeleted, Unknown
    };
    "The kind of a piece of evidence (spec/CLUSTER-RULES.md D4)." deletion::EvidenceKind, "EvidenceKind", as_str {
        Collected, Deletion, DeletionFailed, EventEmitted, EventEmitting, EventReceived, Import, ImportUnclear, LogCut,
        LogEnds, LogMissing, LogOfAnotherNode, LogOverfull, LogStarts, LogUnreadable
    };
    "The fate of a deleted certificate." deletion::Outcome, "Fate", as_str { Gone, Back, WillReturn, WillReturnAfter, Stays };
    "The cause that brings a certificate back (spec/CLUSTER-RULES.md C-33, C-43, C-46)." deletion::ReturnCause, "ReturnBy", as_str {
        Notification, ServiceStart, Sync
    };
    "The condition that must hold first (spec/CLUSTER-RULES.md C-43, C-45, C-46)." deletion::Blocker, "Waits", as_str {
        NodeUp, Replication, ServiceStart
    };
    "The act of a node on a platform event (spec/CLUSTER-RULES.md D2.3)." Verb, "Verb", as_str {
        Emitted, Emitting, Received
    };
}

worded! {
    "Where a phone holds an anchor: SAST records of a list, or TVS records of the ITL." Anchor, "Anchor" {
        Ctl => "ctl", Itl => "itl", Tvs => "tvs",
    }
    "How a CTL was made: whole, by `reset localkey`, or emptied at leaving mixed mode (P-BLANK-3)." CtlKind, "CtlKind" {
        Full => "full", LocalKey => "local-key", Reduced => "reduced",
    }
    "Why a file left a trust store (spec/CLUSTER-RULES.md C-24, C-48)." FileTrigger, "FileTrigger" {
        Operator => "operator", PlatformEvent => "platform-event", Replaced => "replaced",
    }
    "Why a file came into a trust store (spec/CLUSTER-RULES.md C-32, C-33, C-46)." ImportTrigger, "ImportTrigger" {
        ChangeNotification => "change-notification", ServiceStart => "service-start", Sync => "sync",
    }
    "What runs on a node: Unified CM, or IM and Presence." Product, "Product" {
        Cucm => "cucm", Imp => "imp",
    }
    "The security mode of the cluster." Mode, "Mode" {
        Mixed => "mixed", NonSecure => "non-secure",
    }
    "The cause of a reset (P-13, P-14, spec/CLUSTER-RULES.md C-66)." ResetCause, "ResetCause" {
        Boot => "boot", CertificateUpdate => "certificate-update", Deletion => "deletion",
        Plan => "plan", Rollback => "rollback",
    }
    "Why a step, or a part of it, could not be done (spec/CONTRACT.md section 4)." Refusal, "Refusal" {
        AlreadySo => "already-so", CapfNotRunning => "capf-not-running",
        CertificateNotHeld(..) => "certificate-not-held", NoSuchCommand => "no-such-command",
        NodeDown => "node-is-down", NotMixed => "not-mixed-mode", NothingToDo => "nothing-to-do",
        OwnCertificate(_) => "own-certificate", PhonesNotReached(_) => "phones-not-reached",
        PublisherHasNoItl => "publisher-has-no-itl", ReplicationBroken => "replication-is-broken",
        ServiceNotActivated(_) => "service-not-on-node", UnitNotThere(_) => "unit-not-on-node",
    }
}
