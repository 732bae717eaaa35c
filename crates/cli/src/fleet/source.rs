//! The bytes of an inventory: opened, recognised, decoded, and read within bounds. A workbook is
//! turned into CSV.

use super::inventory::Columns;
use crate::limits::{Limits, MAX_ROW_BYTES, MAX_WORKBOOK, MAX_WORKBOOK_HELD, MAX_WORKBOOK_TABLES};
use calamine::{Data, DataRef, Reader as _, Xlsx};
use csv::ByteRecord;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use trustlist::report::Plain;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    /// Lines before those that are read.
    pub(super) skipped: u64,
}

/// Reads on only while a row is short enough: an open quotation mark would have the whole file for
/// its row.
pub(super) struct Source {
    bytes: Box<dyn Read + Send>,
    /// The size in bytes, if it is a file.
    pub(super) size: Option<u64>,
    /// The last bytes that were read, and where they begin.
    recent: Vec<u8>,
    start: u64,
    /// The byte before them.
    before: Option<u8>,
    /// The last byte so far that is no line end.
    pub(super) last_of_text: Option<u8>,
    /// True after the end of the source.
    pub(super) at_end: bool,
    /// The place of the last line feed: no whole row has been read after it.
    last_feed: u64,
    /// Bytes read since a row ended.
    of_row: usize,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, limits: Limits) -> Result<(Self, Layout), String> {
        let (mut source, size) = open(path).map_err(|error| error.to_string())?;
        let mut head = Vec::new();
        read_line(&mut source, &mut head, 0).map_err(|error| error.to_string())?;
        // A table of a workbook has its own rows; all else is text.
        let mut source: Box<dyn Read + Send> = match (head.starts_with(b"PK\x03\x04"), utf16(&head))
        {
            (true, _) => {
                let table = table(&mut Cursor::new(head).chain(source), limits)?;
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
        // The header may follow empty lines.
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

    /// Checks if a row that begins here is still to come.
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

/// Reads on until a line ends after the first `from` bytes, which may be read already.
fn read_line(source: &mut impl Read, head: &mut Vec<u8>, from: usize) -> io::Result<()> {
    let mut chunk = [0; HEAD_STEP];
    // One line is enough: a pipe may bring its rows much later.
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

/// The separator that a first line such as `sep=;` says, which Excel takes for no row; and how many
/// lines that are.
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

/// Reads UTF-16 as UTF-8.
pub(super) struct Utf16<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The bytes of the input that were decoded.
    used: usize,
    ended: bool,
    /// The decoded bytes, and the number of them that were handed out.
    output: Vec<u8>,
    given: usize,
    finished: bool,
}

/// The byte order of UTF-16, by its mark, or by the zero bytes of a header in ASCII.
pub(crate) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(source: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let (input, output) = (Vec::with_capacity(INPUT), Vec::with_capacity(OUTPUT));
        Self { source, decoder, input, used: 0, ended: false, output, given: 0, finished: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.input.drain(..self.used);
        self.used = 0;
        let before = self.input.len();
        self.input.resize(INPUT, 0);
        let room = self.input.get_mut(before..).unwrap_or_default();
        let read = self.source.read(room)?;
        self.input.truncate(before.saturating_add(read));
        self.ended = read == 0;
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.used >= self.input.len() && !self.ended {
            self.fill()?;
        }
        let input = self.input.get(self.used..).unwrap_or_default();
        self.output.resize(OUTPUT, 0);
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
        self.output.truncate(written);
        self.given = 0;
        self.used = self.used.saturating_add(read);
        self.finished = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.output.len() && !self.finished {
            self.decode()?;
        }
        let ready = self.output.get(self.given..).unwrap_or_default();
        let read = ready.len().min(buffer.len());
        if let (Some(room), Some(ready)) = (buffer.get_mut(..read), ready.get(..read)) {
            room.copy_from_slice(ready);
        }
        self.given = self.given.saturating_add(read);
        Ok(read)
    }
}

/// Turns the values of a row that are no UTF-8 into it: Windows-1252, as old exports of Western
/// Windows are.
pub(super) fn in_utf8(record: &mut ByteRecord) {
    let bytes = record.as_slice();
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        return;
    }
    let decoded = record.iter().map(|value| match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0.into_owned(),
    });
    *record = decoded.collect::<Vec<_>>().into();
}

/// Bytes decoded at once.
const INPUT: usize = 1 << 15;
/// Bytes that are ready at once.
const OUTPUT: usize = 1 << 15;

/// Reads a workbook to its end, and writes its first table as CSV: a line for each row, so that
/// lines have the numbers of the rows.
pub(super) fn table(source: &mut impl Read, limits: Limits) -> Result<Vec<u8>, String> {
    let most = limits.scaled(MAX_WORKBOOK);
    let mut bytes = Vec::new();
    source
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!(
            "an Excel workbook of more than {} MiB (cli::limits::MAX_WORKBOOK): save it as CSV",
            most >> 20
        ));
    }
    within_bounds(&bytes, limits)?;
    let wrong = |error: calamine::XlsxError| {
        format!("a ZIP archive or an Excel workbook that does not read: {error}")
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let first =
        workbook.sheet_names().first().cloned().ok_or("an Excel workbook without a table")?;
    if let Some(other) = other_phones(&mut workbook) {
        return Err(format!(
            "an Excel workbook with phones in two tables ({} and {}), and only the first is read: put all phones into one table, \
             or save each table as CSV",
            Plain(&first),
            Plain(&other)
        ));
    }
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(wrong)?;
    let mut rows = Sheet { limits, ..Sheet::default() };
    while let Some(cell) = cells.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        rows.cell(row, column, &cell_text(cell.get_value()))?;
    }
    rows.finish()
}

