//! Lists that are known by their checksum: a phone's screen shows nothing more of what it holds.

use super::super::input;
use super::super::limits::MAX_KNOWN_FILES;
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use trustlist::wire::{self, File};

/// Files by their checksums.
#[derive(Debug, Default)]
pub(crate) struct Known {
    files: Vec<(PathBuf, Arc<[u8]>)>,
    md5: Index,
    sha1: Index,
    sha256: Index,
}

/// A file that was looked for by its checksum.
#[derive(Debug)]
pub(crate) struct KnownFile {
    pub(crate) name: String,
    pub(crate) bytes: Arc<[u8]>,
}

/// The places of files by one kind of checksum; made when the first one is looked for.
type Index = OnceLock<HashMap<Vec<u8>, Place>>;

/// The place of a file, and that of the first one with other bytes and the same checksum.
#[derive(Debug)]
struct Place {
    first: usize,
    other: Option<usize>,
}

impl Known {
    /// Reads every file of the folder and of the folders inside it. A folder without any list is not the one that was meant.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut known = Self::default();
        for path in files_below(folder)? {
            let bytes = super::question::held(&path)?;
            known.files.push((path, bytes.into()));
        }
        if known.lists() == 0 {
            let read = known.files.len();
            let files = if read == 1 { "file" } else { "files" };
            return Err(format!(
                "{}: expected lists (ITLFile.tlv, CTLFile.tlv); {read} {files} read, none is one",
                input::name(folder)
            ));
        }
        Ok(known)
    }

    /// Returns the content of every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &[u8]> {
        self.files.iter().map(|(_, bytes)| &**bytes)
    }

    /// Returns how many of the files are lists.
    pub(super) fn lists(&self) -> usize {
        self.files
            .iter()
            .filter(|(_, bytes)| matches!(wire::parse(bytes), Ok(File::List(_))))
            .count()
    }

    /// Adds one file more; of several with the same bytes the first keeps its name.
    pub(crate) fn add(&mut self, path: PathBuf, bytes: Arc<[u8]>) {
        *self = Self { files: std::mem::take(&mut self.files), ..Self::default() };
        self.files.push((path, bytes));
    }

    /// The checksum that an argument is, if it is one and no file has this name.
    pub(super) fn checksum(path: &Path) -> Option<Vec<u8>> {
        if path.exists() { None } else { Self::checksum_of(path.to_str()?) }
    }

    /// The checksum that a text is: MD5, SHA-1 or SHA-256 in hexadecimal digits, whatever stands between them.
    pub(crate) fn checksum_of(text: &str) -> Option<Vec<u8>> {
        trustlist::question::checksum_of(text)
    }

    /// Checks that a file whose name is a checksum has it: the name may have been meant as the checksum of another list.
    pub(crate) fn fits_its_name(path: &Path, bytes: &[u8]) -> Result<(), String> {
        let name = path.to_str().unwrap_or_default();
        let Some(checksum) = Self::checksum_of(name) else { return Ok(()) };
        let found = match checksum.len() {
            16 => md5::Md5::digest(bytes).to_vec(),
            20 => sha1::Sha1::digest(bytes).to_vec(),
            _ => sha2::Sha256::digest(bytes).to_vec(),
        };
        match found == checksum {
            true => Ok(()),
            false => Err(format!(
                "{}: a file of this name has another checksum, expected ./ before the name of a file",
                input::name(path)
            )),
        }
    }

    /// Returns the file that has this MD5, SHA-1 or SHA-256; `None` if there is none.
    ///
    /// # Errors
    /// When files with different bytes have it: MD5 and SHA-1 collide where somebody makes them collide.
    pub(crate) fn find(&self, checksum: &[u8]) -> Result<Option<KnownFile>, String> {
        let index = match checksum.len() {
            16 => self.md5.get_or_init(|| self.index(|bytes| md5::Md5::digest(bytes).to_vec())),
            20 => self.sha1.get_or_init(|| self.index(|bytes| sha1::Sha1::digest(bytes).to_vec())),
            _ => {
                self.sha256.get_or_init(|| self.index(|bytes| sha2::Sha256::digest(bytes).to_vec()))
            }
        };
        let Some(place) = index.get(checksum) else { return Ok(None) };
        let file = |place: usize| self.files.get(place);
        if let Some((other, _)) = place.other.and_then(file) {
            return Err(format!(
                "{} and {} have this checksum and different bytes, expected the list itself or its \
                 SHA-256",
                file(place.first).map(|(path, _)| input::name(path)).unwrap_or_default(),
                input::name(other)
            ));
        }
        let found = file(place.first);
        Ok(found.map(|(path, bytes)| KnownFile { name: input::name(path), bytes: bytes.clone() }))
    }

    fn index(&self, checksum: impl Fn(&[u8]) -> Vec<u8>) -> HashMap<Vec<u8>, Place> {
        let mut index = HashMap::with_capacity(self.files.len());
        for (number, (_, bytes)) in self.files.iter().enumerate() {
            let place =
                index.entry(checksum(bytes)).or_insert(Place { first: number, other: None });
            if self.files.get(place.first).is_some_and(|(_, first)| first != bytes) {
                place.other.get_or_insert(number);
            }
        }
        index
    }
}

/// Returns the files of a folder, in the order of their names; folders inside it are left out.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    read_folder(folder, &mut paths, &mut Vec::new())?;
    paths.sort();
    Ok(paths)
}

/// Returns the files of a folder and of the folders inside it, in the order of their paths. A link to a folder is not
/// followed: it may lead back.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let (mut paths, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        read_folder(&next, &mut paths, &mut folders)?;
    }
    paths.sort();
    Ok(paths)
}

fn read_folder(
    folder: &Path,
    paths: &mut Vec<PathBuf>,
    folders: &mut Vec<PathBuf>,
) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", input::name(folder));
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(fail)?);
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
            paths.push(path);
        }
        if paths.len().max(folders.len()) > MAX_KNOWN_FILES {
            return Err(format!(
                "{}: more than {MAX_KNOWN_FILES} files (cli::limits::MAX_KNOWN_FILES)",
                input::name(folder)
            ));
        }
    }
    Ok(())
}
