//! The description of a cluster: what a simulation starts from.

use super::cert::{self, Cert, LabelId};
use super::limits::Limits;
use super::node::{MAX_NODES, NodeId, NodeTable};
use super::operation::PhoneId;
use crate::release::{
    ListSigner, Place, Product, RecoveryScope, Release, ReleaseRules as _, TrustUnit, Unit,
};
use alloc::collections::btree_map::{BTreeMap, Entry};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use core::fmt;
use std::collections::HashMap;
use trustlist::phone::{Device, Family, SecurityByDefault, TlsVersion};

words! {
    /// Whether phones may be encrypted.
    pub enum Mode ["Mode": "The security mode of the cluster."] {
        /// Mode 1: there is a CTL.
        Mixed = "mixed",
        /// Mode 0.
        NonSecure = "non-secure",
    }
}

/// A node of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSpec {
    /// Its name.
    pub name: Arc<str>,
    /// The product.
    pub product: Product,
    /// Whether it is the publisher.
    pub publisher: bool,
    /// Whether TFTP is activated.
    pub tftp: bool,
    /// Whether CallManager is activated.
    pub callmanager: bool,
}

/// How a phone talks to CallManager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneSecurity {
    /// Over TLS: authenticated or encrypted.
    Encrypted,
    /// In the clear.
    NonSecure,
}

words! {
    /// The phone's own certificate at the start.
    pub enum LscStart {
        /// None.
        None = "none",
        /// Issued by the CAPF certificate of the publisher.
        Current = "current",
    }
}

words! {
    /// The phone's ITL at the start.
    pub enum ItlStart {
        /// The one that its TFTP server serves.
        Current = "current",
        /// None.
        None = "none",
        /// One of another cluster, with nothing in common.
        Foreign = "foreign",
    }
}

words! {
    /// The phone's CTL at the start.
    pub enum CtlStart {
        /// The one that is served; none where the cluster has none.
        Current = "current",
        /// None.
        None = "none",
        /// One of this shape whose certificates are no longer known.
        Stale = "stale",
    }
}

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneSpec {
    /// Its name.
    pub name: Arc<str>,
    /// Its TFTP servers, in order.
    pub tftp_servers: Arc<[NodeId]>,
    /// Its CallManager group, in order: its TVS servers too (C-63).
    pub cm_group: Arc<[NodeId]>,
    /// How it talks to CallManager.
    pub security: PhoneSecurity,
    /// Its model: the TLS versions of its TVS client come from it (P-TVS-11), and whether it loads
    /// lists.
    pub model: Option<Arc<str>>,
    /// Whether it takes an ITL and asks TVS.
    pub security_by_default: SecurityByDefault,
    /// Whether it holds a certificate that it was made with; `None` if it is not known and taken as
    /// present (P-7).
    pub mic: Option<bool>,
    /// Its own certificate.
    pub lsc: LscStart,
    /// The ITL that it holds.
    pub itl: ItlStart,
    /// The CTL that it holds.
    pub ctl: CtlStart,
    /// Whether it is online.
    pub online: bool,
}

impl PhoneSpec {
    /// A phone with the contract's defaults: current lists, non-secure, online.
    pub fn new(name: &str, tftp_servers: &[NodeId], cm_group: &[NodeId]) -> Self {
        Self {
            name: Arc::from(name),
            tftp_servers: Arc::from(tftp_servers),
            cm_group: Arc::from(cm_group),
            security: PhoneSecurity::NonSecure,
            model: None,
            security_by_default: SecurityByDefault::Yes,
            mic: None,
            lsc: LscStart::None,
            itl: ItlStart::Current,
            ctl: CtlStart::Current,
            online: true,
        }
    }
}

impl PhoneSpec {
    /// The same phone as one of this model. Security By Default is that of the model table, and not
    /// known of a model outside it; a soft client has no certificate that it was made with (P-7).
    #[must_use]
    pub fn of_model(self, model: &str) -> Self {
        let security_by_default = Device::of_model(model).security_by_default;
        let soft = Family::of_model(model).is_some_and(|family| !family.has_mic);
        let mic = if soft { Some(false) } else { self.mic };
        Self { model: Some(Arc::from(model)), security_by_default, mic, ..self }
    }
}

