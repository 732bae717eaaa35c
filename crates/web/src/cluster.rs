//! The cluster: preflight, simulation, plans.

use crate::answer::{Answer, Status, with_buttons};
use crate::desk::{Desk, within};
use crate::predict::said;
use serde::Deserialize;
use std::sync::Arc;
use trustlist::facts::Timestamp;
use trustlist::json::{Map, Value};
use trustlist::report::Plain;
use trustlist::report::several::no_plan_json;
use trustlist_cluster::case::{
    self, Limits, Scenario, cluster_document_within, cluster_guesses, preflight_context,
};
use trustlist_cluster::cluster::{Assume, Cluster, Mode, Operation, Policy, simulate};
use trustlist_cluster::deletion::{self, Outcome};
use trustlist_cluster::plan::{self, InitError, Known, OldTrust, Order, Pasted, Request, Unneeded};
use trustlist_cluster::preflight::{Item, Source, Verdict, preflight_within};
use trustlist_cluster::release::Unit;
use trustlist_cluster::report::deletion::{forecast_json, forecast_text};
use trustlist_cluster::report::plan::{
    init_json, mark_text, plain_mark, plan_notes, plan_recovery_csv,
};
use trustlist_cluster::report::simulation::{
    SimulationJson, simulation_html, simulation_svg, simulation_text,
};
use trustlist_cluster::report::{
    change_ticket, no_plan_text, plan_lint_json, plan_lint_text, plan_recovery_json,
    plan_recovery_text, preflight as preflight_report, run_book,
};

/// A question to the preflight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preflight {
    files: Vec<u32>,
    /// `mixed` or `non-secure`.
    #[serde(default)]
    mode: String,
    /// By commas.
    #[serde(default)]
    tftp_nodes: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    at: String,
    /// Checks that were done by hand, by commas.
    #[serde(default)]
    confirm: String,
    /// The time of the computer, in seconds since 1970 UTC: backups are compared with it if no other date is given.
    #[serde(default)]
    today: Option<i64>,
}

/// Judges a cluster's readiness from pasted output.
pub(crate) fn preflight(desk: &Desk, question: &Preflight) -> Result<Answer, String> {
    let mut context = Map::new();
    for (key, value) in
        [("mode", &question.mode), ("version", &question.version), ("at", &question.at)]
    {
        said(value).map(|value| context.insert(key.to_owned(), value.into()));
    }
    if let Some(nodes) = said(&question.tftp_nodes) {
        let nodes = nodes.split(',').map(|node| Value::from(node.trim())).collect();
        context.insert("tftp_nodes".to_owned(), Value::Array(nodes));
    }
    let mut context =
        preflight_context(&Value::Object(context)).map_err(|error| error.to_string())?;
    context.today = question.today.map(Timestamp);
    context.confirmed =
        question.confirm.split(',').filter_map(said).map(by_hand).collect::<Result<_, _>>()?;
    let (mut texts, mut unreadable) = (Vec::new(), Vec::new());
    for &file in &question.files {
        match text(desk, file) {
            Ok(text) => texts.push(text),
            Err(error) => unreadable.push(error),
        }
    }
    let together: usize = texts.iter().map(|(_, text)| text.len()).sum();
    if together > within().most() {
        return Err(format!(
            "{together} bytes of text in all pastes, expected at most {}",
            within().most()
        ));
    }
    if texts.is_empty() {
        return Err(unreadable.pop().unwrap_or_else(|| "no paste was given".to_owned()));
    }
    let sources: Vec<Source<'_>> =
        texts.iter().map(|(name, text)| Source { name, text, node: None }).collect();
    let answer = preflight_within(&sources, &context, &within());
    let status = if !unreadable.is_empty() {
        Status::Unusable
    } else if answer.blocks() {
        Status::Negative
    } else if answer.count(Verdict::Unknown) > 0 {
        Status::Undecided
    } else {
        Status::Fine
    };
    let table = preflight_report::Table(&answer).plain().to_string();
    Ok(Answer::new(&preflight_report::json(&answer), table, status)
        .form("verdict", preflight_report::headline(&answer))
        .notes(unreadable))
}

