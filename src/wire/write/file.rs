//! The two builders: trust lists and signed files.

use super::super::DigestAlgorithm;
use super::error::WriteError;
use super::header::Header;
use super::record::RecordBuilder;
use super::{Layout, Signer, SignerInfo};
use alloc::vec::Vec;

/// The setters that both builders have, each for one field of the header.
macro_rules! header_setters {
    () => {
        /// The version (tag 1).
        pub fn version(mut self, major: u8, minor: u8) -> Self {
            self.header.version = (major, minor);
            self
        }

        /// The signer version (tag 28); `None` leaves it out.
        pub fn signer_version(mut self, version: Option<(u8, u8)>) -> Self {
            self.header.signer_version = version;
            self
        }

        /// The digest of the signature (tag 8); SHA-1 unless set.
        pub fn digest(mut self, digest: DigestAlgorithm) -> Self {
            self.header.digest = digest;
            self
        }

        /// The modulus code (tag 11); taken from the length of the signer's key unless set.
        pub fn modulus_code(mut self, code: u8) -> Self {
            self.header.modulus_code = Some(code);
            self
        }

        /// The file name (tag 14), without a final NUL.
        pub fn file_name(mut self, name: impl Into<Vec<u8>>) -> Self {
            self.header.file_name = Some(name.into());
            self
        }

        /// The time (tag 15), in seconds since 1970 UTC.
        pub fn timestamp(mut self, seconds: u32) -> Self {
            self.header.timestamp = Some(seconds);
            self
        }

        /// A header tag without a method of its own, after the timestamp, in the order given: 0, 16
        /// to 27 (the encryption block) and every number above 28.
        pub fn extra(mut self, tag: u8, value: impl Into<Vec<u8>>) -> Self {
            self.header.extra.push((tag, value.into()));
            self
        }
    };
}

/// A trust list to be signed: `CTLFile.tlv`, `ITLFile.tlv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListBuilder {
    header: Header,
    records: Vec<RecordBuilder>,
}

impl ListBuilder {
    /// A list without records: version 1.2, SHA-1, no file name, no time; with certutils the signer
    /// version 1.0.
    pub const fn new(layout: Layout, signer: SignerInfo) -> Self {
        let signer_version = match layout {
            Layout::Certutils => Some((1, 0)),
            Layout::Cucm => None,
        };
        Self { header: Header::new(layout, signer, (1, 2), signer_version), records: Vec::new() }
    }

    header_setters!();

    /// Appends a record.
    pub fn record(mut self, record: RecordBuilder) -> Self {
        self.records.push(record);
        self
    }

    /// Appends records.
    pub fn records(mut self, records: impl IntoIterator<Item = RecordBuilder>) -> Self {
        self.records.extend(records);
        self
    }

    /// The list's bytes.
    ///
    /// # Errors
    ///
    /// [`WriteError`]: a value or record too long for its length field, a hash of the wrong length,
    /// a NUL inside a name, an extra tag that has a method of its own, or a signer that refuses or
    /// answers with another length than its key has.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, WriteError> {
        let mut body = Vec::with_capacity(self.records.len());
        for (index, record) in (1..=u32::MAX).zip(&self.records) {
            body.push(record.encode(self.header.layout, index)?);
        }
        let body: Vec<&[u8]> = body.iter().map(Vec::as_slice).collect();
        self.header.sign(&body, signer)
    }
}

/// A signed file: a payload after a header (`*.sgn`, firmware).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFileBuilder {
    header: Header,
}

impl SignedFileBuilder {
    /// A signed file as configurations are: version 1.0, SHA-1, no file name, no time.
    pub const fn new(layout: Layout, signer: SignerInfo) -> Self {
        Self { header: Header::new(layout, signer, (1, 0), None) }
    }

    header_setters!();

