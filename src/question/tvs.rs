//! What is known of TVS.

use super::{GivenError, certificate, certificates, list, text};
use crate::console::{self, PasteLimits};
use crate::facts::{CertificateFacts, Files, ListFacts};
use crate::phone::{KnownCertificate, RoleSet, Tvs, TvsServer};
use crate::verify::SignatureVerifier;
use crate::wire::{self, Role};
use std::sync::Arc;

/// What was said about TVS, in the order in which it was said.
#[derive(Clone, Debug, Default)]
pub(crate) struct TvsSaid {
    /// No server answers; nothing else was said then.
    pub(crate) none: bool,
    /// What single servers present, or that they do not answer.
    pub(crate) servers: Vec<TvsServer>,
    /// What a server, or every server, knows.
    pub(crate) knows: Vec<(Option<Arc<str>>, Vec<KnownCertificate>)>,
}

/// What that amounts to.
#[derive(Debug)]
pub(crate) enum TvsAnswers {
    /// Nothing was said.
    Unknown,
    /// What is known of the servers.
    Known {
        /// Those that were named, in order.
        servers: Vec<TvsServer>,
        /// What every server knows, where that was said.
        of_all: Option<Vec<KnownCertificate>>,
    },
}

impl TvsSaid {
    /// What every single saying amounts to, taken together.
    pub(crate) fn answers(self) -> TvsAnswers {
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
    /// What that means for a phone of this CallManager group. Where no server was named, those of the group know what
    /// every server knows.
    pub(crate) fn of_group(&self, group: Option<&[Arc<str>]>) -> Tvs {
        let Self::Known { servers, of_all } = self else { return Tvs::Unknown };
        let mut servers = servers.clone();
        if servers.is_empty() && of_all.is_some() {
            let some = [Arc::from(SOME_SERVER)];
            servers.extend(group.unwrap_or(&some).iter().map(|name| unseen(name.clone())));
        }
        let of_all = of_all.as_deref().unwrap_or_default();
        for server in servers.iter_mut().filter(|_| !of_all.is_empty()) {
            let own = server.knows.iter().flat_map(|known| known.iter());
            server.knows = Some(own.chain(of_all).cloned().collect());
        }
        Tvs::Known(servers)
    }
}

/// Adds what a server knows. One that was not named before answers, with a certificate that is not known.
fn know(servers: &mut Vec<TvsServer>, name: &Arc<str>, known: &[KnownCertificate]) {
    if !servers.iter().any(|server| server.server == *name) {
        servers.push(unseen(name.clone()));
    }
    for server in servers.iter_mut().filter(|server| server.server == *name) {
        let before = server.knows.iter().flat_map(|known| known.iter());
        let known: Arc<[_]> = before.chain(known).cloned().collect();
        server.knows = (!known.is_empty()).then_some(known);
    }
}

/// A server that answers, with a certificate that is not known.
fn unseen(server: Arc<str>) -> TvsServer {
    TvsServer { server, reachable: true, presents: None, knows: None }
}

/// What bytes hold that TVS knows: a list, whose records are known with their roles; or certificates in DER or PEM, known
/// with roles unknown.
pub(crate) fn known_certificates<V: SignatureVerifier>(
    files: &mut Files<V>,
    bytes: &[u8],
    within: &PasteLimits,
) -> Result<Vec<KnownCertificate>, GivenError> {
    let text = text(bytes, within).map_err(GivenError::Paste)?;
    let prints = text.map(|text| console::parse_within(&text, within)).transpose().map_err(GivenError::Paste)?;
    let print = prints.is_some_and(|prints| !prints.is_empty());
    if (print || wire::parse(bytes).is_ok())
        && let Some(list) = list(files, bytes, None, within)?
    {
        return Ok(of_list(&list));
    }
    let ders = certificates(bytes)?;
    ders.iter().map(|der| Ok(KnownCertificate { certificate: certificate(files, der)?, roles: None })).collect()
}

/// Each certificate of a list once, with the roles of all its records.
fn of_list(list: &ListFacts) -> Vec<KnownCertificate> {
    let mut known: Vec<(Arc<CertificateFacts>, Vec<Role>)> = Vec::new();
    for record in &list.records {
        let Some(certificate) = &record.certificate else { continue };
        match known.iter_mut().find(|(seen, _)| seen == certificate) {
            Some((_, roles)) => roles.push(record.role),
            None => known.push((certificate.clone(), vec![record.role])),
        }
    }
    let of = |(certificate, roles): (_, Vec<Role>)| KnownCertificate { certificate, roles: Some(RoleSet::of(&roles)) };
    known.into_iter().map(of).collect()
}

/// Stands for a server of a CallManager group that was not given.
const SOME_SERVER: &str = "a TVS server";
