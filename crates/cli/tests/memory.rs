//! The whole process stays under 64 MiB, whatever it reads. The system holds it to that: `ulimit
//! -d` counts what a process can write to, and a byte more is refused, so that it would end with
//! "memory allocation failed".

#![cfg(target_os = "linux")]

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use trustlist_cli::limits::{MAX_FILE_SIZE, MAX_LIST_SIZE, MEMORY_MIB};

/// The process under the limit. It leaves no core.
fn limited(arguments: &[&str]) -> Output {
    let script = format!("ulimit -c 0; ulimit -d {} && exec \"$0\" \"$@\"", MEMORY_MIB << 10);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script, env!("CARGO_BIN_EXE_trustlist")])
        .args(arguments)
        .stdin(Stdio::null());
    shell.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn path(name: &str) -> String {
    common::testdata(name).display().to_string()
}

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Checks if this system enforces the limit: with limits raised far above it, a process must end.
fn is_held(folder: &Path) -> bool {
    let big = folder.join("big");
    std::fs::File::create(&big).unwrap().set_len(256 << 20).unwrap();
    let output = limited(&["show", big.to_str().unwrap(), "--memory", "1024"]);
    let held = output.status.code() != Some(2) || stderr(&output).contains("emory");
    if !held {
        println!("nothing to see: this system does not hold a process to ulimit -d");
    }
    held
}

/// Runs each command; all end by themselves, with a status of the contract.
fn stay_within(commands: &[Vec<&str>]) {
    for words in commands {
        let output = limited(words);
        let said = stderr(&output);
        let said = said.get(..said.len().min(300)).unwrap_or_default();
        assert!(
            matches!(output.status.code(), Some(0..=3)),
            "{words:?}: {:?} {said}",
            output.status
        );
        assert!(
            !said.contains("memory allocation") && !said.contains("os error 12"),
            "{words:?}: {said}"
        );
    }
}

/// A header without a file name: the body decides that it is a list.
const HEADER: [u8; 26] =
    [1, 0, 2, 1, 2, 2, 0, 2, 0, 26, 5, 0, 1, 7, 6, 0, 1, 0, 8, 0, 1, 1, 12, 0, 0, 13];

/// A record with a name of this length.
fn record(name: usize) -> Vec<u8> {
    let (all, length) = (u16::try_from(name + 13).unwrap(), u16::try_from(name).unwrap());
    [
        &[1, 0, 2][..],
        &all.to_be_bytes(),
        &[4, 0, 2, 0, 0, 3],
        &length.to_be_bytes(),
        &vec![b'a'; name],
    ]
    .concat()
}

#[test]
fn files_of_the_wire() {
    let folder = folder("wire");
    if !is_held(&folder) {
        return;
    }
    let list = std::fs::read(common::testdata("cluster/before/ITLFile.tlv")).unwrap();
    let (most, of_list) =
        (usize::try_from(MAX_FILE_SIZE).unwrap(), usize::try_from(MAX_LIST_SIZE).unwrap());
    let sizes =
        |bytes: &[u8], fill: u8, length: usize| [bytes, &vec![fill; length - bytes.len()]].concat();
    let files = [
        file(&folder, "zeros", vec![0; most]),
        file(&folder, "list-and-zeros", sizes(&list, 0, most)),
        file(&folder, "list-and-ones", sizes(&list, 1, most)),
        file(&folder, "signed", sizes(&HEADER, b'<', most)),
        file(&folder, "text", vec![b'a'; most]),
        file(&folder, "small-records", [&HEADER[..], &record(1).repeat(5_000)].concat()),
        file(
            &folder,
            "middle-records",
            [&HEADER[..], &record(of_list / 4_000 - 14).repeat(4_000)].concat(),
        ),
        file(
            &folder,
            "long-records",
            [&HEADER[..], &record(60_000).repeat(of_list / 60_013)].concat(),
        ),
        file(&folder, "pem", "-----BEGIN CERTIFICATE-----\n".repeat(most / 28)),
    ];
    let certificate = path("certs/ccm1-callmanager-1.pem");
    for name in &files {
        stay_within(&[
            vec!["show", name],
            vec!["show", "--json", name],
            vec!["show", "--cucm", name],
            vec!["verify", name],
            vec!["verify", "--json", name, "--with", name],
            vec!["verify", name, "--signer", name],
            vec!["lint", name],
            vec!["lint", "--json", name],
            vec!["diff", name, name],
            vec!["strip", name],
            vec!["sign", name, "--key", name, "--certificate", &certificate],
            vec![
                "predict",
                "--installed-itl",
                name,
                "--offered-itl",
                name,
                "--offered-config",
                name,
            ],
        ]);
    }
    // Length fields that claim more than there is: every corpus file with a length of its own
    // turned up.
    for entry in std::fs::read_dir(common::testdata("corpus/hostile")).unwrap() {
        let name = entry.unwrap().path().display().to_string();
        stay_within(&[vec!["show", &name], vec!["lint", "--json", &name]]);
    }
}

