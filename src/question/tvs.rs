//! Knowledge of TVS.

use super::given::{GivenError, certificate, certificates, list, losses, text};
use crate::console::{self, PasteLimits};
use crate::facts::{
    CertificateFacts, FileId, Files, Fingerprint, Identity, KeyFacts, ListFacts, ListKind, Name,
};
use crate::phone::{KnownCertificate, RoleSet, Tvs, TvsServer};
use crate::report::{Assumption, SOME_SERVER};
use crate::verify::SignatureVerifier;
use crate::wire::{self, Role};
use std::collections::HashMap;
use std::sync::Arc;

/// Given facts about TVS, in their order.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TvsSaid {
    /// No server answers; nothing else was said then.
    pub none: bool,
    /// Certificates that single servers present, or that a server does not answer.
    pub servers: Vec<TvsServer>,
    /// Certificates that one server or every server knows.
    pub knows: Vec<(Option<Arc<str>>, Vec<KnownCertificate>)>,
}

/// Returns the combined knowledge.
#[derive(Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum TvsAnswers {
    /// Nothing was said.
    Unknown,
    /// Knowledge of the servers.
    Known {
        /// Those that were named, in order.
        servers: Vec<TvsServer>,
        /// Certificates that every server knows, if given.
        of_all: Option<Vec<KnownCertificate>>,
    },
}

impl TvsSaid {
    /// Returns the given facts together.
    pub fn answers(self) -> TvsAnswers {
        if !self.none && self.servers.is_empty() && self.knows.is_empty() {
            return TvsAnswers::Unknown;
        }
        let Self { mut servers, knows, .. } = self;
        let mut of_all: Option<Vec<KnownCertificate>> = None;
        for (server, known) in knows {
            match server {
                None => of_all.get_or_insert_default().extend(known),
                Some(name) => know(&mut servers, &name, &known),
            }
        }
        TvsAnswers::Known { servers, of_all }
    }
}

impl TvsAnswers {
    /// Returns what that means for a phone of this CallManager group. A server of the group that nothing names is not known,
    /// unless it was said that none answers.
    pub fn of_group(&self, group: Option<&[Arc<str>]>) -> Tvs {
        let Self::Known { servers, of_all } = self else { return Tvs::Unknown };
        let mut servers = servers.clone();
        if servers.is_empty() && of_all.is_none() {
            return Tvs::Known(servers);
        }
        match group {
            Some(group) => servers.extend(self.unnamed_of(group).map(|name| unseen(name.clone()))),
            None if servers.is_empty() => servers.push(unseen(Arc::from(SOME_SERVER))),
            None => {}
        }
        let of_all = of_all.as_deref().unwrap_or_default();
        for server in servers.iter_mut().filter(|_| !of_all.is_empty()) {
            let own = server.knows.iter().flat_map(|known| known.iter());
            server.knows = Some(own.chain(of_all).cloned().collect());
        }
        Tvs::Known(servers)
    }
}

impl UnnamedServer {
    /// Returns what is assumed about it.
    pub fn assumption(&self) -> Assumption {
        Assumption::of_unnamed_server(&self.server, self.nearest.as_deref())
    }
}

impl TvsAnswers {
    /// Returns the servers of a group that nothing names, each with the name that may have been meant. Where no server is
    /// named at all, none is missed.
    pub fn unnamed(&self, group: &[Arc<str>]) -> Vec<UnnamedServer> {
        let Self::Known { servers, .. } = self else { return Vec::new() };
        if servers.is_empty() {
            return Vec::new();
        }
        let spare =
            |named: &&TvsServer| !group.iter().any(|name| name.eq_ignore_ascii_case(&named.server));
        let spare: Vec<&Arc<str>> =
            servers.iter().filter(spare).map(|named| &named.server).collect();
        let unnamed: Vec<&Arc<str>> = self.unnamed_of(group).collect();
        // An address is near to no name: it goes with the only name that is left.
        let only = |name: &Arc<str>| match (spare.as_slice(), unnamed.as_slice()) {
            ([spare], [_]) if is_address(spare) != is_address(name) => Some(*spare),
            _ => None,
        };
        let nearest = |name: &Arc<str>| {
            spare.iter().copied().find(|spare| is_near(spare, name)).or_else(|| only(name)).cloned()
        };
        unnamed
            .iter()
            .map(|name| UnnamedServer { server: (*name).clone(), nearest: nearest(name) })
            .collect()
    }

