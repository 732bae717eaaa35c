//! `trustlist build` as a library: a specification in, a signed list out.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use support::key;
use support::key::read_pem;
use trustlist::verify::{OwnSignature, RustCrypto, check_own_signature};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};
use trustlist_cluster::case::{Build, BuildError, CaseError};

fn testdata() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata")
}

/// Reads a specification whose paths are relative to `testdata/build`.
fn build(spec: &str) -> Result<Build, CaseError> {
    Build::read(spec, |path| {
        let path = testdata().join("build").join(path);
        if !path.exists() {
            return Err("no such file".to_owned());
        }
        Ok(read_pem(&path).as_bytes().to_vec())
    })
}

fn signed(spec: &str, key_name: &str) -> Result<Vec<u8>, BuildError> {
    let signer = &key(key_name).signer;
    build(spec).unwrap().sign(signer, signer.public_key())
}

fn spec(fields: &str, records: &str) -> String {
    format!(
        r#"{{ "schema": "trustlist.build/1", "file_name": "ITLFile.tlv"{fields}, "records": [ {records} ] }}"#
    )
}

const SAST: &str =
    r#"{ "role": "SAST", "certificate": "../certs/ccm1-callmanager-1.pem", "server": "ccm1" }"#;

#[test]
fn the_example_makes_the_list_of_testdata() {
    let text = std::fs::read_to_string(testdata().join("build/itl.json")).unwrap();
    let committed = std::fs::read(testdata().join("cluster/before/ITLFile.tlv")).unwrap();
    assert!(signed(&text, "rsa2048-01").unwrap() == committed);
    assert_eq!(signed(&text, "rsa2048-02"), Err(BuildError::WrongKey));
    assert_eq!(BuildError::WrongKey.to_string(), "the key is not that of the signer's certificate");
}

#[test]
fn every_field_is_written() {
    let fields = r#", "layout": "certutils", "version": "1.1", "digest": "sha512", "timestamp": "2026-11-02",
        "signer": "../certs/ccm1-callmanager-2.pem""#;
    let records = [
        SAST,
        r#"{ "role": "SAST", "certificate": "../certs/ccm1-callmanager-2.pem" }"#,
        r#"{ "role": "CCM+TFTP", "server": "ccm2", "address": "192.0.2.12", "form": "empty" }"#,
        r#"{ "role": "TVS", "certificate": "../certs/ccm1-tvs-1.pem", "address": "2001:db8::1", "form": "none" }"#,
        r#"{ "role": "role-9", "certificate": "../certs/ccm1-ec.pem", "form": "hash" }"#,
    ];
    let bytes = signed(&spec(fields, &records.join(",")), "rsa2048-02").unwrap();
    let list = TrustList::parse(&bytes).unwrap();
    assert_eq!(check_own_signature(&list, &RustCrypto).unwrap().outcome, OwnSignature::Consistent);
    let header = list.header();
    assert_eq!((header.version().major, header.version().minor), (1, 1));
    assert_eq!(header.digest(), DigestAlgorithm::Sha512);
    assert_eq!(header.timestamp(), Some(1_793_577_600));
    assert!(header.signer_name().unwrap().starts_with(b"CN=ccm1.voice.example,OU=Voice,"));
    let records: Vec<_> = list.records().map(Result::unwrap).collect();
    assert_eq!(records[2].subject(), None);
    assert_eq!(records[2].dns_name(), Some(&b"ccm2\0"[..]));
    assert_eq!(records[3].address().unwrap().to_string(), "2001:db8::1");
    assert_eq!((records[3].certificate(), records[3].certificate_hash()), (None, None));
    assert_eq!(records[4].role(), Role::Other(9));
    assert_eq!(records[4].public_key().unwrap().len(), 65, "the point of P-256");
    assert_eq!(records[4].certificate_hash().unwrap().len(), 20);
}

#[test]
fn the_time_is_taken_from_the_caller_only_where_none_is_given() {
    let time = |spec: &str| {
        let signer = &key("rsa2048-01").signer;
        let bytes =
            build(spec).unwrap().default_timestamp(7).sign(signer, signer.public_key()).unwrap();
        TrustList::parse(&bytes).unwrap().header().timestamp()
    };
    assert_eq!(time(&spec("", SAST)), Some(7));
    assert_eq!(time(&spec(r#", "timestamp": "1970-01-02""#, SAST)), Some(86_400));
}

#[test]
fn errors_name_the_path() {
    let error =
        |fields: &str, records: &str| build(&spec(fields, records)).unwrap_err().to_string();
    assert_eq!(
        error("", r#"{ "role": "SAST", "certificate": "../certs/none.pem" }"#),
        r#"records[0].certificate: expected the path of a certificate; found "../certs/none.pem": no such file"#
    );
    assert!(error("", r#"{ "role": "SAST", "certificate": "../keys/p256-public.pem" }"#).starts_with(
        r#"records[0].certificate: expected the path of a certificate; found "../keys/p256-public.pem": certificate, "#
    ));
    assert_eq!(
        error("", r#"{ "role": "Sast" }"#),
        r#"records[0].role: expected a role: SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N; found "Sast""#
    );
    assert_eq!(
        error("", r#"{ "role": "SAST" }"#),
        "records[0].certificate: expected this field; found nothing"
    );
    assert_eq!(
        error("", r#"{ "role": "TVS", "form": "empty", "certificate": "x" }"#),
        r#"records[0].certificate: expected no certificate in a record of form empty; found "x""#
    );
    assert_eq!(
        error("", r#"{ "role": "CCM", "form": "empty" }"#),
        "signer: expected the path of a certificate, as no record is SAST; found nothing"
    );
    assert_eq!(
        error(r#", "signer": "../certs/ccm1-ec.pem""#, SAST),
        "signer: expected a signer with an RSA key; found a key of another kind"
    );
    let address = SAST.replace("\"server\": \"ccm1\"", "\"address\": \"ccm1\"");
    assert_eq!(error("", &address), r#"records[0].address: expected an IP address; found "ccm1""#);
    assert_eq!(
        error(r#", "version": "1""#, SAST),
        r#"version: expected a version like 1.2; found "1""#
    );
    assert_eq!(
        error(r#", "digest": "md5""#, SAST),
        r#"digest: expected sha1, sha256 or sha512; found "md5""#
    );
    assert_eq!(
        error(r#", "timestamp": "2106-02-08""#, SAST),
        r#"timestamp: expected a date like 2026-11-02T07:30:00Z, 1970 to 2106; found "2106-02-08""#
    );
    assert!(error(r#", "colour": 1"#, SAST).ends_with("found an unknown field"));
}
