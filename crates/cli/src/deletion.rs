//! `trustlist deletion`.

use crate::input::{self, Input};
use crate::output::{Output, Status, settled};
use logs::{Log, Logs};
use std::path::PathBuf;
use trustlist::report::Plain;
use trustlist_cluster::case::deletion_inventory;
use trustlist_cluster::deletion::logs::LogSummary;
use trustlist_cluster::deletion::{
    self, ClusterVerdict, Deletions, Inventory, LogError, Outcome, TargetCertificate,
};
use trustlist_cluster::report::deletion::{
    audit_json, audit_text, audits_json, forecast_json, forecast_text,
};

mod logs;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Deletion {
    /// Prove from collected logs that a trust certificate is gone on every node
    Audit(Audit),
    /// Predict which node brings a deleted certificate back, and when
    Predict(Predict),
}

#[derive(Debug, clap::Args)]
pub(super) struct Predict {
    /// A scenario (trustlist.simulate/1) [default: standard input]
    #[arg(value_name = "SCENARIO.json")]
    scenario: Option<PathBuf>,
    /// Print JSON (trustlist.deletion-forecast/1)
    #[arg(long)]
    json: bool,
}

impl Deletion {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        match self {
            Self::Audit(command) => command.run(input, output),
            Self::Predict(command) => {
                let answer = command.run(input, output);
                settled(answer, command.json, output)
            }
        }
    }
}

impl Predict {
    /// 1 where a certificate is back or will be; 3 where other nodes keep it, as nothing says that
    /// they should not, where it is gone only by an assumption, and where a deletion is refused.
    fn run(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let path = input::or_piped(self.scenario.as_ref())?;
        let name = input::name(&path);
        let scenario = input.scenario(&path)?;
        let forecasts = deletion::forecast(&scenario.cluster, &scenario.plan).map_err(|error| {
            input.limits.step_error(format!("{name}: expected {error}"), &error)
        })?;
        let refused =
            deletion::refused(&scenario.cluster, &scenario.plan, &forecasts).map_err(|error| {
                input.limits.step_error(format!("{name}: expected {error}"), &error)
            })?;
        if self.json {
            output.json(&forecast_json(&scenario.cluster, &forecasts, &refused));
        } else {
            output.text(forecast_text(&scenario.cluster, &forecasts, &refused));
        }
        let status = forecasts.iter().map(|forecast| match forecast.outcome {
            // Gone, if a fact is so that the scenario does not say.
            Outcome::Gone if !forecast.assumed.is_empty() => Status::Undecided,
            Outcome::Gone => Status::Fine,
            Outcome::Stays => Status::Undecided,
            Outcome::Back | Outcome::WillReturn | Outcome::WillReturnAfter => Status::Negative,
        });
        let left = if refused.is_empty() { Status::Fine } else { Status::Undecided };
        Ok(status.chain([left]).max().unwrap_or(Status::Fine))
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// The nodes, and when the logs were collected (JSON) [default: standard input]
    ///
    /// `{ "collected_until": "2026-07-06T04:30:00", "nodes": [ { "name": "ccm1" } ] }`, and any of
    /// clusterwide_delete, clock_skew_seconds, product (cucm or imp) of a node.
    #[arg(value_name = "INVENTORY.json")]
    inventory: Option<PathBuf>,
    /// Instead of an inventory: the end of the logs on the clocks of the nodes; --logs names the
    /// nodes
    #[arg(long, value_name = "TIME", conflicts_with = "inventory", requires = "logs")]
    collected_until: Option<String>,
    /// System log, certMgmt and certCN logs of a node, also rotated and packed (.gz); a folder
    /// means every file in it. Other archives are not read
    #[arg(long, value_name = "NODE=FILE", num_args = 1..)]
    logs: Vec<String>,
    /// The trust store, such as tomcat-trust; without it every deletion in the logs is audited
    #[arg(long, requires = "name")]
    unit: Option<String>,
    /// The file name of the certificate as in the logs; upper and lower case are different
    #[arg(long, requires = "unit")]
    name: Option<String>,
    /// Print JSON (trustlist.deletion-audit/1)
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub(crate) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.audits(input, output);
        settled(answer, self.json, output)
    }

