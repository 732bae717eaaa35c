//! The summary as one self-contained page: well-formed XML, no script, nothing loaded from elsewhere.

use super::{FleetReport, FleetRow, advised, fleet_line, gist, labels, need, reasons, word};
use crate::fleet::{Counts, Hands, Reason};
use crate::phone::Verdict;
use crate::report::plain::Xml;
use std::fmt::Write;

/// Returns the summary as a page.
pub fn fleet_html(report: &FleetReport) -> String {
    let mut page = String::new();
    page.push_str(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
    );
    let _ = write!(
        page,
        "<title>{TITLE}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{TITLE}</h1>\n"
    );
    for line in fleet_line(report).lines() {
        let class = report.summary.worst().map_or("depends", Verdict::as_str);
        let _ = writeln!(page, "<p class=\"{class} headline\">{}</p>", Xml(line));
    }
    list(&mut page, "Assumed", report.assumed.iter().map(String::as_str));
    let to_do: Vec<String> = report
        .summary
        .advice
        .iter()
        .map(|(&advice, phones)| format!("{phones} phones: {}", advised(advice)))
        .collect();
    list(&mut page, "What to do", to_do.iter().map(String::as_str));
    by_reason(report, &mut page);
    hands(report, &mut page);
    if let Some(by) = &report.by {
        counts(&mut page, &by.column, &labels(&by.counts));
    }
    counts(&mut page, "Model", &labels(&report.summary.models));
    counts(&mut page, "CallManager group", &labels(&report.summary.groups));
    unknown_lists(report, &mut page);
    let errors: Vec<String> =
        report.errors.iter().map(|error| format!("line {}: {}", error.line, error.error)).collect();
    list(&mut page, "Unreadable rows", errors.iter().map(String::as_str));
    page.push_str("</body>\n</html>\n");
    page
}

fn list<'a>(page: &mut String, title: &str, items: impl Iterator<Item = &'a str>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul>");
    items.for_each(|item| {
        let _ = writeln!(page, "<li>{}</li>", Xml(item));
    });
    page.push_str("</ul>\n");
}

fn open(page: &mut String, title: &str, columns: &[&str]) {
    let _ = write!(page, "<h2>{title}</h2>\n<table>\n<tr>");
    columns.iter().for_each(|column| {
        let _ = write!(page, "<th>{column}</th>");
    });
    page.push_str("</tr>\n");
}

fn by_reason(report: &FleetReport, page: &mut String) {
    open(page, "By reason", &["Phones", "Answer", "File", "Code", "Meaning"]);
    for (verdict, reason, phones) in reasons(&report.summary) {
        let (file, code) =
            (reason.map_or("", |reason| reason.file.as_str()), reason.map_or("", Reason::code));
        let _ = write!(
            page,
            "<tr class=\"{}\"><td class=\"n\">{phones}</td><td>{}</td>",
            verdict.as_str(),
            word(verdict)
        );
        let _ = writeln!(
            page,
            "<td>{}</td><td>{code}</td><td>{}</td></tr>",
            file.to_uppercase(),
            Xml(gist(code))
        );
    }
    page.push_str("</table>\n");
}

fn hands(report: &FleetReport, page: &mut String) {
    open(page, "Work by phone", &["Phones", "Work"]);
    for hands in Hands::ALL.iter().filter(|&&hands| hands != Hands::None) {
        let phones = report.summary.hands.get(hands).copied().unwrap_or(0);
        let _ = writeln!(page, "<tr><td class=\"n\">{phones}</td><td>{}</td></tr>", need(*hands));
    }
    page.push_str("</table>\n");
    if report.first.is_empty() {
        return;
    }
    open(page, "Phones to begin with", &["Phone", "Model", "Answer", "File", "Code", "Line"]);
    for phone in &report.first {
        let row = FleetRow::of(&phone.answer);
        let (device, model) = (Xml(&phone.device), Xml(phone.model.as_deref().unwrap_or("")));
        let _ = write!(
            page,
            "<tr class=\"{}\"><td>{device}</td><td>{model}</td><td>{}</td>",
            row.answer,
            row.word()
        );
        let _ = writeln!(
            page,
            "<td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            row.file.to_uppercase(),
            row.code,
            phone.line
        );
    }
    page.push_str("</table>\n");
}

fn counts(page: &mut String, what: &str, labels: &[(Option<&str>, Counts)]) {
    open(
        page,
        &format!("By {}", what.replace("Model", "model")),
        &[what, "Refused", "Undecided", "Accepted", "Phones"],
    );
    for &(label, counts) in labels {
        let Counts { accept, depends, reject } = counts;
        let _ = write!(
            page,
            "<tr><td>{}</td><td class=\"n\">{reject}</td>",
            Xml(label.unwrap_or("(not named)"))
        );
        let _ = writeln!(
            page,
            "<td class=\"n\">{depends}</td><td class=\"n\">{accept}</td><td class=\"n\">{}</td></tr>",
            counts.phones()
        );
    }
    page.push_str("</table>\n");
}

fn unknown_lists(report: &FleetReport, page: &mut String) {
    if report.unknown_lists.is_empty() {
        return;
    }
    open(page, "Checksums without a list", &["Phones", "Checksum", "First in line"]);
    for list in &report.unknown_lists {
        let checksum = Xml(&list.checksum);
        let _ = writeln!(
            page,
            "<tr><td class=\"n\">{}</td><td>{checksum}</td><td class=\"n\">{}</td></tr>",
            list.phones, list.line
        );
    }
    page.push_str("</table>\n");
}

const TITLE: &str = "Will the phones of this fleet accept the files?";

/// The style of the pages about fleets.
pub const STYLE: &str = "body { font-family: sans-serif; margin: 2em; max-width: 70em }
table { border-collapse: collapse }
th, td { border-bottom: 1px solid #ccc; padding: 0.2em 0.8em; text-align: left; vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.headline { font-size: 1.3em; font-weight: bold }
.reject { color: #a40000 }
.depends { color: #8a5a00 }
.accept { color: #1c6b1c }
";
