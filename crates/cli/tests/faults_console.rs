//! Faults that were found in readers of pasted text, each by the input that showed it
//! (`testdata/faults/`), and the property that a paste says the same however it was copied.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use trustlist::console::{
    self, Given, Line, PhoneEventKind, PhoneFile, Print, SignatureWord, phone_events,
};
use trustlist::wire::TrustList;
use trustlist_cluster::case::PreflightCase;
use trustlist_cluster::code::PreflightCode;
use trustlist_cluster::preflight::{
    Check, Context, Fact, Item, Preflight, Source, Verdict, preflight,
};

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

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn path(name: &str) -> PathBuf {
    common::testdata(&format!("faults/{name}.txt"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

fn judged(text: &str) -> Preflight {
    preflight(&[Source { name: "paste.txt", text, node: None }], &Context::default())
}

fn check(answer: &Preflight, item: Item) -> &Check {
    answer.checks.iter().find(|check| check.item == item).unwrap()
}

fn older(check: &Check) -> Option<&[String]> {
    check.facts.iter().find_map(|(name, fact)| match fact {
        Fact::List(names) if *name == "older" => Some(names.as_slice()),
        _ => None,
    })
}

/// A file of this test run.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-console-{name}"));
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The last message about a list counts; without times there is a warning at most.
#[test]
fn f3_status_messages_are_a_history() {
    let timed = judged(&text("F3-status-history"));
    let phones = check(&timed, Item::Phones);
    assert_eq!((phones.verdict, phones.code), (Verdict::Info, PreflightCode::PhoneListUpdated));
    assert_eq!(older(phones), Some(&["No Trust List Installed (line 1)".to_owned()][..]));
    let untimed = judged(&text("F3-smallest"));
    let phones = check(&untimed, Item::Phones);
    assert_eq!((phones.verdict, phones.code), (Verdict::Warn, PreflightCode::PhoneListUpdated));
    assert_eq!(older(phones), Some(&["Trust List Update Failed (line 1)".to_owned()][..]));
    for name in ["F3-smallest", "F3-status-history"] {
        let preflight = trustlist(&["preflight", path(name).to_str().unwrap()]);
        assert_ne!(status(&preflight), 1, "{}", said(&preflight));
        let shown = trustlist(&["show", "--json", path(name).to_str().unwrap()]);
        let json: Json = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(
            (&json["events"][0]["superseded"], &json["events"][1]["superseded"]),
            (&true.into(), &false.into())
        );
    }
}

/// A failure that is the last word blocks, whatever was before, and whatever another phone says.
#[test]
fn f3_the_last_failure_blocks() {
    for text in [
        "10:58:01 Trust List Updated\n10:58:20 Trust List Update Failed\n",
        "Trust List Updated\nTrust List Update Failed\n",
        // Newest first.
        "10:58:20 Trust List Update Failed\n10:58:01 Trust List Updated\n10:57:58 Trust List Updated\n",
        "11:59:58p Trust List Updated\n12:00:08a Trust List Update Failed\n",
        // Two phones.
        "SEP001122334455\n10:58:01 Trust List Update Failed\nSEP001122334466\n10:58:20 Trust List Updated\n",
        "10:58:01 Trust List Update Failed\n10:58:02 SEP001122334455.cnf.xml.sgn\n10:58:20 Trust List Updated\n10:58:22 SEP001122334466.cnf.xml.sgn\n",
        "SEP001122334455 10:58:01 Trust List Update Failed\nSEP001122334466 10:58:20 Trust List Updated\n",
        "10:58:20 Trust List Update Failed\n\n10:57:01 SEP001122334466.cnf.xml.sgn\n10:57:30 Trust List Updated\n",
        "10:58:01 Trust List Updated\n10:58:20 Trust List Update Failed\n10:50:01 Trust List Updated\n10:50:20 Trust List Updated\n",
        // The time after the message; the newest first.
        "Trust List Update Failed 10:58:20\nTrust List Updated 10:58:01\n",
        // A page in one line, the newest first.
        "<html><table><tr><td>10:58:20 Trust List Update Failed</td></tr><tr><td>10:58:01 Trust List Updated</td></tr></table></html>",
        // Another paste in the same file.
        "10:58:01 Trust List Update Failed\nadmin:show version\n10:58:20 Trust List Updated\n",
        // Another list.
        "10:58:01 CTL update failed\n10:58:20 ITL installed\n",
    ] {
        let answer = judged(text);
        let blocks = |check: &Check| {
            check.verdict == Verdict::Block && check.code == PreflightCode::PhoneListUpdateFailed
        };
        assert!(answer.checks.iter().any(blocks), "{text}{:?}", check(&answer, Item::Phones));
    }
    let recovered = "10:58:20 Trust List Updated\n10:58:01 Trust List Update Failed\n10:57:58 Trust List Updated\n";
    assert_eq!(check(&judged(recovered), Item::Phones).verdict, Verdict::Info);
    let by_two =
        "10:58:01 Trust List Update Failed\n10:58:20 CTL Installed\n10:58:21 ITL Installed\n";
    assert_eq!(check(&judged(by_two), Item::Phones).verdict, Verdict::Info);
    let dated = "[11:58:01p 11/01/26] Trust List Update Failed\n[12:00:03a 11/02/26] CTL and ITL installed\n";
    assert_eq!(check(&judged(dated), Item::Phones).verdict, Verdict::Info);
}

#[test]
fn f4_messages_that_the_rules_know() {
    let event = |text: &str| {
        let events = phone_events(text);
        assert_eq!(events.len(), 1, "{text}: {events:?}");
        (events[0].kind, events[0].file)
    };
    assert_eq!(
        event(&text("F4-config-refused-message")),
        (PhoneEventKind::Refused, Some(PhoneFile::Config))
    );
    let shown = trustlist(&["show", "--json", path("F4-config-refused-message").to_str().unwrap()]);
    let json: Json = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(
        (status(&shown), &json["events"][0]["event"], &json["events"][0]["list"]),
        (0, &"refused".into(), &"config".into())
    );
    let answer = judged(&text("F4-config-refused-message"));
    assert_eq!(check(&answer, Item::Phones).code, PreflightCode::PhoneConfigRefused);
    assert!(answer.blocks());
    assert_eq!(event("CTLFile.tlv not found in 192.0.2.10").1, Some(PhoneFile::Ctl));
    assert_eq!(
        event("2: NOT 08:00:01.1 SECD: lookupCTL: ** no CTL, assume TFTP NONSECURE"),
        (PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl))
    );
    assert_eq!(event("10:58:01 TFTP authorization failure").0, PhoneEventKind::NotAuthorized);
    assert_eq!(event("Erasing CTL and ITL files").0, PhoneEventKind::Erased);
    for (message, code) in [
        ("TFTP authorization failure", PreflightCode::PhoneTftpNotAuthorized),
        ("Erasing CTL and ITL files", PreflightCode::PhoneHoldsNoList),
        ("ITLFile.tlv not found in ccm1", PreflightCode::PhoneFileNotFound),
    ] {
        assert_eq!(check(&judged(message), Item::Phones).code, code, "{message}");
    }
}

/// A page that a phone shows in a browser is read like the messages on it.
#[test]
fn f4_the_page_of_a_phone() {
    let page = "<!DOCTYPE html>\n<html><head><title>Cisco IP Phone</title></head><body>\n<B>SEP001122334455</B><table>\n<tr><td>11:02:13am \
                11/02/26</td></tr>\n<tr><td>Trust List Update Failed</td></tr>\n<tr><td>File Not Found &lt;CTLFile.tlv&gt;</td></tr>\n\
                </table></body></html>\n";
    let kinds: Vec<_> = phone_events(page).iter().map(|event| (event.kind, event.line)).collect();
    let not_found = PhoneEventKind::NotFound(trustlist::facts::ListKind::Ctl);
    assert_eq!(kinds, [(PhoneEventKind::Refused, Line(5)), (not_found, Line(6))]);
    let shown = trustlist(&["show", &file("page.html", page.as_bytes())]);
    assert!(
        status(&shown) == 0 && said(&shown).contains("line 5: the phone refused a list"),
        "{}",
        said(&shown)
    );
    assert!(judged(page).blocks());
}

#[test]
fn f5_digits_never_join_over_a_line_break() {
    let print = console::list(&text("F5-smallest"), None).unwrap();
    assert_eq!(print.size, Some(7568));
    let answer = judged(&text("F5-smallest"));
    assert!(
        !answer.blocks()
            && !answer.checks.iter().any(|check| check.code == PreflightCode::ItlTooLarge)
    );
    let shown = trustlist(&["show", path("F5-smallest").to_str().unwrap()]);
    assert!(status(&shown) == 3 && said(&shown).contains("7568 bytes"), "{}", said(&shown));
    for next in ["09:12:02 x", "12. x", "12 x", "1", "> 5"] {
        let text =
            format!("Length of ITL file: 7568\n{next}\nThe ITL file was verified successfully.\n");
        assert_eq!(console::list(&text, None).unwrap().size, Some(7568), "{next}");
    }
}

#[test]
fn f5_the_times_of_a_terminal_log_are_no_values() {
    let print = console::list(&text("F5-time-stamped-terminal-log"), None).unwrap();
    assert_eq!(
        (print.size, print.header_length, print.version),
        (Some(7568), Some(496), Some((1, 2)))
    );
    assert!(print.md5.is_some() && print.sha1.is_some());
    let name = "CN=ITLRECOVERY_ccm1.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL";
    assert_eq!(print.signer_subject(), Some(name));
    let record = &print.records[0];
    assert_eq!(
        (record.index.0, record.length(), record.server()),
        (1, Some(1121), "ccm1.voice.example")
    );
    assert_eq!(record.identity().unwrap().serial.to_string(), "41085e9ebdb7b3afad5e596d9c60eb3b");
    assert_eq!(print.records[0].line, Line(24), "lines are those of the paste");
    // If only some lines have a time, the length of a value still gives its end.
    let text = text("F5-time-stamped-terminal-log");
    let some: Vec<&str> = text
        .lines()
        .map(|line| if line.contains("NAME") { line.get(9..).unwrap() } else { line })
        .collect();
    assert_eq!(console::list(&some.join("\n"), None).unwrap().signer_subject(), Some(name));
}

/// An echo that cannot be read does not hide an answer that can.
#[test]
fn f6_mixed_mode_below_an_echo_in_typographic_quotes() {
    let text = text("F6-smart-quotes");
    for quote in ["\u{2019}", "\u{2018}", "\u{201d}", "&#39;", "`", "\u{b4}", "''"] {
        let answer = judged(&text.replace('\u{2019}', quote));
        let mode = check(&answer, Item::Mode);
        assert_eq!(
            (mode.code, mode.evidence.as_ref().unwrap().line),
            (PreflightCode::ModeMixed, Line(4)),
            "{quote}"
        );
        let rollback = text
            .replace('\u{2019}', quote)
            .replace("ClusterSecurityMode", "RollBackToPreGrayback")
            .replace(" 1\n", " T\n");
        assert_eq!(
            check(&judged(&rollback), Item::Rollback).code,
            PreflightCode::RollbackOn,
            "{quote}"
        );
    }
    // An echo alone is no answer.
    let echo = text.lines().next().unwrap();
    assert_ne!(check(&judged(echo), Item::Mode).verdict, Verdict::Info);
    let itl =
        file("itl.txt", common::show_itl(&[("ccm1", "TVS"), ("ccm1", "CCM+TFTP")]).as_bytes());
    let init = trustlist(&[
        "plan",
        "init",
        "--version",
        "12.5",
        &format!("ccm1={itl}"),
        path("F6-smart-quotes").to_str().unwrap(),
    ]);
    assert!(said(&init).contains("\"mode\": \"mixed\""), "{}", said(&init));
}

/// A negation never reads as success.
#[test]
fn f9_no_ctl_installed_is_no_list_taken() {
    let events = phone_events(&text("F9-no-ctl-installed"));
    assert_eq!(
        (events[0].kind, events[0].file),
        (PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl))
    );
    let answer = judged(&text("F9-no-ctl-installed"));
    assert_eq!(check(&answer, Item::Phones).code, PreflightCode::PhoneHoldsNoList);
    let shown = trustlist(&["show", path("F9-no-ctl-installed").to_str().unwrap()]);
    assert!(!said(&shown).contains("taken"), "{}", said(&shown));
}

/// A loss in the paste of a record is reported with its line, and the answer is no firm yes.
#[test]
fn what_a_paste_lost_is_said_with_its_line() {
    let list = std::fs::read(common::testdata("cluster/before/ITLFile.tlv")).unwrap();
    let whole = Print::from_list(&TrustList::parse(&list).unwrap(), SignatureWord::Good)
        .unwrap()
        .to_string();
    let line = whole.lines().position(|line| line.starts_with("6\tSERIALNUMBER")).unwrap();
    let lost: Vec<String> = whole
        .lines()
        .enumerate()
        .map(|(at, text)| if at == line { cut(text) } else { text.to_owned() })
        .collect();
    let (whole, lost) =
        (file("whole.txt", whole.as_bytes()), file("lost.txt", lost.join("\n").as_bytes()));
    let shown = trustlist(&["show", &lost]);
    assert!(status(&shown) == 3 && said(&shown).contains("print-lacks-values"), "{}", said(&shown));
    assert_eq!(status(&trustlist(&["show", &whole])), 0);
    let begins = whole_record_line(&lost);
    let diff = trustlist(&["diff", &whole, &lost]);
    assert!(
        status(&diff) == 3 && said(&diff).contains(&format!("lost.txt: line {begins}: record 1:")),
        "{}",
        said(&diff)
    );
    let predict = trustlist(&[
        "predict",
        "--json",
        "--installed-itl",
        &lost,
        "--offered-itl",
        &lost,
        "--model",
        "8851",
    ]);
    let json: Json = serde_json::from_slice(&predict.stdout).unwrap();
    let told = |said: &Json| {
        said.as_str().unwrap().contains(&format!("lost.txt: line {begins}: record 1:"))
    };
    assert_eq!(
        json["assumed"].as_array().unwrap().iter().filter(|said| told(said)).count(),
        1,
        "{json}"
    );
    assert_eq!(status(&predict), 3, "{}", said(&predict));
    // A list with a missing part is refused for thousands of phones.
    let inventory = file(
        "inventory.csv",
        format!("device,model,itl\nSEP0,8851,{lost}\nSEP1,8851,{whole}\n").as_bytes(),
    );
    let fleet =
        trustlist(&["fleet", &inventory, "--offered-itl", &whole, "--tvs", "none", "--csv"]);
    let row = format!("lost.txt: line {begins}: record 1:");
    let answers = String::from_utf8_lossy(&fleet.stdout).into_owned();
    assert!(
        status(&fleet) == 2 && answers.contains("unreadable") && answers.contains(&row),
        "{answers}"
    );
    for given in
        [vec!["--offered-itl", &lost], vec!["--installed-itl", &lost, "--offered-itl", &whole]]
    {
        let fleet = trustlist(&[&["fleet", &inventory], &given[..]].concat());
        assert!(
            status(&fleet) == 2
                && said(&fleet).contains(&row)
                && said(&fleet).contains("expected the file itself"),
            "{}",
            said(&fleet)
        );
    }
    let nothing = file("nothing.txt", b"\nThe ITL file was verified successfully.\n");
    for command in [vec!["show", &nothing], vec!["diff", &nothing, &whole]] {
        let refused = trustlist(&command);
        assert!(
            status(&refused) == 2
                && said(&refused).contains("line 2: nothing of the list can be read"),
            "{}",
            said(&refused)
        );
    }
}

/// Half a serial number.
fn cut(row: &str) -> String {
    row.get(..row.len() - 8).unwrap().to_owned()
}

/// The line of record 1.
fn whole_record_line(path: &str) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().position(|line| line.contains("Record #:1")).unwrap() + 1
}

