//! A log entry as JSON, with the field names of the log cases (spec/CONTRACT.md section 5).

use crate::deletion::logs::{Alarm, Entry, Field, Message, Operation, RowChange};
use crate::platform_event::{EventLine, Verb};
use trustlist::json::{Map, Value};

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
    /// The first of a name stays: what stands in an entry cannot take the place of what it is.
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

/// Under the names as written, and where these have hyphens (`src-cert`) under those of newer releases (`srcCert`) too.
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

#[cfg(test)]
mod tests {
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
