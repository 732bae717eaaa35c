//! A scenario of the simulator, `trustlist.simulate/1` (spec/CONTRACT.md section 4): a cluster, a
//! plan and its policies.

use super::field::{Ignored, Name, OneOf, forms};
#[cfg(test)]
use super::input_schema::for_readers;
use super::inventory::{CLUSTER_SCHEMA, ClusterFields, cluster_of, names, node_of, store_words};
use super::json::{Comments, Place, found, text};
use super::{CaseError, Limits, MAX_TEXT, parse_within, read};
use crate::cluster::{
    Cert, Cluster, CtlStart, ErasedLists, ItlStart, LscStart, MAX_WAIT_MINUTES, Mode, NodeId,
    NodeSpec, Nodes, Operation, PhoneSecurity, PhoneSpec, Phones, Policy, Rollback, StoreUnit,
};
use crate::plan::SafePlan;
use crate::release::{ReleaseRules as _, Service, Unit};
use crate::report::shape::Word;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use trustlist::json::{Map, Value};
use trustlist::phone::SecurityByDefault;

/// The schema of a scenario.
pub const SIMULATE_SCHEMA: &str = "trustlist.simulate/1";

/// A cluster, a plan, and the policies for its simulation.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The cluster before the first step.
    pub cluster: Arc<Cluster>,
    /// The steps.
    pub plan: Vec<Operation>,
    /// The policies that it names; all four if it names none.
    pub policies: Vec<Policy>,
}

impl Scenario {
    /// Reads a scenario. What it expects is not looked at.
    ///
    /// # Errors
    /// The first thing that is not as the contract says, by its JSON path; in a plan, with the
    /// number of its step.
    ///
    /// ```
    /// use trustlist_cluster::case::Scenario;
    /// let text = r#"{ "schema": "trustlist.simulate/1",
    ///     "cluster": { "version": "12.5", "mode": "non-secure", "phones": [],
    ///         "nodes": [ { "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true } ] },
    ///     "plan": [ { "op": "regen", "cert": "TVS", "node": "all" }, { "op": "restart", "service": "TSV", "node": "hq" } ] }"#;
    /// let error = Scenario::parse(text).unwrap_err();
    /// assert_eq!(error.path(), "plan[1].service");
    /// assert!(error.to_string().contains("step 2"));
    /// assert_eq!(Scenario::parse(&text.replace("TSV", "TVS")).unwrap().plan.len(), 2);
    /// ```
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        Self::parse_within(text, &Limits::new())
    }

    /// As [`Scenario::parse`], with limits of the caller.
    ///
    /// # Errors
    /// As [`Scenario::parse`].
    pub fn parse_within(text: &str, limits: &Limits) -> Result<Self, CaseError> {
        Self::of(&parse_within(text, limits)?)
    }

    fn of(value: &Value) -> Result<Self, CaseError> {
        let scenario: ScenarioFields<'_> =
            read(value, Comments::Everywhere).map_err(|error| of_step(&error))?;
        let cluster = scenario.cluster.cluster(&Place::ROOT.key("cluster"))?;
        let plan = plan(scenario.plan, &cluster).map_err(|error| of_step(&error))?;
        let policies = scenario.policies.map(policies).transpose()?;
        let policies = policies.unwrap_or_else(|| Policy::ALL.to_vec());
        let (id, title) = (scenario.id, scenario.title);
        Ok(Self { id, title, cluster: Arc::new(cluster), plan, policies })
    }
}

/// A cluster, a plan, and the policies for its simulation (spec/CONTRACT.md section 4).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Scenario", transform = for_readers))]
pub(super) struct ScenarioFields<'a> {
    /// The name and version of this form.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: OneOf<ScenarioForm>,
    /// Its id.
    id: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Where it comes from; not looked at.
    #[expect(dead_code, reason = "for readers")]
    source: Option<Ignored>,
    /// How sure its author is; not looked at.
    #[expect(dead_code, reason = "for readers")]
    confidence: Option<Ignored>,
    /// The cluster before the first step.
    #[serde(borrow)]
    cluster: ClusterFields<'a>,
    /// The steps.
    plan: Vec<Step<'a>>,
    /// The policies; left out, all four.
    #[cfg_attr(test, schemars(length(min = 1), extend("uniqueItems" = true)))]
    policies: Option<Vec<Word<Policy>>>,
    /// The expectation of the case; not read.
    #[expect(dead_code, reason = "for tests")]
    expect: Option<Ignored>,
}

