//! The checks before a certificate change, from pasted output of CUCM's command line (`spec/CLUSTER-RULES.md`
//! section 4).
//!
//! Files come in any order, several commands may stand in one, and the output is recognised without its command
//! line. What was not pasted is unknown, never passed.

mod certificates;
mod lists;
mod phones;
mod replication;
mod results;
mod services;
mod sql;
mod text;

use crate::code::PreflightCode;
use alloc::{string::String, sync::Arc, vec, vec::Vec};
use text::Section;
use trustlist::console::{Line, PasteLimits, Print, prints_of};
use trustlist::facts::Timestamp;
use trustlist::release::Release;

/// One pasted file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, for the evidence.
    pub name: &'a str,
    /// What was pasted.
    pub text: &'a str,
}

/// What the output itself does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The security mode, where the output of F-2, which says it, is not pasted.
    pub mode: Option<SecurityMode>,
    /// The nodes that run TFTP.
    pub tftp_nodes: Option<Vec<Arc<str>>>,
    /// The version; the release that `utils dbreplication runtimestate` shows wins over another one.
    pub version: Option<Release>,
    /// The date of the judgement. Without it no backup is old.
    pub at: Option<Timestamp>,
}

/// The security mode of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityMode {
    /// With a CTL.
    Mixed,
    /// Without.
    NonSecure,
}

impl SecurityMode {
    /// `mixed` or `non-secure`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::NonSecure => "non-secure",
        }
    }
}

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Stop: the change must wait.
    Block,
    /// Worth knowing.
    Info,
    /// As it should be.
    Pass,
    /// The output does not say, or was not pasted.
    Unknown,
    /// Look before you go on.
    Warn,
}

impl Verdict {
    /// `block`, `info`, `pass`, `unknown` or `warn`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Info => "info",
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
        }
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
    /// The values behind it.
    pub facts: Vec<(&'static str, Fact)>,
    /// Where it was read.
    pub evidence: Option<Evidence>,
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
        /// What is checked: F-1 to F-15, and the results of commands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Item { $($(#[$meta])* $item,)+ }

        impl Item {
            /// Every item, in the order of the preflight list.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// `F-1` and so on; for the result of a command, the command.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$item => $id,)+ }
            }

            /// What it is about.
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
    /// The list of certificate units.
    Units = "units", "certificate units", None;
    /// Pasted text that is none of these.
    Other = "other", "other text", None;
}

impl Item {
    /// What to look at where no output format is known (F-3, F-4, F-9, F-13, F-15).
    pub const fn look_at(self) -> Option<&'static str> {
        match self {
            Self::Groups => {
                Some("Unified CM Group Configuration: two or more members in every group that a device pool of phones uses")
            }
            Self::Lsc => Some("Find and List Phones, column LSC Status; phone security profiles with Encrypted or Authenticated"),
            Self::Phones => Some("status messages on the phones; from 14 the column ITL File Status of Find and List Phones"),
            Self::Licence => Some("License Management: registered, export-controlled functionality allowed"),
            Self::Baseline => Some("RTMT, Device Summary: number of registered phones, noted before the change"),
            _ => None,
        }
    }

    /// Is it one of the numbered checks, which stand in every answer?
    const fn is_numbered(self) -> bool {
        !matches!(self, Self::Regenerated | Self::CtlUpdate | Self::SetCluster | Self::ItlReset | Self::Units | Self::Other)
    }
}

/// Every check, and what is still to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// The numbered checks in order, each at least once, then the results of commands.
    pub checks: Vec<Check>,
    /// The commands whose output is missing, ready to paste.
    pub to_run: Vec<&'static str>,
}

impl Preflight {
    /// Does a check say stop?
    pub fn blocks(&self) -> bool {
        self.checks.iter().any(|check| check.verdict == Verdict::Block)
    }

    /// Was something pasted that could not be read?
    pub fn has_unread(&self) -> bool {
        self.checks.iter().any(|check| check.code == PreflightCode::OutputUnread)
    }
}

