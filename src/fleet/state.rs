//! Phones in the same state, and what was found for each.

use super::Answer;
use super::hash::Seed;
use super::own::{Given, OwnConfig, Replies};
use crate::facts::{ConfigFacts, ListFacts};
use crate::phone::{ConfigOffer, Device, ListOffer, Offer, Phone, Tvs};
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// What is asked about one phone, and its hash.
pub(super) struct Question<'a> {
    pub(super) phone: &'a Phone,
    pub(super) offer: &'a Offer,
    pub(super) tvs: &'a Tvs,
    pub(super) own: Option<&'a dyn OwnConfig>,
    /// The phone's own offer and knowledge of TVS, where they are not the fleet's.
    apart: Apart<&'a Arc<Offer>, &'a Arc<Tvs>>,
    hash: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Apart<O, T> {
    pub(super) offer: Option<O>,
    pub(super) tvs: Option<T>,
}

impl<'a> Question<'a> {
    pub(super) fn new(
        phone: &'a Phone,
        of_fleet: (&'a Offer, &'a Tvs),
        apart: Apart<&'a Arc<Offer>, &'a Arc<Tvs>>,
        own: Option<&'a dyn OwnConfig>,
        hasher: &Seed,
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

/// The model's name decides nothing, and neither do the records of a list beside the id of its file.
fn hash_phone(phone: &Phone, state: &mut impl Hasher) {
    let Device { model: _, security_by_default, digests, max_key_bits, fips, flushes_tvs_cache, sha512_leans, tls10_only } =
        &phone.device;
    (security_by_default, digests, max_key_bits, sha512_leans).hash(state);
    (fips, flushes_tvs_cache, tls10_only, phone.installed).hash(state);
    hash_list(phone.ctl.as_ref(), state);
    hash_list(phone.itl.as_ref(), state);
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
    state.write_u64(list.map_or(u64::MAX, |list| list.file.0.into()));
}

/// A state that was judged.
pub(super) struct State {
    phone: Phone,
    apart: Apart<Arc<Offer>, Arc<Tvs>>,
    /// A configuration of its own, by all that decides but its signature.
    own: Option<Arc<ConfigFacts>>,
    /// What was answered about that signature on the way.
    given: Vec<Given>,
    pub(super) answer: Answer,
}

impl State {
    pub(super) fn new(question: &Question<'_>, given: Vec<Given>, answer: Answer) -> Self {
        let apart = Apart { offer: question.apart.offer.cloned(), tvs: question.apart.tvs.cloned() };
        let own = question.own.map(|own| own.facts().clone());
        Self { phone: question.phone.clone(), apart, own, given, answer }
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

/// Shared values are told apart by their addresses first (`Arc`'s `==`), so that this costs next to nothing.
fn same_phone(a: &Phone, b: &Phone) -> bool {
    let Phone { device, cm_group, installed, ctl, itl, tvs_cache } = a;
    *installed == b.installed
        && *itl == b.itl
        && *ctl == b.ctl
        && same_device(device, &b.device)
        && *cm_group == b.cm_group
        && *tvs_cache == b.tvs_cache
}

fn same_device(a: &Device, b: &Device) -> bool {
    let Device { model: _, security_by_default, digests, max_key_bits, fips, flushes_tvs_cache, sha512_leans, tls10_only } = a;
    *security_by_default == b.security_by_default
        && *digests == b.digests
        && *max_key_bits == b.max_key_bits
        && *fips == b.fips
        && *flushes_tvs_cache == b.flushes_tvs_cache
        && *sha512_leans == b.sha512_leans
        && *tls10_only == b.tls10_only
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
    heads: HashMap<u64, usize, BuildHasherDefault<Ready>>,
    states: Vec<(Arc<State>, Option<usize>)>,
}

impl Memo {
    pub(super) fn find(&self, question: &Question<'_>, replies: &Replies<'_>) -> Option<&Arc<State>> {
        let mut next = self.heads.get(&question.hash).copied();
        // At most as many as are kept under one hash.
        while let Some((state, after)) = next.and_then(|index| self.states.get(index)) {
            if state.is_of(question, replies) {
                return Some(state);
            }
            next = *after;
        }
        None
    }

    /// Keeps a state. A memory that holds as many as it may is emptied: what comes next is found anew.
    pub(super) fn insert(&mut self, question: &Question<'_>, state: Arc<State>, limit: usize) {
        if self.states.len() >= limit {
            *self = Self::default();
        }
        let before = self.heads.insert(question.hash, self.states.len());
        self.states.push((state, before));
    }
}

/// Takes a hash as it is.
#[derive(Default)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
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
