//! Answers of servers, written to the folder and described in the snapshot.

use super::folder::Folder;
use super::judge;
use super::network::{Event, Fault, Target, folder_name};
use super::tls::{Presented, State, Try};
use crate::report::snapshot;
use crate::report::snapshot::{
    FileOutcome, KeptFile, ServedFile, Snapshot, TftpNode, TlsTry, TvsNode, TvsOutcome,
};
use crate::words::plural;
use der::pem::LineEnding;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use trustlist::cert::Certificate;
use trustlist::facts::{Identity, ListFacts, ListKind, Timestamp};
use trustlist::phone::TlsVersion;
use trustlist::report::{Plain, hex};
use trustlist::wire::Role;

/// A snapshot that is being made.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) folder: Folder,
    pub(super) snapshot: Snapshot,
    /// The node that ITLs name which came so far, and who served them.
    owners: HashMap<String, String>,
    /// The minimum TLS version of a paste.
    pub(super) said_minimum: Option<String>,
    /// The roles of the certificates of the lists.
    roles: HashMap<Identity, BTreeSet<Role>>,
    /// The TVS certificates that were given, with their servers.
    pub(super) given_tvs: Vec<(String, Identity)>,
    /// Warnings that do not belong into the snapshot, one line each.
    pub(super) notes: Vec<String>,
}

/// Writes a time as the snapshot has it.
pub(super) fn told(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp(i64::try_from(seconds).unwrap_or(0)).to_string()
}

