//! The proof: a plan is run under every policy, with every open question taken against the phone.

use super::draft::Draft;
use super::{PlanNote, PlannedStep, Purpose, Round, RoundKind, SafePlan, Unneeded};
use crate::cluster::{
    Assume, AssumedAnswer, Assumption, Cluster, Mode, NodeId, Nodes, Operation, PhoneId,
    PhoneStatus, Phones, Policy, PolicyResult, Recoverability, RecoveryCommand, Rollback, Run,
    Simulation, StepReport, Trust, simulate,
};
use crate::code::PlanLintCode;
use crate::plan::lint::Check;
use crate::plan::lint::{PlanFinding, PlanLint, lint};
use crate::release::{ReleaseRules as _, Service};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use trustlist::code::{ConditionCode, Level};
use trustlist::phone::{JudgedFile, TlsVersion};

/// An open question that a plan is safe only by: if it turns out the other way, phones refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lean {
    /// The question.
    pub assumption: Assumption,
    /// The step of the plan that meets it first, counted from 1; the gate is before it.
    pub step: u32,
}

/// Why there is no safe plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoPlan {
    /// The steps that were tried have errors of the plan lint.
    LintErrors {
        /// The errors, each once, in the order of the steps.
        codes: Vec<PlanLintCode>,
        /// The choice about steps that a document calls unnecessary: without them the plan
        /// may lack what the lint asks for.
        unneeded: Unneeded,
    },
    /// The name of a node is none that a host can have. It would be part of commands.
    NodeName(NodeId),
    /// None of the certificates exists in this version.
    NothingToRenew,
    /// Phones are locked before anything changes: repair them first.
    PhonesBrokenBefore(Vec<PhoneId>),
    /// Phones would be locked at the end.
    PhonesLocked {
        /// The policy.
        policy: Policy,
        /// The phones.
        phones: Vec<PhoneId>,
        /// The first step after which the first of them refuses to the end.
        operation: String,
        /// The file that it refuses.
        refuses: Option<JudgedFile>,
    },
    /// The rollback parameter is on (F-1): lists are blank, a plan proves nothing.
    RollbackOn,
    /// A step cannot be part of a plan for this cluster.
    Step(u32),
    /// Phones would be locked at the end, and with a minimum TLS version of 1.0 none would: they
    /// cannot ask TVS about the new signer (P-TVS-11, L-27).
    TlsMinimum {
        /// The minimum of the cluster.
        minimum: TlsVersion,
        /// The policy.
        policy: Policy,
        /// The phones.
        phones: Vec<PhoneId>,
        /// The first step after which the first of them refuses to the end.
        operation: String,
        /// The file that it refuses.
        refuses: Option<JudgedFile>,
    },
}

/// Checks for states that no plan can repair.
pub(super) fn check_start(cluster: &Arc<Cluster>) -> Result<(), NoPlan> {
    let is_host = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
    };
    if let Some((node, _)) = cluster.nodes().find(|(_, spec)| !is_host(&spec.name)) {
        return Err(NoPlan::NodeName(node));
    }
    let run = crate::cluster::Run::new(cluster, Policy::B, Assume::Lean);
    if run.rollback() == Rollback::On {
        return Err(NoPlan::RollbackOn);
    }
    let locked =
        |phone: &PhoneId| run.phone_state(*phone).is_some_and(|state| state.trust == Trust::Locked);
    let mut broken: Vec<PhoneId> = run
        .groups()
        .into_iter()
        .filter(|group| group.first().is_some_and(locked))
        .flatten()
        .collect();
    broken.sort_unstable();
    if broken.is_empty() { Ok(()) } else { Err(NoPlan::PhonesBrokenBefore(broken)) }
}

/// Runs a draft; what is safe only by leaning gets its gates and is run again.
pub(super) fn prove(mut draft: Draft) -> Result<SafePlan, NoPlan> {
    let leaning = run_all(&draft, Assume::Lean)?;
    if let Some(refusal) = ends_badly(&leaning) {
        return Err(because_of_tls(&draft, refusal));
    }
    let pessimistic = run_all(&draft, Assume::Pessimistic)?;
    if ends_badly(&pessimistic).is_none() {
        return finished(draft, Vec::new(), &pessimistic);
    }
    let leans = gates(&mut draft, &leaning);
    let leaning = run_all(&draft, Assume::Lean)?;
    match ends_badly(&leaning) {
        None => finished(draft, leans, &leaning),
        Some(refusal) => Err(refusal),
    }
}

