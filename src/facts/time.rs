//! Dates in UTC, read and written as RFC 3339 does: `2015-03-06T00:00:00Z`.

use super::Timestamp;
use core::fmt;

impl Timestamp {
    /// A moment from `2015-03-06T00:00:00Z`, or from `2015-03-06` for the start of that day. UTC only, no fractions.
    ///
    /// Returns `None` for everything else, days that do not exist included.
    ///
    /// ```
    /// use trustlist::facts::Timestamp;
    /// assert_eq!(Timestamp::parse("1970-01-02T00:00:01Z"), Some(Timestamp(86_401)));
    /// assert_eq!(Timestamp::parse("2023-02-29"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let (year, month, day) = date_fields(date)?;
        let seconds = if time.is_empty() { 0 } else { seconds_of_day(time)? };
        Some(Self(days_from_civil(year, month, day).checked_mul(DAY)?.checked_add(seconds)?))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

const DAY: i64 = 86_400;

/// Days of 400 years, after which the Gregorian calendar repeats.
const ERA: i64 = 146_097;

fn date_fields(date: &str) -> Option<(i64, i64, i64)> {
    let mut fields = date.split('-');
    let year = digits(fields.next()?, 4)?;
    let month = digits(fields.next()?, 2)?;
    let day = digits(fields.next()?, 2)?;
    let whole = fields.next().is_none() && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    whole.then_some((year, month, day))
}

fn seconds_of_day(time: &str) -> Option<i64> {
    let mut fields = time.strip_prefix('T')?.strip_suffix('Z')?.split(':');
    let hour = digits(fields.next()?, 2)?;
    let minute = digits(fields.next()?, 2)?;
    let second = digits(fields.next()?, 2)?;
    let whole = fields.next().is_none() && hour < 24 && minute < 60 && second < 60;
    whole.then_some(hour * 3600 + minute * 60 + second)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01; the year starts in March, so that the leap day is its last (Hinnant, "chrono-compatible
/// low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

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
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse("2024-05-01"), Timestamp::parse("2024-05-01T00:00:00Z"));
        assert_eq!(Timestamp::parse("2038-01-19T03:14:08Z"), Some(Timestamp(1 << 31)));
    }

    #[test]
    fn every_day_of_eight_centuries_is_one_after_the_last() {
        let first = Timestamp::parse("1600-01-01").unwrap().0 / DAY;
        for day in first..first + 2 * ERA {
            let written = Timestamp(day * DAY).to_string();
            assert_eq!(Timestamp::parse(&written), Some(Timestamp(day * DAY)), "{written}");
        }
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
            "２０１５-03-06",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn any_number_of_seconds_can_be_written() {
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59Z");
        assert!(Timestamp(i64::MIN).to_string().starts_with('-'));
        assert!(Timestamp(i64::MAX).to_string().ends_with('Z'));
    }
}
