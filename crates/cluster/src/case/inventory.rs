//! The cluster of a scenario: nodes, phones, settings.

use super::field::{Entries, Ignored, Name, OneOf, TlsText, forms, texts, value_words};
#[cfg(test)]
use super::input_schema::for_readers;
use super::json::{Comments, Place, string, text};
use super::{CaseError, Limits, read};
use crate::cluster::{
    Cluster, ClusterError, CtlStart, ItlStart, LscStart, Mode, NodeId, NodeSpec, PhoneSecurity,
    PhoneSpec,
};
use crate::release::{Product, RecoveryScope, Release, ReleaseError, TrustUnit, Unit};
use crate::report::shape::Word;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
#[cfg(test)]
use std::collections::BTreeMap;
use std::sync::Arc;
use trustlist::json::Value;
use trustlist::phone::SecurityByDefault;

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
    cluster_of(&super::parse_within(text, limits)?)
}

pub(super) fn cluster_of(value: &Value) -> Result<Cluster, CaseError> {
    let place = Place::ROOT;
    if value.get("cluster").is_none() {
        return read::<ClusterFields<'_>>(value, Comments::Everywhere)?.cluster(&place);
    }
    let schema = value.get("schema").and_then(|schema| schema.as_str());
    let fields = if schema == Some(super::SIMULATE_SCHEMA) {
        read::<ClusterOfScenario<'_>>(value, Comments::Everywhere)?.cluster
    } else {
        read::<ClusterDocument<'_>>(value, Comments::Everywhere)?.cluster
    };
    fields.cluster(&place.key("cluster"))
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

/// A cluster as a document of its own, as `trustlist plan init` writes it; `trustlist plan
/// generate` also takes the object under `cluster` by itself, and a scenario.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = for_readers))]
pub(super) struct ClusterDocument<'a> {
    /// The name and version of this form.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: OneOf<ClusterForm>,
    /// The cluster.
    #[serde(borrow)]
    cluster: ClusterFields<'a>,
}

forms! {
    ClusterForm = CLUSTER_SCHEMA;
}

/// As much of a scenario as its cluster: nothing else is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "most fields are not looked at")]
struct ClusterOfScenario<'a> {
    schema: Option<Ignored>,
    id: Option<Ignored>,
    title: Option<Ignored>,
    source: Option<Ignored>,
    confidence: Option<Ignored>,
    #[serde(borrow)]
    cluster: ClusterFields<'a>,
    plan: Option<Ignored>,
    policies: Option<Ignored>,
    expect: Option<Ignored>,
}

/// Nodes, phones and settings of a cluster. What is left out is as the version says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Cluster", transform = for_readers))]
pub(super) struct ClusterFields<'a> {
    /// MAJOR.MINOR[(N)][SUn], from 8.0 to 15.
    version: ReleaseText,
    /// The security mode.
    #[serde(deserialize_with = "mode")]
    #[cfg_attr(test, schemars(with = "crate::report::shape::Word<Mode>"))]
    mode: Mode,
    /// True if TFTP serves blank ITLs (P-BLANK-2).
    rollback: Option<bool>,
    /// Whether a deletion goes to every node (spec/CLUSTER-RULES.md C-48).
    clusterwide_delete: Option<bool>,
    /// Whether each node has a recovery key, or the cluster one.
    itlrecovery_scope: Option<OneOf<RecoveryScope>>,
    /// Whether TVS restarts itself when its certificate is regenerated.
    tvs_restarts_itself: Option<bool>,
    /// The label of an eToken that signed the CTL.
    #[serde(borrow)]
    ctl_signer: Option<Name<'a>>,
    /// The minimum TLS version, which TVS follows (P-TVS-11); left out, 1.0 below 11.5 and not
    /// known from then on.
    tls_minimum: Option<TlsText>,
    /// The units with one certificate for all nodes (spec/CLUSTER-RULES.md C-26).
    multi_server: Option<Vec<UnitText>>,
    /// The nodes.
    nodes: Vec<NodeFields<'a>>,
    /// The phones.
    phones: Vec<PhoneFields<'a>>,
    /// Certificates in trust stores besides those of the cluster: node, store, labels.
    #[cfg_attr(
        test,
        schemars(with = "Option<BTreeMap<String, BTreeMap<Word<TrustUnit>, Vec<Name<'_>>>>>")
    )]
    extra_trust: Option<ExtraTrust<'a>>,
}

type ExtraTrust<'a> = Entries<'a, Entries<'a, Vec<Name<'a>>>>;

/// A node.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Node", transform = for_readers))]
struct NodeFields<'a> {
    /// Its name.
    #[serde(borrow)]
    name: Name<'a>,
    /// Whether it is the publisher; one node is.
    publisher: Option<bool>,
    /// The product on it; left out, cucm.
    product: Option<Word<Product>>,
    /// Whether TFTP is activated.
    tftp: Option<bool>,
    /// Whether CallManager is activated.
    callmanager: Option<bool>,
}

