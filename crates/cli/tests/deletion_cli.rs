//! `trustlist deletion`, the real binary: standard output, standard error and exit status.

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command
        .arg("deletion")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deletion").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const INVENTORY: &str = r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "clock_skew_seconds": 60,
    "nodes": [ { "name": "n1", "product": "cucm" }, { "name": "n2", "product": "cucm" } ] }"#;

fn system(verb: &str, close: &str) -> String {
    format!(
        "Jul  6 03:00:00 n cron 6 x\nJul  6 03:12:05 n user 6 ilog_impl: {verb} platform-event (--no-wait \
         platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=old.pem{close}\n"
    )
}

const CERT_MGMT: &str = "2026-07-06 03:00:00,000 INFO [main] - started\nop: delete\nunit: tomcat-trust\n\
    certDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n2026-07-06 03:12:05,374 INFO [main] - CertMgmt Operation Result : SUCCESS\n";
const CERT_CN: &str = "2026-07-06 03:41:55,000 DEBUG [Thread-5] - nothing to do\n";
const IMPORT: &str =
    "2026-07-06 03:41:28,911 INFO [InsertThread --- 12] - importTrustCert tomcat-trust old.pem\n";

/// Both nodes deleted: n1 with a folder of logs, n2 with files, one of them packed.
fn deleted(name: &str) -> (PathBuf, Vec<String>) {
    let folder = folder(name);
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    write("inventory.json", INVENTORY.as_bytes());
    write("n1/platform/log/certMgmt00001.log", CERT_MGMT.as_bytes());
    write("n1/platform/log/certCN00001.log.gz", &gzip(CERT_CN.as_bytes()));
    write("n1/syslog/messages", system("emitted", ")").as_bytes());
    write("n1/readme.txt", b"other files are left alone\n");
    let packed = write("n2.messages.1.gz", &gzip(system("Received request for", ").").as_bytes()));
    let (mgmt, cn) =
        (write("n2.certMgmt", CERT_MGMT.as_bytes()), write("n2.certCN", CERT_CN.as_bytes()));
    let logs = vec![
        format!("n1={}", folder.join("n1").display()),
        format!("n2={packed}"),
        format!("n2={mgmt}"),
        format!("N2={cn}"),
    ];
    (folder, logs)
}

fn audit(folder: &Path, logs: &[String], more: &[&str], input: &[u8]) -> Output {
    let inventory = folder.join("inventory.json").display().to_string();
    let mut arguments = vec!["audit", &inventory, "--logs"];
    arguments.extend(logs.iter().map(String::as_str));
    arguments.extend(more);
    run(&arguments, input)
}

const ASKED: &[&str] = &["--unit", "tomcat-trust", "--name", "old.pem"];

#[test]
fn a_deletion_is_proven() {
    let (folder, logs) = deleted("proven");
    let output = audit(&folder, &logs, ASKED, b"");
    assert_eq!((status(&output), text(&output.stderr)), (0, ""));
    assert!(
        text(&output.stdout).starts_with(
            "old.pem in tomcat-trust: deleted on every node (2 of 2)\n\nn1: deleted. "
        )
    );
    let output = audit(&folder, &logs, &[ASKED, &["--json"]].concat(), b"");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&answer["schema"], &answer["cluster"]),
        (&"trustlist.deletion-audit/1".into(), &"deleted".into())
    );
    assert_eq!(answer["nodes"]["n2"]["verdict"], "deleted");
    assert_eq!(answer["nodes"]["n2"]["evidence"][0]["line"], 2);
}

#[test]
fn without_a_name_every_deletion_is_audited() {
    let (folder, mut logs) = deleted("all");
    let output = audit(&folder, &logs, &["--json"], b"");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["cluster"], "deleted");
    let other = folder.join("other");
    std::fs::write(&other, CERT_MGMT.replace("old.pem", "older.pem")).unwrap();
    logs.push(format!("n2={}", other.display()));
    let output = audit(&folder, &logs, &["--json"], b"");
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((status(&output), &answers["schema"]), (1, &"trustlist.deletion-audits/1".into()));
    assert_eq!(
        (answers["audits"][0]["cluster"].as_str(), answers["audits"][1]["cluster"].as_str()),
        (Some("deleted"), Some("not-deleted"))
    );
    // Two passes: not from standard input.
    let output = audit(&folder, &["n1=-".to_owned()], &[], b"");
    assert_eq!(status(&output), 2);
    assert!(
        text(&output.stderr).starts_with("error: --logs n1=-: standard input can be read once")
    );
}

