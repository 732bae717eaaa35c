//! The commands of README.md and docs/administrators.md print and draw the output shown there. To write it anew:
//! `UPDATE_README=1 cargo test -p trustlist-cli --test readme`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Each document with the fewest commands that it shows.
const DOCUMENTS: [(&str, usize); 2] = [("README.md", 4), ("docs/administrators.md", 20)];

#[test]
fn every_command_prints_the_output_that_is_shown() {
    for (name, least) in DOCUMENTS {
        let path = root().join(name);
        let written = std::fs::read_to_string(&path).unwrap();
        let (got, count) = with_real_output(&written, &folder(name));
        assert!(count >= least, "{name}: only {count} commands found");
        if std::env::var_os("UPDATE_README").is_some() {
            std::fs::write(path, got).unwrap();
            continue;
        }
        for (number, (got, written)) in got.lines().zip(written.lines()).enumerate() {
            assert_eq!(got, written, "{name}, line {}", number + 1);
        }
        assert_eq!(got.len(), written.len(), "{name}");
    }
}

/// A page that shows no example of a command leaves its reader alone with `--help`.
#[test]
fn every_command_has_an_example_for_administrators() {
    let page = std::fs::read_to_string(root().join("docs/administrators.md")).unwrap();
    let help = output_of(&["--help"], &root());
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands: Vec<&str> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let missing: Vec<_> = commands
        .iter()
        .filter(|command| {
            let begin = format!("trustlist {command}");
            !page.lines().any(|line| line.trim_start_matches("$ ").starts_with(&begin))
        })
        .collect();
    assert!(missing.is_empty(), "commands without an example: {missing:?}");
}

/// README is a landing page.
#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 200, "{} lines", readme.lines().count());
}

/// The picture is the output of the command beside it.
#[test]
fn the_picture_is_what_its_command_draws() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let command = readme
        .split('`')
        .find(|text| text.starts_with("trustlist ") && text.ends_with(".svg"))
        .unwrap();
    let (_, shown) = readme.split_once("](src/").unwrap();
    let shown = root().join("src").join(shown.split_once(')').unwrap().0);
    let drawn = Path::new(env!("CARGO_TARGET_TMPDIR")).join("picture.svg");
    let (arguments, file) = command["trustlist ".len()..].rsplit_once(' ').unwrap();
    assert_eq!(shown.file_name().unwrap(), file);
    let arguments: Vec<&str> = arguments.split(' ').chain(drawn.to_str()).collect();
    output_of(&arguments, &root());
    let drawn = std::fs::read_to_string(drawn).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(shown, drawn).unwrap();
        return;
    }
    assert_eq!(drawn, std::fs::read_to_string(shown).unwrap());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns a new folder for the commands of a document, with the files that they read: some commands write files of their own.
fn folder(document: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(document.replace(['/', '.'], "-"));
    let _ = std::fs::remove_dir_all(&folder);
    copy(&root().join("testdata"), &folder.join("testdata"));
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Returns the text with the real output after every `$ …` of its console blocks, and the number of commands.
fn with_real_output(text: &str, folder: &Path) -> (String, usize) {
    let (mut out, mut count, mut lines) = (String::new(), 0, text.lines());
    let mut inside = false;
    while let Some(line) = lines.next() {
        let is_fence = line.starts_with("```");
        if inside && !is_fence && !line.starts_with("$ ") {
            continue;
        }
        inside = if is_fence { line == "```console" } else { inside };
        out += &format!("{line}\n");
        if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            let mut command = command.to_owned();
            while let Some(start) = command.strip_suffix('\\') {
                let next = lines.next().unwrap();
                out += &format!("{next}\n");
                command = format!("{start} {next}");
            }
            out += &shown(&command, folder);
            count += 1;
        }
    }
    (out, count)
}

/// Runs the command as a shell does that knows `"…"`, `| head -n N` and `> FILE`.
fn shown(command: &str, folder: &Path) -> String {
    let (command, first) = match command.split_once(" | head -n ") {
        Some((command, lines)) => (command, lines.trim().parse().unwrap()),
        None => (command, usize::MAX),
    };
    let (command, file) = match command.split_once(" > ") {
        Some((command, file)) => (command, Some(file.trim())),
        None => (command, None),
    };
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let arguments = match &words[..] {
        ["cargo", "run", "-q", "-p", "trustlist-cli", "--", arguments @ ..]
        | ["trustlist", arguments @ ..] => arguments,
        _ => panic!("not a command of this project: {command}"),
    };
    let printed = match file {
        Some(file) => {
            let output = run(arguments, folder);
            std::fs::write(folder.join(file), output.stdout).unwrap();
            String::from_utf8(output.stderr).unwrap()
        }
        None => output_of(arguments, folder),
    };
    printed.lines().take(first).map(|line| format!("{line}\n")).collect()
}

fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the output of the command, both streams.
fn output_of(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    String::from_utf8([output.stderr, output.stdout].concat()).unwrap()
}

fn run(arguments: &[&str], folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .unwrap()
}