forms! {
    ScenarioForm = SIMULATE_SCHEMA;
}

impl Scenario {
    /// Reads a scenario; or a cluster on its own (`trustlist.cluster/1`, or the bare object), whose
    /// plan is empty: what its phones would do now.
    ///
    /// # Errors
    /// As [`Scenario::parse`].
    pub fn or_cluster_within(text: &str, limits: &Limits) -> Result<Self, CaseError> {
        let value = parse_within(text, limits)?;
        let schema = value.get("schema").and_then(|schema| schema.as_str());
        let bare = schema.is_none() && value.get("nodes").is_some();
        if schema != Some(CLUSTER_SCHEMA) && !bare {
            return Self::of(&value);
        }
        let cluster = Arc::new(cluster_of(&value)?);
        Ok(Self {
            id: None,
            title: None,
            cluster,
            plan: Vec::new(),
            policies: Policy::ALL.to_vec(),
        })
    }

    /// Returns a plan as a scenario, to be simulated under every policy.
    pub fn of_plan(plan: &SafePlan) -> Self {
        let units: Vec<&str> = plan.request.renew.iter().map(|unit| unit.as_str()).collect();
        Self {
            id: None,
            title: Some(format!("Regenerate {}", units.join(", "))),
            cluster: plan.cluster.clone(),
            plan: plan.operations(),
            policies: Policy::ALL.to_vec(),
        }
    }

    /// The scenario as JSON, as it can be read again.
    pub fn to_json(&self) -> trustlist::json::Value {
        let mut scenario = trustlist::json::Map::new();
        scenario.insert("schema".to_owned(), SIMULATE_SCHEMA.into());
        let names = [("id", &self.id), ("title", &self.title)];
        scenario.extend(
            names
                .into_iter()
                .filter_map(|(key, text)| Some((key.to_owned(), text.clone()?.into()))),
        );
        scenario.insert("cluster".to_owned(), cluster_json(&self.cluster));
        scenario.insert("plan".to_owned(), plan_json(&self.cluster, &self.plan));
        scenario.insert(
            "policies".to_owned(),
            self.policies.iter().map(|policy| policy.as_str()).collect(),
        );
        scenario.into()
    }
}

fn policies(words: Vec<Word<Policy>>) -> Result<Vec<Policy>, CaseError> {
    let place = Place::ROOT.key("policies");
    let mut policies: Vec<Policy> = Vec::new();
    for (index, Word(policy)) in words.into_iter().enumerate() {
        if policies.contains(&policy) {
            return Err(place.index(index).error("each policy once", policy.as_str()));
        }
        policies.push(policy);
    }
    if policies.is_empty() {
        return Err(CaseError::new(place.path(), "at least one policy", "a list"));
    }
    Ok(policies)
}

// The plan of a scenario: one operation a step.

/// The longest note of a `check` step, in bytes, as of any text: reports repeat it for each policy.
pub const MAX_WHAT: usize = MAX_TEXT;

