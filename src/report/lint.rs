//! Findings about a list: a line each for a person, and JSON.

use super::shape::Word;
use super::{Plain, Wording};
use crate::code::{Level, LintCode};
use crate::console::PrintFinding;
use crate::json::Value;
use crate::lint::{LintFinding, LintValue};
use serde::Serialize;
use std::fmt::Write as _;

/// The schema of the document.
pub(crate) const LINT_SCHEMA: &str = "trustlist.lint/1";

/// A finding as JSON: code, level, record, and each value under its name.
pub fn json(finding: &LintFinding) -> Value {
    let values = finding.values.iter().map(|(name, found)| ((*name).to_owned(), value(found)));
    object(Word(finding.code), finding.level, finding.record.map(|record| record.0), None, values)
}

/// A finding about a print as JSON; with the line of the paste.
pub fn print_json(finding: &PrintFinding) -> Value {
    let values =
        finding.values.iter().map(|(name, number)| ((*name).to_owned(), Value::from(*number)));
    object(
        Word(finding.code),
        finding.level,
        finding.record.map(|record| record.0),
        Some(finding.line.0),
        values,
    )
}

/// The document of `lint --json`: `trustlist.lint/1`.
pub fn document(findings: Vec<Value>) -> Value {
    Value::of(&LintAnswer { schema: LINT_SCHEMA, findings })
}

/// Findings about one list (spec/CONTRACT.md section 1).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Lint", transform = super::schema::with_file))]
pub(crate) struct LintAnswer {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = LINT_SCHEMA)))]
    schema: &'static str,
    /// The findings.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::AnyFinding>"))]
    findings: Vec<Value>,
}

