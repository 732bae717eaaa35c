//! The properties of `spec/PROPERTIES.md` that speak of prediction, over random cases in symbols.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/unknown.rs"]
mod unknown;

use cases::{OF_THE_SPECIFICATION, cases};
use proptest::prelude::*;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, ConfigFacts, FileId, Form, Identity, KeyFacts, ListFacts, ListKind, Name,
    RecordFacts, RecordIndex, Serial, SignatureAnswer, Signatures,
};
use trustlist::phone::*;
use trustlist::wire::{DigestAlgorithm, Role};

/// A record: an index into [`ROLES`], a certificate, an index into [`FORMS`].
#[derive(Clone, Debug, PartialEq)]
struct RecordSpec(usize, u8, usize);

#[derive(Clone, Debug, PartialEq)]
struct ListSpec {
    signer: u8,
    sha512: bool,
    broken: bool,
    records: Vec<RecordSpec>,
}

#[derive(Clone, Debug)]
enum OfferSpec {
    Empty,
    New(ListSpec),
    NotFound,
    Same,
}

#[derive(Clone, Debug)]
struct ServerSpec {
    reachable: bool,
    presents: Option<u8>,
    /// Certificates with an index into [`ANSWERS`].
    knows: Option<Vec<(u8, usize)>>,
}

/// A whole question; everything in it is a number, so that names can be put to it in several ways.
#[derive(Clone, Debug)]
struct Spec {
    security_by_default: SecurityByDefault,
    digests: Option<bool>,
    flushes: bool,
    ctl: Option<ListSpec>,
    itl: Option<ListSpec>,
    cached: Vec<u8>,
    offer_ctl: OfferSpec,
    offer_itl: OfferSpec,
    config: Option<(u8, bool)>,
    tvs: Option<Vec<ServerSpec>>,
    group: Option<Vec<u8>>,
}

const ROLES: [Role; 6] = [Role::Sast, Role::CcmTftp, Role::Tftp, Role::Tvs, Role::Capf, Role::Sast];
const FORMS: [Form; 5] =
    [Form::Certificate, Form::Certificate, Form::Hash, Form::None, Form::Empty];
const ANSWERS: [Option<&[Role]>; 4] =
    [None, Some(&[Role::Sast]), Some(&[Role::CcmTftp]), Some(&[Role::Sast, Role::CcmTftp])];
/// Certificates: few, so that lists meet.
const CERTIFICATES: u8 = 5;

fn records() -> impl Strategy<Value = Vec<RecordSpec>> {
    prop::collection::vec(
        (0..ROLES.len(), 0..CERTIFICATES, 0..FORMS.len()).prop_map(|(r, c, f)| RecordSpec(r, c, f)),
        0..6,
    )
}

fn list() -> impl Strategy<Value = ListSpec> {
    (0..CERTIFICATES, prop::bool::weighted(0.15), prop::bool::weighted(0.15), records())
        .prop_map(|(signer, sha512, broken, records)| ListSpec { signer, sha512, broken, records })
}

fn offer() -> impl Strategy<Value = OfferSpec> {
    prop_oneof![
        1 => Just(OfferSpec::Empty),
        6 => list().prop_map(OfferSpec::New),
        2 => Just(OfferSpec::NotFound),
        2 => Just(OfferSpec::Same),
    ]
}

fn server() -> impl Strategy<Value = ServerSpec> {
    let knows = prop::collection::vec((0..CERTIFICATES, 0..ANSWERS.len()), 0..4);
    (
        prop::bool::weighted(0.8),
        prop::option::weighted(0.9, 0..CERTIFICATES),
        prop::option::weighted(0.9, knows),
    )
        .prop_map(|(reachable, presents, knows)| ServerSpec { reachable, presents, knows })
}

