//! The facts of a list that a paste has, and those that it has not.

use super::print::{Presence, Print, PrintedRecord, Row, Verified};
use super::render::escaped;
use super::{Line, Value};
use crate::facts::{
    CertificateFacts, Fingerprint, Form, KeyFacts, ListFacts, ListKind, Name, RecordFacts,
    RecordIndex,
};
use crate::wire::{DigestAlgorithm, Identity, ListName, ParseError, Record, Role, TrustList, text};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use md5::Digest as _;

/// The result of the server's own signature check: the last line of a paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum SignatureWord {
    /// The signature is right.
    Good,
    /// The signature is wrong, or could not be checked.
    NotGood,
}

impl Print {
    /// Makes the output of `show itl` or `show ctl` for this list. `Display` writes it.
    ///
    /// # Errors
    /// [`ParseError`] where a record is broken.
    pub fn from_list(list: &TrustList<'_>, signature: SignatureWord) -> Result<Self, ParseError> {
        let header = list.header();
        let (signer, mut found) = (header.signer(), false);
        let mut records = Vec::new();
        for record in list.records() {
            records.push(record_print(&record?, &signer, &mut found));
        }
        Ok(Self {
            kind: match list.name() {
                ListName::Ctl => ListKind::Ctl,
                ListName::Itl | ListName::Other => ListKind::Itl,
            },
            line: Line::default(),
            md5: Some(md5::Md5::digest(list.as_bytes()).into()),
            sha1: Some(sha1::Sha1::digest(list.as_bytes()).into()),
            size: u64::try_from(list.as_bytes().len()).ok(),
            modified: None,
            version: Some((header.version().major, header.version().minor)),
            header_length: Some(header.length()),
            header: header_rows(list),
            records,
            verified: match signature {
                SignatureWord::Good => Verified::Yes(Line::default()),
                SignatureWord::NotGood => Verified::No(Line::default()),
            },
            presence: Presence::Printed,
            cut: None,
        })
    }
}

/// The header's rows in the order of the file (`spec/FORMAT.md` section 2).
fn header_rows(list: &TrustList<'_>) -> Vec<Row> {
    let header = list.header();
    let known = (FIRST_ROW..=LAST_ROW).filter_map(|tag| {
        let range = header.tag_range(tag)?;
        let bytes = list.as_bytes().get(range.clone())?;
        let stated = u16::from_be_bytes(bytes.get(1..3)?.try_into().ok()?);
        Some((range.start, header_row(tag, stated, bytes.get(3..).unwrap_or_default())))
    });
    let unknown = header
        .unknown()
        .map(|found| (found.offset, row(found.tag, found.value.len(), Value::Absent)));
    let mut rows: Vec<(usize, Row)> = known.chain(unknown).collect();
    rows.sort_by_key(|&(offset, _)| offset);
    rows.into_iter().map(|(_, row)| row).collect()
}

const FIRST_ROW: u8 = 3;
const LAST_ROW: u8 = 28;

fn header_row(tag: u8, stated: u16, value: &[u8]) -> Row {
    match tag {
        3 | 7 | 9 => row(tag, 2, Value::Number(stated)),
        4 | 6 => row(tag, value.len(), Value::Text(text(value))),
        5 | 12 => row(tag, value.len(), Value::Bytes(value.to_vec())),
        16 | 17 | 21 => row(tag, usize::from(stated), Value::Absent),
        _ => row(tag, value.len(), Value::Absent),
    }
}

fn record_print(record: &Record<'_>, signer: &Identity, found: &mut bool) -> PrintedRecord {
    let signs =
        !*found && record.role() == Role::Sast && record.identity().as_ref() == Some(signer);
    *found |= signs;
    PrintedRecord {
        index: RecordIndex(record.index()),
        line: Line::default(),
        rows: record.tags().map(|found| record_row(record, found.tag, found.value)).collect(),
        signed_this_file: (record.role() == Role::Sast).then_some(signs),
        checked: None,
        hash_unread: None,
    }
}

fn record_row(record: &Record<'_>, tag: u8, value: &[u8]) -> Row {
    let shown = match tag {
        1 => Value::Number(u16::try_from(record.as_bytes().len()).unwrap_or(u16::MAX)),
        2 | 3 | 5 => Value::Text(text(value)),
        4 => Value::Role(record.role()),
        6 | 11 => Value::Bytes(value.to_vec()),
        9 => Value::Bytes(sha1::Sha1::digest(value).to_vec()),
        12 => Value::Text(hash_name(value)),
        _ => Value::Absent,
    };
    row(tag, value.len(), shown)
}

fn hash_name(value: &[u8]) -> String {
    match value {
        [1] => String::from("SHA-1"),
        [2] => String::from("SHA-256"),
        [3] => String::from("SHA-512"),
        other => other.iter().fold(String::new(), |text, byte| format!("{text}{byte}")),
    }
}

fn row(tag: u8, length: usize, value: Value) -> Row {
    Row { tag, length: u16::try_from(length).unwrap_or(u16::MAX), value, line: Line::default() }
}

/// Returns the facts of a list that a paste has. This function defines them.
///
/// Lost are the keys, the dates, the addresses, the digest (taken as SHA-1), the name inside the file, its time-stamp
/// and the SHA-256 of certificates. Names come back with control characters and odd blanks written `\xNN`, and runs of
/// blanks may come back as one. A list that is neither ITL nor CTL prints as an ITL.
pub fn carried(facts: &ListFacts) -> ListFacts {
    ListFacts {
        file: facts.file.clone(),
        kind: if facts.kind == ListKind::Ctl { ListKind::Ctl } else { ListKind::Itl },
        signer: facts.signer.as_ref().map(carried_identity),
        signer_subject: carried_name(&facts.signer_subject),
        digest: DigestAlgorithm::Sha1,
        key_bits: facts.key_bits,
        file_name: None,
        timestamp: None,
        size: facts.size,
        records: facts.records.iter().map(carried_record).collect(),
        completeness: facts.completeness,
    }
}

fn carried_record(record: &RecordFacts) -> RecordFacts {
    RecordFacts {
        index: record.index,
        role: record.role,
        server: Arc::from(one_blank(&escaped(&record.server)).as_str()),
        address: None,
        form: record.form,
        certificate: record
            .certificate
            .as_ref()
            .map(|found| Arc::new(carried_certificate(found, record.form))),
    }
}

fn carried_certificate(found: &CertificateFacts, form: Form) -> CertificateFacts {
    let fingerprint = match (found.fingerprint(), form) {
        (Fingerprint { sha1: None, sha256 }, Form::Hash) => Fingerprint { sha1: None, sha256 },
        (Fingerprint { sha1, .. }, _) => Fingerprint { sha1, sha256: None },
    };
    let (identity, subject) = (carried_identity(&found.identity), carried_name(&found.subject));
    CertificateFacts::new(identity, subject, KeyFacts::Unknown).with_fingerprint(fingerprint)
}

fn carried_identity(identity: &Identity) -> Identity {
    Identity { serial: identity.serial.clone(), issuer: carried_name(&identity.issuer) }
}

fn carried_name(name: &Name) -> Name {
    Name::new(&escaped(name.as_str()))
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
