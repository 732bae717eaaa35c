//! Summaries: the end of a plan under a policy, its point of no return, and the commands that help.

use crate::cluster::{
    AssumedAnswer, CohortId, PhoneId, PhoneStatus, Policy, PolicyResult, Recoverability,
    RegistrationObstacle, Simulation, StepReport, Trust,
};
use crate::plan::PlanRemedy;
use crate::release::Release;
use crate::report::Plain;
use crate::report::recover::command;
use std::collections::BTreeMap;
use trustlist::report::{capital, counted, file_word};

/// How many phones a sentence names.
const NAMES: usize = 4;

/// Returns the description of a policy.
pub(super) const fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::A => "lists rebuilt on change, phones reset by themselves",
        Policy::B => "lists rebuilt on change, phones reset only by the plan",
        Policy::C => "lists rebuilt only when TFTP starts, phones reset only by the plan",
        Policy::D => "as C, and TVS reads its store only when it starts",
    }
}

/// The answer in one line: does the plan lock phones or keep them from registering, under how many
/// policies, and from which step on is there no way back?
pub(super) fn verdict(simulation: &Simulation) -> String {
    if simulation.cluster.phones().is_empty() {
        return "UNDECIDED: no phone in the cluster: nothing is simulated of any phone.".to_owned();
    }
    let of = |count: fn(&PolicyResult) -> usize| -> Vec<&PolicyResult> {
        simulation.policies.iter().filter(|result| count(result) > 0).collect()
    };
    let (locked, away) = (of(|result| result.count(Trust::Locked)), of(away));
    let silent = of(silent);
    let how = |results: &[&PolicyResult]| match (results, simulation.policies.len()) {
        ([one], 1) => format!("under policy {}", one.policy.as_str()),
        (some, all) => format!("in {} of {all} behaviours of the cluster", some.len()),
    };
    let point =
        simulation.policies.iter().filter_map(|result| Some(result.no_return.as_ref()?.step)).min();
    let point = match point {
        None => String::new(),
        Some(0) => " Point of no return: before the first step.".to_owned(),
        Some(step) => format!(" Point of no return: step {step}."),
    };
    let returns = away.iter().map(|result| self::away(result)).max().unwrap_or(0);
    let returns = match (away.as_slice(), returns) {
        ([], _) => String::new(),
        (some, 1) => format!(
            " {}, 1 phone that is offline will be locked when it returns.",
            capital(&how(some))
        ),
        (some, most) => {
            format!(
                " {}, up to {most} phones that are offline will be locked when they return.",
                capital(&how(some))
            )
        }
    };
    let registers = unregistered_line(&silent).map(|line| format!("{}, {line}", how(&silent)));
    match (locked.as_slice(), registers, away.as_slice()) {
        ([], None, []) => {
            let all = match simulation.policies.as_slice() {
                [one] => format!("under policy {}", one.policy.as_str()),
                all => format!("in all {} behaviours of the cluster", all.len()),
            };
            // An open question was answered to go on: the plan is as good as the answer.
            let hangs = |result: &PolicyResult| {
                let mut taken = result.assumptions.iter().map(|(assumption, _)| assumption.taken());
                taken.any(|taken| taken == AssumedAnswer::Accept)
            };
            let yes = match simulation.policies.iter().any(hangs) {
                false => "YES".to_owned(),
                true => match simulation.locked_otherwise() {
                    0 => "YES, if what is assumed below is so".to_owned(),
                    locked => only_if(simulation, locked),
                },
            };
            format!(
                "{yes}: no phone is locked and every online phone is registered at the end, {all}.{point}"
            )
        }
        ([], None, _) => format!("NO for phones that are offline.{returns}{point}"),
        ([], Some(registers), _) => format!("NO: {registers}{returns}{point}"),
        (some, registers, _) => {
            let registers = registers.map(|line| format!(" {}", capital(&line)));
            let registers = registers.unwrap_or_default();
            format!("NO: {} this plan locks phones.{registers}{returns}{point}", how(some))
        }
    }
}