/// A step of a plan (spec/CONTRACT.md section 4).
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", bound(deserialize = "'de: 'a"))]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(tag = "op", transform = super::input_schema::steps))]
pub(crate) enum Step<'a> {
    Regen {
        cert: UnitText<'a>,
        node: NodesText<'a>,
    },
    Restart {
        service: ServiceText<'a>,
        node: NodesText<'a>,
    },
    Start {
        service: ServiceText<'a>,
        node: NodesText<'a>,
    },
    Stop {
        service: ServiceText<'a>,
        node: NodesText<'a>,
    },
    ResetPhones {
        scope: PhonesText<'a>,
    },
    CtlUpdate {},
    CtlResetLocalkey {},
    ItlResetLocalkey {},
    SetMode {
        /// The mode to set.
        mode: Word<Mode>,
    },
    SetRollback {
        /// Whether the rollback parameter is on.
        value: bool,
    },
    DeleteTrust {
        unit: StoreText<'a>,
        /// The label of a certificate: of a store, or UNIT@NODE#N.
        cert: Name<'a>,
        node: NodesText<'a>,
    },
    Wait {
        minutes: Minutes,
    },
    LscUpdate {
        scope: PhonesText<'a>,
    },
    NodeDown {
        node: NodesText<'a>,
    },
    NodeUp {
        node: NodesText<'a>,
    },
    ReplBreak {
        node: NodesText<'a>,
    },
    ReplFix {
        node: NodesText<'a>,
    },
    PhoneOffline {
        scope: PhonesText<'a>,
    },
    PhoneOnline {
        scope: PhonesText<'a>,
    },
    DeletePhoneLists {
        scope: PhonesText<'a>,
        /// Whether the CTL goes too; left out, only the ITL.
        #[cfg_attr(test, schemars(skip_serializing_if = "Option::is_none"))]
        ctl: Option<bool>,
    },
    Check {
        /// What to look at; free text.
        #[serde(borrow)]
        #[cfg_attr(test, schemars(skip_serializing_if = "Option::is_none"))]
        what: Option<&'a str>,
    },
}

/// A certificate unit.
#[derive(Deserialize)]
pub(crate) struct UnitText<'a>(#[serde(borrow)] &'a str);

/// A service.
#[derive(Deserialize)]
pub(crate) struct ServiceText<'a>(#[serde(borrow)] &'a str);

/// A trust store.
#[derive(Deserialize)]
pub(crate) struct StoreText<'a>(#[serde(borrow)] &'a str);

/// A node, a list of nodes, or all.
#[derive(Deserialize)]
pub(crate) enum NodesText<'a> {
    #[serde(rename = "a list", borrow)]
    These(Vec<Name<'a>>),
    #[serde(rename = "a string")]
    One(&'a str),
    #[serde(rename = "a value")]
    Other(Value),
}

/// A list of phones, or all.
#[derive(Deserialize)]
pub(crate) enum PhonesText<'a> {
    #[serde(rename = "a list", borrow)]
    These(Vec<Name<'a>>),
    #[serde(rename = "a value")]
    All(AllPhones),
}

pub(crate) struct AllPhones;

impl<'de> Deserialize<'de> for AllPhones {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let meaning = |word: &str| (word == "all").then_some(Self);
        text(deserializer, "a list of phones or \"all\"", meaning)
    }
}

/// The minutes of a wait.
pub(crate) struct Minutes(u64);

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let minutes = Value::deserialize(deserializer)?.as_u64();
        let minutes = minutes.filter(|&minutes| minutes <= MAX_WAIT_MINUTES);
        minutes.map(Self).ok_or_else(|| {
            let expected = format!("a whole number of minutes from 0 to {MAX_WAIT_MINUTES}");
            D::Error::custom(format_args!("{expected} (366 days)"))
        })
    }
}

fn plan(steps: Vec<Step<'_>>, cluster: &Cluster) -> Result<Vec<Operation>, CaseError> {
    let place = Place::ROOT.key("plan");
    let steps = steps.into_iter().enumerate();
    steps
        .map(|(index, step)| Names { place: place.index(index), cluster }.operation(step))
        .collect()
}

/// An error about a step says its number, counted from 1 as the trace does.
fn of_step(error: &CaseError) -> CaseError {
    let index = error.path().strip_prefix("plan[").and_then(|rest| rest.split_once(']'));
    match index.and_then(|(index, _)| index.parse::<usize>().ok()) {
        Some(index) => {
            error.expecting(format!("in step {} {}", index.saturating_add(1), error.expected()))
        }
        None => error.clone(),
    }
}

/// Resolves the names of a step.
struct Names<'a> {
    place: Place<'a>,
    cluster: &'a Cluster,
}

