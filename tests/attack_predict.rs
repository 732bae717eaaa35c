//! An attacker who chooses every offered file, every name and every checksum: no file that is
//! signed with his key is accepted or "unchanged", and no remedy installs it where the signature
//! proves the forgery.

#![cfg(all(feature = "std", feature = "rsa"))]

use sha1::{Digest, Sha1};
use support::{Certificate, Request, key};
use trustlist::code::FindingCode;
use trustlist::console::{Print, SignatureWord};
use trustlist::facts::Name;
use trustlist::facts::{Identity, Serial};
use trustlist::phone::{JudgedFile, Lean, Outcome, Remedy, TlsVersion, Verdict};
use trustlist::question::Question;
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignedFileBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};

mod common;
mod support;

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-both/ITLFile.tlv";
const CTL: &str = "mixed/before/CTLFile.tlv";
const ATTACKER: &str = "rsa2048-24";
const SIGNS: [Role; 3] = [Role::Sast, Role::CcmTftp, Role::Tvs];

fn read(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// A certificate as a list names it: public, so an attacker knows all of it but the private key.
#[derive(Clone)]
struct Named {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    key: Vec<u8>,
    der: Option<Vec<u8>>,
    /// The SHA-1 of the certificate.
    hash: Option<Vec<u8>>,
}

impl Named {
    fn identity(&self) -> Identity {
        Identity {
            serial: Serial::from_bytes(&self.serial),
            issuer: Name::from_bytes(&self.issuer),
        }
    }
}

fn text(bytes: &[u8]) -> Vec<u8> {
    bytes.strip_suffix(&[0]).unwrap_or(bytes).to_vec()
}

/// Every certificate of a list, each once.
fn named(list: &[u8]) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    for record in TrustList::parse(list).unwrap().records().map(Result::unwrap) {
        let (Some(subject), Some(issuer), Some(serial)) =
            (record.subject(), record.issuer(), record.serial())
        else {
            continue;
        };
        let one = Named {
            subject: text(subject),
            issuer: text(issuer),
            serial: serial.to_vec(),
            key: record.public_key().unwrap_or_default().to_vec(),
            der: record.certificate().map(<[u8]>::to_vec),
            hash: record
                .certificate()
                .map(|der| Sha1::digest(der).to_vec())
                .or_else(|| record.certificate_hash().map(<[u8]>::to_vec)),
        };
        if !found.iter().any(|other| other.identity() == one.identity()) {
            found.push(one);
        }
    }
    found
}

/// The attacker's certificate under the name and serial number of another one.
fn forged(of: &Named) -> Certificate {
    let subject = String::from_utf8(of.subject.clone()).unwrap();
    Request::own(&subject, &of.serial, (1_700_000_000, 1_900_000_000), key(ATTACKER))
        .sign(key(ATTACKER))
}

/// How the attacker's list names its signer.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// The honest records, unchanged.
    Honest,
    /// A record with the attacker's certificate before the honest ones.
    Certificate,
    /// The same after them, with the hash alone: the key is in tag 7.
    Hash,
    /// The honest names and serial number with the attacker's key in tag 7.
    KeyAlone,
    /// The same beside the hash of the honest certificate.
    HonestHash,
}

const SHAPES: [Shape; 5] =
    [Shape::Honest, Shape::Certificate, Shape::Hash, Shape::KeyAlone, Shape::HonestHash];

fn list(signer: &Named, honest: &[Named], shape: Shape, name: &str) -> Vec<u8> {
    let mut records: Vec<RecordBuilder> = honest
        .iter()
        .flat_map(|one| {
            let record = |role| {
                let record = RecordBuilder::new(role)
                    .subject(one.subject.clone())
                    .issuer(one.issuer.clone())
                    .serial(one.serial.clone())
                    .public_key(one.key.clone());
                one.der.iter().fold(record, |record, der| record.certificate(der.clone()))
            };
            [record(Role::Sast), record(Role::CcmTftp)]
        })
        .collect();
    let certificate = forged(signer);
    let of_roles = |record: &dyn Fn(Role) -> RecordBuilder| SIGNS.map(record).to_vec();
    match shape {
        Shape::Honest => {}
        Shape::Certificate => {
            let mut first = of_roles(&|role| certificate.record(role, Layout::Cucm));
            first.append(&mut records);
            records = first;
        }
        Shape::Hash => {
            records.extend(of_roles(&|role| certificate.hash_record(role, Layout::Cucm)));
        }
        Shape::KeyAlone | Shape::HonestHash => {
            let forged = of_roles(&|role| {
                let record = RecordBuilder::new(role)
                    .subject(signer.subject.clone())
                    .issuer(signer.issuer.clone())
                    .serial(signer.serial.clone())
                    .public_key(certificate.public_key.clone());
                match &signer.hash {
                    Some(hash) if matches!(shape, Shape::HonestHash) => {
                        record.certificate_hash(DigestAlgorithm::Sha1, hash.clone())
                    }
                    _ => record,
                }
            });
            // Without a record that carries the honest certificate.
            if matches!(shape, Shape::HonestHash) {
                records.clear();
            }
            records.extend(forged);
        }
    }
    ListBuilder::new(Layout::Cucm, info(signer))
        .file_name(name)
        .timestamp(1_800_000_000)
        .digest(DigestAlgorithm::Sha1)
        .records(records)
        .sign(&key(ATTACKER).signer)
        .unwrap()
}

