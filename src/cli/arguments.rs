//! Values that several commands take.

use crate::facts::Timestamp;

pub(super) fn date(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z".into())
}

/// The time of this machine: said where no date is given.
pub(super) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0))
}

/// A number of days: `90d`.
pub(super) fn days(text: &str) -> Result<u32, String> {
    text.strip_suffix('d').unwrap_or(text).parse().map_err(|_| "expected a number of days such as 90d".into())
}
