//! Parts of JSON answers besides structs: words of the contract.

use super::check::{AgreementKind, AgreementVerdict};
use serde::ser::{Serialize, Serializer};
pub(crate) use trustlist::report::shape::{Vocabulary, value};

/// A value that answers write as its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

trustlist::listed! {
    "What `check` looks at in one snapshot (spec/CONTRACT.md section 6)." AgreementKind, "AgreementKind", as_str;
    "What came of it; the last counts most." AgreementVerdict, "AgreementVerdict", as_str;
}
