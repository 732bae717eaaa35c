//! The logs that were named: opened one after the other, unpacked, with a progress bar on a
//! terminal.

use super::complaint;
use crate::limits::{
    FREE_UNPACKED, MAX_LOG_DEPTH, MAX_LOG_FILES, MAX_UNPACKED, MAX_UNPACKED_RATIO,
};
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use trustlist::report::Plain;
use trustlist_cluster::deletion::logs::LogSummary;
use trustlist_cluster::deletion::{Inventory, LogError};

/// A log of a node.
#[derive(Debug)]
pub(super) struct Log {
    /// The node, by its place in the inventory.
    pub(super) node: usize,
    /// Its name for people.
    pub(super) name: String,
    /// Found in a folder, not named.
    pub(super) listed: bool,
    /// Nothing is in it.
    pub(super) empty: bool,
    path: PathBuf,
}

/// All logs.
#[derive(Debug)]
pub(super) struct Logs {
    logs: Vec<Log>,
    trouble: Vec<String>,
    progress: Option<Progress>,
}

/// How much is read at once.
const BUFFER: usize = 1 << 18;

impl Logs {
    /// Takes `NODE=FILE` apart. What names no node, or no file, is trouble; the others are read all
    /// the same. Logs that are read twice cannot come from standard input.
    pub(super) fn new(arguments: &[String], inventory: &Inventory, twice: bool) -> Self {
        let mut logs = Self { logs: Vec::new(), trouble: Vec::new(), progress: None };
        for argument in arguments {
            match taken_apart(argument, inventory, twice) {
                Ok((_, "-")) if logs.logs.iter().any(|log| log.path.as_os_str() == "-") => {
                    logs.trouble.push(format!(
                        "--logs {}: standard input can be read once",
                        Plain(argument)
                    ));
                }
                Ok((node, file)) => logs.add(node, Path::new(file), 0),
                Err(reason) => logs.trouble.push(format!("--logs {}: {reason}", Plain(argument))),
            }
        }
        logs.progress = Progress::new(&logs.logs);
        logs
    }

    /// A file, or every file of a folder in the order of names.
    fn add(&mut self, node: usize, path: &Path, depth: usize) {
        if !path.is_dir() {
            let name = if path.as_os_str() == "-" {
                "standard input".to_owned()
            } else {
                path.display().to_string()
            };
            let listed = depth > 0;
            return self.logs.push(Log { node, name, listed, empty: false, path: path.to_owned() });
        }
        let entries = match std::fs::read_dir(path) {
            Ok(entries) if depth < MAX_LOG_DEPTH => entries,
            Ok(_) => {
                return self.trouble.push(format!(
                    "{}: folders nested deeper than {MAX_LOG_DEPTH} (cli::limits::MAX_LOG_DEPTH)",
                    Plain(path.display())
                ));
            }
            Err(error) => return self.trouble.push(format!("{}: {error}", Plain(path.display()))),
        };
        // Links could lead round in circles, and a pipe could keep the process waiting without end.
        let real = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_dir()));
        let mut paths: Vec<PathBuf> = real.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if self.logs.len() >= MAX_LOG_FILES {
                return self.trouble.push(format!(
                    "{}: more than {MAX_LOG_FILES} files (cli::limits::MAX_LOG_FILES)",
                    Plain(path.display())
                ));
            }
            self.add(node, &path, depth.saturating_add(1));
        }
    }

    /// Reads each of them, or says why it cannot be opened.
    pub(super) fn each(
        &mut self,
        mut read: impl FnMut(&Log, Result<Box<dyn Read + '_>, String>) -> Result<LogSummary, LogError>,
    ) {
        for log in &mut self.logs {
            let progress = self.progress.as_ref().map(|progress| progress.start(&log.name));
            let complaint = match open(&log.path) {
                Err(error) => {
                    let _ = read(log, Err(error.to_string()));
                    Some(format!("{}: {error}", Plain(&log.name)))
                }
                Ok(source) => match unpacked(Counted { source, progress: progress.as_ref() }) {
                    Err(error) => {
                        let _ = read(log, Err(error.to_string()));
                        // A file in a folder was not meant as a log: the answer names it.
                        let named = !log.listed || error.kind() != io::ErrorKind::Other;
                        named.then(|| format!("{}: {error}", Plain(&log.name)))
                    }
                    Ok((source, empty)) => {
                        log.empty = empty;
                        complaint(log, read(log, Ok(source)))
                    }
                },
            };
            // Logs that are read twice complain once.
            if let Some(complaint) = complaint.filter(|complaint| !self.trouble.contains(complaint))
            {
                self.trouble.push(complaint);
            }
        }
        if let Some(progress) = &self.progress {
            progress.end();
        }
    }

    /// Logs that could not be read, one line each.
    pub(super) fn trouble(&self) -> impl Iterator<Item = &str> {
        self.trouble.iter().map(String::as_str)
    }
}

