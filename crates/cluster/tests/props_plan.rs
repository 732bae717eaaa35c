//! Properties of plans over cluster shapes: 1 to 8 nodes, versions 8.0 to 15, both modes, any certificates to renew, phones
//! on and off line.
#[path = "../../../tests/support/cases.rs"]
mod cases;

use cases::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;
use trustlist::code::Level;
use trustlist::phone::SecurityByDefault;
use trustlist_cluster::case::plan_json;
use trustlist_cluster::cluster::{
    Assume, Cluster, LscStart, Mode, NodeId, NodeSpec, Nodes, Operation, PhoneId, PhoneSecurity,
    PhoneSpec, PhoneStatus, Phones, Policy, Run, Simulation, Trust, simulate,
};
use trustlist_cluster::plan::{
    self, Fallback, Mark, NoPlan, OldTrust, Order, PlannedStep, Purpose, Request, Unneeded,
};
use trustlist_cluster::release::{Product, RecoveryScope, Release, Service, Unit};
use trustlist_cluster::report::plan::mark_text;
use trustlist_cluster::report::{change_ticket, run_book};

const VERSIONS: &[&str] = &[
    "8.0", "8.6", "9.1", "10.0", "10.5(1)", "10.5", "11.0", "11.5", "12.0", "12.5", "14", "14SU3",
    "15",
];

/// A cluster in numbers.
#[derive(Clone, Debug)]
struct Shape {
    version: usize,
    mixed: bool,
    /// Bits: TFTP, CallManager, IM and Presence.
    nodes: Vec<u8>,
    /// Bits: off-line, encrypted, without Security By Default, group of one; and two places to start from.
    phones: Vec<(u8, u8, u8)>,
}

fn shapes() -> impl Strategy<Value = Shape> {
    let phones = vec((0_u8..16, any::<u8>(), any::<u8>()), 0..5);
    (0..VERSIONS.len(), any::<bool>(), vec(0_u8..8, 1..=8), phones)
        .prop_map(|(version, mixed, nodes, phones)| Shape { version, mixed, nodes, phones })
}

impl Shape {
    /// The publisher serves TFTP and runs CallManager, so that every phone has one of each.
    fn cluster(&self) -> Arc<Cluster> {
        let release: Release = VERSIONS[self.version].parse().unwrap();
        let node = |(number, bits): (usize, &u8)| {
            let imp = number > 0 && bits & 4 != 0;
            NodeSpec {
                name: format!("n{number}").into(),
                publisher: number == 0,
                product: if imp { Product::Imp } else { Product::Cucm },
                tftp: number == 0 || !imp && bits & 1 != 0,
                callmanager: number == 0 || !imp && bits & 2 != 0,
            }
        };
        let nodes: Vec<NodeSpec> = self.nodes.iter().enumerate().map(node).collect();
        let mode = if self.mixed { Mode::Mixed } else { Mode::NonSecure };
        let mut cluster = Cluster::new(release, mode, nodes).unwrap();
        let of = |cluster: &Cluster, which: fn(&NodeSpec) -> bool| -> Vec<NodeId> {
            cluster.nodes().filter(|(_, spec)| which(spec)).map(|(node, _)| node).collect()
        };
        let (tftp, servers) =
            (of(&cluster, |spec| spec.tftp), of(&cluster, |spec| spec.callmanager));
        for (number, &(bits, first, second)) in self.phones.iter().enumerate() {
            let pick = |nodes: &[NodeId], from: u8, count: usize| -> Vec<NodeId> {
                let start = usize::from(from) % nodes.len();
                nodes.iter().cycle().skip(start).take(count.min(nodes.len())).copied().collect()
            };
            let group = pick(&servers, second, if bits & 8 != 0 { 1 } else { 2 });
            let mut phone = PhoneSpec::new(&format!("SEP{number}"), &pick(&tftp, first, 2), &group);
            phone.online = bits & 1 == 0;
            phone.security_by_default =
                if bits & 4 == 0 { SecurityByDefault::Yes } else { SecurityByDefault::No };
            if self.mixed && bits & 2 != 0 {
                (phone.security, phone.lsc) = (PhoneSecurity::Encrypted, LscStart::Current);
            }
            cluster.add_phone(phone).unwrap();
        }
        Arc::new(cluster)
    }

