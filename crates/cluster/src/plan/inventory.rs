//! The phone inventory: CSV with a header line, columns in any order.

use crate::cluster::{CtlStart, ItlStart, LscStart, PhoneSecurity};
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use trustlist::phone::{Family, JudgedFile, SecurityByDefault};

/// A phone of the inventory; what is empty was not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneRow {
    /// Its name.
    pub name: String,
    /// Its TFTP servers.
    pub tftp_servers: Vec<String>,
    /// The members of its CallManager group, or the name of the group.
    pub cm_group: Vec<String>,
    /// How it talks to CallManager.
    pub security: Option<PhoneSecurity>,
    /// The same, by the name of its phone security profile. It counts in mixed mode, if `security`
    /// is not said.
    pub profile: Option<PhoneSecurity>,
    /// Its model.
    pub model: Option<String>,
    /// True if it has Security By Default; said, or known by its model.
    pub security_by_default: Option<bool>,
    /// True if it has an LSC.
    pub lsc: Option<LscStart>,
    /// Its ITL.
    pub itl: Option<ItlStart>,
    /// Its CTL.
    pub ctl: Option<CtlStart>,
    /// The lists whose status is `Mismatch`: `itl` and `ctl` then say what is assumed.
    pub mismatch: Vec<JudgedFile>,
    /// True if it is online.
    pub online: Option<bool>,
}

/// Why an inventory cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryError {
    /// The line, from 1.
    pub line: usize,
    /// The expectation.
    pub expected: &'static str,
    /// The value that was found.
    pub found: String,
}

impl fmt::Display for InventoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: expected {}; found {:?}", self.line, self.expected, self.found)
    }
}

impl core::error::Error for InventoryError {}

/// The most phones of an inventory: the number that a scenario within its limits holds.
pub const MAX_PHONES: usize = 10_000;

/// The columns that are read, each by the words that inventories use; all others are left alone.
const COLUMNS: &[(&str, &[&str])] = &[
    ("name", &["device", "name", "device name", "phone"]),
    ("model", &["model", "phone model", "device type", "type"]),
    ("tftp", &["tftp_servers", "tftp_server", "tftp"]),
    ("group", &["cm_group", "callmanager group", "group"]),
    ("security", &["security", "security mode", "device security mode"]),
    ("profile", &["device security profile", "phone security profile", "security profile"]),
    ("sbd", &["security_by_default", "sbd"]),
    ("lsc", &["lsc", "lsc status"]),
    ("itl", &["itl", "itl file status", "itl status"]),
    ("ctl", &["ctl", "ctl file status", "ctl status"]),
    ("online", &["online", "status", "registration"]),
];

/// Reads an inventory.
///
/// # Errors
/// The line that is not as it should be.
pub fn inventory(text: &str) -> Result<Vec<PhoneRow>, InventoryError> {
    inventory_within(text, MAX_PHONES)
}

/// As [`inventory`], with at most `limit` phones, instead of [`MAX_PHONES`].
///
/// # Errors
/// As [`inventory`].
pub fn inventory_within(text: &str, phones: usize) -> Result<Vec<PhoneRow>, InventoryError> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let error = |line: usize, expected: &'static str, found: &str| InventoryError {
        line,
        expected,
        found: found.to_owned(),
    };
    let (first, head) =
        lines.next().ok_or_else(|| error(1, "a header line with a column \"device\"", ""))?;
    let separator = if head.contains(';') && !head.contains(',') { ';' } else { ',' };
    let head: Vec<String> = cells(head.trim_start_matches('\u{feff}'), separator);
    let column = |wanted: &str| {
        let words = COLUMNS
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, words)| *words)
            .unwrap_or_default();
        head.iter().position(|name| words.iter().any(|word| name.eq_ignore_ascii_case(word)))
    };
    if column("name").is_none() {
        return Err(error(first, "a header line with a column \"device\"", &head.join(",")));
    }
    let mut rows = Vec::new();
    for (number, line) in lines {
        if rows.len() >= phones {
            return Err(error(
                number,
                "no more phones (plan::MAX_PHONES)",
                &alloc::format!("more than {phones}"),
            ));
        }
        let cells = cells(line, separator);
        let cell = |wanted: &str| {
            column(wanted).and_then(|column| cells.get(column)).map_or("", String::as_str)
        };
        if cell("name").is_empty() {
            return Err(error(number, "the name of a device", line));
        }
        let sbd = flag(cell("sbd")).or_else(|| by_model(cell("model")));
        rows.push(PhoneRow {
            name: cell("name").to_owned(),
            tftp_servers: list(cell("tftp")),
            cm_group: list(cell("group")),
            security: security(cell("security"))
                .ok_or_else(|| error(number, "a security mode", cell("security")))?,
            profile: profile(cell("profile")),
            model: Some(cell("model").to_owned()).filter(|model| !model.is_empty()),
            security_by_default: sbd,
            lsc: lsc(cell("lsc")),
            itl: itl(cell("itl")),
            ctl: ctl(cell("ctl")),
            mismatch: [("itl", JudgedFile::Itl), ("ctl", JudgedFile::Ctl)]
                .into_iter()
                .filter(|(column, _)| cell(column).eq_ignore_ascii_case("mismatch"))
                .map(|(_, file)| file)
                .collect(),
            online: is_online(cell("online")),
        });
    }
    Ok(rows)
}

