//! `diff`: by identity, and what it means for phones.
#![cfg(all(feature = "serde", feature = "rsa"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::console::{self, Print, SignatureWord};
use trustlist::diff::{Entry, ListDiff, diff};
use trustlist::facts::{Completeness, Files, ListFacts, ListKind, Name, Serial};
use trustlist::phone::{Decisive, Outcome};
use trustlist::report;
use trustlist::verify::RustCrypto;
use trustlist::wire::{Role, TrustList};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// The difference between two files of `testdata`, and the kind of the new one.
fn between(old: &str, new: &str) -> (ListDiff, ListKind) {
    let mut files = Files::new(RustCrypto);
    let (old, new) = (files.list(bytes(old)).unwrap(), files.list(bytes(new)).unwrap());
    (diff(&old, &new, &files), new.kind)
}

fn names(entries: &[Entry]) -> Vec<(String, Vec<Role>)> {
    let name = |entry: &Entry| {
        entry
            .certificate
            .as_ref()
            .and_then(|held| held.subject.common_name())
            .unwrap_or_default()
            .to_owned()
    };
    entries.iter().map(|entry| (name(entry), entry.roles.clone())).collect()
}

#[test]
fn the_same_list_does_not_differ() {
    let (diff, kind) = between("cluster/before/ITLFile.tlv", "cluster/before/ITLFile.tlv");
    assert!(diff.is_empty());
    assert_eq!(diff.phone.itl.outcome(), Outcome::Unchanged);
    assert!(report::diff::text(&diff, kind).contains("no difference"));
}

#[test]
fn a_regenerated_callmanager_is_renewed_in_both_roles() {
    let (diff, kind) =
        between("cluster/before/ITLFile.tlv", "cluster/after-callmanager/ITLFile.tlv");
    assert_eq!(diff.renewed.len(), 1);
    let change = &diff.renewed[0];
    assert_eq!(
        (&change.old.roles, &change.new.roles),
        (&vec![Role::Sast, Role::CcmTftp], &vec![Role::Sast, Role::CcmTftp])
    );
    assert!(change.old.not_after().unwrap() < change.new.not_after().unwrap());
    assert!(diff.signer.is_some() && diff.digest.is_none());
    assert!(
        diff.added.is_empty()
            && diff.removed.is_empty()
            && diff.roles.is_empty()
            && diff.replaced.is_empty()
    );
    // The signer is in no list; whether TVS helps is not known.
    assert_eq!(diff.phone.itl.outcome(), Outcome::Depends);
    assert!(
        diff.phone
            .itl
            .conditions()
            .iter()
            .any(|condition| condition.code() == ConditionCode::TvsUnknown)
    );
    let text = report::diff::text(&diff, kind);
    assert!(text.contains("regenerated") && text.contains("[tvs-unknown]"), "{text}");
    let json = report::diff::json(&diff, kind);
    assert_eq!(
        (&json["schema"], &json["phones"]["outcome"]),
        (&"trustlist.diff/1".into(), &"depends".into())
    );
    assert_eq!(json["renewed"].as_array().unwrap().len(), 1);
}

/// TVS and CallManager have the same subject: a common role decides which certificate replaces
/// which.
#[test]
fn regenerated_tvs_certificates_are_told_where_tvs_decides() {
    let meaning = |new| {
        let (diff, kind) = between("cluster/before/ITLFile.tlv", new);
        report::diff::sentence(&diff, kind)
    };
    let both = meaning("cluster/after-both/ITLFile.tlv");
    assert!(both.contains("3 TVS certificates were regenerated too"), "{both}");
    assert!(both.contains("refuses the new list if no server presents an old one"), "{both}");
    let callmanager = meaning("cluster/after-callmanager/ITLFile.tlv");
    assert!(!callmanager.contains("regenerated too"), "{callmanager}");
}

