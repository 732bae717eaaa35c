//! What is done where a step does not show what it must, as operations: advice that makes a phone worse in the simulator, under
//! any policy, is not given.

use super::{PlannedStep, Purpose, Round};
use crate::cluster::{
    Assume, Cluster, Mode, Nodes, Operation, PhoneId, Phones, Policy, Run, Standing, Trust,
};
use crate::plan::lint::Check;
use alloc::{sync::Arc, vec, vec::Vec};
use trustlist::release::Service;

/// Something to do where a step or a gate fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fallback {
    /// The step once more.
    Again,
    /// `utils ctl reset localkey`, a reset, `utils ctl update CTLFile`, a reset.
    CtlLocalkey,
    /// `utils ctl reset localkey` once more and a reset, while the CTL is signed with the local key.
    CtlLocalkeyAgain,
    /// `utils ctl update CTLFile` once more, a restart of TFTP, a reset.
    CtlUpdate,
    /// `utils itl reset localkey`, a reset, a restart of TFTP, a reset.
    ItlLocalkey,
    /// `utils itl reset localkey` once more and a reset, while the ITL is signed with the local key: a restart of TFTP would
    /// sign it with the usual key again.
    ItlLocalkeyAgain,
    /// Restarts of TVS and TFTP, and a reset.
    RestartAndReset,
    /// A restart of TFTP.
    RestartTftp,
    /// `utils ctl reset localkey` once more.
    SignCtlAgain,
    /// `utils itl reset localkey` once more.
    SignItlAgain,
    /// `utils ctl update CTLFile` once more.
    WriteCtlAgain,
}

impl Fallback {
    /// The operations, for a step of this operation.
    pub fn operations(self, step: &Operation) -> Vec<Operation> {
        let restart = |service| Operation::Restart { service, nodes: Nodes::All };
        let reset = || Operation::ResetPhones { phones: Phones::All };
        match self {
            Self::Again => vec![step.clone()],
            Self::CtlLocalkey => {
                vec![Operation::CtlResetLocalkey, reset(), Operation::CtlUpdate, reset()]
            }
            Self::CtlLocalkeyAgain => vec![Operation::CtlResetLocalkey, reset()],
            Self::CtlUpdate => vec![Operation::CtlUpdate, restart(Service::Tftp), reset()],
            Self::ItlLocalkey => {
                vec![Operation::ItlResetLocalkey, reset(), restart(Service::Tftp), reset()]
            }
            Self::ItlLocalkeyAgain => vec![Operation::ItlResetLocalkey, reset()],
            Self::RestartAndReset => vec![restart(Service::Tvs), restart(Service::Tftp), reset()],
            Self::RestartTftp => vec![restart(Service::Tftp)],
            Self::SignCtlAgain => vec![Operation::CtlResetLocalkey],
            Self::SignItlAgain => vec![Operation::ItlResetLocalkey],
            Self::WriteCtlAgain => vec![Operation::CtlUpdate],
        }
    }
}

/// With which keys the lists are signed at the moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    CtlLocal,
    ItlLocal,
    Usual,
}

impl Phase {
    fn after(self, operation: &Operation) -> Self {
        match operation {
            Operation::CtlResetLocalkey => Self::CtlLocal,
            Operation::ItlResetLocalkey => Self::ItlLocal,
            Operation::CtlUpdate if self == Self::CtlLocal => Self::Usual,
            Operation::Restart { service: Service::Tftp, .. }
            | Operation::Start { service: Service::Tftp, .. }
                if self == Self::ItlLocal =>
            {
                Self::Usual
            }
            _ => self,
        }
    }
}

