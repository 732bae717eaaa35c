//! LIST and the configuration of spec/CONTRACT.md section 3, and the ids of their files.

use super::json::{CaseError, Node, Object};
use super::label::{Labels, date};
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Form, KeyFacts, ListFacts, ListKind, Name,
    NotChecked, RecordFacts, RecordIndex, SignatureAnswer, Signatures,
};
use trustlist::wire::{DigestAlgorithm, Role};

/// The files of a case, each with the word that the case says of its signature.
///
/// Answers every question about a signature with that word, whatever the key: labels have no keys. Only where the case
/// forges a certificate do keys count, and a file is signed with its signer's. A file that the case does not know is
/// answered with [`NotChecked::NoKey`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolSignatures(Vec<(SignatureAnswer, KeyFacts)>);

impl SymbolSignatures {
    /// Facts of a case about a file.
    pub fn answer(&self, file: &FileId) -> SignatureAnswer {
        self.get(file).map_or(SignatureAnswer::NotChecked(NotChecked::NoKey), |(word, _)| *word)
    }

    /// The key of a file's signer.
    pub(super) fn key(&self, file: &FileId) -> Option<&KeyFacts> {
        self.get(file).map(|(_, key)| key)
    }

    fn get(&self, file: &FileId) -> Option<&(SignatureAnswer, KeyFacts)> {
        self.0.get(usize::try_from(file.symbol_number()?).ok()?)
    }

    fn add(&mut self, word: SignatureAnswer, key: KeyFacts) -> FileId {
        let file = FileId::symbol(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push((word, key));
        file
    }
}

impl Signatures for SymbolSignatures {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        match (self.answer(file), self.key(file), certificate.key()) {
            (SignatureAnswer::Valid, Some(KeyFacts::Rsa(signer)), KeyFacts::Rsa(other))
                if signer != other =>
            {
                SignatureAnswer::Broken
            }
            (SignatureAnswer::Valid, _, KeyFacts::Other) => {
                SignatureAnswer::NotChecked(NotChecked::KeyRefused)
            }
            (word, _, _) => word,
        }
    }
}

/// Makes the lists of a case. Lists that are equal in every field are the same file (P-SAME-1).
#[derive(Clone, Debug, Default)]
pub struct Files {
    lists: Vec<Arc<ListFacts>>,
    signatures: SymbolSignatures,
}

impl Files {
    /// Reads a LIST; `kind` says which of the two a phone would ask for in this place.
    ///
    /// Beyond the contract `signer` may be `null` and `complete` may be `false`, as for a print that shows no serial
    /// numbers or was cut; `signer_subject` is the subject in the header, if it is not the certificate's.
    ///
    /// # Errors
    /// A field that is unknown, missing or does not read.
    pub fn list(
        &mut self,
        node: &Node<'_>,
        kind: ListKind,
        labels: &mut Labels,
    ) -> Result<Arc<ListFacts>, CaseError> {
        let fields = node.object(LIST_FIELDS)?;
        let signer = Some(fields.required("signer")?).filter(|node| !node.is_null());
        let signer = signer.map(|node| labels.at(&node)).transpose()?;
        let subject =
            fields.optional("signer_subject").map(|node| node.str()).transpose()?.map(Name::new);
        let file_name =
            fields.optional("file_name").map(|node| node.str()).transpose()?.or(generic_name(kind));
        let records = fields.required("records")?.list()?;
        let records =
            records.iter().zip(1..).map(|(node, index)| record(node, RecordIndex(index), labels));
        let kind = kind_of(file_name.unwrap_or_default());
        let mut list = ListFacts::new(FileId::symbol(0), kind, digest(&fields)?);
        list.signer = signer.as_ref().map(|signer| signer.identity.clone());
        list.signer_subject = subject
            .or_else(|| Some(signer.as_ref()?.subject.clone()))
            .unwrap_or_else(|| Name::new(""));
        list.key_bits = signer.as_ref().and_then(|signer| key_bits(signer));
        list.file_name = file_name.map(Arc::from);
        list.timestamp = date(&fields, "timestamp")?;
        list.size = fields.optional("size").map(|node| node.u64()).transpose()?;
        list.records = records.collect::<Result<_, _>>()?;
        if let Some(complete) = fields.optional("complete") {
            list.completeness = completeness(complete.bool()?);
        }
        let key = signer.map_or(KeyFacts::Unknown, |signer| signer.key().clone());
        Ok(self.intern(list, signature(&fields)?, key))
    }

    /// Reads the configuration of an offer.
    ///
    /// # Errors
    /// A field that is unknown, missing or does not read.
    pub fn config(
        &mut self,
        fields: &Object<'_>,
        labels: &mut Labels,
    ) -> Result<Arc<ConfigFacts>, CaseError> {
        let signer = labels.at(&fields.required("signer")?)?;
        Ok(Arc::new(
            ConfigFacts::new(
                self.signatures.add(signature(fields)?, signer.key().clone()),
                signer.identity.clone(),
                signer.subject.clone(),
                digest(fields)?,
            )
            .with_key_bits(key_bits(&signer))
            .with_encrypted(
                fields.optional("encrypted").map(|node| node.bool()).transpose()?.unwrap_or(false),
            ),
        ))
    }

