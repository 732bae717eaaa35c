//! Findings about a plan (`spec/LINTS.md`), with the point of no return.
//!
//! Rules about the order of steps read the plan; rules about what phones go through ask the
//! simulator.

mod context;
mod lists;
mod phones;
mod stores;

use crate::cluster::{Cert, Cluster, NodeId, Nodes, Operation, PhoneId, Policy, StepError};
use crate::code::{PlanLintCode, PlanLintCode as Code};
use crate::release::{Service, TrustUnit, Unit};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
pub use context::Check;
use context::Context;
use trustlist::code::Level;
use trustlist::phone::JudgedFile;

/// The findings about a plan.
#[derive(Clone, Debug)]
pub struct PlanLint {
    /// The cluster.
    pub cluster: Arc<Cluster>,
    /// The steps in one line each.
    pub steps: Vec<String>,
    /// The findings: by step, errors first; those about the whole plan at the end.
    pub findings: Vec<PlanFinding>,
    /// From where only deleting lists on phones helps; the earliest over all policies.
    pub no_return: Option<PlanNoReturn>,
}

/// The point of no return (P-16), over all policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanNoReturn {
    /// The earliest step; 0 is before the first.
    pub step: u32,
    /// The phones that are lost there, under any policy.
    pub phones: Vec<PhoneId>,
    /// The policies that have it.
    pub policies: Vec<Policy>,
}

/// Judges a plan with the rules of `spec/LINTS.md`.
///
/// # Errors
/// The number of the step, from 1, that cannot be part of a plan for this cluster, and why.
///
/// ```
/// use trustlist_cluster::release::{Product, Unit};
/// use trustlist_cluster::{cluster::{Cluster, Mode, NodeSpec, Nodes, Operation, PhoneSpec}, plan};
///
/// let node = |name: &str, publisher| NodeSpec {
///     name: name.into(), product: Product::Cucm, publisher, tftp: true, callmanager: true,
/// };
/// let mut cluster = Cluster::new("14".parse().unwrap(), Mode::NonSecure, vec![node("hq", true), node("br", false)]).unwrap();
/// let br = cluster.node("br").unwrap();
/// let plan = [Operation::Regen { unit: Unit::Capf, nodes: Nodes::These(vec![br]) }];
/// let lint = plan::lint(&cluster.into(), &plan).unwrap();
/// let codes: Vec<_> = lint.findings.iter().map(|finding| finding.code.as_str()).collect();
/// assert_eq!(codes, ["wrong-node", "no-preflight"]);
/// ```
pub fn lint(cluster: &Arc<Cluster>, plan: &[Operation]) -> Result<PlanLint, (u32, StepError)> {
    let context = Context::new(cluster, plan)?;
    let mut findings = Vec::new();
    stores::precautions(&context, &mut findings);
    places(&context, &mut findings);
    phones::restarts_missing(&context, &mut findings);
    lists::lost_anchors(&context, &mut findings);
    lists::ctl_updates(&context, &mut findings);
    stores::deletions(&context, &mut findings);
    phones::phones(&context, &mut findings);
    phones::judge_ends(&context, &mut findings);
    findings.sort_by_key(|finding| {
        (finding.step.unwrap_or(u32::MAX), core::cmp::Reverse(finding.level()), finding.code)
    });
    let steps = plan.iter().map(|operation| operation.describe(cluster)).collect();
    Ok(PlanLint { cluster: cluster.clone(), steps, findings, no_return: no_return(&context) })
}

impl PlanLint {
    /// Checks if a finding is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Level::Error) > 0
    }

    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level() == level).count()
    }
}

fn no_return(context: &Context<'_>) -> Option<PlanNoReturn> {
    let points: Vec<_> = context
        .histories()
        .filter_map(|history| Some((history.policy, history.end().no_return()?)))
        .collect();
    let step = points.iter().map(|(_, point)| point.step).min()?;
    let there = points.iter().filter(|(_, point)| point.step == step);
    let mut phones: Vec<PhoneId> =
        there.clone().flat_map(|(_, point)| point.phones.iter().copied()).collect();
    phones.sort_unstable();
    phones.dedup();
    Some(PlanNoReturn { step, phones, policies: there.map(|(policy, _)| *policy).collect() })
}

