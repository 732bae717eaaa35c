//! What nodes write about certificates, by the grammar of `spec/CLUSTER-RULES.md` D5: the system log with its platform
//! events, `certMgmt` with its operations and their header, `certCN` with change notification, and alarms.
//!
//! [`parse_line`] reads one entry, [`join`] puts wrapped lines together first, and [`scan()`] does both over a log of any
//! size in constant memory. None of them panics on any input.

mod alarm;
mod block;
mod join;
mod operation;
mod scan;

pub use alarm::Alarm;
pub use block::{Block, Field, MAX_FIELDS};
pub use join::{MAX_ENTRY, MAX_JOINED, join};
pub use operation::{Direction, Message, Operation, RowChange};
pub use scan::{LogKind, LogSummary, MAX_LINE, Place, Sighting, scan};

use crate::platform_event::EventLine;
use std::borrow::Cow;

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// An alarm of the certificate monitor.
    Alarm(Alarm<'a>),
    /// A line of the system log about a platform event.
    Event(EventLine<'a>),
    /// Lines of the header of an operation.
    Fields(Vec<Field<'a>>),
    /// A line with date, level and thread: `certMgmt` and `certCN`.
    Operation(Operation<'a>),
}

/// Reads one entry: a line that is not wrapped (see [`join`]), or the header lines of one operation. `None` for
/// everything else.
///
/// ```
/// use trustlist_cluster::deletion::logs::{Entry, Message, parse_line};
/// let line = "2016-07-06 01:31:55,374 INFO [main] - IN -- CertDBAction.java - deleteCertificateInDB(certInfo) -";
/// let Some(Entry::Operation(line)) = parse_line(line) else { panic!() };
/// assert_eq!((line.stamp, line.level, line.thread), ("2016-07-06 01:31:55,374", "INFO", "main"));
/// assert!(matches!(line.message, Message::Call { function: "deleteCertificateInDB(certInfo)", .. }));
/// assert_eq!(parse_line("Jul 6 03:00:00 CM11 cron 6 CROND[2211]: (root) CMD (/usr/bin/true)"), None);
/// ```
pub fn parse_line(line: &str) -> Option<Entry<'_>> {
    let line = line.trim();
    if let Some(event) = EventLine::parse(line) {
        return Some(Entry::Event(event));
    }
    if let Some(operation) = Operation::parse(line) {
        return Some(Entry::Operation(operation));
    }
    if let Some(alarm) = Alarm::parse(line) {
        return Some(Entry::Alarm(alarm));
    }
    let fields = block::fields(line);
    (!fields.is_empty()).then_some(Entry::Fields(fields))
}

/// Text with its `%XX` replaced. Where there is one, `+` stands for a blank: Java's encoder writes it so. Text without
/// is left as it is, as is one that decodes to no text.
///
/// ```
/// use trustlist_cluster::deletion::logs::url_decoded;
/// assert_eq!(url_decoded("%2Fusr%2Flocal%2FRoot+CA.pem"), "/usr/local/Root CA.pem");
/// assert_eq!(url_decoded("Root+CA.pem"), "Root+CA.pem");
/// assert_eq!(url_decoded("100%"), "100%");
/// ```
pub fn url_decoded(text: &str) -> Cow<'_, str> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut found = false;
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after
            .first_chunk::<2>()
            .and_then(|&[high, low]| Some(nibble(high)? * 16 + nibble(low)?));
        match (first, pair) {
            (b'%', Some(byte)) => {
                found = true;
                decoded.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(if first == b'+' { b' ' } else { first });
                rest = after;
            }
        }
    }
    match String::from_utf8(decoded) {
        Ok(decoded) if found => Cow::Owned(decoded),
        _ => Cow::Borrowed(text),
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
