//! Recovery of a phone: restarts and a reset, or a recovery command first (P-16).

use super::describe::Mode;
use super::list::ListId;
use super::node::NodeId;
use super::operation::Nodes;
use super::profile::{Kind, Profile, TvsClass};
use super::scene::{Snapshot, SnapshotCache};
use super::services::Act;
use super::shared::Shared;
use super::state::ClusterState;
use super::status::{Assume, Held, Recoverability, RecoveryCommand, RecoveryCommands, Trust};
use crate::release::{ReleaseRules as _, Service};
use alloc::{boxed::Box, collections::BTreeMap, sync::Arc, vec::Vec};

/// Snapshots after no restart, after TFTP, after TVS, and after both. The two do not touch each
/// other, so their order makes no difference. Moments that show phones nothing new are left out.
#[derive(Debug)]
struct RestartOrders {
    neither: SnapshotCache,
    tftp: Option<SnapshotCache>,
    tvs: Option<SnapshotCache>,
    both: Option<SnapshotCache>,
}

/// Works out what can still save the phones of one moment. Made lazily: most moments have no phone
/// in need.
#[derive(Debug)]
pub(super) struct Outlooks<'a> {
    state: &'a ClusterState,
    assume: Assume,
    ladders: Option<RestartOrderSet>,
    families: BTreeMap<(Held, Kind, u32), Family>,
    /// The classes of a group's servers; kept to save its memory.
    classes: Vec<u32>,
}

#[derive(Debug)]
struct RestartOrderSet {
    plain: RestartOrders,
    rescued: Vec<(RecoveryCommand, RestartOrders)>,
}

/// Phones with the same lists and the same TFTP servers. Those whose TVS servers are of the same
/// classes at every moment of every ladder have the same outlook.
#[derive(Debug)]
struct Family {
    /// The lists that these phones have, or are served at some moment.
    lists: Vec<Option<ListId>>,
    /// The classes of each node's TVS at every moment, made when a group with the node is met.
    classes: BTreeMap<NodeId, u32>,
    known: BTreeMap<Box<[u32]>, Recoverability>,
}

impl<'a> Outlooks<'a> {
    pub(super) fn new(state: &'a ClusterState, assume: Assume) -> Self {
        Self { state, assume, ladders: None, families: BTreeMap::new(), classes: Vec::new() }
    }

    /// Returns the recovery of a phone with these lists; an offline phone is judged as if it were
    /// back.
    pub(super) fn of(
        &mut self,
        shared: &mut Shared,
        profile: &Profile,
        held: Held,
    ) -> Recoverability {
        let (state, assume) = (self.state, self.assume);
        let ladders =
            self.ladders.get_or_insert_with(|| RestartOrderSet::new(state, assume, shared));
        let key = (held, profile.kind, profile.tftp);
        let family = self.families.entry(key).or_insert_with(|| ladders.family(profile, held));
        self.classes.clear();
        let group = profile.cm_group.iter();
        self.classes.extend(group.map(|&node| family.class(shared, ladders, node)));
        if let Some(&known) = family.known.get(self.classes.as_slice()) {
            return known;
        }
        let outlook = ladders.outlook(shared, profile, held);
        family.known.insert(Box::from(self.classes.as_slice()), outlook);
        outlook
    }
}

impl RestartOrderSet {
    /// Makes the snapshots of the restarts alone, and of the restarts after each command that
    /// exists.
    fn new(state: &ClusterState, assume: Assume, shared: &mut Shared) -> Self {
        let release = state.cluster.release();
        let mixed = state.mode == Mode::Mixed;
        let mut rescued = Vec::new();
        for &rescue in RecoveryCommand::ALL {
            let mut trial = state.trial();
            match rescue {
                RecoveryCommand::CtlUpdate if mixed => trial.ctl_update(shared),
                RecoveryCommand::ItlResetLocalkey if release.has_itl_reset_localkey() => {
                    trial.itl_reset_localkey(shared)
                }
                RecoveryCommand::CtlResetLocalkey if mixed && release.has_ctl_reset_localkey() => {
                    trial.ctl_reset_localkey(shared)
                }
                _ => continue,
            }
            rescued.push((rescue, RestartOrders::new(&trial, assume, shared)));
        }
        Self { plain: RestartOrders::new(state, assume, shared), rescued }
    }

    fn outlook(&mut self, shared: &mut Shared, profile: &Profile, held: Held) -> Recoverability {
        if self.plain.saves(shared, profile, held) {
            return Recoverability::Recoverable;
        }
        let mut set = RecoveryCommands::default();
        for (rescue, ladder) in &mut self.rescued {
            if ladder.saves(shared, profile, held) {
                set.insert(*rescue);
            }
        }
        Recoverability::Commands(set)
    }

