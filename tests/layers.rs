//! A room uses only rooms on lower floors, by the table of DESIGN.md.
//!
//! The sources are read token by token: comments, texts and code for tests do not count, and every `crate::` path,
//! every `super::` path that leaves its room.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[test]
fn every_room_uses_lower_floors_only() {
    let floors = floors(include_str!("../DESIGN.md"));
    let mut wrong = Vec::new();
    let files = sources();
    assert!(files.len() > 50, "only {} sources found", files.len());
    for (modules, source) in &files {
        let found = violations(modules, source, &floors);
        wrong.extend(found.iter().map(|violation| format!("{}, {violation}", modules.join("::"))));
    }
    assert!(
        wrong.is_empty(),
        "{} paths against the floors of DESIGN.md:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_table_names_every_room_once() {
    let floors = floors(include_str!("../DESIGN.md"));
    assert_eq!(
        (floors.get("wire"), floors.get("verify"), floors.get("question")),
        (Some(&1), Some(&2), Some(&9))
    );
    let rooms: BTreeSet<String> = sources().into_keys().map(|modules| modules[0].clone()).collect();
    let unknown: Vec<_> = rooms.iter().filter(|room| !floors.contains_key(room.as_str())).collect();
    assert!(unknown.is_empty(), "rooms without a floor in DESIGN.md: {unknown:?}");
}

/// Each line breaks the rule for `phone` (floor 4) or does not, as its end says.
#[test]
fn a_violation_is_found_wherever_it_stands() {
    let floors = BTreeMap::from(
        [("wire", 1), ("facts", 3), ("phone", 4), ("console", 4), ("report", 7)]
            .map(|(room, floor)| (room.to_owned(), floor)),
    );
    let sample = r##"
        use crate::facts::ListFacts; // fine
        use crate::report::text; // wrong: report
        use crate::console; // wrong: console
        use crate::{facts::{self, Name}, wire, report::{html, text}}; // wrong: report
        use crate::phone::itl; // fine: its own room
        use super::super::console::read; // wrong: console
        use super::super::super::x; // wrong: leaves the crate
        use super::itl::{self, judge}; // fine
        fn f() -> crate::attic::Box { g('\'', '"', b'"', r#"crate::report"#, "\" crate::report", 'a') } // wrong: attic
        /// [`crate::report`] is told of only
        /* crate::report /* nested */ crate::report */ fn k<'report>(x: &'report u8) { crate::wire::parse(x) }
        #[cfg(test)]
        use crate::report::for_tests;
        #[cfg(all(test, feature = "serde"))]
        mod tests { use crate::report::{a}; fn f() { if x { crate::report::b() } } }
        #[cfg(not(test))]
        fn l() { crate::report::m() } // wrong: report
        macro_rules! m { () => { $crate::report::n() } } // wrong: report
    "##;
    let expected: Vec<String> = sample
        .lines()
        .enumerate()
        .filter_map(|(line, text)| {
            Some(format!("{} {}", line + 1, text.split_once("// wrong: ")?.1))
        })
        .collect();
    let modules = ["phone".to_owned(), "tvs".to_owned()];
    let found: Vec<String> = violations(&modules, sample, &floors)
        .iter()
        .map(|found| format!("{} {}", found.line, found.to))
        .collect();
    assert_eq!(found, expected);
}

/// A path that goes where it must not.
struct Violation {
    line: usize,
    from: String,
    to: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {} uses {}", self.line, self.from, self.to)
    }
}

/// Room and floor, from the rows of the table: "| `wire/` | 1 | … |". One row may name several rooms.
fn floors(design: &str) -> BTreeMap<String, u32> {
    let mut floors = BTreeMap::new();
    let (_, section) = design.split_once("\n## Modules and layers").unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let Ok(floor) = cells[2].parse() else { continue };
        for room in cells[1].split(',') {
            let room = room.trim().trim_matches('`').trim_end_matches(".rs").trim_end_matches('/');
            assert_eq!(
                floors.insert(room.to_owned(), floor),
                None,
                "{room} stands in the table twice"
            );
        }
    }
    floors
}

