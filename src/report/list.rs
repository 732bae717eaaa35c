//! `show` and `verify`: one list or signed file, as JSON (`trustlist.list/1`) and as a text that a person reads.

use super::{Plain, Wording, hex};
use crate::cert::Certificate;
use crate::facts::Timestamp;
use crate::verify::{
    self, KeySource, OwnSignature, OwnVerification, SignatureOutcome, SignatureVerifier,
    Verification,
};
use crate::wire::{
    Field, File, Header, ListName, ParseError, Record, SignedFile, TrustList, UnknownTag, text,
};
use serde::Serialize;
use sha1::Digest;
use std::fmt::{self, Write};

/// The schema of a list or signed file.
pub(crate) const LIST_SCHEMA: &str = "trustlist.list/1";

/// One list or signed file, ready to be shown.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "List", transform = super::schema::with_file))]
pub struct ListReport {
    /// `trustlist.list/1`.
    #[cfg_attr(test, schemars(extend("const" = LIST_SCHEMA)))]
    pub(crate) schema: &'static str,
    /// `itl`, `ctl`, `list` or `signed-file`.
    #[cfg_attr(test, schemars(extend("enum" = ["itl", "ctl", "list", "signed-file"])))]
    pub(crate) kind: &'static str,
    /// `binary` or `text`.
    #[cfg_attr(test, schemars(extend("enum" = ["binary", "text"])))]
    pub(crate) source: &'static str,
    /// Size in bytes.
    pub(crate) size: Option<u64>,
    /// MD5 of the whole file, as phones and `show itl` print it.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) md5: Option<String>,
    /// SHA-1 of the whole file.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) sha1: Option<String>,
    /// The header.
    pub(crate) header: HeaderReport,
    /// The outcome of the signature.
    pub(crate) signature: SignatureReport,
    /// The records; none for a signed file.
    pub(crate) records: Vec<RecordReport>,
    /// Findings of `lint`.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::AnyFinding>"))]
    pub(crate) findings: Vec<crate::json::Value>,
    /// How the text names what is missing; the document names options in both wordings.
    #[serde(skip)]
    pub(crate) wording: Wording,
}

/// The header of a file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Header"))]
pub(crate) struct HeaderReport {
    /// `1.2`.
    pub(crate) version: Option<String>,
    /// Bytes before the first record or the payload.
    pub(crate) header_length: Option<u64>,
    /// The signer's subject.
    pub(crate) signer: Option<String>,
    /// The issuer of the signer's certificate.
    pub(crate) issuer: Option<String>,
    /// The serial number of the signer's certificate, as in the file.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) serial: Option<String>,
    /// `sha1`, `sha256`, `sha512` or `digest-N`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::DigestWord>"))]
    pub(crate) digest: Option<String>,
    /// The name in the header.
    pub(crate) file_name: Option<String>,
    /// When the file was made.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    pub(crate) timestamp: Option<String>,
    /// Tags without a name.
    pub(crate) unknown: Vec<UnknownReport>,
}

/// A tag without a name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Unknown"))]
pub(crate) struct UnknownReport {
    /// The tag.
    pub(crate) tag: u8,
    /// Its length in bytes.
    pub(crate) length: usize,
    /// Its place in the file.
    pub(crate) offset: usize,
}

/// The outcome of the signature.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Signature"))]
pub(crate) struct SignatureReport {
    /// `valid`, `invalid`, `not-verifiable` or `not-checked`.
    #[cfg_attr(test, schemars(extend("enum" = ["valid", "invalid", "not-verifiable", "not-checked"])))]
    pub(crate) outcome: &'static str,
    /// Why, if it is not valid.
    pub(crate) reason: Option<String>,
    /// Where the key came from: `certificate`, `public-key` (tag 7 of a record without its certificate) or `given`.
    #[cfg_attr(test, schemars(extend("enum" = ["certificate", "public-key", "given", null])))]
    pub(crate) key: Option<&'static str>,
    /// Whose word the key is: `own`, the file's (`valid` then means consistent: anybody can sign with a key of their own), or
    /// `given`, that of a list or certificate from outside.
    #[cfg_attr(test, schemars(extend("enum" = ["own", "given", null])))]
    pub(crate) anchor: Option<&'static str>,
}