/// Returns another table than the first that has a column for the device, if its header is its first
/// row: its phones would be left out.
fn other_phones(workbook: &mut Xlsx<Cursor<Vec<u8>>>) -> Option<String> {
    let others: Vec<String> = workbook.sheet_names().iter().skip(1).cloned().collect();
    others.into_iter().find(|name| {
        let Ok(mut cells) = workbook.worksheet_cells_reader(name) else { return false };
        let (mut header, mut first) = (ByteRecord::new(), None);
        while let Ok(Some(cell)) = cells.next_cell() {
            let ((row, _), text) = (cell.get_position(), cell_text(cell.get_value()));
            if text.is_empty() {
                continue;
            }
            if *first.get_or_insert(row) != row || header.len() >= MAX_COLUMNS {
                break;
            }
            header.push_field(text.as_bytes());
        }
        Columns::of(header).is_ok()
    })
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        value => Data::from(value.clone()).to_string(),
    }
}

/// CSV that is being written.
#[derive(Default)]
struct Sheet {
    limits: Limits,
    out: Vec<u8>,
    row: u32,
    column: u32,
}

impl Sheet {
    fn cell(&mut self, row: u32, column: u32, text: &str) -> Result<(), String> {
        // Cells come in order; one that goes back would write over others.
        if row < self.row || (row == self.row && column < self.column) {
            return Err("an Excel workbook whose cells are in no order".to_owned());
        }
        let mut room = self.room(u64::from(row - self.row))?;
        while self.row < row {
            self.out.push(b'\n');
            (self.row, self.column) = (self.row + 1, 0);
        }
        room = room.saturating_sub(u64::from(column - self.column));
        if room < (text.len() as u64).saturating_mul(2) {
            return Err(too_long());
        }
        while self.column < column {
            self.out.push(b',');
            self.column += 1;
        }
        if !text.is_empty() {
            self.out.push(b'"');
            // A row stays a line: what is in it names phones and no poems.
            let text = text.replace(['\r', '\n'], " ").replace('"', "\"\"");
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        }
        Ok(())
    }

    /// Returns the number of bytes that may still be written after `more` bytes.
    fn room(&self, more: u64) -> Result<u64, String> {
        let written = (self.out.len() as u64).saturating_add(more);
        self.limits.scaled(MAX_WORKBOOK_HELD).checked_sub(written).ok_or_else(too_long)
    }

    fn finish(mut self) -> Result<Vec<u8>, String> {
        self.out.push(b'\n');
        Ok(even(&self.out))
    }
}

/// The same with as many values in each row as in the widest: workbooks leave empty cells at the
/// end of a row out.
fn even(out: &[u8]) -> Vec<u8> {
    let mut widest = 0;
    let mut quoted = false;
    let mut count = 0_usize;
    for &byte in out {
        quoted ^= byte == b'"';
        match byte {
            b',' if !quoted => count += 1,
            b'\n' => {
                widest = widest.max(count);
                count = 0;
            }
            _ => {}
        }
    }
    // A row far to the right would make all rows as long.
    let widest = widest.min(MAX_COLUMNS);
    let mut even = Vec::with_capacity(out.len());
    for &byte in out {
        quoted ^= byte == b'"';
        match byte {
            b',' if !quoted => count += 1,
            b'\n' => {
                // An empty row stays one.
                if count > 0 || even.last().is_some_and(|&last| last != b'\n') {
                    even.extend(std::iter::repeat_n(b',', widest.saturating_sub(count)));
                }
                count = 0;
            }
            _ => {}
        }
        even.push(byte);
    }
    even
}

