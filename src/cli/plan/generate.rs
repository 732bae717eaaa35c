//! `trustlist plan generate`.

use crate::case::{Scenario, cluster_document_within};
use crate::cli::output::{Output, Status, settled};
use crate::cli::{input, limits};
use crate::cluster::Policy;
use crate::plan::{self, OldTrust, Order, Request};
use crate::release::Unit;
use crate::report::plan::plan_notes;
use crate::report::several::no_plan_json;
use crate::report::{change_ticket, no_plan_text, run_book};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Generate {
    /// The cluster: trustlist.cluster/1, a bare cluster object, or a scenario; - reads standard input
    cluster: PathBuf,
    /// Certificates to renew, by comma: CallManager, TVS, CAPF, tomcat, ipsec, ITLRecovery, …
    #[arg(long, required = true, value_delimiter = ',', value_name = "UNIT")]
    renew: Vec<String>,
    /// Delete the old trust certificates at the end
    #[arg(long)]
    delete_old_trust: bool,
    /// Split the plan into maintenance windows of this length: 120m or 2h
    #[arg(long, value_name = "TIME", value_parser = minutes)]
    window: Option<u64>,
    /// CallManager before TVS (procedure), or TVS before CallManager (guide)
    #[arg(long, value_name = "ORDER", default_value = "procedure", value_parser = order)]
    order: Order,
    /// Reset so many phones at once: the size of a device pool
    #[arg(long, value_name = "PHONES")]
    batch: Option<std::num::NonZeroUsize>,
    /// How open questions are taken in the proof
    #[arg(long, value_name = "HOW", default_value = "pessimistic", value_parser = ["pessimistic"])]
    assume: String,
    /// Print markdown (a run book), text (for a change ticket) or json (for simulate)
    #[arg(long, value_name = "FORM", default_value = "markdown", value_parser = ["markdown", "text", "json"])]
    format: String,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

impl Generate {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answer = self.answer(output);
        settled(answer, self.wants_json(), output)
    }

    fn wants_json(&self) -> bool {
        self.json || self.format == "json"
    }

    fn answer(&self, output: &mut Output) -> Result<Status, String> {
        let name = input::name(&self.cluster);
        let cluster = cluster_document_within(&input::text(&self.cluster)?, &limits::json());
        let mut cluster = cluster.map_err(|error| limits::case_error(&name, &error))?;
        cluster.limits = limits::run();
        let cluster = Arc::new(cluster);
        let request = self.request()?;
        let plan = match plan::generate(&cluster, &request) {
            Ok(plan) => plan,
            Err(reason) => {
                let reason = no_plan_text(&cluster, &reason);
                if self.wants_json() {
                    output.json(&no_plan_json(&reason));
                }
                output.message(format_args!("{name}: {reason}"));
                return Ok(Status::Negative);
            }
        };
        match self.format.as_str() {
            _ if self.wants_json() => {
                // The document is a scenario, which has no place for them.
                plan_notes(&plan).for_each(|note| output.message(format_args!("{name}: {}", crate::report::Plain(note))));
                output.json(&scenario(&plan));
            }
            "text" => output.print(change_ticket(&plan)),
            _ => output.print(run_book(&plan)),
        }
        Ok(Status::Fine)
    }

    fn request(&self) -> Result<Request, String> {
        let unit = |word: &String| {
            let near = || Unit::ALL.iter().copied().find(|unit| unit.as_str().eq_ignore_ascii_case(word));
            let words = || Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ");
            Unit::from_word(word)
                .or_else(near)
                .ok_or_else(|| format!("--renew {}: expected a certificate ({})", crate::report::Plain(word), words()))
        };
        Ok(Request {
            renew: self.renew.iter().map(unit).collect::<Result<_, _>>()?,
            old_trust: if self.delete_old_trust { OldTrust::Delete } else { OldTrust::Keep },
            order: self.order,
            batch: self.batch.map(std::num::NonZeroUsize::get),
            window: self.window,
        })
    }
}

/// The plan as a scenario for the simulator.
fn scenario(plan: &plan::SafePlan) -> crate::json::Value {
    let units: Vec<&str> = plan.request.renew.iter().map(|unit| unit.as_str()).collect();
    let scenario = Scenario {
        id: None,
        title: Some(format!("Renew {}", units.join(", "))),
        cluster: plan.cluster.clone(),
        plan: plan.operations(),
        policies: Policy::ALL.to_vec(),
    };
    scenario.to_json()
}

fn order(word: &str) -> Result<Order, String> {
    match word {
        "guide" => Ok(Order::Guide),
        "procedure" => Ok(Order::Procedure),
        _ => Err("expected procedure or guide".to_owned()),
    }
}

/// `120m`, `2h`, or minutes.
fn minutes(text: &str) -> Result<u64, String> {
    let expected = || "expected a time like 120m or 2h".to_owned();
    let (digits, factor) = match (text.strip_suffix('m'), text.strip_suffix('h')) {
        (Some(digits), _) => (digits, 1),
        (_, Some(digits)) => (digits, 60),
        _ => (text, 1),
    };
    let number: u64 = digits.parse().map_err(|_| expected())?;
    number.checked_mul(factor).filter(|&minutes| minutes > 0).ok_or_else(expected)
}
