//! Wrapped lines put together again: an entry begins where a line begins like one, the rest belongs
//! to it.

use super::url_decoded;
use super::words::Words;
use crate::deletion::NodeTime;
use std::borrow::Cow;

/// The longest entry that is put together, in bytes. The rest is dropped and counted.
pub const MAX_ENTRY: usize = 1 << 18;
/// How many lines go on with an entry; later lines do not belong to it. A viewer breaks an event
/// into five.
pub const MAX_JOINED: usize = 64;

/// How a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Alarm,
    Field,
    Operation,
    System,
    /// Not like an entry: the rest of the one before, or nothing that is known.
    Unknown,
}

/// The entry that is being put together.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) text: Vec<u8>,
    pub(super) start: Start,
    /// The line it begins in.
    pub(super) line: u64,
    /// True if something was dropped.
    pub(super) cut: bool,
    /// How long the first line is: only that one surely has the date of the entry.
    pub(super) first: usize,
    /// It may have a word for an import.
    pub(super) is_marked: bool,
    /// How many lines went on with it.
    joined: usize,
}

impl Pending {
    pub(super) fn new() -> Self {
        let (text, start) = (Vec::new(), Start::Unknown);
        Self { text, start, line: 0, cut: false, first: 0, is_marked: false, joined: 0 }
    }

    /// Checks if a line that begins like this goes on with the entry.
    pub(super) fn goes_on(&self, start: Start, line: &[u8]) -> bool {
        if self.joined >= MAX_JOINED {
            return false;
        }
        let wrapped = match start {
            Start::Unknown => !self.is_whole_event() && (self.is_open() || !has_clock(line)),
            // A wrapped alarm may go on with "Unit:tomcat", an event with any word.
            Start::Field | Start::Alarm => self.is_open(),
            Start::Operation | Start::System => false,
        };
        let wrapped = wrapped && (!line.trim_ascii().is_empty() || self.is_open());
        wrapped && !matches!(self.start, Start::Unknown | Start::Field)
    }

    /// Checks if it is an event with its closing bracket (D5): what follows is something else, a
    /// prompt that was pasted too perhaps.
    fn is_whole_event(&self) -> bool {
        let count = |wanted: u8| self.text.iter().filter(|&&byte| byte == wanted).count();
        let is_event = self.start == Start::System
            && has(&self.text, b"ilog_impl:")
            && has(&self.text, b"platform-event");
        is_event && !self.is_open() && count(b'(') <= count(b')')
    }

    /// Checks if the entry lacks its end: the bracket of an event or an alarm.
    fn is_open(&self) -> bool {
        let text = self.text.trim_ascii_end();
        match self.start {
            Start::Alarm => !has(text, b"]"),
            Start::System if has(text, b"%UC_") => !has(text, b"]"),
            Start::System if has(text, b"ilog_impl:") => {
                !(text.strip_suffix(b".").unwrap_or(text).trim_ascii_end().ends_with(b")"))
            }
            _ => false,
        }
    }

    pub(super) fn begin(&mut self, start: Start, line: &[u8], number: u64) {
        self.text.clear();
        self.text.extend_from_slice(line);
        (self.start, self.line, self.cut, self.joined) = (start, number, false, 0);
        self.first = line.len();
    }

    /// Adds the next line. Word wrap breaks at blanks, which it eats, and after hyphens: `(--` and
    /// `no-wait`.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.joined = self.joined.saturating_add(1);
        let line = line.trim_ascii();
        while self.text.last().is_some_and(u8::is_ascii_whitespace) {
            self.text.pop();
        }
        let behind_hyphen = match self.text.as_slice() {
            [.., before, b'-'] => !before.is_ascii_whitespace(),
            _ => false,
        };
        let blank: &[u8] = if behind_hyphen { b"" } else { b" " };
        for part in [blank, line] {
            let room = MAX_ENTRY.saturating_sub(self.text.len());
            self.cut |= part.len() > room;
            self.text.extend_from_slice(part.get(..room).unwrap_or(part));
        }
    }
}

