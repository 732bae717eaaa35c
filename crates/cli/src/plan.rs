//! `trustlist plan`.

use crate::output::{Answer, Output, Status};
use crate::predict::{Arguments, DeviceArguments, TvsArguments, judged};
use crate::{input, limits};
use std::path::{Path, PathBuf};
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::Operation;
use trustlist_cluster::plan;
use trustlist_cluster::report::plan::plan_recovery_csv;
use trustlist_cluster::report::{
    plan_lint_json, plan_lint_text, plan_recovery_json, plan_recovery_text,
};

mod generate;
mod init;

#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Judge a plan: findings with their step, and the point of no return
    Lint(Lint),
    /// Write a safe plan and its run book, proved by the simulator under every policy
    Generate(generate::Generate),
    /// Make a cluster file from pasted command output and a phone inventory
    Init(init::Init),
    /// Say which command can still work for which locked phone, and which phones need their lists deleted
    Recover(Recover),
}

impl Plan {
    pub(super) fn run(self, output: &mut Output) -> Status {
        match self.command {
            Command::Lint(command) => command.run(output),
            Command::Generate(command) => command.run(output),
            Command::Init(command) => command.run(output),
            Command::Recover(command) => command.run(output),
        }
    }
}

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

#[derive(Debug, clap::Args)]
pub(super) struct Recover {
    /// Scenarios whose plan ends with locked phones, or clusters whose phones are locked at the start; - reads standard input
    #[arg(required_unless_present = "phone")]
    scenarios: Vec<PathBuf>,
    /// What a locked phone holds: a list, or the checksum on its screen; says what can still work for it
    #[arg(long, value_name = "CHECKSUM", conflicts_with = "scenarios", requires = "offered_itl")]
    phone: Vec<PathBuf>,
    /// Folder of the lists that were served before
    #[arg(long, value_name = "DIR", requires = "phone")]
    known: Option<PathBuf>,
    /// The ITL that TFTP serves now
    #[arg(long, value_name = "FILE", requires = "phone")]
    offered_itl: Option<PathBuf>,
    /// The CTL that TFTP serves now
    #[arg(long, value_name = "FILE", requires = "phone")]
    offered_ctl: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArguments,
    #[command(flatten)]
    tvs: TvsArguments,
    /// Print the locked phones as CSV, by CallManager group, with what is done about each
    #[arg(long, conflicts_with_all = ["json", "phone"])]
    csv: bool,
    /// Print JSON (trustlist.plan-recovery/1; for --phone trustlist.prediction/1)
    #[arg(long)]
    json: bool,
}

impl Recover {
    pub(super) fn run(self, output: &mut Output) -> Status {
        if !self.phone.is_empty() {
            return output.each(&self.phone, self.json, |path| self.phone(path));
        }
        let several = self.scenarios.len() > 1;
        output.each(&self.scenarios, self.json, |path| recovery(path, several, self.csv))
    }

    /// One phone, as `predict` judges it.
    fn phone(&self, path: &Path) -> Result<Vec<Answer>, String> {
        let asked = Arguments::of_phone(
            path,
            self.known.as_deref(),
            [self.offered_itl.as_deref(), self.offered_ctl.as_deref()],
            &self.device,
            &self.tvs,
        );
        let (document, text, status) = judged(&asked)?;
        Ok(vec![Answer::new(&document, titled(&path.display().to_string(), true, text), status)])
    }
}

/// Negative where phones are left that no command cures for sure.
fn recovery(path: &Path, several: bool, csv: bool) -> Result<Vec<Answer>, String> {
    let scenario = scenario(path)?;
    let name = input::name(path);
    let recovery = plan::recover(&scenario.cluster, &scenario.plan, &scenario.policies).map_err(
        |(step, error)| {
            limits::step_error(format!("{name}: plan: step {step}: expected {error}"), &error)
        },
    )?;
    let status =
        if recovery.beyond_commands().next().is_some() { Status::Negative } else { Status::Fine };
    let text = if csv {
        plan_recovery_csv(&recovery)
    } else {
        titled(&name, several, plan_recovery_text(&recovery))
    };
    Ok(vec![Answer::new(&plan_recovery_json(&recovery), text, status)])
}
