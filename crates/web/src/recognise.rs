//! Finds the kind of a file and checks if it belongs to its place.

use crate::answer::{Answer, Status};
use crate::desk::{Desk, Given};
use serde::{Deserialize, Serialize};
use trustlist::console::phone_events;
use trustlist::facts::{Files, ListKind};
use trustlist::question::{self, Verifier};
use trustlist::report::list::parse_error;
use trustlist::wire::{self, File};

/// A place for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// The lists on the phone.
    Phone,
    /// The files that the TFTP server offers.
    Server,
    /// The certificates that TVS servers present and know.
    Tvs,
    /// Output of CUCM commands.
    Pastes,
    /// A scenario or a cluster.
    Plan,
    /// An inventory of phones, and the lists that it names.
    Fleet,
}

/// The kind of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    List(ListKind),
    /// A print of a list, or one that says that there is none.
    Print(ListKind),
    SignedFile,
    Certificates(usize),
    /// Messages or a log of a phone.
    PhoneText,
    Json(String),
    Table,
    Text,
    Empty,
    /// Nothing that is read here; the error names what it is.
    Other(String),
}

/// The document: the parameter that the file is for, and a sentence.
#[derive(Debug, Serialize)]
struct Recognised {
    #[serde(rename = "use")]
    used: Option<&'static str>,
    said: String,
}

/// Recognises a file at a place.
pub(crate) fn recognise(desk: &Desk, file: u32, place: Place) -> Answer {
    let (used, said) = match desk.file(file) {
        Err(error) => (None, error),
        Ok(given) => {
            let kind = kind(given);
            let used = used(&kind, place);
            let name = given.shown();
            let said = match (&kind, used) {
                (Kind::Other(error), None) => error.clone(),
                (kind, None) => format!("{name}: {}, expected {}", told(kind), wanted(place)),
                (kind, Some(_)) => format!("{name}: {}", told(kind)),
            };
            (used, said)
        }
    };
    let status = if used.is_some() { Status::Fine } else { Status::Unusable };
    Answer::new(&Recognised { used, said: said.clone() }, said, status)
}

fn kind(given: &Given) -> Kind {
    if given.bytes.is_empty() {
        return Kind::Empty;
    }
    let binary = match wire::parse(&given.bytes) {
        Ok(File::Signed(_)) => return Kind::SignedFile,
        Ok(File::List(_)) => match Files::new(Verifier).list(given.bytes.clone()) {
            Ok(list) => return Kind::List(list.kind),
            Err(error) => return Kind::Other(parse_error(&given.shown(), &error)),
        },
        Err(error) => parse_error(&given.shown(), &error),
    };
    if let Ok(certificates) = question::certificates(&given.bytes) {
        return Kind::Certificates(certificates.len());
    }
    match given.decoded() {
        Ok(Some(text)) => of_text(given, &text),
        // A large inventory is no paste, and is not read as one.
        Err(_) if is_table(&given.bytes) => Kind::Table,
        Err(error) => Kind::Other(error),
        Ok(None) => Kind::Other(binary),
    }
}

fn of_text(given: &Given, text: &str) -> Kind {
    if let Ok(trustlist::json::Value::Object(fields)) = serde_json::from_str(text) {
        let schema = fields.get("schema").and_then(|schema| schema.as_str());
        return Kind::Json(schema.unwrap_or("JSON without a schema").to_owned());
    }
    let prints = given.prints_or_none(text).unwrap_or_default();
    if let Some(first) = prints.first() {
        return Kind::Print(first.kind);
    }
    if !phone_events(text).is_empty() {
        return Kind::PhoneText;
    }
    if is_table(&given.bytes) { Kind::Table } else { Kind::Text }
}

/// Returns whether the first line is a header with the column `device`.
fn is_table(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let names = line.split(|byte| matches!(byte, b',' | b';' | b'\t'));
    names.map(|name| name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name)).any(|name| {
        String::from_utf8_lossy(name).trim_matches(['"', ' ', '\r']).eq_ignore_ascii_case("device")
    })
}

/// The parameter of the question that a file is for.
fn used(kind: &Kind, place: Place) -> Option<&'static str> {
    match (place, kind) {
        (Place::Phone, Kind::List(ListKind::Ctl) | Kind::Print(ListKind::Ctl)) => {
            Some("installed_ctl")
        }
        (Place::Phone, Kind::List(_) | Kind::Print(_)) => Some("installed_itl"),
        (Place::Phone, Kind::Json(schema)) if schema == PREDICT_SCHEMA => Some("case"),
        (Place::Server, Kind::List(ListKind::Ctl) | Kind::Print(ListKind::Ctl)) => {
            Some("offered_ctl")
        }
        (Place::Server, Kind::List(_) | Kind::Print(_)) => Some("offered_itl"),
        (Place::Server, Kind::SignedFile) => Some("offered_config"),
        (Place::Tvs, Kind::Certificates(1)) => Some("tvs"),
        (Place::Tvs, Kind::List(_) | Kind::Print(_) | Kind::Certificates(_)) => Some("tvs_knows"),
        (Place::Pastes, Kind::Print(_) | Kind::PhoneText | Kind::Text) => Some("paste"),
        (Place::Plan, Kind::Json(schema)) if schema != PREDICT_SCHEMA => Some("plan"),
        (Place::Fleet, Kind::Table) => Some("inventory"),
        (Place::Fleet, Kind::List(_) | Kind::Print(_)) => Some("known"),
        _ => None,
    }
}

fn told(kind: &Kind) -> String {
    let word = |kind: &ListKind| match kind {
        ListKind::Ctl => "CTL",
        ListKind::Itl => "ITL",
        _ => "list whose name says neither ITL nor CTL",
    };
    match kind {
        Kind::List(kind) => format!("a file with the {}", word(kind)),
        Kind::Print(kind) => format!("pasted output about the {}", word(kind)),
        Kind::SignedFile => "a signed file".to_owned(),
        Kind::Certificates(1) => "a certificate".to_owned(),
        Kind::Certificates(number) => format!("{number} certificates"),
        Kind::PhoneText => "messages of a phone".to_owned(),
        Kind::Json(schema) => format!("a document ({})", trustlist::report::Plain(schema)),
        Kind::Table => "an inventory with the column device".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Empty => "an empty file".to_owned(),
        Kind::Other(error) => error.clone(),
    }
}

/// The schema of a question about one phone in symbols.
const PREDICT_SCHEMA: &str = "trustlist.predict/1";

fn wanted(place: Place) -> &'static str {
    match place {
        Place::Phone => "an ITL or CTL, as a file or as pasted output",
        Place::Server => "an ITL or CTL, as a file or as pasted output, or a signed configuration",
        Place::Tvs => "certificates in PEM or DER, or a list",
        Place::Pastes => "the output of a CUCM command as text",
        Place::Plan => "a scenario (trustlist.simulate/1) or a cluster (trustlist.cluster/1)",
        Place::Fleet => "CSV with the column device, or a list that its rows name",
    }
}
