//! The short answer: verdict, reason and next step for each file, for a person who reads it at two in the morning.

use super::answer::{PredictionReport, files, reason};
use super::assumption::{Assumption, Taken, Wording};
use super::changed;
use super::condition::missing;
use super::finding::{About, capital, sentence};
use super::remedy::instructions;
use super::words::{self, and_list, file};
use crate::code::FindingCode;
use crate::phone::{
    Condition, Finding, Installed, JudgedFile, Judgement, Kept, Lean, Outcome, Prediction,
};
use crate::report::Page;
use crate::report::Plain;

/// The short answer as text.
pub fn prediction_text(report: &PredictionReport<'_>) -> String {
    let mut page = Page::default();
    // A program shows its answer to people who did not give the options: they are told everything.
    let all = report.wording == Wording::Plain;
    let assumed =
        report.assumed.iter().filter(|assumption| all || assumption.is_no_norm(&report.assumed));
    opening(report, assumed, &mut page);
    let prediction = &report.boot.first;
    for (which, judgement) in files(prediction) {
        page.gap();
        short(report, which, judgement, &mut page);
    }
    page.gap();
    page.put("After   ", &holds(report, prediction));
    again(report, &mut page);
    page.finish()
}

/// Title, the answer in one line, and what it assumes.
pub(super) fn opening<'a>(
    report: &PredictionReport<'_>,
    assumed: impl Iterator<Item = &'a Assumption>,
    page: &mut Page,
) {
    if let Some(title) = report.title {
        page.put("", &Plain(title).to_string());
    }
    let lost = report.assumed.iter().any(|assumption| assumption.taken == Taken::LostInPaste);
    page.put("", &headline(&report.boot.first, lost));
    for assumption in assumed {
        page.put("Assumed: ", &assumption.sentence(report.wording));
    }
}

/// The answer in one line. Where a paste lost something, it is never a firm yes.
fn headline(prediction: &Prediction, lost: bool) -> String {
    let with = |wanted: fn(&Judgement) -> bool| -> Vec<String> {
        files(prediction)
            .filter(|(_, judgement)| wanted(judgement))
            .map(|(which, _)| format!("the {}", file(which)))
            .collect()
    };
    let refused = with(|judgement| judgement.outcome() == Outcome::Reject);
    let open = with(|judgement| judgement.outcome() == Outcome::Depends);
    let new =
        with(|judgement| matches!(judgement.outcome(), Outcome::Accept | Outcome::InstallFirst));
    match (refused.as_slice(), open.as_slice(), new.as_slice()) {
        ([], [], _) if lost => {
            "UNDECIDED: by what is left of the paste nothing is refused; what it lost may decide."
                .to_owned()
        }
        ([], [], []) => "YES: nothing new for the phone.".to_owned(),
        ([], [], new) => format!("YES: the phone takes {}.", and_list(new)),
        ([], open, _) => {
            format!("UNDECIDED: {} on an open question{}.", hang(open), together(prediction))
        }
        (refused, [], _) => format!("NO: the phone refuses {}.", and_list(refused)),
        (refused, open, _) => format!(
            "NO: the phone refuses {}; {} on an open question.",
            and_list(refused),
            hang(open)
        ),
    }
}

fn hang(open: &[String]) -> String {
    format!("{} {}", and_list(open), if open.len() == 1 { "hangs" } else { "hang" })
}

/// Where the open files lean, when they lean alike.
fn together(prediction: &Prediction) -> &'static str {
    let leans: Vec<Option<Lean>> = files(prediction)
        .filter(|(_, judgement)| judgement.outcome() == Outcome::Depends)
        .map(|(_, j)| j.leans())
        .collect();
    match leans.split_first() {
        Some((Some(Lean::Accept), rest)) if rest.iter().all(|lean| *lean == Some(Lean::Accept)) => {
            ", probably taken"
        }
        Some((Some(Lean::Reject), rest)) if rest.iter().all(|lean| *lean == Some(Lean::Reject)) => {
            ", probably refused"
        }
        _ => "",
    }
}

/// One file: verdict, reason, what stood in the way, what would help.
fn short(report: &PredictionReport<'_>, which: JudgedFile, judgement: &Judgement, page: &mut Page) {
    let signer = report.signer(which);
    let about = About { file: which, signer: &signer };
    page.put(label(which), &verdict(judgement));
    if let Some(reason) = reason(judgement, about) {
        page.put(INDENT, &reason);
    }
    for finding in
        judgement.findings().iter().filter(|finding| stands_in_the_way(judgement, finding))
    {
        page.put(&format!("{INDENT}- "), &sentence(finding, about));
    }
    next_step(report, which, judgement.outcome(), page);
}

/// The gentlest remedy; where there is none, the nearest fact that would turn the verdict. Nobody should delete lists
/// on phones that may yet take the file.
fn next_step(report: &PredictionReport<'_>, which: JudgedFile, outcome: Outcome, page: &mut Page) {
    let remedies = instructions(report, which);
    if let Some((first, others)) = remedies.split_first() {
        let more = match (others.len(), report.wording) {
            (0, _) => String::new(),
            (others, Wording::Options) => format!(" ({others} more: --explain)"),
            (others, Wording::Plain) => format!(" ({others} more)"),
        };
        let (label, when) = if outcome == Outcome::Reject {
            (NOW, "")
        } else {
            (INDENT, "If it turns out refused: ")
        };
        return page.put(label, &format!("{when}{first}{more}"));
    }
    for change in report
        .would_change
        .iter()
        .filter(|change| change.file == which && changed::helps(change))
        .take(1)
    {
        page.put(INDENT, &format!("{}.", capital(&changed::sentence(change))));
    }
}

