//! A safe order of the same steps, found by trying: blocks of up to three steps are moved, and
//! every order is judged by the lint, so that what is offered has been simulated under every
//! policy.

use super::lint::{Fact, PlanFinding, PlanLint, lint};
use crate::cluster::{Cluster, NodeId, Operation};
use crate::code::PlanLintCode as Code;
use crate::release::Service;
use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};
use trustlist::code::Level;

/// An order of the same steps without the errors that their order makes.
#[derive(Clone, Debug)]
pub struct Reordering {
    /// The steps in their new order, by their numbers in the plan, from 1.
    pub order: Vec<u32>,
    /// The steps that were moved.
    pub moved: Vec<u32>,
    /// The new plan.
    pub plan: Vec<Operation>,
    /// The findings that remain.
    pub lint: PlanLint,
}

/// The longest block that is moved as one: a regeneration with its restarts.
const MAX_BLOCK: usize = 3;
/// How many orders are judged at most.
const MAX_TRIED: usize = 250;
/// How many phones all tries together may look at: fewer orders are tried if there are many.
const MAX_PHONES: usize = 2_000_000;
/// How much all tries together may simulate, in steps times what a step costs: a few seconds.
const MAX_SIMULATED: usize = 60_000;
/// From this number of nodes on, a node costs as much more as there are others: they replicate.
const MANY_NODES: usize = 32;
/// From this number of kinds of phones on, a node costs as much more: each kind is judged.
const MANY_KINDS: usize = 64;
/// From this number of steps on, a step costs as much more as a node does: its history is longer.
const LONG_PLAN: usize = 32;
/// How many of the best orders of the first round are changed again.
const BEAM: usize = 2;

impl PlanLint {
    /// Checks if the order of the steps is what is wrong, in part at least: [`reorder`] tries
    /// others then, and if it finds none, [`generate`](super::generate()) may.
    pub fn has_errors_of_order(&self) -> bool {
        self.findings.iter().any(is_of_order)
    }
}

/// Looks for an order of the steps without errors that brings no warning of its own. `None` where
/// the order is not what is wrong ([`PlanLint::has_errors_of_order`]), and where no order that was
/// tried is safe.
pub fn reorder(cluster: &Arc<Cluster>, plan: &[Operation], found: &PlanLint) -> Option<Reordering> {
    if !found.has_errors_of_order() {
        return None;
    }
    let mut search = Search { cluster, plan, said: warnings(found), left: budget(cluster, plan) };
    let start: Vec<usize> = (0..plan.len()).collect();
    let mut first = search.around(&start);
    first.sort_by_key(|tried| tried.score);
    let best =
        |tried: &[Tried]| tried.iter().find(|tried| tried.score.0 == 0 && !tried.worse).cloned();
    let safe = best(&first).or_else(|| {
        // The rest of the budget goes to the neighbours of the best.
        let mut second: Vec<Tried> =
            first.iter().take(BEAM).flat_map(|tried| search.around(&tried.order)).collect();
        second.sort_by_key(|tried| tried.score);
        best(&second)
    })?;
    search.reordering(&safe)
}

/// Returns how many orders [`reorder`] tries, if the steps, nodes or phones leave it fewer than
/// usual: a safe order may then be among those that were not tried.
pub fn few_orders(cluster: &Cluster, plan: &[Operation]) -> Option<usize> {
    Some(budget(cluster, plan)).filter(|&orders| orders < MAX_TRIED)
}

/// How many orders are tried.
fn budget(cluster: &Cluster, plan: &[Operation]) -> usize {
    let (nodes, kinds) = (cluster.nodes().count(), cluster.kinds().1.count());
    let width = nodes
        .saturating_add(nodes.saturating_mul(nodes) / MANY_NODES)
        .saturating_add(nodes.saturating_mul(kinds) / MANY_KINDS)
        .saturating_add(plan.len() / LONG_PLAN);
    let simulated = plan.len().saturating_mul(width);
    MAX_TRIED.min(MAX_PHONES / cluster.phones().len().max(1)).min(MAX_SIMULATED / simulated.max(1))
}

#[derive(Clone, Debug)]
struct Tried {
    order: Vec<usize>,
    /// Errors of order, warnings, steps moved, and how far: the less, the better.
    score: (usize, usize, usize, usize),
    /// Whether there is a warning that the plan as it is does not have. An order is not safe
    /// because something that has to follow, such as the restart after a regeneration, now comes
    /// before it.
    worse: bool,
}

struct Search<'a> {
    cluster: &'a Arc<Cluster>,
    plan: &'a [Operation],
    /// The warnings about the plan as it is.
    said: BTreeSet<Warning>,
    left: usize,
}

