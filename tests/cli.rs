//! The real binary: standard output, standard error and exit status.

mod common;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn trustlist(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist")).args(arguments).stdin(Stdio::null()).output().unwrap()
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
    words.iter().for_each(|word| assert!(stderr(&output).contains(word), "{word}: {}", stderr(&output)));
}

fn sample(name: &str) -> Option<String> {
    common::shared("samples").map(|folder| folder.join(name).display().to_string())
}

#[test]
fn the_real_lists_are_shown_and_valid() {
    let (Some(cucm), Some(certutils)) = (sample("cucm-ctl-2015.tlv"), sample("certutils-itl-2025.tlv")) else { return };
    let shown = trustlist(&["show", &cucm]);
    assert_eq!(status(&shown), 0);
    for words in ["CTL, version 1.2, 7166 bytes, 6 records", "signature    valid", "<- signed this file", "CN=CAPF-2076a1a2"] {
        assert!(stdout(&shown).contains(words), "{words}");
    }
    let verified = trustlist(&["verify", &cucm, &certutils]);
    assert_eq!(status(&verified), 0);
    assert_eq!(stdout(&verified).matches("signature valid").count(), 2);
}

#[test]
fn show_json_has_the_fields_of_the_contract() {
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let shown = trustlist(&["show", "--json", &cucm]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    for (field, value) in [("schema", "trustlist.list/1"), ("kind", "ctl"), ("source", "binary")] {
        assert_eq!(json[field], value);
    }
    assert_eq!(json["size"], 7166);
    assert_eq!(json["signature"], serde_json::json!({ "outcome": "valid", "reason": null, "key": "certificate" }));
    assert_eq!(json["header"]["serial"], "24491f10703fea9b");
    let record = &json["records"][0];
    for field in ["role", "server", "address", "subject", "issuer", "serial", "key", "not_after", "sha1", "offset", "length"] {
        assert!(!record[field].is_null(), "{field}");
    }
    assert_eq!(
        (&record["index"], &record["certificate"], &record["signed_this_file"]),
        (&1.into(), &"present".into(), &true.into())
    );
    assert_eq!(json["records"].as_array().unwrap().len(), 6);
}

#[test]
fn several_files_are_one_document_and_the_worst_status() {
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let broken = file("several.tlv", b"\x01\0\x02\x01\x02\x02\0\x02\xff\xff");
    let shown = trustlist(&["show", "--json", &cucm, broken.to_str().unwrap(), &cucm]);
    let json: serde_json::Value = serde_json::from_str(stdout(&shown)).unwrap();
    assert_eq!((status(&shown), &json["schema"]), (2, &"trustlist.files/1".into()));
    assert_eq!(json["files"].as_array().unwrap().len(), 3);
    assert!(json["files"][1]["error"].as_str().unwrap().contains("0x0005"));
    assert_eq!(json["files"][2]["records"].as_array().unwrap().len(), 6);
}

#[test]
fn a_flipped_byte_is_never_status_0() {
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let bytes = std::fs::read(cucm).unwrap();
    // Every byte is flipped in tests/samples.rs; here one of each part, through the real binary.
    for (at, expected) in [(0, 2), (8, 2), (0x40, 1), (0x4d, 3), (0xa5, 1), (0x134, 1), (0x200, 1), (7_000, 1)] {
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
        ("text.tlv", b"hello\n", &["found text"]),
        ("pem.tlv", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", &["found a PEM file"]),
        ("firmware.sbn", b"\xcd\x34\x12\xab\0\x02\0\0", &["found 78xx firmware"]),
        ("page.tlv", b"<html><body>404</body></html>", &["found an HTML page"]),
    ] {
        refused(&["show", file(name, bytes).to_str().unwrap()], words);
        refused(&["verify", file(name, bytes).to_str().unwrap()], words);
    }
}

#[test]
fn broken_lists_are_named_with_record_and_offset() {
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let bytes = std::fs::read(cucm).unwrap();
    let truncated = file("truncated.tlv", &bytes[..5_000]);
    refused(&["show", truncated.to_str().unwrap()], &["truncated.tlv", "record 5, record length (tag 1) at byte 0x1", "left"]);
    // The third record starts behind 312 + 2 * 1147 bytes.
    let mut wrong = bytes;
    wrong[312 + 2 * 1147 + 4] ^= 1;
    let wrong = file("third.tlv", &wrong);
    refused(&["show", wrong.to_str().unwrap()], &["record 3, ", "at byte 0x"]);
}

#[test]
fn a_sparse_gigabyte_is_refused_by_its_size() {
    let path = file("sparse.tlv", b"");
    File::options().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    refused(&["show", path.to_str().unwrap()], &["larger than 64 MiB"]);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn standard_input_is_read_and_may_end_early() {
    refused(&["show", "-"], &["standard input", "an empty file"]);
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let bytes = std::fs::read(cucm).unwrap();
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
    let Some(folder) = common::shared("corpus/valid") else { return };
    let path = folder.join("terminal-escapes.tlv").display().to_string();
    for arguments in [&["show", &path][..], &["show", "--json", &path], &["verify", &path]] {
        let output = trustlist(arguments);
        assert!(!output.stdout.iter().any(|&byte| byte < b' ' && byte != b'\n'), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_is_status_2() {
    for arguments in [&["show"][..], &["frobnicate"], &["verify", "a", "--with", "b", "--signer", "c"], &["show", "--nope", "x"]]
    {
        let output = trustlist(arguments);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{arguments:?}");
    }
    assert_eq!(status(&trustlist(&["--help"])), 0);
    assert_eq!(status(&trustlist(&["--version"])), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_reader_that_leaves_is_not() {
    let Some(cucm) = sample("cucm-ctl-2015.tlv") else { return };
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist")).args(["show", &cucm]).stdout(full).output().unwrap();
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("cannot write to standard output"));

    let mut child = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", &cucm])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output)), (0, ""));
}
