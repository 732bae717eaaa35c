//! A log of any size, read once in constant memory: only what matters for a deletion is parsed.

use super::join::{Block, Field, Pending, Start, fields, is_field, start};
use super::unicode::Utf8;
use super::words::{Words, cleaned, ends_in_import};
use super::{Message, Operation};
use crate::deletion::NodeTime;
use crate::platform_event::EventLine;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read};

/// The longest line that is read, in bytes. The rest of a longer line is dropped and counted; real lines have
/// some hundred.
pub const MAX_LINE: usize = 1 << 16;
/// How much is read at once.
const CHUNK: usize = 1 << 18;
/// How much of an entry is kept to be shown, in bytes.
const SHOWN: usize = 400;

words! {
    /// The three logs that a node keeps of a deletion (D4), recognised by their content.
    pub enum LogKind {
        /// Certificate operations, `certMgmt*.log`.
        CertMgmt = "certMgmt",
        /// Change notification, `certCN*.log`.
        ChangeNotification = "certCN",
        /// The system log.
        System = "syslog",
    }
}

/// The place of something in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line it begins in, from 1.
    pub line: u64,
    /// The entry; a long one is cut at 400 bytes, and ends with `…`.
    pub text: String,
}

/// Something that matters for a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sighting<'a> {
    /// An operation of `certMgmt`, whole.
    Block(&'a Block),
    /// A platform event, and when.
    Event(Option<NodeTime>, &'a EventLine<'a>),
    /// A line of change notification about an import.
    Import(&'a Operation<'a>),
    /// An entry that is not understood, and may speak of an import.
    Unclear(Unclear<'a>),
}

/// An entry that may speak of an import: of which certificate, is to be seen in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unclear<'a> {
    /// When, if the entry has a date that exists, on the same line.
    pub at: Option<NodeTime>,
    /// The entry, without date and thread if it has them.
    pub text: &'a str,
    /// The log ends in the middle of it.
    pub is_cut: bool,
}

/// The summary of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSummary {
    /// Its size, unpacked.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
    /// Lines and entries that were cut.
    pub cut: u64,
    first: [Option<Option<NodeTime>>; 3],
    /// When the last entry of change notification was written.
    last_notification: Option<NodeTime>,
}

impl LogSummary {
    /// Checks if entries of this kind are in it.
    pub fn holds(&self, kind: LogKind) -> bool {
        self.slot(kind).is_some()
    }

    /// When the first entry of this kind was written.
    pub fn first(&self, kind: LogKind) -> Option<NodeTime> {
        self.slot(kind).flatten()
    }

    /// When the last entry of change notification was written: up to there the log shows imports.
    pub fn last_notification(&self) -> Option<NodeTime> {
        self.last_notification
    }

    fn slot(&self, kind: LogKind) -> Option<Option<NodeTime>> {
        let [cert_mgmt, notification, system] = self.first;
        match kind {
            LogKind::CertMgmt => cert_mgmt,
            LogKind::ChangeNotification => notification,
            LogKind::System => system,
        }
    }

    fn note(&mut self, kind: LogKind, at: impl FnOnce() -> Option<NodeTime>) {
        let [cert_mgmt, notification, system] = &mut self.first;
        let slot = match kind {
            LogKind::CertMgmt => cert_mgmt,
            LogKind::ChangeNotification => notification,
            LogKind::System => system,
        };
        if !matches!(slot, Some(Some(_))) {
            *slot = Some(at());
        }
    }
}

