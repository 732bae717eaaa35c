//! Comparison of two lists by identity, not by position, and its effect on a phone with the old
//! one.

use crate::facts::{
    CertificateFacts, Completeness, Identity, ListFacts, ListKind, Name, RecordFacts, RecordIndex,
    SameCertificate, Signatures, Timestamp,
};
use crate::phone::{
    ConfigOffer, Device, InstalledLists, ListOffer, Offer, Phone, Prediction, SecurityByDefault,
    Tvs, predict,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};

/// The differences of two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ListDiff {
    /// The signers, if they differ.
    pub signer: Option<Change<Signer>>,
    /// The digests, if they differ.
    pub digest: Option<Change<DigestAlgorithm>>,
    /// Certificates that are only in the new list and replace none of the old ones.
    pub added: Vec<Entry>,
    /// Certificates that are only in the old list and that no new one replaces.
    pub removed: Vec<Entry>,
    /// Certificates with the same subject, a common role and a new serial number.
    pub renewed: Vec<Change<Entry>>,
    /// Certificates with other roles than before.
    pub roles: Vec<Change<Entry>>,
    /// Certificates with the same issuer and serial number but other bytes or dates: two different
    /// certificates.
    pub replaced: Vec<Change<Entry>>,
    /// `Partial` if a list comes from a cut paste: a certificate that seems missing may have been
    /// in it.
    pub completeness: Completeness,
    /// The result for a phone that has only the old list and is offered the new one.
    pub phone: Prediction,
}

/// An old and a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Change<T> {
    /// The value in the old list.
    pub old: T,
    /// The value in the new list.
    pub new: T,
}

/// The signer of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Signer {
    /// Issuer and serial number; `None` if a paste does not contain them.
    pub identity: Option<Identity>,
    /// The subject.
    pub subject: Name,
}

/// A certificate of a list with its roles and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Entry {
    /// The certificate; `None` for records that name none.
    pub certificate: Option<Arc<CertificateFacts>>,
    /// Its roles, in the order of the records.
    pub roles: Vec<Role>,
    /// The host name of its first record.
    pub server: Arc<str>,
    /// Its first record.
    pub record: RecordIndex,
}

impl Entry {
    /// Returns the end of the validity, if it is known.
    pub fn not_after(&self) -> Option<Timestamp> {
        self.certificate.as_ref()?.not_after()
    }

    fn subject(&self) -> Option<&Name> {
        Some(&self.certificate.as_ref()?.subject)
    }

    fn shares_a_role(&self, other: &Self) -> bool {
        self.roles.iter().any(|role| other.roles.contains(role))
    }
}

impl ListDiff {
    /// Checks if the lists are equal in everything that a phone uses.
    pub fn is_empty(&self) -> bool {
        self.signer.is_none()
            && self.digest.is_none()
            && [&self.added, &self.removed].iter().all(|entries| entries.is_empty())
            && [&self.renewed, &self.roles, &self.replaced].iter().all(|changes| changes.is_empty())
    }
}

/// Compares two lists, and predicts the result for a phone that has only the old one when nothing
/// is known about TVS.
///
/// ```
/// # #[cfg(feature = "rsa")] {
/// use trustlist::{diff::diff, facts::Files, phone::Outcome, verify::RustCrypto};
/// let mut files = Files::new(RustCrypto);
/// let mut list = |name| files.list(std::fs::read(name).unwrap()).unwrap();
/// let before = list("testdata/cluster/before/ITLFile.tlv");
/// let after = list("testdata/cluster/after-callmanager/ITLFile.tlv");
///
/// let changed = diff(&before, &after, &files);
/// assert!(changed.signer.is_some() && changed.renewed.len() == 1 && changed.removed.is_empty());
/// // The signer changed: phones accept the list if TVS knows it, and TVS is not known here.
/// assert_eq!(changed.phone.itl.outcome(), Outcome::Depends);
/// assert!(diff(&before, &before, &files).is_empty());
/// # }
/// ```
pub fn diff(old: &Arc<ListFacts>, new: &Arc<ListFacts>, signatures: &dyn Signatures) -> ListDiff {
    let (before, after) = (entries(old), entries(new));
    let mut changes = Changes::default();
    for (key, old) in &before {
        match after.get(key) {
            Some(new) => changes.kept(old, new),
            None => changes.gone.push(old.clone()),
        }
    }
    let come: Vec<Entry> = after
        .iter()
        .filter(|(key, _)| !before.contains_key(key))
        .map(|(_, entry)| entry.clone())
        .collect();
    let (renewed, removed, added) = pair(changes.gone, come);
    let whole = old.completeness == Completeness::Whole && new.completeness == Completeness::Whole;
    ListDiff {
        signer: changed(signer(old), signer(new), |signer| signer.identity.clone()),
        digest: changed(old.digest, new.digest, |digest| *digest),
        added,
        removed,
        renewed,
        roles: changes.roles,
        replaced: changes.replaced,
        completeness: if whole { Completeness::Whole } else { Completeness::Partial },
        phone: phone(old, new, signatures),
    }
}