    /// The same with two CallManager nodes in every group, all phones on-line and with Security By Default. 12.0 in mixed
    /// mode needs one ITLRecovery for the cluster: with one for each node the CTL does not know the signer of the ITL of a
    /// subscriber, and no change of the ITL reaches its phones, with or without a plan (P-ITL-5, P-ITL-7).
    fn sound(&self) -> Arc<Cluster> {
        let mut sound = self.clone();
        sound.nodes.insert(1, 3);
        sound.phones.iter_mut().for_each(|phone| phone.0 &= 2);
        let mut cluster = (*sound.cluster()).clone();
        if cluster.release() >= Release::first(12, 0) {
            cluster.recovery_scope = RecoveryScope::Cluster;
        }
        Arc::new(cluster)
    }
}

fn requests() -> impl Strategy<Value = Request> {
    let units = prop::sample::subsequence(Unit::ALL.to_vec(), 1..=Unit::ALL.len());
    let trust = prop_oneof![Just(OldTrust::Keep), Just(OldTrust::Delete)];
    let order = prop_oneof![Just(Order::Procedure), Just(Order::Guide)];
    let batch = prop_oneof![Just(None), (1_usize..3).prop_map(Some)];
    (units, trust, order, batch, prop::option::of(30_u64..400)).prop_map(
        |(renew, old_trust, order, batch, window)| Request {
            renew,
            old_trust,
            order,
            batch,
            window,
            ..Request::of(&[])
        },
    )
}

fn phones(run: &Run) -> Vec<(PhoneId, &PhoneStatus)> {
    let of = |phone: PhoneId| Some((phone, run.phone_state(phone)?));
    run.groups().into_iter().flatten().filter_map(of).collect()
}

/// Lost, to be rescued by a command, by restarts, or fine.
fn rank(standing: &PhoneStatus) -> u8 {
    match standing.trust {
        _ if standing.recoverability.is_lost() => 0,
        Trust::Locked if !standing.recoverability.is_recoverable() => 1,
        Trust::Locked => 2,
        _ => 3,
    }
}

fn locked_at_end(simulation: &Simulation) -> usize {
    simulation.policies.iter().map(|result| result.count(Trust::Locked)).sum()
}

/// Any plan, sound or not.
fn plans() -> impl Strategy<Value = Vec<(u8, u8)>> {
    vec((0_u8..12, any::<u8>()), 0..10)
}

fn operation(cluster: &Cluster, (kind, place): (u8, u8)) -> Operation {
    let all: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    let nodes = if place % 4 == 0 {
        Nodes::These(vec![all[usize::from(place / 4) % all.len()]])
    } else {
        Nodes::All
    };
    let signers = [Unit::CallManager, Unit::Tvs, Unit::ItlRecovery, Unit::Capf];
    match kind {
        0..=3 => Operation::Regen { unit: signers[usize::from(kind)], nodes },
        4 => Operation::Restart { service: Service::Tvs, nodes },
        5 => Operation::Restart { service: Service::Tftp, nodes },
        6 => Operation::Restart { service: Service::CallManager, nodes },
        7 => Operation::CtlUpdate,
        8 => Operation::ItlResetLocalkey,
        9 => Operation::CtlResetLocalkey,
        _ => Operation::ResetPhones { phones: Phones::All },
    }
}

