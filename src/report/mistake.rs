//! Notes on probable mix-ups of files. They do not change the prediction.

use crate::facts::{ListFacts, ListKind, Timestamp};
use crate::phone::{ListOffer, Offer, Phone};
use crate::report::Plain;
use crate::report::prediction::Wording;
use crate::wire::Role;
use std::sync::Arc;

/// Returns the probable mistakes in a comparison of two lists, one line each: an ITL beside a CTL, the lists of two TFTP nodes, and
/// the newer list given first (P-SIG-7, P-ITL-7, P-TIME-2).
#[cfg(feature = "serde")]
pub fn diff_notes(old: &ListFacts, new: &ListFacts) -> impl Iterator<Item = String> + use<> {
    let kinds = matches!(
        (old.kind, new.kind),
        (ListKind::Itl, ListKind::Ctl) | (ListKind::Ctl, ListKind::Itl)
    );
    let kinds = kinds.then(|| {
        String::from(
            "by the names inside these files one is an ITL and the other a CTL: a phone has both",
        )
    });
    let nodes = nodes(old, new).map(|[first, second]| {
        format!(
            "the first list is of TFTP node {}, the second of {}: each node has its own, and a phone loads that of its own node",
            Plain(first),
            Plain(second)
        )
    });
    let times = times(old, new).map(|[first, second]| {
        format!("the second list was made {second}, before the first ({first}): were they mixed up, or was a backup restored?")
    });
    kinds.into_iter().chain(nodes).chain(times)
}

/// Returns the probable mistakes in a question about files, one line each, with the option of the command line that may be the wrong
/// one.
pub fn prediction_notes<'a>(
    phone: &'a Phone,
    offer: &'a Offer,
) -> impl Iterator<Item = String> + use<'a> {
    prediction_notes_in(Wording::Options, phone, offer)
}

/// The same in a wording.
pub(crate) fn prediction_notes_in<'a>(
    wording: Wording,
    phone: &'a Phone,
    offer: &'a Offer,
) -> impl Iterator<Item = String> + use<'a> {
    let pairs = [
        (Given::OfferedCtl, phone.ctl(), &offer.ctl),
        (Given::OfferedItl, phone.itl(), &offer.itl),
    ];
    let changed =
        pairs.into_iter().filter_map(|(given, held, offer)| Some((given, held?, list(offer)?)));
    let older = changed.filter_map(|(given, held, new)| Some((given, older(held, new)?)));
    let notes = other_kind(wording, phone, offer).chain(other_node(phone, offer)).chain(older);
    notes.map(move |(given, note)| format!("{}: {note}", given.name(wording)))
}

/// Something that was given.
#[derive(Clone, Copy)]
enum Given {
    InstalledCtl,
    InstalledItl,
    OfferedCtl,
    OfferedItl,
}

impl Given {
    const fn name(self, wording: Wording) -> &'static str {
        match (wording, self) {
            (Wording::Options, Self::InstalledCtl) => "--installed-ctl",
            (Wording::Options, Self::InstalledItl) => "--installed-itl",
            (Wording::Options, Self::OfferedCtl) => "--offered-ctl",
            (Wording::Options, Self::OfferedItl) => "--offered-itl",
            (Wording::Plain, Self::InstalledCtl) => "installed CTL",
            (Wording::Plain, Self::InstalledItl) => "installed ITL",
            (Wording::Plain, Self::OfferedCtl) => "offered CTL",
            (Wording::Plain, Self::OfferedItl) => "offered ITL",
        }
    }
}

fn list(offer: &ListOffer) -> Option<&Arc<ListFacts>> {
    match offer {
        ListOffer::List(list) => Some(list),
        ListOffer::Empty | ListOffer::NotFound => None,
    }
}

/// Says that a list is surely of the other kind, by the name inside (P-SIG-7).
pub fn of_other_kind(found: ListKind, wanted: ListKind) -> Option<String> {
    let (found, expected) = match (found, wanted) {
        (ListKind::Ctl, ListKind::Itl) => ("a CTL", "an ITL"),
        (ListKind::Itl, ListKind::Ctl) => ("an ITL", "a CTL"),
        _ => return None,
    };
    Some(format!("by the name inside this file it is {found}, expected {expected}"))
}