/// Returns a check that may be done by hand: one that no output answers.
fn by_hand(id: &str) -> Result<Item, String> {
    let expected = "checks done by hand: expected checks such as F-3,F-4";
    let item = Item::from_id(id).ok_or(expected)?;
    match item.command() {
        Some(command) => {
            Err(format!("{} is answered by `{command}`: paste its output", item.as_str()))
        }
        None if item.look_at().is_some() => Ok(item),
        None => Err(format!("{} is no check of the list", item.as_str())),
    }
}

fn text(desk: &Desk, file: u32) -> Result<(String, String), String> {
    let given = desk.file(file)?;
    match given.decoded()? {
        Some(text) if text.trim().is_empty() => Err(format!(
            "{}: line 1: nothing in it, expected the output of a CUCM command",
            given.shown()
        )),
        Some(text) => Ok((given.shown(), text)),
        None => Err(format!(
            "{}: line 1: binary data, expected the output of a CUCM command as text",
            given.shown()
        )),
    }
}

/// A question to the simulation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Simulate {
    file: u32,
    /// `A` to `D` or `all`; nothing for those of the scenario.
    #[serde(default)]
    policy: String,
    /// `pessimistic`, `lean` or `optimistic`.
    #[serde(default)]
    assume: String,
}

/// Runs a plan on a model of the cluster.
pub(crate) fn simulated(desk: &Desk, question: &Simulate) -> Result<Answer, String> {
    let (name, scenario) = with_plan(desk, question.file)?;
    let policies = match said(&question.policy) {
        None => scenario.policies.clone(),
        Some("all") => Policy::ALL.to_vec(),
        Some(word) => vec![Policy::from_word(word).ok_or("policy: expected A, B, C, D or all")?],
    };
    let assume = match said(&question.assume) {
        None | Some("lean") => Assume::Lean,
        Some("pessimistic") => Assume::Pessimistic,
        Some("optimistic") => Assume::Optimistic,
        Some(_) => {
            return Err("open questions: expected pessimistic, lean or optimistic".to_owned());
        }
    };
    let simulation = simulate(&scenario.cluster, &scenario.plan, &policies, assume).map_err(
        |(step, error)| {
            format!("{name}: plan[{}]: step {step}: expected {error}", step.saturating_sub(1))
        },
    )?;
    let title = scenario.title.as_deref();
    // Without a title the first line is the answer.
    let untitled = simulation_text(&simulation, None);
    let verdict = untitled.lines().next().unwrap_or_default().to_owned();
    let is_bad = simulation.ends_locked() || simulation.ends_unregistered();
    let status = if is_bad { Status::Negative } else { Status::Fine };
    Ok(Answer::new(
        &SimulationJson(&simulation),
        simulation_text(&simulation, title).to_string(),
        status,
    )
    .form("verdict", verdict)
    .form("svg", simulation_svg(&simulation, title))
    .form("html", simulation_html(&simulation, title)))
}

/// Nothing is proved of a cluster without phones.
fn of_phones(cluster: &Cluster) -> Status {
    if cluster.phones().is_empty() { Status::Undecided } else { Status::Fine }
}

/// Lints a plan.
pub(crate) fn plan_lint(desk: &Desk, file: u32) -> Result<Answer, String> {
    let (name, scenario) = with_plan(desk, file)?;
    let lint = plan::lint(&scenario.cluster, &scenario.plan)
        .map_err(|(step, error)| format!("{name}: plan: step {step}: expected {error}"))?;
    let status = match lint.has_errors() {
        true => Status::Negative,
        false => of_phones(&scenario.cluster),
    };
    let order = plan::reorder(&scenario.cluster, &scenario.plan, &lint);
    let mut text = with_buttons(&plan_lint_text(&lint, order.as_ref()));
    if order.is_none() && lint.has_errors_of_order() {
        let units = renewed(&scenario.plan);
        if !units.is_empty() {
            text.push_str(&format!(
                "no safe order of these steps was found; with the same file, \"Write a safe plan\" for {units} looks for one\n"
            ));
        }
    }
    Ok(Answer::new(&plan_lint_json(&lint, order.as_ref()), text, status))
}