/// Reads a log to its end, UTF-8 or UTF-16. `collected` gives the lines of the system log their
/// year.
///
/// Lines before an error count all the same.
///
/// ```
/// use trustlist_cluster::deletion::NodeTime;
/// use trustlist_cluster::deletion::logs::{LogKind, Sighting, scan};
/// let log = "Jul  6 03:12:05 n1 user 6 ilog_impl: emitted platform-event(--no-wait \
///     platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=a.pem)\n";
/// let mut times = Vec::new();
/// let (summary, read) = scan(log.as_bytes(), NodeTime::parse("2026-07-06T04:30:00").unwrap(), &mut |_, sighting| {
///     if let Sighting::Event(at, _) = sighting {
///         times.push(at.unwrap().to_string());
///     }
/// });
/// assert!(read.is_ok() && summary.holds(LogKind::System) && !summary.holds(LogKind::CertMgmt));
/// assert_eq!(times, ["2026-07-06 03:12:05"]);
/// ```
pub fn scan(
    source: impl Read,
    collected: NodeTime,
    sink: &mut dyn FnMut(Place, Sighting<'_>),
) -> (LogSummary, io::Result<()>) {
    let mut source = Utf8::new(source);
    let mut scanner = Scanner::new(collected, sink);
    let mut buffer = vec![0; CHUNK];
    // Bytes of an unfinished line at the start of the buffer.
    let mut held = 0;
    let mut skipping = false;
    let outcome = loop {
        let Some(room) = buffer.get_mut(held..) else { break Ok(()) };
        let read = match source.read(room) {
            Ok(0) => break Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => break Err(error),
        };
        let filled = buffer.get(..held.saturating_add(read)).unwrap_or_default();
        scanner.words.mark(filled, &mut scanner.marks);
        let rest = scanner.lines(filled, &mut skipping);
        let from = filled.len().saturating_sub(rest);
        let end = filled.len();
        buffer.copy_within(from..end, 0);
        held = rest;
    };
    scanner.summary.bytes = source.total();
    scanner.last(buffer.get(..held).unwrap_or_default(), skipping);
    (scanner.summary, outcome)
}

/// The start of an entry with its date, level and thread.
const ENTRY_HEAD: usize = 256;

struct Scanner<'s> {
    collected: NodeTime,
    sink: &'s mut dyn FnMut(Place, Sighting<'_>),
    summary: LogSummary,
    pending: Pending,
    block: Block,
    block_line: u64,
    /// The start of the last entry of change notification.
    last_notification: Vec<u8>,
    finders: Finders,
    words: Words,
    /// Where in the bytes that are read words for an import are, or characters to be cleaned.
    marks: Vec<usize>,
    /// The log has ended without the end of its last line.
    is_cut: bool,
}

/// The search words, prepared once.
struct Finders {
    event: Finder<'static>,
    import: Finder<'static>,
    imported: Finder<'static>,
    result: Finder<'static>,
}

