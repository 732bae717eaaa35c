//! From row to row: judge, count, remember who needs hands.

use super::columns::Columns;
use super::configs::Configs;
use super::inventory::Row;
use super::kinds::{Found, Kinds};
use super::phones::{Kind, Phones};
use crate::limits::{MAX_ERRORS, MAX_ROW_VALUES};
use crate::output::Status;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use trustlist::fleet::hash::Seed;
use trustlist::fleet::{Answer, First, Hands, Judge, Verdict, labelled};
use trustlist::phone::{Installed, SecurityByDefault};
use trustlist::question::UnnamedServer;
use trustlist::report::fleet::{ByColumn, FirstPhone, FleetReport, RowError, UnknownList};

/// A fleet that is being judged.
pub(super) struct Run<'a> {
    phones: Phones<'a>,
    judge: Judge<'a>,
    configs: Option<Configs<'a>>,
    columns: Columns,
    kinds: Kinds,
    first: First<FirstPhone>,
    strict: bool,
    tally: Tally,
    rows: u64,
    /// The column that phones are counted by.
    by: Option<usize>,
    /// Devices so far, by the hash of their names; of the first rows only.
    devices: HashSet<u64>,
    seed: Seed,
}

/// What was counted.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: FleetReport,
    /// Phones of which nobody said what they hold.
    pub(super) not_given: u64,
    /// Phones without a configuration in the folder.
    pub(super) without_config: u64,
    /// Models of which it is not known whether they have Security By Default.
    pub(super) models: BTreeSet<Arc<str>>,
    /// Servers of groups that no option names.
    pub(super) unnamed: BTreeSet<UnnamedServer>,
    /// TFTP servers that rows name.
    pub(super) servers: usize,
    unknown: BTreeMap<Arc<str>, (u64, u64)>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        phones: Phones<'a>,
        judge: Judge<'a>,
        configs: Option<Configs<'a>>,
        columns: Columns,
        first: usize,
        strict: bool,
    ) -> Self {
        let (kinds, tally, first) = (Kinds::new(), Tally::default(), First::new(first));
        let (devices, seed) = (HashSet::new(), Seed::random());
        Self {
            phones,
            judge,
            configs,
            columns,
            kinds,
            first,
            strict,
            tally,
            rows: 0,
            by: None,
            devices,
            seed,
        }
    }

    /// The same, which counts the phones by a column too.
    pub(super) fn by(mut self, column: Option<(String, usize)>) -> Self {
        if let Some((name, place)) = column {
            self.by = Some(place);
            self.tally.report.by = Some(ByColumn { column: name, counts: BTreeMap::new() });
        }
        self
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows so far that could not be used.
    pub(super) fn unreadable(&self) -> u64 {
        self.tally.report.unreadable
    }

    /// Ends the run before the end of the inventory.
    pub(super) fn stop(&mut self, why: String) {
        self.tally.report.stopped = Some(why);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.tally.report.stopped.is_some()
    }

    /// Judges a row, or says why it cannot be used.
    pub(super) fn judge(&mut self, row: &Row) -> Result<Answer, Arc<str>> {
        self.rows += 1;
        let judged = match &row.fault {
            Some(fault) => Err(Arc::from(fault.as_str())),
            None => self.phone(row),
        };
        match &judged {
            Err(fault) => self.tally.unreadable(row.line, fault, self.strict),
            Ok(answer) => self.count(*answer, row),
        }
        judged
    }

    /// Counts a phone by the column that was asked for, and where its device stood there before.
    fn count(&mut self, answer: Answer, row: &Row) {
        if let (Some(place), Some(by)) = (self.by, &mut self.tally.report.by) {
            let value =
                String::from_utf8_lossy(row.record.get(place).unwrap_or_default().trim_ascii());
            labelled(&mut by.counts, Some(&*value).filter(|value| !value.is_empty()))
                .add(answer.verdict, 1);
        }
        if self.devices.len() < MAX_DEVICES {
            let mut hasher = self.seed.build_hasher();
            hasher.write(self.columns.device_of(&row.record));
            if !self.devices.insert(hasher.finish()) {
                self.tally.report.duplicates += 1;
            }
        }
    }

    fn phone(&mut self, row: &Row) -> Result<Answer, Arc<str>> {
        let place = match self.kinds.find(&row.record, &self.columns) {
            Found::At(place) => place,
            Found::TooLong => return Err(too_long()),
            Found::New => {
                if self.kinds.is_full() {
                    self.tally.take(&mut self.kinds);
                }
                self.kinds.insert(
                    self.phones.kind(&row.record, row.line),
                    &row.record,
                    &self.columns,
                )
            }
        };
        let answer = match self.kinds.again(place) {
            Some(answer) => answer,
            None => self.ask(place, row)?,
        };
        if answer.hands != Hands::None {
            self.note(answer, place, row);
        }
        Ok(answer)
    }

    /// Judges a phone whose answer is not that of its kind, or not yet.
    fn ask(&mut self, place: usize, row: &Row) -> Result<Answer, Arc<str>> {
        let Some(kind) = self.kinds.get(place) else { return Err(Arc::from("no phone")) };
        let listed = kind.phone.as_ref().map_err(Arc::clone)?;
        match &mut self.configs {
            Some(configs) => {
                let answer =
                    configs.judge(&mut self.judge, listed, self.columns.device_of(&row.record))?;
                kind.count(answer);
                Ok(answer)
            }
            None => {
                let answer = self.judge.judge(listed);
                self.kinds.settle(place, answer);
                self.kinds.again(place).ok_or_else(|| Arc::from("no phone"))
            }
        }
    }

    fn note(&mut self, answer: Answer, place: usize, row: &Row) {
        let (kinds, columns) = (&mut self.kinds, &self.columns);
        self.first.note(answer.hands, || FirstPhone {
            device: String::from_utf8_lossy(columns.device_of(&row.record)).into_owned(),
            model: kinds.get(place).and_then(|kind| kind.model.as_deref().map(str::to_owned)),
            line: row.line,
            answer,
        });
    }

    /// Everything that was counted.
    pub(super) fn finish(mut self) -> Tally {
        self.tally.take(&mut self.kinds);
        let mut tally = self.tally;
        tally.unnamed = std::mem::take(&mut self.phones.unnamed);
        tally.servers = self.phones.servers.len();
        tally.without_config = self.configs.map_or(0, |configs| configs.missing);
        let unknown = tally.unknown.iter();
        let unknown = unknown.map(|(checksum, &(phones, line))| UnknownList {
            checksum: checksum.to_string(),
            phones,
            line,
        });
        tally.report.unknown_lists = unknown.collect();
        tally.report.unknown_lists.sort_by_key(|list| (std::cmp::Reverse(list.phones), list.line));
        tally.report.first = self.first.into_most_urgent();
        tally
    }
}

