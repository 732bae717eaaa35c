//! The fate of deleted certificates, as text and JSON.

use super::Plain;
use super::shape::Word;
use super::simulation::event_lines;
use crate::cluster::{Cluster, NodeId, NodeSet};
use crate::deletion::{
    Blocker, DeletionAssumption, Forecast, Holder, Outcome, Refused, Return, ReturnCause,
};
use crate::release::TrustUnit;
use serde::Serialize;
use std::fmt::Write;
use trustlist::json::Value;

/// The schema of the answer.
pub const FORECAST_SCHEMA: &str = "trustlist.deletion-forecast/1";

/// Returns the fate of each certificate that a plan deletes, and the certificates that it fails to
/// delete.
pub fn forecast_json(cluster: &Cluster, forecasts: &[Forecast], refused: &[Refused]) -> Value {
    let certificates =
        forecasts.iter().map(|forecast| ForecastOfOne::of(cluster, forecast)).collect();
    let refused = refused.iter().map(|refused| RefusedAnswer::of(cluster, refused)).collect();
    Value::of(&ForecastAnswer { schema: FORECAST_SCHEMA, certificates, refused })
}

/// Which node will bring deleted certificates back, and when (spec/CLUSTER-RULES.md C-33, C-43 to
/// C-49).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Forecasts"))]
pub(super) struct ForecastAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = FORECAST_SCHEMA)))]
    schema: &'static str,
    /// Every trust certificate that the plan deletes somewhere.
    certificates: Vec<ForecastOfOne<'a>>,
    /// Deletions that the cluster refuses, of certificates that no other step deletes.
    refused: Vec<RefusedAnswer<'a>>,
}

/// A deletion that deletes nothing.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RefusedDeletion"))]
struct RefusedAnswer<'a> {
    /// The step of the plan, from 1.
    step: u32,
    /// The store, or the unit whose own certificate was named.
    unit: &'static str,
    /// The certificate, by the label of the scenario.
    certificate: String,
    /// Why, in sentences.
    reasons: Vec<String>,
    /// The nodes that hold it at the end of the plan.
    holders: Vec<&'a str>,
}

impl<'a> RefusedAnswer<'a> {
    fn of(cluster: &'a Cluster, refused: &Refused) -> Self {
        Self {
            step: refused.step,
            unit: refused.unit.as_str(),
            certificate: cluster.label(refused.cert).to_string(),
            reasons: event_lines(cluster, &refused.reasons),
            holders: names(cluster, refused.holders),
        }
    }
}

/// The fate of one certificate. Minutes are counted from the start of the plan.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Forecast"))]
struct ForecastOfOne<'a> {
    /// Its store.
    unit: Word<TrustUnit>,
    /// The certificate, by the label of the scenario.
    certificate: String,
    /// In a word.
    outcome: Word<Outcome>,
    /// The facts behind the answer `gone` that the scenario does not say: with any of these it is not
    /// proved.
    assumed: Vec<Word<DeletionAssumption>>,
    /// The nodes on which it was deleted.
    deleted_on: Vec<&'a str>,
    /// The minute of its last deletion.
    deleted_at: u64,
    /// The minute of the end of the plan.
    now: u64,
    /// The nodes that hold it at the end of the plan.
    holders: Vec<HolderAnswer<'a>>,
    /// How it came back during the plan.
    came_back: Vec<ReturnAnswer<'a>>,
    /// How it will come back after the plan.
    will_return: Vec<ReturnAnswer<'a>>,
}

/// A node that holds it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Holder"))]
struct HolderAnswer<'a> {
    /// The node.
    node: &'a str,
    /// Whether it was deleted there before.
    deleted_before: bool,
    /// The minute of its next sync; `null` if it counts none now.
    next_sync: Option<u64>,
    /// The condition before it can count.
    waits_for: Option<Word<Blocker>>,
}

