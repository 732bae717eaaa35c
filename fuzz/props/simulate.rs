//! Scenarios: no panic, the same answer twice, and an answer that agrees with itself.

use super::is_one_line;
use super::scenario::small_scenario;
use trustlist_cluster::cluster::{Assume, Simulation, Trust, simulate as run};
use trustlist_cluster::report::{SimulationJson, simulation_html, simulation_text};

/// Reads a scenario in JSON, or makes one from bytes that are not JSON.
pub fn simulate(data: &[u8]) {
    let Some(scenario) = small_scenario(data) else { return };
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
        let mut lost = false;
        for (phone, cohort) in policy.phones() {
            let last = policy.final_state(cohort).expect("every phone has an end");
            let (trust, recoverability) = (last.standing.trust, last.recoverability());
            assert!(
                simulation.steps.is_empty() || trust != Trust::Locked || locked.contains(&phone),
                "locked, but not in the list"
            );
            assert!(
                trust != Trust::Current || recoverability.is_recoverable(),
                "current, but not recoverable"
            );
            lost |= recoverability.is_lost();
        }
        assert_eq!(
            policy.no_return.is_some(),
            lost,
            "a point of no return is there when a phone is lost"
        );
    }
}