/// Says which commands can still save the phones that a plan locks.
pub(crate) fn recovered(desk: &Desk, file: u32) -> Result<Answer, String> {
    let (name, scenario) = scenario(desk, file)?;
    let recovery = plan::recover(&scenario.cluster, &scenario.plan, &scenario.policies)
        .map_err(|(step, error)| format!("{name}: plan: step {step}: expected {error}"))?;
    let status = if recovery.beyond_commands().next().is_some() {
        Status::Negative
    } else if !recovery.undecided.is_empty() {
        Status::Undecided
    } else {
        of_phones(&scenario.cluster)
    };
    Ok(Answer::new(&plan_recovery_json(&recovery), plan_recovery_text(&recovery), status)
        .form("csv", plan_recovery_csv(&recovery)))
}

/// Says which node will bring a deleted certificate back.
pub(crate) fn forecast(desk: &Desk, file: u32) -> Result<Answer, String> {
    let (name, scenario) = scenario(desk, file)?;
    let forecasts = deletion::forecast(&scenario.cluster, &scenario.plan)
        .map_err(|error| format!("{name}: expected {error}"))?;
    let refused = deletion::refused(&scenario.cluster, &scenario.plan, &forecasts)
        .map_err(|error| format!("{name}: expected {error}"))?;
    let status = forecasts.iter().map(|forecast| match forecast.outcome {
        Outcome::Gone if !forecast.assumed.is_empty() => Status::Undecided,
        Outcome::Gone => Status::Fine,
        Outcome::Stays => Status::Undecided,
        Outcome::Back | Outcome::WillReturn | Outcome::WillReturnAfter => Status::Negative,
    });
    let of_refused = if refused.is_empty() { Status::Fine } else { Status::Undecided };
    Ok(Answer::new(
        &forecast_json(&scenario.cluster, &forecasts, &refused),
        forecast_text(&scenario.cluster, &forecasts, &refused),
        status.chain([of_refused]).max().unwrap_or(Status::Fine),
    ))
}

/// A question for a cluster file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Init {
    files: Vec<u32>,
    #[serde(default)]
    version: String,
    /// `mixed` or `non-secure`.
    #[serde(default)]
    mode: String,
    #[serde(default)]
    publisher: String,
}

/// Makes a cluster file from pasted output; every guess is a note.
pub(crate) fn init(desk: &Desk, question: &Init) -> Result<Answer, String> {
    let texts =
        question.files.iter().map(|&file| text(desk, file)).collect::<Result<Vec<_>, _>>()?;
    let together: usize = texts.iter().map(|(_, text)| text.len()).sum();
    if together > within().most() {
        return Err(format!(
            "{together} bytes of text in all pastes, expected at most {}",
            within().most()
        ));
    }
    let pastes: Vec<Pasted<'_>> =
        texts.iter().map(|(name, text)| Pasted { node: None, name, text }).collect();
    let known = Known {
        version: said(&question.version)
            .map(|word| {
                word.parse().map_err(|error| format!("version {}: expected {error}", Plain(word)))
            })
            .transpose()?,
        mode: said(&question.mode)
            .map(|word| if word == "mixed" { Mode::Mixed } else { Mode::NonSecure }),
        publisher: said(&question.publisher).map(str::to_owned),
        ..Known::default()
    };
    let init = plan::init(&pastes, None, &known).map_err(|error| match error {
        InitError::NoVersion => NO_VERSION.to_owned(),
        error => error.to_string(),
    })?;
    let guesses = init.marks.iter().map(mark_text);
    let guesses: Vec<String> = guesses.map(|guess| plain_mark(&guess)).collect();
    let status = if guesses.is_empty() { Status::Fine } else { Status::Undecided };
    Ok(Answer::new(&init_json(&init), String::new(), status).notes(guesses))
}

/// Returns the certificates that a plan regenerates, by commas.
fn renewed(plan: &[Operation]) -> String {
    let mut units: Vec<&str> = Vec::new();
    for operation in plan {
        let Operation::Regen { unit, .. } = operation else { continue };
        if !units.contains(&unit.as_str()) {
            units.push(unit.as_str());
        }
    }
    units.join(",")
}