#[test]
fn renewals_are_paired_by_role() {
    let (diff, _) = between("cluster/before/ITLFile.tlv", "cluster/after-both/ITLFile.tlv");
    let roles: Vec<_> = diff
        .renewed
        .iter()
        .map(|change| (change.old.roles.clone(), change.new.roles.clone()))
        .collect();
    assert_eq!(roles.len(), 4);
    assert!(roles.iter().all(|(old, new)| old == new), "{roles:?}");
    assert!(diff.added.is_empty() && diff.removed.is_empty());
}

#[test]
fn a_list_of_a_known_signer_is_accepted() {
    let (diff, kind) =
        between("recovery/before/ITLFile.tlv", "recovery/after-callmanager/ITLFile.tlv");
    assert_eq!(diff.signer, None);
    assert_eq!(diff.phone.itl.outcome(), Outcome::Accept);
    assert!(
        report::diff::sentence(&diff, kind)
            .starts_with("Phones with the old ITL and no CTL accept the new ITL")
    );
}

#[test]
fn another_digest_is_named() {
    let (diff, _) = between("cluster/before/ITLFile.tlv", "digests/sha512/ITLFile.tlv");
    let digest = diff.digest.unwrap();
    assert_eq!((digest.old.to_string(), digest.new.to_string()), ("sha1".into(), "sha512".into()));
}

#[test]
fn what_went_and_what_came_is_listed() {
    let (diff, _) = between("cluster/before/ITLFile.tlv", "cluster/rollback/ITLFile.tlv");
    assert!(diff.renewed.is_empty() && diff.added.is_empty());
    assert!(names(&diff.removed).iter().any(|(_, roles)| roles == &[Role::Tvs]));
    let (back, _) = between("cluster/rollback/ITLFile.tlv", "cluster/before/ITLFile.tlv");
    assert_eq!(names(&back.added), names(&diff.removed));
    // A blank ITL lets any list in.
    assert_eq!(back.phone.itl.decisive(), Some(Decisive::Finding(FindingCode::BlankList)));
}

#[test]
fn a_changed_role_is_no_renewal() {
    let (diff, _) = between("cluster/before/ITLFile.tlv", "cluster/rollback/ITLFile.tlv");
    let change = &diff.roles[0];
    assert_eq!(
        (change.old.roles.clone(), change.new.roles.clone()),
        (vec![Role::Sast, Role::CcmTftp], vec![Role::Sast])
    );
}

/// Same issuer and serial number, another certificate: an impostor, said loudly.
#[test]
fn a_forged_certificate_is_replaced_not_kept() {
    let (diff, kind) = between("cluster/before/ITLFile.tlv", "bad/forged-signer.tlv");
    assert!(!diff.replaced.is_empty());
    assert_eq!(diff.phone.itl.outcome(), Outcome::Reject);
    assert!(report::diff::text(&diff, kind).contains("REPLACED"));
}

#[test]
fn a_reduced_ctl_lists_its_emptied_records() {
    let (diff, kind) = between("mixed/before/CTLFile.tlv", "mixed/left/CTLFile.tlv");
    assert_eq!(kind, ListKind::Ctl);
    assert!(diff.added.iter().all(|entry| entry.certificate.is_none()) && !diff.added.is_empty());
    assert!(diff.removed.iter().any(|entry| entry.roles == [Role::CcmTftp]));
    assert!(report::diff::text(&diff, kind).contains("no certificate, ccm1"));
}

/// Order does not matter: the positions of records are no difference.
#[test]
fn order_is_no_difference() {
    let mut files = Files::new(RustCrypto);
    let old = files.list(bytes("cluster/before/ITLFile.tlv")).unwrap();
    let mut turned = (*old).clone();
    turned.records.reverse();
    let diff = diff(&old, &Arc::new(turned), &files);
    assert!(diff.is_empty());
}

