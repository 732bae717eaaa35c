//! `trustlist lint`.

use super::output::{Answer, Output, Status, settled};
use super::predict::{Known, files_of};
use super::{Verifier, given, input, limits};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::cert::Certificate;
use trustlist::code::{Level, LintCode};
use trustlist::facts::{CertificateFacts, FileId, ListFacts, Timestamp};
use trustlist::json::Value;
use trustlist::lint::{self, LintOptions};
use trustlist::release::Release;
use trustlist::report::{lint as report, list};
use trustlist::wire::{File, TrustList};

#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Trust lists, or pasted output of show itl and show ctl; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Date of the judgement: certificates that have expired by then are found (2026-01-31) [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::arguments::date)]
    at: Option<Timestamp>,
    /// Certificates that end within this many days of --at are found: 90 or 90d
    #[arg(long, value_name = "DAYS", value_parser = super::arguments::days)]
    within: Option<u32>,
    /// Certificates (PEM or DER) that date records with a hash only: a file, or a folder
    #[arg(long, value_name = "PATH")]
    certs: Vec<PathBuf>,
    /// Folder of lists whose certificates date records with a hash only
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
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
        let judged = self
            .options()
            .map(|options| output.each(&self.files, self.json, |path| judge(path, &options)));
        settled(judged, self.json, output)
    }

    fn options(&self) -> Result<LintOptions, String> {
        Ok(LintOptions {
            at: self.at.or_else(super::arguments::now),
            within_days: self.within,
            cucm: self.cucm,
            certificates: self.certificates()?,
            deny: self.deny.clone(),
            allow: self.allow.clone(),
        })
    }

    /// The certificates of `--certs` and of the lists of `--known`.
    fn certificates(&self) -> Result<Vec<Arc<CertificateFacts>>, String> {
        let mut found = Vec::new();
        for path in &self.certs {
            for der in certificates(path)? {
                let certificate = Certificate::parse(&der)
                    .map_err(|error| format!("{}: {error}", input::name(path)))?;
                found.push(Arc::new(CertificateFacts::from_certificate(&certificate)));
            }
        }
        for bytes in
            self.known.as_deref().map(Known::read).transpose()?.iter().flat_map(Known::files)
        {
            let Ok(list) = TrustList::parse(bytes) else { continue };
            // A broken list beside sound ones has no certificates to give.
            let Ok(facts) = ListFacts::from_list(&list, FileId::symbol(0)) else { continue };
            found.extend(facts.records.into_iter().filter_map(|record| record.certificate));
        }
        Ok(found)
    }
}

/// The certificates of a file, or of every file of a folder that holds some.
fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, String> {
    if !path.is_dir() {
        return input::certificates(path);
    }
    let mut found = Vec::new();
    for file in files_of(path)? {
        found.extend(input::certificates(&file).unwrap_or_default());
    }
    if found.is_empty() {
        return Err(format!(
            "{}: expected certificates in PEM or DER, found none in this folder",
            input::name(path)
        ));
    }
    Ok(found)
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
    Ok(found
        .iter()
        .map(|finding| (finding.level, report::json(finding), report::line(finding)))
        .collect())
}

fn of_print(print: &trustlist::console::Print, options: &LintOptions) -> Vec<Found> {
    let facts = lint::lint_facts(&print.facts(FileId::symbol(0)), options);
    let of_facts =
        facts.iter().map(|finding| (finding.level, report::json(finding), report::line(finding)));
    let of_text = print.findings();
    let of_text = of_text
        .iter()
        .map(|finding| (finding.level, report::print_json(finding), report::print_line(finding)));
    let mut found: Vec<Found> = of_facts.chain(of_text).collect();
    found.sort_by_key(|(level, ..)| core::cmp::Reverse(*level));
    found
}

fn answer(path: &Path, found: Vec<Found>) -> Answer {
    let status = if found.iter().any(|(level, ..)| *level == Level::Error) {
        Status::Negative
    } else {
        Status::Fine
    };
    let (mut documents, mut text) = (Vec::new(), String::new());
    let clean = if found.is_empty() { " clean" } else { "" };
    text.push_str(&format!("{}:{clean}\n", input::name(path)));
    for (_, document, line) in found {
        documents.push(document);
        text.push_str(&format!("  {line}\n"));
    }
    Answer::new(&report::document(documents), text, status)
}

fn code(word: &str) -> Result<LintCode, String> {
    let found = LintCode::ALL.iter().copied().find(|code| code.as_str() == word);
    found.ok_or_else(|| "expected a code of lint; `trustlist explain` lists them".into())
}