/// A phone of the cluster.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Phone", transform = for_readers))]
struct PhoneFields<'a> {
    /// Its name.
    #[serde(borrow)]
    name: Name<'a>,
    /// Its TFTP servers, in order.
    tftp_servers: Vec<Name<'a>>,
    /// Its CallManager group, in order.
    cm_group: Vec<Name<'a>>,
    /// How it registers; left out, non-secure.
    security: Option<OneOf<PhoneSecurity>>,
    /// Its model: Security By Default, if that is not said, and the TLS of its TVS client.
    #[serde(borrow)]
    model: Option<&'a str>,
    /// Whether it has Security By Default; left out, as the model says, and without a model it has.
    security_by_default: Option<bool>,
    /// Whether it holds the certificate that it was made with; left out, it has, and the answer
    /// names the assumption (P-7).
    mic: Option<bool>,
    /// Whether it has a certificate of its own; left out, none.
    lsc: Option<OneOf<LscStart>>,
    /// The ITL that it holds; left out, the current one. `foreign`: that of another cluster.
    itl: Option<OneOf<ItlStart>>,
    /// The CTL that it holds; left out, the current one in mixed mode. `stale`: one whose
    /// certificates are all older.
    ctl: Option<OneOf<CtlStart>>,
    /// Whether it is online; left out, it is.
    online: Option<bool>,
}

value_words! {
    // The contract names two; P-7 treats "authenticated" alike, so it is read too.
    PhoneSecurity {
        "non-secure" => Self::NonSecure, "encrypted" => Self::Encrypted, "authenticated" => Self::Encrypted,
    }
}

texts! {
    /// A unit with one certificate for all nodes.
    UnitText(Unit), string, "tomcat, CallManager or TVS", Unit::from_word;
}

fn mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
    text(deserializer, "non-secure or mixed", Mode::from_word)
}

/// The version of a cluster.
pub(super) struct ReleaseText(Release);

impl<'de> Deserialize<'de> for ReleaseText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error: ReleaseError| D::Error::custom(error))
    }
}

impl ClusterFields<'_> {
    /// Returns the cluster; its names are resolved.
    pub(super) fn cluster(self, place: &Place<'_>) -> Result<Cluster, CaseError> {
        let specs = self.nodes.iter().map(NodeFields::spec).collect();
        let mut cluster = Cluster::new(self.version.0, self.mode, specs)
            .map_err(|error| node_error(&self.nodes, &place.key("nodes"), &error))?;
        self.settings(place, &mut cluster)?;
        let phones = place.key("phones");
        for (index, phone) in self.phones.into_iter().enumerate() {
            let place = phones.index(index);
            let spec = phone.spec(&place, &cluster)?;
            cluster.add_phone(spec).map_err(|error| about(&place, "name", &error))?;
        }
        if let Some(stores) = self.extra_trust {
            extra_trust(stores, &place.key("extra_trust"), &mut cluster)?;
        }
        Ok(cluster)
    }

    fn settings(&self, place: &Place<'_>, cluster: &mut Cluster) -> Result<(), CaseError> {
        cluster.rollback = self.rollback.unwrap_or(cluster.rollback);
        cluster.clusterwide_delete = self.clusterwide_delete.unwrap_or(cluster.clusterwide_delete);
        cluster.clusterwide_delete_said = self.clusterwide_delete.is_some();
        cluster.tvs_restarts_itself =
            self.tvs_restarts_itself.unwrap_or(cluster.tvs_restarts_itself);
        if let Some(OneOf(scope)) = self.itlrecovery_scope {
            cluster.recovery_scope = scope;
        }
        if let Some(TlsText(version)) = self.tls_minimum {
            cluster.tls_minimum = Some(version);
        }
        let units = place.key("multi_server");
        for (index, UnitText(unit)) in self.multi_server.iter().flatten().enumerate() {
            cluster
                .set_multi_server(*unit)
                .map_err(|error| units.index(index).error(expected(&error), unit.as_str()))?;
        }
        if let Some(Name(label)) = self.ctl_signer {
            let place = place.key("ctl_signer");
            cluster.set_token(label).map_err(|error| place.error(expected(&error), label))?;
        }
        Ok(())
    }
}

impl NodeFields<'_> {
    fn spec(&self) -> NodeSpec {
        NodeSpec {
            name: Arc::from(self.name.0),
            product: self.product.map_or(Product::Cucm, |product| product.0),
            publisher: self.publisher.unwrap_or(false),
            tftp: self.tftp.unwrap_or(false),
            callmanager: self.callmanager.unwrap_or(false),
        }
    }
}

