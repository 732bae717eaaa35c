//! Deleting a trust certificate: on one node, or on all by platform event (C-40 to C-49).

use super::cert::Cert;
use super::event::{Event, FileTrigger, Refusal};
use super::node::NodeId;
use super::operation::{Nodes, StoreUnit};
use super::state::ClusterState;
use crate::platform_event::{PlatformEvent, Verb};
use crate::release::TrustUnit;
use alloc::format;

/// Whether a deletion took a file away.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deleted {
    No,
    Yes,
}

impl ClusterState {
    pub(super) fn delete_trust(&mut self, unit: StoreUnit, cert: Cert, nodes: &Nodes) -> Deleted {
        let unit = match unit {
            StoreUnit::Trust(unit) => unit,
            StoreUnit::Own(unit) => {
                self.refuse(None, Refusal::OwnCertificate(unit));
                return Deleted::No;
            }
        };
        let nodes = match nodes {
            Nodes::All => self
                .cluster
                .nodes()
                .filter(|(_, spec)| unit.on(spec.product))
                .map(|(node, _)| node)
                .collect(),
            Nodes::These(nodes) => nodes.clone(),
        };
        let mut deleted = Deleted::No;
        for node in nodes {
            if !self.nodes.at(node).up {
                self.refuse(Some(node), Refusal::NodeDown);
            } else if !self.files.holds(node, unit, cert) {
                self.refuse(Some(node), Refusal::CertificateNotHeld(unit, cert));
            } else {
                self.delete_here(node, unit, cert, FileTrigger::Operator);
                self.spread_deletion(node, unit, cert);
                deleted = Deleted::Yes;
            }
        }
        deleted
    }

    /// File, shared row and node row go (C-40, C-41); notification of a deletion does nothing
    /// (C-42).
    fn delete_here(&mut self, node: NodeId, unit: TrustUnit, cert: Cert, trigger: FileTrigger) {
        self.files_mut().remove(node, unit, cert);
        self.write_db(node, |db, change| db.delete_trust(unit, cert, node, change));
        self.push(Event::FileDeleted { node, unit, cert, trigger });
    }

    /// One event to all servers of both products, after the local deletion succeeded (C-47 to
    /// C-49).
    fn spread_deletion(&mut self, origin: NodeId, unit: TrustUnit, cert: Cert) {
        let covered = unit.deleted_by_event(self.cluster.node_spec(origin).product);
        if !self.cluster.clusterwide_delete || !covered {
            return;
        }
        let host = &self.cluster.node_spec(origin).name;
        let event = PlatformEvent::deletion(
            host,
            unit.as_str(),
            &format!("{}.pem", self.cluster.label(cert)),
        );
        self.push(Event::PlatformEvent { node: origin, verb: Verb::Emitted, event: event.clone() });
        for node in self.cluster.node_table().ids().filter(|&node| node != origin) {
            if !self.nodes.at(node).up {
                self.push(Event::PlatformEventLost { node });
                continue;
            }
            self.push(Event::PlatformEvent { node, verb: Verb::Received, event: event.clone() });
            let applies = unit.deleted_by_event(self.cluster.node_spec(node).product);
            if applies && self.files.holds(node, unit, cert) {
                self.delete_here(node, unit, cert, FileTrigger::PlatformEvent);
            }
        }
    }
}
