//! Safe plans: rounds in the right order, gates between, checked by the simulator under every
//! policy before anybody sees them (`spec/CLUSTER-RULES.md` P8).

mod draft;
mod prove;
mod rounds;

pub use prove::{Fallback, Lean, NoPlan};

use super::lint::PlanLint;
use crate::cluster::{Cluster, Operation, PhoneId, RecoveryCommand};
use crate::release::Unit;
use alloc::{sync::Arc, vec::Vec};
use draft::Draft;

/// The request for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The certificates to renew.
    pub renew: Vec<Unit>,
    /// True if the old trust certificates are deleted at the end.
    pub old_trust: OldTrust,
    /// Which of CallManager and TVS comes first.
    pub order: Order,
    /// How many phones are reset at once; all if it is empty.
    pub batch: Option<usize>,
    /// The length of a maintenance window in minutes.
    pub window: Option<u64>,
    /// Steps that a document of this version calls unnecessary.
    pub unneeded: Unneeded,
    /// The assumptions about the cluster, a line each; each is a gate before the first step.
    pub guesses: Vec<Arc<str>>,
}

/// The handling of steps that a document of the version calls unnecessary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unneeded {
    /// They are done all the same, as other documents ask for them.
    #[default]
    Keep,
    /// They are left out.
    Skip,
}

/// The handling of trust copies of the regenerated certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OldTrust {
    /// They are deleted.
    Delete,
    /// They stay.
    #[default]
    Keep,
}

/// Which of CallManager and TVS comes first. Both are safe with a completed phone update between
/// (P3, P6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// TVS first, CallManager last: the Security Guide.
    Guide,
    /// CallManager first, TVS last: the regeneration procedure and 214231.
    #[default]
    Procedure,
}

/// A plan that leaves no online phone locked under any policy.
#[derive(Clone, Debug)]
pub struct SafePlan {
    /// The cluster.
    pub cluster: Arc<Cluster>,
    /// The request.
    pub request: Request,
    /// The rounds; phones hold the served lists at the end of each.
    pub rounds: Vec<Round>,
    /// Parts of the request that are not in the plan, and other notes for the operator.
    pub notes: Vec<PlanNote>,
    /// The open questions that the plan leans on; each has a gate.
    pub leans: Vec<Lean>,
    /// The findings of the plan lint about the steps. None is an error, except that encrypted phones
    /// with one server drop, which is noted ([`PlanNote::EncryptedDrop`]).
    pub lint: PlanLint,
}

/// A part of a plan after which one may stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its purpose.
    pub kind: RoundKind,
    /// Its steps.
    pub steps: Vec<PlannedStep>,
}

/// The purpose of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoundKind {
    /// Deletes the old copies.
    DeleteOldTrust,
    /// Backup and clean-up.
    Finish,
    /// The checks before anything changes.
    Prepare,
    /// Renews certificates.
    Renew {
        /// Which.
        units: Vec<Unit>,
        /// The part and the number of parts, where nodes are renewed in turns.
        part: (usize, usize),
    },
}

/// A step of a safe plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// The action.
    pub operation: Operation,
    /// Why it is there, where the operation alone does not say.
    pub purpose: Purpose,
    /// How long it takes, estimated.
    pub minutes: u64,
    /// A document that calls it unnecessary for this version.
    pub unnecessary: Option<Document>,
    /// The actions if the expected output is missing, the first one first.
    pub fallbacks: Vec<Fallback>,
}

/// Why a step is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Before phones are reset it is asked whether they will take what TFTP serves now; counted
    /// from 1.
    AskFirst(usize),
    /// The backup at the end.
    Backup,
    /// A batch of phones, counted from 1, and the number of batches.
    Batch(usize, usize),
    /// Encrypted phones whose group has one server may not be registered yet at this gate:
    /// CallManager is restarted next.
    EncryptedLater,
    /// The first phones of a round are looked at before the others are reset.
    FirstBatch,
    /// A gate for something that is only assumed, by its place in [`Request::guesses`].
    Guess(usize),
    /// A gate for an open question, by its place in [`SafePlan::leans`].
    Lean(usize),
    /// The list must be signed with the CallManager key of the publisher: `reset localkey` was run.
    LocalKeyGate,
    /// Phones must hold their new LSC.
    LscGate,
    /// Phones offline are counted.
    Offline,
    /// *Phone Interaction on Certificate Update* is set to manual.
    PhoneInteractionManual,
    /// It is set back.
    PhoneInteractionRestored,
    /// The operation says it.
    Plain,
    /// The lists of every TFTP node are saved, before anything changes.
    SaveLists,
    /// TFTP is silent while the CTL lacks the new certificate (case M17).
    SilentTftp,
    /// The old certificates must be gone from the trust stores.
    StoresGate,
}

/// A document that calls a step unnecessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// The Release Notes of 14.0(1) and the Security Guide of 14: services present the new
    /// certificate by themselves.
    ReleaseNotes14,
    /// The Security Guide of 12.5: TVS restarts itself.
    SecurityGuide125,
}