fn taken_apart<'a>(
    argument: &'a str,
    inventory: &Inventory,
    twice: bool,
) -> Result<(usize, &'a str), String> {
    let (name, file) = argument.split_once('=').ok_or("expected NODE=FILE")?;
    let nodes = &inventory.nodes;
    let node = nodes.iter().position(|node| node.name.eq_ignore_ascii_case(name));
    let known = || nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ");
    let node = node.ok_or_else(|| {
        format!("expected a node of the inventory ({}) before the =", Plain(known()))
    })?;
    match file {
        "" => Err("expected a file after the =".to_owned()),
        "-" if twice => {
            Err("standard input can be read once; name the certificate with --unit and --name"
                .to_owned())
        }
        file if twice && is_read_once(Path::new(file)) => Err(format!(
            "{} can be read once; name the certificate with --unit and --name",
            Plain(file)
        )),
        file => Ok((node, file)),
    }
}

/// A pipe: empty, or waited for, the second time.
fn is_read_once(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path)?)
    })
}

/// Unpacks a source if it is packed; with a mark if it is empty. Archives and other forms of
/// packing are an error: their lines would not be seen.
fn unpacked<'a>(source: impl Read + 'a) -> io::Result<(Box<dyn Read + 'a>, bool)> {
    let packed_bytes = Rc::new(Cell::new(0));
    let source = Weighed { source, bytes: packed_bytes.clone() };
    let mut source = BufReader::with_capacity(BUFFER, source);
    let start = source.fill_buf()?;
    let (packed, empty) = (start.starts_with(&GZIP), start.is_empty());
    let source: Box<dyn Read + 'a> = if packed {
        readable(Bounded::new(MultiGzDecoder::new(source), MAX_UNPACKED, packed_bytes))?
    } else {
        readable(source)?
    };
    Ok((source, empty))
}

/// A source whose start is not that of an archive.
fn readable<'a>(mut source: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut start = Vec::with_capacity(MARKED);
    let broken = source.by_ref().take(MARKED as u64).read_to_end(&mut start).err();
    let is_of = |at: usize, mark: &[u8]| start.get(at..).is_some_and(|it| it.starts_with(mark));
    match ARCHIVES.iter().find(|(_, at, mark)| is_of(*at, mark)) {
        Some((form, ..)) => Err(io::Error::other(format!(
            "expected text, or text packed with gzip; found {form}, which is not read: unpack it beforehand"
        ))),
        None => Ok(Box::new(io::Cursor::new(start).chain(Broken(broken)).chain(source))),
    }
}

/// The error with which a source broke off near its start, in its place: what came before is read.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// How much of a source is looked at: the mark of a tar archive is the last one.
const MARKED: usize = 262;

