//! Findings about a plan (`spec/LINTS.md`), with the point of no return.
//!
//! Rules about the order of steps read the plan; rules about what phones go through ask the simulator.

mod anchors;
mod check;
mod context;
mod coverage;
mod ctl;
mod deletion;
mod finding;
mod phones;
mod places;
mod precautions;
mod restart;

pub use check::Check;
pub use finding::{Fact, PlanFinding};

use crate::cluster::{Cluster, Operation, PhoneId, Policy, StepError};
use alloc::{string::String, sync::Arc, vec::Vec};
use context::Context;
use trustlist::code::Level;

/// What is to be said about a plan.
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
    /// The policies under which they are.
    pub policies: Vec<Policy>,
}

/// Judges a plan with the rules of `spec/LINTS.md`.
///
/// # Errors
/// The number of the step, from 1, that cannot be part of a plan for this cluster, and why.
///
/// ```
/// use trustlist::release::{Product, Unit};
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
    precautions::judge(&context, &mut findings);
    places::judge(&context, &mut findings);
    restart::judge(&context, &mut findings);
    anchors::judge(&context, &mut findings);
    ctl::judge(&context, &mut findings);
    deletion::judge(&context, &mut findings);
    phones::judge(&context, &mut findings);
    phones::judge_ends(&context, &mut findings);
    findings.sort_by_key(|finding| {
        (finding.step.unwrap_or(u32::MAX), core::cmp::Reverse(finding.level()), finding.code)
    });
    let steps = plan.iter().map(|operation| operation.describe(cluster)).collect();
    Ok(PlanLint { cluster: cluster.clone(), steps, findings, no_return: no_return(&context) })
}

impl PlanLint {
    /// Whether a finding is an error.
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
