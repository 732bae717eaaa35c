//! Runs a plan of certificate operations on a model of the cluster, and prints when which phones
//! lock themselves out.
//!
//! `cargo run --features serde --example simulate -- [SCENARIO.json] [text|json|html|svg]`; without
//! arguments it takes a plan of `testdata/` that leaves phones locked, and shows what a plan with a
//! mistake in it gives.

use std::{env, error::Error, fs, path::Path};
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{Assume, Policy, Simulation, Trust, simulate};
use trustlist_cluster::report::{SimulationJson, simulation_html, simulation_svg, simulation_text};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let Some(file) = arguments.next() else { return own() };
    let (scenario, simulation) = run(&fs::read_to_string(&file)?)?;
    let title = scenario.title.as_deref();
    match arguments.next().as_deref() {
        Some("json") => {
            serde_json::to_writer(std::io::stdout().lock(), &SimulationJson(&simulation))?
        }
        Some("html") => print!("{}", simulation_html(&simulation, title)),
        Some("svg") => print!("{}", simulation_svg(&simulation, title)),
        _ => print!("{}", simulation_text(&simulation, title)),
    }
    Ok(())
}

fn run(text: &str) -> Result<(Scenario, Simulation), Box<dyn Error>> {
    let scenario = Scenario::parse(text)?;
    let simulation = simulate(&scenario.cluster, &scenario.plan, &scenario.policies, Assume::Lean)
        .map_err(|(step, error)| format!("step {step}: {error}"))?;
    Ok((scenario, simulation))
}

fn own() -> Result<(), Box<dyn Error>> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join("testdata/cases/simulate/callmanager-and-tvs.json");
    let text = fs::read_to_string(file)?;
    let (_, simulation) = run(&text)?;
    for result in &simulation.policies {
        // After step 6 TVS presents a certificate that no phone knows, and no server confirms the
        // new signer any more.
        let after = result.trace.get(5).ok_or("the plan has ten steps")?;
        let locked = result.phones().filter(|&(_, cohort)| {
            result.standing(cohort, after).is_some_and(|standing| standing.trust == Trust::Locked)
        });
        let (policy, end) = (result.policy.as_str(), result.count(Trust::Locked));
        println!(
            "Policy {policy}: {} phones locked after step 6, {end} at the end",
            locked.count()
        );
        // Where phones reset by themselves after each change (A), they took the new list in time.
        assert_eq!(end == 0, result.policy == Policy::A, "{policy}");
    }
    // A step that cannot be is never skipped: the error names it.
    let error = run(&text.replace(
        "\"op\": \"restart\", \"service\": \"TVS\"",
        "\"op\": \"restart\", \"service\": \"TSV\"",
    ));
    println!("\nWith a typing mistake: {}", error.map(|_| ()).unwrap_err());
    Ok(())
}