fn config(signer: &Named) -> Vec<u8> {
    SignedFileBuilder::new(Layout::Cucm, info(signer))
        .file_name("SEP001122334455.cnf.xml.sgn")
        .timestamp(1_800_000_000)
        .sign(b"<device/>", &key(ATTACKER).signer)
        .unwrap()
}

fn info(signer: &Named) -> SignerInfo {
    SignerInfo::new(signer.subject.clone(), signer.issuer.clone(), signer.serial.clone())
}

/// The lists on the phone and the facts of TVS; all of them honest.
#[derive(Clone, Copy, Debug)]
enum Has {
    Itl,
    Both,
    CtlAlone,
    Checksum,
    Paste,
}

const HAS: [Has; 5] = [Has::Itl, Has::Both, Has::CtlAlone, Has::Checksum, Has::Paste];

#[derive(Clone, Copy, Debug)]
enum Server {
    Unsaid,
    None,
    Down,
    Knows,
    Cached,
    OldTls,
    /// It knows what pastes show: no keys.
    KnowsPaste,
}

const SERVERS: [Server; 7] = [
    Server::Unsaid,
    Server::None,
    Server::Down,
    Server::Knows,
    Server::Cached,
    Server::OldTls,
    Server::KnowsPaste,
];

fn question(has: Has, server: Server, model: &str) -> Question {
    let mut question = Question::new();
    question.model(model).cm_group(["ccm1"]);
    let (itl, ctl) = (read(BEFORE), read(CTL));
    match has {
        Has::Itl => _ = question.installed_itl(&itl).unwrap(),
        Has::Both => _ = question.installed_itl(&itl).unwrap().installed_ctl(&ctl).unwrap(),
        Has::CtlAlone => _ = question.installed_ctl(&ctl).unwrap(),
        Has::Checksum => {
            let md5 = "c1fc551921d7b98ba4aae4295ecf69e7";
            question.known_list(itl).known_list(read(AFTER)).installed_itl(md5).unwrap();
        }
        Has::Paste => _ = question.installed_itl(paste(&itl)).unwrap(),
    }
    match server {
        Server::Unsaid => {}
        Server::None => _ = question.no_tvs(),
        Server::Down => _ = question.tvs_down("ccm1"),
        Server::KnowsPaste => {
            question.tvs_presents("ccm1", read("certs/ccm1-tvs-1.pem")).unwrap();
            question.tvs_knows(paste(&read(BEFORE))).unwrap();
            question.tvs_knows(paste(&read(AFTER))).unwrap();
        }
        Server::Knows | Server::Cached | Server::OldTls => {
            question.tvs_presents("ccm1", read("certs/ccm1-tvs-1.pem")).unwrap();
            question.tvs_knows(read(BEFORE)).unwrap().tvs_knows(read(AFTER)).unwrap();
            question.tvs_knows(read("certs/ccm1-callmanager-2.pem")).unwrap();
            if let Server::Cached = server {
                question.tvs_cached(read("certs/ccm1-callmanager-1.pem")).unwrap();
                question.tvs_cached(read("certs/ccm1-callmanager-2.pem")).unwrap();
            }
            if let Server::OldTls = server {
                question.tls_minimum(TlsVersion::V1_2);
            }
        }
    }
    question
}

/// Returns the output of `show itl` for a list.
fn paste(list: &[u8]) -> String {
    let list = TrustList::parse(list).unwrap();
    Print::from_list(&list, SignatureWord::Good).unwrap().to_string()
}

/// Remedies after which the phone takes the file that is offered, instead of another one.
fn installs(remedy: &Remedy) -> bool {
    match remedy {
        Remedy::Together { first, second } => installs(first) && installs(second),
        Remedy::DeleteListsOnPhone
        | Remedy::ImportSigner { .. }
        | Remedy::LowerTlsMinimum
        | Remedy::ResetAgain
        | Remedy::RestoreTvsCertificate { .. }
        | Remedy::StartTvs { .. } => true,
        _ => false,
    }
}

