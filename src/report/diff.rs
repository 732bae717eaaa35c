//! `diff`: what changed between two lists, and what it means for phones.

pub use super::mistake::diff_notes as notes;

use super::Plain;
use super::shape::Word;
use crate::code::ConditionCode;
use crate::diff::{Change, Entry, ListDiff};
use crate::facts::{Completeness, ListKind, Name};
use crate::json::Value;
use crate::phone::{Decisive, JudgedFile, Judgement, Lean, Outcome, Via};
use crate::report::prediction::open_questions;
use crate::wire::Role;
use serde::Serialize;
use std::fmt::Write as _;

/// The schema of the answer.
pub(crate) const DIFF_SCHEMA: &str = "trustlist.diff/1";

/// The changes between two lists, and their meaning for phones that have the old one
/// (spec/CONTRACT.md section 1).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DiffAnswer {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = DIFF_SCHEMA)))]
    schema: &'static str,
    /// True if nothing changed that matters to a phone.
    same: bool,
    /// True if both lists are complete; otherwise a missing record may have been in one.
    complete: bool,
    /// The signers, if they differ.
    signer: Option<Both<SignerAnswer>>,
    /// The digests of the signatures, if they differ.
    digest: Option<DigestChange>,
    /// Records of the new list only.
    added: Vec<EntryAnswer>,
    /// Records of the old list only.
    removed: Vec<EntryAnswer>,
    /// Renewed certificates: the same subject, another serial number.
    renewed: Vec<Both<EntryAnswer>>,
    /// The same certificate with other roles.
    role_changes: Vec<Both<EntryAnswer>>,
    /// Another certificate under the same issuer and serial number: no authority issues that
    /// (P-SIG-1).
    replaced: Vec<Both<EntryAnswer>>,
    /// The answer for phones that have the old list.
    phones: PhonesAnswer,
}

/// Something before and after.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ChangeOf{T}"))]
struct Both<T> {
    /// In the old list.
    old: T,
    /// In the new list.
    new: T,
}

/// The digest before and after.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DigestChange {
    /// In the old list.
    #[cfg_attr(test, schemars(with = "super::schema::DigestWord"))]
    old: String,
    /// In the new list.
    #[cfg_attr(test, schemars(with = "super::schema::DigestWord"))]
    new: String,
}

/// Who signed, as the header says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Signer"))]
struct SignerAnswer {
    /// The subject.
    subject: String,
    /// The issuer; `null` where a print does not say.
    issuer: Option<String>,
    /// The serial number without leading zeros; `null` where a print does not say.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    serial: Option<String>,
}

/// A record, or several of one certificate.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Entry"))]
struct EntryAnswer {
    /// The record, from 1.
    record: u32,
    /// The roles of the certificate.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::RoleWord>"))]
    roles: Vec<String>,
    /// The host name.
    server: String,
    /// The subject; `null` in an emptied record, as the four below.
    subject: Option<String>,
    /// The issuer.
    issuer: Option<String>,
    /// The serial number without leading zeros.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    serial: Option<String>,
    /// Start of the certificate's validity; `null` where the list does not hold the certificate.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    not_before: Option<String>,
    /// End of the certificate's validity; `null` where the list does not hold the certificate.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    not_after: Option<String>,
}

/// The answer of `predict` for phones that have only the old list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Phones"))]
struct PhonesAnswer {
    /// The outcome of the new list.
    outcome: Word<Outcome>,
    /// The finding or condition that decides.
    decisive: Option<Word<Decisive>>,
    /// The source that confirmed the signer.
    via: Option<Word<Via>>,
    /// Where the evidence leans when the outcome is `depends`.
    leans: Option<Word<Lean>>,
    /// On what a `depends` depends.
    conditions: Vec<Word<ConditionCode>>,
    /// The same in one sentence.
    meaning: String,
}

