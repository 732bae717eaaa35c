//! The short answer: verdict, reason and next step for each file, for a person who reads it at two in the morning.

use super::answer::{Gap, PredictionReport, files, reason};
use super::assumption::{Assumption, Wording};
use super::finding::{About, missing, sentence};
use super::remedy::{change_sentence, helps, instructions};
use super::words::{self, and_list, file};
use crate::code::{ConditionCode, FindingCode};
use crate::phone::{
    Condition, ConditionalOutcome, Decisive, Finding, InstalledLists, JudgedFile, Judgement, Kept,
    Lean, Outcome, Prediction,
};
use crate::report::Page;
use crate::report::Plain;
use crate::text::capital;

/// Returns the short answer as text.
pub fn prediction_text(report: &PredictionReport<'_>) -> String {
    let mut page = Page::default();
    // Readers of a program's answer did not give the options: they get every assumption.
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
    page.put("After   ", &format!("The phone has {}", holds(report, prediction)));
    again(report, &mut page);
    page.finish()
}

/// Adds title, answer in one line, and assumptions.
pub(super) fn opening<'a>(
    report: &PredictionReport<'_>,
    assumed: impl Iterator<Item = &'a Assumption>,
    page: &mut Page,
) {
    if let Some(title) = report.title {
        page.put("", &Plain(title).to_string());
    }
    page.put("", &headline(report));
    for assumption in assumed {
        page.put("Assumed: ", &assumption.sentence(report.wording));
    }
}

/// Returns the answer in one line: that of [`PredictionReport::verdict`].
fn headline(report: &PredictionReport<'_>) -> String {
    let prediction = &report.boot.first;
    let gap = Gap::of(&report.assumed, report.phone, report.offer);
    let with = |wanted: fn(&Judgement) -> bool| -> Vec<String> {
        files(prediction)
            .filter(|(_, judgement)| wanted(judgement))
            .map(|(which, _)| format!("the {}", file(which)))
            .collect()
    };
    let refused = with(|judgement| judgement.outcome() == Outcome::Reject);
    let open = with(|judgement| judgement.outcome() == Outcome::Depends);
    let forged = with(is_forged);
    let new =
        with(|judgement| matches!(judgement.outcome(), Outcome::Accept | Outcome::InstallFirst));
    match (refused.as_slice(), open.as_slice()) {
        ([], []) if gap == Some(Gap::NothingOffered) => {
            "UNDECIDED: no ITL, CTL or configuration of the server was given.".to_owned()
        }
        ([], []) if gap == Some(Gap::LostInPaste) => {
            "UNDECIDED: the paste of a list is not whole or not verified, and that may decide."
                .to_owned()
        }
        ([], []) if gap == Some(Gap::OtherKind) => {
            "UNDECIDED: a list was given in the place of the other kind.".to_owned()
        }
        ([], []) if gap == Some(Gap::Group) => {
            "UNDECIDED: the CallManager group of the phone is not known, and decides.".to_owned()
        }
        ([], []) if !new.is_empty() => format!("YES: the phone accepts {}.", and_list(&new)),
        ([], []) if is_same(prediction) => {
            "YES: the server offers what the phone already has.".to_owned()
        }
        ([], []) => "YES: the server offers nothing new.".to_owned(),
        ([], _) if !forged.is_empty() => format!(
            "UNDECIDED, but stop: the signature of {} is not made with the key of the signer that it \
             names. The file is forged or damaged.",
            and_list(&forged)
        ),
        ([], open) if !prediction.may_refuse() => format!(
            "UNDECIDED: {}, so it is not known if the phone asks for {}. Either way the phone refuses \
             nothing.",
            missing_facts(prediction),
            and_list(open)
        ),
        ([], open) => format!(
            "UNDECIDED: {}, so it is not known if the phone accepts {}.{}",
            missing_facts(prediction),
            and_list(open),
            together(prediction)
        ),
        (refused, []) => format!("NO: the phone refuses {}.", and_list(refused)),
        (refused, open) => format!(
            "NO: the phone refuses {}. {} for {}.",
            and_list(refused),
            capital(&missing_facts(prediction)),
            and_list(open)
        ),
    }
}

/// Checks if an undecided file is not signed with the key that it names. That is sure, whatever the
/// missing fact is.
fn is_forged(judgement: &Judgement) -> bool {
    judgement.outcome() == Outcome::Depends
        && judgement
            .findings()
            .iter()
            .any(|finding| finding.code() == FindingCode::SignerImpersonated)
}

