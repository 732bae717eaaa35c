//! Checks of the certificates of a list, as far as the facts contain them.

use super::{Level, LintCode, LintFinding, LintOptions, LintValue, Release, finding, number};
use crate::cert::modulus_bits;
use crate::facts::{
    CertificateFacts, Fingerprint, Identity, KeyFacts, ListFacts, RecordFacts, SameCertificate,
    Timestamp,
};
use crate::verify::RsaKey;
use crate::wire::Role;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::ToString as _,
    vec::Vec,
};

/// Reports equal records, and records that name the same certificate but contain different ones.
pub(super) fn duplicates(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let mut sorted: Vec<(&RecordFacts, &CertificateFacts)> = facts
        .records
        .iter()
        .filter_map(|record| Some((record, &**record.certificate.as_ref()?)))
        .collect();
    sorted.sort_by(|(a, held_a), (b, held_b)| {
        (&held_a.identity, a.index).cmp(&(&held_b.identity, b.index))
    });
    for same in sorted.chunk_by(|(_, a), (_, b)| a.identity == b.identity) {
        let Some(((first, held), others)) = same.split_first() else { continue };
        for (position, (other, other_held)) in others.iter().enumerate() {
            let values = |first: &RecordFacts| {
                [
                    ("first", LintValue::Number(first.index.0.into())),
                    ("role", LintValue::Role(other.role)),
                ]
            };
            if held.same_as(other_held) == SameCertificate::Impersonated {
                found.push(finding(
                    LintCode::ConflictingRecords,
                    Level::Error,
                    Some(other.index),
                    values(first),
                ));
            }
            let mut before = same.iter().take(position.saturating_add(1)).map(|(record, _)| record);
            if let Some(first) =
                before.find(|first| first.role == other.role && first.server == other.server)
            {
                found.push(finding(
                    LintCode::DuplicateRecord,
                    Level::Warning,
                    Some(other.index),
                    values(first),
                ));
            }
        }
    }
}

/// Reports short keys, and keys of signing roles that no phone can use (P-SIG-5, P-ALG-4).
pub(super) fn keys(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    for (record, held) in once_each(facts) {
        let KeyFacts::Rsa(der) = held.key() else { continue };
        let bits = modulus_bits(der);
        let name = ("subject", LintValue::Name(held.subject.clone()));
        if let Some(short) = bits.filter(|&bits| bits < SHORTEST) {
            let values = [
                name.clone(),
                ("bits", LintValue::Number(short.into())),
                ("expected", LintValue::Number(SHORTEST.into())),
            ];
            found.push(finding(LintCode::KeyShort, Level::Warning, Some(record.index), values));
        }
        if let (true, Err(why)) = (signs(record.role), RsaKey::from_pkcs1(der)) {
            let values = [name, ("reason", super::text(&why.to_string()))];
            found.push(finding(LintCode::KeyUnusable, Level::Warning, Some(record.index), values));
        }
    }
    let others = facts.records.iter().filter(|record| record.role == Role::Sast);
    for (record, held) in others.filter_map(|record| Some((record, record.certificate.as_ref()?))) {
        if *held.key() == KeyFacts::Other {
            let values = [
                ("subject", LintValue::Name(held.subject.clone())),
                ("reason", super::text("not RSA")),
            ];
            found.push(finding(LintCode::KeyUnusable, Level::Warning, Some(record.index), values));
        }
    }
}

/// The size that source S6 calls safe; phones in FIPS mode refuse shorter keys (P-ALG-5).
const SHORTEST: u32 = 2048;

fn signs(role: Role) -> bool {
    matches!(role, Role::Sast | Role::CcmTftp | Role::Tftp)
}

/// Reports expired, expiring and not yet valid certificates, each once, and the number of
/// certificates without dates. Never an error: no phone is known to refuse an expired signer
/// (P-TIME-1).
pub(super) fn dates(facts: &ListFacts, options: &LintOptions, found: &mut Vec<LintFinding>) {
    let Some(at) = options.at else { return };
    let soon =
        options.within_days.map(|days| at.0.saturating_add(i64::from(days).saturating_mul(DAY)));
    let dated = Dated::of(facts, options);
    let mut judged: BTreeSet<(&Identity, Fingerprint)> = BTreeSet::new();
    let mut unknown: usize = 0;
    for record in &facts.records {
        let Some(written) = &record.certificate else { continue };
        let Some(held) = dated.find(written) else {
            unknown = unknown.saturating_add(1);
            continue;
        };
        if !judged.insert((&held.identity, held.fingerprint())) {
            continue;
        }
        let mut push = |code, date: Timestamp| {
            let days = date.0.saturating_sub(at.0).unsigned_abs() / DAY.unsigned_abs();
            let values = [
                ("subject", LintValue::Name(held.subject.clone())),
                ("date", LintValue::Date(date)),
                ("role", LintValue::Role(record.role)),
                ("days", LintValue::Number(days)),
            ];
            found.push(finding(code, Level::Warning, Some(record.index), values));
        };
        match (held.not_before(), held.not_after()) {
            (_, Some(end)) if end < at => push(LintCode::CertificateExpired, end),
            (Some(start), _) if start > at => push(LintCode::CertificateNotYetValid, start),
            (_, Some(end)) if soon.is_some_and(|soon| end.0 <= soon) => {
                push(LintCode::CertificateExpiring, end)
            }
            _ => {}
        }
    }
    if unknown > 0 {
        let values = [("unknown", number(unknown)), ("records", number(facts.records.len()))];
        found.push(finding(LintCode::CertificateDatesUnknown, Level::Note, None, values));
    }
}

