//! Facts from files: one id for each content, keys for prints, certificates that several records
//! share.
#![cfg(feature = "rsa")]

mod common;

use sha1::Digest;
use std::collections::HashSet;
use std::sync::Arc;
use trustlist::cert::Certificate;
use trustlist::facts::{
    CertificateFacts, FileId, Files, Fingerprint, Form, Identity, KeyFacts, ListFacts, Name,
    NotChecked, SameCertificate, SignatureAnswer, Signatures,
};
use trustlist::phone::{self, Device, InstalledLists, ListOffer, Offer, Outcome, Phone, Tvs};
use trustlist::verify::{RsaSigner, RustCrypto};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-callmanager/ITLFile.tlv";
const CONFIG: &str = "cluster/before/SEP001122334455.cnf.xml.sgn";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

fn md5(bytes: &[u8]) -> Option<[u8; 16]> {
    Some(<md5::Md5 as Digest>::digest(bytes).into())
}

fn sha1(bytes: &[u8]) -> Option<[u8; 20]> {
    Some(sha1::Sha1::digest(bytes).into())
}

/// The certificate of the record that signed a list.
fn signer(list: &ListFacts) -> Arc<CertificateFacts> {
    let mut held = list.records.iter().filter_map(|record| record.certificate.clone());
    held.find(|held| Some(&held.identity) == list.signer.as_ref()).unwrap()
}

#[test]
fn each_content_has_one_id() {
    let mut files = Files::new(RustCrypto);
    let [before, after] = [BEFORE, AFTER].map(|name| files.list(read(name)).unwrap().file.clone());
    let config = files.config(read(CONFIG)).unwrap().file.clone();
    let named = [(&before, BEFORE), (&after, AFTER), (&config, CONFIG)];
    for (file, name) in named {
        let of_bytes = FileId::of_bytes(&read(name));
        assert_eq!((file, file), (&of_bytes, &file.clone()), "{name}");
        assert_eq!(file.cmp(&of_bytes), std::cmp::Ordering::Equal);
        assert_eq!([file, &of_bytes].into_iter().collect::<HashSet<_>>().len(), 1);
        assert!(file.symbol_number().is_none());
        assert!(named.iter().filter(|(other, _)| *other == file).count() == 1, "{name}");
    }
    assert_eq!(files.len(), 3);
    assert_eq!(files.list(read(BEFORE)).unwrap().file, before);
    assert_eq!(files.config(read(CONFIG)).unwrap().file, config);
    for (file, name) in named {
        for file in [file, &FileId::of_bytes(&read(name))] {
            assert_eq!(files.bytes(file).unwrap().as_ref(), read(name), "{name}");
        }
    }
    // As long, and another file by its last byte.
    let mut other = read(BEFORE);
    *other.last_mut().unwrap() ^= 1;
    assert!(![before, after].contains(&files.list(other).unwrap().file));
    assert_eq!(files.len(), 4);
    assert_eq!(files.bytes(&FileId::symbol(3)), None);
}

#[test]
fn a_print_is_the_file_that_its_checksums_name() {
    let (one, other) = (read(BEFORE), read(AFTER));
    let mut files = Files::new(RustCrypto);
    let print = files.print(md5(&one), sha1(&one), "");
    assert_eq!(files.bytes(&print), None);
    assert_eq!(files.print(None, sha1(&one), ""), print, "one checksum of two");
    let neither = files.print(md5(&one), sha1(&other), "");
    assert_ne!(neither, print, "a checksum that disagrees");
    // The bytes come after their print.
    let list = files.list(one.clone()).unwrap();
    assert!(files.same_file(&print, &list.file) && !files.same_file(&neither, &list.file));
    assert_eq!(files.bytes(&print).unwrap().as_ref(), one);
    assert_eq!(files.signed_by(&print, &signer(&list)), SignatureAnswer::Valid);
    // A print comes after its bytes.
    let second = files.list(other.clone()).unwrap().file.clone();
    assert_eq!(files.print(md5(&other), None, ""), second);
    // Without any checksum nothing says which file it is.
    let unnamed = [(); 2].map(|()| files.print(None, None, "the same text"));
    assert!(unnamed[0] != unnamed[1] && !files.same_file(&unnamed[0], &unnamed[1]));
    assert_eq!(files.signed_by(&unnamed[0], &signer(&list)), not_checked(NotChecked::TextOnly));
}

