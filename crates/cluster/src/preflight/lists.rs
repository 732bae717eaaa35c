//! F-5, F-6, F-12, F-14: what `show ctl` and `show itl` mean for the cluster.

use super::read::Section;
use super::{Context, Fact, Found, Item, Verdict};
use crate::cluster::Mode;
use crate::code::PreflightCode;
use crate::release::{ListSigner, Release, ReleaseRules as _};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};
use trustlist::console::clean::Clean;
use trustlist::console::{
    Line, PhoneEvent, PhoneEventKind, PhoneFile, PhoneMessages, Presence, Print, Superseded,
    Verified, phone_messages,
};
use trustlist::facts::{ListKind, Name};

/// The checks that rest on one print.
pub(super) fn lists(print: &Print, context: &Context) -> Vec<Found> {
    let mut found = match print.kind {
        ListKind::Ctl => ctl(print, context),
        _ => itl(print, context),
    };
    add_losses(print, &mut found);
    found
}

/// How many losses of a paste a check names.
const LOSSES: usize = 4;

/// Names what the paste of a list lost: the check saw only the rest of the list. Its verdict stays
/// that of the server's own line, which the paste still has.
fn add_losses(print: &Print, found: &mut [Found]) {
    let losses = print.losses();
    let mut lines: Vec<String> = losses.iter().take(LOSSES).map(ToString::to_string).collect();
    if losses.len() > LOSSES {
        lines.push(format!("{} more", losses.len().saturating_sub(LOSSES)));
    }
    if let Some(first) = found.first_mut().filter(|_| !lines.is_empty()) {
        first.facts.push(("lost", Fact::List(lines)));
    }
}

fn ctl(print: &Print, context: &Context) -> Vec<Found> {
    let found = |verdict, code, facts, line| Found { item: Item::Ctl, verdict, code, facts, line };
    if let Presence::NotFound(line) = print.presence {
        let (verdict, code) = match context.mode {
            Some(Mode::NonSecure) => (Verdict::Pass, PreflightCode::NoCtlExpected),
            Some(Mode::Mixed) => (Verdict::Block, PreflightCode::CtlMissing),
            None => (Verdict::Unknown, PreflightCode::CtlModeUnknown),
        };
        return vec![found(verdict, code, vec![("ctl", Fact::Flag(false))], line)];
    }
    let (verified, line) = verified(print);
    let mut facts = vec![("ctl", Fact::Flag(true))];
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    facts.extend(verified.map(|verified| ("verified", Fact::Flag(verified))));
    facts.extend(
        print.signer_serial().map(|serial| ("signer_serial", Fact::Text(serial.to_string()))),
    );
    facts.extend(class(print).map(|class| ("signer_class", Fact::Text(class.as_str().into()))));
    let (verdict, code) = match (context.mode, verified) {
        (Some(Mode::NonSecure), _) => (Verdict::Warn, PreflightCode::StaleCtl),
        (_, Some(false)) => (Verdict::Block, PreflightCode::CtlNotVerified),
        (_, None) => (Verdict::Unknown, PreflightCode::OutputUnread),
        (Some(Mode::Mixed), Some(true)) => (Verdict::Pass, PreflightCode::CtlVerified),
        (None, Some(true)) => (Verdict::Unknown, PreflightCode::CtlModeUnknown),
    };
    let mut all = vec![found(verdict, code, facts.clone(), line)];
    if code == PreflightCode::CtlVerified && unexpected(print, context) {
        all.push(found(Verdict::Warn, PreflightCode::SignerClassUnexpected, facts, line));
    }
    all
}

