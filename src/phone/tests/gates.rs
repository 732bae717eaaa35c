//! Tests of the checks for every file, and of the key that the phone uses.

use super::super::testing::{CONFIG, Lab, OFFERED_CTL, OFFERED_ITL, certificate, keyed, record};
use super::super::{DigestSet, Finding, FindingKind, InstalledLists, ListOffer, Outcome, Weight};
use super::*;
use crate::facts::{FileId, KeyFacts, Name, NotChecked, SignatureAnswer, Timestamp};
use crate::wire::DigestAlgorithm::{Sha1, Sha512};
use alloc::{format, sync::Arc};

/// A phone whose ITL vouches for the signer of the new one.
fn trusted() -> Lab {
    Lab::new().itl("itlr.1", ITL).offer_itl("itlr.1", NEW)
}

fn sha512(lab: Lab) -> Lab {
    lab.edit_itl(|list| list.digest = Sha512)
}

#[test]
fn empty_files() {
    let mut lab = trusted().ctl("itlr.1", CTL);
    (lab.offer.ctl, lab.offer.itl) = (ListOffer::Empty, ListOffer::Empty);
    let prediction = lab.predict();
    open(&prediction.ctl, Open::EmptyFile, None);
    open(&prediction.itl, Open::EmptyFile, None);
    assert_eq!(lab.boot().again, lab.boot().first, "an empty file installs nothing");
    // Without any list the boot continues; a CTL accepted at the same boot counts as a list.
    lab.phone.installed = InstalledLists::NONE;
    by(&lab.judge_ctl(), Outcome::NotOffered, Found::ZeroBytes);
    by(&lab.judge_itl(), Outcome::NotOffered, Found::ZeroBytes);
    open(&lab.offer_ctl("itlr.1", CTL).judge_itl(), Open::EmptyFile, None);
}

#[test]
fn digests() {
    by(&trusted().judge_itl(), Outcome::Accept, Found::SignerInItl);
    open(&sha512(trusted()).judge_itl(), Open::DigestSupportUnknown, None);
    let by_load = sha512(trusted()).device(|device| device.sha512_leans = ACCEPT);
    open(&by_load.judge_itl(), Open::DigestSupportUnknown, ACCEPT);
    let other = by_load.edit_itl(|list| list.digest = crate::wire::DigestAlgorithm::Sha256);
    open(&other.judge_itl(), Open::DigestSupportUnknown, None);
    let checks = |digests: &[_]| {
        sha512(trusted()).device(|device| device.digests = Some(DigestSet::of(digests))).judge_itl()
    };
    by(&checks(&[Sha1]), Outcome::Reject, Found::DigestUnsupported);
    by(&checks(&[Sha1, Sha512]), Outcome::Accept, Found::SignerInItl);
}

#[test]
fn an_open_gate_leaves_a_refusal_a_refusal() {
    let foreign = sha512(Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs());
    by(&foreign.judge_itl(), Outcome::Reject, Found::SignerUnknown);
}

#[test]
fn leans_of_several_questions() {
    let fips = |lab: Lab| {
        lab.device(|device| (device.fips, device.sha512_leans) = (true, ACCEPT))
            .edit_itl(|list| list.key_bits = Some(1024))
    };
    open(&fips(trusted()).judge_itl(), Open::FipsKeySize, REJECT);
    open(&fips(sha512(trusted())).judge_itl(), Open::FipsKeySize, REJECT);
    let named = sha512(trusted())
        .device(|device| device.sha512_leans = ACCEPT)
        .edit_itl(|list| list.file_name = Some(Arc::from("x.tlv")));
    open(&named.judge_itl(), Open::UnusualFileName, None);
}

