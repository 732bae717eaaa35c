//! Checks, backups and anchors that a plan should not do without: L-01, L-02, L-07, L-08, L-10,
//! L-10a, L-16, L-19, L-27.

use super::context::{Check, Context, History};
use super::{Fact, PlanFinding, add};
use crate::cluster::{
    Cert, Mode, NodeId, NodeSet, Nodes, Operation, PhoneSecurity, PhoneSpec, Rollback, Run,
    StoreUnit,
};
use crate::code::PlanLintCode as Code;
use crate::deletion::{Forecast, forecast};
use crate::release::{Product, Release, Service, TrustUnit, Unit};
use alloc::vec::Vec;
use trustlist::phone::{Family, SecurityByDefault, TlsVersion, TvsClient};

pub(super) fn precautions(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    findings.extend(no_preflight(context));
    findings.extend(single_group(context));
    findings.extend(no_gate(context));
    findings.extend(recovery_without_anchor(context));
    findings.extend(legacy_phones(context));
    findings.extend(ctl_unchecked(context));
    findings.extend(no_ctl(context));
    findings.extend(no_backup(context));
    findings.extend(rollback_left_on(context));
}

/// L-01.
fn no_preflight(context: &Context<'_>) -> Option<PlanFinding> {
    let (step, operation) =
        context.steps().find(|(_, operation)| matches!(operation, Operation::Regen { .. }))?;
    if looked(context, step, Check::Preflight) {
        return None;
    }
    let Operation::Regen { unit, .. } = operation else { return None };
    Some(
        PlanFinding::new(Code::NoPreflight, step)
            .fact(Fact::Unit(*unit))
            .fact(Fact::Missing(Check::Preflight.as_str())),
    )
}

/// Checks if a check of this kind comes before a step.
fn looked(context: &Context<'_>, step: u32, wanted: Check) -> bool {
    let mut before = context.steps().take_while(|(number, _)| *number < step);
    before.any(|(_, operation)| Context::check(operation).is_some_and(|check| check.covers(wanted)))
}

/// L-02.
fn single_group(context: &Context<'_>) -> Option<PlanFinding> {
    let units = [Unit::CallManager, Unit::Tvs, Unit::ItlRecovery];
    let (step, unit) = context.steps().find_map(|(step, operation)| match operation {
        Operation::Regen { unit, .. } if units.contains(unit) => Some((step, *unit)),
        _ => None,
    })?;
    let phones =
        context.phones(|phone| context.spec(phone).is_some_and(|spec| spec.cm_group.len() < 2));
    (!phones.is_empty()).then(|| {
        PlanFinding::new(Code::SingleCallmanagerGroup, step).phones(phones).fact(Fact::Unit(unit))
    })
}

/// L-27: the signer changes, and phones that need TVS may not be able to ask it (P-TVS-11). Phones
/// with a blank list need none.
fn legacy_phones(context: &Context<'_>) -> Option<PlanFinding> {
    if context.cluster.tls_minimum == Some(TlsVersion::V1_0) {
        return None;
    }
    let signer = context.signer_unit();
    let (step, _) = context.steps().find(|(step, operation)| {
        let renews = context.regenerates(*step, operation).is_some_and(|(unit, _)| unit == signer);
        renews && context.plain().before(*step).rollback() == Rollback::Off
    })?;
    let legacy = |spec: &PhoneSpec| {
        let model = spec.model.as_deref().and_then(Family::of_model);
        model.is_some_and(|family| family.tvs_client == TvsClient::Legacy)
            && spec.security_by_default != SecurityByDefault::No
    };
    let phones = context.phones(|phone| context.spec(phone).is_some_and(legacy));
    (!phones.is_empty()).then(|| {
        PlanFinding::new(Code::LegacyPhonesAndTls, step).phones(phones).fact(Fact::Unit(signer))
    })
}

/// The units whose regeneration phones notice.
const PHONE_UNITS: [Unit; 4] = [Unit::CallManager, Unit::Tvs, Unit::Capf, Unit::ItlRecovery];

/// L-07.
fn no_gate(context: &Context<'_>) -> Vec<PlanFinding> {
    let mut found = Vec::new();
    let mut since_reset = None;
    for (step, operation) in context.steps() {
        match operation {
            Operation::ResetPhones { .. } => since_reset = Some(step),
            Operation::Check { .. }
                if Context::check(operation).is_some_and(|check| check.covers(Check::Phones)) =>
            {
                since_reset = None;
            }
            Operation::Regen { unit, .. }
                if PHONE_UNITS.contains(unit) && context.regenerates(step, operation).is_some() =>
            {
                if let Some(reset) = since_reset.take() {
                    let finding =
                        PlanFinding::new(Code::NoGateBetweenRounds, step).fact(Fact::Unit(*unit));
                    found.push(
                        finding
                            .fact(Fact::Since(reset))
                            .fact(Fact::Missing(Check::Phones.as_str())),
                    );
                }
            }
            _ => {}
        }
    }
    found
}

