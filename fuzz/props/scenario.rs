//! A scenario out of bytes: a small cluster and a short plan, as the JSON that a user would write.

use serde_json::{Value, json};
use trustlist_cluster::case::Scenario;

/// Reads a scenario in JSON, or makes one from bytes that are not JSON; `None` if it would take
/// long.
pub fn small_scenario(data: &[u8]) -> Option<Scenario> {
    let made = || {
        Scenario::parse(&scenario(data))
            .unwrap_or_else(|error| panic!("{error} in {}", scenario(data)))
    };
    let scenario = match std::str::from_utf8(data).map(Scenario::parse) {
        Ok(Ok(scenario)) => scenario,
        Ok(Err(_)) if data.starts_with(b"{") => return None,
        _ => made(),
    };
    let cluster = &scenario.cluster;
    let small = scenario.plan.len() <= MOST_STEPS
        && cluster.phones().len() <= MOST_PHONES
        && cluster.nodes().count() <= MOST_NODES;
    small.then_some(scenario)
}

const MOST_STEPS: usize = 16;
const MOST_PHONES: usize = 16;
const MOST_NODES: usize = 8;

/// Every byte string is a scenario; at the end there are zeros.
fn scenario(data: &[u8]) -> String {
    let mut bytes = Bytes(data);
    let nodes: Vec<Value> = (0..1 + bytes.below(4)).map(|number| bytes.node(number)).collect();
    let count = nodes.len();
    let phones: Vec<Value> =
        (0..1 + bytes.below(4)).map(|number| bytes.phone(number, &nodes)).collect();
    let cluster = json!({
        "version": bytes.pick(VERSIONS), "mode": bytes.pick(&["non-secure", "mixed"]), "rollback": bytes.below(8) == 1,
        "clusterwide_delete": bytes.maybe_bool(), "itlrecovery_scope": bytes.pick(&[None, Some("node"), Some("cluster")]),
        "tvs_restarts_itself": bytes.maybe_bool(), "nodes": nodes, "phones": phones,
        "extra_trust": { "ccm0": { "tomcat-trust": ["old"] } }
    });
    let plan: Vec<Value> = (0..bytes.below(12)).map(|_| bytes.operation(count)).collect();
    json!({ "schema": "trustlist.simulate/1", "id": "fuzz", "cluster": cluster, "plan": plan })
        .to_string()
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn below(&mut self, limit: u8) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[usize::from(self.below(u8::try_from(from.len()).unwrap()))].clone()
    }

    fn maybe_bool(&mut self) -> Option<bool> {
        self.pick(&[None, Some(true), Some(false)])
    }

    fn node(&mut self, number: u8) -> Value {
        let product = if number > 0 && self.below(6) == 1 { "imp" } else { "cucm" };
        json!({ "name": format!("ccm{number}"), "publisher": number == 0, "product": product,
                "tftp": product == "cucm" && (number == 0 || self.below(2) == 0),
                "callmanager": product == "cucm" && self.below(4) != 1 })
    }

    fn some_nodes(&mut self, count: usize) -> Vec<String> {
        let first = usize::from(self.below(8)) % count;
        let second = usize::from(self.below(8)) % count;
        let mut nodes = vec![format!("ccm{first}"), format!("ccm{second}")];
        nodes.dedup();
        nodes
    }

    fn phone(&mut self, number: u8, nodes: &[Value]) -> Value {
        let count = nodes.len();
        // The first node serves TFTP: a phone without any such server is an error.
        let mut servers = self.some_nodes(count);
        if servers.iter().all(|server| server != "ccm0") {
            servers.push("ccm0".to_owned());
        }
        // Neither does a node of IM and Presence serve phones.
        let is_cucm = |name: &String| {
            nodes.iter().any(|node| node["name"] == **name && node["product"] == "cucm")
        };
        let mut cm_group = self.some_nodes(count);
        cm_group.retain(is_cucm);
        if cm_group.is_empty() {
            cm_group.push("ccm0".to_owned());
        }
        json!({ "name": format!("SEP{number}"), "tftp_servers": servers, "cm_group": cm_group,
                "security": self.pick(&["non-secure", "encrypted"]), "security_by_default": self.below(6) != 1,
                "lsc": self.pick(&["none", "current"]), "itl": self.pick(&["current", "current", "none", "foreign"]),
                "online": self.below(8) != 1 })
    }

    fn operation(&mut self, count: usize) -> Value {
        let node = if self.below(3) == 0 {
            json!(format!("ccm{}", usize::from(self.below(8)) % count))
        } else {
            json!("all")
        };
        let scope = if self.below(3) == 0 { json!(["SEP0"]) } else { json!("all") };
        match self.below(20) {
            0..=3 => json!({ "op": "regen", "cert": self.pick(UNITS), "node": node }),
            4..=6 => {
                json!({ "op": self.pick(&["restart", "restart", "stop", "start"]), "service": self.pick(SERVICES), "node": node })
            }
            7..=9 => json!({ "op": "reset_phones", "scope": scope }),
            10 => {
                json!({ "op": self.pick(&["ctl_update", "ctl_reset_localkey", "itl_reset_localkey"]) })
            }
            11 => json!({ "op": "set_mode", "mode": self.pick(&["mixed", "non-secure"]) }),
            12 => json!({ "op": "set_rollback", "value": self.below(2) == 1 }),
            13 => {
                json!({ "op": "delete_trust", "unit": self.pick(&["tomcat-trust", "CallManager-trust", "TVS"]),
                          "cert": self.pick(&["old", "CallManager@ccm0#1", "CallManager@ccm0#2"]), "node": node })
            }
            14 => json!({ "op": "wait", "minutes": self.pick(&[1, 30, 1440, 0]) }),
            15 => json!({ "op": "lsc_update", "scope": scope }),
            16 => {
                json!({ "op": self.pick(&["node_down", "node_up", "repl_break", "repl_fix"]), "node": node })
            }
            17 => json!({ "op": self.pick(&["phone_offline", "phone_online"]), "scope": scope }),
            18 => json!({ "op": "delete_phone_lists", "scope": scope, "ctl": self.below(2) == 1 }),
            _ => json!({ "op": "check", "what": "phones" }),
        }
    }
}

const VERSIONS: &[&str] =
    &["10.5", "8.0", "8.6", "9.1", "10.0", "11.5", "12.0", "12.5", "14", "14SU3", "15"];
const UNITS: &[&str] = &["CallManager", "TVS", "ITLRecovery", "CAPF", "tomcat", "ipsec"];
const SERVICES: &[&str] = &["TFTP", "TVS", "CallManager", "CCN", "CAPF", "Tomcat"];
