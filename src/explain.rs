//! Pages about codes, rules and terms, compiled in: `trustlist explain`.
//!
//! * The page of a code gives its meaning, an example and what to do ([`page`]): `trustlist explain
//!   signer-unknown`. Codes are grouped by the command that reports them ([`Family`]).
//! * The page of a rule gives its statement, confidence and sources, read from the documents in
//!   `spec/` ([`rule`]): `trustlist explain P-TVS-2`.
//! * The glossary gives the meaning and the source of each term ([`glossary()`], [`term`]):
//!   `trustlist explain SAST`.

mod document;
mod glossary;
mod plain;
mod statement;

use alloc::string::String;
use alloc::vec::Vec;
pub use glossary::{GLOSSARY, Term, glossary, term};
use plain::capitalised;

pub use statement::{Grade, Statement, rule, rule_ids, rule_ids_near};

/// A code word and its page (Markdown).
pub type Page = (&'static str, &'static str);

/// Declares one family of pages: each word has a file with its name.
macro_rules! pages {
    ($(#[$meta:meta])* $name:ident: $($code:literal,)+) => {
        $(#[$meta])*
        const $name: &[Page] = &[$(($code, include_str!(concat!("explain/", $code, ".md")))),+];
    };
}

pages! {
    /// Findings of a phone about a file ([`FindingCode`](crate::code::FindingCode)).
    FINDINGS:
    "anchors-replaced",
    "blank-list",
    "config-encrypted",
    "ctl-reduced",
    "digest-unsupported",
    "file-not-found",
    "first-use",
    "holds-no-lists",
    "itl-never-asked",
    "itl-oversize",
    "key-too-long",
    "matched-by-tftp-role",
    "more-than-two-sast",
    "older-list",
    "same-ca",
    "same-file",
    "same-name-new-serial",
    "signature-broken",
    "signed-config-missing",
    "signer-expired",
    "signer-impersonated",
    "signer-in-ctl",
    "signer-in-itl",
    "signer-key-not-rsa",
    "signer-not-yet-valid",
    "signer-subject-differs",
    "signer-unknown",
    "tvs-certificate-changed",
    "tvs-does-not-know",
    "tvs-impersonated",
    "tvs-needs-tls10",
    "tvs-no-record",
    "tvs-not-on-device",
    "tvs-unreachable",
    "tvs-vouches",
    "unsigned-asked",
    "zero-bytes",
}

pages! {
    /// Missing facts of a prediction ([`ConditionCode`](crate::code::ConditionCode)).
    CONDITIONS:
    "anchors-replaced-tvs-open",
    "blank-list-unproven",
    "config-signer-sast-only",
    "ctl-decides-itl",
    "ctl-over-reduced-ctl",
    "ctl-undecided",
    "digest-support-unknown",
    "empty-file",
    "fips-key-size",
    "first-ctl-over-itl",
    "first-itl-not-in-ctl",
    "installed-lists-not-given",
    "itl-taken-then-dropped",
    "itl-undecided",
    "key-limit-unknown",
    "key-size-unknown",
    "list-incomplete",
    "reduced-ctl-left",
    "security-by-default-unknown",
    "signature-broken-on-faith",
    "signature-not-checked",
    "signer-not-stated",
    "signer-tftp-role-only",
    "tftp-address-not-in-ctl",
    "tvs-answer-unknown",
    "tvs-cached",
    "tvs-record-unproven",
    "tvs-role-missing",
    "tvs-roles-unknown",
    "tvs-servers-disagree",
    "tvs-skips-changed-server",
    "tvs-tls-open",
    "tvs-unknown",
    "unchanged-itl-not-in-ctl",
    "unusual-file-name",
}

pages! {
    /// Findings of `lint` about a list ([`LintCode`](crate::code::LintCode)).
    LINTS:
    "certificate-dates-unknown",
    "certificate-expired",
    "certificate-expiring",
    "certificate-not-yet-valid",
    "certificate-unreadable",
    "certificates-over-39",
    "conflicting-records",
    "container-length",
    "digest-sha1",
    "dns-name-differs",
    "duplicate-record",
    "emptied-record",
    "file-name-unusual",
    "key-short",
    "key-unusable",
    "list-blank",
    "list-reduced",
    "no-recovery-anchor",
    "no-tvs-record",
    "padding-unusual",
    "record-hash-differs",
    "record-issuer-differs",
    "record-key-differs",
    "record-serial-differs",
    "record-serial-reversed",
    "record-signature-differs",
    "record-subject-differs",
    "sast-over-two",
    "signature-unverifiable",
    "signature-wrong",
    "signer-not-in-list",
    "signer-not-sast",
    "size-near-limit",
    "size-over-limit",
    "unknown-role",
    "unknown-tag",
    "validity-unusual",
    "version-unusual",
}

pages! {
    /// Answers of the preflight checks (`PreflightCode` of trustlist-cluster).
    PREFLIGHT:
    "backup-failed",
    "backup-good",
    "backup-old",
    "ca-signed-certificate",
    "certificates-read",
    "confirmed-by-hand",
    "ctl-missing",
    "ctl-mode-unknown",
    "ctl-not-verified",
    "ctl-updated",
    "ctl-verified",
    "does-not-apply",
    "itl-missing",
    "itl-not-verified",
    "itl-too-large",
    "itl-verified",
    "mode-mixed",
    "mode-non-secure",
    "mode-set",
    "no-ctl-expected",
    "no-known-format",
    "not-pasted",
    "output-unread",
    "phone-config-refused",
    "phone-file-not-found",
    "phone-holds-no-list",
    "phone-list-update-failed",
    "phone-list-updated",
    "phone-tftp-not-authorized",
    "regenerated",
    "replication-bad",
    "replication-good",
    "reset-itl-not-transferred",
    "reset-itl-transferred",
    "rollback-off",
    "rollback-on",
    "service-stopped",
    "services-read",
    "signer-class-unexpected",
    "stale-ctl",
    "status-legend",
    "units-read",
}

pages! {
    /// Findings about a paste ([`ConsoleCode`](crate::code::ConsoleCode)).
    CONSOLE:
    "file-length-disagrees",
    "header-lengths-disagree",
    "print-cut",
    "print-lacks-values",
    "print-name-unsure",
    "print-no-list",
    "print-not-verified",
    "record-lengths-disagree",
}

pages! {
    /// Findings of `plan lint` (`PlanLintCode` of trustlist-cluster); `itl-too-large` has its page above.
    PLAN_LINTS:
    "both-ctl-anchors-in-one-window",
    "capf-still-in-use",
    "ctl-after-callmanager",
    "ctl-update-unchecked",
    "ctl-update-without-ctl",
    "deletion-comes-back",
    "deletion-local-only",
    "legacy-phones-and-tls",
    "missing-restart",
    "no-backup",
    "no-gate-between-rounds",
    "no-preflight",
    "phone-broken-before",
    "phone-offline-during-change",
    "phones-locked",
    "recovery-without-anchor",
    "reset-before-tvs-restart",
    "rollback-left-on",
    "service-not-activated",
    "single-callmanager-group",
    "tvs-and-signer-in-one-round",
    "tvs-restart-too-early",
    "whole-group-down",
    "wrong-node",
}

pages! {
    /// Reasons of the deletion audit's verdicts (`DeletionCode` of trustlist-cluster).
    DELETIONS:
    "collected-too-early",
    "delete-failed",
    "delete-not-seen",
    "delete-undated",
    "deletion-proven",
    "event-disagrees",
    "event-not-emitted",
    "event-not-received",
    "event-without-delete",
    "import-unclear",
    "imported-again",
    "log-incomplete",
    "log-missing",
    "log-starts-late",
}

/// Codes that one command reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Findings of a phone about an offered file: `predict`, `fleet`, `simulate`.
    Prediction,
    /// Missing facts, which make a prediction UNDECIDED.
    MissingFact,
    /// Findings about one list: `lint`.
    List,
    /// Answers of the checks before a change: `preflight`.
    Preflight,
    /// Findings about the paste of a list.
    Paste,
    /// Findings about a plan: `plan lint`.
    Plan,
    /// Reasons of the verdicts of `deletion audit`.
    Deletion,
}

impl Family {
    /// Every family.
    pub const ALL: &'static [Self] = &[
        Self::Prediction,
        Self::MissingFact,
        Self::List,
        Self::Paste,
        Self::Preflight,
        Self::Plan,
        Self::Deletion,
    ];

    /// Returns a heading for the codes of the family.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Prediction => "Findings about an offered file (predict, fleet, simulate)",
            Self::MissingFact => {
                "Missing facts: the answer is UNDECIDED (predict, fleet, simulate)"
            }
            Self::List => "Findings about a list (lint)",
            Self::Paste => "Findings about a paste (show, lint)",
            Self::Preflight => "Results of checks before a change (preflight)",
            Self::Plan => "Findings about a plan (plan lint)",
            Self::Deletion => "Reasons of a verdict about a deletion (deletion audit)",
        }
    }

    /// Returns the pages of the family, in the order of the alphabet.
    pub const fn pages(self) -> &'static [Page] {
        match self {
            Self::Prediction => FINDINGS,
            Self::MissingFact => CONDITIONS,
            Self::List => LINTS,
            Self::Paste => CONSOLE,
            Self::Preflight => PREFLIGHT,
            Self::Plan => PLAN_LINTS,
            Self::Deletion => DELETIONS,
        }
    }
}

