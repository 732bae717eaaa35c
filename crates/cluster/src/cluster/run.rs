//! A run: a cluster, a policy, and one operation after the other.

use super::cert::Cert;
use super::cohort::{Class, ClassId, Cohorts, NoReturn, Observation};
use super::deletion::Deleted;
use super::describe::{Cluster, PhoneSecurity};
use super::event::{Event, Refusal, ResetCause, TimedEvent};
use super::limits::Limits;
use super::list::{ListId, ListKey};
use super::node::{NodeId, NodeSet};
use super::operation::{
    ErasedLists, MAX_WAIT_MINUTES, Nodes, Operation, PhoneId, Phones, Rollback, StepError,
    StoreUnit,
};
use super::phones::{PhoneStart, Registrar};
use super::profile::{Profile, Verdict};
use super::recover::Outlooks;
use super::scene::{Snapshot, SnapshotCache};
use super::services::Act;
use super::shared::Shared;
use super::state::ClusterState;
use super::status::{Assume, Assumption, Held, PhoneStatus, Policy, RegistrationObstacle};
use crate::release::{ReleaseRules as _, Service, TrustUnit, Unit};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};
use trustlist::phone::Prediction;
use trustlist::wire::Role;

/// The result of a step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Its number, from 1; 0 is the state before the first step.
    pub step: u32,
    /// Minutes since the start, after the step.
    pub minute: u64,
    /// The events, in order.
    pub events: Vec<TimedEvent>,
    /// The snapshot that phones saw then.
    pub(super) snapshot: Arc<Snapshot>,
}

impl StepReport {
    /// Bytes that it takes.
    fn size(&self) -> usize {
        let events = self.events.len().saturating_mul(size_of::<TimedEvent>());
        size_of::<Self>().saturating_add(events).saturating_add(self.snapshot.size())
    }
}

/// A cluster that is being stepped through a plan under one policy.
///
/// Cheap to clone: a clone goes its own way from here ("what if"). Phones that hold the same and
/// see the same are judged once, over all clones.
///
/// ```
/// use trustlist_cluster::cluster::{Assume, Cluster, Mode, NodeSpec, Nodes, Operation, PhoneSpec, Phones, Policy, Run, Trust};
/// use trustlist_cluster::release::{Product, Service, Unit};
///
/// let node = |name: &str, publisher| NodeSpec {
///     name: name.into(), product: Product::Cucm, publisher, tftp: true, callmanager: true,
/// };
/// let mut cluster = Cluster::new("10.5".parse().unwrap(), Mode::NonSecure, vec![node("hq", true), node("br", false)]).unwrap();
/// let (hq, br) = (cluster.node("hq").unwrap(), cluster.node("br").unwrap());
/// let phone = cluster.add_phone(PhoneSpec::new("SEP001", &[hq], &[br, hq])).unwrap();
///
/// let mut run = Run::new(&cluster.into(), Policy::B, Assume::Lean);
/// for unit in [Unit::CallManager, Unit::Tvs] {
///     run.apply(&Operation::Regen { unit, nodes: Nodes::All }).unwrap();
/// }
/// assert_eq!(run.phone_state(phone).unwrap().trust, Trust::Updatable);
///
/// let mut too_early = run.clone();
/// too_early.apply(&Operation::Restart { service: Service::Tvs, nodes: Nodes::All }).unwrap();
/// assert_eq!(too_early.phone_state(phone).unwrap().trust, Trust::Locked);
///
/// run.apply(&Operation::ResetPhones { phones: Phones::All }).unwrap();
/// assert_eq!(run.phone_state(phone).unwrap().trust, Trust::Current);
/// ```
#[derive(Clone, Debug)]
pub struct Run {
    state: ClusterState,
    assume: Assume,
    limits: Limits,
    cohorts: Cohorts,
    step: u32,
    assumptions: BTreeMap<Assumption, u32>,
    /// The snapshot that phones see now, with its cached verdicts.
    scene: SnapshotCache,
    shared: Arc<Mutex<Shared>>,
}