/// Everything about a phone but its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    tftp_servers: Arc<[NodeId]>,
    cm_group: Arc<[NodeId]>,
    security: PhoneSecurity,
    model: Option<Arc<str>>,
    security_by_default: SecurityByDefault,
    mic: Option<bool>,
    lsc: LscStart,
    itl: ItlStart,
    ctl: CtlStart,
    online: bool,
}

impl Kind {
    fn of(phone: &PhoneSpec) -> Self {
        Self {
            tftp_servers: phone.tftp_servers.clone(),
            cm_group: phone.cm_group.clone(),
            security: phone.security,
            model: phone.model.clone(),
            security_by_default: phone.security_by_default,
            mic: phone.mic,
            lsc: phone.lsc,
            itl: phone.itl,
            ctl: phone.ctl,
            online: phone.online,
        }
    }
}

/// A cluster before the first step; every certificate is at generation 1.
///
/// ```
/// use trustlist_cluster::cluster::{Cluster, Mode, NodeSpec, PhoneSpec};
/// use trustlist_cluster::release::Product;
///
/// let node = |name: &str, publisher| NodeSpec {
///     name: name.into(), product: Product::Cucm, publisher, tftp: true, callmanager: true,
/// };
/// let mut cluster = Cluster::new("12.5".parse().unwrap(), Mode::NonSecure, vec![node("hq", true), node("br", false)]).unwrap();
/// let (hq, br) = (cluster.node("hq").unwrap(), cluster.node("br").unwrap());
/// cluster.add_phone(PhoneSpec::new("SEP001", &[hq, br], &[br, hq])).unwrap();
/// assert!(cluster.add_phone(PhoneSpec::new("SEP001", &[hq], &[hq])).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct Cluster {
    release: Release,
    mode: Mode,
    /// Whether the rollback parameter is on at the start (C-66).
    pub rollback: bool,
    /// Whether a deletion reaches the other nodes by platform event.
    pub clusterwide_delete: bool,
    /// Whether that is said; else it is as the release has it, about which sources disagree for 11.0
    /// to 11.5 (D2.2).
    pub clusterwide_delete_said: bool,
    /// How far one ITLRecovery certificate reaches.
    pub recovery_scope: RecoveryScope,
    /// Whether TVS restarts itself after the regeneration of its certificate.
    pub tvs_restarts_itself: bool,
    /// The minimum TLS version, which TVS follows; `None` if it is not known (P-TVS-11).
    pub tls_minimum: Option<TlsVersion>,
    /// How far its plans are run.
    pub limits: Limits,
    token: Option<LabelId>,
    nodes: NodeTable<NodeSpec>,
    publisher: NodeId,
    phones: Vec<PhoneSpec>,
    phone_names: BTreeMap<Arc<str>, PhoneId>,
    /// The kind of each phone: phones of one kind differ in their names only.
    phone_kinds: Vec<u32>,
    kinds: HashMap<Kind, u32>,
    /// The first phone of each kind.
    firsts: Vec<PhoneId>,
    multi_server: Vec<Unit>,
    extra_trust: Vec<(NodeId, TrustUnit, Cert)>,
    labels: Vec<Arc<str>>,
    label_ids: BTreeMap<Arc<str>, LabelId>,
}

/// The token before 10.0, when nothing else signs a CTL and none was named.
pub(crate) const FIRST_TOKEN: &str = "eToken1";

