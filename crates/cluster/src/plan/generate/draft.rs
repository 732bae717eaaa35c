//! A plan in the making: rounds of steps, with how long each takes.

use super::rounds::{self, Strategy};
use super::{
    Document, OldTrust, PlanNote, PlannedStep, Purpose, Request, Round, RoundKind, Unneeded,
    rounds as delete,
};
use crate::cluster::{
    Cluster, Mode, NodeId, Nodes, Operation, PhoneId, PhoneSecurity, PhoneSpec, Phones,
};
use crate::release::{Product, Release, Service, Unit};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};

#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) cluster: Arc<Cluster>,
    pub(super) request: Request,
    pub(super) strategy: Strategy,
    pub(super) rounds: Vec<Round>,
    pub(super) notes: Vec<PlanNote>,
}

impl Draft {
    pub(super) fn new(cluster: &Arc<Cluster>, request: &Request, strategy: Strategy) -> Self {
        let (rounds, notes) = (Vec::new(), Vec::new());
        let mut draft =
            Self { cluster: cluster.clone(), request: request.clone(), strategy, rounds, notes };
        draft.prepare();
        rounds::renew(&mut draft);
        if draft.request.old_trust == OldTrust::Delete {
            delete::old_trust(&mut draft);
        }
        draft.finish();
        draft
    }

    /// Checks if a certificate is renewed that is in the lists of phones, so that they are reset.
    fn changes_lists(&self) -> bool {
        let units = [Unit::CallManager, Unit::Capf, Unit::ItlRecovery, Unit::Tvs];
        let asked = |unit: &&Unit| units.contains(unit) && self.owners(**unit).is_some();
        self.request.renew.iter().any(|unit| asked(&unit))
    }

    /// Checks if nothing would be renewed.
    pub(super) fn is_empty(&self) -> bool {
        !self.rounds.iter().any(|round| matches!(round.kind, RoundKind::Renew { .. }))
    }

    pub(super) fn operations(&self) -> Vec<Operation> {
        self.rounds
            .iter()
            .flat_map(|round| &round.steps)
            .map(|step| step.operation.clone())
            .collect()
    }

    pub(super) fn is_mixed(&self) -> bool {
        self.cluster.mode() == Mode::Mixed
    }

    pub(super) fn from(&self, major: u8, minor: u8) -> bool {
        self.cluster.release() >= Release::first(major, minor)
    }

    pub(super) fn phones(
        &self,
        which: impl Fn(&crate::cluster::PhoneSpec) -> bool,
    ) -> Vec<PhoneId> {
        let named = self.cluster.phones().iter().filter(|phone| which(phone));
        named.filter_map(|phone| self.cluster.phone(&phone.name)).collect()
    }

    pub(super) fn round(&mut self, kind: RoundKind) {
        self.rounds.push(Round { kind, steps: Vec::new() });
    }

    pub(super) fn push(&mut self, operation: Operation, purpose: Purpose) {
        let minutes = minutes(&self.cluster, &operation);
        if let Some(round) = self.rounds.last_mut() {
            round.steps.push(PlannedStep {
                operation,
                purpose,
                minutes,
                unnecessary: None,
                fallbacks: Vec::new(),
            });
        }
    }

    pub(super) fn step(&mut self, operation: Operation) {
        self.push(operation, Purpose::Plain);
    }

    pub(super) fn check(&mut self, what: &str) {
        self.step(Operation::Check { what: what.into() });
    }

    pub(super) fn gate(&mut self, what: &str, purpose: Purpose) {
        self.push(Operation::Check { what: what.into() }, purpose);
    }

    /// Checks if any node runs a service.
    fn runs(&self, service: Service, nodes: &Nodes) -> bool {
        let named = |node: NodeId| match nodes {
            Nodes::All => true,
            Nodes::These(these) => these.contains(&node),
        };
        self.cluster.nodes().any(|(node, _)| named(node) && self.activated(service, node))
    }

    fn activated(&self, service: Service, node: NodeId) -> bool {
        let members = service.members().iter();
        members.into_iter().any(|&member| self.cluster.runs_service(node, member))
    }

    /// Restarts a service wherever it runs; nothing if it runs nowhere.
    pub(super) fn restart(&mut self, service: Service, unnecessary: Option<Document>) {
        self.restart_on(service, Nodes::All, unnecessary);
    }

    pub(super) fn restart_on(
        &mut self,
        service: Service,
        nodes: Nodes,
        unnecessary: Option<Document>,
    ) {
        let skipped = self.request.unneeded == Unneeded::Skip && unnecessary.is_some();
        if skipped || !self.runs(service, &nodes) {
            return;
        }
        let nodes = match nodes {
            Nodes::All => Nodes::All,
            Nodes::These(these) => Nodes::These(
                these.into_iter().filter(|&node| self.activated(service, node)).collect(),
            ),
        };
        self.step(Operation::Restart { service, nodes });
        if let Some(step) = self.rounds.last_mut().and_then(|round| round.steps.last_mut()) {
            step.unnecessary = unnecessary;
        }
    }

