//! Values that several commands take.

use std::time::{SystemTime, UNIX_EPOCH};
use trustlist::facts::Timestamp;

/// Reads a date, or `today`.
pub(super) fn date(text: &str) -> Result<Timestamp, String> {
    if text == "today" {
        return now().ok_or_else(|| {
            "the clock of this computer is before 1970: give a date such as 2026-01-31".into()
        });
    }
    Timestamp::parse(text)
        .ok_or_else(|| "expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z".into())
}

/// Returns the time by the clock of this computer. The library has no clock.
pub(super) fn now() -> Option<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp)
}

/// A number of days: `90d`.
pub(super) fn days(text: &str) -> Result<u32, String> {
    text.strip_suffix('d')
        .unwrap_or(text)
        .parse()
        .map_err(|_| "expected a number of days such as 90d".into())
}