/// Why a cluster cannot be described so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterError {
    /// Two nodes have one name.
    DuplicateNode(Arc<str>),
    /// Two phones have one name.
    DuplicatePhone(Arc<str>),
    /// A name without characters.
    EmptyName,
    /// A token that signed the CTL, in a release without tokens (P-VER).
    NoTokens(Release),
    /// No node is the publisher.
    NoPublisher,
    /// A unit that has no multi-server certificate in this release (C-26).
    NotMultiServer(Unit),
    /// The publisher runs IM and Presence.
    PublisherNotCucm(Arc<str>),
    /// More nodes than a cluster has.
    TooManyNodes(usize),
    /// More phones than can be numbered.
    TooManyPhones,
    /// Two nodes are the publisher.
    TwoPublishers(Arc<str>, Arc<str>),
    /// A certificate label names a node that is not there.
    UnknownNode(String),
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateNode(name) => write!(f, "one node named {name:?}; found two"),
            Self::DuplicatePhone(name) => write!(f, "one phone named {name:?}; found two"),
            Self::EmptyName => write!(f, "a name; found an empty one"),
            Self::NoTokens(release) => {
                write!(f, "no eToken from 14SU3 on; found one with {release}")
            }
            Self::NoPublisher => write!(f, "a node with \"publisher\": true; found none"),
            Self::NotMultiServer(unit) => {
                write!(f, "tomcat, CallManager (both from 10.5) or TVS (from 14); found {unit}")
            }
            Self::PublisherNotCucm(name) => {
                write!(f, "a publisher that runs cucm; {name:?} runs imp")
            }
            Self::TooManyNodes(count) => {
                write!(f, "at most {MAX_NODES} nodes (cluster::MAX_NODES); found {count}")
            }
            Self::TooManyPhones => write!(f, "fewer than 2^32 phones"),
            Self::TwoPublishers(first, second) => {
                write!(f, "one publisher; found {first:?} and {second:?}")
            }
            Self::UnknownNode(label) => {
                write!(f, "a certificate of a node of the cluster; found {label:?}")
            }
        }
    }
}

impl core::error::Error for ClusterError {}

impl Cluster {
    /// A cluster of these nodes, with what its release says for everything else and without phones.
    ///
    /// # Errors
    /// If there is no publisher or more than one, if two nodes have one name, and if there
    /// are too many.
    pub fn new(release: Release, mode: Mode, nodes: Vec<NodeSpec>) -> Result<Self, ClusterError> {
        let publisher = check_nodes(&nodes)?;
        let mut cluster = Self {
            release,
            mode,
            rollback: false,
            clusterwide_delete: release.clusterwide_delete(),
            clusterwide_delete_said: false,
            recovery_scope: release.recovery_scope(),
            tvs_restarts_itself: release.tvs_restarts_itself(),
            tls_minimum: default_tls_minimum(release),
            limits: Limits::new(),
            token: None,
            nodes: NodeTable::new(nodes).ok_or(ClusterError::NoPublisher)?,
            publisher,
            phones: Vec::new(),
            phone_names: BTreeMap::new(),
            phone_kinds: Vec::new(),
            kinds: HashMap::new(),
            firsts: Vec::new(),
            multi_server: Vec::new(),
            extra_trust: Vec::new(),
            labels: Vec::new(),
            label_ids: BTreeMap::new(),
        };
        for label in LabelId::RESERVED {
            cluster.intern(label);
        }
        if release.ctl_signer() == ListSigner::Token {
            cluster.token = Some(cluster.intern(FIRST_TOKEN));
        }
        Ok(cluster)
    }

    /// Checks if an eToken signed the CTL and the next CTL has another signer: from 10.0 on the
    /// command that writes a CTL makes the cluster tokenless (PLAN-TOKENLESS).
    pub fn leaves_tokens(&self) -> bool {
        let by_command = self.release.ctl_signer() != ListSigner::Token;
        self.mode == Mode::Mixed && self.token.is_some() && by_command
    }

    /// The token that signed the CTL.
    ///
    /// # Errors
    /// Where the label is empty, and where this release has no tokens (P-VER).
    pub fn set_token(&mut self, label: &str) -> Result<(), ClusterError> {
        if label.is_empty() {
            return Err(ClusterError::EmptyName);
        }
        if !self.release.knows_tokens() {
            return Err(ClusterError::NoTokens(self.release));
        }
        self.token = Some(self.intern(label));
        Ok(())
    }

    /// Says that one certificate of this unit serves all nodes (C-26): tomcat and CallManager from
    /// 10.5, TVS from 14.
    ///
    /// # Errors
    /// [`ClusterError::NotMultiServer`] for a unit that has no multi-server certificate in this
    /// release.
    pub fn set_multi_server(&mut self, unit: Unit) -> Result<(), ClusterError> {
        if !unit.may_be_multi_server(self.release) {
            return Err(ClusterError::NotMultiServer(unit));
        }
        if !self.multi_server.contains(&unit) {
            self.multi_server.push(unit);
        }
        Ok(())
    }

    /// The units with one certificate for all nodes.
    pub fn multi_server(&self) -> &[Unit] {
        &self.multi_server
    }