#[test]
fn key_sizes_at_their_limits() {
    let keyed = |bits, limit| {
        let lab = trusted()
            .device(|device| device.max_key_bits = Some(limit))
            .edit_itl(|list| list.key_bits = bits);
        lab.judge_itl()
    };
    by(&keyed(Some(2048), 2048), Outcome::Accept, Found::SignerInItl);
    by(&keyed(Some(2049), 2048), Outcome::Reject, Found::KeyTooLong);
    by(&keyed(None, 2047), Outcome::Reject, Found::KeyTooLong);
    let unlimited = |bits| trusted().edit_itl(|list| list.key_bits = Some(bits)).judge_itl();
    by(&unlimited(2048), Outcome::Accept, Found::SignerInItl);
    open(&unlimited(2049), Open::KeyLimitUnknown, None);
    let fips = |bits| {
        trusted()
            .device(|device| device.fips = true)
            .edit_itl(|list| list.key_bits = bits)
            .judge_itl()
    };
    by(&fips(Some(2048)), Outcome::Accept, Found::SignerInItl);
    open(&fips(Some(2047)), Open::FipsKeySize, REJECT);
    let mut unknown =
        trusted().device(|device| device.fips = true).edit_itl(|list| list.key_bits = None);
    let itl = Arc::make_mut(unknown.held().itl.as_mut().unwrap());
    itl.records[0].certificate = Some(keyed_as("itlr.1"));
    open(&unknown.judge_itl(), Open::KeySizeUnknown, None);
}

fn keyed_as(label: &str) -> Arc<crate::facts::CertificateFacts> {
    super::super::testing::keyed(label, 1)
}

#[test]
fn sizes_at_their_limits() {
    let sized = |size| trusted().edit_itl(|list| list.size = Some(size)).judge_itl();
    by(&sized(65_536), Outcome::Accept, Found::SignerInItl);
    by(&sized(65_537), Outcome::Reject, Found::ItlOversize);
    let many = |count: u32, size| {
        let records = (1..=count).flat_map(|index| {
            let text = format!("TVS:many{index}.1");
            [record(index, &text), record(index, &text)]
        });
        trusted().edit_itl(|list| (list.records, list.size) = (records.collect(), size)).judge_itl()
    };
    by(&many(39, None), Outcome::Accept, Found::SignerInItl);
    by(&many(40, None), Outcome::Reject, Found::ItlOversize);
    by(&many(40, Some(60_000)), Outcome::Accept, Found::SignerInItl);
}

/// P-SIG-4: reported only if one authority issued both certificates.
#[test]
fn the_same_authority_is_told_and_no_other() {
    let told = |held: &str, offered: &str| {
        let mut lab = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).no_tvs();
        let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
        Arc::make_mut(itl.records[0].certificate.as_mut().unwrap()).identity.issuer =
            Name::new(held);
        let lab = lab.edit_itl(|list| list.signer.as_mut().unwrap().issuer = Name::new(offered));
        tells(&lab.judge_itl(), Found::SameCa)
    };
    assert!(told("CN=ca1", "CN=ca1"));
    assert!(!told("CN=ca2", "CN=ca1") && !told("CN=itlr", "CN=ca1") && !told("CN=x", "CN=x"));
}

#[test]
fn a_ctl_may_be_large() {
    let lab = Lab::new().ctl("itlr.1", CTL).offer_ctl("itlr.1", CTL);
    let ListOffer::List(list) = &lab.offer.ctl else { panic!("no list") };
    let mut large = (**list).clone();
    large.size = Some(100_000);
    let lab = Lab {
        offer: super::super::Offer { ctl: ListOffer::List(Arc::new(large)), ..lab.offer.clone() },
        ..lab
    };
    by(&lab.judge_ctl(), Outcome::Accept, Found::SignerInCtl);
}

#[test]
fn notes_that_decide_nothing() {
    let mut lab = trusted().edit_itl(|list| {
        list.timestamp = Some(Timestamp(5));
        list.signer_subject = crate::facts::Name::new("CN=another");
        list.records.push(record(9, "SAST:third.1"));
    });
    let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
    itl.timestamp = Some(Timestamp(9));
    let dated = (*certificate("itlr.1")).clone().with_not_before(Some(Timestamp(50)));
    let dated = dated.with_not_after(Some(Timestamp(60)));
    itl.records[0].certificate = Some(Arc::new(dated));
    let undated = lab.judge_itl();
    by(&undated, Outcome::Accept, Found::SignerInItl);
    assert!(
        tells(&undated, Found::OlderList)
            && tells(&undated, Found::SignerSubjectDiffers)
            && tells(&undated, Found::MoreThanTwoSast)
    );
    let older = |finding: &Finding| finding.kind == FindingKind::OlderList(None);
    assert!(undated.findings().iter().any(older), "no dates without `at`");
    for (at, code, told) in [
        (40, Found::SignerNotYetValid, true),
        (50, Found::SignerNotYetValid, false),
        (60, Found::SignerExpired, false),
        (61, Found::SignerExpired, true),
    ] {
        lab.offer.at = Some(Timestamp(at));
        by(&lab.judge_itl(), Outcome::Accept, Found::SignerInItl);
        assert_eq!(tells(&lab.judge_itl(), code), told, "{code} at {at}");
    }
}

