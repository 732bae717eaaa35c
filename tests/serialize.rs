//! Every public type that holds values serializes. The list is compared with what the modules export,
//! so a new type is not forgotten.

#![cfg(all(feature = "rsa", feature = "serde"))]

#[path = "support/public.rs"]
mod public;

use public::{MODULES, exported};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use trustlist::facts::{Fingerprint, Identity, RecordIndex, Timestamp};
use trustlist::json::Value;
use trustlist::*;

fn serializes<T: serde::Serialize>() {}

/// Asserts it of each type, and gives their names.
macro_rules! serializes {
    ($($type:ty,)+) => {{
        $(serializes::<$type>();)+
        [$(stringify!($type)),+]
    }};
}

#[test]
fn every_public_value_serializes() {
    let asserted = serializes![
        UnknownWord,
        cert::CertificateError,
        cert::Curve,
        cert::Validity,
        code::ConditionCode,
        code::ConsoleCode,
        code::FindingCode,
        code::Level,
        code::LintCode,
        console::Given<'_>,
        console::Line,
        console::PasteError,
        console::PasteLimits,
        console::PhoneEvent,
        console::PhoneEventKind,
        console::PhoneFile,
        console::PhoneMessages,
        console::Presence,
        console::Print,
        console::PrintFinding,
        console::PrintedRecord,
        console::Row,
        console::SignatureWord,
        console::Superseded,
        console::Value,
        console::Verified,
        diff::Change<u8>,
        diff::Entry,
        diff::ListDiff,
        diff::Signer,
        explain::Family,
        explain::Grade,
        explain::Statement,
        explain::Term,
        facts::CertificateFacts,
        facts::Completeness,
        facts::ConfigFacts,
        facts::FileId,
        facts::Fingerprint,
        facts::Form,
        facts::Identity,
        facts::KeyFacts,
        facts::ListFacts,
        facts::ListKind,
        facts::Name,
        facts::NotChecked,
        facts::RecordFacts,
        facts::RecordIndex,
        facts::SameCertificate,
        facts::Serial,
        facts::SignatureAnswer,
        facts::Timestamp,
        fleet::Advice,
        fleet::Answer,
        fleet::Counts,
        fleet::Hands,
        fleet::Labels<'_>,
        fleet::Reason,
        fleet::Summary,
        json::Value,
        lint::LintFinding,
        lint::LintOptions,
        lint::LintValue,
        lint::Release,
        lint::ReleaseError,
        phone::After,
        phone::Boot,
        phone::CachedSigner,
        phone::ChangedFact,
        phone::Compared,
        phone::Condition,
        phone::ConditionKind,
        phone::ConditionalOutcome,
        phone::Confidence,
        phone::ConfigOffer,
        phone::Decisive,
        phone::Device,
        phone::DigestSet,
        phone::Family,
        phone::Finding,
        phone::FindingKind,
        phone::FoundRecord,
        phone::IncompleteList,
        phone::InstalledLists,
        phone::ItlSize,
        phone::JudgedFile,
        phone::Judgement,
        phone::Kept,
        phone::KnownCertificate,
        phone::Lean,
        phone::ListOffer,
        phone::ListRef,
        phone::Message,
        phone::Offer,
        phone::Outcome,
        phone::Phone,
        phone::PhoneLists,
        phone::Prediction,
        phone::Remedies,
        phone::Remedy,
        phone::RoleSet,
        phone::Rule,
        phone::SecurityByDefault,
        phone::TlsVersion,
        phone::Tvs,
        phone::TvsClient,
        phone::TvsServer,
        phone::TvsVoucher,
        phone::UnlistedTftpServer,
        phone::Verdict,
        phone::Via,
        phone::VoucherBesideCtl,
        phone::Weight,
        phone::WouldChange,
        question::KnownToTvs,
        question::Predicted,
        question::TvsAnswers,
        question::TvsSaid,
        question::UnnamedServer,
        report::Assumption,
        report::FactoryFresh,
        report::PredictionReport<'_>,
        report::Taken,
        report::Wording,
        report::fleet::ByColumn,
        report::fleet::FirstPhone,
        report::fleet::FleetReport,
        report::fleet::FleetRow,
        report::fleet::RowError,
        report::fleet::UnknownList,
        report::list::ListReport,
        verify::Invalid,
        verify::KeyError,
        verify::KeyRefused,
        verify::KeySource,
        verify::NotVerifiable,
        verify::OwnSignature,
        verify::OwnVerification,
        verify::ProviderFault,
        verify::SignatureOutcome,
        verify::Verification,
        wire::Container,
        wire::DigestAlgorithm,
        wire::Field,
        wire::ListName,
        wire::Neighbour,
        wire::ParseError,
        wire::ParseErrorKind,
        wire::Role,
        wire::UnknownTag<'_>,
        wire::Version,
        wire::write::Layout,
        wire::write::Place,
        wire::write::SignError,
        wire::write::WriteError,
    ];
    let asserted: BTreeSet<String> = asserted
        .iter()
        .map(|name| {
            name.split('<').next().unwrap().chars().filter(|c| !c.is_whitespace()).collect()
        })
        .chain(NO_VALUES.iter().map(|(name, _)| (*name).to_owned()))
        .collect();
    let exported: BTreeSet<String> = MODULES.iter().flat_map(|module| exported(module)).collect();
    assert!(exported.len() > 100, "only {} types found", exported.len());
    let forgotten: Vec<&String> = exported.difference(&asserted).collect();
    assert!(forgotten.is_empty(), "neither serialized nor with a reason why not: {forgotten:?}");
}

