//! `trustlist lint`.

use super::output::{Answer, Output, Status};
use super::{Verifier, given, input, limits};
use crate::code::{Level, LintCode};
use crate::facts::FileId;
use crate::facts::Timestamp;
use crate::json::Value;
use crate::lint::{self, LintOptions};
use crate::release::Release;
use crate::report::{lint as report, list};
use crate::wire::{File, TrustList};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Trust lists, or pasted output of show itl and show ctl; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Date of the judgement: certificates that have expired by then are found
    #[arg(long, value_name = "DATE", value_parser = super::arguments::date)]
    at: Option<Timestamp>,
    /// Certificates that end within this many days of --at are found: 90d
    #[arg(long, value_name = "DAYS", value_parser = days, requires = "at")]
    within: Option<u32>,
    /// The CUCM version that the list comes from: 12.5, 14SU3
    #[arg(long, value_name = "VERSION")]
    cucm: Option<Release>,
    /// Make this code an error
    #[arg(long, value_name = "CODE", value_parser = code)]
    deny: Vec<LintCode>,
    /// Leave this code out
    #[arg(long, value_name = "CODE", value_parser = code)]
    allow: Vec<LintCode>,
    /// Print JSON (trustlist.lint/1)
    #[arg(long)]
    json: bool,
}

/// One finding: how grave it is, as JSON and as a line.
type Found = (Level, Value, String);

impl Lint {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let Self { files, at, within, cucm, deny, allow, json } = self;
        let options = LintOptions { at, within_days: within, cucm, deny, allow };
        output.each(&files, json, |path| judge(path, &options))
    }
}

fn judge(path: &Path, options: &LintOptions) -> Result<Vec<Answer>, String> {
    let bytes = input::read(path)?;
    match given::text(&input::name(path), &bytes)? {
        None => of_file(path, &bytes, options).map(|found| vec![answer(path, found)]),
        Some(text) => {
            let prints = given::prints(path, &text)?;
            Ok(prints.into_iter().map(|print| answer(path, of_print(&print, options))).collect())
        }
    }
}

fn of_file(path: &Path, bytes: &[u8], options: &LintOptions) -> Result<Vec<Found>, String> {
    let broken = |error| list::parse_error(&input::name(path), &error);
    let list = TrustList::parse(bytes).map_err(broken)?;
    limits::list_size(&input::name(path), &File::List(list))?;
    let found = lint::lint(&list, &Verifier, options).map_err(broken)?;
    Ok(found.iter().map(|finding| (finding.level, report::json(finding), report::line(finding))).collect())
}

fn of_print(print: &crate::console::Print, options: &LintOptions) -> Vec<Found> {
    let facts = lint::lint_facts(&print.facts(FileId::symbol(0)), options);
    let of_facts = facts.iter().map(|finding| (finding.level, report::json(finding), report::line(finding)));
    let of_text = print.findings();
    let of_text = of_text.iter().map(|finding| (finding.level, report::print_json(finding), report::print_line(finding)));
    let mut found: Vec<Found> = of_facts.chain(of_text).collect();
    found.sort_by_key(|(level, ..)| core::cmp::Reverse(*level));
    found
}

fn answer(path: &Path, found: Vec<Found>) -> Answer {
    let status = if found.iter().any(|(level, ..)| *level == Level::Error) { Status::Negative } else { Status::Fine };
    let (mut documents, mut text) = (Vec::new(), String::new());
    let clean = if found.is_empty() { " clean" } else { "" };
    text.push_str(&format!("{}:{clean}\n", input::name(path)));
    for (_, document, line) in found {
        documents.push(document);
        text.push_str(&format!("  {line}\n"));
    }
    Answer::new(&report::document(documents), text, status)
}

fn days(text: &str) -> Result<u32, String> {
    text.strip_suffix('d').unwrap_or(text).parse().map_err(|_| "expected a number of days such as 90d".into())
}

fn code(word: &str) -> Result<LintCode, String> {
    let found = LintCode::ALL.iter().copied().find(|code| code.as_str() == word);
    found.ok_or_else(|| "expected a code of lint; `trustlist explain` lists them".into())
}
