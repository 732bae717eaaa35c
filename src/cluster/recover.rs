//! What can still save a phone: restarts and a reset, or a recovery command first (P-16).

use super::describe::Mode;
use super::operation::Nodes;
use super::phones::{Assume, HolderId, Outlook, Snapshot, Trust};
use super::services::Act;
use super::shared::Shared;
use super::state::ClusterState;
use crate::release::Service;
use alloc::{collections::BTreeMap, vec::Vec};

/// A command that brings back phones which restarts and resets do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rescue {
    /// `utils ctl update CTLFile` (mixed mode).
    CtlUpdate,
    /// `utils itl reset localkey` (10.0).
    ItlResetLocalkey,
    /// `utils ctl reset localkey` (mixed mode, 12.0).
    CtlResetLocalkey,
}

impl Rescue {
    /// Every one, in the order of the rule.
    pub const ALL: &'static [Self] = &[Self::CtlUpdate, Self::ItlResetLocalkey, Self::CtlResetLocalkey];

    /// The operation of a plan.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CtlUpdate => "ctl_update",
            Self::ItlResetLocalkey => "itl_reset_localkey",
            Self::CtlResetLocalkey => "ctl_reset_localkey",
        }
    }
}

/// A set of recovery commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RescueSet(u8);

impl RescueSet {
    /// Is there none?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is this one among them?
    pub fn contains(self, rescue: Rescue) -> bool {
        self.0 & Self::bit(rescue) != 0
    }

    /// The commands, in the order of the rule.
    pub fn iter(self) -> impl Iterator<Item = Rescue> {
        Rescue::ALL.iter().copied().filter(move |&rescue| self.contains(rescue))
    }

    fn insert(&mut self, rescue: Rescue) {
        self.0 |= Self::bit(rescue);
    }

    fn bit(rescue: Rescue) -> u8 {
        1 << rescue as u8
    }
}

/// The moments of every order of one TFTP restart and one TVS restart: neither, one, the other, both. The two do not
/// touch each other, so their order makes no difference.
#[derive(Debug)]
struct Ladder {
    neither: Snapshot,
    /// The moments after a restart that show phones something else, each with those that can follow it.
    tftp: Option<Snapshot>,
    tvs: Option<Snapshot>,
    both: Option<Snapshot>,
}

/// Works out what can still save the phones of one moment. Made lazily: most moments have no phone in need.
#[derive(Debug)]
pub(super) struct Outlooks<'a> {
    state: &'a ClusterState,
    assume: Assume,
    plain: Option<Ladder>,
    rescued: Option<Vec<(Rescue, Ladder)>>,
    known: BTreeMap<HolderId, Outlook>,
}

impl<'a> Outlooks<'a> {
    pub(super) fn new(state: &'a ClusterState, assume: Assume) -> Self {
        Self { state, assume, plain: None, rescued: None, known: BTreeMap::new() }
    }

    /// What can still save a phone with these lists; one that is off-line is judged as if it were back.
    pub(super) fn of(&mut self, shared: &mut Shared, holder: HolderId) -> Outlook {
        if let Some(&known) = self.known.get(&holder) {
            return known;
        }
        let outlook = self.work_out(shared, holder);
        self.known.insert(holder, outlook);
        outlook
    }

    fn work_out(&mut self, shared: &mut Shared, holder: HolderId) -> Outlook {
        let (state, assume) = (self.state, self.assume);
        let plain = self.plain.get_or_insert_with(|| Ladder::new(state, shared));
        if plain.saves(state, shared, holder, assume) {
            return Outlook::Recoverable;
        }
        let rescued = self.rescued.get_or_insert_with(|| rescues(state, shared));
        let mut set = RescueSet::default();
        for (rescue, ladder) in rescued {
            if ladder.saves(state, shared, holder, assume) {
                set.insert(*rescue);
            }
        }
        Outlook::Rescue(set)
    }
}

/// The moments after each command that can be given.
fn rescues(state: &ClusterState, shared: &mut Shared) -> Vec<(Rescue, Ladder)> {
    let release = state.cluster.release();
    let mixed = state.mode == Mode::Mixed;
    let mut ladders = Vec::new();
    for &rescue in Rescue::ALL {
        let mut trial = state.trial();
        match rescue {
            Rescue::CtlUpdate if mixed => trial.ctl_update(shared),
            Rescue::ItlResetLocalkey if release.has_itl_reset_localkey() => trial.itl_reset_localkey(shared),
            Rescue::CtlResetLocalkey if mixed && release.has_ctl_reset_localkey() => trial.ctl_reset_localkey(shared),
            _ => continue,
        }
        ladders.push((rescue, Ladder::new(&trial, shared)));
    }
    ladders
}

impl Ladder {
    fn new(state: &ClusterState, shared: &mut Shared) -> Self {
        let neither = Snapshot::new(state, shared);
        let mut after = |services: &[Service]| {
            let mut trial = state.trial();
            services.iter().for_each(|&service| trial.act_on_service(shared, Act::Restart, service, &Nodes::All));
            let snapshot = Snapshot::new(&trial, shared);
            (!snapshot.shows_same(&neither)).then_some(snapshot)
        };
        let tftp = after(&[Service::Tftp]);
        let tvs = after(&[Service::Tvs]);
        let both = if tftp.is_some() && tvs.is_some() { after(&[Service::Tftp, Service::Tvs]) } else { None };
        Self { neither, tftp, tvs, both }
    }

    /// Whether a phone is current at any point of some order of the restarts and the reset.
    fn saves(&self, state: &ClusterState, shared: &mut Shared, holder: HolderId, assume: Assume) -> bool {
        let moments = [Some(&self.neither), self.tftp.as_ref(), self.tvs.as_ref(), self.both.as_ref()];
        moments.into_iter().enumerate().any(|(index, moment)| {
            let Some(moment) = moment else { return false };
            let mut walk = Walk { state, shared: &mut *shared, assume };
            if walk.is_current(moment, holder) {
                return true;
            }
            let once = walk.reset(moment, holder);
            let twice = walk.reset(moment, once);
            if walk.is_current(moment, once) || walk.is_current(moment, twice) {
                return true;
            }
            // What can follow: after neither restart all, after one of them both.
            let later: &[Option<&Snapshot>] = match index {
                0 => &moments,
                1 | 2 => &[self.both.as_ref()],
                _ => &[],
            };
            later.iter().flatten().any(|next| walk.is_current(next, twice))
        })
    }
}

struct Walk<'a> {
    state: &'a ClusterState,
    shared: &'a mut Shared,
    assume: Assume,
}

impl Walk<'_> {
    fn is_current(&mut self, moment: &Snapshot, holder: HolderId) -> bool {
        let verdict = self.state.judge(self.shared, moment, holder, self.assume);
        verdict.is_some_and(|verdict| verdict.trust == Trust::Current)
    }

    fn reset(&mut self, moment: &Snapshot, holder: HolderId) -> HolderId {
        let verdict = self.state.judge(self.shared, moment, holder, self.assume);
        verdict.map_or(holder, |verdict| verdict.after)
    }
}
