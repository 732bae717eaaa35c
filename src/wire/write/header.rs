//! The header (`spec/FORMAT.md` section 2) and the signature over the rest (section 4).

use super::super::DigestAlgorithm;
use super::error::{Place, WriteError};
use super::tlv::{self, Out, header as tag};
use super::{Layout, Signer, SignerInfo};
use alloc::vec::Vec;

/// The fields of a header besides the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) layout: Layout,
    pub(super) signer: SignerInfo,
    pub(super) version: (u8, u8),
    pub(super) signer_version: Option<(u8, u8)>,
    pub(super) digest: DigestAlgorithm,
    pub(super) modulus_code: Option<u8>,
    pub(super) file_name: Option<Vec<u8>>,
    pub(super) timestamp: Option<u32>,
    pub(super) extra: Vec<(u8, Vec<u8>)>,
}

impl Header {
    /// A header with these, SHA-1, and nothing optional.
    pub(super) const fn new(
        layout: Layout,
        signer: SignerInfo,
        version: (u8, u8),
        signer_version: Option<(u8, u8)>,
    ) -> Self {
        Self {
            layout,
            signer,
            version,
            signer_version,
            digest: DigestAlgorithm::Sha1,
            modulus_code: None,
            file_name: None,
            timestamp: None,
            extra: Vec::new(),
        }
    }

    /// The signed file: this header, the signature, then the body.
    pub(super) fn sign(&self, body: &[&[u8]], signer: &dyn Signer) -> Result<Vec<u8>, WriteError> {
        let key_len = signer.key_len();
        let before = self.before_signature(key_len)?;
        let mut after = self.after_signature()?;
        let unpadded = [FIXED, before.len(), tlv::PREFIX, key_len, after.len()]
            .iter()
            .fold(0_usize, |sum, &len| sum.saturating_add(len));
        let padded = unpadded.checked_next_multiple_of(ALIGNMENT).unwrap_or(usize::MAX);
        let length = tlv::length(padded, Place { record: None, tag: None })?;
        after.extend(core::iter::repeat_n(tag::PADDING, padded.saturating_sub(unpadded)));

        let start = self.start(length)?;
        let mut message = Vec::with_capacity(body.len().saturating_add(3));
        message.extend([start.as_slice(), &before, &after]);
        message.extend(body);
        let signature = signer.sign(self.digest, &message)?;
        if signature.len() != key_len {
            return Err(WriteError::SignatureLength { expected: key_len, got: signature.len() });
        }
        let mut out = Out::new(None);
        out.value(tag::SIGNATURE, &signature)?;
        let signature = out.into_bytes();
        message.insert(2, &signature);
        Ok(message.concat())
    }

    /// Version and header length: the first ten bytes of every file.
    fn start(&self, length: u16) -> Result<Vec<u8>, WriteError> {
        let mut out = Out::new(None);
        out.value(tag::VERSION, &[self.version.0, self.version.1])?;
        out.value(tag::HEADER_LENGTH, &length.to_be_bytes())?;
        Ok(out.into_bytes())
    }

    /// The tags after the header length, up to the signature.
    fn before_signature(&self, key_len: usize) -> Result<Vec<u8>, WriteError> {
        let mut out = Out::new(None);
        if let Some((major, minor)) = self.signer_version {
            out.value(tag::SIGNER_VERSION, &[major, minor])?;
        }
        let info = self.signer_info()?;
        out.prefix(tag::SIGNER_INFO, info.len())?;
        out.raw(&info);
        out.prefix(tag::SIGNATURE_INFO, SIGNATURE_INFO_LENGTH)?;
        out.value(tag::DIGEST, &[self.digest.code()])?;
        out.prefix(tag::SIGNATURE_ALGORITHM_INFO, SIGNATURE_ALGORITHM_INFO_LENGTH)?;
        out.value(tag::SIGNATURE_ALGORITHM, &[RSA_PKCS1_V15])?;
        out.value(tag::MODULUS, &[self.modulus_code.unwrap_or_else(|| modulus_code(key_len))])?;
        Ok(out.into_bytes())
    }

    /// The three children of the signer information, whose length is that of all three.
    fn signer_info(&self) -> Result<Vec<u8>, WriteError> {
        let SignerInfo { subject, issuer, serial } = &self.signer;
        let serial = self.layout.serial(serial);
        let mut out = Out::new(None);
        out.name(tag::SIGNER_NAME, subject)?;
        match self.layout {
            Layout::Certutils => {
                out.name(tag::SIGNER_ISSUER, issuer)?;
                out.value(tag::SIGNER_SERIAL, serial)?;
            }
            Layout::Cucm => {
                out.value(tag::SIGNER_SERIAL, serial)?;
                out.name(tag::SIGNER_ISSUER, issuer)?;
            }
        }
        Ok(out.into_bytes())
    }

    /// The tags after the signature, up to the padding.
    fn after_signature(&self) -> Result<Vec<u8>, WriteError> {
        let mut out = Out::new(None);
        if let Some(name) = &self.file_name {
            out.name(tag::FILE_NAME, name)?;
        }
        if let Some(timestamp) = self.timestamp {
            out.value(tag::TIMESTAMP, &timestamp.to_be_bytes())?;
        }
        for (tag, value) in &self.extra {
            if (tag::VERSION..=tag::TIMESTAMP).contains(tag) || *tag == tag::SIGNER_VERSION {
                return Err(WriteError::ReservedTag { place: out.place(*tag) });
            }
            out.value(*tag, value)?;
        }
        Ok(out.into_bytes())
    }
}

/// The modulus code of a key of this many bytes: the smallest that holds it; 3072 bits have none of
/// their own and are written as 4096 (`spec/FORMAT.md` section 2, tag 11).
const fn modulus_code(key_len: usize) -> u8 {
    match key_len {
        0..=64 => 0,
        65..=128 => 1,
        129..=256 => 2,
        _ => 3,
    }
}

/// Version and header length.
const FIXED: usize = 10;
/// The header length is a multiple of 4 in every file seen (`spec/FORMAT.md` section 1.3).
const ALIGNMENT: usize = 4;
/// Containers 7 and 9 always have these lengths (`spec/FORMAT.md` section 1.6).
const SIGNATURE_INFO_LENGTH: usize = 15;
const SIGNATURE_ALGORITHM_INFO_LENGTH: usize = 8;
/// Header tag 10, always.
const RSA_PKCS1_V15: u8 = 0;
