//! How far a plan is run: they bound the memory and the time of scenarios from untrusted sources.

use core::fmt;

/// The most steps of a plan. A renewal of every certificate in a cluster of 20 nodes has some
/// hundred.
pub const MAX_STEPS: u32 = 10_000;

/// The most minutes of a plan: ten years. Certificates of CUCM are made for five.
pub const MAX_MINUTES: u64 = 10 * 366 * 24 * 60;

/// The most memory that a run keeps, in bytes, as an estimate: lists of every step, what TVS knows,
/// what phones answered, events. A plan of 40 steps for 20 nodes and 100,000 phones keeps some 2
/// MiB.
pub const MAX_KEPT: usize = 8 << 20;

/// How far the plans of a cluster are run. They are part of the [`Cluster`](super::Cluster); raise
/// them for larger plans there.
///
/// ```
/// use trustlist_cluster::cluster::{Assume, Cluster, Limits, Mode, NodeSpec, Operation, Policy, StepError, simulate};
/// use trustlist_cluster::release::Product;
/// let node = NodeSpec { name: "hq".into(), product: Product::Cucm, publisher: true, tftp: true, callmanager: true };
/// let mut cluster = Cluster::new("12.5".parse().unwrap(), Mode::NonSecure, vec![node]).unwrap();
/// cluster.limits = Limits::new().steps(1);
/// let plan = vec![Operation::Wait { minutes: 30 }, Operation::Wait { minutes: 30 }];
/// let error = simulate(&cluster.into(), &plan, Policy::ALL, Assume::Lean).unwrap_err();
/// assert_eq!(error, (2, StepError::TooManySteps(1)));
/// assert_eq!(error.1.to_string(), "at most 1 steps (cluster::MAX_STEPS); found more");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(super) steps: u32,
    pub(super) minutes: u64,
    pub(super) kept: usize,
}

impl Limits {
    /// [`MAX_STEPS`], [`MAX_MINUTES`] and [`MAX_KEPT`].
    pub const fn new() -> Self {
        Self { steps: MAX_STEPS, minutes: MAX_MINUTES, kept: MAX_KEPT }
    }

    /// Sets the most steps, instead of [`MAX_STEPS`].
    pub const fn steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// Sets the most minutes from the first step to the last, instead of [`MAX_MINUTES`].
    pub const fn minutes(self, minutes: u64) -> Self {
        Self { minutes, ..self }
    }

    /// Sets the most bytes kept by each run, instead of [`MAX_KEPT`]. One step may go past it by
    /// what it alone adds.
    pub const fn kept(self, kept: usize) -> Self {
        Self { kept, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes the text of an error: `at most 10000 steps (cluster::MAX_STEPS)`.
pub(super) fn at_most(
    f: &mut fmt::Formatter<'_>,
    limit: impl fmt::Display,
    what: &str,
    name: &str,
) -> fmt::Result {
    write!(f, "at most {limit} {what} (cluster::{name}); found more")
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;
    use crate::release::{Product, Unit};
    use alloc::{sync::Arc, vec};

    fn run(limits: Limits) -> Run {
        let node = NodeSpec {
            name: "hq".into(),
            product: Product::Cucm,
            publisher: true,
            tftp: true,
            callmanager: true,
        };
        let mut cluster =
            Cluster::new("12.5".parse().unwrap(), Mode::NonSecure, vec![node]).unwrap();
        let hq = cluster.node("hq").unwrap();
        cluster.add_phone(PhoneSpec::new("SEP001", &[hq], &[hq])).unwrap();
        cluster.limits = limits;
        Run::new(&Arc::new(cluster), Policy::B, Assume::Lean)
    }

    const CHECK: fn() -> Operation = || Operation::Check { what: "".into() };

    #[test]
    fn steps_are_limited_at_the_last() {
        let mut run = run(Limits::new());
        for _ in 0..MAX_STEPS {
            run.apply(&CHECK()).unwrap();
        }
        assert_eq!(run.apply(&CHECK()).unwrap_err(), StepError::TooManySteps(MAX_STEPS));
        assert_eq!(run.step(), MAX_STEPS);
        assert!(run.aside().apply(&CHECK()).is_ok());
    }

    #[test]
    fn minutes_are_limited_at_the_last() {
        let wait = |minutes| Operation::Wait { minutes };
        let mut run = run(Limits::new());
        for _ in 0..9 {
            run.apply(&wait(MAX_WAIT_MINUTES)).unwrap();
        }
        assert_eq!(
            run.apply(&wait(MAX_WAIT_MINUTES + 1)).unwrap_err(),
            StepError::WaitTooLong(MAX_WAIT_MINUTES + 1)
        );
        run.apply(&wait(MAX_WAIT_MINUTES - 1)).unwrap();
        run.apply(&wait(1)).unwrap();
        assert_eq!(run.minute(), MAX_MINUTES);
        assert_eq!(run.apply(&wait(1)).unwrap_err(), StepError::TooLate(MAX_MINUTES));
    }

    /// A simulation keeps the report of each step as well.
    #[test]
    fn reports_that_are_kept_count() {
        let renew = [Operation::Regen { unit: Unit::Tvs, nodes: Nodes::All }];
        let mut alone = run(Limits::new());
        alone.apply(&renew[0]).unwrap();
        let kept = |limit| {
            simulate(
                run(Limits::new().kept(limit)).cluster(),
                &[renew[0].clone(), renew[0].clone()],
                &[Policy::B],
                Assume::Lean,
            )
        };
        assert_eq!(kept(alone.kept()).unwrap_err(), (2, StepError::TooMuchKept(alone.kept())));
        assert!(kept(MAX_KEPT).unwrap().policies[0].end().kept() > alone.kept());
    }

    #[test]
    fn what_is_kept_is_limited_at_the_last_byte() {
        let renew = Operation::Regen { unit: Unit::Tvs, nodes: Nodes::All };
        let mut free = run(Limits::new());
        free.apply(&renew).unwrap();
        let kept = free.kept();
        for (limit, second) in [(kept, Ok(())), (kept - 1, Err(StepError::TooMuchKept(kept - 1)))] {
            let mut run = run(Limits::new().kept(limit));
            run.apply(&renew).unwrap();
            assert_eq!(run.apply(&renew).map(drop), second);
        }
        // The limit itself is reached by going on and on.
        let mut free = run(Limits::new().steps(u32::MAX));
        let error = (0..1_000_000).find_map(|_| free.apply(&renew).err());
        assert_eq!(error, Some(StepError::TooMuchKept(MAX_KEPT)));
    }
}