impl Tally {
    fn unreadable(&mut self, line: u64, fault: &str, strict: bool) {
        let report = &mut self.report;
        report.unreadable += 1;
        if report.errors.len() < MAX_ERRORS {
            report.errors.push(RowError { line, error: shortened(fault) });
        }
        if strict {
            report.stopped = Some(format!("line {line}: {fault}"));
        }
    }

    /// Counts what was found for rows of the same kind, and forgets them.
    fn take(&mut self, kinds: &mut Kinds) {
        kinds.drain().iter().for_each(|kind| self.count(kind));
    }

    fn count(&mut self, kind: &Kind) {
        let mut phones = 0_u64;
        for (answer, count) in &kind.answers {
            self.report.summary.add(kind.labels(), answer, *count);
            phones = phones.saturating_add(*count);
        }
        let Ok(listed) = &kind.phone else { return };
        if listed.phone.installed == Installed::NotGiven && kind.unknown.is_empty() {
            self.not_given = self.not_given.saturating_add(phones);
        }
        if let Some(model) = &kind.model
            && listed.phone.device.security_by_default == SecurityByDefault::Unknown
            && self.models.len() < MAX_TOLD
        {
            self.models.insert(model.clone());
        }
        for checksum in &kind.unknown {
            if self.unknown.len() < MAX_ERRORS || self.unknown.contains_key(checksum) {
                let (count, line) = self.unknown.entry(checksum.clone()).or_insert((0, kind.line));
                *count = count.saturating_add(phones);
                *line = (*line).min(kind.line);
            }
        }
    }
}

/// An error as a report keeps it: a path in it may be as long as a row.
fn shortened(fault: &str) -> String {
    match fault.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", fault.get(..end).unwrap_or_default()),
        None => fault.to_owned(),
    }
}

/// Characters of an error that a report keeps.
const MAX_TEXT: usize = 1_000;

fn too_long() -> Arc<str> {
    format!("values of more than {MAX_ROW_VALUES} bytes for a phone (cli::limits::MAX_ROW_VALUES)")
        .into()
}

/// That of the worst row; an inventory of which nothing came, or not all, is no answer.
pub(super) fn status(report: &FleetReport) -> Status {
    let worst = match report.summary.worst() {
        None => Status::Unusable,
        Some(Verdict::Accept) => Status::Fine,
        Some(Verdict::Depends) => Status::Undecided,
        Some(Verdict::Reject) => Status::Negative,
    };
    if report.unreadable > 0 || report.stopped.is_some() { Status::Unusable } else { worst }
}

/// Devices that are looked for among those before: rows behind them are not.
const MAX_DEVICES: usize = 1 << 17;
/// Models that an assumption names.
const MAX_TOLD: usize = 10;
