//! Cohorts: phones that went through everything alike. They are split where an operation touches some of them, and
//! never merged, so the state of each after each step is known by its cohort.

use super::super::cert::Cert;
use super::super::operation::{PhoneId, Phones};
use super::super::phones::{
    Held, Outlook, PhoneStart, Profile, Registrar, Standing, Trust, Verdict,
};
use super::super::recover::{Outlooks, RescueSet};
use super::super::shared::Shared;
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};

/// A cohort of a run, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortId(pub(in crate::cluster) u32);

impl CohortId {
    /// Its place in [`StepReport::standings`](super::StepReport::standings).
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

#[derive(Clone, Debug)]
pub(in crate::cluster) struct Cohort {
    pub(in crate::cluster) profile: Arc<Profile>,
    pub(in crate::cluster) held: Held,
    pub(in crate::cluster) online: bool,
    pub(in crate::cluster) lsc: Option<Cert>,
    pub(in crate::cluster) standing: Arc<Standing>,
    /// The last judgement: it stands while nothing is served (P-15).
    judged: Trust,
    pub(in crate::cluster) was_locked: bool,
    /// The step since which nothing but deleting its lists helps.
    pub(in crate::cluster) lost_since: Option<u32>,
    pub(in crate::cluster) size: usize,
    pub(in crate::cluster) first: PhoneId,
    /// The cohort that it was split from.
    parent: Option<CohortId>,
}

/// What a step is looked at with: made once for all cohorts.
pub(super) struct Eyes<'a> {
    pub(super) outlooks: Outlooks<'a>,
    pub(super) registrar: Registrar<'a>,
    /// States that some cohort has after this step: cohorts in one state share it.
    pub(super) standings: BTreeMap<StandingKey, Arc<Standing>>,
    pub(super) step: u32,
}

/// A state; verdicts are shared, so their address is enough to tell them apart.
pub(super) type StandingKey = (Trust, bool, Outlook, Held, usize);

impl Cohort {
    fn new(start: &PhoneStart, first: PhoneId) -> Self {
        let (trust, registered, judged) = (Trust::Current, false, None);
        let outlook = Outlook::Rescue(RescueSet::default());
        Self {
            profile: start.profile.clone(),
            held: start.held,
            online: start.online,
            lsc: start.lsc,
            standing: Arc::new(Standing { trust, registered, outlook, judged, held: start.held }),
            judged: trust,
            was_locked: false,
            lost_since: None,
            size: 0,
            first,
            parent: None,
        }
    }

    /// Writes the state after a step down.
    pub(super) fn look(
        &mut self,
        shared: &mut Shared,
        verdict: Option<&Verdict>,
        eyes: &mut Eyes<'_>,
    ) {
        self.judged = verdict.map_or(self.judged, |verdict| verdict.trust);
        let trust = if self.online { self.judged } else { Trust::Offline };
        let outlook = match self.judged {
            Trust::Current => Outlook::Recoverable,
            _ => eyes.outlooks.of(shared, &self.profile, self.held),
        };
        self.was_locked |= trust == Trust::Locked && eyes.step > 0;
        self.lost_since = outlook.is_lost().then(|| self.lost_since.unwrap_or(eyes.step));
        let registered =
            self.online && eyes.registrar.registers(shared, &self.profile, self.held.ctl, self.lsc);
        let judged = verdict.map(|verdict| &verdict.judged);
        let key = (
            trust,
            registered,
            outlook,
            self.held,
            judged.map_or(0, |judged| Arc::as_ptr(judged).addr()),
        );
        let held = self.held;
        let standing = eyes.standings.entry(key).or_insert_with(|| {
            Arc::new(Standing { trust, registered, outlook, judged: judged.cloned(), held })
        });
        self.standing = standing.clone();
    }
}

#[derive(Clone, Debug)]
pub(in crate::cluster) struct Cohorts {
    list: Vec<Cohort>,
    /// Which cohort each phone is in.
    of: Arc<Vec<CohortId>>,
}

impl Cohorts {
    pub(super) fn new(starts: &[PhoneStart]) -> Self {
        let mut ids: BTreeMap<(u32, Held, bool, Option<Cert>), CohortId> = BTreeMap::new();
        let mut list: Vec<Cohort> = Vec::new();
        let mut of = Vec::with_capacity(starts.len());
        for (start, phone) in starts.iter().zip((0..).map(PhoneId)) {
            let next = CohortId(u32::try_from(list.len()).unwrap_or(u32::MAX));
            let key = (start.number, start.held, start.online, start.lsc);
            let id = *ids.entry(key).or_insert_with(|| {
                list.push(Cohort::new(start, phone));
                next
            });
            if let Some(cohort) = list.get_mut(id.index()) {
                cohort.size += 1;
            }
            of.push(id);
        }
        Self { list, of: Arc::new(of) }
    }

    pub(in crate::cluster) fn of(&self, phone: PhoneId) -> Option<CohortId> {
        self.of.get(phone.index()).copied()
    }

    pub(in crate::cluster) fn all_phones(&self) -> &Arc<Vec<CohortId>> {
        &self.of
    }

    pub(in crate::cluster) fn get(&self, id: CohortId) -> Option<&Cohort> {
        self.list.get(id.index())
    }

    pub(super) fn get_mut(&mut self, id: CohortId) -> Option<&mut Cohort> {
        self.list.get_mut(id.index())
    }

    pub(in crate::cluster) fn iter(&self) -> impl Iterator<Item = &Cohort> {
        self.list.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Cohort> {
        self.list.iter_mut()
    }

    /// The cohort that stood for this one when there were only so many.
    pub(in crate::cluster) fn ancestor(&self, mut id: CohortId, count: usize) -> CohortId {
        while id.index() >= count {
            match self.get(id).and_then(|cohort| cohort.parent) {
                Some(parent) => id = parent,
                None => break,
            }
        }
        id
    }

    /// The cohorts of these phones; where only a part of one is meant, it is split.
    pub(super) fn select(&mut self, phones: &Phones) -> Vec<CohortId> {
        let Phones::These(phones) = phones else {
            return (0..self.list.len())
                .filter_map(|id| u32::try_from(id).ok())
                .map(CohortId)
                .collect();
        };
        let mut members: BTreeMap<CohortId, Vec<PhoneId>> = BTreeMap::new();
        let mut phones = phones.to_vec();
        phones.sort_unstable();
        phones.dedup();
        for phone in phones {
            if let Some(id) = self.of(phone) {
                members.entry(id).or_default().push(phone);
            }
        }
        members.into_iter().filter_map(|(id, phones)| self.split(id, &phones)).collect()
    }

    /// Takes these phones, in order and at least one, out of their cohort, unless they are all of it.
    fn split(&mut self, id: CohortId, phones: &[PhoneId]) -> Option<CohortId> {
        let next = CohortId(u32::try_from(self.list.len()).ok()?);
        let first = *phones.first()?;
        let whole = self.get_mut(id)?;
        if whole.size == phones.len() {
            return Some(id);
        }
        whole.size -= phones.len();
        let part = Cohort { size: phones.len(), first, parent: Some(id), ..whole.clone() };
        let of = Arc::make_mut(&mut self.of);
        for phone in phones {
            if let Some(slot) = of.get_mut(phone.index()) {
                *slot = next;
            }
        }
        self.list.push(part);
        let left = self
            .of
            .iter()
            .zip((0..).map(PhoneId))
            .find(|(cohort, _)| **cohort == id)
            .map(|(_, phone)| phone);
        if let (Some(left), Some(whole)) = (left, self.get_mut(id)) {
            whole.first = left;
        }
        Some(next)
    }
}
