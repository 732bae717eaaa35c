//! The summary as values: a headline, lists and tables. The text and the page are made of the same ones.

use super::{
    FleetReport, FleetRow, advised, gist, labels, need, offers_nothing_new, reasons, without_lists,
    word,
};
use crate::fleet::{Counts, Hands, Reason};
use crate::phone::Verdict;
use crate::report::html::{Cell, Html, Row};
use crate::report::{Plain, Wording};
use crate::text::counted;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Returns the summary as text.
pub fn fleet_text(report: &FleetReport) -> String {
    fleet_text_in(Wording::Options, report)
}

/// Returns the summary as text in a wording.
#[doc(hidden)]
pub fn fleet_text_in(wording: Wording, report: &FleetReport) -> String {
    let mut page = fleet_line(report) + "\n";
    for part in parts(report) {
        part.text(wording, &mut page);
    }
    page
}

/// Returns the summary as a page: well-formed XML, no script, nothing loaded from elsewhere.
pub fn fleet_html(report: &FleetReport) -> String {
    let mut page = Html::new("Will the phones of this fleet accept the files?");
    let class = report.summary.worst().map_or("depends", Verdict::as_str);
    for line in fleet_line(report).lines() {
        page.headline(class, line);
    }
    for part in parts(report) {
        part.html(&mut page);
    }
    page.finish()
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
        // Nothing is known of the phone of an unreadable row.
        Some(Verdict::Accept) if report.unreadable > 0 => write!(
            line,
            "UNDECIDED: not every row can be read; {} {} the files",
            counted(total.accept, "phone"),
            if total.accept == 1 { "accepts" } else { "accept" }
        ),
        Some(Verdict::Accept) if offers_nothing_new(&report.summary) => {
            let verb = if total.accept == 1 { "has" } else { "have" };
            write!(
                line,
                "YES: {} already {verb} what the servers offer: the change is still to come",
                counted(total.accept, "phone")
            )
        }
        Some(Verdict::Accept) => {
            let verb = if total.accept == 1 { "accepts" } else { "accept" };
            write!(line, "YES: {} {verb} the files", counted(total.accept, "phone"))
        }
        Some(Verdict::Depends) => {
            write!(
                line,
                "UNDECIDED: facts are missing for {} of {}",
                total.depends,
                counted(total.phones(), "phone")
            )
        }
        Some(Verdict::Reject) => {
            write!(
                line,
                "NO: {} of {} {} files",
                total.reject,
                counted(total.phones(), "phone"),
                refuse(total.reject)
            )
        }
    };
    let more = total.reject > 0 && total.depends > 0;
    if more {
        let _ = write!(line, "; facts are missing for {} more", total.depends);
    }
    let harmless = report.summary.harmless;
    let _ = match harmless {
        0 => Ok(()),
        _ if harmless < total.depends => {
            write!(line, ", of which {harmless} {} nothing either way", refuse(harmless))
        }
        _ if more => write!(line, ", which {} nothing either way", refuse(harmless)),
        _ => write!(line, ", but either way they refuse nothing"),
    };
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

const fn refuse(phones: u64) -> &'static str {
    if phones == 1 { "refuses" } else { "refuse" }
}

/// A list or a table of the summary.
struct Part {
    /// The heading on the page.
    heading: String,
    /// The heading of the text; `None` if its lines have none.
    text_heading: Option<String>,
    /// The end of that heading, which names an option.
    advice: &'static str,
    /// The columns of a table; none for a list.
    columns: Vec<String>,
    entries: Vec<Entry>,
    /// If the page shows a table without a row too.
    is_kept: bool,
    /// The most lines of the text, and the end of the line that counts the others, which names an option.
    most: usize,
    rest: &'static str,
    /// All lines, of which the first ones are known here.
    all: usize,
}

/// An item of a list, or a row of a table.
struct Entry {
    row: Row,
    /// Its line in the text, if it has one.
    line: Option<String>,
}

/// Returns an item or a row, with its line in the text.
fn entry<const N: usize>(class: &'static str, cells: [Cell; N], line: String) -> Entry {
    Entry { row: Row { class, cells: cells.into() }, line: Some(line) }
}

impl Part {
    /// Returns a list; `columns` makes a table of it.
    fn new(heading: &str, entries: impl IntoIterator<Item = Entry>) -> Self {
        let entries: Vec<Entry> = entries.into_iter().collect();
        Self {
            heading: heading.to_owned(),
            text_heading: Some(heading.to_owned()),
            advice: "",
            columns: Vec::new(),
            is_kept: false,
            most: usize::MAX,
            rest: "",
            all: entries.iter().filter(|entry| entry.line.is_some()).count(),
            entries,
        }
    }

    /// The same as a table, which the page shows without a row too.
    fn table<const N: usize>(self, columns: [&str; N]) -> Self {
        Self { columns: columns.map(str::to_owned).into(), is_kept: true, ..self }
    }

    /// The same, of which the text has the first lines.
    fn cut(self) -> Self {
        Self { most: MAX_LINES, rest: ": --json lists all", ..self }
    }

