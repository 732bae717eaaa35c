//! Makes and signs trust lists and signed files, in CUCM's layout and in that of certutils.
//!
//! The same fields, the same key and the same time always give the same bytes. Keys stay outside: a
//! [`Signer`] is handed the bytes that the signature covers.
//!
//! ```
//! use core::net::Ipv4Addr;
//! use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignError, Signer, SignerInfo, WriteError};
//! use trustlist::wire::{DigestAlgorithm, Role};
//!
//! /// A key that lives somewhere else.
//! struct Elsewhere;
//!
//! impl Signer for Elsewhere {
//!     fn key_len(&self) -> usize {
//!         256
//!     }
//!     fn sign(&self, _digest: DigestAlgorithm, _message: &[&[u8]]) -> Result<Vec<u8>, SignError> {
//!         Ok(vec![0x5a; 256])
//!     }
//! }
//!
//! let name = "CN=ccm1.example;OU=Voice;O=Example";
//! let record = RecordBuilder::new(Role::Sast)
//!     .server("ccm1")
//!     .subject(name)
//!     .issuer(name)
//!     .serial([0x4a, 0x11])
//!     .address(Ipv4Addr::new(192, 0, 2, 1).into());
//! let list = ListBuilder::new(Layout::Cucm, SignerInfo::new(name, name, [0x4a, 0x11]))
//!     .file_name("ITLFile.tlv")
//!     .timestamp(1_425_600_000)
//!     .record(record);
//! let bytes = list.sign(&Elsewhere)?;
//! assert!(bytes.starts_with(&[1, 0, 2, 1, 2, 2, 0, 2]));
//!
//! let broken = list.file_name("ITL\0File.tlv").sign(&Elsewhere).unwrap_err();
//! assert_eq!(broken.to_string(), "header, file name (tag 14): byte 3 is NUL, which would end the name there");
//! # Ok::<(), WriteError>(())
//! ```

mod error;
mod file;
mod header;
mod record;
mod tlv;

pub use error::{Place, SignError, WriteError};
pub use file::{ListBuilder, SignedFileBuilder};
pub use record::RecordBuilder;

use super::DigestAlgorithm;
use alloc::vec::Vec;

/// The order of the fields of a file, and the fields that it has (`spec/FORMAT.md` sections 2 and
/// 3).
///
/// Phones take both, and any order after the first tag; the layouts are those of the two makers of
/// real files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Layout {
    /// usecallmanager.nz certutils: header 4 6 5, records 1 3 5 6 4 7 8 9, serial numbers without
    /// leading zero bytes, lists with a signer version (tag 28).
    Certutils,
    /// Cisco Unified Communications Manager: header 4 5 6, record tags ascending, serial numbers as
    /// they are given.
    Cucm,
}

impl Layout {
    /// The serial number as this layout writes it; the number 0 keeps one byte.
    fn serial(self, serial: &[u8]) -> &[u8] {
        match self {
            Self::Cucm => serial,
            Self::Certutils => {
                let zeros = serial.iter().take_while(|&&byte| byte == 0).count();
                serial.get(zeros.min(serial.len().saturating_sub(1))..).unwrap_or(serial)
            }
        }
    }
}

/// Whom the header names as the signer (header tags 4, 5 and 6).
///
/// Names are written as they are given, without a final NUL: CUCM puts `;` between the parts,
/// certutils `,`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerInfo {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
}

impl SignerInfo {
    /// The signer's subject, issuer and serial number.
    pub fn new(
        subject: impl Into<Vec<u8>>,
        issuer: impl Into<Vec<u8>>,
        serial: impl Into<Vec<u8>>,
    ) -> Self {
        Self { subject: subject.into(), issuer: issuer.into(), serial: serial.into() }
    }
}

/// A private RSA key, wherever it lives.
pub trait Signer {
    /// Length of the modulus, and so of every signature, in bytes.
    fn key_len(&self) -> usize;

    /// The PKCS#1 v1.5 signature over the parts of `message`, one after the other: the whole file
    /// with the signature's tag, length and value cut out (`spec/FORMAT.md` section 4).
    ///
    /// # Errors
    ///
    /// [`SignError`], where the digest is not supported or the key cannot be used.
    fn sign(&self, digest: DigestAlgorithm, message: &[&[u8]]) -> Result<Vec<u8>, SignError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certutils_drops_leading_zeros_and_keeps_the_number_zero() {
        assert_eq!(Layout::Certutils.serial(&[0, 0, 7, 0]), [7, 0]);
        assert_eq!(Layout::Certutils.serial(&[0, 0]), [0]);
        assert_eq!(Layout::Certutils.serial(&[]), [0; 0]);
        assert_eq!(Layout::Cucm.serial(&[0, 7]), [0, 7]);
    }
}
