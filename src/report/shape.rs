//! What answers in JSON are made of besides structs: words of the contract, and objects whose keys are names.
//!
//! Each vocabulary says its words once: they are written from here, and the schemas in `schema/` list them from here.

use crate::cluster::{CtlKind, FileTrigger, ImportTrigger, Mode, Refusal, Rescue, ResetCause, Taken, Trust};
use crate::code::{ConditionCode, DeletionCode, FindingCode, Level, LintCode, PlanLintCode, PreflightCode};
use crate::console::preflight;
use crate::deletion;
use crate::facts::NotChecked;
use crate::fleet;
use crate::json::Value;
use crate::phone::{Confidence, Decisive, IfSo, JudgedFile, Kept, Lean, ListRef, Message, Outcome, Rule, Via, Weight};
use crate::plan::{Anchor, Remedy};
use crate::platform_event::Verb;
use crate::release::{Service, TrustUnit, Unit};
use serde::ser::{Serialize, Serializer};

/// A value that answers write as a word.
pub(crate) trait Vocabulary: Copy {
    /// What a schema calls it.
    #[cfg(test)]
    const NAME: &'static str;
    /// What it says, and where that comes from.
    #[cfg(test)]
    const ABOUT: &'static str;

    /// Every word that there is.
    #[cfg(test)]
    fn all() -> Vec<&'static str>;

    /// The word.
    fn word(self) -> &'static str;
}

/// A value as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

/// The words of these values.
pub(crate) fn words<T: Vocabulary>(values: &[T]) -> Vec<Word<T>> {
    values.iter().map(|&value| Word(value)).collect()
}

/// An object whose keys are names: of nodes, phones, facts. They stand in this order.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// An answer as a value. Its keys are strings and its numbers are whole, so nothing can go wrong.
pub(crate) fn value(answer: &impl Serialize) -> Value {
    crate::json::to_value(answer).unwrap_or_default()
}

/// A vocabulary of an enum that lists its values itself.
macro_rules! listed {
    ($($about:literal $type:ty, $name:literal, $method:ident;)+) => {$(
        impl Vocabulary for $type {
            #[cfg(test)]
            const NAME: &'static str = $name;
            #[cfg(test)]
            const ABOUT: &'static str = $about;

            #[cfg(test)]
            fn all() -> Vec<&'static str> {
                <$type>::ALL.iter().map(|&value| value.word()).collect()
            }

            fn word(self) -> &'static str {
                self.$method()
            }
        }
    )+};
}

listed! {
    "The code of a question on which an answer depends; `trustlist explain CODE` prints its page."
        ConditionCode, "ConditionCode", as_str;
    "Why the deletion audit gives its verdict about a node (spec/CLUSTER-RULES.md D4)." DeletionCode, "DeletionCode", as_str;
    "What a phone finds while it judges a file; `trustlist explain CODE` prints its page." FindingCode, "FindingCode", as_str;
    "What is odd about a pasted print." crate::code::ConsoleCode, "PrintCode", as_str;
    "What `lint` finds in one list." LintCode, "LintCode", as_str;
    "What `plan lint` finds (spec/LINTS.md)." PlanLintCode, "PlanLintCode", as_str;
    "What a preflight check says (spec/CLUSTER-RULES.md section 4)." PreflightCode, "PreflightCode", as_str;
    "How sure the weakest rule behind an answer is (spec/PHONE-RULES.md)." Confidence, "Confidence", as_str;
    "What a phone holds afterwards." Kept, "Kept", as_str;
    "Where the evidence leans when the answer is open." Lean, "Lean", as_str;
    "Which list." ListRef, "ListRef", as_str;
    "What the phone shows, in its own words (P-MSG)." Message, "Message", as_str;
    "What becomes of one offered file (spec/CONTRACT.md section 2)." Outcome, "Outcome", as_str;
    "A rule of spec/PHONE-RULES.md." Rule, "PhoneRule", id;
    "What vouched for the signer (spec/CONTRACT.md section 3)." Via, "Via", as_str;
    "Whether a finding speaks for the file, against it, or neither." Weight, "Weight", as_str;
    "How sites differ: lists and resets by themselves or by the plan (spec/CONTRACT.md section 4)." crate::cluster::Policy, "Policy", as_str;
    "A recovery command, as the operation of a plan (P-16)." Rescue, "Rescue", as_str;
    "What may bring a locked phone back, as the operation of a plan." Remedy, "Remedy", as_str;
    "What becomes of a phone." fleet::Verdict, "FleetAnswer", as_str;
    "What a phone needs before it trusts the cluster again." fleet::Hands, "Hands", as_str;
    "A service of a node (spec/CLUSTER-RULES.md C-50 to C-52)." Service, "Service", as_str;
    "A certificate that a node makes for itself (spec/CLUSTER-RULES.md table 1.1)." Unit, "Unit", as_str;
    "A trust store (spec/CLUSTER-RULES.md table 1.1)." TrustUnit, "TrustUnit", as_str;
    "A check of the preflight list (spec/CLUSTER-RULES.md section 4), or the command whose result it is."
        preflight::Item, "CheckId", id;
}

