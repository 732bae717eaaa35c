//! On which nodes the commands were run, and on which they were not: F-5, F-6 and F-10 are asked of
//! every node that a paste or the context names.

use super::read::{Section, Token};
use super::{Check, Context, Fact, Found, Item, Read, Source, Verdict};
use crate::code::PreflightCode;
use crate::release::Release;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::net::IpAddr;
use trustlist::console::glyph::{Line, slice, spaced, squeezed};
use trustlist::console::{Presence, Print};
use trustlist::facts::{ListKind, Timestamp};
use trustlist::wire::Role;

/// The node that showed the replication: "Cluster Detailed View from ccm1 (2 Servers)".
pub(super) fn viewed_from(section: &Section<'_>) -> Option<String> {
    let (behind, _) = section.find("ClusterDetailedViewfrom")?;
    let name = section.word(behind);
    (!name.is_empty()).then_some(name)
}

/// `ccm1` and `ccm1.voice.example` are one node; addresses are compared whole.
pub(super) fn same_node(one: &str, other: &str) -> bool {
    let short = |name: &'_ str| match name.parse::<core::net::IpAddr>() {
        Ok(_) => String::from(name),
        Err(_) => name.split('.').next().unwrap_or_default().to_ascii_lowercase(),
    };
    short(one) == short(other)
}

/// The node whose TFTP server made this ITL: each names its own node as TFTP server, and no other
/// (C-60).
fn own_node(print: &Print) -> Option<&str> {
    if print.kind != ListKind::Itl || print.presence != Presence::Printed {
        return None;
    }
    let tftp = |role: Option<Role>| matches!(role, Some(Role::CcmTftp | Role::Tftp));
    let mut servers =
        print.records.iter().filter(|record| tftp(record.role())).map(|record| record.server());
    let first = servers.next().filter(|server| !server.is_empty())?;
    servers.all(|server| same_node(server, first)).then_some(first)
}

/// The nodes of a cluster, each by the first name that is met.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    known: Vec<Arc<str>>,
    /// Servers that only lists name, although every node of the cluster is known.
    gone: Vec<Arc<str>>,
}

impl Nodes {
    fn add(&mut self, name: &str) {
        if !name.is_empty() && !self.known.iter().any(|known| same_node(known, name)) {
            self.known.push(Arc::from(name));
        }
    }

