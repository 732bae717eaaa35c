//! The property of the fuzz target `question` over files of `testdata/`, always in the same order.

#![cfg(all(feature = "serde", feature = "rsa"))]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "../fuzz/props/asked.rs"]
#[allow(unreachable_pub)]
mod asked;
mod common;

/// xorshift64: reproducible anywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Returns the contents that facts are made of.
fn given() -> Vec<Vec<u8>> {
    let names = [
        "cluster/before/ITLFile.tlv",
        "cluster/after-both/ITLFile.tlv",
        "cluster/after-callmanager/ITLFile.tlv",
        "mixed/before/CTLFile.tlv",
        "bad/forged-signer.tlv",
        "bad/flipped-record.tlv",
        "bad/third-record-length.tlv",
        "bad/forged-signer.cnf.xml.sgn",
        "cluster/before/SEP001122334455.cnf.xml.sgn",
        "certs/ccm1-tvs-1.pem",
        "certs/ccm1-callmanager-2.pem",
        "prints/01-itl-cucm8-document-crlf.txt",
    ];
    let mut given: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(common::testdata(name)).unwrap()).collect();
    for text in
        ["8851", "7975", "ccm1,ccm2", "c1fc551921d7b98ba4aae4295ecf69e7", "\u{1b}[31m\n", ""]
    {
        given.push(text.as_bytes().to_vec());
    }
    given
}

#[test]
fn every_question_has_an_answer() {
    let (given, mut random) = (given(), Random(26));
    for _ in 0..400 {
        let mut data = Vec::new();
        for _ in 0..random.below(9) {
            let mut one = given[random.below(given.len())].clone();
            if random.below(4) == 0 && !one.is_empty() {
                let at = random.below(one.len());
                one[at] ^= 1 << random.below(8);
            }
            data.push(u8::try_from(random.below(26)).unwrap());
            data.extend(u16::try_from(one.len()).unwrap_or(u16::MAX).to_be_bytes());
            data.extend(one.iter().take(usize::from(u16::MAX)));
        }
        asked::question(&data);
    }
}
