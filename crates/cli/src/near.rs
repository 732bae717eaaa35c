//! Words that are near to one that was mistyped.

/// Returns at most three words that are near, the nearest first.
pub(super) fn nearest<'w>(asked: &str, known: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let asked = plain(asked);
    let most = (asked.chars().count() / 3).clamp(1, MOST);
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|word| {
            let distance = distance(&asked, &plain(word), most)?;
            Some((distance, word))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(TOLD).map(|(_, word)| word).collect()
}

/// Returns at most three words that have the text as a part: `no-recovery-anchor` for `recovery`.
pub(super) fn with_part<'w>(asked: &str, known: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let asked = plain(asked);
    let mut found: Vec<&str> =
        known.filter(|word| asked.len() >= PART && plain(word).contains(&asked)).collect();
    found.sort_unstable_by_key(|word| (word.len(), *word));
    found.dedup();
    found.truncate(TOLD);
    found
}

/// `Signer_Unknown` is `signer-unknown`.
pub(super) fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['_', ' '], "-")
}

/// Returns how many letters are wrong, missing, too many or swapped with their neighbour; `None`
/// for more than `most`.
fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (place, found) in other.iter().enumerate() {
            let get =
                |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let replaced = get(&row, place) + usize::from(letter != found);
            let mut best = replaced.min(get(&row, place + 1) + 1).min(get(&next, place) + 1);
            let swapped = at > 0
                && place > 0
                && one.get(at - 1) == Some(found)
                && other.get(place - 1) == Some(letter);
            if swapped {
                best = best.min(get(&before, place - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|&distance| distance <= most)
}

/// The most letters that may differ, and the most words that are returned.
const MOST: usize = 4;
const TOLD: usize = 3;
/// The fewest letters of a part of a word.
const PART: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_differ() {
        for (one, other, expected) in [
            ("", "", Some(0)),
            ("abc", "abc", Some(0)),
            ("abc", "acb", Some(1)),
            ("abc", "ab", Some(1)),
            ("abc", "axc", Some(1)),
            ("abc", "xabc", Some(1)),
            ("abcd", "wxyz", None),
        ] {
            assert_eq!(distance(one, other, 3), expected, "{one} {other}");
        }
    }

    #[test]
    fn the_nearest_come_first() {
        let known = ["signer-unknown", "signer-not-sast", "signer-in-itl", "tvs-unknown", "TVS"];
        assert_eq!(nearest("signer-unknwon", known.into_iter()), ["signer-unknown"]);
        assert_eq!(nearest("Signer_Unknow", known.into_iter()), ["signer-unknown"]);
        assert_eq!(nearest("TSV", known.into_iter()), ["TVS"]);
        assert_eq!(nearest("something-else", known.into_iter()), [""; 0]);
    }

    #[test]
    fn words_with_a_part_are_found_the_shortest_first() {
        let known = ["no-recovery-anchor", "ITLRecovery", "tvs-unknown"];
        assert_eq!(with_part("Recovery", known.into_iter()), ["ITLRecovery", "no-recovery-anchor"]);
        assert_eq!(with_part("x", known.into_iter()), [""; 0]);
        assert_eq!(with_part("vs", known.into_iter()), [""; 0]);
    }
}
