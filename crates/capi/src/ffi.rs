//! The common part of every call: pointers in, one answer out, no panic beyond this module.

use super::error::TrustlistError;
use super::text::{TrustlistBytes, TrustlistText};
use std::ffi::c_char;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use trustlist::report::list::parse_error;
use trustlist::wire::ParseError;

/// The status of a call. The numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistStatus {
    /// There is an answer.
    Ok = 0,
    /// A pointer is NULL that must not be.
    Null = 1,
    /// A value is not one of those that are possible, contradicts another one, or was given before.
    Argument = 2,
    /// The bytes are no trust list or signed file, or it is broken: the error has the byte offset.
    Parse = 3,
    /// A text is no output of `show itl` or `show ctl`.
    Paste = 4,
    /// The bytes are no certificate.
    Certificate = 5,
    /// The JSON is no case: the error's text names the JSON path.
    Case = 6,
    /// More bytes than are read.
    TooLarge = 7,
    /// The file does not have what was asked for.
    Absent = 8,
    /// There is no record of this number: records count from 1.
    Range = 9,
    /// A bug in this library, stopped here.
    Panic = 10,
}

/// Why a call gives no answer.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) status: TrustlistStatus,
    pub(super) text: String,
    pub(super) offset: Option<usize>,
    pub(super) record: Option<u32>,
}

impl CallError {
    pub(super) fn new(status: TrustlistStatus, text: impl ToString) -> Self {
        Self { status, text: text.to_string(), offset: None, record: None }
    }

    pub(super) fn null(what: &str) -> Self {
        Self::new(TrustlistStatus::Null, format!("{what} is NULL"))
    }

    pub(super) fn argument(text: impl ToString) -> Self {
        Self::new(TrustlistStatus::Argument, text)
    }

    /// Returns the error for something that does not exist.
    pub(super) fn absent(what: &str) -> Self {
        Self::new(TrustlistStatus::Absent, format!("no {what}"))
    }

    pub(super) fn parse(name: &str, error: &ParseError) -> Self {
        let text = parse_error(name, error);
        Self {
            status: TrustlistStatus::Parse,
            text,
            offset: Some(error.offset()),
            record: error.record(),
        }
    }
}

/// The value of an answer that could not be given. Never means yes.
pub(super) trait Neutral {
    const NEUTRAL: Self;
}

impl<T> Neutral for Option<Box<T>> {
    const NEUTRAL: Self = None;
}

/// Numbers are 0 without an answer.
macro_rules! neutral {
    ($($number:ty),+) => { $(impl Neutral for $number { const NEUTRAL: Self = 0; })+ };
}
neutral!(i64, u16, u32, usize);

/// Runs a call and writes its answer, the neutral one after an error.
pub(super) fn write_out<T: Neutral>(
    out: Option<&mut MaybeUninit<T>>,
    error: Option<&mut TrustlistError>,
    run: impl FnOnce() -> Result<T, CallError>,
) -> TrustlistStatus {
    guarded(error, || {
        let out = out.ok_or_else(|| CallError::null("the place for the answer"))?;
        out.write(T::NEUTRAL);
        out.write(run()?);
        Ok(())
    })
}

/// The same for a call with two answers of one kind: both or neither.
pub(super) fn write_both<T: Neutral>(
    first: Option<&mut MaybeUninit<T>>,
    second: Option<&mut MaybeUninit<T>>,
    run: impl FnOnce() -> Result<(T, T), CallError>,
) -> TrustlistStatus {
    let neutral = |out: &mut MaybeUninit<T>| {
        out.write(T::NEUTRAL);
    };
    guarded(None, || {
        let (mut first, mut second) = (first, second);
        first.as_deref_mut().map(neutral);
        second.as_deref_mut().map(neutral);
        let (first, second) =
            first.zip(second).ok_or_else(|| CallError::null("a place for the answer"))?;
        let answers = run()?;
        first.write(answers.0);
        second.write(answers.1);
        Ok(())
    })
}

/// Runs a call, stops a panic, and fills in the error.
pub(super) fn guarded(
    error: Option<&mut TrustlistError>,
    run: impl FnOnce() -> Result<(), CallError>,
) -> TrustlistStatus {
    // A handle that a panic left half changed is still memory-safe; the rules say to free it.
    let fault = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(fault),
        Err(payload) => {
            let told = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let told =
                told.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
            // Dropping the payload of a panic could panic once more.
            core::mem::forget(payload);
            Some(CallError::new(
                TrustlistStatus::Panic,
                format!("a bug in trustlist, please report it: {told}"),
            ))
        }
    };
    let status = fault.as_ref().map_or(TrustlistStatus::Ok, |fault| fault.status);
    if let Some(error) = error {
        error.set(fault);
    }
    status
}

/// Returns the handle or value of a pointer.
pub(super) fn need<'a, T>(pointer: Option<&'a T>, what: &str) -> Result<&'a T, CallError> {
    pointer.ok_or_else(|| CallError::null(what))
}

/// Frees a handle.
pub(super) fn free<T>(handle: Option<Box<T>>) {
    guarded(None, || {
        drop(handle);
        Ok(())
    });
}

