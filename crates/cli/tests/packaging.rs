//! The files beside the binary: completions that shells accept, and a manual page for every
//! command.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn trustlist(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Every command, as its help lists them: `plan`, `plan lint`, …
fn commands() -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![String::new()]);
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = trustlist(&words);
        assert_eq!(help.status.code(), Some(0), "{command}");
        let Some((_, listed)) = stdout(&help).split_once("\nCommands:\n") else { continue };
        let names = listed
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let below =
            names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
        let below: Vec<String> =
            below.map(|name| format!("{command} {name}").trim().to_owned()).collect();
        open.extend(below.iter().cloned());
        found.extend(below);
    }
    found
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packaging").join(name);
    let _ = std::fs::remove_dir_all(&path);
    path
}

#[test]
fn every_command_has_a_page() {
    let commands = commands();
    assert!(commands.contains("deletion predict") && commands.len() > 20, "{commands:?}");
    let folder = folder("man").join("man1");
    // Written twice: what is there already is replaced.
    for _ in 0..2 {
        let told = trustlist(&["man", "--out", folder.to_str().unwrap()]);
        assert_eq!(
            (told.status.code(), stdout(&told).lines().count()),
            (Some(0), commands.len() + 1)
        );
    }
    let files: BTreeSet<String> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let pages = commands.iter().map(|command| format!("trustlist-{}.1", command.replace(' ', "-")));
    assert_eq!(files, pages.chain(["trustlist.1".to_owned()]).collect());
    for file in &files {
        let page = std::fs::read_to_string(folder.join(file)).unwrap();
        let name = file.trim_end_matches(".1");
        for wanted in [
            format!(".TH {}", name.to_uppercase()),
            ".SH SYNOPSIS".to_owned(),
            ".SH NAME".to_owned(),
        ] {
            assert!(page.contains(&wanted), "{file} lacks {wanted}:\n{page:.300}");
        }
        assert!(page.contains(&name.replace('-', "\\-")), "{file} does not name itself");
    }
    let page = std::fs::read_to_string(folder.join("trustlist-plan-lint.1")).unwrap();
    assert!(page.contains("Find mistakes in a plan"), "{page}");
}

#[test]
fn without_a_folder_the_main_page_is_printed() {
    let page = trustlist(&["man"]);
    assert_eq!(page.status.code(), Some(0));
    assert!(
        stdout(&page).contains(".TH TRUSTLIST") && stdout(&page).contains("Exit status"),
        "{}",
        stdout(&page)
    );
}

#[test]
fn a_folder_that_cannot_be_is_said_in_one_line() {
    let file = folder("file");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "").unwrap();
    let told = trustlist(&["man", "--out", file.to_str().unwrap()]);
    let message = std::str::from_utf8(&told.stderr).unwrap();
    assert_eq!(
        (told.status.code(), stdout(&told), message.lines().count()),
        (Some(2), "", 1),
        "{message}"
    );
    assert!(message.contains("packaging/file"), "{message}");
}

#[test]
fn every_shell_has_completions_for_every_command() {
    let commands = commands();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let told = trustlist(&["completions", shell]);
        assert_eq!((told.status.code(), told.stderr.len()), (Some(0), 0), "{shell}");
        let script = stdout(&told);
        let missing: Vec<&String> = commands
            .iter()
            .filter(|name| !script.contains(name.rsplit(' ').next().unwrap()))
            .collect();
        assert!(script.contains("--offered-itl") || script.contains("offered-itl"), "{shell}");
        assert_eq!(missing, [""; 0], "{shell}");
    }
    assert_eq!(trustlist(&["completions", "cmd"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn bash_takes_its_completions() {
    let script = trustlist(&["completions", "bash"]).stdout;
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut bash.stdin.take().unwrap(), &script).unwrap();
    let told = bash.wait_with_output().unwrap();
    assert!(
        told.status.success() && told.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
}