/// The cells of a line; a cell in quotes may hold the separator.
fn cells(line: &str, separator: char) -> Vec<String> {
    let mut cells = Vec::new();
    let (mut cell, mut quoted) = (String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            c if c == separator && !quoted => cells.push(core::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Several names in one cell, apart by comma, semicolon, plus or bar. The name of a group may hold
/// blanks.
fn list(cell: &str) -> Vec<String> {
    cell.split([';', '|', '+', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn flag(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn by_model(model: &str) -> Option<bool> {
    match Family::of_model(model)?.security_by_default {
        SecurityByDefault::Yes => Some(true),
        SecurityByDefault::No => Some(false),
        SecurityByDefault::Unknown => None,
    }
}

/// `None` where the word is no security mode; nothing said is no error.
fn security(cell: &str) -> Option<Option<PhoneSecurity>> {
    match cell.to_ascii_lowercase().replace([' ', '_'], "-").as_str() {
        "" => Some(None),
        "encrypted" | "authenticated" => Some(Some(PhoneSecurity::Encrypted)),
        "non-secure" | "nonsecure" | "none" => Some(Some(PhoneSecurity::NonSecure)),
        _ => None,
    }
}

/// The security mode that the name of a phone security profile says, as in `Cisco 8851 - Standard
/// SIP Non-Secure Profile`; `None` if it says none, or more than one.
fn profile(cell: &str) -> Option<PhoneSecurity> {
    let name = cell.to_ascii_lowercase().replace([' ', '_'], "-");
    let non_secure = name.contains("non-secure") || name.contains("nonsecure");
    let secure = ["authenticated", "encrypted"].iter().any(|word| {
        name.match_indices(word).any(|(at, _)| {
            let before = name.get(..at).unwrap_or_default().trim_end_matches('-');
            !before.ends_with("non") && !before.ends_with("un")
        })
    });
    match (non_secure, secure) {
        (true, false) => Some(PhoneSecurity::NonSecure),
        (false, true) => Some(PhoneSecurity::Encrypted),
        _ => None,
    }
}

/// `LSC Status` is the result of the last operation of CAPF. One that failed or is pending does not say
/// if there was an LSC before.
fn lsc(cell: &str) -> Option<LscStart> {
    match cell.to_ascii_lowercase().as_str() {
        "none" | "no" | "not installed" | "delete success" => Some(LscStart::None),
        "current" | "yes" | "installed" | "upgrade success" => Some(LscStart::Current),
        _ => None,
    }
}

/// From 14 on the column *ITL File Status* says it. `Mismatch` is a list that the server does not
/// serve now: one of another cluster, or the one before the last change of a phone that was not
/// reset since. The first is assumed, which the cluster cannot replace.
fn itl(cell: &str) -> Option<ItlStart> {
    match cell.to_ascii_lowercase().as_str() {
        "match" | "current" => Some(ItlStart::Current),
        "mismatch" | "foreign" => Some(ItlStart::Foreign),
        "none" | "not installed" => Some(ItlStart::None),
        _ => None,
    }
}

fn ctl(cell: &str) -> Option<CtlStart> {
    match cell.to_ascii_lowercase().as_str() {
        "match" | "current" => Some(CtlStart::Current),
        "none" | "not installed" => Some(CtlStart::None),
        "mismatch" | "stale" => Some(CtlStart::Stale),
        _ => None,
    }
}

/// Reads the column *Status* (`Registered with ccm1`, `Unregistered`, `None`, …), or `yes` and `no`: true
/// if the phone is registered, `None` if the words do not say so.
pub fn is_online(cell: &str) -> Option<bool> {
    let cell = cell.trim().to_ascii_lowercase();
    match cell.as_str() {
        _ if cell.starts_with("registered") => Some(true),
        _ if cell.starts_with("unregistered")
            || cell.starts_with("none")
            || cell.starts_with("rejected") =>
        {
            Some(false)
        }
        other => flag(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_any_order() {
        let rows = inventory(
            "Status,Device,cm_group,Security\nRegistered with hq,SEP1,\"br;hq\",Encrypted\nUnregistered,SEP2,HQ phones,\n",
        );
        let rows = rows.unwrap();
        assert_eq!(rows[0].cm_group, ["br", "hq"]);
        assert_eq!(
            (rows[0].online, rows[0].security),
            (Some(true), Some(PhoneSecurity::Encrypted))
        );
        assert_eq!(
            (rows[1].online, rows[1].cm_group.as_slice()),
            (Some(false), ["HQ phones".to_owned()].as_slice())
        );
    }

    #[test]
    fn cells_are_apart_by_comma_or_else_by_semicolon() {
        let sep1 = PhoneRow {
            name: "SEP1".to_owned(),
            model: Some("7940".to_owned()),
            security_by_default: Some(false),
            ..PhoneRow::default()
        };
        for text in [
            "device,x,model\nSEP1,\"a \"\"b\"\", c\",7940\n",
            "\u{feff}device;x;model\nSEP1;\"a, \"\"b\"\"; c\";7940\n",
        ] {
            assert_eq!(inventory(text).unwrap(), core::slice::from_ref(&sep1), "{text}");
        }
        let row = &inventory("device,cm_group,tftp\nSEP1,one; two|three+four,hq\n").unwrap()[0];
        assert_eq!(row.cm_group, ["one", "two", "three", "four"]);
        assert_eq!(row.tftp_servers, ["hq"]);
        assert_eq!(cells("a,\"b, \"\"c\"\"\",d", ','), ["a", "b, \"c\"", "d"]);
    }

    /// The only row of an inventory with this column.
    fn row(column: &str, cell: &str) -> PhoneRow {
        inventory(&alloc::format!("device,{column}\nSEP1,{cell}\n")).unwrap().remove(0)
    }

    #[test]
    fn each_column_has_its_words() {
        for (word, flag) in [
            ("yes", true),
            ("TRUE", true),
            ("1", true),
            ("no", false),
            ("false", false),
            ("0", false),
        ] {
            assert_eq!(row("sbd", word).security_by_default, Some(flag), "{word}");
            assert_eq!(row("online", word).online, Some(flag), "{word}");
        }
        for column in ["sbd", "online", "itl", "ctl"] {
            for word in ["perhaps", ""] {
                let row = row(column, word);
                assert_eq!(
                    (row.security_by_default, row.online, row.itl, row.ctl),
                    (None, None, None, None),
                    "{column} {word}"
                );
            }
        }
        for (word, online) in [
            ("Registered with hq", true),
            ("Unregistered", false),
            ("None", false),
            ("Rejected", false),
        ] {
            assert_eq!(row("status", word).online, Some(online), "{word}");
        }
        for (word, itl) in [
            ("Match", ItlStart::Current),
            ("mismatch", ItlStart::Foreign),
            ("Not Installed", ItlStart::None),
        ] {
            assert_eq!(row("ITL File Status", word).itl, Some(itl), "{word}");
        }
        for (word, ctl) in
            [("current", CtlStart::Current), ("none", CtlStart::None), ("stale", CtlStart::Stale)]
        {
            assert_eq!(row("ctl", word).ctl, Some(ctl), "{word}");
        }
        for (word, lsc) in [
            ("none", Some(LscStart::None)),
            ("", None),
            ("Upgrade Success", Some(LscStart::Current)),
            ("current", Some(LscStart::Current)),
            ("Delete Success", Some(LscStart::None)),
            ("Delete Failed", None),
            ("Upgrade Failed", None),
            ("Operation Pending", None),
        ] {
            assert_eq!(row("LSC Status", word).lsc, lsc, "{word}");
        }
        let (encrypted, open) = (Some(PhoneSecurity::Encrypted), Some(PhoneSecurity::NonSecure));
        for (word, security) in
            [("Authenticated", encrypted), ("Non Secure", open), ("non_secure", open), ("", None)]
        {
            assert_eq!(row("Device Security Mode", word).security, security, "{word}");
        }
    }

    /// CUCM exports the profile of a phone, and most names of profiles say the mode.
    #[test]
    fn the_name_of_a_profile_says_the_security_mode() {
        let (encrypted, open) = (Some(PhoneSecurity::Encrypted), Some(PhoneSecurity::NonSecure));
        for (name, mode) in [
            ("Cisco 8851 - Standard SIP Non-Secure Profile", open),
            ("Cisco - Standard SIP Encrypted", encrypted),
            ("8851 nonsecure", open),
            ("AUTHENTICATED_8851", encrypted),
            ("Universal Device Template - Model-independent Security Profile", None),
            ("8851 unencrypted", None),
            ("8851 Non-Secure, encrypted configuration", None),
            ("", None),
        ] {
            let row = row("Device Security Profile", &alloc::format!("\"{name}\""));
            assert_eq!((row.profile, row.security), (mode, None), "{name}");
        }
    }

    /// A value of the inventory takes precedence over the model's.
    #[test]
    fn the_model_tells_whether_an_itl_is_taken_where_nothing_is_said() {
        assert_eq!(row("model", "7940").security_by_default, Some(false));
        assert_eq!(row("Device Type", "Cisco 8841").security_by_default, Some(true));
        assert_eq!(row("model", "a kettle").security_by_default, None);
        assert_eq!(
            inventory("device,sbd,model\nSEP1,yes,7940\n").unwrap()[0].security_by_default,
            Some(true)
        );
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(inventory("x,y\n1,2\n").unwrap_err().line, 1);
        assert_eq!(inventory("\n\nx,y\n1,2\n").unwrap_err().line, 3);
        assert_eq!(
            inventory("device,security\nSEP1,open\n").unwrap_err().to_string(),
            "line 2: expected a security mode; found \"open\""
        );
        assert_eq!(inventory("device,security\nSEP1,\n,encrypted\n").unwrap_err().line, 3);
    }
}