impl<'s> Scanner<'s> {
    fn new(collected: NodeTime, sink: &'s mut dyn FnMut(Place, Sighting<'_>)) -> Self {
        let finders = Finders {
            event: Finder::new("ilog_impl:"),
            import: Finder::new("importTrustCert"),
            imported: Finder::new("successfully updated in trust-store"),
            result: Finder::new("CertMgmt Operation Result"),
        };
        let (pending, block) = (Pending::new(), Block::default());
        Self {
            collected,
            sink,
            summary: LogSummary::default(),
            pending,
            block,
            block_line: 0,
            last_notification: Vec::with_capacity(ENTRY_HEAD),
            finders,
            words: Words::default(),
            marks: Vec::new(),
            is_cut: false,
        }
    }

    /// Takes every whole line; says how many bytes of an unfinished one are left.
    fn lines(&mut self, mut bytes: &[u8], skipping: &mut bool) -> usize {
        let (mut at, mut next) = (0_usize, 0_usize);
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let Some((line, rest)) = bytes.split_at_checked(end) else { break };
            bytes = rest.get(1..).unwrap_or_default();
            let end = at.saturating_add(end);
            while self.marks.get(next).is_some_and(|mark| *mark < at) {
                next = next.saturating_add(1);
            }
            let is_marked = self.marks.get(next).is_some_and(|mark| *mark < end);
            at = end.saturating_add(1);
            if !core::mem::take(skipping) {
                self.line(line, is_marked);
            }
        }
        if *skipping {
            return 0;
        }
        if bytes.len() > MAX_LINE {
            *skipping = true;
            self.line(bytes, true);
            return 0;
        }
        bytes.len()
    }

    /// Takes a line, in which words for an import or characters to be cleaned may be.
    fn line(&mut self, line: &[u8], is_marked: bool) {
        self.summary.lines = self.summary.lines.saturating_add(1);
        // An editor's mark at the start is no part of the first entry.
        let line = if self.summary.lines == 1 {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        } else {
            line
        };
        let line = match line.get(..MAX_LINE) {
            Some(head) if line.len() > MAX_LINE => {
                self.summary.cut = self.summary.cut.saturating_add(1);
                head
            }
            _ => line,
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if is_marked { cleaned(line) } else { Cow::Borrowed(line) };
        let line = &*line;
        let start = start(line);
        if self.pending.goes_on(start, line) {
            self.pending.add(line);
            self.pending.is_marked |= is_marked;
        } else {
            self.entry();
            self.pending.begin(start, line, self.summary.lines);
            self.pending.is_marked = is_marked;
        }
    }

    /// The end of the log.
    fn last(&mut self, line: &[u8], skipping: bool) {
        if !line.is_empty() && !skipping {
            self.line(line, true);
            self.is_cut = true;
        }
        self.entry();
        self.end_block();
        let text = String::from_utf8_lossy(&self.last_notification);
        self.summary.last_notification = Operation::parse(&text).map(|operation| operation.at);
    }

    /// The pending entry is whole.
    fn entry(&mut self) {
        self.summary.cut =
            self.summary.cut.saturating_add(u64::from(core::mem::take(&mut self.pending.cut)));
        let pending = core::mem::replace(&mut self.pending, Pending::new());
        match pending.start {
            Start::System => self.system(&pending),
            Start::Operation => self.operation(&pending),
            Start::Field => self.fields(&String::from_utf8_lossy(&pending.text), pending.line),
            Start::Alarm | Start::Unknown => self.unclear(&pending, 0, &mut |_| None),
        }
        // Its memory is used again.
        self.pending.text = pending.text;
        self.pending.text.clear();
    }

    fn system(&mut self, pending: &Pending) {
        let collected = self.collected;
        self.summary
            .note(LogKind::System, || stamp(&String::from_utf8_lossy(&pending.text), collected));
        if self.finders.event.find(&pending.text).is_some() {
            let text = String::from_utf8_lossy(&pending.text);
            let event = EventLine::parse(&text).filter(|event| event.event.is_deletion());
            if let Some(event) = event {
                let at = NodeTime::without_year(event.month, event.day, event.time, collected);
                return (self.sink)(place(pending.line, &text), Sighting::Event(at, &event));
            }
        }
        self.unclear(pending, 0, &mut |text| stamp(text, collected));
    }

    /// An entry that is not understood: told if it may speak of an import. Its text begins at `from`.
    /// A line that goes on with it may be one of its own, with a date of a form that is not known.
    fn unclear(
        &mut self,
        pending: &Pending,
        from: usize,
        at: &mut dyn FnMut(&str) -> Option<NodeTime>,
    ) {
        if !pending.is_marked && !self.is_cut {
            return;
        }
        let bytes = pending.text.get(from..).unwrap_or_default();
        let first = pending.text.get(from..pending.first).unwrap_or(bytes);
        let is_cut = self.is_cut;
        let ends = || is_cut && ends_in_import(&String::from_utf8_lossy(bytes));
        let is_dated = self.words.found(first);
        if !is_dated && !self.words.found(bytes) && !ends() {
            return;
        }
        let whole = String::from_utf8_lossy(&pending.text);
        let at = at(&whole).filter(|_| is_dated || pending.first >= pending.text.len());
        let text = &*String::from_utf8_lossy(bytes);
        (self.sink)(place(pending.line, &whole), Sighting::Unclear(Unclear { at, text, is_cut }));
    }

    fn operation(&mut self, pending: &Pending) {
        let Some(line) = ThreadLine::new(&pending.text) else {
            return self.unclear(pending, 0, &mut |_| None);
        };
        let kind =
            if line.is_cert_mgmt() { LogKind::CertMgmt } else { LogKind::ChangeNotification };
        let at = || {
            Operation::parse(&String::from_utf8_lossy(&pending.text)).map(|operation| operation.at)
        };
        self.summary.note(kind, at);
        if kind == LogKind::ChangeNotification {
            // Its date is read at the end, once.
            self.last_notification.clear();
            let head = pending.text.get(..ENTRY_HEAD).unwrap_or(&pending.text);
            self.last_notification.extend_from_slice(head);
        }
        let finders = &self.finders;
        let import =
            finders.import.find(line.text).is_some() || finders.imported.find(line.text).is_some();
        let open = !self.block.is_empty();
        let of_block =
            || open && (self.block.at.is_none() || finders.result.find(line.text).is_some());
        let ours = kind == LogKind::CertMgmt && (is_field(line.text) || of_block());
        let from = pending.text.len().saturating_sub(line.text.len());
        let mut time = |text: &str| Operation::parse(text).map(|operation| operation.at);
        if import || ours {
            let text = String::from_utf8_lossy(&pending.text);
            let understood = Operation::parse(&text)
                .is_some_and(|operation| self.parsed(&operation, pending.line, ours));
            // An import in a line that goes on with an entry may be later than the entry.
            let first = pending.text.get(from..pending.first).unwrap_or(line.text);
            if understood && (pending.first >= pending.text.len() || self.words.found(first)) {
                return;
            }
        }
        self.unclear(pending, from, &mut time);
    }

    /// Takes an entry of an operation or an import; `true` if all of it is understood.
    fn parsed(&mut self, operation: &Operation<'_>, line: u64, ours: bool) -> bool {
        match &operation.message {
            Message::Fields(fields) => {
                fields.iter().for_each(|field| self.field(field, line));
                // Header and date in one line: the operation is dated, and its header may go on.
                return true;
            }
            message
                if message.import().is_some() || matches!(message, Message::Imported { .. }) =>
            {
                (self.sink)(place(line, &dated(operation)), Sighting::Import(operation));
                return true;
            }
            _ => {}
        }
        if ours && !self.block.is_empty() {
            self.block.at.get_or_insert(operation.at);
            if let Message::Result(result) = operation.message {
                self.block.result = Some(shortened(result).to_owned());
                self.end_block();
            }
        }
        false
    }

    fn fields(&mut self, text: &str, line: u64) {
        fields(text).iter().for_each(|field| self.field(field, line));
    }

    fn field(&mut self, field: &Field<'_>, line: u64) {
        if self.block.is_full_for(field.name) {
            self.end_block();
        }
        if self.block.is_empty() {
            self.block_line = line;
        }
        self.block.add(field);
        // Header lines without a date: they are of certMgmt, and the date follows.
        self.summary.note(LogKind::CertMgmt, || None);
    }

    fn end_block(&mut self) {
        let block = core::mem::take(&mut self.block);
        if !block.is_empty() {
            let field = |name: &str| {
                block.field(name).map(|value| format!("{name}: {value} ")).unwrap_or_default()
            };
            let end = block
                .result
                .as_deref()
                .map(|result| format!("result: {result}"))
                .unwrap_or_default();
            let text =
                [field("op"), field("unit"), field("certDir"), field("srcCert"), end].concat();
            (self.sink)(place(self.block_line, text.trim_end()), Sighting::Block(&block));
        }
    }
}

