//! Nothing in a file can change while its signature still verifies: bytes of every valid list and
//! signed file of `testdata/` are changed, one at a time, and asked about under the key that signed
//! the unchanged file.
//!
//! Every byte of a header is changed, and one of 29 after it. `TRUSTLIST_ATTACK=all` changes every
//! bit of a header and every byte after it: some four minutes of a processor (`docs/assurance.md`).

#![cfg(feature = "rsa")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use trustlist::verify::{OwnSignature, check_own_signature, record_key};
use trustlist::verify::{RustCrypto, SignatureOutcome, verify_file_with_list, verify_header};
use trustlist::wire::{self, File, TrustList};

mod common;

/// Files below a folder, hostile ones left out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A file whose signature is valid, and the key that says so.
struct Valid {
    path: PathBuf,
    bytes: Vec<u8>,
    key: Vec<u8>,
}

/// The key of the list's own signer, if it signed the list.
fn own_key(list: &TrustList<'_>) -> Option<Vec<u8>> {
    let checked = check_own_signature(list, &RustCrypto).ok()?;
    let signer = usize::try_from(checked.signer?).ok()?;
    let record = list.records().nth(signer - 1)?.ok()?;
    (checked.outcome == OwnSignature::Consistent)
        .then(|| record_key(&record).map(|(key, _)| key.to_vec()).ok())?
}

/// The key of the first list that vouches for a signed file.
fn key_by_lists(file: &wire::SignedFile<'_>, lists: &[Vec<u8>]) -> Option<Vec<u8>> {
    lists.iter().find_map(|bytes| {
        let list = TrustList::parse(bytes).ok()?;
        let checked = verify_file_with_list(file, &list, &RustCrypto).ok()?;
        let signer = usize::try_from(checked.signer?).ok()?;
        let record = list.records().nth(signer - 1)?.ok()?;
        (checked.outcome == SignatureOutcome::Valid)
            .then(|| record_key(&record).map(|(key, _)| key.to_vec()).ok())?
    })
}

/// Every valid file of `testdata/`, each content once.
fn valid_files() -> Vec<Valid> {
    let mut paths = Vec::new();
    files(&common::testdata(""), &mut paths);
    paths.sort();
    let mut contents = BTreeSet::new();
    let all: Vec<(PathBuf, Vec<u8>)> = paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .filter(|(_, bytes)| contents.insert(bytes.clone()))
        .collect();
    let lists: Vec<Vec<u8>> = all
        .iter()
        .filter(|(_, bytes)| TrustList::parse(bytes).is_ok_and(|list| own_key(&list).is_some()))
        .map(|(_, bytes)| bytes.clone())
        .collect();
    all.into_iter()
        .filter_map(|(path, bytes)| {
            let key = match wire::parse(&bytes).ok()? {
                File::List(list) => own_key(&list)?,
                File::Signed(file) => key_by_lists(&file, &lists)?,
            };
            Some(Valid { path, bytes, key })
        })
        .collect()
}

/// Checks if the file is whole and its signature valid under the key.
fn is_valid(bytes: &[u8], key: &[u8]) -> bool {
    let Ok(file) = wire::parse(bytes) else { return false };
    if let File::List(list) = &file {
        if list.records().any(|record| record.is_err()) {
            return false;
        }
    }
    verify_header(file.header(), file.signed_message(), key, &RustCrypto) == SignatureOutcome::Valid
}

/// Changes bytes, one at a time, and returns how many changes were tried.
fn change_all(valid: &Valid, all: bool) -> usize {
    let header = usize::from(wire::parse(&valid.bytes).unwrap().header().length());
    let mut bytes = valid.bytes.clone();
    let mut tried = 0;
    for at in 0..bytes.len() {
        let bits = match (at < header, all) {
            (true, true) => 0..8,
            (false, false) if at % 29 != 0 => continue,
            _ => at % 8..at % 8 + 1,
        };
        for bit in bits {
            bytes[at] ^= 1 << bit;
            assert!(
                !is_valid(&bytes, &valid.key),
                "{}: bit {bit} of byte {at} changed",
                valid.path.display()
            );
            bytes[at] ^= 1 << bit;
            tried += 1;
        }
    }
    assert!(is_valid(&bytes, &valid.key), "{}", valid.path.display());
    tried
}

#[test]
fn no_changed_byte_leaves_a_signature_valid() {
    let valid = valid_files();
    let (lists, signed): (Vec<&Valid>, Vec<&Valid>) =
        valid.iter().partition(|valid| matches!(wire::parse(&valid.bytes), Ok(File::List(_))));
    assert!(lists.len() >= 60 && signed.len() >= 6, "{} and {}", lists.len(), signed.len());
    let halves: Vec<Vec<&Valid>> =
        (0..2).map(|half| valid.iter().skip(half).step_by(2).collect()).collect();
    let all = std::env::var_os("TRUSTLIST_ATTACK").is_some_and(|what| what == "all");
    let tried: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .iter()
            .map(|half| {
                scope.spawn(|| half.iter().map(|valid| change_all(valid, all)).sum::<usize>())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{} lists, {} signed files, {tried} changes", lists.len(), signed.len());
    assert!(tried > 100_000, "{tried}");
}

/// The bytes before and after the signature are signed too: nothing can be added or removed.
#[test]
fn no_added_or_missing_byte_leaves_a_signature_valid() {
    for valid in valid_files() {
        let starts = match wire::parse(&valid.bytes).unwrap() {
            File::List(list) => {
                list.records().map(|record| record.unwrap().range().start).collect()
            }
            File::Signed(file) => vec![usize::from(file.header().length())],
        };
        for at in starts.into_iter().chain([valid.bytes.len()]) {
            let (before, after) = valid.bytes.split_at(at);
            for added in [&b"\0"[..], b"\r", b"\x01\0\x02\0\x0a\x04\0\x02\0\0"] {
                let more = [before, added, after].concat();
                assert!(!is_valid(&more, &valid.key), "{}: {at}", valid.path.display());
            }
            let fewer = [&before[..before.len() - 1], after].concat();
            assert!(!is_valid(&fewer, &valid.key), "{}: {at}", valid.path.display());
        }
    }
}
