//! Text of inventories in other encodings than UTF-8: what Excel calls Unicode, and what Windows wrote before.

use csv::ByteRecord;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};

/// Reads UTF-16 as UTF-8.
pub(super) struct Utf16<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The bytes of the input that were decoded.
    used: usize,
    ended: bool,
    /// What was decoded, and how much of it was given away.
    output: Vec<u8>,
    given: usize,
    finished: bool,
}

/// The byte order of UTF-16, by its mark, or by the zero bytes of a header in ASCII.
pub(super) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(source: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let (input, output) = (Vec::with_capacity(INPUT), Vec::with_capacity(OUTPUT));
        Self { source, decoder, input, used: 0, ended: false, output, given: 0, finished: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.input.drain(..self.used);
        self.used = 0;
        let before = self.input.len();
        self.input.resize(INPUT, 0);
        let room = self.input.get_mut(before..).unwrap_or_default();
        let read = self.source.read(room)?;
        self.input.truncate(before.saturating_add(read));
        self.ended = read == 0;
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.used >= self.input.len() && !self.ended {
            self.fill()?;
        }
        let input = self.input.get(self.used..).unwrap_or_default();
        self.output.resize(OUTPUT, 0);
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
        self.output.truncate(written);
        self.given = 0;
        self.used = self.used.saturating_add(read);
        self.finished = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.output.len() && !self.finished {
            self.decode()?;
        }
        let ready = self.output.get(self.given..).unwrap_or_default();
        let read = ready.len().min(buffer.len());
        if let (Some(room), Some(ready)) = (buffer.get_mut(..read), ready.get(..read)) {
            room.copy_from_slice(ready);
        }
        self.given = self.given.saturating_add(read);
        Ok(read)
    }
}

/// Turns the values of a row that are no UTF-8 into it: Windows-1252, as old exports of Western Windows are.
pub(super) fn in_utf8(record: &mut ByteRecord) {
    let bytes = record.as_slice();
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        return;
    }
    let decoded = record.iter().map(|value| match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0.into_owned(),
    });
    *record = decoded.collect::<Vec<_>>().into();
}

/// Bytes decoded at once.
const INPUT: usize = 1 << 15;
/// Bytes that are ready at once.
const OUTPUT: usize = 1 << 15;

#[cfg(test)]
mod tests {
    use super::*;

    /// Brings one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.len().min(1).min(buffer.len());
            let (now, rest) = self.0.split_at(read);
            buffer[..read].copy_from_slice(now);
            self.0 = rest;
            Ok(read)
        }
    }

    #[test]
    fn both_byte_orders_with_and_without_a_mark() {
        let text = "device\tm\u{f6}del\n\u{1f4de}";
        for mark in ["\u{feff}", ""] {
            let units: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
            for bytes in [
                units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(),
                units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            ] {
                let encoding = utf16(&bytes).unwrap();
                let mut decoded = String::new();
                Utf16::new(Slow(&bytes), encoding).read_to_string(&mut decoded).unwrap();
                assert_eq!(decoded, text);
            }
        }
        assert!(utf16(b"device").is_none() && utf16(b"\0\0\0\0").is_none());
    }

    #[test]
    fn a_unit_that_is_cut_is_no_error() {
        let mut decoded = String::new();
        Utf16::new(&b"\xff\xfea\0b"[..], UTF_16LE).read_to_string(&mut decoded).unwrap();
        assert_eq!(decoded, "a\u{fffd}");
    }

    #[test]
    fn windows_1252_by_value() {
        let mut record =
            ByteRecord::from(vec![&b"M\xfcller"[..], "M\u{fc}ller".as_bytes(), b"\x80"]);
        in_utf8(&mut record);
        assert_eq!(record, ByteRecord::from(vec!["M\u{fc}ller", "M\u{fc}ller", "\u{20ac}"]));
    }
}