/// Returns the first thing to do about a file, if there is one.
#[cfg(feature = "serde")]
pub fn next_sentence(report: &PredictionReport<'_>, which: JudgedFile) -> Option<String> {
    let refused = files(&report.boot.first)
        .any(|(file, judged)| file == which && judged.outcome() == Outcome::Reject);
    if let Some(first) = instructions(report, which).first() {
        let when = if refused { "" } else { "If it turns out refused: " };
        return Some(format!("{when}{first}"));
    }
    let change =
        report.would_change.iter().find(|change| change.file == which && changed::helps(change))?;
    Some(format!("{}.", capital(&changed::sentence(change))))
}

/// Why a file ends as it does, with the names of this report.
#[cfg(feature = "serde")]
pub fn why_of(report: &PredictionReport<'_>, which: JudgedFile) -> Vec<String> {
    let judged = files(&report.boot.first).find(|(file, _)| *file == which);
    judged.map(|(_, judgement)| why(which, judgement, &report.signer(which))).unwrap_or_default()
}

/// What explains a refusal best besides the reason itself: what the phone met on its way to it.
fn stands_in_the_way(judgement: &Judgement, finding: &Finding) -> bool {
    let near = matches!(
        finding.code,
        FindingCode::SameNameNewSerial | FindingCode::AnchorsReplaced | FindingCode::CtlReduced
    );
    let asked =
        finding.code.as_str().starts_with("tvs-") && finding.code != FindingCode::TvsVouches;
    matches!(judgement.outcome(), Outcome::Reject | Outcome::Depends) && (near || asked)
}

/// Why a file ends as it does, for reports about many phones: what decided, then what stood in the way.
#[cfg(feature = "serde")]
pub fn why(file: JudgedFile, judgement: &Judgement, signer: &str) -> Vec<String> {
    let about = About { file, signer };
    let in_the_way =
        judgement.findings().iter().filter(|finding| stands_in_the_way(judgement, finding));
    reason(judgement, about)
        .into_iter()
        .chain(in_the_way.map(|finding| sentence(finding, about)))
        .collect()
}

/// The facts that are missing for an answer, with their codes, for reports about many phones.
#[cfg(feature = "serde")]
pub(crate) fn open_questions(file: JudgedFile, judgement: &Judgement, signer: &str) -> Vec<String> {
    let about = About { file, signer };
    let told =
        |condition: &Condition| format!("{} [{}]", missing(condition, about), condition.code);
    judgement.conditions().iter().map(told).collect()
}

/// The verdict, and where an open one leans.
pub(super) fn verdict(judgement: &Judgement) -> String {
    let outcome = words::outcome(judgement.outcome());
    match judgement.outcome() {
        Outcome::Depends => format!("{outcome}: {}", words::leans(judgement.leans())),
        _ => outcome.to_owned(),
    }
}

/// `It hangs on whether …: if so, accepted; if not, refused.`
pub(super) fn hangs_on(condition: &Condition, about: About<'_>) -> String {
    let (yes, no) = (words::if_so(condition.if_yes), words::if_so(condition.if_no));
    format!("It hangs on {}. If so: {yes}; if not: {no}.", missing(condition, about))
}

/// What the phone holds in the end.
pub(super) fn holds(report: &PredictionReport<'_>, prediction: &Prediction) -> String {
    if report.phone.installed == Installed::NotGiven {
        return "not known, as nobody said what it held before.".to_owned();
    }
    format!(
        "CTL: {}. ITL: {}.",
        words::kept(prediction.after.ctl),
        words::kept(prediction.after.itl)
    )
}

/// What the next boot changes, where it changes something.
pub(super) fn again(report: &PredictionReport<'_>, page: &mut Page) {
    let (first, again) = (&report.boot.first, &report.boot.again);
    let changes: Vec<String> = files(again)
        .zip(files(first))
        .filter(|((_, now), (_, before))| turned(before, now))
        .map(|((which, now), _)| format!("{} {}", file(which), verdict(now)))
        .collect();
    let lost = again.after.itl == Kept::Dropped
        || again.after.itl == Kept::None && first.after.itl == Kept::Installed;
    if !changes.is_empty() {
        page.put(
            "Again   ",
            &format!("At the next boot with the same files: {}.", changes.join("; ")),
        );
    } else if lost {
        page.put("Again   ", "At the next boot with the same files the ITL is gone.");
    }
}

/// Whether the second boot ends otherwise for this file; a file that was taken and then stays the same is no news.
fn turned(before: &Judgement, now: &Judgement) -> bool {
    let settled = before.taken() && now.outcome() == Outcome::Unchanged;
    before.outcome() != now.outcome() && !settled && !(before.taken() && now.taken())
}

pub(super) const fn label(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "Config  ",
        JudgedFile::Ctl => "CTL     ",
        JudgedFile::Itl => "ITL     ",
    }
}

/// Before what can be done now.
const NOW: &str = "   NOW  ";

/// As wide as a label.
const INDENT: &str = "        ";
