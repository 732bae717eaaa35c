//! Facts from files, and the answer to "signed by this key?" for them.

use super::list::{Details, Source};
use super::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Fingerprint, Form, KeyFacts, ListFacts,
    ListKind, NotChecked, RecordFacts, RecordIndex, SignatureAnswer, Signatures, Timestamp,
};
use crate::cert::{Certificate, PublicKey};
use crate::verify::{self, NotVerifiable, SignatureOutcome, SignatureVerifier};
use crate::wire::{
    self, Fields, Identity, Lazy, ListName, Name, ParseError, Part, Record, Role, Serial,
    SignedFile, TrustList, text,
};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use core::cmp::Ordering;
use core::fmt;
use sha2::Digest;

/// A set of files that are judged together: states their facts and answers for their signatures.
///
/// Each distinct file is kept once, with its facts; the same bytes are not read again. Files can be
/// taken out again ([`Files::remove`]): a program that runs for months should remove what no phone
/// holds any more. Answers are remembered by file and key (with the feature `std`).
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
    files: BTreeMap<Stored, Entry>,
    prints: BTreeMap<FileId, Printed>,
    /// Pastes whose bytes are in the set.
    aliases: BTreeMap<FileId, FileId>,
    /// Prints without checksums so far.
    unnamed: u64,
    certificates: BTreeMap<CertificateKey, Arc<CertificateFacts>>,
}

/// The key of a certificate that is in no list.
type CertificateKey = (Identity, Fingerprint);

/// The bytes of a file. Files are compared by their bytes: two that differ do so in the signature,
/// early on.
#[derive(Clone, Debug)]
struct Stored(Arc<[u8]>);

/// A file of the set.
#[derive(Debug)]
struct Entry {
    content: Content,
    checksums: Lazy<Checksums>,
    #[cfg(feature = "std")]
    answers: Answers,
}

/// The kind of a file, and its facts.
#[derive(Debug)]
enum Content {
    /// The id of a signed configuration.
    Config(FileId),
    /// The facts of a list.
    List(Arc<ListFacts>),
}

/// The answers about the signature of one file, by key.
#[cfg(feature = "std")]
#[derive(Debug, Default)]
struct Answers(std::sync::Mutex<BTreeMap<Arc<[u8]>, SignatureAnswer>>);

