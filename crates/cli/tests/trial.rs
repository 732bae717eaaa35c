//! Situations of an administrator at night: a command, its answer, and its exit status. Each test
//! is a mistake or a gap
//! that once passed unseen.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The answer of the real binary.
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
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output = command.current_dir(root).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer {
        status: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
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
    trustlist(&format!("predict --installed-itl {BEFORE} --model 8851"))
        .ends(2)
        .complains("nothing is offered");
    trustlist(&format!("predict --installed-itl {BEFORE} --no-config"))
        .ends(2)
        .complains("--offered-itl");
    trustlist("predict")
        .ends(2)
        .complains("trustlist predict --installed-itl OLD --offered-itl NEW --model 8851");
    trustlist(&format!("predict {BEFORE} {BOTH}"))
        .ends(2)
        .complains("--installed-itl OLD --offered-itl NEW");
}

#[test]
fn a_list_of_the_other_kind_is_a_mistake_and_no_answer() {
    let swapped = format!(
        "predict --installed-itl mixed/before/CTLFile.tlv --offered-itl {CALLMANAGER} --model 8851"
    );
    trustlist(&swapped).ends(2).complains(
        "--installed-itl: the name inside this file says that it is a CTL: give it as --installed-ctl",
    );
    trustlist(&format!(
        "predict --installed-itl {BEFORE} --offered-itl mixed/before/CTLFile.tlv --model 8851"
    ))
    .ends(2);
    trustlist(&format!("{swapped} --as-given"))
        .ends(1)
        .begins("NO: ")
        .complains("did you mean the other option?");
}

#[test]
fn known_lists_are_looked_for_in_every_folder_and_a_folder_without_any_is_an_error() {
    let asked = |known: &str, checksum: &str| {
        trustlist(&format!(
            "predict --known {known} --installed-itl {checksum} --offered-itl {BOTH} --model 8851"
        ))
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
    let question = format!(
        "predict --installed-itl {BEFORE} --model 8851 --tvs ccm1=certs/ccm1-tvs-1.pem --offered-itl {CALLMANAGER}"
    );
    let begged = format!("--tvs-knows {CALLMANAGER} is the offered list itself");
    trustlist(&format!("{question} --tvs-knows {CALLMANAGER}")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows ccm1={CALLMANAGER}")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows {CALLMANAGER} --json")).ends(0).says(&begged);
    trustlist(&format!("{question} --tvs-knows certs/ccm1-callmanager-2.pem"))
        .never_says("the offered list itself");
}

/// A paste of what TVS knows that lost a record is told, and decides nothing: the signer may be in it.
#[test]
fn a_paste_of_what_tvs_knows_that_lost_a_line_decides_nothing() {
    let question = format!(
        "predict --installed-itl {BEFORE} --model 8851 --tvs ccm1=certs/ccm1-tvs-1.pem --cm-group ccm1 --offered-itl {CALLMANAGER}"
    );
    let paste = trustlist(&format!("show --cucm {CALLMANAGER}")).out;
    let whole = file("knows-whole.txt", &paste);
    let whole = trustlist(&format!("{question} --tvs-knows {}", whole.display())).ends(0);
    whole.says("is the offered list itself").never_says("the lost part of a paste");
    // By its checksum the paste would be known to be the offered list, of which nothing is missing.
    let lines: Vec<&str> =
        paste.lines().filter(|line| !line.contains("(MD5)") && !line.contains("(SHA1)")).collect();
    let serials = |line: &str| line.contains("SERIALNUMBER");
    let last = lines.iter().rposition(|line| serials(line)).unwrap();
    let signer = lines.iter().find(|line| serials(line)).unwrap().rsplit('\t').next().unwrap();
    let without = |lost: &dyn Fn(usize, &str) -> bool| -> String {
        let left = lines.iter().enumerate().filter(|(at, line)| !lost(*at, line));
        left.map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
    };
    let phones = file("knows.csv", "device,model,cm_group\nSEP1,8851,ccm1\n");
    // The serial number of a record; and every one of the signer, which TVS may know all the same.
    for cut in [without(&|at, _| at == last), without(&|_, line| line.contains(signer))] {
        let cut = file("knows-cut.txt", &cut).display().to_string();
        trustlist(&format!("{question} --tvs-knows {cut}"))
            .ends(3)
            .begins("UNDECIDED: ")
            .says("Assumed: the paste is not the list as it was signed: ")
            .says("knows-cut.txt");
        let fleet = format!("fleet {} --installed-itl {BEFORE}", phones.display());
        trustlist(&format!("{fleet} --offered-itl {CALLMANAGER} --tvs-knows {cut}"))
            .ends(2)
            .complains("expected the file itself, or a whole paste");
    }
}

#[test]
fn a_tvs_server_that_is_not_named_is_unknown_and_not_down() {
    let question = format!(
        "predict --installed-itl {BEFORE} --offered-itl {CALLMANAGER} --model 8851 --tvs ccm1=certs/ccm1-tvs-1.pem"
    );
    let question = |group: &str| {
        trustlist(&format!("{question} --tvs-knows {CALLMANAGER} --cm-group {group}"))
    };
    question("ccm1.voice.example").ends(3).says("write ccm1 in --cm-group");
    question("192.0.2.11").ends(3).says("nothing is known about TVS server 192.0.2.11");
    question("ccm1").ends(0).begins("YES: ");
}

#[test]
fn the_verdict_stands_first_and_what_is_normal_is_not_assumed_aloud() {
    let question =
        format!("predict --installed-itl {BEFORE} --offered-itl {CALLMANAGER} --model 8851");
    trustlist(&question)
        .ends(3)
        .begins("UNDECIDED: ")
        .says("Assumed: nothing is known about TVS")
        .never_says("--offered-ctl");
    trustlist(&format!("{question} --json")).says("no CTL on the server: --offered-ctl not given");
    // A CTL on one side only is worth a word.
    let mixed = format!("{question} --installed-ctl mixed/before/CTLFile.tlv");
    trustlist(&mixed).says("Assumed: no CTL on the server: --offered-ctl not given");
}

#[test]
fn a_device_of_which_nothing_is_known_gets_no_firm_answer() {
    let model = |name: &str| {
        let question = format!(
            "predict --installed-itl {BEFORE} --offered-itl {BOTH} --tvs ccm1=certs/ccm1-tvs-2.pem --cm-group ccm1"
        );
        let mut words: Vec<&str> = question.split_whitespace().collect();
        words.extend(["--model", name]);
        run(&words)
    };
    model("Cisco Unified Client Services Framework").ends(0).says("never asks for an ITL");
    model("Cisco Dual Mode for iPhone").ends(0);
    model("CTI Port").ends(0);
    model("Cisco ATA 191").ends(3);
    model("Cisco 8581").ends(3).says("is not known: did you mean 8851?");
    model("SEP001122334455").ends(3);
}

#[test]
fn a_paste_that_holds_both_lists_is_both() {
    let itl = trustlist(&format!("show --cucm {BEFORE}")).out;
    let ctl = trustlist("show --cucm mixed/before/CTLFile.tlv").out;
    let both = file("both.txt", &format!("admin:show itl\n{itl}\nadmin:show ctl\n{ctl}\nadmin:"));
    let question = format!(
        "predict --offered-itl {BOTH} --model 8851 --json --installed-itl {}",
        both.display()
    );
    trustlist(&question)
        .complains("also contains a CTL: used as --installed-ctl")
        .never_says("no CTL on the phone");
}

// ---- verify

const FORGED: &str = "bad/forged-signer.tlv";

