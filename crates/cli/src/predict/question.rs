//! From files and checksums to the question that is put to `phone::predict`.

use super::arguments::{self, Arguments, OfPhone};
use crate::input::{self, Input};
use crate::limits::MAX_KNOWN_FILES;
use crate::values::servers;
use crate::words::{self, plural};
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use trustlist::facts::{
    CertificateFacts, FileId, Files, ListFacts, ListKind, SignatureAnswer, Signatures,
};
use trustlist::fleet::LooseSignatures;
use trustlist::phone::{ConfigOffer, ListOffer};
use trustlist::question::{self, KnownToTvs, Question, QuestionError, Verifier};
use trustlist::report::list::parse_error;
use trustlist::wire::{self, File};

/// Reads files into facts, one set for all of them.
pub(crate) struct Reader {
    pub(crate) input: Input,
    pub(crate) files: Files<Verifier>,
    pub(crate) known: Option<Known>,
    /// Doubts about what was read, one line each: probable mix-ups.
    pub(crate) notes: Vec<String>,
}

/// Asks what the arguments say, with a line for each doubt about the files, and for each list that
/// was taken from a paste of the other option. The error is one line that names the file.
pub(super) fn ask(input: &Input, arguments: &Arguments) -> Result<(Question, Vec<String>), String> {
    let mut notes = Vec::new();
    let [installed_itl, installed_ctl] = or_same_paste(
        input,
        ["--installed-itl", "--installed-ctl"],
        [arguments.installed_itl.as_ref(), arguments.installed_ctl.as_ref()],
        &mut notes,
    )?;
    let [offered_itl, offered_ctl] = or_same_paste(
        input,
        ["--offered-itl", "--offered-ctl"],
        [arguments.offered_itl.as_ref(), arguments.offered_ctl.as_ref()],
        &mut notes,
    )?;
    let known = arguments.known.as_deref().map(|folder| Known::read(input, folder)).transpose()?;
    let mut question = Question::new();
    question.paste_limits(input.limits.paste());
    if arguments.factory_fresh {
        question.factory_fresh();
    }
    question.device(arguments.device.device_of(None));
    if let Some(path) = installed_itl {
        let (name, bytes) = installed(input, path, known.as_ref())?;
        say(input, &name, question.called(&name).installed_itl(bytes))?;
    }
    if let Some(path) = installed_ctl {
        let (name, bytes) = installed(input, path, known.as_ref())?;
        say(input, &name, question.called(&name).installed_ctl(bytes))?;
    }
    if let Some(path) = offered_ctl {
        say(
            input,
            &input::name(path),
            question.called(&input::name(path)).offered_ctl(input.list_file(path)?),
        )?;
    }
    if let Some(path) = offered_itl {
        say(
            input,
            &input::name(path),
            question.called(&input::name(path)).offered_itl(input.list_file(path)?),
        )?;
    }
    match &arguments.offered_config {
        Some(path) => say(input, &input::name(path), question.offered_config(input.held(path)?))?,
        None if arguments.no_config => _ = question.no_config(),
        None => {}
    }
    if let Some(names) = &arguments.cm_group {
        question.cm_group(names.iter().flat_map(|names| servers(names)));
    }
    if let Some(server) = &arguments.tftp_server {
        question.tftp_server(server);
    }
    for path in &arguments.tvs_cached {
        say(input, &input::name(path), question.tvs_cached(input.read(path)?))?;
    }
    if let Some(version) = arguments.tvs.tls_minimum {
        question.tls_minimum(version);
    }
    if let Some(at) = arguments.at {
        question.at(at);
    }
    arguments::tell(
        input,
        &arguments.tvs,
        &mut OfPhone { question: &mut question, input, notes: &mut notes },
    )?;
    Ok((question, notes))
}

/// Names the file in the error of a question.
pub(super) fn say(
    input: &Input,
    name: &str,
    said: Result<&mut Question, QuestionError>,
) -> Result<(), String> {
    said.map(|_| ()).map_err(|error| input.given_error(name, error.kind()))
}

/// The bytes of an installed list, by its file or by the checksum of a known one.
fn installed(
    input: &Input,
    path: &Path,
    known: Option<&Known>,
) -> Result<(String, Arc<[u8]>), String> {
    match Known::checksum(path) {
        Some(checksum) => by_checksum(input, path, &checksum, known),
        None => {
            if let Some(error) = Known::near_checksum(path) {
                return Err(error);
            }
            let bytes = input.list_file(path)?;
            Known::fits_its_name(path, &bytes)?;
            Ok((input::name(path), bytes.into()))
        }
    }
}

/// A phone shows only the checksum of what it holds.
fn by_checksum(
    input: &Input,
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
    input.list_size(&name, &bytes)?;
    Ok((name, bytes))
}

