//! One word for each thing: no output, page, run book or help has a second one (CONTRIBUTING.md,
//! "Language").
//!
//! Sentences that still have one are counted in `golden/words.txt`, which may only shrink:
//! `UPDATE_WORDS=1 cargo test -p trustlist-cli --test words` writes it anew.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The words that are not written, each with its replacement. A blank means any blanks, also a line
/// break.
const BANNED: &[(&str, &str)] = &[
    ("a print", "a paste"),
    ("as many as", "at most N"),
    ("at hand", "missing: …"),
    ("becomes of", "happens to"),
    ("believe by", "trusts"),
    ("believes by", "trusts"),
    ("by-hand", "delete the lists on the phone"),
    ("depends", "UNDECIDED"),
    ("does not take", "refuses"),
    ("hang on", "a fact is missing"),
    ("hangs on", "a fact is missing"),
    ("held", "on the phone"),
    ("lean", "probably"),
    ("leans", "probably"),
    ("need hands", "what to do"),
    ("needs hands", "what to do"),
    ("nobody", "no one is named"),
    ("not reached", "offline"),
    ("off-line", "offline"),
    ("on faith", "accepted without a check"),
    ("on-line", "online"),
    ("only a print", "only a paste"),
    ("open question", "missing fact"),
    ("regen", "regenerate"),
    ("reject", "refuse"),
    ("rejected", "refused"),
    ("rejects", "refuses"),
    ("remedies", "what to do"),
    ("renew", "regenerate"),
    ("renewed", "regenerated"),
    ("renews", "regenerates"),
    ("signer class", "the certificate of the signer"),
    ("so many", "at most N"),
    ("somebody", "no one is named"),
    ("taken", "accepted"),
    ("takes", "accepts"),
    ("the one it had", "the old one"),
    ("the print", "the paste"),
    ("unsure", "UNDECIDED"),
    ("whoever", "no one is named"),
    ("whom", "no one is named"),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder}");
    files
}

/// Text that people read, by its place: JSON, pages in HTML, commands that are typed, and names of
/// pages and terms are left out.
fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut add = |path: &Path, text: &str| {
        let place = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let lines = text.lines().filter(|line| {
            let line = line.trim_start();
            let is_json = line.starts_with(['"', '{', '}', '[', ']', '<']);
            let names =
                line.starts_with("# ") && place.ends_with(".md") || line.starts_with("Also: ");
            !is_json && !names && !line.starts_with("$ ") && !line.starts_with("::")
        });
        texts.insert(place.clone(), without_typed(&lines.collect::<Vec<_>>().join("\n")));
    };
    for path in files("crates/cli/tests/golden/transcripts", ".txt") {
        add(&path, &std::fs::read_to_string(&path).unwrap());
    }
    for path in [files("src/explain", ".md"), files("crates/cluster/src/explain", ".md")].concat() {
        add(&path, &std::fs::read_to_string(&path).unwrap());
    }
    for path in files("testdata/clusters", ".json") {
        let plan = ["plan", "generate", "--accept-guesses", "--renew", "CallManager,TVS,CAPF"];
        let output = trustlist(&[&plan[..], &[path.to_str().unwrap()]].concat());
        assert!(output.contains("# "), "{output}");
        add(&path.with_extension("run-book"), &output);
    }
    for command in commands() {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let place = root().join(format!("help of trustlist {command}"));
        // The option stays.
        add(
            &place,
            &trustlist(&words).replace("--renew", "").replace("plan generate CallManager", ""),
        );
    }
    texts
}

/// Returns the text without what is typed as it is: text in backquotes, commands, steps of a plan.
fn without_typed(text: &str) -> String {
    let prose = |paragraph: &str| paragraph.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let mut text = text.split("\n\n").map(prose).collect::<Vec<_>>().join("\n\n");
    for unit in ["CallManager", "TVS", "CAPF", "ITLRecovery", "tomcat"] {
        text = text.replace(&format!("set cert regen {unit}"), "");
        text = text.replace(&format!("regen {unit}"), "");
    }
    text
}

fn trustlist(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist")).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Every command, as `help` lists them.
fn commands() -> Vec<String> {
    let (mut found, mut open) = (vec![String::new()], vec![String::new()]);
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = trustlist(&words);
        let Some((_, listed)) = help.split_once("\nCommands:\n") else { continue };
        let names = listed.lines().take_while(|line| !line.is_empty());
        let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in names.filter_map(|line| line.split_whitespace().next()) {
            if name != "help" {
                found.push(format!("{command} {name}").trim().to_owned());
                open.extend(found.last().cloned());
            }
        }
    }
    found
}

/// Returns the number of times that a text has a word, as a word.
fn count(text: &str, word: &str) -> usize {
    let is_part = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_')
    };
    text.match_indices(word)
        .filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !is_part(before) && !is_part(after)
        })
        .count()
}

/// The words of every text, with their number.
fn found() -> BTreeMap<(String, &'static str), usize> {
    let mut found = BTreeMap::new();
    for (place, text) in texts() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        for (word, _) in BANNED {
            let number = count(&text, word);
            if number > 0 {
                found.insert((place.clone(), *word), number);
            }
        }
    }
    found
}

