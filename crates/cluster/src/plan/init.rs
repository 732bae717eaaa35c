//! A cluster out of what is pasted at night: `show itl` of each TFTP node, the service lists, the
//! group query, and a phone inventory. What could not be known is said, one mark each.

use super::inventory::PhoneRow;
use crate::cluster::{Cluster, ClusterError, FIRST_TOKEN, Mode, NodeId, NodeSpec, PhoneSpec};
use crate::preflight::{Check, Context, Fact, Item, Source, Verdict, preflight};
use crate::release::{ListSigner, Product, RecoveryScope, Release, ReleaseRules as _, Unit};
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

/// Something that could not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// Pastes or options say two things about this fact; each value has the place that says it. The
    /// last of them is assumed.
    Disputed(Disputed, Vec<String>),
    /// No service list of this node: CallManager is taken as activated or not, as said.
    CallManagerAssumed(String, bool),
    /// Mixed mode, and `show ctl` finds no CTL; with its place. A CTL is assumed.
    CtlMissing(String),
    /// Not in mixed mode, and `show ctl` shows a CTL; with its place. That no phone holds a CTL is
    /// assumed (P-ITL-5).
    CtlLeftOver(String),
    /// In mixed mode, with an ITL that is said: the inventory does not say which CTL this number of
    /// phones holds: the current one is assumed.
    CtlAssumed(usize),
    /// `ITL File Status` or `CTL File Status` of this number of phones is Mismatch, which does not
    /// say what they hold: a list that this cluster cannot replace is assumed.
    FileMismatch(JudgedFile, usize),
    /// A CallManager group with more members than CUCM allows ([`GROUP_MEMBERS`]). Of the phones
    /// without a group the name is empty.
    GroupTooLarge {
        /// The name of the group, or its members.
        group: String,
        /// How many members it has.
        members: usize,
        /// The members are a guess; else an input names them.
        is_guess: bool,
    },
    /// No group query for this phone's group: it is taken to have every CallManager node.
    GroupUnknown(String),
    /// In mixed mode: the inventory does not say if this number of phones has an LSC: none is
    /// assumed. How they talk to CallManager is said.
    LscAssumed(usize),
    /// `show itl` finds no ITL; with its place. One is assumed.
    ItlMissing(String),
    /// The server could not verify its list, or does not say that it did; with its place. A list
    /// that phones can verify is assumed.
    ListNotVerified(ListKind, String),
    /// Another certificate signed a list than this version uses; with its place. The usual signer is
    /// assumed.
    ListSigner {
        /// The list.
        kind: ListKind,
        /// What signed it.
        signer: ListSigner,
        /// The signer that is assumed.
        usual: ListSigner,
        /// The place.
        place: String,
    },
    /// No phone inventory.
    NoPhones,
    /// Neither `show ctl` nor the security mode: non-secure is assumed.
    ModeAssumed,
    /// The pastes do not show if there are nodes of IM and Presence.
    PresenceUnknown,
    /// No list and no option names the publisher: the first node is assumed.
    PublisherAssumed(String),
    /// A node does not replicate, or its output does not say that every node does; with its place.
    /// Replication that works is assumed.
    ReplicationBad {
        /// The nodes that do not replicate; none if the output could not be read.
        nodes: Vec<String>,
        /// The place.
        place: String,
    },
    /// The rollback parameter was not pasted: off is assumed.
    RollbackAssumed,
    /// Before 12.5, with several TFTP nodes: the lists do not show if one ITLRecovery certificate
    /// serves all of them; one of each node is assumed (P-ITL-7).
    RecoveryScopeAssumed,
    /// In mixed mode: neither a security mode nor the name of a profile says how this number of
    /// phones talks to CallManager: not encrypted is assumed.
    SecurityAssumed(usize),
    /// Two sources say two things about a service of a node; each has its place. The service list
    /// counts, and of two lists the last.
    ServiceDisputed {
        /// The node.
        node: String,
        /// The service.
        service: &'static str,
        /// It is taken as activated.
        activated: bool,
        /// What each source says.
        values: Vec<String>,
    },
    /// A service of a node is activated and does not run; with its place. That it runs is assumed.
    ServiceStopped {
        /// The node.
        node: String,
        /// The service, as the list names it.
        service: String,
        /// The place.
        place: String,
    },
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
    /// The minimum TLS version is not known, and it decides if these phones, counted by model, can
    /// ask TVS (P-TVS-11): that they can is assumed.
    TlsAssumed(Vec<(String, usize)>),
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
            Self::CtlAssumed(4),
            Self::CtlLeftOver("a.txt line 3".to_owned()),
            Self::CtlMissing("a.txt line 3".to_owned()),
            Self::Disputed(
                Disputed::Rollback,
                alloc::vec!["on (a.txt line 3)".to_owned(), "off (b)".to_owned()]
            ),
            Self::FileMismatch(JudgedFile::Itl, 5),
            Self::GroupTooLarge { group: String::new(), members: 5, is_guess: true },
            Self::GroupTooLarge { group: "CMG_North".to_owned(), members: 4, is_guess: false },
            Self::GroupUnknown(String::new()),
            Self::GroupUnknown("CMG_North".to_owned()),
            Self::ItlMissing("a.txt line 3".to_owned()),
            Self::ListNotVerified(ListKind::Itl, "a.txt line 3".to_owned()),
            Self::ListSigner {
                kind: ListKind::Ctl,
                signer: ListSigner::CallManager,
                usual: ListSigner::ItlRecovery,
                place: "a.txt line 3".to_owned(),
            },
            Self::ListsAssumed(1),
            Self::LscAssumed(2),
            Self::ModeAssumed,
            Self::NoPhones,
            Self::NodeUnknown(node()),
            Self::PresenceUnknown,
            Self::PublisherAssumed(node()),
            Self::RecoveryScopeAssumed,
            Self::ReplicationBad { nodes: alloc::vec![node()], place: "a.txt line 3".to_owned() },
            Self::ReplicationBad { nodes: Vec::new(), place: "a.txt line 3".to_owned() },
            Self::RollbackAssumed,
            Self::SecurityAssumed(3),
            Self::ServiceDisputed {
                node: node(),
                service: CALLMANAGER,
                activated: false,
                values: alloc::vec![
                    "activated (CCM+TFTP in the ITL, a.txt line 3)".to_owned(),
                    "not activated (a.txt line 70)".to_owned(),
                ],
            },
            Self::ServiceStopped {
                node: node(),
                service: "Cisco Trust Verification Service".to_owned(),
                place: "a.txt line 3".to_owned(),
            },
            Self::StatusUnknown(7),
            Self::TftpAssumed(12),
            Self::TftpUnknown(node()),
            Self::TlsAssumed(alloc::vec![("Cisco 7962".to_owned(), 2), ("8945".to_owned(), 1)]),
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
    /// The publisher: an option names another node than a service list shows as the primary one.
    Publisher,
    /// The rollback parameter.
    Rollback,
    /// The minimum TLS version, which may be of each node before 15SU2.
    TlsMinimum,
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

