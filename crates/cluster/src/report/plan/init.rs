//! A cluster that was put together from pastes: its JSON, and a line for everything that could not be known.

use crate::case::{CLUSTER_SCHEMA, cluster_json};
use crate::plan::{GROUP_QUERY, Init, Mark};
use crate::preflight::Item;
use crate::report::Plain;
use trustlist::json::Value;

/// The cluster as `trustlist.cluster/1`; the marks stand under `note`.
pub fn init_json(init: &Init) -> Value {
    let marks: Vec<String> = init.marks.iter().map(mark_text).collect();
    [
        ("schema", CLUSTER_SCHEMA.into()),
        ("note", marks.into_iter().collect()),
        ("cluster", cluster_json(&init.cluster)),
    ]
    .into()
}

/// What could not be known, in one line.
pub fn mark_text(mark: &Mark) -> String {
    let name = |text: &str| Plain(text).to_string();
    match mark {
        Mark::CallManagerAssumed(node, on) => {
            let word = if *on { "activated" } else { "not activated" };
            format!("{}: CallManager taken as {word}; paste its `utils service list`", name(node))
        }
        Mark::GroupUnknown(group) if group.is_empty() => {
            "phones without a CallManager group: taken to have every CallManager node; name the group in the inventory".to_owned()
        }
        Mark::GroupUnknown(group) => {
            format!(
                "CallManager group {}: members unknown, every CallManager node assumed; paste the output of: {GROUP_QUERY}",
                name(group)
            )
        }
        Mark::ListsAssumed(count) => {
            format!("{}: current lists assumed; from 14 on export the column ITL File Status", phones(*count))
        }
        Mark::ModeAssumed => {
            format!("security mode: non-secure assumed; paste `show ctl` or the output of: {}", query(Item::Mode))
        }
        Mark::NoPhones => "no phones: give --phones INVENTORY.csv".to_owned(),
        Mark::PresenceUnknown => "IM and Presence nodes: none assumed; paste `utils dbreplication runtimestate`".to_owned(),
        Mark::PublisherAssumed(node) => format!("publisher: {} assumed; give --publisher", name(node)),
        Mark::RollbackAssumed => {
            format!("rollback parameter: off assumed; paste the output of: {}", query(Item::Rollback))
        }
        Mark::StatusUnknown(count) => format!("{}: on-line assumed; add a column status to the inventory", phones(*count)),
        Mark::TftpAssumed(count) => {
            format!("{}: every TFTP node assumed; add a column tftp_servers to the inventory", phones(*count))
        }
        Mark::TftpUnknown(node) => {
            format!("{}: TFTP taken as not activated; paste its `show itl` or `utils service list`", name(node))
        }
        Mark::NodeUnknown(node) => {
            format!("service list of {}: no list names this node; give NODE=FILE", name(node))
        }
        Mark::Unused(file) => format!("{}: nothing in it could be used", name(file)),
    }
}

fn query(item: Item) -> &'static str {
    item.command().unwrap_or_default()
}

fn phones(count: usize) -> String {
    if count == 1 { "1 phone".to_owned() } else { format!("{count} phones") }
}