#[test]
fn a_broken_signature_is_refused_whoever_the_signer() {
    by(&trusted().broken(OFFERED_ITL).judge_itl(), Outcome::Reject, Found::SignatureBroken);
    let foreign = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW).broken(OFFERED_ITL);
    by(&foreign.clone().no_tvs().judge_itl(), Outcome::Reject, Found::SignatureBroken);
    by(&foreign.clone().judge_itl(), Outcome::Reject, Found::SignatureBroken);
    by(
        &foreign.server("ccm1", "tvs1.1", &["x.1:SAST"]).judge_itl(),
        Outcome::Reject,
        Found::SignatureBroken,
    );
    let ctl = Lab::new().itl("itlr.1", ITL).offer_ctl("x.1", NEW).no_tvs().broken(OFFERED_CTL);
    by(&ctl.judge_ctl(), Outcome::Reject, Found::SignatureBroken);
    by(
        &Lab::new().itl("itlr.1", ITL).config("ccm1.1").broken(CONFIG).judge_config(),
        Outcome::Reject,
        Found::SignatureBroken,
    );
    by(
        &Lab::new().itl("itlr.1", ITL).config("x.1").broken(CONFIG).judge_config(),
        Outcome::Reject,
        Found::SignatureBroken,
    );
}

#[test]
fn a_broken_signature_on_faith_is_open() {
    open(
        &Lab::new().offer_ctl("x.1", CTL).broken(OFFERED_CTL).judge_ctl(),
        Open::SignatureBrokenOnFaith,
        None,
    );
    open(
        &Lab::new().offer_itl("x.1", NEW).broken(OFFERED_ITL).judge_itl(),
        Open::SignatureBrokenOnFaith,
        None,
    );
    let blank = Lab::new().itl("itlr.1", BLANK).offer_itl("x.1", NEW).broken(OFFERED_ITL);
    open(&blank.judge_itl(), Open::SignatureBrokenOnFaith, None);
    by(&blank.ctl("itlr.1", CTL).judge_itl(), Outcome::Reject, Found::SignatureBroken);
}

/// The phone has `itlr.1` with key 1; a forger has a certificate with the same issuer and serial
/// number and key 2.
fn forged(in_list: bool) -> Lab {
    let mut lab = trusted().edit_itl(|list| {
        list.records[0].certificate =
            Some(if in_list { keyed("itlr.1", 2) } else { keyed("itlr.1", 1) });
    });
    Arc::make_mut(lab.held().itl.as_mut().unwrap()).records[0].certificate =
        Some(keyed("itlr.1", 1));
    let ListOffer::List(list) = &mut lab.offer.itl else { panic!("no list") };
    Arc::make_mut(list).signer = Some(keyed("itlr.1", 1).identity.clone());
    lab.keys.push((FileId::symbol(OFFERED_ITL), keyed("itlr.1", 2).key().clone()));
    lab
}

#[test]
fn a_list_that_brings_its_own_key_is_an_impersonation() {
    let judgement = forged(true).judge_itl();
    by(&judgement, Outcome::Reject, Found::SignerImpersonated);
    assert!(judgement.findings().iter().any(|finding| finding.weight == Weight::Refuses));
    by(&forged(false).judge_itl(), Outcome::Reject, Found::SignatureBroken);
    let mut honest = forged(true);
    honest.keys = [(FileId::symbol(OFFERED_ITL), keyed("itlr.1", 1).key().clone())].into();
    by(&honest.judge_itl(), Outcome::Accept, Found::SignerInItl);
}

