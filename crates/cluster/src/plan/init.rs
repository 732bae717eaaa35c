//! A cluster out of what is pasted at night: `show itl` of each TFTP node, the service lists, the
//! group query, and a phone inventory. What could not be known is said, one mark each.

use super::inventory::PhoneRow;
use crate::cluster::{Cluster, ClusterError, Mode, NodeId, NodeSpec, PhoneSpec};
use crate::preflight::{Check, Context, Fact, Item, Source, preflight};
use crate::release::{Product, Release, Unit};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use trustlist::console::{self, Print};
use trustlist::facts::{Identity, ListKind};
use trustlist::phone::SecurityByDefault;
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
}

/// A cluster, and what about it is only assumed.
#[derive(Clone, Debug)]
pub struct Init {
    /// The cluster.
    pub cluster: Cluster,
    /// A fact that could not be known.
    pub marks: Vec<Mark>,
}

/// Something that could not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// Pastes or options say two things about this fact; each value has the place that says it. The
    /// last of them is assumed.
    Disputed(Disputed, Vec<String>),
    /// No service list of this node: CallManager is taken as activated or not, as said.
    CallManagerAssumed(String, bool),
    /// No group query for this phone's group: it is taken to have every CallManager node.
    GroupUnknown(String),
    /// No phone inventory.
    NoPhones,
    /// Neither `show ctl` nor the security mode: non-secure is assumed.
    ModeAssumed,
    /// The pastes do not show if there are nodes of IM and Presence.
    PresenceUnknown,
    /// No list and no option names the publisher: the first node is assumed.
    PublisherAssumed(String),
    /// The rollback parameter was not pasted: off is assumed.
    RollbackAssumed,
    /// In mixed mode: neither a security mode nor the name of a profile says how this number of
    /// phones talks to CallManager, or the inventory does not say if they have an LSC: not encrypted
    /// and without an LSC is assumed.
    SecurityAssumed(usize),
    /// The inventory does not say if phones are online.
    StatusUnknown(usize),
    /// The lists on the phones are not in the inventory: current lists are assumed.
    ListsAssumed(usize),
    /// The TFTP servers of this number of phones are not in the inventory: all TFTP nodes are
    /// assumed.
    TftpAssumed(usize),
    /// A node without a `show itl` of its own: whether it runs TFTP is not known, it is taken not
    /// to.
    TftpUnknown(String),
    /// A service list of a node of this name, which no list names.
    NodeUnknown(String),
    /// The content of this file could not be used.
    Unused(String),
}

impl Mark {
    /// Returns one mark of each kind, for tests of everything that tells marks.
    #[doc(hidden)]
    pub fn examples() -> Vec<Self> {
        let node = || "n1".to_owned();
        alloc::vec![
            Self::CallManagerAssumed(node(), true),
            Self::CallManagerAssumed(node(), false),
            Self::Disputed(
                Disputed::Rollback,
                alloc::vec!["on (a.txt line 3)".to_owned(), "off (b)".to_owned()]
            ),
            Self::GroupUnknown(String::new()),
            Self::GroupUnknown("CMG_North".to_owned()),
            Self::ListsAssumed(1),
            Self::ModeAssumed,
            Self::NoPhones,
            Self::NodeUnknown(node()),
            Self::PresenceUnknown,
            Self::PublisherAssumed(node()),
            Self::RollbackAssumed,
            Self::SecurityAssumed(3),
            Self::StatusUnknown(7),
            Self::TftpAssumed(12),
            Self::TftpUnknown(node()),
            Self::Unused("notes.txt".to_owned()),
        ]
    }
}

/// A fact that pastes may disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Disputed {
    /// The security mode.
    Mode,
    /// The rollback parameter.
    Rollback,
    /// The version.
    Version,
}

