//! Phones: what each is served, what it makes of it by [`phone::predict`](trustlist::phone::predict), and its state.

use super::cert::Cert;
use super::describe::{Cluster, CtlStart, ItlStart, LscStart, PhoneSecurity, PhoneSpec};
use super::lists::ListKey;
use super::node::{NodeId, NodeSet};
use super::shared::FileId;
use super::shared::Shared;
use super::state::ClusterState;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use trustlist::code::ConditionCode;
use trustlist::phone::{
    After, Decisive, Device, JudgedFile, Lean, Outcome, Rule, SecurityByDefault, TvsClient, Via,
};
use trustlist::release::{Service, TrustUnit, Unit};
use trustlist::wire::Role;

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

/// The state of a phone after a step. Two are equal when all that can be seen of them is.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What its next reset would do.
    pub trust: Trust,
    /// Whether it is registered (P-6, P-7).
    pub registered: bool,
    /// What could still help it.
    pub outlook: Outlook,
    /// The judgement behind `trust`; empty while nothing is served.
    pub judged: Option<Arc<Judged>>,
    pub(super) held: Held,
}

impl PartialEq for Standing {
    fn eq(&self, other: &Self) -> bool {
        // Not the files that are held: their numbers depend on the order in which lists were made.
        let visible = |standing: &Self| (standing.trust, standing.registered, standing.outlook);
        visible(self) == visible(other) && self.judged == other.judged
    }
}
impl Eq for Standing {}

/// What a phone makes of what it is served: the outcomes. The findings behind them are worked out when they are asked
/// for, see [`PolicyResult::prediction`](super::PolicyResult::prediction).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The TFTP server.
    pub server: NodeId,
    /// The first file that it refuses.
    pub refuses: Option<JudgedFile>,
    /// The CTL.
    pub ctl: FileJudged,
    /// The ITL.
    pub itl: FileJudged,
    /// The configuration.
    pub config: FileJudged,
    /// What the phone holds after a reset.
    pub after: After,
}

/// The outcome of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileJudged {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its signer, where it is served.
    pub signer: Option<Cert>,
    /// What decided.
    pub decisive: Option<Decisive>,
    /// The rule that decided.
    pub rule: Option<Rule>,
    /// What vouched for the signer.
    pub via: Option<Via>,
    /// Where a `depends` leans.
    pub leans: Option<Lean>,
}

impl Judged {
    /// The judgement of a file.
    pub fn file(&self, file: JudgedFile) -> &FileJudged {
        match file {
            JudgedFile::Config => &self.config,
            JudgedFile::Ctl => &self.ctl,
            JudgedFile::Itl => &self.itl,
        }
    }
}

/// An open question that was answered to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// A question that a judgement leaves open.
    Judged {
        /// The rule that leaves it open.
        rule: Rule,
        /// Which question.
        code: ConditionCode,
        /// About which file.
        file: JudgedFile,
        /// How it was taken.
        taken: Taken,
    },
    /// Encrypted phones without an LSC were taken to hold the certificate that they were made with (P-7).
    MicPresent,
}

impl Assumption {
    /// Returns the id of the rule that leaves it open.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Judged { rule, .. } => rule.id(),
            Self::MicPresent => "P-7",
        }
    }

    /// Returns the code of the question; empty where no condition stands for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Judged { code, .. } => code.as_str(),
            Self::MicPresent => "",
        }
    }

    /// Returns how it was taken.
    pub const fn taken(&self) -> Taken {
        match self {
            Self::Judged { taken, .. } => *taken,
            Self::MicPresent => Taken::Accept,
        }
    }
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
    pub(super) kind: Kind,
    /// Whether it holds a certificate that it was made with; `None` where it is not known.
    pub(super) mic: Option<bool>,
    /// The members of the group, as a set.
    pub(super) group: NodeSet,
    /// The number of its list of TFTP servers: equal lists have equal numbers.
    pub(super) tftp: u32,
}

/// What a phone's decision looks at of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) security_by_default: SecurityByDefault,
    pub(super) tvs_client: TvsClient,
    pub(super) loads_lists: bool,
}

impl Kind {
    fn of(spec: &PhoneSpec) -> Self {
        let device = spec.model.as_deref().map_or_else(Device::unknown, Device::of_model);
        Self {
            security_by_default: spec.security_by_default,
            tvs_client: device.tvs_client,
            loads_lists: device.loads_lists,
        }
    }

    pub(super) fn device(self) -> Device {
        let Self { security_by_default, tvs_client, loads_lists } = self;
        Device::unknown()
            .with_security_by_default(security_by_default)
            .with_tvs_client(tvs_client)
            .with_loads_lists(loads_lists)
    }
}

/// The lists that a phone holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) ctl: Option<FileId>,
    pub(super) itl: Option<FileId>,
}

