//! The CTL in mixed mode: L-04 (invariant I-2) and L-09.

use super::context::{Context, Coverage, History, in_scope, is_locked, would_refuse};
use super::{Fact, PlanFinding, add};
use crate::cluster::{
    Cert, ListView, Mode, NodeId, Nodes, Operation, PhoneId, PhoneSecurity, Policy, Run,
};
use crate::code::PlanLintCode as Code;
use crate::release::{Product, Release, Service, Unit};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use trustlist::wire::Role;

pub(super) fn ctl_updates(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        presented_too_early(context, history, findings);
        reset_too_early(context, history, findings);
    }
    findings.extend(both_anchors(context));
}

/// L-04: an encrypted phone finds no CallManager whose certificate is in its CTL, as the
/// certificates are newer, and the CTL was not updated yet; or it was, and no reset brings it to
/// the phone. (Between an update and its reset PLAN-MAIN restarts CallManager: encrypted phones are
/// away for that time, and come back with the reset.)
fn presented_too_early(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    let mut done: BTreeSet<PhoneId> = BTreeSet::new();
    for (step, _) in context.steps() {
        let run = history.after(step);
        if run.mode() != Mode::Mixed {
            continue;
        }
        let phones = context
            .phones(|phone| !done.contains(&phone) && meets_unknown(context, history, step, phone));
        if !phones.is_empty() {
            done.extend(phones.iter().copied());
            let finding = PlanFinding::new(Code::CtlAfterCallmanager, step)
                .policy(history.policy)
                .phones(phones);
            add(findings, finding.fact(Fact::Unit(Unit::CallManager)));
        }
    }
}

fn meets_unknown(context: &Context<'_>, history: &History, step: u32, phone: PhoneId) -> bool {
    let run = history.after(step);
    let encrypted = context
        .spec(phone)
        .filter(|spec| spec.security == PhoneSecurity::Encrypted && run.is_online(phone));
    let (Some(spec), Some(ctl)) = (encrypted, run.installed_ctl(phone)) else { return false };
    let running: Vec<NodeId> = spec
        .cm_group
        .iter()
        .copied()
        .filter(|&node| run.is_running(Service::CallManager, node))
        .collect();
    let newer = |node: NodeId| {
        run.presented(Service::CallManager, node).is_some_and(|cert| is_newer(cert, &ctl))
    };
    let served = run.served_ctl();
    let updated = |node: NodeId| {
        let presented = run.presented(Service::CallManager, node);
        served.as_ref().zip(presented).is_some_and(|(served, cert)| served.holds(cert))
    };
    let unknown = !running.is_empty() && running.iter().copied().all(newer);
    unknown && !(running.into_iter().all(updated) && reset_follows(context, step, phone))
}

fn reset_follows(context: &Context<'_>, step: u32, phone: PhoneId) -> bool {
    let mut later = context.steps().skip_while(|(number, _)| *number <= step);
    later.any(|(_, operation)| matches!(operation, Operation::ResetPhones { phones } if in_scope(phones, phone)))
}

/// Checks if a list holds an older certificate of the same node, and not this one.
fn is_newer(cert: Cert, list: &ListView) -> bool {
    let Cert::Own { unit, node, generation } = cert else { return false };
    let older = |held: Cert| match held {
        Cert::Own { unit: of, node: at, generation: before } => {
            of == unit && at == node && before < generation
        }
        Cert::Label(_) => false,
    };
    !list.holds(cert) && list.records().any(|(_, held)| older(held))
}

/// L-04: phones are reset while the served CTL lacks a regenerated CallManager certificate. The
/// first such reset.
fn reset_too_early(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    for (step, operation) in context.steps() {
        let Operation::ResetPhones { phones: scope } = operation else { continue };
        let run = history.before(step);
        let nodes = not_in_ctl(context, history, run);
        if run.mode() != Mode::Mixed || nodes.is_empty() {
            continue;
        }
        let reached = |phone| {
            in_scope(scope, phone) && run.is_online(phone) && run.installed_ctl(phone).is_some()
        };
        let phones = context.phones(reached);
        if !phones.is_empty() {
            let finding = PlanFinding::new(Code::CtlAfterCallmanager, step)
                .policy(history.policy)
                .phones(phones);
            add(
                findings,
                finding.fact(Fact::Missing(Operation::CtlUpdate.word())).fact(Fact::Nodes(nodes)),
            );
            return;
        }
    }
}

