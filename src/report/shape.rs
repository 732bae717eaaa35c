//! Parts of JSON answers besides structs: words of the contract, objects whose keys are names, and values that have a form of their
//! own. The other public types derive `Serialize`.
//!
//! Each vocabulary says its words once: they are written from here, and the schemas in `schema/` list the same words.

use crate::code::{ConditionCode, ConsoleCode, FindingCode, Level, LintCode};
use crate::explain::Grade;
use crate::facts::{FileId, Name, NotChecked, Serial, Timestamp};
use crate::fleet;
use crate::phone::{
    ConditionalOutcome, Confidence, Decisive, DigestSet, JudgedFile, Kept, Lean, ListRef, Message,
    Outcome, Rule, TlsVersion, Verdict, Via, Weight,
};
use crate::wire::{DigestAlgorithm, Field, Role, Version};
use serde::ser::{Serialize, Serializer};

/// A value as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Serialize> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
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

/// Serializes values as their words.
macro_rules! as_words {
    ($($type:ty: $method:ident),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$method())
            }
        }
    )+};
}

as_words!(
    ConditionCode: as_str, ConditionalOutcome: as_str, Confidence: as_str, ConsoleCode: as_str, Decisive: as_str,
    FindingCode: as_str, Grade: as_str, JudgedFile: as_str, Kept: as_str, Lean: as_str, Level: as_str,
    LintCode: as_str, ListRef: as_str, Message: as_str, NotChecked: as_str, Outcome: as_str, Rule: id,
    TlsVersion: as_str, Verdict: as_str, Via: as_str, Weight: as_str, fleet::Advice: as_str,
    fleet::Hands: as_str,
);

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

as_text!(Name, Serial, Timestamp, DigestAlgorithm, Field, Role, Version, crate::lint::Release);

/// Serializes values as the documents of the command line write them.
macro_rules! as_documents {
    ($($type:ty: $written:path),+ $(,)?) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $written(self).serialize(serializer)
            }
        }
    )+};
}
pub(super) use as_documents;

as_documents!(
    crate::console::PrintFinding: super::lint::print_json,
    crate::lint::LintFinding: super::lint::json,
    super::PredictionReport<'_>: super::prediction_json,
    super::fleet::FleetReport: super::fleet::fleet_json,
);

/// Writes the SHA-256 of the file, or of what stands for it; `symbol-N` for a symbol.
impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.symbol_number() {
            Some(number) => serializer.collect_str(&format_args!("symbol-{number}")),
            None => crate::text::written::hex(self.hash_of_it(), serializer),
        }
    }
}

/// Writes the digests of the set.
impl Serialize for DigestSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
        serializer.collect_seq(known.iter().filter(|digest| self.contains(**digest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Value;

    #[test]
    fn values_are_their_words() {
        assert_eq!(Value::of(&Outcome::Accept), "accept");
        assert_eq!(Value::of(&Lean::Reject), "reject");
        assert_eq!(Value::of(&FindingCode::SignerUnknown), "signer-unknown");
        assert_eq!(Value::of(&Rule::Tvs2), "P-TVS-2");
        assert_eq!(Value::of(&Role::CcmTftp), "CCM+TFTP");
        assert_eq!(Value::of(&DigestAlgorithm::Sha1), "sha1");
        assert_eq!(Value::of(&Timestamp(0)), "1970-01-01T00:00:00Z");
    }
}
