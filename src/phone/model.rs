//! The device table: phone families and what is known of them (`spec/PHONE-RULES.md`, model table).

use super::{Device, DigestSet, Lean, SecurityByDefault};
use crate::wire::DigestAlgorithm;
use alloc::{sync::Arc, vec::Vec};

/// One row of the device table. A fact that no source states stays unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// The models, as people write them.
    pub name: &'static str,
    /// Does it take an ITL and ask TVS?
    pub security_by_default: SecurityByDefault,
    /// Signature digests; `None` where they are not known beyond SHA-1.
    pub digests: Option<&'static [DigestAlgorithm]>,
    /// Where the evidence leans on SHA-512 while the digests are not known.
    pub sha512_leans: Option<Lean>,
    /// Longest signer key in bits: no source names a number for any family (P-ALG-4).
    pub max_key_bits: Option<u32>,
    /// Whether it speaks no TLS above 1.0 to a TVS server (P-TVS-11).
    pub tls10_only: bool,
    /// Whether it empties its TVS cache around a check of a new CTL (P-TVS-6).
    pub flushes_tvs_cache: bool,
    /// Where the row comes from: rules of `spec/PHONE-RULES.md`.
    pub source: &'static str,
}

impl Family {
    /// Every row.
    pub const ALL: &'static [Self] =
        &[OLD_79XX, OLD_69XX, SOFT, SERIES_79XX, SERIES_69XX, SERIES_894X, SERIES_8961, SERIES_99XX, SERIES_78XX_88XX];

    /// The row of a model: `7975`, `CP-7975G`, `Cisco 7975`, `Jabber`, `JTAPI`, …; `None` for what is not in the
    /// table.
    ///
    /// ```
    /// use trustlist::phone::{Family, SecurityByDefault};
    /// assert_eq!(Family::of_model("CP-7975G"), Family::of_model("Cisco 7975"));
    /// assert_eq!(Family::of_model("jtapi").unwrap().security_by_default, SecurityByDefault::No);
    /// assert_eq!(Family::of_model("TelePresence SX20"), None);
    /// ```
    pub fn of_model(model: &str) -> Option<&'static Self> {
        let tokens = tokens(model);
        if tokens.iter().any(|token| SOFT_WORDS.iter().any(|word| is(token, word))) || is_communicator(&tokens) {
            return Some(&SOFT);
        }
        // Multiplatform firmware registers with other call controls and never meets these lists.
        if tokens.iter().any(|token| is(token, "3PCC") || is(token, "TelePresence")) {
            return None;
        }
        let mut rest = tokens.iter().copied().skip_while(|token| PREFIXES.iter().any(|word| is(token, word)));
        Self::of_number(number(rest.next()?)?)
    }

    fn of_number(number: u32) -> Option<&'static Self> {
        Some(match number {
            7940 | 7960 => &OLD_79XX,
            6901 | 6911 => &OLD_69XX,
            7906 | 7911 | 7921 | 7925 | 7926 | 7931 | 7941 | 7942 | 7945 | 7961 | 7962 | 7965 | 7970 | 7971 | 7975 => {
                &SERIES_79XX
            }
            6900..=6999 => &SERIES_69XX,
            8941 | 8945 => &SERIES_894X,
            8961 => &SERIES_8961,
            9951 | 9971 => &SERIES_99XX,
            7800..=7899 | 8800..=8899 => &SERIES_78XX_88XX,
            _ => return None,
        })
    }
}

impl Device {
    /// What is known of a model; everything else stays unknown. Callers override what they know better.
    ///
    /// ```
    /// use trustlist::phone::{Device, SecurityByDefault};
    /// assert_eq!(Device::of_model("CP-7975G").security_by_default, SecurityByDefault::Yes);
    /// assert_eq!(Device::of_model("9999").security_by_default, SecurityByDefault::Unknown);
    /// ```
    pub fn of_model(model: &str) -> Self {
        let named = Self { model: Some(Arc::from(model)), ..Self::unknown() };
        let Some(family) = Family::of_model(model) else { return named };
        Self {
            security_by_default: family.security_by_default,
            digests: family.digests.map(DigestSet::of),
            max_key_bits: family.max_key_bits,
            flushes_tvs_cache: family.flushes_tvs_cache,
            sha512_leans: family.sha512_leans,
            tls10_only: family.tls10_only,
            ..named
        }
    }

