//! Paragraphs in lines.

use alloc::string::String;

/// The columns of a report.
pub(crate) const WIDTH: usize = 100;

/// Returns words in lines of at most `width` characters, each with a line feed at its end. A longer word has a line of its
/// own. The first line begins with `first`, the others with `indent`.
#[cfg_attr(not(feature = "std"), allow(unreachable_pub, reason = "`report` exports it"))]
pub fn wrapped<'w>(
    first: &str,
    indent: &str,
    words: impl IntoIterator<Item = &'w str>,
    width: usize,
) -> String {
    let columns = |text: &str| text.chars().count();
    let (mut text, mut line) = (String::new(), String::from(first));
    let mut is_begun = false;
    for word in words {
        if is_begun && columns(&line) + 1 + columns(word) > width {
            push(&mut text, &line);
            line.clear();
            line.push_str(indent);
        } else if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    push(&mut text, &line);
    text
}

fn push(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_used_and_no_more() {
        let words = || "aaaa bbbb cc".split(' ');
        assert_eq!(wrapped("- ", "  ", words(), 11), "- aaaa bbbb\n  cc\n");
        assert_eq!(wrapped("- ", "  ", words(), 10), "- aaaa\n  bbbb cc\n");
        assert_eq!(wrapped("", "", ["long", "x"], 2), "long\nx\n");
        assert_eq!(wrapped("x  ", "", [], 9), "x\n");
    }
}
