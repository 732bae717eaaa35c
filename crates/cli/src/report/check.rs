//! The answer of `check`: how phones react to the change between two snapshots, and if the lists of
//! one agree: as text, as JSON and as a page.

mod html;
mod json;
mod text;

pub(crate) use html::check_html;
#[cfg(test)]
pub(crate) use json::{AGREEMENT_SCHEMA, AgreementAnswer, CHECK_SCHEMA, CheckAnswer};
pub(crate) use json::{agreement_json, check_json};
pub(crate) use text::{agreement_text, check_text};

use trustlist::Verdict;
use trustlist::fleet::Answer;

/// The answer about a change.
#[derive(Debug, Default)]
pub(crate) struct CheckReport {
    /// The snapshot of the lists on the phones.
    pub(crate) before: String,
    /// The snapshot of the offered lists.
    pub(crate) after: String,
    /// Groups of phones with the same answer, the worst first.
    pub(crate) groups: Vec<CheckGroup>,
    /// The phones above that name no CallManager group, in the other groups that were given. They are
    /// counted above only.
    pub(crate) other_groups: Vec<CheckGroup>,
    /// Parts that could not be judged, one line each: the answer is then undecided.
    pub(crate) open: Vec<String>,
    /// Parts of the second snapshot that do not agree with each other, one line each: the answer is then
    /// never a yes.
    pub(crate) differs: Vec<String>,
    /// Assumptions, one sentence each.
    pub(crate) assumed: Vec<String>,
    /// Rows of the inventory that could not be used; the first of them, by line.
    pub(crate) unreadable: u64,
    /// The first of them, by line.
    pub(crate) errors: Vec<(u64, String)>,
}

/// Phones with the same answer.
#[derive(Clone, Debug)]
pub(crate) struct CheckGroup {
    /// Their TFTP node.
    pub(crate) tftp: String,
    /// Their CallManager group; `None` if it is not known.
    pub(crate) cm_group: Option<String>,
    /// Their models or model families; empty if every family has this answer.
    pub(crate) models: Vec<String>,
    /// The phones by name, if their own files were collected.
    pub(crate) devices: Vec<String>,
    /// The number of phones, if there is an inventory.
    pub(crate) phones: Option<u64>,
    /// True if they may load from any node; this one has the worst answer.
    pub(crate) any_node: bool,
    /// Their answer.
    pub(crate) answer: Answer,
    /// The reasons, one sentence each.
    pub(crate) why: Vec<String>,
    /// The first thing to do.
    pub(crate) next: Option<String>,
}

impl CheckReport {
    /// Returns the worst answer; what could not be judged leaves it undecided.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        let worst = self.groups.iter().map(|group| group.answer.verdict).max();
        let doubtful = !(self.open.is_empty() && self.differs.is_empty()) || self.unreadable > 0;
        let open = doubtful.then_some(Verdict::Depends);
        worst.max(open)
    }

    /// Returns the number of phones with this end, if there is an inventory, and the number of
    /// groups.
    fn count(&self, wanted: Verdict) -> (Option<u64>, usize) {
        let groups = || self.groups.iter().filter(|group| group.answer.verdict == wanted);
        let known = self.groups.iter().any(|group| group.phones.is_some());
        (known.then(|| groups().filter_map(|group| group.phones).sum()), groups().count())
    }

    /// Checks if a missing fact about phones is all that is open, and none of them refuses a file whatever
    /// it is.
    fn is_harmless(&self) -> bool {
        let refuses = |group: &CheckGroup| group.answer.may_refuse;
        let is_open = !(self.open.is_empty() && self.differs.is_empty()) || self.unreadable > 0;
        !is_open && !self.groups.iter().any(refuses)
    }

    /// Returns the answer in one line.
    pub(crate) fn headline(&self) -> String {
        let (phones, groups) = self.count(Verdict::Reject);
        let (open_phones, open_groups) = self.count(Verdict::Depends);
        let of = |phones: Option<u64>, groups: usize| match phones {
            Some(phones) => {
                let all: u64 = self.groups.iter().filter_map(|group| group.phones).sum();
                format!("{phones} of {all} phones")
            }
            None => format!("phones in {groups} of {} groups", self.groups.len()),
        };
        let open = || format!("facts are missing for {}", of(open_phones, open_groups));
        let mut line = match self.verdict() {
            None => "Nothing was judged".to_owned(),
            Some(Verdict::Accept) => "YES: the phones accept what the nodes serve".to_owned(),
            Some(Verdict::Depends) if open_groups == 0 => match (&self.open[..], &self.differs[..])
            {
                ([], []) => {
                    "UNDECIDED: the phones of other rows accept what the nodes serve".to_owned()
                }
                ([], _) => format!(
                    "UNDECIDED: the phones accept what the nodes serve, but the lists and servers of {} do \
                     not agree",
                    self.after
                ),
                ([one], []) => format!("UNDECIDED: {one}"),
                _ => "UNDECIDED: facts are missing (see Not judged)".to_owned(),
            },
            Some(Verdict::Depends) if self.is_harmless() => {
                format!("UNDECIDED: {}, but either way they refuse nothing", open())
            }
            Some(Verdict::Depends) => format!("UNDECIDED: {}", open()),
            Some(Verdict::Reject) if open_groups == 0 => {
                format!("NO: {} refuse files", of(phones, groups))
            }
            Some(Verdict::Reject) => format!("NO: {} refuse files; {}", of(phones, groups), open()),
        };
        line.push('.');
        if self.unreadable > 0 {
            let rows = if self.unreadable == 1 { "row is" } else { "rows are" };
            line.push_str(&format!(" {} {rows} unreadable.", self.unreadable));
        }
        line
    }
}

