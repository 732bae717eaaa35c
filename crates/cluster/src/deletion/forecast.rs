//! Which node will bring a deleted certificate back, and when its sync is due (C-33, C-34, C-43 to
//! C-49): the plan is run, and then time goes on.

use crate::cluster::{
    Assume, Cert, Cluster, Event, FileTrigger, ImportTrigger, NodeId, NodeSet, Nodes, Operation,
};
use crate::cluster::{Policy, Run, StepError, StoreUnit, TimedEvent};
use crate::release::{ReleaseRules as _, Service, TrustUnit};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How long to look ahead: every node that counts its half hours ticks once, and what it imports
/// ticks once more.
const AHEAD_MINUTES: u64 = 60;

/// The fate of one certificate that a plan deletes somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Its store.
    pub unit: TrustUnit,
    /// The certificate.
    pub cert: Cert,
    /// The nodes on which it was deleted.
    pub deleted: NodeSet,
    /// When it was deleted last, in minutes since the start of the plan.
    pub deleted_at: u64,
    /// The end of the plan.
    pub now: u64,
    /// The nodes that hold the file at the end of the plan.
    pub holders: Vec<Holder>,
    /// How it came back during the plan, after its last deletion or before.
    pub came_back: Vec<Return>,
    /// How it will come back after the plan.
    pub will_return: Vec<Return>,
    /// In a word.
    pub outcome: Outcome,
    /// The facts behind [`Outcome::Gone`] that the scenario does not say.
    pub assumed: Vec<DeletionAssumption>,
}

words! {
    /// A fact behind the answer that a certificate is gone.
    pub enum DeletionAssumption ["DeletionAssumption": "A fact behind the answer that a certificate is gone, which the scenario does not say."] {
        /// The release deletes on every node by an event. Sources disagree for 11.0 to 11.5 (D2.2).
        ClusterwideDelete = "clusterwide-delete",
        /// No node that still held the file counted its half hour between the first deletion and the
        /// last: when a node counts is not known (C-44).
        NoSyncBetween = "no-sync-between",
    }
}

/// A node that still holds the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The node.
    pub node: NodeId,
    /// Was it deleted there before?
    pub again: bool,
    /// When its next sync is due; `None` if it counts none now.
    pub next_sync: Option<u64>,
    /// The condition before it can count.
    pub waits: Option<Blocker>,
}

words! {
    /// Why a node does not give its file back to the others, or does not take it from them.
    pub enum Blocker ["Waits": "The condition that must hold first (spec/CLUSTER-RULES.md C-43, C-45, C-46)."] {
        /// It is down.
        NodeUp = "node-up",
        /// Database replication to it is broken (C-43).
        Replication = "replication",
        /// Change notification is stopped there (C-45, C-46).
        ServiceStart = "service-start",
    }
}

impl Blocker {
    /// The event that ends it.
    fn remedy(self, node: NodeId) -> Operation {
        let nodes = Nodes::These(vec![node]);
        match self {
            Self::NodeUp => Operation::NodeUp { nodes },
            Self::Replication => Operation::ReplFix { nodes },
            Self::ServiceStart => Operation::Start { service: Service::Ccn, nodes },
        }
    }
}

/// Why a node does not take part in what brings files back (C-43, C-45, C-46).
fn blocked(run: &Run, node: NodeId) -> Option<Blocker> {
    match () {
        () if !run.is_up(node) => Some(Blocker::NodeUp),
        () if !run.is_running(Service::Ccn, node) => Some(Blocker::ServiceStart),
        () if !run.is_replicating(node) => Some(Blocker::Replication),
        () => None,
    }
}

/// One way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// The node whose file or rows brought it back; `None` where only the database is to blame.
    pub source: Option<NodeId>,
    /// When, in minutes since the start of the plan; if it waits for something, minutes after that.
    pub minute: u64,
    /// The step of the plan, from 1; `None` after its end.
    pub step: Option<u32>,
    /// The nodes that got it.
    pub to: NodeSet,
    /// By what.
    pub by: ReturnCause,
    /// The condition that must hold first.
    pub after: Option<Blocker>,
    /// On which node that must happen.
    pub after_on: Option<NodeId>,
}