/// Checks if the phone already has a file that the server offers.
fn is_same(prediction: &Prediction) -> bool {
    files(prediction).any(|(_, judgement)| judgement.outcome() == Outcome::Unchanged)
}

/// Returns how many facts are missing. That one file is undecided because of another is no missing fact.
fn missing_facts(prediction: &Prediction) -> String {
    let open = files(prediction)
        .map(|(_, judgement)| judgement)
        .filter(|judgement| judgement.outcome() == Outcome::Depends);
    let mut codes: Vec<_> = open
        .flat_map(|judgement| judgement.conditions())
        .map(Condition::code)
        .filter(is_fact)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.len() {
        0 | 1 => "one fact is missing".to_owned(),
        facts => format!("{facts} facts are missing"),
    }
}

/// Checks if a condition is a missing fact, and not the open end of another file.
fn is_fact(code: &ConditionCode) -> bool {
    !matches!(code, ConditionCode::CtlUndecided | ConditionCode::ItlUndecided)
}

/// Returns the missing facts after the one that decides, each once.
fn other_facts(judgement: &Judgement, about: About<'_>) -> Vec<String> {
    let mut told: Vec<ConditionCode> = match judgement.decisive() {
        Some(Decisive::Condition(code)) => vec![code],
        _ => Vec::new(),
    };
    let mut facts = Vec::new();
    for condition in judgement.conditions().iter().filter(|condition| is_fact(&condition.code())) {
        if !told.contains(&condition.code()) {
            told.push(condition.code());
            facts.push(missing_fact(condition, about));
        }
    }
    facts
}

/// Returns the probable answer, if it is the same for all undecided files.
fn together(prediction: &Prediction) -> &'static str {
    let leans: Vec<Option<Lean>> = files(prediction)
        .filter(|(_, judgement)| judgement.outcome() == Outcome::Depends)
        .map(|(_, j)| j.leans())
        .collect();
    match leans.split_first() {
        Some((Some(Lean::Accept), rest)) if rest.iter().all(|lean| *lean == Some(Lean::Accept)) => {
            " It probably does."
        }
        Some((Some(Lean::Reject), rest)) if rest.iter().all(|lean| *lean == Some(Lean::Reject)) => {
            " It probably does not."
        }
        _ => "",
    }
}

/// Adds one file: verdict, reason, findings on the way, remedy.
fn short(report: &PredictionReport<'_>, which: JudgedFile, judgement: &Judgement, page: &mut Page) {
    let signer = report.signer(which);
    let about = About { file: which, signer: &signer };
    page.put(label(which), &verdict(judgement));
    if let Some(reason) = reason(judgement, about) {
        page.put(INDENT, &reason);
    }
    for fact in other_facts(judgement, about) {
        page.put(INDENT, &fact);
    }
    for finding in
        judgement.findings().iter().filter(|finding| stands_in_the_way(judgement, finding))
    {
        page.put(&format!("{INDENT}- "), &sentence(finding, about));
    }
    next_step(report, which, judgement, page);
}

/// Adds the gentlest remedy; without one, the nearest fact that would change the verdict. Lists should not be deleted
/// on phones that may still accept the file.
fn next_step(
    report: &PredictionReport<'_>,
    which: JudgedFile,
    judgement: &Judgement,
    page: &mut Page,
) {
    if is_harmless(judgement) {
        return;
    }
    let remedies = instructions(report, which);
    if let Some((first, others)) = remedies.split_first() {
        let more = match (others.len(), report.wording) {
            (0, _) => String::new(),
            (others, Wording::Options) => format!(" ({others} more: --explain)"),
            (others, Wording::Plain) => format!(" ({others} more)"),
        };
        let when = if judgement.outcome() == Outcome::Reject {
            "What to do: "
        } else {
            "If the phone refuses it: "
        };
        return page.hanging(&format!("{INDENT}{when}"), CONTINUED, &format!("{first}{more}"));
    }
    for change in
        report.would_change.iter().filter(|change| change.file == which && helps(change)).take(1)
    {
        page.put(INDENT, &format!("{}.", capital(&change_sentence(change))));
    }
}

/// Checks if a file is undecided, and refused in no case: nothing has to be done.
fn is_harmless(judgement: &Judgement) -> bool {
    judgement.outcome() == Outcome::Depends && !judgement.may_refuse()
}

