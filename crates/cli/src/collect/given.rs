//! A snapshot from files: what was saved by hand, and pasted output of commands, for who has no way
//! to the cluster.

use super::gather::{CTL, Gathered, ITL, told, unasked};
use super::judge;
use super::judge::{node_of, same_host};
use super::network::folder_name;
use crate::Verifier;
use crate::certificates;
use crate::input::{self, Input};
use crate::limits::{MAX_KNOWN_FILES, MAX_SERVED};
use crate::mixups;
use crate::report::snapshot::{FileOutcome, KeptFile, ServedFile, TftpNode, TvsNode, TvsOutcome};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use trustlist::cert::Certificate;
use trustlist::console::{Presence, Print};
use trustlist::facts::{FileId, Files, ListKind, Name};
use trustlist::question;
use trustlist::report::Plain;
use trustlist::wire;

/// The given files and pastes, in the order of discovery.
#[derive(Debug, Default)]
pub(super) struct Given {
    input: Input,
    items: Vec<Item>,
    /// Inputs that could not be used, one line each.
    unused: Vec<String>,
}

#[derive(Debug)]
struct Item {
    /// The node, where a folder, a name or an option says it.
    node: Option<String>,
    what: What,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum What {
    /// A list or a configuration, by the name that a phone asks for.
    File(String),
    /// Output of `show itl` and `show ctl`.
    Prints(Vec<Print>),
    /// A certificate that TVS presents.
    Tvs(Vec<u8>),
    /// Other output, by the name of its file.
    Paste(String),
}

/// Reads both options.
pub(super) fn read(
    input: &Input,
    folder: Option<&Path>,
    pastes: &[String],
) -> Result<Given, String> {
    let mut read = Given { input: input.clone(), ..Given::default() };
    if let Some(folder) = folder {
        if folder.join(super::SNAPSHOT_FILE).exists() {
            return Err(format!("{}: is a snapshot already", input::name(folder)));
        }
        for (node, path) in files(folder)? {
            read.file(node, &path)?;
        }
    }
    for paste in pastes {
        let (node, path) = input::of_node(paste);
        let bytes = input.read(path)?;
        let what = read.text(&bytes, path)?;
        let Some(what) = what else {
            return Err(format!(
                "{}: expected pasted output of show itl, show ctl, show cert or show tls min-version",
                input::name(path)
            ));
        };
        read.push(node.map(str::to_owned), what, bytes)?;
    }
    Ok(read)
}

/// The files of a folder and of the folders in it, which are named like nodes.
fn files(folder: &Path) -> Result<Vec<(Option<String>, PathBuf)>, String> {
    let mut found = Vec::new();
    let mut folders = vec![(None, folder.to_owned())];
    while let Some((node, folder)) = folders.pop() {
        let fail = |error: std::io::Error| format!("{}: {error}", input::name(&folder));
        for entry in std::fs::read_dir(&folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let name = input::file_name(&path);
            match (path.is_dir(), &node) {
                (true, None) => folders.push((Some(name), path)),
                (true, Some(_)) if holds_a_file(&path) => {
                    return Err(format!(
                        "{}: a folder in the folder of a node, expected files. Did you mean --from-folder {}?",
                        input::name(&path),
                        input::name(&folder)
                    ));
                }
                (true, Some(_)) => {}
                (false, _) => found.push((node.clone(), path)),
            }
        }
        if found.len() + folders.len() > MAX_KNOWN_FILES {
            return Err(format!(
                "{}: more than {MAX_KNOWN_FILES} files (cli::limits::MAX_KNOWN_FILES)",
                input::name(&folder)
            ));
        }
    }
    found.sort();
    Ok(found)
}

/// Checks if a folder holds a file, so that leaving it out would lose something.
fn holds_a_file(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(Result::ok).any(|entry| entry.path().is_file())
}

impl Given {
    fn push(&mut self, node: Option<String>, what: What, bytes: Vec<u8>) -> Result<(), String> {
        self.input.hold(bytes.len())?;
        self.items.push(Item { node, what, bytes });
        Ok(())
    }

