//! A scenario of the simulator, `trustlist.simulate/1` (spec/CONTRACT.md section 4): a cluster, a
//! plan and its policies.

use super::inventory::{
    CLUSTER_SCHEMA, cluster, cluster_document_within, names, node_of, store_words,
};
use super::{CaseError, Limits, Node, Object, parse_within};
use crate::cluster::{
    Cert, Cluster, CtlStart, ErasedLists, ItlStart, LscStart, MAX_WAIT_MINUTES, Mode, NodeId,
    NodeSpec, Nodes, Operation, PhoneSecurity, PhoneSpec, Phones, Policy, Rollback, StoreUnit,
};
use crate::release::{RecoveryScope, ReleaseRules as _, Service, Unit};
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

pub(super) const FIELDS: &[&str] =
    &["schema", "id", "title", "source", "confidence", "cluster", "plan", "policies", "expect"];

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
        let value = parse_within(text, limits)?;
        let root = Node::root(&value).document(FIELDS)?;
        root.schema(SIMULATE_SCHEMA)?;
        let text =
            |key: &str| root.optional(key).map(|node| node.str().map(str::to_owned)).transpose();
        let (id, title) = (text("id")?, text("title")?);
        let cluster = cluster(&root.required("cluster")?)?;
        let plan = plan(&root.required("plan")?, &cluster)?;
        let policies = root.optional("policies").map(|node| policies(&node)).transpose()?;
        let policies = policies.unwrap_or_else(|| Policy::ALL.to_vec());
        Ok(Self { id, title, cluster: Arc::new(cluster), plan, policies })
    }
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
            return Self::parse_within(text, limits);
        }
        let cluster = Arc::new(cluster_document_within(text, limits)?);
        Ok(Self {
            id: None,
            title: None,
            cluster,
            plan: Vec::new(),
            policies: Policy::ALL.to_vec(),
        })
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

fn policies(node: &Node<'_>) -> Result<Vec<Policy>, CaseError> {
    let words = [("A", Policy::A), ("B", Policy::B), ("C", Policy::C), ("D", Policy::D)];
    let mut policies: Vec<Policy> = Vec::new();
    for item in node.list()? {
        let policy = item.one_of(&words)?;
        if policies.contains(&policy) {
            return Err(item.error("each policy once"));
        }
        policies.push(policy);
    }
    if policies.is_empty() { Err(node.error("at least one policy")) } else { Ok(policies) }
}

// The plan of a scenario: one operation a step.

/// The longest note of a `check` step, in bytes: reports repeat it for each policy.
pub const MAX_WHAT: usize = 1_024;

/// Every operation and the fields that it takes besides `op`.
pub(super) const OPERATIONS: &[(&str, &[&str])] = &[
    ("regen", &["cert", "node"]),
    ("restart", &["service", "node"]),
    ("start", &["service", "node"]),
    ("stop", &["service", "node"]),
    ("reset_phones", &["scope"]),
    ("ctl_update", &[]),
    ("ctl_reset_localkey", &[]),
    ("itl_reset_localkey", &[]),
    ("set_mode", &["mode"]),
    ("set_rollback", &["value"]),
    ("delete_trust", &["unit", "cert", "node"]),
    ("wait", &["minutes"]),
    ("lsc_update", &["scope"]),
    ("node_down", &["node"]),
    ("node_up", &["node"]),
    ("repl_break", &["node"]),
    ("repl_fix", &["node"]),
    ("phone_offline", &["scope"]),
    ("phone_online", &["scope"]),
    ("delete_phone_lists", &["scope", "ctl"]),
    ("check", &["what"]),
];

/// Reads the `plan` list of a scenario.
fn plan(node: &Node<'_>, cluster: &Cluster) -> Result<Vec<Operation>, CaseError> {
    let steps = node.list()?.into_iter().zip(1_usize..);
    steps
        .map(|(step, number)| operation(&step, cluster).map_err(|error| in_step(&error, number)))
        .collect()
}

/// The same error with the step's number, counted from 1 as the trace does.
fn in_step(error: &CaseError, number: usize) -> CaseError {
    error.expecting(format!("in step {number} {}", error.expected()))
}

