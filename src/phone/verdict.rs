//! The answer in one word.

use super::{Judgement, Outcome, Prediction};
use crate::text::vocabulary;

/// Will the phone take what it is offered? There is no fourth answer: a `match` needs no other arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It refuses nothing.
    Accept,
    /// The evidence ends before an answer, at least for one file.
    Depends,
    /// It refuses at least one file.
    Reject,
}

impl Prediction {
    /// Returns the verdict on the phone: that of its worst file.
    pub fn verdict(&self) -> Verdict {
        let config = self.config.as_ref().map(Judgement::outcome);
        let outcomes = [self.ctl.outcome(), self.itl.outcome()].into_iter().chain(config);
        outcomes.map(Verdict::of).max().unwrap_or(Verdict::Accept)
    }
}

impl Verdict {
    /// Every value, the worst first.
    pub const ALL: &'static [Self] = &[Self::Reject, Self::Depends, Self::Accept];

    /// What an outcome of one file means for the phone.
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Reject => Self::Reject,
            Outcome::Depends => Self::Depends,
            Outcome::Accept
            | Outcome::InstallFirst
            | Outcome::NotApplicable
            | Outcome::NotOffered
            | Outcome::Unchanged => Self::Accept,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Depends => "depends",
            Self::Reject => "reject",
        }
    }
}

vocabulary!(Verdict);
