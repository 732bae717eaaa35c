//! A fleet judged on several threads (feature `rayon`).

use super::{Answer, Fleet, Judge, Member};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::sync::{Arc, Mutex, PoisonError};

impl Fleet<'_> {
    /// Judges the phones of a source on the threads of the current rayon pool. The answers are
    /// those of [`Fleet::judge_all`], in the same order where the source has one; threads share
    /// what they find.
    pub fn par_judge_all<P>(&self, phones: P) -> impl ParallelIterator<Item = (P::Item, Answer)>
    where
        P: IntoParallelIterator<Item: Member>,
    {
        let idle = Idle(Arc::new(Mutex::new(Vec::new())));
        phones.into_par_iter().map_init(
            move || idle.take(self),
            |judge, phone| {
                let answer = judge.judge(&phone);
                (phone, answer)
            },
        )
    }
}

/// Judges whose part of the phones has come to its end. Work is cut into many more parts than there
/// are threads: each part goes on with the memory of one before it (measured: with a fresh memory
/// for each, two threads were no faster than one).
#[derive(Clone)]
struct Idle<'a>(Arc<Mutex<Vec<Judge<'a>>>>);

impl<'a> Idle<'a> {
    fn take(&self, fleet: &'a Fleet<'a>) -> Lent<'a> {
        let judge = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent {
            judge: Some(judge.unwrap_or_else(|| fleet.judge_with_memory())),
            fleet,
            idle: self.clone(),
        }
    }
}

/// A judge at work on one part.
struct Lent<'a> {
    judge: Option<Judge<'a>>,
    fleet: &'a Fleet<'a>,
    idle: Idle<'a>,
}

impl Lent<'_> {
    fn judge(&mut self, member: &impl Member) -> Answer {
        let fleet = self.fleet;
        self.judge.get_or_insert_with(|| fleet.judge_with_memory()).judge(member)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.idle.0.lock().unwrap_or_else(PoisonError::into_inner).extend(self.judge.take());
    }
}
