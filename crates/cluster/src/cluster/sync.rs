//! Regeneration, change notification, the half-hourly sync, and what happens when nodes come and go
//! (C-21 to C-34).

use super::cert::Cert;
use super::event::{Event, ImportTrigger, Refusal};
use super::node::{NodeId, NodeSet};
use super::operation::Nodes;
use super::shared::Shared;
use super::state::ClusterState;
use crate::release::{Service, TrustUnit, Unit};
use alloc::vec::Vec;

/// `CN_SYNC_TIMER`: 1,800 seconds (C-33).
const SYNC_MINUTES: u64 = 30;

/// True if something changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changed {
    No,
    Yes,
}

impl ClusterState {
    /// `set cert regen UNIT` on nodes.
    pub(super) fn regen(&mut self, unit: Unit, scope: &Nodes) {
        let mut nodes: Vec<NodeId> = match scope {
            Nodes::All => self
                .cluster
                .node_table()
                .ids()
                .filter(|&node| self.cluster.has_unit(node, unit))
                .collect(),
            Nodes::These(nodes) => nodes.clone(),
        };
        let multi = self.cluster.is_multi_server(unit);
        if multi && *scope == Nodes::All {
            // One certificate: one regeneration, on the first node that is up.
            nodes.retain(|&node| self.nodes.at(node).up);
            nodes.truncate(1);
        }
        if nodes.is_empty() {
            self.refuse(None, Refusal::NothingToDo);
        }
        for node in nodes {
            if !self.cluster.has_unit(node, unit) {
                self.refuse(Some(node), Refusal::UnitNotThere(unit));
            } else if !self.nodes.at(node).up {
                self.refuse(Some(node), Refusal::NodeDown);
            } else if multi {
                self.regen_everywhere(unit, node);
            } else {
                let generation = self.nodes.at(node).db.generation(unit, node).saturating_add(1);
                self.push(Event::Regenerated { cert: Cert::Own { unit, node, generation } });
                self.regen_on(unit, node, generation);
            }
        }
    }

    /// C-26: a multi-server certificate is made on one node and handed to every node that is up.
    fn regen_everywhere(&mut self, unit: Unit, origin: NodeId) {
        let newest =
            self.nodes.at(origin).db.generations(unit).map(|(_, generation)| generation).max();
        let generation = newest.unwrap_or_default().saturating_add(1);
        self.push(Event::Regenerated {
            cert: Cert::Own { unit, node: self.cluster.owner(unit, origin), generation },
        });
        for node in self.cluster.node_table().ids() {
            if self.cluster.has_unit(node, unit) && self.nodes.at(node).up {
                self.regen_on(unit, node, generation);
            }
        }
    }

    /// One regeneration: file and database here, trust copies here, then the other nodes by
    /// notification (C-21 to C-24).
    fn regen_on(&mut self, unit: Unit, node: NodeId, generation: u32) {
        let old = self.own(node, unit, node);
        let cert = Cert::Own { unit, node: self.cluster.owner(unit, node), generation };
        self.write_db(node, |db, change| db.set_own(unit, node, generation, change));
        let product = self.cluster.node_spec(node).product;
        for &store in unit.trust_copies().iter().filter(|store| store.on(product)) {
            self.files_mut().add(NodeSet::only(node), store, cert);
            self.write_db(node, |db, change| {
                db.add_trust(store, cert, NodeSet::only(node), change)
            });
            self.push(Event::TrustCopied { node, unit: store, cert });
            self.notify(node, store, cert);
            if unit.replaces_trust_copy() {
                self.replace(node, store, old);
            }
        }
        self.reload(unit, node);
    }

