//! Rules of `spec/CLUSTER-RULES.md` that no shared case turns on, and the exhaustive search for its
//! invariants (P6).
use std::sync::Arc;
use trustlist::phone::{FindingKind, JudgedFile, Outcome};
use trustlist_cluster::cluster::*;
use trustlist_cluster::platform_event::Verb;
use trustlist_cluster::release::{Product, Service, TrustUnit, Unit};

fn spec(name: &str, product: Product, tftp: bool) -> NodeSpec {
    let cucm = product == Product::Cucm;
    NodeSpec { name: name.into(), product, publisher: name == "ccm1", tftp, callmanager: cucm }
}

/// Three CUCM nodes, TFTP on the first two, and one IM and Presence node.
fn cluster(version: &str, mode: Mode) -> Cluster {
    let nodes = vec![
        spec("ccm1", Product::Cucm, true),
        spec("ccm2", Product::Cucm, true),
        spec("ccm3", Product::Cucm, false),
        spec("imp1", Product::Imp, false),
    ];
    Cluster::new(version.parse().unwrap(), mode, nodes).unwrap()
}

fn phone(cluster: &mut Cluster, name: &str, tftp: &[&str], group: &[&str]) -> PhoneId {
    cluster.add_phone(described(cluster, name, tftp, group)).unwrap()
}

fn described(cluster: &Cluster, name: &str, tftp: &[&str], group: &[&str]) -> PhoneSpec {
    let ids =
        |names: &[&str]| names.iter().map(|name| cluster.node(name).unwrap()).collect::<Vec<_>>();
    PhoneSpec::new(name, &ids(tftp), &ids(group))
}

/// The same with the two phones of most cases.
fn usual(version: &str, mode: Mode) -> Arc<Cluster> {
    let mut cluster = cluster(version, mode);
    phone(&mut cluster, "SEP1", &["ccm1", "ccm2"], &["ccm2", "ccm3"]);
    phone(&mut cluster, "SEP2", &["ccm2", "ccm1"], &["ccm3", "ccm2"]);
    Arc::new(cluster)
}

fn run(cluster: &Arc<Cluster>, policy: Policy) -> Run {
    Run::new(cluster, policy, Assume::Lean)
}

fn regen(unit: Unit) -> Operation {
    Operation::Regen { unit, nodes: Nodes::All }
}

fn restart(service: Service) -> Operation {
    Operation::Restart { service, nodes: Nodes::All }
}

fn reset() -> Operation {
    Operation::ResetPhones { phones: Phones::All }
}

fn only(run: &Run, name: &str) -> Nodes {
    Nodes::These(vec![run.cluster().node(name).unwrap()])
}

#[track_caller]
fn apply(run: &mut Run, operations: &[Operation]) -> Vec<Event> {
    let mut events = Vec::new();
    for operation in operations {
        events.extend(run.apply(operation).unwrap().events.into_iter().map(|timed| timed.event));
    }
    events
}

fn trust(run: &Run, name: &str) -> Trust {
    run.phone_state(run.cluster().phone(name).unwrap()).unwrap().trust
}

fn refusals(events: &[Event]) -> Vec<Refusal> {
    events
        .iter()
        .filter_map(
            |event| if let Event::Refused { reason, .. } = event { Some(*reason) } else { None },
        )
        .collect()
}

fn holders(run: &Run, unit: TrustUnit, label: &str) -> Vec<String> {
    let cert = run.cluster().cert(label).unwrap();
    let nodes = run
        .files()
        .find(|&(store, held, _)| (store, held) == (unit, cert))
        .map(|(_, _, nodes)| nodes)
        .unwrap_or_default();
    nodes.iter().map(|node| run.cluster().node_spec(node).name.to_string()).collect()
}

