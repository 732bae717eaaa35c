//! A plan with everything that it does: one history a policy.

use crate::cluster::{
    Assume, Cluster, Mode, NodeId, Nodes, Operation, PhoneId, PhoneSpec, PhoneStatus, Phones,
    Policy, Run, StepError,
};
use crate::release::{ListSigner, RecoveryScope, ReleaseRules as _, Service, Unit};
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(super) struct Context<'a> {
    pub(super) cluster: &'a Arc<Cluster>,
    pub(super) plan: &'a [Operation],
    /// Phones that go through everything alike: the first of each represents all.
    pub(super) groups: Vec<Vec<PhoneId>>,
    first: History,
    others: Vec<History>,
}

/// The states of a plan under one policy.
pub(super) struct History {
    pub(super) policy: Policy,
    start: Run,
    after: Vec<Run>,
}

/// The policies for rules that need the model (`spec/LINTS.md`).
pub(super) const JUDGED: [Policy; 2] = [Policy::B, Policy::C];

impl<'a> Context<'a> {
    pub(super) fn new(
        cluster: &'a Arc<Cluster>,
        plan: &'a [Operation],
    ) -> Result<Self, (u32, StepError)> {
        let first = History::new(cluster, plan, Policy::B)?;
        let others: Result<Vec<History>, _> = [Policy::A, Policy::C, Policy::D]
            .into_iter()
            .map(|policy| History::new(cluster, plan, policy))
            .collect();
        Ok(Self { cluster, plan, groups: first.end().groups(), first, others: others? })
    }

    /// The history under policy B: what rules read that do not turn on the policy.
    pub(super) fn plain(&self) -> &History {
        &self.first
    }

    pub(super) fn histories(&self) -> impl Iterator<Item = &History> {
        let mut all: Vec<&History> = core::iter::once(&self.first).chain(&self.others).collect();
        all.sort_by_key(|history| history.policy);
        all.into_iter()
    }

    pub(super) fn history(&self, policy: Policy) -> Option<&History> {
        self.histories().find(|history| history.policy == policy)
    }

    /// The histories that model rules are judged by.
    pub(super) fn judged(&self) -> impl Iterator<Item = &History> {
        self.histories().filter(|history| JUDGED.contains(&history.policy))
    }

    /// The steps with their numbers.
    pub(super) fn steps(&self) -> impl Iterator<Item = (u32, &'a Operation)> {
        (1..).zip(self.plan)
    }

    /// The phones for whose first one this holds.
    pub(super) fn phones(&self, mut which: impl FnMut(PhoneId) -> bool) -> Vec<PhoneId> {
        let groups =
            self.groups.iter().filter(|group| group.first().is_some_and(|&first| which(first)));
        let mut phones: Vec<PhoneId> = groups.flatten().copied().collect();
        phones.sort_unstable();
        phones
    }

    pub(super) fn spec(&self, phone: PhoneId) -> Option<&PhoneSpec> {
        self.cluster.phones().get(phone.index())
    }

    /// The check that a step is, if it is one that a rule asks for.
    pub(super) fn check(operation: &Operation) -> Option<Check> {
        match operation {
            Operation::Check { what } => Check::of(what),
            _ => None,
        }
    }

    /// Returns the certificates that a step really regenerates: the unit, and the nodes that have
    /// it and are up.
    pub(super) fn regenerates(
        &self,
        step: u32,
        operation: &Operation,
    ) -> Option<(Unit, Vec<NodeId>)> {
        let Operation::Regen { unit, nodes } = operation else { return None };
        let before = self.plain().before(step);
        let nodes = self
            .named(nodes)
            .into_iter()
            .filter(|&node| self.cluster.has_unit(node, *unit) && before.is_up(node));
        let nodes: Vec<NodeId> = nodes.collect();
        (!nodes.is_empty()).then_some((*unit, nodes))
    }

    pub(super) fn named(&self, nodes: &Nodes) -> Vec<NodeId> {
        match nodes {
            Nodes::All => self.cluster.nodes().map(|(node, _)| node).collect(),
            Nodes::These(nodes) => nodes.clone(),
        }
    }

