//! Finds the kind of a file and checks if it belongs to its place.

use crate::answer::{Answer, Status, without_limit};
use crate::desk::{Desk, Given};
use crate::fleet;
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
    PrivateKey,
    Table,
    Text,
    /// Nothing, or blanks alone.
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
            // In the place of inventories the names of its columns are known, and so is the fault.
            let fault = match (place, &kind) {
                (Place::Fleet, Kind::Other(_) | Kind::Text) => Some(fleet::fault(&given.bytes)),
                _ => None,
            };
            let kind = if fault == Some(None) { Kind::Table } else { kind };
            let used = used(&kind, place);
            let name = given.shown();
            // Of a binary file that is no workbook the bytes say more than its first line.
            let is_told = matches!(kind, Kind::Text) || given.bytes.starts_with(b"PK");
            let faulty = fault.flatten().filter(|_| is_told);
            let faulty = faulty.map(|fault| format!("{name}: line 1: {fault}"));
            let said = match (&kind, used) {
                (kind, Some(_)) => {
                    format!("{name}: {}{}", told(kind), named_otherwise(kind, &name))
                }
                (Kind::Other(error), None) => faulty.unwrap_or_else(|| error.clone()),
                (kind, None) => faulty.unwrap_or_else(|| {
                    let (wanted, elsewhere) = (wanted(place), elsewhere(kind, place, &name));
                    format!("{name}: {}, expected {wanted}{elsewhere}", told(kind))
                }),
            };
            (used, without_limit(&said))
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
        Err(_) if fleet::is_table(&given.bytes) => Kind::Table,
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
    if text.trim().is_empty() {
        Kind::Empty
    } else if text.contains("PRIVATE KEY-----") {
        Kind::PrivateKey
    } else if fleet::is_table(&given.bytes) {
        Kind::Table
    } else {
        Kind::Text
    }
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
        (Place::Plan, Kind::Json(schema)) if is_plan(schema) => Some("plan"),
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
        Kind::PrivateKey => "a private key, which is never needed here".to_owned(),
        Kind::Table => "an inventory of phones".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Empty => "an empty file".to_owned(),
        Kind::Other(error) => error.clone(),
    }
}

/// Returns whether a document may be a scenario or a cluster; one without a known schema may be.
fn is_plan(schema: &str) -> bool {
    PLAN_SCHEMAS.contains(&schema) || !schema.starts_with("trustlist.")
}

/// Returns a remark about a list or configuration whose name is that of another file.
fn named_otherwise(kind: &Kind, name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let (is_ctl, is_itl) = (name.starts_with("ctl"), name.starts_with("itl"));
    match kind {
        Kind::List(_) if name.contains(".cnf.xml") => {
            ", although its name is that of a configuration"
        }
        Kind::List(ListKind::Itl) if is_ctl => ", although its name is that of a CTL",
        Kind::List(ListKind::Ctl) if is_itl => ", although its name is that of an ITL",
        Kind::SignedFile if is_ctl || is_itl => ", although its name is that of a list",
        _ => "",
    }
}

/// Returns where a file belongs that is of no use in this place.
fn elsewhere(kind: &Kind, place: Place, name: &str) -> &'static str {
    match kind {
        Kind::List(_) | Kind::Print(_) => {
            ". Put it at \"On the phone\" or at \"On the TFTP server\""
        }
        Kind::SignedFile => ". Put it at \"On the TFTP server\"",
        Kind::Certificates(_) => ". Put it at \"TVS certificates\"",
        Kind::PhoneText => ". Put it at \"Pastes for the preflight\"",
        Kind::Json(schema) if schema == PREDICT_SCHEMA => ". Put it at \"On the phone\"",
        Kind::Json(schema) if PLAN_SCHEMAS.contains(&schema.as_str()) => {
            ". Put it at \"Plan\" in the view Plan"
        }
        Kind::Table => ". Put it at \"Inventory\" in the view Fleet",
        Kind::Text if place == Place::Server && name.to_ascii_lowercase().ends_with(".xml") => {
            ". Phones get the signed form of a configuration, .cnf.xml.sgn"
        }
        _ => "",
    }
}

/// The schemas of a scenario and of a cluster.
const PLAN_SCHEMAS: [&str; 2] = ["trustlist.simulate/1", "trustlist.cluster/1"];

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
