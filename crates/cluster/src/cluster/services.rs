//! Services: running or not, and which certificate each has loaded (C-50, C-51).

use super::cert::Cert;
use super::event::{Event, Refusal};
use super::node::NodeId;
use super::operation::Nodes;
use super::shared::Shared;
use super::state::{ClusterState, ServiceState, Status};
use super::status::Policy;
use crate::release::{ReleaseRules as _, Service, Unit};
use alloc::vec::Vec;

/// An act on a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Restart,
    Start,
    Stop,
}

impl ClusterState {
    /// Restarts, starts or stops a service on nodes.
    pub(super) fn act_on_service(
        &mut self,
        shared: &mut Shared,
        act: Act,
        service: Service,
        nodes: &Nodes,
    ) {
        let mut done = false;
        for &member in service.members() {
            for node in self.service_nodes(member, service.members().len() > 1, nodes) {
                self.act_on_instance(shared, act, member, node);
                done = true;
            }
        }
        if !done {
            self.refuse(None, Refusal::NothingToDo);
        }
    }

    /// `all`, and every node for a name that covers two services: where the service is activated.
    fn service_nodes(&self, service: Service, several: bool, nodes: &Nodes) -> Vec<NodeId> {
        let activated = |node: &NodeId| self.nodes.at(*node).services.get(service).is_activated();
        match nodes {
            Nodes::All => self.cluster.node_table().ids().filter(activated).collect(),
            Nodes::These(nodes) if several => nodes.iter().copied().filter(activated).collect(),
            Nodes::These(nodes) => nodes.clone(),
        }
    }

    fn act_on_instance(&mut self, shared: &mut Shared, act: Act, service: Service, node: NodeId) {
        let state = self.nodes.at(node).services.get(service);
        if !state.is_activated() {
            return self.refuse(Some(node), Refusal::ServiceNotActivated(service));
        }
        if !self.nodes.at(node).up {
            return self.refuse(Some(node), Refusal::NodeDown);
        }
        match (act, state.is_running()) {
            (Act::Restart, _) | (Act::Start, false) => self.start_service(shared, service, node),
            (Act::Stop, true) => {
                let stopped = ServiceState { status: Status::Stopped, ..state };
                self.nodes.at_mut(node).services.set(service, stopped);
                self.push(Event::ServiceStopped { node, service });
            }
            (Act::Start, true) | (Act::Stop, false) => self.refuse(Some(node), Refusal::AlreadySo),
        }
    }

    /// A service starts: it loads its certificate; TFTP makes its ITL, TVS reads its store, CCN
    /// begins to count.
    pub(super) fn start_service(&mut self, shared: &mut Shared, service: Service, node: NodeId) {
        self.change = self.change.saturating_add(1);
        let presents = service.certificate().map(|unit| self.own(node, unit, node));
        let loaded =
            service.certificate().map_or(0, |unit| self.nodes.at(node).db.generation(unit, node));
        let state = ServiceState { status: Status::Running, loaded, since: self.change };
        self.nodes.at_mut(node).services.set(service, state);
        self.push(Event::ServiceStarted { node, service, presents });
        match service {
            Service::Tftp => self.build_itl(shared, node),
            Service::Tvs => self.tvs_reads(node),
            Service::Ccn => self.start_ccn(node),
            _ => {}
        }
    }

    /// A node comes up: what was not stopped by hand starts.
    pub(super) fn start_node(&mut self, shared: &mut Shared, node: NodeId) {
        for &service in Service::ALL {
            if self.nodes.at(node).services.get(service).is_running() {
                self.start_service(shared, service, node);
            }
        }
    }

    /// After a regeneration: services that reload by themselves in this release (C-50, table 3.1).
    pub(super) fn reload(&mut self, unit: Unit, node: NodeId) {
        let release = self.cluster.release();
        let services: &[Service] = match unit {
            Unit::Tvs if self.cluster.tvs_restarts_itself => &[Service::Tvs],
            Unit::CallManager if release.services_reload_themselves() => {
                &[Service::CallManager, Service::CtiManager]
            }
            Unit::Capf if release.services_reload_themselves() => &[Service::Capf],
            _ => &[],
        };
        for &service in services {
            if !self.runs(node, service) {
                continue;
            }
            self.change = self.change.saturating_add(1);
            let loaded = self.nodes.at(node).db.generation(unit, node);
            let state = ServiceState { status: Status::Running, loaded, since: self.change };
            self.nodes.at_mut(node).services.set(service, state);
            if service == Service::Tvs {
                self.tvs_reads(node);
            }
            self.push(Event::ServiceReloaded {
                node,
                service,
                presents: self.own(node, unit, node),
            });
        }
    }

    /// Returns the certificate that a service presents.
    pub(super) fn presented(&self, service: Service, node: NodeId) -> Option<Cert> {
        let generation = self.nodes.at(node).services.get(service).loaded;
        service.certificate().map(|unit| Cert::Own {
            unit,
            node: self.cluster.owner(unit, node),
            generation,
        })
    }

    /// Checks if a running service still works with an older certificate than its node has.
    pub(super) fn is_pending(&self, service: Service, node: NodeId) -> bool {
        let state = self.nodes.at(node).services.get(service);
        let generation =
            service.certificate().map(|unit| self.nodes.at(node).db.generation(unit, node));
        state.is_running() && generation.is_some_and(|generation| generation != state.loaded)
    }

    /// Policy D: TVS reads its store only now (C-54).
    fn tvs_reads(&mut self, node: NodeId) {
        if self.policy == Policy::D {
            let node = self.nodes.at_mut(node);
            node.tvs_read = node.db.clone();
        }
    }
}
