//! Single log entries with their fields. `meaning` is for readers.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use trustlist::json::Value;
use trustlist_cluster::deletion::logs::{join, parse_line};
use trustlist_cluster::report::deletion::entry_json;

pub(crate) fn trials() -> Vec<Trial> {
    support::of("logs")
        .into_iter()
        .map(|file| Trial::test(format!("logs::{}", file.name), move || run(&file)))
        .collect()
}

fn run(file: &CaseFile) -> Result<(), Failed> {
    let case: Value = serde_json::from_str(&file.text()?)?;
    let text = case["text"].as_str().ok_or("the case holds no text")?;
    let entries = join(text);
    let [entry] = entries.as_slice() else {
        return Err(format!("{} entries instead of one", entries.len()).into());
    };
    let got = entry_json(&parse_line(entry).ok_or("no entry that is known")?);
    let expect = case["expect"].as_object().ok_or("the case expects nothing")?;
    let compared: Vec<_> = expect.iter().filter(|(key, _)| *key != "meaning").collect();
    let wrong = compared.into_iter().filter(|(key, value)| got.get(key.as_str()) != Some(value));
    let wrong: Vec<String> = wrong
        .map(|(key, value)| format!("{key}: expected {value}, got {:?}", got.get(key)))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{got}", wrong.join("\n")).into()) }
}
