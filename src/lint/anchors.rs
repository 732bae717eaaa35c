//! Checks of the list as a whole: its signer, its TVS records, its recovery certificate, its size.

use super::{Level, LintCode, LintFinding, LintOptions, LintValue, Release, finding, number};
use crate::facts::{Completeness, Form, Identity, ListFacts, ListKind, RecordFacts};
use crate::wire::Role;
use alloc::vec::Vec;

/// Checks that the signer is a SAST record of its own list (`spec/FORMAT.md` section 3.4).
pub(super) fn signer(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let Some(signer) = &facts.signer else { return };
    if facts.find(signer, &[Role::Sast]).is_some() {
        return;
    }
    let values = [
        ("signer", LintValue::Name(facts.signer_subject.clone())),
        ("serial", LintValue::Serial(signer.serial.clone())),
    ];
    let other = facts
        .records
        .iter()
        .find(|record| record.certificate.as_ref().is_some_and(|held| held.identity == *signer));
    match other {
        Some(record) => {
            let role = ("role", LintValue::Role(record.role));
            found.push(finding(
                LintCode::SignerNotSast,
                Level::Error,
                Some(record.index),
                values.into_iter().chain([role]),
            ));
        }
        // A cut paste may have lost the record.
        None if facts.completeness == Completeness::Partial => {}
        None => found.push(finding(LintCode::SignerNotInList, Level::Error, None, values)),
    }
}

/// Counts SAST records. Lists of usecallmanager contain at most two (P-SIG-6), lists of CUCM more;
/// phones are not known to enforce a limit.
pub(super) fn sast_records(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let count = facts
        .records
        .iter()
        .filter(|record| record.role == Role::Sast && record.certificate.is_some())
        .count();
    if count > 2 {
        found.push(finding(LintCode::SastOverTwo, Level::Note, None, [("count", number(count))]));
    }
}

/// Checks for a TVS record: without one a phone cannot use TVS (P-TVS-2). A CTL has none.
pub(super) fn tvs(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let partial = facts.completeness == Completeness::Partial;
    if facts.kind == ListKind::Ctl
        || partial
        || facts.holds_only_sast_and_capf()
        || has(facts, Role::Tvs)
    {
        return;
    }
    found.push(finding(LintCode::NoTvsRecord, Level::Warning, None, []));
}

/// Checks for an ITLRecovery SAST record. The ITL of a version with ITLRecovery has one, and most
/// CTLs do (P-CTL-6, P-VER): without it the list cannot be replaced when the signer is lost. A note
/// if the version is not known.
pub(super) fn recovery(facts: &ListFacts, options: &LintOptions, found: &mut Vec<LintFinding>) {
    if facts.completeness == Completeness::Partial
        || facts.records.iter().any(|record| is_sast_named(record, RECOVERY))
    {
        return;
    }
    let token = facts.records.iter().any(|record| is_sast_named(record, TOKEN));
    let due = |release: Release| match (facts.kind, token) {
        (ListKind::Ctl, true) => release.token_ctl_holds_software_keys(),
        (ListKind::Ctl, false) => release.callmanager_ctl_holds_recovery(),
        _ => release.has_itl_recovery(),
    };
    let level = match options.cucm.map(due) {
        Some(false) => return,
        Some(true) => Level::Error,
        None => Level::Note,
    };
    found.push(finding(LintCode::NoRecoveryAnchor, level, None, []));
}

/// Checks for a SAST record whose certificate has a common name with this prefix.
fn is_sast_named(record: &RecordFacts, head: &str) -> bool {
    let name = record
        .certificate
        .as_ref()
        .and_then(|held| held.subject.common_name().map(str::to_ascii_uppercase));
    record.role == Role::Sast && name.is_some_and(|name| name.starts_with(head))
}

/// The prefix in `cn="SAST-ADN0054f509        "`.
const TOKEN: &str = "SAST-";
/// The prefix in `CN=ITLRECOVERY_hostname`.
const RECOVERY: &str = "ITLRECOVERY";

/// Reports a blank ITL (P-BLANK-2: phones that have it accept any list) and a reduced CTL (P-BLANK-3:
/// it vouches but refuses nothing).
pub(super) fn blank(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    for record in facts.records.iter().filter(|record| record.form == Form::Empty) {
        let values =
            [("role", LintValue::Role(record.role)), ("server", super::text(&record.server))];
        found.push(finding(LintCode::EmptiedRecord, Level::Note, Some(record.index), values));
    }
    if facts.completeness == Completeness::Partial {
        return;
    }
    match facts.kind {
        ListKind::Ctl if facts.holds_only_sast_and_capf() => {
            found.push(finding(LintCode::ListReduced, Level::Warning, None, []));
        }
        ListKind::Itl | ListKind::List if facts.holds_only_sast_and_capf() => {
            found.push(finding(LintCode::ListBlank, Level::Warning, None, []));
        }
        _ => {}
    }
}

/// Checks size and number of certificates: phones load no ITL over 64 KiB (P-ALG-7).
pub(super) fn size(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let is_ctl = facts.kind == ListKind::Ctl;
    let limit = ("limit", LintValue::Number(LARGEST));
    match facts.size {
        Some(size) if size > LARGEST => {
            let level = if is_ctl { Level::Warning } else { Level::Error };
            found.push(finding(
                LintCode::SizeOverLimit,
                level,
                None,
                [("size", LintValue::Number(size)), limit],
            ));
        }
        Some(size) if size > NEAR => {
            found.push(finding(
                LintCode::SizeNearLimit,
                Level::Warning,
                None,
                [("size", LintValue::Number(size)), limit],
            ));
        }
        _ => {}
    }
    let mut certificates: Vec<&Identity> = facts
        .records
        .iter()
        .filter_map(|record| Some(&record.certificate.as_ref()?.identity))
        .collect();
    certificates.sort_unstable();
    certificates.dedup();
    if certificates.len() > MOST_CERTIFICATES {
        // If the size is known, it decides.
        let level = if is_ctl || facts.size.is_some() { Level::Warning } else { Level::Error };
        let values = [("count", number(certificates.len())), ("limit", number(MOST_CERTIFICATES))];
        found.push(finding(LintCode::CertificatesOver39, level, None, values));
    }
}

/// P-ALG-7: the largest ITL that phones load.
const LARGEST: u64 = 65_536;
/// One more node adds two to four records of about 1,100 bytes. A list above this size has no room for them.
const NEAR: u64 = LARGEST - 4 * 1_100;
/// P-ALG-7: the number of certificates if the size is not known.
const MOST_CERTIFICATES: usize = 39;

fn has(facts: &ListFacts, role: Role) -> bool {
    facts.records.iter().any(|record| record.role == role && record.form != Form::Empty)
}
