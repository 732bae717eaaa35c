//! Platform events and their log lines, among them the one that deletes a trust certificate on
//! every node (`spec/CLUSTER-RULES.md` D2.3 and D5).
//!
//! The simulator writes these events, the audit of collected logs reads them: one type, so that a
//! simulated trace and a real log can be laid side by side.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// The name of the event that deletes a trust certificate on all nodes.
pub const DELETE_EVENT: &str = "platform-event-clusterwide-certificate-delete";

/// The most fields that are read from one event; real ones have four.
const MAX_FIELDS: usize = 32;

words! {
    /// The act of a node on an event.
    pub enum Verb ["Verb": "The act of a node on a platform event (spec/CLUSTER-RULES.md D2.3)."] {
        /// It has sent it.
        Emitted = "emitted",
        /// It is about to send it.
        Emitting = "emitting",
        /// It got it from another node.
        Received = "Received request for",
    }
}

/// A platform event: name, flag and `KEY=value` fields in their order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlatformEvent {
    /// Whether `--no-wait` is there: no node acknowledges it (C-49).
    pub no_wait: bool,
    /// The event.
    pub name: String,
    /// The fields.
    pub fields: Vec<(String, String)>,
}

impl PlatformEvent {
    /// The event by which `host` has a certificate of a trust unit deleted on every node.
    pub fn deletion(host: &str, unit: &str, file: &str) -> Self {
        let field = |key: &str, value: &str| (String::from(key), String::from(value));
        Self {
            no_wait: true,
            name: String::from(DELETE_EVENT),
            // "certs-trust" in the event, "trust-certs" in cert-mgmt: both spellings are the
            // vendor's (D2.3).
            fields: [
                field("HOSTNAME", host),
                field("UNIT", unit),
                field("Type", "certs-trust"),
                field("NAME", file),
            ]
            .into(),
        }
    }

    /// The value of a field; names compare without case.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// Checks if this is the deletion of a trust certificate: Type `certs-trust` or `trust-certs`,
    /// or left out.
    pub fn is_deletion(&self) -> bool {
        let kind =
            self.field("Type").is_none_or(|kind| matches!(kind, "certs-trust" | "trust-certs"));
        self.name == DELETE_EVENT && kind
    }

    /// Reads the event between the brackets: `[--no-wait] NAME KEY=value …`.
    ///
    /// A value runs to the next ` KEY=`, so a file name may hold blanks. Returns `None` if there is
    /// no name or there are too many fields.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (no_wait, text) = match text.strip_prefix("--no-wait") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let (name, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let mut fields = Vec::new();
        while let Some((key, after)) = rest.trim_start().split_once('=') {
            if fields.len() == MAX_FIELDS {
                return None;
            }
            let end = next_key(after).unwrap_or(after.len());
            let (value, tail) = after.split_at_checked(end)?;
            fields.push((String::from(key), String::from(value.trim_end())));
            rest = tail;
        }
        (!name.is_empty() && !name.contains('=')).then(|| Self {
            no_wait,
            name: String::from(name),
            fields,
        })
    }
}

/// Returns the place of the blank or tab before the next ` KEY=`.
fn next_key(text: &str) -> Option<usize> {
    text.match_indices([' ', '\t']).map(|(at, _)| at).find(|&at| {
        let word = text.get(at + 1..).unwrap_or_default();
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        letters > 0 && word.as_bytes().get(letters) == Some(&b'=')
    })
}

impl fmt::Display for PlatformEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.no_wait {
            f.write_str("--no-wait ")?;
        }
        f.write_str(&self.name)?;
        self.fields.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

/// A line of the system log that speaks of a platform event:
/// `Jul 6 03:12:05 CM11 user 6 ilog_impl: emitted platform-event (…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine<'a> {
    /// Month, day and time as written: there is no year in the log.
    pub month: &'a str,
    /// Day of the month, as written.
    pub day: &'a str,
    /// Time of the day, as written.
    pub time: &'a str,
    /// The node that wrote the line.
    pub host: &'a str,
    /// Its facility, `user`.
    pub facility: &'a str,
    /// Its severity, a number.
    pub severity: &'a str,
    /// The act of the node.
    pub verb: Verb,
    /// The event.
    pub event: PlatformEvent,
}

