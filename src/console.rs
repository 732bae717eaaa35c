//! Console text, in and out: what administrators paste when they have no file.
//!
//! [`parse`] reads `show itl` and `show ctl` prints however they were wrapped, collapsed or cut; lengths that are in
//! the print itself say what belongs where. A print carries no key: a signature stays unchecked, and says so.

mod carried;
#[doc(hidden)]
pub mod clean;
mod findings;
#[doc(hidden)]
pub mod glyph;
mod history;
mod html;
mod limits;
mod mark;
mod paste;
mod print;
mod read;
mod render;
mod status;
mod value;

#[doc(inline)]
pub use clean::cleaned;

pub use carried::{SignatureWord, carried};
pub use findings::PrintFinding;
#[doc(inline)]
pub use glyph::Line;
#[doc(hidden)]
pub use history::{PhoneMessages, Superseded, phone_messages};
pub use limits::{MAX_PASTE, MAX_PRINTED_RECORDS, MAX_PRINTS, MAX_ROWS, PasteLimits};
pub use paste::{Given, PasteError, list, list_within};
pub use print::{Presence, Print, PrintedRecord, Row, Verified};
pub use read::prints;
#[doc(hidden)]
pub use read::prints_of;
pub use status::{PhoneEvent, PhoneEventKind, PhoneFile, phone_events};
pub use value::Value;

use alloc::vec::Vec;

/// Every print of `show itl` and `show ctl` in a text, in order; none if there is none.
///
/// Line breaks mean nothing, so text may be wrapped at any width or on one line, after `admin:` or not, with
/// other commands before and after it. Text after a limit ([`MAX_PASTE`] bytes,
/// [`MAX_PRINTS`] prints) is not read; [`parse_within`] makes that an error.
///
/// ```
/// let text = "admin: show ctl Length of CTL file: 0 CTL File not found . Error parsing the CTL File. admin:";
/// let prints = trustlist::console::parse(text);
/// assert_eq!(prints.len(), 1);
/// assert!(matches!(prints[0].presence, trustlist::console::Presence::NotFound(_)));
/// ```
pub fn parse(text: &str) -> Vec<Print> {
    let limits = PasteLimits::new();
    read::prints(limits.start_of(text), &limits).0
}

/// As [`parse`], with limits of the caller; what they leave out is an error, never silence.
///
/// # Errors
/// [`PasteError::TooLong`], [`PasteError::TooManyPrints`], [`PasteError::TooManyRecords`] and [`PasteError::TooManyRows`].
pub fn parse_within(text: &str, limits: &PasteLimits) -> Result<Vec<Print>, PasteError> {
    limits.check(text)?;
    match read::prints(text, limits) {
        (prints, None) => Ok(prints),
        (_, Some(error)) => Err(error),
    }
}
