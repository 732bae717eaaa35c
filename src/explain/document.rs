//! The documents in `spec/`, and the items in them that have an id.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A document of `spec/` that defines ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

pub(super) const DOCUMENTS: &[Document] = &[
    Document { path: "spec/PHONE-RULES.md", text: include_str!("../../spec/PHONE-RULES.md") },
    Document { path: "spec/CLUSTER-RULES.md", text: include_str!("../../spec/CLUSTER-RULES.md") },
    Document { path: "spec/LINTS.md", text: include_str!("../../spec/LINTS.md") },
];

/// An id and its definition in the document.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: &'static str,
    pub(super) document: Document,
    /// The heading above it.
    pub(super) heading: &'static str,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// The text of a list item, on one line.
    Text(String),
    /// Heading and value of each cell of a table row after the id.
    Row(Vec<(&'static str, &'static str)>),
    /// Title and lines of a section that has an id.
    Section(&'static str, &'static str),
}

impl Document {
    /// Returns everything with an anchor, in the order of the document.
    pub(super) fn items(self) -> Vec<Item> {
        let (mut items, mut heading, mut columns) = (Vec::new(), "", Vec::new());
        let mut rest = self.text;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            rest = after;
            if line.starts_with('#') {
                heading = without_anchor(line);
            }
            let Some((id, text)) = defined(line) else {
                if let Some(row) = line.strip_prefix('|').filter(|row| !row.starts_with("---")) {
                    columns = cells(row);
                }
                continue;
            };
            let body = match line.chars().next() {
                Some('#') => Body::Section(text, section(after)),
                Some('|') => Body::Row(columns.iter().copied().zip(cells(text)).skip(1).collect()),
                _ => Body::Text(paragraph(text, after)),
            };
            items.push(Item { id, document: self, heading, body });
        }
        items
    }

    /// Returns the keys and the title of each source, by the document's section "Sources".
    pub(super) fn sources(self) -> Vec<(Vec<String>, String)> {
        let Some((_, text)) = self.text.split_once(SOURCES) else { return Vec::new() };
        let (_, text) = split_line(text);
        let text = section(text);
        if text.contains("**S1**") {
            let parts = text.split("**S").filter_map(|part| part.split_once("**"));
            return parts
                .map(|(number, title)| (Vec::from([format!("S{number}")]), one_line(title)))
                .collect();
        }
        let keys = |keys: &str| {
            keys.split([',', '/']).map(|key| key.trim().trim_matches('"').into()).collect()
        };
        entries(text).into_iter().map(|(named, title)| (keys(named), title)).collect()
    }
}

/// Splits `KEYS: title. KEYS: title.` A title may hold a full stop only inside a word.
fn entries(text: &'static str) -> Vec<(&'static str, String)> {
    let mut entries = Vec::new();
    let mut rest = text.trim();
    while let Some((keys, after)) = rest.split_once(':') {
        let end = after.match_indices('.').map(|(at, _)| at).find(|at| {
            after
                .get(at + 1..)
                .is_some_and(|next| next.is_empty() || next.starts_with(char::is_whitespace))
        });
        let end = end.unwrap_or(after.len());
        entries.push((keys.trim(), one_line(after.get(..end).unwrap_or(after))));
        rest = after.get(end + 1..).unwrap_or("").trim();
    }
    entries
}

/// Returns the id that a line defines, and the text after it.
fn defined(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (before, rest) = line.split_once(ANCHOR)?;
    let (anchor, rest) = rest.split_once("\"></a>")?;
    let rest = rest.strip_prefix("**").unwrap_or(rest);
    let (id, text) =
        rest.split_at_checked(anchor.len()).filter(|(id, _)| id.eq_ignore_ascii_case(anchor))?;
    let is_start = ["- ", "* ", "> ", "| ", "## "].contains(&before);
    let text = if before == "| " {
        line.strip_prefix('|')?
    } else {
        text.strip_prefix("**").unwrap_or(text).trim()
    };
    is_start.then_some((id, text))
}

/// Returns the lines up to the next heading.
fn section(text: &'static str) -> &'static str {
    let end = text.find("\n## ").unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim()
}

/// Returns the text of an item, with its continuation lines.
fn paragraph(first: &str, after: &str) -> String {
    let starts = ["- ", "* ", "> ", "|", "#"];
    let mut text = String::from(first);
    for line in after.lines().take_while(|line| {
        !line.trim().is_empty() && !starts.iter().any(|start| line.starts_with(start))
    }) {
        text.push(' ');
        text.push_str(line.trim());
    }
    text
}

fn cells(row: &'static str) -> Vec<&'static str> {
    row.trim().trim_matches('|').split(" |").map(str::trim).collect()
}

fn without_anchor(line: &'static str) -> &'static str {
    let line = line.trim_start_matches('#').trim();
    line.split_once("</a>").map_or(line, |(_, text)| text)
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    String::from(words.join(" ").trim_end_matches([';', '.']))
}

fn split_line(text: &'static str) -> (&'static str, &'static str) {
    text.split_once('\n').unwrap_or((text, ""))
}

const ANCHOR: &str = "<a id=\"";

/// The end of the heading of the sources, after an optional number.
const SOURCES: &str = " Sources";
