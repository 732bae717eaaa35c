//! Output of the builder, compared with files of other origin and with the parser.
#![cfg(feature = "rsa")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "support/cases.rs"]
mod cases;
mod common;
#[path = "../fuzz/props/rebuild.rs"]
mod rebuild;
mod support;

use cases::cases;
use common::testdata;
use proptest::prelude::*;
use rebuild::{is_reproduced, name, rebuilt};
use std::collections::BTreeMap;
use std::net::IpAddr;
use support::{Request, key};
use trustlist::cert::Certificate;
use trustlist::facts::Serial;
use trustlist::verify::{
    KeySource, OwnSignature, RustCrypto, SignatureOutcome, check_own_signature,
    verify_file_with_certificate,
};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignedFileBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Record, Role, SignedFile, TrustList};

#[test]
fn valid_corpus_files_are_rebuilt_byte_for_byte() {
    let folder = testdata("corpus");
    let mut missed = BTreeMap::new();
    let mut count = 0;
    for part in ["valid", "sgn"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            count += 1;
            if !is_reproduced(&bytes) {
                missed.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), ());
            }
        }
    }
    println!("{count} files, {} not rebuilt", missed.len());
    let missed: Vec<&str> = missed.keys().map(String::as_str).collect();
    assert_eq!(missed, ODD, "files that neither layout writes");
}

/// Files whose order, padding or names are neither CUCM's nor certutils'.
const ODD: &[&str] = &[
    "dns-name-inner-nul.tlv",
    "dns-name-no-nul.tlv",
    "dns-name-zero.tlv",
    "order-465.tlv",
    "order-strange.tlv",
    "pad-64.tlv",
    "pad-none-unaligned.tlv",
    "record-order-certutils-fields.tlv",
];

#[test]
fn a_cucm_8_list_has_the_lengths_of_the_print() {
    let made =
        rebuilt(&std::fs::read(testdata("corpus/valid/cucm8-layout.tlv")).unwrap(), Layout::Cucm)
            .unwrap();
    let list = TrustList::parse(&made).unwrap();
    assert_eq!(list.header().length(), 296);
    let lengths: Vec<usize> =
        list.records().map(|record| record.unwrap().as_bytes().len()).collect();
    assert_eq!(lengths, [1972, 554, 475, 743]);
}

/// The expected content of a record, compared with the content that is read back.
#[derive(Clone, Debug)]
struct Expected {
    role: u16,
    server: Option<String>,
    names: Option<(String, String, Vec<u8>)>,
    key: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    form: Form,
    address: Option<IpAddr>,
    unknown: Vec<(u8, Vec<u8>)>,
}

#[derive(Clone, Debug)]
enum Form {
    Certificate(Vec<u8>),
    Hash(u8, Vec<u8>),
    None,
}

fn a_name() -> impl Strategy<Value = String> {
    "[^\\x00]{0,40}"
}

fn some_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

fn a_record() -> impl Strategy<Value = Expected> {
    let names = (a_name(), a_name(), some_bytes(24));
    let form = prop_oneof![
        some_bytes(900).prop_map(Form::Certificate),
        any::<[u8; 32]>().prop_map(|hash| Form::Hash(1, hash[..20].to_vec())),
        any::<[u8; 32]>().prop_map(|hash| Form::Hash(2, hash.to_vec())),
        any::<[u8; 32]>().prop_map(|hash| Form::Hash(3, hash.repeat(2))),
        Just(Form::None),
    ];
    let address = prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from)
    ];
    let unknown = prop::collection::btree_map(13..=u8::MAX, some_bytes(40), 0..3)
        .prop_map(|tags| tags.into_iter().collect());
    let small = (
        any::<u16>(),
        prop::option::of(a_name()),
        prop::option::of(names),
        prop::option::of(some_bytes(280)),
        prop::option::of(some_bytes(256)),
    );
    (small, form, prop::option::of(address), unknown).prop_map(
        |((role, server, names, key, signature), form, address, unknown)| Expected {
            role,
            server,
            names,
            key,
            signature,
            form,
            address,
            unknown,
        },
    )
}

impl Expected {
    fn build(&self) -> RecordBuilder {
        let mut builder = RecordBuilder::new(Role::from_code(self.role));
        if let Some(server) = &self.server {
            builder = builder.server(server.as_str());
        }
        if let Some((subject, issuer, serial)) = &self.names {
            builder =
                builder.subject(subject.as_str()).issuer(issuer.as_str()).serial(serial.clone());
        }
        if let Some(key) = &self.key {
            builder = builder.public_key(key.clone());
        }
        if let Some(signature) = &self.signature {
            builder = builder.certificate_signature(signature.clone());
        }
        builder = match &self.form {
            Form::Certificate(der) => builder.certificate(der.clone()),
            Form::Hash(algorithm, hash) => {
                builder.certificate_hash(DigestAlgorithm::from_code(*algorithm), hash.clone())
            }
            Form::None => builder,
        };
        if let Some(address) = self.address {
            builder = builder.address(address);
        }
        self.unknown
            .iter()
            .fold(builder, |builder, (tag, value)| builder.extra(*tag, value.clone()))
    }