words! {
    /// The cause that brings a certificate back to a node.
    pub enum ReturnCause ["ReturnBy": "The cause that brings a certificate back (spec/CLUSTER-RULES.md C-33, C-43, C-46)."] {
        /// Another node's sync gave the database its rows back, and notification spread them (C-43).
        Notification = "change-notification",
        /// The node's notification service started and found rows (C-46).
        ServiceStart = "service-start",
        /// The node's own sync found rows without a file (C-33).
        Sync = "sync",
    }
}

words! {
    /// The outcome.
    pub enum Outcome ["Fate": "The fate of a deleted certificate."] {
        /// No node holds it and none will.
        Gone = "gone",
        /// It is back on a node where it was deleted.
        Back = "back",
        /// It comes to more nodes by itself, sooner or later to those where it was deleted.
        WillReturn = "will-return",
        /// It comes back once a node is up, a service started, or replication works again.
        WillReturnAfter = "will-return-after",
        /// Other nodes keep it, and it does not spread from there (X-7).
        Stays = "stays",
    }
}

/// Runs a plan and returns the outcome of each certificate that it deletes, in the order of
/// store and certificate.
///
/// Stores do not depend on the policy: phones and lists do.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use trustlist::{case::Scenario, deletion::{Outcome, forecast}};
/// let run = |version: &str| {
///     let text = format!(r#"{{ "schema": "trustlist.simulate/1", "cluster": {{ "version": "{version}", "mode": "non-secure",
///         "nodes": [ {{ "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true }},
///                    {{ "name": "br", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true }} ],
///         "phones": [], "extra_trust": {{ "hq": {{ "tomcat-trust": ["old"] }}, "br": {{ "tomcat-trust": ["old"] }} }} }},
///         "plan": [ {{ "op": "delete_trust", "unit": "tomcat-trust", "cert": "old", "node": "hq" }}, {{ "op": "wait", "minutes": 60 }} ] }}"#);
///     let scenario = Scenario::parse(&text).unwrap();
///     forecast(&scenario.cluster, &scenario.plan).unwrap().remove(0).outcome
/// };
/// // Deleted on one node: the other one brings it back within the hour, unless the release deletes on every node.
/// assert_eq!((run("10.5"), run("12.5")), (Outcome::Back, Outcome::Gone));
/// # }
/// ```
///
/// # Errors
/// Where an operation is not one for this cluster.
pub fn forecast(cluster: &Arc<Cluster>, plan: &[Operation]) -> Result<Vec<Forecast>, StepError> {
    let mut run = Run::new(cluster, Policy::B, Assume::Lean);
    let mut trace: Vec<(Option<u32>, TimedEvent)> = Vec::new();
    let mut between = Between::default();
    for operation in plan {
        let report = run.apply(operation)?;
        between.note(&run, &report.events);
        trace.extend(
            report
                .events
                .into_iter()
                .filter(|timed| is_about_files(&timed.event))
                .map(|timed| (Some(report.step), timed)),
        );
    }
    let mut deleted: Vec<(TrustUnit, Cert)> =
        trace.iter().filter_map(|(_, timed)| deletion(&timed.event)).collect();
    deleted.sort_unstable();
    deleted.dedup();
    let later = ahead(&run)?;
    let by_nodes = without_events(cluster, plan)?;
    deleted
        .into_iter()
        .map(|(unit, cert)| {
            let look = Look { run: &run, trace: &trace, later: &later, unit, cert };
            let mut forecast = look.forecast()?;
            if forecast.outcome == Outcome::Gone {
                forecast.assumed = assumed(&by_nodes, &between, (unit, cert));
            }
            Ok(forecast)
        })
        .collect()
}

