//! A snapshot as it is read back: its document, and its files, which have to be those that were
//! collected.

use crate::collect::{SNAPSHOT_FILE, same_host};
use crate::input::{self, Input};
use crate::predict::Reader;
use crate::report::snapshot::{
    FileOutcome, KeptFile, SNAPSHOT_SCHEMA, ServedFile, Snapshot, TftpNode,
};
use crate::words;
use sha1::Digest;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
        let snapshot: Snapshot =
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
        Ok(Self { input: input.clone(), name, folder: folder.to_owned(), snapshot })
    }

    /// Reads a file of the snapshot.
    pub(crate) fn bytes(&self, kept: &KeptFile) -> Result<Arc<[u8]>, String> {
        let path = self.folder.join(&kept.path);
        let bytes = self.input.held_named(&path)?;
        if trustlist::report::hex(&sha2::Sha256::digest(&bytes)) != kept.sha256 {
            return Err(format!(
                "{}: other bytes than were collected, by the SHA-256 in {SNAPSHOT_FILE}",
                input::name(&path)
            ));
        }
        Ok(bytes.into())
    }

    /// The node of this name, or of this host.
    pub(super) fn node(&self, name: &str) -> Option<&TftpNode> {
        let nodes = &self.snapshot.tftp;
        let exact = nodes.iter().find(|node| node.node.eq_ignore_ascii_case(name));
        exact.or_else(|| {
            nodes.iter().find(|node| same_host(&node.node, name) || of_address(node, name))
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
        let own = device.and_then(|device| served(node, &format!("{prefix}{device}.tlv")));
        let own = own.filter(|own| own.outcome != FileOutcome::NotFound);
        let Some(found) = own.or_else(|| served(node, &format!("{prefix}File.tlv"))) else {
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
        let found = served(node, &format!("{device}.cnf.xml.sgn"))?;
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
                let odd = served.error.as_ref()?;
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
        let Some(found) = served(node, &format!("{device}.cnf.xml.sgn")) else {
            return Ok(Served::Unknown("the configuration was not collected".to_owned()));
        };
        self.served(found, |name, bytes| {
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
                read(&name, self.bytes(kept)?)?.map_or(Served::NotFound, Served::Found)
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
            let Some(old) = before.node(&node.node) else { continue };
            for name in old.files.iter().chain(&node.files).map(|served| &served.name) {
                let hash = |node| Some(served(node, name)?.file.as_ref()?.sha256.as_str());
                match (hash(old), hash(node)) {
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
            let known = before.node(name).and_then(|node| served(node, "CTLFile.tlv"));
            known.is_some_and(|served| served.outcome == FileOutcome::Found)
        };
        let nodes = self.snapshot.tftp.iter().filter(|node| node.address.is_none());
        let nodes: Vec<&str> = nodes
            .filter(|node| served(node, "CTLFile.tlv").is_none() && had(&node.node))
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
            .filter(|node| served(node, "CTLFile.tlv").is_none())
            .map(|node| node.node.as_str())
            .collect();
        let noun = words::plural(nodes.len(), "node");
        let sentence = |nodes: &str| {
            format!("no CTL on TFTP {noun} {nodes}: none was given for {}", self.name)
        };
        (!nodes.is_empty()).then(|| sentence(&nodes.join(", ")))
    }

    /// Returns the lists and the certificates of TVS servers, which `--tvs-knows` says to be known to
    /// TVS. Each file is the one that was collected.
    pub(crate) fn known_to_tvs(&self) -> Result<Vec<PathBuf>, String> {
        let lists = self.snapshot.tftp.iter().flat_map(|node| &node.files);
        let lists = lists.filter(|served| served.name.ends_with(".tlv"));
        let of_tvs = self.snapshot.tvs.iter().filter_map(|server| server.certificate.as_ref());
        let mut paths = Vec::new();
        for kept in lists.filter_map(|served| served.file.as_ref()).chain(of_tvs) {
            let path = self.folder.join(&kept.path);
            if !paths.contains(&path) {
                self.bytes(kept)?;
                paths.push(path);
            }
        }
        Ok(paths)
    }

    /// The phones whose own files were collected.
    pub(super) fn devices(&self) -> Vec<String> {
        let mut devices: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for served in self.snapshot.tftp.iter().flat_map(|node| &node.files) {
            let device = served.name.strip_suffix(".cnf.xml.sgn");
            devices.extend(device.filter(|device| seen.insert(*device)).map(str::to_owned));
        }
        devices
    }
}

/// Says that a file was not collected, and why.
fn not_collected(found: &ServedFile) -> String {
    let why = found.error.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} was not collected{why}", found.name)
}

fn served<'a>(node: &'a TftpNode, name: &str) -> Option<&'a ServedFile> {
    node.files.iter().find(|served| served.name.eq_ignore_ascii_case(name))
}

/// Checks if a node was asked at this host or address.
fn of_address(node: &TftpNode, name: &str) -> bool {
    let host = node
        .address
        .as_deref()
        .and_then(|address| address.rsplit_once(':'))
        .map(|(host, _)| host.trim_matches(['[', ']']));
    host.is_some_and(|host| same_host(host, name))
}
