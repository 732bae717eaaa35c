//! Checks of one record against the certificate in it (`spec/FORMAT.md` section 3.1).

use super::{Level, LintCode, LintFinding, LintValue, file, finding, text};
use crate::cert::{Certificate, PublicKey};
use crate::facts::RecordIndex;
use crate::wire::{Name, Record, Role, Serial, text as string};
use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};
use sha2::Digest as _;

/// Compares serial number, names, key and signature of the record with the certificate.
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

/// Lists made with eTokens contain the reversed serial number (tag 6). This is known and harmless.
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

/// Compares names part by part. The quoted name of an eToken, padded with blanks, is compared
/// without quotes and padding.
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

/// Returns the parts of a name without quotes, blanks and case.
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

/// Compares tag 7 with the key: PKCS#1 for RSA, the point for elliptic curves. They are equal in
/// every known file.
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

/// Compares tag 11, if the record has it as well as a certificate: a SHA-1 or a SHA-256 by its
/// length.
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

/// Compares the host name of a record with the common name and the alternative names of its
/// certificate, with or without the domain. Addresses cannot be compared; CAPF, eTokens and
/// ITLRecovery have other names.
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

/// Checks if two names are one host: `ccm1` and `ccm1.voice.example` are; multi-server certificates
/// are called `ccm1-ms.voice.example`.
fn same_host(a: &str, b: &str) -> bool {
    let short = |name: &str| {
        let host = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        String::from(host.strip_suffix("-ms").unwrap_or(&host))
    };
    a.eq_ignore_ascii_case(b) || short(a) == short(b)
}

/// Reports tags without a name; phones skip them.
pub(super) fn tags(record: &Record<'_>, found: &mut Vec<LintFinding>) {
    let at = Some(RecordIndex(record.index()));
    found.extend(record.unknown().take(file::MOST_TAGS).map(|tag| file::unknown_tag(&tag, at)));
}