#[test]
fn a_list_alone_is_consistent_and_valid_only_by_a_key_from_outside() {
    let own = "consistent: signed with the key that the file itself contains";
    let asks = "To check that your cluster signed it, give --signer CERT.pem or --with LIST.tlv";
    trustlist(&format!("verify {FORGED}"))
        .ends(0)
        .says(own)
        .says(asks)
        .says("SHA-1 ")
        .never_says("valid");
    trustlist(&format!("show {FORGED}")).says(own);
    trustlist(&format!("verify {FORGED} --json")).says(r#""anchor": "own""#);
    // The forger's own list is no anchor for itself.
    trustlist(&format!("verify {FORGED} --with {FORGED}")).ends(0).says(own);
    trustlist(&format!("verify {FORGED} --with {BEFORE}")).ends(1).says("signature INVALID");
    trustlist(&format!("verify {FORGED} --signer certs/ccm1-callmanager-1.pem"))
        .ends(1)
        .says("signature INVALID");
    let valid = |answer: Answer| answer.ends(0).says("signature valid").never_says("consistent");
    valid(trustlist(&format!("verify {BEFORE} --signer certs/ccm1-callmanager-1.pem")));
    valid(trustlist(&format!("verify mixed/before/CTLFile.tlv --with {BEFORE}"))).never_says("own");
    trustlist(&format!("verify {BEFORE} --signer certs/ccm1-callmanager-2.pem"))
        .ends(3)
        .says("another signer");
}

#[test]
fn who_served_a_forged_list_is_found_out_first() {
    let question = format!("predict --installed-itl {BEFORE} --offered-itl {FORGED} --model 8851");
    let stop = "Stop: this ITL is not signed with the key of the signer that it names. First find out which server sent it";
    trustlist(&question)
        .ends(1)
        .says(&format!("What to do: {stop}"))
        .never_says("Delete CTL and ITL");
    let explained =
        trustlist(&format!("{question} --explain")).says(stop).never_says("Delete CTL and ITL").out;
    assert!(
        explained.find("Stop: this ITL").unwrap()
            < explained.find("utils itl reset localkey").unwrap()
    );
    let json: serde_json::Value =
        serde_json::from_str(&trustlist(&format!("{question} --json")).out).unwrap();
    assert!(json["itl"]["remedies"][0].as_str().unwrap().starts_with(stop));
}

// ---- lint

#[test]
fn what_dates_were_not_judged_is_said() {
    let late = format!("lint --at 2040-01-01 --within 90d {BEFORE}");
    let unknown = "4 of 7 records have no certificate, so their dates are not known: give --certs DIR [certificate-dates-unknown]";
    // Record 3 is the certificate of record 1 by its hash: dated, and reported once.
    let told = trustlist(&late).ends(0).says(unknown).out;
    assert_eq!(told.matches("[certificate-expired]").count(), 1, "{told}");
    let dated = trustlist(&format!("{late} --certs certs")).never_says("dates are not known").out;
    assert_eq!(dated.matches("[certificate-expired]").count(), 5, "{dated}");
    let known = trustlist(&format!("{late} --known mixed")).out;
    assert!(
        known.contains("[certificate-expired]") && !known.contains("4 of 7 records"),
        "{known}"
    );
    trustlist(&format!("{late} --certs keys")).ends(2).complains("keys: expected certificates");
    trustlist(&format!("{late} --known keys")).ends(2).complains("keys: expected lists");
}

#[test]
fn a_paste_is_never_clean_about_dates() {
    let paste = "trial/paste/clean.txt";
    let unknown = "7 of 7 records have no certificate, so their dates are not known";
    trustlist(&format!("lint {paste}")).ends(0).says(unknown).never_says("clean.txt: clean");
    trustlist(&format!("lint --at 2040-01-01 --within 90d {paste}")).says(unknown);
    trustlist(&format!("lint --at 2040-01-01 --certs certs {paste}"))
        .says("[certificate-expired]")
        .never_says(unknown);
}

#[test]
fn lint_takes_today_where_no_date_is_given() {
    // In a hundred years every certificate of testdata has ended.
    trustlist(&format!("lint --within 36525d {BEFORE}")).ends(0).says("[certificate-exp");
    trustlist(&format!("lint --within 36525 --at today {BEFORE}")).ends(0).says("[certificate-exp");
    trustlist(&format!("lint --within 3m {BEFORE}"))
        .ends(2)
        .complains("expected a number of days such as 90d");
}

// ---- preflight

#[test]
fn a_node_that_was_not_pasted_is_unknown_and_still_to_run() {
    let answer = trustlist("preflight --tftp-nodes ccm1,ccm2 trial/plan/ccm1.txt").ends(3);
    let answer = answer
        .begins("NOT READY: ")
        .says("unknown F-6 ITL verified on every TFTP node: not pasted (ccm2)");
    let answer = answer.says("unknown F-10 CCN and TVS run on every node: not pasted (ccm2, ccm3)");
    answer
        .says("Still to run on ccm2: show itl")
        .says("Still to run on ccm2, ccm3: utils service list");
    let context =
        trustlist("preflight --context trial/preflight/c3.json trial/plan/ccm1.txt --json")
            .ends(3)
            .out;
    let json: serde_json::Value = serde_json::from_str(&context).unwrap();
    let of = |check: &str, verdict: &str| {
        let checks = json["checks"].as_array().unwrap().iter();
        checks.filter(|found| found["check"] == check && found["verdict"] == verdict).count()
    };
    assert_eq!((of("F-6", "pass"), of("F-6", "unknown"), of("F-10", "unknown")), (1, 1, 1));
    assert!(json["to_run"].as_array().unwrap().contains(&"show itl".into()));
    // Without options the nodes are those of the replication table and of the lists.
    trustlist("preflight trial/plan/ccm1.txt")
        .ends(3)
        .says("F-6 ITL verified on every TFTP node: not pasted (ccm2, ccm3)");
    // Both nodes pasted: nothing is left of them.
    let second = file(
        "second.txt",
        &format!(
            "admin:show itl\n{}\nadmin:",
            trustlist("show --cucm cluster/from-ccm2/ITLFile.tlv").out
        ),
    );
    let both = format!("preflight --tftp-nodes ccm1,ccm2 trial/plan/ccm1.txt {}", second.display());
    trustlist(&both)
        .ends(3)
        .says("F-6 ccm2: this version normally signs the ITL with another certificate")
        .never_says("ITL verified on every TFTP node: not pasted");
    // A paste is of the node that its ITL names, whatever it is called.
    trustlist("preflight --tftp-nodes ccm1,ccm2 trial/plan/ccm1.txt ccm2=trial/plan/ccm2.txt")
        .says("ITL verified on every TFTP node: not pasted (ccm2)");
}

#[test]
fn an_unanswered_check_is_not_the_end_of_the_preflight() {
    let one = trustlist("preflight trial/preflight/one.txt")
        .ends(3)
        .begins("NOT READY: 13 not answered\n");
    one.says("pass F-1 the rollback parameter is off (F) [rollback-off]").says("[not-pasted]");
    trustlist("explain rollback-off").ends(0);
    trustlist("explain F-1").ends(0);
}

#[test]
fn a_backup_is_held_against_a_date() {
    let old = trustlist("preflight trial/preflight/ccm1.txt").ends(3);
    old.says("WARN F-8 the newest backup is more than a week old (newest: 2009-12-10-10-30-17.tar, measured at 2023-08-01)");
    trustlist("preflight --at 2009-12-12 trial/preflight/ccm1.txt")
        .says("pass F-8 the newest backup succeeded");
    // Nothing in this paste says a date: today it is.
    let text = std::fs::read_to_string(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .join("testdata/trial/preflight/ccm1.txt"),
    )
    .unwrap();
    let start = text.find("admin:utils disaster_recovery").unwrap();
    let end = text[start..].find("admin:show cert list own").unwrap() + start;
    let undated = file("backup.txt", &text[start..end]);
    run(&["preflight", undated.to_str().unwrap()])
        .says("WARN F-8 the newest backup is more than a week old");
}

#[test]
fn blocks_stand_first_under_a_verdict_in_one_line() {
    let bad = "admin:run sql select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'\n\
               paramname             paramvalue\n===================== ==========\nRollBackToPreGrayback T\n";
    let answer = run(&["preflight", file("rollback.txt", bad).to_str().unwrap()]).ends(1);
    let answer = answer.begins("NOT READY: 1 block, 13 not answered\n\nBLOCK    F-1 ");
    answer.says("[rollback-on]");
}

#[test]
fn what_was_looked_at_by_hand_is_confirmed_and_nothing_else_is() {
    let confirmed =
        trustlist("preflight --confirm F-3,F-4,F-9,F-15 --mode non-secure trial/preflight/one.txt")
            .ends(3);
    confirmed
        .says("pass F-3")
        .says("[confirmed-by-hand]")
        .says("info F-13")
        .says("[does-not-apply]");
    trustlist("preflight --confirm F-6 trial/preflight/one.txt")
        .ends(2)
        .complains("F-6 is answered by `show itl`");
    trustlist("preflight --confirm nothing trial/preflight/one.txt").ends(2);
    // The message of a phone contradicts it.
    let refused = file("phone.txt", "10:01:02a ITL: Trust List Update Failed\n");
    run(&["preflight", "--confirm", "F-9", refused.to_str().unwrap()]).ends(1).says("BLOCK F-9");
}

#[test]
fn a_preflight_with_every_check_answered_is_ready() {
    let all = "preflight --confirm F-3,F-4,F-9,F-15 --at 2023-08-01";
    let itl = trustlist(&format!("show --cucm {BEFORE}")).out;
    let source = |name: &str| {
        std::fs::read_to_string(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata").join(name),
        )
        .unwrap()
    };
    let pasted =
        source("trial/preflight/ccm1.txt").replace("2009-12-10-10-30-17", "2023-07-30-10-30-17");
    let whole = file("whole.txt", &format!("{pasted}show itl\n{itl}\nadmin:"));
    let services = "admin:utils service list\nCisco Certificate Change Notification[STARTED]\n\
                    Cisco Trust Verification Service[STARTED]\nCisco Tftp[STOPPED]  Service Not Activated\nadmin:";
    let [ccm2, ccm3] = ["ccm2", "ccm3"].map(|node| {
        format!("{node}={}", file(&format!("services-{node}.txt"), services).display())
    });
    let mut words: Vec<&str> = all.split_whitespace().collect();
    words.extend([whole.to_str().unwrap(), &ccm2]);
    // The table has 2 servers: ccm3 is only in the ITL.
    run(&words).ends(0).says("WARN F-10 ccm3: a list names this server");
    words.push(&ccm3);
    run(&words).ends(0).begins("READY: every check is answered; ").never_says("unknown");
}

// ---- run books

const FORMS: [&str; 3] = ["markdown", "text", "json"];

/// A cluster of two nodes and a phone, with what is only assumed about it.
fn guessed(name: &str, version: &str, mode: &str, guesses: &[&str]) -> String {
    let cluster = serde_json::json!({
        "version": version, "mode": mode, "itlrecovery_scope": "cluster",
        "nodes": [
            { "name": "ccm1", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true },
            { "name": "ccm2", "publisher": false, "product": "cucm", "tftp": true, "callmanager": true } ],
        "phones": [ { "name": "SEP001122334455", "tftp_servers": ["ccm1", "ccm2"], "cm_group": ["ccm1", "ccm2"] } ] });
    let document =
        serde_json::json!({ "schema": "trustlist.cluster/1", "note": guesses, "cluster": cluster });
    file(name, &document.to_string()).display().to_string()
}

#[test]
fn a_plan_says_first_on_what_guesses_it_rests() {
    let assumed = "plan generate --renew CallManager trial/plan/assumed.json";
    // The file holds a phone of another cluster besides: the guesses are refused first.
    trustlist(assumed)
        .ends(1)
        .complains("a plan would rest on 7 guesses:\n  - ccm2: TFTP taken as not activated");
    let path = guessed(
        "guessed.json",
        "15",
        "non-secure",
        &["ccm2: TFTP taken as not activated; paste its `show itl`", "x: y"],
    );
    trustlist(&format!("plan generate --renew TVS {path} --json")).ends(1).says("2 guesses");
    let book = trustlist(&format!("plan generate --renew TVS --accept-guesses {path}")).ends(0);
    let rests = "This plan rests on 2 guesses.";
    let book = book
        .says(&format!("non-secure **{rests}"))
        .says("### 1. GATE: guess 1 of 2: ccm2: TFTP taken as not activated");
    book.says("### 2. GATE: guess 2 of 2: x: y").says("### 3. GATE: preflight");
    let ticket =
        trustlist(&format!("plan generate --renew TVS --accept-guesses --format text {path}"));
    ticket.ends(0).says(&format!("non-secure {rests}")).says("1. GATE: guess 1 of 2");
    // The plan in JSON keeps them, also for the next plan that is made of it.
    let json =
        trustlist(&format!("plan generate --renew TVS --accept-guesses --format json {path}"))
            .ends(0)
            .out;
    let again = file("again.json", &json);
    trustlist(&format!("plan generate --renew TVS {}", again.display()))
        .ends(1)
        .complains("2 guesses");
    trustlist(&format!("simulate --policy B {}", again.display())).ends(0);
    let sure = guessed("sure.json", "15", "non-secure", &[]);
    trustlist(&format!("plan generate --renew TVS {sure}")).ends(0).never_says("guess");
}

/// Any single unknown fact is in every form.
#[test]
fn each_unknown_fact_is_in_every_form_of_the_plan() {
    use trustlist_cluster::plan::Mark;
    for mark in Mark::examples() {
        let guess = trustlist_cluster::report::plan::mark_text(&mark);
        let path = guessed("one.json", "12.5", "non-secure", &[&guess]);
        for form in FORMS {
            let plan = trustlist(&format!(
                "plan generate --renew TVS --accept-guesses --format {form} {path}"
            ))
            .ends(0);
            let told = one_line(&plan.out.replace("\\\"", "\""));
            assert!(told.contains(&one_line(&guess)), "{form} lacks {guess}:\n{}", plan.out);
        }
    }
}

#[test]
fn advice_at_the_gate_of_the_local_key_does_not_undo_it() {
    let path = guessed("recovery.json", "12.5", "non-secure", &[]);
    let book = trustlist(&format!("plan generate --renew ITLRecovery {path}")).ends(0).out;
    let local =
        book.split("\n### ").skip_while(|step| !step.contains("utils itl reset localkey\n"));
    let until = local
        .take_while(|step| !step.contains("utils service restart Cisco Tftp\n"))
        .collect::<Vec<_>>();
    assert!(
        until.len() > 3 && until[1].contains("GATE: every TFTP node serves the new ITL"),
        "{book}"
    );
    assert!(
        until[1].contains("Run `utils itl reset localkey` on the publisher once more."),
        "{}",
        until[1]
    );
    for step in &until {
        assert!(!step.contains("Restart TFTP on the node"), "{step}");
    }
    // The gate of the phones has a recovery of its own in this phase.
    let gate = until.iter().find(|step| step.contains("GATE: every phone is registered")).unwrap();
    let letter = gate.split("Do Recovery ").nth(1).unwrap().chars().next().unwrap();
    let recovery =
        book.split("\n## ").find(|part| part.starts_with(&format!("Recovery {letter}"))).unwrap();
    assert!(
        recovery.contains("Do not restart TFTP") && !recovery.contains("Restart TVS on all nodes"),
        "{recovery}"
    );
}

#[test]
fn a_run_book_can_be_done_from_its_own_text() {
    let path = guessed("whole.json", "11.5", "mixed", &[]);
    let told =
        trustlist(&format!("plan generate --renew CallManager,TVS --delete-old-trust {path}"))
            .ends(0);
    let told = told
        .says("What users notice:")
        .says("Way back:")
        .says("Point of no return:")
        .says("Also used by:")
        .says("Duration:");
    let told = told.says(&format!(
        "trustlist {}, for the cluster with the fingerprint",
        env!("CARGO_PKG_VERSION")
    ));
    let told = told
        .says("trustlist collect --tftp ccm1,ccm2 --tvs ccm1,ccm2 --out before")
        .says("before/ccm2/CTLFile.tlv")
        .says("trustlist check before round-1 --inventory phones.csv --cm-group ccm1,ccm2");
    let told = told
        .says("show cert own CallManager/CallManager.pem")
        .says("CallManager (2 nodes), TVS (2 nodes)")
        .never_says("@ccm1")
        .never_says("1 phone updates");
    let told = told
        .says("- [ ] F-3, by hand:")
        .says("F-15, by hand:")
        .says("the first line begins with READY")
        .never_says("`block`");
    let told = told
        .says("utils disaster_recovery show_backupfeatures")
        .says("- [ ] ccm2 time: ____ new serial number:");
    let told = told
        .says("trustlist predict --known . --installed-itl CHECKSUM")
        .never_says("plan recover");
    // The lists are saved before the first change, and the question is asked before each reset.
    let steps: Vec<&str> = told.out.split("\n### ").skip(1).collect();
    let place = |words: &str| steps.iter().position(|step| step.contains(words)).unwrap();
    assert!(place("Save the lists of every TFTP node") < place("set cert regen"));
    let mut asked = false;
    for step in &steps {
        asked |= step.contains("ask if the phones will accept the lists that TFTP serves now");
        if step.contains("Reset all phones") {
            assert!(std::mem::take(&mut asked), "{step}");
        }
    }
    // The text about phones that fail is there once, and is referred to.
    assert_eq!(told.out.matches("**#").count(), told.out.matches("\n## Recovery ").count());
    let ticket =
        trustlist(&format!("plan generate --renew CallManager,TVS --format text {path}")).ends(0);
    ticket
        .says("FOR THE CHANGE BOARD")
        .says("RECOVERY A: PHONES THAT DO NOT COME BACK")
        .says("Do Recovery A");
}

#[test]
fn steps_that_the_release_notes_call_unnecessary_can_be_left_out() {
    let path = guessed("unneeded.json", "15", "non-secure", &[]);
    let all = trustlist(&format!("plan generate --renew CallManager,TVS {path}"))
        .ends(0)
        .says("Unnecessary according to the Release Notes");
    let less =
        trustlist(&format!("plan generate --renew CallManager,TVS --skip-unneeded {path}")).ends(0);
    let less = less.never_says("Unnecessary according to");
    assert!(less.out.matches("\n### ").count() < all.out.matches("\n### ").count());
}

// ---- diff

#[test]
fn a_difference_ends_with_the_answer_for_phones() {
    let depends = trustlist(&format!("diff {BEFORE} {CALLMANAGER}")).ends(3);
    let depends = depends.says("UNDECIDED: one fact is missing, so it is not known if phones with the old ITL and no CTL accept the new ITL. Missing: does");
    assert!(depends.out.lines().rev().skip(1).all(|line| line.len() < 110), "{}", depends.out);
    depends.says("regenerated SAST CCM+TFTP: ccm1.voice.example, serial").never_says("OU=Voice");
    trustlist(&format!("diff {BEFORE} {BEFORE}")).ends(0).says("already have the new ITL");
    trustlist(&format!("diff {BEFORE} {FORGED}")).ends(1).says("refuse the new ITL");
    trustlist("diff recovery/before/ITLFile.tlv recovery/after-callmanager/ITLFile.tlv")
        .ends(0)
        .says("accept the new ITL");
}

#[test]
fn two_lists_of_different_kinds_have_no_difference() {
    trustlist(&format!("diff {BEFORE} mixed/before/CTLFile.tlv"))
        .ends(2)
        .complains("expected two lists of one kind");
    trustlist(&format!("diff mixed/before/CTLFile.tlv {BEFORE} --json"))
        .ends(2)
        .says("trustlist.error/1");
}

// ---- fleet

const OFFER: &str =
    "--offered-itl cluster/after-both/ITLFile.tlv --cm-group ccm1 --tvs ccm1=certs/ccm1-tvs-2.pem";

#[test]
fn exports_of_cucm_are_inventories() {
    let held = format!("fleet {OFFER} --installed-itl {BEFORE}");
    trustlist(&format!("{held} trial/fleet/bat.csv")).ends(1).says("Cisco 8851").begins("NO: ");
    trustlist(&format!("{held} trial/fleet/findlist.csv")).ends(3).says("2 of 2 phones");
    trustlist(&format!("{held} trial/fleet/findlist2.csv")).ends(3);
    // Without lists nothing is known of the phones.
    trustlist(&format!("fleet {OFFER} trial/fleet/bat.csv"))
        .ends(3)
        .says("installed-lists-not-given");
    let of_server = format!(
        "fleet {OFFER} --installed-itl ccm2={BEFORE} --tftp-server ccm2 trial/fleet/bat.csv"
    );
    trustlist(&of_server).ends(1);
    trustlist(&of_server.replace("--tftp-server ccm2", "--tftp-server ccm3"))
        .ends(3)
        .says("installed-lists-not-given");
}

#[test]
fn a_fleet_is_told_what_to_do_and_by_what_it_is_reset() {
    let fleet = format!("fleet {OFFER} --installed-itl {BEFORE} trial/fleet/bat.csv");
    let told = trustlist(&format!("{fleet} --by")).ends(2);
    assert!(told.out.is_empty());
    let told = run(
        &[&fleet.split_whitespace().collect::<Vec<_>>()[..], &["--by", "Device Pool"]].concat()
    )
    .ends(1);
    let told = told.says("What to do").says("phones: check whose certificate they know");
    told.says("By Device Pool").says("DP-Amsterdam");
    run(&[&fleet.split_whitespace().collect::<Vec<_>>()[..], &["--by", "Site"]].concat())
        .ends(2)
        .complains("--by Site: no such column");
    trustlist(&format!("{fleet} --html")).ends(1).says("utils itl reset localkey");
    let json: serde_json::Value =
        serde_json::from_str(&trustlist(&format!("{fleet} --json")).out).unwrap();
    assert_eq!(json["to_do"][0]["advice"], "itl-reset-localkey-if-publisher");
    let csv = trustlist(&format!("{fleet} --csv")).ends(1);
    csv.says("answer_to_do").says("run `utils itl reset localkey` there and reset the phone");
    let forged = trustlist(&format!(
        "fleet --offered-itl {FORGED} --installed-itl {BEFORE} trial/fleet/bat.csv"
    ));
    forged.ends(1).says("stop: find out which server sent this file");
}

#[test]
fn soft_clients_hold_no_list() {
    let rows = "Device Name,Device Type\nCSFJDOE,Cisco Unified Client Services Framework\nCTI1,CTI Port\nSEP001122334455,Cisco 8851\n";
    let inventory = file("soft.csv", rows);
    let told =
        trustlist(&format!("fleet {OFFER} --installed-itl {BEFORE} {}", inventory.display()))
            .ends(1);
    told.begins("NO: 1 of 3 phones refuses files. 2 of them have no trust list (soft clients, CTI ports and similar).");
}

#[test]
fn duplicates_and_unreadable_rows_stand_in_the_head_line() {
    let told =
        trustlist("fleet --offered-itl cluster/after-both/ITLFile.tlv trial/fleet/messy.csv")
            .ends(2);
    let head = told.out.lines().next().unwrap().to_owned();
    assert!(head.starts_with("UNDECIDED: ") && head.contains("rows are unreadable."), "{head}");
    let rows = "device,model\nSEP001122334455,8851\nSEP001122334455,8851\n";
    let twice = file("twice.csv", rows);
    let told =
        trustlist(&format!("fleet {OFFER} --installed-itl {BEFORE} {}", twice.display())).ends(1);
    assert!(told.out.lines().next().unwrap().contains("1 row repeats a device"), "{}", told.out);
}

// ---- recovery

#[test]
fn a_cluster_file_is_enough_where_a_scenario_is() {
    let foreign = "trial/plan/foreign.json";
    // A simulation is one of a plan: without it, "no phone is locked" says nothing.
    for command in ["simulate --policy B", "plan lint"] {
        trustlist(&format!("{command} {foreign}")).ends(2).complains("no plan in it");
    }
    let refused =
        trustlist(&format!("plan generate --renew CallManager --accept-guesses {foreign}")).ends(1);
    refused.complains("phones are locked before anything changes: SEP001122334400");
    let told = trustlist(&format!("plan recover {foreign}")).ends(1);
    let told = told
        .says("SEP001122334400: locked")
        .says("deleting the lists on the phone")
        .says("78xx and 88xx: Settings");
    told.never_says("delete_phone_lists").never_says("CallManager@ccm1#1");
    let csv = trustlist(&format!("plan recover --csv {foreign}")).ends(1);
    csv.begins("cm_group,device,locked_under,what_to_do\nccm1,SEP001122334400,")
        .says("delete the lists on the phone");
}

#[test]
fn a_locked_phone_is_asked_about_by_the_checksum_on_its_screen() {
    let now = "--offered-itl cluster/after-both/ITLFile.tlv --model 8851 --tvs none";
    let told = trustlist(&format!(
        "plan recover --phone c1fc551921d7b98ba4aae4295ecf69e7 --known . {now}"
    ))
    .ends(1);
    told.says("c1fc551921d7b98ba4aae4295ecf69e7: NO: the phone refuses the ITL.")
        .says("utils itl reset localkey");
    let phones =
        format!("plan recover --phone {BEFORE} --phone cluster/after-both/ITLFile.tlv {now}");
    trustlist(&phones).ends(1).says("YES: ");
    trustlist("plan recover --phone c1fc551921d7b98ba4aae4295ecf69e7 --known .").ends(2);
    trustlist("plan recover").ends(2);
}

// ---- simulation

#[test]
fn a_board_reads_the_verdict_first_and_the_worst_case_next() {
    let bad = trustlist("simulate cases/lint/tvs-restart-too-early.json").ends(1).begins("");
    let first =
        bad.out.lines().find(|line| line.starts_with("NO: ")).expect("a verdict").to_owned();
    assert!(first.contains("behaviours of the cluster this plan locks phones."), "{first}");
    let policies: Vec<&str> = bad.out.lines().filter(|line| line.starts_with("Policy ")).collect();
    assert_eq!(policies.len(), 4);
    let worst = bad.out.split("\nPolicy ").nth(1).unwrap();
    assert!(worst.contains("locked"), "{worst}");
    if first.contains("Point of no return") {
        assert!(bad.out.contains("==== point of no return"), "{}", bad.out);
    }
    bad.says("phone");
}

/// An encrypted phone whose CTL does not name the certificate of CallManager is not locked, and does
/// not register (P-6, P-7).
#[test]
fn a_phone_that_does_not_register_is_no_fine_end() {
    let plan = |steps: &str| {
        format!(
            r#"{{ "schema": "trustlist.simulate/1", "cluster": {{ "version": "12.5", "mode": "mixed",
            "nodes": [ {{ "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true }} ],
            "phones": [ {{ "name": "SEP1", "tftp_servers": ["hq"], "cm_group": ["hq"], "security": "encrypted", "lsc": "current" }},
                        {{ "name": "SEP2", "tftp_servers": ["hq"], "cm_group": ["hq"] }} ] }},
            "plan": [ {{ "op": "regen", "cert": "CallManager", "node": "all" }}, {steps}
                      {{ "op": "restart", "service": "TFTP", "node": "all" }}, {{ "op": "reset_phones", "scope": "all" }},
                      {{ "op": "restart", "service": "CallManager", "node": "all" }} ] }}"#
        )
    };
    let told = trustlist(&format!("simulate {}", file("no-ctl.json", &plan("")).display())).ends(1);
    let first = one_line(&told.out);
    assert!(
        first.starts_with(
            "NO: in 4 of 4 behaviours of the cluster, 1 phone is not registered at the end: CallManager presents a certificate that \
             their CTL does not name."
        ),
        "{first}"
    );
    told.says("At the end: 2 ok.").says("Not registered at the end, 1 phone: SEP1");
    let whole = plan(r#"{ "op": "ctl_update" },"#);
    let told = trustlist(&format!("simulate {}", file("with-ctl.json", &whole).display())).ends(0);
    told.begins("YES: no phone is locked and every online phone is registered at the end");
    let stopped = plan(r#"{ "op": "ctl_update" },"#).replace(
        r#""op": "restart", "service": "CallManager""#,
        r#""op": "stop", "service": "CallManager""#,
    );
    trustlist(&format!("simulate {}", file("stopped.json", &stopped).display()))
        .ends(1)
        .says("2 phones are not registered at the end: CallManager runs on no server");
}

#[test]
fn an_offline_phone_that_will_be_locked_is_no_fine_end() {
    let told = trustlist("simulate cases/lint/phone-offline-during-change.json");
    let told = told.says("locked when").says("ok AWAY");
    let verdict = one_line(&told.out);
    assert!(verdict.contains("offline will be locked when"), "{verdict}");
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trial-offline.html");
    trustlist(&format!(
        "simulate cases/lint/phone-offline-during-change.json --html {}",
        page.display()
    ));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("mark away")
            && page.contains("prefers-color-scheme: dark")
            && page.contains("@media print")
    );
}