/// One way back.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Return"))]
struct ReturnAnswer<'a> {
    /// The node whose file or rows bring it back; `null` where only the database is to blame.
    source: Option<&'a str>,
    /// The minute; if it waits for something, minutes after that.
    minute: u64,
    /// The step of the plan, from 1; `null` after its end.
    step: Option<u32>,
    /// The nodes that get it.
    to: Vec<&'a str>,
    /// By what.
    by: Word<ReturnCause>,
    /// The condition that must hold first.
    after: Option<Word<Blocker>>,
    /// On which node.
    after_on: Option<&'a str>,
}

impl<'a> ForecastOfOne<'a> {
    fn of(cluster: &'a Cluster, forecast: &Forecast) -> Self {
        let returns = |returns: &[Return]| {
            returns.iter().map(|back| ReturnAnswer::of(cluster, back)).collect()
        };
        Self {
            unit: Word(forecast.unit),
            certificate: cluster.label(forecast.cert).to_string(),
            outcome: Word(forecast.outcome),
            assumed: forecast.assumed.iter().copied().map(Word).collect(),
            deleted_on: names(cluster, forecast.deleted),
            deleted_at: forecast.deleted_at,
            now: forecast.now,
            holders: forecast
                .holders
                .iter()
                .map(|holder| HolderAnswer::of(cluster, holder))
                .collect(),
            came_back: returns(&forecast.came_back),
            will_return: returns(&forecast.will_return),
        }
    }
}

impl<'a> HolderAnswer<'a> {
    fn of(cluster: &'a Cluster, holder: &Holder) -> Self {
        Self {
            node: name(cluster, holder.node),
            deleted_before: holder.again,
            next_sync: holder.next_sync,
            waits_for: holder.waits.map(Word),
        }
    }
}

impl<'a> ReturnAnswer<'a> {
    fn of(cluster: &'a Cluster, back: &Return) -> Self {
        Self {
            source: back.source.map(|node| name(cluster, node)),
            minute: back.minute,
            step: back.step,
            to: names(cluster, back.to),
            by: Word(back.by),
            after: back.after.map(Word),
            after_on: back.after_on.map(|node| name(cluster, node)),
        }
    }
}

fn name(cluster: &Cluster, node: NodeId) -> &str {
    cluster.nodes().find(|(id, _)| *id == node).map_or("", |(_, spec)| &spec.name)
}

fn names(cluster: &Cluster, nodes: NodeSet) -> Vec<&str> {
    nodes.iter().map(|node| name(cluster, node)).collect()
}

/// The same in sentences.
pub fn forecast_text(cluster: &Cluster, forecasts: &[Forecast], refused: &[Refused]) -> String {
    let mut text = String::new();
    if forecasts.is_empty() {
        text.push_str("The plan deletes no trust certificate.\n");
    }
    for (index, forecast) in forecasts.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        let what = Plain(format!("{} in {}", cluster.label(forecast.cert), forecast.unit));
        let told = if forecast.assumed.is_empty() {
            sentence(forecast.outcome)
        } else {
            "UNDECIDED: gone, if what is assumed below is so"
        };
        let _ = writeln!(text, "{gap}{what}: {told}");
        let on = list(cluster, forecast.deleted);
        let _ = writeln!(
            text,
            "  deleted on {on}, the last time at minute {}; the plan ends at minute {}",
            forecast.deleted_at, forecast.now
        );
        for assumption in &forecast.assumed {
            let _ = writeln!(text, "  Assumed: {}", assumption_words(*assumption));
        }
        for holder in &forecast.holders {
            let _ = writeln!(
                text,
                "  {} still has it{}",
                Plain(name(cluster, holder.node)),
                holder_words(holder)
            );
        }
        for back in &forecast.came_back {
            let step = back.step.map(|step| format!(" (step {step})")).unwrap_or_default();
            let _ = writeln!(
                text,
                "  came back at minute {}{step}: {}",
                back.minute,
                return_words(cluster, back)
            );
        }
        for back in &forecast.will_return {
            let when = when(cluster, back);
            let _ = writeln!(text, "  comes back {when}: {}", return_words(cluster, back));
        }
    }
    for refused in refused {
        let what = Plain(format!("{} in {}", cluster.label(refused.cert), refused.unit.as_str()));
        let why = event_lines(cluster, &refused.reasons).join("; ");
        let _ = writeln!(text, "{what}: not deleted; step {}: {}", refused.step, Plain(why));
        for node in refused.holders.iter() {
            let _ = writeln!(text, "  {} still has it", Plain(name(cluster, node)));
        }
    }
    text
}

