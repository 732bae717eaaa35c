//! In mixed mode CallManager presents a new certificate before the phones have it in their CTL (from 14 on) or still the
//! old one after (before 14). The nodes are renewed in turns, so that an encrypted phone always finds a server of its group
//! whose certificate is in its CTL.

use crate::cluster::{Cluster, NodeId, PhoneId, PhoneSecurity, PhoneSpec};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use trustlist::release::{Product, Unit};

/// How many servers are tried in every combination.
const MAX_TRIED: usize = 12;

/// The nodes of a unit in the turns in which they are renewed: two where they will do, else as many as it takes, so that no
/// group of two servers or more is renewed whole in one turn.
pub(super) fn turns(cluster: &Cluster) -> Vec<Vec<NodeId>> {
    let owners = || {
        cluster
            .nodes()
            .map(|(node, _)| node)
            .filter(|&node| cluster.has_unit(node, Unit::CallManager))
    };
    let all: Vec<NodeId> = owners().collect();
    if cluster.is_multi_server(Unit::CallManager) {
        // One certificate of all nodes cannot be renewed in turns (C-26).
        return vec![all];
    }
    let groups: BTreeSet<BTreeSet<NodeId>> = encrypted(cluster)
        .map(|phone| servers_of(cluster, phone))
        .filter(|group| group.len() > 1)
        .collect();
    if groups.is_empty() {
        return vec![all];
    }
    let servers: Vec<NodeId> = all
        .iter()
        .copied()
        .filter(|node| groups.iter().any(|group| group.contains(node)))
        .collect();
    let Some(first) = split(&servers, &groups) else { return apart(all, &groups) };
    let (first, second): (Vec<NodeId>, Vec<NodeId>) =
        all.into_iter().partition(|node| first.contains(node));
    vec![second, first]
}

/// The phones that no turns help: their group has no second server, or all servers share one certificate.
pub(super) fn dropped(cluster: &Cluster) -> Vec<PhoneId> {
    let shared = cluster.is_multi_server(Unit::CallManager);
    let alone = encrypted(cluster)
        .filter(|phone| phone.online && (shared || servers_of(cluster, phone).len() < 2));
    alone.filter_map(|phone| cluster.phone(&phone.name)).collect()
}

fn encrypted(cluster: &Cluster) -> impl Iterator<Item = &PhoneSpec> {
    cluster.phones().iter().filter(|phone| phone.security == PhoneSecurity::Encrypted)
}

/// The servers of a phone's group that run CallManager.
fn servers_of(cluster: &Cluster, phone: &PhoneSpec) -> BTreeSet<NodeId> {
    let runs = |node: &NodeId| {
        let spec = cluster.node_spec(*node);
        spec.product == Product::Cucm && spec.callmanager
    };
    phone.cm_group.iter().copied().filter(runs).collect()
}

/// Each node in the first turn in which it completes no group: three servers of which each two are a group take three turns.
fn apart(nodes: Vec<NodeId>, groups: &BTreeSet<BTreeSet<NodeId>>) -> Vec<Vec<NodeId>> {
    let mut turns: Vec<Vec<NodeId>> = Vec::new();
    for node in nodes {
        let completes = |turn: &[NodeId], group: &BTreeSet<NodeId>| {
            group.contains(&node)
                && group.iter().all(|member| *member == node || turn.contains(member))
        };
        match turns.iter_mut().find(|turn| !groups.iter().any(|group| completes(turn, group))) {
            Some(turn) => turn.push(node),
            None => turns.push(vec![node]),
        }
    }
    turns
}

/// Some of the servers such that every group has a member among them and one that is not.
fn split(servers: &[NodeId], groups: &BTreeSet<BTreeSet<NodeId>>) -> Option<Vec<NodeId>> {
    let halves = |some: &[NodeId]| {
        groups.iter().all(|group| {
            group.iter().any(|node| some.contains(node))
                && !group.iter().all(|node| some.contains(node))
        })
    };
    let tried = servers.len().min(MAX_TRIED);
    let combinations = 1_u32.checked_shl(u32::try_from(tried).ok()?)?;
    (1..combinations).find_map(|mask| {
        let chosen = |place: usize| {
            mask.checked_shr(u32::try_from(place % MAX_TRIED).unwrap_or(0)).unwrap_or(0) & 1 == 1
        };
        let some: Vec<NodeId> = servers
            .iter()
            .enumerate()
            .filter(|(place, _)| chosen(*place))
            .map(|(_, node)| *node)
            .collect();
        halves(&some).then_some(some)
    })
}