/// Two sets count nothing: facts of one that meet the other are of the same file only with the same
/// bytes, and a set answers for nothing that it does not hold.
#[test]
fn facts_of_two_sets_are_told_apart() {
    let (mut one, mut other) = (Files::new(RustCrypto), Files::new(RustCrypto));
    let genuine = one.list(read(BEFORE)).unwrap();
    let forged = other.list(read("bad/forged-signer.tlv")).unwrap();
    assert_ne!(genuine.file, forged.file);
    assert_eq!(genuine.file, other.list(read(BEFORE)).unwrap().file);
    assert_eq!(
        one.signed_by(&forged.file, &signer(&genuine)),
        not_checked(NotChecked::UnknownFile)
    );
    for files in [&one, &other] {
        let judged =
            phone::predict(&holder(&genuine), &offer_of(&forged), &Tvs::Known(Vec::new()), files);
        assert!(
            !matches!(judged.itl.outcome(), Outcome::Accept | Outcome::Unchanged),
            "{:?}",
            judged.itl
        );
    }
    let unknown =
        phone::predict(&holder(&genuine), &offer_of(&forged), &Tvs::Known(Vec::new()), &one).itl;
    assert_eq!((unknown.outcome(), unknown.leans()), (Outcome::Depends, None));
    // Prints without checksums of two sets are two files as well.
    assert_ne!(one.print(None, None, "one"), other.print(None, None, "other"));
}

fn holder(list: &Arc<ListFacts>) -> Phone {
    Phone::new(Device::of_model("8851"))
        .with_installed(InstalledLists::of(None, Some(list.clone())))
}

fn offer_of(list: &Arc<ListFacts>) -> Offer {
    let itl = ListOffer::List(list.clone());
    Offer::new().with_itl(itl)
}

/// The same bytes cost nothing: a monitor reads the same list every minute. What is taken out is
/// not answered for.
#[test]
fn a_file_is_kept_once_and_can_be_taken_out() {
    let mut files = Files::new(RustCrypto);
    let list = files.list(read(BEFORE)).unwrap();
    for _ in 0..10 {
        assert!(Arc::ptr_eq(&list, &files.list(read(BEFORE)).unwrap()));
    }
    assert_eq!(files.len(), 1);
    let held = signer(&list);
    let before = Arc::strong_count(&held);
    for _ in 0..10 {
        files.certificate(&held);
    }
    assert_eq!(Arc::strong_count(&held), before + 1);
    assert_eq!(files.signed_by(&list.file, &held), SignatureAnswer::Valid);
    assert!(files.remove(&list.file));
    assert_eq!((files.remove(&list.file), files.len(), files.is_empty()), (false, 0, true));
    assert_eq!(files.signed_by(&list.file, &held), not_checked(NotChecked::UnknownFile));
    assert_eq!(files.list(read(BEFORE)).unwrap(), list);
}

fn not_checked(why: NotChecked) -> SignatureAnswer {
    SignatureAnswer::NotChecked(why)
}

/// A console print shows hashes and no keys: the key comes from a certificate that was seen with
/// this hash.
#[test]
fn a_certificate_known_by_its_hash_gets_its_key_from_the_set() {
    let mut of_the_list = Files::new(RustCrypto);
    let list = of_the_list.list(read(BEFORE)).unwrap();
    let whole = signer(&list);
    let printed = ((*whole).clone()).with_key(KeyFacts::Unknown);
    assert_eq!(of_the_list.signed_by(&list.file, &whole), SignatureAnswer::Valid);
    assert_eq!(of_the_list.signed_by(&list.file, &printed), SignatureAnswer::Valid);
    assert_eq!(of_the_list.bytes_signed_by(&read(BEFORE), &printed), SignatureAnswer::Valid);
    assert_eq!(of_the_list.bytes_signed_by(&read(AFTER), &printed), SignatureAnswer::Broken);

    let mut files = Files::new(RustCrypto);
    let config = files.config(read(CONFIG)).unwrap().file.clone();
    let tftp = list.records.iter().filter_map(|record| record.certificate.clone());
    let tftp =
        tftp.clone().find(|held| files.signed_by(&config, held) == SignatureAnswer::Valid).unwrap();
    let printed = ((*tftp).clone()).with_key(KeyFacts::Unknown);
    assert_eq!(files.signed_by(&config, &printed), not_checked(NotChecked::NoKey));
    files.certificate(&tftp);
    assert_eq!(files.signed_by(&config, &printed), SignatureAnswer::Valid);
    // Another hash, or another name, is another certificate.
    let hash = printed.clone().with_fingerprint(Fingerprint { sha1: Some([7; 20]), sha256: None });
    let mut others = list.records.iter().filter_map(|record| record.certificate.as_ref());
    let other = others.find(|held| held.identity != tftp.identity).unwrap();
    let name = printed.clone().with_identity(other.identity.clone());
    for other in [hash, name] {
        assert_eq!(files.signed_by(&config, &other), not_checked(NotChecked::NoKey));
    }
    let curve = printed.with_key(KeyFacts::Other);
    assert_eq!(files.signed_by(&config, &curve), not_checked(NotChecked::NoKey));
}