    /// A file of a folder: what it is, its content says; whose it is, its folder or its name.
    fn file(&mut self, node: Option<String>, path: &Path) -> Result<(), String> {
        let file = input::file_name(path);
        let node = node.or_else(|| node_in(&file));
        let bytes = match std::fs::metadata(path) {
            Ok(found) if found.len() > MAX_SERVED => Err(format!(
                "{}: larger than {} MiB (cli::limits::MAX_SERVED)",
                input::name(path),
                MAX_SERVED >> 20
            )),
            _ => self.input.read_named(path),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unused.push(error);
                return Ok(());
            }
        };
        let what = match wire::parse(&bytes) {
            Ok(wire::File::List(_)) => list_name(&file, &bytes).map(What::File),
            Ok(wire::File::Signed(_)) if file.ends_with(".cnf.xml.sgn") => {
                Ok(What::File(file.clone()))
            }
            Ok(wire::File::Signed(_)) => {
                Err("expected a signed configuration to be named DEVICE.cnf.xml.sgn".to_owned())
            }
            Err(error) => match (self.text(&bytes, path)?, tvs_certificate(&file, &bytes)) {
                (_, Some(der)) => Ok(What::Tvs(der)),
                (Some(what), None) => Ok(what),
                (None, None) => Err(error.to_string()),
            },
        };
        match what {
            Ok(what) => self.push(node, what, bytes),
            Err(why) => {
                self.unused.push(format!("{}: not used: {why}", input::name(path)));
                Ok(())
            }
        }
    }

    /// Reads pasted output, if it is of a known command.
    fn text(&self, bytes: &[u8], path: &Path) -> Result<Option<What>, String> {
        let name = input::name(path);
        let Some(text) = self.input.decoded(&name, bytes)? else { return Ok(None) };
        let prints = self.input.prints_of(&name, &text)?;
        if !prints.is_empty() {
            return Ok(Some(What::Prints(prints)));
        }
        let known = !tls_minima(&text).is_empty() || !certificates::of_text(&text).is_empty();
        let file = input::file_name(path);
        Ok(known.then(|| {
            What::Paste(if file.is_empty() || file == "-" { "paste.txt".to_owned() } else { file })
        }))
    }

    /// Puts everything into the snapshot.
    pub(super) fn into_snapshot(self, gathered: &mut Gathered) -> Result<(), String> {
        let Self { input, items, unused } = self;
        gathered.snapshot.errors.extend(unused);
        let mut of_all = Vec::new();
        for (number, Item { node, what, bytes }) in items.into_iter().enumerate() {
            match what {
                What::File(name) => {
                    let node = node.or_else(|| owner(&name, &bytes));
                    match node {
                        Some(node) => gathered.give(&node, &name, &bytes)?,
                        None => of_all.push((name, bytes)),
                    }
                }
                What::Tvs(der) => gathered.give_tvs(node, &der)?,
                What::Prints(prints) => {
                    gathered.give_prints(&input, node, number, &prints, &bytes, &mut of_all)?
                }
                What::Paste(name) => {
                    let folder = node.as_deref().map_or_else(|| "pastes".to_owned(), folder_name);
                    let file = gathered
                        .folder
                        .keep(&format!("{folder}/{}-{}", number + 1, folder_name(&name)), &bytes)?;
                    gathered.minimum(&input, &bytes);
                    gathered.snapshot.pastes.push(file);
                }
            }
        }
        // A CTL is the same on every node.
        for (name, bytes) in of_all {
            if gathered.snapshot.tftp.is_empty() {
                gathered.give(CLUSTER, &name, &bytes)?;
                continue;
            }
            let nodes: Vec<String> =
                gathered.snapshot.tftp.iter().map(|node| node.node.clone()).collect();
            for node in nodes {
                if !gathered.holds(&node, &name) {
                    gathered.give(&node, &name, &bytes)?;
                }
            }
        }
        Ok(())
    }
}