/// Why there is no cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InitError {
    /// The nodes do not make a cluster.
    Cluster(ClusterError),
    /// No `show itl` names a node.
    NoNodes,
    /// Nothing says the version.
    NoVersion,
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
            Self::NoVersion => {
                f.write_str("expected the version: --version, or the output of `utils dbreplication runtimestate`")
            }
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
/// Where no node can be found, or no version, and where a phone names a node that is not there.
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
    match seen.rollback.of_pastes() {
        Some(on) => cluster.rollback = on,
        None => marks.push(Mark::RollbackAssumed),
    }
    let stray =
        seen.services.iter().map(|(node, _)| node).filter(|node| find(&cluster, node).is_none());
    marks.extend(stray.cloned().map(Mark::NodeUnknown));
    marks.extend(seen.unused.iter().cloned().map(Mark::Unused));
    for unit in seen.multi_server() {
        // A version that has no such certificate does not become one that has.
        let _ = cluster.set_multi_server(unit);
    }
    match phones {
        Some(rows) => add_phones(&mut cluster, rows, &seen.groups, &mut marks)?,
        None => marks.push(Mark::NoPhones),
    }
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
    itls: Vec<Print>,
    /// The services of a node that are not activated.
    services: Vec<(String, Vec<String>)>,
    /// The nodes that replicate.
    replicating: Vec<String>,
    groups: Groups,
    unused: Vec<String>,
}

