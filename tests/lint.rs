//! `lint`: one list for every code, and none for lists that are sound.
#![cfg(all(feature = "serde", feature = "rsa"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;
mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use support::cluster::{self, BEFORE, Holder};
use trustlist::code::{Level, LintCode};
use trustlist::facts::{
    Completeness, FileId, KeyFacts, ListFacts, ListKind, RecordIndex, Serial, Timestamp,
};
use trustlist::lint::Release;
use trustlist::lint::{LintFinding, LintOptions, LintValue, lint, lint_facts};
use trustlist::report;
use trustlist::verify::RustCrypto;
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};

fn found(bytes: &[u8], options: &LintOptions) -> Vec<LintFinding> {
    lint(&TrustList::parse(bytes).unwrap(), &RustCrypto, options).unwrap()
}

fn release(text: &str) -> Option<Release> {
    Some(text.parse().unwrap())
}

fn codes(findings: &[LintFinding]) -> Vec<LintCode> {
    findings.iter().map(|finding| finding.code).collect()
}

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

fn manager() -> Holder {
    cluster::call_manager("ccm1", 1)
}

/// A sound ITL to spoil: signed by the CallManager of `ccm1`.
fn itl() -> ListBuilder {
    cluster::itl(
        &manager(),
        "ccm1",
        &manager(),
        &cluster::recovery(1),
        &cluster::all_tvs(1),
        BEFORE,
    )
}

fn signed(list: &ListBuilder) -> Vec<u8> {
    list.sign(&manager().key.signer).unwrap()
}

fn with(record: RecordBuilder) -> Vec<u8> {
    signed(&itl().record(record))
}

/// A record of `ccm2` whose fields a test spoils; record 8 of [`itl`].
fn record() -> RecordBuilder {
    cluster::call_manager("ccm2", 1).certificate.record(Role::CcmTftp, Layout::Cucm).server("ccm2")
}

fn at(date: &str) -> LintOptions {
    LintOptions { at: Timestamp::parse(date), ..LintOptions::default() }
}