    fn audits(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let (file, text) = self.inventory(input)?;
        let (inventory, certificate) =
            deletion_inventory(&text).map_err(|error| input.limits.case_error(&file, &error))?;
        let asked = match (&self.unit, &self.name) {
            (Some(unit), Some(name)) => Some(
                TargetCertificate::new(unit, name)
                    .map_err(|error| format!("--unit, --name: {error}"))?,
            ),
            _ => certificate,
        };
        let mut logs = Logs::new(&self.logs, &inventory, asked.is_none());
        let other_case = asked.clone();
        let (wanted, not_judged) = match asked {
            Some(wanted) => (vec![wanted], 0),
            None => {
                let deletions = discover(&mut logs, &inventory);
                (deletions.iter().cloned().collect(), deletions.left_out())
            }
        };
        let mut status = Status::Fine;
        if not_judged > 0 {
            status = Status::Undecided;
            self.tell_left_out(wanted.len(), not_judged, output);
        }
        let mut documents = Vec::new();
        let mut is_named = false;
        for (index, answer) in answers(&mut logs, &inventory, wanted).iter().enumerate() {
            status = status.max(status_of(answer.cluster));
            is_named |= answer.is_named;
            documents.push(audit_json(answer));
            if !self.json {
                output.text(if index > 0 { "\n" } else { "" });
                output.text(audit_text(answer));
            }
        }
        if let Some(wanted) = other_case.filter(|_| status != Status::Fine) {
            self.hint_at_name(&wanted, &inventory, is_named, output);
        }
        logs.trouble().for_each(|trouble| output.error(trouble));
        if logs.trouble().next().is_none() {
            self.nothing(output, &documents, &mut status);
        }
        if self.json {
            match documents.as_slice() {
                [document] => output.json(document),
                several => output.json(&audits_json(several, not_judged)),
            }
        }
        Ok(if logs.trouble().next().is_some() { Status::Unusable } else { status })
    }

