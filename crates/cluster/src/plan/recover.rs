//! Recovery of locked phones: the documented commands that help each phone, by the anchors on the
//! phone.

use crate::cluster::{
    Assume, Cert, Cluster, ErasedLists, Mode, Nodes, Operation, PhoneId, Phones, Policy,
    RecoveryCommand, Run, StepError, Trust,
};
use crate::release::{Release, ReleaseRules as _, Service};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use trustlist::code::FindingCode;
use trustlist::phone::{Decisive, JudgedFile, Outcome, Rule};
use trustlist::wire::Role;

/// The locked phones of a scenario, and what helps them.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The cluster.
    pub cluster: Arc<Cluster>,
    /// The policies that were run.
    pub policies: Vec<Policy>,
    /// Phones with the same facts, the first phone of each in inventory order.
    pub groups: Vec<LockedPhones>,
    /// Phones for which a fact is missing: does a phone take a configuration from a TFTP server that
    /// its CTL does not name (P-BOOT-5)? The CallManager certificate is one for all nodes, so the CTL
    /// names the publisher alone (P-CTL-9). In inventory order.
    pub undecided: Vec<PhoneId>,
}

/// Phones that are locked alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPhones {
    /// The phones, in inventory order.
    pub phones: Vec<PhoneId>,
    /// The policies that lock them.
    pub locked_under: Vec<Policy>,
    /// The file that they refuse and its signer, if they are served something.
    pub refuses: Option<(JudgedFile, Cert)>,
    /// The anchors that they hold: signers that they trust, and TVS servers that they
    /// ask.
    pub anchors: Vec<(Anchor, Cert)>,
    /// Every remedy that was tried and helps, from the lightest. Without commands if restarts are
    /// enough.
    pub remedies: Vec<FoundRemedy>,
    /// The remedies of this version and mode that were tried and help under no policy.
    pub useless: Vec<PlanRemedy>,
    /// The ITL is too large for the phones (P-ALG-7).
    pub itl_too_large: bool,
}

/// A remedy that was tried in the simulator, step by step, and helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRemedy {
    /// Which.
    pub remedy: PlanRemedy,
    /// The policies under which the phones hold the served lists after the last step.
    pub works_under: Vec<Policy>,
    /// The steps.
    pub steps: &'static [RemedyStep],
    /// Phones that are well now and refuse files after the steps.
    pub harms: Vec<PhoneId>,
}

/// A step of a remedy. Services are restarted on all nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemedyStep {
    /// `utils ctl reset localkey`.
    CtlResetLocalkey,
    /// `utils ctl update CTLFile`.
    CtlUpdate,
    /// CTL and ITL are deleted on the locked phones, which then boot.
    DeleteLists,
    /// `utils itl reset localkey`.
    ItlResetLocalkey,
    /// All phones are reset; twice if they refuse the CTL at first.
    ResetPhones,
    /// Cisco Tftp.
    RestartTftp,
    /// Cisco Trust Verification Service.
    RestartTvs,
}

impl RemedyStep {
    /// The operations, for these locked phones.
    fn operations(self, locked: &Phones) -> Vec<Operation> {
        let restart = |service| Operation::Restart { service, nodes: Nodes::All };
        let twice = |phones: &Phones| {
            let reset = Operation::ResetPhones { phones: phones.clone() };
            [reset.clone(), reset]
        };
        match self {
            Self::CtlResetLocalkey => Vec::from([Operation::CtlResetLocalkey]),
            Self::CtlUpdate => Vec::from([Operation::CtlUpdate]),
            Self::DeleteLists => {
                let lists = ErasedLists::Both;
                let delete = Operation::DeletePhoneLists { phones: locked.clone(), lists };
                core::iter::once(delete).chain(twice(locked)).collect()
            }
            Self::ItlResetLocalkey => Vec::from([Operation::ItlResetLocalkey]),
            Self::ResetPhones => Vec::from(twice(&Phones::All)),
            Self::RestartTftp => Vec::from([restart(Service::Tftp)]),
            Self::RestartTvs => Vec::from([restart(Service::Tvs)]),
        }
    }
}

words! {
    /// Where a phone holds an anchor.
    pub enum Anchor ["Anchor": "Where a phone holds an anchor: SAST records of a list, or TVS records of the ITL."] {
        /// A SAST of its CTL.
        Ctl = "ctl",
        /// A SAST of its ITL.
        Itl = "itl",
        /// A TVS record of its ITL.
        Tvs = "tvs",
    }
}

/// Something that may bring a phone back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanRemedy {
    /// Restarts of TVS and TFTP, and a reset.
    Restarts,
    /// This command first, then restarts and resets.
    Command(RecoveryCommand),
    /// Its lists are deleted on the phone. It then takes the first lists that it gets, which must
    /// still agree with each other (P-FIRST-3).
    DeleteLists,
}

