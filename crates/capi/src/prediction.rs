//! The answer.

use super::error::TrustlistError;
use super::ffi::{CallError, MAX_INPUT, Neutral, TextPtr, TrustlistStatus, free, need, write_out};
use super::question::TrustlistQuestion;
use super::text::{Kept, TrustlistText};
use std::mem::MaybeUninit;
use trustlist::phone::{Decisive, Judgement, Lean, Outcome, Verdict};
use trustlist::report::escaped::write_document;
use trustlist::report::{
    PredictionReport, Wording, prediction_explained, prediction_json, prediction_text,
};
use trustlist_cluster::case::PredictCase;

/// An answer. It does not depend on the question, nor does it change.
#[derive(Debug)]
pub struct TrustlistPrediction {
    verdict: TrustlistVerdict,
    ctl: Answer,
    itl: Answer,
    config: Option<Answer>,
    json: Kept,
    text: Kept,
    explained: Kept,
    notes: Kept,
}

/// The outcome for one file.
#[derive(Debug)]
struct Answer {
    outcome: TrustlistOutcome,
    word: Kept,
    leans: Option<TrustlistOutcome>,
    decisive: Option<Kept>,
}

/// The three files of a boot, in the phone's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistJudged {
    /// The CTL.
    Ctl = 1,
    /// The ITL.
    Itl = 2,
    /// The signed configuration.
    Config = 3,
}

/// The outcome for one offered file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistOutcome {
    /// No answer. Never reads as a yes.
    None = 0,
    /// The phone accepts it.
    Accept = 1,
    /// The phone accepts it without a trusted signer, once (a first list).
    InstallFirst = 2,
    /// The bytes already installed.
    Unchanged = 3,
    /// The phone refuses it and keeps what it has.
    Reject = 4,
    /// A fact is missing, or the sources disagree: the conditions say on what it depends.
    Depends = 5,
    /// The server has no such file.
    NotOffered = 6,
    /// The device never asks for it.
    NotApplicable = 7,
}

/// The answer in one word: that of the worst of the judged files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistVerdict {
    /// No answer. Never reads as fine.
    None = 0,
    /// No file is refused, and nothing is open.
    Fine = 1,
    /// A file is refused.
    Refused = 2,
    /// No file is refused, but an answer depends on what is not known.
    Undecided = 3,
}

impl Neutral for TrustlistOutcome {
    const NEUTRAL: Self = Self::None;
}

impl Neutral for TrustlistVerdict {
    const NEUTRAL: Self = Self::None;
}

impl From<Outcome> for TrustlistOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accept => Self::Accept,
            Outcome::Depends => Self::Depends,
            Outcome::InstallFirst => Self::InstallFirst,
            Outcome::NotApplicable => Self::NotApplicable,
            Outcome::NotOffered => Self::NotOffered,
            Outcome::Reject => Self::Reject,
            Outcome::Unchanged => Self::Unchanged,
            // An outcome without a number of its own is never a yes.
            _ => Self::Depends,
        }
    }
}

impl TrustlistPrediction {
    fn of(
        report: &PredictionReport<'_>,
        notes: impl Iterator<Item = String>,
    ) -> Result<Self, CallError> {
        let prediction = &report.boot.first;
        let mut json = Vec::new();
        write_document(&mut json, &prediction_json(report)).map_err(|error| {
            // Writing cannot fail; if it does, the error is reported and not hidden.
            CallError::new(TrustlistStatus::Panic, format!("cannot write JSON: {error}"))
        })?;
        let json = String::from_utf8_lossy(&json).into_owned();
        let told = report.clone().with_wording(Wording::Plain);
        Ok(Self {
            verdict: match report.verdict() {
                Verdict::Accept => TrustlistVerdict::Fine,
                Verdict::Depends => TrustlistVerdict::Undecided,
                Verdict::Reject => TrustlistVerdict::Refused,
            },
            ctl: Answer::of(&prediction.ctl),
            itl: Answer::of(&prediction.itl),
            config: prediction.config.as_ref().map(Answer::of),
            json: Kept::lines(&(json + "\n")),
            text: Kept::lines(&prediction_text(&told)),
            explained: Kept::lines(&prediction_explained(&told)),
            notes: Kept::lines(&notes.map(|note| note + "\n").collect::<String>()),
        })
    }

    fn of_question(asked: &TrustlistQuestion) -> Result<Self, CallError> {
        let answer = asked.question.predict();
        Self::of(&answer.report(), answer.notes())
    }

    fn of_case(json: &str) -> Result<Self, CallError> {
        let case = PredictCase::parse(json)
            .map_err(|error| CallError::new(TrustlistStatus::Case, error))?;
        Self::of(&case.report(), std::iter::empty())
    }

    /// The answer for the file of this number.
    fn answer(&self, file: u32) -> Result<&Answer, CallError> {
        match file {
            CTL => Ok(&self.ctl),
            ITL => Ok(&self.itl),
            CONFIG => {
                self.config.as_ref().ok_or_else(|| CallError::absent("configuration was judged"))
            }
            _ => Err(CallError::argument("expected one of the TRUSTLIST_JUDGED_ numbers")),
        }
    }
}

