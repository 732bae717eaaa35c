//! Facts and signature of a list beside the limit of the job: the hash of its bytes and one RSA
//! verification by the same provider. Then how time grows with the records of a list, the phones of
//! a fleet and the records of a paste.
//!
//! Both sides of a ratio are timed in turns, in one run, so that other work on the machine slows
//! both. Growth is that of the time of the processor: on a busy machine work that takes longer than
//! a time slice takes several times as long as short work.

use std::fmt::Display;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trustlist::Question;
use trustlist::cert::Certificate;
use trustlist::facts::{Files, SignatureAnswer, Signatures};
use trustlist::fleet::Fleet;
use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
use trustlist::verify::{RsaKey, RsaSigner, RustCrypto, SignatureVerifier};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};

const SIZES: [usize; 5] = [1, 10, 39, 100, 400];
const TARGET_RATIO: f64 = 1.4;
const TARGET_EXPONENT: f64 = 1.1;
const TARGET_FLEET: u64 = 48 << 20;

fn main() {
    let rounds = if is_tried() { 1 } else { 301 };
    let signer = RsaSigner::from_pem(&text("keys/rsa2048-01.pem")).expect("the key is whole");
    let lists = SIZES.map(|records| (records, Arc::<[u8]>::from(list(records, &signer))));
    fleets(rounds);
    println!("provider    records    bytes  limit us   ours us  ratio");
    ratios("rsa", &RustCrypto, &signer, &lists, rounds);
    #[cfg(feature = "aws-lc-rs")]
    ratios("aws-lc-rs", &trustlist::verify::AwsLc, &signer, &lists, rounds);
    facts(&lists, rounds);
    pastes(rounds);
    known(rounds, &signer);
}

/// Whether Cargo's tests run this once, to see that it still works; cargo bench says --bench.
fn is_tried() -> bool {
    !std::env::args().any(|argument| argument == "--bench")
}

/// Prints ours and the limit for lists of all sizes.
fn ratios<V: SignatureVerifier>(
    name: &str,
    provider: &V,
    signer: &RsaSigner,
    lists: &[(usize, Arc<[u8]>)],
    rounds: usize,
) {
    let key = RsaKey::from_pkcs1(signer.public_key()).expect("the key is admitted");
    for (records, bytes) in lists {
        let list = TrustList::parse(bytes).expect("the list is whole");
        let limit = || {
            let (message, signature) = (list.signed_message(), list.header().signature());
            assert!(provider.verify(&key, DigestAlgorithm::Sha1, black_box(message), signature));
        };
        let ours = || {
            let mut files = Files::new(provider);
            let facts = files.list(black_box(bytes).clone()).expect("the list is whole");
            let signer = facts.signer.as_ref().expect("a list names its signer");
            let signer = facts.find(signer, &[Role::Sast]).expect("it holds its signer");
            let certificate = signer.certificate.as_ref().expect("it names a certificate");
            assert_eq!(files.signed_by(&facts.file, certificate), SignatureAnswer::Valid);
            assert_eq!(black_box(&facts).records.len(), *records);
        };
        let [limit, ours] = in_turns([&limit, &ours], rounds);
        let ratio = ours / limit;
        println!(
            "{name:<10} {records:>8} {:>8} {:>9.1} {:>9.1} {ratio:>6.2}{}",
            bytes.len(),
            limit * 1e6,
            ours * 1e6,
            mark(ratio > TARGET_RATIO)
        );
    }
}

/// Prints how the facts of a list grow with its records; the limit is far away: no hash, no
/// signature.
fn facts(lists: &[(usize, Arc<[u8]>)], rounds: usize) {
    let times = lists.iter().map(|(records, bytes)| {
        let facts = || {
            let mut files = Files::new(RustCrypto);
            black_box(files.list(black_box(bytes).clone()).expect("the list is whole"));
        };
        (*records, of_processor(&facts, rounds))
    });
    growth("records of a list, its facts", times.collect());
}

