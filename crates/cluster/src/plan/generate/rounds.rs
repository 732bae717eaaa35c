//! One round for each kind of certificate, in the order of P8.

use super::draft::Draft;
use super::{Document, Order, PlanNote, Purpose, RoundKind, draft as waves};
use crate::cluster::{
    Assume, Cert, LscStart, NodeId, Nodes, Operation, PhoneId, Phones, Policy, Run, StoreUnit,
};
use crate::release::{Release, ReleaseRules as _, Service, TrustUnit, Unit};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// How rounds that change a signer are built. The first that the simulator finds safe is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strategy {
    /// TFTP is stopped in mixed mode while a new signer is not in the CTL.
    pub(super) silence: Silence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// In every release.
    Always,
    /// Where it has to be: before 12.0 (case M17).
    Before12,
}

pub(super) const STRATEGIES: &[Strategy] =
    &[Strategy { silence: Silence::Before12 }, Strategy { silence: Silence::Always }];

pub(super) fn renew(draft: &mut Draft) {
    let mut asked = Vec::new();
    for &unit in &draft.request.renew.clone() {
        match draft.owners(unit) {
            _ if asked.contains(&unit) => {}
            Some(_) => asked.push(unit),
            None => draft.notes.push(PlanNote::NoSuchUnit(unit)),
        }
    }
    for units in order(draft.request.order) {
        let units: Vec<Unit> = units.iter().copied().filter(|unit| asked.contains(unit)).collect();
        if let Some(&first) = units.first() {
            round(draft, first, &units);
        }
    }
}

/// The rounds in order; certificates of one line are renewed together.
fn order(order: Order) -> Vec<&'static [Unit]> {
    let mut rounds: Vec<&'static [Unit]> = vec![
        &[Unit::Tomcat, Unit::TomcatEcdsa],
        &[Unit::Ipsec],
        &[Unit::Cup, Unit::CupEcdsa],
        &[Unit::CupXmpp, Unit::CupXmppEcdsa, Unit::CupXmppS2s, Unit::CupXmppS2sEcdsa],
        &[Unit::Authz],
        &[Unit::Capf],
    ];
    let (manager, tvs): (&[Unit], &[Unit]) =
        (&[Unit::CallManager, Unit::CallManagerEcdsa], &[Unit::Tvs]);
    match order {
        Order::Procedure => rounds.extend([manager, tvs]),
        Order::Guide => rounds.extend([tvs, manager]),
    }
    rounds.push(&[Unit::ItlRecovery]);
    rounds
}

fn round(draft: &mut Draft, first: Unit, units: &[Unit]) {
    if matches!(first, Unit::CallManager | Unit::CallManagerEcdsa) {
        return callmanager(draft, units);
    }
    draft.round(RoundKind::Renew { units: units.to_vec(), part: (1, 1) });
    match first {
        Unit::ItlRecovery => return itl_recovery(draft),
        Unit::Capf => return capf(draft),
        _ => regen(draft, units),
    }
    match first {
        Unit::Tomcat | Unit::TomcatEcdsa => {
            draft.restart(Service::Tomcat, None);
            if units.iter().any(|&unit| draft.cluster.release().backups_use(unit)) {
                draft.restart(Service::DrfMaster, None);
                draft.restart(Service::DrfLocal, None);
            }
            draft.check("certificate of every administration page, after 10 to 15 minutes");
        }
        Unit::Ipsec => {
            let reuse =
                (draft.from(14, 0) && !draft.from(15, 0)).then_some(Document::ReleaseNotes14);
            draft.restart(Service::DrfMaster, reuse);
            draft.restart(Service::DrfLocal, reuse);
            if draft.from(15, 0) {
                draft.restart(Service::Tomcat, None);
            }
        }
        Unit::Cup | Unit::CupEcdsa => {
            draft.restart(Service::SipProxy, None);
            draft.restart(Service::PresenceEngine, None);
        }
        Unit::Authz => draft.restart(Service::CallManager, None),
        Unit::Tvs => tvs(draft),
        _ => draft.restart(Service::XcpRouter, None),
    }
}

fn regen(draft: &mut Draft, units: &[Unit]) {
    for &unit in units {
        if let Some(nodes) = draft.owners(unit) {
            draft.step(Operation::Regen { unit, nodes });
        }
    }
}

