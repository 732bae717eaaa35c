//! The arguments of `trustlist predict`, and the facts about TVS that they give.

use super::question::{Reader, files_of, say};
use crate::arguments::date;
use crate::check::{Loaded, NamedFile};
use crate::collect::SNAPSHOT_FILE;
use crate::input::{self, Input};
use crate::mixups;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, FileId, Files, Timestamp};
use trustlist::phone::{Device, DigestSet, SecurityByDefault, TlsVersion, TvsServer};
use trustlist::question::{self, Question, TvsAnswers, TvsSaid, Verifier};
use trustlist::report::{Assumption, Plain, Taken};
use trustlist::wire::DigestAlgorithm;

/// The files on the phone and on the server, the device, and the facts about TVS.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The ITL on the phone: a file, a pasted `show itl`, or a checksum of a list under --known
    #[arg(long, value_name = "FILE")]
    pub(super) installed_itl: Option<PathBuf>,
    /// The CTL on the phone: a file, a pasted `show ctl`, or a checksum of a list under --known
    #[arg(long, value_name = "FILE")]
    pub(super) installed_ctl: Option<PathBuf>,
    /// The ITL that the TFTP server offers
    #[arg(long, value_name = "FILE")]
    pub(super) offered_itl: Option<PathBuf>,
    /// The CTL that the TFTP server offers
    #[arg(long, value_name = "FILE")]
    pub(super) offered_ctl: Option<PathBuf>,
    /// The signed configuration that the TFTP server offers
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) offered_config: Option<PathBuf>,
    /// The server has no signed configuration
    #[arg(long)]
    pub(super) no_config: bool,
    /// The phone has no list: it is new, or its lists were deleted
    #[arg(long, conflicts_with_all = ["installed_itl", "installed_ctl"])]
    pub(super) factory_fresh: bool,
    #[command(flatten)]
    pub(super) device: DeviceArguments,
    /// The phone's CallManager group, in order
    #[arg(long, value_name = "SERVER", value_delimiter = ',')]
    pub(super) cm_group: Option<Vec<String>>,
    /// Name or address of the phone's TFTP server
    #[arg(long, value_name = "ADDRESS", hide_short_help = true)]
    pub(super) tftp_server: Option<String>,
    #[command(flatten)]
    pub(super) tvs: TvsArguments,
    /// A certificate that TVS confirmed during the last 24 hours
    #[arg(long, value_name = "CERT", hide_short_help = true)]
    pub(super) tvs_cached: Vec<PathBuf>,
    /// Folder of lists (and the folders in it) that a checksum may name: MD5, SHA-1 or SHA-256
    #[arg(long, value_name = "DIR")]
    pub(super) known: Option<PathBuf>,
    /// Use a list of the other kind as it was given (a CTL as --installed-itl)
    #[arg(long, hide_short_help = true)]
    pub(super) as_given: bool,
    /// Date at which certificates are valid or not (2026-01-31, or 2026-01-31T02:00:00Z)
    #[arg(long, value_name = "DATE", value_parser = date, hide_short_help = true)]
    pub(super) at: Option<Timestamp>,
}

impl Arguments {
    /// Returns the question about one phone when only the ITL on it is known.
    pub(crate) fn of_phone(
        holds: &Path,
        known: Option<&Path>,
        [offered_itl, offered_ctl]: [Option<&Path>; 2],
        device: &DeviceArguments,
        tvs: &TvsArguments,
    ) -> Self {
        Self {
            installed_itl: Some(holds.to_owned()),
            installed_ctl: None,
            offered_itl: offered_itl.map(Path::to_owned),
            offered_ctl: offered_ctl.map(Path::to_owned),
            offered_config: None,
            no_config: false,
            factory_fresh: false,
            device: device.clone(),
            cm_group: None,
            tftp_server: None,
            tvs: tvs.clone(),
            tvs_cached: Vec::new(),
            known: known.map(Path::to_owned),
            as_given: false,
            at: None,
        }
    }

