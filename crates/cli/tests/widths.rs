//! Every command at several widths, in colour, quiet, and with piped input: nothing is cut, nothing
//! is wider than it should be.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The binary without the environment of the terminal that runs the test.
fn trustlist(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command.current_dir(root()).args(line.split_whitespace()).stdin(Stdio::null());
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("widths").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Two snapshots, an inventory, logs and pastes, by the paths that the lines below have.
fn inputs(name: &str) -> String {
    let folder = folder(name);
    for (snapshot, lists) in [("before", "before"), ("after", "after-both")] {
        let saved = folder.join(format!("saved-{snapshot}/ccm1"));
        std::fs::create_dir_all(&saved).unwrap();
        let list = root().join(format!("testdata/cluster/{lists}/ITLFile.tlv"));
        std::fs::copy(list, saved.join("ITLFile.tlv")).unwrap();
        let number = if snapshot == "before" { 1 } else { 2 };
        let certificate = root().join(format!("testdata/certs/ccm1-tvs-{number}.pem"));
        std::fs::copy(certificate, saved.join("TVS.pem")).unwrap();
        let line = format!(
            "collect --from-folder {0}/saved-{snapshot} --out {0}/{snapshot}",
            folder.display()
        );
        let made = trustlist(&line).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}{}", stdout(&made), stderr(&made));
    }
    let phones = "device,model,itl,cm_group,Device Pool\n\
        SEP001122334401,8851,testdata/cluster/before/ITLFile.tlv,ccm1,Utrecht\n\
        SEP001122334402,Cisco Unified Client Services Framework,testdata/cluster/after-both/ITLFile.tlv,ccm1,A pool with a name that is longer than its column\n\
        SEP001122334403,7975,,ccm2,Delft\n";
    std::fs::write(folder.join("phones.csv"), phones).unwrap();
    let nodes = r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "clock_skew_seconds": 60,
        "nodes": [ { "name": "n1", "product": "cucm" } ] }"#;
    std::fs::write(folder.join("nodes.json"), nodes).unwrap();
    let log = "Jul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (--no-wait platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=old.pem)\n";
    std::fs::write(folder.join("messages"), log).unwrap();
    let show = trustlist("show --cucm testdata/cluster/before/ITLFile.tlv").output().unwrap();
    std::fs::write(folder.join("show-itl.txt"), ["admin:show itl\n", &stdout(&show)].concat())
        .unwrap();
    folder.display().to_string()
}

/// A line for every command that answers with text. Documents are as wide as they are: JSON, CSV,
/// run books and change tickets (their commands are pasted), the layout of CUCM.
fn lines(folder: &str) -> Vec<String> {
    let before = "testdata/cluster/before/ITLFile.tlv";
    let both = "testdata/cluster/after-both/ITLFile.tlv";
    let predict = format!(
        "predict --installed-itl {before} --offered-itl {both} --model 8851 --cm-group ccm1,ccm2 \
         --tvs ccm1=testdata/certs/ccm1-tvs-2.pem"
    );
    let fleet = format!("fleet {folder}/phones.csv --offered-itl {both} --tvs none");
    let scenario = "testdata/cases/simulate/callmanager-and-tvs.json";
    vec![
        format!("show {before} {folder}/show-itl.txt"),
        format!("verify {before} testdata/bad/flipped-record.tlv"),
        format!(
            "lint --at 2029-01-10 --within 90d {before} {folder}/show-itl.txt testdata/forms/every-form.tlv"
        ),
        format!("diff {before} {both}"),
        predict.clone(),
        format!("{predict} --explain"),
        fleet.clone(),
        format!("{fleet} --rows --by Device_Pool"),
        format!("collect --from-folder {folder}/saved-before --out {folder}/snapshot-WIDTH"),
        format!("check {folder}/before {folder}/after --inventory {folder}/phones.csv"),
        format!("check {folder}/before --at 2026-11-20"),
        format!("expiry --at 2026-11-20 {before} testdata/certs/ccm1-tvs-1.pem"),
        format!("simulate {scenario}"),
        "plan lint testdata/cases/lint/L02.json testdata/cases/lint/L07.json".to_owned(),
        format!("plan recover {scenario}"),
        format!("plan recover --inventory {folder}/phones.csv --offered-itl {both}"),
        format!("preflight {folder}/show-itl.txt"),
        format!("deletion audit {folder}/nodes.json --logs n1={folder}/messages"),
        "deletion predict testdata/cases/lint/deletion-comes-back.json".to_owned(),
        format!("expiry --at 2026-11-20 --within 90d {folder}/before"),
        "man --out MAN".replace("MAN", &format!("{folder}/man")),
        "explain".to_owned(),
        "explain glossary".to_owned(),
        "explain P-ITL".to_owned(),
        "explain SAST".to_owned(),
        "explain signer-unknown".to_owned(),
        "explain P-TVS-2".to_owned(),
    ]
}

