//! Every public type goes to another thread and is shared there. The list is compared with what the
//! modules export, so a new type is not forgotten.

#![cfg(all(feature = "rsa", feature = "serde"))]

#[path = "support/public.rs"]
mod public;

use public::{MODULES, exported};
use std::collections::BTreeSet;
use std::path::Path;
use trustlist::*;

fn sharable<T: Send + Sync>() {}

/// Asserts it of each type, and gives their names.
macro_rules! sharable {
    ($($type:ty,)+) => {{
        $(sharable::<$type>();)+
        [$(stringify!($type)),+]
    }};
}

#[test]
fn every_public_type_goes_to_another_thread_and_is_shared() {
    let asserted = sharable![
        cert::Certificate<'_>,
        cert::CertificateError,
        cert::Curve,
        cert::PublicKey<'_>,
        cert::Validity,
        code::Level,
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
        facts::CertificateFacts,
        facts::Completeness,
        facts::ConfigFacts,
        facts::FileId,
        facts::Files<NoKeys>,
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
        fleet::First<u8>,
        fleet::Fleet<'_>,
        fleet::Hands,
        fleet::Judge<'_>,
        fleet::Judged<'_, std::vec::IntoIter<phone::Phone>>,
        fleet::Labels<'_>,
        fleet::LooseConfig<'_, facts::Files<NoKeys>>,
        fleet::Reason,
        fleet::Summary,
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
        phone::ConditionalOutcome,
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
        phone::Via,
        phone::VoucherBesideCtl,
        phone::Verdict,
        phone::Weight,
        phone::WouldChange,
        question::GivenError,
        question::KnownToTvs,
        question::Predicted,
        question::Question,
        question::QuestionError,
        question::TvsAnswers,
        question::TvsSaid,
        question::UnnamedServer,
        question::Verifier,
        report::Assumption,
        report::FactoryFresh,
        report::Page,
        report::Plain<u8>,
        report::PredictionReport<'_>,
        report::Taken,
        report::Wording,
        report::Xml<u8>,
        report::fleet::FirstPhone,
        report::fleet::ByColumn,
        report::fleet::FleetReport,
        report::fleet::FleetRow,
        report::fleet::RowError,
        report::fleet::UnknownList,
        report::list::ListReport,
        verify::Invalid,
        verify::KeyError,
        verify::KeyRefused,
        verify::KeySource,
        verify::Message<'_>,
        verify::NotVerifiable,
        verify::ProviderFault,
        verify::RsaKey<'_>,
        verify::RsaSigner,
        verify::RustCrypto,
        verify::SignatureOutcome,
        verify::OwnSignature,
        verify::OwnVerification,
        verify::Verification,
        wire::Container,
        wire::DigestAlgorithm,
        wire::Field,
        wire::File<'_>,
        wire::Header<'_>,
        wire::ListName,
        wire::Neighbour,
        wire::ParseError,
        wire::ParseErrorKind,
        wire::Record<'_>,
        wire::Records<'_>,
        wire::Role,
        wire::SignedFile<'_>,
        wire::TrustList<'_>,
        wire::UnknownTag<'_>,
        wire::Version,
        wire::write::Layout,
        wire::write::ListBuilder,
        wire::write::Place,
        wire::write::RecordBuilder,
        wire::write::SignError,
        wire::write::SignedFileBuilder,
        wire::write::SignerInfo,
        wire::write::WriteError,
    ];
    #[cfg(feature = "aws-lc-rs")]
    sharable::<verify::AwsLc>();
    let asserted: BTreeSet<String> = asserted
        .iter()
        .map(|name| {
            name.split('<').next().unwrap().chars().filter(|c| !c.is_whitespace()).collect()
        })
        .chain(["question::AwsLc", "question::RustCrypto", "verify::AwsLc"].map(str::to_owned))
        .collect();
    let exported: BTreeSet<String> = MODULES.iter().flat_map(|module| exported(module)).collect();
    assert!(exported.len() > 100, "only {} types found", exported.len());
    let forgotten: Vec<&String> = exported.difference(&asserted).collect();
    assert!(forgotten.is_empty(), "not asserted to be Send and Sync: {forgotten:?}");
}

#[test]
fn every_module_is_looked_at() {
    let lib =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let public = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|name| name.trim_end_matches(';'));
    // Pages and guides have no types.
    let forgotten: Vec<&str> = public
        .filter(|name| !MODULES.contains(name) && !["explain", "guide", "json"].contains(name))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

/// A provider that is used as a type only.
#[derive(Debug)]
struct NoKeys;

impl verify::SignatureVerifier for NoKeys {
    fn supports(&self, _: wire::DigestAlgorithm) -> bool {
        false
    }

    fn verify(
        &self,
        _: &verify::RsaKey<'_>,
        _: wire::DigestAlgorithm,
        _: verify::Message<'_>,
        _: &[u8],
    ) -> bool {
        false
    }
}
