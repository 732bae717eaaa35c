//! From row to row: predict, count, remember which phones need work; and the assumptions that the
//! answer rests on.

use super::FleetArguments;
use super::inventory::{Columns, Row};
use super::lists::Configs;
use super::phones::{Found, Kind, Kinds, Listed, Phones, PoolCounts};
use crate::gate::Gate;
use crate::limits::{MAX_ERRORS, MAX_ROW_VALUES};
use crate::output::Status;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trustlist::Verdict;
use trustlist::code::Level;
use trustlist::fleet::{Advice, Answer, First, Hands, Judge, Reason, labelled};
use trustlist::phone::{InstalledLists, SecurityByDefault};
use trustlist::question::UnnamedServer;
use trustlist::report::fleet::given::{
    FleetGiven, NAMED, UnknownLists, unknown_model, unnamed_servers,
};
use trustlist::report::fleet::{ByColumn, FirstPhone, FleetReport, RowError};
use trustlist::report::{Plain, Wording, counted};

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
    /// The groups that a phone without a group may be in, too.
    alone: Vec<Vec<Arc<str>>>,
    /// Devices so far, by the hash of their names; of the first rows only.
    devices: HashSet<u64>,
    seed: RandomState,
}

/// Phones by a sentence about them: the first sentences, and the phones of all others together.
pub(super) struct Named<T> {
    counts: BTreeMap<T, u64>,
    others: u64,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { counts: BTreeMap::new(), others: 0 }
    }
}

impl<T: Ord + Clone> Named<T> {
    fn add(&mut self, sentence: &T, phones: u64) {
        let is_named = self.counts.len() < NAMED || self.counts.contains_key(sentence);
        let count = match is_named {
            true => self.counts.entry(sentence.clone()).or_insert(0),
            false => &mut self.others,
        };
        *count = count.saturating_add(phones);
    }

    /// Returns the first sentences.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &T> {
        self.counts.keys()
    }

    /// Returns each sentence with its phones, and at last `others` with those of all others.
    fn lines(&self, others: T) -> impl Iterator<Item = (T, String)> {
        let named = self.counts.iter().map(|(sentence, &phones)| (sentence.clone(), phones));
        let more = Some((others, self.others)).filter(|(_, phones)| *phones > 0);
        named.chain(more).map(|(sentence, phones)| (sentence, counted(phones, "phone")))
    }
}

