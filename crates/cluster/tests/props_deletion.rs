//! Properties of the deletion room: no input makes it panic, and the audit of the logs that a
//! simulated cluster writes never calls a certificate deleted that a node still holds.
#[path = "../../../tests/support/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use std::fmt::Write;
use trustlist_cluster::cluster::{
    Assume, Cluster, Event, FileTrigger, Mode, NodeId, NodeSpec, Nodes, Operation, Policy, Run,
    StoreUnit, TimedEvent,
};
use trustlist_cluster::deletion::logs::{join, parse_line, scan, url_decoded};
use trustlist_cluster::deletion::{
    Audit, ClusterVerdict, DeletionScope, Inventory, InventoryNode, NodeTime, Outcome,
    TargetCertificate, Verdict, forecast,
};
use trustlist_cluster::platform_event::EventLine;
use trustlist_cluster::release::{Product, Service, TrustUnit};

fn until() -> NodeTime {
    NodeTime::parse("2026-07-20T00:00:00").unwrap()
}

/// Bytes that look like logs: pieces of real lines, broken and put together anyhow.
fn log_like() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static str> = vec![
        "Jul  6 03:12:05 n1 user 6 ilog_impl: ",
        "emitted platform-event(--",
        "no-wait platform-event-clusterwide-certificate-delete ",
        "HOSTNAME=n1 UNIT=tomcat-trust ",
        "Type=certs-trust NAME=a.pem)",
        "2026-07-06 03:12:05,374 INFO [main] - ",
        "2026-07-06 03:12:05,374 DEBUG [InsertThread --- 8] - ",
        "IN -- CertDBAction.java - deleteCertificateInDB(certInfo) -",
        "DELETE FLAG :: isSrvMap=false :: ",
        "importTrustCert tomcat-trust a.pem",
        "tomcat-trust Certificate successfully updated in trust-store",
        "Updated Data in X ::<msg><time>99999999999999999999</time></msg>",
        "CertMgmt Operation Result : ",
        "op: delete",
        "unit:tomcat%2Dtrust certDir:%2Fx%2F%FFa.pem",
        "%UC_CERT-0-CertExpired: %[Message=Certificate name:",
        "][NodeID=",
        "]: ",
        "\n",
        "\r\n",
        " ",
        "é%",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn read(bytes: &[u8]) {
    let mut seen = 0;
    let (summary, end) = scan(bytes, until(), &mut |_, _| seen += 1);
    assert!(end.is_ok() && summary.bytes == bytes.len() as u64);
    let text = String::from_utf8_lossy(bytes);
    for entry in join(&text) {
        let _ = parse_line(&entry);
    }
    let _ = parse_line(&text);
    let _ = url_decoded(&text);
    let _ = NodeTime::parse(&text);
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let _ = NodeTime::without_year(word(), word(), word(), until());
    let node = InventoryNode { name: "n1".to_owned(), product: Product::Cucm };
    let inventory = Inventory {
        nodes: vec![node],
        spread: DeletionScope::Event,
        collected_until: until(),
        clock_skew_seconds: u64::MAX,
    };
    let mut audit = Audit::new(inventory, TargetCertificate::new("tomcat-trust", "a.pem").unwrap());
    let _ = audit.read_log(0, "log", bytes);
    let _ = audit.answer();
}

/// A cluster of CUCM nodes, the last perhaps IM and Presence.
fn cluster(nodes: usize, imp: bool, feature: bool, holders: &[bool]) -> Cluster {
    let spec = |index: usize| NodeSpec {
        name: format!("n{index}").into(),
        product: if imp && index > 0 && index + 1 == nodes { Product::Imp } else { Product::Cucm },
        publisher: index == 0,
        tftp: false,
        callmanager: true,
    };
    let mut cluster =
        Cluster::new("11.5".parse().unwrap(), Mode::NonSecure, (0..nodes).map(spec).collect())
            .unwrap();
    cluster.clusterwide_delete = feature;
    for (index, _) in holders.iter().take(nodes).enumerate().filter(|(_, holds)| **holds) {
        let node = cluster.node(&format!("n{index}")).unwrap();
        cluster.add_trust(node, TrustUnit::Tomcat, "old").unwrap();
    }
    cluster
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Delete(usize),
    DeleteAll,
    Down(usize),
    Up(usize),
    Stop(usize),
    Start(usize),
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..4_usize).prop_map(Act::Delete),
        1 => Just(Act::DeleteAll),
        1 => (0..4_usize).prop_map(Act::Down),
        2 => (0..4_usize).prop_map(Act::Up),
        1 => (0..4_usize).prop_map(Act::Stop),
        2 => (0..4_usize).prop_map(Act::Start),
        2 => (1..70_u64).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..10)
}