    /// Resets all phones, in batches; after the first batch it is looked at, and everybody at the
    /// end.
    pub(super) fn update_phones(&mut self) {
        let steps = self.rounds.iter().flat_map(|round| &round.steps);
        let asked = steps.filter(|step| matches!(step.purpose, Purpose::AskFirst(_))).count();
        self.push(
            Operation::Check { what: ASK_FIRST.into() },
            Purpose::AskFirst(asked.saturating_add(1)),
        );
        let batches = batches(&self.cluster, self.request.batch);
        let count = batches.len();
        for (phones, number) in batches.into_iter().zip(1..) {
            let purpose = if count > 1 { Purpose::Batch(number, count) } else { Purpose::Plain };
            self.push(Operation::ResetPhones { phones }, purpose);
            if number == 1 && count > 1 {
                let what = "phones of the first batch: registered, new list accepted".into();
                self.push(Operation::Check { what }, Purpose::FirstBatch);
            }
        }
        self.step(Operation::Wait { minutes: 10 });
        self.check("phones: registered as before, no Trust List failure, ITL status Match");
    }

    fn prepare(&mut self) {
        self.round(RoundKind::Prepare);
        let count = self.request.guesses.len();
        for place in 0..count {
            // The guess itself may hold any words; a check is known by its words.
            let what = format!("guess {} of {count} is answered", place.saturating_add(1));
            self.push(Operation::Check { what: what.into() }, Purpose::Guess(place));
        }
        self.check("preflight F-1 to F-15");
        self.push(Operation::Check { what: SAVE_LISTS.into() }, Purpose::SaveLists);
        if self.from(14, 0) {
            let what = "Phone Interaction on Certificate Update is Manual".into();
            self.push(Operation::Check { what }, Purpose::PhoneInteractionManual);
        }
        if !self.changes_lists() {
            return;
        }
        let offline = self.phones(|phone| !phone.online);
        if !offline.is_empty() {
            let what: String =
                format!("{} offline devices are back, or written down", offline.len());
            self.push(Operation::Check { what: what.into() }, Purpose::Offline);
            self.notes.push(PlanNote::Offline(offline));
        }
        let single = self.phones(|phone| phone.cm_group.len() < 2);
        if !single.is_empty() {
            self.notes.push(PlanNote::SingleGroup(single));
        }
    }

    fn finish(&mut self) {
        self.round(RoundKind::Finish);
        if self.from(14, 0) {
            let what = "Phone Interaction on Certificate Update is as it was before".into();
            self.push(Operation::Check { what }, Purpose::PhoneInteractionRestored);
        }
        self.push(
            Operation::Check { what: "backup: made after the last change, SUCCESS".into() },
            Purpose::Backup,
        );
    }

    /// The nodes that have a unit, as a step names them.
    pub(super) fn owners(&self, unit: Unit) -> Option<Nodes> {
        if self.cluster.is_multi_server(unit) {
            // One certificate of all nodes: it is made once, on the publisher (C-26).
            return Some(Nodes::These([self.cluster.publisher()].into()));
        }
        let all: Vec<NodeId> = self.cluster.nodes().map(|(node, _)| node).collect();
        let owners: Vec<NodeId> =
            all.iter().copied().filter(|&node| self.cluster.has_unit(node, unit)).collect();
        let concerned = |node: &NodeId| self.cluster.node_spec(*node).product == Product::Cucm;
        match owners.len() {
            0 => None,
            count
                if count == all.len()
                    || count > 1 && all.iter().filter(|node| concerned(node)).count() == count =>
            {
                Some(Nodes::All)
            }
            _ => Some(Nodes::These(owners)),
        }
    }
}

/// The text of the step that saves the lists.
const SAVE_LISTS: &str = "ITL and CTL files of every TFTP node are saved";
/// The text of the question before a reset.
const ASK_FIRST: &str = "trustlist fleet says YES to what TFTP serves now";

/// Known numbers (3.2): Tomcat answers again after 10 to 15 minutes, the sync ticks every 30. The
/// rest is experience, and generous: a window is better closed early.
fn minutes(cluster: &Cluster, operation: &Operation) -> u64 {
    let count = |nodes: &Nodes| match nodes {
        Nodes::All => u64::try_from(cluster.nodes().count()).unwrap_or(u64::MAX),
        Nodes::These(nodes) => u64::try_from(nodes.len()).unwrap_or(u64::MAX),
    };
    match operation {
        Operation::Check { .. } => 5,
        Operation::Regen { nodes, .. } => count(nodes).saturating_mul(2),
        Operation::Restart { service: Service::Tomcat, .. } => 15,
        Operation::Restart { nodes, .. }
        | Operation::Start { nodes, .. }
        | Operation::Stop { nodes, .. } => count(nodes).saturating_mul(2),
        Operation::ResetPhones { .. } | Operation::LscUpdate { .. } => 10,
        Operation::Wait { minutes } => *minutes,
        Operation::DeleteTrust { nodes, .. } => count(nodes),
        _ => 5,
    }
}

