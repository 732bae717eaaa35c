//! Facts that may be unknown, each taken away from a question once: the answer must be open
//! wherever it needs the fact.

use std::sync::Arc;
use trustlist::facts::{CertificateFacts, ListFacts};
use trustlist::phone::*;
use trustlist::wire::{DigestAlgorithm, Role};

/// A question without its signatures.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) phone: Phone,
    pub(crate) offer: Offer,
    pub(crate) tvs: Tvs,
}

/// One fact: its name, the question without it, and the question with each of several values.
struct Fact {
    name: String,
    without: Question,
    with: Vec<Question>,
}

/// Returns a line for each file that gets a firm answer without a fact, although a value of the
/// fact gives another.
pub(crate) fn firm_answers_that_hang_on_a_fact(
    question: &Question,
    judge: &dyn Fn(&Question) -> Prediction,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for fact in facts(question) {
        let without = outcomes(&judge(&fact.without));
        for with in &fact.with {
            for ((file, without), (_, with)) in without.into_iter().zip(outcomes(&judge(with))) {
                if without != Some(Outcome::Depends) && !same(without, with) {
                    wrong.push(format!(
                        "{file}: {without:?} without {}, {with:?} with a value of it",
                        fact.name
                    ));
                }
            }
        }
    }
    wrong
}

/// A file that the server does not have is not offered, also to a device that would not have asked
/// for it.
fn same(without: Option<Outcome>, with: Option<Outcome>) -> bool {
    without == with || (without, with) == (Some(Outcome::NotOffered), Some(Outcome::NotApplicable))
}

fn outcomes(found: &Prediction) -> [(&'static str, Option<Outcome>); 3] {
    let config = found.config.as_ref().map(Judgement::outcome);
    [("ctl", Some(found.ctl.outcome())), ("itl", Some(found.itl.outcome())), ("config", config)]
}

fn facts(question: &Question) -> Vec<Fact> {
    let mut facts = vec![
        security_by_default(question),
        digests(question),
        key_bits(question),
        tls(question),
        tvs(question),
    ];
    if let Tvs::Known(servers) = &question.tvs {
        for index in 0..servers.len() {
            facts.extend(server(question, index));
        }
    }
    facts
}

/// Takes the fact away by `unknown`, and gives it each of the values.
fn fact<T: Clone>(
    name: &str,
    question: &Question,
    set: impl Fn(&mut Question, T),
    unknown: T,
    values: Vec<T>,
) -> Fact {
    let changed = |value: T| {
        let mut changed = question.clone();
        set(&mut changed, value);
        changed
    };
    Fact {
        name: name.to_owned(),
        without: changed(unknown),
        with: values.into_iter().map(changed).collect(),
    }
}

fn security_by_default(question: &Question) -> Fact {
    let values = vec![SecurityByDefault::Yes, SecurityByDefault::No];
    let set = |question: &mut Question, value| question.phone.device.security_by_default = value;
    fact("security_by_default", question, set, SecurityByDefault::Unknown, values)
}

/// SHA-1 always works (model table): a device that cannot check it is none of the possible values.
fn digests(question: &Question) -> Fact {
    use DigestAlgorithm::{Sha1, Sha256, Sha512};
    let values = [&[Sha1][..], &[Sha1, Sha256], &[Sha1, Sha512], &[Sha1, Sha256, Sha512]];
    let values = values.iter().map(|digests| Some(DigestSet::of(digests))).collect();
    fact("digests", question, |question, value| question.phone.device.digests = value, None, values)
}

/// 2048 bits are the safe maximum (P-ALG-4): no device is known to take less. Where the size of a
/// signer's key is not known either, it is taken as one that fits, as the cases of forged signers
/// have it.
fn key_bits(question: &Question) -> Fact {
    let config = if let ConfigOffer::Config(config) = &question.offer.config {
        Some(config.key_bits)
    } else {
        None
    };
    let sizes: Vec<Option<u32>> =
        offered(question).map(|list| list.key_bits).chain(config).collect();
    let values =
        if sizes.contains(&None) { Vec::new() } else { vec![Some(2048), Some(3072), Some(16384)] };
    fact(
        "max_key_bits",
        question,
        |question, value| question.phone.device.max_key_bits = value,
        None,
        values,
    )
}

/// A minimum that is not known is none above 1.2 for phones that are not legacy (P-TVS-11; C05
/// against minimum 1.3).
fn tls(question: &Question) -> Fact {
    let legacy = question.phone.device.tvs_client == TvsClient::Legacy;
    let values = TlsVersion::ALL
        .iter()
        .copied()
        .filter(|&version| legacy || version < TlsVersion::V1_3)
        .map(Some)
        .collect();
    fact(
        "tls_minimum",
        question,
        |question, value| question.offer.tls_minimum = value,
        None,
        values,
    )
}

fn tvs(question: &Question) -> Fact {
    let mut values = vec![question.tvs.clone(), Tvs::Known(Vec::new())];
    values.extend(servers_that_know(question).map(|server| Tvs::Known(vec![server])));
    fact("tvs", question, |question, value| question.tvs = value, Tvs::Unknown, values)
}

/// For one server: all of it, what it presents, what it knows, the roles of each certificate that
/// it knows.
fn server(question: &Question, index: usize) -> Vec<Fact> {
    let Tvs::Known(servers) = &question.tvs else { return Vec::new() };
    let Some(stated) = servers.get(index) else { return Vec::new() };
    let set = |question: &mut Question, server| {
        if let Tvs::Known(servers) = &mut question.tvs {
            servers[index] = server;
        }
    };
    let unknown = stated.clone().with_reachable(true).with_presents(None).with_knows(None);
    let named = |server: TvsServer| server.with_server(stated.server.clone());
    let mut values: Vec<TvsServer> = servers_that_know(question).map(named).collect();
    values.extend([stated.clone(), stated.clone().with_reachable(false)]);
    let mut facts = vec![fact(
        &format!("TVS server {}", stated.server),
        question,
        set,
        unknown,
        values.clone(),
    )];
    let presents = values
        .iter()
        .map(|value| stated.clone().with_presents(value.presents.clone().or(stranger())));
    let unknown = stated.clone().with_presents(None);
    facts.push(fact(
        &format!("what {} presents", stated.server),
        question,
        set,
        unknown,
        presents.collect(),
    ));
    let knows = values
        .iter()
        .map(|value| stated.clone().with_knows(Some(value.knows.clone().unwrap_or_default())));
    let unknown = stated.clone().with_knows(None);
    facts.push(fact(
        &format!("what {} knows", stated.server),
        question,
        set,
        unknown,
        knows.collect(),
    ));
    let known = stated.knows.as_deref().unwrap_or_default();
    for (at, certificate) in known.iter().enumerate() {
        let with_roles = |roles: Option<RoleSet>| {
            let mut known = known.to_vec();
            known[at].roles = roles;
            stated.clone().with_knows(Some(known.into()))
        };
        let roles = [&[Role::Sast][..], &[Role::CcmTftp], &[Role::Sast, Role::CcmTftp]]
            .map(|roles| Some(RoleSet::of(roles)));
        let values = roles.into_iter().chain([certificate.roles.clone()]).map(with_roles).collect();
        facts.push(fact(
            &format!("roles at {}", stated.server),
            question,
            set,
            with_roles(None),
            values,
        ));
    }
    facts
}

/// Servers that the phone trusts by one of its TVS records: one that knows every signer, one that
/// knows none.
fn servers_that_know(question: &Question) -> impl Iterator<Item = TvsServer> + '_ {
    let lists = [question.phone.itl(), question.phone.ctl()].into_iter().flatten();
    let presented =
        lists.flat_map(|list| certificates(list, Some(Role::Tvs))).map(Some).chain([stranger()]);
    let signers: Vec<KnownCertificate> = signers(question).map(known).collect();
    let server = question
        .phone
        .cm_group
        .iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_else(|| Arc::from("ccm1"));
    presented.flat_map(move |presents| {
        [signers.clone(), Vec::new()].map(|knows| {
            TvsServer::new(server.clone())
                .with_presents(presents.clone())
                .with_knows(Some(knows.into()))
        })
    })
}

