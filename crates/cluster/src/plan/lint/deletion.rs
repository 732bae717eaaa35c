//! Deletions that do not last or cost something: L-13, L-13a, L-15.

use super::context::{Context, History};
use super::finding::{Fact, PlanFinding, add};
use crate::cluster::{Cert, NodeId, NodeSet, Nodes, Operation, PhoneSecurity, Run, StoreUnit};
use crate::code::PlanLintCode as Code;
use alloc::vec::Vec;
use trustlist::release::{Product, Service, TrustUnit, Unit};

/// A deletion that took files away.
struct Deletion {
    step: u32,
    unit: TrustUnit,
    cert: Cert,
    nodes: Vec<NodeId>,
}

pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        let deletions: Vec<Deletion> =
            context.steps().filter_map(|(step, op)| deletion(history, step, op)).collect();
        comes_back(history, &deletions, findings);
    }
    let history = context.plain();
    let deletions: Vec<Deletion> =
        context.steps().filter_map(|(step, op)| deletion(history, step, op)).collect();
    findings.extend(deletions.iter().filter_map(|deletion| local_only(history, deletion)));
    findings.extend(context.steps().filter_map(|(step, op)| still_in_use(context, step, op)));
}

fn deletion(history: &History, step: u32, operation: &Operation) -> Option<Deletion> {
    let Operation::DeleteTrust { unit: StoreUnit::Trust(unit), cert, .. } = operation else {
        return None;
    };
    let (before, after) =
        (holders(history.before(step), *unit, *cert), holders(history.after(step), *unit, *cert));
    let nodes: Vec<NodeId> = before.iter().filter(|&node| !after.contains(node)).collect();
    (!nodes.is_empty()).then_some(Deletion { step, unit: *unit, cert: *cert, nodes })
}

fn holders(run: &Run, unit: TrustUnit, cert: Cert) -> NodeSet {
    run.files()
        .find(|&(of, held, _)| of == unit && held == cert)
        .map(|(_, _, nodes)| nodes)
        .unwrap_or_default()
}

/// L-13: an hour after the plan, with every node up and every notification service running, a node has it again.
fn comes_back(history: &History, deletions: &[Deletion], findings: &mut Vec<PlanFinding>) {
    if deletions.is_empty() {
        return;
    }
    let mut later = history.end().aside();
    let nodes = Nodes::All;
    let day_after = [
        Operation::NodeUp { nodes: nodes.clone() },
        Operation::ReplFix { nodes: nodes.clone() },
        Operation::Start { service: Service::Ccn, nodes },
        Operation::Wait { minutes: 60 },
    ];
    if !day_after.iter().all(|operation| later.apply(operation).is_ok()) {
        return;
    }
    for deletion in deletions {
        let there = holders(&later, deletion.unit, deletion.cert);
        let again: Vec<NodeId> =
            deletion.nodes.iter().copied().filter(|&node| there.contains(node)).collect();
        if !again.is_empty() {
            let finding =
                PlanFinding::new(Code::DeletionComesBack, deletion.step).policy(history.policy);
            let finding =
                finding.fact(Fact::Store(deletion.unit)).fact(Fact::Certificate(deletion.cert));
            add(findings, finding.fact(Fact::Nodes(again)));
        }
    }
}

/// L-13a.
fn local_only(history: &History, deletion: &Deletion) -> Option<PlanFinding> {
    let spreads = [Product::Cucm, Product::Imp]
        .into_iter()
        .any(|product| deletion.unit.deleted_by_event(product));
    let left: Vec<NodeId> = holders(history.end(), deletion.unit, deletion.cert).iter().collect();
    if spreads || left.is_empty() {
        return None;
    }
    let finding =
        PlanFinding::new(Code::DeletionLocalOnly, deletion.step).fact(Fact::Store(deletion.unit));
    Some(finding.fact(Fact::Certificate(deletion.cert)).fact(Fact::Nodes(left)))
}

/// L-15: both stores in which CallManager and CAPF look the issuer up.
fn still_in_use(context: &Context<'_>, step: u32, operation: &Operation) -> Option<PlanFinding> {
    let Operation::DeleteTrust { unit: StoreUnit::Trust(unit), cert, nodes } = operation else {
        return None;
    };
    let is_capf = matches!(cert, Cert::Own { unit: Unit::Capf, .. });
    let (TrustUnit::CallManager | TrustUnit::Capf, true) = (unit, is_capf) else { return None };
    let run = context.plain().before(step);
    let held = holders(run, *unit, *cert);
    if !context.named(nodes).iter().any(|&node| held.contains(node)) {
        return None;
    }
    let needs = |phone| {
        let encrypted =
            context.spec(phone).is_some_and(|spec| spec.security == PhoneSecurity::Encrypted);
        encrypted && run.lsc_issuer(phone) == Some(*cert)
    };
    let phones = context.phones(needs);
    let finding = PlanFinding::new(Code::CapfStillInUse, step)
        .fact(Fact::Store(*unit))
        .fact(Fact::Certificate(*cert));
    (!phones.is_empty()).then(|| finding.phones(phones))
}
