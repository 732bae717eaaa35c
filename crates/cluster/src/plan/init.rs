//! A cluster out of what is pasted at night: `show itl` of each TFTP node, the service lists, the
//! group query, and a phone inventory. What could not be known is said, one mark each.

mod groups;
mod mark;
mod services;
mod state;

pub use self::groups::GROUP_QUERY;
use self::groups::Groups;
pub use self::mark::{Disputed, Mark};
use self::services::{ServiceList, Services};
use self::state::State;
use super::inventory::PhoneRow;
use crate::cluster::{Cluster, ClusterError, Mode, NodeId, NodeSpec, PhoneSpec};
use crate::preflight::{Check, Context, Fact, Item, Source, preflight};
use crate::release::{Product, RecoveryScope, Release, ReleaseRules as _, Unit};
use alloc::borrow::ToOwned as _;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use trustlist::console::{self, Print};
use trustlist::facts::{Identity, ListKind};
use trustlist::phone::{Device, JudgedFile, SecurityByDefault, TlsVersion, TvsClient};
use trustlist::wire::Role;

/// A pasted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pasted<'a> {
    /// The node of the commands, if it is known.
    pub node: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// Its content.
    pub text: &'a str,
}

/// Facts that are known besides the pastes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The version.
    pub version: Option<Release>,
    /// The security mode.
    pub mode: Option<Mode>,
    /// The publisher.
    pub publisher: Option<String>,
    /// The minimum TLS version.
    pub tls_minimum: Option<TlsVersion>,
}

/// A cluster, and what about it is only assumed.
#[derive(Clone, Debug)]
pub struct Init {
    /// The cluster.
    pub cluster: Cluster,
    /// A fact that could not be known.
    pub marks: Vec<Mark>,
}

/// Why there is no cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InitError {
    /// The nodes do not make a cluster.
    Cluster(ClusterError),
    /// No `show itl` names a node.
    NoNodes,
    /// The inventory has no phone.
    NoPhones,
    /// Nothing says the version.
    NoVersion,
    /// A phone names a node of IM and Presence in its CallManager group.
    PresenceInGroup {
        /// The phone.
        phone: String,
        /// The node.
        node: String,
    },
    /// A phone names a node that is not there.
    UnknownNode {
        /// The phone.
        phone: String,
        /// The node.
        node: String,
    },
}

impl core::fmt::Display for InitError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Cluster(error) => write!(f, "expected {error}"),
            Self::NoNodes => {
                f.write_str("expected the output of `show itl` of at least one TFTP node; found none that names a node")
            }
            Self::NoPhones => {
                f.write_str("expected an inventory of at least one phone; found none in it")
            }
            Self::NoVersion => {
                f.write_str("expected the version: --version, or the output of `utils dbreplication runtimestate`")
            }
            Self::PresenceInGroup { phone, node } => write!(
                f,
                "phone {phone:?}: expected nodes of Unified CM in its CallManager group; found {node:?}, which runs IM and Presence"
            ),
            Self::UnknownNode { phone, node } => write!(
                f,
                "phone {phone:?}: expected nodes of the cluster, several parted by a semicolon (ccm1;ccm2); found {node:?}"
            ),
        }
    }
}

impl core::error::Error for InitError {}