    fn text(&self, wording: Wording, page: &mut String) {
        let named = |option| if wording == Wording::Options { option } else { "" };
        let mut lines = self.entries.iter().filter_map(|entry| entry.line.as_ref()).peekable();
        if let Some(heading) = self.text_heading.as_ref().filter(|_| lines.peek().is_some()) {
            let _ = writeln!(page, "\n{heading}{}", named(self.advice));
        }
        let mut left = self.all;
        for line in lines.take(self.most) {
            let _ = writeln!(page, "{line}");
            left = left.saturating_sub(1);
        }
        if left > 0 {
            let _ = writeln!(page, "  and {left} more{}", named(self.rest));
        }
    }

    fn html(self, page: &mut Html) {
        let rows = self.entries.into_iter().map(|entry| entry.row);
        if self.columns.is_empty() {
            page.list(&self.heading, rows.flat_map(|row| row.cells));
        } else if self.is_kept || rows.len() > 0 {
            page.table(&self.heading, self.columns, rows);
        }
    }
}

/// Every part, in order.
fn parts(report: &FleetReport) -> Vec<Part> {
    let summary = &report.summary;
    let mut parts = vec![assumed(report), to_do(report), by_reason(report), work(report)];
    parts.push(first(report));
    if let Some(by) = &report.by {
        let heading = format!("By {}", by.column.replace("Model", "model"));
        let text = format!("By {}", Plain(&by.column));
        parts.push(by_label([&heading, &text, &by.column], &by.counts, "(none)"));
    }
    let heading = "By model";
    parts.push(by_label([heading, heading, "Model"], &summary.models, "(no model)"));
    let heading = "By CallManager group";
    parts.push(by_label([heading, heading, "CallManager group"], &summary.groups, "(no group)"));
    parts.extend([unknown_lists(report), errors(report)]);
    parts
}

fn assumed(report: &FleetReport) -> Part {
    let assumed = report.assumed.iter();
    let entries =
        assumed.map(|text| entry("", [Cell::text(text)], format!("Assumed: {}", Plain(text))));
    Part { text_heading: None, ..Part::new("Assumed", entries) }
}

/// The command for each group of phones that refuse.
fn to_do(report: &FleetReport) -> Part {
    let advice = report.summary.advice.iter();
    let entries = advice.map(|(&advice, &count)| {
        let (what, noun) = (advised(advice, count), if count == 1 { "phone" } else { "phones" });
        let item = Cell::Text(format!("{count} {noun}: {what}"));
        entry("", [item], format!("{count:>9}  {noun}: {what}"))
    });
    Part::new("What to do", entries)
}

fn by_reason(report: &FleetReport) -> Part {
    let entries = reasons(&report.summary).into_iter().map(|(verdict, reason, phones)| {
        let file = reason.map_or("", |reason| reason.file.as_str()).to_uppercase();
        let code = reason.map_or("", Reason::code);
        let (word, gist) = (word(verdict), gist(code));
        let line = format!("{phones:>9}  {word:<9}  {file:<6}  {code}: {gist}");
        let [word, file, code, gist] = [word, &file, code, &gist].map(Cell::text);
        entry(verdict.as_str(), [Cell::number(phones), word, file, code, gist], line)
    });
    Part::new("By reason", entries).table(["Phones", "Answer", "File", "Code", "Meaning"]).cut()
}

fn work(report: &FleetReport) -> Part {
    let hands = Hands::ALL.iter().filter(|&&hands| hands != Hands::None);
    let entries = hands.map(|hands| {
        let phones = report.summary.hands.get(hands).copied().unwrap_or(0);
        let line = format!("{phones:>9}  {}", need(*hands));
        let entry = entry("", [Cell::number(phones), Cell::text(need(*hands))], line);
        Entry { line: entry.line.filter(|_| phones > 0), ..entry }
    });
    Part::new("Work by phone", entries).table(["Phones", "Work"])
}

fn first(report: &FleetReport) -> Part {
    let entries = report.first.iter().map(|phone| {
        let row = FleetRow::of(&phone.answer);
        let (model, file) = (phone.model.as_deref(), row.file.to_uppercase());
        let line = format!(
            "  {:<15}  {:<12}  {:<9}  {file} {}  (line {})",
            Plain(&phone.device),
            Plain(model.unwrap_or("-")),
            row.word(),
            row.code,
            phone.line
        );
        let texts = [&phone.device, model.unwrap_or(""), row.word(), &file, row.code];
        let [device, model, word, file, code] = texts.map(Cell::text);
        entry(row.answer, [device, model, word, file, code, Cell::number(phone.line)], line)
    });
    let hands = report.summary.hands.iter().filter(|(hands, _)| **hands != Hands::None);
    let all: u64 = hands.map(|(_, phones)| phones).sum();
    let columns = ["Phone", "Model", "Answer", "File", "Code", "Line"];
    let part = Part::new("Phones to begin with", entries).table(columns);
    let (all, rest) = (usize::try_from(all).unwrap_or(usize::MAX), ": --rows or --csv lists all");
    Part { is_kept: false, all, rest, ..part }
}