/// 6.5: cells hold words, and groups are numbers with their counts: no letter means two things.
#[test]
fn the_matrix_of_a_simulation_is_made_of_words() {
    let told = trustlist("simulate cases/simulate/callmanager-and-tvs.json").ends(1);
    let worst = told.out.split("\nPolicy ").nth(1).unwrap();
    let counts: Vec<String> = worst
        .lines()
        .filter(|line| line.contains(" phones: ") || line.contains(" 1 phone: "))
        .map(one_line)
        .collect();
    assert_eq!(
        counts,
        [
            "1 2 phones: SEP001122334401 and 1 more",
            "2 1 phone: SEP001122334403",
            "3 1 phone: SEP001122334404",
            "4 1 phone: SEP001122334405"
        ]
    );
    let head = worst.lines().find(|line| line.starts_with("  step  ")).unwrap();
    assert_eq!(one_line(head), "step 1 2 3 4");
    let rows = worst
        .lines()
        .skip_while(|line| *line != head)
        .filter(|line| line.get(..6).is_some_and(|step| step.trim().parse::<u32>().is_ok()));
    let cells: Vec<&str> = rows.flat_map(|row| row[6..].split_whitespace().take(4)).collect();
    assert!(cells.len() >= 40, "{worst}");
    for cell in cells {
        let word = cell.trim_end_matches('*');
        assert!(["ok", "ready", "LOCKED", "DEAD", "offline", "AWAY"].contains(&word), "{cell}");
    }
}