/// The nodes whose regenerated CallManager certificate the served CTL lacks.
fn not_in_ctl(context: &Context<'_>, history: &History, run: &Run) -> Vec<NodeId> {
    let Some(ctl) = run.served_ctl() else { return Vec::new() };
    let lacks = |node: NodeId| {
        let cert = run.own(Unit::CallManager, node);
        cert != history.start().own(Unit::CallManager, node) && !ctl.holds(cert)
    };
    let nodes = context.cluster.nodes().filter(|(_, spec)| spec.product == Product::Cucm);
    nodes.map(|(node, _)| node).filter(|&node| lacks(node)).collect()
}

/// A renewed anchor of the CTL, until phones hold a CTL with it.
#[derive(Clone, Debug)]
struct Renewed {
    step: u32,
    in_ctl: bool,
    coverage: Coverage,
}

/// L-09.
fn both_anchors(context: &Context<'_>) -> Vec<PlanFinding> {
    let mut found = Vec::new();
    if context.cluster.release() < Release::first(12, 0) {
        return found;
    }
    let (mut recovery, mut manager): (Option<Renewed>, Option<Renewed>) = (None, None);
    for (step, operation) in context.steps() {
        let mixed = context.plain().mode(step) == Mode::Mixed;
        let renewed = context
            .regenerates(step, operation)
            .filter(|(_, nodes)| nodes.contains(&context.cluster.publisher()));
        let new = Renewed { step, in_ctl: false, coverage: Coverage::default() };
        let other = match renewed {
            Some((Unit::ItlRecovery, _)) if mixed => {
                recovery = Some(new);
                manager.as_ref()
            }
            Some((Unit::CallManager, _)) if mixed => {
                manager = Some(new);
                recovery.as_ref()
            }
            _ => None,
        };
        found.extend(other.map(|other| {
            PlanFinding::new(Code::BothCtlAnchorsInOneWindow, step).fact(Fact::Since(other.step))
        }));
        for anchor in [&mut recovery, &mut manager] {
            if anchor.as_mut().is_some_and(|renewed| follow(context, step, operation, renewed)) {
                *anchor = None;
            }
        }
    }
    found
}

/// Follows a renewed anchor; says whether every phone has it now.
fn follow(context: &Context<'_>, step: u32, operation: &Operation, renewed: &mut Renewed) -> bool {
    match operation {
        Operation::CtlUpdate | Operation::CtlResetLocalkey => renewed.in_ctl = true,
        Operation::ResetPhones { phones } if renewed.in_ctl => {
            renewed.coverage.add(context, phones)
        }
        _ => {}
    }
    renewed.coverage.is_complete(context, context.plain().after(step))
}

// Rules about the vouchers for a new signer: L-03 and L-06 (invariant I-1), L-24.

pub(super) fn lost_anchors(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        one_round(context, history, findings);
    }
    findings.extend(reset_before_tvs(context));
}

/// L-03, and L-06 where the step is a restart of TVS.
fn one_round(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    let mut done: BTreeSet<PhoneId> = BTreeSet::new();
    for (step, operation) in context.steps() {
        let mut restarted = AfterTftpRestart::default();
        let phones = context.phones(|phone| {
            !done.contains(&phone) && cut_off(context, history, step, phone, &mut restarted)
        });
        if phones.is_empty() {
            continue;
        }
        done.extend(phones.iter().copied());
        let finding = |code| {
            PlanFinding::new(code, step)
                .policy(history.policy)
                .fact(Fact::Unit(context.signer_unit()))
        };
        add(findings, finding(Code::TvsAndSignerInOneRound).phones(phones.clone()));
        if matches!(operation, Operation::Restart { service: Service::Tvs, .. }) {
            add(findings, finding(Code::TvsRestartTooEarly).phones(phones));
        }
    }
}

