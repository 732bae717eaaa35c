//! The question: the nodes whose logs were collected, and the certificate that should be gone.

use super::time::NodeTime;
use crate::platform_event::PlatformEvent;
use crate::release::{Product, TrustUnit};
use core::fmt;

/// The clocks of two nodes may differ by this much where the inventory does not say.
pub const DEFAULT_SKEW_SECONDS: u64 = 60;

/// The cluster whose logs were collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Its nodes.
    pub nodes: Vec<InventoryNode>,
    /// Whether a deletion spreads by platform event.
    pub spread: DeletionScope,
    /// When the logs were collected: nothing later is in them.
    pub collected_until: NodeTime,
    /// By how much the clocks of two nodes may differ.
    pub clock_skew_seconds: u64,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryNode {
    /// Its name.
    pub name: String,
    /// The product.
    pub product: Product,
}

/// How a deletion gets from one node to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionScope {
    /// By platform event: `clusterwide_delete` (C-47).
    Event,
    /// Not at all: each node is deleted by hand (C-40).
    Local,
}

/// The certificate that should be gone.
///
/// ```
/// use trustlist_cluster::deletion::TargetCertificate;
/// let wanted = TargetCertificate::new("tomcat-trust", "oldpartner.pem").unwrap();
/// assert_eq!(wanted.unit.as_str(), "tomcat-trust");
/// assert_eq!(TargetCertificate::new("TOMCAT", "oldpartner.pem"), Ok(wanted));
/// assert!(TargetCertificate::new("tomcat-trusts", "oldpartner.pem").unwrap_err().to_string().starts_with("expected a trust store"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetCertificate {
    /// Its store.
    pub unit: TrustUnit,
    /// Its file name; case counts.
    pub name: String,
}

/// Why something cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetError {
    /// No file name.
    NoName,
    /// No trust store has this name.
    UnknownUnit(String),
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("expected the file name of a certificate; found nothing"),
            Self::UnknownUnit(word) => {
                let known: Vec<&str> = TrustUnit::ALL.iter().map(|unit| unit.as_str()).collect();
                write!(f, "expected a trust store ({}); found {word:?}", known.join(", "))
            }
        }
    }
}

impl core::error::Error for TargetError {}

impl TargetCertificate {
    /// A certificate by the name of its store, which compares without case and with or without
    /// `-trust` (D2.3), and its file name.
    ///
    /// # Errors
    /// Where there is no such store, and where the name is empty.
    pub fn new(unit: &str, name: &str) -> Result<Self, TargetError> {
        let unit = unit_of(unit).ok_or_else(|| TargetError::UnknownUnit(unit.to_owned()))?;
        if name.is_empty() {
            Err(TargetError::NoName)
        } else {
            Ok(Self { unit, name: name.to_owned() })
        }
    }

    /// Checks if this event deletes the certificate.
    pub fn is_deleted_by(&self, event: &PlatformEvent) -> bool {
        let unit = event.field("UNIT").is_some_and(|unit| self.is_unit(unit));
        event.is_deletion() && unit && event.field("NAME").is_some_and(|name| self.is_name(name))
    }

    /// Checks if a log means the store of the certificate by this word.
    pub(super) fn is_unit(&self, word: &str) -> bool {
        unit_of(word) == Some(self.unit)
    }

    /// Checks if a log means the certificate by this file name, as it is or URL-encoded.
    pub(super) fn is_name(&self, name: &str) -> bool {
        name == self.name || super::logs::url_decoded(name) == self.name
    }

    /// Checks if a log means the certificate by this path, as it is or URL-encoded. A slash cannot
    /// be part of a file name.
    pub(super) fn is_path(&self, path: &str) -> bool {
        let decoded = super::logs::url_decoded(path);
        decoded.trim_end_matches('/').rsplit('/').next().is_some_and(|name| self.is_name(name))
    }
}

impl fmt::Display for TargetCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.unit)
    }
}

/// The store of this name: case and `-trust` do not count (D2.3).
pub(super) fn unit_of(word: &str) -> Option<TrustUnit> {
    let word = stem(word);
    TrustUnit::ALL.iter().copied().find(|unit| stem(unit.as_str()).eq_ignore_ascii_case(word))
}

fn stem(word: &str) -> &str {
    const SUFFIX: &str = "-trust";
    let at = word.len().saturating_sub(SUFFIX.len());
    match word.split_at_checked(at) {
        Some((stem, suffix)) if suffix.eq_ignore_ascii_case(SUFFIX) => stem,
        _ => word,
    }
}

/// Checks if two names are those of one host: case does not count, and a name without a domain fits
/// one with.
pub(super) fn same_host(a: &str, b: &str) -> bool {
    let short = |name: &str| !name.contains('.');
    let first = |name: &str| name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    a.eq_ignore_ascii_case(b) || ((short(a) || short(b)) && first(a) == first(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_compare_without_case_and_suffix() {
        for word in ["Phone-SAST-trust", "phone-sast-TRUST", "Phone-SAST"] {
            assert_eq!(unit_of(word), Some(TrustUnit::PhoneSast), "{word}");
        }
        for word in ["", "-trust", "trust", "tomcat-trust-trust", "é-trust"] {
            assert_eq!(unit_of(word), None, "{word}");
        }
    }

    #[test]
    fn names_compare_with_case_and_may_be_encoded() {
        let wanted = TargetCertificate::new("tomcat-trust", "Old Partner.pem").unwrap();
        assert!(wanted.is_name("Old%20Partner.pem") && wanted.is_name("Old Partner.pem"));
        assert!(!wanted.is_name("old Partner.pem") && !wanted.is_name("Old+Partner.pem"));
        assert!(wanted.is_path("%2Fusr%2Flocal%2Ftrust-certs%2FOld+Partner.pem"));
        assert!(wanted.is_path("/usr/local/trust-certs/Old Partner.pem"));
        assert!(!wanted.is_path("/usr/local/trust-certs/Old Partner.pem/other.pem"));
        assert_eq!(TargetCertificate::new("tomcat-trust", ""), Err(TargetError::NoName));
    }

    #[test]
    fn hosts_compare_with_and_without_domain() {
        assert!(same_host("CM11Sub", "cm11sub") && same_host("cm1", "cm1.example.com"));
        assert!(!same_host("cm1.example.com", "cm1.example.org") && !same_host("cm1", "cm11"));
    }
}
