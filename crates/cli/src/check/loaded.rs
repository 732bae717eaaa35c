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

/// An oddity of a file that was collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity<'s> {
    /// Its signature is not made by its signer.
    Broken,
    /// It is of another node, by this line.
    OtherNode(&'s str),
}

impl<'s> Oddity<'s> {
    /// Reads what the snapshot says of a file.
    pub(super) fn of(served: &'s ServedFile) -> Option<Self> {
        let told = served.error.as_deref().filter(|_| served.outcome == FileOutcome::Found)?;
        Some(if told == BROKEN { Self::Broken } else { Self::OtherNode(told) })
    }
}

/// A list for all phones that a node should have, and that was not collected.
#[derive(Debug)]
pub(super) struct Missing {
    /// The name of the file.
    pub(super) file: &'static str,
    /// Why it is missing, with its name.
    pub(super) why: String,
}

/// The nodes of a snapshot as an earlier one has them.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    before: &'a Loaded,
    after: &'a Loaded,
    /// The place in the earlier snapshot, for each node of the later one.
    places: Vec<Option<usize>>,
}

impl<'a> Pairs<'a> {
    /// Finds the node of `before` for each node of `after`: none if another node of `after` may have
    /// been it too, and does not have its very name.
    pub(super) fn of(before: &'a Loaded, after: &'a Loaded) -> Self {
        let found = |node: &TftpNode| before.place(before.node(&node.node)?);
        let mut places: Vec<Option<usize>> = after.snapshot.tftp.iter().map(found).collect();
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for place in places.iter().flatten() {
            *counts.entry(*place).or_insert(0) += 1;
        }
        for (node, place) in after.snapshot.tftp.iter().zip(&mut places) {
            let exact = |known: &TftpNode| known.node.eq_ignore_ascii_case(&node.node);
            let is_sure = |place: &usize| {
                counts.get(place) == Some(&1) || before.snapshot.tftp.get(*place).is_some_and(exact)
            };
            *place = place.filter(is_sure);
        }
        Self { before, after, places }
    }

