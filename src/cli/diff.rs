//! `trustlist diff`.

use super::output::{Output, Status, settled};
use super::{Verifier, given, input};
use crate::diff::diff;
use crate::facts::{Files, ListFacts, ListKind};
use crate::phone::Outcome;
use crate::report::diff as report;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What changed between two lists, and what that means for phones
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// The list that phones hold: a file or a paste
    old: PathBuf,
    /// The list that the server has now: a file or a paste
    new: PathBuf,
    /// Print JSON (trustlist.diff/1)
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answered = self.compare(output);
        settled(answered, self.json, output)
    }

    /// The status answers for phones that hold the old list and nothing else.
    fn compare(&self, output: &mut Output) -> Result<Status, String> {
        let mut files = Files::new(Verifier);
        let old = read(&mut files, &self.old)?;
        let new = read(&mut files, &self.new)?;
        if let (ListKind::Itl, ListKind::Ctl) | (ListKind::Ctl, ListKind::Itl) = (old.kind, new.kind) {
            let word = |kind| if kind == ListKind::Ctl { "a CTL" } else { "an ITL" };
            return Err(format!(
                "{} is {}, {} is {}: expected two lists of one kind, as phones hold both side by side",
                input::name(&self.old),
                word(old.kind),
                input::name(&self.new),
                word(new.kind)
            ));
        }
        let kind = if new.kind == ListKind::Ctl || old.kind == ListKind::Ctl { ListKind::Ctl } else { ListKind::Itl };
        report::notes(&old, &new).for_each(|note| output.message(note));
        let difference = diff(&old, &new, &files);
        if self.json {
            output.json(&report::json(&difference, kind));
        } else {
            output.print(report::text(&difference, kind));
        }
        Ok(match report::outcome(&difference, kind) {
            Outcome::Reject => Status::Negative,
            Outcome::Depends => Status::Undecided,
            _ => Status::Fine,
        })
    }
}

fn read(files: &mut Files<Verifier>, path: &Path) -> Result<Arc<ListFacts>, String> {
    let name = input::name(path);
    let list = given::list(files, &name, input::read(path)?, None)?;
    list.ok_or_else(|| format!("{name}: the print says that there is no such file, expected a list"))
}