impl Signatures for Reader {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        self.files.signed_by(file, certificate)
    }

    fn same_file(&self, one: &FileId, other: &FileId) -> bool {
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
    pub(crate) fn new(input: &Input, known: Option<&Path>) -> Result<Self, String> {
        let known = known.map(|folder| Known::read(input, folder)).transpose()?;
        Ok(Self { input: input.clone(), files: Files::new(Verifier), known, notes: Vec::new() })
    }

    /// A list that the server offers; without a path it has none.
    pub(crate) fn offered(
        &mut self,
        path: Option<&PathBuf>,
        kind: ListKind,
    ) -> Result<ListOffer, String> {
        let Some(path) = path else { return Ok(ListOffer::NotFound) };
        match self.input.held(path)? {
            bytes if bytes.is_empty() => Ok(ListOffer::Empty),
            bytes => {
                let list = self.input.whole_list(
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
        match self.input.held(path)? {
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
        self.input.whole_list(&mut self.files, name, bytes, Some(kind))
    }

    /// Returns what a file says that TVS knows. A paste that lost a part of a list is refused, as one of
    /// the list on many phones is.
    pub(super) fn known_to_tvs(&mut self, name: &str, bytes: &[u8]) -> Result<KnownToTvs, String> {
        self.input.list_size(name, bytes)?;
        let known = question::known_file(&mut self.files, bytes, &self.input.limits.paste());
        let known = known.map_err(|error| self.input.given_error(name, &error))?;
        match known.lost.first() {
            Some(lost) => {
                Err(format!("{name}: {lost}: expected the file itself, or a whole paste"))
            }
            None => Ok(known),
        }
    }

    /// A certificate in PEM or DER.
    pub(super) fn certificate(&mut self, path: &Path) -> Result<Arc<CertificateFacts>, String> {
        let der = self.input.certificate(path)?;
        question::certificate(&mut self.files, &der)
            .map_err(|error| format!("{}: {error}", input::name(path)))
    }
}

/// Returns the paths of an ITL and a CTL. If one is not given, and the paste of the other contains
/// a list of its kind too,
/// that paste is both, which is noted.
fn or_same_paste<'a>(
    input: &Input,
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
    let Some(text) = input.pasted(&name, &input.read(path)?)? else { return Ok(paths) };
    let prints = input.prints_of(&name, &text)?;
    let holds = |kind: ListKind| prints.iter().any(|print| print.kind == kind);
    if !(holds(ListKind::Itl) && holds(ListKind::Ctl)) {
        return Ok(paths);
    }
    let word = words::a_list(wanted);
    notes.push(format!("{given} {name}: this paste also contains {word}: used as {other}"));
    Ok([Some(path), Some(path)])
}

/// Files by their checksums.
#[derive(Debug, Default)]
pub(crate) struct Known {
    files: Vec<(PathBuf, Arc<[u8]>)>,
    md5: Index,
    sha1: Index,
    sha256: Index,
}

/// Digits of the shortest text that is taken for a mistyped checksum.
const MIN_DIGITS: usize = 12;

/// A file that was looked for by its checksum.
#[derive(Debug)]
pub(crate) struct KnownFile {
    pub(crate) name: String,
    pub(crate) bytes: Arc<[u8]>,
}

/// The places of files by one kind of checksum; made when the first one is looked for.
type Index = OnceLock<HashMap<Vec<u8>, Place>>;

/// The place of a file, and that of the first one with other bytes and the same checksum.
#[derive(Debug)]
struct Place {
    first: usize,
    other: Option<usize>,
}

impl Known {
    /// Reads every file of the folder and of the folders inside it. A folder without any list is
    /// not the one that was meant.
    pub(crate) fn read(input: &Input, folder: &Path) -> Result<Self, String> {
        let mut known = Self::default();
        for path in files_below(folder)? {
            let bytes = input.held(&path)?;
            known.files.push((path, bytes.into()));
        }
        if known.lists() == 0 {
            let read = known.files.len();
            let files = plural(read, "file");
            return Err(format!(
                "{}: expected lists (ITLFile.tlv, CTLFile.tlv); {read} {files} read, none is one",
                input::name(folder)
            ));
        }
        Ok(known)
    }

    /// Returns the content of every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &[u8]> {
        self.files.iter().map(|(_, bytes)| &**bytes)
    }

    /// Returns how many of the files are lists.
    pub(super) fn lists(&self) -> usize {
        self.files
            .iter()
            .filter(|(_, bytes)| matches!(wire::parse(bytes), Ok(File::List(_))))
            .count()
    }

    /// Adds one file more; of several with the same bytes the first keeps its name.
    pub(crate) fn add(&mut self, path: PathBuf, bytes: Arc<[u8]>) {
        *self = Self { files: std::mem::take(&mut self.files), ..Self::default() };
        self.files.push((path, bytes));
    }

    /// The checksum that an argument is, if it is one and no file has this name.
    pub(super) fn checksum(path: &Path) -> Option<Vec<u8>> {
        if path.exists() { None } else { Self::checksum_of(path.to_str()?) }
    }

    /// Returns the error for what looks like a checksum with too few or too many digits. `None` for a
    /// file, and for other words.
    pub(crate) fn near_checksum(path: &Path) -> Option<String> {
        let text = path.to_str().filter(|_| !path.exists())?;
        let digits = || text.chars().filter(|c| !matches!(c, ':' | ' ' | '\t'));
        let count = digits().count();
        let near = count >= MIN_DIGITS && digits().all(|digit| digit.is_ascii_hexdigit());
        (near && Self::checksum_of(text).is_none()).then(|| {
            format!(
                "{}: {count} hexadecimal digits and no file: an MD5 has 32, a SHA-1 40, a SHA-256 64",
                trustlist::report::Plain(text)
            )
        })
    }

    /// Reads a checksum: MD5, SHA-1 or SHA-256 in hexadecimal digits, with any separators.
    pub(crate) fn checksum_of(text: &str) -> Option<Vec<u8>> {
        trustlist::question::checksum_of(text)
    }

    /// Checks that a file whose name is a checksum has it: the name may have been meant as the checksum of another list.
    pub(crate) fn fits_its_name(path: &Path, bytes: &[u8]) -> Result<(), String> {
        let name = path.to_str().unwrap_or_default();
        let Some(checksum) = Self::checksum_of(name) else { return Ok(()) };
        let found = match checksum.len() {
            16 => md5::Md5::digest(bytes).to_vec(),
            20 => sha1::Sha1::digest(bytes).to_vec(),
            _ => sha2::Sha256::digest(bytes).to_vec(),
        };
        match found == checksum {
            true => Ok(()),
            false => Err(format!(
                "{}: a file of this name has another checksum, expected ./ before the name of a file",
                input::name(path)
            )),
        }
    }

    /// Returns the file that has this MD5, SHA-1 or SHA-256; `None` if there is none.
    ///
    /// # Errors
    /// When files with different bytes have it: MD5 and SHA-1 collisions can be made on purpose.
    pub(crate) fn find(&self, checksum: &[u8]) -> Result<Option<KnownFile>, String> {
        let index = match checksum.len() {
            16 => self.md5.get_or_init(|| self.index(|bytes| md5::Md5::digest(bytes).to_vec())),
            20 => self.sha1.get_or_init(|| self.index(|bytes| sha1::Sha1::digest(bytes).to_vec())),
            _ => {
                self.sha256.get_or_init(|| self.index(|bytes| sha2::Sha256::digest(bytes).to_vec()))
            }
        };
        let Some(place) = index.get(checksum) else { return Ok(None) };
        let file = |place: usize| self.files.get(place);
        if let Some((other, _)) = place.other.and_then(file) {
            return Err(format!(
                "{} and {} have this checksum and different bytes, expected the list itself or its \
                 SHA-256",
                file(place.first).map(|(path, _)| input::name(path)).unwrap_or_default(),
                input::name(other)
            ));
        }
        let found = file(place.first);
        Ok(found.map(|(path, bytes)| KnownFile { name: input::name(path), bytes: bytes.clone() }))
    }

    fn index(&self, checksum: impl Fn(&[u8]) -> Vec<u8>) -> HashMap<Vec<u8>, Place> {
        let mut index = HashMap::with_capacity(self.files.len());
        for (number, (_, bytes)) in self.files.iter().enumerate() {
            let place =
                index.entry(checksum(bytes)).or_insert(Place { first: number, other: None });
            if self.files.get(place.first).is_some_and(|(_, first)| first != bytes) {
                place.other.get_or_insert(number);
            }
        }
        index
    }
}

/// Returns the files of a folder, in the order of their names; folders inside it are left out.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    read_folder(folder, &mut paths, &mut Vec::new())?;
    paths.sort();
    Ok(paths)
}

/// Returns the files of a folder and of the folders inside it, in the order of their paths. A link
/// to a folder is not followed: it may lead back.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let (mut paths, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        read_folder(&next, &mut paths, &mut folders)?;
    }
    paths.sort();
    Ok(paths)
}

fn read_folder(
    folder: &Path,
    paths: &mut Vec<PathBuf>,
    folders: &mut Vec<PathBuf>,
) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", input::name(folder));
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(fail)?);
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
            paths.push(path);
        }
        if paths.len().max(folders.len()) > MAX_KNOWN_FILES {
            return Err(format!(
                "{}: more than {MAX_KNOWN_FILES} files (cli::limits::MAX_KNOWN_FILES)",
                input::name(folder)
            ));
        }
    }
    Ok(())
}