/// Says that the minimum TLS version is the reason, if the same steps lock no phone with 1.0.
fn because_of_tls(draft: &Draft, refusal: NoPlan) -> NoPlan {
    let minimum = draft.cluster.tls_minimum.filter(|&minimum| minimum > TlsVersion::V1_0);
    let (Some(minimum), NoPlan::PhonesLocked { policy, phones, operation, refuses }) =
        (minimum, &refusal)
    else {
        return refusal;
    };
    let mut lowered = (*draft.cluster).clone();
    lowered.tls_minimum = Some(TlsVersion::V1_0);
    let lowered = simulate(&Arc::new(lowered), &draft.operations(), Policy::ALL, Assume::Lean);
    if !lowered.is_ok_and(|simulation| ends_badly(&simulation).is_none()) {
        return refusal;
    }
    NoPlan::TlsMinimum {
        minimum,
        policy: *policy,
        phones: phones.clone(),
        operation: operation.clone(),
        refuses: *refuses,
    }
}

/// Says of the phones that are offline what brings them back after the last step, by the simulation
/// that proves the plan.
fn with_returns(notes: Vec<PlanNote>, simulation: &Simulation) -> Vec<PlanNote> {
    let each = |note: PlanNote| match note {
        PlanNote::Offline(phones) => returns(phones, simulation),
        note => Vec::from([note]),
    };
    notes.into_iter().flat_map(each).collect()
}

fn returns(phones: Vec<PhoneId>, simulation: &Simulation) -> Vec<PlanNote> {
    let mut by_help: BTreeMap<Option<Option<RecoveryCommand>>, Vec<PhoneId>> = BTreeMap::new();
    for phone in phones {
        by_help.entry(help(phone, simulation)).or_default().push(phone);
    }
    let note = |(help, phones)| match help {
        Some(command) => PlanNote::OfflineReturns(phones, command),
        None => PlanNote::Offline(phones),
    };
    by_help.into_iter().map(note).collect()
}

/// Returns what brings an offline phone back under every policy: nothing more than restarts, or a
/// command; `None` if there is no such command.
fn help(phone: PhoneId, simulation: &Simulation) -> Option<Option<RecoveryCommand>> {
    let ends: Vec<Recoverability> = simulation
        .policies
        .iter()
        .filter_map(|result| Some(result.final_state(result.cohort(phone)?)?.recoverability()))
        .collect();
    if ends.iter().all(|end| end.is_recoverable()) {
        return Some(None);
    }
    let helps = |command: &RecoveryCommand| {
        ends.iter().all(|end| end.is_recoverable() || end.rescues().contains(*command))
    };
    RecoveryCommand::ALL.iter().copied().find(helps).map(Some)
}

fn finished(draft: Draft, leans: Vec<Lean>, proof: &Simulation) -> Result<SafePlan, NoPlan> {
    let lint: PlanLint =
        lint(&draft.cluster, &draft.operations()).map_err(|(step, _)| NoPlan::Step(step))?;
    let Draft { cluster, request, mut rounds, notes, .. } = draft;
    // The only server of an encrypted phone changes its certificate: no order of steps avoids that, and
    // the plan says so.
    let drops = |finding: &PlanFinding| {
        let mut told = notes.iter().filter_map(|note| match note {
            PlanNote::EncryptedDrop(phones) => Some(phones),
            _ => None,
        });
        finding.code == PlanLintCode::CtlAfterCallmanager
            && told.any(|told| finding.phones.iter().all(|phone| told.contains(phone)))
    };
    let mut codes: Vec<PlanLintCode> = Vec::new();
    let errors = lint.findings.iter().filter(|finding| finding.level() == Level::Error);
    for finding in errors.filter(|finding| !drops(finding)) {
        if !codes.contains(&finding.code) {
            codes.push(finding.code);
        }
    }
    if !codes.is_empty() {
        return Err(NoPlan::LintErrors { codes, unneeded: request.unneeded });
    }
    let mut notes = with_returns(notes, proof);
    if cluster.leaves_tokens() && writes_ctl(&rounds) {
        notes.insert(0, PlanNote::TokensEnd);
    }
    attach(&cluster, &mut rounds);
    Ok(SafePlan { cluster, request, rounds, notes, leans, lint })
}

