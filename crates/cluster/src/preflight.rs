//! The checks before a certificate change, from pasted output of CUCM's command line
//! (`spec/CLUSTER-RULES.md` section 4).
//!
//! Files come in any order, several commands may be in one, and the output is recognised without
//! its command line. What was not pasted is unknown, never passed.

mod compare;
mod later;
mod lists;
mod nodes;
mod read;
mod state;

use crate::cluster::Mode;
use crate::code::PreflightCode;
use crate::release::Release;
use alloc::{string::String, sync::Arc, vec, vec::Vec};
use read::Section;
use trustlist::console::{Line, PasteLimits, Print, prints_of};
use trustlist::facts::Timestamp;

/// One pasted file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, for the evidence.
    pub name: &'a str,
    /// The pasted text.
    pub text: &'a str,
    /// The node of the commands, if that was said.
    pub node: Option<&'a str>,
}

/// Facts that are not in the output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The security mode, where the output of F-2, which says it, is not pasted. A paste that says
    /// another one is disputed.
    pub mode: Option<Mode>,
    /// The nodes that run TFTP.
    pub tftp_nodes: Option<Vec<Arc<str>>>,
    /// The version; the release that `utils dbreplication runtimestate` shows wins over another
    /// one.
    pub version: Option<Release>,
    /// The date of the judgement.
    pub at: Option<Timestamp>,
    /// The date of the judgement where neither `at` nor a paste says one. Without any date no
    /// backup is old.
    pub today: Option<Timestamp>,
    /// The checks that were looked at by hand and are fine; only those whose output has no known
    /// form count.
    pub confirmed: Vec<Item>,
}

words! {
    /// The verdict of a check.
    pub enum Verdict ["CheckVerdict": "The verdict of a check (spec/CONTRACT.md section 5)."] {
        /// Stop: the change must wait.
        Block = "block",
        /// Worth knowing.
        Info = "info",
        /// As it should be.
        Pass = "pass",
        /// The output does not say, or was not pasted.
        Unknown = "unknown",
        /// Look before you go on.
        Warn = "warn",
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which one.
    pub item: Item,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why.
    pub code: PreflightCode,
    /// The values of the check.
    pub facts: Vec<(&'static str, Fact)>,
    /// Where it was read.
    pub evidence: Option<Evidence>,
    /// The node that it is about, where the check is one of each node and the node is known.
    pub node: Option<Arc<str>>,
}

/// A value that a check read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// Names.
    List(Vec<String>),
    /// A number for each name; `None` where the output has none.
    Map(Vec<(String, Option<u64>)>),
    /// A number.
    Number(u64),
    /// A word or name.
    Text(String),
}

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The file.
    pub file: Arc<str>,
    /// The line in it.
    pub line: Line,
}

macro_rules! items {
    ($($(#[$meta:meta])* $item:ident = $id:literal, $name:literal, $command:expr;)+) => {
        /// The subject of a check: F-1 to F-15, and the results of commands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Item { $($(#[$meta])* $item,)+ }

        impl Item {
            /// Every item, in the order of the preflight list.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// `F-1` and so on; for the result of a command, the command.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $id,)+ }
            }

            /// Its subject.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $name,)+ }
            }

            /// The command that shows it, where its output is known.
            pub const fn command(self) -> Option<&'static str> {
                match self { $(Self::$item => $command,)+ }
            }
        }
    };
}