/// Each part alone is a difference.
#[test]
fn whatever_differs_is_a_difference() {
    let (same, _) = between("cluster/before/ITLFile.tlv", "cluster/before/ITLFile.tlv");
    let (other, _) = between("cluster/before/ITLFile.tlv", "cluster/after-both/ITLFile.tlv");
    let (roles, _) = between("cluster/before/ITLFile.tlv", "cluster/rollback/ITLFile.tlv");
    let change = || other.renewed.clone();
    for one in [
        ListDiff { signer: other.signer.clone(), ..same.clone() },
        ListDiff { added: roles.removed.clone(), ..same.clone() },
        ListDiff { removed: roles.removed.clone(), ..same.clone() },
        ListDiff { renewed: change(), ..same.clone() },
        ListDiff { roles: roles.roles, ..same.clone() },
        ListDiff { replaced: change(), ..same.clone() },
    ] {
        assert!(one != same && !one.is_empty(), "{one:?}");
    }
}

/// A certificate of another subject renews nothing, whatever its role.
#[test]
fn a_stranger_in_the_place_of_a_server_is_no_renewal() {
    let mut files = Files::new(RustCrypto);
    let old = files.list(bytes("cluster/before/ITLFile.tlv")).unwrap();
    let mut new = (*old).clone();
    let tvs = new.records.iter_mut().rfind(|record| record.role == Role::Tvs).unwrap();
    let held = Arc::make_mut(tvs.certificate.as_mut().unwrap());
    held.subject = Name::new("CN=stranger");
    held.identity.serial = Serial::from_bytes(&[7, 7]);
    let found = diff(&old, &Arc::new(new), &files);
    assert!(found.renewed.is_empty());
    assert_eq!(names(&found.added), [("stranger".to_owned(), vec![Role::Tvs])]);
    assert_eq!((found.removed.len(), &found.removed[0].roles), (1, &vec![Role::Tvs]));
}

/// A paste replaces its list: the difference is the same, as far as a paste goes.
#[test]
fn what_looks_like_a_mistake_is_noted() {
    let notes = |old, new| -> Vec<String> {
        let mut files = Files::new(RustCrypto);
        let (old, new) = (files.list(bytes(old)).unwrap(), files.list(bytes(new)).unwrap());
        report::diff::notes(&old, &new).collect()
    };
    let (before, after) = ("cluster/before/ITLFile.tlv", "cluster/after-callmanager/ITLFile.tlv");
    assert!(notes(before, after).is_empty());
    assert!(notes(before, before).is_empty());
    assert!(
        matches!(&notes(after, before)[..], [one] if one.contains("made 2026-11-02T07:30:00Z, before the first"))
    );
    // Which of two is newer says nothing where neither took the other's place.
    assert!(
        matches!(&notes(after, "cluster/from-ccm2/ITLFile.tlv")[..], [one] if one.contains("node ccm1, the second of ccm2"))
    );
    let of_two_kinds = [
        notes(before, "mixed/after-callmanager/CTLFile.tlv"),
        notes("mixed/after-callmanager/CTLFile.tlv", before),
    ];
    assert!(of_two_kinds.iter().all(
        |notes| matches!(&notes[..], [one] if one.contains("one is an ITL and the other a CTL"))
    ));
}

#[test]
fn prints_are_compared_too() {
    let mut files = Files::new(RustCrypto);
    let new = files.list(bytes("cluster/after-callmanager/ITLFile.tlv")).unwrap();
    let old = bytes("cluster/before/ITLFile.tlv");
    let text = Print::from_list(&TrustList::parse(&old).unwrap(), SignatureWord::Good)
        .unwrap()
        .to_string();
    let print = console::list(&text, Some(ListKind::Itl)).unwrap();
    let old: ListFacts = print.facts(print.file(&mut files));
    let found = diff(&Arc::new(old.clone()), &new, &files);
    assert_eq!((found.renewed.len(), found.completeness), (1, Completeness::Whole));
    let cut = old.with_completeness(Completeness::Partial);
    assert_eq!(diff(&Arc::new(cut), &new, &files).completeness, Completeness::Partial);
}