impl Search<'_> {
    /// Every order one block away from this one, judged.
    fn around(&mut self, order: &[usize]) -> Vec<Tried> {
        let mut tried = Vec::new();
        for block in 1..=MAX_BLOCK {
            for from in 0..order.len().saturating_sub(block.saturating_sub(1)) {
                for to in 0..=order.len().saturating_sub(block) {
                    // Moving one step forth is the same as moving the next back.
                    let same = from == to || block == 1 && to.saturating_add(1) == from;
                    if same || self.left == 0 || self.passes_an_event(order, from, block, to) {
                        continue;
                    }
                    self.left = self.left.saturating_sub(1);
                    tried.extend(self.judge(moved(order, from, block, to)));
                }
            }
        }
        tried
    }

    /// Checks if something would be moved past an event that is not planned: a node that goes down,
    /// a phone that goes offline.
    fn passes_an_event(&self, order: &[usize], from: usize, block: usize, to: usize) -> bool {
        let (first, last) = (from.min(to), from.max(to).saturating_add(block));
        let between = order.get(first..last.min(order.len())).unwrap_or_default();
        between.iter().filter_map(|&step| self.plan.get(step)).any(is_event)
    }

    fn judge(&self, order: Vec<usize>) -> Option<Tried> {
        let found = lint(self.cluster, &self.steps(&order)).ok()?;
        let (errors, warnings) = harm(&found);
        let away = order.iter().enumerate().map(|(place, &step)| place.abs_diff(step));
        let distance = away.clone().fold(0, usize::saturating_add);
        let worse = !self::warnings(&found).is_subset(&self.said);
        Some(Tried {
            score: (errors, warnings, out_of_order(&order).len(), distance),
            worse,
            order,
        })
    }

    fn steps(&self, order: &[usize]) -> Vec<Operation> {
        order.iter().filter_map(|&step| self.plan.get(step).cloned()).collect()
    }

    fn reordering(&self, tried: &Tried) -> Option<Reordering> {
        let plan = self.steps(&tried.order);
        let lint = lint(self.cluster, &plan).ok()?;
        let number = |step: &usize| u32::try_from(step.saturating_add(1)).unwrap_or(u32::MAX);
        let moved = out_of_order(&tried.order).iter().map(number).collect();
        Some(Reordering { order: tried.order.iter().map(number).collect(), moved, plan, lint })
    }
}

/// The order with a block taken out and put in elsewhere.
fn moved(order: &[usize], from: usize, block: usize, to: usize) -> Vec<usize> {
    let mut rest = order.to_vec();
    let end = from.saturating_add(block).min(rest.len());
    let taken: Vec<usize> = rest.drain(from.min(end)..end).collect();
    let to = to.min(rest.len());
    rest.splice(to..to, taken);
    rest
}

/// The steps that are not part of the longest run that keeps its order: those that a reader sees
/// moved.
fn out_of_order(order: &[usize]) -> Vec<usize> {
    // For each place the longest rising run that ends there, and the place before it in that run.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(order.len());
    for (place, &step) in order.iter().enumerate() {
        let before =
            best.iter().zip(order).enumerate().take(place).filter(|(_, (_, other))| **other < step);
        let longest = before
            .max_by_key(|(_, ((length, _), _))| *length)
            .map(|(at, ((length, _), _))| (*length, at));
        best.push(longest.map_or((1, None), |(length, at)| (length.saturating_add(1), Some(at))));
    }
    let mut at =
        best.iter().enumerate().max_by_key(|(_, (length, _))| *length).map(|(place, _)| place);
    let mut kept = Vec::new();
    while let Some(place) = at {
        kept.extend(order.get(place));
        at = best.get(place).and_then(|(_, before)| *before);
    }
    order.iter().copied().filter(|step| !kept.contains(step)).collect()
}

/// How many errors come from the order of steps, and how many warnings there are.
fn harm(lint: &PlanLint) -> (usize, usize) {
    let of_order = lint.findings.iter().filter(|finding| is_of_order(finding)).count();
    (of_order, lint.count(Level::Warning))
}

/// A warning, once for each service that is left with an old certificate.
type Warning = (Code, Option<(Service, NodeId)>);

fn warnings(lint: &PlanLint) -> BTreeSet<Warning> {
    let services = |fact: &Fact| {
        if let Fact::Services(services) = fact { services.clone() } else { Vec::new() }
    };
    let found = lint.findings.iter().filter(|finding| finding.code.level() == Level::Warning);
    found
        .flat_map(|finding| {
            let left = finding.evidence.iter().flat_map(services).map(Some);
            left.chain([None]).map(|service| (finding.code, service)).collect::<Vec<_>>()
        })
        .collect()
}

fn is_of_order(finding: &PlanFinding) -> bool {
    matches!(
        finding.code,
        Code::BothCtlAnchorsInOneWindow
            | Code::CapfStillInUse
            | Code::CtlAfterCallmanager
            | Code::DeletionComesBack
            | Code::PhonesLocked
            | Code::TvsAndSignerInOneRound
            | Code::TvsRestartTooEarly
            | Code::WholeGroupDown
    )
}

