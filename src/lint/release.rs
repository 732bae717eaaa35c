//! The version of a CUCM: reads `MAJOR.MINOR[(N)][SUn]` and the other forms in which CUCM writes its version, and writes
//! the first form.

use core::{fmt, str::FromStr};

/// The value of omitted parts of a version: the newest.
const NEWEST: u16 = u16::MAX;

/// A CUCM version, `MAJOR.MINOR[(N)][SUn]`, from 8.0 to 15.
///
/// Omitted parts mean the newest: `14` is the newest 14.0, `10.5` is 10.5(2) with its last update.
///
/// ```
/// use trustlist::lint::Release;
/// let of = |text: &str| text.parse::<Release>().unwrap();
/// assert!(of("10.5(1)") < of("10.5") && of("12.5(1)SU2") < of("12.5(1)SU6"));
/// assert_eq!(of("14"), of("14.0"));
/// assert!("7.1".parse::<Release>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    major: u8,
    minor: u8,
    maintenance: u16,
    update: u16,
}

/// The reason why a text is not a supported version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum ReleaseError {
    /// After 15.0.
    TooNew,
    /// Before 8.0: there are no ITL files (P-VER).
    TooOld,
    /// Not of the form `MAJOR.MINOR[(N)][SUn]`.
    Unreadable,
}

impl Release {
    /// Returns the first version of a release, before any maintenance release, for comparisons with
    /// `>=` and `<`.
    pub const fn first(major: u8, minor: u8) -> Self {
        Self { major, minor, maintenance: 0, update: 0 }
    }

    /// Returns the first version of a maintenance release, such as 10.5(2).
    pub const fn maintenance(major: u8, minor: u8, maintenance: u16) -> Self {
        Self { major, minor, maintenance, update: 0 }
    }

    /// Returns the major number.
    pub fn major(self) -> u8 {
        self.major
    }

    /// Returns the number of the service update, such as 3 of 14SU3; `None` means the newest.
    pub fn service_update(self) -> Option<u16> {
        (self.update != NEWEST).then_some(self.update)
    }

    /// Checks if both are of one release, such as 12.5, with any maintenance release.
    pub fn is_of(self, other: Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }

    /// Checks if there is an ITLRecovery certificate (10.0, table 1.1).
    pub fn has_itl_recovery(self) -> bool {
        self >= Self::first(10, 0)
    }

    /// Checks if a CTL that CallManager signs contains ITLRecovery too: 10.5(2) to 11.5 (P-CTL-6).
    pub fn callmanager_ctl_holds_recovery(self) -> bool {
        self >= Self::maintenance(10, 5, 2)
    }

    /// Checks if a CTL that an eToken signs contains ITLRecovery and CallManager too: from 11.5
    /// (P-CTL-6).
    pub fn token_ctl_holds_software_keys(self) -> bool {
        self >= Self::first(11, 5)
    }
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooNew => "a version up to 15",
            Self::TooOld => "a version from 8.0 on (there are no ITL files before)",
            Self::Unreadable => "a version like 12.5, 10.5(2) or 14SU3",
        })
    }
}

impl core::error::Error for ReleaseError {}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (numbers, update) = match text.split_once("SU") {
            Some((numbers, update)) => (numbers, Some(service_update(update)?)),
            None => (text, None),
        };
        let (major, minor, maintenance) = numbers_of(numbers, update.is_some())?;
        Self { major, minor, maintenance, update: update.unwrap_or(NEWEST) }.known()
    }
}

