//! Forms of fields that a derive of `Serialize` would write otherwise.

use serde::ser::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex<S: Serializer>(
    bytes: &impl AsRef<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&super::hex(bytes.as_ref()))
}

/// Writes a hash that may be missing.
pub(crate) fn hex_or_null<S: Serializer, const N: usize>(
    hash: &Option<[u8; N]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    hash.map(|hash| super::hex(&hash)).serialize(serializer)
}

/// Writes a map whose keys are not text as an array of pairs.
pub(crate) fn pairs<K: Serialize, V: Serialize, S: Serializer>(
    map: &BTreeMap<K, V>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(map)
}

/// Writes the number of a record, which is 0 in the header.
pub(crate) fn record<S: Serializer>(record: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    (*record > 0).then_some(record).serialize(serializer)
}