/// Bytes that C hands in: a pointer, whose length is the next argument.
///
/// Rust code cannot make one.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct BytesPtr<'a>(*const u8, PhantomData<&'a [u8]>);

/// Text in UTF-8 that C hands in: a pointer, whose length is the next argument.
///
/// Rust code cannot make one.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct TextPtr<'a>(*const c_char, PhantomData<&'a [u8]>);

impl<'a> BytesPtr<'a> {
    /// Returns the bytes, at most `limit`. NULL is not an empty input: a file that could not be read must not count as
    /// one of zero bytes.
    pub(super) fn bytes(
        self,
        length: usize,
        limit: usize,
        what: &str,
    ) -> Result<&'a [u8], CallError> {
        if self.0.is_null() {
            return Err(CallError::null(what));
        }
        if length > limit {
            let text = format!("{what}: {length} bytes, expected at most {limit}");
            return Err(CallError::new(TrustlistStatus::TooLarge, text));
        }
        // SAFETY: the pointer is not NULL, and the limit is far below isize::MAX. A `BytesPtr` comes only from a C caller, who
        // promises by the rules of the header that `length` bytes can be read there and do not change during the call.
        Ok(unsafe { std::slice::from_raw_parts(self.0, length) })
    }
}

impl<'a> TextPtr<'a> {
    /// The text.
    pub(super) fn text(
        self,
        length: usize,
        limit: usize,
        what: &str,
    ) -> Result<&'a str, CallError> {
        let bytes = BytesPtr(self.0.cast(), PhantomData).bytes(length, limit, what)?;
        std::str::from_utf8(bytes).map_err(|error| {
            CallError::argument(format!(
                "{what}: byte 0x{:04x}: expected text in UTF-8",
                error.valid_up_to()
            ))
        })
    }
}

impl Neutral for TrustlistText {
    const NEUTRAL: Self = Self::EMPTY;
}

impl Neutral for TrustlistBytes {
    const NEUTRAL: Self = Self::EMPTY;
}

/// Largest input in bytes: the largest signed files are firmware images. It is in the caller's memory already.
pub const MAX_INPUT: usize = 64 << 20;

/// Largest trust list in bytes. Phones take lists of up to 64 KiB; every text of a list is kept beside its bytes, so this
/// bounds the memory that a hostile one can ask for.
pub const MAX_LIST: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_stops_at_the_border() {
        let mut error = TrustlistError::default();
        let mut answer = MaybeUninit::new(7_u32);
        let status = write_out(Some(&mut answer), Some(&mut error), || panic!("on purpose, {}", 1));
        assert_eq!(status, TrustlistStatus::Panic);
        assert_eq!(
            error.told(),
            (TrustlistStatus::Panic, "a bug in trustlist, please report it: on purpose, 1")
        );
        // SAFETY: it was made from a value.
        assert_eq!(unsafe { answer.assume_init() }, 0);
        let status = guarded(Some(&mut error), || std::panic::panic_any(7));
        assert_eq!(
            (status, error.told().1),
            (TrustlistStatus::Panic, "a bug in trustlist, please report it: ")
        );
        assert_eq!(guarded(None, || panic!("on purpose")), TrustlistStatus::Panic);
    }

    #[test]
    fn a_handle_that_panics_when_it_is_freed_stops_there_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("on purpose");
            }
        }
        free(Some(Box::new(Bomb)));
    }

    #[test]
    fn a_success_clears_the_error_of_the_call_before() {
        let mut error = TrustlistError::default();
        assert_eq!(guarded(Some(&mut error), || Err(CallError::null("it"))), TrustlistStatus::Null);
        assert_eq!(error.told(), (TrustlistStatus::Null, "it is NULL"));
        assert_eq!(guarded(Some(&mut error), || Ok(())), TrustlistStatus::Ok);
        assert_eq!(error.told(), (TrustlistStatus::Ok, ""));
    }

    #[test]
    fn input_is_read_up_to_its_limit() {
        let data = |bytes: &'static [u8]| BytesPtr(bytes.as_ptr(), PhantomData);
        assert_eq!(data(b"abc").bytes(3, 3, "it").unwrap(), b"abc");
        assert_eq!(data(b"abc").bytes(0, 3, "it").unwrap(), b"");
        let refused = data(b"abc").bytes(3, 2, "it").unwrap_err();
        assert_eq!(
            (refused.status, &*refused.text),
            (TrustlistStatus::TooLarge, "it: 3 bytes, expected at most 2")
        );
        let null = BytesPtr(std::ptr::null(), PhantomData).bytes(0, 3, "it").unwrap_err();
        assert_eq!((null.status, &*null.text), (TrustlistStatus::Null, "it is NULL"));
        let letters = TextPtr(b"a\xff".as_ptr().cast(), PhantomData);
        assert_eq!(letters.text(1, 3, "it").unwrap(), "a");
        let wrong = letters.text(2, 3, "it").unwrap_err();
        assert_eq!(
            (wrong.status, &*wrong.text),
            (TrustlistStatus::Argument, "it: byte 0x0001: expected text in UTF-8")
        );
    }
}