    /// The predecessor's copy goes, here and where notification reaches (C-24).
    fn replace(&mut self, origin: NodeId, unit: TrustUnit, old: Cert) {
        let mut nodes: NodeSet = self.notified(origin).filter(|&node| node != origin).collect();
        nodes.insert(origin);
        for node in
            nodes.iter().filter(|&node| self.files.holds(node, unit, old)).collect::<Vec<_>>()
        {
            self.files_mut().remove(node, unit, old);
            self.write_db(origin, |db, change| db.delete_trust(unit, old, node, change));
            self.push(Event::FileDeleted {
                node,
                unit,
                cert: old,
                trigger: super::FileTrigger::Replaced,
            });
        }
    }

    /// The nodes that a change of the database on this one reaches and whose notification service
    /// runs.
    fn notified(&self, origin: NodeId) -> impl Iterator<Item = NodeId> {
        self.reachable(origin).iter().filter(|&node| self.runs(node, Service::Ccn))
    }

    /// Change notification: every other node imports what it lacks (C-32).
    fn notify(&mut self, origin: NodeId, unit: TrustUnit, cert: Cert) {
        if !unit.notified() {
            return;
        }
        let lacks = |node: &NodeId| {
            *node != origin && self.takes(*node, unit) && !self.files.holds(*node, unit, cert)
        };
        let nodes: NodeSet = self.notified(origin).filter(lacks).collect();
        self.import(origin, nodes, unit, cert, ImportTrigger::ChangeNotification);
    }

    fn import(
        &mut self,
        origin: NodeId,
        nodes: NodeSet,
        unit: TrustUnit,
        cert: Cert,
        trigger: ImportTrigger,
    ) {
        if !nodes.is_empty() {
            self.files_mut().add(nodes, unit, cert);
            self.write_db(origin, |db, change| db.add_trust(unit, cert, nodes, change));
            self.push(Event::FileImported { nodes, unit, cert, trigger });
        }
    }

    fn takes(&self, node: NodeId, unit: TrustUnit) -> bool {
        unit.on(self.cluster.node_spec(node).product)
    }

    /// The notification service starts: it counts from now and imports what it missed (C-46).
    pub(super) fn start_ccn(&mut self, node: NodeId) {
        self.nodes.at_mut(node).ccn_since = self.minute;
        self.import_missing(node, ImportTrigger::ServiceStart);
    }

    /// One tick of a node: files first, then rows (C-33, C-43).
    fn sync(&mut self, node: NodeId) -> Changed {
        let orphans: Vec<(TrustUnit, Cert)> = {
            let db = &self.nodes.at(node).db;
            let mapped = |unit, cert| db.holds(unit, cert) && db.maps_node(unit, cert, node);
            let here = self
                .files
                .iter()
                .filter(|(unit, _, nodes)| unit.notified() && nodes.contains(node));
            here.filter(|&(unit, cert, _)| !mapped(unit, cert))
                .map(|(unit, cert, _)| (unit, cert))
                .collect()
        };
        for &(unit, cert) in &orphans {
            self.write_db(node, |db, change| db.add_trust(unit, cert, NodeSet::only(node), change));
            self.push(Event::RowsRestored { node, unit, cert });
            self.notify(node, unit, cert);
        }
        match (orphans.is_empty(), self.import_missing(node, ImportTrigger::Sync)) {
            (true, changed) => changed,
            (false, _) => Changed::Yes,
        }
    }

    fn import_missing(&mut self, node: NodeId, trigger: ImportTrigger) -> Changed {
        let lacks = |unit: TrustUnit, cert| {
            unit.notified() && self.takes(node, unit) && !self.files.holds(node, unit, cert)
        };
        let db = self.nodes.at(node).db.clone();
        let missing: Vec<(TrustUnit, Cert)> =
            db.trust().filter(|&(unit, cert)| lacks(unit, cert)).collect();
        drop(db);
        for &(unit, cert) in &missing {
            self.import(node, NodeSet::only(node), unit, cert, trigger);
        }
        if missing.is_empty() { Changed::No } else { Changed::Yes }
    }

