//! After this certificate change, will the phones still trust the cluster?
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "serde")]
pub mod case;
#[cfg(feature = "std")]
pub mod cluster;
pub mod code;
pub mod facts;
pub mod phone;
pub mod platform_event;
pub mod release;
pub mod wire;
