//! The audit: logs of every node in, a verdict for each and for the cluster out
//! (`spec/CLUSTER-RULES.md` D4).

use super::inventory::{DeletionScope, Inventory, TargetCertificate, same_host};
use super::matching::{About, Import, ImportLine, Threads, UnclearLine, about};
use super::time::NodeTime;
use crate::code::DeletionCode;
use crate::deletion::logs::{Block, LogKind, LogSummary, Place, Sighting, scan};
use crate::platform_event::Verb;
use std::io::{self, Read};
use std::sync::Arc;

/// The most entries that are kept of one kind and node, of all certificates that are audited
/// together; a real deletion leaves a handful. With more the node is `unknown`.
pub const MAX_SEEN: usize = 10_000;

/// Logs that were read so far, and the question about them.
///
/// ```
/// use trustlist_cluster::deletion::{Audit, ClusterVerdict, Inventory, InventoryNode, NodeTime, DeletionScope, Verdict, TargetCertificate};
/// use trustlist_cluster::release::Product;
/// let inventory = Inventory {
///     nodes: vec![InventoryNode { name: "hq".into(), product: Product::Cucm }],
///     spread: DeletionScope::Event,
///     collected_until: NodeTime::parse("2026-07-06T04:30:00").unwrap(),
///     clock_skew_seconds: 60,
/// };
/// let mut audit = Audit::new(inventory, TargetCertificate::new("tomcat-trust", "old.pem").unwrap());
/// let hq = audit.node("hq").unwrap();
/// audit.read_log(hq, "messages", "Jul  6 03:00:00 hq cron 6 CROND[1]: (root) CMD (x)\n".as_bytes()).unwrap();
/// let answer = audit.answer();
/// // Two of three logs are missing: nothing is known.
/// assert_eq!((answer.nodes[0].verdict, answer.cluster), (Verdict::Unknown, ClusterVerdict::Unknown));
/// ```
#[derive(Clone, Debug)]
pub struct Audit {
    pub(super) inventory: Inventory,
    pub(super) wanted: TargetCertificate,
    pub(super) records: Vec<Records>,
}

/// Why a log could not be read to its end. What came before counts as evidence, but its node is
/// never `deleted`.
#[derive(Debug)]
#[non_exhaustive]
pub enum LogError {
    /// The source broke off.
    Io(io::Error),
    /// None of the three logs is in it; empty files are none.
    NoLog,
}

impl core::fmt::Display for LogError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::NoLog => {
                f.write_str("expected a system log, certMgmt or certCN log; found no line of any")
            }
        }
    }
}

impl core::error::Error for LogError {}

/// The content of the logs of one node.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    logs: Vec<(Arc<str>, LogSummary)>,
    pub(super) events: Vec<EventSeen>,
    pub(super) blocks: Vec<BlockSeen>,
    pub(super) imports: Vec<ImportSeen>,
    /// The faults that make the logs incomplete.
    pub(super) trouble: Vec<Evidence>,
}

#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at: Option<NodeTime>,
    file: Arc<str>,
    /// The audits of several certificates share it.
    place: Arc<Place>,
}

#[derive(Clone, Debug)]
pub(super) struct EventSeen {
    pub(super) seen: Seen,
    pub(super) verb: Verb,
    /// The node where the deletion began (D2.3).
    pub(super) host: String,
}

#[derive(Clone, Debug)]
pub(super) struct BlockSeen {
    pub(super) seen: Seen,
    pub(super) ending: Ending,
}

/// How an operation that was to delete the certificate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Failed,
    /// It has no result or an unusual one, or its header names two stores or two files.
    Unclear,
    Worked,
}