/// How a line begins.
pub(super) fn start(line: &[u8]) -> Start {
    match line.first() {
        Some(first) if first.is_ascii_digit() && is_stamp(line) => Start::Operation,
        Some(first) if first.is_ascii_uppercase() && is_system(line) => Start::System,
        Some(b'%') if line.starts_with(b"%UC_") => Start::Alarm,
        Some(_) if is_field(line) => Start::Field,
        _ => Start::Unknown,
    }
}

/// `2016-07-06 01:31:55`, with `T` or a blank.
fn is_stamp(line: &[u8]) -> bool {
    let Some((&[a, b, c, d, b'-', e, f, b'-', g, h, b' ' | b'T'], time)) =
        line.split_first_chunk::<11>()
    else {
        return false;
    };
    [a, b, c, d, e, f, g, h].iter().all(u8::is_ascii_digit) && is_time(time)
}

/// `Jul  6 03:12:05`.
fn is_system(line: &[u8]) -> bool {
    let Some((&[a, b, c, b' '], rest)) = line.split_first_chunk::<4>() else { return false };
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest.get(digits..).unwrap_or_default();
    let time = rest.trim_ascii_start();
    is_month([a, b, c]) && matches!(digits, 1 | 2) && time.len() < rest.len() && is_time(time)
}

/// `03:12:05` at the start.
fn is_time(text: &[u8]) -> bool {
    let Some((&[a, b, b':', c, d, b':', e, f], _)) = text.split_first_chunk::<8>() else {
        return false;
    };
    [a, b, c, d, e, f].iter().all(u8::is_ascii_digit)
}

/// `03:12:05` near the start of a line whose date has another form: an entry of its own.
fn has_clock(line: &[u8]) -> bool {
    /// How long a date can be, with the name of a day and brackets.
    const DATE: usize = 32;
    line.get(..DATE).unwrap_or(line).windows(8).any(is_time)
}

fn is_month(word: [u8; 3]) -> bool {
    matches!(
        &word,
        b"Jan"
            | b"Feb"
            | b"Mar"
            | b"Apr"
            | b"May"
            | b"Jun"
            | b"Jul"
            | b"Aug"
            | b"Sep"
            | b"Oct"
            | b"Nov"
            | b"Dec"
    )
}

/// A header line of an operation, perhaps indented.
pub(super) fn is_field(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    // The longest name has 16 letters.
    let Some(colon) = line.iter().take(17).position(|&byte| byte == b':') else { return false };
    let name = line.get(..=colon).unwrap_or_default();
    core::str::from_utf8(name).is_ok_and(begins)
}

/// Checks if `text` holds `wanted`.
fn has(text: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(text, wanted).is_some()
}

/// The entries of a text, wrapped lines joined and empty lines dropped; the header lines of an
/// operation stay lines of one entry.
///
/// ```
/// use trustlist_cluster::deletion::logs::join;
/// let text = "Jul 6 03:12:06 n2 user 6 ilog_impl: emitted platform-event(--\nno-wait x A=1\nB=2)\nop: delete\nunit: y\n";
/// let joined = ["Jul 6 03:12:06 n2 user 6 ilog_impl: emitted platform-event(--no-wait x A=1 B=2)", "op: delete\nunit: y"];
/// assert_eq!(join(text), joined);
/// ```
pub fn join(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut pending = Pending::new();
    for line in text.lines() {
        let start = start(line.as_bytes());
        if pending.goes_on(start, line.as_bytes()) {
            pending.add(line.as_bytes());
        } else {
            end(&pending, &mut entries);
            pending.begin(start, line.as_bytes(), 0);
        }
    }
    end(&pending, &mut entries);
    entries
}

fn end(pending: &Pending, entries: &mut Vec<String>) {
    let text = String::from_utf8_lossy(&pending.text);
    match entries.last_mut() {
        _ if text.trim().is_empty() => {}
        Some(last) if pending.start == Start::Field && begins(last) => {
            last.push('\n');
            last.push_str(&text);
        }
        _ => entries.push(text.into_owned()),
    }
}

// The header of an operation in `certMgmt`: `op: delete`, `unit: tomcat-trust`, `certDir: …`, one
// or several to a line.