/// Returns the first thing to do about a file, if there is one.
#[cfg(feature = "serde")]
pub fn next_sentence(report: &PredictionReport<'_>, which: JudgedFile) -> Option<String> {
    let (_, judged) = files(&report.boot.first).find(|(file, _)| *file == which)?;
    if is_harmless(judged) {
        return None;
    }
    let refused = judged.outcome() == Outcome::Reject;
    if let Some(first) = instructions(report, which).first() {
        let when = if refused { "" } else { "If the phone refuses it: " };
        return Some(format!("{when}{first}"));
    }
    let change = report.would_change.iter().find(|change| change.file == which && helps(change))?;
    Some(format!("{}.", capital(&change_sentence(change))))
}

/// Returns the reasons for the outcome of a file, with the names of this report.
#[cfg(feature = "serde")]
pub fn why_of(report: &PredictionReport<'_>, which: JudgedFile) -> Vec<String> {
    let judged = files(&report.boot.first).find(|(file, _)| *file == which);
    judged.map(|(_, judgement)| why(which, judgement, &report.signer(which))).unwrap_or_default()
}

/// Checks if a finding helps to explain a refusal besides the deciding one.
fn stands_in_the_way(judgement: &Judgement, finding: &Finding) -> bool {
    let explains = matches!(
        finding.code(),
        FindingCode::SameNameNewSerial
            | FindingCode::AnchorsReplaced
            | FindingCode::CtlReduced
            | FindingCode::TvsCertificateChanged
            | FindingCode::TvsDoesNotKnow
            | FindingCode::TvsImpersonated
            | FindingCode::TvsNeedsTls10
            | FindingCode::TvsNoRecord
            | FindingCode::TvsNotOnDevice
            | FindingCode::TvsUnreachable
    );
    matches!(judgement.outcome(), Outcome::Reject | Outcome::Depends) && explains
}

/// Returns the reasons for the outcome of a file, the deciding one first.
#[cfg(feature = "serde")]
pub fn why(file: JudgedFile, judgement: &Judgement, signer: &str) -> Vec<String> {
    let about = About { file, signer };
    let in_the_way =
        judgement.findings().iter().filter(|finding| stands_in_the_way(judgement, finding));
    reason(judgement, about)
        .into_iter()
        .chain(other_facts(judgement, about))
        .chain(in_the_way.map(|finding| sentence(finding, about)))
        .collect()
}

/// Returns the missing facts as questions, with their codes.
#[cfg(feature = "serde")]
pub(crate) fn open_questions(file: JudgedFile, judgement: &Judgement, signer: &str) -> Vec<String> {
    let about = About { file, signer };
    let told =
        |condition: &Condition| format!("{} [{}]", missing(condition, about), condition.code());
    judgement.conditions().iter().map(told).collect()
}

/// Returns the outcome; of an undecided file also the probable one.
pub(super) fn verdict(judgement: &Judgement) -> String {
    let outcome = words::outcome(judgement.outcome());
    match judgement.outcome() {
        Outcome::Depends => format!("{outcome}: {}", words::leans(judgement.leans())),
        _ => outcome.to_owned(),
    }
}

/// Returns `Missing: does TVS confirm …? Yes: accepted. No: refused.`
pub(super) fn missing_fact(condition: &Condition, about: About<'_>) -> String {
    let (yes, no) = (words::if_so(condition.if_yes), words::if_so(condition.if_no));
    let sides = [condition.if_yes, condition.if_no].map(ConditionalOutcome::may_refuse);
    let harmless = if sides == [false; 2] { " Nothing is refused either way." } else { "" };
    format!("Missing: {} Yes: {yes}. No: {no}.{harmless}", missing(condition, about))
}

/// Returns the lists of the phone after the boot, for the end of a sentence.
pub(super) fn holds(report: &PredictionReport<'_>, prediction: &Prediction) -> String {
    if report.phone.installed == InstalledLists::Unknown {
        return "unknown lists: the lists before the boot were not given.".to_owned();
    }
    let side = |kind, judgement: &Judgement, had: bool, kept| match judgement.outcome() {
        Outcome::Depends if had => format!("the old or the new {kind}"),
        Outcome::Depends => format!("no {kind} or the new {kind}"),
        _ => words::kept(kind, kept),
    };
    let (phone, after) = (report.phone, prediction.after);
    format!(
        "{} and {}.",
        side("CTL", &prediction.ctl, phone.ctl().is_some(), after.ctl),
        side("ITL", &prediction.itl, phone.itl().is_some(), after.itl)
    )
}

/// Adds the changes of the next boot.
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
        page.put("Again   ", "At the next boot with the same files the phone deletes the ITL.");
    }
}

/// Checks if the second boot has another outcome. A file that was accepted and then stays the same has not.
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

/// As wide as a label.
const INDENT: &str = "        ";
/// Indent of the lines after the first of an instruction.
const CONTINUED: &str = "          ";