/// 6.6: a locked phone that a command can save and one that only a hand can save have two words.
#[test]
fn a_locked_phone_that_can_be_saved_is_no_dead_one() {
    let told = trustlist("simulate cases/simulate/callmanager-and-tvs.json").ends(1);
    told.says("LOCKED the phone is locked: it refuses the lists at the next reset; a command on the servers or restarts help")
        .says("DEAD the phone is locked: it refuses the lists at the next reset; only deleting its lists helps")
        .says("At the end: 4 ok, 1 locked until the lists are deleted.")
        .says("6 LOCKED DEAD AWAY ok restart TVS all");
    let saved =
        trustlist("simulate --policy A cases/lint/both-ctl-anchors-in-one-window.json").ends(1);
    saved
        .says("At the end: 2 locked. ")
        .says("(2 phones): `utils itl reset localkey` or `utils ctl reset localkey` first")
        .never_says("locked until the lists are deleted");
}

/// A10: answers, findings and errors of usage are coloured where colour is wanted, and NO_COLOR is obeyed.
#[test]
fn an_answer_has_its_colour() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata");
    let run = |line: &str, force: bool, refused: bool| -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
        command.current_dir(&root).args(line.split_whitespace()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        // As on a terminal.
        if force {
            command.env("CLICOLOR_FORCE", "1");
        }
        if refused {
            command.env("NO_COLOR", "1");
        }
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let predict =
        format!("predict --installed-itl {BEFORE} --offered-itl {BOTH} --model 8851 --tvs none");
    let (red, yellow) = ("\u{1b}[1m\u{1b}[31m", "\u{1b}[1m\u{1b}[33m");
    for (line, colour, word) in [
        (predict.as_str(), red, "NO:"),
        (predict.as_str(), red, "REFUSED"),
        ("preflight trial/preflight/ccm1.txt", red, "NOT READY"),
        ("preflight trial/preflight/ccm1.txt", yellow, "WARN"),
        ("lint --at 2026-11-20 bad/flipped-record.tlv", red, "error"),
        ("show nowhere.tlv", red, "error:"),
        ("show --nope x", red, "error:"),
    ] {
        let coloured = run(line, true, false);
        assert!(coloured.contains(&format!("{colour}{word}")), "{line}: {word}: {coloured:?}");
        assert!(!run(line, true, true).contains('\u{1b}'), "{line}: NO_COLOR");
        assert!(!run(line, false, false).contains('\u{1b}'), "{line}: a pipe");
    }
    // On a terminal, where the system has a command that makes one.
    let binary = env!("CARGO_BIN_EXE_trustlist");
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{binary} {predict}"), "/dev/null"]).current_dir(&root);
    script.env("TERM", "xterm-256color").env_remove("NO_COLOR").stdin(Stdio::null());
    if let Ok(output) = script.output() {
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!told.contains("NO:") || told.contains(&format!("{red}NO:")), "{told:?}");
    }
}

