//! Lists that are known by their checksum: a phone's screen shows nothing more of what it holds.

use super::super::input;
use super::super::limits::MAX_KNOWN_FILES;
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Files by their checksums.
#[derive(Debug, Default)]
pub(in crate::cli) struct Known {
    files: Vec<(PathBuf, Arc<[u8]>)>,
    md5: Index,
    sha1: Index,
    sha256: Index,
}

/// The places of files by one kind of checksum; made when the first one is looked for.
type Index = OnceLock<HashMap<Vec<u8>, usize>>;

impl Known {
    /// Reads every file of the folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let mut known = Self::default();
        for path in files_of(folder)? {
            let bytes = super::question::held(&path)?;
            known.files.push((path, bytes.into()));
        }
        Ok(known)
    }

    /// Adds one file more; of several with the same bytes the first keeps its name.
    pub(in crate::cli) fn add(&mut self, path: PathBuf, bytes: Arc<[u8]>) {
        *self = Self { files: std::mem::take(&mut self.files), ..Self::default() };
        self.files.push((path, bytes));
    }

    /// The checksum that an argument is, if it is one and no file has this name.
    pub(super) fn checksum(path: &Path) -> Option<Vec<u8>> {
        if path.exists() { None } else { Self::checksum_of(path.to_str()?) }
    }

    /// The checksum that a text is: MD5, SHA-1 or SHA-256 in hexadecimal digits, whatever stands between them.
    pub(in crate::cli) fn checksum_of(text: &str) -> Option<Vec<u8>> {
        crate::question::checksum_of(text)
    }

    /// The file that has this MD5, SHA-1 or SHA-256.
    pub(in crate::cli) fn find(&self, checksum: &[u8]) -> Option<(String, Arc<[u8]>)> {
        let index = match checksum.len() {
            16 => self.md5.get_or_init(|| self.index(|bytes| md5::Md5::digest(bytes).to_vec())),
            20 => self.sha1.get_or_init(|| self.index(|bytes| sha1::Sha1::digest(bytes).to_vec())),
            _ => self.sha256.get_or_init(|| self.index(|bytes| sha2::Sha256::digest(bytes).to_vec())),
        };
        let (path, bytes) = self.files.get(*index.get(checksum)?)?;
        Some((input::name(path), bytes.clone()))
    }

    fn index(&self, checksum: impl Fn(&[u8]) -> Vec<u8>) -> HashMap<Vec<u8>, usize> {
        let mut index = HashMap::with_capacity(self.files.len());
        for (place, (_, bytes)) in self.files.iter().enumerate() {
            index.entry(checksum(bytes)).or_insert(place);
        }
        index
    }
}

/// The files of a folder, in the order of their names; folders inside it are left out.
pub(super) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error: std::io::Error| format!("{}: {error}", input::name(folder));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(fail)?);
        if kind.is_file() || (kind.is_symlink() && path.is_file()) {
            paths.push(path);
        }
        if paths.len() > MAX_KNOWN_FILES {
            return Err(format!("{}: more than {MAX_KNOWN_FILES} files (cli::limits::MAX_KNOWN_FILES)", input::name(folder)));
        }
    }
    paths.sort();
    Ok(paths)
}
