//! The logs of nodes about certificates, by the grammar of `spec/CLUSTER-RULES.md` D5: the system
//! log with its platform events, `certMgmt` with its operations and their header, `certCN` with
//! change notification, and alarms.
//!
//! [`parse_line`] reads one entry, [`join`] puts wrapped lines together first, and [`scan()`] does
//! both over a log of any size in constant memory. None of them panics on any input.

mod join;
mod scan;
mod unicode;
pub(super) mod words;

use super::NodeTime;
use crate::platform_event::EventLine;
pub use join::{Block, Field, MAX_ENTRY, MAX_FIELDS, MAX_JOINED, join};
pub use scan::{LogKind, LogSummary, MAX_LINE, Place, Sighting, Unclear, scan};
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

/// Reads one entry: a line that is not wrapped (see [`join`]), or the header lines of one
/// operation. `None` for everything else.
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
    let fields = join::fields(line);
    (!fields.is_empty()).then_some(Entry::Fields(fields))
}

/// Text with its `%XX` replaced. If there is one, `+` is a blank: Java's encoder writes it so. Text
/// without is left as it is, as is one that decodes to no text.
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

// An alarm of the certificate monitor: `%UC_CERT-0-CertExpired: %[Message=… Certificate
// name:tomcat.der Unit:tomcat Type:own-cert …][NodeID=ccm1]: text`.

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm<'a> {
    /// `UC_CERT`.
    pub facility: &'a str,
    /// A number.
    pub severity: &'a str,
    /// `CertExpired`, …
    pub alarm: &'a str,
    /// Its subject: `Certificate name`, `Unit`, `Type`, `Expiration`, as far as they are there.
    pub about: Vec<(&'static str, &'a str)>,
    /// The values in square brackets: `AppID`, `ClusterID`, `NodeID`.
    pub parameters: Vec<(&'a str, &'a str)>,
    /// The sentence after it.
    pub text: &'a str,
}

/// The fields of the message, as the certificate monitor writes them.
const ABOUT: [&str; 4] = ["Certificate name", "Unit", "Type", "Expiration"];
/// The most parameters that are read; real ones have four.
const MAX_PARAMETERS: usize = 16;

impl<'a> Alarm<'a> {
    /// Reads an alarm, with or without the head of the system log before it.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (_, rest) = line.split_once("%UC_")?;
        // The facility begins with the "UC_" that was looked for.
        let rest = line.get(line.len().checked_sub(rest.len())?.checked_sub(3)?..)?;
        let (head, rest) = rest.split_once(':')?;
        let mut parts = head.splitn(3, '-');
        let (facility, severity, alarm) = (parts.next()?, parts.next()?, parts.next()?.trim());
        let rest = rest.trim_start().trim_start_matches('%');
        let rest = rest.strip_prefix('[')?;
        let (inside, text) =
            rest.split_once("]:").or_else(|| rest.rsplit_once(']')).unwrap_or((rest, ""));
        let mut about = Vec::new();
        let mut parameters = Vec::new();
        for part in inside.split("][").take(MAX_PARAMETERS) {
            match part.split_once('=') {
                Some((key, value)) if key != "Message" && !key.contains(':') => {
                    parameters.push((key, value))
                }
                Some(("Message", message)) => about = about_of(message),
                _ => about = about_of(part),
            }
        }
        Some(Self {
            facility,
            severity,
            alarm,
            about,
            parameters,
            text: text.trim_start_matches(':').trim(),
        })
    }

    /// One of the fields of the message.
    pub fn about(&self, key: &str) -> Option<&'a str> {
        self.about.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// One of the parameters.
    pub fn parameter(&self, key: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

fn about_of(message: &str) -> Vec<(&'static str, &str)> {
    let start = |key: &str, from: &str| {
        let at = from.match_indices(key).map(|(at, _)| at);
        let mut at =
            at.filter(|&at| from.get(at + key.len()..).is_some_and(|rest| rest.starts_with(':')));
        at.find(|&at| at == 0 || from.get(..at).is_some_and(|before| before.ends_with(' ')))
    };
    let value = |key: &&'static str| {
        let after = message.get(start(key, message)? + key.len() + 1..)?;
        let end = ABOUT.iter().filter_map(|next| start(next, after)).min().unwrap_or(after.len());
        Some((*key, after.get(..end)?.trim()))
    };
    ABOUT.iter().filter_map(value).collect()
}

// A line of `certMgmt` or `certCN`: `2016-07-06 01:31:55,374 INFO [main] - text`.

