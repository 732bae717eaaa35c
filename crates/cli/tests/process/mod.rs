//! The program as a process, for tests that end it, limit it or give it odd files.

#[path = "../../../../tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the path of a file of `testdata/`.
pub(crate) fn testdata(name: &str) -> PathBuf {
    common::testdata(name)
}

/// Returns the path of a file of `testdata/` as an argument.
#[allow(dead_code)]
pub(crate) fn path(name: &str) -> String {
    testdata(name).display().to_string()
}

/// Makes an empty folder for one test of a test program.
pub(crate) fn folder(program: &str, test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(program).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns the command with these arguments, nothing to read, and its output kept.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