    /// The servers of a group that nothing names.
    fn unnamed_of<'a>(&self, group: &'a [Arc<str>]) -> impl Iterator<Item = &'a Arc<str>> {
        let named: &[TvsServer] =
            if let Self::Known { servers, .. } = self { servers } else { &[] };
        let is_named =
            |name: &Arc<str>| named.iter().any(|named| named.server.eq_ignore_ascii_case(name));
        group.iter().filter(move |name| !is_named(name))
    }
}

/// A server of a CallManager group that was not given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UnnamedServer {
    /// Its name.
    pub server: Arc<str>,
    /// The server that was named and is perhaps the same.
    pub nearest: Option<Arc<str>>,
}

/// Returns whether two names are of one host as far as they go: `ccm1` and `ccm1.voice.example`; or whether one letter differs.
fn is_near(one: &str, other: &str) -> bool {
    if is_address(one) || is_address(other) {
        return false;
    }
    let host = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    host(one) == host(other)
        || one_letter_apart(&one.to_ascii_lowercase(), &other.to_ascii_lowercase())
}

fn is_address(name: &str) -> bool {
    name.parse::<core::net::IpAddr>().is_ok()
}

/// One letter more, less, or another one. Names that differ in a digit are those of two hosts.
fn one_letter_apart(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.bytes().zip(long.bytes()).take_while(|(left, right)| left == right).count();
    let differs = |text: &str| text.as_bytes().get(same).is_some_and(|byte| !byte.is_ascii_digit());
    let rest = |text: &str, skipped: usize| {
        text.bytes().skip(same.saturating_add(skipped)).collect::<Vec<u8>>()
    };
    match long.len().saturating_sub(short.len()) {
        0 => rest(short, 1) == rest(long, 1) && differs(short) && differs(long),
        1 => rest(short, 0) == rest(long, 1) && differs(long),
        _ => false,
    }
}

/// Adds what a server knows. One that was not named before answers, with a certificate that is not known.
fn know(servers: &mut Vec<TvsServer>, name: &Arc<str>, known: &[KnownCertificate]) {
    if !servers.iter().any(|server| server.server.eq_ignore_ascii_case(name)) {
        servers.push(unseen(name.clone()));
    }
    for server in servers.iter_mut().filter(|server| server.server.eq_ignore_ascii_case(name)) {
        let before = server.knows.iter().flat_map(|known| known.iter());
        let known: Arc<[_]> = before.chain(known).cloned().collect();
        server.knows = (!known.is_empty()).then_some(known);
    }
}

/// Takes it as unknown what a server knows, unless it is seen to know each of these signers: its store was read from a paste that
/// lost a part.
pub(super) fn doubt(server: &mut TvsServer, signers: &[Identity]) {
    let knows = |signer: &Identity| {
        let mut known = server.knows.iter().flat_map(|known| known.iter());
        known.any(|known| known.certificate.identity == *signer)
    };
    if !signers.iter().all(knows) {
        server.knows = None;
    }
}

/// A server that answers, with a certificate that is not known.
fn unseen(server: Arc<str>) -> TvsServer {
    TvsServer { server, reachable: true, presents: None, knows: None }
}

/// Returns the certificates that TVS knows from bytes: a list, whose records are known with their roles (a paste may show an ITL and
/// a CTL); or certificates in DER or PEM, known with roles unknown.
///
/// # Errors
/// Bytes that are neither a list nor certificates.
pub fn known_certificates<V: SignatureVerifier>(
    files: &mut Files<V>,
    bytes: &[u8],
    within: &PasteLimits,
) -> Result<Vec<KnownCertificate>, GivenError> {
    known_file(files, bytes, within).map(|known| known.certificates)
}

/// A file with certificates that TVS is said to know.
#[doc(hidden)]
#[derive(Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KnownToTvs {
    /// The certificates.
    pub certificates: Vec<KnownCertificate>,
    /// The lists that the file is or shows.
    pub lists: Vec<FileId>,
    /// The lost parts of a paste, one line each: a certificate in them is missing from those above.
    pub lost: Vec<String>,
}

