//! Inventories and pastes that become a cluster: no panic, errors of one line, and a cluster that
//! is read again as it was written.

use super::is_one_line;
use trustlist_cluster::case::{cluster_json, deletion_inventory};
use trustlist_cluster::cluster::{Mode, PhoneSpec};
use trustlist_cluster::plan::{self, InitError, Known, Pasted};
use trustlist_cluster::report::plan::{init_json, mark_text};

/// The part before the first NUL is the inventory, each part after one a paste.
pub fn inventory(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.split('\0');
    let phones = parts.next().map(plan::inventory);
    let pastes: Vec<Pasted<'_>> =
        parts.map(|text| Pasted { node: None, name: "paste", text }).collect();
    if let Err(error) = deletion_inventory(text) {
        is_one_line(&error.to_string());
    }
    let phones = match phones {
        Some(Ok(phones)) => Some(phones),
        Some(Err(error)) => {
            is_one_line(&error.to_string());
            None
        }
        None => None,
    };
    let known = Known {
        version: "12.5".parse().ok(),
        mode: Some(Mode::Mixed),
        publisher: None,
        tls_minimum: None,
    };
    match plan::init(&pastes, phones.as_deref(), &known) {
        Ok(made) => {
            made.marks.iter().for_each(|mark| is_one_line(&mark_text(mark)));
            let _ = init_json(&made).to_string();
            let scenario = serde_json::json!({ "schema": "trustlist.simulate/1", "cluster": cluster_json(&made.cluster), "plan": [] });
            // An inventory may name servers that the pastes show without TFTP: that is told where
            // the cluster is read.
            let is_served = |phone: &PhoneSpec| {
                phone.tftp_servers.iter().any(|&node| made.cluster.node_spec(node).tftp)
            };
            let again = match trustlist_cluster::case::Scenario::parse(&scenario.to_string()) {
                Err(error) if !made.cluster.phones().iter().all(is_served) => {
                    return is_one_line(&error.to_string());
                }
                again => again.expect("a cluster that was written can be read"),
            };
            assert_eq!(cluster_json(&again.cluster), cluster_json(&made.cluster));
        }
        Err(InitError::NoVersion) => panic!("the version is given"),
        Err(error) => is_one_line(&error.to_string()),
    }
}