prop_compose! {
    fn spec()(
        security_by_default in prop_oneof![1 => Just(SecurityByDefault::No), 1 => Just(SecurityByDefault::Unknown), 6 => Just(SecurityByDefault::Yes)],
        digests in prop::option::of(any::<bool>()),
        flushes in any::<bool>(),
        ctl in prop::option::of(list()),
        itl in prop::option::weighted(0.7, list()),
        cached in prop::collection::vec(0..CERTIFICATES, 0..2),
        offer_ctl in offer(),
        offer_itl in offer(),
        config in prop::option::of((0..CERTIFICATES, prop::bool::weighted(0.1))),
        tvs in prop::option::weighted(0.8, prop::collection::vec(server(), 0..3)),
        group in prop::option::of(prop::collection::vec(0..3u8, 0..3)),
    ) -> Spec {
        Spec { security_by_default, digests, flushes, ctl, itl, cached, offer_ctl, offer_itl, config, tvs, group }
    }
}

/// The question with names put to it.
struct Question {
    phone: Phone,
    offer: Offer,
    tvs: Tvs,
    broken: Vec<FileId>,
}

impl Signatures for Question {
    fn signed_by(&self, file: &FileId, _: &CertificateFacts) -> SignatureAnswer {
        if self.broken.contains(file) { SignatureAnswer::Broken } else { SignatureAnswer::Valid }
    }
}

impl Question {
    fn predict(&self) -> Prediction {
        predict(&self.phone, &self.offer, &self.tvs, self)
    }
}