/// What the pastes say about the state of the cluster. A cluster document holds none of it but the
/// signer of the CTL: it describes a cluster that works.
#[derive(Default)]
struct State {
    lists: Vec<ListState>,
    /// Services that do not run: node, service, place.
    stopped: Vec<(String, String, String)>,
    /// Outputs that do not show that every node replicates: the nodes, and the place.
    replication: Vec<(Vec<String>, String)>,
}

/// A list as a server shows it.
struct ListState {
    kind: ListKind,
    is_there: bool,
    verified: bool,
    signer: Option<ListSigner>,
    place: String,
}

impl State {
    /// Takes what the checks of a paste say; returns if there was anything.
    fn read(&mut self, paste: &Pasted<'_>, checks: &[Check]) -> bool {
        let mut any = false;
        for check in checks.iter().filter(|check| check.evidence.is_some()) {
            let flag = |key: &str| flag_of(check, key);
            match check.item {
                Item::Ctl | Item::Itl => {
                    let is_ctl = check.item == Item::Ctl;
                    let is_there = flag(if is_ctl { "ctl" } else { "itl" }) != Some(false);
                    // Text after the command that is no list: it says nothing.
                    if is_there && check.facts.is_empty() {
                        continue;
                    }
                    let list = ListState {
                        kind: if is_ctl { ListKind::Ctl } else { ListKind::Itl },
                        is_there,
                        verified: flag("verified") == Some(true),
                        signer: text_of(check, "signer_class").and_then(ListSigner::from_word),
                        place: place(check),
                    };
                    if !self.lists.iter().any(|known| known.place == list.place) {
                        self.lists.push(list);
                    }
                    any = true;
                }
                Item::Services => {
                    let of_lists = check.node.as_deref();
                    let node = paste.node.or(of_lists);
                    let node = node.map_or_else(|| stem(paste.name), str::to_owned);
                    let needed = |name: &&String| {
                        RUNNING.iter().any(|service| squeezed(name) == squeezed(service))
                    };
                    for service in list_of(check, "stopped").iter().filter(needed) {
                        let stopped = (node.clone(), service.trim().to_owned(), place(check));
                        if !self.stopped.contains(&stopped) {
                            self.stopped.push(stopped);
                        }
                    }
                }
                Item::Replication if check.verdict != Verdict::Pass => {
                    let bad = (list_of(check, "bad").to_vec(), place(check));
                    if !self.replication.contains(&bad) {
                        self.replication.push(bad);
                    }
                }
                _ => {}
            }
        }
        any
    }

