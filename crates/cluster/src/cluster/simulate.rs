//! A whole plan under several policies.

use super::cert::Cert;
use super::cohort::{CohortId, NoReturn};
use super::describe::Cluster;
use super::node::NodeSet;
use super::operation::{Operation, PhoneId, StepError};
use super::run::{Run, StepReport};
use super::status::{
    Assume, AssumedAnswer, Assumption, PhoneStatus, Policy, Recoverability, Trust,
};
use crate::release::TrustUnit;
use alloc::{string::String, sync::Arc, vec::Vec};
use trustlist::phone::Prediction;

/// A plan, run under each of its policies.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The cluster.
    pub cluster: Arc<Cluster>,
    /// The steps in one line each.
    pub steps: Vec<String>,
    /// The results, in the order of the policies asked for.
    pub policies: Vec<PolicyResult>,
    plan: Vec<Operation>,
    assume: Assume,
}

/// A plan under one policy.
#[derive(Clone, Debug)]
pub struct PolicyResult {
    /// The policy.
    pub policy: Policy,
    /// The state before the first step.
    pub start: StepReport,
    /// The results of the steps.
    pub trace: Vec<StepReport>,
    /// The open questions that were answered, each with the first step that met it.
    pub assumptions: Vec<(Assumption, u32)>,
    /// From where phones cannot be saved any more without deleting their lists; empty if there is
    /// no such step.
    pub no_return: Option<NoReturn>,
    /// The trust files at the end.
    pub files: Vec<(TrustUnit, Cert, NodeSet)>,
    end: Run,
}

/// The state of a phone at the end of a plan.
#[derive(Clone, Copy, Debug)]
pub struct FinalState<'a> {
    /// Its state.
    pub standing: &'a PhoneStatus,
    /// Whether it holds an ITL.
    pub itl: bool,
    /// Whether it was locked after any step.
    pub was_locked: bool,
}

/// Runs a plan under each of these policies.
///
/// ```
/// use trustlist_cluster::cluster::{Assume, Cluster, Mode, NodeSpec, Nodes, Operation, PhoneSpec, Phones, Policy, Trust, simulate};
/// use trustlist_cluster::release::{Product, Service, Unit};
/// let node = NodeSpec { name: "hq".into(), product: Product::Cucm, publisher: true, tftp: true, callmanager: true };
/// let mut cluster = Cluster::new("10.5".parse().unwrap(), Mode::NonSecure, vec![node]).unwrap();
/// let hq = cluster.node("hq").unwrap();
/// let phone = cluster.add_phone(PhoneSpec::new("SEP001", &[hq], &[hq])).unwrap();
/// let cluster = cluster.into();
///
/// let renew = |unit| Operation::Regen { unit, nodes: Nodes::All };
/// let plan = [renew(Unit::CallManager), renew(Unit::Tvs), Operation::Restart { service: Service::Tvs, nodes: Nodes::All }];
/// let simulation = simulate(&cluster, &plan, &[Policy::B], Assume::Lean).unwrap();
/// assert_eq!(simulation.policies[0].count(Trust::Locked), 1);
/// assert_eq!(simulation.policies[0].locked().collect::<Vec<_>>(), [phone]);
///
/// // An operation that cannot be is an error with the number of its step.
/// let too_long = [renew(Unit::Tvs), Operation::Wait { minutes: u64::MAX }];
/// assert_eq!(simulate(&cluster, &too_long, &[Policy::B], Assume::Lean).unwrap_err().0, 2);
/// ```
///
/// # Errors
/// The number of the step, from 1, that cannot be part of a plan for this cluster, and why.
pub fn simulate(
    cluster: &Arc<Cluster>,
    plan: &[Operation],
    policies: &[Policy],
    assume: Assume,
) -> Result<Simulation, (u32, StepError)> {
    let steps = plan.iter().map(|operation| operation.describe(cluster)).collect();
    let results: Result<Vec<PolicyResult>, (u32, StepError)> =
        policies.iter().map(|&policy| PolicyResult::new(cluster, plan, policy, assume)).collect();
    let plan = plan.to_vec();
    Ok(Simulation { cluster: cluster.clone(), steps, policies: results?, plan, assume })
}

impl PolicyResult {
    fn new(
        cluster: &Arc<Cluster>,
        plan: &[Operation],
        policy: Policy,
        assume: Assume,
    ) -> Result<Self, (u32, StepError)> {
        let mut run = Run::new(cluster, policy, assume);
        let start = run.report();
        let mut trace = Vec::with_capacity(plan.len());
        for (operation, step) in plan.iter().zip(1..) {
            let report = run.apply(operation).map_err(|error| (step, error))?;
            run.keep(&report);
            trace.push(report);
        }
        Ok(Self {
            policy,
            start,
            trace,
            assumptions: run.assumptions().collect(),
            no_return: run.no_return(),
            files: run.files().collect(),
            end: run,
        })
    }

    /// Returns the run at the end; a clone of it can go on.
    pub fn end(&self) -> &Run {
        &self.end
    }

    /// The cohort of a phone at the end; `None` for a phone of another cluster.
    pub fn cohort(&self, phone: PhoneId) -> Option<CohortId> {
        self.end.cohorts().of(phone)
    }

    /// The cohorts at the end: number, how many phones, the first of them.
    pub fn cohorts(&self) -> impl Iterator<Item = (CohortId, usize, PhoneId)> {
        self.end.cohorts().sizes()
    }