/// The answer as JSON: `trustlist.diff/1`.
pub fn json(diff: &ListDiff, kind: ListKind) -> Value {
    let both = |changes: &[Change<Entry>]| changes.iter().map(EntryAnswer::both).collect();
    let phone = judgement(diff, kind);
    Value::of(&DiffAnswer {
        schema: DIFF_SCHEMA,
        same: diff.is_empty(),
        complete: diff.completeness == Completeness::Whole,
        signer: diff.signer.as_ref().map(|change| Both {
            old: SignerAnswer::of(&change.old),
            new: SignerAnswer::of(&change.new),
        }),
        digest: diff.digest.as_ref().map(|change| DigestChange {
            old: change.old.to_string(),
            new: change.new.to_string(),
        }),
        added: diff.added.iter().map(EntryAnswer::of).collect(),
        removed: diff.removed.iter().map(EntryAnswer::of).collect(),
        renewed: both(&diff.renewed),
        role_changes: both(&diff.roles),
        replaced: both(&diff.replaced),
        phones: PhonesAnswer {
            outcome: Word(phone.outcome()),
            decisive: phone.decisive().map(Word),
            via: phone.via().map(Word),
            leans: phone.leans().map(Word),
            conditions: phone.conditions().iter().map(|condition| Word(condition.code())).collect(),
            meaning: sentence(diff, kind),
        },
    })
}

impl SignerAnswer {
    fn of(signer: &crate::diff::Signer) -> Self {
        let identity = signer.identity.as_ref();
        Self {
            subject: signer.subject.as_str().to_owned(),
            issuer: identity.map(|identity| identity.issuer.as_str().to_owned()),
            serial: identity.map(|identity| identity.serial.to_string()),
        }
    }
}

impl EntryAnswer {
    fn of(entry: &Entry) -> Self {
        let held = entry.certificate.as_ref();
        Self {
            record: entry.record.0,
            roles: entry.roles.iter().map(ToString::to_string).collect(),
            server: entry.server.to_string(),
            subject: held.map(|held| held.subject.as_str().to_owned()),
            issuer: held.map(|held| held.identity.issuer.as_str().to_owned()),
            serial: held.map(|held| held.identity.serial.to_string()),
            not_before: held.and_then(|held| held.not_before()).map(|date| date.to_string()),
            not_after: entry.not_after().map(|date| date.to_string()),
        }
    }

    fn both(change: &Change<Entry>) -> Both<Self> {
        Both { old: Self::of(&change.old), new: Self::of(&change.new) }
    }
}

/// The judgement of the list that was compared.
fn judgement(diff: &ListDiff, kind: ListKind) -> &Judgement {
    if kind == ListKind::Ctl { &diff.phone.ctl } else { &diff.phone.itl }
}

/// Returns the outcome of the new list on phones that have the old one.
pub fn outcome(diff: &ListDiff, kind: ListKind) -> Outcome {
    judgement(diff, kind).outcome()
}

/// Returns in one sentence what the difference means for phones with the old list.
pub fn sentence(diff: &ListDiff, kind: ListKind) -> String {
    let judgement = judgement(diff, kind);
    let why = judgement
        .decisive()
        .map_or_else(String::new, |decisive| format!(" [{}]", decisive.as_str()));
    let list = if kind == ListKind::Ctl { "CTL" } else { "ITL" };
    let holders = if kind == ListKind::Ctl {
        "Phones with only the old CTL"
    } else {
        "Phones with the old ITL and no CTL"
    };
    match judgement.outcome() {
        Outcome::Accept | Outcome::InstallFirst => format!("{holders} accept the new {list}{why}."),
        Outcome::Unchanged => format!("{holders} already have the new {list}{why}."),
        Outcome::Reject => format!("{holders} refuse the new {list}{why}."),
        Outcome::Depends => {
            let file = if kind == ListKind::Ctl { JudgedFile::Ctl } else { JudgedFile::Itl };
            let open = open_questions(file, judgement, "the signer");
            let leans = match judgement.leans() {
                Some(Lean::Accept) => " Probably they accept it.",
                Some(Lean::Reject) => " Probably they refuse it.",
                None => "",
            };
            let asks = judgement
                .conditions()
                .iter()
                .any(|condition| condition.code() == ConditionCode::TvsUnknown);
            // P-TVS-11: nothing is known of the cluster's minimum here.
            let legacy = if asks {
                " 79xx, 69xx, 39xx, 894x, 8961 and 99xx cannot ask TVS if the minimum TLS version is 1.2 or higher."
            } else {
                ""
            };
            let regenerated = if asks { regenerated_tvs(diff) } else { String::new() };
            format!(
                "UNDECIDED: {} is missing, so it is not known if {} accept the new {list}.{leans} Missing: {}{legacy}{regenerated} \
                 Give what is missing to `trustlist predict`.",
                if open.len() == 1 { "one fact" } else { "more than one fact" },
                holders.replacen("Phones", "phones", 1),
                open.join(" ")
            )
        }
        Outcome::NotApplicable | Outcome::NotOffered => {
            format!("This does not affect {}{why}.", holders.replacen("Phones", "phones", 1))
        }
    }
}

