//! Faults around the process, through the real binary: a full disk, a limit on file sizes, a reader
//! that leaves, an input that ends early, a signal, a place that cannot be written to. Nothing is
//! left half-written, and the exit status is that of the contract: 2 if an answer could not be
//! given, that of the answer if it was not read.

#![cfg(unix)]

mod process;

use process::{command, path};
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-callmanager/ITLFile.tlv";
const SCENARIO: &str = "cases/simulate/callmanager-and-tvs.json";
const KEY: &str = "keys/rsa2048-01.pem";

/// Makes an empty folder for one test.
fn folder(test: &str) -> PathBuf {
    process::folder("faults", test)
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ends the process")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Every command that writes to standard output, with the status of its answer.
fn commands(folder: &Path) -> Vec<(Vec<String>, i32)> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (before, after, scenario, key) = (path(BEFORE), path(AFTER), path(SCENARIO), path(KEY));
    let cluster = std::fs::read_to_string(process::testdata(SCENARIO)).unwrap();
    let mut quiet: serde_json::Value = serde_json::from_str(&cluster).unwrap();
    quiet["plan"] = json!([{ "op": "check", "what": "phones" }]);
    let (cluster, quiet) = (file("cluster.json", &cluster), file("quiet.json", &quiet.to_string()));
    let inventory = file(
        "inventory.csv",
        &format!("device,model,itl\n{}", format!("SEP1,8851,{before}\n").repeat(200)),
    );
    let paste = file(
        "paste.txt",
        "paramname paramvalue\n===================== ==========\nRollBackToPreGrayback F\n",
    );
    let nodes = json!({ "nodes": [{ "name": "n" }], "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00" });
    let nodes = file("nodes.json", &nodes.to_string());
    let log = file("log.txt", "Jul  6 03:12:05 n cron 6 CROND[1]: (root) CMD (x)\n");
    let signed = file("signed.sgn", "");
    let sign = [
        "sign",
        &paste,
        "--key",
        &key,
        "--certificate",
        &path("certs/ccm1-callmanager-1.pem"),
        "--timestamp",
        "1",
        "-o",
        &signed,
    ];
    assert!(command(&sign).status().unwrap().success());
    let logs = format!("n={log}");
    let fleet = ["fleet", &inventory, "--offered-itl", &after, "--tvs", "none"];
    let with = |more: &[&'static str]| {
        fleet.iter().chain(more).map(|word| (*word).to_owned()).collect::<Vec<String>>()
    };
    let plain =
        |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    vec![
        (plain(&["--help"]), 0),
        (plain(&["--version"]), 0),
        (plain(&["fleet", "--help"]), 0),
        (plain(&["explain"]), 0),
        (plain(&["explain", "signer-unknown"]), 0),
        (plain(&["show", &before]), 0),
        (plain(&["show", "--json", &before, &after]), 0),
        (plain(&["show", "--cucm", &before]), 0),
        (plain(&["verify", &before]), 0),
        (plain(&["lint", &before]), 0),
        (plain(&["diff", &before, &after]), 3),
        (
            plain(&[
                "predict",
                "--installed-itl",
                &before,
                "--offered-itl",
                &after,
                "--model",
                "8851",
                "--tvs",
                "none",
            ]),
            1,
        ),
        (plain(&["simulate", &scenario]), 1),
        (plain(&["simulate", &scenario, "--json"]), 1),
        (plain(&["plan", "lint", &quiet]), 0),
        (plain(&["plan", "recover", &scenario]), 1),
        (plain(&["plan", "generate", &cluster, "--renew", "TVS"]), 0),
        (plain(&["plan", "generate", &cluster, "--renew", "TVS", "--json"]), 0),
        (plain(&["preflight", &paste]), 3),
        (
            plain(&[
                "deletion",
                "audit",
                &nodes,
                "--unit",
                "tomcat-trust",
                "--name",
                "a.pem",
                "--logs",
                &logs,
            ]),
            3,
        ),
        (plain(&["deletion", "predict", &scenario]), 0),
        (plain(&["strip", &signed]), 0),
        (plain(&["build", &path("build/itl.json"), "--key", &key]), 0),
        (with(&[]), 1),
        (with(&["--json"]), 1),
        (with(&["--csv"]), 1),
        (with(&["--rows"]), 1),
        (with(&["--html"]), 1),
    ]
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_by_every_command() {
    let folder = folder("full");
    for (words, answer) in commands(&folder) {
        let words = borrowed(&words);
        // Without a fault this is the answer: what follows is due to the fault alone.
        assert_eq!(status(&command(&words).output().unwrap()), answer, "{words:?}");
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(&words).stdout(full).output().unwrap();
        assert_eq!(status(&output), 2, "{words:?}: {}", stderr(&output));
        let last = stderr(&output).lines().last().unwrap_or_default();
        assert!(
            last.starts_with("error: cannot write to standard output: "),
            "{words:?}: {}",
            stderr(&output)
        );
    }
}

/// `yes | head`: the reader has seen enough. That is no failure, without a message; the status is
/// that of the answer.
#[test]
fn a_reader_that_leaves_changes_nothing() {
    let folder = folder("leaves");
    for (words, answer) in commands(&folder) {
        let words = borrowed(&words);
        let whole = command(&words).output().unwrap();
        let mut child = command(&words).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((status(&output), stderr(&output)), (answer, stderr(&whole)), "{words:?}");
    }
    // The reader is gone for certain before there is anything to write.
    let mut child = command(&["show", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let list = std::fs::read(process::testdata(BEFORE)).unwrap();
    child.stdin.take().unwrap().write_all(&list).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output)), (0, ""));
}