// ---- the rest of the trial, by its numbers

/// 1.4 and 1.5: the dates of certificates and lists together, with one exit status for monitoring.
#[test]
fn certificates_have_an_expiry_calendar() {
    let files = format!("{BEFORE} certs/ccm1-tvs-1.pem certs/ccm1-callmanager-2.pem");
    trustlist(&format!("expiry --at 2026-11-20 {files}"))
        .ends(0)
        .says("ccm1.voice.example")
        .says("2029-03-04");
    trustlist(&format!("expiry --at 2029-01-10 --within 90d {files}")).ends(1);
    let csv = trustlist(&format!("expiry --at 2026-11-20 --csv {files}")).ends(0).out;
    let dates: Vec<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|line| {
            line.split(',').find(|cell| cell.contains("-") && cell.starts_with("20"))
        })
        .collect();
    assert!(dates.len() >= 3 && dates.is_sorted(), "{csv}");
    trustlist(&format!("expiry --at 2026-11-20 --ics {files}")).begins("BEGIN:VCALENDAR");
    // A certificate by itself, and in the output of a command.
    trustlist("show certs/ccm1-tvs-1.pem")
        .ends(0)
        .says("subject CN=ccm1.voice.example")
        .says("serial 41085e9ebdb7b3afad5e596d9c60eb3b")
        .says("valid 2024-03-05 to ");
    let paste = "admin:show cert own CallManager\n[\n  Version: V3\n  Serial Number: 70CAF6\n  Issuer Name: CN=ccm2\n  \
        Validity From: Mon Nov 02 09:12:40 UTC 2015\n           To:   Sat Oct 31 09:12:39 UTC 2020\n  Subject Name: CN=ccm2\n]\n";
    let paste = file("show-cert.txt", paste).display().to_string();
    trustlist(&format!("show {paste}"))
        .ends(0)
        .says("serial 70caf6")
        .says("2015-11-02 to 2020-10-31");
    let json = trustlist("show --json certs/ccm1-tvs-1.pem").ends(0).out;
    assert!(json.contains("trustlist.expiry/1"), "{json}");
}

