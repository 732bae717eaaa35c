//! The table of limits in DESIGN.md is that of the constants, and the limits of the command line
//! hold at the last that is allowed and at one more. Those of the library are tested beside them.

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use trustlist::{console, fleet, wire};
use trustlist_cli::limits::*;
use trustlist_cluster::case;
use trustlist_cluster::{cluster, deletion, plan};

/// Name and value of every limit, in the order of their names.
const LIMITS: &[(&str, u64)] = &[
    ("capi::MAX_INPUT", 64 << 20),
    ("capi::MAX_LIST", 4 << 20),
    ("case::MAX_BYTES", case::MAX_BYTES as u64),
    ("case::MAX_DEPTH", case::MAX_DEPTH as u64),
    ("case::MAX_TEXT", case::MAX_TEXT as u64),
    ("case::MAX_TREE", case::MAX_TREE as u64),
    ("case::MAX_WHAT", trustlist_cluster::case::MAX_WHAT as u64),
    ("cli::limits::MAX_CERTIFICATES", MAX_CERTIFICATES as u64),
    ("cli::limits::MAX_COLLECTED_PHONES", MAX_COLLECTED_PHONES as u64),
    ("cli::limits::MAX_ERRORS", MAX_ERRORS as u64),
    ("cli::limits::MAX_FILE_SIZE", MAX_FILE_SIZE),
    ("cli::limits::MAX_HANDSHAKE", MAX_HANDSHAKE as u64),
    ("cli::limits::MAX_HELD", MAX_HELD),
    ("cli::limits::MAX_KNOWN_FILES", MAX_KNOWN_FILES as u64),
    ("cli::limits::MAX_LIST_SIZE", MAX_LIST_SIZE),
    ("cli::limits::MAX_LOG_DEPTH", MAX_LOG_DEPTH as u64),
    ("cli::limits::MAX_LOG_FILES", MAX_LOG_FILES as u64),
    ("cli::limits::MAX_MESSAGES", MAX_MESSAGES),
    ("cli::limits::MAX_ROW_BYTES", MAX_ROW_BYTES as u64),
    ("cli::limits::MAX_ROW_LINES", MAX_ROW_LINES),
    ("cli::limits::MAX_ROW_VALUES", MAX_ROW_VALUES as u64),
    ("cli::limits::MAX_SERVED", MAX_SERVED),
    ("cli::limits::MAX_SERVERS", MAX_SERVERS as u64),
    ("cli::limits::MAX_SNAPSHOT", MAX_SNAPSHOT),
    ("cli::limits::MAX_TARGETS", MAX_TARGETS as u64),
    ("cli::limits::MAX_UNPACKED", MAX_UNPACKED),
    ("cli::limits::MAX_UNPACKED_RATIO", MAX_UNPACKED_RATIO),
    ("cli::limits::MAX_WORKBOOK", MAX_WORKBOOK),
    ("cli::limits::MAX_WORKBOOK_HELD", MAX_WORKBOOK_HELD),
    ("cli::limits::MAX_WORKBOOK_TABLES", MAX_WORKBOOK_TABLES),
    ("cluster::MAX_KEPT", cluster::MAX_KEPT as u64),
    ("cluster::MAX_MINUTES", cluster::MAX_MINUTES),
    ("cluster::MAX_NODES", cluster::MAX_NODES as u64),
    ("cluster::MAX_STEPS", cluster::MAX_STEPS as u64),
    ("cluster::MAX_WAIT_MINUTES", cluster::MAX_WAIT_MINUTES),
    ("console::MAX_PASTE", console::MAX_PASTE as u64),
    ("console::MAX_PRINTED_RECORDS", console::MAX_PRINTED_RECORDS as u64),
    ("console::MAX_PRINTS", console::MAX_PRINTS as u64),
    ("console::MAX_ROWS", console::MAX_ROWS as u64),
    ("deletion::MAX_DELETIONS", deletion::MAX_DELETIONS as u64),
    ("deletion::MAX_SEEN", deletion::MAX_SEEN as u64),
    ("deletion::logs::MAX_ENTRY", deletion::logs::MAX_ENTRY as u64),
    ("deletion::logs::MAX_FIELDS", deletion::logs::MAX_FIELDS as u64),
    ("deletion::logs::MAX_JOINED", deletion::logs::MAX_JOINED as u64),
    ("deletion::logs::MAX_LINE", deletion::logs::MAX_LINE as u64),
    ("fleet::MAX_LABEL", fleet::MAX_LABEL as u64),
    ("fleet::MAX_LABELS", fleet::MAX_LABELS as u64),
    ("fleet::MAX_STATES", fleet::MAX_STATES as u64),
    ("plan::MAX_PHONES", plan::MAX_PHONES as u64),
    ("wire::MAX_RECORDS", wire::MAX_RECORDS as u64),
];

