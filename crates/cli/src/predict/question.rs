//! From files to the question that is put to `phone::predict`.

use super::super::{given, input, limits};
use super::arguments::Arguments;
use super::known::{Known, KnownFile};
use super::tvs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, FileId, Files, ListFacts, ListKind, SignatureAnswer, Signatures,
};
use trustlist::fleet::LooseSignatures;
use trustlist::phone::{ConfigOffer, KnownCertificate, ListOffer};
use trustlist::question::{self, Question, QuestionError, Verifier};
use trustlist::report::list::parse_error;
use trustlist::wire;

/// Reads files into facts, one set for all of them.
pub(crate) struct Reader {
    pub(crate) files: Files<Verifier>,
    pub(crate) known: Option<Known>,
}

/// Asks what the arguments say, with a line for each list that was taken from a paste of the other option. The error is one line
/// that names the file.
pub(super) fn ask(arguments: &Arguments) -> Result<(Question, Vec<String>), String> {
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
    let known = arguments.known.as_deref().map(Known::read).transpose()?;
    let mut question = Question::new();
    question.paste_limits(limits::paste());
    if arguments.factory_fresh {
        question.factory_fresh();
    }
    question.device(arguments.device.device_of(None));
    if let Some(path) = installed_itl {
        let (name, bytes) = installed(path, known.as_ref())?;
        say(&name, question.called(&name).installed_itl(bytes))?;
    }
    if let Some(path) = installed_ctl {
        let (name, bytes) = installed(path, known.as_ref())?;
        say(&name, question.called(&name).installed_ctl(bytes))?;
    }
    if let Some(path) = offered_ctl {
        say(&input::name(path), question.called(&input::name(path)).offered_ctl(list_file(path)?))?;
    }
    if let Some(path) = offered_itl {
        say(&input::name(path), question.called(&input::name(path)).offered_itl(list_file(path)?))?;
    }
    match &arguments.offered_config {
        Some(path) => say(&input::name(path), question.offered_config(held(path)?))?,
        None if arguments.no_config => _ = question.no_config(),
        None => {}
    }
    if let Some(names) = &arguments.cm_group {
        question.cm_group(names);
    }
    if let Some(server) = &arguments.tftp_server {
        question.tftp_server(server);
    }
    for path in &arguments.tvs_cached {
        say(&input::name(path), question.tvs_cached(input::read(path)?))?;
    }
    if let Some(version) = arguments.tvs.tls_minimum {
        question.tls_minimum(version);
    }
    if let Some(at) = arguments.at {
        question.at(at);
    }
    tvs::tell(&arguments.tvs, &mut question)?;
    Ok((question, notes))
}

/// What became of something that was said; the error names the file.
pub(super) fn say(name: &str, said: Result<&mut Question, QuestionError>) -> Result<(), String> {
    said.map(|_| ()).map_err(|error| given::told(name, error.kind()))
}

/// The bytes of an installed list, by its file or by the checksum of a known one.
fn installed(path: &Path, known: Option<&Known>) -> Result<(String, Arc<[u8]>), String> {
    match Known::checksum(path) {
        Some(checksum) => by_checksum(path, &checksum, known),
        None => {
            let bytes = list_file(path)?;
            Known::fits_its_name(path, &bytes)?;
            Ok((input::name(path), bytes.into()))
        }
    }
}

/// A phone shows only the checksum of what it holds.
fn by_checksum(
    path: &Path,
    checksum: &[u8],
    known: Option<&Known>,
) -> Result<(String, Arc<[u8]>), String> {
    let Some(known) = known else {
        return Err(format!(
            "{}: a checksum needs --known DIR with the lists it may be of",
            path.display()
        ));
    };
    let found = known.find(checksum).map_err(|error| format!("{}: {error}", path.display()))?;
    let KnownFile { name, bytes } = found.ok_or_else(|| {
        format!(
            "{}: no list under --known has this checksum ({} lists were read)",
            path.display(),
            known.lists()
        )
    })?;
    list_size(&name, &bytes)?;
    Ok((name, bytes))
}

/// The bytes of a list that is not too large.
pub(super) fn list_file(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = held(path)?;
    list_size(&input::name(path), &bytes)?;
    Ok(bytes)
}

fn list_size(name: &str, bytes: &[u8]) -> Result<(), String> {
    match wire::parse(bytes) {
        Ok(file) => limits::list_size(name, &file),
        Err(_) => Ok(()),
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
        Ok(Self { files: Files::new(Verifier), known: known.map(Known::read).transpose()? })
    }

    /// A list that the server offers; without a path it has none.
    pub(crate) fn offered(
        &mut self,
        path: Option<&PathBuf>,
        kind: ListKind,
    ) -> Result<ListOffer, String> {
        let Some(path) = path else { return Ok(ListOffer::NotFound) };
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ListOffer::Empty),
            bytes => {
                let list = given::whole_list(
                    &mut self.files,
                    &input::name(path),
                    bytes.into(),
                    Some(kind),
                )?;
                Ok(list.map_or(ListOffer::NotFound, ListOffer::List))
            }
        }
    }

    /// A configuration that the server offers.
    pub(crate) fn config(&mut self, path: &Path) -> Result<ConfigOffer, String> {
        match held(path)? {
            bytes if bytes.is_empty() => Ok(ConfigOffer::Empty),
            bytes => self
                .files
                .config(bytes)
                .map(ConfigOffer::Config)
                .map_err(|error| parse_error(&input::name(path), &error)),
        }
    }

    /// A list of this kind, a file or a print; `None` where the print says that there is none.
    pub(crate) fn list(
        &mut self,
        name: &str,
        bytes: Arc<[u8]>,
        kind: ListKind,
    ) -> Result<Option<Arc<ListFacts>>, String> {
        given::whole_list(&mut self.files, name, bytes, Some(kind))
    }

    /// What a file holds that TVS knows.
    pub(super) fn known_certificates(
        &mut self,
        path: &Path,
    ) -> Result<Vec<KnownCertificate>, String> {
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
        question::certificate(&mut self.files, &der)
            .map_err(|error| format!("{}: {error}", input::name(path)))
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
pub(crate) fn held(path: &Path) -> Result<Vec<u8>, String> {
    kept(path, input::read(path)?)
}

/// The same for a file that a folder or an inventory names.
pub(crate) fn held_named(path: &Path) -> Result<Vec<u8>, String> {
    kept(path, input::read_named(path)?)
}

fn kept(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    limits::hold(bytes.len()).map_err(|error| format!("{}: {error}", input::name(path)))?;
    Ok(bytes)
}