/// L-08.
fn recovery_without_anchor(context: &Context<'_>) -> Vec<PlanFinding> {
    let mut found = Vec::new();
    if context.cluster.release() < Release::first(12, 0) {
        return found;
    }
    let mut open = None;
    for (step, operation) in context.steps() {
        let mixed = context.plain().mode(step) == Mode::Mixed;
        match operation {
            Operation::Regen { unit: Unit::ItlRecovery, .. }
                if context.regenerates(step, operation).is_some() =>
            {
                open = Some(step);
            }
            Operation::ItlResetLocalkey if !mixed => open = None,
            Operation::CtlResetLocalkey if mixed => open = None,
            Operation::ResetPhones { .. } => {
                if let Some(since) = open.take() {
                    let missing = if mixed {
                        Operation::CtlResetLocalkey
                    } else {
                        Operation::ItlResetLocalkey
                    };
                    let finding = PlanFinding::new(Code::RecoveryWithoutAnchor, step)
                        .fact(Fact::Unit(Unit::ItlRecovery));
                    found
                        .push(finding.fact(Fact::Since(since)).fact(Fact::Missing(missing.word())));
                }
            }
            _ => {}
        }
    }
    found
}

/// L-10.
fn ctl_unchecked(context: &Context<'_>) -> Option<PlanFinding> {
    let writes = |operation: &Operation| {
        matches!(
            operation,
            Operation::CtlUpdate | Operation::CtlResetLocalkey | Operation::SetMode(_)
        )
    };
    let (step, _) = context.steps().find(|(_, operation)| writes(operation))?;
    let fine = looked(context, step, Check::Replication);
    (!fine).then(|| {
        PlanFinding::new(Code::CtlUpdateUnchecked, step)
            .fact(Fact::Missing(Check::Replication.as_str()))
    })
}

/// L-10a.
fn no_ctl(context: &Context<'_>) -> Vec<PlanFinding> {
    let needs = |operation: &Operation| {
        matches!(operation, Operation::CtlUpdate | Operation::CtlResetLocalkey)
    };
    let without = |step: u32| context.plain().mode(step) == Mode::NonSecure;
    let steps = context.steps().filter(|&(step, operation)| needs(operation) && without(step));
    steps.map(|(step, _)| PlanFinding::new(Code::CtlUpdateWithoutCtl, step)).collect()
}

/// L-16.
fn no_backup(context: &Context<'_>) -> Option<PlanFinding> {
    let regenerated = context.steps().filter_map(|(step, operation)| match operation {
        Operation::Regen { unit, .. } if PHONE_UNITS.contains(unit) => {
            context.regenerates(step, operation).map(|_| (step, *unit))
        }
        _ => None,
    });
    let (last, unit) = regenerated.last()?;
    let backs_up = |operation: &Operation| {
        Context::check(operation).is_some_and(|check| check.covers(Check::Backup))
    };
    let saved = context.steps().any(|(step, operation)| step > last && backs_up(operation));
    let finding =
        || PlanFinding::of_plan(Code::NoBackup).fact(Fact::Unit(unit)).fact(Fact::Since(last));
    (!saved).then(|| finding().fact(Fact::Missing(Check::Backup.as_str())))
}

/// L-19.
fn rollback_left_on(context: &Context<'_>) -> Option<PlanFinding> {
    let set = context.steps().filter_map(|(step, operation)| match operation {
        Operation::SetRollback(rollback) => Some((step, *rollback)),
        _ => None,
    });
    let (step, rollback) = set.last()?;
    (rollback == Rollback::On).then(|| PlanFinding::new(Code::RollbackLeftOn, step))
}

// Deletions that do not last or cost something: L-13, L-13a, L-13b, L-15.

/// A deletion that took files away.
struct Deletion {
    step: u32,
    unit: TrustUnit,
    cert: Cert,
    nodes: Vec<NodeId>,
}

pub(super) fn deletions(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    for history in context.judged() {
        let deletions: Vec<Deletion> =
            context.steps().filter_map(|(step, op)| deletion(history, step, op)).collect();
        comes_back(history, &deletions, findings);
    }
    let history = context.plain();
    let deletions: Vec<Deletion> =
        context.steps().filter_map(|(step, op)| deletion(history, step, op)).collect();
    findings.extend(deletions.iter().filter_map(|deletion| local_only(history, deletion)));
    findings.extend(unsure(context, &deletions));
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

/// L-13: an hour after the plan, with every node up and every notification service running, a node
/// has it again.
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

/// L-13b: a certificate is gone at the end by an assumption only (C-44, D2.2).
fn unsure(context: &Context<'_>, deletions: &[Deletion]) -> Vec<PlanFinding> {
    if deletions.is_empty() {
        return Vec::new();
    }
    let plan: Vec<Operation> = context.steps().map(|(_, operation)| operation.clone()).collect();
    let forecasts = forecast(context.cluster, &plan).unwrap_or_default();
    let unsure = forecasts.iter().filter(|forecast| !forecast.assumed.is_empty());
    let finding = |forecast: &Forecast| {
        let is_of =
            |deletion: &&Deletion| (deletion.unit, deletion.cert) == (forecast.unit, forecast.cert);
        let deletion = deletions.iter().rev().find(is_of)?;
        let finding = PlanFinding::new(Code::DeletionUnsure, deletion.step);
        Some(finding.fact(Fact::Store(forecast.unit)).fact(Fact::Certificate(forecast.cert)))
    };
    unsure.filter_map(finding).collect()
}

/// L-15: the two stores that CallManager and CAPF search for the issuer.
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