impl Seen {
    fn new(pastes: &[Pasted<'_>]) -> Self {
        let mut seen = Self {
            version: Said::default(),
            mode: Said::default(),
            has_ctl: false,
            rollback: Said::default(),
            itls: Vec::new(),
            services: Vec::new(),
            replicating: Vec::new(),
            groups: Groups::default(),
            unused: Vec::new(),
        };
        pastes.iter().for_each(|paste| seen.read(paste));
        seen
    }

    fn read(&mut self, paste: &Pasted<'_>) {
        let mut used = self.read_cleaned(&console::cleaned(paste.text), paste.name);
        if let Ok(print) = console::list(paste.text, Some(ListKind::Itl)) {
            used |= !print.records.is_empty();
            self.itls.push(print);
        }
        if let Ok(print) = console::list(paste.text, Some(ListKind::Ctl)) {
            used = true;
            self.has_ctl |= !print.records.is_empty();
        }
        let answer = preflight(
            &[Source { name: paste.name, text: paste.text, node: paste.node }],
            &Context::default(),
        );
        for check in answer.checks.iter().filter(|check| check.evidence.is_some()) {
            used |= self.take(paste, check);
        }
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

    fn take(&mut self, paste: &Pasted<'_>, check: &Check) -> bool {
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
            Item::Services => {
                let off = check.facts.iter().find_map(|(key, fact)| match fact {
                    Fact::List(names) if *key == "not_activated" => Some(names.clone()),
                    _ => None,
                });
                let node = paste.node.map_or_else(|| stem(paste.name), str::to_owned);
                self.services.push((node, off.unwrap_or_default()));
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

    /// Returns a mark for each fact that has two values. An option decides between pastes only if
    /// one of them agrees with it.
    fn disputes(&self, known: &Known) -> Vec<Mark> {
        let mode = known.mode.map(|mode| (mode, mode_word(mode).to_owned()));
        let version = known.version.map(|version| (version, version.to_string()));
        let is_of = |said: &Release, shown: &Release| said.is_of(*shown);
        let disputes = [
            (Disputed::Version, self.version.disputed(version, is_of)),
            (Disputed::Mode, self.mode.disputed(mode, Mode::eq)),
            (Disputed::Rollback, self.rollback.disputed(None, bool::eq)),
        ];
        let mark = |(fact, values): (_, Option<_>)| Some(Mark::Disputed(fact, values?));
        disputes.into_iter().filter_map(mark).collect()
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
        self.itls.iter().flat_map(|print| &print.records)
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
        let role = self.records().find_map(|record| match record.role() {
            Some(role @ (Role::CcmTftp | Role::Tftp)) if same(&server(record), name) => Some(role),
            _ => None,
        });
        let services = self.services.iter().find(|(node, _)| same(node, name)).map(|(_, off)| off);
        let activated = |service: &str| {
            services.map(|off| !off.iter().any(|name| name.eq_ignore_ascii_case(service)))
        };
        let tftp = match (role, activated("Cisco Tftp")) {
            (Some(_), _) => true,
            (None, Some(activated)) => activated,
            (None, None) => {
                marks.push(Mark::TftpUnknown(name.to_owned()));
                false
            }
        };
        let callmanager = match (role, activated("Cisco CallManager")) {
            (Some(role), _) => role == Role::CcmTftp,
            (None, Some(activated)) => activated,
            (None, None) => {
                marks.push(Mark::CallManagerAssumed(name.to_owned(), true));
                true
            }
        };
        NodeSpec { name: Arc::from(name), product: Product::Cucm, publisher, tftp, callmanager }
    }
}

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
    let host = |name: &str| name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let address = |name: &str| name.parse::<core::net::IpAddr>().is_ok();
    one.eq_ignore_ascii_case(other) || !address(one) && !address(other) && host(one) == host(other)
}

fn add_phones(
    cluster: &mut Cluster,
    rows: &[PhoneRow],
    groups: &Groups,
    marks: &mut Vec<Mark>,
) -> Result<(), InitError> {
    let (mut tftp, mut status, mut lists, mut security) = (0_usize, 0_usize, 0_usize, 0_usize);
    let is_mixed = cluster.mode() == Mode::Mixed;
    let mut unknown: Vec<String> = Vec::new();
    for row in rows {
        tftp = tftp.saturating_add(usize::from(row.tftp_servers.is_empty()));
        status = status.saturating_add(usize::from(row.online.is_none()));
        let listless = row.itl.is_none() || is_mixed && row.ctl.is_none();
        lists = lists.saturating_add(usize::from(listless));
        // A cluster that is not in mixed mode has no CTL: what a profile says counts only later.
        let said = row.security.or(row.profile.filter(|_| is_mixed));
        let unsaid = is_mixed && (said.is_none() || row.lsc.is_none());
        security = security.saturating_add(usize::from(unsaid));
        let servers = if row.tftp_servers.is_empty() {
            running(cluster, |spec| spec.tftp)
        } else {
            ids(cluster, row, &row.tftp_servers)?
        };
        let members = match (groups.members(&row.cm_group), row.cm_group.as_slice()) {
            (Some(members), _) => ids(cluster, row, members)?,
            (None, []) => {
                unknown.push(String::new());
                running(cluster, |spec| spec.callmanager)
            }
            (None, [name]) if find(cluster, name).is_none() => {
                unknown.push(name.clone());
                running(cluster, |spec| spec.callmanager)
            }
            (None, names) => ids(cluster, row, names)?,
        };
        let mut spec = row.spec(&servers, &members);
        spec.security = said.unwrap_or(spec.security);
        cluster.add_phone(spec).map_err(InitError::Cluster)?;
    }
    unknown.sort();
    unknown.dedup();
    marks.extend(unknown.into_iter().map(Mark::GroupUnknown));
    let counted = [
        (tftp, Mark::TftpAssumed(tftp)),
        (status, Mark::StatusUnknown(status)),
        (lists, Mark::ListsAssumed(lists)),
        (security, Mark::SecurityAssumed(security)),
    ];
    marks.extend(counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, mark)| mark));
    Ok(())
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

// CallManager groups: a `run sql` table with the columns `groupname`, `server` and `priority`.

/// The query whose output is read.
pub const GROUP_QUERY: &str = "run sql select g.name as groupname, n.name as server, m.priority as priority from \
callmanagergroupmember m inner join callmanagergroup g on m.fkcallmanagergroup=g.pkid inner join callmanager c on \
m.fkcallmanager=c.pkid inner join processnode n on c.fkprocessnode=n.pkid order by groupname, priority";

/// The members of each group, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Groups(BTreeMap<String, Vec<String>>);

impl Groups {
    /// Takes what a paste holds of groups; says whether there was anything.
    fn read(&mut self, text: &str) -> bool {
        let lines: Vec<&str> = text.lines().collect();
        let found = lines
            .windows(2)
            .position(|pair| matches!(pair, [head, rule] if is_head(head) && is_rule(rule)));
        let Some(at) = found else { return false };
        let Some([head, rule]) = lines.get(at..at.saturating_add(2)) else { return false };
        let columns = columns(rule);
        let names: Vec<String> = cells(head, &columns);
        let column = |name: &str| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        let (Some(group), Some(server)) = (column("groupname"), column("server")) else {
            return false;
        };
        let priority = column("priority");
        let mut rows: Vec<(String, u64, String)> = Vec::new();
        for (line, number) in lines.iter().skip(at.saturating_add(2)).zip(0_u64..) {
            let cells = cells(line, &columns);
            let cell = |column: usize| cells.get(column).filter(|cell| !cell.is_empty()).cloned();
            let (Some(group), Some(server)) = (cell(group), cell(server)) else { break };
            let order =
                priority.and_then(cell).and_then(|text| text.parse().ok()).unwrap_or(number);
            rows.push((group, order, server));
        }
        rows.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let any = !rows.is_empty();
        for (group, _, server) in rows {
            self.0.entry(group).or_default().push(server);
        }
        any
    }

    /// The members of the group that a phone names, if it names one that is known.
    fn members(&self, named: &[String]) -> Option<&[String]> {
        match named {
            [name] => self.0.get(name).map(Vec::as_slice),
            _ => None,
        }
    }
}

fn is_head(line: &str) -> bool {
    line.to_ascii_lowercase().contains("groupname")
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("==") && line.chars().all(|c| c == '=' || c == ' ')
}

/// Where each column begins and ends, by the rule line: cells may hold blanks.
fn columns(rule: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, c) in rule.chars().chain([' ']).enumerate() {
        match (c, start) {
            ('=', None) => start = Some(at),
            (' ', Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    // The last column may be wider than its rule.
    if let Some(last) = found.last_mut() {
        last.1 = usize::MAX;
    }
    found
}

fn cells(line: &str, columns: &[(usize, usize)]) -> Vec<String> {
    let cell = |&(from, to): &(usize, usize)| {
        let text: String = line.chars().skip(from).take(to.saturating_sub(from)).collect();
        text.trim().to_owned()
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod groups_tests {
    use super::*;

    /// The examples hold every kind: a new one does not compile here until it has its number.
    #[test]
    fn each_kind_of_mark_has_an_example() {
        let kind = |mark: &Mark| match mark {
            Mark::CallManagerAssumed(..) => 0,
            Mark::Disputed(..) => 1,
            Mark::GroupUnknown(_) => 2,
            Mark::ListsAssumed(_) => 3,
            Mark::ModeAssumed => 4,
            Mark::NoPhones => 5,
            Mark::NodeUnknown(_) => 6,
            Mark::PresenceUnknown => 7,
            Mark::PublisherAssumed(_) => 8,
            Mark::RollbackAssumed => 9,
            Mark::SecurityAssumed(_) => 10,
            Mark::StatusUnknown(_) => 11,
            Mark::TftpAssumed(_) => 12,
            Mark::TftpUnknown(_) => 13,
            Mark::Unused(_) => 14,
        };
        let mut kinds: Vec<u32> = Mark::examples().iter().map(kind).collect();
        kinds.dedup();
        assert_eq!(kinds, (0..15).collect::<Vec<_>>());
    }

    #[test]
    fn tables_are_cut_by_their_rule() {
        let mut groups = Groups::default();
        let table = "groupname    server priority\n============ ====== ========\nHQ phones    hq     1\nHQ phones    br     0\nX            br     0\n\nadmin:";
        assert!(groups.read(table));
        let members = groups.members(&["HQ phones".to_owned()]).unwrap();
        assert_eq!(members, ["br", "hq"]);
        assert!(groups.members(&["Y".to_owned()]).is_none());
        assert!(!groups.read("paramname paramvalue\n========= ==========\nx y\n"));
    }
}
