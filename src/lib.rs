//! After this certificate change, will the phones still trust the cluster?
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod code;
pub mod console;
pub mod facts;
pub mod phone;
pub mod wire;
