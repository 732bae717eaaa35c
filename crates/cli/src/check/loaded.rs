//! A snapshot as it is read back: its document, and its files, which have to be those that were
//! collected.

use crate::collect::{BROKEN, SNAPSHOT_FILE, same_host};
use crate::input::{self, Input};
use crate::mixups;
use crate::predict::Reader;
use crate::report::snapshot::{
    FileOutcome, KeptFile, SNAPSHOT_SCHEMA, ServedFile, Snapshot, TftpNode, TvsNode, TvsOutcome,
};
use crate::words;
use sha1::Digest;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use trustlist::facts::{ConfigFacts, ListFacts, ListKind};
use trustlist::phone::ListOffer;
use trustlist::report::Plain;

/// A snapshot and its folder.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(super) input: Input,
    pub(crate) name: String,
    folder: PathBuf,
    pub(crate) snapshot: Snapshot,
    index: Index,
    /// The files so far: thousands of phones load the same ones.
    read: Mutex<HashMap<String, Arc<[u8]>>>,
}

/// The answer of a node for one file name.
#[derive(Clone, Debug)]
pub(crate) enum Served<T> {
    Found(Arc<T>),
    /// The server has no such file.
    NotFound,
    Empty,
    /// It was not collected, for this reason.
    Unknown(String),
}

impl Served<ListFacts> {
    /// Returns the offer to a phone; `None` if it is not known.
    pub(super) fn offer(&self) -> Option<ListOffer> {
        match self {
            Self::Found(list) => Some(ListOffer::List(list.clone())),
            Self::NotFound => Some(ListOffer::NotFound),
            Self::Empty => Some(ListOffer::Empty),
            Self::Unknown(_) => None,
        }
    }
}

impl Loaded {
    /// Reads the document of a snapshot, given by its folder or by itself.
    pub(crate) fn read(input: &Input, path: &Path) -> Result<Self, String> {
        let (folder, document) = match path.file_name() {
            Some(name) if name == SNAPSHOT_FILE && path.is_file() => {
                (path.parent().unwrap_or(Path::new("")), path.to_owned())
            }
            _ => (path, path.join(SNAPSHOT_FILE)),
        };
        let name = input::name(path);
        if !path.exists() {
            return Err(format!(
                "{name}: no such folder, expected one that `trustlist collect` made"
            ));
        }
        if !document.is_file() {
            return Err(format!(
                "{name}: no {SNAPSHOT_FILE} in it, expected a folder that `trustlist collect` made; `trustlist collect --from-folder DIR --out NEW` makes one of saved lists"
            ));
        }
        let (text, place) = (input.text(&document)?, input::name(&document));
        // Within the limits of documents, and with no key twice.
        input.limits.document(&place, &text)?;
        let mut snapshot: Snapshot =
            serde_json::from_str(&text).map_err(|error| format!("{place}: {}", Plain(error)))?;
        if snapshot.schema != SNAPSHOT_SCHEMA {
            return Err(format!(
                "{place}: expected the schema {SNAPSHOT_SCHEMA}, found {}",
                Plain(&snapshot.schema)
            ));
        }
        if !snapshot.stays_inside() {
            return Err(format!(
                "{place}: a path that leads out of the folder, expected names of files in it"
            ));
        }
        once(&mut snapshot);
        let index = Index::of(&snapshot);
        Ok(Self {
            input: input.clone(),
            name,
            folder: folder.to_owned(),
            snapshot,
            index,
            read: Mutex::default(),
        })
    }