/// For each code: what is wrong, the list, how it is looked at, the level and the record.
#[allow(clippy::type_complexity)]
fn table() -> Vec<(LintCode, Vec<u8>, LintOptions, Level, Option<u32>)> {
    let plain = LintOptions::default;
    let other = cluster::call_manager("ccm3", 1);
    let over_39 = (0..40).map(|number| {
        RecordBuilder::new(Role::Ccm)
            .subject("CN=x")
            .issuer("CN=x")
            .serial(vec![number + 1])
            .public_key(manager().certificate.public_key)
    });
    let near = RecordBuilder::new(Role::Ccm).extra(99, vec![0; 55_000]);
    vec![
        (
            LintCode::CertificateDatesUnknown,
            testdata("cluster/before/ITLFile.tlv"),
            at("2026-11-20"),
            Level::Note,
            None,
        ),
        (
            LintCode::CertificateExpired,
            testdata("cluster/before/ITLFile.tlv"),
            at("2040-01-01"),
            Level::Warning,
            Some(1),
        ),
        (
            LintCode::CertificateExpiring,
            testdata("mixed/before/CTLFile.tlv"),
            LintOptions { within_days: Some(90), ..at("2029-01-01") },
            Level::Warning,
            Some(1),
        ),
        (
            LintCode::CertificateNotYetValid,
            testdata("cluster/before/ITLFile.tlv"),
            at("2020-01-01"),
            Level::Warning,
            Some(1),
        ),
        (
            LintCode::CertificateUnreadable,
            with(record().certificate(b"no certificate".as_slice())),
            plain(),
            Level::Error,
            Some(8),
        ),
        (
            LintCode::CertificatesOver39,
            signed(&itl().records(over_39)),
            plain(),
            Level::Warning,
            None,
        ),
        (
            LintCode::ConflictingRecords,
            with(
                record()
                    .serial(cluster::serial("CallManager ccm1.voice.example 1"))
                    .issuer("CN=ccm1.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL"),
            ),
            plain(),
            Level::Error,
            Some(8),
        ),
        (LintCode::DigestSha1, testdata("cluster/before/ITLFile.tlv"), plain(), Level::Note, None),
        (LintCode::DnsNameDiffers, with(record().server("ccm9")), plain(), Level::Note, Some(8)),
        (
            LintCode::DuplicateRecord,
            signed(&itl().record(record()).record(record())),
            plain(),
            Level::Warning,
            Some(9),
        ),
        (LintCode::EmptiedRecord, testdata("mixed/left/CTLFile.tlv"), plain(), Level::Note, None),
        (
            LintCode::FileNameUnusual,
            signed(&itl().file_name("ITLSEP001122334455.tlv")),
            plain(),
            Level::Warning,
            None,
        ),
        (
            LintCode::KeyShort,
            testdata("digests/rsa1024/ITLFile.tlv"),
            plain(),
            Level::Warning,
            Some(1),
        ),
        (
            LintCode::KeyUnusable,
            with(
                RecordBuilder::new(Role::Sast)
                    .subject("CN=k")
                    .issuer("CN=k")
                    .serial([9])
                    .public_key(b"\x30\x06\x02\x01\x0f\x02\x01\x03".as_slice()),
            ),
            plain(),
            Level::Warning,
            Some(8),
        ),
        (
            LintCode::ListBlank,
            testdata("cluster/rollback/ITLFile.tlv"),
            plain(),
            Level::Warning,
            None,
        ),
        (LintCode::ListReduced, testdata("mixed/left/CTLFile.tlv"), plain(), Level::Warning, None),
        (
            LintCode::NoRecoveryAnchor,
            testdata("forms/39-certificates.tlv"),
            LintOptions { cucm: release("12.5"), ..plain() },
            Level::Error,
            None,
        ),
        (
            LintCode::NoTvsRecord,
            signed(
                &cluster::list(&manager(), "ITLFile.tlv", BEFORE)
                    .record(cluster::itl_record(Role::Sast, "ccm1", &manager()))
                    .record(cluster::itl_record(Role::CcmTftp, "ccm1", &manager())),
            ),
            plain(),
            Level::Warning,
            None,
        ),
        (LintCode::PaddingUnusual, spoiled_padding(), plain(), Level::Note, None),
        (
            LintCode::RecordHashDiffers,
            with(record().certificate_hash(DigestAlgorithm::Sha1, [7; 20])),
            plain(),
            Level::Error,
            Some(8),
        ),
        (
            LintCode::RecordIssuerDiffers,
            with(record().issuer("CN=another")),
            plain(),
            Level::Error,
            Some(8),
        ),
        (
            LintCode::RecordKeyDiffers,
            with(record().public_key(other.certificate.public_key.clone())),
            plain(),
            Level::Error,
            Some(8),
        ),
        (
            LintCode::RecordSerialDiffers,
            with(record().serial([1, 2, 3])),
            plain(),
            Level::Error,
            Some(8),
        ),
        (
            LintCode::RecordSerialReversed,
            with(record().serial(reversed(&cluster::call_manager("ccm2", 1).certificate.serial))),
            plain(),
            Level::Note,
            Some(8),
        ),
        (
            LintCode::RecordSignatureDiffers,
            with(record().certificate_signature(other.certificate.signature.clone())),
            plain(),
            Level::Warning,
            Some(8),
        ),
        (
            LintCode::RecordSubjectDiffers,
            with(record().subject("CN=another")),
            plain(),
            Level::Warning,
            Some(8),
        ),
        (
            LintCode::SastOverTwo,
            with(cluster::itl_record(Role::Sast, "ccm2", &cluster::call_manager("ccm2", 1))),
            plain(),
            Level::Note,
            None,
        ),
        (LintCode::SignerNotInList, other_signer(), plain(), Level::Error, None),
        (
            LintCode::SignerNotSast,
            signed(&cluster::list(&manager(), "ITLFile.tlv", BEFORE).record(cluster::itl_record(
                Role::CcmTftp,
                "ccm1",
                &manager(),
            ))),
            plain(),
            Level::Error,
            Some(1),
        ),
        (
            LintCode::SignatureWrong,
            testdata("bad/flipped-signature.tlv"),
            plain(),
            Level::Error,
            Some(1),
        ),
        (LintCode::SignatureUnverifiable, unknown_digest(), plain(), Level::Warning, Some(1)),
        (LintCode::SizeOverLimit, testdata("forms/over-64-kib.tlv"), plain(), Level::Error, None),
        (LintCode::SizeNearLimit, with(near), plain(), Level::Warning, None),
        (LintCode::UnknownRole, testdata("forms/every-form.tlv"), plain(), Level::Note, None),
        (LintCode::UnknownTag, testdata("forms/every-form.tlv"), plain(), Level::Note, None),
        (
            LintCode::ValidityUnusual,
            with(cluster::itl_record(Role::Sast, "ccm2", &valid_for_30_years())),
            plain(),
            Level::Note,
            Some(8),
        ),
        (LintCode::VersionUnusual, signed(&itl().version(1, 3)), plain(), Level::Note, None),
        (LintCode::ContainerLength, wrong_container(), plain(), Level::Warning, None),
    ]
}