/// Prints how judging grows with the phones, and how much memory ten million of them over a thousand
/// lists take.
fn fleets(rounds: usize) {
    let (lists, most): (u32, usize) = if rounds > 1 { (1_000, 10_000_000) } else { (10, 100) };
    let mut files = Files::new(RustCrypto);
    let bytes = std::fs::read(path("cluster/before/ITLFile.tlv")).expect("testdata is there");
    let timestamp = TrustList::parse(&bytes).expect("the list is whole").header().tag_range(15);
    let installed: Vec<_> = (0..lists)
        .map(|number| {
            let mut bytes = bytes.clone();
            let at = timestamp.clone().expect("it has a timestamp").end - 4;
            bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
            files.list(bytes).expect("the list is whole")
        })
        .collect();
    let after = std::fs::read(path("cluster/rollback/ITLFile.tlv")).expect("testdata is there");
    let offered = ListOffer::List(files.list(after).expect("the list is whole"));
    let (offer, tvs) = (Offer::new().with_itl(offered), Tvs::Unknown);
    let phones = |count: usize| {
        installed.iter().cycle().take(count).enumerate().map(|(number, list)| {
            Phone::new(Device::of_model(if number % 2 == 0 { "8851" } else { "7975" }))
                .with_installed(InstalledLists::of(None, Some(list.clone())))
        })
    };
    let times = core::iter::successors(Some((most / 10_000).max(1)), |count| Some(count * 10))
        .take_while(|count| *count <= most)
        .map(|count| {
            let fleet = Fleet::new(&offer, &tvs, &files);
            let start = Instant::now();
            let judged = fleet.judge_all(phones(count)).filter(|(_, answer)| {
                black_box(answer);
                true
            });
            assert_eq!(judged.count(), count);
            (count, start.elapsed().as_secs_f64())
        });
    growth("phones of a fleet, 1,000 lists", times.collect());
    if let Some(peak) = peak() {
        println!(
            "{most} phones over {lists} lists: the process took {} MiB at most{}\n",
            peak >> 20,
            mark(peak > TARGET_FLEET)
        );
    }
}

/// Prints how reading a paste grows with its records.
fn pastes(rounds: usize) {
    let times = [40, 400, 4_000].map(|records: usize| {
        let mut text =
            String::from("admin:show itl\nLength of ITL file: 3000\n\n\tParse ITL File\n");
        for number in 1..=records {
            text += &format!("\tITL Record #:{number}\n2       DNSNAME         4       ccm1\n");
            text += "4       FUNCTION        2       TVS\n\n";
        }
        text += "The ITL file was verified successfully.\n";
        let read = || {
            assert_eq!(trustlist::console::parse(black_box(&text))[0].records.len(), records);
        };
        (records, of_processor(&read, rounds))
    });
    growth("records of a paste", times.to_vec());
}

/// Prints how a question grows with the records of a list that every TVS server knows, all of which
/// have one issuer and serial number.
fn known(rounds: usize, signer: &RsaSigner) {
    let times = [40, 400, 4_000].map(|records: u16| {
        let info = SignerInfo::new("CN=x", "CN=x", [1_u8]);
        let record = |number: u16| {
            let mut hash = [0; 20];
            hash[..2].copy_from_slice(&number.to_be_bytes());
            RecordBuilder::new(Role::Tvs)
                .subject("CN=x")
                .issuer("CN=x")
                .serial([1_u8])
                .certificate_hash(DigestAlgorithm::Sha1, hash)
        };
        let list = ListBuilder::new(Layout::Cucm, info)
            .file_name("ITLFile.tlv")
            .records((0..records).map(record))
            .sign(signer)
            .expect("the list can be written");
        let ask = || {
            let mut question = Question::new();
            question.offered_itl(black_box(&list)).expect("the list is whole");
            question.tvs_knows(&list).expect("the list is whole");
            black_box(question.predict());
        };
        (records.into(), of_processor(&ask, rounds))
    });
    growth("records of a list that TVS knows, of one name", times.to_vec());
}

