//! Signatures by digest, key size and provider, certificates, facts, and the whole job: two lists
//! from bytes to verdict.

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use trustlist::cert::Certificate;
use trustlist::facts::Files;
use trustlist::phone::{self, Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
use trustlist::verify::{self, SignatureVerifier};
use trustlist::wire::TrustList;

fn read(name: &str) -> Arc<[u8]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    std::fs::read(path).expect("testdata is there").into()
}

fn providers() -> Vec<(&'static str, Arc<dyn SignatureVerifier>)> {
    vec![
        #[cfg(feature = "rsa")]
        ("rsa", Arc::new(verify::RustCrypto)),
        #[cfg(feature = "aws-lc-rs")]
        ("aws-lc-rs", Arc::new(verify::AwsLc)),
    ]
}

fn signatures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    for (name, provider) in providers() {
        for (what, file) in [
            ("rsa1024-sha1", "digests/rsa1024/ITLFile.tlv"),
            ("rsa2048-sha1", "cluster/before/ITLFile.tlv"),
            ("rsa2048-sha256", "digests/sha256/ITLFile.tlv"),
            ("rsa2048-sha512", "digests/sha512/ITLFile.tlv"),
            ("rsa3072-sha1", "digests/rsa3072/ITLFile.tlv"),
            ("rsa4096-sha1", "digests/rsa4096/ITLFile.tlv"),
            ("rsa2048-sha1-62kB", "forms/39-certificates.tlv"),
        ] {
            let file = read(file);
            let list = TrustList::parse(&file).expect("the list is whole");
            group.bench_function(BenchmarkId::new(name, what), |bench| {
                bench.iter(|| {
                    verify::check_own_signature(black_box(&list), &*provider)
                        .expect("the records are whole")
                });
            });
        }
    }
}

/// The floor: tag and length, nothing else. Serial number, issuer, validity, subject and key.
fn spans_by_hand(der: &[u8]) -> Option<[&[u8]; 5]> {
    fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (&[_, first], rest) = bytes.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => rest.split_first().map(|(&length, rest)| (usize::from(length), rest))?,
            0x82 => rest
                .split_first_chunk()
                .map(|(&length, rest)| (usize::from(u16::from_be_bytes(length)), rest))?,
            _ => return None,
        };
        rest.split_at_checked(length)
    }
    let (whole, _) = element(der)?;
    let (tbs, _) = element(whole)?;
    let (_, rest) = element(tbs)?;
    let (serial, rest) = element(rest)?;
    let (_, rest) = element(rest)?;
    let (issuer, rest) = element(rest)?;
    let (validity, rest) = element(rest)?;
    let (subject, rest) = element(rest)?;
    let (key_info, _) = element(rest)?;
    let (_, rest) = element(key_info)?;
    let (key, _) = element(rest)?;
    Some([serial, issuer, validity, subject, key])
}

/// The same with the crate der: what its reader and its checks of tags and lengths cost.
fn spans_by_der(bytes: &[u8]) -> der::Result<[&[u8]; 5]> {
    use der::{Decode, Reader};
    fn element<'a>(reader: &mut der::SliceReader<'a>) -> der::Result<&'a [u8]> {
        let header = der::Header::decode(reader)?;
        reader.read_slice(header.length())
    }
    let whole = element(&mut der::SliceReader::new(bytes)?)?;
    let tbs = element(&mut der::SliceReader::new(whole)?)?;
    let mut reader = der::SliceReader::new(tbs)?;
    element(&mut reader)?;
    let serial = element(&mut reader)?;
    element(&mut reader)?;
    let [issuer, validity] = [element(&mut reader)?, element(&mut reader)?];
    let [subject, key_info] = [element(&mut reader)?, element(&mut reader)?];
    let mut reader = der::SliceReader::new(key_info)?;
    element(&mut reader)?;
    Ok([serial, issuer, validity, subject, element(&mut reader)?])
}

fn certificates(criterion: &mut Criterion) {
    let file = read("forms/39-certificates.tlv");
    let list = TrustList::parse(&file).expect("the list is whole");
    let record = list.records().next().expect("there is a record").expect("it is whole");
    let der = record.certificate().expect("it has its certificate");
    let mut group = criterion.benchmark_group("certificate");
    group.bench_function("spans by hand, no checks", |bench| {
        bench.iter(|| spans_by_hand(black_box(der)))
    });
    group.bench_function("spans by der, nothing read", |bench| {
        bench.iter(|| spans_by_der(black_box(der)))
    });
    group.bench_function("split", |bench| bench.iter(|| Certificate::parse(black_box(der))));
    group.bench_function("split and hash", |bench| {
        bench.iter(|| Certificate::parse(black_box(der)).map(|found| found.sha1()))
    });
    group.bench_function("x509-cert", |bench| {
        bench.iter(|| Certificate::parse(black_box(der)).map(|found| found.dns_names()));
    });
}

fn jobs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("job");
    let long = read("forms/39-certificates.tlv");
    let (before, after) =
        (read("cluster/before/ITLFile.tlv"), read("cluster/after-callmanager/ITLFile.tlv"));
    for (name, provider) in providers() {
        group.bench_function(
            BenchmarkId::new("facts of 39 records and the signature", name),
            |bench| {
                bench.iter_batched(
                    || Files::new(Borrowed(provider.clone())),
                    |mut files| {
                        let facts = files.list(long.clone()).expect("the list is whole");
                        let list = TrustList::parse(&long).expect("the list is whole");
                        (facts, verify::check_own_signature(&list, &*provider))
                    },
                    BatchSize::SmallInput,
                );
            },
        );
        group.bench_function(BenchmarkId::new("two lists to verdict", name), |bench| {
            bench.iter(|| {
                let mut files = Files::new(Borrowed(provider.clone()));
                let installed = files.list(before.clone()).expect("the list is whole");
                let offered = files.list(after.clone()).expect("the list is whole");
                let phone = Phone::new(Device::of_model("8851"))
                    .with_installed(InstalledLists::of(None, Some(installed)));
                let offer = Offer::new().with_itl(ListOffer::List(offered));
                phone::predict(&phone, &offer, &Tvs::Unknown, &files)
            });
        });
    }
}

/// Shares a provider between runs.
struct Borrowed(Arc<dyn SignatureVerifier>);

impl SignatureVerifier for Borrowed {
    fn supports(&self, digest: trustlist::wire::DigestAlgorithm) -> bool {
        self.0.supports(digest)
    }

    fn verify(
        &self,
        key: &verify::RsaKey<'_>,
        digest: trustlist::wire::DigestAlgorithm,
        message: verify::Message<'_>,
        signature: &[u8],
    ) -> bool {
        self.0.verify(key, digest, message, signature)
    }
}

criterion_group!(benches, signatures, certificates, jobs);
criterion_main!(benches);