    /// A device of which nothing is known.
    pub const fn unknown() -> Self {
        Self {
            model: None,
            security_by_default: SecurityByDefault::Unknown,
            digests: None,
            max_key_bits: None,
            fips: false,
            flushes_tvs_cache: false,
            sha512_leans: None,
            tls10_only: false,
        }
    }
}

const SHA1: Option<&[DigestAlgorithm]> = Some(&[DigestAlgorithm::Sha1]);

const UNKNOWN: Family = Family {
    name: "",
    security_by_default: SecurityByDefault::Unknown,
    digests: None,
    sha512_leans: None,
    max_key_bits: None,
    tls10_only: false,
    flushes_tvs_cache: false,
    source: "",
};
const OLD_79XX: Family = Family {
    name: "7940, 7960",
    security_by_default: SecurityByDefault::No,
    digests: SHA1,
    tls10_only: true,
    flushes_tvs_cache: true,
    source: "P-TVS-8 (Tokenless CTL technote), P-ALG-2, P-TVS-11",
    ..UNKNOWN
};
const OLD_69XX: Family = Family {
    name: "6901, 6911",
    security_by_default: SecurityByDefault::No,
    digests: SHA1,
    source: "P-TVS-8, P-BOOT-3 (Encrypted configuration chapter), P-ALG-2",
    ..UNKNOWN
};
const SOFT: Family = Family {
    name: "Jabber, JTAPI, TSP, CIPC",
    security_by_default: SecurityByDefault::No,
    source: "P-BOOT-3 (JTAPI/TSP CTL text), P-TVS-8 (Tokenless CTL technote; firmware notes for CIPC)",
    ..UNKNOWN
};
const SERIES_79XX: Family = Family {
    name: "7906 7911 7921 7925 7926 7931 7941 7942 7945 7961 7962 7965 7970 7971 7975",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tls10_only: true,
    flushes_tvs_cache: true,
    source: "P-ALG-2 (phone security chapter), P-TVS-6 (Tokenless CTL technote, 7975 log), P-TVS-11",
    ..UNKNOWN
};
const SERIES_69XX: Family = Family {
    name: "69xx except 6901 and 6911",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    source: "P-TVS-8 (Encrypted configuration chapter), P-ALG-2 (inferred)",
    ..UNKNOWN
};
const SERIES_894X: Family = Family {
    name: "8941, 8945",
    digests: SHA1,
    source: "P-TVS-8 (firmware notes disagree; TVS from 9.4.2 likely), P-ALG-2",
    ..UNKNOWN
};
const SERIES_8961: Family = Family {
    name: "8961",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    source: "P-ALG-2 (phone security chapter)",
    ..UNKNOWN
};
const SERIES_99XX: Family = Family {
    name: "9951, 9971",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tls10_only: true,
    source: "P-ALG-2 (phone security chapter), P-TVS-11 (FIPS chapter)",
    ..UNKNOWN
};
const SERIES_78XX_88XX: Family = Family {
    name: "78xx, 88xx",
    security_by_default: SecurityByDefault::Yes,
    sha512_leans: Some(Lean::Accept),
    source: "P-ALG-2 (SHA-512 from load 11.5 on, inferred)",
    ..UNKNOWN
};

/// Clients without hardware that use the CTL only (P-BOOT-3, P-TVS-8).
const SOFT_WORDS: &[&str] = &["Jabber", "JTAPI", "TSP", "TAPI", "CIPC"];

/// Words that stand before a model number.
const PREFIXES: &[&str] = &["Cisco", "CP", "Unified", "IP", "Phone", "VoIP", "UC"];

fn tokens(model: &str) -> Vec<&str> {
    model.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty()).collect()
}