/// Returns certificates with dates by their hashes, which give the dates of records that contain
/// only a hash.
struct Dated<'a> {
    sha1: BTreeMap<[u8; 20], &'a CertificateFacts>,
    sha256: BTreeMap<[u8; 32], &'a CertificateFacts>,
}

impl<'a> Dated<'a> {
    /// Returns the certificates of the list and those from other sources.
    fn of(facts: &'a ListFacts, options: &'a LintOptions) -> Self {
        let (mut sha1, mut sha256) = (BTreeMap::new(), BTreeMap::new());
        let inside = facts.records.iter().filter_map(|record| record.certificate.as_ref());
        for held in inside.chain(&options.certificates).filter(|held| held.not_after().is_some()) {
            if let Some(hash) = held.fingerprint().sha1 {
                sha1.entry(hash).or_insert(&**held);
            }
            if let Some(hash) = held.fingerprint().sha256 {
                sha256.entry(hash).or_insert(&**held);
            }
        }
        Self { sha1, sha256 }
    }

    fn find(&self, written: &'a CertificateFacts) -> Option<&'a CertificateFacts> {
        if written.not_after().is_some() {
            return Some(written);
        }
        let Fingerprint { sha1, sha256 } = written.fingerprint();
        let by_sha1 = sha1.and_then(|hash| self.sha1.get(&hash));
        by_sha1.or_else(|| self.sha256.get(&sha256?)).copied()
    }
}

/// Checks the validity by role. CUCM gives its self-signed certificates 5 years and ITLRecovery 5
/// to 20; from 14 on the administrator can choose up to 20 for each (P-REC-7, CLUSTER-RULES 1.1).
pub(super) fn validity(facts: &ListFacts, options: &LintOptions, found: &mut Vec<LintFinding>) {
    for (record, held) in once_each(facts) {
        let (Some(Timestamp(start)), Some(Timestamp(end))) = (held.not_before(), held.not_after())
        else {
            continue;
        };
        let days = end.saturating_sub(start) / DAY;
        let recovery = held
            .subject
            .common_name()
            .is_some_and(|name| name.to_ascii_uppercase().starts_with("ITLRECOVERY"));
        let own = held.subject == held.identity.issuer
            && matches!(
                record.role,
                Role::Sast | Role::CcmTftp | Role::Tftp | Role::Capf | Role::Tvs
            );
        let longest =
            if recovery || options.cucm.is_none_or(|release| release >= Release::first(14, 0)) {
                TWENTY_YEARS
            } else {
                FIVE_YEARS
            };
        if !own || (SHORTEST_VALIDITY..=longest).contains(&days) {
            continue;
        }
        let number = |days: i64| LintValue::Number(u64::try_from(days).unwrap_or(0));
        let values = [
            ("subject", LintValue::Name(held.subject.clone())),
            ("role", LintValue::Role(record.role)),
            ("days", number(days)),
            ("longest", number(longest)),
        ];
        found.push(finding(LintCode::ValidityUnusual, Level::Note, Some(record.index), values));
    }
}

const DAY: i64 = 86_400;
/// Five years with leap days and the day of issue.
const FIVE_YEARS: i64 = 5 * 366;
const TWENTY_YEARS: i64 = 20 * 366;
const SHORTEST_VALIDITY: i64 = 365;

/// Reports role numbers without a name; phones skip such records.
pub(super) fn roles(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    for record in &facts.records {
        if let Role::Other(code) = record.role {
            found.push(finding(
                LintCode::UnknownRole,
                Level::Note,
                Some(record.index),
                [("role", number(usize::from(code)))],
            ));
        }
    }
}

/// Returns each certificate with its first record; a certificate with several roles has several
/// records.
fn once_each(facts: &ListFacts) -> Vec<(&RecordFacts, &CertificateFacts)> {
    let mut seen: BTreeSet<(&Identity, Fingerprint)> = BTreeSet::new();
    let held =
        facts.records.iter().filter_map(|record| Some((record, &**record.certificate.as_ref()?)));
    held.filter(|(_, held)| seen.insert((&held.identity, held.fingerprint()))).collect()
}
