//! `trustlist.prediction/1` (CONTRACT.md section 3, "Answer").

use super::answer::{PredictionReport, decisive_code, files};
use super::changed;
use super::condition::missing;
use super::finding::About;
use super::remedy::instruction;
use crate::facts::{CertificateFacts, KeyFacts, NotChecked};
use crate::phone::{Condition, Evidence, Finding, Installed, JudgedFile, Kept, Message, Prediction, WouldChange, phone_shows};
use serde_json::{Map, Value, json};

/// The schema of the answer.
pub const PREDICTION_SCHEMA: &str = "trustlist.prediction/1";

/// The whole answer as one JSON document.
pub fn prediction_json(report: &PredictionReport<'_>) -> Value {
    let mut answer = Map::new();
    answer.insert("schema".to_owned(), PREDICTION_SCHEMA.into());
    answer.extend(boot(report, &report.boot.first, Screen::Shown));
    answer.insert("assumed".to_owned(), report.assumed.iter().map(ToString::to_string).collect());
    answer.insert("confidence".to_owned(), report.boot.first.confidence.as_str().into());
    answer.insert("would_change".to_owned(), report.would_change.iter().map(change).collect());
    answer.insert("again".to_owned(), Value::Object(boot(report, &report.boot.again, Screen::Left)));
    Value::Object(answer)
}

/// Whether screen and remedies belong to the answer: they are those of the first boot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    Left,
    Shown,
}

fn boot(report: &PredictionReport<'_>, prediction: &Prediction, screen: Screen) -> Map<String, Value> {
    let mut answer = Map::new();
    for file in [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config] {
        let judged = judgement(report, prediction, file, screen);
        answer.extend(judged.map(|judged| (file_key(file).to_owned(), judged)));
    }
    // Nobody said what the phone holds: "none" would read as a factory-fresh phone.
    let kept = |kept: Kept| (report.phone.installed == Installed::Given).then(|| kept.as_str());
    let after = json!({ "ctl": kept(prediction.after.ctl), "itl": kept(prediction.after.itl) });
    answer.insert("after".to_owned(), after);
    answer
}

fn judgement(report: &PredictionReport<'_>, prediction: &Prediction, file: JudgedFile, screen: Screen) -> Option<Value> {
    let (_, judgement) = files(prediction).find(|(which, _)| *which == file)?;
    let signer = report.signer(file);
    let about = About { file, signer: &signer };
    let mut answer = Map::new();
    answer.insert("outcome".to_owned(), judgement.outcome().as_str().into());
    answer.insert("decisive".to_owned(), decisive_code(judgement).into());
    answer.insert("via".to_owned(), judgement.via().map(|via| via.as_str()).into());
    answer.insert("leans".to_owned(), judgement.leans().map(|lean| lean.as_str()).into());
    answer.insert("conditions".to_owned(), judgement.conditions().iter().map(|c| condition(c, about)).collect());
    answer.insert("findings".to_owned(), judgement.findings().iter().map(finding_json).collect());
    if screen == Screen::Shown {
        let shows = phone_shows(file, report.phone, prediction).map(Message::as_str);
        answer.insert("phone_shows".to_owned(), shows.into());
        answer.insert("remedies".to_owned(), report.remedies.of(file).iter().map(instruction).collect());
    }
    Some(Value::Object(answer))
}

fn condition(condition: &Condition, about: About<'_>) -> Value {
    let mut answer = Map::new();
    answer.insert("code".to_owned(), condition.code.as_str().into());
    answer.insert("rule".to_owned(), condition.rule.id().into());
    answer.insert("missing".to_owned(), missing(condition, about).into());
    answer.insert("if_yes".to_owned(), condition.if_yes.as_str().into());
    answer.insert("if_no".to_owned(), condition.if_no.as_str().into());
    answer.insert("leans".to_owned(), condition.leans.map(|lean| lean.as_str()).into());
    evidence(&condition.evidence, &mut answer);
    Value::Object(answer)
}

fn finding_json(found: &Finding) -> Value {
    let mut answer = Map::new();
    answer.insert("code".to_owned(), found.code.as_str().into());
    answer.insert("rule".to_owned(), found.rule.id().into());
    answer.insert("weight".to_owned(), found.weight.as_str().into());
    evidence(&found.evidence, &mut answer);
    Value::Object(answer)
}

/// Evidence as fields; what does not apply is left out.
fn evidence(evidence: &Evidence, answer: &mut Map<String, Value>) {
    let Evidence { list, record, role, certificate, server, digest, value, limit, date, name, why } = evidence;
    let fields = [
        ("list", list.map(|list| Value::from(list.as_str()))),
        ("record", record.map(|record| record.0.into())),
        ("role", role.map(|role| role.to_string().into())),
        ("certificate", certificate.as_deref().map(certificate_json)),
        ("server", server.as_deref().map(Value::from)),
        ("digest", digest.map(|digest| digest.to_string().into())),
        ("value", value.map(Value::from)),
        ("limit", limit.map(Value::from)),
        ("date", date.map(|date| date.to_string().into())),
        ("name", name.as_deref().map(Value::from)),
        ("why", why.map(|why| not_checked(why).into())),
    ];
    answer.extend(fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
}

/// A certificate by issuer and serial number; a fingerprint where there is one.
fn certificate_json(certificate: &CertificateFacts) -> Value {
    let mut answer = Map::new();
    answer.insert("subject".to_owned(), certificate.subject.as_str().into());
    answer.insert("issuer".to_owned(), certificate.identity.issuer.as_str().into());
    answer.insert("serial".to_owned(), certificate.identity.serial.to_string().into());
    if let Some(sha1) = certificate.fingerprint.sha1.filter(|_| !matches!(certificate.key, KeyFacts::Symbol { .. })) {
        let hex: String = sha1.iter().map(|byte| format!("{byte:02x}")).collect();
        answer.insert("sha1".to_owned(), hex.into());
    }
    Value::Object(answer)
}

const fn not_checked(why: NotChecked) -> &'static str {
    match why {
        NotChecked::TextOnly => "text-only",
        NotChecked::NoKey => "no-key",
        NotChecked::KeyRefused => "key-refused",
        NotChecked::UnsupportedDigest => "unsupported-digest",
    }
}

fn change(change: &WouldChange) -> Value {
    let facts: Vec<String> = change.facts.iter().map(changed::clause).collect();
    json!({ "file": file_key(change.file), "facts": facts, "outcome": change.outcome.as_str() })
}

const fn file_key(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "config",
        JudgedFile::Ctl => "ctl",
        JudgedFile::Itl => "itl",
    }
}