/// Returns what the regenerated TVS certificates mean for phones that have to ask TVS (P-TVS-2);
/// nothing if there is none.
fn regenerated_tvs(diff: &ListDiff) -> String {
    let is_tvs = |change: &&Change<Entry>| change.old.roles.contains(&Role::Tvs);
    match diff.renewed.iter().filter(is_tvs).count() {
        0 => String::new(),
        1 => " A TVS certificate was regenerated too: a phone with the old list ignores a TVS server that presents the new one, and \
              refuses the new list if it trusts no other server."
            .to_owned(),
        count => format!(
            " {count} TVS certificates were regenerated too: a phone with the old list ignores a TVS server that presents a new one, and \
             refuses the new list if no server presents an old one."
        ),
    }
}

/// Returns the answer as text.
pub fn text(diff: &ListDiff, kind: ListKind) -> String {
    let mut out = String::new();
    if diff.is_empty() {
        out.push_str("no difference that matters to a phone\n");
    }
    if let Some(change) = &diff.signer {
        let (old, new) = (&change.old, &change.new);
        let same = old.subject == new.subject;
        let after = if same { format!("serial {}", signer_serial(new)) } else { signer(new) };
        let _ = writeln!(out, "signer       {}\n             now {after}", signer(old));
    }
    if let Some(change) = &diff.digest {
        let _ = writeln!(out, "digest       {} -> {}", change.old, change.new);
    }
    for entry in &diff.added {
        let _ = writeln!(out, "added        {}", shown(entry));
    }
    for entry in &diff.removed {
        let _ = writeln!(out, "removed      {}", shown(entry));
    }
    for change in &diff.renewed {
        let _ = writeln!(
            out,
            "regenerated  {}\n             now serial {}{}",
            shown(&change.old),
            serial(&change.new),
            until(&change.new)
        );
    }
    for change in &diff.roles {
        let _ = writeln!(
            out,
            "roles        {}\n             now {}",
            shown(&change.old),
            roles(&change.new)
        );
    }
    for change in &diff.replaced {
        let _ = writeln!(
            out,
            "REPLACED     {}\n             same issuer and serial number, another certificate{}",
            shown(&change.old),
            until(&change.new)
        );
    }
    if diff.completeness == Completeness::Partial {
        out.push_str("One list is incomplete: certificates shown as added or removed may only be missing from the paste.\n");
    }
    let _ = writeln!(out, "{}", sentence(diff, kind));
    out
}

fn signer(signer: &crate::diff::Signer) -> String {
    format!("{}, serial {}", short(&signer.subject), signer_serial(signer))
}

fn signer_serial(signer: &crate::diff::Signer) -> String {
    signer
        .identity
        .as_ref()
        .map_or_else(|| "not stated".to_owned(), |identity| identity.serial.to_string())
}

/// The common name: the rest is the same for every certificate of a cluster. JSON has the whole
/// name.
fn short(name: &Name) -> String {
    let common = name.common_name().filter(|common| !common.is_empty());
    Plain(common.unwrap_or(name.as_str())).to_string()
}

fn shown(entry: &Entry) -> String {
    let Some(held) = &entry.certificate else {
        return format!("{}: no certificate, {}", roles(entry), Plain(&entry.server));
    };
    format!("{}: {}, serial {}{}", roles(entry), short(&held.subject), serial(entry), until(entry))
}

fn roles(entry: &Entry) -> String {
    entry.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn serial(entry: &Entry) -> String {
    entry
        .certificate
        .as_ref()
        .map_or_else(|| "none".to_owned(), |held| held.identity.serial.to_string())
}

fn until(entry: &Entry) -> String {
    let day = |date: String| date.get(..10).map_or(date.clone(), str::to_owned);
    entry.not_after().map_or_else(String::new, |date| format!(", until {}", day(date.to_string())))
}