    fn compare(&self, record: &Record<'_>, layout: Layout) {
        let text = |value: Option<&[u8]>| {
            value.map(|value| String::from_utf8(name(value).to_vec()).unwrap())
        };
        assert_eq!(record.role(), Role::from_code(self.role));
        assert_eq!(text(record.dns_name()), self.server);
        assert_eq!(
            text(record.subject()),
            self.names.as_ref().map(|(subject, ..)| subject.clone())
        );
        assert_eq!(text(record.issuer()), self.names.as_ref().map(|(_, issuer, _)| issuer.clone()));
        match (record.serial(), &self.names) {
            (Some(read), Some((.., serial))) if layout == Layout::Certutils => {
                assert!(Serial::eq_bytes(read, serial))
            }
            (read, names) => assert_eq!(read, names.as_ref().map(|(.., serial)| serial.as_slice())),
        }
        assert_eq!(record.public_key(), self.key.as_deref());
        assert_eq!(record.certificate_signature(), self.signature.as_deref());
        let (certificate, hash) = match &self.form {
            Form::Certificate(der) => (Some(der.as_slice()), None),
            Form::Hash(algorithm, hash) => (None, Some((hash.as_slice(), *algorithm))),
            Form::None => (None, None),
        };
        assert_eq!(record.certificate(), certificate);
        assert_eq!(record.certificate_hash().zip(record.hash_algorithm()), hash);
        assert_eq!(record.address(), self.address);
        let unknown: Vec<(u8, Vec<u8>)> =
            record.unknown().map(|tag| (tag.tag, tag.value.to_vec())).collect();
        assert_eq!(unknown, self.unknown);
    }
}

fn a_layout() -> impl Strategy<Value = Layout> {
    prop_oneof![Just(Layout::Certutils), Just(Layout::Cucm)]
}

fn a_digest() -> impl Strategy<Value = DigestAlgorithm> {
    prop_oneof![
        Just(DigestAlgorithm::Sha1),
        Just(DigestAlgorithm::Sha256),
        Just(DigestAlgorithm::Sha512)
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_list_is_read_back_as_it_was_written(
        layout in a_layout(),
        digest in a_digest(),
        records in prop::collection::vec(a_record(), 0..8),
        version in any::<(u8, u8)>(),
        timestamp in any::<Option<u32>>(),
        (subject, issuer, serial) in (a_name(), a_name(), some_bytes(24)),
    ) {
        let key = key("rsa1024-01");
        let own = RecordBuilder::new(Role::Sast).issuer(issuer.as_str()).serial(serial.clone());
        let own = own.public_key(key.signer.public_key());
        let mut builder = ListBuilder::new(layout, SignerInfo::new(subject.as_str(), issuer.as_str(), serial.clone()))
            .version(version.0, version.1)
            .digest(digest)
            .file_name("ITLFile.tlv")
            .record(own)
            .records(records.iter().map(Expected::build));
        if let Some(timestamp) = timestamp {
            builder = builder.timestamp(timestamp);
        }
        let bytes = builder.sign(&key.signer).unwrap();
        prop_assert_eq!(&bytes, &builder.sign(&key.signer).unwrap());

        let list = TrustList::parse(&bytes).unwrap();
        let header = list.header();
        prop_assert_eq!((header.version().major, header.version().minor), version);
        prop_assert_eq!(header.signer_name().map(name), Some(subject.as_bytes()));
        prop_assert_eq!(name(header.issuer()), issuer.as_bytes());
        prop_assert!(Serial::eq_bytes(header.serial(), &serial));
        prop_assert_eq!(header.digest(), digest);
        prop_assert_eq!(header.modulus_code(), Some(1));
        prop_assert_eq!(header.timestamp(), timestamp);
        prop_assert_eq!(usize::from(header.length()) % 4, 0);
        prop_assert_eq!(header.wrong_containers().count(), 0);
        let read: Vec<Record<'_>> = list.records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), records.len() + 1);
        for (record, expected) in read[1..].iter().zip(&records) {
            expected.compare(record, layout);
        }
        let verification = check_own_signature(&list, &RustCrypto).unwrap();
        prop_assert_eq!(verification.outcome, OwnSignature::Consistent);
        prop_assert_eq!((verification.signer, verification.key), (Some(1), Some(KeySource::PublicKey)));
    }

    #[test]
    fn a_signed_file_is_read_back_as_it_was_written(
        layout in a_layout(),
        digest in a_digest(),
        minor in 0..=2_u8,
        payload in some_bytes(3000),
    ) {
        let key = key("rsa1024-01");
        let name = "CN=ccm1.voice.example;OU=Voice;O=Example";
        let certificate = Request::own(name, &[0x4a, 1], (0, 1), key).sign(key);
        let bytes = SignedFileBuilder::new(layout, certificate.signer_info(layout))
            .version(1, minor)
            .digest(digest)
            .file_name("SEP001122334455.cnf.xml.sgn")
            .sign(&payload, &key.signer)
            .unwrap();
        let file = SignedFile::parse(&bytes).unwrap();
        prop_assert_eq!(file.payload(), payload.as_slice());
        prop_assert_eq!(file.header().version().minor, minor);
        let signer = Certificate::parse(&certificate.der).unwrap();
        prop_assert_eq!(verify_file_with_certificate(&file, &signer, &RustCrypto).outcome, SignatureOutcome::Valid);
    }
}
