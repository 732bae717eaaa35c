//! The predictions for the change from one snapshot to another.

use super::CheckArguments;
use super::loaded::{Loaded, Pairs, Served, host_of};
use super::servers::Servers;
use super::units::{Said, Unit, Units};
use crate::collect::same_host;
use crate::predict::Reader;
use crate::report::check::{AgreementCheck, CheckGroup, CheckReport, some};
use crate::report::snapshot::TftpNode;
use crate::words;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use trustlist::Verdict;
use trustlist::facts::{
    CertificateFacts, ConfigFacts, Identity, ListFacts, ListKind, RecordFacts, SameCertificate,
    Timestamp,
};
use trustlist::fleet::Answer;
use trustlist::phone::{
    ConfigOffer, Device, InstalledLists, ListOffer, Offer, Phone, Tvs, predict, remedies,
};
use trustlist::report::PredictionReport;
use trustlist::report::certificate_name;
use trustlist::report::counted;
use trustlist::report::{next_sentence, why_of};
use trustlist::wire::Role;

/// The question: two snapshots, and what is known beside them.
pub(super) struct Change<'a> {
    pub(super) before: &'a Loaded,
    pub(super) after: &'a Loaded,
    /// The nodes of `after` as `before` has them.
    pub(super) pairs: &'a Pairs<'a>,
    pub(super) servers: &'a Servers,
    pub(super) arguments: &'a CheckArguments,
    pub(super) reader: &'a RwLock<Reader>,
    /// The groups that are judged where a phone names none.
    pub(super) groups: Vec<Option<Vec<Arc<str>>>>,
    /// Assumptions that were made on the way, one sentence each.
    pub(super) assumed: RefCell<BTreeSet<String>>,
    /// The groups that such a phone may be in, too, if no option names one.
    pub(super) lone: Vec<Vec<Arc<str>>>,
    pub(super) memory: RefCell<Memory>,
}

/// One phone at one node in one group.
#[derive(Clone, Copy)]
struct Asked<'a> {
    unit: &'a Unit,
    node: &'a TftpNode,
    cm_group: Option<&'a [Arc<str>]>,
    files: &'a Files,
    /// The lists that rows name.
    lists: &'a [Arc<ListFacts>],
}

/// The question about one phone.
struct Question {
    phone: Phone,
    offer: Offer,
    tvs: Tvs,
    /// The TVS servers that it cannot ask.
    beyond: Vec<Arc<str>>,
}

/// An answer with its reasons.
#[derive(Clone)]
struct Told {
    answer: Answer,
    why: Vec<String>,
    next: Option<String>,
}

/// The facts that decide an answer: two phones of one state have the same. The name of a model decides
/// nothing. What a question notes about its files depends on the node, the phone and its lists alone,
/// and is noted by the first question about them.
#[derive(PartialEq, Eq, Hash)]
struct State {
    node: String,
    device: Option<Arc<str>>,
    holds: (Said, Said),
    cm_group: Option<Vec<Arc<str>>>,
    facts: Device,
}

impl State {
    fn of(asked: Asked<'_>, arguments: &CheckArguments) -> Self {
        let Asked { unit, node, cm_group, .. } = asked;
        let mut facts = unit.kind.device(arguments);
        facts.model = None;
        Self {
            node: node.node.clone(),
            device: unit.device.clone(),
            holds: unit.holds.clone(),
            cm_group: cm_group.map(<[Arc<str>]>::to_vec),
            facts,
        }
    }
}

/// The answers so far.
#[derive(Default)]
pub(super) struct Memory {
    answers: HashMap<State, Answer>,
    told: HashMap<State, Told>,
}

impl Memory {
    fn keep_answer(&mut self, state: State, answer: Answer) {
        if self.answers.len() >= MAX_ANSWERS {
            self.answers.clear();
        }
        self.answers.insert(state, answer);
    }

    fn keep_told(&mut self, state: State, told: Told) {
        if self.told.len() >= MAX_TOLD {
            self.told.clear();
        }
        self.told.insert(state, told);
    }
}

