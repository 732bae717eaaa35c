//! A hash with a secret seed: fast on the few words by which phones differ, and collisions cannot
//! be aimed at.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The seed of a set of hashes; each process and each set has its own.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    first: u64,
    second: u64,
}

impl Seed {
    /// A new one.
    pub fn random() -> Self {
        let random = RandomState::new();
        Self::of(random.hash_one(0), random.hash_one(1))
    }

    /// Makes a seed of two numbers.
    pub const fn of(first: u64, second: u64) -> Self {
        Self { first, second: second | 1 }
    }
}

impl BuildHasher for Seed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { state: self.first, seed: *self }
    }
}

/// The hash of what was written so far.
#[derive(Clone, Copy, Debug)]
pub struct Folded {
    state: u64,
    seed: Seed,
}

impl Hasher for Folded {
    #[inline]
    fn finish(&self) -> u64 {
        fold(self.state, self.seed.first)
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut state = fold(self.state, length ^ self.seed.second);
        let mut chunks = bytes.chunks_exact(2 * WORD);
        for chunk in &mut chunks {
            state = fold_two(chunk, state, self.seed.second);
        }
        let mut rest = [0; 2 * WORD];
        rest.iter_mut().zip(chunks.remainder()).for_each(|(to, from)| *to = *from);
        self.state = fold_two(&rest, state, self.seed.second);
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    #[inline]
    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.state = fold(self.state ^ number, self.seed.second);
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.write_u64(u64::try_from(number).unwrap_or(u64::MAX));
    }
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

const WORD: usize = size_of::<u64>();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_content_length_and_seed() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in [
            Seed::of(0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93),
            Seed::of(0x2545_f491_4f6c_dd1d, 7),
        ] {
            for text in
                ["", "\0", "\0\0", "abcdefgh", "abcdefgi", "abcdefgh\0", "abcdefghabcdefgh", "SEP"]
            {
                let mut hasher = seed.build_hasher();
                hasher.write(text.as_bytes());
                assert!(seen.insert(hasher.finish()), "{text:?}");
            }
            for numbers in [[1, 2], [2, 1], [1, 1], [0, 1]] {
                assert!(
                    seen.insert(seed.hash_one((numbers[0] as u64, numbers[1] as u64))),
                    "{numbers:?}"
                );
            }
        }
    }
}