/// A way to copy text: what each line begins with.
const PREFIXES: &[&str] =
    &["", "09:12:02 ", "[2026-11-02 09:12:02.123] ", "> ", "| ", "12. ", "* ", "> > "];

/// Every way to copy a text: a prefix, line ends, pager lines, an encoding.
fn copies(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for prefix in PREFIXES {
        for end in ["\n", "\r\n"] {
            for pager in ["", PAGER, OPTIONS] {
                let mut copy = String::new();
                for (number, line) in text.lines().enumerate() {
                    copy += &[prefix, line, end].concat();
                    if number % 17 == 16 && !pager.is_empty() {
                        copy += &[prefix, pager, end].concat();
                    }
                }
                let how = format!("{prefix:?} {end:?} {pager:?}");
                if pager == PAGER {
                    found.push((how, copy.into_bytes()));
                    continue;
                }
                let unit =
                    |of: fn(u16) -> [u8; 2]| copy.encode_utf16().flat_map(of).collect::<Vec<u8>>();
                found.push((format!("{how}, UTF-16 LE"), unit(u16::to_le_bytes)));
                found.push((format!("{how}, UTF-16 BE"), unit(u16::to_be_bytes)));
                found.push((
                    format!("{how}, UTF-16 LE with a mark"),
                    [b"\xff\xfe".to_vec(), unit(u16::to_le_bytes)].concat(),
                ));
                found.push((how, copy.into_bytes()));
            }
        }
    }
    found
}

