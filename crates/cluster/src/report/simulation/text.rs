//! The timeline as text: steps down, phone groups across, one word a state, and the events of the
//! step beside it.

use super::summary;
use super::summary::{Group, Look, NOT_REGISTERED, STAR, groups, moments, name};
use crate::cluster::{
    Cert, Cluster, CohortId, CtlKind, Event, FileTrigger, ImportTrigger, Judged, Mode, NodeId,
    Policy, PolicyResult, Refusal, ResetCause, Rollback, Simulation, StepReport, TimedEvent,
};
use crate::platform_event::Verb;
use crate::report::Plain;
use std::collections::BTreeSet;
use std::fmt::Write;
use trustlist::phone::{JudgedFile, Kept, Prediction};
use trustlist::report::{counted, file_word, why};

/// How many groups fit across; the others are counted.
const GROUPS: usize = 8;
/// Width of a column: the longest word with its star, and a blank.
const COLUMN: usize = 8;
/// Width of a line when none is given.
const WIDTH: usize = 100;
/// Columns before the events of a step when the columns of the groups leave less than half a line.
const NARROW: usize = 10;
/// How many reasons a group gets in a step.
const REASONS: usize = 3;
/// How many sentences a step gets.
const LINES: usize = 12;

/// The simulation as text.
pub fn simulation_text(simulation: &Simulation, title: Option<&str>) -> String {
    simulation_text_within(simulation, title, WIDTH)
}

/// The same, with the sentences of each step in lines that are at most `width` columns wide, when
/// their words allow it.
pub fn simulation_text_within(
    simulation: &Simulation,
    title: Option<&str>,
    width: usize,
) -> String {
    let mut text = String::new();
    if let Some(title) = title {
        let _ = writeln!(text, "{}\n", Plain(title));
    }
    let _ = writeln!(text, "{}", summary::verdict(simulation));
    if let Some(sentence) = summary::best_and_worst(simulation) {
        let _ = writeln!(text, "{sentence}");
    }
    text.push('\n');
    let legend = Look::ALL.iter().map(|look| (look.word(), look.meaning()));
    for (word, meaning) in legend.chain([(STAR, NOT_REGISTERED)]) {
        let _ = writeln!(text, "{word:<8} {meaning}");
    }
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
            None => policy(simulation, result, width, &mut text),
        }
    }
    // Rows without groups end in blanks.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// The results, the worst first; each with an earlier policy that has the same result, if there is
/// one.
pub(super) fn folded(simulation: &Simulation) -> Vec<(&PolicyResult, Option<Policy>)> {
    let mut told: Vec<(String, Policy)> = Vec::new();
    let mut results = Vec::new();
    for result in summary::worst_first(simulation) {
        let mut text = String::new();
        policy(simulation, result, WIDTH, &mut text);
        let same = told.iter().find(|(known, _)| *known == text).map(|(_, policy)| *policy);
        if same.is_none() {
            told.push((text, result.policy));
        }
        results.push((result, same));
    }
    results
}

fn policy(simulation: &Simulation, result: &PolicyResult, width: usize, text: &mut String) {
    for sentence in summary::sentences(simulation, result) {
        wrapped("  ", &sentence, width, text);
    }
    for assumption in summary::assumptions(result) {
        wrapped("  ", &format!("Assumed: {assumption}"), width, text);
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
        let phones = counted(group.phones, "phone");
        let _ = writeln!(text, "  {:>2}  {phones}: {first}{more}", name(index));
    }
    if all.len() > shown.len() {
        let left: usize = all.iter().skip(shown.len()).map(|group| group.phones).sum();
        let _ = writeln!(text, "  and {} groups more, with {left} phones", all.len() - shown.len());
    }
    let names: String = (0..shown.len()).map(|index| format!("{:<COLUMN$}", name(index))).collect();
    let gap = if shown.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}  step  {names}");
    for (row, moment) in moments(result).enumerate() {
        step(simulation, result, shown, row, moment, text);
        told(simulation, result, shown, row, moment, width, text);
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
    let marks = shown.iter().filter_map(|group| group.marks.get(row));
    let states: String = marks.map(|mark| format!("{:<COLUMN$}", mark.word())).collect();
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
    let _ = writeln!(text, "  {:>4}  {states}  {}", moment.step, Plain(what));
}

