//! Cohorts: phones that went through everything alike. They are split where an operation touches some of them, and
//! never merged, so the state of each after each step is known by its cohort.

use super::cert::Cert;
use super::event::{Event, Refusal, ResetCause};
use super::operation::{ErasedLists, PhoneId, Phones};
use super::phones::{Held, Outlook, PhoneStart, Profile, Registrar, Standing, Trust, Verdict};
use super::recover::{Outlooks, RescueSet};
use super::run::Run;
use super::scene::{Scene, Snapshot};
use super::shared::Shared;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use trustlist::release::Service;

/// A cohort of a run, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortId(pub(super) u32);

impl CohortId {
    /// Its place in [`StepReport::standings`](super::run::StepReport::standings).
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Cohort {
    pub(super) profile: Arc<Profile>,
    pub(super) held: Held,
    pub(super) online: bool,
    pub(super) lsc: Option<Cert>,
    pub(super) standing: Arc<Standing>,
    /// The last judgement: it stands while nothing is served (P-15).
    judged: Trust,
    pub(super) was_locked: bool,
    /// The step since which nothing but deleting its lists helps.
    pub(super) lost_since: Option<u32>,
    pub(super) size: usize,
    pub(super) first: PhoneId,
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
pub(super) struct Cohorts {
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

    pub(super) fn of(&self, phone: PhoneId) -> Option<CohortId> {
        self.of.get(phone.index()).copied()
    }

    pub(super) fn all_phones(&self) -> &Arc<Vec<CohortId>> {
        &self.of
    }

    pub(super) fn get(&self, id: CohortId) -> Option<&Cohort> {
        self.list.get(id.index())
    }

    pub(super) fn get_mut(&mut self, id: CohortId) -> Option<&mut Cohort> {
        self.list.get_mut(id.index())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Cohort> {
        self.list.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Cohort> {
        self.list.iter_mut()
    }

    /// The cohort that stood for this one when there were only so many.
    pub(super) fn ancestor(&self, mut id: CohortId, count: usize) -> CohortId {
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

// Operations on phones.

/// Phones that judged alike at a reset.
struct Boot {
    phones: usize,
    /// The cohort of the first.
    id: CohortId,
    /// What they held.
    before: Held,
    verdict: Arc<Verdict>,
}

impl Run {
    /// Phones judge what they are served, and keep what they take.
    pub(super) fn reset(&mut self, shared: &mut Shared, phones: &Phones, cause: ResetCause) {
        let selected = self.cohorts.select(phones);
        let online = self.reached(&selected);
        self.boot(shared, &online, cause);
    }

    fn boot(&mut self, shared: &mut Shared, cohorts: &[CohortId], cause: ResetCause) {
        let count = self.count(cohorts);
        if count == 0 {
            return;
        }
        self.state.push(Event::PhonesReset { phones: count, cause });
        let mut scene = Scene::new(Arc::new(Snapshot::new(&self.state, shared)), self.assume);
        let mut boots: Vec<Boot> = Vec::new();
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        for &id in cohorts {
            let Some(cohort) = self.cohorts.get_mut(id) else { continue };
            let before = cohort.held;
            let Some(verdict) = scene.judge(shared, &cohort.profile, before) else { continue };
            cohort.held = verdict.after;
            let index = *known.entry(Arc::as_ptr(&verdict).addr()).or_insert(boots.len());
            match boots.get_mut(index) {
                Some(boot) => boot.phones += cohort.size,
                None => boots.push(Boot { phones: cohort.size, id, before, verdict }),
            }
        }
        for boot in boots {
            self.tell(shared, &scene, &boot);
        }
    }

    /// The event of phones that judged alike; where they refuse something, with the findings of the first.
    fn tell(&mut self, shared: &mut Shared, scene: &Scene, boot: &Boot) {
        for &assumption in &boot.verdict.assumed {
            self.assumptions.entry(assumption).or_insert(self.step);
        }
        let Some(cohort) = self.cohorts.get(boot.id) else { return };
        let judged = boot.verdict.judged.clone();
        let prediction = judged
            .refuses
            .and_then(|_| scene.predict(shared, &cohort.profile, boot.before))
            .map(Arc::new);
        self.state.push(Event::PhonesJudged {
            phones: boot.phones,
            first: cohort.first,
            judged,
            prediction,
        });
    }

    /// The cohorts that are on-line; phones that are not are an event.
    fn reached(&mut self, selected: &[CohortId]) -> Vec<CohortId> {
        let is_online = |id: &CohortId| self.cohorts.get(*id).is_some_and(|cohort| cohort.online);
        let (online, offline): (Vec<CohortId>, Vec<CohortId>) =
            selected.iter().partition(|id| is_online(id));
        let missed = self.count(&offline);
        if missed > 0 {
            self.state.refuse(None, Refusal::PhonesNotReached(missed));
        }
        online
    }

    fn count(&self, cohorts: &[CohortId]) -> usize {
        cohorts.iter().filter_map(|&id| self.cohorts.get(id)).map(|cohort| cohort.size).sum()
    }

    pub(super) fn switch_off(&mut self, phones: &Phones) {
        let selected = self.cohorts.select(phones);
        for &id in &selected {
            if let Some(cohort) = self.cohorts.get_mut(id) {
                cohort.online = false;
            }
        }
        self.state.push(Event::PhonesOffline { phones: self.count(&selected) });
    }

    /// Phones come back and boot; those that were there do nothing.
    pub(super) fn switch_on(&mut self, shared: &mut Shared, phones: &Phones) {
        let mut back = self.cohorts.select(phones);
        back.retain(|&id| self.cohorts.get(id).is_some_and(|cohort| !cohort.online));
        for &id in &back {
            if let Some(cohort) = self.cohorts.get_mut(id) {
                cohort.online = true;
            }
        }
        self.state.push(Event::PhonesOnline { phones: self.count(&back) });
        self.boot(shared, &back, ResetCause::Boot);
    }

    /// Somebody erases lists on the phones, which start again.
    pub(super) fn erase(&mut self, shared: &mut Shared, phones: &Phones, lists: ErasedLists) {
        let selected = self.cohorts.select(phones);
        let online = self.reached(&selected);
        for &id in &online {
            let Some(cohort) = self.cohorts.get_mut(id) else { continue };
            let ctl = if lists == ErasedLists::Both { None } else { cohort.held.ctl };
            cohort.held = Held { ctl, itl: None };
        }
        self.state.push(Event::ListsErased { phones: self.count(&online) });
        self.boot(shared, &online, ResetCause::Boot);
    }

    /// CAPF gives phones a certificate, issued with the key that it has loaded (table 3). The operation stands in the phone's
    /// configuration: a phone does it before it registers, so it need only be on-line (P-7).
    pub(super) fn lsc_update(&mut self, phones: &Phones) {
        let publisher = self.state.cluster.publisher();
        let issuer = self
            .state
            .presented(Service::Capf, publisher)
            .filter(|_| self.state.runs(publisher, Service::Capf));
        let Some(issuer) = issuer else {
            return self.state.refuse(Some(publisher), Refusal::CapfNotRunning);
        };
        let selected = self.cohorts.select(phones);
        let served = self.reached(&selected);
        for &id in &served {
            if let Some(cohort) = self.cohorts.get_mut(id) {
                cohort.lsc = Some(issuer);
            }
        }
        self.state.push(Event::LscIssued { issuer, phones: self.count(&served) });
    }
}
