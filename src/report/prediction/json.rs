//! `trustlist.prediction/1` (spec/CONTRACT.md section 3, "Answer").

use super::answer::PredictionReport;
use super::changed;
use super::condition::missing;
use super::finding::About;
use super::remedy::instructions;
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, KeyFacts, NotChecked};
use crate::json::Value;
use crate::phone::{
    Condition, Confidence, Decisive, Evidence, Finding, IfSo, Installed, JudgedFile, Judgement,
    Kept, Lean, ListRef, Message, Outcome, Prediction, Rule, Via, Weight, WouldChange, phone_shows,
};
use crate::report::hex;
use crate::report::shape::{self, Word};
use serde::Serialize;

/// The schema of the answer.
pub const PREDICTION_SCHEMA: &str = "trustlist.prediction/1";

/// The whole answer as one JSON document.
pub fn prediction_json(report: &PredictionReport<'_>) -> Value {
    shape::value(&PredictionAnswer {
        schema: PREDICTION_SCHEMA,
        first: boot(report, &report.boot.first, |file, judgement| FirstJudgement {
            judgement: judged(report, file, judgement),
            phone_shows: phone_shows(file, report.phone, &report.boot.first).map(Word),
            remedies: instructions(report, file),
        }),
        assumed: report.assumed.iter().map(ToString::to_string).collect(),
        confidence: Word(report.boot.first.confidence),
        would_change: report.would_change.iter().map(ChangeAnswer::of).collect(),
        again: boot(report, &report.boot.again, |file, judgement| judged(report, file, judgement)),
    })
}

/// What a phone makes of the files that it is offered, at this boot and at the next (spec/CONTRACT.md section 3).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::report) struct PredictionAnswer {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PREDICTION_SCHEMA)))]
    schema: &'static str,
    #[serde(flatten)]
    first: BootAnswer<FirstJudgement>,
    /// What was not given and therefore assumed, one sentence each; a reader is told these first.
    assumed: Vec<String>,
    /// How sure the answer is: as its weakest rule.
    confidence: Word<Confidence>,
    /// The smallest facts that would turn a refusal or an open answer.
    would_change: Vec<ChangeAnswer>,
    /// The same question to the phone in the state in which the first boot leaves it.
    again: BootAnswer<JudgementAnswer>,
}

/// One boot of the phone.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Boot"))]
struct BootAnswer<J> {
    /// The offered CTL.
    ctl: J,
    /// The offered ITL.
    itl: J,
    /// The offered configuration; left out where none is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<J>,
    /// What the phone holds afterwards.
    after: AfterAnswer,
}

/// What the phone holds afterwards.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "After"))]
struct AfterAnswer {
    /// The CTL; `null` where nobody said what the phone holds.
    ctl: Option<Word<Kept>>,
    /// The ITL; `null` where nobody said what the phone holds.
    itl: Option<Word<Kept>>,
}

/// What becomes of one file at this boot, and what can be done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FirstJudgement {
    #[serde(flatten)]
    judgement: JudgementAnswer,
    /// What the phone shows on its screen (P-MSG); `null` where it shows nothing.
    phone_shows: Option<Word<Message>>,
    /// What the administrator can do now, one instruction each; empty where nothing is wrong.
    remedies: Vec<String>,
}

/// What becomes of one file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Judgement"))]
struct JudgementAnswer {
    /// What becomes of it.
    outcome: Word<Outcome>,
    /// The finding or condition that decides; `null` where nothing had to be decided.
    decisive: Option<Word<Decisive>>,
    /// What vouched for the signer.
    via: Option<Word<Via>>,
    /// Where the evidence leans when the outcome is `depends`.
    leans: Option<Word<Lean>>,
    /// On what a `depends` depends.
    conditions: Vec<ConditionAnswer>,
    /// What the phone finds while it judges, in its order.
    findings: Vec<FindingAnswer>,
}

