//! The answer in one word.

use super::{Judgement, Outcome, Prediction};
use crate::text::words;

/// The answer for a whole phone. There is no fourth value: a `match` needs no other arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The phone refuses no file.
    Accept,
    /// At least one file is undecided, and none is refused.
    Depends,
    /// The phone refuses at least one file.
    Reject,
}

impl Prediction {
    /// Returns the verdict on the phone, which is the worst of its files.
    pub fn verdict(&self) -> Verdict {
        let config = self.config.as_ref().map(Judgement::outcome);
        let outcomes = [self.ctl.outcome(), self.itl.outcome()].into_iter().chain(config);
        outcomes.map(Verdict::of).max().unwrap_or(Verdict::Accept)
    }

    /// Checks if the phone may refuse a file: see [`Judgement::may_refuse`].
    pub fn may_refuse(&self) -> bool {
        [&self.ctl, &self.itl].into_iter().chain(&self.config).any(Judgement::may_refuse)
    }
}

impl Verdict {
    /// Returns the verdict for an outcome of one file.
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
}

words!(Verdict {
    Reject = "reject",
    Depends = "depends",
    Accept = "accept",
});
