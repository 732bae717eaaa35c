//! Phones in bulk. A class holds phones that are equal now, and is looked at once a step; a cohort
//! holds phones that went through everything alike. Cohorts are split when an operation touches
//! some of their phones, and never merged, so the state of each phone after each step stays known;
//! classes that become equal are merged, so a step costs what the different states cost, and not
//! what their pasts would.

use super::cert::Cert;
use super::operation::{PhoneId, Phones};
use super::phones::{PhoneStart, Registrar};
use super::profile::{Profile, Verdict};
use super::recover::Outlooks;
use super::shared::Shared;
use super::status::{Held, Judged, PhoneStatus, Recoverability, RecoveryCommands, Trust};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};

/// A cohort of a run, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortId(pub(super) u32);

impl CohortId {
    /// Returns its place among the cohorts, from 0.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A class of a run, by number. A number is used again when its class is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClassId(u32);

impl ClassId {
    fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Phones that are equal now.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) profile: Arc<Profile>,
    /// The number of the profile.
    number: u32,
    pub(super) held: Held,
    pub(super) online: bool,
    pub(super) lsc: Option<Cert>,
    pub(super) status: Arc<PhoneStatus>,
    /// The last judgement, which stays while nothing is served (P-15).
    judged: Trust,
    /// Set at a look, so it misses the steps that did not look at the class: see
    /// [`Self::was_locked`].
    was_locked: bool,
    /// The step since which nothing but deleting its lists helps.
    pub(super) lost_since: Option<u32>,
    /// How many phones it holds; 0 for a number that is free.
    pub(super) size: usize,
    cohorts: Vec<CohortId>,
}

/// All values that can differ between the phones of two classes.
type ClassKey = (u32, Held, bool, Option<Cert>, Trust, bool, Option<u32>);

/// The tools for the look at a step: made once for all classes.
pub(super) struct Observation<'a> {
    pub(super) outlooks: Outlooks<'a>,
    pub(super) registrar: Registrar<'a>,
    /// States that some class has after this step: classes in one state share it.
    pub(super) statuses: BTreeMap<StatusKey, Arc<PhoneStatus>>,
    pub(super) step: u32,
}

/// A state; verdicts are shared, so their address is enough to compare them.
type StatusKey = (Trust, bool, Recoverability, Held, usize);

impl Class {
    fn new(start: &PhoneStart) -> Self {
        let (trust, registered, judged) = (Trust::Current, false, None);
        let recoverability = Recoverability::Commands(RecoveryCommands::default());
        let held = start.held;
        Self {
            profile: start.profile.clone(),
            number: start.number,
            held,
            online: start.online,
            lsc: start.lsc,
            status: Arc::new(PhoneStatus { trust, registered, recoverability, judged, held }),
            judged: trust,
            was_locked: false,
            lost_since: None,
            size: 0,
            cohorts: Vec::new(),
        }
    }

    /// Checks if the phones were locked after any of the steps so far. A class that no step touched
    /// is still in the state of its last look, which may be that of the start.
    pub(super) fn was_locked(&self, steps: u32) -> bool {
        self.was_locked || (steps > 0 && self.status.trust == Trust::Locked)
    }

    fn key(&self) -> ClassKey {
        let Self { number, held, online, lsc, judged, was_locked, lost_since, .. } = *self;
        (number, held, online, lsc, judged, was_locked, lost_since)
    }

    /// Writes the state after a step down.
    fn look(
        &mut self,
        shared: &mut Shared,
        verdict: Option<&Verdict>,
        observation: &mut Observation<'_>,
    ) {
        self.judged = verdict.map_or(self.judged, |verdict| verdict.trust);
        let trust = if self.online { self.judged } else { Trust::Offline };
        let recoverability = match self.judged {
            Trust::Current => Recoverability::Recoverable,
            _ => observation.outlooks.of(shared, &self.profile, self.held),
        };
        // The state of the last look held until the step before this one.
        self.was_locked = self.was_locked(observation.step.saturating_sub(1))
            || (trust == Trust::Locked && observation.step > 0);
        self.lost_since =
            recoverability.is_lost().then(|| self.lost_since.unwrap_or(observation.step));
        let registered = self.online
            && observation.registrar.registers(shared, &self.profile, self.held.ctl, self.lsc);
        let judged = verdict.map(|verdict| &verdict.judged);
        let held = self.held;
        let address =
            |judged: Option<&Arc<Judged>>| judged.map_or(0, |judged| Arc::as_ptr(judged).addr());
        let old = &self.status;
        let same = (old.trust, old.registered, old.recoverability, old.held)
            == (trust, registered, recoverability, held)
            && address(old.judged.as_ref()) == address(judged);
        if same {
            return;
        }
        let key = (trust, registered, recoverability, held, address(judged));
        let status = observation.statuses.entry(key).or_insert_with(|| {
            let judged = judged.cloned();
            Arc::new(PhoneStatus { trust, registered, recoverability, judged, held })
        });
        self.status = status.clone();
    }
}

