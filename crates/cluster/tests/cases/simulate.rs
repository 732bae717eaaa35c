//! `trustlist.simulate/1`: the state of each phone at the end, who was locked, the point of no return and the trust
//! files, under every policy that a case lists.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{
    Assume, Cluster, PhoneId, Policy, PolicyResult, Simulation, simulate,
};

pub(crate) fn trials() -> Vec<Trial> {
    support::of("simulate").into_iter().flat_map(of_case).collect()
}

/// One trial a policy, named by id and policy.
fn of_case(file: CaseFile) -> Vec<Trial> {
    let value: Value =
        file.text().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let policies: Vec<String> =
        value["expect"].as_object().into_iter().flat_map(|expect| expect.keys().cloned()).collect();
    let name = file.name.clone();
    let trial = |policy: String| {
        let (file, expect) = (file.clone(), value["expect"][&policy].clone());
        Trial::test(format!("simulate::{name}::{policy}"), move || run(&file, &policy, &expect))
    };
    policies.into_iter().map(trial).collect()
}

fn run(file: &CaseFile, policy: &str, expect: &Value) -> Result<(), Failed> {
    let scenario =
        Scenario::parse(&file.text()?).map_err(|error| Failed::from(error.to_string()))?;
    let policy = Policy::from_word(policy).ok_or("a policy that is none")?;
    if !scenario.policies.contains(&policy) {
        return Err(Failed::from("expected, but not among the policies of the case"));
    }
    let simulation = simulate(&scenario.cluster, &scenario.plan, &[policy], Assume::Lean)
        .map_err(|error| format!("{error:?}"))?;
    let result = simulation.policies.first().ok_or("no result")?;
    let mut wrong = Vec::new();
    compare(expect, &simulation, result, &mut wrong);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(format!("{}\n{}", scenario.title.unwrap_or_default(), wrong.join("\n"))))
    }
}

fn compare(
    expect: &Value,
    simulation: &Simulation,
    result: &PolicyResult,
    wrong: &mut Vec<String>,
) {
    let cluster = &simulation.cluster;
    for (key, value) in expect.as_object().into_iter().flatten() {
        match key.as_str() {
            "final" => finals(value, cluster, result, wrong),
            "locked" => same("locked", value, &names(cluster, result.locked()), wrong),
            "files" => files(value, cluster, result, wrong),
            "point_of_no_return" => {
                let got = result.no_return.as_ref().map_or(
                    Value::Null,
                    |point| serde_json::json!({ "step": point.step, "phones": names(cluster, point.phones.iter().copied()) }),
                );
                same("point_of_no_return", value, &got, wrong);
            }
            other => wrong.push(format!("the case expects {other}, which nobody compares")),
        }
    }
}

fn finals(expect: &Value, cluster: &Cluster, result: &PolicyResult, wrong: &mut Vec<String>) {
    for (name, expect) in expect.as_object().into_iter().flatten() {
        let phone = cluster.phone(name).and_then(|phone| result.final_state(result.cohort(phone)?));
        let Some(state) = phone else {
            wrong.push(format!("no phone {name}"));
            continue;
        };
        for (key, value) in expect.as_object().into_iter().flatten() {
            let got = match key.as_str() {
                "trust" => Value::from(state.standing.trust.as_str()),
                "registered" => Value::from(state.standing.registered),
                "itl" => Value::from(if state.itl { "installed" } else { "none" }),
                "recoverable" => Value::from(state.recoverability().is_recoverable()),
                "rescue" => {
                    state.recoverability().rescues().iter().map(|rescue| rescue.as_str()).collect()
                }
                other => Value::from(format!("nobody compares {other}")),
            };
            same(&format!("{name}.{key}"), value, &got, wrong);
        }
    }
}

fn files(expect: &Value, cluster: &Cluster, result: &PolicyResult, wrong: &mut Vec<String>) {
    for (key, value) in expect.as_object().into_iter().flatten() {
        let held = result.files.iter().any(|&(unit, cert, nodes)| {
            nodes.iter().any(|node| {
                *key == format!("{}:{unit}:{}", cluster.node_spec(node).name, cluster.label(cert))
            })
        });
        same(&format!("files.{key}"), value, &Value::from(held), wrong);
    }
}

fn names(cluster: &Cluster, phones: impl Iterator<Item = PhoneId>) -> Value {
    phones.map(|phone| cluster.phone_name(phone)).collect()
}

fn same(what: &str, expect: &Value, got: &Value, wrong: &mut Vec<String>) {
    if expect != got {
        wrong.push(format!("{what}: expected {expect}, got {got}"));
    }
}
