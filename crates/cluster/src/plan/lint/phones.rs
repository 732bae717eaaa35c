//! Phones that a plan meets broken, leaves alone or leaves locked: L-18, L-20a, L-20b, L-26.

use super::context::{Context, History, in_scope, is_locked};
use super::{Fact, PlanFinding, add};
use crate::cluster::{Cluster, Mode, NodeId, Operation, PhoneId, Run};
use crate::code::PlanLintCode as Code;
use crate::release::{Release, ReleaseRules as _, Service, Unit};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use trustlist::code::Level;

pub(super) fn phones(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
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

/// The changes that an offline phone missed.
#[derive(Clone, Copy, Default)]
struct Behind {
    changed: Option<u32>,
    missed: Option<u32>,
}

/// L-20b: offline at a reset after a change of signer or TVS, and still offline at the next such
/// change.
fn offline_during_change(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    let mut found: BTreeMap<(u32, u32), Vec<PhoneId>> = BTreeMap::new();
    let is_change = |unit| unit == context.signer_unit() || unit == Unit::Tvs;
    let changes: BTreeSet<u32> = context
        .steps()
        .filter(|&(step, operation)| {
            context.regenerates(step, operation).is_some_and(|(unit, _)| is_change(unit))
        })
        .map(|(step, _)| step)
        .collect();
    for group in &context.groups {
        let first = group.first();
        if let Some(key) = first.and_then(|&phone| misses_two(context, &changes, phone)) {
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

/// Returns the step of the second change and that of the first; `changes` are the steps of both
/// certificates.
fn misses_two(
    context: &Context<'_>,
    changes: &BTreeSet<u32>,
    phone: PhoneId,
) -> Option<(u32, u32)> {
    let history = context.plain();
    let mut behind = Behind::default();
    for (step, operation) in context.steps() {
        let online = history.before(step).is_online(phone);
        if changes.contains(&step) {
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

// Services that still work with an old certificate: L-05, by the restart table (table 3.1).

/// On which nodes a service is to be restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Wherever it runs: what it serves or knows holds certificates of all nodes.
    All,
    /// On the node of the certificate.
    Here,
    /// On the publisher, and only for the publisher's certificate.
    Publisher,
}

/// The restart table: what has to be restarted after a regeneration in this cluster. HAProxy and
/// what the guides call unnecessary is not in it; from 14 on nothing is for CallManager, TVS, CAPF
/// and ITLRecovery.
pub(crate) fn restarts(cluster: &Cluster, unit: Unit) -> &'static [(Service, Reach)] {
    use Reach::{All, Here, Publisher};
    let release = cluster.release();
    let from = |major| release >= Release::first(major, 0);
    match unit {
        Unit::Tomcat | Unit::TomcatEcdsa if release.backups_use(unit) => {
            &[(Service::Tomcat, Here), (Service::DrfMaster, Here), (Service::DrfLocal, Here)]
        }
        Unit::Tomcat | Unit::TomcatEcdsa => &[(Service::Tomcat, Here)],
        Unit::Ipsec if from(15) => {
            &[(Service::DrfMaster, All), (Service::DrfLocal, All), (Service::Tomcat, Here)]
        }
        Unit::Ipsec if from(14) => &[],
        Unit::Ipsec => &[(Service::DrfMaster, All), (Service::DrfLocal, All)],
        Unit::CallManagerEcdsa if from(15) => &[],
        Unit::CallManagerEcdsa => &[(Service::CallManager, Here)],
        Unit::CallManager | Unit::Tvs | Unit::Capf | Unit::ItlRecovery if from(14) => &[],
        Unit::CallManager => &[
            (Service::CallManager, Here),
            (Service::CtiManager, Here),
            (Service::Tftp, Here),
            (Service::Tvs, Here),
        ],
        Unit::Capf if from(12) => {
            &[(Service::Capf, Publisher), (Service::Tvs, Publisher), (Service::Tftp, Publisher)]
        }
        Unit::Capf => &[
            (Service::Capf, Publisher),
            (Service::Tftp, Publisher),
            (Service::CallManager, Publisher),
            (Service::Tvs, Publisher),
        ],
        Unit::Tvs if cluster.tvs_restarts_itself => &[(Service::Tftp, All)],
        Unit::Tvs => &[(Service::Tvs, Here), (Service::Tftp, All)],
        Unit::ItlRecovery => &[(Service::Tvs, All), (Service::Tftp, All)],
        // Before 12.0 the table names nothing.
        Unit::Authz | Unit::Cup | Unit::CupEcdsa | Unit::CupXmpp | Unit::CupXmppEcdsa
            if !from(12) =>
        {
            &[]
        }
        Unit::Authz => &[(Service::CallManager, All)],
        Unit::Cup | Unit::CupEcdsa => &[(Service::SipProxy, Here), (Service::PresenceEngine, Here)],
        Unit::CupXmpp | Unit::CupXmppEcdsa => &[(Service::XcpRouter, Here)],
        Unit::CupXmppS2s | Unit::CupXmppS2sEcdsa => &[],
    }
}

/// A service that is to be restarted.
#[derive(Clone, Copy, Debug)]
struct Due {
    unit: Unit,
    since: u32,
    /// True if it has time until the end of the plan.
    late: bool,
    told: bool,
}

type Dues = BTreeMap<(Service, NodeId), Due>;

pub(super) fn restarts_missing(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
    let mut dues = Dues::new();
    for (step, operation) in context.steps() {
        if let Operation::ResetPhones { .. } = operation {
            let waits = |service, node| restarted_next(context, step, service, node);
            findings
                .extend(tell(&mut dues, Some(step), |key, due| !due.late && !waits(key.0, key.1)));
        }
        follow(context, step, operation, &mut dues);
    }
    findings.extend(tell(&mut dues, None, |_, _| true));
}

/// Returns one finding about the certificates that are due and were not reported yet.
fn tell(
    dues: &mut Dues,
    step: Option<u32>,
    counts: impl Fn(&(Service, NodeId), &Due) -> bool,
) -> Option<PlanFinding> {
    let due: Vec<_> = dues.iter_mut().filter(|(key, due)| !due.told && counts(key, due)).collect();
    let since = due.iter().map(|(_, due)| due.since).min()?;
    let units: alloc::collections::BTreeSet<Unit> = due.iter().map(|(_, due)| due.unit).collect();
    let services = due.iter().map(|(key, _)| **key).collect();
    due.into_iter().for_each(|(_, due)| due.told = true);
    let finding = PlanFinding { step, ..PlanFinding::of_plan(Code::MissingRestart) }
        .fact(Fact::Services(services));
    Some(
        units.into_iter().map(Fact::Unit).fold(finding, PlanFinding::fact).fact(Fact::Since(since)),
    )
}

fn follow(context: &Context<'_>, step: u32, operation: &Operation, dues: &mut Dues) {
    let before = context.plain().before(step);
    match operation {
        Operation::Regen { .. } => {
            let Some((unit, nodes)) = context.regenerates(step, operation) else { return };
            for key in nodes.iter().flat_map(|&node| due(context.cluster, before, unit, node)) {
                // Tomcat after ipsec has nothing to do with phones (15): it may wait for the tomcat
                // round.
                let late = unit == Unit::Ipsec && key.0 == Service::Tomcat;
                dues.insert(key, Due { unit, since: step, late, told: false });
            }
        }
        Operation::Restart { service, nodes } | Operation::Stop { service, nodes } => {
            let nodes = context.named(nodes);
            dues.retain(|(of, node), _| !(service.members().contains(of) && nodes.contains(node)));
        }
        // A stopped service uses no certificate, and loads the new one when it starts (C-50).
        Operation::NodeDown { nodes } => {
            let nodes = context.named(nodes);
            dues.retain(|(_, node), _| !nodes.contains(node));
        }
        // The two-step procedure: the normal signer comes back with the restart of TFTP after the
        // first reset.
        Operation::ItlResetLocalkey => {
            dues.retain(|(service, _), due| {
                due.unit != Unit::ItlRecovery || *service == Service::Tftp
            });
            dues.values_mut()
                .filter(|due| due.unit == Unit::ItlRecovery)
                .for_each(|due| due.late = true);
        }
        Operation::CtlResetLocalkey => dues.retain(|_, due| due.unit != Unit::ItlRecovery),
        _ => {}
    }
}

/// The running services that a regeneration on this node leaves with the old certificate.
fn due(cluster: &Cluster, run: &Run, unit: Unit, node: NodeId) -> Vec<(Service, NodeId)> {
    let publisher = cluster.publisher();
    let everywhere: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    let mut found = Vec::new();
    for &(service, reach) in restarts(cluster, unit) {
        let nodes = match reach {
            Reach::All => everywhere.clone(),
            Reach::Here => Vec::from([node]),
            // CAPF itself runs on the publisher; lists and stores hold its certificate everywhere.
            Reach::Publisher if node != publisher => Vec::new(),
            Reach::Publisher => everywhere.clone(),
        };
        found.extend(
            nodes
                .into_iter()
                .filter(|&node| run.is_running(service, node))
                .map(|node| (service, node)),
        );
    }
    found
}

/// Mixed mode: CallManager may present its new certificate only after the phones have it in their
/// CTL (I-2), so that a reset before its restart is right where the restart follows before anything
/// else is renewed.
fn restarted_next(context: &Context<'_>, step: u32, service: Service, node: NodeId) -> bool {
    if context.plain().mode(step) == Mode::NonSecure
        || !matches!(service, Service::CallManager | Service::CtiManager)
    {
        return false;
    }
    let later = context.steps().skip_while(|(number, _)| *number <= step);
    let mut round =
        later.take_while(|(_, operation)| !matches!(operation, Operation::Regen { .. }));
    round.any(|(_, operation)| match operation {
        Operation::Restart { service: of, nodes } => {
            *of == service && context.named(nodes).contains(&node)
        }
        _ => false,
    })
}

#[cfg(test)]
mod restart_tests {
    use super::*;
    use crate::cluster::{Mode, NodeSpec};
    use crate::release::Product;
    use alloc::string::String;
    use alloc::vec;

    /// The services of the restart table (3.1), with their nodes: `*` on all nodes,
    /// `p` on the publisher.
    fn told(version: &str, unit: Unit) -> String {
        let node = NodeSpec {
            name: "hq".into(),
            product: Product::Cucm,
            publisher: true,
            tftp: true,
            callmanager: true,
        };
        let cluster = Cluster::new(version.parse().unwrap(), Mode::NonSecure, vec![node]).unwrap();
        let mut words: Vec<String> = restarts(&cluster, unit)
            .iter()
            .map(|(service, reach)| {
                let place = match reach {
                    Reach::All => "*",
                    Reach::Here => "",
                    Reach::Publisher => "p",
                };
                alloc::format!("{service}{place}")
            })
            .collect();
        words.sort();
        words.join(", ")
    }

    #[test]
    fn the_restart_table() {
        let table: &[(Unit, [&str; 4])] = &[
            (Unit::Tomcat, ["Tomcat"; 4]),
            (Unit::TomcatEcdsa, ["Tomcat", "Tomcat", "DRF Local, DRF Master, Tomcat", "Tomcat"]),
            (Unit::Authz, ["", "CallManager*", "CallManager*", "CallManager*"]),
            (Unit::CupXmpp, ["", "XCP Router", "XCP Router", "XCP Router"]),
            (
                Unit::Ipsec,
                [
                    "DRF Local*, DRF Master*",
                    "DRF Local*, DRF Master*",
                    "",
                    "DRF Local*, DRF Master*, Tomcat",
                ],
            ),
            (Unit::CallManagerEcdsa, ["CallManager", "CallManager", "CallManager", ""]),
            (
                Unit::CallManager,
                [
                    "CTIManager, CallManager, TFTP, TVS",
                    "CTIManager, CallManager, TFTP, TVS",
                    "",
                    "",
                ],
            ),
            (Unit::Capf, ["CAPFp, CallManagerp, TFTPp, TVSp", "CAPFp, TFTPp, TVSp", "", ""]),
            (Unit::Tvs, ["TFTP*, TVS", "TFTP*", "", ""]),
            (Unit::ItlRecovery, ["TFTP*, TVS*", "TFTP*, TVS*", "", ""]),
        ];
        for (unit, rows) in table {
            for (version, wanted) in ["11.5", "12.5", "14", "15"].into_iter().zip(rows) {
                assert_eq!(told(version, *unit), *wanted, "{unit} in {version}");
            }
        }
        assert_eq!(told("14SU1", Unit::Tomcat), "DRF Local, DRF Master, Tomcat");
        assert_eq!(told("14SU2", Unit::Tomcat), "Tomcat");
    }
}
