//! What a `check` step looks at.

/// A look that a plan takes; it counts by the first of these words that stands in its text (`spec/LINTS.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// F-1 to F-15: covers all others.
    Preflight,
    /// `utils dbreplication runtimestate`.
    Replication,
    /// Export-controlled functionality.
    Licence,
    /// A backup that succeeded.
    Backup,
    /// Registration and ITL status of the phones.
    Phones,
    /// `show ctl`.
    ShowCtl,
    /// `show itl`.
    ShowItl,
}

impl Check {
    /// Every one, in the order in which they are looked for.
    pub const ALL: &'static [Self] = &[
        Self::Preflight,
        Self::Replication,
        Self::Licence,
        Self::Backup,
        Self::Phones,
        Self::ShowCtl,
        Self::ShowItl,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Replication => "replication",
            Self::Licence => "licence",
            Self::Backup => "backup",
            Self::Phones => "phones",
            Self::ShowCtl => "show_ctl",
            Self::ShowItl => "show_itl",
        }
    }

    /// What the text of a `check` step counts as; `None` for one that no rule asks for.
    ///
    /// ```
    /// use trustlist_cluster::plan::Check;
    /// assert_eq!(Check::of("phones: no CTL/ITL failure"), Some(Check::Phones));
    /// assert_eq!(Check::of("show_itl on TFTP nodes"), Some(Check::ShowItl));
    /// assert_eq!(Check::of("smartphones"), None);
    /// ```
    pub fn of(what: &str) -> Option<Self> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let stands = |check: &&Self| {
            what.split(|c| !is_word(c)).any(|word| word.eq_ignore_ascii_case(check.as_str()))
        };
        Self::ALL.iter().find(stands).copied()
    }

    /// Whether this look does where another is asked for.
    pub fn covers(self, wanted: Self) -> bool {
        self == wanted || self == Self::Preflight
    }
}
