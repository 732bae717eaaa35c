//! Phone groups: phones whose state was the same after every step, for timelines.

use crate::cluster::{CohortId, PhoneId, PolicyResult, Standing, StepReport, Trust};
use std::collections::BTreeMap;

/// What a phone's next reset would do, as a timeline shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Current,
    Updatable,
    Offline,
    /// Off-line, and locked when it returns: a command, or deleting its lists, is needed then.
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

    fn of(standing: &Standing) -> Self {
        match standing.trust {
            Trust::Current => Self::Current,
            Trust::Updatable => Self::Updatable,
            Trust::Offline if !standing.outlook.is_recoverable() => Self::Away,
            Trust::Offline => Self::Offline,
            Trust::Locked if standing.outlook.is_lost() => Self::Dead,
            Trust::Locked => Self::Locked,
        }
    }

    pub(super) const fn letter(self) -> char {
        match self {
            Self::Current => 'c',
            Self::Updatable => 'u',
            Self::Offline => '-',
            Self::Away => '!',
            Self::Locked => 'l',
            Self::Dead => 'x',
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
            Self::Current => "current: holds the served lists and would take them again",
            Self::Updatable => "updatable: would take the served lists at the next reset",
            Self::Offline => "offline",
            Self::Away => {
                "offline, and locked when it returns: it would refuse what is served, and restarts do not help"
            }
            Self::Locked => {
                "locked: would refuse at the next reset; can be saved without deleting its lists"
            }
            Self::Dead => "locked: would refuse at the next reset; only deleting its lists helps",
        }
    }
}

/// What an upper-case letter says.
pub(super) const UPPER_CASE: &str = "in upper case: not registered";

impl Mark {
    fn of(standing: &Standing) -> Self {
        Self { look: Look::of(standing), registered: standing.registered }
    }

    pub(super) const fn letter(self) -> char {
        if self.registered { self.look.letter() } else { self.look.letter().to_ascii_uppercase() }
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
    let mut found: BTreeMap<Vec<Mark>, Group> = BTreeMap::new();
    for (cohort, phones, first) in result.cohorts() {
        let marks: Vec<Mark> = moments(result)
            .map(|moment| {
                result.standing(cohort, moment).map_or(NOTHING_KNOWN, |standing| Mark::of(standing))
            })
            .collect();
        let group = found.entry(marks.clone()).or_insert(Group {
            cohorts: Vec::new(),
            phones: 0,
            first,
            marks,
        });
        group.phones += phones;
        group.cohorts.push(cohort);
        group.first = group.first.min(first);
    }
    let mut groups: Vec<Group> = found.into_values().collect();
    groups.sort_by_key(|group| group.first);
    groups
}

const NOTHING_KNOWN: Mark = Mark { look: Look::Offline, registered: false };

/// The short name of a group: a number, as states are letters and policies too.
pub(super) fn name(index: usize) -> String {
    (index + 1).to_string()
}
