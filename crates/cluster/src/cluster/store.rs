//! Where certificates lie: trust files on the nodes, and each node's replica of the database (C-20,
//! D2).

use super::cert::Cert;
use super::node::{NodeId, NodeSet};
use crate::release::{TrustUnit, Unit};
use alloc::collections::BTreeMap;

/// The files in the trust stores: which nodes hold a certificate in a store.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    held: BTreeMap<(TrustUnit, Cert), NodeSet>,
}

impl Files {
    pub(super) fn holders(&self, unit: TrustUnit, cert: Cert) -> NodeSet {
        self.held.get(&(unit, cert)).copied().unwrap_or_default()
    }

    pub(super) fn holds(&self, node: NodeId, unit: TrustUnit, cert: Cert) -> bool {
        self.holders(unit, cert).contains(node)
    }

    pub(super) fn add(&mut self, nodes: NodeSet, unit: TrustUnit, cert: Cert) {
        let held = self.held.entry((unit, cert)).or_default();
        *held = held.union(nodes);
    }

    pub(super) fn remove(&mut self, node: NodeId, unit: TrustUnit, cert: Cert) {
        if let Some(held) = self.held.get_mut(&(unit, cert)) {
            held.remove(node);
            if held.is_empty() {
                self.held.remove(&(unit, cert));
            }
        }
    }

    /// Bytes that they take.
    pub(super) fn size(&self) -> usize {
        self.held.len().saturating_mul(row_size::<((TrustUnit, Cert), NodeSet)>())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (TrustUnit, Cert, NodeSet)> {
        self.held.iter().map(|(&(unit, cert), &nodes)| (unit, cert, nodes))
    }
}

/// Bytes that an entry of a map takes: a third of its room is empty.
const fn row_size<T>() -> usize {
    size_of::<T>() + size_of::<T>() / 2
}

/// One replica of the database.
///
/// Every row carries the number of its last change. Nodes that cannot reach each other go on with
/// their own replica; when they meet again the later change of each row wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Db {
    own: BTreeMap<(Unit, NodeId), OwnRow>,
    trust: BTreeMap<(TrustUnit, Cert), TrustRow>,
}

/// An own certificate: updated in place at a regeneration (C-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OwnRow {
    generation: u32,
    change: u64,
}

/// A certificate in a trust store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TrustRow {
    /// CERTIFICATESERVICECERTIFICATEMAP: does the store hold it? One row for all nodes (C-41).
    service: bool,
    /// CERTIFICATEPROCESSNODEMAP: which nodes have it.
    nodes: NodeSet,
    change: u64,
}

impl Db {
    /// The generation of a node's own certificate; 0 if it has none.
    pub(super) fn generation(&self, unit: Unit, node: NodeId) -> u32 {
        self.own.get(&(unit, node)).map_or(0, |row| row.generation)
    }

    /// The generation of every node's own certificate of a unit.
    pub(super) fn generations(&self, unit: Unit) -> impl Iterator<Item = (NodeId, u32)> {
        let rows = self.own.iter().filter(move |((of, _), _)| *of == unit);
        rows.map(|(&(_, node), row)| (node, row.generation))
    }

    /// Checks if a store holds a certificate, for the database.
    pub(super) fn holds(&self, unit: TrustUnit, cert: Cert) -> bool {
        self.trust.get(&(unit, cert)).is_some_and(|row| row.service)
    }

    pub(super) fn maps_node(&self, unit: TrustUnit, cert: Cert, node: NodeId) -> bool {
        self.trust.get(&(unit, cert)).is_some_and(|row| row.nodes.contains(node))
    }

    /// Returns the content of the stores, for the database.
    pub(super) fn trust(&self) -> impl Iterator<Item = (TrustUnit, Cert)> {
        self.trust.iter().filter(|(_, row)| row.service).map(|(&key, _)| key)
    }

    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        let own = self.own.len().saturating_mul(row_size::<((Unit, NodeId), OwnRow)>());
        let trust = self.trust.len().saturating_mul(row_size::<((TrustUnit, Cert), TrustRow)>());
        own.saturating_add(trust)
    }

    pub(super) fn set_own(&mut self, unit: Unit, node: NodeId, generation: u32, change: u64) {
        self.own.insert((unit, node), OwnRow { generation, change });
    }

    pub(super) fn add_trust(&mut self, unit: TrustUnit, cert: Cert, nodes: NodeSet, change: u64) {
        let row =
            self.trust.entry((unit, cert)).or_insert(TrustRow { service: true, nodes, change });
        *row = TrustRow { service: true, nodes: row.nodes.union(nodes), change };
    }

    /// Applies a deletion on one node to the rows (C-40, C-41): the first node removes the shared
    /// row.
    pub(super) fn delete_trust(&mut self, unit: TrustUnit, cert: Cert, node: NodeId, change: u64) {
        if let Some(row) = self.trust.get_mut(&(unit, cert)) {
            row.service = false;
            row.nodes.remove(node);
            row.change = change;
        }
    }

    /// Takes over every row that changed later in the other replica.
    pub(super) fn merge(&mut self, other: &Self) {
        for (&key, row) in &other.own {
            let known = self.own.entry(key).or_insert(*row);
            if row.change > known.change {
                *known = *row;
            }
        }
        for (&key, row) in &other.trust {
            let known = self.trust.entry(key).or_insert(*row);
            if row.change > known.change {
                *known = *row;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: TrustUnit = TrustUnit::Tomcat;

    fn cert() -> Cert {
        Cert::Own { unit: Unit::Tomcat, node: NodeId(0), generation: 1 }
    }

    #[test]
    fn the_first_deletion_takes_the_shared_row() {
        let both: NodeSet = [NodeId(0), NodeId(1)].into_iter().collect();
        let mut db = Db::default();
        db.add_trust(UNIT, cert(), both, 1);
        db.delete_trust(UNIT, cert(), NodeId(0), 2);
        assert!(!db.holds(UNIT, cert()));
        assert!(db.maps_node(UNIT, cert(), NodeId(1)) && !db.maps_node(UNIT, cert(), NodeId(0)));
    }

    #[test]
    fn the_later_change_wins() {
        let (mut here, mut there) = (Db::default(), Db::default());
        here.add_trust(UNIT, cert(), NodeSet::only(NodeId(0)), 1);
        here.set_own(Unit::Tvs, NodeId(0), 2, 5);
        there.merge(&here);
        there.delete_trust(UNIT, cert(), NodeId(0), 7);
        there.set_own(Unit::Tvs, NodeId(0), 1, 4);
        here.merge(&there);
        assert!(!here.holds(UNIT, cert()));
        assert_eq!(here.generation(Unit::Tvs, NodeId(0)), 2);
        assert_eq!(here.generation(Unit::Tvs, NodeId(1)), 0);
        there.merge(&here);
        assert_eq!(there.generation(Unit::Tvs, NodeId(0)), 2);
    }

    #[test]
    fn files_are_kept_by_node() {
        let mut files = Files::default();
        files.add([NodeId(0), NodeId(2)].into_iter().collect(), UNIT, cert());
        files.remove(NodeId(0), UNIT, cert());
        assert!(files.holds(NodeId(2), UNIT, cert()) && !files.holds(NodeId(0), UNIT, cert()));
        files.remove(NodeId(2), UNIT, cert());
        assert_eq!(files.iter().count(), 0);
    }
}
