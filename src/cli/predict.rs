//! `trustlist predict`.

mod arguments;
mod known;
mod question;
mod tvs;

use super::output::{Output, Status, settled};
use super::{input, limits};
use crate::case::PredictCase;
use crate::phone::{Prediction, Verdict};
use crate::report::{
    Assumption, PredictionReport, Taken, prediction_explained, prediction_json, prediction_notes, prediction_text,
};
use arguments::Arguments;
pub(super) use arguments::{DeviceArguments, TvsArguments};
pub(super) use known::Known;
pub(super) use question::{Reader, held};
use std::path::{Path, PathBuf};
pub(super) use tvs::answers as tvs_answers;

/// What asks about files; a case says all of it itself.
const QUESTION: [&str; 14] = [
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

#[derive(Debug, clap::Args)]
pub(super) struct Predict {
    #[command(flatten)]
    files: Arguments,
    /// Judge a case in symbols (trustlist.predict/1) instead of files
    #[arg(long, value_name = "CASE.json", conflicts_with_all = QUESTION)]
    case: Option<PathBuf>,
    /// Say everything: what the phone asks, compares and finds, by which rule, and what can be done
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Print JSON (trustlist.prediction/1)
    #[arg(long)]
    json: bool,
}

impl Predict {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answered = match &self.case {
            Some(path) => self.case(path, output),
            None => self.files(output),
        };
        settled(answered, self.json, output)
    }

    fn case(&self, path: &Path, output: &mut Output) -> Result<Status, String> {
        let text = input::text(path)?;
        let case =
            PredictCase::parse_within(&text, &limits::json()).map_err(|error| limits::case_error(&input::name(path), &error))?;
        Ok(self.answer(&PredictionReport::of_case(&case), output))
    }

    fn files(&self, output: &mut Output) -> Result<Status, String> {
        let answer = question::ask(&self.files)?.predict();
        let report = answer.report();
        prediction_notes(report.phone, report.offer).for_each(|note| output.message(note));
        let assumed = answer.assumptions().iter().cloned().chain(self.extension_lists()).collect();
        Ok(self.answer(&report.with_assumptions(assumed), output))
    }

    /// Newer loads may also fetch `ext_ITLSEP<mac>.tlv`, which is outside the model (P-BOOT-1): said where one is given.
    fn extension_lists(&self) -> impl Iterator<Item = Assumption> {
        let itls = [&self.files.installed_itl, &self.files.offered_itl].into_iter().flatten();
        let names = itls.filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        let extensions = names.filter(|name| name.to_ascii_lowercase().starts_with("ext_itl"));
        extensions.map(|name| Assumption::new(Taken::ExtensionListAsItl, name))
    }

    fn answer(&self, report: &PredictionReport<'_>, output: &mut Output) -> Status {
        if self.json {
            output.json(&prediction_json(report));
        } else if self.explain {
            output.print(prediction_explained(report));
        } else {
            output.print(prediction_text(report));
        }
        status(&report.boot.first)
    }
}

/// The worst of the offered files.
fn status(prediction: &Prediction) -> Status {
    match prediction.verdict() {
        Verdict::Accept => Status::Fine,
        Verdict::Depends => Status::Undecided,
        Verdict::Reject => Status::Negative,
    }
}
