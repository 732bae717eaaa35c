//! Values that several commands take.

use trustlist::facts::Timestamp;

pub(super) fn date(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z".into())
}