fn plan(acts: &[Act], cluster: &Cluster) -> Vec<Operation> {
    let count = cluster.nodes().count();
    let node =
        |index: usize| Nodes::These(vec![cluster.node(&format!("n{}", index % count)).unwrap()]);
    let cert = cluster.nodes().find_map(|_| old(cluster)).unwrap();
    let delete =
        |nodes| Operation::DeleteTrust { unit: StoreUnit::Trust(TrustUnit::Tomcat), cert, nodes };
    let operation = |act: &Act| match *act {
        Act::Delete(index) => delete(node(index)),
        Act::DeleteAll => delete(Nodes::All),
        Act::Down(index) => Operation::NodeDown { nodes: node(index) },
        Act::Up(index) => Operation::NodeUp { nodes: node(index) },
        Act::Stop(index) => Operation::Stop { service: Service::Ccn, nodes: node(index) },
        Act::Start(index) => Operation::Start { service: Service::Ccn, nodes: node(index) },
        Act::Wait(minutes) => Operation::Wait { minutes },
    };
    acts.iter().map(operation).collect()
}

/// The certificate that the cluster was given.
fn old(cluster: &Cluster) -> Option<trustlist_cluster::cluster::Cert> {
    let run = Run::new(&cluster.clone().into(), Policy::B, Assume::Lean);
    run.files().find(|(_, cert, _)| cluster.label(*cert) == "old").map(|(_, cert, _)| cert)
}

