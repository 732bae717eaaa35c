//! The cluster at one moment: nodes, services, stores and served lists. Phones are kept apart, in
//! the run.

use super::cert::Cert;
use super::describe::{Cluster, Mode};
use super::event::{Event, Refusal, TimedEvent};
use super::list::ListId;
use super::node::{NodeId, NodeSet, NodeTable};
use super::operation::Rollback;
use super::shared::Shared;
use super::status::Policy;
use super::store::{Db, Files};
use crate::release::{Service, TrustUnit, Unit};
use alloc::{sync::Arc, vec::Vec};

#[derive(Clone, Debug)]
pub(super) struct ClusterState {
    pub(super) cluster: Arc<Cluster>,
    pub(super) policy: Policy,
    pub(super) minute: u64,
    pub(super) mode: Mode,
    pub(super) rollback: Rollback,
    /// The token that signed the CTL; empty once it is tokenless.
    pub(super) token: Option<Cert>,
    pub(super) nodes: NodeTable<NodeState>,
    pub(super) files: Arc<Files>,
    /// The CTL that every node serves.
    pub(super) ctl: Option<ListId>,
    /// Numbers the changes of database rows and the starts of services.
    pub(super) change: u64,
    /// The events since they were last taken; `None` in trials.
    events: Option<Vec<TimedEvent>>,
}

#[derive(Clone, Debug)]
pub(super) struct NodeState {
    pub(super) up: bool,
    pub(super) replicates: bool,
    pub(super) services: Services,
    /// This node's replica; nodes that reach each other share one.
    pub(super) db: Arc<Db>,
    /// The replica that TVS has read, if it reads only at its start (C-54, policy D).
    pub(super) tvs_read: Arc<Db>,
    /// Since when the notification service counts its half hours (C-33).
    pub(super) ccn_since: u64,
    pub(super) itl: Option<ServedItl>,
}

/// The ITL of a TFTP node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServedItl {
    /// The file for phones.
    pub(super) served: ListId,
    /// The file that the node made last: `served` differs after `utils itl reset localkey`.
    pub(super) built: ListId,
    /// The key of configurations: that of the last build (C-62).
    pub(super) config_signer: Cert,
}

/// A service of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServiceState {
    pub(super) status: Status,
    /// The generation of its certificate that it has loaded.
    pub(super) loaded: u32,
    /// When it started, in changes.
    pub(super) since: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    NotActivated,
    Running,
    Stopped,
}

impl ServiceState {
    const ABSENT: Self = Self { status: Status::NotActivated, loaded: 0, since: 0 };

    pub(super) fn is_running(self) -> bool {
        self.status == Status::Running
    }

    pub(super) fn is_activated(self) -> bool {
        self.status != Status::NotActivated
    }
}

/// The services of a node. States of a plan's steps, which are kept side by side, share them.
#[derive(Clone, Debug)]
pub(super) struct Services(Arc<[ServiceState; Service::ALL.len()]>);

impl Services {
    /// All that are activated run, with the first generation.
    pub(super) fn new(cluster: &Cluster, node: NodeId) -> Self {
        let mut states = [ServiceState::ABSENT; Service::ALL.len()];
        for (state, service) in states.iter_mut().zip(Service::ALL) {
            if service.activated(cluster.release(), cluster.place(node)) {
                *state = ServiceState { status: Status::Running, loaded: 1, since: 1 };
            }
        }
        Self(Arc::new(states))
    }

    pub(super) fn get(&self, service: Service) -> ServiceState {
        self.0.get(service as usize).copied().unwrap_or(ServiceState::ABSENT)
    }

    pub(super) fn set(&mut self, service: Service, state: ServiceState) {
        if let Some(slot) = Arc::make_mut(&mut self.0).get_mut(service as usize) {
            *slot = state;
        }
    }
}

impl ClusterState {
    /// The cluster before the first step: every certificate at generation 1, every copy where it
    /// belongs.
    pub(super) fn new(cluster: Arc<Cluster>, policy: Policy, shared: &mut Shared) -> Self {
        let (files, db) = first_stores(&cluster);
        let db = Arc::new(db);
        let nodes = cluster.node_table().map(|node, _| NodeState {
            up: true,
            replicates: true,
            services: Services::new(&cluster, node),
            db: db.clone(),
            tvs_read: db.clone(),
            ccn_since: 0,
            itl: None,
        });
        let rollback = if cluster.rollback { Rollback::On } else { Rollback::Off };
        let (mode, token) = (cluster.mode(), cluster.token());
        let files = Arc::new(files);
        let (minute, change, ctl) = (0, 1, None);
        let mut state = Self {
            cluster,
            policy,
            minute,
            mode,
            rollback,
            token,
            nodes,
            files,
            ctl,
            change,
            events: None,
        };
        state.serve_first_lists(shared);
        state.events = Some(Vec::new());
        state
    }

