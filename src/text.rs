//! Bytes that are meant to be text.

use alloc::string::String;
use core::fmt::Write as _;

/// The text of a string in a file: one final NUL dropped, bytes that are not UTF-8 written `\xNN`.
pub fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
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
    use super::text;

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