    /// Adds the CallManager group of the phone.
    pub(crate) fn with_group(mut self, cm_group: Option<Vec<String>>) -> Self {
        self.cm_group = cm_group;
        self
    }
}

/// The facts about TVS.
#[derive(Clone, Debug, Args)]
pub(crate) struct TvsArguments {
    /// The certificate of a TVS server on port 2445 (SERVER=CERT.pem), SERVER=down, or none if no
    /// server answers
    #[arg(long, value_name = "SERVER=CERT")]
    pub(super) tvs: Vec<String>,
    /// The certificates that TVS knows: a list, a certificate, a folder of them, or a snapshot;
    /// SERVER=PATH for one server
    #[arg(long, value_name = "PATH")]
    pub(super) tvs_knows: Vec<String>,
    /// The minimum TLS version of the cluster (`show tls min-version`): 1.0, 1.1, 1.2 or 1.3
    #[arg(long, value_name = "VERSION", value_parser = tls_version)]
    pub(crate) tls_minimum: Option<TlsVersion>,
}

impl TvsArguments {
    /// Checks if no fact is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.tvs.is_empty() && self.tvs_knows.is_empty()
    }

    /// Checks if more than one server is named.
    pub(crate) fn names_several(&self) -> bool {
        self.tvs.len() > 1
    }
}

/// The abilities of the device; each option wins over the table of models.
#[derive(Clone, Debug, Args)]
pub(crate) struct DeviceArguments {
    /// The phone's model: 7975, CP-7975G, "Cisco 7975"
    #[arg(long, value_parser = crate::values::models(), hide_possible_values = true)]
    model: Option<String>,
    /// Security By Default of the device: yes if it loads an ITL and asks TVS
    #[arg(long, value_name = "yes|no", hide_short_help = true)]
    security_by_default: Option<YesNo>,
    /// The signature digests that the device can check: sha1, sha256, sha512
    #[arg(long, value_name = "DIGEST", value_delimiter = ',', value_parser = digest, hide_short_help = true)]
    digests: Option<Vec<DigestAlgorithm>>,
    /// The longest key of a signer that the device accepts, in bits
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_key_bits: Option<u32>,
    /// The phone runs in FIPS mode
    #[arg(long, hide_short_help = true)]
    fips: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

impl DeviceArguments {
    /// Checks if `--model` is given.
    pub(crate) fn names_model(&self) -> bool {
        self.model.is_some()
    }

    /// Checks if `--security-by-default` is given.
    pub(crate) fn says_security(&self) -> bool {
        self.security_by_default.is_some()
    }

    /// Says that `--security-by-default` is another answer than the table of models has for this model.
    pub(crate) fn contradiction(&self, model: Option<&str>) -> Option<String> {
        let said = self.security_by_default?;
        let model = model.or(self.model.as_deref())?;
        let (word, other) = match (said, Device::of_model(model).security_by_default) {
            (YesNo::Yes, SecurityByDefault::No) => ("yes", "no"),
            (YesNo::No, SecurityByDefault::Yes) => ("no", "yes"),
            _ => return None,
        };
        Some(format!(
            "--security-by-default {word} counts for the model {}, of which the table of models says {other}",
            Plain(model)
        ))
    }

    /// The device, `--model` being that of those whose model is not known otherwise.
    pub(crate) fn device_of(&self, model: Option<&str>) -> Device {
        let model = model.or(self.model.as_deref());
        let mut device = model.map_or_else(Device::unknown, Device::of_model);
        match self.security_by_default {
            Some(YesNo::Yes) => device.security_by_default = SecurityByDefault::Yes,
            Some(YesNo::No) => device.security_by_default = SecurityByDefault::No,
            None => {}
        }
        if let Some(digests) = &self.digests {
            device.digests = Some(DigestSet::of(digests));
        }
        device.max_key_bits = self.max_key_bits.or(device.max_key_bits);
        device.fips |= self.fips;
        device
    }
}

fn tls_version(word: &str) -> Result<TlsVersion, String> {
    TlsVersion::from_word(word).ok_or_else(|| "expected 1.0, 1.1, 1.2 or 1.3".into())
}

fn digest(word: &str) -> Result<DigestAlgorithm, String> {
    DigestAlgorithm::from_word(word).ok_or_else(|| "expected sha1, sha256 or sha512".into())
}

/// A receiver of the facts in both options.
pub(super) trait Told {
    /// No server answers.
    fn none(&mut self);