/// 2.9: what TVS presents may be a certificate file, a folder, or the output of openssl around it.
#[test]
fn a_tvs_certificate_is_read_out_of_the_output_of_openssl() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let pem = std::fs::read_to_string(root.join("testdata/certs/ccm1-tvs-1.pem")).unwrap();
    let told = format!(
        "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = ccm1\n{pem}---\nServer certificate\n"
    );
    let path = file("openssl.txt", &told).display().to_string();
    let line = |certificate: &str| {
        trustlist(&format!(
            "predict --installed-itl {BEFORE} --offered-itl {CALLMANAGER} --model 8851 --cm-group ccm1 \
             --tvs ccm1={certificate} --tvs-knows {CALLMANAGER}"
        ))
        .ends(0)
        .out
    };
    assert_eq!(line(&path), line("certs/ccm1-tvs-1.pem"));
    trustlist("explain tvs-unknown").says("--tvs ccm1=after/ccm1/TVS.pem");
}

/// The print of a list, as a terminal shows it.
fn shown() -> String {
    "admin:show itl\n".to_owned() + &trustlist(&format!("show --cucm {BEFORE}")).ends(0).out
}

/// 2.16: lines of a pager inside a paste are no part of a name.
#[test]
fn a_line_of_the_pager_is_no_part_of_a_name() {
    let pager = "---- Press <ENTER> to continue, 'q' to quit ----";
    let mut lines: Vec<String> = shown().lines().map(str::to_owned).collect();
    for place in [40, 80, 120] {
        lines.insert(place, pager.to_owned());
    }
    let path = file("pager.txt", &(lines.join("\n") + "\n")).display().to_string();
    let answer = trustlist(&format!("show {path}"));
    assert!(!answer.out.contains("Press"), "{}", answer.out);
    let clean = file("clean.txt", &shown()).display().to_string();
    same_or_undecided(&format!("diff {clean} {path}"));
}

/// 2.17 and 2.18: a time stamp or a quotation mark before every line changes nothing.
#[test]
fn what_stands_before_every_line_is_taken_off() {
    let clean = file("clean.txt", &shown()).display().to_string();
    for (name, before) in [("stamps", "[2026-11-29 02:00:06] "), ("quoted", "> ")] {
        let text: String = shown().lines().map(|line| format!("{before}{line}\n")).collect();
        let path = file(&format!("{name}.txt"), &text).display().to_string();
        let answer = trustlist(&format!("show {path}")).never_says("02:00:06").never_says("ccm1>");
        assert!(!answer.out.contains("unknown"), "{}", answer.out);
        same_or_undecided(&format!("diff {clean} {path}"));
        trustlist(&format!("predict --installed-itl {path} --offered-itl {BEFORE} --model 8851"))
            .never_says("NO:");
    }
}

/// Two pastes of one list have no difference, or the answer says that one lost something.
fn same_or_undecided(line: &str) {
    let answer = trustlist(line);
    let same = answer.out.starts_with("no difference") || answer.out.contains("no difference");
    assert!(
        (answer.status == 0 && same) || answer.status == 3,
        "{line}\n{}{}",
        answer.out,
        answer.err
    );
    assert!(!answer.out.contains("removed "), "{line}\n{}", answer.out);
}

/// 5.10: the separator of servers, and the command whose output is missing.
#[test]
fn plan_init_names_what_it_expects() {
    let itl = file("itl.txt", &shown()).display().to_string();
    let phones = file("two-servers.csv", "device,model,cm_group\nSEP001122334401,8851,ccm1 ccm9\n");
    let answer =
        trustlist(&format!("plan init {itl} --version 12.5 --phones {}", phones.display()));
    assert!(answer.status == 0 || answer.err.contains("ccm9"), "{}{}", answer.out, answer.err);
    // A blank separates servers too.
    assert!(!answer.err.contains("\"ccm1 ccm9\""), "{}", answer.err);
    trustlist(&format!("plan init {itl}")).ends(2).complains("`utils dbreplication runtimestate`");
}

