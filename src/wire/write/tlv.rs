//! The output: tag, length, value (`spec/FORMAT.md` section 1.1).

use super::error::{Place, WriteError};
use alloc::vec::Vec;

/// Header tags (`spec/FORMAT.md` section 2).
pub(super) mod header {
    pub(crate) const VERSION: u8 = 1;
    pub(crate) const HEADER_LENGTH: u8 = 2;
    pub(crate) const SIGNER_INFO: u8 = 3;
    pub(crate) const SIGNER_NAME: u8 = 4;
    pub(crate) const SIGNER_SERIAL: u8 = 5;
    pub(crate) const SIGNER_ISSUER: u8 = 6;
    pub(crate) const SIGNATURE_INFO: u8 = 7;
    pub(crate) const DIGEST: u8 = 8;
    pub(crate) const SIGNATURE_ALGORITHM_INFO: u8 = 9;
    pub(crate) const SIGNATURE_ALGORITHM: u8 = 10;
    pub(crate) const MODULUS: u8 = 11;
    pub(crate) const SIGNATURE: u8 = 12;
    pub(crate) const PADDING: u8 = 13;
    pub(crate) const FILE_NAME: u8 = 14;
    pub(crate) const TIMESTAMP: u8 = 15;
    pub(crate) const SIGNER_VERSION: u8 = 28;
}

/// Record tags (`spec/FORMAT.md` section 3).
pub(super) mod record {
    pub(crate) const RECORD_LENGTH: u8 = 1;
    pub(crate) const DNS_NAME: u8 = 2;
    pub(crate) const SUBJECT: u8 = 3;
    pub(crate) const ROLE: u8 = 4;
    pub(crate) const ISSUER: u8 = 5;
    pub(crate) const SERIAL: u8 = 6;
    pub(crate) const PUBLIC_KEY: u8 = 7;
    pub(crate) const CERTIFICATE_SIGNATURE: u8 = 8;
    pub(crate) const CERTIFICATE: u8 = 9;
    pub(crate) const ADDRESS: u8 = 10;
    pub(crate) const CERTIFICATE_HASH: u8 = 11;
    pub(crate) const HASH_ALGORITHM: u8 = 12;
}

/// The names of the header's tags of free length in error messages.
pub(super) const HEADER_WORDS: &[(u8, &str)] = &[
    (header::SIGNER_INFO, "signer information"),
    (header::SIGNER_NAME, "signer name"),
    (header::SIGNER_SERIAL, "signer serial"),
    (header::SIGNER_ISSUER, "signer issuer"),
    (header::SIGNATURE, "signature"),
    (header::FILE_NAME, "file name"),
];

/// The names of a record's tags of free length in error messages.
pub(super) const RECORD_WORDS: &[(u8, &str)] = &[
    (record::DNS_NAME, "DNS name"),
    (record::SUBJECT, "subject"),
    (record::ISSUER, "issuer"),
    (record::SERIAL, "serial"),
    (record::PUBLIC_KEY, "public key"),
    (record::CERTIFICATE_SIGNATURE, "certificate signature"),
    (record::CERTIFICATE, "certificate"),
    (record::CERTIFICATE_HASH, "certificate hash"),
];

/// Bytes of a tag and its length.
pub(super) const PREFIX: usize = 3;

/// A growing run of TLVs of the header or of one record.
pub(super) struct Out {
    bytes: Vec<u8>,
    record: Option<u32>,
}

impl Out {
    /// Empty output for the header (`None`) or for this record.
    pub(super) const fn new(record: Option<u32>) -> Self {
        Self { bytes: Vec::new(), record }
    }

    /// One tag with its value.
    pub(super) fn value(&mut self, tag: u8, value: &[u8]) -> Result<(), WriteError> {
        self.prefix(tag, value.len())?;
        self.bytes.extend_from_slice(value);
        Ok(())
    }

    /// A name: its length counts the final NUL (`spec/FORMAT.md` section 2).
    pub(super) fn name(&mut self, tag: u8, name: &[u8]) -> Result<(), WriteError> {
        if let Some(at) = name.iter().position(|&byte| byte == 0) {
            return Err(WriteError::InnerNul { place: self.place(tag), at });
        }
        self.prefix(tag, name.len().saturating_add(1))?;
        self.bytes.extend_from_slice(name);
        self.bytes.push(0);
        Ok(())
    }

    /// A tag and a length; the value follows, or the children of a container.
    pub(super) fn prefix(&mut self, tag: u8, len: usize) -> Result<(), WriteError> {
        let len = length(len, self.place(tag))?;
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&len.to_be_bytes());
        Ok(())
    }

    /// Bytes that are TLVs already.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes so far.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The place of a tag, for errors.
    pub(super) const fn place(&self, tag: u8) -> Place {
        Place { record: self.record, tag: Some(tag) }
    }
}

/// A length as the file writes it.
pub(super) fn length(len: usize, place: Place) -> Result<u16, WriteError> {
    u16::try_from(len).map_err(|_| WriteError::TooLong { place, len })
}
