//! `preflight` over several files: every numbered check answered, nothing passed that was not pasted.
#![cfg(all(feature = "serde", feature = "rsa"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use trustlist::case::PreflightCase;
use trustlist::code::PreflightCode;
use trustlist::console::Line;
use trustlist::console::preflight::{Check, Context, Item, Preflight, SecurityMode, Source, Verdict, preflight};
use trustlist::report;

fn judge(files: &[(&str, &str)], context: &Context) -> Preflight {
    let sources: Vec<Source<'_>> = files.iter().map(|&(name, text)| Source { name, text }).collect();
    preflight(&sources, context)
}

fn check(answer: &Preflight, code: PreflightCode) -> &Check {
    answer.checks.iter().find(|check| check.code == code).unwrap_or_else(|| panic!("no {code}"))
}

const ROLLBACK: &str = "admin:run sql select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'\nparamname paramvalue\n===================== ==========\nRollBackToPreGrayback F\n";
const MODE: &str = "paramname           paramvalue\n=================== ==========\nClusterSecurityMode 1\n";
const NO_CTL: &str = "Length of CTL file: 0\nCTL File not found.\nError parsing the CTL File.\n";

#[test]
fn without_any_paste_everything_is_unknown() {
    let answer = judge(&[], &Context::default());
    assert!(answer.checks.iter().all(|check| check.verdict == Verdict::Unknown && check.evidence.is_none()));
    let ids: Vec<&str> = answer.checks.iter().map(|check| check.item.id()).collect();
    assert_eq!(ids, ["F-1", "F-2", "F-3", "F-4", "F-5", "F-6", "F-7", "F-8", "F-9", "F-10", "F-11", "F-13", "F-14", "F-15"]);
    assert_eq!(answer.to_run.len(), 8);
    for code in [PreflightCode::NotPasted, PreflightCode::NoKnownFormat] {
        assert!(answer.checks.iter().any(|check| check.code == code));
    }
}

#[test]
fn files_come_in_any_order() {
    let files = [("a.txt", ROLLBACK), ("b.txt", NO_CTL), ("c.txt", MODE)];
    let forward = judge(&files, &Context::default());
    let backward = judge(&[files[2], files[1], files[0]], &Context::default());
    assert_eq!(forward, backward);
    // The mode comes from another file than the CTL.
    assert_eq!(check(&forward, PreflightCode::CtlMissing).verdict, Verdict::Block);
    assert!(!forward.to_run.contains(&"show ctl") && forward.to_run.contains(&"show itl"));
}

#[test]
fn several_commands_stand_in_one_file() {
    let all = [ROLLBACK, "admin:run sql x\n", MODE, "admin:show ctl\n", NO_CTL, "admin:"].concat();
    let answer = judge(&[("all.txt", &all)], &Context::default());
    assert_eq!(check(&answer, PreflightCode::RollbackOff).evidence.as_ref().unwrap().line, Line(4));
    assert_eq!(check(&answer, PreflightCode::ModeMixed).evidence.as_ref().unwrap().line, Line(8));
    let ctl = check(&answer, PreflightCode::CtlMissing).evidence.as_ref().unwrap();
    assert_eq!((ctl.line, &*ctl.file), (Line(11), "all.txt"));
}

#[test]
fn the_context_wins_over_the_paste() {
    let context = Context { mode: Some(SecurityMode::NonSecure), ..Context::default() };
    let answer = judge(&[("a", NO_CTL), ("b", MODE)], &context);
    assert_eq!(check(&answer, PreflightCode::NoCtlExpected).verdict, Verdict::Pass);
}

/// Each TFTP node has its own ITL: every print gives a check of its own.
#[test]
fn each_node_gives_a_check() {
    let itl = "Length of ITL file: 5302\n[...]\nThe ITL file was verified successfully.\n";
    let bad = "Length of ITL file: 5302\nVerification of the ITL File failed.\n";
    let answer = judge(&[("ccm1.txt", itl), ("ccm2.txt", bad)], &Context::default());
    let codes: Vec<_> = answer.checks.iter().filter(|check| check.item == Item::Itl).map(|check| check.code).collect();
    assert_eq!(codes, [PreflightCode::ItlVerified, PreflightCode::ItlNotVerified]);
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let answer =
        judge(&[("x.txt", "\n\nhello\n"), ("y.txt", "admin:utils service list\nsomething new\nadmin:")], &Context::default());
    let unread: Vec<_> = answer.checks.iter().filter(|check| check.code == PreflightCode::OutputUnread).collect();
    let shown: Vec<_> = unread
        .iter()
        .map(|check| (check.item, &*check.evidence.as_ref().unwrap().file, check.evidence.as_ref().unwrap().line))
        .collect();
    assert_eq!(shown, [(Item::Services, "y.txt", Line(2)), (Item::Other, "x.txt", Line(3))]);
    assert!(answer.to_run.contains(&"utils service list"));
    assert!(answer.has_unread() && !answer.blocks());
}