/// A line with date, level and thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Date and time as written.
    pub stamp: &'a str,
    /// When, on the clock of the node.
    pub at: NodeTime,
    /// `INFO`, `DEBUG`, …
    pub level: &'a str,
    /// The thread; it may hold blanks.
    pub thread: &'a str,
    /// The text after the hyphen.
    pub text: &'a str,
    /// Its meaning.
    pub message: Message<'a>,
}

/// The meaning of a line, as far as this crate knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// A function begins or ends: `IN -- CLASS - FUNCTION -`.
    Call {
        /// Which.
        direction: Direction,
        /// The source file of the class.
        class: &'a str,
        /// With its arguments.
        function: &'a str,
        /// The result.
        result: Option<&'a str>,
    },
    /// Which rows still hold a certificate: `DELETE FLAG :: isSrvMap=false :: …`.
    DeleteFlag {
        /// Name and value, in their order.
        flags: Vec<(&'a str, bool)>,
    },
    /// Header fields of an operation.
    Fields(Vec<Field<'a>>),
    /// `importTrustCert`: a certificate comes into a store.
    Import {
        /// The store, if it is named.
        unit: Option<&'a str>,
        /// The file, if it is named.
        name: Option<&'a str>,
    },
    /// `UNIT Certificate successfully updated in trust-store by Change Notification..`.
    Imported {
        /// The store, if it is named.
        unit: Option<&'a str>,
    },
    /// Whether change notification handles a store: `UNIT --- is included unit for CN`.
    Included {
        /// The store.
        unit: &'a str,
        /// Does it?
        included: bool,
    },
    /// The origin of a change has nothing to import.
    NotOnSameNode,
    /// Anything else.
    Other,
    /// `CertMgmt Operation Result : SUCCESS`.
    Result(&'a str),
    /// A row of the database changed: `Updated Data in TABLE ::<msg>…</msg>`.
    Updated(RowChange<'a>),
}

/// Begin or end of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `IN`.
    In,
    /// `OUT`.
    Out,
}

impl Direction {
    /// The word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::Out => "OUT",
        }
    }
}

/// A change of a row as change notification writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowChange<'a> {
    /// The table before the message, in capital letters.
    pub heading: &'a str,
    /// `DBL`.
    pub kind: Option<&'a str>,
    /// The table.
    pub table: Option<&'a str>,
    /// Its number.
    pub table_id: Option<u64>,
    /// `I`, `U` or `D`.
    pub action: Option<&'a str>,
    /// Seconds since 1970 in UTC.
    pub time: Option<u64>,
}

impl<'a> Operation<'a> {
    /// Reads one line; `None` if it does not begin with date, level and thread.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (stamp, rest) = stamp(line)?;
        let at = NodeTime::parse(stamp)?;
        let (level, rest) = rest.trim_start().split_once('[')?;
        let (thread, text) = rest.split_once(']')?;
        let text = text.trim_start().strip_prefix('-')?.trim();
        let level = level.trim_end();
        let word = level.bytes().all(|byte| byte.is_ascii_alphabetic());
        word.then(|| Self { stamp, at, level, thread, text, message: Message::parse(text) })
    }
}

impl<'a> Message<'a> {
    /// Store and file of a certificate that comes into a store, as far as they are named:
    /// `importTrustCert`, as a line of its own or as a function that begins. `None` for every other
    /// message.
    pub fn import(&self) -> Option<(Option<&'a str>, Option<&'a str>)> {
        match *self {
            Self::Call { direction: Direction::In, function, .. } => match import(function) {
                Some(Self::Import { unit, name }) => Some((unit, name)),
                _ => None,
            },
            Self::Import { unit, name } => Some((unit, name)),
            _ => None,
        }
    }
}

/// The date and time at the start of a line, and the rest.
fn stamp(line: &str) -> Option<(&str, &str)> {
    let between = line.find([' ', 'T'])?;
    let time = line.get(between.checked_add(1)?..)?;
    let length = time
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | ',' | '.'))
        .unwrap_or(time.len());
    line.split_at_checked(between.checked_add(1)?.checked_add(length)?)
}

impl<'a> Message<'a> {
    fn parse(text: &'a str) -> Self {
        let read =
            call(text).or_else(|| flags(text)).or_else(|| result(text)).or_else(|| updated(text));
        let read =
            read.or_else(|| included(text)).or_else(|| import(text)).or_else(|| imported(text));
        read.unwrap_or_else(|| {
            let fields = join::fields(text);
            match fields.is_empty() {
                false => Self::Fields(fields),
                true if text.starts_with("Change notification not require") => Self::NotOnSameNode,
                true => Self::Other,
            }
        })
    }
}

