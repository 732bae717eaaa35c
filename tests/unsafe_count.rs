//! How much `unsafe` the tree holds that a user compiles: DESIGN.md tells it for the default features and for the command
//! line, and this counts it in the sources themselves.
//!
//! Counted is every word `unsafe` outside comments and texts: blocks, functions, implementations, attributes. Code behind a
//! `cfg` that is not built here counts too, tests and examples of the crates do not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_table_of_unsafe_code_is_that_of_the_tree() {
    let sources = sources();
    let design = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/DESIGN.md")).unwrap();
    for (features, heading) in [("default", "| `unsafe`, default features | words |"), ("cli", "| `unsafe`, `cli` | words |")] {
        let counted: BTreeMap<String, usize> = tree(features)
            .into_iter()
            .map(|(name, version)| {
                let source =
                    sources.get(&(name.clone(), version.clone())).unwrap_or_else(|| panic!("no source of {name} {version}"));
                (name, folder(&source.join("src")) + file(&source.join("build.rs")))
            })
            // The crate itself forbids it everywhere but at the border to C, which is built on request only.
            .filter(|(name, words)| *words > 0 && name != "trustlist")
            .collect();
        let (_, table) = design.split_once(heading).unwrap_or_else(|| panic!("DESIGN.md has no table {heading}"));
        let told: BTreeMap<String, usize> = table
            .lines()
            .skip(2)
            .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
            .map(|(name, words)| (name.trim_matches('`').to_owned(), words.parse().unwrap()))
            .collect();
        let all = counted.values().sum::<usize>();
        let rows: String = counted.iter().map(|(name, words)| format!("| `{name}` | {words} |\n")).collect();
        let mut expected = counted.clone();
        expected.insert("all".to_owned(), all);
        assert_eq!(told, expected, "the table should be\n{heading}\n|---|---|\n{rows}| all | {all} |");
    }
}

/// The crates that are compiled for a user with these features, by name and version; build scripts and macros with them.
fn tree(features: &str) -> BTreeSet<(String, String)> {
    let arguments =
        ["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--no-default-features", "--features", features];
    let text = cargo(&[&arguments[..], &["--offline"]].concat()).or_else(|_| cargo(&arguments)).unwrap();
    let crates = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned()))
    });
    crates.collect()
}

/// Where the sources of each crate of the lock file are.
fn sources() -> BTreeMap<(String, String), PathBuf> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--all-features"];
    let text = cargo(&[&arguments[..], &["--offline"]].concat()).or_else(|_| cargo(&arguments)).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let packages = document["packages"].as_array().unwrap().iter();
    let found = packages.map(|package| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        ((text(&package["name"]), text(&package["version"])), manifest.parent().unwrap().to_owned())
    });
    found.collect()
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn folder(path: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { folder(&path) } else { file(&path) }).sum()
}

fn file(path: &Path) -> usize {
    if path.extension().is_none_or(|extension| extension != "rs") {
        return 0;
    }
    std::fs::read(path).map_or(0, |bytes| count(&String::from_utf8_lossy(&bytes)))
}

/// The words `unsafe` outside comments and texts.
fn count(source: &str) -> usize {
    let mut rest = source;
    let mut found = 0;
    while let Some(c) = rest.chars().next() {
        rest = if rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, after)| after)
        } else if rest.starts_with("/*") {
            behind_comment(rest)
        } else if let Some(hashes) = raw_start(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let text = rest.split_once('"').map_or("", |(_, text)| text);
            text.split_once(close.as_str()).map_or("", |(_, after)| after)
        } else if c == '"' {
            behind_text(&rest[1..])
        } else if let Some(after) = behind_character(rest) {
            after
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            found += usize::from(&rest[..end] == "unsafe");
            &rest[end..]
        } else {
            &rest[c.len_utf8()..]
        };
    }
    found
}

/// `r"`, `br##"` and the like: how many hashes. Not the end of a longer word: words are skipped whole.
fn raw_start(rest: &str) -> Option<usize> {
    let rest = ["br", "cr", "r"].iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Comments of this kind stand in each other.
fn behind_comment(rest: &str) -> &str {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return rest.get(at..).unwrap_or("");
        }
    }
    ""
}

fn behind_text(rest: &str) -> &str {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &rest[at + 1..],
            _ => {}
        }
    }
    ""
}

/// Behind `'x'` or `'\n'`; a lifetime is no character.
fn behind_character(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        let end = inside.char_indices().skip(2).find(|(_, c)| *c == '\'')?.0;
        return inside.get(end + 1..);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..].strip_prefix('\'')
}

#[test]
fn words_are_counted_and_nothing_else() {
    assert_eq!(count("unsafe { a() } unsafe fn b() {} #[unsafe(no_mangle)]"), 3);
    assert_eq!(count("// unsafe\n/* unsafe /* unsafe */ unsafe */ unsafe_code not_unsafe"), 0);
    assert_eq!(count(r##""unsafe \" unsafe" r#"unsafe " unsafe"# '"' unsafe '\'' 'a unsafe"##), 2);
}
