//! What becomes of deleted certificates, as text and JSON.

use crate::cluster::{Cluster, NodeId, NodeSet};
use crate::deletion::{Forecast, Holder, Outcome, Return, ReturnBy, Waits};
use crate::report::Plain;
use serde_json::{Value, json};
use std::fmt::Write;

/// The schema of the answer.
pub const FORECAST_SCHEMA: &str = "trustlist.deletion-forecast/1";

/// What becomes of each certificate that a plan deletes.
pub fn forecast_json(cluster: &Cluster, forecasts: &[Forecast]) -> Value {
    let certificates: Vec<Value> = forecasts.iter().map(|forecast| certificate_json(cluster, forecast)).collect();
    json!({ "schema": FORECAST_SCHEMA, "certificates": certificates })
}

fn certificate_json(cluster: &Cluster, forecast: &Forecast) -> Value {
    let returns = |returns: &[Return]| returns.iter().map(|back| return_json(cluster, back)).collect::<Vec<_>>();
    json!({
        "unit": forecast.unit.as_str(),
        "certificate": cluster.label(forecast.cert).to_string(),
        "outcome": forecast.outcome.as_str(),
        "deleted_on": names(cluster, forecast.deleted),
        "deleted_at": forecast.deleted_at,
        "now": forecast.now,
        "holders": forecast.holders.iter().map(|holder| holder_json(cluster, holder)).collect::<Vec<_>>(),
        "came_back": returns(&forecast.came_back),
        "will_return": returns(&forecast.will_return),
    })
}

fn holder_json(cluster: &Cluster, holder: &Holder) -> Value {
    json!({
        "node": name(cluster, holder.node),
        "deleted_before": holder.again,
        "next_sync": holder.next_sync,
        "waits_for": holder.waits.map(Waits::as_str),
    })
}

fn return_json(cluster: &Cluster, back: &Return) -> Value {
    json!({
        "source": back.source.map(|node| name(cluster, node)),
        "minute": back.minute,
        "step": back.step,
        "to": names(cluster, back.to),
        "by": back.by.as_str(),
        "after": back.after.map(Waits::as_str),
    })
}

fn name(cluster: &Cluster, node: NodeId) -> &str {
    cluster.nodes().find(|(id, _)| *id == node).map_or("", |(_, spec)| &spec.name)
}

fn names(cluster: &Cluster, nodes: NodeSet) -> Vec<&str> {
    nodes.iter().map(|node| name(cluster, node)).collect()
}

/// The same in sentences.
pub fn forecast_text(cluster: &Cluster, forecasts: &[Forecast]) -> String {
    let mut text = String::new();
    if forecasts.is_empty() {
        return "The plan deletes no trust certificate.\n".to_owned();
    }
    for (index, forecast) in forecasts.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        let what = Plain(format!("{} in {}", cluster.label(forecast.cert), forecast.unit));
        let _ = writeln!(text, "{gap}{what}: {}", sentence(forecast.outcome));
        let on = list(cluster, forecast.deleted);
        let _ =
            writeln!(text, "  deleted on {on}, last at minute {}; the plan ends at minute {}", forecast.deleted_at, forecast.now);
        for holder in &forecast.holders {
            let _ = writeln!(text, "  {} holds it{}", Plain(name(cluster, holder.node)), holder_words(holder));
        }
        for back in &forecast.came_back {
            let step = back.step.map(|step| format!(" (step {step})")).unwrap_or_default();
            let _ = writeln!(text, "  came back at minute {}{step}: {}", back.minute, return_words(cluster, back));
        }
        for back in &forecast.will_return {
            let when = match back.after {
                None => format!("at minute {}", back.minute),
                Some(Waits::NodeUp) => format!("{} min after that node is up", back.minute),
                Some(Waits::ServiceStart) => format!("{} min after change notification starts there", back.minute),
            };
            let _ = writeln!(text, "  comes back {when}: {}", return_words(cluster, back));
        }
    }
    text
}

fn sentence(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Gone => "gone, and nothing brings it back",
        Outcome::Back => "back on a node where it was deleted",
        Outcome::WillReturn => "will come back by itself",
        Outcome::WillReturnAfter => "gone for now; will come back",
        Outcome::Stays => "still on other nodes, from which it does not spread",
    }
}

fn holder_words(holder: &Holder) -> String {
    let again = if holder.again { " again" } else { "" };
    let then = match (holder.next_sync, holder.waits) {
        (Some(minute), _) => format!("; its next sync is due at minute {minute}"),
        (None, Some(Waits::NodeUp)) => "; it is down".to_owned(),
        (None, Some(Waits::ServiceStart)) => "; change notification is stopped there".to_owned(),
        (None, None) => "; change notification does not handle this store".to_owned(),
    };
    format!("{again}{then}")
}

fn return_words(cluster: &Cluster, back: &Return) -> String {
    let to = list(cluster, back.to);
    let source = back.source.map(|node| Plain(name(cluster, node)).to_string());
    match (back.by, source) {
        (_, Some(source)) if back.to.is_empty() => format!("the sync of {source} gives the database its rows back"),
        (ReturnBy::Notification, Some(source)) => {
            format!("the sync of {source} gives the database its rows back, {to} import it")
        }
        (ReturnBy::Notification, None) => format!("{to} import it on a change of the database"),
        (ReturnBy::ServiceStart, source) => {
            let from = source.map(|source| format!(", which {source} brought back")).unwrap_or_default();
            format!("change notification starts on {to} and finds rows without a file{from}")
        }
        (ReturnBy::Sync, source) => {
            let from = source.map(|source| format!(", which {source} brought back")).unwrap_or_default();
            format!("the sync of {to} finds rows without a file{from}")
        }
    }
}

fn list(cluster: &Cluster, nodes: NodeSet) -> String {
    Plain(names(cluster, nodes).join(", ")).to_string()
}
