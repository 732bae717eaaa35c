//! Plans: lint of the reference procedures and of every known bad plan, generated plans, their run
//! books, recovery.
use std::path::PathBuf;
use std::sync::Arc;
use trustlist::code::Level;
use trustlist_cluster::case::{Scenario, cluster_document};
use trustlist_cluster::cluster::{
    Assume, Cluster, ItlStart, LscStart, Mode, NodeId, NodeSpec, Nodes, Operation, PhoneSecurity,
    PhoneSpec, Phones, Policy, Trust, simulate,
};
use trustlist_cluster::code::PlanLintCode;
use trustlist_cluster::plan::{
    self, Mark, NoPlan, OldTrust, PlanLint, PlanNote, Purpose, Request, SafePlan,
};
use trustlist_cluster::release::{Product, RecoveryScope, Release, Service, Unit};
use trustlist_cluster::report::plan::{instruction, mark_text};
use trustlist_cluster::report::run_book;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn cluster(name: &str) -> Arc<Cluster> {
    let text =
        std::fs::read_to_string(root().join(format!("testdata/clusters/{name}.json"))).unwrap();
    Arc::new(cluster_document(&text).unwrap())
}

/// A cluster of two nodes with three phones, the last of them optionally encrypted, and a plan.
fn scenario(version: &str, mode: &str, encrypted: bool, plan: &str) -> Scenario {
    let last = if encrypted { r#""encrypted", "lsc": "current""# } else { r#""non-secure""# };
    let text = format!(
        r#"{{ "schema": "trustlist.simulate/1", "cluster": {{ "version": "{version}", "mode": "{mode}", "nodes": [
            {{ "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true }},
            {{ "name": "br", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true }} ],
          "phones": [
            {{ "name": "SEP1", "tftp_servers": ["hq", "br"], "cm_group": ["br", "hq"] }},
            {{ "name": "SEP2", "tftp_servers": ["br", "hq"], "cm_group": ["hq", "br"] }},
            {{ "name": "SEP9", "tftp_servers": ["hq"], "cm_group": ["br", "hq"], "security": {last} }} ] }},
          "plan": [ {} ] }}"#,
        steps(plan)
    );
    Scenario::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// `regen CallManager all; restart TFTP all; …` as JSON.
