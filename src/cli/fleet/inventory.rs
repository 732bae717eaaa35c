//! The inventory: CSV with a header, read row by row.

use crate::cli::input;
use crate::report::Plain;
use csv::ByteRecord;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// An inventory that is being read.
pub(super) struct Inventory {
    reader: csv::Reader<Fuse>,
    left: Rc<Cell<usize>>,
    ended: Rc<Cell<Option<u8>>>,
    record: ByteRecord,
    pub(super) columns: Columns,
    name: String,
    /// Bytes of the whole, where it is a file.
    pub(super) size: Option<u64>,
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
        let (left, ended) = (Rc::new(Cell::new(MAX_ROW_BYTES)), Rc::new(Cell::new(None)));
        let delimiter = delimiter(&head);
        let source = Fuse { source: Box::new(Cursor::new(head).chain(source)), left: left.clone(), ended: ended.clone() };
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(BUFFER);
        let mut reader = builder.from_reader(source);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|error| fail(&error))?;
        let columns = Columns::of(header).map_err(|error| format!("{name}: line 1: {error}"))?;
        left.set(MAX_ROW_BYTES);
        Ok(Self { reader, left, ended, record: ByteRecord::new(), columns, name, size })
    }

    /// The next row; rows without any value are left out. The error is that of the file.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, String> {
        loop {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(format!("{}: line {}: {}", self.name, self.reader.position().line(), told(error))),
            }
            self.left.set(MAX_ROW_BYTES);
            if !(self.device().is_empty() && self.record.as_slice().trim_ascii().is_empty()) {
                break;
            }
        }
        let fault = self.fault();
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Some(Row { line, record: &self.record, fault }))
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    fn device(&self) -> &[u8] {
        self.record.get(self.columns.device).unwrap_or_default().trim_ascii()
    }

    fn fault(&self) -> Option<String> {
        let (found, expected) = (self.record.len(), self.columns.header.len());
        if found == expected && !self.device().is_empty() && !self.spans_lines() {
            return None;
        }
        if let Some(lines) = self.open_quote() {
            return Some(format!("a row of {lines} lines: is a quotation mark left open?"));
        }
        if found != expected {
            return Some(format!("{found} values, expected {expected} as in the header"));
        }
        self.device().is_empty().then(|| "no value for device".to_owned())
    }

    fn spans_lines(&self) -> bool {
        self.record.as_slice().contains(&b'\n')
    }

    /// Lines of a row that an open quotation mark has swallowed: more than a value ever has, or to the end of the file
    /// without the mark that would close it.
    fn open_quote(&self) -> Option<usize> {
        let lines = self.record.iter().map(|value| value.iter().filter(|&&byte| byte == b'\n').count()).sum::<usize>() + 1;
        let last = self.record.iter().next_back().unwrap_or_default();
        let unclosed = last.contains(&b'\n') && self.reader.is_done() && self.ended.get().is_some_and(|end| end != b'"');
        (lines > MAX_ROW_LINES || unclosed).then_some(lines)
    }
}

impl Columns {
    fn of(header: ByteRecord) -> Result<Self, String> {
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
        Ok(Self { header, keys, device, model, itl, ctl, cm_group, tftp_server })
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
    left: Rc<Cell<usize>>,
    /// The last byte so far that ends no line.
    ended: Rc<Cell<Option<u8>>>,
}

impl Read for Fuse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other(format!(
                "a row of more than {} KiB: is a quotation mark left open?",
                MAX_ROW_BYTES >> 10
            )));
        }
        let read = self.source.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read));
        let bytes = buffer.get(..read).unwrap_or_default();
        let end = bytes.iter().rev().find(|byte| !matches!(byte, b'\r' | b'\n'));
        self.ended.set(end.copied().or(self.ended.get()));
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
const BUFFER: usize = 1 << 17;
/// Bytes asked for while the end of the header is not seen.
const HEAD_STEP: usize = 1 << 12;
/// Longest row, in bytes; what is read ahead may make it longer by a buffer.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;
/// Lines of one row: values of several lines are rare, descriptions of a hundred lines do not occur.
pub(super) const MAX_ROW_LINES: usize = 100;
/// Names of a header that a message tells.
const MAX_NAMES_TOLD: usize = 12;