/// A line may only be wider if it is one word, such as a path or a checksum.
#[track_caller]
fn fits(text: &str, width: usize, line: &str) {
    for told in text.lines() {
        let columns = told.chars().count();
        let is_word = !told.trim_start().contains(' ');
        assert!(columns <= width || is_word, "{line}\n{columns} columns of {width}: {told}");
    }
}

/// All letters of a text, without the blanks that a width decides.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn every_command_fits_every_width_and_loses_no_letter() {
    let folder = inputs("fits");
    for line in lines(&folder) {
        let mut before: Option<String> = None;
        for width in [None, Some(60), Some(80), Some(120)] {
            let line =
                line.replace("WIDTH", &width.map_or("pipe".to_owned(), |width| width.to_string()));
            let mut command = trustlist(&line);
            if let Some(width) = width {
                command.env("COLUMNS", width.to_string());
            }
            let output = command.output().unwrap();
            let text = stdout(&output);
            assert!(!text.is_empty(), "{line}: {}", stderr(&output));
            fits(&text, width.unwrap_or(100), &line);
            if width.is_some() {
                fits(&stderr(&output), width.unwrap_or(100), &line);
            }
            let told = letters(
                &text
                    .replace("snapshot-pipe", "")
                    .replace(&format!("snapshot-{}", width.unwrap_or(0)), ""),
            );
            match &before {
                Some(before) => assert_eq!(*before, told, "{line} at {width:?}"),
                None => before = Some(told),
            }
        }
    }
}

/// Every command, as `help` lists them.
fn commands() -> Vec<String> {
    let (mut found, mut open) = (vec![String::new()], vec![String::new()]);
    while let Some(command) = open.pop() {
        let help = stdout(&trustlist(&format!("{command} --help")).output().unwrap());
        let Some((_, listed)) = help.split_once("\nCommands:\n") else { continue };
        let names = listed.lines().take_while(|line| !line.is_empty());
        let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in names.filter_map(|line| line.split_whitespace().next()) {
            if name != "help" {
                found.push(format!("{command} {name}").trim().to_owned());
                open.extend(found.last().cloned());
            }
        }
    }
    found
}

/// Commands whose output is a document, a file or the help of other commands: it is as wide as it
/// is.
const DOCUMENTS: [&str; 7] =
    ["", "build", "completions", "plan generate", "plan init", "sign", "strip"];

#[test]
fn every_command_that_answers_with_text_is_measured() {
    let lines = lines("FOLDER");
    for command in commands() {
        let is_measured =
            lines.iter().any(|line| *line == command || line.starts_with(&format!("{command} ")));
        assert_eq!(is_measured, !DOCUMENTS.contains(&command.as_str()), "{command}");
    }
}

#[test]
fn help_is_short_or_long_and_fits() {
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    for command in &commands {
        for width in [60, 80, 100, 120] {
            for (option, most) in [("-h", 50), ("--help", usize::MAX)] {
                let line = format!("{command} {option}");
                let output = trustlist(&line).env("COLUMNS", width.to_string()).output().unwrap();
                let help = stdout(&output);
                fits(&help, width, &line);
                assert!(
                    width < 100 || help.lines().count() <= most,
                    "{line}: {} lines",
                    help.lines().count()
                );
                let global =
                    help.find("Global options:").unwrap_or_else(|| panic!("{line}: {help}"));
                let options = help.find("\nOptions:").unwrap();
                assert!(options < global, "{line}");
                if option == "--help" {
                    let [examples, exit, see] = ["Examples:\n", "Exit status:\n", "See also: "]
                        .map(|part| help.find(part).unwrap_or_else(|| panic!("{line}: no {part}")));
                    assert!(global < examples && examples < exit && exit < see, "{line}");
                    let examples = help[examples..exit].matches("\n  trustlist").count()
                        + help[examples..exit].matches("\n  source").count();
                    assert!(examples >= 2, "{line}");
                }
            }
        }
    }
}

#[test]
fn manual_pages_have_their_sections() {
    let folder = folder("man");
    let made = trustlist(&format!("man --out {}", folder.display())).output().unwrap();
    assert!(made.status.success());
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        let sections =
            ["NAME", "SYNOPSIS", "EXAMPLES", "\"EXIT STATUS\"", "ENVIRONMENT", "\"SEE ALSO\""];
        let places: Vec<usize> = sections
            .iter()
            .map(|section| {
                let head = format!(".SH {section}");
                page.find(&head)
                    .unwrap_or_else(|| panic!("{}: no {section}\n{page}", path.display()))
            })
            .collect();
        assert!(places.is_sorted(), "{}", path.display());
    }
}

