//! The simulation properties of `spec/PROPERTIES.md`, over random clusters and plans.

#[path = "../../../tests/support/cases.rs"]
mod cases;

use cases::{OF_THE_SPECIFICATION, cases};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;
use trustlist::phone::Rule;
use trustlist::phone::SecurityByDefault;
use trustlist_cluster::cluster::*;
use trustlist_cluster::release::{Product, RecoveryScope, Service, Unit};
use trustlist_cluster::report::SimulationJson;

const VERSIONS: &[&str] = &[
    "8.0", "8.6", "9.1", "10.0", "10.5(1)", "10.5", "11.0", "11.5", "12.0", "12.5", "14", "14SU1",
    "14SU3", "15",
];

/// A cluster of up to four CUCM nodes and one IM and Presence node, and up to six phones.
fn clusters() -> impl Strategy<Value = Arc<Cluster>> {
    let node = (any::<bool>(), prop::bool::weighted(0.8));
    let settings = (
        any::<bool>(),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        any::<bool>(),
    );
    (
        prop::sample::select(VERSIONS),
        any::<bool>(),
        vec(node, 1..=4),
        any::<bool>(),
        settings,
        vec(phones(), 1..=6),
    )
        .prop_map(
            |(version, mixed, flags, imp, (rollback, event, itself, per_node), phones)| {
                let mode = if mixed { Mode::Mixed } else { Mode::NonSecure };
                let mut cluster =
                    Cluster::new(version.parse().unwrap(), mode, nodes(&flags, imp)).unwrap();
                cluster.rollback = rollback && version.starts_with('1');
                cluster.clusterwide_delete = event.unwrap_or(cluster.clusterwide_delete);
                cluster.tvs_restarts_itself = itself.unwrap_or(cluster.tvs_restarts_itself);
                if per_node {
                    cluster.recovery_scope = RecoveryScope::Node;
                }
                for (number, phone) in phones.iter().enumerate() {
                    let spec = phone.spec(number, flags.len());
                    cluster.add_phone(spec(&cluster)).unwrap();
                }
                for (node, _) in
                    cluster.nodes().map(|(node, spec)| (node, spec.clone())).collect::<Vec<_>>()
                {
                    cluster
                        .add_trust(node, trustlist_cluster::release::TrustUnit::Tomcat, "oldca")
                        .unwrap();
                }
                Arc::new(cluster)
            },
        )
}

fn nodes(flags: &[(bool, bool)], imp: bool) -> Vec<NodeSpec> {
    let cucm = flags.iter().enumerate().map(|(number, &(tftp, callmanager))| NodeSpec {
        name: format!("ccm{number}").into(),
        product: Product::Cucm,
        publisher: number == 0,
        tftp: tftp || number == 0,
        callmanager,
    });
    let imp = imp.then(|| NodeSpec {
        name: "imp".into(),
        product: Product::Imp,
        publisher: false,
        tftp: false,
        callmanager: false,
    });
    cucm.chain(imp).collect()
}

#[derive(Clone, Debug)]
struct RandomPhone {
    tftp: (usize, usize),
    group: (usize, usize),
    encrypted: bool,
    sbd: bool,
    lists: (u8, u8),
    online: bool,
}

fn phones() -> impl Strategy<Value = RandomPhone> {
    let pair = || (0_usize..4, 0_usize..4);
    let lists = (0_u8..10, 0_u8..10);
    (pair(), pair(), any::<bool>(), prop::bool::weighted(0.8), lists, prop::bool::weighted(0.9))
        .prop_map(|(tftp, group, encrypted, sbd, lists, online)| RandomPhone {
            tftp,
            group,
            encrypted,
            sbd,
            lists,
            online,
        })
}

impl RandomPhone {
    fn spec(&self, number: usize, nodes: usize) -> impl Fn(&Cluster) -> PhoneSpec + use<> {
        let phone = self.clone();
        move |cluster| {
            let pick = |(one, two): (usize, usize)| {
                let mut names = vec![one % nodes, two % nodes];
                names.dedup();
                names
                    .iter()
                    .map(|number| cluster.node(&format!("ccm{number}")).unwrap())
                    .collect::<Vec<_>>()
            };
            PhoneSpec {
                security: if phone.encrypted {
                    PhoneSecurity::Encrypted
                } else {
                    PhoneSecurity::NonSecure
                },
                security_by_default: if phone.sbd {
                    SecurityByDefault::Yes
                } else {
                    SecurityByDefault::No
                },
                lsc: if phone.encrypted { LscStart::Current } else { LscStart::None },
                itl: [ItlStart::None, ItlStart::Foreign]
                    .get(usize::from(phone.lists.0))
                    .copied()
                    .unwrap_or(ItlStart::Current),
                ctl: [CtlStart::None, CtlStart::Stale]
                    .get(usize::from(phone.lists.1))
                    .copied()
                    .unwrap_or(CtlStart::Current),
                online: phone.online,
                ..PhoneSpec::new(&format!("SEP{number}"), &pick(phone.tftp), &pick(phone.group))
            }
        }
    }
}

