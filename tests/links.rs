//! Every citation points at something: links in Markdown, documents and their sections cited
//! anywhere in the repository, and files named in documentation and comments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "support/files.rs"]
mod files;

/// Relative links and anchors. Paths of items (`crate::phone`) are checked by rustdoc.
#[test]
fn links_of_markdown_lead_somewhere() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in files::texts().iter().filter(|file| file.name.ends_with(".md")) {
        for target in targets(&file.text)
            .into_iter()
            .filter(|target| !target.contains("::") && !target.contains("://"))
        {
            seen += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let folder = path_of(file).parent().unwrap().to_owned();
            let to = if path.is_empty() { path_of(file) } else { folder.join(path) };
            let is_there = match std::fs::read_to_string(&to) {
                Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
                Err(_) => anchor.is_empty() && to.exists(),
            };
            if !is_there {
                wrong.push(format!("{}: ({target})", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
    assert!(seen >= 5, "only {seen} links found");
}

/// `spec/CONTRACT.md section 4`, `spec/FORMAT.md` section 3, tag 11,
/// `DESIGN.md, "What may change when?"`: in code, schemas, test data and papers. A document is
/// cited from the root of the repository, or from its own folder.
#[test]
fn cited_documents_and_sections_are_there() {
    let (mut wrong, mut seen, mut sections) = (Vec::new(), 0, 0);
    for file in files::texts() {
        let text = without_marks(&file.text);
        for (at, document) in
            documents(&text).into_iter().filter(|(_, document)| !is_placeholder(document))
        {
            seen += 1;
            let from_root = files::root().join(document.trim_start_matches('/'));
            let beside = path_of(&file).parent().unwrap().join(document);
            let Some(cited) = [from_root, beside].into_iter().find(|path| path.exists()) else {
                wrong.push(format!("{}: no file {document}", file.name));
                continue;
            };
            let cited = std::fs::read_to_string(cited).unwrap();
            for part in parts(&text[at + document.len()..]) {
                sections += 1;
                if !part.is_in(&cited) {
                    wrong.push(format!("{}: {document} has no {part:?}", file.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "citations of what is not there:\n{}", wrong.join("\n"));
    assert!(seen > 300 && sections > 200, "only {seen} documents and {sections} sections found");
}

#[test]
fn files_that_are_named_are_there() {
    let folders = [
        ".ci", "benches", "crates", "docs", "examples", "fuzz", "schema", "spec", "src",
        "testdata", "tests",
    ];
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in files::texts() {
        let is_markdown = file.name.ends_with(".md");
        if !is_markdown && !file.name.ends_with(".rs") && !file.name.ends_with(".json")
            || file.name.contains("tests/golden/")
        {
            continue;
        }
        let told = file.text.lines().filter(|line| {
            is_markdown || line.trim_start().starts_with("//") || line.contains("\"description\"")
        });
        for word in told.flat_map(|line| {
            line.split(|c: char| !(c.is_ascii_alphanumeric() || "/._*-".contains(c)))
        }) {
            let path = word.trim_end_matches(['.', '/']);
            let is_path = path
                .split_once('/')
                .is_some_and(|(folder, rest)| folders.contains(&folder) && !rest.is_empty());
            // A pattern names many files.
            if !is_path || is_placeholder(path) || path.contains('*') || path == "src/main.rs" {
                continue;
            }
            seen += 1;
            if !files::root().join(path).exists() {
                wrong.push(format!("{}: {path}", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "files that are not there:\n{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} files found");
}

#[test]
fn schemas_have_the_id_of_their_file() {
    let schemas: Vec<_> =
        files::texts().into_iter().filter(|file| file.name.starts_with("schema/")).collect();
    for file in &schemas {
        let schema: serde_json::Value = serde_json::from_str(&file.text).unwrap();
        let (name, number) =
            Path::new(&file.name).file_stem().unwrap().to_str().unwrap().rsplit_once('-').unwrap();
        assert_eq!(schema["$id"], format!("urn:trustlist:{name}:{number}"), "{}", file.name);
    }
    assert!(schemas.len() > 10);
}

/// The names found in a line, and those that do not exist.
#[test]
fn citations_are_read() {
    let told = |text: &str| {
        parts(text).iter().map(|part| format!("{part:?}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told("` section 3, tag 11). And 4"), "Section(\"3\") Tag(\"3\", \"11\")");
    assert_eq!(
        told("` sections 2, 3 and 5.1: x"),
        "Section(\"2\") Section(\"3\") Section(\"5.1\")"
    );
    assert_eq!(told(" table 1.1). C-3"), "Section(\"1.1\")");
    assert_eq!(told("` D2.3 and D5)"), "Section(\"D2.3\") Section(\"D5\")");
    assert_eq!(told(" C-43 to C-49)."), "Rule(\"C-43\") Rule(\"C-49\")");
    assert_eq!(told(", \"What may change when?\" says"), "Words(\"What may change when?\")");
    assert_eq!(told("`. Section 3 of another"), "");
    let document = "# T\n## 3. Three\n1. a\n| 11 | b |\n### 3.2 More\n## D2. Two\n### D2.3 Four\n<a id=\"c-43\"></a>\n";
    for there in [
        "section 3",
        "section 3.1",
        "section 3.2",
        "section 3, tag 11",
        "D2",
        "D2.3",
        "C-43",
        ", \"Three\"",
    ] {
        assert!(parts(there).iter().all(|part| part.is_in(document)), "{there}");
    }
    for missing in
        ["section 4", "section 3.4", "section 3, tag 12", "D3", "D2.4", "C-4", ", \"Five\""]
    {
        assert!(parts(missing).iter().any(|part| !part.is_in(document)), "{missing}");
    }
    let markdown = "# A b, `c`!\n[x](y#z) `[no](link)` <a id=\"d\"></a>\n```\n[no](link)\n```\n";
    assert_eq!(targets(markdown), ["y#z"]);
    assert_eq!(anchors(markdown), ["a-b-c", "d"].map(String::from).into());
}

fn path_of(file: &files::Text) -> PathBuf {
    files::root().join(&file.name)
}

/// A part of a document that a citation names.
#[derive(Debug)]
enum Part {
    Rule(String),
    /// `3`, `1.1`, `D4`: a heading, or the item of that number in the section of a number.
    Section(String),
    Tag(String, String),
    Words(String),
}

impl Part {
    fn is_in(&self, document: &str) -> bool {
        match self {
            Self::Rule(id) => document.contains(&format!("<a id=\"{}\"></a>", id.to_lowercase())),
            Self::Section(number) => {
                let (outer, inner) = number.split_once('.').unwrap_or((number, ""));
                let item = || {
                    section(document, outer).is_some_and(|text| {
                        text.lines().any(|line| line.starts_with(&format!("{inner}. ")))
                    })
                };
                section(document, number).is_some() || (!inner.is_empty() && item())
            }
            Self::Tag(number, tag) => section(document, number).is_some_and(|text| {
                text.lines().any(|line| line.starts_with(&format!("| {tag} |")))
            }),
            Self::Words(words) => document.contains(words.as_str()),
        }
    }
}

/// The text of a section by its number, subsections included.
fn section<'a>(document: &'a str, number: &str) -> Option<&'a str> {
    let is_it = |line: &str| {
        let title = line.trim_start_matches('#').trim_start();
        line.starts_with('#')
            && title.strip_prefix(number).is_some_and(|rest| {
                rest.starts_with([' ', '.', ':'])
                    && !rest.starts_with(|c: char| {
                        c == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())
                    })
            })
    };
    let line = document.lines().find(|line| is_it(line))?;
    let (_, rest) = document.split_once(&format!("{line}\n")).unwrap_or(("", ""));
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let next = format!("\n{} ", "#".repeat(level));
    Some(rest.find(&next).map_or(rest, |end| &rest[..end]))
}

/// The sections that are named directly after a document.
fn parts(behind: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = behind.trim_start_matches(['`', '"', ',', ' ', '(']);
    if behind.trim_start_matches('`').starts_with(", \"") {
        return rest
            .split_once('"')
            .map(|(words, _)| Part::Words(words.to_owned()))
            .into_iter()
            .collect();
    }
    let mut is_number = false;
    while let Some(word) = rest
        .split(|c: char| !(c.is_alphanumeric() || "-.".contains(c)))
        .next()
        .filter(|word| !word.is_empty())
    {
        let bare = word.trim_end_matches('.');
        let numbered = bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let lettered = ["D", "P"].iter().any(|letter| {
            bare.strip_prefix(letter)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        });
        match bare {
            "section" | "sections" | "table" => is_number = true,
            "and" | "to" if !parts.is_empty() => {}
            "tag" if !parts.is_empty() => {
                let tag = rest[word.len()..].trim_start();
                let tag: String = tag.chars().take_while(char::is_ascii_digit).collect();
                let Some(Part::Section(number)) = parts.last() else { break };
                parts.push(Part::Tag(number.clone(), tag));
                break;
            }
            _ if numbered && is_number => parts.push(Part::Section(bare.to_owned())),
            _ if lettered => parts.push(Part::Section(bare.to_owned())),
            _ if bare.split_once('-').is_some_and(|(family, number)| {
                ["C", "L", "P"].contains(&family)
                    && number.starts_with(|c: char| c.is_ascii_digit())
            }) =>
            {
                parts.push(Part::Rule(bare.to_owned()));
            }
            _ => break,
        }
        rest = &rest[word.len()..];
        if word != bare || rest.starts_with([')', ':', ';', '`']) {
            break;
        }
        rest = rest.trim_start_matches([',', ' ']);
    }
    parts
}

/// Every name of a Markdown document in a text, and its position.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let found = text.match_indices(".md").filter_map(|(end, _)| {
        let start = text[..end]
            .rfind(|c: char| !is_part(c))
            .map_or(0, |at| at + text[at..].chars().next().unwrap().len_utf8());
        let is_end = !text[end + 3..].starts_with(|c: char| c.is_ascii_alphanumeric());
        (is_end && start < end).then(|| (start, &text[start..end + 3]))
    });
    found.collect()
}

/// `src/explain/CODE.md`: a word in capitals is a placeholder.
fn is_placeholder(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    ["CODE", "FAMILY", "FILE", "NAME", "RUNBOOK"].contains(&stem) || folder.split('/').any(is_word)
}

/// A text on one line, because comments wrap citations; an empty line ends a paragraph and is kept
/// as a mark.
fn without_marks(text: &str) -> String {
    let lines =
        text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!', '#', '>']).trim());
    lines.map(|line| if line.is_empty() { "\u{b6}" } else { line }).collect::<Vec<_>>().join(" ")
}

/// The targets of the links of a Markdown document, code left out.
fn targets(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        inside ^= line.starts_with("```");
        for part in line.split('`').step_by(2).filter(|_| !inside) {
            found.extend(
                part.match_indices("](")
                    .filter_map(|(at, _)| Some(part[at + 2..].split_once(')')?.0)),
            );
        }
        // A link whose text is code: [`x`](y).
        if !inside {
            found.extend(
                line.match_indices("`](")
                    .filter_map(|(at, _)| Some(line[at + 3..].split_once(')')?.0)),
            );
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The anchors of a Markdown document: its own, and those that viewers make of headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let own = text
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(anchor, _)| anchor.to_owned());
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let title = line.trim_start_matches('#').trim();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    own.chain(headings).collect()
}