/// The most fields that are read of one header; real ones have fifteen at most.
pub const MAX_FIELDS: usize = 64;

/// Their names (D5), without case and hyphens: the header lines of older releases write `src-cert`.
const NAMES: [&str; 15] = [
    "bundle",
    "certdir",
    "decode",
    "description",
    "dname",
    "isdbinsert",
    "keydir",
    "keystoreunit",
    "logfile",
    "op",
    "resultfile",
    "rootcacert",
    "srccert",
    "trustdir",
    "type",
];
/// `unit` is a word of its own elsewhere too: in alarms, with a capital letter.
const UNIT: &str = "unit";

/// One field of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// Its value, URL-decoded.
    pub value: Cow<'a, str>,
}

/// The fields of header lines; empty where the first line is none.
pub(super) fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    for line in text.lines() {
        let Some((name, value, blank)) = field(line.trim()) else { break };
        if blank {
            fields.push(Field { name, value: url_decoded(value) });
        } else {
            compact(name, value, &mut fields);
        }
        if fields.len() >= MAX_FIELDS {
            break;
        }
    }
    fields.truncate(MAX_FIELDS);
    fields
}

/// Checks if a line begins like a header line.
pub(super) fn begins(line: &str) -> bool {
    field(line.trim_start()).is_some()
}

/// Name, value, and whether there is a blank between.
fn field(line: &str) -> Option<(&str, &str, bool)> {
    let (name, value) = line.split_once(':')?;
    is_name(name).then(|| (name, value.trim(), value.is_empty() || value.starts_with([' ', '\t'])))
}

fn is_name(name: &str) -> bool {
    // The longest is "keystore-unit".
    name.len() <= 16 && (name == UNIT || NAMES.contains(&&*plain(name)))
}

/// `op:delete unit:tomcat-trust cert-dir:%2Fusr…`: several fields in a line, without blanks in
/// them.
fn compact<'a>(mut name: &'a str, mut value: &'a str, fields: &mut Vec<Field<'a>>) {
    while fields.len() < MAX_FIELDS {
        let next = value.match_indices(' ').find_map(|(at, _)| {
            let (head, tail) = value.split_at_checked(at)?;
            let (name, value, _) = field(tail.trim_start())?;
            Some((head, name, value))
        });
        let Some((head, next_name, next_value)) = next else { break };
        fields.push(Field { name, value: url_decoded(head.trim_end()) });
        (name, value) = (next_name, next_value);
    }
    fields.push(Field { name, value: url_decoded(value) });
}

/// A name without case and hyphens.
fn plain(name: &str) -> String {
    name.bytes()
        .filter(|byte| !matches!(byte, b'-' | b'_'))
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

/// An operation of `certMgmt`: its header and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    fields: Vec<(String, String)>,
    /// When it ran: the first line with a date after the header.
    pub at: Option<NodeTime>,
    /// The value of `CertMgmt Operation Result`, if there is one.
    pub result: Option<String>,
}

impl Block {
    /// A field by its name; case and hyphens do not count.
    pub fn field(&self, name: &str) -> Option<&str> {
        let name = plain(name);
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Checks if it deletes.
    pub fn is_deletion(&self) -> bool {
        self.field("op").is_some_and(|op| op.eq_ignore_ascii_case("delete"))
    }

    /// Checks if it brings a certificate in: `op: import` and its relatives (`add`,
    /// `cert-import`, `upload-trust`).
    pub fn is_import(&self) -> bool {
        self.field("op").is_some_and(|op| Words::default().found(op.as_bytes()))
    }

    /// Checks if it brings no certificate in, whatever its result: it deletes or reads.
    pub(in crate::deletion) fn is_harmless(&self) -> bool {
        const HARMLESS: [&str; 8] =
            ["delete", "download", "export", "find", "get", "list", "show", "view"];
        let op = self.field("op").unwrap_or_default().trim().to_ascii_lowercase();
        HARMLESS.iter().any(|known| op == *known)
    }

    /// Checks if it ended in failure.
    pub fn failed(&self) -> bool {
        self.result.as_deref().is_some_and(|result| {
            result.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("FAIL"))
        })
    }

