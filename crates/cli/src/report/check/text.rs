//! The answers for a person.

use super::{Agreement, AgreementVerdict, CheckGroup, CheckReport, DIFFERS, OTHER_GROUPS};
use trustlist::Verdict;
use trustlist::report::Page;
use trustlist::report::Plain;
use trustlist::report::fleet::FleetRow;

/// Returns the answer about a change as text: the verdict, what was assumed, one line for each group, what to do.
pub(crate) fn check_text(report: &CheckReport) -> String {
    let mut page = Page::default();
    page.put("", &Plain(report.headline()).to_string());
    for assumed in &report.assumed {
        page.put("Assumed: ", &Plain(assumed).to_string());
    }
    if !report.groups.is_empty() {
        page.gap();
    }
    report.groups.iter().for_each(|group| put_group(&mut page, group));
    if !report.other_groups.is_empty() {
        page.gap();
        page.put("", OTHER_GROUPS);
        report.other_groups.iter().for_each(|group| put_group(&mut page, group));
    }
    section(&mut page, "Not judged", &report.open);
    section(&mut page, DIFFERS, &report.differs);
    let errors: Vec<String> =
        report.errors.iter().map(|(line, error)| format!("line {line}: {error}")).collect();
    section(&mut page, "Unreadable rows", &errors);
    page.finish()
}

fn put_group(page: &mut Page, group: &CheckGroup) {
    let row = FleetRow::of(&group.answer);
    let phones = group.phones.map(|phones| format!("{phones:>7}  ")).unwrap_or_default();
    let code = if row.code.is_empty() {
        String::new()
    } else {
        format!(": {} {}", row.file.to_uppercase(), row.code)
    };
    page.put(&format!("{phones}{:<9}  ", row.word()), &format!("{}{code}", Plain(group.who())));
    if group.answer.verdict != Verdict::Accept {
        for why in &group.why {
            page.put(&format!("{INDENT}- "), &Plain(why).to_string());
        }
        if let Some(next) = &group.next {
            let what = if group.answer.verdict == Verdict::Reject { "What to do: " } else { "" };
            page.hanging(&format!("{INDENT}{what}"), CONTINUED, &Plain(next).to_string());
        }
    }
}

/// Returns the agreement of one snapshot as text.
pub(crate) fn agreement_text(agreement: &Agreement) -> String {
    let mut page = Page::default();
    let headline = match agreement.verdict() {
        AgreementVerdict::Agrees | AgreementVerdict::Note => {
            "YES: the lists and servers of this snapshot agree."
        }
        AgreementVerdict::Unknown => {
            "UNDECIDED: facts are missing. The known parts of this snapshot agree."
        }
        AgreementVerdict::Differs => "NO: the lists and servers of this snapshot do not agree.",
    };
    page.put("", headline);
    page.gap();
    for check in &agreement.checks {
        let word = match check.verdict {
            AgreementVerdict::Agrees => "agrees",
            AgreementVerdict::Differs => "DIFFERS",
            AgreementVerdict::Note => "note",
            AgreementVerdict::Unknown => "UNKNOWN",
        };
        let node = check.node.as_ref().map(|node| format!("{}: ", Plain(node))).unwrap_or_default();
        page.put(
            &format!("{word:<8}  {:<14}  ", check.check.as_str()),
            &format!("{node}{}", Plain(&check.told)),
        );
    }
    page.finish()
}

fn section(page: &mut Page, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.gap();
    page.put("", title);
    for line in lines.iter().take(MAX_LINES) {
        page.put("  ", &Plain(line).to_string());
    }
    if let Some(more) = lines.len().checked_sub(MAX_LINES).filter(|&more| more > 0) {
        page.put("  ", &format!("and {more} more: --json lists them"));
    }
}

/// Most lines of one part.
const MAX_LINES: usize = 20;
/// As wide as an answer.
const INDENT: &str = "           ";
/// Indent of the lines after the first of an instruction.
const CONTINUED: &str = "             ";
