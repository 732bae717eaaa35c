//! Findings of `lint` for other tools: SARIF 2.1.0 for code scanning, and annotations of GitHub
//! Actions.

use serde::Serialize;
use std::fmt::Write as _;
use trustlist::code::Level;
use trustlist::explain;
use trustlist_cluster::explain::page;

/// A finding about a file.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) file: String,
    pub(super) code: &'static str,
    pub(super) level: Level,
    /// The sentence for a person.
    pub(super) sentence: String,
    /// The line of a paste.
    pub(super) line: Option<u32>,
    /// The record of the list.
    pub(super) record: Option<u32>,
}

/// Returns the findings as a SARIF log. Files that could not be read are notifications of the
/// invocation.
pub(super) fn sarif(findings: &[Located], unreadable: &[String]) -> impl Serialize {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let results = findings.iter().map(|finding| Outcome {
        rule_id: finding.code,
        rule_index: codes.binary_search(&finding.code).unwrap_or_default(),
        level: finding.level.as_str(),
        message: Text { text: finding.sentence.clone() },
        locations: [Location {
            physical_location: Physical {
                artifact_location: Artifact { uri: uri(&finding.file) },
                region: finding.line.map(|line| Region { start_line: line }),
            },
            logical_locations: finding
                .record
                .map(|record| vec![Logical { name: format!("record {record}"), kind: "element" }]),
        }],
    });
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            results: results.collect(),
            tool: Tool {
                driver: Driver {
                    name: "trustlist",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: codes.iter().map(|code| Rule::of(code)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: unreadable.is_empty(),
                tool_execution_notifications: unreadable
                    .iter()
                    .map(|error| Notification {
                        level: "error",
                        message: Text { text: error.clone() },
                    })
                    .collect(),
            }],
        }],
    }
}

/// Returns the findings as annotations: `::error file=…,title=…::…`.
pub(super) fn annotations(findings: &[Located], unreadable: &[String]) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let line = finding.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "::{command} file={}{line},title={}::{}",
            property(&finding.file),
            property(finding.code),
            data(&finding.sentence)
        );
    }
    for error in unreadable {
        let _ = writeln!(out, "::error title=unreadable::{}", data(error));
    }
    out
}

/// Escapes the text of an annotation.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a value before it: there a comma and a colon mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A SARIF log.
#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

/// A code, with its meaning and its page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    help: Text,
}

impl Rule {
    fn of(code: &str) -> Self {
        let help = page(code).unwrap_or(code).to_owned();
        let meaning = explain::summary(&help).unwrap_or_else(|| code.to_owned());
        Self {
            id: code.to_owned(),
            short_description: Text { text: meaning },
            help: Text { text: help },
        }
    }
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<Vec<Logical>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
struct Logical {
    name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_escaped() {
        let finding = Located {
            file: "a,b:c.tlv".to_owned(),
            code: "key-short",
            level: Level::Warning,
            sentence: "100 %\nof it".to_owned(),
            line: Some(7),
            record: None,
        };
        assert_eq!(
            annotations(&[finding], &["x: y".to_owned()]),
            "::warning file=a%2Cb%3Ac.tlv,line=7,title=key-short::100 %25%0Aof it\n::error title=unreadable::x: y\n"
        );
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("a b/c#1.tlv"), "a%20b/c%231.tlv");
    }
}