/// `UNDECIDED: YES only if …`: the missing facts, and what follows if they are not as assumed.
fn only_if(simulation: &Simulation, locked: usize) -> String {
    let assumptions = simulation.policies.iter().flat_map(|result| &result.assumptions);
    let mut facts: Vec<String> = Vec::new();
    for (assumption, _) in assumptions.filter(|(it, _)| it.taken() == AssumedAnswer::Accept) {
        let fact = match assumption.code() {
            "" => continue,
            "tvs-tls-open" => "the minimum TLS version (`show tls min-version`) lets these phones \
                               ask TVS [tvs-tls-open]"
                .to_owned(),
            "tftp-address-not-in-ctl" => "these phones take files from a TFTP server that the CTL \
                                          does not name [tftp-address-not-in-ctl]"
                .to_owned(),
            // It follows from the question about the list.
            "ctl-undecided" | "itl-undecided" => continue,
            code => format!("the question of `trustlist explain {code}` is answered as assumed"),
        };
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    if facts.is_empty() {
        facts.push("what is assumed below is so".to_owned());
    }
    let are = if locked == 1 { "is" } else { "are" };
    let (facts, locked) = (facts.join(" and "), counted(locked, "phone"));
    format!("UNDECIDED: YES only if {facts}, else {locked} {are} locked or not registered")
}

/// Online phones that are neither locked nor registered at the end: locked ones are named before.
fn silent(result: &PolicyResult) -> usize {
    let lost = |phone: &PhoneId| {
        let end = result.cohort(*phone).and_then(|cohort| result.final_state(cohort));
        end.is_some_and(|end| end.standing.trust != Trust::Locked)
    };
    result.unregistered().filter(lost).count()
}

/// `19 phones are not registered at the end: …`, of the policy that leaves the most of them.
fn unregistered_line(results: &[&PolicyResult]) -> Option<String> {
    let worst = results.iter().rev().max_by_key(|result| silent(result))?;
    let all_alike = results.iter().all(|result| silent(result) == silent(worst));
    let up_to = if all_alike { "" } else { "up to " };
    let are = if silent(worst) == 1 { "is" } else { "are" };
    let count = counted(silent(worst), "phone");
    let reasons: Vec<&str> =
        obstacles(worst).iter().map(|(obstacle, _)| reason(*obstacle)).collect();
    Some(format!("{up_to}{count} {are} not registered at the end: {}.", reasons.join("; ")))
}

/// The online phones that are not registered at the end, by what keeps them from it; the most
/// frequent reason first.
fn obstacles(result: &PolicyResult) -> Vec<(RegistrationObstacle, Vec<PhoneId>)> {
    let mut found: Vec<(RegistrationObstacle, Vec<PhoneId>)> = Vec::new();
    let mut of_cohort: BTreeMap<CohortId, Option<RegistrationObstacle>> = BTreeMap::new();
    for phone in result.unregistered() {
        let Some(cohort) = result.cohort(phone) else { continue };
        let obstacle =
            of_cohort.entry(cohort).or_insert_with(|| result.end().registration_obstacle(phone));
        let Some(obstacle) = *obstacle else { continue };
        match found.iter_mut().find(|(known, _)| *known == obstacle) {
            Some((_, phones)) => phones.push(phone),
            None => found.push((obstacle, vec![phone])),
        }
    }
    found.sort_by_key(|(_, phones)| std::cmp::Reverse(phones.len()));
    found
}

/// Returns the reason in words.
const fn reason(obstacle: RegistrationObstacle) -> &'static str {
    match obstacle {
        RegistrationObstacle::IssuerUnknown => "CallManager does not trust the issuer of their LSC",
        RegistrationObstacle::NoCallManager => {
            "CallManager runs on no server of their CallManager group"
        }
        RegistrationObstacle::NoCertificate => {
            "they are encrypted or authenticated and have neither an LSC nor a MIC"
        }
        RegistrationObstacle::NotInCtl => {
            "CallManager presents a certificate that their CTL does not name"
        }
    }
}

/// Offline phones that are locked when they return.
pub(super) fn away(result: &PolicyResult) -> usize {
    let lost = |cohort: CohortId| {
        result.final_state(cohort).is_some_and(|end| {
            end.standing.trust == Trust::Offline && !end.standing.recoverability.is_recoverable()
        })
    };
    result.cohorts().filter(|(cohort, ..)| lost(*cohort)).map(|(_, phones, _)| phones).sum()
}

