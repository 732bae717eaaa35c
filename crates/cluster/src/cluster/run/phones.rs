//! Operations on phones.

use super::super::event::{Event, Refusal, ResetCause};
use super::super::operation::{ErasedLists, Phones};
use super::super::phones::{Held, Scene, Snapshot, Verdict};
use super::super::shared::Shared;
use super::{CohortId, Run};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use trustlist::release::Service;

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
