//! `trustlist diff`.

use super::Verifier;
use super::input::{self, Input};
use super::output::{Output, Status, settled};
use super::words;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::diff::diff;
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::phone::Outcome;
use trustlist::report::diff as report;

/// Compare two lists, and predict if phones with the old one accept the new one
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// The list on the phones: a file or a paste
    old: PathBuf,
    /// The list that the server has now: a file or a paste
    new: PathBuf,
    /// Print JSON (trustlist.diff/1)
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = self.compare(input, output);
        settled(answered, self.json, output)
    }

    /// The status answers for phones that hold the old list and nothing else; 3 if a paste lost
    /// something.
    fn compare(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let mut files = Files::new(Verifier);
        let (old, lost) = read(input, &mut files, &self.old)?;
        let (new, more) = read(input, &mut files, &self.new)?;
        if let (ListKind::Itl, ListKind::Ctl) | (ListKind::Ctl, ListKind::Itl) =
            (old.kind, new.kind)
        {
            return Err(format!(
                "{} is {}, {} is {}: expected two lists of one kind, phones have one of each",
                input::name(&self.old),
                words::a_list(old.kind),
                input::name(&self.new),
                words::a_list(new.kind)
            ));
        }
        let kind = if new.kind == ListKind::Ctl || old.kind == ListKind::Ctl {
            ListKind::Ctl
        } else {
            ListKind::Itl
        };
        report::notes(&old, &new).for_each(|note| output.warning(note));
        lost.iter().chain(&more).for_each(|lost| output.warning(lost));
        let difference = diff(&old, &new, &files);
        if self.json {
            output.json(&report::json(&difference, kind));
        } else {
            output.text(report::text(&difference, kind));
        }
        let status = match report::outcome(&difference, kind) {
            Outcome::Reject => Status::Negative,
            Outcome::Depends => Status::Undecided,
            _ => Status::Fine,
        };
        // A record that the paste lost may be a difference.
        Ok(if lost.is_empty() && more.is_empty() { status } else { status.max(Status::Undecided) })
    }
}

/// A list, and what its paste lost.
fn read(
    input: &Input,
    files: &mut Files<Verifier>,
    path: &Path,
) -> Result<(Arc<ListFacts>, Vec<String>), String> {
    let (name, bytes) = (input::name(path), input.read(path)?);
    let lost = input.losses(&name, &bytes, None);
    let list = input.list(files, &name, bytes, None)?;
    let list = list.ok_or_else(|| {
        format!("{name}: the paste says that there is no such file, expected a list")
    })?;
    Ok((list, lost))
}