    fn serve_first_lists(&mut self, shared: &mut Shared) {
        if self.mode == Mode::Mixed {
            self.ctl = Some(shared.file(self.first_ctl()));
        }
        for node in self.cluster.node_table().ids() {
            if self.runs(node, Service::Tftp) {
                self.build_itl(shared, node);
            }
        }
    }

    /// A copy to try something in: it writes no events.
    pub(super) fn trial(&self) -> Self {
        let (cluster, files) = (self.cluster.clone(), self.files.clone());
        Self { cluster, files, nodes: self.nodes.clone(), events: None, ..*self }
    }

    /// Bytes that it takes beside another state, which may share stores with it.
    pub(super) fn size_beside(&self, other: &Self) -> usize {
        let mut size = self.nodes.len().saturating_mul(size_of::<NodeState>());
        if !Arc::ptr_eq(&self.files, &other.files) {
            size = size.saturating_add(self.files.size());
        }
        let mut last: Option<&Arc<Db>> = None;
        for (id, node) in self.nodes.iter() {
            let is_known = Arc::ptr_eq(&node.db, &other.nodes.at(id).db)
                || last.is_some_and(|last| Arc::ptr_eq(last, &node.db));
            if !is_known {
                size = size.saturating_add(node.db.size());
            }
            if !Arc::ptr_eq(&node.services.0, &other.nodes.at(id).services.0) {
                size = size.saturating_add(size_of::<[ServiceState; Service::ALL.len()]>());
            }
            last = Some(&node.db);
        }
        size
    }

    /// A node's own certificate of a unit, as another node knows it.
    pub(super) fn own(&self, seen_from: NodeId, unit: Unit, node: NodeId) -> Cert {
        let generation = self.nodes.at(seen_from).db.generation(unit, node);
        Cert::Own { unit, node: self.cluster.owner(unit, node), generation }
    }

    /// Checks if a service runs on a node that is up.
    pub(super) fn runs(&self, node: NodeId, service: Service) -> bool {
        let node = self.nodes.at(node);
        node.up && node.services.get(service).is_running()
    }

    /// The nodes that a change of the database on this one reaches at once, itself included.
    pub(super) fn reachable(&self, from: NodeId) -> NodeSet {
        let meets = |node: &NodeState| node.up && node.replicates;
        if !meets(self.nodes.at(from)) {
            return NodeSet::only(from);
        }
        self.nodes.iter().filter(|(_, node)| meets(node)).map(|(id, _)| id).collect()
    }

    /// Changes rows on this node and on every node that replication reaches.
    pub(super) fn write_db(&mut self, origin: NodeId, change: impl FnOnce(&mut Db, u64)) {
        self.change = self.change.saturating_add(1);
        let group = self.reachable(origin);
        // Nodes that reach each other share one replica: all handles are dropped first, so that
        // `make_mut` does not copy it.
        let nothing = Arc::new(Db::default());
        let mut db = core::mem::replace(&mut self.nodes.at_mut(origin).db, nothing.clone());
        group.iter().for_each(|node| self.nodes.at_mut(node).db = nothing.clone());
        change(Arc::make_mut(&mut db), self.change);
        group.iter().for_each(|node| self.nodes.at_mut(node).db = db.clone());
    }

    pub(super) fn files_mut(&mut self) -> &mut Files {
        Arc::make_mut(&mut self.files)
    }

    pub(super) fn push(&mut self, event: Event) {
        if let Some(events) = &mut self.events {
            events.push(TimedEvent { minute: self.minute, event });
        }
    }

    pub(super) fn refuse(&mut self, node: Option<NodeId>, reason: Refusal) {
        self.push(Event::Refused { node, reason });
    }

    pub(super) fn take_events(&mut self) -> Vec<TimedEvent> {
        self.events.as_mut().map(core::mem::take).unwrap_or_default()
    }
}

/// Returns files and database at the start: a copy of each own certificate in the stores of table
/// 1.1, on every node where change notification brings it, else on its own node.
fn first_stores(cluster: &Cluster) -> (Files, Db) {
    let (mut files, mut db) = (Files::default(), Db::default());
    let mut put = |unit: TrustUnit, cert: Cert, nodes: NodeSet, db: &mut Db| {
        files.add(nodes, unit, cert);
        db.add_trust(unit, cert, nodes, 1);
    };
    for (node, _) in cluster.nodes() {
        for &unit in Unit::ALL.iter().filter(|&&unit| cluster.has_unit(node, unit)) {
            let cert = Cert::Own { unit, node: cluster.owner(unit, node), generation: 1 };
            db.set_own(unit, node, 1, 1);
            for &store in unit.trust_copies() {
                let here =
                    |at: NodeId, product| store.on(product) && (at == node || store.notified());
                let nodes: NodeSet = cluster
                    .nodes()
                    .filter(|(at, spec)| here(*at, spec.product))
                    .map(|(at, _)| at)
                    .collect();
                if !nodes.is_empty() {
                    put(store, cert, nodes, &mut db);
                }
            }
        }
    }
    for &(node, unit, cert) in cluster.extra_trust() {
        put(unit, cert, NodeSet::only(node), &mut db);
    }
    (files, db)
}