    /// Sets the token that signed the CTL, and tells each fact that is not as in a cluster that works.
    fn judge(&self, cluster: &mut Cluster, marks: &mut Vec<Mark>) {
        for list in &self.lists {
            let place = || list.place.clone();
            match (list.kind, cluster.mode(), list.is_there) {
                (ListKind::Ctl, Mode::NonSecure, true) => marks.push(Mark::CtlLeftOver(place())),
                (ListKind::Ctl, Mode::NonSecure, false) => {}
                (ListKind::Ctl, Mode::Mixed, false) => marks.push(Mark::CtlMissing(place())),
                (_, _, false) => marks.push(Mark::ItlMissing(place())),
                (kind, _, true) => {
                    if !list.verified {
                        marks.push(Mark::ListNotVerified(kind, place()));
                    }
                    marks.extend(list.signed(cluster));
                }
            }
        }
        let stopped = self.stopped.iter().cloned();
        marks.extend(stopped.map(|(node, service, place)| Mark::ServiceStopped {
            node,
            service,
            place,
        }));
        let bad = self.replication.iter().cloned();
        marks.extend(bad.map(|(nodes, place)| Mark::ReplicationBad { nodes, place }));
    }
}

impl ListState {
    /// Returns a mark if another certificate signed the list than a cluster of this version uses. A
    /// token that may sign the CTL becomes that of the cluster (P-CTL-5, P-VER).
    fn signed(&self, cluster: &mut Cluster) -> Option<Mark> {
        let (signer, release) = (self.signer?, cluster.release());
        let is_ctl = self.kind == ListKind::Ctl;
        let usual = if is_ctl { release.ctl_signer() } else { release.itl_signer() };
        if signer == usual {
            return None;
        }
        if is_ctl && signer == ListSigner::Token && cluster.set_token(FIRST_TOKEN).is_ok() {
            return None;
        }
        let (kind, place) = (self.kind, self.place.clone());
        Some(Mark::ListSigner { kind, signer, usual, place })
    }
}

fn fact_of<'a>(check: &'a Check, wanted: &str) -> Option<&'a Fact> {
    check.facts.iter().find(|(key, _)| *key == wanted).map(|(_, fact)| fact)
}

fn flag_of(check: &Check, key: &str) -> Option<bool> {
    match fact_of(check, key)? {
        Fact::Flag(flag) => Some(*flag),
        _ => None,
    }
}

fn text_of<'a>(check: &'a Check, key: &str) -> Option<&'a str> {
    match fact_of(check, key)? {
        Fact::Text(text) => Some(text),
        _ => None,
    }
}

