//! The pages of the codes of plans, preflight and deletions, beside those of the library.

use crate::code::{DeletionCode, PlanLintCode, PreflightCode};
use trustlist::explain::Family;

/// The families of this crate. `itl-too-large` is in two of them, with one page.
pub const FAMILIES: &[Family] = &[
    Family::new("Results of checks before a change (preflight)", PreflightCode::PAGES),
    Family::new("Findings about a plan (plan lint)", PlanLintCode::PAGES),
    Family::new("Reasons of a verdict about a deletion (deletion audit)", DeletionCode::PAGES),
];

/// Returns the families of the library, then those of this crate.
pub fn families() -> impl Iterator<Item = &'static Family> {
    trustlist::explain::FAMILIES.iter().chain(FAMILIES)
}

/// Returns the page of a code of the library or of this crate, or the glossary for `glossary`.
///
/// ```
/// use trustlist_cluster::explain::page;
/// assert!(page("no-preflight").unwrap().starts_with("# no-preflight\n"));
/// assert!(page("signer-unknown").is_some());
/// assert_eq!(page("no-such-code"), None);
/// ```
pub fn page(code: &str) -> Option<&'static str> {
    trustlist::explain::page(code).or_else(|| FAMILIES.iter().find_map(|family| family.page(code)))
}