/// Returns what [`known_certificates`] returns, with the lists that the certificates come from and what their paste lost.
///
/// # Errors
/// As [`known_certificates`].
#[doc(hidden)]
pub fn known_file<V: SignatureVerifier>(
    files: &mut Files<V>,
    bytes: &[u8],
    within: &PasteLimits,
) -> Result<KnownToTvs, GivenError> {
    let text = text(bytes, within).map_err(GivenError::Paste)?;
    let prints = text
        .map(|text| console::parse_within(&text, within))
        .transpose()
        .map_err(GivenError::Paste)?
        .unwrap_or_default();
    let mut kinds = vec![None];
    // `show itl` and `show ctl` in one paste: each is a list that TVS knows.
    let has = |kind: ListKind| prints.iter().any(|print| print.kind == kind);
    if has(ListKind::Itl) && has(ListKind::Ctl) {
        kinds = vec![Some(ListKind::Itl), Some(ListKind::Ctl)];
    }
    let mut known = KnownToTvs::default();
    if !prints.is_empty() || wire::parse(bytes).is_ok() {
        for kind in kinds {
            let Some(list) = list(files, bytes, kind, within)? else { continue };
            if files.is_signature_broken(&list.file) {
                return Err(GivenError::Broken);
            }
            known.certificates.extend(of_list(&list));
            // Of a paste whose file is known nothing is missing.
            if files.bytes(&list.file).is_none() {
                known.lost.extend(losses(bytes, kind, within));
            }
            known.lists.push(list.file.clone());
        }
        if !known.lists.is_empty() {
            return Ok(known);
        }
    }
    for der in certificates(bytes)? {
        let certificate = certificate(files, &der)?;
        known.certificates.push(KnownCertificate { certificate, roles: None });
    }
    Ok(known)
}

/// Returns each certificate of a list once, with the roles of all its records.
fn of_list(list: &ListFacts) -> Vec<KnownCertificate> {
    let mut known: Vec<(&Arc<CertificateFacts>, Vec<Role>)> = Vec::new();
    let mut firsts: HashMap<&Identity, usize> = HashMap::new();
    let mut others: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
    for record in &list.records {
        let Some(certificate) = &record.certificate else { continue };
        let new = known.len();
        let first = *firsts.entry(&certificate.identity).or_insert(new);
        let is_same = |at: &usize| known.get(*at).is_some_and(|(seen, _)| *seen == certificate);
        let at = if first == new || is_same(&first) {
            first
        } else {
            // Hashes are made only if several certificates have one issuer and serial number.
            let others = others.entry(key(certificate)).or_default();
            others.iter().copied().find(is_same).unwrap_or_else(|| {
                others.push(new);
                new
            })
        };
        match known.get_mut(at) {
            Some((_, roles)) => roles.push(record.role),
            None => known.push((certificate, vec![record.role])),
        }
    }
    let of = |(certificate, roles): (&Arc<CertificateFacts>, Vec<Role>)| KnownCertificate {
        certificate: certificate.clone(),
        roles: Some(RoleSet::of(&roles)),
    };
    known.into_iter().map(of).collect()
}

/// The facts by which certificates of one issuer and serial number differ: equal ones have all of
/// them in common.
type Key<'a> = (&'a Identity, &'a Name, &'a KeyFacts, Fingerprint);