    /// The unit that signs ITLs in this release (C-61).
    pub(super) fn signer_unit(&self) -> Unit {
        match self.cluster.release().itl_signer() {
            ListSigner::ItlRecovery => Unit::ItlRecovery,
            ListSigner::CallManager | ListSigner::Token => Unit::CallManager,
        }
    }

    /// The node whose certificate signs the ITL of a TFTP node.
    pub(super) fn signer_node(&self, tftp: NodeId) -> NodeId {
        match (self.signer_unit(), self.cluster.recovery_scope) {
            (Unit::ItlRecovery, RecoveryScope::Cluster) => self.cluster.publisher(),
            _ => tftp,
        }
    }

    /// The TFTP node that a phone is served by: the first that runs, else its first.
    pub(super) fn tftp(&self, run: &Run, phone: PhoneId) -> Option<NodeId> {
        let servers = &self.spec(phone)?.tftp_servers;
        servers
            .iter()
            .find(|&&node| run.is_running(Service::Tftp, node))
            .or(servers.first())
            .copied()
    }
}

impl History {
    fn new(
        cluster: &Arc<Cluster>,
        plan: &[Operation],
        policy: Policy,
    ) -> Result<Self, (u32, StepError)> {
        let start = Run::new(cluster, policy, Assume::Lean);
        let mut run = start.clone();
        let mut after: Vec<Run> = Vec::with_capacity(plan.len());
        for (step, operation) in (1..).zip(plan) {
            run.apply(operation).map_err(|error| (step, error))?;
            run.keep_beside(after.last().unwrap_or(&start));
            after.push(run.aside());
        }
        Ok(Self { policy, start, after })
    }

    pub(super) fn start(&self) -> &Run {
        &self.start
    }

    pub(super) fn end(&self) -> &Run {
        self.after.last().unwrap_or(&self.start)
    }

    /// The state after a step, counted from 1.
    pub(super) fn after(&self, step: u32) -> &Run {
        let index = usize::try_from(step).ok().and_then(|step| step.checked_sub(1));
        index.and_then(|index| self.after.get(index)).unwrap_or(&self.start)
    }

    pub(super) fn before(&self, step: u32) -> &Run {
        self.after(step.saturating_sub(1))
    }

    /// The states from after this step to the end.
    pub(super) fn from(&self, step: u32) -> impl Iterator<Item = &Run> {
        let skipped = usize::try_from(step).unwrap_or(usize::MAX).saturating_sub(1);
        self.after.iter().skip(skipped)
    }

    pub(super) fn mode(&self, step: u32) -> Mode {
        self.before(step).mode()
    }
}

/// Checks if a phone that is online would refuse what it is served.
pub(super) fn is_locked(run: &Run, phone: PhoneId) -> bool {
    run.phone_state(phone).is_some_and(|state| state.trust == crate::cluster::Trust::Locked)
}

/// Checks if a phone would refuse what it is served, online or not.
pub(super) fn would_refuse(state: &PhoneStatus) -> bool {
    state.judged.as_ref().is_some_and(|judged| judged.refuses.is_some())
}

/// Checks if a phone is in the scope of a step.
pub(super) fn in_scope(phones: &Phones, phone: PhoneId) -> bool {
    match phones {
        Phones::All => true,
        Phones::These(these) => these.contains(&phone),
    }
}

// The kinds of manual checks.

words! {
    /// A kind of manual check, recognised by the first of these words in its text (`spec/LINTS.md`).
    pub enum Check {
        /// F-1 to F-15: covers all others.
        Preflight = "preflight",
        /// `utils dbreplication runtimestate`.
        Replication = "replication",
        /// Export-controlled functionality.
        Licence = "licence",
        /// A backup that succeeded.
        Backup = "backup",
        /// Registration and ITL status of the phones.
        Phones = "phones",
        /// `show ctl`.
        ShowCtl = "show_ctl",
        /// `show itl`.
        ShowItl = "show_itl",
    }
}