    /// Every node that is named: by the caller, in the replication table, in lists. A host that only
    /// lists name is gone from the cluster if the replication table was pasted whole; an address may
    /// be that of any node.
    pub(super) fn named(sources: &[Source<'_>], read: &[Read], context: &Context) -> Self {
        let mut nodes = Self::default();
        context.tftp_nodes.iter().flatten().for_each(|name| nodes.add(name));
        sources.iter().filter_map(|source| source.node).for_each(|name| nodes.add(name));
        let is_whole = read.iter().any(|read| {
            let whole = |found: &Found| {
                found.item == Item::Replication && found.code != PreflightCode::OutputUnread
            };
            read.viewed_from.is_some() && read.found.iter().any(whole)
        });
        let mut listed: Vec<&str> = Vec::new();
        for read in read {
            read.viewed_from.iter().for_each(|name| nodes.add(name));
            for found in read.found.iter().filter(|found| found.item == Item::Replication) {
                for (_, fact) in &found.facts {
                    if let Fact::Map(rows) = fact {
                        rows.iter().for_each(|(name, _)| nodes.add(name));
                    }
                }
            }
            for print in &read.prints {
                let hosts = print
                    .records
                    .iter()
                    .filter(|record| matches!(record.role(), Some(Role::Tvs | Role::CcmTftp)));
                listed.extend(hosts.map(|record| record.server()));
            }
        }
        for name in listed {
            let is_host = name.parse::<IpAddr>().is_err();
            let is_gone = is_whole && is_host && nodes.find(name).is_none();
            match nodes.gone.iter().any(|gone| same_node(gone, name)) {
                true => {}
                false if is_gone && !name.is_empty() => nodes.gone.push(Arc::from(name)),
                false => nodes.add(name),
            }
        }
        nodes
    }

    /// Returns a warning for each server that lists name and that is no node any more.
    pub(super) fn gone(&self) -> impl Iterator<Item = Check> {
        self.gone.iter().map(|node| Check {
            item: Item::Services,
            verdict: Verdict::Warn,
            code: PreflightCode::NodeNotInCluster,
            facts: Vec::new(),
            evidence: None,
            node: Some(node.clone()),
        })
    }

    /// The node that this source is of, if it was given, or by its content: the node of its lists,
    /// the one from which the replication was looked at, or a file that is called after a node.
    pub(super) fn of_source(&self, source: &Source<'_>, read: &Read) -> Option<Arc<str>> {
        if let Some(node) = source.node {
            return self.find(node);
        }
        let mut told = read
            .prints
            .iter()
            .filter_map(own_node)
            .chain(read.viewed_from.iter().map(String::as_str));
        if let Some(first) = told.next() {
            return if told.all(|other| same_node(other, first)) { self.find(first) } else { None };
        }
        self.of_name(source)
    }

    /// Checks if a file is of one node because the caller or its name says so. What lists say of a
    /// file is not enough: it may hold the output of several nodes.
    pub(super) fn is_of_one_node(&self, source: &Source<'_>) -> bool {
        source.node.is_some() || self.of_name(source).is_some()
    }

    /// The node that a file is called after.
    fn of_name(&self, source: &Source<'_>) -> Option<Arc<str>> {
        let file = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.find(file.rsplit_once('.').map_or(file, |(stem, _)| stem))
    }

    /// Returns the files with output of a node that nothing names, at most [`MOST_STRAYS`].
    pub(super) fn strays(&self, sources: &[Source<'_>], read: &[Read]) -> Vec<String> {
        let is_of_node = |read: &Read| {
            !read.prints.is_empty()
                || !read.own.is_empty()
                || read
                    .found
                    .iter()
                    .any(|found| matches!(found.item, Item::Services | Item::OwnCertificates))
        };
        let stray = sources
            .iter()
            .zip(read)
            .filter(|(source, read)| is_of_node(read) && self.of_source(source, read).is_none());
        stray.map(|(source, _)| String::from(source.name)).take(MOST_STRAYS).collect()
    }

    /// The node of a print.
    pub(super) fn of_print(&self, print: &Print) -> Option<Arc<str>> {
        self.find(own_node(print)?)
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<str>> {
        self.known.iter().find(|known| same_node(known, name)).cloned()
    }

    /// Returns the nodes that an item is asked of: the TFTP nodes where lists are asked about, as
    /// far as that is known.
    pub(super) fn asked(&self, item: Item, checks: &[Check], context: &Context) -> Vec<Arc<str>> {
        let runs_tftp = |node: &Arc<str>| match &context.tftp_nodes {
            Some(named) => named.iter().any(|name| same_node(name, node)),
            None => {
                !checks.iter().any(|check| check.node.as_ref() == Some(node) && lacks_tftp(check))
            }
        };
        match item {
            Item::Services => self.known.clone(),
            Item::Ctl | Item::Itl => {
                self.known.iter().filter(|node| runs_tftp(node)).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A service list of a node on which TFTP is not activated.
fn lacks_tftp(check: &Check) -> bool {
    let not_activated = check.facts.iter().find(|(name, _)| *name == "not_activated");
    let tftp = |names: &[String]| {
        names.iter().any(|name| name.trim_end().to_ascii_lowercase().ends_with("tftp"))
    };
    check.item == Item::Services
        && matches!(not_activated, Some((_, Fact::List(names))) if tftp(names))
}

/// The nodes without a paste: the command is still to be run there.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// No check names them.
    pub(super) missing: Vec<Arc<str>>,
    /// The command is to be run there: those, and the nodes whose output could not be read.
    pub(super) to_run: Vec<Arc<str>>,
    /// Outputs whose node is unknown.
    pub(super) unnamed: usize,
}

/// Says which of the asked nodes an item was not answered for. One output of an unknown node is
/// that of the only node left.
pub(super) fn gap(asked: &[Arc<str>], item: Item, checks: &[Check]) -> Gap {
    let of_item = || checks.iter().filter(|check| check.item == item);
    let answered = |node: &Arc<str>, unread: bool| {
        of_item().any(|check| {
            check.node.as_ref() == Some(node)
                && (unread || check.code != PreflightCode::OutputUnread)
        })
    };
    let left = |unread: bool| {
        asked.iter().filter(|node| !answered(node, unread)).cloned().collect::<Vec<_>>()
    };
    let (missing, to_run) = (left(true), left(false));
    let unnamed = of_item()
        .filter(|check| check.node.is_none() && check.code != PreflightCode::OutputUnread)
        .count();
    if missing.len() == 1 && unnamed > 0 {
        return Gap {
            missing: Vec::new(),
            to_run: to_run.into_iter().filter(|node| !missing.contains(node)).collect(),
            unnamed: 0,
        };
    }
    Gap { missing, to_run, unnamed }
}

// F-8 and F-10: backups and services.

/// The newest backup of a history that covers CUCM, or the newest one where none does.
pub(super) struct Backup {
    file: String,
    result: BackupResult,
    line: Line,
    /// True if it covers a feature with the certificates and keys of CUCM.
    names_cucm: bool,
    /// The other features that it covers.
    other_features: Vec<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum BackupResult {
    Failed,
    Success,
    Unclear,
}

/// Returns the newest backup of `utils disaster_recovery history backup`: its file name is its date, the
/// last of equals counts. A row whose features are shown and leave CUCM out counts only where no
/// other row is there: the backup of the call records alone brings no certificate back.
pub(super) fn backup(section: &Section<'_>) -> Option<Backup> {
    let mut rows: Vec<(&str, Backup)> = Vec::new();
    let mut after_year = false;
    for token in section.tokens() {
        if token.text.ends_with(".tar") {
            rows.push((token.text, Backup::new(token)));
        } else if let Some((_, row)) = rows.last_mut() {
            row.read(token, after_year);
        }
        after_year = token.text.len() == 4 && token.text.bytes().all(|byte| byte.is_ascii_digit());
    }
    let dated = rows.iter().all(|(file, _)| day(file).is_some());
    let any = rows.iter().any(|(_, backup)| backup.is_of_cucm());
    let mut rows = rows.into_iter().filter(|(_, backup)| !any || backup.is_of_cucm());
    let newest = match dated {
        true => rows.max_by_key(|(file, _)| *file),
        false => rows.next_back(),
    };
    newest.map(|(_, backup)| backup)
}

impl Backup {
    /// Returns a row of which only the file name is read.
    fn new(row: Token<'_>) -> Self {
        Self {
            file: row.text.into(),
            result: BackupResult::Unclear,
            line: row.line,
            names_cucm: false,
            other_features: Vec::new(),
        }
    }

    /// Reads a word that follows the file name: a result, or features. A success is one only if it
    /// follows the year of the column before it: `PARTIAL SUCCESS` is none.
    fn read(&mut self, word: Token<'_>, after_year: bool) {
        let result = match word.text.to_ascii_uppercase().as_str() {
            "SUCCESS" if after_year => Some(BackupResult::Success),
            "ERROR" | "FAILED" | "FAILURE" | "CANCELED" | "CANCELLED" => Some(BackupResult::Failed),
            _ => None,
        };
        if self.result == BackupResult::Unclear {
            self.result = result.unwrap_or(self.result);
        }
        for feature in word.text.split(',') {
            let is = |name: &&str| feature.eq_ignore_ascii_case(name);
            self.names_cucm |= CUCM_FEATURES.iter().any(is);
            let other = OTHER_FEATURES.iter().find(|name| is(name)).copied();
            self.other_features.extend(other.filter(|other| !self.other_features.contains(other)));
        }
    }

    /// Checks if it covers CUCM, as far as its features are shown.
    fn is_of_cucm(&self) -> bool {
        self.names_cucm || self.other_features.is_empty()
    }
}

/// The features of a backup with the certificates and keys of CUCM: its own, under the names of each
/// release, and the component that holds the keys.
const CUCM_FEATURES: [&str; 4] = ["CCM", "CUCM", "PLATFORM", "UCM"];
/// The features that have none of them: call records, licences, IM and Presence.
const OTHER_FEATURES: [&str; 4] = ["CDR_CAR", "ELM", "IM_AND_PRESENCE", "PLM"];

/// The check, once the date of the judgement is known. `latest` is the date after which no backup can
/// have been made.
pub(super) fn age(backups: &[Backup], context: &Context, latest: Option<Timestamp>) -> Vec<Found> {
    let judge = |backup: &Backup| {
        let of_future = latest.zip(day(&backup.file)).filter(|(latest, day)| {
            day.0.saturating_sub(latest.0) > ZONES && backup.result == BackupResult::Success
        });
        if let Some((latest, _)) = of_future {
            let date = latest.to_string();
            let date = date.get(..10).unwrap_or(&date);
            let values = vec![format!("{} (newest)", backup.file), format!("{date} (now)")];
            return Found {
                item: Item::Backup,
                verdict: Verdict::Unknown,
                code: PreflightCode::FactDisputed,
                facts: vec![("values", Fact::List(values))],
                line: backup.line,
            };
        }
        let old = context
            .at
            .zip(day(&backup.file))
            .is_some_and(|(at, day)| at.0.saturating_sub(day.0) > OLD);
        let (verdict, code) = match backup.result {
            _ if !backup.is_of_cucm() => (Verdict::Block, PreflightCode::BackupLacksCucm),
            BackupResult::Failed => (Verdict::Block, PreflightCode::BackupFailed),
            BackupResult::Success if old => (Verdict::Warn, PreflightCode::BackupOld),
            BackupResult::Success => (Verdict::Pass, PreflightCode::BackupGood),
            BackupResult::Unclear => (Verdict::Unknown, PreflightCode::OutputUnread),
        };
        let mut facts = vec![("last", Fact::Text(backup.file.clone()))];
        if !backup.is_of_cucm() {
            let features = backup.other_features.iter().map(|&name| name.into()).collect();
            facts.push(("features", Fact::List(features)));
        } else if let (BackupResult::Success, Some(at)) = (backup.result, context.at) {
            let date = at.to_string();
            facts.push(("measured_at", Fact::Text(date.get(..10).unwrap_or(&date).into())));
        }
        Found { item: Item::Backup, verdict, code, facts, line: backup.line }
    };
    backups.iter().map(judge).collect()
}

/// "Recent" (F-8) is nowhere given in days; a backup older than a week does not cover the week's
/// changes.
const OLD: i64 = 7 * 86_400;
/// Days of two time zones differ by one.
const ZONES: i64 = 86_400;

/// The day in a name like `2009-12-10-10-30-17.tar`.
fn day(file: &str) -> Option<Timestamp> {
    Timestamp::parse(file.get(..10)?)
}

/// One `Name[STATE]`.
struct Service {
    name: String,
    state: String,
    activated: bool,
    line: Line,
}

/// F-10: CCN and TVS must run.
pub(super) fn services(section: &Section<'_>) -> Option<Found> {
    let services = read(section);
    let first = services.first()?;
    let (mut stopped, mut not_activated) = (Vec::new(), Vec::new());
    for service in &services {
        match (service.state.as_str(), service.activated) {
            ("STARTED", _) => {}
            (_, false) => not_activated.push(service.name.clone()),
            _ => stopped.push(service.name.clone()),
        }
    }
    let needed = |service: &&Service| NEEDED.iter().any(|needed| same(&service.name, needed));
    let down = services.iter().filter(needed).find(|service| service.state != "STARTED");
    // TVS runs on Unified CM only.
    let is_presence =
        services.iter().any(|service| PRESENCE.iter().any(|word| service.name.contains(word)));
    let wanted = NEEDED.get(..if is_presence { 1 } else { 2 }).unwrap_or_default();
    let missing: Vec<String> = wanted
        .iter()
        .filter(|needed| !services.iter().any(|service| same(&service.name, needed)))
        .map(|&needed| String::from(needed))
        .collect();
    let (verdict, code, line) = match down {
        Some(service) => (Verdict::Block, PreflightCode::ServiceStopped, service.line),
        // Cut, or of a node that does not have it: that it runs is not said.
        None if !missing.is_empty() => (Verdict::Unknown, PreflightCode::OutputUnread, first.line),
        None => (Verdict::Info, PreflightCode::ServicesRead, first.line),
    };
    let mut facts =
        vec![("stopped", Fact::List(stopped)), ("not_activated", Fact::List(not_activated))];
    facts.extend((!missing.is_empty()).then_some(("missing", Fact::List(missing))));
    Some(Found { item: Item::Services, verdict, code, facts, line })
}

/// How many files without a node are named.
const MOST_STRAYS: usize = 10;

/// The names of the services of a list, which a node keeps whatever their states are.
pub(super) fn services_named(section: &Section<'_>) -> String {
    let mut names: Vec<String> = read(section).into_iter().map(|service| service.name).collect();
    names.sort_unstable();
    names.join(",")
}

/// Checks if a service list shows that TVS runs.
pub(super) fn runs_tvs(section: &Section<'_>) -> bool {
    let [_, tvs] = NEEDED;
    read(section).iter().any(|service| service.state == "STARTED" && same(&service.name, tvs))
}

/// Services of IM and Presence.
const PRESENCE: [&str; 2] = ["Presence Engine", "Cisco XCP"];
const NEEDED: [&str; 2] =
    ["Cisco Certificate Change Notification", "Cisco Trust Verification Service"];

fn same(name: &str, needed: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(name).ends_with(&letters(needed))
}

fn read(section: &Section<'_>) -> Vec<Service> {
    let glyphs = &section.glyphs;
    let mut found: Vec<Service> = Vec::new();
    let mut from = 0;
    while let Some(open) = position(section, from, '[') {
        let Some(close) = position(section, open, ']') else { break };
        let state = squeezed(slice(glyphs, open.saturating_add(1), close)).to_ascii_uppercase();
        if STATES.contains(&state.as_str()) {
            let line = glyphs.get(open).map_or(section.line, |glyph| glyph.line);
            let name = name(section, from, open, &found);
            let behind: String = slice(glyphs, close.saturating_add(1), glyphs.len())
                .iter()
                .take(NOT_ACTIVATED.len())
                .map(|glyph| glyph.c)
                .collect();
            found.push(Service {
                name,
                state,
                activated: !behind.eq_ignore_ascii_case(NOT_ACTIVATED),
                line,
            });
        }
        from = close.saturating_add(1);
    }
    found
}

const STATES: [&str; 5] = ["STARTED", "STOPPED", "STARTING", "STOPPING", "UNKNOWN"];
const NOT_ACTIVATED: &str = "ServiceNotActivated";

fn position(section: &Section<'_>, from: usize, c: char) -> Option<usize> {
    let found = section.glyphs.iter().skip(from).position(|glyph| glyph.c == c)?;
    from.checked_add(found)
}

/// A service's name: the words on its line, or in a collapsed paste after the words that CUCM says
/// in between.
fn name(section: &Section<'_>, from: usize, open: usize, found: &[Service]) -> String {
    let text = slice(&section.glyphs, from, open);
    let last_break = text.iter().rposition(|glyph| glyph.gap.breaks > 0);
    let own_line = match last_break {
        Some(at) => text.get(at..).unwrap_or_default(),
        None => text,
    };
    let mut name = spaced(own_line);
    for noise in NOISE {
        if let Some((_, behind)) = name.rsplit_once(noise) {
            name = behind.trim().into();
        }
    }
    // A name that the terminal broke: "Cisco Certificate Change", then "Notification".
    let broken =
        !name.contains(' ') && last_break.is_some_and(|at| at > 0) && found.is_empty().eq(&false);
    let joined = spaced(text);
    let whole = NEEDED.iter().find(|needed| broken && same(&joined, needed));
    whole.map_or(name, |whole| String::from(*whole))
}

/// The headings around the services.
const NOISE: [&str; 8] = [
    "please wait...",
    "Getting list of all services",
    ">> Return code = 0",
    "Service Not Activated",
    "Component is not running",
    "Commanded Out of Service",
    "Primary Node =true",
    "Primary Node =false",
];

// F-7: `utils dbreplication runtimestate`, in its old and its new columns.

/// One server's row.
struct Row {
    name: String,
    state: Option<u64>,
    good: bool,
    line: Line,
}

/// The check, and the version that "DB Version:" shows.
pub(super) fn replication(section: &Section<'_>) -> Option<(Found, Option<(Release, Line)>)> {
    section.find("Replication")?;
    let tokens: Vec<Token<'_>> = section.tokens().collect();
    let rows = rows(&tokens);
    let line = rows.first()?.line;
    let bad: Vec<String> =
        rows.iter().filter(|row| !row.good).map(|row| row.name.clone()).collect();
    let missing = servers(section).is_some_and(|servers| rows.len() < servers);
    let nodes = Fact::Map(rows.into_iter().map(|row| (row.name, row.state)).collect());
    let mut facts = vec![("nodes", nodes)];
    let unclear = super::state::unclear(section);
    let is_trouble = SYNC_TROUBLE.iter().any(|words| section.find(words).is_some());
    let (verdict, code) = match () {
        () if !bad.is_empty() => (Verdict::Block, PreflightCode::ReplicationBad),
        // Its rows look good, but the lines above them say otherwise, or nothing that is known.
        () if missing || is_trouble || !unclear.is_empty() => {
            (Verdict::Unknown, PreflightCode::OutputUnread)
        }
        () => (Verdict::Pass, PreflightCode::ReplicationGood),
    };
    if code == PreflightCode::ReplicationBad {
        facts.push(("bad", Fact::List(bad)));
    }
    if !unclear.is_empty() {
        facts.push(("above_table", Fact::List(unclear)));
    }
    Some((Found { item: Item::Replication, verdict, code, facts, line }, version(section)))
}

/// Words of the lines about the last sync, without their blanks: tables differ between nodes.
const SYNC_TROUBLE: [&str; 3] = ["SYNCFAILED", "suspect", "outofsync"];

/// A row is a name, an address, and after it the state in parentheses with a word after it.
fn rows(tokens: &[Token<'_>]) -> Vec<Row> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(row) = tokens.get(at..) {
        match row_at(row) {
            Some((row, used)) => {
                found.push(row);
                at = at.saturating_add(used);
            }
            None if row.is_empty() => break,
            None => at = at.saturating_add(1),
        }
    }
    found
}

fn row_at(tokens: &[Token<'_>]) -> Option<(Row, usize)> {
    let [name, address, rest @ ..] = tokens else { return None };
    address.text.parse::<IpAddr>().ok()?;
    let next_row = rest.iter().position(|token| token.text.parse::<IpAddr>().is_ok());
    let rest = rest.get(..next_row.unwrap_or(rest.len()).min(COLUMNS))?;
    // 8.x has another number in parentheses before it, that of the CDR server: the state is the
    // last.
    let at = rest.iter().rposition(|token| state(token.text).is_some())?;
    let state = state(rest.get(at)?.text)?;
    let columns: Vec<Token<'_>> =
        rest.get(..at)?.iter().filter(|token| self::state(token.text).is_none()).copied().collect();
    let columns = columns.as_slice();
    let good = state == Some(GOOD)
        && columns.iter().all(|column| !is_bad(column.text))
        && queue(columns) <= LONGEST_QUEUE;
    Some((Row { name: name.text.into(), state, good, line: name.line }, at.saturating_add(3)))
}

/// Columns between the address and the text after the state.
const COLUMNS: usize = 12;
/// RTMT state 2: replication is good.
const GOOD: u64 = 2;
/// F-7 wants a small queue; more than this does not drain by itself soon.
const LONGEST_QUEUE: u64 = 100;

/// `(2)`; `(-)` and `(?)` are a state that is not known. A group, `(g_2)`, is none.
fn state(text: &str) -> Option<Option<u64>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    match inner {
        "-" | "--" | "?" => Some(None),
        digits => digits.parse().ok().map(Some),
    }
}

/// `Y/N/Y`, `No`, `Disconnected`, `Off-Line` and the like. `mismatch` is said of tables.
fn is_bad(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let reach = lower.contains('/') && lower.split('/').any(|part| part != "y");
    reach
        || matches!(
            lower.as_str(),
            "no" | "failed"
                | "timeout"
                | "disconnected"
                | "disconnect"
                | "dropped"
                | "off-line"
                | "offline"
                | "mismatch"
        )
}

/// The queue: the first whole number after the reachability column.
fn queue(columns: &[Token<'_>]) -> u64 {
    columns.iter().skip(1).find_map(|column| column.text.parse().ok()).unwrap_or(0)
}

/// "(2 Servers)".
fn servers(section: &Section<'_>) -> Option<usize> {
    let mut pairs = section.tokens().zip(section.tokens().skip(1));
    let (number, _) = pairs.find(|(_, token)| {
        token.text.eq_ignore_ascii_case("servers):") || token.text.eq_ignore_ascii_case("server):")
    })?;
    number.text.strip_prefix('(')?.parse().ok()
}

/// "DB Version: ccm15_0_0_98100_154".
fn version(section: &Section<'_>) -> Option<(Release, Line)> {
    let (behind, line) = section.find("DBVersion:")?;
    let word = section.word(behind);
    let mut numbers = word.strip_prefix("ccm")?.split('_');
    let release = format!("{}.{}", numbers.next()?, numbers.next()?).parse().ok()?;
    Some((release, line))
}