impl Ending {
    fn of(block: &Block, about: About) -> Self {
        match about {
            _ if block.failed() => Self::Failed,
            About::Named if block.succeeded() => Self::Worked,
            _ => Self::Unclear,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct ImportSeen {
    pub(super) seen: Seen,
    pub(super) import: Import,
}

impl Audit {
    /// An audit without any log.
    pub fn new(inventory: Inventory, wanted: TargetCertificate) -> Self {
        let records = inventory.nodes.iter().map(|_| Records::default()).collect();
        Self { inventory, wanted, records }
    }

    /// The nodes, and how a deletion spreads.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// A node by its name, for [`Audit::read_log`]; case does not count.
    pub fn node(&self, name: &str) -> Option<usize> {
        let nodes = &self.inventory.nodes;
        let exact = nodes.iter().position(|node| node.name == name);
        exact.or_else(|| nodes.iter().position(|node| node.name.eq_ignore_ascii_case(name)))
    }

    /// Reads a log of a node. Several of a kind, rotated ones, may come in any order.
    ///
    /// # Errors
    /// If the source broke off, and if it holds no line of any of the three logs.
    pub fn read_log(
        &mut self,
        node: usize,
        file: &str,
        source: impl Read,
    ) -> Result<LogSummary, LogError> {
        Self::read_log_of_all(core::slice::from_mut(self), node, file, source)
    }

    /// Reads a log of a node once for the audits of several certificates, which have one inventory.
    /// Together they keep as many entries as one: [`MAX_SEEN`].
    ///
    /// # Errors
    /// As [`Audit::read_log`].
    pub fn read_log_of_all(
        audits: &mut [Self],
        node: usize,
        file: &str,
        source: impl Read,
    ) -> Result<LogSummary, LogError> {
        let Some(inventory) = audits.first().map(|audit| audit.inventory.clone()) else {
            return Err(LogError::NoLog);
        };
        let own = inventory.nodes.get(node).ok_or(LogError::NoLog)?.name.as_str();
        let most = MAX_SEEN.checked_div(audits.len()).unwrap_or(MAX_SEEN).max(1);
        let mut foreign: Option<String> = None;
        let file: Arc<str> = Arc::from(file);
        let mut threads = Threads::default();
        let (summary, read) = scan(source, inventory.collected_until, &mut |place, sighting| {
            if let Sighting::Event(_, line) = &sighting {
                let is_other = !same_host(line.host, own)
                    && inventory.nodes.iter().any(|node| same_host(line.host, &node.name));
                if is_other && foreign.is_none() {
                    foreign = Some(line.host.to_owned());
                }
            }
            let entry = Entry { file: &file, place: Arc::new(place), most };
            entry.hand_to(audits, node, &mut threads, &sighting);
        });
        let trouble = [
            (summary.cut > 0).then(|| (EvidenceKind::LogCut, format!("{} lines", summary.cut))),
            foreign.map(|host| (EvidenceKind::LogOfAnotherNode, format!("written by {host}"))),
            read.as_ref().err().map(|error| (EvidenceKind::LogUnreadable, error.to_string())),
        ];
        for records in audits.iter_mut().filter_map(|audit| audit.records.get_mut(node)) {
            for (kind, text) in trouble.iter().flatten() {
                records.trouble.push(Evidence::of_log(*kind, &file, text.clone()));
            }
            records.logs.push((file.clone(), summary));
        }
        let known = LogKind::ALL.iter().any(|&kind| summary.holds(kind));
        match read {
            Err(error) => Err(LogError::Io(error)),
            Ok(()) if known => Ok(summary),
            Ok(()) => Err(LogError::NoLog),
        }
    }

    /// Notes that a log of a node could not be opened.
    pub fn unreadable(&mut self, node: usize, file: &str, reason: &str) {
        if let Some(records) = self.records.get_mut(node) {
            records.trouble.push(Evidence::of_log(
                EvidenceKind::LogUnreadable,
                &Arc::from(file),
                reason.to_owned(),
            ));
        }
    }

    /// The verdicts, from what was read so far.
    pub fn answer(&self) -> Answer {
        super::judge::answer(self)
    }

    /// Checks if the certificate could be on this node and has to be proven gone there.
    pub(super) fn applies(&self, node: usize) -> bool {
        let product = self.inventory.nodes.get(node).map(|node| node.product);
        product.is_some_and(|product| match self.spread() {
            DeletionScope::Event => self.wanted.unit.deleted_by_event(product),
            DeletionScope::Local => self.wanted.unit.on(product),
        })
    }

    /// How the deletion of this certificate spreads: outside the matrix of D2.2 it does not,
    /// whatever the release can.
    pub(super) fn spread(&self) -> DeletionScope {
        use crate::release::Product::{Cucm, Imp};
        let covered =
            [Cucm, Imp].into_iter().any(|product| self.wanted.unit.deleted_by_event(product));
        if covered { self.inventory.spread } else { DeletionScope::Local }
    }
}

/// An entry of a log, for every audit that it is about.
struct Entry<'a> {
    file: &'a Arc<str>,
    place: Arc<Place>,
    /// How many an audit keeps of a kind and node.
    most: usize,
}

impl Entry<'_> {
    fn seen(&self, at: Option<NodeTime>) -> Seen {
        Seen { at, file: self.file.clone(), place: self.place.clone() }
    }

    /// Keeps the entry; `false` if there are too many.
    fn keep<T>(&self, list: &mut Vec<T>, entry: T) -> bool {
        let room = list.len() < self.most;
        if room {
            list.push(entry);
        }
        room
    }

    fn hand_to(
        &self,
        audits: &mut [Audit],
        node: usize,
        threads: &mut Threads,
        sighting: &Sighting<'_>,
    ) {
        let each = audits
            .iter_mut()
            .filter_map(|audit| Some((&audit.wanted, audit.records.get_mut(node)?)));
        match sighting {
            Sighting::Event(at, line) => {
                let host = line.event.field("HOSTNAME").unwrap_or_default();
                for (_, records) in each.filter(|(it, _)| it.is_deleted_by(&line.event)) {
                    let host = host.to_owned();
                    let event = EventSeen { seen: self.seen(*at), verb: line.verb, host };
                    if !self.keep(&mut records.events, event) {
                        records.too_many(self);
                    }
                }
            }
            Sighting::Block(block) => {
                each.for_each(|(wanted, records)| self.block(wanted, records, block));
            }
            Sighting::Import(operation) => {
                let finished = threads.follow(operation);
                let Some(line) = ImportLine::new(operation, finished) else { return };
                for (wanted, records) in each {
                    self.import(records, Some(operation.at), line.relation(wanted));
                }
            }
            Sighting::Unclear(unclear) => {
                let line = UnclearLine::new(unclear);
                for (wanted, records) in each {
                    let import = line.may_import(wanted).then_some(Import::Unclear);
                    self.import(records, unclear.at, import);
                }
            }
        }
    }

    fn block(&self, wanted: &TargetCertificate, records: &mut Records, block: &Block) {
        let Some(about) = about(wanted, block) else { return };
        if block.is_deletion() {
            let ending = Ending::of(block, about);
            if !self.keep(&mut records.blocks, BlockSeen { seen: self.seen(block.at), ending }) {
                records.too_many(self);
            }
        } else if !block.failed() && !block.is_harmless() {
            let plain = block.is_import() && block.succeeded() && about == About::Named;
            let import = if plain && block.at.is_some() { Import::Named } else { Import::Unclear };
            self.import(records, block.at, Some(import));
        }
    }

    fn import(&self, records: &mut Records, at: Option<NodeTime>, import: Option<Import>) {
        let Some(import) = import else { return };
        if !self.keep(&mut records.imports, ImportSeen { seen: self.seen(at), import }) {
            records.too_many(self);
        }
    }
}

impl Records {
    /// More than can be real: the node is not judged by what was kept.
    fn too_many(&mut self, entry: &Entry<'_>) {
        if !self.trouble.iter().any(|known| known.kind == EvidenceKind::LogOverfull) {
            let text = format!("more than {} entries about one certificate", entry.most);
            self.trouble.push(Evidence::of_log(EvidenceKind::LogOverfull, entry.file, text));
        }
    }

