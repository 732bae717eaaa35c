//! The bytes of an inventory: opened, recognised, and read within bounds.

use super::decode::{self, Utf16};
use super::workbook;
use crate::limits::MAX_ROW_BYTES;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    /// Lines before those that are read.
    pub(super) skipped: u64,
}

/// Reads on only while a row is short enough: an open quotation mark would have the whole file for its row.
pub(super) struct Source {
    bytes: Box<dyn Read + Send>,
    /// Bytes of the whole, where it is a file.
    pub(super) size: Option<u64>,
    /// The last bytes that were read, and where they begin.
    recent: Vec<u8>,
    start: u64,
    /// The byte before them.
    before: Option<u8>,
    /// The last byte so far that is no line end.
    pub(super) last_of_text: Option<u8>,
    /// Whether the source has ended.
    pub(super) at_end: bool,
    /// Where the last line feed stands: behind it no whole row has been read.
    last_feed: u64,
    /// Bytes read since a row ended.
    of_row: usize,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<(Self, Layout), String> {
        let (mut source, size) = open(path).map_err(|error| error.to_string())?;
        let mut head = Vec::new();
        read_line(&mut source, &mut head, 0).map_err(|error| error.to_string())?;
        // A table of a workbook has its own rows; all else is text.
        let mut source: Box<dyn Read + Send> =
            match (head.starts_with(b"PK\x03\x04"), decode::utf16(&head)) {
                (true, _) => {
                    let table = workbook::table(&mut Cursor::new(head).chain(source))?;
                    head = Vec::new();
                    Box::new(Cursor::new(table))
                }
                (false, Some(encoding)) => {
                    let bytes = Cursor::new(std::mem::take(&mut head)).chain(source);
                    Box::new(Utf16::new(bytes, encoding))
                }
                (false, None) => source,
            };
        read_line(&mut source, &mut head, 0).map_err(|error| error.to_string())?;
        let mut head = text(head).map_err(|error| format!("line 1: {error}"))?;
        let (said, skipped) = separator(&head);
        if let Some(end) = said.and_then(|_| head.iter().position(|&byte| byte == b'\n')) {
            head.drain(..=end);
        }
        // The header may be behind empty lines.
        let blank = head.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        read_line(&mut source, &mut head, blank).map_err(|error| error.to_string())?;
        let layout = Layout { delimiter: said.unwrap_or_else(|| delimiter(&head)), skipped };
        let bytes = Box::new(Cursor::new(head).chain(source));
        let recent = Vec::with_capacity(BUFFER);
        let (before, last_of_text) = (None, None);
        let source = Self {
            bytes,
            size,
            recent,
            start: 0,
            before,
            last_of_text,
            at_end: false,
            last_feed: 0,
            of_row: 0,
        };
        Ok((source, layout))
    }

    /// Notes that a row has ended.
    pub(super) fn row_ends(&mut self) {
        self.of_row = 0;
    }

    /// Whether a row that begins here has to be waited for.
    pub(super) fn is_drained_at(&self, offset: u64) -> bool {
        offset >= self.last_feed
    }

    /// Bytes read so far.
    fn end(&self) -> u64 {
        self.start.saturating_add(u64::try_from(self.recent.len()).unwrap_or(u64::MAX))
    }

    /// The byte before this place, which was read just now.
    pub(super) fn byte_before(&self, offset: u64) -> Option<u8> {
        match offset.checked_sub(self.start)? {
            0 => self.before,
            within => self.recent.get(usize::try_from(within).ok()?.checked_sub(1)?).copied(),
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        self.start = self.end();
        self.before = self.recent.last().copied().or(self.before);
        self.recent.clear();
        self.recent.extend_from_slice(bytes);
        let text = bytes.iter().rev().find(|byte| !matches!(byte, b'\r' | b'\n'));
        self.last_of_text = text.copied().or(self.last_of_text);
        self.at_end = bytes.is_empty();
        let feed =
            bytes.iter().rposition(|&byte| byte == b'\n').and_then(|at| u64::try_from(at).ok());
        self.last_feed = feed.map_or(self.last_feed, |at| self.start.saturating_add(at));
        self.of_row = self.of_row.saturating_add(bytes.len());
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.of_row >= MAX_ROW_BYTES {
            let limit = MAX_ROW_BYTES >> 10;
            return Err(io::Error::other(format!(
                "a row of more than {limit} KiB (cli::limits::MAX_ROW_BYTES): is a quotation mark left open?"
            )));
        }
        let read = self.bytes.read(buffer)?;
        self.note(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn open(path: &Path) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("a directory, expected an inventory"));
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

/// Reads on until a line ends behind so many bytes, which may be there already.
fn read_line(source: &mut impl Read, head: &mut Vec<u8>, from: usize) -> io::Result<()> {
    let mut chunk = [0; HEAD_STEP];
    // What is there is taken: a pipe may bring its rows much later.
    while head.len() < BUFFER && !head.get(from..).unwrap_or_default().contains(&b'\n') {
        match source.read(&mut chunk)? {
            0 => break,
            read => head.extend_from_slice(chunk.get(..read).unwrap_or_default()),
        }
    }
    Ok(())
}

/// The start without its byte order mark; what is no text is refused by name.
fn text(head: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    match head.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(rest.to_vec()),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err("an old Excel workbook (.xls), expected CSV or .xlsx"),
        [] => Err("an empty file, expected a header with the column device"),
        bytes if bytes.contains(&0) => Err("binary data, expected CSV"),
        _ => Ok(head),
    }
}

/// The separator that a first line such as `sep=;` says, which Excel takes for no row; and how many lines that are.
fn separator(head: &[u8]) -> (Option<u8>, u64) {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match line {
        [s, e, p, b'=', separator @ (b',' | b';' | b'\t' | b'|')]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") =>
        {
            (Some(*separator), 1)
        }
        _ => (None, 0),
    }
}

/// Spreadsheets of some countries write semicolons. What is in quotation marks separates nothing.
fn delimiter(head: &[u8]) -> u8 {
    let line = head
        .split(|&byte| byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for &byte in line {
        quoted ^= byte == b'"';
        counts
            .iter_mut()
            .filter(|(wanted, _)| !quoted && *wanted == byte)
            .for_each(|(_, count)| *count += 1);
    }
    counts.into_iter().fold((b',', 0), |best, other| if other.1 > best.1 { other } else { best }).0
}

/// A path as a row writes it: from the current folder, or else from that of the inventory.
pub(super) fn beside(inventory: &Path, path: &str) -> PathBuf {
    let plain = PathBuf::from(path);
    if plain.exists() || inventory.as_os_str() == "-" {
        return plain;
    }
    let beside = inventory.parent().map(|folder| folder.join(path)).filter(|path| path.exists());
    beside.unwrap_or(plain)
}

/// Bytes read at once.
pub(super) const BUFFER: usize = 1 << 16;
/// Bytes asked for while the end of the header is not seen.
const HEAD_STEP: usize = 1 << 12;
