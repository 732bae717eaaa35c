//! Scenarios: no panic, the same answer twice, and an answer that agrees with itself.

use super::is_one_line;
use trustlist::case::Scenario;
use trustlist::cluster::{Assume, Simulation, Trust, simulate as run};
use trustlist::report::{SimulationJson, simulation_html, simulation_text};

pub fn simulate(data: &[u8]) {
    let Some(scenario) = std::str::from_utf8(data).ok().and_then(|text| Scenario::parse(text).ok()) else { return };
    if scenario.plan.len() > MOST_STEPS
        || scenario.cluster.phones().len() > MOST_PHONES
        || scenario.cluster.nodes().count() > MOST_NODES
    {
        return;
    }
    let ask = || run(&scenario.cluster, &scenario.plan, &scenario.policies, Assume::Lean);
    match (ask(), ask()) {
        (Ok(one), Ok(two)) => {
            assert_eq!(json(&one), json(&two));
            agrees(&one);
            let _ = (simulation_text(&one, None), simulation_html(&one, None));
        }
        (Err((step, error)), Err(again)) => {
            assert_eq!((step, error.to_string()), (again.0, again.1.to_string()));
            is_one_line(&error.to_string());
        }
        _ => panic!("once an answer, once an error"),
    }
}

fn json(simulation: &Simulation) -> String {
    serde_json::to_string(&SimulationJson(simulation)).unwrap()
}

fn agrees(simulation: &Simulation) {
    for policy in &simulation.policies {
        let locked: Vec<_> = policy.locked().collect();
        for (phone, cohort) in policy.phones() {
            let Some(last) = policy.final_state(cohort) else { continue };
            let is_locked = last.standing.trust == Trust::Locked;
            assert!(
                simulation.steps.is_empty() || !is_locked || locked.contains(&phone),
                "locked at the end, but not in the list"
            );
        }
    }
}

const MOST_STEPS: usize = 16;
const MOST_PHONES: usize = 16;
const MOST_NODES: usize = 8;
