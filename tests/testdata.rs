//! Makes every file of `testdata/` but the keys and the cases, and holds the committed ones to it.
//!
//! `UPDATE_TESTDATA=1 cargo test --test testdata` writes them anew.
#![cfg(feature = "rsa")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::cluster::{self, AFTER, BEFORE, CONFIG, CONFIG_NAME, Holder, NODES};
use support::key::public_key;
use support::{Certificate, Request, key};
use trustlist::cert;
use trustlist::verify::{
    OwnSignature, RustCrypto, SignatureOutcome, check_own_signature, verify_file_with_certificate,
};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignedFileBuilder};
use trustlist::wire::{self, DigestAlgorithm, File, Role, SignedFile, TrustList};

/// The files: path below `testdata`, content.
type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn committed_files_are_what_the_generator_makes() {
    let made = generate();
    if std::env::var_os("UPDATE_TESTDATA").is_some() {
        update(&made);
    }
    let committed: BTreeSet<String> = committed().into_iter().collect();
    assert_eq!(
        committed,
        made.keys().cloned().collect(),
        "files that are there, files that are made"
    );
    for (path, bytes) in &made {
        let there = std::fs::read(testdata().join(path)).unwrap();
        assert!(there == *bytes, "{path}: the generator makes other bytes");
    }
}