    /// The file's bytes: header, signature, payload.
    ///
    /// # Errors
    ///
    /// [`WriteError`], as for [`ListBuilder::sign`]; the payload may have any length.
    pub fn sign(&self, payload: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, WriteError> {
        self.header.sign(&[payload], signer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Place, SignError};
    use super::*;
    use crate::wire::Role;
    use alloc::vec;
    use core::cell::RefCell;

    /// Answers with a fixed signature and keeps what it was asked to sign.
    struct Fixed {
        key_len: usize,
        signature: Vec<u8>,
        asked: RefCell<Vec<u8>>,
    }

    impl Fixed {
        fn new(key_len: usize) -> Self {
            Self { key_len, signature: vec![0xab; key_len], asked: RefCell::default() }
        }
    }

    impl Signer for Fixed {
        fn key_len(&self) -> usize {
            self.key_len
        }
        fn sign(&self, digest: DigestAlgorithm, message: &[&[u8]]) -> Result<Vec<u8>, SignError> {
            if let DigestAlgorithm::Other(_) = digest {
                return Err(SignError::UnsupportedDigest(digest));
            }
            *self.asked.borrow_mut() = message.concat();
            Ok(self.signature.clone())
        }
    }

    fn signer() -> SignerInfo {
        SignerInfo::new("CN=s", "CN=i", [0, 9])
    }

    const SIGNATURE: [u8; 4] = [0xab; 4];

    #[test]
    fn a_cucm_list_is_written_as_the_format_says() {
        let key = Fixed::new(4);
        let list = ListBuilder::new(Layout::Cucm, signer())
            .file_name("ITLFile.tlv")
            .timestamp(0x554a_d7b7);
        let bytes = list.record(RecordBuilder::new(Role::CcmTftp)).sign(&key).unwrap();
        let before = [
            &[1, 0, 2, 1, 2][..], // version 1.2
            &[2, 0, 2, 0, 84],    // header length, a multiple of 4
            &[3, 0, 21],          // signer information: the next three
            &[4, 0, 5],           // signer name, the NUL counted
            b"CN=s\0",
            &[5, 0, 2, 0, 9], // serial as given
            &[6, 0, 5],       // issuer
            b"CN=i\0",
            &[7, 0, 15],    // signature information
            &[8, 0, 1, 1],  // SHA-1
            &[9, 0, 8],     // signature algorithm information
            &[10, 0, 1, 0], // RSA PKCS#1 v1.5
            &[11, 0, 1, 0], // modulus
        ]
        .concat();
        let after = [
            &[14, 0, 12][..], // file name
            b"ITLFile.tlv\0",
            &[15, 0, 4, 0x55, 0x4a, 0xd7, 0xb7],
            &[13, 13, 13], // padding without a length
            &[1, 0, 2, 0, 10, 4, 0, 2, 0, 2],
        ]
        .concat();
        assert_eq!(bytes, [&before, &[12, 0, 4][..], &SIGNATURE, &after].concat());
        assert_eq!(
            *key.asked.borrow(),
            [before, after].concat(),
            "the whole signature TLV is cut out"
        );
    }

    #[test]
    fn a_certutils_list_has_a_signer_version_and_another_order() {
        let bytes = ListBuilder::new(Layout::Certutils, signer()).sign(&Fixed::new(256)).unwrap();
        let start = [
            &[1, 0, 2, 1, 2, 2, 0, 2, 1, 60][..],
            &[28, 0, 2, 1, 0], // signer version 1.0
            &[3, 0, 20, 4, 0, 5],
            b"CN=s\0",
            &[6, 0, 5],
            b"CN=i\0",
            &[5, 0, 1, 9], // serial last, without its leading zero
            &[7, 0, 15, 8, 0, 1, 1, 9, 0, 8, 10, 0, 1, 0, 11, 0, 1, 2],
            &[12, 1, 0],
        ];
        assert!(bytes.starts_with(&start.concat()));
        assert_eq!(bytes.len(), 316);
        assert_eq!(bytes[315], 13);
    }

    #[test]
    fn a_signed_file_holds_its_payload_at_the_end() {
        let builder = SignedFileBuilder::new(Layout::Cucm, signer())
            .version(1, 1)
            .file_name("SIP.loads")
            .extra(27, *b"hash");
        let bytes = builder.sign(b"payload", &Fixed::new(128)).unwrap();
        assert!(bytes.starts_with(&[1, 0, 2, 1, 1]));
        let end = [&[14, 0, 10][..], b"SIP.loads\0", &[27, 0, 4], b"hash", &[13], b"payload"];
        assert!(bytes.ends_with(&end.concat()));
        assert_eq!((bytes.len() - 7) % 4, 0);
        let large = vec![b'x'; 200_000];
        assert!(builder.sign(&large, &Fixed::new(128)).unwrap().ends_with(&large));
    }

    #[test]
    fn the_modulus_code_follows_the_key() {
        for (key_len, code) in [(64, 0), (65, 1), (128, 1), (256, 2), (384, 3), (512, 3)] {
            let bytes =
                ListBuilder::new(Layout::Cucm, signer()).sign(&Fixed::new(key_len)).unwrap();
            assert_eq!(bytes[48..52], [11, 0, 1, code], "{key_len}");
        }
        let bytes = ListBuilder::new(Layout::Cucm, signer())
            .modulus_code(7)
            .sign(&Fixed::new(256))
            .unwrap();
        assert_eq!(bytes[48..52], [11, 0, 1, 7]);
    }

    #[test]
    fn every_error_says_where() {
        let list = ListBuilder::new(Layout::Cucm, signer());
        let header = |tag| Place { record: None, tag };
        let key = Fixed::new(256);
        assert_eq!(
            list.clone().file_name("a\0").sign(&key),
            Err(WriteError::InnerNul { place: header(Some(14)), at: 1 })
        );
        for tag in (1..=15).chain([28]) {
            let reserved = WriteError::ReservedTag { place: header(Some(tag)) };
            assert_eq!(list.clone().extra(tag, []).sign(&key), Err(reserved));
        }
        let long = vec![0; 65_000];
        assert_eq!(
            list.clone().extra(99, long.clone()).extra(99, long).sign(&key),
            Err(WriteError::TooLong { place: header(None), len: 130_320 })
        );
        assert_eq!(
            list.clone().extra(99, vec![0; 65_536]).sign(&key),
            Err(WriteError::TooLong { place: header(Some(99)), len: 65_536 })
        );
        let cut = Fixed { signature: vec![0; 255], ..Fixed::new(256) };
        assert_eq!(list.sign(&cut), Err(WriteError::SignatureLength { expected: 256, got: 255 }));
        let other = DigestAlgorithm::Other(9);
        assert_eq!(
            list.clone().digest(other).sign(&key),
            Err(WriteError::Sign(SignError::UnsupportedDigest(other)))
        );
        let second = list
            .record(RecordBuilder::new(Role::Sast))
            .record(RecordBuilder::new(Role::Sast).issuer("\0"));
        let error = second.sign(&key).unwrap_err();
        assert_eq!(
            error,
            WriteError::InnerNul { place: Place { record: Some(2), tag: Some(5) }, at: 0 }
        );
    }

    #[test]
    fn error_texts_are_one_line() {
        use alloc::string::ToString;
        let place = Place { record: Some(2), tag: Some(9) };
        assert_eq!(
            WriteError::TooLong { place, len: 65_536 }.to_string(),
            "record 2, certificate (tag 9): 65536 bytes, 65535 is the most that its length field can say"
        );
        let place = Place { record: None, tag: Some(13) };
        assert_eq!(
            WriteError::ReservedTag { place }.to_string(),
            "header, tag 13: not an extra tag"
        );
        assert_eq!(
            WriteError::Sign(SignError::UnsupportedDigest(DigestAlgorithm::Other(9))).to_string(),
            "signing: digest-9 is not a supported digest"
        );
    }
}