/// The CTL with the new certificates, and a look at it.
fn ctl_update(draft: &mut Draft) {
    draft.step(Operation::CtlUpdate);
    draft.check("show_ctl on the publisher and every TFTP node");
}

/// TVS first: if it reads its store only when it starts, it has to know the new signer before
/// TFTP serves it.
fn restart_tvs_and_tftp(draft: &mut Draft, tvs: Option<Document>, tftp: Option<Document>) {
    draft.restart(Service::Tvs, tvs);
    draft.restart(Service::Tftp, tftp);
    draft.check("show_itl on every TFTP node");
}

/// Returns the document of 14 that calls the step unnecessary.
fn by_itself(draft: &Draft) -> Option<Document> {
    draft.from(14, 0).then_some(Document::ReleaseNotes14)
}

fn capf(draft: &mut Draft) {
    regen(draft, &[Unit::Capf]);
    if draft.is_mixed() {
        ctl_update(draft);
    }
    let by_itself = by_itself(draft);
    draft.restart(Service::Capf, by_itself);
    if !draft.from(12, 0) {
        draft.restart(Service::CallManager, None);
    }
    restart_tvs_and_tftp(draft, by_itself, by_itself);
    draft.update_phones();
    new_lscs(draft);
}

/// Gives every phone with an LSC a new one, after it accepted the lists with the new CAPF
/// certificate (3.1: before the old copies are removed).
fn new_lscs(draft: &mut Draft) {
    let online = lsc_holders(draft, |online| online);
    let offline = lsc_holders(draft, |online| !online);
    if online.is_empty() && offline.is_empty() {
        return;
    }
    if !online.is_empty() {
        draft.step(Operation::LscUpdate { phones: Phones::These(Arc::from(online.clone())) });
        lsc_gate(draft);
    }
    draft.notes.push(PlanNote::LscRenewed { online, offline });
}

fn lsc_gate(draft: &mut Draft) {
    draft.gate("phones: every LSC issued by the new CAPF certificate", Purpose::LscGate);
}

fn tvs(draft: &mut Draft) {
    let by_itself = by_itself(draft);
    let tvs = draft.cluster.tvs_restarts_itself.then_some(Document::SecurityGuide125);
    restart_tvs_and_tftp(draft, by_itself.or(tvs), by_itself);
    draft.update_phones();
}

/// CallManager: in mixed mode the phones get the new CTL before the service presents the new
/// certificate (I-2); from 14 on it presents it at once. Either way CTL and service disagree for a
/// time: the nodes are renewed in turns if there are encrypted phones, so that each finds a server
/// that it knows.
fn callmanager(draft: &mut Draft, units: &[Unit]) {
    let mixed = draft.is_mixed() && units.contains(&Unit::CallManager);
    let turns = if mixed { waves::turns(&draft.cluster) } else { vec![Vec::new()] };
    let several = turns.len() > 1;
    if mixed {
        let dropped = waves::dropped(&draft.cluster);
        if !dropped.is_empty() {
            draft.notes.push(PlanNote::EncryptedDrop(dropped));
        }
    }
    let count = turns.len();
    for (nodes, turn) in turns.into_iter().zip(1..) {
        draft.round(RoundKind::Renew { units: units.to_vec(), part: (turn, count) });
        callmanager_turn(draft, units, several.then_some(nodes));
    }
}

fn callmanager_turn(draft: &mut Draft, units: &[Unit], nodes: Option<Vec<NodeId>>) {
    let here = |draft: &Draft, unit: Unit| match &nodes {
        Some(nodes) => Some(Nodes::These(nodes.clone())),
        None => draft.owners(unit),
    };
    let signs = units.contains(&Unit::CallManager);
    let silent = signs && silence(draft);
    for &unit in units {
        if let Some(nodes) = here(draft, unit) {
            draft.step(Operation::Regen { unit, nodes });
        }
    }
    if !signs {
        draft.restart(Service::CallManager, None);
        draft.restart_on(Service::HaProxy, Nodes::All, None);
        return;
    }
    if draft.is_mixed() {
        ctl_update(draft);
    }
    let by_itself = by_itself(draft);
    draft.restart(Service::Tvs, by_itself);
    if silent {
        draft.push(
            Operation::Start { service: Service::Tftp, nodes: Nodes::All },
            Purpose::SilentTftp,
        );
    } else {
        draft.restart(Service::Tftp, by_itself);
    }
    draft.check("show_itl on every TFTP node");
    if draft.is_mixed() {
        draft.update_phones();
        if !draft.from(14, 0) {
            encrypted_later(draft);
        }
    }
    let scope = || nodes.clone().map_or(Nodes::All, Nodes::These);
    draft.restart_on(Service::CallManager, scope(), by_itself);
    draft.restart_on(Service::CtiManager, scope(), by_itself);
    draft.restart_on(Service::HaProxy, scope(), None);
    if draft.is_mixed() {
        draft.check("phones: registered as before, encrypted ones too");
    } else {
        draft.update_phones();
    }
}

