//! JSON for eyes: indented, and what a terminal obeys or a person cannot see is escaped. JSON itself leaves the control characters
//! after U+007F as they are, and those that turn the direction of writing.

use super::plain::is_hidden;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Writes a document, indented.
///
/// # Errors
/// Of `out`.
pub fn write_document(out: impl Write, document: &impl Serialize) -> serde_json::Result<()> {
    document.serialize(&mut Serializer::with_formatter(out, Escaped(PrettyFormatter::new())))
}

/// Writes a value on one line.
///
/// # Errors
/// Of `out`.
pub fn write_line(out: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaped(CompactFormatter)))
}

struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| byte < 0x7f) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|&(_, c)| is_hidden(c)) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            out.write_all(before.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = from.get(hidden.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
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