/// Text as long as is read, of every kind that takes memory.
fn pastes(folder: &Path) -> Vec<String> {
    let fill = |piece: &str| piece.repeat((1 << 20) / piece.len());
    let files = [
        file(folder, "words", fill("a b\n")),
        file(folder, "letters", fill("a")),
        file(folder, "wide", fill("€")),
        file(folder, "lines", ["x\n", &fill("\n")[2..]].concat()),
        file(folder, "prints", fill("Length of ITL file: 10\n")),
        file(folder, "records", ["Parse ITL File\n", &fill("ITL Record #:1\n")[15..]].concat()),
        file(folder, "rows", ["ITL Record #:1\n", &fill("2 DNSNAME 2 a\n")[15..]].concat()),
        file(folder, "prompts", fill("admin:x")),
        file(folder, "services", ["utils service list\n", &fill("A[STARTED]\n")[19..]].concat()),
        file(folder, "rules", fill("== ")),
        file(folder, "certificates", fill("a/b.pem: c\n")),
        file(folder, "replication", ["Replication\n", &fill("a 1.1.1.1 (2) b\n")[12..]].concat()),
        file(folder, "twice-as-long", fill("a b\n").repeat(2)),
    ];
    files.to_vec()
}

#[test]
fn pastes_that_are_lists() {
    let folder = folder("pastes-lists");
    if !is_held(&folder) {
        return;
    }
    let files = pastes(&folder);
    stay_within(&[vec!["show", &files[5]], vec!["lint", &files[5]]]);
    files.iter().for_each(|name| stay_within(&[vec!["show", "--json", name]]));
}

#[test]
fn pastes_that_are_checks() {
    let folder = folder("pastes-checks");
    if !is_held(&folder) {
        return;
    }
    let files = pastes(&folder);
    let init =
        ["plan", "init", &files[0], "--version", "12.5", "--mode", "mixed", "--publisher", "a"];
    stay_within(&[init.to_vec(), vec!["preflight", &files[0]]]);
    files.iter().for_each(|name| stay_within(&[vec!["preflight", "--json", name]]));
}

/// A scenario with these numbers of nodes and phones, and this plan.
#[test]
fn service_lists_of_one_paste() {
    let folder = folder("services");
    if !is_held(&folder) {
        return;
    }
    let print = "admin:show itl\n\tITL Record #:1\n2       DNSNAME         4       n0\n4       FUNCTION        2       TVS\n";
    let list = "admin:utils service list\nCisco Tftp[STARTED]\nPrimary Node =true\n";
    let paste = file(&folder, "paste.txt", [print, &list.repeat(4_000)].concat());
    for options in [&[][..], &["--publisher", "n0"]] {
        stay_within(&[[&["plan", "init", &paste, "--version", "12.5"][..], options].concat()]);
    }
}