/// Certificates that were deleted on some nodes while another one could have brought them back
/// (C-43, C-44).
#[derive(Default)]
struct Between {
    /// Deleted, and not imported since.
    deleted: BTreeSet<(TrustUnit, Cert)>,
    /// A node held the file and counted its half hours after the first deletion.
    at_risk: BTreeSet<(TrustUnit, Cert)>,
}

impl Between {
    /// Notes the events of a step, after it.
    fn note(&mut self, run: &Run, events: &[TimedEvent]) {
        let counts = |node: NodeId| blocked(run, node).is_none();
        let mut nodes: Vec<((TrustUnit, Cert), NodeId)> = Vec::new();
        for timed in events {
            match timed.event {
                Event::FileImported { unit, cert, .. } => {
                    self.deleted.remove(&(unit, cert));
                    self.at_risk.remove(&(unit, cert));
                }
                Event::FileDeleted { unit, cert, node, trigger, .. }
                    if unit.notified()
                        && matches!(
                            trigger,
                            FileTrigger::Operator | FileTrigger::PlatformEvent
                        ) =>
                {
                    self.deleted.insert((unit, cert));
                    // An event reaches the nodes at once; an operator deletes on one after the other.
                    if trigger == FileTrigger::Operator {
                        nodes.push(((unit, cert), node));
                    }
                }
                _ => {}
            }
        }
        for (place, (what, node)) in nodes.iter().enumerate() {
            let is_later = nodes.iter().take(place).any(|(other, _)| other == what);
            if is_later && counts(*node) {
                self.at_risk.insert(*what);
            }
        }
        for &(unit, cert) in &self.deleted {
            if holders(run, unit, cert).iter().any(counts) {
                self.at_risk.insert((unit, cert));
            }
        }
    }
}

fn assumed(
    by_nodes: &Option<Vec<Forecast>>,
    between: &Between,
    what: (TrustUnit, Cert),
) -> Vec<DeletionAssumption> {
    let is_gone = |forecast: &Forecast| {
        (forecast.unit, forecast.cert) == what
            && forecast.outcome == Outcome::Gone
            && forecast.assumed.is_empty()
    };
    let mut found = Vec::new();
    if by_nodes.as_ref().is_some_and(|forecasts| !forecasts.iter().any(is_gone)) {
        found.push(DeletionAssumption::ClusterwideDelete);
    }
    if between.at_risk.contains(&what) {
        found.push(DeletionAssumption::NoSyncBetween);
    }
    found
}

/// Returns the fates if this release deletes on the named nodes only; `None` if it is known what it
/// does. Sources disagree for 11.0 to 11.5 (D2.2).
fn without_events(
    cluster: &Arc<Cluster>,
    plan: &[Operation],
) -> Result<Option<Vec<Forecast>>, StepError> {
    let is_open = cluster.clusterwide_delete
        && !cluster.clusterwide_delete_said
        && !cluster.release().surely_deletes_clusterwide();
    if !is_open {
        return Ok(None);
    }
    let mut other = (**cluster).clone();
    other.clusterwide_delete = false;
    other.clusterwide_delete_said = true;
    forecast(&Arc::new(other), plan).map(Some)
}

/// A deletion that the cluster refuses on every node (X-8, X-10), of a certificate that the plan
/// deletes in no other step either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The step of the plan, from 1.
    pub step: u32,
    /// The store, or the unit whose own certificate was named.
    pub unit: StoreUnit,
    /// The certificate.
    pub cert: Cert,
    /// Why: [`Event::Refused`], one or more.
    pub reasons: Vec<TimedEvent>,
    /// The nodes that hold the file at the end of the plan.
    pub holders: NodeSet,
}