    /// Returns whether one certificate of this unit serves all nodes.
    pub fn is_multi_server(&self, unit: Unit) -> bool {
        self.multi_server.contains(&unit)
    }

    /// Returns the node whose name is in the label of the certificate that a node holds for a unit:
    /// its own, or the publisher for a multi-server certificate (C-26).
    pub(super) fn owner(&self, unit: Unit, node: NodeId) -> NodeId {
        if self.is_multi_server(unit) { self.publisher } else { node }
    }

    /// Adds a phone.
    ///
    /// # Errors
    /// Where its name is empty or taken.
    pub fn add_phone(&mut self, mut phone: PhoneSpec) -> Result<PhoneId, ClusterError> {
        if phone.name.is_empty() {
            return Err(ClusterError::EmptyName);
        }
        let id =
            PhoneId(u32::try_from(self.phones.len()).map_err(|_| ClusterError::TooManyPhones)?);
        match self.phone_names.entry(phone.name.clone()) {
            Entry::Occupied(_) => return Err(ClusterError::DuplicatePhone(phone.name)),
            Entry::Vacant(entry) => entry.insert(id),
        };
        self.add_kind(&mut phone, id);
        self.phones.push(phone);
        Ok(id)
    }

    /// Notes the kind of a phone, which from then on shares its lists of servers with the first of
    /// the kind.
    fn add_kind(&mut self, phone: &mut PhoneSpec, id: PhoneId) {
        let next = u32::try_from(self.firsts.len()).unwrap_or(u32::MAX);
        let kind = *self.kinds.entry(Kind::of(phone)).or_insert(next);
        let place = usize::try_from(kind).unwrap_or(usize::MAX);
        match self.firsts.get(place).and_then(|first| self.phones.get(first.index())) {
            Some(first) => {
                phone.tftp_servers = first.tftp_servers.clone();
                phone.cm_group = first.cm_group.clone();
                phone.model = first.model.clone();
            }
            None => self.firsts.push(id),
        }
        self.phone_kinds.push(kind);
    }

    /// The kind of each phone, and the first phone of each kind.
    pub(crate) fn kinds(&self) -> (&[u32], impl Iterator<Item = &PhoneSpec>) {
        let firsts = self.firsts.iter().filter_map(|first| self.phones.get(first.index()));
        (&self.phone_kinds, firsts)
    }

    /// Returns the minimum TLS version that a cluster of this release has if none is said: 1.0
    /// below 11.5, if it cannot be raised; not known from then on (P-TVS-11).
    pub fn default_tls_minimum(&self) -> Option<TlsVersion> {
        default_tls_minimum(self.release)
    }

    /// The same cluster without its phones.
    pub fn without_phones(&self) -> Self {
        Self {
            phones: Vec::new(),
            phone_names: BTreeMap::new(),
            phone_kinds: Vec::new(),
            kinds: HashMap::new(),
            firsts: Vec::new(),
            ..self.clone()
        }
    }

    /// Puts a certificate into a trust store of a node, beside the copies that the model puts there
    /// itself.
    ///
    /// # Errors
    /// Where the label is empty or names a node that is not there.
    pub fn add_trust(
        &mut self,
        node: NodeId,
        unit: TrustUnit,
        label: &str,
    ) -> Result<Cert, ClusterError> {
        let cert = match cert::parts(label) {
            Some((unit, name, generation)) => {
                let node = self
                    .node(name)
                    .ok_or_else(|| ClusterError::UnknownNode(String::from(label)))?;
                Cert::Own { unit, node, generation }
            }
            None if label.is_empty() => return Err(ClusterError::EmptyName),
            None => Cert::Label(self.intern(label)),
        };
        self.extra_trust.push((node, unit, cert));
        Ok(cert)
    }

    /// The version.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The security mode at the start.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The publisher.
    pub fn publisher(&self) -> NodeId {
        self.publisher
    }