/// Runs with a limit on the size of files: of one block, which is less than any output here.
fn limited(arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -f 1 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_trustlist")])
        .args(arguments);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

/// The commands that write a file, without its name, which comes last. Each writes some kilobytes.
fn writers(folder: &Path) -> Vec<Vec<String>> {
    let payload = folder.join("payload.xml");
    std::fs::write(&payload, "<device/>".repeat(2_000)).unwrap();
    let signed = folder.join("payload.sgn");
    let (payload, signed) = (payload.to_str().unwrap(), signed.to_str().unwrap());
    let (key, certificate) = (path(KEY), path("certs/ccm1-callmanager-1.pem"));
    let sign =
        ["sign", payload, "--key", &key, "--certificate", &certificate, "--timestamp", "1", "-o"];
    assert!(command(&[&sign[..], &[signed]].concat()).status().unwrap().success());
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    vec![
        owned(&sign),
        owned(&["build", &path("build/itl.json"), "--key", &key, "-o"]),
        owned(&["strip", signed, "-o"]),
        owned(&["simulate", &path(SCENARIO), "--html"]),
    ]
}

#[test]
fn a_limit_on_file_sizes_leaves_nothing_behind() {
    let folder = folder("limit");
    let (inputs, outputs) = (folder.join("in"), folder.join("out"));
    std::fs::create_dir_all(&inputs).unwrap();
    std::fs::create_dir_all(&outputs).unwrap();
    let new = outputs.join("new");
    let old = outputs.join("old");
    std::fs::write(&old, "what was there").unwrap();
    for words in writers(&inputs) {
        for target in [&new, &old] {
            let words = [&borrowed(&words)[..], &[target.to_str().unwrap()]].concat();
            let output = limited(&words).output().unwrap();
            assert_eq!(
                (status(&output), output.stdout.len()),
                (2, 0),
                "{words:?}: {}",
                stderr(&output)
            );
            assert!(
                stderr(&output).contains(target.to_str().unwrap()),
                "{words:?}: {}",
                stderr(&output)
            );
            assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
            assert_eq!(names(&outputs), ["old"], "{words:?}");
            assert_eq!(std::fs::read_to_string(&old).unwrap(), "what was there");
        }
    }
    // Standard output as a file: a partial result is reported as useless.
    for (words, _) in commands(&inputs)
        .into_iter()
        .filter(|(words, _)| matches!(words[0].as_str(), "simulate" | "fleet"))
    {
        let words = borrowed(&words);
        let output = limited(&words).stdout(File::create(&new).unwrap()).output().unwrap();
        let larger = std::fs::metadata(&new).unwrap().len() >= 512;
        assert_eq!(status(&output) == 2, larger, "{words:?}: {}", stderr(&output));
        assert_eq!(
            stderr(&output).contains("cannot write to standard output"),
            larger,
            "{words:?}"
        );
    }
}

#[test]
fn what_is_written_is_written_whole_and_with_the_same_rights() {
    let folder = folder("whole");
    let inputs = folder.join("in");
    std::fs::create_dir_all(&inputs).unwrap();
    for words in writers(&inputs) {
        let (target, link) = (folder.join("target"), folder.join("link"));
        let run = |to: &Path| {
            let output = command(&[&borrowed(&words)[..], &[to.to_str().unwrap()]].concat())
                .output()
                .unwrap();
            assert!(matches!(status(&output), 0 | 1), "{words:?}: {}", stderr(&output));
        };
        run(&target);
        let new = std::fs::read(&target).unwrap();
        assert!(new.len() > 2_000, "{words:?}");
        std::fs::write(&target, "old").unwrap();
        std::fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).unwrap();
        symlink("target", &link).unwrap();
        run(&link);
        // The file that the link leads to was replaced, and the link stays.
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let replaced = std::fs::read(&target).unwrap();
        // The header of a built list has the time in it.
        assert_eq!(replaced.len(), new.len(), "{words:?}");
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(names(&folder), ["in", "link", "target"], "{words:?}");
        std::fs::remove_file(&target).unwrap();
        std::fs::remove_file(&link).unwrap();
    }
}