/// Locked phones that only the deletion of their lists helps.
fn dead(result: &PolicyResult) -> usize {
    let lost = |cohort: CohortId| {
        result.final_state(cohort).is_some_and(|end| {
            end.standing.trust == Trust::Locked && end.standing.recoverability.is_lost()
        })
    };
    result.cohorts().filter(|(cohort, ..)| lost(*cohort)).map(|(_, phones, _)| phones).sum()
}

/// The results, the worst first.
pub(super) fn worst_first(simulation: &Simulation) -> Vec<&PolicyResult> {
    let mut results: Vec<&PolicyResult> = simulation.policies.iter().collect();
    results.sort_by_key(|result| {
        std::cmp::Reverse((
            result.count(Trust::Locked),
            silent(result),
            away(result),
            result.no_return.is_some(),
        ))
    });
    results
}

/// Best and worst policy, if there are several.
pub(super) fn best_and_worst(simulation: &Simulation) -> Option<String> {
    let (best, worst) = (simulation.best()?, simulation.worst()?);
    if simulation.policies.len() < 2 {
        return None;
    }
    if best.policy == worst.policy || ends_alike(best, worst) {
        return Some("The plan ends in the same way under every policy.".to_owned());
    }
    Some(format!(
        "Best under policy {} ({}), worst under policy {} ({}).",
        best.policy.as_str(),
        counts(best),
        worst.policy.as_str(),
        counts(worst)
    ))
}

fn ends_alike(one: &PolicyResult, other: &PolicyResult) -> bool {
    [Trust::Current, Trust::Updatable, Trust::Locked, Trust::Offline]
        .into_iter()
        .all(|trust| one.count(trust) == other.count(trust))
        && away(one) == away(other)
        && silent(one) == silent(other)
}

/// `98 ok, 2 locked`.
pub(super) fn counts(result: &PolicyResult) -> String {
    let states = [Trust::Current, Trust::Updatable, Trust::Locked, Trust::Offline];
    let some = states
        .into_iter()
        .map(|trust| (trust, result.count(trust)))
        .filter(|(_, count)| *count > 0);
    let (away, dead) = (away(result), dead(result));
    let word = |(trust, count): (Trust, usize)| match trust {
        Trust::Locked if dead == count => format!("{count} locked until the lists are deleted"),
        Trust::Locked if dead > 0 => {
            format!("{count} locked ({dead} of them until the lists are deleted)")
        }
        Trust::Offline if away > 0 => {
            format!("{count} offline ({away} of them locked when they return)")
        }
        Trust::Current => format!("{count} ok"),
        Trust::Updatable => format!("{count} ready"),
        _ => format!("{count} {trust}"),
    };
    let words: Vec<String> = some.map(word).collect();
    if words.is_empty() { "no phones".to_owned() } else { words.join(", ") }
}

/// The sentences about the end of a result.
pub(super) fn sentences(simulation: &Simulation, result: &PolicyResult) -> Vec<String> {
    let release = simulation.cluster.release();
    let name = |phone: PhoneId| Plain(simulation.cluster.phone_name(phone)).to_string();
    let mut sentences = vec![format!("At the end: {}.", counts(result))];
    let locked: Vec<PhoneId> = result.locked().collect();
    if let Some(named) = some_names(&locked, name) {
        sentences.push(format!("Locked after some step: {named}."));
    }
    if let Some(point) = &result.no_return {
        let named = some_names(&point.phones, name).unwrap_or_default();
        let at = match point.step {
            0 => "Before the first step".to_owned(),
            step => format!("Point of no return: from step {step} on"),
        };
        sentences.push(format!(
            "{at} no command on the servers helps {named}: only deleting the lists on the phone does."
        ));
    }
    for (obstacle, phones) in obstacles(result) {
        let named = some_names(&phones, name).unwrap_or_default();
        let before = phones.iter().filter(|phone| !registered_before(result, **phone)).count();
        let before = match before {
            0 => String::new(),
            count if count == phones.len() => " They were not registered before either.".to_owned(),
            count => format!(" {count} of them were not registered before either."),
        };
        sentences.push(format!(
            "Not registered at the end, {}: {named}: {}.{before}",
            counted(phones.len(), "phone"),
            reason(obstacle)
        ));
    }
    sentences.extend(rescues(result, release).into_iter().filter_map(|(advice, phones)| {
        Some(format!(
            "{} ({}): {advice}.",
            some_names(&phones, name)?,
            counted(phones.len(), "phone")
        ))
    }));
    sentences
}

