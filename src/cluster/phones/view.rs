//! What the cluster shows to phones at one moment: files by TFTP server, and TVS.

use super::{Profile, group_names};
use crate::cluster::cert::Cert;
use crate::cluster::node::{NodeId, NodeTable};
use crate::cluster::run::Policy;
use crate::cluster::shared::{KnownKey, KnowsId, Shared};
use crate::cluster::state::ClusterState;
use crate::facts::FileId;
use crate::phone::{ConfigOffer, ListOffer, Offer, Tvs, TvsServer};
use crate::release::{Service, TrustUnit, Unit};
use crate::wire::Role;
use alloc::{collections::BTreeMap, sync::Arc, vec, vec::Vec};

/// What each node shows.
#[derive(Clone, Debug)]
pub(in crate::cluster) struct Snapshot {
    ctl: Option<FileId>,
    nodes: NodeTable<NodeFace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NodeFace {
    /// ITL and key of configurations; empty where no TFTP runs.
    offer: Option<(FileId, Cert)>,
    tvs: TvsFace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TvsFace {
    reachable: bool,
    presents: Option<Cert>,
    knows: KnowsId,
}

/// What one phone sees: two phones of one profile with the same view judge the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cluster) struct View {
    pub(super) ctl: Option<FileId>,
    pub(super) itl: FileId,
    pub(super) config: Cert,
    pub(super) server: NodeId,
    tvs: Vec<(NodeId, TvsFace)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cluster) struct ViewId(pub(in crate::cluster) u32);

impl Snapshot {
    pub(in crate::cluster) fn new(state: &ClusterState, shared: &mut Shared) -> Self {
        let mut last: Option<(*const (), KnowsId)> = None;
        let nodes = state.nodes.map(|id, node| {
            let db = if state.policy == Policy::D { &node.tvs_read } else { &node.db };
            let address = Arc::as_ptr(db).cast::<()>();
            // Nodes that reach each other share a replica: what their TVS knows is worked out once.
            let knows = match last {
                Some((seen, knows)) if seen == address => knows,
                _ => shared.knows_id(known(state, shared, db)),
            };
            last = Some((address, knows));
            let serves = state.runs(id, Service::Tftp);
            NodeFace {
                offer: node.itl.filter(|_| serves).map(|itl| (itl.served, itl.config_signer)),
                tvs: TvsFace { reachable: state.runs(id, Service::Tvs), presents: state.presented(Service::Tvs, id), knows },
            }
        });
        Self { ctl: state.ctl, nodes }
    }

    /// Whether both show the same.
    pub(in crate::cluster) fn shows_same(&self, other: &Self) -> bool {
        self.ctl == other.ctl && self.nodes.iter().zip(other.nodes.iter()).all(|((_, a), (_, b))| a == b)
    }

    /// What a phone sees; `None` while none of its TFTP servers runs (P-15).
    pub(in crate::cluster) fn view(&self, profile: &Profile) -> Option<View> {
        let serving = |&node: &NodeId| self.nodes.at(node).offer.map(|(itl, config)| (node, itl, config));
        let (server, itl, config) = profile.tftp_servers.iter().find_map(serving)?;
        let tvs = profile.cm_group.iter().map(|&node| (node, self.nodes.at(node).tvs)).collect();
        Some(View { ctl: self.ctl, itl, config, server, tvs })
    }
}

/// What TVS answers from this replica, and from the CTL that its node serves (C-54, P-17, P-TVS-4).
fn known(state: &ClusterState, shared: &Shared, db: &crate::cluster::store::Db) -> Vec<KnownKey> {
    let mut known: BTreeMap<Cert, Option<Vec<Role>>> = BTreeMap::new();
    let mut add = |cert: Cert, roles: &[Role]| {
        let entry = known.entry(cert).or_insert_with(|| Some(Vec::new()));
        let all = entry.get_or_insert_with(Vec::new);
        all.extend(roles.iter().filter(|role| !all.contains(role)).copied().collect::<Vec<_>>());
    };
    db.own_all(Unit::CallManager).for_each(|cert| add(cert, &[Role::Sast, Role::CcmTftp]));
    db.own_all(Unit::ItlRecovery).for_each(|cert| add(cert, &[Role::Sast, Role::Tftp]));
    for (unit, cert) in db.trust() {
        if unit == TrustUnit::PhoneSast {
            add(cert, &[Role::Sast, Role::Tftp]);
        }
    }
    let records = state.ctl.and_then(|ctl| shared.list(ctl)).map(|list| &list.key.records);
    for record in records.into_iter().flatten() {
        if let Some(cert) = record.cert {
            add(cert, &[record.role]);
        }
    }
    for (unit, cert) in db.trust() {
        if unit == TrustUnit::CallManager {
            known.entry(cert).or_insert(None);
        }
    }
    known.into_iter().collect()
}

impl View {
    pub(super) fn offer(&self, shared: &mut Shared, cluster: &crate::cluster::Cluster) -> Offer {
        let list = |file: FileId, shared: &Shared| {
            shared.list(file).map_or(ListOffer::NotFound, |list| ListOffer::List(list.facts.clone()))
        };
        Offer {
            ctl: self.ctl.map_or(ListOffer::NotFound, |ctl| list(ctl, shared)),
            itl: list(self.itl, shared),
            config: ConfigOffer::Config(shared.config(self.config)),
            tftp_server: Some(cluster.node_spec(self.server).name.clone()),
            at: None,
        }
    }

    pub(super) fn tvs(&self, shared: &mut Shared, cluster: &crate::cluster::Cluster, profile: &Profile) -> Tvs {
        let names = group_names(cluster, profile);
        let mut servers = vec![];
        for ((_, face), server) in self.tvs.iter().zip(names) {
            servers.push(TvsServer {
                server,
                reachable: face.reachable,
                presents: face.presents.map(|cert| shared.cert(cert)),
                knows: shared.knows(face.knows),
            });
        }
        Tvs::Known(servers)
    }
}