#[derive(Default)]
struct Changes {
    gone: Vec<Entry>,
    roles: Vec<Change<Entry>>,
    replaced: Vec<Change<Entry>>,
}

impl Changes {
    /// An identity that is in both lists.
    fn kept(&mut self, old: &Entry, new: &Entry) {
        let change = || Change { old: old.clone(), new: new.clone() };
        if let (Some(a), Some(b)) = (&old.certificate, &new.certificate) {
            let dates = |held: &CertificateFacts| held.not_before().zip(held.not_after());
            let moved = dates(a).zip(dates(b)).is_some_and(|(a, b)| a != b);
            if moved || a.same_as(b) == SameCertificate::Impersonated {
                self.replaced.push(change());
            }
        }
        if old.roles != new.roles {
            self.roles.push(change());
        }
    }
}

/// The key of an entry: its certificate, or role and host of a record without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Certificate(Identity),
    Empty(Role, Arc<str>),
}

fn entries(list: &ListFacts) -> BTreeMap<Key, Entry> {
    let mut found: BTreeMap<Key, Entry> = BTreeMap::new();
    for record in &list.records {
        let entry = found.entry(key(record)).or_insert_with(|| Entry {
            certificate: record.certificate.clone(),
            roles: Vec::new(),
            server: record.server.clone(),
            record: record.index,
        });
        if let Err(at) = entry.roles.binary_search(&record.role) {
            entry.roles.insert(at, record.role);
        }
    }
    found
}

fn key(record: &RecordFacts) -> Key {
    match &record.certificate {
        Some(held) => Key::Certificate(held.identity.clone()),
        None => Key::Empty(record.role, record.server.clone()),
    }
}

/// Pairs removed with added certificates that have the same subject and a common role. An emptied
/// record of the same host and role is not a replacement.
fn pair(gone: Vec<Entry>, mut come: Vec<Entry>) -> (Vec<Change<Entry>>, Vec<Entry>, Vec<Entry>) {
    let (mut renewed, mut removed) = (Vec::new(), Vec::new());
    come.sort_by_key(|entry| entry.record);
    let mut gone = gone;
    gone.sort_by_key(|entry| entry.record);
    for old in gone {
        let same = |new: &Entry| {
            new.subject().is_some() && new.subject() == old.subject() && new.shares_a_role(&old)
        };
        match come.iter().position(same) {
            Some(at) => renewed.push(Change { new: come.remove(at), old }),
            None => removed.push(old),
        }
    }
    (renewed, removed, come)
}

fn signer(list: &ListFacts) -> Signer {
    Signer { identity: list.signer.clone(), subject: list.signer_subject.clone() }
}

fn changed<T, K: PartialEq>(old: T, new: T, key: impl Fn(&T) -> K) -> Option<Change<T>> {
    (key(&old) != key(&new)).then_some(Change { old, new })
}

/// Returns a phone with Security By Default that has only the old list. Its TVS servers are
/// unknown, so an answer that needs them is `depends`.
fn phone(old: &Arc<ListFacts>, new: &Arc<ListFacts>, signatures: &dyn Signatures) -> Prediction {
    let is_ctl = old.kind == ListKind::Ctl;
    let held = |wanted: bool| if wanted { Some(old.clone()) } else { None };
    let offered =
        |wanted: bool| if wanted { ListOffer::List(new.clone()) } else { ListOffer::NotFound };
    let phone = Phone {
        device: Device { security_by_default: SecurityByDefault::Yes, ..Device::unknown() },
        cm_group: None,
        installed: InstalledLists::of(held(is_ctl), held(!is_ctl)),
        tvs_cache: Vec::new(),
    };
    let offer = Offer {
        ctl: offered(is_ctl),
        itl: offered(!is_ctl),
        config: ConfigOffer::NotJudged,
        tftp_server: None,
        tls_minimum: None,
        at: None,
    };
    predict(&phone, &offer, &Tvs::Unknown, signatures)
}
