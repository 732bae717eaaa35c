//! Errors of what was given.

use super::given::GivenError;
use crate::wire::ParseError;
use core::fmt;

/// An input of a [`Question`](super::Question) that cannot be read.
#[derive(Debug)]
pub struct QuestionError {
    input: &'static str,
    kind: GivenError,
}

impl QuestionError {
    pub(super) const fn new(input: &'static str, kind: GivenError) -> Self {
        Self { input, kind }
    }

    /// Returns the input, by the name of the method that took it: `installed_itl`.
    pub const fn input(&self) -> &'static str {
        self.input
    }

    /// Returns why it cannot be read.
    pub const fn kind(&self) -> &GivenError {
        &self.kind
    }

    /// Returns the place in the bytes, if they begin like a file of this format or cannot be distinguished from one.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// let error = trustlist::Question::new().offered_itl(b"\x1f\x8b\x08\x00").unwrap_err().parse_error().copied();
    /// assert_eq!(error.map(|error| error.offset()), Some(0));
    /// # }
    /// ```
    pub const fn parse_error(&self) -> Option<&ParseError> {
        match &self.kind {
            GivenError::Parse(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for QuestionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.input, self.kind)
    }
}

impl core::error::Error for QuestionError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.kind)
    }
}
