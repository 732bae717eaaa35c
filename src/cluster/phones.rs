//! Phones: what each is served, what it makes of it by [`phone::predict`](crate::phone::predict), and its state.

mod settle;
mod view;

pub(super) use view::{Snapshot, View, ViewId};

use super::cert::Cert;
use super::describe::{Cluster, CtlStart, ItlStart, LscStart, PhoneSecurity, PhoneSpec};
use super::lists::ListKey;
use super::node::NodeId;
use super::shared::Shared;
use super::state::ClusterState;
use crate::code::ConditionCode;
use crate::facts::FileId;
use crate::phone::{JudgedFile, Prediction, Rule};
use crate::release::{Service, TrustUnit, Unit};
use crate::wire::Role;
use alloc::{sync::Arc, vec::Vec};
use core::fmt;

/// How a `depends` is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assume {
    /// As the evidence leans; as a refusal where it does not (2.6).
    #[default]
    Lean,
    /// As an acceptance.
    Optimistic,
    /// As a refusal.
    Pessimistic,
}

/// What a phone's next reset would do, or that it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// It holds the served lists and would take them again.
    Current,
    /// It would refuse at the next reset.
    Locked,
    /// It is off-line.
    Offline,
    /// It would take the served lists at the next reset.
    Updatable,
}

impl Trust {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Locked => "locked",
            Self::Offline => "offline",
            Self::Updatable => "updatable",
        }
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can still bring a phone to the served lists (P-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlook {
    /// Restarts of TFTP and TVS and a reset, in some order, are enough.
    Recoverable,
    /// One of these commands must come first; where there is none, only deleting its lists helps.
    Rescue(super::recover::RescueSet),
}

impl Outlook {
    /// Whether restarts and a reset are enough.
    pub fn is_recoverable(self) -> bool {
        self == Self::Recoverable
    }

    /// Whether nothing is left but deleting the lists on the phone.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Rescue(rescues) if rescues.is_empty())
    }

    /// The commands that would help, where restarts are not enough.
    pub fn rescues(self) -> super::recover::RescueSet {
        match self {
            Self::Recoverable => super::recover::RescueSet::default(),
            Self::Rescue(rescues) => rescues,
        }
    }
}

/// The state of a phone after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What its next reset would do.
    pub trust: Trust,
    /// Whether it is registered (P-6, P-7).
    pub registered: bool,
    /// What could still help it.
    pub outlook: Outlook,
    /// The judgement behind `trust`; empty while nothing is served.
    pub judged: Option<Judged>,
}

/// What a phone makes of what it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The TFTP server.
    pub server: NodeId,
    /// The signer of the served CTL.
    pub ctl_signer: Option<Cert>,
    /// The signer of the served ITL.
    pub itl_signer: Option<Cert>,
    /// The signer of the configuration.
    pub config_signer: Cert,
    /// The first file that it refuses.
    pub refuses: Option<JudgedFile>,
    /// The judgements.
    pub prediction: Arc<Prediction>,
}

impl Judged {
    /// The signer of a served file.
    pub fn signer(&self, file: JudgedFile) -> Option<Cert> {
        match file {
            JudgedFile::Config => Some(self.config_signer),
            JudgedFile::Ctl => self.ctl_signer,
            JudgedFile::Itl => self.itl_signer,
        }
    }
}

/// An open question that was answered to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assumption {
    /// The rule that leaves it open.
    pub rule: Rule,
    /// Which question.
    pub code: ConditionCode,
    /// About which file.
    pub file: JudgedFile,
    /// How it was taken.
    pub taken: Taken,
}

/// How an open question was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taken {
    /// The file as accepted.
    Accept,
    /// The file as refused.
    Reject,
}

impl Taken {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }
}

/// What does not change about a phone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Profile {
    pub(super) tftp_servers: Vec<NodeId>,
    pub(super) cm_group: Vec<NodeId>,
    pub(super) security: PhoneSecurity,
    pub(super) security_by_default: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ProfileId(pub(super) u32);

/// A phone and the lists that it holds: what a prediction depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holder {
    pub(super) profile: ProfileId,
    pub(super) ctl: Option<FileId>,
    pub(super) itl: Option<FileId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HolderId(pub(super) u32);

/// What phones of one kind make of what they are served: judged once.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) judged: Judged,
    pub(super) trust: Trust,
    pub(super) after: HolderId,
    pub(super) assumed: Vec<Assumption>,
}

/// A phone at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PhoneStart {
    pub(super) holder: HolderId,
    pub(super) profile: ProfileId,
    pub(super) online: bool,
    pub(super) lsc: Option<Cert>,
}

impl PhoneStart {
    pub(super) fn new(spec: &PhoneSpec, state: &ClusterState, shared: &mut Shared) -> Self {
        let profile = ProfileId(shared.profiles.id(Profile {
            tftp_servers: spec.tftp_servers.clone(),
            cm_group: spec.cm_group.clone(),
            security: spec.security,
            security_by_default: spec.security_by_default,
        }));
        let ctl = match spec.ctl {
            CtlStart::Current => state.ctl,
            CtlStart::None => None,
            CtlStart::Stale => Some(shared.file(state.first_ctl().stale())),
        };
        let itl = match spec.itl {
            _ if !spec.security_by_default => None,
            ItlStart::Current => served_itl(spec, state),
            ItlStart::Foreign => Some(shared.file(ListKey::foreign())),
            ItlStart::None => None,
        };
        let holder = shared.holder_id(Holder { profile, ctl, itl });
        let publisher = state.cluster.publisher();
        let lsc = (spec.lsc == LscStart::Current).then(|| state.own(publisher, Unit::Capf, publisher));
        Self { holder, profile, online: spec.online, lsc }
    }
}

/// The ITL of the phone's first TFTP server that serves one.
fn served_itl(spec: &PhoneSpec, state: &ClusterState) -> Option<FileId> {
    let serving = spec.tftp_servers.iter().find(|&&node| state.runs(node, Service::Tftp))?;
    state.nodes.at(*serving).itl.map(|itl| itl.served)
}

impl ClusterState {
    /// Whether a phone registers somewhere in its group (P-6, P-7).
    pub(super) fn registers(&self, shared: &Shared, profile: &Profile, ctl: Option<FileId>, lsc: Option<Cert>) -> bool {
        let up = |node: &&NodeId| self.runs(**node, Service::CallManager);
        let mut running = profile.cm_group.iter().filter(up);
        match profile.security {
            PhoneSecurity::NonSecure => running.next().is_some(),
            PhoneSecurity::Encrypted => running.any(|&node| self.registers_securely(shared, node, ctl, lsc)),
        }
    }

    /// CallManager presents a certificate of the phone's CTL, and trusts the issuer of the phone's own. A phone without
    /// LSC uses the one it was made with, whose issuer every CallManager trusts.
    fn registers_securely(&self, shared: &Shared, node: NodeId, ctl: Option<FileId>, lsc: Option<Cert>) -> bool {
        let presented = self.presented(Service::CallManager, node);
        let known = ctl.and_then(|ctl| shared.list(ctl)).is_some_and(|list| {
            list.key.records.iter().any(|record| matches!(record.role, Role::Ccm | Role::CcmTftp) && record.cert == presented)
        });
        known && lsc.is_none_or(|issuer| self.files.holds(node, TrustUnit::CallManager, issuer))
    }
}

/// The TVS servers of a profile by name.
fn group_names(cluster: &Cluster, profile: &Profile) -> Vec<Arc<str>> {
    profile.cm_group.iter().map(|&node| cluster.node_spec(node).name.clone()).collect()
}
