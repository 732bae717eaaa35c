//! `trustlist lint`.

use super::Verifier;
use super::gate::Gate;
use super::input::{self, Input};
use super::output::{Answer, Output, Status, settled};
use super::predict::{Known, files_of};
use super::sarif::{Located, annotations, sarif};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::cert::Certificate;
use trustlist::code::{ConsoleCode, Level, LintCode};
use trustlist::console::{Presence, Print};
use trustlist::facts::{CertificateFacts, FileId, ListFacts, Timestamp};
use trustlist::json::Value;
use trustlist::lint::Release;
use trustlist::lint::{self, LintOptions};
use trustlist::report::{lint as report, list};
use trustlist::wire::{File, TrustList};

/// Find mistakes in a list, each with a stable code
#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Lists, or pastes of show itl or show ctl [default: standard input]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Date at which certificates are valid or not (2026-01-31) [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::arguments::date)]
    at: Option<Timestamp>,
    /// Find certificates that end within this many days of --at: 90 or 90d
    #[arg(long, value_name = "DAYS", value_parser = super::arguments::days)]
    within: Option<u32>,
    /// Certificates (PEM, DER, a folder of them) for the dates of records with a hash only
    #[arg(long, value_name = "PATH")]
    certs: Vec<PathBuf>,
    /// Folder of lists; their certificates give the dates of records with a hash only
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    /// The CUCM version that the list comes from: 12.5, 14SU3
    #[arg(long, value_name = "VERSION")]
    cucm: Option<Release>,
    /// Text, JSON, SARIF 2.1.0, or annotations of GitHub Actions
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Print JSON (trustlist.lint/1); the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    gate: Gate,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
    Github,
}

/// A finding: for programs as JSON, for people as a sentence.
struct Found {
    code: &'static str,
    level: Level,
    line: Option<u32>,
    record: Option<u32>,
    document: Value,
    text: String,
    /// True if the file says that there is no list, and holds no other one.
    is_all: bool,
}