#[test]
fn the_table_names_every_file() {
    let table = std::fs::read_to_string(testdata().join("README.md")).unwrap();
    for path in generate().keys() {
        let (folder, name) = path.rsplit_once('/').unwrap();
        let row =
            table.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{path}`")));
        let folder = table.lines().find(|line| {
            line.starts_with('|') && line.contains(&format!("`{folder}/`")) && line.contains(name)
        });
        assert!(row.or(folder).is_some(), "{path} has no row in testdata/README.md");
    }
}

/// Every list and signed file is sound, except in `bad/`, where each is wrong in its own way.
#[test]
fn signatures_are_right_outside_of_bad() {
    let made = generate();
    let mut checked = 0;
    for (path, bytes) in
        made.iter().filter(|(path, _)| path.contains(".tlv") || path.ends_with(".sgn"))
    {
        if path.starts_with("bad/") {
            continue;
        }
        let valid = match wire::parse(bytes).unwrap_or_else(|error| panic!("{path}: {error}")) {
            File::List(list) => {
                check_own_signature(&list, &RustCrypto).unwrap().outcome == OwnSignature::Consistent
            }
            File::Signed(file) => signer_of(&file) == SignatureOutcome::Valid,
        };
        assert!(valid, "{path}");
        checked += 1;
    }
    assert_eq!(checked, 33, "files");
}

#[test]
fn bad_files_are_bad_in_their_own_way() {
    let made = generate();
    let list = |name: &str| TrustList::parse(&made[&format!("bad/{name}")]);
    let third =
        list("third-record-length.tlv").unwrap().records().position(|record| record.is_err());
    assert_eq!(third, Some(2), "the third record");
    let cut =
        list("truncated.tlv").unwrap().records().find_map(Result::err).expect("a record is cut");
    assert!(cut.offset() <= made["bad/truncated.tlv"].len());
    for name in ["flipped-signature.tlv", "flipped-record.tlv"] {
        let outcome = check_own_signature(&list(name).unwrap(), &RustCrypto).unwrap().outcome;
        assert!(matches!(outcome, OwnSignature::Invalid(_)), "{name}: {outcome:?}");
    }
    assert!(wire::parse(&made["bad/empty.tlv"]).is_err());
    let forged = list("forged-signer.tlv").unwrap();
    assert_eq!(
        check_own_signature(&forged, &RustCrypto).unwrap().outcome,
        OwnSignature::Consistent,
        "by its own record"
    );
    let honest = TrustList::parse(&made["cluster/before/ITLFile.tlv"]).unwrap();
    assert_eq!(forged.header().signer(), honest.header().signer());
    let config = SignedFile::parse(&made["bad/forged-signer.cnf.xml.sgn"]).unwrap();
    assert!(matches!(signer_of(&config), SignatureOutcome::Invalid(_)));
    let firmware = SignedFile::parse(&made["bad/firmware-like.loads"]).unwrap();
    assert!(firmware.is_firmware());
}

/// The answer for a signed file under the honest certificate that it names.
fn signer_of(file: &SignedFile<'_>) -> SignatureOutcome {
    let holders = [
        cluster::call_manager("ccm1", 1),
        cluster::call_manager("ccm1", 2),
        cluster::call_manager("ccm2", 1),
    ];
    let named = holders
        .iter()
        .find(|holder| holder.certificate.serial == file.header().serial())
        .expect("a known signer");
    let certificate = cert::Certificate::parse(&named.certificate.der).unwrap();
    verify_file_with_certificate(file, &certificate, &RustCrypto).outcome
}

fn generate() -> Files {
    let mut files = Files::new();
    certificates(&mut files);
    call_manager_signed(&mut files);
    mixed_mode(&mut files);
    recovery_signed(&mut files);
    digests_and_keys(&mut files);
    forms(&mut files);
    certutils(&mut files);
    bad(&mut files);
    files
}

fn put(files: &mut Files, path: &str, bytes: impl Into<Vec<u8>>) {
    assert!(files.insert(path.to_owned(), bytes.into()).is_none(), "{path} twice");
}

fn put_list(files: &mut Files, path: &str, list: &ListBuilder, signer: &Holder) {
    put(files, path, list.sign(&signer.key.signer).unwrap());
}

/// The certificates that TVS servers present, and the CallManager certificates, as PEM: for
/// `--tvs ccm1=…` and `--signer …`.
fn certificates(files: &mut Files) {
    for generation in [1, 2] {
        for node in NODES {
            put(
                files,
                &format!("certs/{node}-tvs-{generation}.pem"),
                cluster::tvs(node, generation).certificate.pem(),
            );
        }
        let manager = cluster::call_manager("ccm1", generation).certificate.pem();
        put(files, &format!("certs/ccm1-callmanager-{generation}.pem"), manager);
    }
    put(files, "certs/ccm2-callmanager-1.pem", cluster::call_manager("ccm2", 1).certificate.pem());
    put(files, "certs/itlrecovery-1.pem", cluster::recovery(1).certificate.pem());
    put(files, "certs/capf-1.pem", cluster::capf().certificate.pem());
    put(files, "certs/ccm1-ec.pem", elliptic("p256", "ccm1-EC").pem());
    put(files, "certs/forged-ccm1-tvs-1.pem", forged(&cluster::tvs("ccm1", 1)).certificate.pem());
}

/// CUCM 10.5, non-secure: each TFTP node's CallManager signs its ITL.
fn call_manager_signed(files: &mut Files) {
    let (old, new) = (cluster::call_manager("ccm1", 1), cluster::call_manager("ccm1", 2));
    let recovery = cluster::recovery(1);
    let (old_tvs, new_tvs) = (cluster::all_tvs(1), cluster::all_tvs(2));
    let stages = [
        ("before", &old, &old_tvs, BEFORE),
        ("after-callmanager", &new, &old_tvs, AFTER),
        ("after-both", &new, &new_tvs, AFTER),
    ];
    for (stage, manager, tvs, time) in stages {
        let itl = cluster::itl(manager, "ccm1", manager, &recovery, tvs, time);
        put_list(files, &format!("cluster/{stage}/ITLFile.tlv"), &itl, manager);
        put(
            files,
            &format!("cluster/{stage}/{CONFIG_NAME}"),
            cluster::config(manager, DigestAlgorithm::Sha1, time),
        );
    }
    let second = cluster::call_manager("ccm2", 1);
    let itl = cluster::itl(&second, "ccm2", &second, &recovery, &old_tvs, BEFORE);
    put_list(files, "cluster/from-ccm2/ITLFile.tlv", &itl, &second);
    put(
        files,
        &format!("cluster/from-ccm2/{CONFIG_NAME}"),
        cluster::config(&second, DigestAlgorithm::Sha1, BEFORE),
    );
    let blank = cluster::list(&old, "ITLFile.tlv", BEFORE)
        .record(cluster::itl_record(Role::Sast, "ccm1", &old))
        .record(cluster::itl_record(Role::Sast, "ccm1", &recovery))
        .record(cluster::itl_record(Role::Capf, "ccm1", &cluster::capf()));
    put_list(files, "cluster/rollback/ITLFile.tlv", &blank, &old);
}

/// The same cluster in mixed mode: CTLs signed by the publisher's CallManager or by an eToken.
fn mixed_mode(files: &mut Files) {
    let (old, new) = (cluster::call_manager("ccm1", 1), cluster::call_manager("ccm1", 2));
    let recovery = cluster::recovery(1);
    put_list(files, "mixed/before/CTLFile.tlv", &cluster::ctl(&old, &old, &recovery, BEFORE), &old);
    put_list(
        files,
        "mixed/after-callmanager/CTLFile.tlv",
        &cluster::ctl(&new, &new, &recovery, AFTER),
        &new,
    );
    let token = cluster::token();
    let empty =
        |node: &str| RecordBuilder::new(Role::CcmTftp).server(node).address(cluster::address(node));
    let left = cluster::list(&old, "CTLFile.tlv", AFTER)
        .record(cluster::ctl_record(Role::Sast, "ccm1", &old))
        .records(NODES.map(empty))
        .record(cluster::ctl_record(Role::Capf, "ccm1", &cluster::capf()))
        .record(cluster::ctl_record(Role::Sast, "ccm1", &recovery));
    put_list(files, "mixed/left/CTLFile.tlv", &left, &old);
    // eToken records have a lone NUL for a name and no tag 8; the address is not set.
    let token_record = RecordBuilder::new(Role::Sast)
        .server("")
        .subject(token.certificate.subject.as_str())
        .issuer(token.certificate.issuer.as_str())
        .serial(token.certificate.serial.clone())
        .public_key(token.certificate.public_key.clone())
        .certificate(token.certificate.der.clone())
        .address([0, 0, 0, 0].into());
    let list =
        cluster::list(&token, "CTLFile.tlv", BEFORE)
            .record(token_record)
            .records(NODES.map(|node| {
                cluster::ctl_record(Role::CcmTftp, node, &cluster::call_manager(node, 1))
            }))
            .record(cluster::ctl_record(Role::Capf, "ccm1", &cluster::capf()));
    put_list(files, "mixed/etoken/CTLFile.tlv", &list, &token);
}

/// CUCM 12.5: ITLRecovery signs ITL and CTL.
fn recovery_signed(files: &mut Files) {
    let (old, new) = (cluster::call_manager("ccm1", 1), cluster::call_manager("ccm1", 2));
    let (recovery, renewed) = (cluster::recovery(1), cluster::recovery(2));
    let tvs = cluster::all_tvs(1);
    let stages = [
        ("before", &old, &recovery, &recovery, BEFORE),
        ("after-callmanager", &new, &recovery, &recovery, AFTER),
        ("after-recovery", &old, &renewed, &renewed, AFTER),
        ("localkey", &old, &recovery, &old, AFTER),
    ];
    for (stage, manager, recovery, signer, time) in stages {
        let itl = cluster::itl(signer, "ccm1", manager, recovery, &tvs, time);
        put_list(files, &format!("recovery/{stage}/ITLFile.tlv"), &itl, signer);
    }
    put_list(
        files,
        "recovery/before/CTLFile.tlv",
        &cluster::ctl(&recovery, &old, &recovery, BEFORE),
        &recovery,
    );
}

/// One CUCM list for every digest, and one for every key size.
fn digests_and_keys(files: &mut Files) {
    let old = cluster::call_manager("ccm1", 1);
    for (name, digest) in [("sha256", DigestAlgorithm::Sha256), ("sha512", DigestAlgorithm::Sha512)]
    {
        let itl =
            cluster::itl(&old, "ccm1", &old, &cluster::recovery(1), &cluster::all_tvs(1), AFTER)
                .digest(digest);
        put_list(files, &format!("digests/{name}/ITLFile.tlv"), &itl, &old);
    }
    let sha512 = DigestAlgorithm::Sha512;
    put(files, &format!("digests/sha512/{CONFIG_NAME}"), cluster::config(&old, sha512, AFTER));
    let ctl = cluster::ctl(&old, &old, &cluster::recovery(1), AFTER).digest(sha512);
    put_list(files, "digests/sha512/CTLFile.tlv", &ctl, &old);
    for size in ["rsa1024", "rsa3072", "rsa4096"] {
        let signer = cluster::holder(
            "ccm1.voice.example",
            size,
            1,
            VALIDITY,
            &format!("{size}-{}", if size == "rsa1024" { "02" } else { "01" }),
        );
        let itl = cluster::itl(
            &signer,
            "ccm1",
            &signer,
            &cluster::recovery(1),
            &cluster::all_tvs(1),
            AFTER,
        );
        put_list(files, &format!("digests/{size}/ITLFile.tlv"), &itl, &signer);
    }
}

const VALIDITY: (u64, u64) = (1_709_629_960, 1_867_309_959);

/// Every form a record can have, and lists that are long.
fn forms(files: &mut Files) {
    let signer = cluster::call_manager("ccm1", 1);
    let start = || {
        cluster::list(&signer, "ITLFile.tlv", BEFORE).record(cluster::itl_record(
            Role::Sast,
            "ccm1",
            &signer,
        ))
    };
    let tvs = cluster::tvs("ccm1", 1).certificate;
    let all = start()
        .record(tvs.record(Role::Tvs, Layout::Cucm).server(" "))
        .record(tvs.hash_record(Role::Tvs, Layout::Cucm).server(" "))
        .record(tvs.names_record(Role::Tvs, Layout::Cucm).server(" "))
        .record(
            RecordBuilder::new(Role::CcmTftp)
                .server("192.0.2.11")
                .address(cluster::address("ccm1")),
        )
        .record(
            signer
                .certificate
                .hash_record(Role::Ccm, Layout::Cucm)
                .server("2001:db8::11")
                .address(IPV6.into()),
        )
        .record(tvs.hash_record(Role::Other(9), Layout::Cucm).extra(99, *b"later"));
    put_list(files, "forms/every-form.tlv", &all, &signer);

    let itl =
        cluster::itl(&signer, "ccm1", &signer, &cluster::recovery(1), &cluster::all_tvs(1), BEFORE);
    let itl =
        itl.record(elliptic("p256", "ccm1-EC").record(Role::Ccm, Layout::Cucm).server("ccm1"));
    let itl =
        itl.record(elliptic("p384", "ccm2-EC").hash_record(Role::Ccm, Layout::Cucm).server("ccm2"));
    put_list(files, "forms/elliptic-curves.tlv", &itl, &signer);
    put_list(files, "forms/39-certificates.tlv", &many(&signer, 39), &signer);
    put_list(files, "forms/over-64-kib.tlv", &many(&signer, 42), &signer);
    put_list(files, "forms/no-records-but-the-signer.tlv", &start(), &signer);
}

/// An elliptic curve certificate, as CallManager-ECDSA is; signed by the CallManager, as its
/// private key was never kept.
fn elliptic(curve: &str, name: &str) -> Certificate {
    let signer = cluster::call_manager("ccm1", 1);
    let subject = format!("CN={name}.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL");
    let (serial, issuer) = (cluster::serial(curve), signer.certificate.subject.as_str());
    let request = Request {
        subject: &subject,
        issuer,
        serial: &serial,
        validity: VALIDITY,
        public_key: public_key(curve),
    };
    request.sign(signer.key)
}

const IPV6: [u16; 8] = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x11];

/// A list of full certificates, each another one: 39 make an ITL of 62 kB, the longest in practice
/// (P-ALG-7).
fn many(signer: &Holder, count: usize) -> ListBuilder {
    let key = key("rsa2048-16");
    let list = cluster::list(signer, "ITLFile.tlv", BEFORE).record(cluster::itl_record(
        Role::Sast,
        "ccm1",
        signer,
    ));
    (2..=count).fold(list, |list, number| {
        let server = format!("srst{number:02}");
        let subject = format!("CN={server}.voice.example;O=Example Telephony;C=NL");
        let gateway = Request::own(&subject, &cluster::serial(&server), VALIDITY, key).sign(key);
        list.record(gateway.record(Role::Srst, Layout::Cucm).server(server))
    })
}

/// The same cluster as certutils writes it.
fn certutils(files: &mut Files) {
    let layout = Layout::Certutils;
    let (signer, recovery) = (cluster::call_manager("ccm1", 1), cluster::recovery(1));
    let list = |file_name: &str| {
        ListBuilder::new(layout, signer.certificate.signer_info(layout))
            .file_name(file_name)
            .timestamp(BEFORE)
    };
    let records = [
        signer.certificate.record(Role::Sast, layout),
        recovery.certificate.record(Role::Sast, layout),
        signer.certificate.record(Role::CcmTftp, layout),
        cluster::tvs("ccm1", 1).certificate.record(Role::Tvs, layout),
        cluster::tvs("ccm2", 1).certificate.record(Role::Tvs, layout),
    ];
    put_list(
        files,
        "certutils/ITLFile.tlv",
        &list("ITLFile.tlv").records(records.clone()),
        &signer,
    );
    put_list(
        files,
        "certutils/CTLFile.tlv",
        &list("CTLFile.tlv").records(records[..3].iter().cloned()),
        &signer,
    );
    let config = SignedFileBuilder::new(layout, signer.certificate.signer_info(layout))
        .file_name(CONFIG_NAME)
        .timestamp(BEFORE);
    put(
        files,
        &format!("certutils/{CONFIG_NAME}"),
        config.sign(CONFIG.as_bytes(), &signer.key.signer).unwrap(),
    );
}

/// A certificate with another key under the same names, serial number and dates: what an impostor
/// can make.
fn forged(honest: &Holder) -> Holder {
    let key = key("rsa2048-23");
    let certificate = &honest.certificate;
    let serial: &[u8] = &certificate.serial;
    Holder { certificate: Request::own(&certificate.subject, serial, VALIDITY, key).sign(key), key }
}

/// Files that a phone or this crate must not take.
fn bad(files: &mut Files) {
    let honest = files["cluster/before/ITLFile.tlv"].clone();
    let list = TrustList::parse(&honest).unwrap();
    let records: Vec<std::ops::Range<usize>> =
        list.records().map(|record| record.unwrap().range()).collect();
    let mut wrong = honest.clone();
    wrong[records[2].start + 4] ^= 0x40;
    put(files, "bad/third-record-length.tlv", wrong);
    put(files, "bad/truncated.tlv", &honest[..records[3].start + 100]);
    let mut flipped = honest.clone();
    flipped[list.header().tag_range(12).unwrap().end - 1] ^= 1;
    put(files, "bad/flipped-signature.tlv", flipped);
    let mut flipped = honest.clone();
    flipped[records[1].end - 1] ^= 1;
    put(files, "bad/flipped-record.tlv", flipped);
    put(files, "bad/empty.tlv", []);
    put(
        files,
        "bad/error-page.tlv",
        *b"<html><head><title>404 Not Found</title></head><body>File not found</body></html>\n",
    );

    let impostor = forged(&cluster::call_manager("ccm1", 1));
    let tvs = cluster::all_tvs(1);
    let forgery = cluster::itl(&impostor, "ccm1", &impostor, &cluster::recovery(1), &tvs, AFTER);
    put_list(files, "bad/forged-signer.tlv", &forgery, &impostor);
    put(
        files,
        "bad/forged-signer.cnf.xml.sgn",
        cluster::config(&impostor, DigestAlgorithm::Sha1, AFTER),
    );

    let placeholder = SignedFileBuilder::new(Layout::Cucm, firmware_signer())
        .version(1, 1)
        .file_name("SIP00.1-0-0.loads");
    let firmware = placeholder
        .sign(b"apps00.1-0-0.sbn\nrtos00.1-0-0.sbn\n", &key("rsa2048-22").signer)
        .unwrap();
    put(files, "bad/firmware-like.loads", firmware);
    put(files, "bad/firmware-78xx.sbn", [&0xab12_34cd_u32.to_le_bytes()[..], &[0; 60]].concat());
}

/// The text that Cisco's firmware holds in place of a signer (`spec/FORMAT.md` section 4.3).
fn firmware_signer() -> wire::write::SignerInfo {
    let serial = [0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef];
    wire::write::SignerInfo::new(
        "CN=someSigner;OU=someOrgUnit;O=someOrg",
        "CN=someCA;OU=someOrgUnit;O=someOrg",
        serial,
    )
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// The folders that the generator owns; everything else in `testdata` is left alone.
const OWNED: [&str; 8] =
    ["bad", "certs", "certutils", "cluster", "digests", "forms", "mixed", "recovery"];

fn committed() -> Vec<String> {
    let mut folders: Vec<PathBuf> = OWNED.iter().map(|folder| testdata().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(testdata()).unwrap();
                found.push(
                    path.components()
                        .map(|part| part.as_os_str().to_str().unwrap())
                        .collect::<Vec<_>>()
                        .join("/"),
                );
            }
        }
    }
    found
}

fn update(made: &Files) {
    for path in committed() {
        std::fs::remove_file(testdata().join(path)).unwrap();
    }
    for (path, bytes) in made {
        let path = testdata().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