fn itl(print: &Print, context: &Context) -> Vec<Found> {
    let found = |verdict, code, facts, line| Found { item: Item::Itl, verdict, code, facts, line };
    if let Presence::NotFound(line) = print.presence {
        return vec![found(
            Verdict::Block,
            PreflightCode::ItlMissing,
            vec![("itl", Fact::Flag(false))],
            line,
        )];
    }
    let (verified, line) = verified(print);
    let mut facts = Vec::new();
    facts.extend(verified.map(|verified| ("verified", Fact::Flag(verified))));
    facts.extend(print.signer_subject().map(|signer| ("signer", Fact::Text(signer.into()))));
    facts.extend(class(print).map(|class| ("signer_class", Fact::Text(class.as_str().into()))));
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    facts.push(("records", Fact::Number(u64::try_from(print.records.len()).unwrap_or(u64::MAX))));
    let (verdict, code) = match verified {
        None => (Verdict::Unknown, PreflightCode::OutputUnread),
        Some(false) => (Verdict::Block, PreflightCode::ItlNotVerified),
        Some(true) if unexpected(print, context) => {
            (Verdict::Warn, PreflightCode::SignerClassUnexpected)
        }
        Some(true) => (Verdict::Pass, PreflightCode::ItlVerified),
    };
    // A paste that lost the name of the signer does not say if its class is the expected one.
    let is_nameless =
        code == PreflightCode::ItlVerified && context.version.is_some() && class(print).is_none();
    let (verdict, code) = match is_nameless {
        true => (Verdict::Unknown, PreflightCode::OutputUnread),
        false => (verdict, code),
    };
    let mut all = vec![found(verdict, code, facts, line)];
    all.extend(too_large(print));
    all
}

/// F-14: more than 39 different certificates, or more than 64 KiB (P-ALG-7); unknown if that many
/// records may be different.
fn too_large(print: &Print) -> Option<Found> {
    let mut certificates: Vec<_> =
        print.records.iter().filter_map(|record| record.identity()).collect();
    // A record that does not say whose certificate it holds may hold one of the others, or one
    // more.
    let nameless = print.records.len().saturating_sub(certificates.len());
    certificates.sort_unstable();
    certificates.dedup();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let (count, most) =
        (number(certificates.len()), number(certificates.len().saturating_add(nameless)));
    let large = print.size.is_some_and(|size| size > LARGEST_ITL) || count > MOST_CERTIFICATES;
    let (verdict, code) = match () {
        () if large => (Verdict::Block, PreflightCode::ItlTooLarge),
        () if most > MOST_CERTIFICATES => (Verdict::Unknown, PreflightCode::OutputUnread),
        () => return None,
    };
    let mut facts = vec![("certificates", Fact::Number(count))];
    facts.extend((nameless > 0).then(|| ("nameless", Fact::Number(number(nameless)))));
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    Some(Found { item: Item::ItlSize, verdict, code, facts, line: print.line })
}

/// Checks if a paste shows fewer records than its list has, by the size of the list or by a cut.
pub(super) fn lost_records(print: &Print) -> bool {
    let sizes = print.size.zip(print.file_added());
    print.cut.is_some() || sizes.is_some_and(|(size, added)| size != added)
}

/// P-ALG-7.
const LARGEST_ITL: u64 = 65_536;
/// P-ALG-7.
const MOST_CERTIFICATES: u64 = 39;

fn verified(print: &Print) -> (Option<bool>, Line) {
    match print.verified {
        Verified::Yes(line) => (Some(true), line),
        Verified::No(line) => (Some(false), line),
        Verified::NotSaid => (None, print.line),
    }
}

/// The recovery certificate is called `ITLRECOVERY_host`, a token `SAST-ADN…`; any other signer is
/// a CallManager.
pub(super) fn class(print: &Print) -> Option<ListSigner> {
    let name = Name::new(print.signer_subject()?);
    let name = name.common_name()?.to_ascii_uppercase();
    Some(match () {
        () if name.starts_with("ITLRECOVERY") => ListSigner::ItlRecovery,
        () if name.starts_with("SAST-") => ListSigner::Token,
        () => ListSigner::CallManager,
    })
}

/// Who signs by version (P-VER); a token may sign a CTL up to 12.x (P-CTL-5, P-CTL-6).
fn unexpected(print: &Print, context: &Context) -> bool {
    let (Some(release), Some(class)) = (context.version, class(print)) else { return false };
    let is_ctl = print.kind == ListKind::Ctl;
    let expected = if is_ctl { release.ctl_signer() } else { release.itl_signer() };
    class != expected && !(class == ListSigner::Token && is_ctl && release < Release::first(14, 0))
}

