//! Faults that were found in answers about clusters, by number: the smallest inputs are in
//! `testdata/faults/`.
#[path = "../../../tests/common/mod.rs"]
mod common;

use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{
    Assume, Assumption, PhoneId, Policy, PolicyResult, Simulation, simulate,
};
use trustlist_cluster::report::{plan_lint_text, simulation_text};

fn scenario(name: &str) -> Scenario {
    parsed(&text(name))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(common::testdata(&format!("faults/{name}.json"))).unwrap()
}

fn parsed(text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn run(scenario: &Scenario) -> Simulation {
    simulate(&scenario.cluster, &scenario.plan, &[Policy::B], Assume::Lean).unwrap()
}

fn only(simulation: &Simulation) -> (&PolicyResult, PhoneId) {
    let phone = simulation.cluster.phone(&simulation.cluster.phones()[0].name).unwrap();
    (&simulation.policies[0], phone)
}

/// True for each step after which the phone is registered, the start first.
fn registered(simulation: &Simulation) -> Vec<bool> {
    let (result, phone) = only(simulation);
    let cohort = result.cohort(phone).unwrap();
    result.trace.iter().map(|report| result.standing(cohort, report).unwrap().registered).collect()
}

/// A phone that is locked before the plan, and that no step touches, is among the locked phones.
#[test]
fn a_phone_that_no_step_touches_stays_locked() {
    let case = common::testdata("cases/lint/phone-broken-before.json");
    let simulation = run(&parsed(&std::fs::read_to_string(case).unwrap()));
    let (result, phone) = only(&simulation);
    assert_eq!(result.locked().collect::<Vec<_>>(), [phone]);
}

/// An encrypted phone without LSC needs the certificate that it was made with: if it has one is
/// reported, and one without is not registered until it gets an LSC (P-7).
#[test]
fn f7_an_encrypted_phone_without_lsc() {
    let simulation = run(&scenario("F7-encrypted-without-lsc"));
    let told = |simulation: &Simulation| {
        only(simulation).0.assumptions.iter().any(|(assumed, _)| *assumed == Assumption::MicPresent)
    };
    assert!(told(&simulation));
    assert!(
        simulation_text(&simulation, None).contains("P-7, encrypted phones without LSC"),
        "{}",
        simulation_text(&simulation, None)
    );
    let phone = "\"security\": \"encrypted\",";
    for said in ["\"mic\": false,", "\"model\": \"Cisco IP Communicator\","] {
        let without = text("F7-encrypted-without-lsc");
        assert!(without.contains(phone), "the case changed its form");
        let simulation = run(&parsed(&without.replace(phone, &format!("{phone} {said}"))));
        assert!(!told(&simulation), "{said}");
        assert_eq!(registered(&simulation), [false, true, true], "{said}");
    }
}

/// The CAPF operation is in the configuration: a phone does it before it registers.
#[test]
fn f8_an_lsc_renewed_while_the_phone_is_not_registered() {
    let simulation = run(&scenario("F8-lsc-renewed-while-unregistered"));
    assert_eq!(
        registered(&simulation).last(),
        Some(&true),
        "{}",
        simulation_text(&simulation, None)
    );
    assert!(
        registered(&simulation).contains(&false),
        "the case is about a phone that lost its registration"
    );
}

/// From 14 on CallManager presents the new certificate at once: the advice is the way that works,
/// and that way is clean.
#[test]
fn f10_the_advice_of_l_04_from_14_on() {
    let lint = |name: &str| {
        let scenario = scenario(name);
        trustlist_cluster::plan::lint(&scenario.cluster, &scenario.plan).unwrap()
    };
    let text = plan_lint_text(&lint("F10-advice-of-L-04-from-14"), None);
    assert!(text.contains("L-04") && text.contains("one node at a time"), "{text}");
    assert!(!text.contains("then restart CallManager"), "{text}");
    assert!(
        lint("F10-the-way-that-works").findings.is_empty(),
        "{}",
        plan_lint_text(&lint("F10-the-way-that-works"), None)
    );
    // Before 14 the usual order is right.
    let before = text_of_release("11.5");
    assert!(before.contains("then restart CallManager"), "{before}");
}

/// The lint of a plan that presents the new certificate before the CTL is updated, in this version.
fn text_of_release(version: &str) -> String {
    let mut case: serde_json::Value =
        serde_json::from_str(&text("F10-advice-of-L-04-from-14")).unwrap();
    case["cluster"]["version"] = version.into();
    case["plan"] = serde_json::json!([
        { "op": "regen", "cert": "CallManager", "node": "all" },
        { "op": "restart", "service": "CallManager", "node": "all" },
    ]);
    let scenario = parsed(&case.to_string());
    plan_lint_text(&trustlist_cluster::plan::lint(&scenario.cluster, &scenario.plan).unwrap(), None)
}

/// A phone whose model is not in the table: that it has Security By Default is an assumption where
/// one of the answers refuses a file (P-TVS-8). A device without it asks for no ITL: on a cluster
/// without CTL it refuses nothing, so nothing is assumed there.
#[test]
fn a_model_outside_the_table_is_an_assumption() {
    let case = std::fs::read_to_string(common::testdata("cases/simulate/T05.json")).unwrap();
    let mixed = case.replace("\"mode\": \"non-secure\"", "\"mode\": \"mixed\"");
    assert!(case.contains("\"8851\"") && mixed != case, "the case changed its form");
    let assumed = |text: &str| {
        let simulation = run(&parsed(text));
        let (result, _) = only(&simulation);
        let locked = result.locked().next().is_some();
        let mut codes = result.assumptions.iter().map(|(assumed, _)| assumed.code());
        (codes.any(|code| code == "security-by-default-unknown"), locked)
    };
    let unknown = |text: &str| text.replace("\"8851\"", "\"ATA 191\"");
    assert_eq!(assumed(&unknown(&mixed)), (true, true));
    assert!(!assumed(&mixed).0);
    assert_eq!(assumed(&unknown(&case)), (false, false));
    assert_eq!(assumed(&case), (false, false));
}
