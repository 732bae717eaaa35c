//! The steps that `plan recover` prints, read from its answer, added to the plan and simulated: the
//! phones hold the served lists at the end, and no other phone is lost by them.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use serde_json::{Value, json};
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{Assume, Policy, Run, Trust};
use trustlist_cluster::plan::recover;
use trustlist_cluster::report::plan::{plan_recovery_json, plan_recovery_text};

fn mixed(version: &str, plan: &Value) -> Value {
    cluster(version, "mixed", plan)
}

fn cluster(version: &str, mode: &str, plan: &Value) -> Value {
    let node = |name: &str, publisher: bool| json!({ "name": name, "product": "cucm", "publisher": publisher, "tftp": true, "callmanager": true });
    let phone = |name: &str, tftp: &str| json!({ "name": name, "model": "8851", "tftp_servers": [tftp], "cm_group": ["ccm1", "ccm2"] });
    json!({
        "schema": "trustlist.simulate/1",
        "cluster": {
            "version": version, "mode": mode,
            "nodes": [node("ccm1", true), node("ccm2", false)],
            "phones": [phone("P1", "ccm1"), phone("P2", "ccm2")],
        },
        "plan": plan,
    })
}

/// Plans of up to three regenerations and some of what follows, of each kind of cluster.
fn scenarios() -> Vec<Value> {
    let regen = |unit: &str| json!({ "op": "regen", "cert": unit, "node": "all" });
    let restart = |service: &str| json!({ "op": "restart", "service": service, "node": "all" });
    let (reset, update) =
        (json!({ "op": "reset_phones", "scope": "all" }), json!({ "op": "ctl_update" }));
    let units: [&[&str]; 5] = [
        &["CallManager", "TVS"],
        &["ITLRecovery", "TVS"],
        &["CallManager", "ITLRecovery"],
        &["CallManager"],
        &["CallManager", "TVS", "ITLRecovery"],
    ];
    let mut found = Vec::new();
    for version in ["10.5", "12.5", "14", "15"] {
        for units in units {
            for updated in [0, 1, 2] {
                let mut plan: Vec<Value> = Vec::new();
                for (place, unit) in units.iter().enumerate() {
                    plan.push(regen(unit));
                    if updated == 1 && place == 0 {
                        plan.push(update.clone());
                    }
                }
                plan.extend([restart("TVS"), restart("TFTP"), reset.clone()]);
                if updated == 2 {
                    plan.extend([update.clone(), reset.clone()]);
                }
                found.push(mixed(version, &json!(plan)));
                if updated == 0 {
                    found.push(cluster(version, "non-secure", &json!(plan)));
                }
            }
        }
    }
    found
}

/// The operations that a printed step asks for.
fn operations(step: &str, phones: &Value) -> Vec<Value> {
    let restart = |service: &str| json!({ "op": "restart", "service": service, "node": "all" });
    let reset = json!({ "op": "reset_phones", "scope": "all" });
    if step.starts_with("restart Cisco Trust Verification Service on all nodes, then Cisco Tftp") {
        vec![restart("TVS"), restart("TFTP")]
    } else if step.starts_with("restart Cisco Trust Verification Service on all nodes") {
        vec![restart("TVS")]
    } else if step.starts_with("restart Cisco Tftp on all nodes") {
        vec![restart("TFTP")]
    } else if step.starts_with("reset one of the phones") {
        vec![reset.clone(), reset]
    } else if step.starts_with("utils ctl update CTLFile") {
        vec![json!({ "op": "ctl_update" })]
    } else if step.starts_with("utils ctl reset localkey") {
        vec![json!({ "op": "ctl_reset_localkey" })]
    } else if step.starts_with("utils itl reset localkey") {
        vec![json!({ "op": "itl_reset_localkey" })]
    } else if step.starts_with("delete ") {
        let reset = json!({ "op": "reset_phones", "scope": phones });
        vec![
            json!({ "op": "delete_phone_lists", "scope": phones, "ctl": true }),
            reset.clone(),
            reset,
        ]
    } else if step.starts_with("show ") || step.starts_with("or put the old keys back") {
        Vec::new()
    } else {
        panic!("unknown step: {step}")
    }
}

fn run(scenario: &Value, policy: Policy) -> Run {
    let scenario = Scenario::parse(&scenario.to_string()).unwrap();
    let mut run = Run::new(&scenario.cluster, policy, Assume::Lean);
    for operation in &scenario.plan {
        run.apply(operation).unwrap();
    }
    run
}

