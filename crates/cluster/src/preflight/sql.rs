//! `run sql`: tables under a line of `====`.

use super::text::Section;
use super::{Fact, Found, Item, SecurityMode, Verdict};
use crate::code::PreflightCode;
use alloc::{string::String, vec, vec::Vec};
use trustlist::console::glyph::Line;

/// F-1: the rollback parameter. `T` gives phones a blank ITL (P-BLANK-1).
pub(super) fn rollback(section: &Section) -> Option<Found> {
    let (value, line) = parameter(section, "RollBackToPreGrayback", |value| {
        matches!(value, "F" | "f" | "T" | "t")
    })?;
    let value = value.to_ascii_uppercase();
    let (verdict, code) = match value.as_str() {
        "F" => (Verdict::Pass, PreflightCode::RollbackOff),
        "T" => (Verdict::Block, PreflightCode::RollbackOn),
        _ => (Verdict::Unknown, PreflightCode::OutputUnread),
    };
    Some(Found {
        item: Item::Rollback,
        verdict,
        code,
        facts: vec![("value", Fact::Text(value))],
        line,
    })
}

/// F-2: the security mode, 0 or 1.
pub(super) fn mode(section: &Section) -> Option<(Found, Option<SecurityMode>)> {
    let (value, line) =
        parameter(section, "ClusterSecurityMode", |value| matches!(value, "0" | "1"))?;
    let (mode, code) = match value.as_str() {
        "0" => (SecurityMode::NonSecure, PreflightCode::ModeNonSecure),
        "1" => (SecurityMode::Mixed, PreflightCode::ModeMixed),
        _ => {
            let facts = vec![("value", Fact::Text(value))];
            return Some((
                Found {
                    item: Item::Mode,
                    verdict: Verdict::Unknown,
                    code: PreflightCode::OutputUnread,
                    facts,
                    line,
                },
                None,
            ));
        }
    };
    let facts = vec![("mode", Fact::Text(mode.as_str().into()))];
    Some((Found { item: Item::Mode, verdict: Verdict::Info, code, facts, line }, Some(mode)))
}

/// The value behind a parameter's name, in a row of the answer. The name in an echoed command is no row: it is in quotes, of whatever kind
/// (`\u{2019}` and `&#39;` too, F6), and what follows is no value. Only if no value can be read, the last thing that followed is told.
fn parameter(section: &Section, name: &str, is_value: fn(&str) -> bool) -> Option<(String, Line)> {
    let (mut from, mut unread) = (0, None);
    while let Some((behind, line)) = section.find_from(from, name) {
        let start = behind.saturating_sub(name.chars().count());
        let alone =
            start == 0 || section.glyphs.get(start).is_some_and(|glyph| !glyph.gap.is_none());
        let apart = section.glyphs.get(behind).is_some_and(|glyph| !glyph.gap.is_none());
        let value = section.word(behind);
        if apart && is_value(&value) {
            return Some((value, line));
        }
        if alone && apart {
            unread = Some((value, line));
        }
        from = behind;
    }
    unread
}

/// The units of `typecertificateservice`, with their numbers.
pub(super) fn units(section: &Section) -> Option<Found> {
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

/// The rows under the rule line of this header, cut at its columns; in a collapsed paste, at blanks.
fn table(section: &Section, header: Line) -> Option<(Line, Vec<Vec<String>>)> {
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

fn collapsed_table(section: &Section) -> Option<(Line, Vec<Vec<String>>)> {
    let is_rule = |text: &str| text.len() > 2 && text.chars().all(|c| c == '=');
    let tokens = section.tokens();
    let first = tokens.iter().position(|token| is_rule(token.text))?;
    let width = tokens.iter().skip(first).take_while(|token| is_rule(token.text)).count();
    let line = tokens.get(first)?.line;
    let cells: Vec<String> =
        tokens.iter().skip(first.saturating_add(width)).map(|token| token.text.into()).collect();
    Some((line, cells.chunks(width.max(1)).map(<[String]>::to_vec).collect()))
}
