//! A fleet: every phone of a source judged, each distinct state of a phone once.
//!
//! Thousands of phones of one site hold the same lists, are of a few models and ask the same
//! servers. [`Fleet`] keeps what it found for each such state, so that a phone costs one look-up;
//! [`Judge`] adds a memory of its own for each thread.
//!
//! ```
//! use trustlist::facts::{CertificateFacts, FileId, SignatureAnswer, Signatures, NotChecked};
//! use trustlist::fleet::{Fleet, Summary, Labels};
//! use trustlist::Verdict;
//! use trustlist::phone::{Device, InstalledLists, Offer, Phone, Tvs};
//!
//! # struct NoFiles;
//! # impl Signatures for NoFiles {
//! #     fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
//! #         SignatureAnswer::NotChecked(NotChecked::TextOnly)
//! #     }
//! # }
//! # let files = NoFiles;
//! let offer = Offer::new();
//! let phone = |installed| Phone::new(Device::of_model("8851")).with_installed(installed);
//! let phones = [InstalledLists::NONE, InstalledLists::Unknown, InstalledLists::NONE].map(phone);
//!
//! let fleet = Fleet::new(&offer, &Tvs::Unknown, &files);
//! let mut summary = Summary::default();
//! for (_, answer) in fleet.judge_all(&phones) {
//!     summary.add(Labels { model: Some("8851"), group: None }, &answer, 1);
//! }
//! // Nothing is offered, so nothing is refused; of one phone the lists are not known.
//! assert_eq!((summary.total.accept, summary.total.depends), (2, 1));
//! assert_eq!(fleet.judge(&phones[1]).verdict, Verdict::Depends);
//! ```

mod answer;
mod own;
#[cfg(feature = "rayon")]
mod parallel;
mod state;
mod summary;

use crate::phone::Verdict;
pub use answer::{Advice, Answer, Hands, Reason};
pub use own::{LooseConfig, LooseSignatures, OwnConfig};
pub use summary::{Counts, Labels, MAX_LABEL, MAX_LABELS, Summary};
#[doc(hidden)]
pub use summary::{First, labelled};

use crate::facts::{SignatureAnswer, Signatures};
use crate::phone::{ConfigOffer, Offer, Phone, Prediction, Tvs, predict, remedies};
use foldhash::fast::RandomState;
use own::Replies;
use state::{Memo, Overrides, Question, State};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// A phone in a source of phones.
pub trait Member {
    /// The phone.
    fn phone(&self) -> &Phone;

    /// Returns the offer to this phone, if it is not the offer to the fleet.
    fn offer(&self) -> Option<&Arc<Offer>> {
        None
    }

    /// Returns the knowledge of TVS for this phone, if it is not that for the fleet.
    fn tvs(&self) -> Option<&Arc<Tvs>> {
        None
    }

    /// A configuration of its own, in place of that of the offer.
    fn config(&self) -> Option<&dyn OwnConfig> {
        None
    }
}

impl Member for Phone {
    fn phone(&self) -> &Phone {
        self
    }
}

impl<M: Member + ?Sized> Member for &M {
    fn phone(&self) -> &Phone {
        (**self).phone()
    }

    fn offer(&self) -> Option<&Arc<Offer>> {
        (**self).offer()
    }

    fn tvs(&self) -> Option<&Arc<Tvs>> {
        (**self).tvs()
    }

    fn config(&self) -> Option<&dyn OwnConfig> {
        (**self).config()
    }
}

/// The offer to a fleet, the knowledge of TVS, and all answers so far.
///
/// Borrows all three ([`Fleet::new`]), or shares them ([`Fleet::shared`]): then a service can keep
/// it. `signatures` has to answer for every file that a phone or an offer names.
pub struct Fleet<'a> {
    site: Site<'a>,
    hasher: RandomState,
    found: [Mutex<Memo>; SHARDS],
}

