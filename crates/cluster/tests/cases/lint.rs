//! Plan lint: every code that a case expects appears, and none that it excludes.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::code::PlanLintCode;
use trustlist_cluster::report::plan_lint_json;

pub(crate) fn trials() -> Vec<Trial> {
    let cases = support::of("lint").into_iter();
    let trials = cases.map(|file| Trial::test(format!("lint::{}", file.name), move || run(&file)));
    trials.chain([coverage()]).collect()
}

fn run(file: &CaseFile) -> Result<(), Failed> {
    let text = file.text()?;
    let expect = serde_json::from_str::<Value>(&text)?["expect"].clone();
    let scenario = Scenario::parse(&text).map_err(|error| Failed::from(error.to_string()))?;
    let lint = trustlist_cluster::plan::lint(&scenario.cluster, &scenario.plan)
        .map_err(|error| format!("{error:?}"))?;
    let json = plan_lint_json(&lint, None);
    let codes: Vec<&str> = json["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["code"].as_str())
        .collect();
    let words = |key: &str| -> Vec<String> {
        expect[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect()
    };
    let missing: Vec<String> =
        words("codes").into_iter().filter(|code| !codes.contains(&code.as_str())).collect();
    let wrong: Vec<String> =
        words("absent").into_iter().filter(|code| codes.contains(&code.as_str())).collect();
    if missing.is_empty() && wrong.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!(
        "{}\nmissing: {missing:?}, not to appear: {wrong:?}, found: {codes:?}",
        scenario.title.unwrap_or_default()
    )))
}

/// No code without a case that expects it.
fn coverage() -> Trial {
    Trial::test("lint-own::every-code-has-a-case", || {
        let mut expected = std::collections::BTreeSet::new();
        for file in support::of("lint") {
            let codes = serde_json::from_str::<Value>(&file.text()?)?["expect"]["codes"].clone();
            expected.extend(
                codes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|code| code.as_str().map(str::to_owned)),
            );
        }
        let missing: Vec<&str> = PlanLintCode::ALL
            .iter()
            .map(|code| code.as_str())
            .filter(|code| !expected.contains(*code))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(format!("expected in no case: {}", missing.join(", "))))
        }
    })
}
