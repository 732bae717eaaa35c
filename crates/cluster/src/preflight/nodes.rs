//! On which nodes the commands were run, and on which they were not: F-5, F-6 and F-10 are asked of every node that a paste or
//! the context names.

use super::text::Section;
use super::{Check, Context, Fact, Item, Read, Source};
use crate::code::PreflightCode;
use alloc::{string::String, sync::Arc, vec::Vec};
use trustlist::console::{Presence, Print};
use trustlist::facts::ListKind;
use trustlist::wire::Role;

/// The node from which the replication was looked at: "Cluster Detailed View from ccm1 (2 Servers)".
pub(super) fn viewed_from(section: &Section) -> Option<String> {
    let (behind, _) = section.find("ClusterDetailedViewfrom")?;
    let name = section.word(behind);
    (!name.is_empty()).then_some(name)
}

/// `ccm1` and `ccm1.voice.example` are one node; addresses are compared whole.
pub(super) fn same_node(one: &str, other: &str) -> bool {
    let short = |name: &'_ str| match name.parse::<core::net::IpAddr>() {
        Ok(_) => String::from(name),
        Err(_) => name.split('.').next().unwrap_or_default().to_ascii_lowercase(),
    };
    short(one) == short(other)
}

/// The node whose TFTP server made this ITL: each names its own node as TFTP server, and no other (C-60).
fn own_node(print: &Print) -> Option<&str> {
    if print.kind != ListKind::Itl || print.presence != Presence::Printed {
        return None;
    }
    let tftp = |role: Option<Role>| matches!(role, Some(Role::CcmTftp | Role::Tftp));
    let mut servers =
        print.records.iter().filter(|record| tftp(record.role())).map(|record| record.server());
    let first = servers.next().filter(|server| !server.is_empty())?;
    servers.all(|server| same_node(server, first)).then_some(first)
}

/// The nodes of a cluster, each by the first name that is met.
#[derive(Debug, Default)]
pub(super) struct Nodes(Vec<Arc<str>>);

impl Nodes {
    fn add(&mut self, name: &str) {
        if !name.is_empty() && !self.0.iter().any(|known| same_node(known, name)) {
            self.0.push(Arc::from(name));
        }
    }

    /// Every node that is named: by the caller, in the replication table, in lists.
    pub(super) fn named(sources: &[Source<'_>], read: &[Read], context: &Context) -> Self {
        let mut nodes = Self::default();
        context.tftp_nodes.iter().flatten().for_each(|name| nodes.add(name));
        sources.iter().filter_map(|source| source.node).for_each(|name| nodes.add(name));
        for read in read {
            read.viewed_from.iter().for_each(|name| nodes.add(name));
            for found in read.found.iter().filter(|found| found.item == Item::Replication) {
                for (_, fact) in &found.facts {
                    if let Fact::Map(rows) = fact {
                        rows.iter().for_each(|(name, _)| nodes.add(name));
                    }
                }
            }
            for print in &read.prints {
                let hosts = print
                    .records
                    .iter()
                    .filter(|record| matches!(record.role(), Some(Role::Tvs | Role::CcmTftp)));
                hosts.for_each(|record| nodes.add(record.server()));
            }
        }
        nodes
    }

    /// The node that this source is of, where it was said or what is in it tells: the node of its lists, the one from which
    /// the replication was looked at, or a file that is called after a node.
    pub(super) fn of_source(&self, source: &Source<'_>, read: &Read) -> Option<Arc<str>> {
        if let Some(node) = source.node {
            return self.find(node);
        }
        let mut told = read
            .prints
            .iter()
            .filter_map(own_node)
            .chain(read.viewed_from.iter().map(String::as_str));
        if let Some(first) = told.next() {
            return if told.all(|other| same_node(other, first)) { self.find(first) } else { None };
        }
        let file = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.find(file.rsplit_once('.').map_or(file, |(stem, _)| stem))
    }

    /// The node of a print.
    pub(super) fn of_print(&self, print: &Print) -> Option<Arc<str>> {
        self.find(own_node(print)?)
    }

    fn find(&self, name: &str) -> Option<Arc<str>> {
        self.0.iter().find(|known| same_node(known, name)).cloned()
    }

    /// The nodes of which an item is asked: the TFTP nodes where lists are asked about, as far as that is known.
    pub(super) fn asked(&self, item: Item, checks: &[Check], context: &Context) -> Vec<Arc<str>> {
        let runs_tftp = |node: &Arc<str>| match &context.tftp_nodes {
            Some(named) => named.iter().any(|name| same_node(name, node)),
            None => {
                !checks.iter().any(|check| check.node.as_ref() == Some(node) && lacks_tftp(check))
            }
        };
        match item {
            Item::Services => self.0.clone(),
            Item::Ctl | Item::Itl => {
                self.0.iter().filter(|node| runs_tftp(node)).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A service list of a node on which TFTP is not activated.
fn lacks_tftp(check: &Check) -> bool {
    let not_activated = check.facts.iter().find(|(name, _)| *name == "not_activated");
    let tftp = |names: &[String]| {
        names.iter().any(|name| name.trim_end().to_ascii_lowercase().ends_with("tftp"))
    };
    check.item == Item::Services
        && matches!(not_activated, Some((_, Fact::List(names))) if tftp(names))
}

/// The nodes of which nothing was pasted, and on which the command is still to be run.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// No check names them.
    pub(super) missing: Vec<Arc<str>>,
    /// The command is to be run there: those, and the nodes whose output could not be read.
    pub(super) to_run: Vec<Arc<str>>,
    /// Outputs of which it is not known on which node they were made.
    pub(super) unnamed: usize,
}

/// Says which of the asked nodes an item was not answered for. One output of an unknown node is that of the only node left.
pub(super) fn gap(asked: &[Arc<str>], item: Item, checks: &[Check]) -> Gap {
    let of_item = || checks.iter().filter(|check| check.item == item);
    let answered = |node: &Arc<str>, unread: bool| {
        of_item().any(|check| {
            check.node.as_ref() == Some(node)
                && (unread || check.code != PreflightCode::OutputUnread)
        })
    };
    let left = |unread: bool| {
        asked.iter().filter(|node| !answered(node, unread)).cloned().collect::<Vec<_>>()
    };
    let (missing, to_run) = (left(true), left(false));
    let unnamed = of_item()
        .filter(|check| check.node.is_none() && check.code != PreflightCode::OutputUnread)
        .count();
    if missing.len() == 1 && unnamed > 0 {
        return Gap {
            missing: Vec::new(),
            to_run: to_run.into_iter().filter(|node| !missing.contains(node)).collect(),
            unnamed: 0,
        };
    }
    Gap { missing, to_run, unnamed }
}
