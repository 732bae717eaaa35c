//! Whole answers of the real binary to files of `testdata`, kept in
//! `crates/cli/tests/golden/transcripts`. `UPDATE_GOLDEN=1 cargo test -p trustlist-cli --test
//! transcripts` writes them anew: read the difference before it is committed.

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Runs a command in a folder, with this on its standard input, as in a terminal.
fn told(folder: &Path, line: &str, input: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command.args(line.split_whitespace()).current_dir(folder);
    command.env_remove("COLUMNS").env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let mut told = format!("$ trustlist {line}\n{}", std::str::from_utf8(&output.stdout).unwrap());
    for line in std::str::from_utf8(&output.stderr).unwrap().lines() {
        told += &format!("stderr: {line}\n");
    }
    told + &format!("exit {}\n\n", output.status.code().expect("no signal ends the process"))
}

/// Compares with what is kept, and names the first line that is another.
#[track_caller]
fn same(name: &str, told: &str) {
    let path = root().join(format!("crates/cli/tests/golden/transcripts/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return std::fs::write(path, told).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let mut lines =
        (1..).zip(kept.lines().map(Some).chain([None]).zip(told.lines().map(Some).chain([None])));
    let other = lines.find(|(_, (kept, told))| kept != told);
    assert!(kept == told, "{name}.txt, line, kept and told: {other:?}");
}

/// Commands in the project's own folder.
#[track_caller]
fn transcript(name: &str, lines: &[&str]) {
    same(name, &lines.iter().map(|line| told(root(), line, "")).collect::<String>());
}

/// A folder of its own for each test, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("transcripts").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

#[test]
fn show() {
    transcript(
        "show",
        &[
            "show testdata/cluster/before/ITLFile.tlv",
            "show --cucm testdata/cluster/before/ITLFile.tlv",
            "show --json testdata/mixed/left/CTLFile.tlv",
            "show testdata/mixed/etoken/CTLFile.tlv testdata/cluster/rollback/ITLFile.tlv",
            "show --cucm testdata/mixed/etoken/CTLFile.tlv",
            "show testdata/certutils/ITLFile.tlv",
            "show testdata/forms/every-form.tlv",
            "show --cucm testdata/forms/every-form.tlv",
            "show --json testdata/forms/every-form.tlv",
            "show testdata/forms/elliptic-curves.tlv",
            "show testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "show --json testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "show testdata/bad/truncated.tlv testdata/bad/error-page.tlv testdata/bad/empty.tlv",
        ],
    );
}

/// A print of CUCM, shown again: what a print does not say is left out.
#[test]
fn show_print() {
    let print = told(root(), "show --cucm testdata/cluster/before/ITLFile.tlv", "");
    let lines = ["show -", "show --json -", "show --cucm -", "verify -", "lint --at 2026-11-20 -"];
    same("show-print", &lines.map(|line| told(root(), line, &print)).concat());
}

#[test]
fn verify() {
    transcript(
        "verify",
        &[
            "verify testdata/cluster/before/ITLFile.tlv --signer testdata/certs/ccm1-tvs-1.pem",
            "verify testdata/cluster/before/ITLFile.tlv testdata/digests/sha256/ITLFile.tlv testdata/certutils/CTLFile.tlv",
            "verify testdata/bad/flipped-record.tlv testdata/bad/flipped-signature.tlv testdata/bad/forged-signer.tlv",
            "verify testdata/bad/truncated.tlv testdata/cluster/before/ITLFile.tlv",
            "verify --json testdata/cluster/before/ITLFile.tlv",
            "verify --json testdata/bad/flipped-record.tlv",
            "verify testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "verify --with testdata/cluster/before/ITLFile.tlv testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "verify --with testdata/cluster/before/ITLFile.tlv testdata/cluster/after-both/SEP001122334455.cnf.xml.sgn",
            "verify --signer testdata/certs/ccm1-callmanager-1.pem testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "verify --signer testdata/certs/ccm1-callmanager-2.pem testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
            "verify --signer testdata/certs/ccm1-ec.pem testdata/cluster/before/SEP001122334455.cnf.xml.sgn",
        ],
    );
}

#[test]
fn lint() {
    transcript(
        "lint",
        &[
            "lint --at 2026-11-20 testdata/cluster/before/ITLFile.tlv testdata/mixed/before/CTLFile.tlv",
            "lint --at 2029-01-10 --within 90d testdata/cluster/before/ITLFile.tlv",
            "lint --at 2029-06-01 --deny digest-sha1 --json testdata/cluster/before/ITLFile.tlv",
            "lint --at 2026-11-20 --cucm 12.5 testdata/cluster/before/ITLFile.tlv",
            "lint --at 2026-11-20 --allow digest-sha1 testdata/cluster/rollback/ITLFile.tlv",
            "lint --at 2026-11-20 testdata/forms/every-form.tlv testdata/forms/elliptic-curves.tlv",
            "lint --at 2026-11-20 testdata/forms/over-64-kib.tlv testdata/forms/no-records-but-the-signer.tlv",
            "lint --at 2026-11-20 testdata/mixed/etoken/CTLFile.tlv testdata/bad/flipped-record.tlv",
        ],
    );
}

#[test]
fn diff() {
    transcript(
        "diff",
        &[
            "diff testdata/cluster/before/ITLFile.tlv testdata/cluster/after-callmanager/ITLFile.tlv",
            "diff --json testdata/cluster/before/ITLFile.tlv testdata/cluster/after-callmanager/ITLFile.tlv",
            "diff testdata/cluster/before/ITLFile.tlv testdata/cluster/after-both/ITLFile.tlv",
            "diff testdata/cluster/before/ITLFile.tlv testdata/cluster/before/ITLFile.tlv",
            "diff testdata/cluster/before/ITLFile.tlv testdata/cluster/rollback/ITLFile.tlv",
            "diff testdata/mixed/before/CTLFile.tlv testdata/mixed/after-callmanager/CTLFile.tlv",
            "diff testdata/mixed/etoken/CTLFile.tlv testdata/mixed/left/CTLFile.tlv",
            "diff testdata/recovery/before/ITLFile.tlv testdata/recovery/after-recovery/ITLFile.tlv",
            "diff testdata/cluster/before/ITLFile.tlv testdata/mixed/before/CTLFile.tlv",
            "diff testdata/cluster/after-callmanager/ITLFile.tlv testdata/cluster/from-ccm2/ITLFile.tlv",
            "diff testdata/cluster/after-callmanager/ITLFile.tlv testdata/cluster/before/ITLFile.tlv",
        ],
    );
}

#[test]
fn predict() {
    let before = "predict --installed-itl testdata/cluster/before/ITLFile.tlv";
    let config = "--offered-config testdata/cluster/after-both/SEP001122334455.cnf.xml.sgn";
    let lines = [
        format!("{before} --offered-itl testdata/cluster/after-callmanager/ITLFile.tlv --model 8851 --cm-group ccm1,ccm2"),
        format!("{before} --offered-itl testdata/cluster/after-both/ITLFile.tlv --tvs none {config} --json"),
        format!(
            "{before} --offered-itl testdata/cluster/after-callmanager/ITLFile.tlv --model 7975 --cm-group ccm1 \
             --tvs ccm1=testdata/certs/ccm1-tvs-1.pem --tvs-knows testdata/cluster/after-callmanager/ITLFile.tlv --explain"
        ),
        "predict --case testdata/cases/predict/tvs-all-changed.json".to_owned(),
        format!(
            "{before} --offered-itl testdata/cluster/after-callmanager/ITLFile.tlv --model 8851 --cm-group ccm1,ccm2 \
             --tvs ccm1=testdata/certs/ccm1-tvs-1.pem --tvs-knows ccm1=testdata/cluster/after-callmanager/ITLFile.tlv"
        ),
        "predict --factory-fresh --no-config --offered-itl testdata/cluster/before/ITLFile.tlv --model 8851".to_owned(),
        // Mistakes that are easily made in a hurry.
        "predict --installed-ctl testdata/cluster/before/ITLFile.tlv --offered-itl testdata/mixed/before/CTLFile.tlv".to_owned(),
        "predict --installed-itl testdata/cluster/after-both/ITLFile.tlv --offered-itl testdata/cluster/before/ITLFile.tlv"
            .to_owned(),
        format!("{before} --offered-itl testdata/cluster/from-ccm2/ITLFile.tlv"),
        "predict --factory-fresh --offered-itl testdata/cluster/before/ITLFile.tlv --digests sha256".to_owned(),
    ];
    same("predict", &lines.map(|line| told(root(), &line, "")).concat());
}

#[test]
fn simulate() {
    transcript(
        "simulate",
        &[
            "simulate testdata/cases/simulate/callmanager-and-tvs.json",
            "simulate --policy B --assume pessimistic --json testdata/cases/simulate/callmanager-and-tvs.json",
            "simulate --policy C testdata/cases/lint/phone-offline-during-change.json",
            "simulate --policy A testdata/cases/lint/both-ctl-anchors-in-one-window.json",
            "simulate --policy B testdata/cases/lint/rollback-left-on.json",
            "simulate --policy B testdata/cases/lint/deletion-comes-back.json",
        ],
    );
}

/// The report as a page; its picture is that of the guide, which README's test looks at.
#[test]
fn simulate_page() {
    let scenario =
        std::fs::read_to_string(root().join("testdata/cases/simulate/callmanager-and-tvs.json"))
            .unwrap();
    let folder = folder("page", &[("scenario.json", &scenario)]);
    let told = told(&folder, "simulate --policy D --html report.html scenario.json", "");
    same("simulate-page", &(told + &std::fs::read_to_string(folder.join("report.html")).unwrap()));
}

/// Plans of the cases whose safe order takes seconds to look for without optimisation; the tests of
/// plans look at them.
const SEARCHED: [&str; 5] = [
    "both-ctl-anchors-in-one-window",
    "capf-still-in-use",
    "phones-locked",
    "tvs-and-signer-in-one-round",
    "tvs-restart-too-early",
];

/// The plans among the cases of `plan lint`, in the order of their names.
#[test]
fn plan_lint() {
    let folder = root().join("testdata/cases/lint");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !SEARCHED.contains(&name.trim_end_matches(".json")));
    names.sort();
    assert!(names.len() > 30, "{names:?}");
    let lint = |name: &String| told(root(), &format!("plan lint testdata/cases/lint/{name}"), "");
    let json = told(
        root(),
        "plan lint --json testdata/cases/lint/wrong-node.json testdata/cases/lint/ctl-never-reset.json",
        "",
    );
    let two = told(
        root(),
        "plan lint testdata/cases/lint/wrong-node.json testdata/cases/lint/no-backup.json",
        "",
    );
    same("plan-lint", &(names.iter().map(lint).collect::<String>() + &two + &json));
}

#[test]
fn plan_generate_and_recover() {
    transcript(
        "plan",
        &[
            "plan generate --renew CallManager,TVS --format text testdata/clusters/10.5-non-secure.json",
            "plan generate --renew ITLRecovery,CAPF --json testdata/clusters/11.5-mixed.json",
            "plan generate --renew tomcat,ipsec --window 1h --delete-old-trust --format text testdata/clusters/15-mixed.json",
            "plan generate --renew ipsec,cup --json testdata/clusters/10.5-non-secure.json",
            "plan recover testdata/cases/simulate/callmanager-and-tvs.json",
            "plan recover --json testdata/cases/simulate/callmanager-and-tvs.json",
            "plan recover testdata/cases/lint/phones-locked.json testdata/cases/lint/phone-broken-before.json",
        ],
    );
}

/// A cluster from pastes: the node is given before the file if its name does not say it. A file may
/// have a sign of equality in
/// its name.
#[test]
fn plan_init() {
    let itl = common::show_itl(&[("hq", "CCM+TFTP"), ("br", "TVS"), ("hq", "TVS"), ("hq", "CAPF")]);
    let services = "admin:utils service list\nRequesting service status, please wait...\nCisco CallManager[STARTED]\n\
                    Cisco Tftp[STOPPED]  Service Not Activated\nPrimary Node =false\n";
    let phones = "device,model,cm_group,status\nSEP1,8841,br,Registered with br\nSEP940,7940,Lobby,Unregistered\n";
    let folder = folder(
        "init",
        &[
            ("itl=of-hq.txt", &itl),
            ("services.txt", services),
            ("phones.csv", phones),
            ("none.txt", "milk\n"),
        ],
    );
    let lines = [
        "plan init itl=of-hq.txt br=services.txt --phones phones.csv --version 12.5",
        "plan init itl=of-hq.txt services.txt none.txt --mode mixed --publisher br --version 14",
        "plan init services.txt --version 12.5",
        "plan init itl=of-hq.txt",
    ];
    same("plan-init", &lines.map(|line| told(&folder, line, "")).concat());
}

/// Every paste among the cases of `preflight`, one by one, and some together.
#[test]
fn preflight() {
    let cases = root().join("testdata/cases/preflight");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() > 40, "{names:?}");
    let read = |path: &PathBuf| -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let paste = |path: &PathBuf| {
        let case = read(path);
        format!(
            "admin:{}\n{}\n",
            case["command"].as_str().unwrap(),
            case["output"].as_str().unwrap()
        )
    };
    let folder = folder("preflight", &[]);
    let mut text = String::new();
    // Commands that were not pasted are in the last answer.
    let pasted = |line: &&str| {
        !line.starts_with("unknown ")
            || line.contains("cut or in no known form")
            || line.contains("F-5 ")
    };
    for path in &names {
        let context = &read(path)["context"];
        std::fs::write(
            folder.join("context.json"),
            if context.is_null() { "{}".to_owned() } else { context.to_string() },
        )
        .unwrap();
        let told =
            told(&folder, "preflight --at 2026-11-29 --context context.json -", &paste(path));
        let (checks, _) = told.split_once("\nStill to run").unwrap_or((&told, ""));
        let status = told.trim_end().lines().last().unwrap();
        // A row goes on under its first line.
        let mut keep = true;
        let row = |line: &&str| {
            keep = if line.starts_with("                ") { keep } else { pasted(line) };
            keep
        };
        let lines: Vec<&str> = checks.lines().skip(1).filter(row).chain([status]).collect();
        text += &format!("# {}\n{}\n\n", path.file_stem().unwrap().display(), lines.join("\n"));
    }
    text += &told(root(), "preflight --at 2026-11-29 -", &paste(&names[0]));
    let together: String =
        names.iter().filter(|path| !path.to_str().unwrap().contains("itl-")).map(paste).collect();
    text += &told(root(), "preflight --at 2026-11-29 --json -", &together);
    same("preflight", &text);
}