fn call(text: &str) -> Option<Message<'_>> {
    let (direction, rest) = match text.split_once("--")? {
        (word, rest) if word.trim() == "IN" => (Direction::In, rest),
        (word, rest) if word.trim() == "OUT" => (Direction::Out, rest),
        _ => return None,
    };
    let (class, rest) = rest.trim().split_once(" - ")?;
    let (function, result) = match rest.split_once(" - ") {
        Some((function, result)) => (function, Some(result.trim())),
        None => (rest.strip_suffix(" -").unwrap_or(rest), None),
    };
    let result = result.filter(|result| !result.is_empty());
    Some(Message::Call { direction, class: class.trim(), function: function.trim(), result })
}

fn flags(text: &str) -> Option<Message<'_>> {
    let rest = text.strip_prefix("DELETE FLAG")?;
    let flags = rest.split("::").filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim(), value.trim().parse().ok()?))
    });
    Some(Message::DeleteFlag { flags: flags.collect() })
}

fn result(text: &str) -> Option<Message<'_>> {
    let (_, rest) = text.split_once("CertMgmt Operation Result")?;
    Some(Message::Result(rest.trim_start().trim_start_matches(':').trim()))
}

fn updated(text: &str) -> Option<Message<'_>> {
    let rest = text.strip_prefix("Updated Data in")?;
    let (heading, body) = rest.split_once("::")?;
    let number = |tag| element(body, tag).and_then(|value| value.trim().parse().ok());
    Some(Message::Updated(RowChange {
        heading: heading.trim(),
        kind: element(body, "type"),
        table: element(body, "table"),
        table_id: number("tableid"),
        action: element(body, "action"),
        time: number("time"),
    }))
}

/// Returns the text between the first `<tag>` and `</tag>`.
fn element<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    rest.split_once(&format!("</{tag}>")).map(|(value, _)| value)
}

fn included(text: &str) -> Option<Message<'_>> {
    let (unit, rest) = text.split_once(" --- ")?;
    let rest = rest.trim();
    let about_units = rest.ends_with("unit for CN") && !unit.trim().contains(' ');
    let included = rest.starts_with("is included");
    about_units.then(|| Message::Included { unit: unit.trim(), included })
}

/// `importTrustCert tomcat-trust oldpartner.pem`: the words after it are a store and a file.
fn import(text: &str) -> Option<Message<'_>> {
    let (_, rest) = text.split_once("importTrustCert")?;
    let mut unit = None;
    let mut name = rest.trim_matches([' ', '(', ')', '-', ':', '.', ',', '"', '\'']);
    if let Some((first, after)) = name.split_once([' ', ',']).filter(|(first, _)| is_store(first)) {
        unit = Some(first.trim_end_matches([':', ',']));
        name = after.trim_start_matches([' ', '-', ':', ',', '"', '\'']);
    } else if is_store(name) {
        (unit, name) = (Some(name), "");
    }
    Some(Message::Import { unit, name: (!name.is_empty()).then_some(name) })
}

fn imported(text: &str) -> Option<Message<'_>> {
    let (head, _) = text.split_once("successfully updated in trust-store")?;
    Some(Message::Imported { unit: head.split_whitespace().find(|word| is_store(word)) })
}

/// A word that names a trust store.
fn is_store(word: &str) -> bool {
    word.trim_end_matches([':', ',']).to_ascii_lowercase().ends_with("-trust")
}

#[cfg(test)]
mod alarm_tests {
    use super::*;

    const EXPIRED: &str = "%UC_CERT-0-CertExpired: %[Message=Certificate expiration Notification. Certificate name:Root CA.der \
        Unit:tomcat-trust Type:trust-certs Expiration:Sun Mar 26 12:30:59:000 CES][AppID=Cisco Certificate Monitor]\
        [ClusterID=][NodeID=ccm1]: Certificate has Expired";

    #[test]
    fn every_part_is_read() {
        let alarm = Alarm::parse(EXPIRED).unwrap();
        assert_eq!((alarm.facility, alarm.severity, alarm.alarm), ("UC_CERT", "0", "CertExpired"));
        assert_eq!(
            (alarm.about("Certificate name"), alarm.about("Unit")),
            (Some("Root CA.der"), Some("tomcat-trust"))
        );
        assert_eq!(
            (alarm.about("Type"), alarm.about("Expiration")),
            (Some("trust-certs"), Some("Sun Mar 26 12:30:59:000 CES"))
        );
        assert_eq!(
            (alarm.parameter("NodeID"), alarm.parameter("ClusterID")),
            (Some("ccm1"), Some(""))
        );
        assert_eq!(alarm.text, "Certificate has Expired");
        let in_system_log = format!("Mar 26 12:30:59 ccm1 local7 0 : 1: ccm1: {EXPIRED}");
        assert_eq!(Alarm::parse(&in_system_log), Some(alarm));
    }

