//! The words of the answer in JSON, text and command line (spec/CONTRACT.md section 2).

use super::{
    ConditionalOutcome, Confidence, Decisive, JudgedFile, Kept, Lean, ListRef, Outcome, Via, Weight,
};
use crate::text::words;
use core::fmt;

words!(Outcome {
    Accept = "accept",
    Depends = "depends",
    InstallFirst = "install-first",
    NotApplicable = "not-applicable",
    NotOffered = "not-offered",
    Reject = "reject",
    Unchanged = "unchanged",
});

words!(JudgedFile {
    Config = "config",
    Ctl = "ctl",
    Itl = "itl",
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

impl Decisive {
    /// Returns the word of the code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Condition(code) => code.as_str(),
            Self::Finding(code) => code.as_str(),
        }
    }
}

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
        assert!(Outcome::ALL.iter().all(|&outcome| outcome.as_str().parse() == Ok(outcome)));
        assert!(Via::ALL.iter().all(|&via| via.as_str().parse() == Ok(via)));
        assert!("Accept".parse::<Outcome>().is_err());
        assert_eq!(
            alloc::format!("{:<8}|{:>8}", Lean::Accept, Verdict::Reject),
            "accept  |  reject"
        );
        assert_eq!(ConditionalOutcome::Outcome(Outcome::InstallFirst).as_str(), "install-first");
    }
}