/// A question on which the answer depends.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Condition"))]
struct ConditionAnswer {
    /// Which question.
    code: Word<ConditionCode>,
    /// The rule that leaves it open.
    rule: Word<Rule>,
    /// The fact that is missing, as a clause that begins with `whether`.
    missing: String,
    /// The outcome if the fact holds.
    if_yes: Word<IfSo>,
    /// The outcome if it does not.
    if_no: Word<IfSo>,
    /// Where the evidence leans.
    leans: Option<Word<Lean>>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

/// Something that the phone finds.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
struct FindingAnswer {
    /// What it finds.
    code: Word<FindingCode>,
    /// The rule by which it matters.
    rule: Word<Rule>,
    /// Whether it speaks for the file.
    weight: Word<Weight>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

/// The values behind a finding or a condition; what does not apply is left out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
struct EvidenceAnswer {
    /// The list that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<Word<ListRef>>,
    /// The record of that list, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    /// The role of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<crate::report::schema::RoleWord>"))]
    role: Option<String>,
    /// The certificate that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateAnswer>,
    /// The TVS server that it is about (P-TVS-3).
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    /// The digest of a signature (P-ALG-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<crate::report::schema::DigestWord>"))]
    digest: Option<String>,
    /// A number that was compared: bytes, bits, certificates or hours, by the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<u64>,
    /// What it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// The date that was compared (P-TIME-1, P-TIME-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<crate::report::schema::Date>"))]
    date: Option<String>,
    /// The name that was compared (P-SIG-7, P-BOOT-5).
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Why the signature could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Word<NotChecked>>,
}

/// A certificate by issuer and serial number; a fingerprint where there is one.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Certificate"))]
struct CertificateAnswer {
    /// Its subject.
    subject: String,
    /// Its issuer.
    issuer: String,
    /// Its serial number without leading zeros.
    #[cfg_attr(test, schemars(with = "crate::report::schema::Hex"))]
    serial: String,
    /// Its SHA-1 fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<crate::report::schema::Hex>"))]
    sha1: Option<String>,
}

/// What would turn an answer.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "WouldChange"))]
struct ChangeAnswer {
    /// The file whose outcome would change.
    file: Word<JudgedFile>,
    /// The facts that would have to hold, a clause each.
    facts: Vec<String>,
    /// What the outcome would be.
    outcome: Word<Outcome>,
}

fn boot<J>(
    report: &PredictionReport<'_>,
    prediction: &Prediction,
    judged: impl Fn(JudgedFile, &Judgement) -> J,
) -> BootAnswer<J> {
    // Nobody said what the phone holds: "none" would read as a factory-fresh phone.
    let kept = |kept: Kept| (report.phone.installed == Installed::Given).then_some(Word(kept));
    BootAnswer {
        ctl: judged(JudgedFile::Ctl, &prediction.ctl),
        itl: judged(JudgedFile::Itl, &prediction.itl),
        config: prediction.config.as_ref().map(|config| judged(JudgedFile::Config, config)),
        after: AfterAnswer { ctl: kept(prediction.after.ctl), itl: kept(prediction.after.itl) },
    }
}

fn judged(
    report: &PredictionReport<'_>,
    file: JudgedFile,
    judgement: &Judgement,
) -> JudgementAnswer {
    let signer = report.signer(file);
    let about = About { file, signer: &signer };
    JudgementAnswer {
        outcome: Word(judgement.outcome()),
        decisive: judgement.decisive().map(Word),
        via: judgement.via().map(Word),
        leans: judgement.leans().map(Word),
        conditions: judgement
            .conditions()
            .iter()
            .map(|condition| ConditionAnswer::of(condition, about))
            .collect(),
        findings: judgement.findings().iter().map(FindingAnswer::of).collect(),
    }
}

impl ConditionAnswer {
    fn of(condition: &Condition, about: About<'_>) -> Self {
        Self {
            code: Word(condition.code),
            rule: Word(condition.rule),
            missing: missing(condition, about),
            if_yes: Word(condition.if_yes),
            if_no: Word(condition.if_no),
            leans: condition.leans.map(Word),
            evidence: EvidenceAnswer::of(&condition.evidence),
        }
    }
}

impl FindingAnswer {
    fn of(found: &Finding) -> Self {
        let evidence = EvidenceAnswer::of(&found.evidence);
        Self {
            code: Word(found.code),
            rule: Word(found.rule),
            weight: Word(found.weight),
            evidence,
        }
    }
}

impl EvidenceAnswer {
    fn of(evidence: &Evidence) -> Self {
        let Evidence {
            list,
            record,
            role,
            certificate,
            server,
            digest,
            value,
            limit,
            date,
            name,
            why,
        } = evidence;
        Self {
            list: list.map(Word),
            record: record.map(|record| record.0),
            role: role.map(|role| role.to_string()),
            certificate: certificate.as_deref().map(CertificateAnswer::of),
            server: server.as_deref().map(str::to_owned),
            digest: digest.map(|digest| digest.to_string()),
            value: *value,
            limit: *limit,
            date: date.map(|date| date.to_string()),
            name: name.as_deref().map(str::to_owned),
            why: why.map(Word),
        }
    }
}

impl CertificateAnswer {
    fn of(certificate: &CertificateFacts) -> Self {
        let known = certificate
            .fingerprint()
            .sha1
            .filter(|_| !matches!(certificate.key(), KeyFacts::Symbol { .. }));
        Self {
            subject: certificate.subject.as_str().to_owned(),
            issuer: certificate.identity.issuer.as_str().to_owned(),
            serial: certificate.identity.serial.to_string(),
            sha1: known.map(|sha1| hex(&sha1)),
        }
    }
}

impl ChangeAnswer {
    fn of(change: &WouldChange) -> Self {
        let facts = change.facts.iter().map(changed::clause).collect();
        Self { file: Word(change.file), facts, outcome: Word(change.outcome) }
    }
}
