//! From pasted text to prints: which words belong to which list, record and row.

use super::clean::Clean;
use super::glyph::{Glyph, Line, digits, glyphs, glyphs_of, slice, spaced, squeezed, word_at};
use super::limits::PasteLimits;
use super::mark::{Mark, MarkKind, Part, Shape, marks};
use super::paste::PasteError;
use super::print::{Presence, Print, PrintedRecord, Row, Verified};
use super::value::{Fit, Reading, Value, read};
use crate::facts::{Completeness, ListKind, RecordIndex};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// Every print of a list in a text, in order, and where the reader stopped at a limit.
pub fn prints(text: &str, limits: &PasteLimits) -> (Vec<Print>, Option<PasteError>) {
    prints_of(&Clean::new(text), limits)
}

/// The same for a paste that is cleaned.
pub fn prints_of(clean: &Clean<'_>, limits: &PasteLimits) -> (Vec<Print>, Option<PasteError>) {
    let glyphs = glyphs_of(clean);
    let marks = marks(&glyphs);
    let mut reader = Reader {
        glyphs: &glyphs,
        marks: &marks,
        done: Vec::new(),
        open: None,
        stage: Stage::Start,
    };
    let (mut at, mut records, mut rows, mut stopped) = (0, 0_usize, 0_usize, None);
    while let Some(mark) = marks.get(at).filter(|_| stopped.is_none()) {
        at = reader.step(at, *mark).max(at.saturating_add(1));
        records = records.saturating_add(mark.is_record().into());
        rows = rows.saturating_add(mark.is_row().into());
        let prints = usize::from(reader.open.is_some()).saturating_add(reader.done.len());
        stopped = limits.reached(prints, records, rows, mark.line);
    }
    if stopped.is_none() {
        reader.close();
    }
    (reader.done, stopped)
}

/// How far a print has come. A step back begins another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Checksum,
    Length,
    Modified,
    Parse,
    Header,
    Records,
    Verdict,
}

struct Reader<'a> {
    glyphs: &'a [Glyph],
    marks: &'a [Mark],
    done: Vec<Print>,
    open: Option<Print>,
    stage: Stage,
}

