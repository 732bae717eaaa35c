//! The summary of a fleet: as text, as JSON and as a page.

#[doc(hidden)]
pub mod given;
mod json;
mod parts;
#[doc(hidden)]
pub mod rows;

pub use super::html::STYLE;
pub use json::{FLEET_SCHEMA, fleet_json};
#[cfg(test)]
pub(super) use json::{FleetAnswer, Row};
#[doc(hidden)]
pub use parts::fleet_text_in;
pub use parts::{fleet_html, fleet_line, fleet_text};

use crate::code::FindingCode;
use crate::explain;
use crate::fleet::{Advice, Answer, Counts, Hands, Reason, Summary};
use crate::phone::Verdict;
use crate::phone::{Decisive, Lean, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A summary with everything that its reports need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetReport {
    /// The counts.
    pub summary: Summary,
    /// The phones that need hands first, the most urgent first.
    pub first: Vec<FirstPhone>,
    /// Rows that could not be used.
    pub unreadable: u64,
    /// The first of them.
    pub errors: Vec<RowError>,
    /// Lists on phones that are known by a checksum only, the first of them.
    pub unknown_lists: Vec<UnknownList>,
    /// The assumptions, one sentence each.
    pub assumed: Vec<String>,
    /// The counts by a column of the source, with its name.
    pub by: Option<ByColumn>,
    /// Rows of a device that a row before names too.
    pub duplicates: u64,
    /// Why not all rows were read, and if that was.
    pub stopped: Option<String>,
}

/// Phones counted by a column of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ByColumn {
    /// Its name.
    pub column: String,
    /// The counts by value; `None` where a row has none.
    #[serde(serialize_with = "crate::text::written::pairs")]
    pub counts: BTreeMap<Option<Arc<str>>, Counts>,
}

/// A phone that needs hands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FirstPhone {
    /// Its name.
    pub device: String,
    /// Its model, where the inventory names one.
    pub model: Option<String>,
    /// The line of the inventory.
    pub line: u64,
    /// The outcome.
    pub answer: Answer,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RowError {
    /// Its line.
    pub line: u64,
    /// Why.
    pub error: String,
}

/// A list that is known by a checksum only: its file is missing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct UnknownList {
    /// Lower-case hexadecimal digits.
    pub checksum: String,
    /// How many phones hold it.
    pub phones: u64,
    /// The line of the first of them.
    pub line: u64,
}

/// The answer for one phone in the words of the contract; empty if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FleetRow {
    /// `accept`, `depends` or `reject`.
    pub answer: &'static str,
    /// The outcome of the CTL.
    pub ctl: &'static str,
    /// The outcome of the ITL.
    pub itl: &'static str,
    /// The outcome of the configuration.
    pub config: &'static str,
    /// Where a `depends` leans.
    pub leans: &'static str,
    /// The file that decided: `ctl`, `itl` or `config`.
    pub file: &'static str,
    /// The finding or condition that decided.
    pub code: &'static str,
    /// How urgently the phone needs hands.
    pub hands: &'static str,
    /// The first thing to do about a refusal; empty without a refusal.
    pub to_do: &'static str,
}

impl FleetRow {
    /// The words for an answer.
    pub fn of(answer: &Answer) -> Self {
        Self {
            answer: answer.verdict.as_str(),
            ctl: answer.ctl.as_str(),
            itl: answer.itl.as_str(),
            config: answer.config.map_or("", Outcome::as_str),
            leans: answer.leans.map_or("", Lean::as_str),
            file: answer.reason.map_or("", |reason| reason.file.as_str()),
            code: answer.reason.map_or("", Reason::code),
            hands: answer.hands.as_str(),
            to_do: answer.advice.map_or("", |advice| advised(advice, 1)),
        }
    }

    /// The answer as a person reads it.
    pub fn word(&self) -> &'static str {
        match self.answer {
            "accept" => word(Verdict::Accept),
            "reject" => word(Verdict::Reject),
            _ => word(Verdict::Depends),
        }
    }
}

/// Returns an answer for a person. Capitals mark an answer that needs attention.
const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "accepted",
        Verdict::Depends => "UNDECIDED",
        Verdict::Reject => "REFUSED",
    }
}

/// Returns the instruction for this number of phones that refuse.
fn advised(advice: Advice, phones: u64) -> &'static str {
    let [of_one, of_several] = instructions(advice);
    if phones == 1 { of_one } else { of_several }
}

