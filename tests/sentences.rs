//! The golden answers use one word for one thing, as CONTRIBUTING.md asks.

use std::path::{Path, PathBuf};

/// Phrases that sentences for administrators do not use.
const BANNED: &[&str] = &[
    "DEPENDS",
    "First of all",
    "Who needs hands",
    "another certificate.",
    "at hand",
    "does not believe",
    "hang on an open question",
    "hangs on",
    "installed CTL",
    "installed ITL",
    "leans neither",
    "needs hands",
    "on faith",
    "only a print",
    "open question",
    "the one it had",
    "whom ",
];

/// Returns the lines without the title of the case, and without the statements of rules at the end.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().skip(1).take_while(|line| !line.starts_with("How sure this is"))
}

fn golden(folder: &str, wanted: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.ends_with(".txt") && wanted.iter().any(|wanted| name.starts_with(wanted))
        })
        .collect()
}

#[test]
fn answers_use_one_word_for_one_thing() {
    let mut files = golden("tests/golden", &["c", "i", "t"]);
    files.extend(golden("crates/cli/tests/golden/transcripts", &["diff", "fleet", "predict"]));
    assert!(files.len() > 5, "{files:?}");
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in sentences(&text) {
            let banned = BANNED.iter().filter(|banned| line.contains(**banned));
            found.extend(banned.map(|banned| format!("{}: {banned}: {line}", file.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