fn scenario(nodes: usize, phones: usize, plan: serde_json::Value) -> String {
    let name = |number: usize| format!("n{}", number % nodes);
    let node = |number: usize| json!({ "name": name(number), "publisher": number == 0, "product": "cucm", "tftp": true, "callmanager": true });
    let phone = |number: usize| {
        json!({ "name": format!("SEP{number:012}"), "tftp_servers": [name(number), name(number * 7 + 1)],
            "cm_group": [name(number * 3), name(number * 5 + 1)], "security": "encrypted", "security_by_default": true,
            "lsc": "current", "itl": "current", "ctl": "current", "online": true })
    };
    // Two servers of one name are one.
    let phone = |number: usize| {
        let mut phone = phone(number);
        for key in ["tftp_servers", "cm_group"] {
            let names = phone[key].as_array_mut().unwrap();
            names.dedup();
        }
        phone
    };
    json!({ "schema": "trustlist.simulate/1", "plan": plan,
        "cluster": { "version": "12.5", "mode": "mixed", "nodes": (0..nodes).map(node).collect::<Vec<_>>(),
            "phones": (0..phones).map(phone).collect::<Vec<_>>() } })
    .to_string()
}

#[test]
fn documents() {
    let folder = folder("documents");
    if !is_held(&folder) {
        return;
    }
    let round = [
        json!({ "op": "regen", "cert": "CallManager", "node": "all" }),
        json!({ "op": "regen", "cert": "TVS", "node": "all" }),
        json!({ "op": "ctl_update" }),
        json!({ "op": "restart", "service": "TFTP", "node": "all" }),
        json!({ "op": "reset_phones", "scope": "all" }),
    ];
    let rounds = |count: usize| {
        serde_json::Value::from(
            round.iter().cycle().take(count * round.len()).cloned().collect::<Vec<_>>(),
        )
    };
    let check = json!([{ "op": "check", "what": "x".repeat(250) }]);
    let checks = serde_json::Value::from(vec![check[0].clone(); 9_000]);
    let files = [
        file(&folder, "zeros", format!("[{}0]", "0,".repeat((4 << 20) - 2))),
        file(&folder, "objects", format!("[{}0]", "{\"a\":0},".repeat((1 << 20) - 2))),
        file(&folder, "deep", "[".repeat(8 << 20)),
        file(&folder, "one-text", format!("{{\"schema\": \"{}\"}}", "x".repeat((8 << 20) - 20))),
        file(&folder, "longer", " ".repeat((8 << 20) + 1)),
        file(&folder, "checks", scenario(1, 1, checks)),
        file(&folder, "phones", scenario(1, 8_000, rounds(1))),
        file(&folder, "phones-and-nodes", scenario(20, 6_000, rounds(4))),
        file(&folder, "nodes", scenario(128, 200, rounds(100))),
        file(&folder, "steps", scenario(1, 2, rounds(2_000))),
    ];
    for name in &files {
        stay_within(&[vec!["predict", "--case", name], vec!["simulate", "--json", name]]);
    }
    let crowd = &files[7];
    stay_within(&[
        vec!["simulate", crowd],
        vec!["simulate", crowd, "--html", "/dev/null"],
        vec!["plan", "recover", crowd],
        vec!["plan", "generate", crowd, "--renew", "TVS"],
        vec!["deletion", "predict", crowd],
    ]);
    let (one, phones) =
        (&files[0], file(&folder, "phones.csv", ["device\n", &"SEP1\n".repeat(1 << 20)].concat()));
    stay_within(&[
        vec!["plan", "lint", one],
        vec!["preflight", one, "--context", one],
        vec!["build", one, "--key", one],
        vec!["plan", "init", &path("README.md"), "--phones", &phones],
    ]);
}