/// One record.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Record"))]
pub(crate) struct RecordReport {
    /// Its position, from 1.
    pub(crate) index: u32,
    /// The role of its certificate.
    #[cfg_attr(test, schemars(with = "super::schema::RecordRole"))]
    pub(crate) role: String,
    /// The host name.
    pub(crate) server: Option<String>,
    /// The address.
    pub(crate) address: Option<String>,
    /// The subject.
    pub(crate) subject: Option<String>,
    /// The issuer.
    pub(crate) issuer: Option<String>,
    /// The serial number, as in the file.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) serial: Option<String>,
    /// The key: `RSA 2048`.
    pub(crate) key: Option<String>,
    /// Start of the certificate's validity.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    pub(crate) not_before: Option<String>,
    /// End of the certificate's validity.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    pub(crate) not_after: Option<String>,
    /// SHA-1 of the certificate.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) sha1: Option<String>,
    /// SHA-256 of the certificate.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) sha256: Option<String>,
    /// `present`, `hash` or `none`.
    #[cfg_attr(test, schemars(extend("enum" = ["present", "hash", "none"])))]
    pub(crate) certificate: &'static str,
    /// The reason if the certificate is unreadable.
    pub(crate) certificate_error: Option<String>,
    /// True if the header names this record's certificate as signer.
    pub(crate) signed_this_file: bool,
    /// Where the record starts in the file.
    pub(crate) offset: Option<usize>,
    /// Its length in bytes.
    pub(crate) length: Option<usize>,
    /// Tags without a name.
    pub(crate) unknown: Vec<UnknownReport>,
}

impl ListReport {
    /// A parsed file, its signature checked as far as the file itself allows.
    ///
    /// # Errors
    /// [`ParseError`] where a record is broken.
    pub fn of(file: &File<'_>, verifier: &dyn SignatureVerifier) -> Result<Self, ParseError> {
        match file {
            File::List(list) => Self::of_list(list, verify::check_own_signature(list, verifier)?),
            File::Signed(signed) => Ok(Self::of_signed_file(signed, None)),
        }
    }

    /// A list whose signature was checked by its own signer record.
    ///
    /// # Errors
    /// [`ParseError`] where a record is broken.
    pub fn of_list(
        list: &TrustList<'_>,
        verification: OwnVerification,
    ) -> Result<Self, ParseError> {
        Self::of_list_signed_by(list, verification.signer, SignatureReport::of_own(&verification))
    }

    /// A list whose signature was checked against a list or certificate from outside; `own` is what it shows by itself.
    ///
    /// # Errors
    /// [`ParseError`] where a record is broken.
    pub fn of_list_with(
        list: &TrustList<'_>,
        own: OwnVerification,
        verification: Verification,
    ) -> Result<Self, ParseError> {
        Self::of_list_signed_by(list, own.signer, SignatureReport::of(&verification))
    }

    /// Adds what `lint` finds in the list, as documents.
    pub fn set_findings(&mut self, findings: Vec<crate::json::Value>) {
        self.findings = findings;
    }

