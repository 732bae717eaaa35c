//! A pasted print in the form of `show`, and what a phone said.

use super::list::{HeaderReport, LIST_SCHEMA, ListReport, RecordReport, SignatureReport};
use super::{Wording, hex, lint};
use crate::console::{
    PhoneEvent, PhoneEventKind, PhoneFile, Print, PrintedRecord, Row, Value, Verified,
};
use crate::facts::{Form, ListKind};
use serde::Serialize;

/// A print as the report that `show` gives of a file; `source` is `text`, and the signature is not
/// checked.
pub fn list_report(print: &Print) -> ListReport {
    ListReport {
        schema: LIST_SCHEMA,
        kind: match print.kind {
            ListKind::Ctl => "ctl",
            ListKind::Itl => "itl",
            ListKind::List => "list",
        },
        source: "text",
        size: print.size,
        md5: print.md5.map(|md5| hex(&md5)),
        sha1: print.sha1.map(|sha1| hex(&sha1)),
        header: header(print),
        signature: SignatureReport {
            outcome: "not-checked",
            reason: Some(reason(print.verified).into()),
            key: None,
            anchor: None,
        },
        records: print.records.iter().map(record).collect(),
        findings: print.findings().iter().map(lint::print_json).collect(),
        wording: Wording::default(),
    }
}

fn reason(verified: Verified) -> &'static str {
    match verified {
        Verified::Yes(_) => "a paste has no signature; the server said that it verified the list",
        Verified::No(_) => "a paste has no signature; the server could not verify the list",
        Verified::NotSaid => "a paste has no signature",
    }
}

fn header(print: &Print) -> HeaderReport {
    HeaderReport {
        version: print.version.map(|(major, minor)| format!("{major}.{minor}")),
        header_length: print.header_length.map(u64::from),
        signer: print.signer_subject().map(Into::into),
        issuer: print.signer().map(|signer| signer.issuer.as_str().to_owned()),
        serial: bytes(print.row(5))
            .or_else(|| print.signer_serial().map(|serial| serial.to_string())),
        digest: None,
        file_name: None,
        timestamp: None,
        unknown: Vec::new(),
    }
}

fn record(record: &PrintedRecord) -> RecordReport {
    let identity = record.identity();
    let fingerprint = record.fingerprint();
    RecordReport {
        index: record.index.0,
        role: record.role().map_or_else(|| "unknown".to_owned(), |role| role.to_string()),
        server: Some(record.server().to_owned()).filter(|server| !server.is_empty()),
        address: record.address().map(|address| address.to_string()),
        subject: record.subject().map(Into::into),
        issuer: identity.map(|identity| identity.issuer.as_str().to_owned()),
        serial: bytes(record.row(6)),
        key: None,
        not_before: None,
        not_after: None,
        sha1: fingerprint.sha1.map(|sha1| hex(&sha1)),
        sha256: fingerprint.sha256.map(|sha256| hex(&sha256)),
        certificate: match record.form() {
            Form::Certificate => "present",
            Form::Hash => "hash",
            Form::None | Form::Empty => "none",
        },
        certificate_error: None,
        signed_this_file: record.signed_this_file == Some(true),
        offset: None,
        length: record.length().map(usize::from),
        unknown: Vec::new(),
    }
}

fn bytes(row: Option<&Row>) -> Option<String> {
    match &row?.value {
        Value::Bytes(bytes) => Some(hex(bytes)),
        _ => None,
    }
}

/// Returns the messages of a phone as JSON: `trustlist.phone-log/1`.
pub fn phone_json(events: &[PhoneEvent]) -> crate::json::Value {
    crate::json::Value::of(&PhoneLog {
        schema: PHONE_LOG_SCHEMA,
        events: events.iter().map(PhoneLine::of).collect(),
    })
}

/// The schema of what a phone said.
pub(crate) const PHONE_LOG_SCHEMA: &str = "trustlist.phone-log/1";

/// Messages of a phone about its trust lists, from its log or its status messages (P-MSG).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = super::schema::with_file))]
pub(crate) struct PhoneLog<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PHONE_LOG_SCHEMA)))]
    schema: &'static str,
    /// The messages, in their order.
    events: Vec<PhoneLine<'a>>,
}

/// One thing that a phone said.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PhoneLine<'a> {
    /// The event.
    #[cfg_attr(test, schemars(extend("enum" = event_words())))]
    event: &'static str,
    /// The list that it is about, if it says so.
    #[cfg_attr(
        test,
        schemars(with = "Option<crate::report::shape::Word<crate::phone::JudgedFile>>")
    )]
    list: Option<&'static str>,
    /// The text of the log.
    text: &'a str,
    /// Its line, from 1.
    line: u32,
    /// True if a later message of the phone replaces it: messages are a history.
    superseded: bool,
}