    /// The nodes in inventory order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &NodeSpec)> {
        self.nodes.iter()
    }

    /// A node's entry in the inventory.
    pub fn node_spec(&self, node: NodeId) -> &NodeSpec {
        self.nodes.at(node)
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        self.nodes.iter().find(|(_, spec)| &*spec.name == name).map(|(node, _)| node)
    }

    /// The phones in inventory order.
    pub fn phones(&self) -> &[PhoneSpec] {
        &self.phones
    }

    /// The phone of this name.
    pub fn phone(&self, name: &str) -> Option<PhoneId> {
        self.phone_names.get(name).copied()
    }

    /// The name of a phone; empty if it is of another cluster.
    pub fn phone_name(&self, phone: PhoneId) -> &str {
        self.phones.get(phone.index()).map_or("", |spec| &spec.name)
    }

    /// The certificate of this label: one that the cluster's nodes can make, or that some store
    /// holds at the start.
    pub fn cert(&self, label: &str) -> Option<Cert> {
        match cert::parts(label) {
            Some((unit, name, generation)) => {
                Some(Cert::Own { unit, node: self.node(name)?, generation })
            }
            None => self.label_ids.get(label).map(|&id| Cert::Label(id)),
        }
    }

    /// The label of a certificate.
    pub fn label(&self, cert: Cert) -> String {
        match cert {
            Cert::Own { unit, node, generation } => {
                format!("{unit}@{}#{generation}", self.node_spec(node).name)
            }
            Cert::Label(LabelId(id)) => {
                let label = usize::try_from(id).ok().and_then(|id| self.labels.get(id));
                label.map_or_else(String::new, |label| String::from(&**label))
            }
        }
    }

    /// Checks if a node has a certificate of this unit.
    pub fn has_unit(&self, node: NodeId, unit: Unit) -> bool {
        let spec = self.node_spec(node);
        unit.on(self.release, spec.product, spec.publisher, self.recovery_scope)
    }

    /// Checks if a service is activated on a node at the start.
    pub fn runs_service(&self, node: NodeId, service: crate::release::Service) -> bool {
        service.activated(self.release, self.place(node))
    }

    pub(super) fn place(&self, node: NodeId) -> Place {
        let NodeSpec { product, publisher, tftp, callmanager, .. } = *self.node_spec(node);
        Place { product, publisher, tftp, callmanager }
    }

    pub(super) fn has_node(&self, node: NodeId) -> bool {
        node.index() < self.nodes.len()
    }

    pub(super) fn node_table(&self) -> &NodeTable<NodeSpec> {
        &self.nodes
    }

    /// The certificates that were put into trust stores beside the model's own copies.
    pub fn extra_trust(&self) -> &[(NodeId, TrustUnit, Cert)] {
        &self.extra_trust
    }

    /// The token that signs, if tokens do at the start: the one that was named, or before 10.0 any
    /// (P-VER).
    pub fn token(&self) -> Option<Cert> {
        self.token.map(Cert::Label)
    }

    fn intern(&mut self, label: &str) -> LabelId {
        if let Some(&id) = self.label_ids.get(label) {
            return id;
        }
        let id = LabelId(u32::try_from(self.labels.len()).unwrap_or(u32::MAX));
        let label: Arc<str> = Arc::from(label);
        self.labels.push(label.clone());
        self.label_ids.insert(label, id);
        id
    }
}

fn default_tls_minimum(release: Release) -> Option<TlsVersion> {
    (release < Release::first(11, 5)).then_some(TlsVersion::V1_0)
}

/// The publisher of a sound inventory.
fn check_nodes(nodes: &[NodeSpec]) -> Result<NodeId, ClusterError> {
    if nodes.len() > MAX_NODES {
        return Err(ClusterError::TooManyNodes(nodes.len()));
    }
    let mut publisher: Option<(NodeId, &NodeSpec)> = None;
    for (node, id) in nodes.iter().zip((0..).map(NodeId)) {
        if node.name.is_empty() {
            return Err(ClusterError::EmptyName);
        }
        // Names of hosts have no upper and lower case.
        let is_same = |other: &NodeSpec| other.name.eq_ignore_ascii_case(&node.name);
        if nodes.iter().take(id.index()).any(is_same) {
            return Err(ClusterError::DuplicateNode(node.name.clone()));
        }
        match publisher {
            Some((_, first)) if node.publisher => {
                return Err(ClusterError::TwoPublishers(first.name.clone(), node.name.clone()));
            }
            None if node.publisher => publisher = Some((id, node)),
            _ => {}
        }
    }
    let (id, node) = publisher.ok_or(ClusterError::NoPublisher)?;
    if node.product == Product::Imp {
        return Err(ClusterError::PublisherNotCucm(node.name.clone()));
    }
    Ok(id)
}
