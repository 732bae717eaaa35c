//! One page for every code: what it means, an example, what to do next. `trustlist explain CODE` prints it.
//!
//! And one for every rule: its statement, how well it is founded and by which source, as the documents in `spec/` have it.
//! They are compiled in and read when a rule is asked for: `trustlist explain P-TVS-2`.

mod document;
mod plain;
mod statement;

pub use statement::{Grade, Statement, rule, rule_ids, rule_ids_near};

/// A code word and its page (Markdown).
pub type Page = (&'static str, &'static str);

/// One family of pages: each word has a file of its name.
macro_rules! pages {
    ($(#[$meta:meta])* $name:ident: $($code:literal,)+) => {
        $(#[$meta])*
        const $name: &[Page] = &[$(($code, include_str!(concat!("explain/", $code, ".md")))),+];
    };
}

pages! {
    /// What a phone finds ([`FindingCode`](crate::code::FindingCode)).
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
    /// On what a prediction depends ([`ConditionCode`](crate::code::ConditionCode)).
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
    /// What `lint` finds in a list ([`LintCode`](crate::code::LintCode)).
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
    /// What a preflight check says (`PreflightCode` of trustlist-cluster).
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
    /// What is odd about a pasted print ([`ConsoleCode`](crate::code::ConsoleCode)).
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
    /// What `plan lint` finds (`PlanLintCode` of trustlist-cluster); `itl-too-large` has its page above.
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
    /// Why the deletion audit gives its verdict (`DeletionCode` of trustlist-cluster).
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

/// Every family of pages.
const FAMILIES: &[&[Page]] =
    &[FINDINGS, CONDITIONS, LINTS, PREFLIGHT, CONSOLE, DELETIONS, PLAN_LINTS];

/// Every page, family by family.
pub const ALL: &[Page] = &joined::<{ count(FAMILIES) }>(FAMILIES);

/// The page of a code.
///
/// ```
/// assert!(trustlist::explain::page("signer-unknown").unwrap().starts_with("# signer-unknown\n"));
/// assert_eq!(trustlist::explain::page("no-such-code"), None);
/// ```
pub fn page(code: &str) -> Option<&'static str> {
    ALL.iter().find(|(word, _)| *word == code).map(|(_, page)| *page)
}

const fn count(mut families: &[&[Page]]) -> usize {
    let mut count = 0;
    while let [family, rest @ ..] = families {
        count += family.len();
        families = rest;
    }
    count
}

/// The families one after the other. Runs in the compiler: an index out of range would not build.
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
