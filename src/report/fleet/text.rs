//! The summary for a person.

use super::{FleetReport, FleetRow, advised, gist, labels, need, reasons, without_lists, word};
use crate::fleet::{Counts, Hands, Reason};
use crate::phone::Verdict;
use crate::report::Plain;
use std::fmt::Write;

/// Returns the summary as text.
pub fn fleet_text(report: &FleetReport) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{}", fleet_line(report));
    for assumed in &report.assumed {
        let _ = writeln!(page, "Assumed: {}", Plain(assumed));
    }
    to_do(report, &mut page);
    by_reason(report, &mut page);
    first(report, &mut page);
    if let Some(super::ByColumn { column, counts }) = &report.by {
        table(&mut page, &format!("By {}", Plain(column)), &labels(counts), "(none)");
    }
    table(&mut page, "By model", &labels(&report.summary.models), "(no model)");
    table(&mut page, "By CallManager group", &labels(&report.summary.groups), "(no group)");
    unknown_lists(report, &mut page);
    errors(report, &mut page);
    page
}

/// Returns the answer in one line, or in two if not all rows were read.
pub fn fleet_line(report: &FleetReport) -> String {
    let total = report.summary.total;
    let mut line = match &report.stopped {
        Some(stopped) => {
            format!("PARTIAL, {}: this is about the phones read until then.\n", Plain(stopped))
        }
        None => String::new(),
    };
    let _ = match report.summary.worst() {
        None => write!(line, "No phone in the inventory"),
        Some(Verdict::Accept) => {
            let verb = if total.accept == 1 { "accepts" } else { "accept" };
            write!(line, "YES: {} {verb} the files", phones(total.accept))
        }
        Some(Verdict::Depends) => {
            write!(
                line,
                "UNDECIDED: facts are missing for {} of {}",
                total.depends,
                phones(total.phones())
            )
        }
        Some(Verdict::Reject) => {
            write!(
                line,
                "NO: {} of {} {} files",
                total.reject,
                phones(total.phones()),
                refuse(total.reject)
            )
        }
    };
    if total.reject > 0 && total.depends > 0 {
        let _ = write!(line, "; facts are missing for {}", total.depends);
    }
    line.push('.');
    if report.unreadable > 0 {
        let all = report.summary.total.phones().saturating_add(report.unreadable);
        let are = if report.unreadable == 1 { "is" } else { "are" };
        let _ = write!(line, " {} of {all} rows {are} unreadable.", report.unreadable);
    }
    if report.duplicates > 0 {
        let rows = if report.duplicates == 1 { "row repeats" } else { "rows repeat" };
        let _ = write!(line, " {} {rows} a device of an earlier row.", report.duplicates);
    }
    let without = without_lists(&report.summary);
    if without > 0 {
        let have = if without == 1 { "has" } else { "have" };
        let _ = write!(
            line,
            " {without} of them {have} no trust list (soft clients, CTI ports and similar)."
        );
    }
    line
}

/// Adds the command for each group of phones that refuse.
fn to_do(report: &FleetReport, page: &mut String) {
    if report.summary.advice.is_empty() {
        return;
    }
    page.push_str("\nWhat to do\n");
    for (&advice, &count) in &report.summary.advice {
        let _ = writeln!(
            page,
            "{count:>9}  {}: {}",
            if count == 1 { "phone" } else { "phones" },
            advised(advice)
        );
    }
}

fn phones(phones: u64) -> String {
    format!("{phones} phone{}", if phones == 1 { "" } else { "s" })
}

const fn refuse(phones: u64) -> &'static str {
    if phones == 1 { "refuses" } else { "refuse" }
}

