//! Small parts of sentences, and bytes as digits.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Returns the text with a capital at its start.
#[cfg(feature = "std")]
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Returns `1 file` or `2 files`.
#[cfg(feature = "std")]
pub fn counted(number: impl core::fmt::Display, noun: &str) -> String {
    let number = number.to_string();
    let end = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// Returns bytes as lower-case hexadecimal digits without separators.
#[cfg_attr(not(feature = "std"), allow(unreachable_pub, reason = "`report` exports it"))]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the bytes of hexadecimal digits, two for each.
pub(crate) fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = digits
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits?;
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_lower_case_and_read_in_either() {
        assert_eq!(hex(&[0, 0xab]), "00ab");
        assert_eq!(from_hex("00aB"), Some([0, 0xab].into()));
        assert_eq!(from_hex("00a"), None);
        assert_eq!(from_hex("0g"), None);
    }

    #[cfg(feature = "std")]
    #[test]
    fn one_thing_has_no_plural() {
        assert_eq!([counted(1, "file"), counted(11, "file")], ["1 file", "11 files"]);
        assert_eq!([capital("the list"), capital("")], ["The list", ""]);
    }
}
