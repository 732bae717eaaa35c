//! Statements of the documents in `spec/` by id: the page that `trustlist explain P-TVS-2` prints.

use super::document::{Body, DOCUMENTS, Document, Item};
use super::plain::{Plain, capitalised, is_word_at, plain, wrapped};
use super::{FAMILIES, Family};
use crate::phone::Rule;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The evidence for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Grade {
    /// A document of the vendor or of a project states it.
    Documented,
    /// A log, a file or a report shows it.
    Observed,
    /// This project derived it.
    Inferred,
    /// Practitioners know it; no available document states it.
    FromPractice,
}

impl Grade {
    /// Every grade.
    pub const ALL: &'static [Self] =
        &[Self::Documented, Self::Observed, Self::Inferred, Self::FromPractice];

    /// Returns the word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::FromPractice => "from practice",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The statement of a rule, with its confidence and its sources; as text, the page about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Statement {
    id: &'static str,
    /// Paragraphs, without Markdown.
    paragraphs: Vec<String>,
    grades: Vec<Grade>,
    /// The evidence that the document gives in front of the text.
    evidence: Option<String>,
    sources: Vec<(String, String)>,
    /// Other rules that the statement names, each with its first grade.
    named: Vec<(&'static str, Option<Grade>)>,
    path: &'static str,
    heading: &'static str,
}

impl Statement {
    /// Returns the id in the spelling of the documents.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the statement in paragraphs, without Markdown.
    pub fn paragraphs(&self) -> &[String] {
        &self.paragraphs
    }

    /// Returns the grade of the statement, then those of parts of it. Empty if the document gives
    /// none: then the grades of the named rules apply.
    pub fn grades(&self) -> &[Grade] {
        &self.grades
    }

    /// Returns the key and the title of each source that the statement names.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.iter().map(|(key, title)| (key.as_str(), title.as_str()))
    }

    /// Returns the file that states it.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    fn of(item: &Item, all: &[Item]) -> Self {
        let mut evidence = None;
        let mut raw = String::new();
        let mut grades = Vec::new();
        let mut paragraphs = Vec::new();
        match &item.body {
            Body::Text(text) => {
                raw.push_str(text);
                let Plain { text, evidence: lead, grades: found } = plain(text);
                (evidence, grades) = (lead, found);
                paragraphs.push(text);
            }
            Body::Row(cells) => row(cells, &mut raw, &mut grades, &mut paragraphs),
            Body::Section(title, body) => {
                section(item, title, body, all, &mut raw, &mut grades, &mut paragraphs)
            }
        }
        let named: Vec<_> = match item.body {
            Body::Section(..) => Vec::new(),
            _ => all
                .iter()
                .filter(|other| other.id != item.id && contains_word(&raw, other.id))
                .collect(),
        };
        // A section has the grades of its rules, a short name has those of the rules that it names.
        let is_own = match item.body {
            Body::Text(_) => named.is_empty(),
            Body::Row(_) => true,
            Body::Section(..) => false,
        };
        if grades.is_empty() && is_own {
            grades.push(Grade::Inferred);
        }
        Self {
            id: item.id,
            paragraphs,
            grades,
            evidence,
            sources: sources(item.document, &raw),
            named: named.into_iter().map(|other| (other.id, first_grade(other))).collect(),
            path: item.document.path,
            heading: item.heading,
        }
    }

    /// Returns the words of the page about the confidence.
    fn confidence(&self) -> String {
        let mut words = String::new();
        match self.grades.split_first() {
            Some((first, others)) => {
                words.push_str(first.as_str());
                for (index, grade) in others.iter().enumerate() {
                    words.push_str(if index == 0 { ", in part " } else { " and " });
                    words.push_str(grade.as_str());
                }
            }
            None if self.named.is_empty() => words.push_str("see each rule"),
            None => words.push_str("as sure as the rules that it names"),
        }
        match &self.evidence {
            Some(evidence) if evidence.starts_with(&words) => words = evidence.replace(",S", ", S"),
            Some(evidence) => words = format!("{words} ({})", evidence.replace(",S", ", S")),
            None if self.sources.is_empty() && self.grades == [Grade::Inferred] => {
                words.push_str(": this project concluded it, no source states it")
            }
            None => {}
        }
        capitalised(&words) + "."
    }
}