/// The device pool of a phone is in every export, its CallManager group is not.
#[test]
fn plan_init_takes_the_group_of_a_device_pool() {
    let itl = file("pool-itl.txt", &shown()).display().to_string();
    let phones = file(
        "pools.csv",
        "Device Name;Device Type;Device Pool\nSEP001122334401;Cisco 8851;DP-K\u{f6}ln\nSEP001122334402;Cisco 8851;Other\n",
    );
    let init = format!("plan init {itl} --version 12.5 --phones {}", phones.display());
    let run = |pool: &str| {
        let mut words: Vec<&str> = init.split(' ').collect();
        words.extend(["--pool-group", pool]);
        run(&words)
    };
    let told = run("dp-k\u{f6}ln=ccm2,ccm1").ends(0);
    let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(json["cluster"]["phones"][0]["cm_group"], serde_json::json!(["ccm2", "ccm1"]));
    // The other phone is still a guess.
    assert!(told.err.contains("phones without a CallManager group"), "{}", told.err);
    run("DP-Koln=ccm1")
        .ends(2)
        .complains("no phone of ")
        .complains("DP-K\u{f6}ln (1), Other (1). Did you mean DP-K\u{f6}ln?");
    let grouped = file("grouped.csv", "device,cm_group,device_pool\nSEP1,ccm1,A\n");
    trustlist(&format!(
        "plan init {itl} --version 12.5 --phones {} --pool-group A=ccm1",
        grouped.display()
    ))
    .ends(2)
    .complains("has a column cm_group");
}

/// 6.1 and 6.2: a plan need not be written in the words of the simulator by hand, and a cluster
/// file does where a scenario does.
#[test]
fn a_plan_is_generated_and_goes_back_into_the_simulator() {
    let plan =
        trustlist("plan generate --renew CallManager --json clusters/10.5-non-secure.json").ends(0);
    let path = file("generated.json", &plan.out).display().to_string();
    trustlist(&format!("simulate {path}")).ends(0).begins("");
    trustlist(&format!("plan lint {path}")).ends(0).says("0 errors");
    let alone = trustlist("simulate clusters/10.5-non-secure.json").ends(2);
    alone.complains("clusters/10.5-non-secure.json: no plan in it, expected --plan PLAN.txt");
    // In the words of the timeline.
    let words = "# TVS and CallManager at once\n1. check preflight\n2. regen CallManager all\n3. regen TVS all\n\
        4. restart TFTP all\n5. restart CallManager all\n6. restart TVS all\n7. reset_phones all\n";
    let words = file("my-plan.txt", words).display().to_string();
    let line = format!("clusters/10.5-non-secure.json --plan {words}");
    trustlist(&format!("simulate {line}")).ends(1).begins("NO:").says("regen CallManager all");
    trustlist(&format!("plan lint {line}")).ends(1).says("tvs-and-signer-in-one-round");
    let wrong = file("wrong-plan.txt", "regen CallManager nowhere\n").display().to_string();
    trustlist(&format!("simulate clusters/10.5-non-secure.json --plan {wrong}"))
        .ends(2)
        .complains("wrong-plan.txt: ")
        .complains("nowhere");
    trustlist(&format!("simulate {}", file("words.txt", "regen CallManager all\n").display()))
        .ends(2)
        .complains("JSON");
}

/// A8: the audit names what is missing, and a name in other case is another file.
#[test]
fn an_audit_says_what_it_did_not_find() {
    let nodes = file(
        "nodes.json",
        r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "clock_skew_seconds": 60,
            "nodes": [ { "name": "n1", "product": "cucm" } ] }"#,
    );
    let nodes = nodes.display();
    trustlist(&format!("deletion audit {nodes}")).ends(3).complains("no logs are given");
    trustlist(&format!("deletion audit {nodes} --unit tomcat-trust --name Old.pem"))
        .ends(3)
        .says("log-missing");
    trustlist(&format!("deletion audit {nodes} --logs n9=x --unit tomcat-trust --name old.pem"))
        .ends(2)
        .complains("n9");
    // Without an inventory, and with a name in other case.
    let log = file(
        "messages",
        "Jul  6 03:00:00 n cron 6 x\nJul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (--no-wait \
         platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=old.pem)\n",
    );
    let cert_mgmt = file(
        "certMgmt.log",
        "2026-07-06 03:00:00,000 INFO [main] - started\nop: delete\nunit: tomcat-trust\n\
         certDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n2026-07-06 03:12:05,374 INFO [main] - CertMgmt \
         Operation Result : SUCCESS\n",
    );
    let logs = format!(
        "--collected-until 2026-07-06T04:30:00 --logs n1={} n1={}",
        log.display(),
        cert_mgmt.display()
    );
    let asked = "--unit tomcat-trust --name";
    trustlist(&format!("deletion audit {asked} old.pem {logs}")).says("old.pem in tomcat-trust");
    let other = trustlist(&format!("deletion audit {asked} Old.pem {logs}"));
    assert_ne!(other.status, 0);
    other.complains("warning: the logs have a deletion of old.pem");
}

/// A9: explain lists every code with a meaning, knows rules and terms, and offers at most three
/// words.
#[test]
fn explain_is_readable_and_near_misses_are_few() {
    trustlist("explain").ends(0).says("Findings about a list (lint)").says("signer-unknown");
    trustlist("explain P-TVS-2").ends(0).begins("P-TVS-2\n");
    trustlist("explain SAST").ends(0).begins("SAST\n");
    for (asked, meant) in [("signer-unknow", "signer-unknown"), ("tvs-unkown", "tvs-unknown")] {
        let answer = trustlist(&format!("explain {asked}")).ends(2).complains(meant);
        assert!(answer.err.matches(", ").count() <= 2, "{}", answer.err);
    }
    let page = trustlist("explain signer-unknown").ends(0).out;
    assert!(!page.contains("# "), "{page}");
    // Completions offer codes and certificates.
    let bash = trustlist("completions bash").ends(0).out;
    assert!(
        ["signer-unknown", "P-TVS-2", "ITLRecovery", "8851"].iter().all(|word| bash.contains(word))
    );
}

/// A10: one form of messages, and one layout for findings.
#[test]
fn messages_have_one_form() {
    trustlist("show nowhere.tlv").ends(2).complains("error: nowhere.tlv: ");
    trustlist("show --nope x").ends(2).complains("error: ");
    trustlist(&format!("diff {BOTH} {BEFORE}")).complains("warning: ");
}

// ---- nothing to look at

/// A paste that says that there is no list is no clean list.
#[test]
fn lint_of_no_list_is_undecided() {
    let none =
        "admin:show ctl\nLength of CTL file: 0\nCTL File not found. Please run CTLClient plugin\n";
    let paste = file("no-ctl.txt", none).display().to_string();
    trustlist(&format!("lint {paste}")).ends(3).says("print-no-list");
    trustlist(&format!("lint {paste} --json")).ends(3);
    trustlist(&format!("lint {paste} --format sarif")).ends(3);
    trustlist(&format!("lint {paste} --deny print-no-list")).ends(1);
    trustlist(&format!("lint {paste} --allow print-no-list")).ends(0);
    // Beside a list the sentence is a note: a cluster that is not in mixed mode has no CTL.
    let itl = trustlist(&format!("show --cucm {BEFORE}")).out;
    let both = file("itl-no-ctl.txt", &format!("admin:show itl\n{itl}\n{none}"));
    trustlist(&format!("lint --at 2026-01-01 {}", both.display())).ends(0).says("print-no-list");
}

// ---- exit status by code and level