fn steps(plan: &str) -> String {
    let step = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let fields: &[&str] = match words[0] {
            "regen" => &["cert", "node"],
            "restart" | "start" | "stop" => &["service", "node"],
            "reset_phones" | "lsc_update" | "phone_offline" | "phone_online" => &["scope"],
            "delete_trust" => &["unit", "cert", "node"],
            "check" => &["what"],
            "node_down" | "node_up" => &["node"],
            _ => &[],
        };
        let value = |(key, word): (&&str, &&str)| {
            let list = *key == "scope" && *word != "all";
            if list {
                format!(r#", "{key}": ["{word}"]"#)
            } else {
                format!(r#", "{key}": "{word}""#)
            }
        };
        let rest: String = fields.iter().zip(&words[1..]).map(value).collect();
        match words.as_slice() {
            ["wait", minutes] => format!(r#"{{ "op": "wait", "minutes": {minutes} }}"#),
            ["set_rollback", on] => format!(r#"{{ "op": "set_rollback", "value": {on} }}"#),
            _ => format!(r#"{{ "op": "{}"{rest} }}"#, words[0]),
        }
    };
    plan.split(';')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(step)
        .collect::<Vec<_>>()
        .join(", ")
}

fn lint(scenario: &Scenario) -> PlanLint {
    plan::lint(&scenario.cluster, &scenario.plan).unwrap()
}

fn errors(lint: &PlanLint) -> Vec<(&'static str, u32)> {
    let errors = lint.findings.iter().filter(|finding| finding.level() == Level::Error);
    errors.map(|finding| (finding.code.as_str(), finding.step.unwrap_or(u32::MAX))).collect()
}

/// PLAN-MAIN (P1), with the CTL update of step 3a in mixed mode.
fn plan_main(mixed: bool, release: &str) -> String {
    let ctl = if mixed { "ctl_update; check show_ctl;" } else { "" };
    let tomcat = if release == "15" { "restart Tomcat all;" } else { "" };
    format!(
        "check preflight; regen ipsec all; restart DRF all; {tomcat} regen CAPF all; regen CallManager all; {ctl} restart CAPF hq; \
         restart TFTP all; restart CallManager all; restart CTIManager all; restart TVS all; check show_itl; reset_phones all; \
         check phones; regen TVS all; restart TVS all; restart TFTP all; reset_phones all; check phones; regen tomcat all; \
         restart Tomcat all; check backup"
    )
}

#[test]
fn the_main_procedure_is_clean() {
    for release in ["8.6", "9.1", "10.5", "11.5", "12.5", "14", "15"] {
        let found = lint(&scenario(release, "non-secure", false, &plan_main(false, release)));
        assert!(
            found.findings.is_empty() && found.no_return.is_none(),
            "{release}: {:?}",
            found.findings
        );
    }
}

/// Mixed mode with step 3a: clean from 12.0 on; before, phones that reset by themselves lose their
/// ITL (B-4a), and nothing else is wrong with it.
#[test]
fn the_main_procedure_in_mixed_mode_has_the_findings_that_are_said_of_it() {
    for (release, expected) in [
        ("12.5", vec![]),
        ("10.5", vec![("phones-locked", u32::MAX)]),
        ("11.5", vec![("phones-locked", u32::MAX)]),
    ] {
        let found = lint(&scenario(release, "mixed", true, &plan_main(true, release)));
        assert_eq!(errors(&found), expected, "{release}: {:?}", found.findings);
        let only_a =
            found.findings.iter().filter(|finding| finding.code.as_str() == "phones-locked");
        only_a.for_each(|finding| assert_eq!(finding.policies, [Policy::A]));
    }
}

/// Case M17: the same with TFTP silent around the regeneration is clean under every policy.
#[test]
fn silent_tftp_makes_mixed_mode_safe_before_12() {
    let plan = "check preflight; regen CAPF all; stop TFTP all; regen CallManager all; ctl_update; start TFTP all; restart CAPF hq; \
                restart CallManager all; restart CTIManager all; restart TVS all; reset_phones all; check phones; check backup";
    for release in ["10.5", "11.5"] {
        let found = lint(&scenario(release, "mixed", true, plan));
        assert!(found.findings.is_empty(), "{release}: {:?}", found.findings);
    }
}

/// PLAN-TN15 without and with mixed mode: from 14 on the regeneration itself presents the new
/// CallManager certificate, which L-04 says of encrypted phones.
#[test]
fn the_technote_order_of_15_has_the_findings_that_are_said_of_it() {
    let plan = |ctl: &str| {
        format!(
            "check preflight; regen tomcat all; restart Tomcat all; regen ipsec all; restart DRF all; restart Tomcat all; \
             regen CAPF all; {ctl} restart CAPF hq; restart TVS all; restart TFTP all; reset_phones all; check phones; \
             regen CallManager all; {ctl} restart CallManager all; restart CTIManager all; restart TVS all; restart TFTP all; \
             restart HAProxy all; reset_phones all; check phones; regen TVS all; restart TVS all; restart TFTP all; \
             reset_phones all; check phones; check backup"
        )
    };
    assert!(lint(&scenario("15", "non-secure", false, &plan(""))).findings.is_empty());
    let mixed = plan("ctl_update; reset_phones all; check phones;");
    assert!(lint(&scenario("15", "mixed", false, &mixed)).findings.is_empty());
    let found = lint(&scenario("15", "mixed", true, &mixed));
    assert!(
        errors(&found).iter().all(|(code, _)| *code == "ctl-after-callmanager")
            && found.has_errors(),
        "{:?}",
        found.findings
    );
}

/// P4: the two-step procedures for ITLRecovery.
#[test]
fn the_recovery_certificate_procedures_are_clean() {
    let plain = "check preflight; regen ITLRecovery hq; restart TVS all; restart TFTP all; itl_reset_localkey; reset_phones all; \
                 check phones; restart TFTP all; reset_phones all; check phones; check backup";
    let secure = "check preflight; regen ITLRecovery hq; ctl_reset_localkey; reset_phones all; check phones; ctl_update; \
                  restart TVS all; restart TFTP all; reset_phones all; check phones; check backup";
    for release in ["12.5", "14", "15"] {
        assert!(
            errors(&lint(&scenario(release, "non-secure", false, plain))).is_empty(),
            "{release}"
        );
        assert!(errors(&lint(&scenario(release, "mixed", true, secure))).is_empty(), "{release}");
    }
}

/// P5: every bad plan that a scenario can hold, with an error that names it and the step of no
/// return, if there is one.
#[test]
fn every_known_bad_plan_is_caught() {
    let restarts = "restart TFTP all; restart CallManager all; restart CTIManager all;";
    let b1 = format!(
        "check preflight; regen CallManager all; regen TVS all; {restarts} restart TVS all; reset_phones all; check phones"
    );
    let b2 = "check preflight; regen CallManager all; regen TVS all; regen ITLRecovery hq; restart TVS all; restart TFTP all; reset_phones all";
    let b3 = "check preflight; regen ITLRecovery hq; regen TVS all; restart TVS all; restart TFTP all; reset_phones all";
    let b4 = format!(
        "check preflight; regen CallManager all; {restarts} restart TVS all; reset_phones all"
    );
    let b4a = format!(
        "check preflight; regen CallManager all; ctl_update; {restarts} restart TVS all; reset_phones all"
    );
    let b5 = "check preflight; regen CallManager all; restart CallManager all; restart CTIManager all; ctl_update; restart TFTP all; reset_phones all";
    let b6 = "check preflight; regen ITLRecovery hq; regen CallManager all; reset_phones all; ctl_update; restart TFTP all; reset_phones all";
    let b7 = "check preflight; regen CAPF hq; ctl_update; restart CAPF hq; restart TVS all; restart TFTP all; reset_phones all; \
              delete_trust CAPF-trust CAPF@hq#1 all; delete_trust CallManager-trust CAPF@hq#1 all";
    let b8 = "check preflight; phone_offline SEP2; regen CallManager all; restart TVS all; restart TFTP all; reset_phones all; \
              check phones; regen TVS all; restart TVS all; restart TFTP all; reset_phones all; phone_online SEP2; check phones";
    let b13 = "delete_trust tomcat-trust tomcat@br#1 hq; wait 60";
    let cases = [
        ("B-1", "8.6", "non-secure", &*b1, "tvs-and-signer-in-one-round", Some(7)),
        ("B-1", "10.5", "non-secure", &*b1, "tvs-and-signer-in-one-round", Some(7)),
        ("B-1", "11.5", "non-secure", &*b1, "tvs-restart-too-early", Some(7)),
        ("B-2", "15", "non-secure", b2, "tvs-and-signer-in-one-round", Some(4)),
        ("B-3", "12.5", "non-secure", b3, "tvs-and-signer-in-one-round", Some(3)),
        ("B-4", "10.5", "mixed", &*b4, "ctl-after-callmanager", None),
        ("B-4a", "10.5", "mixed", &*b4a, "phones-locked", None),
        ("B-5", "12.5", "mixed", b5, "ctl-after-callmanager", None),
        ("B-6", "12.5", "mixed", b6, "both-ctl-anchors-in-one-window", Some(3)),
        ("B-7", "11.5", "mixed", b7, "capf-still-in-use", None),
        ("B-8", "10.5", "non-secure", b8, "tvs-and-signer-in-one-round", Some(9)),
        ("B-13", "10.5", "non-secure", b13, "deletion-comes-back", None),
    ];
    for (id, release, mode, plan, code, no_return) in cases {
        let found = lint(&scenario(release, mode, mode == "mixed", plan));
        assert!(
            errors(&found).iter().any(|(known, _)| *known == code),
            "{id} {release}: {:?}",
            errors(&found)
        );
        if let Some(step) = no_return {
            let point = found.no_return.as_ref().map(|point| point.step);
            let named = errors(&found).contains(&(code, step));
            assert!(
                point == Some(step) || named,
                "{id} {release}: {point:?}, {:?}",
                errors(&found)
            );
        }
    }
}

/// L-04 in a cluster of one node, where only its own older certificate shows that the presented one
/// is newer.
#[test]
fn an_encrypted_phone_of_a_single_node_waits_for_the_ctl() {
    let cluster = encrypted("12.5", 1, &[&[0]]);
    let all = || Nodes::All;
    let regen = Operation::Regen { unit: Unit::CallManager, nodes: all() };
    let restart = Operation::Restart { service: Service::CallManager, nodes: all() };
    let reset = Operation::ResetPhones { phones: Phones::All };
    let early = plan::lint(&cluster, &[regen.clone(), restart.clone()]).unwrap();
    assert!(errors(&early).contains(&("ctl-after-callmanager", 2)), "{:?}", errors(&early));
    let sound = plan::lint(&cluster, &[regen, Operation::CtlUpdate, reset, restart]).unwrap();
    assert!(
        !errors(&sound).iter().any(|(code, _)| *code == "ctl-after-callmanager"),
        "{:?}",
        errors(&sound)
    );
}

/// L-09 is about the two signers of the CTL from 12.0 on; before, ITLRecovery signs nothing that
/// phones take.
#[test]
fn both_anchors_of_the_ctl_are_only_told_from_12_on() {
    let both =
        "check preflight; regen ITLRecovery hq; regen CallManager hq; ctl_update; reset_phones all";
    for (release, told) in [("10.5", false), ("11.5", false), ("12.5", true), ("15", true)] {
        let found = lint(&scenario(release, "mixed", true, both));
        assert_eq!(
            errors(&found).contains(&("both-ctl-anchors-in-one-window", 3)),
            told,
            "{release}: {:?}",
            errors(&found)
        );
    }
}

/// L-05: a node that is down works with nothing, and starts every service with what it has then.
/// What does not happen, such as the start of what runs, restarts nothing.
#[test]
fn a_node_that_comes_up_needs_no_restart() {
    let due = |plan: &str| {
        let found = lint(&scenario("10.5", "non-secure", false, plan));
        found.findings.iter().any(|finding| finding.code == PlanLintCode::MissingRestart)
    };
    assert!(due("regen tomcat br; wait 10"));
    assert!(!due("regen tomcat br; node_down br; wait 10"));
    assert!(due("regen tomcat br; start Tomcat br"));
    assert!(due("regen tomcat br; node_up br"));
    assert!(!due("regen tomcat br; stop Tomcat br"));
    assert!(due("regen tomcat br; node_down hq; node_up hq"));
    assert!(!due("regen tomcat br; node_down br; node_up br"));
    assert!(!due("regen tomcat br; restart Tomcat br"));
}

/// L-04: an update of the CTL between two regenerations brings the phone the certificate of the
/// first node only, and no reset does (I-2).
#[test]
fn an_update_between_two_nodes_does_not_cover_the_second() {
    let told = |plan: &str| {
        let found = lint(&scenario("14", "mixed", true, plan));
        errors(&found)
            .into_iter()
            .filter(|(code, _)| *code == "ctl-after-callmanager")
            .map(|(_, step)| step)
            .collect::<Vec<_>>()
    };
    let first = "check preflight; regen CallManager hq; ctl_update";
    assert_eq!(told(&format!("{first}; regen CallManager br; ctl_update; reset_phones all")), [4]);
    assert!(
        told(&format!(
            "{first}; reset_phones all; regen CallManager br; ctl_update; reset_phones all"
        ))
        .is_empty()
    );
}

/// L-24 names the phones that the step resets: the others may have their TVS restarted before they
/// are.
#[test]
fn phones_that_are_not_reset_wait_for_tvs_in_peace() {
    let told = |scope: &str| {
        let plan = format!(
            "check preflight; regen CallManager all; restart TFTP all; restart CallManager all; restart CTIManager all; \
             reset_phones {scope}; restart TVS all; reset_phones all; check backup"
        );
        let found = lint(&scenario("9.1", "non-secure", false, &plan));
        let early = found
            .findings
            .iter()
            .filter(|finding| finding.code == PlanLintCode::ResetBeforeTvsRestart);
        early
            .flat_map(|finding| finding.phones.iter().map(|phone| phone.index()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told("all"), [0, 1, 2]);
    assert_eq!(told("SEP2"), [1]);
}

/// A regeneration that no node can do changes nothing: no gate is missing before it, no backup
/// after it.
#[test]
fn a_refused_regeneration_needs_no_gate_and_no_backup() {
    let codes = |unit: &str| -> Vec<&str> {
        let plan = format!("check preflight; reset_phones all; regen {unit} br");
        lint(&scenario("12.5", "non-secure", false, &plan))
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    };
    assert_eq!(codes("ITLRecovery"), ["wrong-node"]);
    assert!(
        codes("TVS").contains(&"no-backup") && codes("TVS").contains(&"no-gate-between-rounds")
    );
}

/// B-9: phones that were broken before.
#[test]
fn broken_phones_are_told_from_the_plan() {
    let sound = scenario("10.5", "non-secure", false, "check phones");
    assert!(lint(&sound).findings.is_empty());
    let found =
        lint(&Scenario::parse(include_str!("../../../testdata/cases/simulate/R25.json")).unwrap());
    assert_eq!(errors(&found), [("phone-broken-before", 0)]);
}

#[test]
fn a_safe_order_is_found_and_keeps_every_step() {
    let bad = "check preflight; regen CallManager all; restart CallManager all; restart CTIManager all; ctl_update; restart TVS all; \
               restart TFTP all; reset_phones all; check phones; check backup";
    let scenario = scenario("12.5", "mixed", true, bad);
    let found = lint(&scenario);
    assert!(found.has_errors() && found.has_errors_of_order());
    let order = plan::reorder(&scenario.cluster, &scenario.plan, &found).expect("a safe order");
    assert!(
        !order.lint.has_errors() && !order.lint.has_errors_of_order(),
        "{:?}",
        order.lint.findings
    );
    let mut sorted = order.order.clone();
    sorted.sort_unstable();
    assert!(sorted.iter().copied().eq(1..=10) && !order.moved.is_empty());
    let simulation = simulate(&scenario.cluster, &order.plan, Policy::ALL, Assume::Lean).unwrap();
    assert!(!simulation.ends_locked());
    // A sound plan is left alone.
    assert!(plan::reorder(&scenario.cluster, &order.plan, &order.lint).is_none());
}

/// An order is not safe because the restart of a service comes before the regeneration that it is
/// for: nothing would present the new certificate, and the next restart would lock the phones.
#[test]
fn an_order_that_leaves_services_with_the_old_certificate_is_not_offered() {
    let never_reset = "check preflight; regen CallManager all; ctl_update; restart CallManager all; restart CTIManager all; \
                       restart TVS all; restart TFTP all; check backup";
    let no_reset_between = "check preflight; regen TVS all; restart TVS all; regen CallManager all; restart TVS all; restart TFTP all; \
                            restart CallManager all; restart CTIManager all; reset_phones all; check phones; check backup";
    // That something else is left to be restarted anyway does not help.
    let tomcat_too = format!("{never_reset}; regen tomcat all");
    let plans = [
        ("12.5", "mixed", never_reset),
        ("12.5", "mixed", &tomcat_too),
        ("10.5", "non-secure", no_reset_between),
    ];
    for (release, mode, plan) in plans {
        let scenario = scenario(release, mode, mode == "mixed", plan);
        let found = lint(&scenario);
        assert!(found.has_errors_of_order(), "{plan}");
        let offered = plan::reorder(&scenario.cluster, &scenario.plan, &found);
        assert!(offered.is_none(), "{:?}", offered.map(|order| (order.order, order.lint.findings)));
    }
}

/// A mixed-mode cluster with this number of CallManager nodes and an encrypted phone for each
/// group, all with TFTP on the publisher.
fn encrypted(release: &str, nodes: usize, groups: &[&[usize]]) -> Arc<Cluster> {
    let node = |number: usize| NodeSpec {
        name: format!("n{number}").into(),
        product: Product::Cucm,
        publisher: number == 0,
        tftp: number == 0,
        callmanager: true,
    };
    let mut cluster =
        Cluster::new(release.parse().unwrap(), Mode::Mixed, (0..nodes).map(node).collect())
            .unwrap();
    let ids: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    for (number, group) in groups.iter().enumerate() {
        let group: Vec<NodeId> = group.iter().map(|&node| ids[node]).collect();
        let mut phone = PhoneSpec::new(&format!("SEP{number}"), &ids[..1], &group);
        (phone.security, phone.lsc) = (PhoneSecurity::Encrypted, LscStart::Current);
        cluster.add_phone(phone).unwrap();
    }
    if cluster.release() >= Release::first(12, 0) {
        cluster.recovery_scope = RecoveryScope::Cluster;
    }
    Arc::new(cluster)
}

/// The nodes of each regeneration of CallManager, and the phones that are said to drop.
fn turns(plan: &SafePlan) -> (Vec<usize>, usize) {
    let regenerated = plan.operations().into_iter().filter_map(|operation| match operation {
        Operation::Regen { unit: Unit::CallManager, nodes: Nodes::These(nodes) } => {
            Some(nodes.len())
        }
        Operation::Regen { unit: Unit::CallManager, .. } => Some(0),
        _ => None,
    });
    let dropped = plan.notes.iter().find_map(|note| match note {
        PlanNote::EncryptedDrop(phones) => Some(phones.len()),
        _ => None,
    });
    (regenerated.collect(), dropped.unwrap_or_default())
}

/// Nodes, CallManager groups, nodes of each turn, phones that drop.
type Turns<'a> = (usize, &'a [&'a [usize]], &'a [usize], usize);

/// Encrypted phones keep a server that they know: two turns will do for two servers, not for three
/// of which each two are a group; where a group has one server only its phones drop, and the others
/// are spared it all the same.
#[test]
fn call_managers_are_renewed_in_as_many_turns_as_encrypted_phones_need() {
    let cases: [Turns<'_>; 7] = [
        (2, &[&[0, 1]], &[1, 1], 0),
        (3, &[&[0, 1], &[1, 2]], &[2, 1], 0),
        (3, &[&[0, 1], &[1, 2], &[2, 0]], &[1, 1, 1], 0),
        (4, &[&[0, 1], &[1, 2], &[2, 0], &[3, 0]], &[1, 2, 1], 0),
        (5, &[&[0, 1], &[1, 2], &[2, 3], &[3, 4], &[4, 0]], &[2, 2, 1], 0),
        (3, &[&[0], &[1, 2]], &[2, 1], 1),
        (2, &[&[0], &[1]], &[0], 2),
    ];
    for release in ["11.5", "12.5", "14", "15"] {
        for (nodes, groups, sizes, drop) in cases {
            let plan = plan::generate(
                &encrypted(release, nodes, groups),
                &Request::of(&[Unit::CallManager]),
            )
            .unwrap();
            assert_eq!(turns(&plan), (sizes.to_vec(), drop), "{release} {groups:?}");
            // Who is alone meets the new certificate unprepared whatever is done.
            assert!(
                drop > 0 || !plan.lint.has_errors(),
                "{release} {groups:?}: {:?}",
                plan.lint.findings
            );
        }
    }
}

/// Before 14 CallManager presents its new certificate only after its restart: where encrypted
/// phones lose their only server the gate before it says that they come back later, and from 14 on
/// there is nothing to wait for.
#[test]
fn a_gate_tells_of_encrypted_phones_that_come_back_later() {
    for (release, group, told) in
        [("11.5", [0].as_slice(), 1), ("12.5", &[0], 1), ("14", &[0], 0), ("12.5", &[0, 1], 0)]
    {
        let plan =
            plan::generate(&encrypted(release, 2, &[group]), &Request::of(&[Unit::CallManager]))
                .unwrap();
        let steps = plan.rounds.iter().flat_map(|round| &round.steps);
        let later = steps.filter(|step| step.purpose == Purpose::EncryptedLater).count();
        assert_eq!(later, told, "{release} {group:?}");
    }
}

/// With the rollback parameter on, and with phones that refuse what is served now, a plan would
/// prove nothing.
#[test]
fn what_is_broken_before_is_told_instead_of_a_plan() {
    let sound = scenario("12.5", "non-secure", false, "check preflight").cluster;
    let request = Request::of(&[Unit::Tvs]);
    assert!(plan::generate(&sound, &request).is_ok());
    let mut blank = (*sound).clone();
    blank.rollback = true;
    assert_eq!(plan::generate(&Arc::new(blank), &request).unwrap_err(), NoPlan::RollbackOn);
    let mut broken = (*sound).clone();
    let publisher = broken.publisher();
    let mut specs = ["SEP7", "SEP8"].map(|name| PhoneSpec::new(name, &[publisher], &[publisher]));
    specs[1].itl = ItlStart::Foreign;
    let [_, foreign] = specs.map(|spec| broken.add_phone(spec).unwrap());
    assert_eq!(
        plan::generate(&Arc::new(broken), &request).unwrap_err(),
        NoPlan::PhonesBrokenBefore(vec![foreign])
    );
}

/// The content of a golden run book.
fn books() -> Vec<(&'static str, SafePlan)> {
    let all = [Unit::CallManager, Unit::Tvs, Unit::Capf, Unit::Tomcat, Unit::Ipsec];
    let mut first = Request::of(&all);
    first.old_trust = OldTrust::Delete;
    let mut second = Request::of(&[Unit::CallManager, Unit::Tvs, Unit::Capf]);
    (second.old_trust, second.window, second.batch) = (OldTrust::Delete, Some(180), Some(5));
    let mut third =
        Request::of(&[Unit::CallManager, Unit::Tvs, Unit::Capf, Unit::Tomcat, Unit::ItlRecovery]);
    third.guesses = vec![mark_text(&Mark::RollbackAssumed).into()];
    let make = |name: &'static str, request: &Request| {
        (name, plan::generate(&cluster(name), request).unwrap())
    };
    vec![make("10.5-non-secure", &first), make("11.5-mixed", &second), make("15-mixed", &third)]
}

#[test]
fn run_books_are_as_kept() {
    for (name, plan) in books() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/golden/runbook-{name}.md"));
        let book = run_book(&plan);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &book).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        let line = kept.lines().zip(book.lines()).position(|(kept, got)| kept != got);
        assert!(
            kept == book,
            "{} differs from line {:?} on (UPDATE_GOLDEN=1 writes it anew)",
            path.display(),
            line.map(|line| line + 1)
        );
    }
}

#[test]
fn each_step_has_its_command_what_it_shows_and_what_to_do_if_not() {
    for (name, plan) in books() {
        for (step, number) in plan.rounds.iter().flat_map(|round| &round.steps).zip(1..) {
            let told = instruction(&plan, step);
            assert!(
                !told.title.is_empty() && !told.place.trim_end().ends_with("of"),
                "{name} {number}: {told:?}"
            );
            assert!(
                !told.commands.is_empty()
                    && told.commands.iter().all(|command| !command.is_empty()),
                "{name} {number}"
            );
            assert!(
                !told.prints.is_empty() && told.if_not.ends_with('.'),
                "{name} {number}: {told:?}"
            );
        }
    }
}

#[test]
fn run_books_are_whole() {
    for (name, plan) in books() {
        assert!(plan.lint.findings.is_empty(), "{name}: {:?}", plan.lint.findings);
        assert!(plan.leans.is_empty(), "{name}: {:?}", plan.leans);
        let steps = plan.operations();
        let silent = plan
            .rounds
            .iter()
            .flat_map(|round| &round.steps)
            .any(|step| step.purpose == Purpose::SilentTftp);
        assert_eq!(silent, name == "11.5-mixed", "{name}");
        let simulation = simulate(&plan.cluster, &steps, Policy::ALL, Assume::Pessimistic).unwrap();
        for result in &simulation.policies {
            assert_eq!(
                result.count(Trust::Current),
                plan.cluster.phones().len(),
                "{name} {:?}",
                result.policy
            );
        }
    }
}

/// The JSON goes back into `simulate`.
#[test]
fn a_plan_can_be_read_again() {
    for (_, plan) in books() {
        let scenario = Scenario {
            id: None,
            title: None,
            cluster: plan.cluster.clone(),
            plan: plan.operations(),
            policies: Policy::ALL.to_vec(),
        };
        let again = Scenario::parse(&scenario.to_json().to_string()).unwrap();
        assert_eq!(again.plan, scenario.plan);
        assert_eq!(again.cluster.phones(), scenario.cluster.phones());
        assert_eq!(again.to_json(), scenario.to_json());
    }
}

#[test]
fn recovery_says_what_helps_whom() {
    let b1 =
        "regen CallManager all; regen TVS all; restart TFTP all; restart TVS all; reset_phones all";
    let locked = scenario("10.5", "non-secure", false, b1);
    let recovery = plan::recover(&locked.cluster, &locked.plan, &[Policy::B]).unwrap();
    let of = |name: &str| {
        let phone = locked.cluster.phone(name).unwrap();
        recovery
            .groups
            .iter()
            .find(|group| group.phones.contains(&phone))
            .and_then(|group| group.sure())
    };
    // Each node has its own ITLRecovery certificate in 10.5: only phones of the publisher's TFTP
    // know that of the publisher.
    assert_eq!(of("SEP1").map(plan::PlanRemedy::as_str), Some("itl_reset_localkey"));
    assert_eq!(of("SEP2").map(plan::PlanRemedy::as_str), Some("delete_phone_lists"));
    let none = scenario("10.5", "non-secure", false, "check phones");
    assert!(plan::recover(&none.cluster, &none.plan, Policy::ALL).unwrap().groups.is_empty());
}

/// B-10 to B-12 of the list of known bad plans, as the cases write them.
#[test]
fn known_bad_plans_of_the_cases_are_caught() {
    for (id, bad, no_return) in
        [("R34", "B-10", Some(1)), ("R21", "B-11", None), ("M10", "B-12", Some(1))]
    {
        let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .join(format!("testdata/cases/simulate/{id}.json"));
        let text = std::fs::read_to_string(&path).unwrap();
        let scenario = trustlist_cluster::case::Scenario::parse(&text).unwrap();
        let found = trustlist_cluster::plan::lint(&scenario.cluster, &scenario.plan).unwrap();
        let error = found.findings.iter().any(|finding| finding.level() == Level::Error);
        assert!(error, "{bad} ({id}) is not caught");
        assert_eq!(found.no_return.as_ref().map(|point| point.step), no_return, "{bad} ({id})");
    }
}