/// The page of the statement. It names the codes of this crate that cite it; [`Statement::page`]
/// takes those of others too.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(FAMILIES, f)
    }
}

impl Statement {
    /// Returns the page of the statement (Markdown), with the codes of some families that cite it.
    pub fn page<'a>(&self, families: impl IntoIterator<Item = &'a Family>) -> String {
        let mut page = String::new();
        // Writing to a string does not fail.
        self.write(families, &mut page).map_or_else(|_| String::new(), |()| page)
    }

    fn write<'a>(
        &self,
        families: impl IntoIterator<Item = &'a Family>,
        f: &mut impl fmt::Write,
    ) -> fmt::Result {
        writeln!(f, "# {}", self.id)?;
        if let Some(rule) = Rule::ALL.iter().find(|rule| rule.id() == self.id) {
            write!(f, "\n{}", wrapped("", &format!("{}.", rule.statement())))?;
            write!(f, "\n## In detail\n")?;
        }
        for paragraph in &self.paragraphs {
            write!(f, "\n{}", wrapped("", paragraph))?;
        }
        write!(f, "\n## Confidence\n\n{}", wrapped("", &self.confidence()))?;
        write!(f, "\n## Source\n\n")?;
        for (key, title) in &self.sources {
            f.write_str(&wrapped("- ", &format!("{key}: {title}")))?;
        }
        f.write_str(&wrapped(
            "- ",
            &format!("{}, section \"{}\"", self.path, plain(self.heading).text),
        ))?;
        let rules: Vec<String> = self
            .named
            .iter()
            .map(|(id, grade)| {
                grade.map_or_else(|| (*id).into(), |grade| format!("{id} ({grade})"))
            })
            .collect();
        let pages = families.into_iter().flat_map(|family| family.pages);
        let pages = pages.filter(|(_, page)| contains_word(page, self.id));
        let mut pages: Vec<&str> = pages.map(|(word, _)| *word).collect();
        pages.sort_unstable();
        pages.dedup();
        if !rules.is_empty() || !pages.is_empty() {
            write!(f, "\n## See also\n\n")?;
        }
        for (what, names) in [("rules", rules.join(", ")), ("codes", pages.join(", "))] {
            if !names.is_empty() {
                f.write_str(&wrapped("- ", &format!("{what}: {names}")))?;
            }
        }
        Ok(())
    }
}

/// Returns the statement with an id, such as `P-TVS-2`, `C-33`, `F-1` or `L-04`, in upper or lower
/// case, with or without leading zeros in the number.
///
/// ```
/// let rule = trustlist::explain::rule("P-TVS-2").unwrap();
/// assert!(rule.to_string().starts_with("# P-TVS-2\n\nA TVS server must present the certificate "));
/// assert_eq!(rule.grades()[0].as_str(), "documented");
/// assert!(trustlist::explain::rule("l-4").is_some_and(|rule| rule.id() == "L-04"));
/// assert_eq!(trustlist::explain::rule("P-TVS-99"), None);
/// ```
pub fn rule(id: &str) -> Option<Statement> {
    let all = items();
    let item = all.iter().find(|item| key(item.id) == key(id))?;
    Some(Statement::of(item, &all))
}

/// Returns every id of the documents, in their order.
pub fn rule_ids() -> Vec<&'static str> {
    items().into_iter().map(|item| item.id).collect()
}

/// Returns the defined ids that are nearest to an undefined one: by number in the same family, else
/// by letters. Empty if the word does not have the form of an id.
pub fn rule_ids_near(asked: &str) -> Vec<&'static str> {
    let is_id = asked.split_once('-').is_some_and(|(letter, rest)| {
        letter.len() == 1
            && letter.bytes().all(|letter| letter.is_ascii_alphabetic())
            && !rest.is_empty()
    });
    if !is_id {
        return Vec::new();
    }
    let (family, number, _) = key(asked);
    let mut ids = rule_ids();
    let of_family = |id: &&'static str| key(id).0 == family && key(id).1.is_some();
    if ids.iter().any(of_family) {
        ids.retain(of_family);
        ids.sort_by_key(|id| key(id).1.unwrap_or(0).abs_diff(number.unwrap_or(0)));
    } else {
        ids.sort_by_key(|id| differing(&id.to_ascii_uppercase(), &asked.to_ascii_uppercase()));
    }
    ids.truncate(NEAR);
    ids
}

