//! The simulator at scale: 20 nodes, 40 steps, four policies, and 1,000, 10,000 and 100,000 phones in 60 device pools.
//! Cost follows the distinct states of phones: ten times the phones must cost far less than ten times the time.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use trustlist::release::{Product, Service, Unit};
use trustlist_cluster::cluster::{
    Assume, Cluster, Mode, NodeId, NodeSpec, Nodes, Operation, PhoneSecurity, PhoneSpec, Phones,
    Policy, simulate,
};

fn cluster(phones: usize) -> Arc<Cluster> {
    let node = |number: usize| NodeSpec {
        name: format!("node{number:02}").into(),
        product: Product::Cucm,
        publisher: number == 0,
        tftp: number < 4,
        callmanager: true,
    };
    let mut cluster =
        Cluster::new("10.5".parse().unwrap(), Mode::Mixed, (0..20).map(node).collect()).unwrap();
    let nodes: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    for number in 0..phones {
        let pool = number % 60;
        let tftp = [nodes[pool % 4], nodes[(pool + 1) % 4]];
        let group = [nodes[pool % 20], nodes[(pool + 7) % 20], nodes[(pool + 13) % 20]];
        let security =
            if pool % 5 == 0 { PhoneSecurity::Encrypted } else { PhoneSecurity::NonSecure };
        let spec =
            PhoneSpec { security, ..PhoneSpec::new(&format!("SEP{number:012X}"), &tftp, &group) };
        cluster.add_phone(spec).unwrap();
    }
    Arc::new(cluster)
}

/// Forty steps: rounds for CAPF, CallManager and TVS, with a reset between, and the CTL in its place.
fn plan() -> Vec<Operation> {
    let restart = |service| Operation::Restart { service, nodes: Nodes::All };
    let round = |unit| {
        vec![
            Operation::Check { what: "phones".into() },
            Operation::Regen { unit, nodes: Nodes::All },
            Operation::CtlUpdate,
            restart(Service::Capf),
            restart(Service::Tftp),
            restart(Service::CallManager),
            restart(Service::CtiManager),
            restart(Service::Tvs),
            Operation::Wait { minutes: 60 },
            Operation::ResetPhones { phones: Phones::All },
        ]
    };
    [Unit::Capf, Unit::CallManager, Unit::Tvs, Unit::ItlRecovery]
        .into_iter()
        .flat_map(round)
        .collect()
}

fn simulation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    let plan = plan();
    for phones in [1_000, 10_000, 100_000] {
        let cluster = cluster(phones);
        group.bench_with_input(
            BenchmarkId::from_parameter(phones),
            &cluster,
            |bencher, cluster| {
                bencher.iter(|| {
                    simulate(black_box(cluster), &plan, Policy::ALL, Assume::Lean).unwrap()
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, simulation);
criterion_main!(benches);
