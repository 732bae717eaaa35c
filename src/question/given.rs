//! Readers of given bytes: a file of this format, pasted text of CUCM's command line, certificates in PEM or DER.

use super::known;
use crate::cert::{Certificate, CertificateError};
use crate::code::ConsoleCode;
use crate::console::{self, Given, PasteError, PasteLimits, Presence, Print};
use crate::facts::{CertificateFacts, Completeness, Files, Identity, ListFacts, ListKind};
use crate::verify::SignatureVerifier;
use crate::wire::{self, Neighbour, ParseError, ParseErrorKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why bytes or text are not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GivenError {
    /// A checksum that known lists with different bytes have.
    #[error(
        "a checksum that several known lists with different bytes have, expected the list itself or its SHA-256"
    )]
    AmbiguousChecksum,
    /// A paste that shows the checksum of one list and the content of another.
    #[error(
        "a paste with the checksum of another list, expected one whose checksum and content are of one list"
    )]
    AnotherList,
    /// A list that TVS is said to know, and that is not signed with the key of its own signer.
    #[error(
        "a list whose signature is broken, so it is damaged or forged; expected the list as its server signed it"
    )]
    Broken,
    /// A list whose checksum a paste that was read before shows above the content of another list.
    #[error(
        "a checksum that another paste shows above other content, expected pastes whose checksum and content are of one list"
    )]
    ChecksumDisputed,
    /// Not a certificate in DER.
    #[error("expected a certificate in PEM or DER: {0}")]
    Certificate(CertificateError),
    /// A paste that lost a part of a list that many phones are judged by.
    #[error("{0}: expected the file itself, or a whole paste")]
    LostPart(String),
    /// No list or signed file.
    #[error(transparent)]
    Parse(ParseError),
    /// No print of a list.
    #[error(transparent)]
    Paste(PasteError),
    /// Broken PEM, and how.
    #[error("expected a PEM certificate: {0}")]
    Pem(String),
    /// PEM of something else than a certificate, by its label.
    #[error("expected a certificate, found PEM of a {}", .0.escape_debug())]
    PemLabel(String),
    /// A file with several certificates where one is expected.
    #[error("{0} certificates, expected one")]
    SeveralCertificates(usize),
    /// A bundle with too many certificates.
    #[error("more than {MAX_CERTIFICATES} certificates (cli::limits::MAX_CERTIFICATES)")]
    TooManyCertificates,
    /// A checksum, and none of the known lists has it.
    #[error("a checksum, and no known list has it")]
    UnknownChecksum,
}

/// A list by its facts, from the file itself or from a print; `None` where a print says that there is no such file.
///
/// # Errors
/// Bytes that are neither a list nor a print, or a broken one.
pub fn list<V: SignatureVerifier>(
    files: &mut Files<V>,
    bytes: impl Into<Arc<[u8]>>,
    wanted: Option<ListKind>,
    within: &PasteLimits,
) -> Result<Option<Arc<ListFacts>>, GivenError> {
    let bytes = bytes.into();
    match text(&bytes, within).map_err(GivenError::Paste)? {
        None => {
            let whole = files.list(bytes).map_err(GivenError::Parse)?;
            let disputed = files.prints_of(&whole.file).any(|print| contradicts(print, &whole));
            if disputed { Err(GivenError::ChecksumDisputed) } else { Ok(Some(whole)) }
        }
        Some(text) => {
            print(files, &console::list_within(&text, wanted, within).map_err(GivenError::Paste)?)
        }
    }
}

/// Returns what the paste of a list lost, one line each; nothing for a file. A paste that says that the server could not verify
/// the list shows a damaged or forged one, and counts too.
pub fn losses(bytes: &[u8], wanted: Option<ListKind>, within: &PasteLimits) -> Vec<String> {
    let Ok(Some(text)) = text(bytes, within) else { return Vec::new() };
    let Ok(print) = console::list_within(&text, wanted, within) else { return Vec::new() };
    let findings = print.findings().into_iter();
    findings
        .filter(|finding| finding.is_loss() || finding.code == ConsoleCode::PrintNotVerified)
        .map(|finding| finding.to_string())
        .collect()
}