    /// Returns the inventory with its name: a document, or the nodes of --logs.
    fn inventory(&self, input: &Input) -> Result<(String, String), String> {
        let Some(until) = &self.collected_until else {
            let path = input::or_piped(self.inventory.as_ref())?;
            return Ok((input::name(&path), input.text(&path)?));
        };
        let mut nodes: Vec<&str> = Vec::new();
        for name in self.logs.iter().filter_map(|log| Some(log.split_once('=')?.0)) {
            if !nodes.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                nodes.push(name);
            }
        }
        let nodes: Vec<_> = nodes.iter().map(|name| serde_json::json!({ "name": name })).collect();
        let inventory = serde_json::json!({ "collected_until": until, "nodes": nodes });
        Ok(("--collected-until and --logs".to_owned(), inventory.to_string()))
    }

    /// Says that the logs have the name in other case, which to CUCM is another certificate, or that
    /// they do not have it at all, with the names that they have.
    fn hint_at_name(
        &self,
        wanted: &TargetCertificate,
        inventory: &Inventory,
        is_named: bool,
        output: &Output,
    ) {
        // Standard input is gone.
        let is_gone = self.logs.iter().any(|log| log.ends_with("=-"));
        let found: Vec<TargetCertificate> = match is_gone {
            true => Vec::new(),
            false => {
                let deletions = discover(&mut Logs::new(&self.logs, inventory, true), inventory);
                deletions.iter().cloned().collect()
            }
        };
        let other = found.iter().find(|found| {
            found.unit == wanted.unit
                && found.name != wanted.name
                && found.name.eq_ignore_ascii_case(&wanted.name)
        });
        if let Some(other) = other {
            output.warning(format_args!(
                "the logs have a deletion of {}, which is another file than {}: upper and lower case are different",
                Plain(&other.name),
                Plain(&wanted.name)
            ));
        } else if !is_named {
            let told = found.iter().take(MOST_NAMED);
            let told: Vec<String> =
                told.map(|it| format!("{} in {}", Plain(&it.name), it.unit)).collect();
            let more = found.len().saturating_sub(MOST_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let told = match (told.as_slice(), is_gone) {
                ([], true) => String::new(),
                ([], false) => " They have no deletion of any certificate.".to_owned(),
                (told, _) => format!(" They have deletions of: {}{more}.", told.join(", ")),
            };
            output.warning(format_args!(
                "no log names {} in {}: if the name or the store is mistyped, this answer is about no certificate.{told}",
                Plain(&wanted.name),
                wanted.unit
            ));
        }
    }

    /// Says first that the answer is not about every certificate.
    fn tell_left_out(&self, judged: usize, not_judged: usize, output: &mut Output) {
        let all = judged.saturating_add(not_judged);
        let are = if not_judged == 1 { "1 is" } else { &format!("{not_judged} are") };
        let told = format!(
            "UNDECIDED: the logs show deletions of {all} certificates, and {are} not judged: name each of them with --unit and --name"
        );
        if self.json {
            output.warning(told);
        } else {
            output.text(format!("{told}\n\n"));
        }
    }

    /// Logs without a deletion say nothing of any certificate.
    fn nothing(&self, output: &Output, documents: &[trustlist::json::Value], status: &mut Status) {
        if documents.is_empty() {
            output.warning(match self.logs.is_empty() {
                true => "no logs are given: give --logs NODE=FILE for every node",
                false => {
                    "no deletion is in these logs: name the certificate with --unit and --name"
                }
            });
            *status = Status::Undecided;
        }
    }
}

/// How many certificates a warning names.
const MOST_NAMED: usize = 10;

/// Reads the logs once, for all of these certificates.
fn answers(
    logs: &mut Logs,
    inventory: &Inventory,
    wanted: Vec<TargetCertificate>,
) -> Vec<deletion::Answer> {
    let audit = |wanted| deletion::Audit::new(inventory.clone(), wanted);
    let mut audits: Vec<deletion::Audit> = wanted.into_iter().map(audit).collect();
    if audits.is_empty() {
        return Vec::new();
    }
    logs.each(|log, source| match source {
        Ok(source) => deletion::Audit::read_log_of_all(&mut audits, log.node, &log.name, source),
        Err(reason) => {
            audits.iter_mut().for_each(|audit| audit.unreadable(log.node, &log.name, &reason));
            Ok(LogSummary::default())
        }
    });
    audits.iter().map(deletion::Audit::answer).collect()
}

fn discover(logs: &mut Logs, inventory: &Inventory) -> Deletions {
    let mut deletions = Deletions::default();
    logs.each(|_, source| match source {
        Ok(source) => deletions.read_log(inventory.collected_until, source),
        Err(_) => Ok(LogSummary::default()),
    });
    deletions
}

fn status_of(cluster: ClusterVerdict) -> Status {
    match cluster {
        ClusterVerdict::Deleted => Status::Fine,
        ClusterVerdict::NotDeleted => Status::Negative,
        ClusterVerdict::Unknown => Status::Undecided,
    }
}

/// Returns an error if a log is a wrong file; an empty one is a missing log.
fn complaint(log: &Log, read: Result<LogSummary, LogError>) -> Option<String> {
    match read {
        Ok(_) => None,
        // Files beside the logs in a folder are left alone, and an empty log is a missing one.
        Err(LogError::NoLog) if log.listed || log.empty => None,
        Err(error) => Some(format!("{}: {}", Plain(&log.name), Plain(error))),
    }
}
