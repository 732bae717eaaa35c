//! The JSON Schemas of `schema/` that belong to this crate: made from the types that write the
//! answers and from the keys that the readers know, and compared here. `UPDATE_SCHEMA=1 cargo test
//! -p trustlist-cluster --lib schema` writes them anew.

#[path = "../../../../tests/support/schema.rs"]
mod support;

use super::shape::{self, Keyed};
use super::{deletion, plan, preflight, simulation};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;
use std::borrow::Cow;
pub(crate) use support::*;
use trustlist as lib;

/// Every answer: the type that writes it.
fn answers() -> Vec<(&'static str, Value)> {
    vec![
        answer::<deletion::AuditAnswer<'_>>(deletion::AUDIT_SCHEMA),
        answer::<deletion::AuditsAnswer<'_>>(deletion::AUDITS_SCHEMA),
        answer::<deletion::ForecastAnswer<'_>>(deletion::FORECAST_SCHEMA),
        answer::<plan::PlanLintAnswer<'_>>(plan::PLAN_LINT_SCHEMA),
        answer::<plan::RecoveryAnswer<'_>>(plan::PLAN_RECOVERY_SCHEMA),
        answer::<preflight::PreflightAnswer<'_>>(preflight::PREFLIGHT_SCHEMA),
        answer::<simulation::SimulationAnswer<'_>>(simulation::SIMULATION_SCHEMA),
    ]
}

#[test]
fn the_schemas_are_those_of_the_types() {
    compare(&answers().into_iter().chain(crate::case::schema::inputs()).collect::<Vec<_>>());
}

#[test]
fn every_field_is_described() {
    let mut bare = Vec::new();
    for (schema, value) in answers().into_iter().chain(crate::case::schema::inputs()) {
        undescribed(&value, schema, &mut bare);
    }
    assert_eq!(bare, [""; 0]);
}

impl<V: JsonSchema> JsonSchema for Keyed<V> {
    fn schema_name() -> Cow<'static, str> {
        format!("KeyedBy{}", V::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        keyed::<V>(generator)
    }
}
