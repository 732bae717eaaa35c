//! Where cases are, and what happens when they are not there.

use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};

/// One file of a family.
#[derive(Clone, Debug)]
pub(crate) struct CaseFile {
    /// Its name without extension.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl CaseFile {
    pub(crate) fn text(&self) -> Result<String, Failed> {
        std::fs::read_to_string(&self.path).map_err(|error| Failed::from(format!("{}: {error}", self.path.display())))
    }
}

/// The shared cases of a family; `None` where they are not at hand.
pub(crate) fn shared(family: &str) -> Option<Vec<CaseFile>> {
    json_files(&root().join("../shared/cases").join(family))
}

/// Our own cases in symbols.
pub(crate) fn own() -> Vec<CaseFile> {
    json_files(&root().join("testdata/cases")).unwrap_or_default()
}

/// Our own cases of a family with a folder of its own.
pub(crate) fn own_of(family: &str) -> Vec<CaseFile> {
    json_files(&root().join("testdata/cases").join(family)).unwrap_or_default()
}

/// A trial that stands for a family that is not at hand: it fails in CI and says why it was skipped elsewhere.
pub(crate) fn missing(family: &'static str) -> Trial {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    if !ci {
        eprintln!("skipped: every case of {family}, as ../shared/cases/{family} is not there");
    }
    let lacking = move || if ci { Err(Failed::from(format!("../shared/cases/{family} is not there"))) } else { Ok(()) };
    Trial::test(format!("{family}::shared-cases-are-there"), lacking)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json_files(folder: &Path) -> Option<Vec<CaseFile>> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<CaseFile> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(CaseFile { name: path.file_stem()?.to_str()?.to_owned(), path }))
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Some(files)
}
