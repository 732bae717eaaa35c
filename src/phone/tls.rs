//! The TLS versions of TVS: what a cluster demands and what a phone speaks (P-TVS-11).

use crate::text::vocabulary;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.0.
    V1_0,
    /// TLS 1.1.
    V1_1,
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    /// Every version, the oldest first.
    pub const ALL: &'static [Self] = &[Self::V1_0, Self::V1_1, Self::V1_2, Self::V1_3];

    /// Returns the number, as `show tls min-version` and the contract write it.
    ///
    /// ```
    /// use trustlist::phone::TlsVersion;
    /// assert_eq!(TlsVersion::V1_2.as_str(), "1.2");
    /// assert!(TlsVersion::V1_0 < TlsVersion::V1_2);
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }

    /// Reads a number as [`TlsVersion::as_str`] writes it; `None` for anything else.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|version| version.as_str() == word)
    }
}

vocabulary!(TlsVersion);

/// The TLS versions that a phone's TVS client speaks (model table, column "TLS of TVS").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TvsClient {
    /// TLS 1.0 at least: 79xx, 69xx, 39xx, 894x, 8961, 99xx, IP Communicator. From minimum 1.2 on they cannot use TVS.
    Legacy,
    /// TLS 1.3 too: 98xx and 8875.
    Modern,
    /// TLS 1.2; TLS 1.3 is not known. Models outside the table are taken as this kind.
    Usual,
}