/// The instruction for one phone, and for several.
const fn instructions(advice: Advice) -> [&'static str; 2] {
    match advice {
        Advice::CtlResetLocalkey => [
            "run `utils ctl reset localkey` on the publisher, then reset the phone",
            "run `utils ctl reset localkey` on the publisher, then reset the phones",
        ],
        Advice::CtlUpdate => [
            "make a new CTL (`utils ctl update CTLFile`) before it boots again",
            "make a new CTL (`utils ctl update CTLFile`) before they boot again",
        ],
        Advice::DeleteLists => [
            "check that the files are from your cluster; if they are, delete the lists on the phone",
            "check that the files are from your cluster; if they are, delete the lists on each phone",
        ],
        Advice::FindServer => [FIND_SERVER; 2],
        Advice::ImportSigner => [
            "import the signer's certificate on the cluster whose TVS it asks, then reset the phone",
            "import the signer's certificate on the cluster whose TVS they ask, then reset the phones",
        ],
        Advice::ItlResetLocalkey => [
            "run `utils itl reset localkey` on the publisher, then reset the phone",
            "run `utils itl reset localkey` on the publisher, then reset the phones",
        ],
        Advice::ItlResetLocalkeyIfPublisher => [
            "check whose certificate it knows: if it is the publisher's, run `utils itl reset localkey` there and reset the phone; \
             `predict` names it",
            "check whose certificate they know: if it is the publisher's, run `utils itl reset localkey` there and reset the phones; \
             `predict` names it",
        ],
        Advice::LowerTlsMinimum => [
            "run `set tls min-version 1.0` on every node for the time of the change, then reset the phone",
            "run `set tls min-version 1.0` on every node for the time of the change, then reset the phones",
        ],
        Advice::MendTvsAndImport => [
            "restore the TVS certificate and import the signer, then reset the phone: `predict` names both",
            "restore the TVS certificate and import the signer, then reset the phones: `predict` names both",
        ],
        Advice::ResetAgain => ["reset the phone once more", "reset the phones once more"],
        Advice::RestartTftp => {
            ["restart TFTP, then reset the phone", "restart TFTP, then reset the phones"]
        }
        Advice::RestoreTvs => [
            "restore the old TVS certificate from a backup, then reset the phone: `predict` names the server",
            "restore the old TVS certificate from a backup, then reset the phones: `predict` names the server",
        ],
        Advice::ShrinkItl => [
            "remove certificates from the trust stores until the ITL is small enough, restart TFTP, then reset the phone",
            "remove certificates from the trust stores until the ITL is small enough, restart TFTP, then reset the phones",
        ],
        Advice::StartTvs => [
            "make TVS answer again (service, port 2445), then reset the phone",
            "make TVS answer again (service, port 2445), then reset the phones",
        ],
        Advice::UseSha1 => [
            "set the TFTP File Signature Algorithm back to SHA-1, restart TFTP, then reset the phone",
            "set the TFTP File Signature Algorithm back to SHA-1, restart TFTP, then reset the phones",
        ],
    }
}

const FIND_SERVER: &str =
    "stop: find out which server sent this file; it is not signed with the key that it names";

/// Devices that ask for no list: soft clients, CTI ports.
fn without_lists(summary: &Summary) -> u64 {
    accepted_by(summary, &[FindingCode::HoldsNoLists, FindingCode::ItlNeverAsked])
}

/// Checks if every phone that asks for lists has the offered ones already: then the answer says nothing
/// about a change.
fn offers_nothing_new(summary: &Summary) -> bool {
    let same = accepted_by(summary, &[FindingCode::SameFile]);
    same > 0 && same.saturating_add(without_lists(summary)) == summary.total.phones()
}

/// Returns the phones that accept for one of these reasons.
fn accepted_by(summary: &Summary, codes: &[FindingCode]) -> u64 {
    let is_one = |reason: &Option<Reason>| {
        reason
            .is_some_and(|reason| codes.iter().any(|&code| reason.code == Decisive::Finding(code)))
    };
    let of = summary
        .reasons
        .iter()
        .filter(|((verdict, reason), _)| *verdict == Verdict::Accept && is_one(reason));
    of.map(|(_, phones)| phones).sum()
}

/// Returns the work that a phone needs.
const fn need(hands: Hands) -> &'static str {
    match hands {
        Hands::ByHand => "delete the lists on the phone",
        Hands::FromServer => "fix it on the servers (see What to do), then reset the phone",
        Hands::None => "nothing",
        Hands::Open => "find the missing fact first",
        Hands::ProbablyRefused => "find the missing fact first: the phone probably refuses",
        Hands::ProbablyTaken => "probably accepted: confirm it on one phone",
    }
}

/// The reasons, those of the worst answers and of the most phones first.
fn reasons(summary: &Summary) -> Vec<(Verdict, Option<Reason>, u64)> {
    let mut reasons: Vec<_> = summary
        .reasons
        .iter()
        .map(|(&(verdict, reason), &phones)| (verdict, reason, phones))
        .collect();
    reasons
        .sort_by_key(|&(verdict, reason, phones)| (std::cmp::Reverse((verdict, phones)), reason));
    reasons
}

/// Labels with their counts, those with the most refusals first.
fn labels(
    counts: &std::collections::BTreeMap<Option<std::sync::Arc<str>>, Counts>,
) -> Vec<(Option<&str>, Counts)> {
    let mut labels: Vec<_> =
        counts.iter().map(|(label, &counts)| (label.as_deref(), counts)).collect();
    labels.sort_by_key(|&(label, counts)| {
        (std::cmp::Reverse((counts.reject, counts.depends, counts.accept)), label)
    });
    labels
}

/// Returns the meaning of a code on one line, without the full stop.
fn gist(code: &str) -> String {
    let summary = explain::page(code).and_then(explain::summary).unwrap_or_default();
    summary.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_gist() {
        let codes = explain::FAMILIES.iter().flat_map(|family| family.pages);
        for (code, _) in codes {
            let gist = gist(code);
            assert!((10..=200).contains(&gist.len()), "{code}: {gist}");
        }
    }
}