fn operation(node: &Node<'_>, cluster: &Cluster) -> Result<Operation, CaseError> {
    let word = node.value().get("op").and_then(|op| op.as_str());
    let Some((op, fields)) = OPERATIONS.iter().find(|(known, _)| Some(*known) == word) else {
        return Err(unknown_operation(node));
    };
    let allowed: Vec<&str> = ["op"].into_iter().chain(fields.iter().copied()).collect();
    let step = Step { fields: node.document(&allowed)?, cluster };
    Ok(match *op {
        "regen" => Operation::Regen { unit: step.unit()?, nodes: step.nodes()? },
        "restart" => Operation::Restart { service: step.service()?, nodes: step.nodes()? },
        "start" => Operation::Start { service: step.service()?, nodes: step.nodes()? },
        "stop" => Operation::Stop { service: step.service()?, nodes: step.nodes()? },
        "reset_phones" => Operation::ResetPhones { phones: step.phones()? },
        "ctl_update" => Operation::CtlUpdate,
        "ctl_reset_localkey" => Operation::CtlResetLocalkey,
        "itl_reset_localkey" => Operation::ItlResetLocalkey,
        "set_mode" => Operation::SetMode(step.mode()?),
        "set_rollback" => Operation::SetRollback(step.rollback()?),
        "delete_trust" => {
            Operation::DeleteTrust { unit: step.store()?, cert: step.cert()?, nodes: step.nodes()? }
        }
        "wait" => Operation::Wait { minutes: step.minutes()? },
        "lsc_update" => Operation::LscUpdate { phones: step.phones()? },
        "node_down" => Operation::NodeDown { nodes: step.nodes()? },
        "node_up" => Operation::NodeUp { nodes: step.nodes()? },
        "repl_break" => Operation::ReplBreak { nodes: step.nodes()? },
        "repl_fix" => Operation::ReplFix { nodes: step.nodes()? },
        "phone_offline" => Operation::PhoneOffline { phones: step.phones()? },
        "phone_online" => Operation::PhoneOnline { phones: step.phones()? },
        "delete_phone_lists" => {
            Operation::DeletePhoneLists { phones: step.phones()?, lists: step.lists()? }
        }
        "check" => Operation::Check { what: step.what()? },
        _ => return Err(unknown_operation(node)),
    })
}

fn unknown_operation(node: &Node<'_>) -> CaseError {
    let words = OPERATIONS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let expected = format!("an operation ({words})");
    match node.entries() {
        Ok(fields) => match fields.into_iter().find(|(key, _)| *key == "op") {
            Some((_, op)) => op.error(expected),
            None => CaseError::new(format!("{}.op", node.path()), expected, "nothing"),
        },
        Err(error) => error,
    }
}

struct Step<'a> {
    fields: Object<'a>,
    cluster: &'a Cluster,
}

