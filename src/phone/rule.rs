//! The rules by name: id, statement, confidence and source of each (`spec/PHONE-RULES.md`).

/// A rule of `spec/PHONE-RULES.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// P-ITL-4.
    ItlFour,
}