/// Judges pasted output. What stands behind the limits of a paste is not read: [`PasteLimits::check`] says beforehand
/// whether anything does.
///
/// ```
/// use crate::preflight::{Context, Source, Verdict, preflight};
/// let text = "paramname paramvalue\n===================== ==========\nRollBackToPreGrayback T\n";
/// let answer = preflight(&[Source { name: "sql.txt", text }], &Context::default());
/// assert_eq!(answer.checks[0].verdict, Verdict::Block);
/// assert!(answer.to_run.contains(&"show itl"));
/// ```
pub fn preflight(sources: &[Source<'_>], context: &Context) -> Preflight {
    preflight_within(sources, context, &PasteLimits::new())
}

/// As [`preflight()`], with limits of the caller.
pub fn preflight_within(sources: &[Source<'_>], context: &Context, limits: &PasteLimits) -> Preflight {
    let read: Vec<Read> = sources.iter().map(|source| read(source, limits)).collect();
    let context = completed(context, &read);
    let mut checks: Vec<Check> = Vec::new();
    for (source, read) in sources.iter().zip(read) {
        let mut found = read.found;
        found.extend(read.prints.iter().flat_map(|print| lists::judge(print, &context)));
        found.extend(results::judge(&read.results, &context));
        found.extend(services::age(&read.backups, &context));
        found.extend(phones::judge(&read.messages, &context));
        if found.is_empty() {
            found.push(unread(Item::Other, read.first_line));
        }
        let file: Arc<str> = Arc::from(source.name);
        checks.extend(found.into_iter().map(|found| found.at(&file)));
    }
    let read_items: Vec<Item> =
        checks.iter().filter(|check| check.code != PreflightCode::OutputUnread).map(|check| check.item).collect();
    let has = |item: Item| read_items.contains(&item) || item == Item::ItlSize && read_items.contains(&Item::Itl);
    let missing: Vec<Item> = Item::ALL.iter().copied().filter(|&item| item.is_numbered() && !has(item)).collect();
    checks.extend(
        missing
            .iter()
            .filter(|&&item| !checks.iter().any(|check| check.item == item))
            .map(|&item| not_pasted(item))
            .collect::<Vec<_>>(),
    );
    checks.sort_by_key(|check| check.item);
    let mut to_run: Vec<&'static str> = missing.iter().filter_map(|item| item.command()).collect();
    to_run.dedup();
    let mut seen = Vec::new();
    to_run.retain(|command| {
        !seen.contains(command) && {
            seen.push(*command);
            true
        }
    });
    Preflight { checks, to_run }
}

/// What one file holds, before the context is known.
struct Read {
    found: Vec<Found>,
    prints: Vec<Print>,
    results: Vec<results::ResetItl>,
    backups: Vec<services::Backup>,
    messages: Vec<phones::Messages>,
    mode: Option<SecurityMode>,
    version: Option<Release>,
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
    fn at(self, file: &Arc<str>) -> Check {
        let evidence = Some(Evidence { file: file.clone(), line: self.line });
        Check { item: self.item, verdict: self.verdict, code: self.code, facts: self.facts, evidence }
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
        messages: phones::read(&clean),
        mode: None,
        version: None,
        first_line: text::first_line(&clean),
    };
    text::sections(&clean, &mut |section| read_section(&section, &mut read));
    read
}

/// Everything that a section shows. A terminal that broke its lines is undone where nothing was found.
fn read_section(section: &Section, read: &mut Read) {
    let before = (read.found.len(), read.results.len(), read.backups.len());
    recognise(section, read);
    if (read.found.len(), read.results.len(), read.backups.len()) == before
        && let Some(unwrapped) = section.unwrapped()
    {
        recognise(&unwrapped, read);
    }
    let nothing = (read.found.len(), read.results.len(), read.backups.len()) == before;
    let is_list = matches!(section.command, Some(Item::Itl | Item::Ctl));
    if let (true, Some(item)) = (nothing && !section.is_empty() && !is_list, section.command) {
        read.found.push(unread(item, section.line));
    }
    if is_list
        && let Some(item) = section.command
        && !section.is_empty()
        && !section.within(&read.prints)
    {
        read.found.push(unread(item, section.line));
    }
}

fn recognise(section: &Section, read: &mut Read) {
    if let Some((found, mode)) = sql::mode(section) {
        read.found.push(found);
        read.mode = read.mode.or(mode);
    }
    read.found.extend(sql::rollback(section));
    read.found.extend(sql::units(section));
    if let Some((found, version)) = replication::judge(section) {
        read.found.push(found);
        read.version = read.version.or(version);
    }
    read.backups.extend(services::backup(section));
    read.found.extend(services::services(section));
    read.found.extend(certificates::judge(section));
    read.found.extend(phones::column(section));
    read.found.extend(results::regenerated(section));
    read.found.extend(results::ctl_updated(section));
    read.found.extend(results::mode_set(section));
    read.results.extend(results::reset_itl(section));
}

/// What the files say about themselves, completed by the context. A context that names a maintenance release is more exact than the
/// release that the output shows.
fn completed(context: &Context, read: &[Read]) -> Context {
    let shown = read.iter().find_map(|read| read.version);
    let exact = context.version.filter(|said| shown.is_none_or(|shown| said.is_of(shown)));
    Context { mode: read.iter().find_map(|read| read.mode).or(context.mode), version: exact.or(shown), ..context.clone() }
}

fn unread(item: Item, line: Line) -> Found {
    Found { item, verdict: Verdict::Unknown, code: PreflightCode::OutputUnread, facts: Vec::new(), line }
}

fn not_pasted(item: Item) -> Check {
    let code = if item.command().is_some() { PreflightCode::NotPasted } else { PreflightCode::NoKnownFormat };
    let facts = item.look_at().map_or_else(Vec::new, |look_at| vec![("look_at", Fact::Text(look_at.into()))]);
    Check { item, verdict: Verdict::Unknown, code, facts, evidence: None }
}