impl Step<'_> {
    fn unit(&self) -> Result<Unit, CaseError> {
        let node = self.fields.required("cert")?;
        Unit::from_word(node.str()?).ok_or_else(|| {
            node.error(format!(
                "a certificate ({})",
                Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ")
            ))
        })
    }

    fn service(&self) -> Result<Service, CaseError> {
        let node = self.fields.required("service")?;
        Service::from_name(node.str()?).ok_or_else(|| {
            node.error(format!(
                "a service ({})",
                Service::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
            ))
        })
    }

    fn nodes(&self) -> Result<Nodes, CaseError> {
        let node = self.fields.required("node")?;
        match node.value().as_str() {
            Some("all") => Ok(Nodes::All),
            Some(_) => Ok(Nodes::These(vec![node_of(&node, self.cluster)?])),
            None if node.is_list() => node
                .list()?
                .iter()
                .map(|item| node_of(item, self.cluster))
                .collect::<Result<_, _>>()
                .map(Nodes::These),
            None => {
                Err(node
                    .error(format!("a node ({}), a list of nodes or \"all\"", names(self.cluster))))
            }
        }
    }

    fn phones(&self) -> Result<Phones, CaseError> {
        let node = self.fields.required("scope")?;
        if node.value().as_str() == Some("all") {
            return Ok(Phones::All);
        }
        if !node.is_list() {
            return Err(node.error("a list of phones or \"all\""));
        }
        let phone = |item: &Node<'_>| {
            let name = item.name()?;
            self.cluster.phone(name).ok_or_else(|| item.error("a phone of the cluster"))
        };
        let phones: Result<Vec<_>, CaseError> = node.list()?.iter().map(phone).collect();
        phones.map(|phones| Phones::These(Arc::from(phones)))
    }

    fn mode(&self) -> Result<Mode, CaseError> {
        self.fields
            .required("mode")?
            .one_of(&[("mixed", Mode::Mixed), ("non-secure", Mode::NonSecure)])
    }

    fn rollback(&self) -> Result<Rollback, CaseError> {
        Ok(if self.fields.required("value")?.bool()? { Rollback::On } else { Rollback::Off })
    }

    fn store(&self) -> Result<StoreUnit, CaseError> {
        let node = self.fields.required("unit")?;
        StoreUnit::from_word(node.str()?)
            .ok_or_else(|| node.error(format!("a trust store ({})", store_words())))
    }

    fn cert(&self) -> Result<Cert, CaseError> {
        let node = self.fields.required("cert")?;
        let expected = "a certificate that some store of the cluster holds, or UNIT@NODE#N";
        self.cluster.cert(node.name()?).ok_or_else(|| node.error(expected))
    }

    fn minutes(&self) -> Result<u64, CaseError> {
        let node = self.fields.required("minutes")?;
        let limit = || {
            node.error(format!("a whole number of minutes from 0 to {MAX_WAIT_MINUTES} (366 days)"))
        };
        node.u64().ok().filter(|&minutes| minutes <= MAX_WAIT_MINUTES).ok_or_else(limit)
    }

    fn lists(&self) -> Result<ErasedLists, CaseError> {
        let both = self.fields.optional("ctl").map_or(Ok(false), |node| node.bool())?;
        Ok(if both { ErasedLists::Both } else { ErasedLists::Itl })
    }

    fn what(&self) -> Result<Arc<str>, CaseError> {
        let Some(node) = self.fields.optional("what") else { return Ok(Arc::from("")) };
        let what = node.str()?;
        if what.len() > MAX_WHAT {
            return Err(node.too_long(MAX_WHAT, "case::MAX_WHAT"));
        }
        Ok(Arc::from(what))
    }
}

// Clusters and plans as the JSON that they are read from.

/// The `cluster` object. What the version says by itself is left out.
pub fn cluster_json(cluster: &Cluster) -> Value {
    let release = cluster.release();
    let mut fields = Map::new();
    fields.insert("version".to_owned(), release.to_string().into());
    fields.insert("mode".to_owned(), mode(cluster.mode()).into());
    let flags = [
        ("rollback", cluster.rollback, false),
        ("clusterwide_delete", cluster.clusterwide_delete, release.clusterwide_delete()),
        ("tvs_restarts_itself", cluster.tvs_restarts_itself, release.tvs_restarts_itself()),
    ];
    fields.extend(
        flags
            .into_iter()
            .filter(|(_, is, default)| is != default)
            .map(|(key, is, _)| (key.to_owned(), is.into())),
    );
    if cluster.recovery_scope != release.recovery_scope() {
        let scope =
            if cluster.recovery_scope == RecoveryScope::Cluster { "cluster" } else { "node" };
        fields.insert("itlrecovery_scope".to_owned(), scope.into());
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
        ("lsc", (spec.lsc == LscStart::Current).then_some("current")),
        ("itl", itl(spec.itl)),
        ("ctl", ctl(spec.ctl)),
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

const fn itl(start: ItlStart) -> Option<&'static str> {
    match start {
        ItlStart::Current => None,
        ItlStart::Foreign => Some("foreign"),
        ItlStart::None => Some("none"),
    }
}

/// `current` is the default in mixed mode, and the same as none elsewhere.
const fn ctl(start: CtlStart) -> Option<&'static str> {
    match start {
        CtlStart::Current => None,
        CtlStart::None => Some("none"),
        CtlStart::Stale => Some("stale"),
    }
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
        Op::SetMode(to) => put("mode", mode(*to).into()),
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

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Mixed => "mixed",
        Mode::NonSecure => "non-secure",
    }
}
