//! The audit: logs of every node in, a verdict for each and for the cluster out (`spec/CLUSTER-RULES.md` D4).

mod answer;
mod judge;
mod matching;

pub use answer::{Answer, ClusterVerdict, Evidence, EvidenceKind, NodeAnswer, Verdict};
pub use judge::QUIET_MINUTES;

use super::inventory::{Inventory, Spread, Wanted};
use super::logs::{LogKind, LogSummary, Place, Sighting, scan};
use super::moment::Moment;
use crate::platform_event::Verb;
use matching::{Import, Threads};
use std::io::{self, Read};
use std::sync::Arc;

/// The most entries that are kept of one kind and node; a real deletion leaves a handful. With more the node is `unknown`.
pub const MAX_SEEN: usize = 10_000;

/// Logs that were read so far, and the question about them.
///
/// ```
/// use trustlist_cluster::deletion::{Audit, ClusterVerdict, Inventory, InventoryNode, Moment, Spread, Verdict, Wanted};
/// use trustlist::release::Product;
/// let inventory = Inventory {
///     nodes: vec![InventoryNode { name: "hq".into(), product: Product::Cucm }],
///     spread: Spread::Event,
///     collected_until: Moment::parse("2026-07-06T04:30:00").unwrap(),
///     clock_skew_seconds: 60,
/// };
/// let mut audit = Audit::new(inventory, Wanted::new("tomcat-trust", "old.pem").unwrap());
/// let hq = audit.node("hq").unwrap();
/// audit.read_log(hq, "messages", "Jul  6 03:00:00 hq cron 6 CROND[1]: (root) CMD (x)\n".as_bytes()).unwrap();
/// let answer = audit.answer();
/// // Two of three logs are missing: nothing is known.
/// assert_eq!((answer.nodes[0].verdict, answer.cluster), (Verdict::Unknown, ClusterVerdict::Unknown));
/// ```
#[derive(Clone, Debug)]
pub struct Audit {
    inventory: Inventory,
    wanted: Wanted,
    records: Vec<Records>,
}

/// Why a log could not be read to its end. What came before counts as evidence, but its node is never `deleted`.
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

/// What the logs of one node say.
#[derive(Clone, Debug, Default)]
struct Records {
    logs: Vec<(Arc<str>, LogSummary)>,
    events: Vec<EventSeen>,
    blocks: Vec<BlockSeen>,
    imports: Vec<ImportSeen>,
    /// What keeps the logs from being whole.
    trouble: Vec<Evidence>,
}

#[derive(Clone, Debug)]
struct Seen {
    at: Option<Moment>,
    file: Arc<str>,
    place: Place,
}

#[derive(Clone, Debug)]
struct EventSeen {
    seen: Seen,
    verb: Verb,
    /// The node where the deletion began (D2.3).
    host: String,
}

#[derive(Clone, Debug)]
struct BlockSeen {
    seen: Seen,
    failed: bool,
}

#[derive(Clone, Debug)]
struct ImportSeen {
    seen: Seen,
    import: Import,
}

impl Audit {
    /// An audit without any log.
    pub fn new(inventory: Inventory, wanted: Wanted) -> Self {
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
    /// Where the source broke off, and where it holds no line of any of the three logs.
    pub fn read_log(
        &mut self,
        node: usize,
        file: &str,
        source: impl Read,
    ) -> Result<LogSummary, LogError> {
        let Some(records) = self.records.get_mut(node) else { return Err(LogError::NoLog) };
        let file: Arc<str> = Arc::from(file);
        let mut threads = Threads::default();
        let wanted = &self.wanted;
        let (summary, read) =
            scan(source, self.inventory.collected_until, &mut |place, sighting| {
                records.take(wanted, &file, &mut threads, place, &sighting);
            });
        if summary.cut > 0 {
            records.trouble.push(Evidence::of_log(
                EvidenceKind::LogCut,
                &file,
                format!("{} lines", summary.cut),
            ));
        }
        records.logs.push((file.clone(), summary));
        let known = LogKind::ALL.iter().any(|&kind| summary.holds(kind));
        match read {
            Err(error) => {
                records.trouble.push(Evidence::of_log(
                    EvidenceKind::LogUnreadable,
                    &file,
                    error.to_string(),
                ));
                Err(LogError::Io(error))
            }
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
        judge::answer(self)
    }

    /// Whether the certificate could be on this node and has to be proven gone there.
    fn applies(&self, node: usize) -> bool {
        let product = self.inventory.nodes.get(node).map(|node| node.product);
        product.is_some_and(|product| match self.spread() {
            Spread::Event => self.wanted.unit.deleted_by_event(product),
            Spread::Local => self.wanted.unit.on(product),
        })
    }

    /// How the deletion of this certificate spreads: outside the matrix of D2.2 it does not, whatever the release can.
    fn spread(&self) -> Spread {
        use trustlist::release::Product::{Cucm, Imp};
        let covered =
            [Cucm, Imp].into_iter().any(|product| self.wanted.unit.deleted_by_event(product));
        if covered { self.inventory.spread } else { Spread::Local }
    }
}

/// Keeps an entry; `false` where there are too many.
fn keep<T>(list: &mut Vec<T>, entry: T) -> bool {
    let room = list.len() < MAX_SEEN;
    if room {
        list.push(entry);
    }
    room
}

impl Records {
    fn take(
        &mut self,
        wanted: &Wanted,
        file: &Arc<str>,
        threads: &mut Threads,
        place: Place,
        sighting: &Sighting<'_>,
    ) {
        let seen = |at| Seen { at, file: file.clone(), place };
        let kept = match sighting {
            Sighting::Event(at, line) if wanted.is_deleted_by(&line.event) => {
                let host = line.event.field("HOSTNAME").unwrap_or_default().to_owned();
                keep(&mut self.events, EventSeen { seen: seen(*at), verb: line.verb, host })
            }
            Sighting::Block(block) if matching::is_about(wanted, block) && block.is_deletion() => {
                keep(&mut self.blocks, BlockSeen { seen: seen(block.at), failed: block.failed() })
            }
            Sighting::Block(block)
                if matching::is_about(wanted, block) && block.is_import() && !block.failed() =>
            {
                let import = if block.at.is_some() { Import::Named } else { Import::Unclear };
                keep(&mut self.imports, ImportSeen { seen: seen(block.at), import })
            }
            Sighting::Import(operation) => match matching::import(wanted, threads, operation) {
                Some(import) => {
                    keep(&mut self.imports, ImportSeen { seen: seen(Some(operation.at)), import })
                }
                None => true,
            },
            _ => true,
        };
        if !kept {
            self.too_many(file);
        }
    }

    /// More than can be real: the node is not judged by what was kept.
    fn too_many(&mut self, file: &Arc<str>) {
        if !self.trouble.iter().any(|known| known.kind == EvidenceKind::LogOverfull) {
            let text = format!("more than {MAX_SEEN} entries about one certificate");
            self.trouble.push(Evidence::of_log(EvidenceKind::LogOverfull, file, text));
        }
    }

    fn holds(&self, kind: LogKind) -> bool {
        self.logs.iter().any(|(_, summary)| summary.holds(kind))
    }

    /// When the first entry of this kind was written, over rotated files.
    fn first(&self, kind: LogKind) -> Option<Moment> {
        self.logs.iter().filter_map(|(_, summary)| summary.first(kind)).min()
    }
}
