//! Which node brings a deleted certificate back, and when its sync is due (C-33, C-34, C-43 to
//! C-49).
use trustlist_cluster::case::Scenario;
use trustlist_cluster::deletion::{Blocker, Forecast, Outcome, ReturnCause, forecast, refused};
use trustlist_cluster::report::deletion::{forecast_json, forecast_text};

/// Three nodes that hold the certificate; the feature only where `feature` says so.
fn scenario(feature: bool, unit: &str, plan: &str) -> Scenario {
    let node = |name: &str, publisher| {
        format!(
            r#"{{ "name": "{name}", "publisher": {publisher}, "product": "cucm", "tftp": true, "callmanager": true }}"#
        )
    };
    let store = |name: &str| format!(r#""{name}": {{ "{unit}": ["old"] }}"#);
    let text = format!(
        r#"{{ "schema": "trustlist.simulate/1", "cluster": {{ "version": "11.5", "mode": "non-secure", "clusterwide_delete": {feature},
            "nodes": [ {}, {}, {} ], "phones": [], "extra_trust": {{ {}, {}, {} }} }}, "plan": [ {plan} ] }}"#,
        node("n1", true),
        node("n2", false),
        node("n3", false),
        store("n1"),
        store("n2"),
        store("n3"),
    );
    Scenario::parse(&text).unwrap()
}

