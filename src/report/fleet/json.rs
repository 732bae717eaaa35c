//! `trustlist.fleet/1`.

use super::{FirstPhone, FleetReport, FleetRow, RowError, UnknownList, advised, labels, reasons};
use crate::fleet::{Advice, Counts, Hands};
use crate::json::Value;
use crate::phone::{Decisive, JudgedFile, Outcome, Verdict};
use crate::report::shape::{Keyed, Word};
use serde::Serialize;

/// The schema of the answer.
pub const FLEET_SCHEMA: &str = "trustlist.fleet/1";

/// The whole summary as one document. Rows, if asked for, are before its members.
pub fn fleet_json(report: &FleetReport) -> Value {
    let summary = &report.summary;
    let hands = Hands::ALL.iter().filter(|&&hands| hands != Hands::None);
    Value::of(&FleetAnswer {
        schema: FLEET_SCHEMA,
        partial: report.stopped.is_some(),
        stopped: report.stopped.as_deref(),
        counts: CountsAnswer::of(summary.total),
        unreadable: report.unreadable,
        hands: Keyed(
            hands
                .map(|hands| {
                    (hands.as_str().to_owned(), summary.hands.get(hands).copied().unwrap_or(0))
                })
                .collect(),
        ),
        to_do: summary
            .advice
            .iter()
            .map(|(&advice, &phones)| ToDoAnswer {
                advice: Word(advice),
                phones,
                text: advised(advice, phones),
            })
            .collect(),
        duplicates: report.duplicates,
        by: report.by.as_ref().map(|by| ByAnswer {
            column: &by.column,
            counts: labels(&by.counts)
                .into_iter()
                .map(|(value, found)| LabelAnswer { value, counts: CountsAnswer::of(found) })
                .collect(),
        }),
        first: report.first.iter().map(FirstAnswer::of).collect(),
        reasons: reasons(summary)
            .into_iter()
            .map(|(verdict, reason, phones)| ReasonAnswer {
                answer: Word(verdict),
                file: reason.map(|reason| Word(reason.file)),
                code: reason.map(|reason| Word(reason.code)),
                phones,
            })
            .collect(),
        files: FilesAnswer::of(report),
        models: labels(&summary.models)
            .into_iter()
            .map(|(model, found)| ModelAnswer { model, counts: CountsAnswer::of(found) })
            .collect(),
        cm_groups: labels(&summary.groups)
            .into_iter()
            .map(|(cm_group, found)| GroupAnswer { cm_group, counts: CountsAnswer::of(found) })
            .collect(),
        unknown_lists: report.unknown_lists.iter().map(UnknownAnswer::of).collect(),
        errors: report.errors.iter().map(ErrorAnswer::of).collect(),
        assumed: &report.assumed,
    })
}

/// The answers for all phones of an inventory (spec/CONTRACT.md section 1).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FleetAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = FLEET_SCHEMA)))]
    schema: &'static str,
    /// True if not all rows of the inventory were read.
    partial: bool,
    /// Why not, and if that was.
    stopped: Option<&'a str>,
    #[serde(flatten)]
    counts: CountsAnswer,
    /// Rows that could not be used.
    unreadable: u64,
    /// Phones by what they need: every need but `none`.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<Word<Hands>, u64>"))]
    hands: Keyed<u64>,
    /// The first things to do about phones that refuse, by kind.
    to_do: Vec<ToDoAnswer>,
    /// Rows of a device that a row before names too.
    duplicates: u64,
    /// Phones by a column of the inventory (`--by`).
    by: Option<ByAnswer<'a>>,
    /// The phones that need hands first, the most urgent first (`--first`).
    first: Vec<FirstAnswer<'a>>,
    /// Phones by what decided, the worst answers and the most phones first.
    reasons: Vec<ReasonAnswer>,
    /// Phones by the outcome of each offered file.
    files: FilesAnswer,
    /// Phones by model, as the inventory writes it.
    models: Vec<ModelAnswer<'a>>,
    /// Phones by CallManager group.
    cm_groups: Vec<GroupAnswer<'a>>,
    /// Lists on phones that are known by a checksum only: the first of them.
    unknown_lists: Vec<UnknownAnswer<'a>>,
    /// The first of the rows that could not be used.
    errors: Vec<ErrorAnswer<'a>>,
    /// The assumptions, one sentence each.
    assumed: &'a [String],
}

/// Phones with the same thing to do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ToDo"))]
struct ToDoAnswer {
    /// The thing to do.
    advice: Word<Advice>,
    /// For how many phones.
    phones: u64,
    /// The same as an instruction.
    text: &'static str,
}

/// Phones by a column of the inventory.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "By"))]
struct ByAnswer<'a> {
    /// The column, as the inventory writes it.
    column: &'a str,
    /// The counts, those with the most refusals first.
    counts: Vec<LabelAnswer<'a>>,
}

/// Phones with the same value.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Label"))]
struct LabelAnswer<'a> {
    /// The value; `null` where the row has none.
    value: Option<&'a str>,
    #[serde(flatten)]
    counts: CountsAnswer,
}

/// How many phones end how.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Counts"))]
struct CountsAnswer {
    /// All phones.
    phones: u64,
    /// Phones that refuse no file.
    accept: u64,
    /// Phones with a missing fact.
    depends: u64,
    /// Phones that refuse a file.
    reject: u64,
}

/// A phone that needs hands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "FirstPhone"))]
struct FirstAnswer<'a> {
    /// Its name.
    device: &'a str,
    /// Its model, where the inventory names one.
    model: Option<&'a str>,
    /// Its line in the inventory.
    line: u64,
    /// The outcome.
    answer: RowAnswer,
}

