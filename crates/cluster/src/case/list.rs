//! LIST and the configuration of spec/CONTRACT.md section 3, and the ids of their files.

use super::CaseError;
use super::field::{
    self, AddressText, DateText, DigestText, Label, OneOf, RoleText, given, value_words,
};
use super::json::Place;
use super::label::Labels;
use serde::Deserialize;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Form, KeyFacts, ListFacts, ListKind, Name,
    NotChecked, RecordFacts, RecordIndex, SignatureAnswer, Signatures,
};
use trustlist::wire::DigestAlgorithm;

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
    pub fn key(&self, file: &FileId) -> Option<&KeyFacts> {
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

/// A trust list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct List<'a> {
    /// The label of the certificate that signed it; `null` where a print does not say.
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    #[cfg_attr(test, schemars(with = "super::input_schema::OrNull<Label<'_>>"))]
    signer: Option<Label<'a>>,
    /// The digest of its signature; left out, sha1.
    digest: Option<DigestText>,
    /// The state of its signature; valid if left out. `not-checked`: the file is a paste.
    signature: Option<OneOf<SignatureAnswer>>,
    /// The name inside the file (P-SIG-7).
    file_name: Option<String>,
    /// When it was made (P-TIME-2).
    timestamp: Option<DateText>,
    /// Its size in bytes (P-ALG-7).
    size: Option<u64>,
    /// Its records.
    records: Vec<Record<'a>>,
    /// The subject in the header, if it is not the certificate's.
    signer_subject: Option<String>,
    /// Whether all of it is known; a print may be cut.
    complete: Option<bool>,
}

/// A record of a trust list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "properties": { "certificate": { "type": "null" } } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
)))]
pub(super) struct Record<'a> {
    /// The role of the certificate.
    role: RoleText,
    /// The label of the certificate; not in a record of form `empty`.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<Label<'_>>"))]
    certificate: Option<Option<Label<'a>>>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<AddressText>,
    /// The part of the certificate that is in the record: itself, its hash, only names, serial number and key, or nothing.
    form: Option<OneOf<Form>>,
}

/// A signed configuration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Config<'a> {
    /// The label of the certificate that signed it.
    #[serde(borrow)]
    signer: Label<'a>,
    /// The digest of its signature; left out, sha1.
    digest: Option<DigestText>,
    /// The state of its signature; valid if left out.
    signature: Option<OneOf<SignatureAnswer>>,
    /// The name or address of the TFTP server that it comes from (P-BOOT-5).
    pub(super) tftp_server: Option<field::Name<'a>>,
    /// Whether it is encrypted (P-CFG-4).
    encrypted: Option<bool>,
}

value_words! {
    Form {
        "certificate" => Self::Certificate, "hash" => Self::Hash, "none" => Self::None, "empty" => Self::Empty,
    }
    // `not-checked` is an addition of this crate: a file that is given as text only.
    SignatureAnswer {
        "valid" => Self::Valid, "broken" => Self::Broken, "not-checked" => Self::NotChecked(NotChecked::TextOnly),
    }
}

/// Makes the lists of a case. Lists that are equal in every field are the same file (P-SAME-1).
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    lists: Vec<Arc<ListFacts>>,
    signatures: SymbolSignatures,
}

impl Files {
    /// Returns the facts of a list; `kind` says which of the two a phone would ask for in this place.
    ///
    /// Beyond the contract `signer` may be `null` and `complete` may be `false`, as for a print that shows no serial
    /// numbers or was cut; `signer_subject` is the subject in the header, if it is not the certificate's.
    pub(super) fn list(
        &mut self,
        list: List<'_>,
        place: &Place<'_>,
        kind: ListKind,
        labels: &mut Labels,
    ) -> Result<Arc<ListFacts>, CaseError> {
        let signer = list.signer.map(|Label(label)| labels.of(label));
        let file_name = list.file_name.as_deref().or(generic_name(kind));
        let digest = list.digest.map_or(DigestAlgorithm::Sha1, |digest| digest.0);
        let kind = kind_of(file_name.unwrap_or_default());
        let mut facts = ListFacts::new(FileId::symbol(0), kind, digest);
        facts.signer = signer.as_ref().map(|signer| signer.identity.clone());
        facts.signer_subject = list
            .signer_subject
            .map(|subject| Name::new(&subject))
            .or_else(|| Some(signer.as_ref()?.subject.clone()))
            .unwrap_or_else(|| Name::new(""));
        facts.key_bits = signer.as_ref().and_then(|signer| key_bits(signer));
        facts.file_name = file_name.map(Arc::from);
        facts.timestamp = list.timestamp.map(|date| date.0);
        facts.size = list.size;
        let place = place.key("records");
        let records = list.records.into_iter().zip(1..).enumerate();
        let records = records.map(|(index, (record, number))| {
            record.facts(RecordIndex(number), &place.index(index), labels)
        });
        facts.records = records.collect::<Result<_, _>>()?;
        facts.completeness = match list.complete {
            Some(false) => Completeness::Partial,
            Some(true) | None => Completeness::Whole,
        };
        let key = signer.map_or(KeyFacts::Unknown, |signer| signer.key().clone());
        Ok(self.intern(facts, signature(list.signature), key))
    }

    /// Returns the facts of the configuration of an offer.
    pub(super) fn config(&mut self, config: &Config<'_>, labels: &mut Labels) -> Arc<ConfigFacts> {
        let signer = labels.of(config.signer.0);
        let file = self.signatures.add(signature(config.signature), signer.key().clone());
        let (identity, subject) = (signer.identity.clone(), signer.subject.clone());
        let digest = config.digest.map_or(DigestAlgorithm::Sha1, |digest| digest.0);
        Arc::new(
            ConfigFacts::new(file, identity, subject, digest)
                .with_key_bits(key_bits(&signer))
                .with_encrypted(config.encrypted.unwrap_or(false)),
        )
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

impl Record<'_> {
    /// An emptied record names no certificate, every other one does.
    fn facts(
        self,
        index: RecordIndex,
        place: &Place<'_>,
        labels: &mut Labels,
    ) -> Result<RecordFacts, CaseError> {
        let form = self.form.map_or(Form::Certificate, |form| form.0);
        let place = place.key("certificate");
        let certificate = match (form, self.certificate) {
            (Form::Empty, None | Some(None)) => None,
            (Form::Empty, Some(Some(Label(label)))) => {
                return Err(place.error("no certificate in a record of form empty", label));
            }
            (_, Some(Some(Label(label)))) => Some(labels.of(label)),
            (_, Some(None)) => {
                return Err(CaseError::new(place.path(), "the label of a certificate", "null"));
            }
            (_, None) => return Err(place.missing()),
        };
        Ok(RecordFacts::new(index, self.role.0)
            .with_server(Arc::from(self.server.unwrap_or_default()))
            .with_address(self.address.map(|address| address.0))
            .with_form(form)
            .with_certificate(certificate))
    }
}

fn signature(word: Option<OneOf<SignatureAnswer>>) -> SignatureAnswer {
    word.map_or(SignatureAnswer::Valid, |word| word.0)
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
