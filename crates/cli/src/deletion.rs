//! `trustlist deletion`.

mod audit;
mod logs;

use super::output::{Output, Status, settled};
use super::{input, limits};
use std::path::PathBuf;
use trustlist_cluster::deletion::{self, Outcome};
use trustlist_cluster::report::deletion::{forecast_json, forecast_text};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Deletion {
    /// Prove from collected logs that a trust certificate is gone on every node
    Audit(audit::Audit),
    /// Which node will bring a deleted certificate back, and when
    Predict(Predict),
}

#[derive(Debug, clap::Args)]
pub(super) struct Predict {
    /// A scenario (trustlist.simulate/1); - reads standard input
    #[arg(value_name = "SCENARIO.json")]
    scenario: PathBuf,
    /// Print JSON (trustlist.deletion-forecast/1)
    #[arg(long)]
    json: bool,
}

impl Deletion {
    pub(super) fn run(self, output: &mut Output) -> Status {
        match self {
            Self::Audit(command) => command.run(output),
            Self::Predict(command) => {
                let answer = command.run(output);
                settled(answer, command.json, output)
            }
        }
    }
}

impl Predict {
    /// 1 where a certificate is back or will be; 3 where other nodes keep it, as nothing says that they should not, and where a
    /// deletion is refused.
    fn run(&self, output: &mut Output) -> Result<Status, String> {
        let name = input::name(&self.scenario);
        let scenario = input::scenario(&self.scenario)?;
        let forecasts = deletion::forecast(&scenario.cluster, &scenario.plan)
            .map_err(|error| limits::step_error(format!("{name}: expected {error}"), &error))?;
        let refused = deletion::refused(&scenario.cluster, &scenario.plan, &forecasts)
            .map_err(|error| limits::step_error(format!("{name}: expected {error}"), &error))?;
        if self.json {
            output.json(&forecast_json(&scenario.cluster, &forecasts, &refused));
        } else {
            output.print(forecast_text(&scenario.cluster, &forecasts, &refused));
        }
        let status = forecasts.iter().map(|forecast| match forecast.outcome {
            Outcome::Gone => Status::Fine,
            Outcome::Stays => Status::Undecided,
            Outcome::Back | Outcome::WillReturn | Outcome::WillReturnAfter => Status::Negative,
        });
        let left = if refused.is_empty() { Status::Fine } else { Status::Undecided };
        Ok(status.chain([left]).max().unwrap_or(Status::Fine))
    }
}