/// The shared tables; a panic elsewhere leaves them usable, for nothing in them is half-made.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    /// The cluster before the first step.
    pub fn new(cluster: &Arc<Cluster>, policy: Policy, assume: Assume) -> Self {
        let mut shared = Shared::new(cluster.clone());
        let state = ClusterState::new(cluster.clone(), policy, &mut shared);
        let (kinds, firsts) = cluster.kinds();
        let starts: Vec<PhoneStart> =
            firsts.map(|spec| PhoneStart::new(spec, &state, &mut shared)).collect();
        let cohorts = Cohorts::new(&starts, kinds);
        let scene = SnapshotCache::new(Arc::new(Snapshot::new(&state, &mut shared)), assume);
        let shared = Arc::new(Mutex::new(shared));
        let assumptions = BTreeMap::new();
        let limits = cluster.limits;
        let mut run = Self {
            state,
            assume,
            limits,
            cohorts,
            step: 0,
            assumptions,
            scene,
            shared: shared.clone(),
        };
        run.look(&mut lock(&shared));
        run
    }

    /// Runs one operation and looks at every phone. What cannot be done is an event of the report,
    /// not an error.
    ///
    /// # Errors
    /// Where the operation names a node or a phone of another cluster, if it waits too long, and
    /// where a limit of the cluster is reached; nothing changes then.
    pub fn apply(&mut self, operation: &Operation) -> Result<StepReport, StepError> {
        self.check(operation)?;
        self.step = self.step.saturating_add(1);
        let handle = self.shared.clone();
        let mut shared = lock(&handle);
        match self.touch_phones(&mut shared, operation) {
            Some(touched) => self.look_at(&mut shared, touched),
            None => {
                let cause = self.operate(&mut shared, operation);
                self.state.rebuild_changed(&mut shared);
                self.show(&mut shared);
                if let (Policy::A, Some(cause)) = (self.state.policy, cause) {
                    self.reset(&mut shared, &Phones::All, cause);
                }
                self.look(&mut shared);
            }
        }
        Ok(StepReport { events: self.state.take_events(), ..self.report() })
    }

    /// A clone that looks ahead: what it is asked does not come from a plan, so it may go past the
    /// limits.
    pub(crate) fn aside(&self) -> Self {
        let limits = Limits::new().steps(u32::MAX).minutes(u64::MAX).kept(usize::MAX);
        Self {
            state: self.state.clone(),
            assume: self.assume,
            limits,
            cohorts: self.cohorts.aside(),
            step: self.step,
            assumptions: self.assumptions.clone(),
            scene: self.scene.clone(),
            shared: self.shared.clone(),
        }
    }

    /// Counts a report of this run that a caller keeps.
    pub(super) fn keep(&self, report: &StepReport) {
        lock(&self.shared).keep(report.size());
    }

    /// Counts a clone of this run that a caller keeps beside one of an earlier step: what they do not
    /// share.
    pub(crate) fn keep_beside(&self, before: &Self) {
        lock(&self.shared)
            .keep(size_of::<Self>().saturating_add(self.state.size_beside(&before.state)));
    }

    /// Bytes that this run and its clones keep, as an estimate: what the [`Limits`] are compared
    /// with.
    pub fn kept(&self) -> usize {
        lock(&self.shared).kept()
    }

    /// Returns the state now as a report without events.
    pub fn report(&self) -> StepReport {
        StepReport {
            step: self.step,
            minute: self.state.minute,
            events: Vec::new(),
            snapshot: self.scene.snapshot.clone(),
        }
    }

    /// The state of a phone; `None` for one of another cluster.
    pub fn phone_state(&self, phone: PhoneId) -> Option<&PhoneStatus> {
        Some(&self.cohorts.of_phone(phone)?.status)
    }

    /// Returns what keeps a phone from registering now; `None` for one that is registered or
    /// offline, and for one of another cluster.
    pub fn registration_obstacle(&self, phone: PhoneId) -> Option<RegistrationObstacle> {
        let class = self.cohorts.of_phone(phone)?;
        if class.status.registered || !class.online {
            return None;
        }
        let registrar = Registrar::new(&self.state);
        Some(registrar.obstacle(&lock(&self.shared), &class.profile, class.held.ctl, class.lsc))
    }

    /// The judgement of a phone of what it is served now, with all findings; `None` while nothing
    /// is served, and for a phone of another cluster.
    pub fn prediction(&self, phone: PhoneId) -> Option<Prediction> {
        let class = self.cohorts.of_phone(phone)?;
        self.explain(&self.scene.snapshot, class, class.held)
    }

    /// Returns the judgement of a class that held these lists before this snapshot.
    pub(super) fn explain(
        &self,
        snapshot: &Arc<Snapshot>,
        class: &Class,
        held: Held,
    ) -> Option<Prediction> {
        let scene = SnapshotCache::new(snapshot.clone(), self.assume);
        scene.predict(&mut lock(&self.shared), &class.profile, held)
    }

    /// The cluster that runs.
    pub fn cluster(&self) -> &Arc<Cluster> {
        &self.state.cluster
    }

    /// The policy.
    pub fn policy(&self) -> Policy {
        self.state.policy
    }

    /// How many steps were run.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Minutes since the start.
    pub fn minute(&self) -> u64 {
        self.state.minute
    }

    /// The security mode.
    pub fn mode(&self) -> super::Mode {
        self.state.mode
    }

    /// The rollback parameter.
    pub fn rollback(&self) -> Rollback {
        self.state.rollback
    }

    /// The current own certificate of a node, as the node itself has it.
    pub fn own(&self, unit: Unit, node: NodeId) -> Cert {
        self.state.own(node, unit, node)
    }

    /// Returns the certificate that a service presents; `None` for a service without one.
    pub fn presented(&self, service: Service, node: NodeId) -> Option<Cert> {
        self.state.presented(service, node)
    }

    /// Checks if a service runs on a node that is up.
    pub fn is_running(&self, service: Service, node: NodeId) -> bool {
        self.state.runs(node, service)
    }

    /// Checks if a node is up.
    pub fn is_up(&self, node: NodeId) -> bool {
        self.state.nodes.at(node).up
    }

    /// Checks if database replication of a node works.
    pub fn is_replicating(&self, node: NodeId) -> bool {
        self.state.nodes.at(node).replicates
    }

    /// Returns the minute of the next sync of a node; `None` where its notification service does
    /// not run (C-33).
    pub fn next_sync(&self, node: NodeId) -> Option<u64> {
        self.state.next_sync(node)
    }

    /// Checks if a running service still works with an older certificate than its node has.
    pub fn is_pending(&self, service: Service, node: NodeId) -> bool {
        self.state.is_pending(service, node)
    }

    /// Checks if a service is activated on a node.
    pub fn is_activated(&self, service: Service, node: NodeId) -> bool {
        self.state.nodes.at(node).services.get(service).is_activated()
    }

    /// The trust files: store, certificate, and the nodes that hold it.
    pub fn files(&self) -> impl Iterator<Item = (TrustUnit, Cert, NodeSet)> {
        self.state.files.iter()
    }

    /// The open questions that were answered so far, each with the step that first met it.
    pub fn assumptions(&self) -> impl Iterator<Item = (Assumption, u32)> {
        self.assumptions.iter().map(|(&assumption, &step)| (assumption, step))
    }

    pub(super) fn cohorts(&self) -> &Cohorts {
        &self.cohorts
    }

    fn check(&self, operation: &Operation) -> Result<(), StepError> {
        use Operation as Op;
        let cluster = &self.state.cluster;
        let nodes = |nodes: &Nodes| match nodes {
            Nodes::These(nodes) => nodes.iter().find(|&&node| !cluster.has_node(node)).copied(),
            Nodes::All => None,
        };
        let phones = |phones: &Phones| match phones {
            Phones::These(phones) => {
                phones.iter().find(|phone| phone.index() >= cluster.phones().len()).copied()
            }
            Phones::All => None,
        };
        let (node, phone) = match operation {
            Op::DeleteTrust { nodes: scope, .. }
            | Op::NodeDown { nodes: scope }
            | Op::NodeUp { nodes: scope }
            | Op::Regen { nodes: scope, .. }
            | Op::ReplBreak { nodes: scope }
            | Op::ReplFix { nodes: scope }
            | Op::Restart { nodes: scope, .. }
            | Op::Start { nodes: scope, .. }
            | Op::Stop { nodes: scope, .. } => (nodes(scope), None),
            Op::DeletePhoneLists { phones: scope, .. }
            | Op::LscUpdate { phones: scope }
            | Op::PhoneOffline { phones: scope }
            | Op::PhoneOnline { phones: scope }
            | Op::ResetPhones { phones: scope } => (None, phones(scope)),
            Op::Wait { minutes } if *minutes > MAX_WAIT_MINUTES => {
                return Err(StepError::WaitTooLong(*minutes));
            }
            _ => (None, None),
        };
        self.within_limits(operation)?;
        match (node, phone) {
            (Some(node), _) => Err(StepError::UnknownNode(node)),
            (None, Some(phone)) => Err(StepError::UnknownPhone(phone)),
            (None, None) => Ok(()),
        }
    }

    fn within_limits(&self, operation: &Operation) -> Result<(), StepError> {
        let limits = self.limits;
        let minutes = if let Operation::Wait { minutes } = operation { *minutes } else { 0 };
        if self.step >= limits.steps {
            Err(StepError::TooManySteps(limits.steps))
        } else if self.state.minute.saturating_add(minutes) > limits.minutes {
            Err(StepError::TooLate(limits.minutes))
        } else if self.kept() > limits.kept {
            Err(StepError::TooMuchKept(limits.kept))
        } else {
            Ok(())
        }
    }

    /// Runs an operation that leaves the servers as they are, and returns the classes that it
    /// touched; `None` for another.
    fn touch_phones(
        &mut self,
        shared: &mut Shared,
        operation: &Operation,
    ) -> Option<Vec<(ClassId, PhoneId)>> {
        use Operation as Op;
        Some(match operation {
            Op::Check { .. } => Vec::new(),
            Op::DeletePhoneLists { phones, lists } => self.erase(shared, phones, *lists),
            Op::LscUpdate { phones } => self.lsc_update(phones),
            Op::PhoneOffline { phones } => self.switch_off(phones),
            Op::PhoneOnline { phones } => self.switch_on(shared, phones),
            Op::ResetPhones { phones } => self.reset(shared, phones, ResetCause::Plan),
            _ => return None,
        })
    }

    /// Runs an operation on servers; says what makes phones reset by themselves (P-13, P-14, C-66).
    fn operate(&mut self, shared: &mut Shared, operation: &Operation) -> Option<ResetCause> {
        use Operation as Op;
        let state = &mut self.state;
        match operation {
            Op::CtlResetLocalkey => state.ctl_reset_localkey(shared),
            Op::CtlUpdate => state.ctl_update(shared),
            Op::ItlResetLocalkey => state.itl_reset_localkey(shared),
            Op::SetMode(mode) => state.set_mode(shared, *mode),
            Op::Wait { minutes } => state.wait(*minutes),
            Op::Restart { service, nodes } => {
                state.act_on_service(shared, Act::Restart, *service, nodes)
            }
            Op::Start { service, nodes } => {
                state.act_on_service(shared, Act::Start, *service, nodes)
            }
            Op::Stop { service, nodes } => state.act_on_service(shared, Act::Stop, *service, nodes),
            Op::NodeDown { nodes } => self.each_node(nodes, ClusterState::node_down),
            Op::NodeUp { nodes } => {
                self.each_node(nodes, |state, node| state.node_up(shared, node))
            }
            Op::ReplBreak { nodes } => self.each_node(nodes, ClusterState::repl_break),
            Op::ReplFix { nodes } => self.each_node(nodes, ClusterState::repl_fix),
            Op::Regen { unit, nodes } => return self.regen(*unit, nodes),
            Op::SetRollback(rollback) => return self.set_rollback(*rollback),
            Op::DeleteTrust { unit, cert, nodes } => return self.delete_trust(*unit, *cert, nodes),
            Op::Check { .. }
            | Op::DeletePhoneLists { .. }
            | Op::LscUpdate { .. }
            | Op::PhoneOffline { .. }
            | Op::PhoneOnline { .. }
            | Op::ResetPhones { .. } => {}
        }
        None
    }

    fn each_node(&mut self, nodes: &Nodes, mut act: impl FnMut(&mut ClusterState, NodeId)) {
        let nodes = match nodes {
            Nodes::All => self.state.cluster.node_table().ids().collect(),
            Nodes::These(nodes) => nodes.clone(),
        };
        nodes.into_iter().for_each(|node| act(&mut self.state, node));
    }

    fn regen(&mut self, unit: Unit, nodes: &Nodes) -> Option<ResetCause> {
        let before = self.state.change;
        self.state.regen(unit, nodes);
        (unit.resets_phones() && self.state.change != before)
            .then_some(ResetCause::CertificateUpdate)
    }

    fn set_rollback(&mut self, rollback: Rollback) -> Option<ResetCause> {
        if self.state.rollback == rollback {
            self.state.refuse(None, Refusal::AlreadySo);
            return None;
        }
        self.state.rollback = rollback;
        self.state.push(Event::RollbackSet(rollback));
        Some(ResetCause::Rollback)
    }

    fn delete_trust(&mut self, unit: StoreUnit, cert: Cert, nodes: &Nodes) -> Option<ResetCause> {
        let deleted = self.state.delete_trust(unit, cert, nodes);
        let StoreUnit::Trust(unit) = unit else { return None };
        let resets =
            self.state.cluster.release().deletion_resets_phones() && unit.deletion_resets_phones();
        (deleted == Deleted::Yes && resets).then_some(ResetCause::Deletion)
    }

    /// Shows phones what the servers have now.
    fn show(&mut self, shared: &mut Shared) {
        let snapshot = Snapshot::new(&self.state, shared);
        if !snapshot.shows_same(&self.scene.snapshot) {
            self.scene = SnapshotCache::new(Arc::new(snapshot), self.assume);
        }
    }

    /// Looks at every class after a step that changed the servers.
    fn look(&mut self, shared: &mut Shared) {
        self.cohorts.begin_look();
        let ids = self.cohorts.ids();
        self.look_at_ids(shared, ids);
    }

    /// Looks at the classes that a step on phones touched: the others are as they were.
    fn look_at(&mut self, shared: &mut Shared, touched: Vec<(ClassId, PhoneId)>) {
        if !touched.is_empty() {
            self.look_at_ids(shared, touched.into_iter().map(|(id, _)| id).collect());
        }
    }

    fn look_at_ids(&mut self, shared: &mut Shared, ids: Vec<ClassId>) {
        let cohorts = self.cohorts.size();
        let mut observation = Observation {
            outlooks: Outlooks::new(&self.state, self.assume),
            registrar: Registrar::new(&self.state),
            statuses: BTreeMap::new(),
            step: self.step,
        };
        for id in ids {
            let Some(class) = self.cohorts.class(id).filter(|class| class.size > 0) else {
                continue;
            };
            // P-7: a registration that rests on an unknown certificate is an assumption.
            let rests = class.profile.security == PhoneSecurity::Encrypted
                && class.lsc.is_none()
                && class.profile.mic.is_none();
            let verdict = self.scene.judge(shared, &class.profile, class.held);
            for &assumption in verdict.iter().flat_map(|verdict| &verdict.assumed) {
                self.assumptions.entry(assumption).or_insert(self.step);
            }
            let registered = self.cohorts.look(id, shared, verdict.as_deref(), &mut observation);
            if rests && registered {
                self.assumptions.entry(Assumption::MicPresent).or_insert(self.step);
            }
        }
        shared.keep(self.cohorts.size().saturating_sub(cohorts));
    }
}

