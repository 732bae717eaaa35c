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
