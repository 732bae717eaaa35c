//! The commands of README.md print what it says: `UPDATE_README=1 cargo test --features cli --test readme` writes it anew.

use std::path::Path;
use std::process::Command;

#[test]
fn every_command_prints_what_the_readme_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
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

/// The text with the output of every `$ …` of its console blocks put behind it, and how many there were.
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

/// What the command prints, on both streams.
fn output(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let arguments = match &words[..] {
        ["cargo", "run", "--quiet", "--features", "cli", "--", arguments @ ..] | ["trustlist", arguments @ ..] => arguments,
        _ => panic!("not a command of this project: {command}"),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    String::from_utf8([output.stderr, output.stdout].concat()).unwrap()
}