/// A file that is known by console prints: its checksums, and what the fullest print of it says.
#[derive(Debug)]
struct Printed {
    checksums: Checksums,
    #[cfg(feature = "std")]
    facts: Option<Arc<ListFacts>>,
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
            files: BTreeMap::new(),
            prints: BTreeMap::new(),
            aliases: BTreeMap::new(),
            unnamed: 0,
            certificates: BTreeMap::new(),
        }
    }

    /// Adds a trust list and states its facts. The same bytes give the same facts again and cost no
    /// memory.
    ///
    /// # Errors
    /// [`ParseError`] if it is no trust list, or one of its records is broken.
    pub fn list(&mut self, bytes: impl Into<Arc<[u8]>>) -> Result<Arc<ListFacts>, ParseError> {
        let stored = Stored(bytes.into());
        let list = TrustList::parse(&stored.0)?;
        if let Some(Entry { content: Content::List(facts), .. }) = self.files.get(&stored) {
            return Ok(facts.clone());
        }
        let file = FileId::of_shared(&stored.0);
        let facts = Arc::new(ListFacts::from_shared(&list, &stored.0, file)?);
        self.add(stored.clone(), Content::List(facts.clone()));
        Ok(facts)
    }

    /// Adds a signed configuration and states its facts.
    ///
    /// # Errors
    /// [`ParseError`] if it is no signed file.
    pub fn config(&mut self, bytes: impl Into<Arc<[u8]>>) -> Result<Arc<ConfigFacts>, ParseError> {
        let stored = Stored(bytes.into());
        let signed = SignedFile::parse(&stored.0)?;
        let file = match self.files.get(&stored) {
            Some(entry) => entry.content.file().clone(),
            None => {
                let file = FileId::of_shared(&stored.0);
                self.add(stored.clone(), Content::Config(file.clone()));
                file
            }
        };
        Ok(Arc::new(ConfigFacts::from_file(&signed, file)))
    }

    /// Returns the id of a file that is known by a console print only: the id of its bytes if a
    /// checksum of the print is that of a file in the set. A print without checksums is a file of
    /// its own, each time.
    pub fn print(&mut self, md5: Option<[u8; 16]>, sha1: Option<[u8; 20]>, text: &str) -> FileId {
        let checksums = Checksums { md5, sha1 };
        let Some(print) = FileId::of_checksums(md5, sha1) else {
            self.unnamed = self.unnamed.wrapping_add(1);
            let file = FileId::of_text(text, self.unnamed);
            self.prints.insert(file.clone(), Printed::new(checksums));
            return file;
        };
        if let Some(file) = self.of_checksums(checksums) {
            return file.clone();
        }
        self.prints.insert(print.clone(), Printed::new(checksums));
        print
    }

    /// Remembers what a print of a file says. Of two prints that agree the one that lost nothing is
    /// kept.
    #[cfg(feature = "std")]
    pub(crate) fn keep_print(&mut self, facts: &Arc<ListFacts>) {
        let Some(printed) = self.prints.get_mut(&facts.file) else { return };
        if printed.facts.as_ref().is_none_or(|kept| kept.completeness > facts.completeness) {
            printed.facts = Some(facts.clone());
        }
    }

    /// Returns what the prints of a file say, as far as [`Files::keep_print`] remembers it. The
    /// file may be known by its bytes too.
    #[cfg(feature = "std")]
    pub(crate) fn prints_of<'a>(
        &'a self,
        file: &'a FileId,
    ) -> impl Iterator<Item = &'a Arc<ListFacts>> {
        let of_bytes = self.aliases.iter().filter(move |(_, target)| *target == file);
        let prints = core::iter::once(file).chain(of_bytes.map(|(print, _)| print));
        prints.filter_map(|print| self.prints.get(print)?.facts.as_ref())
    }

    /// Remembers a certificate that is in no list of the set (what TVS presents or knows), so that
    /// a print that shows its hash can be completed with its key.
    pub fn certificate(&mut self, certificate: &Arc<CertificateFacts>) {
        let key = (certificate.identity.clone(), certificate.fingerprint());
        self.certificates.entry(key).or_insert_with(|| certificate.clone());
    }

    /// Takes a file out of the set, with the answers about it; returns whether it was there. Facts
    /// that were handed out stay valid, but a signature of the file is answered with
    /// [`NotChecked::UnknownFile`] from then on.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::{facts::Files, verify::RustCrypto};
    ///
    /// let mut files = Files::new(RustCrypto);
    /// let list = files.list(std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap()).unwrap();
    /// assert!(files.remove(&list.file) && !files.remove(&list.file));
    /// # }
    /// ```
    pub fn remove(&mut self, file: &FileId) -> bool {
        self.aliases.retain(|_, target| target != file);
        let stored = self.stored(file).map(|(stored, _)| stored.clone());
        match stored {
            Some(stored) => self.files.remove(&stored).is_some(),
            None => self.prints.remove(file).is_some(),
        }
    }

    /// Returns the number of files in the set, prints included.
    pub fn len(&self) -> usize {
        self.files.len().saturating_add(self.prints.len())
    }

    /// Returns whether no file is in the set.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.prints.is_empty()
    }

    /// Returns the bytes of a file, if they are in the set.
    pub fn bytes(&self, file: &FileId) -> Option<&Arc<[u8]>> {
        self.stored(self.resolved(file)).map(|(stored, _)| &stored.0)
    }

    /// Whether a file that is not kept in the set is signed by the key of `certificate`. Nothing is
    /// remembered.
    pub fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer {
        match self.key(certificate) {
            Some(key) => self.check(bytes, key),
            None => SignatureAnswer::NotChecked(NotChecked::NoKey),
        }
    }

    /// Returns true if a list of the set is proven not to be signed with the key of its own signer's
    /// record. It is not the list on any phone: phones refuse it (P-SIG-2), or it was changed after
    /// it was signed. False if that cannot be checked.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::{facts::Files, verify::RustCrypto};
    ///
    /// let mut files = Files::new(RustCrypto);
    /// let mut broken = |name: &str| {
    ///     let list = files.list(std::fs::read(name).unwrap()).unwrap();
    ///     files.is_signature_broken(&list.file)
    /// };
    /// assert!(broken("testdata/bad/flipped-record.tlv"));
    /// // A forger's list is signed with the forger's key, which it carries.
    /// assert!(!broken("testdata/bad/forged-signer.tlv"));
    /// # }
    /// ```
    pub fn is_signature_broken(&self, list: &FileId) -> bool {
        let Some((_, Entry { content: Content::List(facts), .. })) =
            self.stored(self.resolved(list))
        else {
            return false;
        };
        // The signer of an ITL of a subscriber may be there as CCM+TFTP only (P-ITL-3).
        let certificate = facts.signer.as_ref().and_then(|signer| {
            let record = facts
                .find(signer, &[Role::Sast])
                .or_else(|| facts.find(signer, &[Role::CcmTftp, Role::Tftp]))?;
            record.certificate.as_ref()
        });
        certificate.is_some_and(|certificate| {
            self.signed_by(&facts.file, certificate) == SignatureAnswer::Broken
        })
    }

    fn add(&mut self, stored: Stored, content: Content) {
        let checksums = Lazy::later(|| Checksums::of(&stored.0));
        // Prints of these bytes may have come first: from now on they are the file.
        let prints = self.prints.iter();
        let of_it = prints.filter(|(_, print)| {
            checksums.get(|| Checksums::of(&stored.0)).agrees(print.checksums)
        });
        self.aliases.extend(of_it.map(|(print, _)| (print.clone(), content.file().clone())));
        let entry = Entry {
            content,
            checksums,
            #[cfg(feature = "std")]
            answers: Answers::default(),
        };
        self.files.insert(stored, entry);
    }

    /// Returns a file of the set with its bytes.
    fn stored(&self, file: &FileId) -> Option<(&Stored, &Entry)> {
        match file.bytes() {
            Some(bytes) => self.files.get_key_value(&Stored(bytes.clone())),
            // An id without bytes is a hash, for which the files have to be hashed; a symbol and a
            // print are none.
            None if file.symbol_number().is_some() || self.prints.contains_key(file) => None,
            None => self.files.iter().find(|(_, entry)| entry.content.file() == file),
        }
    }

    /// Returns the file in the set, or the print, that has these checksums.
    fn of_checksums(&self, printed: Checksums) -> Option<&FileId> {
        let of_file = self.files.iter().find(|(stored, entry)| {
            entry.checksums.get(|| Checksums::of(&stored.0)).agrees(printed)
        });
        if let Some((_, entry)) = of_file {
            return Some(entry.content.file());
        }
        let mut prints = self.prints.iter();
        prints
            .find(|(_, print)| print.checksums.agrees(printed))
            .map(|(print, _)| self.resolved(print))
    }

    /// Returns the bytes that a print is of, if they are in the set; any other file itself.
    fn resolved<'a>(&'a self, file: &'a FileId) -> &'a FileId {
        self.aliases.get(file).unwrap_or(file)
    }

    /// The key of a certificate; where a print shows only its hash, that of a certificate in the
    /// set with this hash.
    fn key<'a>(&'a self, certificate: &'a CertificateFacts) -> Option<&'a Arc<[u8]>> {
        let same = |known: &&Arc<CertificateFacts>| {
            known.identity == certificate.identity && known.agrees(certificate) == Some(true)
        };
        match certificate.key() {
            KeyFacts::Rsa(der) => Some(der),
            KeyFacts::Unknown => {
                self.known_certificates().filter(same).find_map(|known| match known.key() {
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
        let lists = self.files.values().filter_map(|entry| match &entry.content {
            Content::List(facts) => Some(&facts.records),
            Content::Config(_) => None,
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
        match verify::verify_header(file.header(), file.signed_message(), key, &self.verifier) {
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
impl Answers {
    fn get_or(&self, key: &Arc<[u8]>, check: impl FnOnce() -> SignatureAnswer) -> SignatureAnswer {
        if let Some(&answer) = self.lock().get(key) {
            return answer;
        }
        let answer = check();
        self.lock().insert(key.clone(), answer);
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Arc<[u8]>, SignatureAnswer>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Content {
    fn file(&self) -> &FileId {
        match self {
            Self::Config(file) => file,
            Self::List(facts) => &facts.file,
        }
    }
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Stored {}
impl PartialOrd for Stored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Stored {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl<V> fmt::Debug for Files<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.values().map(|entry| entry.content.file());
        let files: Vec<_> = files.chain(self.prints.keys()).collect();
        f.debug_struct("Files").field("files", &files).finish_non_exhaustive()
    }
}

impl<V: SignatureVerifier> Signatures for Files<V> {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        let file = self.resolved(file);
        let Some((stored, _entry)) = self.stored(file) else {
            let print = self.prints.contains_key(file);
            let why = if print { NotChecked::TextOnly } else { NotChecked::UnknownFile };
            return SignatureAnswer::NotChecked(why);
        };
        match self.key(certificate) {
            #[cfg(feature = "std")]
            Some(key) => _entry.answers.get_or(key, || self.check(&stored.0, key)),
            #[cfg(not(feature = "std"))]
            Some(key) => self.check(&stored.0, key),
            None => SignatureAnswer::NotChecked(NotChecked::NoKey),
        }
    }

    fn same_file(&self, one: &FileId, other: &FileId) -> bool {
        self.resolved(one) == self.resolved(other)
    }
}

impl ListFacts {
    /// Returns the facts of a list, which keep a copy of its bytes.
    ///
    /// # Errors
    /// [`ParseError`] if a record is broken.
    pub fn from_list(list: &TrustList<'_>, file: FileId) -> Result<Self, ParseError> {
        Self::from_shared(list, &Arc::from(list.as_bytes()), file)
    }

    /// Returns the facts of a list whose bytes are `bytes`.
    fn from_shared(
        list: &TrustList<'_>,
        bytes: &Arc<[u8]>,
        file: FileId,
    ) -> Result<Self, ParseError> {
        let header = list.header();
        let mut records = Vec::with_capacity(bytes.len() / RECORD_SIZE + 1);
        let mut seen = SeenCertificates::new(bytes.len());
        for record in list.records() {
            records.push(RecordFacts::from_record(&record?, bytes, &records, &mut seen));
        }
        records.shrink_to_fit();
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

/// Finds the records so far by their certificates: one certificate is in several records when it
/// has several roles (`spec/FORMAT.md` section 3.4), and its facts are made once.
///
/// A table with open addresses and at most [`PROBES`] looks. A certificate that it has no place for
/// is not found again, and its facts are made anew.
struct SeenCertificates {
    /// Indices of records, from 1; 0 is an empty slot. Their number is a power of two.
    slots: Vec<u32>,
}

impl SeenCertificates {
    /// Returns an empty table for a list of this size: no more than half of it is used if every
    /// certificate has 512 bytes.
    fn new(file_size: usize) -> Self {
        let slots = (file_size / 256).max(PROBES).checked_next_power_of_two().unwrap_or(PROBES);
        Self { slots: alloc::vec![0; slots] }
    }

    /// Returns the facts that a record before has of this certificate. If there is none, notes that
    /// the next record has it.
    fn find<'a>(
        &mut self,
        certificate: &[u8],
        identity: &Identity,
        records: &'a [RecordFacts],
    ) -> Option<&'a Arc<CertificateFacts>> {
        // The serial number was just read, while the certificate is memory that nothing else reads.
        // The product makes all of its end count.
        let serial = identity.serial.as_bytes().iter().rev().take(size_of::<u64>());
        let end = serial.fold(0_u64, |end, byte| end << 8 | u64::from(*byte));
        let first = usize::try_from(end.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).ok()?;
        for probe in 0..PROBES {
            let mask = self.slots.len().checked_sub(1)?;
            let slot = self.slots.get_mut(first.wrapping_add(probe) & mask)?;
            let Some(seen) = slot.checked_sub(1) else {
                *slot = u32::try_from(records.len()).ok()?.saturating_add(1);
                return None;
            };
            let facts = records.get(usize::try_from(seen).ok()?)?.certificate.as_ref()?;
            // Names are compared last: those that are written in two ways take memory for it.
            if facts.identity.serial == identity.serial
                && facts.source().certificate() == Some(certificate)
            {
                return Some(facts).filter(|facts| facts.identity == *identity);
            }
        }
        None
    }
}

/// Slots that are looked at for one certificate.
const PROBES: usize = 8;
/// Bytes of a record of CUCM at least: the list's size says how many there may be.
const RECORD_SIZE: usize = 1024;

impl RecordFacts {
    /// Returns the facts of a record of the file `bytes`.
    fn from_record(
        record: &Record<'_>,
        bytes: &Arc<[u8]>,
        before: &[Self],
        seen: &mut SeenCertificates,
    ) -> Self {
        let fields = record.fields();
        let identity = fields.get(wire::SERIAL).zip(fields.name(wire::ISSUER, bytes));
        let certificate = identity.map(|(serial, issuer)| {
            let identity = Identity { serial: Serial::from_bytes(serial), issuer };
            let shared = fields
                .get(wire::CERTIFICATE)
                .and_then(|certificate| seen.find(certificate, &identity, before));
            if let Some(facts) = shared {
                return facts.clone();
            }
            let subject = fields.name(wire::SUBJECT, bytes);
            let subject = subject.unwrap_or_else(|| Name::from_bytes(b""));
            let source = Source::Record(Part::of(bytes, record.range()));
            Arc::new(CertificateFacts::from_source(identity, subject, source))
        });
        Self {
            index: RecordIndex(record.index()),
            role: fields.role(),
            server: server(fields.get(wire::DNS_NAME).unwrap_or_default(), before.last()),
            address: fields.address(),
            form: form(&fields),
            certificate,
        }
    }
}

/// Returns the host name of a record, shared with the record before it if that has the same: the
/// certificates of one server follow one another.
fn server(bytes: &[u8], before: Option<&RecordFacts>) -> Arc<str> {
    match core::str::from_utf8(bytes.strip_suffix(&[0]).unwrap_or(bytes)).map(str::trim) {
        Ok(name) => match before {
            Some(before) if *before.server == *name => before.server.clone(),
            _ => Arc::from(name),
        },
        Err(_) => Arc::from(text(bytes).trim()),
    }
}

impl CertificateFacts {
    /// Returns the facts of a certificate by itself, as a TVS server presents it or a store holds
    /// it.
    pub fn from_certificate(certificate: &Certificate<'_>) -> Self {
        let identity = Identity {
            serial: Serial::from_bytes(certificate.serial()),
            issuer: Name::new(&certificate.issuer_text()),
        };
        let source = Source::Certificate(Part::copy(certificate.as_bytes()));
        Self::from_source(identity, Name::new(&certificate.subject_text()), source)
    }
}

impl Source {
    /// Returns the bytes of the certificate, if they are known. In a record they may be garbage.
    pub(super) fn certificate(&self) -> Option<&[u8]> {
        match self {
            Self::Certificate(der) => Some(der.as_bytes()),
            Self::Given => None,
            Self::Record(record) => Fields::of(record.as_bytes(), 0).get(wire::CERTIFICATE),
        }
    }

    pub(super) fn details(&self) -> Details {
        let none = |key| Details { key, not_before: None, not_after: None };
        if let Some(der) = self.certificate() {
            // Garbage where the certificate should be: nothing that a phone could verify with.
            let Ok(certificate) = Certificate::parse(der) else { return none(KeyFacts::Other) };
            let validity = certificate.validity();
            return Details {
                key: match certificate.public_key() {
                    PublicKey::Rsa(der) => KeyFacts::Rsa(Arc::from(der)),
                    _ => KeyFacts::Other,
                },
                not_before: Some(validity.not_before),
                not_after: Some(validity.not_after),
            };
        }
        let key = match self {
            Self::Record(record) => Fields::of(record.as_bytes(), 0).get(wire::PUBLIC_KEY),
            Self::Certificate(_) | Self::Given => None,
        };
        none(key.map_or(KeyFacts::Other, key_facts))
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        if let Some(der) = self.certificate() {
            return fingerprint(der);
        }
        let hash = match self {
            Self::Record(record) => Fields::of(record.as_bytes(), 0).get(wire::HASH),
            Self::Certificate(_) | Self::Given => None,
        };
        hash.map_or_else(Fingerprint::default, hash_fingerprint)
    }
}

impl Printed {
    /// Returns a file that no print says anything about yet.
    fn new(checksums: Checksums) -> Self {
        Self {
            checksums,
            #[cfg(feature = "std")]
            facts: None,
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

fn form(fields: &Fields<'_>) -> Form {
    let has = |tag| fields.get(tag).is_some();
    if has(wire::CERTIFICATE) {
        Form::Certificate
    } else if has(wire::HASH) {
        Form::Hash
    } else if [wire::SUBJECT, wire::SERIAL, wire::PUBLIC_KEY].into_iter().any(has) {
        Form::None
    } else {
        Form::Empty
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
