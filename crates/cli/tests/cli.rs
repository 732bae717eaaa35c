//! The real binary: standard output, standard error and exit status.

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn trustlist(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ends the process")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A file in a folder of this test run.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Exit status 2, nothing on standard output, and one line that holds each of the words.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = trustlist(arguments);
    assert_eq!((status(&output), stdout(&output)), (2, ""), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    words
        .iter()
        .for_each(|word| assert!(stderr(&output).contains(word), "{word}: {}", stderr(&output)));
}

/// A CTL of six records.
fn ctl() -> String {
    cluster("mixed/before/CTLFile.tlv")
}

/// CONTRACT section 1: `--json` prints exactly one document, of wrong arguments too.
#[test]
fn wrong_arguments_are_a_document_too() {
    for (arguments, word) in [
        (&["predict", "--json", "--nope"][..], "--nope"),
        (&["simulate", "--json", "--policy", "X"], "expected A, B, C, D or all"),
        (&["verify", "--with", "a", "--json", "--with", "b"], "--with"),
        (&["check", "--json"], "required arguments"),
        (&["--json"], "--json"),
    ] {
        let output = trustlist(arguments);
        assert_eq!(status(&output), 2, "{arguments:?}");
        let document: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
        let told = document["error"].as_str().unwrap();
        assert!(told.contains(word) && !told.contains("Usage"), "{arguments:?}: {told}");
        assert!(stderr(&output).contains("error"), "{}", stderr(&output));
    }
}

#[test]
fn show_json_has_the_fields_of_the_contract() {
    let ctl = ctl();
    let shown = trustlist(&["show", "--json", &ctl]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    for (field, value) in [("schema", "trustlist.list/1"), ("kind", "ctl"), ("source", "binary")] {
        assert_eq!(json[field], value);
    }
    assert_eq!(json["size"], 10_604);
    assert_eq!(
        json["signature"],
        serde_json::json!({ "outcome": "valid", "reason": null, "key": "certificate", "anchor": "own" })
    );
    assert_eq!(json["header"]["serial"], "559d3060a4f1a17142d7de5b0590516a");
    let record = &json["records"][0];
    for field in [
        "role",
        "server",
        "address",
        "subject",
        "issuer",
        "serial",
        "key",
        "not_after",
        "sha1",
        "offset",
        "length",
    ] {
        assert!(!record[field].is_null(), "{field}");
    }
    assert_eq!(
        (&record["index"], &record["certificate"], &record["signed_this_file"]),
        (&1.into(), &"present".into(), &true.into())
    );
    assert_eq!(json["records"].as_array().unwrap().len(), 6);
}

/// Windows PowerShell writes JSON in UTF-8 with a byte order mark, and in UTF-16.
#[test]
fn json_is_read_in_every_encoding_of_powershell() {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let paste = file("encodings.txt", b"admin:show itl\n").display().to_string();
    let context = br#"{ "mode": "mixed", "version": "12.5" }"#.to_vec();
    let read = |name: &str| std::fs::read(cluster(name)).unwrap();
    let simulation = || read("cases/simulate/T05.json");
    let commands = [
        ("simulate INPUT --json", simulation()),
        ("plan lint INPUT --json", simulation()),
        ("plan recover INPUT --json", simulation()),
        ("plan generate INPUT --renew TVS --json", read("clusters/11.5-mixed.json")),
        ("deletion predict INPUT --json", simulation()),
        ("predict --json --case INPUT", read("cases/predict/C01.json")),
        ("preflight PASTE --json --context INPUT", context),
    ];
    for (number, (line, bytes)) in commands.into_iter().enumerate() {
        let name = format!("encoding-{number}.json");
        let text = String::from_utf8(bytes).unwrap();
        let run = |bytes: &[u8]| {
            let input = file(&name, bytes).display().to_string();
            let given = |word: &String| match word.as_str() {
                "INPUT" => input.clone(),
                "PASTE" => paste.clone(),
                word => word.to_owned(),
            };
            let words: Vec<String> = words(line).iter().map(given).collect();
            trustlist(&words.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let plain = run(text.as_bytes());
        assert_ne!(status(&plain), 2, "{line}: {}", stderr(&plain));
        let marked = format!("\u{feff}{text}");
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bare: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [marked.as_bytes(), &wide, &bare] {
            let other = run(bytes);
            assert_eq!(
                (status(&other), stdout(&other)),
                (status(&plain), stdout(&plain)),
                "{line}"
            );
        }
        let cut = run(&wide[..wide.len() - 1]);
        assert_eq!(status(&cut), 2, "{line}");
        assert!(stderr(&cut).contains("expected text in UTF-16"), "{line}: {}", stderr(&cut));
    }
}

#[test]
fn several_files_are_one_document_and_the_worst_status() {
    let ctl = ctl();
    let broken = file("several.tlv", b"\x01\0\x02\x01\x02\x02\0\x02\xff\xff");
    let shown = trustlist(&["show", "--json", &ctl, broken.to_str().unwrap(), &ctl]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    assert_eq!((status(&shown), &json["schema"]), (2, &"trustlist.files/1".into()));
    assert_eq!(json["files"].as_array().unwrap().len(), 3);
    assert!(json["files"][1]["error"].as_str().unwrap().contains("0x0005"));
    assert_eq!(json["files"][2]["records"].as_array().unwrap().len(), 6);
}

#[test]
fn a_flipped_byte_is_never_status_0() {
    let ctl = ctl();
    let bytes = std::fs::read(ctl).unwrap();
    // tests/verify.rs flips every byte of a list; here one of each part, through the real binary.
    for (at, expected) in
        [(0, 2), (5, 2), (0x20, 1), (0x58, 3), (0xad, 1), (0x134, 1), (0x200, 1), (7_000, 1)]
    {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        let path = file("flipped.tlv", &flipped);
        assert_eq!(status(&trustlist(&["verify", path.to_str().unwrap()])), expected, "byte {at}");
    }
}

#[test]
fn bad_input_is_named() {
    refused(&["show", "does-not-exist.tlv"], &["does-not-exist.tlv"]);
    refused(&["show", env!("CARGO_TARGET_TMPDIR")], &["a directory, expected a file"]);
    for (name, bytes, words) in [
        ("empty.tlv", &b""[..], &["empty.tlv", "an empty file", "0x0000"][..]),
        ("text.tlv", b"hello\n", &["text.tlv", "text", "expected"]),
        (
            "pem.tlv",
            b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
            &["found a PEM file"],
        ),
        ("firmware.sbn", b"\xcd\x34\x12\xab\0\x02\0\0", &["found 78xx firmware"]),
        ("page.tlv", b"<html><body>404</body></html>", &["found an HTML page"]),
    ] {
        refused(&["show", file(name, bytes).to_str().unwrap()], words);
        refused(&["verify", file(name, bytes).to_str().unwrap()], words);
    }
}

#[test]
fn broken_lists_are_named_with_record_and_offset() {
    let ctl = ctl();
    let bytes = std::fs::read(ctl).unwrap();
    let truncated = file("truncated.tlv", &bytes[..5_000]);
    refused(
        &["show", truncated.to_str().unwrap()],
        &["truncated.tlv", "record 3, record length (tag 1) at byte 0x0f00", "left"],
    );
    // The third record starts at byte 0x0f00.
    let mut wrong = bytes;
    wrong[0x0f00 + 4] ^= 1;
    let wrong = file("third.tlv", &wrong);
    refused(&["show", wrong.to_str().unwrap()], &["record 3, ", "at byte 0x"]);
}

#[test]
fn a_sparse_gigabyte_is_refused_by_its_size() {
    let path = file("sparse.tlv", b"");
    File::options().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    refused(&["show", path.to_str().unwrap()], &["larger than 24 MiB"]);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn standard_input_is_read_and_may_end_early() {
    refused(&["show", "-"], &["standard input", "an empty file"]);
    let ctl = ctl();
    let bytes = std::fs::read(ctl).unwrap();
    for (length, expected) in [(bytes.len(), 0), (4_000, 2)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trustlist"))
            .args(["verify", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes[..length]).unwrap();
        assert_eq!(status(&child.wait_with_output().unwrap()), expected);
    }
}

#[test]
fn names_from_files_cannot_write_to_the_terminal() {
    let path = cluster("corpus/valid/terminal-escapes.tlv");
    for arguments in [&["show", &path][..], &["show", "--json", &path], &["verify", &path]] {
        let output = trustlist(arguments);
        let hidden =
            |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
        assert!(!stdout(&output).chars().any(hidden), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_is_status_2() {
    for arguments in [
        &["show"][..],
        &["frobnicate"],
        &["verify", "a", "--with", "b", "--signer", "c"],
        &["show", "--nope", "x"],
    ] {
        let output = trustlist(arguments);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{arguments:?}");
    }
    assert_eq!(status(&trustlist(&["--help"])), 0);
    assert_eq!(status(&trustlist(&["--version"])), 0);
}

/// With `--json` there is a document, whatever comes.
#[test]
fn an_error_is_a_document_too() {
    let path = |name: &str| common::testdata(name).display().to_string();
    let (itl, junk) = (path("cluster/before/ITLFile.tlv"), path("README.md"));
    for arguments in [
        &["show", "none"][..],
        &["verify", &itl, "--with", "none"],
        &["predict", "--installed-itl", "none"],
        &["predict", "--case", &junk],
        &["diff", &itl, "none"],
        &["fleet", "none", "--offered-itl", &itl],
        &["simulate", &junk],
        &["preflight", "none", &itl],
        &["deletion", "predict", &junk],
        &["deletion", "audit", &junk, "--logs", "a=b"],
        &["plan", "generate", &junk, "--renew", "TVS"],
        &["plan", "lint", &junk],
    ] {
        let output = trustlist(&[arguments, &["--json"]].concat());
        let document: serde_json::Value = serde_json::from_str(stdout(&output))
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        assert_eq!(
            (status(&output), &document["schema"]),
            (2, &"trustlist.error/1".into()),
            "{arguments:?}"
        );
        assert!(stderr(&output).contains(document["error"].as_str().unwrap()), "{arguments:?}");
    }
}

/// Options that a case contains itself are refused, and a server has one fact only.
#[test]
fn contradictions_are_wrong_usage() {
    let path = |name: &str| common::testdata(name).display().to_string();
    let case = ["predict", "--case", &path("cases/predict/config-by-tvs.json")].map(String::from);
    assert_ne!(status(&trustlist(&case.each_ref().map(String::as_str))), 2);
    let values = [
        "--installed-itl",
        "--installed-ctl",
        "--offered-itl",
        "--offered-ctl",
        "--offered-config",
        "--cm-group",
        "--tftp-server",
        "--tvs-cached",
        "--known",
        "--tvs",
        "--tvs-knows",
        "--model",
    ];
    let beside = values.iter().map(|option| vec![*option, "x"]);
    let flags =
        [vec!["--no-config"], vec!["--factory-fresh"], vec!["--fips"], vec!["--at", "2026-01-01"]];
    for more in beside.chain(flags) {
        let arguments: Vec<&str> = case.iter().map(String::as_str).chain(more).collect();
        assert_eq!(status(&trustlist(&arguments)), 2, "{arguments:?}");
    }
    let certificate = format!("S1={}", path("certs/ccm1-tvs-1.pem"));
    let (itl, new) =
        (path("cluster/before/ITLFile.tlv"), path("cluster/after-callmanager/ITLFile.tlv"));
    for tvs in [["s1=down", &certificate], [&certificate, "s1=down"], [&certificate, "s2="]] {
        let output = trustlist(&[
            "predict",
            "--installed-itl",
            &itl,
            "--offered-itl",
            &new,
            "--tvs",
            tvs[0],
            "--tvs",
            tvs[1],
        ]);
        assert_eq!(status(&output), 2, "{tvs:?}");
        assert!(stderr(&output).contains("expected"), "{tvs:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_reader_that_leaves_is_not() {
    let ctl = ctl();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", &ctl])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("cannot write to standard output"));

    let mut child = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", &ctl])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output)), (0, ""));
}

/// The files of a small cluster, see `testdata/README.md`.
fn cluster(name: &str) -> String {
    common::testdata(name).display().to_string()
}

fn predict(arguments: &[&str]) -> Output {
    let path = |argument: &str| match argument.split_once('@') {
        Some((before, file)) => format!("{before}{}", cluster(file)),
        None => argument.to_owned(),
    };
    let arguments: Vec<_> =
        ["predict"].into_iter().chain(arguments.iter().copied()).map(path).collect();
    trustlist(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

const BEFORE: [&str; 2] = ["--installed-itl", "@cluster/before/ITLFile.tlv"];
const PHONE: [&str; 4] = ["--model", "8851", "--cm-group", "ccm1,ccm2"];

fn judged(more: &[&str]) -> (i32, serde_json::Value) {
    let arguments = [&BEFORE[..], &PHONE, more, &["--json"]].concat();
    let output = predict(&arguments);
    (
        status(&output),
        serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output))),
    )
}

#[test]
fn a_phone_refuses_a_list_that_neither_itl_nor_tvs_vouches_for() {
    let files = [
        "--offered-itl",
        "@cluster/after-both/ITLFile.tlv",
        "--offered-config",
        "@cluster/after-both/SEP001122334455.cnf.xml.sgn",
        "--tvs-knows",
        "@cluster/after-both/ITLFile.tlv",
    ];
    let changed = ["--tvs", "ccm1=@certs/ccm1-tvs-2.pem", "--tvs", "ccm2=@certs/ccm2-tvs-2.pem"];
    let (status, answer) = judged(&[&files[..], &changed].concat());
    assert_eq!(status, 1);
    assert_eq!(
        (&answer["itl"]["outcome"], &answer["itl"]["decisive"]),
        (&"reject".into(), &"signer-unknown".into())
    );
    assert_eq!(answer["config"]["outcome"], "reject");
    assert_eq!(answer["after"], serde_json::json!({ "ctl": "none", "itl": "installed" }));

    let kept = ["--tvs", "ccm1=@certs/ccm1-tvs-1.pem", "--tvs", "ccm2=@certs/ccm2-tvs-1.pem"];
    let (status, answer) = judged(&[&files[..], &kept].concat());
    assert_eq!(
        (status, &answer["itl"]["outcome"], &answer["itl"]["via"]),
        (0, &"accept".into(), &"tvs".into())
    );
    assert_eq!(answer["config"]["outcome"], "accept");
}

#[test]
fn what_is_not_known_is_an_open_question_and_said_first() {
    let (status, answer) = judged(&["--offered-itl", "@cluster/after-callmanager/ITLFile.tlv"]);
    assert_eq!(
        (status, &answer["itl"]["outcome"], &answer["itl"]["decisive"]),
        (3, &"depends".into(), &"tvs-unknown".into())
    );
    let assumed: Vec<_> =
        answer["assumed"].as_array().unwrap().iter().filter_map(|line| line.as_str()).collect();
    assert!(assumed.contains(&"no CTL on the phone: --installed-ctl not given"), "{assumed:?}");

    let (status, answer) =
        judged(&["--offered-itl", "@cluster/after-callmanager/ITLFile.tlv", "--tvs", "none"]);
    assert_eq!((status, &answer["itl"]["outcome"]), (1, &"reject".into()));
}

#[test]
fn forgotten_lists_never_read_as_a_factory_fresh_phone() {
    let offer = ["--offered-itl", "@cluster/before/ITLFile.tlv", "--model", "8851"];
    let forgotten = predict(&offer);
    assert_eq!(status(&forgotten), 3);
    assert!(stdout(&forgotten).contains("Assumed: nothing is known about the lists on the phone"));
    let fresh = predict(&[&offer[..], &["--factory-fresh"]].concat());
    assert_eq!(status(&fresh), 0);
}

#[test]
fn an_itl_given_as_the_ctl_is_said() {
    let output = predict(
        &[&BEFORE[..], &PHONE, &["--offered-ctl", "@cluster/before/ITLFile.tlv", "--as-given"]]
            .concat(),
    );
    assert!(
        stderr(&output).contains("--offered-ctl: the name inside this file is that of an ITL"),
        "{}",
        stderr(&output)
    );
    let right =
        predict(&[&BEFORE[..], &PHONE, &["--offered-itl", "@cluster/before/ITLFile.tlv"]].concat());
    assert_eq!(stderr(&right), "");
}

/// Notes beside the answer, which stays that of the phone.
#[test]
fn the_itl_of_another_node_and_an_older_one_are_said() {
    let noted = |installed: &str, offered: &str, words: &str| {
        let output = predict(&[
            "--installed-itl",
            installed,
            "--offered-itl",
            offered,
            "--tvs",
            "none",
            "--model",
            "8851",
        ]);
        let said = stderr(&output).lines().map(|line| line.contains(words)).collect::<Vec<_>>();
        assert_eq!((status(&output), said), (1, vec![true]), "{}", stderr(&output));
    };
    let (before, after) = ("@cluster/before/ITLFile.tlv", "@cluster/after-both/ITLFile.tlv");
    let other = "--offered-itl: the list of TFTP node ccm2, the one on the phone is of ccm1; each node has its own";
    noted(before, "@cluster/from-ccm2/ITLFile.tlv", other);
    noted(after, before, "--offered-itl: made 2026-11-02T");
    assert_eq!(
        stderr(&predict(&["--installed-itl", before, "--offered-itl", after, "--model", "8851"])),
        ""
    );
}

#[test]
fn a_list_outside_the_model_is_named() {
    let list = std::fs::read(cluster("cluster/before/ITLFile.tlv")).unwrap();
    let extension = file("ext_ITLSEP001122334455.tlv", &list);
    let output =
        predict(&[&BEFORE[..], &PHONE, &["--offered-itl", extension.to_str().unwrap()]].concat());
    assert!(
        stdout(&output).contains("ext_ITLSEP001122334455.tlv is handled like an ITL"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_forged_signer_is_refused_by_name() {
    let (status, answer) = judged(&["--offered-itl", "@bad/forged-signer.tlv"]);
    assert_eq!((status, &answer["itl"]["decisive"]), (1, &"signer-impersonated".into()));
    let knows = "@cluster/after-callmanager/ITLFile.tlv";
    let forged =
        ["--tvs", "ccm1=@certs/forged-ccm1-tvs-1.pem", "--tvs", "ccm2=down", "--tvs-knows", knows];
    let (status, answer) = judged(
        &[&["--offered-itl", "@cluster/after-callmanager/ITLFile.tlv"], &forged[..]].concat(),
    );
    assert_eq!((status, &answer["itl"]["outcome"]), (1, &"reject".into()));
}

#[test]
fn an_installed_list_may_be_a_checksum() {
    let checksums = ["md5", "sha1"].map(|field| {
        let shown = trustlist(&["show", "--json", &cluster("cluster/before/ITLFile.tlv")]);
        serde_json::from_str::<serde_json::Value>(stdout(&shown)).unwrap()[field]
            .as_str()
            .unwrap()
            .to_owned()
    });
    let offer = ["--offered-itl", "@cluster/before/ITLFile.tlv", "--model", "8851"];
    // As people copy it: with colons, in capitals.
    let pairs: Vec<&str> =
        (0..checksums[0].len() / 2).map(|at| &checksums[0][2 * at..2 * at + 2]).collect();
    for checksum in checksums.iter().chain([&pairs.join(":").to_uppercase()]) {
        let known = ["--installed-itl", checksum, "--known", "@cluster/before"];
        let output = predict(&[&offer[..], &known].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        assert!(stdout(&output).contains("ITL     unchanged"), "{}", stdout(&output));
        let unknown =
            predict(&[&offer[..], &["--installed-itl", checksum, "--known", "@certs"]].concat());
        assert_eq!(status(&unknown), 2);
        let nowhere = predict(&[&offer[..], &["--installed-itl", checksum]].concat());
        assert!(stderr(&nowhere).contains("a checksum needs --known DIR"));
    }
}

#[test]
fn wrong_questions_are_refused_in_one_line() {
    for (arguments, words) in [
        (&["--tvs", "ccm1"][..], "expected SERVER=CERT, SERVER=down or none"),
        (&["--tvs", "none", "--tvs", "ccm1=down"], "no server answers"),
        (&["--tvs", "ccm1=@keys/rsa2048-01.pem"], "expected a certificate"),
        (&["--offered-itl", "@bad/third-record-length.tlv"], "record "),
        (&["--offered-itl", "@bad/error-page.tlv"], "an HTML page"),
        (
            &["--offered-config", "@cluster/before/ITLFile.tlv"],
            "a trust list, expected a signed file",
        ),
        (&["--case", "@README.md"], "README.md"),
        (&["--known", "@README.md"], "README.md"),
    ] {
        let output = predict(arguments);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{arguments:?}");
        assert!(
            stderr(&output).contains(words) && stderr(&output).lines().count() == 1,
            "{}",
            stderr(&output)
        );
    }
    let both = predict(&["--case", "@cases/predict/itl-in-itl.json", "--model", "8851"]);
    assert_eq!(status(&both), 2);
    let dated = predict(&["--at", "yesterday"]);
    assert!(stderr(&dated).contains("expected a date in UTC"));
}

#[test]
fn a_case_is_judged_as_its_files_would_be() {
    let output = predict(&["--case", "@cases/predict/itl-in-itl.json", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!((status(&output), &answer["schema"]), (0, &"trustlist.prediction/1".into()));
    assert_eq!(
        (&answer["itl"]["outcome"], &answer["itl"]["via"]),
        (&"accept".into(), &"installed-itl".into())
    );
    let explained = predict(&["--case", "@cases/predict/itl-in-itl.json", "--explain"]);
    assert!(stdout(&explained).contains("2. The ITL"));
}

#[test]
fn a_built_list_is_the_committed_one_and_a_signed_file_comes_back() {
    let built = file("built.tlv", b"old");
    let target = built.to_str().unwrap();
    let (specification, key) = (cluster("build/itl.json"), cluster("keys/rsa2048-01.pem"));
    assert_eq!(status(&trustlist(&["build", &specification, "--key", &key, "-o", target])), 0);
    assert_eq!(
        std::fs::read(&built).unwrap(),
        std::fs::read(cluster("cluster/before/ITLFile.tlv")).unwrap()
    );

    let payload = file("SEP.cnf.xml", b"<device/>");
    let certificate = cluster("certs/ccm1-callmanager-1.pem");
    let sign = [
        "sign",
        payload.to_str().unwrap(),
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--timestamp",
        "1",
        "-o",
        target,
    ];
    assert_eq!(status(&trustlist(&sign)), 0);
    assert_eq!(status(&trustlist(&["verify", target, "--signer", &certificate])), 0);
    assert_eq!(
        status(&trustlist(&["verify", target, "--with", &cluster("cluster/before/ITLFile.tlv")])),
        0
    );
    assert_eq!(
        status(&trustlist(&[
            "verify",
            target,
            "--with",
            &cluster("cluster/after-both/ITLFile.tlv")
        ])),
        3
    );
    assert_eq!(status(&trustlist(&["verify", target])), 3);
    assert_eq!(stdout(&trustlist(&["strip", target])), "<device/>");
}

#[test]
fn what_cannot_be_written_leaves_the_old_file_and_no_part() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept");
    std::fs::create_dir_all(&folder).unwrap();
    let target = folder.join("ITLFile.tlv");
    std::fs::write(&target, b"old").unwrap();
    let (specification, wrong) = (cluster("build/itl.json"), cluster("keys/rsa2048-02.pem"));
    refused(&["build", &specification, "--key", &wrong, "-o", target.to_str().unwrap()], &["key"]);
    assert_eq!(std::fs::read(&target).unwrap(), b"old");

    let key = cluster("keys/rsa2048-01.pem");
    let nowhere = folder.join("missing/ITLFile.tlv");
    refused(
        &["build", &specification, "--key", &key, "-o", nowhere.to_str().unwrap()],
        &["ITLFile.tlv"],
    );
    // A folder cannot be replaced by a file: the new file is taken away again.
    refused(&["build", &specification, "--key", &key, "-o", folder.to_str().unwrap()], &["kept"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert!(
        !std::fs::read_dir(folder.parent().unwrap()).unwrap().any(|entry| entry
            .unwrap()
            .path()
            .extension()
            .is_some_and(|e| e == "part"))
    );
}

#[test]
fn pages_are_printed_and_near_misses_offered() {
    let page = trustlist(&["explain", "signer-unknown"]);
    assert!(status(&page) == 0 && stdout(&page).starts_with("signer-unknown\n\n  "));
    let all = trustlist(&["explain"]);
    assert!(stdout(&all).lines().count() > 50 && stdout(&all).contains("\n  tvs-unknown  "));
    refused(&["explain", "signer-unknwn"], &["did you mean signer-unknown?"]);
    refused(&["explain", "tvs-unknwon"], &["did you mean tvs-unknown?"]);
    assert!(stdout(&trustlist(&["explain", "Signer_Unknown"])).starts_with("signer-unknown\n"));
    for (term, name) in [("SAST", "SAST"), ("itlrecovery", "ITLRecovery")] {
        let page = trustlist(&["explain", term]);
        assert!(stdout(&page).starts_with(&format!("{name}\n")), "{}", stdout(&page));
    }
    let glossary = trustlist(&["explain", "glossary"]);
    assert!(
        ["SAST", "point of no return", "UNDECIDED"]
            .iter()
            .all(|term| stdout(&glossary).contains(term))
    );
    refused(&["explain", "x"], &["lists them all"]);
    refused(&["explain", "recovery"], &["did you mean ITLRecovery, ", "no-recovery-anchor"]);
    assert!(stdout(&page).contains("\n  - `trustlist explain P-ITL-4` (documented)\n"));
    assert!(stdout(&all).starts_with("`trustlist explain CODE` prints "));
    let rule = trustlist(&["explain", "P-TVS-2"]);
    assert!(
        rule.status.success()
            && stdout(&rule).starts_with("P-TVS-2\n\n  A TVS server must present the certificate ")
    );
    assert!(stdout(&all).contains(" P-TVS-2, "));
    refused(&["explain", "P-TVS-99"], &["no rule is called P-TVS-99: did you mean P-TVS-12, "]);
}

#[test]
fn a_paste_does_where_a_list_would() {
    let list = cluster("cluster/before/ITLFile.tlv");
    let printed = trustlist(&["show", "--cucm", &list]);
    assert_eq!(status(&printed), 0);
    assert!(stdout(&printed).contains("BYTEPOS\tTAG\t\tLENGTH\tVALUE"));
    let paste = file("paste.txt", printed.stdout.as_slice()).display().to_string();
    let shown = trustlist(&["show", "--json", &paste]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    assert_eq!(
        (&json["source"], &json["signature"]["outcome"]),
        (&"text".into(), &"not-checked".into())
    );
    assert_eq!(json["records"].as_array().unwrap().len(), 7);

    // The checksum of the paste is that of the offered file: nothing new.
    let offer = ["predict", "--installed-itl", &paste, "--model", "8851", "--offered-itl"];
    let same = trustlist(&[&offer[..], &[&list]].concat());
    assert!(status(&same) == 0 && stdout(&same).contains("ITL     unchanged"), "{}", stdout(&same));
    let renewed = cluster("cluster/after-callmanager/ITLFile.tlv");
    assert_eq!(status(&trustlist(&[&offer[..], &[&renewed, "--tvs", "none"]].concat())), 1);
    // Collapsed to one line, as people paste it.
    let collapsed = printed
        .stdout
        .iter()
        .map(|byte| if byte.is_ascii_whitespace() { b' ' } else { *byte })
        .collect::<Vec<_>>();
    let collapsed = file("collapsed.txt", &collapsed).display().to_string();
    let shown = trustlist(&["show", "--json", &collapsed]);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(stdout(&shown)).unwrap()["records"],
        json["records"]
    );
}

#[test]
fn text_that_is_no_list_is_named_with_its_line() {
    refused(
        &["show", file("hello.txt", b"\nhello\n").to_str().unwrap()],
        &["hello.txt", "line 2", "found other text"],
    );
    refused(&["lint", file("hello.txt", b"\nhello\n").to_str().unwrap()], &["line 2"]);
    let wrong = file("ctl.txt", b"admin:show ctl\nLength of CTL file: 0\nCTL File not found\n");
    let output = predict(&["--installed-itl", wrong.to_str().unwrap()]);
    assert!(
        status(&output) == 2
            && stderr(&output).contains("expected the output of show itl, found that of show ctl")
    );
    let binary = cluster("cluster/before/ITLFile.tlv");
    refused(&["preflight", &binary], &["binary data"]);
    refused(
        &["preflight", file("empty.txt", b" \n").to_str().unwrap()],
        &["line 1: nothing in it"],
    );
}

#[test]
fn two_lists_in_one_paste_are_both_shown() {
    let paste = cluster("prints/19-itl-and-ctl-in-one-paste.txt");
    let shown = trustlist(&["show", "--json", &paste]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    assert_eq!((status(&shown), &json["schema"]), (0, &"trustlist.files/1".into()));
    let kinds: Vec<_> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["itl", "ctl"]);
}

#[test]
fn lint_denies_and_allows_codes() {
    let list = cluster("cluster/before/ITLFile.tlv");
    let found = trustlist(&["lint", &list]);
    assert!(status(&found) == 0 && stdout(&found).contains("[digest-sha1]"), "{}", stdout(&found));
    assert_eq!(status(&trustlist(&["lint", &list, "--deny", "digest-sha1"])), 1);
    assert!(
        !stdout(&trustlist(&["lint", &list, "--allow", "digest-sha1"])).contains("digest-sha1")
    );
    let flipped = trustlist(&["lint", "--json", &cluster("bad/flipped-signature.tlv")]);
    let json: serde_json::Value = serde_json::from_str(stdout(&flipped)).unwrap();
    assert_eq!((status(&flipped), &json["schema"]), (1, &"trustlist.lint/1".into()));
    assert!(
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["code"] == "signature-wrong")
    );
    let expired = trustlist(&["lint", &list, "--at", "2100-01-01"]);
    assert!(stdout(&expired).contains("[certificate-expired]"));
    assert_eq!(status(&trustlist(&["lint", &list, "--deny", "nonsense"])), 2);
    assert_eq!(status(&trustlist(&["lint", &list, "--cucm", "7.1"])), 2);
}

#[test]
fn diff_says_what_changed_and_what_it_means() {
    let (old, new) =
        (cluster("cluster/before/ITLFile.tlv"), cluster("cluster/after-callmanager/ITLFile.tlv"));
    let text = trustlist(&["diff", &old, &new]);
    assert_eq!(status(&text), 3);
    assert!(
        stdout(&text).contains("regenerated  SAST CCM+TFTP: ccm1.voice.example, serial "),
        "{}",
        stdout(&text)
    );
    let json = trustlist(&["diff", "--json", &old, &new]);
    let json: serde_json::Value = serde_json::from_str(stdout(&json)).unwrap();
    assert_eq!(
        (&json["schema"], &json["phones"]["outcome"]),
        (&"trustlist.diff/1".into(), &"depends".into())
    );
    let same = trustlist(&["diff", &old, &old]);
    assert!(stdout(&same).contains("no difference"));
    refused(&["diff", &old, &cluster("bad/empty.tlv")], &["an empty file"]);
}

#[test]
fn preflight_blocks_warns_and_says_what_is_still_to_run() {
    let rollback = b"admin:run sql select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'\n\
        paramname             paramvalue\n===================== ==========\nRollBackToPreGrayback T\n";
    let paste = file("rollback.txt", rollback).display().to_string();
    let answer = trustlist(&["preflight", "--json", &paste]);
    let json: serde_json::Value = serde_json::from_str(stdout(&answer)).unwrap();
    assert_eq!((status(&answer), &json["schema"]), (1, &"trustlist.preflight/1".into()));
    let check =
        json["checks"].as_array().unwrap().iter().find(|check| check["check"] == "F-1").unwrap();
    assert_eq!((&check["verdict"], &check["code"]), (&"block".into(), &"rollback-on".into()));
    assert!(json["to_run"].as_array().unwrap().iter().any(|command| command == "show itl"));
    assert_eq!(
        status(&trustlist(&["preflight", file("what.txt", b"what is this\n").to_str().unwrap()])),
        3
    );
    let context = file("context.json", b"{ \"mode\": \"mixd\" }").display().to_string();
    refused(&["preflight", &paste, "--context", &context], &["context.json", "mode: expected"]);
}

const SCENARIO: &str = r#"{ "schema": "trustlist.simulate/1", "title": "Both at once",
    "cluster": { "version": "10.5", "mode": "non-secure",
        "nodes": [ { "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true } ],
        "phones": [ { "name": "SEP1", "tftp_servers": ["hq"], "cm_group": ["hq"] } ] },
    "plan": [ { "op": "regen", "cert": "CallManager", "node": "all" }, { "op": "regen", "cert": "TVS", "node": "all" },
              { "op": "restart", "service": "TFTP", "node": "all" }, { "op": "restart", "service": "TVS", "node": "all" },
              { "op": "reset_phones", "scope": "all" } ],
    "policies": ["B"] }"#;

#[test]
fn a_simulation_ends_with_1_where_a_phone_is_locked() {
    let scenario = file("scenario.json", SCENARIO.as_bytes()).display().to_string();
    let page = file("report.html", b"").display().to_string();
    let answer = trustlist(&["simulate", "--json", &scenario, "--html", &page]);
    let json: serde_json::Value = serde_json::from_str(stdout(&answer)).unwrap();
    assert_eq!((status(&answer), &json["schema"]), (1, &"trustlist.simulation/1".into()));
    assert_eq!(json["policies"][0]["locked"], serde_json::json!(["SEP1"]));
    assert!(std::fs::read_to_string(&page).unwrap().contains("<svg"));
    let all = trustlist(&["simulate", "--json", "--policy", "all", &scenario]);
    let json: serde_json::Value = serde_json::from_str(stdout(&all)).unwrap();
    assert_eq!(json["policies"].as_array().unwrap().len(), 4);
    assert_eq!(status(&trustlist(&["simulate", &scenario, "--assume", "pessimistic"])), 1);
    let harmless =
        file("harmless.json", SCENARIO.replace("\"CallManager\"", "\"tomcat\"").as_bytes())
            .display()
            .to_string();
    assert_eq!(status(&trustlist(&["simulate", &harmless])), 0);
}

/// A missing fact that was taken for an acceptance, and whose other answer locks phones.
#[test]
fn a_simulation_that_hangs_on_a_missing_fact_ends_with_3() {
    let case = format!("{}/../../testdata/cases/simulate/T02.json", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(status(&trustlist(&["simulate", &case])), 3);
    assert_eq!(status(&trustlist(&["simulate", &case, "--assume", "optimistic"])), 0);
    assert_eq!(status(&trustlist(&["simulate", &case, "--assume", "pessimistic"])), 1);
}

/// A phone without a TFTP server is offered nothing: no plan could harm it.
#[test]
fn phones_that_no_server_serves_are_an_error() {
    for (from, to, found) in [
        ("\"tftp\": true", "\"tftp\": false", "hq, which serves no TFTP"),
        ("\"tftp_servers\": [\"hq\"]", "\"tftp_servers\": []", "no server"),
    ] {
        let path =
            file("unserved.json", SCENARIO.replace(from, to).as_bytes()).display().to_string();
        let words = ["unserved.json", "cluster.phones[0].tftp_servers", found];
        for command in [&["simulate"][..], &["plan", "lint"]] {
            refused(&[command, &[path.as_str()]].concat(), &words);
        }
    }
    let phone = "{ \"name\": \"SEP1\", \"tftp_servers\": [\"hq\"], \"cm_group\": [\"hq\"] }";
    let none = file("no-phones.json", SCENARIO.replace(phone, "").as_bytes()).display().to_string();
    let answer = trustlist(&["simulate", &none]);
    assert_eq!(status(&answer), 3);
    assert!(stdout(&answer).contains("UNDECIDED: no phone in the cluster"), "{}", stdout(&answer));
}

#[test]
fn a_scenario_that_is_wrong_is_named_by_path_and_step() {
    for (from, to, words) in [
        ("\"TFTP\"", "\"TFPT\"", &["plan[2].service", "step 3"][..]),
        ("\"10.5\"", "\"7.1\"", &["cluster.version"]),
        (
            "\"cert\": \"TVS\", \"node\": \"all\"",
            "\"cert\": \"TVS\", \"node\": \"hw\"",
            &["plan[1].node", "step 2"],
        ),
        ("\"scope\": \"all\"", "\"scope\": [\"SEP2\"]", &["plan[4].scope", "step 5"]),
        ("\"publisher\": true", "\"publisher\": false", &["cluster.nodes"]),
    ] {
        let path = file("wrong.json", SCENARIO.replace(from, to).as_bytes()).display().to_string();
        refused(&["simulate", &path], &[&["wrong.json"], words].concat());
    }
}

/// A full host name or an address in `--cm-group` is no server that does not answer: nothing is
/// known of it, and the name that was perhaps meant is named.
#[test]
fn a_server_of_the_group_that_no_option_names_is_not_known() {
    let files = [
        "--offered-itl",
        "@cluster/after-callmanager/ITLFile.tlv",
        "--tvs",
        "ccm1=@certs/ccm1-tvs-1.pem",
    ];
    let knows =
        ["--tvs-knows", "@cluster/after-callmanager/ITLFile.tlv", "--model", "8851", "--json"];
    let ask = |group: &str| {
        let output = predict(&[&BEFORE[..], &files, &knows, &["--cm-group", group]].concat());
        let answer: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
        (status(&output), answer["itl"]["outcome"].clone(), answer["assumed"].to_string())
    };
    assert_eq!((ask("ccm1").0, ask("CCM1").0), (0, 0));
    for (group, near) in [
        ("ccm1.voice.example", ", but one is for ccm1. "),
        ("192.0.2.11", ", but one is for ccm1. "),
        ("elsewhere", "\""),
    ] {
        let (status, outcome, assumed) = ask(group);
        assert_eq!((status, outcome), (3, "depends".into()), "{group}");
        assert!(assumed.contains(&format!("no --tvs is for {group}{near}")), "{assumed}");
    }
}