const HEAD: &str = "\
# Words of sentences that are still to be rewritten: place, word, how often it is there.
# This list may only shrink. `UPDATE_WORDS=1 cargo test -p trustlist-cli --test words` writes it anew.
";

#[test]
fn no_text_has_a_second_word_for_a_thing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/words.txt");
    let found = found();
    if std::env::var_os("UPDATE_WORDS").is_some() {
        let lines =
            found.iter().map(|((place, word), number)| format!("{place}\t{word}\t{number}\n"));
        return std::fs::write(path, HEAD.to_owned() + &lines.collect::<String>()).unwrap();
    }
    let listed = std::fs::read_to_string(path).unwrap();
    let allowed: BTreeMap<(&str, &str), usize> = listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap();
            ((cell(), cell()), cell().parse().unwrap())
        })
        .collect();
    for ((place, word), number) in &found {
        let most = allowed.get(&(place.as_str(), *word)).copied().unwrap_or(0);
        let (_, instead) = BANNED.iter().find(|(known, _)| known == word).unwrap();
        assert!(
            *number <= most,
            "{place}: {word:?} is there {number} times, {most} are known: write {instead:?}"
        );
    }
}

/// The texts that tell readers to type something.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md"), root().join("SECURITY.md")];
    for folder in ["docs", "src/explain", "crates/cluster/src/explain"] {
        documents.extend(files(folder, ".md"));
    }
    documents.extend(files("crates/cli/tests/golden/transcripts", ".txt"));
    documents
}

/// The commands that a text shows: between backquotes, also over a line break, and in code blocks.
fn typed(text: &str) -> Vec<String> {
    let mut typed = Vec::new();
    let (mut fence, mut line_of_code) = (false, String::new());
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fence = !fence;
        } else if fence {
            let line = line.trim_start_matches("$ ");
            line_of_code.push_str(line.trim_end_matches(['\\', '`']));
            if !line.ends_with(['\\', '`']) {
                typed.push(std::mem::take(&mut line_of_code));
            }
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    for paragraph in prose.split("\n\n") {
        let spans = paragraph.split('`').skip(1).step_by(2);
        typed.extend(spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    let parts = |line: String| {
        line.split(" && ").flat_map(|part| part.split(" | ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let one = |line: String| {
        let end = [" > ", " < ", " 2>"].into_iter().filter_map(|sign| line.find(sign)).min();
        line[..end.unwrap_or(line.len())].trim().to_owned()
    };
    typed.into_iter().flat_map(parts).map(one).collect()
}

/// The words of a command, without quotes.
fn words_of(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' | '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A page that names a command or an option that does not exist leaves its reader alone. With
/// `--help` at its end, a command is parsed and not run.
#[test]
fn every_command_and_option_in_a_text_exists() {
    let help: String = commands()
        .iter()
        .map(|command| {
            trustlist(
                &command
                    .split(' ')
                    .chain(["--help"])
                    .filter(|word| !word.is_empty())
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let (mut seen, mut wrong) = (std::collections::BTreeSet::new(), Vec::new());
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in typed(&text) {
            let words = words_of(&line);
            let option = words.first().filter(|word| word.starts_with("--") && word.len() > 2);
            if let Some(option) = option {
                let option = option.split(['=', '<']).next().unwrap();
                if !OTHERS.contains(&option) && count(&help, option) == 0 {
                    wrong.push(format!("{}: no option {option}", path.display()));
                }
            }
            // `trustlist = { … }` is a line of a Cargo.toml.
            let is_command = words.first().is_some_and(|word| word == "trustlist")
                && words.get(1).is_none_or(|word| word != "=");
            if !is_command || !seen.insert(line.clone()) {
                continue;
            }
            let arguments = words.iter().skip(1).map(String::as_str).chain(["--help"]);
            let output = Command::new(env!("CARGO_BIN_EXE_trustlist"))
                .args(arguments)
                .stdin(std::process::Stdio::null())
                .output()
                .unwrap();
            if !output.status.success() {
                let error = String::from_utf8_lossy(&output.stderr);
                let error = error.lines().next().unwrap_or_default();
                wrong.push(format!("{}: {line}: {error}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.len() > 60, "only {} commands found", seen.len());
}

/// Options of other programs that texts name.
const OTHERS: [&str; 1] = ["--no-wait"];

#[test]
fn commands_are_found_in_blocks_and_between_backquotes() {
    let text = "Run `trustlist explain\nSAST`, then:\n\n```sh\n$ trustlist show \\\n    \"a b\" > out\nls && trustlist man\n```\n";
    let typed = typed(text);
    assert_eq!(
        typed,
        ["trustlist show     \"a b\"", "ls", "trustlist man", "trustlist explain SAST"]
    );
    assert_eq!(words_of(&typed[0]), ["trustlist", "show", "a b"]);
}

#[test]
fn words_are_found_as_words() {
    assert_eq!(count("it hangs on a rehang on; hang on", "hang on"), 1);
    assert_eq!(count("--renew renew-all renewed renew.", "renew"), 1);
}
