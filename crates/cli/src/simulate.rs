//! `trustlist simulate`.

use super::input::{self, Input};
use super::output::{Output, Status, settled};
use super::replace::{is_one_output, replace};
use super::steps;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use trustlist_cluster::cluster::{Assume, Policy, simulate};
use trustlist_cluster::report::simulation::{
    SimulationJson, simulation_html, simulation_svg, simulation_text_within,
};

/// Simulate a plan on a model of the cluster, step by step
#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    /// The cluster and the plan (trustlist.simulate/1) [default: standard input]
    #[arg(value_name = "SCENARIO.json")]
    scenario: Option<PathBuf>,
    /// A plan in words, used instead of the plan of the scenario: one step in each line, such as
    /// `regenerate CallManager all`
    #[arg(long, value_name = "PLAN.txt")]
    plan: Option<PathBuf>,
    /// A, B, C, D or all, instead of the policies that the scenario lists
    #[arg(long, value_name = "POLICY", value_parser = policies)]
    policy: Option<Policies>,
    /// What to assume for missing facts
    #[arg(long, value_enum, default_value_t = Answered::Lean)]
    assume: Answered,
    /// Write a self-contained page with the timeline as a picture
    #[arg(long, value_name = "REPORT.html")]
    html: Option<PathBuf>,
    /// Write the timeline as a picture alone
    #[arg(long, value_name = "PICTURE.svg")]
    svg: Option<PathBuf>,
    /// Print JSON (trustlist.simulation/1)
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Answered {
    /// Assume that the file is refused
    Pessimistic,
    /// Assume the more probable answer; a refusal if neither is more probable
    Lean,
    /// Assume that the file is accepted
    Optimistic,
}

/// The policies of one option.
#[derive(Clone, Debug)]
struct Policies(Vec<Policy>);

impl Simulate {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = self.simulate(input, output);
        settled(answered, self.json, output)
    }

    fn simulate(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        if let (Some(html), Some(svg)) = (&self.html, &self.svg) {
            if is_one_output(html, svg) {
                return Err(format!(
                    "--svg {}: is the file of --html too, expected another one",
                    input::name(svg)
                ));
            }
        }
        let asked = input::or_piped(self.scenario.as_ref())?;
        let name = input::name(&asked);
        let scenario = steps::scenario(input, &asked, self.plan.as_deref())?;
        let policies =
            self.policy.as_ref().map_or(&scenario.policies, |Policies(policies)| policies);
        let assume = match self.assume {
            Answered::Pessimistic => Assume::Pessimistic,
            Answered::Lean => Assume::Lean,
            Answered::Optimistic => Assume::Optimistic,
        };
        let simulation = simulate(&scenario.cluster, &scenario.plan, policies, assume).map_err(
            |(step, error)| {
                let told = format!(
                    "{name}: plan[{}]: step {step}: expected {error}",
                    step.saturating_sub(1)
                );
                input.limits.step_error(told, &error)
            },
        )?;
        let title = scenario.title.as_deref();
        let inputs: Vec<&Path> =
            [asked.as_path()].into_iter().chain(self.plan.as_deref()).collect();
        if let Some(path) = &self.html {
            replace(path, simulation_html(&simulation, title).as_bytes(), &inputs)?;
        }
        if let Some(path) = &self.svg {
            replace(path, simulation_svg(&simulation, title).as_bytes(), &inputs)?;
        }
        if self.json {
            output.json(&SimulationJson(&simulation));
        } else {
            output.text(simulation_text_within(&simulation, title, output.screen.columns));
        }
        let is_bad = simulation.ends_locked() || simulation.ends_unregistered();
        Ok(match () {
            () if is_bad => Status::Negative,
            () if scenario.cluster.phones().is_empty() || simulation.locked_otherwise() > 0 => {
                Status::Undecided
            }
            () => Status::Fine,
        })
    }
}

fn policies(word: &str) -> Result<Policies, String> {
    match word {
        "all" => Ok(Policies(Policy::ALL.to_vec())),
        word => Policy::from_word(word)
            .map(|policy| Policies(vec![policy]))
            .ok_or_else(|| "expected A, B, C, D or all".into()),
    }
}