impl Names<'_> {
    fn operation(&self, step: Step<'_>) -> Result<Operation, CaseError> {
        Ok(match step {
            Step::Regen { cert, node } => {
                Operation::Regen { unit: self.unit(&cert)?, nodes: self.nodes(node)? }
            }
            Step::Restart { service, node } => {
                Operation::Restart { service: self.service(&service)?, nodes: self.nodes(node)? }
            }
            Step::Start { service, node } => {
                Operation::Start { service: self.service(&service)?, nodes: self.nodes(node)? }
            }
            Step::Stop { service, node } => {
                Operation::Stop { service: self.service(&service)?, nodes: self.nodes(node)? }
            }
            Step::ResetPhones { scope } => Operation::ResetPhones { phones: self.phones(scope)? },
            Step::CtlUpdate {} => Operation::CtlUpdate,
            Step::CtlResetLocalkey {} => Operation::CtlResetLocalkey,
            Step::ItlResetLocalkey {} => Operation::ItlResetLocalkey,
            Step::SetMode { mode } => Operation::SetMode(mode.0),
            Step::SetRollback { value } => {
                Operation::SetRollback(if value { Rollback::On } else { Rollback::Off })
            }
            Step::DeleteTrust { unit, cert, node } => {
                let (unit, cert) = (self.store(&unit)?, self.cert(cert)?);
                Operation::DeleteTrust { unit, cert, nodes: self.nodes(node)? }
            }
            Step::Wait { minutes: Minutes(minutes) } => Operation::Wait { minutes },
            Step::LscUpdate { scope } => Operation::LscUpdate { phones: self.phones(scope)? },
            Step::NodeDown { node } => Operation::NodeDown { nodes: self.nodes(node)? },
            Step::NodeUp { node } => Operation::NodeUp { nodes: self.nodes(node)? },
            Step::ReplBreak { node } => Operation::ReplBreak { nodes: self.nodes(node)? },
            Step::ReplFix { node } => Operation::ReplFix { nodes: self.nodes(node)? },
            Step::PhoneOffline { scope } => Operation::PhoneOffline { phones: self.phones(scope)? },
            Step::PhoneOnline { scope } => Operation::PhoneOnline { phones: self.phones(scope)? },
            Step::DeletePhoneLists { scope, ctl } => Operation::DeletePhoneLists {
                phones: self.phones(scope)?,
                lists: if ctl == Some(true) { ErasedLists::Both } else { ErasedLists::Itl },
            },
            Step::Check { what } => Operation::Check { what: Arc::from(what.unwrap_or_default()) },
        })
    }

    fn unit(&self, UnitText(word): &UnitText<'_>) -> Result<Unit, CaseError> {
        let words = || Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ");
        let wrong = || self.place.key("cert").error(format!("a certificate ({})", words()), word);
        Unit::from_word(word).ok_or_else(wrong)
    }

    fn service(&self, ServiceText(name): &ServiceText<'_>) -> Result<Service, CaseError> {
        let words = || Service::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
        let wrong = || self.place.key("service").error(format!("a service ({})", words()), name);
        Service::from_name(name).ok_or_else(wrong)
    }

    fn store(&self, StoreText(word): &StoreText<'_>) -> Result<StoreUnit, CaseError> {
        let expected = || format!("a trust store ({})", store_words());
        StoreUnit::from_word(word).ok_or_else(|| self.place.key("unit").error(expected(), word))
    }

    fn cert(&self, Name(label): Name<'_>) -> Result<Cert, CaseError> {
        let expected = "a certificate that some store of the cluster holds, or UNIT@NODE#N";
        self.cluster.cert(label).ok_or_else(|| self.place.key("cert").error(expected, label))
    }

    fn nodes(&self, scope: NodesText<'_>) -> Result<Nodes, CaseError> {
        let place = self.place.key("node");
        match scope {
            NodesText::One("all") => Ok(Nodes::All),
            NodesText::One("") => Err(place.error("a name", "")),
            NodesText::One(name) => {
                node_of(name, &place, self.cluster).map(|node| Nodes::These(vec![node]))
            }
            NodesText::These(names) if names.is_empty() => {
                let expected =
                    format!("at least one node ({}) or \"all\"", self::names(self.cluster));
                Err(CaseError::new(place.path(), expected, "an empty list"))
            }
            NodesText::These(names) => {
                let nodes = names.into_iter().enumerate();
                nodes
                    .map(|(index, name)| node_of(name.0, &place.index(index), self.cluster))
                    .collect::<Result<_, _>>()
                    .map(Nodes::These)
            }
            NodesText::Other(value) => {
                let expected =
                    format!("a node ({}), a list of nodes or \"all\"", names(self.cluster));
                Err(CaseError::new(place.path(), expected, found(&value)))
            }
        }
    }

    fn phones(&self, scope: PhonesText<'_>) -> Result<Phones, CaseError> {
        let PhonesText::These(names) = scope else { return Ok(Phones::All) };
        let place = self.place.key("scope");
        if names.is_empty() {
            let expected = "at least one phone or \"all\"";
            return Err(CaseError::new(place.path(), expected, "an empty list"));
        }
        let phones = names.into_iter().enumerate().map(|(index, Name(name))| {
            let wrong = || place.index(index).error("a phone of the cluster", name);
            self.cluster.phone(name).ok_or_else(wrong)
        });
        phones.collect::<Result<Vec<_>, _>>().map(|phones| Phones::These(Arc::from(phones)))
    }
}

