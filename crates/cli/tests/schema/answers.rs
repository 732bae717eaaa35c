//! Answers: all golden ones, and those of library and command line about every file of `testdata`.

use crate::{check, common, documents, forms};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use trustlist::report::prediction_json;
use trustlist_cluster::case::PredictCase;
use trustlist_cluster::case::{DeletionCase, PreflightCase, Scenario};
use trustlist_cluster::cluster::{Assume, Policy, simulate};
use trustlist_cluster::deletion::{Audit, forecast, refused};
use trustlist_cluster::plan::{OldTrust, Order, Request};
use trustlist_cluster::preflight::{Source, preflight};
use trustlist_cluster::release::Unit;
use trustlist_cluster::report::deletion::{audit_json, forecast_json};
use trustlist_cluster::report::{SimulationJson, plan_lint_json, plan_recovery_json};

const SCENARIOS: &[&str] = &["cases/simulate", "cases/lint"];

/// The document as the validator takes it.
fn plain(document: &trustlist::json::Value) -> Value {
    serde_json::to_value(document).unwrap()
}

#[test]
fn kept_answers() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("tests/golden");
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    assert!(files.len() >= 10);
    let forms = forms();
    files.iter().for_each(|path| check(&forms, &path.display().to_string(), &crate::read(path)));
}

#[test]
fn predictions() {
    let forms = forms();
    for (path, document) in documents(&["cases/predict"]) {
        let case = PredictCase::parse(&document.to_string()).unwrap();
        check(&forms, &path.display().to_string(), &plain(&prediction_json(&case.report())));
    }
}

#[test]
fn simulations_lints_recoveries_and_forecasts() {
    let forms = forms();
    let (mut findings, mut locked, mut reordered) = (0, 0, 0);
    for (number, (path, document)) in documents(SCENARIOS).into_iter().enumerate() {
        let about = path.display().to_string();
        let scenario = Scenario::parse(&document.to_string()).unwrap();
        let (cluster, plan) = (&scenario.cluster, &scenario.plan);
        if let Ok(simulation) = simulate(cluster, plan, &scenario.policies, Assume::Lean) {
            check(&forms, &about, &serde_json::to_value(SimulationJson(&simulation)).unwrap());
        }
        if let Ok(lint) = trustlist_cluster::plan::lint(cluster, plan) {
            // Finding a safe order takes many runs: of some plans is enough.
            let known = path.ends_with("L07.json");
            let order = (known || number % 16 == 0)
                .then(|| trustlist_cluster::plan::reorder(cluster, plan, &lint))
                .flatten();
            reordered += usize::from(order.is_some());
            findings += lint.findings.len();
            check(&forms, &about, &plain(&plan_lint_json(&lint, order.as_ref())));
        }
        if let Ok(recovery) = trustlist_cluster::plan::recover(cluster, plan, Policy::ALL) {
            locked += recovery.groups.len();
            check(&forms, &about, &plain(&plan_recovery_json(&recovery)));
        }
        if let Ok(forecasts) = forecast(cluster, plan) {
            let refused = refused(cluster, plan, &forecasts).unwrap();
            check(&forms, &about, &plain(&forecast_json(cluster, &forecasts, &refused)));
        }
    }
    let said = format!(
        "{findings} findings, {locked} groups of locked phones, {reordered} plans in another order"
    );
    assert!(findings > 0 && (locked > 0 && reordered > 0), "{said}");
}

#[test]
fn generated_plans_are_scenarios() {
    let forms = forms();
    for (path, document) in documents(&["cases/simulate"]).into_iter().step_by(6) {
        let scenario = Scenario::parse(&document.to_string()).unwrap();
        let request = Request {
            renew: vec![Unit::CallManager, Unit::Tvs],
            old_trust: OldTrust::Delete,
            order: Order::Procedure,
            ..Request::of(&[])
        };
        let Ok(plan) = trustlist_cluster::plan::generate(&scenario.cluster, &request) else {
            continue;
        };
        let (plan, policies) = (plan.operations(), Policy::ALL.to_vec());
        let made = Scenario {
            id: None,
            title: None,
            cluster: Arc::clone(&scenario.cluster),
            plan,
            policies,
        };
        check(&forms, &path.display().to_string(), &plain(&made.to_json()));
    }
}

