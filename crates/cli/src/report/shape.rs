//! Parts of JSON answers besides structs: words of the contract.

use super::check::{AgreementKind, AgreementVerdict};
use serde::ser::{Serialize, Serializer};

/// A value that answers write as its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Serialize> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Serializes an enum as its words; the schemas list them.
macro_rules! listed {
    ($($about:literal $type:ty, $name:literal;)+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(test)]
        impl crate::report::schema::Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                <$type>::ALL.iter().map(|value| value.as_str()).collect()
            }
        }
    )+};
}

listed! {
    "What `check` looks at in one snapshot (spec/CONTRACT.md section 6)." AgreementKind, "AgreementKind";
    "What came of it; the last counts most." AgreementVerdict, "AgreementVerdict";
}