#[test]
fn codes_and_levels_decide_the_exit_status_in_the_same_way() {
    // lint
    let lint = format!("lint --at 2029-01-10 --within 90d {BEFORE}");
    trustlist(&lint).ends(0);
    trustlist(&format!("{lint} --fail-on warning")).ends(1);
    trustlist(&format!("{lint} --fail-on warning --allow certificate-expiring")).ends(0);
    trustlist(&format!("{lint} --fail-on note")).ends(1);
    trustlist(&format!("{lint} --deny digest-sha1")).ends(1);
    trustlist(&format!("{lint} --deny no-preflight"))
        .ends(2)
        .complains("expected a code of `lint`");
    trustlist(&format!("{lint} --deny digest-sha2")).ends(2).complains("did you mean digest-sha1");
    // plan lint
    let plan = "plan lint cases/lint/L03.json";
    trustlist(plan).ends(0);
    trustlist(&format!("{plan} --fail-on warning")).ends(1);
    trustlist(&format!("{plan} --fail-on warning --allow no-preflight,no-backup")).ends(0);
    trustlist(&format!("{plan} --deny no-backup"))
        .ends(1)
        .says("error: a finding of --deny no-backup");
    trustlist("plan lint cases/lint/L07.json --allow ctl-after-callmanager").ends(0);
    // preflight
    let paste =
        file("mode.txt", "admin:show itl\nThe ITL file was not found.\n").display().to_string();
    let all = trustlist(&format!("preflight {paste} --json")).out;
    let code = all.split("\"code\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    trustlist(&format!("preflight {paste} --deny {code}")).ends(1);
    trustlist(&format!("preflight {paste} --allow {code} --fail-on note"));
    // What was allowed is still to be seen, in its row and in the verdict.
    let history = "admin:utils disaster_recovery history backup\n2024-04-30-02-00-03.tar NETWORK Tue Apr 30 \
                   02:00:09 CEST 2024 ERROR SCHEDULED\n";
    let history = file("history.txt", history).display().to_string();
    let preflight = format!("preflight {history} --at 2024-05-01");
    trustlist(&preflight).ends(1).begins("NOT READY: 1 block, ").never_says("allowed with");
    let preflight = format!("{preflight} --allow backup-failed");
    let allowed = trustlist(&preflight).ends(3).begins("NOT READY: ");
    allowed.says("1 block allowed").says("BLOCK F-8").says("allowed with --allow) [backup-failed]");
    let allowed = trustlist(&format!("{preflight} --json")).ends(3);
    let allowed: serde_json::Value = serde_json::from_str(&allowed.out).unwrap();
    let is_it = |check: &&serde_json::Value| check["code"] == "backup-failed";
    let allowed = allowed["checks"].as_array().unwrap().iter().find(is_it).unwrap();
    assert_eq!(
        (&allowed["verdict"], &allowed["facts"]["allowed"]),
        (&"info".into(), &"block".into())
    );
    trustlist(&format!("preflight {paste} --deny signer-unknown")).ends(2).complains("`preflight`");
    // fleet
    let phones =
        file("gate.csv", &format!("device,model,itl\nSEP1,8851,{BEFORE}\n")).display().to_string();
    let fleet = format!("fleet {phones} --offered-itl {CALLMANAGER} --cm-group ccm1");
    trustlist(&fleet).ends(3);
    trustlist(&format!("{fleet} --fail-on warning")).ends(1);
    trustlist(&format!("{fleet} --allow tvs-unknown")).ends(0);
    trustlist(&format!("{fleet} --deny tvs-unknown")).ends(1);
    trustlist(&format!("{fleet} --tvs none")).ends(1).says("signer-unknown");
    trustlist(&format!("{fleet} --tvs none --allow signer-unknown")).ends(0);
    trustlist(&format!("{fleet} --allow digest-sha1")).ends(2).complains("`fleet`");
}

#[test]
fn findings_are_written_for_other_tools() {
    let files = format!("{BEFORE} bad/flipped-record.tlv nowhere.tlv");
    let answer = trustlist(&format!("lint --at 2026-11-20 --format sarif {files}")).ends(2);
    let log: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let (rules, results) = (&run["tool"]["driver"]["rules"], run["results"].as_array().unwrap());
    assert_eq!(run["tool"]["driver"]["name"], "trustlist");
    assert!(results.len() >= 4);
    for result in results {
        // Each result names its rule by id and by place, as the schema of SARIF has it.
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["shortDescription"]["text"].as_str().unwrap().len() > 5);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().contains('['), "{result}");
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(place.as_str().unwrap().ends_with(".tlv"));
    }
    let of_record = results.iter().find(|result| result["ruleId"] == "signature-wrong").unwrap();
    assert_eq!(of_record["level"], "error");
    assert_eq!(of_record["locations"][0]["logicalLocations"][0]["name"], "record 1");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = &invocation["toolExecutionNotifications"][0];
    assert!(told["message"]["text"].as_str().unwrap().contains("nowhere.tlv"));
    assert_eq!(told["level"], "error");
    let known = ["$schema", "version", "runs"];
    assert!(log.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));

    trustlist("lint --at 2026-11-20 --format github bad/flipped-record.tlv")
        .ends(1)
        .begins("::error file=bad/flipped-record.tlv,title=signature-wrong::record 1: ")
        .says("::notice file=bad/flipped-record.tlv,title=digest-sha1::");
    let json = trustlist(&format!("lint --at 2026-11-20 --json {BEFORE}")).out;
    assert_eq!(trustlist(&format!("lint --at 2026-11-20 --format json {BEFORE}")).out, json);
}

// ---- recovery and order

#[test]
fn locked_phones_of_an_inventory_are_told_what_helps() {
    let phones =
        file("locked.csv", &format!("device,model,itl,cm_group\nSEP1,8851,{BEFORE},ccm1\n"));
    let line =
        format!("plan recover --inventory {} --offered-itl {BOTH} --tvs none", phones.display());
    trustlist(&line)
        .ends(3)
        .begins("UNDECIDED: for 1 of 1 phone that refuses files")
        .says("check whose certificate it knows");
    let csv = trustlist(&format!("{line} --csv")).ends(3).out;
    assert!(csv.lines().count() == 2 && csv.contains("localkey"), "{csv}");
    trustlist(&format!("plan recover --offered-itl {BOTH}")).ends(2).complains("--inventory");
    trustlist(&format!("plan recover --known cluster --phone c1fc551921d7b98ba4aae4295ecf69e7 --offered-itl {BOTH} --tvs none --model 8851"))
        .ends(1)
        .says("utils itl reset localkey");
}

/// The lists say which snapshot is older. A restored backup is older too: then it is a doubt.
#[test]
fn snapshots_in_the_wrong_order_are_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trial/order");
    let _ = std::fs::remove_dir_all(&folder);
    for (name, lists) in [("first", "before"), ("second", "after-both")] {
        let saved = folder.join(format!("saved-{name}/ccm1"));
        std::fs::create_dir_all(&saved).unwrap();
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let list = root.join(format!("testdata/cluster/{lists}/ITLFile.tlv"));
        std::fs::copy(list, saved.join("ITLFile.tlv")).unwrap();
        trustlist(&format!(
            "collect --from-folder {0}/saved-{name} --out {0}/{name}",
            folder.display()
        ))
        .ends(0);
        // Seconds later, as far as the document says.
        let document = folder.join(name).join("snapshot.json");
        let text = std::fs::read_to_string(&document).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let begun = json["begun"].as_str().unwrap();
        let time = if name == "first" { "2026-11-02T08:00:00Z" } else { "2026-11-10T08:00:00Z" };
        std::fs::write(&document, text.replace(begun, time)).unwrap();
    }
    let (first, second) = (folder.join("first"), folder.join("second"));
    let (first, second) = (first.display(), second.display());
    let right = trustlist(&format!("check {first} {second}"));
    assert!(!right.err.contains("older"), "{}", right.err);
    trustlist(&format!("check {second} {first}"))
        .ends(2)
        .complains("expected the older snapshot first")
        .complains("--as-given");
    let insisted = trustlist(&format!("check {second} {first} --as-given"));
    assert_ne!(insisted.status, 2);
    insisted.says("Assumed: the ITL of TFTP node ccm1");
    // Only the lists are older: a backup was restored, perhaps.
    let document = folder.join("first/snapshot.json");
    let text = std::fs::read_to_string(&document).unwrap();
    std::fs::write(&document, text.replace("2026-11-02T08", "2026-11-12T08")).unwrap();
    let restored = trustlist(&format!("check {second} {first}")).says("was a backup restored");
    assert!([1, 3].contains(&restored.status), "{}", restored.out);
}
