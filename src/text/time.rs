//! Dates in UTC, read and written as RFC 3339 does: `2015-03-06T00:00:00Z`.

use super::UnknownWord;
use core::{fmt, time::Duration};
use der::DateTime;

/// Seconds since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// A moment from `2015-03-06T00:00:00Z`, or from `2015-03-06` for the start of that day. UTC
    /// only, no fractions, from 1970 to 9999.
    ///
    /// Returns `None` for everything else, days that do not exist included.
    ///
    /// ```
    /// use trustlist::facts::Timestamp;
    /// assert_eq!(Timestamp::parse("1970-01-02T00:00:01Z"), Some(Timestamp(86_401)));
    /// assert_eq!(Timestamp::parse("2023-02-29"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let date: DateTime = match text.len() {
            DAY_LEN => alloc::format!("{text}T00:00:00Z").parse().ok()?,
            _ => text.parse().ok()?,
        };
        i64::try_from(date.unix_duration().as_secs()).ok().map(Self)
    }
}

/// Whole seconds; a part of a second is cut off.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Self(seconds(since)),
            Err(before) => {
                let before = before.duration();
                Self(-seconds(before) - i64::from(before.subsec_nanos() > 0))
            }
        }
    }
}

impl core::str::FromStr for Timestamp {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::parse(text)
            .ok_or_else(|| UnknownWord::new(text, ["2015-03-06", "2015-03-06T00:00:00Z"]))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since_1970 = u64::try_from(self.0).ok().map(Duration::from_secs);
        match since_1970.and_then(|since| DateTime::from_unix_duration(since).ok()) {
            Some(date) => write!(f, "{date}"),
            // No certificate and no header holds such a date; shown as what it is all the same.
            None => write!(f, "{} s from 1970", self.0),
        }
    }
}

/// Length of `2015-03-06`.
const DAY_LEN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn dates_are_read_and_written_alike() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2015-03-06T09:12:40Z",
            "2000-02-29T23:59:59Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse("2024-05-01"), Timestamp::parse("2024-05-01T00:00:00Z"));
        assert_eq!(Timestamp::parse("2038-01-19T03:14:08Z"), Some(Timestamp(1 << 31)));
    }

    #[test]
    #[cfg(feature = "std")]
    fn a_system_time_is_a_timestamp() {
        use std::time::UNIX_EPOCH;
        assert_eq!(
            Timestamp::from(UNIX_EPOCH + Duration::from_millis(86_401_900)),
            Timestamp(86_401)
        );
        assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_millis(1_500)), Timestamp(-2));
        assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_secs(2)), Timestamp(-2));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2015",
            "2015-3-6",
            "2015-13-01",
            "2015-00-01",
            "2015-04-31",
            "1900-02-29",
            "2015-03-06T00:00:00",
            "2015-03-06T24:00:00Z",
            "2015-03-06T00:60:00Z",
            "2015-03-06T00:00:60Z",
            "2015-03-06T00:00Z",
            "2015-03-06T00:00:00.5Z",
            "2015-03-06 00:00:00Z",
            "2015-03-06T00:00:00+01:00",
            "+015-03-06",
            "2015-03-0é",
            "1969-12-31",
            "２０１５-03-06",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_outside_the_calendar_are_shown_as_they_are() {
        assert_eq!(Timestamp(-1).to_string(), "-1 s from 1970");
        assert!(Timestamp(i64::MAX).to_string().ends_with(" s from 1970"));
    }
}
