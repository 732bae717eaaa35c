//! Phones before one snapshot: phones in the same situation are judged once.
//!
//! The decision of a phone depends on its lists, on what its TFTP server serves, and of each TVS
//! server of its group only on whether it answers, whether the phone's lists name what it presents,
//! and what it knows. Phones of different groups that agree in all this get one verdict; only the
//! findings name other servers.

use super::cert::Cert;
use super::list::ListId;
use super::node::{NodeId, NodeTable};
use super::phones::group_names;
use super::profile::{Context, Kind, KnownKey, KnowsId, Profile, TvsClass, Verdict};
use super::shared::Shared;
use super::state::ClusterState;
use super::status::{Assume, AssumedAnswer, Assumption, FileJudged, Held, Judged, Policy, Trust};
use crate::release::{Service, TrustUnit, Unit};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use trustlist::code::ConditionCode;
use trustlist::facts::{self, CertificateFacts, SignatureAnswer, Signatures};
use trustlist::phone::{
    Condition, ConditionalOutcome, ConfigOffer, Decisive, InstalledLists, JudgedFile, Judgement,
    Kept, Lean, ListOffer, Offer, Outcome, Phone, Prediction, Rule, Tvs, TvsServer, predict,
};
use trustlist::wire::Role;

/// A snapshot with what was already asked of it.
#[derive(Clone, Debug)]
pub(super) struct SnapshotCache {
    pub(super) snapshot: Arc<Snapshot>,
    assume: Assume,
    known: BTreeMap<(Held, Kind, NodeId), Known>,
    /// The classes of a group's servers; kept to save its memory.
    classes: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Known {
    number: u32,
    /// The lists of the context.
    lists: [Option<ListId>; 2],
    /// The class of each node's TVS, made when a group with the node is met: servers of one class
    /// make no difference to these phones.
    classes: BTreeMap<NodeId, u32>,
}

impl SnapshotCache {
    pub(super) fn new(snapshot: Arc<Snapshot>, assume: Assume) -> Self {
        Self { snapshot, assume, known: BTreeMap::new(), classes: Vec::new() }
    }

    /// Returns the judgement of a phone about the served files; `None` while none of its TFTP
    /// servers runs (P-15).
    pub(super) fn judge(
        &mut self,
        shared: &mut Shared,
        profile: &Profile,
        held: Held,
    ) -> Option<Arc<Verdict>> {
        let context = self.context(profile, held)?;
        let key = (held, profile.kind, context.server);
        let snapshot = &self.snapshot;
        let known = self.known.entry(key).or_insert_with(|| Known::new(shared, context));
        self.classes.clear();
        let group = profile.cm_group.iter();
        self.classes.extend(group.map(|&node| known.class(shared, snapshot, node)));
        if let Some(verdict) = shared.verdict(known.number, &self.classes) {
            return Some(verdict);
        }
        let verdict = Arc::new(verdict(shared, snapshot, profile, &context, self.assume));
        shared.keep_verdict(known.number, &self.classes, verdict.clone());
        Some(verdict)
    }

    /// The judgement of this very phone, with its findings.
    pub(super) fn predict(
        &self,
        shared: &mut Shared,
        profile: &Profile,
        held: Held,
    ) -> Option<Prediction> {
        let context = self.context(profile, held)?;
        Some(predict_as(shared, &self.snapshot, profile, &context, self.assume))
    }

    fn context(&self, profile: &Profile, held: Held) -> Option<Context> {
        let (server, itl, config) = self.snapshot.serving(&profile.tftp_servers)?;
        Some(Context { held, kind: profile.kind, server, ctl: self.snapshot.ctl, itl, config })
    }
}

impl Known {
    fn new(shared: &mut Shared, context: Context) -> Self {
        let lists = [context.held.itl, Some(context.itl)];
        Self { number: shared.contexts.intern(context).1, lists, classes: BTreeMap::new() }
    }