// Operations on phones. Each returns the classes that it selected.

/// Phones that judged alike at a reset.
struct Boot {
    phones: usize,
    /// The first of them, the profile of its class, and the lists that it had.
    first: PhoneId,
    profile: Arc<Profile>,
    before: Held,
    verdict: Arc<Verdict>,
}

impl Run {
    /// Phones judge what they are served, and keep what they accept.
    fn reset(
        &mut self,
        shared: &mut Shared,
        phones: &Phones,
        cause: ResetCause,
    ) -> Vec<(ClassId, PhoneId)> {
        let selected = self.cohorts.select(phones, self.step);
        let online = self.reached(&selected);
        self.boot(shared, &online, cause);
        selected
    }

    fn boot(&mut self, shared: &mut Shared, classes: &[(ClassId, PhoneId)], cause: ResetCause) {
        let count = self.count(classes);
        if count == 0 {
            return;
        }
        self.state.push(Event::PhonesReset { phones: count, cause });
        let mut boots: Vec<Boot> = Vec::new();
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        for &(id, first) in classes {
            let Some(class) = self.cohorts.change(id) else { continue };
            let before = class.held;
            let Some(verdict) = self.scene.judge(shared, &class.profile, before) else { continue };
            class.held = verdict.after;
            let index = *known.entry(Arc::as_ptr(&verdict).addr()).or_insert(boots.len());
            match boots.get_mut(index) {
                Some(boot) => boot.phones += class.size,
                None => {
                    let (phones, profile) = (class.size, class.profile.clone());
                    boots.push(Boot { phones, first, profile, before, verdict });
                }
            }
        }
        for boot in boots {
            self.note(shared, boot);
        }
    }

