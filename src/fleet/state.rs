//! Phones in the same state, and what was found for each.

use super::own::{Given, OwnConfig, Replies};
use super::{Answer, MAX_STATES};
use crate::facts::{ConfigFacts, ListFacts};
use crate::phone::{ConfigOffer, Device, InstalledLists, ListOffer, Offer, Phone, Tvs, TvsServer};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// The question about one phone, and its hash.
pub(super) struct Question<'a> {
    pub(super) phone: &'a Phone,
    pub(super) offer: &'a Offer,
    pub(super) tvs: &'a Tvs,
    pub(super) own: Option<&'a dyn OwnConfig>,
    /// The phone's own offer and knowledge of TVS, if they are not the fleet's.
    apart: Overrides<&'a Arc<Offer>, &'a Arc<Tvs>>,
    hash: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Overrides<O, T> {
    pub(super) offer: Option<O>,
    pub(super) tvs: Option<T>,
}

impl<'a> Question<'a> {
    pub(super) fn new(
        phone: &'a Phone,
        of_fleet: (&'a Offer, &'a Tvs),
        apart: Overrides<&'a Arc<Offer>, &'a Arc<Tvs>>,
        own: Option<&'a dyn OwnConfig>,
        hasher: &RandomState,
    ) -> Self {
        let mut state = hasher.build_hasher();
        hash_phone(phone, &mut state);
        if let Some(offer) = apart.offer {
            hash_offer(offer, &mut state);
        }
        if let Some(own) = own {
            own.facts().signer.hash(&mut state);
        }
        let offer = apart.offer.map_or(of_fleet.0, |offer| offer);
        let tvs = apart.tvs.map_or(of_fleet.1, |tvs| tvs);
        Self { phone, offer, tvs, own, apart, hash: state.finish() }
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}

/// The model's name decides nothing, and neither do the records of a list beside the id of its
/// file.
fn hash_phone(phone: &Phone, state: &mut impl Hasher) {
    let Device {
        model: _,
        security_by_default,
        digests,
        max_key_bits,
        fips,
        flushes_tvs_cache,
        sha512_leans,
        tvs_client,
        loads_lists,
    } = &phone.device;
    (security_by_default, digests, max_key_bits, sha512_leans).hash(state);
    (fips, flushes_tvs_cache, tvs_client, loads_lists).hash(state);
    let known = phone.installed != InstalledLists::Unknown;
    known.hash(state);
    hash_list(phone.ctl(), state);
    hash_list(phone.itl(), state);
    phone.cm_group.hash(state);
    state.write_usize(phone.tvs_cache.len());
}

fn hash_offer(offer: &Offer, state: &mut impl Hasher) {
    for list in [&offer.ctl, &offer.itl] {
        let list = if let ListOffer::List(list) = list { Some(list) } else { None };
        hash_list(list, state);
    }
    if let ConfigOffer::Config(config) = &offer.config {
        config.file.hash(state);
    }
    offer.tftp_server.hash(state);
}

fn hash_list(list: Option<&Arc<ListFacts>>, state: &mut impl Hasher) {
    state.write_u64(list.map_or(u64::MAX, |list| list.file.prefix()));
}

/// A state that was judged.
pub(super) struct State {
    phone: Phone,
    apart: Overrides<Arc<Offer>, Arc<Tvs>>,
    /// A configuration of its own, by all that decides but its signature.
    own: Option<Arc<ConfigFacts>>,
    /// The answers about that signature so far.
    given: Vec<Given>,
    pub(super) answer: Answer,
}

impl State {
    pub(super) fn new(question: &Question<'_>, given: Vec<Given>, answer: Answer) -> Self {
        let apart =
            Overrides { offer: question.apart.offer.cloned(), tvs: question.apart.tvs.cloned() };
        let own = question.own.map(|own| own.facts().clone());
        let mut phone = question.phone.clone();
        // It is not compared.
        phone.device.model = None;
        Self { phone, apart, own, given, answer }
    }

    /// Bytes of the names that it alone may keep: an inventory may have another group in every row.
    fn size(&self) -> usize {
        let group = self.phone.cm_group.iter().flatten();
        let group = group.map(|name| name.len().saturating_add(NAME_SIZE));
        let tftp = self.apart.offer.as_ref().and_then(|offer| offer.tftp_server.as_ref());
        let tftp = tftp.map_or(0, |name| name.len());
        let servers = match self.apart.tvs.as_deref() {
            Some(Tvs::Known(servers)) => servers.len().saturating_mul(size_of::<TvsServer>()),
            _ => 0,
        };
        group.fold(tftp, usize::saturating_add).saturating_add(servers)
    }

