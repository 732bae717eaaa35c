//! The deletion of old trust certificates, with or without the cluster-wide feature (D2, D3).

use super::draft::Draft;
use super::{PlanNote, Purpose, RoundKind};
use crate::cluster::{
    Assume, Cert, LscStart, NodeId, Nodes, Operation, PhoneId, Phones, Policy, Run, StoreUnit,
};
use alloc::{sync::Arc, vec::Vec};
use trustlist::release::{Release, Service, TrustUnit, Unit};

/// A copy of a renewed certificate, and where it lies.
type Copy = (TrustUnit, Cert, Vec<NodeId>);

pub(super) fn old_trust(draft: &mut Draft) {
    let Some(mut copies) = old_copies(draft) else { return };
    let kept = lsc_holders(draft, |online| !online);
    if !kept.is_empty() && copies.iter().any(is_capf) {
        copies.retain(|copy| !is_capf(copy));
        draft.notes.push(PlanNote::CapfKept(kept));
    }
    if copies.is_empty() {
        return;
    }
    draft.round(RoundKind::DeleteOldTrust);
    let with_lsc = lsc_holders(draft, |online| online);
    if copies.iter().any(is_capf) && !with_lsc.is_empty() {
        draft.step(Operation::LscUpdate { phones: Phones::These(Arc::from(with_lsc)) });
        draft.gate("phones: every LSC issued by the new CAPF certificate", Purpose::LscGate);
    }
    // D2.2, version gate: to 11.5 the stop is the safe choice, feature or not.
    let stop = !draft.cluster.clusterwide_delete || draft.cluster.release() < Release::first(12, 0);
    if stop {
        draft.step(Operation::Stop { service: Service::Ccn, nodes: Nodes::All });
    }
    for (unit, cert, holders) in copies {
        let nodes = Nodes::These(targets(draft, unit, holders));
        draft.step(Operation::DeleteTrust { unit: StoreUnit::Trust(unit), cert, nodes });
    }
    if stop {
        draft.step(Operation::Wait { minutes: 30 });
        draft.step(Operation::Start { service: Service::Ccn, nodes: Nodes::All });
    }
    draft.step(Operation::Wait { minutes: 31 });
    draft.gate("trust stores of every node: the old certificates are gone", Purpose::StoresGate);
    draft.check("phones: registered as before, no Trust List failure");
}

/// One node where the deletion spreads by itself, every holder elsewhere.
fn targets(draft: &Draft, unit: TrustUnit, holders: Vec<NodeId>) -> Vec<NodeId> {
    let product = |node: NodeId| draft.cluster.node_spec(node).product;
    let spreads =
        |node: &NodeId| draft.cluster.clusterwide_delete && unit.deleted_by_event(product(*node));
    match holders.iter().copied().find(spreads) {
        Some(first) => {
            let left = holders.into_iter().filter(|node| !unit.deleted_by_event(product(*node)));
            core::iter::once(first).chain(left).collect()
        }
        None => holders,
    }
}

fn is_capf((_, cert, _): &Copy) -> bool {
    matches!(cert, Cert::Own { unit: Unit::Capf, .. })
}

fn lsc_holders(draft: &Draft, online: impl Fn(bool) -> bool) -> Vec<PhoneId> {
    draft.phones(|phone| phone.lsc == LscStart::Current && online(phone.online))
}

/// What the renewals of the plan so far leave behind in the trust stores: found by running them.
fn old_copies(draft: &Draft) -> Option<Vec<Copy>> {
    let mut run = Run::new(&draft.cluster, Policy::B, Assume::Lean);
    for operation in draft.operations() {
        run.apply(&operation).ok()?;
    }
    let is_old = |cert: Cert| match cert {
        Cert::Own { unit, node, generation } => match run.own(unit, node) {
            Cert::Own { generation: now, .. } => generation < now,
            Cert::Label(_) => false,
        },
        Cert::Label(_) => false,
    };
    let copies = run.files().filter(|(_, cert, _)| is_old(*cert));
    Some(copies.map(|(unit, cert, nodes)| (unit, cert, nodes.iter().collect())).collect())
}
