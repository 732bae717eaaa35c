//! One prediction from facts: with the signer in the phone's ITL, and with TVS asked; no file is
//! read and no signature checked.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, FileId, Files, ListFacts, SignatureAnswer, Signatures};
use trustlist::phone::{
    Device, InstalledLists, KnownCertificate, ListOffer, Offer, Phone, RoleSet, Tvs, TvsServer,
    predict,
};
use trustlist::verify::RustCrypto;
use trustlist::wire::Role;

/// Every signature is right: what is measured is the decision.
struct Right;

impl Signatures for Right {
    fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
        SignatureAnswer::Valid
    }
}

fn list(files: &mut Files<RustCrypto>, name: &str) -> Arc<ListFacts> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    files.list(std::fs::read(path).expect("testdata is there")).expect("the list is whole")
}

fn offer(itl: &Arc<ListFacts>) -> Offer {
    let itl = ListOffer::List(itl.clone());
    Offer::new().with_itl(itl)
}

fn benches(criterion: &mut Criterion) {
    let mut files = Files::new(RustCrypto);
    let before = list(&mut files, "cluster/before/ITLFile.tlv");
    let renewed = list(&mut files, "cluster/after-callmanager/ITLFile.tlv");
    let signed_alike = list(&mut files, "cluster/rollback/ITLFile.tlv");
    let phone = Phone::new(Device::of_model("8851"))
        .with_cm_group(Some(vec!["ccm1".into(), "ccm2".into()]))
        .with_installed(InstalledLists::of(None, Some(before.clone())));
    let tvs =
        Tvs::Known(vec![server("ccm1", &before, &renewed), server("ccm2", &before, &renewed)]);
    let mut group = criterion.benchmark_group("predict");
    let (in_itl, by_tvs) = (offer(&signed_alike), offer(&renewed));
    group.bench_function("signer in the ITL", |bench| {
        bench.iter(|| predict(black_box(&phone), &in_itl, &Tvs::Unknown, &Right))
    });
    group.bench_function("signer vouched for by TVS", |bench| {
        bench.iter(|| predict(black_box(&phone), &by_tvs, &tvs, &Right))
    });
    let silent = Tvs::Known(Vec::new());
    group.bench_function("signer unknown", |bench| {
        bench.iter(|| predict(black_box(&phone), &by_tvs, &silent, &Right))
    });
}

/// A server that presents its certificate of the old list and knows the signer of the new one.
fn server(name: &str, old: &ListFacts, new: &ListFacts) -> TvsServer {
    let of = |list: &ListFacts, role| {
        let mut records =
            list.records.iter().filter(|record| record.role == role && &*record.server == name);
        records.find_map(|record| record.certificate.clone())
    };
    let roles = Some(RoleSet::of(&[Role::Sast, Role::CcmTftp]));
    let signer = new
        .records
        .iter()
        .find(|record| record.role == Role::Sast)
        .and_then(|record| record.certificate.clone());
    let known = signer
        .into_iter()
        .map(|certificate| KnownCertificate::new(certificate).with_roles(roles.clone()));
    TvsServer::new(name.into()).with_presents(of(old, Role::Tvs)).with_knows(Some(known.collect()))
}

criterion_group!(predict_from_facts, benches);
criterion_main!(predict_from_facts);