    /// Returns the class of a node's TVS.
    fn class(&mut self, shared: &mut Shared, snapshot: &Snapshot, node: NodeId) -> u32 {
        let lists = &self.lists;
        *self.classes.entry(node).or_insert_with(|| {
            let class = TvsClass::new(shared, snapshot.nodes.at(node), lists);
            shared.classes.intern(class).1
        })
    }
}

impl TvsClass {
    /// How a server looks to a phone that holds, or may come to hold, these ITLs.
    pub(super) fn new(shared: &Shared, face: &VisibleNode, lists: &[Option<ListId>]) -> Self {
        if !face.tvs.reachable {
            return Self::default();
        }
        let names = |list: &Option<ListId>| {
            list.is_some_and(|list| shared.names_tvs(list, face.tvs.presents))
        };
        let bits = lists.iter().take(64).map(names);
        let named = bits.fold(0, |bits, named| bits << 1 | u64::from(named));
        Self { knows: Some(face.tvs.knows), named }
    }
}

// The cluster as phones see it at one moment: files by TFTP server, and TVS.

/// The nodes as phones see them at one moment.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) ctl: Option<ListId>,
    pub(super) nodes: NodeTable<VisibleNode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VisibleNode {
    /// ITL and key of configurations; empty where no TFTP runs.
    offer: Option<(ListId, Cert)>,
    pub(super) tvs: VisibleTvs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VisibleTvs {
    pub(super) reachable: bool,
    pub(super) presents: Option<Cert>,
    pub(super) knows: KnowsId,
}

impl Snapshot {
    pub(super) fn new(state: &ClusterState, shared: &mut Shared) -> Self {
        let mut last: Option<(*const (), KnowsId)> = None;
        let nodes = state.nodes.map(|id, node| {
            let db = if state.policy == Policy::D { &node.tvs_read } else { &node.db };
            let address = Arc::as_ptr(db).cast::<()>();
            // Nodes that reach each other share a replica: what their TVS knows is worked out once.
            let knows = match last {
                Some((seen, knows)) if seen == address => knows,
                _ => shared.knows_id(known(state, shared, db)),
            };
            last = Some((address, knows));
            let serves = state.runs(id, Service::Tftp);
            VisibleNode {
                offer: node.itl.filter(|_| serves).map(|itl| (itl.served, itl.config_signer)),
                tvs: VisibleTvs {
                    reachable: state.runs(id, Service::Tvs),
                    presents: state.presented(Service::Tvs, id),
                    knows,
                },
            }
        });
        Self { ctl: state.ctl, nodes }
    }

    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        self.nodes.len().saturating_mul(size_of::<VisibleNode>())
    }

    /// Checks if both show the same.
    pub(super) fn shows_same(&self, other: &Self) -> bool {
        self.ctl == other.ctl
            && self.nodes.iter().zip(other.nodes.iter()).all(|((_, a), (_, b))| a == b)
    }

    /// Returns the files for a phone with these TFTP servers: those of the first that runs (P-15).
    pub(super) fn serving(&self, servers: &[NodeId]) -> Option<(NodeId, ListId, Cert)> {
        let serving =
            |&node: &NodeId| self.nodes.at(node).offer.map(|(itl, config)| (node, itl, config));
        servers.iter().find_map(serving)
    }

    pub(super) fn tvs(&self, shared: &mut Shared, profile: &Profile) -> Tvs {
        let names = group_names(shared.cluster(), profile);
        let server = |(&node, server): (&NodeId, Arc<str>)| {
            let face = self.nodes.at(node).tvs;
            TvsServer::new(server)
                .with_reachable(face.reachable)
                .with_presents(face.presents.map(|cert| shared.cert(cert)))
                .with_knows(shared.knows(face.knows))
        };
        Tvs::Known(profile.cm_group.iter().zip(names).map(server).collect())
    }
}

/// Returns the files that the server of a context offers.
pub(super) fn offer(shared: &mut Shared, context: &Context) -> Offer {
    let list = |file: ListId| {
        shared.list(file).map_or(ListOffer::NotFound, |list| ListOffer::List(list.facts.clone()))
    };
    let (ctl, itl) = (context.ctl.map_or(ListOffer::NotFound, list), list(context.itl));
    let config = ConfigOffer::Config(shared.config(context.config));
    let tftp_server = Some(shared.cluster().node_spec(context.server).name.clone());
    Offer::new()
        .with_ctl(ctl)
        .with_itl(itl)
        .with_config(config)
        .with_tftp_server(tftp_server)
        .with_tls_minimum(shared.cluster().tls_minimum)
}

/// Returns the certificates that TVS knows from this replica and from the CTL of its node (C-54,
/// P-17, P-TVS-4).
fn known(state: &ClusterState, shared: &Shared, db: &super::store::Db) -> Vec<KnownKey> {
    // Each certificate once for each role that it is known with, `None` for none.
    let mut rows: Vec<(Cert, Option<Role>)> = Vec::new();
    let mut add = |cert: Cert, roles: &[Role]| {
        rows.extend(roles.iter().map(|&role| (cert, Some(role))));
    };
    for (unit, roles) in [
        (Unit::CallManager, [Role::Sast, Role::CcmTftp]),
        (Unit::ItlRecovery, [Role::Sast, Role::Tftp]),
    ] {
        for (node, generation) in db.generations(unit) {
            add(Cert::Own { unit, node: state.cluster.owner(unit, node), generation }, &roles);
        }
    }
    for (unit, cert) in db.trust() {
        if unit == TrustUnit::PhoneSast {
            add(cert, &[Role::Sast, Role::Tftp]);
        }
    }
    let records = state.ctl.and_then(|ctl| shared.list(ctl)).map(|list| &list.key.records);
    for record in records.into_iter().flatten() {
        if let Some(cert) = record.cert {
            add(cert, &[record.role]);
        }
    }
    let copies = db.trust().filter(|(unit, _)| *unit == TrustUnit::CallManager);
    rows.extend(copies.map(|(_, cert)| (cert, None)));
    // The stores grow with every regeneration: sorting them is faster than a map.
    rows.sort_by_key(|(cert, _)| *cert);
    let mut known: Vec<KnownKey> = Vec::new();
    for (cert, role) in rows {
        match known.last_mut().filter(|(last, _)| *last == cert) {
            Some((_, roles)) => {
                if let Some(role) = role {
                    let all = roles.get_or_insert_with(Vec::new);
                    if !all.contains(&role) {
                        all.push(role);
                    }
                }
            }
            None => known.push((cert, role.map(|role| [role].to_vec()))),
        }
    }
    known
}

// One phone, one view: the prediction, and how its open questions are taken.

/// Labels have no keys: the named signer counts as the signer.
struct Sound;

impl Signatures for Sound {
    fn signed_by(&self, _: &facts::FileId, _: &CertificateFacts) -> SignatureAnswer {
        SignatureAnswer::Valid
    }
}

/// Returns the judgement of the phones of a context; `profile` is that of one of them.
pub(super) fn verdict(
    shared: &mut Shared,
    snapshot: &Snapshot,
    profile: &Profile,
    context: &Context,
    assume: Assume,
) -> Verdict {
    let prediction = predict_as(shared, snapshot, profile, context, assume);
    let lists = [(JudgedFile::Ctl, &prediction.ctl), (JudgedFile::Itl, &prediction.itl)];
    let files = lists
        .into_iter()
        .chain(prediction.config.iter().map(|config| (JudgedFile::Config, config)));
    let taking = Taking { assume, shared_certificate: has_shared_certificate(shared) };
    let refuses =
        files.clone().find(|(_, judgement)| !taking.passes(judgement)).map(|(file, _)| file);
    let assumed = files.flat_map(|(file, judgement)| taking.assumptions(file, judgement)).collect();
    let trust = match refuses {
        Some(_) => Trust::Locked,
        None if holds_served(&prediction) => Trust::Current,
        None => Trust::Updatable,
    };
    let judged = Arc::new(judged(shared, context, refuses, &prediction));
    Verdict { trust, after: after(context, &prediction), assumed, judged }
}

/// The judgement of a phone, its open questions taken as assumed.
pub(super) fn predict_as(
    shared: &mut Shared,
    snapshot: &Snapshot,
    profile: &Profile,
    context: &Context,
    assume: Assume,
) -> Prediction {
    let offer = offer(shared, context);
    let tvs = snapshot.tvs(shared, profile);
    settle(&phone(shared, profile, context.held), &offer, &tvs, assume)
}

fn phone(shared: &Shared, profile: &Profile, held: Held) -> Phone {
    let list = |file: Option<ListId>| {
        file.and_then(|file| shared.list(file)).map(|list| list.facts.clone())
    };
    Phone::new(profile.kind.device())
        .with_cm_group(Some(group_names(shared.cluster(), profile)))
        .with_installed(InstalledLists::of(list(held.ctl), list(held.itl)))
}

fn judged(
    shared: &Shared,
    context: &Context,
    refuses: Option<JudgedFile>,
    prediction: &Prediction,
) -> Judged {
    let signer = |file: ListId| -> Option<Cert> { shared.list(file).map(|list| list.key.signer) };
    let file = |judgement: &Judgement, signer: Option<Cert>| FileJudged {
        outcome: judgement.outcome(),
        signer,
        decisive: judgement.decisive(),
        rule: deciding_rule(judgement),
        via: judgement.via(),
        leans: judgement.leans(),
    };
    let not_judged = FileJudged {
        outcome: Outcome::NotOffered,
        signer: Some(context.config),
        decisive: None,
        rule: None,
        via: None,
        leans: None,
    };
    Judged {
        server: context.server,
        refuses,
        ctl: file(&prediction.ctl, context.ctl.and_then(signer)),
        itl: file(&prediction.itl, signer(context.itl)),
        config: prediction
            .config
            .as_ref()
            .map_or(not_judged, |config| file(config, Some(context.config))),
        after: prediction.after,
    }
}

fn deciding_rule(judgement: &Judgement) -> Option<Rule> {
    match judgement.decisive()? {
        Decisive::Condition(code) => {
            judgement.conditions().iter().find(|open| open.code() == code).map(|open| open.rule)
        }
        Decisive::Finding(code) => {
            judgement.findings().iter().find(|found| found.code() == code).map(|found| found.rule)
        }
        _ => None,
    }
}

/// How open questions are answered to go on.
#[derive(Clone, Copy)]
struct Taking {
    assume: Assume,
    /// The CallManager certificate is one for all nodes: the CTL names the publisher alone (P-CTL-9).
    shared_certificate: bool,
}

fn has_shared_certificate(shared: &Shared) -> bool {
    shared.cluster().is_multi_server(Unit::CallManager)
}

impl Taking {
    /// Checks if the phone goes on with this file, or was never to judge one.
    fn passes(self, judgement: &Judgement) -> bool {
        match (judgement.outcome(), self.assume) {
            (Outcome::NotApplicable | Outcome::NotOffered, _) => true,
            // Whatever the missing facts are, the phone goes on: nothing is assumed.
            (Outcome::Depends, _) if !judgement.may_refuse() => true,
            (Outcome::Depends, Assume::Optimistic) => true,
            (Outcome::Depends, Assume::Pessimistic) => false,
            (Outcome::Depends, Assume::Lean)
                if self.shared_certificate && rests_on_tftp_address(judgement) =>
            {
                true
            }
            _ => judgement.taken(),
        }
    }

