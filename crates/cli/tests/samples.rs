//! Tests of files that others made and that may not be copied: they are read in place, in
//! `../shared/samples` and `../shared/dumps`, where those folders are beside the project. No other
//! test reads anything outside the clone.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "samples/command.rs"]
mod command;
#[path = "samples/lists.rs"]
mod lists;
#[path = "samples/prints.rs"]
mod prints;
#[path = "../../../fuzz/props/rebuild.rs"]
mod rebuild;

use libtest_mimic::{Arguments, Trial};
use std::path::{Path, PathBuf};

/// A test and its name.
type Named = (&'static str, fn());

fn main() {
    let arguments = Arguments::from_args();
    let tests: Vec<Named> = [lists::TESTS, prints::TESTS, command::TESTS].concat();
    if !folder().join("samples").is_dir() {
        println!("{} tests of files that may not be copied: not there", tests.len());
        return;
    }
    let trial = |(name, test): Named| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect()).exit()
}

/// The folder of the files.
fn folder() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("../shared")
}

/// The bytes of a list.
fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join("samples").join(name)).unwrap()
}

/// A print or a log.
fn dump(name: &str) -> String {
    std::fs::read_to_string(folder().join("dumps").join(name)).unwrap()
}
