//! Findings about one list: faults, oddities and future problems.
//!
//! [`lint`] reads a file, [`lint_facts`] reads facts, such as those of a paste. A finding contains
//! values; `report` writes its sentence.

mod anchors;
mod certificates;
mod file;
mod records;
mod release;

pub use release::{Release, ReleaseError};

use crate::code::{Level, LintCode};
use crate::facts::{CertificateFacts, FileId, ListFacts, Name, RecordIndex, Serial, Timestamp};
use crate::verify::{SignatureVerifier, check_own_signature};
use crate::wire::{ParseError, Role, TrustList};
use alloc::{sync::Arc, vec::Vec};

/// Options of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LintOptions {
    /// The date of the check. Without it no certificate is reported as expired.
    pub at: Option<Timestamp>,
    /// A certificate is expiring when it ends within this number of days.
    pub within_days: Option<u32>,
    /// The CUCM version.
    pub cucm: Option<Release>,
    /// Certificates from other sources: they give dates to records that contain only a hash.
    pub certificates: Vec<Arc<CertificateFacts>>,
    /// Codes that are errors at any level.
    pub deny: Vec<LintCode>,
    /// Codes that are left out.
    pub allow: Vec<LintCode>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintFinding {
    /// The code.
    pub code: LintCode,
    /// The severity.
    pub level: Level,
    /// The record, if the finding is about one.
    pub record: Option<RecordIndex>,
    /// The values, each with its name.
    pub values: Vec<(&'static str, LintValue)>,
}

/// A value of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
pub enum LintValue {
    /// A date.
    Date(Timestamp),
    /// A name of a certificate.
    Name(Name),
    /// A number.
    Number(u64),
    /// A role.
    Role(Role),
    /// A serial number.
    Serial(Serial),
    /// A word.
    Text(Arc<str>),
}

/// Returns the findings about a list file, errors first, then in the order of the records.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::code::{Level, LintCode};
/// use trustlist::{lint::{LintOptions, lint}, verify::RustCrypto, wire::TrustList};
/// let lints = |name| {
///     let bytes = std::fs::read(name).unwrap();
///     lint(&TrustList::parse(&bytes).unwrap(), &RustCrypto, &LintOptions::default())
/// };
/// let found = lints("testdata/bad/flipped-record.tlv").unwrap();
/// assert_eq!((found[0].level, found[0].code), (Level::Error, LintCode::SignatureWrong));
/// // A file that cannot be read is an error, not a finding.
/// assert_eq!(lints("testdata/bad/third-record-length.tlv").unwrap_err().record(), Some(3));
/// # }
/// ```
///
/// # Errors
/// [`ParseError`] if a record is broken.
pub fn lint(
    list: &TrustList<'_>,
    verifier: &dyn SignatureVerifier,
    options: &LintOptions,
) -> Result<Vec<LintFinding>, ParseError> {
    let facts = ListFacts::from_list(list, FileId::symbol(0))?;
    let verification = check_own_signature(list, verifier)?;
    let mut found = Vec::new();
    of_facts(&facts, options, &mut found);
    file::signature(&verification, &mut found);
    file::header(list, &facts, &mut found);
    for record in list.records() {
        let record = record?;
        records::certificate(&record, &mut found);
        records::names(&record, &mut found);
        records::tags(&record, &mut found);
    }
    Ok(finish(found, options))
}

/// Returns the findings that facts alone allow. The facts of a paste contain no keys and no dates.
pub fn lint_facts(facts: &ListFacts, options: &LintOptions) -> Vec<LintFinding> {
    let mut found = Vec::new();
    of_facts(facts, options, &mut found);
    finish(found, options)
}

fn of_facts(facts: &ListFacts, options: &LintOptions, found: &mut Vec<LintFinding>) {
    anchors::signer(facts, found);
    anchors::sast_records(facts, found);
    anchors::tvs(facts, found);
    anchors::recovery(facts, options, found);
    anchors::blank(facts, found);
    anchors::size(facts, found);
    certificates::duplicates(facts, found);
    certificates::keys(facts, found);
    certificates::dates(facts, options, found);
    certificates::validity(facts, options, found);
    certificates::roles(facts, found);
}

/// Applies `deny` and `allow` and sorts the findings.
fn finish(found: Vec<LintFinding>, options: &LintOptions) -> Vec<LintFinding> {
    let mut found: Vec<LintFinding> =
        found.into_iter().filter(|finding| !options.allow.contains(&finding.code)).collect();
    for finding in &mut found {
        if options.deny.contains(&finding.code) {
            finding.level = Level::Error;
        }
    }
    found.sort_by(|a, b| (b.level, a.record, a.code).cmp(&(a.level, b.record, b.code)));
    found
}

/// Returns a finding with its values.
fn finding(
    code: LintCode,
    level: Level,
    record: Option<RecordIndex>,
    values: impl IntoIterator<Item = (&'static str, LintValue)>,
) -> LintFinding {
    LintFinding { code, level, record, values: values.into_iter().collect() }
}

fn number(value: usize) -> LintValue {
    LintValue::Number(u64::try_from(value).unwrap_or(u64::MAX))
}

fn text(value: &str) -> LintValue {
    LintValue::Text(Arc::from(value))
}
