//! Which node will bring a deleted certificate back, and when its sync is due (C-33, C-34, C-43 to C-49): the plan is
//! run, and then time goes on.

use crate::cluster::{Assume, Cert, Cluster, Event, FileTrigger, ImportTrigger, NodeId, NodeSet, Nodes, Operation};
use crate::cluster::{Policy, Run, StepError, TimedEvent};
use crate::release::{Service, TrustUnit};
use std::sync::Arc;

/// How long to look ahead: every node that counts its half hours ticks once, and what it imports ticks once more.
const AHEAD_MINUTES: u64 = 60;

/// What becomes of one certificate that a plan deletes somewhere.
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
}

/// A node that still holds the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The node.
    pub node: NodeId,
    /// Was it deleted there before?
    pub again: bool,
    /// When its next sync is due; `None` where it counts none now.
    pub next_sync: Option<u64>,
    /// What it waits for before it can count.
    pub waits: Option<Waits>,
}

/// Why a node does not count its half hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waits {
    /// It is down.
    NodeUp,
    /// Change notification is stopped there (C-45).
    ServiceStart,
}

impl Waits {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NodeUp => "node-up",
            Self::ServiceStart => "service-start",
        }
    }
}

/// One way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// The node whose file or rows brought it back; `None` where only the database is to blame.
    pub source: Option<NodeId>,
    /// When, in minutes since the start of the plan; where it waits for something, minutes after that.
    pub minute: u64,
    /// The step of the plan, from 1; `None` after its end.
    pub step: Option<u32>,
    /// The nodes that got it.
    pub to: NodeSet,
    /// By what.
    pub by: ReturnBy,
    /// What must happen first.
    pub after: Option<Waits>,
}

/// What brings a certificate back to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReturnBy {
    /// Another node's sync gave the database its rows back, and notification spread them (C-43).
    Notification,
    /// The node's notification service started and found rows (C-46).
    ServiceStart,
    /// The node's own sync found rows without a file (C-33).
    Sync,
}

impl ReturnBy {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "change-notification",
            Self::ServiceStart => "service-start",
            Self::Sync => "sync",
        }
    }
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// No node holds it and none will.
    Gone,
    /// It is back on a node where it was deleted.
    Back,
    /// It comes to more nodes by itself, sooner or later to those where it was deleted.
    WillReturn,
    /// It comes back once a node is up, or a service started.
    WillReturnAfter,
    /// Other nodes keep it, and it does not spread from there (X-7).
    Stays,
}

impl Outcome {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Back => "back",
            Self::WillReturn => "will-return",
            Self::WillReturnAfter => "will-return-after",
            Self::Stays => "stays",
        }
    }
}

/// Runs a plan and says of each certificate that it deletes what becomes of it, in the order of store and certificate.
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
    for operation in plan {
        let report = run.apply(operation)?;
        trace.extend(
            report.events.into_iter().filter(|timed| is_about_files(&timed.event)).map(|timed| (Some(report.step), timed)),
        );
    }
    let mut deleted: Vec<(TrustUnit, Cert)> = trace.iter().filter_map(|(_, timed)| deletion(&timed.event)).collect();
    deleted.sort_unstable();
    deleted.dedup();
    let later = ahead(&run)?;
    deleted.into_iter().map(|(unit, cert)| Look { run: &run, trace: &trace, later: &later, unit, cert }.forecast()).collect()
}

fn is_about_files(event: &Event) -> bool {
    matches!(event, Event::FileDeleted { .. } | Event::FileImported { .. } | Event::RowsRestored { .. })
}

/// What a person deleted, himself or by platform event; tomcat's predecessors go by themselves (C-24).
fn deletion(event: &Event) -> Option<(TrustUnit, Cert)> {
    match *event {
        Event::FileDeleted { unit, cert, trigger: FileTrigger::Operator | FileTrigger::PlatformEvent, .. } => Some((unit, cert)),
        _ => None,
    }
}

