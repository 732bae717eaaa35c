//! `trustlist preflight`.

use super::input;
use super::output::{Output, Status, settled};
use crate::case::{self, preflight_context};
use crate::console::Given;
use crate::console::preflight::{Context, Preflight, Source, preflight};
use crate::report::preflight as report;
use std::path::PathBuf;

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
        settled(answered, output)
    }

    fn judge(&self, output: &mut Output) -> Result<Status, String> {
        let context = self.context()?;
        let (mut texts, mut unreadable) = (Vec::new(), false);
        for path in &self.files {
            match input::read(path).and_then(|bytes| text(path, &bytes)) {
                Ok(text) => texts.push((input::name(path), text)),
                Err(error) => {
                    output.message(error);
                    unreadable = true;
                }
            }
        }
        if texts.is_empty() {
            return Ok(Status::Unusable);
        }
        let sources: Vec<Source<'_>> = texts.iter().map(|(name, text)| Source { name, text }).collect();
        let answer = preflight(&sources, &context);
        if self.json {
            output.json(&report::json(&answer));
        } else {
            output.print(report::Table(&answer));
        }
        Ok(if unreadable { Status::Unusable } else { status(&answer) })
    }

    fn context(&self) -> Result<Context, String> {
        let Some(path) = &self.context else { return Ok(Context::default()) };
        let named = |error: case::CaseError| format!("{}: {error}", input::name(path));
        let value = case::parse(&input::text(path)?).map_err(named)?;
        preflight_context(&value).map_err(named)
    }
}

fn text(path: &std::path::Path, bytes: &[u8]) -> Result<String, String> {
    match Given::of(bytes) {
        Given::Text(text) if text.trim().is_empty() => {
            Err(format!("{}: line 1: nothing in it, expected the output of a CUCM command", input::name(path)))
        }
        Given::Text(text) => Ok(text),
        Given::Binary(_) => {
            Err(format!("{}: line 1: binary data, expected the output of a CUCM command as text", input::name(path)))
        }
    }
}

/// 1 for a block; 3 only where something pasted could not be read (CONTRACT.md section 1).
fn status(answer: &Preflight) -> Status {
    if answer.blocks() {
        Status::Negative
    } else if answer.has_unread() {
        Status::Undecided
    } else {
        Status::Fine
    }
}
