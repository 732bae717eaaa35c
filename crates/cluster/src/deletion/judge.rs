//! The verdicts: one function a rule of D4.

use super::audit::{
    Answer, Audit, BlockSeen, ClusterVerdict, Ending, EventSeen, Evidence, EvidenceKind,
    NodeAnswer, Records, Verdict,
};
use super::inventory::{DeletionScope, same_host};
use super::matching::Import;
use super::time::NodeTime;
use crate::code::DeletionCode as Code;
use crate::deletion::logs::LogKind;
use crate::platform_event::Verb;

/// So many minutes must pass in the logs after a deletion, and more, without an import: the sync of
/// every node ticks within (C-33, D4 step 4).
pub const QUIET_MINUTES: u64 = 30;

/// The origin deletes first and sends the event then (C-47); its operation begins at most so long
/// before.
const ORIGIN_LEAD_SECONDS: i64 = 60;
/// The system log cuts off fractions of seconds, so an operation may seem to begin before the event
/// that caused it.
const RECEIVER_LEAD_SECONDS: i64 = 2;
/// The last entry of change notification may be this much older than the end of the quiet time, and
/// at most the skew: the entry of the sync itself, where the deletion came just after the sync
/// before.
const SYNC_EARLY_SECONDS: i64 = 60;
/// A node deletes within a few seconds of the event (D4 step 3): logs must go on for so long to
/// prove that it did not.
const FEW_SECONDS: i64 = 10;

pub(super) fn answer(audit: &Audit) -> Answer {
    let (mut nodes, mut left_out) = (Vec::new(), Vec::new());
    for (index, (node, records)) in audit.inventory.nodes.iter().zip(&audit.records).enumerate() {
        if audit.applies(index) {
            nodes.push(Judge { audit, index, records }.answer(&node.name));
        } else {
            left_out.push(node.name.clone());
        }
    }
    let cluster = ClusterVerdict::of(&nodes);
    let is_named = audit.records.iter().any(Records::names_it);
    Answer {
        wanted: audit.wanted.clone(),
        spread: audit.spread(),
        nodes,
        left_out,
        cluster,
        is_named,
    }
}

/// One node, and everything else for comparison.
struct Judge<'a> {
    audit: &'a Audit,
    index: usize,
    records: &'a Records,
}

/// A verdict with its reason and when.
struct Finding {
    verdict: Verdict,
    code: Code,
    at: Option<NodeTime>,
    /// Evidence beside the entries of the logs.
    told: Vec<Evidence>,
}

impl Finding {
    fn new(verdict: Verdict, code: Code) -> Self {
        Self { verdict, code, at: None, told: Vec::new() }
    }

    fn at(self, at: NodeTime) -> Self {
        Self { at: Some(at), ..self }
    }

    fn unknown(code: Code, told: impl IntoIterator<Item = Evidence>) -> Self {
        Self { told: told.into_iter().collect(), ..Self::new(Verdict::Unknown, code) }
    }
}

impl<'a> Judge<'a> {
    fn answer(&self, name: &str) -> NodeAnswer {
        let finding =
            self.back().or_else(|| self.missing()).unwrap_or_else(|| match self.audit.spread() {
                DeletionScope::Event => self.by_event(),
                DeletionScope::Local => self.by_hand(),
            });
        let by = match (finding.verdict, finding.at) {
            (Verdict::Resurrected, Some(at)) => self.bringers(at),
            _ => Vec::new(),
        };
        let evidence = self.evidence(finding.told);
        NodeAnswer {
            name: name.to_owned(),
            verdict: finding.verdict,
            code: finding.code,
            at: finding.at,
            by,
            evidence,
        }
    }

    /// An import after the node's deletion, or after the origin's where the node has none. It
    /// counts whatever else is missing: the certificate is there.
    fn back(&self) -> Option<Finding> {
        let own = self.records.last_deletion();
        let since = own
            .or_else(|| self.own_events().filter_map(|event| event.seen.at).max())
            .or_else(|| self.last_attempt())?;
        let named =
            self.imports(Import::Named).filter(|at| *at > since || (own.is_some() && *at == since));
        named.min().map(|at| Finding::new(Verdict::Resurrected, Code::ImportedAgain).at(at))
    }

    /// Checks if a verdict rests on this log.
    fn needs(&self, kind: LogKind) -> bool {
        match kind {
            LogKind::CertMgmt => true,
            LogKind::ChangeNotification => {
                self.audit.spread() == DeletionScope::Event || self.audit.wanted.unit.notified()
            }
            LogKind::System => self.audit.spread() == DeletionScope::Event,
        }
    }

