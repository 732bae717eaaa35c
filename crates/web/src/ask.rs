//! One question in JSON, and its answer.

use crate::answer::Answer;
use crate::desk::Desk;
use crate::{cluster, fleet, lists, predict, recognise};
use serde::Deserialize;

/// A question. Files are numbers of the desk.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
enum Ask {
    DeletionPredict {
        file: u32,
    },
    Diff {
        old: u32,
        new: u32,
    },
    Fleet(Box<fleet::Question>),
    Lint(lists::LintQuestion),
    PlanGenerate(cluster::Generate),
    PlanInit(cluster::Init),
    PlanLint {
        file: u32,
    },
    PlanRecover {
        file: u32,
    },
    Predict(Box<predict::Question>),
    PredictCase {
        file: u32,
    },
    Preflight(cluster::Preflight),
    Recognise {
        file: u32,
        place: recognise::Place,
    },
    Show {
        file: u32,
    },
    Simulate(cluster::Simulate),
    Verify {
        file: u32,
        #[serde(default)]
        with: Option<u32>,
    },
}

/// Answers a question.
pub(crate) fn answer(desk: &Desk, question: &str) -> String {
    let answer = read(desk, question).unwrap_or_else(|error| Answer::unusable(&error));
    serde_json::to_string(&answer).unwrap_or_default()
}

fn read(desk: &Desk, question: &str) -> Result<Answer, String> {
    let ask: Ask = serde_json::from_str(question)
        .map_err(|error| format!("the question cannot be read: {error}"))?;
    match ask {
        Ask::DeletionPredict { file } => cluster::forecast(desk, file),
        Ask::Diff { old, new } => lists::compared(desk, old, new),
        Ask::Fleet(question) => fleet::judged(desk, &question),
        Ask::Lint(question) => lists::linted(desk, &question),
        Ask::PlanGenerate(question) => cluster::generated(desk, &question),
        Ask::PlanInit(question) => cluster::init(desk, &question),
        Ask::PlanLint { file } => cluster::plan_lint(desk, file),
        Ask::PlanRecover { file } => cluster::recovered(desk, file),
        Ask::Predict(question) => predict::files(desk, &question),
        Ask::PredictCase { file } => predict::case(desk, file),
        Ask::Preflight(question) => cluster::preflight(desk, &question),
        Ask::Recognise { file, place } => Ok(recognise::recognise(desk, file, place)),
        Ask::Show { file } => lists::show(desk, file),
        Ask::Simulate(question) => cluster::simulated(desk, &question),
        Ask::Verify { file, with } => lists::verified(desk, file, with),
    }
}
