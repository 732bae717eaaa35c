//! From files to the question that is put to `phone::predict`.

use super::super::{given, input, limits};
use super::arguments::Arguments;
use super::known::Known;
use super::tvs;
use crate::facts::{CertificateFacts, FileId, Files, ListFacts, ListKind, SignatureAnswer, Signatures};
use crate::fleet::LooseSignatures;
use crate::phone::{CachedSigner, ConfigOffer, KnownCertificate, ListOffer, Offer, Phone, Tvs};
use crate::question::{self, Asked, Held, UnnamedServer, Verifier};
use crate::report::list::parse_error;
use crate::wire;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `predict` is asked, made of files.
pub(in crate::cli) struct Question {
    pub(in crate::cli) phone: Phone,
    pub(in crate::cli) offer: Offer,
    pub(in crate::cli) tvs: Tvs,
    /// Servers of the group that no `--tvs` names.
    pub(super) unnamed: Vec<UnnamedServer>,
    pub(in crate::cli) files: Files<Verifier>,
    /// One line for each list that was taken from a paste of the other option.
    pub(super) both_kinds: Vec<String>,
}

/// Reads files into facts, one set for all of them.
pub(in crate::cli) struct Reader {
    pub(in crate::cli) files: Files<Verifier>,
    pub(in crate::cli) known: Option<Known>,
}

impl Question {
    /// Reads every file that the arguments name. The error is one line that names the file.
    pub(super) fn read(arguments: &Arguments) -> Result<Self, String> {
        let mut reader = Reader::new(arguments.known.as_deref())?;
        let (asked, both_kinds) = reader.asked(arguments)?;
        let (phone, offer) = (asked.phone(), asked.offer());
        let answers = tvs::answers(&arguments.tvs, &mut reader)?;
        let (tvs, unnamed) = (asked.tvs(&answers), asked.unnamed_servers(&answers));
        Ok(Self { phone, offer, tvs, unnamed, files: reader.files, both_kinds })
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
    pub(in crate::cli) fn new(known: Option<&Path>) -> Result<Self, String> {
        Ok(Self { files: Files::new(Verifier), known: known.map(Known::read).transpose()? })
    }

    /// Everything that the arguments say but TVS.
    fn asked(&mut self, arguments: &Arguments) -> Result<(Asked, Vec<String>), String> {
        let mut notes = Vec::new();
        let [installed_itl, installed_ctl] = or_same_paste(
            ["--installed-itl", "--installed-ctl"],
            [arguments.installed_itl.as_ref(), arguments.installed_ctl.as_ref()],
            &mut notes,
        )?;
        let [offered_itl, offered_ctl] = or_same_paste(
            ["--offered-itl", "--offered-ctl"],
            [arguments.offered_itl.as_ref(), arguments.offered_ctl.as_ref()],
            &mut notes,
        )?;
        let installed_itl = self.installed(installed_itl, ListKind::Itl)?;
        let installed_ctl = self.installed(installed_ctl, ListKind::Ctl)?;
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
        let asked = Asked {
            device: arguments.device.said(None),
            factory_fresh: arguments.factory_fresh,
            installed_itl,
            installed_ctl,
            offered_ctl: self.offered(offered_ctl, ListKind::Ctl)?,
            offered_itl: self.offered(offered_itl, ListKind::Itl)?,
            config,
            cm_group: arguments.cm_group.as_ref().map(|names| question::group(names.iter().map(String::as_str))),
            tftp_server: arguments.tftp_server.as_deref().map(Arc::from),
            tvs_cache,
            tls_minimum: arguments.tvs.tls_minimum,
            at: arguments.at,
        };
        Ok((asked, notes))
    }

    fn installed(&mut self, path: Option<&PathBuf>, kind: ListKind) -> Result<Held, String> {
        let Some(path) = path else { return Ok(Held::Unsaid) };
        let (name, bytes) = match Known::checksum(path) {
            Some(checksum) => self.by_checksum(path, &checksum)?,
            None => (input::name(path), held(path)?.into()),
        };
        given::list(&mut self.files, &name, bytes, Some(kind)).map(Held::of)
    }

    /// A phone shows only the checksum of what it holds.
    fn by_checksum(&self, path: &Path, checksum: &[u8]) -> Result<(String, Arc<[u8]>), String> {
        let Some(known) = &self.known else {
            return Err(format!("{}: a checksum needs --known DIR with the lists it may be of", path.display()));
        };
        known.find(checksum).ok_or_else(|| {
            format!("{}: no list under --known has this checksum ({} lists were read)", path.display(), known.lists())
        })
    }

    /// A list that the server offers; without a path it has none.
    pub(in crate::cli) fn offered(&mut self, path: Option<&PathBuf>, kind: ListKind) -> Result<ListOffer, String> {
        let Some(path) = path else { return Ok(ListOffer::NotFound) };
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ListOffer::Empty),
            bytes => {
                let list = given::list(&mut self.files, &input::name(path), bytes, Some(kind))?;
                Ok(list.map_or(ListOffer::NotFound, ListOffer::List))
            }
        }
    }

    /// A configuration that the server offers.
    pub(in crate::cli) fn config(&mut self, path: &Path) -> Result<ConfigOffer, String> {
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ConfigOffer::Empty),
            bytes => self.files.config(bytes).map(ConfigOffer::Config).map_err(|error| parse_error(&input::name(path), &error)),
        }
    }

    /// A list of this kind, a file or a print; `None` where the print says that there is none.
    pub(in crate::cli) fn list(
        &mut self,
        name: &str,
        bytes: Arc<[u8]>,
        kind: ListKind,
    ) -> Result<Option<Arc<ListFacts>>, String> {
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

/// Returns the paths of an ITL and a CTL; where one was not given and the paste of the other holds a list of its kind too,
/// that paste is both, which is noted.
fn or_same_paste<'a>(
    options: [&str; 2],
    paths: [Option<&'a PathBuf>; 2],
    notes: &mut Vec<String>,
) -> Result<[Option<&'a PathBuf>; 2], String> {
    let (path, given, other, wanted) = match (paths, options) {
        ([Some(path), None], [itl, ctl]) => (path, itl, ctl, ListKind::Ctl),
        ([None, Some(path)], [itl, ctl]) => (path, ctl, itl, ListKind::Itl),
        _ => return Ok(paths),
    };
    if !path.is_file() {
        return Ok(paths);
    }
    let name = input::name(path);
    let Some(text) = given::text(&name, &input::read(path)?)? else { return Ok(paths) };
    let prints = given::prints_of(&name, &text)?;
    let holds = |kind: ListKind| prints.iter().any(|print| print.kind == kind);
    if !(holds(ListKind::Itl) && holds(ListKind::Ctl)) {
        return Ok(paths);
    }
    let word = if wanted == ListKind::Ctl { "a CTL" } else { "an ITL" };
    notes.push(format!("{given} {name}: this paste also holds {word}: taken as {other}"));
    Ok([Some(path), Some(path)])
}

/// Reads a file that is held until the end.
pub(in crate::cli) fn held(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = input::read(path)?;
    limits::hold(bytes.len()).map_err(|error| format!("{}: {error}", input::name(path)))?;
    Ok(bytes)
}