/// Checks if a step writes the CTL by a command.
fn writes_ctl(rounds: &[Round]) -> bool {
    let mut steps = rounds.iter().flat_map(|round| &round.steps);
    steps.any(|step| matches!(step.operation, Operation::CtlUpdate | Operation::CtlResetLocalkey))
}

fn run_all(draft: &Draft, assume: Assume) -> Result<Simulation, NoPlan> {
    simulate(&draft.cluster, &draft.operations(), Policy::ALL, assume)
        .map_err(|(step, _)| NoPlan::Step(step))
}

/// The first policy that leaves an online phone locked, and its step.
fn ends_badly(simulation: &Simulation) -> Option<NoPlan> {
    simulation.policies.iter().find_map(|result| {
        let locked = |cohort| {
            result.final_state(cohort).is_some_and(|end| end.standing.trust == Trust::Locked)
        };
        let phones: Vec<PhoneId> =
            result.phones().filter(|&(_, cohort)| locked(cohort)).map(|(phone, _)| phone).collect();
        let &first = phones.first()?;
        let refuses = result
            .cohort(first)
            .and_then(|cohort| result.final_state(cohort)?.standing.judged.as_ref()?.refuses);
        let step = locked_since(result, first);
        let operation = usize::try_from(step)
            .ok()
            .and_then(|step| simulation.steps.get(step.checked_sub(1)?).cloned());
        Some(NoPlan::PhonesLocked {
            policy: result.policy,
            phones,
            operation: operation.unwrap_or_default(),
            refuses,
        })
    })
}

/// Returns the first step after which a phone is locked to the end.
fn locked_since(result: &PolicyResult, phone: PhoneId) -> u32 {
    let Some(cohort) = result.cohort(phone) else { return 0 };
    let locked = |report: &&StepReport| {
        result.standing(cohort, report).is_some_and(|standing| standing.trust == Trust::Locked)
    };
    result.trace.iter().rev().take_while(locked).last().map_or(0, |report| report.step)
}

/// Puts a gate before each round in which a step first takes an open question in the phones' favour:
/// behind the regeneration it would be too late.
fn gates(draft: &mut Draft, simulation: &Simulation) -> Vec<Lean> {
    let mut first: BTreeMap<Assumption, u32> = BTreeMap::new();
    let all = simulation.policies.iter().flat_map(|result| &result.assumptions);
    for &(assumption, step) in all.filter(|(assumption, _)| is_open(assumption)) {
        let known = first.entry(assumption).or_insert(step);
        *known = step.min(*known);
    }
    let leans: Vec<Lean> =
        first.into_iter().map(|(assumption, step)| Lean { assumption, step }).collect();
    let mut leans = one_a_fact(leans);
    leans.iter_mut().for_each(|lean| lean.step = round_of(draft, lean.step));
    leans.sort_by_key(|lean| (lean.step, lean.assumption));
    // Nothing is changed before the preflight: a question that is open from the start has its gate
    // after it.
    let preflight =
        u32::try_from(draft.request.guesses.len()).unwrap_or(u32::MAX).saturating_add(1);
    leans.iter_mut().for_each(|lean| lean.step = lean.step.max(preflight.saturating_add(1)));
    let open: Vec<u32> = leans.iter().map(|lean| lean.step).collect();
    let before =
        |step: u32, place: usize| open.iter().take(place).filter(|&&other| other <= step).count();
    let moved =
        |step: u32, gates: usize| step.saturating_add(u32::try_from(gates).unwrap_or(u32::MAX));
    for (place, lean) in leans.iter_mut().enumerate() {
        insert(draft, moved(lean.step, before(lean.step, place)), place, lean.assumption);
        lean.step = moved(lean.step, before(lean.step, open.len()));
    }
    leans
}

/// Returns the number of the first step of the round that a step is in, from 1.
fn round_of(draft: &Draft, step: u32) -> u32 {
    let mut first = 1_u32;
    for round in &draft.rounds {
        let count = u32::try_from(round.steps.len()).unwrap_or(u32::MAX);
        if step < first.saturating_add(count) {
            return first;
        }
        first = first.saturating_add(count);
    }
    step
}