/// Sixty-four certificates are judged unasked; that others are left out is said first, and is no yes.
#[test]
fn certificates_that_are_left_out_are_counted() {
    let (folder, mut logs) = deleted("many");
    for (node, verb, close) in [("n1", "emitted", ")"), ("n2", "Received request for", ").")] {
        let each = |text: &str| -> String {
            (10..81).map(|at| text.replace("old.pem", &format!("p{at}.pem"))).collect()
        };
        for (name, text) in [("mgmt", CERT_MGMT.to_owned()), ("system", system(verb, close))] {
            let path = folder.join(format!("{node}.{name}"));
            std::fs::write(&path, each(&text)).unwrap();
            logs.push(format!("{node}={}", path.display()));
        }
    }
    let output = audit(&folder, &logs, &[], b"");
    assert_eq!((status(&output), text(&output.stderr)), (3, ""));
    let first = text(&output.stdout).lines().next().unwrap();
    assert_eq!(
        first,
        "UNDECIDED: the logs show deletions of 72 certificates, and 8 are not judged: name each of them with"
    );
    assert_eq!(text(&output.stdout).matches("deleted on every node (2 of 2)").count(), 64);
    let output = audit(&folder, &logs, &["--json"], b"");
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((status(&output), &answers["not_judged"]), (3, &8.into()));
    assert_eq!(answers["audits"].as_array().unwrap().len(), 64);
}

/// UTF-16 is read. Archives are not: their lines could be imports.
#[test]
fn archives_are_not_read_and_utf16_is() {
    let (folder, logs) = deleted("archives");
    let utf16: Vec<u8> = IMPORT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(folder.join("n1/certCN2.log"), &utf16).unwrap();
    let output = audit(&folder, &logs, ASKED, b"");
    assert_eq!((status(&output), text(&output.stderr)), (1, ""));
    assert!(text(&output.stdout).contains("n1: resurrected. "), "{}", text(&output.stdout));
    std::fs::remove_file(folder.join("n1/certCN2.log")).unwrap();
    let tar =
        [b"certCN.log".to_vec(), vec![0; 247], b"ustar".to_vec(), vec![0; 250], IMPORT.into()];
    for (name, bytes) in [
        ("ZIP", [b"PK\x03\x04", IMPORT.as_bytes()].concat()),
        ("xz", [b"\xfd7zXZ\0", IMPORT.as_bytes()].concat()),
        ("bzip2", [b"BZh9", IMPORT.as_bytes()].concat()),
        ("tar", gzip(&tar.concat())),
    ] {
        let path = folder.join("n1/packed.log");
        std::fs::write(&path, &bytes).unwrap();
        // In a folder of logs.
        let output = audit(&folder, &logs, ASKED, b"");
        let said = text(&output.stdout);
        assert_eq!((status(&output), text(&output.stderr)), (3, ""), "{name}");
        assert!(said.contains("n1: unknown. Its logs could not be read completely"), "{said}");
        assert!(said.contains("packed.log: expected text") && said.contains(name), "{said}");
        // Named.
        let named = [logs.clone(), vec![format!("n2={}", path.display())]].concat();
        let output = audit(&folder, &named, ASKED, b"");
        assert_eq!((status(&output), text(&output.stderr).lines().count()), (2, 1), "{name}");
        assert!(text(&output.stderr).contains(name) && text(&output.stderr).contains("unpack it"));
    }
}

#[test]
fn logs_from_standard_input_packed_or_not() {
    let (folder, mut logs) = deleted("stdin");
    logs.push("n2=-".to_owned());
    for input in [IMPORT.as_bytes().to_vec(), gzip(IMPORT.as_bytes())] {
        let output = audit(&folder, &logs, ASKED, &input);
        assert_eq!(status(&output), 1);
        assert!(
            text(&output.stdout)
                .contains("n2: resurrected. Imported again at 2026-07-06 03:41:28,911"),
            "{}",
            text(&output.stdout)
        );
        assert!(text(&output.stdout).contains("standard input:1: "));
    }
    logs.push("n1=-".to_owned());
    let output = audit(&folder, &logs, ASKED, IMPORT.as_bytes());
    assert_eq!(
        (status(&output), text(&output.stderr)),
        (2, "error: --logs n1=-: standard input can be read once\n")
    );
}

#[test]
fn missing_and_empty_logs_are_unknown() {
    let (folder, mut logs) = deleted("missing");
    logs.truncate(3);
    let output = audit(&folder, &logs, ASKED, b"");
    assert_eq!((status(&output), text(&output.stderr)), (3, ""));
    assert!(
        text(&output.stdout).contains("n2: unknown. Some of its logs are missing [log-missing]\n")
    );
    let empty = folder.join("empty");
    std::fs::write(&empty, b"").unwrap();
    logs.push(format!("n2={}", empty.display()));
    let output = audit(&folder, &logs, ASKED, b"");
    assert_eq!((status(&output), text(&output.stderr)), (3, ""));
    let inventory = folder.join("inventory.json").display().to_string();
    let output = run(&["audit", &inventory, "--unit", "tomcat-trust", "--name", "old.pem"], b"");
    assert_eq!((status(&output), text(&output.stdout).matches(": unknown. ").count()), (3, 2));
}