fn trust(run: &Run, name: &str) -> Trust {
    let phones = run.cluster().phones();
    let phone = phones.iter().position(|phone| &*phone.name == name).unwrap();
    let groups = run.groups();
    let id = groups.iter().flatten().find(|id| id.index() == phone).unwrap();
    run.phone_state(*id).unwrap().trust
}

#[test]
fn the_printed_steps_end_with_current_phones() {
    let (mut tried, mut failed) = (0, Vec::new());
    for scenario in scenarios() {
        let parsed = Scenario::parse(&scenario.to_string()).unwrap();
        let found = recover(&parsed.cluster, &parsed.plan, Policy::ALL).unwrap();
        let answer: Value = serde_json::from_str(&plan_recovery_json(&found).to_string()).unwrap();
        for group in answer["locked"].as_array().unwrap() {
            let remedies = group["remedies"].as_array().unwrap();
            for remedy in remedies {
                let mut longer = scenario.clone();
                let plan = longer["plan"].as_array_mut().unwrap();
                for step in remedy["steps"].as_array().unwrap() {
                    plan.extend(operations(step.as_str().unwrap(), &group["phones"]));
                }
                for policy in Policy::ALL {
                    if !remedy["works_under"].as_array().unwrap().contains(&json!(policy.as_str()))
                    {
                        continue;
                    }
                    tried += 1;
                    let (before, after) = (run(&scenario, *policy), run(&longer, *policy));
                    for phone in group["phones"].as_array().unwrap() {
                        let end = trust(&after, phone.as_str().unwrap());
                        if end != Trust::Current {
                            failed.push(format!("{policy:?} {phone} {end:?}: {remedy} {longer}"));
                        }
                    }
                    for other in ["P1", "P2"] {
                        let lost = trust(&before, other) != Trust::Locked
                            && trust(&after, other) == Trust::Locked;
                        if lost && !remedy["harms"].as_array().unwrap().contains(&json!(other)) {
                            failed.push(format!("{policy:?} harms {other}: {remedy} {longer}"));
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 100, "{tried}");
    assert!(failed.is_empty(), "{} of {tried}:\n{}", failed.len(), failed.join("\n"));
}

/// B-2 in mixed mode without a CTL update (FN70613): a phone without lists takes the stale CTL, which
/// refuses the ITL (P-FIRST-3), so the CTL update comes before the deletion.
#[test]
fn lists_are_deleted_after_the_ctl_is_mended() {
    let plan = json!([
        { "op": "regen", "cert": "CallManager", "node": "all" },
        { "op": "regen", "cert": "ITLRecovery", "node": "all" },
        { "op": "restart", "service": "TFTP", "node": "all" },
        { "op": "reset_phones", "scope": "all" },
    ]);
    let parsed = Scenario::parse(&mixed("15", &plan).to_string()).unwrap();
    let found = recover(&parsed.cluster, &parsed.plan, &[Policy::B]).unwrap();
    let text = plan_recovery_text(&found);
    let (_, deletion) = text.split_once("deleting the lists on the phone: helps").expect(&text);
    let first = deletion.lines().nth(1).unwrap();
    assert!(first.contains("utils ctl update CTLFile"), "{text}");
}

/// The CTL of a multi-server CallManager certificate names the publisher alone (P-CTL-9): if a phone of
/// another TFTP server takes its files is open (P-BOOT-5), and no phone is sent to be deleted for it.
#[test]
fn a_ctl_of_a_multi_server_certificate_leaves_phones_undecided() {
    let mut scenario = mixed("14", &json!([{ "op": "reset_phones", "scope": "all" }]));
    scenario["cluster"]["multi_server"] = json!(["CallManager"]);
    let parsed = Scenario::parse(&scenario.to_string()).unwrap();
    let found = recover(&parsed.cluster, &parsed.plan, Policy::ALL).unwrap();
    assert!(found.groups.is_empty(), "{:?}", found.groups);
    let names: Vec<&str> =
        found.undecided.iter().map(|&phone| parsed.cluster.phone_name(phone)).collect();
    assert_eq!(names, ["P2"]);
    let text = plan_recovery_text(&found);
    assert!(text.contains("tftp-address-not-in-ctl") && !text.contains("delet"), "{text}");
}
