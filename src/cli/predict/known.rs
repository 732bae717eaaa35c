//! Lists that are known by their checksum: a phone's screen shows nothing more of what it holds.

use super::super::input;
use sha1::Digest;
use std::path::{Path, PathBuf};

/// The files of a folder.
pub(super) struct Known(Vec<(PathBuf, Vec<u8>)>);

impl Known {
    /// Reads every file of the folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let paths = files_of(folder)?;
        let read = |path: PathBuf| input::read(&path).map(|bytes| (path, bytes));
        paths.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The checksum that an argument is, if it is one and no file has this name.
    pub(super) fn checksum(path: &Path) -> Option<Vec<u8>> {
        let text = path.to_str()?;
        let digits = || text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !matches!(text.len(), 32 | 40 | 64) || !digits() || path.exists() {
            return None;
        }
        let pairs = text.as_bytes().chunks_exact(2).map(std::str::from_utf8);
        pairs.map(|pair| u8::from_str_radix(pair.ok()?, 16).ok()).collect()
    }

    /// The file that has this MD5, SHA-1 or SHA-256.
    pub(super) fn find(&self, checksum: &[u8]) -> Option<(String, Vec<u8>)> {
        let has = |bytes: &[u8]| match checksum.len() {
            16 => md5::Md5::digest(bytes).as_slice() == checksum,
            20 => sha1::Sha1::digest(bytes).as_slice() == checksum,
            _ => sha2::Sha256::digest(bytes).as_slice() == checksum,
        };
        self.0.iter().find(|(_, bytes)| has(bytes)).map(|(path, bytes)| (input::name(path), bytes.clone()))
    }
}

/// The files of a folder, in the order of their names; folders inside it are left out.
pub(super) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error: std::io::Error| format!("{}: {error}", input::name(folder));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_file() {
            paths.push(path);
        }
        if paths.len() > MAX_FILES {
            return Err(format!("{}: more than {MAX_FILES} files", input::name(folder)));
        }
    }
    paths.sort();
    Ok(paths)
}

/// Most files that are read from one folder.
const MAX_FILES: usize = 10_000;
