//! Findings about a paste: lengths that do not add up, and lost parts.

use super::{Line, Presence, Print, PrintedRecord, Value, Verified};
use crate::code::{ConsoleCode, Level};
use crate::facts::RecordIndex;
use alloc::vec::Vec;

/// One thing that is odd about a print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintFinding {
    /// The code.
    pub code: ConsoleCode,
    /// How much it weighs.
    pub level: Level,
    /// The record that it is about.
    pub record: Option<RecordIndex>,
    /// Its line in the paste.
    pub line: Line,
    /// Its values, by name.
    pub values: Vec<(&'static str, u64)>,
}

impl PrintFinding {
    /// Whether the paste lost something of the list: what is left may be less than the list holds.
    pub fn is_loss(&self) -> bool {
        match self.code {
            ConsoleCode::FileLengthDisagrees
            | ConsoleCode::HeaderLengthsDisagree
            | ConsoleCode::PrintCut
            | ConsoleCode::PrintLacksValues
            | ConsoleCode::PrintNameUnsure
            | ConsoleCode::RecordLengthsDisagree => true,
            ConsoleCode::PrintNoList | ConsoleCode::PrintNotVerified => false,
        }
    }
}

impl Print {
    /// Returns the parts of the list that the paste lost, in order, each with a line.
    pub fn losses(&self) -> Vec<PrintFinding> {
        self.findings().into_iter().filter(PrintFinding::is_loss).collect()
    }

    /// Returns the findings about this paste, in order.
    pub fn findings(&self) -> Vec<PrintFinding> {
        if let Presence::NotFound(line) = self.presence {
            return Vec::from([finding(ConsoleCode::PrintNoList, Level::Note, None, line, [])]);
        }
        let mut found = Vec::new();
        self.header_findings(&mut found);
        for record in &self.records {
            record.findings(&mut found);
        }
        self.file_findings(&mut found);
        found
    }

    /// The rows of the header and 0 to 3 bytes of padding make its length (`spec/FORMAT.md` section 1.4).
    fn header_findings(&self, found: &mut Vec<PrintFinding>) {
        let lengths = self.header_length.map(u64::from).zip(self.header_added());
        let is_padded = |length, added: u64| (added..=added.saturating_add(3)).contains(&length);
        if let Some((length, added)) = lengths.filter(|&(length, added)| !is_padded(length, added))
        {
            let values = [("printed", length), ("added", added)];
            found.push(finding(
                ConsoleCode::HeaderLengthsDisagree,
                Level::Warning,
                None,
                self.line,
                values,
            ));
        }
        if self.signer().is_none() {
            let line = self.row(4).map_or(self.line, |row| row.line);
            found.push(finding(ConsoleCode::PrintLacksValues, Level::Warning, None, line, []));
        }
        for row in self.header.iter().filter(|row| matches!(row.value, Value::Unsure(_))) {
            found.push(finding(
                ConsoleCode::PrintNameUnsure,
                Level::Warning,
                None,
                row.line,
                [("tag", u64::from(row.tag))],
            ));
        }
    }

    fn file_findings(&self, found: &mut Vec<PrintFinding>) {
        if let Some(line) = self.cut {
            let record = self.records.last().map(|record| record.index);
            found.push(finding(ConsoleCode::PrintCut, Level::Warning, record, line, []));
        }
        // A print that was cut does not add up, and says why.
        let sizes = self.size.zip(self.file_added()).filter(|_| self.cut.is_none());
        let mut numbered = self.records.iter().zip(1u32..);
        let disordered = numbered.find(|(record, number)| record.index.0 != *number);
        let code = ConsoleCode::FileLengthDisagrees;
        if let Some((size, added)) = sizes.filter(|(size, added)| size != added) {
            let values = [("printed", size), ("added", added)];
            found.push(finding(code, Level::Error, None, self.line, values));
        } else if let Some((record, _)) = disordered.filter(|_| self.cut.is_none()) {
            // Parts of two outputs whose lengths fit by chance, or are lost.
            found.push(finding(code, Level::Error, Some(record.index), record.line, []));
        } else if self.size.is_none() && self.cut.is_none() && !self.records.is_empty() {
            found.push(finding(code, Level::Warning, None, self.line, []));
        }
        if let Verified::No(line) = self.verified {
            found.push(finding(ConsoleCode::PrintNotVerified, Level::Error, None, line, []));
        }
    }
}

impl PrintedRecord {
    /// Three bytes and the value for each row make the record's length (`spec/FORMAT.md` section 3.1).
    fn findings(&self, found: &mut Vec<PrintFinding>) {
        let at = Some(self.index);
        let lengths = self.length().map(u64::from).zip(self.added());
        if let Some((length, added)) = lengths.filter(|(length, added)| length != added) {
            let values = [("printed", length), ("added", added)];
            found.push(finding(
                ConsoleCode::RecordLengthsDisagree,
                Level::Error,
                at,
                self.line,
                values,
            ));
        }
        if !self.is_named() || self.length().is_none() {
            found.push(finding(ConsoleCode::PrintLacksValues, Level::Warning, at, self.line, []));
        }
        if let Some(line) = self.hash_unread {
            found.push(finding(ConsoleCode::PrintLacksValues, Level::Warning, at, line, []));
        }
        for row in self.rows.iter().filter(|row| matches!(row.value, Value::Unsure(_))) {
            found.push(finding(
                ConsoleCode::PrintNameUnsure,
                Level::Warning,
                at,
                row.line,
                [("tag", u64::from(row.tag))],
            ));
        }
    }
}

fn finding(
    code: ConsoleCode,
    level: Level,
    record: Option<RecordIndex>,
    line: Line,
    values: impl IntoIterator<Item = (&'static str, u64)>,
) -> PrintFinding {
    PrintFinding { code, level, record, line, values: values.into_iter().collect() }
}