    /// The cohort of each phone, in inventory order.
    pub fn phones(&self) -> impl Iterator<Item = (PhoneId, CohortId)> {
        (0..).map(PhoneId).zip(self.end.cohorts().all_phones().iter().copied())
    }

    /// The state of a cohort after a step of this result.
    pub fn standing(&self, cohort: CohortId, after: &StepReport) -> Option<&Arc<PhoneStatus>> {
        self.end.cohorts().status_after(cohort, after.step)
    }

    /// Returns the states of a cohort in order, each with the number of the step after which it
    /// began; the first is that of the start.
    pub fn timeline(&self, cohort: CohortId) -> Vec<(u32, &Arc<PhoneStatus>)> {
        self.end.cohorts().timeline(cohort)
    }

    /// The prediction for a cohort after a step of this result, with all findings.
    pub fn prediction(&self, cohort: CohortId, after: &StepReport) -> Option<Prediction> {
        let held = self.standing(cohort, after)?.held;
        self.end.explain(&after.snapshot, self.end.cohorts().class_of(cohort)?, held)
    }

    /// The state of a cohort at the end.
    pub fn final_state(&self, cohort: CohortId) -> Option<FinalState<'_>> {
        let class = self.end.cohorts().class_of(cohort)?;
        Some(FinalState {
            standing: &class.status,
            itl: class.held.itl.is_some(),
            was_locked: class.was_locked(self.end.step()),
        })
    }

    /// The phones that were locked after any step, in inventory order.
    pub fn locked(&self) -> impl Iterator<Item = PhoneId> {
        let steps = self.end.step();
        self.end.cohorts().phones_of(move |class| class.was_locked(steps))
    }

    /// Returns the online phones that are not registered at the end, in inventory order.
    pub fn unregistered(&self) -> impl Iterator<Item = PhoneId> {
        self.end.cohorts().phones_of(|class| class.online && !class.status.registered)
    }

    /// How many phones end in this state.
    pub fn count(&self, trust: Trust) -> usize {
        let matching = self.end.cohorts().classes().filter(|class| class.status.trust == trust);
        matching.map(|class| class.size).sum()
    }

    /// How many phones end locked, or will be when they return.
    fn stranded(&self) -> usize {
        let is_stranded = |status: &PhoneStatus| match status.trust {
            Trust::Locked => true,
            Trust::Offline => !status.recoverability.is_recoverable(),
            _ => false,
        };
        let classes = self.end.cohorts().classes();
        classes.filter(|class| is_stranded(&class.status)).map(|class| class.size).sum()
    }

    /// How many phones end lost, locked, and not up to date: the fewer, the better.
    fn harm(&self) -> (usize, usize, usize) {
        let lost =
            self.end.cohorts().classes().filter(|class| class.status.recoverability.is_lost());
        (
            lost.map(|class| class.size).sum(),
            self.count(Trust::Locked),
            self.count(Trust::Updatable),
        )
    }
}

impl Simulation {
    /// The policy with the best end; the first of equals.
    pub fn best(&self) -> Option<&PolicyResult> {
        self.policies.iter().min_by_key(|result| result.harm())
    }

    /// The policy with the worst end; the first of equals.
    pub fn worst(&self) -> Option<&PolicyResult> {
        self.policies.iter().rev().max_by_key(|result| result.harm())
    }

    /// Returns how many more phones are locked at the end, or will be when they return, or are not
    /// registered, if the missing facts are not as they were assumed: under the policy with the most
    /// of them. Runs the plan again, unless nothing was assumed that could be worse.
    ///
    /// ```
    /// # #[cfg(feature = "serde")] {
    /// use trustlist_cluster::{case::Scenario, cluster::{Assume, simulate}};
    /// let text = std::fs::read_to_string("../../testdata/cases/simulate/callmanager-and-tvs.json").unwrap();
    /// let scenario = Scenario::parse(&text).unwrap();
    /// let run = simulate(&scenario.cluster, &scenario.plan, &scenario.policies, Assume::Lean).unwrap();
    /// assert_eq!(run.locked_otherwise(), 0); // no fact is missing
    /// # }
    /// ```
    pub fn locked_otherwise(&self) -> usize {
        if self.assume != Assume::Lean {
            return 0;
        }
        let worst = |result: &PolicyResult| {
            let mut taken = result.assumptions.iter().map(|(assumption, _)| assumption.taken());
            if !taken.any(|taken| taken == AssumedAnswer::Accept) {
                return 0;
            }
            let again =
                PolicyResult::new(&self.cluster, &self.plan, result.policy, Assume::Pessimistic);
            again.map_or(0, |again| {
                let locked = again.stranded().saturating_sub(result.stranded());
                let silent = again.unregistered().count();
                locked.max(silent.saturating_sub(result.unregistered().count()))
            })
        };
        self.policies.iter().map(worst).max().unwrap_or(0)
    }

    /// Checks if a phone is locked at the end under any policy.
    pub fn ends_locked(&self) -> bool {
        self.policies.iter().any(|result| result.count(Trust::Locked) > 0)
    }

    /// Checks if an online phone is not registered at the end under any policy. Such a phone need
    /// not be locked (P-6).
    pub fn ends_unregistered(&self) -> bool {
        self.policies.iter().any(|result| result.unregistered().next().is_some())
    }
}

impl FinalState<'_> {
    /// Returns the recovery of the phone.
    pub fn recoverability(&self) -> Recoverability {
        self.standing.recoverability
    }
}