/// The events of a step, and why phones refuse after it.
fn told(
    simulation: &Simulation,
    result: &PolicyResult,
    shown: &[Group],
    row: usize,
    moment: &StepReport,
    width: usize,
    text: &mut String,
) {
    let beside = 10 + shown.len() * COLUMN;
    let indent = " ".repeat(if beside > width / 2 { NARROW } else { beside });
    let happened = lines(&simulation.cluster, &moment.events);
    for line in happened.iter().take(LINES) {
        wrapped(&indent, line, width, text);
    }
    if let Some(more) = happened.len().checked_sub(LINES).filter(|more| *more > 0) {
        let _ = writeln!(text, "{indent}and {more} events more");
    }
    for (reason, names) in refusals(simulation, result, shown, row, moment) {
        let line = format!("group {}: {reason}", names.replace(',', ", "));
        wrapped(&indent, &line, width, text);
    }
}

/// Lines that are at most `width` columns wide; those after the first are indented by two more.
fn wrapped(indent: &str, line: &str, width: usize, text: &mut String) {
    let next = format!("{indent}  ");
    text.push_str(&trustlist::report::wrapped(indent, &next, line.split(' '), width));
}

/// Returns the new refusals: the reason, and its groups.
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

/// Why a group is locked after a step: its phones may have several reasons, as each has its own
/// TFTP server.
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

// Sentences for what happens in a step. What happens alike on several nodes is said once.

/// A sentence with one place that may name several things.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    minute: u64,
    before: String,
    names: Vec<String>,
    after: String,
    /// How many phones it is about, where phones of several kinds are counted together.
    phones: usize,
}

/// The sentences of a step.
pub(crate) fn lines(cluster: &Cluster, events: &[TimedEvent]) -> Vec<String> {
    let mut lines: Vec<Line> = Vec::new();
    let teller = Teller { cluster };
    let copies = teller.copies(events);
    for timed in events {
        if copies.is_some() && is_copy(&timed.event) {
            continue;
        }
        let Some(line) = teller.line(timed) else { continue };
        let same = |known: &&mut Line| {
            (known.minute, &known.before, &known.after) == (line.minute, &line.before, &line.after)
                && (line.phones > 0 || !line.names.is_empty())
        };
        match lines.iter_mut().find(same) {
            Some(known) => {
                known.names.extend(line.names);
                known.phones += line.phones;
            }
            None => lines.push(line),
        }
    }
    let start = events.first().map_or(0, |first| first.minute);
    lines.into_iter().map(|line| line.text(start)).chain(copies).collect()
}

/// The copies of a regenerated certificate: many events that say one thing.
fn is_copy(event: &Event) -> bool {
    matches!(
        event,
        Event::TrustCopied { .. }
            | Event::FileImported { trigger: ImportTrigger::ChangeNotification, .. }
    ) || matches!(event, Event::FileDeleted { trigger: FileTrigger::Replaced, .. })
}

impl Line {
    fn text(&self, start: u64) -> String {
        let when =
            if self.minute > start { format!("minute {}: ", self.minute) } else { String::new() };
        let count = if self.phones > 0 { counted(self.phones, "phone") } else { String::new() };
        format!("{when}{count}{}{}{}", self.before, self.names.join(", "), self.after)
    }
}

/// Why phones refuse a file, as sentences.
pub(super) fn refusal(
    cluster: &Cluster,
    judged: &Judged,
    prediction: &Prediction,
) -> Option<String> {
    let file = judged.refuses?;
    let judgement = match file {
        JudgedFile::Config => prediction.config.as_ref()?,
        JudgedFile::Ctl => &prediction.ctl,
        JudgedFile::Itl => &prediction.itl,
    };
    let signer = judged
        .file(file)
        .signer
        .map(|cert| Plain(cluster.label(cert)).to_string())
        .unwrap_or_default();
    let server = Plain(&cluster.node_spec(judged.server).name);
    Some(format!(
        "refuses the {} of {server}. {}",
        file_word(file),
        why(file, judgement, &signer).join(" ")
    ))
}

struct Teller<'a> {
    cluster: &'a Cluster,
}

