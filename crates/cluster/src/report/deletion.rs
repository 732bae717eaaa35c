//! The deletion audit, log entries and forecasts as text and JSON.

use super::Plain;
#[cfg(test)]
pub(super) use super::forecast::ForecastAnswer;
pub use super::forecast::{FORECAST_SCHEMA, forecast_json, forecast_text};
use super::shape::{Keyed, Word};
use crate::code::{DeletionCode, DeletionCode as Code};
use crate::deletion::logs::Field;
use crate::deletion::logs::{Alarm, Entry, Message, Operation, RowChange};
use crate::deletion::{
    Answer, ClusterVerdict, DeletionScope, Evidence, EvidenceKind, NodeAnswer, QUIET_MINUTES,
    Verdict,
};
use crate::platform_event::{EventLine, Verb};
use crate::release::TrustUnit;
use serde::Serialize;
use std::fmt::Write;
use trustlist::json::{Map, Value};

/// The schema of an answer.
pub const AUDIT_SCHEMA: &str = "trustlist.deletion-audit/1";
/// The schema of several answers.
pub const AUDITS_SCHEMA: &str = "trustlist.deletion-audits/1";

/// The answer of an audit (spec/CONTRACT.md section 5).
pub fn audit_json(answer: &Answer) -> Value {
    Value::of(&AuditAnswer {
        schema: AUDIT_SCHEMA,
        certificate: WantedAnswer { unit: Word(answer.wanted.unit), name: &answer.wanted.name },
        nodes: Keyed(
            answer.nodes.iter().map(|node| (node.name.clone(), NodeOutcome::of(node))).collect(),
        ),
        cluster: Word(answer.cluster),
        left_out: &answer.left_out,
    })
}

/// The answers about several certificates as one document; each is that of [`audit_json`].
/// `not_judged` says how many certificates were left out.
pub fn audits_json(audits: &[Value], not_judged: usize) -> Value {
    Value::of(&AuditsAnswer { schema: AUDITS_SCHEMA, audits, not_judged })
}

/// Whether a trust certificate is gone on every node, by the logs of the nodes (spec/CONTRACT.md
/// section 5).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Audit"))]
pub(super) struct AuditAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = AUDIT_SCHEMA)))]
    schema: &'static str,
    /// The certificate that should be gone.
    certificate: WantedAnswer<'a>,
    /// The result of each node that has its store, by name.
    nodes: Keyed<NodeOutcome<'a>>,
    /// The result of the cluster.
    cluster: Word<ClusterVerdict>,
    /// The nodes that do not have its store.
    left_out: &'a [String],
}

/// Audits of several certificates: of every one that the logs say was deleted, if none was named.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AuditsAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = AUDITS_SCHEMA)))]
    schema: &'static str,
    /// The answers; none where the logs hold no deletion.
    #[cfg_attr(test, schemars(with = "Vec<AuditAnswer<'_>>"))]
    audits: &'a [Value],
    /// How many more certificates the logs say were deleted, which are not among the answers; at
    /// least so many, if it is 10,000.
    not_judged: usize,
}

/// A trust certificate.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Wanted"))]
struct WantedAnswer<'a> {
    /// Its store.
    unit: Word<TrustUnit>,
    /// Its file name, as in the logs.
    name: &'a str,
}

/// The result of one node (D4).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Node"))]
struct NodeOutcome<'a> {
    /// The verdict.
    verdict: Word<Verdict>,
    /// Why.
    code: Word<DeletionCode>,
    /// When it was deleted or came back, on the clock of the node; left out if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// For `resurrected` only: the nodes that may have brought it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a [String]>,
    /// The evidence for the verdict, in the order of time.
    evidence: Vec<EvidenceAnswer<'a>>,
}

/// Something that a verdict rests on.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
struct EvidenceAnswer<'a> {
    /// Its kind.
    kind: Word<EvidenceKind>,
    /// When, on the clock of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// In which log.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// In which line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The entry, or what is to be said of the log.
    text: &'a str,
}