/// Gives every step what is done where it fails. What the simulator finds harmful at that moment is left out.
pub(super) fn attach(cluster: &Arc<Cluster>, rounds: &mut [Round]) {
    let worlds = Policy::ALL
        .iter()
        .flat_map(|&policy| [Assume::Lean, Assume::Pessimistic].map(|assume| (policy, assume)));
    let mut runs: Vec<Run> =
        worlds.map(|(policy, assume)| Run::new(cluster, policy, assume)).collect();
    let mut phase = Phase::Usual;
    for step in rounds.iter_mut().flat_map(|round| &mut round.steps) {
        for run in &mut runs {
            // A step that does not fit the cluster was refused before.
            let _ = run.apply(&step.operation);
        }
        phase = phase.after(&step.operation);
        let candidates = candidates(cluster, step, phase);
        step.fallbacks = candidates
            .into_iter()
            .filter(|fallback| is_harmless(&runs, *fallback, &step.operation))
            .collect();
    }
}

fn candidates(cluster: &Cluster, step: &PlannedStep, phase: Phase) -> Vec<Fallback> {
    match &step.operation {
        Operation::Restart { .. }
        | Operation::Start { .. }
        | Operation::Stop { .. }
        | Operation::CtlUpdate
        | Operation::CtlResetLocalkey
        | Operation::ItlResetLocalkey => vec![Fallback::Again],
        Operation::Check { what } => match (step.purpose, Check::of(what)) {
            (
                Purpose::Plain | Purpose::EncryptedLater | Purpose::FirstBatch,
                Some(Check::Phones),
            ) => for_phones(cluster, phase),
            (Purpose::Plain | Purpose::LocalKeyGate, Some(Check::ShowItl))
                if phase == Phase::ItlLocal =>
            {
                vec![Fallback::SignItlAgain]
            }
            (Purpose::Plain, Some(Check::ShowItl)) => vec![Fallback::RestartTftp],
            (Purpose::Plain | Purpose::LocalKeyGate, Some(Check::ShowCtl))
                if phase == Phase::CtlLocal =>
            {
                vec![Fallback::SignCtlAgain]
            }
            (Purpose::Plain, Some(Check::ShowCtl)) => vec![Fallback::WriteCtlAgain],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn for_phones(cluster: &Cluster, phase: Phase) -> Vec<Fallback> {
    let release = cluster.release();
    let mixed = cluster.mode() == Mode::Mixed;
    let mut found = match phase {
        Phase::CtlLocal => return vec![Fallback::RestartAndReset, Fallback::CtlLocalkeyAgain],
        Phase::ItlLocal => return vec![Fallback::ItlLocalkeyAgain],
        Phase::Usual => vec![Fallback::RestartAndReset],
    };
    found.extend(release.has_itl_reset_localkey().then_some(Fallback::ItlLocalkey));
    if mixed {
        found.push(if release.has_ctl_reset_localkey() {
            Fallback::CtlLocalkey
        } else {
            Fallback::CtlUpdate
        });
    }
    found
}

/// Whether no phone is worse off after it, in any of these worlds.
fn is_harmless(runs: &[Run], fallback: Fallback, step: &Operation) -> bool {
    runs.iter().all(|run| {
        let mut after = run.clone();
        let done = fallback.operations(step).iter().all(|operation| after.apply(operation).is_ok());
        done && is_no_worse(run, &after)
    })
}

/// Whether every phone is at least as well off in the second run.
fn is_no_worse(before: &Run, after: &Run) -> bool {
    // Phones that fare alike in both are looked at once.
    let firsts = |run: &Run| -> Vec<PhoneId> {
        run.groups().iter().filter_map(|group| group.first().copied()).collect()
    };
    let rank = |run: &Run, phone: PhoneId| run.phone_state(phone).map(how_well);
    firsts(before)
        .into_iter()
        .chain(firsts(after))
        .all(|phone| rank(before, phone) <= rank(after, phone))
}

/// How well a phone is off: lost, to be rescued by a command, by restarts, or fine.
fn how_well(standing: &Standing) -> u8 {
    match standing.trust {
        _ if standing.outlook.is_lost() => 0,
        Trust::Locked if !standing.outlook.is_recoverable() => 1,
        Trust::Locked => 2,
        _ => 3,
    }
}
