//! The commands of README.md print and draw what it shows: `UPDATE_README=1 cargo test -p
//! trustlist-cli --test readme` writes it anew.

use std::path::Path;
use std::process::Command;

#[test]
fn every_command_prints_what_the_readme_shows() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("README.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let (got, count) = with_real_output(&written);
    assert!(count >= 2, "only {count} commands found");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, got).unwrap();
        return;
    }
    for (number, (got, written)) in got.lines().zip(written.lines()).enumerate() {
        assert_eq!(got, written, "README.md, line {}", number + 1);
    }
    assert_eq!(got.len(), written.len());
}

/// The picture is what the command beside it writes.
#[test]
fn the_picture_is_what_its_command_draws() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let command = readme
        .split('`')
        .find(|text| text.starts_with("trustlist ") && text.ends_with(".svg"))
        .unwrap();
    let (_, shown) = readme.split_once("](src/").unwrap();
    let shown = root.join("src").join(shown.split_once(')').unwrap().0);
    let drawn = Path::new(env!("CARGO_TARGET_TMPDIR")).join("picture.svg");
    let (arguments, file) = command["trustlist ".len()..].rsplit_once(' ').unwrap();
    assert_eq!(shown.file_name().unwrap(), file);
    let arguments = arguments.split(' ').chain(drawn.to_str());
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    let drawn = std::fs::read_to_string(drawn).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(shown, drawn).unwrap();
        return;
    }
    assert_eq!(drawn, std::fs::read_to_string(shown).unwrap());
}

/// Returns the text with the output after every `$ …` of its console blocks, and their number.
fn with_real_output(text: &str) -> (String, usize) {
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
            out += &output(&command);
            count += 1;
        }
    }
    (out, count)
}

/// Returns the output of the command, on both streams.
fn output(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let arguments = match &words[..] {
        ["cargo", "run", "-q", "-p", "trustlist-cli", "--", arguments @ ..]
        | ["trustlist", arguments @ ..] => arguments,
        _ => panic!("not a command of this project: {command}"),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    String::from_utf8([output.stderr, output.stdout].concat()).unwrap()
}
