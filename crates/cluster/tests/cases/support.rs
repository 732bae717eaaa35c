//! The files of a family of cases.

use libtest_mimic::Failed;
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
        std::fs::read_to_string(&self.path)
            .map_err(|error| Failed::from(format!("{}: {error}", self.path.display())))
    }
}

/// Returns the cases of a family, `testdata/cases/FAMILY/*.json`, by name.
pub(crate) fn of(family: &str) -> Vec<CaseFile> {
    let folder = root().join("testdata/cases").join(family);
    let files = json_files(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    assert!(!files.is_empty(), "{} holds no case", folder.display());
    files
}

pub(crate) fn root() -> &'static Path {
    let of_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    of_crate.ancestors().find(|folder| folder.join("testdata").is_dir()).unwrap_or(of_crate)
}

fn json_files(folder: &Path) -> std::io::Result<Vec<CaseFile>> {
    let paths = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<PathBuf>>>()?;
    let mut files: Vec<CaseFile> = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(CaseFile { name: path.file_stem()?.to_str()?.to_owned(), path }))
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
