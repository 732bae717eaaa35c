//! Questions of the page, asked without a browser: `.ci/web` compares the same answers with the command line in one.

use std::path::Path;
use trustlist_web::Desk;

fn add(desk: &mut Desk, path: &str) -> u32 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path);
    desk.add(path.to_owned(), std::fs::read(file).unwrap())
}

/// Asks, and returns status, document and text.
fn ask(desk: &Desk, question: &str) -> (String, serde_json::Value, String) {
    let answer: serde_json::Value = serde_json::from_str(&desk.ask(question)).unwrap();
    let text = |key: &str| answer[key].as_str().unwrap().to_owned();
    (text("status"), serde_json::from_str(&text("json")).unwrap(), text("text"))
}

#[test]
fn locked_phones_have_a_way_out() {
    let mut desk = Desk::new();
    let plan = add(&mut desk, "cases/simulate/callmanager-and-tvs.json");
    let (status, document, text) =
        ask(&desk, &format!(r#"{{"ask": "plan-recover", "file": {plan}}}"#));
    assert_eq!((&*status, &document["schema"]), ("negative", &"trustlist.plan-recovery/1".into()));
    assert!(text.contains("SEP001122334403"), "{text}");
}

#[test]
fn a_deleted_certificate_comes_back() {
    let mut desk = Desk::new();
    let plan = add(&mut desk, "cases/lint/deletion-comes-back.json");
    let (status, document, _) =
        ask(&desk, &format!(r#"{{"ask": "deletion-predict", "file": {plan}}}"#));
    assert_eq!(
        (&*status, &document["schema"]),
        ("negative", &"trustlist.deletion-forecast/1".into())
    );
}

#[test]
fn pastes_become_a_cluster_whose_guesses_are_noted() {
    let mut desk = Desk::new();
    let files = ["trial/plan/ccm1.txt", "trial/plan/ccm2.txt"].map(|path| add(&mut desk, path));
    let (status, document, _) = ask(
        &desk,
        &format!(
            r#"{{"ask": "plan-init", "files": {files:?}, "version": "12.5", "mode": "mixed"}}"#
        ),
    );
    assert_eq!((&*status, &document["schema"]), ("undecided", &"trustlist.cluster/1".into()));
    assert_eq!(document["cluster"]["mode"], "mixed");
    assert!(!document["note"].as_array().unwrap().is_empty());
    let wrong =
        ask(&desk, &format!(r#"{{"ask": "plan-init", "files": {files:?}, "version": "x"}}"#));
    assert_eq!((&*wrong.0, &wrong.1["schema"]), ("unusable", &"trustlist.error/1".into()));
}

#[test]
fn no_spreadsheet_runs_a_cell_of_the_inventory() {
    let mut desk = Desk::new();
    let offered = add(&mut desk, "recovery/before/ITLFile.tlv");
    let rows = "device,note\nSEP1,=1+1\nSEP2,\u{ff1d}1+1\nSEP3,\"\n=1+1\"\n";
    let inventory = desk.add("phones.csv".to_owned(), rows.into());
    let question =
        format!(r#"{{"ask": "fleet", "inventory": {inventory}, "offered_itl": {offered}}}"#);
    let answer: serde_json::Value = serde_json::from_str(&desk.ask(&question)).unwrap();
    let mut forms = answer["forms"].as_array().unwrap().iter();
    let csv = forms.find(|form| form["name"] == "csv").unwrap()["body"].as_str().unwrap();
    for cell in ["SEP1,'=1+1,", "SEP2,'\u{ff1d}1+1,", "SEP3,\"'\n=1+1\","] {
        assert!(csv.contains(cell), "{cell}: {csv}");
    }
}

#[test]
fn the_answer_of_a_case_is_not_its_title_even_if_that_is_wrapped() {
    let mut desk = Desk::new();
    for (case, verdict) in [
        ("device-unknown-signer-known", "UNDECIDED: "),
        ("config-of-an-itl-that-may-be-dropped", "UNDECIDED: "),
    ] {
        let file = add(&mut desk, &format!("cases/predict/{case}.json"));
        let answer = desk.ask(&format!(r#"{{"ask": "predict-case", "file": {file}}}"#));
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let mut forms = answer["forms"].as_array().unwrap().iter();
        let said = forms.find(|form| form["name"] == "verdict").unwrap()["body"].as_str().unwrap();
        assert!(said.starts_with(verdict), "{case}: {said}");
    }
}

/// Everything that an answer says beside its document, which is that of the command line.
fn said(desk: &Desk, question: &str) -> Vec<String> {
    let answer: serde_json::Value = serde_json::from_str(&desk.ask(question)).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let forms = answer["forms"].as_array().into_iter().flatten();
    let notes = answer["notes"].as_array().into_iter().flatten().map(text);
    forms.map(|form| text(&form["body"])).chain(notes).chain([text(&answer["text"])]).collect()
}

/// Returns the first option of the command line in a text, with the words around it.
fn option_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_option = |word: &&str| {
        let word = word.trim_start_matches(['(', '`', '"', '\'']);
        // The events that CUCM logs have a word that looks like an option.
        word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic))
            && word != "--no-wait"
    };
    let at = words.iter().position(is_option)?;
    Some(words[at.saturating_sub(5)..words.len().min(at + 5)].join(" "))
}

fn files(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(folder);
    let names = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names.into_iter().map(|name| format!("{folder}/{name}")).collect()
}

/// The page has no options. The browser's tests look at what is shown, and this at the downloads too.
#[test]
fn no_answer_names_an_option_of_the_command_line() {
    let mut desk = Desk::new();
    let mut answers = 0;
    let mut check = |desk: &Desk, question: String| {
        for text in said(desk, &question) {
            assert_eq!(option_in(&text), None, "{question}: {text}");
        }
        answers += 1;
    };
    for path in files("cases/predict") {
        let file = add(&mut desk, &path);
        check(&desk, format!(r#"{{"ask": "predict-case", "file": {file}}}"#));
    }
    for folder in ["cluster/before", "mixed/before", "forms", "prints", "bad"] {
        for path in files(folder) {
            let file = add(&mut desk, &path);
            check(&desk, format!(r#"{{"ask": "show", "file": {file}}}"#));
            check(&desk, format!(r#"{{"ask": "verify", "file": {file}}}"#));
            check(
                &desk,
                format!(r#"{{"ask": "lint", "file": {file}, "at": "2030-01-01", "within": "90"}}"#),
            );
        }
    }
    let plans = files("cases/simulate").into_iter().chain(files("cases/lint"));
    for path in plans.step_by(12) {
        let file = add(&mut desk, &path);
        for ask in ["simulate", "plan-lint", "plan-recover", "deletion-predict"] {
            check(&desk, format!(r#"{{"ask": "{ask}", "file": {file}}}"#));
        }
    }
    for path in files("cases/preflight") {
        let case: serde_json::Value = serde_json::from_slice(
            &std::fs::read(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(&path),
            )
            .unwrap(),
        )
        .unwrap();
        let paste = desk.add("paste.txt".to_owned(), case["output"].as_str().unwrap().into());
        check(
            &desk,
            format!(r#"{{"ask": "preflight", "files": [{paste}], "confirm": "F-3,f-4"}}"#),
        );
    }
    for facts in ["", r#", "version": "12.5""#] {
        let pastes =
            ["trial/plan/ccm1.txt", "trial/plan/ccm2.txt"].map(|path| add(&mut desk, path));
        check(&desk, format!(r#"{{"ask": "plan-init", "files": {pastes:?}{facts}}}"#));
    }
    let (old, new) = (
        add(&mut desk, "cluster/before/ITLFile.tlv"),
        add(&mut desk, "cluster/after-both/ITLFile.tlv"),
    );
    check(&desk, format!(r#"{{"ask": "diff", "old": {old}, "new": {new}}}"#));
    // Each cut table of the summary: more than 20 lists without a file, models, and groups.
    let row = |index: u32| format!("SEP{index:012},model{index},{index:032x},ccm{index}\n");
    let rows: String = (0..60).map(row).collect();
    let inventory =
        desk.add("phones.csv".to_owned(), format!("device,model,itl,cm_group\n{rows}").into());
    for more in ["", r#", "factory_fresh": true"#, r#", "tls_minimum": "1.2""#] {
        check(
            &desk,
            format!(
                r#"{{"ask": "fleet", "inventory": {inventory}, "offered_itl": {new}, "known": [{old}]{more}}}"#
            ),
        );
    }
    for question in [
        r#"{"ask": "predict"}"#.to_owned(),
        format!(r#"{{"ask": "fleet", "inventory": {inventory}}}"#),
    ] {
        check(&desk, question);
    }
    for (phone, server) in [(old, new), (new, old)] {
        check(
            &desk,
            format!(r#"{{"ask": "predict", "installed_itl": {phone}, "offered_itl": {server}}}"#),
        );
        check(&desk, format!(r#"{{"ask": "predict", "offered_itl": {server}, "model": "8581"}}"#));
    }
    assert!(answers > 300, "{answers}");
}

#[test]
fn a_limit_is_told_without_its_name_for_programmers() {
    let mut desk = Desk::new();
    let paste = desk.add("long.txt".to_owned(), "a line of text\n".repeat(100_000).into());
    let answer =
        desk.ask(&format!(r#"{{"ask": "recognise", "file": {paste}, "place": "pastes"}}"#));
    assert!(answer.contains("expected at most 1048576"), "{answer}");
    assert!(!answer.contains("MAX_"), "{answer}");
}
