//! Nodes by number, sets of them, and a table with one entry a node.

use alloc::vec::Vec;

/// A node of a cluster, by its place in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u8);

impl NodeId {
    /// Its place in the inventory, from 0.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeSet(u128);

/// How many nodes a cluster may have. CUCM allows 21 and some IM and Presence; a set of nodes is
/// one machine word.
pub const MAX_NODES: usize = 128;

impl NodeSet {
    /// A set of one.
    pub fn only(node: NodeId) -> Self {
        Self(Self::bit(node))
    }

    /// Is it in the set?
    pub fn contains(self, node: NodeId) -> bool {
        self.0 & Self::bit(node) != 0
    }

    /// Is nothing in it?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in it.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Its members in inventory order.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        (0..128_u8).map(NodeId).filter(move |&node| self.contains(node))
    }

    /// Is a node in both?
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn insert(&mut self, node: NodeId) {
        self.0 |= Self::bit(node);
    }

    pub(super) fn remove(&mut self, node: NodeId) {
        self.0 &= !Self::bit(node);
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn bit(node: NodeId) -> u128 {
        1_u128.checked_shl(u32::from(node.0)).unwrap_or(0)
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::default();
        nodes.into_iter().for_each(|node| set.insert(node));
        set
    }
}

/// A table with one value a node. Indexing is total: a `NodeId` is only made by its cluster.
#[derive(Clone, Debug)]
pub(super) struct NodeTable<T> {
    first: T,
    rest: Vec<T>,
}

impl<T> NodeTable<T> {
    /// A table of these values; `None` if there are none.
    pub(super) fn new(values: impl IntoIterator<Item = T>) -> Option<Self> {
        let mut values = values.into_iter();
        Some(Self { first: values.next()?, rest: values.collect() })
    }

    /// A table with a value made of each of this one's.
    pub(super) fn map<U>(&self, mut make: impl FnMut(NodeId, &T) -> U) -> NodeTable<U> {
        let mut numbers = (0..).map(NodeId).skip(1);
        let rest = self
            .rest
            .iter()
            .zip(&mut numbers)
            .map(|(value, node)| make(node, value))
            .collect::<Vec<_>>();
        NodeTable { first: make(NodeId(0), &self.first), rest }
    }

    pub(super) fn at(&self, node: NodeId) -> &T {
        node.index().checked_sub(1).and_then(|index| self.rest.get(index)).unwrap_or(&self.first)
    }

    pub(super) fn at_mut(&mut self, node: NodeId) -> &mut T {
        let (first, rest) = (&mut self.first, &mut self.rest);
        node.index().checked_sub(1).and_then(|index| rest.get_mut(index)).unwrap_or(first)
    }

    pub(super) fn len(&self) -> usize {
        self.rest.len() + 1
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &T)> {
        (0..).map(NodeId).zip(core::iter::once(&self.first).chain(&self.rest))
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + use<T> {
        (0..).map(NodeId).take(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_every_node() {
        let set: NodeSet = [NodeId(0), NodeId(127), NodeId(3)].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [NodeId(0), NodeId(3), NodeId(127)]);
        assert_eq!(set.len(), 3);
        assert!(!set.contains(NodeId(200)));
    }

    #[test]
    fn tables_find_every_node() {
        let table = NodeTable::new([10, 20, 30]).unwrap();
        assert_eq!(
            table.iter().map(|(node, &value)| (node.index(), value)).collect::<Vec<_>>(),
            [(0, 10), (1, 20), (2, 30)]
        );
        assert_eq!(
            table
                .map(|node, value| value + node.index())
                .iter()
                .map(|(_, &v)| v)
                .collect::<Vec<_>>(),
            [10, 21, 32]
        );
        assert!(table.ids().all(|node| *table.at(node) == (node.index() + 1) * 10));
        assert!(NodeTable::<u8>::new([]).is_none());
    }
}
