//! Instructions that parsing, facts and predictions take, counted by valgrind: the same number on a
//! busy machine as on a quiet one. `.ci/instructions` compares them with
//! `benches/instructions.txt`.

#![allow(missing_docs)] // the macros make modules
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;
use std::sync::Arc;
use trustlist::cert::Certificate;
use trustlist::facts::{CertificateFacts, FileId, Files, ListFacts, SignatureAnswer, Signatures};
use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Prediction, Tvs, predict};
use trustlist::verify::RustCrypto;
use trustlist::wire::{Role, TrustList};

const SEVEN_RECORDS: &str = "cluster/before/ITLFile.tlv";
const CERTUTILS: &str = "certutils/ITLFile.tlv";
const LONG: &str = "forms/39-certificates.tlv";

fn read(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    std::fs::read(path).expect("testdata is there")
}

#[library_benchmark]
#[bench::seven_records(read(SEVEN_RECORDS))]
#[bench::certutils(read(CERTUTILS))]
#[bench::thirty_nine_records(read(LONG))]
fn header(file: Vec<u8>) -> bool {
    black_box(TrustList::parse(black_box(&file))).is_ok()
}

#[library_benchmark]
#[bench::seven_records(read(SEVEN_RECORDS))]
#[bench::certutils(read(CERTUTILS))]
#[bench::thirty_nine_records(read(LONG))]
fn walk(file: Vec<u8>) -> usize {
    let list = TrustList::parse(black_box(&file)).expect("the list is whole");
    list.records()
        .map(|record| black_box(&record.expect("the record is whole")).range().len())
        .sum()
}

/// The first certificate of a list.
fn certificate() -> Vec<u8> {
    let file = read(SEVEN_RECORDS);
    let list = TrustList::parse(&file).expect("the list is whole");
    let record = list.records().next().expect("there is a record").expect("it is whole");
    record.certificate().expect("it has its certificate").to_vec()
}

#[library_benchmark]
#[bench::of_a_record(certificate())]
fn split(der: Vec<u8>) -> bool {
    black_box(Certificate::parse(black_box(&der))).is_ok()
}

#[library_benchmark]
#[bench::seven_records(read(SEVEN_RECORDS))]
#[bench::thirty_nine_records(read(LONG))]
fn facts(file: Vec<u8>) -> ListFacts {
    let list = TrustList::parse(black_box(&file)).expect("the list is whole");
    ListFacts::from_list(&list, FileId::symbol(0)).expect("the records are whole")
}

// The facts of a list, and its signature under the key of its own signer.
#[library_benchmark]
#[bench::seven_records(read(SEVEN_RECORDS).into())]
#[bench::thirty_nine_records(read(LONG).into())]
fn facts_and_signature(file: Arc<[u8]>) -> SignatureAnswer {
    let mut files = Files::new(RustCrypto);
    let facts = files.list(black_box(file)).expect("the list is whole");
    let signer = facts.signer.as_ref().expect("a list names its signer");
    let record = facts.find(signer, &[Role::Sast]).expect("it holds its signer");
    let certificate = record.certificate.as_ref().expect("it names a certificate");
    files.signed_by(&facts.file, certificate)
}

// One question end to end: two lists from bytes to the prediction, with the signatures that it
// needs.
#[library_benchmark]
#[bench::signer_in_the_itl(read(SEVEN_RECORDS).into(), read("cluster/rollback/ITLFile.tlv").into())]
#[bench::signer_unknown(read(SEVEN_RECORDS).into(), read("cluster/after-both/ITLFile.tlv").into())]
fn question_from_bytes(installed: Arc<[u8]>, offered: Arc<[u8]>) -> Prediction {
    let mut files = Files::new(RustCrypto);
    let installed = files.list(black_box(installed)).expect("the list is whole");
    let offered = files.list(black_box(offered)).expect("the list is whole");
    let phone = Phone::new(Device::of_model("8851"))
        .with_cm_group(Some(vec!["ccm1".into(), "ccm2".into()]))
        .with_installed(InstalledLists::of(None, Some(installed)));
    let offer = Offer::new().with_itl(ListOffer::List(offered));
    predict(&phone, &offer, &Tvs::Unknown, &files)
}

/// Every signature is right: what is counted is the decision.
struct Right;

impl Signatures for Right {
    fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
        SignatureAnswer::Valid
    }
}

/// A phone with the list of before, and what it is offered.
fn question(offered: &str) -> (Phone, Offer) {
    let mut files = Files::new(RustCrypto);
    let mut list =
        |name: &str| -> Arc<ListFacts> { files.list(read(name)).expect("the list is whole") };
    let phone = Phone::new(Device::of_model("8851"))
        .with_cm_group(Some(vec!["ccm1".into(), "ccm2".into()]))
        .with_installed(InstalledLists::of(None, Some(list(SEVEN_RECORDS))));
    let itl = ListOffer::List(list(offered));
    (phone, Offer::new().with_itl(itl))
}

#[library_benchmark]
#[bench::signer_in_the_itl(question("cluster/rollback/ITLFile.tlv"))]
#[bench::signer_unknown(question("cluster/after-both/ITLFile.tlv"))]
fn decide((phone, offer): (Phone, Offer)) -> Prediction {
    predict(black_box(&phone), black_box(&offer), &Tvs::Unknown, &Right)
}

library_benchmark_group!(name = parsing; benchmarks = header, walk, split);
library_benchmark_group!(name = judging; benchmarks = facts, facts_and_signature, decide, question_from_bytes);
main!(library_benchmark_groups = parsing, judging);
