//! Configurations of single phones: judged by what their headers say, verified one by one, never
//! kept.

use crate::facts::{CertificateFacts, ConfigFacts, FileId, Files, SignatureAnswer, Signatures};
use crate::verify::SignatureVerifier;
use crate::wire::{ParseError, SignedFile};
use std::cell::RefCell;
use std::sync::{Arc, PoisonError, RwLock};

/// The configuration of one phone.
///
/// A fleet of a hundred thousand phones has a hundred thousand signed configurations, which differ
/// in their content and agree in all that a prediction looks at. So they are judged by their
/// headers, and only the signature of each is asked for.
pub trait OwnConfig {
    /// Returns the facts of its header. Its id has to be [`LooseConfig::FILE`], or one that no
    /// other file has.
    fn facts(&self) -> &Arc<ConfigFacts>;

    /// Is it signed by the key of `certificate`?
    fn signed_by(&self, certificate: &CertificateFacts) -> SignatureAnswer;
}

/// Who verifies bytes that are not kept.
pub trait LooseSignatures {
    /// Are these bytes signed by the key of `certificate`?
    fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer;
}

impl<V: SignatureVerifier> LooseSignatures for Files<V> {
    fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer {
        Self::bytes_signed_by(self, bytes, certificate)
    }
}

impl<S: LooseSignatures + ?Sized> LooseSignatures for RwLock<S> {
    fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer {
        self.read().unwrap_or_else(PoisonError::into_inner).bytes_signed_by(bytes, certificate)
    }
}

/// A configuration that is in no set of files; verified with the keys that a set knows.
#[derive(Debug)]
pub struct LooseConfig<'a, S: ?Sized> {
    facts: Arc<ConfigFacts>,
    bytes: &'a [u8],
    files: &'a S,
}

impl<'a, S: LooseSignatures + ?Sized> LooseConfig<'a, S> {
    /// The id of every loose configuration.
    pub const FILE: FileId = FileId::symbol(u32::MAX - 1);

    /// Reads the header. Borrows the bytes and the set.
    ///
    /// # Errors
    /// [`ParseError`] if it is no signed file.
    pub fn parse(bytes: &'a [u8], files: &'a S) -> Result<Self, ParseError> {
        let facts = ConfigFacts::from_file(&SignedFile::parse(bytes)?, Self::FILE);
        Ok(Self { facts: Arc::new(facts), bytes, files })
    }
}

impl<S: LooseSignatures + ?Sized> OwnConfig for LooseConfig<'_, S> {
    fn facts(&self) -> &Arc<ConfigFacts> {
        &self.facts
    }

    fn signed_by(&self, certificate: &CertificateFacts) -> SignatureAnswer {
        self.files.bytes_signed_by(self.bytes, certificate)
    }
}

/// An answer about a phone's own configuration.
pub(super) struct Given {
    certificate: CertificateFacts,
    answer: SignatureAnswer,
}

/// Answers for all files, and remembers what was asked about the phone's own configuration: it is
/// verified once under each key.
pub(super) struct Replies<'a> {
    all: &'a (dyn Signatures + Sync),
    own: Option<&'a dyn OwnConfig>,
    given: RefCell<Vec<Given>>,
}

impl<'a> Replies<'a> {
    pub(super) fn new(all: &'a (dyn Signatures + Sync), own: Option<&'a dyn OwnConfig>) -> Self {
        Self { all, own, given: RefCell::new(Vec::new()) }
    }

    pub(super) fn answer(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        match self.own {
            Some(own) if own.facts().file == *file => self.ask(own, certificate),
            _ => self.all.signed_by(file, certificate),
        }
    }

    pub(super) fn all(&self) -> &'a dyn Signatures {
        self.all
    }

    /// Whether this phone's configuration gets the same answer.
    pub(super) fn repeat(&self, given: &Given) -> bool {
        self.own.is_some_and(|own| self.ask(own, &given.certificate) == given.answer)
    }

    pub(super) fn into_given(self) -> Vec<Given> {
        self.given.into_inner()
    }

    fn ask(&self, own: &dyn OwnConfig, certificate: &CertificateFacts) -> SignatureAnswer {
        let known = |given: &&Given| given.certificate == *certificate;
        if let Some(answer) = self.given.borrow().iter().find(known).map(|given| given.answer) {
            return answer;
        }
        let answer = own.signed_by(certificate);
        self.given.borrow_mut().push(Given { certificate: certificate.clone(), answer });
        answer
    }
}