    /// Returns the outcome of the signature: `valid`, `invalid`, `not-verifiable` or `not-checked`.
    pub const fn signature_outcome(&self) -> &'static str {
        self.signature.outcome
    }

    /// Returns the outcome of the signature in words.
    pub fn signature_sentence(&self) -> String {
        self.signature.sentence(self.wording)
    }

    /// Returns the report with its sentences in a wording; its document stays the same.
    #[doc(hidden)]
    #[must_use]
    pub fn with_wording(mut self, wording: Wording) -> Self {
        self.wording = wording;
        self
    }

    /// Checks if the signature is right by the key that the file itself contains, which says nothing about its origin.
    pub fn is_self_consistent(&self) -> bool {
        (self.signature.outcome, self.signature.anchor) == ("valid", Some("own"))
    }

    /// Returns the digest and the signer that the header names, for one line.
    pub fn signed_by(&self) -> String {
        let signer = self.header.signer.as_deref().unwrap_or("an unnamed signer");
        let digest = self.header.digest.as_deref().unwrap_or("unknown digest");
        format!("{digest}, by {}", Plain(signer))
    }

    /// Returns the SHA-1 of the certificate that signed the list, if it is in the list.
    pub fn signer_sha1(&self) -> Option<&str> {
        self.records.iter().find(|record| record.signed_this_file)?.sha1.as_deref()
    }

    fn of_list_signed_by(
        list: &TrustList<'_>,
        signer: Option<u32>,
        signature: SignatureReport,
    ) -> Result<Self, ParseError> {
        let signs = |record: &Record<'_>| signer == Some(record.index());
        let records: Result<Vec<_>, _> = list
            .records()
            .map(|record| record.map(|record| RecordReport::of(&record, signs(&record))))
            .collect();
        let kind = match list.name() {
            ListName::Ctl => "ctl",
            ListName::Itl => "itl",
            ListName::Other => "list",
        };
        Ok(Self::new(kind, list.as_bytes(), list.header(), signature, records?))
    }

    /// A signed file; without a verification its signature is not checked.
    pub fn of_signed_file(signed: &SignedFile<'_>, verification: Option<Verification>) -> Self {
        let unchecked = SignatureReport {
            outcome: if signed.is_firmware() { "not-verifiable" } else { "not-checked" },
            reason: Some(if signed.is_firmware() {
                verify::NotVerifiable::Firmware.to_string()
            } else {
                NEEDS_A_SIGNER.into()
            }),
            key: None,
            anchor: None,
        };
        let signature =
            verification.map_or(unchecked, |verification| SignatureReport::of(&verification));
        Self::new("signed-file", signed.as_bytes(), signed.header(), signature, Vec::new())
    }

    fn new(
        kind: &'static str,
        bytes: &[u8],
        header: &Header<'_>,
        signature: SignatureReport,
        records: Vec<RecordReport>,
    ) -> Self {
        Self {
            schema: LIST_SCHEMA,
            kind,
            source: "binary",
            size: u64::try_from(bytes.len()).ok(),
            md5: Some(hex(&md5::Md5::digest(bytes))),
            sha1: Some(hex(&sha1::Sha1::digest(bytes))),
            header: HeaderReport::of(header),
            signature,
            records,
            findings: Vec::new(),
            wording: Wording::default(),
        }
    }
}

impl HeaderReport {
    fn of(header: &Header<'_>) -> Self {
        Self {
            version: Some(header.version().to_string()),
            header_length: Some(header.length().into()),
            signer: header.signer_name().map(text),
            issuer: Some(text(header.issuer())),
            serial: Some(hex(header.serial())),
            digest: Some(header.digest().to_string()),
            file_name: header.file_name().map(text),
            timestamp: header.timestamp().map(|seconds| Timestamp(seconds.into()).to_string()),
            unknown: header.unknown().map(UnknownReport::of).collect(),
        }
    }
}

impl UnknownReport {
    fn of(tag: UnknownTag<'_>) -> Self {
        Self { tag: tag.tag, length: tag.value.len(), offset: tag.offset }
    }
}

impl SignatureReport {
    fn of(verification: &Verification) -> Self {
        let (outcome, reason) = match verification.outcome {
            SignatureOutcome::Valid => ("valid", None),
            SignatureOutcome::Invalid(why) => ("invalid", Some(why.to_string())),
            SignatureOutcome::NotVerifiable(why) => ("not-verifiable", Some(why.to_string())),
        };
        Self { outcome, reason, key: Self::key(verification.key), anchor: Some("given") }
    }

    fn of_own(verification: &OwnVerification) -> Self {
        let (outcome, reason) = match verification.outcome {
            OwnSignature::Consistent => ("valid", None),
            OwnSignature::Invalid(why) => ("invalid", Some(why.to_string())),
            OwnSignature::NotVerifiable(why) => ("not-verifiable", Some(why.to_string())),
        };
        Self { outcome, reason, key: Self::key(verification.key), anchor: Some("own") }
    }

