//! Parsing and walking a list, beside the bare walk over its tags as the floor: compare the two in
//! one run.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use trustlist::wire::TrustList;

/// Tag, length, value and nothing else: no offset, no check, no error.
fn bare_walk(file: &[u8]) -> usize {
    let mut count = 0;
    let header = usize::from(u16::from_be_bytes([file[8], file[9]]));
    let mut rest = &file[10..header];
    while let Some((&[tag, high, low], after)) = rest.split_first_chunk::<3>() {
        if tag == 13 {
            break;
        }
        let length =
            if matches!(tag, 3 | 7 | 9) { 0 } else { usize::from(u16::from_be_bytes([high, low])) };
        let Some((value, next)) = after.split_at_checked(length) else { break };
        black_box(value);
        rest = next;
        count += 1;
    }
    rest = &file[header..];
    while let Some((&[_, high, low], after)) = rest.split_first_chunk::<3>() {
        let Some((value, next)) =
            after.split_at_checked(usize::from(u16::from_be_bytes([high, low])))
        else {
            break;
        };
        black_box(value);
        rest = next;
        count += 1;
    }
    count
}

fn parse_and_walk(file: &[u8]) -> usize {
    let list = TrustList::parse(file).expect("the list is whole");
    list.records()
        .map(|record| black_box(&record.expect("the record is whole")).range().len())
        .sum()
}

fn benches(criterion: &mut Criterion) {
    for (name, file) in files() {
        let mut group = criterion.benchmark_group("parse");
        group.throughput(Throughput::Bytes(file.len() as u64));
        group.bench_with_input(BenchmarkId::new("bare walk", &name), &file, |bench, file| {
            bench.iter(|| bare_walk(black_box(file)));
        });
        group.bench_with_input(BenchmarkId::new("header", &name), &file, |bench, file| {
            bench.iter(|| TrustList::parse(black_box(file)).is_ok());
        });
        let list = TrustList::parse(&file).expect("the list is whole");
        group.bench_with_input(BenchmarkId::new("records", &name), &list, |bench, list| {
            bench.iter(|| {
                black_box(list).records().filter(|record| black_box(record).is_ok()).count()
            });
        });
        group.bench_with_input(BenchmarkId::new("parse and walk", &name), &file, |bench, file| {
            bench.iter(|| parse_and_walk(black_box(file)));
        });
        group.finish();
    }
}

/// A CTL as CUCM makes it, an ITL as certutils makes it, and the longest ITL in practice.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    [
        ("cucm", "mixed/before/CTLFile.tlv"),
        ("certutils", "certutils/ITLFile.tlv"),
        ("39-certificates", "forms/39-certificates.tlv"),
    ]
    .map(|(name, path)| (name.to_owned(), std::fs::read(folder.join(path)).unwrap()))
    .to_vec()
}

criterion_group!(parse, benches);
criterion_main!(parse);