impl Teller<'_> {
    fn node(&self, node: NodeId) -> String {
        Plain(&self.cluster.node_spec(node).name).to_string()
    }

    fn cert(&self, cert: Cert) -> String {
        Plain(self.cluster.label(cert)).to_string()
    }

    /// Where a regeneration left its copies.
    fn copies(&self, events: &[TimedEvent]) -> Option<String> {
        events.iter().find(|timed| matches!(timed.event, Event::Regenerated { .. }))?;
        let (mut units, mut nodes) = (BTreeSet::new(), BTreeSet::new());
        let mut replaced = false;
        for timed in events {
            match &timed.event {
                Event::TrustCopied { node, unit, .. } => {
                    units.insert(unit.as_str());
                    nodes.insert(*node);
                }
                Event::FileImported { nodes: reached, .. } => nodes.extend(reached.iter()),
                Event::FileDeleted { trigger: FileTrigger::Replaced, .. } => replaced = true,
                _ => {}
            }
        }
        let units: Vec<&str> = units.into_iter().collect();
        let nodes: Vec<String> = nodes.into_iter().map(|node| self.node(node)).collect();
        let old = if replaced { "; the old copies go" } else { "" };
        (!units.is_empty())
            .then(|| format!("copies in {} of {}{old}", units.join(", "), nodes.join(", ")))
    }

    /// The sentence in its three parts; `None` for what the state of the phones says better.
    fn line(&self, timed: &TimedEvent) -> Option<Line> {
        let mut count = 0;
        let (before, names, after) = match &timed.event {
            Event::PhonesJudged { phones, judged, prediction, .. } => {
                count = *phones;
                (self.losses(judged, prediction.as_deref())?, Vec::new(), String::new())
            }
            event => self
                .of_certificates(event)
                .or_else(|| self.of_nodes(event))
                .or_else(|| self.of_phones(event))?,
        };
        Some(Line { minute: timed.minute, before, names, after, phones: count })
    }

    fn of_certificates(&self, event: &Event) -> Option<(String, Vec<String>, String)> {
        Some(match event {
            Event::Regenerated { cert } => {
                ("new certificate ".to_owned(), vec![self.cert(*cert)], String::new())
            }
            Event::TrustCopied { unit, cert, .. } => {
                (format!("copied to {unit} of its node: "), vec![self.cert(*cert)], String::new())
            }
            Event::FileImported { nodes, unit, cert, trigger } => {
                let by = match trigger {
                    ImportTrigger::ChangeNotification => "change notification",
                    ImportTrigger::ServiceStart => "the start of the notification service",
                    ImportTrigger::Sync => "the half-hourly sync",
                };
                let nodes: Vec<String> = nodes.iter().map(|node| self.node(node)).collect();
                (
                    format!("{by} brings to {unit} of {}: ", nodes.join(", ")),
                    vec![self.cert(*cert)],
                    String::new(),
                )
            }
            Event::FileDeleted { node, unit, cert, trigger } => {
                let by = match trigger {
                    FileTrigger::Operator => "deleted",
                    FileTrigger::PlatformEvent => "deleted by the platform event",
                    FileTrigger::Replaced => "replaced by its successor",
                };
                (
                    format!("{by}: {} in {unit} of ", self.cert(*cert)),
                    vec![self.node(*node)],
                    String::new(),
                )
            }
            Event::RowsRestored { node, unit, cert } => {
                let before = format!(
                    "the half-hourly sync finds the file of {} in {unit}, and restores its rows, on ",
                    self.cert(*cert)
                );
                (before, vec![self.node(*node)], String::new())
            }
            Event::CtlBuilt { signer, kind } => {
                let kind = match kind {
                    CtlKind::Full => "CTL written",
                    CtlKind::LocalKey => "CTL written with the local key",
                    CtlKind::Reduced => "CTL reduced: its CallManager records are emptied",
                };
                (format!("{kind}, signed by {}", self.cert(*signer)), Vec::new(), String::new())
            }
            Event::ItlBuilt { node, signer, config_signer } => {
                let after = format!(
                    ": ITL written, signed by {}; configurations signed by {}",
                    self.cert(*signer),
                    self.cert(*config_signer)
                );
                (String::new(), vec![self.node(*node)], after)
            }
            Event::ItlResigned { node, signer } => (
                format!("publisher's ITL, signed by {}, now served by ", self.cert(*signer)),
                vec![self.node(*node)],
                String::new(),
            ),
            Event::LscIssued { issuer, phones } => (
                format!(
                    "{} issues a certificate to {}",
                    self.cert(*issuer),
                    counted(*phones, "phone")
                ),
                Vec::new(),
                String::new(),
            ),
            _ => return None,
        })
    }

    fn of_nodes(&self, event: &Event) -> Option<(String, Vec<String>, String)> {
        Some(match event {
            Event::ServiceStarted { node, service, .. } => {
                (format!("{service} starts on "), vec![self.node(*node)], String::new())
            }
            Event::ServiceStopped { node, service } => {
                (format!("{service} stops on "), vec![self.node(*node)], String::new())
            }
            Event::ServiceReloaded { service, presents, .. } => (
                format!("{service} restarts itself and presents "),
                vec![self.cert(*presents)],
                String::new(),
            ),
            Event::NodeDown(node) => ("down: ".to_owned(), vec![self.node(*node)], String::new()),
            Event::NodeUp(node) => ("up again: ".to_owned(), vec![self.node(*node)], String::new()),
            Event::ReplicationBroken(node) => {
                ("replication broken: ".to_owned(), vec![self.node(*node)], String::new())
            }
            Event::ReplicationFixed(node) => {
                ("replication works again: ".to_owned(), vec![self.node(*node)], String::new())
            }
            Event::ModeSet(Mode::Mixed) => {
                ("the cluster is in mixed mode".to_owned(), Vec::new(), String::new())
            }
            Event::ModeSet(Mode::NonSecure) => {
                ("the cluster has left mixed mode".to_owned(), Vec::new(), String::new())
            }
            Event::RollbackSet(Rollback::On) => {
                ("rollback parameter on: ITLs become blank".to_owned(), Vec::new(), String::new())
            }
            Event::RollbackSet(Rollback::Off) => {
                ("rollback parameter off".to_owned(), Vec::new(), String::new())
            }
            Event::PlatformEvent { node, verb: Verb::Received, event } => (
                "platform event received by ".to_owned(),
                vec![self.node(*node)],
                format!(": {}", Plain(event)),
            ),
            Event::PlatformEvent { node, verb, event } => (
                format!("platform event {verb} by "),
                vec![self.node(*node)],
                format!(": {}", Plain(event)),
            ),
            Event::PlatformEventLost { node } => (
                "platform event lost, node down: ".to_owned(),
                vec![self.node(*node)],
                String::new(),
            ),
            Event::Refused { node, reason } => {
                let nodes = node.map(|node| self.node(node)).into_iter().collect();
                (format!("not done: {}", self.reason(*reason)), nodes, String::new())
            }
            _ => return None,
        })
    }

    fn of_phones(&self, event: &Event) -> Option<(String, Vec<String>, String)> {
        let text = match event {
            Event::PhonesReset { phones, cause } => {
                let [one, many] = match cause {
                    ResetCause::Boot => ["boots", "boot"],
                    ResetCause::CertificateUpdate => [
                        "resets itself after the certificate change",
                        "reset themselves after the certificate change",
                    ],
                    ResetCause::Deletion => {
                        ["resets itself after the deletion", "reset themselves after the deletion"]
                    }
                    ResetCause::Plan => ["is reset", "are reset"],
                    ResetCause::Rollback => [
                        "resets itself after the rollback parameter changed",
                        "reset themselves after the rollback parameter changed",
                    ],
                };
                let cause = if *phones == 1 { one } else { many };
                format!("{} {cause}", counted(*phones, "phone"))
            }
            Event::PhonesOffline { phones } => format!("{} offline", counted(*phones, "phone")),
            Event::PhonesOnline { phones } => format!("{} online again", counted(*phones, "phone")),
            Event::ListsErased { phones } => {
                format!("lists erased by hand on {}", counted(*phones, "phone"))
            }
            _ => return None,
        };
        Some((text, Vec::new(), String::new()))
    }

    /// Names the lists that a boot removed: the state after the step does not show that they were
    /// there before.
    fn losses(&self, judged: &Judged, prediction: Option<&Prediction>) -> Option<String> {
        let dropped = judged.after.itl == Kept::Dropped;
        let why = prediction.and_then(|prediction| refusal(self.cluster, judged, prediction));
        dropped.then(|| format!(": the ITL is gone. Each {}", why.unwrap_or_default()))
    }

    fn reason(&self, reason: Refusal) -> String {
        match reason {
            Refusal::AlreadySo => "already done: ".to_owned(),
            Refusal::CapfNotRunning => "CAPF does not run on ".to_owned(),
            Refusal::CertificateNotHeld(unit, cert) => {
                format!("{} is not in {unit} of ", self.cert(cert))
            }
            Refusal::NoSuchCommand => "this release has no such command".to_owned(),
            Refusal::NodeDown => "node down: ".to_owned(),
            Refusal::NotMixed => "there is no CTL in non-secure mode".to_owned(),
            Refusal::NothingToDo => "no node of the cluster has this".to_owned(),
            Refusal::OwnCertificate(unit) => format!("own certificates ({unit}) cannot be deleted"),
            Refusal::PhonesNotReached(phones) => {
                format!("{} offline: not reset", counted(phones, "phone"))
            }
            Refusal::PublisherHasNoItl => "no ITL to sign again on ".to_owned(),
            Refusal::ReplicationBroken => "replication is broken: ".to_owned(),
            Refusal::ServiceNotActivated(service) => format!("{service} is not activated on "),
            Refusal::UnitNotThere(unit) => format!("no {unit} certificate on "),
        }
    }
}