    /// Reads a file of the snapshot.
    pub(crate) fn bytes(&self, kept: &KeptFile) -> Result<Arc<[u8]>, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = read.get(&kept.sha256) {
            return Ok(bytes.clone());
        }
        let path = self.folder.join(&kept.path);
        let bytes = self.input.held_named(&path)?;
        if trustlist::report::hex(&sha2::Sha256::digest(&bytes)) != kept.sha256 {
            return Err(format!(
                "{}: other bytes than were collected, by the SHA-256 in {SNAPSHOT_FILE}",
                input::name(&path)
            ));
        }
        let bytes: Arc<[u8]> = bytes.into();
        read.insert(kept.sha256.clone(), bytes.clone());
        Ok(bytes)
    }

    /// The node of this name, or else the only one of this host.
    pub(crate) fn node(&self, name: &str) -> Option<&TftpNode> {
        let nodes = &self.snapshot.tftp;
        if let Some(&exact) = self.index.nodes.get(&name.to_ascii_lowercase()) {
            return nodes.get(exact);
        }
        let mut of_host =
            nodes.iter().filter(|node| same_host(&node.node, name) || of_address(node, name));
        of_host.next().filter(|_| of_host.next().is_none())
    }

    /// Returns the node that a node of a later snapshot was. `None` if another node of that snapshot may
    /// have been it too, and does not have its very name.
    pub(super) fn node_before(&self, after: &Self, node: &TftpNode) -> Option<&TftpNode> {
        let found = self.node(&node.node)?;
        let is_it =
            |other: &TftpNode| self.node(&other.node).is_some_and(|it| std::ptr::eq(it, found));
        let exact = found.node.eq_ignore_ascii_case(&node.node);
        let mut others = after.snapshot.tftp.iter().filter(|other| !std::ptr::eq(*other, node));
        (exact || !others.any(is_it)).then_some(found)
    }

    /// Returns the answer of a node for a file.
    fn file<'a>(&self, node: &'a TftpNode, name: &str) -> Option<&'a ServedFile> {
        node.files.get(*self.index.files.get(&Index::key(&node.node, name))?)
    }

    /// Returns a list that phones hold if a node offered it. One whose signature is broken is none: no
    /// phone accepted it (P-SIG-2).
    pub(crate) fn held(
        &self,
        node: &TftpNode,
        kind: ListKind,
        device: Option<&str>,
        reader: &mut Reader,
    ) -> Result<Served<ListFacts>, String> {
        Ok(match self.list(node, kind, device, reader)? {
            Served::Found(list) if reader.files.is_signature_broken(&list.file) => {
                let prefix = words::list(kind);
                let own = device.map(|device| format!("{prefix}{device}.tlv"));
                let own = own.filter(|own| {
                    self.file(node, own).is_some_and(|own| own.outcome != FileOutcome::NotFound)
                });
                let name = own.unwrap_or_else(|| format!("{prefix}File.tlv"));
                Served::Unknown(format!("{name}: {BROKEN}: it is damaged or forged"))
            }
            // Phones keep what they had when a server offers nothing.
            Served::Empty => {
                Served::Unknown(format!("{}File.tlv had zero bytes", words::list(kind)))
            }
            served => served,
        })
    }

    /// Returns a list that a node offers: the phone's own one if it exists, else the one for all. A node
    /// without an ITL is not believed: every TFTP node of CUCM 8.0 or later has one.
    pub(crate) fn list(
        &self,
        node: &TftpNode,
        kind: ListKind,
        device: Option<&str>,
        reader: &mut Reader,
    ) -> Result<Served<ListFacts>, String> {
        let prefix = words::list(kind);
        let own = device.and_then(|device| self.file(node, &format!("{prefix}{device}.tlv")));
        let own = own.filter(|own| own.outcome != FileOutcome::NotFound);
        let Some(found) = own.or_else(|| self.file(node, &format!("{prefix}File.tlv"))) else {
            // Among files that were given, a CTL that is missing is one that the server has not: that
            // is said.
            return Ok(match (&node.address, kind) {
                (None, ListKind::Ctl) => Served::NotFound,
                (None, _) => Served::Unknown(format!("{prefix}File.tlv was not given")),
                (Some(_), _) => Served::Unknown(format!("{prefix}File.tlv was not collected")),
            });
        };
        let served = self.served(found, |name, bytes| reader.list(name, bytes, kind))?;
        Ok(match served {
            Served::NotFound if kind == ListKind::Itl => Served::Unknown(format!(
                "{prefix}File.tlv was not found, although every TFTP node of CUCM 8.0 or later has one"
            )),
            served => served,
        })
    }

    /// Returns why a configuration of this phone could not be collected, if it was asked for.
    pub(super) fn failed_config(&self, node: &TftpNode, device: &str) -> Option<String> {
        let found = self.file(node, &format!("{device}.cnf.xml.sgn"))?;
        (found.outcome == FileOutcome::Failed).then(|| not_collected(found))
    }

    /// Returns the errors of collecting that are neither about a list of a node nor about TVS: files that
    /// were given and could not be used, for example.
    pub(super) fn other_errors(&self) -> impl Iterator<Item = String> + '_ {
        let of_files = self.snapshot.tftp.iter().flat_map(|node| {
            node.files.iter().map(move |served| format!("{}: {}: ", node.node, served.name))
        });
        let of_tvs = self.snapshot.tvs.iter().map(|server| format!("{}: TVS: ", server.server));
        let known: Vec<String> = of_files.chain(of_tvs).collect();
        let other =
            move |error: &&String| !known.iter().any(|start| error.starts_with(start.as_str()));
        let errors = self.snapshot.errors.iter().filter(other);
        errors.map(|error| format!("{}: {error}", self.name))
    }

    /// Returns a sentence for each file that was collected and is odd: the list of another node.
    pub(super) fn odd_files(&self) -> impl Iterator<Item = String> + '_ {
        let nodes = self.snapshot.tftp.iter();
        let files = nodes.flat_map(|node| node.files.iter().map(move |served| (node, served)));
        files.filter(|(_, served)| served.outcome == FileOutcome::Found).filter_map(
            |(node, served)| {
                let odd = served.error.as_ref().filter(|odd| *odd != BROKEN)?;
                Some(format!(
                    "TFTP node {} offers its own lists, although {} in {} is {odd}",
                    node.node, served.name, self.name
                ))
            },
        )
    }

    /// Checks if two paths are those of one snapshot.
    pub(super) fn is(&self, other: &Self) -> bool {
        let place = |loaded: &Self| loaded.folder.canonicalize().ok();
        place(self).is_some_and(|one| place(other) == Some(one))
    }

    /// The configuration of a phone.
    pub(super) fn config(
        &self,
        node: &TftpNode,
        device: &str,
        reader: &mut Reader,
    ) -> Result<Served<ConfigFacts>, String> {
        let Some(found) = self.file(node, &format!("{device}.cnf.xml.sgn")) else {
            return Ok(Served::Unknown("the configuration was not collected".to_owned()));
        };
        self.served(found, |name, bytes| {
            if let Some(other) = mixups::other_device(&bytes, device) {
                return Err(format!("{name}: {other}"));
            }
            let config = reader.files.config(bytes);
            config.map(Some).map_err(|error| trustlist::report::list::parse_error(name, &error))
        })
    }

    fn served<T>(
        &self,
        found: &ServedFile,
        read: impl FnOnce(&str, Arc<[u8]>) -> Result<Option<Arc<T>>, String>,
    ) -> Result<Served<T>, String> {
        Ok(match (found.outcome, &found.file) {
            (FileOutcome::Found, Some(kept)) => {
                let name = input::name(&self.folder.join(&kept.path));
                match read(&name, self.bytes(kept)?) {
                    Ok(read) => read.map_or(Served::NotFound, Served::Found),
                    Err(why) => Served::Unknown(why),
                }
            }
            (FileOutcome::NotFound, _) => Served::NotFound,
            (FileOutcome::Empty, _) => Served::Empty,
            (FileOutcome::Found | FileOutcome::Failed, _) => Served::Unknown(not_collected(found)),
        })
    }

    /// Says that every file is the one of an earlier snapshot, so that an answer is about the lists of
    /// before: after a collection that is too early it would read as one about the change. `None` if a
    /// file changed, or none is in both.
    pub(super) fn unchanged_since(&self, before: &Self) -> Option<String> {
        let mut seen = false;
        for node in &self.snapshot.tftp {
            let Some(old) = before.node_before(self, node) else { continue };
            for name in old.files.iter().chain(&node.files).map(|served| &served.name) {
                let hash = |file: Option<&'_ ServedFile>| Some(file?.file.as_ref()?.sha256.clone());
                match (hash(before.file(old, name)), hash(self.file(node, name))) {
                    (None, None) => {}
                    (old, new) if old == new => seen = true,
                    _ => return None,
                }
            }
        }
        seen.then(|| {
            format!(
                "no list has changed from {} to {}: the change is still to come. If certificates \
                 were regenerated in between, TFTP does not serve the new lists yet: restart Cisco \
                 Tftp and collect again",
                before.name, self.name
            )
        })
    }

    /// Says that nodes had a CTL before, and none was given now. Phones keep theirs, so that the answer may
    /// be right; but a CTL that was not collected is not checked.
    pub(super) fn lost_ctl(&self, before: &Self) -> Option<String> {
        let had = |name: &str| {
            let known = before.node(name).and_then(|node| before.file(node, "CTLFile.tlv"));
            known.is_some_and(|served| served.outcome == FileOutcome::Found)
        };
        let nodes = self.snapshot.tftp.iter().filter(|node| node.address.is_none());
        let nodes: Vec<&str> = nodes
            .filter(|node| self.file(node, "CTLFile.tlv").is_none() && had(&node.node))
            .map(|node| node.node.as_str())
            .collect();
        (!nodes.is_empty()).then(|| {
            format!(
                "{} has a CTL on {}, {} has none: was it not collected, or deleted? --as-given says that it was \
                 deleted",
                before.name,
                nodes.join(", "),
                self.name
            )
        })
    }

    /// Returns an assumption for a CTL that nodes do not have among the given files: the server is
    /// assumed to have none.
    pub(super) fn not_given(&self) -> Option<String> {
        let nodes = self.snapshot.tftp.iter().filter(|node| node.address.is_none());
        let nodes: Vec<&str> = nodes
            .filter(|node| self.file(node, "CTLFile.tlv").is_none())
            .map(|node| node.node.as_str())
            .collect();
        let noun = words::plural(nodes.len(), "node");
        let sentence = |nodes: &str| {
            format!("no CTL on TFTP {noun} {nodes}: none was given for {}", self.name)
        };
        (!nodes.is_empty()).then(|| sentence(&nodes.join(", ")))
    }

    /// Returns the lists and the certificates of TVS servers, which `--tvs-knows` says to be known to
    /// TVS, with their names. Each content once, as it was collected.
    pub(crate) fn known_to_tvs(&self) -> Result<Vec<(String, Arc<[u8]>)>, String> {
        let lists = self.snapshot.tftp.iter().flat_map(|node| &node.files);
        let lists = lists.filter(|served| served.name.ends_with(".tlv"));
        let of_tvs = self.snapshot.tvs.iter().filter_map(|server| server.certificate.as_ref());
        let mut contents = HashSet::new();
        lists
            .filter_map(|served| served.file.as_ref())
            .chain(of_tvs)
            .filter(|kept| contents.insert(kept.sha256.as_str()))
            .map(|kept| Ok((input::name(&self.folder.join(&kept.path)), self.bytes(kept)?)))
            .collect()
    }

    /// The phones whose own files were collected: those that have a configuration, or a list of their
    /// own (P-BOOT-2).
    pub(super) fn devices(&self) -> Vec<String> {
        let mut devices: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for served in self.snapshot.tftp.iter().flat_map(|node| &node.files) {
            let device = device_of(served);
            devices.extend(
                device.filter(|device| seen.insert(device.to_ascii_lowercase())).map(str::to_owned),
            );
        }
        devices
    }

    /// Returns why lists for all phones are not there that a node should have: one line for each.
    pub(super) fn missing_lists(&self, node: &TftpNode) -> Vec<String> {
        let mut missing = Vec::new();
        for name in ["CTLFile.tlv", "ITLFile.tlv"] {
            let is_itl = name.starts_with("ITL");
            match self.file(node, name) {
                Some(served) => match served.outcome {
                    FileOutcome::Found if served.file.is_some() => {}
                    FileOutcome::NotFound if !is_itl => {}
                    FileOutcome::NotFound => missing.push(format!(
                        "{name} was not found, although every TFTP node of CUCM 8.0 or later has one"
                    )),
                    FileOutcome::Empty => missing.push(format!("{name} had zero bytes")),
                    FileOutcome::Found | FileOutcome::Failed => missing.push(not_collected(served)),
                },
                // Among files that were given, a CTL that is missing is one that the server has not.
                None if node.address.is_some() || is_itl => {
                    missing.push(format!("{name} was not collected"));
                }
                None => {}
            }
        }
        missing
    }

    /// Checks if the configuration of any phone was asked for.
    pub(super) fn has_configurations(&self) -> bool {
        let mut files = self.snapshot.tftp.iter().flat_map(|node| &node.files);
        files.any(|served| served.name.ends_with(CONFIG))
    }
}

