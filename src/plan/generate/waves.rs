//! In mixed mode CallManager presents a new certificate before the phones have it in their CTL (from 14 on) or still the
//! old one after (before 14). The nodes are renewed in two turns, so that an encrypted phone always finds a server of its
//! group whose certificate is in its CTL.

use crate::cluster::{Cluster, NodeId, PhoneId, PhoneSecurity};
use crate::release::{Product, Unit};
use alloc::{collections::BTreeSet, vec, vec::Vec};

/// How many servers are tried in every combination.
const MAX_TRIED: usize = 12;

/// The nodes of a unit in the turns in which they are renewed; one turn where two do not help every phone.
pub(super) fn turns(cluster: &Cluster) -> Vec<Vec<NodeId>> {
    let owners = || cluster.nodes().map(|(node, _)| node).filter(|&node| cluster.has_unit(node, Unit::CallManager));
    let all: Vec<NodeId> = owners().collect();
    let groups = encrypted_groups(cluster);
    if groups.is_empty() {
        return vec![all];
    }
    let servers: Vec<NodeId> = all.iter().copied().filter(|node| groups.iter().any(|group| group.contains(node))).collect();
    let Some(first) = split(&servers, &groups) else { return vec![all] };
    let (first, second): (Vec<NodeId>, Vec<NodeId>) = all.into_iter().partition(|node| first.contains(node));
    vec![second, first]
}

/// The phones whose group no split in two turns helps.
pub(super) fn dropped(cluster: &Cluster) -> Vec<PhoneId> {
    if turns(cluster).len() > 1 {
        return Vec::new();
    }
    let encrypted = cluster.phones().iter().filter(|phone| phone.security == PhoneSecurity::Encrypted && phone.online);
    encrypted.filter_map(|phone| cluster.phone(&phone.name)).collect()
}

fn encrypted_groups(cluster: &Cluster) -> BTreeSet<Vec<NodeId>> {
    let encrypted = cluster.phones().iter().filter(|phone| phone.security == PhoneSecurity::Encrypted);
    let runs = |node: &NodeId| {
        let spec = cluster.node_spec(*node);
        spec.product == Product::Cucm && spec.callmanager
    };
    encrypted.map(|phone| phone.cm_group.iter().copied().filter(runs).collect()).collect()
}

/// Some of the servers such that every group has a member among them and one that is not.
fn split(servers: &[NodeId], groups: &BTreeSet<Vec<NodeId>>) -> Option<Vec<NodeId>> {
    let halves = |some: &[NodeId]| {
        groups.iter().all(|group| group.iter().any(|node| some.contains(node)) && !group.iter().all(|node| some.contains(node)))
    };
    let tried = servers.len().min(MAX_TRIED);
    let combinations = 1_u32.checked_shl(u32::try_from(tried).ok()?)?;
    (1..combinations).find_map(|mask| {
        let chosen = |place: usize| mask.checked_shr(u32::try_from(place % MAX_TRIED).unwrap_or(0)).unwrap_or(0) & 1 == 1;
        let some: Vec<NodeId> = servers.iter().enumerate().filter(|(place, _)| chosen(*place)).map(|(_, node)| *node).collect();
        halves(&some).then_some(some)
    })
}
