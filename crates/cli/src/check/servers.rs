//! The facts about TVS: from the snapshot, and from the options.

use super::loaded::{Loaded, Served};
use crate::certificates;
use crate::collect::same_host;
use crate::mixups;
use crate::predict::{Reader, TvsArguments, tvs_answers};
use crate::report::check::some;
use crate::report::snapshot::{TvsNode, TvsOutcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, FileId, KeyFacts, ListKind, Name, SameCertificate};
use trustlist::phone::{KnownCertificate, TlsVersion, Tvs, TvsClient, TvsServer};
use trustlist::question::{self, TvsAnswers};
use trustlist::report::{Plain, certificate_name};

/// The facts about TVS.
#[derive(Debug)]
pub(super) struct Servers {
    answers: TvsAnswers,
    /// Certificates of the stores that were pasted. A paste may be of a part of a store: what is
    /// not in it may still be known.
    stored: Vec<Arc<CertificateFacts>>,
    minimum: Minimum,
    /// An assumption for each offered list that TVS is said to know.
    pub(super) begged: Vec<String>,
    /// The servers that did not answer when the snapshot was collected, and of which no option says
    /// anything.
    pub(super) silent: Vec<Arc<str>>,
    /// Options that say something else than the snapshot.
    pub(super) contradictions: Vec<Contradiction>,
}

/// An option that says something else than the snapshot: the option counts.
#[derive(Debug)]
pub(super) struct Contradiction {
    pub(super) line: String,
    /// True if phones may accept by the option what they refuse by the snapshot.
    pub(super) helps: bool,
}

/// The minimum TLS version of the servers.
#[derive(Debug)]
enum Minimum {
    /// An option says it, for all of them.
    Said(TlsVersion),
    /// Each server's own lowest version, where it was seen; a paste says that of the others, if it
    /// is known. Before 15SU2 each node has its own minimum (P-TVS-11).
    Seen { of: Vec<(Arc<str>, TlsVersion)>, others: Option<TlsVersion> },
}

impl Servers {
    /// Reads what the snapshot holds; an option says more than it.
    pub(super) fn read(
        after: &Loaded,
        arguments: &TvsArguments,
        reader: &mut Reader,
    ) -> Result<Self, String> {
        let mut seen = Vec::new();
        for server in &after.snapshot.tvs {
            let presents = match &server.certificate {
                Some(kept) => Some(certificate(&after.bytes(kept)?, &kept.path, reader)?),
                None => None,
            };
            if let Some(presents) = presents.as_ref().filter(|_| server.address.is_none()) {
                reader.notes.extend(mixups::of_tvs(&server.server, presents));
            }
            let mut known = TvsServer::new(Arc::from(server.server.as_str()));
            known.reachable = server.outcome != TvsOutcome::Down;
            known.presents = presents;
            seen.push(known);
        }
        let said = tvs_answers(arguments, reader)?;
        let offered = offered(after, reader)?;
        let begged = said.assumed(|file| offered.contains(file));
        let mut silent: Vec<Arc<str>> = seen
            .iter()
            .filter(|server| !server.reachable)
            .map(|server| server.server.clone())
            .collect();
        if let TvsAnswers::Known { servers, .. } = &said.answers {
            silent.retain(|name| !servers.iter().any(|said| same_host(&said.server, name)));
        }
        let mut contradictions = tls_contradiction(after, arguments.tls_minimum);
        if let TvsAnswers::Known { servers, of_all } = &said.answers {
            if servers.is_empty() && of_all.is_none() && seen.iter().any(|seen| seen.reachable) {
                let line = format!(
                    "--tvs none counts; TVS servers answered when {} was collected",
                    after.name
                );
                contradictions.push(Contradiction { line, helps: false });
            }
            contradictions.extend(servers.iter().filter_map(|said| {
                let seen = seen.iter().find(|seen| same_host(&seen.server, &said.server))?;
                tvs_contradiction(said, seen, &after.name)
            }));
        }
        let answers = match said.answers {
            TvsAnswers::Unknown if seen.is_empty() => TvsAnswers::Unknown,
            TvsAnswers::Unknown => TvsAnswers::Known { servers: seen, of_all: None },
            // It was said that none answers.
            TvsAnswers::Known { servers, of_all: None } if servers.is_empty() => {
                TvsAnswers::Known { servers, of_all: None }
            }
            TvsAnswers::Known { mut servers, of_all } => {
                for said in &mut servers {
                    let same = seen.iter().position(|seen| same_host(&seen.server, &said.server));
                    let Some(same) = same.map(|same| seen.remove(same)) else { continue };
                    if said.reachable && said.presents.is_none() {
                        let knows = said.knows.take();
                        *said = same;
                        said.knows = knows;
                    }
                }
                servers.extend(seen);
                TvsAnswers::Known { servers, of_all }
            }
        };
        let mut stored = Vec::new();
        for paste in &after.snapshot.pastes {
            let text = question::decoded(&after.bytes(paste)?, &reader.input.limits.paste());
            let text = text
                .map_err(|error| reader.input.limits.paste_error(&paste.path, &error))?
                .unwrap_or_default();
            stored.extend(certificates::of_text(&text).iter().filter_map(in_store));
        }
        let minimum = arguments.tls_minimum.map_or_else(|| Minimum::of(after), Minimum::Said);
        Ok(Self { answers, stored, minimum, begged, silent, contradictions })
    }

