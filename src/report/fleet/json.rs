//! `trustlist.fleet/1`.

use super::{FirstPhone, FleetReport, FleetRow, file_key, labels, reasons};
use crate::fleet::{Counts, Hands, Reason};
use serde_json::{Map, Value, json};

/// The schema of the answer.
pub const FLEET_SCHEMA: &str = "trustlist.fleet/1";

/// The whole summary as one document. Rows, where they are asked for, stand in front of its members.
pub fn fleet_json(report: &FleetReport) -> Value {
    let summary = &report.summary;
    let mut answer = Map::new();
    answer.insert("schema".to_owned(), FLEET_SCHEMA.into());
    answer.insert("partial".to_owned(), report.stopped.is_some().into());
    answer.insert("stopped".to_owned(), report.stopped.clone().into());
    answer.insert("phones".to_owned(), summary.total.phones().into());
    counts(summary.total, &mut answer);
    answer.insert("unreadable".to_owned(), report.unreadable.into());
    let hands = Hands::ALL.iter().filter(|&&hands| hands != Hands::None);
    let hands = hands.map(|hands| (hands.as_str().to_owned(), summary.hands.get(hands).copied().unwrap_or(0).into()));
    answer.insert("hands".to_owned(), Value::Object(hands.collect()));
    answer.insert("first".to_owned(), report.first.iter().map(first).collect());
    let reasons = reasons(summary).into_iter().map(|(verdict, reason, phones)| {
        json!({ "answer": verdict.as_str(), "file": reason.map(|reason| file_key(reason.file)),
                "code": reason.map(Reason::code), "phones": phones })
    });
    answer.insert("reasons".to_owned(), reasons.collect());
    answer.insert("files".to_owned(), files(report));
    let labelled = |name: &str, label: Option<&str>, found: Counts| {
        let mut entry = Map::new();
        entry.insert(name.to_owned(), label.into());
        entry.insert("phones".to_owned(), found.phones().into());
        counts(found, &mut entry);
        Value::Object(entry)
    };
    let models = labels(&summary.models).into_iter().map(|(label, counts)| labelled("model", label, counts));
    answer.insert("models".to_owned(), models.collect());
    let groups = labels(&summary.groups).into_iter().map(|(label, counts)| labelled("cm_group", label, counts));
    answer.insert("cm_groups".to_owned(), groups.collect());
    let unknown = report.unknown_lists.iter();
    let unknown = unknown.map(|list| json!({ "checksum": list.checksum, "phones": list.phones, "line": list.line }));
    answer.insert("unknown_lists".to_owned(), unknown.collect());
    let errors = report.errors.iter().map(|error| json!({ "line": error.line, "error": error.error }));
    answer.insert("errors".to_owned(), errors.collect());
    answer.insert("assumed".to_owned(), report.assumed.clone().into());
    Value::Object(answer)
}

impl FleetRow {
    /// The answer for one phone; what there is none of is `null`.
    pub fn json(&self) -> Value {
        let word = |word: &'static str| Some(word).filter(|word| !word.is_empty());
        json!({ "answer": self.answer, "ctl": self.ctl, "itl": self.itl, "config": word(self.config),
                "leans": word(self.leans), "file": word(self.file), "code": word(self.code), "hands": self.hands })
    }
}

fn counts(counts: Counts, answer: &mut Map<String, Value>) {
    answer.insert("accept".to_owned(), counts.accept.into());
    answer.insert("depends".to_owned(), counts.depends.into());
    answer.insert("reject".to_owned(), counts.reject.into());
}

fn first(phone: &FirstPhone) -> Value {
    json!({ "device": phone.device, "model": phone.model, "line": phone.line, "answer": FleetRow::of(&phone.answer).json() })
}

fn files(report: &FleetReport) -> Value {
    let mut files = Map::new();
    for (&(file, outcome), &phones) in &report.summary.files {
        let entry = files.entry(file_key(file)).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(outcomes) = entry {
            outcomes.insert(outcome.as_str().to_owned(), phones.into());
        }
    }
    Value::Object(files)
}
