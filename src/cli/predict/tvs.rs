//! What is known of TVS: `--tvs` and `--tvs-knows`.

use super::super::input;
use super::arguments::Arguments;
use super::known::files_of;
use super::question::Reader;
use crate::facts::{CertificateFacts, ListFacts};
use crate::phone::{KnownCertificate, RoleSet, Tvs, TvsServer};
use crate::wire::Role;
use std::path::Path;
use std::sync::Arc;

/// Reads both options. Without either nothing is known about TVS.
pub(super) fn read(arguments: &Arguments, reader: &mut Reader) -> Result<Tvs, String> {
    if arguments.tvs.is_empty() && arguments.tvs_knows.is_empty() {
        return Ok(Tvs::Unknown);
    }
    if arguments.tvs.iter().any(|value| value == NONE) {
        return match (arguments.tvs.len(), arguments.tvs_knows.is_empty()) {
            (1, true) => Ok(Tvs::Known(Vec::new())),
            _ => Err("--tvs none says that no server answers: expected no other --tvs and no --tvs-knows beside it".into()),
        };
    }
    let mut servers = Vec::new();
    for value in &arguments.tvs {
        servers.push(server(value, reader)?);
    }
    know(arguments, reader, &mut servers)?;
    Ok(Tvs::Known(servers))
}

fn server(value: &str, reader: &mut Reader) -> Result<TvsServer, String> {
    let Some((name, what)) = value.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(format!("--tvs {value}: expected SERVER=CERT, SERVER=down or none"));
    };
    let down = what == DOWN;
    let presents = if down { None } else { Some(reader.certificate(Path::new(what))?) };
    Ok(TvsServer { server: Arc::from(name), reachable: !down, presents, knows: None })
}

/// Adds what each server knows. A server that only `--tvs-knows` names answers, with a certificate that is not known;
/// where no server is named at all, those of the CallManager group do.
fn know(arguments: &Arguments, reader: &mut Reader, servers: &mut Vec<TvsServer>) -> Result<(), String> {
    let mut of_all = Vec::new();
    let mut of_one: Vec<(&str, Vec<KnownCertificate>)> = Vec::new();
    for value in &arguments.tvs_knows {
        // A path may hold a `=` too: what exists as it is written is a path.
        match value.split_once('=').filter(|(name, _)| !name.is_empty() && !Path::new(value).exists()) {
            Some((name, path)) => of_one.push((name, certificates(Path::new(path), reader)?)),
            None => of_all.extend(certificates(Path::new(value), reader)?),
        }
    }
    if arguments.tvs_knows.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = match (servers.is_empty() && of_one.is_empty(), &arguments.cm_group) {
        (true, Some(group)) => group.iter().map(|name| name.trim()).collect(),
        (true, None) => vec![SOME_SERVER],
        (false, _) => of_one.iter().map(|&(name, _)| name).collect(),
    };
    for name in named {
        if !servers.iter().any(|server| *server.server == *name) {
            servers.push(TvsServer { server: Arc::from(name), reachable: true, presents: None, knows: None });
        }
    }
    for server in servers {
        let own = of_one.iter().filter(|(name, _)| **name == *server.server).flat_map(|(_, known)| known);
        let known: Vec<_> = own.chain(&of_all).cloned().collect();
        if !known.is_empty() {
            server.knows = Some(Arc::from(known));
        }
    }
    Ok(())
}

/// What a path holds: a list, whose records are known with their roles; a certificate or a folder of certificates,
/// known with roles unknown.
fn certificates(path: &Path, reader: &mut Reader) -> Result<Vec<KnownCertificate>, String> {
    let mut known = Vec::new();
    let paths = if path.is_dir() { files_of(path)? } else { vec![path.to_owned()] };
    for path in paths {
        let bytes = input::read(&path)?;
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
