//! What is easily mixed up in a hurry. The phone's judgement of the files stands, whatever they are: these are notes beside it.

use crate::facts::{ListFacts, ListKind};
use crate::phone::{ListOffer, Offer, Phone};
use crate::report::Plain;
use crate::wire::Role;
use std::sync::Arc;

/// What looks like a mistake in a question of files: one line each, by the option of the command line that may be the wrong
/// one.
pub fn prediction_notes<'a>(phone: &'a Phone, offer: &'a Offer) -> impl Iterator<Item = String> + use<'a> {
    let pairs = [("ctl", &phone.ctl, &offer.ctl), ("itl", &phone.itl, &offer.itl)];
    let changed = pairs.into_iter().filter_map(|(word, held, offer)| Some((word, held.as_ref()?, list(offer)?)));
    other_kind(phone, offer).chain(other_node(phone, offer)).chain(changed.filter_map(|(word, held, new)| older(word, held, new)))
}

fn list(offer: &ListOffer) -> Option<&Arc<ListFacts>> {
    match offer {
        ListOffer::List(list) => Some(list),
        ListOffer::Empty | ListOffer::NotFound => None,
    }
}

/// An ITL given as the CTL, or the other way round (P-SIG-7).
fn other_kind<'a>(phone: &'a Phone, offer: &'a Offer) -> impl Iterator<Item = String> + use<'a> {
    let given = [
        ("--installed-ctl", phone.ctl.as_ref(), ListKind::Itl),
        ("--installed-itl", phone.itl.as_ref(), ListKind::Ctl),
        ("--offered-ctl", list(&offer.ctl), ListKind::Itl),
        ("--offered-itl", list(&offer.itl), ListKind::Ctl),
    ];
    given.into_iter().filter(|(_, list, wrong)| list.is_some_and(|list| list.kind == *wrong)).map(|(option, _, wrong)| {
        let name = if wrong == ListKind::Ctl { "a CTL" } else { "an ITL" };
        format!("{option}: the name inside this file is that of {name}; was the other option meant?")
    })
}

/// The ITL of another TFTP node: each names its own node as TFTP server, and no other (C-60, P-ITL-7).
fn other_node(phone: &Phone, offer: &Offer) -> Option<String> {
    let (held, new) = (phone.itl.as_ref()?, list(&offer.itl)?);
    let node = |list: &ListFacts| {
        let of_tftp = list.records.iter().filter(|record| matches!(record.role, Role::CcmTftp | Role::Tftp));
        let mut servers: Vec<Arc<str>> = of_tftp.map(|record| record.server.clone()).collect();
        servers.dedup();
        if let [server] = &servers[..] { Some(server.clone()).filter(|server| !server.is_empty()) } else { None }
    };
    let (of_held, of_new) = (node(held)?, node(new)?);
    (held.kind == ListKind::Itl && new.kind == ListKind::Itl && !of_held.eq_ignore_ascii_case(&of_new)).then(|| {
        format!(
            "--offered-itl: the list of TFTP node {}, the one on the phone is of {}; each node has its own: does the phone load \
             from that node?",
            Plain(of_new),
            Plain(of_held)
        )
    })
}

/// An offered list that was made before the one on the phone: right after a restore, else the two were mixed up (P-TIME-2).
fn older(word: &str, held: &ListFacts, new: &ListFacts) -> Option<String> {
    let (then, now) = (held.timestamp?, new.timestamp?);
    (now < then).then(|| {
        format!(
            "--offered-{word}: made {now}, before the one on the phone ({then}): were they mixed up, or was a backup restored?"
        )
    })
}