/// A device is written to, not replaced: as root, `-o /dev/null` would otherwise leave a file in
/// its place.
#[test]
fn devices_and_pipes_are_written_to_as_they_stand() {
    let folder = folder("devices");
    let inputs = folder.join("in");
    std::fs::create_dir_all(&inputs).unwrap();
    let (full, pipe) = (folder.join("full"), folder.join("pipe"));
    symlink("/dev/full", &full).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for words in writers(&inputs) {
        if Path::new("/dev/full").exists() {
            let output = command(&[&borrowed(&words)[..], &[full.to_str().unwrap()]].concat())
                .output()
                .unwrap();
            assert_eq!(status(&output), 2, "{words:?}");
            assert!(full.symlink_metadata().unwrap().is_symlink());
            assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
        }
        let child =
            command(&[&borrowed(&words)[..], &[pipe.to_str().unwrap()]].concat()).spawn().unwrap();
        let mut read = Vec::new();
        File::open(&pipe).unwrap().read_to_end(&mut read).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(
            matches!(status(&output), 0 | 1) && read.len() > 2_000,
            "{words:?}: {}",
            stderr(&output)
        );
        assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }
}

/// Root may write anywhere: places that even root cannot write to.
#[test]
fn where_nothing_can_be_written_nothing_is() {
    let folder = folder("nowhere");
    let inputs = folder.join("in");
    std::fs::create_dir_all(&inputs).unwrap();
    let under_a_file = inputs.join("payload.xml/out");
    let missing = folder.join("missing/out");
    let places = [
        under_a_file.to_str().unwrap(),
        missing.to_str().unwrap(),
        folder.to_str().unwrap(),
        "/proc/trustlist",
    ];
    for words in writers(&inputs) {
        for place in places {
            let words = [&borrowed(&words)[..], &[place]].concat();
            let output = command(&words).output().unwrap();
            assert_eq!((status(&output), output.stdout.len()), (2, 0), "{words:?}");
            assert!(stderr(&output).contains(place), "{}", stderr(&output));
            assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
            assert_eq!(names(&folder), ["in"], "{words:?}");
        }
    }
}

