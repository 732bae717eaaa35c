//! The real binary on the same files.

use super::{Named, folder};
use std::process::{Command, Output, Stdio};

pub(crate) const TESTS: &[Named] = &[
    ("command::the_real_lists_are_shown_and_valid", the_real_lists_are_shown_and_valid),
    ("command::a_phones_messages_are_recognised", a_phones_messages_are_recognised),
];

fn path(name: &str) -> String {
    folder().join(name).display().to_string()
}

fn trustlist(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ends the process")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The text without line breaks: a long path has them in other places.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn the_real_lists_are_shown_and_valid() {
    let [cucm, certutils] =
        ["samples/cucm-ctl-2015.tlv", "samples/certutils-itl-2025.tlv"].map(path);
    let shown = trustlist(&["show", &cucm]);
    assert_eq!(status(&shown), 0);
    for words in [
        "CTL, version 1.2, 7166 bytes, 6 records",
        "signature consistent: ",
        "<- signed this file",
        "CN=CAPF-2076a1a2",
    ] {
        assert!(one_line(stdout(&shown)).contains(words), "{words}");
    }
    let verified = trustlist(&["verify", &cucm, &certutils]);
    assert_eq!(status(&verified), 0);
    assert_eq!(one_line(stdout(&verified)).matches(": consistent: ").count(), 2);
}

fn a_phones_messages_are_recognised() {
    let shown = trustlist(&["show", &path("dumps/phone-log-7821-itl-accepted.txt")]);
    assert!(
        status(&shown) == 0 && stdout(&shown).contains("the phone accepted the list"),
        "{}",
        stdout(&shown)
    );
}