impl<'a> PhoneLine<'a> {
    fn of(event: &'a PhoneEvent) -> Self {
        Self {
            event: word(event.kind),
            list: event.file.map(file),
            text: &event.text,
            line: event.line.0,
            superseded: event.superseded,
        }
    }
}

/// Every word of an event.
#[cfg(test)]
fn event_words() -> Vec<&'static str> {
    use PhoneEventKind as Kind;
    let all = [
        Kind::Authenticated,
        Kind::Erased,
        Kind::Fetched(ListKind::Itl),
        Kind::LeapOfFaith,
        Kind::NotAuthorized,
        Kind::NotFound(ListKind::Itl),
        Kind::NotInstalled,
        Kind::Refused,
        Kind::Taken,
        Kind::TvsAsked,
        Kind::TvsUnknown,
        Kind::TvsUnusable,
        Kind::TvsVouched,
        Kind::VersionWarning,
    ];
    all.into_iter().map(word).collect()
}

/// The stable word of an event.
pub fn word(kind: PhoneEventKind) -> &'static str {
    match kind {
        PhoneEventKind::Authenticated => "authenticated",
        PhoneEventKind::ConfigNotFound | PhoneEventKind::NotFound(_) => "not-found",
        PhoneEventKind::Erased => "erased",
        PhoneEventKind::Fetched(_) => "fetched",
        PhoneEventKind::LeapOfFaith => "leap-of-faith",
        PhoneEventKind::NotAuthorized => "tftp-not-authorized",
        PhoneEventKind::NotInstalled => "not-installed",
        PhoneEventKind::Refused => "refused",
        PhoneEventKind::Taken => "taken",
        PhoneEventKind::TvsAsked => "tvs-asked",
        PhoneEventKind::TvsUnknown => "tvs-unknown",
        PhoneEventKind::TvsUnusable => "tvs-unusable",
        PhoneEventKind::TvsVouched => "tvs-vouched",
        PhoneEventKind::VersionWarning => "version-warning",
    }
}

fn file(file: PhoneFile) -> &'static str {
    match file {
        PhoneFile::Config => "config",
        PhoneFile::Ctl => "ctl",
        PhoneFile::Itl => "itl",
    }
}

/// Returns the meaning of an event as a sentence.
pub fn sentence(event: &PhoneEvent) -> &'static str {
    let named = event.file;
    match event.kind {
        PhoneEventKind::Authenticated => "the signature of the file was right",
        PhoneEventKind::ConfigNotFound => "the server has no such configuration",
        PhoneEventKind::Erased => "the phone's lists were erased",
        PhoneEventKind::Fetched(ListKind::Ctl) => "the phone asked for the CTL",
        PhoneEventKind::Fetched(_) => "the phone asked for the ITL",
        PhoneEventKind::LeapOfFaith => {
            "the phone had no list and accepted the first one without a check"
        }
        PhoneEventKind::NotAuthorized => "the phone's TFTP server is in no record of its CTL",
        PhoneEventKind::NotFound(ListKind::Ctl) => {
            "the server has no CTL: normal outside mixed mode"
        }
        PhoneEventKind::NotFound(_) => "the server has no ITL",
        PhoneEventKind::NotInstalled => match named {
            Some(PhoneFile::Ctl) => "the phone has no CTL: normal outside mixed mode",
            Some(_) => "the phone has no ITL",
            None => "the phone has no list",
        },
        PhoneEventKind::Refused => match named {
            Some(PhoneFile::Config) => "the phone refused the configuration",
            Some(PhoneFile::Ctl) => "the phone refused the CTL, or could not load it",
            Some(PhoneFile::Itl) => "the phone refused the ITL, or could not load it",
            None => "the phone refused a list, or could not load it",
        },
        PhoneEventKind::Taken => "the phone accepted the list",
        PhoneEventKind::TvsAsked => "the phone asked TVS about a certificate",
        PhoneEventKind::TvsUnknown => "TVS does not know the certificate",
        PhoneEventKind::TvsUnusable => "the phone has no TVS record and cannot ask TVS",
        PhoneEventKind::TvsVouched => "TVS knows the certificate",
        PhoneEventKind::VersionWarning => "the header version is new to the phone: a warning only",
    }
}
