//! Text of files on its way to a terminal.

use core::fmt::{self, Write as _};

/// Writes text that comes from a file with control characters escaped as JSON does (`\u001b`), and with them the marks
/// that turn the direction of writing, so that a name in a list can neither move the cursor nor pass for another name.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| if is_harmless(c) { f.write_char(c) } else { write!(f, "\\u{:04x}", u32::from(c)) })
    }
}

fn is_harmless(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(Escaped("CN=a\u{1b}[2J\u{9b}\n\u{202e}é ✓").to_string(), "CN=a\\u001b[2J\\u009b\\u000a\\u202eé ✓");
    }
}
