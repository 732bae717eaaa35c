//! The predictions for the change from one snapshot to another.

use super::CheckArguments;
use super::loaded::{Loaded, Served};
use super::servers::Servers;
use super::units::{Unit, Units};
use crate::collect::same_host;
use crate::predict::Reader;
use crate::report::check::{CheckGroup, CheckReport};
use crate::report::snapshot::TftpNode;
use crate::words;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use trustlist::Verdict;
use trustlist::facts::{CertificateFacts, ConfigFacts, Identity, ListFacts, ListKind, Timestamp};
use trustlist::fleet::Answer;
use trustlist::phone::{ConfigOffer, Installed, ListOffer, Offer, Phone};
use trustlist::report::PredictionReport;
use trustlist::report::{next_sentence, why_of};
use trustlist::wire::Role;

/// The question: two snapshots, and what is known beside them.
pub(super) struct Change<'a> {
    pub(super) before: &'a Loaded,
    pub(super) after: &'a Loaded,
    pub(super) servers: &'a Servers,
    pub(super) arguments: &'a CheckArguments,
    pub(super) reader: &'a RwLock<Reader>,
    /// The groups that are judged where a phone names none.
    pub(super) groups: Vec<Option<Vec<Arc<str>>>>,
}

/// The files of one node for one phone, or for all without files of their own.
struct Files {
    held_ctl: Served<ListFacts>,
    held_itl: Served<ListFacts>,
    ctl: Served<ListFacts>,
    itl: Served<ListFacts>,
    config: Served<ConfigFacts>,
}

/// The key of a line: phones with an equal key are counted together.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    tftp: String,
    cm_group: Option<String>,
    answer: Answer,
    next: Option<String>,
    own_files: bool,
}

