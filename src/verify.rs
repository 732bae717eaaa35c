//! Signatures.

#[cfg(feature = "rsa")]
mod signer;

#[cfg(feature = "rsa")]
pub use signer::{KeyError, RsaSigner};