    /// Facts of a case about the signatures of all files read so far.
    pub(crate) fn into_signatures(self) -> SymbolSignatures {
        self.signatures
    }

    fn intern(
        &mut self,
        mut list: ListFacts,
        word: SignatureAnswer,
        key: KeyFacts,
    ) -> Arc<ListFacts> {
        let same = self.lists.iter().find(|known| {
            list.file = known.file.clone();
            self.signatures.get(&known.file).is_some_and(|(said, by)| *said == word && *by == key)
                && ***known == list
        });
        if let Some(known) = same {
            return known.clone();
        }
        list.file = self.signatures.add(word, key);
        let list = Arc::new(list);
        self.lists.push(list.clone());
        list
    }
}

fn record(
    node: &Node<'_>,
    index: RecordIndex,
    labels: &mut Labels,
) -> Result<RecordFacts, CaseError> {
    let fields = node.object(RECORD_FIELDS)?;
    let form = fields
        .optional("form")
        .map(|node| node.one_of(FORMS))
        .transpose()?
        .unwrap_or(Form::Certificate);
    let address = fields.optional("address").map(|node| {
        let read = node.value().as_str().and_then(|text| text.parse().ok());
        read.ok_or_else(|| node.error("an IP address"))
    });
    Ok(RecordFacts::new(index, role(&fields.required("role")?)?)
        .with_server(Arc::from(
            fields.optional("server").map(|node| node.str()).transpose()?.unwrap_or_default(),
        ))
        .with_address(address.transpose()?)
        .with_form(form)
        .with_certificate(record_certificate(&fields, form, labels)?))
}

/// An emptied record names no certificate, every other one does.
fn record_certificate(
    fields: &Object<'_>,
    form: Form,
    labels: &mut Labels,
) -> Result<Option<Arc<CertificateFacts>>, CaseError> {
    match (form, fields.optional("certificate")) {
        (Form::Empty, None) => Ok(None),
        (Form::Empty, Some(node)) => Err(node.error("no certificate in a record of form empty")),
        (_, Some(node)) => labels.at(&node).map(Some),
        (_, None) => Err(fields
            .required("certificate")
            .map_or_else(|missing| missing, |null| null.error("the label of a certificate"))),
    }
}

/// A role by its word.
pub(super) fn role(node: &Node<'_>) -> Result<Role, CaseError> {
    let read = node.value().as_str().and_then(Role::from_word);
    read.ok_or_else(|| {
        node.error("SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N")
    })
}

/// A digest by its word.
pub(super) fn digest_word(node: &Node<'_>) -> Result<DigestAlgorithm, CaseError> {
    node.value()
        .as_str()
        .and_then(DigestAlgorithm::from_word)
        .ok_or_else(|| node.error("sha1, sha256 or sha512"))
}

fn digest(fields: &Object<'_>) -> Result<DigestAlgorithm, CaseError> {
    Ok(fields
        .optional("digest")
        .map(|node| digest_word(&node))
        .transpose()?
        .unwrap_or(DigestAlgorithm::Sha1))
}

fn signature(fields: &Object<'_>) -> Result<SignatureAnswer, CaseError> {
    let read = fields.optional("signature").map(|node| node.one_of(SIGNATURES)).transpose()?;
    Ok(read.unwrap_or(SignatureAnswer::Valid))
}

fn completeness(complete: bool) -> Completeness {
    if complete { Completeness::Whole } else { Completeness::Partial }
}

fn key_bits(signer: &CertificateFacts) -> Option<u32> {
    match *signer.key() {
        KeyFacts::Symbol { bits } => bits,
        _ => None,
    }
}

/// The name that CUCM writes into such a file (P-SIG-7).
fn generic_name(kind: ListKind) -> Option<&'static str> {
    match kind {
        ListKind::Ctl => Some("CTLFile.tlv"),
        ListKind::Itl => Some("ITLFile.tlv"),
        _ => None,
    }
}

/// Returns the kind of a file by the name inside it.
fn kind_of(name: &str) -> ListKind {
    match name.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("CTL") => ListKind::Ctl,
        Some(start) if start.eq_ignore_ascii_case("ITL") => ListKind::Itl,
        _ => ListKind::List,
    }
}

pub(super) const LIST_FIELDS: &[&str] = &[
    "signer",
    "digest",
    "signature",
    "file_name",
    "timestamp",
    "size",
    "records",
    "signer_subject",
    "complete",
];
pub(super) const RECORD_FIELDS: &[&str] = &["role", "certificate", "server", "address", "form"];

pub(super) const FORMS: &[(&str, Form)] = &[
    ("certificate", Form::Certificate),
    ("hash", Form::Hash),
    ("none", Form::None),
    ("empty", Form::Empty),
];

/// `not-checked` is an addition of this crate: a file that is given as text only.
pub(super) const SIGNATURES: &[(&str, SignatureAnswer)] = &[
    ("valid", SignatureAnswer::Valid),
    ("broken", SignatureAnswer::Broken),
    ("not-checked", SignatureAnswer::NotChecked(NotChecked::TextOnly)),
];