proptest! {
    #![proptest_config(cases(96))]

    /// A generated plan leaves no on-line phone locked under any policy, or there is none, with its reason.
    #[test]
    fn pp_generated_plans_lock_nobody(shape in shapes(), request in requests()) {
        let cluster = shape.cluster();
        match plan::generate(&cluster, &request) {
            Ok(plan) => {
                let steps = plan.operations();
                let lean = simulate(&cluster, &steps, Policy::ALL, Assume::Lean).unwrap();
                prop_assert_eq!(locked_at_end(&lean), 0);
                if plan.leans.is_empty() {
                    let pessimistic = simulate(&cluster, &steps, Policy::ALL, Assume::Pessimistic).unwrap();
                    prop_assert_eq!(locked_at_end(&pessimistic), 0);
                }
                let windows = plan.windows();
                let covered: Vec<usize> = windows.iter().flat_map(|window| window.rounds.clone()).collect();
                prop_assert!(covered.into_iter().eq(0..plan.rounds.len()));
            }
            Err(NoPlan::PhonesLocked { phones, .. } | NoPlan::PhonesBrokenBefore(phones)) => prop_assert!(!phones.is_empty()),
            Err(NoPlan::LintErrors { codes, .. }) => prop_assert!(!codes.is_empty()),
            Err(reason) => prop_assert_eq!(reason, NoPlan::NothingToRenew),
        }
    }

    /// What a plan says to do where a step fails, tried at that step, under every policy: no phone is worse off, and the rest of
    /// the plan still locks nobody.
    #[test]
    fn pp_what_is_done_where_a_step_fails_harms_nobody(shape in shapes(), request in requests(), skip in any::<bool>()) {
        let cluster = shape.cluster();
        let unneeded = if skip { Unneeded::Skip } else { Unneeded::Keep };
        let Ok(plan) = plan::generate(&cluster, &Request { unneeded, ..request }) else { return Ok(()) };
        let steps: Vec<&PlannedStep> = plan.rounds.iter().flat_map(|round| &round.steps).collect();
        for &policy in Policy::ALL {
            let mut run = Run::new(&cluster, policy, Assume::Lean);
            for (place, step) in steps.iter().enumerate() {
                run.apply(&step.operation).unwrap();
                for fallback in &step.fallbacks {
                    let mut failed = run.clone();
                    for operation in fallback.operations(&step.operation) {
                        failed.apply(&operation).unwrap();
                    }
                    for (phone, before) in phones(&run) {
                        let after = failed.phone_state(phone).unwrap();
                        let said = format!("{fallback:?} at step {} under {policy:?}: {:?}", place + 1, step.operation);
                        prop_assert!(rank(before) <= rank(after), "{}", said);
                    }
                    if *fallback == Fallback::Again {
                        continue;
                    }
                    for step in &steps[place + 1..] {
                        failed.apply(&step.operation).unwrap();
                    }
                    let locked = phones(&failed).into_iter().filter(|(_, standing)| standing.trust == Trust::Locked).count();
                    prop_assert_eq!(locked, 0, "the rest after {:?} at step {} under {:?}", fallback, place + 1, policy);
                }
            }
        }
    }

    /// A plan that rests on one guess, whatever fact it is about, names it in every form, and has its gate before all other
    /// steps.
    #[test]
    fn pp_a_guess_is_in_every_form(shape in shapes(), request in requests(), place in any::<prop::sample::Index>()) {
        let guess = mark_text(place.get(&Mark::examples()));
        let request = Request { guesses: vec![guess.as_str().into()], ..request };
        let Ok(plan) = plan::generate(&shape.sound(), &request) else { return Ok(()) };
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in [run_book(&plan), change_ticket(&plan)] {
            let text = words(&text);
            prop_assert!(text.contains("This plan rests on 1 guess."), "{}", text);
            // Once in front, once as a gate.
            prop_assert_eq!(text.matches(&words(&guess)).count(), 2, "{} in {}", guess, text);
        }
        let first = plan.rounds.iter().flat_map(|round| &round.steps).next().unwrap();
        prop_assert_eq!(first.purpose, Purpose::Guess(0));
        let steps = plan_json(&plan.cluster, &plan.operations()).to_string();
        prop_assert!(steps.starts_with(r#"[{"op":"check","what":"guess 1 of 1 is answered"}"#), "{}", steps);
    }

    /// No refusal, no error of the lint and no phone lost on the way over sound shapes.
    #[test]
    fn pp_sound_shapes_get_their_plan(shape in shapes(), request in requests()) {
        let cluster = shape.sound();
        let owned = request.renew.iter().any(|&unit| cluster.nodes().any(|(node, _)| cluster.has_unit(node, unit)));
        match plan::generate(&cluster, &request) {
            Ok(plan) => {
                let errors: Vec<_> = plan.lint.findings.iter().filter(|finding| finding.level() == Level::Error).collect();
                prop_assert!(errors.is_empty(), "{:?}\n{:?}", errors, plan.lint.steps);
                prop_assert!(plan.lint.no_return.is_none());
            }
            Err(reason) => prop_assert!(reason == NoPlan::NothingToRenew && !owned, "{:?}", reason),
        }
    }

    /// A plan without an error leaves no on-line phone locked, and each order that is offered is such a plan.
    #[test]
    fn pp_without_errors_nobody_is_locked(shape in shapes(), numbers in plans()) {
        let cluster = shape.cluster();
        let steps: Vec<Operation> = numbers.into_iter().map(|numbers| operation(&cluster, numbers)).collect();
        let lint = plan::lint(&cluster, &steps).unwrap();
        let simulation = simulate(&cluster, &steps, Policy::ALL, Assume::Lean).unwrap();
        prop_assert!(lint.has_errors() || locked_at_end(&simulation) == 0);
        let again = plan::lint(&cluster, &steps).unwrap();
        prop_assert_eq!(&lint.findings, &again.findings);
        let known = lint.no_return.as_ref().map(|point| point.step);
        let points = simulation.policies.iter().filter_map(|result| Some(result.no_return.as_ref()?.step));
        prop_assert_eq!(known, points.min());
    }
}