// Phone resets, all at once or in batches.

/// The scopes of the resets of one round. Offline phones are in none of several batches: a reset
/// does not reach them.
pub(super) fn batches(cluster: &Cluster, size: Option<usize>) -> Vec<Phones> {
    let names = cluster.phones().iter().filter(|phone| phone.online);
    let online: Vec<PhoneId> = names.filter_map(|phone| cluster.phone(&phone.name)).collect();
    match size {
        Some(size) if size < online.len() => {
            online.chunks(size.max(1)).map(|batch| Phones::These(Arc::from(batch))).collect()
        }
        _ => vec![Phones::All],
    }
}

// In mixed mode CallManager presents a new certificate before the phones have it in their CTL (from
// 14 on) or still the old one after (before 14). The nodes are renewed in turns, so that an
// encrypted phone always finds a server of its group whose certificate is in its CTL.

/// How many servers are tried in every combination.
const MAX_TRIED: usize = 12;

/// The nodes of a unit in turns: two if they are enough, else more, so that no
/// group of two servers or more is renewed whole in one turn.
pub(super) fn turns(cluster: &Cluster) -> Vec<Vec<NodeId>> {
    let owners = || {
        cluster
            .nodes()
            .map(|(node, _)| node)
            .filter(|&node| cluster.has_unit(node, Unit::CallManager))
    };
    let all: Vec<NodeId> = owners().collect();
    if cluster.is_multi_server(Unit::CallManager) {
        // One certificate of all nodes cannot be renewed in turns (C-26).
        return vec![all];
    }
    let groups: BTreeSet<BTreeSet<NodeId>> = encrypted(cluster)
        .map(|phone| servers_of(cluster, phone))
        .filter(|group| group.len() > 1)
        .collect();
    if groups.is_empty() {
        return vec![all];
    }
    let servers: Vec<NodeId> = all
        .iter()
        .copied()
        .filter(|node| groups.iter().any(|group| group.contains(node)))
        .collect();
    let Some(first) = split(&servers, &groups) else { return apart(all, &groups) };
    let (first, second): (Vec<NodeId>, Vec<NodeId>) =
        all.into_iter().partition(|node| first.contains(node));
    vec![second, first]
}

/// The phones that no turns help: their group has no second server, or all servers share one
/// certificate.
pub(super) fn dropped(cluster: &Cluster) -> Vec<PhoneId> {
    let shared = cluster.is_multi_server(Unit::CallManager);
    let alone = encrypted(cluster)
        .filter(|phone| phone.online && (shared || servers_of(cluster, phone).len() < 2));
    alone.filter_map(|phone| cluster.phone(&phone.name)).collect()
}

fn encrypted(cluster: &Cluster) -> impl Iterator<Item = &PhoneSpec> {
    cluster.phones().iter().filter(|phone| phone.security == PhoneSecurity::Encrypted)
}

/// The servers of a phone's group that run CallManager.
fn servers_of(cluster: &Cluster, phone: &PhoneSpec) -> BTreeSet<NodeId> {
    let runs = |node: &NodeId| {
        let spec = cluster.node_spec(*node);
        spec.product == Product::Cucm && spec.callmanager
    };
    phone.cm_group.iter().copied().filter(runs).collect()
}

/// Each node in the first turn in which it completes no group: three servers that form a group in
/// each pair take three turns.
fn apart(nodes: Vec<NodeId>, groups: &BTreeSet<BTreeSet<NodeId>>) -> Vec<Vec<NodeId>> {
    let mut turns: Vec<Vec<NodeId>> = Vec::new();
    for node in nodes {
        let completes = |turn: &[NodeId], group: &BTreeSet<NodeId>| {
            group.contains(&node)
                && group.iter().all(|member| *member == node || turn.contains(member))
        };
        match turns.iter_mut().find(|turn| !groups.iter().any(|group| completes(turn, group))) {
            Some(turn) => turn.push(node),
            None => turns.push(vec![node]),
        }
    }
    turns
}

/// Returns a subset of the servers that splits every CallManager group.
fn split(servers: &[NodeId], groups: &BTreeSet<BTreeSet<NodeId>>) -> Option<Vec<NodeId>> {
    let halves = |some: &[NodeId]| {
        groups.iter().all(|group| {
            group.iter().any(|node| some.contains(node))
                && !group.iter().all(|node| some.contains(node))
        })
    };
    let tried = servers.len().min(MAX_TRIED);
    let combinations = 1_u32.checked_shl(u32::try_from(tried).ok()?)?;
    (1..combinations).find_map(|mask| {
        let chosen = |place: usize| {
            mask.checked_shr(u32::try_from(place % MAX_TRIED).unwrap_or(0)).unwrap_or(0) & 1 == 1
        };
        let some: Vec<NodeId> = servers
            .iter()
            .enumerate()
            .filter(|(place, _)| chosen(*place))
            .map(|(_, node)| *node)
            .collect();
        halves(&some).then_some(some)
    })
}
