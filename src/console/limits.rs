//! How much of a paste is read.

use super::{Line, PasteError};

/// The longest paste that is read, in bytes. A `show itl` of the longest list has 200 KB; the longest known paste, of all
/// lists of 20 nodes, 2 MB: for such a file raise the limit. Reading takes some 40 times as much
/// memory.
pub const MAX_PASTE: usize = 1 << 20;

/// The most prints of a list in one paste: two lists of each node of the largest cluster are a quarter of it.
pub const MAX_PRINTS: usize = 1_000;

/// The most records of all prints in one paste. The longest list has 39.
pub const MAX_PRINTED_RECORDS: usize = 4_000;

/// The most rows of all records in one paste. The longest list has 39 records of 9 rows.
pub const MAX_ROWS: usize = 100_000;

/// How much of a paste is read. The caller of the library may raise what is too small for its pastes.
///
/// ```
/// use trustlist::console::{PasteError, PasteLimits, parse_within};
/// let text = "Length of CTL file: 0\nCTL File not found\n".repeat(3);
/// assert_eq!(parse_within(&text, &PasteLimits::new()).unwrap().len(), 3);
/// let error = parse_within(&text, &PasteLimits::new().prints(2)).unwrap_err();
/// assert_eq!(error.to_string(), "line 5: more than 2 prints of a list in one paste (console::MAX_PRINTS)");
/// assert!(matches!(parse_within(&text, &PasteLimits::new().bytes(9)), Err(PasteError::TooLong { .. })));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PasteLimits {
    bytes: usize,
    prints: usize,
    records: usize,
    rows: usize,
}

impl PasteLimits {
    /// [`MAX_PASTE`], [`MAX_PRINTS`], [`MAX_PRINTED_RECORDS`] and [`MAX_ROWS`].
    pub const fn new() -> Self {
        Self { bytes: MAX_PASTE, prints: MAX_PRINTS, records: MAX_PRINTED_RECORDS, rows: MAX_ROWS }
    }

    /// Returns limits with at most this number of bytes of text, instead of [`MAX_PASTE`].
    pub const fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Returns limits with at most this number of prints, instead of [`MAX_PRINTS`].
    pub const fn prints(self, prints: usize) -> Self {
        Self { prints, ..self }
    }

    /// Returns limits with at most this number of records, instead of [`MAX_PRINTED_RECORDS`].
    pub const fn records(self, records: usize) -> Self {
        Self { records, ..self }
    }

    /// Returns limits with at most this number of rows, instead of [`MAX_ROWS`].
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// The most bytes of text.
    pub const fn most(&self) -> usize {
        self.bytes
    }

    /// Whether a text is short enough to be read to its end.
    ///
    /// # Errors
    /// [`PasteError::TooLong`] if it is not.
    pub fn check(&self, text: &str) -> Result<(), PasteError> {
        if text.len() > self.bytes {
            Err(PasteError::TooLong { bytes: text.len(), limit: self.bytes })
        } else {
            Ok(())
        }
    }

    /// As much of a text as is read.
    pub fn start_of<'a>(&self, text: &'a str) -> &'a str {
        let mut end = text.len().min(self.bytes);
        while !text.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        text.get(..end).unwrap_or(text)
    }

    /// The limit that this number of prints, records or rows exceeds.
    pub(super) fn reached(
        &self,
        prints: usize,
        records: usize,
        rows: usize,
        line: Line,
    ) -> Option<PasteError> {
        if prints > self.prints {
            Some(PasteError::TooManyPrints { line, limit: self.prints })
        } else if records > self.records {
            Some(PasteError::TooManyRecords { line, limit: self.records })
        } else if rows > self.rows {
            Some(PasteError::TooManyRows { line, limit: self.rows })
        } else {
            None
        }
    }
}

impl Default for PasteLimits {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, parse_within};
    use super::*;
    use alloc::{format, string::String, string::ToString as _};

    #[test]
    fn the_length_of_a_paste_is_limited_at_the_last_byte() {
        let limits = PasteLimits::new();
        let most = " ".repeat(MAX_PASTE);
        assert!(limits.check(&most).is_ok() && parse_within(&most, &limits).is_ok());
        let more = format!("{most} ");
        let error = PasteError::TooLong { bytes: MAX_PASTE + 1, limit: MAX_PASTE };
        assert_eq!(limits.check(&more), Err(error));
        assert_eq!(parse_within(&more, &limits), Err(error));
        assert_eq!(super::super::list(&format!("x{most}"), None), Err(error));
        // Without an error, the text before the limit counts, on the border of a character.
        let print = "Length of CTL file: 0\nCTL File not found\n";
        assert_eq!(parse(&format!("{print}{}", "\u{20ac}".repeat(MAX_PASTE / 3))).len(), 1);
        assert_eq!(parse(&format!("{most}{print}")).len(), 0);
    }

    #[test]
    fn the_number_of_prints_is_limited_at_the_last() {
        let prints = |count: usize| "Length of CTL file: 0\n".repeat(count);
        let limits = PasteLimits::new();
        assert_eq!(parse_within(&prints(MAX_PRINTS), &limits).unwrap().len(), MAX_PRINTS);
        let error = parse_within(&prints(MAX_PRINTS + 1), &limits).unwrap_err();
        assert!(matches!(error, PasteError::TooManyPrints { limit: MAX_PRINTS, .. }), "{error}");
        assert!(parse_within(&prints(MAX_PRINTS + 1), &limits.prints(MAX_PRINTS + 1)).is_ok());
    }

    #[test]
    fn the_number_of_records_is_limited_at_the_last() {
        let records = |count: usize| -> String {
            ["Parse ITL File\n", &"ITL Record #:1\n".repeat(count)].concat()
        };
        let limits = PasteLimits::new();
        assert_eq!(
            parse_within(&records(MAX_PRINTED_RECORDS), &limits).unwrap()[0].records.len(),
            MAX_PRINTED_RECORDS
        );
        let error = parse_within(&records(MAX_PRINTED_RECORDS + 1), &limits).unwrap_err();
        assert_eq!(
            error,
            PasteError::TooManyRecords { line: Line(4_002), limit: MAX_PRINTED_RECORDS }
        );
        assert_eq!(
            error.to_string(),
            "line 4002: more than 4000 records in one paste (console::MAX_PRINTED_RECORDS)"
        );
        assert!(
            parse_within(
                &records(MAX_PRINTED_RECORDS + 1),
                &limits.records(MAX_PRINTED_RECORDS + 1)
            )
            .is_ok()
        );
    }

    #[test]
    fn the_number_of_rows_is_limited_at_the_last() {
        let rows = |count: usize| -> String {
            ["ITL Record #:1\n", &"2 DNSNAME 2 a\n".repeat(count)].concat()
        };
        let limits = PasteLimits::new().bytes(4 << 20);
        assert_eq!(
            parse_within(&rows(MAX_ROWS), &limits).unwrap()[0].records[0].rows.len(),
            MAX_ROWS
        );
        let error = parse_within(&rows(MAX_ROWS + 1), &limits).unwrap_err();
        assert_eq!(error, PasteError::TooManyRows { line: Line(100_002), limit: MAX_ROWS });
        assert_eq!(
            error.to_string(),
            "line 100002: more than 100000 rows in one paste (console::MAX_ROWS)"
        );
        let three = limits.rows(3);
        assert!(parse_within(&rows(3), &three).is_ok() && parse_within(&rows(4), &three).is_err());
        assert!(parse_within(&rows(MAX_ROWS + 1), &limits.rows(MAX_ROWS + 1)).is_ok());
    }
}
