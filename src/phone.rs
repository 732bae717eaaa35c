//! The phone's decision: would this phone take these files, and why (`spec/PHONE-RULES.md`).

mod finding;
mod rule;
mod state;
mod words;

pub use finding::{
    After, Condition, Confidence, Decisive, Evidence, Finding, IfSo, Judgement, Kept, Lean, ListRef, Outcome, Prediction, Via,
    Weight,
};
pub use rule::Rule;
pub use state::{
    CachedSigner, ConfigOffer, Device, DigestSet, Installed, KnownCertificate, ListOffer, Offer, Phone, RoleSet,
    SecurityByDefault, Tvs, TvsServer,
};
