//! The answer of CONTRACT.md section 4, `trustlist.simulation/1`. Written as it is walked: with many phones the document
//! is far larger than what it is made of.

mod event;

use super::groups::moments;
use crate::cluster::{
    Cert, Cluster, CohortId, NoReturn, NodeSet, PhoneId, PolicyResult, Simulation, Standing, StepReport, Trust,
};
use crate::phone::{Decisive, JudgedFile, Rule};
use crate::release::TrustUnit;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::collections::BTreeMap;

/// The schema of the answer.
pub const SIMULATION_SCHEMA: &str = "trustlist.simulation/1";

/// With more phones than this, a step of the trace lists only the phones whose state it changed (`"listed": "changed"`).
const LIST_ALL_PHONES: usize = 1_000;

/// A simulation as JSON.
///
/// ```
/// fn print(simulation: &trustlist::cluster::Simulation) -> serde_json::Result<()> {
///     serde_json::to_writer(std::io::stdout().lock(), &trustlist::report::SimulationJson(simulation))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SimulationJson<'a>(pub &'a Simulation);

impl Serialize for SimulationJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let simulation = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SIMULATION_SCHEMA)?;
        map.serialize_entry("best", &simulation.best().map(|result| result.policy.as_str()))?;
        map.serialize_entry("worst", &simulation.worst().map(|result| result.policy.as_str()))?;
        map.serialize_entry("policies", &List(|| simulation.policies.iter().map(|result| Policy { simulation, result })))?;
        map.end()
    }
}

/// A list that is written from an iterator.
struct List<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = T>, T: Serialize> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for item in (self.0)() {
            seq.serialize_element(&item)?;
        }
        seq.end()
    }
}

/// An object that is written from an iterator.
struct Entries<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = (K, V)>, K: Serialize, V: Serialize> Serialize for Entries<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

struct Policy<'a> {
    simulation: &'a Simulation,
    result: &'a PolicyResult,
}

impl Serialize for Policy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { simulation, result } = *self;
        let cluster = &*simulation.cluster;
        let ends: Vec<Option<Final>> = result.cohorts().map(|(cohort, ..)| Final::new(result, cohort)).collect();
        let of = |cohort: CohortId| ends.get(cohort.index());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("policy", result.policy.as_str())?;
        let finals = || result.phones().map(|(phone, cohort)| (cluster.phone_name(phone), of(cohort)));
        map.serialize_entry("final", &Entries(finals))?;
        map.serialize_entry("locked", &List(|| result.locked().map(|phone| cluster.phone_name(phone))))?;
        map.serialize_entry("point_of_no_return", &result.no_return.as_ref().map(|point| Point { cluster, point }))?;
        map.serialize_entry("files", &files(cluster, &result.files))?;
        let assumptions = || {
            result.assumptions.iter().map(|(assumption, step)| {
                serde_json::json!({
                    "rule": assumption.rule.id(), "taken": assumption.taken.as_str(), "step": step,
                    "condition": assumption.code.as_str(), "file": file_word(assumption.file),
                })
            })
        };
        map.serialize_entry("assumptions", &List(assumptions))?;
        let trace = Trace { simulation, result };
        map.serialize_entry("trace", &trace)?;
        map.end()
    }
}

struct Point<'a> {
    cluster: &'a Cluster,
    point: &'a NoReturn,
}

impl Serialize for Point<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("step", &self.point.step)?;
        let name = |phone: &PhoneId| self.cluster.phone_name(*phone);
        map.serialize_entry("phones", &List(|| self.point.phones.iter().map(name)))?;
        map.end()
    }
}

/// The end of a phone.
#[derive(serde::Serialize)]
struct Final {
    trust: &'static str,
    registered: bool,
    itl: &'static str,
    recoverable: bool,
    rescue: Vec<&'static str>,
}

impl Final {
    fn new(result: &PolicyResult, cohort: CohortId) -> Option<Self> {
        let state = result.final_state(cohort)?;
        Some(Self {
            trust: state.standing.trust.as_str(),
            registered: state.standing.registered,
            itl: if state.itl { "installed" } else { "none" },
            recoverable: state.outlook().is_recoverable(),
            rescue: state.outlook().rescues().iter().map(|rescue| rescue.as_str()).collect(),
        })
    }
}