/// The logs that the nodes would have written, each event in its own second of the scenario's
/// minutes.
fn written(cluster: &Cluster, events: &[TimedEvent]) -> Vec<String> {
    let mut logs: Vec<String> = cluster
        .nodes()
        .map(|_| {
            "Jul  6 00:00:00 n cron 6 x\n2026-07-06 00:00:00,000 INFO [main] - started\n2026-07-06 00:00:00,000 INFO [T] - x\n"
                .to_owned()
        })
        .collect();
    let (mut minute, mut second) = (0, 0);
    for timed in events {
        second = if timed.minute == minute { second + 1 } else { 0 };
        minute = timed.minute;
        let at = NodeTime::parse("2026-07-06 00:00:01")
            .unwrap()
            .plus_seconds(minute as i64 * 60 + second)
            .to_string();
        let (day, time) = at.split_at(10);
        let mut write = |node: NodeId, text: String| logs[node.index()].push_str(&text);
        match &timed.event {
            Event::PlatformEvent { node, verb, event } => {
                let host = format!("n{}", node.index());
                let day = day[8..].to_owned();
                let line = EventLine {
                    month: "Jul",
                    day: &day,
                    time: time.trim(),
                    host: &host,
                    facility: "user",
                    severity: "6",
                    verb: *verb,
                    event: event.clone(),
                };
                write(*node, format!("{line}\n"));
            }
            Event::FileDeleted {
                node,
                unit,
                cert,
                trigger: FileTrigger::Operator | FileTrigger::PlatformEvent,
            } => {
                let label = cluster.label(*cert);
                let mut text =
                    format!("op: delete\nunit: {unit}\ncertDir: /x/trust-certs/{label}.pem\n");
                let _ =
                    writeln!(text, "{at},000 INFO [main] - CertMgmt Operation Result : SUCCESS");
                write(*node, text);
            }
            Event::FileImported { nodes, unit, cert, .. } => {
                for node in nodes.iter() {
                    write(
                        node,
                        format!(
                            "{at},000 INFO [InsertThread --- 1] - importTrustCert {unit} {}.pem\n",
                            cluster.label(*cert)
                        ),
                    );
                }
            }
            _ => {}
        }
    }
    // Change notification logs up to the end.
    for log in &mut logs {
        log.push_str("2026-07-19 23:59:00,000 INFO [T] - x\n");
    }
    logs
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn broken_logs_do_not_panic(bytes in log_like()) {
        read(&bytes);
    }

    /// Joining keeps every character that is not blank, in its order.
    #[test]
    fn joining_loses_nothing(bytes in log_like()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(dense(&join(&text).concat()), dense(&text));
    }

    /// Soundness: `deleted` is never said of a node that holds the certificate, nor of a cluster in
    /// which one does. And it is said where the event met every node and nothing came after.
    #[test]
    fn what_is_called_deleted_is_gone(
        nodes in 1..4_usize, imp in any::<bool>(), feature in any::<bool>(), acts in acts(),
        holders in prop::collection::vec(prop::bool::weighted(0.9), 3),
    ) {
        let cluster = cluster(nodes, imp, feature, &holders);
        prop_assume!(old(&cluster).is_some());
        let mut plan = plan(&acts, &cluster);
        plan.push(Operation::Wait { minutes: 62 });
        let mut run = Run::new(&cluster.clone().into(), Policy::B, Assume::Lean);
        let mut events = Vec::new();
        for operation in &plan {
            events.extend(run.apply(operation).unwrap().events);
        }
        let spread = if feature { DeletionScope::Event } else { DeletionScope::Local };
        let named = cluster.nodes().map(|(_, spec)| InventoryNode { name: spec.name.to_string(), product: spec.product });
        let inventory = Inventory { nodes: named.collect(), spread, collected_until: until(), clock_skew_seconds: 5 };
        let mut audit = Audit::new(inventory, TargetCertificate::new("tomcat-trust", "old.pem").unwrap());
        for (node, log) in written(&cluster, &events).into_iter().enumerate() {
            audit.read_log(node, "log", log.as_bytes()).unwrap();
        }
        let answer = audit.answer();
        let held = run.files().find(|(unit, cert, _)| *unit == TrustUnit::Tomcat && Some(*cert) == old(&cluster));
        let held = held.map(|(.., nodes)| nodes).unwrap_or_default();
        for (node, (id, _)) in answer.nodes.iter().zip(cluster.nodes()) {
            prop_assert!(!(held.contains(id) && node.verdict == Verdict::Deleted), "{} holds it: {:#?}", node.name, answer);
            prop_assert!(held.contains(id) || node.verdict != Verdict::Resurrected, "{} holds nothing: {:#?}", node.name, answer);
        }
        prop_assert!(held.is_empty() || answer.cluster != ClusterVerdict::Deleted, "{:#?}", answer);
        let all_held = holders.iter().take(nodes).all(|holds| *holds);
        let simple = feature && all_held && matches!(acts.as_slice(), [Act::Delete(_)]);
        prop_assert!(!simple || answer.cluster == ClusterVerdict::Deleted, "{:#?}", answer);
    }

    /// The forecast comes true: an hour later the certificate is back, or it is not.
    #[test]
    fn the_forecast_comes_true(
        nodes in 1..4_usize, imp in any::<bool>(), feature in any::<bool>(), acts in acts(),
        holders in prop::collection::vec(prop::bool::weighted(0.9), 3),
    ) {
        let cluster = cluster(nodes, imp, feature, &holders);
        prop_assume!(old(&cluster).is_some());
        let plan = plan(&acts, &cluster);
        let shared = cluster.clone().into();
        let forecasts = forecast(&shared, &plan).unwrap();
        let mut run = Run::new(&shared, Policy::B, Assume::Lean);
        plan.iter().for_each(|operation| { run.apply(operation).unwrap(); });
        run.apply(&Operation::Wait { minutes: 60 }).unwrap();
        let held = run.files().find(|(unit, cert, _)| *unit == TrustUnit::Tomcat && Some(*cert) == old(&cluster));
        let held = held.map(|(.., nodes)| nodes).unwrap_or_default();
        for forecast in forecasts {
            let back = forecast.deleted.iter().any(|node| held.contains(node));
            match forecast.outcome {
                Outcome::Gone => prop_assert!(held.is_empty(), "{forecast:#?}"),
                Outcome::Stays | Outcome::WillReturnAfter => prop_assert_eq!(held.len(), forecast.holders.len(), "{:#?}", forecast),
                Outcome::Back => prop_assert!(back, "{forecast:#?}"),
                // A node where it was deleted may be down now: then it gets it later, and others
                // get it first.
                Outcome::WillReturn => prop_assert!(held.len() > forecast.holders.len(), "{forecast:#?}"),
            }
        }
    }
}
