//! `trustlist plan recover`.

use super::lint::{scenario, titled};
use crate::output::{Answer, Output, Status};
use crate::predict::{Arguments, DeviceArguments, TvsArguments, judged};
use crate::{input, limits};
use std::path::{Path, PathBuf};
use trustlist_cluster::plan;
use trustlist_cluster::report::plan::plan_recovery_csv;
use trustlist_cluster::report::{plan_recovery_json, plan_recovery_text};

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
        output.each(&self.scenarios, self.json, |path| judge(path, several, self.csv))
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
fn judge(path: &Path, several: bool, csv: bool) -> Result<Vec<Answer>, String> {
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
