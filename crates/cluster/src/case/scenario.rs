//! A scenario of the simulator, `trustlist.simulate/1` (spec/CONTRACT.md section 4): a cluster, a plan and its policies.

pub(in crate::case) mod inventory;
pub(in crate::case) mod plan;
mod write;

pub use inventory::{
    CLUSTER_SCHEMA, cluster, cluster_document, cluster_document_within, cluster_guesses,
};
pub use plan::MAX_WHAT;
pub use write::{cluster_json, plan_json};

use super::{CaseError, Limits, Node, parse_within};
use crate::cluster::{Cluster, Operation, Policy};
use std::sync::Arc;

/// The schema of a scenario.
pub const SIMULATE_SCHEMA: &str = "trustlist.simulate/1";

/// A cluster, a plan, and the policies under which it is judged.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The cluster before the first step.
    pub cluster: Arc<Cluster>,
    /// The steps.
    pub plan: Vec<Operation>,
    /// The policies that it names; all four where it names none.
    pub policies: Vec<Policy>,
}

pub(in crate::case) const FIELDS: &[&str] =
    &["schema", "id", "title", "source", "confidence", "cluster", "plan", "policies", "expect"];

impl Scenario {
    /// Reads a scenario. What it expects is not looked at.
    ///
    /// # Errors
    /// The first thing that is not as the contract says, by its JSON path; in a plan, with the number of its step.
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
        let plan = plan::plan(&root.required("plan")?, &cluster)?;
        let policies = root.optional("policies").map(|node| policies(&node)).transpose()?;
        let policies = policies.unwrap_or_else(|| Policy::ALL.to_vec());
        Ok(Self { id, title, cluster: Arc::new(cluster), plan, policies })
    }
}

impl Scenario {
    /// Reads a scenario; or a cluster on its own (`trustlist.cluster/1`, or the bare object), whose plan is empty: what its
    /// phones would do now.
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
