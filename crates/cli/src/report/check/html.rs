//! The answer about a change as one self-contained page: well-formed XML, no script, nothing loaded from elsewhere.

use super::CheckReport;
use std::fmt::Write;
use trustlist::Verdict;
use trustlist::report::Xml;
use trustlist::report::fleet::{FleetRow, STYLE};

/// Returns the answer as a page.
pub(crate) fn check_html(report: &CheckReport) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
    );
    let _ = write!(
        page,
        "<title>{TITLE}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{TITLE}</h1>\n"
    );
    let class = report.verdict().map_or("depends", Verdict::as_str);
    let _ = writeln!(page, "<p class=\"{class} headline\">{}</p>", Xml(report.headline()));
    let _ = writeln!(
        page,
        "<p>The phones have the lists of {}; the server offers those of {}.</p>",
        Xml(&report.before),
        Xml(&report.after)
    );
    list(&mut page, "Assumed", &report.assumed);
    page.push_str("<h2>Groups of phones</h2>\n<table>\n<tr><th>Phones</th><th>Who</th><th>Answer</th><th>File</th><th>Code</th><th>Why</th><th>What to do</th></tr>\n");
    for group in &report.groups {
        let row = FleetRow::of(&group.answer);
        let phones = group.phones.map(|phones| phones.to_string()).unwrap_or_default();
        let _ = write!(
            page,
            "<tr class=\"{}\"><td class=\"n\">{phones}</td><td>{}</td>",
            row.answer,
            Xml(group.who())
        );
        let _ = write!(
            page,
            "<td>{}</td><td>{}</td><td>{}</td>",
            row.word(),
            row.file.to_uppercase(),
            row.code
        );
        let _ = writeln!(
            page,
            "<td>{}</td><td>{}</td></tr>",
            Xml(group.why.join(" ")),
            Xml(group.next.as_deref().unwrap_or_default())
        );
    }
    page.push_str("</table>\n");
    list(&mut page, "Not judged", &report.open);
    let errors: Vec<String> =
        report.errors.iter().map(|(line, error)| format!("line {line}: {error}")).collect();
    list(&mut page, "Unreadable rows", &errors);
    page.push_str("</body>\n</html>\n");
    page
}

fn list(page: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul>");
    for item in items {
        let _ = writeln!(page, "<li>{}</li>", Xml(item));
    }
    page.push_str("</ul>\n");
}

const TITLE: &str = "Will the phones accept what the nodes serve now?";
