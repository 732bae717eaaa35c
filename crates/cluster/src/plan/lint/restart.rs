//! Services that still work with an old certificate: L-05, by the restart table (table 3.1).

use super::context::Context;
use super::finding::{Fact, PlanFinding};
use crate::cluster::{Cluster, Mode, NodeId, Operation, Run};
use crate::code::PlanLintCode as Code;
use alloc::{collections::BTreeMap, vec::Vec};
use trustlist::release::{Release, Service, Unit};

/// On which nodes a service is to be restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Reach {
    /// Wherever it runs: what it serves or knows holds certificates of all nodes.
    All,
    /// On the node of the certificate.
    Here,
    /// On the publisher, and only for the publisher's certificate.
    Publisher,
}

/// The restart table: what has to be restarted after a regeneration in this cluster. HAProxy and what the guides call
/// unnecessary is not in it; from 14 on nothing is for CallManager, TVS, CAPF and ITLRecovery.
pub(in crate::plan) fn restarts(cluster: &Cluster, unit: Unit) -> &'static [(Service, Reach)] {
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
    /// Whether it has time until the end of the plan.
    late: bool,
    told: bool,
}

type Dues = BTreeMap<(Service, NodeId), Due>;

pub(super) fn judge(context: &Context<'_>, findings: &mut Vec<PlanFinding>) {
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

/// One finding about what is due and was not told yet.
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
                // Tomcat after ipsec has nothing to do with phones (15): it may wait for the tomcat round.
                let late = unit == Unit::Ipsec && key.0 == Service::Tomcat;
                dues.insert(key, Due { unit, since: step, late, told: false });
            }
        }
        Operation::Restart { service, nodes } | Operation::Stop { service, nodes } => {
            let nodes = context.named(nodes);
            dues.retain(|(of, node), _| !(service.members().contains(of) && nodes.contains(node)));
        }
        // What does not run works with nothing, and loads the new certificate when it starts (C-50).
        Operation::NodeDown { nodes } => {
            let nodes = context.named(nodes);
            dues.retain(|(_, node), _| !nodes.contains(node));
        }
        // The two-step procedure: the normal signer comes back with the restart of TFTP after the first reset.
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

/// Mixed mode: CallManager may present its new certificate only after the phones have it in their CTL (I-2), so that a
/// reset before its restart is right where the restart follows before anything else is renewed.
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
mod tests {
    use super::*;
    use crate::cluster::{Mode, NodeSpec};
    use alloc::{string::String, vec};
    use trustlist::release::Product;

    /// The services of the restart table (3.1), with where they are restarted: `*` on all nodes, `p` on the publisher.
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
