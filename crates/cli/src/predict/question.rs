//! From files to the question that is put to `phone::predict`.

use super::super::{given, input, limits};
use super::arguments::Arguments;
use super::known::Known;
use super::tvs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, FileId, Files, ListFacts, ListKind, SignatureAnswer, Signatures};
use trustlist::fleet::LooseSignatures;
use trustlist::phone::{CachedSigner, ConfigOffer, KnownCertificate, ListOffer, Offer, Phone, Tvs};
use trustlist::question::{self, Asked, Held, UnnamedServer, Verifier};
use trustlist::report::list::parse_error;
use trustlist::wire;

/// What `predict` is asked, made of files.
pub(crate) struct Question {
    pub(crate) phone: Phone,
    pub(crate) offer: Offer,
    pub(crate) tvs: Tvs,
    /// Servers of the group that no `--tvs` names.
    pub(super) unnamed: Vec<UnnamedServer>,
    /// What the pastes of lists lost.
    pub(super) lost: Vec<String>,
    pub(crate) files: Files<Verifier>,
}

/// Reads files into facts, one set for all of them.
pub(crate) struct Reader {
    pub(crate) files: Files<Verifier>,
    pub(crate) known: Option<Known>,
    /// What the pastes of lists lost.
    lost: Vec<String>,
}

impl Question {
    /// Reads every file that the arguments name. The error is one line that names the file.
    pub(super) fn read(arguments: &Arguments) -> Result<Self, String> {
        let mut reader = Reader::new(arguments.known.as_deref())?;
        let asked = reader.asked(arguments)?;
        let (phone, offer) = (asked.phone(), asked.offer());
        let answers = tvs::answers(&arguments.tvs, &mut reader)?;
        let (tvs, unnamed) = (asked.tvs(&answers), asked.unnamed_servers(&answers));
        Ok(Self { phone, offer, tvs, unnamed, lost: reader.lost, files: reader.files })
    }
}

impl Signatures for Reader {
    fn signed_by(&self, file: FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        self.files.signed_by(file, certificate)
    }

    fn same_file(&self, one: FileId, other: FileId) -> bool {
        self.files.same_file(one, other)
    }
}

impl LooseSignatures for Reader {
    fn bytes_signed_by(&self, bytes: &[u8], certificate: &CertificateFacts) -> SignatureAnswer {
        self.files.bytes_signed_by(bytes, certificate)
    }
}

impl Reader {
    /// Nothing is read yet but the folder of known lists.
    pub(crate) fn new(known: Option<&Path>) -> Result<Self, String> {
        Ok(Self { files: Files::new(Verifier), known: known.map(Known::read).transpose()?, lost: Vec::new() })
    }

    /// Everything that the arguments say but TVS.
    fn asked(&mut self, arguments: &Arguments) -> Result<Asked, String> {
        let installed_itl = self.installed(arguments.installed_itl.as_ref(), ListKind::Itl)?;
        let installed_ctl = self.installed(arguments.installed_ctl.as_ref(), ListKind::Ctl)?;
        let cached = arguments
            .tvs_cached
            .iter()
            .map(|path| Ok::<_, String>(CachedSigner { certificate: self.certificate(path)?, age_hours: None, roles: None }));
        let tvs_cache = cached.collect::<Result<_, _>>()?;
        let config = match &arguments.offered_config {
            Some(path) => self.config(path)?,
            None if arguments.no_config => ConfigOffer::NotServed,
            None => ConfigOffer::NotJudged,
        };
        Ok(Asked {
            device: arguments.device.said(None),
            factory_fresh: arguments.factory_fresh,
            installed_itl,
            installed_ctl,
            offered_ctl: self.offered(arguments.offered_ctl.as_ref(), ListKind::Ctl)?,
            offered_itl: self.offered(arguments.offered_itl.as_ref(), ListKind::Itl)?,
            config,
            cm_group: arguments.cm_group.as_ref().map(|names| question::group(names.iter().map(String::as_str))),
            tftp_server: arguments.tftp_server.as_deref().map(Arc::from),
            tvs_cache,
            tls_minimum: arguments.tvs.tls_minimum,
            at: arguments.at,
        })
    }