fn is_event(operation: &Operation) -> bool {
    use Operation as Op;
    matches!(
        operation,
        Op::NodeDown { .. }
            | Op::NodeUp { .. }
            | Op::PhoneOffline { .. }
            | Op::PhoneOnline { .. }
            | Op::ReplBreak { .. }
            | Op::ReplFix { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_moves_as_one() {
        assert_eq!(moved(&[0, 1, 2, 3, 4], 1, 2, 3), [0, 3, 4, 1, 2]);
        assert_eq!(moved(&[0, 1, 2], 2, 1, 0), [2, 0, 1]);
    }

    #[test]
    fn a_long_plan_or_many_nodes_leave_fewer_orders() {
        use crate::cluster::{Mode, NodeSpec, PhoneSpec};
        use trustlist::lint::Release;
        let node = |number: usize| NodeSpec {
            name: alloc::format!("n{number}").into(),
            product: crate::release::Product::Cucm,
            publisher: number == 0,
            tftp: true,
            callmanager: true,
        };
        let cluster = |nodes: usize| {
            let release: Release = "12.5".parse().unwrap();
            Cluster::new(release, Mode::NonSecure, (0..nodes).map(node).collect()).unwrap()
        };
        let plan = |steps| alloc::vec![Operation::Check { what: "".into() }; steps];
        assert_eq!(few_orders(&cluster(3), &plan(30)), None);
        assert_eq!(few_orders(&cluster(21), &plan(30)), Some(58));
        assert_eq!(few_orders(&cluster(64), &plan(18)), Some(17));
        let mut many = cluster(64);
        let nodes: Vec<NodeId> = many.nodes().map(|(node, _)| node).collect();
        for (at, node) in nodes.iter().enumerate() {
            let spec = PhoneSpec::new(&alloc::format!("SEP{at}"), &[*node], &[*node]);
            many.add_phone(spec).unwrap();
        }
        assert_eq!(few_orders(&many, &plan(18)), Some(13));
        assert_eq!(few_orders(&cluster(3), &plan(500)), Some(6));
        assert_eq!(few_orders(&cluster(3), &plan(10_000)), Some(0));
    }

    #[test]
    fn the_fewest_steps_count_as_moved() {
        assert_eq!(out_of_order(&[0, 3, 4, 5, 1, 2]), [1, 2]);
        assert!(out_of_order(&[0, 1, 2]).is_empty());
    }

    /// Nobody plans that a node goes down: no step is moved to the other side of it.
    #[test]
    fn nothing_is_moved_past_an_event() {
        use crate::cluster::{Mode, NodeSpec, Nodes, PhoneSpec, Phones};
        use crate::release::{Product, Unit};
        let node = NodeSpec {
            name: "hq".into(),
            product: Product::Cucm,
            publisher: true,
            tftp: true,
            callmanager: true,
        };
        let mut cluster =
            Cluster::new("10.5".parse().unwrap(), Mode::NonSecure, alloc::vec![node]).unwrap();
        let hq = cluster.node("hq").unwrap();
        let phone = cluster.add_phone(PhoneSpec::new("SEP1", &[hq], &[hq])).unwrap();
        let cluster = Arc::new(cluster);
        let phones = || Phones::These(Arc::from([phone]));
        let nodes = || Nodes::These(alloc::vec![hq]);
        let events = [
            Operation::NodeDown { nodes: nodes() },
            Operation::NodeUp { nodes: nodes() },
            Operation::PhoneOffline { phones: phones() },
            Operation::PhoneOnline { phones: phones() },
            Operation::ReplBreak { nodes: nodes() },
            Operation::ReplFix { nodes: nodes() },
        ];
        let steps = [
            Operation::Check { what: "preflight".into() },
            Operation::Regen { unit: Unit::Tvs, nodes: Nodes::All },
            Operation::Restart { service: Service::Tvs, nodes: Nodes::All },
            Operation::ResetPhones { phones: Phones::All },
        ];
        for (middle, passes) in events
            .into_iter()
            .map(|event| (event, true))
            .chain(steps.into_iter().map(|step| (step, false)))
        {
            let check = || Operation::Check { what: "".into() };
            let plan = [check(), check(), middle, check(), check()];
            let search = Search { cluster: &cluster, plan: &plan, said: BTreeSet::new(), left: 0 };
            let order = [0, 1, 2, 3, 4];
            assert!(
                !search.passes_an_event(&order, 0, 1, 1)
                    && !search.passes_an_event(&order, 3, 1, 4)
            );
            for (from, block, to) in [(0, 1, 2), (0, 2, 1), (3, 1, 2), (4, 1, 0), (2, 1, 3)] {
                assert_eq!(
                    search.passes_an_event(&order, from, block, to),
                    passes,
                    "{:?} {from} {block} {to}",
                    plan[2]
                );
            }
        }
    }
}
