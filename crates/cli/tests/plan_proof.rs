//! Plans that `plan` and `deletion predict` must not call proved: a plan of no phone, a plan with an error of
//! the lint, a deletion that lasts by luck; and what a run book says of eTokens.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a command with this document as `file.json`; returns the status, the output and the errors.
fn run(name: &str, document: &str, words: &str) -> (i32, String, String) {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plan_proof").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("file.json"), document).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .current_dir(&folder)
        .args(words.split_whitespace())
        .arg("file.json")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The fields of a cluster with the nodes hq and br.
fn cluster(version: &str, mode: &str, more: &str, phones: &str) -> String {
    format!(
        r#""cluster": {{ "version": "{version}", "mode": "{mode}", {more} "nodes": [
            {{ "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true }},
            {{ "name": "br", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true }} ],
          "phones": [ {phones} ] }}"#
    )
}

const PHONE: &str =
    r#"{ "name": "SEP1", "model": "8851", "tftp_servers": ["hq"], "cm_group": ["hq", "br"] }"#;

fn document(version: &str, mode: &str, more: &str, phones: &str) -> String {
    format!(r#"{{ "schema": "trustlist.cluster/1", {} }}"#, cluster(version, mode, more, phones))
}

fn scenario(version: &str, more: &str, phones: &str, plan: &str) -> String {
    let cluster = cluster(version, "non-secure", more, phones);
    format!(r#"{{ "schema": "trustlist.simulate/1", {cluster}, "plan": [ {plan} ] }}"#)
}

const UNDECIDED: &str = "UNDECIDED: no phone is in the file";

#[test]
fn a_plan_of_no_phone_is_proved_for_none() {
    let text = document("12.5", "non-secure", "", "");
    let (status, out, err) = run("no-phones", &text, "plan generate --renew TVS,ITLRecovery");
    assert_eq!(status, 3, "{err}");
    assert!(out.contains(UNDECIDED) && err.contains(UNDECIDED), "{out}{err}");
    assert!(!out.contains("no online phone is locked"), "{out}");
    let (status, out, _) = run("no-phones", &text, "plan generate --renew TVS --format text");
    assert!(status == 3 && out.contains(UNDECIDED), "{out}");
    let (status, _, err) = run("no-phones", &text, "plan generate --renew TVS --json");
    assert!(status == 3 && err.contains(UNDECIDED), "{err}");
    let (status, out, _) = run("no-phones", &text, "plan recover");
    assert_eq!((status, out.starts_with(UNDECIDED)), (3, true), "{out}");
    let checked = r#"{ "op": "check", "what": "preflight" }"#;
    let plan = scenario("10.5", "", "", checked);
    let (status, out, _) = run("no-phones", &plan, "plan lint");
    assert!(status == 3 && out.contains(UNDECIDED), "{out}");
    // With a phone it is as before.
    let with = document("12.5", "non-secure", "", PHONE);
    let (status, out, err) = run("a-phone", &with, "plan generate --renew TVS,ITLRecovery");
    assert!(status == 0 && !out.contains(UNDECIDED) && !err.contains(UNDECIDED), "{err}");
    let (status, out, _) = run("a-phone", &with, "plan recover");
    assert!(status == 0 && !out.contains(UNDECIDED), "{out}");
    let (status, out, _) = run("a-phone", &scenario("10.5", "", PHONE, checked), "plan lint");
    assert!(status == 0 && !out.contains(UNDECIDED), "{out}");
}

#[test]
fn a_plan_with_an_error_of_the_lint_is_not_safe() {
    let one = r#"{ "schema": "trustlist.cluster/1", "cluster": { "version": "14SU2", "mode": "non-secure",
        "nodes": [ { "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true } ],
        "phones": [ { "name": "SEP1", "tftp_servers": ["hq"], "cm_group": ["hq"] } ] } }"#;
    let words = "plan generate --renew TVS,ITLRecovery";
    let (status, out, err) = run("lint", one, &format!("{words} --skip-unneeded"));
    assert_eq!((status, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("no safe plan") && err.contains("tvs-and-signer-in-one-round"), "{err}");
    assert!(err.contains("calls unnecessary may be safe"), "{err}");
    assert_eq!(run("lint", one, words).0, 0);
}

#[test]
fn the_book_of_a_token_cluster_names_what_its_version_has() {
    let token = r#""ctl_signer": "eToken1","#;
    let phones = format!(
        r#"{PHONE}, {{ "name": "SEP2", "model": "8851", "tftp_servers": ["hq"], "cm_group": ["br", "hq"],
            "security": "encrypted", "lsc": "current" }}"#
    );
    let words = "plan generate --renew CallManager";
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for format in ["markdown", "text"] {
        let words = format!("{words} --format {format}");
        let (status, book, err) = run("t91", &document("9.1", "mixed", "", &phones), &words);
        assert_eq!(status, 0, "{err}");
        assert!(!book.contains("utils ctl"), "{book}");
        let (status, book, err) = run("t105", &document("10.5", "mixed", token, &phones), &words);
        assert_eq!(status, 0, "{err}");
        let told = one_line(&book);
        assert!(told.contains("An eToken signs the CTL now."), "{book}");
        assert!(told.contains("changes the cluster from eTokens to tokenless"), "{book}");
        let (status, book, _) = run("n105", &document("10.5", "mixed", "", &phones), &words);
        assert!(status == 0 && !book.contains("oken sign") && !book.contains("eToken"), "{book}");
    }
    // No step of this plan writes a CTL.
    let (status, book, err) =
        run("tomcat", &document("10.5", "mixed", token, &phones), "plan generate --renew tomcat");
    assert!(status == 0 && !book.contains("eToken"), "{book}{err}");
    for (version, status) in [("14SU2", 0), ("14SU3", 2), ("15", 2)] {
        let text = document(version, "mixed", token, &phones);
        let (got, _, err) = run("t14", &text, "plan generate --renew tomcat");
        assert_eq!(got, status, "{version}: {err}");
        assert!(status == 0 || err.contains("cluster.ctl_signer: expected no eToken"), "{err}");
    }
}

fn delete(node: &str) -> String {
    format!(
        r#"{{ "op": "delete_trust", "unit": "tomcat-trust", "cert": "old", "node": "{node}" }}"#
    )
}

const STORES: &str =
    r#""extra_trust": { "hq": { "tomcat-trust": ["old"] }, "br": { "tomcat-trust": ["old"] } },"#;
const STOP: &str = r#"{ "op": "stop", "service": "CCN", "node": "all" }"#;
const START: &str = r#"{ "op": "start", "service": "CCN", "node": "all" }"#;
const WAIT: &str = r#"{ "op": "wait", "minutes": 10 }"#;

#[test]
fn a_deletion_that_lasts_by_an_assumption_says_so() {
    let both = [delete("hq"), WAIT.to_owned(), delete("br")].join(", ");
    let stopped = [STOP, &both, START].join(", ");
    let said = format!(r#"{STORES} "clusterwide_delete": true,"#);
    let (sync, event) =
        ("Assumed: no node that still had the file", "Assumed: this version deletes");
    for (version, more, plan, status, assumed) in [
        ("10.5", STORES, both.clone(), 3, Some(sync)),
        ("10.5", STORES, delete("all"), 3, Some(sync)),
        ("10.5", STORES, stopped, 0, None),
        ("11.5(1)SU6", STORES, delete("hq"), 3, Some(event)),
        ("11.5(1)SU6", &said, delete("hq"), 0, None),
        ("12.0", STORES, delete("hq"), 0, None),
    ] {
        let text = scenario(version, more, PHONE, &plan);
        let (got, out, err) = run("deletion", &text, "deletion predict");
        assert_eq!(got, status, "{version} {plan}: {out}{err}");
        assert_eq!(out.contains(" UNDECIDED: gone, if"), assumed.is_some(), "{out}");
        let told: Vec<&str> =
            [sync, event].into_iter().filter(|words| out.contains(*words)).collect();
        assert_eq!(told, Vec::from_iter(assumed), "{out}");
        let (_, out, _) = run("deletion", &text, "deletion predict --json");
        assert_eq!(!out.replace(' ', "").contains(r#""assumed":[]"#), assumed.is_some(), "{out}");
        let (_, out, _) = run("deletion", &text, "plan lint");
        assert_eq!(out.contains("[deletion-unsure]"), assumed.is_some(), "{version} {plan}: {out}");
    }
}

#[test]
fn a_document_that_no_cluster_can_have_is_an_error() {
    let renew = |node: &str| format!(r#"{{ "op": "regen", "cert": "TVS", "node": {node} }}"#);
    let cases = [
        (
            scenario("12.5", "", PHONE, &renew("[]")),
            "plan[0].node: expected in step 1 at least one node",
        ),
        (
            scenario("12.5", "", PHONE, r#"{ "op": "reset_phones", "scope": [] }"#),
            "plan[0].scope: expected in step 1 at least one phone",
        ),
        (
            scenario("12.5", "", PHONE, "").replace(r#""name": "br""#, r#""name": "HQ""#),
            "cluster.nodes[1].name: expected one node named",
        ),
        (
            scenario("12.5", "", PHONE, "").replace(
                r#""publisher": false, "product": "cucm", "tftp": true"#,
                r#""publisher": false, "product": "imp", "tftp": false"#,
            ),
            "cluster.phones[0].cm_group[1]: expected a node of Unified CM",
        ),
    ];
    for (text, error) in cases {
        let (status, _, err) = run("documents", &text, "simulate");
        assert_eq!(status, 2, "{error}: {err}");
        assert!(err.contains(error), "{error}: {err}");
    }
    let (status, _, err) =
        run("documents", &scenario("12.5", "", PHONE, &renew("\"all\"")), "simulate");
    assert_ne!(status, 2, "{err}");
}
