//! The phone's decision: would this phone take these files, and why (`spec/PHONE-RULES.md`).

mod config;
mod ctl;
mod draft;
mod finding;
mod gate;
mod held;
mod itl;
mod lookup;
mod model;
mod predict;
mod rule;
mod state;
mod tvs;

pub use finding::{
    After, Condition, Confidence, Decisive, Evidence, Finding, IfSo, Judgement, Kept, Lean, ListRef, Outcome, Prediction, Via,
    Weight,
};
pub use gate::JudgedFile;
pub use model::Family;
pub use predict::{Boot, after_state, boot, predict};
pub use rule::Rule;
pub use state::{
    CachedSigner, ConfigOffer, Device, DigestSet, Installed, KnownCertificate, ListOffer, Offer, Phone, RoleSet,
    SecurityByDefault, Tvs, TvsServer,
};
