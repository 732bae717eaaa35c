//! F-7: `utils dbreplication runtimestate`, in its old and its new columns.

use super::text::{Section, Token};
use super::{Fact, Found, Item, Verdict};
use crate::code::PreflightCode;
use alloc::{format, string::String, vec, vec::Vec};
use core::net::IpAddr;
use trustlist::console::glyph::Line;
use trustlist::release::Release;

/// One server's row.
struct Row {
    name: String,
    state: Option<u64>,
    good: bool,
    line: Line,
}

/// The check, and the version that "DB Version:" shows.
pub(super) fn judge(section: &Section) -> Option<(Found, Option<Release>)> {
    section.find("Replication")?;
    let rows = rows(&section.tokens());
    let line = rows.first()?.line;
    let bad: Vec<String> =
        rows.iter().filter(|row| !row.good).map(|row| row.name.clone()).collect();
    let missing = servers(section).is_some_and(|servers| rows.len() < servers);
    let nodes = Fact::Map(rows.into_iter().map(|row| (row.name, row.state)).collect());
    let mut facts = vec![("nodes", nodes)];
    let (verdict, code) = match () {
        () if !bad.is_empty() => (Verdict::Block, PreflightCode::ReplicationBad),
        () if missing => (Verdict::Unknown, PreflightCode::OutputUnread),
        () => (Verdict::Pass, PreflightCode::ReplicationGood),
    };
    if code == PreflightCode::ReplicationBad {
        facts.push(("bad", Fact::List(bad)));
    }
    Some((Found { item: Item::Replication, verdict, code, facts, line }, version(section)))
}

/// A row is a name, an address, and behind it the state in parentheses with a word after it.
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
    // 8.x has another number in parentheses before it, that of the CDR server: the state is the last.
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

/// Columns between the address and the text behind the state.
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

/// The queue: the first whole number behind the reachability column.
fn queue(columns: &[Token<'_>]) -> u64 {
    columns.iter().skip(1).find_map(|column| column.text.parse().ok()).unwrap_or(0)
}

/// "(2 Servers)".
fn servers(section: &Section) -> Option<usize> {
    let tokens = section.tokens();
    let at = tokens.iter().position(|token| {
        token.text.eq_ignore_ascii_case("servers):") || token.text.eq_ignore_ascii_case("server):")
    })?;
    tokens.get(at.checked_sub(1)?)?.text.strip_prefix('(')?.parse().ok()
}

/// "DB Version: ccm15_0_0_98100_154".
fn version(section: &Section) -> Option<Release> {
    let (behind, _) = section.find("DBVersion:")?;
    let word = section.word(behind);
    let mut numbers = word.strip_prefix("ccm")?.split('_');
    format!("{}.{}", numbers.next()?, numbers.next()?).parse().ok()
}