    /// Checks if it ended in plain success: the word alone. Without a result, and with any other
    /// (`SUCCESS with errors: …`, `NOT SUCCESSFUL`), it is not known what was done.
    pub fn succeeded(&self) -> bool {
        let Some(result) = self.result.as_deref() else { return false };
        // The prompt of a terminal was pasted too.
        let (result, _) = result.split_once(" admin:").unwrap_or((result, ""));
        result.trim_end().trim_end_matches('.').eq_ignore_ascii_case("SUCCESS")
    }

    /// Checks if a header field belongs to the next operation: this one has run, or has such a
    /// field already.
    pub(super) fn is_full_for(&self, name: &str) -> bool {
        let name = plain(name);
        self.at.is_some()
            || self.result.is_some()
            || self.fields.iter().any(|(known, _)| *known == name)
    }

    pub(super) fn add(&mut self, field: &Field<'_>) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push((plain(field.name), field.value.clone().into_owned()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_like_entries() {
        for (line, expected) in [
            ("Jul  6 03:12:05 x", Start::System),
            ("Dec 17 10:41:31", Start::System),
            ("Jul  6  2026", Start::Unknown),
            ("Jux  6 03:12:05", Start::Unknown),
            ("2016-07-06 01:31:55,374 x", Start::Operation),
            ("2016-07-06T01:31:55", Start::Operation),
            ("2016-07-06 01:31", Start::Unknown),
            ("%UC_CERT-0-x: %[", Start::Alarm),
            ("  src-cert:%2F", Start::Field),
            ("DNAME: x", Start::Field),
            ("Type=trust-certs NAME=x)", Start::Unknown),
            ("", Start::Unknown),
        ] {
            assert_eq!(start(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn a_wrapped_event_may_break_anywhere() {
        let whole = "Jul  6 03:12:06 n2 user 6 ilog_impl: Received request for platform-event (--no-wait platform-event-x A=1 NAME=b c.pem).";
        let words: Vec<&str> = whole.split(' ').collect();
        // Not inside the stamp: without it nothing says that an entry begins.
        for cut in 4..words.len() {
            let text = format!(
                "{}\n    {}\nJul  6 03:12:07 n2 x",
                words[..cut].join(" "),
                words[cut..].join(" ")
            );
            assert_eq!(
                join(&text)[0].split_whitespace().collect::<Vec<_>>(),
                words.iter().copied().filter(|w| !w.is_empty()).collect::<Vec<_>>()
            );
        }
        for (at, _) in whole.match_indices('-') {
            let text = format!("{}\n{}", &whole[..=at], &whole[at + 1..]);
            assert_eq!(join(&text), [whole], "{text}");
        }
    }

    #[test]
    fn what_follows_a_whole_entry_is_not_part_of_it() {
        let text = "Jul  6 03:12:06 n2 user 6 ilog_impl: emitted platform-event (x)\ndecode: true\nop: delete\n2016-07-06 01:31:55,374 INFO [main] - y -\n";
        assert_eq!(join(text).len(), 3);
        assert_eq!(join(text)[1], "decode: true\nop: delete");
        let alarm = "%UC_CERT-0-x: %[Message=Certificate name:a\nunit:tomcat][NodeID=b]: c\nd";
        assert_eq!(
            join(alarm),
            ["%UC_CERT-0-x: %[Message=Certificate name:a unit:tomcat][NodeID=b]: c d"]
        );
        assert_eq!(join("x\n\ny\n"), ["x", "y"]);
    }

    #[test]
    fn an_event_ends_with_its_bracket() {
        let event = "Jul  6 03:12:06 n2 user 6 ilog_impl: emitted platform-event (--no-wait x HOSTNAME=n2 NAME=a.pem)";
        for (end, behind) in [("", "admin:"), (".", "-- More --"), ("", "    x"), (".  ", "y")] {
            assert_eq!(join(&format!("{event}{end}\n{behind}\n")).len(), 2, "{behind}");
        }
        // A bracket of the name is not that of the event, and a line that the terminal left empty
        // does not end it.
        let broken = event.replace("a.pem", "a (1)\n.pem");
        assert_eq!(join(&broken).len(), 1);
        assert_eq!(join(&event.replace(" NAME", "\n\nNAME")), [event]);
        // A line with a time is one of its own, whatever the form of its date.
        let other = "2026-07-06 03:12:06,000 INFO [T] - x\n2026/07/06 03:20:28.911 INFO [T] - y";
        assert_eq!(join(other).len(), 2);
        // A line that is no event goes on as before.
        assert_eq!(join("Jul  6 03:12:06 n2 user 6 certmgr: (done)\nx").len(), 1);
    }

    #[test]
    fn so_many_lines_go_on_with_an_entry() {
        for (lines, entries) in [(MAX_JOINED, 1), (MAX_JOINED + 1, 2)] {
            let text = "Jul  6 03:12:06 n2 user 6 ilog_impl: emitted platform-event (x".to_owned()
                + &"\nA=b".repeat(lines);
            assert_eq!(join(&text).len(), entries);
        }
    }

    #[test]
    fn entries_are_limited() {
        let mut pending = Pending::new();
        pending.begin(Start::System, &[b'x'; MAX_ENTRY - 2], 1);
        pending.add(b"y");
        assert!(!pending.cut && pending.text.len() == MAX_ENTRY);
        pending.add(b"z");
        assert!(pending.cut && pending.text.len() == MAX_ENTRY);
    }
}

#[cfg(test)]
mod block_tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, String)> {
        fields(text).into_iter().map(|field| (field.name, field.value.into_owned())).collect()
    }

    #[test]
    fn fields_with_and_without_blank() {
        assert_eq!(read("op: delete"), [("op", "delete".to_owned())]);
        assert_eq!(
            read("keystoreUnit:tomcat-trust"),
            [("keystoreUnit", "tomcat-trust".to_owned())]
        );
        assert_eq!(read("description: a: b op: c"), [("description", "a: b op: c".to_owned())]);
        assert_eq!(read("rootCACert:"), [("rootCACert", String::new())]);
        for text in ["", "other: x", "opening: x", "Unit:tomcat Type:own-cert", "op", ": x"] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn several_encoded_fields_in_a_line() {
        let read = read(
            "op:delete unit:tomcat%2Dtrust src-cert:%2Fusr%2Flocal%2FA%20B.pem type:trust-certs",
        );
        let expected = [
            ("op", "delete"),
            ("unit", "tomcat-trust"),
            ("src-cert", "/usr/local/A B.pem"),
            ("type", "trust-certs"),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        assert_eq!(fields(&"op:x ".repeat(MAX_FIELDS)).len(), MAX_FIELDS);
        assert_eq!(fields(&"op:x ".repeat(MAX_FIELDS + 1)).len(), MAX_FIELDS);
        assert_eq!(fields(&"op: x\n".repeat(MAX_FIELDS + 1)).len(), MAX_FIELDS);
    }

    #[test]
    fn a_block_knows_its_kind_and_end() {
        let block = |op: &str, result: Option<&str>| {
            let mut block = Block { result: result.map(str::to_owned), ..Block::default() };
            fields(op).iter().for_each(|field| block.add(field));
            block
        };
        assert!(block("op: delete", None).is_deletion() && block("op: import", None).is_import());
        assert!(block("op: upload-trust", None).is_import() && !block("unit: x", None).is_import());
        assert!(
            !block("op: delete", Some("SUCCESS")).failed()
                && block("op: delete", Some("failure")).failed()
        );
        for (result, plain) in [
            (Some("SUCCESS"), true),
            (Some("Success."), true),
            (Some("SUCCESS admin:file view"), true),
            (Some("SUCCESS with errors: file could not be removed"), false),
            (Some("NOT SUCCESSFUL"), false),
            (Some("FAILURE"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(block("op: delete", result).succeeded(), plain, "{result:?}");
        }
        assert!(
            block("op: delete", None).is_full_for("op")
                && !block("op: delete", None).is_full_for("unit")
        );
        assert_eq!(block("src-cert: /x", None).field("srcCert"), Some("/x"));
    }
}