/// Prints the times for each size, and the exponent of the growth from one to the next. Below
/// ten the work that does not grow outweighs the rest.
fn growth(what: &str, times: Vec<(usize, f64)>) {
    println!("\n{what}");
    let mut before: Option<(usize, f64)> = None;
    for (size, seconds) in times {
        let exponent = before.map(|(smaller, earlier)| {
            (seconds / earlier).ln() / (size as f64 / smaller as f64).ln()
        });
        let shown = exponent.map_or_else(String::new, |exponent| format!("exponent {exponent:.2}"));
        let over = exponent.is_some_and(|exponent| exponent > TARGET_EXPONENT);
        println!("{size:>10} {:>12.1} us  {shown}{}", seconds * 1e6, mark(over));
        before = Some((size, seconds));
    }
}

/// Marks a figure that is over its target. One round of a debug build says nothing of targets.
fn mark(over: bool) -> impl Display {
    if over && !is_tried() { "  OVER THE TARGET" } else { "" }
}

/// Returns the median seconds of each, timed in turns.
fn in_turns<const N: usize>(work: [&dyn Fn(); N], rounds: usize) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (work, times) in work.iter().zip(&mut times) {
            let start = Instant::now();
            work();
            times.push(start.elapsed());
        }
    }
    times.map(|mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    })
}

/// Returns the seconds of the processor for one round, where the system says them; else those of the
/// clock. The system counts in milliseconds: work is repeated until it took many of them.
fn of_processor(work: &dyn Fn(), rounds: usize) -> f64 {
    let (start, clock) = (processor(), Instant::now());
    let mut done: u32 = 0;
    while done == 0 || rounds > 1 && clock.elapsed() < Duration::from_millis(500) {
        work();
        done += 1;
    }
    let taken = match (start, processor()) {
        (Some(start), Some(end)) => Duration::from_nanos(end - start),
        _ => clock.elapsed(),
    };
    taken.as_secs_f64() / f64::from(done)
}

/// Returns the nanoseconds that this thread ran.
fn processor() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// Returns the most memory that the process ever had, where the system says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// A list as CUCM writes them: the signer, then records with certificates that are all different.
fn list(records: usize, signer: &RsaSigner) -> Vec<u8> {
    let bytes = std::fs::read(path("forms/39-certificates.tlv")).expect("testdata is there");
    let real = TrustList::parse(&bytes).expect("the list is whole");
    let real: Vec<_> = real.records().map(|record| record.expect("it is whole")).collect();
    let own = RecordBuilder::new(Role::Sast)
        .subject("CN=signer")
        .issuer("CN=signer")
        .serial([1])
        .public_key(signer.public_key())
        .certificate_hash(DigestAlgorithm::Sha1, [7; 20]);
    let others = real.iter().cycle().zip(2_u32..).take(records - 1).map(|(record, number)| {
        let der = record.certificate().expect("it has its certificate");
        let (mut der, serial) =
            (der.to_vec(), Certificate::parse(der).expect("it is one").serial());
        let at = der.windows(serial.len()).position(|part| part == serial).expect("it is inside");
        let number = number.to_be_bytes();
        der[at + serial.len() - 4..at + serial.len()].copy_from_slice(&number);
        let serial = der[at..at + serial.len()].to_vec();
        let end = der.len() - 4;
        der[end..].copy_from_slice(&number);
        RecordBuilder::new(Role::Tvs)
            .server(format!("ccm{}", der[end + 3] % 20))
            .subject(without_nul(record.subject()))
            .issuer(without_nul(record.issuer()))
            .serial(serial)
            .public_key(record.public_key().unwrap_or_default())
            .certificate_signature(record.certificate_signature().unwrap_or_default())
            .certificate(der)
    });
    let info = SignerInfo::new("CN=signer", "CN=signer", [1_u8]);
    ListBuilder::new(Layout::Cucm, info)
        .file_name("ITLFile.tlv")
        .digest(DigestAlgorithm::Sha1)
        .record(own)
        .records(others)
        .sign(signer)
        .expect("the list can be written")
}

fn without_nul(name: Option<&[u8]>) -> &[u8] {
    let name = name.unwrap_or_default();
    name.strip_suffix(&[0]).unwrap_or(name)
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect("testdata is there")
}