#[test]
fn the_table_of_limits_is_that_of_the_constants() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let design = std::fs::read_to_string(root.join("DESIGN.md")).unwrap();
    let (_, table) = design.split_once("| limit | value |").unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect()
        })
        .collect();
    let told: Vec<(&str, u64)> =
        rows.iter().map(|cells| (cells[0], cells[1].parse().unwrap())).collect();
    assert_eq!(told, LIMITS);
    for cells in &rows {
        let text = std::fs::read_to_string(root.join(cells[4]))
            .unwrap_or_else(|error| panic!("{}: {error}", cells[4]));
        let name = cells[0].rsplit("::").next().unwrap();
        assert!(text.contains(name), "{} says nothing of {name}", cells[4]);
    }
}

/// No public limit is missing in the table.
#[test]
fn every_public_limit_stands_in_the_table() {
    let mut folders = vec![Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("src")];
    let mut missing = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let names = text
                .lines()
                .filter_map(|line| line.strip_prefix("pub const MAX_"))
                .filter_map(|rest| rest.split_once(':'));
            let names = names.map(|(name, _)| format!("::MAX_{name}"));
            // The bits of a key are a rule of phones, not a limit of this program.
            missing.extend(names.filter(|name| {
                name != "::MAX_BITS"
                    && !LIMITS.iter().any(|(known, _)| known.ends_with(name.as_str()))
            }));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

fn trustlist(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The message of a limit, which names it; with `--memory` the same is read, if the message says
/// so.
fn reached(arguments: &[&str], limit: &str) {
    let output = trustlist(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    assert!(stderr(&output).contains(&format!("({limit})")), "{}", stderr(&output));
    if stderr(&output).contains("; --memory 128 allows more") {
        within(&[arguments, &["--memory", "128"]].concat(), limit);
    }
}

fn within(arguments: &[&str], limit: &str) {
    let output = trustlist(arguments);
    assert!(!stderr(&output).contains(limit), "{arguments:?}: {}", stderr(&output));
}

fn path(name: &str) -> String {
    common::testdata(name).display().to_string()
}

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file of this size, without writing the bytes.
fn sized(path: &Path, bytes: u64) -> String {
    std::fs::File::create(path).unwrap().set_len(bytes).unwrap();
    path.display().to_string()
}

#[test]
fn files_are_limited_one_by_one_and_together() {
    let folder = folder("files");
    let (most, more) = (
        sized(&folder.join("most"), MAX_FILE_SIZE),
        sized(&folder.join("more"), MAX_FILE_SIZE + 1),
    );
    within(&["show", &most], "MAX_FILE_SIZE");
    reached(&["show", &more], "cli::limits::MAX_FILE_SIZE");
    let known = folder.join("known");
    std::fs::create_dir_all(&known).unwrap();
    sized(&known.join("a"), MAX_HELD / 2);
    sized(&known.join("b"), MAX_HELD / 2);
    let known = known.to_str().unwrap();
    let words = ["predict", "--known", known, "--factory-fresh"];
    within(&words, "MAX_HELD");
    sized(&Path::new(known).join("b"), MAX_HELD / 2 + 1);
    reached(&words, "cli::limits::MAX_HELD");
}

#[test]
fn a_list_is_limited_at_its_last_byte() {
    let folder = folder("list");
    let header = [1, 0, 2, 1, 2, 2, 0, 2, 0, 26, 5, 0, 1, 7, 6, 0, 1, 0, 8, 0, 1, 1, 12, 0, 0, 13];
    // Records that are all name: 60,000 bytes each, the last as long as is left.
    let record = |length: usize| -> Vec<u8> {
        let (all, name) = (u16::try_from(length).unwrap(), u16::try_from(length - 13).unwrap());
        let head =
            [&[1, 0, 2][..], &all.to_be_bytes(), &[4, 0, 2, 0, 0, 3], &name.to_be_bytes()].concat();
        [head, vec![b'a'; length - 13]].concat()
    };
    let list = |length: usize| -> Vec<u8> {
        let mut list = header.to_vec();
        while length - list.len() > 65_000 {
            list.extend(record(60_000));
        }
        let rest = length - list.len();
        list.extend(record(rest));
        assert_eq!(list.len(), length);
        list
    };
    let most = usize::try_from(MAX_LIST_SIZE).unwrap();
    for (length, name) in [(most, "most"), (most + 1, "more")] {
        let path = folder.join(name);
        std::fs::write(&path, list(length)).unwrap();
        let path = path.to_str().unwrap();
        for words in [
            &["show", path][..],
            &["lint", path],
            &["verify", path],
            &["predict", "--installed-itl", path],
        ] {
            if name == "most" {
                within(words, "MAX_LIST_SIZE")
            } else {
                reached(words, "cli::limits::MAX_LIST_SIZE")
            }
        }
    }
}

#[test]
fn folders_are_limited_at_the_last_file_and_level() {
    let folder = folder("folders");
    let many = folder.join("many");
    std::fs::create_dir_all(&many).unwrap();
    (0..MAX_KNOWN_FILES)
        .for_each(|number| drop(std::fs::File::create(many.join(number.to_string())).unwrap()));
    let nodes = folder.join("nodes.json");
    let inventory = r#"{ "nodes": [{ "name": "n" }], "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00" }"#;
    std::fs::write(&nodes, inventory).unwrap();
    let (known, logs) = (many.to_str().unwrap(), format!("n={}", many.display()));
    let predict = ["predict", "--known", known, "--factory-fresh"];
    let words = [
        "deletion",
        "audit",
        nodes.to_str().unwrap(),
        "--unit",
        "tomcat-trust",
        "--name",
        "a.pem",
        "--logs",
        &logs,
    ];
    assert_eq!(MAX_KNOWN_FILES, MAX_LOG_FILES);
    within(&predict, "MAX_KNOWN_FILES");
    within(&words, "MAX_LOG_FILES");
    std::fs::File::create(many.join("more")).unwrap();
    reached(&predict, "cli::limits::MAX_KNOWN_FILES");
    reached(&words, "cli::limits::MAX_LOG_FILES");
    for (depth, holds) in [(MAX_LOG_DEPTH, true), (MAX_LOG_DEPTH + 1, false)] {
        let top = folder.join(depth.to_string());
        std::fs::create_dir_all((1..depth).fold(top.clone(), |path, _| path.join("d"))).unwrap();
        let logs = format!("n={}", top.display());
        let words = [&words[..8], &[logs.as_str()]].concat();
        if holds {
            within(&words, "MAX_LOG_DEPTH")
        } else {
            reached(&words, "cli::limits::MAX_LOG_DEPTH")
        }
    }
}

#[test]
fn a_bundle_is_limited_at_its_last_certificate() {
    let folder = folder("bundle");
    let pem = std::fs::read_to_string(common::testdata("certs/ccm1-ec.pem")).unwrap();
    let bundle = folder.join("bundle.pem");
    for (count, holds) in [(MAX_CERTIFICATES, true), (MAX_CERTIFICATES + 1, false)] {
        std::fs::write(&bundle, pem.repeat(count)).unwrap();
        let words =
            ["verify", &path("cluster/before/ITLFile.tlv"), "--signer", bundle.to_str().unwrap()];
        if holds {
            within(&words, "MAX_CERTIFICATES")
        } else {
            reached(&words, "cli::limits::MAX_CERTIFICATES")
        }
    }
}

/// A fleet over this inventory, as JSON.
fn fleet_of(folder: &Path, inventory: &str) -> (Output, serde_json::Value) {
    let file = folder.join("inventory.csv");
    std::fs::write(&file, inventory).unwrap();
    let offered = path("cluster/before/ITLFile.tlv");
    let output = trustlist(&["fleet", file.to_str().unwrap(), "--offered-itl", &offered, "--json"]);
    let json = serde_json::from_slice(&output.stdout).unwrap();
    (output, json)
}

#[test]
fn rows_of_a_fleet_are_limited() {
    let folder = folder("rows");
    // Servers of a group.
    let group = |count: usize| format!("device,cm_group\nSEP1,{}\n", vec!["a"; count].join(";"));
    assert_eq!(fleet_of(&folder, &group(MAX_SERVERS)).1["unreadable"], 0);
    let (output, json) = fleet_of(&folder, &group(MAX_SERVERS + 1));
    assert_eq!(json["unreadable"], 1);
    assert!(stderr(&output).contains("(cli::limits::MAX_SERVERS)"), "{}", stderr(&output));
    // Lines.
    let lines = |count: u64| {
        format!("device,note\nSEP1,\"{}\"\n", vec!["x"; usize::try_from(count).unwrap()].join("\n"))
    };
    assert_eq!(fleet_of(&folder, &lines(MAX_ROW_LINES)).1["unreadable"], 0);
    assert_eq!(fleet_of(&folder, &lines(MAX_ROW_LINES + 1)).1["unreadable"], 1);
    // Bytes: what is read at once may come on top.
    let long = |bytes: usize| format!("device,note\nSEP1,{}\n", "x".repeat(bytes));
    assert_eq!(fleet_of(&folder, &long(MAX_ROW_BYTES - (1 << 17))).1["partial"], false);
    let (output, json) = fleet_of(&folder, &long(MAX_ROW_BYTES + (1 << 17)));
    assert_eq!(json["partial"], true);
    assert!(stderr(&output).contains("(cli::limits::MAX_ROW_BYTES)"), "{}", stderr(&output));
    // Messages, and errors that are kept.
    let bad =
        |count: u64| ["device,model\n", &"SEP1\n".repeat(usize::try_from(count).unwrap())].concat();
    let (output, _) = fleet_of(&folder, &bad(MAX_MESSAGES));
    let told = |output: &Output| {
        stderr(output).lines().filter(|line| line.contains("1 values, expected 2")).count() as u64
    };
    assert_eq!(told(&output), MAX_MESSAGES);
    assert_eq!(told(&fleet_of(&folder, &bad(MAX_MESSAGES + 1)).0), MAX_MESSAGES);
    for count in [MAX_ERRORS, MAX_ERRORS + 1] {
        let (_, json) = fleet_of(&folder, &bad(count as u64));
        assert_eq!(json["unreadable"], count);
        assert_eq!(json["errors"].as_array().unwrap().len(), MAX_ERRORS);
    }
}

#[test]
fn the_note_of_a_check_is_limited_at_its_last_byte() {
    let text = std::fs::read_to_string(common::testdata("cases/simulate/callmanager-and-tvs.json"))
        .unwrap();
    let mut scenario: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (length, holds) in
        [(trustlist_cluster::case::MAX_WHAT, true), (trustlist_cluster::case::MAX_WHAT + 1, false)]
    {
        scenario["plan"] = serde_json::json!([{ "op": "check", "what": "x".repeat(length) }]);
        let read = trustlist_cluster::case::Scenario::parse(&scenario.to_string());
        assert_eq!(
            read.as_ref().err().map(|error| (error.path(), error.is_limit())),
            (!holds).then_some(("plan[0].what", true))
        );
    }
}

#[test]
fn the_phones_of_an_inventory_are_limited_at_the_last() {
    let rows = |count: usize| ["device\n", &"SEP1\n".repeat(count)].concat();
    assert_eq!(plan::inventory(&rows(plan::MAX_PHONES)).unwrap().len(), plan::MAX_PHONES);
    let error = plan::inventory(&rows(plan::MAX_PHONES + 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 10002: expected no more phones (plan::MAX_PHONES); found \"more than 10000\""
    );
    assert!(plan::inventory_within(&rows(plan::MAX_PHONES + 1), plan::MAX_PHONES + 1).is_ok());
}

#[test]
fn labels_are_counted_apart_up_to_their_last_byte() {
    use fleet::{Answer, Fleet, Labels, Summary};
    use trustlist::facts::Files;
    use trustlist::phone::{Device, InstalledLists, Offer, Phone, Tvs};
    let files = Files::new(trustlist::verify::RustCrypto);
    let offer = Offer::new();
    let device = Device::of_model("8851");
    let phone = Phone::new(device).with_installed(InstalledLists::NONE);
    let answer: Answer = Fleet::new(&offer, &Tvs::Unknown, &files).judge(&phone);
    let mut summary = Summary::default();
    let (most, more) = ("x".repeat(fleet::MAX_LABEL), "x".repeat(fleet::MAX_LABEL + 1));
    for model in [&most, &more] {
        summary.add(Labels { model: Some(model), group: None }, &answer, 1);
    }
    let names: Vec<Option<&str>> = summary.models.keys().map(Option::as_deref).collect();
    assert_eq!(names, [Some("(others)"), Some(most.as_str())]);
}
