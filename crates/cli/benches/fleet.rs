//! A million phones: the whole command beside what splitting the same CSV costs; the library's
//! iterator on one thread and on two; configurations of single phones beside the provider's bare
//! verification.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::cell::OnceCell;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trustlist::facts::{Files, ListFacts};
use trustlist::fleet::{Fleet, LooseConfig, Member, OwnConfig};
use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
use trustlist::verify::{RsaKey, RsaSigner, RustCrypto, SignatureVerifier};
use trustlist::wire::write::{Layout, SignedFileBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, SignedFile, TrustList};

const LISTS: usize = 1_000;

/// How many phones are judged; a few where the benches are only tried (`cargo test --benches`).
fn phones() -> usize {
    if is_tried() { 10_000 } else { 1_000_000 }
}

/// How many configurations are judged. Signing them takes a minute or two.
fn configs() -> usize {
    if is_tried() { 100 } else { 100_000 }
}

fn is_tried() -> bool {
    // Criterion uses the same argument.
    !std::env::args().any(|argument| argument == "--bench")
}

fn testdata(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(testdata(name)).expect("testdata is there")
}

/// Lists that differ in the serial number of their signer only: no record has it, so the signature
/// cannot be checked.
fn lists() -> Vec<Vec<u8>> {
    let bytes = read("cluster/before/ITLFile.tlv");
    let list = TrustList::parse(&bytes).expect("the list is whole");
    let serial = list.header().serial();
    let at = bytes
        .windows(serial.len())
        .position(|window| window == serial)
        .expect("it stands in the header, which comes first");
    let list = |number: usize| {
        let mut bytes = bytes.clone();
        bytes[at..at + 8].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    (0..LISTS).map(list).collect()
}

/// A folder with the lists, and the inventory.
fn inventory() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fleet-bench");
    let known = folder.join("known");
    std::fs::create_dir_all(&known).expect("the folder can be made");
    let mut names = Vec::new();
    for (number, list) in lists().iter().enumerate() {
        std::fs::write(known.join(format!("{number}.tlv")), list).expect("it can be written");
        names.push(
            <md5::Md5 as sha1::Digest>::digest(list)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        );
    }
    let path = folder.join("inventory.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("it can be made"));
    writeln!(file, "device,model,itl,ctl,cm_group,tftp_server,description")
        .expect("it can be written");
    for row in 0..phones() {
        let (list, model) =
            (&names[row * 7919 % LISTS], ["8851", "7975", "CP-7841", "8861"][row % 4]);
        let group = row % 3 + 1;
        writeln!(
            file,
            "SEP{row:012X},{model},{list},,\"ccm{group},ccm2\",192.0.2.11,\"Room {row}, east\""
        )
        .expect("it can be written");
    }
    file.into_inner().expect("it can be written");
    (path, known)
}

fn command(criterion: &mut Criterion) {
    let (inventory, known) = inventory();
    let offered = testdata("cluster/after-callmanager/ITLFile.tlv");
    let mut group = criterion.benchmark_group("fleet of a million rows");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    group.throughput(Throughput::Bytes(std::fs::metadata(&inventory).expect("it is there").len()));
    group.bench_function("reading and splitting", |bench| {
        bench.iter(|| {
            let mut reader = csv::ReaderBuilder::new().from_path(&inventory).expect("it is there");
            let (mut record, mut values) = (csv::ByteRecord::new(), 0);
            while reader.read_byte_record(&mut record).expect("it is CSV") {
                values += record.len();
            }
            black_box(values)
        });
    });
    for (name, tvs) in [("all refuse", "none"), ("all taken", "")] {
        group.bench_function(format!("trustlist fleet, {name}"), |bench| {
            bench.iter(|| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
                command
                    .arg("fleet")
                    .arg(&inventory)
                    .arg("--offered-itl")
                    .arg(&offered)
                    .arg("--known")
                    .arg(&known);
                if tvs.is_empty() {
                    let presents = testdata("certs/ccm2-tvs-1.pem");
                    command
                        .arg("--tvs")
                        .arg(format!("ccm2={}", presents.display()))
                        .arg("--tvs-knows")
                        .arg(&offered);
                    command.args([
                        "--tvs",
                        "ccm1=down",
                        "--tvs",
                        "ccm3=down",
                        "--tls-minimum",
                        "1.0",
                    ]);
                } else {
                    command.args(["--tvs", tvs]);
                }
                let output = command.stderr(Stdio::inherit()).output().expect("it runs");
                assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
            });
        });
    }
    group.finish();
    if !is_tried() {
        ratio(&inventory, &known, &offered);
    }
}

/// Prints how many times reading and splitting the whole command takes: at most 2.5 (issue 22). The
/// runs alternate, and the median of each counts.
fn ratio(inventory: &Path, known: &Path, offered: &Path) {
    let timed = |work: &dyn Fn()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    let split = || {
        let mut reader = csv::ReaderBuilder::new().from_path(inventory).expect("it is there");
        let (mut record, mut values) = (csv::ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record).expect("it is CSV") {
            values += record.len();
        }
        black_box(values);
    };
    let judge = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
        command.arg("fleet").arg(inventory).arg("--offered-itl").arg(offered);
        command.arg("--known").arg(known).args(["--tvs", "none"]);
        let output = command.stderr(Stdio::inherit()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    };
    let (mut splitting, mut judging) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        splitting.push(timed(&split));
        judging.push(timed(&judge));
    }
    splitting.sort_unstable();
    judging.sort_unstable();
    let (split, judge) = (splitting[RUNS / 2], judging[RUNS / 2]);
    println!(
        "fleet of a million rows: {judge:?}, reading and splitting alone {split:?}, ratio {:.2} (at most 2.5)",
        judge.as_secs_f64() / split.as_secs_f64()
    );
}