/// The answer for one phone.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PhoneAnswer"))]
struct RowAnswer {
    /// In one word.
    #[cfg_attr(test, schemars(with = "Word<Verdict>"))]
    answer: &'static str,
    /// The outcome of the CTL.
    #[cfg_attr(test, schemars(with = "Word<Outcome>"))]
    ctl: &'static str,
    /// The outcome of the ITL.
    #[cfg_attr(test, schemars(with = "Word<Outcome>"))]
    itl: &'static str,
    /// The outcome of the configuration, if one is judged.
    #[cfg_attr(test, schemars(with = "Option<Word<Outcome>>"))]
    config: Option<&'static str>,
    /// Where a `depends` leans.
    #[cfg_attr(test, schemars(with = "Option<Word<crate::phone::Lean>>"))]
    leans: Option<&'static str>,
    /// The file that decided.
    #[cfg_attr(test, schemars(with = "Option<Word<JudgedFile>>"))]
    file: Option<&'static str>,
    /// The finding or condition that decided.
    #[cfg_attr(test, schemars(with = "Option<Word<Decisive>>"))]
    code: Option<&'static str>,
    /// The work that the phone needs.
    #[cfg_attr(test, schemars(with = "Word<Hands>"))]
    hands: &'static str,
    /// The first thing to do about a refusal.
    to_do: Option<&'static str>,
}

/// Phones with the same deciding code.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reason"))]
struct ReasonAnswer {
    /// The answer.
    answer: Word<Verdict>,
    /// The file that decided; `null` if nothing had to be decided.
    file: Option<Word<JudgedFile>>,
    /// The finding or condition that decided.
    code: Option<Word<Decisive>>,
    /// How many.
    phones: u64,
}

/// How many phones have which outcome, for each file that was judged.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "FileCounts"))]
struct FilesAnswer {
    /// The configuration.
    #[serde(skip_serializing_if = "Outcomes::is_empty")]
    config: Outcomes,
    /// The CTL.
    #[serde(skip_serializing_if = "Outcomes::is_empty")]
    ctl: Outcomes,
    /// The ITL.
    #[serde(skip_serializing_if = "Outcomes::is_empty")]
    itl: Outcomes,
}

/// How many phones have which outcome; without those that none has.
type Outcomes = std::collections::BTreeMap<Word<Outcome>, u64>;

/// Phones of a model.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Model"))]
struct ModelAnswer<'a> {
    /// The model; `null` where the inventory names none.
    model: Option<&'a str>,
    #[serde(flatten)]
    counts: CountsAnswer,
}

/// Phones of a CallManager group.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Group"))]
struct GroupAnswer<'a> {
    /// The group; `null` where the inventory names none.
    cm_group: Option<&'a str>,
    #[serde(flatten)]
    counts: CountsAnswer,
}

/// A list that is known by a checksum only.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "UnknownList"))]
struct UnknownAnswer<'a> {
    /// The checksum (MD5, SHA-1 or SHA-256).
    #[cfg_attr(test, schemars(with = "crate::report::schema::Hex"))]
    checksum: &'a str,
    /// How many phones hold it.
    phones: u64,
    /// The line of the first of them.
    line: u64,
}

/// A row that could not be used.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RowError"))]
struct ErrorAnswer<'a> {
    /// Its line.
    line: u64,
    /// Why.
    error: &'a str,
}

/// A row of the inventory with its answer, as `--rows` writes it in front of the summary; the
/// columns of the inventory are between under their own names.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Row", extend("additionalProperties" = { "type": "string" }))]
#[allow(dead_code, reason = "describes what the command line writes row by row")]
pub(crate) struct Row {
    /// Its line in the inventory.
    line: u64,
    /// The answer for the phone.
    #[schemars(skip_serializing_if = "Option::is_none")]
    answer: Option<RowAnswer>,
    /// Why the row could not be used; then there is no answer.
    #[schemars(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl FleetRow {
    /// The answer for one phone; what there is none of is `null`.
    pub fn json(&self) -> Value {
        Value::of(&RowAnswer::of(*self))
    }
}

impl RowAnswer {
    fn of(row: FleetRow) -> Self {
        let word = |word: &'static str| Some(word).filter(|word| !word.is_empty());
        Self {
            answer: row.answer,
            ctl: row.ctl,
            itl: row.itl,
            config: word(row.config),
            leans: word(row.leans),
            file: word(row.file),
            code: word(row.code),
            hands: row.hands,
            to_do: word(row.to_do),
        }
    }
}

impl CountsAnswer {
    fn of(counts: Counts) -> Self {
        Self {
            phones: counts.phones(),
            accept: counts.accept,
            depends: counts.depends,
            reject: counts.reject,
        }
    }
}

impl<'a> FirstAnswer<'a> {
    fn of(phone: &'a FirstPhone) -> Self {
        let answer = RowAnswer::of(FleetRow::of(&phone.answer));
        Self { device: &phone.device, model: phone.model.as_deref(), line: phone.line, answer }
    }
}

impl FilesAnswer {
    fn of(report: &FleetReport) -> Self {
        let of = |wanted: JudgedFile| {
            let files = report.summary.files.iter().filter(move |((file, _), _)| *file == wanted);
            files.map(|(&(_, outcome), &phones)| (Word(outcome), phones)).collect()
        };
        Self { config: of(JudgedFile::Config), ctl: of(JudgedFile::Ctl), itl: of(JudgedFile::Itl) }
    }
}

impl<'a> UnknownAnswer<'a> {
    fn of(list: &'a UnknownList) -> Self {
        Self { checksum: &list.checksum, phones: list.phones, line: list.line }
    }
}

impl<'a> ErrorAnswer<'a> {
    fn of(error: &'a RowError) -> Self {
        Self { line: error.line, error: &error.error }
    }
}