/// One gate for a fact: that the ITL is undecided, for the configuration, rests on the question that
/// leaves the ITL undecided, by the same rule. The question that names the fact stays.
fn one_a_fact(leans: Vec<Lean>) -> Vec<Lean> {
    let follows = |lean: &Lean| {
        matches!(
            lean.assumption,
            Assumption::Judged {
                code: ConditionCode::CtlUndecided | ConditionCode::ItlUndecided,
                ..
            }
        )
    };
    let same_rule = |one: &Lean, other: &Lean| one.assumption.rule() == other.assumption.rule();
    let names_it = |lean: &&Lean| {
        !follows(lean) || !leans.iter().any(|other| !follows(other) && same_rule(other, lean))
    };
    let mut kept: Vec<Lean> = Vec::new();
    for &lean in leans.iter().filter(names_it) {
        let one_fact = |other: &&Lean| {
            same_question(other, &lean) || follows(other) && same_rule(other, &lean)
        };
        let step = leans.iter().filter(one_fact).map(|other| other.step).min();
        if !kept.iter().any(|known| same_question(known, &lean)) {
            kept.push(Lean { step: step.unwrap_or(lean.step), ..lean });
        }
    }
    kept
}

/// Checks if two gates ask for one fact: the same question about two files.
fn same_question(one: &Lean, other: &Lean) -> bool {
    (one.assumption.rule(), one.assumption.code())
        == (other.assumption.rule(), other.assumption.code())
}

/// Checks if a judgement was taken in the phones' favour. What a phone registers with locks none.
fn is_open(assumption: &Assumption) -> bool {
    matches!(assumption, Assumption::Judged { taken: AssumedAnswer::Accept, .. })
}

/// A gate in front of a step.
fn insert(draft: &mut Draft, step: u32, place: usize, assumption: Assumption) {
    let what = format!("assumption {} {}: see the gate", assumption.rule(), assumption.code());
    let operation = Operation::Check { what: what.into() };
    let gate = PlannedStep {
        operation,
        purpose: Purpose::Lean(place),
        minutes: 5,
        unnecessary: None,
        fallbacks: Vec::new(),
    };
    let mut before = usize::try_from(step).unwrap_or(usize::MAX).saturating_sub(1);
    for round in &mut draft.rounds {
        // A fact is found before anything changes if it can be.
        let prepares = round.kind == RoundKind::Prepare && before == round.steps.len();
        if before < round.steps.len() || prepares {
            return round.steps.insert(before, gate);
        }
        before -= round.steps.len();
    }
    if let Some(round) = draft.rounds.last_mut() {
        round.steps.push(gate);
    }
}

// The actions for a step that fails, as operations: advice that makes a phone worse in the
// simulator, under any policy, is not given.

/// Something to do where a step or a gate fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fallback {
    /// The step once more.
    Again,
    /// `utils ctl reset localkey`, a reset, `utils ctl update CTLFile`, a reset.
    CtlLocalkey,
    /// `utils ctl reset localkey` once more and a reset, while the CTL is signed with the local
    /// key.
    CtlLocalkeyAgain,
    /// `utils ctl update CTLFile` once more, a restart of TFTP, a reset.
    CtlUpdate,
    /// `utils itl reset localkey`, a reset, a restart of TFTP, a reset.
    ItlLocalkey,
    /// `utils itl reset localkey` once more and a reset, while the ITL is signed with the local
    /// key: a restart of TFTP would sign it with the usual key again.
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

/// Gives every step what is done if it fails. What the simulator finds harmful at that moment is
/// left out.
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

/// Checks if no phone is worse off after it, in any of these worlds.
fn is_harmless(runs: &[Run], fallback: Fallback, step: &Operation) -> bool {
    runs.iter().all(|run| {
        let mut after = run.aside();
        let done = fallback.operations(step).iter().all(|operation| after.apply(operation).is_ok());
        done && is_no_worse(run, &after)
    })
}