/// Every order of these operations, each at most once, up to five of them; then "restart TVS,
/// restart TFTP, reset". Returns the smallest sets of regenerations that leave a phone locked.
fn minimal_locking_sets(version: &str) -> Vec<Vec<Unit>> {
    let operations = [
        regen(Unit::CallManager),
        regen(Unit::Tvs),
        regen(Unit::ItlRecovery),
        restart(Service::Tvs),
        restart(Service::Tftp),
        reset(),
    ];
    let cluster = usual(version, Mode::NonSecure);
    let (mut sets, mut open) = (Vec::new(), vec![(run(&cluster, Policy::C), Vec::<usize>::new())]);
    while let Some((so_far, order)) = open.pop() {
        let mut end = so_far.clone();
        apply(&mut end, &[restart(Service::Tvs), restart(Service::Tftp), reset()]);
        if ["SEP1", "SEP2"].iter().any(|phone| trust(&end, phone) == Trust::Locked) {
            let mut units: Vec<Unit> = order
                .iter()
                .filter_map(|&index| {
                    if let Operation::Regen { unit, .. } = operations[index] {
                        Some(unit)
                    } else {
                        None
                    }
                })
                .collect();
            units.sort_unstable();
            sets.push(units);
        }
        for (index, operation) in operations
            .iter()
            .enumerate()
            .filter(|(index, _)| !order.contains(index) && order.len() < 5)
        {
            let mut next = so_far.clone();
            apply(&mut next, std::slice::from_ref(operation));
            open.push((next, [order.clone(), vec![index]].concat()));
        }
    }
    let all = sets.clone();
    sets.retain(|set| {
        !all.iter()
            .any(|other| other.len() < set.len() && other.iter().all(|unit| set.contains(unit)))
    });
    sets.sort();
    sets.dedup();
    sets
}

#[test]
fn p6_only_signer_and_tvs_together_lock_phones() {
    assert_eq!(minimal_locking_sets("10.5"), [vec![Unit::CallManager, Unit::Tvs]]);
    assert_eq!(minimal_locking_sets("12.5"), [vec![Unit::ItlRecovery, Unit::Tvs]]);
}

#[test]
fn p6_one_tvs_that_keeps_its_certificate_is_enough() {
    let mut run = run(&usual("10.5", Mode::NonSecure), Policy::B);
    apply(&mut run, &[regen(Unit::CallManager)]);
    let others = Nodes::These(
        ["ccm1", "ccm3"].iter().map(|name| run.cluster().node(name).unwrap()).collect(),
    );
    apply(
        &mut run,
        &[
            Operation::Regen { unit: Unit::Tvs, nodes: others },
            restart(Service::Tvs),
            restart(Service::Tftp),
            reset(),
        ],
    );
    assert_eq!((trust(&run, "SEP1"), trust(&run, "SEP2")), (Trust::Current, Trust::Current));
}

#[test]
fn p6_phones_that_reset_by_themselves_survive_both() {
    let mut run = run(&usual("10.5", Mode::NonSecure), Policy::A);
    apply(
        &mut run,
        &[
            regen(Unit::CallManager),
            regen(Unit::Tvs),
            restart(Service::Tvs),
            restart(Service::Tftp),
            reset(),
        ],
    );
    assert_eq!((trust(&run, "SEP1"), trust(&run, "SEP2")), (Trust::Current, Trust::Current));
}

#[test]
fn p6_the_point_of_no_return_is_the_tvs_restart_or_the_second_regeneration() {
    let point = |version: &str| {
        let signer = if version == "10.5" { Unit::CallManager } else { Unit::ItlRecovery };
        let plan = [regen(signer), regen(Unit::Tvs), restart(Service::Tftp), restart(Service::Tvs)];
        let simulation =
            simulate(&usual(version, Mode::NonSecure), &plan, &[Policy::B], Assume::Lean).unwrap();
        simulation.policies[0].no_return.as_ref().unwrap().step
    };
    assert_eq!((point("10.5"), point("12.5"), point("14")), (4, 2, 2));
}

