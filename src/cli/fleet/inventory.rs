//! The inventory: CSV with a header, read row by row.

use crate::cli::input;
use crate::report::Plain;
use csv::ByteRecord;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// An inventory that is being read.
pub(super) struct Inventory {
    reader: csv::Reader<Fuse>,
    recent: Rc<RefCell<Recent>>,
    record: ByteRecord,
    end: End,
    pub(super) columns: Columns,
    name: String,
    /// Bytes of the whole, where it is a file.
    pub(super) size: Option<u64>,
}

/// Where a row ends. The reader's own count of a row's line stands before the line feed of the row before it, or before
/// empty lines; so lines are told from the ends.
#[derive(Clone, Copy)]
struct End {
    line: u64,
    /// Whether a line feed ends it, rather than a carriage return or the end of the file.
    feed: bool,
}

/// Where the values stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// The header as it is written.
    pub(super) header: ByteRecord,
    /// The names by which JSON calls them: those of the contract, or as the header writes them.
    pub(super) keys: Vec<String>,
    pub(super) device: usize,
    pub(super) model: Option<usize>,
    pub(super) itl: Option<usize>,
    pub(super) ctl: Option<usize>,
    pub(super) cm_group: Option<usize>,
    pub(super) tftp_server: Option<usize>,
    /// The first and the last of those that say something about a phone beside its name, where no other stands between
    /// them.
    pub(super) side_by_side: Option<(usize, usize)>,
}

/// One row.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) record: &'a ByteRecord,
    /// Why it cannot be used.
    pub(super) fault: Option<String>,
}

impl Inventory {
    /// Opens an inventory, or standard input for `-`, and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let name = input::name(path);
        let fail = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let (mut source, size) = source(path).map_err(|error| fail(&error))?;
        let head = head(&mut source).map_err(|error| fail(&error))?;
        let head = text(head).map_err(|error| format!("{name}: line 1: {error}"))?;
        let recent = Rc::new(RefCell::new(Recent::default()));
        let delimiter = delimiter(&head);
        let source = Fuse { source: Box::new(Cursor::new(head).chain(source)), recent: recent.clone() };
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(BUFFER);
        let mut reader = builder.from_reader(source);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|error| fail(&error))?;
        let columns = Columns::of(header).map_err(|error| format!("{name}: line 1: {error}"))?;
        let end = End { line: 0, feed: false };
        let mut inventory = Self { reader, recent, record: ByteRecord::new(), end, columns, name, size };
        inventory.end = inventory.row_ends();
        Ok(inventory)
    }

    /// The next row; rows without any value are left out. The error is that of the file.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, String> {
        loop {
            let before = self.end;
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(format!("{}: line {}: {}", self.name, self.reader.position().line(), told(error))),
            }
            self.end = self.row_ends();
            if self.columns.device_of(&self.record).is_empty() && self.record.as_slice().trim_ascii().is_empty() {
                continue;
            }
            // The usual row is one line behind the one before.
            let plain = self.end.line.saturating_sub(before.line) <= u64::from(self.end.feed) + u64::from(!before.feed);
            let lines = if plain { 0 } else { self.lines_within() };
            let fault = self.fault(lines);
            let unclosed = lines > 0 && self.is_unclosed();
            let line = self.end.line.saturating_sub(u64::from(self.end.feed && !unclosed)).saturating_sub(lines);
            return Ok(Some(Row { line, record: &self.record, fault }));
        }
    }

    /// Notes where the row ends that was read.
    fn row_ends(&mut self) -> End {
        let position = self.reader.position();
        let mut recent = self.recent.borrow_mut();
        recent.of_row = 0;
        End { line: position.line(), feed: recent.byte_before(position.byte()) == Some(b'\n') }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    /// Line feeds inside the values.
    fn lines_within(&self) -> u64 {
        self.record.as_slice().iter().map(|&byte| u64::from(byte == b'\n')).sum()
    }

    /// Why the row cannot be used, which has so many line feeds inside its values.
    fn fault(&self, feeds: u64) -> Option<String> {
        let (found, expected) = (self.record.len(), self.columns.header.len());
        if feeds > 0 && (feeds >= MAX_ROW_LINES || self.is_unclosed()) {
            return Some(format!("a row of {} lines: is a quotation mark left open?", feeds + 1));
        }
        if found != expected {
            return Some(format!("{found} values, expected {expected} as in the header"));
        }
        self.columns.device_of(&self.record).is_empty().then(|| "no value for device".to_owned())
    }

    /// Whether the last value goes on to the end of the file without the mark that would close it.
    fn is_unclosed(&self) -> bool {
        let last = self.record.iter().next_back().unwrap_or_default();
        let recent = self.recent.borrow();
        last.contains(&b'\n') && recent.at_end && recent.last_of_text != Some(b'"')
    }
}