fn is(token: &str, word: &str) -> bool {
    token.eq_ignore_ascii_case(word)
}

/// `IP Communicator`, in one word or two.
fn is_communicator(tokens: &[&str]) -> bool {
    tokens.iter().any(|token| is(token, "Communicator") || is(token, "IPCommunicator"))
}

/// The four digits of `7975`, `7975G` or `CP7975G`; a longer or shorter number is no phone model.
fn number(token: &str) -> Option<u32> {
    let start = token.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = token.split_at_checked(start)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end)?;
    let plain = before.is_empty() || is(before, "CP") || is(before, "Cisco");
    (plain && digits.len() == 4 && after.chars().all(|c| c.is_ascii_alphabetic())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_model_are_one() {
        for model in
            ["7975", "7975G", "CP-7975G", "cp-7975g=", "Cisco 7975", "Cisco Unified IP Phone 7975G-GE", "CP7975", "Cisco7975"]
        {
            assert_eq!(Family::of_model(model), Some(&SERIES_79XX), "{model}");
        }
        for model in ["Jabber", "Cisco Jabber for Windows", "JTAPI", "tsp", "CIPC", "Cisco IP Communicator"] {
            assert_eq!(Family::of_model(model), Some(&SOFT), "{model}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_stays_unknown() {
        for model in ["", "-", "797", "79750", "7937", "ATA 191", "DX80", "Cisco TelePresence SX20", "8861-3PCC", "XX7975"] {
            let device = Device::of_model(model);
            assert_eq!(device, Device { model: Some(Arc::from(model)), ..Device::unknown() }, "{model}");
        }
    }

    #[test]
    fn the_table_says_what_its_rules_say() {
        let device = |model| Device::of_model(model);
        assert_eq!(device("7960").security_by_default, SecurityByDefault::No);
        assert_eq!(device("6911").security_by_default, SecurityByDefault::No);
        assert_eq!(device("6921").security_by_default, SecurityByDefault::Yes);
        assert_eq!(device("8945").security_by_default, SecurityByDefault::Unknown);
        assert_eq!(device("8945").digests, Some(DigestSet::of(&[DigestAlgorithm::Sha1])));
        assert_eq!((device("8851").digests, device("8851").sha512_leans), (None, Some(Lean::Accept)));
        assert_eq!((device("Jabber").digests, device("Jabber").sha512_leans), (None, None));
        assert!(device("7975").flushes_tvs_cache && device("7975").tls10_only && !device("8851").tls10_only);
        assert!(Family::ALL.iter().all(|family| !family.source.is_empty() && !family.name.is_empty()));
    }

    /// Row by row: Security By Default, SHA-1 only, leans towards SHA-512, TLS 1.0 only, empties its TVS memory. No row says how
    /// large a key may be.
    #[test]
    fn every_row_of_the_table() {
        use SecurityByDefault::{No, Unknown, Yes};
        let rows = [
            ("7960", No, true, None, true, true),
            ("6901", No, true, None, false, false),
            ("CIPC", No, false, None, false, false),
            ("7975", Yes, true, None, true, true),
            ("6961", Yes, true, None, false, false),
            ("8941", Unknown, true, None, false, false),
            ("8961", Yes, true, None, false, false),
            ("9971", Yes, true, None, true, false),
            ("8851", Yes, false, Some(Lean::Accept), false, false),
        ];
        assert_eq!(rows.len(), Family::ALL.len());
        for (row, family) in rows.iter().zip(Family::ALL) {
            assert_eq!(Family::of_model(row.0), Some(family));
            let (sha1, digests) = (Some(DigestSet::of(&[DigestAlgorithm::Sha1])), family.digests.map(DigestSet::of));
            assert_eq!(digests, if row.2 { sha1 } else { None }, "{}", row.0);
            let told = (family.security_by_default, family.sha512_leans, family.tls10_only, family.flushes_tvs_cache);
            assert_eq!((told, family.max_key_bits), ((row.1, row.3, row.4, row.5), None), "{}", row.0);
        }
    }
}
