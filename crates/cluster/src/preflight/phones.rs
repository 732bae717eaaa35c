//! F-9: what phones say, on their screens and in the column "ITL File Status".

use super::text::Section;
use super::{Context, Fact, Found, Item, SecurityMode, Verdict};
use crate::code::PreflightCode;
use alloc::{collections::BTreeSet, format, string::String, vec, vec::Vec};
use trustlist::console::clean::Clean;
use trustlist::console::{
    Line, PhoneEvent, PhoneEventKind, PhoneFile, PhoneMessages, Superseded, phone_messages,
};
use trustlist::facts::ListKind;

/// The messages of a paste that say something about lists, by phone.
pub(super) fn read(clean: &Clean<'_>) -> Vec<PhoneMessages> {
    let mut all = phone_messages(clean);
    all.retain(|phone| phone.messages.iter().any(|(event, _)| weight(event.kind).is_some()));
    all
}

/// The check. The newest message about a list counts; one whose order is not sure is told beside it.
pub(super) fn judge(messages: &[PhoneMessages], context: &Context) -> Vec<Found> {
    let several = messages.len() > 1;
    let mut found: Vec<Found> =
        messages.iter().filter_map(|messages| of_phone(messages, several, context)).collect();
    // Messages of which nothing says whose they are: one of each kind is enough.
    let mut seen: BTreeSet<String> = BTreeSet::new();
    found.retain(|found| seen.insert(format!("{} {:?}", found.code, found.facts)));
    found.sort_by_key(|found| found.verdict != Verdict::Block);
    found.truncate(MOST_PHONES);
    found
}

/// More phones than this are no answer that is read.
const MOST_PHONES: usize = 1_000;

/// How much a message weighs if it is the last word: the first of these that a phone said is the answer. `None` for what says nothing
/// about the lists that it holds.
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
    let mixed = context.mode != Some(SecurityMode::NonSecure);
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

/// "ITL File Status" (14 and later): a phone's row with `Mismatch` blocks; the words alone are a legend.
pub(super) fn column(section: &Section) -> Option<Found> {
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
