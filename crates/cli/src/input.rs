//! Files and standard input, read whole and within a limit.

use super::fleet::utf16;
use super::limits::{Limits, MAX_FILE_SIZE, MAX_HELD};
use encoding_rs::UTF_16BE;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use trustlist::question;
use trustlist::report::Plain;
use trustlist_cluster::case::Scenario;

/// The files and the standard input of one run. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Input {
    pub(super) limits: Limits,
    used: Arc<Used>,
}

/// The inputs that were read so far. Atomic, as predictions ask for files on several threads.
#[derive(Debug, Default)]
struct Used {
    /// Bytes of the files that are held until the end.
    held: AtomicU64,
    standard_input: AtomicBool,
}

impl Input {
    /// Returns an input that has read nothing.
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, used: Arc::default() }
    }

    /// Reads a file, or standard input for `-`. The error is one line that names the file.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.bytes(path).map_err(|error| format!("{}: {error}", name(path)))
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path.as_os_str() != "-" {
            let (file, size) = self.open(path)?;
            return self.read_within(file, size);
        }
        // The second time nothing is left, which would read as an empty file on the server.
        if self.used.standard_input.swap(true, Ordering::Relaxed) {
            return Err(io::Error::other("can be read once, expected `-` once"));
        }
        self.read_within(io::stdin().lock(), 0)
    }

    /// Opens a file; with its size, as far as it has one.
    fn open(&self, path: &Path) -> io::Result<(File, usize)> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            let hint = super::collect::list_in(path)
                .map(|list| format!(": its lists are files, such as {list}"));
            let hint = hint.unwrap_or_default();
            return Err(io::Error::other(format!("a directory, expected a file{hint}")));
        }
        if metadata.len() > self.limits.scaled(MAX_FILE_SIZE) {
            return Err(self.too_large());
        }
        Ok((file, usize::try_from(metadata.len()).unwrap_or(0)))
    }

    /// Reads to the end, or to the limit: of a file that grows, or of a stream without end.
    fn read_within(&self, source: impl Read, size: usize) -> io::Result<Vec<u8>> {
        // One byte more than there should be: the end is then seen without growing.
        let mut bytes = Vec::with_capacity(size.saturating_add(1));
        let most = self.limits.scaled(MAX_FILE_SIZE);
        source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(self.too_large()) } else { Ok(bytes) }
    }

    fn too_large(&self) -> io::Error {
        let mib = self.limits.scaled(MAX_FILE_SIZE) >> 20;
        let advice = self.limits.advice();
        io::Error::other(format!("larger than {mib} MiB (cli::limits::MAX_FILE_SIZE); {advice}"))
    }

    /// Reads a file that a folder, an inventory or a document names. A pipe or a device is an error: it could keep the process
    /// waiting without end, and the user did not type its name.
    pub(super) fn read_named(&self, path: &Path) -> Result<Vec<u8>, String> {
        match std::fs::metadata(path) {
            Ok(found) if !found.is_file() && !found.is_dir() => {
                Err(format!("{}: a pipe or a device, expected a file", name(path)))
            }
            _ => self.read(path),
        }
    }

    /// Reads a file that is held until the end.
    pub(super) fn held(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.keep(path, self.read(path)?)
    }

    /// The same for a file that a folder or an inventory names.
    pub(super) fn held_named(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.keep(path, self.read_named(path)?)
    }

    fn keep(&self, path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        self.hold(bytes.len()).map_err(|error| format!("{}: {error}", name(path)))?;
        Ok(bytes)
    }

    /// Notes that a file of this size is held until the end.
    ///
    /// # Errors
    /// If all of them together are more than the limit.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), String> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let limit = self.limits.scaled(MAX_HELD);
        let held = self.used.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if held <= limit {
            return Ok(());
        }
        // A file that is refused does not count.
        self.used.held.fetch_sub(bytes, Ordering::Relaxed);
        Err(format!(
            "more than {} MiB of files together (cli::limits::MAX_HELD); {}",
            limit >> 20,
            self.limits.advice()
        ))
    }

    /// Reads a text in UTF-8 or UTF-16: Windows PowerShell writes both, with or without a byte order
    /// mark. The mark is dropped.
    pub(super) fn text(&self, path: &Path) -> Result<String, String> {
        decoded(self.read(path)?).map_err(|error| format!("{}: {error}", name(path)))
    }

    /// Reads a scenario, or a cluster whose plan is empty.
    pub(super) fn scenario(&self, path: &Path) -> Result<Scenario, String> {
        let text = self.text(path)?;
        // A run book, a plan in words or an inventory.
        if !text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
            return Err(format!(
                "{}: expected JSON: a file of `trustlist plan init`, or of `trustlist plan generate --format json`; found other text",
                name(path)
            ));
        }
        let scenario = Scenario::or_cluster_within(&text, &self.limits.json());
        let scenario = scenario.map_err(|error| self.limits.case_error(&name(path), &error))?;
        Ok(self.limited(scenario))
    }

    /// Returns a scenario within the limits of plans.
    pub(super) fn limited(&self, mut scenario: Scenario) -> Scenario {
        if let Some(cluster) = Arc::get_mut(&mut scenario.cluster) {
            cluster.limits = self.limits.run();
        }
        scenario
    }

    /// Reads a certificate in PEM or DER: the first one of a bundle.
    pub(super) fn certificate(&self, path: &Path) -> Result<Vec<u8>, String> {
        let mut certificates = self.certificates(path)?;
        match (certificates.pop(), certificates.len()) {
            (Some(one), 0) => Ok(one),
            (_, more) => Err(format!(
                "{}: {}",
                name(path),
                question::GivenError::SeveralCertificates(more + 1)
            )),
        }
    }

    /// Reads every certificate of a file: one in DER, or a bundle in PEM with whatever text around.
    pub(super) fn certificates(&self, path: &Path) -> Result<Vec<Vec<u8>>, String> {
        question::certificates(&self.read(path)?).map_err(|why| format!("{}: {why}", name(path)))
    }
}

