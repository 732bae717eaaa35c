//! Facts from files, and the answer to "signed by this key?" for them.

use super::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Fingerprint, Form, KeyFacts, ListFacts,
    ListKind, NotChecked, RecordFacts, RecordIndex, SignatureAnswer, Signatures, Timestamp,
};
use crate::cert::{Certificate, PublicKey};
use crate::verify::{self, NotVerifiable, SignatureOutcome, SignatureVerifier};
use crate::wire::{
    self, Identity, ListName, Name, ParseError, Record, Serial, SignedFile, TrustList, text,
};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use core::fmt;
use sha2::Digest;

/// A set of files that are judged together: states their facts and answers for their signatures.
///
/// Each distinct file is kept once, with its facts; the same bytes are not read again. Files can be taken out again
/// ([`Files::remove`]): a program that runs for months should remove what no phone holds any more. Answers are remembered by file
/// and key (with the feature `std`).
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::{facts::Files, verify::RustCrypto};
///
/// let mut files = Files::new(RustCrypto);
/// let error = files.list(&b"<html>not found</html>"[..]).unwrap_err();
/// assert!(error.to_string().ends_with("found an HTML page"));
/// # }
/// ```
pub struct Files<V> {
    verifier: V,
    contents: BTreeMap<FileId, Content>,
    /// Prints of which the bytes are in the set.
    aliases: BTreeMap<FileId, FileId>,
    /// Prints without checksums so far.
    unnamed: u64,
    certificates: BTreeMap<CertificateKey, Arc<CertificateFacts>>,
    #[cfg(feature = "std")]
    memo: Memo,
}

/// What tells certificates apart that stand in no list.
type CertificateKey = (Identity, Fingerprint);

/// The answers given, by file and key.
#[cfg(feature = "std")]
#[derive(Debug, Default)]
struct Memo(std::sync::Mutex<BTreeMap<Question, SignatureAnswer>>);

/// Whether this file is signed by this key.
#[cfg(feature = "std")]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    file: FileId,
    key: Arc<[u8]>,
}

/// What is known of one file.
#[derive(Debug)]
enum Content {
    /// The bytes of a signed configuration.
    Config(Arc<[u8]>),
    /// The bytes of a list and its facts.
    List(Arc<[u8]>, Arc<ListFacts>),
    /// Only a console print of it, with the checksums that the print shows.
    Text(Checksums),
}

/// The checksums by which phones and `show itl` name a file (`spec/FORMAT.md` section 3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Checksums {
    md5: Option<[u8; 16]>,
    sha1: Option<[u8; 20]>,
}

impl<V: SignatureVerifier> Files<V> {
    /// Returns an empty set.
    pub fn new(verifier: V) -> Self {
        Self {
            verifier,
            contents: BTreeMap::new(),
            aliases: BTreeMap::new(),
            unnamed: 0,
            certificates: BTreeMap::new(),
            #[cfg(feature = "std")]
            memo: Memo::default(),
        }
    }

    /// Adds a trust list and states its facts. The same bytes give the same facts again and cost no memory.
    ///
    /// # Errors
    /// [`ParseError`] where it is no trust list, or one of its records is broken.
    pub fn list(&mut self, bytes: impl Into<Arc<[u8]>>) -> Result<Arc<ListFacts>, ParseError> {
        let bytes = bytes.into();
        let list = TrustList::parse(&bytes)?;
        let file = FileId::of_bytes(&bytes);
        if let Some(Content::List(_, facts)) = self.contents.get(&file) {
            return Ok(facts.clone());
        }
        let facts = Arc::new(ListFacts::from_list(&list, file)?);
        self.add(file, &bytes, Content::List(bytes.clone(), facts.clone()));
        Ok(facts)
    }

    /// Adds a signed configuration and states its facts.
    ///
    /// # Errors
    /// [`ParseError`] where it is no signed file.
    pub fn config(&mut self, bytes: impl Into<Arc<[u8]>>) -> Result<Arc<ConfigFacts>, ParseError> {
        let bytes = bytes.into();
        let signed = SignedFile::parse(&bytes)?;
        let file = FileId::of_bytes(&bytes);
        if !self.contents.contains_key(&file) {
            self.add(file, &bytes, Content::Config(bytes.clone()));
        }
        Ok(Arc::new(ConfigFacts::from_file(&signed, file)))
    }

