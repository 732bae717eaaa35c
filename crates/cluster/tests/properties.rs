//! Each property of `spec/PROPERTIES.md` has a test of its name, with as many cases as the project asks for.

#[path = "../../../tests/support/cases.rs"]
mod cases;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_property_has_a_test_with_enough_cases() {
    let specification = include_str!("../../../spec/PROPERTIES.md");
    let rows = specification.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let names: BTreeSet<String> = rows
        .flat_map(|(names, _)| names.split(", ").map(str::to_owned).collect::<Vec<_>>())
        .filter(|name| name.starts_with("pp_") || name.starts_with("ps_"))
        .collect();
    assert!(names.len() >= 26, "only {} properties found", names.len());
    let tested: BTreeSet<String> = ["tests/props_simulate.rs", "../../tests/props_predict.rs"]
        .iter()
        .flat_map(|file| tested(file))
        .collect();
    let missing: Vec<&String> = names.difference(&tested).collect();
    assert!(
        missing.is_empty(),
        "without a test of {} cases: {missing:?}",
        cases::OF_THE_SPECIFICATION
    );
    assert_eq!(cases::OF_THE_SPECIFICATION, 2_000);
    println!("{} properties, {} cases each", names.len(), cases::OF_THE_SPECIFICATION);
}

/// The properties of a test file that get the number of cases of the specification.
fn tested(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let groups = text
        .split("\nproptest! {")
        .skip(1)
        .filter(|group| group.contains("proptest_config(cases(OF_THE_SPECIFICATION))"));
    let names = groups
        .flat_map(|group| group.split("\n    fn ").skip(1).filter_map(|rest| rest.split_once('(')));
    names.map(|(name, _)| name.to_owned()).collect()
}