/// The phone that loads a file of this name, if it is one of a single phone.
pub(super) fn device_of(served: &ServedFile) -> Option<&str> {
    if let Some(device) = served.name.strip_suffix(CONFIG) {
        return Some(device);
    }
    let (list, rest) = served.name.split_at_checked(3)?;
    let (device, end) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
    let is = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
    if !(is(list, "CTL") || is(list, "ITL")) || !is(end, ".tlv") {
        return None;
    }
    let is_of_one = !device.eq_ignore_ascii_case("File") && !device.is_empty();
    (is_of_one && served.outcome != FileOutcome::NotFound).then_some(device)
}

/// The end of the name of a configuration.
const CONFIG: &str = ".cnf.xml.sgn";

/// Says that a file was not collected, and why.
fn not_collected(found: &ServedFile) -> String {
    let why = found.error.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} was not collected{why}", found.name)
}

/// Where nodes and files are: hand-made snapshots and those of many phones have thousands.
#[derive(Debug, Default)]
struct Index {
    nodes: HashMap<String, usize>,
    /// The place of a file among those of its node.
    files: HashMap<String, usize>,
}

impl Index {
    fn of(snapshot: &Snapshot) -> Self {
        let mut index = Self::default();
        for (place, node) in snapshot.tftp.iter().enumerate() {
            index.nodes.insert(node.node.to_ascii_lowercase(), place);
            for (place, file) in node.files.iter().enumerate() {
                index.files.insert(Self::key(&node.node, &file.name), place);
            }
        }
        index
    }

