//! Bad scenarios: each error names the JSON path, and in a plan the number of the step.

use serde_json::{Value, json};
use std::sync::Arc;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{
    Assume, Limits, MAX_KEPT, MAX_WAIT_MINUTES, Policy, StepError, simulate,
};

fn scenario() -> Value {
    json!({
        "schema": "trustlist.simulate/1",
        "cluster": {
            "version": "12.5", "mode": "non-secure",
            "nodes": [
                { "name": "ccm1", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true },
                { "name": "ccm2", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true },
            ],
            "phones": [ { "name": "SEP1", "tftp_servers": ["ccm1"], "cm_group": ["ccm2", "ccm1"] } ],
            "extra_trust": { "ccm1": { "tomcat-trust": ["testcert"] } },
        },
        "plan": [ { "op": "regen", "cert": "TVS", "node": "all" } ],
    })
}

/// The error of a scenario with the value at a JSON pointer replaced.
fn error(pointer: &str, value: Value) -> String {
    let mut scenario = scenario();
    *scenario.pointer_mut(pointer).unwrap() = value;
    Scenario::parse(&scenario.to_string()).unwrap_err().to_string()
}

fn step_error(step: Value) -> String {
    error("/plan", json!([{ "op": "check", "what": "preflight" }, step]))
}

#[track_caller]
fn assert_starts(text: &str, start: &str) {
    assert!(text.starts_with(start), "{text}\ndoes not start with\n{start}");
    assert!(!text.contains('\n'), "{text}");
}

#[test]
fn the_sound_one_reads() {
    let read = Scenario::parse(&scenario().to_string()).unwrap();
    assert_eq!((read.plan.len(), read.policies.len()), (1, 4));
}

#[test]
fn steps_name_their_number_and_field() {
    let cases = [
        (
            json!({ "op": "regenerate" }),
            "plan[1].op: expected in step 2 an operation (regen, restart, ",
        ),
        (json!({ "cert": "TVS" }), "plan[1].op: expected in step 2 an operation"),
        (json!("regen"), "plan[1]: expected in step 2 an object"),
        (
            json!({ "op": "regen", "cert": "TSV", "node": "all" }),
            "plan[1].cert: expected in step 2 a certificate (authz, ",
        ),
        (json!({ "op": "regen", "cert": "TVS" }), "plan[1].node: expected in step 2 this field"),
        (
            json!({ "op": "regen", "cert": "TVS", "node": "ccm9" }),
            "plan[1].node: expected in step 2 a node of the cluster (ccm1, ccm2)",
        ),
        (
            json!({ "op": "regen", "cert": "TVS", "node": ["ccm1", "x"] }),
            "plan[1].node[1]: expected in step 2 a node of the cluster",
        ),
        (
            json!({ "op": "regen", "cert": "TVS", "node": 7 }),
            "plan[1].node: expected in step 2 a node (ccm1, ccm2), a list",
        ),
        (
            json!({ "op": "restart", "service": "Tftp", "node": "all" }),
            "plan[1].service: expected in step 2 a service (CallManager, ",
        ),
        (
            json!({ "op": "reset_phones", "scope": ["SEP2"] }),
            "plan[1].scope[0]: expected in step 2 a phone of the cluster",
        ),
        (
            json!({ "op": "reset_phones", "scope": "SEP1" }),
            "plan[1].scope: expected in step 2 a list of phones or \"all\"",
        ),
        (
            json!({ "op": "set_mode", "mode": "secure" }),
            "plan[1].mode: expected in step 2 mixed or non-secure",
        ),
        (
            json!({ "op": "set_rollback", "value": "T" }),
            "plan[1].value: expected in step 2 true or false",
        ),
        (
            json!({ "op": "wait", "minutes": -1 }),
            "plan[1].minutes: expected in step 2 a whole number of minutes from 0 to 527040",
        ),
        (
            json!({ "op": "wait", "minutes": 52_596_000 }),
            "plan[1].minutes: expected in step 2 a whole number of minutes",
        ),
        (json!({ "op": "ctl_update", "node": "all" }), "plan[1].node: expected in step 2"),
        (
            json!({ "op": "delete_trust", "unit": "tomcat-trust", "cert": "othercert", "node": "all" }),
            "plan[1].cert: expected in step 2 a certificate that some store",
        ),
        (
            json!({ "op": "delete_trust", "unit": "tomcat-trust", "cert": "CAPF@ccm9#1", "node": "all" }),
            "plan[1].cert: expected in step 2 a certificate that some store",
        ),
        (
            json!({ "op": "delete_trust", "unit": "trust", "cert": "testcert", "node": "all" }),
            "plan[1].unit: expected in step 2 a trust store (CallManager-trust, ",
        ),
    ];
    for (step, start) in cases {
        assert_starts(&step_error(step), start);
    }
}

