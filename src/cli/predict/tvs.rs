//! What is known of TVS: `--tvs` and `--tvs-knows`.

use super::super::input;
use super::arguments::TvsArguments;
use super::known::files_of;
use super::question::Reader;
use crate::facts::{CertificateFacts, ListFacts};
use crate::phone::{KnownCertificate, RoleSet, Tvs, TvsServer};
use crate::wire::Role;
use std::path::Path;
use std::sync::Arc;

/// What both options say, read once.
#[derive(Debug)]
pub(in crate::cli) enum TvsAnswers {
    /// Neither option was given.
    Unknown,
    /// What is known of the servers.
    Known {
        /// Those that an option names, in order.
        servers: Vec<TvsServer>,
        /// What every server knows, where an option says so.
        of_all: Option<Vec<KnownCertificate>>,
    },
}

impl TvsAnswers {
    /// Reads both options.
    pub(in crate::cli) fn read(arguments: &TvsArguments, reader: &mut Reader) -> Result<Self, String> {
        if arguments.tvs.is_empty() && arguments.tvs_knows.is_empty() {
            return Ok(Self::Unknown);
        }
        if arguments.tvs.iter().any(|value| value == NONE) {
            return match (arguments.tvs.len(), arguments.tvs_knows.is_empty()) {
                (1, true) => Ok(Self::Known { servers: Vec::new(), of_all: None }),
                _ => Err("--tvs none says that no server answers: expected no other --tvs and no --tvs-knows beside it".into()),
            };
        }
        let mut servers = Vec::new();
        for value in &arguments.tvs {
            servers.push(server(value, reader)?);
        }
        let of_all = know(arguments, reader, &mut servers)?;
        Ok(Self::Known { servers, of_all })
    }

    /// What that means for a phone of this CallManager group. Where no option names a server, those of the group know
    /// what every server knows.
    pub(in crate::cli) fn of_group(&self, group: Option<&[Arc<str>]>) -> Tvs {
        let Self::Known { servers, of_all } = self else { return Tvs::Unknown };
        let mut servers = servers.clone();
        if servers.is_empty() && of_all.is_some() {
            let some = [Arc::from(SOME_SERVER)];
            servers.extend(group.unwrap_or(&some).iter().map(|name| unseen(name.clone())));
        }
        let of_all = of_all.as_deref().unwrap_or_default();
        for server in servers.iter_mut().filter(|_| !of_all.is_empty()) {
            let own = server.knows.iter().flat_map(|known| known.iter());
            server.knows = Some(own.chain(of_all).cloned().collect());
        }
        Tvs::Known(servers)
    }

    /// Whether an option names the servers, so that one of a group that none names is taken as not answering.
    pub(in crate::cli) fn names_servers(&self) -> bool {
        matches!(self, Self::Known { servers, .. } if !servers.is_empty())
    }

    /// Whether an option names this server.
    pub(in crate::cli) fn names(&self, name: &str) -> bool {
        matches!(self, Self::Known { servers, .. } if servers.iter().any(|server| server.server.eq_ignore_ascii_case(name)))
    }
}

fn server(value: &str, reader: &mut Reader) -> Result<TvsServer, String> {
    let Some((name, what)) = value.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(format!("--tvs {value}: expected SERVER=CERT, SERVER=down or none"));
    };
    let down = what == DOWN;
    let presents = if down { None } else { Some(reader.certificate(Path::new(what))?) };
    Ok(TvsServer { server: Arc::from(name), reachable: !down, presents, knows: None })
}

/// A server that answers, with a certificate that is not known.
fn unseen(server: Arc<str>) -> TvsServer {
    TvsServer { server, reachable: true, presents: None, knows: None }
}

/// Adds what single servers know, and gives what all of them do. A server that only `--tvs-knows` names answers, with a
/// certificate that is not known.
fn know(
    arguments: &TvsArguments,
    reader: &mut Reader,
    servers: &mut Vec<TvsServer>,
) -> Result<Option<Vec<KnownCertificate>>, String> {
    let mut of_all: Option<Vec<KnownCertificate>> = None;
    for value in &arguments.tvs_knows {
        // A path may hold a `=` too: what exists as it is written is a path.
        let Some((name, path)) = value.split_once('=').filter(|(name, _)| !name.is_empty() && !Path::new(value).exists()) else {
            of_all.get_or_insert_default().extend(certificates(Path::new(value), reader)?);
            continue;
        };
        let known = certificates(Path::new(path), reader)?;
        if !servers.iter().any(|server| *server.server == *name) {
            servers.push(unseen(Arc::from(name)));
        }
        for server in servers.iter_mut().filter(|server| *server.server == *name) {
            let before = server.knows.iter().flat_map(|known| known.iter());
            let known: Arc<[_]> = before.chain(&known).cloned().collect();
            server.knows = (!known.is_empty()).then_some(known);
        }
    }
    Ok(of_all)
}

/// What a path holds: a list, whose records are known with their roles; a certificate or a folder of certificates,
/// known with roles unknown.
fn certificates(path: &Path, reader: &mut Reader) -> Result<Vec<KnownCertificate>, String> {
    let mut known = Vec::new();
    let paths = if path.is_dir() { files_of(path)? } else { vec![path.to_owned()] };
    for path in paths {
        let bytes = super::question::held(&path)?;
        match reader.known_list(&input::name(&path), &bytes)? {
            Some(list) => known.extend(of_list(&list)),
            None => {
                let bundle = reader.bundle(&path)?;
                known.extend(bundle.into_iter().map(|certificate| KnownCertificate { certificate, roles: None }));
            }
        }
    }
    Ok(known)
}

/// Each certificate of a list once, with the roles of all its records.
fn of_list(list: &ListFacts) -> Vec<KnownCertificate> {
    let mut known: Vec<(Arc<CertificateFacts>, Vec<Role>)> = Vec::new();
    for record in &list.records {
        let Some(certificate) = &record.certificate else { continue };
        match known.iter_mut().find(|(seen, _)| seen == certificate) {
            Some((_, roles)) => roles.push(record.role),
            None => known.push((certificate.clone(), vec![record.role])),
        }
    }
    let of = |(certificate, roles): (_, Vec<Role>)| KnownCertificate { certificate, roles: Some(RoleSet::of(&roles)) };
    known.into_iter().map(of).collect()
}

const DOWN: &str = "down";
const NONE: &str = "none";
/// Stands for a server of a CallManager group that was not given.
const SOME_SERVER: &str = "a TVS server";