fn key(certificate: &CertificateFacts) -> Key<'_> {
    (&certificate.identity, &certificate.subject, certificate.key(), certificate.fingerprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Form, RecordFacts, RecordIndex, Serial};

    fn names(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    fn down(server: &str) -> TvsServer {
        TvsServer { server: Arc::from(server), reachable: false, presents: None, knows: None }
    }

    fn servers(said: TvsSaid, group: Option<&[Arc<str>]>) -> Vec<(String, bool)> {
        match said.answers().of_group(group) {
            Tvs::Known(servers) => {
                servers.iter().map(|server| (server.server.to_string(), server.reachable)).collect()
            }
            Tvs::Unknown => panic!("something was said"),
        }
    }

    #[test]
    fn certificates_of_one_serial_number_are_apart_and_those_of_several_records_are_not() {
        let identity = Identity { serial: Serial::from_bytes(&[1]), issuer: Name::new("CN=a") };
        let certificate = |hash: u8| {
            let facts =
                CertificateFacts::new(identity.clone(), Name::new("CN=a"), KeyFacts::Unknown);
            facts.with_fingerprint(Fingerprint { sha1: Some([hash; 20]), sha256: None })
        };
        let records = [(7, Role::Sast), (8, Role::Tvs), (9, Role::Capf), (8, Role::Tftp)];
        let record = |(hash, role): (u8, Role)| RecordFacts {
            index: RecordIndex(1),
            role,
            server: Arc::from(""),
            address: None,
            form: Form::Hash,
            certificate: Some(Arc::new(certificate(hash))),
        };
        let list = std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap();
        let list = wire::TrustList::parse(&list).unwrap();
        let mut list = ListFacts::from_list(&list, FileId::of_bytes(b"")).unwrap();
        list.records = records.into_iter().map(record).collect();
        let known = |hash: u8, roles: &[Role]| KnownCertificate {
            certificate: Arc::new(certificate(hash)),
            roles: Some(RoleSet::of(roles)),
        };
        let expected =
            [known(7, &[Role::Sast]), known(8, &[Role::Tvs, Role::Tftp]), known(9, &[Role::Capf])];
        assert_eq!(of_list(&list), expected);
    }

    #[test]
    fn a_server_of_the_group_that_nothing_names_is_not_known() {
        let said = || TvsSaid { servers: vec![down("ccm1")], ..TvsSaid::default() };
        let group = names(&["CCM1", "ccm2"]);
        assert_eq!(
            servers(said(), Some(&group)),
            [("ccm1".to_owned(), false), ("ccm2".to_owned(), true)]
        );
        assert_eq!(servers(said(), None), [("ccm1".to_owned(), false)]);
        let none = TvsSaid { none: true, ..TvsSaid::default() };
        assert_eq!(servers(none, Some(&group)), [], "no server answers");
        assert_eq!(TvsSaid::default().answers().of_group(Some(&group)), Tvs::Unknown);
    }

    #[test]
    fn the_nearest_name_is_told() {
        let near = |named: &[&str], group: &[&str]| {
            let said = TvsSaid {
                servers: named.iter().map(|name| down(name)).collect(),
                ..TvsSaid::default()
            };
            let unnamed = said.answers().unnamed(&names(group));
            unnamed
                .into_iter()
                .map(|unnamed| unnamed.nearest.as_deref().unwrap_or("-").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            near(&["ccm1", "ccm2"], &["CCM1.voice.example", "ccm2.voice.example"]),
            ["ccm1", "ccm2"]
        );
        assert_eq!(near(&["ccm1", "ccm2"], &["ccm1", "cmm2"]), ["ccm2"]);
        assert_eq!(near(&["ccm-hq", "x"], &["ccmhq", "y22"]), ["ccm-hq", "-"]);
        assert_eq!(near(&["ccm1", "ccm2"], &["ccm2", "ccm3"]), ["-"], "hosts of their own");
        // An address is near to no name, unless only one is left.
        assert_eq!(near(&["ccm1", "ccm2"], &["192.0.2.3"]), ["-"]);
        assert_eq!(near(&["ccm1", "ccm2"], &["192.0.2.3", "ccm2"]), ["ccm1"]);
        assert_eq!(near(&["ccm1"], &["ccm1"]), [""; 0]);
        assert_eq!(near(&[], &["ccm1"]), [""; 0]);
    }

    #[test]
    fn one_letter() {
        let pairs = [
            ("hub", "hab", true),
            ("hub", "hubs", true),
            ("a", "", true),
            ("x", "x", false),
            ("ab", "ba", false),
        ];
        let hosts = [("ccm1", "ccm2", false), ("ccm", "ccm1", false), ("ccm1", "ccm11", false)];
        for (one, other, apart) in pairs.into_iter().chain(hosts) {
            assert_eq!(
                (one_letter_apart(one, other), one_letter_apart(other, one)),
                (apart, apart),
                "{one} {other}"
            );
        }
    }
}
