//! One question in a few lines: the lists on the phone, the files that the server offers, and the
//! answer.
//!
//! [`Question`] reads files, the output of `show itl`, the checksum on a phone's screen, and
//! certificates in PEM or DER. A fact that is not given stays unknown, and the answer lists its
//! assumptions. The command line, the C interface, the Python module and the page all ask through
//! it, so that one question has one answer.
//!
//! ```
//! # #[cfg(feature = "rsa")] {
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let old = std::fs::read("testdata/recovery/before/ITLFile.tlv")?;
//! # let new = std::fs::read("testdata/recovery/after-callmanager/ITLFile.tlv")?;
//! use trustlist::{Question, Verdict};
//! let answer = Question::new().installed_itl(&old)?.offered_itl(&new)?.model("8851").predict();
//! match answer.verdict() {
//!     Verdict::Accept => println!("every file is accepted"),
//!     Verdict::Reject | Verdict::Depends => println!("{answer}"),
//! }
//! # assert!(answer.to_string().starts_with("YES: the phone accepts the ITL."));
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```

mod answer;
mod error;
mod given;
mod known;
mod request;
mod tvs;

pub use answer::Predicted;
pub use error::QuestionError;
pub use given::{
    GivenError, MAX_CERTIFICATES, certificate, certificates, decoded, list, losses, text,
};
pub use known::checksum_of;
#[doc(hidden)]
pub use tvs::{KnownToTvs, known_file};
pub use tvs::{TvsAnswers, TvsSaid, UnnamedServer, known_certificates};

/// The provider that signatures are checked with: the fastest that was built in.
#[cfg(feature = "aws-lc-rs")]
pub use crate::verify::AwsLc as Verifier;
#[cfg(all(feature = "rsa", not(feature = "aws-lc-rs")))]
pub use crate::verify::RustCrypto as Verifier;

use crate::console::PasteLimits;
use crate::facts::{CertificateFacts, FileId, Files, ListFacts, ListKind, Timestamp};
use crate::phone::{
    CachedSigner, ConfigOffer, Device, InstalledLists, KnownCertificate, ListOffer, Offer, Phone,
    SecurityByDefault, TlsVersion, Tvs, TvsServer, Verdict, predict,
};
use crate::report::{Assumption, FactoryFresh, Taken};
use crate::verify::SignatureVerifier;
use crate::wire::DigestAlgorithm;
use known::Known;
use request::{Held, PredictRequest};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question about one phone: will it take the files that its server offers?
///
/// Every method says one fact. What is never said stays unknown; of what is said twice the later counts. A method that returns an
/// error says nothing. The question owns what it was given and can be asked as often as needed.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::{Question, Verdict};
/// // Nothing is said about the phone, so nothing is decided.
/// let list = std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap();
/// let mut question = Question::new();
/// question.offered_itl(&list).unwrap().model("8851");
/// assert_eq!(question.predict().verdict(), Verdict::Depends);
/// // The list that the phone already holds changes nothing.
/// question.installed_itl(&list).unwrap();
/// assert_eq!(question.predict().verdict(), Verdict::Accept);
/// // What is no list is an error with its place.
/// let error = question.offered_itl(b"<html>404</html>").unwrap_err();
/// assert!(error.to_string().starts_with("offered_itl: byte 0x0000: expected a trust list"));
/// # }
/// ```
#[derive(Debug)]
pub struct Question {
    files: Files<Arc<dyn SignatureVerifier + Send + Sync>>,
    known: Known,
    within: PasteLimits,
    asked: PredictRequest,
    /// Name of the next list in sentences.
    name: Option<String>,
    /// The files that TVS is said to know, and what they are called.
    tvs_files: Vec<(FileId, String)>,
    /// Lost parts of pasted lists, with the list of each paste.
    lost: BTreeMap<&'static str, Vec<String>>,
    /// Names of the installed lists in sentences.
    names: BTreeMap<&'static str, String>,
}

