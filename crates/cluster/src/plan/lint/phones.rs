//! Phones that a plan meets broken, leaves alone or leaves locked: L-18, L-20a, L-20b, L-26.

use super::context::{Context, History, in_scope, is_locked};
use super::finding::{Fact, PlanFinding, add};
use crate::cluster::{NodeId, Operation, PhoneId, Run};
use crate::code::PlanLintCode as Code;
use alloc::{collections::BTreeMap, collections::BTreeSet, vec::Vec};
use trustlist::code::Level;
use trustlist::release::{Service, Unit};

pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        group_down(context, history, findings);
        broken_before(context, history, findings);
    }
    offline_during_change(context, findings);
}

/// L-18.
fn group_down(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    let mut done: BTreeSet<PhoneId> = BTreeSet::new();
    for (step, _) in context.steps() {
        let run = history.after(step);
        let phones = context
            .phones(|phone| !done.contains(&phone) && nowhere_to_register(context, run, phone));
        if !phones.is_empty() {
            done.extend(phones.iter().copied());
            add(
                findings,
                PlanFinding::new(Code::WholeGroupDown, step).policy(history.policy).phones(phones),
            );
        }
    }
}

fn nowhere_to_register(context: &Context<'_>, run: &Run, phone: PhoneId) -> bool {
    let Some(spec) = context.spec(phone) else { return false };
    let members: Vec<NodeId> = spec
        .cm_group
        .iter()
        .copied()
        .filter(|&node| run.is_activated(Service::CallManager, node))
        .collect();
    !members.is_empty()
        && !members.into_iter().any(|node| run.is_running(Service::CallManager, node))
}

/// L-20a.
fn broken_before(context: &Context<'_>, history: &History, findings: &mut Vec<PlanFinding>) {
    let phones = context.phones(|phone| is_locked(history.start(), phone));
    if !phones.is_empty() {
        add(
            findings,
            PlanFinding::new(Code::PhoneBrokenBefore, 0).policy(history.policy).phones(phones),
        );
    }
}

/// How far an off-line phone is behind.
#[derive(Clone, Copy, Default)]
struct Behind {
    changed: Option<u32>,
    missed: Option<u32>,
}

/// L-20b: off-line at a reset after a change of signer or TVS, and still off-line at the next such change.
fn offline_during_change(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    let mut found: BTreeMap<(u32, u32), Vec<PhoneId>> = BTreeMap::new();
    for group in &context.groups {
        if let Some(key) = group.first().and_then(|&phone| misses_two(context, phone)) {
            found.entry(key).or_default().extend(group);
        }
    }
    for ((step, since), mut phones) in found {
        phones.sort_unstable();
        findings.push(
            PlanFinding::new(Code::PhoneOfflineDuringChange, step)
                .phones(phones)
                .fact(Fact::Since(since)),
        );
    }
}

/// The step of the second change and that of the first.
fn misses_two(context: &Context<'_>, phone: PhoneId) -> Option<(u32, u32)> {
    let history = context.plain();
    let mut behind = Behind::default();
    for (step, operation) in context.steps() {
        let online = history.before(step).is_online(phone);
        let changes = |unit| unit == context.signer_unit() || unit == Unit::Tvs;
        if context.regenerates(step, operation).is_some_and(|(unit, _)| changes(unit)) {
            if let (false, Some(since)) = (online, behind.missed) {
                return Some((step, since));
            }
            behind.changed = behind.changed.or(Some(step));
        }
        match operation {
            Operation::ResetPhones { phones } if online && in_scope(phones, phone) => {
                behind = Behind::default()
            }
            Operation::ResetPhones { .. } if !online => {
                behind.missed = behind.missed.or(behind.changed)
            }
            _ if !online && history.after(step).is_online(phone) => behind = Behind::default(),
            _ => {}
        }
    }
    None
}

/// L-26: under any policy. What another error names already is not said again.
pub(super) fn judge_ends(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    let errors = findings.iter().filter(|finding| finding.level() == Level::Error);
    let named: BTreeSet<PhoneId> =
        errors.flat_map(|finding| finding.phones.iter().copied()).collect();
    let mut found = Vec::new();
    for history in context.histories() {
        let end = history.end();
        let mut by_file: BTreeMap<_, Vec<PhoneId>> = BTreeMap::new();
        for group in context
            .groups
            .iter()
            .filter(|group| group.first().is_some_and(|&phone| is_locked(end, phone)))
        {
            let left = group.iter().copied().filter(|phone| !named.contains(phone));
            let state = group.first().and_then(|&phone| end.phone_state(phone));
            let refuses = state.and_then(|state| state.judged.as_ref()?.refuses);
            by_file.entry(refuses).or_default().extend(left);
        }
        for (refuses, mut phones) in by_file {
            phones.sort_unstable();
            if !phones.is_empty() {
                let finding =
                    PlanFinding::of_plan(Code::PhonesLocked).policy(history.policy).phones(phones);
                add(
                    &mut found,
                    refuses.into_iter().map(Fact::Refuses).fold(finding, PlanFinding::fact),
                );
            }
        }
    }
    findings.extend(found);
}