#[test]
fn an_input_is_never_the_output() {
    let folder = folder("same");
    for mut words in writers(&folder) {
        let copy = folder.join("copy");
        std::fs::copy(&words[1], &copy).unwrap();
        words[1] = copy.display().to_string();
        let before = std::fs::read(&copy).unwrap();
        let (link, hard) = (folder.join("link"), folder.join("hard"));
        symlink(&copy, &link).unwrap();
        std::fs::hard_link(&copy, &hard).unwrap();
        for target in [&copy, &link, &hard] {
            let output = command(&[&borrowed(&words)[..], &[target.to_str().unwrap()]].concat())
                .output()
                .unwrap();
            // A specification names its certificates from its folder, so the copy may be refused
            // before.
            assert_eq!(status(&output), 2, "{words:?}");
            assert!(
                words[0] == "build" || stderr(&output).contains("is an input"),
                "{words:?}: {}",
                stderr(&output)
            );
            assert_eq!(std::fs::read(&copy).unwrap(), before);
        }
        [&copy, &link, &hard].into_iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
    // A private key is an input too.
    let key = folder.join("key.pem");
    std::fs::copy(process::testdata(KEY), &key).unwrap();
    let key = key.to_str().unwrap();
    let output =
        command(&["build", &path("build/itl.json"), "--key", key, "-o", key]).output().unwrap();
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("is an input"), "{}", stderr(&output));
    assert_eq!(std::fs::read(key).unwrap(), std::fs::read(process::testdata(KEY)).unwrap());
}

/// A pipe that gives these bytes and ends.
fn fed(pipe: &Path, bytes: &'static [u8]) -> std::thread::JoinHandle<()> {
    let pipe = pipe.to_owned();
    std::thread::spawn(move || {
        drop(File::options().write(true).open(pipe).unwrap().write_all(bytes))
    })
}

#[test]
fn an_input_that_ends_early_is_said() {
    let folder = folder("ends");
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let list: &'static [u8] = std::fs::read(process::testdata(BEFORE)).unwrap().leak();
    let name = pipe.to_str().unwrap();
    for (words, bytes, expected) in [
        (&["show", name][..], &list[..list.len() - 9], "broken at record "),
        (&["show", name], &list[..40], "broken at "),
        (&["simulate", name], &b"{\"schema\": \"trustlist.simu"[..], "expected JSON"),
        (
            &["fleet", name, "--offered-itl", &path(AFTER)],
            b"device,itl\nSEP1,\"/a",
            "a row of 1 lines",
        ),
        (&["fleet", name, "--offered-itl", &path(AFTER)], b"", "an empty file"),
    ] {
        let writer = fed(&pipe, bytes);
        let output = command(words).output().unwrap();
        writer.join().unwrap();
        if expected == "a row of 1 lines" {
            // The row may be whole: it is judged, and its file is not there.
            assert_eq!(status(&output), 2, "{words:?}: {}", stderr(&output));
            continue;
        }
        assert_eq!(
            (status(&output), output.stdout.len()),
            (2, 0),
            "{words:?}: {}",
            stderr(&output)
        );
        assert!(stderr(&output).contains(expected), "{words:?}: {}", stderr(&output));
    }
    // The whole list through the same pipe is fine: it is no matter of pipes.
    let writer = fed(&pipe, list);
    assert_eq!(status(&command(&["verify", name]).output().unwrap()), 0);
    writer.join().unwrap();
}