    /// A server does not answer.
    fn down(&mut self, server: &str);

    /// A server presents a certificate.
    fn presents(&mut self, server: &str, path: &Path) -> Result<(), String>;

    /// A server, or every one, answers.
    fn answers(&mut self, server: Option<&str>);

    /// It knows what a file of this name holds.
    fn knows(&mut self, server: Option<&str>, name: &str, bytes: Arc<[u8]>) -> Result<(), String>;
}

/// Reads both options.
pub(super) fn tell(
    input: &Input,
    arguments: &TvsArguments,
    told: &mut impl Told,
) -> Result<(), String> {
    let none = arguments.tvs.iter().filter(|value| *value == NONE).count();
    if none > 0 {
        return match (none, arguments.tvs.len(), arguments.tvs_knows.is_empty()) {
            (1, 1, true) => {
                told.none();
                Ok(())
            }
            _ => Err("--tvs none says that no server answers: expected no other --tvs and no --tvs-knows beside it".into()),
        };
    }
    let mut servers: Vec<&str> = Vec::new();
    for value in &arguments.tvs {
        let Some((server, what)) =
            value.split_once('=').filter(|(name, what)| !name.is_empty() && !what.is_empty())
        else {
            return Err(format!(
                "--tvs {}: expected SERVER=CERT, SERVER=down or none",
                Plain(value)
            ));
        };
        if what != DOWN {
            told.presents(server, Path::new(what))?;
        } else {
            told.down(server);
        }
        if servers.iter().any(|known| known.eq_ignore_ascii_case(server)) {
            return Err(format!(
                "--tvs {}: expected each server once",
                trustlist::report::Plain(value)
            ));
        }
        servers.push(server);
    }
    for value in &arguments.tvs_knows {
        let (server, path) = input::of_node(value);
        told.answers(server);
        let names_it = path.file_name().is_some_and(|name| name == SNAPSHOT_FILE);
        let mut read = |path: &Path| {
            let bytes = input.held(path)?;
            told.knows(server, &input::name(path), bytes.into())
        };
        if !path.is_dir() && !names_it {
            read(path)?;
        } else if names_it || path.join(SNAPSHOT_FILE).is_file() {
            for (name, bytes) in of_snapshot(input, path)? {
                told.knows(server, &name, bytes)?;
            }
        } else {
            of_folder(path, read)?;
        }
    }
    Ok(())
}

/// Returns the files of a snapshot that TVS is said to know: its lists, and the certificates of TVS
/// servers.
fn of_snapshot(input: &Input, folder: &Path) -> Result<Vec<NamedFile>, String> {
    let files = Loaded::read(input, folder)?.known_to_tvs()?;
    if files.is_empty() {
        return Err(format!(
            "--tvs-knows {}: a snapshot without a list and without a TVS certificate",
            input::name(folder)
        ));
    }
    Ok(files)
}

/// Reads every file of a folder of lists and certificates.
fn of_folder(
    folder: &Path,
    mut knows: impl FnMut(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let expected =
        "expected a folder of lists and certificates, or a snapshot of `trustlist collect`";
    let paths = files_of(folder)?;
    if paths.is_empty() {
        return Err(format!("--tvs-knows {}: no file in it, {expected}", input::name(folder)));
    }
    paths.iter().try_for_each(|path| {
        knows(path).map_err(|error| format!("{error} (--tvs-knows: {expected})"))
    })
}

/// The facts for the phone of a question.
pub(super) struct OfPhone<'a> {
    pub(super) question: &'a mut Question,
    pub(super) input: &'a Input,
    /// Receives a line for each certificate that is of another server.
    pub(super) notes: &'a mut Vec<String>,
}

impl Told for OfPhone<'_> {
    fn none(&mut self) {
        self.question.no_tvs();
    }