#[cfg(any(feature = "rsa", feature = "aws-lc-rs"))]
impl Default for Question {
    fn default() -> Self {
        Self::new()
    }
}

impl Question {
    /// Returns a question without any facts. Signatures are checked with the fastest provider that was built in.
    #[cfg(any(feature = "rsa", feature = "aws-lc-rs"))]
    pub fn new() -> Self {
        Self::with_verifier(Arc::new(Verifier))
    }

    /// Returns a question without any facts, with a provider of signatures.
    pub fn with_verifier(verifier: Arc<dyn SignatureVerifier + Send + Sync>) -> Self {
        Self {
            files: Files::new(verifier),
            known: Known::default(),
            within: PasteLimits::new(),
            asked: PredictRequest::default(),
            name: None,
            tvs_files: Vec::new(),
            lost: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// Sets how much of a paste is read.
    pub fn paste_limits(&mut self, limits: PasteLimits) -> &mut Self {
        self.within = limits;
        self
    }

    /// Says what the list that is said next is called in sentences: the name of its file. Else it is called like the method.
    pub fn called(&mut self, name: &str) -> &mut Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Adds a list that an installed list can be named from by its checksum: a phone's screen shows nothing more of what it holds.
    pub fn known_list(&mut self, bytes: impl Into<Arc<[u8]>>) -> &mut Self {
        self.known.add(bytes.into());
        self
    }

    /// Says which ITL the phone holds: the file, the output of `show itl`, or the MD5, SHA-1 or SHA-256 of a list that was given to
    /// [`known_list`](Self::known_list) before. Once one installed list is said, the phone does not hold the other one unless that
    /// is said too. A list whose signature is broken by the key that it carries itself is not what a phone holds (P-SIG-2): then
    /// nothing is known of its lists, and the answer names the list.
    ///
    /// # Errors
    /// [`GivenError::Parse`], [`GivenError::Paste`], [`GivenError::UnknownChecksum`] or
    /// [`GivenError::AmbiguousChecksum`].
    pub fn installed_itl(&mut self, given: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        let held = self.held(INSTALLED_ITL, given.as_ref(), Some(ListKind::Itl))?;
        let before = core::mem::replace(&mut self.asked.installed_itl, held)
            .list()
            .map(|list| list.file.clone());
        Ok(self.installed(before))
    }

    /// Says which CTL the phone holds, like [`installed_itl`](Self::installed_itl).
    ///
    /// # Errors
    /// [`GivenError::Parse`], [`GivenError::Paste`], [`GivenError::UnknownChecksum`] or
    /// [`GivenError::AmbiguousChecksum`].
    pub fn installed_ctl(&mut self, given: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        let held = self.held(INSTALLED_CTL, given.as_ref(), Some(ListKind::Ctl))?;
        let before = core::mem::replace(&mut self.asked.installed_ctl, held)
            .list()
            .map(|list| list.file.clone());
        Ok(self.installed(before))
    }

    /// Says that the phone holds neither list. Without this and without an installed list nothing is known of what it holds, and
    /// every outcome is [`Outcome::Depends`](crate::phone::Outcome::Depends).
    pub fn factory_fresh(&mut self) -> &mut Self {
        self.asked.installed_itl = Held::Unspecified;
        self.asked.installed_ctl = Held::Unspecified;
        self.asked.factory_fresh = true;
        self.lost.remove(INSTALLED_CTL);
        self.lost.remove(INSTALLED_ITL);
        self
    }

    /// Says which ITL the TFTP server offers: the file, or the output of `show itl`. Zero bytes are an empty file on the server. If
    /// it is never said, the server has no such file.
    ///
    /// # Errors
    /// [`GivenError::Parse`] or [`GivenError::Paste`].
    pub fn offered_itl(&mut self, given: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        let offer = self.list_offer(OFFERED_ITL, given.as_ref(), ListKind::Itl)?;
        self.asked.offers = true;
        let before = core::mem::replace(&mut self.asked.offered_itl, offer);
        Ok(self.forget(request::offered(&before)))
    }

    /// Says which CTL the TFTP server offers, like [`offered_itl`](Self::offered_itl).
    ///
    /// # Errors
    /// [`GivenError::Parse`] or [`GivenError::Paste`].
    pub fn offered_ctl(&mut self, given: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        let offer = self.list_offer(OFFERED_CTL, given.as_ref(), ListKind::Ctl)?;
        self.asked.offers = true;
        let before = core::mem::replace(&mut self.asked.offered_ctl, offer);
        Ok(self.forget(request::offered(&before)))
    }

    /// Says which signed configuration (`.sgn`) the TFTP server offers. Zero bytes are an empty file on the server. If neither this
    /// nor [`no_config`](Self::no_config) is said, no configuration is judged.
    ///
    /// # Errors
    /// [`GivenError::Parse`] if it is no signed file.
    pub fn offered_config(&mut self, bytes: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        let offer = match bytes.as_ref() {
            [] => ConfigOffer::Empty,
            bytes => {
                let config = self.files.config(bytes);
                ConfigOffer::Config(config.map_err(|error| {
                    QuestionError::new(OFFERED_CONFIG, GivenError::Parse(error))
                })?)
            }
        };
        self.asked.offers = true;
        let before = core::mem::replace(&mut self.asked.config, offer);
        Ok(self.forget(request::config(&before)))
    }

    /// Says that the TFTP server has no signed configuration.
    pub fn no_config(&mut self) -> &mut Self {
        self.asked.offers = true;
        self.asked.config = ConfigOffer::NotServed;
        self
    }

    /// Says the phone's model: `7975`, `CP-7975G`, `Cisco 7975`. A blank one says nothing.
    pub fn model(&mut self, model: &str) -> &mut Self {
        let model = Some(model).filter(|model| !model.trim().is_empty());
        self.device(model.map_or_else(Device::unknown, Device::of_model))
    }

    /// Says what is known of the device, in place of its model.
    pub fn device(&mut self, device: Device) -> &mut Self {
        self.asked.device.known = Some(device);
        self
    }

    /// Says whether the device has Security By Default, whatever is known of its model.
    pub fn security_by_default(&mut self, answer: SecurityByDefault) -> &mut Self {
        self.asked.device.security_by_default = Some(answer);
        self
    }

    /// Says which digests of signatures the device can check, whatever is known of its model.
    pub fn digests(&mut self, digests: &[DigestAlgorithm]) -> &mut Self {
        self.asked.device.digests = Some(digests.to_vec());
        self
    }

    /// Says the longest key of a signer that the device takes, in bits.
    pub fn max_key_bits(&mut self, bits: u32) -> &mut Self {
        self.asked.device.max_key_bits = Some(bits);
        self
    }

    /// Says that the phone runs in FIPS mode.
    pub fn fips(&mut self) -> &mut Self {
        self.asked.device.fips = true;
        self
    }

    /// Says the phone's CallManager group, in order. These are its TVS servers too.
    pub fn cm_group<S: AsRef<str>>(&mut self, servers: impl IntoIterator<Item = S>) -> &mut Self {
        self.asked.cm_group =
            Some(servers.into_iter().map(|server| Arc::from(server.as_ref().trim())).collect());
        self
    }

    /// Says the name or address of the phone's TFTP server, which the records of a CTL are compared with.
    pub fn tftp_server(&mut self, server: &str) -> &mut Self {
        self.asked.tftp_server = Some(Arc::from(server));
        self
    }

    /// Says the minimum TLS version of the cluster (`show tls min-version`), which its TVS servers follow.
    pub fn tls_minimum(&mut self, version: TlsVersion) -> &mut Self {
        self.asked.tls_minimum = Some(version);
        self
    }

    /// Says the date of the judgement: expired certificates are then reported. They are never decisive.
    pub fn at(&mut self, at: impl Into<Timestamp>) -> &mut Self {
        self.asked.at = Some(at.into());
        self
    }

    /// Says that no TVS server answers; forgets what was said about single servers.
    pub fn no_tvs(&mut self) -> &mut Self {
        self.asked.tvs = tvs::TvsSaid { none: true, ..tvs::TvsSaid::default() };
        self.lost.remove(TVS_KNOWS);
        self.tvs_files.clear();
        self
    }

    /// Says that a TVS server does not answer.
    pub fn tvs_down(&mut self, server: &str) -> &mut Self {
        self.server(TvsServer {
            server: Arc::from(server),
            reachable: false,
            presents: None,
            knows: None,
        })
    }

    /// Says which certificate a TVS server presents on port 2445: PEM or DER, the first one of a bundle.
    ///
    /// # Errors
    /// [`GivenError::Certificate`], or an error of its PEM.
    pub fn tvs_presents(
        &mut self,
        server: &str,
        certificate: impl AsRef<[u8]>,
    ) -> Result<&mut Self, QuestionError> {
        let presents = Some(self.certificate(TVS_PRESENTS, certificate.as_ref())?);
        Ok(self.server(TvsServer {
            server: Arc::from(server),
            reachable: true,
            presents,
            knows: None,
        }))
    }

    /// Says that a TVS server answers, or every one of the CallManager group if none is named; nothing is known of its
    /// certificate and of what it knows.
    pub fn tvs_answers(&mut self, server: Option<&str>) -> &mut Self {
        self.knows(server.map(Arc::from), Vec::new())
    }

    /// Says what every TVS server knows: a list (the file or its print), whose records are known with their roles; or certificates
    /// in PEM or DER, known with roles unknown. Several calls add up.
    ///
    /// # Errors
    /// [`GivenError::Parse`], [`GivenError::Paste`], [`GivenError::Certificate`] or an error of its PEM.
    pub fn tvs_knows(&mut self, given: impl AsRef<[u8]>) -> Result<&mut Self, QuestionError> {
        self.known_to(None, given.as_ref())
    }

    /// Says what one TVS server knows, like [`tvs_knows`](Self::tvs_knows).
    ///
    /// # Errors
    /// [`GivenError::Parse`], [`GivenError::Paste`], [`GivenError::Certificate`] or an error of its PEM.
    pub fn tvs_server_knows(
        &mut self,
        server: &str,
        given: impl AsRef<[u8]>,
    ) -> Result<&mut Self, QuestionError> {
        self.known_to(Some(Arc::from(server)), given.as_ref())
    }

    /// Says that TVS vouched for a certificate (PEM or DER) during the last 24 hours: the phone remembers it. Several calls add up.
    ///
    /// # Errors
    /// [`GivenError::Certificate`], or an error of its PEM.
    pub fn tvs_cached(
        &mut self,
        certificate: impl AsRef<[u8]>,
    ) -> Result<&mut Self, QuestionError> {
        let certificate = self.certificate(TVS_CACHED, certificate.as_ref())?;
        self.asked.tvs_cache.push(CachedSigner { certificate, age_hours: None, roles: None });
        Ok(self)
    }

    /// Answers the question.
    pub fn predict(&self) -> Predicted {
        let (phone, offer) = (self.phone(), self.offer());
        let answers = self.asked.tvs.clone().answers();
        let group = self.asked.cm_group.as_deref();
        let tvs = self.tvs_of_group(group);
        let fresh =
            if self.asked.factory_fresh { FactoryFresh::Said } else { FactoryFresh::Unsaid };
        let mut assumed = Assumption::of_options(&phone, &offer, &tvs, fresh);
        if group.is_none() && self.group_decides(&phone, &offer, &tvs) {
            let gap = assumed.iter_mut().find(|assumed| assumed.taken == Taken::TvsOrder);
            gap.into_iter().for_each(|gap| gap.taken = Taken::GroupDecides);
        }
        if !self.asked.offers {
            assumed.insert(0, Assumption::new(Taken::NothingOffered, OFFERS));
        }
        let broken: Vec<Assumption> = self
            .broken()
            .map(|name| Assumption::new(Taken::InstalledListBroken, name.to_owned()))
            .collect();
        if !broken.is_empty() {
            // They were given.
            assumed.retain(|assumed| assumed.taken != Taken::InstalledListsUnknown);
            assumed.splice(0..0, broken);
        }
        let unnamed = group.map(|group| answers.unnamed(group)).unwrap_or_default();
        assumed.extend(unnamed.iter().map(tvs::UnnamedServer::assumption));
        let mut lost: Vec<&String> = self.lost.values().flatten().collect();
        lost.dedup();
        assumed
            .extend(lost.into_iter().map(|lost| Assumption::new(Taken::LostInPaste, lost.clone())));
        // Who says that TVS knows the offered list says what is asked.
        let offered =
            [request::offered(&self.asked.offered_itl), request::offered(&self.asked.offered_ctl)];
        let begged =
            self.tvs_files.iter().filter(|(file, _)| offered.contains(&Some(file.clone())));
        assumed.extend(
            begged.map(|(_, name)| Assumption::new(Taken::OfferedListKnownToTvs, name.clone())),
        );
        Predicted::new((phone, offer, tvs), assumed, &self.files)
    }

    /// Checks if a phone that accepts everything as long as it may ask every TVS server does not if it may ask one of them
    /// only.
    fn group_decides(&self, phone: &Phone, offer: &Offer, tvs: &Tvs) -> bool {
        let Tvs::Known(servers) = tvs else { return false };
        let verdict = |phone: &Phone, tvs: &Tvs| predict(phone, offer, tvs, &self.files).verdict();
        if servers.len() < 2 || verdict(phone, tvs) != Verdict::Accept {
            return false;
        }
        servers.iter().any(|one| {
            let group = vec![one.server.clone()];
            let tvs = self.tvs_of_group(Some(&group));
            verdict(&phone.clone().with_cm_group(Some(group)), &tvs) != Verdict::Accept
        })
    }

    /// Returns the phone as [`phone::predict`](crate::phone::predict()) and a fleet take it. If an installed list is
    /// [broken](Files::is_signature_broken), the lists on the phone are not known.
    pub fn phone(&self) -> Phone {
        let phone = self.asked.phone();
        match self.broken().next() {
            None => phone,
            Some(_) => phone.with_installed(InstalledLists::Unknown),
        }
    }

    /// Returns the names of the installed lists whose signature is broken.
    fn broken(&self) -> impl Iterator<Item = &str> {
        let held = [
            (INSTALLED_CTL, &self.asked.installed_ctl),
            (INSTALLED_ITL, &self.asked.installed_itl),
        ];
        let broken = held.into_iter().filter(|(_, held)| {
            held.list().is_some_and(|list| self.files.is_signature_broken(&list.file))
        });
        broken.map(|(input, _)| self.names.get(input).map_or(input, String::as_str))
    }

    /// Returns the offer as [`phone::predict`](crate::phone::predict()) and a fleet take it.
    pub fn offer(&self) -> Offer {
        self.asked.offer()
    }

    /// Returns what is known of TVS for this phone.
    pub fn tvs(&self) -> Tvs {
        self.tvs_of_group(self.asked.cm_group.as_deref())
    }

    /// Returns what is known of TVS for another phone, by its CallManager group.
    pub fn tvs_of_group(&self, group: Option<&[Arc<str>]>) -> Tvs {
        let mut tvs = self.asked.tvs.clone().answers().of_group(group);
        if let (Tvs::Known(servers), true) = (&mut tvs, self.lost_of_tvs()) {
            let signers = self.asked.signers();
            servers.iter_mut().for_each(|server| tvs::doubt(server, &signers));
        }
        tvs
    }

    /// Checks if a paste of what TVS knows lost a part: a certificate that is missing may be known all the same.
    fn lost_of_tvs(&self) -> bool {
        self.lost.get(TVS_KNOWS).is_some_and(|lost| !lost.is_empty())
    }

    /// Reads a list into the files of the question, for the phones of a fleet: the file, its print, or the checksum of a known
    /// list. `None` for a print that says that there is no such file.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::fleet::Fleet;
    /// use trustlist::phone::{Device, InstalledLists, Phone};
    /// use trustlist::{Question, Verdict};
    /// let old = std::fs::read("testdata/recovery/before/ITLFile.tlv").unwrap();
    /// let mut site = Question::new();
    /// site.offered_itl(std::fs::read("testdata/recovery/after-callmanager/ITLFile.tlv").unwrap()).unwrap();
    /// let held = site.read_list(old).unwrap();
    /// let phone = Phone::new(Device::of_model("8851")).with_installed(InstalledLists::of(None, held));
    /// let (offer, tvs) = (site.offer(), site.tvs());
    /// let fleet = Fleet::new(&offer, &tvs, site.files());
    /// assert_eq!(fleet.judge(&phone).verdict, Verdict::Accept);
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`GivenError::Parse`], [`GivenError::Paste`], [`GivenError::UnknownChecksum`] or
    /// [`GivenError::AmbiguousChecksum`]; [`GivenError::LostPart`] for a paste that lost a part, which
    /// would decide about many phones.
    pub fn read_list(
        &mut self,
        given: impl AsRef<[u8]>,
    ) -> Result<Option<Arc<ListFacts>>, QuestionError> {
        let held = self.held(LIST, given.as_ref(), None)?;
        if let Some(lost) = self.lost.remove(LIST).and_then(|lost| lost.into_iter().next()) {
            return Err(QuestionError::new(LIST, GivenError::LostPart(lost)));
        }
        self.asked.keeps_files = true;
        Ok(held.list().cloned())
    }

    /// Returns what the pastes of this question lost, one line each: a fleet is not judged by them.
    #[doc(hidden)]
    pub fn losses(&self) -> impl Iterator<Item = &str> {
        self.lost.values().flatten().map(String::as_str)
    }

    /// Returns the files themselves, for a fleet that a service keeps:
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use std::sync::Arc;
    /// use trustlist::{Question, fleet::Fleet};
    /// struct Service {
    ///     fleet: Fleet<'static>,
    /// }
    /// let site = Question::new();
    /// let (offer, tvs) = (Arc::new(site.offer()), Arc::new(site.tvs()));
    /// let service = Service { fleet: Fleet::shared(offer, tvs, Arc::new(site.into_files())) };
    /// # }
    /// ```
    pub fn into_files(self) -> Files<Arc<dyn SignatureVerifier + Send + Sync>> {
        self.files
    }

    /// Returns the files of the question, which answer for their signatures.
    pub fn files(&self) -> &Files<Arc<dyn SignatureVerifier + Send + Sync>> {
        &self.files
    }

    fn list(
        &mut self,
        input: &'static str,
        bytes: impl Into<Arc<[u8]>>,
        kind: Option<ListKind>,
    ) -> Result<Option<Arc<ListFacts>>, QuestionError> {
        let name = self.name.take();
        let bytes = bytes.into();
        let list = given::list(&mut self.files, bytes.clone(), kind, &self.within)
            .map_err(|error| QuestionError::new(input, error))?;
        // Of a paste whose file is known nothing is missing.
        let whole = list.as_ref().is_none_or(|list| self.files.bytes(&list.file).is_some());
        let lost = if whole { Vec::new() } else { given::losses(&bytes, kind, &self.within) };
        let name = name.as_deref().unwrap_or(input);
        self.lost.insert(input, lost.iter().map(|lost| format!("{name}: {lost}")).collect());
        self.names.insert(input, name.to_owned());
        Ok(list)
    }

    fn held(
        &mut self,
        input: &'static str,
        bytes: &[u8],
        kind: Option<ListKind>,
    ) -> Result<Held, QuestionError> {
        let Some(checksum) = given::checksum(bytes) else {
            return self.list(input, bytes, kind).map(Held::of);
        };
        let known = self.known.find(&checksum).map_err(|error| QuestionError::new(input, error))?;
        self.list(input, known, kind).map(Held::of)
    }

    fn list_offer(
        &mut self,
        input: &'static str,
        bytes: &[u8],
        kind: ListKind,
    ) -> Result<ListOffer, QuestionError> {
        if bytes.is_empty() {
            return Ok(ListOffer::Empty);
        }
        Ok(self.list(input, bytes, Some(kind))?.map_or(ListOffer::NotFound, ListOffer::List))
    }

    fn installed(&mut self, before: Option<FileId>) -> &mut Self {
        self.asked.factory_fresh = false;
        self.forget(before)
    }

    /// Takes a file that is no longer asked about out of the set: a program may ask one question for months.
    fn forget(&mut self, before: Option<FileId>) -> &mut Self {
        if let Some(file) = before.filter(|file| !self.asked.names(file)) {
            self.files.remove(&file);
        }
        self
    }

    fn certificate(
        &mut self,
        input: &'static str,
        bytes: &[u8],
    ) -> Result<Arc<CertificateFacts>, QuestionError> {
        let ders = given::certificates(bytes);
        let facts = ders.and_then(|ders| match ders.as_slice() {
            [der] => given::certificate(&mut self.files, der),
            several => Err(GivenError::SeveralCertificates(several.len())),
        });
        facts.map_err(|error| QuestionError::new(input, error))
    }

    /// Says something about a TVS server, in place of what was said about it before.
    fn server(&mut self, server: TvsServer) -> &mut Self {
        let said = &mut self.asked.tvs;
        said.none = false;
        match said
            .servers
            .iter_mut()
            .find(|known| known.server.eq_ignore_ascii_case(&server.server))
        {
            Some(known) => *known = server,
            None => said.servers.push(server),
        }
        self
    }

    fn known_to(
        &mut self,
        server: Option<Arc<str>>,
        bytes: &[u8],
    ) -> Result<&mut Self, QuestionError> {
        let known = tvs::known_file(&mut self.files, bytes, &self.within);
        let name = self.name.take().unwrap_or_else(|| TVS_KNOWS.to_owned());
        let known = known.map_err(|error| QuestionError::new(TVS_KNOWS, error))?;
        let lost = known.lost.iter().map(|lost| format!("{name}: {lost}"));
        // Several calls add up.
        self.lost.entry(TVS_KNOWS).or_default().extend(lost);
        self.tvs_files.extend(known.lists.into_iter().map(|list| (list, name.clone())));
        // A list that TVS knows stays in the set, whatever is asked about later.
        self.asked.keeps_files = true;
        Ok(self.knows(server, known.certificates))
    }

    fn knows(&mut self, server: Option<Arc<str>>, known: Vec<KnownCertificate>) -> &mut Self {
        self.asked.tvs.none = false;
        self.asked.tvs.knows.push((server, known));
        self
    }
}

const INSTALLED_CTL: &str = "installed_ctl";
const INSTALLED_ITL: &str = "installed_itl";
const LIST: &str = "list";
/// The options that say what is offered.
const OFFERS: &str = "--offered-itl, --offered-ctl or --offered-config";
const OFFERED_CONFIG: &str = "offered_config";
const OFFERED_CTL: &str = "offered_ctl";
const OFFERED_ITL: &str = "offered_itl";
const TVS_CACHED: &str = "tvs_cached";
const TVS_KNOWS: &str = "tvs_knows";
const TVS_PRESENTS: &str = "tvs_presents";
