//! Properties of pasted text: nothing makes a reader fail, and no wrapping changes what a print
//! says.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/support/cases.rs"]
mod cases;

use cases::cases;
use proptest::prelude::*;
use trustlist::console::{self, Print, SignatureWord};
use trustlist::facts::{FileId, ListFacts};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignError, Signer, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Role, TrustList};
use trustlist_cluster::preflight::{Context, Source, preflight};

/// Signs with bytes that look like anything: prints carry signatures, they do not check them.
#[derive(Debug)]
struct Noise(Vec<u8>);

impl Signer for Noise {
    fn key_len(&self) -> usize {
        self.0.len()
    }

    fn sign(&self, _: DigestAlgorithm, _: &[&[u8]]) -> Result<Vec<u8>, SignError> {
        Ok(self.0.clone())
    }
}

/// Names as lists hold them: parts, blanks inside, quotes, other scripts, words that look like
/// rows.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(CN|cn)=[a-zA-Z0-9._-]{1,20}(;OU=[A-Za-z]{1,8})?(;O=[A-Za-z]{1,6}( [A-Za-z]{1,6}){0,2})?(;C=[A-Z]{2})?",
        1 => "cn=\"SAST-[A-Z0-9]{4,8} {4,9}\";ou=[A-Z]{2,5};o=\"[A-Za-z]{3,8}",
        1 => "CN=[a-zà-ÿ\u{4e00}-\u{4e20}]{1,12}",
        1 => Just("CN=x;O=4 FUNCTION 2 TVS 5 ISSUERNAME 4 CN=y".to_string()),
        1 => Just("CN=admin: show ctl;O=ITL Record #:7".to_string()),
        1 => Just("CN=\u{1b}[31mred\u{a0}\u{202e}".to_string()),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![8 => prop::sample::select(vec![0u16, 1, 2, 3, 4, 5, 7, 21]), 1 => any::<u16>()]
        .prop_map(Role::from_code)
}

fn record() -> impl Strategy<Value = RecordBuilder> {
    let names = (
        role(),
        "[a-z][a-z0-9.-]{0,15}|192\\.0\\.2\\.[1-9]|",
        name(),
        name(),
        prop::collection::vec(any::<u8>(), 1..20),
    );
    let rest = (
        prop::collection::vec(any::<u8>(), 1..300),
        0..4u8,
        any::<[u8; 20]>(),
        prop::option::of(30..200u8),
        any::<bool>(),
    );
    (names, rest).prop_map(
        |((role, server, subject, issuer, serial), (bytes, form, hash, extra, address))| {
            let mut record = RecordBuilder::new(role).server(server);
            if form < 3 {
                record =
                    record.subject(subject).issuer(issuer).serial(serial).public_key(bytes.clone());
            }
            if form == 0 {
                record = record.certificate(bytes.clone());
            } else if form == 1 {
                record = record.certificate_hash(DigestAlgorithm::Sha1, hash.to_vec());
            }
            if let Some(tag) = extra {
                record = record.extra(tag, vec![0; bytes.len() % 7]);
            }
            if address { record.address([192, 0, 2, 1].into()) } else { record }
        },
    )
}

prop_compose! {
    fn list()(
        signer in name(),
        issuer in name(),
        serial in prop::collection::vec(any::<u8>(), 1..20),
        records in prop::collection::vec(record(), 0..6),
        kind in prop::sample::select(vec!["CTLFile.tlv", "ITLFile.tlv", "other.tlv"]),
        layout in prop::sample::select(vec![Layout::Cucm, Layout::Certutils]),
        signature in prop::sample::select(vec![64usize, 128, 256, 512]).prop_flat_map(|len| prop::collection::vec(any::<u8>(), len)),
    ) -> Vec<u8> {
        let list = ListBuilder::new(layout, SignerInfo::new(signer, issuer, serial)).file_name(kind).records(records);
        list.sign(&Noise(signature)).unwrap()
    }
}

fn wrapped(text: &str, width: usize, end: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        for (index, part) in chars.chunks(width).enumerate() {
            out.push_str(if index == 0 { "" } else { end });
            out.extend(part);
        }
        out.push_str(end);
    }
    out
}

/// The content of the one list of a paste, as far as a paste carries it.
fn facts(paste: &str) -> ListFacts {
    let prints = console::parse(paste);
    assert_eq!(prints.len(), 1, "{} prints", prints.len());
    console::carried(&prints[0].facts(FileId::symbol(0)))
}