/// C-50 and table 3.1: from 14 CallManager presents its new certificate at once; encrypted phones
/// wait for the CTL.
#[test]
fn services_reload_themselves_from_14() {
    for (version, registered) in [("12.5", true), ("14", false)] {
        let mut cluster = cluster(version, Mode::Mixed);
        let spec = PhoneSpec {
            security: PhoneSecurity::Encrypted,
            lsc: LscStart::Current,
            ..described(&cluster, "SEP1", &["ccm1"], &["ccm2", "ccm3"])
        };
        let phone = cluster.add_phone(spec).unwrap();
        let mut run = run(&Arc::new(cluster), Policy::B);
        apply(&mut run, &[regen(Unit::CallManager)]);
        assert_eq!(run.phone_state(phone).unwrap().registered, registered, "{version}");
        apply(&mut run, &[Operation::CtlUpdate, reset()]);
        // Before 14 the phone now expects a certificate that CallManager presents only after its
        // restart.
        assert_eq!(run.phone_state(phone).unwrap().registered, !registered, "{version}");
        apply(&mut run, &[restart(Service::CallManager)]);
        assert!(run.phone_state(phone).unwrap().registered);
    }
}

#[test]
fn tvs_restarts_itself_where_the_release_or_the_scenario_says() {
    for (version, said, reloads) in [
        ("10.5", None, false),
        ("12.5", None, true),
        ("12.5", Some(false), false),
        ("10.5", Some(true), true),
    ] {
        let mut cluster = cluster(version, Mode::NonSecure);
        cluster.tvs_restarts_itself = said.unwrap_or(cluster.tvs_restarts_itself);
        let mut run = run(&Arc::new(cluster), Policy::B);
        apply(&mut run, &[regen(Unit::Tvs)]);
        let node = run.cluster().node("ccm2").unwrap();
        assert_eq!(
            run.presented(Service::Tvs, node) == Some(run.own(Unit::Tvs, node)),
            reloads,
            "{version} {said:?}"
        );
        assert_eq!(run.is_pending(Service::Tvs, node), !reloads);
    }
}

/// The deletion matrix: an event from a CUCM node does nothing to a store that IM and Presence
/// shares only by name.
#[test]
fn an_event_is_received_by_all_and_acted_on_by_the_matrix() {
    let mut cluster = cluster("12.5", Mode::NonSecure);
    for node in cluster.nodes().map(|(node, _)| node).collect::<Vec<_>>() {
        cluster.add_trust(node, TrustUnit::Tomcat, "old").unwrap();
        cluster.add_trust(node, TrustUnit::CallManager, "old").unwrap();
    }
    let cert = cluster.cert("old").unwrap();
    let mut run = run(&Arc::new(cluster), Policy::B);
    let nodes = only(&run, "ccm2");
    let delete = |unit: &str| Operation::DeleteTrust {
        unit: StoreUnit::from_word(unit).unwrap(),
        cert,
        nodes: nodes.clone(),
    };
    let events = apply(&mut run, &[delete("CallManager-trust")]);
    assert_eq!(holders(&run, TrustUnit::CallManager, "old"), ["imp1"]);
    let received = events
        .iter()
        .filter(|event| matches!(event, Event::PlatformEvent { verb: Verb::Received, .. }))
        .count();
    assert_eq!(received, 3);
    apply(&mut run, &[delete("tomcat-trust")]);
    assert!(holders(&run, TrustUnit::Tomcat, "old").is_empty());
}