impl Fleet<'static> {
    /// Returns a fleet without any answer yet that owns its inputs, for a service that keeps it.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use std::sync::Arc;
    /// use trustlist::fleet::Fleet;
    /// use trustlist::phone::{Device, Offer, Phone, Tvs};
    /// use trustlist::{RustCrypto, Verdict, facts::Files};
    ///
    /// struct Service { fleet: Fleet<'static> }
    /// let files = Arc::new(Files::new(RustCrypto));
    /// let service = Service { fleet: Fleet::shared(Arc::new(Offer::new()), Arc::new(Tvs::Unknown), files) };
    /// let phone = Phone::new(Device::of_model("8851"));
    /// let judged = std::thread::spawn(move || service.fleet.judge(&phone).verdict);
    /// assert_eq!(judged.join().unwrap(), Verdict::Depends);
    /// # }
    /// ```
    pub fn shared(
        offer: Arc<Offer>,
        tvs: Arc<Tvs>,
        signatures: Arc<dyn Signatures + Send + Sync>,
    ) -> Self {
        Self::of(Site::Shared { offer, tvs, signatures })
    }
}

impl<'a> Fleet<'a> {
    /// Returns a fleet without any answer yet.
    pub fn new(offer: &'a Offer, tvs: &'a Tvs, signatures: &'a (dyn Signatures + Sync)) -> Self {
        Self::of(Site::Borrowed { offer, tvs, signatures })
    }

    fn of(site: Site<'a>) -> Self {
        Self {
            site,
            hasher: RandomState::default(),
            found: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// Judges one phone.
    pub fn judge(&self, member: &impl Member) -> Answer {
        let question = self.question(member);
        self.find(&question, Replies::new(self.site.signatures(), question.own)).answer
    }

    /// Judges the phones of a source, each at the moment when the next one is asked for.
    pub fn judge_all<I: IntoIterator<Item: Member>>(&self, phones: I) -> Judged<'_, I::IntoIter> {
        Judged { judge: self.judge_with_memory(), phones: phones.into_iter() }
    }

    /// A judge with a memory of its own, for one thread.
    pub fn judge_with_memory(&self) -> Judge<'_> {
        Judge { fleet: self, seen: Memo::default() }
    }

    /// Returns the whole prediction for a phone, the source of the answer of [`Fleet::judge`]. Made
    /// anew each time.
    pub fn predict(&self, member: &impl Member) -> Prediction {
        let question = self.question(member);
        let replies = Replies::new(self.site.signatures(), question.own);
        predict(question.phone, &question.judged_offer(), question.tvs, &replies)
    }

    fn question<'q>(&'q self, member: &'q (impl Member + ?Sized)) -> Question<'q> {
        let apart = Overrides { offer: member.offer(), tvs: member.tvs() };
        Question::new(
            member.phone(),
            (self.site.offer(), self.site.tvs()),
            apart,
            member.config(),
            &self.hasher,
        )
    }

    /// Returns the answer for this state, from the first phone that was in it.
    fn find(&self, question: &Question<'_>, replies: Replies<'_>) -> Arc<State> {
        if let Some(state) = self.shard(question, |memo| memo.find(question, &replies).cloned()) {
            return state;
        }
        // Predicts without the lock, so that other threads continue; at worst they do the same work.
        let answer = work_out(question, &replies);
        let state = Arc::new(State::new(question, replies.into_given(), answer));
        self.shard(question, |memo| memo.insert(question, state.clone(), MAX_STATES / SHARDS));
        state
    }