// F-9: what phones say, on their screens and in the column "ITL File Status".

/// The messages of a paste that say something about lists, by phone.
pub(super) fn read(clean: &Clean<'_>) -> Vec<PhoneMessages> {
    let mut all = phone_messages(clean);
    all.retain(|phone| phone.messages.iter().any(|(event, _)| weight(event.kind).is_some()));
    all
}

/// The check. The newest message about a list counts; if its order is unsure, that is reported
/// beside it.
pub(super) fn messages(messages: &[PhoneMessages], context: &Context) -> Vec<Found> {
    let several = messages.len() > 1;
    let mut found: Vec<Found> =
        messages.iter().filter_map(|messages| of_phone(messages, several, context)).collect();
    // Messages without a known phone: one of each kind is enough.
    let mut seen: BTreeSet<String> = BTreeSet::new();
    found.retain(|found| seen.insert(format!("{} {:?}", found.code, found.facts)));
    found.sort_by_key(|found| found.verdict != Verdict::Block);
    found.truncate(MOST_PHONES);
    found
}

/// More phones than this are no answer that is read.
const MOST_PHONES: usize = 1_000;

/// How much a message weighs if it is the last word: the first of these that a phone said is the
/// answer. `None` for what says nothing about the lists that it holds.
fn weight(kind: PhoneEventKind) -> Option<u8> {
    Some(match kind {
        PhoneEventKind::Refused => 5,
        PhoneEventKind::NotAuthorized => 4,
        PhoneEventKind::Erased | PhoneEventKind::NotInstalled => 3,
        PhoneEventKind::ConfigNotFound | PhoneEventKind::NotFound(_) => 1,
        PhoneEventKind::LeapOfFaith | PhoneEventKind::Taken => 2,
        _ => return None,
    })
}

fn of_phone(messages: &PhoneMessages, several: bool, context: &Context) -> Option<Found> {
    let weighed = || {
        messages
            .messages
            .iter()
            .filter_map(|(event, superseded)| Some((weight(event.kind)?, event, *superseded)))
    };
    // The newest of the gravest that nothing replaces.
    let open = weighed()
        .filter(|(.., superseded)| matches!(superseded, Superseded::No | Superseded::Partly));
    let (_, event, superseded) =
        open.max_by_key(|&(weight, _, superseded)| (superseded == Superseded::No, weight))?;
    let is_bad = |kind| {
        matches!(
            kind,
            PhoneEventKind::Refused | PhoneEventKind::NotAuthorized | PhoneEventKind::NotInstalled
        )
    };
    let older: Vec<&PhoneEvent> = weighed()
        .filter(|(_, one, _)| is_bad(one.kind) && *one != event)
        .map(|(_, one, _)| one)
        .take(MOST_OLDER)
        .collect();
    let unsure = superseded == Superseded::Partly
        || weighed().any(|(_, one, superseded)| {
            is_bad(one.kind)
                && one != event
                && matches!(superseded, Superseded::Partly | Superseded::Untimed)
        });
    let (verdict, code) = verdict(event, unsure, context);
    let mut facts = vec![("message", Fact::Text(event.text.clone()))];
    facts.extend(
        messages.phone.clone().filter(|_| several).map(|phone| ("phone", Fact::Text(phone))),
    );
    if !older.is_empty() {
        let told = |event: &&PhoneEvent| format!("{} ({})", event.text, event.line);
        facts.push(("older", Fact::List(older.iter().map(told).collect())));
    }
    Some(found(verdict, code, facts, event.line))
}

/// As many older messages as a phone shows.
const MOST_OLDER: usize = 30;