fn when(cluster: &Cluster, back: &Return) -> String {
    let (minute, on) = (back.minute, Plain(back.after_on.map_or("", |node| name(cluster, node))));
    match back.after {
        None => format!("at minute {minute}"),
        Some(Blocker::NodeUp) => format!("{minute} min after {on} is up"),
        Some(Blocker::Replication) => format!("{minute} min after replication to {on} works again"),
        Some(Blocker::ServiceStart) => {
            format!("{minute} min after change notification starts on {on}")
        }
    }
}

fn assumption_words(assumption: DeletionAssumption) -> &'static str {
    match assumption {
        DeletionAssumption::ClusterwideDelete => {
            "this version deletes the file on the other nodes by an event. Sources disagree for 11.0 to 11.5 (D2.2). The safe way: stop \
             Certificate Change Notification on every node, delete the file on each of them, and start it again. If it is known, write \
             \"clusterwide_delete\" into \"cluster\""
        }
        DeletionAssumption::NoSyncBetween => {
            "no node that still had the file came to its half-hourly sync between the first deletion and the last. When a node syncs is not \
             known (C-44). The safe way: stop Certificate Change Notification on every node before the first deletion"
        }
    }
}

fn sentence(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Gone => "gone, and nothing brings it back",
        Outcome::Back => "back on a node where it was deleted",
        Outcome::WillReturn => "it will come back",
        Outcome::WillReturnAfter => "deleted, but it will come back",
        Outcome::Stays => "still on other nodes, which do not spread it",
    }
}

fn holder_words(holder: &Holder) -> String {
    let again = if holder.again { " again" } else { "" };
    let then = match (holder.next_sync, holder.waits) {
        (Some(minute), _) => format!("; its next sync is due at minute {minute}"),
        (None, Some(Blocker::NodeUp)) => "; it is down".to_owned(),
        (None, Some(Blocker::ServiceStart)) => {
            "; change notification does not run there".to_owned()
        }
        (None, Some(Blocker::Replication)) => "; replication to it is broken".to_owned(),
        (None, None) => "; change notification does not handle this store".to_owned(),
    };
    format!("{again}{then}")
}

fn return_words(cluster: &Cluster, back: &Return) -> String {
    let to = list(cluster, back.to);
    let source = back.source.map(|node| Plain(name(cluster, node)).to_string());
    match (back.by, source) {
        (_, Some(source)) if back.to.is_empty() => {
            format!("{source} writes it back to the database")
        }
        (ReturnCause::Notification, Some(source)) => {
            format!("{source} writes it back to the database, and it is imported on {to}")
        }
        (ReturnCause::Notification, None) => {
            format!("it is imported on {to} when the database changes")
        }
        (ReturnCause::ServiceStart, source) => {
            let from =
                source.map(|source| format!(", where {source} wrote it back")).unwrap_or_default();
            format!("change notification starts on {to} and imports it from the database{from}")
        }
        (ReturnCause::Sync, source) => {
            let from =
                source.map(|source| format!(", where {source} wrote it back")).unwrap_or_default();
            format!("{to} imports it from the database at its next sync{from}")
        }
    }
}

fn list(cluster: &Cluster, nodes: NodeSet) -> String {
    Plain(names(cluster, nodes).join(", ")).to_string()
}
