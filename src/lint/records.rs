//! One record against the certificate it carries (`spec/FORMAT.md` section 3.1).

use super::{Level, LintCode, LintFinding, LintValue, file, finding, text};
use crate::cert::{Certificate, PublicKey};
use crate::facts::RecordIndex;
use crate::wire::{Name, Record, Role, Serial, text as string};
use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};
use sha2::Digest as _;

/// Serial number, names, key and signature of the record are those of the certificate.
pub(super) fn certificate(record: &Record<'_>, found: &mut Vec<LintFinding>) {
    let Some(der) = record.certificate() else { return };
    let at = Some(RecordIndex(record.index()));
    let certificate = match Certificate::parse(der) {
        Ok(certificate) => certificate,
        Err(error) => {
            found.push(finding(
                LintCode::CertificateUnreadable,
                Level::Error,
                at,
                [("reason", text(&error.to_string()))],
            ));
            return;
        }
    };
    found.extend(serial(record, &certificate));
    found.extend(name(
        LintCode::RecordIssuerDiffers,
        Level::Error,
        record,
        record.issuer(),
        &certificate.issuer_text(),
    ));
    found.extend(name(
        LintCode::RecordSubjectDiffers,
        Level::Warning,
        record,
        record.subject(),
        &certificate.subject_text(),
    ));
    found.extend(key(record, &certificate));
    found.extend(hash(record, der));
    if record
        .certificate_signature()
        .is_some_and(|signature| !signature.is_empty() && signature != certificate.signature())
    {
        found.push(finding(LintCode::RecordSignatureDiffers, Level::Warning, at, []));
    }
}

/// Lists made with eTokens write the number backwards (tag 6): known, and no fault.
fn serial(record: &Record<'_>, certificate: &Certificate<'_>) -> Option<LintFinding> {
    let (own, theirs) =
        (Serial::from_bytes(record.serial()?), Serial::from_bytes(certificate.serial()));
    if own == theirs {
        return None;
    }
    let mut backwards = record.serial()?.to_vec();
    backwards.reverse();
    let (code, level) = match Serial::from_bytes(&backwards) == theirs {
        true => (LintCode::RecordSerialReversed, Level::Note),
        false => (LintCode::RecordSerialDiffers, Level::Error),
    };
    let values = [
        ("record_serial", LintValue::Serial(own)),
        ("certificate_serial", LintValue::Serial(theirs)),
    ];
    Some(finding(code, level, Some(RecordIndex(record.index())), values))
}

/// Names are compared by their parts. A token's name in quotes, padded with blanks, is compared without them.
fn name(
    code: LintCode,
    level: Level,
    record: &Record<'_>,
    written: Option<&[u8]>,
    theirs: &str,
) -> Option<LintFinding> {
    let (own, theirs) = (Name::from_bytes(written?), Name::new(theirs));
    if own == theirs || bare(&own) == bare(&theirs) {
        return None;
    }
    let values =
        [("record_name", LintValue::Name(own)), ("certificate_name", LintValue::Name(theirs))];
    Some(finding(code, level, Some(RecordIndex(record.index())), values))
}

/// The parts of a name without quotes, blanks and case.
fn bare(name: &Name) -> Vec<String> {
    let mut parts: Vec<String> = name
        .as_str()
        .split([';', ','])
        .map(|part| {
            part.chars()
                .filter(|c| !c.is_whitespace() && *c != '"' && *c != '\\')
                .flat_map(char::to_lowercase)
                .collect::<String>()
        })
        .filter(|part| !part.is_empty())
        .collect();
    parts.sort_unstable();
    parts
}

/// Tag 7 is PKCS#1 for RSA, the point for elliptic curves; equal to the certificate's key in every file.
fn key(record: &Record<'_>, certificate: &Certificate<'_>) -> Option<LintFinding> {
    let own = record.public_key()?;
    let theirs = match certificate.public_key() {
        PublicKey::Rsa(der) => der,
        PublicKey::Ec { point, .. } => point,
        PublicKey::Other => return None,
    };
    (own != theirs).then(|| {
        finding(LintCode::RecordKeyDiffers, Level::Error, Some(RecordIndex(record.index())), [])
    })
}

/// Tag 11, where it is there beside the certificate, by its length: SHA-1, or SHA-256.
fn hash(record: &Record<'_>, certificate: &[u8]) -> Option<LintFinding> {
    let own = record.certificate_hash()?;
    let same = match own.len() {
        20 => own == sha1::Sha1::digest(certificate).as_slice(),
        32 => own == sha2::Sha256::digest(certificate).as_slice(),
        _ => true,
    };
    (!same).then(|| {
        finding(LintCode::RecordHashDiffers, Level::Error, Some(RecordIndex(record.index())), [])
    })
}

/// The host name of a record is that of its certificate: its common name or one of its alternative names, short or
/// with the domain. Addresses cannot be compared; CAPF, tokens and ITLRecovery have names of their own.
pub(super) fn names(record: &Record<'_>, found: &mut Vec<LintFinding>) {
    let server = string(record.dns_name().unwrap_or_default());
    let server = server.trim();
    let hosts = matches!(record.role(), Role::Ccm | Role::CcmTftp | Role::Tftp | Role::Tvs);
    if !hosts || server.is_empty() || server.parse::<core::net::IpAddr>().is_ok() {
        return;
    }
    let Some(Ok(certificate)) = record.certificate().map(Certificate::parse) else { return };
    let subject = Name::new(&certificate.subject_text());
    let Some(common) = subject.common_name() else { return };
    let mut names = certificate.dns_names().unwrap_or_default();
    names.push(common.into());
    if !names.iter().any(|name| same_host(name, server)) {
        let values = [("server", text(server)), ("common_name", text(common))];
        found.push(finding(
            LintCode::DnsNameDiffers,
            Level::Note,
            Some(RecordIndex(record.index())),
            values,
        ));
    }
}

/// `ccm1` and `ccm1.voice.example` are one host; multi-server certificates are called `ccm1-ms.voice.example`.
fn same_host(a: &str, b: &str) -> bool {
    let short = |name: &str| {
        let host = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        String::from(host.strip_suffix("-ms").unwrap_or(&host))
    };
    a.eq_ignore_ascii_case(b) || short(a) == short(b)
}

/// Tags without a name: phones skip them.
pub(super) fn tags(record: &Record<'_>, found: &mut Vec<LintFinding>) {
    let at = Some(RecordIndex(record.index()));
    found.extend(record.unknown().take(file::MOST_TAGS).map(|tag| file::unknown_tag(&tag, at)));
}
