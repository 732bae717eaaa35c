//! Prediction of a phone's decision about offered files, with its reasons (`spec/PHONE-RULES.md`).

mod change;
mod config;
mod ctl;
mod draft;
mod finding;
mod gate;
mod held;
mod itl;
mod kind;
mod lookup;
mod message;
mod model;
mod predict;
mod remedy;
mod rule;
mod state;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod tvs;
mod verdict;
mod what_if;
mod words;

pub use change::{ChangedFact, WouldChange, would_change};
pub use finding::{
    After, Condition, ConditionalOutcome, Confidence, Decisive, Finding, Judgement, Kept, Lean,
    ListRef, Outcome, Prediction, Via, Weight,
};
pub use gate::JudgedFile;
pub use kind::{
    Compared, ConditionKind, FindingKind, FoundRecord, IncompleteList, ItlSize, TvsVoucher,
    UnlistedTftpServer, VoucherBesideCtl,
};
pub use message::{Message, phone_shows};
pub use model::Family;
pub use predict::{Boot, after_state, boot, predict};
pub use remedy::{Remedies, Remedy, remedies};
pub use rule::Rule;
pub use state::{
    CachedSigner, ConfigOffer, Device, DigestSet, InstalledLists, KnownCertificate, ListOffer,
    Offer, Phone, PhoneLists, RoleSet, SecurityByDefault, Tvs, TvsServer,
};
pub use tls::{TlsVersion, TvsClient};
pub use verdict::Verdict;