    /// Missing and empty logs, and logs that are not whole, prove nothing.
    fn missing(&self) -> Option<Finding> {
        let missing =
            LogKind::ALL.iter().filter(|&&kind| self.needs(kind) && !self.records.holds(kind));
        let missing: Vec<Evidence> = missing
            .map(|kind| Evidence::told(EvidenceKind::LogMissing, None, kind.as_str().to_owned()))
            .collect();
        // The reason for a missing log is in the trouble, which is evidence of every verdict.
        if !missing.is_empty() {
            return Some(Finding::unknown(Code::LogMissing, missing));
        }
        (!self.records.trouble.is_empty()).then(|| Finding::unknown(Code::LogIncomplete, []))
    }

    /// With the feature: the event, the deletion, and quiet after it.
    fn by_event(&self) -> Finding {
        let Some(event) = self
            .own_events()
            .filter(|event| event.seen.at.is_some())
            .max_by_key(|event| event.seen.at)
        else {
            return self.without_event();
        };
        let deletions = self.records.blocks.iter().filter(|block| self.follows_an_event(block));
        let event_at = event.seen.at.unwrap_or(self.audit.inventory.collected_until);
        self.by_deletions(deletions).unwrap_or_else(|| self.without_deletion(event_at))
    }

    /// The last deletion that worked, and quiet after it. A later one that did not, or that does
    /// not say so, takes the proof away: the file may have been there again, or nowhere.
    fn by_deletions(
        &self,
        deletions: impl Iterator<Item = &'a BlockSeen> + Clone,
    ) -> Option<Finding> {
        let ended = |ending| deletions.clone().filter(move |block| block.ending == ending);
        let worked = ended(Ending::Worked).filter_map(|block| block.seen.at).max();
        let Some(worked) = worked else {
            return if ended(Ending::Unclear).any(|block| block.seen.at.is_some()) {
                Some(Finding::unknown(Code::DeleteUnclear, []))
            } else if ended(Ending::Failed).next().is_some() {
                Some(Finding::new(Verdict::NoDeleteAfterEvent, Code::DeleteFailed))
            } else {
                None
            };
        };
        let is_later = |block: &BlockSeen| block.seen.at.is_none_or(|at| at >= worked);
        let others = self.records.blocks.iter().filter(|block| block.ending != Ending::Worked);
        Some(match others.clone().any(is_later) {
            true => Finding::unknown(Code::DeleteUnclear, []),
            false => self.quiet(worked),
        })
    }

    fn without_event(&self) -> Finding {
        // Nobody sent it, or it did not come here; the logs must go back that far to say so.
        let skew = self.skew();
        if let Some(attempt) = self.last_event() {
            let first = self.records.first(LogKind::System);
            if first.is_none_or(|first| first > attempt.plus_seconds(skew)) {
                return Finding::unknown(Code::LogStartsLate, [starts(LogKind::System, first)]);
            }
        }
        let code = match () {
            () if self.records.events.iter().any(|event| event.verb == Verb::Received) => {
                Code::EventDisagrees
            }
            () if self.records.last_deletion().is_some() => Code::EventNotEmitted,
            () => Code::EventNotReceived,
        };
        Finding::new(Verdict::EventMissing, code)
    }

    fn without_deletion(&self, event: NodeTime) -> Finding {
        let first = self.records.first(LogKind::CertMgmt);
        let collected = self.audit.inventory.collected_until;
        if self.records.blocks.iter().any(|block| block.seen.at.is_none()) {
            Finding::unknown(Code::DeleteUndated, [])
        } else if first.is_none_or(|first| first > event.plus_seconds(RECEIVER_LEAD_SECONDS)) {
            Finding::unknown(Code::LogStartsLate, [starts(LogKind::CertMgmt, first)])
        } else if collected < event.plus_seconds(FEW_SECONDS) {
            Finding::unknown(Code::CollectedTooEarly, [until(collected)])
        } else {
            Finding::new(Verdict::NoDeleteAfterEvent, Code::EventWithoutDelete)
        }
    }

    /// Without the feature, and in stores outside the matrix: each node's own deletion, and quiet
    /// after it.
    fn by_hand(&self) -> Finding {
        if let Some(finding) = self.by_deletions(self.records.blocks.iter()) {
            return finding;
        }
        if !self.records.blocks.is_empty() {
            return Finding::unknown(Code::DeleteUndated, []);
        }
        let first = self.records.first(LogKind::CertMgmt);
        let late =
            |deleted: NodeTime| first.is_none_or(|first| first > deleted.plus_seconds(self.skew()));
        match self.last_attempt() {
            Some(deleted) if late(deleted) => {
                Finding::unknown(Code::LogStartsLate, [starts(LogKind::CertMgmt, first)])
            }
            // A replicated store holds the same on every node, so this one has it still (D1).
            _ if self.audit.wanted.unit.notified() => {
                Finding::new(Verdict::EventMissing, Code::DeleteNotSeen)
            }
            _ => Finding::unknown(Code::DeleteNotSeen, []),
        }
    }

