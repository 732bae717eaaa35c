//! Text from bytes, words of fixed vocabularies, and dates.

mod hidden;
mod parts;
mod time;
mod wrap;
#[cfg(feature = "serde")]
pub(crate) mod written;

pub(crate) use hidden::is_hidden;
pub(crate) use parts::from_hex;
#[cfg_attr(not(feature = "std"), allow(unreachable_pub, reason = "`report` exports it"))]
pub use parts::hex;
#[cfg(feature = "std")]
pub use parts::{capital, counted};
pub use time::Timestamp;
pub(crate) use wrap::WIDTH;
#[cfg_attr(not(feature = "std"), allow(unreachable_pub, reason = "`report` exports it"))]
pub use wrap::wrapped;

use alloc::string::String;
use core::fmt::{self, Write as _};

/// A word that is not in its vocabulary: the error of `FromStr` of every enum that is written as a
/// word.
///
/// ```
/// use trustlist::Outcome;
/// assert_eq!("install-first".parse(), Ok(Outcome::InstallFirst));
/// let error = "yes".parse::<Outcome>().unwrap_err();
/// assert!(error.to_string().starts_with("no word of this kind: yes, expected accept, depends, "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UnknownWord {
    word: String,
    expected: String,
}

impl UnknownWord {
    /// Returns an error about this word and the words that were expected.
    pub fn new<'a>(word: &str, expected: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of(word, &mut expected.into_iter())
    }

    /// One function for every vocabulary: each would have a copy.
    #[cold]
    fn of(word: &str, words: &mut dyn Iterator<Item = &str>) -> Self {
        let mut expected = String::new();
        for word in words {
            let _ = write!(expected, "{}{word}", if expected.is_empty() { "" } else { ", " });
        }
        Self { word: word.into(), expected }
    }

    /// Returns the word.
    pub fn word(&self) -> &str {
        &self.word
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no word of this kind: {}, expected {}", self.word.escape_debug(), self.expected)
    }
}

impl core::error::Error for UnknownWord {}

/// Gives a struct that may grow a method for each field that returns it with another value:
/// programs outside this crate cannot write it as a literal.
macro_rules! with {
    ($name:ident { $($with:ident: $field:ident: $type:ty,)+ }) => {
        impl $name {
            $(
                #[doc = concat!("Returns the same with this `", stringify!($field), "`.")]
                #[must_use]
                pub fn $with(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )+
        }
    };
}
pub(crate) use with;

/// Bytes for `Debug`: the first ones in hexadecimal digits, and their number.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl fmt::Debug for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(SHOWN).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        if self.0.len() > SHOWN { write!(f, "… ({} bytes)", self.0.len()) } else { Ok(()) }
    }
}

/// The number of bytes that are shown: a whole SHA-256, and enough of a key to recognise it.
const SHOWN: usize = 32;

/// Gives an enum its words in both directions.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)+ }) => {
        impl $name {
            /// Every value, in the order of the words.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word of the contract.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        $crate::vocabulary!($name);
    };
}
pub(crate) use words;

/// Gives an enum with `ALL` and `as_str` the traits of a vocabulary: `Display` and `FromStr`.
#[doc(hidden)]
#[macro_export]
macro_rules! vocabulary {
    ($name:ident) => {
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == word);
                found.ok_or_else(|| {
                    $crate::UnknownWord::new(word, Self::ALL.iter().map(|value| value.as_str()))
                })
            }
        }
    };
}

/// Returns the text of a string in a file, without one final NUL; bytes that are not UTF-8 are
/// written `\xNN`.
pub fn text(bytes: &[u8]) -> String {
    whole_text(bytes.strip_suffix(&[0]).unwrap_or(bytes))
}

/// Returns the text of these bytes: those that are not UTF-8 are written `\xNN`.
pub(crate) fn whole_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Bytes, text};

    #[test]
    fn bytes_are_shown_in_hexadecimal_digits_and_cut() {
        assert_eq!(alloc::format!("{:?}", Bytes(&[0, 0xab])), "00ab");
        assert_eq!(
            alloc::format!("{:?}", Bytes(&[7; 270])),
            alloc::format!("{}… (270 bytes)", "07".repeat(32))
        );
    }

    #[test]
    fn one_nul_at_the_end_is_no_text() {
        assert_eq!(text(b"ccm1\0"), "ccm1");
        assert_eq!(text(b"ccm1"), "ccm1");
        assert_eq!(text(b"\0\0"), "\0");
    }

    #[test]
    fn bytes_that_are_not_utf8_stay_told_apart() {
        assert_eq!(text(b"M\xfcller \xc3\xbc"), "M\\xfcller \u{fc}");
    }
}