    fn installed(&mut self, path: Option<&PathBuf>, kind: ListKind) -> Result<Held, String> {
        let Some(path) = path else { return Ok(Held::Unsaid) };
        let (name, bytes) = match Known::checksum(path) {
            Some(checksum) => self.by_checksum(path, &checksum)?,
            None => (input::name(path), held(path)?.into()),
        };
        self.given(&name, bytes, kind).map(Held::of)
    }

    /// A list, and what its paste lost, if the file itself is not known.
    fn given(&mut self, name: &str, bytes: Arc<[u8]>, kind: ListKind) -> Result<Option<Arc<ListFacts>>, String> {
        let list = given::list(&mut self.files, name, bytes.clone(), Some(kind))?;
        if list.as_ref().is_some_and(|list| self.files.bytes(list.file).is_none()) {
            let lost = given::losses(name, &bytes, Some(kind));
            let new = lost.into_iter().filter(|lost| !self.lost.contains(lost)).collect::<Vec<_>>();
            self.lost.extend(new);
        }
        Ok(list)
    }

    /// A phone shows only the checksum of what it holds.
    fn by_checksum(&self, path: &Path, checksum: &[u8]) -> Result<(String, Arc<[u8]>), String> {
        let Some(known) = &self.known else {
            return Err(format!("{}: a checksum needs --known DIR with the lists it may be of", path.display()));
        };
        known.find(checksum).ok_or_else(|| format!("{}: no list under --known has this checksum", path.display()))
    }

    /// A list that the server offers; without a path it has none.
    pub(crate) fn offered(&mut self, path: Option<&PathBuf>, kind: ListKind) -> Result<ListOffer, String> {
        let Some(path) = path else { return Ok(ListOffer::NotFound) };
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ListOffer::Empty),
            bytes => {
                let list = self.given(&input::name(path), bytes.into(), kind)?;
                Ok(list.map_or(ListOffer::NotFound, ListOffer::List))
            }
        }
    }

    /// A configuration that the server offers.
    pub(crate) fn config(&mut self, path: &Path) -> Result<ConfigOffer, String> {
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ConfigOffer::Empty),
            bytes => self.files.config(bytes).map(ConfigOffer::Config).map_err(|error| parse_error(&input::name(path), &error)),
        }
    }

    /// A list of this kind, a file or a print; `None` where the print says that there is none.
    pub(crate) fn list(&mut self, name: &str, bytes: Arc<[u8]>, kind: ListKind) -> Result<Option<Arc<ListFacts>>, String> {
        given::list(&mut self.files, name, bytes, Some(kind))
    }

    /// What a file holds that TVS knows.
    pub(super) fn known_certificates(&mut self, path: &Path) -> Result<Vec<KnownCertificate>, String> {
        let (name, bytes) = (input::name(path), held(path)?);
        if let Ok(file) = wire::parse(&bytes) {
            limits::list_size(&name, &file)?;
        }
        let known = question::known_certificates(&mut self.files, &bytes, &limits::paste());
        known.map_err(|error| given::told(&name, &error))
    }

    /// A certificate in PEM or DER.
    pub(super) fn certificate(&mut self, path: &Path) -> Result<Arc<CertificateFacts>, String> {
        let der = input::certificate(path)?;
        question::certificate(&mut self.files, &der).map_err(|error| format!("{}: {error}", input::name(path)))
    }
}

/// Reads a file that is held until the end.
pub(crate) fn held(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = input::read(path)?;
    limits::hold(bytes.len()).map_err(|error| format!("{}: {error}", input::name(path)))?;
    Ok(bytes)
}
