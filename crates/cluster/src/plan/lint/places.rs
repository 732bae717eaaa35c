//! Steps that name a node where nothing can be done: L-12, L-17; and lists that grow too large: L-21.

use super::context::Context;
use super::finding::{Fact, PlanFinding};
use crate::cluster::{NodeId, Nodes, Operation};
use crate::code::PlanLintCode as Code;
use alloc::vec::Vec;
use trustlist::release::Service;

/// More certificates than this push an ITL over 64 kB (C-67).
const MAX_CERTIFICATES: usize = 39;

pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
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