    /// Returns the id of a file of which only a console print is known: the id of its bytes if a checksum of the print is that of a
    /// file in the set. A print without checksums is a file of its own, each time.
    pub fn print(&mut self, md5: Option<[u8; 16]>, sha1: Option<[u8; 20]>, text: &str) -> FileId {
        let printed = Checksums { md5, sha1 };
        let Some(print) = FileId::of_checksums(md5, sha1) else {
            self.unnamed = self.unnamed.wrapping_add(1);
            let file = FileId::of_text(text, self.unnamed);
            self.contents.insert(file, Content::Text(printed));
            return file;
        };
        if let Some(file) = self.of_checksums(printed) {
            return file;
        }
        self.contents.insert(print, Content::Text(printed));
        print
    }

    /// Remembers a certificate that stands in no list of the set (what TVS presents or knows), so that a print that
    /// shows its hash can be completed with its key.
    pub fn certificate(&mut self, certificate: &Arc<CertificateFacts>) {
        let key = (certificate.identity.clone(), certificate.fingerprint);
        self.certificates.entry(key).or_insert_with(|| certificate.clone());
    }

    /// Takes a file out of the set, with the answers about it; returns whether it was there. Facts that were handed out stay valid,
    /// but a signature of the file is answered with [`NotChecked::UnknownFile`] from then on.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::{facts::Files, verify::RustCrypto};
    ///
    /// let mut files = Files::new(RustCrypto);
    /// let list = files.list(std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap()).unwrap();
    /// assert!(files.remove(list.file) && !files.remove(list.file));
    /// # }
    /// ```
    pub fn remove(&mut self, file: FileId) -> bool {
        self.aliases.retain(|_, target| *target != file);
        #[cfg(feature = "std")]
        self.memo.forget(file);
        self.contents.remove(&file).is_some()
    }

    /// Returns the number of files in the set, prints included.
    pub fn len(&self) -> usize {
        self.contents.len()
    }

    /// Returns whether no file is in the set.
    pub fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// Returns the bytes of a file, if they are in the set.
    pub fn bytes(&self, file: FileId) -> Option<&Arc<[u8]>> {
        match self.contents.get(&self.resolved(file))? {
            Content::Config(bytes) | Content::List(bytes, _) => Some(bytes),
            Content::Text(_) => None,
        }
    }

    /// Whether a file that is not kept in the set is signed by the key of `certificate`. Nothing is remembered.
    pub fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer {
        match self.key(certificate) {
            Some(key) => self.check(bytes, key),
            None => SignatureAnswer::NotChecked(NotChecked::NoKey),
        }
    }

    fn add(&mut self, file: FileId, bytes: &[u8], content: Content) {
        // Prints of these bytes may have come first: from now on they are the file.
        let mut prints = self.contents.iter().filter_map(|(print, content)| match content {
            Content::Text(checksums) => Some((*print, *checksums)),
            Content::Config(_) | Content::List(..) => None,
        });
        if let Some(first) = prints.next() {
            let checksums = Checksums::of(bytes);
            let of_it =
                core::iter::once(first).chain(prints).filter(|(_, print)| checksums.agrees(*print));
            self.aliases.extend(of_it.map(|(print, _)| (print, file)));
        }
        self.contents.insert(file, content);
    }

    /// The file in the set, or the print, that has these checksums.
    fn of_checksums(&self, printed: Checksums) -> Option<FileId> {
        let of = |content: &Content| match content {
            Content::Config(bytes) | Content::List(bytes, _) => {
                Checksums::of(bytes).agrees(printed)
            }
            Content::Text(checksums) => checksums.agrees(printed),
        };
        self.contents.iter().find(|(_, content)| of(content)).map(|(file, _)| self.resolved(*file))
    }

    /// The bytes that a print is of, if they are in the set; any other file itself.
    fn resolved(&self, file: FileId) -> FileId {
        self.aliases.get(&file).copied().unwrap_or(file)
    }

    /// The key of a certificate; where a print shows only its hash, that of a certificate in the set with this hash.
    fn key<'a>(&'a self, certificate: &'a CertificateFacts) -> Option<&'a Arc<[u8]>> {
        let same = |known: &&Arc<CertificateFacts>| {
            known.identity == certificate.identity
                && known.fingerprint.agrees(&certificate.fingerprint) == Some(true)
        };
        match &certificate.key {
            KeyFacts::Rsa(der) => Some(der),
            KeyFacts::Unknown => {
                self.known_certificates().filter(same).find_map(|known| match &known.key {
                    KeyFacts::Rsa(der) => Some(der),
                    _ => None,
                })
            }
            KeyFacts::Other | KeyFacts::Symbol { .. } => None,
        }
    }

    /// Returns the certificates that were named, and those of the lists. A record with a hash alone is left out: nothing but the
    /// list itself ties its key to the hash, and a forger can write the hash of an honest certificate beside a key of his own.
    fn known_certificates(&self) -> impl Iterator<Item = &Arc<CertificateFacts>> {
        let lists = self.contents.values().filter_map(|content| match content {
            Content::List(_, facts) => Some(&facts.records),
            Content::Config(_) | Content::Text(_) => None,
        });
        lists
            .flatten()
            .filter(|record| record.form == Form::Certificate)
            .filter_map(|record| record.certificate.as_ref())
            .chain(self.certificates.values())
    }

