//! JSON for eyes: indented, and what a terminal obeys or a person cannot see is escaped. JSON itself leaves the control characters
//! after U+007F as they are, and those that turn the direction of writing.

use crate::text::is_hidden;
use serde::Serialize;
use std::io::{self, Write};

/// Writes a document, indented.
///
/// # Errors
/// Of `out`.
pub fn write_document(out: impl Write, document: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer_pretty(Escaped(out), document)
}

/// Writes a value on one line.
///
/// # Errors
/// Of `out`.
pub fn write_line(out: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(Escaped(out), value)
}

/// Escapes what is hidden, which JSON has inside its strings only.
struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    /// Takes whole characters, as the writer of JSON gives them.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.iter().all(|&byte| byte < 0x7f) {
            return self.0.write(bytes);
        }
        let mut rest = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        while let Some((at, hidden)) = rest.char_indices().find(|&(_, c)| is_hidden(c)) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.0.write_all(before.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = from.get(hidden.len_utf8()..).unwrap_or_default();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(document: &Value) -> String {
        let mut out = Vec::new();
        write_document(&mut out, document).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_hidden_is_escaped_and_means_the_same() {
        for text in ["a\u{9b}31mb", "\u{85}", "x\u{202e}cba", "\u{2028}", "\u{7f}"] {
            let document = json!({ text: [text, { "k": [] }] });
            let json = written(&document);
            assert!(!json.chars().any(|c| is_hidden(c) && c != '\n'), "{json:?}");
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), document);
        }
    }

    #[test]
    fn anything_else_is_written_as_ever() {
        let document =
            json!({ "a": [1, 2.5, null, true, "é\n\"\\€"], "b": {}, "c": [], "d": { "e": "" } });
        assert_eq!(written(&document), serde_json::to_string_pretty(&document).unwrap());
        let mut line = Vec::new();
        write_line(&mut line, &document).unwrap();
        assert_eq!(String::from_utf8(line).unwrap(), document.to_string());
    }
}