/// C-46: a node whose notification service was stopped imports at its start what came back
/// meanwhile.
#[test]
fn a_stopped_notification_service_imports_at_its_start() {
    let mut cluster = cluster("10.5", Mode::NonSecure);
    for node in cluster.nodes().map(|(node, _)| node).collect::<Vec<_>>() {
        cluster.add_trust(node, TrustUnit::Tomcat, "old").unwrap();
    }
    let cert = cluster.cert("old").unwrap();
    let mut run = run(&Arc::new(cluster), Policy::B);
    let ccm1 = only(&run, "ccm1");
    let (service, unit) = (Service::Ccn, StoreUnit::Trust(TrustUnit::Tomcat));
    apply(
        &mut run,
        &[
            Operation::Stop { service, nodes: ccm1.clone() },
            Operation::DeleteTrust { unit, cert, nodes: ccm1.clone() },
            Operation::Wait { minutes: 29 },
        ],
    );
    assert_eq!(holders(&run, TrustUnit::Tomcat, "old"), ["ccm2", "ccm3", "imp1"]);
    apply(&mut run, &[Operation::Wait { minutes: 1 }]);
    assert_eq!(holders(&run, TrustUnit::Tomcat, "old").len(), 3, "stopped: it cannot import");
    apply(&mut run, &[Operation::Start { service, nodes: ccm1 }]);
    assert_eq!(holders(&run, TrustUnit::Tomcat, "old").len(), 4);
}

/// C-34: the sync counts from the start of each node's own service; a tick due at the last minute
/// of a wait happens.
#[test]
fn the_sync_counts_from_the_start_of_its_service() {
    let mut cluster = cluster("10.5", Mode::NonSecure);
    for node in cluster.nodes().map(|(node, _)| node).collect::<Vec<_>>() {
        cluster.add_trust(node, TrustUnit::Tomcat, "old").unwrap();
    }
    let cert = cluster.cert("old").unwrap();
    let mut run = run(&Arc::new(cluster), Policy::B);
    let (service, unit) = (Service::Ccn, StoreUnit::Trust(TrustUnit::Tomcat));
    let wait = |minutes| Operation::Wait { minutes };
    apply(&mut run, &[wait(10), Operation::Restart { service, nodes: Nodes::All }]);
    let here = only(&run, "ccm1");
    apply(&mut run, &[Operation::DeleteTrust { unit, cert, nodes: here }, wait(29)]);
    assert_eq!(
        holders(&run, TrustUnit::Tomcat, "old").len(),
        3,
        "minute 39: the next tick is due at 40"
    );
    apply(&mut run, &[wait(1)]);
    assert_eq!(holders(&run, TrustUnit::Tomcat, "old").len(), 4);
    apply(
        &mut run,
        &[Operation::DeleteTrust { unit, cert, nodes: Nodes::All }, wait(MAX_WAIT_MINUTES)],
    );
    assert!(holders(&run, TrustUnit::Tomcat, "old").is_empty(), "gone needs no file on any node");
}

#[test]
fn broken_replication_keeps_a_regenerated_certificate_at_home() {
    let mut run = run(&usual("11.5", Mode::NonSecure), Policy::B);
    let ccm2 = only(&run, "ccm2");
    apply(
        &mut run,
        &[
            Operation::ReplBreak { nodes: ccm2.clone() },
            Operation::Regen { unit: Unit::CallManager, nodes: ccm2.clone() },
        ],
    );
    assert_eq!(holders(&run, TrustUnit::PhoneSast, "CallManager@ccm2#2"), ["ccm2"]);
    apply(&mut run, &[Operation::ReplFix { nodes: ccm2 }]);
    assert_eq!(holders(&run, TrustUnit::PhoneSast, "CallManager@ccm2#2"), ["ccm1", "ccm2", "ccm3"]);
}

/// C-24: tomcat's old copy goes, CallManager's stays beside the new one.
#[test]
fn residue_of_a_regeneration() {
    let mut run = run(&usual("12.5", Mode::NonSecure), Policy::B);
    let ccm1 = only(&run, "ccm1");
    apply(
        &mut run,
        &[
            Operation::Regen { unit: Unit::Tomcat, nodes: ccm1.clone() },
            Operation::Regen { unit: Unit::CallManager, nodes: ccm1 },
        ],
    );
    assert!(holders(&run, TrustUnit::Tomcat, "tomcat@ccm1#1").is_empty());
    assert_eq!(holders(&run, TrustUnit::Tomcat, "tomcat@ccm1#2").len(), 4);
    assert_eq!(holders(&run, TrustUnit::CallManager, "CallManager@ccm1#1").len(), 3);
    assert_eq!(holders(&run, TrustUnit::CallManager, "CallManager@ccm1#2").len(), 3);
}