/// Returns one line for each list that was given in the place of the other kind, by the option that was used
/// (P-SIG-7): such a question has no answer.
pub fn swapped_kinds<'a>(
    phone: &'a Phone,
    offer: &'a Offer,
) -> impl Iterator<Item = String> + use<'a> {
    kinds_given(phone, offer).map(|(given, found)| {
        let option = given.name(Wording::Options);
        let (name, other) = match found {
            ListKind::Ctl => ("a CTL", option.replace("itl", "ctl")),
            _ => ("an ITL", option.replace("ctl", "itl")),
        };
        format!("{option}: the name inside this file says that it is {name}: give it as {other}")
    })
}

/// An ITL given as the CTL, or the other way round (P-SIG-7).
fn other_kind<'a>(
    wording: Wording,
    phone: &'a Phone,
    offer: &'a Offer,
) -> impl Iterator<Item = (Given, String)> + use<'a> {
    kinds_given(phone, offer).map(move |(given, found)| {
        let name = if found == ListKind::Ctl { "a CTL" } else { "an ITL" };
        let other = if wording == Wording::Options { "option" } else { "kind" };
        (
            given,
            format!("the name inside this file is that of {name}; did you mean the other {other}?"),
        )
    })
}

/// Returns the lists that were given in the place of the other kind, with their real kind.
fn kinds_given<'a>(
    phone: &'a Phone,
    offer: &'a Offer,
) -> impl Iterator<Item = (Given, ListKind)> + use<'a> {
    let given = [
        (Given::InstalledCtl, phone.ctl(), ListKind::Itl),
        (Given::InstalledItl, phone.itl(), ListKind::Ctl),
        (Given::OfferedCtl, list(&offer.ctl), ListKind::Itl),
        (Given::OfferedItl, list(&offer.itl), ListKind::Ctl),
    ];
    let swapped =
        given.into_iter().filter(|(_, list, wrong)| list.is_some_and(|list| list.kind == *wrong));
    swapped.map(|(given, _, wrong)| (given, wrong))
}

/// The ITL of another TFTP node than that of the phone.
fn other_node(phone: &Phone, offer: &Offer) -> Option<(Given, String)> {
    let [held, new] = nodes(phone.itl()?, list(&offer.itl)?)?;
    let note = format!(
        "the list of TFTP node {}, the one on the phone is of {}; each node has its own: does the phone load from that node?",
        Plain(new),
        Plain(held)
    );
    Some((Given::OfferedItl, note))
}

/// An offered list that was made before the one on the phone: right after a restore, else the two were mixed up.
fn older(held: &ListFacts, new: &ListFacts) -> Option<String> {
    let [then, now] = times(held, new)?;
    Some(format!(
        "made {now}, before the one on the phone ({then}): were they mixed up, or was a backup restored?"
    ))
}

/// The TFTP nodes of two ITLs, if they are two: each ITL names its own node as TFTP server, and no other (C-60, P-ITL-7).
fn nodes(old: &ListFacts, new: &ListFacts) -> Option<[Arc<str>; 2]> {
    let node = |list: &ListFacts| {
        let of_tftp =
            list.records.iter().filter(|record| matches!(record.role, Role::CcmTftp | Role::Tftp));
        let mut servers: Vec<Arc<str>> = of_tftp.map(|record| record.server.clone()).collect();
        servers.dedup();
        if let [server] = &servers[..] {
            Some(server.clone()).filter(|server| !server.is_empty())
        } else {
            None
        }
    };
    let both = [node(old)?, node(new)?];
    let [first, second] = &both;
    let itls = old.kind == ListKind::Itl && new.kind == ListKind::Itl;
    (itls && !first.eq_ignore_ascii_case(second)).then_some(both)
}

/// When two lists were made, where the second was made first (P-TIME-2). Lists that are not each other's successors have no order.
fn times(old: &ListFacts, new: &ListFacts) -> Option<[Timestamp; 2]> {
    let (then, now) = (old.timestamp?, new.timestamp?);
    let successors = old.kind == new.kind && nodes(old, new).is_none();
    (successors && now < then).then_some([then, now])
}
