//! A pasted `show itl` or `show ctl`, and the facts about the list in it.

use super::glyph::Line;
use super::value::Value;
use crate::facts::{
    CertificateFacts, Completeness, FileId, Files, Fingerprint, Form, Identity, KeyFacts,
    ListFacts, ListKind, Name, RecordFacts, RecordIndex, Serial,
};
use crate::verify::SignatureVerifier;
use crate::wire::{DigestAlgorithm, Role};
use alloc::string::ToString;
use alloc::{string::String, sync::Arc, vec::Vec};

/// One print of `show itl` or `show ctl`.
///
/// A print carries names, serial numbers, roles and hashes; it carries no key, no date, no digest, no address and
/// not the name inside the file. [`Print::facts`] makes of it what every other command works on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Print {
    /// ITL or CTL, as the print says.
    pub kind: ListKind,
    /// Where it begins.
    pub line: Line,
    /// MD5 of the whole file.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex_or_null"))]
    pub md5: Option<[u8; 16]>,
    /// SHA-1 of the whole file.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::hex_or_null"))]
    pub sha1: Option<[u8; 20]>,
    /// Size of the file.
    pub size: Option<u64>,
    /// "The ITL File was last modified on": as printed.
    pub modified: Option<String>,
    /// Version of the header.
    pub version: Option<(u8, u8)>,
    /// Length of the header.
    pub header_length: Option<u16>,
    /// The rows of the header.
    pub header: Vec<Row>,
    /// The records.
    pub records: Vec<PrintedRecord>,
    /// The server's statement about the signature.
    pub verified: Verified,
    /// Whether there is such a file at all.
    pub presence: Presence,
    /// True if a cut is marked (`[...]`), or the text ends inside a record.
    pub cut: Option<Line>,
}

/// The server's statement about the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Verified {
    /// It says that it failed, or a whole print lacks the line that says otherwise.
    No(Line),
    /// The print ends before that.
    NotSaid,
    /// "The ITL file was verified successfully."
    Yes(Line),
}

/// Whether there is a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Presence {
    /// "CTL File not found", or a length of 0: normal for a cluster that never was in mixed mode.
    NotFound(Line),
    /// It was printed.
    Printed,
}

/// One row: number, length and value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Row {
    /// The tag.
    pub tag: u8,
    /// The length column.
    pub length: u16,
    /// The value.
    pub value: Value,
    /// Its line.
    pub line: Line,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PrintedRecord {
    /// Its printed number.
    pub index: RecordIndex,
    /// Where it begins.
    pub line: Line,
    /// Its rows, in the order of the print.
    pub rows: Vec<Row>,
    /// "This etoken was (not) used to sign the file", if that is said.
    pub signed_this_file: Option<bool>,
    /// "Signature Verified successfully": an old tool's word on the record's certificate.
    pub checked: Option<bool>,
    /// Where a hash is printed that cannot be read.
    pub hash_unread: Option<Line>,
}

impl PrintedRecord {
    /// The first row of a tag.
    pub fn row(&self, tag: u8) -> Option<&Row> {
        self.rows.iter().find(|row| row.tag == tag)
    }

    /// The record's own length (tag 1).
    pub fn length(&self) -> Option<u16> {
        number(self.row(1))
    }

    /// Returns the sum of the rows: 3 bytes each, and the value (`spec/FORMAT.md` section 3.1). `None` without rows.
    pub fn added(&self) -> Option<u64> {
        let rest = self.rows.iter().filter(|row| row.tag != 1);
        let sum =
            rest.fold(5u64, |sum, row| sum.saturating_add(3).saturating_add(u64::from(row.length)));
        (self.rows.len() > 1).then_some(sum)
    }

    /// The role.
    pub fn role(&self) -> Option<Role> {
        match self.row(4)?.value {
            Value::Role(role) => Some(role),
            _ => None,
        }
    }

    /// The host name.
    pub fn server(&self) -> &str {
        self.row(2).and_then(text).unwrap_or_default()
    }

    /// The address, where the print shows one.
    pub fn address(&self) -> Option<core::net::IpAddr> {
        text(self.row(10)?)?.parse().ok()
    }

    /// The subject.
    pub fn subject(&self) -> Option<&str> {
        self.row(3).and_then(text)
    }

    /// Issuer and serial number, where both are printed whole.
    pub fn identity(&self) -> Option<Identity> {
        identity(self.row(5), self.row(6))
    }

    /// Returns the hash of the certificate.
    pub fn fingerprint(&self) -> Fingerprint {
        let bytes = self.row(9).or_else(|| self.row(11)).and_then(bytes).unwrap_or_default();
        Fingerprint { sha1: bytes.try_into().ok(), sha256: bytes.try_into().ok() }
    }

    /// How much of the certificate the record holds.
    pub fn form(&self) -> Form {
        let has = |tag| self.row(tag).is_some();
        match () {
            () if has(9) => Form::Certificate,
            () if has(11) => Form::Hash,
            () if has(3) || has(6) || has(7) => Form::None,
            () => Form::Empty,
        }
    }

    /// Are all rows there, by their sum, and are the role and what names a certificate read?
    fn is_whole(&self) -> bool {
        self.length().is_some() && self.added() == self.length().map(u64::from) && self.is_named()
    }

    /// Are the role and what names a certificate read?
    pub(super) fn is_named(&self) -> bool {
        // A list may hold a record with an issuer and no serial number, or the other way round.
        let one_of_two = self.row(5).xor(self.row(6)).is_some();
        let named = self.identity().is_some() || one_of_two || self.row(5).is_none();
        self.role().is_some() && named
    }