/// What happens by itself from here on.
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
        let deletions = self.trace.iter().filter(|(_, timed)| deletion(&timed.event) == Some((self.unit, self.cert)));
        let (mut deleted, mut deleted_at) = (Vec::new(), 0);
        for (_, timed) in deletions {
            if let Event::FileDeleted { node, .. } = timed.event {
                deleted.push(node);
                deleted_at = timed.minute;
            }
        }
        let deleted: NodeSet = deleted.into_iter().collect();
        let held = self.held(self.run);
        let holders: Vec<Holder> = held.iter().map(|node| self.holder(node, deleted)).collect();
        let came_back = self.returns(self.trace, None);
        let mut will_return = self.returns(self.later, None);
        if will_return.is_empty() {
            for holder in &holders {
                will_return.extend(self.after(holder)?);
            }
        }
        let outcome = match () {
            () if holders.iter().any(|holder| holder.again) => Outcome::Back,
            () if will_return.iter().any(|back| back.after.is_none()) => Outcome::WillReturn,
            () if !will_return.is_empty() => Outcome::WillReturnAfter,
            () if holders.is_empty() => Outcome::Gone,
            () => Outcome::Stays,
        };
        let (unit, cert, now) = (self.unit, self.cert, self.run.minute());
        Ok(Forecast { unit, cert, deleted, deleted_at, now, holders, came_back, will_return, outcome })
    }

    fn held(&self, run: &Run) -> NodeSet {
        let mut files = run.files();
        files.find(|(unit, cert, _)| (*unit, *cert) == (self.unit, self.cert)).map(|(.., nodes)| nodes).unwrap_or_default()
    }

    fn holder(&self, node: NodeId, deleted: NodeSet) -> Holder {
        let counts = self.unit.notified();
        let waits = match () {
            () if !counts => None,
            () if !self.run.is_up(node) => Some(Waits::NodeUp),
            () if !self.run.is_running(Service::Ccn, node) => Some(Waits::ServiceStart),
            () => None,
        };
        let next_sync = self.run.next_sync(node).filter(|_| counts);
        Holder { node, again: deleted.contains(node), next_sync, waits }
    }

    /// What happens once this holder is up, or its service started.
    fn after(&self, holder: &Holder) -> Result<Option<Return>, StepError> {
        let Some(waits) = holder.waits else { return Ok(None) };
        let nodes = Nodes::These(vec![holder.node]);
        let mut run = self.run.aside();
        let start = Operation::Start { service: Service::Ccn, nodes: nodes.clone() };
        let first = if waits == Waits::NodeUp { Operation::NodeUp { nodes } } else { start };
        let mut events = run.apply(&first)?.events;
        events.extend(run.apply(&Operation::Wait { minutes: AHEAD_MINUTES })?.events);
        let events: Vec<_> = events.into_iter().map(|timed| (None, timed)).collect();
        let mut back = self.returns(&events, Some(waits));
        let held = back.first_mut().map(|back| {
            back.minute = back.minute.saturating_sub(self.run.minute());
            *back
        });
        // A holder alone: nobody imports, but the database has its rows again, and so will every node that starts.
        Ok(held.or_else(|| self.rows_back(&events, waits)))
    }

    fn rows_back(&self, events: &[(Option<u32>, TimedEvent)], waits: Waits) -> Option<Return> {
        let (_, timed) = events.iter().find(|(_, timed)| self.restores(&timed.event).is_some())?;
        let source = self.restores(&timed.event);
        let minute = timed.minute.saturating_sub(self.run.minute());
        let to = NodeSet::default();
        Some(Return { source, minute, step: None, to, by: ReturnBy::Notification, after: Some(waits) })
    }

    fn restores(&self, event: &Event) -> Option<NodeId> {
        match *event {
            Event::RowsRestored { node, unit, cert } if (unit, cert) == (self.unit, self.cert) => Some(node),
            _ => None,
        }
    }

    /// Each time that the file came to nodes, with the node whose rows it came from.
    fn returns(&self, events: &[(Option<u32>, TimedEvent)], after: Option<Waits>) -> Vec<Return> {
        let mut source = None;
        let mut returns = Vec::new();
        let mut deleted = after.is_some() || events.first().is_some_and(|(step, _)| step.is_none());
        for (step, timed) in events {
            deleted |= deletion(&timed.event) == Some((self.unit, self.cert));
            source = self.restores(&timed.event).or(source);
            match timed.event {
                Event::FileImported { nodes, unit, cert, trigger } if (unit, cert) == (self.unit, self.cert) && deleted => {
                    let by = match trigger {
                        ImportTrigger::ChangeNotification => ReturnBy::Notification,
                        ImportTrigger::ServiceStart => ReturnBy::ServiceStart,
                        ImportTrigger::Sync => ReturnBy::Sync,
                    };
                    returns.push(Return { source, minute: timed.minute, step: *step, to: nodes, by, after });
                }
                _ => {}
            }
        }
        returns
    }
}