impl Columns {
    /// The name of the phone of a row.
    pub(super) fn device_of<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        record.get(self.device).unwrap_or_default().trim_ascii()
    }

    /// The columns that say something about the phone beside its name.
    pub(super) const fn of_phone(&self) -> [Option<usize>; 5] {
        [self.model, self.itl, self.ctl, self.cm_group, self.tftp_server]
    }

    pub(super) fn of(header: ByteRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(column_name).collect();
        let find = |wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(format!("column {wanted} stands there twice")),
                (first, None) => Ok(first),
            }
        };
        let Some(device) = find("device")? else {
            let found = names.iter().take(MAX_NAMES_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(format!(
                "no column device, expected a header with device, model, itl, ctl, cm_group, tftp_server; found {}",
                if names.is_empty() { "nothing".to_owned() } else { Plain(found).to_string() }
            ));
        };
        let written = header.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned());
        let keys = written.zip(&names).map(|(written, name)| if KNOWN.contains(&name.as_str()) { name.clone() } else { written });
        let keys = keys.map(|key| if RESERVED.contains(&key.as_str()) { format!("{key}_") } else { key }).collect();
        let (model, itl, ctl) = (find("model")?, find("itl")?, find("ctl")?);
        let (cm_group, tftp_server) = (find("cm_group")?, find("tftp_server")?);
        let present: Vec<usize> = [model, itl, ctl, cm_group, tftp_server].into_iter().flatten().collect();
        let ends = present.iter().min().copied().zip(present.iter().max().copied());
        let side_by_side = ends.filter(|(first, last)| last - first + 1 == present.len());
        Ok(Self { side_by_side, header, keys, device, model, itl, ctl, cm_group, tftp_server })
    }
}

/// `CM Group` is `cm_group`.
fn column_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase().replace([' ', '-'], "_")
}

/// A row as a message tells of it.
fn told(error: csv::Error) -> String {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

fn source(path: &Path) -> io::Result<(Box<dyn Read>, Option<u64>)> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("a directory, expected an inventory"));
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

/// The start of the source, up to the end of the header's line at least.
fn head(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = [0; HEAD_STEP];
    // What is there is taken: a pipe may bring its rows much later.
    while head.len() < BUFFER && !head.contains(&b'\n') {
        match source.read(&mut chunk)? {
            0 => break,
            read => head.extend_from_slice(chunk.get(..read).unwrap_or_default()),
        }
    }
    Ok(head)
}

/// The start without its byte order mark; what is no text in UTF-8 or ASCII is refused by name.
fn text(head: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    match head.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(rest.to_vec()),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err("UTF-16, expected CSV in UTF-8"),
        [b'P', b'K', 3, 4, ..] => Err("a ZIP archive or an Excel workbook, expected CSV"),
        [] => Err("an empty file, expected a header with the column device"),
        bytes if bytes.contains(&0) => Err("binary data, expected CSV"),
        _ => Ok(head),
    }
}

/// Spreadsheets of some countries write semicolons.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|&&byte| byte == wanted).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

/// Reads on only while a row is short enough: an open quotation mark would have the whole file for its row.
struct Fuse {
    source: Box<dyn Read>,
    recent: Rc<RefCell<Recent>>,
}

/// What was read last.
#[derive(Default)]
struct Recent {
    /// The last bytes, and where they begin.
    bytes: Vec<u8>,
    start: u64,
    /// The byte before them.
    before: Option<u8>,
    /// The last byte so far that is no line end.
    last_of_text: Option<u8>,
    /// Whether the source has ended.
    at_end: bool,
    /// Bytes read since a row ended.
    of_row: usize,
}

impl Recent {
    fn add(&mut self, bytes: &[u8]) {
        self.start = self.end();
        self.before = self.bytes.last().copied().or(self.before);
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        let text = bytes.iter().rev().find(|byte| !matches!(byte, b'\r' | b'\n'));
        self.last_of_text = text.copied().or(self.last_of_text);
        self.at_end = bytes.is_empty();
        self.of_row = self.of_row.saturating_add(bytes.len());
    }

    fn end(&self) -> u64 {
        self.start.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }

    fn byte_before(&self, offset: u64) -> Option<u8> {
        match offset.checked_sub(self.start)? {
            0 => self.before,
            within => self.bytes.get(usize::try_from(within).ok()?.checked_sub(1)?).copied(),
        }
    }
}

impl Read for Fuse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut recent = self.recent.borrow_mut();
        if recent.of_row >= MAX_ROW_BYTES {
            return Err(io::Error::other(format!(
                "a row of more than {} KiB: is a quotation mark left open?",
                MAX_ROW_BYTES >> 10
            )));
        }
        let read = self.source.read(buffer)?;
        recent.add(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
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

/// Columns that mean something here.
const KNOWN: [&str; 6] = ["device", "model", "itl", "ctl", "cm_group", "tftp_server"];
/// Keys of a row in JSON that are no columns: a column of such a name is called otherwise.
const RESERVED: [&str; 3] = ["answer", "error", "line"];
/// Bytes read at once.
const BUFFER: usize = 1 << 16;
/// Bytes asked for while the end of the header is not seen.
const HEAD_STEP: usize = 1 << 12;
/// Longest row, in bytes; what is read ahead may make it longer by a buffer.
const MAX_ROW_BYTES: usize = 1 << 20;
/// Lines of one row: values of several lines are rare, descriptions of a hundred lines do not occur.
const MAX_ROW_LINES: u64 = 100;
/// Names of a header that a message tells.
const MAX_NAMES_TOLD: usize = 12;