impl Answer {
    fn of(judgement: &Judgement) -> Self {
        Self {
            outcome: judgement.outcome().into(),
            word: Kept::plain(judgement.outcome()),
            leans: judgement.leans().map(|lean| match lean {
                Lean::Accept => TrustlistOutcome::Accept,
                _ => TrustlistOutcome::Reject,
            }),
            decisive: judgement.decisive().and_then(|decisive| match decisive {
                Decisive::Condition(code) => Some(Kept::plain(code.as_str())),
                Decisive::Finding(code) => Some(Kept::plain(code.as_str())),
                _ => None,
            }),
        }
    }
}

/// Answers a question. Free the prediction with `trustlist_prediction_free`. A file that the phone refuses is an answer, not
/// an error.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_predict(
    question: Option<&TrustlistQuestion>,
    prediction: Option<&mut MaybeUninit<Option<Box<TrustlistPrediction>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(prediction, error, || {
        Ok(Some(Box::new(TrustlistPrediction::of_question(need(question, "question")?)?)))
    })
}

/// Answers a question in symbols: a JSON document `trustlist.predict/1`. Free the prediction with
/// `trustlist_prediction_free`.
///
/// Errors: `TRUSTLIST_STATUS_CASE` with the JSON path if it cannot be read; `TRUSTLIST_STATUS_ARGUMENT` if it is not
/// UTF-8; `TRUSTLIST_STATUS_TOO_LARGE` above 64 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_predict_case(
    json: TextPtr<'_>,
    length: usize,
    prediction: Option<&mut MaybeUninit<Option<Box<TrustlistPrediction>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(prediction, error, || {
        Ok(Some(Box::new(TrustlistPrediction::of_case(json.text(length, MAX_INPUT, "json")?)?)))
    })
}

/// Frees a prediction, and with it every text that it gave. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_free(prediction: Option<Box<TrustlistPrediction>>) {
    free(prediction);
}

/// The answer in one word: accepted, refused or undecided.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_verdict(
    prediction: Option<&TrustlistPrediction>,
    verdict: Option<&mut MaybeUninit<TrustlistVerdict>>,
) -> TrustlistStatus {
    write_out(verdict, None, || Ok(need(prediction, "prediction")?.verdict))
}

/// Gives the outcome for a file: `file` is one of the numbers `TRUSTLIST_JUDGED_…`. `TRUSTLIST_STATUS_ABSENT` for a
/// configuration that was not judged.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_outcome(
    prediction: Option<&TrustlistPrediction>,
    file: u32,
    outcome: Option<&mut MaybeUninit<TrustlistOutcome>>,
) -> TrustlistStatus {
    write_out(outcome, None, || Ok(need(prediction, "prediction")?.answer(file)?.outcome))
}

/// The same as a word: `accept`, `install-first`, `unchanged`, `reject`, `depends`, `not-offered`, `not-applicable`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_outcome_word(
    prediction: Option<&TrustlistPrediction>,
    file: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(prediction, "prediction")?.answer(file)?.word.text()))
}

/// Gives the likelier outcome of a `TRUSTLIST_OUTCOME_DEPENDS`: `TRUSTLIST_OUTCOME_ACCEPT` or `TRUSTLIST_OUTCOME_REJECT`.
/// `TRUSTLIST_STATUS_ABSENT` if there is none, and for other outcomes.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_leans(
    prediction: Option<&TrustlistPrediction>,
    file: u32,
    outcome: Option<&mut MaybeUninit<TrustlistOutcome>>,
) -> TrustlistStatus {
    write_out(outcome, None, || {
        need(prediction, "prediction")?
            .answer(file)?
            .leans
            .ok_or_else(|| CallError::absent("leaning"))
    })
}

/// The code of the finding or condition that decided, such as `signer-unknown`: `trustlist explain CODE` has a page for each.
/// `TRUSTLIST_STATUS_ABSENT` if no decision was needed.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_decisive(
    prediction: Option<&TrustlistPrediction>,
    file: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || {
        let code = need(prediction, "prediction")?.answer(file)?.decisive.as_ref();
        code.map(Kept::text).ok_or_else(|| CallError::absent("decisive finding"))
    })
}

/// The whole answer as a JSON document `trustlist.prediction/1`: the bytes that `trustlist predict --json` prints. Each
/// assumption names the option of the command line that would give the fact; `--installed-itl` is
/// `trustlist_question_set_installed_itl`, and so on.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_json(
    prediction: Option<&TrustlistPrediction>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(prediction, "prediction")?.json.text()))
}

/// The short answer for a person, as `trustlist predict` prints it but without names of options: several lines, with the
/// assumptions.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_text(
    prediction: Option<&TrustlistPrediction>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(prediction, "prediction")?.text.text()))
}

/// The long answer for a person, as `trustlist predict --explain` prints it but without names of options: each step of the
/// phone with its rule, and what to do.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_explained(
    prediction: Option<&TrustlistPrediction>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(prediction, "prediction")?.explained.text()))
}

/// Likely mistakes in the question, one line each: an ITL given as the CTL, an offered list that is older than the
/// installed one, and so on. Empty if there are none. The answer is given in any case.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_prediction_notes(
    prediction: Option<&TrustlistPrediction>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(prediction, "prediction")?.notes.text()))
}

const CTL: u32 = TrustlistJudged::Ctl as u32;
const ITL: u32 = TrustlistJudged::Itl as u32;
const CONFIG: u32 = TrustlistJudged::Config as u32;
