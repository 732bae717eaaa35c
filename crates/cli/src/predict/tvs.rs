//! What is known of TVS: `--tvs` and `--tvs-knows`.

use super::arguments::TvsArguments;
use super::known::files_of;
use super::question::Reader;
use std::path::Path;
use std::sync::Arc;
use trustlist::phone::{KnownCertificate, TvsServer};
use trustlist::question::{TvsAnswers, TvsSaid};

/// Reads both options.
pub(crate) fn answers(arguments: &TvsArguments, reader: &mut Reader) -> Result<TvsAnswers, String> {
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
            return Err(format!("--tvs {}: expected each server once", trustlist::report::Plain(value)));
        }
        said.servers.push(server);
    }
    for value in &arguments.tvs_knows {
        // A path may hold a `=` too: what exists as it is written is a path.
        said.knows.push(match value.split_once('=').filter(|(name, _)| !name.is_empty() && !Path::new(value).exists()) {
            None => (None, certificates(Path::new(value), reader)?),
            Some((name, path)) => (Some(Arc::from(name)), certificates(Path::new(path), reader)?),
        });
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
