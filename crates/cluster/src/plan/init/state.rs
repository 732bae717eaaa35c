//! The state of services, lists and replication in the pastes, which a cluster document does not hold.

use super::{CISCO_CALLMANAGER, Mark, Pasted, TFTP, place, squeezed, stem};
use crate::cluster::{Cluster, FIRST_TOKEN, Mode};
use crate::preflight::{Check, Fact, Item, Verdict};
use crate::release::{ListSigner, ReleaseRules as _};
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use trustlist::facts::ListKind;

/// The state of the cluster by the pastes. A cluster document holds none of it but the
/// signer of the CTL: it describes a cluster that works.
#[derive(Default)]
pub(super) struct State {
    lists: Vec<ListState>,
    /// Services that do not run: node, service, place.
    stopped: Vec<(String, String, String)>,
    /// Outputs that do not show that every node replicates: the nodes, and the place.
    replication: Vec<(Vec<String>, String)>,
}

/// A list as a server shows it.
struct ListState {
    kind: ListKind,
    is_there: bool,
    verified: bool,
    signer: Option<ListSigner>,
    place: String,
}

impl State {
    /// Takes what the checks of a paste say; returns if there was anything.
    pub(super) fn read(&mut self, paste: &Pasted<'_>, checks: &[Check]) -> bool {
        let mut any = false;
        for check in checks.iter().filter(|check| check.evidence.is_some()) {
            let flag = |key: &str| flag_of(check, key);
            match check.item {
                Item::Ctl | Item::Itl => {
                    let is_ctl = check.item == Item::Ctl;
                    let is_there = flag(if is_ctl { "ctl" } else { "itl" }) != Some(false);
                    // Text after the command that is no list: it says nothing.
                    if is_there && check.facts.is_empty() {
                        continue;
                    }
                    let list = ListState {
                        kind: if is_ctl { ListKind::Ctl } else { ListKind::Itl },
                        is_there,
                        verified: flag("verified") == Some(true),
                        signer: text_of(check, "signer_class").and_then(ListSigner::from_word),
                        place: place(check),
                    };
                    if !self.lists.iter().any(|known| known.place == list.place) {
                        self.lists.push(list);
                    }
                    any = true;
                }
                Item::Services => {
                    let of_lists = check.node.as_deref();
                    let node = paste.node.or(of_lists);
                    let node = node.map_or_else(|| stem(paste.name), str::to_owned);
                    let needed = |name: &&String| {
                        RUNNING.iter().any(|service| squeezed(name) == squeezed(service))
                    };
                    for service in list_of(check, "stopped").iter().filter(needed) {
                        let stopped = (node.clone(), service.trim().to_owned(), place(check));
                        if !self.stopped.contains(&stopped) {
                            self.stopped.push(stopped);
                        }
                    }
                }
                Item::Replication if check.verdict != Verdict::Pass => {
                    let bad = (list_of(check, "bad").to_vec(), place(check));
                    if !self.replication.contains(&bad) {
                        self.replication.push(bad);
                    }
                }
                _ => {}
            }
        }
        any
    }

    /// Sets the token that signed the CTL, and marks each fact that is not as in a cluster that works.
    pub(super) fn judge(&self, cluster: &mut Cluster, marks: &mut Vec<Mark>) {
        for list in &self.lists {
            let place = || list.place.clone();
            match (list.kind, cluster.mode(), list.is_there) {
                (ListKind::Ctl, Mode::NonSecure, true) => marks.push(Mark::CtlLeftOver(place())),
                (ListKind::Ctl, Mode::NonSecure, false) => {}
                (ListKind::Ctl, Mode::Mixed, false) => marks.push(Mark::CtlMissing(place())),
                (_, _, false) => marks.push(Mark::ItlMissing(place())),
                (kind, _, true) => {
                    if !list.verified {
                        marks.push(Mark::ListNotVerified(kind, place()));
                    }
                    marks.extend(list.signed(cluster));
                }
            }
        }
        let stopped = self.stopped.iter().cloned();
        marks.extend(stopped.map(|(node, service, place)| Mark::ServiceStopped {
            node,
            service,
            place,
        }));
        let bad = self.replication.iter().cloned();
        marks.extend(bad.map(|(nodes, place)| Mark::ReplicationBad { nodes, place }));
    }
}

impl ListState {
    /// Returns a mark if another certificate signed the list than a cluster of this version uses. A
    /// token that may sign the CTL becomes that of the cluster (P-CTL-5, P-VER).
    fn signed(&self, cluster: &mut Cluster) -> Option<Mark> {
        let (signer, release) = (self.signer?, cluster.release());
        let is_ctl = self.kind == ListKind::Ctl;
        let usual = if is_ctl { release.ctl_signer() } else { release.itl_signer() };
        if signer == usual {
            return None;
        }
        if is_ctl && signer == ListSigner::Token && cluster.set_token(FIRST_TOKEN).is_ok() {
            return None;
        }
        let (kind, place) = (self.kind, self.place.clone());
        Some(Mark::ListSigner { kind, signer, usual, place })
    }
}

fn fact_of<'a>(check: &'a Check, wanted: &str) -> Option<&'a Fact> {
    check.facts.iter().find(|(key, _)| *key == wanted).map(|(_, fact)| fact)
}

fn flag_of(check: &Check, key: &str) -> Option<bool> {
    match fact_of(check, key)? {
        Fact::Flag(flag) => Some(*flag),
        _ => None,
    }
}

fn text_of<'a>(check: &'a Check, key: &str) -> Option<&'a str> {
    match fact_of(check, key)? {
        Fact::Text(text) => Some(text),
        _ => None,
    }
}

fn list_of<'a>(check: &'a Check, key: &str) -> &'a [String] {
    match fact_of(check, key) {
        Some(Fact::List(list)) => list,
        _ => &[],
    }
}

/// The services that a plan takes as running if they are activated.
const RUNNING: [&str; 4] = [
    CISCO_CALLMANAGER,
    "Cisco Certificate Change Notification",
    TFTP,
    "Cisco Trust Verification Service",
];