#[test]
fn clusters_name_their_field() {
    let node = |name: &str, publisher: bool, product: &str| json!({ "name": name, "publisher": publisher, "product": product });
    let cases = [
        ("/cluster/version", json!("7.1"), "cluster.version: expected a version from 8.0 on"),
        ("/cluster/version", json!("15.5"), "cluster.version: expected a version up to 15"),
        (
            "/cluster/version",
            json!("twelve"),
            "cluster.version: expected a version like 12.5, 10.5(2) or 14SU3",
        ),
        ("/cluster/version", json!(12.5), "cluster.version: expected a string"),
        ("/cluster/mode", json!("secure"), "cluster.mode: expected non-secure or mixed"),
        (
            "/cluster/nodes",
            json!([]),
            "cluster.nodes: expected a node with \"publisher\": true; found none",
        ),
        (
            "/cluster/nodes/0/publisher",
            json!(false),
            "cluster.nodes: expected a node with \"publisher\": true; found none",
        ),
        (
            "/cluster/nodes/1/publisher",
            json!(true),
            "cluster.nodes[1].publisher: expected one publisher; found",
        ),
        (
            "/cluster/nodes/1/name",
            json!("ccm1"),
            "cluster.nodes[1].name: expected one node named \"ccm1\"; found two",
        ),
        ("/cluster/nodes/1/name", json!(""), "cluster.nodes[1].name: expected a name"),
        (
            "/cluster/nodes/0/product",
            json!("imp"),
            "cluster.nodes[0].product: expected a publisher that runs cucm",
        ),
        (
            "/cluster/nodes/0/product",
            json!("cuc"),
            "cluster.nodes[0].product: expected cucm or imp",
        ),
        (
            "/cluster/phones/0/tftp_servers/0",
            json!("ccm9"),
            "cluster.phones[0].tftp_servers[0]: expected a node of the cluster",
        ),
        (
            "/cluster/phones/0/cm_group",
            json!(["ccm1", "ccm1"]),
            "cluster.phones[0].cm_group[1]: expected each node once",
        ),
        (
            "/cluster/phones/0/cm_group",
            json!("ccm1"),
            "cluster.phones[0].cm_group: expected a list",
        ),
        ("/cluster/phones/0/name", json!(null), "cluster.phones[0].name: expected a name"),
        (
            "/cluster/extra_trust",
            json!({ "x": {} }),
            "cluster.extra_trust.x: expected a node of the cluster (ccm1, ccm2)",
        ),
        (
            "/cluster/extra_trust/ccm1",
            json!({ "tomcat": ["a"] }),
            "cluster.extra_trust.ccm1.tomcat: expected a trust store (",
        ),
        (
            "/cluster/extra_trust/ccm1/tomcat-trust",
            json!(["CAPF@x#1"]),
            "cluster.extra_trust.ccm1.tomcat-trust[0]: expected a certificate of a node of the cluster",
        ),
        ("/schema", json!("trustlist.simulate/2"), "schema: expected trustlist.simulate/1"),
        ("/plan", json!({}), "plan: expected a list"),
    ];
    for (pointer, value, start) in cases {
        assert_starts(&error(pointer, value), start);
    }
    assert_starts(
        &error("/cluster/nodes", json!([node("a", true, "cucm"), node("a", false, "imp")])),
        "cluster.nodes[1].name",
    );
}

#[test]
fn unknown_fields_are_errors_and_notes_are_not() {
    let mut with = scenario();
    with["cluster"]["phones"][0]["tftp"] = json!(["ccm1"]);
    let error = Scenario::parse(&with.to_string()).unwrap_err();
    assert_eq!(error.path(), "cluster.phones[0].tftp");
    let mut with = scenario();
    with["plan"][0]["nodes"] = json!("all");
    assert_eq!(Scenario::parse(&with.to_string()).unwrap_err().path(), "plan[0].nodes");
    let mut with = scenario();
    with["note"] = json!("for readers");
    with["plan"][0]["note"] = json!("first round");
    assert!(Scenario::parse(&with.to_string()).is_ok());
}