    fn scenes(&self) -> impl Iterator<Item = &SnapshotCache> {
        core::iter::once(&self.plain)
            .chain(self.rescued.iter().map(|(_, ladder)| ladder))
            .flat_map(RestartOrders::scenes)
    }

    fn family(&self, profile: &Profile, held: Held) -> Family {
        let served = self
            .scenes()
            .filter_map(|scene| scene.snapshot.serving(&profile.tftp_servers))
            .map(|(_, itl, _)| Some(itl));
        let mut lists: Vec<Option<ListId>> = core::iter::once(held.itl).chain(served).collect();
        lists.sort_unstable();
        lists.dedup();
        Family { lists, classes: BTreeMap::new(), known: BTreeMap::new() }
    }
}

impl Family {
    /// Returns the number of the classes of a node's TVS.
    fn class(&mut self, shared: &mut Shared, ladders: &RestartOrderSet, node: NodeId) -> u32 {
        let lists = &self.lists;
        *self.classes.entry(node).or_insert_with(|| {
            let row = ladders
                .scenes()
                .map(|scene| TvsClass::new(shared, scene.snapshot.nodes.at(node), lists))
                .collect();
            shared.class_rows.intern(row).1
        })
    }
}

impl RestartOrders {
    fn new(state: &ClusterState, assume: Assume, shared: &mut Shared) -> Self {
        let neither = Snapshot::new(state, shared);
        let mut after = |services: &[Service]| {
            let mut trial = state.trial();
            services.iter().for_each(|&service| {
                trial.act_on_service(shared, Act::Restart, service, &Nodes::All)
            });
            let snapshot = Snapshot::new(&trial, shared);
            (!snapshot.shows_same(&neither)).then(|| SnapshotCache::new(Arc::new(snapshot), assume))
        };
        let tftp = after(&[Service::Tftp]);
        let tvs = after(&[Service::Tvs]);
        let both = if tftp.is_some() && tvs.is_some() {
            after(&[Service::Tftp, Service::Tvs])
        } else {
            None
        };
        Self { neither: SnapshotCache::new(Arc::new(neither), assume), tftp, tvs, both }
    }

    fn scenes(&self) -> impl Iterator<Item = &SnapshotCache> {
        [Some(&self.neither), self.tftp.as_ref(), self.tvs.as_ref(), self.both.as_ref()]
            .into_iter()
            .flatten()
    }

    /// Checks if a phone is current at any point of some order of the restarts and the reset, which
    /// is done twice.
    fn saves(&mut self, shared: &mut Shared, profile: &Profile, held: Held) -> bool {
        let mut walk = Walk { shared, profile };
        // A reset before, between or after the restarts; what follows it is the rest of them.
        let Self { neither, tftp, tvs, both } = self;
        walk.saved(neither, [tftp.as_mut(), tvs.as_mut(), both.as_mut()], held)
            || walk.saved_at(tftp.as_mut(), both.as_mut(), held)
            || walk.saved_at(tvs.as_mut(), both.as_mut(), held)
            || walk.saved_at(both.as_mut(), None, held)
    }
}

/// The state of one phone while restart orders are tried.
struct Walk<'a> {
    shared: &'a mut Shared,
    profile: &'a Profile,
}

impl Walk<'_> {
    fn saved_at(
        &mut self,
        moment: Option<&mut SnapshotCache>,
        later: Option<&mut SnapshotCache>,
        held: Held,
    ) -> bool {
        moment.is_some_and(|moment| self.saved(moment, [later, None, None], held))
    }

    /// Current before the reset, after it, or at a later moment.
    fn saved(
        &mut self,
        moment: &mut SnapshotCache,
        later: [Option<&mut SnapshotCache>; 3],
        held: Held,
    ) -> bool {
        if self.is_current(moment, held) {
            return true;
        }
        let once = self.reset(moment, held);
        let twice = self.reset(moment, once);
        self.is_current(moment, once)
            || self.is_current(moment, twice)
            || later.into_iter().flatten().any(|next| self.is_current(next, twice))
    }

    fn is_current(&mut self, moment: &mut SnapshotCache, held: Held) -> bool {
        let verdict = moment.judge(self.shared, self.profile, held);
        verdict.is_some_and(|verdict| verdict.trust == Trust::Current)
    }

    fn reset(&mut self, moment: &mut SnapshotCache, held: Held) -> Held {
        moment.judge(self.shared, self.profile, held).map_or(held, |verdict| verdict.after)
    }
}
