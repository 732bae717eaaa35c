//! Paragraphs that are wrapped for a terminal.

use crate::text::{WIDTH, wrapped};

/// Text of paragraphs, wrapped at 100 columns.
#[derive(Clone, Debug, Default)]
pub struct Page(String);

impl Page {
    /// Adds a paragraph: `first` before its first line, blanks of the same width before the others.
    pub fn put(&mut self, first: &str, text: &str) {
        let indent = " ".repeat(first.chars().count());
        self.hanging(first, &indent, text);
    }

    /// Adds a paragraph with its own indent for the lines after the first.
    pub fn hanging(&mut self, first: &str, indent: &str, text: &str) {
        let words = words(text);
        let words = words.iter().map(String::as_str);
        self.0.push_str(&wrapped(first, indent, words, WIDTH));
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.0.push('\n');
    }

    /// Adds a heading after an empty line.
    pub fn heading(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.gap();
        }
        self.line(text);
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

/// The words of a text; a serial number stays with the word before it, so that it can be searched for.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut().filter(|last| last.ends_with("(serial")) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_under_the_first_line() {
        let mut page = Page::default();
        page.put("ITL  ", &"word ".repeat(30));
        page.heading("Next");
        page.put("  ", &"x".repeat(200));
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines.first().is_some_and(|line| line.starts_with("ITL  word") && line.len() <= WIDTH)
        );
        assert!(lines.get(1).is_some_and(|line| line.starts_with("     word")));
        assert_eq!(lines.get(2..4), Some(["", "Next"].as_slice()));
        assert_eq!(lines.get(4).map(|line| line.len()), Some(202));
    }
}
