//! `trustlist.prediction/1` (spec/CONTRACT.md section 3, "Answer").

use super::answer::PredictionReport;
use super::finding::{About, missing};
use super::remedy::{clause, instructions};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, KeyFacts, NotChecked, Timestamp};
use crate::json::Value;
use crate::phone::{
    Compared, Condition, ConditionKind, ConditionalOutcome, Confidence, Decisive, Finding,
    FindingKind, FoundRecord, IncompleteList, InstalledLists, ItlSize, JudgedFile, Judgement, Kept,
    Lean, ListRef, Message, Outcome, Prediction, Rule, TvsVoucher, UnlistedTftpServer, Verdict,
    Via, VoucherBesideCtl, Weight, WouldChange, phone_shows,
};
use crate::report::hex;
use crate::report::shape::{Word, as_documents};
use crate::wire::DigestAlgorithm;
use serde::Serialize;

/// The schema of the answer.
pub(crate) const PREDICTION_SCHEMA: &str = "trustlist.prediction/1";

/// The whole answer as one JSON document.
pub fn prediction_json(report: &PredictionReport<'_>) -> Value {
    Value::of(&PredictionAnswer {
        schema: PREDICTION_SCHEMA,
        verdict: Word(report.verdict()),
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

/// The answer of a phone to the offered files, at this boot and at the next (spec/CONTRACT.md
/// section 3).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PredictionAnswer {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PREDICTION_SCHEMA)))]
    schema: &'static str,
    /// The answer in one word: the verdict on the worst file, and never `accept` if the question has
    /// a gap (a paste that lost a part, no file of the server, a list in the place of the other
    /// kind).
    verdict: Word<Verdict>,
    #[serde(flatten)]
    first: BootAnswer<FirstJudgement>,
    /// The assumptions, one sentence each.
    assumed: Vec<String>,
    /// How sure the answer is: as its weakest rule.
    confidence: Word<Confidence>,
    /// The smallest facts that would turn a refusal or an open answer.
    would_change: Vec<ChangeAnswer>,
    /// The same question to the phone in its state after the first boot.
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
    /// The offered configuration; left out if none is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<J>,
    /// The lists on the phone afterwards.
    after: AfterAnswer,
}

/// The lists on the phone afterwards.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "After"))]
struct AfterAnswer {
    /// The CTL; `null` if the lists on the phone are not known.
    ctl: Option<Word<Kept>>,
    /// The ITL; `null` if the lists on the phone are not known.
    itl: Option<Word<Kept>>,
}

/// The answer for one file at this boot, and the remedies.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FirstJudgement {
    #[serde(flatten)]
    judgement: JudgementAnswer,
    /// The message on the screen of the phone (P-MSG); `null` for none.
    phone_shows: Option<Word<Message>>,
    /// The remedies, one instruction each; empty if nothing is wrong.
    remedies: Vec<String>,
}

/// The answer for one file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Judgement"))]
struct JudgementAnswer {
    /// The outcome.
    outcome: Word<Outcome>,
    /// The finding or condition that decides; `null` if nothing had to be decided.
    decisive: Option<Word<Decisive>>,
    /// The source that confirmed the signer.
    via: Option<Word<Via>>,
    /// Where the evidence leans when the outcome is `depends`.
    leans: Option<Word<Lean>>,
    /// On what a `depends` depends.
    conditions: Vec<ConditionAnswer>,
    /// The findings of the phone, in its order.
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
    /// The fact that is missing, as a question; its yes is `if_yes`.
    missing: String,
    /// The outcome if the fact holds.
    if_yes: Word<ConditionalOutcome>,
    /// The outcome if it does not.
    if_no: Word<ConditionalOutcome>,
    /// Where the evidence leans.
    leans: Option<Word<Lean>>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

/// Something that the phone finds.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
struct FindingAnswer {
    /// The code of the finding.
    code: Word<FindingCode>,
    /// The rule of the finding.
    rule: Word<Rule>,
    /// The weight of the finding.
    weight: Word<Weight>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

/// The values of a finding or a condition; those that do not apply are left out.
#[derive(Debug, Default, Serialize)]
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
    /// The limit of that number.
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

/// A certificate by issuer and serial number; a fingerprint if there is one.
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

/// Facts that would change an answer.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "WouldChange"))]
struct ChangeAnswer {
    /// The file whose outcome would change.
    file: Word<JudgedFile>,
    /// The facts that would have to hold, a clause each.
    facts: Vec<String>,
    /// The outcome in that case.
    outcome: Word<Outcome>,
}

/// A finding or a condition without the rest of its judgement.
#[derive(Debug, Serialize)]
struct KindAnswer<C> {
    code: Word<C>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

/// A condition without its question, whose words depend on the file.
#[derive(Debug, Serialize)]
struct OpenAnswer {
    code: Word<ConditionCode>,
    rule: Word<Rule>,
    if_yes: Word<ConditionalOutcome>,
    if_no: Word<ConditionalOutcome>,
    leans: Option<Word<Lean>>,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

as_documents!(
    CertificateFacts: CertificateAnswer::of, Condition: OpenAnswer::of, ConditionKind: KindAnswer::of_condition,
    Finding: FindingAnswer::of, FindingKind: KindAnswer::of_finding, FoundRecord: EvidenceAnswer::of_record,
    IncompleteList: EvidenceAnswer::of_incomplete, ItlSize: EvidenceAnswer::of_size,
    TvsVoucher: EvidenceAnswer::of_tvs, UnlistedTftpServer: EvidenceAnswer::of_tftp_server,
    VoucherBesideCtl: EvidenceAnswer::of_voucher,
);

fn boot<J>(
    report: &PredictionReport<'_>,
    prediction: &Prediction,
    judged: impl Fn(JudgedFile, &Judgement) -> J,
) -> BootAnswer<J> {
    // Nobody said what the phone holds: "none" would read as a factory-fresh phone.
    let kept =
        |kept: Kept| (report.phone.installed != InstalledLists::Unknown).then_some(Word(kept));
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
            code: Word(condition.code()),
            rule: Word(condition.rule),
            missing: missing(condition, about),
            if_yes: Word(condition.if_yes),
            if_no: Word(condition.if_no),
            leans: condition.leans.map(Word),
            evidence: EvidenceAnswer::of_condition(&condition.kind),
        }
    }
}

impl FindingAnswer {
    fn of(found: &Finding) -> Self {
        Self {
            code: Word(found.code()),
            rule: Word(found.rule),
            weight: Word(found.weight),
            evidence: EvidenceAnswer::of_finding(&found.kind),
        }
    }
}

impl KindAnswer<ConditionCode> {
    fn of_condition(kind: &ConditionKind) -> Self {
        Self { code: Word(kind.code()), evidence: EvidenceAnswer::of_condition(kind) }
    }
}

impl KindAnswer<FindingCode> {
    fn of_finding(kind: &FindingKind) -> Self {
        Self { code: Word(kind.code()), evidence: EvidenceAnswer::of_finding(kind) }
    }
}

impl OpenAnswer {
    fn of(condition: &Condition) -> Self {
        Self {
            code: Word(condition.code()),
            rule: Word(condition.rule),
            if_yes: Word(condition.if_yes),
            if_no: Word(condition.if_no),
            leans: condition.leans.map(Word),
            evidence: EvidenceAnswer::of_condition(&condition.kind),
        }
    }
}

/// The one place that gives the evidence of a code its fields.
impl EvidenceAnswer {
    fn of_finding(kind: &FindingKind) -> Self {
        match kind {
            FindingKind::SameCa(found)
            | FindingKind::SameNameNewSerial(found)
            | FindingKind::SignerInCtl(found)
            | FindingKind::SignerInItl(found) => Self::of_record(found),
            FindingKind::BlankList(list) | FindingKind::CtlReduced(list) => Self::of_list(*list),
            FindingKind::TvsNoRecord(itl) => itl.map(Self::of_list).unwrap_or_default(),
            FindingKind::DigestUnsupported(digest) => Self::of_digest(*digest),
            FindingKind::ItlOversize(size) => Self::of_size(size),
            FindingKind::KeyTooLong(compared) | FindingKind::MoreThanTwoSast(compared) => {
                Self::of_numbers(*compared)
            }
            FindingKind::MatchedByTftpRole(role) => {
                Self { role: Some(role.to_string()), ..Self::default() }
            }
            FindingKind::OlderList(date) => date.map(Self::of_date).unwrap_or_default(),
            FindingKind::SignerExpired(date) | FindingKind::SignerNotYetValid(date) => {
                Self::of_date(*date)
            }
            FindingKind::SignerUnknown(own) => Self::of_certificate(own.as_deref()),
            FindingKind::TvsCertificateChanged(server)
            | FindingKind::TvsDoesNotKnow(server)
            | FindingKind::TvsImpersonated(server)
            | FindingKind::TvsUnreachable(server) => Self::of_server(Some(server)),
            FindingKind::TvsVouches(voucher) => Self::of_tvs(voucher),
            FindingKind::AnchorsReplaced
            | FindingKind::ConfigEncrypted
            | FindingKind::FileNotFound
            | FindingKind::FirstUse
            | FindingKind::HoldsNoLists
            | FindingKind::ItlNeverAsked
            | FindingKind::SameFile
            | FindingKind::SignatureBroken
            | FindingKind::SignedConfigMissing
            | FindingKind::SignerImpersonated
            | FindingKind::SignerKeyNotRsa
            | FindingKind::SignerSubjectDiffers
            | FindingKind::TvsNeedsTls10
            | FindingKind::TvsNotOnDevice
            | FindingKind::UnsignedAsked
            | FindingKind::ZeroBytes => Self::default(),
        }
    }

    fn of_condition(kind: &ConditionKind) -> Self {
        match kind {
            ConditionKind::BlankListUnproven(list)
            | ConditionKind::ReducedCtlLeft(list)
            | ConditionKind::UnchangedItlNotInCtl(list) => Self::of_list(*list),
            ConditionKind::ConfigSignerSastOnly(found)
            | ConditionKind::SignerTftpRoleOnly(found) => Self::of_record(found),
            ConditionKind::CtlDecidesItl(voucher) => Self::of_voucher(voucher),
            ConditionKind::CtlOverReducedCtl(own)
            | ConditionKind::FirstCtlOverItl(own)
            | ConditionKind::FirstItlNotInCtl(own) => Self::of_certificate(own.as_deref()),
            ConditionKind::DigestSupportUnknown(digest) => Self::of_digest(*digest),
            ConditionKind::FipsKeySize(compared) | ConditionKind::KeyLimitUnknown(compared) => {
                Self::of_numbers(*compared)
            }
            ConditionKind::ListIncomplete(incomplete) => Self::of_incomplete(incomplete),
            ConditionKind::SignatureNotChecked(why) => {
                Self { why: Some(Word(*why)), ..Self::default() }
            }
            ConditionKind::TftpAddressNotInCtl(server) => Self::of_tftp_server(server),
            ConditionKind::TvsAnswerUnknown(server)
            | ConditionKind::TvsRecordUnproven(server)
            | ConditionKind::TvsRoleMissing(server)
            | ConditionKind::TvsRolesUnknown(server)
            | ConditionKind::TvsServersDisagree(server)
            | ConditionKind::TvsSkipsChangedServer(server) => Self::of_server(Some(server)),
            ConditionKind::TvsCached(server) => Self::of_server(server.as_deref()),
            ConditionKind::UnusualFileName(name) => Self::of_name(name),
            ConditionKind::AnchorsReplacedTvsOpen
            | ConditionKind::CtlUndecided
            | ConditionKind::EmptyFile
            | ConditionKind::InstalledListsNotGiven
            | ConditionKind::ItlTakenThenDropped
            | ConditionKind::ItlUndecided
            | ConditionKind::KeySizeUnknown
            | ConditionKind::SecurityByDefaultUnknown
            | ConditionKind::SignatureBrokenOnFaith
            | ConditionKind::SignerNotStated
            | ConditionKind::TvsTlsOpen
            | ConditionKind::TvsUnknown => Self::default(),
        }
    }

    fn of_record(found: &FoundRecord) -> Self {
        Self {
            list: Some(Word(found.list)),
            record: Some(found.record.0),
            role: Some(found.role.to_string()),
            certificate: Some(CertificateAnswer::of(&found.certificate)),
            ..Self::default()
        }
    }

    fn of_voucher(voucher: &VoucherBesideCtl) -> Self {
        match voucher {
            VoucherBesideCtl::Record(found) => Self::of_record(found),
            VoucherBesideCtl::Tvs { ctl, server, signer } => Self {
                list: Some(Word(*ctl)),
                server: server.as_deref().map(str::to_owned),
                ..Self::of_certificate(signer.as_deref())
            },
        }
    }

    fn of_incomplete(incomplete: &IncompleteList) -> Self {
        let signer = Self::of_certificate(incomplete.signer.as_deref());
        Self { list: incomplete.list.map(Word), ..signer }
    }

    fn of_tvs(voucher: &TvsVoucher) -> Self {
        Self {
            certificate: Some(CertificateAnswer::of(&voucher.certificate)),
            ..Self::of_server(Some(&voucher.server))
        }
    }

    fn of_tftp_server(unlisted: &UnlistedTftpServer) -> Self {
        Self { list: Some(Word(unlisted.ctl)), ..Self::of_name(&unlisted.server) }
    }

    fn of_size(size: &ItlSize) -> Self {
        match size {
            ItlSize::Bytes(compared) | ItlSize::Certificates(compared) => {
                Self::of_numbers(*compared)
            }
        }
    }

    fn of_list(list: ListRef) -> Self {
        Self { list: Some(Word(list)), ..Self::default() }
    }

    fn of_certificate(certificate: Option<&CertificateFacts>) -> Self {
        Self { certificate: certificate.map(CertificateAnswer::of), ..Self::default() }
    }

    fn of_server(server: Option<&str>) -> Self {
        Self { server: server.map(str::to_owned), ..Self::default() }
    }

    fn of_name(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }

    fn of_digest(digest: DigestAlgorithm) -> Self {
        Self { digest: Some(digest.to_string()), ..Self::default() }
    }

    fn of_date(date: Timestamp) -> Self {
        Self { date: Some(date.to_string()), ..Self::default() }
    }

    fn of_numbers(Compared { value, limit }: Compared) -> Self {
        Self { value: Some(value), limit: Some(limit), ..Self::default() }
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
        let facts = change.facts.iter().map(clause).collect();
        Self { file: Word(change.file), facts, outcome: Word(change.outcome) }
    }
}