    fn is_of(&self, question: &Question<'_>, replies: &Replies<'_>) -> bool {
        let apart = &self.apart;
        same_phone(&self.phone, question.phone)
            && apart.offer.as_ref() == question.apart.offer
            && apart.tvs.as_ref() == question.apart.tvs
            && same_config(self.own.as_deref(), question.own)
            && self.given.iter().all(|given| replies.repeat(given))
    }
}

/// Shared values are compared by their addresses first (`Arc`'s `==`), so that this costs next to
/// nothing.
fn same_phone(a: &Phone, b: &Phone) -> bool {
    let Phone { device, cm_group, installed, tvs_cache } = a;
    *installed == b.installed
        && same_device(device, &b.device)
        && *cm_group == b.cm_group
        && *tvs_cache == b.tvs_cache
}

fn same_device(a: &Device, b: &Device) -> bool {
    let Device {
        model: _,
        security_by_default,
        digests,
        max_key_bits,
        fips,
        flushes_tvs_cache,
        sha512_leans,
        tvs_client,
        loads_lists,
    } = a;
    *security_by_default == b.security_by_default
        && *digests == b.digests
        && *max_key_bits == b.max_key_bits
        && *fips == b.fips
        && *flushes_tvs_cache == b.flushes_tvs_cache
        && *sha512_leans == b.sha512_leans
        && *tvs_client == b.tvs_client
        && *loads_lists == b.loads_lists
}

/// Configurations differ in their content, which no rule looks at.
fn same_config(a: Option<&ConfigFacts>, b: Option<&dyn OwnConfig>) -> bool {
    match (a, b.map(OwnConfig::facts)) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let ConfigFacts { file: _, signer, signer_subject, digest, key_bits, encrypted } = a;
            *signer == b.signer
                && *signer_subject == b.signer_subject
                && *digest == b.digest
                && *key_bits == b.key_bits
                && *encrypted == b.encrypted
        }
        _ => false,
    }
}

/// The states that were judged, by their hash.
#[derive(Default)]
pub(super) struct Memo {
    heads: HashMap<u64, usize, BuildHasherDefault<IdentityHasher>>,
    states: Vec<(Arc<State>, Option<usize>)>,
    /// Bytes of the names in them.
    bytes: usize,
}

impl Memo {
    pub(super) fn find(
        &self,
        question: &Question<'_>,
        replies: &Replies<'_>,
    ) -> Option<&Arc<State>> {
        let mut next = self.heads.get(&question.hash).copied();
        // Ends at the last state that is kept under this hash.
        while let Some((state, after)) = next.and_then(|index| self.states.get(index)) {
            if state.is_of(question, replies) {
                return Some(state);
            }
            next = *after;
        }
        None
    }

    /// Keeps a state. A memory of `limit` states, or of more names than fit, is emptied: later states are
    /// judged anew.
    pub(super) fn insert(&mut self, question: &Question<'_>, state: Arc<State>, limit: usize) {
        let most = MAX_STATE_BYTES / MAX_STATES * limit;
        if self.states.len() >= limit || self.bytes > most {
            *self = Self::default();
        }
        self.bytes = self.bytes.saturating_add(state.size());
        let before = self.heads.insert(question.hash, self.states.len());
        self.states.push((state, before));
    }
}

/// Bytes of the names of [`MAX_STATES`] states. Names of servers have some 30 letters, and a group has three.
const MAX_STATE_BYTES: usize = 8 << 20;
/// Bytes of a name beside its letters.
const NAME_SIZE: usize = 48;