    /// Deleted, if nothing was imported for long enough afterwards (D4 step 4).
    fn quiet(&self, deleted: NodeTime) -> Finding {
        let undated = self.records.imports.iter().any(|import| import.seen.at.is_none());
        if undated || self.imports(Import::Unclear).any(|at| at >= deleted) {
            return Finding::unknown(Code::ImportUnclear, []);
        }
        let collected = self.audit.inventory.collected_until;
        let minutes = i64::try_from(QUIET_MINUTES).unwrap_or(i64::MAX);
        let end = deleted.plus_seconds(minutes.saturating_mul(60));
        // Another clock than that of the deletion may have told this time.
        if collected <= end.plus_seconds(self.skew()) {
            return Finding::unknown(Code::CollectedTooEarly, [until(collected)]);
        }
        self.unseen(end)
            .unwrap_or_else(|| Finding::new(Verdict::Deleted, Code::DeletionProven).at(deleted))
    }

    /// Change notification logs its sync on every node within the quiet time, so its log has entries
    /// up to `end`, the end of that time. A log that begins after it, or ends before it, does not
    /// show that nothing was imported. The same node wrote both logs, on one clock: a clock that
    /// differs from those of other nodes makes the time not shorter.
    fn unseen(&self, end: NodeTime) -> Option<Finding> {
        let log = LogKind::ChangeNotification;
        if !self.needs(log) {
            return None;
        }
        let (first, last) = (self.records.first(log), self.records.last_notification());
        let early = self.skew().min(SYNC_EARLY_SECONDS);
        if first.is_none_or(|first| first > end.plus_seconds(early)) {
            return Some(Finding::unknown(Code::LogStartsLate, [starts(log, first)]));
        }
        let is_short = last.is_none_or(|last| last.plus_seconds(early) < end);
        let ends = Evidence::told(EvidenceKind::LogEnds, last, log.as_str().to_owned());
        is_short.then(|| Finding::unknown(Code::CollectedTooEarly, [ends]))
    }

    /// Checks if a deletion belongs to an event of this node: not before it, as far as clocks
    /// agree.
    fn follows_an_event(&self, block: &BlockSeen) -> bool {
        let Some(deleted) = block.seen.at else { return false };
        self.own_events().any(|event| {
            let lead = if event.verb == Verb::Received {
                RECEIVER_LEAD_SECONDS
            } else {
                ORIGIN_LEAD_SECONDS
            };
            event.seen.at.is_some_and(|at| at <= deleted.plus_seconds(lead))
        })
    }