/// The types that do not serialize, and why.
const NO_VALUES: &[(&str, &str)] = &[
    ("cert::Certificate", "a view of bytes: facts::CertificateFacts holds its values"),
    ("cert::PublicKey", "a view of bytes: facts::KeyFacts holds its values"),
    ("facts::Files", "a store with a provider"),
    ("fleet::First", "gathers phones: its values are those that into_most_urgent returns"),
    ("fleet::Fleet", "predicts"),
    ("fleet::Judge", "predicts"),
    ("fleet::Judged", "an iterator"),
    ("fleet::LooseConfig", "borrows a store"),
    ("question::AwsLc", "a provider"),
    ("question::GivenError", "an error with a source"),
    ("question::Question", "a builder"),
    ("question::QuestionError", "an error with a source"),
    ("question::RustCrypto", "a provider"),
    ("question::Verifier", "a provider"),
    ("report::Page", "a writer"),
    ("report::Plain", "a form of another value"),
    ("report::Xml", "a form of another value"),
    ("verify::AwsLc", "a provider"),
    ("verify::Message", "a view of bytes"),
    ("verify::RsaKey", "a view of bytes: facts::KeyFacts holds its values"),
    ("verify::RsaSigner", "holds a private key"),
    ("verify::RustCrypto", "a provider"),
    ("wire::File", "a view of bytes: report::list::ListReport holds its values"),
    ("wire::Header", "a view of bytes: report::list::ListReport holds its values"),
    ("wire::Record", "a view of bytes: facts::RecordFacts holds its values"),
    ("wire::Records", "an iterator"),
    ("wire::SignedFile", "a view of bytes: report::list::ListReport holds its values"),
    ("wire::TrustList", "a view of bytes: facts::ListFacts holds its values"),
    ("wire::write::ListBuilder", "a builder"),
    ("wire::write::RecordBuilder", "a builder"),
    ("wire::write::SignedFileBuilder", "a builder"),
    ("wire::write::SignerInfo", "a part of a builder"),
];

/// The text of a value.
fn text(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap()
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(format!("testdata/{name}")).unwrap()
}

/// A question with everything in it.
fn asked() -> Question {
    let mut question = Question::new();
    question
        .installed_itl(read("cluster/before/ITLFile.tlv"))
        .unwrap()
        .offered_itl(read("cluster/after-both/ITLFile.tlv"))
        .unwrap()
        .model("8851")
        .cm_group(["ccm1"])
        .tvs_presents("ccm1", read("certs/ccm1-tvs-1.pem"))
        .unwrap();
    question
}

