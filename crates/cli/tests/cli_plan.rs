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

// ---- run books: what a newcomer's trial found

/// Writes a cluster of two nodes with these phones (JSON objects without their servers).
fn cluster_file(name: &str, version: &str, mode: &str, more: &str, phones: &[String]) -> String {
    let servers = r#""tftp_servers": ["hq", "br"], "cm_group": ["br", "hq"]"#;
    let phones: Vec<String> =
        phones.iter().map(|phone| format!("{{ {phone}, {servers} }}")).collect();
    let text = format!(
        r#"{{ "schema": "trustlist.cluster/1", "cluster": {{ "version": "{version}", "mode": "{mode}"{more}, "nodes": [
            {{ "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true }},
            {{ "name": "br", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true }} ],
          "phones": [ {} ] }} }}"#,
        phones.join(", ")
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The run book that `trustlist plan generate ARGUMENTS` prints.
fn book(arguments: &str) -> String {
    let words: Vec<&str> = ["generate"].into_iter().chain(arguments.split_whitespace()).collect();
    let made = plan(&words);
    assert_eq!(made.status.code(), Some(0), "{arguments}: {made:?}");
    text(&made.stdout)
}

/// The text of the first step of a book whose heading has these words.
fn step<'a>(book: &'a str, words: &str) -> &'a str {
    let mut steps = book.split("\n### ").skip(1);
    let found = steps.find(|step| step.lines().next().is_some_and(|title| title.contains(words)));
    found.unwrap_or_else(|| panic!("{words} is in no heading:\n{book}"))
}

