//! Cells of CSV that spreadsheets open.

use std::borrow::Cow;

/// Writes a cell so that no spreadsheet takes it for a formula and runs it: one that begins like a
/// formula gets an apostrophe, which spreadsheets show as text. A description such as
/// `=HYPERLINK("http://…")` may come from a phone's user.
pub(super) fn text_cell(cell: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let is_wide = WIDE_SIGNS.iter().any(|sign| cell.starts_with(sign.as_bytes()));
    match cell.first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => {
            Cow::Owned([b"'", &*cell].concat())
        }
        Some(_) if is_wide => Cow::Owned([b"'", &*cell].concat()),
        _ => cell,
    }
}

/// The signs of a formula in full width, which spreadsheets read like the others where East Asian text is written.
const WIDE_SIGNS: [&str; 4] = ["\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}"];

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
