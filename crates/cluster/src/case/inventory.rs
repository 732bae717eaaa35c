//! The cluster of a scenario: nodes, phones, settings.

use super::{CaseError, Limits, Node, Object};
use crate::cluster::{
    Cluster, ClusterError, CtlStart, ItlStart, LscStart, Mode, NodeId, NodeSpec, PhoneSecurity,
    PhoneSpec,
};
use crate::release::{Product, RecoveryScope, Release, ReleaseError, TrustUnit, Unit};
use std::sync::Arc;
use trustlist::phone::SecurityByDefault;

pub(super) const CLUSTER_FIELDS: &[&str] = &[
    "version",
    "mode",
    "rollback",
    "clusterwide_delete",
    "itlrecovery_scope",
    "tvs_restarts_itself",
    "ctl_signer",
    "tls_minimum",
    "multi_server",
    "nodes",
    "phones",
    "extra_trust",
];
pub(super) const NODE_FIELDS: &[&str] = &["name", "publisher", "product", "tftp", "callmanager"];
pub(super) const PHONE_FIELDS: &[&str] = &[
    "name",
    "tftp_servers",
    "cm_group",
    "security",
    "model",
    "security_by_default",
    "mic",
    "lsc",
    "itl",
    "ctl",
    "online",
];

pub(super) const DOCUMENT_FIELDS: &[&str] = &["schema", "cluster"];

/// The schema of a cluster as a document of its own, as `trustlist plan init` writes it.
pub const CLUSTER_SCHEMA: &str = "trustlist.cluster/1";

/// Reads a cluster from a document of its own: `trustlist.cluster/1`, the `cluster` object alone,
/// or a scenario, whose plan is not looked at.
///
/// # Errors
/// The first thing that is not as the contract says, by its JSON path.
pub fn cluster_document(text: &str) -> Result<Cluster, CaseError> {
    cluster_document_within(text, &Limits::new())
}

/// As [`cluster_document`], with limits of the caller.
///
/// # Errors
/// As [`cluster_document`].
pub fn cluster_document_within(text: &str, limits: &Limits) -> Result<Cluster, CaseError> {
    let value = super::parse_within(text, limits)?;
    let root = Node::root(&value);
    if value.get("cluster").is_none() {
        return cluster(&root);
    }
    if value.get("schema").and_then(|schema| schema.as_str())
        != Some(super::scenario::SIMULATE_SCHEMA)
    {
        let fields = root.document(DOCUMENT_FIELDS)?;
        fields.schema(CLUSTER_SCHEMA)?;
        return cluster(&fields.required("cluster")?);
    }
    let fields = root.document(super::scenario::FIELDS)?;
    cluster(&fields.required("cluster")?)
}

/// Returns what a document says to be only assumed about its cluster: the lines that `trustlist
/// plan init` writes under `note`, and `trustlist plan generate --format json` after it. A note of
/// one text is for readers.
///
/// # Errors
/// Where the text is no JSON, or beyond the limits.
pub fn cluster_guesses(text: &str, limits: &Limits) -> Result<Vec<Arc<str>>, CaseError> {
    let value = super::parse_within(text, limits)?;
    let Some(notes) = value.get("note").and_then(|note| note.as_array()) else {
        return Ok(Vec::new());
    };
    Ok(notes.iter().filter_map(|note| note.as_str()).map(Arc::from).collect())
}

/// Reads the `cluster` object of a scenario.
///
/// # Errors
/// The first thing that is not as the contract says, by its JSON path.
pub fn cluster(node: &Node<'_>) -> Result<Cluster, CaseError> {
    let fields = node.document(CLUSTER_FIELDS)?;
    let release = release(&fields.required("version")?)?;
    let mode = fields
        .required("mode")?
        .one_of(&[("non-secure", Mode::NonSecure), ("mixed", Mode::Mixed)])?;
    let nodes = fields.required("nodes")?;
    let mut cluster = Cluster::new(release, mode, node_specs(&nodes)?)
        .map_err(|error| node_error(&nodes, &error))?;
    settings(&fields, &mut cluster)?;
    for phone in fields.required("phones")?.list()? {
        let spec = phone_spec(&phone, &cluster)?;
        cluster.add_phone(spec).map_err(|error| about(&phone, "name", &error))?;
    }
    if let Some(stores) = fields.optional("extra_trust") {
        extra_trust(&stores, &mut cluster)?;
    }
    Ok(cluster)
}

