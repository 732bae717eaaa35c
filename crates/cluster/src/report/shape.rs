//! Parts of JSON answers besides structs: words of the contract, and objects whose keys are names.

use crate::code::{DeletionCode, PlanLintCode, PreflightCode};
use crate::plan::PlanRemedy;
use crate::preflight::Item;
use serde::ser::{Serialize, Serializer};

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

in_schemas! {
    DeletionCode ["DeletionCode": "Why the deletion audit gives its verdict about a node (spec/CLUSTER-RULES.md D4)."]
    PlanLintCode ["PlanLintCode": "A finding of `plan lint` (spec/LINTS.md)."]
    PreflightCode ["PreflightCode": "The finding of a preflight check (spec/CLUSTER-RULES.md section 4)."]
    PlanRemedy ["Remedy": "A remedy for a locked phone, as the operation of a plan."]
    Item ["CheckId": "A check of the preflight list (spec/CLUSTER-RULES.md section 4), or the command whose result it is."]
}