// Clusters and plans as the JSON that they are read from.

/// The `cluster` object. What the version says by itself is left out.
pub fn cluster_json(cluster: &Cluster) -> Value {
    let release = cluster.release();
    let mut fields = Map::new();
    fields.insert("version".to_owned(), release.to_string().into());
    fields.insert("mode".to_owned(), cluster.mode().as_str().into());
    // A release about which sources disagree does not say it.
    let is_disputed = release.clusterwide_delete() && !release.surely_deletes_clusterwide();
    let said = (is_disputed && cluster.clusterwide_delete_said).then_some("clusterwide_delete");
    let flags = [
        ("rollback", cluster.rollback, false),
        ("clusterwide_delete", cluster.clusterwide_delete, release.clusterwide_delete()),
        ("tvs_restarts_itself", cluster.tvs_restarts_itself, release.tvs_restarts_itself()),
    ];
    fields.extend(
        flags
            .into_iter()
            .filter(|(key, is, default)| is != default || said == Some(*key))
            .map(|(key, is, _)| (key.to_owned(), is.into())),
    );
    if cluster.recovery_scope != release.recovery_scope() {
        fields.insert("itlrecovery_scope".to_owned(), cluster.recovery_scope.as_str().into());
    }
    if let Some(token) = cluster.token() {
        fields.insert("ctl_signer".to_owned(), cluster.label(token).into());
    }
    if let Some(version) =
        cluster.tls_minimum.filter(|_| cluster.tls_minimum != cluster.default_tls_minimum())
    {
        fields.insert("tls_minimum".to_owned(), version.as_str().into());
    }
    if !cluster.multi_server().is_empty() {
        fields.insert(
            "multi_server".to_owned(),
            cluster.multi_server().iter().map(|unit| unit.as_str()).collect(),
        );
    }
    fields.insert("nodes".to_owned(), cluster.nodes().map(|(_, spec)| node(spec)).collect());
    fields.insert(
        "phones".to_owned(),
        cluster.phones().iter().map(|spec| phone(cluster, spec)).collect(),
    );
    if !cluster.extra_trust().is_empty() {
        fields.insert("extra_trust".to_owned(), extra_trust(cluster));
    }
    fields.into()
}

fn node(spec: &NodeSpec) -> Value {
    [
        ("name", Value::from(&*spec.name)),
        ("publisher", spec.publisher.into()),
        ("product", spec.product.to_string().into()),
        ("tftp", spec.tftp.into()),
        ("callmanager", spec.callmanager.into()),
    ]
    .into()
}

fn phone(cluster: &Cluster, spec: &PhoneSpec) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("name", spec.name.to_string().into());
    put("tftp_servers", node_names(cluster, &spec.tftp_servers));
    put("cm_group", node_names(cluster, &spec.cm_group));
    let words = [
        ("security", (spec.security == PhoneSecurity::Encrypted).then_some("encrypted")),
        ("lsc", (spec.lsc != LscStart::None).then_some(spec.lsc.as_str())),
        ("itl", (spec.itl != ItlStart::Current).then_some(spec.itl.as_str())),
        // `current` is the default in mixed mode, and the same as none elsewhere.
        ("ctl", (spec.ctl != CtlStart::Current).then_some(spec.ctl.as_str())),
    ];
    words
        .into_iter()
        .filter_map(|(key, word)| Some((key, word?)))
        .for_each(|(key, word)| put(key, word.into()));
    if let Some(model) = &spec.model {
        put("model", model.to_string().into());
    }
    let unsaid = spec.model.as_deref().map_or_else(
        || PhoneSpec::new("", &[], &[]),
        |model| PhoneSpec::new("", &[], &[]).of_model(model),
    );
    match spec.security_by_default {
        known if known == unsaid.security_by_default => {}
        SecurityByDefault::No => put("security_by_default", false.into()),
        SecurityByDefault::Yes => put("security_by_default", true.into()),
        SecurityByDefault::Unknown => {}
    }
    if let Some(mic) = spec.mic.filter(|_| spec.mic != unsaid.mic) {
        put("mic", mic.into());
    }
    if !spec.online {
        put("online", false.into());
    }
    fields.into()
}