    #[test]
    fn parts_may_be_missing() {
        let alarm = Alarm::parse("%UC_CERT-4-CertValidLessThanADay: %[Unit:ipsec]").unwrap();
        assert_eq!(
            (alarm.about("Unit"), alarm.about("Type"), alarm.text),
            (Some("ipsec"), None, "")
        );
        for line in ["", "%UC_", "%UC_CERT-0-x", "%UC_CERT: %[a=b]", "UC_CERT-0-x: %[a=b]"] {
            assert_eq!(Alarm::parse(line), None, "{line}");
        }
    }
}

#[cfg(test)]
mod operation_tests {
    use super::*;

    fn message(text: &str) -> Message<'_> {
        Message::parse(text)
    }

    #[test]
    fn threads_may_hold_blanks() {
        let line = Operation::parse(
            "2014-08-04 15:21:29,370 INFO  [InsertThread --- 35] - tomcat-trust --- is included unit for CN",
        );
        let line = line.unwrap();
        assert_eq!((line.thread, line.level), ("InsertThread --- 35", "INFO"));
        assert_eq!(line.message, Message::Included { unit: "tomcat-trust", included: true });
        let not = message("CAPF-trust --- is not included unit for CN");
        assert_eq!(not, Message::Included { unit: "CAPF-trust", included: false });
    }

    #[test]
    fn calls_in_and_out() {
        let out = message("OUT -- CertDBAction.java - deleteCertificateInDB(certInfo) - true");
        let (class, function) = ("CertDBAction.java", "deleteCertificateInDB(certInfo)");
        assert_eq!(
            out,
            Message::Call { direction: Direction::Out, class, function, result: Some("true") }
        );
        let bare = message("OUT -- CertDBAction.java - deleteCertificateInDB(certInfo) -");
        assert_eq!(
            bare,
            Message::Call { direction: Direction::Out, class, function, result: None }
        );
    }

    #[test]
    fn imports_with_and_without_names() {
        let import = |unit, name| Message::Import { unit, name };
        assert_eq!(
            message("importTrustCert tomcat-trust old.pem"),
            import(Some("tomcat-trust"), Some("old.pem"))
        );
        assert_eq!(
            message("importTrustCert tomcat-trust Old Partner.pem"),
            import(Some("tomcat-trust"), Some("Old Partner.pem"))
        );
        assert_eq!(
            message("IN -- CertUtil.java - importTrustCert(old.pem) -").import(),
            Some((None, Some("old.pem")))
        );
        assert_eq!(
            message("OUT -- CertUtil.java - importTrustCert(old.pem) - true").import(),
            None
        );
        assert_eq!(
            message("importTrustCert tomcat-trust \"old.pem\""),
            import(Some("tomcat-trust"), Some("old.pem"))
        );
        assert_eq!(message("importTrustCert: tomcat-trust"), import(Some("tomcat-trust"), None));
        assert_eq!(message("importTrustCert"), import(None, None));
        let done =
            "tomcat-trust Certificate successfully updated in trust-store by Change Notification..";
        assert_eq!(message(done), Message::Imported { unit: Some("tomcat-trust") });
    }

    #[test]
    fn other_texts() {
        assert_eq!(message("CertMgmt Operation Result : SUCCESS"), Message::Result("SUCCESS"));
        assert_eq!(message("CertMgmt Operation Result:FAILURE"), Message::Result("FAILURE"));
        assert_eq!(message("started"), Message::Other);
        let flags = vec![("isSrvMap", false), ("isRoleMap", true)];
        assert_eq!(
            message("DELETE FLAG :: isSrvMap=false :: isRoleMap=true :: x=y"),
            Message::DeleteFlag { flags }
        );
        let Message::Updated(change) =
            message("Updated Data in X ::<msg><table>x</table><action>I")
        else {
            panic!()
        };
        assert_eq!((change.table, change.action, change.time), (Some("x"), None, None));
    }

    #[test]
    fn lines_that_are_none() {
        for line in [
            "",
            "2014-08-04",
            "2014-08-04 15:21:29,370",
            "2014-08-04 15:21:29 INFO main - x",
            "2014-13-04 15:21:29 INFO [x] - y",
        ] {
            assert_eq!(Operation::parse(line), None, "{line}");
        }
    }
}