const SYSTEM: &str = "Jul  6 03:00:00 n cron 6 x\nJul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (--no-wait \
    platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=old.pem)\n";
const CERT_MGMT: &str = "2026-07-06 03:00:00,000 INFO [main] - started\nop: delete\nunit: tomcat-trust\n\
    certDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n2026-07-06 03:12:05,374 INFO [main] - CertMgmt Operation Result : SUCCESS\n";
const CERT_CN: &str = "2026-07-06 03:41:55,000 DEBUG [Thread-5] - nothing to do\n";

#[test]
fn deletion() {
    let inventory = r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "clock_skew_seconds": 60,
        "nodes": [ { "name": "n1", "product": "cucm" }, { "name": "n2", "product": "cucm" }, { "name": "p1", "product": "imp" } ] }"#;
    let received = SYSTEM.replace("emitted", "Received request for");
    let import = format!(
        "{CERT_CN}2026-07-06 03:41:28,911 INFO [InsertThread --- 12] - importTrustCert tomcat-trust old.pem\n"
    );
    let folder = folder(
        "deletion",
        &[
            ("inventory.json", inventory),
            ("n1.messages", SYSTEM),
            ("n2.messages", &received),
            ("certMgmt.log", CERT_MGMT),
            ("certCN.log", CERT_CN),
            ("imported.log", &import),
        ],
    );
    let n1 = "--logs n1=n1.messages n1=certMgmt.log n1=certCN.log";
    let asked = "deletion audit inventory.json --unit tomcat-trust --name old.pem";
    let lines = [
        format!("{asked} {n1} n2=n2.messages n2=certMgmt.log n2=certCN.log"),
        format!("{asked} {n1} n2=n2.messages n2=certMgmt.log n2=imported.log"),
        format!("{asked} {n1} n2=n2.messages n2=certMgmt.log n2=imported.log --json"),
        format!("{asked} {n1} n2=n2.messages n2=certCN.log p1=n2.messages"),
        format!("{asked} --logs n1=certCN.log"),
        format!("deletion audit inventory.json {n1} n2=n2.messages"),
        "deletion audit inventory.json --logs n9=n1.messages --unit tomcat-trust --name old.pem"
            .to_owned(),
    ];
    same("deletion", &lines.map(|line| told(&folder, &line, "")).concat());
}