impl Change<'_> {
    /// Judges everyone.
    pub(super) fn judge(&self, units: Units) -> Result<CheckReport, String> {
        let mut report = CheckReport {
            before: self.before.name.clone(),
            after: self.after.name.clone(),
            unreadable: units.unreadable,
            errors: units.errors,
            ..CheckReport::default()
        };
        let mut merged: Vec<CheckGroup> = Vec::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        let mut files = BTreeMap::new();
        for (unit, phones) in &units.units {
            let Some(group) =
                self.worst(unit, &units.lists, *phones, &mut files, &mut report.open)?
            else {
                continue;
            };
            let key = Key {
                tftp: group.tftp.clone(),
                cm_group: group.cm_group.clone(),
                answer: group.answer,
                next: group.next.clone(),
                own_files: !group.devices.is_empty(),
            };
            match places.get(&key).and_then(|&place| merged.get_mut(place)) {
                None => {
                    places.insert(key, merged.len());
                    merged.push(group);
                }
                Some(known) => {
                    known.phones = known
                        .phones
                        .zip(group.phones)
                        .map(|(one, other)| one.saturating_add(other));
                    let new = group
                        .models
                        .into_iter()
                        .filter(|model| !known.models.contains(model))
                        .collect::<Vec<_>>();
                    known.models.extend(new);
                    known.devices.extend(group.devices);
                }
            }
        }
        self.name_families(&mut merged);
        merged.sort_by_key(|group| {
            std::cmp::Reverse((group.answer.verdict, group.answer.hands, group.phones))
        });
        report.groups = merged;
        self.open_nodes(&mut report.open);
        report.open.dedup();
        Ok(report)
    }

    /// Where every family comes to the same end, none is named.
    fn name_families(&self, groups: &mut [CheckGroup]) {
        if self.arguments.inventory.is_none() && !self.arguments.device.names_model() {
            let all = super::units::families().len();
            groups
                .iter_mut()
                .filter(|group| group.models.len() == all)
                .for_each(|group| group.models.clear());
        }
    }

    /// The worst answer of the nodes and groups that a phone may belong to.
    fn worst(
        &self,
        unit: &Unit,
        lists: &[Arc<ListFacts>],
        phones: Option<u64>,
        files: &mut BTreeMap<(String, Option<Arc<str>>), Files>,
        open: &mut Vec<String>,
    ) -> Result<Option<CheckGroup>, String> {
        let nodes: Vec<&TftpNode> = match &unit.tftp {
            Some(tftp) => self.after.node(tftp).into_iter().collect(),
            None => self.after.snapshot.tftp.iter().collect(),
        };
        if nodes.is_empty() {
            let tftp = unit.tftp.as_deref().unwrap_or("any");
            note(
                open,
                format!(
                    "TFTP node {tftp}: no lists of it in {}, its phones are not judged",
                    self.after.name
                ),
            );
        }
        let own = [unit.cm_group.clone()];
        let groups = if unit.cm_group.is_some() { &own[..] } else { &self.groups[..] };
        let mut worst: Option<CheckGroup> = None;
        for node in nodes {
            let key = (node.node.clone(), unit.device.clone());
            if !files.contains_key(&key) {
                let found = self.files(node, unit.device.as_deref())?;
                files.insert(key.clone(), found);
            }
            let Some(found) = files.get(&key) else { continue };
            for cm_group in groups {
                let judged = self.one(unit, node, cm_group.as_deref(), found, lists, open);
                let Some(group) = judged.map(|group| CheckGroup { phones, ..group }) else {
                    continue;
                };
                let is_worse = |worst: &CheckGroup| {
                    (group.answer.verdict, group.answer.hands)
                        > (worst.answer.verdict, worst.answer.hands)
                };
                if worst.as_ref().is_none_or(is_worse) {
                    worst = Some(group);
                }
            }
        }
        Ok(worst)
    }

    /// The files of a node in both snapshots.
    fn files(&self, node: &TftpNode, device: Option<&str>) -> Result<Files, String> {
        let mut reader = self.reader.write().unwrap_or_else(PoisonError::into_inner);
        let missing =
            || Served::Unknown(format!("TFTP node {} is not in {}", node.node, self.before.name));
        let (held_ctl, held_itl) = match self.before.node(&node.node) {
            Some(before) => (
                self.before.list(before, ListKind::Ctl, device, &mut reader)?,
                self.before.list(before, ListKind::Itl, device, &mut reader)?,
            ),
            None => (missing(), missing()),
        };
        Ok(Files {
            held_ctl,
            held_itl,
            ctl: self.after.list(node, ListKind::Ctl, device, &mut reader)?,
            itl: self.after.list(node, ListKind::Itl, device, &mut reader)?,
            config: match device {
                Some(device) => self.after.config(node, device, &mut reader)?,
                None => Served::Unknown(String::new()),
            },
        })
    }

    /// Judges one phone at one node in one group.
    fn one(
        &self,
        unit: &Unit,
        node: &TftpNode,
        cm_group: Option<&[Arc<str>]>,
        files: &Files,
        lists: &[Arc<ListFacts>],
        open: &mut Vec<String>,
    ) -> Option<CheckGroup> {
        let (Some(ctl), Some(itl)) = (files.ctl.offer(), files.itl.offer()) else {
            for why in [why(&files.ctl), why(&files.itl)].into_iter().flatten() {
                note(open, format!("TFTP node {}: {why}: its phones are not judged", node.node));
            }
            return None;
        };
        let config = match &files.config {
            Served::Found(config) => ConfigOffer::Config(config.clone()),
            Served::NotFound => ConfigOffer::NotServed,
            Served::Empty => ConfigOffer::Empty,
            Served::Unknown(_) => ConfigOffer::NotJudged,
        };
        let (installed, held_ctl, held_itl) = self.held(unit, files, lists, open);
        let group = cm_group.map(|group| self.servers.group(group));
        let signers = signers(&ctl, &itl, &config);
        let mut tvs = self.servers.of_group(group.as_deref(), &signers);
        let mut phone = Phone::new(unit.kind.device(self.arguments));
        let client = phone.device.tvs_client;
        let (minimum, beyond) = self.servers.minimum(client, group.as_deref(), &mut tvs);
        phone.cm_group = group;
        phone.installed = installed;
        (phone.ctl, phone.itl) = (held_ctl, held_itl);
        let tftp_server = [offered(&ctl), phone.ctl.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|ctl| named_in(ctl, node));
        let mut offer = Offer::new();
        (offer.ctl, offer.itl, offer.config) = (ctl, itl, config);
        (offer.tftp_server, offer.tls_minimum, offer.at) =
            (tftp_server, minimum, self.arguments.at);
        let reader = self.reader.read().unwrap_or_else(PoisonError::into_inner);
        let prediction = PredictionReport::new(&phone, &offer, &tvs, &reader.files);
        let answer = Answer::of(&prediction.boot.first);
        let answer = if answer.verdict == Verdict::Reject {
            answer.with(&prediction.remedies)
        } else {
            answer
        };
        let reason =
            answer.reason.map(|reason| reason.file).filter(|_| answer.verdict != Verdict::Accept);
        Some(CheckGroup {
            tftp: node.node.clone(),
            cm_group: cm_group.map(|group| group.join(", ")),
            models: unit.kind.name().into_iter().collect(),
            devices: unit.device.iter().map(ToString::to_string).collect(),
            phones: None,
            answer,
            why: reason
                .map(|file| [why_of(&prediction, file), cannot_ask(&beyond)].concat())
                .unwrap_or_default(),
            next: reason.and_then(|file| next_sentence(&prediction, file)),
        })
    }

    /// Returns the lists on a phone: those of its row, else those that its node offered before.
    fn held(
        &self,
        unit: &Unit,
        files: &Files,
        lists: &[Arc<ListFacts>],
        open: &mut Vec<String>,
    ) -> (Installed, Option<Arc<ListFacts>>, Option<Arc<ListFacts>>) {
        if let Some((itl, ctl)) = &unit.holds {
            let list = |place: &Option<usize>| place.and_then(|place| lists.get(place)).cloned();
            return (Installed::Given, list(ctl), list(itl));
        }
        let list = |served: &Served<ListFacts>| match served {
            Served::Found(list) => Some(list.clone()),
            Served::NotFound | Served::Empty | Served::Unknown(_) => None,
        };
        let unknown: Vec<&str> =
            [why(&files.held_ctl), why(&files.held_itl)].into_iter().flatten().collect();
        if unknown.is_empty() {
            return (Installed::Given, list(&files.held_ctl), list(&files.held_itl));
        }
        for why in unknown {
            note(
                open,
                format!("{}: {why}: the lists on the phones are a missing fact", self.before.name),
            );
        }
        (Installed::NotGiven, None, None)
    }

    /// Nodes of the snapshot before that are not in the one after.
    fn open_nodes(&self, open: &mut Vec<String>) {
        for node in &self.before.snapshot.tftp {
            if self.after.node(&node.node).is_none() {
                note(
                    open,
                    format!(
                        "TFTP node {}: it is in {} only, its phones are not judged",
                        node.node, self.before.name
                    ),
                );
            }
        }
    }
}

