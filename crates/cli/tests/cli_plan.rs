//! `trustlist plan …`, as the real binary answers.
#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn plan(arguments: &[&str]) -> Output {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .current_dir(root)
        .arg("plan")
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const BAD: &str = "testdata/cases/lint/tvs-restart-too-early.json";
const GOOD: &str = "testdata/cases/lint/ctl-updated-in-time.json";

#[test]
fn lint_ends_with_1_for_errors_only() {
    assert_eq!(plan(&["lint", BAD]).status.code(), Some(1));
    assert_eq!(plan(&["lint", GOOD]).status.code(), Some(0));
    assert_eq!(plan(&["lint", "testdata/cases/lint/no-backup.json"]).status.code(), Some(0));
    assert_eq!(plan(&["lint", GOOD, BAD]).status.code(), Some(1));
    let missing = plan(&["lint", BAD, "testdata/none.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        text(&missing.stdout).contains("tvs-restart-too-early")
            && text(&missing.stderr).contains("testdata/none.json")
    );
}

#[test]
fn lint_answers_in_the_form_of_the_contract() {
    let answer = json(&plan(&["lint", BAD, "--json"]));
    assert_eq!(answer["schema"], "trustlist.plan-lint/1");
    let finding = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == "tvs-restart-too-early")
        .unwrap();
    assert_eq!((&finding["level"], &finding["step"]), (&Value::from("error"), &Value::from(5)));
    assert_eq!(finding["phones"], serde_json::json!(["SEP1", "SEP2"]));
    assert_eq!(finding["policies"], serde_json::json!(["B", "C"]));
    assert!(finding["evidence"].is_object() && answer["point_of_no_return"]["step"].is_number());
    let clean = json(&plan(&["lint", GOOD, "--json"]));
    assert_eq!(
        (&clean["findings"], &clean["point_of_no_return"]),
        (&serde_json::json!([]), &Value::Null)
    );
}

#[test]
fn a_generated_plan_goes_back_into_simulate_and_lint() {
    let made = plan(&[
        "generate",
        "testdata/clusters/11.5-mixed.json",
        "--renew",
        "CallManager,TVS",
        "--delete-old-trust",
        "--json",
    ]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated.json");
    std::fs::write(&path, &made.stdout).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(plan(&["lint", path]).status.code(), Some(0));
    let simulated = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["simulate", path, "--policy", "all"])
        .output()
        .unwrap();
    assert_eq!(simulated.status.code(), Some(0));
}