/// P-15: while no TFTP server of a phone runs, it keeps its last state; when only the first is
/// down, the second serves.
#[test]
fn phones_go_to_their_next_tftp_server() {
    let mut cluster = cluster("10.5", Mode::NonSecure);
    phone(&mut cluster, "SEP1", &["ccm1", "ccm2"], &["ccm2", "ccm3"]);
    phone(&mut cluster, "SEP2", &["ccm1"], &["ccm2", "ccm3"]);
    let mut run = run(&Arc::new(cluster), Policy::B);
    let ccm1 = only(&run, "ccm1");
    apply(&mut run, &[Operation::NodeDown { nodes: ccm1.clone() }]);
    assert_eq!((trust(&run, "SEP1"), trust(&run, "SEP2")), (Trust::Updatable, Trust::Current));
    apply(&mut run, &[reset()]);
    assert_eq!((trust(&run, "SEP1"), trust(&run, "SEP2")), (Trust::Current, Trust::Current));
    apply(&mut run, &[Operation::NodeUp { nodes: ccm1 }]);
    assert_eq!((trust(&run, "SEP1"), trust(&run, "SEP2")), (Trust::Updatable, Trust::Current));
}

/// C-64 and P-BLANK-3: leaving mixed mode leaves a reduced CTL, by the same signer; phones take it.
#[test]
fn leaving_mixed_mode_leaves_a_reduced_ctl() {
    let mut run = run(&usual("12.5", Mode::Mixed), Policy::B);
    let events = apply(&mut run, &[Operation::SetMode(Mode::NonSecure)]);
    let publisher = run.cluster().publisher();
    let signer = run.own(Unit::ItlRecovery, publisher);
    assert!(events.contains(&Event::CtlBuilt { signer, kind: CtlKind::Reduced }));
    assert_eq!(trust(&run, "SEP1"), Trust::Updatable);
    apply(&mut run, &[reset()]);
    assert_eq!(trust(&run, "SEP1"), Trust::Current);
    let refused =
        refusals(&apply(&mut run, &[Operation::CtlUpdate, Operation::SetMode(Mode::NonSecure)]));
    assert_eq!(refused, [Refusal::NotMixed, Refusal::AlreadySo]);
}

#[test]
fn commands_follow_the_release_and_the_state_of_the_nodes() {
    let mut old = run(&usual("9.1", Mode::Mixed), Policy::B);
    let refused =
        refusals(&apply(&mut old, &[Operation::ItlResetLocalkey, Operation::CtlResetLocalkey]));
    assert_eq!(refused, [Refusal::NoSuchCommand, Refusal::NoSuchCommand]);
    let mut new = run(&usual("12.5", Mode::Mixed), Policy::B);
    let ccm3 = only(&new, "ccm3");
    let refused = refusals(&apply(
        &mut new,
        &[Operation::NodeDown { nodes: ccm3.clone() }, Operation::CtlUpdate],
    ));
    assert_eq!(refused, [Refusal::NodeDown]);
    apply(
        &mut new,
        &[Operation::NodeUp { nodes: ccm3.clone() }, Operation::ReplBreak { nodes: ccm3 }],
    );
    assert_eq!(
        refusals(&apply(&mut new, &[Operation::CtlResetLocalkey])),
        [Refusal::ReplicationBroken]
    );
}