fn valid_for_30_years() -> Holder {
    let start = 1_709_629_960;
    cluster::holder(
        "ccm2.voice.example",
        "CallManager",
        9,
        (start, start + 30 * 365 * 86_400),
        "rsa2048-04",
    )
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

fn other_signer() -> Vec<u8> {
    let stranger = cluster::call_manager("ccm2", 2);
    let list = cluster::itl(
        &stranger,
        "ccm1",
        &manager(),
        &cluster::recovery(1),
        &cluster::all_tvs(1),
        BEFORE,
    );
    list.sign(&stranger.key.signer).unwrap()
}

/// The digest tag (8) set to 9; the signature then covers other bytes, but that cannot be detected.
fn unknown_digest() -> Vec<u8> {
    let mut bytes = testdata("cluster/before/ITLFile.tlv");
    let at = TrustList::parse(&bytes).unwrap().header().tag_range(8).unwrap();
    bytes[at.end - 1] = 9;
    bytes
}

fn wrong_container() -> Vec<u8> {
    let mut bytes = testdata("cluster/before/ITLFile.tlv");
    let at = TrustList::parse(&bytes).unwrap().header().tag_range(7).unwrap();
    bytes[at.start + 2] = 16;
    bytes
}

fn spoiled_padding() -> Vec<u8> {
    let mut bytes = testdata("cluster/before/ITLFile.tlv");
    let header = TrustList::parse(&bytes).unwrap();
    let (length, padding) =
        (usize::from(header.header().length()), header.header().padding().len());
    if padding > 1 {
        bytes[length - 1] = 0;
        return bytes;
    }
    // One padding byte or none: one more, which breaks the multiple of four.
    bytes.insert(length, 0x0d);
    let longer = u16::try_from(length + 1).unwrap().to_be_bytes();
    bytes[8..10].copy_from_slice(&longer);
    bytes
}

#[test]
fn each_code_has_a_list_that_shows_it() {
    let mut seen = BTreeSet::new();
    for (code, bytes, options, level, record) in table() {
        let findings = found(&bytes, &options);
        let finding = findings.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{code}: only {:?}", codes(&findings)));
        assert_eq!(finding.level, level, "{code}");
        if record.is_some() {
            assert_eq!(finding.record.map(|RecordIndex(index)| index), record, "{code}");
        }
        let line = report::lint::line(finding);
        assert!(line.contains(code.as_str()) && line.contains(level.as_str()), "{line}");
        assert_eq!(report::lint::json(finding)["code"], code.as_str());
        seen.insert(code);
    }
    let missing: Vec<_> = LintCode::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no list shows {missing:?}");
}

/// Sound lists have no errors, and nothing but what is said of every list of their kind.
#[test]
fn sound_lists_are_clean() {
    let quiet = LintOptions {
        cucm: release("10.5"),
        allow: vec![LintCode::DigestSha1, LintCode::ValidityUnusual],
        ..LintOptions::default()
    };
    for name in
        ["cluster/before/ITLFile.tlv", "cluster/after-both/ITLFile.tlv", "mixed/before/CTLFile.tlv"]
    {
        assert_eq!(codes(&found(&testdata(name), &quiet)), [], "{name}");
    }
    let recovery = LintOptions { cucm: release("12.5"), ..quiet };
    for name in [
        "recovery/before/ITLFile.tlv",
        "recovery/before/CTLFile.tlv",
        "recovery/localkey/ITLFile.tlv",
    ] {
        assert_eq!(codes(&found(&testdata(name), &recovery)), [], "{name}");
    }
}

#[test]
fn deny_and_allow_change_level_and_list() {
    let list = testdata("cluster/before/ITLFile.tlv");
    assert!(codes(&found(&list, &LintOptions::default())).contains(&LintCode::DigestSha1));
    let denied =
        found(&list, &LintOptions { deny: vec![LintCode::DigestSha1], ..LintOptions::default() });
    assert_eq!((denied[0].code, denied[0].level), (LintCode::DigestSha1, Level::Error));
    let allowed =
        found(&list, &LintOptions { allow: vec![LintCode::DigestSha1], ..LintOptions::default() });
    assert!(!codes(&allowed).contains(&LintCode::DigestSha1));
}

#[test]
fn a_recovery_anchor_is_due_by_version() {
    let level = |name: &str, cucm| {
        let findings = found(&testdata(name), &LintOptions { cucm, ..LintOptions::default() });
        findings
            .iter()
            .find(|finding| finding.code == LintCode::NoRecoveryAnchor)
            .map(|finding| finding.level)
    };
    assert_eq!(level("forms/39-certificates.tlv", None), Some(Level::Note));
    assert_eq!(level("forms/39-certificates.tlv", release("9.1")), None);
    assert_eq!(level("forms/39-certificates.tlv", release("10.0")), Some(Level::Error));
    assert_eq!(level("mixed/etoken/CTLFile.tlv", release("10.5")), None);
    assert_eq!(level("mixed/etoken/CTLFile.tlv", release("11.5")), Some(Level::Error));
}

/// Limits to the byte and to the certificate (P-ALG-7).
#[test]
fn the_limits_are_exact() {
    let empty = signed(&itl().record(RecordBuilder::new(Role::Ccm).extra(99, vec![]))).len();
    let sized = |size: usize| {
        let bytes = with(RecordBuilder::new(Role::Ccm).extra(99, vec![0; size - empty]));
        assert_eq!(bytes.len(), size);
        codes(&found(&bytes, &LintOptions::default()))
    };
    assert!(!sized(61_136).contains(&LintCode::SizeNearLimit));
    assert!(sized(61_137).contains(&LintCode::SizeNearLimit));
    assert!(sized(65_536).contains(&LintCode::SizeNearLimit));
    assert!(sized(65_537).contains(&LintCode::SizeOverLimit));
    let certificates = |count: u8| {
        let records = (1..=count).map(|number| {
            RecordBuilder::new(Role::Ccm).subject("CN=x").issuer("CN=x").serial([number])
        });
        let list = cluster::list(&manager(), "ITLFile.tlv", BEFORE).records(records);
        codes(&found(&signed(&list), &LintOptions::default()))
            .contains(&LintCode::CertificatesOver39)
    };
    assert!(!certificates(39));
    assert!(certificates(40));
}

/// A print has neither keys nor dates: what facts alone can say is said, and nothing is guessed.
#[test]
fn prints_are_linted_by_their_facts() {
    let bytes = testdata("cluster/rollback/ITLFile.tlv");
    let facts =
        ListFacts::from_list(&TrustList::parse(&bytes).unwrap(), FileId::symbol(0)).unwrap();
    let carried = trustlist::console::carried(&facts);
    let options = at("2040-01-01");
    let findings = lint_facts(&carried, &options);
    assert!(codes(&findings).contains(&LintCode::ListBlank));
    assert!(!codes(&findings).contains(&LintCode::CertificateExpired));
}

/// A record that a cut paste lacks may be in the list; a CTL has no TVS record.
#[test]
fn a_missing_tvs_record_is_told_of_whole_itls_only() {
    let without =
        signed(&cluster::itl(&manager(), "ccm1", &manager(), &cluster::recovery(1), &[], BEFORE));
    let facts =
        ListFacts::from_list(&TrustList::parse(&without).unwrap(), FileId::symbol(0)).unwrap();
    let told = |facts: &ListFacts| {
        codes(&lint_facts(facts, &LintOptions::default())).contains(&LintCode::NoTvsRecord)
    };
    assert!(told(&facts));
    assert!(!told(&facts.clone().with_completeness(Completeness::Partial)));
    assert!(!told(&facts.with_kind(ListKind::Ctl)));
}

/// P-SIG-5: a key that no phone can use is a fault where the phone would check signatures with it.
#[test]
fn keys_of_records_that_sign_nothing_may_be_any() {
    let told = |role: Role| {
        let mut facts =
            ListFacts::from_list(&TrustList::parse(&signed(&itl())).unwrap(), FileId::symbol(0))
                .unwrap();
        let mut record = facts.records[0].clone();
        (record.role, record.index) = (role, RecordIndex(9));
        let held = Arc::make_mut(record.certificate.as_mut().unwrap());
        held.identity.serial = Serial::from_bytes(&[7, 7]);
        let key = KeyFacts::Rsa(Arc::from(&b"\x30\x06\x02\x01\x0f\x02\x01\x03"[..]));
        *held = held.clone().with_key(key);
        facts.records.push(record);
        codes(&lint_facts(&facts, &LintOptions::default())).contains(&LintCode::KeyUnusable)
    };
    assert!(told(Role::Sast) && told(Role::CcmTftp) && told(Role::Tftp));
    assert!(!told(Role::Tvs) && !told(Role::Capf));
}

/// Tokens write their names in quotes, padded, parts in another order.
#[test]
fn a_name_in_quotes_is_the_same_name() {
    let holder = cluster::call_manager("ccm2", 1);
    let plain = holder.certificate.subject.clone();
    let turned: Vec<&str> = plain.split(';').rev().collect();
    let differs = |name: &str| {
        codes(&found(&with(record().subject(name)), &LintOptions::default()))
            .contains(&LintCode::RecordSubjectDiffers)
    };
    for same in [
        plain.clone(),
        plain.to_uppercase(),
        format!("  \"{plain}\"  "),
        format!("\\\"{}\\\" ", turned.join(" , ")),
    ] {
        assert!(!differs(&same), "{same}");
    }
    assert!(differs(&format!("{plain}x")));
}

/// An expired certificate is judged to the second.
#[test]
fn the_last_second_is_valid() {
    let bytes = testdata("mixed/before/CTLFile.tlv");
    let facts =
        ListFacts::from_list(&TrustList::parse(&bytes).unwrap(), FileId::symbol(0)).unwrap();
    let end = facts.records[0].certificate.as_ref().unwrap().not_after().unwrap();
    let expired = |at| {
        codes(&found(&bytes, &LintOptions { at: Some(at), ..LintOptions::default() }))
            .contains(&LintCode::CertificateExpired)
    };
    assert!(!expired(end));
    assert!(expired(Timestamp(end.0 + 1)));
}

#[test]
fn findings_carry_values() {
    let findings = found(&with(record().serial([1, 2, 3])), &LintOptions::default());
    let finding =
        findings.iter().find(|finding| finding.code == LintCode::RecordSerialDiffers).unwrap();
    assert!(
        matches!(&finding.values[..], [("record_serial", LintValue::Serial(own)), ("certificate_serial", LintValue::Serial(_))] if own.to_string() == "010203")
    );
}

/// No list of the corpus makes it fail, and hostile ones with a wrong signature are errors.
#[test]
fn the_corpus_is_linted() {
    let folder = common::testdata("corpus/hostile");
    let mut wrong = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(list) = TrustList::parse(&bytes) else { continue };
        let Ok(findings) = lint(&list, &RustCrypto, &LintOptions::default()) else { continue };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("forgery-") || name.starts_with("flip-signature") {
            assert!(findings.iter().any(|finding| finding.level == Level::Error), "{name}");
            wrong += 1;
        }
    }
    assert!(wrong > 10);
}
