//! `trustlist plan recover`.

use super::lint::{scenario, titled};
use crate::output::{Answer, Output, Status};
use crate::{input, limits};
use std::path::{Path, PathBuf};
use trustlist_cluster::plan;
use trustlist_cluster::report::{plan_recovery_json, plan_recovery_text};

#[derive(Debug, clap::Args)]
pub(super) struct Recover {
    /// Scenarios whose plan ends with locked phones, or whose phones are locked at the start; - reads standard input
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// Print JSON (trustlist.plan-recovery/1)
    #[arg(long)]
    json: bool,
}

impl Recover {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let several = self.scenarios.len() > 1;
        output.each(&self.scenarios, self.json, |path| judge(path, several))
    }
}

/// Negative where phones are left that no command cures for sure.
fn judge(path: &Path, several: bool) -> Result<Vec<Answer>, String> {
    let scenario = scenario(path)?;
    let name = input::name(path);
    let recovery = plan::recover(&scenario.cluster, &scenario.plan, &scenario.policies)
        .map_err(|(step, error)| limits::step_error(format!("{name}: plan: step {step}: expected {error}"), &error))?;
    let status = if recovery.beyond_commands().next().is_some() { Status::Negative } else { Status::Fine };
    Ok(vec![Answer::new(&plan_recovery_json(&recovery), titled(&name, several, plan_recovery_text(&recovery)), status)])
}