/// An own certificate of a wrong node, a service that is not there: events, no effect.
#[test]
fn what_a_node_does_not_have_is_an_event() {
    let mut run = run(&usual("14", Mode::NonSecure), Policy::B);
    let (ccm3, imp1) = (only(&run, "ccm3"), only(&run, "imp1"));
    let events = apply(
        &mut run,
        &[
            Operation::Regen { unit: Unit::Capf, nodes: ccm3.clone() },
            Operation::Restart { service: Service::Tftp, nodes: ccm3 },
            Operation::Regen { unit: Unit::Cup, nodes: imp1.clone() },
            Operation::Regen { unit: Unit::CallManager, nodes: imp1 },
        ],
    );
    let expected = [
        Refusal::UnitNotThere(Unit::Capf),
        Refusal::ServiceNotActivated(Service::Tftp),
        Refusal::UnitNotThere(Unit::CallManager),
    ];
    assert_eq!(refusals(&events), expected);
}

/// P-13, CSCut58407: below 12.0, where phones reset by themselves, a deletion makes them reset too.
#[test]
fn a_deletion_resets_phones_below_12_under_policy_a() {
    for (version, policy, resets) in
        [("11.5", Policy::A, true), ("11.5", Policy::B, false), ("12.0", Policy::A, false)]
    {
        let mut cluster = cluster(version, Mode::NonSecure);
        phone(&mut cluster, "SEP1", &["ccm1"], &["ccm2"]);
        let publisher = cluster.publisher();
        let cert = cluster.add_trust(publisher, TrustUnit::CallManager, "old").unwrap();
        let mut run = run(&Arc::new(cluster), policy);
        let unit = StoreUnit::Trust(TrustUnit::CallManager);
        let nodes = only(&run, "ccm1");
        let events = apply(&mut run, &[Operation::DeleteTrust { unit, cert, nodes }]);
        let reset = events
            .iter()
            .any(|event| matches!(event, Event::PhonesReset { cause: ResetCause::Deletion, .. }));
        assert_eq!(reset, resets, "{version}");
    }
}

/// An open question (P-ITL-5), taken three ways: the CTL does not know the new signer, TVS does.
#[test]
fn open_questions_are_taken_as_assumed() {
    let ends = |assume: Assume| {
        let mut run = Run::new(&usual("10.5", Mode::Mixed), Policy::B, assume);
        apply(&mut run, &[regen(Unit::CallManager), reset()]);
        assert!(run.assumptions().any(|(assumption, _)| assumption.rule() == "P-ITL-5"));
        trust(&run, "SEP1")
    };
    assert_eq!(ends(Assume::Lean), Trust::Locked);
    assert_eq!(ends(Assume::Pessimistic), Trust::Locked);
    assert_eq!(ends(Assume::Optimistic), Trust::Current);
}

/// P-ITL-6 leans to the list staying: a pessimist drops it.
#[test]
fn a_pessimist_drops_what_leans_to_stay() {
    let mut cluster = cluster("10.5", Mode::NonSecure);
    let spec =
        PhoneSpec { ctl: CtlStart::Stale, ..described(&cluster, "SEP1", &["ccm1"], &["ccm2"]) };
    let phone = cluster.add_phone(spec).unwrap();
    let cluster = Arc::new(cluster);
    let start = |assume| Run::new(&cluster, Policy::B, assume).phone_state(phone).unwrap().trust;
    assert_eq!(start(Assume::Lean), Trust::Current);
    assert_eq!(start(Assume::Optimistic), Trust::Current);
    assert_eq!(start(Assume::Pessimistic), Trust::Locked);
}

/// A rescue is a command that, run first, saves the phone; without one the phone is lost.
#[test]
fn rescues_are_what_would_help() {
    let mut run = run(&usual("10.5", Mode::NonSecure), Policy::B);
    apply(&mut run, &[regen(Unit::CallManager), regen(Unit::Tvs), restart(Service::Tvs), reset()]);
    let outlook =
        |name: &str| run.phone_state(run.cluster().phone(name).unwrap()).unwrap().recoverability;
    assert_eq!(
        outlook("SEP1").rescues().iter().collect::<Vec<_>>(),
        [RecoveryCommand::ItlResetLocalkey]
    );
    assert!(outlook("SEP2").is_lost());
    let mut saved = run.clone();
    apply(&mut saved, &[Operation::ItlResetLocalkey, reset()]);
    assert_eq!((trust(&saved, "SEP1"), trust(&saved, "SEP2")), (Trust::Current, Trust::Locked));
}

