//! Lines that may speak of an import, whatever their form: what is not understood must not be taken
//! for quiet.

use memchr::memmem::Finder;
use std::borrow::Cow;

/// The words for a certificate that comes into a store, as parts of words and in small letters.
const WORDS: [&str; 10] = [
    "import",
    "insert",
    "upload",
    "restor",
    "copied",
    "writing",
    "written",
    "successfully updated",
    "updated in trust",
    // A row of the database that is new.
    "<action>i</action>",
];
/// `add` and its relatives, but not `address` and `additional`.
const ADD: &str = "add";
const NOT_ADD: [u8; 2] = [b'r', b'i'];

/// The search for the words, prepared once, with memory that is used again.
#[derive(Clone, Debug)]
pub(in crate::deletion) struct Words {
    finders: [Finder<'static>; WORDS.len()],
    add: Finder<'static>,
    small: Vec<u8>,
}

impl Default for Words {
    fn default() -> Self {
        Self { finders: WORDS.map(Finder::new), add: Finder::new(ADD), small: Vec::new() }
    }
}

impl Words {
    /// Checks if one of the words is in a line; upper and lower case are the same.
    pub(in crate::deletion) fn found(&mut self, line: &[u8]) -> bool {
        self.read(line);
        let small = self.small.as_slice();
        self.finders.iter().any(|finder| finder.find(small).is_some())
            || self.add.find_iter(small).any(|at| is_add(small, at))
    }

    /// Finds the places of the words in many lines at once, which is faster, and of the characters
    /// that [`cleaned`] leaves out: a word may lie around one.
    pub(super) fn mark(&mut self, lines: &[u8], marks: &mut Vec<usize>) {
        self.read(lines);
        let small = self.small.as_slice();
        marks.clear();
        self.finders.iter().for_each(|finder| marks.extend(finder.find_iter(small)));
        marks.extend(self.add.find_iter(small).filter(|&at| is_add(small, at)));
        marks.extend(memchr::memchr3_iter(0, b'\t', ESCAPE, lines));
        marks.sort_unstable();
    }

    fn read(&mut self, text: &[u8]) {
        self.small.clear();
        self.small.extend_from_slice(text);
        self.small.make_ascii_lowercase();
    }
}

/// Checks if the `add` at this place is a word of its own, or begins one of its relatives.
fn is_add(small: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| small.get(before));
    let after = small.get(at.saturating_add(ADD.len()));
    !before.is_some_and(u8::is_ascii_alphabetic)
        && !after.is_some_and(|after| NOT_ADD.contains(after))
}

/// Checks if a text that was cut off may have ended in the call that imports.
pub(in crate::deletion) fn ends_in_import(text: &str) -> bool {
    const CALL: &str = "importTrustCert";
    (3..CALL.len()).any(|length| CALL.get(..length).is_some_and(|head| text.ends_with(head)))
}

/// A line without the colours of a terminal and the zero bytes that a crash leaves in a log, and
/// then without other control characters too; a tab is a blank.
pub(super) fn cleaned(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr3(0, b'\t', ESCAPE, line).is_none() {
        return Cow::Borrowed(line);
    }
    let mut clean = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'\t' => clean.push(b' '),
            ESCAPE => {
                if let Some(colour) = after.strip_prefix(b"[") {
                    let end = colour.iter().position(|byte| (0x40..=0x7e).contains(byte));
                    rest = end.and_then(|end| colour.get(end + 1..)).unwrap_or_default();
                }
            }
            _ if first.is_ascii_control() => {}
            _ => clean.push(first),
        }
    }
    Cow::Owned(clean)
}

const ESCAPE: u8 = 0x1b;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_an_import() {
        let mut words = Words::default();
        for text in [
            "importCert",
            "IMPORT",
            "op: cert-import",
            "insertCertificateInDB",
            "Upload",
            "added",
            "add x",
        ] {
            assert!(words.found(text.as_bytes()), "{text}");
        }
        for text in ["", "delete", "address", "additional", "ladder", "nothing to do", "emitted"] {
            assert!(!words.found(text.as_bytes()), "{text}");
        }
        assert!(ends_in_import("x - imp") && ends_in_import("importTrustCer"));
        assert!(!ends_in_import("x - im") && !ends_in_import("importTrustCert"));
    }

    #[test]
    fn control_characters_are_left_out() {
        for (line, clean) in [
            ("a\tb", "a b"),
            ("old.pem\u{1b}[0m", "old.pem"),
            ("\u{1b}[1;31mold\u{1b}[0m.pem", "old.pem"),
            ("\0\0imp\0ort\u{7f}", "import"),
            ("imp\u{8}ort", "imp\u{8}ort"),
            ("a\u{1b}", "a"),
            ("a\u{1b}[", "a"),
            ("a\u{1b}b", "ab"),
            ("caf\u{e9}", "caf\u{e9}"),
        ] {
            assert_eq!(cleaned(line.as_bytes()), clean.as_bytes(), "{line:?}");
        }
    }
}