impl Gathered {
    fn node(&mut self, name: &str) -> Option<&mut TftpNode> {
        let nodes = &mut self.snapshot.tftp;
        if !nodes.iter().any(|node| same_host(&node.node, name)) {
            nodes.push(TftpNode { node: name.to_owned(), address: None, files: Vec::new() });
        }
        nodes.iter_mut().find(|node| same_host(&node.node, name))
    }

    fn holds(&self, name: &str, file: &str) -> bool {
        let mut nodes = self.snapshot.tftp.iter().filter(|node| same_host(&node.node, name));
        nodes.any(|node| {
            node.files.iter().any(|served| served.name == file && served.file.is_some())
        })
    }

    /// A file in place of what a node would have served.
    fn give(&mut self, node: &str, name: &str, bytes: &[u8]) -> Result<(), String> {
        if self.holds(node, name) {
            self.snapshot.errors.push(format!(
                "{node}: {name}: there is one already, another that was given is not used"
            ));
            return Ok(());
        }
        let node = self.node(node).map_or_else(|| node.to_owned(), |node| node.node.clone());
        let file = self.folder.keep(&format!("{}/{name}", folder_name(&node)), bytes)?;
        let kind = if name.starts_with("CTL") { ListKind::Ctl } else { ListKind::Itl };
        let list = name.ends_with(".tlv").then(|| judge::list(bytes, kind).ok()).flatten();
        let odd = list.and_then(|list| {
            // A broken list proves nothing about its node.
            let broken = judge::broken(bytes).map(str::to_owned);
            broken.or_else(|| {
                self.note_roles(&list);
                self.odd_given(&list, &node, name)
            })
        });
        self.serve(&node, name, FileOutcome::Found, Some(file), odd.as_deref());
        Ok(())
    }

    /// Notes a file as served; `odd` is what is odd about it.
    fn serve(
        &mut self,
        node: &str,
        name: &str,
        outcome: FileOutcome,
        file: Option<KeptFile>,
        odd: Option<&str>,
    ) {
        let served = ServedFile {
            name: name.to_owned(),
            outcome,
            at: told(SystemTime::now()),
            file,
            error: odd.map(str::to_owned),
        };
        if let Some(node) = self.node(node) {
            node.files.retain(|known| known.name != name);
            node.files.push(served);
        }
    }

    fn give_tvs(&mut self, node: Option<String>, der: &[u8]) -> Result<(), String> {
        let common = || {
            let subject = Certificate::parse(der)
                .map(|certificate| certificate.subject_text())
                .unwrap_or_default();
            Name::new(&subject).common_name().map(str::to_owned)
        };
        let Some(server) = node.or_else(common) else {
            self.snapshot
                .errors
                .push("a TVS certificate without a name: expected NODE-TVS.pem".to_owned());
            return Ok(());
        };
        let known = self.snapshot.tvs.iter().position(|known| same_host(&known.server, &server));
        if known
            .and_then(|known| self.snapshot.tvs.get(known))
            .is_some_and(|known| known.certificate.is_some())
        {
            self.snapshot.errors.push(format!(
                "{server}: TVS: there is a certificate already, another that was given is not used"
            ));
            return Ok(());
        }
        let (file, subject, serial) = self.certificate(&server, der)?;
        if let Some(other) = mixups::other_host(&server, &Name::new(&subject)) {
            self.snapshot.errors.push(format!(
                "{server}: TVS: the certificate of {}, by the name inside it: were two files mixed up?",
                Plain(other)
            ));
        }
        if let Ok(facts) = question::certificate(&mut Files::new(Verifier), der) {
            self.given_tvs.push((server.clone(), facts.identity.clone()));
        }
        let given = TvsNode {
            outcome: TvsOutcome::Presents,
            certificate: Some(file),
            subject: Some(subject),
            serial: Some(serial),
            ..unasked(&server)
        };
        match known.and_then(|known| self.snapshot.tvs.get_mut(known)) {
            // Facts from the network stay.
            Some(known) => {
                *known = TvsNode {
                    server: known.server.clone(),
                    address: known.address.clone(),
                    tls: known.tls.clone(),
                    ..given
                }
            }
            None => self.snapshot.tvs.push(given),
        }
        Ok(())
    }

