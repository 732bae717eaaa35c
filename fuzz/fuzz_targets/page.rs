#![no_main]

// The page is handed two files and asked one question about them: the first byte chooses the question, two
// more where the second file begins. Every answer is one JSON document, and the same twice.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [kind, high, low, files @ ..] = data else { return };
    let split = usize::from(u16::from_be_bytes([*high, *low])).min(files.len());
    let (one, other) = files.split_at(split);
    let mut desk = trustlist_web::Desk::new();
    desk.add("one".to_owned(), one.to_vec());
    desk.add("other".to_owned(), other.to_vec());
    // Beyond the questions, the second file is the question.
    let question = match QUESTIONS.get(usize::from(*kind)) {
        Some(question) => (*question).to_owned(),
        None => String::from_utf8_lossy(other).into_owned(),
    };
    let answer = desk.ask(&question);
    assert!(serde_json::from_str::<serde_json::Value>(&answer).is_ok(), "{answer}");
    assert_eq!(answer, desk.ask(&question));
});

const QUESTIONS: [&str; 16] = [
    r#"{"ask": "deletion-predict", "file": 0}"#,
    r#"{"ask": "diff", "old": 0, "new": 1}"#,
    r#"{"ask": "fleet", "inventory": 0, "offered_itl": 1}"#,
    r#"{"ask": "lint", "file": 0}"#,
    r#"{"ask": "plan-generate", "file": 0, "renew": "callmanager,tvs"}"#,
    r#"{"ask": "plan-init", "files": [0, 1]}"#,
    r#"{"ask": "plan-lint", "file": 0}"#,
    r#"{"ask": "plan-recover", "file": 0}"#,
    r#"{"ask": "predict", "installed_itl": 0, "offered_itl": 1}"#,
    r#"{"ask": "predict-case", "file": 0}"#,
    r#"{"ask": "preflight", "files": [0, 1]}"#,
    r#"{"ask": "recognise", "file": 0, "place": "server"}"#,
    r#"{"ask": "show", "file": 0}"#,
    r#"{"ask": "simulate", "file": 0}"#,
    r#"{"ask": "verify", "file": 0}"#,
    r#"{"ask": "verify", "file": 0, "with": 1}"#,
];