    /// Returns the node that a node of the later snapshot was.
    pub(super) fn before(&self, node: &TftpNode) -> Option<&'a TftpNode> {
        let place = self.places.get(self.after.place(node)?).copied().flatten()?;
        self.before.snapshot.tftp.get(place)
    }

    /// Returns the nodes of the earlier snapshot that no node of the later one was.
    pub(super) fn gone(&self) -> impl Iterator<Item = &'a TftpNode> {
        let kept: HashSet<usize> = self.places.iter().copied().flatten().collect();
        let nodes = self.before.snapshot.tftp.iter().enumerate();
        nodes.filter(move |(place, _)| !kept.contains(place)).map(|(_, node)| node)
    }
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
        if let Some(version) = snapshot.odd_version() {
            return Err(format!(
                "{place}: expected a TLS version 1.0, 1.1, 1.2 or 1.3, found {}",
                Plain(version)
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
        let bytes: Arc<[u8]> = self.fresh(kept, |path| self.input.held_named(path))?.into();
        read.insert(kept.sha256.clone(), bytes.clone());
        Ok(bytes)
    }

    /// Reads a file that is not kept: one of thousands.
    pub(super) fn once(&self, kept: &KeptFile) -> Result<Arc<[u8]>, String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = read.get(&kept.sha256) {
            return Ok(bytes.clone());
        }
        drop(read);
        self.fresh(kept, |path| self.input.read_named(path)).map(Arc::from)
    }

    /// Reads a file, which has to be the one that was collected.
    fn fresh(
        &self,
        kept: &KeptFile,
        read: impl FnOnce(&Path) -> Result<Vec<u8>, String>,
    ) -> Result<Vec<u8>, String> {
        let path = self.folder.join(&kept.path);
        let bytes = read(&path)?;
        if trustlist::report::hex(&sha2::Sha256::digest(&bytes)) != kept.sha256 {
            return Err(format!(
                "{}: other bytes than were collected, by the SHA-256 in {SNAPSHOT_FILE}",
                input::name(&path)
            ));
        }
        Ok(bytes)
    }

    /// The node of this name, or else the only one of this host.
    pub(crate) fn node(&self, name: &str) -> Option<&TftpNode> {
        let nodes = &self.snapshot.tftp;
        if let Some(&exact) = self.index.nodes.get(&name.to_ascii_lowercase()) {
            return nodes.get(exact);
        }
        let places = self.index.labels.get(&label(name)).map(Vec::as_slice).unwrap_or_default();
        let mut of_host = places
            .iter()
            .filter_map(|&place| nodes.get(place))
            .filter(|node| same_host(&node.node, name) || of_address(node, name));
        of_host.next().filter(|_| of_host.next().is_none())
    }

    /// The place of one of its nodes.
    fn place(&self, node: &TftpNode) -> Option<usize> {
        self.index.nodes.get(&node.node.to_ascii_lowercase()).copied()
    }

    /// Returns the answer of a node for a file.
    pub(super) fn file<'a>(&self, node: &'a TftpNode, name: &str) -> Option<&'a ServedFile> {
        let key = (self.place(node)?, name.to_ascii_lowercase());
        node.files.get(*self.index.files.get(&key)?)
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
            node.files.iter().map(move |served| format!("{}: {}{PART}", node.node, served.name))
        });
        let of_tvs = self.snapshot.tvs.iter().map(|server| format!("{}: TVS{PART}", server.server));
        let known: HashSet<String> = of_files.chain(of_tvs).collect();
        let longest = known.iter().map(String::len).max().unwrap_or(0);
        // Of thousands of phones as many files may be missing.
        let other = move |error: &&String| {
            let ends = error.match_indices(PART).map(|(at, part)| at.saturating_add(part.len()));
            let mut starts = ends.take_while(|end| *end <= longest);
            !starts.any(|end| error.get(..end).is_some_and(|start| known.contains(start)))
        };
        let errors = self.snapshot.errors.iter().filter(other);
        errors.map(|error| format!("{}: {error}", self.name))
    }

    /// Returns a sentence for each file that was collected and is odd: the list of another node.
    pub(super) fn odd_files(&self) -> impl Iterator<Item = String> + '_ {
        let nodes = self.snapshot.tftp.iter();
        let files = nodes.flat_map(|node| node.files.iter().map(move |served| (node, served)));
        files.filter_map(|(node, served)| match Oddity::of(served)? {
            Oddity::Broken => None,
            Oddity::OtherNode(odd) => Some(format!(
                "TFTP node {} offers its own lists, although {} in {} is {odd}",
                node.node, served.name, self.name
            )),
        })
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
    pub(super) fn unchanged_since(&self, pairs: &Pairs<'_>) -> Option<String> {
        let before = pairs.before;
        let mut seen = false;
        for node in &self.snapshot.tftp {
            let Some(old) = pairs.before(node) else { continue };
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
    pub(crate) fn known_to_tvs(&self) -> Result<Vec<NamedFile>, String> {
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
    pub(super) fn missing_lists(&self, node: &TftpNode) -> Vec<Missing> {
        let why = |file: &'static str| {
            let is_itl = file == ITL;
            match self.file(node, file) {
                Some(served) => match served.outcome {
                    FileOutcome::Found if served.file.is_some() => None,
                    FileOutcome::NotFound if !is_itl => None,
                    FileOutcome::NotFound => Some(format!(
                        "{file} was not found, although every TFTP node of CUCM 8.0 or later has one"
                    )),
                    FileOutcome::Empty => Some(format!("{file} had zero bytes")),
                    FileOutcome::Found | FileOutcome::Failed => Some(not_collected(served)),
                },
                // Among files that were given, a CTL that is missing is one that the server has not.
                None if node.address.is_some() || is_itl => {
                    Some(format!("{file} was not collected"))
                }
                None => None,
            }
        };
        let missing = [CTL, ITL].map(|file| Some(Missing { file, why: why(file)? }));
        missing.into_iter().flatten().collect()
    }

    /// The phones whose configuration was asked for, in lower case.
    pub(super) fn configured(&self) -> HashSet<String> {
        let files = self.snapshot.tftp.iter().flat_map(|node| &node.files);
        let devices = files.filter_map(|served| served.name.strip_suffix(CONFIG));
        devices.map(str::to_ascii_lowercase).collect()
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

/// The end of the name of a file, or of TVS, in an error.
const PART: &str = ": ";

/// The lists for all phones.
pub(super) const CTL: &str = "CTLFile.tlv";
pub(super) const ITL: &str = "ITLFile.tlv";
/// The end of the name of a configuration.
const CONFIG: &str = ".cnf.xml.sgn";

/// Says that a file was not collected, and why.
fn not_collected(found: &ServedFile) -> String {
    let why = found.error.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} was not collected{why}", found.name)
}

/// The bytes of a file, and its name in messages.
pub(crate) type NamedFile = (String, Arc<[u8]>);

/// Where nodes and files are: hand-made snapshots and those of many phones have thousands.
#[derive(Debug, Default)]
struct Index {
    nodes: HashMap<String, usize>,
    /// The nodes by the first label of their names and of the hosts that were asked.
    labels: HashMap<String, Vec<usize>>,
    /// The place of a file among those of its node, by the place of the node and its own name.
    files: HashMap<(usize, String), usize>,
}

impl Index {
    fn of(snapshot: &Snapshot) -> Self {
        let mut index = Self::default();
        for (place, node) in snapshot.tftp.iter().enumerate() {
            index.nodes.insert(node.node.to_ascii_lowercase(), place);
            let labels = [Some(label(&node.node)), host_of(node).map(label)];
            for label in labels.into_iter().flatten() {
                let places = index.labels.entry(label).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
            for (file, served) in node.files.iter().enumerate() {
                index.files.insert((place, served.name.to_ascii_lowercase()), file);
            }
        }
        index
    }
}

/// Returns what two names of one host have in common: the first label, or the whole address.
fn label(name: &str) -> String {
    let label = match name.parse::<std::net::IpAddr>() {
        Ok(_) => name,
        Err(_) => name.split('.').next().unwrap_or_default(),
    };
    label.to_ascii_lowercase()
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
