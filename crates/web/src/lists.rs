//! One list or signed file: shown, verified, linted, compared.

use crate::answer::{Answer, Part, Status, of_file, with_buttons};
use crate::desk::{Desk, Given};
use crate::predict::{date, said};
use serde::Deserialize;
use std::fmt::Write as _;
use std::sync::Arc;
use trustlist::code::Level;
use trustlist::console::{Print, phone_events};
use trustlist::diff::diff;
use trustlist::facts::{FileId, Files, ListFacts, ListKind};
use trustlist::json::Value;
use trustlist::lint::Release;
use trustlist::lint::{LintFinding, LintOptions, lint, lint_facts};
use trustlist::question::Verifier;
use trustlist::report::list::{ListReport, parse_error};
use trustlist::report::{Wording, console, diff as diff_report, lint as lint_report};
use trustlist::verify;
use trustlist::wire::{self, File, TrustList};

/// Shows a file, as `trustlist show` does.
pub(crate) fn show(desk: &Desk, file: u32) -> Result<Answer, String> {
    let given = desk.file(file)?;
    Ok(of_file(given, shown(given)))
}

fn shown(given: &Given) -> Result<Vec<Part>, String> {
    if let Some(said) = said_by_phone(given)? {
        return Ok(vec![said]);
    }
    match given.print_text()? {
        None => binary(given).map(|part| vec![part]),
        Some(text) => Ok(given.prints(&text)?.iter().map(|print| pasted(given, print)).collect()),
    }
}

/// Messages of a phone, its log, or its web page.
fn said_by_phone(given: &Given) -> Result<Option<Part>, String> {
    let Some(text) = given.decoded()? else { return Ok(None) };
    let events = phone_events(&text);
    if events.is_empty() || !given.prints_or_none(&text)?.is_empty() {
        return Ok(None);
    }
    let mut lines = format!("{}: what a phone said\n", given.shown());
    for event in &events {
        let older = if event.superseded { " (older: a later message replaces it)" } else { "" };
        let _ = writeln!(lines, "  line {}: {}{older}", event.line.0, console::sentence(event));
    }
    Ok(Some(Part::new(&console::phone_json(&events), lines, Status::Fine)))
}

/// A print, with what its paste lost.
fn pasted(given: &Given, print: &Print) -> Part {
    let report = console::list_report(print);
    let losses = print.losses();
    let mut text = format!("{}: {report}", given.shown());
    losses.iter().for_each(|lost| text.push_str(&format!("\n{}", lint_report::print_line(lost))));
    text.push_str(if losses.is_empty() { "" } else { "\n" });
    let status = if losses.is_empty() { Status::Fine } else { Status::Undecided };
    Part::new(&report, text, status).signature(report.signature_sentence())
}

fn binary(given: &Given) -> Result<Part, String> {
    let broken = |error| parse_error(&given.shown(), &error);
    let file = wire::parse(&given.bytes).map_err(broken)?;
    given.list_size(&file)?;
    let mut report = ListReport::of(&file, &Verifier).map_err(broken)?.with_wording(Wording::Plain);
    let mut text = format!("{}: {report}", given.shown());
    if let File::List(list) = &file {
        let findings = lint(list, &Verifier, &LintOptions::default()).map_err(broken)?;
        report.set_findings(findings.iter().map(lint_report::json).collect());
        let grave = findings.iter().filter(|finding| finding.level != Level::Note);
        grave.for_each(|finding| text.push_str(&format!("\n{}", line(finding))));
        text.push_str(if text.ends_with('\n') { "" } else { "\n" });
    }
    Ok(Part::new(&report, text, Status::Fine).signature(report.signature_sentence()))
}

/// Returns a finding as one line; the page has no options to name.
fn line(finding: &LintFinding) -> String {
    lint_report::line_in(Wording::Plain, finding)
}

/// A question to lint.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LintQuestion {
    file: u32,
    #[serde(default)]
    at: String,
    /// Certificates that end within this many days of the date are found.
    #[serde(default)]
    within: String,
    #[serde(default)]
    cucm: String,
}

/// Lints a file, as `trustlist lint` does.
pub(crate) fn linted(desk: &Desk, question: &LintQuestion) -> Result<Answer, String> {
    let given = desk.file(question.file)?;
    let days = |days: &str| {
        days.strip_suffix('d')
            .unwrap_or(days)
            .parse()
            .map_err(|_| "days: expected a number such as 90")
    };
    let release = |text: &str| {
        text.parse::<Release>().map_err(|error| format!("CUCM version: expected {error}"))
    };
    let options = LintOptions {
        at: date(&question.at)?,
        within_days: said(&question.within).map(days).transpose()?,
        cucm: said(&question.cucm).map(release).transpose()?,
        ..LintOptions::default()
    };
    if options.within_days.is_some() && options.at.is_none() {
        return Err("days: expected a date beside them".to_owned());
    }
    Ok(of_file(given, judged(given, &options)))
}