    fn check(&self, bytes: &[u8], key: &[u8]) -> SignatureAnswer {
        let Ok(file) = wire::parse(bytes) else {
            return SignatureAnswer::NotChecked(NotChecked::Unreadable);
        };
        match verify::verify_header(file.header(), file.signed_parts(), key, &self.verifier) {
            SignatureOutcome::Valid => SignatureAnswer::Valid,
            SignatureOutcome::Invalid(_) => SignatureAnswer::Broken,
            SignatureOutcome::NotVerifiable(NotVerifiable::UnsupportedDigest(_)) => {
                SignatureAnswer::NotChecked(NotChecked::UnsupportedDigest)
            }
            SignatureOutcome::NotVerifiable(_) => {
                SignatureAnswer::NotChecked(NotChecked::KeyRefused)
            }
        }
    }
}

#[cfg(feature = "std")]
impl Memo {
    fn get_or(
        &self,
        file: FileId,
        key: &Arc<[u8]>,
        check: impl FnOnce() -> SignatureAnswer,
    ) -> SignatureAnswer {
        let question = Question { file, key: key.clone() };
        if let Some(&answer) = self.answers().get(&question) {
            return answer;
        }
        let answer = check();
        self.answers().insert(question, answer);
        answer
    }

    fn forget(&self, file: FileId) {
        self.answers().retain(|question, _| question.file != file);
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, BTreeMap<Question, SignatureAnswer>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<V> fmt::Debug for Files<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("files", &self.contents.keys()).finish_non_exhaustive()
    }
}

impl<V: SignatureVerifier> Signatures for Files<V> {
    fn signed_by(&self, file: FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        let file = self.resolved(file);
        let bytes = match self.contents.get(&file) {
            None => return SignatureAnswer::NotChecked(NotChecked::UnknownFile),
            Some(Content::Text(_)) => return SignatureAnswer::NotChecked(NotChecked::TextOnly),
            Some(Content::Config(bytes) | Content::List(bytes, _)) => bytes,
        };
        match self.key(certificate) {
            #[cfg(feature = "std")]
            Some(key) => self.memo.get_or(file, key, || self.check(bytes, key)),
            #[cfg(not(feature = "std"))]
            Some(key) => self.check(bytes, key),
            None => SignatureAnswer::NotChecked(NotChecked::NoKey),
        }
    }

    fn same_file(&self, one: FileId, other: FileId) -> bool {
        self.resolved(one) == self.resolved(other)
    }
}

impl ListFacts {
    /// The facts of a list.
    ///
    /// # Errors
    /// [`ParseError`] where a record is broken.
    pub fn from_list(list: &TrustList<'_>, file: FileId) -> Result<Self, ParseError> {
        let header = list.header();
        let mut records = Vec::new();
        let mut certificates: Vec<(&[u8], Arc<CertificateFacts>)> = Vec::new();
        for record in list.records() {
            records.push(RecordFacts::from_record(&record?, &mut certificates));
        }
        Ok(Self {
            file,
            kind: match list.name() {
                ListName::Ctl => ListKind::Ctl,
                ListName::Itl => ListKind::Itl,
                ListName::Other => ListKind::List,
            },
            signer: Some(header.signer()),
            signer_subject: Name::from_bytes(header.signer_name().unwrap_or_default()),
            digest: header.digest(),
            key_bits: signature_bits(header.signature()),
            file_name: header.file_name().map(|name| Arc::from(text(name))),
            timestamp: header.timestamp().map(|seconds| Timestamp(seconds.into())),
            size: u64::try_from(list.as_bytes().len()).ok(),
            records,
            completeness: Completeness::Whole,
        })
    }
}

impl ConfigFacts {
    /// The facts of a signed file.
    pub fn from_file(signed: &SignedFile<'_>, file: FileId) -> Self {
        let header = signed.header();
        Self {
            file,
            signer: header.signer(),
            signer_subject: Name::from_bytes(header.signer_name().unwrap_or_default()),
            digest: header.digest(),
            key_bits: signature_bits(header.signature()),
            encrypted: header.is_encrypted(),
        }
    }
}