/// Phones that went through everything alike.
#[derive(Clone, Debug)]
struct Cohort {
    size: usize,
    first: PhoneId,
    /// The cohort that it was split from, and in which step.
    parent: Option<(CohortId, u32)>,
    /// The classes that it was in, each from this step on.
    classes: Vec<(u32, ClassId)>,
    /// Its place among the cohorts of its class.
    place: usize,
}

impl Cohort {
    fn class(&self) -> Option<ClassId> {
        self.classes.last().map(|&(_, class)| class)
    }

    fn class_after(&self, step: u32) -> Option<ClassId> {
        self.classes.iter().rev().find(|&&(since, _)| since <= step).map(|&(_, class)| class)
    }

    fn enter(&mut self, class: ClassId, step: u32) {
        match self.classes.last_mut() {
            Some((since, last)) if *since == step => *last = class,
            _ => self.classes.push((step, class)),
        }
    }
}

/// Bytes of a cohort with its classes, about.
const COHORT: usize = 2 * size_of::<Cohort>();

/// The states of a class, each from this step on.
type History = Vec<(u32, Arc<PhoneStatus>)>;

/// All phones of a run.
#[derive(Clone, Debug)]
pub(super) struct Cohorts {
    classes: Vec<Class>,
    /// Numbers of classes that are gone.
    free: Vec<ClassId>,
    /// The classes that were looked at, by their state.
    known: BTreeMap<ClassKey, ClassId>,
    cohorts: Arc<Vec<Cohort>>,
    /// The cohort of each phone.
    of: Arc<Vec<CohortId>>,
    /// By class; empty for a run that only looks ahead.
    history: Vec<History>,
    keeping: Keeping,
}

/// Whether the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    Past,
    /// Only the present: what a run that looks ahead is asked.
    Present,
}

impl Cohorts {
    /// The phones at the start: those of a kind, by its number in the cluster, start alike.
    pub(super) fn new(starts: &[PhoneStart], kinds: &[u32]) -> Self {
        let mut ids: BTreeMap<(u32, Held, bool, Option<Cert>), CohortId> = BTreeMap::new();
        let mut classes: Vec<Class> = Vec::new();
        let mut cohorts: Vec<Cohort> = Vec::new();
        let mut of_kind: Vec<Option<CohortId>> = starts.iter().map(|_| None).collect();
        let mut of = Vec::with_capacity(kinds.len());
        for (&kind, phone) in kinds.iter().zip((0..).map(PhoneId)) {
            let kind = usize::try_from(kind).unwrap_or(usize::MAX);
            let (Some(start), Some(known)) = (starts.get(kind), of_kind.get_mut(kind)) else {
                continue;
            };
            let id = *known.get_or_insert_with(|| {
                let key = (start.number, start.held, start.online, start.lsc);
                let next = u32::try_from(cohorts.len()).unwrap_or(u32::MAX);
                *ids.entry(key).or_insert_with(|| {
                    let mut class = Class::new(start);
                    class.cohorts.push(CohortId(next));
                    classes.push(class);
                    let classes = [(0, ClassId(next))].to_vec();
                    let size = 0;
                    let place = 0;
                    cohorts.push(Cohort { size, first: phone, parent: None, classes, place });
                    CohortId(next)
                })
            });
            if let (Some(class), Some(cohort)) =
                (classes.get_mut(id.index()), cohorts.get_mut(id.index()))
            {
                class.size += 1;
                cohort.size += 1;
            }
            of.push(id);
        }
        Self {
            classes,
            free: Vec::new(),
            known: BTreeMap::new(),
            cohorts: Arc::new(cohorts),
            of: Arc::new(of),
            history: Vec::new(),
            keeping: Keeping::Past,
        }
    }

    /// A copy that forgets the past and keeps none.
    pub(super) fn aside(&self) -> Self {
        Self {
            classes: self.classes.clone(),
            free: self.free.clone(),
            known: self.known.clone(),
            cohorts: self.cohorts.clone(),
            of: self.of.clone(),
            history: Vec::new(),
            keeping: Keeping::Present,
        }
    }

