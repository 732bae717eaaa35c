//! Everything about a CUCM cluster: what a certificate operation does to its stores, lists and
//! phones, whether a plan of such operations locks phones out, and a plan that does not.
//!
//! Built on the public API of the library `trustlist` only: every reset of a simulated phone asks
//! [`trustlist::phone::predict`](fn@trustlist::phone::predict).
//!
//! | for | entry points |
//! |---|---|
//! | what a plan does to every phone | [`cluster::simulate`](fn@cluster::simulate), [`case::Scenario`] |
//! | is a plan safe, and what would be | [`plan::lint`](fn@plan::lint), [`plan::generate`](fn@plan::generate), [`plan::recover`](fn@plan::recover) |
//! | is the cluster ready for a change | [`preflight::preflight`](fn@preflight::preflight) |
//! | was a trust certificate deleted, and will it come back | [`deletion::Audit`], [`deletion::forecast`](fn@deletion::forecast) |
//! | what differs between releases: services, units, trust stores, signers | [`release`] |
//! | text, JSON, pictures and run books of all these | [`report`] |
//!
//! No clock, no randomness, no input or output, no threads.
#![forbid(unsafe_code)]
// No panic on any input: nothing here may index, slice or unwrap. Tests may, see clippy.toml.
#![warn(
    clippy::expect_used,
    clippy::incompatible_msrv,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

extern crate alloc;

#[macro_use]
mod words;

pub mod case;
pub mod cluster;
pub mod code;
pub mod deletion;
pub mod explain;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod plan;
pub mod platform_event;
pub mod preflight;
pub mod release;
pub mod report;