fn list_of<'a>(check: &'a Check, key: &str) -> &'a [String] {
    match fact_of(check, key) {
        Some(Fact::List(list)) => list,
        _ => &[],
    }
}

/// The services that a plan takes as running if they are activated.
const RUNNING: [&str; 4] = [
    CISCO_CALLMANAGER,
    "Cisco Certificate Change Notification",
    TFTP,
    "Cisco Trust Verification Service",
];

/// `utils service list` of a node.
struct ServiceList {
    node: String,
    place: String,
    /// The services that are not activated.
    off: Vec<String>,
    /// The services that the paste names: a list that was cut does not name every one.
    shown: [Option<&'static str>; 2],
    /// True if its last line says that this is the publisher; `None` without that line.
    primary: Option<bool>,
}

impl ServiceList {
    fn activated(&self, service: &str) -> Option<bool> {
        let is_off = self.off.iter().any(|name| name.trim().eq_ignore_ascii_case(service));
        if is_off { Some(false) } else { self.shown.contains(&Some(service)).then_some(true) }
    }
}

/// The text of a paste, which may hold thousands of service lists, for what is read of each.
struct Services<'a> {
    lines: Vec<&'a str>,
    shown: [Option<&'static str>; 2],
}

impl<'a> Services<'a> {
    fn of(text: &'a str) -> Self {
        let letters = squeezed(text);
        let is_shown = |service: &&str| letters.contains(&[&squeezed(service), "["].concat());
        let shown = [CISCO_CALLMANAGER, TFTP].map(|service| Some(service).filter(is_shown));
        Self { lines: text.split_inclusive('\n').collect(), shown }
    }

    /// Returns what `Primary Node =true`, the end of a service list, says of its node.
    fn primary(&self, check: &Check) -> Option<bool> {
        let line = usize::try_from(check.evidence.as_ref()?.line.0).ok()?;
        let lines = self.lines.get(line.saturating_sub(1)..)?.iter().enumerate();
        // A prompt ends the output, which may be one line.
        let output = lines.take_while(|(at, line)| *at == 0 || !line.contains("admin:"));
        let letters = output.flat_map(|(_, line)| line.chars()).take(LONGEST_SERVICES);
        let output = squeezed(&letters.collect::<String>());
        let (_, said) = output.split_once("primarynode=")?;
        match (said.starts_with("true"), said.starts_with("false")) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// Letters of a service list in which its end is looked for; it has some 60 rows.
const LONGEST_SERVICES: usize = 1 << 14;

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
            Mark::CtlAssumed(_) => 1,
            Mark::CtlLeftOver(_) => 2,
            Mark::CtlMissing(_) => 3,
            Mark::Disputed(..) => 4,
            Mark::FileMismatch(..) => 5,
            Mark::GroupTooLarge { .. } => 6,
            Mark::GroupUnknown(_) => 7,
            Mark::ItlMissing(_) => 8,
            Mark::ListNotVerified(..) => 9,
            Mark::ListSigner { .. } => 10,
            Mark::ListsAssumed(_) => 11,
            Mark::LscAssumed(_) => 12,
            Mark::ModeAssumed => 13,
            Mark::NoPhones => 14,
            Mark::NodeUnknown(_) => 15,
            Mark::PresenceUnknown => 16,
            Mark::PublisherAssumed(_) => 17,
            Mark::RecoveryScopeAssumed => 18,
            Mark::ReplicationBad { .. } => 19,
            Mark::RollbackAssumed => 20,
            Mark::SecurityAssumed(_) => 21,
            Mark::ServiceDisputed { .. } => 22,
            Mark::ServiceStopped { .. } => 23,
            Mark::StatusUnknown(_) => 24,
            Mark::TftpAssumed(_) => 25,
            Mark::TftpUnknown(_) => 26,
            Mark::TlsAssumed(_) => 27,
            Mark::Unused(_) => 28,
        };
        let mut kinds: Vec<u32> = Mark::examples().iter().map(kind).collect();
        kinds.dedup();
        assert_eq!(kinds, (0..29).collect::<Vec<_>>());
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
