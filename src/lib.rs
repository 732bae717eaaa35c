//! After this certificate change, will the phones still trust the cluster?
//!
//! Reads the trust lists of Cisco IP phones (ITL and CTL) and pastes of them, and predicts for each phone whether it
//! accepts the lists and the configuration that its TFTP server offers, with the reason. Everything that comes in becomes the
//! same small set of *facts*; one *decision procedure* over those facts serves single files, fleets and simulations; *reports*
//! render its values and decide nothing.
//!
//! ```text
//!  ITLFile.tlv ──> wire ──> verify ─┐
//!  CERT.pem    ──> cert ────────────┤
//!  show itl    ──> console ─────────┼──> facts ──> phone ──> report
//!  case.json   ─────────────────────┘      ^         ^
//!  many phones ──> fleet ──────────────────┴─────────┘
//! ```
//!
//! Cases in JSON, effects of certificate operations on a whole cluster, plans, preflight and deletions are in
//! the crate `trustlist-cluster`; the command line is `trustlist-cli`, the C interface `trustlist-capi`.
//!
//! # Where to begin
//!
//! `Question` takes files, pastes and certificates, and answers in one call (feature `std`).
//!
//! | for | guide | entry points |
//! |---|---|---|
//! | a list or a signed file | [`guide::parse_a_list`] | [`wire::parse`], [`verify::check_own_signature`], [`lint::lint`], [`diff::diff`](fn@diff::diff) |
//! | one phone | [`guide::one_phone`] | [`facts::Files`], [`phone::predict`](fn@phone::predict) |
//! | all phones of a site | [`guide::fleet`] | `fleet::Fleet` (feature `std`) |
//! | a signature check of your own | [`guide::own_verifier`] | [`verify::SignatureVerifier`] |
//! | what you know of TVS | [`guide::own_tvs_knowledge`] | [`phone::Tvs`] |
//!
//! # Features
//!
//! Without any: everything that needs `alloc` only (`wire`, `cert`, `verify`, `facts`, `console`, `lint`, `phone`, `diff`,
//! `explain`), in `no_std`. `std` (default): `question`, `fleet`. `rsa` (default) and `aws-lc-rs`: the providers of signatures.
//! `serde`: JSON, and every report but the text of a prediction. `rayon`: fleets on several threads.
//!
//! # What holds everywhere
//!
//! * Bytes that cannot be read are an `Err` with place and expectation. A list that a phone *refuses* is an answer, not an
//!   error: [`phone::Outcome::Reject`]. An unknown answer is [`phone::Outcome::Depends`], with the question.
//! * Nothing is assumed in silence: what was not said is a value of its own ([`phone::InstalledLists::Unknown`],
//!   [`phone::Tvs::Unknown`], `None`).
//! * No clock, no randomness, no input or output, no threads: the same question gives the same bytes. No panic on any input;
//!   every loop that input drives is bounded.
//! * Every rule has an id ([`phone::Rule`]) with source and confidence; every code has a page ([`explain`]).
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
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

pub mod cert;
pub mod code;
pub mod console;
pub mod diff;
pub mod explain;
pub mod facts;
#[cfg(feature = "std")]
pub mod fleet;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "serde")]
pub mod json;
pub mod lint;
pub mod phone;
#[cfg(feature = "std")]
pub mod question;
#[cfg(feature = "std")]
pub mod report;
mod text;
pub mod verify;
pub mod wire;

pub use phone::{Outcome, Verdict};
#[cfg(feature = "std")]
pub use question::Question;
pub use text::UnknownWord;
#[cfg(feature = "rsa")]
pub use verify::RustCrypto;
pub use wire::TrustList;

/// The code of README.md is tested.
#[cfg(all(doctest, feature = "rsa"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// And that of the guide for programs.
#[cfg(all(doctest, feature = "rsa", feature = "std"))]
#[doc = include_str!("../docs/embedding.md")]
struct Embedding;