    /// The events that this node sent, and those that it got from a node that sent them.
    fn own_events(&self) -> impl Iterator<Item = &'a EventSeen> {
        self.records.events.iter().filter(|event| match event.verb {
            Verb::Emitted => true,
            Verb::Emitting => false,
            Verb::Received => self.was_sent(event),
        })
    }

    /// Checks if a node sent this event: with the same HOSTNAME, and not after it came (D4 step 3).
    fn was_sent(&self, received: &EventSeen) -> bool {
        let emitted = || self.events().filter(|event| event.verb == Verb::Emitted);
        let mut same = emitted().filter(|event| same_host(&event.host, &received.host)).peekable();
        if same.peek().is_some() {
            let latest = received.seen.at.map(|at| at.plus_seconds(self.skew()));
            return same.any(|event| event.seen.at <= latest);
        }
        // The logs of the node that sent it may be missing; if they are not, it did not. A host
        // outside the inventory sent something else.
        let nodes = self.audit.inventory.nodes.iter().zip(&self.audit.records);
        let named = nodes.into_iter().find(|(node, _)| same_host(&node.name, &received.host));
        let silent = named.is_none_or(|(_, records)| {
            records.holds(LogKind::System) && records.trouble.is_empty()
        });
        emitted().next().is_none() || !silent
    }

    /// When the event was last sent by anybody, or else last got.
    fn last_event(&self) -> Option<NodeTime> {
        let last = |verb| {
            self.events().filter(|event| event.verb == verb).filter_map(|event| event.seen.at).max()
        };
        last(Verb::Emitted).or_else(|| last(Verb::Received))
    }

    /// When the deletion was last tried anywhere.
    fn last_attempt(&self) -> Option<NodeTime> {
        let deletions = || self.audit.records.iter().filter_map(Records::last_deletion).max();
        match self.audit.spread() {
            DeletionScope::Event => self.last_event().or_else(deletions),
            DeletionScope::Local => deletions(),
        }
    }

    /// The events of all nodes.
    fn events(&self) -> impl Iterator<Item = &'a EventSeen> {
        self.audit.records.iter().flat_map(|records| &records.events)
    }

    fn imports(&self, wanted: Import) -> impl Iterator<Item = NodeTime> {
        self.records
            .imports
            .iter()
            .filter(move |import| import.import == wanted)
            .filter_map(|import| import.seen.at)
    }

    /// The other nodes that held the certificate then, or may have, for nothing says that they
    /// deleted it (C-43). Where all had deleted it, those that had imported it again before: it
    /// went round by them.
    fn bringers(&self, imported: NodeTime) -> Vec<String> {
        let nodes = self.audit.inventory.nodes.iter().zip(&self.audit.records).enumerate();
        let others = nodes.filter(|(index, _)| *index != self.index && self.audit.applies(*index));
        let others: Vec<_> = others.map(|(_, other)| other).collect();
        let before = imported.plus_seconds(self.skew());
        let names = |held: &dyn Fn(&Records) -> bool| {
            let held = others.iter().filter(|(_, records)| held(records));
            held.map(|(node, _)| node.name.clone()).collect::<Vec<_>>()
        };
        let never = names(&|records| !records.deletions().any(|at| at <= before));
        if !never.is_empty() {
            return never;
        }
        names(&|records| {
            let named = records.imports.iter().filter(|import| import.import == Import::Named);
            let back = named.filter_map(|import| import.seen.at).filter(|at| *at < imported).max();
            back > records.deletions().filter(|at| *at <= before).max()
        })
    }

    /// Every entry about the certificate, in the order of time, and what else there is to say.
    fn evidence(&self, told: Vec<Evidence>) -> Vec<Evidence> {
        let events = self.records.events.iter().map(|event| {
            let kind = match event.verb {
                Verb::Emitted => EvidenceKind::EventEmitted,
                Verb::Emitting => EvidenceKind::EventEmitting,
                Verb::Received => EvidenceKind::EventReceived,
            };
            Evidence::seen(kind, &event.seen)
        });
        let blocks = self.records.blocks.iter().map(|block| {
            let kind = match block.ending {
                Ending::Failed => EvidenceKind::DeletionFailed,
                Ending::Unclear => EvidenceKind::DeletionUnclear,
                Ending::Worked => EvidenceKind::Deletion,
            };
            Evidence::seen(kind, &block.seen)
        });
        let imports = self.records.imports.iter().map(|import| {
            let kind = if import.import == Import::Named {
                EvidenceKind::Import
            } else {
                EvidenceKind::ImportUnclear
            };
            Evidence::seen(kind, &import.seen)
        });
        let mut evidence: Vec<Evidence> = events.chain(blocks).chain(imports).collect();
        evidence.sort_by_key(|evidence| evidence.at);
        let trouble = self.records.trouble.iter().cloned();
        let left = MAX_EVIDENCE.saturating_sub(evidence.len());
        evidence.truncate(MAX_EVIDENCE);
        evidence.extend(told.into_iter().chain(trouble).take(left.max(MAX_TOLD)));
        evidence
    }

    fn skew(&self) -> i64 {
        i64::try_from(self.audit.inventory.clock_skew_seconds).unwrap_or(i64::MAX)
    }
}

/// How many entries are shown of a node.
const MAX_EVIDENCE: usize = 200;
/// How many things are said of its logs, at least.
const MAX_TOLD: usize = 20;

impl Records {
    /// When the certificate was deleted here, or may have been.
    fn deletions(&self) -> impl Iterator<Item = NodeTime> {
        let tried = self.blocks.iter().filter(|block| block.ending != Ending::Failed);
        tried.filter_map(|block| block.seen.at)
    }

    /// When the certificate was last deleted here.
    fn last_deletion(&self) -> Option<NodeTime> {
        self.deletions().max()
    }
}

fn starts(kind: LogKind, first: Option<NodeTime>) -> Evidence {
    Evidence::told(EvidenceKind::LogStarts, first, kind.as_str().to_owned())
}

fn until(collected: NodeTime) -> Evidence {
    Evidence::told(EvidenceKind::Collected, Some(collected), String::new())
}