impl RecordFacts {
    /// The facts of a record. `certificates` are those of the records before it: one certificate stands in several
    /// records when it has several roles (`spec/FORMAT.md` section 3.4), and its facts are made once.
    fn from_record<'a>(
        record: &Record<'a>,
        certificates: &mut Vec<(&'a [u8], Arc<CertificateFacts>)>,
    ) -> Self {
        Self {
            index: RecordIndex(record.index()),
            role: record.role(),
            server: Arc::from(text(record.dns_name().unwrap_or_default()).trim()),
            address: record.address(),
            form: form(record),
            certificate: record.identity().map(|identity| {
                let bytes = record.certificate().unwrap_or_default();
                let shared = certificates.iter().find(|(seen, facts)| {
                    !bytes.is_empty() && *seen == bytes && facts.identity == identity
                });
                if let Some((_, facts)) = shared {
                    return facts.clone();
                }
                let facts = Arc::new(CertificateFacts::from_record(record, identity));
                certificates.push((bytes, facts.clone()));
                facts
            }),
        }
    }
}

impl CertificateFacts {
    /// The facts of a certificate that stands alone: what a TVS server presents, what a store holds.
    pub fn from_certificate(certificate: &Certificate<'_>) -> Self {
        let identity = Identity {
            serial: Serial::from_bytes(certificate.serial()),
            issuer: Name::new(&certificate.issuer_text()),
        };
        Self::of(identity, Name::new(&certificate.subject_text()), Some(certificate))
    }

    fn from_record(record: &Record<'_>, identity: Identity) -> Self {
        let certificate = record.certificate().map(Certificate::parse);
        let subject = Name::from_bytes(record.subject().unwrap_or_default());
        let mut facts = Self::of(
            identity,
            subject,
            certificate.as_ref().and_then(|parsed| parsed.as_ref().ok()),
        );
        match (certificate, record.public_key()) {
            (Some(Ok(_)), _) => {}
            // Garbage where the certificate should be: nothing that a phone could verify with, but it has its hash.
            (Some(Err(_)), _) => {
                facts.fingerprint = fingerprint(record.certificate().unwrap_or_default())
            }
            (None, key) => {
                facts.key = key.map_or(KeyFacts::Other, key_facts);
                facts.fingerprint = hash_fingerprint(record.certificate_hash().unwrap_or_default());
            }
        }
        facts
    }

    fn of(identity: Identity, subject: Name, certificate: Option<&Certificate<'_>>) -> Self {
        Self {
            identity,
            subject,
            key: match certificate.map(Certificate::public_key) {
                Some(PublicKey::Rsa(der)) => KeyFacts::Rsa(Arc::from(der)),
                _ => KeyFacts::Other,
            },
            fingerprint: certificate
                .map_or_else(Fingerprint::default, |found| fingerprint(found.as_bytes())),
            not_before: certificate.map(|found| Timestamp(found.validity().not_before)),
            not_after: certificate.map(|found| Timestamp(found.validity().not_after)),
        }
    }
}

impl Checksums {
    fn of(bytes: &[u8]) -> Self {
        Self {
            md5: Some(md5::Md5::digest(bytes).into()),
            sha1: Some(sha1::Sha1::digest(bytes).into()),
        }
    }

    /// Both of the same file, by every checksum that both have, and at least one.
    fn agrees(self, other: Self) -> bool {
        let md5 = self.md5.zip(other.md5).map(|(a, b)| a == b);
        let sha1 = self.sha1.zip(other.sha1).map(|(a, b)| a == b);
        (md5.is_some() || sha1.is_some()) && md5 != Some(false) && sha1 != Some(false)
    }
}

fn form(record: &Record<'_>) -> Form {
    let named =
        record.subject().is_some() || record.serial().is_some() || record.public_key().is_some();
    match (record.certificate(), record.certificate_hash()) {
        (Some(_), _) => Form::Certificate,
        (None, Some(_)) => Form::Hash,
        (None, None) if named => Form::None,
        (None, None) => Form::Empty,
    }
}

fn fingerprint(certificate: &[u8]) -> Fingerprint {
    Fingerprint {
        sha1: Some(sha1::Sha1::digest(certificate).into()),
        sha256: Some(sha2::Sha256::digest(certificate).into()),
    }
}

/// Tag 11 holds SHA-1 in every list seen; 32 bytes are taken as SHA-256.
fn hash_fingerprint(hash: &[u8]) -> Fingerprint {
    Fingerprint { sha1: hash.try_into().ok(), sha256: hash.try_into().ok() }
}

/// An uncompressed point starts with 4 and is no RSA key.
fn key_facts(key: &[u8]) -> KeyFacts {
    match key {
        [] | [4, ..] => KeyFacts::Other,
        der => KeyFacts::Rsa(Arc::from(der)),
    }
}

fn signature_bits(signature: &[u8]) -> Option<u32> {
    u32::try_from(signature.len()).ok()?.checked_mul(8)
}
