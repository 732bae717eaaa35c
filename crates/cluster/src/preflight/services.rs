//! F-8 and F-10: backups and services.

use super::text::Section;
use super::{Context, Fact, Found, Item, Verdict};
use crate::code::PreflightCode;
use alloc::{string::String, string::ToString as _, vec, vec::Vec};
use trustlist::console::glyph::{Line, slice, spaced, squeezed};
use trustlist::facts::Timestamp;

/// The newest backup of a history.
pub(super) struct Backup {
    file: String,
    result: BackupResult,
    line: Line,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum BackupResult {
    Failed,
    Success,
    Unclear,
}

/// The newest row of `utils disaster_recovery history backup`: its file name is its date, the last of equals counts.
pub(super) fn backup(section: &Section) -> Option<Backup> {
    let tokens = section.tokens();
    let rows: Vec<usize> = tokens
        .iter()
        .zip(0..)
        .filter(|(token, _)| token.text.ends_with(".tar"))
        .map(|(_, at)| at)
        .collect();
    let dated =
        rows.iter().all(|&at| tokens.get(at).is_some_and(|token| day(token.text).is_some()));
    let newest = match dated {
        true => rows.iter().copied().max_by_key(|&at| tokens.get(at).map(|token| token.text))?,
        false => *rows.last()?,
    };
    let row = tokens.get(newest)?;
    let columns = tokens
        .iter()
        .skip(newest.saturating_add(1))
        .take_while(|token| !token.text.ends_with(".tar"));
    let result =
        columns.map(|token| token.text.to_ascii_uppercase()).find_map(|word| match word.as_str() {
            "SUCCESS" => Some(BackupResult::Success),
            "ERROR" | "FAILED" | "FAILURE" | "CANCELED" | "CANCELLED" => Some(BackupResult::Failed),
            _ => None,
        });
    Some(Backup {
        file: row.text.into(),
        result: result.unwrap_or(BackupResult::Unclear),
        line: row.line,
    })
}

/// The check, once the date of the judgement is known.
pub(super) fn age(backups: &[Backup], context: &Context) -> Vec<Found> {
    let judge = |backup: &Backup| {
        let old = context
            .at
            .zip(day(&backup.file))
            .is_some_and(|(at, day)| at.0.saturating_sub(day.0) > OLD);
        let (verdict, code) = match backup.result {
            BackupResult::Failed => (Verdict::Block, PreflightCode::BackupFailed),
            BackupResult::Success if old => (Verdict::Warn, PreflightCode::BackupOld),
            BackupResult::Success => (Verdict::Pass, PreflightCode::BackupGood),
            BackupResult::Unclear => (Verdict::Unknown, PreflightCode::OutputUnread),
        };
        let mut facts = vec![("last", Fact::Text(backup.file.clone()))];
        if let (BackupResult::Success, Some(at)) = (backup.result, context.at) {
            let date = at.to_string();
            facts.push(("measured_at", Fact::Text(date.get(..10).unwrap_or(&date).into())));
        }
        Found { item: Item::Backup, verdict, code, facts, line: backup.line }
    };
    backups.iter().map(judge).collect()
}

/// "Recent" (F-8) is nowhere given in days; a backup older than a week does not cover the week's changes.
const OLD: i64 = 7 * 86_400;

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
pub(super) fn services(section: &Section) -> Option<Found> {
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

fn read(section: &Section) -> Vec<Service> {
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

fn position(section: &Section, from: usize, c: char) -> Option<usize> {
    let found = section.glyphs.iter().skip(from).position(|glyph| glyph.c == c)?;
    from.checked_add(found)
}

/// A service's name: what stands on its line, or in a collapsed paste behind the words that CUCM says in between.
fn name(section: &Section, from: usize, open: usize, found: &[Service]) -> String {
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

/// What CUCM says around the services.
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