    /// The event of phones that judged alike; if they refuse something, with the findings of the
    /// first.
    fn note(&mut self, shared: &mut Shared, boot: Boot) {
        for &assumption in &boot.verdict.assumed {
            self.assumptions.entry(assumption).or_insert(self.step);
        }
        let judged = boot.verdict.judged.clone();
        let prediction = judged
            .refuses
            .and_then(|_| self.scene.predict(shared, &boot.profile, boot.before))
            .map(Arc::new);
        self.state.push(Event::PhonesJudged {
            phones: boot.phones,
            first: boot.first,
            judged,
            prediction,
        });
    }

    /// The classes that are online; phones that are not are an event.
    fn reached(&mut self, selected: &[(ClassId, PhoneId)]) -> Vec<(ClassId, PhoneId)> {
        let is_online = |(id, _): &(ClassId, PhoneId)| {
            self.cohorts.class(*id).is_some_and(|class| class.online)
        };
        let (online, offline): (Vec<_>, Vec<_>) =
            selected.iter().copied().partition(|selected| is_online(selected));
        let missed = self.count(&offline);
        if missed > 0 {
            self.state.refuse(None, Refusal::PhonesNotReached(missed));
        }
        online
    }

    fn count(&self, classes: &[(ClassId, PhoneId)]) -> usize {
        classes.iter().filter_map(|&(id, _)| self.cohorts.class(id)).map(|class| class.size).sum()
    }