    fn facts(&self) -> Option<RecordFacts> {
        let certificate = self.identity().map(|identity| {
            let subject = Name::new(self.subject().unwrap_or_default());
            let facts = CertificateFacts::new(identity, subject, KeyFacts::Unknown);
            Arc::new(facts.with_fingerprint(self.fingerprint()))
        });
        Some(RecordFacts {
            index: self.index,
            role: self.role()?,
            server: Arc::from(self.server()),
            address: self.address(),
            form: self.form(),
            certificate,
        })
    }
}

impl Print {
    /// The first header row of a tag.
    pub fn row(&self, tag: u8) -> Option<&Row> {
        self.header.iter().find(|row| row.tag == tag)
    }

    /// Who claims to have signed: by the header, else by the record that the print marks.
    pub fn signer(&self) -> Option<Identity> {
        identity(self.row(6), self.row(5)).or_else(|| self.signing_record()?.identity())
    }

    /// The signer's serial number, also where the issuer is missing.
    pub fn signer_serial(&self) -> Option<Serial> {
        let header = self.row(5).and_then(bytes);
        let serial = header.or_else(|| self.signing_record()?.row(6).and_then(bytes));
        serial.map(Serial::from_bytes)
    }

    /// The signer's subject.
    pub fn signer_subject(&self) -> Option<&str> {
        self.row(4).and_then(text).or_else(|| self.signing_record()?.subject())
    }

    /// Returns the record that signed the file, as the paste says.
    pub fn signing_record(&self) -> Option<&PrintedRecord> {
        self.records.iter().find(|record| record.signed_this_file == Some(true))
    }

    /// Returns the sum of the header's rows without padding (`spec/FORMAT.md` section 1): containers count 3, what is one
    /// byte long by the format counts so whatever an old tool prints. `None` where the header is not printed.
    pub fn header_added(&self) -> Option<u64> {
        self.row(12)?;
        let sum = self.header.iter().fold(10u64, |sum, row| {
            let value = match row.tag {
                3 | 7 | 9 => 0,
                8 | 10 | 11 => 1,
                _ => u64::from(row.length),
            };
            sum.saturating_add(3).saturating_add(value)
        });
        Some(sum)
    }

    /// Returns the sum of header and records; `None` if a length is not printed.
    pub fn file_added(&self) -> Option<u64> {
        let header = u64::from(self.header_length?);
        self.records
            .iter()
            .try_fold(header, |sum, record| sum.checked_add(u64::from(record.length()?)))
    }

    /// Whether anything of the list can be read: a checksum, its size, its signer, or what a record holds.
    pub fn is_readable(&self) -> bool {
        let of_record = |record: &PrintedRecord| {
            record.role().is_some() || record.identity().is_some() || !record.server().is_empty()
        };
        matches!(self.presence, Presence::NotFound(_))
            || self.md5.is_some()
            || self.sha1.is_some()
            || self.size.is_some()
            || self.signer_serial().is_some()
            || self.records.iter().any(of_record)
    }

    /// Whether every record is there with role and serial number.
    pub fn completeness(&self) -> Completeness {
        let all_there = match (self.size, self.file_added()) {
            (Some(size), Some(added)) => size == added,
            (None, _) | (Some(_), None) => false,
        };
        let in_order =
            self.records.iter().zip(1u32..).all(|(record, index)| record.index.0 == index);
        let whole = all_there
            && in_order
            && self.signer().is_some()
            && self.records.iter().all(PrintedRecord::is_whole);
        if whole { Completeness::Whole } else { Completeness::Partial }
    }

    /// Adds the print to a set of files and returns the id that its facts have there: the one of the list itself, if a checksum of
    /// the print is that of a list in the set.
    pub fn file<V: SignatureVerifier>(&self, files: &mut Files<V>) -> FileId {
        let unnamed = self.md5.is_none() && self.sha1.is_none();
        files.print(self.md5, self.sha1, &if unnamed { self.to_string() } else { String::new() })
    }

    /// The print as facts. Records whose role was lost are left out; the list then is [`Completeness::Partial`]. The
    /// digest is taken as SHA-1, the only one in any real file (`spec/FORMAT.md` tag 8): the signature cannot be checked
    /// of a print, so what needs it stays open anyway.
    pub fn facts(&self, file: FileId) -> ListFacts {
        ListFacts {
            file,
            kind: self.kind,
            signer: self.signer(),
            signer_subject: Name::new(self.signer_subject().unwrap_or_default()),
            digest: DigestAlgorithm::Sha1,
            key_bits: self.row(12).map(|row| u32::from(row.length).saturating_mul(8)),
            file_name: None,
            timestamp: None,
            size: self.size,
            records: self.records.iter().filter_map(PrintedRecord::facts).collect(),
            completeness: self.completeness(),
        }
    }
}

/// The text of a row. A name that does not fit its length distinguishes no certificates, and is reported by `print-name-unsure`.
pub(super) fn text(row: &Row) -> Option<&str> {
    match &row.value {
        Value::Text(text) => Some(text),
        Value::Unsure(text) if row.tag != 5 && row.tag != 6 => Some(text),
        _ => None,
    }
}

fn bytes(row: &Row) -> Option<&[u8]> {
    match &row.value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn number(row: Option<&Row>) -> Option<u16> {
    match row?.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn identity(issuer: Option<&Row>, serial: Option<&Row>) -> Option<Identity> {
    Some(Identity {
        serial: Serial::from_bytes(bytes(serial?)?),
        issuer: Name::new(text(issuer?)?),
    })
}