/// Every family of pages.
const FAMILIES: &[&[Page]] =
    &[FINDINGS, CONDITIONS, LINTS, PREFLIGHT, CONSOLE, DELETIONS, PLAN_LINTS];

/// Every page of a code, family by family.
pub const ALL: &[Page] = &joined::<{ count(FAMILIES) }>(FAMILIES);

/// Returns the page of a code, or [`GLOSSARY`] for `glossary`.
///
/// ```
/// assert!(trustlist::explain::page("signer-unknown").unwrap().starts_with("# signer-unknown\n"));
/// assert_eq!(trustlist::explain::page("no-such-code"), None);
/// ```
pub fn page(code: &str) -> Option<&'static str> {
    if code == "glossary" {
        return Some(GLOSSARY);
    }
    ALL.iter().find(|(word, _)| *word == code).map(|(_, page)| *page)
}

/// Returns the family of a code.
///
/// ```
/// use trustlist::explain::{self, Family};
/// assert_eq!(explain::family("signer-unknown"), Some(Family::Prediction));
/// assert_eq!(explain::family("no-such-code"), None);
/// ```
pub fn family(code: &str) -> Option<Family> {
    let is_member = |family: &&Family| family.pages().iter().any(|(word, _)| *word == code);
    Family::ALL.iter().find(is_member).copied()
}

