//! Recovery of locked phones: the documented commands that help each phone, by the anchors on the
//! phone.

use crate::cluster::{Assume, Mode};
use crate::cluster::{
    Cert, Cluster, Operation, PhoneId, Policy, Recoverability, RecoveryCommand, Run, StepError,
    Trust,
};
use crate::release::{Release, ReleaseRules as _};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use trustlist::phone::JudgedFile;
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
    /// Every remedy, from the lightest, with the policies that it helps under.
    pub remedies: Vec<(PlanRemedy, Vec<Policy>)>,
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
    /// Its lists are deleted on the phone. Always works.
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
}

impl LockedPhones {
    /// The lightest remedy that helps under every policy that locks them.
    pub fn sure(&self) -> Option<PlanRemedy> {
        let always =
            |policies: &[Policy]| self.locked_under.iter().all(|policy| policies.contains(policy));
        self.remedies.iter().find(|(_, policies)| always(policies)).map(|(remedy, _)| *remedy)
    }
}

impl Recovery {
    /// The phones that no command cures for sure: their lists must be deleted.
    pub fn beyond_commands(&self) -> impl Iterator<Item = &LockedPhones> {
        self.groups.iter().filter(|group| group.sure() == Some(PlanRemedy::DeleteLists))
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
    let mut groups: Vec<LockedPhones> = Vec::new();
    for phones in ends.first().map(Run::groups).unwrap_or_default() {
        let Some(mut found) = phones.first().and_then(|&first| locked(&ends, first)) else {
            continue;
        };
        match groups.iter_mut().find(|known| alike(known, &found)) {
            Some(known) => known.phones.extend(phones),
            None => {
                found.phones = phones;
                groups.push(found);
            }
        }
    }
    groups.iter_mut().for_each(|group| group.phones.sort_unstable());
    groups.sort_by_key(|group| group.phones.first().copied());
    Ok(Recovery { cluster: cluster.clone(), policies: policies.to_vec(), groups })
}

fn alike(known: &LockedPhones, found: &LockedPhones) -> bool {
    (&known.locked_under, &known.refuses, &known.anchors, &known.remedies)
        == (&found.locked_under, &found.refuses, &found.anchors, &found.remedies)
}

/// The facts about a phone that is locked under some policy; an offline phone is judged as if it
/// were back.
fn locked(ends: &[Run], phone: PhoneId) -> Option<LockedPhones> {
    let refuses = |run: &&Run| {
        let state = run.phone_state(phone);
        state.is_some_and(|state| {
            state.trust == Trust::Locked
                || state.judged.as_ref().is_some_and(|it| it.refuses.is_some())
        })
    };
    let there: Vec<&Run> = ends.iter().filter(refuses).collect();
    let first = there.first()?;
    let judged = first.phone_state(phone).and_then(|state| state.judged.as_ref());
    let refused = judged.and_then(|judged| {
        let file = judged.refuses?;
        let answer = match file {
            JudgedFile::Config => &judged.config,
            JudgedFile::Ctl => &judged.ctl,
            JudgedFile::Itl => &judged.itl,
        };
        Some((file, answer.signer?))
    });
    let mut remedies: BTreeMap<PlanRemedy, Vec<Policy>> = BTreeMap::new();
    for run in &there {
        for remedy in works(run, phone) {
            remedies.entry(remedy).or_default().push(run.policy());
        }
    }
    Some(LockedPhones {
        phones: Vec::new(),
        locked_under: there.iter().map(|run| run.policy()).collect(),
        refuses: refused,
        anchors: anchors(first, phone),
        remedies: remedies.into_iter().collect(),
    })
}

/// The remedies that work in this state.
fn works(run: &Run, phone: PhoneId) -> Vec<PlanRemedy> {
    let outlook = run.phone_state(phone).map(|state| state.recoverability);
    let mut remedies: Vec<PlanRemedy> = match outlook {
        Some(Recoverability::Recoverable) => Vec::from([PlanRemedy::Restarts]),
        Some(Recoverability::Commands(set)) => set.iter().map(PlanRemedy::Command).collect(),
        None => Vec::new(),
    };
    remedies.push(PlanRemedy::DeleteLists);
    remedies
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
