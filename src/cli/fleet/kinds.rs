//! Rows by what they say about their phones: a million rows are a few thousand kinds.

use super::inventory::Columns;
use super::phones::Kind;
use crate::fleet::Answer;
use csv::ByteRecord;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// Kinds of rows, found by their values without allocating.
pub(super) struct Kinds {
    /// Where the kind of a hash stands. Of two kinds with one hash only the later is found, which costs time alone.
    index: HashMap<u64, usize, BuildHasherDefault<Ready>>,
    /// What every row of a kind touches, close together.
    hot: Vec<Hot>,
    kinds: Vec<Kind>,
    /// The values of all kinds, one behind the other.
    arena: Vec<u8>,
    /// Those of the row that was looked for last.
    values: Vec<u8>,
    hash: u64,
    seed: [u64; 2],
}

struct Hot {
    /// The values in the arena.
    start: usize,
    end: usize,
    /// The answer, where every phone of this kind gets the same, and how many did.
    answer: Option<Answer>,
    phones: u64,
}

impl Kinds {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self {
            index: HashMap::default(),
            hot: Vec::new(),
            kinds: Vec::new(),
            arena: Vec::new(),
            values: Vec::new(),
            hash: 0,
            seed: [random.hash_one(0), random.hash_one(1) | 1],
        }
    }

    /// The place of the kind of a row, if there was one like it.
    pub(super) fn find(&mut self, record: &ByteRecord, columns: &Columns) -> Option<usize> {
        self.values.clear();
        for column in columns.of_phone() {
            let value = column.and_then(|column| record.get(column)).unwrap_or_default();
            // Lengths keep "a" + "bc" apart from "ab" + "c".
            match u8::try_from(value.len()) {
                Ok(len) if len < u8::MAX => self.values.push(len),
                _ => {
                    self.values.push(u8::MAX);
                    self.values.extend_from_slice(&value.len().to_le_bytes());
                }
            }
            self.values.extend_from_slice(value);
        }
        self.hash = hash(self.seed, &self.values);
        let place = *self.index.get(&self.hash)?;
        let hot = self.hot.get(place)?;
        (self.arena.get(hot.start..hot.end)? == self.values).then_some(place)
    }

    /// Counts one more phone of a kind whose answer is known.
    pub(super) fn again(&mut self, place: usize) -> Option<Answer> {
        let hot = self.hot.get_mut(place)?;
        let answer = hot.answer?;
        hot.phones += 1;
        Some(answer)
    }

    /// Keeps the kind of the row that was looked for last, and gives its place.
    pub(super) fn insert(&mut self, kind: Kind) -> usize {
        let (place, start) = (self.kinds.len(), self.arena.len());
        self.arena.extend_from_slice(&self.values);
        self.hot.push(Hot { start, end: self.arena.len(), answer: None, phones: 0 });
        self.kinds.push(kind);
        self.index.insert(self.hash, place);
        place
    }

    /// The answer that every phone of this kind gets.
    pub(super) fn settle(&mut self, place: usize, answer: Answer) {
        if let Some(hot) = self.hot.get_mut(place) {
            hot.answer = Some(answer);
        }
    }

    pub(super) fn get(&mut self, place: usize) -> Option<&mut Kind> {
        self.kinds.get_mut(place)
    }

    pub(super) fn is_full(&self) -> bool {
        self.kinds.len() >= MAX_KINDS || self.arena.len() >= MAX_VALUES
    }

    /// Takes out all kinds with their counts, in the order in which they came.
    pub(super) fn drain(&mut self) -> Vec<Kind> {
        self.index.clear();
        self.arena.clear();
        for (kind, hot) in self.kinds.iter_mut().zip(self.hot.drain(..)) {
            kind.answers.extend(hot.answer.map(|answer| (answer, hot.phones)));
        }
        std::mem::take(&mut self.kinds)
    }
}

/// Hashes values with a secret seed: fast on short texts, and nobody can aim at collisions.
fn hash(seed: [u64; 2], bytes: &[u8]) -> u64 {
    let [first, second] = seed;
    let mut chunks = bytes.chunks_exact(size_of::<u64>());
    let mut state = first ^ u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    for chunk in &mut chunks {
        state = fold(state ^ <[u8; 8]>::try_from(chunk).map_or(0, u64::from_le_bytes), second);
    }
    let rest = chunks.remainder().iter().fold(0, |rest, &byte| rest << 8 | u64::from(byte));
    fold(fold(state ^ rest, second), first)
}

/// Both halves of the product.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let high = u64::try_from(product >> u64::BITS).unwrap_or(u64::MAX);
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    high ^ low
}

/// Takes a hash as it is.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Kinds of rows kept at once.
const MAX_KINDS: usize = 1 << 16;
/// Bytes of their values.
const MAX_VALUES: usize = 1 << 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_content_length_and_seed() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in [[0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93], [0x2545_f491_4f6c_dd1d, 0xd6e8_feb8_6659_fd93]] {
            for text in ["", "\0", "\0\0", "abcdefgh", "abcdefgi", "abcdefgh\0", "abcdefghabcdefgh", "SEP"] {
                assert!(seen.insert(hash(seed, text.as_bytes())), "{text:?}");
            }
        }
    }

    #[test]
    fn rows_are_told_apart_by_every_value_and_by_nothing_else() {
        let columns = Columns::of(ByteRecord::from(vec!["device", "model", "itl", "ctl", "cm_group", "tftp_server"])).unwrap();
        let row = |values: [&str; 6]| ByteRecord::from(values.to_vec());
        let kind =
            |line| Kind { phone: Err("".into()), answers: Vec::new(), unknown: Vec::new(), model: None, group: None, line };
        let mut kinds = Kinds::new();
        let long = "x".repeat(300);
        let rows = [
            ["d", "a", "bc", "", "", ""],
            ["d", "ab", "c", "", "", ""],
            ["d", "ab", "", "c", "", ""],
            ["d", "ab", "", "", "c", ""],
            ["d", "ab", "", "", "", "c"],
            ["d", &long, "", "", "", ""],
            ["d", "", &long, "", "", ""],
        ];
        for (place, values) in rows.iter().enumerate() {
            assert_eq!(kinds.find(&row(*values), &columns), None);
            assert_eq!(kinds.insert(kind(place as u64)), place);
        }
        for (place, values) in rows.iter().enumerate() {
            let [_, rest @ ..] = *values;
            let [model, itl, ctl, group, tftp] = rest;
            assert_eq!(kinds.find(&row(["another device", model, itl, ctl, group, tftp]), &columns), Some(place));
        }
        let lines: Vec<u64> = kinds.drain().iter().map(|kind| kind.line).collect();
        assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(kinds.find(&row(rows[0]), &columns), None);
    }
}