/// Returns a hash as it is: keys are hashes already.
#[derive(Default)]
pub(super) struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Hands, Verdict};
    use super::*;
    use crate::phone::testing::{Lab, certificate};
    use crate::phone::{CachedSigner, DigestSet, Lean, Outcome, SecurityByDefault, TvsClient};
    use crate::wire::DigestAlgorithm;

    fn phone() -> Phone {
        Lab::new().itl("itlr.1", &["SAST:itlr.1"]).ctl("itlr.1", &["SAST:itlr.1"]).phone
    }

    /// Phones that differ from [`phone`] in one thing each.
    fn others() -> Vec<Phone> {
        let edits: [fn(&mut Phone); 13] = [
            |phone| phone.installed = InstalledLists::Unknown,
            |phone| phone.installed.known_mut().unwrap().itl = None,
            |phone| phone.installed.known_mut().unwrap().ctl = None,
            |phone| phone.cm_group = Some(Vec::new()),
            |phone| {
                phone.tvs_cache = vec![CachedSigner {
                    certificate: certificate("x.1"),
                    age_hours: None,
                    roles: None,
                }]
            },
            |phone| phone.device.security_by_default = SecurityByDefault::No,
            |phone| phone.device.digests = Some(DigestSet::of(&[DigestAlgorithm::Sha1])),
            |phone| phone.device.max_key_bits = Some(2048),
            |phone| phone.device.fips = true,
            |phone| phone.device.flushes_tvs_cache = true,
            |phone| phone.device.sha512_leans = Some(Lean::Accept),
            |phone| phone.device.tvs_client = TvsClient::Legacy,
            |phone| phone.device.loads_lists = false,
        ];
        let edited = |edit: &fn(&mut Phone)| {
            let mut other = phone();
            edit(&mut other);
            other
        };
        edits.iter().map(edited).collect()
    }

    #[test]
    fn phones_are_the_same_where_nothing_that_decides_differs() {
        let mut named = phone();
        named.device.model = Some(Arc::from("8851"));
        assert!(same_phone(&phone(), &named));
        for other in others() {
            assert!(!same_phone(&phone(), &other) && !same_phone(&other, &phone()), "{other:?}");
        }
    }

    struct Own(Arc<ConfigFacts>);

    impl OwnConfig for Own {
        fn facts(&self) -> &Arc<ConfigFacts> {
            &self.0
        }

        fn signed_by(&self, _: &crate::facts::CertificateFacts) -> crate::facts::SignatureAnswer {
            crate::facts::SignatureAnswer::Valid
        }
    }

    #[test]
    fn configurations_are_the_same_but_for_their_file() {
        let ConfigOffer::Config(config) = Lab::new().config("ccm1.1").offer.config else {
            panic!("a configuration is offered")
        };
        let own = Own(config.clone());
        let with = |edit: fn(&mut ConfigFacts)| {
            let mut config = (*config).clone();
            edit(&mut config);
            same_config(Some(&config), Some(&own))
        };
        assert!(with(|_| {}) && with(|config| config.file = crate::facts::FileId::symbol(99)));
        assert!(!with(|config| config.signer = certificate("x.1").identity.clone()));
        assert!(!with(|config| config.signer_subject = certificate("x.1").subject.clone()));
        assert!(!with(|config| config.digest = DigestAlgorithm::Sha512));
        assert!(!with(|config| config.key_bits = Some(1024)));
        assert!(!with(|config| config.encrypted = true));
        assert!(
            same_config(None, None)
                && !same_config(Some(&config), None)
                && !same_config(None, Some(&own))
        );
    }

    /// A kept state is found again by phones in the same state, and by no other under the same
    /// hash, until the memory is full.
    #[test]
    fn a_state_is_found_by_its_like() {
        let (lab, seed) = (Lab::new(), RandomState::default());
        let replies = Replies::new(&lab, None);
        let question = |phone| Question {
            hash: 7,
            ..Question::new(
                phone,
                (&lab.offer, &lab.tvs),
                Overrides { offer: None, tvs: None },
                None,
                &seed,
            )
        };
        let mut memo = Memo::default();
        let mut phones = others();
        phones.push(phone());
        for (place, phone) in phones.iter().enumerate() {
            assert!(memo.find(&question(phone), &replies).is_none());
            let answer = Answer { leans: (place % 2 == 0).then_some(Lean::Accept), ..ACCEPTED };
            memo.insert(
                &question(phone),
                Arc::new(State::new(&question(phone), Vec::new(), answer)),
                phones.len(),
            );
        }
        for (place, phone) in phones.iter().enumerate() {
            let leans = (place % 2 == 0).then_some(Lean::Accept);
            assert_eq!(
                memo.find(&question(phone), &replies).map(|state| state.answer),
                Some(Answer { leans, ..ACCEPTED })
            );
        }
        let last = phones.last().unwrap();
        memo.insert(
            &question(last),
            Arc::new(State::new(&question(last), Vec::new(), ACCEPTED)),
            phones.len(),
        );
        assert!(memo.find(&question(&phones[0]), &replies).is_none());
        assert_eq!(memo.find(&question(last), &replies).map(|state| state.answer), Some(ACCEPTED));
    }

    /// Groups with long names fill a memory before its states do.
    #[test]
    fn a_memory_of_long_names_is_emptied() {
        let (lab, seed) = (Lab::new(), RandomState::default());
        let apart = || Overrides { offer: None, tvs: None };
        let mut memo = Memo::default();
        let of_group = |place: usize, length: usize| {
            let mut phone = phone();
            phone.device.model = Some(Arc::from("x".repeat(MAX_STATE_BYTES)));
            phone.cm_group = Some(vec![Arc::from(format!("{place}{}", "x".repeat(length)))]);
            phone
        };
        let mut kept = |length: usize| {
            let phones: Vec<Phone> = (0..64).map(|place| of_group(place, length)).collect();
            for phone in &phones {
                let question = Question::new(phone, (&lab.offer, &lab.tvs), apart(), None, &seed);
                let state = Arc::new(State::new(&question, Vec::new(), ACCEPTED));
                assert!(state.phone.device.model.is_none());
                memo.insert(&question, state, MAX_STATES);
            }
            memo.states.len()
        };
        assert_eq!(kept(10), 64);
        // Of a length of which 16 are too many, the last are kept.
        assert!((1..=17).contains(&kept(MAX_STATE_BYTES / 16)));
    }

    const ACCEPTED: Answer = Answer {
        verdict: Verdict::Accept,
        leans: None,
        ctl: Outcome::NotOffered,
        itl: Outcome::Accept,
        config: None,
        reason: None,
        may_refuse: false,
        hands: Hands::None,
        advice: None,
    };
}
