//! How many random cases a property gets.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::ProptestConfig;

/// For the properties of `spec/PROPERTIES.md`.
pub const OF_THE_SPECIFICATION: u32 = 2_000;

/// The number of cases for each property, or `PROPTEST_CASES`: runs over mutants take 32, a search
/// for what is rare 20,000. Failures are not written to files; the case that failed is printed, and
/// belongs into a test of its own.
pub fn cases(count: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().map(|text| text.parse::<u32>().unwrap());
    ProptestConfig {
        cases: asked.unwrap_or(count),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
