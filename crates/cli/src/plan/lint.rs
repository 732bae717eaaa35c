//! `trustlist plan lint`.

use crate::output::{Answer, Output, Status};
use crate::{input, limits};
use std::path::{Path, PathBuf};
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::Operation;
use trustlist_cluster::plan;
use trustlist_cluster::report::{plan_lint_json, plan_lint_text};

#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Scenarios (trustlist.simulate/1); - reads standard input
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// Print JSON (trustlist.plan-lint/1)
    #[arg(long)]
    json: bool,
}

impl Lint {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let several = self.scenarios.len() > 1;
        output.each(&self.scenarios, self.json, |path| judge(path, several))
    }
}

fn judge(path: &Path, several: bool) -> Result<Vec<Answer>, String> {
    let scenario = scenario(path)?;
    let name = input::name(path);
    let lint = plan::lint(&scenario.cluster, &scenario.plan).map_err(|(step, error)| {
        limits::step_error(format!("{name}: plan: step {step}: expected {error}"), &error)
    })?;
    let status = if lint.has_errors() { Status::Negative } else { Status::Fine };
    let order = plan::reorder(&scenario.cluster, &scenario.plan, &lint);
    let mut text = plan_lint_text(&lint, order.as_ref());
    if order.is_none() && lint.has_errors_of_order() {
        text.extend(another_plan(&scenario.plan));
    }
    let text = titled(&name, several, text);
    Ok(vec![Answer::new(&plan_lint_json(&lint, order.as_ref()), text, status)])
}

/// How to get a plan for the certificates of this one, where it has any.
fn another_plan(plan: &[Operation]) -> Option<String> {
    let renewed = |operation: &Operation| {
        if let Operation::Regen { unit, .. } = operation { Some(*unit) } else { None }
    };
    let mut units: Vec<&str> = Vec::new();
    for unit in plan.iter().filter_map(renewed).map(|unit| unit.as_str()) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let units = Some(units.join(",")).filter(|units| !units.is_empty())?;
    Some(format!(
        "no safe order of these steps was found; with the same file, `trustlist plan generate --renew {units}` looks for a safe \
         plan\n"
    ))
}

/// A text, under the name of its file where there are several.
pub(super) fn titled(name: &str, several: bool, text: String) -> String {
    if several { format!("{name}:\n{text}") } else { text }
}

/// Reads a scenario.
pub(super) fn scenario(path: &Path) -> Result<Scenario, String> {
    input::scenario(path)
}
