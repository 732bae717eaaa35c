//! A page of values: headings, paragraphs, lists and tables as well-formed XML, without a script and without anything
//! that is loaded from elsewhere.

use super::plain::Xml;
use std::fmt::{self, Display, Write};

/// A self-contained page (HTML), written from its head to its end.
#[derive(Clone, Debug)]
pub struct Html(String);

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The answer of the row (`accept`, `depends` or `reject`), or nothing.
    pub class: &'static str,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number, aligned with the others of its column; nothing if it is not known.
    Number(Option<u64>),
    /// A text, which the page escapes.
    Text(String),
}

impl Cell {
    /// Returns a cell with a number.
    pub const fn number(number: u64) -> Self {
        Self::Number(Some(number))
    }

    /// Returns a cell with a text.
    pub fn text(text: impl Display) -> Self {
        Self::Text(text.to_string())
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(None) => Ok(()),
            Self::Number(Some(number)) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Html {
    /// Begins a page; its title is the first heading too.
    pub fn new(title: &str) -> Self {
        let title = Xml(title);
        let mut page = String::from(
            "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
        );
        let _ = write!(
            page,
            "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        );
        Self(page)
    }

    /// Adds the answer; `class` is `accept`, `depends` or `reject`.
    pub fn headline(&mut self, class: &str, text: impl Display) {
        let _ = writeln!(self.0, "<p class=\"{class} headline\">{}</p>", Xml(text));
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "<p>{}</p>", Xml(text));
    }

    /// Adds a list under a heading; nothing if it has no items.
    pub fn list(&mut self, heading: &str, items: impl IntoIterator<Item = impl Display>) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return;
        }
        let _ = writeln!(self.0, "<h2>{}</h2>\n<ul>", Xml(heading));
        for item in items {
            let _ = writeln!(self.0, "<li>{}</li>", Xml(item));
        }
        self.0.push_str("</ul>\n");
    }

    /// Adds a table under a heading.
    pub fn table(
        &mut self,
        heading: &str,
        columns: impl IntoIterator<Item = impl Display>,
        rows: impl IntoIterator<Item = Row>,
    ) {
        let _ = write!(self.0, "<h2>{}</h2>\n<table>\n<tr>", Xml(heading));
        for column in columns {
            let _ = write!(self.0, "<th>{}</th>", Xml(column));
        }
        self.0.push_str("</tr>\n");
        for row in rows {
            let _ = match row.class {
                "" => write!(self.0, "<tr>"),
                class => write!(self.0, "<tr class=\"{class}\">"),
            };
            for cell in &row.cells {
                let class = if let Cell::Number(_) = cell { " class=\"n\"" } else { "" };
                let _ = write!(self.0, "<td{class}>{}</td>", Xml(cell));
            }
            self.0.push_str("</tr>\n");
        }
        self.0.push_str("</table>\n");
    }

    /// Ends the page, and returns it.
    pub fn finish(mut self) -> String {
        self.0.push_str("</body>\n</html>\n");
        self.0
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_an_empty_list_leaves_nothing() {
        let mut page = Html::new("T");
        page.list("None", [""; 0]);
        page.list("a & b", ["<i>"]);
        let cells = vec![Cell::number(2), Cell::Number(None), Cell::text("\"x\"")];
        page.table("<b>", ["n", "&"], [Row { class: "accept", cells }, Row::default()]);
        let page = page.finish();
        assert!(!page.contains("None"), "{page}");
        for part in [
            "<h2>a &amp; b</h2>\n<ul>\n<li>&lt;i&gt;</li>\n</ul>\n",
            "<h2>&lt;b&gt;</h2>\n<table>\n<tr><th>n</th><th>&amp;</th></tr>\n",
            "<tr class=\"accept\"><td class=\"n\">2</td><td class=\"n\"></td><td>&quot;x&quot;</td></tr>\n",
            "<tr></tr>\n</table>\n</body>\n</html>\n",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