impl<'a> NodeOutcome<'a> {
    fn of(node: &'a NodeAnswer) -> Self {
        Self {
            verdict: Word(node.verdict),
            code: Word(node.code),
            at: node.at.map(|at| at.to_string()),
            by: (node.verdict == Verdict::Resurrected).then_some(&node.by),
            evidence: node.evidence.iter().map(EvidenceAnswer::of).collect(),
        }
    }
}

impl<'a> EvidenceAnswer<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        Self {
            kind: Word(evidence.kind),
            at: evidence.at.map(|at| at.to_string()),
            file: evidence.file.as_deref(),
            line: evidence.line,
            text: &evidence.text,
        }
    }
}

// A log entry as JSON, with the field names of the log cases (spec/CONTRACT.md section 5).

/// The fields of a log entry.
///
/// ```
/// use trustlist_cluster::deletion::logs::parse_line;
/// use trustlist_cluster::report::deletion::entry_json;
/// let line = "Dec 17 10:41:31 localhost user 6 ilog_impl: emitting platform-event (platform-system-startup)";
/// let fields = entry_json(&parse_line(line).unwrap());
/// assert_eq!((&fields["verb"], &fields["nowait"]), (&"emitting".into(), &false.into()));
/// ```
pub fn entry_json(entry: &Entry<'_>) -> Value {
    let mut fields = Fields::default();
    match entry {
        Entry::Alarm(alarm) => alarm_fields(alarm, &mut fields),
        Entry::Event(line) => event_fields(line, &mut fields),
        Entry::Fields(header) => header_fields(header, &mut fields),
        Entry::Operation(operation) => operation_fields(operation, &mut fields),
    }
    Value::Object(fields.0)
}

#[derive(Default)]
struct Fields(Map);

impl Fields {
    /// The first of a name stays: a value of an entry cannot replace its kind.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    fn put_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }
}

fn event_fields(line: &EventLine<'_>, fields: &mut Fields) {
    fields.put("ts", format!("{} {} {}", line.month, line.day, line.time));
    fields.put("host", line.host);
    fields.put("facility", line.facility);
    fields.put("severity", line.severity);
    fields.put("tag", "ilog_impl");
    fields.put("verb", Verb::as_str(line.verb));
    fields.put("nowait", line.event.no_wait);
    fields.put("event", line.event.name.as_str());
    line.event.fields.iter().for_each(|(key, value)| fields.put(key, value.as_str()));
}

/// Under the names as written, and where these have hyphens (`src-cert`) under those of newer
/// releases (`srcCert`) too.
fn header_fields(header: &[Field<'_>], fields: &mut Fields) {
    for field in header {
        fields.put(field.name, field.value.as_ref());
        fields.put(&newer_name(field.name), field.value.as_ref());
    }
}

fn newer_name(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &capital.into_iter().chain(letters).collect::<String>()
    })
}

fn operation_fields(operation: &Operation<'_>, fields: &mut Fields) {
    fields.put("ts", operation.stamp);
    fields.put("level", operation.level);
    fields.put("thread", operation.thread);
    match &operation.message {
        Message::Call { direction, class, function, result } => {
            fields.put("dir", direction.as_str());
            fields.put("cls", *class);
            fields.put("fn", *function);
            fields.put_some("result", *result);
        }
        Message::DeleteFlag { flags } => {
            flags.iter().for_each(|(name, value)| fields.put(name, *value))
        }
        Message::Fields(header) => header_fields(header, fields),
        Message::Import { unit, name } => {
            fields.put("fn", "importTrustCert");
            fields.put_some("unit", *unit);
            fields.put_some("name", *name);
        }
        Message::Imported { unit } => fields.put_some("unit", *unit),
        Message::Included { unit, included } => {
            fields.put("unit", *unit);
            fields.put("included", *included);
        }
        Message::Result(result) => fields.put("result", *result),
        Message::Updated(change) => change_fields(change, fields),
        _ => {}
    }
    fields.put("text", operation.text);
}