/// Returns the file that was given, or standard input if data is piped there.
///
/// # Errors
/// If neither is given.
pub(super) fn or_piped(given: Option<&PathBuf>) -> Result<PathBuf, String> {
    match given {
        Some(path) => Ok(path.clone()),
        None if io::stdin().is_terminal() => Err(NOTHING.into()),
        None => Ok(PathBuf::from("-")),
    }
}

/// Returns the files that were given, or standard input.
///
/// # Errors
/// As [`or_piped`].
pub(super) fn or_all_piped(given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if given.is_empty() { Ok(vec![or_piped(None)?]) } else { Ok(given.to_vec()) }
}

/// Returns the pastes that were given, or standard input.
///
/// # Errors
/// As [`or_piped`].
pub(super) fn or_text_piped(given: &[String]) -> Result<Vec<String>, String> {
    if given.is_empty() {
        or_piped(None)?;
        return Ok(vec!["-".to_owned()]);
    }
    Ok(given.to_vec())
}

const NOTHING: &str = "no file is given, expected a file or data on standard input (see --help)";

/// Splits `NODE=FILE`. A path may hold a `=` too: what exists as it is written is a path.
pub(super) fn of_node(value: &str) -> (Option<&str>, &Path) {
    match value.split_once('=') {
        Some((node, path)) if !node.is_empty() && !Path::new(value).exists() => {
            (Some(node), Path::new(path))
        }
        _ => (None, Path::new(value)),
    }
}

fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    match utf16(&bytes) {
        Some(encoding) if encoding == UTF_16BE => of_units(&bytes, u16::from_be_bytes),
        Some(_) => of_units(&bytes, u16::from_le_bytes),
        None => {
            let mut text = String::from_utf8(bytes)
                .map_err(|error| broken("UTF-8", error.utf8_error().valid_up_to()))?;
            if text.starts_with(MARK) {
                text.drain(..MARK.len_utf8());
            }
            Ok(text)
        }
    }
}

/// Decodes UTF-16. The error names the byte at which no character begins.
fn of_units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let pairs = bytes.chunks_exact(2);
    let half = !pairs.remainder().is_empty();
    let units = pairs.filter_map(|pair| pair.try_into().ok()).map(unit);
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 0;
    for decoded in char::decode_utf16(units) {
        let c = decoded.map_err(|_| broken("UTF-16", at))?;
        if at > 0 || c != MARK {
            text.push(c);
        }
        at += 2 * c.len_utf16();
    }
    if half { Err(broken("UTF-16", at)) } else { Ok(text) }
}

fn broken(encoding: &str, at: usize) -> String {
    format!("byte 0x{at:04x}: expected text in {encoding}")
}

/// The byte order mark.
const MARK: char = '\u{feff}';

/// Returns the last part of a path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of an input for messages.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "standard input".into()
    } else {
        Plain(path.display()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_exact() {
        let read = |size| Input::default().read_within(io::repeat(0).take(size), 0);
        assert!(read(MAX_FILE_SIZE).is_ok());
        assert!(read(MAX_FILE_SIZE + 1).is_err());
    }

    #[test]
    fn text_in_every_encoding_of_powershell_is_read() {
        let text = "{ \"name\": \"caf\u{e9} \u{1f4de}\" }";
        for marked in [text.to_owned(), format!("\u{feff}{text}")] {
            assert_eq!(decoded(marked.clone().into_bytes()).unwrap(), text);
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let mut bytes: Vec<u8> = marked.encode_utf16().flat_map(order).collect();
                assert_eq!(decoded(bytes.clone()).unwrap(), text);
                let (whole, end) = (bytes.len(), bytes.pop());
                let error = format!("byte 0x{:04x}: expected text in UTF-16", whole - 2);
                assert_eq!(decoded(bytes), Err(error), "{end:?}");
            }
        }
        // The second half of a pair alone.
        let half = b"\xff\xfe{\0\x00\xdc}\0";
        assert_eq!(decoded(half.to_vec()).unwrap_err(), "byte 0x0004: expected text in UTF-16");
        let error = decoded(b"{\xe9}".to_vec()).unwrap_err();
        assert_eq!(error, "byte 0x0001: expected text in UTF-8");
    }
}