/// The counts.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: FleetReport,
    /// Phones without any fact about their lists.
    pub(super) not_given: u64,
    /// Phones without a configuration in the folder.
    pub(super) without_config: u64,
    /// Models whose Security By Default is not known.
    pub(super) models: BTreeSet<Arc<str>>,
    /// Servers of groups that no option names.
    pub(super) unnamed: BTreeSet<UnnamedServer>,
    /// TFTP servers that rows name.
    pub(super) servers: usize,
    /// Those that no option names, while options name others.
    pub(super) other_servers: Vec<String>,
    /// The phones of each device pool, if pools decide about groups.
    pub(super) pools: PoolCounts,
    /// Phones whose lists are those of their TFTP node, which is not known.
    pub(super) without_node: u64,
    /// Phones that name several TFTP nodes.
    pub(super) several_nodes: u64,
    /// Phones whose CallManager group is not known, and decides.
    pub(super) open_groups: u64,
    /// Probable mix-ups of files, with the phones of each.
    pub(super) notes: Named<String>,
    /// Why lists on phones are not known, although they were given, with the phones of each.
    pub(super) doubts: Named<Arc<str>>,
    /// Options that say something else than the table of models, with the phones of each.
    pub(super) contradictions: Named<String>,
    /// Phones whose row names one list only, and that nothing gives the other one.
    pub(super) one_list: u64,
    /// Phones that are away, and are taken to have the lists that an option says.
    pub(super) away: u64,
    /// The nodes that have lists of their own.
    nodes: Vec<String>,
    unknown: UnknownLists,
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
        let (devices, seed) = (HashSet::new(), RandomState::default());
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
            alone: Vec::new(),
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

    /// The same, with the groups that a phone without a group may be in.
    pub(super) fn alone(mut self, groups: Vec<Vec<Arc<str>>>) -> Self {
        self.alone = groups;
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
        let without_group = listed.phone.cm_group.is_none();
        let groups = self.alone.iter().filter(|_| without_group);
        let others: Vec<Listed> = groups.map(|group| listed.of_group(group)).collect();
        match &mut self.configs {
            Some(configs) => {
                let device = self.columns.device_of(&row.record);
                let answer = configs.judge(&mut self.judge, listed, device)?;
                let missing = configs.missing;
                let mut in_groups = Vec::new();
                for other in &others {
                    in_groups.push(configs.judge(&mut self.judge, other, device)?);
                }
                // A phone is counted once.
                configs.missing = missing;
                let joined = answer.of_any_group(in_groups.into_iter());
                kind.open_group |= joined != answer;
                kind.count(joined);
                Ok(joined)
            }
            None => {
                let answer = self.judge.judge(listed);
                let in_groups: Vec<Answer> =
                    others.iter().map(|other| self.judge.judge(other)).collect();
                let joined = answer.of_any_group(in_groups.into_iter());
                kind.open_group |= joined != answer;
                self.kinds.settle(place, joined);
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
        tally.other_servers = self.phones.other_servers();
        tally.nodes = self.phones.nodes();
        tally.without_config = self.configs.map_or(0, |configs| configs.missing);
        tally.report.unknown_lists = tally.unknown.lists();
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
        if let Some(pool) = &kind.pool {
            self.pools.add(pool, phones);
        }
        if kind.names_several {
            self.several_nodes = self.several_nodes.saturating_add(phones);
        }
        if kind.open_group {
            self.open_groups = self.open_groups.saturating_add(phones);
        }
        if kind.lacks_node {
            self.without_node = self.without_node.saturating_add(phones);
        }
        kind.notes.iter().for_each(|note| self.notes.add(note, phones));
        if let Some(told) = &kind.contradiction {
            self.contradictions.add(told, phones);
        }
        kind.doubt.iter().for_each(|doubt| self.doubts.add(doubt, phones));
        if kind.names_one {
            self.one_list = self.one_list.saturating_add(phones);
        }
        if kind.is_away && kind.doubt.is_none() {
            self.away = self.away.saturating_add(phones);
        }
        let unsaid = listed.phone.installed == InstalledLists::Unknown && kind.unknown.is_empty();
        if unsaid && !kind.lacks_node && kind.doubt.is_none() {
            self.not_given = self.not_given.saturating_add(phones);
        }
        let unknown = listed.phone.device.security_by_default == SecurityByDefault::Unknown;
        if unknown && self.models.len() < NAMED {
            self.models.extend(kind.model.clone());
        }
        for checksum in &kind.unknown {
            self.unknown.note(checksum, phones, kind.line, MAX_ERRORS);
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

/// Returns the status of the worst row that --allow does not leave out. An inventory without a
/// phone, or one that was not read to its end, has no answer.
pub(super) fn status(report: &FleetReport, gate: &Gate) -> Status {
    if report.summary.worst().is_none() {
        return Status::Unusable;
    }
    let of_reason = |(&(verdict, reason), &phones): (&(Verdict, Option<Reason>), &u64)| {
        let code = reason.map_or("", Reason::code);
        match verdict {
            _ if phones == 0 => Status::Fine,
            _ if gate.denies(code) => Status::Negative,
            _ if gate.allows(code) => Status::Fine,
            Verdict::Accept => Status::Fine,
            Verdict::Depends if gate.fails(code, Level::Warning) => Status::Negative,
            Verdict::Depends => Status::Undecided,
            Verdict::Reject => Status::Negative,
        }
    };
    let worst = report.summary.reasons.iter().map(of_reason).max().unwrap_or(Status::Fine);
    if is_partial(report) { Status::Unusable } else { worst }
}

/// The phones of a recovery, by what helps them.
struct Recovered {
    /// They refuse a file.
    refuse: u64,
    /// They refuse a file, and no command on the servers helps them.
    beyond: u64,
    /// They refuse a file, and a command on the servers helps them if a fact is as it should be.
    perhaps: u64,
    /// Facts are missing for them.
    open: u64,
}

impl Recovered {
    /// `None` if there is no phone.
    fn of(report: &FleetReport) -> Option<Self> {
        let summary = &report.summary;
        summary.worst()?;
        let refuse = summary.total.reject;
        // To find the server that sent a file, or to delete lists by hand, is no command.
        let commands = summary
            .advice
            .iter()
            .filter(|(advice, _)| !matches!(advice, Advice::FindServer | Advice::DeleteLists));
        let helped: u64 = commands.map(|(_, phones)| phones).sum();
        let beyond = refuse.saturating_sub(helped);
        // A backup of the old TVS certificate may not exist, and a server that answers again may
        // present another certificate.
        let perhaps =
            [Advice::ItlResetLocalkeyIfPublisher, Advice::MendTvsAndImport, Advice::RestoreTvs];
        let perhaps = perhaps.iter().filter_map(|advice| summary.advice.get(advice)).sum();
        Some(Self { refuse, beyond, perhaps, open: summary.total.depends })
    }
}

/// Checks if rows of the inventory have no answer.
fn is_partial(report: &FleetReport) -> bool {
    report.unreadable > 0 || report.stopped.is_some()
}

/// Returns the status for phones that are locked already: negative if no command on the servers
/// helps a phone.
pub(super) fn recovery_status(report: &FleetReport) -> Status {
    match Recovered::of(report) {
        None => Status::Unusable,
        Some(_) if is_partial(report) => Status::Unusable,
        Some(Recovered { beyond: 1.., .. }) => Status::Negative,
        Some(Recovered { open: 1.., .. } | Recovered { perhaps: 1.., .. }) => Status::Undecided,
        Some(_) => Status::Fine,
    }
}

/// Returns the answer of a recovery in one line, in the words of its status: the phones are locked
/// already, and the question is what still helps them. `None` if there is no phone, and if rows
/// have no answer but none says no: the report begins with that.
pub(super) fn recovery_line(report: &FleetReport) -> Option<String> {
    let phones = |count: u64| match count {
        1 => "1 phone that refuses files".to_owned(),
        count => format!("{count} phones that refuse files"),
    };
    let found = Recovered::of(report)?;
    Some(match found {
        Recovered { refuse, beyond: beyond @ 1.., .. } => {
            format!("NO: for {beyond} of {}, no command on the servers helps.", phones(refuse))
        }
        _ if is_partial(report) => return None,
        Recovered { refuse, perhaps: perhaps @ 1.., open, .. } => {
            let more = match open {
                0 => String::new(),
                open => format!("; facts are missing for {open} more"),
            };
            format!(
                "UNDECIDED: for {perhaps} of {}, a command on the servers helps only if a fact is as \"What to do\" says{more}.",
                phones(refuse)
            )
        }
        Recovered { refuse: 0, open: 0, .. } => "YES: no phone refuses files.".to_owned(),
        Recovered { refuse, open: 0, .. } => {
            format!("YES: commands on the servers help the {}.", phones(refuse))
        }
        Recovered { refuse: 0, open, .. } => {
            format!("UNDECIDED: facts are missing for {}.", counted(open, "phone"))
        }
        Recovered { refuse, open, .. } => format!(
            "UNDECIDED: commands on the servers help the {}; facts are missing for {open} more.",
            phones(refuse)
        ),
    })
}

/// Duplicates are looked for among this many devices.
const MAX_DEVICES: usize = 1 << 17;

/// Every assumption, as a sentence.
pub(super) fn assumed(arguments: &FleetArguments, columns: &Columns, tally: &Tally) -> Vec<String> {
    let given = given(arguments, columns);
    let mut assumed = given.assumptions(Wording::Options);
    if !arguments.installed_itl.is_empty() || arguments.installed_ctl.is_some() {
        assumed.push(
            "a phone has the list of --installed-itl or --installed-ctl if its row names none of that kind"
                .to_owned(),
        );
    }
    assumed.extend(tally.models.iter().map(|model| unknown_model(model, Wording::Options)));
    let others = "--security-by-default contradicts the table of models for other models";
    let contradictions = tally.contradictions.lines(others.to_owned());
    assumed.extend(contradictions.map(|(told, phones)| format!("{told} ({phones})")));
    assumed.extend(columns.ignored.iter().cloned());
    if columns.device_pool.is_some() && columns.cm_group.is_none() && arguments.cm_group.is_none() {
        assumed
            .push("no CallManager group is known: column device_pool is not read without --pool-group POOL=ccm1,ccm2".to_owned());
    }
    if let Some(before) = &arguments.before {
        let before = super::super::input::name(before);
        assumed.push(format!(
            "a phone has the list that its node offered in {before} if its row names none of that kind"
        ));
    }
    assumed.extend(without_node(arguments, tally));
    let doubts = tally.doubts.lines("other lists that are on no phone or not known".into());
    assumed.extend(
        doubts.map(|(doubt, phones)| format!("nothing is known of the lists on {phones}: {doubt}")),
    );
    if tally.one_list > 0 && columns.itl.is_some() && columns.ctl.is_some() {
        let have = if tally.one_list == 1 { "has" } else { "have" };
        assumed.push(format!(
            "{} with one list in the row {have} no other list",
            counted(tally.one_list, "phone")
        ));
    }
    if tally.away > 0 {
        let have = if tally.away == 1 { "has" } else { "have" };
        assumed.push(format!(
            "{} not registered, by the inventory, {have} the list of --installed-itl or --installed-ctl all the same, \
             although a phone that was away may have an older one",
            counted(tally.away, "phone")
        ));
    }
    if tally.several_nodes > 0 {
        let load = if tally.several_nodes == 1 { "loads" } else { "load" };
        assumed.push(format!(
            "{} {load} from the first of the TFTP servers in the row",
            counted(tally.several_nodes, "phone")
        ));
    }
    if tally.open_groups > 0 {
        assumed.push(format!(
            "the CallManager group of {} is not known, and decides: the answer is for every TVS server \
             together, and another one if they may ask one server only. Give a column cm_group, or \
             --cm-group",
            counted(tally.open_groups, "phone")
        ));
    }
    let notes = tally.notes.lines("Other doubts of this kind are not named.".to_owned());
    assumed.extend(
        notes.map(|(note, phones)| format!("the files are the right ones for {phones}. {note}")),
    );
    assumed.extend(given.lists_not_given(tally.not_given, Wording::Options));
    if tally.without_config > 0 {
        let folder =
            arguments.offered_config.as_deref().map(super::super::input::name).unwrap_or_default();
        assumed.push(format!(
            "no signed configuration for {}: no file of that name in {folder}",
            counted(tally.without_config, "phone")
        ));
    }
    if tally.servers > 1 && arguments.offered_itl.len() == 1 {
        assumed.push(
            "every TFTP server offers the same ITL: --offered-itl SERVER=FILE not given".to_owned(),
        );
    }
    if !tally.other_servers.is_empty() {
        let named = tally.other_servers.iter().take(NAMED).map(|name| Plain(name).to_string());
        let named = named.collect::<Vec<_>>().join(", ");
        let more = tally.other_servers.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (servers, offer) = match tally.other_servers.len() {
            1 => ("server", "offers"),
            _ => ("servers", "offer"),
        };
        assumed.push(format!(
            "TFTP {servers} {named}{more} {offer} the ITL that --offered-itl gives without a server"
        ));
    }
    let unnamed = tally.unnamed.iter().map(UnnamedServer::assumption);
    assumed.extend(unnamed_servers(unnamed, Wording::Options));
    assumed
}

/// Says that the lists on phones are not known because their node is not.
fn without_node(arguments: &FleetArguments, tally: &Tally) -> Option<String> {
    let phones = tally.without_node;
    let from = match &arguments.before {
        Some(before) => super::super::input::name(before),
        None => "--installed-itl".to_owned(),
    };
    let nodes: Vec<&str> = tally.nodes.iter().take(NAMED).map(String::as_str).collect();
    (phones > 0).then(|| {
        format!(
            "nothing is known of the lists on {}: {from} has no TFTP node of that name, or the row has \
             none. Give a column tftp_server, or --tftp-server ({from} has {})",
            counted(phones, "phone"),
            Plain(nodes.join(", "))
        )
    })
}

/// The facts that the options and the columns give.
fn given(arguments: &FleetArguments, columns: &Columns) -> FleetGiven {
    FleetGiven {
        column_itl: columns.itl.is_some(),
        column_ctl: columns.ctl.is_some(),
        model: columns.model.is_some() || arguments.device.names_model(),
        tftp_server: columns.tftp_server.is_some() || arguments.tftp_server.is_some(),
        cm_group: columns.cm_group.is_some() || arguments.cm_group.is_some(),
        factory_fresh: arguments.factory_fresh,
        installed_itl: !arguments.installed_itl.is_empty(),
        installed_ctl: arguments.installed_ctl.is_some(),
        before: arguments.before.is_some(),
        offered_itl: !arguments.offered_itl.is_empty(),
        offered_ctl: arguments.offered_ctl.is_some(),
        offered_config: arguments.offered_config.is_some(),
        no_config: arguments.no_config,
        tvs: !arguments.tvs.is_empty(),
        several_tvs: arguments.tvs.names_several(),
    }
}

/// One line on standard error, rewritten as rows are read, if that is a terminal.
pub(super) struct Progress {
    last: Option<Instant>,
    size: Option<u64>,
    shown: bool,
}

impl Progress {
    /// `size` is the size of the inventory, if it is known.
    pub(super) fn new(size: Option<u64>, rows_on_stdout: bool) -> Self {
        let shown = io::stderr().is_terminal() && !(rows_on_stdout && io::stdout().is_terminal());
        Self { last: shown.then(Instant::now), size, shown: false }
    }

    /// Called for every row; looks at the clock once in a while.
    pub(super) fn row(&mut self, rows: u64, bytes: u64) {
        let Some(last) = self.last.filter(|_| rows.is_multiple_of(WATCHED_ROWS)) else { return };
        if last.elapsed() < PAUSE {
            return;
        }
        let percent =
            self.size.filter(|&size| size > 0).map(|size| bytes.saturating_mul(100) / size);
        let percent = percent.map(|percent| format!(", {}%", percent.min(100))).unwrap_or_default();
        let _ = write!(io::stderr(), "\r{rows} phones{percent} ");
        self.last = Some(Instant::now());
        self.shown = true;
    }

    /// Clears the line.
    pub(super) fn end(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
            self.shown = false;
        }
    }
}

/// Rows between two looks at the clock.
const WATCHED_ROWS: u64 = 1 << 12;
const PAUSE: Duration = Duration::from_millis(100);
