//! `trustlist show`.

use super::Verifier;
use super::input::{self, Input};
use super::output::{Answer, Output, Status, settled};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use trustlist::code::Level;
use trustlist::console::{Print, SignatureWord, phone_events};
use trustlist::lint::{LintOptions, lint};
use trustlist::report::list::{self, ListReport};
use trustlist::report::{console, lint as lint_report};
use trustlist::verify::{self, OwnSignature};
use trustlist::wire::{self, File, TrustList};

/// Decode a trust list, a signed file or a pasted show itl / show ctl
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Lists, signed files, certificates, pastes of show itl, show ctl or show cert [default:
    /// standard input]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print lists in the layout of CUCM's own show itl and show ctl
    #[arg(long, conflicts_with = "json")]
    cucm: bool,
    /// Print JSON (trustlist.list/1; for certificates trustlist.expiry/1)
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let cucm = self.cucm;
        let files = input::or_all_piped(&self.files);
        let answered =
            files.map(|files| output.each(&files, self.json, |path| decode(input, path, cucm)));
        settled(answered, self.json, output)
    }
}

fn decode(input: &Input, path: &Path, cucm: bool) -> Result<Vec<Answer>, String> {
    let bytes = input.read(path)?;
    if let Some(answer) = phone(input, path, &bytes)? {
        return Ok(vec![answer]);
    }
    if let Some(answer) = certificate(input, path, &bytes)? {
        return Ok(vec![answer]);
    }
    let Some(text) = input.pasted(&input::name(path), &bytes)? else {
        return binary(input, path, &bytes, cucm).map(|answer| vec![answer]);
    };
    Ok(input.prints(path, &text)?.iter().map(|print| pasted(path, print, cucm)).collect())
}

/// Reads messages of a phone, its log, or its web page.
fn phone(input: &Input, path: &Path, bytes: &[u8]) -> Result<Option<Answer>, String> {
    let name = input::name(path);
    let Some(text) = input.decoded(&name, bytes)? else { return Ok(None) };
    let events = phone_events(&text);
    if events.is_empty() || !input.prints_of(&name, &text)?.is_empty() {
        return Ok(None);
    }
    let lines = events.iter().fold(format!("{name}: messages of a phone\n"), |mut lines, event| {
        let older = if event.superseded { " (older: a later message replaces it)" } else { "" };
        let _ = writeln!(lines, "  line {}: {}{older}", event.line.0, console::sentence(event));
        lines
    });
    Ok(Some(Answer::new(&console::phone_json(&events), lines, Status::Fine)))
}

/// Certificates in PEM or DER, or a paste of show cert.
fn certificate(input: &Input, path: &Path, bytes: &[u8]) -> Result<Option<Answer>, String> {
    let name = input::name(path);
    // A file that is too long for a certificate is not copied.
    if bytes.len() > MAX_CERTIFICATES || wire::parse(bytes).is_ok() {
        return Ok(None);
    }
    if let Some(text) = input.decoded(&name, bytes)? {
        if !input.prints_of(&name, &text)?.is_empty() {
            return Ok(None);
        }
    }
    let shown = super::expiry::certificates_of(input, &name, bytes);
    Ok(shown.map(|(document, text)| Answer::new(&document, text, Status::Fine)))
}

/// The longest file that is looked at for certificates, in bytes.
const MAX_CERTIFICATES: usize = 1 << 20;

/// A print, with what its paste lost: that is not decided by what is left.
fn pasted(path: &Path, print: &Print, cucm: bool) -> Answer {
    let name = input::name(path);
    let report = console::list_report(print);
    let losses = print.losses();
    let text = if cucm {
        print.to_string()
    } else {
        let lost = losses.iter().map(|lost| format!("\n{}", lint_report::print_line(lost)));
        lost.fold(format!("{name}: {report}"), |text, line| text + &line)
            + if losses.is_empty() { "" } else { "\n" }
    };
    let status = if losses.is_empty() { Status::Fine } else { Status::Undecided };
    Answer::new(&report, text, status).verbatim(cucm)
}

fn binary(input: &Input, path: &Path, bytes: &[u8], cucm: bool) -> Result<Answer, String> {
    let broken = |error| list::parse_error(&input::name(path), &error);
    let file = wire::parse(bytes).map_err(broken)?;
    input.limits.list_size(&input::name(path), &file)?;
    let mut report = ListReport::of(&file, &Verifier).map_err(broken)?;
    let mut text = format!("{}: {report}", input::name(path));
    if let File::List(list) = &file {
        let findings = lint(list, &Verifier, &LintOptions::default()).map_err(broken)?;
        report.set_findings(findings.iter().map(lint_report::json).collect());
        let grave = findings.iter().filter(|finding| finding.level != Level::Note);
        grave.for_each(|finding| text.push_str(&format!("\n{}", lint_report::line(finding))));
        text.push_str(if text.ends_with('\n') { "" } else { "\n" });
        if cucm {
            text = cucm_print(list).map_err(broken)?;
        }
    } else if cucm {
        return Err(format!(
            "{}: a signed file, expected a trust list for --cucm",
            input::name(path)
        ));
    }
    Ok(Answer::new(&report, text, Status::Fine).verbatim(cucm))
}

fn cucm_print(list: &TrustList<'_>) -> Result<String, wire::ParseError> {
    let valid = verify::check_own_signature(list, &Verifier)?.outcome == OwnSignature::Consistent;
    let word = if valid { SignatureWord::Good } else { SignatureWord::NotGood };
    Print::from_list(list, word).map(|print| print.to_string())
}
