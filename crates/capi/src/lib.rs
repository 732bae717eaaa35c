//! The C interface: `crates/capi/include/trustlist.h` (crate `trustlist-capi`). From Rust, use the rest of the crate instead.
//!
//! The rules, which the header repeats:
//!
//! - **Ownership.** A handle (`trustlist_error`, `trustlist_file`, `trustlist_verification`, `trustlist_question`,
//!   `trustlist_prediction`) belongs to the caller from the call that gives it until its own `…_free`, which takes NULL too.
//!   Bytes passed *in* are copied if they are needed after the call: the caller may free them at once.
//! - **Lifetime of answers.** Texts and bytes that come *out* belong to the handle that was asked and are good until it is
//!   freed (those of an error until it is given to the next call). Handles do not depend on each other.
//! - **Lengths.** An input has its length and needs no NUL at its end. A text that comes out has its length and ends with
//!   a NUL; it has no other NUL, because control characters from files are written out (`\u{1b}`).
//! - **NULL.** Every function accepts NULL everywhere and gives [`TrustlistStatus::Null`] if it needs a value. Only the `error`
//!   of a call may be left out.
//! - **Answers.** A call that can fail gives a status and writes its answer through a pointer. Something is always written
//!   there: without an answer an empty text, 0, NULL, or the word `NONE`, which never means yes.
//! - **Panics** do not cross the border: they become [`TrustlistStatus::Panic`] (a build with `panic = "abort"` ends
//!   instead). That is a bug: free the handle that was used, and report it.
//! - **Threads.** There is no global and no thread-local state. A handle may go from one thread to another; a file, a
//!   verification and a prediction may be read by several at once, an error and a question belong to one at a time.
//! - **Numbers** of statuses, outcomes and so on are stable: some may be added, none is changed.
//!
//! The functions take references where C has pointers: `Option<&T>` is a pointer that may be NULL. So the only unsafe code is
//! the one place that makes a slice of a pointer and a length, in `ffi`, and the `no_mangle` of each function.
#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn)]

// The header has the functions in this order.
mod ffi;
mod text;

mod error;

mod file;
mod header;

mod record;
mod verification;

mod question;

mod device;
mod tvs;

mod prediction;

pub use device::*;
pub use error::*;
pub use ffi::{BytesPtr, MAX_INPUT, MAX_LIST, TextPtr, TrustlistStatus};
pub use file::*;
pub use header::*;
pub use prediction::*;
pub use question::*;
pub use record::*;
pub use text::{TrustlistBytes, TrustlistText};
pub use tvs::*;
pub use verification::*;

use std::ffi::c_char;

/// The version of the library, such as `0.1.0`, with a NUL at its end. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_go_to_other_threads_and_answers_are_read_by_several() {
        fn goes<T: Send>() {}
        fn is_shared<T: Send + Sync>() {}
        goes::<TrustlistError>();
        goes::<TrustlistQuestion>();
        is_shared::<TrustlistFile>();
        is_shared::<TrustlistPrediction>();
        is_shared::<TrustlistVerification>();
    }
}
