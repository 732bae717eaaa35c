//! Pasted text: no panic, prints can be printed, and a print of a print says the same.

use super::is_one_line;
use trustlist::console::{self, Given, Print};
use trustlist::facts::FileId;
use trustlist::lint::{LintOptions, lint_facts};
use trustlist_cluster::preflight;

pub fn console(data: &[u8]) {
    let Given::Text(text) = Given::of(data) else { return };
    let prints = console::parse(&text);
    match console::list(&text, None) {
        Ok(print) => assert!(prints.contains(&print)),
        Err(error) => is_one_line(&error.to_string()),
    }
    prints.iter().for_each(print);
    let _ = console::phone_events(&text);
    checks(&text);
}

fn print(print: &Print) {
    let facts = print.facts(FileId::symbol(1));
    assert_eq!(facts.completeness, print.completeness());
    let _ = (
        lint_facts(&facts, &LintOptions::default()),
        print.findings(),
        print.signing_record(),
        print.file_added(),
    );
    let written = print.to_string();
    assert!(!written.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{written:?}");
    let again = console::parse(&written);
    assert_eq!(again.len(), 1, "{written}");
    assert_eq!(again[0].kind, print.kind);
}

fn checks(text: &str) {
    let source = preflight::Source { name: "paste", text, node: None };
    let ask = || preflight::preflight(&[source], &preflight::Context::default());
    let found = ask();
    assert_eq!(found, ask());
    drop(trustlist_cluster::report::preflight::json(&found).to_string());
}