impl<'a> EventLine<'a> {
    /// Reads one line; `None` if it is not about a platform event. Lines that a viewer wrapped are
    /// to be joined before. Blanks between the parts may be several.
    ///
    /// ```
    /// use trustlist_cluster::platform_event::{EventLine, Verb};
    /// let line = "Jul 6 03:12:05 CM11 user 6 ilog_impl: Received request for platform-event \
    ///     (--no-wait platform-event-clusterwide-certificate-delete HOSTNAME=CM11Sub UNIT=tomcat-trust \
    ///     Type=certs-trust NAME=testcert.pem).";
    /// let line = EventLine::parse(line).unwrap();
    /// assert_eq!((line.host, line.verb), ("CM11", Verb::Received));
    /// assert_eq!(line.event.field("NAME"), Some("testcert.pem"));
    /// assert!(EventLine::parse("Jul 6 03:12:05 CM11 cron 6 CROND[1]: (root) CMD").is_none());
    /// ```
    pub fn parse(line: &'a str) -> Option<Self> {
        let (head, rest) = line.split_once("ilog_impl:")?;
        let mut parts = head.split_whitespace();
        let mut part = || parts.next();
        let (month, day, time) = (part()?, part()?, part()?);
        let (host, facility, severity) = (part()?, part()?, part()?);
        let (verb, event) = verb_and_event(rest.trim_start())?;
        Some(Self { month, day, time, host, facility, severity, verb, event })
    }
}

fn verb_and_event(text: &str) -> Option<(Verb, PlatformEvent)> {
    let verbs = [Verb::Emitted, Verb::Emitting, Verb::Received];
    let (verb, rest) =
        verbs.into_iter().find_map(|verb| Some((verb, text.strip_prefix(verb.as_str())?)))?;
    let rest = rest.trim_start().strip_prefix("platform-event")?.trim_start().strip_prefix('(')?;
    let inside = rest.trim_end().trim_end_matches('.').trim_end().strip_suffix(')')?;
    Some((verb, PlatformEvent::parse(inside)?))
}

impl fmt::Display for EventLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { month, day, time, host, facility, severity, verb, event } = self;
        write!(
            f,
            "{month} {day} {time} {host} {facility} {severity} ilog_impl: {verb} platform-event ({event})"
        )?;
        // The vendor's own lines end the received ones with a full stop, the others not.
        if *verb == Verb::Received { f.write_str(".") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const PUBLISHED: &str = "Jul 6 03:12:05 CM11 user 6 ilog_impl: Received request for platform-event (--no-wait platform-event-clusterwide-certificate-delete HOSTNAME=CM11Sub UNIT=tomcat-trust Type=certs-trust NAME=testcert.pem).";

    #[test]
    fn the_published_line_reads_and_writes_back() {
        let line = EventLine::parse(PUBLISHED).unwrap();
        assert_eq!(line.event, PlatformEvent::deletion("CM11Sub", "tomcat-trust", "testcert.pem"));
        assert!(line.event.is_deletion());
        assert_eq!(line.to_string(), PUBLISHED);
    }

    #[test]
    fn forms_without_blank_flag_or_fields() {
        let line = EventLine::parse(
            "Nov 28 17:59:17 CCM1 user 6 ilog_impl: emitted platform-event(--no-wait platform-system-clusternode-install-completed HOSTNAME=CCM2 STATE=ready)",
        )
        .unwrap();
        assert_eq!(
            (line.verb, line.event.no_wait, line.event.field("STATE")),
            (Verb::Emitted, true, Some("ready"))
        );
        let line = EventLine::parse(
            "Dec  17 10:41:31 localhost user 6 ilog_impl: emitting platform-event (platform-system-startup)",
        );
        let line = line.unwrap();
        assert_eq!(
            (line.event.name.as_str(), line.event.no_wait),
            ("platform-system-startup", false)
        );
        assert!(!line.event.is_deletion());
        let event = PlatformEvent::parse("x\tHOSTNAME=a\t UNIT=b").unwrap();
        assert_eq!(
            (event.name.as_str(), event.field("HOSTNAME"), event.field("UNIT")),
            ("x", Some("a"), Some("b"))
        );
    }

    #[test]
    fn file_names_may_hold_blanks_and_signs() {
        let event = PlatformEvent::deletion("a", "tomcat-trust", "Root CA = 2.pem");
        assert_eq!(PlatformEvent::parse(&event.to_string()), Some(event));
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "ilog_impl: emitted platform-event (x)",
            "a b c d e f ilog_impl: lost platform-event (x)",
        ] {
            assert_eq!(EventLine::parse(line), None, "{line}");
        }
        assert_eq!(EventLine::parse("a b c d e f ilog_impl: emitted platform-event ()"), None);
        assert_eq!(EventLine::parse("a b c d e f ilog_impl: emitted platform-event (x"), None);
        assert_eq!(
            PlatformEvent::parse(&alloc::format!("x {}", "A=b ".repeat(MAX_FIELDS + 1))),
            None
        );
    }
}
