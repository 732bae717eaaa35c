//! Why a file cannot be written.

use super::super::DigestAlgorithm;
use super::tlv;
use core::fmt;

/// Why a file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// A value, a record or the header is longer than its length field can say (`spec/FORMAT.md`
    /// section 5).
    TooLong {
        /// The field that is too long.
        place: Place,
        /// Its length.
        len: usize,
    },
    /// A certificate hash is not as long as its algorithm makes it (`spec/FORMAT.md` section 3, tag
    /// 11).
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
    InnerNul {
        /// The name.
        place: Place,
        /// The position of the byte in the name.
        at: usize,
    },
    /// A tag that has its own method, or tag 13, which is padding and has no length.
    ReservedTag {
        /// Where it was given.
        place: Place,
    },
    /// The signer answered with another length than its key has.
    SignatureLength {
        /// The key's length in bytes.
        expected: usize,
        /// The signature's length in bytes.
        got: usize,
    },
    /// The signer refused.
    Sign(SignError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { place, len } => {
                write!(f, "{place}: {len} bytes, 65535 is the most that its length field can say")
            }
            Self::HashLength { place, algorithm, expected, got } => {
                write!(f, "{place}: {got} bytes, {algorithm} makes {expected}")
            }
            Self::InnerNul { place, at } => {
                write!(f, "{place}: byte {at} is NUL, which would end the name there")
            }
            Self::ReservedTag { place } => write!(f, "{place}: not an extra tag"),
            Self::SignatureLength { expected, got } => {
                write!(f, "signature of {got} bytes, the signer's key has {expected}")
            }
            Self::Sign(value) => write!(f, "signing: {value}"),
        }
    }
}

impl core::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sign(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SignError> for WriteError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

/// Why a signer refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// No digest has this number, or the signer does not offer it.
    UnsupportedDigest(DigestAlgorithm),
    /// The key is too short for the digest, or damaged.
    Key,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedDigest(value) => write!(f, "{value} is not a supported digest"),
            Self::Key => f.write_str("the key cannot make this signature"),
        }
    }
}

impl core::error::Error for SignError {}

/// Where in the file to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