impl Gathered {
    pub(super) fn begin(folder: Folder) -> Self {
        let now = told(SystemTime::now());
        let snapshot = Snapshot {
            schema: snapshot::SNAPSHOT_SCHEMA.to_owned(),
            made_by: concat!("trustlist ", env!("CARGO_PKG_VERSION")).to_owned(),
            begun: now.clone(),
            ended: now,
            tftp: Vec::new(),
            tvs: Vec::new(),
            pastes: Vec::new(),
            tls_minimum: None,
            errors: Vec::new(),
        };
        Self {
            folder,
            snapshot,
            owners: HashMap::new(),
            said_minimum: None,
            roles: HashMap::new(),
            given_tvs: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Notes who is asked.
    pub(super) fn expect(&mut self, tftp: &[Target], tvs: &[Target]) {
        let node = |target: &Target| TftpNode {
            node: target.name.clone(),
            address: Some(target.address()),
            files: Vec::new(),
        };
        self.snapshot.tftp.extend(tftp.iter().map(node));
        let server =
            |target: &Target| TvsNode { address: Some(target.address()), ..unasked(&target.name) };
        self.snapshot.tvs.extend(tvs.iter().map(server));
    }

    /// Takes what a server said. The error is that of writing.
    pub(super) fn take(
        &mut self,
        event: Event,
        tftp: &[Target],
        names: &[String],
    ) -> Result<(), String> {
        match event {
            Event::File { node, name, at, came } => {
                let (Some(target), Some(name)) = (tftp.get(node), names.get(name)) else {
                    return Ok(());
                };
                let served = self.served(target, name, at, came)?;
                if let Some(node) = self.snapshot.tftp.get_mut(node) {
                    node.files.push(served);
                }
                Ok(())
            }
            Event::Tvs { server, at, came } => self.presented(server, at, came),
        }
    }

    fn served(
        &mut self,
        target: &Target,
        name: &str,
        at: SystemTime,
        came: Result<Vec<u8>, Fault>,
    ) -> Result<ServedFile, String> {
        let at = told(at);
        let none = |outcome, error: Option<String>| ServedFile {
            name: name.to_owned(),
            outcome,
            at: at.clone(),
            file: None,
            error,
        };
        Ok(match came {
            Err(Fault::NotFound) => none(FileOutcome::NotFound, None),
            Err(Fault::Unreachable(why) | Fault::Other(why)) => {
                none(FileOutcome::Failed, Some(plain(&why)))
            }
            Ok(bytes) if bytes.is_empty() => {
                none(FileOutcome::Empty, Some("zero bytes".to_owned()))
            }
            Ok(bytes) => match judged(name, &bytes) {
                Err(why) => none(FileOutcome::Failed, Some(plain(&why))),
                Ok(list) => {
                    list.iter().for_each(|list| self.note_roles(list));
                    let odd = list.as_deref().and_then(|list| {
                        // A broken list proves nothing about its node.
                        let broken = judge::broken(&bytes).map(str::to_owned);
                        broken.or_else(|| self.odd_node(list, target, name))
                    });
                    let file = self
                        .folder
                        .keep(&format!("{}/{name}", folder_name(&target.name)), &bytes)?;
                    ServedFile { file: Some(file), ..none(FileOutcome::Found, odd) }
                }
            },
        })
    }

    /// Says that an ITL is of another node: by the names inside it, or because two nodes serve that
    /// of one.
    fn odd_node(&mut self, list: &ListFacts, target: &Target, name: &str) -> Option<String> {
        if list.kind == ListKind::Ctl || name != ITL {
            return None;
        }
        let twice = self.owned_twice(list, &target.name);
        judge::other_node(list, target).or(twice)
    }

    /// Says that a list which was given for a node is the ITL of another one.
    pub(super) fn odd_given(&mut self, list: &ListFacts, node: &str, name: &str) -> Option<String> {
        if list.kind == ListKind::Ctl || name != ITL {
            return None;
        }
        let twice = self.owned_twice(list, node);
        let other = judge::other_name(list, [node, node]);
        let told = |other| {
            format!(
                "the list of TFTP node {}, by the name inside it: were two files mixed up?",
                Plain(other)
            )
        };
        other.map(told).or(twice)
    }

    /// Says that another node has the ITL of the same node.
    fn owned_twice(&mut self, list: &ListFacts, node: &str) -> Option<String> {
        let (owner, _) = judge::node_of(list)?;
        let before = self.owners.entry(owner.to_ascii_lowercase());
        let before = before.or_insert_with(|| node.to_owned()).clone();
        (before != node)
            .then(|| format!("the list of TFTP node {}, as {before} offers it", Plain(&owner)))
    }

    /// Notes the roles of the certificates of a list.
    pub(super) fn note_roles(&mut self, list: &ListFacts) {
        for record in &list.records {
            if let Some(certificate) = &record.certificate {
                let roles = self.roles.entry(certificate.identity.clone()).or_default();
                roles.insert(record.role);
            }
        }
    }

    /// Says of each TVS certificate that was given if the lists name it in other roles only.
    fn odd_tvs(&self) -> Vec<String> {
        let odd = |(server, identity): &(String, Identity)| {
            let roles = self.roles.get(identity)?;
            let other = roles.iter().find(|role| **role != Role::Sast).or_else(|| roles.first())?;
            (!roles.contains(&Role::Tvs)).then(|| {
                format!(
                    "{server}: TVS: the lists name this certificate in the role {other}, and not as \
                     that of TVS: were two files mixed up?"
                )
            })
        };
        self.given_tvs.iter().filter_map(odd).collect()
    }

    fn presented(&mut self, server: usize, at: SystemTime, came: Presented) -> Result<(), String> {
        let Some(name) = self.snapshot.tvs.get(server).map(|server| server.server.clone()) else {
            return Ok(());
        };
        let (outcome, der, error) = match came.state {
            State::Certificate(der) => (TvsOutcome::Presents, Some(der), None),
            State::Tls13Only => {
                let why = "it speaks TLS 1.3 only, which encrypts the certificate: export it from CUCM and give it with --from-folder";
                (TvsOutcome::Tls13Only, None, Some(why.to_owned()))
            }
            State::Down(why) => (TvsOutcome::Down, None, Some(plain(&why))),
            State::Failed(why) => (TvsOutcome::Failed, None, Some(plain(&why))),
        };
        let certificate = der.map(|der| self.certificate(&name, &der)).transpose()?;
        let (file, subject, serial) = certificate
            .map_or((None, None, None), |(file, subject, serial)| {
                (Some(file), Some(subject), Some(serial))
            });
        let tls = came.tries.iter().map(|(version, tried)| tls_try(*version, tried)).collect();
        if let Some(server) = self.snapshot.tvs.get_mut(server) {
            *server = TvsNode {
                outcome,
                at: told(at),
                certificate: file,
                subject,
                serial,
                tls,
                error,
                ..server.clone()
            };
        }
        Ok(())
    }

    /// Keeps the certificate of a TVS server, as PEM; with its subject and serial number.
    pub(super) fn certificate(
        &mut self,
        server: &str,
        der: &[u8],
    ) -> Result<(KeptFile, String, String), String> {
        let certificate = Certificate::parse(der).map_err(|error| format!("{server}: {error}"))?;
        let pem = der::pem::encode_string("CERTIFICATE", LineEnding::LF, der)
            .map_err(|error| format!("{server}: {error}"))?;
        let file = self.folder.keep(&format!("{}/TVS.pem", folder_name(server)), pem.as_bytes())?;
        let serial = trustlist::facts::Serial::from_bytes(certificate.serial());
        Ok((file, certificate.subject_text(), hex(serial.as_bytes())))
    }

    /// Sums up: the minimum of TLS, and what went wrong.
    pub(super) fn end(&mut self, names: &[String]) {
        let accepted = self
            .snapshot
            .tvs
            .iter()
            .flat_map(|server| &server.tls)
            .filter(|tried| tried.accepted == Some(true));
        let seen = accepted.map(|tried| tried.version.clone()).min();
        // The setting of the cluster counts more than the versions that one server accepted.
        self.snapshot.tls_minimum = self.said_minimum.take().or(seen);
        let mut errors = std::mem::take(&mut self.snapshot.errors);
        for node in &self.snapshot.tftp {
            errors.extend(node_errors(node, names));
        }
        for server in &self.snapshot.tvs {
            let error =
                server.error.as_ref().map(|error| format!("{}: TVS: {error}", server.server));
            errors.extend(error);
        }
        errors.extend(self.odd_tvs());
        self.snapshot.errors = errors;
        self.snapshot.ended = told(SystemTime::now());
    }

    /// Returns why nothing came, if no error says it.
    pub(super) fn why_empty(&self) -> String {
        if !self.snapshot.errors.is_empty() {
            return String::new();
        }
        let missing = |node: &TftpNode| {
            let names = node.files.iter().map(|served| served.name.as_str());
            format!("{} has no {}", Plain(&node.node), names.collect::<Vec<_>>().join(" and no "))
        };
        let nodes: Vec<String> = self.snapshot.tftp.iter().map(missing).collect();
        match &nodes[..] {
            [] => ": the inputs hold no list, no configuration and no TVS certificate".to_owned(),
            nodes => format!(
                ": {}. Give the lists of a node whose service Cisco Tftp is activated",
                nodes.join("; ")
            ),
        }
    }

    /// Returns whether anything came that is worth to be kept.
    pub(super) fn is_empty(&self) -> bool {
        self.snapshot.kept().next().is_none()
    }
}

/// A TVS server without any known fact yet.
pub(super) fn unasked(name: &str) -> TvsNode {
    TvsNode {
        server: name.to_owned(),
        address: None,
        outcome: TvsOutcome::Failed,
        at: told(SystemTime::now()),
        certificate: None,
        subject: None,
        serial: None,
        tls: Vec::new(),
        error: None,
    }
}

/// Reads the list, if a file of this name should be one.
fn judged(name: &str, bytes: &[u8]) -> Result<Option<Arc<ListFacts>>, String> {
    if name.ends_with(".sgn") {
        return judge::config(bytes).map(|()| None);
    }
    let kind = if name.starts_with("CTL") { ListKind::Ctl } else { ListKind::Itl };
    judge::list(bytes, kind).map(Some)
}

/// Returns the errors of a node: a line for each file, and one for files that were not asked for.
fn node_errors(node: &TftpNode, names: &[String]) -> Vec<String> {
    let mut errors = Vec::new();
    for served in &node.files {
        match (&served.error, served.outcome) {
            (Some(error), _) => errors.push(format!("{}: {}: {error}", node.node, served.name)),
            (None, FileOutcome::NotFound) if served.name == ITL => {
                errors.push(format!(
                    "{}: {ITL}: not found, although every TFTP node of CUCM 8.0 or later has one",
                    node.node
                ));
            }
            _ => {}
        }
    }
    let missing = names.len().saturating_sub(node.files.len());
    if node.address.is_some() && missing > 0 {
        errors.push(format!(
            "{}: {missing} more {} not asked for",
            node.node,
            plural(missing, "file")
        ));
    }
    errors
}

fn tls_try(version: TlsVersion, tried: &Try) -> TlsTry {
    let (accepted, answer) = match tried {
        Try::Accepted => (Some(true), None),
        Try::Refused(why) => (Some(false), Some(plain(why))),
        Try::Unclear(why) => (None, Some(plain(why))),
    };
    TlsTry { version: version.as_str().to_owned(), accepted, answer }
}

/// Text of a server on one line, and not too long.
fn plain(text: &str) -> String {
    let text = Plain(text).to_string();
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The lists that every phone may load.
pub(super) const CTL: &str = "CTLFile.tlv";
pub(super) const ITL: &str = "ITLFile.tlv";
/// Characters of an error that are kept.
const MAX_TEXT: usize = 300;
