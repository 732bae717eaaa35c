//! The words of the answer in JSON, text and command line (spec/CONTRACT.md section 2).

use super::{ConditionalOutcome, Confidence, Kept, Lean, ListRef, Outcome, Via, Weight};
use crate::text::vocabulary;
use core::fmt;

/// Gives an enum its words in both directions.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)+ }) => {
        impl $name {
            /// Every value, in the order of the words.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word of the contract.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns the value with this word of the contract.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        vocabulary!($name);
    };
}

words!(Outcome {
    Accept = "accept",
    Depends = "depends",
    InstallFirst = "install-first",
    NotApplicable = "not-applicable",
    NotOffered = "not-offered",
    Reject = "reject",
    Unchanged = "unchanged",
});

words!(Lean {
    Accept = "accept",
    Reject = "reject",
});

words!(Confidence {
    Documented = "documented",
    Inferred = "inferred",
    Observed = "observed",
});

words!(Via {
    BlankList = "blank-list",
    FirstUse = "first-use",
    InstalledCtl = "installed-ctl",
    InstalledItl = "installed-itl",
    OfferedCtl = "offered-ctl",
    OfferedItl = "offered-itl",
    Tvs = "tvs",
    TvsCache = "tvs-cache",
    Unsigned = "unsigned",
});

words!(Weight {
    Grants = "grants",
    Informs = "informs",
    Refuses = "refuses",
});

words!(ListRef {
    InstalledCtl = "installed-ctl",
    InstalledItl = "installed-itl",
    OfferedCtl = "offered-ctl",
    OfferedItl = "offered-itl",
});

words!(Kept {
    Dropped = "dropped",
    Installed = "installed",
    None = "none",
    Offered = "offered",
});

impl ConditionalOutcome {
    /// Returns the word of the contract: an outcome, or `dropped`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Outcome(outcome) => outcome.as_str(),
        }
    }
}

impl fmt::Display for ConditionalOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        assert_eq!((Outcome::ALL.len(), Via::ALL.len(), Kept::ALL.len()), (7, 9, 4));
        assert!(
            Outcome::ALL
                .iter()
                .all(|&outcome| Outcome::from_word(outcome.as_str()) == Some(outcome))
        );
        assert!(Via::ALL.iter().all(|&via| Via::from_word(via.as_str()) == Some(via)));
        assert_eq!(Outcome::from_word("Accept"), None);
        assert!(Outcome::ALL.iter().all(|&outcome| outcome.as_ref().parse() == Ok(outcome)));
        assert_eq!(
            alloc::format!("{:<8}|{:>8}", Lean::Accept, Verdict::Reject),
            "accept  |  reject"
        );
        assert_eq!(ConditionalOutcome::Outcome(Outcome::InstallFirst).as_str(), "install-first");
    }
}