/// Says that the lists of the second snapshot are older than those of the first: made earlier, with
/// certificates that are valid from an earlier time. `None` if any of them is newer, or none has a
/// time.
pub(super) fn older(
    before: &Loaded,
    after: &Loaded,
    reader: &mut Reader,
) -> Result<Option<String>, String> {
    let mut older = None;
    for node in &after.snapshot.tftp {
        let Some(known) = before.node(&node.node) else { continue };
        for kind in [ListKind::Ctl, ListKind::Itl] {
            let lists =
                (before.list(known, kind, None, reader)?, after.list(node, kind, None, reader)?);
            let (Served::Found(old), Served::Found(new)) = lists else { continue };
            let made = old.timestamp.zip(new.timestamp).map(|(old, new)| new.cmp(&old));
            let valid = regenerated(&old, &new).map(|(old, new)| new.cmp(&old));
            for order in made.into_iter().chain(valid) {
                match order {
                    Ordering::Greater => return Ok(None),
                    Ordering::Equal => {}
                    Ordering::Less => {
                        let word = words::list(kind);
                        older.get_or_insert_with(|| {
                            format!(
                                "the {word} of TFTP node {} in {} is older than the one in {}",
                                node.node, after.name, before.name
                            )
                        });
                    }
                }
            }
        }
    }
    Ok(older)
}

/// Returns when certificates begin to be valid that have the same subject in both lists, but are
/// not the same.
fn regenerated<'l>(
    old: &'l ListFacts,
    new: &'l ListFacts,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'l {
    let certificates =
        |list: &'l ListFacts| list.records.iter().filter_map(|record| record.certificate.as_ref());
    certificates(old).flat_map(move |one| {
        let same = move |other: &&'l Arc<CertificateFacts>| {
            other.subject == one.subject && other.identity != one.identity
        };
        let dates = |other: &'l Arc<CertificateFacts>| one.not_before().zip(other.not_before());
        certificates(new).filter(same).filter_map(dates)
    })
}

/// Who signed what is offered.
fn signers<'o>(
    ctl: &'o ListOffer,
    itl: &'o ListOffer,
    config: &'o ConfigOffer,
) -> Vec<&'o Identity> {
    let mut signers: Vec<&Identity> = [ctl, itl]
        .into_iter()
        .filter_map(offered)
        .filter_map(|list| list.signer.as_ref())
        .collect();
    if let ConfigOffer::Config(config) = config {
        signers.push(&config.signer);
    }
    signers
}

fn offered(offer: &ListOffer) -> Option<&Arc<ListFacts>> {
    match offer {
        ListOffer::List(list) => Some(list),
        _ => None,
    }
}

/// Returns a sentence for each TVS server whose minimum TLS version the phone does not reach.
fn cannot_ask(servers: &[Arc<str>]) -> Vec<String> {
    let sentence = |server: &Arc<str>| {
        let server = trustlist::report::Plain(server);
        format!("TVS server {server} takes TLS 1.2 and later only, so this phone cannot ask it.")
    };
    servers.iter().map(sentence).collect()
}

/// The name of a node as a CTL writes it: a phone compares that (P-BOOT-5).
fn named_in(ctl: &ListFacts, node: &TftpNode) -> Option<Arc<str>> {
    let of_tftp =
        ctl.records.iter().filter(|record| matches!(record.role, Role::CcmTftp | Role::Tftp));
    of_tftp.map(|record| &record.server).find(|server| same_host(server, &node.node)).cloned()
}

fn why<T>(served: &Served<T>) -> Option<&str> {
    match served {
        Served::Unknown(why) => Some(why),
        Served::Empty | Served::Found(_) | Served::NotFound => None,
    }
}

/// Says something once.
fn note(open: &mut Vec<String>, line: String) {
    if !open.contains(&line) && open.len() < MAX_OPEN {
        open.push(line);
    }
}

/// Lines about what could not be judged.
const MAX_OPEN: usize = 1_000;
