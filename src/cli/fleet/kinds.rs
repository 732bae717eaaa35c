//! Rows by what they say about their phones: a million rows are a few thousand kinds.

use super::columns::Columns;
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
    /// Room for those of one row.
    values: Vec<u8>,
    /// The hash of the row that was looked for last.
    hash: u64,
    seed: [u64; 2],
}

struct Hot {
    /// The values in the arena.
    bounds: Bounds,
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
        let Self { index, hot, arena, values, seed, .. } = self;
        // Values that stand side by side are looked at where they are.
        let (bounds, bytes) = match side_by_side(record, columns) {
            Some(found) => found,
            None => (gather(record, columns, values), values.as_slice()),
        };
        self.hash = hash(*seed, bounds, bytes);
        let place = index.get(&self.hash).copied();
        place.filter(|&place| {
            let hot = hot.get(place);
            hot.is_some_and(|hot| hot.bounds == bounds && arena.get(hot.start..hot.end).is_some_and(|kept| kept == bytes))
        })
    }

    /// Counts one more phone of a kind whose answer is known.
    pub(super) fn again(&mut self, place: usize) -> Option<Answer> {
        let hot = self.hot.get_mut(place)?;
        let answer = hot.answer?;
        hot.phones += 1;
        Some(answer)
    }

    /// Keeps the kind of the row that was looked for last, and gives its place.
    pub(super) fn insert(&mut self, kind: Kind, record: &ByteRecord, columns: &Columns) -> usize {
        let (place, start) = (self.kinds.len(), self.arena.len());
        let bounds = match side_by_side(record, columns) {
            Some((bounds, bytes)) => {
                self.arena.extend_from_slice(bytes);
                bounds
            }
            None => {
                let bounds = gather(record, columns, &mut self.values);
                self.arena.extend_from_slice(&self.values);
                bounds
            }
        };
        self.hot.push(Hot { bounds, start, end: self.arena.len(), answer: None, phones: 0 });
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

/// Where values end, one behind the other: "a" and "bc" are not "ab" and "c".
type Bounds = [u32; COLUMNS];

/// The values of a row in place, where their columns stand side by side.
fn side_by_side<'r>(record: &'r ByteRecord, columns: &Columns) -> Option<(Bounds, &'r [u8])> {
    let (first, last) = columns.side_by_side?;
    let start = record.range(first)?.start;
    let mut bounds = [0; COLUMNS];
    for (bound, column) in bounds.iter_mut().zip(first..=last) {
        *bound = u32::try_from(record.range(column)?.end - start).ok()?;
    }
    let bytes = record.as_slice().get(start..record.range(last)?.end)?;
    Some((bounds, bytes))
}

/// The values of a row copied together.
fn gather(record: &ByteRecord, columns: &Columns, values: &mut Vec<u8>) -> Bounds {
    values.clear();
    columns.of_phone().map(|column| {
        values.extend_from_slice(column.and_then(|column| record.get(column)).unwrap_or_default());
        u32::try_from(values.len()).unwrap_or(u32::MAX)
    })
}

/// Hashes values with a secret seed: fast on short texts, and nobody can aim at collisions.
fn hash(seed: [u64; 2], bounds: Bounds, bytes: &[u8]) -> u64 {
    let [first, second] = seed;
    let ends = bounds.iter().fold(first, |state, &bound| state.rotate_left(13) ^ u64::from(bound));
    let mut state = fold(ends, second);
    let mut chunks = bytes.chunks_exact(2 * WORD);
    for chunk in &mut chunks {
        state = fold_two(chunk, state, second);
    }
    let mut rest = [0; 2 * WORD];
    rest.iter_mut().zip(chunks.remainder()).for_each(|(to, from)| *to = *from);
    fold(fold_two(&rest, state, second), first)
}

/// Two words into the state.
fn fold_two(chunk: &[u8], state: u64, seed: u64) -> u64 {
    let (low, high) = chunk.split_at_checked(WORD).unwrap_or_default();
    let word = |bytes: &[u8]| <[u8; WORD]>::try_from(bytes).map_or(0, u64::from_le_bytes);
    fold(word(low) ^ seed, word(high) ^ state)
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

/// Columns that say something about a phone beside its name.
const COLUMNS: usize = 5;
const WORD: usize = size_of::<u64>();
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
            let bounds = |text: &str| [text.len() as u32; COLUMNS];
            for text in ["", "\0", "\0\0", "abcdefgh", "abcdefgi", "abcdefgh\0", "abcdefghabcdefgh", "SEP"] {
                assert!(seen.insert(hash(seed, bounds(text), text.as_bytes())), "{text:?}");
            }
        }
    }

    const HEADER: [&str; 6] = ["device", "model", "itl", "ctl", "cm_group", "tftp_server"];

    fn kind(line: usize) -> Kind {
        let (line, phone) = (line as u64, Err("".into()));
        Kind { phone, answers: Vec::new(), unknown: Vec::new(), model: None, group: None, line }
    }

    #[test]
    fn rows_are_told_apart_by_every_value_and_by_nothing_else() {
        let long = "x".repeat(70_000);
        let rows = [
            ["a", "bc", "", "", ""],
            ["ab", "c", "", "", ""],
            ["ab", "", "c", "", ""],
            ["ab", "", "", "c", ""],
            ["ab", "", "", "", "c"],
            [&long, "", "", "", ""],
            ["", &long, "", "", ""],
            ["", "", "", "", ""],
        ];
        // Side by side, in another order, and torn apart by a column between them.
        for order in [&[0, 1, 2, 3, 4, 5][..], &[5, 3, 1, 2, 4, 0], &[1, 0, 2, 3, 4, 5]] {
            let columns = Columns::of(ByteRecord::from(order.iter().map(|&at| HEADER[at]).collect::<Vec<_>>())).unwrap();
            assert_eq!(columns.side_by_side.is_some(), order[1] != 0);
            let row = |device: &str, values: [&str; 5]| {
                let [model, itl, ctl, group, tftp] = values;
                let all = [device, model, itl, ctl, group, tftp];
                ByteRecord::from(order.iter().map(|&at| all[at]).collect::<Vec<_>>())
            };
            let mut kinds = Kinds::new();
            for (place, values) in rows.iter().enumerate() {
                let row = row("SEP1", *values);
                assert_eq!(kinds.find(&row, &columns), None);
                assert_eq!(kinds.insert(kind(place), &row, &columns), place);
            }
            for (place, values) in rows.iter().enumerate() {
                assert_eq!(kinds.find(&row("another device", *values), &columns), Some(place));
            }
            let lines: Vec<u64> = kinds.drain().iter().map(|kind| kind.line).collect();
            assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6, 7]);
            assert_eq!(kinds.find(&row("SEP1", rows[0]), &columns), None);
        }
    }

    #[test]
    fn columns_may_be_missing() {
        let columns = Columns::of(ByteRecord::from(vec!["note", "device"])).unwrap();
        let mut kinds = Kinds::new();
        let row = ByteRecord::from(vec!["x", "SEP1"]);
        assert_eq!((kinds.find(&row, &columns), kinds.insert(kind(0), &row, &columns)), (None, 0));
        assert_eq!(kinds.find(&ByteRecord::from(vec!["y", "SEP2"]), &columns), Some(0));
    }
}