items! {
    /// F-1.
    Rollback = "F-1", "rollback parameter",
        Some("run sql select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'");
    /// F-2.
    Mode = "F-2", "cluster security mode",
        Some("run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'");
    /// F-3.
    Groups = "F-3", "more than one server in every CallManager group that phones use", None;
    /// F-4.
    Lsc = "F-4", "phones that use an LSC", None;
    /// F-5 and F-12.
    Ctl = "F-5", "CTL agrees with the security mode, none left over (F-12)", Some("show ctl");
    /// F-6.
    Itl = "F-6", "ITL verified on every TFTP node", Some("show itl");
    /// F-7.
    Replication = "F-7", "database replication", Some("utils dbreplication runtimestate");
    /// F-8.
    Backup = "F-8", "backups", Some("utils disaster_recovery history backup");
    /// F-9.
    Phones = "F-9", "no phone has refused a list", None;
    /// F-10.
    Services = "F-10", "CCN and TVS run on every node", Some("utils service list");
    /// F-11.
    OwnCertificates = "F-11", "CA-signed certificates", Some("show cert list own");
    /// F-13.
    Licence = "F-13", "licence allows a CTL update (12.x and later, mixed mode)", None;
    /// F-14.
    ItlSize = "F-14", "ITL below 40 certificates and 64 KiB", Some("show itl");
    /// F-15.
    Baseline = "F-15", "number of registered phones", None;
    /// The result of `set cert regen`.
    Regenerated = "set cert regen", "certificate regenerated", None;
    /// The result of `utils ctl update CTLFile`.
    CtlUpdate = "utils ctl update CTLFile", "CTL updated", None;
    /// The result of `utils ctl set-cluster`.
    SetCluster = "utils ctl set-cluster", "security mode set", None;
    /// The result of `utils itl reset`.
    ItlReset = "utils itl reset", "reset ITL on every TFTP node", None;
    /// The minimum TLS version, which decides if phones can ask TVS (P-TVS-11).
    TlsMinimum = "show tls min-version", "minimum TLS version", None;
    /// The list of certificate units.
    Units = "units", "certificate units", None;
    /// Pasted text that is none of these.
    Other = "other", "other text", None;
}

impl Item {
    /// The thing to check by hand when no output format is known (F-3, F-4, F-9, F-13, F-15).
    pub const fn look_at(self) -> Option<&'static str> {
        match self {
            Self::Groups => Some(
                "Unified CM Group Configuration: two or more members in every group that a device pool of phones uses",
            ),
            Self::Lsc => Some(
                "Find and List Phones, column LSC Status, and phone security profiles with Encrypted or Authenticated: write these phones \
                 down, as each needs a new LSC after a change of CAPF",
            ),
            Self::Phones => Some(
                "status messages on the phones; from 14 the column ITL File Status of Find and List Phones",
            ),
            Self::Licence => {
                Some("License Management: registered, export-controlled functionality allowed")
            }
            Self::Baseline => {
                Some("RTMT, Device Summary: number of registered phones, noted before the change")
            }
            _ => None,
        }
    }

    /// Finds an item by its id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.as_str().eq_ignore_ascii_case(id))
    }

    /// Is it one of the numbered checks, which are in every answer?
    const fn is_numbered(self) -> bool {
        !matches!(
            self,
            Self::Regenerated
                | Self::CtlUpdate
                | Self::SetCluster
                | Self::ItlReset
                | Self::TlsMinimum
                | Self::Units
                | Self::Other
        )
    }
}

/// Every check, and what is still to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// The numbered checks in order, each at least once, then the results of commands.
    pub checks: Vec<Check>,
    /// The commands whose output is missing, ready to paste.
    pub to_run: Vec<&'static str>,
    /// The same with the nodes on which each is to be run; none where no node is known, or the
    /// publisher's will do.
    pub to_run_on: Vec<ToRun>,
}

/// A command whose output is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToRun {
    /// The command, ready to paste.
    pub command: &'static str,
    /// Where it is to be run.
    pub place: Place,
    /// The nodes, if they are known.
    pub nodes: Vec<Arc<str>>,
}

words! {
    /// Where a command is to be run.
    pub enum Place ["Place": "Where a command is to be run."] {
        /// On the publisher.
        Publisher = "publisher",
        /// On every node that runs TFTP.
        TftpNodes = "tftp-nodes",
        /// On every node.
        EveryNode = "every-node",
    }
}

impl Place {
    /// Returns where the command of an item is to be run.
    const fn of(item: Item) -> Self {
        match item {
            Item::Ctl | Item::Itl | Item::ItlSize => Self::TftpNodes,
            Item::Services | Item::TlsMinimum => Self::EveryNode,
            _ => Self::Publisher,
        }
    }
}

