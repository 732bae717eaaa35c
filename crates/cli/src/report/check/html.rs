//! The answer about a change as one self-contained page.

use super::{CheckGroup, CheckReport, DIFFERS, OTHER_GROUPS};
use trustlist::Verdict;
use trustlist::report::fleet::FleetRow;
use trustlist::report::html::{Cell, Html, Row};

/// Returns the answer as a page.
pub(crate) fn check_html(report: &CheckReport) -> String {
    let mut page = Html::new("Will the phones accept what the nodes serve now?");
    page.headline(report.verdict().map_or("depends", Verdict::as_str), report.headline());
    page.paragraph(format_args!(
        "The phones have the lists of {}; the server offers those of {}.",
        report.before, report.after
    ));
    page.list("Assumed", &report.assumed);
    let row = |group: &CheckGroup| {
        let row = FleetRow::of(&group.answer);
        let (who, file, why) = (group.who(), row.file.to_uppercase(), group.why.join(" "));
        let next = group.next.as_deref().unwrap_or_default();
        let texts = [&who, row.word(), &file, row.code, &why, next].map(Cell::text);
        let cells = [Cell::Number(group.phones)].into_iter().chain(texts).collect();
        Row { class: row.answer, cells }
    };
    let columns = ["Phones", "Who", "Answer", "File", "Code", "Why", "What to do"];
    page.table("Groups of phones", columns, report.groups.iter().map(row));
    if !report.other_groups.is_empty() {
        page.table(OTHER_GROUPS, columns, report.other_groups.iter().map(row));
    }
    page.list("Not judged", &report.open);
    page.list(DIFFERS, &report.differs);
    let errors = report.errors.iter().map(|(line, error)| format!("line {line}: {error}"));
    page.list("Unreadable rows", errors);
    page.finish()
}