impl Reader<'_> {
    /// Takes one mark; returns the next one to look at.
    fn step(&mut self, at: usize, mark: Mark) -> usize {
        let next = at.saturating_add(1);
        match mark.kind {
            MarkKind::Checksum(kind) => {
                self.begin(kind, Stage::Checksum, mark.line);
                self.checksums(at, mark);
            }
            MarkKind::Length(kind) => {
                self.begin(kind, Stage::Length, mark.line);
                self.size(at, mark);
            }
            MarkKind::Modified(kind) => {
                self.begin(kind, Stage::Modified, mark.line);
                let text = spaced(self.behind(at, mark));
                // A prompt glued to the words before it (`onadmin:show ctl`) is no date: after a blank it would begin a command.
                let date = Some(text).filter(|text| marks(&glyphs(text)).is_empty());
                self.with(|print| print.modified = date);
            }
            MarkKind::Parse(kind) => self.begin(kind, Stage::Parse, mark.line),
            MarkKind::Version => self.version(at, mark),
            MarkKind::HeaderLength => self.header_length(at, mark),
            MarkKind::Row(tag, shape, part) => return self.row(at, mark, tag, shape, part),
            MarkKind::Record(kind) => self.record(at, mark, kind),
            MarkKind::Signed(signed) => {
                self.with_record(|record| record.signed_this_file = Some(signed))
            }
            MarkKind::RecordVerified(good) => {
                self.with_record(|record| record.checked = Some(good))
            }
            MarkKind::Verified(kind) => self.verdict(kind, mark.line, Verified::Yes(mark.line)),
            MarkKind::Failed(kind) => self.verdict(kind, mark.line, Verified::No(mark.line)),
            MarkKind::ParseError(kind) => self.parse_error(kind, mark.line),
            MarkKind::NotFound(kind) => {
                self.begin_unless(kind, Stage::Verdict, mark.line);
                self.with(|print| print.presence = Presence::NotFound(mark.line));
            }
            MarkKind::Cut => self.with(|print| print.cut = print.cut.or(Some(mark.line))),
            MarkKind::Prompt => self.close(),
            MarkKind::Columns | MarkKind::StartRecords => {}
        }
        next
    }

    /// The text after a mark, up to the next one.
    fn behind(&self, at: usize, mark: Mark) -> &[Glyph] {
        slice(self.glyphs, mark.end, self.end_of(at.saturating_add(1)))
    }

    /// Where the mark with this number begins; the end of the text after the last one.
    fn end_of(&self, at: usize) -> usize {
        self.marks.get(at).map_or(self.glyphs.len(), |mark| mark.start)
    }

    /// A print begins, unless this stage is the next one of the open print.
    fn begin(&mut self, kind: ListKind, stage: Stage, line: Line) {
        let goes_on =
            self.open.as_ref().is_some_and(|print| print.kind == kind) && self.stage < stage;
        if !goes_on {
            self.close();
            self.open = Some(empty(kind, line));
        }
        self.stage = stage;
    }

    /// The same for what may come again.
    fn begin_unless(&mut self, kind: ListKind, stage: Stage, line: Line) {
        if self.open.as_ref().is_none_or(|print| print.kind != kind) || self.stage > stage {
            self.begin(kind, stage, line);
        }
        self.stage = stage;
    }

    fn with(&mut self, change: impl FnOnce(&mut Print)) {
        if let Some(print) = &mut self.open {
            change(print);
        }
    }

    fn with_record(&mut self, change: impl FnOnce(&mut PrintedRecord)) {
        if let Some(record) = self.open.as_mut().and_then(|print| print.records.last_mut()) {
            change(record);
        }
    }

    fn checksums(&mut self, at: usize, mark: Mark) {
        let text = self.behind(at, mark);
        let (md5, sha1) = (hex_before(text, "(MD5)"), hex_before(text, "(SHA1)"));
        self.with(|print| (print.md5, print.sha1) = (md5, sha1));
    }

    fn size(&mut self, at: usize, mark: Mark) {
        let text = self.behind(at, mark);
        let size: Option<u64> = digits(text).parse().ok();
        self.with(|print| {
            print.size = size;
            if size == Some(0) {
                print.presence = Presence::NotFound(mark.line);
            }
        });
    }

    fn version(&mut self, at: usize, mark: Mark) {
        let text = self.behind(at, mark);
        let point = text.iter().position(|glyph| glyph.c == '.');
        let version = point.and_then(|point| {
            let minor = slice(text, point.saturating_add(1), text.len());
            Some((squeezed(slice(text, 0, point)).parse().ok()?, digits(minor).parse().ok()?))
        });
        self.with(|print| print.version = version.or(print.version));
        self.stage = self.stage.max(Stage::Parse);
    }

    fn header_length(&mut self, at: usize, mark: Mark) {
        let length = digits(self.behind(at, mark)).parse().ok();
        self.with(|print| print.header_length = length.or(print.header_length));
    }

    fn record(&mut self, at: usize, mark: Mark, kind: ListKind) {
        self.begin_unless(kind, Stage::Records, mark.line);
        let text = self.behind(at, mark);
        let number = digits(text).parse().ok();
        let line = mark.line;
        self.with(|print| {
            let next = print.records.last().map_or(1, |record| record.index.0.saturating_add(1));
            let index = RecordIndex(number.unwrap_or(next));
            print.records.push(PrintedRecord {
                index,
                line,
                rows: Vec::new(),
                signed_this_file: None,
                checked: None,
                hash_unread: None,
            });
        });
    }

    fn verdict(&mut self, kind: ListKind, line: Line, verified: Verified) {
        self.begin_unless(kind, Stage::Verdict, line);
        self.with(|print| print.verified = verified);
    }

    /// "Error parsing the CTL File." is normal if there is no file (CLUSTER-RULES section 4).
    fn parse_error(&mut self, kind: ListKind, line: Line) {
        self.begin_unless(kind, Stage::Verdict, line);
        self.with(|print| {
            if print.presence == Presence::Printed {
                print.verified = Verified::No(line);
            }
        });
    }

    /// One row. A name may hold words that look like the next row: the length decides where it ends.
    fn row(&mut self, at: usize, mark: Mark, tag: u8, shape: Shape, part: Part) -> usize {
        let next = at.saturating_add(1);
        let Some(print) = &self.open else { return next };
        let in_record = !print.records.is_empty();
        let fits = match part {
            Part::Either => true,
            Part::Header => !in_record,
            Part::Record => in_record,
        };
        if !fits {
            return next;
        }
        let Some((reading, next)) = self.best(next, mark, shape) else { return next };
        if shape == Shape::Hash && reading.fit == Fit::Loose {
            self.with_record(|record| record.hash_unread = record.hash_unread.or(Some(mark.line)));
        }
        let row = Row { tag, length: reading.length, value: reading.value, line: mark.line };
        self.stage = self.stage.max(Stage::Header);
        self.with(|print| match print.records.last_mut() {
            Some(record) => record.rows.push(row),
            None => print.header.push(row),
        });
        next
    }

    /// The best reading of a row over the ends it may have, and the mark after that end.
    fn best(&self, first: usize, mark: Mark, shape: Shape) -> Option<(Reading, usize)> {
        let last = if shape == Shape::Text { first.saturating_add(MARKS_IN_A_NAME) } else { first };
        let mut best: Option<(Reading, usize)> = None;
        for end in first..=last.min(self.marks.len().max(first)) {
            // Other output may follow the last row of a cut paste: its length still counts.
            let longest = mark.end.saturating_add(LONGEST_ROW);
            let behind = self.end_of(end);
            if behind > longest && end > first {
                break;
            }
            // A row with nothing after its name has no length; the next row's number is none.
            let reading = read(shape, slice(self.glyphs, mark.end, behind.min(longest)));
            let Some(reading) = reading else { return best };
            // Past the first word that looks like a row only for a name that fits without any mending.
            let better = best
                .as_ref()
                .is_none_or(|(found, _)| reading.fit == Fit::Exact && found.fit != Fit::Exact);
            if better {
                best = Some((reading, end));
            }
            if best.as_ref().is_some_and(|(found, _)| found.fit == Fit::Exact) {
                break;
            }
        }
        best
    }

    fn close(&mut self) {
        self.stage = Stage::Start;
        let Some(mut print) = self.open.take() else { return };
        agree_on_names(&mut print);
        finish(&mut print);
        self.done.push(print);
    }
}

