//! `trustlist preflight`.

use super::output::{Output, Status, settled};
use super::{given, input, limits};
use std::path::PathBuf;
use trustlist_cluster::case::preflight_context;
use trustlist_cluster::preflight::{Context, Preflight, Source, preflight_within};
use trustlist_cluster::report::preflight as report;

/// Judge a cluster's readiness from pasted output of CUCM's command line
#[derive(Debug, clap::Args)]
pub(super) struct PreflightCommand {
    /// Pasted output, any number of files in any order; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the output itself does not say (JSON: mode, tftp_nodes, version, at)
    #[arg(long, value_name = "CONTEXT.json")]
    context: Option<PathBuf>,
    /// Print JSON (trustlist.preflight/1)
    #[arg(long)]
    json: bool,
}

impl PreflightCommand {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answered = self.judge(output);
        settled(answered, self.json, output)
    }

    fn judge(&self, output: &mut Output) -> Result<Status, String> {
        let context = self.context()?;
        let (mut texts, mut together, mut unreadable) = (Vec::new(), 0_usize, None);
        for path in &self.files {
            match input::read(path).and_then(|bytes| text(path, &bytes)) {
                Ok(text) => {
                    together = together.saturating_add(text.len());
                    texts.push((input::name(path), text));
                }
                // The last is said with the others' answer, or in the place of one.
                Err(error) => {
                    if let Some(before) = unreadable.replace(error) {
                        output.message(before);
                    }
                }
            }
        }
        limits::paste_together(together)?;
        let unreadable = match unreadable {
            Some(error) if texts.is_empty() => return Err(error),
            Some(error) => {
                output.message(error);
                true
            }
            None => false,
        };
        let sources: Vec<Source<'_>> = texts.iter().map(|(name, text)| Source { name, text }).collect();
        let answer = preflight_within(&sources, &context, &limits::paste());
        if self.json {
            output.json(&report::json(&answer));
        } else {
            output.print(report::Table(&answer));
        }
        Ok(if unreadable { Status::Unusable } else { status(&answer) })
    }

    fn context(&self) -> Result<Context, String> {
        let Some(path) = &self.context else { return Ok(Context::default()) };
        let name = input::name(path);
        let value = limits::document(&name, &input::text(path)?)?;
        preflight_context(&value).map_err(|error| limits::case_error(&name, &error))
    }
}

fn text(path: &std::path::Path, bytes: &[u8]) -> Result<String, String> {
    match given::decoded(&input::name(path), bytes)? {
        Some(text) if text.trim().is_empty() => {
            Err(format!("{}: line 1: nothing in it, expected the output of a CUCM command", input::name(path)))
        }
        Some(text) => Ok(text),
        None => Err(format!("{}: line 1: binary data, expected the output of a CUCM command as text", input::name(path))),
    }
}

/// 1 for a block; 3 only where something pasted could not be read (spec/CONTRACT.md section 1).
fn status(answer: &Preflight) -> Status {
    if answer.blocks() {
        Status::Negative
    } else if answer.has_unread() {
        Status::Undecided
    } else {
        Status::Fine
    }
}