fn named(name: &str, more: &str) -> Vec<String> {
    vec![format!(r#""name": "{name}"{more}"#)]
}

/// The gate for a missing fact names the fact, the command that shows it, and what each answer
/// means; the option of the later question is where it was written down.
#[test]
fn a_missing_minimum_tls_version_is_one_gate_with_its_command() {
    let phones = named("SEP1", r#", "model": "Cisco 7962""#);
    let path = cluster_file("tls-open.json", "11.5", "non-secure", "", &phones);
    let told = book(&format!("--renew CallManager,TVS {path}"));
    assert_eq!(told.matches("GATE: a missing fact").count(), 1, "{told}");
    let gate = step(&told, "GATE: a missing fact: the minimum TLS version of every TVS server");
    let number = gate.split('.').next().unwrap();
    assert!(told.find("GATE: a missing fact") < told.find("\n## Round: "), "{told}");
    for words in [
        "  show tls min-version\n",
        "1.0 on every server",
        "1.1, 1.2 or 1.3 on any server: these phones cannot, and this plan would lock them: Cisco 7962 (1 phone)",
        "set the minimum to TLS 1.0",
    ] {
        assert!(gate.contains(words), "{words}:\n{gate}");
    }
    let ask = step(&told, "GATE: ask if the phones will accept");
    assert!(ask.contains(" --tls-minimum MINIMUM\n"), "{ask}");
    assert!(ask.contains(&format!("as written down in step {number}: 1.0")), "{ask}");
}

/// With the minimum known there is no plan: the answer says why, and the ways out.
#[test]
fn no_plan_because_of_the_minimum_tls_version_says_so() {
    let phones = named("SEP1", r#", "model": "Cisco 7962""#);
    let more = r#", "tls_minimum": "1.2""#;
    let path = cluster_file("tls-12.json", "11.5", "non-secure", more, &phones);
    let refused = plan(&["generate", "--renew", "CallManager,TVS", &path]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let told = text(&refused.stderr);
    for words in [
        "no safe plan: the minimum TLS version is 1.2, so these phones cannot ask TVS about the new signer",
        "With TLS 1.0 the same steps are safe",
        "set the rollback parameter and reset these phones before the change",
        "write \"tls_minimum\": \"1.0\" into \"cluster\"",
    ] {
        assert!(told.contains(words), "{words}:\n{told}");
    }
    // B-10: with a CTL on the phones the rollback parameter costs them their ITL.
    let path = cluster_file("tls-12-mixed.json", "11.5", "mixed", more, &phones);
    let refused = text(&plan(&["generate", "--renew", "CallManager,TVS", &path]).stderr);
    assert!(!refused.contains("rollback parameter and reset"), "{refused}");
    // A phone that asks TVS with TLS 1.2 needs nothing.
    let phones = named("SEP1", r#", "model": "Cisco 8851""#);
    let path = cluster_file("tls-12-new.json", "11.5", "non-secure", more, &phones);
    assert!(book(&format!("--renew CallManager,TVS {path}")).contains("--tls-minimum 1.2\n"));
}

/// I-2: the phones have the new CTL before CallManager presents its new certificate.
#[test]
fn callmanager_is_restarted_after_the_phones_have_the_ctl() {
    let told = book("--renew CallManager testdata/clusters/11.5-mixed.json");
    let update = step(&told, "Update the CTL");
    assert!(
        update.contains("restarted only after the phones were reset and accepted the new CTL"),
        "{update}"
    );
    let place = |words: &str| told.find(words).unwrap();
    assert!(place("utils ctl update CTLFile\n") < place("Reset all phones"), "{told}");
    assert!(place("Reset all phones") < place("service restart Cisco CallManager\n"), "{told}");
}

/// A paste has no signature, so the gate cannot say YES for it: files are the better way.
#[test]
fn the_book_says_what_is_better_than_a_paste() {
    let told = book("--renew CallManager testdata/clusters/10.5-non-secure.json");
    let save = step(&told, "Save the lists of every TFTP node");
    let files = save.find("`file get tftp ITLFile.tlv`").unwrap();
    assert!(files < save.find("--paste NODE=NODE.txt").unwrap(), "{save}");
    assert!(save.contains("UNDECIDED (signature-not-checked), never YES"), "{save}");
    let ask = step(&told, "GATE: ask if the phones will accept");
    assert!(ask.contains("go on only if this is the one missing fact"), "{ask}");
    assert!(ask.contains("make the folder round-1 as step 2 tells"), "{ask}");
}

/// After a change of CAPF every phone with an LSC gets a new one (3.1), and the board is told.
#[test]
fn a_change_of_capf_gives_new_lscs() {
    let told = book("--renew CAPF testdata/clusters/11.5-mixed.json");
    let lsc = step(&told, "Give 4 phones a new LSC");
    let number = lsc.split('.').next().unwrap();
    assert!(lsc.contains("Certificate Operation: Install/Upgrade"), "{lsc}");
    assert!(step(&told, "GATE: every LSC is new").contains("issued by the new CAPF certificate"));
    let board = format!(
        "- **New LSCs:** 4 phones with an LSC of the old CAPF certificate get a new LSC in step {number}"
    );
    assert!(told.contains(&board), "{told}");
    assert!(told.contains(&format!("4 phones with an LSC (step {number} gives these a new one)")));
    // The old certificates are deleted later; the LSCs are new by then, and looked at again.
    let told = book("--renew CAPF --delete-old-trust testdata/clusters/11.5-mixed.json");
    assert_eq!(told.matches("Give 4 phones a new LSC").count(), 1, "{told}");
    assert_eq!(told.matches("GATE: every LSC is new").count(), 2, "{told}");
    let told = book("--renew TVS testdata/clusters/11.5-mixed.json");
    assert!(!told.contains("new LSC:"), "{told}");
}

/// What is said of offline phones is what the simulation of the same plan says.
#[test]
fn offline_phones_are_told_what_the_simulation_found() {
    let phones = named("SEP1", r#", "online": false"#);
    for (version, file, in_book, in_simulation) in [
        (
            "12.5",
            "offline-125.json",
            "When they come back after the last step, a reset is enough, or restarts of TVS and TFTP on all nodes and a reset",
            "restarts of TFTP and TVS and a reset are enough",
        ),
        (
            "9.1",
            "offline-91.json",
            "When they come back, their lists may have to be deleted",
            "only deleting the lists on the phone helps",
        ),
    ] {
        let path = cluster_file(file, version, "non-secure", "", &phones);
        let told = book(&format!("--renew CallManager,TVS {path}"));
        let gate = step(&told, "GATE: bring offline phones back");
        assert!(told.contains(in_book) && gate.contains(in_book), "{version}: {told}");
        assert_eq!(gate.contains("deleted"), version == "9.1", "{gate}");
        let made = plan(&["generate", "--renew", "CallManager,TVS", "--json", &path]);
        let scenario = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("plan-{file}"));
        std::fs::write(&scenario, &made.stdout).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_trustlist"))
            .args(["simulate", scenario.to_str().unwrap(), "--policy", "all"])
            .output()
            .unwrap();
        let said = text(&run.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(in_simulation), "{version}: {said}");
    }
}

/// A restore is the last way back, in the book and after a lock-out, in the same words.
#[test]
fn the_way_back_is_said_once() {
    let rest = "Only a DRS restore of a backup from before the change brings the old keys back";
    let told = book("--renew TVS testdata/clusters/10.5-non-secure.json");
    assert!(told.contains(rest) && told.contains("a certificate cannot be put back alone"));
    let locked = plan(&["recover", "testdata/cases/simulate/callmanager-and-tvs.json"]);
    let said = text(&locked.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("or put the old keys back. {rest}")), "{said}");
}

/// The command of the recovery is answered, as the snapshots have the certificates of TVS.
#[test]
fn the_question_of_the_recovery_is_not_undecided() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("recovery-of-a-book");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let run = |words: &str| {
        Command::new(env!("CARGO_BIN_EXE_trustlist"))
            .current_dir(&folder)
            .args(words.split_whitespace())
            .output()
            .unwrap()
    };
    for (saved, out) in [("before", "before"), ("after", "round-1")] {
        let from = root.join("testdata/trial/saved").join(saved);
        let made = run(&format!("collect --from-folder {} --out {out}", from.display()));
        assert_eq!(made.status.code(), Some(0), "{made:?}");
    }
    let answer = run(
        "predict --known . --installed-itl c1fc551921d7b98ba4aae4295ecf69e7 --offered-itl round-1/ccm1/ITLFile.tlv --model 8851 \
         --cm-group ccm1,ccm2 --tvs ccm1=round-1/ccm1/TVS.pem --tvs ccm2=round-1/ccm2/TVS.pem --tvs-knows round-1",
    );
    assert_eq!(answer.status.code(), Some(1), "{answer:?}");
    let told = book("--renew CallManager testdata/clusters/11.5-mixed.json");
    assert!(
        told.contains(
            "--model MODEL --cm-group cucm-sub1,cucm-pub --tvs cucm-sub1=NEWEST/cucm-sub1/TVS.pem --tvs \
             cucm-pub=NEWEST/cucm-pub/TVS.pem --tvs-knows NEWEST"
        ),
        "{told}"
    );
}

/// Another night begins with a look at the cluster.
#[test]
fn each_later_window_begins_with_the_short_check() {
    let arguments = "--renew CallManager,TVS --window 60m testdata/clusters/10.5-non-secure.json";
    let told = book(arguments);
    let windows = told.matches("\n## Window ").count();
    assert!(windows > 1, "{told}");
    assert_eq!(told.matches("GATE: the short check").count(), windows - 1);
    let check = step(&told, "Before window 2. GATE: the short check");
    for command in ["utils dbreplication runtimestate", "history backup", "show risdb query phone"]
    {
        assert!(check.contains(command), "{check}");
    }
    assert!(book(&format!("--format text {arguments}")).contains("Before window 2. GATE:"));
}

/// The gates can tell, and can pass.
#[test]
fn a_gate_compares_serial_numbers_and_leaves_offline_phones_out() {
    let mut phones = named("SEP1", r#", "online": false"#);
    phones.extend(named("SEP2", ""));
    let path = cluster_file("gates.json", "14", "non-secure", "", &phones);
    let told = book(&format!("--renew CallManager {path}"));
    let ask = step(&told, "GATE: ask if the phones will accept");
    assert!(ask.contains("show cert trust Phone-SAST-trust/NAME.pem"), "{ask}");
    assert!(ask.contains("SERIALNUMBER"), "{ask}");
    let gate = step(&told, "GATE: every phone is registered");
    assert!(
        gate.contains(
            "Match, none Mismatch. The 1 phone known to be offline may show something else"
        ),
        "{gate}"
    );
}

/// A hurried reader is told why the nodes are renewed in turns, and what the lint still means.
#[test]
fn turns_and_findings_that_stay_are_explained() {
    let told = book("--renew CallManager testdata/clusters/15-mixed.json");
    assert!(told.contains("- CallManager is regenerated in 2 turns. Do not merge the turns: "));
    let round = told.split("\n## Round: CallManager, turn 1 of 2").nth(1).unwrap();
    assert!(round.lines().take(3).any(|line| line.contains("Do not merge the turns")), "{round}");
    let phones = named("SEP1", r#", "model": "Cisco 7962""#);
    let path = cluster_file("stays.json", "14", "non-secure", "", &phones);
    let told = book(&format!("--renew ITLRecovery {path}"));
    assert!(told.contains(
        "`trustlist plan lint` still reports legacy-phones-and-tls: legacy phones cannot ask TVS about the new signer"
    ));
}

/// A certificate that is in no list touches no phone.
#[test]
fn a_plan_for_tomcat_touches_no_phone() {
    let phones = named("SEP1", r#", "online": false"#);
    let path = cluster_file("tomcat.json", "12.5", "non-secure", "", &phones);
    let told = book(&format!("--renew tomcat {path}"));
    let users =
        "**What users notice:** the lists on the phones stay as they are, and no phone is reset;";
    assert!(told.contains(users), "{told}");
    assert!(!told.contains("0 times") && !told.to_lowercase().contains("offline"), "{told}");
}

/// Many phones are counted, with the first, the last and the place of the whole list.
#[test]
fn a_large_batch_is_counted_and_not_listed() {
    let phones: Vec<String> =
        (100..160).map(|number| format!(r#""name": "SEP{number}""#)).collect();
    let path = cluster_file("batches.json", "12.5", "non-secure", "", &phones);
    let told = book(&format!("--renew TVS --batch 30 {path}"));
    let batch = step(&told, "Reset batch 2 of 2: 30 phones");
    let number: usize = batch.split('.').next().unwrap().parse().unwrap();
    for words in [
        "30 phones, from SEP130 to SEP159 in the order of the cluster file".to_owned(),
        format!("\"scope\" of entry {number} of \"plan\""),
        "trustlist plan generate --renew TVS --batch 30 --json cluster.json".to_owned(),
    ] {
        assert!(batch.contains(&words), "{words}:\n{batch}");
    }
    assert!(!told.contains("SEP131"), "{told}");
    let made = json(&plan(&["generate", "--renew", "TVS", "--batch", "30", "--json", &path]));
    let scope = made["plan"][number - 1]["scope"].as_array().unwrap();
    assert_eq!((scope.len(), &scope[29]), (30, &Value::from("SEP159")));
}

/// The words of the run book are in the glossary.
#[test]
fn the_words_of_the_run_book_are_explained() {
    for word in
        ["snapshot", "round", "turn", "phone update", "cluster file", "run book", "guess", "GATE"]
    {
        let page =
            Command::new(env!("CARGO_BIN_EXE_trustlist")).args(["explain", word]).output().unwrap();
        assert_eq!(page.status.code(), Some(0), "{word}: {page:?}");
    }
}

/// A fact is worded by what it is: a service that the output lacks is on no node.
#[test]
fn what_an_output_lacks_is_no_node() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lacks.txt");
    let paste = "admin:utils service list\nCisco Certificate Change Notification[STARTED]\nCisco Tftp[STARTED]\nadmin:";
    std::fs::write(&path, paste).unwrap();
    let answer = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["preflight", path.to_str().unwrap()])
        .output()
        .unwrap();
    let told = text(&answer.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("(not in the output: Cisco Trust Verification Service)"), "{told}");
    assert!(!told.contains("missing on"), "{told}");
}

/// A node name becomes part of commands that are pasted into a shell.
#[test]
fn a_node_name_that_no_host_can_have_gets_no_commands() {
    let cluster =
        std::fs::read_to_string(common::testdata("clusters/10.5-non-secure.json")).unwrap();
    for name in ["$(reboot)", "ccm1; rm -rf ~", "a,b", "`id`"] {
        let text = cluster.replace("cucm-sub1", name);
        assert_ne!(text, cluster);
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("node-name.json");
        std::fs::write(&path, text).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_trustlist"))
            .args(["plan", "generate", "--renew", "CallManager", path.to_str().unwrap()])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(0), "{name}");
        assert!(told.contains("is none that a host can have"), "{name}: {told}");
        assert!(output.stdout.is_empty(), "{name}");
    }
}

/// Without the steps that a document calls unnecessary this plan rested on a missing fact, and had an
/// error of the lint: it is refused. The gate of a fact comes before the round that rests on it
/// (`a_missing_minimum_tls_version_is_one_gate_with_its_command`).
#[test]
fn a_plan_with_an_error_of_the_lint_is_refused() {
    let cluster = common::testdata("clusters/15-mixed.json");
    let cluster = cluster.to_str().unwrap();
    let words = ["generate", "--renew", "TVS,ITLRecovery", cluster, "--skip-unneeded"];
    let refused = plan(&words);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0), "{refused:?}");
    assert!(text(&refused.stderr).contains("(tvs-and-signer-in-one-round)"), "{refused:?}");
    assert_eq!(plan(&words[..4]).status.code(), Some(0));
}