/// How archives, and text that is packed in other ways, begin: the form, and where its mark is.
const ARCHIVES: [(&str, usize, &[u8]); 11] = [
    ("a ZIP archive", 0, b"PK\x03\x04"),
    ("an empty ZIP archive", 0, b"PK\x05\x06"),
    ("a part of a ZIP archive", 0, b"PK\x07\x08"),
    ("a tar archive", 257, b"ustar"),
    ("a file packed with xz", 0, b"\xfd7zXZ\0"),
    ("a file packed with bzip2", 0, b"BZh"),
    ("a 7z archive", 0, b"7z\xbc\xaf\x27\x1c"),
    ("a RAR archive", 0, b"Rar!\x1a\x07"),
    ("a file packed with zstd", 0, b"\x28\xb5\x2f\xfd"),
    ("a file packed with compress", 0, b"\x1f\x9d"),
    ("a file packed with gzip twice", 0, b"\x1f\x8b\x08"),
];

/// A packed source, and how much was read of it.
struct Weighed<R> {
    source: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Weighed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes.set(self.bytes.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// An unpacked source that fails after a limit, so that a cut log is never read as a whole one: after so
/// many bytes, or so many times those that it was packed to.
struct Bounded<R> {
    source: R,
    limit: u64,
    done: u64,
    packed: Rc<Cell<u64>>,
}

impl<R> Bounded<R> {
    fn new(source: R, limit: u64, packed: Rc<Cell<u64>>) -> Self {
        Self { source, limit, done: 0, packed }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.done = self.done.saturating_add(read as u64);
        let (limit, packed) = (self.limit, self.packed.get());
        let in_proportion = packed.saturating_mul(MAX_UNPACKED_RATIO).saturating_add(FREE_UNPACKED);
        match self.done {
            done if done > limit => Err(io::Error::other(format!(
                "more than {limit} bytes unpacked (cli::limits::MAX_UNPACKED): unpack it beforehand"
            ))),
            done if done > in_proportion => Err(io::Error::other(format!(
                "more than {MAX_UNPACKED_RATIO} times its size unpacked (cli::limits::MAX_UNPACKED_RATIO): unpack it \
                 beforehand"
            ))),
            _ => Ok(read),
        }
    }
}

/// How a gzip file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A source that reports how much was read of it.
struct Counted<'p, R> {
    source: R,
    progress: Option<&'p Part<'p>>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        if let Some(progress) = self.progress {
            progress.add(read as u64);
        }
        Ok(read)
    }
}

/// A progress bar on standard error, if that is a terminal.
#[derive(Debug)]
struct Progress {
    total: u64,
    done: std::cell::Cell<u64>,
    shown: std::cell::Cell<u64>,
}

/// The progress of one file.
struct Part<'a> {
    all: &'a Progress,
    name: &'a str,
}

/// The bar is drawn again after this many bytes.
const STEP: u64 = 8 << 20;
/// How wide it is.
const BAR: u64 = 30;

impl Progress {
    fn new(logs: &[Log]) -> Option<Self> {
        let total = logs
            .iter()
            .filter_map(|log| std::fs::metadata(&log.path).ok())
            .map(|data| data.len())
            .sum();
        let wanted = io::stderr().is_terminal() && total > STEP;
        wanted.then(|| Self { total, done: 0.into(), shown: 0.into() })
    }

    fn start<'a>(&'a self, name: &'a str) -> Part<'a> {
        Part { all: self, name }
    }