    fn shard<T>(&self, question: &Question<'_>, work: impl FnOnce(&mut Memo) -> T) -> T {
        let [first, ..] = &self.found;
        let index = usize::try_from(question.hash() >> SHARD_SHIFT).unwrap_or(0);
        let shard = self.found.get(index).unwrap_or(first);
        work(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The offer to a fleet, the knowledge of TVS, and who answers for signatures.
enum Site<'a> {
    Borrowed { offer: &'a Offer, tvs: &'a Tvs, signatures: &'a (dyn Signatures + Sync) },
    Shared { offer: Arc<Offer>, tvs: Arc<Tvs>, signatures: Arc<dyn Signatures + Send + Sync> },
}

impl Site<'_> {
    fn offer(&self) -> &Offer {
        match self {
            Self::Borrowed { offer, .. } => offer,
            Self::Shared { offer, .. } => offer,
        }
    }

    fn tvs(&self) -> &Tvs {
        match self {
            Self::Borrowed { tvs, .. } => tvs,
            Self::Shared { tvs, .. } => tvs,
        }
    }

    fn signatures(&self) -> &(dyn Signatures + Sync) {
        match self {
            Self::Borrowed { signatures, .. } => *signatures,
            Self::Shared { signatures, .. } => &**signatures,
        }
    }
}

impl std::fmt::Debug for Fleet<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fleet")
            .field("offer", self.site.offer())
            .field("tvs", self.site.tvs())
            .finish_non_exhaustive()
    }
}

/// Judges phones for one thread. A state that it has seen costs one look-up and allocates nothing.
pub struct Judge<'a> {
    fleet: &'a Fleet<'a>,
    seen: Memo,
}

impl Judge<'_> {
    /// Judges one phone.
    pub fn judge(&mut self, member: &(impl Member + ?Sized)) -> Answer {
        let question = self.fleet.question(member);
        let replies = Replies::new(self.fleet.site.signatures(), question.own);
        if let Some(state) = self.seen.find(&question, &replies) {
            return state.answer;
        }
        let state = self.fleet.find(&question, replies);
        self.seen.insert(&question, state.clone(), MAX_STATES);
        state.answer
    }
}

impl std::fmt::Debug for Judge<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("fleet", self.fleet).finish_non_exhaustive()
    }
}

/// The phones of a source with their answers: see [`Fleet::judge_all`].
#[derive(Debug)]
pub struct Judged<'a, I> {
    judge: Judge<'a>,
    phones: I,
}

impl<I: Iterator<Item: Member>> Iterator for Judged<'_, I> {
    type Item = (I::Item, Answer);

    fn next(&mut self) -> Option<Self::Item> {
        let phone = self.phones.next()?;
        let answer = self.judge.judge(&phone);
        Some((phone, answer))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.phones.size_hint()
    }
}

/// Predicts, and for a refusal asks what can still be done.
fn work_out(question: &Question<'_>, replies: &Replies<'_>) -> Answer {
    let offer = question.judged_offer();
    let prediction = predict(question.phone, &offer, question.tvs, replies);
    let answer = Answer::of(&prediction);
    match answer.verdict {
        Verdict::Reject => {
            answer.with(&remedies(question.phone, &offer, question.tvs, replies, &prediction))
        }
        Verdict::Accept | Verdict::Depends => answer,
    }
}

impl Question<'_> {
    /// The offer with the phone's own configuration.
    fn judged_offer(&self) -> Cow<'_, Offer> {
        match self.own {
            None => Cow::Borrowed(self.offer),
            Some(own) => Cow::Owned(Offer {
                config: ConfigOffer::Config(own.facts().clone()),
                ..self.offer.clone()
            }),
        }
    }
}

impl Signatures for Replies<'_> {
    fn signed_by(
        &self,
        file: &crate::facts::FileId,
        certificate: &crate::facts::CertificateFacts,
    ) -> SignatureAnswer {
        self.answer(file, certificate)
    }

    fn same_file(&self, one: &crate::facts::FileId, other: &crate::facts::FileId) -> bool {
        self.all().same_file(one, other)
    }
}

/// States that are kept, by each judge and by all together; some hundred bytes each.
pub const MAX_STATES: usize = 1 << 14;
/// Memories that threads share, each under a lock of its own.
const SHARDS: usize = 16;
/// The highest bits of a hash choose the memory.
const SHARD_SHIFT: u32 = u64::BITS - SHARDS.trailing_zeros();

const _: () = assert!(SHARDS.is_power_of_two() && SHARDS > 1);