/// Checks if every phone is at least as well off in the second run.
fn is_no_worse(before: &Run, after: &Run) -> bool {
    let rank = |run: &Run, phone: PhoneId| run.phone_state(phone).map(how_well);
    // The actions after a failure are for all phones, so phones that are equal before are equal
    // after them.
    before.samples().all(|phone| rank(before, phone) <= rank(after, phone))
}

/// How well a phone is off: lost, to be rescued by a command, by restarts, or fine.
fn how_well(standing: &PhoneStatus) -> u8 {
    match standing.trust {
        _ if standing.recoverability.is_lost() => 0,
        Trust::Locked if !standing.recoverability.is_recoverable() => 1,
        Trust::Locked => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Mode, NodeSpec};
    use crate::plan::generate::{Request, rounds};
    use crate::release::{Product, Unit};
    use trustlist::code::ConditionCode;
    use trustlist::phone::Rule;

    fn draft() -> Draft {
        let node = |name: &str, publisher| NodeSpec {
            name: name.into(),
            product: Product::Cucm,
            publisher,
            tftp: true,
            callmanager: true,
        };
        let nodes = [node("hq", true), node("br", false)].into();
        let cluster = Cluster::new("11.5".parse().unwrap(), Mode::NonSecure, nodes).unwrap();
        Draft::new(&cluster.into(), &Request::of(&[Unit::Tvs]), rounds::STRATEGIES[0])
    }

    /// No cluster that can be described needs a gate today: what the simulator leaves open it takes
    /// as refused either way.
    #[test]
    fn each_lean_gets_its_gate_right_before_the_round_that_needs_it() {
        let mut with_gates = draft();
        let before = with_gates.operations();
        let mut simulation = run_all(&with_gates, Assume::Lean).unwrap();
        let open = |code, taken| Assumption::Judged {
            rule: Rule::Rec5,
            code,
            file: JudgedFile::Itl,
            taken,
        };
        simulation.policies[1].assumptions = [
            (open(ConditionCode::EmptyFile, AssumedAnswer::Accept), 4),
            (open(ConditionCode::TvsCached, AssumedAnswer::Accept), 4),
            (open(ConditionCode::TvsUnknown, AssumedAnswer::Accept), 6),
            (open(ConditionCode::KeySizeUnknown, AssumedAnswer::Accept), 0),
            (open(ConditionCode::FipsKeySize, AssumedAnswer::Reject), 2),
        ]
        .into();
        simulation.policies[2].assumptions =
            [(open(ConditionCode::TvsUnknown, AssumedAnswer::Accept), 5)].into();
        let leans = gates(&mut with_gates, &simulation);
        let steps: Vec<&PlannedStep> =
            with_gates.rounds.iter().flat_map(|round| &round.steps).collect();
        assert_eq!(steps.len(), before.len() + 4);
        for (lean, original) in leans.iter().zip([2, 3, 3, 3]) {
            let step = usize::try_from(lean.step).unwrap();
            assert_eq!(steps[step - 1].operation, before[original - 1], "{lean:?}");
            let gate = steps[..step - 1]
                .iter()
                .rev()
                .take_while(|step| matches!(step.purpose, Purpose::Lean(_)));
            assert!(gate.clone().count() > 0 && gate.count() <= 3, "{lean:?}");
        }
        assert_eq!(steps[0].purpose, Purpose::Plain);
    }

    /// The minimum TLS version leaves the ITL undecided, and the configuration with it: one fact.
    #[test]
    fn one_fact_gets_one_gate() {
        let lean = |rule, code, file, step| Lean {
            assumption: Assumption::Judged { rule, code, file, taken: AssumedAnswer::Accept },
            step,
        };
        let tls = ConditionCode::TvsTlsOpen;
        let undecided = ConditionCode::ItlUndecided;
        let leans = vec![
            lean(Rule::Tvs11, undecided, JudgedFile::Config, 3),
            lean(Rule::Tvs11, tls, JudgedFile::Ctl, 5),
            lean(Rule::Tvs11, tls, JudgedFile::Itl, 4),
            lean(Rule::Rec5, undecided, JudgedFile::Config, 2),
        ];
        let kept = one_a_fact(leans);
        let kept: Vec<_> = kept.iter().map(|lean| (lean.assumption.code(), lean.step)).collect();
        assert_eq!(kept, [("tvs-tls-open", 3), ("itl-undecided", 2)]);
    }
}