/// Which files the attacker puts on the server.
const OFFERS: [[bool; 3]; 5] = [
    [false, true, false],
    [true, false, false],
    [true, true, false],
    [true, true, true],
    [false, false, true],
];

#[test]
fn no_file_of_an_attacker_is_accepted() {
    let (before, after, ctl) = (named(&read(BEFORE)), named(&read(AFTER)), named(&read(CTL)));
    let mut signers: Vec<Named> = Vec::new();
    for one in [&before, &after, &ctl].into_iter().flatten() {
        if !signers.iter().any(|other| other.identity() == one.identity()) {
            signers.push(one.clone());
        }
    }
    assert!(signers.len() >= 8, "{}", signers.len());
    // His own name, and a name that differs from an honest one in its spelling alone.
    let mut own = before[0].clone();
    (own.subject, own.issuer) = (b"CN=attacker".to_vec(), b"CN=attacker".to_vec());
    let mut spelled = before[0].clone();
    spelled.issuer = [b"O=,  ".as_slice(), &spelled.issuer.to_ascii_lowercase()].concat();
    signers.extend([own, spelled]);

    // One combination of four each time; `TRUSTLIST_ATTACK=all` asks them all.
    let all = std::env::var_os("TRUSTLIST_ATTACK").is_some_and(|what| what == "all");
    let every = if all { 1 } else { 4 };
    let (mut turn, mut asked, mut proven, mut verdicts) = (0_usize, 0_u32, 0_u32, [0_u32; 3]);
    for signer in &signers {
        for shape in SHAPES {
            let itl = list(signer, &before, shape, "ITLFile.tlv");
            let ctl_file = list(signer, &ctl, shape, "CTLFile.tlv");
            let config = config(signer);
            turn += 1;
            for (has, server, model) in combinations().into_iter().skip(turn % every).step_by(every)
            {
                for [with_ctl, with_itl, with_config] in OFFERS {
                    let mut question = question(has, server, model);
                    if with_ctl {
                        question.offered_ctl(&ctl_file).unwrap();
                    }
                    if with_itl {
                        question.offered_itl(&itl).unwrap();
                    }
                    match with_config {
                        true => _ = question.offered_config(&config).unwrap(),
                        false => _ = question.no_config(),
                    }
                    let answer = question.predict();
                    let what = format!(
                        "{shape:?} {has:?} {server:?} {model} as {:?}: {answer}",
                        signer.identity()
                    );
                    for (file, offered) in [
                        (JudgedFile::Ctl, with_ctl),
                        (JudgedFile::Itl, with_itl),
                        (JudgedFile::Config, with_config),
                    ] {
                        if !offered {
                            continue;
                        }
                        let outcome = answer.outcome(file).unwrap();
                        assert!(
                            matches!(
                                outcome,
                                Outcome::Reject | Outcome::Depends | Outcome::NotApplicable
                            ),
                            "{file:?} {outcome:?}: {what}"
                        );
                        // The key of the signer that the file names says that this is a forgery.
                        let judgement = answer.judgement(file).unwrap();
                        let is_proof = |code| {
                            matches!(
                                code,
                                FindingCode::SignatureBroken | FindingCode::SignerImpersonated
                            )
                        };
                        if judgement.findings().iter().any(|finding| is_proof(finding.code())) {
                            proven += 1;
                            assert_ne!(judgement.leans(), Some(Lean::Accept), "{file:?}: {what}");
                            let remedies = answer.remedies().of(file);
                            assert!(
                                !remedies.iter().any(installs),
                                "{file:?} {remedies:?}: {what}"
                            );
                        }
                    }
                    asked += 1;
                    verdicts[answer.verdict() as usize] += 1;
                }
            }
        }
    }
    println!(
        "{asked} questions: {verdicts:?} (accept, depends, reject), {proven} proven forgeries"
    );
    assert!(proven > 500, "{proven}");
    // Where every file of his is one that the device never asks for, nothing is refused.
    assert!(asked > 1_200 && verdicts[Verdict::Reject as usize] > asked / 2, "{verdicts:?}");
}

/// The lists on the phone and the facts of TVS, with the models that differ: with and without
/// Security By Default.
fn combinations() -> Vec<(Has, Server, &'static str)> {
    let mut all = Vec::new();
    for (number, has) in HAS.into_iter().enumerate() {
        for (other, server) in SERVERS.into_iter().enumerate() {
            // Each pair with one of the models; which one differs from pair to pair.
            all.push((has, server, ["8851", "7975"][(number + other) % 2]));
        }
    }
    all
}
