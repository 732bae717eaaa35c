//! The JSON Schemas of `schema/` that belong to this crate: made from the types that write the answers, and compared here.
//! `UPDATE_SCHEMA=1 cargo test -p trustlist-cli --lib schema` writes them anew.

#[path = "../../../../tests/support/schema.rs"]
mod support;

use super::{check, expiry, shape, snapshot};
use serde_json::Value;
pub(crate) use support::*;
use trustlist as lib;

/// Every answer: the type that writes it.
fn answers() -> Vec<(&'static str, Value)> {
    vec![
        answer::<check::AgreementAnswer<'_>>(check::AGREEMENT_SCHEMA),
        answer::<check::CheckAnswer<'_>>(check::CHECK_SCHEMA),
        answer::<expiry::ExpiryAnswer>(expiry::EXPIRY_SCHEMA),
        answer::<snapshot::Snapshot>(snapshot::SNAPSHOT_SCHEMA),
    ]
}

#[test]
fn the_schemas_are_those_of_the_types() {
    compare(&answers());
}

#[test]
fn every_field_is_described() {
    let mut bare = Vec::new();
    for (schema, value) in answers() {
        undescribed(&value, schema, &mut bare);
    }
    assert_eq!(bare, [""; 0]);
}
