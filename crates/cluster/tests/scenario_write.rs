//! A scenario that is written and read again is the same, with everything that a scenario can say.
use serde_json::{Value, json};
use trustlist_cluster::case::{Scenario, cluster_json, plan_json};
use trustlist_cluster::release::ReleaseRules as _;

/// Everything that is not as the version says, and every operation with every field.
fn everything() -> Value {
    json!({
        "schema": "trustlist.simulate/1", "id": "everything", "title": "Everything that can be said",
        "cluster": {
            "version": "11.5(1)SU3", "mode": "mixed", "rollback": true, "clusterwide_delete": false, "tvs_restarts_itself": true,
            "itlrecovery_scope": "cluster", "ctl_signer": "eToken1",
            "nodes": [
                { "name": "ccm1", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true },
                { "name": "ccm2", "publisher": false, "product": "cucm", "tftp": false, "callmanager": false },
                { "name": "imp1", "publisher": false, "product": "imp", "tftp": false, "callmanager": false },
            ],
            "phones": [
                { "name": "SEP1", "tftp_servers": ["ccm1"], "cm_group": ["ccm2", "ccm1"] },
                { "name": "SEP2", "tftp_servers": ["ccm1"], "cm_group": ["ccm1"], "security": "encrypted", "lsc": "current",
                  "itl": "foreign", "ctl": "stale", "security_by_default": false, "online": false },
                { "name": "SEP3", "tftp_servers": ["ccm1"], "cm_group": ["ccm1"], "itl": "none", "ctl": "none" },
                { "name": "SEP4", "tftp_servers": ["ccm1"], "cm_group": ["ccm1"], "itl": "foreign", "ctl": "none" },
            ],
            "extra_trust": { "ccm1": { "tomcat-trust": ["one", "two"] }, "imp1": { "cup-xmpp-trust": ["one"] } },
        },
        "policies": ["A", "C"],
        "plan": [
            { "op": "check", "what": "preflight" },
            { "op": "ctl_reset_localkey" },
            { "op": "ctl_update" },
            { "op": "itl_reset_localkey" },
            { "op": "delete_phone_lists", "scope": ["SEP1"], "ctl": true },
            { "op": "delete_phone_lists", "scope": "all", "ctl": false },
            { "op": "delete_trust", "unit": "tomcat-trust", "cert": "one", "node": "all" },
            { "op": "delete_trust", "unit": "CallManager-trust", "cert": "CallManager@ccm1#2", "node": ["ccm1", "ccm2"] },
            { "op": "lsc_update", "scope": "all" },
            { "op": "phone_offline", "scope": ["SEP1", "SEP3"] },
            { "op": "phone_online", "scope": ["SEP2"] },
            { "op": "reset_phones", "scope": ["SEP2"] },
            { "op": "node_down", "node": "ccm2" },
            { "op": "node_up", "node": "ccm2" },
            { "op": "repl_break", "node": "ccm2" },
            { "op": "repl_fix", "node": ["ccm2", "imp1"] },
            { "op": "regen", "cert": "CallManager", "node": "ccm1" },
            { "op": "regen", "cert": "TVS", "node": "all" },
            { "op": "restart", "service": "TVS", "node": "all" },
            { "op": "stop", "service": "TFTP", "node": "ccm1" },
            { "op": "start", "service": "TFTP", "node": "ccm1" },
            { "op": "set_mode", "mode": "non-secure" },
            { "op": "set_mode", "mode": "mixed" },
            { "op": "set_rollback", "value": true },
            { "op": "set_rollback", "value": false },
            { "op": "wait", "minutes": 90 },
        ],
    })
}

#[test]
fn what_is_read_is_what_is_written() {
    let wanted = everything();
    let read = Scenario::parse(&wanted.to_string()).unwrap_or_else(|error| panic!("{error}"));
    let written = read.to_json();
    let same = |made: &trustlist::json::Value, wanted: &Value| {
        assert_eq!(serde_json::to_value(made).unwrap(), *wanted)
    };
    for field in ["id", "title", "policies", "plan", "cluster"] {
        same(&written[field], &wanted[field]);
    }
    same(&plan_json(&read.cluster, &read.plan), &wanted["plan"]);
    same(&cluster_json(&read.cluster), &wanted["cluster"]);
    let again = Scenario::parse(&written.to_string()).unwrap();
    assert_eq!(
        (&again.plan, &again.policies, again.to_json()),
        (&read.plan, &read.policies, written)
    );
    // No operation is left out.
    let mut words: Vec<&str> = wanted["plan"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["op"].as_str().unwrap())
        .collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 21, "{words:?}");
}

/// Values that follow from the version are not written.
#[test]
fn what_the_version_says_is_left_out() {
    let mut usual = everything();
    let cluster = usual["cluster"].as_object_mut().unwrap();
    for field in [
        "rollback",
        "clusterwide_delete",
        "tvs_restarts_itself",
        "itlrecovery_scope",
        "ctl_signer",
        "extra_trust",
    ] {
        cluster.remove(field).unwrap();
    }
    usual["plan"] = json!([]);
    let read = Scenario::parse(&usual.to_string()).unwrap();
    assert_eq!(serde_json::to_value(cluster_json(&read.cluster)).unwrap(), usual["cluster"]);
    let (release, cluster) = (read.cluster.release(), &read.cluster);
    assert_eq!(cluster.clusterwide_delete, release.clusterwide_delete());
    assert_eq!(cluster.recovery_scope, release.recovery_scope());
}