/// Checks if a phone was registered before the first step, or offline.
fn registered_before(result: &PolicyResult, phone: PhoneId) -> bool {
    let standing = result.cohort(phone).and_then(|cohort| result.standing(cohort, &result.start));
    standing.is_none_or(|standing| standing.registered || standing.trust == Trust::Offline)
}

/// Returns the help for phones that do not have the served lists at the end.
fn rescues(result: &PolicyResult, release: Release) -> Vec<(String, Vec<PhoneId>)> {
    let advice: Vec<Option<String>> =
        result.cohorts().map(|(cohort, ..)| advice(result, cohort, release)).collect();
    let mut phones: BTreeMap<String, Vec<PhoneId>> = BTreeMap::new();
    for (phone, cohort) in result.phones() {
        if let Some(Some(text)) = advice.get(cohort.index()) {
            phones.entry(text.clone()).or_default().push(phone);
        }
    }
    phones.into_iter().collect()
}

fn advice(result: &PolicyResult, cohort: CohortId, release: Release) -> Option<String> {
    let state =
        result.final_state(cohort).filter(|state| state.standing.trust != Trust::Current)?;
    Some(match state.recoverability() {
        Recoverability::Recoverable if state.standing.trust == Trust::Updatable => {
            "a reset is enough".to_owned()
        }
        Recoverability::Recoverable => "restarts of TFTP and TVS and a reset are enough".to_owned(),
        Recoverability::Commands(set) if set.is_empty() => {
            "only deleting the lists on the phone helps".to_owned()
        }
        Recoverability::Commands(set) => {
            let commands = set.iter().map(|rescue| command(release, PlanRemedy::Command(rescue)));
            let commands: Vec<&str> = commands.collect();
            format!("{} first, then restarts and a reset", commands.join(" or "))
        }
    })
}

fn some_names(phones: &[PhoneId], name: impl Fn(PhoneId) -> String) -> Option<String> {
    let shown: Vec<String> = phones.iter().take(NAMES).map(|&phone| name(phone)).collect();
    match phones.len().saturating_sub(NAMES) {
        _ if phones.is_empty() => None,
        0 => Some(shown.join(", ")),
        more => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

/// The open questions that were answered to go on.
pub(super) fn assumptions(result: &PolicyResult) -> Vec<String> {
    let text = |taken: AssumedAnswer| {
        if taken == AssumedAnswer::Accept {
            "assumed to be accepted"
        } else {
            "assumed to be refused"
        }
    };
    let mut assumptions = result.assumptions.clone();
    assumptions.sort_by_key(|(assumption, step)| (*step, *assumption));
    let line = |(assumption, step): &(crate::cluster::Assumption, u32)| {
        let taken = text(assumption.taken());
        match assumption {
            crate::cluster::Assumption::Judged { rule, code, file, .. } => {
                format!(
                    "{} ({code}), {}: {taken}, first in step {step}",
                    rule.id(),
                    file_word(*file)
                )
            }
            crate::cluster::Assumption::MicPresent => {
                format!(
                    "P-7, encrypted phones without LSC: assumed to have a MIC, first in step {step}"
                )
            }
        }
    };
    assumptions.iter().map(line).collect()
}

// Phone groups: phones whose state was the same after every step, for timelines.

/// The effect of a phone's next reset, as a timeline shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Current,
    Updatable,
    Offline,
    /// Offline, and locked when it returns: a command, or deleting its lists, is needed then.
    Away,
    /// Locked, and something short of deleting its lists helps.
    Locked,
    /// Locked, and only deleting its lists helps.
    Dead,
}

/// The state of a group after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) look: Look,
    pub(super) registered: bool,
}

impl Look {
    pub(super) const ALL: &'static [Self] =
        &[Self::Current, Self::Updatable, Self::Locked, Self::Dead, Self::Offline, Self::Away];