    /// Adds the lists of a paste, or that the node has none. Both lists of one paste are in one
    /// file.
    fn give_prints(
        &mut self,
        input: &Input,
        node: Option<String>,
        number: usize,
        prints: &[Print],
        bytes: &[u8],
        of_all: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<(), String> {
        let named = prints
            .iter()
            .find_map(|print| node_of(&print.facts(FileId::symbol(0))))
            .map(|(name, _)| name.to_string());
        let Some(node) = node.or(named) else {
            if prints.iter().all(|print| print.kind == ListKind::Ctl) {
                of_all.push((CTL.to_owned(), bytes.to_vec()));
            } else {
                self.snapshot
                    .errors
                    .push("a paste whose node is not known: expected --paste NODE=FILE".to_owned());
            }
            return Ok(());
        };
        let node = self.node(&node).map_or(node.clone(), |known| known.node.clone());
        let file =
            self.folder.keep(&format!("{}/{}-paste.txt", folder_name(&node), number + 1), bytes)?;
        for print in prints {
            let name = if print.kind == ListKind::Ctl { CTL } else { ITL };
            if self.holds(&node, name) {
                self.snapshot.errors.push(format!(
                    "{node}: {name}: there is one already, another that was pasted is not used"
                ));
            } else if matches!(print.presence, Presence::NotFound(_)) {
                self.serve(&node, name, FileOutcome::NotFound, None, None);
            } else {
                let list = print.facts(FileId::symbol(0));
                self.note_roles(&list);
                let odd = self.odd_given(&list, &node, name);
                self.serve(&node, name, FileOutcome::Found, Some(file.clone()), odd.as_deref());
                let losses = print.losses();
                let told =
                    losses.iter().take(MAX_LOSSES).map(|lost| format!("{node}: {name}: {lost}"));
                self.snapshot.errors.extend(told);
                if let Some(more) = losses.len().checked_sub(MAX_LOSSES).filter(|&more| more > 0) {
                    self.snapshot
                        .errors
                        .push(format!("{node}: {name}: {more} more parts are lost"));
                }
            }
        }
        self.minimum(input, bytes);
        Ok(())
    }

    /// Takes the minimum TLS version of a paste: of several outputs the last one, after a change.
    fn minimum(&mut self, input: &Input, bytes: &[u8]) {
        let text = question::decoded(bytes, &input.limits.paste()).ok().flatten();
        let minima = text.map(|text| tls_minima(&text)).unwrap_or_default();
        let Some(&minimum) = minima.last() else { return };
        if minima.iter().any(|other| *other != minimum) {
            self.notes.push(format!(
                "a paste has several outputs of `show tls min-version` ({}): the last one counts, {minimum}",
                minima.join(", ")
            ));
        }
        // Nothing says which of two pastes is later.
        if let Some(known) = self.said_minimum.as_ref().filter(|known| *known != minimum) {
            self.snapshot.errors.push(format!(
                "`show tls min-version`: {known} in one paste and {minimum} in another, {minimum} is taken"
            ));
        }
        self.said_minimum = Some(minimum.to_owned());
    }
}

/// The node that an ITL names.
fn owner(name: &str, bytes: &[u8]) -> Option<String> {
    let kind = if name.starts_with("CTL") { ListKind::Ctl } else { ListKind::Itl };
    let list = judge::list(bytes, kind).ok()?;
    node_of(&list).map(|(node, _)| node.to_string())
}

/// Returns the name under which a phone asks for a list that was saved under another name.
fn list_name(file: &str, bytes: &[u8]) -> Result<String, String> {
    let upper = file.to_ascii_uppercase();
    let (kind, name) = match judge::list(bytes, ListKind::Itl) {
        Ok(list) if list.kind == ListKind::Itl => ("ITL", ITL),
        Ok(_) if upper.contains("ITL") => ("ITL", ITL),
        _ => ("CTL", CTL),
    };
    let wanted = if kind == "ITL" { ListKind::Itl } else { ListKind::Ctl };
    judge::list(bytes, wanted)?;
    // That of one phone keeps its name.
    let device = upper
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_suffix(".TLV"))
        .filter(|device| is_device(device));
    Ok(device.map_or_else(|| name.to_owned(), |device| format!("{kind}{device}.tlv")))
}