/// A vocabulary of an enum that has words but no list of its values: the list here is held to be whole by a `match`.
macro_rules! named {
    ($($about:literal $type:ty, $name:literal, $method:ident { $($variant:ident),+ };)+) => {$(
        impl Vocabulary for $type {
            #[cfg(test)]
            const NAME: &'static str = $name;
            #[cfg(test)]
            const ABOUT: &'static str = $about;

            #[cfg(test)]
            fn all() -> Vec<&'static str> {
                vec![$(<$type>::$variant.word()),+]
            }

            fn word(self) -> &'static str {
                match self { $(Self::$variant)|+ => self.$method() }
            }
        }
    )+};
}

named! {
    "How much a finding weighs." Level, "Level", as_str { Note, Warning, Error };
    "What the next reset of a phone would do (spec/CONTRACT.md section 4)." Trust, "Trust", as_str { Current, Locked, Offline, Updatable };
    "How an open question was answered to go on." Taken, "Taken", as_str { Accept, Reject };
    "What a check says (spec/CONTRACT.md section 5)." preflight::Verdict, "CheckVerdict", as_str { Block, Info, Pass, Unknown, Warn };
    "What is known of one node (spec/CLUSTER-RULES.md D4)." deletion::Verdict, "NodeVerdict", as_str {
        Deleted, EventMissing, NoDeleteAfterEvent, Resurrected, Unknown
    };
    "What is known of the whole cluster (spec/CONTRACT.md section 5)." deletion::ClusterVerdict, "ClusterVerdict", as_str {
        Deleted, NotDeleted, Unknown
    };
    "What a piece of evidence is (spec/CLUSTER-RULES.md D4)." deletion::EvidenceKind, "EvidenceKind", as_str {
        Collected, Deletion, DeletionFailed, EventEmitted, EventEmitting, EventReceived, Import, ImportUnclear, LogCut,
        LogMissing, LogOverfull, LogStarts, LogUnreadable
    };
    "What becomes of a deleted certificate." deletion::Outcome, "Fate", as_str { Gone, Back, WillReturn, WillReturnAfter, Stays };
    "What brings a certificate back (spec/CLUSTER-RULES.md C-33, C-43, C-46)." deletion::ReturnBy, "ReturnBy", as_str {
        Notification, ServiceStart, Sync
    };
    "What must happen first (spec/CLUSTER-RULES.md C-43, C-45, C-46)." deletion::Waits, "Waits", as_str {
        NodeUp, Replication, ServiceStart
    };
    "What a node says that it did with a platform event (spec/CLUSTER-RULES.md D2.3)." Verb, "Verb", as_str {
        Emitted, Emitting, Received
    };
}

