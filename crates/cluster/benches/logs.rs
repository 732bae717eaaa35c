//! Reading logs for a deletion, beside `grep -c` for the name of the event, over the same file in
//! one run: `cargo bench --bench logs`. `LOG_MIB=1024` sets the size.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use trustlist_cluster::deletion::NodeTime;
use trustlist_cluster::deletion::logs::{Sighting, scan};
use trustlist_cluster::platform_event::DELETE_EVENT;

/// The best of this number of rounds counts.
const ROUNDS: u32 = 5;

/// A system log and a log of change notification: heartbeats and other lines, an event or an import
/// in every 10,000.
fn write_log(path: &Path, size: u64, line: impl Fn(u64) -> String) -> io::Result<u64> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = 0;
    for number in 0.. {
        if written >= size {
            break;
        }
        let line = line(number);
        file.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    file.flush()?;
    Ok(written)
}

fn system(number: u64) -> String {
    let (minute, second) = (number / 60 % 60, number % 60);
    let head = format!("Jul  6 03:{minute:02}:{second:02} larch01");
    match number % 10_000 {
        7 => format!(
            "{head} user 6 ilog_impl: emitted platform-event(--no-wait {DELETE_EVENT} HOSTNAME=larch01 UNIT=tomcat-trust Type=certs-trust NAME=old.pem)\n"
        ),
        n if n % 20 == 3 => format!(
            "{head} user 6 ilog_impl: emitted platform-event(--no-wait platform-system-clusternode-heartbeat HOSTNAME=larch01 STATE=ready)\n"
        ),
        n if n % 2 == 0 => {
            format!("{head} cron 6 CROND[{n}]: (root) CMD (/usr/local/bin/ntp_check)\n")
        }
        n => format!(
            "{head} local7 6 ccm: {n}: larch01: Device registered with a name of SEP{n:012X} and a description\n"
        ),
    }
}

fn notification(number: u64) -> String {
    let (minute, second) = (number / 60 % 60, number % 60);
    let head = format!(
        "2026-07-06 03:{minute:02}:{second:02},120 DEBUG [InsertThread --- {}]",
        number % 40
    );
    match number % 10_000 {
        7 => format!("{head} - importTrustCert tomcat-trust old.pem\n"),
        n if n % 2 == 0 => {
            format!("{head} - Change notification not require on same node except tomcat cert.\n")
        }
        n => format!(
            "{head} - Updated Data in CERTIFICATE ::<msg><type>DBL</type><table>certificate</table><tableid>{n}</tableid></msg>\n"
        ),
    }
}

fn best(rounds: u32, mut run: impl FnMut() -> u64) -> (Duration, u64) {
    let mut found = 0;
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        found = run();
        start.elapsed()
    });
    let time = times.min().unwrap_or_default();
    (time, found)
}

fn sightings(path: &Path) -> u64 {
    let mut seen = 0;
    let collected = NodeTime::parse("2026-07-06T04:30:00").expect("a moment");
    let (_, read) = scan(File::open(path).expect("the log"), collected, &mut |_, sighting| {
        seen += u64::from(matches!(sighting, Sighting::Event(..) | Sighting::Import(_)));
    });
    read.expect("a whole log");
    seen
}

fn grep(word: &str, path: &Path) -> Option<u64> {
    let output =
        Command::new("grep").arg("-c").arg(word).arg(path).env("LC_ALL", "C").output().ok()?;
    std::str::from_utf8(&output.stdout).ok()?.trim().parse().ok()
}

fn main() {
    let trial = std::env::args().any(|argument| argument == "--test");
    let wanted = std::env::var("LOG_MIB").ok().and_then(|size| size.parse().ok());
    let size = if trial { 1 << 20 } else { wanted.unwrap_or(256_u64) << 20 };
    let rounds = if trial { 1 } else { ROUNDS };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for (name, word, line) in [
        ("system log", DELETE_EVENT, &system as &dyn Fn(u64) -> String),
        ("change notification", "importTrustCert", &notification),
    ] {
        let path = folder.join(format!("bench {name}"));
        let bytes = write_log(&path, size, line).expect("room for the log");
        let report = |what: &str, time: Duration, found: u64| {
            let rate = bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9);
            println!(
                "{name:<20} {what:<10} {rate:>8.0} MB/s  ({found} lines found in {} MB)",
                bytes / 1_000_000
            );
        };
        let (time, found) = best(rounds, || sightings(&path));
        report("scan", time, found);
        match grep(word, &path) {
            None => println!("{name:<20} skipped: there is no grep"),
            Some(_) => {
                let (time, counted) = best(rounds, || grep(word, &path).unwrap_or_default());
                report("grep -c", time, counted);
                assert_eq!(found, counted, "both find the same lines");
            }
        }
        let _ = std::fs::remove_file(&path);
    }
}
