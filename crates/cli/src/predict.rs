//! `trustlist predict`.

mod arguments;
mod question;

use super::input::{self, Input};
use super::mixups;
use super::output::{Answer, Output, Status, settled};
pub(super) use arguments::{Arguments, DeviceArguments, TvsArguments, answers as tvs_answers};
pub(super) use question::{Known, KnownFile, Reader, files_of};
use std::path::{Path, PathBuf};
use trustlist::phone::Verdict;
use trustlist::report::{
    Assumption, PredictionReport, Taken, prediction_explained, prediction_json, prediction_text,
};
use trustlist_cluster::case::PredictCase;

/// The options that ask about files; a case contains all of them.
const QUESTION: [&str; 15] = [
    "as_given",
    "installed_itl",
    "installed_ctl",
    "offered_itl",
    "offered_ctl",
    "offered_config",
    "no_config",
    "factory_fresh",
    "cm_group",
    "tftp_server",
    "tvs_cached",
    "known",
    "at",
    "DeviceArguments",
    "TvsArguments",
];

/// Predict if a phone accepts the files that a TFTP server offers
///
/// Facts that are not given are missing: the answer is UNDECIDED if one of them decides, and names
/// it.
#[derive(Debug, clap::Args)]
pub(super) struct Predict {
    #[command(flatten)]
    files: Arguments,
    /// Files without an option: refused with the question that was perhaps meant
    #[arg(hide = true, value_name = "FILE")]
    bare: Vec<PathBuf>,
    /// Predict for a case file (JSON, trustlist.predict/1) instead of lists
    #[arg(long, value_name = "CASE.json", conflicts_with_all = QUESTION, hide_short_help = true)]
    case: Option<PathBuf>,
    /// Print every step of the phone, with its rule, and all that can be done
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Print JSON (trustlist.prediction/1)
    #[arg(long)]
    json: bool,
}

impl Predict {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = match &self.case {
            Some(path) => self.case(input, path, output),
            None => self.files(input, output),
        };
        settled(answered, self.json, output)
    }

    fn case(&self, input: &Input, path: &Path, output: &mut Output) -> Result<Status, String> {
        let text = input.text(path)?;
        let case = PredictCase::parse_within(&text, &input.limits.json())
            .map_err(|error| input.limits.case_error(&input::name(path), &error))?;
        Ok(self.answer(&case.report(), output))
    }

    /// Refuses files that are given without an option.
    fn bare(&self) -> Result<(), String> {
        let Some(first) = self.bare.first() else { return Ok(()) };
        Err(format!(
            "{}: say if this list is on the phone or offered by the server; {SMALLEST}",
            input::name(first)
        ))
    }

    /// Refuses a question without any offered file: whatever the phone holds, no answer means
    /// anything.
    fn offered(&self) -> Result<(), String> {
        let offered =
            [&self.files.offered_itl, &self.files.offered_ctl, &self.files.offered_config];
        if offered.into_iter().any(Option::is_some) {
            return Ok(());
        }
        Err(format!(
            "nothing is offered to the phone: expected --offered-itl, --offered-ctl or --offered-config; {SMALLEST}"
        ))
    }

    fn files(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        self.bare()?;
        let (asked, notes) = question::ask(input, &self.files)?;
        self.offered()?;
        let answer = asked.predict();
        let report = answer.report();
        if !self.files.as_given {
            mixups::kinds(report.phone, report.offer, ", or insist with --as-given")?;
        }
        let doubts = mixups::notes(report.phone, report.offer);
        doubts.iter().chain(&notes).for_each(|note| output.warning(note));
        let assumed = answer.assumptions().iter().cloned().chain(self.extension_lists()).collect();
        Ok(self.answer(&report.with_assumptions(assumed), output))
    }

    /// Newer loads may also fetch `ext_ITLSEP<mac>.tlv`, which is outside the model (P-BOOT-1):
    /// reported if given.
    fn extension_lists(&self) -> impl Iterator<Item = Assumption> {
        let itls = [&self.files.installed_itl, &self.files.offered_itl].into_iter().flatten();
        let names = itls
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned());
        let extensions = names.filter(|name| name.to_ascii_lowercase().starts_with("ext_itl"));
        extensions.map(|name| Assumption::new(Taken::ExtensionListAsItl, name))
    }

    fn answer(&self, report: &PredictionReport<'_>, output: &mut Output) -> Status {
        if self.json {
            output.json(&prediction_json(report));
        } else if self.explain {
            output.text(prediction_explained(report));
        } else {
            output.text(prediction_text(report));
        }
        status(report.verdict())
    }
}

/// Answers a question under a title: with the document, the long answer and the status.
pub(super) fn judged(input: &Input, asked: &Arguments, title: &Path) -> Result<Answer, String> {
    let (question, notes) = question::ask(input, asked)?;
    let answer = question.predict();
    let report = answer.report();
    mixups::kinds(report.phone, report.offer, "")?;
    let doubts = mixups::notes(report.phone, report.offer).into_iter().chain(notes).collect();
    let status = status(report.verdict());
    let text = advice_first(&prediction_explained(&report));
    let text = format!("{}:\n{text}", title.display());
    Ok(Answer::new(&prediction_json(&report), text, status).warning(doubts))
}

/// Returns an explained answer with what to do before the steps of the phone.
fn advice_first(text: &str) -> String {
    let mut parts: Vec<&str> = text.split("\n\n").collect();
    if let Some(place) = parts.iter().position(|part| part.starts_with("What to do\n")) {
        let advice = parts.remove(place);
        parts.insert(1.min(parts.len()), advice);
    }
    parts.join("\n\n")
}

/// Returns the exit status of a verdict.
fn status(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Accept => Status::Fine,
        Verdict::Depends => Status::Undecided,
        Verdict::Reject => Status::Negative,
    }
}

/// The smallest question that has an answer.
const SMALLEST: &str = "the smallest question is: trustlist predict --installed-itl OLD --offered-itl NEW --model 8851";
