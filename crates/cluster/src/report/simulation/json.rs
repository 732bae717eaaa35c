//! The answer of spec/CONTRACT.md section 4, `trustlist.simulation/1`. Written as it is walked:
//! with many phones the document is far larger than what it is made of.

use crate::cluster::{
    AssumedAnswer, Assumption, Cert, Cluster, CohortId, NodeSet, NodeSpec, PhoneId, PhoneStatus,
    Policy, PolicyResult, RecoveryCommand, Simulation, StepReport, Trust,
};
use crate::release::TrustUnit;
use crate::report::shape::{Keyed, Word};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::collections::BTreeMap;
use trustlist::code::ConditionCode;
use trustlist::phone::{Decisive, JudgedFile, Rule};

/// The schema of the answer.
pub const SIMULATION_SCHEMA: &str = "trustlist.simulation/1";

/// With more phones than this, a step of the trace lists only the phones whose state it changed
/// (`"listed": "changed"`).
const LIST_ALL_PHONES: usize = 1_000;

/// A simulation as JSON.
///
/// ```
/// fn print(simulation: &trustlist_cluster::cluster::Simulation) -> serde_json::Result<()> {
///     serde_json::to_writer(std::io::stdout().lock(), &trustlist_cluster::report::SimulationJson(simulation))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SimulationJson<'a>(pub &'a Simulation);

impl Serialize for SimulationJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let simulation = self.0;
        let answer = SimulationAnswer {
            schema: SIMULATION_SCHEMA,
            best: simulation.best().map(|result| Word(result.policy)),
            worst: simulation.worst().map(|result| Word(result.policy)),
            policies: simulation
                .policies
                .iter()
                .map(|result| PolicyAnswer::new(simulation, result))
                .collect(),
        };
        answer.serialize(serializer)
    }
}

/// The effect of a plan on the phones of a cluster, under each policy (spec/CONTRACT.md section 4).
/// The same scenario always gives the same bytes.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Simulation"))]
pub(crate) struct SimulationAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = SIMULATION_SCHEMA)))]
    schema: &'static str,
    /// The policy that harms the fewest phones.
    best: Option<Word<Policy>>,
    /// The policy that harms the most phones.
    worst: Option<Word<Policy>>,
    /// One entry for each policy that was run.
    policies: Vec<PolicyAnswer<'a>>,
}

/// The result under one policy.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PolicyResult"))]
struct PolicyAnswer<'a> {
    /// The policy.
    policy: Word<Policy>,
    /// The state of every phone at the end, by name.
    #[serde(rename = "final")]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Final>"))]
    finals: Finals<'a>,
    /// Every phone that was locked after any step.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    locked: LockedNames<'a>,
    /// The first step after which some phone is beyond every command (P-16); `null` if there is
    /// none.
    point_of_no_return: Option<Point<'a>>,
    /// The extra trust certificates at the end: node, store, labels.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, BTreeMap<Word<TrustUnit>, Vec<String>>>"))]
    files: Keyed<BTreeMap<&'static str, Vec<String>>>,
    /// The open questions that were answered to go on.
    assumptions: Vec<AssumptionAnswer>,
    /// The events of each step.
    #[cfg_attr(test, schemars(with = "Vec<Step<'_>>"))]
    trace: Trace<'a>,
}

/// The step after which only deleting lists on phones helps.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PointOfNoReturn"))]
struct Point<'a> {
    /// The step, from 1; 0 is before the first.
    step: u32,
    /// The phones that are beyond every command from then on.
    phones: Vec<&'a str>,
}

/// An open question, and how it was answered.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Assumption"))]
struct AssumptionAnswer {
    /// The rule that leaves it open.
    rule: &'static str,
    /// How it was taken.
    taken: Word<AssumedAnswer>,
    /// The first step at which it mattered.
    step: u32,
    /// Which question; `null` for the certificate that phones were made with (P-7).
    condition: Option<Word<ConditionCode>>,
    /// About which file; `null` as above.
    file: Option<Word<JudgedFile>>,
}

/// The end of a phone.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Final {
    /// The effect of its next reset.
    trust: Word<Trust>,
    /// Whether it is registered (P-6, P-7).
    registered: bool,
    /// Whether it holds an ITL.
    #[cfg_attr(test, schemars(extend("enum" = ["installed", "none"])))]
    itl: &'static str,
    /// Whether restarts of TFTP and TVS and a reset are enough (P-16).
    recoverable: bool,
    /// The commands that would help if they are not; with none, only deleting its lists helps.
    rescue: Vec<Word<RecoveryCommand>>,
}