    fn switch_off(&mut self, phones: &Phones) -> Vec<(ClassId, PhoneId)> {
        let selected = self.cohorts.select(phones, self.step);
        for &(id, _) in &selected {
            if let Some(class) = self.cohorts.change(id) {
                class.online = false;
            }
        }
        self.state.push(Event::PhonesOffline { phones: self.count(&selected) });
        selected
    }

    /// Phones come back and boot; those that were there do nothing.
    fn switch_on(&mut self, shared: &mut Shared, phones: &Phones) -> Vec<(ClassId, PhoneId)> {
        let selected = self.cohorts.select(phones, self.step);
        let mut back = selected.clone();
        back.retain(|&(id, _)| self.cohorts.class(id).is_some_and(|class| !class.online));
        for &(id, _) in &back {
            if let Some(class) = self.cohorts.change(id) {
                class.online = true;
            }
        }
        self.state.push(Event::PhonesOnline { phones: self.count(&back) });
        self.boot(shared, &back, ResetCause::Boot);
        selected
    }

    /// Lists are erased by hand on the phones, which start again.
    fn erase(
        &mut self,
        shared: &mut Shared,
        phones: &Phones,
        lists: ErasedLists,
    ) -> Vec<(ClassId, PhoneId)> {
        let selected = self.cohorts.select(phones, self.step);
        let online = self.reached(&selected);
        for &(id, _) in &online {
            let Some(class) = self.cohorts.change(id) else { continue };
            let ctl = if lists == ErasedLists::Both { None } else { class.held.ctl };
            class.held = Held { ctl, itl: None };
        }
        self.state.push(Event::ListsErased { phones: self.count(&online) });
        self.boot(shared, &online, ResetCause::Boot);
        selected
    }

