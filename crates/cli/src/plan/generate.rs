//! `trustlist plan generate`.

use crate::input::{self, Input};
use crate::output::{Output, Status, settled};
use std::path::PathBuf;
use std::sync::Arc;
use trustlist::report::several::no_plan_json;
use trustlist_cluster::case::{CaseError, Scenario, cluster_document_within, cluster_guesses};
use trustlist_cluster::plan::{self, OldTrust, Order, Request, Unneeded};
use trustlist_cluster::release::Unit;
use trustlist_cluster::report::plan::{NO_PHONES, plan_notes};
use trustlist_cluster::report::{change_ticket, no_plan_text, run_book};

#[derive(Debug, clap::Args)]
pub(super) struct Generate {
    /// The cluster (trustlist.cluster/1, or a scenario) [default: standard input]
    #[arg(value_name = "CLUSTER.json")]
    cluster: Option<PathBuf>,
    /// Certificates to regenerate: CallManager, TVS, CAPF, tomcat, ipsec, ITLRecovery, …
    #[arg(long, required = true, value_delimiter = ',', value_name = "CERTIFICATE",
        value_parser = crate::values::certificates(), hide_possible_values = true)]
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
    /// Reset at most this many phones at once: the size of a device pool
    #[arg(long, value_name = "PHONES")]
    batch: Option<std::num::NonZeroUsize>,
    /// What the proof assumes for missing facts
    #[arg(long, value_name = "HOW", default_value = "pessimistic", value_parser = ["pessimistic"], hide = true)]
    assume: String,
    /// Leave out steps that a document of this version calls unnecessary
    #[arg(long)]
    skip_unneeded: bool,
    /// Make the plan although the cluster file rests on guesses; each becomes a gate of the plan
    #[arg(long)]
    accept_guesses: bool,
    /// A run book (markdown), a change ticket (text), or a scenario for simulate (json)
    #[arg(long, value_name = "FORM", default_value = "markdown", value_parser = ["markdown", "text", "json"])]
    format: String,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

impl Generate {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.answer(input, output);
        settled(answer, self.wants_json(), output)
    }

    fn wants_json(&self) -> bool {
        self.json || self.format == "json"
    }

    fn answer(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let path = input::or_piped(self.cluster.as_ref())?;
        let name = input::name(&path);
        let text = input.text(&path)?;
        let told = |error: CaseError| input.limits.case_error(&name, &error);
        let mut cluster = cluster_document_within(&text, &input.limits.json()).map_err(&told)?;
        cluster.limits = input.limits.run();
        let cluster = Arc::new(cluster);
        let request = self.request(cluster_guesses(&text, &input.limits.json()).map_err(&told)?)?;
        if let Some(told) = self.refused(&request, ["\n  - ", "\n  - ", "\n"]) {
            if self.wants_json() {
                let in_a_line = self.refused(&request, [" ", "; ", ". "]);
                output.json(&no_plan_json(&in_a_line.unwrap_or_default()));
            }
            output.error(format_args!("{name}: {told}"));
            return Ok(Status::Negative);
        }
        let plan = match plan::generate(&cluster, &request) {
            Ok(plan) => plan,
            Err(reason) => {
                let reason = no_plan_text(&cluster, &reason);
                if self.wants_json() {
                    output.json(&no_plan_json(&reason));
                }
                output.error(format_args!("{name}: {reason}"));
                return Ok(Status::Negative);
            }
        };
        match self.format.as_str() {
            _ if self.wants_json() => {
                // The document is a scenario, which has no place for them.
                plan_notes(&plan).for_each(|note| {
                    output.warning(format_args!("{name}: {}", trustlist::report::Plain(note)))
                });
                output.json(&scenario(&plan));
            }
            "text" => output.print(change_ticket(&plan)),
            _ => output.print(run_book(&plan)),
        }
        if plan.cluster.phones().is_empty() {
            output.warning(format_args!("{name}: {NO_PHONES}"));
            return Ok(Status::Undecided);
        }
        Ok(Status::Fine)
    }

    /// Returns why no plan is made: it would rest on guesses that were not accepted. With the texts
    /// before, between and after the guesses.
    fn refused(&self, request: &Request, [before, between, after]: [&str; 3]) -> Option<String> {
        if self.accept_guesses || request.guesses.is_empty() {
            return None;
        }
        let guesses: Vec<String> = request
            .guesses
            .iter()
            .map(|guess| trustlist::report::Plain(guess).to_string())
            .collect();
        let count = if guesses.len() == 1 {
            "1 guess".to_owned()
        } else {
            format!("{} guesses", guesses.len())
        };
        Some(format!(
            "a plan would rest on {count}:{before}{}{after}To answer them, give `trustlist plan init` more pastes; to make the plan all the same, \
             add --accept-guesses",
            guesses.join(between)
        ))
    }

    fn request(&self, guesses: Vec<Arc<str>>) -> Result<Request, String> {
        let unit = |word: &String| {
            let near =
                || Unit::ALL.iter().copied().find(|unit| unit.as_str().eq_ignore_ascii_case(word));
            let words =
                || Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ");
            Unit::from_word(word).or_else(near).ok_or_else(|| {
                format!(
                    "--renew {}: expected a certificate ({})",
                    trustlist::report::Plain(word),
                    words()
                )
            })
        };
        Ok(Request {
            renew: self.renew.iter().map(unit).collect::<Result<_, _>>()?,
            old_trust: if self.delete_old_trust { OldTrust::Delete } else { OldTrust::Keep },
            order: self.order,
            batch: self.batch.map(std::num::NonZeroUsize::get),
            window: self.window,
            unneeded: if self.skip_unneeded { Unneeded::Skip } else { Unneeded::Keep },
            guesses,
        })
    }
}

/// The plan as a scenario for the simulator.
fn scenario(plan: &plan::SafePlan) -> trustlist::json::Value {
    let mut document = Scenario::of_plan(plan).to_json();
    if let (false, Some(fields)) = (plan.request.guesses.is_empty(), document.as_object_mut()) {
        let guesses = plan
            .request
            .guesses
            .iter()
            .map(|guess| trustlist::json::Value::from(&**guess))
            .collect();
        fields.insert("note".to_owned(), guesses);
    }
    document
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
