//! What vouches for a new signer: L-03 and L-06 (invariant I-1), L-24.

use super::context::{Context, History, in_scope, is_locked, would_refuse};
use super::finding::{Fact, PlanFinding, add};
use crate::cluster::{NodeId, Nodes, Operation, PhoneId, Policy, Run};
use crate::code::PlanLintCode as Code;
use alloc::{collections::BTreeSet, vec::Vec};
use trustlist::release::{Product, Service};
use trustlist::wire::Role;

pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        one_round(context, history, findings);
    }
    findings.extend(reset_before_tvs(context));
}

/// L-03, and L-06 where the step is a restart of TVS.
fn one_round(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    let mut done: BTreeSet<PhoneId> = BTreeSet::new();
    for (step, operation) in context.steps() {
        let phones = context
            .phones(|phone| !done.contains(&phone) && cut_off(context, history, step, phone));
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

/// Whether signer and TVS of a phone's whole group are others than its ITL knows, and nothing else vouches: what TFTP
/// would serve after a restart is refused. A phone that was broken before is for L-20a, one that stays off-line to the end for
/// L-20b.
fn cut_off(context: &Context<'_>, history: &History, step: u32, phone: PhoneId) -> bool {
    let run = history.after(step);
    let changed = || {
        tvs_changed(context, history, run, phone) && signer_changed(context, history, run, phone)
    };
    let sound = || !history.start().phone_state(phone).is_some_and(would_refuse);
    let returns = || history.from(step).any(|run| run.is_online(phone));
    changed() && sound() && returns() && refused_after_tftp_restart(run, phone)
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

fn refused_after_tftp_restart(run: &Run, phone: PhoneId) -> bool {
    let mut trial = run.aside();
    let restarted = trial.apply(&Operation::Restart { service: Service::Tftp, nodes: Nodes::All });
    restarted.is_ok() && trial.phone_state(phone).is_some_and(would_refuse)
}

/// L-24: at a reset a phone is locked where TVS reads its store only when it starts (D), and not where it reads by
/// itself (C).
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