/// A note about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanNote {
    /// The old CAPF certificate stays: LSCs of offline phones need it.
    CapfKept(Vec<PhoneId>),
    /// Encrypted phones are not registered between the regeneration and their reset: their group
    /// has no second server that presents a certificate that they know.
    EncryptedDrop(Vec<PhoneId>),
    /// Phones with an LSC of the old CAPF certificate: the plan gives new LSCs to those online.
    LscRenewed {
        /// Online: they get a new LSC.
        online: Vec<PhoneId>,
        /// Offline: they keep the old one.
        offline: Vec<PhoneId>,
    },
    /// No node of the cluster has such a certificate in this version.
    NoSuchUnit(Unit),
    /// These phones are offline, and under some policy no command helps when they come back: their
    /// lists may have to be deleted.
    Offline(Vec<PhoneId>),
    /// These phones are offline, and the simulator brings them back under every policy: by restarts
    /// of TFTP and TVS and a reset, or, if there is a command, by that command first.
    OfflineReturns(Vec<PhoneId>, Option<RecoveryCommand>),
    /// A group of one server: no other server can vouch.
    SingleGroup(Vec<PhoneId>),
    /// An eToken signed the CTL, and the first step that writes the CTL ends that (PLAN-TOKENLESS).
    TokensEnd,
}

/// A part of the plan that fits a maintenance window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The rounds, by place.
    pub rounds: core::ops::Range<usize>,
    /// How long they take, estimated.
    pub minutes: u64,
}

/// Makes a plan, and proves it with the simulator under every policy: first with every open
/// question taken against the phone, and where that cannot be, as the evidence leans, with a gate
/// for each such question.
///
/// # Errors
/// Why there is no safe plan.
///
/// ```
/// use trustlist_cluster::release::{Product, Unit};
/// use trustlist_cluster::{cluster::{Cluster, Mode, NodeSpec, PhoneSpec}, plan::{self, Request}};
/// let node = |name: &str, publisher| NodeSpec {
///     name: name.into(), product: Product::Cucm, publisher, tftp: true, callmanager: true,
/// };
/// let mut cluster = Cluster::new("10.5".parse().unwrap(), Mode::NonSecure, vec![node("hq", true), node("br", false)]).unwrap();
/// let (hq, br) = (cluster.node("hq").unwrap(), cluster.node("br").unwrap());
/// cluster.add_phone(PhoneSpec::new("SEP001", &[hq], &[br, hq])).unwrap();
/// let cluster = cluster.into();
/// let plan = plan::generate(&cluster, &Request::of(&[Unit::Tvs, Unit::CallManager])).unwrap();
/// assert!(plan.operations().len() > 10 && plan.leans.is_empty() && !plan.lint.has_errors());
///
/// // 10.5 has no such certificate.
/// let why = plan::generate(&cluster, &Request::of(&[Unit::CallManagerEcdsa])).unwrap_err();
/// assert_eq!(why, plan::NoPlan::NothingToRenew);
/// ```
pub fn generate(cluster: &Arc<Cluster>, request: &Request) -> Result<SafePlan, NoPlan> {
    prove::check_start(cluster)?;
    let mut last = NoPlan::NothingToRenew;
    for strategy in rounds::STRATEGIES {
        let draft = Draft::new(cluster, request, *strategy);
        if draft.is_empty() {
            return Err(NoPlan::NothingToRenew);
        }
        match prove::prove(draft) {
            Ok(plan) => return Ok(plan),
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

impl Request {
    /// These certificates, and everything else as it is usual: old copies stay, CallManager first,
    /// all phones at once.
    pub fn of(renew: &[Unit]) -> Self {
        Self {
            renew: renew.to_vec(),
            old_trust: OldTrust::Keep,
            order: Order::Procedure,
            batch: None,
            window: None,
            unneeded: Unneeded::Keep,
            guesses: Vec::new(),
        }
    }
}

impl SafePlan {
    /// The steps, for the simulator.
    pub fn operations(&self) -> Vec<Operation> {
        self.rounds
            .iter()
            .flat_map(|round| &round.steps)
            .map(|step| step.operation.clone())
            .collect()
    }

    /// How long it takes, estimated.
    pub fn minutes(&self) -> u64 {
        self.rounds.iter().map(Round::minutes).fold(0, u64::saturating_add)
    }

    /// The rounds by maintenance window: as many as fit, at least one. One window if none was asked
    /// for. Every window after the first begins with a short check, which is counted.
    pub fn windows(&self) -> Vec<Window> {
        let limit = self.request.window.unwrap_or(u64::MAX);
        let mut windows: Vec<Window> = Vec::new();
        for (place, round) in self.rounds.iter().enumerate() {
            match windows.last_mut() {
                Some(open) if open.minutes.saturating_add(round.minutes()) <= limit => {
                    open.rounds.end = place.saturating_add(1);
                    open.minutes = open.minutes.saturating_add(round.minutes());
                }
                before => {
                    let check = if before.is_some() { SHORT_CHECK } else { 0 };
                    windows.push(Window {
                        rounds: place..place.saturating_add(1),
                        minutes: round.minutes().saturating_add(check),
                    });
                }
            }
        }
        windows
    }
}

/// The minutes of the look at the cluster before a window on another night.
const SHORT_CHECK: u64 = 5;

impl Round {
    /// How long it takes, estimated.
    pub fn minutes(&self) -> u64 {
        self.steps.iter().map(|step| step.minutes).fold(0, u64::saturating_add)
    }
}