/// P-TVS-2: the match is by the whole certificate or its hash, whatever a record calls it.
#[test]
fn a_certificate_is_the_same_under_another_name() {
    let list = Files::new(RustCrypto).list(read(BEFORE)).unwrap();
    let whole = signer(&list);
    let other_name =
        Identity { issuer: Name::new("CN=some one else"), serial: whole.identity.serial.clone() };
    let renamed = ((*whole).clone()).with_identity(other_name.clone());
    assert_eq!(renamed.same_as(&whole), SameCertificate::Yes);
    let other_bytes = Fingerprint { sha1: Some([7; 20]), sha256: None };
    let other = renamed.clone().with_fingerprint(other_bytes);
    assert_eq!(other.same_as(&whole), SameCertificate::No);
    let nothing = renamed.with_fingerprint(Fingerprint::default());
    assert_eq!(nothing.same_as(&whole), SameCertificate::No);
    // With its own name it would be a forgery.
    let forged = ((*whole).clone()).with_fingerprint(other_bytes);
    assert_eq!(forged.same_as(&whole), SameCertificate::Impersonated);
}

/// Decodes the first block of a PEM file.
fn pem(name: &str) -> Vec<u8> {
    der::Document::from_pem(&String::from_utf8(read(name)).unwrap()).unwrap().1.into_vec()
}

/// A list with these records after that of its signer.
fn list(records: impl IntoIterator<Item = RecordBuilder>) -> Vec<u8> {
    let key = RsaSigner::from_pkcs8_der(&pem("keys/rsa2048-01.pem")).unwrap();
    let info = SignerInfo::new("CN=signer", "CN=signer", [1_u8]);
    ListBuilder::new(Layout::Cucm, info)
        .digest(DigestAlgorithm::Sha1)
        .records(records)
        .sign(&key)
        .unwrap()
}

/// The name inside decides if it is a known one (spec/FORMAT.md section 1.5), as does that of an
/// encrypted file (section 2).
#[test]
fn names_inside_files_tell_what_they_are() {
    let key = RsaSigner::from_pkcs8_der(&pem("keys/rsa2048-01.pem")).unwrap();
    let info = || SignerInfo::new("CN=signer", "CN=signer", [1_u8]);
    let named = |name: &str| {
        let list =
            ListBuilder::new(Layout::Cucm, info()).digest(DigestAlgorithm::Sha1).file_name(name);
        list.record(names("CN=x", 1)).sign(&key).unwrap()
    };
    assert!(
        TrustList::parse(&named("x.cnf.xml")).is_ok() && TrustList::parse(&named("x.tlv")).is_ok()
    );
    assert!(TrustList::parse(&named("x.cnf.xml.sgn")).is_err());
    let mut files = Files::new(RustCrypto);
    let encrypted =
        |files: &mut Files<RustCrypto>, name| files.config(named(name)).unwrap().encrypted;
    assert!(encrypted(&mut files, "x.cnf.xml.enc.sgn") && !encrypted(&mut files, "x.cnf.xml.sgn"));
}

fn names(issuer: &str, serial: u8) -> RecordBuilder {
    RecordBuilder::new(Role::Tvs).subject("CN=x").issuer(issuer).serial([serial])
}

