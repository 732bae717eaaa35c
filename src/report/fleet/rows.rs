//! The rows of an inventory in CSV, with the answers as further columns.

use super::FleetRow;
use crate::report::Plain;
use std::borrow::Cow;

/// The columns after those of the inventory.
pub const ANSWER_COLUMNS: [&str; 10] = [
    "answer",
    "answer_ctl",
    "answer_itl",
    "answer_config",
    "answer_leans",
    "answer_file",
    "answer_code",
    "answer_hands",
    "answer_error",
    "answer_to_do",
];

impl FleetRow {
    /// Returns the values of [`ANSWER_COLUMNS`].
    #[doc(hidden)]
    pub const fn columns(&self) -> [&'static str; 10] {
        let Self { answer, ctl, itl, config, leans, file, code, hands, to_do } = *self;
        [answer, ctl, itl, config, leans, file, code, hands, "", to_do]
    }
}

/// Returns the values of [`ANSWER_COLUMNS`] without an answer: a word in its place, and why.
pub const fn unanswered<'t>(word: &'t str, why: &'t str) -> [&'t str; 10] {
    [word, "", "", "", "", "", "", "", why, ""]
}

/// Returns a value of an inventory as a cell: control characters are escaped, and no spreadsheet runs it.
pub fn inventory_cell(value: &[u8]) -> Cow<'_, [u8]> {
    text_cell(shown(value))
}

/// Returns a text as a cell that no spreadsheet takes for a formula and runs: one that begins like a formula gets an
/// apostrophe, which spreadsheets show as text. A description such as `=HYPERLINK("http://…")` may come from a phone's user.
pub fn text_cell(cell: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    // Most cells begin with a letter or a digit.
    let is_plain = cell.first().is_none_or(u8::is_ascii_alphanumeric);
    if is_plain || !begins_a_formula(&cell) { cell } else { Cow::Owned([b"'", &*cell].concat()) }
}

/// Checks if a cell begins like a formula, after blanks: some spreadsheets cut them off.
fn begins_a_formula(cell: &[u8]) -> bool {
    if matches!(cell.first(), Some(b'\t' | b'\r' | b'\n')) {
        return true;
    }
    let text = String::from_utf8_lossy(cell.get(..MAX_BLANKS).unwrap_or(cell));
    let text = text.trim_start_matches(|c: char| c.is_whitespace());
    text.starts_with(['=', '+', '-', '@']) || text.starts_with(WIDE_SIGNS)
}

/// As many bytes of blanks are cut off before the sign of a formula is looked for.
const MAX_BLANKS: usize = 256;

/// The signs of a formula in full width and as small forms, which spreadsheets read like the others where East Asian text is
/// written.
const WIDE_SIGNS: [char; 8] = [
    '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{fe66}', '\u{fe62}', '\u{fe63}', '\u{fe6b}',
];

/// Text of a cell with its control characters escaped; line ends and tabs stay, as CSV quotes them.
fn shown(value: &[u8]) -> Cow<'_, [u8]> {
    let plain = |byte: u8| (b' '..0x7f).contains(&byte) || matches!(byte, b'\n' | b'\r' | b'\t');
    if value.iter().all(|&byte| plain(byte)) {
        return Cow::Borrowed(value);
    }
    let Ok(text) = std::str::from_utf8(value) else {
        let escaped = value.iter().flat_map(|&byte| match plain(byte) || byte >= 0xa0 {
            true => vec![byte],
            false => format!("\\x{byte:02x}").into_bytes(),
        });
        return Cow::Owned(escaped.collect());
    };
    let mut escaped = String::with_capacity(value.len());
    for part in text.split_inclusive(['\n', '\r', '\t']) {
        let (line, end) = part
            .strip_suffix(['\n', '\r', '\t'])
            .map_or((part, ""), |line| (line, part.get(line.len()..).unwrap_or("")));
        escaped.push_str(&Plain(line).to_string());
        escaped.push_str(end);
    }
    Cow::Owned(escaped.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let written = |cell: &str| {
            String::from_utf8(text_cell(Cow::Borrowed(cell.as_bytes())).into_owned()).unwrap()
        };
        for cell in
            ["=1+1", "+49", "-1", "@SUM(1)", "\tx", "\r=1", "\n=1", "\u{ff1d}1+1", "\u{ff20}x"]
        {
            assert_eq!(written(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "'=1", "1-1", " x", "\u{ff11}"] {
            assert_eq!(written(cell), cell);
        }
    }
}
