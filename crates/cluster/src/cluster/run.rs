//! A run: a cluster, a policy, and one operation after the other.

use super::cert::Cert;
use super::cohort::Eyes;
pub(super) use super::cohort::{Cohort, Cohorts};
use super::deletion::Deleted;
use super::describe::{Cluster, PhoneSecurity};
use super::event::{Event, Refusal, ResetCause, TimedEvent};
use super::limits::{Limits, at_most};
use super::lists::ListKey;
use super::node::{NodeId, NodeSet};
use super::operation::{MAX_WAIT_MINUTES, Nodes, Operation, PhoneId, Phones, Rollback, StoreUnit};
use super::phones::{Assume, Assumption, Held, PhoneStart, Registrar, Standing};
use super::recover::Outlooks;
use super::scene::{Scene, Snapshot};
use super::services::Act;
use super::shared::FileId;
use super::shared::Shared;
use super::simulate::{NoReturn, no_return};
use super::state::ClusterState;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use trustlist::phone::Prediction;
use trustlist::release::{Service, TrustUnit, Unit};
use trustlist::wire::Role;

/// How a site behaves (spec/CONTRACT.md section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Lists are rebuilt on change, phones reset by themselves.
    A,
    /// Lists are rebuilt on change, phones are reset only by the plan.
    B,
    /// Lists are rebuilt only when TFTP starts.
    C,
    /// As C, and TVS reads its store only when it starts.
    D,
}

impl Policy {
    /// All four.
    pub const ALL: &'static [Self] = &[Self::A, Self::B, Self::C, Self::D];

    /// The letter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }

    /// The policy of this letter.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|policy| policy.as_str() == word)
    }
}

/// Why an operation cannot be part of a plan for this cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepError {
    /// A node of another cluster.
    UnknownNode(NodeId),
    /// A phone of another cluster.
    UnknownPhone(PhoneId),
    /// The plan goes on for more minutes than these, its [`Limits`].
    TooLate(u64),
    /// More steps than these, its [`Limits`].
    TooManySteps(u32),
    /// The run keeps more bytes than these, its [`Limits`].
    TooMuchKept(usize),
    /// A longer wait than [`MAX_WAIT_MINUTES`].
    WaitTooLong(u64),
}

impl StepError {
    /// Whether one of the [`Limits`] was reached: the plan may be right, and can be run with higher ones.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::TooLate(_) | Self::TooManySteps(_) | Self::TooMuchKept(_))
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownNode(node) => {
                write!(f, "a node of this cluster; found number {}", node.index())
            }
            Self::UnknownPhone(phone) => {
                write!(f, "a phone of this cluster; found number {}", phone.index())
            }
            Self::TooLate(limit) => at_most(f, limit, "minutes for the whole plan", "MAX_MINUTES"),
            Self::TooManySteps(limit) => at_most(f, limit, "steps", "MAX_STEPS"),
            Self::TooMuchKept(limit) => at_most(f, limit, "bytes of memory for a run", "MAX_KEPT"),
            Self::WaitTooLong(minutes) => {
                write!(f, "at most {MAX_WAIT_MINUTES} minutes (366 days); found {minutes}")
            }
        }
    }
}

impl core::error::Error for StepError {}

/// What a step did.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Its number, from 1; 0 is the state before the first step.
    pub step: u32,
    /// Minutes since the start, after the step.
    pub minute: u64,
    /// What happened, in order.
    pub events: Vec<TimedEvent>,
    /// The state of each cohort after the step, by [`CohortId`].
    pub standings: Vec<Arc<Standing>>,
    /// What phones were shown then.
    pub(super) snapshot: Arc<Snapshot>,
}

impl StepReport {
    /// Bytes that it takes.
    fn size(&self) -> usize {
        let events = self.events.len().saturating_mul(size_of::<TimedEvent>());
        let standings = self.standings.len().saturating_mul(size_of::<Arc<Standing>>());
        size_of::<Self>()
            .saturating_add(events)
            .saturating_add(standings)
            .saturating_add(self.snapshot.size())
    }
}