    fn key(node: &str, file: &str) -> String {
        format!("{node}/{file}").to_ascii_lowercase()
    }
}

/// Takes what a snapshot has twice as not collected: nothing says which of the two phones meet.
fn once(snapshot: &mut Snapshot) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut nodes: Vec<TftpNode> = Vec::new();
    for mut node in std::mem::take(&mut snapshot.tftp) {
        let place = *places.entry(node.node.to_ascii_lowercase()).or_insert(nodes.len());
        match nodes.get_mut(place) {
            None => nodes.push(node),
            Some(known) => {
                known.files.append(&mut node.files);
                let lists = ["CTLFile.tlv", "ITLFile.tlv"].map(|name| ServedFile {
                    name: name.to_owned(),
                    outcome: FileOutcome::Failed,
                    at: String::new(),
                    file: None,
                    error: None,
                });
                known.files.extend(lists);
                let twice = format!("the node {} is in {SNAPSHOT_FILE} twice", known.node);
                known.files.iter_mut().for_each(|file| fail(file, &twice));
            }
        }
    }
    for node in &mut nodes {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut files: Vec<ServedFile> = Vec::new();
        for file in std::mem::take(&mut node.files) {
            let place = *places.entry(file.name.to_ascii_lowercase()).or_insert(files.len());
            match files.get_mut(place) {
                None => files.push(file),
                Some(known) if known.outcome == FileOutcome::Failed => {}
                Some(known) => {
                    let twice = format!("it is in {SNAPSHOT_FILE} twice for {}", node.node);
                    fail(known, &twice);
                }
            }
        }
        node.files = files;
    }
    snapshot.tftp = nodes;
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut servers: Vec<TvsNode> = Vec::new();
    for server in std::mem::take(&mut snapshot.tvs) {
        let place = *places.entry(server.server.to_ascii_lowercase()).or_insert(servers.len());
        match servers.get_mut(place) {
            None => servers.push(server),
            Some(known) => {
                (known.outcome, known.certificate) = (TvsOutcome::Failed, None);
                known.tls = Vec::new();
                let twice = format!("TVS server {} is in {SNAPSHOT_FILE} twice", known.server);
                if !snapshot.errors.contains(&twice) {
                    snapshot.errors.push(twice);
                }
            }
        }
    }
    snapshot.tvs = servers;
}

fn fail(file: &mut ServedFile, why: &str) {
    (file.outcome, file.file, file.error) = (FileOutcome::Failed, None, Some(why.to_owned()));
}

/// Checks if a node was asked at this host or address.
fn of_address(node: &TftpNode, name: &str) -> bool {
    host_of(node).is_some_and(|host| same_host(host, name))
}

/// The host or address that a node was asked at.
pub(crate) fn host_of(node: &TftpNode) -> Option<&str> {
    let (host, _) = node.address.as_deref()?.rsplit_once(':')?;
    Some(host.trim_matches(['[', ']']))
}