    /// CAPF gives phones a certificate, issued with the key that it has loaded (table 3). The
    /// operation is part of the phone's configuration: a phone does it before it registers, so it
    /// need only be online (P-7).
    fn lsc_update(&mut self, phones: &Phones) -> Vec<(ClassId, PhoneId)> {
        let publisher = self.state.cluster.publisher();
        let issuer = self
            .state
            .presented(Service::Capf, publisher)
            .filter(|_| self.state.runs(publisher, Service::Capf));
        let Some(issuer) = issuer else {
            self.state.refuse(Some(publisher), Refusal::CapfNotRunning);
            return Vec::new();
        };
        let selected = self.cohorts.select(phones, self.step);
        let served = self.reached(&selected);
        for &(id, _) in &served {
            if let Some(class) = self.cohorts.change(id) {
                class.lsc = Some(issuer);
            }
        }
        self.state.push(Event::LscIssued { issuer, phones: self.count(&served) });
        selected
    }
}

// Queries of a run: the lists on phones and on nodes, and the facts about one phone.

/// A list of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListView(Arc<ListKey>);

impl ListView {
    /// Who signed it.
    pub fn signer(&self) -> Cert {
        self.0.signer
    }

    /// Its records that hold a certificate, in order.
    pub fn records(&self) -> impl Iterator<Item = (Role, Cert)> {
        self.0.records.iter().filter_map(|record| Some((record.role, record.cert?)))
    }

