//! What the cluster shows to phones at one moment: files by TFTP server, and TVS.

use super::{Context, Profile, group_names};
use crate::cluster::cert::Cert;
use crate::cluster::node::{NodeId, NodeTable};
use crate::cluster::run::Policy;
use crate::cluster::shared::FileId;
use crate::cluster::shared::{KnownKey, KnowsId, Shared};
use crate::cluster::state::ClusterState;
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use trustlist::phone::{ConfigOffer, ListOffer, Offer, Tvs, TvsServer};
use trustlist::release::{Service, TrustUnit, Unit};
use trustlist::wire::Role;

/// What each node shows.
#[derive(Clone, Debug)]
pub(in crate::cluster) struct Snapshot {
    pub(super) ctl: Option<FileId>,
    pub(in crate::cluster) nodes: NodeTable<NodeFace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cluster) struct NodeFace {
    /// ITL and key of configurations; empty where no TFTP runs.
    offer: Option<(FileId, Cert)>,
    pub(super) tvs: TvsFace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TvsFace {
    pub(super) reachable: bool,
    pub(super) presents: Option<Cert>,
    pub(super) knows: KnowsId,
}

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
                tvs: TvsFace {
                    reachable: state.runs(id, Service::Tvs),
                    presents: state.presented(Service::Tvs, id),
                    knows,
                },
            }
        });
        Self { ctl: state.ctl, nodes }
    }

    /// Bytes that it takes.
    pub(in crate::cluster) fn size(&self) -> usize {
        self.nodes.len().saturating_mul(size_of::<NodeFace>())
    }

    /// Whether both show the same.
    pub(in crate::cluster) fn shows_same(&self, other: &Self) -> bool {
        self.ctl == other.ctl
            && self.nodes.iter().zip(other.nodes.iter()).all(|((_, a), (_, b))| a == b)
    }

    /// What a phone with these TFTP servers is served: by the first that runs (P-15).
    pub(in crate::cluster) fn serving(&self, servers: &[NodeId]) -> Option<(NodeId, FileId, Cert)> {
        let serving =
            |&node: &NodeId| self.nodes.at(node).offer.map(|(itl, config)| (node, itl, config));
        servers.iter().find_map(serving)
    }

    pub(super) fn tvs(&self, shared: &mut Shared, profile: &Profile) -> Tvs {
        let names = group_names(shared.cluster(), profile);
        let server = |(&node, server): (&NodeId, Arc<str>)| {
            let face = self.nodes.at(node).tvs;
            TvsServer::new(server)
                .with_reachable(face.reachable)
                .with_presents(face.presents.map(|cert| shared.cert(cert)))
                .with_knows(shared.knows(face.knows))
        };
        Tvs::Known(profile.cm_group.iter().zip(names).map(server).collect())
    }
}

/// What the server of a context offers.
pub(super) fn offer(shared: &mut Shared, context: &Context) -> Offer {
    let list = |file: FileId| {
        shared.list(file).map_or(ListOffer::NotFound, |list| ListOffer::List(list.facts.clone()))
    };
    let (ctl, itl) = (context.ctl.map_or(ListOffer::NotFound, list), list(context.itl));
    let config = ConfigOffer::Config(shared.config(context.config));
    let tftp_server = Some(shared.cluster().node_spec(context.server).name.clone());
    Offer::new()
        .with_ctl(ctl)
        .with_itl(itl)
        .with_config(config)
        .with_tftp_server(tftp_server)
        .with_tls_minimum(shared.cluster().tls_minimum)
}

/// What TVS answers from this replica, and from the CTL that its node serves (C-54, P-17, P-TVS-4).
fn known(state: &ClusterState, shared: &Shared, db: &crate::cluster::store::Db) -> Vec<KnownKey> {
    let mut known: BTreeMap<Cert, Option<Vec<Role>>> = BTreeMap::new();
    let mut add = |cert: Cert, roles: &[Role]| {
        let entry = known.entry(cert).or_insert_with(|| Some(Vec::new()));
        let all = entry.get_or_insert_with(Vec::new);
        all.extend(roles.iter().filter(|role| !all.contains(role)).copied().collect::<Vec<_>>());
    };
    for (unit, roles) in [
        (Unit::CallManager, [Role::Sast, Role::CcmTftp]),
        (Unit::ItlRecovery, [Role::Sast, Role::Tftp]),
    ] {
        for (node, generation) in db.generations(unit) {
            add(Cert::Own { unit, node: state.cluster.owner(unit, node), generation }, &roles);
        }
    }
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