#[test]
fn fleet() {
    let inventory = "device,model,itl,ctl,cm_group,tftp_server,site\n\
        SEP1,8851,testdata/cluster/before/ITLFile.tlv,,ccm1,192.0.2.11,Delft\n\
        SEP2,8851,testdata/cluster/after-both/ITLFile.tlv,,ccm1,192.0.2.11,Delft\n\
        SEP3,7940,,,ccm2,192.0.2.11,Gouda\n\
        SEP4,8851,testdata/recovery/before/ITLFile.tlv,,ccm2,192.0.2.11,Gouda\n\
        SEP5,8851,testdata/cluster/before/ITLFile.tlv,,\"ccm2,ccm3\",192.0.2.12,Gouda\n\
        SEP6,8851,nowhere.tlv,,ccm1,192.0.2.11,Delft\n";
    let offer = "fleet - --offered-itl testdata/cluster/after-callmanager/ITLFile.tlv";
    let tvs = "--tvs ccm1=testdata/certs/ccm1-tvs-1.pem --tvs ccm2=down --tvs-knows testdata/cluster/after-callmanager/ITLFile.tlv";
    let lines = [
        format!("{offer} {tvs}"),
        format!("{offer} {tvs} --rows --first 1 --factory-fresh"),
        format!("{offer} {tvs} --rows --json"),
        format!("{offer} {tvs} --csv"),
        format!("{offer} {tvs} --html"),
        format!("{offer} {tvs} --strict"),
        format!("{offer} --tvs none"),
    ];
    same("fleet", &lines.map(|line| told(root(), &line, inventory)).concat());
}

/// No transcript names the machine that made it.
#[test]
fn transcripts_name_no_machine() {
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/transcripts"))
            .unwrap()
    {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            !text.contains(root().to_str().unwrap()) && !text.contains(env!("CARGO_TARGET_TMPDIR")),
            "{}",
            path.display()
        );
    }
}