fn items() -> Vec<Item> {
    DOCUMENTS.iter().flat_map(|document| document.items()).collect()
}

/// Fills in a table row: one paragraph for each cell, with the heading of its column.
fn row(
    cells: &[(&'static str, &'static str)],
    raw: &mut String,
    grades: &mut Vec<Grade>,
    paragraphs: &mut Vec<String>,
) {
    for (heading, cell) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
        // A cell can contain a grade and nothing else.
        let Plain { text, grades: found, .. } = plain(&format!("({cell})"));
        let is_grade =
            Grade::ALL.iter().any(|grade| text.is_empty() || text == format!("({grade})"));
        let Plain { text, grades: inside, .. } =
            if is_grade { Plain { text, evidence: None, grades: found } } else { plain(cell) };
        grades.extend(
            inside.iter().filter(|grade| !grades.contains(grade)).copied().collect::<Vec<_>>(),
        );
        if *heading == "source" {
            for part in cell.split([',', ';']) {
                let grade =
                    if part.contains("derived") { Grade::Inferred } else { Grade::Documented };
                if !grades.contains(&grade) {
                    grades.push(grade);
                }
            }
        }
        raw.push_str(cell);
        raw.push('\n');
        if !is_grade {
            paragraphs.push(format!("{}: {text}", capitalised(&plain(heading).text)));
        }
    }
}

/// Fills in a section: the first sentences of its rules, or its own text if it has no rule.
fn section(
    item: &Item,
    title: &str,
    body: &'static str,
    all: &[Item],
    raw: &mut String,
    grades: &mut Vec<Grade>,
    paragraphs: &mut Vec<String>,
) {
    raw.push_str(title);
    raw.push_str(body);
    let Plain { text, grades: found, .. } = plain(title);
    *grades = found;
    if !text.is_empty() {
        paragraphs.push(capitalised(&text));
    }
    let inside: Vec<&Item> = all
        .iter()
        .filter(|other| key(other.id).0 == key(item.id).0 && other.id != item.id)
        .collect();
    for rule in &inside {
        if let Body::Text(text) = &rule.body {
            paragraphs.push(format!("{}  {}", rule.id, first_sentence(&plain(text).text)));
        }
    }
    if inside.is_empty() {
        if grades.is_empty() {
            grades.push(Grade::Inferred);
        }
        let lines =
            body.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("|---"));
        paragraphs.extend(
            lines.map(|line| plain(line.trim().trim_matches('|').trim()).text.replace(" | ", "; ")),
        );
    }
}

fn first_sentence(text: &str) -> &str {
    let end = text.match_indices(". ").map(|(at, _)| at + 1).find(|end| {
        text.get(*end..).is_some_and(|rest| {
            rest.trim_start().starts_with(|c: char| c.is_uppercase() || c == '(')
        })
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn first_grade(item: &Item) -> Option<Grade> {
    Statement::of(item, &[]).grades.first().copied()
}

/// Returns the key and the title of each source of the document that a text names.
fn sources(document: Document, text: &str) -> Vec<(String, String)> {
    let all = document.sources().into_iter();
    let named = all.filter_map(|(keys, title)| {
        Some((keys.into_iter().find(|key| contains_word(text, key))?, title))
    });
    named.collect()
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| is_word_at(text, at, word.len()))
}

/// Returns family, number and letter of an id: `P-TVS`, 2 and nothing; `L`, 20 and `a`.
fn key(id: &str) -> (String, Option<u32>, String) {
    let upper = id.trim().to_ascii_uppercase();
    let Some((family, last)) = upper.rsplit_once('-') else { return (upper, None, String::new()) };
    let end = last.find(|c: char| !c.is_ascii_digit()).unwrap_or(last.len());
    let (number, letter) = last.split_at(end);
    match number.parse() {
        Ok(number) => (family.into(), Some(number), letter.into()),
        Err(_) => (upper, None, String::new()),
    }
}

/// Counts the places at which two short words differ, and the difference of their lengths.
fn differing(one: &str, other: &str) -> usize {
    let places = one.bytes().zip(other.bytes()).filter(|(one, other)| one != other).count();
    places + one.len().abs_diff(other.len())
}

/// The largest number of ids that are suggested for an undefined one.
const NEAR: usize = 4;