proptest! {
    #![proptest_config(cases(96))]

    /// Any list, printed and wrapped at any width, reads back to what a print carries of it.
    #[test]
    fn a_wrapped_print_reads_back(bytes in list(), width in 1usize..140, crlf in any::<bool>()) {
        let list = TrustList::parse(&bytes).unwrap();
        let expected = console::carried(&ListFacts::from_list(&list, FileId::symbol(0)).unwrap());
        let text = Print::from_list(&list, SignatureWord::Good).unwrap().to_string();
        prop_assert_eq!(&facts(&text), &expected);
        let end = if crlf { "\r\n" } else { "\n" };
        prop_assert_eq!(&facts(&wrapped(&text, width, end)), &expected);
        prop_assert_eq!(&facts(&format!("admin: show itl\u{a0}\r\n{}\r\nadmin:", text.replace('\n', "\r\n"))), &expected);
    }

    /// Collapsed to one line as well, unless a name holds words of another row: then its length
    /// does not help, because the runs of blanks are gone.
    #[test]
    fn a_collapsed_print_reads_back(bytes in list()) {
        let list = TrustList::parse(&bytes).unwrap();
        let expected = console::carried(&ListFacts::from_list(&list, FileId::symbol(0)).unwrap());
        let text = Print::from_list(&list, SignatureWord::Good).unwrap().to_string();
        prop_assert_eq!(&facts(&text.split_whitespace().collect::<Vec<_>>().join(" ")), &expected);
        prop_assert_eq!(&facts(&text.replace('\n', " ")), &expected);
    }

    /// A print that was cut never reads as whole, and keeps the records before the cut.
    #[test]
    fn a_cut_print_is_partial(bytes in list(), part in 1usize..100) {
        let list = TrustList::parse(&bytes).unwrap();
        let text = Print::from_list(&list, SignatureWord::Good).unwrap().to_string();
        let Some(last) = text.rfind(" Record #:") else { return Ok(()) };
        let mut at = last * part / 100;
        while !text.is_char_boundary(at) { at -= 1; }
        for print in console::parse(&text[..at]) {
            let facts = print.facts(FileId::symbol(0));
            prop_assert_eq!(facts.completeness, trustlist::facts::Completeness::Partial);
        }
    }

    /// No text makes a reader fail.
    #[test]
    fn any_text_is_read(text in "\\PC{0,400}") {
        let _ = console::parse(&text);
        let _ = console::list(&text, None);
        let _ = console::phone_events(&text);
        let _ = preflight(&[Source { name: "x", text: &text, node: None }], &Context::default());
    }

    /// Nor does any mixture of the words of prints and outputs.
    #[test]
    fn any_words_are_read(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..80), gaps in prop::collection::vec(0..5usize, 80)) {
        let gap = |index: &usize| ["", " ", "\n", "\r\n\t", "\n                "][*index];
        let text: String = words.iter().zip(&gaps).map(|(word, index)| format!("{word}{}", gap(index))).collect();
        for print in console::parse(&text) {
            let _ = (print.findings(), print.facts(FileId::symbol(0)), print.to_string());
        }
        let _ = preflight(&[Source { name: "x", text: &text, node: None }], &Context::default());
    }

    /// Nor do any bytes.
    #[test]
    fn any_bytes_are_told_apart(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let console::Given::Text(text) = console::Given::of(&bytes) {
            let _ = console::parse(&text);
        }
    }
}

const WORDS: [&str; 48] = [
    "admin:",
    "show itl",
    "show ctl",
    "The checksum value of the ITL file:",
    "00112233445566778899aabbccddeeff(MD5)",
    "Length of CTL file:",
    "4947",
    "0",
    "Parse ITL File",
    "Version:",
    "1.2",
    "HeaderLength:",
    "296 (BYTES)",
    "BYTEPOS TAG LENGTH VALUE",
    "3 SIGNERID 2 110",
    "4 SIGNERNAME",
    "40",
    "CN=a b;O=c",
    "5 SERIALNUMBER 3 61:00:2D",
    "6 CANAME 5",
    "12 SIGNATURE 64",
    "5d 0 f",
    "ITL Record #:",
    "1",
    "2",
    "1 RECORDLENGTH 2",
    "4 FUNCTION 2",
    "TVS",
    "System Administrator Security Token",
    "9 CERTIFICATE 657",
    "8E C6 (SHA1 Hash HEX)",
    "65535",
    "99999999999999999999",
    "[...]",
    "This etoken was used to sign the ITL file.",
    "The ITL file was verified successfully.",
    "CTL File not found",
    "====",
    "RollBackToPreGrayback",
    "T",
    "Cisco Tftp[",
    "STARTED]",
    "ccm1 192.0.2.11 0.1 Y/Y/Y 0 (g_2)",
    "(2) Setup Completed",
    "2009-10-30-14-53-32.tar",
    "SUCCESS",
    "é\u{a0}\u{4e00}",
    "14 UNKNOWN14 3",
];