    /// Checks if a log says anything of the certificate.
    pub(super) fn names_it(&self) -> bool {
        let named = |import: &ImportSeen| import.import == Import::Named;
        !self.events.is_empty() || !self.blocks.is_empty() || self.imports.iter().any(named)
    }

    pub(super) fn holds(&self, kind: LogKind) -> bool {
        self.logs.iter().any(|(_, summary)| summary.holds(kind))
    }

    /// When the last entry of change notification was written, over rotated files.
    pub(super) fn last_notification(&self) -> Option<NodeTime> {
        self.logs.iter().filter_map(|(_, summary)| summary.last_notification()).max()
    }

    /// When the first entry of this kind was written, over rotated files.
    pub(super) fn first(&self, kind: LogKind) -> Option<NodeTime> {
        self.logs.iter().filter_map(|(_, summary)| summary.first(kind)).min()
    }
}

// The answer of an audit, as values.

/// The answer of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The certificate.
    pub wanted: TargetCertificate,
    /// How its deletion spreads in this cluster.
    pub spread: DeletionScope,
    /// The nodes on which it could be, in inventory order.
    pub nodes: Vec<NodeAnswer>,
    /// The nodes that do not have its store.
    pub left_out: Vec<String>,
    /// All of it.
    pub cluster: ClusterVerdict,
    /// A log of any node names the certificate in its store: as deleted, to be deleted, or imported.
    /// If none does, its name or its store may be mistyped.
    pub is_named: bool,
}

