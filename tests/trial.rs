//! What an administrator meets at night: a command, what it answers, and its exit status. Each test is a mistake or a gap
//! that once passed unseen.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the real binary answers.
struct Answer {
    status: i32,
    out: String,
    err: String,
}

/// Runs the binary on a line of words, in `testdata`.
fn trustlist(line: &str) -> Answer {
    run(&line.split_whitespace().collect::<Vec<_>>())
}

fn run(arguments: &[&str]) -> Answer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output = command.current_dir(root).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A file in a folder of this test run.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trial");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
    folder.join(name)
}

impl Answer {
    /// Asserts the exit status.
    #[track_caller]
    fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        self
    }

    /// Asserts that standard output says this, line breaks aside.
    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(one_line(&self.out).contains(words), "no {words:?} in:\n{}", self.out);
        self
    }

    /// Asserts that standard output does not say this, line breaks aside.
    #[track_caller]
    fn never_says(self, words: &str) -> Self {
        assert!(!one_line(&self.out).contains(words), "{words:?} in:\n{}", self.out);
        self
    }

    /// Asserts the first line.
    #[track_caller]
    fn begins(self, words: &str) -> Self {
        assert!(self.out.starts_with(words), "does not begin with {words:?}:\n{}", self.out);
        self
    }

    /// Asserts that standard error says this.
    #[track_caller]
    fn complains(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in:\n{}", self.err);
        self
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

// ---- predict

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const CALLMANAGER: &str = "cluster/after-callmanager/ITLFile.tlv";
const BOTH: &str = "cluster/after-both/ITLFile.tlv";

#[test]
fn a_prediction_without_an_offered_file_is_no_question() {
    trustlist(&format!("predict --installed-itl {BEFORE} --model 8851")).ends(2).complains("nothing is offered");
    trustlist(&format!("predict --installed-itl {BEFORE} --no-config")).ends(2).complains("--offered-itl");
    trustlist("predict").ends(2).complains("trustlist predict --installed-itl OLD --offered-itl NEW --model 8851");
    trustlist(&format!("predict {BEFORE} {BOTH}")).ends(2).complains("--installed-itl OLD --offered-itl NEW");
}

#[test]
fn a_list_of_the_other_kind_is_a_mistake_and_no_answer() {
    let swapped = format!("predict --installed-itl mixed/before/CTLFile.tlv --offered-itl {CALLMANAGER} --model 8851");
    trustlist(&swapped)
        .ends(2)
        .complains("--installed-itl: by the name inside this file it is a CTL: give it as --installed-ctl");
    trustlist(&format!("predict --installed-itl {BEFORE} --offered-itl mixed/before/CTLFile.tlv --model 8851")).ends(2);
    trustlist(&format!("{swapped} --as-given")).ends(1).begins("NO: ").complains("was the other option meant?");
}

#[test]
fn known_lists_are_looked_for_in_every_folder_and_a_folder_without_any_is_an_error() {
    let asked = |known: &str, checksum: &str| {
        trustlist(&format!("predict --known {known} --installed-itl {checksum} --offered-itl {BOTH} --model 8851"))
    };
    let of_before = "c1fc551921d7b98ba4aae4295ecf69e7";
    asked(".", of_before).ends(3);
    asked("nodir", of_before).ends(2).complains("nodir: ");
    asked("keys", of_before).ends(2).complains("keys: expected lists");
    asked("cluster", "00000000000000000000000000000000")
        .ends(2)
        .complains("no list under --known has this checksum (5 lists were read)");
}

#[test]
fn an_offered_list_that_tvs_is_said_to_know_assumes_what_is_asked() {
    let question =
        format!("predict --installed-itl {BEFORE} --model 8851 --tvs ccm1=certs/ccm1-tvs-1.pem --offered-itl {CALLMANAGER}");
    let begged = format!("--tvs-knows {CALLMANAGER} is the offered list itself");
    trustlist(&format!("{question} --tvs-knows {CALLMANAGER}")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows ccm1={CALLMANAGER}")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows {CALLMANAGER} --json")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows certs/ccm1-callmanager-2.pem")).never_says("the offered list itself");
}

#[test]
fn a_tvs_server_that_is_not_named_is_unknown_and_not_down() {
    let question =
        format!("predict --installed-itl {BEFORE} --offered-itl {CALLMANAGER} --model 8851 --tvs ccm1=certs/ccm1-tvs-1.pem");
    let question = |group: &str| trustlist(&format!("{question} --tvs-knows {CALLMANAGER} --cm-group {group}"));
    question("ccm1.voice.example").ends(3).says("no --tvs is for ccm1.voice.example: ccm1?");
    question("192.0.2.11").ends(3).says("nothing is known about TVS server 192.0.2.11");
    question("ccm1").ends(0).begins("YES: ");
}

#[test]
fn the_verdict_stands_first_and_what_is_normal_is_not_assumed_aloud() {
    let question = format!("predict --installed-itl {BEFORE} --offered-itl {CALLMANAGER} --model 8851");
    trustlist(&question).ends(3).begins("UNDECIDED: ").says("Assumed: nothing is known about TVS").never_says("--offered-ctl");
    trustlist(&format!("{question} --json")).says("no CTL on the server: --offered-ctl not given");
    // A CTL on one side only is worth a word.
    let mixed = format!("{question} --installed-ctl mixed/before/CTLFile.tlv");
    trustlist(&mixed).says("Assumed: no CTL on the server: --offered-ctl not given");
}

#[test]
fn a_device_of_which_nothing_is_known_gets_no_firm_answer() {
    let model = |name: &str| {
        let question =
            format!("predict --installed-itl {BEFORE} --offered-itl {BOTH} --tvs ccm1=certs/ccm1-tvs-2.pem --cm-group ccm1");
        let mut words: Vec<&str> = question.split_whitespace().collect();
        words.extend(["--model", name]);
        run(&words)
    };
    model("Cisco Unified Client Services Framework").ends(0).says("never asks for an ITL");
    model("Cisco Dual Mode for iPhone").ends(0);
    model("CTI Port").ends(0);
    model("Cisco ATA 191").ends(3);
    model("Cisco 8581").ends(3).says("is known: 8851?");
    model("SEP001122334455").ends(3);
}

#[test]
fn a_paste_that_holds_both_lists_is_both() {
    let itl = trustlist(&format!("show --cucm {BEFORE}")).out;
    let ctl = trustlist("show --cucm mixed/before/CTLFile.tlv").out;
    let both = file("both.txt", &format!("admin:show itl\n{itl}\nadmin:show ctl\n{ctl}\nadmin:"));
    let question = format!("predict --offered-itl {BOTH} --model 8851 --json --installed-itl {}", both.display());
    trustlist(&question).complains("also holds a CTL: taken as --installed-ctl").never_says("no CTL on the phone");
}

// ---- verify

const FORGED: &str = "bad/forged-signer.tlv";

#[test]
fn a_list_alone_is_consistent_and_valid_only_by_a_key_from_outside() {
    let own = "consistent: signed with the key that the file itself carries";
    let asks = "whether that is your cluster: --signer CERT.pem or --with LIST.tlv";
    trustlist(&format!("verify {FORGED}")).ends(0).says(own).says(asks).says("SHA-1 ").never_says("valid");
    trustlist(&format!("show {FORGED}")).says(own);
    trustlist(&format!("verify {FORGED} --json")).says(r#""anchor": "own""#);
    // The forger's own list is no anchor for itself.
    trustlist(&format!("verify {FORGED} --with {FORGED}")).ends(0).says(own);
    trustlist(&format!("verify {FORGED} --with {BEFORE}")).ends(1).says("signature INVALID");
    trustlist(&format!("verify {FORGED} --signer certs/ccm1-callmanager-1.pem")).ends(1).says("signature INVALID");
    let valid = |answer: Answer| answer.ends(0).says("signature valid").never_says("consistent");
    valid(trustlist(&format!("verify {BEFORE} --signer certs/ccm1-callmanager-1.pem")));
    valid(trustlist(&format!("verify mixed/before/CTLFile.tlv --with {BEFORE}"))).never_says("own");
    trustlist(&format!("verify {BEFORE} --signer certs/ccm1-callmanager-2.pem")).ends(3).says("another signer");
}

#[test]
fn who_served_a_forged_list_is_found_out_first() {
    let question = format!("predict --installed-itl {BEFORE} --offered-itl {FORGED} --model 8851");
    let stop = "Stop: this ITL is not signed with the key of the signer that it names. Find out which server sent it";
    trustlist(&question).ends(1).says(&format!("NOW {stop}")).never_says("Delete CTL and ITL");
    let explained = trustlist(&format!("{question} --explain")).says(stop).never_says("Delete CTL and ITL").out;
    assert!(explained.find("Stop: this ITL").unwrap() < explained.find("utils itl reset localkey").unwrap());
    let json: serde_json::Value = serde_json::from_str(&trustlist(&format!("{question} --json")).out).unwrap();
    assert!(json["itl"]["remedies"][0].as_str().unwrap().starts_with(stop));
}

// ---- lint

#[test]
fn what_dates_were_not_judged_is_said() {
    let late = format!("lint --at 2040-01-01 --within 90d {BEFORE}");
    let unknown = "4 of 7 records carry no certificate: dates unknown; give --certs DIR [certificate-dates-unknown]";
    // Record 3 is the certificate of record 1 by its hash: judged, and told once.
    let told = trustlist(&late).ends(0).says(unknown).out;
    assert_eq!(told.matches("[certificate-expired]").count(), 1, "{told}");
    let dated = trustlist(&format!("{late} --certs certs")).never_says("dates unknown").out;
    assert_eq!(dated.matches("[certificate-expired]").count(), 5, "{dated}");
    let known = trustlist(&format!("{late} --known mixed")).out;
    assert!(known.contains("[certificate-expired]") && !known.contains("4 of 7 records"), "{known}");
    trustlist(&format!("{late} --certs keys")).ends(2).complains("keys: expected certificates");
    trustlist(&format!("{late} --known keys")).ends(2).complains("keys: expected lists");
}

#[test]
fn a_paste_is_never_clean_about_dates() {
    let paste = "trial/paste/clean.txt";
    let unknown = "7 of 7 records carry no certificate: dates unknown";
    trustlist(&format!("lint {paste}")).ends(0).says(unknown).never_says("clean.txt: clean");
    trustlist(&format!("lint --at 2040-01-01 --within 90d {paste}")).says(unknown);
    trustlist(&format!("lint --at 2040-01-01 --certs certs {paste}")).says("[certificate-expired]").never_says(unknown);
}

#[test]
fn lint_takes_today_where_no_date_is_given() {
    // In a hundred years every certificate of testdata has ended.
    trustlist(&format!("lint --within 36525d {BEFORE}")).ends(0).says("[certificate-exp");
    trustlist(&format!("lint --within 36525 --at today {BEFORE}")).ends(0).says("[certificate-exp");
    trustlist(&format!("lint --within 3m {BEFORE}")).ends(2).complains("expected a number of days such as 90d");
}