fn node_names(cluster: &Cluster, nodes: &[NodeId]) -> Value {
    nodes.iter().map(|&node| cluster.node_spec(node).name.to_string()).collect()
}

fn extra_trust(cluster: &Cluster) -> Value {
    let mut stores = Map::new();
    for &(node, unit, cert) in cluster.extra_trust() {
        let of_node = stores
            .entry(cluster.node_spec(node).name.to_string())
            .or_insert_with(|| Map::new().into());
        let Some(of_node) = of_node.as_object_mut() else { continue };
        let certs =
            of_node.entry(unit.as_str().to_owned()).or_insert_with(|| Vec::<Value>::new().into());
        if let Some(certs) = certs.as_array_mut() {
            certs.push(cluster.label(cert).into());
        }
    }
    stores.into()
}

/// The `plan` list.
pub fn plan_json(cluster: &Cluster, plan: &[Operation]) -> Value {
    plan.iter().map(|operation| step(cluster, operation)).collect()
}

fn step(cluster: &Cluster, operation: &Operation) -> Value {
    use Operation as Op;
    let mut fields = Map::new();
    fields.insert("op".to_owned(), operation.word().into());
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    match operation {
        Op::CtlResetLocalkey | Op::CtlUpdate | Op::ItlResetLocalkey => {}
        Op::Check { what } => put("what", what.to_string().into()),
        Op::DeletePhoneLists { phones: scope, lists } => {
            put("scope", phones(cluster, scope));
            put("ctl", (*lists == ErasedLists::Both).into());
        }
        Op::DeleteTrust { unit, cert, nodes: scope } => {
            put("unit", unit.as_str().into());
            put("cert", cluster.label(*cert).into());
            put("node", nodes(cluster, scope));
        }
        Op::LscUpdate { phones: scope }
        | Op::PhoneOffline { phones: scope }
        | Op::PhoneOnline { phones: scope }
        | Op::ResetPhones { phones: scope } => put("scope", phones(cluster, scope)),
        Op::NodeDown { nodes: scope }
        | Op::NodeUp { nodes: scope }
        | Op::ReplBreak { nodes: scope }
        | Op::ReplFix { nodes: scope } => put("node", nodes(cluster, scope)),
        Op::Regen { unit, nodes: scope } => {
            put("cert", unit.as_str().into());
            put("node", nodes(cluster, scope));
        }
        Op::Restart { service, nodes: scope }
        | Op::Start { service, nodes: scope }
        | Op::Stop { service, nodes: scope } => {
            put("service", service.as_str().into());
            put("node", nodes(cluster, scope));
        }
        Op::SetMode(to) => put("mode", to.as_str().into()),
        Op::SetRollback(rollback) => put("value", (*rollback == Rollback::On).into()),
        Op::Wait { minutes } => put("minutes", (*minutes).into()),
    }
    fields.into()
}

fn nodes(cluster: &Cluster, scope: &Nodes) -> Value {
    match scope {
        Nodes::All => "all".into(),
        Nodes::These(nodes) => match nodes.as_slice() {
            [node] => cluster.node_spec(*node).name.to_string().into(),
            nodes => node_names(cluster, nodes),
        },
    }
}

fn phones(cluster: &Cluster, scope: &Phones) -> Value {
    match scope {
        Phones::All => "all".into(),
        Phones::These(phones) => phones.iter().map(|&phone| cluster.phone_name(phone)).collect(),
    }
}