/// Checks the sizes of the parts of the archive. Tables are streamed; all else is in memory.
fn within_bounds(bytes: &[u8], limits: Limits) -> Result<(), String> {
    let broken = || {
        "a ZIP archive or an Excel workbook that is broken or of an unknown form: save it as CSV"
            .to_owned()
    };
    // The end of central directory (APPNOTE 4.3.16).
    let from = bytes.len().saturating_sub(MAX_COMMENT + END_SIZE);
    let tail = bytes.get(from..).unwrap_or_default();
    let end = tail
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")
        .map(|at| at + from)
        .ok_or_else(broken)?;
    let (entries, mut at) =
        (short(bytes, end + 10).ok_or_else(broken)?, long(bytes, end + 16).ok_or_else(broken)?);
    let (mut held, mut streamed) = (0_u64, 0_u64);
    for _ in 0..entries {
        // A header of the central directory (APPNOTE 4.3.12).
        if bytes.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02") {
            return Err(broken());
        }
        let entry = bytes.get(at..).unwrap_or_default();
        let method = short(entry, 10).ok_or_else(broken)?;
        let (packed, local) =
            (long(entry, 20).ok_or_else(broken)?, long(entry, 42).ok_or_else(broken)?);
        let lengths = [28, 30, 32].map(|field| short(entry, field).unwrap_or(0));
        let [name, ..] = lengths;
        let name = entry.get(46..46 + name).ok_or_else(broken)?;
        let behind =
            [26, 28].map(|field| short(bytes, local.saturating_add(field)).unwrap_or(bytes.len()));
        let start = behind.into_iter().fold(local.saturating_add(30), usize::saturating_add);
        let content = bytes.get(start..start.saturating_add(packed)).ok_or_else(broken)?;
        let most = limits.scaled(MAX_WORKBOOK_TABLES);
        let size = match method {
            0 => content.len() as u64,
            8 => std::io::copy(
                &mut DeflateDecoder::new(content).take(most + 1),
                &mut std::io::sink(),
            )
            .map_err(|_| broken())?,
            _ => return Err(broken()),
        };
        let sum = if name.starts_with(b"xl/worksheets/") { &mut streamed } else { &mut held };
        *sum = sum.saturating_add(size);
        if held > limits.scaled(MAX_WORKBOOK_HELD) || streamed > most {
            return Err(too_long());
        }
        at = at.saturating_add(46).saturating_add(lengths.iter().sum());
    }
    Ok(())
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
}

fn too_long() -> String {
    "an Excel workbook that unpacks to more than is read (cli::limits::MAX_WORKBOOK_HELD, MAX_WORKBOOK_TABLES): save it as CSV"
        .to_owned()
}

/// The most columns that short rows are filled up to.
const MAX_COLUMNS: usize = 500;
/// The size of the end of central directory, and of the longest comment after it.
const END_SIZE: usize = 22;
const MAX_COMMENT: usize = 0xffff;

#[cfg(test)]
mod tests {
    use super::*;

    /// Brings one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.len().min(1).min(buffer.len());
            let (now, rest) = self.0.split_at(read);
            buffer[..read].copy_from_slice(now);
            self.0 = rest;
            Ok(read)
        }
    }

    #[test]
    fn both_byte_orders_with_and_without_a_mark() {
        let text = "device\tm\u{f6}del\n\u{1f4de}";
        for mark in ["\u{feff}", ""] {
            let units: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
            for bytes in [
                units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(),
                units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            ] {
                let encoding = utf16(&bytes).unwrap();
                let mut decoded = String::new();
                Utf16::new(Slow(&bytes), encoding).read_to_string(&mut decoded).unwrap();
                assert_eq!(decoded, text);
            }
        }
        assert!(utf16(b"device").is_none() && utf16(b"\0\0\0\0").is_none());
    }

    #[test]
    fn a_unit_that_is_cut_is_no_error() {
        let mut decoded = String::new();
        Utf16::new(&b"\xff\xfea\0b"[..], UTF_16LE).read_to_string(&mut decoded).unwrap();
        assert_eq!(decoded, "a\u{fffd}");
    }

    #[test]
    fn windows_1252_by_value() {
        let mut record =
            ByteRecord::from(vec![&b"M\xfcller"[..], "M\u{fc}ller".as_bytes(), b"\x80"]);
        in_utf8(&mut record);
        assert_eq!(record, ByteRecord::from(vec!["M\u{fc}ller", "M\u{fc}ller", "\u{20ac}"]));
    }

    #[test]
    fn cells_become_rows() {
        let mut rows = Sheet::default();
        for (row, column, text) in [
            (0, 0, "device"),
            (0, 2, "model"),
            (3, 0, "SEP1"),
            (4, 1, "a \"b\"\nc"),
            (4, 2, "8851"),
        ] {
            rows.cell(row, column, text).unwrap();
        }
        let out = String::from_utf8(rows.finish().unwrap()).unwrap();
        assert_eq!(out, "\"device\",,\"model\"\n\n\n\"SEP1\",,\n,\"a \"\"b\"\" c\",\"8851\"\n");
    }

    #[test]
    fn a_cell_far_away_is_refused() {
        let mut rows = Sheet::default();
        assert!(rows.cell(0, u32::MAX, "x").is_err());
        assert!(Sheet::default().cell(u32::MAX, 0, "x").is_err());
        rows = Sheet::default();
        rows.cell(1, 1, "x").unwrap();
        assert!(rows.cell(0, 0, "y").is_err() && rows.cell(1, 0, "y").is_err());
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [
            &b"PK\x03\x04"[..],
            b"PK\x03\x04PK\x05\x06",
            &[b"PK\x05\x06", &[0xff; 18][..]].concat(),
        ] {
            assert!(table(&mut &*bytes, Limits::default()).is_err());
        }
    }
}
