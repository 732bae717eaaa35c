//! What phones make of the change between two snapshots, and whether the lists of one agree: for a person, as JSON and as a page.

mod html;
mod json;
mod text;

pub(crate) use html::check_html;
#[cfg(test)]
pub(crate) use json::{AGREEMENT_SCHEMA, AgreementAnswer, CHECK_SCHEMA, CheckAnswer};
pub(crate) use json::{agreement_json, check_json};
pub(crate) use text::{agreement_text, check_text};

use trustlist::fleet::{Answer, Verdict};

/// The answer about a change.
#[derive(Debug, Default)]
pub(crate) struct CheckReport {
    /// The snapshot that tells what phones hold.
    pub(crate) before: String,
    /// The snapshot that tells what they are offered.
    pub(crate) after: String,
    /// Phones that come to the same end, the worst first.
    pub(crate) groups: Vec<CheckGroup>,
    /// What could not be judged, one line each: the answer is undecided then.
    pub(crate) open: Vec<String>,
    /// What was not given and therefore assumed.
    pub(crate) assumed: Vec<String>,
    /// Rows of the inventory that could not be used; the first of them, by line.
    pub(crate) unreadable: u64,
    /// The first of them, by line.
    pub(crate) errors: Vec<(u64, String)>,
}

/// Phones that come to the same end.
#[derive(Clone, Debug)]
pub(crate) struct CheckGroup {
    /// Their TFTP node.
    pub(crate) tftp: String,
    /// Their CallManager group; `None` where none was said.
    pub(crate) cm_group: Option<String>,
    /// Their models or model families; empty where every family comes to this end.
    pub(crate) models: Vec<String>,
    /// The phones by name, where their own files were collected.
    pub(crate) devices: Vec<String>,
    /// How many there are, where an inventory tells.
    pub(crate) phones: Option<u64>,
    /// Their answer.
    pub(crate) answer: Answer,
    /// Why, in sentences.
    pub(crate) why: Vec<String>,
    /// What helps.
    pub(crate) next: Option<String>,
}

impl CheckReport {
    /// Returns the worst answer; what could not be judged leaves it undecided.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        let worst = self.groups.iter().map(|group| group.answer.verdict).max();
        let open = (!self.open.is_empty()).then_some(Verdict::Depends);
        worst.max(open)
    }

    /// Returns how many phones come to this end, where an inventory tells; and in how many groups.
    fn count(&self, wanted: Verdict) -> (Option<u64>, usize) {
        let groups = || self.groups.iter().filter(|group| group.answer.verdict == wanted);
        let known = self.groups.iter().any(|group| group.phones.is_some());
        (known.then(|| groups().filter_map(|group| group.phones).sum()), groups().count())
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
        let open = || format!("{} hang on an open question", of(open_phones, open_groups));
        let mut line = match self.verdict() {
            None => "Nothing was judged".to_owned(),
            Some(Verdict::Accept) => "YES: the phones take what the nodes serve".to_owned(),
            Some(Verdict::Depends) if open_groups == 0 => {
                "UNDECIDED: something could not be judged".to_owned()
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
        format!("TFTP {}{group}{models}{devices}", self.tftp)
    }
}

/// The first names, and how many more there are.
fn some(names: &[String]) -> String {
    match names.split_at_checked(MAX_NAMES) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join("; "), rest.len())
        }
        _ => names.join("; "),
    }
}

/// Names that a line tells.
const MAX_NAMES: usize = 6;

/// Whether the lists and servers of one snapshot agree with each other.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    /// The snapshot.
    pub(crate) snapshot: String,
    /// What was looked at, in order.
    pub(crate) checks: Vec<AgreementCheck>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgreementCheck {
    /// What was looked at.
    pub(crate) check: AgreementKind,
    /// What came of it.
    pub(crate) verdict: AgreementVerdict,
    /// The node that it is about; `None` where it is about all.
    pub(crate) node: Option<String>,
    /// One sentence.
    pub(crate) told: String,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgreementKind {
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
    /// What a TVS server presents is in the ITL (P-TVS-2).
    TvsRecords,
}

/// What came of it. Ordered: of several the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AgreementVerdict {
    /// The parts agree.
    Agrees,
    /// Worth to be known; phones take no notice of it.
    Note,
    /// Something is missing.
    Unknown,
    /// The parts do not agree.
    Differs,
}

impl AgreementKind {
    /// Every value.
    pub(crate) const ALL: &'static [Self] = &[
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
