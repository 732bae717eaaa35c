//! The device table: families of phones and the known facts about them (`spec/PHONE-RULES.md`,
//! model table).

use super::{Device, DigestSet, Lean, SecurityByDefault, TvsClient};
use crate::wire::DigestAlgorithm;
use alloc::{string::String, sync::Arc, vec::Vec};

/// One row of the device table. A fact that no source states is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Family {
    /// The models, in their usual spelling.
    pub name: &'static str,
    /// Security By Default: the family uses an ITL and TVS.
    pub security_by_default: SecurityByDefault,
    /// Digests of signatures that it can check; `None` if nothing but SHA-1 is known.
    pub digests: Option<&'static [DigestAlgorithm]>,
    /// The probable answer for SHA-512 if the digests are not known.
    pub sha512_leans: Option<Lean>,
    /// Longest signer key in bits. No source names a number for any family (P-ALG-4).
    pub max_key_bits: Option<u32>,
    /// The TLS versions of its TVS client (P-TVS-11).
    pub tvs_client: TvsClient,
    /// True if it loads trust lists.
    pub loads_lists: bool,
    /// True if it has a manufacturer's certificate (MIC); software clients have none (P-7).
    pub has_mic: bool,
    /// True if it empties its TVS cache when it checks a new CTL (P-TVS-6).
    pub flushes_tvs_cache: bool,
    /// The source of the row: rules of `spec/PHONE-RULES.md`.
    pub source: &'static str,
}

impl Family {
    /// Every row.
    pub const ALL: &'static [Self] = &[
        OLD_79XX,
        OLD_69XX,
        SOFT,
        COMMUNICATOR,
        WITHOUT_LISTS,
        SERIES_79XX,
        SERIES_69XX_39XX,
        SERIES_894X,
        SERIES_8961,
        SERIES_99XX,
        WIRELESS_AND_CONFERENCE,
        SERIES_98XX,
        SERIES_78XX_88XX,
        WEBEX_WIRELESS,
        ROOM_OS,
    ];

    /// Returns the row of a model, in the spelling of CUCM or a usual one: `7975`, `CP-7975G`,
    /// `Cisco 7975`, `Cisco Webex Desk Pro`, `CTI Port`, `Jabber`, …; `None` if the table does not
    /// contain it.
    ///
    /// ```
    /// use trustlist::phone::{Family, SecurityByDefault};
    /// assert_eq!(Family::of_model("CP-7975G"), Family::of_model("Cisco 7975"));
    /// assert_eq!(Family::of_model("jtapi").unwrap().security_by_default, SecurityByDefault::No);
    /// assert!(!Family::of_model("CTI Port").unwrap().loads_lists);
    /// assert_eq!(Family::of_model("8861-3PCC"), None);
    /// // Models of two rows: it is not known which of them the device is.
    /// assert_eq!(Family::of_model("Cisco 7940 replaced by 8851"), None);
    /// ```
    pub fn of_model(model: &str) -> Option<&'static Self> {
        let tokens = tokens(model);
        // Multiplatform firmware registers with other call controls, which do not use these lists.
        if tokens.iter().any(|token| is(token, "3PCC")) {
            return None;
        }
        let named = NAMES
            .iter()
            .find(|(words, _)| words.iter().all(|word| tokens.iter().any(|token| is(token, word))))
            .map(|(_, family)| family);
        let mut numbered = tokens.iter().copied().filter_map(number).filter_map(Self::of_number);
        let first = named.or_else(|| numbered.next());
        // A text that names models of two rows ("7940 replaced by 8851") is the name of neither.
        if numbered.any(|other| Some(other) != first) {
            return None;
        }
        if named.is_some() {
            return named;
        }
        let mut rest =
            tokens.iter().copied().skip_while(|token| PREFIXES.iter().any(|word| is(token, word)));
        if let Some(family) = rest.next().and_then(number).and_then(Self::of_number) {
            return Some(family);
        }
        is_room_os(&tokens).then_some(&ROOM_OS)
    }

    fn of_number(number: u32) -> Option<&'static Self> {
        Some(match number {
            7940 | 7960 => &OLD_79XX,
            6901 | 6911 => &OLD_69XX,
            7906 | 7911 | 7921 | 7925 | 7926 | 7931 | 7941 | 7942 | 7945 | 7961 | 7962 | 7965
            | 7970 | 7971 | 7975 => &SERIES_79XX,
            6900..=6999 | 3900..=3999 => &SERIES_69XX_39XX,
            8941 | 8945 => &SERIES_894X,
            8961 => &SERIES_8961,
            9951 | 9971 => &SERIES_99XX,
            8821 | 8831 => &WIRELESS_AND_CONFERENCE,
            9811 | 9841 | 9851 | 9861 | 9871 | 8875 => &SERIES_98XX,
            7800..=7899 | 8800..=8899 => &SERIES_78XX_88XX,
            840 | 860 => &WEBEX_WIRELESS,
            _ => return None,
        })
    }

    /// Returns a model of the table that differs by one typing mistake: a wrong, missing, extra or
    /// swapped character. `None` for a model of the table, and if no model is near.
    ///
    /// ```
    /// use trustlist::phone::Family;
    /// assert_eq!(Family::nearest("8581"), Some("8851"));
    /// assert_eq!(Family::nearest("Cisco Jaber for Windows"), Some("Jabber"));
    /// assert_eq!((Family::nearest("8851"), Family::nearest("fax")), (None, None));
    /// ```
    pub fn nearest(model: &str) -> Option<&'static str> {
        if Self::of_model(model).is_some() {
            return None;
        }
        let tokens = tokens(model);
        // Names of several models are no typing mistake.
        if tokens.iter().copied().filter_map(number).any(|number| Self::of_number(number).is_some())
        {
            return None;
        }
        // Many numbers differ by one digit; swapped digits are the more probable mistake.
        let by = |near: fn(&str, &str) -> bool| {
            KNOWN_NAMES
                .iter()
                .copied()
                .find(|name| tokens.iter().any(|token| token.len() >= 3 && near(token, name)))
        };
        by(is_swapped).or_else(|| by(is_mistyped))
    }
}