    /// Returns the minimum TLS version for a phone with this TVS client that asks `servers`, and the
    /// servers whose minimum its client does not reach, if it reaches that of others. It cannot ask
    /// them: they count as unreachable.
    pub(super) fn minimum(
        &self,
        client: TvsClient,
        group: Option<&[Arc<str>]>,
        tvs: &mut Tvs,
    ) -> (Option<TlsVersion>, Vec<Arc<str>>) {
        let (of, others) = match &self.minimum {
            Minimum::Said(version) => return (Some(*version), Vec::new()),
            Minimum::Seen { of, others } => (of, *others),
        };
        let Tvs::Known(servers) = tvs else { return (others, Vec::new()) };
        let asked = |server: &TvsServer| {
            group.is_none_or(|group| group.iter().any(|name| same_host(name, &server.server)))
        };
        let own = |server: &TvsServer| {
            let seen = of.iter().find(|(name, _)| same_host(name, &server.server));
            seen.map(|(_, version)| *version).or(others)
        };
        let minima: Vec<Option<TlsVersion>> =
            servers.iter().filter(|server| asked(server)).map(own).collect();
        if client != TvsClient::Legacy {
            return (minima.iter().copied().flatten().max(), Vec::new());
        }
        let reaches = |version: &Option<TlsVersion>| version.is_none_or(|it| it < TlsVersion::V1_2);
        let within: Vec<Option<TlsVersion>> =
            minima.iter().copied().filter(|version| reaches(version)).collect();
        if within.is_empty() {
            return (minima.into_iter().flatten().min(), Vec::new());
        }
        let mut beyond = Vec::new();
        for server in servers.iter_mut().filter(|server| asked(server)) {
            if !reaches(&own(server)) {
                server.reachable = false;
                beyond.push(server.server.clone());
            }
        }
        let is_known = within.iter().all(Option::is_some);
        (within.into_iter().max().flatten().filter(|_| is_known), beyond)
    }

    /// The names of the servers that were seen, in order.
    pub(super) fn names(&self) -> Vec<Arc<str>> {
        match &self.answers {
            TvsAnswers::Known { servers, .. } => {
                servers.iter().map(|server| server.server.clone()).collect()
            }
            TvsAnswers::Unknown => Vec::new(),
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.answers, TvsAnswers::Unknown)
    }

    /// A CallManager group with the names that the servers have here.
    pub(super) fn group(&self, group: &[Arc<str>]) -> Vec<Arc<str>> {
        let names = self.names();
        let named = |name: &Arc<str>| {
            names.iter().find(|known| same_host(known, name)).unwrap_or(name).clone()
        };
        group.iter().map(named).collect()
    }

    /// Returns the servers of a group without any known fact.
    pub(super) fn unnamed(&self, group: &[Arc<str>]) -> Vec<question::UnnamedServer> {
        self.answers.unnamed(group)
    }

    /// Returns the facts about TVS for a phone of this group and files of these signers.
    pub(super) fn of_group(
        &self,
        group: Option<&[Arc<str>]>,
        signers: &[&trustlist::facts::Identity],
    ) -> Tvs {
        let mut tvs = self.answers.of_group(group);
        let found = |signer: &&trustlist::facts::Identity| {
            self.stored.iter().find(|stored| stored.identity == **signer).cloned()
        };
        let known: Option<Vec<KnownCertificate>> =
            signers.iter().map(|signer| Some(KnownCertificate::new(found(signer)?))).collect();
        if let (Tvs::Known(servers), Some(known)) =
            (&mut tvs, known.filter(|known| !known.is_empty()))
        {
            let known: Arc<[KnownCertificate]> = known.into();
            servers
                .iter_mut()
                .filter(|server| server.knows.is_none())
                .for_each(|server| server.knows = Some(known.clone()));
        }
        tvs
    }
}