fn delete(unit: &str, node: &str) -> String {
    format!(r#"{{ "op": "delete_trust", "unit": "{unit}", "cert": "old", "node": "{node}" }}"#)
}

fn run(feature: bool, unit: &str, steps: &[&str]) -> (Forecast, String, String) {
    let scenario = scenario(feature, unit, &steps.join(", "));
    let forecasts = forecast(&scenario.cluster, &scenario.plan).unwrap();
    let text = forecast_text(&scenario.cluster, &forecasts, &[]);
    let json = forecast_json(&scenario.cluster, &forecasts, &[]).to_string();
    let [one] = <[Forecast; 1]>::try_from(forecasts).unwrap();
    (one, text, json)
}

const TOMCAT: &str = "tomcat-trust";

#[test]
fn the_holder_with_the_first_sync_brings_it_back() {
    let wait = r#"{ "op": "wait", "minutes": 10 }"#;
    let stop = r#"{ "op": "stop", "service": "CCN", "node": "n2" }"#;
    let start = r#"{ "op": "start", "service": "CCN", "node": "n2" }"#;
    // n2 counts from minute 10, n3 from minute 0.
    let (forecast, text, json) =
        run(false, TOMCAT, &[stop, wait, start, &delete(TOMCAT, "n1"), wait]);
    assert_eq!(
        (forecast.outcome, forecast.deleted_at, forecast.now),
        (Outcome::WillReturn, 10, 20)
    );
    let due: Vec<_> =
        forecast.holders.iter().map(|holder| (holder.node.index(), holder.next_sync)).collect();
    assert_eq!(due, [(1, Some(40)), (2, Some(30))]);
    let back = forecast.will_return[0];
    assert_eq!(
        (back.source.unwrap().index(), back.minute, back.by, back.after),
        (2, 30, ReturnCause::Notification, None)
    );
    assert!(text.contains("n2 still has it; its next sync is due at minute 40\n"), "{text}");
    assert!(
        text.contains(
            "comes back at minute 30: n3 writes it back to the database, and it is imported on n1\n"
        ),
        "{text}"
    );
    assert!(json.starts_with(r#"{"schema":"trustlist.deletion-forecast/1","certificates":[{"unit":"tomcat-trust","certificate":"old","outcome":"will-return""#), "{json}");
}

#[test]
fn a_node_that_was_down_brings_it_back_when_it_is_up() {
    let down = r#"{ "op": "node_down", "node": "n3" }"#;
    let (forecast, text, _) = run(true, TOMCAT, &[down, &delete(TOMCAT, "n1")]);
    assert_eq!(forecast.outcome, Outcome::WillReturnAfter);
    let [holder] = forecast.holders.as_slice() else { panic!("{forecast:?}") };
    assert_eq!(
        (holder.node.index(), holder.next_sync, holder.waits),
        (2, None, Some(Blocker::NodeUp))
    );
    let [back] = forecast.will_return.as_slice() else { panic!("{forecast:?}") };
    assert_eq!(
        (back.source.unwrap().index(), back.minute, back.after, back.to.len()),
        (2, 30, Some(Blocker::NodeUp), 2)
    );
    assert!(text.contains("n3 still has it; it is down\n"), "{text}");
    assert!(
        text.contains("comes back 30 min after n3 is up: n3 writes it back to the database, and it is imported on n1, n2\n"),
        "{text}"
    );
}

#[test]
fn a_forgotten_node_brings_it_back_when_its_service_starts() {
    let stop = r#"{ "op": "stop", "service": "CCN", "node": "all" }"#;
    let (forecast, text, _) =
        run(false, TOMCAT, &[stop, &delete(TOMCAT, "n1"), &delete(TOMCAT, "n2")]);
    assert_eq!(forecast.outcome, Outcome::WillReturnAfter);
    let [back] = forecast.will_return.as_slice() else { panic!("{forecast:?}") };
    // The others do not listen: only the rows come back, until their services start too.
    assert_eq!((back.source.unwrap().index(), back.minute, back.to.len()), (2, 30, 0));
    assert!(
        text.contains(
            "30 min after change notification starts on n3: n3 writes it back to the database\n"
        ),
        "{text}"
    );
    let all = [stop, &delete(TOMCAT, "n1"), &delete(TOMCAT, "n2"), &delete(TOMCAT, "n3")];
    assert_eq!(run(false, TOMCAT, &all).0.outcome, Outcome::Gone);
}

/// The node of the deletion itself does not listen when the others give the rows back: it imports
/// as soon as it does (C-46, X-5).
#[test]
fn a_node_that_did_not_listen_gets_it_back_when_it_does() {
    let op = |op: &str| format!(r#"{{ "op": "{op}", "node": "n1" }}"#);
    let ccn = |op: &str| format!(r#"{{ "op": "{op}", "service": "CCN", "node": "n1" }}"#);
    let wait = r#"{ "op": "wait", "minutes": 60 }"#.to_owned();
    let before = [
        (vec![ccn("stop")], Blocker::ServiceStart, ccn("start")),
        (vec![op("repl_break")], Blocker::Replication, op("repl_fix")),
        (vec![], Blocker::NodeUp, op("node_up")),
    ];
    for (stop, waits, start) in before {
        let mut steps = stop;
        steps.push(delete(TOMCAT, "n1"));
        if waits == Blocker::NodeUp {
            steps.push(op("node_down"));
        }
        steps.push(wait.clone());
        let told = |steps: &[String]| {
            run(false, TOMCAT, &steps.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let (forecast, text, _) = told(&steps);
        assert_eq!(forecast.outcome, Outcome::WillReturnAfter, "{text}");
        assert!(forecast.holders.iter().all(|holder| holder.waits.is_none()), "{text}");
        let back = forecast.will_return[0];
        assert_eq!(
            (back.after, back.to.iter().map(|node| node.index()).collect::<Vec<_>>()),
            (Some(waits), vec![0]),
            "{text}"
        );
        // And so it comes: the plan that puts it in order has it back.
        steps.extend([start, wait.clone()]);
        assert_eq!(told(&steps).0.outcome, Outcome::Back, "{waits:?}");
    }
    // Nobody hears of the rows that a holder without replication gives back to itself.
    let down = r#"{ "op": "repl_break", "node": ["n2", "n3"] }"#.to_owned();
    let steps = [down, ccn("stop"), delete(TOMCAT, "n1"), wait];
    let (forecast, text, _) = run(false, TOMCAT, &steps.each_ref().map(String::as_str));
    assert_eq!(
        (forecast.outcome, forecast.will_return.len()),
        (Outcome::WillReturnAfter, 2),
        "{text}"
    );
    assert!(
        text.contains("after replication to n2 works again: n2 writes it back to the database\n"),
        "{text}"
    );
}

/// Nothing was deleted: that is no plan without a deletion (X-8, X-10).
#[test]
fn a_refused_deletion_is_told() {
    let told = |unit: &str, cert: &str| {
        let step = format!(
            r#"{{ "op": "delete_trust", "unit": "{unit}", "cert": "{cert}", "node": "n1" }}"#
        );
        let gone = delete("tomcat-trust", "n1");
        let scenario = scenario(false, TOMCAT, &format!("{gone}, {step}"));
        let forecasts = forecast(&scenario.cluster, &scenario.plan).unwrap();
        let refused = refused(&scenario.cluster, &scenario.plan, &forecasts).unwrap();
        (refused.len(), forecast_text(&scenario.cluster, &forecasts, &refused))
    };
    let (count, text) = told("CallManager-trust", "old");
    assert_eq!(count, 1);
    assert!(
        text.ends_with("old in CallManager-trust: not deleted; step 2: not done: old is not in CallManager-trust of n1\n"),
        "{text}"
    );
    let (count, text) = told("tomcat", "tomcat@n1#1");
    assert_eq!(count, 1);
    assert!(
        text.contains("tomcat@n1#1 in tomcat: not deleted; step 2: not done: own certificates (tomcat) cannot be deleted\n"),
        "{text}"
    );
    // The certificates that another step deletes are in its forecast.
    assert_eq!(told(TOMCAT, "old").0, 0);
}

#[test]
fn what_came_back_during_the_plan_is_told_with_its_step() {
    let wait = r#"{ "op": "wait", "minutes": 30 }"#;
    let (forecast, text, _) = run(false, TOMCAT, &[&delete(TOMCAT, "n1"), wait]);
    assert_eq!((forecast.outcome, forecast.came_back[0].step), (Outcome::Back, Some(2)));
    assert!(text.contains("came back at minute 30 (step 2)"), "{text}");
}

#[test]
fn a_store_outside_the_notified_ones_stays_where_it_is() {
    let (forecast, text, _) = run(true, "CAPF-trust", &[&delete("CAPF-trust", "n1")]);
    assert_eq!(
        (forecast.outcome, forecast.holders.len(), forecast.will_return.len()),
        (Outcome::Stays, 2, 0)
    );
    assert!(
        text.contains("n2 still has it; change notification does not handle this store\n"),
        "{text}"
    );
    assert_eq!(run(true, TOMCAT, &[&delete(TOMCAT, "n1")]).0.outcome, Outcome::Gone);
}

#[test]
fn a_plan_without_a_deletion() {
    let scenario = scenario(true, TOMCAT, r#"{ "op": "wait", "minutes": 60 }"#);
    assert_eq!(forecast(&scenario.cluster, &scenario.plan).unwrap(), []);
    assert_eq!(
        forecast_text(&scenario.cluster, &[], &[]),
        "The plan deletes no trust certificate.\n"
    );
}
