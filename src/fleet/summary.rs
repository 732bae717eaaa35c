//! The summary of a fleet: counts, and the phones that need manual work first.

use super::{Advice, Answer, Hands, Reason, Verdict};
use crate::phone::{JudgedFile, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The phones of a fleet, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// All phones.
    pub total: Counts,
    /// By what decided, for each verdict.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::pairs"))]
    pub reasons: BTreeMap<(Verdict, Option<Reason>), u64>,
    /// By model as the source writes it; `None` if it names none.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::pairs"))]
    pub models: BTreeMap<Option<Arc<str>>, Counts>,
    /// By CallManager group; `None` where the source names none.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::pairs"))]
    pub groups: BTreeMap<Option<Arc<str>>, Counts>,
    /// The outcomes of each offered file.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::written::pairs"))]
    pub files: BTreeMap<(JudgedFile, Outcome), u64>,
    /// How urgently the phones need manual work.
    pub hands: BTreeMap<Hands, u64>,
    /// The first remedy of the phones that refuse.
    pub advice: BTreeMap<Advice, u64>,
    /// The phones with an open question that refuse no file, whatever its answer is.
    pub harmless: u64,
}

/// How many phones end how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Counts {
    /// They refuse nothing.
    pub accept: u64,
    /// An open question is left.
    pub depends: u64,
    /// They refuse a file.
    pub reject: u64,
}

/// By what a phone is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Labels<'a> {
    /// Its model.
    pub model: Option<&'a str>,
    /// Its CallManager group.
    pub group: Option<&'a str>,
}

impl Counts {
    /// How many phones there are.
    pub const fn phones(self) -> u64 {
        self.accept.saturating_add(self.depends).saturating_add(self.reject)
    }

    /// How many end so.
    pub const fn of(self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Accept => self.accept,
            Verdict::Depends => self.depends,
            Verdict::Reject => self.reject,
        }
    }

    /// Counts this many phones.
    pub fn add(&mut self, verdict: Verdict, phones: u64) {
        let count = match verdict {
            Verdict::Accept => &mut self.accept,
            Verdict::Depends => &mut self.depends,
            Verdict::Reject => &mut self.reject,
        };
        *count = count.saturating_add(phones);
    }

    fn merge(&mut self, other: Self) {
        Verdict::ALL.iter().for_each(|&verdict| self.add(verdict, other.of(verdict)));
    }
}

impl Summary {
    /// Counts phones that have these labels and this answer.
    pub fn add(&mut self, labels: Labels<'_>, answer: &Answer, phones: u64) {
        self.total.add(answer.verdict, phones);
        count(&mut self.reasons, (answer.verdict, answer.reason), phones);
        for file in answer.outcomes() {
            count(&mut self.files, file, phones);
        }
        count(&mut self.hands, answer.hands, phones);
        if let Some(advice) = answer.advice {
            count(&mut self.advice, advice, phones);
        }
        if answer.verdict == Verdict::Depends && !answer.may_refuse {
            self.harmless = self.harmless.saturating_add(phones);
        }
        labelled(&mut self.models, labels.model).add(answer.verdict, phones);
        labelled(&mut self.groups, labels.group).add(answer.verdict, phones);
    }

    /// Adds the counts of another part of the fleet.
    pub fn merge(&mut self, other: &Self) {
        let Self { total, reasons, models, groups, files, hands, advice, harmless } = other;
        self.harmless = self.harmless.saturating_add(*harmless);
        self.total.merge(*total);
        reasons.iter().for_each(|(&key, &phones)| count(&mut self.reasons, key, phones));
        files.iter().for_each(|(&key, &phones)| count(&mut self.files, key, phones));
        hands.iter().for_each(|(&key, &phones)| count(&mut self.hands, key, phones));
        advice.iter().for_each(|(&key, &phones)| count(&mut self.advice, key, phones));
        models.iter().for_each(|(label, counts)| {
            labelled(&mut self.models, label.as_deref()).merge(*counts)
        });
        groups.iter().for_each(|(label, counts)| {
            labelled(&mut self.groups, label.as_deref()).merge(*counts)
        });
    }

    /// The worst verdict of any phone; `None` if there is no phone.
    pub fn worst(&self) -> Option<Verdict> {
        Verdict::ALL.iter().copied().find(|&verdict| self.total.of(verdict) > 0)
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, phones: u64) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(phones);
}

/// The counts of a label. Labels come from files: beyond the most that are kept apart, they are
/// counted together.
pub fn labelled<'a>(
    counts: &'a mut BTreeMap<Option<Arc<str>>, Counts>,
    label: Option<&str>,
) -> &'a mut Counts {
    let mut label: Option<Arc<str>> = label.map(Arc::from);
    let long = label.as_ref().is_some_and(|label| label.len() > MAX_LABEL);
    if long || counts.len() >= MAX_LABELS && !counts.contains_key(&label) {
        label = Some(Arc::from(OTHERS));
    }
    counts.entry(label).or_default()
}

/// The phones that need hands first: of each urgency the first few of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct First<T> {
    limit: usize,
    phones: BTreeMap<Hands, Vec<T>>,
}

impl<T> First<T> {
    /// Returns a list that keeps at most `limit` of each urgency.
    pub const fn new(limit: usize) -> Self {
        Self { limit, phones: BTreeMap::new() }
    }

    /// Notes a phone, if it is among the first that need hands.
    pub fn note(&mut self, hands: Hands, phone: impl FnOnce() -> T) {
        if hands == Hands::None || self.limit == 0 {
            return;
        }
        let phones = self.phones.entry(hands).or_default();
        if phones.len() < self.limit {
            phones.push(phone());
        }
    }

    /// The most urgent, in the order of the source if they are alike; at most the limit.
    pub fn into_most_urgent(self) -> Vec<T> {
        self.phones.into_values().rev().flatten().take(self.limit).collect()
    }
}

/// Models and groups that are counted apart.
pub const MAX_LABELS: usize = 10_000;
/// Bytes of a model or group that is counted apart; no name is longer.
pub const MAX_LABEL: usize = 256;
/// The label of what is not counted apart.
const OTHERS: &str = "(others)";