/// A step and what it did.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Step<'a> {
    /// Its number, from 1; 0 is before the first.
    step: u32,
    /// The operation, in words.
    op: &'a str,
    /// When it ended, in minutes since the start of the plan.
    minute: u64,
    /// Which phones are listed: `all`, or in large clusters those whose state the step changed.
    #[cfg_attr(test, schemars(extend("enum" = ["all", "changed"])))]
    listed: &'static str,
    /// The state of the phones after the step, by name.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, State>"))]
    phones: States<'a>,
    /// The events, in order.
    #[cfg_attr(test, schemars(with = "Vec<super::event_json::EventAnswer<'_>>"))]
    events: Events<'a>,
}

/// The state of a phone after a step; of a locked one with the reason.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = locked_or_not))]
struct State {
    /// The effect of its next reset.
    trust: Word<Trust>,
    /// Whether it is registered (P-6, P-7).
    registered: bool,
    #[serde(flatten)]
    locked: Option<Locked>,
}

/// The four fields of a locked phone come together, and three of them may be `null`.
#[cfg(test)]
fn locked_or_not(schema: &mut schemars::Schema) {
    schema.insert(crate::report::schema::OFTEN_NULL.to_owned(), true.into());
}

/// Why a phone is locked; for locked phones only.
#[derive(serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Locked {
    /// Whether restarts of TFTP and TVS and a reset are enough (P-16).
    recoverable: bool,
    /// The first file that it would refuse.
    refuses: Option<Word<JudgedFile>>,
    /// The finding or condition that decides.
    decisive: Option<Word<Decisive>>,
    /// The rule that decides.
    rule: Option<Word<Rule>>,
}

impl<'a> PolicyAnswer<'a> {
    fn new(simulation: &'a Simulation, result: &'a PolicyResult) -> Self {
        let cluster = &*simulation.cluster;
        let name = |phone: &PhoneId| cluster.phone_name(*phone);
        let assumption = |(assumption, step): (&Assumption, u32)| {
            let (condition, file) = match assumption {
                Assumption::Judged { code, file, .. } => (Some(Word(*code)), Some(Word(*file))),
                Assumption::MicPresent => (None, None),
            };
            AssumptionAnswer {
                rule: assumption.rule(),
                taken: Word(assumption.taken()),
                step,
                condition,
                file,
            }
        };
        Self {
            policy: Word(result.policy),
            finals: Finals {
                cluster,
                result,
                ends: result.cohorts().map(|(cohort, ..)| Final::new(result, cohort)).collect(),
            },
            locked: LockedNames { cluster, result },
            point_of_no_return: result.no_return.as_ref().map(|point| Point {
                step: point.step,
                phones: point.phones.iter().map(name).collect(),
            }),
            files: files(cluster, &result.files),
            assumptions: result
                .assumptions
                .iter()
                .map(|(found, step)| assumption((found, *step)))
                .collect(),
            trace: Trace { simulation, result },
        }
    }
}

/// The ends of the phones, which share those of their cohorts.
struct Finals<'a> {
    cluster: &'a Cluster,
    result: &'a PolicyResult,
    ends: Vec<Option<Final>>,
}

impl Serialize for Finals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |cohort: CohortId| self.ends.get(cohort.index());
        serializer.collect_map(
            self.result
                .phones()
                .map(|(phone, cohort)| (self.cluster.phone_name(phone), of(cohort))),
        )
    }
}

/// The names of the phones that were locked.
struct LockedNames<'a> {
    cluster: &'a Cluster,
    result: &'a PolicyResult,
}

impl Serialize for LockedNames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        self.result
            .locked()
            .try_for_each(|phone| seq.serialize_element(self.cluster.phone_name(phone)))?;
        seq.end()
    }
}

impl Final {
    fn new(result: &PolicyResult, cohort: CohortId) -> Option<Self> {
        let state = result.final_state(cohort)?;
        Some(Self {
            trust: Word(state.standing.trust),
            registered: state.standing.registered,
            itl: if state.itl { "installed" } else { "none" },
            recoverable: state.recoverability().is_recoverable(),
            rescue: state.recoverability().rescues().iter().map(Word).collect(),
        })
    }
}

/// Node, store, labels: nodes in inventory order.
fn files(
    cluster: &Cluster,
    files: &[(TrustUnit, Cert, NodeSet)],
) -> Keyed<BTreeMap<&'static str, Vec<String>>> {
    let of_node = |(node, spec): (_, &NodeSpec)| {
        let mut stores: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (unit, cert, _) in files.iter().filter(|(_, _, nodes)| nodes.contains(node)) {
            stores.entry(unit.as_str()).or_default().push(cluster.label(*cert));
        }
        (spec.name.to_string(), stores)
    };
    Keyed(cluster.nodes().map(of_node).collect())
}