    fn of(standing: &PhoneStatus) -> Self {
        match standing.trust {
            Trust::Current => Self::Current,
            Trust::Updatable => Self::Updatable,
            Trust::Offline if !standing.recoverability.is_recoverable() => Self::Away,
            Trust::Offline => Self::Offline,
            Trust::Locked if standing.recoverability.is_lost() => Self::Dead,
            Trust::Locked => Self::Locked,
        }
    }

    /// Returns the word of the state in tables and pictures.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Current => "ok",
            Self::Updatable => "ready",
            Self::Offline => "offline",
            Self::Away => "AWAY",
            Self::Locked => "LOCKED",
            Self::Dead => "DEAD",
        }
    }

    /// The class of the mark in the page.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Updatable => "updatable",
            Self::Offline => "offline",
            Self::Away => "away",
            Self::Locked => "locked",
            Self::Dead => "dead",
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Current => "the phone has the lists that TFTP serves, and accepts them again",
            Self::Updatable => "the phone accepts the lists that TFTP serves at its next reset",
            Self::Offline => "the phone is offline",
            Self::Away => {
                "the phone is offline and will be locked when it returns: it will refuse the lists, and restarts do not help"
            }
            Self::Locked => {
                "the phone is locked: it refuses the lists at the next reset; a command on the servers or restarts help"
            }
            Self::Dead => {
                "the phone is locked: it refuses the lists at the next reset; only deleting its lists helps"
            }
        }
    }
}

/// The sign after the word of a state when the phone is online and not registered.
pub(super) const STAR: &str = "*";
/// The meaning of the star.
pub(super) const NOT_REGISTERED: &str = "the phone is not registered";

impl Mark {
    fn of(standing: &PhoneStatus) -> Self {
        Self { look: Look::of(standing), registered: standing.registered }
    }

    /// Checks if the phone is online and not registered.
    pub(super) const fn has_star(self) -> bool {
        !self.registered && !matches!(self.look, Look::Offline | Look::Away)
    }

    /// Returns the word of the state, with its star.
    pub(super) fn word(self) -> String {
        format!("{}{}", self.look.word(), if self.has_star() { STAR } else { "" })
    }

    pub(super) const fn is_locked(self) -> bool {
        matches!(self.look, Look::Locked | Look::Dead)
    }
}

/// Phones that went through the same marks.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Its cohorts, to ask for reasons.
    pub(super) cohorts: Vec<CohortId>,
    pub(super) phones: usize,
    pub(super) first: PhoneId,
    /// One a step, from the start.
    pub(super) marks: Vec<Mark>,
}

/// The start and every step of a result.
pub(super) fn moments(result: &PolicyResult) -> impl Iterator<Item = &StepReport> {
    std::iter::once(&result.start).chain(&result.trace)
}

/// The groups, by their first phone.
pub(super) fn groups(result: &PolicyResult) -> Vec<Group> {
    let mut found: BTreeMap<Vec<(u32, Mark)>, Group> = BTreeMap::new();
    for (cohort, phones, first) in result.cohorts() {
        let mut changes: Vec<(u32, Mark)> = Vec::new();
        for (step, status) in result.timeline(cohort) {
            let mark = Mark::of(status);
            if changes.last().is_none_or(|&(_, last)| last != mark) {
                changes.push((step, mark));
            }
        }
        let group = found.entry(changes).or_insert(Group {
            cohorts: Vec::new(),
            phones: 0,
            first,
            marks: Vec::new(),
        });
        group.phones += phones;
        group.cohorts.push(cohort);
        group.first = group.first.min(first);
    }
    let marked = found.into_iter().map(|(changes, group)| {
        let at = |step: u32| {
            changes.iter().rev().find(|&&(since, _)| since <= step).map(|&(_, mark)| mark)
        };
        let marks = moments(result).map(|moment| at(moment.step).unwrap_or(NOTHING_KNOWN));
        Group { marks: marks.collect(), ..group }
    });
    let mut groups: Vec<Group> = marked.collect();
    groups.sort_by_key(|group| group.first);
    groups
}

const NOTHING_KNOWN: Mark = Mark { look: Look::Offline, registered: false };

/// Returns the short name of a group: a number, as policies are letters.
pub(super) fn name(index: usize) -> String {
    (index + 1).to_string()
}