/// Puts a cluster together.
///
/// # Errors
/// Where no node can be found, or no version, where an inventory has no phone, and where a phone names
/// a node that is not there.
pub fn init(
    pastes: &[Pasted<'_>],
    phones: Option<&[PhoneRow]>,
    known: &Known,
) -> Result<Init, InitError> {
    let seen = Seen::new(pastes);
    let mut marks = Vec::new();
    let release = known.version.or(seen.version()).ok_or(InitError::NoVersion)?;
    marks.extend(seen.disputes(known));
    let mode = known.mode.or(seen.mode()).unwrap_or_else(|| {
        marks.push(Mark::ModeAssumed);
        Mode::NonSecure
    });
    let nodes = seen.nodes(known, &mut marks)?;
    let mut cluster = Cluster::new(release, mode, nodes).map_err(InitError::Cluster)?;
    cluster.tls_minimum = known.tls_minimum.or(seen.tls_minimum()).or(cluster.tls_minimum);
    seen.set_recovery_scope(&mut cluster, &mut marks);
    seen.state.judge(&mut cluster, &mut marks);
    match seen.rollback.of_pastes() {
        Some(on) => cluster.rollback = on,
        None => marks.push(Mark::RollbackAssumed),
    }
    let stray =
        seen.services.iter().map(|list| &list.node).filter(|node| find(&cluster, node).is_none());
    marks.extend(stray.cloned().map(Mark::NodeUnknown));
    marks.extend(seen.unused.iter().cloned().map(Mark::Unused));
    for unit in seen.multi_server() {
        // A version that has no such certificate does not become one that has.
        let _ = cluster.set_multi_server(unit);
    }
    match phones {
        Some([]) => return Err(InitError::NoPhones),
        Some(rows) => add_phones(&mut cluster, rows, &seen.groups, &mut marks)?,
        None => marks.push(Mark::NoPhones),
    }
    marks.extend(tls_assumed(&cluster));
    Ok(Init { cluster, marks })
}

/// The content of the pastes.
struct Seen {
    version: Said<Release>,
    /// What the parameter says.
    mode: Said<Mode>,
    /// A CTL with records: the cluster is in mixed mode if the parameter is not pasted.
    has_ctl: bool,
    rollback: Said<bool>,
    tls_minimum: Said<TlsVersion>,
    /// The ITLs, each with the name of its paste.
    itls: Vec<(String, Print)>,
    services: Vec<ServiceList>,
    /// The nodes that replicate.
    replicating: Vec<String>,
    groups: Groups,
    state: State,
    unused: Vec<String>,
}

impl Seen {
    fn new(pastes: &[Pasted<'_>]) -> Self {
        let mut seen = Self {
            version: Said::default(),
            mode: Said::default(),
            has_ctl: false,
            rollback: Said::default(),
            tls_minimum: Said::default(),
            itls: Vec::new(),
            services: Vec::new(),
            replicating: Vec::new(),
            groups: Groups::default(),
            state: State::default(),
            unused: Vec::new(),
        };
        pastes.iter().for_each(|paste| seen.read(paste));
        seen
    }

    fn read(&mut self, paste: &Pasted<'_>) {
        let mut used = self.read_cleaned(&console::cleaned(paste.text), paste.name);
        if let Ok(print) = console::list(paste.text, Some(ListKind::Itl)) {
            used |= !print.records.is_empty();
            self.itls.push((paste.name.to_owned(), print));
        }
        if let Ok(print) = console::list(paste.text, Some(ListKind::Ctl)) {
            used = true;
            self.has_ctl |= !print.records.is_empty();
        }
        let answer = preflight(
            &[Source { name: paste.name, text: paste.text, node: paste.node }],
            &Context::default(),
        );
        let services = Services::of(paste.text);
        for check in answer.checks.iter().filter(|check| check.evidence.is_some()) {
            used |= self.take(paste, &services, check);
        }
        used |= self.state.read(paste, &answer.checks);
        if !used {
            self.unused.push(paste.name.to_owned());
        }
    }

    /// Reads the groups and the version from a text without shared prefixes.
    fn read_cleaned(&mut self, text: &str, name: &str) -> bool {
        let used = self.groups.read(text);
        let version = version(text);
        if let Some(version) = version {
            self.version.add(version, version.to_string(), name.to_owned());
        }
        used || version.is_some()
    }

    fn take(&mut self, paste: &Pasted<'_>, services: &Services<'_>, check: &Check) -> bool {
        let text = |key: &str| {
            check.facts.iter().find_map(|(known, fact)| match fact {
                Fact::Text(text) if *known == key => Some(text.as_str()),
                _ => None,
            })
        };
        match check.item {
            Item::Mode => match text("mode") {
                Some(word @ "mixed") => self.mode.add(Mode::Mixed, word.to_owned(), place(check)),
                Some(word @ "non-secure") => {
                    self.mode.add(Mode::NonSecure, word.to_owned(), place(check));
                }
                _ => return false,
            },
            Item::Rollback => match text("value") {
                Some("T") => self.rollback.add(true, "on".to_owned(), place(check)),
                Some("F") => self.rollback.add(false, "off".to_owned(), place(check)),
                _ => return false,
            },
            Item::TlsMinimum => match text("value").and_then(TlsVersion::from_word) {
                Some(version) => {
                    self.tls_minimum.add(version, version.as_str().to_owned(), place(check));
                }
                None => return false,
            },
            Item::Services => {
                let list = |wanted: &str| {
                    let mut facts = check.facts.iter();
                    facts.find_map(|(key, fact)| match fact {
                        Fact::List(names) if *key == wanted => Some(names.clone()),
                        _ => None,
                    })
                };
                // The node that was given, or the one that the lists of the paste are of.
                let of_lists = check.node.as_deref();
                let node = paste.node.or(of_lists).map_or_else(|| stem(paste.name), str::to_owned);
                self.services.push(ServiceList {
                    node,
                    place: place(check),
                    off: list("not_activated").unwrap_or_default(),
                    shown: services.shown,
                    primary: services.primary(check),
                });
            }
            Item::Replication => {
                let rows = check.facts.iter().find_map(|(_, fact)| match fact {
                    Fact::Map(rows) => Some(rows),
                    _ => None,
                });
                self.replicating.extend(rows.into_iter().flatten().map(|(name, _)| name.clone()));
            }
            _ => return false,
        }
        true
    }

    fn version(&self) -> Option<Release> {
        self.version.of_pastes()
    }

    fn mode(&self) -> Option<Mode> {
        self.mode.of_pastes().or(self.has_ctl.then_some(Mode::Mixed))
    }

    /// Returns the highest minimum of the nodes: with another one more phones could ask TVS.
    fn tls_minimum(&self) -> Option<TlsVersion> {
        self.tls_minimum.sorted().of_pastes()
    }

    /// Says how far one ITLRecovery certificate reaches, as the ITLs show it: two TFTP nodes name
    /// one, or each its own (C-60, P-ITL-7). From 12.5 the version says it.
    fn set_recovery_scope(&self, cluster: &mut Cluster, marks: &mut Vec<Mark>) {
        let release = cluster.release();
        let is_open = release >= Release::first(10, 0)
            && release.recovery_scope() == RecoveryScope::Node
            && cluster.nodes().any(|(_, spec)| spec.tftp && !spec.publisher);
        if !is_open {
            return;
        }
        let publisher = &cluster.node_spec(cluster.publisher()).name;
        let mut owners: Vec<(String, Identity)> = Vec::new();
        let (mut shared, mut own) = (false, false);
        for (_, print) in &self.itls {
            let tftp = |record: &&console::PrintedRecord| {
                matches!(record.role(), Some(Role::CcmTftp | Role::Tftp))
            };
            let node = print.records.iter().find(tftp).map(server).unwrap_or_default();
            let Some((host, identity)) = print.records.iter().find_map(recovery) else { continue };
            let is_other = !same(&node, publisher);
            shared |= is_other && same(host, publisher);
            own |= is_other && same(host, &node);
            for (_, known) in owners.iter().filter(|(other, _)| !same(other, &node)) {
                shared |= *known == identity;
                own |= *known != identity;
            }
            owners.push((node, identity));
        }
        match (shared, own) {
            (true, false) => cluster.recovery_scope = RecoveryScope::Cluster,
            (false, true) => {}
            _ => marks.push(Mark::RecoveryScopeAssumed),
        }
    }

    /// Returns a mark for each fact that has two values. An option decides between pastes only if
    /// one of them agrees with it.
    fn disputes(&self, known: &Known) -> Vec<Mark> {
        let mode = known.mode.map(|mode| (mode, mode_word(mode).to_owned()));
        let version = known.version.map(|version| (version, version.to_string()));
        let tls = known.tls_minimum.map(|version| (version, version.as_str().to_owned()));
        let is_of = |said: &Release, shown: &Release| said.is_of(*shown);
        let disputes = [
            (Disputed::Version, self.version.disputed(version, is_of)),
            (Disputed::Mode, self.mode.disputed(mode, Mode::eq)),
            (Disputed::Publisher, self.other_publisher(known)),
            (Disputed::Rollback, self.rollback.disputed(None, bool::eq)),
            (Disputed::TlsMinimum, self.tls_minimum.sorted().disputed(tls, TlsVersion::eq)),
        ];
        let mark = |(fact, values): (_, Option<_>)| Some(Mark::Disputed(fact, values?));
        disputes.into_iter().filter_map(mark).collect()
    }

    /// Returns the nodes that service lists show as the primary one, and the option, if the option names
    /// another one or one that is not.
    fn other_publisher(&self, known: &Known) -> Option<Vec<String>> {
        let named = known.publisher.as_deref()?;
        let of_named = |list: &&ServiceList| same(&list.node, named);
        if self.services.iter().filter(of_named).any(|list| list.primary == Some(true)) {
            return None;
        }
        let mut told: Vec<String> = Vec::new();
        // A file whose node nothing names says nothing about the cluster, and a node once is enough.
        let mut nodes: BTreeSet<String> =
            self.records().map(|record| host(&server(record))).collect();
        for list in &self.services {
            let Some(primary) = list.primary else { continue };
            if primary == same(&list.node, named) || !nodes.remove(&host(&list.node)) {
                continue;
            }
            let word = if primary { "" } else { "not " };
            told.push([word, &list.node, " (Primary Node, ", &list.place, ")"].concat());
        }
        if told.is_empty() {
            return None;
        }
        told.push([named, " (option)"].concat());
        Some(told)
    }

    /// The nodes: those that have a TVS record, those that served a list, and the rest of those
    /// that replicate, which are taken for IM and Presence.
    fn nodes(&self, known: &Known, marks: &mut Vec<Mark>) -> Result<Vec<NodeSpec>, InitError> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !name.is_empty() && !names.iter().any(|known| same(known, name)) {
                names.push(name.to_owned());
            }
        };
        for record in self.records().filter(|record| record.role() == Some(Role::Tvs)) {
            add(&server(record));
        }
        for record in self
            .records()
            .filter(|record| matches!(record.role(), Some(Role::CcmTftp | Role::Tftp)))
        {
            add(&server(record));
        }
        if names.is_empty() {
            return Err(InitError::NoNodes);
        }
        let publisher = self.publisher(&names, known, marks);
        let mut nodes: Vec<NodeSpec> =
            names.iter().map(|name| self.cucm(name, same(name, &publisher), marks)).collect();
        let presence: Vec<&String> = self
            .replicating
            .iter()
            .filter(|name| !names.iter().any(|known| same(known, name)))
            .collect();
        if self.replicating.is_empty() {
            marks.push(Mark::PresenceUnknown);
        }
        nodes.extend(presence.into_iter().map(|name| NodeSpec {
            name: Arc::from(name.as_str()),
            product: Product::Imp,
            publisher: false,
            tftp: false,
            callmanager: false,
        }));
        Ok(nodes)
    }

    fn records(&self) -> impl Iterator<Item = &console::PrintedRecord> {
        self.itls.iter().flat_map(|(_, print)| &print.records)
    }

    /// The units with one certificate for several nodes, by the lists: the same serial number for
    /// several servers (C-26).
    fn multi_server(&self) -> impl Iterator<Item = Unit> {
        let shared = |roles: &[Role]| {
            let mut servers: BTreeMap<Identity, String> = BTreeMap::new();
            let named = self
                .records()
                .filter(|record| record.role().is_some_and(|role| roles.contains(&role)));
            named.filter_map(|record| Some((record.identity()?, server(record)))).any(
                |(identity, name)| {
                    let first = servers.entry(identity).or_insert_with(|| name.clone());
                    !same(first, &name)
                },
            )
        };
        let units =
            [(Unit::Tvs, &[Role::Tvs][..]), (Unit::CallManager, &[Role::CcmTftp, Role::Tftp])];
        units.into_iter().filter(move |(_, roles)| shared(roles)).map(|(unit, _)| unit)
    }

    /// CAPF is in lists as the publisher's.
    fn publisher(&self, names: &[String], known: &Known, marks: &mut Vec<Mark>) -> String {
        let capf = self.records().find(|record| record.role() == Some(Role::Capf)).map(server);
        let named = known
            .publisher
            .clone()
            .or(capf)
            .filter(|name| names.iter().any(|known| same(known, name)));
        named.unwrap_or_else(|| {
            let first = names.first().cloned().unwrap_or_default();
            marks.push(Mark::PublisherAssumed(first.clone()));
            first
        })
    }

    fn cucm(&self, name: &str, publisher: bool, marks: &mut Vec<Mark>) -> NodeSpec {
        let listed = self.itls.iter().find_map(|(file, print)| {
            let mut records = print.records.iter();
            records.find_map(|record| match record.role() {
                Some(role @ (Role::CcmTftp | Role::Tftp)) if same(&server(record), name) => {
                    Some((role, [file, " line ", &print.line.0.to_string()].concat()))
                }
                _ => None,
            })
        });
        let said = |is_on: fn(Role) -> bool| {
            let (role, place) = listed.as_ref()?;
            let told = alloc::format!("{role} in the ITL, {place}");
            Some((is_on(*role), told))
        };
        let of_tftp = self.service(name, "TFTP", TFTP, said(|_| true), marks);
        let tftp = of_tftp.unwrap_or_else(|| {
            marks.push(Mark::TftpUnknown(name.to_owned()));
            false
        });
        let is_ccm = said(|role| role == Role::CcmTftp);
        let of_callmanager = self.service(name, CALLMANAGER, CISCO_CALLMANAGER, is_ccm, marks);
        let callmanager = of_callmanager.unwrap_or_else(|| {
            marks.push(Mark::CallManagerAssumed(name.to_owned(), true));
            true
        });
        NodeSpec { name: Arc::from(name), product: Product::Cucm, publisher, tftp, callmanager }
    }

    /// Returns if a service is activated on a node: its service list says it, and without one the
    /// role of a record of its ITL. Sources that disagree are a mark.
    fn service(
        &self,
        node: &str,
        service: &'static str,
        name: &str,
        of_list: Option<(bool, String)>,
        marks: &mut Vec<Mark>,
    ) -> Option<bool> {
        let lists = self.services.iter().filter(|list| same(&list.node, node));
        let of_services =
            lists.filter_map(|list| Some((list.activated(name)?, list.place.clone())));
        let said: Vec<(bool, String)> = of_list.into_iter().chain(of_services).collect();
        let &(activated, _) = said.last()?;
        if said.iter().any(|(other, _)| *other != activated) {
            let told = |(on, place): (bool, String)| {
                [if on { "activated (" } else { "not activated (" }, &place, ")"].concat()
            };
            marks.push(Mark::ServiceDisputed {
                node: node.to_owned(),
                service,
                activated,
                values: said.into_iter().map(told).collect(),
            });
        }
        Some(activated)
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The service in words, as a mark names it.
const CALLMANAGER: &str = "CallManager";
const CISCO_CALLMANAGER: &str = "Cisco CallManager";
const TFTP: &str = "Cisco Tftp";

/// The different values of one fact in the pastes, each in words with the first place that says it.
struct Said<T>(Vec<(T, String)>);

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Said<T> {
    fn add(&mut self, value: T, word: String, place: String) {
        if !self.0.iter().any(|(known, _)| *known == value) {
            self.0.push((value, [word, " (".to_owned(), place, ")".to_owned()].concat()));
        }
    }

    /// Returns the same with the largest value last, which is the one that counts.
    fn sorted(&self) -> Self
    where
        T: Ord,
    {
        let mut values = self.0.clone();
        values.sort_by_key(|(value, _)| *value);
        Self(values)
    }

    fn of_pastes(&self) -> Option<T> {
        self.0.last().map(|(value, _)| *value)
    }

    /// Returns the values with their places, the assumed one last, if they are of two kinds.
    /// `given` is the value of an option, which `fits` a value that is the same or less exact.
    fn disputed(
        &self,
        given: Option<(T, String)>,
        fits: impl Fn(&T, &T) -> bool,
    ) -> Option<Vec<String>> {
        let mut told: Vec<String> = self.0.iter().map(|(_, told)| told.clone()).collect();
        let is_open = match given {
            Some((given, word)) => {
                told.push([word, " (option)".to_owned()].concat());
                !self.0.is_empty() && !self.0.iter().any(|(value, _)| fits(&given, value))
            }
            None => told.len() > 1,
        };
        is_open.then_some(told)
    }
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Mixed => "mixed",
        Mode::NonSecure => "non-secure",
    }
}

/// Returns the place of a check's evidence.
fn place(check: &Check) -> String {
    let evidence = check.evidence.as_ref();
    evidence.map_or_else(String::new, |evidence| {
        [&*evidence.file, " line ", &evidence.line.0.to_string()].concat()
    })
}

/// The node of a record; old lists leave the name out, and the subject has it.
fn server(record: &console::PrintedRecord) -> String {
    match (record.server().trim(), record.subject()) {
        ("", Some(subject)) => {
            let rest = subject.trim_start().strip_prefix("CN=").unwrap_or_default();
            rest.split([';', ',']).next().unwrap_or_default().trim().to_owned()
        }
        (name, _) => name.to_owned(),
    }
}

/// Returns the host in the name of a recovery certificate, `ITLRECOVERY_ccm1.voice.example`, and
/// the certificate.
fn recovery(record: &console::PrintedRecord) -> Option<(&str, Identity)> {
    let name = record.subject()?.trim_start().strip_prefix("CN=")?;
    let (word, host) = name.split([';', ',']).next()?.trim().split_once('_')?;
    word.eq_ignore_ascii_case("ITLRECOVERY").then_some((host, record.identity()?))
}

/// Returns a mark for the phones of which the minimum TLS version decides if they can ask TVS, if it
/// is not known.
fn tls_assumed(cluster: &Cluster) -> Option<Mark> {
    if cluster.tls_minimum.is_some() {
        return None;
    }
    let mut models: BTreeMap<&str, usize> = BTreeMap::new();
    let asks = |phone: &&PhoneSpec| phone.security_by_default != SecurityByDefault::No;
    for model in cluster.phones().iter().filter(asks).filter_map(|phone| phone.model.as_deref()) {
        if Device::of_model(model).tvs_client == TvsClient::Legacy {
            let count = models.entry(model).or_default();
            *count = count.saturating_add(1);
        }
    }
    let counted = models.into_iter().map(|(model, count)| (model.to_owned(), count));
    let counted: Vec<(String, usize)> = counted.collect();
    (!counted.is_empty()).then_some(Mark::TlsAssumed(counted))
}

/// `DB Version: ccm15_0_0_98100_154`.
fn version(text: &str) -> Option<Release> {
    let (_, behind) = text.split_once("DB Version:")?;
    let rest = behind.trim_start().strip_prefix("ccm")?;
    let mut numbers = rest.split('_');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    [major.to_string(), ".".to_owned(), minor.to_owned()].concat().parse().ok()
}

/// `hq` for `pastes/hq.txt`.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.split_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// Checks if two names mean one node: names of hosts may have their domain or not.
fn same(one: &str, other: &str) -> bool {
    host(one) == host(other)
}

/// Returns what the names of one node have in common: the first label, or the whole address.
fn host(name: &str) -> String {
    let is_address = name.parse::<core::net::IpAddr>().is_ok();
    let label = if is_address { name } else { name.split('.').next().unwrap_or(name) };
    label.to_ascii_lowercase()
}

fn add_phones(
    cluster: &mut Cluster,
    rows: &[PhoneRow],
    groups: &Groups,
    marks: &mut Vec<Mark>,
) -> Result<(), InitError> {
    let mut unsaid = Unsaid::default();
    let is_mixed = cluster.mode() == Mode::Mixed;
    let mut unknown: Vec<String> = Vec::new();
    let mut large: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for row in rows {
        // A cluster that is not in mixed mode has no CTL: what a profile says counts only later.
        let said = row.security.or(row.profile.filter(|_| is_mixed));
        unsaid.count(row, is_mixed, said.is_some());
        let servers = if row.tftp_servers.is_empty() {
            running(cluster, |spec| spec.tftp)
        } else {
            ids(cluster, row, &row.tftp_servers)?
        };
        let mut guess: Option<String> = None;
        let members = match (groups.members(&row.cm_group), row.cm_group.as_slice()) {
            (Some(members), _) => ids(cluster, row, members)?,
            (None, []) => {
                guess = Some(String::new());
                running(cluster, |spec| spec.callmanager)
            }
            (None, [name]) if find(cluster, name).is_none() => {
                guess = Some(name.clone());
                running(cluster, |spec| spec.callmanager)
            }
            (None, names) => ids(cluster, row, names)?,
        };
        let is_presence = |node: &&NodeId| cluster.node_spec(**node).product == Product::Imp;
        if let Some(&node) = members.iter().find(is_presence) {
            let node = cluster.node_spec(node).name.to_string();
            return Err(InitError::PresenceInGroup { phone: row.name.clone(), node });
        }
        if members.len() > GROUP_MEMBERS {
            let name = guess.clone().unwrap_or_else(|| row.cm_group.join(", "));
            large.entry(name).or_insert((members.len(), guess.is_some()));
        }
        unknown.extend(guess);
        let mut spec = row.spec(&servers, &members);
        spec.security = said.unwrap_or(spec.security);
        cluster.add_phone(spec).map_err(InitError::Cluster)?;
    }
    unknown.sort();
    unknown.dedup();
    marks.extend(unknown.into_iter().map(Mark::GroupUnknown));
    let large = large.into_iter();
    marks.extend(large.map(|(group, (members, is_guess))| Mark::GroupTooLarge {
        group,
        members,
        is_guess,
    }));
    marks.extend(unsaid.marks());
    Ok(())
}

/// The most members of a CallManager group (P-TVS-1).
pub const GROUP_MEMBERS: usize = 3;

/// How many phones of an inventory do not say a fact.
#[derive(Default)]
struct Unsaid {
    tftp: usize,
    status: usize,
    lists: usize,
    ctl: usize,
    security: usize,
    lsc: usize,
    itl_mismatch: usize,
    ctl_mismatch: usize,
}

impl Unsaid {
    fn count(&mut self, row: &PhoneRow, is_mixed: bool, has_security: bool) {
        let facts = [
            (&mut self.tftp, row.tftp_servers.is_empty()),
            (&mut self.status, row.online.is_none()),
            (&mut self.lists, row.itl.is_none()),
            (&mut self.ctl, is_mixed && row.itl.is_some() && row.ctl.is_none()),
            (&mut self.security, is_mixed && !has_security),
            (&mut self.lsc, is_mixed && has_security && row.lsc.is_none()),
            (&mut self.itl_mismatch, row.mismatch.contains(&JudgedFile::Itl)),
            (&mut self.ctl_mismatch, row.mismatch.contains(&JudgedFile::Ctl)),
        ];
        for (count, _) in facts.into_iter().filter(|(_, is_unsaid)| *is_unsaid) {
            *count = count.saturating_add(1);
        }
    }

    fn marks(self) -> impl Iterator<Item = Mark> {
        let counted = [
            (self.tftp, Mark::TftpAssumed(self.tftp)),
            (self.status, Mark::StatusUnknown(self.status)),
            (self.lists, Mark::ListsAssumed(self.lists)),
            (self.ctl, Mark::CtlAssumed(self.ctl)),
            (self.itl_mismatch, Mark::FileMismatch(JudgedFile::Itl, self.itl_mismatch)),
            (self.ctl_mismatch, Mark::FileMismatch(JudgedFile::Ctl, self.ctl_mismatch)),
            (self.security, Mark::SecurityAssumed(self.security)),
            (self.lsc, Mark::LscAssumed(self.lsc)),
        ];
        counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, mark)| mark)
    }
}