impl PhoneFields<'_> {
    fn spec(self, place: &Place<'_>, cluster: &Cluster) -> Result<PhoneSpec, CaseError> {
        let servers = place.key("tftp_servers");
        let tftp_servers = node_list(&self.tftp_servers, &servers, cluster)?;
        // Such a phone is offered nothing, so no plan could ever harm it.
        if !tftp_servers.iter().any(|&node| cluster.node_spec(node).tftp) {
            let names: Vec<&str> = self.tftp_servers.iter().map(|name| name.0).collect();
            let found = match names.as_slice() {
                [] => "no server".to_owned(),
                [name] => format!("{name}, which serves no TFTP"),
                names => format!("{}, which serve no TFTP", names.join(", ")),
            };
            return Err(servers.error("a node with \"tftp\": true".to_owned(), &found));
        }
        let group = place.key("cm_group");
        let cm_group = node_list(&self.cm_group, &group, cluster)?;
        // CallManager and TVS run on Unified CM only.
        for (index, &node) in cm_group.iter().enumerate() {
            let spec = cluster.node_spec(node);
            if spec.product == Product::Imp {
                let expected = "a node of Unified CM (\"product\": \"cucm\")".to_owned();
                return Err(group.index(index).error(expected, &spec.name));
            }
        }
        let mut spec = PhoneSpec::new(self.name.0, &tftp_servers, &cm_group);
        if let Some(model) = self.model {
            spec = spec.of_model(model);
        }
        match self.security_by_default {
            Some(true) => spec.security_by_default = SecurityByDefault::Yes,
            Some(false) => spec.security_by_default = SecurityByDefault::No,
            None => {}
        }
        spec.security = self.security.map_or(spec.security, |security| security.0);
        spec.mic = self.mic.or(spec.mic);
        spec.lsc = self.lsc.map_or(spec.lsc, |lsc| lsc.0);
        spec.itl = self.itl.map_or(spec.itl, |itl| itl.0);
        spec.ctl = self.ctl.map_or(spec.ctl, |ctl| ctl.0);
        spec.online = self.online.unwrap_or(spec.online);
        Ok(spec)
    }
}

/// An error about the inventory, at the node that it is about.
fn node_error(nodes: &[NodeFields<'_>], place: &Place<'_>, error: &ClusterError) -> CaseError {
    let (name, key) = match error {
        ClusterError::DuplicateNode(name) => (name, "name"),
        ClusterError::TwoPublishers(_, name) => (name, "publisher"),
        ClusterError::PublisherNotCucm(name) => (name, "product"),
        other => return CaseError::new(place.path(), expected(other), found(other)),
    };
    match nodes.iter().rposition(|node| *node.name.0 == **name) {
        Some(index) => about(&place.index(index), key, error),
        None => CaseError::new(place.path(), expected(error), found(error)),
    }
}

fn about(place: &Place<'_>, key: &str, error: &ClusterError) -> CaseError {
    CaseError::new(place.key(key).path(), expected(error), found(error))
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

/// Nodes by name, in order, each once.
fn node_list(
    names: &[Name<'_>],
    place: &Place<'_>,
    cluster: &Cluster,
) -> Result<Vec<NodeId>, CaseError> {
    let mut nodes = Vec::new();
    for (index, Name(name)) in names.iter().enumerate() {
        let place = place.index(index);
        let id = node_of(name, &place, cluster)?;
        if nodes.contains(&id) {
            return Err(place.error("each node once", name));
        }
        nodes.push(id);
    }
    Ok(nodes)
}

/// A node by its name.
pub(super) fn node_of(
    name: &str,
    place: &Place<'_>,
    cluster: &Cluster,
) -> Result<NodeId, CaseError> {
    let expected = || format!("a node of the cluster ({})", names(cluster));
    cluster.node(name).ok_or_else(|| place.error(expected(), name))
}

/// The nodes of a cluster, for messages.
pub(super) fn names(cluster: &Cluster) -> String {
    cluster.nodes().map(|(_, spec)| &*spec.name).collect::<Vec<_>>().join(", ")
}

fn extra_trust(
    stores: ExtraTrust<'_>,
    place: &Place<'_>,
    cluster: &mut Cluster,
) -> Result<(), CaseError> {
    let unknown = |place: &Place<'_>, expected: String, name: &str| {
        CaseError::new(place.path(), expected, format!("{name:?}"))
    };
    for (name, units) in stores.0 {
        let place = place.key(name);
        let Some(node) = cluster.node(name) else {
            return Err(unknown(
                &place,
                format!("a node of the cluster ({})", names(cluster)),
                name,
            ));
        };
        for (word, certs) in units.0 {
            let place = place.key(word);
            let Some(unit) = TrustUnit::from_word(word) else {
                return Err(unknown(&place, format!("a trust store ({})", store_words()), word));
            };
            for (index, Name(cert)) in certs.into_iter().enumerate() {
                cluster
                    .add_trust(node, unit, cert)
                    .map_err(|error| place.index(index).error(expected(&error), cert))?;
            }
        }
    }
    Ok(())
}

pub(super) fn store_words() -> String {
    TrustUnit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ")
}