#[test]
fn preflights_and_audits() {
    let forms = forms();
    for (path, document) in documents(&["cases/preflight"]) {
        let about = path.display().to_string();
        let case = PreflightCase::parse(&document.to_string()).unwrap();
        let answer = preflight(
            &[Source { name: &case.command, text: &case.output, node: None }],
            &case.context,
        );
        check(&forms, &about, &plain(&trustlist_cluster::report::preflight::json(&answer)));
    }
    for (path, document) in documents(&["cases/deletion"]) {
        let case = DeletionCase::parse(&document.to_string()).unwrap();
        let mut audit = Audit::new(case.inventory.clone(), case.wanted.clone());
        case.logs
            .iter()
            .for_each(|log| drop(audit.read_log(log.node, &log.kind, log.text.as_bytes())));
        check(&forms, &path.display().to_string(), &plain(&audit_json(&audit.answer())));
    }
}

/// Returns the output of the binary, as one document.
fn printed(arguments: &[&str], input: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A command that refuses its arguments reads nothing.
    let writer =
        std::thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// Everything below testdata that is no JSON, key or certificate.
fn files() -> Vec<String> {
    let mut folders: Vec<PathBuf> = vec![common::testdata("")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("json" | "md" | "pem" | "gitattributes") => {}
                _ => files.push(path.display().to_string()),
            }
        }
    }
    files.sort();
    files
}

#[test]
fn what_the_command_line_says_about_files() {
    let (forms, files) = (forms(), files());
    let one = common::testdata("cluster/before/ITLFile.tlv").display().to_string();
    let bad = common::testdata("bad/truncated.tlv").display().to_string();
    for command in
        [&["show", "--json"][..], &["lint", "--json", "--at", "2030-01-01"], &["verify", "--json"]]
    {
        let all: Vec<&str> = files.iter().map(String::as_str).collect();
        let answer = printed(&[command, &all].concat(), "");
        assert!(answer["files"].as_array().unwrap().len() >= files.len());
        check(&forms, command[0], &answer);
        for file in [&one, &bad] {
            check(&forms, command[0], &printed(&[command, &[file]].concat(), ""));
        }
    }
}

#[test]
fn what_the_command_line_says_about_lists_and_fleets() {
    let forms = forms();
    let path = |name: &str| common::testdata(name).display().to_string();
    let lists = [
        "cluster/before",
        "cluster/after-callmanager",
        "cluster/rollback",
        "recovery/after-recovery",
        "certutils",
    ];
    let lists = lists.map(|folder| path(&format!("{folder}/ITLFile.tlv")));
    for old in &lists {
        for new in &lists {
            check(&forms, "diff", &printed(&["diff", "--json", old, new], ""));
            let options = [
                "predict",
                "--json",
                "--at",
                "2026-01-01",
                "--installed-itl",
                old,
                "--offered-itl",
                new,
            ];
            check(&forms, "predict", &printed(&options, ""));
        }
    }
    let inventory = format!(
        "device,model,itl,cm_group\nSEP1,7975,{0},ccm1\nSEP2,8841,{1},\nSEP3,8841,,\nSEP4,7975,{2},\nSEP5,7975,none.tlv,x\n",
        lists[0],
        lists[1],
        "0123456789abcdef".repeat(2)
    );
    for options in
        [&[][..], &["--rows"], &["--tvs", "none", "--no-config", "--rows"], &["--factory-fresh"]]
    {
        let arguments = [&["fleet", "-", "--json", "--offered-itl", &lists[1]], options].concat();
        let answer = printed(&arguments, &inventory);
        assert_eq!(answer.get("rows").is_some(), options.contains(&"--rows"));
        check(&forms, "fleet", &answer);
    }
}

#[test]
fn what_the_command_line_says_without_the_library() {
    let forms = forms();
    let scenario =
        common::testdata("cases/simulate/callmanager-and-tvs.json").display().to_string();
    let generated =
        printed(&["plan", "generate", "--json", "--renew", "CallManager", &scenario], "");
    check(&forms, "plan generate", &generated);
    // A pool of two nodes cannot be carried over if one is down; a missing certificate cannot be
    // regenerated.
    let none = printed(&["plan", "generate", "--json", "--renew", "cup", &scenario], "");
    assert_eq!(none["schema"], "trustlist.no-plan/1");
    check(&forms, "no plan", &none);
    let inventory =
        r#"{ "collected_until": "2026-07-06T04:30:00", "nodes": [ { "name": "n1" } ] }"#;
    let audits = printed(&["deletion", "audit", "-", "--json"], inventory);
    assert_eq!(audits["schema"], "trustlist.deletion-audits/1");
    check(&forms, "no audit", &audits);
    let said = "10:12:01a TFTP Error : ITLFile.tlv\n10:12:02a Trust List Updated\n";
    check(&forms, "a paste", &printed(&["preflight", "--json", "-"], said));
}