    /// Time passes: each node's sync ticks every half hour from the start of its service, in
    /// inventory order (C-34).
    pub(super) fn wait(&mut self, minutes: u64) {
        let end = self.minute.saturating_add(minutes);
        let mut last_change = self.minute;
        // Half an hour without a change holds a tick of every node: the next one would find the
        // same.
        while let Some(tick) = self
            .next_tick()
            .filter(|&tick| tick <= end && tick <= last_change.saturating_add(SYNC_MINUTES))
        {
            self.minute = tick;
            for node in self.cluster.node_table().ids() {
                let due = self.runs(node, Service::Ccn) && self.ticks_at(node, tick);
                if due && self.sync(node) == Changed::Yes {
                    last_change = tick;
                }
            }
        }
        self.minute = end;
    }

    fn next_tick(&self) -> Option<u64> {
        self.nodes.iter().filter_map(|(node, _)| self.next_sync(node)).min()
    }

    /// When a node ticks next; `None` where its service does not run.
    pub(super) fn next_sync(&self, node: NodeId) -> Option<u64> {
        let since = self.nodes.at(node).ccn_since;
        let next = self
            .minute
            .saturating_add(SYNC_MINUTES - (self.minute.saturating_sub(since)) % SYNC_MINUTES);
        self.runs(node, Service::Ccn).then_some(next)
    }

    fn ticks_at(&self, node: NodeId, minute: u64) -> bool {
        let since = self.nodes.at(node).ccn_since;
        minute > since && (minute - since).is_multiple_of(SYNC_MINUTES)
    }

    pub(super) fn node_down(&mut self, node: NodeId) {
        if !self.nodes.at(node).up {
            return self.refuse(Some(node), Refusal::AlreadySo);
        }
        self.nodes.at_mut(node).up = false;
        self.push(Event::NodeDown(node));
    }

    pub(super) fn node_up(&mut self, shared: &mut Shared, node: NodeId) {
        if self.nodes.at(node).up {
            return self.refuse(Some(node), Refusal::AlreadySo);
        }
        self.nodes.at_mut(node).up = true;
        self.push(Event::NodeUp(node));
        self.meet(node);
        self.start_node(shared, node);
    }

    pub(super) fn repl_break(&mut self, node: NodeId) {
        if !self.nodes.at(node).replicates {
            return self.refuse(Some(node), Refusal::AlreadySo);
        }
        self.nodes.at_mut(node).replicates = false;
        self.push(Event::ReplicationBroken(node));
    }

    pub(super) fn repl_fix(&mut self, node: NodeId) {
        if self.nodes.at(node).replicates {
            return self.refuse(Some(node), Refusal::AlreadySo);
        }
        self.nodes.at_mut(node).replicates = true;
        self.push(Event::ReplicationFixed(node));
        self.meet(node);
    }

    /// A node reaches the others again: the replicas become one, and rows that are new to a node
    /// are imported there.
    fn meet(&mut self, node: NodeId) {
        let group = self.reachable(node);
        let mut merged = self.nodes.at(node).db.clone();
        for other in group.iter() {
            let db = &self.nodes.at(other).db;
            if *db != merged {
                let mut both = (*merged).clone();
                both.merge(db);
                merged = both.into();
            }
        }
        let before: Vec<_> =
            group.iter().map(|other| (other, self.nodes.at(other).db.clone())).collect();
        group.iter().for_each(|other| self.nodes.at_mut(other).db = merged.clone());
        for (other, known) in before {
            let news =
                merged.trust().filter(|&(unit, cert)| !known.holds(unit, cert) && unit.notified());
            for (unit, cert) in news.collect::<Vec<_>>() {
                let lacks = self.takes(other, unit) && !self.files.holds(other, unit, cert);
                if lacks && self.runs(other, Service::Ccn) {
                    self.import(
                        other,
                        NodeSet::only(other),
                        unit,
                        cert,
                        ImportTrigger::ChangeNotification,
                    );
                }
            }
        }
    }
}
