//! `diff`: what changed between two lists, and what it means for phones.

use super::Plain;
use crate::diff::{Change, Entry, ListDiff};
use crate::facts::{Completeness, ListKind};
use crate::phone::{Decisive, Judgement, Outcome};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The answer as JSON: `trustlist.diff/1`.
pub fn json(diff: &ListDiff, kind: ListKind) -> Value {
    let entries = |entries: &[Entry]| entries.iter().map(entry).collect::<Vec<_>>();
    let changes = |changes: &[Change<Entry>]| {
        changes.iter().map(|change| json!({ "old": entry(&change.old), "new": entry(&change.new) })).collect::<Vec<_>>()
    };
    let signer = diff.signer.as_ref().map(|change| {
        let side = |signer: &crate::diff::Signer| {
            json!({
                "subject": signer.subject.as_str(),
                "issuer": signer.identity.as_ref().map(|identity| identity.issuer.as_str().to_owned()),
                "serial": signer.identity.as_ref().map(|identity| identity.serial.to_string()),
            })
        };
        json!({ "old": side(&change.old), "new": side(&change.new) })
    });
    let phone = judgement(diff, kind);
    json!({
        "schema": "trustlist.diff/1",
        "same": diff.is_empty(),
        "complete": diff.completeness == Completeness::Whole,
        "signer": signer,
        "digest": diff.digest.as_ref().map(|change| json!({ "old": change.old.to_string(), "new": change.new.to_string() })),
        "added": entries(&diff.added),
        "removed": entries(&diff.removed),
        "renewed": changes(&diff.renewed),
        "role_changes": changes(&diff.roles),
        "replaced": changes(&diff.replaced),
        "phones": {
            "outcome": phone.outcome().as_str(),
            "decisive": phone.decisive().map(code),
            "via": phone.via().map(|via| via.as_str()),
            "leans": phone.leans().map(|lean| lean.as_str()),
            "conditions": phone.conditions().iter().map(|condition| condition.code.as_str()).collect::<Vec<_>>(),
            "meaning": sentence(diff, kind),
        },
    })
}

fn entry(entry: &Entry) -> Value {
    let held = entry.certificate.as_ref();
    json!({
        "record": entry.record.0,
        "roles": entry.roles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "server": &*entry.server,
        "subject": held.map(|held| held.subject.as_str().to_owned()),
        "issuer": held.map(|held| held.identity.issuer.as_str().to_owned()),
        "serial": held.map(|held| held.identity.serial.to_string()),
        "not_before": held.and_then(|held| held.not_before).map(|date| date.to_string()),
        "not_after": entry.not_after().map(|date| date.to_string()),
    })
}

/// The judgement of the list that was compared.
fn judgement(diff: &ListDiff, kind: ListKind) -> &Judgement {
    if kind == ListKind::Ctl { &diff.phone.ctl } else { &diff.phone.itl }
}

fn code(decisive: Decisive) -> &'static str {
    match decisive {
        Decisive::Condition(code) => code.as_str(),
        Decisive::Finding(code) => code.as_str(),
    }
}

/// What the difference means for phones that hold the old list, in one sentence.
pub fn sentence(diff: &ListDiff, kind: ListKind) -> String {
    let judgement = judgement(diff, kind);
    let why = judgement.decisive().map_or_else(String::new, |decisive| format!(" [{}]", code(decisive)));
    let list = if kind == ListKind::Ctl { "CTL" } else { "ITL" };
    let holders =
        if kind == ListKind::Ctl { "Phones that hold only the old CTL" } else { "Phones that hold the old ITL and no CTL" };
    match judgement.outcome() {
        Outcome::Accept | Outcome::InstallFirst => format!("{holders} take the new {list}{why}."),
        Outcome::Unchanged => format!("{holders} keep it: the file is the same{why}."),
        Outcome::Reject => format!("{holders} refuse the new {list}{why}."),
        Outcome::Depends => {
            let open: Vec<&str> = judgement.conditions().iter().map(|condition| condition.code.as_str()).collect();
            let leans = judgement.leans().map_or_else(String::new, |lean| format!(", leaning to {lean}"));
            format!(
                "Whether {} take the new {list} depends on {}{leans}.",
                holders.to_lowercase().replace("itl", "ITL").replace("ctl", "CTL"),
                open.join(", ")
            )
        }
        Outcome::NotApplicable | Outcome::NotOffered => format!("{holders} are not concerned{why}."),
    }
}

/// The answer as text.
pub fn text(diff: &ListDiff, kind: ListKind) -> String {
    let mut out = String::new();
    if diff.is_empty() {
        out.push_str("no difference that a phone would look at\n");
    }
    if let Some(change) = &diff.signer {
        let _ = writeln!(out, "signer    {} -> {}", signer(&change.old), signer(&change.new));
    }
    if let Some(change) = &diff.digest {
        let _ = writeln!(out, "digest    {} -> {}", change.old, change.new);
    }
    for entry in &diff.added {
        let _ = writeln!(out, "added     {}", shown(entry));
    }
    for entry in &diff.removed {
        let _ = writeln!(out, "removed   {}", shown(entry));
    }
    for change in &diff.renewed {
        let _ =
            writeln!(out, "renewed   {}\n          now serial {}{}", shown(&change.old), serial(&change.new), until(&change.new));
    }
    for change in &diff.roles {
        let _ = writeln!(out, "roles     {}\n          now {}", shown(&change.old), roles(&change.new));
    }
    for change in &diff.replaced {
        let _ = writeln!(
            out,
            "REPLACED  {}\n          same issuer and serial number, another certificate{}",
            shown(&change.old),
            until(&change.new)
        );
    }
    if diff.completeness == Completeness::Partial {
        out.push_str("one of the lists is not known whole: what is missing there may have been in it\n");
    }
    let _ = writeln!(out, "{}", sentence(diff, kind));
    out
}

fn signer(signer: &crate::diff::Signer) -> String {
    let serial = signer.identity.as_ref().map_or_else(|| "not stated".to_owned(), |identity| identity.serial.to_string());
    format!("{} serial {serial}", Plain(signer.subject.as_str()))
}

fn shown(entry: &Entry) -> String {
    let subject = entry
        .certificate
        .as_ref()
        .map_or_else(|| format!("no certificate, {}", entry.server), |held| held.subject.as_str().to_owned());
    format!("{}: {}, serial {}{}", roles(entry), Plain(subject), serial(entry), until(entry))
}

fn roles(entry: &Entry) -> String {
    entry.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn serial(entry: &Entry) -> String {
    entry.certificate.as_ref().map_or_else(|| "none".to_owned(), |held| held.identity.serial.to_string())
}

fn until(entry: &Entry) -> String {
    entry.not_after().map_or_else(String::new, |date| format!(", until {date}"))
}