/// Returns the meaning of a code on one line: the first sentence of its page, without rule ids at
/// its end, and for a missing fact without the word `Missing`.
///
/// ```
/// use trustlist::explain::summary;
/// assert_eq!(summary("tvs-unknown").as_deref(), Some("Does TVS confirm the signer?"));
/// assert_eq!(summary("no-such-code"), None);
/// ```
pub fn summary(code: &str) -> Option<String> {
    let (_, body) = page(code)?.split_once("\n\n")?;
    let paragraph = body.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.strip_prefix("Missing: ").unwrap_or(&text);
    let sentence = capitalised(first_sentence(text));
    match sentence.rsplit_once(" (") {
        Some((start, brackets)) if is_rule(brackets) && brackets.ends_with(").") => {
            Some(String::from(start) + ".")
        }
        _ => Some(sentence),
    }
}

/// Checks if a text begins like the id of a rule: a capital letter and a hyphen.
fn is_rule(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|letter| letter.is_ascii_uppercase()) && chars.next() == Some('-')
}

/// Returns the text up to the first full stop or question mark that ends a sentence; the full stop
/// in `12.0` does not.
fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(['.', '?']).map(|(at, stop)| at + stop.len());
    let mut ends = ends
        .filter(|&end| text.get(end..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' ')));
    text.get(..ends.next().unwrap_or(text.len())).unwrap_or(text)
}

const fn count(mut families: &[&[Page]]) -> usize {
    let mut count = 0;
    while let [family, rest @ ..] = families {
        count += family.len();
        families = rest;
    }
    count
}

/// Joins the families. It runs in the compiler: an index out of range would not build.
#[expect(clippy::indexing_slicing)]
const fn joined<const N: usize>(families: &[&[Page]]) -> [Page; N] {
    let mut all = [("", ""); N];
    let (mut family, mut page, mut at) = (0, 0, 0);
    while at < N {
        if page == families[family].len() {
            (family, page) = (family + 1, 0);
        } else {
            all[at] = families[family][page];
            (page, at) = (page + 1, at + 1);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_one_family() {
        let count: usize = Family::ALL.iter().map(|family| family.pages().len()).sum();
        assert_eq!(count, ALL.len());
        for &(code, _) in ALL {
            let family = family(code).unwrap();
            assert_eq!(family.pages().iter().filter(|(word, _)| *word == code).count(), 1);
        }
        for family in Family::ALL {
            assert!(family.pages().is_sorted(), "{family:?}");
        }
    }

    #[test]
    fn every_code_has_a_summary_of_one_line() {
        for (code, _) in ALL {
            let summary = summary(code).unwrap();
            assert!((10..=SUMMARY).contains(&summary.len()), "{code}: {summary}");
            assert!(summary.ends_with(['.', '?']) && !summary.contains(" (P-"), "{summary}");
        }
    }

    /// The largest number of bytes of a summary.
    const SUMMARY: usize = 102;

    #[test]
    fn a_number_does_not_end_a_sentence() {
        assert_eq!(first_sentence("From 12.0 on. Then."), "From 12.0 on.");
        assert_eq!(first_sentence("Is it? Yes."), "Is it?");
        assert_eq!(first_sentence("no full stop"), "no full stop");
    }
}
