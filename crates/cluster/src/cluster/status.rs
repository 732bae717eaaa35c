//! The words of a simulation: policies, the state of a phone, and its judgements.

use super::cert::Cert;
use super::list::ListId;
use super::node::NodeId;
use alloc::sync::Arc;
use trustlist::code::ConditionCode;
use trustlist::phone::{After, Decisive, JudgedFile, Lean, Outcome, Rule, Via};

words! {
    /// How a site behaves (spec/CONTRACT.md section 4).
    pub enum Policy ["Policy": "How sites differ: lists and resets by themselves or by the plan (spec/CONTRACT.md section 4)."] {
        /// Lists are rebuilt on change, phones reset by themselves.
        A = "A",
        /// Lists are rebuilt on change, phones are reset only by the plan.
        B = "B",
        /// Lists are rebuilt only when TFTP starts.
        C = "C",
        /// As C, and TVS reads its store only when it starts.
        D = "D",
    }
}

/// How a `depends` is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assume {
    /// As the evidence leans; as a refusal if it does not (2.6).
    #[default]
    Lean,
    /// As an acceptance.
    Optimistic,
    /// As a refusal.
    Pessimistic,
}

words! {
    /// The effect of a phone's next reset, or that it is offline.
    pub enum Trust ["Trust": "The effect of the next reset of a phone (spec/CONTRACT.md section 4)."] {
        /// It holds the served lists and would take them again.
        Current = "current",
        /// It would refuse at the next reset.
        Locked = "locked",
        /// It is offline.
        Offline = "offline",
        /// It would take the served lists at the next reset.
        Updatable = "updatable",
    }
}

/// The way to bring a phone to the served lists (P-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recoverability {
    /// Restarts of TFTP and TVS and a reset, in some order, are enough.
    Recoverable,
    /// One of these commands must come first; if there is none, only deleting its lists helps.
    Commands(RecoveryCommands),
}

impl Recoverability {
    /// Checks if restarts and a reset are enough.
    pub fn is_recoverable(self) -> bool {
        self == Self::Recoverable
    }

    /// Checks if nothing is left but deleting the lists on the phone.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Commands(rescues) if rescues.is_empty())
    }

    /// The commands that would help, where restarts are not enough.
    pub fn rescues(self) -> RecoveryCommands {
        match self {
            Self::Recoverable => RecoveryCommands::default(),
            Self::Commands(rescues) => rescues,
        }
    }
}

/// What keeps an online phone from registering (P-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RegistrationObstacle {
    /// CallManager runs on no server of its CallManager group.
    NoCallManager,
    /// Its CTL names the certificate of no CallManager of its group.
    NotInCtl,
    /// It is encrypted and has neither an LSC nor a MIC.
    NoCertificate,
    /// CallManager does not trust the issuer of its LSC.
    IssuerUnknown,
}

/// The state of a phone after a step. Two are equal when all that can be seen of them is.
#[derive(Clone, Debug)]
pub struct PhoneStatus {
    /// The effect of its next reset.
    pub trust: Trust,
    /// Whether it is registered (P-6, P-7).
    pub registered: bool,
    /// Its recovery.
    pub recoverability: Recoverability,
    /// The prediction that `trust` follows from; empty while nothing is served.
    pub judged: Option<Arc<Judged>>,
    pub(super) held: Held,
}

impl PartialEq for PhoneStatus {
    fn eq(&self, other: &Self) -> bool {
        // Not the files that are held: their numbers depend on the order of making.
        let visible =
            |standing: &Self| (standing.trust, standing.registered, standing.recoverability);
        visible(self) == visible(other) && self.judged == other.judged
    }
}
impl Eq for PhoneStatus {}

/// The judgement of a phone about the served files: the outcomes. The findings are worked out when
/// they are asked for, see [`PolicyResult::prediction`](super::PolicyResult::prediction).
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
    /// The lists on the phone after a reset.
    pub after: After,
}

/// The outcome of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileJudged {
    /// The outcome.
    pub outcome: Outcome,
    /// Its signer, if it is served.
    pub signer: Option<Cert>,
    /// The deciding code.
    pub decisive: Option<Decisive>,
    /// The rule that decided.
    pub rule: Option<Rule>,
    /// The voucher for the signer.
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
        taken: AssumedAnswer,
    },
    /// Encrypted phones without an LSC were taken to hold the certificate that they were made with
    /// (P-7).
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

    /// Returns the code of the question; empty if it has no condition.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Judged { code, .. } => code.as_str(),
            Self::MicPresent => "",
        }
    }

    /// Returns how it was taken.
    pub const fn taken(&self) -> AssumedAnswer {
        match self {
            Self::Judged { taken, .. } => *taken,
            Self::MicPresent => AssumedAnswer::Accept,
        }
    }
}

words! {
    /// How an open question was taken.
    pub enum AssumedAnswer ["Taken": "How an open question was answered to go on."] {
        /// The file as accepted.
        Accept = "accept",
        /// The file as refused.
        Reject = "reject",
    }
}

words! {
    /// A command that brings back phones which restarts and resets do not.
    pub enum RecoveryCommand ["Rescue": "A recovery command, as the operation of a plan (P-16)."] {
        /// `utils ctl update CTLFile` (mixed mode).
        CtlUpdate = "ctl_update",
        /// `utils itl reset localkey` (10.0).
        ItlResetLocalkey = "itl_reset_localkey",
        /// `utils ctl reset localkey` (mixed mode, 12.0).
        CtlResetLocalkey = "ctl_reset_localkey",
    }
}

/// A set of recovery commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecoveryCommands(u8);

impl RecoveryCommands {
    /// Is there none?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is this one among them?
    pub fn contains(self, rescue: RecoveryCommand) -> bool {
        self.0 & Self::bit(rescue) != 0
    }

    /// The commands, in the order of the rule.
    pub fn iter(self) -> impl Iterator<Item = RecoveryCommand> {
        RecoveryCommand::ALL.iter().copied().filter(move |&rescue| self.contains(rescue))
    }

    pub(super) fn insert(&mut self, rescue: RecoveryCommand) {
        self.0 |= Self::bit(rescue);
    }

    fn bit(rescue: RecoveryCommand) -> u8 {
        1 << rescue as u8
    }
}

/// The lists that a phone holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) ctl: Option<ListId>,
    pub(super) itl: Option<ListId>,
}