    fn assumptions(
        self,
        file: JudgedFile,
        judgement: &Judgement,
    ) -> impl Iterator<Item = Assumption> {
        let taken =
            if self.passes(judgement) { AssumedAnswer::Accept } else { AssumedAnswer::Reject };
        let open = judgement.outcome() == Outcome::Depends && judgement.may_refuse();
        let conditions = judgement.conditions().iter().filter(move |_| open);
        conditions.map(move |condition| Assumption::Judged {
            rule: condition.rule,
            code: condition.code(),
            file,
            taken,
        })
    }
}

/// Checks if a judgement leans to a refusal for one thing only: the CTL does not name the TFTP server
/// (P-BOOT-5). With one CallManager certificate for all nodes it is so for every other TFTP server from
/// the start, and the phones were not lost by it.
fn rests_on_tftp_address(judgement: &Judgement) -> bool {
    let is_address = |condition: &Condition| condition.code() == ConditionCode::TftpAddressNotInCtl;
    let conditions = judgement.conditions();
    conditions.iter().any(is_address)
        && conditions.iter().all(|it| is_address(it) || it.leans == Some(Lean::Accept))
}

/// Checks if the phone holds what is served: nothing new would be installed.
fn holds_served(prediction: &Prediction) -> bool {
    let after = prediction.after;
    let kept = |kept: Kept, judgement: &Judgement| match judgement.outcome() {
        Outcome::NotApplicable | Outcome::NotOffered | Outcome::Unchanged => true,
        // An unchanged list whose fate is open (P-ITL-6) stays.
        Outcome::Depends => kept == Kept::Installed,
        // Unknown counts as not having the served list.
        _ => false,
    };
    kept(after.ctl, &prediction.ctl) && kept(after.itl, &prediction.itl)
}

fn after(context: &Context, prediction: &Prediction) -> Held {
    let list = |kept: Kept, installed: Option<ListId>, offered: Option<ListId>| match kept {
        Kept::Installed => installed,
        Kept::Offered => offered,
        _ => None,
    };
    let (held, after) = (context.held, prediction.after);
    Held {
        ctl: list(after.ctl, held.ctl, context.ctl),
        itl: list(after.itl, held.itl, Some(context.itl)),
    }
}

/// The prediction with its open questions taken as assumed: file by file, because each list that is
/// taken or refused changes what the next is judged by. `phone::predict` leans by itself.
fn settle(phone: &Phone, offer: &Offer, tvs: &Tvs, assume: Assume) -> Prediction {
    let mut result = predict(phone, offer, tvs, &Sound);
    if assume == Assume::Lean {
        return result;
    }
    let (mut phone, mut offer) = (phone.clone(), offer.clone());
    let Some(mut held) = phone.installed.known().cloned() else { return result };
    if result.ctl.outcome() == Outcome::Depends {
        result.after.ctl =
            decide(&result.ctl, assume, held.ctl.is_some(), is_installed(&offer.ctl, &held.ctl));
        apply(result.after.ctl, &mut held.ctl, &mut offer.ctl);
        phone.installed = InstalledLists::Known(held.clone());
        let rest = predict(&phone, &offer, tvs, &Sound);
        (result.itl, result.config, result.after.itl) = (rest.itl, rest.config, rest.after.itl);
    }
    if result.itl.outcome() == Outcome::Depends {
        result.after.itl =
            decide(&result.itl, assume, held.itl.is_some(), is_installed(&offer.itl, &held.itl));
        apply(result.after.itl, &mut held.itl, &mut offer.itl);
        if result.ctl.outcome() != Outcome::Depends {
            apply(result.after.ctl, &mut held.ctl, &mut offer.ctl);
        }
        phone.installed = InstalledLists::Known(held);
        if offer.config != ConfigOffer::NotJudged {
            result.config = predict(&phone, &offer, tvs, &Sound).config;
        }
    }
    result
}

fn is_installed(offer: &ListOffer, installed: &Option<Arc<trustlist::facts::ListFacts>>) -> bool {
    matches!((offer, installed), (ListOffer::List(offered), Some(held)) if offered.file == held.file)
}

/// Returns the list that the phone keeps when an undecided file is taken as assumed.
fn decide(judgement: &Judgement, assume: Assume, held: bool, same: bool) -> Kept {
    let drops = |so: ConditionalOutcome| so == ConditionalOutcome::Dropped;
    match assume {
        _ if !judgement.may_refuse() && same => Kept::Installed,
        _ if !judgement.may_refuse() => Kept::Offered,
        Assume::Optimistic if same => Kept::Installed,
        Assume::Optimistic => Kept::Offered,
        _ if judgement.conditions().iter().any(|open| drops(open.if_yes) || drops(open.if_no))
            && held =>
        {
            Kept::Dropped
        }
        _ if held => Kept::Installed,
        _ => Kept::None,
    }
}

/// The phone after this file: the next files are judged with nothing more to judge here.
fn apply(kept: Kept, held: &mut Option<Arc<trustlist::facts::ListFacts>>, offer: &mut ListOffer) {
    match (kept, &*offer) {
        (Kept::Offered, ListOffer::List(list)) => *held = Some(list.clone()),
        (Kept::Dropped | Kept::None, _) => *held = None,
        _ => {}
    }
    *offer = ListOffer::NotFound;
}