fn change_fields(change: &RowChange<'_>, fields: &mut Fields) {
    fields.put_some("type", change.kind);
    fields.put("table", change.table.unwrap_or(change.heading));
    fields.put_some("tableid", change.table_id);
    fields.put_some("action", change.action);
    fields.put_some("time", change.time);
}

fn alarm_fields(alarm: &Alarm<'_>, fields: &mut Fields) {
    fields.put("alarm", alarm.alarm);
    fields.put("facility", alarm.facility);
    fields.put("severity", alarm.severity);
    fields.put_some("name", alarm.about("Certificate name"));
    fields.put_some("unit", alarm.about("Unit"));
    fields.put_some("type", alarm.about("Type"));
    fields.put_some("expiration", alarm.about("Expiration"));
    fields.put_some("node", alarm.parameter("NodeID"));
    alarm.parameters.iter().for_each(|(key, value)| fields.put(key, *value));
    fields.put("text", alarm.text);
}

// The answer of an audit in sentences: the verdict first, then each node with what it rests on.

/// How many entries a node gets.
const SHOWN: usize = 12;

/// The answer as text.
pub fn audit_text(answer: &Answer) -> String {
    let mut text = format!("{}: {}\n", Plain(&answer.wanted), cluster(answer));
    for node in &answer.nodes {
        let _ = writeln!(
            text,
            "\n{}: {}. {}",
            Plain(&node.name),
            node.verdict.as_str(),
            because(answer.spread, node)
        );
        for evidence in node.evidence.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", line(evidence));
        }
        if let Some(more) = node.evidence.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more");
        }
    }
    if !answer.left_out.is_empty() {
        let names = Plain(answer.left_out.join(", "));
        let _ =
            writeln!(text, "\nLeft out, as {} does not apply there: {names}", answer.wanted.unit);
    }
    text
}

fn cluster(answer: &Answer) -> String {
    let count = answer.nodes.len();
    let these = |which: &dyn Fn(Verdict) -> bool| {
        let names = answer
            .nodes
            .iter()
            .filter(|node| which(node.verdict))
            .map(|node| Plain(&node.name).to_string());
        names.collect::<Vec<_>>().join(", ")
    };
    match answer.cluster {
        ClusterVerdict::Deleted => format!("deleted on every node ({count} of {count})"),
        ClusterVerdict::NotDeleted => {
            let still = these(&|verdict| !matches!(verdict, Verdict::Deleted | Verdict::Unknown));
            format!("NOT deleted on {still}")
        }
        ClusterVerdict::Unknown if count == 0 => {
            "UNDECIDED: no node of the inventory has this store".to_owned()
        }
        ClusterVerdict::Unknown => {
            format!("UNDECIDED: not proven for {}", these(&|verdict| verdict == Verdict::Unknown))
        }
    }
}

