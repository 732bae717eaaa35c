//! The first table of an Excel workbook (.xlsx) as CSV, within bounds: a workbook is an archive, of which a few kilobytes may stand for
//! gigabytes.

use crate::limits::{self, MAX_WORKBOOK, MAX_WORKBOOK_HELD, MAX_WORKBOOK_TABLES};
use calamine::{Data, DataRef, Reader as _, Xlsx};
use flate2::read::DeflateDecoder;
use std::io::{Cursor, Read};

/// Reads a workbook to its end, and writes its first table as CSV: a line for each row, so that lines have the numbers of the rows.
pub(super) fn table(source: &mut impl Read) -> Result<Vec<u8>, String> {
    let most = limits::scaled(MAX_WORKBOOK);
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
    within_bounds(&bytes)?;
    let wrong = |error: calamine::XlsxError| {
        format!("a ZIP archive or an Excel workbook that does not read: {error}")
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let first =
        workbook.sheet_names().first().cloned().ok_or("an Excel workbook without a table")?;
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(wrong)?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        rows.cell(row, column, &text(cell.get_value()))?;
    }
    rows.finish()
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        value => Data::from(value.clone()).to_string(),
    }
}

/// CSV that is being written.
#[derive(Default)]
struct Rows {
    out: Vec<u8>,
    row: u32,
    column: u32,
}

impl Rows {
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

    /// The bytes that may still be written, behind so many more.
    fn room(&self, more: u64) -> Result<u64, String> {
        let written = (self.out.len() as u64).saturating_add(more);
        limits::scaled(MAX_WORKBOOK_HELD).checked_sub(written).ok_or_else(too_long)
    }

    fn finish(mut self) -> Result<Vec<u8>, String> {
        self.out.push(b'\n');
        Ok(even(&self.out))
    }
}

/// The same with as many values in each row as in the widest: workbooks leave empty cells at the end of a row out.
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

/// Whether the parts of the archive are no larger than is read. Tables are read bit by bit; all else is held.
fn within_bounds(bytes: &[u8]) -> Result<(), String> {
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
        let most = limits::scaled(MAX_WORKBOOK_TABLES);
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
        if held > limits::scaled(MAX_WORKBOOK_HELD) || streamed > most {
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
/// The end of central directory, and the longest comment behind it.
const END_SIZE: usize = 22;
const MAX_COMMENT: usize = 0xffff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_rows() {
        let mut rows = Rows::default();
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
        let mut rows = Rows::default();
        assert!(rows.cell(0, u32::MAX, "x").is_err());
        assert!(Rows::default().cell(u32::MAX, 0, "x").is_err());
        rows = Rows::default();
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
            assert!(table(&mut &*bytes).is_err());
        }
    }
}
