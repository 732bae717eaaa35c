//! Why a file cannot be written.

use super::super::DigestAlgorithm;
use super::tlv;
use core::fmt;

/// Why a file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum WriteError {
    /// A value, a record or the header is longer than its length field can say (`spec/FORMAT.md`
    /// section 5).
    #[error("{place}: {len} bytes, 65535 is the most that its length field can say")]
    TooLong {
        /// The field that is too long.
        place: Place,
        /// Its length.
        len: usize,
    },
    /// A certificate hash is not as long as its algorithm makes it (`spec/FORMAT.md` section 3, tag
    /// 11).
    #[error("{place}: {got} bytes, {algorithm} makes {expected}")]
    HashLength {
        /// Where it was given.
        place: Place,
        /// The algorithm.
        algorithm: DigestAlgorithm,
        /// The length of its hashes.
        expected: usize,
        /// The length given.
        got: usize,
    },
    /// A name holds a NUL byte, which would end it early.
    #[error("{place}: byte {at} is NUL, which would end the name there")]
    InnerNul {
        /// The name.
        place: Place,
        /// The position of the byte in the name.
        at: usize,
    },
    /// A tag that has its own method, or tag 13, which is padding and has no length.
    #[error("{place}: not an extra tag")]
    ReservedTag {
        /// Where it was given.
        place: Place,
    },
    /// The signer answered with another length than its key has.
    #[error("signature of {got} bytes, the signer's key has {expected}")]
    SignatureLength {
        /// The key's length in bytes.
        expected: usize,
        /// The signature's length in bytes.
        got: usize,
    },
    /// The signer refused.
    #[error("signing: {0}")]
    Sign(#[from] SignError),
}

/// Why a signer refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SignError {
    /// No digest has this number, or the signer does not offer it.
    #[error("{0} is not a supported digest")]
    UnsupportedDigest(DigestAlgorithm),
    /// The key is too short for the digest, or damaged.
    #[error("the key cannot make this signature")]
    Key,
}

/// Where in the file to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Place {
    /// The record, from 1; `None` for the header.
    pub record: Option<u32>,
    /// The tag; `None` for the whole record or header.
    pub tag: Option<u8>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.record {
            None => f.write_str("header")?,
            Some(record) => write!(f, "record {record}")?,
        }
        let Some(tag) = self.tag else { return Ok(()) };
        let words = if self.record.is_none() { tlv::HEADER_WORDS } else { tlv::RECORD_WORDS };
        match words.iter().find(|(known, _)| *known == tag) {
            Some((_, word)) => write!(f, ", {word} (tag {tag})"),
            None => write!(f, ", tag {tag}"),
        }
    }
}
