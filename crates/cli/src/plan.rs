//! `trustlist plan`.

use crate::fleet::FleetArguments;
use crate::gate::Gate;
use crate::input::{self, Input};
use crate::output::{Answer, Output, Status, settled};
use crate::predict::{Arguments, DeviceArguments, TvsArguments, judged};
use crate::steps;
use std::path::{Path, PathBuf};
use trustlist_cluster::cluster::{Cluster, Operation};
use trustlist_cluster::code::PlanLintCode;
use trustlist_cluster::plan::{self, PlanFinding};
use trustlist_cluster::report::plan::plan_recovery_csv;
use trustlist_cluster::report::{
    plan_lint_json, plan_lint_text, plan_recovery_json, plan_recovery_text,
};

mod generate;
mod init;

/// Check, generate and repair plans of certificate operations
#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Find mistakes in a plan, with their step, and the point of no return
    Lint(Lint),
    /// Generate a safe plan and its run book, proved by the simulator under every policy
    Generate(generate::Generate),
    /// Make a cluster file from pastes and a phone inventory
    Init(init::Init),
    /// Find the command that still helps a locked phone, and the phones that need their lists
    /// deleted
    Recover(Recover),
}

impl Plan {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        match self.command {
            Command::Lint(command) => command.run(input, output),
            Command::Generate(command) => command.run(input, output),
            Command::Init(command) => command.run(input, output),
            Command::Recover(command) => command.run(input, output),
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Scenarios (trustlist.simulate/1) [default: standard input]
    #[arg(value_name = "SCENARIO.json")]
    scenarios: Vec<PathBuf>,
    /// A plan in words, used instead of the plan of the scenario: one step in each line, such as
    /// `regenerate CallManager all`
    #[arg(long, value_name = "PLAN.txt")]
    plan: Option<PathBuf>,
    /// Print JSON (trustlist.plan-lint/1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gate: Gate,
}

impl Lint {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = self.answer(input, output);
        settled(answered, self.json, output)
    }

    fn answer(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let words: Vec<&str> = PlanLintCode::ALL.iter().map(|code| code.as_str()).collect();
        self.gate.check("plan lint", &words)?;
        let scenarios = input::or_all_piped(&self.scenarios)?;
        let several = scenarios.len() > 1;
        Ok(output.each(&scenarios, self.json, |path| self.judge(input, path, several)))
    }

    fn judge(&self, input: &Input, path: &Path, several: bool) -> Result<Vec<Answer>, String> {
        let (scenario, gate) = (steps::scenario(input, path, self.plan.as_deref())?, &self.gate);
        let name = input::name(path);
        let mut lint = plan::lint(&scenario.cluster, &scenario.plan).map_err(|(step, error)| {
            input.limits.step_error(format!("{name}: plan: step {step}: expected {error}"), &error)
        })?;
        lint.findings.retain(|finding| !gate.allows(finding.code.as_str()));
        let fails = |finding: &PlanFinding| gate.fails(finding.code.as_str(), finding.code.level());
        let no_phones = scenario.cluster.phones().is_empty();
        let status = match lint.findings.iter().any(fails) {
            true => Status::Negative,
            // The rules about phones found none to ask about.
            false if no_phones => Status::Undecided,
            false => Status::Fine,
        };
        let order = plan::reorder(&scenario.cluster, &scenario.plan, &lint);
        let mut text = plan_lint_text(&lint, order.as_ref());
        if order.is_none() && lint.has_errors_of_order() {
            text.extend(another_plan(&scenario.cluster, &scenario.plan));
        }
        let denied: Vec<&str> = lint.findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in gate.deny.iter().filter(|code| denied.contains(&code.as_str())) {
            text.push_str(&format!("error: a finding of --deny {code}\n"));
        }
        let text = titled(&name, several, text);
        Ok(vec![Answer::new(&plan_lint_json(&lint, order.as_ref()), text, status)])
    }
}

/// Returns the command for another plan, if this one regenerates certificates.
fn another_plan(cluster: &Cluster, plan: &[Operation]) -> Option<String> {
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
    let few = plan::few_orders(cluster, plan)
        .map(|orders| {
            format!(" (at most {orders} were tried, as the plan or the cluster is large)")
        })
        .unwrap_or_default();
    Some(format!(
        "\nNo safe order of these steps was found{few}. `trustlist plan generate --renew {units}` with the same file looks for a safe \
         plan\n"
    ))
}

/// Returns a text, under the name of its file if there are several.
pub(super) fn titled(name: &str, several: bool, text: String) -> String {
    if several { format!("{name}:\n{text}") } else { text }
}