/// What phones of one kind make of what they are served: judged once.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) trust: Trust,
    pub(super) after: Held,
    pub(super) assumed: Vec<Assumption>,
    pub(super) judged: Arc<Judged>,
}

/// A phone at the start.
#[derive(Clone, Debug)]
pub(super) struct PhoneStart {
    pub(super) profile: Arc<Profile>,
    /// The number of its profile.
    pub(super) number: u32,
    pub(super) held: Held,
    pub(super) online: bool,
    pub(super) lsc: Option<Cert>,
}

impl PhoneStart {
    pub(super) fn new(spec: &PhoneSpec, state: &ClusterState, shared: &mut Shared) -> Self {
        let (profile, number) = shared.profiles.intern(Profile {
            tftp_servers: spec.tftp_servers.clone(),
            cm_group: spec.cm_group.clone(),
            security: spec.security,
            kind: Kind::of(spec),
            mic: spec.mic,
            group: spec.cm_group.iter().copied().collect(),
            tftp: shared.tftp_lists.intern(spec.tftp_servers.clone()).1,
        });
        let ctl = match spec.ctl {
            CtlStart::Current => state.ctl,
            CtlStart::None => None,
            CtlStart::Stale => Some(shared.file(state.first_ctl().stale())),
        };
        let itl = match spec.itl {
            _ if spec.security_by_default == SecurityByDefault::No => None,
            ItlStart::Current => served_itl(spec, state),
            ItlStart::Foreign => Some(shared.file(ListKey::foreign())),
            ItlStart::None => None,
        };
        let publisher = state.cluster.publisher();
        let lsc =
            (spec.lsc == LscStart::Current).then(|| state.own(publisher, Unit::Capf, publisher));
        Self { profile, number, held: Held { ctl, itl }, online: spec.online, lsc }
    }
}

/// The ITL of the phone's first TFTP server that serves one.
fn served_itl(spec: &PhoneSpec, state: &ClusterState) -> Option<FileId> {
    let serving = spec.tftp_servers.iter().find(|&&node| state.runs(node, Service::Tftp))?;
    state.nodes.at(*serving).itl.map(|itl| itl.served)
}

/// The TVS servers of a profile by name.
pub(super) fn group_names(cluster: &Cluster, profile: &Profile) -> Vec<Arc<str>> {
    profile.cm_group.iter().map(|&node| cluster.node_spec(node).name.clone()).collect()
}

// Registration (P-6, P-7).

/// Where phones can register at one moment.
#[derive(Debug)]
pub(super) struct Registrar<'a> {
    state: &'a ClusterState,
    /// Where CallManager runs.
    running: NodeSet,
    /// Where a phone with this CTL and this LSC issuer can register over TLS.
    secure: BTreeMap<(Option<FileId>, Own), NodeSet>,
}

impl<'a> Registrar<'a> {
    pub(super) fn new(state: &'a ClusterState) -> Self {
        let running = state
            .cluster
            .node_table()
            .ids()
            .filter(|&node| state.runs(node, Service::CallManager))
            .collect();
        Self { state, running, secure: BTreeMap::new() }
    }

    /// Whether a phone registers somewhere in its group.
    pub(super) fn registers(
        &mut self,
        shared: &Shared,
        profile: &Profile,
        ctl: Option<FileId>,
        lsc: Option<Cert>,
    ) -> bool {
        let own = match lsc {
            Some(issuer) => Own::Lsc(issuer),
            None if profile.mic == Some(false) => Own::None,
            None => Own::Mic,
        };
        let nodes = match profile.security {
            PhoneSecurity::NonSecure => self.running,
            PhoneSecurity::Encrypted => *self.secure.entry((ctl, own)).or_insert_with(|| {
                self.running
                    .iter()
                    .filter(|&node| takes(self.state, shared, node, ctl, own))
                    .collect()
            }),
        };
        nodes.meets(profile.group)
    }
}

/// The certificate that a phone shows CallManager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    /// One of the cluster, by its issuer.
    Lsc(Cert),
    /// The one that it was made with, whose issuer every CallManager trusts.
    Mic,
    /// It has none.
    None,
}

/// CallManager presents a certificate of the phone's CTL, and trusts the issuer of the phone's own (P-7).
fn takes(
    state: &ClusterState,
    shared: &Shared,
    node: NodeId,
    ctl: Option<FileId>,
    own: Own,
) -> bool {
    let presented = state.presented(Service::CallManager, node);
    let known = ctl.and_then(|ctl| shared.list(ctl)).is_some_and(|list| {
        list.key.records.iter().any(|record| {
            matches!(record.role, Role::Ccm | Role::CcmTftp) && record.cert == presented
        })
    });
    known
        && match own {
            Own::Lsc(issuer) => state.files.holds(node, TrustUnit::CallManager, issuer),
            Own::Mic => true,
            Own::None => false,
        }
}
