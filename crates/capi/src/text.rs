//! Text and bytes on their way out.

use std::ffi::c_char;
use std::fmt::Display;
use trustlist::report::Plain;

/// Text in UTF-8. Belongs to the handle that gave it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TrustlistText {
    /// Its first byte. Never NULL; the byte after the last one is NUL, and no other.
    pub data: *const c_char,
    /// Its length in bytes, the NUL left out.
    pub length: usize,
}

/// Bytes. Belong to the handle that gave them.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TrustlistBytes {
    /// The first one. Never NULL.
    pub data: *const u8,
    /// How many there are.
    pub length: usize,
}

impl TrustlistText {
    pub(super) const EMPTY: Self = Self { data: c"".as_ptr(), length: 0 };
}

impl TrustlistBytes {
    pub(super) const EMPTY: Self = Self { data: c"".as_ptr().cast(), length: 0 };

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), length: bytes.len() }
    }
}

/// A text that a handle keeps, with its NUL.
#[derive(Clone, Debug)]
pub(super) struct Kept(Box<str>);

impl Kept {
    /// Text that comes from a file: control characters are written out, as on the command line.
    pub(super) fn plain(text: impl Display) -> Self {
        Self::lines(&Plain(text).to_string())
    }

    /// Text of this library, whose line breaks stay.
    pub(super) fn lines(text: &str) -> Self {
        Self((text.replace('\0', "\\u{0}") + "\0").into_boxed_str())
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.strip_suffix('\0').unwrap_or_default()
    }

    pub(super) fn text(&self) -> TrustlistText {
        TrustlistText { data: self.0.as_ptr().cast(), length: self.as_str().len() }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::lines("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_byte_is_a_nul() {
        for (text, kept) in
            [("", ""), ("ccm1", "ccm1"), ("a\0b\u{1b}", "a\\u{0}b\\u{1b}"), ("a\nb", "a\\nb")]
        {
            let kept_text = Kept::plain(text);
            assert_eq!((kept_text.as_str(), kept_text.text().length), (kept, kept.len()));
            assert_eq!(kept_text.0.bytes().position(|byte| byte == 0), Some(kept.len()));
        }
        assert_eq!(Kept::lines("a\n\0").as_str(), "a\n\\u{0}");
    }
}
