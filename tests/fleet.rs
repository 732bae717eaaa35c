//! A fleet is answered as its phones are one by one, and each distinct file is verified once.
#![cfg(all(feature = "std", feature = "rsa"))]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use trustlist::Verdict;
use trustlist::cert::Certificate;
use trustlist::facts::{CertificateFacts, ConfigFacts, Files, ListFacts};
use trustlist::fleet::*;
use trustlist::phone::{
    CachedSigner, ConfigOffer, Device, InstalledLists, KnownCertificate, ListOffer, Offer, Phone,
    RoleSet, Tvs, TvsServer, predict,
};
use trustlist::verify::{Message, RsaKey, RustCrypto, SignatureVerifier};
use trustlist::wire::{DigestAlgorithm, Role};

/// Counts what it verifies.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl SignatureVerifier for Counting {
    fn supports(&self, digest: DigestAlgorithm) -> bool {
        RustCrypto.supports(digest)
    }

    fn verify(
        &self,
        key: &RsaKey<'_>,
        digest: DigestAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        RustCrypto.verify(key, digest, message, signature)
    }
}

impl Counting {
    fn verified(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// The files of the invented company.
struct Site {
    files: Files<Counting>,
    counting: Counting,
    itls: Vec<Arc<ListFacts>>,
    ctls: Vec<Arc<ListFacts>>,
}

const ITLS: [&str; 7] = [
    "cluster/before/ITLFile.tlv",
    "cluster/after-callmanager/ITLFile.tlv",
    "cluster/from-ccm2/ITLFile.tlv",
    "cluster/rollback/ITLFile.tlv",
    "recovery/before/ITLFile.tlv",
    "digests/sha512/ITLFile.tlv",
    "bad/forged-signer.tlv",
];
const CTLS: [&str; 3] =
    ["mixed/before/CTLFile.tlv", "mixed/left/CTLFile.tlv", "mixed/etoken/CTLFile.tlv"];

fn site() -> Site {
    let counting = Counting::default();
    let mut files = Files::new(counting.clone());
    let mut lists = |names: &[&str]| {
        names.iter().map(|name| files.list(read(name)).unwrap()).collect::<Vec<_>>()
    };
    let (itls, ctls) = (lists(&ITLS), lists(&CTLS));
    Site { files, counting, itls, ctls }
}

fn certificate(name: &str) -> Arc<CertificateFacts> {
    let pem = String::from_utf8(read(&format!("certs/{name}.pem"))).unwrap();
    let (_, der) = der::pem::decode_vec(pem.as_bytes()).unwrap();
    Arc::new(CertificateFacts::from_certificate(&Certificate::parse(&der).unwrap()))
}

/// The answers of TVS on two nodes after a regeneration of CallManager.
fn tvs() -> Tvs {
    let knows = |name| {
        KnownCertificate::new(certificate(name))
            .with_roles(Some(RoleSet::of(&[Role::Sast, Role::CcmTftp])))
    };
    let server = |server: &str, reachable, presents| {
        TvsServer::new(Arc::from(server))
            .with_reachable(reachable)
            .with_presents(Some(certificate(presents)))
            .with_knows(Some(Arc::from([knows("ccm1-callmanager-2")])))
    };
    Tvs::Known(vec![
        server("ccm1", true, "ccm1-tvs-2"),
        server("ccm2", true, "ccm2-tvs-1"),
        server("ccm3", false, "ccm3-tvs-1"),
    ])
}

fn offer(itl: &Arc<ListFacts>) -> Offer {
    let itl = ListOffer::List(itl.clone());
    Offer::new().with_itl(itl)
}

fn phone(site: &Site) -> Phone {
    Phone::new(Device::of_model("8851"))
        .with_installed(InstalledLists::of(None, Some(site.itls[0].clone())))
}

/// A phone with an offer and a knowledge of TVS of its own.
#[derive(Clone, Debug)]
struct Apart {
    phone: Phone,
    offer: Option<Arc<Offer>>,
    tvs: Option<Arc<Tvs>>,
}

impl Member for Apart {
    fn phone(&self) -> &Phone {
        &self.phone
    }

    fn offer(&self) -> Option<&Arc<Offer>> {
        self.offer.as_ref()
    }

    fn tvs(&self) -> Option<&Arc<Tvs>> {
        self.tvs.as_ref()
    }
}

/// Every combination of what the rules look at, each twice.
fn members(site: &Site) -> Vec<Apart> {
    let one = |name: &str| Some(vec![Arc::from(name)]);
    let groups = [
        None,
        one("ccm1"),
        one("ccm2"),
        one("ccm3"),
        Some(vec![Arc::from("ccm1"), Arc::from("ccm2")]),
    ];
    let mut sha1 = Device::of_model("8851");
    sha1.digests = Device::of_model("7975").digests;
    let mut fips = Device::of_model("8851");
    (fips.fips, fips.max_key_bits) = (true, Some(1024));
    let devices = [
        Device::of_model("8851"),
        Device::of_model("7975"),
        Device::of_model("7960"),
        Device::unknown(),
        sha1,
        fips,
    ];
    let itls = || site.itls.iter().cloned().map(Some).chain([None]);
    let ctls = || site.ctls.iter().cloned().map(Some).chain([None]);
    let offers = offers(site);
    let mut members = Vec::new();
    for (itl, ctl) in itls().flat_map(|itl| ctls().map(move |ctl| (itl.clone(), ctl))) {
        for (device, cm_group) in
            devices.iter().flat_map(|device| groups.iter().map(move |group| (device, group)))
        {
            for (number, (offer, tvs)) in offers.iter().enumerate() {
                let installed = if number % 5 == 4 {
                    InstalledLists::Unknown
                } else {
                    InstalledLists::of(ctl.clone(), itl.clone())
                };
                let cached = CachedSigner::new(certificate_2());
                let tvs_cache = if number % 7 == 6 { vec![cached] } else { Vec::new() };
                let (device, cm_group) = (device.clone(), cm_group.clone());
                let phone = Phone::new(device)
                    .with_cm_group(cm_group)
                    .with_installed(installed)
                    .with_tvs_cache(tvs_cache);
                members.push(Apart { phone, offer: offer.clone(), tvs: tvs.clone() });
            }
        }
    }
    members
}

fn certificate_2() -> Arc<CertificateFacts> {
    static FOUND: std::sync::OnceLock<Arc<CertificateFacts>> = std::sync::OnceLock::new();
    FOUND.get_or_init(|| certificate("ccm1-callmanager-2")).clone()
}

type Offers = Vec<(Option<Arc<Offer>>, Option<Arc<Tvs>>)>;

fn offers(site: &Site) -> Offers {
    let base = offer(&site.itls[1]);
    let at = trustlist::facts::Timestamp::parse("2040-01-01");
    let with_ctl = base.clone().with_ctl(ListOffer::List(site.ctls[0].clone()));
    let offers = [
        None,
        Some(offer(&site.itls[2])),
        Some(offer(&site.itls[6])),
        Some(
            with_ctl
                .clone()
                .with_tftp_server(Some(Arc::from("ccm1")))
                .with_config(ConfigOffer::NotServed),
        ),
        Some(with_ctl.with_tftp_server(Some(Arc::from("elsewhere"))).with_at(at)),
        Some(base.clone().with_itl(ListOffer::Empty)),
    ];
    let tvs = [None, Some(Arc::new(Tvs::Unknown)), Some(Arc::new(Tvs::Known(Vec::new())))];
    offers
        .into_iter()
        .flat_map(|offer| tvs.clone().map(|tvs| (offer.clone().map(Arc::new), tvs)))
        .collect()
}

/// The answer without a fleet, as far as a prediction gives it.
fn expected(member: &Apart, of_fleet: (&Offer, &Tvs), files: &Files<Counting>) -> Answer {
    let offer = member.offer.as_deref().unwrap_or(of_fleet.0);
    let tvs = member.tvs.as_deref().unwrap_or(of_fleet.1);
    let prediction = predict(&member.phone, offer, tvs, files);
    let remedies = trustlist::phone::remedies(&member.phone, offer, tvs, files, &prediction);
    Answer::of(&prediction).with(&remedies)
}

#[test]
fn every_combination_is_answered_as_on_its_own() {
    let site = site();
    let (offer, tvs) = (offer(&site.itls[1]), tvs());
    // One in seven of the whole, which a prime step spreads over everything; each twice.
    let all = members(&site);
    let some: Vec<&Apart> = all.iter().step_by(7).collect();
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let mut kinds = BTreeSet::new();
    for (member, answer) in fleet.judge_all(some.iter().chain(some.iter().rev()).copied()) {
        assert_eq!(answer, expected(member, (&offer, &tvs), &site.files), "{member:?}");
        let deletes = answer.advice == Some(Advice::DeleteLists);
        assert_eq!(answer.hands == Hands::ByHand, deletes, "{answer:?}");
        kinds.insert((answer.verdict, answer.reason, answer.hands));
    }
    println!("{} phones, {} kinds of answers", 2 * some.len(), kinds.len());
    assert!(some.len() > 2_000 && kinds.len() > 25, "{} phones, {} kinds", some.len(), kinds.len());
    for hands in Hands::ALL {
        assert!(kinds.iter().any(|(.., found)| found == hands), "no phone is {hands}");
    }
}

#[cfg(feature = "rayon")]
#[test]
fn threads_answer_as_one_does() {
    use rayon::iter::ParallelIterator;
    let site = site();
    let (offer, tvs) = (offer(&site.itls[1]), tvs());
    let members: Vec<Apart> = members(&site).into_iter().step_by(11).collect();
    let members: Vec<&Apart> = members.iter().cycle().take(5 * members.len()).collect();
    let one: Vec<Answer> = Fleet::new(&offer, &tvs, &site.files)
        .judge_all(&members)
        .map(|(_, answer)| answer)
        .collect();
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let many: Vec<Answer> = fleet.par_judge_all(&members).map(|(_, answer)| answer).collect();
    assert_eq!(one, many);
}

#[test]
fn a_file_is_verified_once_whatever_the_number_of_phones() {
    let site = site();
    let (offer, tvs) = (offer(&site.itls[1]), tvs());
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let groups = ["ccm1", "ccm2", "ccm3"].map(|name| Some(vec![Arc::from(name)]));
    let phones: Vec<Phone> =
        (0..3_000).map(|n| phone(&site).with_cm_group(groups[n % 3].clone())).collect();
    assert_eq!(site.counting.verified(), 0);
    let answers: BTreeSet<_> = fleet.judge_all(&phones).map(|(_, answer)| answer.verdict).collect();
    assert_eq!(answers, BTreeSet::from([Verdict::Accept, Verdict::Reject]));
    assert_eq!(site.counting.verified(), 1, "one list under one key");
}

/// A phone with its own configuration.
struct WithConfig<'a>(Phone, LooseConfig<'a, Files<Counting>>);

impl Member for WithConfig<'_> {
    fn phone(&self) -> &Phone {
        &self.0
    }

