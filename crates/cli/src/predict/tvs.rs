//! What is known of TVS: `--tvs` and `--tvs-knows`.

use super::super::input;
use super::arguments::{TvsArguments, known_path};
use super::known::files_of;
use super::question::{Reader, list_file, say};
use std::path::Path;
use std::sync::Arc;
use trustlist::facts::CertificateFacts;
use trustlist::phone::TvsServer;
use trustlist::question::{Question, TvsAnswers, TvsSaid};
use trustlist::report::Plain;

/// What takes the facts that both options say.
pub(super) trait Told {
    /// No server answers.
    fn none(&mut self);

    /// A server does not answer.
    fn down(&mut self, server: &str);

    /// A server presents a certificate.
    fn presents(&mut self, server: &str, path: &Path) -> Result<(), String>;

    /// A server, or every one, answers.
    fn answers(&mut self, server: Option<&str>);

    /// It knows what a file holds.
    fn knows(&mut self, server: Option<&str>, path: &Path) -> Result<(), String>;
}

/// Reads both options.
pub(super) fn tell(arguments: &TvsArguments, told: &mut impl Told) -> Result<(), String> {
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
        let (server, path) = known_path(value);
        told.answers(server);
        let path = Path::new(path);
        let paths = if path.is_dir() { files_of(path)? } else { vec![path.to_owned()] };
        for path in paths {
            told.knows(server, &path)?;
        }
    }
    Ok(())
}

impl Told for Question {
    fn none(&mut self) {
        self.no_tvs();
    }

    fn down(&mut self, server: &str) {
        self.tvs_down(server);
    }

    fn presents(&mut self, server: &str, path: &Path) -> Result<(), String> {
        say(&input::name(path), self.tvs_presents(server, input::read(path)?))
    }

    fn answers(&mut self, server: Option<&str>) {
        self.tvs_answers(server);
    }

    fn knows(&mut self, server: Option<&str>, path: &Path) -> Result<(), String> {
        let bytes = list_file(path)?;
        let said = match server {
            None => self.called(&path.display().to_string()).tvs_knows(bytes),
            Some(server) => {
                self.called(&path.display().to_string()).tvs_server_knows(server, bytes)
            }
        };
        say(&input::name(path), said)
    }
}

/// Reads both options for many phones.
pub(crate) fn answers(arguments: &TvsArguments, reader: &mut Reader) -> Result<TvsAnswers, String> {
    let mut of_fleet = OfFleet { said: TvsSaid::default(), reader };
    tell(arguments, &mut of_fleet)?;
    Ok(of_fleet.said.answers())
}

/// What was said for every phone of a fleet.
struct OfFleet<'a> {
    said: TvsSaid,
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
        self.server(server, Some(presents));
        Ok(())
    }

    fn answers(&mut self, server: Option<&str>) {
        self.said.knows.push((server.map(Arc::from), Vec::new()));
    }

    fn knows(&mut self, server: Option<&str>, path: &Path) -> Result<(), String> {
        self.said.knows.push((server.map(Arc::from), self.reader.known_certificates(path)?));
        Ok(())
    }
}

const DOWN: &str = "down";
const NONE: &str = "none";