#[test]
fn each_bad_log_is_one_line_and_the_others_are_answered() {
    let (folder, mut logs) = deleted("bad");
    let cut = folder.join("cut.gz");
    let packed = gzip(&system("emitted", ")").repeat(50).into_bytes());
    std::fs::write(&cut, &packed[..packed.len() - 9]).unwrap();
    let wrong = folder.join("wrong\u{1b}.json");
    std::fs::write(&wrong, b"{}\n").unwrap();
    logs.extend([
        format!("n2={}", cut.display()),
        "n2=/no/such/file".to_owned(),
        "n3=x".to_owned(),
        "x".to_owned(),
        "n2=".to_owned(),
    ]);
    logs.push(format!("n1={}", wrong.display()));
    let output = audit(&folder, &logs, ASKED, b"");
    let said = text(&output.stderr);
    assert_eq!((status(&output), said.lines().count()), (2, 6), "{said}");
    let told = [
        "--logs n3=x: expected a node of the inventory (n1, n2) before the =",
        "--logs x: expected NODE=FILE",
        "--logs n2=: expected a file after the =",
        "cut.gz: ",
        "/no/such/file: ",
        "wrong\\u{1b}.json: expected a system log, certMgmt or certCN log; found no line of any",
    ];
    for words in told {
        assert!(said.lines().any(|line| line.contains(words)), "{words}: {said}");
    }
    assert!(text(&output.stdout).contains("\nn1: deleted. "), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout)
            .contains("\nn2: unknown. Its logs could not be read completely [log-incomplete]")
    );
}

#[test]
fn bad_inventories_and_options_are_one_line() {
    let folder = folder("inventory");
    let path = folder.join("inventory.json");
    let name = path.display().to_string();
    for (from, to, path_told) in [
        ("\"n2\"", "\"N1\"", "nodes[1].name: expected each node once"),
        ("cucm\" } ]", "cm\" } ]", "nodes[1].product: expected cucm or imp; found \"cm\""),
        ("2026-07-06T", "2026-7-6T", "collected_until: expected a moment such as"),
        ("true", "1", "clusterwide_delete: expected true or false"),
        ("60", "-60", "clock_skew_seconds: expected a whole number"),
        ("clusterwide_delete", "clusterwide", "clusterwide: expected "),
        ("\"nodes\"", "\"node\"", "node: expected "),
        ("{ \"clu", "{ clu", "line 1 column 3"),
    ] {
        std::fs::write(&path, INVENTORY.replacen(from, to, 1)).unwrap();
        let output = run(&["audit", &name], b"");
        let said = text(&output.stderr);
        assert_eq!(
            (status(&output), text(&output.stdout), said.lines().count()),
            (2, "", 1),
            "{said}"
        );
        assert!(said.contains(path_told), "{path_told}: {said}");
    }
    std::fs::write(&path, INVENTORY).unwrap();
    let output = run(&["audit", &name, "--unit", "tomcats", "--name", "x"], b"");
    assert_eq!(status(&output), 2);
    assert!(
        text(&output.stderr)
            .starts_with("error: --unit, --name: expected a trust store (CallManager-trust, ")
    );
    assert_eq!(status(&run(&["audit", &name, "--unit", "tomcat"], b"")), 2);
    let output = run(&["audit", &name, "--json"], b"");
    assert_eq!((status(&output), text(&output.stderr).lines().count()), (3, 1));
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["audits"],
        Value::Array(Vec::new())
    );
}

#[test]
fn a_forecast_from_a_scenario() {
    let scenario = r#"{ "schema": "trustlist.simulate/1",
        "cluster": { "version": "10.5", "mode": "non-secure", "phones": [],
            "nodes": [ { "name": "n1", "publisher": true, "tftp": true }, { "name": "n2" } ],
            "extra_trust": { "n1": { "tomcat-trust": ["old"] }, "n2": { "tomcat-trust": ["old"] } } },
        "plan": [ { "op": "delete_trust", "unit": "tomcat-trust", "cert": "old", "node": "n1" } ] }"#;
    let output = run(&["predict", "-"], scenario.as_bytes());
    assert_eq!((status(&output), text(&output.stderr)), (1, ""));
    assert!(
        text(&output.stdout).starts_with("old in tomcat-trust: it will come back\n"),
        "{}",
        text(&output.stdout)
    );
    let output = run(&["predict", "-", "--json"], scenario.as_bytes());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["certificates"][0]["will_return"][0]["source"], "n2");
    assert_eq!(answer["certificates"][0]["holders"][0]["next_sync"], 30);
    let all = scenario
        .replace("\"cert\": \"old\", \"node\": \"n1\"", "\"cert\": \"old\", \"node\": \"all\"");
    // A node may sync between the deletions of one step (C-44), unless change notification is stopped.
    assert_eq!(status(&run(&["predict", "-"], all.as_bytes())), 3);
    let plan = r#""plan": [ "#;
    let stop = r#"{ "op": "stop", "service": "CCN", "node": "all" }, "#;
    let stopped = all.replace(plan, &[plan, stop].concat());
    assert_eq!(status(&run(&["predict", "-"], stopped.as_bytes())), 0);
    let output = run(&["predict", "-"], scenario.replace("\"op\"", "\"oops\"").as_bytes());
    assert_eq!((status(&output), text(&output.stderr).lines().count()), (2, 1));
    assert!(text(&output.stderr).starts_with("error: standard input: plan[0]"));
}