/// The result of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeAnswer {
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub code: DeletionCode,
    /// When it was deleted, or resurrected.
    pub at: Option<NodeTime>,
    /// The nodes that may have brought it back: nothing says that they had deleted it by then.
    pub by: Vec<String>,
    /// The evidence for the verdict, in the order of time.
    pub evidence: Vec<Evidence>,
}

words! {
    /// A verdict about one node (D4).
    pub enum Verdict ["NodeVerdict": "The result of one node (spec/CLUSTER-RULES.md D4)."] {
        /// It is gone there.
        Deleted = "deleted",
        /// The event never came.
        EventMissing = "event-missing",
        /// The event came, the deletion did not.
        NoDeleteAfterEvent = "no-delete-after-event",
        /// It is back.
        Resurrected = "resurrected",
        /// The logs do not say.
        Unknown = "unknown",
    }
}

words! {
    /// A verdict about the cluster.
    pub enum ClusterVerdict ["ClusterVerdict": "The result of the whole cluster (spec/CONTRACT.md section 5)."] {
        /// It is gone on every node.
        Deleted = "deleted",
        /// It is still on one at least.
        NotDeleted = "not-deleted",
        /// The logs do not say.
        Unknown = "unknown",
    }
}

impl ClusterVerdict {
    /// Of the verdicts about the nodes; without any, nothing is known.
    pub(super) fn of(nodes: &[NodeAnswer]) -> Self {
        let all = |verdict| nodes.iter().all(|node| node.verdict == verdict);
        match nodes.iter().any(|node| !matches!(node.verdict, Verdict::Deleted | Verdict::Unknown))
        {
            true => Self::NotDeleted,
            false if !nodes.is_empty() && all(Verdict::Deleted) => Self::Deleted,
            false => Self::Unknown,
        }
    }
}

/// Something that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// When, on the clock of the node.
    pub at: Option<NodeTime>,
    /// In which log.
    pub file: Option<Arc<str>>,
    /// In which line.
    pub line: Option<u64>,
    /// The entry, or what is to be said of the log.
    pub text: String,
}

impl Evidence {
    pub(super) fn seen(kind: EvidenceKind, seen: &Seen) -> Self {
        let (file, line) = (Some(seen.file.clone()), Some(seen.place.line));
        Self { kind, at: seen.at, file, line, text: seen.place.text.clone() }
    }

    fn of_log(kind: EvidenceKind, file: &Arc<str>, text: String) -> Self {
        Self { kind, at: None, file: Some(file.clone()), line: None, text }
    }

    pub(super) fn told(kind: EvidenceKind, at: Option<NodeTime>, text: String) -> Self {
        Self { kind, at, file: None, line: None, text }
    }
}

words! {
    /// The kind of a piece of evidence.
    #[non_exhaustive]
    pub enum EvidenceKind ["EvidenceKind": "The kind of a piece of evidence (spec/CLUSTER-RULES.md D4)."] {
        /// When the logs were collected.
        Collected = "collected",
        /// An operation that deleted it.
        Deletion = "delete",
        /// An operation that was to delete it and failed.
        DeletionFailed = "delete-failed",
        /// An operation that was to delete it, and does not say that it did.
        DeletionUnclear = "delete-unclear",
        /// The node sent the event.
        EventEmitted = "event-emitted",
        /// The node was about to send the event.
        EventEmitting = "event-emitting",
        /// The node got the event.
        EventReceived = "event-received",
        /// It was imported.
        Import = "import",
        /// A certificate of its store was imported; which is not said.
        ImportUnclear = "import-unclear",
        /// Lines of a log were too long to be read to their ends.
        LogCut = "log-cut",
        /// Where a log ends.
        LogEnds = "log-ends",
        /// A log that was not given, or is empty.
        LogMissing = "log-missing",
        /// A log whose lines another node of the inventory wrote.
        LogOfAnotherNode = "log-of-another-node",
        /// More entries than were kept.
        LogOverfull = "log-overfull",
        /// Where a log begins.
        LogStarts = "log-starts",
        /// A log could not be read to its end.
        LogUnreadable = "log-unreadable",
    }
}