/// A vocabulary of an enum that has no words of its own.
macro_rules! worded {
    ($($about:literal $type:ty, $name:literal { $($value:pat => $word:literal,)+ })+) => {$(
        impl Vocabulary for $type {
            #[cfg(test)]
            const NAME: &'static str = $name;
            #[cfg(test)]
            const ABOUT: &'static str = $about;

            #[cfg(test)]
            fn all() -> Vec<&'static str> {
                vec![$($word),+]
            }

            fn word(self) -> &'static str {
                match self { $($value => $word),+ }
            }
        }
    )+};
}

worded! {
    "Where a phone holds an anchor: SAST records of a list, or TVS records of the ITL." Anchor, "Anchor" {
        Self::Ctl => "ctl", Self::Itl => "itl", Self::Tvs => "tvs",
    }
    "How a CTL was made: whole, by `reset localkey`, or emptied at leaving mixed mode (P-BLANK-3)." CtlKind, "CtlKind" {
        Self::Full => "full", Self::LocalKey => "local-key", Self::Reduced => "reduced",
    }
    "Why a file left a trust store (spec/CLUSTER-RULES.md C-24, C-48)." FileTrigger, "FileTrigger" {
        Self::Operator => "operator", Self::PlatformEvent => "platform-event", Self::Replaced => "replaced",
    }
    "Why a file came into a trust store (spec/CLUSTER-RULES.md C-32, C-33, C-46)." ImportTrigger, "ImportTrigger" {
        Self::ChangeNotification => "change-notification", Self::ServiceStart => "service-start", Self::Sync => "sync",
    }
    "A file that a phone judges." JudgedFile, "JudgedFile" {
        Self::Config => "config", Self::Ctl => "ctl", Self::Itl => "itl",
    }
    "The security mode of the cluster." Mode, "Mode" {
        Self::Mixed => "mixed", Self::NonSecure => "non-secure",
    }
    "Why nobody could check a signature." NotChecked, "NotChecked" {
        Self::TextOnly => "text-only", Self::UnknownFile => "unknown-file", Self::Unreadable => "unreadable", Self::NoKey => "no-key", Self::KeyRefused => "key-refused",
        Self::UnsupportedDigest => "unsupported-digest",
    }
    "What reset phones (P-13, P-14, spec/CLUSTER-RULES.md C-66)." ResetCause, "ResetCause" {
        Self::Boot => "boot", Self::CertificateUpdate => "certificate-update", Self::Deletion => "deletion",
        Self::Plan => "plan", Self::Rollback => "rollback",
    }
    "Why a step, or a part of it, could not be done (spec/CONTRACT.md section 4)." Refusal, "Refusal" {
        Self::AlreadySo => "already-so", Self::CapfNotRunning => "capf-not-running",
        Self::CertificateNotHeld(..) => "certificate-not-held", Self::NoSuchCommand => "no-such-command",
        Self::NodeDown => "node-is-down", Self::NotMixed => "not-mixed-mode", Self::NothingToDo => "nothing-to-do",
        Self::OwnCertificate(_) => "own-certificate", Self::PhonesNotReached(_) => "phones-not-reached",
        Self::PublisherHasNoItl => "publisher-has-no-itl", Self::ReplicationBroken => "replication-is-broken",
        Self::ServiceNotActivated(_) => "service-not-on-node", Self::UnitNotThere(_) => "unit-not-on-node",
    }
}

impl Vocabulary for Decisive {
    #[cfg(test)]
    const NAME: &'static str = "Code";
    #[cfg(test)]
    const ABOUT: &'static str = "The code of a finding or of a condition; `trustlist explain CODE` prints its page.";

    #[cfg(test)]
    fn all() -> Vec<&'static str> {
        [FindingCode::all(), ConditionCode::all()].concat()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Condition(code) => code.as_str(),
            Self::Finding(code) => code.as_str(),
        }
    }
}

impl Vocabulary for IfSo {
    #[cfg(test)]
    const NAME: &'static str = "IfSo";
    #[cfg(test)]
    const ABOUT: &'static str = "An outcome; or the list is taken, then dropped again (P-ITL-6).";

    #[cfg(test)]
    fn all() -> Vec<&'static str> {
        [Outcome::all(), vec![Self::Dropped.as_str()]].concat()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}
