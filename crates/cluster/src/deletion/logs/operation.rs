//! A line of `certMgmt` or `certCN`: `2016-07-06 01:31:55,374 INFO [main] - text`.

use super::block::{self, Field};
use crate::deletion::Moment;

/// A line with date, level and thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Date and time as written.
    pub stamp: &'a str,
    /// When, on the clock of the node.
    pub at: Moment,
    /// `INFO`, `DEBUG`, …
    pub level: &'a str,
    /// The thread; it may hold blanks.
    pub thread: &'a str,
    /// What is behind the hyphen.
    pub text: &'a str,
    /// What that means.
    pub message: Message<'a>,
}

/// What a line says, as far as this crate knows it.
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
        /// What it gave back.
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
        /// The store, where it is named.
        unit: Option<&'a str>,
        /// The file, where it is named.
        name: Option<&'a str>,
    },
    /// `UNIT Certificate successfully updated in trust-store by Change Notification..`.
    Imported {
        /// The store, where it is named.
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
    /// Reads one line; `None` where it does not begin with date, level and thread.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (stamp, rest) = stamp(line)?;
        let at = Moment::parse(stamp)?;
        let (level, rest) = rest.trim_start().split_once('[')?;
        let (thread, text) = rest.split_once(']')?;
        let text = text.trim_start().strip_prefix('-')?.trim();
        let level = level.trim_end();
        let word = level.bytes().all(|byte| byte.is_ascii_alphabetic());
        word.then(|| Self { stamp, at, level, thread, text, message: Message::parse(text) })
    }
}

impl<'a> Message<'a> {
    /// Store and file of a certificate that comes into a store, as far as they are named: `importTrustCert`, as a line of
    /// its own or as a function that begins. `None` for every other message.
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
            let fields = block::fields(text);
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

/// What stands between `<tag>` and `</tag>`, the first time.
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

/// `importTrustCert tomcat-trust oldpartner.pem`: the words behind it are a store and a file.
fn import(text: &str) -> Option<Message<'_>> {
    let (_, rest) = text.split_once("importTrustCert")?;
    let mut unit = None;
    let mut name = rest.trim_matches([' ', '(', ')', '-', ':', '.', ',']);
    if let Some((first, after)) = name.split_once([' ', ',']).filter(|(first, _)| is_store(first)) {
        unit = Some(first.trim_end_matches([':', ',']));
        name = after.trim_start_matches([' ', '-', ':', ',']);
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
mod tests {
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
