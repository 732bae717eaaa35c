//! Facts: a list without its bytes: who claims to have signed it, with which digest, and its
//! records by role and identity.
//!
//! Facts are made once for each distinct list (from bytes, from a console print, from a case) and
//! shared; the decision procedure works on nothing else. Whether a signature is right is not a fact
//! of the list: it depends on the key that the phone holds for the signer, so it is asked through
//! [`Signatures`].

mod files;
mod id;
mod list;

pub use crate::text::Timestamp;
pub use crate::wire::name::{Identity, Name, Serial};
pub use files::Files;
pub use id::FileId;
pub use list::{
    CertificateFacts, Completeness, ConfigFacts, Fingerprint, Form, KeyFacts, ListFacts, ListKind,
    NotChecked, RecordFacts, RecordIndex, SameCertificate, SignatureAnswer, Signatures,
};
