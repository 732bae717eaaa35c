//! `cases/preflight`: verdict, code and named facts; each output also without its command line,
//! after a prompt, with CRLF and in one file with all the others.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use trustlist_cluster::case::PreflightCase;
use trustlist_cluster::preflight::{Check, Preflight, Source, preflight};

pub(crate) fn trials() -> Vec<Trial> {
    let files = support::of("preflight").into_iter();
    files.map(|file| Trial::test(format!("preflight::{}", file.name), move || run(&file))).collect()
}

fn run(file: &CaseFile) -> Result<(), Failed> {
    let case =
        PreflightCase::parse(&file.text()?).map_err(|error| Failed::from(error.to_string()))?;
    let pastes = [
        ("bare", case.output.clone()),
        ("with its command", format!("{}\n{}", case.command, case.output)),
        ("behind a prompt", format!("admin:{}\n{}\nadmin:", case.command, case.output)),
        (
            "with CRLF",
            format!("admin: {}\r\n{}admin:\r\n", case.command, case.output.replace('\n', "\r\n")),
        ),
        (
            "behind another command",
            format!(
                "admin:show version active\nActive Master Version: 1\nadmin:{}\n{}",
                case.command, case.output
            ),
        ),
    ];
    for (how, text) in pastes {
        let answer =
            preflight(&[Source { name: "paste.txt", text: &text, node: None }], &case.context);
        expect(&case, &answer).map_err(|wrong| Failed::from(format!("{how}: {wrong}")))?;
    }
    Ok(())
}

fn expect(case: &PreflightCase, answer: &Preflight) -> Result<(), String> {
    let said = || {
        answer
            .checks
            .iter()
            .filter(|check| check.evidence.is_some())
            .map(shown)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let check = answer
        .checks
        .iter()
        .find(|check| check.code.as_str() == case.code)
        .ok_or_else(|| format!("expected {}, got {}", case.code, said()))?;
    if check.verdict.as_str() != case.verdict {
        return Err(format!("expected {}, got {}", case.verdict, said()));
    }
    let facts = trustlist_cluster::report::preflight::facts(check);
    for (name, value) in &case.facts {
        if facts.get(name) != Some(value) {
            return Err(format!(
                "{name}: expected {value}, got {:?} of {}",
                facts.get(name),
                said()
            ));
        }
    }
    let others =
        answer.checks.iter().filter(|other| other.evidence.is_some() && other.code != check.code);
    match others.map(shown).next() {
        Some(other) if !other.contains("other") => {
            Err(format!("expected nothing else, got {other}"))
        }
        _ => Ok(()),
    }
}

fn shown(check: &Check) -> String {
    format!("{} {} {} {:?}", check.item.as_str(), check.verdict.as_str(), check.code, check.facts)
}
