//! The inventory: CSV with a header, read row by row.

use super::columns::Columns;
use super::decode;
use super::source::{BUFFER, Source};
use crate::input;
use crate::limits::MAX_ROW_LINES;
use csv::ByteRecord;
use std::path::Path;

/// An inventory that is being read.
pub(crate) struct Inventory {
    reader: csv::Reader<Source>,
    end: End,
    pub(crate) columns: Columns,
    name: String,
    /// Bytes of the whole, where it is a file.
    pub(super) size: Option<u64>,
    /// Lines before those that the reader counts.
    skipped: u64,
}

/// Where a row ends. The reader's own count of a row's line stands before the line feed of the row before it, or before
/// empty lines; so lines are told from the ends.
#[derive(Clone, Copy)]
struct End {
    line: u64,
    /// Whether a line feed ends it, rather than a carriage return or the end of the file.
    feed: bool,
}

/// One row.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The line where it begins.
    pub(crate) line: u64,
    /// Bytes of the inventory up to its end.
    pub(super) bytes: u64,
    pub(crate) record: ByteRecord,
    /// Why it cannot be used.
    pub(crate) fault: Option<String>,
}

impl Inventory {
    /// Opens an inventory, or standard input for `-`, and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let name = input::name(path);
        let fail = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let (source, layout) = Source::open(path).map_err(|error| fail(&error))?;
        let size = source.size;
        let mut builder = csv::ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(layout.delimiter)
            .buffer_capacity(BUFFER);
        let mut reader = builder.from_reader(source);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|error| fail(&told(error)))?;
        decode::in_utf8(&mut header);
        let columns = Columns::of(header).map_err(|error| format!("{name}: line 1: {error}"))?;
        let end = row_ends(&mut reader);
        Ok(Self { reader, end, columns, name, size, skipped: layout.skipped })
    }

    /// Reads the next row; rows without any value are left out. `false` at the end; the error is that of the file.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<bool, String> {
        loop {
            let before = self.end;
            match self.reader.read_byte_record(&mut row.record) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => {
                    return Err(format!(
                        "{}: line {}: {}",
                        self.name,
                        self.reader.position().line() + self.skipped,
                        told(error)
                    ));
                }
            }
            self.end = row_ends(&mut self.reader);
            if self.columns.device_of(&row.record).is_empty()
                && row.record.as_slice().trim_ascii().is_empty()
            {
                continue;
            }
            // The usual row is one line behind the one before.
            let plain = self.end.line.saturating_sub(before.line)
                <= u64::from(self.end.feed) + u64::from(!before.feed);
            let feeds = if plain { 0 } else { line_feeds(&row.record) };
            let unclosed = feeds > 0 && self.is_unclosed(&row.record);
            row.fault = self.fault(&row.record, feeds, unclosed);
            row.line = self
                .end
                .line
                .saturating_sub(u64::from(self.end.feed && !unclosed))
                .saturating_sub(feeds);
            row.line = row.line.saturating_add(self.skipped);
            decode::in_utf8(&mut row.record);
            row.bytes = self.reader.position().byte();
            return Ok(true);
        }
    }

    /// Whether the next row has to be waited for.
    pub(super) fn is_drained(&self) -> bool {
        self.reader.get_ref().is_drained_at(self.reader.position().byte())
    }

    /// Why a row cannot be used, which has so many line feeds inside its values.
    fn fault(&self, record: &ByteRecord, feeds: u64, unclosed: bool) -> Option<String> {
        let (found, expected) = (record.len(), self.columns.header.len());
        if unclosed || feeds >= MAX_ROW_LINES {
            return Some(format!("a row of {} lines: is a quotation mark left open?", feeds + 1));
        }
        if found != expected {
            return Some(format!("{found} values, expected {expected} as in the header"));
        }
        self.columns.device_of(record).is_empty().then(|| "no value for device".to_owned())
    }

    /// Whether the last value goes on to the end of the file without the mark that would close it.
    fn is_unclosed(&self, record: &ByteRecord) -> bool {
        let last = record.iter().next_back().unwrap_or_default();
        let source = self.reader.get_ref();
        last.contains(&b'\n') && source.at_end && source.last_of_text != Some(b'"')
    }
}

/// Notes where the row ends that was read.
fn row_ends(reader: &mut csv::Reader<Source>) -> End {
    let (line, byte) = (reader.position().line(), reader.position().byte());
    let source = reader.get_mut();
    source.row_ends();
    End { line, feed: source.byte_before(byte) == Some(b'\n') }
}

/// Line feeds inside the values.
fn line_feeds(record: &ByteRecord) -> u64 {
    record.as_slice().iter().map(|&byte| u64::from(byte == b'\n')).sum()
}

/// A fault of the file as a message tells of it.
fn told(error: csv::Error) -> String {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}
