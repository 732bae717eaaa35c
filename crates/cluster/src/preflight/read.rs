//! Sections of a paste: the command, if it was pasted too, and its output.

use super::{Context, Fact, Found, Item, Verdict};
use crate::cluster::Mode;
use crate::code::PreflightCode;
use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use trustlist::console::Print;
use trustlist::console::clean::{Clean, CleanLine};
use trustlist::console::glyph::{Gap, Glyph, Line, add_glyphs, slice, squeezed, word_at};
use trustlist::facts::Timestamp;
use trustlist::phone::TlsVersion;

/// The text between two prompts.
///
/// A paste may have a million lines: each costs 32 bytes.
pub(super) struct Section<'a> {
    /// The check that the pasted command belongs to.
    pub(super) command: Option<Item>,
    pub(super) line: Line,
    pub(super) lines: Vec<(Line, Cow<'a, str>)>,
    pub(super) glyphs: Vec<Glyph>,
}

/// A word between blanks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: Line,
}

/// The first line with something on it.
pub(super) fn first_line(clean: &Clean<'_>) -> Line {
    clean.lines().find(|line| !line.text.trim().is_empty()).map_or(Line(1), |line| line.line)
}

/// Hands over the sections of a text: a prompt begins one, so does a line that is a command.
pub(super) fn sections(clean: &Clean<'_>, found: &mut dyn FnMut(Section<'_>)) {
    let mut open: Vec<(Line, Cow<'_, str>)> = Vec::new();
    let mut command = None;
    for CleanLine { line: number, text: line, .. } in clean.lines() {
        let mut rest = line;
        while let Some((before, after)) = prompt(rest) {
            open.push((number, before.into()));
            close(found, &mut open, &mut command);
            rest = after;
        }
        if let Some((item, output)) = command_line(rest) {
            if rest.len() == line.len() {
                close(found, &mut open, &mut command);
            }
            command = Some(item);
            rest = output;
        }
        open.push((number, rest.into()));
    }
    close(found, &mut open, &mut command);
}

/// The text around a prompt. It may follow the output without a gap, if that ended without a line
/// break.
fn prompt(line: &str) -> Option<(&str, &str)> {
    line.split_once(PROMPT)
}

const PROMPT: &str = "admin:";

/// The commands that checks know, and what a collapsed paste holds after them.
fn command_line(line: &str) -> Option<(Item, &str)> {
    let line = line.trim_start();
    COMMANDS.iter().find_map(|&(command, item)| {
        let head = line.get(..command.len())?;
        if !head.eq_ignore_ascii_case(command) {
            return None;
        }
        let rest = line.get(command.len()..)?;
        Some((item, rest))
    })
}

const COMMANDS: &[(&str, Item)] = &[
    ("show itl", Item::Itl),
    ("show ctl", Item::Ctl),
    ("utils dbreplication runtimestate", Item::Replication),
    ("utils disaster_recovery history backup", Item::Backup),
    ("utils service list", Item::Services),
    ("show cert list own", Item::OwnCertificates),
    ("set cert regen", Item::Regenerated),
    ("utils ctl update ctlfile", Item::CtlUpdate),
    ("utils ctl set-cluster", Item::SetCluster),
    ("utils itl reset", Item::ItlReset),
    ("show tls min-version", Item::TlsMinimum),
];

fn close<'a>(
    found: &mut dyn FnMut(Section<'_>),
    open: &mut Vec<(Line, Cow<'a, str>)>,
    command: &mut Option<Item>,
) {
    let section = Section::new(command.take(), core::mem::take(open));
    if !section.is_empty() || section.command.is_some() {
        found(section);
    }
}

impl<'a> Section<'a> {
    fn new(command: Option<Item>, lines: Vec<(Line, Cow<'a, str>)>) -> Self {
        let first = lines.iter().find(|(_, text)| !text.trim().is_empty()).or(lines.first());
        let line = first.map_or(Line(1), |&(line, _)| line);
        let mut all = Vec::with_capacity(lines.iter().map(|(_, text)| text.len()).sum());
        for (number, text) in &lines {
            let mut gap = Gap { breaks: 1, ..Gap::default() };
            add_glyphs(text, *number, &mut gap, &mut all);
        }
        Self { command, line, lines, glyphs: all }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The words, in order.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token<'_>> + Clone {
        self.lines.iter().flat_map(|(line, text)| {
            text.split_whitespace().map(|text| Token { text, line: *line })
        })
    }

    /// The place of a phrase: the first character after it, and its line. Gaps inside it do not
    /// count.
    pub(super) fn find(&self, squeezed: &str) -> Option<(usize, Line)> {
        self.find_from(0, squeezed)
    }

    pub(super) fn find_from(&self, from: usize, squeezed: &str) -> Option<(usize, Line)> {
        self.glyphs
            .iter()
            .enumerate()
            .skip(from)
            .find_map(|(at, glyph)| Some((word_at(&self.glyphs, at, squeezed)?, glyph.line)))
    }

    /// The word that begins here.
    pub(super) fn word(&self, at: usize) -> String {
        let mut out = String::new();
        for (index, glyph) in self.glyphs.iter().skip(at).enumerate() {
            if index > 0 && !glyph.gap.is_none() {
                break;
            }
            out.push(glyph.c);
        }
        out
    }

    /// Does one of these prints, which are in the order of their lines, begin in this section?
    pub(super) fn within(&self, prints: &[Print]) -> bool {
        let last = self.lines.last().map_or(self.line, |&(line, _)| line);
        let at = prints.partition_point(|print| print.line < self.line);
        prints.get(at).is_some_and(|print| print.line <= last)
    }

    /// The section with the line breaks of a terminal undone: lines as long as the longest one go
    /// on in the next. `None` where no width shows.
    pub(super) fn unwrapped(&self) -> Option<Section<'static>> {
        let length = |text: &str| text.chars().count();
        let width = self.lines.iter().map(|(_, text)| length(text)).max()?;
        let full = self.lines.iter().filter(|(_, text)| length(text) == width).count();
        if width < NARROWEST || full < 2 {
            return None;
        }
        let mut lines: Vec<(Line, Cow<'static, str>)> = Vec::new();
        let mut goes_on = false;
        for (line, text) in &self.lines {
            match lines.last_mut() {
                Some((_, last)) if goes_on => last.to_mut().push_str(text),
                _ => lines.push((*line, text.clone().into_owned().into())),
            }
            goes_on = length(text) == width;
        }
        Some(Section::new(self.command, lines))
    }
}

/// No terminal is narrower.
const NARROWEST: usize = 20;

// `run sql`: tables under a line of `====`.

/// F-1: the rollback parameter. `T` gives phones a blank ITL (P-BLANK-1).
pub(super) fn rollback(section: &Section<'_>) -> impl Iterator<Item = Found> {
    let values =
        parameter(section, "RollBackToPreGrayback", |value| matches!(value, "F" | "f" | "T" | "t"));
    values.into_iter().map(|(value, line)| {
        let value = value.to_ascii_uppercase();
        let (verdict, code) = match value.as_str() {
            "F" => (Verdict::Pass, PreflightCode::RollbackOff),
            "T" => (Verdict::Block, PreflightCode::RollbackOn),
            _ => (Verdict::Unknown, PreflightCode::OutputUnread),
        };
        let facts = vec![("value", Fact::Text(value))];
        Found { item: Item::Rollback, verdict, code, facts, line }
    })
}

/// F-2: the security mode, 0 or 1.
pub(super) fn mode(section: &Section<'_>) -> impl Iterator<Item = Found> {
    let values = parameter(section, "ClusterSecurityMode", |value| matches!(value, "0" | "1"));
    values.into_iter().map(|(value, line)| {
        let (mode, code) = match value.as_str() {
            "0" => (Mode::NonSecure, PreflightCode::ModeNonSecure),
            "1" => (Mode::Mixed, PreflightCode::ModeMixed),
            _ => {
                let (verdict, code) = (Verdict::Unknown, PreflightCode::OutputUnread);
                let facts = vec![("value", Fact::Text(value))];
                return Found { item: Item::Mode, verdict, code, facts, line };
            }
        };
        let facts = vec![("mode", Fact::Text(mode.as_str().into()))];
        Found { item: Item::Mode, verdict: Verdict::Info, code, facts, line }
    })
}

/// Returns the different values after a parameter's name, in rows of the answer. The name in an echoed command is no
/// row: it is in quotes, of whatever kind (`\u{2019}` and `&#39;` too, F6), and what follows is no
/// value. Only if no value can be read, the last thing that followed is reported.
fn parameter(section: &Section<'_>, name: &str, is_value: fn(&str) -> bool) -> Vec<(String, Line)> {
    let (mut from, mut unread) = (0, None);
    let mut values: Vec<(String, Line)> = Vec::new();
    while let Some((behind, line)) = section.find_from(from, name) {
        let start = behind.saturating_sub(name.chars().count());
        let alone =
            start == 0 || section.glyphs.get(start).is_some_and(|glyph| !glyph.gap.is_none());
        let apart = section.glyphs.get(behind).is_some_and(|glyph| !glyph.gap.is_none());
        let value = section.word(behind);
        if apart && is_value(&value) {
            if !values.iter().any(|(known, _)| known.eq_ignore_ascii_case(&value)) {
                values.push((value, line));
            }
        } else if alone && apart {
            unread = Some((value, line));
        }
        from = behind;
    }
    if values.is_empty() { unread.into_iter().collect() } else { values }
}

/// The minimum TLS version (P-TVS-11). No document shows the form of the answer: a version after the
/// command or after words like "TLS minimum version" counts, and a command that was not known is no
/// answer.
pub(super) fn tls_minimum(section: &Section<'_>) -> Option<Found> {
    let is_command = section.command == Some(Item::TlsMinimum);
    let phrase = TLS_PHRASES.iter().find_map(|phrase| section.find(phrase));
    let from = match phrase {
        Some((from, _)) => from,
        None if is_command => 0,
        None => return None,
    };
    let glyphs = section.glyphs.get(from..)?;
    let mut words = glyphs
        .chunk_by(|_, next| next.gap.is_none())
        .take(MOST_WORDS)
        .filter_map(|word| Some((tls_version(&squeezed(word))?, word.first()?.line)));
    let (version, line) = words.next()?;
    Some(Found {
        item: Item::TlsMinimum,
        verdict: Verdict::Info,
        code: PreflightCode::TlsMinimumRead,
        facts: vec![("value", Fact::Text(version.as_str().into()))],
        line,
    })
}

/// `1.2`, `TLSv1.2`, `1.2.` or `version:1.2`.
fn tls_version(word: &str) -> Option<TlsVersion> {
    let number = word.trim_matches(|c: char| !c.is_ascii_digit());
    TlsVersion::from_word(number)
}

/// The words before the version, without their gaps.
const TLS_PHRASES: [&str; 3] = ["TLSminimumversion", "MinimumTLSversion", "TLSmin-version:"];
/// The version is one of this many words after them.
const MOST_WORDS: usize = 40;

/// The units of `typecertificateservice`, with their numbers.
pub(super) fn units(section: &Section<'_>) -> Option<Found> {
    let (_, header) = section.find("usestruststore")?;
    let (line, rows) = table(section, header)?;
    let mut units = Vec::new();
    for row in rows {
        let (Some(number), Some(name)) =
            (row.first().and_then(|cell| cell.parse().ok()), row.get(1))
        else {
            continue;
        };
        units.push((name.clone(), Some(number)));
    }
    if units.is_empty() {
        return None;
    }
    Some(Found {
        item: Item::Units,
        verdict: Verdict::Info,
        code: PreflightCode::UnitsRead,
        facts: vec![("units", Fact::Map(units))],
        line,
    })
}

/// The rows under the rule line of this header, cut at its columns; in a collapsed paste, at
/// blanks.
fn table(section: &Section<'_>, header: Line) -> Option<(Line, Vec<Vec<String>>)> {
    let at = section.lines.iter().position(|(line, text)| *line >= header && is_rule(text));
    let Some(at) = at else { return collapsed_table(section) };
    let (line, rule) = section.lines.get(at)?;
    let columns = columns(rule);
    let rows =
        section.lines.iter().skip(at.saturating_add(1)).filter(|(_, text)| !text.trim().is_empty());
    let rows = rows.map(|(_, text)| cells(text, &columns)).collect();
    Some((*line, rows))
}

fn is_rule(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("==") && text.chars().all(|c| c == '=' || c.is_whitespace())
}

/// Where each column begins, counted in characters.
fn columns(rule: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, c) in rule.chars().enumerate() {
        if c == '=' && before != '=' {
            found.push(at);
        }
        before = c;
    }
    found
}

fn cells(text: &str, columns: &[usize]) -> Vec<String> {
    let ends = columns.iter().skip(1).copied().chain(core::iter::once(usize::MAX));
    let cell = |(start, end): (usize, usize)| -> String {
        let cell: String = text.chars().skip(start).take(end.saturating_sub(start)).collect();
        cell.trim().into()
    };
    columns.iter().copied().zip(ends).map(cell).collect()
}

fn collapsed_table(section: &Section<'_>) -> Option<(Line, Vec<Vec<String>>)> {
    let is_rule = |text: &str| text.len() > 2 && text.chars().all(|c| c == '=');
    let table = section.tokens().skip_while(|token| !is_rule(token.text));
    let width = table.clone().take_while(|token| is_rule(token.text)).count();
    let line = table.clone().next()?.line;
    let cells: Vec<String> = table.skip(width).map(|token| token.text.into()).collect();
    Some((line, cells.chunks(width.max(1)).map(<[String]>::to_vec).collect()))
}

// A date in the pastes: against which a backup is old or new.

/// "Server Time: Tue Aug  1 15:10:52 IST 2023".
pub(super) fn server_time(section: &Section<'_>) -> Option<Timestamp> {
    let (_, line) =
        section.lines.iter().find(|(_, line)| line.trim_start().starts_with("Server Time:"))?;
    printed(line)
}

/// The day of a date as CUCM prints it: the month in three letters, then the day, and the year in
/// four digits somewhere after it.
pub(super) fn printed(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let month = words
        .find_map(|word| {
            MONTHS.iter().zip(1u32..).find(|(name, _)| word.eq_ignore_ascii_case(name))
        })?
        .1;
    let day: u32 = words.next()?.trim_end_matches(',').parse().ok()?;
    let year =
        words.find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    Timestamp::parse(&format!("{year}-{month:02}-{day:02}"))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// The results of commands that change something.

/// `set cert regen`: "Successfully Regenerated Certificate for tomcat." Several in one section are
/// separated by that line; the warning is before it, and may be anywhere if there is only one. Text
/// is searched once, however many there are.
pub(super) fn regenerated(section: &Section<'_>) -> Vec<Found> {
    let mut warning = section.find(WARNED).map(|(at, _)| at);
    let mut results: Vec<(String, bool, Line)> = Vec::new();
    let mut from = 0;
    while let Some((behind, line)) = section.find_from(from, REGENERATED) {
        let mut warned = false;
        while let Some(at) = warning.filter(|&at| at < behind) {
            warned = true;
            warning = section.find_from(at, WARNED).map(|(at, _)| at);
        }
        results.push((section.word(behind).trim_end_matches('.').to_owned(), warned, line));
        from = behind;
    }
    if let [(_, warned, _)] = results.as_mut_slice() {
        *warned |= warning.is_some();
    }
    let found = |(unit, warned, line)| {
        let facts = vec![("unit", Fact::Text(unit)), ("overwrites_ca_signed", Fact::Flag(warned))];
        Found {
            item: Item::Regenerated,
            verdict: Verdict::Pass,
            code: PreflightCode::Regenerated,
            facts,
            line,
        }
    };
    results.into_iter().map(found).collect()
}

const REGENERATED: &str = "Successfullyregeneratedcertificatefor";
const WARNED: &str = "overwriteanyCAsignedcertificate";

/// `utils ctl update CTLFile`: "CTL file Updated".
pub(super) fn ctl_updated(section: &Section<'_>) -> Option<Found> {
    let (behind, line) = section.find(UPDATED)?;
    let facts = vec![("restart", Fact::List(restarts(section, behind, SET)))];
    Some(Found {
        item: Item::CtlUpdate,
        verdict: Verdict::Pass,
        code: PreflightCode::CtlUpdated,
        facts,
        line,
    })
}

/// `utils ctl set-cluster`: "Cluster set to Mixed Mode".
pub(super) fn mode_set(section: &Section<'_>) -> Option<Found> {
    let (behind, line) = section.find(SET)?;
    let words =
        squeezed(slice(&section.glyphs, behind, behind.saturating_add(20))).to_ascii_lowercase();
    let mode = match () {
        () if words.starts_with("mixedmode") => Mode::Mixed,
        () if words.starts_with("nonsecuremode") || words.starts_with("non-securemode") => {
            Mode::NonSecure
        }
        () => return None,
    };
    let reset =
        section.find("resetallphones").is_some() || section.find("resetallthephones").is_some();
    let facts = vec![
        ("mode", Fact::Text(mode.as_str().into())),
        ("restart", Fact::List(restarts(section, behind, UPDATED))),
        ("reset_phones", Fact::Flag(reset)),
    ];
    Some(Found {
        item: Item::SetCluster,
        verdict: Verdict::Pass,
        code: PreflightCode::ModeSet,
        facts,
        line,
    })
}

const UPDATED: &str = "CTLfileUpdated";
const SET: &str = "Clustersetto";

/// The services named after "restart", up to the end of the sentence: of this result, which ends
/// where another begins.
fn restarts(section: &Section<'_>, from: usize, other: &str) -> Vec<String> {
    let end = section.find_from(from, other).map_or(usize::MAX, |(at, _)| at);
    let mut named: Vec<String> = Vec::new();
    let mut from = from;
    while let Some((behind, _)) = section.find_from(from, "restart").filter(|&(at, _)| at < end) {
        let sentence =
            slice(&section.glyphs, behind, behind.saturating_add(LONGEST_SENTENCE).min(end));
        let text = squeezed(sentence);
        let text = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let mut found: Vec<(usize, &str)> = SERVICES
            .iter()
            .filter_map(|name| Some((text.find(&name.to_ascii_lowercase())?, *name)))
            .collect();
        found.sort_unstable();
        for (_, name) in found {
            if !named.iter().any(|known| known == name) {
                named.push(name.to_owned());
            }
        }
        from = behind;
    }
    named
}

const SERVICES: [&str; 5] = ["TFTP", "CallManager", "CTIManager", "CAPF", "Trust Verification"];
const LONGEST_SENTENCE: usize = 200;

/// The result of `utils itl reset`.
pub(super) struct ResetItl {
    active: Vec<String>,
    transferred: Vec<String>,
    line: Line,
}

/// `utils itl reset localkey`: the nodes that have TFTP, and those that got the file.
pub(super) fn reset_itl(section: &Section<'_>) -> Option<ResetItl> {
    let (_, line) = section.find("resetITLfile")?;
    let mut transferred = Vec::new();
    let mut from = 0;
    while let Some((behind, _)) = section.find_from(from, TRANSFERRED) {
        transferred.push(section.word(behind).trim_end_matches(['.', ',']).to_owned());
        from = behind;
    }
    Some(ResetItl { active: active(section), transferred, line })
}

const TRANSFERRED: &str = "SuccessfullytransferredresetITLtonode";

/// The names between the two lines of `====`.
fn active(section: &Section<'_>) -> Vec<String> {
    let is_rule = |text: &str| text.len() > 4 && text.chars().all(|c| c == '=');
    let tokens = section.tokens().skip_while(|token| !is_rule(token.text)).skip(1);
    tokens.take_while(|token| !is_rule(token.text)).map(|token| token.text.to_owned()).collect()
}

/// Every TFTP node of the inventory, and every one that the command found, must have got the file.
pub(super) fn reset_signers(results: &[ResetItl], context: &Context) -> Vec<Found> {
    let judge = |result: &ResetItl| {
        let mut wanted: Vec<String> =
            context.tftp_nodes.iter().flatten().map(|name| String::from(&**name)).collect();
        for name in &result.active {
            if !wanted.iter().any(|known| same_host(known, name)) {
                wanted.push(name.clone());
            }
        }
        let has = |name: &String| result.transferred.iter().any(|got| same_host(got, name));
        let missing: Vec<String> = wanted.into_iter().filter(|name| !has(name)).collect();
        let nodes = ("nodes", Fact::List(result.transferred.clone()));
        let (verdict, code, facts) = match () {
            () if !missing.is_empty() => (
                Verdict::Block,
                PreflightCode::ResetItlNotTransferred,
                vec![("missing", Fact::List(missing)), nodes],
            ),
            () if result.transferred.is_empty() => {
                (Verdict::Block, PreflightCode::ResetItlNotTransferred, vec![nodes])
            }
            () => (Verdict::Pass, PreflightCode::ResetItlTransferred, vec![nodes]),
        };
        Found { item: Item::ItlReset, verdict, code, facts, line: result.line }
    };
    results.iter().map(judge).collect()
}

/// `ccm1` and `ccm1.voice.example` are one host.
fn same_host(a: &str, b: &str) -> bool {
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    a.eq_ignore_ascii_case(b) || (a.contains('.') != b.contains('.') && short(a) == short(b))
}

#[cfg(test)]
mod dates_tests {
    use super::*;

    #[test]
    fn a_printed_date_is_read_with_and_without_a_zone() {
        let day = |text| printed(text).map(|date| alloc::string::ToString::to_string(&date));
        assert_eq!(
            day("Server Time: Tue Aug  1 15:10:52 IST 2023").as_deref(),
            Some("2023-08-01T00:00:00Z")
        );
        assert_eq!(day("Fri Nov 20 09:12:39 2026").as_deref(), Some("2026-11-20T00:00:00Z"));
        assert_eq!(day("Tue Aug 15:10:52 2023"), None);
        assert_eq!(day("Aug 41 2023"), None);
        assert_eq!(day(""), None);
    }
}