impl PlanRemedy {
    /// Every one, from the lightest.
    pub const ALL: &'static [Self] = &[
        Self::Restarts,
        Self::Command(RecoveryCommand::CtlUpdate),
        Self::Command(RecoveryCommand::ItlResetLocalkey),
        Self::Command(RecoveryCommand::CtlResetLocalkey),
        Self::DeleteLists,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command(rescue) => rescue.as_str(),
            Self::DeleteLists => "delete_phone_lists",
            Self::Restarts => "restarts_and_reset",
        }
    }

    /// Checks if this version and mode have it.
    pub fn exists(self, release: Release, mode: Mode) -> bool {
        match self {
            Self::DeleteLists | Self::Restarts => true,
            Self::Command(RecoveryCommand::CtlUpdate) => mode == Mode::Mixed,
            Self::Command(RecoveryCommand::ItlResetLocalkey) => release.has_itl_reset_localkey(),
            Self::Command(RecoveryCommand::CtlResetLocalkey) => {
                mode == Mode::Mixed && release.has_ctl_reset_localkey()
            }
        }
    }

    /// Returns the ways of carrying it out that are tried, the usual one first (P4).
    const fn ways(self) -> &'static [&'static [RemedyStep]] {
        use RemedyStep::{
            CtlResetLocalkey, CtlUpdate, DeleteLists, ItlResetLocalkey, ResetPhones, RestartTftp,
            RestartTvs,
        };
        match self {
            Self::Restarts => &[
                &[RestartTvs, RestartTftp, ResetPhones],
                &[ResetPhones, RestartTvs, RestartTftp, ResetPhones],
                &[RestartTftp, ResetPhones, RestartTvs, ResetPhones],
                &[RestartTvs, ResetPhones, RestartTftp, ResetPhones],
            ],
            Self::Command(RecoveryCommand::CtlUpdate) => &[
                &[CtlUpdate, RestartTvs, RestartTftp, ResetPhones],
                &[CtlUpdate, ResetPhones, RestartTvs, RestartTftp, ResetPhones],
            ],
            // A phone with a CTL drops an ITL whose signer the CTL does not name (P-ITL-5, P-ITL-6):
            // a CTL update comes before the usual signer comes back.
            Self::Command(RecoveryCommand::ItlResetLocalkey) => &[
                &[RestartTftp, ItlResetLocalkey, ResetPhones, RestartTftp, ResetPhones],
                &[CtlUpdate, RestartTftp, ItlResetLocalkey, ResetPhones, RestartTftp, ResetPhones],
                &[
                    RestartTftp,
                    ItlResetLocalkey,
                    ResetPhones,
                    CtlUpdate,
                    ResetPhones,
                    RestartTftp,
                    ResetPhones,
                ],
            ],
            Self::Command(RecoveryCommand::CtlResetLocalkey) => &[
                &[CtlResetLocalkey, ResetPhones, CtlUpdate, ResetPhones],
                &[RestartTvs, RestartTftp, CtlResetLocalkey, ResetPhones, CtlUpdate, ResetPhones],
                &[CtlResetLocalkey, RestartTftp, ResetPhones, CtlUpdate, RestartTftp, ResetPhones],
            ],
            Self::DeleteLists => &[
                &[DeleteLists],
                &[CtlUpdate, DeleteLists],
                &[RestartTvs, RestartTftp, DeleteLists],
                &[CtlUpdate, RestartTvs, RestartTftp, DeleteLists],
            ],
        }
    }
}

impl LockedPhones {
    /// The lightest remedy that helps under every policy that locks them, and takes no other phone
    /// its lists.
    pub fn sure(&self) -> Option<PlanRemedy> {
        let sure = |found: &&FoundRemedy| found.harms.is_empty() && self.is_always(found);
        self.remedies.iter().find(sure).map(|found| found.remedy)
    }

    /// Checks if a remedy helps under every policy that locks them.
    pub fn is_always(&self, found: &FoundRemedy) -> bool {
        self.locked_under.iter().all(|policy| found.works_under.contains(policy))
    }
}

impl Recovery {
    /// The phones that no command cures for sure: their lists must be deleted, or nothing that was
    /// tried helps.
    pub fn beyond_commands(&self) -> impl Iterator<Item = &LockedPhones> {
        self.groups
            .iter()
            .filter(|group| matches!(group.sure(), None | Some(PlanRemedy::DeleteLists)))
    }
}

