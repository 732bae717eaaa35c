//! Writes a safe plan with its run book, proved by the simulator under every policy, or says why
//! there is none.
//!
//! `cargo run --features serde --example generate_plan -- [CLUSTER.json UNIT…]`, for example
//! `CLUSTER.json CallManager TVS`; without arguments it reads a cluster of `testdata/` and shows a
//! cluster for which no plan is safe, too.

use std::{env, error::Error, fs, path::Path};
use trustlist_cluster::case::cluster_document;
use trustlist_cluster::cluster::{Cluster, ItlStart, Mode, NodeSpec, PhoneSpec};
use trustlist_cluster::plan::{self, NoPlan, Request};
use trustlist_cluster::release::{Product, Unit};
use trustlist_cluster::report::{no_plan_text, run_book};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = env::args().skip(1).collect();
    if let [file, units @ ..] = &given[..] {
        let units: Option<Vec<Unit>> = units.iter().map(|word| Unit::from_word(word)).collect();
        return write(
            &fs::read_to_string(file)?,
            &units.ok_or("expected certificates: CallManager, TVS, CAPF, …")?,
        );
    }
    let testdata = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata");
    write(
        &fs::read_to_string(testdata.join("clusters/10.5-non-secure.json"))?,
        &[Unit::CallManager, Unit::Tvs],
    )?;
    refused()
}

fn write(text: &str, units: &[Unit]) -> Result<(), Box<dyn Error>> {
    let cluster = cluster_document(text)?.into();
    match plan::generate(&cluster, &Request::of(units)) {
        Ok(plan) => print!("{}", run_book(&plan)),
        Err(why) => print!("{}", no_plan_text(&cluster, &why)),
    }
    Ok(())
}

/// A phone that came from another cluster refuses the lists before anything has changed: first
/// things first.
fn refused() -> Result<(), Box<dyn Error>> {
    let node = NodeSpec {
        name: "hq".into(),
        product: Product::Cucm,
        publisher: true,
        tftp: true,
        callmanager: true,
    };
    let mut cluster = Cluster::new("12.5".parse()?, Mode::NonSecure, vec![node])?;
    let hq = cluster.node("hq").ok_or("the cluster has this node")?;
    let phone = cluster.add_phone(PhoneSpec {
        itl: ItlStart::Foreign,
        ..PhoneSpec::new("SEP001122334455", &[hq], &[hq])
    })?;
    let cluster = cluster.into();
    let why = plan::generate(&cluster, &Request::of(&[Unit::Tvs])).unwrap_err();
    println!("\n{}", no_plan_text(&cluster, &why));
    assert_eq!(why, NoPlan::PhonesBrokenBefore(vec![phone]));
    Ok(())
}
