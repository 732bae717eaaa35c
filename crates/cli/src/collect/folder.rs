//! The folder of a snapshot, written whole or not at all: beside its place under another name,
//! which it gives up at the end.

use crate::input;
use crate::limits::MAX_SNAPSHOT;
use crate::report::snapshot::KeptFile;
use sha1::Digest;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder that is being filled. Dropped unfinished, it is removed.
#[derive(Debug)]
pub(super) struct Folder {
    place: PathBuf,
    part: PathBuf,
    finished: bool,
    /// Bytes of its files.
    bytes: u64,
}

impl Folder {
    /// Makes a new folder beside the place where the snapshot is to be.
    pub(super) fn begin(place: &Path) -> Result<Self, String> {
        free(place)?;
        let name = place
            .file_name()
            .ok_or_else(|| format!("{}: expected the name of a folder", input::name(place)))?;
        for number in 0..TRIED {
            let mut beside = std::ffi::OsString::from(".");
            beside.push(name);
            beside.push(format!(".{}.{number}.part", std::process::id()));
            let part = place.with_file_name(beside);
            match std::fs::create_dir(&part) {
                Ok(()) => {
                    return Ok(Self { place: place.to_owned(), part, finished: false, bytes: 0 });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("{}: {error}", input::name(place))),
            }
        }
        Err(format!("{}: no name is free beside it", input::name(place)))
    }

    /// Writes a file that is not there yet.
    pub(super) fn keep(&mut self, path: &str, bytes: &[u8]) -> Result<KeptFile, String> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > MAX_SNAPSHOT {
            return Err(format!(
                "{}: more than {} MiB of files together (cli::limits::MAX_SNAPSHOT)",
                input::name(&self.place),
                MAX_SNAPSHOT >> 20
            ));
        }
        self.write(path, bytes)
            .map_err(|error| format!("{}: {path}: {error}", input::name(&self.place)))?;
        Ok(KeptFile {
            path: path.to_owned(),
            size,
            sha256: trustlist::report::hex(&sha2::Sha256::digest(bytes)),
        })
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.part.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut file = File::options().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Gives the folder its name.
    pub(super) fn finish(mut self, snapshot: &[u8]) -> Result<(), String> {
        let fail = |error: io::Error| format!("{}: {error}", input::name(&self.place));
        self.write(SNAPSHOT_FILE, snapshot).map_err(fail)?;
        // A folder that came to be in the meantime is not replaced; an empty one would be, by the
        // system.
        free(&self.place)?;
        std::fs::rename(&self.part, &self.place).map_err(fail)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_dir_all(&self.part);
        }
    }
}

/// A snapshot of what is gone cannot be made again: it is never overwritten.
fn free(place: &Path) -> Result<(), String> {
    match std::fs::symlink_metadata(place) {
        Ok(_) => Err(format!(
            "{}: exists already, expected the name of a new folder (--out)",
            input::name(place)
        )),
        Err(_) => Ok(()),
    }
}

/// The name of the document that lists all other files.
pub(crate) const SNAPSHOT_FILE: &str = "snapshot.json";
/// Names that are tried.
const TRIED: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_are_limited_at_their_last_byte() {
        let place = std::env::temp_dir().join(format!("trustlist-snapshot-{}", std::process::id()));
        let mut folder = Folder::begin(&place).unwrap();
        folder.bytes = MAX_SNAPSHOT - 1;
        folder.keep("ccm1/a", b"x").unwrap();
        assert!(folder.keep("ccm1/b", b"x").unwrap_err().contains("cli::limits::MAX_SNAPSHOT"));
        let part = folder.part.clone();
        assert!(part.join("ccm1/a").exists());
        drop(folder);
        assert!(!part.exists() && !place.exists(), "what is not finished is removed");
    }
}