    fn config(&self) -> Option<&dyn OwnConfig> {
        Some(&self.1)
    }
}

#[test]
fn own_configurations_are_verified_once_each_and_answered_as_in_a_set() {
    let mut site = site();
    let sound = read("cluster/before/SEP001122334455.cnf.xml.sgn");
    let mut bytes: Vec<Vec<u8>> = vec![sound.clone(); 40];
    // Every fourth is changed after its header, each at another place.
    let len = sound.len();
    bytes
        .iter_mut()
        .enumerate()
        .filter(|(n, _)| n % 4 == 0)
        .for_each(|(n, bytes)| bytes[len - 1 - n] ^= 1);
    bytes.extend([
        read("cluster/after-callmanager/SEP001122334455.cnf.xml.sgn"),
        read("bad/forged-signer.cnf.xml.sgn"),
    ]);
    let in_set: Vec<Arc<ConfigFacts>> =
        bytes.iter().map(|bytes| site.files.config(bytes.clone()).unwrap()).collect();
    let (offer, tvs) = (offer(&site.itls[0]), tvs());
    let expected: Vec<Answer> = in_set
        .into_iter()
        .map(|config| {
            let offer = offer.clone().with_config(ConfigOffer::Config(config));
            Fleet::new(&offer, &tvs, &site.files).judge(&phone(&site))
        })
        .collect();
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let members = bytes
        .iter()
        .map(|bytes| WithConfig(phone(&site), LooseConfig::parse(bytes, &site.files).unwrap()));
    let before = site.counting.verified();
    let answers: Vec<Answer> = fleet.judge_all(members).map(|(_, answer)| answer).collect();
    assert_eq!(answers, expected);
    assert_eq!(answers.iter().filter(|answer| answer.verdict == Verdict::Accept).count(), 30);
    assert_eq!(answers.iter().filter(|answer| answer.verdict == Verdict::Reject).count(), 11);
    // 40 configurations of the known signer, once each; those of another signer ask for a few keys
    // more.
    let verified = site.counting.verified() - before;
    assert!((40..=44).contains(&verified), "{verified}");
    // Members that are only lent keep what is their own.
    let members: Vec<WithConfig<'_>> = bytes
        .iter()
        .map(|bytes| WithConfig(phone(&site), LooseConfig::parse(bytes, &site.files).unwrap()))
        .collect();
    let another = Fleet::new(&offer, &tvs, &site.files);
    let judged = another.judge_all(&members);
    assert_eq!(judged.size_hint(), (bytes.len(), Some(bytes.len())));
    assert!(judged.map(|(_, answer)| answer).eq(expected));
}