/// Node, store, labels: nodes in inventory order.
fn files(cluster: &Cluster, files: &[(TrustUnit, Cert, NodeSet)]) -> serde_json::Map<String, serde_json::Value> {
    let of_node = |(node, spec): (_, &crate::cluster::NodeSpec)| {
        let mut stores: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (unit, cert, _) in files.iter().filter(|(_, _, nodes)| nodes.contains(node)) {
            stores.entry(unit.as_str()).or_default().push(cluster.label(*cert));
        }
        (spec.name.to_string(), serde_json::json!(stores))
    };
    cluster.nodes().map(of_node).collect()
}

struct Trace<'a> {
    simulation: &'a Simulation,
    result: &'a PolicyResult,
}

impl Serialize for Trace<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.result.trace.len()))?;
        for ((before, moment), operation) in moments(self.result).zip(&self.result.trace).zip(&self.simulation.steps) {
            seq.serialize_element(&Step { trace: self, before, moment, operation })?;
        }
        seq.end()
    }
}

struct Step<'a> {
    trace: &'a Trace<'a>,
    before: &'a StepReport,
    moment: &'a StepReport,
    operation: &'a str,
}

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cluster = &*self.trace.simulation.cluster;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("step", &self.moment.step)?;
        map.serialize_entry("op", self.operation)?;
        map.serialize_entry("minute", &self.moment.minute)?;
        let all = cluster.phones().len() <= LIST_ALL_PHONES;
        map.serialize_entry("listed", if all { "all" } else { "changed" })?;
        let states = self.states(all);
        let state = |cohort: CohortId| states.get(cohort.index()).and_then(Option::as_ref);
        let phones =
            || self.trace.result.phones().filter_map(|(phone, cohort)| Some((cluster.phone_name(phone), state(cohort)?)));
        map.serialize_entry("phones", &Entries(phones))?;
        map.serialize_entry("events", &List(|| self.moment.events.iter().map(|timed| event::json(cluster, timed))))?;
        map.end()
    }
}

impl Step<'_> {
    /// The states to be listed, by cohort.
    fn states(&self, all: bool) -> Vec<Option<State>> {
        let result = self.trace.result;
        let state = |(cohort, ..): (CohortId, usize, PhoneId)| {
            let now = result.standing(cohort, self.moment)?;
            let changed = result.standing(cohort, self.before).is_none_or(|before| differs(before, now));
            (all || changed).then(|| State::new(now))
        };
        result.cohorts().map(state).collect()
    }
}

fn differs(before: &Standing, now: &Standing) -> bool {
    (before.trust, before.registered, before.outlook) != (now.trust, now.registered, now.outlook)
}

/// The state of a phone after a step; of a locked one with the reason.
#[derive(serde::Serialize)]
struct State {
    trust: &'static str,
    registered: bool,
    #[serde(flatten)]
    locked: Option<Locked>,
}

#[derive(serde::Serialize)]
struct Locked {
    recoverable: bool,
    refuses: Option<&'static str>,
    decisive: Option<&'static str>,
    rule: Option<&'static str>,
}

impl State {
    fn new(standing: &Standing) -> Self {
        let refused = standing.judged.as_ref().filter(|_| standing.trust == Trust::Locked);
        let locked = refused.map(|judged| {
            let file = judged.refuses.map(|file| judged.file(file));
            Locked {
                recoverable: standing.outlook.is_recoverable(),
                refuses: judged.refuses.map(file_word),
                decisive: file.and_then(|file| file.decisive).map(decisive),
                rule: file.and_then(|file| file.rule).map(Rule::id),
            }
        });
        Self { trust: standing.trust.as_str(), registered: standing.registered, locked }
    }
}

const fn decisive(decisive: Decisive) -> &'static str {
    match decisive {
        Decisive::Condition(code) => code.as_str(),
        Decisive::Finding(code) => code.as_str(),
    }
}

const fn file_word(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "config",
        JudgedFile::Ctl => "ctl",
        JudgedFile::Itl => "itl",
    }
}