    /// Takes the bar away; the next pass starts anew.
    fn end(&self) {
        self.done.set(0);
        self.shown.set(0);
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

impl Part<'_> {
    fn add(&self, bytes: u64) {
        let all = self.all;
        all.done.set(all.done.get().saturating_add(bytes));
        if all.done.get() < all.shown.get().saturating_add(STEP) {
            return;
        }
        all.shown.set(all.done.get());
        let _ = write!(io::stderr(), "\r{}\x1b[K", bar(all.done.get(), all.total, self.name));
    }
}

fn bar(done: u64, total: u64, name: &str) -> String {
    let part = |of: u64| done.min(total).saturating_mul(of).checked_div(total).unwrap_or(of);
    let full = usize::try_from(part(BAR)).unwrap_or(0);
    let rest = usize::try_from(BAR).unwrap_or(0).saturating_sub(full);
    let short: String = Plain(name)
        .to_string()
        .chars()
        .rev()
        .take(30)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!("[{}{}] {:>3} % {short}", "#".repeat(full), " ".repeat(rest), part(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_stays_within_its_frame() {
        assert_eq!(bar(0, 0, "a"), format!("[{}] 100 % a", "#".repeat(30)));
        assert_eq!(bar(1, 2, "a"), format!("[{}{}]  50 % a", "#".repeat(15), " ".repeat(15)));
        // A file that grows while it is read.
        assert_eq!(bar(9, 2, "a\u{1b}b"), format!("[{}] 100 % a\\u{{1b}}b", "#".repeat(30)));
    }

    #[test]
    fn packed_sources_are_unpacked() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"line\n").unwrap();
        // Rotated logs may be packed one after the other into one file.
        let two = packed.finish().unwrap().repeat(2);
        for (bytes, expected) in
            [(&two[..], "line\nline\n"), (b"line\n", "line\n"), (b"", ""), (b"\x1f", "\x1f")]
        {
            let (mut source, empty) = unpacked(bytes).unwrap();
            let mut text = String::new();
            source.read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), empty), (expected, expected.is_empty()));
        }
        for (name, bytes) in [
            ("ZIP", b"PK\x03\x04log".to_vec()),
            ("xz", b"\xfd7zXZ\0log".to_vec()),
            ("bzip2", b"BZh91AY".to_vec()),
            ("tar", [vec![b'a'; 257], b"ustar".to_vec(), vec![0; 99]].concat()),
            ("zstd", b"\x28\xb5\x2f\xfdlog".to_vec()),
            ("gzip twice", two.clone()),
        ] {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&bytes).unwrap();
            let packed = packed.finish().unwrap();
            let plain = if name == "gzip twice" { None } else { Some(&bytes) };
            for bytes in plain.into_iter().chain([&packed]) {
                let error = unpacked(&bytes[..]).err().map(|error| error.to_string());
                assert!(error.as_ref().is_some_and(|it| it.contains(name)), "{name}: {error:?}");
            }
        }
        for (limit, whole) in [(10, true), (9, false)] {
            let packed = Rc::new(Cell::new(two.len() as u64));
            let mut source = Bounded::new(MultiGzDecoder::new(&two[..]), limit, packed);
            let read = source.read_to_string(&mut String::new());
            assert_eq!(read.is_ok(), whole);
            assert!(
                read.err()
                    .is_none_or(|error| error.to_string().contains("more than 9 bytes unpacked"))
            );
        }
        // So many times its size, and one byte more.
        for (extra, whole) in [(0, true), (1, false)] {
            let length = 9 * MAX_UNPACKED_RATIO + FREE_UNPACKED + extra;
            let mut source = Bounded::new(io::repeat(0).take(length), u64::MAX, Rc::new(9.into()));
            let read = io::copy(&mut source, &mut io::sink());
            assert_eq!(read.is_ok(), whole);
            assert!(
                read.err().is_none_or(|error| error.to_string().contains("MAX_UNPACKED_RATIO"))
            );
        }
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::copy(&mut io::repeat(0).take(64 << 20), &mut bomb).unwrap();
        let bomb = bomb.finish().unwrap();
        let (mut source, _) = unpacked(&bomb[..]).unwrap();
        let error = io::copy(&mut source, &mut io::sink()).unwrap_err();
        assert!(error.to_string().starts_with("more than 200 times its size unpacked"), "{error}");
        let (mut cut, _) = unpacked(&two[..two.len() - 5]).unwrap();
        assert!(cut.read_to_string(&mut String::new()).is_err());
    }
}