/// The checksum that bytes are, if they are the text of one and nothing else.
pub(super) fn checksum(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MAX_CHECKSUM {
        return None;
    }
    known::checksum_of(core::str::from_utf8(bytes).ok()?)
}

/// Returns the facts of a print; those of the file itself when the set has the bytes that the print is of.
///
/// # Errors
/// When it shows the checksum of a list or print in the set and the content of another one: then it is no P-SAME-1.
fn print<V: SignatureVerifier>(
    files: &mut Files<V>,
    print: &Print,
) -> Result<Option<Arc<ListFacts>>, GivenError> {
    if matches!(print.presence, Presence::NotFound(_)) {
        return Ok(None);
    }
    let file = print.file(files);
    let facts = Arc::new(print.facts(file.clone()));
    match files.bytes(&file).cloned().and_then(|bytes| files.list(bytes).ok()) {
        Some(whole) if contradicts(&facts, &whole) => Err(GivenError::AnotherList),
        Some(whole) => Ok(Some(whole)),
        None if files.prints_of(&file).any(|other| contradicts(&facts, other)) => {
            Err(GivenError::ChecksumDisputed)
        }
        None => {
            files.keep_print(&facts);
            Ok(Some(facts))
        }
    }
}

/// Checks if the facts of a print are of another list than `other`, which is that list or another print of it. What a paste lost
/// contradicts nothing: a serial number that was cut is shorter, and a record that is missing may be lost.
fn contradicts(print: &ListFacts, other: &ListFacts) -> bool {
    let is_other = |one: &Identity, other: &Identity| {
        let (one, other) = (&one.serial, &other.serial);
        one != other && one.as_bytes().len() == other.as_bytes().len()
    };
    let size = print.size.zip(other.size).is_some_and(|(one, other)| one != other);
    let signers = print.signer.as_ref().zip(other.signer.as_ref());
    let is_whole = |list: &ListFacts| list.completeness == Completeness::Whole;
    let records = is_whole(print) && is_whole(other) && print.records.len() != other.records.len();
    let by_number: BTreeMap<_, _> =
        other.records.iter().map(|record| (record.index, record)).collect();
    size || records
        || signers.is_some_and(|(one, other)| is_other(one, other))
        || print.records.iter().any(|record| match by_number.get(&record.index) {
            None => is_whole(other),
            Some(other) => {
                let both = record.certificate.as_ref().zip(other.certificate.as_ref());
                record.role != other.role
                    || both.is_some_and(|(one, other)| {
                        is_other(&one.identity, &other.identity)
                            || one.fingerprint().agrees(&other.fingerprint()) == Some(false)
                    })
            }
        })
}

/// The text, if it is text that may contain a paste. Neighbours with a name of their own (an HTML page, a PEM file,
/// nothing at all) go on as bytes, so that the error names them.
///
/// # Errors
/// Where it is a longer text than is read.
pub fn text(bytes: &[u8], within: &PasteLimits) -> Result<Option<String>, PasteError> {
    let Some(text) = decoded(bytes, within)? else { return Ok(None) };
    let named = wire::parse(bytes).err().is_some_and(|error| {
        matches!(
            error.kind(),
            ParseErrorKind::NotThisFormat(
                Neighbour::Empty | Neighbour::Html | Neighbour::Pem | Neighbour::Xml
            )
        )
    });
    Ok((!named || !console::parse_within(&text, within)?.is_empty()).then_some(text))
}

/// Text, decoded if it is short enough: only then it is copied.
///
/// # Errors
/// Where it is a longer text than is read.
pub fn decoded(bytes: &[u8], within: &PasteLimits) -> Result<Option<String>, PasteError> {
    let head = bytes.get(..within.most().saturating_add(1)).unwrap_or(bytes);
    let Given::Text(text) = Given::of(head) else { return Ok(None) };
    if head.len() < bytes.len() {
        return Err(PasteError::TooLong { bytes: bytes.len(), limit: within.most() });
    }
    Ok(Some(text))
}