#[test]
fn a_forged_ctl_and_a_forged_key_behind_tvs() {
    let mut lab = Lab::new().ctl("itlr.1", CTL).offer_ctl("itlr.1", CTL);
    Arc::make_mut(lab.held().ctl.as_mut().unwrap()).records[0].certificate =
        Some(keyed("itlr.1", 1));
    let ListOffer::List(list) = &mut lab.offer.ctl else { panic!("no list") };
    Arc::make_mut(list).records[0].certificate = Some(keyed("itlr.1", 2));
    lab.keys.push((FileId::symbol(OFFERED_CTL), keyed("itlr.1", 2).key().clone()));
    by(&lab.judge_ctl(), Outcome::Reject, Found::SignerImpersonated);

    // TVS returns the real certificate of that issuer and serial number.
    let mut lab = Lab::new().itl("itlr.1", ITL).offer_itl("x.1", &["SAST:x.1"]).server(
        "ccm1",
        "tvs1.1",
        &["x.1:SAST"],
    );
    lab = lab.edit_itl(|list| list.records[0].certificate = Some(keyed("x.1", 2)));
    lab.keys.push((FileId::symbol(OFFERED_ITL), keyed("x.1", 2).key().clone()));
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerImpersonated);
}

#[test]
fn a_forged_configuration_is_told_by_the_forged_list_beside_it() {
    let mut lab = Lab::new().itl("itlr.1", ITL).config("ccm1.1").offer_itl("itlr.1", NEW).no_tvs();
    Arc::make_mut(lab.held().itl.as_mut().unwrap()).records[2].certificate =
        Some(keyed("ccm1.1", 1));
    lab = lab.edit_itl(|list| list.records.push(record(6, "CCM+TFTP:ccm1.1"))).broken(OFFERED_ITL);
    lab = lab.edit_itl(|list| list.records[5].certificate = Some(keyed("ccm1.1", 2)));
    lab.keys.push((FileId::symbol(CONFIG), keyed("ccm1.1", 2).key().clone()));
    by(&lab.judge_config(), Outcome::Reject, Found::SignerImpersonated);
    lab.offer.itl = ListOffer::NotFound;
    by(&lab.judge_config(), Outcome::Reject, Found::SignatureBroken);
}

#[test]
fn the_first_list_is_checked_against_its_own_record() {
    let mut lab = Lab::new()
        .offer_itl("x.1", &["SAST:x.1"])
        .edit_itl(|list| list.records[0].certificate = Some(keyed("x.1", 1)));
    lab.keys.push((FileId::symbol(OFFERED_ITL), keyed("x.1", 1).key().clone()));
    by(&lab.judge_itl(), Outcome::InstallFirst, Found::FirstUse);
    lab.keys = [(FileId::symbol(OFFERED_ITL), keyed("x.1", 2).key().clone())].into();
    open(&lab.judge_itl(), Open::SignatureBrokenOnFaith, None);
}

#[test]
fn not_checked_never_reads_as_valid() {
    for (why, leans) in
        [(NotChecked::TextOnly, ACCEPT), (NotChecked::NoKey, None), (NotChecked::KeyRefused, None)]
    {
        let unchecked = SignatureAnswer::NotChecked(why);
        open(
            &trusted().answer(OFFERED_ITL, unchecked).judge_itl(),
            Open::SignatureNotChecked,
            leans,
        );
        open(
            &Lab::new().offer_itl("x.1", NEW).answer(OFFERED_ITL, unchecked).judge_itl(),
            Open::SignatureNotChecked,
            leans,
        );
        let foreign = Lab::new()
            .itl("itlr.1", ITL)
            .offer_itl("x.1", NEW)
            .no_tvs()
            .answer(OFFERED_ITL, unchecked);
        by(&foreign.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }
}

#[test]
fn an_elliptic_curve_key_signs_nothing() {
    let mut lab = trusted().answer(OFFERED_ITL, SignatureAnswer::NotChecked(NotChecked::NoKey));
    let held = lab
        .held()
        .itl
        .as_mut()
        .map(Arc::make_mut)
        .and_then(|itl| itl.records[0].certificate.as_mut())
        .unwrap();
    *held = Arc::new((**held).clone().with_key(KeyFacts::Other));
    open(&lab.judge_itl(), Open::SignatureNotChecked, None);
    assert!(tells(&lab.judge_itl(), Found::SignerKeyNotRsa));
}
