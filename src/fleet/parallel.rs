//! A fleet judged on several threads (feature `rayon`).

use super::{Answer, Fleet, Member};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

impl Fleet<'_> {
    /// Judges the phones of a source on the threads of the current rayon pool. The answers are those of
    /// [`Fleet::judge_all`], in the same order where the source has one; threads share what they find.
    pub fn par_judge_all<P>(&self, phones: P) -> impl ParallelIterator<Item = (P::Item, Answer)>
    where
        P: IntoParallelIterator<Item: Member>,
    {
        phones.into_par_iter().map_init(
            || self.judge_with_memory(),
            |judge, phone| {
                let answer = judge.judge(&phone);
                (phone, answer)
            },
        )
    }
}