#[test]
fn two_phones_of_one_name() {
    let mut with = scenario();
    let phone = with["cluster"]["phones"][0].clone();
    with["cluster"]["phones"].as_array_mut().unwrap().push(phone);
    let error = Scenario::parse(&with.to_string()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cluster.phones[1].name: expected one phone named \"SEP1\"; found two"
    );
}

#[test]
fn policies_are_checked() {
    let mut with = scenario();
    for (policies, path) in
        [(json!([]), "policies"), (json!(["E"]), "policies[0]"), (json!(["B", "B"]), "policies[1]")]
    {
        with["policies"] = policies;
        assert_eq!(Scenario::parse(&with.to_string()).unwrap_err().path(), path);
    }
}

#[test]
fn too_many_nodes() {
    let node = |number: usize| json!({ "name": format!("n{number}"), "publisher": number == 0, "product": "cucm" });
    let nodes = |count: usize| Value::from_iter((0..count).map(node));
    let phones = |count: usize| {
        let mut with = scenario();
        with["cluster"]["nodes"] = nodes(count);
        with["cluster"]["phones"] = json!([]);
        with["cluster"]["extra_trust"] = Value::Null;
        Scenario::parse(&with.to_string())
    };
    assert!(phones(128).is_ok());
    assert_eq!(
        phones(129).unwrap_err().to_string(),
        "cluster.nodes: expected at most 128 nodes (cluster::MAX_NODES); found 129"
    );
}

#[test]
fn a_plan_of_ten_thousand_steps_works() {
    let step = [
        json!({ "op": "regen", "cert": "TVS", "node": "all" }),
        json!({ "op": "restart", "service": "TVS", "node": "all" }),
        json!({ "op": "restart", "service": "TFTP", "node": "all" }),
        json!({ "op": "reset_phones", "scope": "all" }),
    ];
    let mut with = scenario();
    with["plan"] = Value::from_iter(step.into_iter().cycle().take(10_000));
    let mut scenario = Scenario::parse(&with.to_string()).unwrap();
    // So many renewals keep more than is allowed without asking.
    let error =
        simulate(&scenario.cluster, &scenario.plan, &[Policy::B], Assume::Lean).unwrap_err().1;
    assert_eq!(error, StepError::TooMuchKept(MAX_KEPT));
    Arc::make_mut(&mut scenario.cluster).limits = Limits::new().kept(1 << 30);
    let simulation =
        simulate(&scenario.cluster, &scenario.plan, &[Policy::B], Assume::Lean).unwrap();
    assert_eq!(simulation.policies[0].trace.len(), 10_000);
    assert!(!simulation.ends_locked());
}

#[test]
fn the_longest_wait_works_and_one_minute_more_is_an_error() {
    let plan = |minutes: u64| {
        let mut with = scenario();
        with["plan"] = json!([{ "op": "wait", "minutes": minutes }]);
        Scenario::parse(&with.to_string())
    };
    let scenario = plan(MAX_WAIT_MINUTES).unwrap();
    let simulation =
        simulate(&scenario.cluster, &scenario.plan, &[Policy::B], Assume::Lean).unwrap();
    assert_eq!(simulation.policies[0].trace[0].minute, MAX_WAIT_MINUTES);
    assert_eq!(plan(MAX_WAIT_MINUTES + 1).unwrap_err().path(), "plan[0].minutes");
    let too_long = [trustlist_cluster::cluster::Operation::Wait { minutes: MAX_WAIT_MINUTES + 1 }];
    let error = simulate(&Arc::clone(&scenario.cluster), &too_long, &[Policy::B], Assume::Lean)
        .unwrap_err();
    assert_eq!(error.0, 1);
    assert_eq!(error.1.to_string(), "at most 527040 minutes (366 days); found 527041");
}

/// Found by fuzzing: the expected nodes in an error are names of the document.
#[test]
fn an_error_is_one_line_whatever_the_names() {
    let text = r#"{ "schema": "trustlist.simulate/1",
        "cluster": { "version": "10.5", "mode": "non-secure", "nodes": [ { "name": "a\nb", "publisher": true } ],
                     "phones": [ { "name": "SEP1", "tftp_servers": ["c\td"], "cm_group": [] } ] }, "plan": [] }"#;
    let error = trustlist_cluster::case::Scenario::parse(text).unwrap_err().to_string();
    assert!(
        error.contains(r"a node of the cluster (a\nb)") && !error.contains(char::is_control),
        "{error}"
    );
}