/// Erasing the ITL helps a phone without a CTL; with a dead CTL both must go.
#[test]
fn erasing_lists_is_the_last_resort() {
    let mut run = run(&usual("12.5", Mode::Mixed), Policy::B);
    let anchors =
        [regen(Unit::ItlRecovery), regen(Unit::CallManager), reset(), Operation::CtlUpdate];
    apply(&mut run, &anchors);
    assert_eq!(trust(&run, "SEP1"), Trust::Locked);
    let erase = |lists| Operation::DeletePhoneLists { phones: Phones::All, lists };
    apply(&mut run, &[erase(ErasedLists::Itl)]);
    assert_eq!(trust(&run, "SEP1"), Trust::Locked);
    apply(&mut run, &[erase(ErasedLists::Both)]);
    assert_eq!(trust(&run, "SEP1"), Trust::Current);
}

/// The findings of a phone name its own TVS servers, though phones of other groups share its
/// verdict.
#[test]
fn findings_name_the_servers_of_the_phone() {
    let mut cluster = cluster("10.5", Mode::NonSecure);
    let one = phone(&mut cluster, "SEP1", &["ccm1"], &["ccm2"]);
    let two = phone(&mut cluster, "SEP2", &["ccm1"], &["ccm3"]);
    let mut run = run(&Arc::new(cluster), Policy::B);
    apply(&mut run, &[regen(Unit::CallManager)]);
    for (phone, server) in [(one, "ccm2"), (two, "ccm3")] {
        let prediction = run.prediction(phone).unwrap();
        assert_eq!(prediction.itl.outcome(), Outcome::Accept);
        let named = prediction.itl.findings().iter().filter_map(|finding| match &finding.kind {
            FindingKind::TvsVouches(voucher) => Some(&*voucher.server),
            FindingKind::TvsCertificateChanged(server)
            | FindingKind::TvsDoesNotKnow(server)
            | FindingKind::TvsImpersonated(server)
            | FindingKind::TvsUnreachable(server) => Some(server),
            _ => None,
        });
        assert!(named.into_iter().all(|name| name == server));
    }
    let judged = run.phone_state(one).unwrap().judged.clone().unwrap();
    assert_eq!((judged.refuses, judged.file(JudgedFile::Itl).outcome), (None, Outcome::Accept));
    assert!(Arc::ptr_eq(&judged, run.phone_state(two).unwrap().judged.as_ref().unwrap()));
}

#[test]
fn operations_of_another_cluster_are_errors_and_change_nothing() {
    let big = usual("10.5", Mode::NonSecure);
    let small = Arc::new(
        Cluster::new(
            "10.5".parse().unwrap(),
            Mode::NonSecure,
            vec![spec("ccm1", Product::Cucm, true)],
        )
        .unwrap(),
    );
    let mut run = run(&small, Policy::B);
    let node = big.node("imp1").unwrap();
    let error = run.apply(&Operation::NodeDown { nodes: Nodes::These(vec![node]) }).unwrap_err();
    assert_eq!(error, StepError::UnknownNode(node));
    let phone = big.phone("SEP2").unwrap();
    let phones = Phones::These(Arc::from([phone]));
    assert_eq!(
        run.apply(&Operation::ResetPhones { phones }).unwrap_err(),
        StepError::UnknownPhone(phone)
    );
    assert_eq!(run.step(), 0);
    assert_eq!(run.phone_state(phone), None);
}