    pub(super) fn of(&self, phone: PhoneId) -> Option<CohortId> {
        self.of.get(phone.index()).copied()
    }

    pub(super) fn all_phones(&self) -> &[CohortId] {
        &self.of
    }

    /// The cohorts in order: how many phones, and the first of them.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (CohortId, usize, PhoneId)> {
        let numbered = (0..).map(CohortId).zip(self.cohorts.iter());
        numbered.map(|(id, cohort)| (id, cohort.size, cohort.first))
    }

    /// The class of a cohort now.
    pub(super) fn class_of(&self, cohort: CohortId) -> Option<&Class> {
        self.class(self.cohorts.get(cohort.index())?.class()?)
    }

    /// The class of a phone now.
    pub(super) fn of_phone(&self, phone: PhoneId) -> Option<&Class> {
        self.class_of(self.of(phone)?)
    }

    pub(super) fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.get(id.index())
    }

    /// A class for an operation that changes it, from the selection.
    pub(super) fn change(&mut self, id: ClassId) -> Option<&mut Class> {
        let class = self.classes.get_mut(id.index())?;
        if self.known.get(&class.key()) == Some(&id) {
            self.known.remove(&class.key());
        }
        Some(class)
    }

    /// The classes that hold phones.
    pub(super) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(|class| class.size > 0)
    }

    /// The states of a cohort, each with the step after which it began; the first is that of the
    /// start.
    pub(super) fn timeline(&self, mut id: CohortId) -> Vec<(u32, &Arc<PhoneStatus>)> {
        // The classes from the last to the first, each with the step that left it.
        let mut stays: Vec<(u32, u32, ClassId)> = Vec::new();
        let mut left = u32::MAX;
        while let Some(cohort) = self.cohorts.get(id.index()) {
            for &(since, class) in cohort.classes.iter().rev() {
                if since < left {
                    stays.push((since, left, class));
                    left = since;
                }
            }
            let Some((parent, _)) = cohort.parent else { break };
            id = parent;
        }
        let mut states: Vec<(u32, &Arc<PhoneStatus>)> = Vec::new();
        for (since, left, class) in stays.into_iter().rev() {
            let history = self.history.get(class.index()).map_or(&[][..], |history| history);
            let later = history.partition_point(|&(step, _)| step <= since);
            let during = history.iter().skip(later.saturating_sub(1));
            for (step, status) in during.take_while(|&&(step, _)| step < left) {
                if states.last().is_none_or(|(_, last)| !Arc::ptr_eq(last, status)) {
                    states.push((since.max(*step), status));
                }
            }
        }
        states
    }

    /// The state of a cohort after a step.
    pub(super) fn status_after(&self, mut id: CohortId, step: u32) -> Option<&Arc<PhoneStatus>> {
        let mut cohort = self.cohorts.get(id.index())?;
        while let Some((parent, _)) = cohort.parent.filter(|&(_, born)| born > step) {
            id = parent;
            cohort = self.cohorts.get(id.index())?;
        }
        let history = self.history.get(cohort.class_after(step)?.index())?;
        let later = history.partition_point(|&(since, _)| since <= step);
        history.get(later.checked_sub(1)?).map(|(_, status)| status)
    }

    /// The classes of these phones, each with its first phone, in the order of their cohorts. When
    /// only a part of a class is meant, it becomes a class of its own.
    pub(super) fn select(&mut self, phones: &Phones, step: u32) -> Vec<(ClassId, PhoneId)> {
        match phones {
            Phones::All => {
                self.select_all().into_iter().map(|(id, _, first)| (id, first)).collect()
            }
            Phones::These(phones) => self.select_these(phones, step),
        }
    }

    /// Every class with its first cohort and that one's first phone.
    fn select_all(&self) -> Vec<(ClassId, CohortId, PhoneId)> {
        let numbered = (0..).map(ClassId).zip(&self.classes).filter(|(_, class)| class.size > 0);
        let mut all: Vec<(ClassId, CohortId, PhoneId)> = numbered
            .filter_map(|(id, class)| {
                let lead = *class.cohorts.iter().min()?;
                Some((id, lead, self.cohorts.get(lead.index())?.first))
            })
            .collect();
        all.sort_unstable_by_key(|&(_, lead, _)| lead);
        all
    }

    fn select_these(&mut self, phones: &[PhoneId], step: u32) -> Vec<(ClassId, PhoneId)> {
        let mut members: BTreeMap<CohortId, Vec<PhoneId>> = BTreeMap::new();
        let mut phones = phones.to_vec();
        phones.sort_unstable();
        phones.dedup();
        for phone in phones {
            if let Some(id) = self.of(phone) {
                members.entry(id).or_default().push(phone);
            }
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut by_class: BTreeMap<ClassId, usize> = BTreeMap::new();
        for (id, phones) in members {
            let (Some(&first), Some(class)) =
                (phones.first(), self.cohorts.get(id.index()).and_then(Cohort::class))
            else {
                continue;
            };
            let Some(cohort) = self.split(id, class, &phones, step) else { continue };
            let place = *by_class.entry(class).or_insert(parts.len());
            match parts.get_mut(place) {
                Some(part) => {
                    part.size += phones.len();
                    part.cohorts.push(cohort);
                }
                None => {
                    let cohorts = [cohort].to_vec();
                    parts.push(Part { class, size: phones.len(), cohorts, first });
                }
            }
        }
        parts.into_iter().map(|part| (self.isolate(&part, step), part.first)).collect()
    }

    /// Takes these phones, in order and at least one, out of their cohort, unless they are all of
    /// it.
    fn split(
        &mut self,
        id: CohortId,
        class: ClassId,
        phones: &[PhoneId],
        step: u32,
    ) -> Option<CohortId> {
        let next = CohortId(u32::try_from(self.cohorts.len()).ok()?);
        let first = *phones.first()?;
        let cohorts = Arc::make_mut(&mut self.cohorts);
        let whole = cohorts.get_mut(id.index())?;
        if whole.size == phones.len() {
            return Some(id);
        }
        whole.size -= phones.len();
        let classes = [(step, class)].to_vec();
        let of = Arc::make_mut(&mut self.of);
        for phone in phones {
            if let Some(slot) = of.get_mut(phone.index()) {
                *slot = next;
            }
        }
        if whole.first == first {
            let after = first.index();
            let left = of.iter().zip((0..).map(PhoneId)).skip(after);
            if let Some((_, left)) = left.into_iter().find(|(cohort, _)| **cohort == id) {
                whole.first = left;
            }
        }
        let (size, parent) = (phones.len(), Some((id, step)));
        let of_class = &mut self.classes.get_mut(class.index())?.cohorts;
        let place = of_class.len();
        of_class.push(next);
        cohorts.push(Cohort { size, first, parent, classes, place });
        Some(next)
    }

    /// The part of a class as a class of its own; the class itself when the part is all of it.
    fn isolate(&mut self, part: &Part, step: u32) -> ClassId {
        let Some(whole) = self.classes.get_mut(part.class.index()) else { return part.class };
        if whole.size == part.size {
            return part.class;
        }
        whole.size -= part.size;
        let all = Arc::make_mut(&mut self.cohorts);
        for &cohort in &part.cohorts {
            let Some(place) = all.get(cohort.index()).map(|cohort| cohort.place) else { continue };
            if whole.cohorts.get(place) != Some(&cohort) {
                continue;
            }
            whole.cohorts.swap_remove(place);
            let moved = whole.cohorts.get(place);
            if let Some(moved) = moved.and_then(|moved| all.get_mut(moved.index())) {
                moved.place = place;
            }
        }
        // The cohorts of the whole can be many: they are not cloned.
        let rest = core::mem::take(&mut whole.cohorts);
        let class = Class { size: part.size, ..whole.clone() };
        whole.cohorts = rest;
        let id = self.add(class);
        self.enter(&part.cohorts, id, step);
        id
    }

    fn add(&mut self, class: Class) -> ClassId {
        let next = ClassId(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        let id = self.free.pop().unwrap_or(next);
        match self.classes.get_mut(id.index()) {
            Some(slot) => *slot = class,
            None => self.classes.push(class),
        }
        id
    }

    /// Adds cohorts to a class, after those that it has.
    fn enter(&mut self, cohorts: &[CohortId], class: ClassId, step: u32) {
        let Some(of_class) = self.classes.get_mut(class.index()).map(|class| &mut class.cohorts)
        else {
            return;
        };
        let all = Arc::make_mut(&mut self.cohorts);
        for (cohort, place) in cohorts.iter().zip(of_class.len()..) {
            if let Some(cohort) = all.get_mut(cohort.index()) {
                cohort.enter(class, step);
                cohort.place = place;
            }
        }
        of_class.extend(cohorts);
    }

    /// Forgets which classes are equal: all are looked at anew.
    pub(super) fn begin_look(&mut self) {
        self.known.clear();
    }

    /// Writes the state of a class after a step down, and returns whether its phones are
    /// registered.
    pub(super) fn look(
        &mut self,
        id: ClassId,
        shared: &mut Shared,
        verdict: Option<&Verdict>,
        observation: &mut Observation<'_>,
    ) -> bool {
        let Some(class) = self.change(id) else { return false };
        class.look(shared, verdict, observation);
        let status = class.status.clone();
        let registered = status.registered;
        if self.keeping == Keeping::Past {
            while self.history.len() <= id.index() {
                self.history.push(History::new());
            }
            if let Some(history) = self.history.get_mut(id.index()) {
                if history.last().is_none_or(|(_, last)| !Arc::ptr_eq(last, &status)) {
                    history.push((observation.step, status));
                    shared.keep(size_of::<(u32, Arc<PhoneStatus>)>());
                }
            }
        }
        self.merge(id, observation.step);
        registered
    }

    /// Puts a class together with one of the same state, if there is one: the smaller goes into the
    /// larger.
    fn merge(&mut self, id: ClassId, step: u32) {
        let Some(key) = self.class(id).map(Class::key) else { return };
        let Some(&other) = self.known.get(&key).filter(|&&other| other != id) else {
            self.known.insert(key, id);
            return;
        };
        // In a run that looks ahead the cohorts are those of another run: they are not copied for
        // this.
        if self.keeping == Keeping::Present {
            return;
        }
        let count = |id: ClassId| self.class(id).map_or(0, |class| class.cohorts.len());
        let (from, into) = if count(id) > count(other) { (other, id) } else { (id, other) };
        let Some(source) = self.classes.get_mut(from.index()) else { return };
        let (cohorts, size) = (core::mem::take(&mut source.cohorts), source.size);
        source.size = 0;
        self.enter(&cohorts, into, step);
        if let Some(target) = self.classes.get_mut(into.index()) {
            target.size += size;
        }
        self.free.push(from);
        self.known.insert(key, into);
    }

    /// The numbers of all classes that hold phones.
    pub(super) fn ids(&self) -> Vec<ClassId> {
        let numbered = (0..).map(ClassId).zip(&self.classes);
        numbered.filter(|(_, class)| class.size > 0).map(|(id, _)| id).collect()
    }

    /// Bytes of the cohorts.
    pub(super) fn size(&self) -> usize {
        self.cohorts.len().saturating_mul(COHORT)
    }

    /// The phones of each cohort, each in inventory order.
    pub(super) fn groups(&self) -> Vec<Vec<PhoneId>> {
        let mut groups: Vec<Vec<PhoneId>> =
            self.cohorts.iter().map(|cohort| Vec::with_capacity(cohort.size)).collect();
        for (phone, cohort) in (0..).map(PhoneId).zip(self.of.iter()) {
            if let Some(group) = groups.get_mut(cohort.index()) {
                group.push(phone);
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// One phone of each class.
    pub(super) fn samples(&self) -> impl Iterator<Item = PhoneId> {
        let lead = |class: &Class| self.cohorts.get(class.cohorts.first()?.index());
        self.classes().filter_map(move |class| Some(lead(class)?.first))
    }
}

/// The cohorts of one class that an operation touches.
struct Part {
    class: ClassId,
    size: usize,
    cohorts: Vec<CohortId>,
    /// The first phone of the first cohort.
    first: PhoneId,
}

/// The point of no return (P-16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoReturn {
    /// The earliest step; 0 is before the first.
    pub step: u32,
    /// The phones that are lost there.
    pub phones: Vec<PhoneId>,
}

impl Cohorts {
    /// The point of no return of the steps so far.
    pub(super) fn no_return(&self) -> Option<NoReturn> {
        let step = self.classes().filter_map(|class| class.lost_since).min()?;
        let lost = |class: &Class| class.lost_since == Some(step);
        Some(NoReturn { step, phones: self.phones_of(lost).collect() })
    }

    /// The phones whose class is such now, in inventory order.
    pub(super) fn phones_of(&self, such: impl Fn(&Class) -> bool) -> impl Iterator<Item = PhoneId> {
        let chosen: Vec<bool> = self
            .cohorts
            .iter()
            .map(|cohort| cohort.class().and_then(|id| self.class(id)).is_some_and(&such))
            .collect();
        let phones = (0..).map(PhoneId).zip(self.of.iter());
        phones
            .filter(move |(_, cohort)| chosen.get(cohort.index()).copied().unwrap_or_default())
            .map(|(phone, _)| phone)
    }
}