/// The facts of a certificate that is in several records are made once; another certificate has its
/// own.
#[test]
fn records_share_the_facts_of_one_certificate_only() {
    let [one, two] = ["certs/ccm1-tvs-1.pem", "certs/ccm2-tvs-1.pem"].map(pem);
    let records = [
        names("CN=a", 1).certificate(one.clone()),
        names("CN=a", 1).certificate(one.clone()),
        names("CN=b", 1).certificate(one.clone()),
        names("CN=a", 1).certificate(two),
        names("CN=a", 1).public_key(vec![0x30, 1]),
        names("CN=a", 1).public_key(vec![0x30, 2]),
        names("CN=a", 1),
    ];
    let bytes = list(records);
    let facts =
        ListFacts::from_list(&TrustList::parse(&bytes).unwrap(), FileId::symbol(9)).unwrap();
    assert_eq!(facts.file, FileId::symbol(9));
    let held: Vec<_> =
        facts.records.iter().map(|record| record.certificate.clone().unwrap()).collect();
    assert!(Arc::ptr_eq(&held[0], &held[1]));
    assert_eq!(held[0].fingerprint().sha1, sha1(&one));
    let issuers: Vec<_> = held.iter().map(|held| held.identity.issuer.to_string()).collect();
    assert_eq!(issuers, ["CN=a", "CN=a", "CN=b", "CN=a", "CN=a", "CN=a", "CN=a"]);
    assert_ne!(held[0].fingerprint(), held[3].fingerprint());
    let keys: Vec<_> = held[4..].iter().map(|held| held.key().clone()).collect();
    let [first, second] = [[0x30, 1], [0x30, 2]].map(|key| KeyFacts::Rsa(Arc::from(key)));
    assert_eq!(keys, [first, second, KeyFacts::Other]);
}

/// The certificate of a record, or the form that replaces it (`spec/FORMAT.md` section 3).
#[test]
fn every_form_of_a_record_has_its_facts() {
    let one = pem("certs/ccm1-tvs-1.pem");
    let parsed = Certificate::parse(&one).unwrap();
    let records = [
        names("CN=a", 1).certificate(one.clone()),
        names("CN=a", 2).certificate(b"garbage".as_slice()),
        names("CN=a", 3).certificate_hash(DigestAlgorithm::Sha1, [5; 20]).public_key(vec![4, 1, 2]),
        names("CN=a", 4).certificate_hash(DigestAlgorithm::Sha256, [6; 32]).public_key(Vec::new()),
        names("CN=a", 5),
        RecordBuilder::new(Role::Tvs).subject("CN=x"),
        RecordBuilder::new(Role::Tvs).serial([6_u8]),
        RecordBuilder::new(Role::Tvs).public_key(vec![0x30, 0]),
        RecordBuilder::new(Role::CcmTftp).server(" ccm1 "),
    ];
    let bytes = list(records);
    let facts =
        ListFacts::from_list(&TrustList::parse(&bytes).unwrap(), FileId::symbol(0)).unwrap();
    let forms: Vec<_> = facts.records.iter().map(|record| record.form).collect();
    let none = [Form::None; 4];
    assert_eq!(forms[..4], [Form::Certificate, Form::Certificate, Form::Hash, Form::Hash]);
    assert_eq!((&forms[4..8], forms[8]), (none.as_slice(), Form::Empty));
    assert_eq!(facts.records[8].server.as_ref(), "ccm1");
    let held = |index: usize| facts.records[index].certificate.clone().unwrap();
    assert_eq!(held(0).not_after(), Some(parsed.validity().not_after));
    assert_eq!(held(0).not_before(), Some(parsed.validity().not_before));
    assert_eq!(held(1).fingerprint().sha1, sha1(b"garbage"));
    assert_eq!((held(1).key().clone(), held(1).not_after()), (KeyFacts::Other, None));
    assert_eq!(held(2).fingerprint(), Fingerprint { sha1: Some([5; 20]), sha256: None });
    assert_eq!(held(3).fingerprint(), Fingerprint { sha1: None, sha256: Some([6; 32]) });
    assert_eq!(
        (held(2).key().clone(), held(3).key().clone()),
        (KeyFacts::Other, KeyFacts::Other),
        "a point, and nothing"
    );
    assert_eq!(facts.key_bits, Some(2048));
    assert_eq!(facts.size, Some(bytes.len() as u64));
}