/// Every source but lib.rs by the path of its module, without the modules that exist for tests only.
fn sources() -> BTreeMap<Vec<String>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(Vec::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))];
    while let Some((modules, folder)) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let inside = [modules.clone(), vec![name.clone()]].concat();
            if path.is_dir() {
                folders.push((inside, path));
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !(modules.is_empty() && name == "lib")
            {
                found.insert(inside, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let for_tests: Vec<Vec<String>> =
        found.iter().flat_map(|(modules, source)| test_modules(modules, source)).collect();
    found.retain(|modules, _| !for_tests.iter().any(|for_tests| modules.starts_with(for_tests)));
    found
}

/// The modules in files of their own that a source declares under `#[cfg(test)]`.
fn test_modules(modules: &[String], source: &str) -> Vec<Vec<String>> {
    let tokens = tokens(source);
    let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    // For the whole crate or not makes no difference.
    let words = words.join(" ").replace("] pub ( crate ) mod ", "] mod ");
    let words: Vec<&str> = words.split(' ').collect();
    let declared = words.windows(10).filter(|words| {
        words[..8] == ["#", "[", "cfg", "(", "test", ")", "]", "mod"] && words[9] == ";"
    });
    declared.map(|words| [modules, &[words[8].to_owned()]].concat()).collect()
}

fn violations(modules: &[String], source: &str, floors: &BTreeMap<String, u32>) -> Vec<Violation> {
    let room = &modules[0];
    let floor = floors.get(room).copied().unwrap_or(0);
    let tokens = without_tests(tokens(source));
    rooms_used(&tokens, modules)
        .into_iter()
        .filter(|(to, _)| !AT_THE_ROOT.contains(&to.as_str()))
        .filter(|(to, _)| to != room && floors.get(to).is_none_or(|&other| other >= floor))
        .map(|(to, line)| Violation { line, from: room.clone(), to })
        .collect()
}

/// Macros, and the error that they name, are at the root of the crate wherever they are written.
const AT_THE_ROOT: [&str; 3] = ["UnknownWord", "vocabulary", "codes"];

/// The room at the start of every path through `crate`, `super` or `trustlist`, and the line it stands on.
fn rooms_used(tokens: &[Token<'_>], modules: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let follows =
            |text: &str, at: usize| tokens.get(at).is_some_and(|token| token.text == text);
        let inside_path = at >= 1 && tokens[at - 1].text == "::";
        at += 1;
        if inside_path || !follows("::", at) {
            continue;
        }
        match token.text {
            "crate" | "trustlist" => found.extend(heads(&tokens[at + 1..])),
            "super" => {
                let mut above = 1;
                while follows("::", at) && follows("super", at + 1) {
                    (above, at) = (above + 1, at + 2);
                }
                match modules.len().checked_sub(above) {
                    None => found.push(("leaves the crate".to_owned(), token.line)),
                    Some(0) => found.extend(heads(&tokens[at + 1..])),
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }
    found
}

/// The first names behind `crate::`: one, or those of a group in braces.
fn heads(tokens: &[Token<'_>]) -> Vec<(String, usize)> {
    let Some(first) = tokens.first() else { return Vec::new() };
    if first.text != "{" {
        return vec![(first.text.to_owned(), first.line)];
    }
    let (mut depth, mut starts, mut found) = (0, true, Vec::new());
    for token in tokens {
        match token.text {
            "{" => depth += 1,
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => starts = true,
            text if starts => {
                found.push((text.to_owned(), token.line));
                starts = false;
            }
            _ => {}
        }
    }
    found
}

/// A word, `::`, or one other character.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// The tokens of a source, without comments, texts and characters.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let (mut rest, mut line, mut tokens) = (source, 1, Vec::new());
    while let Some(c) = rest.chars().next() {
        let length = match c {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => comment(rest),
            '"' => quoted(rest, 0),
            '\'' => character(rest),
            _ if raw_text(rest).is_some() => raw_text(rest).unwrap(),
            _ if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ if rest.starts_with("::") => 2,
            _ => c.len_utf8(),
        };
        let (text, behind) = rest.split_at(length);
        let is_token = text == "::"
            || text.chars().all(|c| c.is_alphanumeric() || c == '_')
            || (length == 1 && !c.is_whitespace());
        if is_token {
            tokens.push(Token { text, line });
        }
        line += text.matches('\n').count();
        rest = behind;
    }
    tokens
}

fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match &text[at..] {
            "" => return at,
            rest if rest.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            rest if rest.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            rest => at += rest.chars().next().unwrap().len_utf8(),
        }
        if depth == 0 {
            return at;
        }
    }
}

fn quoted(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text[start..].char_indices().skip(1) {
        match c {
            '"' if !escaped => return start + at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// `'a'`, `'\''`, `'\u{7f}'`; of a lifetime only the apostrophe.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            text[at + c.len_utf8()..].find('\'').map_or(1, |end| at + c.len_utf8() + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br#"…"#`, `c"…"`.
fn raw_text(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = text[prefix.len()..].find('"')?;
    if !prefix.contains('r') {
        return (hashes == 0).then(|| quoted(text, prefix.len()));
    }
    let start = prefix.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// The tokens without the items that stand under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn without_tests(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while let Some(token) = tokens.get(at) {
        match attribute(&tokens[at..]) {
            Some(length) if is_for_tests(&tokens[at..at + length]) => {
                at += length + item(&tokens[at + length..])
            }
            _ => {
                kept.push(*token);
                at += 1;
            }
        }
    }
    kept
}

/// How many tokens the attribute has that starts here.
fn attribute(tokens: &[Token<'_>]) -> Option<usize> {
    let starts = tokens.first()?.text == "#" && tokens.get(1)?.text == "[";
    starts.then(|| 1 + closing(&tokens[1..], "[", "]"))
}

fn is_for_tests(attribute: &[Token<'_>]) -> bool {
    let words: Vec<&str> = attribute.iter().map(|token| token.text).collect();
    words.starts_with(&["#", "[", "cfg", "(", "test"])
        || words.starts_with(&["#", "[", "cfg", "(", "all", "(", "test"])
}

/// How many tokens the item has that starts here: its other attributes, and all up to `;` or the end of its braces.
fn item(tokens: &[Token<'_>]) -> usize {
    let mut at = 0;
    while let Some(length) = attribute(&tokens[at..]) {
        at += length;
    }
    let is_use = tokens.get(at).is_some_and(|token| token.text == "use");
    while let Some(token) = tokens.get(at) {
        match token.text {
            ";" => return at + 1,
            "{" if !is_use => return at + closing(&tokens[at..], "{", "}"),
            _ => at += 1,
        }
    }
    at
}

/// How many tokens there are up to the one that closes the first.
fn closing(tokens: &[Token<'_>], open: &str, close: &str) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.text == open) - i32::from(token.text == close);
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