/// Colour marks words that are there without it.
#[test]
fn colour_is_asked_for_and_says_nothing_alone() {
    let folder = inputs("colour");
    for line in lines(&folder).into_iter().filter(|line| !line.starts_with("collect")) {
        let plain = trustlist(&line).output().unwrap();
        let coloured = trustlist(&format!("{line} --color always")).output().unwrap();
        assert!(!stdout(&plain).contains('\u{1b}'), "{line}");
        assert_eq!(without_colour(&stdout(&coloured)), stdout(&plain), "{line}");
        assert_eq!(without_colour(&stderr(&coloured)), stderr(&plain), "{line}");
    }
    let line = format!("predict --installed-itl nowhere.tlv --offered-itl {folder}/x");
    for (option, coloured) in [("always", true), ("auto", false), ("never", false)] {
        let output = trustlist(&format!("--color {option} {line}")).output().unwrap();
        assert_eq!(stderr(&output).contains("\u{1b}["), coloured, "{option}");
        let usage = trustlist(&format!("show --nope --color={option}")).output().unwrap();
        assert_eq!(stderr(&usage).contains("\u{1b}["), coloured, "{option}");
        assert!(without_colour(&stderr(&output)).starts_with("error: nowhere.tlv: "));
        assert!(without_colour(&stderr(&usage)).starts_with("error: "));
    }
    let forced = trustlist("explain SAST").env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output();
    assert!(!stdout(&forced.unwrap()).contains('\u{1b}'));
    let answer = trustlist("verify testdata/bad/flipped-record.tlv --json --color always");
    assert!(!stdout(&{ answer }.output().unwrap()).contains('\u{1b}'), "a document has no colour");
}

fn without_colour(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = code.split_once('m').unwrap().1;
    }
    out + rest
}

#[test]
fn quiet_leaves_the_status_the_errors_and_the_documents() {
    let list = "testdata/cluster/before/ITLFile.tlv";
    for (line, status, out, err) in [
        (format!("show -q {list}"), 0, false, false),
        ("verify --quiet testdata/bad/flipped-record.tlv".to_owned(), 1, false, false),
        (format!("show -q --json {list}"), 0, true, false),
        (format!("show -q --cucm {list}"), 0, true, false),
        ("show -q nowhere.tlv".to_owned(), 2, false, true),
        // A warning: the second list is older.
        (format!("diff -q testdata/cluster/after-both/ITLFile.tlv {list}"), 3, false, false),
    ] {
        let output = trustlist(&line).output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{line}");
        assert_eq!((!output.stdout.is_empty(), !output.stderr.is_empty()), (out, err), "{line}");
    }
}

#[test]
fn a_file_may_be_piped_without_a_dash() {
    let folder = inputs("piped");
    let read = |path: &str| std::fs::read(root().join(path)).unwrap();
    let list = read("testdata/cluster/before/ITLFile.tlv");
    let scenario = read("testdata/cases/simulate/callmanager-and-tvs.json");
    let cluster = read("testdata/clusters/10.5-non-secure.json");
    let of_folder = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap();
    let both = "testdata/cluster/after-both/ITLFile.tlv";
    let lines: Vec<(String, String, &[u8])> = [
        ("show", "", &list[..]),
        ("verify", "", &list),
        ("lint", "--at 2026-11-20", &list),
        ("expiry", "--at 2026-11-20", &list),
        ("simulate", "", &scenario),
        ("plan lint", "", &scenario),
        ("plan recover", "", &scenario),
        ("plan generate", "--renew CallManager", &cluster),
        ("deletion predict", "", &scenario),
    ]
    .map(|(command, options, bytes)| (command.to_owned(), options.to_owned(), bytes))
    .to_vec();
    let (phones, paste) = (of_folder("phones.csv"), of_folder("show-itl.txt"));
    let nodes = of_folder("nodes.json");
    let more: Vec<(String, String, &[u8])> = vec![
        ("fleet".to_owned(), format!("--offered-itl {both} --tvs none"), &phones),
        ("preflight".to_owned(), String::new(), &paste),
        ("plan init".to_owned(), "--version 12.5".to_owned(), &paste),
        ("deletion audit".to_owned(), format!("--logs n1={folder}/messages"), &nodes),
    ];
    for (command, options, bytes) in lines.into_iter().chain(more) {
        let run = |dash: &str| {
            let line = format!("{command} {dash} {options}");
            let mut child = trustlist(&line)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            child.stdin.take().unwrap().write_all(bytes).unwrap();
            child.wait_with_output().unwrap()
        };
        let (dash, piped) = (run("-"), run(""));
        assert!(!dash.stdout.is_empty(), "{command}: {}", stderr(&dash));
        assert_eq!(stdout(&piped), stdout(&dash), "{command}");
        assert_eq!(piped.status.code(), dash.status.code(), "{command}");
    }
}