#[test]
fn a_large_itl_blocks_by_size_and_by_number() {
    let size = |size: u64| {
        judge(
            &[("i", &format!("Length of ITL file: {size}\n[...]\nThe ITL file was verified successfully.\n"))],
            &Context::default(),
        )
    };
    let large = |answer: &Preflight| answer.checks.iter().any(|check| check.code == PreflightCode::ItlTooLarge);
    assert!(!large(&size(65_536)));
    assert!(large(&size(65_537)));
    let many = |count: u32| {
        let records: String = (1..=count)
            .map(|number| {
                format!(
                    "\tITL Record #:{number}\n4\tFUNCTION\t2\tCCM\n5\tISSUERNAME\t5\tCN=x\n6\tSERIALNUMBER\t1\t{number:02X}\n"
                )
            })
            .collect();
        judge(&[("i", &format!("Parse ITL File\n{records}The ITL file was verified successfully.\n"))], &Context::default())
    };
    assert!(!large(&many(39)));
    assert!(large(&many(40)));
}

#[test]
fn the_answer_is_a_table_and_json() {
    let answer = judge(&[("a.txt", ROLLBACK)], &Context::default());
    let text = report::preflight::Table(&answer).to_string();
    assert!(text.starts_with("pass     F-1    the rollback parameter is off (value F)\n"), "{text}");
    assert!(text.contains("a.txt line 4") && text.ends_with("show cert list own\n"), "{text}");
    let json = report::preflight::json(&answer);
    assert_eq!(json["schema"], "trustlist.preflight/1");
    let first = &json["checks"][0];
    assert_eq!((&first["check"], &first["verdict"], &first["code"]), (&"F-1".into(), &"pass".into(), &"rollback-off".into()));
    assert_eq!((&first["facts"]["value"], &first["evidence"]["line"]), (&"F".into(), &4.into()));
    assert!(json["to_run"].as_array().unwrap().contains(&"show ctl".into()));
}

/// `testdata/cases/preflight` shows every code; three have a test above instead.
#[test]
fn every_code_has_a_case_or_a_test() {
    let mut met: BTreeSet<&str> = [PreflightCode::NotPasted, PreflightCode::NoKnownFormat, PreflightCode::ItlTooLarge]
        .iter()
        .map(|code| code.as_str())
        .collect();
    let codes: Vec<String> = std::fs::read_dir(common::testdata("cases/preflight"))
        .unwrap()
        .map(|entry| PreflightCase::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap().code)
        .collect();
    met.extend(codes.iter().map(String::as_str));
    let missing: Vec<_> = PreflightCode::ALL.iter().filter(|code| !met.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

/// Who signs depends on the version, which another paste tells; what the caller says stands above it.
#[test]
fn the_version_comes_from_another_paste() {
    let itl = "Length of ITL file: 4947\nParse ITL File\n3\tSIGNERID\t2\t71\n4\tSIGNERNAME\t32\tCN=ccm1.voice.example;O=Example\n\
               5\tSERIALNUMBER\t3\t61:00:2D\n6\tCANAME\t\t32\tCN=ccm1.voice.example;O=Example\n\
               The ITL file was verified successfully.\n";
    let state = |version: &str| {
        format!(
            "admin:utils dbreplication runtimestate\n\nDB and Replication Services: ALL RUNNING\n\nDB Version: {version}\n\n\
             Cluster Detailed View from ccm1 (1 Servers):\n\nccm1 192.0.2.11 0.016 Y/Y/Y 0 (g_2) (2) Setup Completed\n"
        )
    };
    let code = |version: &str, context: &Context| {
        let answer = judge(&[("itl.txt", itl), ("state.txt", &state(version))], context);
        answer.checks.iter().find(|check| check.item.id() == "F-6").unwrap().code
    };
    let unsaid = Context::default();
    assert_eq!(code("ccm11_5_1_21900_40", &unsaid), PreflightCode::ItlVerified);
    assert_eq!(code("ccm12_5_1_11900_146", &unsaid), PreflightCode::SignerClassUnexpected);
    let said = Context { version: Some("11.5".parse().unwrap()), ..Context::default() };
    assert_eq!(code("ccm12_5_1_11900_146", &said), PreflightCode::ItlVerified);
}

/// The rule line says where the columns are: a row may have an empty cell.
#[test]
fn a_cell_of_a_query_may_be_empty() {
    let table = "admin:run sql select paramname,paramvalue from processconfig\nparamname             paramvalue\n\
                 ===================== ==========\nAnother                         \nRollBackToPreGrayback F\n";
    let answer = judge(&[("sql.txt", table)], &Context::default());
    assert_eq!(check(&answer, PreflightCode::RollbackOff).verdict, Verdict::Pass);
}