#[test]
fn inventories_of_a_fleet() {
    let folder = folder("fleets");
    if !is_held(&folder) {
        return;
    }
    let rows = |header: &str, count: usize, row: &dyn Fn(usize) -> String| -> String {
        let mut text = format!("{header}\n");
        (0..count).for_each(|number| text.push_str(&row(number)));
        text
    };
    let files = [
        file(&folder, "quote", ["device\n\"", &"a\n".repeat(8 << 20)].concat()),
        file(&folder, "wide", ["device,model\nSEP1,", &"x".repeat(8 << 20)].concat()),
        file(&folder, "columns", [&"device,".repeat(1 << 20), "\n"].concat()),
        file(
            &folder,
            "models",
            rows("device,model", 100_000, &|number| format!("SEP{number},{number}\n")),
        ),
        file(
            &folder,
            "all-different",
            rows("device,model,itl,ctl,cm_group,tftp_server", 60_000, &|number| {
                format!(
                    "S{number},m{number},{number:032x},{number:040x},g{number};h{number},t{number}\n"
                )
            }),
        ),
        file(
            &folder,
            "groups",
            rows("device,cm_group", 4_000, &|number| {
                format!(
                    "S{number},{}\n",
                    (0..1_000)
                        .map(|server| format!("{:x}", server + number))
                        .collect::<Vec<_>>()
                        .join(";")
                )
            }),
        ),
        file(
            &folder,
            "notes",
            rows("device,note", 20_000, &|number| {
                format!("S{number},{}\n", "n".repeat(number % 5 * 500))
            }),
        ),
        file(
            &folder,
            "paths",
            rows("device,itl", 4_000, &|number| {
                format!("S{number},{number}{}\n", "p".repeat(7_000))
            }),
        ),
    ];
    // As much as a row may say about a phone (cli::limits::MAX_ROW_VALUES), something else in each.
    let long = |number: usize, length: usize| -> String {
        format!("{number}-").repeat(length).chars().take(length).collect()
    };
    let longest = [
        file(
            &folder,
            "long-groups",
            rows("device,model,cm_group", 7_000, &|number| {
                let names = (0..16).map(|server| long(number * 16 + server, 240));
                let names = names.collect::<Vec<_>>().join(";");
                format!("S{number},{},{names}\n", long(number, 4_000))
            }),
        ),
        file(
            &folder,
            "long-servers",
            rows("device,model,tftp_server", 7_000, &|number| {
                format!("S{number},8851,{}\n", long(number, 8_000))
            }),
        ),
    ];
    let offered = path("cluster/after-callmanager/ITLFile.tlv");
    let tvs = format!("ccm1={}", path("certs/ccm1-tvs-1.pem"));
    let more = longest.iter().map(|name| (name, tvs.as_str()));
    for (name, tvs) in files.iter().chain(&longest).map(|name| (name, "none")).chain(more) {
        for form in [&[][..], &["--json", "--rows"]] {
            stay_within(&[
                [&["fleet", name, "--offered-itl", &offered, "--tvs", tvs][..], form].concat()
            ]);
        }
    }
}

#[test]
fn logs() {
    let folder = folder("logs");
    if !is_held(&folder) {
        return;
    }
    let nodes = r#"{ "nodes": [{ "name": "n" }], "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00" }"#;
    let nodes = file(&folder, "nodes.json", nodes);
    let packed = |piece: &[u8], times: usize| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..times).for_each(|_| packer.write_all(piece).unwrap());
        packer.finish().unwrap()
    };
    let line = b"Jul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (--no-wait \
        platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust NAME=old.pem)\n";
    let files = [
        file(&folder, "one-line", vec![b'x'; 32 << 20]),
        file(&folder, "lines", b"op: delete\n".repeat(1 << 19)),
        // Less than a megabyte that unpacks to 128.
        file(&folder, "bomb.gz", packed(&vec![0; 1 << 20], 128)),
        file(&folder, "events.gz", packed(&line.repeat(1_000), 100)),
    ];
    for name in &files {
        let logs = format!("n={name}");
        let audit = vec!["deletion", "audit", &nodes, "--logs", &logs];
        let named =
            [&audit[..3], &["--unit", "tomcat-trust", "--name", "old.pem", "--json"], &audit[3..]]
                .concat();
        stay_within(&[audit, named]);
    }
}