/// Runs; the median counts.
const RUNS: usize = 7;

fn offer(itl: &Arc<ListFacts>) -> Offer {
    let itl = ListOffer::List(itl.clone());
    Offer::new().with_itl(itl)
}

fn iterator(criterion: &mut Criterion) {
    let mut files = Files::new(RustCrypto);
    let held: Vec<_> =
        lists().into_iter().map(|list| files.list(list).expect("the list is whole")).collect();
    let offer = offer(
        &files.list(read("cluster/after-callmanager/ITLFile.tlv")).expect("the list is whole"),
    );
    let groups: Vec<Vec<Arc<str>>> =
        (1..4).map(|group| vec![format!("ccm{group}").into(), "ccm2".into()]).collect();
    let phone = |row: usize| {
        Phone::new(Device::of_model(["8851", "7975", "CP-7841", "8861"][row % 4]))
            .with_cm_group(Some(groups[row % 3].clone()))
            .with_installed(InstalledLists::of(None, Some(held[row * 7919 % LISTS].clone())))
    };
    let phones: Vec<Phone> = (0..phones()).map(phone).collect();
    let tvs = Tvs::Known(Vec::new());
    let mut group = criterion.benchmark_group("a million phones already read");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    group.throughput(Throughput::Elements(phones.len() as u64));
    group.bench_function("one thread", |bench| {
        bench.iter(|| {
            let fleet = Fleet::new(&offer, &tvs, &files);
            fleet.judge_all(&phones).map(|(_, answer)| u64::from(answer.verdict as u8)).sum::<u64>()
        });
    });
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be started");
        group.bench_function(format!("rayon, {threads}"), |bench| {
            bench.iter(|| {
                let fleet = Fleet::new(&offer, &tvs, &files);
                pool.install(|| {
                    fleet
                        .par_judge_all(&phones)
                        .map(|(_, answer)| u64::from(answer.verdict as u8))
                        .sum::<u64>()
                })
            });
        });
    }
    group.finish();
}

struct WithConfig<'a>(&'a Phone, LooseConfig<'a, Files<RustCrypto>>);

impl Member for WithConfig<'_> {
    fn phone(&self) -> &Phone {
        self.0
    }

    fn config(&self) -> Option<&dyn OwnConfig> {
        Some(&self.1)
    }
}

fn configurations(criterion: &mut Criterion) {
    let signer = RsaSigner::from_pem(&String::from_utf8_lossy(&read("keys/rsa2048-01.pem")))
        .expect("it is a key");
    let sample = read("cluster/before/SEP001122334455.cnf.xml.sgn");
    let sample = SignedFile::parse(&sample).expect("it is signed");
    let (header, payload) = (sample.header(), sample.signed_message().parts()[1].to_vec());
    let text = |bytes: Option<&[u8]>| {
        String::from_utf8_lossy(bytes.unwrap_or_default()).trim_end_matches('\0').to_owned()
    };
    let info = || {
        SignerInfo::new(text(header.signer_name()), text(Some(header.issuer())), header.serial())
    };
    let sign = |number: usize| {
        let payload = [payload.as_slice(), format!("<!-- {number} -->").as_bytes()].concat();
        let builder = SignedFileBuilder::new(Layout::Cucm, info()).digest(DigestAlgorithm::Sha1);
        builder.sign(&payload, &signer).expect("it can be signed")
    };
    let count = configs();
    // Only where these benches are asked for.
    let kept = OnceCell::new();
    let signed =
        || -> &Vec<Vec<u8>> { kept.get_or_init(|| (0..count).into_par_iter().map(sign).collect()) };
    let mut files = Files::new(RustCrypto);
    let itl = files.list(read("cluster/before/ITLFile.tlv")).expect("the list is whole");
    let phone = Phone::new(Device::of_model("8851"))
        .with_installed(InstalledLists::of(None, Some(itl.clone())));
    let (offer, tvs) = (offer(&itl), Tvs::Known(Vec::new()));
    let der = signer.public_key();
    let mut group = criterion.benchmark_group("distinct configurations");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .throughput(Throughput::Elements(count as u64));
    group.bench_function("bare verify", |bench| {
        let key = RsaKey::from_pkcs1(der).expect("it is admitted");
        let parsed: Vec<_> = signed()
            .iter()
            .map(|config| SignedFile::parse(config).expect("it is signed"))
            .collect();
        bench.iter(|| {
            let valid = |file: &&SignedFile<'_>| {
                let header = file.header();
                RustCrypto.verify(&key, header.digest(), file.signed_message(), header.signature())
            };
            assert_eq!(parsed.iter().filter(valid).count(), count);
        });
    });
    group.bench_function("judged", |bench| {
        let configs = signed();
        bench.iter(|| {
            let fleet = Fleet::new(&offer, &tvs, &files);
            let members = configs.iter().map(|config| {
                WithConfig(&phone, LooseConfig::parse(config, &files).expect("it is signed"))
            });
            let taken = fleet
                .judge_all(members)
                .filter(|(_, answer)| answer.config == Some(trustlist::phone::Outcome::Accept));
            assert_eq!(taken.count(), count);
        });
    });
    group.finish();
}

criterion_group!(benches, command, iterator, configurations);
criterion_main!(benches);