/// Says that `--tls-minimum` is another version than the snapshot has.
fn tls_contradiction(after: &Loaded, said: Option<TlsVersion>) -> Vec<Contradiction> {
    let (Some(said), Minimum::Seen { of, others }) = (said, Minimum::of(after)) else {
        return Vec::new();
    };
    let mut versions: BTreeMap<TlsVersion, Vec<String>> = BTreeMap::new();
    for (server, version) in of {
        versions.entry(version).or_default().push(Plain(&server).to_string());
    }
    if let Some(version) = others {
        versions.entry(version).or_default();
    }
    versions.remove(&said);
    let told = versions.into_iter().map(|(version, servers)| {
        let of =
            if servers.is_empty() { String::new() } else { format!(" for {}", some(&servers)) };
        let line = format!(
            "--tls-minimum {} counts; {} says {}{of}",
            said.as_str(),
            after.name,
            version.as_str()
        );
        Contradiction { line, helps: said < version }
    });
    told.collect()
}

/// Says that `--tvs` of a server is something else than was seen of it.
fn tvs_contradiction(said: &TvsServer, seen: &TvsServer, after: &str) -> Option<Contradiction> {
    let server = Plain(&seen.server);
    if !said.reachable {
        let line = format!("--tvs {server}=down counts; it answered when {after} was collected");
        return seen.reachable.then_some(Contradiction { line, helps: false });
    }
    let presents = said.presents.as_ref()?;
    let told = match &seen.presents {
        _ if !seen.reachable => "it did not answer".to_owned(),
        Some(other) => match other.same_as(presents) {
            SameCertificate::Yes | SameCertificate::Unproven => return None,
            _ => format!("it presented {}", certificate_name(other)),
        },
        None => return None,
    };
    let line = format!(
        "--tvs {server}={} counts; {told} when {after} was collected",
        certificate_name(presents)
    );
    Some(Contradiction { line, helps: true })
}

/// The lists that the nodes of a snapshot serve.
fn offered(after: &Loaded, reader: &mut Reader) -> Result<Vec<FileId>, String> {
    let mut files = Vec::new();
    for node in &after.snapshot.tftp {
        for kind in [ListKind::Ctl, ListKind::Itl] {
            if let Served::Found(list) = after.list(node, kind, None, reader)? {
                files.push(list.file.clone());
            }
        }
    }
    Ok(files)
}

fn certificate(
    bytes: &[u8],
    path: &str,
    reader: &mut Reader,
) -> Result<Arc<CertificateFacts>, String> {
    let ders = question::certificates(bytes).map_err(|error| format!("{path}: {error}"))?;
    let der = ders.first().ok_or_else(|| format!("{path}: expected a certificate"))?;
    question::certificate(&mut reader.files, der).map_err(|error| format!("{path}: {error}"))
}

impl Minimum {
    fn of(after: &Loaded) -> Self {
        let lowest = |server: &TvsNode| {
            let accepted = server.tls.iter().filter(|tried| tried.accepted == Some(true));
            accepted.filter_map(|tried| TlsVersion::from_word(&tried.version)).min()
        };
        let tvs = &after.snapshot.tvs;
        let of: Vec<(Arc<str>, TlsVersion)> = tvs
            .iter()
            .filter_map(|server| Some((Arc::from(server.server.as_str()), lowest(server)?)))
            .collect();
        // The lowest version of all says nothing about a server that was not asked.
        let lowest = of.iter().map(|(_, version)| *version).min();
        let told = after.snapshot.tls_minimum.as_deref().and_then(TlsVersion::from_word);
        Self::Seen { of, others: told.filter(|_| told != lowest) }
    }
}

/// A certificate that TVS finds in a store, by the print of that store.
fn in_store(described: &certificates::Described) -> Option<Arc<CertificateFacts>> {
    let unit = described.unit.as_deref()?;
    if !STORES.iter().any(|store| unit.eq_ignore_ascii_case(store)) {
        return None;
    }
    let subject = described.subject.clone().unwrap_or_else(|| Name::new(""));
    let facts = CertificateFacts::new(described.identity()?, subject, KeyFacts::Unknown)
        .with_not_before(described.not_before)
        .with_not_after(described.not_after);
    Some(Arc::new(facts))
}

/// The stores that TVS looks into (P-TVS-4).
const STORES: [&str; 4] = ["CallManager", "CallManager-trust", "Phone-SAST-trust", "ITLRecovery"];
