//! `trustlist.predict/1`: the outcome of each file, and where the case says so lean, via, decisive
//! code and what the phone holds afterwards.

use super::support::{self, CaseFile};
use libtest_mimic::{Failed, Trial};
use std::fmt::Display;
use trustlist::phone::{self, After, Boot, Decisive, Judgement, Prediction};
use trustlist_cluster::case::{Expect, ExpectAfter, ExpectFile, PredictCase};

pub(crate) fn trials() -> Vec<Trial> {
    let files = support::of("predict").into_iter();
    files.map(|file| Trial::test(format!("predict::{}", file.name), move || run(&file))).collect()
}

/// Reads a case and judges it.
pub(crate) fn judge(file: &CaseFile) -> Result<(PredictCase, Boot), Failed> {
    let case =
        PredictCase::parse(&file.text()?).map_err(|error| Failed::from(error.to_string()))?;
    let boot = phone::boot(&case.phone, &case.offer, &case.tvs, &case.signatures);
    Ok((case, boot))
}

fn run(file: &CaseFile) -> Result<(), Failed> {
    let (case, boot) = judge(file)?;
    if case.id.as_deref() != Some(&file.name) {
        return Err(Failed::from(format!("the file {} holds case {:?}", file.name, case.id)));
    }
    let expect = case.expect.ok_or("the case expects nothing")?;
    let mut wrong = Vec::new();
    compare(&expect, &boot.first, "", &mut wrong);
    if let Some(expect) = &expect.again {
        compare(expect, &boot.again, "again.", &mut wrong);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(format!("{}\n{}", case.title.unwrap_or_default(), wrong.join("\n"))))
    }
}

fn compare(expect: &Expect, got: &Prediction, at: &str, wrong: &mut Vec<String>) {
    let files = [
        ("ctl", &expect.ctl, Some(&got.ctl)),
        ("itl", &expect.itl, Some(&got.itl)),
        ("config", &expect.config, got.config.as_ref()),
    ];
    for (name, expect, got) in files {
        match (expect, got) {
            (Some(expect), Some(got)) => compare_file(expect, got, &format!("{at}{name}"), wrong),
            (Some(_), None) => wrong.push(format!("{at}{name}: expected a judgement, got none")),
            (None, _) => {}
        }
    }
    if let Some(expect) = &expect.after {
        compare_after(expect, got.after, at, wrong);
    }
}

fn compare_file(expect: &ExpectFile, got: &Judgement, at: &str, wrong: &mut Vec<String>) {
    let before = wrong.len();
    one_of(&expect.outcome, got.outcome(), &format!("{at}.outcome"), wrong);
    one_of(&words(&expect.leans), word(got.leans()), &format!("{at}.leans"), wrong);
    one_of(&words(&expect.via), word(got.via()), &format!("{at}.via"), wrong);
    one_of(&expect.decisive, word(got.decisive().map(code)), &format!("{at}.decisive"), wrong);
    let conditions: Vec<&str> =
        got.conditions().iter().map(|condition| condition.code().as_str()).collect();
    let findings: Vec<&str> =
        got.findings().iter().map(|finding| finding.code().as_str()).collect();
    let missing = |all: &[&str], code: &String| !all.contains(&code.as_str());
    for code in expect.conditions.iter().filter(|code| missing(&conditions, code)) {
        wrong.push(format!("{at}.conditions: expected {code} among them"));
    }
    for code in expect.findings.iter().filter(|code| missing(&findings, code)) {
        wrong.push(format!("{at}.findings: expected {code} among them"));
    }
    for code in
        expect.absent.iter().filter(|code| !missing(&findings, code) || !missing(&conditions, code))
    {
        wrong.push(format!("{at}: expected no {code}"));
    }
    if wrong.len() > before {
        wrong.push(format!("  {at} has findings {findings:?}, conditions {conditions:?}"));
    }
}

fn compare_after(expect: &ExpectAfter, got: After, at: &str, wrong: &mut Vec<String>) {
    one_of(&expect.ctl, got.ctl, &format!("{at}after.ctl"), wrong);
    one_of(&expect.itl, got.itl, &format!("{at}after.itl"), wrong);
}

fn one_of<T: Display + PartialEq>(expect: &[T], got: T, at: &str, wrong: &mut Vec<String>) {
    if !expect.is_empty() && !expect.contains(&got) {
        let any: Vec<String> = expect.iter().map(ToString::to_string).collect();
        wrong.push(format!("{at}: expected {}, got {got}", any.join(" or ")));
    }
}

fn word<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| value.to_string())
}

fn words<T: Display>(values: &[Option<T>]) -> Vec<String> {
    values.iter().map(|value| word(value.as_ref())).collect()
}

fn code(decisive: Decisive) -> &'static str {
    match decisive {
        Decisive::Condition(code) => code.as_str(),
        Decisive::Finding(code) => code.as_str(),
        other => panic!("{other:?}"),
    }
}