fn running(cluster: &Cluster, which: impl Fn(&NodeSpec) -> bool) -> Vec<NodeId> {
    cluster
        .nodes()
        .filter(|(node, spec)| which(spec) && cluster.has_unit(*node, Unit::CallManager))
        .map(|(node, _)| node)
        .collect()
}

fn find(cluster: &Cluster, name: &str) -> Option<NodeId> {
    cluster.nodes().find(|(_, spec)| same(&spec.name, name)).map(|(node, _)| node)
}

fn ids(cluster: &Cluster, row: &PhoneRow, names: &[String]) -> Result<Vec<NodeId>, InitError> {
    let mut nodes = Vec::new();
    for name in names {
        let unknown = || InitError::UnknownNode { phone: row.name.clone(), node: name.clone() };
        let node = find(cluster, name).ok_or_else(unknown)?;
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    Ok(nodes)
}

impl PhoneRow {
    fn spec(&self, tftp_servers: &[NodeId], cm_group: &[NodeId]) -> PhoneSpec {
        let mut spec = PhoneSpec::new(&self.name, tftp_servers, cm_group);
        spec.security = self.security.unwrap_or(spec.security);
        if let Some(model) = &self.model {
            spec = spec.of_model(model);
        }
        match self.security_by_default {
            Some(true) => spec.security_by_default = SecurityByDefault::Yes,
            Some(false) => spec.security_by_default = SecurityByDefault::No,
            None => {}
        }
        spec.lsc = self.lsc.unwrap_or(spec.lsc);
        spec.itl = self.itl.unwrap_or(spec.itl);
        spec.ctl = self.ctl.unwrap_or(spec.ctl);
        spec.online = self.online.unwrap_or(true);
        spec
    }
}
