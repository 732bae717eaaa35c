//! Every case in symbols once more as real signed files: certificates and lists are made, signed,
//! parsed and verified, in both layouts, and must get the answer that the symbols get, finding by
//! finding.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/support/materialise.rs"]
mod materialise;
#[path = "../../../tests/support/mod.rs"]
mod support;

use materialise::{Made, materialise};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use trustlist::code::ConditionCode;
use trustlist::facts::NotChecked;
use trustlist::phone::{self, Boot, ConditionKind, Judgement, Prediction};
use trustlist::wire::write::Layout;
use trustlist_cluster::case::PredictCase;

#[test]
fn real_files_get_the_answers_of_their_symbols() {
    let paths = json_files(
        &Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata/cases/predict"),
    );
    // Two halves at a time: most of the work is signing.
    let (left, right) = paths.split_at(paths.len() / 2);
    let counts = std::thread::scope(|scope| {
        let halves = [left, right].map(|half| {
            scope.spawn(|| half.iter().map(|path| compare(path)).collect::<Vec<Compared>>())
        });
        halves.map(|half| half.join().unwrap()).concat()
    });
    let left_out: Vec<&str> = counts.iter().filter_map(|case| case.left_out.as_deref()).collect();
    let wrong: Vec<&str> =
        counts.iter().map(|case| case.wrong.as_str()).filter(|wrong| !wrong.is_empty()).collect();
    println!(
        "{} cases in two layouts, {} left out:\n{}",
        counts.len() - left_out.len(),
        left_out.len(),
        left_out.join("\n")
    );
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        left_out.len() * 20 < counts.len(),
        "more than one case in twenty is about text without files"
    );
}

/// The result of one case.
#[derive(Clone, Debug, Default)]
struct Compared {
    left_out: Option<String>,
    wrong: String,
}

fn compare(path: &Path) -> Compared {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let case = PredictCase::parse(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let symbols = phone::boot(&case.phone, &case.offer, &case.tvs, &case.signatures);
    let mut compared = Compared::default();
    for layout in [Layout::Cucm, Layout::Certutils] {
        match materialise(&case, layout) {
            Ok(Made { phone, offer, tvs, files, .. }) => {
                let real = phone::boot(&phone, &offer, &tvs, &files);
                compared.wrong.push_str(&differences(name, layout, &symbols, &real));
            }
            Err(why) => compared.left_out = Some(format!("{name}: {why}")),
        }
    }
    compared
}

fn differences(name: &str, layout: Layout, symbols: &Boot, real: &Boot) -> String {
    let mut found = String::new();
    for (boot, symbols, real) in
        [("", &symbols.first, &real.first), ("again.", &symbols.again, &real.again)]
    {
        for ((file, expected), (_, got)) in answers(symbols).into_iter().zip(answers(real)) {
            if expected != got {
                writeln!(
                    found,
                    "{name}, {layout:?}, {boot}{file}:\n  symbols {expected}\n  files   {got}"
                )
                .unwrap();
            }
        }
    }
    found
}

/// Everything in an answer but the evidence, which names records and certificates.
fn answers(prediction: &Prediction) -> [(&'static str, String); 4] {
    let config = prediction.config.as_ref().map_or_else(String::new, judgement);
    let after = format!("{:?} {:?}", prediction.after, prediction.confidence);
    [
        ("ctl", judgement(&prediction.ctl)),
        ("itl", judgement(&prediction.itl)),
        ("config", config),
        ("after", after),
    ]
}

fn judgement(answer: &Judgement) -> String {
    let mut text = format!(
        "{:?} {:?} {:?} {:?};",
        answer.outcome(),
        answer.decisive(),
        answer.leans(),
        answer.via()
    );
    let keyless =
        answer.conditions().iter().any(|condition| condition.code() == ConditionCode::TvsUnknown);
    for condition in answer.conditions() {
        // A signer that only TVS could name has no key in any file, while a label needs none: both
        // answers are open.
        if keyless && condition.kind == ConditionKind::SignatureNotChecked(NotChecked::NoKey) {
            continue;
        }
        let (rule, sides) = (condition.rule, (condition.if_yes, condition.if_no, condition.leans));
        write!(text, " {} {rule:?} {sides:?};", condition.code()).unwrap();
    }
    for finding in answer.findings() {
        write!(text, " {} {:?} {:?};", finding.code(), finding.rule, finding.weight).unwrap();
    }
    text
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths
}