struct Names(&'static str);

impl Names {
    fn certificate(&self, number: u8) -> Arc<CertificateFacts> {
        let name = Name::new(&format!("CN={}{number}", self.0));
        Arc::new(CertificateFacts::new(
            Identity {
                serial: Serial::from_bytes(format!("{}{number}", self.0).as_bytes()),
                issuer: name.clone(),
            },
            name,
            KeyFacts::Symbol { bits: Some(2048) },
        ))
    }

    fn list(&self, file: u32, spec: &ListSpec) -> Arc<ListFacts> {
        let signer = self.certificate(spec.signer);
        Arc::new(
            ListFacts::new(
                FileId::symbol(file),
                ListKind::List,
                if spec.sha512 { DigestAlgorithm::Sha512 } else { DigestAlgorithm::Sha1 },
            )
            .with_signer(Some(signer.identity.clone()))
            .with_signer_subject(signer.subject.clone())
            .with_key_bits(Some(2048))
            .with_records(
                spec.records
                    .iter()
                    .zip(1..)
                    .map(|(record, index)| self.record(index, record))
                    .collect(),
            ),
        )
    }

    fn record(&self, index: u32, spec: &RecordSpec) -> RecordFacts {
        let form = FORMS[spec.2];
        RecordFacts::new(RecordIndex(index), ROLES[spec.0])
            .with_server(Arc::from(""))
            .with_form(form)
            .with_certificate((form != Form::Empty).then(|| self.certificate(spec.1)))
    }

    fn offered(
        &self,
        file: u32,
        spec: &OfferSpec,
        installed: Option<&Arc<ListFacts>>,
        broken: &mut Vec<FileId>,
    ) -> ListOffer {
        match spec {
            OfferSpec::Empty => ListOffer::Empty,
            OfferSpec::NotFound => ListOffer::NotFound,
            OfferSpec::Same => {
                installed.map_or(ListOffer::NotFound, |list| ListOffer::List(list.clone()))
            }
            OfferSpec::New(list) => {
                broken.extend(list.broken.then_some(FileId::symbol(file)));
                ListOffer::List(self.list(file, list))
            }
        }
    }

    fn known(&self, number: u8, roles: Option<&[Role]>) -> KnownCertificate {
        KnownCertificate::new(self.certificate(number)).with_roles(roles.map(RoleSet::of))
    }

    fn server(&self, index: usize, spec: &ServerSpec) -> TvsServer {
        TvsServer::new(server_name(index))
            .with_reachable(spec.reachable)
            .with_presents(spec.presents.map(|number| self.certificate(number)))
            .with_knows(spec.knows.as_ref().map(|knows| {
                knows.iter().map(|&(number, roles)| self.known(number, ANSWERS[roles])).collect()
            }))
    }

    fn question(&self, spec: &Spec) -> Question {
        let ctl = spec.ctl.as_ref().map(|list| self.list(1, list));
        let itl = spec.itl.as_ref().map(|list| self.list(2, list));
        let mut broken = Vec::new();
        let offer_ctl = self.offered(3, &spec.offer_ctl, ctl.as_ref(), &mut broken);
        let offer_itl = self.offered(4, &spec.offer_itl, itl.as_ref(), &mut broken);
        let config = spec.config.map_or(ConfigOffer::NotJudged, |(signer, is_broken)| {
            broken.extend(is_broken.then_some(FileId::symbol(5)));
            ConfigOffer::Config(Arc::new(self.config(signer)))
        });
        let cached = |&number: &u8| CachedSigner::new(self.certificate(number));
        let digests = |sha512| {
            DigestSet::of(if sha512 {
                &[DigestAlgorithm::Sha1, DigestAlgorithm::Sha512]
            } else {
                &[DigestAlgorithm::Sha1]
            })
        };
        let device = Device::unknown()
            .with_security_by_default(spec.security_by_default)
            .with_digests(spec.digests.map(digests))
            .with_flushes_tvs_cache(spec.flushes);
        let servers = |servers: &Vec<ServerSpec>| {
            servers.iter().enumerate().map(|(index, server)| self.server(index, server)).collect()
        };
        let cm_group = spec
            .group
            .as_ref()
            .map(|group| group.iter().map(|&index| server_name(index.into())).collect());
        Question {
            phone: Phone::new(device)
                .with_cm_group(cm_group)
                .with_installed(InstalledLists::of(ctl, itl))
                .with_tvs_cache(spec.cached.iter().map(cached).collect()),
            offer: Offer::new().with_ctl(offer_ctl).with_itl(offer_itl).with_config(config),
            tvs: spec.tvs.as_ref().map_or(Tvs::Unknown, |list| Tvs::Known(servers(list))),
            broken,
        }
    }

    fn config(&self, signer: u8) -> ConfigFacts {
        let signer = self.certificate(signer);
        ConfigFacts::new(
            FileId::symbol(5),
            signer.identity.clone(),
            signer.subject.clone(),
            DigestAlgorithm::Sha1,
        )
        .with_key_bits(Some(2048))
    }
}

fn server_name(index: usize) -> Arc<str> {
    Arc::from(["ccm1", "ccm2", "ccm3"][index])
}

fn ask(spec: &Spec) -> Question {
    Names("c").question(spec)
}

fn judgements(prediction: &Prediction) -> Vec<&Judgement> {
    [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()]
        .into_iter()
        .flatten()
        .collect()
}

/// The judgements of a boot and of the next one.
fn judged_twice(spec: &Spec) -> Vec<Judgement> {
    let question = ask(spec);
    let boot = boot(&question.phone, &question.offer, &question.tvs, &question);
    [&boot.first, &boot.again].into_iter().flat_map(judgements).cloned().collect()
}

/// The words of spec/CONTRACT.md section 2.
const OUTCOMES: [&str; 7] =
    ["accept", "install-first", "unchanged", "reject", "depends", "not-offered", "not-applicable"];

fn outcomes(prediction: &Prediction) -> Vec<(Outcome, Option<Lean>, Option<Via>)> {
    judgements(prediction)
        .into_iter()
        .map(|judgement| (judgement.outcome(), judgement.leans(), judgement.via()))
        .collect()
}

/// Reject < depends < everything else.
fn rank(judgement: &Judgement) -> u8 {
    match judgement.outcome() {
        Outcome::Reject => 0,
        Outcome::Depends => 1,
        _ => 2,
    }
}

fn accepted(judgement: &Judgement) -> bool {
    matches!(judgement.outcome(), Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged)
}

fn refused(judgement: &Judgement) -> bool {
    judgement.outcome() == Outcome::Reject
}

/// A server that comes to know every certificate with both roles.
fn all_knowing(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    for server in spec.tvs.iter_mut().flatten() {
        server.knows = Some((0..CERTIFICATES).map(|number| (number, 3)).collect());
    }
    spec
}

fn without_ctl_offer(mut spec: Spec) -> Spec {
    spec.offer_ctl = OfferSpec::NotFound;
    spec
}

fn reversed(list: &ListSpec) -> ListSpec {
    ListSpec { records: list.records.iter().rev().cloned().collect(), ..list.clone() }
}

fn reversed_offer(offer: &OfferSpec) -> OfferSpec {
    if let OfferSpec::New(list) = offer { OfferSpec::New(reversed(list)) } else { offer.clone() }
}

proptest! {
    #![proptest_config(cases(OF_THE_SPECIFICATION))]

    #[test]
    fn pp_deterministic(spec in spec()) {
        prop_assert_eq!(ask(&spec).predict(), ask(&spec).predict());
    }

    /// No answer is firm where the values of an unknown fact give different ones.
    #[test]
    fn unknown_facts_leave_what_hangs_on_them_open(spec in spec()) {
        let asked = ask(&spec);
        let question = unknown::Question { phone: asked.phone.clone(), offer: asked.offer.clone(), tvs: asked.tvs.clone() };
        let judge = |question: &unknown::Question| predict(&question.phone, &question.offer, &question.tvs, &asked);
        let wrong = unknown::firm_answers_that_hang_on_a_fact(&question, &judge);
        prop_assert!(wrong.is_empty(), "{:?}", wrong);
    }

    #[test]
    fn pp_known_outcome(spec in spec()) {
        for judgement in judged_twice(&spec) {
            prop_assert!(OUTCOMES.contains(&judgement.outcome().as_str()));
        }
    }

    #[test]
    fn pp_depends_says_on_what(spec in spec()) {
        for judgement in judged_twice(&spec) {
            prop_assert_eq!(judgement.outcome() == Outcome::Depends, !judgement.conditions().is_empty());
            for condition in judgement.conditions() {
                prop_assert!(!condition.code().as_str().is_empty());
                prop_assert_ne!(condition.if_yes, condition.if_no, "{} has one side only", condition.code());
            }
        }
    }

    #[test]
    fn pp_refusal_has_a_refusing_finding(spec in spec()) {
        for judgement in judged_twice(&spec) {
            let refuses = |finding: &Finding| finding.weight == Weight::Refuses;
            prop_assert_eq!(judgement.outcome() == Outcome::Reject, judgement.findings().iter().any(refuses));
        }
    }

    /// An acceptance has a finding that grants, and whatever leans is open.
    #[test]
    fn outcome_and_reasons_agree(spec in spec()) {
        for judgement in judged_twice(&spec) {
            let grants = |finding: &Finding| finding.weight == Weight::Grants;
            prop_assert!(!accepted(&judgement) || judgement.findings().iter().any(grants));
            prop_assert!(judgement.leans().is_none() || judgement.outcome() == Outcome::Depends);
            prop_assert!(judgement.decisive().is_some());
        }
    }

    #[test]
    fn pp_same_never_rejects(spec in spec()) {
        let (ctl, itl) = (OfferSpec::Same, OfferSpec::Same);
        let question = ask(&Spec { offer_ctl: ctl, offer_itl: itl, ..spec });
        let prediction = question.predict();
        prop_assert!(!refused(&prediction.ctl) && !refused(&prediction.itl));
        prop_assert!(prediction.ctl.outcome() != Outcome::Depends);
    }

    #[test]
    fn pp_record_order(spec in spec()) {
        let turned = Spec {
            ctl: spec.ctl.as_ref().map(reversed),
            itl: spec.itl.as_ref().map(reversed),
            offer_ctl: reversed_offer(&spec.offer_ctl),
            offer_itl: reversed_offer(&spec.offer_itl),
            ..spec.clone()
        };
        prop_assert_eq!(outcomes(&ask(&spec).predict()), outcomes(&ask(&turned).predict()));
    }

    #[test]
    fn pp_relabel(spec in spec()) {
        let renamed = Names("another-name-").question(&spec);
        prop_assert_eq!(outcomes(&ask(&spec).predict()), outcomes(&renamed.predict()));
    }

    #[test]
    fn pp_more_tvs_helps_ctl(spec in spec()) {
        prop_assert!(rank(&ask(&spec).predict().ctl) <= rank(&ask(&all_knowing(&spec)).predict().ctl));
    }

    #[test]
    fn pp_more_tvs_helps_itl(spec in spec()) {
        let spec = without_ctl_offer(spec);
        prop_assert!(rank(&ask(&spec).predict().itl) <= rank(&ask(&all_knowing(&spec)).predict().itl));
    }

    #[test]
    fn pp_no_tvs_never_helps(spec in spec()) {
        let spec = without_ctl_offer(spec);
        let without = Spec { tvs: Some(Vec::new()), ..spec.clone() };
        prop_assert!(!(refused(&ask(&spec).predict().itl) && accepted(&ask(&without).predict().itl)));
    }

    /// Without a CTL offer: with one, a CTL that is refused for want of an anchor can leave an
    /// older CTL in place that vouches for the ITL.
    #[test]
    fn pp_fewer_anchors_never_help(spec in spec(), of_ctl in any::<bool>(), nth in 0usize..3) {
        let spec = without_ctl_offer(spec);
        let mut fewer = spec.clone();
        let list = if of_ctl { fewer.ctl.as_mut() } else { fewer.itl.as_mut() };
        let Some(list) = list else { return Ok(()) };
        let anchors: Vec<usize> = (0..list.records.len()).filter(|&at| ROLES[list.records[at].0] == Role::Sast && list.records[at].2 != 4).collect();
        let Some(&at) = anchors.get(nth).filter(|_| anchors.len() > 1) else { return Ok(()) };
        list.records.remove(at);
        prop_assert!(!(refused(&ask(&spec).predict().itl) && accepted(&ask(&fewer).predict().itl)));
    }

    #[test]
    fn pp_signer_in_ctl_is_enough(spec in spec(), installed in list(), offered in list()) {
        let (mut installed, mut offered) = (installed, offered);
        installed.records.push(RecordSpec(0, offered.signer, 0));
        (offered.sha512, offered.broken) = (false, false);
        let question = ask(&Spec { ctl: Some(installed), offer_ctl: OfferSpec::New(offered), ..spec });
        prop_assert!(accepted(&question.predict().ctl));
    }

    #[test]
    fn pp_broken_is_never_accepted(spec in spec(), ctl in list(), itl in list(), signer in 0..CERTIFICATES) {
        let broken = |list: ListSpec| OfferSpec::New(ListSpec { broken: true, ..list });
        let question = ask(&Spec { offer_ctl: broken(ctl), offer_itl: broken(itl), config: Some((signer, true)), ..spec });
        let prediction = question.predict();
        for judgement in [&prediction.ctl, &prediction.itl] {
            prop_assert!(!matches!(judgement.outcome(), Outcome::Accept | Outcome::InstallFirst));
        }
        let config = prediction.config.unwrap();
        prop_assert!(config.outcome() != Outcome::Accept || config.via() == Some(Via::Unsigned));
    }

    #[test]
    fn pp_not_offered_keeps(spec in spec()) {
        let question = ask(&Spec { offer_ctl: OfferSpec::NotFound, offer_itl: OfferSpec::NotFound, ..spec });
        let prediction = question.predict();
        let kept = |list: Option<&Arc<ListFacts>>| if list.is_some() { Kept::Installed } else { Kept::None };
        prop_assert_eq!(prediction.after.ctl, kept(question.phone.ctl()));
        prop_assert_eq!(prediction.after.itl, kept(question.phone.itl()));
        prop_assert_eq!(after_state(&question.phone, &question.offer, &prediction), question.phone.clone());
    }

    #[test]
    fn pp_factory_fresh(spec in spec(), ctl in prop::option::of(list()), itl in list()) {
        let sound = |list: ListSpec| OfferSpec::New(ListSpec { sha512: false, broken: false, ..list });
        let question = ask(&Spec { ctl: None, itl: None, offer_ctl: ctl.map_or(OfferSpec::NotFound, sound), offer_itl: sound(itl), ..spec });
        let prediction = question.predict();
        prop_assert!(!refused(&prediction.ctl) && !refused(&prediction.itl));
    }

    #[test]
    fn pp_ctl_ignores_offered_itl(spec in spec(), other in offer()) {
        let changed = Spec { offer_itl: other, ..spec.clone() };
        prop_assert_eq!(ask(&spec).predict().ctl, ask(&changed).predict().ctl);
    }

    #[test]
    fn pp_lists_ignore_config(spec in spec(), other in prop::option::of((0..CERTIFICATES, any::<bool>()))) {
        let (one, two) = (ask(&spec).predict(), ask(&Spec { config: other, ..spec }).predict());
        prop_assert_eq!((one.ctl, one.itl, one.after), (two.ctl, two.itl, two.after));
    }

    /// The state after a boot holds what `after` says, and a list that was taken is unchanged at
    /// the next boot, or open for P-ITL-6.
    #[test]
    fn after_and_again_agree(spec in spec()) {
        let question = ask(&spec);
        let boot = boot(&question.phone, &question.offer, &question.tvs, &question);
        let after = boot.first.after;
        if after.ctl == Kept::Offered {
            prop_assert_eq!(boot.again.ctl.outcome(), Outcome::Unchanged);
        }
        if after.itl == Kept::Offered && question.phone.device.security_by_default != SecurityByDefault::No {
            prop_assert!(!refused(&boot.again.itl));
        }
        prop_assert_eq!(after.ctl == Kept::Offered, boot.first.ctl.taken() && boot.first.ctl.outcome() != Outcome::Unchanged);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    /// Each suggested change concerns a file that is refused or undecided, and each set is listed
    /// once.
    #[test]
    fn changes_concern_what_is_refused_or_open(spec in spec()) {
        let question = ask(&spec);
        let now = question.predict();
        let found = would_change(&question.phone, &question.offer, &question.tvs, &question);
        for (index, change) in found.iter().enumerate() {
            let judgement = match change.file {
                JudgedFile::Config => now.config.as_ref().unwrap(),
                JudgedFile::Ctl => &now.ctl,
                JudgedFile::Itl => &now.itl,
            };
            prop_assert!(matches!(judgement.outcome(), Outcome::Reject | Outcome::Depends));
            prop_assert_ne!(judgement.outcome(), change.outcome);
            prop_assert!((1..=2).contains(&change.facts.len()));
            prop_assert!(!found[..index].contains(change));
        }
    }

    /// Remedies are listed for refused and undecided files only, and a phone without Security By
    /// Default is never sent to TVS.
    #[test]
    fn remedies_concern_what_is_refused_or_open(spec in spec()) {
        let question = ask(&spec);
        let now = question.predict();
        let found = remedies(&question.phone, &question.offer, &question.tvs, &question, &now);
        for (file, judgement) in [(JudgedFile::Ctl, Some(&now.ctl)), (JudgedFile::Itl, Some(&now.itl)), (JudgedFile::Config, now.config.as_ref())] {
            let trouble = judgement.is_some_and(|judgement| matches!(judgement.outcome(), Outcome::Reject | Outcome::Depends));
            prop_assert!(trouble || found.of(file).is_empty());
            let asks_tvs = |remedy: &Remedy| matches!(remedy, Remedy::RestoreTvsCertificate { .. } | Remedy::StartTvs { .. } | Remedy::ImportSigner { .. });
            prop_assert!(question.phone.device.security_by_default != SecurityByDefault::No || !found.of(file).iter().any(asks_tvs));
        }
    }
}
