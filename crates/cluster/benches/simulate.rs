//! The simulator at scale. Cost follows the distinct states of phones: ten times the phones must
//! cost far less than ten times the time.
//!
//! - `simulate`: 20 nodes, 40 steps, four policies, and 1,000, 10,000 and 100,000 phones in 60 device pools.
//! - `batches`: as large as CUCM allows, 21 nodes and 60,000 phones in 200 device pools, each round reset in 200 batches that
//!   cut through the pools; and the JSON of it, written to a sink.
//!
//! The first lines printed are the most memory that a process with one such simulation takes
//! (Linux).

use criterion::{BenchmarkId, Criterion, criterion_group};
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use trustlist_cluster::cluster::{
    Assume, Cluster, Limits, Mode, NodeId, NodeSpec, Nodes, Operation, PhoneId, PhoneSecurity,
    PhoneSpec, Phones, Policy, Simulation, simulate,
};
use trustlist_cluster::release::{Product, Service, Unit};
use trustlist_cluster::report::SimulationJson;

fn cluster(nodes: usize, pools: usize, phones: usize) -> Arc<Cluster> {
    let node = |number: usize| NodeSpec {
        name: format!("node{number:02}").into(),
        product: Product::Cucm,
        publisher: number == 0,
        tftp: number < 4,
        callmanager: true,
    };
    let mut cluster =
        Cluster::new("10.5".parse().unwrap(), Mode::Mixed, (0..nodes).map(node).collect()).unwrap();
    cluster.limits = Limits::new().kept(1 << 30);
    let nodes: Vec<NodeId> = cluster.nodes().map(|(node, _)| node).collect();
    for number in 0..phones {
        let pool = number % pools;
        let tftp = [nodes[pool % 4], nodes[(pool + 1) % 4]];
        let third = pool + 13 + pool / nodes.len();
        let group = [pool, pool + 7, third].map(|place| nodes[place % nodes.len()]);
        let security = if pool.is_multiple_of(5) {
            PhoneSecurity::Encrypted
        } else {
            PhoneSecurity::NonSecure
        };
        let spec =
            PhoneSpec { security, ..PhoneSpec::new(&format!("SEP{number:012X}"), &tftp, &group) };
        cluster.add_phone(spec).unwrap();
    }
    Arc::new(cluster)
}

/// The same plan with every reset in this many batches of the inventory.
fn in_batches(cluster: &Cluster, plan: Vec<Operation>, count: usize) -> Vec<Operation> {
    let phones: Vec<PhoneId> =
        cluster.phones().iter().filter_map(|phone| cluster.phone(&phone.name)).collect();
    let batches: Vec<Operation> = phones
        .chunks(phones.len().div_ceil(count))
        .map(|batch| Operation::ResetPhones { phones: Phones::These(batch.into()) })
        .collect();
    plan.into_iter()
        .flat_map(|operation| match operation {
            Operation::ResetPhones { .. } => batches.clone(),
            other => vec![other],
        })
        .collect()
}

fn run(cluster: &Arc<Cluster>, plan: &[Operation]) -> Simulation {
    simulate(black_box(cluster), plan, Policy::ALL, Assume::Lean).unwrap()
}

/// The most memory that this process took, in MiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Forty steps: rounds for CAPF, CallManager and TVS, with a reset between, and the CTL in its
/// place.
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
        let cluster = cluster(20, 60, phones);
        group.bench_with_input(
            BenchmarkId::from_parameter(phones),
            &cluster,
            |bencher, cluster| bencher.iter(|| run(cluster, &plan)),
        );
    }
    group.finish();
    let mut group = criterion.benchmark_group("batches");
    group.sample_size(10);
    let cluster = self::cluster(21, 200, 60_000);
    let plan = in_batches(&cluster, plan, 200);
    group.bench_function("simulate", |bencher| bencher.iter(|| run(&cluster, &plan)));
    let simulation = run(&cluster, &plan);
    group.bench_function("json", |bencher| {
        bencher.iter(|| serde_json::to_writer(io::sink(), &SimulationJson(&simulation)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, simulation);

fn main() {
    // The smaller of the two first: the peak only rises.
    for (name, nodes, pools, phones, batches) in
        [("100,000 phones, 40 steps", 20, 60, 100_000, 1), ("200 batches", 21, 200, 60_000, 200)]
    {
        let cluster = cluster(nodes, pools, phones);
        let plan = in_batches(&cluster, plan(), batches);
        let simulation = run(&cluster, &plan);
        let simulated = peak();
        serde_json::to_writer(io::sink(), &SimulationJson(&simulation)).unwrap();
        if let (Some(simulated), Some(written)) = (simulated, peak()) {
            println!("{name}: {simulated} MiB simulated, {written} MiB with its JSON written");
        }
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