impl CheckGroup {
    /// Returns who they are, in one line.
    pub(crate) fn who(&self) -> String {
        let group =
            self.cm_group.as_ref().map(|group| format!(", group {group}")).unwrap_or_default();
        let devices = match &self.devices[..] {
            [] => String::new(),
            devices => format!(", {}", some(devices)),
        };
        let models = match &self.models[..] {
            [] => String::new(),
            models => format!(", {}", some(models)),
        };
        let any = self.any_node && self.answer.verdict != Verdict::Accept;
        let tftp = if any { " if they load from it" } else { "" };
        format!("TFTP {}{tftp}{group}{models}{devices}", self.tftp)
    }
}

/// The first names, and how many more there are.
pub(crate) fn some(names: &[String]) -> String {
    match names.split_at_checked(MAX_NAMES) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join("; "), rest.len())
        }
        _ => names.join("; "),
    }
}

/// The heading of the groups without numbers of phones.
const OTHER_GROUPS: &str = "The same phones in the other CallManager groups of --cm-group";

/// The heading of what does not agree in the second snapshot.
const DIFFERS: &str = "The offered lists and the servers do not agree";

/// The largest number of names in a line.
const MAX_NAMES: usize = 6;

/// The agreement of the lists and servers of one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    /// The snapshot.
    pub(crate) snapshot: String,
    /// The checks, in order.
    pub(crate) checks: Vec<AgreementCheck>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgreementCheck {
    /// The kind of check.
    pub(crate) check: AgreementKind,
    /// The result.
    pub(crate) verdict: AgreementVerdict,
    /// The node of this check; `None` for all nodes.
    pub(crate) node: Option<String>,
    /// One sentence.
    pub(crate) told: String,
    /// The subject of a difference.
    pub(crate) topic: Topic,
    /// The node whose list is old, if that is the difference.
    pub(crate) stale: Option<String>,
}

/// The subject of a difference, as far as other differences follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Anything else.
    Other,
    /// The ITLs of two nodes name different TVS certificates.
    TvsOfNodes,
}

/// The kind of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgreementKind {
    /// The CTL names the certificates of CallManager, TFTP and CAPF that the ITL names (L-04).
    CertificatesInCtl,
    /// Everything was collected.
    Collected,
    /// The CTLs of all nodes are one.
    CtlOfNodes,
    /// Certificates end soon, or have ended.
    Expiry,
    /// The ITLs of all nodes name the same TVS servers.
    ItlOfNodes,
    /// The signature is that of the signer.
    Signature,
    /// The CTL knows the signer of the ITL (P-ITL-5).
    SignerInCtl,
    /// The list holds its own signer.
    SignerInList,
    /// The certificate that a TVS server presents is in the ITL (P-TVS-2).
    TvsRecords,
}

/// The result of a check. Higher variants are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AgreementVerdict {
    /// The parts agree.
    Agrees,
    /// A note that does not matter to phones.
    Note,
    /// Something is missing.
    Unknown,
    /// The parts do not agree.
    Differs,
}

impl AgreementKind {
    /// Every value.
    #[cfg(test)]
    pub(crate) const ALL: &'static [Self] = &[
        Self::CertificatesInCtl,
        Self::Collected,
        Self::CtlOfNodes,
        Self::Expiry,
        Self::ItlOfNodes,
        Self::Signature,
        Self::SignerInCtl,
        Self::SignerInList,
        Self::TvsRecords,
    ];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::CertificatesInCtl => "certificates-in-ctl",
            Self::Collected => "collected",
            Self::CtlOfNodes => "ctl-of-nodes",
            Self::Expiry => "expiry",
            Self::ItlOfNodes => "itl-of-nodes",
            Self::Signature => "signature",
            Self::SignerInCtl => "signer-in-ctl",
            Self::SignerInList => "signer-in-list",
            Self::TvsRecords => "tvs-records",
        }
    }
}

impl AgreementVerdict {
    /// Every value.
    #[cfg(test)]
    pub(crate) const ALL: &'static [Self] =
        &[Self::Agrees, Self::Note, Self::Unknown, Self::Differs];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Note => "note",
            Self::Unknown => "unknown",
        }
    }
}

impl Agreement {
    /// Returns the worst of them.
    pub(crate) fn verdict(&self) -> AgreementVerdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(AgreementVerdict::Unknown)
    }
}