/// Every certificate of some bytes, in DER: one in DER, or a bundle in PEM with whatever text around. At least one.
///
/// # Errors
/// Bytes without a certificate.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, GivenError> {
    let mut ders = Vec::new();
    let mut rest = bytes;
    while let Some((block, behind)) = pem_block(rest)? {
        let (label, der) =
            der::pem::decode_vec(block).map_err(|error| GivenError::Pem(error.to_string()))?;
        if label != "CERTIFICATE" {
            return Err(GivenError::PemLabel(label.to_owned()));
        }
        if ders.len() >= MAX_CERTIFICATES {
            return Err(GivenError::TooManyCertificates);
        }
        ders.push(der);
        rest = behind;
    }
    if ders.is_empty() {
        ders.push(bytes.to_vec());
    }
    match ders.iter().find_map(|der| Certificate::parse(der).err()) {
        Some(error) => Err(GivenError::Certificate(error)),
        None => Ok(ders),
    }
}

/// The facts of a certificate in DER, remembered by the set.
///
/// # Errors
/// Bytes that are no certificate.
pub fn certificate<V: SignatureVerifier>(
    files: &mut Files<V>,
    der: &[u8],
) -> Result<Arc<CertificateFacts>, GivenError> {
    let parsed = Certificate::parse(der).map_err(GivenError::Certificate)?;
    let facts = Arc::new(CertificateFacts::from_certificate(&parsed));
    files.certificate(&facts);
    Ok(facts)
}

/// Returns the first PEM block and the text after it: people paste text around it. A block that
/// lost its begin or its end is an error: the certificate in it is not read.
fn pem_block(bytes: &[u8]) -> Result<Option<Parted<'_>>, GivenError> {
    let lost = |part: &str| GivenError::Pem(format!("a block has no {part} line"));
    let (begin, first_end) = (find(bytes, b"-----BEGIN "), find(bytes, b"-----END "));
    let (start, end) = match (begin, first_end) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(lost("END")),
        (None, Some(_)) => return Err(lost("BEGIN")),
        (Some(start), Some(end)) if end < start => return Err(lost("BEGIN")),
        (Some(start), Some(end)) => (start, end),
    };
    let whole = bytes.get(end + 9..).and_then(|label| find(label, b"-----"));
    let close = whole.ok_or_else(|| lost("END"))?;
    let block = bytes.get(start..).unwrap_or_default();
    Ok(block.split_at_checked(end - start + 9 + close + 5))
}

/// A PEM block and the text after it.
type Parted<'a> = (&'a [u8], &'a [u8]);

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Longest text that is looked at for a checksum: 32 bytes with separators, and blanks around them.
const MAX_CHECKSUM: usize = 256;

/// Most certificates that are read from one bundle.
pub const MAX_CERTIFICATES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_pem_block_is_skipped() {
        let pem = b"admin:show cert\n-----BEGIN X-----\nAA==\n-----END X-----\nadmin:";
        assert_eq!(pem_block(pem), Ok(Some((&pem[16..pem.len() - 7], &pem[pem.len() - 7..]))));
        assert_eq!(pem_block(b"admin:show cert"), Ok(None));
    }

    #[test]
    fn a_block_that_lost_its_begin_or_end_is_no_text_around_the_others() {
        let whole = std::fs::read_to_string("testdata/certs/ccm1-callmanager-1.pem").unwrap();
        let told = |text: String| certificates(text.as_bytes()).unwrap_err().to_string();
        let cut = &whole[..whole.len() / 2];
        let (_, headless) = whole.split_once('\n').unwrap();
        assert_eq!(certificates(format!("{whole}text\n{whole}").as_bytes()).unwrap().len(), 2);
        let end = "expected a PEM certificate: a block has no END line";
        assert_eq!(told(format!("{whole}{cut}")), end);
        assert_eq!(told(format!("{whole}-----BEGIN CERTIFICATE-----\n")), end);
        let begin = "expected a PEM certificate: a block has no BEGIN line";
        assert_eq!(told(format!("{whole}{headless}")), begin);
        assert_eq!(told(format!("{headless}{whole}")), begin);
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let told = |bytes: &[u8]| certificates(bytes).unwrap_err().to_string();
        assert!(told(b"").starts_with("expected a certificate in PEM or DER: certificate, "));
        assert_eq!(
            told(b"-----BEGIN EC KEY-----\nAAAA\n-----END EC KEY-----\n"),
            "expected a certificate, found PEM of a EC KEY"
        );
        assert!(
            told(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n")
                .starts_with("expected a PEM certificate: ")
        );
    }
}