/// A line with a thread, cut without parsing it.
struct ThreadLine<'a> {
    thread: &'a [u8],
    text: &'a [u8],
}

impl<'a> ThreadLine<'a> {
    fn new(line: &'a [u8]) -> Option<Self> {
        let open = memchr::memchr(b'[', line)?;
        let rest = line.get(open.checked_add(1)?..)?;
        let close = memchr::memchr(b']', rest)?;
        let (thread, rest) = rest.split_at_checked(close)?;
        let text =
            rest.trim_ascii_start().strip_prefix(b"]")?.trim_ascii_start().strip_prefix(b"-")?;
        Some(Self { thread, text: text.trim_ascii_start() })
    }

    /// `certMgmt` is written by a command, in its main thread; change notification is a service
    /// with many threads.
    fn is_cert_mgmt(&self) -> bool {
        self.thread == b"main" && memchr::memmem::find(self.text, b"Change Notification").is_none()
    }
}

/// When a line of the system log was written.
fn stamp(line: &str, collected: NodeTime) -> Option<NodeTime> {
    let mut parts = line.split_whitespace();
    NodeTime::without_year(parts.next()?, parts.next()?, parts.next()?, collected)
}

fn place(line: u64, text: &str) -> Place {
    let (text, shown) = (text.trim(), shortened(text));
    let mark = if shown.len() < text.len() { "…" } else { "" };
    Place { line, text: format!("{shown}{mark}") }
}

fn dated(operation: &Operation<'_>) -> String {
    format!("{} {} [{}] - {}", operation.stamp, operation.level, operation.thread, operation.text)
}

fn shortened(text: &str) -> &str {
    let text = text.trim();
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .take_while(|at| *at <= SHOWN)
        .last();
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}