fn known(certificate: Arc<CertificateFacts>) -> KnownCertificate {
    KnownCertificate::new(certificate).with_roles(Some(RoleSet::of(&[Role::Sast, Role::CcmTftp])))
}

/// A certificate that no list names.
fn stranger() -> Option<Arc<CertificateFacts>> {
    use trustlist::facts::{Fingerprint, Identity, KeyFacts, Name, Serial};
    let identity =
        Identity { serial: Serial::from_bytes(b"stranger"), issuer: Name::new("CN=stranger") };
    let (subject, key, fingerprint) =
        (Name::new("CN=stranger"), KeyFacts::Unknown, Fingerprint::default());
    Some(Arc::new(CertificateFacts::new(identity, subject, key).with_fingerprint(fingerprint)))
}

fn offered(question: &Question) -> impl Iterator<Item = &Arc<ListFacts>> + '_ {
    [&question.offer.ctl, &question.offer.itl].into_iter().filter_map(|offer| match offer {
        ListOffer::List(list) => Some(list),
        _ => None,
    })
}

/// The certificates of all lists, whatever their roles.
fn signers(question: &Question) -> impl Iterator<Item = Arc<CertificateFacts>> + '_ {
    let lists =
        offered(question).chain([question.phone.itl(), question.phone.ctl()].into_iter().flatten());
    lists.flat_map(|list| certificates(list, None))
}

fn certificates(
    list: &ListFacts,
    role: Option<Role>,
) -> impl Iterator<Item = Arc<CertificateFacts>> + '_ {
    let records =
        list.records.iter().filter(move |record| role.is_none_or(|role| record.role == role));
    records.filter_map(|record| record.certificate.clone())
}