/// Runs a plan to its end under each of these policies, and says what helps the phones that are
/// locked there.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use trustlist::{case::Scenario, plan::{PlanRemedy, recover}};
/// let text = std::fs::read_to_string("testdata/cases/simulate/callmanager-and-tvs.json").unwrap();
/// let scenario = Scenario::parse(&text).unwrap();
/// let found = recover(&scenario.cluster, &scenario.plan, &scenario.policies).unwrap();
/// // At the end of this plan one phone is left, and no command reaches it.
/// assert_eq!(found.groups.len(), 1);
/// assert_eq!(found.groups[0].sure(), Some(PlanRemedy::DeleteLists));
/// // Before the last two steps there were more, and a command for them.
/// let found = recover(&scenario.cluster, &scenario.plan[..8], &scenario.policies).unwrap();
/// assert!(found.groups.iter().any(|group| matches!(group.sure(), Some(PlanRemedy::Command(_)))));
/// # }
/// ```
///
/// # Errors
/// The number of the step, from 1, that cannot be part of a plan for this cluster, and why.
pub fn recover(
    cluster: &Arc<Cluster>,
    plan: &[Operation],
    policies: &[Policy],
) -> Result<Recovery, (u32, StepError)> {
    let mut ends = Vec::new();
    for &policy in policies {
        let mut run = Run::new(cluster, policy, Assume::Lean);
        for (step, operation) in (1..).zip(plan) {
            run.apply(operation).map_err(|error| (step, error))?;
        }
        ends.push(run);
    }
    let alike = ends.first().map(Run::groups).unwrap_or_default();
    let mut tries: Vec<Tries<'_>> = ends.iter().map(|run| Tries::new(run, &alike)).collect();
    let mut groups: Vec<LockedPhones> = Vec::new();
    let mut undecided: Vec<PhoneId> = Vec::new();
    for phones in alike {
        let Some(&first) = phones.first() else { continue };
        let Some(mut found) = locked(&mut tries, first) else {
            if ends.iter().any(|run| rests_on_tftp_address(run, first)) {
                undecided.extend(phones);
            }
            continue;
        };
        match groups.iter_mut().find(|known| are_alike(known, &found)) {
            Some(known) => known.phones.extend(phones),
            None => {
                found.phones = phones;
                groups.push(found);
            }
        }
    }
    groups.iter_mut().for_each(|group| group.phones.sort_unstable());
    groups.sort_by_key(|group| group.phones.first().copied());
    undecided.sort_unstable();
    Ok(Recovery { cluster: cluster.clone(), policies: policies.to_vec(), groups, undecided })
}

fn are_alike(known: &LockedPhones, found: &LockedPhones) -> bool {
    let facts = |group: &LockedPhones| LockedPhones { phones: Vec::new(), ..group.clone() };
    facts(known) == facts(found)
}

/// Checks if a phone refuses a file; an offline phone is judged as if it were back.
fn refuses(run: &Run, phone: PhoneId) -> bool {
    run.phone_state(phone).is_some_and(|state| {
        state.trust == Trust::Locked
            || state.judged.as_ref().is_some_and(|judged| judged.refuses.is_some())
    })
}

/// Checks if a phone was taken to accept a configuration that P-BOOT-5 leaves open.
fn rests_on_tftp_address(run: &Run, phone: PhoneId) -> bool {
    let judged = run.phone_state(phone).and_then(|state| state.judged.as_ref());
    judged.is_some_and(|judged| {
        judged.refuses.is_none()
            && judged.config.outcome == Outcome::Depends
            && judged.config.rule == Some(Rule::Boot5)
    })
}

/// The end of a plan under one policy, and the remedies that were tried from there.
struct Tries<'a> {
    run: &'a Run,
    locked: Arc<[PhoneId]>,
    tried: BTreeMap<&'static [RemedyStep], Option<Try>>,
}

/// The cluster after a remedy.
struct Try {
    after: Run,
    harms: Vec<PhoneId>,
}

impl<'a> Tries<'a> {
    fn new(run: &'a Run, alike: &[Vec<PhoneId>]) -> Self {
        let locked =
            alike.iter().filter(|phones| phones.first().is_some_and(|&first| refuses(run, first)));
        Self { run, locked: locked.flatten().copied().collect(), tried: BTreeMap::new() }
    }

    /// Tries a way out for all locked phones at once: they do not depend on each other. `None` if it
    /// has a command that this mode does not have.
    fn attempt(&mut self, way: &'static [RemedyStep]) -> Option<&Try> {
        let (run, locked) = (self.run, &self.locked);
        self.tried.entry(way).or_insert_with(|| attempt(run, locked, way)).as_ref()
    }
}

