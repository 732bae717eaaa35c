//! The timeline as text: steps down, phone groups across, one letter a state, and what happened beside it.

use super::events::{lines, refusal};
use super::groups::{Group, Look, UPPER_CASE, groups, moments, name};
use super::summary;
use crate::cluster::{CohortId, Judged, Policy, PolicyResult, Simulation, StepReport};
use crate::report::Plain;
use std::fmt::Write;

/// How many groups fit across; the others are counted.
const GROUPS: usize = 26;
/// Width of a line, where words allow.
const WIDTH: usize = 110;
/// How many reasons a group gets in a step.
const REASONS: usize = 3;
/// How many sentences a step gets.
const LINES: usize = 12;

/// The simulation as text.
pub fn simulation_text(simulation: &Simulation, title: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(title) = title {
        let _ = writeln!(text, "{}\n", Plain(title));
    }
    let _ = writeln!(text, "{}", summary::verdict(simulation));
    if let Some(sentence) = summary::best_and_worst(simulation) {
        let _ = writeln!(text, "{sentence}");
    }
    text.push('\n');
    let legend: Vec<String> =
        Look::ALL.iter().map(|look| format!("{} {}", look.letter(), look.meaning())).collect();
    let _ = writeln!(text, "{}\n{UPPER_CASE}", legend.join("\n"));
    for (result, same) in folded(simulation) {
        let _ = writeln!(
            text,
            "\nPolicy {}: {}",
            result.policy.as_str(),
            summary::policy(result.policy)
        );
        match same {
            Some(same) => {
                let _ = writeln!(text, "  As under policy {}, step for step.", same.as_str());
            }
            None => policy(simulation, result, &mut text),
        }
    }
    // Rows without groups end in blanks.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// The results, the worst first; with the policy that came before and under which everything is the same.
pub(super) fn folded(simulation: &Simulation) -> Vec<(&PolicyResult, Option<Policy>)> {
    let mut told: Vec<(String, Policy)> = Vec::new();
    let mut results = Vec::new();
    for result in summary::worst_first(simulation) {
        let mut text = String::new();
        policy(simulation, result, &mut text);
        let same = told.iter().find(|(known, _)| *known == text).map(|(_, policy)| *policy);
        if same.is_none() {
            told.push((text, result.policy));
        }
        results.push((result, same));
    }
    results
}

fn policy(simulation: &Simulation, result: &PolicyResult, text: &mut String) {
    for sentence in summary::sentences(simulation, result) {
        wrapped("  ", &sentence, text);
    }
    for assumption in summary::assumptions(result) {
        wrapped("  ", &format!("Assumed: {assumption}"), text);
    }
    let all = groups(result);
    let shown = all.get(..GROUPS.min(all.len())).unwrap_or_default();
    let _ = writeln!(text);
    for (group, index) in shown.iter().zip(0..) {
        let first = Plain(simulation.cluster.phone_name(group.first));
        let more = if group.phones > 1 {
            format!(" and {} more", group.phones - 1)
        } else {
            String::new()
        };
        let phones = if group.phones == 1 {
            "1 phone".to_owned()
        } else {
            format!("{} phones", group.phones)
        };
        let _ = writeln!(text, "  {:>2}  {phones}: {first}{more}", name(index));
    }
    if all.len() > shown.len() {
        let left: usize = all.iter().skip(shown.len()).map(|group| group.phones).sum();
        let _ = writeln!(text, "  and {} groups more, with {left} phones", all.len() - shown.len());
    }
    let width = column_width(shown.len());
    let names: String = (0..shown.len()).map(|index| format!("{:<width$}", name(index))).collect();
    let gap = if shown.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}  step  {names}");
    for (row, moment) in moments(result).enumerate() {
        step(simulation, result, shown, row, moment, text);
    }
}

fn step(
    simulation: &Simulation,
    result: &PolicyResult,
    shown: &[Group],
    row: usize,
    moment: &StepReport,
    text: &mut String,
) {
    let width = column_width(shown.len());
    let marks = shown.iter().filter_map(|group| group.marks.get(row));
    let letters: String = marks.map(|mark| format!("{:<width$}", mark.letter())).collect();
    if result.no_return.as_ref().is_some_and(|point| point.step == moment.step && point.step > 0) {
        let _ = writeln!(
            text,
            "  ==== point of no return: after this step only deleting lists on phones helps ===="
        );
    }
    let what = row
        .checked_sub(1)
        .and_then(|step| simulation.steps.get(step))
        .map_or("start", String::as_str);
    let _ = writeln!(text, "  {:>4}  {letters}  {}", moment.step, Plain(what));
    let indent = " ".repeat(10 + shown.len() * width);
    let happened = lines(&simulation.cluster, &moment.events);
    for line in happened.iter().take(LINES) {
        wrapped(&indent, line, text);
    }
    if let Some(more) = happened.len().checked_sub(LINES).filter(|more| *more > 0) {
        let _ = writeln!(text, "{indent}and {more} events more");
    }
    for (reason, names) in refusals(simulation, result, shown, row, moment) {
        wrapped(&indent, &format!("group {}: {reason}", names.replace(',', ", ")), text);
    }
}

/// A column holds the number of its group, and a blank.
fn column_width(groups: usize) -> usize {
    groups.to_string().len() + 1
}

/// Lines no wider than a terminal; what does not fit goes on two blanks further in.
fn wrapped(indent: &str, line: &str, text: &mut String) {
    let mut column = indent.chars().count();
    text.push_str(indent);
    for (index, word) in line.split(' ').enumerate() {
        let length = word.chars().count();
        if index > 0 && column + 1 + length > WIDTH {
            let _ = write!(text, "\n{indent}  ");
            column = indent.chars().count() + 2;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

/// What is new about refusals: the reason, and the groups that it is for.
pub(super) fn refusals(
    simulation: &Simulation,
    result: &PolicyResult,
    shown: &[Group],
    row: usize,
    moment: &StepReport,
) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let before = row.checked_sub(1).and_then(|before| Some((before, moments(result).nth(before)?)));
    for (group, index) in shown.iter().zip(0..) {
        let known = before
            .map(|(row, moment)| reasons(simulation, result, group, row, moment))
            .unwrap_or_default();
        let now = reasons(simulation, result, group, row, moment);
        for reason in now.into_iter().filter(|reason| !known.contains(reason)) {
            match found.iter_mut().find(|(same, _)| *same == reason) {
                Some((_, names)) => {
                    let _ = write!(names, ",{}", name(index));
                }
                None => found.push((reason, name(index))),
            }
        }
    }
    found
}

/// Why a group is locked after a step: its phones may have several reasons, as each has its own TFTP server.
pub(super) fn reasons(
    simulation: &Simulation,
    result: &PolicyResult,
    group: &Group,
    row: usize,
    moment: &StepReport,
) -> Vec<String> {
    let mut seen: Vec<(&Judged, CohortId)> = Vec::new();
    let locked = group.marks.get(row).is_some_and(|mark| mark.is_locked());
    for &cohort in group.cohorts.iter().filter(|_| locked) {
        let judged =
            result.standing(cohort, moment).and_then(|standing| standing.judged.as_deref());
        let Some(judged) = judged else { continue };
        let told = |(known, _): &(&Judged, CohortId)| {
            known.server == judged.server && known.refuses == judged.refuses
        };
        if seen.len() < REASONS && !seen.iter().any(told) {
            seen.push((judged, cohort));
        }
    }
    let reason = |(judged, cohort)| {
        refusal(&simulation.cluster, judged, &result.prediction(cohort, moment)?)
    };
    seen.into_iter().filter_map(reason).collect()
}
