//! Rows by what they say about their phones: a million rows are a few thousand kinds.

use super::columns::Columns;
use super::phones::Kind;
use crate::limits::MAX_ROW_VALUES;
use csv::ByteRecord;
use std::hash::{BuildHasher, Hasher};
use trustlist::fleet::Answer;
use trustlist::fleet::hash::Seed;

/// Kinds of rows, found by their values without allocating.
pub(super) struct Kinds {
    /// Places by hash, counted from 1; an empty slot ends the search. As small as can be: every row comes by here.
    slots: Vec<u32>,
    /// What every row of a kind touches, close together.
    hot: Vec<Hot>,
    kinds: Vec<Kind>,
    /// The values of all kinds, one behind the other.
    arena: Vec<u8>,
    /// Room for those of one row.
    room: Vec<u8>,
    seed: Seed,
}

struct Hot {
    hash: u64,
    ends: u64,
    /// The values in the arena.
    start: usize,
    end: usize,
    /// The answer, where every phone of this kind gets the same, and how many did.
    answer: Option<Answer>,
    phones: u64,
}

/// What was found of a row's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Its place.
    At(usize),
    /// Nothing yet.
    New,
    /// Values that nobody writes.
    TooLong,
}

impl Kinds {
    pub(super) fn new() -> Self {
        let seed = Seed::random();
        let (hot, kinds, arena, room) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { slots: vec![0; MIN_SLOTS], hot, kinds, arena, room, seed }
    }

    /// The place of the kind of a row.
    pub(super) fn find(&mut self, record: &ByteRecord, columns: &Columns) -> Found {
        let Some(values) = Values::of(record, columns, &mut self.room) else {
            return Found::TooLong;
        };
        let hash = values.hash(self.seed);
        let mut slot = hash;
        loop {
            let Some(place) = place_in(&self.slots, slot) else { return Found::New };
            let Some(hot) = self.hot.get(place) else { return Found::New };
            let same =
                || self.arena.get(hot.start..hot.end).is_some_and(|kept| kept == values.bytes);
            if hot.hash == hash && hot.ends == values.ends && same() {
                return Found::At(place);
            }
            slot = slot.wrapping_add(1);
        }
    }

    /// Counts one more phone of a kind whose answer is known.
    pub(super) fn again(&mut self, place: usize) -> Option<Answer> {
        let hot = self.hot.get_mut(place)?;
        let answer = hot.answer?;
        hot.phones += 1;
        Some(answer)
    }

    /// Keeps the kind of a row, which is new, and gives its place.
    pub(super) fn insert(&mut self, kind: Kind, record: &ByteRecord, columns: &Columns) -> usize {
        let (place, start) = (self.kinds.len(), self.arena.len());
        let values = Values::of(record, columns, &mut self.room).unwrap_or_default();
        self.arena.extend_from_slice(values.bytes);
        let (hash, ends, end) = (values.hash(self.seed), values.ends, self.arena.len());
        self.hot.push(Hot { hash, ends, start, end, answer: None, phones: 0 });
        self.kinds.push(kind);
        if self.hot.len().saturating_mul(2) > self.slots.len() {
            self.slots = vec![0; self.slots.len().saturating_mul(4)];
            self.hot
                .iter()
                .enumerate()
                .for_each(|(place, hot)| take_slot(&mut self.slots, hot.hash, place));
        } else {
            take_slot(&mut self.slots, hash, place);
        }
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
        self.slots.fill(0);
        self.arena.clear();
        for (kind, hot) in self.kinds.iter_mut().zip(self.hot.drain(..)) {
            kind.answers.extend(hot.answer.map(|answer| (answer, hot.phones)));
        }
        std::mem::take(&mut self.kinds)
    }
}

/// The place that a slot names; slots go round.
fn place_in(slots: &[u32], slot: u64) -> Option<usize> {
    let index = usize::try_from(slot).unwrap_or(0) & slots.len().wrapping_sub(1);
    usize::try_from(*slots.get(index)?).ok()?.checked_sub(1)
}

/// Puts a place into the first free slot. Half of the slots are free.
fn take_slot(slots: &mut [u32], hash: u64, place: usize) {
    let mut slot = hash;
    while place_in(slots, slot).is_some() {
        slot = slot.wrapping_add(1);
    }
    let index = usize::try_from(slot).unwrap_or(0) & slots.len().wrapping_sub(1);
    if let Some(free) = slots.get_mut(index) {
        *free = u32::try_from(place + 1).unwrap_or(0);
    }
}

/// The values of a row, one behind the other, and where each but the last ends: "a" and "bc" are not "ab" and "c".
#[derive(Clone, Copy, Default)]
struct Values<'v> {
    ends: u64,
    bytes: &'v [u8],
}