impl Check {
    /// Returns the kind of a `check` step by its text; `None` for one that no rule asks for. A word that
    /// is denied does not count.
    ///
    /// ```
    /// use trustlist_cluster::plan::Check;
    /// assert_eq!(Check::of("phones: no CTL/ITL failure"), Some(Check::Phones));
    /// assert_eq!(Check::of("show_itl on TFTP nodes"), Some(Check::ShowItl));
    /// assert_eq!(Check::of("smartphones"), None);
    /// assert_eq!(Check::of("no preflight, backup only"), Some(Check::Backup));
    /// ```
    pub fn of(what: &str) -> Option<Self> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let words: Vec<&str> =
            what.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
        let stands = |check: &&Self| {
            let mut places = words.iter().enumerate();
            places.any(|(at, word)| {
                let (before, after) = words.split_at_checked(at).unwrap_or_default();
                word.eq_ignore_ascii_case(check.as_str())
                    && !is_denied(before, after.get(1..).unwrap_or_default())
            })
        };
        Self::ALL.iter().find(stands).copied()
    }

    /// Checks if this check satisfies a rule that requires `wanted`.
    pub fn covers(self, wanted: Self) -> bool {
        self == wanted || self == Self::Preflight
    }
}

/// Checks if words deny the one between them: `no preflight`, `skip the backup`, `preflight not done`.
fn is_denied(before: &[&str], after: &[&str]) -> bool {
    let is = |word: &&str, of: &[&str]| of.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut before = before.iter().rev().skip_while(|word| is(word, &["a", "any", "the"]));
    let denies = before.next().is_some_and(|word| is(word, &BEFORE));
    let skipped = after.first().is_some_and(|word| is(word, &["omitted", "skipped"]));
    let is_not = |(not, what): (&&str, &&str)| is(not, &["not"]) && is(what, &AFTER_NOT);
    denies || skipped || after.first().zip(after.get(1)).is_some_and(is_not)
}

/// Words that deny the next one.
const BEFORE: [&str; 7] = ["never", "no", "not", "omit", "skip", "skipped", "without"];
/// Words after `not` that deny the one before it; `backup not older than a week` is a backup.
const AFTER_NOT: [&str; 8] =
    ["done", "made", "necessary", "needed", "possible", "ready", "required", "run"];

// True if resets have reached every phone: device pool by device pool, or all at once.

#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    reset: bool,
    reached: BTreeSet<PhoneId>,
}

impl Coverage {
    /// Counts a reset.
    pub(super) fn add(&mut self, context: &Context<'_>, phones: &Phones) {
        self.reset = true;
        let firsts = context.groups.iter().filter_map(|group| group.first().copied());
        self.reached.extend(firsts.filter(|&phone| in_scope(phones, phone)));
    }

    /// Checks if every phone that is online was reached.
    pub(super) fn is_complete(&self, context: &Context<'_>, run: &Run) -> bool {
        let mut firsts = context.groups.iter().filter_map(|group| group.first().copied());
        self.reset && firsts.all(|phone| self.reached.contains(&phone) || !run.is_online(phone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_denied_is_no_check() {
        for text in [
            "no preflight",
            "No preflight was done",
            "without a preflight",
            "skip the preflight",
            "not any preflight",
            "preflight not done",
            "Preflight skipped: no time",
            "preflight: not needed",
        ] {
            assert_eq!(Check::of(text), None, "{text}");
        }
        for (text, check) in [
            ("preflight F-1 to F-15", Check::Preflight),
            ("preflight: no block", Check::Preflight),
            ("no errors in preflight", Check::Preflight),
            ("backup not older than a week", Check::Backup),
            ("phones: no CTL/ITL failure", Check::Phones),
            ("no preflight, but a backup", Check::Backup),
            ("no preflight on Monday, preflight on Tuesday", Check::Preflight),
        ] {
            assert_eq!(Check::of(text), Some(check), "{text}");
        }
    }
}
