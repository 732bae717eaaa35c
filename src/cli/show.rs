//! `trustlist show`.

use super::output::{Answer, Output, Status};
use super::{Verifier, given, input, limits};
use crate::code::Level;
use crate::console::{Print, SignatureWord, phone_events};
use crate::lint::{LintOptions, lint};
use crate::report::list::{self, ListReport};
use crate::report::{console, lint as lint_report};
use crate::verify::{self, OwnSignature};
use crate::wire::{self, File, TrustList};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Trust lists, signed files, or pasted output of show itl and show ctl; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print lists in the layout of CUCM's own show itl and show ctl
    #[arg(long, conflicts_with = "json")]
    cucm: bool,
    /// Print JSON (trustlist.list/1)
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let cucm = self.cucm;
        output.each(&self.files, self.json, |path| decode(path, cucm))
    }
}

fn decode(path: &Path, cucm: bool) -> Result<Vec<Answer>, String> {
    let bytes = input::read(path)?;
    let Some(text) = given::text(&input::name(path), &bytes)? else {
        return binary(path, &bytes, cucm).map(|answer| vec![answer]);
    };
    let events = phone_events(&text);
    if !events.is_empty() && given::prints_of(&input::name(path), &text)?.is_empty() {
        let lines = events.iter().fold(format!("{}: what a phone said\n", input::name(path)), |mut lines, event| {
            let _ = writeln!(lines, "  line {}: {}", event.line.0, console::sentence(event));
            lines
        });
        return Ok(vec![Answer::new(&console::phone_json(&events), lines, Status::Fine)]);
    }
    let shown = |print: Print| {
        let report = console::list_report(&print);
        let text = if cucm { print.to_string() } else { format!("{}: {report}", input::name(path)) };
        Answer::new(&report, text, Status::Fine)
    };
    Ok(given::prints(path, &text)?.into_iter().map(shown).collect())
}

fn binary(path: &Path, bytes: &[u8], cucm: bool) -> Result<Answer, String> {
    let broken = |error| list::parse_error(&input::name(path), &error);
    let file = wire::parse(bytes).map_err(broken)?;
    limits::list_size(&input::name(path), &file)?;
    let mut report = ListReport::of(&file, &Verifier).map_err(broken)?;
    let mut text = format!("{}: {report}", input::name(path));
    if let File::List(list) = &file {
        let findings = lint(list, &Verifier, &LintOptions::default()).map_err(broken)?;
        report.findings = findings.iter().map(lint_report::json).collect();
        let grave = findings.iter().filter(|finding| finding.level != Level::Note);
        grave.for_each(|finding| text.push_str(&format!("\n{}", lint_report::line(finding))));
        text.push_str(if text.ends_with('\n') { "" } else { "\n" });
        if cucm {
            text = cucm_print(list).map_err(broken)?;
        }
    } else if cucm {
        return Err(format!("{}: a signed file, expected a trust list for --cucm", input::name(path)));
    }
    Ok(Answer::new(&report, text, Status::Fine))
}

fn cucm_print(list: &TrustList<'_>) -> Result<String, wire::ParseError> {
    let valid = verify::check_own_signature(list, &Verifier)?.outcome == OwnSignature::Consistent;
    let word = if valid { SignatureWord::Good } else { SignatureWord::NotGood };
    Print::from_list(list, word).map(|print| print.to_string())
}
