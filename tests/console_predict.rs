//! A paste replaces its list: the prediction is that of the file, or `depends` if the paste lacks a
//! fact that it needs.
#![cfg(feature = "rsa")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use trustlist::code::ConditionCode;
use trustlist::console::{self, Print, SignatureWord};
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::phone::{
    Condition, Device, InstalledLists, Judgement, ListOffer, Offer, Outcome, Phone,
    SecurityByDefault, Tvs, predict,
};
use trustlist::verify::RustCrypto;
use trustlist::wire::TrustList;

/// The judgement of the one list that is offered, in place of the installed one of its kind.
fn judge(
    files: &Files<RustCrypto>,
    installed: &Arc<ListFacts>,
    offered: &Arc<ListFacts>,
) -> Judgement {
    let held = |kind| if installed.kind == kind { Some(installed.clone()) } else { None };
    let offer = |kind| {
        if offered.kind == kind { ListOffer::List(offered.clone()) } else { ListOffer::NotFound }
    };
    let phone =
        Phone::new(Device::of_model("7975").with_security_by_default(SecurityByDefault::Yes))
            .with_installed(InstalledLists::of(held(ListKind::Ctl), held(ListKind::Itl)));
    let offer = Offer::new().with_ctl(offer(ListKind::Ctl)).with_itl(offer(ListKind::Itl));
    let prediction = predict(&phone, &offer, &Tvs::Unknown, files);
    if offered.kind == ListKind::Ctl { prediction.ctl } else { prediction.itl }
}

fn pasted(files: &mut Files<RustCrypto>, text: &str) -> Arc<ListFacts> {
    let print = console::list(text, None).unwrap();
    let file = print.file(files);
    Arc::new(print.facts(file))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// The print of a file, without its checksums: else it would be known as the file.
fn print_of(bytes: &[u8]) -> String {
    let mut print =
        Print::from_list(&TrustList::parse(bytes).unwrap(), SignatureWord::Good).unwrap();
    (print.md5, print.sha1) = (None, None);
    print.to_string()
}

fn codes(judgement: &Judgement) -> Vec<ConditionCode> {
    judgement.conditions().iter().map(Condition::code).collect()
}

#[test]
fn an_installed_paste_vouches_as_its_file_does() {
    for (old, new) in [
        ("recovery/before/ITLFile.tlv", "recovery/after-callmanager/ITLFile.tlv"),
        ("cluster/before/ITLFile.tlv", "cluster/after-callmanager/ITLFile.tlv"),
        ("mixed/before/CTLFile.tlv", "mixed/after-callmanager/CTLFile.tlv"),
        ("cluster/rollback/ITLFile.tlv", "cluster/before/ITLFile.tlv"),
    ] {
        let mut files = Files::new(RustCrypto);
        let (file, offered) = (files.list(bytes(old)).unwrap(), files.list(bytes(new)).unwrap());
        let paste = pasted(&mut files, &print_of(&bytes(old)));
        let (by_file, by_paste) = (judge(&files, &file, &offered), judge(&files, &paste, &offered));
        assert_eq!(by_paste.outcome(), by_file.outcome(), "{old}: {:?}", codes(&by_paste));
        assert_eq!(by_paste.via(), by_file.via(), "{old}");
    }
}

/// Nobody can check the signature of an offered paste: never a plain accept.
#[test]
fn an_offered_paste_is_never_simply_accepted() {
    let mut files = Files::new(RustCrypto);
    let installed = files.list(bytes("recovery/before/ITLFile.tlv")).unwrap();
    let paste = pasted(&mut files, &print_of(&bytes("recovery/after-callmanager/ITLFile.tlv")));
    let judgement = judge(&files, &installed, &paste);
    assert_eq!(judgement.outcome(), Outcome::Depends);
    assert!(
        codes(&judgement).contains(&ConditionCode::SignatureNotChecked),
        "{:?}",
        codes(&judgement)
    );
}

/// A paste with the checksums of a known file is that file.
#[test]
fn checksums_tell_which_file_a_paste_is_of() {
    let mut files = Files::new(RustCrypto);
    let old = bytes("cluster/before/ITLFile.tlv");
    let installed = files.list(old.clone()).unwrap();
    let text = Print::from_list(&TrustList::parse(&old).unwrap(), SignatureWord::Good)
        .unwrap()
        .to_string();
    let paste = pasted(&mut files, &text);
    assert_eq!(judge(&files, &installed, &paste).outcome(), Outcome::Unchanged);
}

/// The paste of a list, cut before this record.
fn cut_before(files: &mut Files<RustCrypto>, name: &str, record: &str) -> Arc<ListFacts> {
    let text = print_of(&bytes(name));
    pasted(files, &text[..text.find(record).unwrap()])
}

/// A cut paste may have lost the signer: its silence refuses nothing. It may have lost the TFTP and
/// TVS records too: it is neither a blank ITL, which would let anything in, nor known to be a
/// reduced CTL.
#[test]
fn a_cut_paste_leaves_the_answer_open() {
    for (installed, record, offered) in [
        ("mixed/after-callmanager/CTLFile.tlv", "CTL Record #:3", "mixed/before/CTLFile.tlv"),
        ("mixed/after-callmanager/CTLFile.tlv", "CTL Record #:2", "mixed/before/CTLFile.tlv"),
        ("cluster/before/ITLFile.tlv", "ITL Record #:3", "cluster/after-both/ITLFile.tlv"),
        ("cluster/before/ITLFile.tlv", "ITL Record #:1", "cluster/after-both/ITLFile.tlv"),
    ] {
        let mut files = Files::new(RustCrypto);
        let offered = files.list(bytes(offered)).unwrap();
        let paste = cut_before(&mut files, installed, record);
        let judgement = judge(&files, &paste, &offered);
        assert_eq!(
            judgement.outcome(),
            Outcome::Depends,
            "{installed} cut before {record}: {:?}",
            judgement.decisive()
        );
    }
}