/// The reason in a sentence; `explain CODE` has the rest.
fn because(spread: DeletionScope, node: &NodeAnswer) -> String {
    let at = node.at.map(|at| format!(" at {at}")).unwrap_or_default();
    let by = match node.by.as_slice() {
        [] => "; the logs do not show which node brought it back".to_owned(),
        [one] => {
            format!("; {} brought it back: its logs show no deletion before that time", Plain(one))
        }
        several => format!(
            "; one of these nodes brought it back, because their logs show no deletion before that time: {}",
            Plain(several.join(", "))
        ),
    };
    let sentence = match node.code {
        Code::CollectedTooEarly => {
            format!(
                "the logs end too early: wait more than {QUIET_MINUTES} minutes after the deletion, then collect them again"
            )
        }
        Code::DeleteFailed => "The deletion was tried and failed".to_owned(),
        Code::DeleteNotSeen => match spread {
            DeletionScope::Event => "Its logs show no deletion".to_owned(),
            DeletionScope::Local => {
                "Its logs show no deletion, and a deletion on another node does not reach it: delete it on this node too"
                    .to_owned()
            }
        },
        Code::DeleteUnclear => {
            "Its logs show a deletion, but not that it worked, or not in which store".to_owned()
        }
        Code::DeleteUndated => "Its logs show a deletion without a time".to_owned(),
        Code::DeletionProven => {
            format!("Deleted{at}, and not imported for more than {QUIET_MINUTES} minutes")
        }
        Code::EventDisagrees => {
            "It received an event of another deletion: the origin or the time does not match".to_owned()
        }
        Code::EventNotEmitted => {
            "It deleted the certificate, but it neither sent nor received an event".to_owned()
        }
        Code::EventNotReceived => "Its system log shows no event about this certificate".to_owned(),
        Code::EventWithoutDelete => "It received the event, but no deletion followed".to_owned(),
        Code::ImportUnclear => {
            "A later line may speak of an import of this certificate, and is not clear".to_owned()
        }
        Code::ImportedAgain => format!("Imported again{at}{by}"),
        Code::LogIncomplete
            if node.evidence.iter().any(|told| told.kind == EvidenceKind::LogOfAnotherNode) =>
        {
            "A log that was given for it is of another node".to_owned()
        }
        Code::LogIncomplete => "Its logs could not be read completely".to_owned(),
        Code::LogMissing => "Some of its logs are missing".to_owned(),
        Code::LogStartsLate => "A log begins after the time of the event".to_owned(),
    };
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} [{}]", chars.as_str(), node.code)
}

fn line(evidence: &Evidence) -> String {
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{}:{line}: ", Plain(file)),
        (Some(file), None) => format!("{}: ", Plain(file)),
        _ => String::new(),
    };
    let at = evidence.at.map(|at| at.to_string()).unwrap_or_else(|| "no date".to_owned());
    let text = Plain(&evidence.text);
    match evidence.kind {
        EvidenceKind::Collected => format!("collected {at}"),
        EvidenceKind::LogMissing => format!("missing: {text}"),
        EvidenceKind::LogStarts => format!("{text} begins {at}"),
        EvidenceKind::LogEnds => format!("{text} ends {at}"),
        EvidenceKind::LogCut => {
            format!("{place}lines are too long and were not read completely: {text}")
        }
        EvidenceKind::LogUnreadable
        | EvidenceKind::LogOfAnotherNode
        | EvidenceKind::LogOverfull => format!("{place}{text}"),
        kind => format!("{at:<23}  {:<14}  {place}{text}", kind.as_str()),
    }
}

#[cfg(test)]
mod entry_tests {
    use super::*;
    use crate::deletion::logs::parse_line;

    #[test]
    fn older_header_lines_have_both_names() {
        let fields = entry_json(&parse_line("op:delete src-cert:%2Fusr%2Fa.pem").unwrap());
        assert_eq!(
            fields.to_string(),
            r#"{"op":"delete","src-cert":"/usr/a.pem","srcCert":"/usr/a.pem"}"#
        );
    }

    #[test]
    fn fields_of_an_entry_cannot_take_the_place_of_what_it_is() {
        let line = "Dec 17 10:41:31 n user 6 ilog_impl: emitted platform-event (x host=evil A=b)";
        let fields = entry_json(&parse_line(line).unwrap());
        assert_eq!((&fields["host"], &fields["A"]), (&"n".into(), &"b".into()));
    }

    #[test]
    fn imports_and_results() {
        let json = |text: &str| {
            entry_json(&parse_line(&format!("2026-07-06 03:41:28,911 INFO [T] - {text}")).unwrap())
        };
        let import = json("importTrustCert tomcat-trust old.pem");
        assert_eq!((&import["unit"], &import["name"]), (&"tomcat-trust".into(), &"old.pem".into()));
        assert_eq!(json("CertMgmt Operation Result : FAILURE")["result"], "FAILURE");
    }
}
