//! The answer: what the phone finds, in its own order, and the outcome derived from it.

use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, NotChecked, RecordIndex, Timestamp};
use crate::phone::Rule;
use crate::wire::{DigestAlgorithm, Role};
use alloc::{sync::Arc, vec::Vec};

/// What becomes of one offered file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The phone takes it.
    Accept,
    /// The evidence ends before an answer: see the conditions.
    Depends,
    /// The phone takes it without a trusted signer, once (leap of faith, P-FIRST).
    InstallFirst,
    /// The device never asks for it.
    NotApplicable,
    /// The server has no such file.
    NotOffered,
    /// The phone refuses it and keeps what it has.
    Reject,
    /// The bytes already installed.
    Unchanged,
}

/// Where the evidence for a `depends` leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lean {
    /// Towards the file being taken.
    Accept,
    /// Towards its refusal.
    Reject,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// Derived by this project from documents and observations. The weakest.
    Inferred,
    /// Seen in a phone or TVS log, a support post, a report.
    Observed,
    /// Stated by a vendor or project document.
    Documented,
}

/// What vouched for the signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Via {
    /// A blank ITL, which lets any list in (P-BLANK-2).
    BlankList,
    /// Nothing: the first list is taken on faith.
    FirstUse,
    /// The CTL that was on the phone before.
    InstalledCtl,
    /// The ITL that was on the phone before.
    InstalledItl,
    /// The CTL taken at this boot.
    OfferedCtl,
    /// The ITL taken at this boot.
    OfferedItl,
    /// A TVS server that the phone trusts.
    Tvs,
    /// An answer of TVS that the phone remembers.
    TvsCache,
    /// No list asks for signed files.
    Unsigned,
}

/// What a finding does to the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Weight {
    /// The reason to take the file.
    Grants,
    /// Worth knowing, decides nothing.
    Informs,
    /// A reason to refuse the file.
    Refuses,
}

/// Which list a finding speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ListRef {
    /// The CTL that was on the phone before.
    InstalledCtl,
    /// The ITL that was on the phone before.
    InstalledItl,
    /// The CTL offered at this boot.
    OfferedCtl,
    /// The ITL offered at this boot.
    OfferedItl,
}

/// Evidence of a finding: values, never sentences. What does not apply is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// The list that was looked into.
    pub list: Option<ListRef>,
    /// The record that was found there.
    pub record: Option<RecordIndex>,
    /// Its role.
    pub role: Option<Role>,
    /// The certificate that the finding is about.
    pub certificate: Option<Arc<CertificateFacts>>,
    /// The TVS server.
    pub server: Option<Arc<str>>,
    /// The digest.
    pub digest: Option<DigestAlgorithm>,
    /// A number that was compared (bytes, bits, certificates, hours, by the code).
    pub value: Option<u64>,
    /// What it was compared with.
    pub limit: Option<u64>,
    /// A date.
    pub date: Option<Timestamp>,
    /// A name that was compared.
    pub name: Option<Arc<str>>,
    /// Why a signature was not checked.
    pub why: Option<NotChecked>,
}

/// One thing that the phone finds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// The rule that says so.
    pub rule: Rule,
    /// What it does to the outcome.
    pub weight: Weight,
    /// The values behind it.
    pub evidence: Evidence,
}

/// One side of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IfSo {
    /// The phone takes the file, then drops the list again (P-ITL-6).
    Dropped,
    /// This outcome.
    Outcome(Outcome),
}

/// On what a `depends` depends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// Which question is open; its page says what fact is missing.
    pub code: ConditionCode,
    /// The rule that leaves it open.
    pub rule: Rule,
    /// The outcome if the question is answered with yes.
    pub if_yes: IfSo,
    /// The outcome if it is answered with no.
    pub if_no: IfSo,
    /// Where the evidence leans.
    pub leans: Option<Lean>,
    /// The values behind it.
    pub evidence: Evidence,
}

/// Which finding or condition decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Decisive {
    /// A condition.
    Condition(ConditionCode),
    /// A finding.
    Finding(FindingCode),
}

/// The judgement of one offered file. The outcome follows from the findings and the conditions and cannot contradict
/// them: see [`Judgement::outcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub(super) outcome: Outcome,
    pub(super) decisive: Option<Decisive>,
    pub(super) via: Option<Via>,
    pub(super) leans: Option<Lean>,
    pub(super) conditions: Vec<Condition>,
    pub(super) findings: Vec<Finding>,
}

impl Judgement {
    /// What becomes of the file.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The finding or condition that decided. `predict` always names one.
    pub fn decisive(&self) -> Option<Decisive> {
        self.decisive
    }

    /// What vouched for the signer, where something did.
    pub fn via(&self) -> Option<Via> {
        self.via
    }

    /// Where a `depends` leans.
    pub fn leans(&self) -> Option<Lean> {
        self.leans
    }

    /// The open questions of a `depends`; at least one.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// What the phone finds, in its own order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether the phone ends with this file installed, an open question taken as it leans and as a refusal where it
    /// does not lean.
    pub fn taken(&self) -> bool {
        match self.outcome {
            Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged => true,
            Outcome::Depends => self.leans == Some(Lean::Accept),
            Outcome::NotApplicable | Outcome::NotOffered | Outcome::Reject => false,
        }
    }
}

/// Which list a phone holds afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kept {
    /// It had one, and lost it (P-ITL-6).
    Dropped,
    /// The one that was installed.
    Installed,
    /// It has none.
    None,
    /// The one that was offered.
    Offered,
}

/// What the phone holds after the boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct After {
    /// The CTL.
    pub ctl: Kept,
    /// The ITL.
    pub itl: Kept,
}

/// The judgement of one boot: CTL, then ITL, then configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prediction {
    /// The offered CTL.
    pub ctl: Judgement,
    /// The offered ITL.
    pub itl: Judgement,
    /// The offered configuration; `None` where none was to be judged.
    pub config: Option<Judgement>,
    /// What the phone holds then.
    pub after: After,
    /// That of the weakest rule that was used.
    pub confidence: Confidence,
}
