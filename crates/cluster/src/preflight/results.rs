//! What commands said that change something.

use super::text::Section;
use super::{Context, Fact, Found, Item, SecurityMode, Verdict};
use crate::code::PreflightCode;
use alloc::{borrow::ToOwned as _, string::String, vec, vec::Vec};
use trustlist::console::glyph::{Line, slice, squeezed};

/// `set cert regen`: "Successfully Regenerated Certificate for tomcat." Several in one section are told apart by that line; the warning
/// stands before it, and may stand anywhere where there is one only. Text is searched once, however many there are.
pub(super) fn regenerated(section: &Section) -> Vec<Found> {
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
pub(super) fn ctl_updated(section: &Section) -> Option<Found> {
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
pub(super) fn mode_set(section: &Section) -> Option<Found> {
    let (behind, line) = section.find(SET)?;
    let words =
        squeezed(slice(&section.glyphs, behind, behind.saturating_add(20))).to_ascii_lowercase();
    let mode = match () {
        () if words.starts_with("mixedmode") => SecurityMode::Mixed,
        () if words.starts_with("nonsecuremode") || words.starts_with("non-securemode") => {
            SecurityMode::NonSecure
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

/// The services named behind "restart", up to the end of the sentence: of this result, which ends where another begins.
fn restarts(section: &Section, from: usize, other: &str) -> Vec<String> {
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

/// What `utils itl reset` said.
pub(super) struct ResetItl {
    active: Vec<String>,
    transferred: Vec<String>,
    line: Line,
}

/// `utils itl reset localkey`: the nodes that have TFTP, and those that got the file.
pub(super) fn reset_itl(section: &Section) -> Option<ResetItl> {
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
fn active(section: &Section) -> Vec<String> {
    let is_rule = |text: &str| text.len() > 4 && text.chars().all(|c| c == '=');
    let tokens = section.tokens().into_iter().skip_while(|token| !is_rule(token.text)).skip(1);
    tokens.take_while(|token| !is_rule(token.text)).map(|token| token.text.to_owned()).collect()
}

/// Every TFTP node of the inventory, and every one that the command found, must have got the file.
pub(super) fn judge(results: &[ResetItl], context: &Context) -> Vec<Found> {
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
