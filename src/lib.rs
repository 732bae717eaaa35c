//! After this certificate change, will the phones still trust the cluster?
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
// No panic on any input: nothing here may index, slice or unwrap. Tests may, see clippy.toml.
#![warn(clippy::expect_used, clippy::incompatible_msrv, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;

#[cfg(feature = "serde")]
pub mod case;
pub mod cert;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "std")]
pub mod cluster;
pub mod code;
pub mod console;
#[cfg(feature = "std")]
pub mod deletion;
pub mod diff;
pub mod explain;
pub mod facts;
#[cfg(feature = "std")]
pub mod fleet;
pub mod lint;
pub mod phone;
#[cfg(feature = "std")]
pub mod plan;
pub mod platform_event;
pub mod release;
#[cfg(feature = "serde")]
pub mod report;
mod text;
pub mod verify;
pub mod wire;

/// The code of README.md is tested.
#[cfg(all(doctest, feature = "rsa"))]
#[doc = include_str!("../README.md")]
struct Readme;