fn attempt(run: &Run, locked: &Arc<[PhoneId]>, way: &[RemedyStep]) -> Option<Try> {
    if way.contains(&RemedyStep::CtlUpdate) && run.mode() != Mode::Mixed {
        return None;
    }
    let mut after = run.aside();
    let is_away = |phone: &PhoneId| {
        run.phone_state(*phone).is_some_and(|state| state.trust == Trust::Offline)
    };
    let away: Arc<[PhoneId]> = locked.iter().copied().filter(is_away).collect();
    if !away.is_empty() {
        after.apply(&Operation::PhoneOnline { phones: Phones::These(away) }).ok()?;
    }
    let locked = Phones::These(locked.clone());
    for operation in way.iter().flat_map(|step| step.operations(&locked)) {
        after.apply(&operation).ok()?;
    }
    let harms = harmed(run, &after);
    Some(Try { after, harms })
}

/// Returns the phones that hold or would take the served lists before, and refuse files after it.
fn harmed(before: &Run, after: &Run) -> Vec<PhoneId> {
    let trust = |run: &Run, phone| run.phone_state(phone).map(|state| state.trust);
    let is_well = |phone| matches!(trust(before, phone), Some(Trust::Current | Trust::Updatable));
    let groups = after.groups();
    let harmed = groups.into_iter().filter(|phones| {
        phones.first().is_some_and(|&first| trust(after, first) == Some(Trust::Locked))
    });
    let mut harmed: Vec<PhoneId> = harmed.flatten().filter(|&phone| is_well(phone)).collect();
    harmed.sort_unstable();
    harmed
}

/// The facts about a phone that is locked under some policy.
fn locked(tries: &mut [Tries<'_>], phone: PhoneId) -> Option<LockedPhones> {
    let mut there: Vec<&mut Tries<'_>> =
        tries.iter_mut().filter(|tries| refuses(tries.run, phone)).collect();
    let first = there.first()?.run;
    let judged = first.phone_state(phone).and_then(|state| state.judged.as_ref());
    let refused = judged.and_then(|judged| {
        let file = judged.refuses?;
        Some((file, judged.file(file).signer?))
    });
    let oversize = Decisive::Finding(FindingCode::ItlOversize);
    let itl_too_large = judged.is_some_and(|judged| judged.itl.decisive == Some(oversize));
    let (mut remedies, mut useless) = (Vec::new(), Vec::new());
    for &remedy in PlanRemedy::ALL {
        if !remedy.exists(first.cluster().release(), first.mode()) {
            continue;
        }
        match best_way(&mut there, phone, remedy) {
            Some(found) => remedies.push(found),
            None => useless.push(remedy),
        }
    }
    let mut found = LockedPhones {
        phones: Vec::new(),
        locked_under: there.iter().map(|tries| tries.run.policy()).collect(),
        refuses: refused,
        anchors: anchors(first, phone),
        remedies,
        useless,
        itl_too_large,
    };
    if found.sure() == Some(PlanRemedy::Restarts) {
        found.remedies.retain(|found| !matches!(found.remedy, PlanRemedy::Command(_)));
    }
    Some(found)
}

/// Returns the way of a remedy that brings the phone back under most policies and harms no other
/// phone; the first of equal ones.
fn best_way(
    there: &mut [&mut Tries<'_>],
    phone: PhoneId,
    remedy: PlanRemedy,
) -> Option<FoundRemedy> {
    let mut best: Option<FoundRemedy> = None;
    for &steps in remedy.ways() {
        let mut found = FoundRemedy { remedy, works_under: Vec::new(), steps, harms: Vec::new() };
        for tries in &mut *there {
            let policy = tries.run.policy();
            let Some(tried) = tries.attempt(steps) else { continue };
            let state = tried.after.phone_state(phone);
            if state.is_some_and(|state| state.trust == Trust::Current) {
                found.works_under.push(policy);
                found.harms.extend(tried.harms.iter().copied());
            }
        }
        found.harms.sort_unstable();
        found.harms.dedup();
        let worth = |found: &FoundRemedy| (found.works_under.len(), found.harms.is_empty());
        let is_better = best.as_ref().is_none_or(|best| worth(&found) > worth(best));
        if !found.works_under.is_empty() && is_better {
            best = Some(found);
        }
    }
    best
}

fn anchors(run: &Run, phone: PhoneId) -> Vec<(Anchor, Cert)> {
    let sast = |(role, cert): (Role, Cert)| (role == Role::Sast).then_some(cert);
    let mut anchors = Vec::new();
    if let Some(ctl) = run.installed_ctl(phone) {
        anchors.extend(ctl.records().filter_map(sast).map(|cert| (Anchor::Ctl, cert)));
    }
    if let Some(itl) = run.installed_itl(phone) {
        anchors.extend(itl.records().filter_map(sast).map(|cert| (Anchor::Itl, cert)));
        let tvs = itl
            .records()
            .filter_map(|(role, cert)| (role == Role::Tvs).then_some((Anchor::Tvs, cert)));
        anchors.extend(tvs);
    }
    anchors
}