impl<'v> Values<'v> {
    /// Values that stand side by side are taken where they are, others copied together; none where they are too long.
    fn of(record: &'v ByteRecord, columns: &Columns, room: &'v mut Vec<u8>) -> Option<Self> {
        let mut ends = 0;
        let mut end = |at: usize| {
            ends = ends << u16::BITS | u64::from(u16::try_from(at).ok()?);
            Some(())
        };
        let bytes = match columns.side_by_side {
            Some((first, last)) => {
                let start = record.range(first)?.start;
                for column in first..last {
                    end(record.range(column)?.end - start)?;
                }
                record.as_slice().get(start..record.range(last)?.end)?
            }
            None => {
                room.clear();
                for (number, column) in columns.of_phone().into_iter().enumerate() {
                    room.extend_from_slice(
                        column.and_then(|column| record.get(column)).unwrap_or_default(),
                    );
                    if number + 1 < columns.of_phone().len() {
                        end(room.len())?;
                    }
                }
                room.as_slice()
            }
        };
        (bytes.len() <= MAX_ROW_VALUES).then_some(Self { ends, bytes })
    }

    fn hash(&self, seed: Seed) -> u64 {
        let mut hasher = seed.build_hasher();
        hasher.write_u64(self.ends);
        hasher.write(self.bytes);
        hasher.finish()
    }
}

/// Slots at first: a power of two, as ever.
const MIN_SLOTS: usize = 1 << 10;
/// Kinds of rows kept at once.
const MAX_KINDS: usize = 1 << 15;
/// Bytes of their values.
const MAX_VALUES: usize = 1 << 22;

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [&str; 6] = ["device", "model", "itl", "ctl", "cm_group", "tftp_server"];

    fn kind(line: usize) -> Kind {
        let (line, phone) = (line as u64, Err("".into()));
        Kind { phone, answers: Vec::new(), unknown: Vec::new(), model: None, group: None, line }
    }

    #[test]
    fn rows_are_told_apart_by_every_value_and_by_nothing_else() {
        let long = "x".repeat(MAX_ROW_VALUES);
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
            let columns = Columns::of(ByteRecord::from(
                order.iter().map(|&at| HEADER[at]).collect::<Vec<_>>(),
            ))
            .unwrap();
            assert_eq!(columns.side_by_side.is_some(), order[1] != 0);
            let row = |device: &str, values: [&str; 5]| {
                let [model, itl, ctl, group, tftp] = values;
                let all = [device, model, itl, ctl, group, tftp];
                ByteRecord::from(order.iter().map(|&at| all[at]).collect::<Vec<_>>())
            };
            let mut kinds = Kinds::new();
            for (place, values) in rows.iter().enumerate() {
                let row = row("SEP1", *values);
                assert_eq!(kinds.find(&row, &columns), Found::New);
                assert_eq!(kinds.insert(kind(place), &row, &columns), place);
            }
            for (place, values) in rows.iter().enumerate() {
                assert_eq!(kinds.find(&row("another device", *values), &columns), Found::At(place));
            }
            let lines: Vec<u64> = kinds.drain().iter().map(|kind| kind.line).collect();
            assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6, 7]);
            assert_eq!(kinds.find(&row("SEP1", rows[0]), &columns), Found::New);
            let more = format!("{long}x");
            assert_eq!(kinds.find(&row("SEP1", [&more, "", "", "", ""]), &columns), Found::TooLong);
            assert_eq!(
                kinds.find(&row("SEP1", ["", "", "", "x", &long]), &columns),
                Found::TooLong
            );
        }
    }

    #[test]
    fn columns_may_be_missing() {
        let columns = Columns::of(ByteRecord::from(vec!["note", "device"])).unwrap();
        let mut kinds = Kinds::new();
        let row = ByteRecord::from(vec!["x", "SEP1"]);
        assert_eq!(
            (kinds.find(&row, &columns), kinds.insert(kind(0), &row, &columns)),
            (Found::New, 0)
        );
        assert_eq!(kinds.find(&ByteRecord::from(vec!["y", "SEP2"]), &columns), Found::At(0));
    }

    #[test]
    fn thousands_of_kinds_are_found_again() {
        let columns = Columns::of(ByteRecord::from(HEADER.to_vec())).unwrap();
        let row =
            |number: usize| ByteRecord::from(vec!["d", "m", &number.to_string(), "", "ccm1", ""]);
        let mut kinds = Kinds::new();
        for number in 0..MAX_KINDS {
            assert_eq!(kinds.find(&row(number), &columns), Found::New);
            assert!(!kinds.is_full());
            kinds.insert(kind(number), &row(number), &columns);
        }
        assert!(kinds.is_full());
        assert!(
            (0..MAX_KINDS).all(|number| kinds.find(&row(number), &columns) == Found::At(number))
        );
        assert_eq!(kinds.find(&row(MAX_KINDS), &columns), Found::New);
        assert_eq!(kinds.drain().len(), MAX_KINDS);
        assert_eq!(kinds.find(&row(0), &columns), Found::New);
    }
}