/// Something about one list. Its values are under their names (`subject`, `size`, `limit`, `reason`
/// …), as text or as whole numbers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{C}Finding", extend("additionalProperties" = { "type": ["string", "integer"] })))]
pub(crate) struct ListFinding<C> {
    /// The code of the finding; `trustlist explain CODE` prints its page.
    code: C,
    /// How much it weighs.
    level: Word<Level>,
    /// The record that it is about, from 1; left out if it is about the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    /// The line of the paste; for findings about pastes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

fn object<C: Serialize>(
    code: C,
    level: Level,
    record: Option<u32>,
    line: Option<u32>,
    values: impl Iterator<Item = (String, Value)>,
) -> Value {
    let mut object = Value::of(&ListFinding { code, level: Word(level), record, line });
    if let Some(fields) = object.as_object_mut() {
        fields.extend(values);
    }
    object
}

fn value(value: &LintValue) -> Value {
    match value {
        LintValue::Number(number) => Value::from(*number),
        other => Value::from(shown(other)),
    }
}

fn shown(value: &LintValue) -> String {
    match value {
        LintValue::Date(date) => date.to_string(),
        LintValue::Name(name) => name.as_str().to_owned(),
        LintValue::Number(number) => number.to_string(),
        LintValue::Role(role) => role.to_string(),
        LintValue::Serial(serial) => serial.to_string(),
        LintValue::Text(text) => (**text).to_owned(),
    }
}

/// Returns a finding as one line: level, record, meaning, values, code.
pub fn line(finding: &LintFinding) -> String {
    line_in(Wording::Options, finding)
}

/// Returns a finding as one line in a wording.
#[doc(hidden)]
pub fn line_in(wording: Wording, finding: &LintFinding) -> String {
    let record = finding.record.map(|record| record.0);
    let code = finding.code;
    if code == LintCode::CertificateDatesUnknown {
        let values: Vec<String> = finding.values.iter().map(|(_, value)| shown(value)).collect();
        let remedy = if wording == Wording::Options { CERTIFICATES_NEEDED } else { "" };
        let meaning = format!("{} {}{remedy}", values.join(" of "), meaning(code));
        return row(finding.level, record, &meaning, core::iter::empty(), code.as_str());
    }
    let values = finding.values.iter().map(|(name, value)| worded(code, name, &shown(value)));
    row(finding.level, record, meaning(code), values, code.as_str())
}

/// Returns a value in words.
fn worded(code: LintCode, name: &str, value: &str) -> String {
    let value = Plain(value);
    match (code, name) {
        (LintCode::CertificateExpired, "date") => format!("ended {value}"),
        (LintCode::CertificateExpired, "days") => format!("{value} days ago"),
        (LintCode::CertificateExpiring, "date") => format!("ends {value}"),
        (LintCode::CertificateNotYetValid, "date") => format!("begins {value}"),
        (LintCode::CertificateExpiring | LintCode::CertificateNotYetValid, "days") => {
            format!("in {value} days")
        }
        (_, "bits" | "days") => format!("{value} {name}"),
        (_, "count" | "reason" | "signer" | "subject") => value.to_string(),
        (_, "first") => format!("record {value}"),
        (_, "limit" | "longest") => format!("at most {value}"),
        (_, "size") => format!("{value} bytes"),
        (_, name) => format!("{} {value}", name.replace('_', " ")),
    }
}

/// Returns a finding about a paste as one line.
pub fn print_line(finding: &PrintFinding) -> String {
    let values =
        finding.values.iter().map(|(name, number)| format!("{} {number}", name.replace('_', " ")));
    let values = values.chain([finding.line.to_string()]);
    row(
        finding.level,
        finding.record.map(|record| record.0),
        super::lost::print_meaning(finding.code),
        values,
        finding.code.as_str(),
    )
}

fn row(
    level: Level,
    record: Option<u32>,
    meaning: &str,
    values: impl Iterator<Item = String>,
    code: &str,
) -> String {
    let mut out = format!("{:<8} ", level.as_str());
    if let Some(record) = record {
        let _ = write!(out, "record {record}: ");
    }
    out.push_str(meaning);
    let values: Vec<String> = values.collect();
    if !values.is_empty() {
        let _ = write!(out, " ({})", values.join(", "));
    }
    let _ = write!(out, " [{code}]");
    out
}

fn meaning(code: LintCode) -> &'static str {
    match code {
        LintCode::CertificateDatesUnknown => {
            "records have no certificate, so their dates are not known"
        }
        LintCode::CertificateExpired => "the certificate has expired",
        LintCode::CertificateExpiring => "the certificate expires soon",
        LintCode::CertificateNotYetValid => "the certificate is not yet valid",
        LintCode::CertificateUnreadable => "the certificate is unreadable",
        LintCode::CertificatesOver39 => {
            "more certificates than phones are known to accept in an ITL"
        }
        LintCode::ConflictingRecords => {
            "has the issuer and serial number of an earlier record, but another certificate"
        }
        LintCode::ContainerLength => "the length of a container in the header is wrong",
        LintCode::DigestSha1 => "signed with SHA-1",
        LintCode::DnsNameDiffers => "the host name is not in the certificate",
        LintCode::DuplicateRecord => "repeats an earlier record",
        LintCode::EmptiedRecord => "contains no certificate: the cluster left mixed mode",
        LintCode::FileNameUnusual => "the name inside the list is not the one that phones expect",
        LintCode::KeyShort => "the key is short",
        LintCode::KeyUnusable => "this key cannot check a signature",
        LintCode::ListBlank => "blank: a phone with this list accepts any list",
        LintCode::ListReduced => "no TFTP record: the CTL of a cluster that left mixed mode",
        LintCode::NoRecoveryAnchor => {
            "no ITLRecovery record: if the key of the signer is lost, phones accept no new list"
        }
        LintCode::NoTvsRecord => {
            "no TVS record: a phone with this list cannot ask TVS about a new signer"
        }
        LintCode::PaddingUnusual => "the padding of the header is not the usual one",
        LintCode::RecordHashDiffers => {
            "the hash in the record is not the hash of the certificate in it"
        }
        LintCode::RecordIssuerDiffers => "record and certificate name different issuers",
        LintCode::RecordKeyDiffers => "record and certificate have different keys",
        LintCode::RecordSerialDiffers => "record and certificate have different serial numbers",
        LintCode::RecordSerialReversed => {
            "the serial number has its bytes in reverse order, as in lists made with eTokens"
        }
        LintCode::RecordSignatureDiffers => "record and certificate have different signatures",
        LintCode::RecordSubjectDiffers => "record and certificate name different subjects",
        LintCode::SastOverTwo => "more than two SAST records",
        LintCode::SignerNotInList => "no record of the list names its signer",
        LintCode::SignerNotSast => "the signer is in the list, but not as SAST",
        LintCode::SignatureWrong => "the signature is wrong by the signer's key",
        LintCode::SignatureUnverifiable => "the signature cannot be checked",
        LintCode::SizeOverLimit => "too large: phones do not load it",
        LintCode::SizeNearLimit => "nearly too large for phones",
        LintCode::UnknownRole => "unknown role: phones skip the record",
        LintCode::UnknownTag => "unknown tag: phones skip it",
        LintCode::ValidityUnusual => "valid for an unusual time for this role",
        LintCode::VersionUnusual => "an unusual header version",
    }
}

/// The option that gives the certificates which a list has only by their hashes.
const CERTIFICATES_NEEDED: &str = ": give --certs DIR";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_command_line_is_told_of_its_option() {
        let values = vec![("count", LintValue::Number(4)), ("of", LintValue::Number(7))];
        let finding = LintFinding {
            code: LintCode::CertificateDatesUnknown,
            level: Level::Note,
            record: None,
            values,
        };
        let meaning = "note     4 of 7 records have no certificate, so their dates are not known";
        let code = "[certificate-dates-unknown]";
        assert_eq!(line(&finding), format!("{meaning}: give --certs DIR {code}"));
        assert_eq!(line_in(Wording::Plain, &finding), format!("{meaning} {code}"));
    }
}
