//! `trustlist show`.

use super::output::{Output, Status};
use super::{Verifier, input};
use crate::report::list::{self, ListReport};
use crate::wire;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Trust lists (ITLFile.tlv, CTLFile.tlv) or signed files; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print JSON (trustlist.list/1)
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, output: &mut Output) -> Status {
        output.each(&self.files, self.json, decode)
    }
}

fn decode(path: &Path) -> Result<(ListReport, String, Status), String> {
    let bytes = input::read(path)?;
    let broken = |error| list::parse_error(&input::name(path), &error);
    let report = ListReport::of(&wire::parse(&bytes).map_err(broken)?, &Verifier).map_err(broken)?;
    let text = format!("{}: {report}", input::name(path));
    Ok((report, text, Status::Fine))
}