/// Reads `12`, `12.5`, `12.5(1)`, `12.5.1`, and a build such as `15.0.1.14901-2`. The first three
/// numbers of a build count. Its service update is not known, so none may follow.
fn numbers_of(text: &str, has_update: bool) -> Result<(u8, u8, u16), ReleaseError> {
    if let Some(open) = text.strip_suffix(')') {
        let (numbers, maintenance) = open.split_once('(').ok_or(ReleaseError::Unreadable)?;
        let (major, minor) = numbers.split_once('.').unwrap_or((numbers, "0"));
        return Ok((number(major)?, number(minor)?, number(maintenance)?));
    }
    let mut parts = text.splitn(4, '.');
    let major = number(parts.next().unwrap_or_default())?;
    let minor = parts.next().map_or(Ok(0), number)?;
    let maintenance = parts.next().map_or(Ok(NEWEST), number)?;
    match parts.next() {
        None => {}
        Some(_) if has_update => return Err(ReleaseError::Unreadable),
        Some(build) => {
            let (first, second) = build.split_once('-').unwrap_or((build, "0"));
            number::<u32>(first)?;
            number::<u32>(second)?;
        }
    }
    Ok((major, minor, maintenance))
}

/// Reads the number of a service update. A letter after it (`3a`) is a re-issue of the same update.
fn service_update(text: &str) -> Result<u16, ReleaseError> {
    number(text.strip_suffix(|c: char| matches!(c, 'a'..='f')).unwrap_or(text))
}

impl Release {
    fn known(self) -> Result<Self, ReleaseError> {
        if self.major < 8 {
            Err(ReleaseError::TooOld)
        } else if (self.major, self.minor) > (15, 0) {
            Err(ReleaseError::TooNew)
        } else {
            Ok(self)
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.maintenance != NEWEST {
            write!(f, "({})", self.maintenance)?;
        }
        if self.update != NEWEST {
            write!(f, "SU{}", self.update)?;
        }
        Ok(())
    }
}

/// Reads decimal digits, without a sign or a blank.
fn number<T: FromStr>(digits: &str) -> Result<T, ReleaseError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ReleaseError::Unreadable);
    }
    digits.parse().map_err(|_| ReleaseError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn as_cucm_and_its_release_notes_write_them() {
        for (text, same) in [
            ("15SU3a", "15SU3"),
            ("12.5(1)SU7a", "12.5(1)SU7"),
            ("12.5.1SU9", "12.5(1)SU9"),
            ("12.5.1", "12.5(1)"),
            ("15.0.1.14901-2", "15.0(1)"),
            ("14.0.1.10000-20", "14.0(1)"),
            ("11.5.1.21900-40", "11.5(1)"),
        ] {
            assert_eq!(text.parse::<Release>(), same.parse::<Release>(), "{text}");
            assert!(text.parse::<Release>().is_ok(), "{text}");
        }
    }

    #[test]
    fn written_as_read() {
        for text in ["8.0", "10.5(2)", "12.5(1)SU6", "14.0SU3", "15.0"] {
            assert_eq!(text.parse::<Release>().unwrap().to_string(), text);
        }
        assert_eq!("14".parse::<Release>().unwrap().to_string(), "14.0");
    }

    #[test]
    fn what_is_not_a_version() {
        for text in [
            "",
            "x",
            "12.",
            ".5",
            "12.5(",
            "12.5)",
            "12.5()",
            "12.5(1)SU",
            "12.5 ",
            "+12.5",
            "12.5(1)SU2x",
            "999.0",
            "12.5.",
            "12.5.x",
            "15SU",
            "15SUa",
            "15SU3ab",
            "12.5.1.2.3",
            "15.0.1.14901-",
            "15.0.1.14901-2SU1",
        ] {
            assert_eq!(text.parse::<Release>(), Err(ReleaseError::Unreadable), "{text}");
        }
        assert_eq!("7.1".parse::<Release>(), Err(ReleaseError::TooOld));
        for (text, told) in
            [("7.1", "from 8.0 on"), ("15.5", "up to 15"), ("x", "like 12.5, 10.5(2) or 14SU3")]
        {
            let error = text.parse::<Release>().unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        assert_eq!("15.5".parse::<Release>(), Err(ReleaseError::TooNew));
        assert_eq!("16.0".parse::<Release>(), Err(ReleaseError::TooNew));
    }
}