fn release(node: &Node<'_>) -> Result<Release, CaseError> {
    node.str()?.parse().map_err(|error: ReleaseError| node.error(error.to_string()))
}

fn settings(fields: &Object<'_>, cluster: &mut Cluster) -> Result<(), CaseError> {
    let flag = |key: &str, setting: &mut bool| -> Result<(), CaseError> {
        if let Some(value) = fields.optional(key) {
            *setting = value.bool()?;
        }
        Ok(())
    };
    flag("rollback", &mut cluster.rollback)?;
    flag("clusterwide_delete", &mut cluster.clusterwide_delete)?;
    flag("tvs_restarts_itself", &mut cluster.tvs_restarts_itself)?;
    if let Some(scope) = fields.optional("itlrecovery_scope") {
        cluster.recovery_scope =
            scope.one_of(&[("node", RecoveryScope::Node), ("cluster", RecoveryScope::Cluster)])?;
    }
    if let Some(version) = fields.optional("tls_minimum") {
        cluster.tls_minimum = Some(trustlist::case::tls_version(&version)?);
    }
    if let Some(units) = fields.optional("multi_server") {
        for unit in units.list()? {
            let known = Unit::from_word(unit.str()?)
                .ok_or_else(|| unit.error("tomcat, CallManager or TVS"))?;
            cluster.set_multi_server(known).map_err(|error| unit.error(expected(&error)))?;
        }
    }
    if let Some(label) = fields.optional("ctl_signer") {
        cluster.set_token(label.name()?).map_err(|error| label.error(error.to_string()))?;
    }
    Ok(())
}

fn node_specs(nodes: &Node<'_>) -> Result<Vec<NodeSpec>, CaseError> {
    nodes.list()?.iter().map(node_spec).collect()
}

fn node_spec(node: &Node<'_>) -> Result<NodeSpec, CaseError> {
    let fields = node.document(NODE_FIELDS)?;
    let flag = |key: &str| fields.optional(key).map_or(Ok(false), |value| value.bool());
    let product = match fields.optional("product") {
        Some(product) => product.one_of(&[("cucm", Product::Cucm), ("imp", Product::Imp)])?,
        None => Product::Cucm,
    };
    Ok(NodeSpec {
        name: Arc::from(fields.required("name")?.name()?),
        product,
        publisher: flag("publisher")?,
        tftp: flag("tftp")?,
        callmanager: flag("callmanager")?,
    })
}

/// An error about the inventory, at the node that it is about.
fn node_error(nodes: &Node<'_>, error: &ClusterError) -> CaseError {
    let (name, key) = match error {
        ClusterError::DuplicateNode(name) => (name, "name"),
        ClusterError::TwoPublishers(_, name) => (name, "publisher"),
        ClusterError::PublisherNotCucm(name) => (name, "product"),
        other => return CaseError::new(nodes.path(), expected(other), found(other)),
    };
    let list = nodes.list().unwrap_or_default();
    let named = |node: &&Node<'_>| {
        node.value().get("name").and_then(|value| value.as_str()) == Some(&**name)
    };
    match list.iter().rfind(named) {
        Some(node) => about(node, key, error),
        None => CaseError::new(nodes.path(), expected(error), found(error)),
    }
}

fn about(node: &Node<'_>, key: &str, error: &ClusterError) -> CaseError {
    CaseError::new(format!("{}.{key}", node.path()), expected(error), found(error))
}

/// A cluster's errors say "expected; found": so do those of a document.
fn expected(error: &ClusterError) -> String {
    let text = error.to_string();
    text.split_once("; found ").map_or(text.clone(), |(expected, _)| expected.to_owned())
}