/// One finding: how grave it is, as JSON and as a line.
type Found = (Level, Value, String);

fn judged(given: &Given, options: &LintOptions) -> Result<Vec<Part>, String> {
    match given.print_text()? {
        None => {
            let broken = |error| parse_error(&given.shown(), &error);
            let list = TrustList::parse(&given.bytes).map_err(broken)?;
            given.list_size(&File::List(list))?;
            let found = lint(&list, &Verifier, options).map_err(broken)?;
            let found = found
                .iter()
                .map(|finding| (finding.level, lint_report::json(finding), line(finding)));
            Ok(vec![findings(given, found.collect())])
        }
        Some(text) => {
            let prints = given.prints(&text)?;
            Ok(prints.iter().map(|print| findings(given, of_print(print, options))).collect())
        }
    }
}

fn of_print(print: &Print, options: &LintOptions) -> Vec<Found> {
    let facts = lint_facts(&print.facts(FileId::symbol(0)), options);
    let of_facts =
        facts.iter().map(|finding| (finding.level, lint_report::json(finding), line(finding)));
    let of_text = print.findings();
    let of_text = of_text.iter().map(|finding| {
        (finding.level, lint_report::print_json(finding), lint_report::print_line(finding))
    });
    let mut found: Vec<Found> = of_facts.chain(of_text).collect();
    found.sort_by_key(|(level, ..)| core::cmp::Reverse(*level));
    found
}

fn findings(given: &Given, found: Vec<Found>) -> Part {
    let status = if found.iter().any(|(level, ..)| *level == Level::Error) {
        Status::Negative
    } else {
        Status::Fine
    };
    let mut text = format!("{}:{}\n", given.shown(), if found.is_empty() { " clean" } else { "" });
    let mut documents = Vec::new();
    for (_, document, line) in found {
        documents.push(document);
        text.push_str(&format!("  {line}\n"));
    }
    Part::new(&lint_report::document(documents), text, status)
}

/// Verifies the signature of a file, as `trustlist verify` does; of a signed file with the records of a list.
pub(crate) fn verified(desk: &Desk, file: u32, with: Option<u32>) -> Result<Answer, String> {
    let given = desk.file(file)?;
    let with = with.map(|with| desk.file(with)).transpose()?;
    Ok(of_file(given, checked(given, with).map(|part| vec![part])))
}

fn checked(given: &Given, with: Option<&Given>) -> Result<Part, String> {
    let broken = |error| parse_error(&given.shown(), &error);
    let file = wire::parse(&given.bytes).map_err(broken)?;
    given.list_size(&file)?;
    let report = match file {
        File::List(list) => ListReport::of_list(
            &list,
            verify::check_own_signature(&list, &Verifier).map_err(broken)?,
        )
        .map_err(broken)?,
        File::Signed(file) => {
            let verification = with.map(|with| {
                let broken = |error| parse_error(&with.shown(), &error);
                let list = TrustList::parse(&with.bytes).map_err(broken)?;
                with.list_size(&File::List(list))?;
                verify::verify_file_with_list(&file, &list, &Verifier).map_err(broken)
            });
            ListReport::of_signed_file(&file, verification.transpose()?)
        }
    };
    let report = report.with_wording(Wording::Plain);
    let status = match report.signature_outcome() {
        "valid" => Status::Fine,
        "invalid" => Status::Negative,
        _ => Status::Undecided,
    };
    let (signature, by) = (report.signature_sentence(), report.signed_by());
    let text = format!("{}: signature {signature} ({by})\n", given.shown());
    Ok(Part::new(&report, text, status).signature(signature))
}

/// Compares two lists, as `trustlist diff` does.
pub(crate) fn compared(desk: &Desk, old: u32, new: u32) -> Result<Answer, String> {
    let mut files = Files::new(Verifier);
    let (old, lost) = held(desk, &mut files, old)?;
    let (new, more) = held(desk, &mut files, new)?;
    let kind = if new.kind == ListKind::Ctl || old.kind == ListKind::Ctl {
        ListKind::Ctl
    } else {
        ListKind::Itl
    };
    let difference = diff(&old, &new, &files);
    // A part that is missing from a paste may be a difference.
    let status = if lost.is_empty() && more.is_empty() { Status::Fine } else { Status::Undecided };
    let answer = Answer::new(
        &diff_report::json(&difference, kind),
        with_buttons(&diff_report::text(&difference, kind).to_string()),
        status,
    );
    Ok(answer.notes(diff_report::notes(&old, &new)).notes(lost).notes(more))
}

/// A list, and what its paste lost.
fn held(
    desk: &Desk,
    files: &mut Files<Verifier>,
    file: u32,
) -> Result<(Arc<ListFacts>, Vec<String>), String> {
    let given = desk.file(file)?;
    let list = given.list(files, None)?;
    let none =
        || format!("{}: the print says that there is no such file, expected a list", given.shown());
    Ok((list.ok_or_else(none)?, given.losses(None)))
}