/// The deletions of a plan that delete nothing, so [`forecast`], which gave these answers, does not
/// name them.
///
/// # Errors
/// Where an operation is not one for this cluster.
pub fn refused(
    cluster: &Arc<Cluster>,
    plan: &[Operation],
    forecasts: &[Forecast],
) -> Result<Vec<Refused>, StepError> {
    let mut run = Run::new(cluster, Policy::B, Assume::Lean);
    let mut found = Vec::new();
    for operation in plan {
        let report = run.apply(operation)?;
        let Operation::DeleteTrust { unit, cert, .. } = operation else { continue };
        let told = |forecast: &Forecast| {
            StoreUnit::Trust(forecast.unit) == *unit && forecast.cert == *cert
        };
        if forecasts.iter().any(told) {
            continue;
        }
        let reasons = report
            .events
            .into_iter()
            .filter(|timed| matches!(timed.event, Event::Refused { .. }))
            .collect();
        found.push(Refused {
            step: report.step,
            unit: *unit,
            cert: *cert,
            reasons,
            holders: NodeSet::default(),
        });
    }
    for refused in &mut found {
        if let StoreUnit::Trust(unit) = refused.unit {
            refused.holders = holders(&run, unit, refused.cert);
        }
    }
    Ok(found)
}

fn holders(run: &Run, unit: TrustUnit, cert: Cert) -> NodeSet {
    run.files()
        .find(|(held_in, held, _)| (*held_in, *held) == (unit, cert))
        .map(|(.., nodes)| nodes)
        .unwrap_or_default()
}

fn is_about_files(event: &Event) -> bool {
    matches!(
        event,
        Event::FileDeleted { .. } | Event::FileImported { .. } | Event::RowsRestored { .. }
    )
}

/// Deletions by an operator, direct or by platform event; tomcat's predecessors go by themselves
/// (C-24).
fn deletion(event: &Event) -> Option<(TrustUnit, Cert)> {
    match *event {
        Event::FileDeleted {
            unit,
            cert,
            trigger: FileTrigger::Operator | FileTrigger::PlatformEvent,
            ..
        } => Some((unit, cert)),
        _ => None,
    }
}

/// Returns the events that happen by themselves from here on.
fn ahead(run: &Run) -> Result<Vec<(Option<u32>, TimedEvent)>, StepError> {
    let mut run = run.aside();
    let report = run.apply(&Operation::Wait { minutes: AHEAD_MINUTES })?;
    Ok(report.events.into_iter().map(|timed| (None, timed)).collect())
}

/// One certificate in a run that is over.
struct Look<'a> {
    run: &'a Run,
    trace: &'a [(Option<u32>, TimedEvent)],
    later: &'a [(Option<u32>, TimedEvent)],
    unit: TrustUnit,
    cert: Cert,
}

