//! Outputs of one command that follow each other in one file: an administrator mends a fault, runs
//! the command again and pastes the new output below the old one. The later one counts.

use super::nodes::{Nodes, services_named};
use super::read::Section;
use super::{Fact, Found, Item, Read, Source};
use crate::code::PreflightCode;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use trustlist::console::Line;
use trustlist::facts::ListKind;

/// What an output is of: a later one of the same replaces it.
pub(super) struct Output {
    item: Item,
    line: Line,
    of: String,
}

impl Output {
    /// Replication is that of the cluster, as one node shows it, or that of the same servers.
    pub(super) fn of_replication(section: &Section<'_>, found: &Found) -> Option<Self> {
        let servers = found.facts.iter().find_map(|(_, fact)| match fact {
            Fact::Map(rows) => {
                Some(rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "))
            }
            _ => None,
        });
        let of = super::nodes::viewed_from(section).or(servers)?;
        Some(Self { item: found.item, line: found.line, of })
    }

    /// A node has the same services before and after one of them was started.
    pub(super) fn of_services(section: &Section<'_>, found: &Found) -> Self {
        Self { item: found.item, line: found.line, of: services_named(section) }
    }
}

/// Leaves out what a later output of the same file replaces, and says in the later one where the
/// older one is. Parameters of the cluster (F-1, F-2) are not among these: two values are disputed.
pub(super) fn keep(source: &Source<'_>, read: &mut Read, named: &Nodes) {
    let is_of_one_node = named.is_of_one_node(source);
    for item in [Item::Replication, Item::Services, Item::OwnCertificates] {
        // A file may hold the service lists of several nodes: only that of one node is sure.
        if is_of_one_node || item == Item::Replication {
            keep_found(read, item, is_of_one_node);
        }
    }
    if let Some(last) = read.backups.pop() {
        read.backups = vec![last];
    }
    let prints = core::mem::take(&mut read.prints);
    for print in prints {
        let node = named.of_print(&print);
        let is_ctl = print.kind == ListKind::Ctl;
        read.prints.retain(|older| {
            let of_older = named.of_print(older);
            let is_alike = match (&of_older, &node) {
                (Some(older), Some(node)) => older == node,
                // A list that is missing, or that names no server.
                _ => is_of_one_node,
            };
            (older.kind == ListKind::Ctl) != is_ctl || !is_alike
        });
        read.prints.push(print);
    }
}

/// Keeps the last readable output of an item, and every one that is of something else.
fn keep_found(read: &mut Read, item: Item, is_of_one_node: bool) {
    let outputs = &read.outputs;
    let of = |found: &Found| {
        let mut all = outputs.iter();
        all.find(|output| output.item == item && output.line == found.line).map(|it| &*it.of)
    };
    let is_read = |found: &Found| found.code != PreflightCode::OutputUnread;
    let places: Vec<usize> =
        (0..).zip(&read.found).filter(|(_, found)| found.item == item).map(|(at, _)| at).collect();
    let Some(last) = places.last().and_then(|&at| read.found.get(at)) else { return };
    if !is_read(last) || places.len() < 2 {
        return;
    }
    let replaced: Vec<usize> = places
        .iter()
        .copied()
        .filter(|&at| {
            let Some(older) = read.found.get(at) else { return false };
            let is_alike = of(older) == of(last) || is_of_one_node && !is_read(older);
            !core::ptr::eq(older, last) && is_alike
        })
        .collect();
    if replaced.is_empty() {
        return;
    }
    let lines: Vec<String> = replaced
        .iter()
        .filter_map(|&at| read.found.get(at))
        .map(|found| format!("line {}", found.line.0))
        .take(MOST_TOLD)
        .collect();
    let last = places.last().copied();
    if let Some(found) = last.and_then(|at| read.found.get_mut(at)) {
        found.facts.push(("superseded", Fact::List(lines)));
    }
    let mut at = 0_usize;
    read.found.retain(|_| {
        let keeps = replaced.binary_search(&at).is_err();
        at = at.saturating_add(1);
        keeps
    });
}

/// How many older outputs are named.
const MOST_TOLD: usize = 10;