/// Encrypted phones that hold the new CTL wait for CallManager to present what it names: the gate
/// says so.
fn encrypted_later(draft: &mut Draft) {
    let waits = !waves::dropped(&draft.cluster).is_empty();
    if let Some(step) =
        draft.rounds.last_mut().and_then(|round| round.steps.last_mut()).filter(|_| waits)
    {
        step.purpose = Purpose::EncryptedLater;
    }
}

/// Stops TFTP in mixed mode while the CTL lacks a new signer, so that a phone that resets by itself
/// meets nothing that it would refuse (cases M16, M17). Says whether it did.
fn silence(draft: &mut Draft) -> bool {
    let needed = match draft.strategy.silence {
        Silence::Always => true,
        Silence::Before12 => draft.cluster.release() < Release::first(12, 0),
    };
    if needed && draft.is_mixed() {
        draft.push(
            Operation::Stop { service: Service::Tftp, nodes: Nodes::All },
            Purpose::SilentTftp,
        );
        return true;
    }
    false
}

/// ITLRecovery: a reserve key before 12.0, the signer from then on, with the two-step procedure of
/// the Security Guide.
fn itl_recovery(draft: &mut Draft) {
    let signs = draft.from(12, 0);
    let silent = signs && silence(draft);
    regen(draft, &[Unit::ItlRecovery]);
    let by_itself = by_itself(draft);
    match (signs, draft.is_mixed()) {
        (false, mixed) => {
            if mixed {
                ctl_update(draft);
            }
            restart_tvs_and_tftp(draft, None, None);
        }
        (true, true) => {
            draft.step(Operation::CtlResetLocalkey);
            draft.gate(
                "show_ctl on every TFTP node: signed by CallManager of the publisher",
                Purpose::LocalKeyGate,
            );
            draft.restart(Service::Tvs, by_itself);
            if silent {
                draft.push(
                    Operation::Start { service: Service::Tftp, nodes: Nodes::All },
                    Purpose::SilentTftp,
                );
            } else {
                draft.restart(Service::Tftp, by_itself);
            }
            draft.update_phones();
            ctl_update(draft);
        }
        (true, false) => {
            // Lists are rebuilt first: what is signed with the local key must hold the new
            // certificate.
            draft.restart(Service::Tvs, by_itself);
            draft.restart(Service::Tftp, None);
            draft.step(Operation::ItlResetLocalkey);
            draft.gate(
                "show_itl on every TFTP node: signed by CallManager of the publisher",
                Purpose::LocalKeyGate,
            );
            draft.update_phones();
            draft.restart(Service::Tftp, None);
            draft.check("show_itl on every TFTP node: signed by ITLRecovery");
        }
    }
    draft.update_phones();
}

// The deletion of old trust certificates, with or without the cluster-wide feature (D2, D3).

/// A copy of a regenerated certificate, and its place.
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
        // Perhaps on another night than the round of CAPF, which gave the new LSCs.
        lsc_gate(draft);
    }
    let stop = !deletes_clusterwide(draft);
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

/// Checks if a deletion surely spreads by itself. D2.2, version gate: to 11.5 the sources disagree, so
/// that the certificates are deleted on every node, with the service stopped.
fn deletes_clusterwide(draft: &Draft) -> bool {
    draft.cluster.clusterwide_delete && draft.cluster.release().surely_deletes_clusterwide()
}

/// One node where the deletion spreads by itself, every holder elsewhere.
fn targets(draft: &Draft, unit: TrustUnit, holders: Vec<NodeId>) -> Vec<NodeId> {
    let product = |node: NodeId| draft.cluster.node_spec(node).product;
    let clusterwide = deletes_clusterwide(draft);
    let spreads = |node: &NodeId| clusterwide && unit.deleted_by_event(product(*node));
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

/// Returns the old certificates that the plan so far leaves in the trust stores: found by running
/// it.
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