/// Answers that are remembered.
const MAX_ANSWERS: usize = 1 << 11;
/// Answers whose reasons are remembered, some hundred bytes each.
const MAX_TOLD: usize = 1 << 9;

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
    any_node: bool,
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
        let (mut merged, mut others) = (Merged::default(), Merged::default());
        let mut files = BTreeMap::new();
        for (unit, phones) in &units.units {
            let groups =
                self.of_groups(unit, &units.lists, *phones, &mut files, &mut report.open)?;
            // The first of the worst.
            let rank = |group: &CheckGroup| (group.answer.verdict, group.answer.hands);
            let worst = groups.iter().map(rank).max();
            let place = groups.iter().position(|group| Some(rank(group)) == worst);
            for (group, at) in groups.into_iter().zip(0..) {
                if Some(at) == place { merged.add(group) } else { others.add(group) }
            }
        }
        self.name_families(&mut merged.groups);
        report.groups = merged.worst_first();
        report.other_groups = others.worst_first();
        let from_before = units.units.iter().any(|(unit, _)| unit.needs_before());
        unknown_lists(&units.units, &mut report.open);
        self.unknown_nodes(&units.units, &mut report.open);
        self.failed_nodes(from_before, &mut report.open)?;
        self.open_nodes(&mut report.open);
        let errors = self.before.other_errors().chain(self.after.other_errors());
        errors.for_each(|error| note(&mut report.open, error));
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

    /// Returns the answer for each CallManager group that a phone may belong to: the worst of the nodes
    /// that it may load from.
    fn of_groups(
        &self,
        unit: &Unit,
        lists: &[Arc<ListFacts>],
        phones: Option<u64>,
        files: &mut BTreeMap<(String, Option<Arc<str>>), Files>,
        open: &mut Vec<String>,
    ) -> Result<Vec<CheckGroup>, String> {
        let nodes: Vec<&TftpNode> = match &unit.tftp {
            Some(tftp) => self.after.node(tftp).into_iter().collect(),
            None => self.after.snapshot.tftp.iter().collect(),
        };
        let any_node = unit.tftp.is_none() && nodes.len() > 1;
        let own = [unit.cm_group.clone()];
        let groups = if unit.cm_group.is_some() { &own[..] } else { &self.groups[..] };
        let mut worst: Vec<Option<CheckGroup>> = vec![None; groups.len()];
        for node in nodes {
            let key = (node.node.clone(), unit.device.clone());
            if !files.contains_key(&key) {
                let found = self.files(node, unit.device.as_deref())?;
                files.insert(key.clone(), found);
            }
            let Some(found) = files.get(&key) else { continue };
            for (cm_group, worst) in groups.iter().zip(&mut worst) {
                let cm_group = cm_group.as_deref();
                let asked = Asked { unit, node, cm_group, files: found, lists };
                let Some(group) = self.one(asked, open) else { continue };
                let group = self.of_any_group(group, asked);
                let group = CheckGroup { phones, any_node, ..group };
                let is_worse = |worst: &CheckGroup| {
                    (group.answer.verdict, group.answer.hands)
                        > (worst.answer.verdict, worst.answer.hands)
                };
                if worst.as_ref().is_none_or(is_worse) {
                    *worst = Some(group);
                }
            }
        }
        Ok(worst.into_iter().flatten().collect())
    }

    /// Returns the answer for a phone whose CallManager group is not known: undecided if it is another one
    /// in the group of one server alone.
    fn of_any_group(&self, mut group: CheckGroup, asked: Asked<'_>) -> CheckGroup {
        if asked.unit.cm_group.is_some() && self.arguments.inventory.is_some() {
            return group;
        }
        // The worst answer does not change.
        if group.answer.verdict == Verdict::Reject {
            return group;
        }
        let mut said = Vec::new();
        let of = |lone| Asked { cm_group: Some(lone), ..asked };
        let mut alone: Vec<(Answer, &[Arc<str>])> = Vec::new();
        for lone in &self.lone {
            let answer = self.answer(of(lone), &mut said);
            alone.extend(answer.map(|answer| (answer, &lone[..])));
        }
        let joined = group.answer.of_any_group(alone.iter().map(|(answer, _)| *answer));
        if joined == group.answer {
            return group;
        }
        group.answer = joined;
        let worst = alone.into_iter().max_by_key(|(answer, _)| (answer.verdict, answer.hands));
        let worst = worst.and_then(|(_, lone)| self.one(of(lone), &mut said));
        if let Some(worst) = worst {
            let server = worst.cm_group.unwrap_or_default();
            let word = match worst.answer.verdict {
                Verdict::Reject => "refuses files",
                Verdict::Accept | Verdict::Depends => "may refuse files",
            };
            group.why = vec![format!(
                "The CallManager group is not known. A phone that may ask TVS server {server} only {word}:"
            )];
            group.why.extend(worst.why);
            group.next = Some(
                "Give the groups with --cm-group, --pool-group or a column cm_group.".to_owned(),
            );
        }
        group
    }

    /// Notes the phones whose TFTP node is not in the second snapshot.
    fn unknown_nodes(&self, units: &[(Unit, Option<u64>)], open: &mut Vec<String>) {
        let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
        for (unit, phones) in units {
            let tftp = unit.tftp.as_deref().unwrap_or("any");
            if unit.tftp.is_none() && self.after.snapshot.tftp.is_empty()
                || unit.tftp.is_some() && self.after.node(tftp).is_none()
            {
                let count = missing.entry(tftp).or_insert(0);
                *count = count.saturating_add(phones.unwrap_or(0));
            }
        }
        let nodes = self.after.snapshot.tftp.iter().map(|node| node.node.clone());
        let nodes = some(&nodes.collect::<Vec<_>>());
        for (tftp, phones) in missing {
            let phones = counted(phones, "phone");
            note(
                open,
                format!(
                    "{phones} at TFTP node {tftp}: no lists of it in {0}, so they are not judged. {0} has \
                     {nodes}: write the nodes alike, or `trustlist collect --tftp {tftp}`",
                    self.after.name
                ),
            );
        }
    }

    /// The files of a node in both snapshots.
    fn files(&self, node: &TftpNode, device: Option<&str>) -> Result<Files, String> {
        let mut reader = self.reader.write().unwrap_or_else(PoisonError::into_inner);
        let missing = || Served::Unknown("this node was not collected".to_owned());
        let (held_ctl, held_itl) = match self.pairs.before(node) {
            Some(before) => (
                self.before.held(before, ListKind::Ctl, device, &mut reader)?,
                self.before.held(before, ListKind::Itl, device, &mut reader)?,
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

    /// Judges one phone at one node in one group, with the reasons.
    fn one(&self, asked: Asked<'_>, open: &mut Vec<String>) -> Option<CheckGroup> {
        let state = State::of(asked, self.arguments);
        let known = self.memory.borrow().told.get(&state).cloned();
        let told = match known {
            Some(told) => told,
            None => {
                let answer = self.answer(asked, open)?;
                let told = match answer.verdict {
                    Verdict::Accept => Told { answer, why: Vec::new(), next: None },
                    _ => self.told(self.question(asked, open)?, answer),
                };
                self.memory.borrow_mut().keep_told(state, told.clone());
                told
            }
        };
        Some(CheckGroup {
            tftp: asked.node.node.clone(),
            cm_group: asked.cm_group.map(|group| group.join(", ")),
            models: asked.unit.kind.name().into_iter().collect(),
            devices: asked.unit.device.iter().map(ToString::to_string).collect(),
            phones: None,
            any_node: false,
            answer: told.answer,
            why: told.why,
            next: told.next,
        })
    }

    /// Returns the answer for one phone at one node in one group.
    fn answer(&self, asked: Asked<'_>, open: &mut Vec<String>) -> Option<Answer> {
        let state = State::of(asked, self.arguments);
        if let Some(answer) = self.memory.borrow().answers.get(&state) {
            return Some(*answer);
        }
        let Question { phone, offer, tvs, .. } = self.question(asked, open)?;
        let reader = self.reader.read().unwrap_or_else(PoisonError::into_inner);
        let prediction = predict(&phone, &offer, &tvs, &reader.files);
        let answer = Answer::of(&prediction);
        let answer = if answer.verdict == Verdict::Reject {
            answer.with(&remedies(&phone, &offer, &tvs, &reader.files, &prediction))
        } else {
            answer
        };
        self.memory.borrow_mut().keep_answer(state, answer);
        Some(answer)
    }

    /// Returns the reasons for an answer, and what to do.
    fn told(&self, question: Question, answer: Answer) -> Told {
        let Some(reason) = answer.reason else {
            return Told { answer, why: Vec::new(), next: None };
        };
        let Question { phone, offer, tvs, beyond } = question;
        let reader = self.reader.read().unwrap_or_else(PoisonError::into_inner);
        let prediction = PredictionReport::new(&phone, &offer, &tvs, &reader.files);
        Told {
            answer,
            why: [why_of(&prediction, reason.file), cannot_ask(&beyond)].concat(),
            next: next_sentence(&prediction, reason.file),
        }
    }

    /// Returns the question about one phone at one node in one group; `None`, and a line in `open`, if the
    /// offered lists are not known.
    fn question(&self, asked: Asked<'_>, open: &mut Vec<String>) -> Option<Question> {
        let Asked { unit, node, cm_group, files, lists } = asked;
        let (Some(ctl), Some(itl)) = (files.ctl.offer(), files.itl.offer()) else {
            for why in [why(&files.ctl), why(&files.itl)].into_iter().flatten() {
                note(open, not_judged(node, why));
            }
            return None;
        };
        let config = match &files.config {
            Served::Found(config) => ConfigOffer::Config(config.clone()),
            Served::NotFound => ConfigOffer::NotServed,
            Served::Empty => ConfigOffer::Empty,
            Served::Unknown(_) => ConfigOffer::NotJudged,
        };
        let failed = unit.device.as_ref().and_then(|device| self.after.failed_config(node, device));
        if let Some(why) = failed {
            note(open, format!("TFTP node {}: {why}: it is not judged", node.node));
        }
        let installed = self.held(unit, node, files, lists, open);
        let group = cm_group.map(|group| self.servers.group(group));
        let signers = signers(&ctl, &itl, &config);
        let mut tvs = self.servers.of_group(group.as_deref(), &signers);
        let mut phone = Phone::new(unit.kind.device(self.arguments));
        let client = phone.device.tvs_client;
        let (minimum, beyond) = self.servers.minimum(client, group.as_deref(), &mut tvs);
        phone.cm_group = group;
        phone.installed = installed;
        let tftp_server = self.tftp_server(node, [offered(&ctl), phone.ctl()], &config);
        let mut offer = Offer::new();
        (offer.ctl, offer.itl, offer.config) = (ctl, itl, config);
        (offer.tftp_server, offer.tls_minimum, offer.at) =
            (tftp_server, minimum, self.arguments.at);
        Some(Question { phone, offer, tvs, beyond })
    }

    /// Returns the lists on a phone: each as its row says it, else as its node offered it before.
    fn held(
        &self,
        unit: &Unit,
        node: &TftpNode,
        files: &Files,
        lists: &[Arc<ListFacts>],
        open: &mut Vec<String>,
    ) -> InstalledLists {
        let mut list = |said: &Said, before: &Served<ListFacts>| match (said, before) {
            (Said::None, _) | (Said::Nothing, Served::NotFound) => Ok(None),
            (Said::List(place), _) => Ok(lists.get(*place).cloned()),
            (Said::Nothing, Served::Found(list)) => Ok(Some(list.clone())),
            (Said::Nothing, Served::Empty) => Err(()),
            (Said::Nothing, Served::Unknown(why)) => {
                note(open, self.missing_before(&node.node, why));
                Err(())
            }
            (Said::Unknown(_) | Said::Away, _) => Err(()),
        };
        // Each list for itself: an inventory may name the ITL only.
        let (itl, ctl) = &unit.holds;
        match (list(ctl, &files.held_ctl), list(itl, &files.held_itl)) {
            (Ok(ctl), Ok(itl)) => InstalledLists::of(ctl, itl),
            _ => InstalledLists::Unknown,
        }
    }

    /// Returns the name or address of a phone's TFTP server as the CTL that it loads its configuration
    /// with has it, or, if that CTL names other servers only, as the snapshot has it (P-BOOT-5). `None` if
    /// nothing is compared.
    fn tftp_server(
        &self,
        node: &TftpNode,
        ctls: [Option<&Arc<ListFacts>>; 2],
        config: &ConfigOffer,
    ) -> Option<Arc<str>> {
        let ctls = || ctls.into_iter().flatten();
        if let Some(named) = ctls().find_map(|ctl| named_in(ctl, node)) {
            return Some(named);
        }
        let records = || ctls().flat_map(|ctl| tftp_records(ctl));
        if *config == ConfigOffer::NotJudged || records().next().is_none() {
            return None;
        }
        let asked = [Some(node.node.as_str()), host_of(node)].into_iter().flatten();
        let mut comparable = asked.filter(|asked| match asked.parse::<IpAddr>() {
            Ok(_) => records()
                .any(|record| record.address.is_some() || record.server.parse::<IpAddr>().is_ok()),
            Err(_) => records().any(|record| {
                !record.server.trim().is_empty() && record.server.parse::<IpAddr>().is_err()
            }),
        });
        let asked = comparable.next().map(Arc::from);
        if asked.is_none() {
            let line = format!(
                "the CTL names TFTP node {}, under a name or address that is not known",
                node.node
            );
            self.assumed.borrow_mut().insert(line);
        }
        asked
    }

    fn missing_before(&self, node: &str, why: &str) -> String {
        format!(
            "TFTP node {node} in {}: {why}: the lists on its phones are a missing fact",
            self.before.name
        )
    }

    /// Notes the nodes whose lists could not be collected, although no phone that is judged may load
    /// from them: phones load from another node when theirs does not answer.
    fn failed_nodes(&self, from_before: bool, open: &mut Vec<String>) -> Result<(), String> {
        let mut reader = self.reader.write().unwrap_or_else(PoisonError::into_inner);
        for node in &self.after.snapshot.tftp {
            for kind in [ListKind::Ctl, ListKind::Itl] {
                if let Served::Unknown(why) = self.after.list(node, kind, None, &mut reader)? {
                    note(open, not_judged(node, &why));
                }
            }
        }
        for node in self.before.snapshot.tftp.iter().filter(|_| from_before) {
            let ctl = self.before.held(node, ListKind::Ctl, None, &mut reader)?;
            let itl = self.before.held(node, ListKind::Itl, None, &mut reader)?;
            for why in unknown_before(&ctl, &itl) {
                note(open, self.missing_before(&node.node, why));
            }
        }
        Ok(())
    }

    /// Nodes of the snapshot before that are not in the one after.
    fn open_nodes(&self, open: &mut Vec<String>) {
        for node in self.pairs.gone() {
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

/// Says that the lists of the second snapshot are older than those of the first: made earlier, with
/// certificates that are valid from an earlier time. `None` if any of them is newer, or none has a
/// time.
pub(super) fn older(
    before: &Loaded,
    after: &Loaded,
    pairs: &Pairs<'_>,
    reader: &mut Reader,
) -> Result<Option<String>, String> {
    let mut older = None;
    for node in &after.snapshot.tftp {
        let Some(known) = pairs.before(node) else { continue };
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

/// Notes the phones whose rows say that their lists are not known.
fn unknown_lists(units: &[(Unit, Option<u64>)], open: &mut Vec<String>) {
    let mut unknown: BTreeMap<&Said, u64> = BTreeMap::new();
    for (unit, phones) in units {
        let open = |said: &&Said| matches!(said, Said::Unknown(_) | Said::Away);
        if let Some(said) = [&unit.holds.0, &unit.holds.1].into_iter().find(open) {
            let count = unknown.entry(said).or_insert(0);
            *count = count.saturating_add(phones.unwrap_or(0));
        }
    }
    for (said, phones) in unknown {
        let phones = counted(phones, "phone");
        let line = match said {
            Said::Away => format!(
                "{phones} not registered, by the inventory: older lists than those of the first snapshot are \
                 possible (P-11). Name the lists in columns itl and ctl, or leave such phones out"
            ),
            Said::Unknown(why) => {
                format!("{why}: the lists on its phones are a missing fact ({phones})")
            }
            Said::List(_) | Said::None | Said::Nothing => continue,
        };
        note(open, line);
    }
}

/// The sentences about the TFTP nodes that still serve the list of before, although the list of another node
/// changed.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// Nodes of which that may be right, one sentence each.
    pub(super) assumed: Vec<String>,
    /// Nodes of which it is not, one sentence each.
    pub(super) doubts: Vec<String>,
}

/// Returns what is said of each such node: before 12.0 its list is right if certificates of the other
/// node alone were regenerated, and it is not if it names a certificate that the other list named before
/// and does not any more. `told` are the differences that are told already.
pub(super) fn stale(
    before: &Loaded,
    after: &Loaded,
    pairs: &Pairs<'_>,
    told: &[AgreementCheck],
    reader: &mut Reader,
) -> Result<Stale, String> {
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    for node in &after.snapshot.tftp {
        let Some(known) = pairs.before(node) else { continue };
        let old = before.list(known, ListKind::Itl, None, reader)?;
        let new = after.list(node, ListKind::Itl, None, reader)?;
        if let (Served::Found(old), Served::Found(new)) = (old, new) {
            if is_same(&old, &new) {
                same.push((node.node.clone(), new));
            } else {
                changed.push((node.node.clone(), old, new));
            }
        }
    }
    let mut stale = Stale::default();
    if changed.is_empty() {
        return Ok(stale);
    }
    let is_told: HashSet<&str> = told.iter().filter_map(|check| check.stale.as_deref()).collect();
    let others: Vec<String> = changed.iter().map(|(node, ..)| node.clone()).collect();
    for (node, list) in same.iter().filter(|(node, _)| !is_told.contains(node.as_str())) {
        let dropped = changed.iter().find_map(|(other, old, new)| {
            Some((other, certificates(list).find(|known| names(old, known) && !names(new, known))?))
        });
        match dropped {
            Some((other, known)) => stale.doubts.push(format!(
                "TFTP node {node} still serves the list of {}, which names {}; the list of {other} names it no \
                 more. Restart Cisco Tftp on {node} and collect again",
                before.name,
                certificate_name(known)
            )),
            None => stale.assumed.push(format!(
                "no certificate in the list of TFTP node {node} was regenerated: it still serves the list of \
                 {}, while that of {} changed. If one was, restart Cisco Tftp there and collect again",
                before.name,
                some(&others)
            )),
        }
    }
    Ok(stale)
}

fn certificates(list: &ListFacts) -> impl Iterator<Item = &Arc<CertificateFacts>> {
    list.records.iter().filter_map(|record| record.certificate.as_ref())
}

/// Checks if a list names a certificate, as far as that can be compared.
fn names(list: &ListFacts, known: &CertificateFacts) -> bool {
    let is_it = |other: &Arc<CertificateFacts>| {
        matches!(other.same_as(known), SameCertificate::Yes | SameCertificate::Unproven)
    };
    certificates(list).any(is_it)
}

/// Checks if two lists are one: two pastes of it differ in their bytes.
fn is_same(old: &ListFacts, new: &ListFacts) -> bool {
    let identities = |list: &ListFacts| -> Vec<Option<Identity>> {
        let of = |record: &RecordFacts| Some(record.certificate.as_ref()?.identity.clone());
        list.records.iter().map(of).collect()
    };
    let dated = old.timestamp.is_some() && old.timestamp == new.timestamp;
    old.file == new.file || dated && old.signer == new.signer && identities(old) == identities(new)
}

/// Says that two snapshots have no TFTP node in common.
pub(super) fn strangers(before: &Loaded, after: &Loaded) -> Option<String> {
    let nodes = |loaded: &Loaded| -> Vec<String> {
        loaded.snapshot.tftp.iter().map(|node| node.node.clone()).collect()
    };
    let (old, new) = (nodes(before), nodes(after));
    let common = new.iter().any(|node| before.node(node).is_some());
    (!common && !old.is_empty() && !new.is_empty()).then(|| {
        format!(
            "no TFTP node is in both {} ({}) and {} ({}): these are snapshots of different clusters, or \
             the nodes were named differently. Name them alike: collect --tftp NAME=HOST",
            before.name,
            some(&old),
            after.name,
            some(&new)
        )
    })
}

/// Returns when certificates begin to be valid that have the same subject in both lists, but are
/// not the same.
fn regenerated<'l>(
    old: &'l ListFacts,
    new: &'l ListFacts,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'l {
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
    let asked = || [Some(node.node.as_str()), host_of(node)].into_iter().flatten();
    let is_it = |record: &&RecordFacts| {
        asked().any(|asked| {
            same_host(&record.server, asked)
                || asked.parse::<IpAddr>().is_ok_and(|asked| record.address == Some(asked))
        })
    };
    let named = tftp_records(ctl).find(is_it)?;
    let of_address = || named.address.map(|address| Arc::from(address.to_string()));
    if named.server.trim().is_empty() { of_address() } else { Some(named.server.clone()) }
}

/// The records of TFTP servers.
fn tftp_records(list: &ListFacts) -> impl Iterator<Item = &RecordFacts> {
    list.records.iter().filter(|record| matches!(record.role, Role::CcmTftp | Role::Tftp))
}

fn why<T>(served: &Served<T>) -> Option<&str> {
    match served {
        Served::Unknown(why) => Some(why),
        Served::Empty | Served::Found(_) | Served::NotFound => None,
    }
}

/// Returns why the lists on phones are not known, by what their node served before.
fn unknown_before<'s>(
    ctl: &'s Served<ListFacts>,
    itl: &'s Served<ListFacts>,
) -> impl ExactSizeIterator<Item = &'s str> {
    let reasons = [why(ctl), why(itl)];
    reasons.into_iter().flatten().collect::<Vec<_>>().into_iter()
}

fn not_judged(node: &TftpNode, why: &str) -> String {
    format!("TFTP node {}: {why}: its phones are not judged", node.node)
}

/// Groups of phones; those with an equal key are one.
#[derive(Default)]
struct Merged {
    groups: Vec<CheckGroup>,
    places: HashMap<Key, usize>,
    /// The models of each group, by its place.
    models: HashSet<(usize, String)>,
}

impl Merged {
    fn add(&mut self, group: CheckGroup) {
        let key = Key {
            tftp: group.tftp.clone(),
            cm_group: group.cm_group.clone(),
            answer: group.answer,
            next: group.next.clone(),
            own_files: !group.devices.is_empty(),
            any_node: group.any_node,
        };
        let place = *self.places.entry(key).or_insert(self.groups.len());
        match self.groups.get_mut(place) {
            None => {
                self.models.extend(group.models.iter().map(|model| (place, model.clone())));
                self.groups.push(group);
            }
            Some(known) => {
                known.phones =
                    known.phones.zip(group.phones).map(|(one, other)| one.saturating_add(other));
                let new = group.models.into_iter();
                known.models.extend(new.filter(|new| self.models.insert((place, new.clone()))));
                known.devices.extend(group.devices);
            }
        }
    }

    fn worst_first(mut self) -> Vec<CheckGroup> {
        self.groups.sort_by_key(|group| {
            std::cmp::Reverse((group.answer.verdict, group.answer.hands, group.phones))
        });
        self.groups
    }
}

/// Says something once.
fn note(open: &mut Vec<String>, line: String) {
    if open.len() < MAX_OPEN && !open.contains(&line) {
        open.push(line);
        if open.len() == MAX_OPEN {
            open.push(format!("more could not be checked: the first {MAX_OPEN} parts are named"));
        }
    }
}

/// Lines about what could not be judged.
const MAX_OPEN: usize = 1_000;
