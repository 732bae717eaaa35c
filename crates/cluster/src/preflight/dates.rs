//! A date in the pastes: against which a backup is old or new.

use super::text::Section;
use alloc::format;
use trustlist::facts::Timestamp;

/// "Server Time: Tue Aug  1 15:10:52 IST 2023".
pub(super) fn server_time(section: &Section) -> Option<Timestamp> {
    let (_, line) =
        section.lines.iter().find(|(_, line)| line.trim_start().starts_with("Server Time:"))?;
    printed(line)
}

/// The day of a date as CUCM prints it: the month in three letters, then the day, and the year in four digits somewhere behind.
pub(super) fn printed(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let month = words
        .find_map(|word| {
            MONTHS.iter().zip(1u32..).find(|(name, _)| word.eq_ignore_ascii_case(name))
        })?
        .1;
    let day: u32 = words.next()?.trim_end_matches(',').parse().ok()?;
    let year =
        words.find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    Timestamp::parse(&format!("{year}-{month:02}-{day:02}"))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_date_is_read_with_and_without_a_zone() {
        let day = |text| printed(text).map(|date| alloc::string::ToString::to_string(&date));
        assert_eq!(
            day("Server Time: Tue Aug  1 15:10:52 IST 2023").as_deref(),
            Some("2023-08-01T00:00:00Z")
        );
        assert_eq!(day("Fri Nov 20 09:12:39 2026").as_deref(), Some("2026-11-20T00:00:00Z"));
        assert_eq!(day("Tue Aug 15:10:52 2023"), None);
        assert_eq!(day("Aug 41 2023"), None);
        assert_eq!(day(""), None);
    }
}
