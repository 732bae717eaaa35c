//! The properties of `fuzz/props.rs` over all files of the project, as they are and slightly
//! changed. Always the same files in the same order: what fails here fails again.
#[path = "../../../tests/common/mod.rs"]
mod common;
#[path = "../../../fuzz/props.rs"]
mod props;

use std::path::{Path, PathBuf};

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// The bytes of the files below `folders` of testdata whose names end in one of these.
fn inputs(folders: &[&str], endings: &[&str]) -> Vec<Vec<u8>> {
    let paths = folders.iter().flat_map(|folder| files(&common::testdata(folder)));
    let wanted = |path: &PathBuf| {
        endings.is_empty() || endings.iter().any(|ending| path.to_string_lossy().ends_with(ending))
    };
    paths.filter(wanted).map(|path| std::fs::read(path).unwrap()).collect()
}

/// The file, and `count` changes of it: cut, a byte changed, a byte doubled, a piece taken out.
/// Some aim at the header.
fn changed(bytes: &[u8], count: u64) -> Vec<Vec<u8>> {
    let mut random = Random(u64::try_from(bytes.len()).unwrap());
    let mut changed = vec![bytes.to_vec()];
    for turn in 0..count {
        let mut one = bytes.to_vec();
        let part = if turn % 2 == 0 { bytes.len() } else { bytes.len().min(600) };
        let at = random.below(part);
        match turn % 4 {
            _ if bytes.is_empty() => continue,
            0 => one.truncate(at),
            1 => one[at] = u8::try_from(random.below(256)).unwrap(),
            2 => one.insert(at, bytes[at]),
            _ => drop(one.drain(at..(at + 1 + random.below(8)).min(bytes.len()))),
        }
        changed.push(one);
    }
    changed
}

/// xorshift64: reproducible anywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Bytes that mean nothing, for the properties that make a question of whatever they get.
fn noise(count: usize, longest: usize) -> Vec<Vec<u8>> {
    let mut random = Random(1);
    (0..count)
        .map(|_| (0..random.below(longest)).map(|_| random.next().to_le_bytes()[0]).collect())
        .collect()
}

/// Runs a property on every input and says which one broke it.
fn hold(property: fn(&[u8]), inputs: &[Vec<u8>], at_least: usize) {
    assert!(inputs.len() >= at_least, "only {} inputs", inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        if let Err(panic) = std::panic::catch_unwind(|| property(input)) {
            eprintln!(
                "input {index} of {} bytes, starting {:02x?}",
                input.len(),
                &input[..input.len().min(48)]
            );
            std::panic::resume_unwind(panic);
        }
    }
}

const FOLDERS: &[&str] =
    &["bad", "certutils", "cluster", "digests", "forms", "mixed", "recovery", "corpus"];
const LISTS: &[&str] = &[".tlv", ".sgn", ".loads", ".sbn", ".bin", ".sha512"];

#[test]
fn parse() {
    let inputs: Vec<_> = inputs(FOLDERS, LISTS).iter().flat_map(|file| changed(file, 12)).collect();
    hold(props::parse, &inputs, 400);
}

#[test]
fn differential() {
    let inputs: Vec<_> = inputs(FOLDERS, LISTS).iter().flat_map(|file| changed(file, 40)).collect();
    hold(props::differential, &inputs, 1000);
}

#[test]
fn verify() {
    let inputs: Vec<_> = inputs(FOLDERS, LISTS).iter().flat_map(|file| changed(file, 1)).collect();
    hold(props::verify, &inputs, 60);
}

#[test]
fn predict() {
    hold(props::predict, &noise(2000, 200), 2000);
}

#[test]
fn json() {
    let cases = inputs(&["cases", "build"], &[".json"]);
    let inputs: Vec<_> = cases.iter().flat_map(|file| changed(file, 4)).collect();
    hold(props::json, &inputs, 500);
}

#[test]
fn console() {
    let prints = inputs(&["prints", "cases/preflight"], &[]);
    let inputs: Vec<_> = prints
        .iter()
        .flat_map(|file| changed(file, 4))
        .chain([b"admin:show itl\n".to_vec()])
        .collect();
    hold(props::console, &inputs, 1);
}

#[test]
fn simulate() {
    let mut scenarios = inputs(&["cases/simulate", "cases/lint"], &[".json"]);
    scenarios.extend(noise(60, 250));
    hold(props::simulate, &scenarios, 61);
}

#[test]
fn plan() {
    let judged =
        inputs(&["cases/lint"], &["tvs-restart-too-early.json", "ctl-after-callmanager.json"]);
    let questions = [noise(16, 250), judged].concat();
    hold(props::plan, &questions, 18);
}

#[test]
fn inventory() {
    let csv = "device,model,tftp_servers,cm_group,security,lsc,itl,ctl,status\nSEP1,8841,hq,\"hq;br\",encrypted,current,current,none,\
               Registered with hq\nSEP940,7940,,Lobby,,,,,\n";
    let itl = common::show_itl(&[("hq", "CCM+TFTP"), ("br", "TVS"), ("hq", "TVS"), ("hq", "CAPF")]);
    let mut files = vec![format!("{csv}\0{itl}").into_bytes(), csv.as_bytes().to_vec()];
    files.extend(
        inputs(&["prints", "cases/preflight"], &[])
            .into_iter()
            .map(|paste| [csv.as_bytes(), b"\0", &paste].concat()),
    );
    let inputs: Vec<_> = files.iter().flat_map(|file| changed(file, 8)).collect();
    hold(props::inventory, &inputs, 18);
}

#[test]
fn logs() {
    let logs = inputs(&["cases/logs", "cases/deletion"], &[]);
    let published = b"Jul 6 03:12:05 CM11 user 6 ilog_impl: emitting platform-event (--no-wait x HOSTNAME=a NAME=b.pem)".to_vec();
    let inputs: Vec<_> =
        logs.iter().chain([&published]).flat_map(|file| changed(file, 20)).collect();
    hold(props::logs, &inputs, 20);
}
