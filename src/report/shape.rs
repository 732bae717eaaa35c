//! Parts of JSON answers besides structs: words of the contract, and objects whose keys are names.
//!
//! Each vocabulary says its words once: they are written from here, and the schemas in `schema/` list them from here.

use crate::code::{ConditionCode, FindingCode, Level, LintCode};
use crate::facts::{Name, NotChecked, Serial, Timestamp};
use crate::fleet;
use crate::json::Value;
use crate::phone::{
    ConditionalOutcome, Confidence, Decisive, JudgedFile, Kept, Lean, ListRef, Message, Outcome,
    Rule, Via, Weight,
};
use crate::wire::{DigestAlgorithm, Role};
use serde::ser::{Serialize, Serializer};

/// A value that answers write as a word.
pub trait Vocabulary: Copy {
    /// The name in a schema.
    const NAME: &'static str;
    /// The description in a schema.
    const ABOUT: &'static str;

    /// Every word that there is.
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

/// An object whose keys are names: of nodes, phones, facts. They are in this order.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// An answer as a value. Its keys are strings and its numbers are whole, so nothing can go wrong.
pub fn value(answer: &impl Serialize) -> Value {
    crate::json::to_value(answer).unwrap_or_default()
}

/// A vocabulary of an enum that lists its values itself.
#[doc(hidden)]
#[macro_export]
macro_rules! listed {
    ($($about:literal $type:ty, $name:literal, $method:ident;)+) => {$(
        impl $crate::report::shape::Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                <$type>::ALL.iter().map(|&value| value.word()).collect()
            }

            fn word(self) -> &'static str {
                self.$method()
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::report::shape::Vocabulary::word(*self))
            }
        }
    )+};
}

listed! {
    "The code of a question on which an answer depends; `trustlist explain CODE` prints its page."
        ConditionCode, "ConditionCode", as_str;
    "What a phone finds while it judges a file; `trustlist explain CODE` prints its page." FindingCode, "FindingCode", as_str;
    "What is odd about a pasted print." crate::code::ConsoleCode, "PrintCode", as_str;
    "What `lint` finds in one list." LintCode, "LintCode", as_str;
    "How sure the weakest rule behind an answer is (spec/PHONE-RULES.md)." Confidence, "Confidence", as_str;
    "What a phone holds afterwards." Kept, "Kept", as_str;
    "Where the evidence leans when the answer is open." Lean, "Lean", as_str;
    "Which list." ListRef, "ListRef", as_str;
    "What the phone shows, in its own words (P-MSG)." Message, "Message", as_str;
    "What becomes of one offered file (spec/CONTRACT.md section 2)." Outcome, "Outcome", as_str;
    "A rule of spec/PHONE-RULES.md." Rule, "PhoneRule", id;
    "What vouched for the signer (spec/CONTRACT.md section 3)." Via, "Via", as_str;
    "Whether a finding speaks for the file, against it, or neither." Weight, "Weight", as_str;
    "What becomes of a phone." fleet::Verdict, "FleetAnswer", as_str;
    "What is done first about phones that refuse a file." fleet::Advice, "Advice", as_str;
    "What a phone needs before it trusts the cluster again." fleet::Hands, "Hands", as_str;
}

/// A vocabulary of an enum that has words but no list of its values: the list here is held to be whole by a `match`.
#[doc(hidden)]
#[macro_export]
macro_rules! named {
    ($($about:literal $type:ty, $name:literal, $method:ident { $($variant:ident),+ };)+) => {$(
        impl $crate::report::shape::Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                vec![$(<$type>::$variant.word()),+]
            }

            fn word(self) -> &'static str {
                match self { $(Self::$variant)|+ => self.$method() }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::report::shape::Vocabulary::word(*self))
            }
        }
    )+};
}

named! {
    "How much a finding weighs." Level, "Level", as_str { Note, Warning, Error };
}

/// A vocabulary of an enum that has no words of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! worded {
    ($($about:literal $type:ty, $name:literal { $($value:pat => $word:literal,)+ })+) => {$(
        impl $crate::report::shape::Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                vec![$($word),+]
            }

            fn word(self) -> &'static str {
                match self { $($value => $word),+ }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::report::shape::Vocabulary::word(*self))
            }
        }
    )+};
}

/// Serializes values as their text.
macro_rules! as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

as_text!(Name, Serial, Timestamp, DigestAlgorithm, Role);

worded! {
    "A file that a phone judges." JudgedFile, "JudgedFile" {
        Self::Config => "config", Self::Ctl => "ctl", Self::Itl => "itl",
    }
    "Why nobody could check a signature." NotChecked, "NotChecked" {
        Self::TextOnly => "text-only", Self::UnknownFile => "unknown-file", Self::Unreadable => "unreadable", Self::NoKey => "no-key", Self::KeyRefused => "key-refused",
        Self::UnsupportedDigest => "unsupported-digest",
    }
}

impl Vocabulary for Decisive {
    const NAME: &'static str = "Code";
    const ABOUT: &'static str =
        "The code of a finding or of a condition; `trustlist explain CODE` prints its page.";

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

impl Vocabulary for ConditionalOutcome {
    const NAME: &'static str = "ConditionalOutcome";
    const ABOUT: &'static str = "An outcome; or the list is taken, then dropped again (P-ITL-6).";

    fn all() -> Vec<&'static str> {
        [Outcome::all(), vec![Self::Dropped.as_str()]].concat()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// Writes the finding as `trustlist lint --json` does.
impl Serialize for crate::lint::LintFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::lint::json(self).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_their_words() {
        assert_eq!(value(&Outcome::Accept), "accept");
        assert_eq!(value(&Lean::Reject), "reject");
        assert_eq!(value(&FindingCode::SignerUnknown), "signer-unknown");
        assert_eq!(value(&Rule::Tvs2), "P-TVS-2");
        assert_eq!(value(&Role::CcmTftp), "CCM+TFTP");
        assert_eq!(value(&DigestAlgorithm::Sha1), "sha1");
        assert_eq!(value(&Timestamp(0)), "1970-01-01T00:00:00Z");
    }
}