fn found(error: &ClusterError) -> String {
    let text = error.to_string();
    text.split_once("; found ").map_or_else(|| "another".to_owned(), |(_, found)| found.to_owned())
}

fn phone_spec(node: &Node<'_>, cluster: &Cluster) -> Result<PhoneSpec, CaseError> {
    let fields = node.document(PHONE_FIELDS)?;
    let tftp_servers = node_list(&fields.required("tftp_servers")?, cluster)?;
    let cm_group = node_list(&fields.required("cm_group")?, cluster)?;
    let mut spec = PhoneSpec::new(fields.required("name")?.name()?, &tftp_servers, &cm_group);
    if let Some(value) = fields.optional("security") {
        // The contract names two; P-7 treats "authenticated" alike, so it is read too.
        let words = [
            ("non-secure", PhoneSecurity::NonSecure),
            ("encrypted", PhoneSecurity::Encrypted),
            ("authenticated", PhoneSecurity::Encrypted),
        ];
        spec.security = value.one_of(&words)?;
    }
    if let Some(value) = fields.optional("model") {
        spec = spec.of_model(value.str()?);
    }
    if let Some(value) = fields.optional("security_by_default") {
        spec.security_by_default =
            if value.bool()? { SecurityByDefault::Yes } else { SecurityByDefault::No };
    }
    if let Some(value) = fields.optional("mic") {
        spec.mic = Some(value.bool()?);
    }
    if let Some(value) = fields.optional("lsc") {
        spec.lsc = value.one_of(&[("none", LscStart::None), ("current", LscStart::Current)])?;
    }
    if let Some(value) = fields.optional("itl") {
        let words = [
            ("current", ItlStart::Current),
            ("none", ItlStart::None),
            ("foreign", ItlStart::Foreign),
        ];
        spec.itl = value.one_of(&words)?;
    }
    if let Some(value) = fields.optional("ctl") {
        let words =
            [("current", CtlStart::Current), ("none", CtlStart::None), ("stale", CtlStart::Stale)];
        spec.ctl = value.one_of(&words)?;
    }
    if let Some(value) = fields.optional("online") {
        spec.online = value.bool()?;
    }
    Ok(spec)
}

/// Nodes by name, in order, each once.
fn node_list(node: &Node<'_>, cluster: &Cluster) -> Result<Vec<NodeId>, CaseError> {
    let mut nodes = Vec::new();
    for item in node.list()? {
        let id = node_of(&item, cluster)?;
        if nodes.contains(&id) {
            return Err(item.error("each node once"));
        }
        nodes.push(id);
    }
    Ok(nodes)
}

/// A node by its name.
pub(super) fn node_of(node: &Node<'_>, cluster: &Cluster) -> Result<NodeId, CaseError> {
    cluster
        .node(node.name()?)
        .ok_or_else(|| node.error(format!("a node of the cluster ({})", names(cluster))))
}

/// The nodes of a cluster, for messages.
pub(super) fn names(cluster: &Cluster) -> String {
    cluster.nodes().map(|(_, spec)| &*spec.name).collect::<Vec<_>>().join(", ")
}

fn extra_trust(stores: &Node<'_>, cluster: &mut Cluster) -> Result<(), CaseError> {
    for (name, units) in stores.entries()? {
        let unknown = || {
            CaseError::new(
                units.path(),
                format!("a node of the cluster ({})", names(cluster)),
                format!("{name:?}"),
            )
        };
        let node = cluster.node(name).ok_or_else(unknown)?;
        for (word, certs) in units.entries()? {
            let unknown = || {
                CaseError::new(
                    certs.path(),
                    format!("a trust store ({})", store_words()),
                    format!("{word:?}"),
                )
            };
            let unit = TrustUnit::from_word(word).ok_or_else(unknown)?;
            for cert in certs.list()? {
                cluster
                    .add_trust(node, unit, cert.name()?)
                    .map_err(|error| cert.error(expected(&error)))?;
            }
        }
    }
    Ok(())
}

pub(super) fn store_words() -> String {
    TrustUnit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ")
}