fn verdict(event: &PhoneEvent, unsure: bool, context: &Context) -> (Verdict, PreflightCode) {
    let mixed = context.mode != Some(Mode::NonSecure);
    match (event.kind, event.file) {
        (PhoneEventKind::Refused, Some(PhoneFile::Config)) => {
            (Verdict::Block, PreflightCode::PhoneConfigRefused)
        }
        (PhoneEventKind::NotAuthorized, _) => {
            (Verdict::Block, PreflightCode::PhoneTftpNotAuthorized)
        }
        // Without a CTL a phone is as it should be outside mixed mode.
        (PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl)) => {
            (if mixed { Verdict::Warn } else { Verdict::Info }, PreflightCode::PhoneHoldsNoList)
        }
        // An administrator did it; the phone takes the next lists on faith.
        (PhoneEventKind::Erased, _) => (Verdict::Warn, PreflightCode::PhoneHoldsNoList),
        (PhoneEventKind::NotFound(ListKind::Ctl), _) if !mixed => {
            (Verdict::Info, PreflightCode::PhoneFileNotFound)
        }
        (PhoneEventKind::ConfigNotFound | PhoneEventKind::NotFound(_), _) => {
            (Verdict::Warn, PreflightCode::PhoneFileNotFound)
        }
        (PhoneEventKind::Refused | PhoneEventKind::NotInstalled, _) => {
            (Verdict::Block, PreflightCode::PhoneListUpdateFailed)
        }
        _ if unsure => (Verdict::Warn, PreflightCode::PhoneListUpdated),
        _ => (Verdict::Info, PreflightCode::PhoneListUpdated),
    }
}

fn found(
    verdict: Verdict,
    code: PreflightCode,
    facts: Vec<(&'static str, Fact)>,
    line: Line,
) -> Found {
    Found { item: Item::Phones, verdict, code, facts, line }
}

/// "ITL File Status" (14 and later): a phone's row with `Mismatch` blocks; the words alone are a
/// legend.
pub(super) fn column(section: &Section<'_>) -> Option<Found> {
    let phones = section
        .lines
        .iter()
        .filter(|(_, text)| text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_phone));
    let mut mismatched = Vec::new();
    let mut first = None;
    for (line, text) in phones {
        let words =
            || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        if words().any(|word| word.eq_ignore_ascii_case("mismatch")) {
            first = first.or(Some(*line));
            mismatched.extend(words().find(|word| is_phone(word)).map(String::from));
        }
    }
    if let Some(line) = first {
        let facts =
            vec![("message", Fact::Text("Mismatch".into())), ("phones", Fact::List(mismatched))];
        return Some(found(Verdict::Block, PreflightCode::PhoneListUpdateFailed, facts, line));
    }
    let legend = ["Match", "Mismatch", "NotInstalled", "Unknown"]
        .iter()
        .all(|word| section.find(word).is_some());
    legend.then(|| found(Verdict::Info, PreflightCode::StatusLegend, Vec::new(), section.line))
}

/// `SEP` and twelve hex digits.
fn is_phone(word: &str) -> bool {
    word.len() == 15
        && word.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("SEP"))
        && word.chars().skip(3).all(|c| c.is_ascii_hexdigit())
}

// F-11: `show cert list own`.

/// Which of a node's own certificates a CA signed: `set cert regen` would overwrite those (B-14).
pub(super) fn own_certificates(section: &Section<'_>) -> Option<Found> {
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
    // A row that the paste lost may be the one that a CA signed. Every node of Unified CM has the
    // CallManager certificate, and every node of IM and Presence has cup instead.
    let lists = |unit: &str| rows.iter().any(|(listed, ..)| listed.eq_ignore_ascii_case(unit));
    let is_short = !lists("CallManager") && !lists("cup");
    let (verdict, code) = match ca_signed.is_empty() {
        false => (Verdict::Warn, PreflightCode::CaSignedCertificate),
        true if is_short => (Verdict::Unknown, PreflightCode::OutputUnread),
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
    if is_short {
        facts.push(("missing", Fact::List(vec!["CallManager".to_owned()])));
    }
    Some(Found { item: Item::OwnCertificates, verdict, code, facts, line })
}

/// Unit, description and line of each `unit/file.pem:`. Trust certificates are another list.
fn rows(section: &Section<'_>) -> Vec<(String, String, trustlist::console::Line)> {
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