impl Device {
    /// Returns the known facts of a model; all others are unknown. Callers override facts that they
    /// know better.
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
            tvs_client: family.tvs_client,
            loads_lists: family.loads_lists,
            ..named
        }
    }

    /// Returns a device without known facts.
    pub const fn unknown() -> Self {
        Self {
            model: None,
            security_by_default: SecurityByDefault::Unknown,
            digests: None,
            max_key_bits: None,
            fips: false,
            flushes_tvs_cache: false,
            sha512_leans: None,
            tvs_client: TvsClient::Usual,
            loads_lists: true,
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
    tvs_client: TvsClient::Usual,
    loads_lists: true,
    has_mic: true,
    flushes_tvs_cache: false,
    source: "",
};
const OLD_79XX: Family = Family {
    name: "7940, 7960",
    security_by_default: SecurityByDefault::No,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    flushes_tvs_cache: true,
    source: "P-TVS-8 (Tokenless CTL technote), P-ALG-2, P-TVS-11",
    ..UNKNOWN
};
const OLD_69XX: Family = Family {
    name: "6901, 6911",
    security_by_default: SecurityByDefault::No,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    source: "P-TVS-8, P-BOOT-3 (Encrypted configuration chapter), P-ALG-2, P-TVS-11",
    ..UNKNOWN
};
const SOFT: Family = Family {
    name: "Jabber, Client Services Framework, Dual Mode, Webex App, JTAPI, TSP",
    has_mic: false,
    security_by_default: SecurityByDefault::No,
    source: "P-BOOT-3 (JTAPI/TSP CTL text), P-TVS-8 (Tokenless CTL technote)",
    ..UNKNOWN
};
const COMMUNICATOR: Family = Family {
    name: "CIPC, IP Communicator",
    has_mic: false,
    security_by_default: SecurityByDefault::No,
    tvs_client: TvsClient::Legacy,
    source: "P-TVS-8 (firmware notes), P-TVS-11",
    ..UNKNOWN
};
const WITHOUT_LISTS: Family = Family {
    name: "CTI Port, CTI Route Point, CTI Remote Device, Remote Destination Profile, Analog Phone, Third-party SIP Device",
    security_by_default: SecurityByDefault::No,
    loads_lists: false,
    has_mic: false,
    source: "P-BOOT-3, P-TVS-8 (model table)",
    ..UNKNOWN
};
const SERIES_79XX: Family = Family {
    name: "7906 7911 7921 7925 7926 7931 7941 7942 7945 7961 7962 7965 7970 7971 7975",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    flushes_tvs_cache: true,
    source: "P-ALG-2 (phone security chapter), P-TVS-6 (Tokenless CTL technote, 7975 log), P-TVS-11",
    ..UNKNOWN
};
const SERIES_69XX_39XX: Family = Family {
    name: "39xx, 69xx except 6901 and 6911",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    source: "P-TVS-8 (Encrypted configuration chapter), P-ALG-2 (inferred), P-TVS-11",
    ..UNKNOWN
};
const SERIES_894X: Family = Family {
    name: "8941, 8945",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    source: "P-TVS-8 (firmware strings of 9.4.2SR2), P-ALG-2, P-TVS-11",
    ..UNKNOWN
};
const SERIES_8961: Family = Family {
    name: "8961",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    source: "P-ALG-2 (phone security chapter), P-TVS-11",
    ..UNKNOWN
};
const SERIES_99XX: Family = Family {
    name: "9951, 9971",
    security_by_default: SecurityByDefault::Yes,
    digests: SHA1,
    tvs_client: TvsClient::Legacy,
    source: "P-ALG-2 (phone security chapter), P-TVS-11",
    ..UNKNOWN
};
const WIRELESS_AND_CONFERENCE: Family = Family {
    name: "8821, 8831",
    security_by_default: SecurityByDefault::Yes,
    source: "P-ALG-2 (no load of 11.5)",
    ..UNKNOWN
};
const SERIES_98XX: Family = Family {
    name: "9811, 9841, 9851, 9861, 9871, 8875",
    security_by_default: SecurityByDefault::Yes,
    tvs_client: TvsClient::Modern,
    source: "P-TVS-8 (inferred: no document on their lists was found), P-TVS-11",
    ..UNKNOWN
};
const SERIES_78XX_88XX: Family = Family {
    name: "other 78xx, 88xx",
    security_by_default: SecurityByDefault::Yes,
    sha512_leans: Some(Lean::Accept),
    source: "P-ALG-2 (SHA-512 from load 11.5 on, inferred)",
    ..UNKNOWN
};
const WEBEX_WIRELESS: Family = Family {
    name: "Webex Wireless 840, 860",
    security_by_default: SecurityByDefault::Yes,
    source: "P-TVS-8 (firmware strings)",
    ..UNKNOWN
};
const ROOM_OS: Family = Family {
    name: "TelePresence (TC 7.1 and later, CE), Room, Board and Desk series, DX70, DX80, DX650",
    security_by_default: SecurityByDefault::Yes,
    source: "P-TVS-8 (MRA certificate technote, DX administration guide)",
    ..UNKNOWN
};

/// Names without a number. The model must contain every word of a name, in any order.
const NAMES: &[(&[&str], Family)] = &[
    (&["Communicator"], COMMUNICATOR),
    (&["IPCommunicator"], COMMUNICATOR),
    (&["CIPC"], COMMUNICATOR),
    (&["Jabber"], SOFT),
    (&["JTAPI"], SOFT),
    (&["TSP"], SOFT),
    (&["TAPI"], SOFT),
    (&["Client", "Services", "Framework"], SOFT),
    (&["Dual", "Mode"], SOFT),
    (&["Webex", "App"], SOFT),
    (&["CTI", "Port"], WITHOUT_LISTS),
    (&["CTI", "Route", "Point"], WITHOUT_LISTS),
    (&["CTI", "Remote", "Device"], WITHOUT_LISTS),
    (&["Remote", "Destination", "Profile"], WITHOUT_LISTS),
    (&["Analog", "Phone"], WITHOUT_LISTS),
    (&["Third", "party", "SIP", "Device"], WITHOUT_LISTS),
];

/// Words that can precede a model number.
const PREFIXES: &[&str] = &[
    "Cisco",
    "CP",
    "Unified",
    "IP",
    "Phone",
    "VoIP",
    "UC",
    "Webex",
    "Wireless",
    "Conference",
    "Desk",
    "Video",
];

/// The names that a mistyped model is compared with.
const KNOWN_NAMES: &[&str] = &[
    "8851",
    "8841",
    "8845",
    "8861",
    "8865",
    "8811",
    "8832",
    "8821",
    "8831",
    "8875",
    "7811",
    "7821",
    "7832",
    "7841",
    "7861",
    "9841",
    "9851",
    "9861",
    "9871",
    "9811",
    "7906",
    "7911",
    "7921",
    "7925",
    "7926",
    "7931",
    "7940",
    "7941",
    "7942",
    "7945",
    "7960",
    "7961",
    "7962",
    "7965",
    "7970",
    "7971",
    "7975",
    "6901",
    "6911",
    "6921",
    "6941",
    "6945",
    "6961",
    "3905",
    "8941",
    "8945",
    "8961",
    "9951",
    "9971",
    "Jabber",
    "JTAPI",
    "CIPC",
    "Communicator",
    "TelePresence",
    "Framework",
    "DX650",
    "DX70",
    "DX80",
];

/// Checks for a RoomOS, CE or TC endpoint. The older CTS, IX and TX rooms are TelePresence too, but
/// nothing is known about them.
fn is_room_os(tokens: &[&str]) -> bool {
    let has = |word: &str| tokens.iter().any(|token| is(token, word));
    if ["DX70", "DX80", "DX650", "RoomOS"].iter().any(|word| has(word)) {
        return true;
    }
    if has("TelePresence") {
        let next = tokens.iter().skip_while(|token| !is(token, "TelePresence")).nth(1);
        let old = |token: &&str| {
            token.starts_with(|c: char| c.is_ascii_digit())
                || ["CTS", "IX", "TX"]
                    .iter()
                    .any(|head| token.get(..head.len()).is_some_and(|start| is(start, head)))
        };
        return !next.is_some_and(old);
    }
    ["Board", "Desk", "Room"].iter().any(|word| has(word)) && !has("Phone") && !has("Camera")
}

/// Checks if two neighbouring characters are swapped.
fn is_swapped(token: &str, name: &str) -> bool {
    let differ: Vec<usize> =
        (0..name.len()).filter(|&at| byte(token, at) != byte(name, at)).collect();
    let [first, second] = differ.as_slice() else { return false };
    token.len() == name.len()
        && *second == first.saturating_add(1)
        && byte(token, *first) == byte(name, *second)
        && byte(token, *second) == byte(name, *first)
}

/// Checks if one character is wrong, missing or extra. A number with another digit is no mistake, but
/// another model: the 7937 is a phone that the table does not have.
fn is_mistyped(token: &str, name: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let other_number = token.len() == name.len() && is_number(token) && is_number(name);
    !other_number && is_one_edit_away(token, name)
}

/// Checks if one character is wrong, missing or extra.
fn is_one_edit_away(token: &str, name: &str) -> bool {
    let (short, long) = if token.len() <= name.len() { (token, name) } else { (name, token) };
    if long.len().saturating_sub(short.len()) > 1 {
        return false;
    }
    let start = (0..short.len()).take_while(|&at| byte(short, at) == byte(long, at)).count();
    let tail = |text: &str, from: usize| -> String {
        (from..text.len()).filter_map(|at| byte(text, at)).map(char::from).collect()
    };
    let skip = start.saturating_add(1);
    tail(short, if short.len() == long.len() { skip } else { start }) == tail(long, skip)
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).map(u8::to_ascii_lowercase)
}