const PAGER: &str = "---- Press <ENTER> for 1 line, <SPACE> for one page, or <Q> to quit ----";
const OPTIONS: &str = "options: q=quit, n=next, p=prev, b=begin, e=end (lines 1 - 17 of 99) :";

fn decoded(bytes: &[u8]) -> String {
    match Given::of(bytes) {
        Given::Text(text) => text,
        Given::Binary(_) => panic!("text"),
    }
}

/// Everything but the numbers of lines.
fn without_lines(what: &impl std::fmt::Debug) -> String {
    let text = format!("{what:?}");
    let mut parts = text.split("Line(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        out + "Line(" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

/// Prefix, line ends, pager lines and encoding of a copy change nothing of what a print says.
#[test]
fn a_print_says_the_same_however_it_was_copied() {
    let mut seen = 0;
    for entry in std::fs::read_dir(common::testdata("prints")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let clean = console::parse(&text);
        for (how, copy) in copies(&text) {
            assert!(
                without_lines(&console::parse(&decoded(&copy))) == without_lines(&clean),
                "{}: {how}",
                path.display()
            );
        }
        seen += 1;
    }
    assert!(seen > 5);
}

/// Nor what a check says, nor what a phone said.
#[test]
fn a_check_says_the_same_however_it_was_copied() {
    let mut seen = 0;
    for entry in std::fs::read_dir(common::testdata("cases/preflight")).unwrap() {
        let path = entry.unwrap().path();
        let case = PreflightCase::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let told = |text: &str| {
            let answer =
                preflight(&[Source { name: "paste.txt", text, node: None }], &case.context);
            let evident = answer.checks.into_iter().filter(|check| check.evidence.is_some());
            evident
                .map(|check| (check.item, check.verdict, check.code, without_older(&check)))
                .collect::<Vec<_>>()
        };
        let clean = told(&case.output);
        for (how, copy) in copies(&case.output) {
            assert_eq!(told(&decoded(&copy)), clean, "{}: {how}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// The facts without lines.
fn without_older(check: &Check) -> String {
    let facts: Vec<_> = check.facts.iter().filter(|(name, _)| *name != "older").collect();
    // A copy can have lines of its own, so the lost parts of a list are in other lines of it.
    let text = format!("{facts:?}");
    let mut parts = text.split("line ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "line " + part.trim_start_matches(char::is_numeric))
}

/// Lines in messages are those of the original paste.
#[test]
fn lines_are_those_of_the_paste() {
    let list = std::fs::read(common::testdata("cluster/before/ITLFile.tlv")).unwrap();
    let text = Print::from_list(&TrustList::parse(&list).unwrap(), SignatureWord::Good)
        .unwrap()
        .to_string();
    let clean = &console::parse(&text)[0];
    let copy: String = text.lines().map(|line| format!("> {PAGER}\r\n> {line}\r\n")).collect();
    let copied = &console::parse(&copy)[0];
    for (one, other) in clean.records.iter().zip(&copied.records) {
        assert_eq!(Line(one.line.0 * 2), other.line);
    }
}