#[test]
fn a_memory_that_is_full_forgets_and_goes_on() {
    let site = site();
    let (offer, tvs) = (offer(&site.itls[0]), Tvs::Unknown);
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let group = |n: usize| Some(vec![Arc::from(n.to_string())]);
    let phones = (0..MAX_STATES + 10).chain(0..10).map(|n| phone(&site).with_cm_group(group(n)));
    let mut count = 0;
    for (_, answer) in fleet.judge_all(phones) {
        assert_eq!(answer.itl, trustlist::phone::Outcome::Unchanged);
        count += 1;
    }
    assert_eq!(count, MAX_STATES + 20);
}

#[test]
fn the_name_of_a_model_makes_no_state_of_its_own() {
    let site = site();
    let (offer, tvs) = (offer(&site.itls[1]), Tvs::Known(Vec::new()));
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let named = |model: &str| phone(&site).with_device(Device::of_model(model));
    let answers: BTreeSet<_> = ["7975", "CP-7975G", "Cisco 7975"]
        .iter()
        .map(|model| format!("{:?}", fleet.judge(&named(model))))
        .collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(fleet.predict(&named("7975")).itl.outcome(), fleet.judge(&named("7975")).itl);
}

#[test]
fn counts_add_up_and_parts_merge_to_the_whole() {
    let site = site();
    let (offer, tvs) = (offer(&site.itls[1]), tvs());
    let fleet = Fleet::new(&offer, &tvs, &site.files);
    let members: Vec<Apart> = members(&site).into_iter().step_by(13).collect();
    let (mut whole, mut parts) = (Summary::default(), [Summary::default(), Summary::default()]);
    let mut first = First::new(3);
    for (number, (member, answer)) in fleet.judge_all(&members).enumerate() {
        let group = member.phone.cm_group.as_ref().map(|group| group.join(", "));
        let labels =
            Labels { model: member.phone.device.model.as_deref(), group: group.as_deref() };
        whole.add(labels, &answer, 1);
        parts[number % 2].add(labels, &answer, 1);
        first.note(answer.hands, || (answer.hands, number));
    }
    let phones = members.len() as u64;
    assert_eq!(whole.total.phones(), phones);
    assert_eq!(whole.reasons.values().sum::<u64>(), phones);
    assert_eq!(whole.hands.values().sum::<u64>(), phones);
    assert_eq!(whole.models.values().map(|counts| counts.phones()).sum::<u64>(), phones);
    assert_eq!(whole.groups.values().map(|counts| counts.phones()).sum::<u64>(), phones);
    assert_eq!(whole.worst(), Some(Verdict::Reject));
    let [mut merged, other] = parts;
    merged.merge(&other);
    assert_eq!(merged, whole);
    let first = first.into_most_urgent();
    assert_eq!(first.iter().map(|&(hands, _)| hands).collect::<Vec<_>>(), [Hands::ByHand; 3]);
    assert!(first.is_sorted_by_key(|&(_, number)| number));
}

#[test]
fn labels_without_end_are_counted_together() {
    let answer = {
        let site = site();
        Fleet::new(&offer(&site.itls[0]), &Tvs::Unknown, &site.files).judge(&phone(&site))
    };
    let mut summary = Summary::default();
    for number in 0..MAX_LABELS + 5 {
        summary.add(Labels { model: Some(&number.to_string()), group: None }, &answer, 1);
    }
    assert_eq!(summary.models.len(), MAX_LABELS + 1);
    assert_eq!(summary.models[&Some(Arc::from("(others)"))].phones(), 5);
}
