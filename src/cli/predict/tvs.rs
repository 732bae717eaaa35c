//! What is known of TVS: `--tvs` and `--tvs-knows`.

use super::arguments::{TvsArguments, known_path};
use super::known::files_of;
use super::question::Reader;
use crate::phone::{KnownCertificate, TvsServer};
use crate::question::{TvsAnswers, TvsSaid};
use std::path::Path;
use std::sync::Arc;

/// Reads both options.
pub(in crate::cli) fn answers(arguments: &TvsArguments, reader: &mut Reader) -> Result<TvsAnswers, String> {
    let none = arguments.tvs.iter().filter(|value| *value == NONE).count();
    if none > 0 {
        return match (none, arguments.tvs.len(), arguments.tvs_knows.is_empty()) {
            (1, 1, true) => Ok(TvsSaid { none: true, ..TvsSaid::default() }.answers()),
            _ => Err("--tvs none says that no server answers: expected no other --tvs and no --tvs-knows beside it".into()),
        };
    }
    let mut said = TvsSaid::default();
    for value in &arguments.tvs {
        let server = server(value, reader)?;
        if said.servers.iter().any(|known| known.server.eq_ignore_ascii_case(&server.server)) {
            return Err(format!("--tvs {}: expected each server once", crate::report::Plain(value)));
        }
        said.servers.push(server);
    }
    for value in &arguments.tvs_knows {
        let (server, path) = known_path(value);
        said.knows.push((server.map(Arc::from), certificates(path, reader)?));
    }
    Ok(said.answers())
}

fn server(value: &str, reader: &mut Reader) -> Result<TvsServer, String> {
    let Some((name, what)) = value.split_once('=').filter(|(name, what)| !name.is_empty() && !what.is_empty()) else {
        return Err(format!("--tvs {value}: expected SERVER=CERT, SERVER=down or none"));
    };
    let down = what == DOWN;
    let presents = if down { None } else { Some(reader.certificate(Path::new(what))?) };
    Ok(TvsServer { server: Arc::from(name), reachable: !down, presents, knows: None })
}

/// What a path holds: a list, whose records are known with their roles; a certificate or a folder of certificates,
/// known with roles unknown.
fn certificates(path: &Path, reader: &mut Reader) -> Result<Vec<KnownCertificate>, String> {
    let mut known = Vec::new();
    let paths = if path.is_dir() { files_of(path)? } else { vec![path.to_owned()] };
    for path in paths {
        known.extend(reader.known_certificates(&path)?);
    }
    Ok(known)
}

const DOWN: &str = "down";
const NONE: &str = "none";
