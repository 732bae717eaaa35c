//! Reports that a person should be glad to read, kept as files: `UPDATE_GOLDEN=1 cargo test --features serde --test
//! cases golden` writes them anew.

use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use trustlist::case::PredictCase;
use trustlist::report::{PredictionReport, prediction_explained, prediction_json, prediction_text};

/// Case, and where it is.
const TELLING: &[&str] = &[
    "ctl-first-install",
    "ctl-tvs-not-known-no-anchor-left",
    "config-tvs-role-missing",
    "itl-forged-signer",
    "itl-in-tvs-not-in-ctl",
    "itl-not-given",
    "itl-over-blank",
    "itl-undecided-leans-accept",
    "tvs-all-changed",
    "tvs-changed-then-yes",
];

pub(crate) fn trials() -> Vec<Trial> {
    TELLING.iter().map(|case| Trial::test(format!("golden::{case}"), move || compare(case))).collect()
}

fn compare(case: &str) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(format!("testdata/cases/{case}.json")))?;
    let case_read = PredictCase::parse(&text)?;
    let report = PredictionReport::of_case(&case_read);
    let json = serde_json::to_string_pretty(&prediction_json(&report))?;
    for (extension, got) in
        [("txt", prediction_text(&report)), ("explained.txt", prediction_explained(&report)), ("json", json + "\n")]
    {
        same(&root.join(format!("tests/golden/{case}.{extension}")), &got)?;
    }
    Ok(())
}

fn same(path: &PathBuf, got: &str) -> Result<(), Failed> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return Ok(std::fs::write(path, got)?);
    }
    let kept = std::fs::read_to_string(path)?;
    let line = kept.lines().zip(got.lines()).position(|(kept, got)| kept != got);
    match (kept == got, line) {
        (true, _) => Ok(()),
        (false, line) => {
            let line = line.unwrap_or_else(|| kept.lines().count().min(got.lines().count()));
            let shown = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
            Err(Failed::from(format!("{} line {}: kept {:?}, got {:?}", path.display(), line + 1, shown(&kept), shown(got))))
        }
    }
}
