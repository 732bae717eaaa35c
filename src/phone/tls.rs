//! TLS versions of TVS: the minimum of a cluster and the versions of a phone (P-TVS-11).

use crate::text::words;

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
    /// Returns the version with this number, in the form of [`TlsVersion::as_str`]; `None` for any
    /// other text.
    ///
    /// ```
    /// use trustlist::phone::TlsVersion;
    /// assert_eq!(TlsVersion::from_word("1.2"), Some(TlsVersion::V1_2));
    /// assert!(TlsVersion::V1_0 < TlsVersion::V1_2);
    /// ```
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|version| version.as_str() == word)
    }
}

words!(TlsVersion {
    V1_0 = "1.0",
    V1_1 = "1.1",
    V1_2 = "1.2",
    V1_3 = "1.3",
});

/// The TLS versions of a phone's TVS client (model table, column "TLS of TVS").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TvsClient {
    /// TLS 1.0 or more: 79xx, 69xx, 39xx, 894x, 8961, 99xx, IP Communicator. They cannot use TVS
    /// from minimum 1.2 on.
    Legacy,
    /// Up to TLS 1.3: 98xx and 8875.
    Modern,
    /// Up to TLS 1.2; TLS 1.3 is not known. The default for models outside the table.
    Usual,
}
