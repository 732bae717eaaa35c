//! UTF-16, as Windows saves text: read as UTF-8.

use std::io::{self, Read};

/// A source whose text is UTF-8 whatever it was: UTF-16 is known by its mark, or by the zero bytes
/// of its first two letters.
pub(super) struct Utf8<R> {
    source: R,
    /// How many bytes the source has given.
    bytes: u64,
    form: Option<Form>,
    /// Bytes that were read, and not yet given out or not yet decoded.
    raw: Vec<u8>,
    /// Text that was decoded and not yet given out, from `given` on.
    text: Vec<u8>,
    given: usize,
    /// The first half of a character.
    half: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Big,
    Bytes,
    Little,
}

/// How much is decoded at once.
const PIECE: usize = 1 << 16;

impl<R: Read> Utf8<R> {
    pub(super) fn new(source: R) -> Self {
        let (raw, text) = (Vec::new(), Vec::new());
        Self { source, bytes: 0, form: None, raw, text, given: 0, half: None }
    }

    /// Returns how many bytes were read, in the form that they have.
    pub(super) fn total(&self) -> u64 {
        self.bytes
    }

    fn count(&mut self, read: usize) -> usize {
        self.bytes = self.bytes.saturating_add(read as u64);
        read
    }

    /// Reads the first four bytes, which say the form.
    fn begin(&mut self) -> io::Result<Form> {
        let mut byte = [0];
        while self.raw.len() < 4 {
            let read = self.source.read(&mut byte)?;
            if self.count(read) == 0 {
                break;
            }
            self.raw.extend_from_slice(&byte);
        }
        let form = match *self.raw.as_slice() {
            [0xff, 0xfe, ..] => Form::Little,
            [0xfe, 0xff, ..] => Form::Big,
            [a, 0, b, 0] if a != 0 && b != 0 => Form::Little,
            [0, a, 0, b] if a != 0 && b != 0 => Form::Big,
            _ => Form::Bytes,
        };
        self.form = Some(form);
        Ok(form)
    }

    /// Decodes the next piece; without one the text is at its end.
    fn decode(&mut self, form: Form) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() {
            let held = self.raw.len();
            self.raw.resize(PIECE, 0);
            let read = self.source.read(self.raw.get_mut(held..).unwrap_or_default());
            self.raw.truncate(held.saturating_add(*read.as_ref().unwrap_or(&0)));
            let read = read?;
            if self.count(read) == 0 {
                // Half a character is left of a text that was cut off.
                let left = self.half.take().is_some() || !core::mem::take(&mut self.raw).is_empty();
                if left {
                    self.push(char::REPLACEMENT_CHARACTER);
                }
                return Ok(());
            }
            let raw = core::mem::take(&mut self.raw);
            let mut pairs = raw.chunks_exact(2);
            for pair in &mut pairs {
                if let &[first, second] = pair {
                    self.unit(match form {
                        Form::Big => u16::from_be_bytes([first, second]),
                        _ => u16::from_le_bytes([first, second]),
                    });
                }
            }
            self.raw = pairs.remainder().to_vec();
        }
        Ok(())
    }

    fn unit(&mut self, unit: u16) {
        let units = self.half.take().into_iter().chain([unit]);
        let is_first_half = (0xd800..0xdc00).contains(&unit);
        for decoded in char::decode_utf16(units) {
            match decoded {
                Err(_) if is_first_half => self.half = Some(unit),
                decoded => self.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
        }
    }

    fn push(&mut self, letter: char) {
        let mut bytes = [0; 4];
        self.text.extend_from_slice(letter.encode_utf8(&mut bytes).as_bytes());
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let form = match self.form {
            Some(form) => form,
            None => self.begin()?,
        };
        if form == Form::Bytes {
            if self.raw.is_empty() {
                let read = self.source.read(buffer)?;
                return Ok(self.count(read));
            }
            let length = self.raw.len().min(buffer.len());
            let given: Vec<u8> = self.raw.drain(..length).collect();
            buffer.get_mut(..length).unwrap_or_default().copy_from_slice(&given);
            return Ok(length);
        }
        if self.given >= self.text.len() {
            self.decode(form)?;
        }
        let left = self.text.get(self.given..).unwrap_or_default();
        let length = left.len().min(buffer.len());
        let (Some(to), Some(from)) = (buffer.get_mut(..length), left.get(..length)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.given = self.given.saturating_add(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut text = String::new();
        let mut source = Utf8::new(bytes);
        source.read_to_string(&mut text).unwrap();
        assert_eq!(source.total(), bytes.len() as u64);
        text
    }

    #[test]
    fn every_form_is_read() {
        let text = "Jul  6 caf\u{e9} \u{1f4de}\r\n".repeat(9000);
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let mark = format!("\u{feff}{text}");
        assert!(read(&little) == text && read(&big) == text && read(text.as_bytes()) == text);
        assert!(read(&[&[0xff, 0xfe], little.as_slice()].concat()) == mark);
        assert!(read(&[&[0xfe, 0xff], big.as_slice()].concat()) == mark);
    }

    #[test]
    fn short_and_broken_texts() {
        for text in ["", "a", "abc", "abcd", "\0\0\0\0abc"] {
            assert_eq!(read(text.as_bytes()), text);
        }
        assert_eq!(read(b"a\0b\0c"), "ab\u{fffd}");
        assert_eq!(read(b"a\0b\0\x00\xd8"), "ab\u{fffd}");
        assert_eq!(read(b"a\0b\0\x00\xd8c\0"), "ab\u{fffd}c");
    }
}
