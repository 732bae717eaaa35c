//! Keys, certificates and signed files for tests. Everything is deterministic.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub(crate) mod certificate;
pub(crate) mod cluster;
pub(crate) mod key;

pub(crate) use certificate::{Certificate, Request};
pub(crate) use key::{Key, key};