    fn down(&mut self, server: &str) {
        self.question.tvs_down(server);
    }

    fn presents(&mut self, server: &str, path: &Path) -> Result<(), String> {
        let bytes = self.input.read(path)?;
        if let Some(der) = question::certificates(&bytes).unwrap_or_default().first() {
            let presented = question::certificate(&mut Files::new(Verifier), der).ok();
            self.notes.extend(presented.and_then(|presented| mixups::of_tvs(server, &presented)));
        }
        let said = self.question.tvs_presents(server, bytes);
        say(self.input, &input::name(path), said)
    }

    fn answers(&mut self, server: Option<&str>) {
        self.question.tvs_answers(server);
    }

    fn knows(&mut self, server: Option<&str>, name: &str, bytes: Arc<[u8]>) -> Result<(), String> {
        self.input.list_size(name, &bytes)?;
        let question = self.question.called(name);
        let said = match server {
            None => question.tvs_knows(bytes),
            Some(server) => question.tvs_server_knows(server, bytes),
        };
        say(self.input, name, said)
    }
}

/// The facts about TVS for many phones.
pub(crate) struct OfMany {
    pub(crate) answers: TvsAnswers,
    /// The lists that TVS is said to know, with their names.
    pub(crate) lists: Vec<(FileId, String)>,
}

impl OfMany {
    /// Returns an assumption for each list that TVS is said to know and that is offered: then TVS
    /// knows its signer in any case.
    pub(crate) fn assumed(&self, offered: impl Fn(&FileId) -> bool) -> Vec<String> {
        let mut names: Vec<&String> = Vec::new();
        for (file, name) in &self.lists {
            if offered(file) && !names.contains(&name) {
                names.push(name);
            }
        }
        let sentence =
            |name: &String| Assumption::new(Taken::OfferedListKnownToTvs, name.clone()).to_string();
        names.into_iter().map(sentence).collect()
    }
}

/// Reads both options for many phones.
pub(crate) fn answers(arguments: &TvsArguments, reader: &mut Reader) -> Result<OfMany, String> {
    let input = reader.input.clone();
    let mut of_fleet = OfFleet { said: TvsSaid::default(), lists: Vec::new(), reader };
    tell(&input, arguments, &mut of_fleet)?;
    Ok(OfMany { answers: of_fleet.said.answers(), lists: of_fleet.lists })
}

/// The facts for every phone of a fleet.
struct OfFleet<'a> {
    said: TvsSaid,
    lists: Vec<(FileId, String)>,
    reader: &'a mut Reader,
}

impl OfFleet<'_> {
    fn server(&mut self, name: &str, presents: Option<Arc<CertificateFacts>>) {
        self.said.servers.push(
            TvsServer::new(Arc::from(name))
                .with_reachable(presents.is_some())
                .with_presents(presents),
        );
    }
}

impl Told for OfFleet<'_> {
    fn none(&mut self) {
        self.said.none = true;
    }

    fn down(&mut self, server: &str) {
        self.server(server, None);
    }

    fn presents(&mut self, server: &str, path: &Path) -> Result<(), String> {
        let presents = self.reader.certificate(path)?;
        self.reader.notes.extend(mixups::of_tvs(server, &presents));
        self.server(server, Some(presents));
        Ok(())
    }

    fn answers(&mut self, server: Option<&str>) {
        self.said.knows.push((server.map(Arc::from), Vec::new()));
    }

    fn knows(&mut self, server: Option<&str>, name: &str, bytes: Arc<[u8]>) -> Result<(), String> {
        let known = self.reader.known_to_tvs(name, &bytes)?;
        self.lists.extend(known.lists.into_iter().map(|list| (list, name.to_owned())));
        self.said.knows.push((server.map(Arc::from), known.certificates));
        Ok(())
    }
}

const DOWN: &str = "down";
const NONE: &str = "none";
