//! Text that comes from files, made fit for a terminal.

use crate::text::is_hidden;
use std::fmt::{self, Display, Write};

/// Displays text with its control characters escaped: the text of a file can neither move the cursor nor forge a line.
#[derive(Clone, Copy, Debug)]
pub struct Plain<T>(pub T);

impl<T: Display> Display for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut escaped = String::new();
        write!(Escape(&mut escaped), "{}", self.0)?;
        f.pad(&escaped)
    }
}

struct Escape<'a>(&'a mut String);

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                c if c.is_control() => self.0.extend(c.escape_default()),
                c if is_hidden(c) => self.0.extend(c.escape_unicode()),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

/// Text as XML: what has a meaning there is escaped, characters that are not allowed are written out.
#[cfg(feature = "serde")]
#[derive(Clone, Copy, Debug)]
pub struct Xml<T>(pub T);

#[cfg(feature = "serde")]
impl<T: Display> Display for Xml<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in Plain(&self.0).to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\u{fffe}' | '\u{ffff}' => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Plain("a\u{1b}[31m\r\nb\u{202e}c").to_string(), "a\\u{1b}[31m\\r\\nb\\u{202e}c");
        assert_eq!(format!("{:<6}|", Plain("é")), "é     |");
        // A Hangul filler and a variation selector are as invisible as a blank without width.
        assert_eq!(Plain("a\u{3164}b\u{fe0f}c").to_string(), "a\\u{3164}b\\u{fe0f}c");
    }
}
