//! The coded values of the format: roles and digests.

use crate::text::UnknownWord;
use core::fmt;
use core::str::FromStr;

/// The role of a record's certificate (tag 4, "FUNCTION"; `spec/FORMAT.md` section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Signs lists (0, "System Administrator Security Token").
    Sast,
    /// CallManager (1).
    Ccm,
    /// CallManager and TFTP: signs configurations (2).
    CcmTftp,
    /// TFTP: signs configurations (3).
    Tftp,
    /// Certificate Authority Proxy Function (4).
    Capf,
    /// Survivable Remote Site Telephony (5).
    Srst,
    /// Application server, HTTPS (7).
    AppServer,
    /// Trust Verification Service (21).
    Tvs,
    /// A number without a name; phones skip it, so do we.
    Other(u16),
}

impl Role {
    /// The role of this number.
    pub const fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Sast,
            1 => Self::Ccm,
            2 => Self::CcmTftp,
            3 => Self::Tftp,
            4 => Self::Capf,
            5 => Self::Srst,
            7 => Self::AppServer,
            21 => Self::Tvs,
            other => Self::Other(other),
        }
    }

    /// The number in the file.
    pub const fn code(self) -> u16 {
        match self {
            Self::Sast => 0,
            Self::Ccm => 1,
            Self::CcmTftp => 2,
            Self::Tftp => 3,
            Self::Capf => 4,
            Self::Srst => 5,
            Self::AppServer => 7,
            Self::Tvs => 21,
            Self::Other(code) => code,
        }
    }

    /// The role of this word: `SAST`, `CCM+TFTP`, …, `role-N`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "SAST" => Self::Sast,
            "CCM" => Self::Ccm,
            "CCM+TFTP" => Self::CcmTftp,
            "TFTP" => Self::Tftp,
            "CAPF" => Self::Capf,
            "SRST" => Self::Srst,
            "APP-SERVER" => Self::AppServer,
            "TVS" => Self::Tvs,
            other => Self::from_code(other.strip_prefix("role-")?.parse().ok()?),
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sast => "SAST",
            Self::Ccm => "CCM",
            Self::CcmTftp => "CCM+TFTP",
            Self::Tftp => "TFTP",
            Self::Capf => "CAPF",
            Self::Srst => "SRST",
            Self::AppServer => "APP-SERVER",
            Self::Tvs => "TVS",
            Self::Other(code) => return f.pad(&alloc::format!("role-{code}")),
        })
    }
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let words =
            ["SAST", "CCM", "CCM+TFTP", "TFTP", "CAPF", "SRST", "APP-SERVER", "TVS", "role-N"];
        Self::from_word(word).ok_or_else(|| UnknownWord::new(word, words))
    }
}

/// The digest of a signature (header tag 8; `spec/FORMAT.md` section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-1 (1): every real file that was seen.
    Sha1,
    /// SHA-256 (2): a constant of certutils, no file seen.
    Sha256,
    /// SHA-512 (3).
    Sha512,
    /// A number without a name.
    Other(u8),
}

impl DigestAlgorithm {
    /// The digest of this number.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Sha1,
            2 => Self::Sha256,
            3 => Self::Sha512,
            other => Self::Other(other),
        }
    }

    /// The number in the file.
    pub const fn code(self) -> u8 {
        match self {
            Self::Sha1 => 1,
            Self::Sha256 => 2,
            Self::Sha512 => 3,
            Self::Other(code) => code,
        }
    }

    /// The digest of this word: `sha1`, `sha256`, `sha512`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha1 => f.pad("sha1"),
            Self::Sha256 => f.pad("sha256"),
            Self::Sha512 => f.pad("sha512"),
            Self::Other(code) => f.pad(&alloc::format!("digest-{code}")),
        }
    }
}

impl FromStr for DigestAlgorithm {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::from_word(word).ok_or_else(|| UnknownWord::new(word, ["sha1", "sha256", "sha512"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_role_number_keeps_its_word() {
        for code in 0..=u16::MAX {
            let role = Role::from_code(code);
            assert_eq!(role.code(), code);
            assert_eq!(Role::from_word(&role.to_string()), Some(role));
        }
        assert_eq!(Role::from_word("role-0"), Some(Role::Sast));
        assert_eq!(Role::from_word("sast"), None);
        assert_eq!(Role::from_word("role-65536"), None);
    }

    #[test]
    fn every_digest_number_is_kept() {
        for code in 0..=u8::MAX {
            assert_eq!(DigestAlgorithm::from_code(code).code(), code);
        }
        for (code, word) in [(1, "sha1"), (2, "sha256"), (3, "sha512")] {
            let digest = DigestAlgorithm::from_code(code);
            assert_eq!(
                (digest.to_string().as_str(), DigestAlgorithm::from_word(word)),
                (word, Some(digest))
            );
        }
        assert_eq!(DigestAlgorithm::from_code(9).to_string(), "digest-9");
        assert_eq!(DigestAlgorithm::from_word("md5"), None);
    }
}