/// Phones by model, by group or by another column: the headings of the page and of the text, and the name of the column.
fn by_label(
    [heading, text, column]: [&str; 3],
    counts: &BTreeMap<Option<Arc<str>>, Counts>,
    none: &str,
) -> Part {
    let labels = labels(counts);
    let is_told = !matches!(labels[..], [] | [(None, _)]);
    let entries = labels.into_iter().map(|(label, counts)| {
        let Counts { accept, depends, reject } = counts;
        let name = Plain(label.unwrap_or(none)).to_string();
        // A name that is longer than its column has a line of its own.
        let name = match name.chars().count() > 30 {
            true => format!("{name}\n  {:<30}", ""),
            false => format!("{name:<30}"),
        };
        let line = format!("  {name} {reject:>9} {depends:>9} {accept:>9}");
        let [reject, depends, accept] = [reject, depends, accept].map(Cell::number);
        let (label, phones) = (label.unwrap_or("(not named)"), Cell::number(counts.phones()));
        let entry = entry("", [Cell::text(label), reject, depends, accept, phones], line);
        Entry { line: entry.line.filter(|_| is_told), ..entry }
    });
    let columns = [column, "Refused", "Undecided", "Accepted", "Phones"];
    let part = Part::new(heading, entries).table(columns).cut();
    Part { text_heading: Some(format!("{text:<32}   REFUSED UNDECIDED  accepted")), ..part }
}

fn unknown_lists(report: &FleetReport) -> Part {
    let entries = report.unknown_lists.iter().map(|list| {
        let checksum = Plain(&list.checksum);
        let line = format!("{:>9}  {checksum}  (first in line {})", list.phones, list.line);
        let [phones, first] = [list.phones, list.line].map(Cell::number);
        entry("", [phones, Cell::text(&list.checksum), first], line)
    });
    let columns = ["Phones", "Checksum", "First in line"];
    let part = Part::new("Checksums without a list", entries).table(columns).cut();
    Part { is_kept: false, advice: ": give the lists with --known", ..part }
}

fn errors(report: &FleetReport) -> Part {
    let entries = report.errors.iter().map(|error| {
        let item = format!("line {}: {}", error.line, error.error);
        let line = format!("  line {}: {}", error.line, Plain(&error.error));
        entry("", [Cell::Text(item)], line)
    });
    let part = Part::new("Unreadable rows", entries).cut();
    let all = if report.errors.is_empty() { 0 } else { report.unreadable };
    Part { rest: "", all: usize::try_from(all).unwrap_or(usize::MAX), ..part }
}

/// Most lines of one table; JSON has them all.
const MAX_LINES: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fleet::ByColumn;

    #[test]
    fn a_column_of_the_inventory_is_escaped_in_both_forms() {
        let counts = |accept| Counts { accept, depends: 0, reject: 0 };
        let values = [(None, counts(1)), (Some(Arc::from("<i>\u{1b}")), counts(2))];
        let by = ByColumn { column: "<b>".to_owned(), counts: values.into_iter().collect() };
        let report = FleetReport { by: Some(by), ..FleetReport::default() };
        let (text, page) = (fleet_text(&report), fleet_html(&report));
        assert!(text.contains("\nBy <b>  ") && text.contains("\n  <i>\\u{1b}  "), "{text}");
        assert!(page.contains("<h2>By &lt;b&gt;</h2>\n<table>\n<tr><th>&lt;b&gt;</th>"), "{page}");
        assert!(page.contains("<td>&lt;i&gt;\\u{1b}</td>") && !page.contains("<b>"), "{page}");
    }

    #[test]
    fn the_plain_wording_names_no_option() {
        let list = |line| super::super::UnknownList { checksum: "ab".to_owned(), phones: 1, line };
        let unknown_lists = (1..=MAX_LINES as u64 + 1).map(list).collect();
        let report = FleetReport { unknown_lists, ..FleetReport::default() };
        let (options, plain) = (fleet_text(&report), fleet_text_in(Wording::Plain, &report));
        assert!(options.contains("\nChecksums without a list: give the lists with --known\n"));
        assert!(options.ends_with("\n  and 1 more: --json lists all\n"), "{options}");
        assert!(plain.contains("\nChecksums without a list\n"), "{plain}");
        assert!(plain.ends_with("\n  and 1 more\n"), "{plain}");
    }

    #[test]
    fn lines_are_cut_in_the_text_and_counted() {
        let error = |line| super::super::RowError { line, error: "x".to_owned() };
        let errors: Vec<_> = (1..=MAX_LINES as u64 + 1).map(error).collect();
        let report = FleetReport { errors, unreadable: 30, ..FleetReport::default() };
        let (text, page) = (fleet_text(&report), fleet_html(&report));
        assert!(text.ends_with("\n  line 20: x\n  and 10 more\n"), "{text}");
        assert!(page.contains("<li>line 21: x</li>\n</ul>\n</body>"), "{page}");
    }
}