/// A name may hold this many words that look like rows before the reader gives up.
const MARKS_IN_A_NAME: usize = 8;

/// A value is at most 65,535 bytes, a byte prints as four characters at most (`\xNN`).
const LONGEST_ROW: usize = 300_000;

fn empty(kind: ListKind, line: Line) -> Print {
    Print {
        kind,
        line,
        md5: None,
        sha1: None,
        size: None,
        modified: None,
        version: None,
        header_length: None,
        header: Vec::new(),
        records: Vec::new(),
        verified: Verified::NotSaid,
        presence: Presence::Printed,
        cut: None,
    }
}

/// A print without a word on the signature is one of a signature that failed, if it is whole; else it was cut.
fn finish(print: &mut Print) {
    if let Presence::NotFound(line) = print.presence {
        let has_rows = !print.header.is_empty() || !print.records.is_empty();
        if !has_rows && print.size.unwrap_or(0) == 0 {
            return;
        }
        // It shows a list and says that there is none: parts of two outputs.
        print.presence = Presence::Printed;
        print.cut = print.cut.or(Some(line));
    }
    let last = print
        .records
        .last()
        .map_or(print.line, |record| record.rows.last().map_or(record.line, |row| row.line));
    let all_there = print.size.is_some() && print.size == print.file_added();
    if print.verified == Verified::NotSaid && all_there && print.cut.is_none() {
        print.verified = Verified::No(last);
    }
    let lengths_agree =
        print.records.last().is_none_or(|record| record.added() == record.length().map(u64::from));
    let ends_early = print.size.is_some()
        && print.completeness() == Completeness::Partial
        && print.verified == Verified::NotSaid;
    if print.cut.is_none()
        && (ends_early || (print.verified == Verified::NotSaid && !lengths_agree))
    {
        print.cut = Some(last);
    }
}

/// A name that lost blanks may occur elsewhere in the paste undamaged: issuer and subject are mostly one.
fn agree_on_names(print: &mut Print) {
    let rows = print.header.iter().chain(print.records.iter().flat_map(|record| &record.rows));
    let mut sure: BTreeMap<String, String> = BTreeMap::new();
    for row in rows {
        if let Value::Text(text) = &row.value {
            sure.entry(letters(text)).or_insert_with(|| text.clone());
        }
    }
    let header = print.header.iter_mut();
    for row in header.chain(print.records.iter_mut().flat_map(|record| &mut record.rows)) {
        let Value::Unsure(text) = &row.value else { continue };
        if let Some(same) = sure.get(&letters(text)) {
            row.value = Value::Text(same.clone());
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Exactly `N` bytes of hex before a word. What is before them is other text, after a gap or a bracket.
fn hex_before<const N: usize>(text: &[Glyph], word: &str) -> Option<[u8; N]> {
    let end = (0..text.len()).find(|&at| word_at(text, at, word).is_some())?;
    let start = end.checked_sub(N.checked_mul(2)?)?;
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    let alone = before.is_none_or(|before| before.c == ')') || !text.get(start)?.gap.is_none();
    let digits: Vec<u32> =
        slice(text, start, end).iter().map_while(|glyph| glyph.c.to_digit(16)).collect();
    if !alone || digits.len() != N.checked_mul(2)? {
        return None;
    }
    let mut bytes = [0u8; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(pair.iter().fold(0, |value, digit| value << 4 | digit)).ok()?;
    }
    Some(bytes)
}