/// A plan in numbers: kind, what, where.
fn plans(longest: usize) -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    vec((0_u8..24, any::<u8>(), any::<u8>()), 0..=longest)
}

fn plan(cluster: &Cluster, numbers: &[(u8, u8, u8)]) -> Vec<Operation> {
    numbers.iter().map(|&numbers| operation(cluster, numbers)).collect()
}

fn operation(cluster: &Cluster, (kind, what, place): (u8, u8, u8)) -> Operation {
    let all: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    let nodes = if place % 3 == 0 {
        Nodes::These(vec![all[usize::from(place / 3) % all.len()]])
    } else {
        Nodes::All
    };
    let phone = usize::from(place / 3) % cluster.phones().len();
    let phone = cluster.phone(&format!("SEP{phone}")).unwrap();
    let phones = if place % 3 == 0 { Phones::These(Arc::from([phone])) } else { Phones::All };
    let signers = [Unit::CallManager, Unit::Tvs, Unit::ItlRecovery, Unit::Capf];
    let service = [Service::Tftp, Service::Tvs, Service::CallManager, Service::Ccn, Service::Capf]
        [usize::from(what % 5)];
    match kind {
        0..=4 => Operation::Regen { unit: signers[usize::from(what % 4)], nodes },
        5 => Operation::Regen { unit: Unit::ALL[usize::from(what) % Unit::ALL.len()], nodes },
        6..=8 => Operation::Restart { service, nodes },
        9 => Operation::Stop { service, nodes },
        10 => Operation::Start { service, nodes },
        11..=13 => Operation::ResetPhones { phones },
        14 => Operation::CtlUpdate,
        15 => Operation::CtlResetLocalkey,
        16 => Operation::ItlResetLocalkey,
        17 => Operation::SetRollback(if what % 2 == 0 { Rollback::On } else { Rollback::Off }),
        18 => Operation::SetMode(if what % 2 == 0 { Mode::Mixed } else { Mode::NonSecure }),
        19 => Operation::Wait { minutes: u64::from(what) },
        20 if what % 2 == 0 => Operation::NodeDown { nodes },
        20 => Operation::NodeUp { nodes },
        21 if what % 2 == 0 => Operation::ReplBreak { nodes },
        21 => Operation::ReplFix { nodes },
        22 if what % 2 == 0 => Operation::PhoneOffline { phones },
        22 => Operation::PhoneOnline { phones },
        _ => {
            let lists = if what % 2 == 0 { ErasedLists::Both } else { ErasedLists::Itl };
            let oldca = cluster.cert("oldca").unwrap();
            match what % 3 {
                0 => Operation::DeletePhoneLists { phones, lists },
                1 => Operation::LscUpdate { phones },
                _ => Operation::DeleteTrust {
                    unit: StoreUnit::from_word("tomcat-trust").unwrap(),
                    cert: oldca,
                    nodes,
                },
            }
        }
    }
}

fn policies() -> impl Strategy<Value = Policy> {
    prop::sample::select(Policy::ALL)
}

fn run(cluster: &Arc<Cluster>, policy: Policy, plan: &[Operation]) -> Run {
    let mut run = Run::new(cluster, policy, Assume::Lean);
    for operation in plan {
        run.apply(operation).unwrap();
    }
    run
}

fn states(run: &Run) -> Vec<PhoneStatus> {
    phone_ids(run).map(|phone| run.phone_state(phone).unwrap().clone()).collect()
}

fn phone_ids(run: &Run) -> impl Iterator<Item = PhoneId> + use<> {
    let cluster = run.cluster().clone();
    (0..cluster.phones().len()).map(move |number| cluster.phone(&format!("SEP{number}")).unwrap())
}

fn step(run: &Run, operations: &[Operation]) -> Run {
    let mut next = run.clone();
    for operation in operations {
        next.apply(operation).unwrap();
    }
    next
}

fn reset() -> Operation {
    Operation::ResetPhones { phones: Phones::All }
}

/// Whether one of the phone's TFTP servers runs.
fn is_served(run: &Run, phone: PhoneId) -> bool {
    let servers = &run.cluster().phones()[phone.index()].tftp_servers;
    servers.iter().any(|&node| run.is_running(Service::Tftp, node))
}