/// If no safe order is found, the command that is printed works.
#[test]
fn without_a_safe_order_lint_says_how_to_get_another_plan() {
    let hopeless = "testdata/cases/lint/ctl-after-callmanager.json";
    let said =
        text(&plan(&["lint", hopeless]).stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, rest) = said.split_once("`trustlist plan generate --renew ").expect("a hint");
    let (units, _) = rest.split_once('`').unwrap();
    let made = plan(&["generate", "--renew", units, "--json", hopeless]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("another.json");
    std::fs::write(&path, &made.stdout).unwrap();
    assert_eq!(plan(&["lint", path.to_str().unwrap()]).status.code(), Some(0));
    // Not where the order is not what is wrong.
    for other in ["testdata/cases/lint/itl-too-large.json", GOOD] {
        assert!(!text(&plan(&["lint", other]).stdout).contains("plan generate"), "{other}");
    }
}

#[test]
fn generate_takes_a_scenario_and_a_bare_cluster_too() {
    let scenario = plan(&["generate", BAD, "--renew", "tvs", "--format", "text"]);
    assert!(
        text(&scenario.stdout).starts_with("Regenerate TVS on CUCM 10.5, non-secure\n"),
        "{scenario:?}"
    );
    let whole: Value = serde_json::from_str(
        &std::fs::read_to_string(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(BAD),
        )
        .unwrap(),
    )
    .unwrap();
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bare.json");
    std::fs::write(&path, whole["cluster"].to_string()).unwrap();
    let bare = plan(&["generate", path.to_str().unwrap(), "--renew", "tvs", "--format", "text"]);
    assert_eq!(bare.stdout, scenario.stdout);
}

#[test]
fn a_refusal_says_why() {
    let broken =
        plan(&["generate", "testdata/cases/lint/phone-broken-before.json", "--renew", "TVS"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        broken.stdout.is_empty()
            && text(&broken.stderr).contains("SEP1")
            && text(&broken.stderr).contains("repair them first")
    );
    let nothing =
        plan(&["generate", "testdata/clusters/10.5-non-secure.json", "--renew", "authz", "--json"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(json(&nothing)["reason"].as_str().unwrap().contains("nothing to regenerate"));
    let usage = plan(&["generate", "testdata/clusters/10.5-non-secure.json", "--renew", "TSV"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(text(&usage.stderr).contains("--renew TSV: expected a certificate"));
    assert_eq!(
        plan(&["generate", GOOD, "--renew", "TVS", "--window", "soon"]).status.code(),
        Some(2)
    );
}

#[test]
fn recover_tells_phones_apart() {
    let answer = plan(&["recover", BAD, "--json"]);
    assert_eq!(answer.status.code(), Some(1));
    let groups = json(&answer)["locked"].clone();
    let of = |name: &str| {
        let phones =
            |group: &&Value| group["phones"].as_array().unwrap().contains(&Value::from(name));
        groups.as_array().unwrap().iter().find(phones).map(|group| group["sure"].clone())
    };
    assert_eq!(
        (of("SEP1"), of("SEP2")),
        (Some("itl_reset_localkey".into()), Some("delete_phone_lists".into()))
    );
    let none = plan(&["recover", GOOD]);
    assert_eq!(
        (none.status.code(), text(&none.stdout).as_str()),
        (Some(0), "no phone is locked under policy A, B, C, D\n")
    );
}

#[test]
fn init_puts_a_cluster_together_and_marks_what_it_assumed() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("init");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let security_token = "System Administrator Security Token";
    let records =
        [("hq", security_token), ("hq", "CCM+TFTP"), ("hq", "CAPF"), ("br", "TVS"), ("hq", "TVS")];
    let itl = write("hq.txt", &common::show_itl(&records));
    let sql = "paramname             paramvalue\n===================== ==========\nRollBackToPreGrayback F\n";
    let rollback = write("rollback.txt", sql);
    let groups = write(
        "groups.txt",
        "groupname server priority\n========= ====== ========\nHQ        br     0\nHQ        hq     1\n",
    );
    let phones = write(
        "phones.csv",
        "device,model,cm_group,status\nSEP1,8841,HQ,Registered with br\nSEP940,7940,HQ,Unregistered\n",
    );
    let made = plan(&["init", &itl, &rollback, &groups, "--phones", &phones, "--version", "11.5"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let answer = json(&made);
    let cluster = &answer["cluster"];
    assert_eq!(
        (&cluster["version"], &cluster["mode"]),
        (&Value::from("11.5"), &Value::from("non-secure"))
    );
    let nodes: Vec<(&str, bool, bool)> = cluster["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (
                node["name"].as_str().unwrap(),
                node["publisher"].as_bool().unwrap(),
                node["tftp"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(nodes, [("br", false, false), ("hq", true, true)]);
    assert_eq!(cluster["phones"][0]["cm_group"], serde_json::json!(["br", "hq"]));
    let phone = &cluster["phones"][1];
    // The model says that it has no Security By Default.
    assert!(
        phone["online"] == false
            && phone["model"].is_string()
            && phone["security_by_default"].is_null(),
        "{phone}"
    );
    let marks = text(&made.stderr);
    for mark in [
        "br: ASSUMED: TFTP does not run",
        "security mode: ASSUMED: non-secure",
        "IM and Presence",
        "2 phones: ASSUMED: the current lists are on the phone",
    ] {
        assert!(marks.contains(mark), "{mark}: {marks}");
    }
    assert!(!marks.contains("rollback") && !marks.contains("publisher"), "{marks}");
    assert_eq!(answer["note"].as_array().unwrap().len(), marks.lines().count());
    // It goes straight into generate.
    let cluster = write("cluster.json", &text(&made.stdout));
    assert_eq!(plan(&["generate", &cluster, "--renew", "CAPF"]).status.code(), Some(1));
    assert_eq!(
        plan(&["generate", &cluster, "--renew", "CAPF", "--accept-guesses"]).status.code(),
        Some(0)
    );
    let nothing = plan(&["init", &rollback, "--version", "11.5"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(text(&nothing.stderr).contains("show itl"));
}
