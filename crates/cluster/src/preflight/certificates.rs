//! F-11: `show cert list own`.

use super::text::Section;
use super::{Fact, Found, Item, Verdict};
use crate::code::PreflightCode;
use alloc::{borrow::ToOwned as _, string::String, vec, vec::Vec};

/// Which of a node's own certificates a CA signed: `set cert regen` would overwrite those (B-14).
pub(super) fn judge(section: &Section) -> Option<Found> {
    let rows = rows(section);
    let line = rows.first()?.2;
    let named = |wanted: fn(&str) -> bool| -> Vec<String> {
        rows.iter()
            .filter(|(_, text, _)| wanted(&text.to_ascii_lowercase()))
            .map(|(unit, ..)| unit.clone())
            .collect()
    };
    let ca_signed = named(|text| text.contains("signed by") && !text.contains("self-signed"));
    let unclear = named(|text| !text.contains("signed"));
    let (verdict, code) = match ca_signed.is_empty() {
        false => (Verdict::Warn, PreflightCode::CaSignedCertificate),
        true if unclear.len() == rows.len() => (Verdict::Unknown, PreflightCode::OutputUnread),
        true => (Verdict::Info, PreflightCode::CertificatesRead),
    };
    let mut facts = vec![
        ("ca_signed", Fact::List(ca_signed)),
        ("units", Fact::List(rows.into_iter().map(|row| row.0).collect())),
    ];
    if !unclear.is_empty() {
        facts.push(("unclear", Fact::List(unclear)));
    }
    Some(Found { item: Item::OwnCertificates, verdict, code, facts, line })
}

/// Unit, description and line of each `unit/file.pem:`. Trust certificates are another list.
fn rows(section: &Section) -> Vec<(String, String, trustlist::console::Line)> {
    let mut found: Vec<(String, String, trustlist::console::Line)> = Vec::new();
    let mut trust = false;
    for token in section.tokens() {
        let unit = token
            .text
            .strip_suffix(':')
            .filter(|name| name.ends_with(".pem") || name.ends_with(".der"));
        match unit.and_then(|name| name.split_once('/')) {
            Some((unit, _)) => {
                trust = unit.ends_with("-trust");
                if !trust {
                    found.push((unit.to_owned(), String::new(), token.line));
                }
            }
            None if trust => {}
            None => {
                if let Some((_, text, _)) = found.last_mut() {
                    text.push_str(token.text);
                    text.push(' ');
                }
            }
        }
    }
    found
}
