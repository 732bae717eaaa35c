//! Words that several commands write in their sentences.

use trustlist::facts::ListKind;

/// Returns the noun for a number of things: `file` or `files`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    if number == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// Returns `ITL` or `CTL`; a list of an unknown kind counts as an ITL.
pub(super) const fn list(kind: ListKind) -> &'static str {
    if let ListKind::Ctl = kind { "CTL" } else { "ITL" }
}

/// Returns `an ITL` or `a CTL`.
pub(super) const fn a_list(kind: ListKind) -> &'static str {
    if let ListKind::Ctl = kind { "a CTL" } else { "an ITL" }
}