#[derive(Debug, clap::Args)]
pub(super) struct Recover {
    /// Scenarios whose plan ends with locked phones, or clusters with locked phones [default:
    /// standard input]
    #[arg(value_name = "SCENARIO.json")]
    scenarios: Vec<PathBuf>,
    /// The ITL on a locked phone: a file, or the checksum on its screen
    #[arg(long, value_name = "CHECKSUM", conflicts_with = "scenarios", requires = "offered_itl")]
    phone: Vec<PathBuf>,
    /// The phones (CSV or .xlsx); the column itl names the ITL on each, as a file or checksum
    #[arg(long, value_name = "INVENTORY.csv", conflicts_with_all = ["scenarios", "phone"], requires = "offered_itl")]
    inventory: Option<PathBuf>,
    /// Folder of the lists that were offered before: a snapshot, for example
    #[arg(long, value_name = "DIR", requires = "offered_itl")]
    known: Option<PathBuf>,
    /// The ITL that TFTP offers now
    #[arg(long, value_name = "FILE", conflicts_with = "scenarios")]
    offered_itl: Option<PathBuf>,
    /// The CTL that TFTP offers now
    #[arg(long, value_name = "FILE", requires = "offered_itl")]
    offered_ctl: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArguments,
    /// The CallManager group of the phones, in order: their TVS servers
    #[arg(long, value_name = "SERVER", value_delimiter = ',', requires = "offered_itl")]
    cm_group: Option<Vec<String>>,
    /// The CallManager group of a device pool (POOL=ccm1,ccm2), or a file with both in two columns
    #[arg(long, value_name = "POOL=SERVER,…", requires = "inventory")]
    pool_group: Vec<String>,
    #[command(flatten)]
    tvs: TvsArguments,
    /// Print the locked phones as CSV, by CallManager group, with what to do about each
    #[arg(long, conflicts_with_all = ["json", "phone"])]
    csv: bool,
    /// Print JSON (trustlist.plan-recovery/1; trustlist.prediction/1 for --phone, trustlist.fleet/1
    /// for --inventory)
    #[arg(long)]
    json: bool,
}

impl Recover {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        if !self.phone.is_empty() {
            return output.each(&self.phone, self.json, |path| self.phone(input, path));
        }
        if let (Some(inventory), Some(offered)) = (&self.inventory, &self.offered_itl) {
            let files = [Some(inventory.clone()), self.known.clone(), self.offered_ctl.clone()];
            let offered = offered.display().to_string();
            let fleet = FleetArguments::of_recovery(
                files,
                offered,
                self.device.clone(),
                self.tvs.clone(),
                self.csv,
                self.json,
            );
            let fleet = fleet.with_groups(self.cm_group.clone(), self.pool_group.clone());
            return fleet.run(input, output);
        }
        let answered = self.answer(input, output);
        settled(answered, self.json, output)
    }

    fn answer(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        if self.offered_itl.is_some() {
            return Err(
                "--offered-itl: expected --phone CHECKSUM or --inventory INVENTORY.csv with it"
                    .to_owned(),
            );
        }
        let scenarios = input::or_all_piped(&self.scenarios)?;
        let several = scenarios.len() > 1;
        Ok(output.each(&scenarios, self.json, |path| recovery(input, path, several, self.csv)))
    }

    /// Answers for one phone, as `predict` does.
    fn phone(&self, input: &Input, path: &Path) -> Result<Vec<Answer>, String> {
        let asked = Arguments::of_phone(
            path,
            self.known.as_deref(),
            [self.offered_itl.as_deref(), self.offered_ctl.as_deref()],
            &self.device,
            &self.tvs,
        )
        .with_group(self.cm_group.clone());
        Ok(vec![judged(input, &asked, path)?])
    }
}

/// Negative if phones are left that no command is sure to help, undecided if a fact about one is
/// missing.
fn recovery(input: &Input, path: &Path, several: bool, csv: bool) -> Result<Vec<Answer>, String> {
    let scenario = input.scenario(path)?;
    let name = input::name(path);
    let recovery = plan::recover(&scenario.cluster, &scenario.plan, &scenario.policies).map_err(
        |(step, error)| {
            input.limits.step_error(format!("{name}: plan: step {step}: expected {error}"), &error)
        },
    )?;
    let status = if recovery.beyond_commands().next().is_some() {
        Status::Negative
    } else if !recovery.undecided.is_empty() || scenario.cluster.phones().is_empty() {
        Status::Undecided
    } else {
        Status::Fine
    };
    let text = if csv {
        plan_recovery_csv(&recovery)
    } else {
        titled(&name, several, plan_recovery_text(&recovery))
    };
    Ok(vec![Answer::new(&plan_recovery_json(&recovery), text, status).verbatim(csv)])
}