/// A question for a safe plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generate {
    file: u32,
    /// Certificates to regenerate, by commas.
    renew: String,
    #[serde(default)]
    delete_old_trust: bool,
    /// Minutes of a maintenance window.
    #[serde(default)]
    window: String,
    /// `procedure` or `guide`.
    #[serde(default)]
    order: String,
    /// Phones that are reset at once.
    #[serde(default)]
    batch: String,
}

/// Writes a safe plan: the scenario as the document, the run book as the text.
pub(crate) fn generated(desk: &Desk, question: &Generate) -> Result<Answer, String> {
    let given = desk.file(question.file)?;
    let cluster = cluster_document_within(&given.text()?, &Limits::new());
    let cluster = Arc::new(cluster.map_err(|error| format!("{}: {error}", given.shown()))?);
    let request = question.request()?;
    if request.renew.is_empty() {
        return Err(
            "certificates to regenerate: expected at least one, such as CallManager or TVS"
                .to_owned(),
        );
    }
    let guesses = cluster_guesses(&given.text()?, &Limits::new())
        .map_err(|error| format!("{}: {error}", given.shown()))?;
    if !guesses.is_empty() {
        let guesses: Vec<String> =
            guesses.iter().map(|guess| Plain(plain_mark(guess)).to_string()).collect();
        return Err(format!(
            "{}: a plan would rest on guesses: {}. Correct them in the file and remove its notes",
            given.shown(),
            guesses.join("; ")
        ));
    }
    match plan::generate(&cluster, &request) {
        Ok(plan) => Ok(Answer::new(
            &Scenario::of_plan(&plan).to_json(),
            run_book(&plan),
            of_phones(&plan.cluster),
        )
        .form("ticket", change_ticket(&plan))
        .notes(plan_notes(&plan).map(|note| format!("{}: {}", given.shown(), Plain(note))))),
        Err(reason) => {
            let reason = no_plan_text(&cluster, &reason);
            Ok(Answer::new(&no_plan_json(&reason), reason.to_string(), Status::Negative))
        }
    }
}

impl Generate {
    fn request(&self) -> Result<Request, String> {
        let number = |word: &str| word.parse::<u64>().ok().filter(|&number| number > 0);
        let window = said(&self.window)
            .map(|word| number(word).ok_or("window: expected a number of minutes"));
        let batch = said(&self.batch).map(|word| {
            word.parse().ok().filter(|&phones: &usize| phones > 0).ok_or("batch: expected a number")
        });
        Ok(Request {
            renew: self
                .renew
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(unit)
                .collect::<Result<_, _>>()?,
            old_trust: if self.delete_old_trust { OldTrust::Delete } else { OldTrust::Keep },
            order: match said(&self.order) {
                None | Some("procedure") => Order::Procedure,
                Some("guide") => Order::Guide,
                Some(_) => return Err("order: expected procedure or guide".to_owned()),
            },
            batch: batch.transpose()?,
            window: window.transpose()?,
            unneeded: Unneeded::default(),
            guesses: Vec::new(),
        })
    }
}

fn unit(word: &str) -> Result<Unit, String> {
    let near = || Unit::ALL.iter().copied().find(|unit| unit.as_str().eq_ignore_ascii_case(word));
    let words = || Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ");
    let found = Unit::from_word(word).or_else(near);
    found.ok_or_else(|| format!("{}: expected a certificate ({})", Plain(word), words()))
}

/// Reads a scenario with a plan: nothing can be said for a plan that is not there.
fn with_plan(desk: &Desk, file: u32) -> Result<(String, Scenario), String> {
    let (name, scenario) = scenario(desk, file)?;
    if scenario.plan.is_empty() {
        return Err(format!(
            "{name}: no plan in it, expected a plan: \"Write a safe plan\" makes one"
        ));
    }
    Ok((name, scenario))
}

fn scenario(desk: &Desk, file: u32) -> Result<(String, Scenario), String> {
    let given = desk.file(file)?;
    let scenario = Scenario::parse_within(&given.text()?, &case::Limits::new());
    Ok((given.shown(), scenario.map_err(|error| format!("{}: {error}", given.shown()))?))
}

/// The page has a field for the version.
const NO_VERSION: &str =
    "expected the CUCM version, or the output of `utils dbreplication runtimestate`";
