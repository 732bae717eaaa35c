//! `trustlist plan lint`.

use crate::case::Scenario;
use crate::cli::output::{Answer, Output, Status};
use crate::cli::{input, limits};
use crate::plan;
use crate::report::{plan_lint_json, plan_lint_text};
use std::path::{Path, PathBuf};

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
    let lint = plan::lint(&scenario.cluster, &scenario.plan)
        .map_err(|(step, error)| limits::step_error(format!("{name}: plan: step {step}: expected {error}"), &error))?;
    let status = if lint.has_errors() { Status::Negative } else { Status::Fine };
    let order = plan::reorder(&scenario.cluster, &scenario.plan, &lint);
    let text = titled(&name, several, plan_lint_text(&lint, order.as_ref()));
    Ok(vec![Answer::new(&plan_lint_json(&lint, order.as_ref()), text, status)])
}

/// A text, under the name of its file where there are several.
pub(super) fn titled(name: &str, several: bool, text: String) -> String {
    if several { format!("{name}:\n{text}") } else { text }
}

/// Reads a scenario.
pub(super) fn scenario(path: &Path) -> Result<Scenario, String> {
    input::scenario(path)
}