/// Checks if signer and TVS of a phone's whole group are others than its ITL knows, and nothing
/// else vouches: what TFTP would serve after a restart is refused. A phone that was broken before
/// is for L-20a, one that stays offline to the end for L-20b.
fn cut_off(
    context: &Context<'_>,
    history: &History,
    step: u32,
    phone: PhoneId,
    restarted: &mut AfterTftpRestart,
) -> bool {
    let run = history.after(step);
    let changed = || {
        tvs_changed(context, history, run, phone) && signer_changed(context, history, run, phone)
    };
    let sound = || !history.start().phone_state(phone).is_some_and(would_refuse);
    let returns = || history.from(step).any(|run| run.is_online(phone));
    changed() && sound() && returns() && restarted.refuses(run, phone)
}

fn tvs_changed(context: &Context<'_>, history: &History, run: &Run, phone: PhoneId) -> bool {
    let (Some(spec), Some(itl)) = (context.spec(phone), run.installed_itl(phone)) else {
        return false;
    };
    let serves = |node: &&NodeId| context.cluster.node_spec(**node).product == Product::Cucm;
    let group: Vec<NodeId> = spec.cm_group.iter().filter(serves).copied().collect();
    let is_new = |node: NodeId| {
        let presented = run.presented(Service::Tvs, node);
        let known = itl.records().any(|(role, cert)| role == Role::Tvs && Some(cert) == presented);
        !known && presented != history.start().presented(Service::Tvs, node)
    };
    !group.is_empty() && group.into_iter().all(is_new)
}

fn signer_changed(context: &Context<'_>, history: &History, run: &Run, phone: PhoneId) -> bool {
    let (Some(tftp), Some(itl)) = (context.tftp(run, phone), run.installed_itl(phone)) else {
        return false;
    };
    let (unit, node) = (context.signer_unit(), context.signer_node(tftp));
    let signer = run.own(unit, node);
    signer != history.start().own(unit, node) && !itl.holds(signer)
}

/// One run with TFTP restarted on every node: made when the first phone asks for it, the same for
/// all phones.
#[derive(Default)]
struct AfterTftpRestart {
    trial: Option<Option<Run>>,
}

impl AfterTftpRestart {
    /// Checks if the phone would refuse what is served then.
    fn refuses(&mut self, run: &Run, phone: PhoneId) -> bool {
        let trial = self.trial.get_or_insert_with(|| {
            let mut trial = run.aside();
            let restart = Operation::Restart { service: Service::Tftp, nodes: Nodes::All };
            trial.apply(&restart).is_ok().then_some(trial)
        });
        trial.as_ref().and_then(|trial| trial.phone_state(phone)).is_some_and(would_refuse)
    }
}

/// L-24: at a reset a phone is locked where TVS reads its store only when it starts (D), and not if
/// it reads by itself (C).
fn reset_before_tvs(context: &Context<'_>) -> Vec<PlanFinding> {
    let (Some(c), Some(d)) = (context.history(Policy::C), context.history(Policy::D)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut done: BTreeSet<PhoneId> = BTreeSet::new();
    let mut since = None;
    for (step, operation) in context.steps() {
        if context
            .regenerates(step, operation)
            .is_some_and(|(unit, _)| unit == context.signer_unit())
        {
            since = Some(step);
        }
        let (Operation::ResetPhones { phones: scope }, Some(since)) = (operation, since) else {
            continue;
        };
        let needs_tvs = |phone| {
            in_scope(scope, phone)
                && is_locked(d.after(step), phone)
                && !is_locked(c.after(step), phone)
        };
        let phones = context.phones(|phone| !done.contains(&phone) && needs_tvs(phone));
        if !phones.is_empty() {
            done.extend(phones.iter().copied());
            let finding = PlanFinding::new(Code::ResetBeforeTvsRestart, step)
                .phones(phones)
                .policy(Policy::D);
            found.push(finding.fact(Fact::Unit(context.signer_unit())).fact(Fact::Since(since)));
        }
    }
    found
}