proptest! {
    #![proptest_config(cases(OF_THE_SPECIFICATION))]

    #[test]
    fn ps_deterministic(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let plan = plan(&cluster, &numbers);
        let bytes = || {
            let simulation = simulate(&cluster, &plan, &[policy], Assume::Lean).unwrap();
            serde_json::to_string(&SimulationJson(&simulation)).unwrap()
        };
        prop_assert_eq!(bytes(), bytes());
    }

    #[test]
    fn ps_check_changes_nothing(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let before = run(&cluster, policy, &plan(&cluster, &numbers));
        let after = step(&before, &[Operation::Check { what: "phones".into() }]);
        prop_assert_eq!(states(&before), states(&after));
        prop_assert_eq!(before.files().collect::<Vec<_>>(), after.files().collect::<Vec<_>>());
    }

    #[test]
    fn ps_third_reset(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let twice = step(&run(&cluster, policy, &plan(&cluster, &numbers)), &[reset(), reset()]);
        prop_assert_eq!(states(&twice), states(&step(&twice, &[reset()])));
    }

    #[test]
    fn ps_updatable_becomes_current(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let before = run(&cluster, policy, &plan(&cluster, &numbers));
        let after = step(&before, &[reset()]);
        for phone in phone_ids(&before).filter(|&phone| is_served(&before, phone)) {
            if matches!(before.phone_state(phone).unwrap().trust, Trust::Current | Trust::Updatable) {
                prop_assert_eq!(after.phone_state(phone).unwrap().trust, Trust::Current);
            }
        }
    }

    #[test]
    fn ps_locked_in_final_is_in_locked(cluster in clusters(), mut numbers in plans(12), policy in policies()) {
        numbers.push((0, 0, 1));
        let simulation = simulate(&cluster, &plan(&cluster, &numbers), &[policy], Assume::Lean).unwrap();
        let result = &simulation.policies[0];
        let locked: Vec<PhoneId> = result.locked().collect();
        for (phone, cohort) in result.phones() {
            let ends = result.final_state(cohort).unwrap().standing.trust;
            prop_assert!(ends != Trust::Locked || locked.contains(&phone));
        }
    }

    #[test]
    fn ps_current_is_recoverable(cluster in clusters(), numbers in plans(12), policy in policies()) {
        for state in states(&run(&cluster, policy, &plan(&cluster, &numbers))) {
            prop_assert!(state.trust != Trust::Current || state.recoverability.is_recoverable());
        }
    }

    /// The point of no return is there exactly when a phone is lost at the end, and names only such phones. A phone
    /// that a rescue can save is not recoverable, but not lost either (P-16).
    #[test]
    fn ps_no_return_agrees(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let simulation = simulate(&cluster, &plan(&cluster, &numbers), &[policy], Assume::Lean).unwrap();
        let result = &simulation.policies[0];
        let lost = |cohort: CohortId| result.final_state(cohort).unwrap().recoverability().is_lost();
        prop_assert_eq!(result.no_return.is_some(), result.phones().any(|(_, cohort)| lost(cohort)));
        for phone in result.no_return.iter().flat_map(|point| &point.phones) {
            prop_assert!(lost(result.cohort(*phone).unwrap()));
        }
    }

    #[test]
    fn ps_tomcat_is_harmless(cluster in clusters(), numbers in plans(12)) {
        let before = run(&cluster, Policy::A, &plan(&cluster, &numbers));
        let (unit, service, nodes) = (Unit::Tomcat, Service::Tomcat, Nodes::All);
        let tomcat = [Operation::Regen { unit, nodes: nodes.clone() }, Operation::Restart { service, nodes }];
        prop_assert_eq!(states(&before), states(&step(&before, &tomcat)));
    }

    /// Refuted in two corners, which are left out here and shown by the two tests below: an open P-ITL-5, and a list
    /// that `itl_reset_localkey` copied from the publisher where each node has an ITLRecovery certificate of its own.
    #[test]
    fn ps_policy_c_no_worse_than_d(cluster in clusters(), numbers in plans(12)) {
        let plan = plan(&cluster, &numbers);
        if cluster.recovery_scope == RecoveryScope::Node && plan.contains(&Operation::ItlResetLocalkey) {
            return Ok(());
        }
        let nodes = Nodes::All;
        let end = [
            Operation::Restart { service: Service::Tvs, nodes: nodes.clone() },
            Operation::Restart { service: Service::Tftp, nodes },
            reset(),
        ];
        let (c, d) = (step(&run(&cluster, Policy::C, &plan), &end), step(&run(&cluster, Policy::D, &plan), &end));
        if c.assumptions().any(|(assumption, _)| assumption.rule() == Rule::Itl5.id()) {
            return Ok(());
        }
        for (c, d) in states(&c).iter().zip(&states(&d)) {
            prop_assert!(d.trust != Trust::Current || c.trust == Trust::Current, "current under D, {} under C", c.trust);
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    /// What a phone becomes does not depend on its place in the inventory, or on the others.
    #[test]
    fn phone_order(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let mut turned = cluster.without_phones();
        for phone in cluster.phones().iter().rev() {
            turned.add_phone(phone.clone()).unwrap();
        }
        let turned = Arc::new(turned);
        let one = run(&cluster, policy, &plan(&cluster, &numbers));
        let other = run(&turned, policy, &plan(&turned, &numbers));
        prop_assert_eq!(states(&one), states(&other));
    }

    /// A clone goes its own way: what happens to it changes nothing in the run it was made from, whatever they share.
    #[test]
    fn clones_are_apart(cluster in clusters(), numbers in plans(8), more in plans(8), policy in policies()) {
        let (first, second) = (plan(&cluster, &numbers), plan(&cluster, &more));
        let before = run(&cluster, policy, &first);
        let kept = states(&before);
        let branch = step(&before, &second);
        prop_assert_eq!(states(&before), kept);
        let straight = run(&cluster, policy, &[first, second].concat());
        prop_assert_eq!(states(&branch), states(&straight));
    }

    /// What is assumed to be refused by a pessimist is at most as good as what an optimist takes: for what is served now.
    #[test]
    fn assumptions_only_matter_where_something_is_open(cluster in clusters(), numbers in plans(12), policy in policies()) {
        let plan = plan(&cluster, &numbers);
        let lean = run(&cluster, policy, &plan);
        if lean.assumptions().next().is_none() {
            for assume in [Assume::Optimistic, Assume::Pessimistic] {
                let mut other = Run::new(&cluster, policy, assume);
                plan.iter().for_each(|operation| drop(other.apply(operation).unwrap()));
                let trust = |run: &Run| states(run).iter().map(|state| (state.trust, state.registered)).collect::<Vec<_>>();
                prop_assert_eq!(trust(&lean), trust(&other));
            }
        }
    }
}

/// Where `ps_policy_c_no_worse_than_d` does not hold: how the phone ends under C and under D.
fn c_against_d(
    version: &str,
    mode: Mode,
    scope: RecoveryScope,
    plan: &[Operation],
) -> (Trust, Trust) {
    let node = |name: &str, publisher| NodeSpec {
        name: name.into(),
        product: Product::Cucm,
        publisher,
        tftp: true,
        callmanager: false,
    };
    let mut cluster =
        Cluster::new(version.parse().unwrap(), mode, vec![node("ccm0", true), node("ccm1", false)])
            .unwrap();
    cluster.recovery_scope = scope;
    cluster.tvs_restarts_itself = false;
    let [one, two] = ["ccm0", "ccm1"].map(|name| cluster.node(name).unwrap());
    cluster.add_phone(PhoneSpec::new("SEP0", &[two, one], &[one])).unwrap();
    let cluster = Arc::new(cluster);
    let restart = |service| Operation::Restart { service, nodes: Nodes::All };
    let plan = [plan, &[restart(Service::Tvs), restart(Service::Tftp), reset()]].concat();
    let end = |policy| states(&run(&cluster, policy, &plan))[0].trust;
    (end(Policy::C), end(Policy::D))
}

/// TVS that knows the signer makes the refusal of an ITL an open one, in which the installed ITL is dropped too
/// (P-ITL-5, P-ITL-6); TVS that does not know it leaves the ITL where it is.
#[test]
fn a_live_tvs_can_cost_the_itl() {
    let regen = || Operation::Regen { unit: Unit::ItlRecovery, nodes: Nodes::All };
    let tftp = Operation::Restart { service: Service::Tftp, nodes: Nodes::All };
    let plan = [regen(), tftp, regen(), reset(), Operation::CtlUpdate];
    let ends = c_against_d("12.5", Mode::Mixed, RecoveryScope::Cluster, &plan);
    assert_eq!(ends, (Trust::Locked, Trust::Current));
}

/// TVS that knows the new signer vouches for the publisher's list, in which the ITLRecovery of the phone's own TFTP
/// server is not; TVS that does not know it leaves the phone with the list of its server.
#[test]
fn a_live_tvs_can_bring_the_list_of_another_node() {
    let regen = |unit, nodes| Operation::Regen { unit, nodes };
    let plan = [
        regen(Unit::CallManager, Nodes::All),
        Operation::ItlResetLocalkey,
        reset(),
        regen(Unit::Tvs, Nodes::All),
    ];
    let ends = c_against_d("12.0", Mode::NonSecure, RecoveryScope::Node, &plan);
    assert_eq!(ends, (Trust::Locked, Trust::Current));
}