    fn key(source: Option<KeySource>) -> Option<&'static str> {
        source.map(|key| match key {
            KeySource::Certificate => "certificate",
            KeySource::Given => "given",
            KeySource::PublicKey => "public-key",
        })
    }
}

impl RecordReport {
    fn of(record: &Record<'_>, signed_this_file: bool) -> Self {
        let parsed = record.certificate().map(Certificate::parse);
        let certificate = parsed.as_ref().and_then(|parsed| parsed.as_ref().ok());
        let hash = record.certificate_hash();
        Self {
            index: record.index(),
            role: record.role().to_string(),
            server: record
                .dns_name()
                .map(|name| text(name).trim().to_owned())
                .filter(|name| !name.is_empty()),
            address: record.address().map(|address| address.to_string()),
            subject: record.subject().map(text),
            issuer: record.issuer().map(text),
            serial: record.serial().map(hex),
            key: key(record, certificate),
            not_before: certificate.map(|found| found.validity().not_before.to_string()),
            not_after: certificate.map(|found| found.validity().not_after.to_string()),
            sha1: record
                .certificate()
                .map(|der| hex(&sha1::Sha1::digest(der)))
                .or_else(|| hash_of(hash, 20)),
            sha256: record
                .certificate()
                .map(|der| hex(&sha2::Sha256::digest(der)))
                .or_else(|| hash_of(hash, 32)),
            certificate: match (record.certificate(), hash) {
                (Some(_), _) => "present",
                (None, Some(_)) => "hash",
                (None, None) => "none",
            },
            certificate_error: parsed.and_then(Result::err).map(|error| error.to_string()),
            signed_this_file,
            offset: Some(record.range().start),
            length: Some(record.range().len()),
            unknown: record.unknown().map(UnknownReport::of).collect(),
        }
    }
}

fn hash_of(hash: Option<&[u8]>, length: usize) -> Option<String> {
    hash.filter(|hash| hash.len() == length).map(hex)
}

/// The key of the certificate; if there is none, what tag 7 looks like.
fn key(record: &Record<'_>, certificate: Option<&Certificate<'_>>) -> Option<String> {
    if let Some(certificate) = certificate {
        return Some(certificate.public_key().to_string());
    }
    match record.public_key()? {
        [] => None,
        // An uncompressed point: 4, then two coordinates.
        [4, coordinates @ ..] => Some(format!("EC, {} bits", coordinates.len() * 4)),
        der => Some(
            crate::cert::modulus_bits(der)
                .map_or_else(|| "unreadable".into(), |bits| format!("RSA {bits}")),
        ),
    }
}

/// A parse error as one line for a person: where, what, what was expected.
pub fn parse_error(name: &str, error: &ParseError) -> String {
    match error.field() {
        Field::File => format!("{}: {error}", Plain(name)),
        _ => format!("{}: broken at {error}", Plain(name)),
    }
}

impl fmt::Display for ListReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.records.iter().try_for_each(|record| write!(f, "{record}"))
    }
}

impl ListReport {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            "itl" => "ITL",
            "ctl" => "CTL",
            "list" => "trust list",
            _ => "signed file",
        };
        let header = &self.header;
        f.write_str(kind)?;
        optional(f, ", version ", header.version.as_ref())?;
        optional(f, ", ", self.size.map(|size| format!("{size} bytes")).as_ref())?;
        if self.kind != "signed-file" {
            write!(f, ", {} records", self.records.len())?;
        }
        f.write_char('\n')?;
        line(f, "name inside", header.file_name.as_deref())?;
        line(f, "made", header.timestamp.as_deref())?;
        line(f, "MD5", self.md5.as_deref())?;
        line(f, "SHA-1", self.sha1.as_deref())?;
        line(f, "signer", header.signer.as_deref())?;
        let issuer =
            header.issuer.as_deref().filter(|issuer| Some(*issuer) != header.signer.as_deref());
        line(f, "issuer", issuer)?;
        line(f, "serial", header.serial.as_deref())?;
        line(f, "digest", header.digest.as_deref())?;
        line(f, "signature", Some(&self.signature_sentence()))?;
        unknown(f, &header.unknown)
    }
}

