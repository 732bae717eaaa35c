//! Runs a scenario and prints its timeline: `cargo run --features serde --example simulate_plan -- SCENARIO.json`.
//!
//! Without an argument it takes one of testdata. With a second argument, `json` or `html`, the answer is written in that form.

use std::{env, error::Error, fs};
use trustlist::case::Scenario;
use trustlist::cluster::{Assume, simulate};
use trustlist::report::{SimulationJson, simulation_html, simulation_text};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().unwrap_or_else(|| "testdata/scenarios/callmanager-and-tvs.json".into());
    let scenario = Scenario::parse(&fs::read_to_string(&file)?)?;
    let simulation = simulate(&scenario.cluster, &scenario.plan, &scenario.policies, Assume::Lean)
        .map_err(|(step, error)| format!("step {step}: {error}"))?;
    let title = scenario.title.as_deref();
    match arguments.next().as_deref() {
        Some("json") => serde_json::to_writer(std::io::stdout().lock(), &SimulationJson(&simulation))?,
        Some("html") => print!("{}", simulation_html(&simulation, title)),
        _ => print!("{}", simulation_text(&simulation, title)),
    }
    Ok(())
}
