//! A file that is written whole or not at all.

use super::input::name;
use super::signals::Interrupt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file whole or not at all: to a new file beside it, which then takes its name. A file of
/// this name stays as it is until then. A device or a pipe is written to directly.
///
/// `inputs` are the files that the bytes were made of: none of them is overwritten.
pub(super) fn replace(path: &Path, bytes: &[u8], inputs: &[&Path]) -> Result<(), String> {
    let fail = |error: io::Error| format!("{}: {error}", name(path));
    if let Some(input) = inputs.iter().find(|input| is_same(input, path)) {
        return Err(format!(
            "{}: is an input ({}), expected another file to write to",
            name(path),
            name(input)
        ));
    }
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(fail(io::Error::other("a directory, expected the name of a file")))
        }
        Ok(found) if !found.is_file() => File::options()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(fail),
        // Through links: it is the file they lead to that is replaced.
        Ok(found) => std::fs::canonicalize(path)
            .and_then(|path| renamed(&path, bytes, Some(&found)))
            .map_err(fail),
        Err(_) => renamed(path, bytes, None).map_err(fail),
    }
}

fn renamed(path: &Path, bytes: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    let interrupt = Interrupt::listen();
    let (part, mut file) = part(path, old)?;
    // Who may read the file does not change, from its first byte on.
    let like = old.map_or(Ok(()), |old| like(&file, old));
    let written = like.and_then(|()| file.write_all(bytes)).and_then(|()| file.sync_all());
    drop(file);
    let kept = written.and_then(|()| match interrupt.is_pressed() {
        true => Err(io::Error::other("interrupted, nothing is written")),
        false => std::fs::rename(&part, path),
    });
    if kept.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    kept
}

/// Makes a new file beside this one. Another process of the same number may have left a file.
fn part(path: &Path, old: Option<&Metadata>) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or_else(|| io::Error::other("expected the name of a file"))?;
    let mut taken = io::Error::other("no name is free beside it");
    for number in 0..TRIED {
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.{number}.part", std::process::id()));
        let part = path.with_file_name(beside);
        match options(old).write(true).create_new(true).open(&part) {
            Ok(file) => return Ok((part, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

/// Returns the options of a new file that is open to its owner at most when it replaces one.
fn options(old: Option<&Metadata>) -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    if old.is_some() {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = old;
    options
}

/// Gives a new file the rights, the group and, if this process may, the owner of an old one. If the group cannot be kept, another
/// group gets no rights. A set-user-ID or set-group-ID bit is not kept: the bytes are others.
#[cfg(unix)]
fn like(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let new = file.metadata()?;
    if new.uid() != old.uid() {
        let _ = fchown(file, Some(old.uid()), None);
    }
    let keeps_group = new.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
    let mode = old.mode() & if keeps_group { 0o777 } else { 0o707 };
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn like(file: &File, old: &Metadata) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

/// Names that are tried.
const TRIED: u32 = 16;

/// Checks if two outputs are one file, which may not exist yet: the second would replace the first.
pub(super) fn is_one_output(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let path = behind_links(path);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    is_same(one, other) || (place(one).is_some() && place(one) == place(other))
}

/// Returns the path that the links at this name lead to, which may not exist yet.
fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        // A relative target counts from the folder of the link.
        path = path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    }
    path
}

/// Links that are followed: as many as Linux follows.
const MAX_LINKS: u32 = 40;

/// Checks if both names lead to one file. The first may be `-`: the file that standard input comes from.
fn is_same(one: &Path, other: &Path) -> bool {
    let is_piped = one.as_os_str() == "-";
    let first = if is_piped { standard_input() } else { std::fs::metadata(one) };
    let (Ok(first), Ok(second)) = (first, std::fs::metadata(other)) else {
        return false;
    };
    let real = |path| std::fs::canonicalize(path).ok();
    (first.is_file() && second.is_file())
        && (!is_piped && real(one) == real(other) || is_linked(&first, &second))
}

#[cfg(unix)]
fn standard_input() -> io::Result<Metadata> {
    use std::os::fd::AsFd;
    File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()
}

#[cfg(not(unix))]
fn standard_input() -> io::Result<Metadata> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(unix)]
fn is_linked(first: &Metadata, second: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (first.dev(), first.ino()) == (second.dev(), second.ino())
}

#[cfg(not(unix))]
fn is_linked(_: &Metadata, _: &Metadata) -> bool {
    false
}