    /// Checks if a record of any role holds this certificate.
    pub fn holds(&self, cert: Cert) -> bool {
        self.records().any(|(_, held)| held == cert)
    }

    /// How many different certificates it holds.
    pub fn certificates(&self) -> usize {
        self.records().map(|(_, cert)| cert).collect::<alloc::collections::BTreeSet<_>>().len()
    }
}

impl Run {
    /// The ITL that a phone holds.
    pub fn installed_itl(&self, phone: PhoneId) -> Option<ListView> {
        self.list(self.cohorts.of_phone(phone)?.held.itl)
    }

    /// The CTL that a phone holds.
    pub fn installed_ctl(&self, phone: PhoneId) -> Option<ListView> {
        self.list(self.cohorts.of_phone(phone)?.held.ctl)
    }

    /// The ITL that a TFTP node has made or was given last.
    pub fn served_itl(&self, node: NodeId) -> Option<ListView> {
        self.list(self.state.nodes.at(node).itl.map(|itl| itl.served))
    }

    /// The CTL that every node serves.
    pub fn served_ctl(&self) -> Option<ListView> {
        self.list(self.state.ctl)
    }

    /// Who issued the phone's own certificate; `None` if it has none.
    pub fn lsc_issuer(&self, phone: PhoneId) -> Option<Cert> {
        self.cohorts.of_phone(phone)?.lsc
    }

    /// Checks if a phone is online.
    pub fn is_online(&self, phone: PhoneId) -> bool {
        self.cohorts.of_phone(phone).is_some_and(|class| class.online)
    }

    /// Returns the phones that went through everything alike so far, each group in inventory order:
    /// to ask one is to ask all of them.
    pub fn groups(&self) -> Vec<Vec<PhoneId>> {
        self.cohorts.groups()
    }

    /// Returns one of each set of phones that are in the same state now, whatever they went
    /// through.
    pub(crate) fn samples(&self) -> impl Iterator<Item = PhoneId> {
        self.cohorts.samples()
    }

    /// The point of no return of the steps so far (P-16).
    pub fn no_return(&self) -> Option<NoReturn> {
        self.cohorts.no_return()
    }

    fn list(&self, file: Option<ListId>) -> Option<ListView> {
        let key =
            file.and_then(|file| lock(&self.shared).list(file).map(|list| list.key.clone()))?;
        Some(ListView(key))
    }
}