// A finding about a plan, with its evidence as values.

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFinding {
    /// The finding.
    pub code: PlanLintCode,
    /// The step that it is about; 0 is before the first, empty is the plan as a whole or its end.
    pub step: Option<u32>,
    /// The phones concerned, in inventory order.
    pub phones: Vec<PhoneId>,
    /// The policies whose simulation shows it; empty if no simulation is needed.
    pub policies: Vec<Policy>,
    /// Why.
    pub evidence: Vec<Fact>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// A certificate.
    Certificate(Cert),
    /// How many certificates there are, and how many there may be.
    Certificates {
        /// There are.
        found: usize,
        /// There may be.
        limit: usize,
    },
    /// The missing part: the word of a check or of an operation.
    Missing(&'static str),
    /// Nodes concerned.
    Nodes(Vec<NodeId>),
    /// The file that phones refuse.
    Refuses(JudgedFile),
    /// Services, each with its node.
    Services(Vec<(Service, NodeId)>),
    /// The earlier step that it goes back to.
    Since(u32),
    /// A trust store.
    Store(TrustUnit),
    /// The certificate unit.
    Unit(Unit),
}

impl PlanFinding {
    /// How much it weighs.
    pub fn level(&self) -> Level {
        self.code.level()
    }

    fn new(code: PlanLintCode, step: u32) -> Self {
        Self {
            code,
            step: Some(step),
            phones: Vec::new(),
            policies: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn of_plan(code: PlanLintCode) -> Self {
        Self { step: None, ..Self::new(code, 0) }
    }

    fn phones(self, phones: Vec<PhoneId>) -> Self {
        Self { phones, ..self }
    }

    fn policy(self, policy: Policy) -> Self {
        Self { policies: vec![policy], ..self }
    }

    fn fact(mut self, fact: Fact) -> Self {
        self.evidence.push(fact);
        self
    }
}

/// Adds a finding; one that was made under another policy for the same reason takes it in.
fn add(findings: &mut Vec<PlanFinding>, finding: PlanFinding) {
    let same = |known: &&mut PlanFinding| {
        (known.code, known.step, &known.evidence) == (finding.code, finding.step, &finding.evidence)
    };
    let Some(known) = findings.iter_mut().find(same) else { return findings.push(finding) };
    known.phones.extend(finding.phones);
    known.phones.sort_unstable();
    known.phones.dedup();
    known.policies.extend(finding.policies);
    known.policies.sort_unstable();
    known.policies.dedup();
}

// Steps that name a node without anything to do: L-12, L-17; and lists that grow too large:
// L-21.

/// More certificates than this push an ITL over 64 kB (C-67).
const MAX_CERTIFICATES: usize = 39;

fn places(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for (step, operation) in context.steps() {
        findings.extend(wrong_node(context, step, operation));
        findings.extend(not_activated(context, step, operation));
    }
    findings.extend(too_large(context));
}

/// L-12. For `all`, a unit that no node has.
fn wrong_node(context: &Context<'_>, step: u32, operation: &Operation) -> Option<PlanFinding> {
    let Operation::Regen { unit, nodes } = operation else { return None };
    let lacks = |node: &NodeId| !context.cluster.has_unit(*node, *unit);
    let mut wrong = context.named(nodes);
    if matches!(nodes, Nodes::All) && !wrong.iter().all(lacks) {
        return None;
    }
    wrong.retain(lacks);
    let finding = || PlanFinding::new(Code::WrongNode, step).fact(Fact::Unit(*unit));
    (!wrong.is_empty()).then(|| finding().fact(Fact::Nodes(wrong)))
}

/// L-17.
fn not_activated(context: &Context<'_>, step: u32, operation: &Operation) -> Option<PlanFinding> {
    let (Operation::Restart { service, nodes }
    | Operation::Start { service, nodes }
    | Operation::Stop { service, nodes }) = operation
    else {
        return None;
    };
    let Nodes::These(nodes) = nodes else { return None };
    let run = context.plain().start();
    let lacks =
        |node: NodeId| !service.members().iter().any(|&member| run.is_activated(member, node));
    let wrong: Vec<(Service, NodeId)> =
        nodes.iter().filter(|&&node| lacks(node)).map(|&node| (*service, node)).collect();
    (!wrong.is_empty())
        .then(|| PlanFinding::new(Code::ServiceNotActivated, step).fact(Fact::Services(wrong)))
}

/// L-21: the first moment at which an ITL is too large.
fn too_large(context: &Context<'_>) -> Option<PlanFinding> {
    let history = context.plain();
    let steps = core::iter::once(0).chain(context.steps().map(|(step, _)| step));
    steps.into_iter().find_map(|step| {
        let run = history.after(step);
        let count = |node: NodeId| run.served_itl(node).map_or(0, |itl| itl.certificates());
        let counts = context.cluster.nodes().map(|(node, _)| (node, count(node)));
        let large: Vec<(NodeId, usize)> =
            counts.filter(|(_, count)| *count > MAX_CERTIFICATES).collect();
        let found = large.iter().map(|(_, count)| *count).max()?;
        let nodes = large.into_iter().map(|(node, _)| node).collect();
        let finding = PlanFinding::new(Code::ItlTooLarge, step).fact(Fact::Nodes(nodes));
        Some(finding.fact(Fact::Certificates { found, limit: MAX_CERTIFICATES }))
    })
}
