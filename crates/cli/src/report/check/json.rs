//! The answers as JSON.

use super::{Agreement, AgreementKind, AgreementVerdict, CheckGroup, CheckReport};
use crate::report::shape::{self, Word};
use serde::Serialize;
use trustlist::fleet::{self, Hands};
use trustlist::json::Value;
use trustlist::phone::{Decisive, JudgedFile, Lean, Outcome};

/// The schema of an answer about a change.
pub(crate) const CHECK_SCHEMA: &str = "trustlist.check/1";
/// The schema of an answer about one snapshot.
pub(crate) const AGREEMENT_SCHEMA: &str = "trustlist.agreement/1";

/// The answer about a change.
pub(crate) fn check_json(report: &CheckReport) -> Value {
    shape::value(&CheckAnswer {
        schema: CHECK_SCHEMA,
        before: &report.before,
        after: &report.after,
        answer: Word(report.verdict().unwrap_or(fleet::Verdict::Depends)),
        groups: report.groups.iter().map(GroupAnswer::of).collect(),
        open: &report.open,
        unreadable: report.unreadable,
        errors: report
            .errors
            .iter()
            .map(|(line, error)| LineError { line: *line, error })
            .collect(),
        assumed: &report.assumed,
    })
}

/// The answer about one snapshot.
pub(crate) fn agreement_json(agreement: &Agreement) -> Value {
    let checks = agreement.checks.iter();
    shape::value(&AgreementAnswer {
        schema: AGREEMENT_SCHEMA,
        snapshot: &agreement.snapshot,
        answer: Word(agreement.verdict()),
        checks: checks
            .map(|check| CheckedAnswer {
                check: Word(check.check),
                answer: Word(check.verdict),
                node: check.node.as_deref(),
                told: &check.told,
            })
            .collect(),
    })
}

/// What phones that hold the lists of one snapshot make of those of another (spec/CONTRACT.md section 6).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
pub(crate) struct CheckAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = CHECK_SCHEMA)))]
    schema: &'static str,
    /// The snapshot of what phones hold.
    before: &'a str,
    /// The snapshot of what they are offered.
    after: &'a str,
    /// The worst answer of all groups; `depends` where something could not be judged.
    answer: Word<fleet::Verdict>,
    /// Phones that come to the same end, the worst first.
    groups: Vec<GroupAnswer<'a>>,
    /// What could not be judged, one sentence each.
    open: &'a [String],
    /// Rows of the inventory that could not be used.
    unreadable: u64,
    /// The first of them.
    errors: Vec<LineError<'a>>,
    /// What was not given and therefore assumed, one sentence each.
    assumed: &'a [String],
}

/// Phones that come to the same end.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PhoneGroup"))]
struct GroupAnswer<'a> {
    /// Their TFTP node.
    tftp: &'a str,
    /// Their CallManager group, in order; `null` where none was said.
    cm_group: Option<&'a str>,
    /// Their models or model families; empty where every family comes to this end.
    models: &'a [String],
    /// Their names, where files of their own were collected.
    devices: &'a [String],
    /// How many there are; `null` without an inventory.
    phones: Option<u64>,
    /// What becomes of them.
    answer: Word<fleet::Verdict>,
    /// The outcome of the CTL.
    ctl: Word<Outcome>,
    /// The outcome of the ITL.
    itl: Word<Outcome>,
    /// The outcome of the configuration, where one is judged.
    config: Option<Word<Outcome>>,
    /// Where a `depends` leans.
    leans: Option<Word<Lean>>,
    /// The file that decided.
    file: Option<Word<JudgedFile>>,
    /// The finding or condition that decided.
    code: Option<Word<Decisive>>,
    /// What the phones need.
    hands: Word<Hands>,
    /// Why, in sentences.
    why: &'a [String],
    /// What helps.
    next: Option<&'a str>,
}

/// A row that could not be used.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LineError<'a> {
    /// Its line.
    line: u64,
    /// Why.
    error: &'a str,
}

/// Whether the lists and servers of one snapshot agree (spec/CONTRACT.md section 6).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Agreement"))]
pub(crate) struct AgreementAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = AGREEMENT_SCHEMA)))]
    schema: &'static str,
    /// The snapshot.
    snapshot: &'a str,
    /// The worst of all that was looked at.
    answer: Word<AgreementVerdict>,
    /// What was looked at.
    checks: Vec<CheckedAnswer<'a>>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AgreementCheck"))]
struct CheckedAnswer<'a> {
    /// What it is.
    check: Word<AgreementKind>,
    /// What came of it.
    answer: Word<AgreementVerdict>,
    /// The node or server that it is about; `null` where it is about all.
    node: Option<&'a str>,
    /// The same in a sentence.
    told: &'a str,
}

impl<'a> GroupAnswer<'a> {
    fn of(group: &'a CheckGroup) -> Self {
        let answer = &group.answer;
        Self {
            tftp: &group.tftp,
            cm_group: group.cm_group.as_deref(),
            models: &group.models,
            devices: &group.devices,
            phones: group.phones,
            answer: Word(answer.verdict),
            ctl: Word(answer.ctl),
            itl: Word(answer.itl),
            config: answer.config.map(Word),
            leans: answer.leans.map(Word),
            file: answer.reason.map(|reason| Word(reason.file)),
            code: answer.reason.map(|reason| Word(reason.code)),
            hands: Word(answer.hands),
            why: &group.why,
            next: group.next.as_deref(),
        }
    }
}
