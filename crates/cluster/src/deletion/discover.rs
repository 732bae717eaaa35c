//! Which certificates were deleted, by the logs: for an audit of all of them.

use super::audit::LogError;
use super::inventory::TargetCertificate;
use super::logs::url_decoded;
use super::matching::store_of;
use super::time::NodeTime;
use crate::deletion::logs::{LogSummary, Sighting, scan};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read;

/// The most certificates that are kept.
pub const MAX_DELETIONS: usize = 64;
/// How many others are kept apart, to count them.
const MAX_OTHERS: usize = 10_000;

/// The certificates of whose deletion logs speak.
///
/// ```
/// use trustlist_cluster::deletion::{Deletions, NodeTime, TargetCertificate};
/// let log = "op: delete\nunit: tomcat-trust\ncertDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n";
/// let mut deletions = Deletions::default();
/// deletions.read_log(NodeTime::parse("2026-07-06T04:30:00").unwrap(), log.as_bytes()).unwrap();
/// assert_eq!(deletions.iter().collect::<Vec<_>>(), [&TargetCertificate::new("tomcat-trust", "old.pem").unwrap()]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletions {
    found: BTreeSet<TargetCertificate>,
    /// The hashes of the others, at most [`MAX_OTHERS`].
    others: BTreeSet<u64>,
}

impl Deletions {
    /// Reads a log.
    ///
    /// # Errors
    /// Where the source broke off; what came before is kept.
    pub fn read_log(
        &mut self,
        collected: NodeTime,
        source: impl Read,
    ) -> Result<LogSummary, LogError> {
        let (summary, read) = scan(source, collected, &mut |_, sighting| match sighting {
            Sighting::Event(_, line) => {
                self.note(line.event.field("UNIT"), line.event.field("NAME"))
            }
            Sighting::Block(block) if block.is_deletion() => {
                let path = block.field("certDir").or_else(|| block.field("srcCert"));
                let path = path.map(url_decoded).unwrap_or_default();
                let unit = block.field("unit").or_else(|| block.field("keystoreUnit"));
                self.note(unit.or_else(|| store_of(&path)), path.rsplit('/').next());
            }
            _ => {}
        });
        read.map(|()| summary).map_err(LogError::Io)
    }

    /// Returns the deletions, in the order of store and name.
    pub fn iter(&self) -> impl Iterator<Item = &TargetCertificate> {
        self.found.iter()
    }

    /// Checks if there were more than [`MAX_DELETIONS`].
    pub fn is_cut(&self) -> bool {
        !self.others.is_empty()
    }

    /// Returns how many more there were than [`MAX_DELETIONS`]: at least this number, if it is
    /// 10,000.
    pub fn left_out(&self) -> usize {
        self.others.len()
    }

    fn note(&mut self, unit: Option<&str>, name: Option<&str>) {
        let Some(Ok(wanted)) =
            unit.zip(name).map(|(unit, name)| TargetCertificate::new(unit, name))
        else {
            return;
        };
        if self.found.len() < MAX_DELETIONS || self.found.contains(&wanted) {
            self.found.insert(wanted);
        } else if self.others.len() < MAX_OTHERS {
            let mut hasher = DefaultHasher::new();
            (wanted.unit.as_str(), &wanted.name).hash(&mut hasher);
            self.others.insert(hasher.finish());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_limited() {
        let log = |count: usize| -> String {
            (0..count)
                .map(|n| format!("op: delete\nunit: tomcat-trust\ncertDir: /trust-certs/{n}.pem\n"))
                .collect()
        };
        let collected = NodeTime::parse("2026-07-06T04:30:00").unwrap();
        for (count, cut) in [
            (MAX_DELETIONS, 0),
            (MAX_DELETIONS + 1, 1),
            (MAX_DELETIONS + MAX_OTHERS + 1, MAX_OTHERS),
        ] {
            let mut deletions = Deletions::default();
            deletions.read_log(collected, log(count).as_bytes()).unwrap();
            deletions.read_log(collected, log(MAX_DELETIONS).as_bytes()).unwrap();
            assert_eq!((deletions.iter().count(), deletions.left_out()), (MAX_DELETIONS, cut));
            assert_eq!(deletions.is_cut(), cut > 0);
        }
    }

    #[test]
    fn the_store_may_be_named_by_the_folder() {
        let log = "op: delete\nkeystoreUnit:tomcat-trust\nsrc-cert:%2Fa.pem\n2026-07-06 03:00:00,000 INFO [main] - x\n\
            op: delete\ncertDir: /usr/local/cm/.security/CallManager/trust-certs/b.pem\n";
        let mut deletions = Deletions::default();
        deletions
            .read_log(NodeTime::parse("2026-07-06T04:30:00").unwrap(), log.as_bytes())
            .unwrap();
        let found: Vec<String> = deletions.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["b.pem in CallManager-trust", "a.pem in tomcat-trust"]);
    }
}
