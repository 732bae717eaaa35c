//! Moments on a node's clock, to the millisecond and without a time zone: logs name none.

use core::fmt;

/// A moment on a node's clock: milliseconds since 1970 began there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeTime(i64);

/// Months as the system log writes them.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MS_PER_SECOND: i64 = 1_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// A log line may be this much younger than the collection: nodes and collector may sit in other
/// time zones.
const YOUNGER_SECONDS: i64 = SECONDS_PER_DAY;
/// How many years back a day without a year is looked for: 29 February comes every fourth, once in
/// a while every eighth.
const YEARS_BACK: i64 = 8;

impl NodeTime {
    /// Reads `2016-07-06 01:31:55,374` and its relatives: `T` between date and time, a full stop
    /// before the fraction, no fraction, a `Z` at the end. Text after the time is an error.
    ///
    /// ```
    /// use trustlist_cluster::deletion::NodeTime;
    /// let moment = NodeTime::parse("2016-07-06 01:31:55,374").unwrap();
    /// assert_eq!(moment.to_string(), "2016-07-06 01:31:55,374");
    /// assert!(NodeTime::parse("2016-07-06T01:31:55").unwrap() < moment);
    /// assert_eq!(NodeTime::parse("2015-02-29 00:00:00"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once([' ', 'T'])?;
        let mut parts = date.splitn(3, '-');
        let (year, month, day) =
            (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
        let time = time.strip_suffix('Z').unwrap_or(time);
        let (time, fraction) = time.split_once([',', '.']).unwrap_or((time, "0"));
        Some(Self(
            midnight(year, month, day)?
                .checked_add(clock(time)?)?
                .checked_add(milliseconds(fraction)?)?,
        ))
    }

    /// Reads the stamp of the system log, `Jul 6 03:12:05`: it has no year. The year is that of the
    /// collection, or the one before where the day would lie in the future: a line of December in
    /// logs collected in January (D5).
    ///
    /// ```
    /// use trustlist_cluster::deletion::NodeTime;
    /// let collected = NodeTime::parse("2027-01-02T08:00:00").unwrap();
    /// assert_eq!(NodeTime::without_year("Dec", "31", "23:59:58", collected).unwrap().to_string(), "2026-12-31 23:59:58");
    /// assert_eq!(NodeTime::without_year("Jan", "1", "00:00:07", collected).unwrap().to_string(), "2027-01-01 00:00:07");
    /// ```
    pub fn without_year(month: &str, day: &str, time: &str, collected: Self) -> Option<Self> {
        let month = MONTHS.iter().position(|known| month.eq_ignore_ascii_case(known))?;
        let month = i64::try_from(month).ok()?.checked_add(1)?;
        let day = digits(day, day.len().clamp(1, 2))?;
        let clock = clock(time)?;
        let (latest, year) = (collected.plus_seconds(YOUNGER_SECONDS), collected.year());
        let years = (0..=YEARS_BACK.saturating_add(1))
            .map(|back| year.saturating_add(1).saturating_sub(back));
        let mut moments =
            years.filter_map(|year| Some(Self(midnight(year, month, day)?.saturating_add(clock))));
        moments.find(|moment| *moment <= latest)
    }

    /// This much later, or earlier if it is negative.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MS_PER_SECOND)))
    }

    fn year(self) -> i64 {
        let (year, ..) = civil(self.0.div_euclid(MS_PER_SECOND * SECONDS_PER_DAY));
        year
    }
}

impl fmt::Display for NodeTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(MS_PER_SECOND * SECONDS_PER_DAY));
        let in_day = self.0.rem_euclid(MS_PER_SECOND * SECONDS_PER_DAY);
        let (seconds, ms) = (in_day / MS_PER_SECOND, in_day % MS_PER_SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")?;
        if ms > 0 { write!(f, ",{ms:03}") } else { Ok(()) }
    }
}

/// A number of exactly this many digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    let all = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

/// `HH:MM:SS` in milliseconds.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute, second) =
        (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    // A leap second is written as 60.
    let fits = hour < 24 && minute < 60 && second <= 60;
    fits.then_some((hour * 3600 + minute * 60 + second) * MS_PER_SECOND)
}

/// The digits after the second; what is finer than a millisecond is dropped.
fn milliseconds(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let three = text.bytes().chain([b'0'; 3]).take(3);
    Some(three.fold(0, |ms, digit| ms * 10 + i64::from(digit.saturating_sub(b'0'))))
}

/// The start of a day; `None` for one that does not exist. Years 1 to 9999.
fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days(year, month, day);
    (civil(days) == (year, month, day)).then_some(days * SECONDS_PER_DAY * MS_PER_SECOND)
}

/// Days since 1970. The year is counted from March, so that the leap day is its last (the usual
/// closed form).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NodeTime {
        NodeTime::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn days_are_counted_right() {
        assert_eq!(at("1970-01-01 00:00:00"), NodeTime(0));
        assert_eq!(at("2000-03-01 00:00:00,001"), NodeTime(951_868_800_001));
        assert_eq!(at("1969-12-31T23:59:59Z"), NodeTime(-1000));
        for day in -200_000..200_000 {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn fractions_of_any_length() {
        for (text, ms) in [(",3", 300), (".37", 370), (",374", 374), (".374999", 374), ("", 0)] {
            assert_eq!(at(&format!("1970-01-01 00:00:00{text}")), NodeTime(ms));
        }
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "2016-07-06",
            "2016-07-06 01:31",
            "2016-7-6 01:31:55",
            "2016-13-01 00:00:00",
            "2015-02-29 00:00:00",
            "2016-07-06 24:00:00",
            "2016-07-06 00:60:00",
            "2016-07-06 00:00:00,",
            "2016-07-06 00:00:00 INFO",
            "0000-01-01 00:00:00",
            "２０１６-07-06 00:00:00",
        ] {
            assert_eq!(NodeTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_year_is_the_latest_that_is_not_in_the_future() {
        let in_year = |collected: &str, month, day| {
            NodeTime::without_year(month, day, "12:00:00", at(collected))
                .map(|moment| moment.to_string()[..10].to_owned())
        };
        assert_eq!(in_year("2026-07-06T04:30:00", "Jul", "6").unwrap(), "2026-07-06");
        assert_eq!(in_year("2026-07-06T04:30:00", "Jul", "7").unwrap(), "2025-07-07");
        assert_eq!(in_year("2026-12-31T23:30:00", "Jan", "1").unwrap(), "2027-01-01");
        assert_eq!(in_year("2027-03-01T00:00:00", "Feb", "29").unwrap(), "2024-02-29");
        assert_eq!(in_year("2104-01-01T00:00:00", "Feb", "29").unwrap(), "2096-02-29");
        assert_eq!(in_year("2027-03-01T00:00:00", "Feb", "30"), None);
        assert_eq!(in_year("2027-03-01T00:00:00", "Foo", "3"), None);
        assert_eq!(in_year("2027-03-01T00:00:00", "Feb", ""), None);
        assert_eq!(in_year("2027-03-01T00:00:00", "Feb", "003"), None);
    }
}