/// A cluster that is being stepped through a plan under one policy.
///
/// Cheap to clone: a clone goes its own way from here ("what if"). Phones that hold the same and see the same are judged
/// once, over all clones.
///
/// ```
/// use trustlist_cluster::cluster::{Assume, Cluster, Mode, NodeSpec, Nodes, Operation, PhoneSpec, Phones, Policy, Run, Trust};
/// use trustlist::release::{Product, Service, Unit};
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
    pub(super) state: ClusterState,
    pub(super) assume: Assume,
    limits: Limits,
    pub(super) cohorts: Cohorts,
    pub(super) step: u32,
    pub(super) assumptions: BTreeMap<Assumption, u32>,
    /// What phones are shown now.
    snapshot: Arc<Snapshot>,
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
        let starts: Vec<PhoneStart> = cluster
            .phones()
            .iter()
            .map(|spec| PhoneStart::new(spec, &state, &mut shared))
            .collect();
        let cohorts = Cohorts::new(&starts);
        let snapshot = Arc::new(Snapshot::new(&state, &mut shared));
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
            snapshot,
            shared: shared.clone(),
        };
        run.look(&mut lock(&shared));
        run
    }

    /// Runs one operation and looks at every phone. What cannot be done is an event of the report, not an error.
    ///
    /// # Errors
    /// Where the operation names a node or a phone of another cluster, where it waits too long, and where a limit of the
    /// cluster is reached; nothing changes then.
    pub fn apply(&mut self, operation: &Operation) -> Result<StepReport, StepError> {
        self.check(operation)?;
        self.step = self.step.saturating_add(1);
        let handle = self.shared.clone();
        let mut shared = lock(&handle);
        let cause = self.operate(&mut shared, operation);
        self.state.rebuild_changed(&mut shared);
        if let (Policy::A, Some(cause)) = (self.state.policy, cause) {
            self.reset(&mut shared, &Phones::All, cause);
        }
        self.look(&mut shared);
        Ok(StepReport { events: self.state.take_events(), ..self.report() })
    }

    /// A clone that looks ahead: what it is asked does not come from a plan, so it may go past the limits.
    pub(crate) fn aside(&self) -> Self {
        let limits = Limits::new().steps(u32::MAX).minutes(u64::MAX).kept(usize::MAX);
        Self { limits, ..self.clone() }
    }

    /// Notes that somebody keeps a report of this run.
    pub(super) fn keep(&self, report: &StepReport) {
        lock(&self.shared).keep(report.size());
    }

    /// Bytes that this run and its clones keep, as an estimate: what the [`Limits`] are compared with.
    pub fn kept(&self) -> usize {
        lock(&self.shared).kept()
    }

    /// The state of every cohort now, as a report without events.
    pub fn report(&self) -> StepReport {
        let standings = self.cohorts.iter().map(|cohort| cohort.standing.clone()).collect();
        let snapshot = self.snapshot.clone();
        StepReport {
            step: self.step,
            minute: self.state.minute,
            events: Vec::new(),
            standings,
            snapshot,
        }
    }

    /// The state of a phone; `None` for one of another cluster.
    pub fn phone_state(&self, phone: PhoneId) -> Option<&Standing> {
        Some(&self.cohorts.get(self.cohorts.of(phone)?)?.standing)
    }

    /// The judgement of a phone of what it is served now, with all findings; `None` while nothing is served, and for a
    /// phone of another cluster.
    pub fn prediction(&self, phone: PhoneId) -> Option<Prediction> {
        let cohort = self.cohorts.get(self.cohorts.of(phone)?)?;
        self.explain(&self.snapshot, cohort, cohort.held)
    }

    /// The judgement of a cohort that held these lists before this snapshot.
    pub(super) fn explain(
        &self,
        snapshot: &Arc<Snapshot>,
        cohort: &Cohort,
        held: Held,
    ) -> Option<Prediction> {
        let scene = Scene::new(snapshot.clone(), self.assume);
        scene.predict(&mut lock(&self.shared), &cohort.profile, held)
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

    /// What a service presents; `None` for one without a certificate.
    pub fn presented(&self, service: Service, node: NodeId) -> Option<Cert> {
        self.state.presented(service, node)
    }

    /// Whether a service runs on a node that is up.
    pub fn is_running(&self, service: Service, node: NodeId) -> bool {
        self.state.runs(node, service)
    }

    /// Whether a node is up.
    pub fn is_up(&self, node: NodeId) -> bool {
        self.state.nodes.at(node).up
    }

    /// Whether database replication of a node works.
    pub fn is_replicating(&self, node: NodeId) -> bool {
        self.state.nodes.at(node).replicates
    }

    /// The minute in which the sync of a node is due next; `None` where its notification service does not run (C-33).
    pub fn next_sync(&self, node: NodeId) -> Option<u64> {
        self.state.next_sync(node)
    }

    /// Whether a running service still works with an older certificate than its node has.
    pub fn is_pending(&self, service: Service, node: NodeId) -> bool {
        self.state.is_pending(service, node)
    }

    /// Whether a service is activated on a node.
    pub fn is_activated(&self, service: Service, node: NodeId) -> bool {
        self.state.nodes.at(node).services.get(service).is_activated()
    }

    /// The trust files: store, certificate, and the nodes that hold it.
    pub fn files(&self) -> impl Iterator<Item = (TrustUnit, Cert, NodeSet)> {
        self.state.files.iter()
    }

    /// The open questions that were answered so far, each with the step in which it was first met.
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

    /// Runs the operation; says what makes phones reset by themselves (P-13, P-14, C-66).
    fn operate(&mut self, shared: &mut Shared, operation: &Operation) -> Option<ResetCause> {
        use Operation as Op;
        let state = &mut self.state;
        match operation {
            Op::Check { .. } => {}
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
            Op::DeletePhoneLists { phones, lists } => self.erase(shared, phones, *lists),
            Op::LscUpdate { phones } => self.lsc_update(phones),
            Op::PhoneOffline { phones } => self.switch_off(phones),
            Op::PhoneOnline { phones } => self.switch_on(shared, phones),
            Op::ResetPhones { phones } => self.reset(shared, phones, ResetCause::Plan),
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

    /// Judges every cohort and writes its state down.
    fn look(&mut self, shared: &mut Shared) {
        self.snapshot = Arc::new(Snapshot::new(&self.state, shared));
        let mut scene = Scene::new(self.snapshot.clone(), self.assume);
        let mut eyes = Eyes {
            outlooks: Outlooks::new(&self.state, self.assume),
            registrar: Registrar::new(&self.state),
            standings: BTreeMap::new(),
            step: self.step,
        };
        for cohort in self.cohorts.iter_mut() {
            let verdict = scene.judge(shared, &cohort.profile, cohort.held);
            for &assumption in verdict.iter().flat_map(|verdict| &verdict.assumed) {
                self.assumptions.entry(assumption).or_insert(self.step);
            }
            cohort.look(shared, verdict.as_deref(), &mut eyes);
            // P-7: what nobody said of the certificate that a phone was made with is told where its registration rests on it.
            let rests = cohort.profile.security == PhoneSecurity::Encrypted
                && cohort.lsc.is_none()
                && cohort.profile.mic.is_none();
            if rests && cohort.standing.registered {
                self.assumptions.entry(Assumption::MicPresent).or_insert(self.step);
            }
        }
    }
}

// What a tool may ask of a run: lists as phones hold them and nodes serve them, and what can be asked of one phone.

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

    /// Whether a record of any role holds this certificate.
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
        let cohort = self.cohorts.get(self.cohorts.of(phone)?)?;
        self.list(cohort.held.itl)
    }

    /// The CTL that a phone holds.
    pub fn installed_ctl(&self, phone: PhoneId) -> Option<ListView> {
        let cohort = self.cohorts.get(self.cohorts.of(phone)?)?;
        self.list(cohort.held.ctl)
    }

    /// The ITL that a TFTP node has made or was given last.
    pub fn served_itl(&self, node: NodeId) -> Option<ListView> {
        self.list(self.state.nodes.at(node).itl.map(|itl| itl.served))
    }

    /// The CTL that every node serves.
    pub fn served_ctl(&self) -> Option<ListView> {
        self.list(self.state.ctl)
    }

    /// Who issued the phone's own certificate; `None` where it has none.
    pub fn lsc_issuer(&self, phone: PhoneId) -> Option<Cert> {
        self.cohorts.get(self.cohorts.of(phone)?)?.lsc
    }

    /// Whether a phone is on-line.
    pub fn is_online(&self, phone: PhoneId) -> bool {
        let cohort = self.cohorts.of(phone).and_then(|cohort| self.cohorts.get(cohort));
        cohort.is_some_and(|cohort| cohort.online)
    }

    /// Phones that went through everything alike so far, each group in inventory order: to ask one is to ask all of them.
    pub fn groups(&self) -> Vec<Vec<PhoneId>> {
        let mut groups: Vec<Vec<PhoneId>> =
            self.cohorts.iter().map(|cohort| Vec::with_capacity(cohort.size)).collect();
        for (phone, cohort) in (0..).map(PhoneId).zip(self.cohorts.all_phones().iter()) {
            if let Some(group) = groups.get_mut(cohort.index()) {
                group.push(phone);
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// The point of no return of the steps so far (P-16).
    pub fn no_return(&self) -> Option<NoReturn> {
        no_return(self)
    }

    fn list(&self, file: Option<FileId>) -> Option<ListView> {
        let key =
            file.and_then(|file| lock(&self.shared).list(file).map(|list| list.key.clone()))?;
        Some(ListView(key))
    }
}