impl Preflight {
    /// Does a check say stop?
    pub fn blocks(&self) -> bool {
        self.checks.iter().any(|check| check.verdict == Verdict::Block)
    }

    /// Returns how many checks have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }
}

/// Checks pasted output. The part beyond the limits of a paste is not read:
/// [`PasteLimits::check`] says beforehand whether anything does.
///
/// ```
/// use trustlist_cluster::preflight::{Context, Source, Verdict, preflight};
/// let text = "paramname paramvalue\n===================== ==========\nRollBackToPreGrayback T\n";
/// let answer = preflight(&[Source { name: "sql.txt", text, node: None }], &Context::default());
/// assert_eq!(answer.checks[0].verdict, Verdict::Block);
/// assert!(answer.to_run.contains(&"show itl"));
/// ```
pub fn preflight(sources: &[Source<'_>], context: &Context) -> Preflight {
    preflight_within(sources, context, &PasteLimits::new())
}

/// As [`preflight()`], with limits of the caller.
pub fn preflight_within(
    sources: &[Source<'_>],
    context: &Context,
    limits: &PasteLimits,
) -> Preflight {
    let mut read: Vec<Read> = sources.iter().map(|source| read(source, limits)).collect();
    let given = context;
    let context = completed(given, &read);
    let named = nodes::Nodes::named(sources, &read, &context);
    for (source, read) in sources.iter().zip(&mut read) {
        later::keep(source, read, &named);
    }
    let compared = compare::compare(sources, &read, &named, given);
    let of_no_node = named.strays(sources, &read);
    // The date of a list may be older than a backup; "Server Time" is not.
    let server_time = read.iter().filter_map(|read| read.server_time).max();
    let latest = given.at.or(server_time).or(given.today);
    let mut checks: Vec<Check> = Vec::new();
    for (source, read) in sources.iter().zip(read) {
        let node = named.of_source(source, &read);
        let file: Arc<str> = Arc::from(source.name);
        let (before, shows_own) = (checks.len(), !read.own.is_empty());
        for print in &read.prints {
            let node = named.of_print(print).or_else(|| node.clone());
            checks.extend(
                lists::lists(print, &context)
                    .into_iter()
                    .map(|found| found.at(&file, node.as_ref())),
            );
        }
        let found = read.found.into_iter().chain(read::reset_signers(&read.results, &context));
        let found = found
            .chain(nodes::age(&read.backups, &context, latest))
            .chain(lists::messages(&read.messages, &context));
        checks.extend(found.map(|found| found.at(&file, node.as_ref())));
        if checks.len() == before && !shows_own {
            checks.push(unread(Item::Other, read.first_line).at(&file, node.as_ref()));
        }
    }
    let to_run_on = complete(&mut checks, &named, &of_no_node, &context);
    checks.extend(named.gone());
    checks.extend(compared);
    checks.sort_by_key(|check| check.item);
    let mut to_run: Vec<&'static str> = Vec::new();
    for run in &to_run_on {
        if !to_run.contains(&run.command) {
            to_run.push(run.command);
        }
    }
    Preflight { checks, to_run, to_run_on }
}

/// Adds what was not pasted to the checks, and returns what is still to be run.
fn complete(
    checks: &mut Vec<Check>,
    named: &nodes::Nodes,
    of_no_node: &[String],
    context: &Context,
) -> Vec<ToRun> {
    let mut to_run: Vec<ToRun> = Vec::new();
    let mut added = Vec::new();
    for &item in Item::ALL.iter().filter(|item| item.is_numbered()) {
        let asked = named.asked(item, checks, context);
        let answered = |item: Item| {
            checks
                .iter()
                .any(|check| check.item == item && check.code != PreflightCode::OutputUnread)
        };
        let is_read = answered(item) || item == Item::ItlSize && answered(Item::Itl);
        let gap = nodes::gap(&asked, item, checks);
        let is_shown = checks.iter().any(|check| check.item == item);
        let missing = match !is_read && !is_shown {
            true => Some(not_pasted(item, &asked, 0, context)),
            false if gap.missing.is_empty() => None,
            false => Some(not_pasted(item, &gap.missing, gap.unnamed, context)),
        };
        added.extend(missing.map(|mut check| {
            // The node that is missing may be that of one of these files.
            if !of_no_node.is_empty() && !asked.is_empty() {
                check.facts.push(("files_of_no_node", Fact::List(of_no_node.to_vec())));
            }
            check
        }));
        if let Some(command) = item.command().filter(|_| !is_read || !gap.to_run.is_empty()) {
            let known = to_run.iter().any(|run| run.command == command);
            if !known {
                to_run.push(ToRun { command, place: Place::of(item), nodes: gap.to_run });
            }
        }
    }
    checks.extend(added);
    to_run
}

/// The content of one file, before the context is known.
struct Read {
    found: Vec<Found>,
    prints: Vec<Print>,
    results: Vec<read::ResetItl>,
    backups: Vec<nodes::Backup>,
    messages: Vec<trustlist::console::PhoneMessages>,
    /// The releases that the database shows, and where.
    versions: Vec<(Release, Line)>,
    /// A service list shows that TVS runs.
    runs_tvs: bool,
    /// The certificates of `show cert own`.
    own: Vec<compare::Own>,
    /// The output of which each check is one.
    outputs: Vec<later::Output>,
    /// The node that showed the replication.
    viewed_from: Option<String>,
    /// The latest date that the server says.
    date: Option<Timestamp>,
    /// The latest "Server Time": when the outputs were made.
    server_time: Option<Timestamp>,
    first_line: Line,
}

/// A check without the name of its file.
struct Found {
    item: Item,
    verdict: Verdict,
    code: PreflightCode,
    facts: Vec<(&'static str, Fact)>,
    line: Line,
}

impl Found {
    fn at(self, file: &Arc<str>, node: Option<&Arc<str>>) -> Check {
        let evidence = Some(Evidence { file: file.clone(), line: self.line });
        let is_of_node =
            self.item == Item::OwnCertificates || Place::of(self.item) != Place::Publisher;
        let node = node.filter(|_| is_of_node).cloned();
        Check {
            item: self.item,
            verdict: self.verdict,
            code: self.code,
            facts: self.facts,
            evidence,
            node,
        }
    }
}

fn read(source: &Source<'_>, limits: &PasteLimits) -> Read {
    let text = limits.start_of(source.text);
    let clean = trustlist::console::clean::Clean::new(text);
    let (prints, _) = prints_of(&clean, limits);
    let mut read = Read {
        found: Vec::new(),
        prints,
        results: Vec::new(),
        backups: Vec::new(),
        messages: lists::read(&clean),
        versions: Vec::new(),
        runs_tvs: false,
        own: Vec::new(),
        outputs: Vec::new(),
        viewed_from: None,
        date: None,
        server_time: None,
        first_line: read::first_line(&clean),
    };
    read.date =
        read.prints.iter().filter_map(|print| read::printed(print.modified.as_deref()?)).max();
    read::sections(&clean, &mut |section| read_section(&section, &mut read));
    read
}

/// Collects the facts of a section; tries again with hard line breaks removed if nothing was found.
fn read_section(section: &Section<'_>, read: &mut Read) {
    let before = read.counts();
    read.server_time = read.server_time.max(read::server_time(section));
    read.date = read.date.max(read.server_time);
    read.viewed_from = read.viewed_from.take().or_else(|| nodes::viewed_from(section));
    recognise(section, read);
    if read.counts() == before {
        if let Some(unwrapped) = section.unwrapped() {
            recognise(&unwrapped, read);
        }
    }
    let nothing = read.counts() == before;
    let is_list = matches!(section.command, Some(Item::Itl | Item::Ctl));
    if let (true, Some(item)) = (nothing && !section.is_empty() && !is_list, section.command) {
        read.found.push(unread(item, section.line));
    }
    if let (true, Some(item)) = (is_list && !section.is_empty(), section.command) {
        if !section.within(&read.prints) {
            read.found.push(unread(item, section.line));
        }
    }
}

impl Read {
    /// Returns how much was collected so far.
    fn counts(&self) -> [usize; 5] {
        let Self { found, results, backups, own, versions, .. } = self;
        [found.len(), results.len(), backups.len(), own.len(), versions.len()]
    }
}

fn recognise(section: &Section<'_>, read: &mut Read) {
    read.found.extend(read::mode(section));
    read.found.extend(read::rollback(section));
    read.found.extend(read::units(section));
    if let Some((found, version)) = nodes::replication(section) {
        read.versions.extend(version);
        read.outputs.extend(later::Output::of_replication(section, &found));
        read.found.push(found);
    }
    read.backups.extend(nodes::backup(section));
    if let Some(found) = nodes::services(section) {
        read.outputs.push(later::Output::of_services(section, &found));
        read.found.push(found);
    }
    read.found.extend(read::tls_minimum(section));
    read.runs_tvs |= nodes::runs_tvs(section);
    let (own, not_compared) = compare::own(section);
    read.own.extend(own);
    read.found.extend(not_compared);
    read.found.extend(lists::own_certificates(section));
    read.found.extend(lists::column(section));
    read.found.extend(read::regenerated(section));
    read.found.extend(read::ctl_updated(section));
    read.found.extend(read::mode_set(section));
    read.results.extend(read::reset_itl(section));
}

/// The facts in the files, completed by the context. A context that names a maintenance release is
/// more exact than the release that the output shows.
fn completed(context: &Context, read: &[Read]) -> Context {
    let shown = read.iter().flat_map(|read| &read.versions).map(|(version, _)| *version).next();
    let exact = context.version.filter(|said| shown.is_none_or(|shown| said.is_of(shown)));
    let pasted = read.iter().filter_map(|read| read.date).max();
    let mut modes = read.iter().flat_map(|read| &read.found).filter_map(|found| match found.code {
        PreflightCode::ModeMixed => Some(Mode::Mixed),
        PreflightCode::ModeNonSecure => Some(Mode::NonSecure),
        _ => None,
    });
    // Pastes that disagree say nothing, and the context does not decide between them; nor do pastes
    // that disagree with the context.
    let mode = match modes.next() {
        Some(first) => {
            Some(first).filter(|first| modes.chain(context.mode).all(|other| other == *first))
        }
        None => context.mode,
    };
    Context {
        mode,
        version: exact.or(shown),
        at: context.at.or(pasted).or(context.today),
        ..context.clone()
    }
}

fn unread(item: Item, line: Line) -> Found {
    Found {
        item,
        verdict: Verdict::Unknown,
        code: PreflightCode::OutputUnread,
        facts: Vec::new(),
        line,
    }
}

fn not_pasted(item: Item, nodes: &[Arc<str>], unnamed: usize, context: &Context) -> Check {
    let check =
        |verdict, code, facts| Check { item, verdict, code, facts, evidence: None, node: None };
    if item.command().is_some() {
        let mut facts = Vec::new();
        if !nodes.is_empty() {
            facts.push((
                "nodes",
                Fact::List(nodes.iter().map(|node| String::from(&**node)).collect()),
            ));
        }
        if unnamed > 0 {
            facts.push((
                "of_unknown_node",
                Fact::Number(u64::try_from(unnamed).unwrap_or(u64::MAX)),
            ));
        }
        return check(Verdict::Unknown, PreflightCode::NotPasted, facts);
    }
    if item == Item::Licence && !asks_for_licence(context) {
        return check(Verdict::Info, PreflightCode::DoesNotApply, Vec::new());
    }
    let facts = item
        .look_at()
        .map_or_else(Vec::new, |look_at| vec![("look_at", Fact::Text(look_at.into()))]);
    if context.confirmed.contains(&item) {
        return check(Verdict::Pass, PreflightCode::ConfirmedByHand, facts);
    }
    check(Verdict::Unknown, PreflightCode::NoKnownFormat, facts)
}

/// F-13 is a matter of mixed mode from 12.x on.
fn asks_for_licence(context: &Context) -> bool {
    context.mode != Some(Mode::NonSecure)
        && context.version.is_none_or(|release| release >= Release::first(12, 0))
}