/// Checks if a name is that of a device that loads lists: SEP, ATA and the like, then its MAC address.
fn is_device(name: &str) -> bool {
    let is_mac =
        |rest: &str| rest.len() >= MAC_DIGITS && rest.bytes().all(|b| b.is_ascii_hexdigit());
    name.starts_with("SEP")
        || name.split_at_checked(3).is_some_and(|(kind, rest)| {
            kind.bytes().all(|byte| byte.is_ascii_alphabetic()) && is_mac(rest)
        })
}

/// Digits of a MAC address.
const MAC_DIGITS: usize = 12;
/// How many lost parts of a pasted list have a line each.
const MAX_LOSSES: usize = 10;

/// The certificate of a file whose name says that TVS presents it.
fn tvs_certificate(file: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let named = file.to_ascii_lowercase().contains("tvs");
    question::certificates(bytes).ok().filter(|_| named)?.into_iter().next()
}

/// The node of a name such as `ccm1-ITL.tlv`, `ccm1_CTLFile.tlv` or `ccm1-TVS.pem`.
fn node_in(file: &str) -> Option<String> {
    let lower = file.to_ascii_lowercase();
    let at = ["itl", "ctl", "tvs"].iter().filter_map(|word| lower.rfind(word)).max()?;
    let node = file.get(..at)?.strip_suffix(['-', '_', '.', ' '])?;
    (!node.is_empty()).then(|| node.to_owned())
}

/// Returns the version of each output of `show tls min-version`, in their order.
pub(super) fn tls_minima(text: &str) -> Vec<&'static str> {
    let mut starts: Vec<usize> = TLS_MARKS
        .iter()
        .flat_map(|mark| text.match_indices(mark).map(|(at, mark)| at + mark.len()))
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let version = |(&start, end): (&usize, usize)| {
        let output = text.get(start..end)?;
        // The next command may name a version too.
        let output = output.split("\nadmin:").next().unwrap_or_default();
        output
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .map(|word| word.trim_matches('.'))
            .take(MAX_WORDS)
            .find_map(trustlist::phone::TlsVersion::from_word)
            .map(trustlist::phone::TlsVersion::as_str)
    };
    starts.iter().zip(ends).filter_map(version).collect()
}

/// The command, and the line that it prints.
const TLS_MARKS: [&str; 2] = ["show tls min-version", "TLS minimum version"];
/// The answer of a command is looked for in this many words after it.
const MAX_WORDS: usize = 200;
/// The node of a list that names none.
const CLUSTER: &str = "cluster";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_is_in_the_name() {
        for (file, node) in [
            ("ccm1-ITL.tlv", Some("ccm1")),
            ("ccm1.voice.example_CTLFile.tlv", Some("ccm1.voice.example")),
            ("ccm1-TVS.pem", Some("ccm1")),
            ("ITLFile.tlv", None),
            ("ctl.txt", None),
            ("ITLSEP001122334455.tlv", None),
        ] {
            assert_eq!(node_in(file).as_deref(), node, "{file}");
        }
    }

    #[test]
    fn lists_of_one_device_are_told_by_their_names() {
        for device in ["SEP001122334455", "ATA001122334455", "SEPX"] {
            assert!(is_device(device), "{device}");
        }
        for other in ["FILE", "", "FILE-CCM1", "-CCM1", "CCM1", "é11"] {
            assert!(!is_device(other), "{other}");
        }
    }

    #[test]
    fn the_minimum_is_behind_the_command() {
        assert_eq!(
            tls_minima("admin:show tls min-version\nConfigured TLS minimum version: 1.2\n"),
            ["1.2"]
        );
        assert_eq!(tls_minima("admin:show version\n1.2\n"), [""; 0]);
        assert_eq!(
            tls_minima(
                "admin:show tls min-version\nadmin:set tls min-version 1.3\n\
                 admin:show tls min-version\n1.2\n"
            ),
            ["1.2"]
        );
    }
}