fn tokens(model: &str) -> Vec<&str> {
    model.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty()).collect()
}

fn is(token: &str, word: &str) -> bool {
    token.eq_ignore_ascii_case(word)
}

/// Returns the number in `7975`, `7975G`, `CP7975G` or `860S`. A longer or shorter number is not a
/// phone model.
fn number(token: &str) -> Option<u32> {
    let start = token.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = token.split_at_checked(start)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end)?;
    let plain = before.is_empty() || is(before, "CP") || is(before, "Cisco");
    (plain && matches!(digits.len(), 3 | 4) && after.chars().all(|c| c.is_ascii_alphabetic()))
        .then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_model_are_one() {
        for (family, models) in [
            (
                &SERIES_79XX,
                &[
                    "7975",
                    "7975G",
                    "CP-7975G",
                    "cp-7975g=",
                    "Cisco 7975",
                    "Cisco Unified IP Phone 7975G-GE",
                    "CP7975",
                    "Cisco7975",
                    "Cisco Unified Wireless IP Phone 7925G",
                ][..],
            ),
            (
                &SOFT,
                &[
                    "Jabber",
                    "Cisco Jabber for Windows",
                    "Cisco Jabber for Tablet",
                    "JTAPI",
                    "tsp",
                    "Cisco Unified Client Services Framework",
                    "Cisco Dual Mode for iPhone",
                    "Cisco Dual Mode for Android",
                    "Webex App",
                ],
            ),
            (&COMMUNICATOR, &["CIPC", "Cisco IP Communicator"]),
            (
                &WITHOUT_LISTS,
                &[
                    "CTI Port",
                    "CTI Route Point",
                    "Remote Destination Profile",
                    "Analog Phone",
                    "Third-party SIP Device (Advanced)",
                ],
            ),
            (&SERIES_69XX_39XX, &["6921", "Cisco 3905", "Cisco 6945"]),
            (
                &SERIES_98XX,
                &[
                    "Cisco 9841",
                    "9851NR",
                    "Cisco Desk Phone 9871",
                    "Cisco Video Phone 8875",
                    "8875NR",
                ],
            ),
            (
                &WIRELESS_AND_CONFERENCE,
                &["Cisco 8821", "8821-EX", "Cisco IP Conference Phone 8831"],
            ),
            (&WEBEX_WIRELESS, &["Cisco Webex Wireless Phone 840", "860S", "Cisco 860"]),
            (
                &ROOM_OS,
                &[
                    "Cisco TelePresence SX20",
                    "Cisco TelePresence EX90",
                    "Cisco Webex Desk Pro",
                    "Cisco Webex Room Kit",
                    "Cisco Webex Board 55",
                    "Cisco Room 70",
                    "Cisco DX650",
                    "Cisco Webex DX80",
                ],
            ),
        ] {
            models
                .iter()
                .for_each(|model| assert_eq!(Family::of_model(model), Some(family), "{model}"));
        }
    }

    #[test]
    fn what_is_not_in_the_table_stays_unknown() {
        for model in [
            "",
            "-",
            "797",
            "79750",
            "7937",
            "ATA 191",
            "Cisco TelePresence 1300-65",
            "Cisco TelePresence IX5000 (8 Port)",
            "Cisco Webex Room Phone",
            "8861-3PCC",
            "XX7975",
            "Universal Device Template",
        ] {
            let device = Device::of_model(model);
            assert_eq!(
                device,
                Device { model: Some(Arc::from(model)), ..Device::unknown() },
                "{model}"
            );
        }
    }

    #[test]
    fn a_typing_mistake_is_told_and_a_known_model_is_none() {
        for (typed, meant) in [
            ("8581", "8851"),
            ("Cisco 8814", ""),
            ("885l", "8851"),
            ("79755", "7975"),
            ("Cisco 7937", ""),
            ("jaber", "Jabber"),
            ("Telepresense", "TelePresence"),
            ("9481", "9841"),
            ("ATA", ""),
            ("\u{20ac}\u{20ac}", ""),
        ] {
            assert_eq!(Family::nearest(typed).unwrap_or_default(), meant, "{typed}");
        }
    }

    /// Row by row: Security By Default, SHA-1 only, lean of SHA-512, TVS client, empties its TVS
    /// cache, loads lists. No row limits the key size.
    #[test]
    fn every_row_of_the_table() {
        use SecurityByDefault::{No, Yes};
        use TvsClient::{Legacy, Modern, Usual};
        let rows = [
            ("7960", No, true, None, Legacy, true, true),
            ("6901", No, true, None, Legacy, false, true),
            ("Jabber", No, false, None, Usual, false, true),
            ("CIPC", No, false, None, Legacy, false, true),
            ("CTI Port", No, false, None, Usual, false, false),
            ("7975", Yes, true, None, Legacy, true, true),
            ("6961", Yes, true, None, Legacy, false, true),
            ("8941", Yes, true, None, Legacy, false, true),
            ("8961", Yes, true, None, Legacy, false, true),
            ("9971", Yes, true, None, Legacy, false, true),
            ("8821", Yes, false, None, Usual, false, true),
            ("9841", Yes, false, None, Modern, false, true),
            ("8851", Yes, false, Some(Lean::Accept), Usual, false, true),
            ("860S", Yes, false, None, Usual, false, true),
            ("Cisco TelePresence SX20", Yes, false, None, Usual, false, true),
        ];
        assert_eq!(rows.len(), Family::ALL.len());
        for (row, family) in rows.iter().zip(Family::ALL) {
            assert_eq!(Family::of_model(row.0), Some(family));
            let (sha1, digests) =
                (Some(DigestSet::of(&[DigestAlgorithm::Sha1])), family.digests.map(DigestSet::of));
            assert_eq!(digests, if row.2 { sha1 } else { None }, "{}", row.0);
            let told = (family.security_by_default, family.sha512_leans, family.tvs_client);
            assert_eq!((told, family.max_key_bits), ((row.1, row.3, row.4), None), "{}", row.0);
            assert_eq!((family.flushes_tvs_cache, family.loads_lists), (row.5, row.6), "{}", row.0);
            assert!(!family.source.is_empty() && !family.name.is_empty());
        }
    }
}