impl Lint {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let json = self.json || self.format == Format::Json;
        let answered = self.answer(input, json, output);
        settled(answered, json, output)
    }

    fn answer(&self, input: &Input, json: bool, output: &mut Output) -> Result<Status, String> {
        let words = LintCode::ALL.iter().map(|code| code.as_str());
        let words: Vec<&str> =
            words.chain(ConsoleCode::ALL.iter().map(|code| code.as_str())).collect();
        self.gate.check("lint", &words)?;
        let (options, files) = (self.options(input)?, input::or_all_piped(&self.files)?);
        if let Format::Sarif | Format::Github = self.format {
            return Ok(self.for_tools(input, &files, &options, output));
        }
        let answers = |path: &Path| {
            let found = self.judge(input, path, &options)?;
            Ok(found.into_iter().map(|found| self.answer_of(path, found)).collect())
        };
        Ok(output.each(&files, json, answers))
    }

    /// All files in one document for another tool.
    fn for_tools(
        &self,
        input: &Input,
        files: &[PathBuf],
        options: &LintOptions,
        output: &mut Output,
    ) -> Status {
        let (mut findings, mut unreadable, mut status) = (Vec::new(), Vec::new(), Status::Fine);
        for path in files {
            match self.judge(input, path, options) {
                Ok(found) => {
                    for found in found.into_iter().flatten() {
                        status = status.max(self.status_of(&found));
                        findings.push(Located {
                            file: input::name(path),
                            code: found.code,
                            level: found.level,
                            sentence: sentence(&found),
                            line: found.line,
                            record: found.record,
                        });
                    }
                }
                Err(error) => {
                    output.error(&error);
                    unreadable.push(error);
                    status = Status::Unusable;
                }
            }
        }
        if self.format == Format::Sarif {
            output.json(&sarif(&findings, &unreadable));
        } else {
            output.print(annotations(&findings, &unreadable));
        }
        status
    }

    /// 3 if the file has no list to look at (spec/CONTRACT.md section 1).
    fn status_of(&self, found: &Found) -> Status {
        if self.gate.fails(found.code, found.level) {
            Status::Negative
        } else if found.is_all {
            Status::Undecided
        } else {
            Status::Fine
        }
    }

    fn options(&self, input: &Input) -> Result<LintOptions, String> {
        let code = |word: &String| LintCode::ALL.iter().copied().find(|code| code.as_str() == word);
        Ok(LintOptions {
            at: self.at.or_else(super::arguments::now),
            within_days: self.within,
            cucm: self.cucm,
            certificates: self.certificates(input)?,
            deny: self.gate.deny.iter().filter_map(code).collect(),
            allow: self.gate.allow.iter().filter_map(code).collect(),
        })
    }

    /// The certificates of `--certs` and of the lists of `--known`.
    fn certificates(&self, input: &Input) -> Result<Vec<Arc<CertificateFacts>>, String> {
        let mut found = Vec::new();
        for path in &self.certs {
            for der in certificates(input, path)? {
                let certificate = Certificate::parse(&der)
                    .map_err(|error| format!("{}: {error}", input::name(path)))?;
                found.push(Arc::new(CertificateFacts::from_certificate(&certificate)));
            }
        }
        for bytes in self
            .known
            .as_deref()
            .map(|folder| Known::read(input, folder))
            .transpose()?
            .iter()
            .flat_map(Known::files)
        {
            let Ok(list) = TrustList::parse(bytes) else { continue };
            // A broken list beside sound ones has no certificates to give.
            let Ok(facts) = ListFacts::from_list(&list, FileId::symbol(0)) else { continue };
            found.extend(facts.records.into_iter().filter_map(|record| record.certificate));
        }
        Ok(found)
    }

    /// Returns the findings about each list of a file: a paste may hold two.
    fn judge(
        &self,
        input: &Input,
        path: &Path,
        options: &LintOptions,
    ) -> Result<Vec<Vec<Found>>, String> {
        let bytes = input.read(path)?;
        match input.pasted(&input::name(path), &bytes)? {
            None => of_file(input, path, &bytes, options).map(|found| vec![found]),
            Some(text) => {
                let prints = input.prints(path, &text)?;
                let is_missing = |print: &Print| matches!(print.presence, Presence::NotFound(_));
                let all_missing = prints.iter().all(is_missing);
                let of_print = |print| self.of_print(print, all_missing, options);
                Ok(prints.iter().map(of_print).collect())
            }
        }
    }

    /// Returns the findings about a paste: about the list in it, and about what the paste lost.
    /// `all_missing`: the file has no list.
    fn of_print(&self, print: &Print, all_missing: bool, options: &LintOptions) -> Vec<Found> {
        let facts = lint::lint_facts(&print.facts(FileId::symbol(0)), options);
        let of_text = print.findings();
        let of_text = of_text.iter().filter(|finding| !self.gate.allows(finding.code.as_str()));
        let of_text = of_text.map(|finding| {
            let denied = self.gate.denies(finding.code.as_str());
            let mut finding = finding.clone();
            finding.level = if denied { Level::Error } else { finding.level };
            Found {
                code: finding.code.as_str(),
                level: finding.level,
                line: Some(finding.line.0),
                record: finding.record.map(|record| record.0),
                document: report::print_json(&finding),
                text: report::print_line(&finding),
                is_all: all_missing,
            }
        });
        let mut found: Vec<Found> = facts.iter().map(Found::of).chain(of_text).collect();
        found.sort_by_key(|found| core::cmp::Reverse(found.level));
        found
    }

    fn answer_of(&self, path: &Path, found: Vec<Found>) -> Answer {
        let status = found.iter().map(|found| self.status_of(found)).max();
        let clean = if found.is_empty() { " clean" } else { "" };
        let mut text = format!("{}:{clean}\n", input::name(path));
        let mut documents = Vec::new();
        for found in found {
            text.push_str(&format!("  {}\n", found.text));
            documents.push(found.document);
        }
        Answer::new(&report::document(documents), text, status.unwrap_or(Status::Fine))
    }
}

impl Found {
    fn of(finding: &lint::LintFinding) -> Self {
        Self {
            code: finding.code.as_str(),
            level: finding.level,
            line: None,
            record: finding.record.map(|record| record.0),
            document: report::json(finding),
            text: report::line(finding),
            is_all: false,
        }
    }
}

fn of_file(
    input: &Input,
    path: &Path,
    bytes: &[u8],
    options: &LintOptions,
) -> Result<Vec<Found>, String> {
    let broken = |error| list::parse_error(&input::name(path), &error);
    let list = TrustList::parse(bytes).map_err(broken)?;
    input.limits.list_size(&input::name(path), &File::List(list))?;
    let found = lint::lint(&list, &Verifier, options).map_err(broken)?;
    Ok(found.iter().map(Found::of).collect())
}

/// The sentence without its level and code, which other tools show in their own way.
fn sentence(found: &Found) -> String {
    let text = found.text.strip_prefix(found.level.as_str()).unwrap_or(&found.text).trim_start();
    text.strip_suffix(&format!(" [{}]", found.code)).unwrap_or(text).to_owned()
}

/// The certificates of a file, or of every file of a folder that holds some.
fn certificates(input: &Input, path: &Path) -> Result<Vec<Vec<u8>>, String> {
    if !path.is_dir() {
        return input.certificates(path);
    }
    let mut found = Vec::new();
    for file in files_of(path)? {
        found.extend(input.certificates(&file).unwrap_or_default());
    }
    if found.is_empty() {
        return Err(format!(
            "{}: expected certificates in PEM or DER, found none in this folder",
            input::name(path)
        ));
    }
    Ok(found)
}