#[test]
fn words_bytes_and_times_are_those_of_the_documents() {
    assert_eq!(text(&phone::Remedy::UseSha1), r#""use-sha1""#);
    assert_eq!(text(&facts::ListKind::Itl), r#""itl""#);
    assert_eq!(text(&phone::TlsVersion::V1_2), r#""1.2""#);
    assert_eq!(text(&wire::Version { major: 1, minor: 2 }), r#""1.2""#);
    assert_eq!(text(&RecordIndex(3)), "3");
    assert_eq!(text(&Timestamp(0)), r#""1970-01-01T00:00:00Z""#);
    assert_eq!(
        text(&Fingerprint { sha1: Some([0xab; 20]), sha256: None }),
        format!(r#"{{"sha1":"{}","sha256":null}}"#, "ab".repeat(20))
    );
    assert_eq!(text(&facts::FileId::symbol(7)), r#""symbol-7""#);
    assert_eq!(
        text(&facts::FileId::of_bytes(b"")),
        r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#
    );
    assert_eq!(text(&facts::KeyFacts::Rsa(Arc::from([0x30, 0x82]))), r#"{"rsa":"3082"}"#);
    use wire::DigestAlgorithm::{Sha1, Sha512};
    assert_eq!(text(&phone::DigestSet::of(&[Sha512, Sha1])), r#"["sha1","sha512"]"#);
    let identity = Identity {
        issuer: facts::Name::from_bytes(b"CN=ca"),
        serial: facts::Serial::from_bytes(&[0, 0x1f]),
    };
    assert_eq!(text(&identity), r#"{"serial":"1f","issuer":"CN=ca"}"#);
}

#[test]
fn an_error_serializes_with_its_place() {
    let broken = read("bad/third-record-length.tlv");
    let error = wire::TrustList::parse(&broken)
        .and_then(|list| list.records().collect::<Result<Vec<_>, _>>())
        .unwrap_err();
    let written = Value::of(&error);
    assert_eq!((&written["record"], &written["offset"]), (&Value::from(3), &Value::from(0x10e4)));
    let header = Value::of(&wire::TrustList::parse(b"").unwrap_err());
    assert_eq!((&header["record"], &header["field"]), (&Value::Null, &Value::from("file")));
}

#[test]
fn facts_and_answers_serialize_as_a_whole() {
    let question = asked();
    let (phone, offer, tvs) = (question.phone(), question.offer(), question.tvs());
    let boot = phone::boot(&phone, &offer, &tvs, question.files());
    let document: Value = serde_json::from_str(&question.predict().to_json()).unwrap();
    let written = Value::of(&boot.first);
    for file in ["ctl", "itl"] {
        for key in ["outcome", "decisive", "via", "leans", "findings"] {
            assert_eq!(written[file][key], document[file][key], "{file} {key}");
        }
    }
    // The question of a condition depends on the file: it is in the document alone.
    let open = &boot.first.itl.conditions()[0];
    let server = phone::ConditionKind::TvsAnswerUnknown(Arc::from("ccm1"));
    assert_eq!(
        (&open.kind, text(open)),
        (
            &server,
            r#"{"code":"tvs-answer-unknown","rule":"P-TVS-4","if_yes":"accept","if_no":"reject","leans":null,"server":"ccm1"}"#
                .to_owned()
        )
    );
    assert_eq!(text(&server), r#"{"code":"tvs-answer-unknown","server":"ccm1"}"#);
    let kept = Value::of(&phone);
    let record = &kept["installed"]["known"]["itl"]["records"][0];
    assert_eq!((&record["index"], &record["form"]), (&Value::from(1), &Value::from("certificate")));
    assert!(record["certificate"]["sha1"].as_str().is_some_and(|hash| hash.len() == 40));
    assert!(text(&offer).contains(r#""itl":{"list":{"file":""#), "{}", text(&offer));
    assert!(text(&tvs).starts_with(r#"{"known":[{"server":"ccm1","reachable":true,"presents":{"#));
}

#[test]
fn maps_whose_keys_are_no_text_serialize_as_pairs() {
    let question = asked();
    let (offer, tvs) = (question.offer(), question.tvs());
    let fleet = fleet::Fleet::new(&offer, &tvs, question.files());
    let mut summary = fleet::Summary::default();
    for (_, answer) in fleet.judge_all(std::iter::once(question.phone())) {
        summary.add(fleet::Labels::default(), &answer, 2);
    }
    let written = Value::of(&summary);
    assert_eq!(written["models"][0][0], Value::Null);
    assert_eq!(written["reasons"][0][1], Value::from(2));
    assert_eq!(written["hands"], Value::of(&BTreeMap::from([(summary_hands(&summary), 2)])));
}

fn summary_hands(summary: &fleet::Summary) -> &'static str {
    summary.hands.keys().next().unwrap().as_str()
}