fn by_reason(report: &FleetReport, page: &mut String) {
    let reasons = reasons(&report.summary);
    if reasons.is_empty() {
        return;
    }
    page.push_str("\nBy reason\n");
    for &(verdict, reason, phones) in reasons.iter().take(MAX_LINES) {
        let file = reason.map_or("", |reason| reason.file.as_str()).to_uppercase();
        let code = reason.map_or("", Reason::code);
        let _ =
            writeln!(page, "{phones:>9}  {:<9}  {file:<6}  {code}: {}", word(verdict), gist(code));
    }
    more(reasons.len(), page);
}

fn first(report: &FleetReport, page: &mut String) {
    let waiting: Vec<_> = Hands::ALL.iter().filter(|&&hands| hands != Hands::None).collect();
    let waiting =
        waiting.into_iter().filter_map(|hands| Some((*hands, *report.summary.hands.get(hands)?)));
    let waiting: Vec<_> = waiting.filter(|&(_, phones)| phones > 0).collect();
    if waiting.is_empty() {
        return;
    }
    page.push_str("\nWork by phone\n");
    for (hands, phones) in waiting {
        let _ = writeln!(page, "{phones:>9}  {}", need(hands));
    }
    if !report.first.is_empty() {
        page.push_str("\nPhones to begin with\n");
    }
    for phone in &report.first {
        let row = FleetRow::of(&phone.answer);
        let model = phone.model.as_deref().unwrap_or("-");
        let _ = writeln!(
            page,
            "  {:<15}  {:<12}  {:<9}  {} {}  (line {})",
            Plain(&phone.device),
            Plain(model),
            row.word(),
            row.file.to_uppercase(),
            row.code,
            phone.line
        );
    }
    let all: u64 = report
        .summary
        .hands
        .iter()
        .filter(|(hands, _)| **hands != Hands::None)
        .map(|(_, phones)| phones)
        .sum();
    let told = u64::try_from(report.first.len()).unwrap_or(u64::MAX);
    if all > told {
        let _ = writeln!(page, "  and {} more: --rows or --csv lists all", all - told);
    }
}

fn table(page: &mut String, title: &str, labels: &[(Option<&str>, Counts)], none: &str) {
    if labels.is_empty() || matches!(labels, [(None, _)]) {
        return;
    }
    let _ = writeln!(page, "\n{title:<32}   REFUSED UNDECIDED  accepted");
    for &(label, Counts { accept, depends, reject }) in labels.iter().take(MAX_LINES) {
        let label = Plain(label.unwrap_or(none)).to_string();
        // A name that is longer than its column has a line of its own.
        let label = if label.chars().count() > 30 {
            format!("{label}\n  {:<30}", "")
        } else {
            format!("{label:<30}")
        };
        let _ = writeln!(page, "  {label} {reject:>9} {depends:>9} {accept:>9}");
    }
    more(labels.len(), page);
}

fn unknown_lists(report: &FleetReport, page: &mut String) {
    if report.unknown_lists.is_empty() {
        return;
    }
    page.push_str("\nChecksums without a list: give the lists with --known\n");
    for list in report.unknown_lists.iter().take(MAX_LINES) {
        let _ = writeln!(
            page,
            "{:>9}  {}  (first in line {})",
            list.phones,
            Plain(&list.checksum),
            list.line
        );
    }
    more(report.unknown_lists.len(), page);
}

fn errors(report: &FleetReport, page: &mut String) {
    if report.errors.is_empty() {
        return;
    }
    page.push_str("\nUnreadable rows\n");
    for error in report.errors.iter().take(MAX_LINES) {
        let _ = writeln!(page, "  line {}: {}", error.line, Plain(&error.error));
    }
    let told = u64::try_from(report.errors.len().min(MAX_LINES)).unwrap_or(u64::MAX);
    if report.unreadable > told {
        let _ = writeln!(page, "  and {} more", report.unreadable - told);
    }
}

fn more(all: usize, page: &mut String) {
    if all > MAX_LINES {
        let _ = writeln!(page, "  and {} more: --json lists all", all - MAX_LINES);
    }
}

/// Most lines of one table; JSON has them all.
const MAX_LINES: usize = 20;
