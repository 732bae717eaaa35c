//! Why a call failed.

use super::ffi::{CallError, TrustlistStatus, free, guarded, need, write_out};
use super::text::{Kept, TrustlistText};
use std::mem::MaybeUninit;

/// Why the last call failed that this handle was given to. One handle serves any number of calls.
#[derive(Debug)]
pub struct TrustlistError {
    status: TrustlistStatus,
    text: Kept,
    offset: Option<usize>,
    record: Option<u32>,
}

impl Default for TrustlistError {
    fn default() -> Self {
        Self { status: TrustlistStatus::Ok, text: Kept::default(), offset: None, record: None }
    }
}

impl TrustlistError {
    /// Remembers the fault of a call, or that it had none.
    pub(super) fn set(&mut self, fault: Option<CallError>) {
        *self = fault.map_or_else(Self::default, |fault| Self {
            status: fault.status,
            text: Kept::plain(fault.text),
            offset: fault.offset,
            record: fault.record,
        });
    }

    #[cfg(test)]
    pub(super) fn told(&self) -> (TrustlistStatus, &str) {
        (self.status, self.text.as_str())
    }
}

/// An error that was given to no call yet; free it with `trustlist_error_free`. NULL only where this library is broken.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_new() -> Option<Box<TrustlistError>> {
    let mut error = None;
    guarded(None, || {
        error = Some(Box::default());
        Ok(())
    });
    error
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_free(error: Option<Box<TrustlistError>>) {
    free(error);
}

/// The status of the last call that the error was given to; `TRUSTLIST_STATUS_NULL` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_status(error: Option<&TrustlistError>) -> TrustlistStatus {
    error.map_or(TrustlistStatus::Null, |error| error.status)
}

/// One line: what, where, what was expected. Empty after a call that gave an answer. Good until the error is given to the
/// next call or freed.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_text(
    error: Option<&TrustlistError>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || Ok(need(error, "error")?.text.text()))
}

/// The byte of the input at which a `TRUSTLIST_STATUS_PARSE` was found; `TRUSTLIST_STATUS_ABSENT` for other errors.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_offset(
    error: Option<&TrustlistError>,
    offset: Option<&mut MaybeUninit<usize>>,
) -> TrustlistStatus {
    write_out(offset, None, || {
        need(error, "error")?.offset.ok_or_else(|| CallError::absent("offset"))
    })
}

/// The number of the broken record after a `TRUSTLIST_STATUS_PARSE`, from 1; `TRUSTLIST_STATUS_ABSENT` for the header and
/// other errors.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_error_record(
    error: Option<&TrustlistError>,
    record: Option<&mut MaybeUninit<u32>>,
) -> TrustlistStatus {
    write_out(record, None, || {
        need(error, "error")?.record.ok_or_else(|| CallError::absent("record"))
    })
}