impl SignatureReport {
    /// Returns `valid`, `consistent` if the key is that of the file itself, or the fault and its reason.
    fn sentence(&self, wording: Wording) -> String {
        let outcome = match self.outcome {
            "valid" if self.anchor == Some("own") => CONSISTENT,
            "invalid" => "INVALID",
            "not-verifiable" => "not verifiable",
            "not-checked" => "not checked",
            other => other,
        };
        let key = if self.key == Some("public-key") {
            " (key of the record; its certificate is not in the list)"
        } else {
            ""
        };
        match (self.reason.as_deref(), wording) {
            (Some(NEEDS_A_SIGNER), Wording::Plain) => format!("{outcome}: {NEEDS_A_LIST}"),
            (Some(reason), _) => format!("{outcome}: {reason}"),
            (None, _) => format!("{outcome}{key}"),
        }
    }
}

impl fmt::Display for RecordReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{:>3}  {:<9}", self.index, self.role)?;
        optional(f, "  ", self.server.as_ref())?;
        optional(
            f,
            "  ",
            self.address.as_ref().filter(|address| Some(*address) != self.server.as_ref()),
        )?;
        f.write_str(if self.signed_this_file { "  <- signed this file\n" } else { "\n" })?;
        line(f, "subject", self.subject.as_deref())?;
        let issuer = if self.issuer == self.subject {
            self.issuer.as_ref().map(|_| "itself")
        } else {
            self.issuer.as_deref()
        };
        line(f, "issuer", issuer)?;
        line(f, "serial", self.serial.as_deref())?;
        line(f, "key", self.key.as_deref())?;
        line(f, "valid", self.validity().as_deref())?;
        line(f, "SHA-1", self.sha1.as_deref())?;
        line(f, "certificate", self.certificate_sentence().as_deref())?;
        unknown(f, &self.unknown)
    }
}

impl RecordReport {
    fn validity(&self) -> Option<String> {
        let day = |date: &String| date.get(..10).unwrap_or(date).to_owned();
        Some(format!(
            "{} to {}",
            self.not_before.as_ref().map(day)?,
            self.not_after.as_ref().map(day)?
        ))
    }

    /// Returns a remark about a certificate that is missing or unreadable.
    fn certificate_sentence(&self) -> Option<String> {
        match (self.certificate, &self.certificate_error) {
            (_, Some(error)) => Some(format!("unreadable: {error}")),
            ("hash", None) => Some("only its hash is in the list".into()),
            ("none", None) if self.subject.is_none() => Some("none: an emptied record".into()),
            ("none", None) => Some("none".into()),
            _ => None,
        }
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&str>) -> fmt::Result {
    value.map_or(Ok(()), |value| writeln!(f, "     {name:<12} {}", Plain(value)))
}

fn optional(f: &mut fmt::Formatter<'_>, before: &str, value: Option<&String>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, "{before}{}", Plain(value)))
}

fn unknown(f: &mut fmt::Formatter<'_>, tags: &[UnknownReport]) -> fmt::Result {
    tags.iter().take(MAX_UNKNOWN_LINES).try_for_each(|tag| {
        line(
            f,
            "unknown tag",
            Some(&format!("{} of {} bytes at byte 0x{:04x}", tag.tag, tag.length, tag.offset)),
        )
    })?;
    match tags.len().checked_sub(MAX_UNKNOWN_LINES) {
        Some(more @ 1..) => line(f, "unknown tag", Some(&format!("and {more} more"))),
        _ => Ok(()),
    }
}

/// More unknown tags than this are only counted in the text; the JSON has them all.
const MAX_UNKNOWN_LINES: usize = 8;
const NEEDS_A_SIGNER: &str = "a signed file does not carry its signer's key: give --with LIST.tlv or --signer CERT.pem to verify";
/// The same for programs without options.
const NEEDS_A_LIST: &str =
    "a signed file does not carry its signer's key: a list with that key is needed to verify it";
/// A list that is signed with the key that it carries proves no more than that.
const CONSISTENT: &str = "consistent: signed with the key that the file itself contains";
