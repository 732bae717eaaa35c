//! Helpers that several test binaries share.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};

/// The folder of the repository: tests of crates below it read the same files.
pub fn root() -> &'static Path {
    let of_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    of_crate.ancestors().find(|folder| folder.join("testdata").is_dir()).unwrap()
}

/// A committed test file.
pub fn testdata(name: &str) -> PathBuf {
    root().join("testdata").join(name)
}

/// `show itl` with the smallest records that `plan init` learns from: server and function.
pub fn show_itl(records: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "admin:show itl\nLength of ITL file: 3000\n\n\tParse ITL File\n\t----------------\n\n",
    );
    for (number, (server, function)) in (1..).zip(records) {
        text += &format!("\tITL Record #:{number}\n2       DNSNAME         4       {server}\n");
        text += &format!("4       FUNCTION        2       {function}\n\n");
    }
    text + "The ITL file was verified successfully.\n"
}