struct Trace<'a> {
    simulation: &'a Simulation,
    result: &'a PolicyResult,
}

impl Serialize for Trace<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.simulation.cluster.phones().len() <= LIST_ALL_PHONES;
        let changes = if all { Changes::default() } else { Changes::new(self.result) };
        let mut seq = serializer.serialize_seq(Some(self.result.trace.len()))?;
        for (moment, op) in self.result.trace.iter().zip(&self.simulation.steps) {
            let states = if all { self.states(moment) } else { changes.states(moment.step) };
            let cluster = &*self.simulation.cluster;
            seq.serialize_element(&Step {
                step: moment.step,
                op,
                minute: moment.minute,
                listed: if all { "all" } else { "changed" },
                phones: States { cluster, states },
                events: Events { cluster, moment },
            })?;
        }
        seq.end()
    }
}

impl<'a> Trace<'a> {
    /// The states of all phones.
    fn states(&self, moment: &StepReport) -> Vec<(PhoneId, &'a PhoneStatus)> {
        let phones = self.result.phones();
        phones
            .filter_map(|(phone, cohort)| Some((phone, &**self.result.standing(cohort, moment)?)))
            .collect()
    }
}

/// The states that steps changed: what they list when there are too many phones to list all.
#[derive(Default)]
struct Changes<'a> {
    /// The phones of each cohort.
    phones: Vec<Vec<PhoneId>>,
    /// By step, then by cohort.
    changes: Vec<(u32, CohortId, &'a PhoneStatus)>,
}

impl<'a> Changes<'a> {
    fn new(result: &'a PolicyResult) -> Self {
        let mut phones: Vec<Vec<PhoneId>> =
            result.cohorts().map(|(_, size, _)| Vec::with_capacity(size)).collect();
        for (phone, cohort) in result.phones() {
            if let Some(phones) = phones.get_mut(cohort.index()) {
                phones.push(phone);
            }
        }
        let mut changes = Vec::new();
        for (cohort, ..) in result.cohorts() {
            let states = result.timeline(cohort);
            for ((_, before), (step, now)) in states.iter().zip(states.iter().skip(1)) {
                if differs(before, now) {
                    changes.push((*step, cohort, &***now));
                }
            }
        }
        changes.sort_unstable_by_key(|&(step, cohort, _)| (step, cohort));
        Self { phones, changes }
    }

    /// The states that a step changed, in inventory order.
    fn states(&self, step: u32) -> Vec<(PhoneId, &'a PhoneStatus)> {
        let first = self.changes.partition_point(|&(of, ..)| of < step);
        let changed = self.changes.iter().skip(first).take_while(|&&(of, ..)| of == step);
        let mut states = Vec::new();
        for &(_, cohort, status) in changed {
            let phones = self.phones.get(cohort.index()).map_or(&[][..], |phones| phones);
            states.extend(phones.iter().map(|&phone| (phone, status)));
        }
        states.sort_unstable_by_key(|&(phone, _)| phone);
        states
    }
}

/// The states of the phones that are listed.
struct States<'a> {
    cluster: &'a Cluster,
    states: Vec<(PhoneId, &'a PhoneStatus)>,
}

impl Serialize for States<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.states
                .iter()
                .map(|&(phone, status)| (self.cluster.phone_name(phone), State::new(status))),
        )
    }
}

/// The events of a step.
struct Events<'a> {
    cluster: &'a Cluster,
    moment: &'a StepReport,
}

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.moment.events.iter().map(|timed| super::event_json::json(self.cluster, timed)),
        )
    }
}

fn differs(before: &PhoneStatus, now: &PhoneStatus) -> bool {
    (before.trust, before.registered, before.recoverability)
        != (now.trust, now.registered, now.recoverability)
}

impl State {
    fn new(standing: &PhoneStatus) -> Self {
        let refused = standing.judged.as_ref().filter(|_| standing.trust == Trust::Locked);
        let locked = refused.map(|judged| {
            let file = judged.refuses.map(|file| judged.file(file));
            Locked {
                recoverable: standing.recoverability.is_recoverable(),
                refuses: judged.refuses.map(Word),
                decisive: file.and_then(|file| file.decisive).map(Word),
                rule: file.and_then(|file| file.rule).map(Word),
            }
        });
        Self { trust: Word(standing.trust), registered: standing.registered, locked }
    }
}