/// The cluster's own certificates are in Phone-SAST-trust too; only those of others enter the CTL
/// that way, and only from the publisher's (P-CTL-7).
#[test]
fn certificates_of_others_in_the_publishers_store_enter_the_ctl() {
    let mut cluster = cluster("12.5", Mode::Mixed);
    let [publisher, other] = ["ccm1", "ccm2"].map(|name| cluster.node(name).unwrap());
    cluster.add_trust(publisher, TrustUnit::PhoneSast, "neighbour").unwrap();
    cluster.add_trust(other, TrustUnit::PhoneSast, "elsewhere").unwrap();
    cluster.add_trust(publisher, TrustUnit::CallManager, "another store").unwrap();
    let mut run = run(&Arc::new(cluster), Policy::B);
    let own = ["CallManager@ccm1#1", "ITLRecovery@ccm1#1"];
    let sast = |run: &Run| {
        let ctl = run.served_ctl().unwrap();
        let sast = ctl.records().filter(|(role, _)| *role == trustlist::wire::Role::Sast);
        sast.map(|(_, cert)| run.cluster().label(cert)).collect::<Vec<_>>()
    };
    apply(&mut run, &[Operation::CtlUpdate]);
    assert_eq!(sast(&run), [own[0], own[1], "neighbour"]);
}

/// The first phone of a part is one of the part, and that of the rest one of the rest.
#[test]
fn a_part_of_a_cohort_is_told_by_its_own_first_phone() {
    let mut cluster = cluster("12.5", Mode::NonSecure);
    let phones =
        ["SEP1", "SEP2", "SEP3"].map(|name| phone(&mut cluster, name, &["ccm1"], &["ccm2"]));
    let parts = |taken: &[PhoneId]| {
        let plan = [Operation::PhoneOffline { phones: Phones::These(taken.into()) }];
        let simulation =
            simulate(&Arc::new(cluster.clone()), &plan, &[Policy::B], Assume::Lean).unwrap();
        let result = &simulation.policies[0];
        let parts: Vec<_> = result.cohorts().map(|(_, size, first)| (size, first)).collect();
        for (id, _, first) in result.cohorts() {
            assert_eq!(result.cohort(first), Some(id));
            // Before it was a part, it stood as the whole did.
            assert_eq!(
                result.standing(id, &result.start).map(|standing| standing.trust),
                Some(Trust::Current)
            );
        }
        parts
    };
    assert_eq!(parts(&phones[..1]), [(2, phones[1]), (1, phones[0])]);
    assert_eq!(parts(&phones[1..]), [(1, phones[0]), (2, phones[1])]);
    assert_eq!(parts(&phones), [(3, phones[0])]);
}

#[test]
fn a_plan_that_ends_with_a_locked_phone_says_so() {
    let ends_locked = |plan: &[Operation], policies: &[Policy]| {
        simulate(&usual("10.5", Mode::NonSecure), plan, policies, Assume::Lean)
            .unwrap()
            .ends_locked()
    };
    let locking = [regen(Unit::CallManager), regen(Unit::Tvs), restart(Service::Tvs)];
    assert!(ends_locked(&locking, &[Policy::B]));
    assert!(ends_locked(&locking, &[Policy::A, Policy::B]), "one policy is enough");
    assert!(!ends_locked(&locking, &[Policy::A]));
    assert!(!ends_locked(&[regen(Unit::CallManager)], &[Policy::A, Policy::B]));
    assert!(!ends_locked(&locking, &[]));
}

#[test]
fn a_step_is_told_with_its_nodes() {
    let cluster = usual("12.5", Mode::NonSecure);
    let nodes = ["ccm3", "ccm1"].map(|name| cluster.node(name).unwrap());
    for (nodes, told) in
        [(Nodes::All, "regen TVS all"), (Nodes::These(nodes.to_vec()), "regen TVS ccm3,ccm1")]
    {
        assert_eq!(Operation::Regen { unit: Unit::Tvs, nodes }.describe(&cluster), told);
    }
}