/// Logs are read twice where no certificate is named; a pipe would be empty, or waited for, the
/// second time.
#[test]
fn what_can_be_read_once_is_not_read_twice() {
    let folder = folder("twice");
    let (pipe, nodes) = (folder.join("pipe"), folder.join("nodes.json"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let inventory = json!({ "nodes": [{ "name": "n" }], "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00" });
    std::fs::write(&nodes, inventory.to_string()).unwrap();
    let logs = format!("n={}", pipe.display());
    let words = ["deletion", "audit", nodes.to_str().unwrap(), "--logs", &logs];
    let output = command(&words).output().unwrap();
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("can be read once; name the certificate with --unit and --name"),
        "{}",
        stderr(&output)
    );
    let writer = fed(&pipe, b"Jul  6 03:12:05 n cron 6 CROND[1]: (root) CMD (x)\n");
    let words = [&words[..], &["--unit", "tomcat-trust", "--name", "a.pem"]].concat();
    assert_eq!(status(&command(&words).output().unwrap()), 3);
    writer.join().unwrap();
}

/// A fleet that has handed on its first row, and how it is read on.
fn started(form: &[&str]) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let (itl, offered) = (path(BEFORE), path(AFTER));
    let words = [&["fleet", "-", "--offered-itl", &offered, "--tvs", "none"][..], form].concat();
    let mut child = command(&words).stdin(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!("device,itl\nSEP1,{itl}\nSEP").as_bytes())
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    // A row of JSON ends its line with the next one, so it is not read by lines.
    while !first.contains("SEP1") {
        let read = stdout.fill_buf().unwrap();
        assert!(!read.is_empty(), "{first}");
        first.push_str(std::str::from_utf8(read).unwrap());
        let length = read.len();
        stdout.consume(length);
    }
    (child, stdout, first)
}

fn send(signal: &str, child: &Child) {
    assert!(
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success()
    );
}

#[test]
fn a_signal_ends_a_fleet_with_what_is_there_marked_as_partial() {
    for signal in ["-INT", "-TERM"] {
        for form in [&["--rows"][..], &["--csv"], &["--json", "--rows"]] {
            let (mut child, mut stdout, first) = started(form);
            send(signal, &child);
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).unwrap();
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(2), "{signal} {form:?}: {said}");
            assert!(
                said.contains("interrupted after 1 rows: the result is partial"),
                "{signal} {form:?}: {said}"
            );
            let all = first + &rest;
            match form {
                ["--csv"] => assert!(all.lines().last().unwrap().contains(",partial,"), "{all}"),
                ["--rows"] => assert!(all.contains("\nPARTIAL, interrupted after 1 rows"), "{all}"),
                _ => assert_eq!(
                    serde_json::from_str::<serde_json::Value>(&all).unwrap()["partial"],
                    true
                ),
            }
        }
    }
}

/// Whenever the signal comes: the file is there and whole, or it is not there; never a part of it.
#[test]
fn a_signal_leaves_no_part_of_a_file() {
    let folder = folder("signal");
    let (inputs, outputs) = (folder.join("in"), folder.join("out"));
    std::fs::create_dir_all(&inputs).unwrap();
    std::fs::create_dir_all(&outputs).unwrap();
    let payload = inputs.join("payload");
    std::fs::write(&payload, vec![b'x'; 8 << 20]).unwrap();
    let target = outputs.join("out.sgn");
    let (key, certificate) = (path(KEY), path("certs/ccm1-callmanager-1.pem"));
    let payload = payload.to_str().unwrap();
    let sign = [
        "sign",
        payload,
        "--key",
        &key,
        "--certificate",
        &certificate,
        "-o",
        target.to_str().unwrap(),
    ];
    for signal in ["-INT", "-TERM"] {
        let mut child = command(&sign).spawn().unwrap();
        // It is at its output, or has ended.
        while names(&outputs).is_empty() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(0) => assert!(std::fs::metadata(&target).unwrap().len() > 8 << 20),
            Some(2) => assert!(
                stderr(&output).contains("interrupted, nothing is written"),
                "{}",
                stderr(&output)
            ),
            other => panic!("{other:?}: {}", stderr(&output)),
        }
        assert!(names(&outputs).iter().all(|name| name == "out.sgn"), "{:?}", names(&outputs));
        let _ = std::fs::remove_file(&target);
    }
}
