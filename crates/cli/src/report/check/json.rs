//! The answers as JSON.

use super::{Agreement, AgreementKind, AgreementVerdict, CheckGroup, CheckReport};
use crate::report::shape::Word;
use serde::Serialize;
use trustlist::fleet::Hands;
use trustlist::json::Value;
use trustlist::phone::{Decisive, JudgedFile, Lean, Outcome, Verdict};

/// The schema of an answer about a change.
pub(crate) const CHECK_SCHEMA: &str = "trustlist.check/1";
/// The schema of an answer about one snapshot.
pub(crate) const AGREEMENT_SCHEMA: &str = "trustlist.agreement/1";

/// The answer about a change.
pub(crate) fn check_json(report: &CheckReport) -> Value {
    Value::of(&CheckAnswer {
        schema: CHECK_SCHEMA,
        before: &report.before,
        after: &report.after,
        answer: Word(report.verdict().unwrap_or(Verdict::Depends)),
        groups: report.groups.iter().map(GroupAnswer::of).collect(),
        other_groups: report.other_groups.iter().map(GroupAnswer::of).collect(),
        open: &report.open,
        differs: &report.differs,
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
    Value::of(&AgreementAnswer {
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

/// The answers of phones with the lists of one snapshot to those of another (spec/CONTRACT.md
/// section 6).
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
    answer: Word<Verdict>,
    /// Phones that come to the same end, the worst first.
    groups: Vec<GroupAnswer<'a>>,
    /// The phones of `groups` that name no group, in the other groups of `--cm-group`.
    other_groups: Vec<GroupAnswer<'a>>,
    /// Parts that could not be checked, one sentence each.
    open: &'a [String],
    /// Parts of the second snapshot that do not agree, one sentence each.
    differs: &'a [String],
    /// Rows of the inventory that could not be used.
    unreadable: u64,
    /// The first of them.
    errors: Vec<LineError<'a>>,
    /// Assumptions for facts that were not given, one sentence each.
    assumed: &'a [String],
}

/// Phones that come to the same end.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PhoneGroup"))]
struct GroupAnswer<'a> {
    /// Their TFTP node.
    tftp: &'a str,
    /// Their CallManager group, in order; `null` if none was given.
    cm_group: Option<&'a str>,
    /// Their models or model families; empty where every family comes to this end.
    models: &'a [String],
    /// Their names, where files of their own were collected.
    devices: &'a [String],
    /// How many there are; `null` without an inventory.
    phones: Option<u64>,
    /// Their outcome.
    answer: Word<Verdict>,
    /// The outcome of the CTL.
    ctl: Word<Outcome>,
    /// The outcome of the ITL.
    itl: Word<Outcome>,
    /// The outcome of the configuration, if one is checked.
    config: Option<Word<Outcome>>,
    /// Where a `depends` leans.
    leans: Option<Word<Lean>>,
    /// The file that decided.
    file: Option<Word<JudgedFile>>,
    /// The finding or condition that decided.
    code: Option<Word<Decisive>>,
    /// The work that the phones need.
    hands: Word<Hands>,
    /// Why, in sentences.
    why: &'a [String],
    /// Remedies.
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

/// The agreement of the lists and servers of one snapshot (spec/CONTRACT.md section 6).
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
    /// The checks.
    checks: Vec<CheckedAnswer<'a>>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AgreementCheck"))]
struct CheckedAnswer<'a> {
    /// Its name.
    check: Word<AgreementKind>,
    /// Its outcome.
    answer: Word<AgreementVerdict>,
    /// The node or server that it is about; `null` if it is about all.
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