impl Look<'_> {
    fn forecast(&self) -> Result<Forecast, StepError> {
        let deletions = self
            .trace
            .iter()
            .filter(|(_, timed)| deletion(&timed.event) == Some((self.unit, self.cert)));
        let (mut deleted, mut deleted_at) = (Vec::new(), 0);
        for (_, timed) in deletions {
            if let Event::FileDeleted { node, .. } = timed.event {
                deleted.push(node);
                deleted_at = timed.minute;
            }
        }
        let deleted: NodeSet = deleted.into_iter().collect();
        let held = holders(self.run, self.unit, self.cert);
        let holders: Vec<Holder> = held.iter().map(|node| self.holder(node, deleted)).collect();
        let came_back = self.returns(self.trace, None);
        let mut will_return = self.returns(self.later, None);
        if will_return.is_empty() && self.unit.notified() {
            will_return = self.returns_after(held, deleted)?;
        }
        let outcome = match () {
            () if holders.iter().any(|holder| holder.again) => Outcome::Back,
            () if will_return.iter().any(|back| back.after.is_none()) => Outcome::WillReturn,
            () if !will_return.is_empty() => Outcome::WillReturnAfter,
            () if holders.is_empty() => Outcome::Gone,
            () => Outcome::Stays,
        };
        let (unit, cert, now) = (self.unit, self.cert, self.run.minute());
        Ok(Forecast {
            unit,
            cert,
            deleted,
            deleted_at,
            now,
            holders,
            came_back,
            will_return,
            outcome,
            assumed: Vec::new(),
        })
    }

    fn holder(&self, node: NodeId, deleted: NodeSet) -> Holder {
        let counts = self.unit.notified();
        // Without replication it counts, and no other node learns of it.
        let waits =
            blocked(self.run, node).filter(|&waits| counts && waits != Blocker::Replication);
        let next_sync = self.run.next_sync(node).filter(|_| counts);
        Holder { node, again: deleted.contains(node), next_sync, waits }
    }

    /// How it comes back once a node that holds it, or that it was deleted on, is up, runs its
    /// service and replicates.
    fn returns_after(&self, held: NodeSet, deleted: NodeSet) -> Result<Vec<Return>, StepError> {
        let others = deleted.iter().filter(|&node| !held.contains(node));
        let mut found = Vec::new();
        for node in held.iter().chain(others) {
            found.extend(self.after(node, held)?);
        }
        Ok(found)
    }

    fn after(&self, node: NodeId, held: NodeSet) -> Result<Option<Return>, StepError> {
        let Some(waits) = blocked(self.run, node) else { return Ok(None) };
        let mut run = self.run.aside();
        let mut events = Vec::new();
        // Each reason in its turn: what is up may still be stopped.
        for _ in Blocker::ALL {
            let Some(reason) = blocked(&run, node) else { break };
            events.extend(run.apply(&reason.remedy(node))?.events);
        }
        events.extend(run.apply(&Operation::Wait { minutes: AHEAD_MINUTES })?.events);
        let events: Vec<_> = events.into_iter().map(|timed| (None, timed)).collect();
        let found = self.returns(&events, Some(waits)).first().map(|back| Return {
            minute: back.minute.saturating_sub(self.run.minute()),
            after_on: Some(node),
            ..*back
        });
        // A holder alone: no node imports, but the database has its rows again, and so will every
        // node that starts.
        Ok(found.or_else(|| {
            held.contains(node).then(|| self.rows_back(&events, node, waits)).flatten()
        }))
    }

    fn rows_back(
        &self,
        events: &[(Option<u32>, TimedEvent)],
        holder: NodeId,
        waits: Blocker,
    ) -> Option<Return> {
        let (_, timed) =
            events.iter().find(|(_, timed)| self.restores(&timed.event) == Some(holder))?;
        let minute = timed.minute.saturating_sub(self.run.minute());
        let (source, to) = (Some(holder), NodeSet::default());
        Some(Return {
            source,
            minute,
            step: None,
            to,
            by: ReturnCause::Notification,
            after: Some(waits),
            after_on: source,
        })
    }

    fn restores(&self, event: &Event) -> Option<NodeId> {
        match *event {
            Event::RowsRestored { node, unit, cert } if (unit, cert) == (self.unit, self.cert) => {
                Some(node)
            }
            _ => None,
        }
    }

    /// Each time that the file came to nodes, with the node whose rows it came from.
    fn returns(&self, events: &[(Option<u32>, TimedEvent)], after: Option<Blocker>) -> Vec<Return> {
        let mut source = None;
        let mut returns = Vec::new();
        let mut deleted = after.is_some() || events.first().is_some_and(|(step, _)| step.is_none());
        for (step, timed) in events {
            deleted |= deletion(&timed.event) == Some((self.unit, self.cert));
            source = self.restores(&timed.event).or(source);
            match timed.event {
                Event::FileImported { nodes, unit, cert, trigger }
                    if (unit, cert) == (self.unit, self.cert) && deleted =>
                {
                    let by = match trigger {
                        ImportTrigger::ChangeNotification => ReturnCause::Notification,
                        ImportTrigger::ServiceStart => ReturnCause::ServiceStart,
                        ImportTrigger::Sync => ReturnCause::Sync,
                    };
                    returns.push(Return {
                        source,
                        minute: timed.minute,
                        step: *step,
                        to: nodes,
                        by,
                        after,
                        after_on: None,
                    });
                }
                _ => {}
            }
        }
        returns
    }
}
