//! Text for people, fitted to a width: the one place where lines are wrapped.
//!
//! Reports of the library are lines of at most 96 to 100 columns, or lines that are not wrapped at
//! all. Their paragraphs are put together again and wrapped anew, under their label or bullet;
//! tables give up blank columns. A word that is longer than a line (a path, a checksum) stays
//! whole, so that it can be copied.

/// Fits a text to a number of columns.
pub(super) fn fit(text: &str, columns: usize) -> String {
    let mut fitted = String::with_capacity(text.len() + text.len() / 8);
    fit_each(text, columns, |block| fitted.push_str(block));
    if !text.ends_with('\n') {
        fitted.pop();
    }
    fitted
}

/// Fits a text, and hands on its lines block by block: long texts are not held twice. The last line
/// ends with a line feed too.
pub(super) fn fit_each(text: &str, columns: usize, mut take: impl FnMut(&str)) {
    let mut out = String::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !line.is_empty() {
            lines.push(line);
        }
        if line.is_empty() || lines.len() >= BLOCK {
            block(&lines, columns, &mut out);
            lines.clear();
            if line.is_empty() {
                out.push('\n');
            }
            take(&out);
            out.clear();
        }
    }
    block(&lines, columns, &mut out);
    take(&out);
}

/// Lines without an empty one between them.
fn block(lines: &[&str], columns: usize, out: &mut String) {
    if let Some(table) = squeezed(lines, columns) {
        table.iter().for_each(|line| push(line, out));
        return;
    }
    let mut paragraph: Option<Paragraph> = None;
    for line in lines {
        if paragraph.as_mut().is_some_and(|open| open.takes(line, columns)) {
            continue;
        }
        if let Some(done) = paragraph.replace(Paragraph::begin(line)) {
            wrap(&done.text, columns, out);
        }
    }
    if let Some(done) = paragraph {
        wrap(&done.text, columns, out);
    }
}

/// A paragraph that a report has wrapped, being put together again.
struct Paragraph {
    text: String,
    hang: usize,
    /// Columns of its last line.
    last: usize,
}

impl Paragraph {
    fn begin(line: &str) -> Self {
        Self { text: line.to_owned(), hang: hang(line, PAGE), last: width(line) }
    }

    /// Takes a line that goes on where the one before was full: its first word did not fit. Only if
    /// the width makes it necessary, and never if the line may be one of its own.
    fn takes(&mut self, line: &str, columns: usize) -> bool {
        let (at, text) = (indent(line), line.trim_start());
        let mut words = text.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut word = width(first);
        if first.starts_with(SERIAL) {
            word += width(second) + 1;
        }
        let full = |limit| self.last <= limit && self.last + word >= limit;
        let goes_on = at == self.hang && full(PAGE);
        let ends = self.text.ends_with(['.', ']', ':']) && !first.starts_with(char::is_lowercase);
        let is_own = ends
            || text.contains("  ")
            || marker(text) > 0
            || first.ends_with(':')
            || second.ends_with(':');
        let is_needed = columns > PAGE || width(&self.text) > columns;
        if !goes_on || is_own || !is_needed {
            return false;
        }
        self.join(line)
    }

    fn join(&mut self, line: &str) -> bool {
        self.text.push(' ');
        self.text.push_str(line.trim_start());
        self.last = width(line);
        true
    }
}

/// Takes blank columns out of a table that is too wide; `None` if it is none, fits, or does not fit
/// then.
fn squeezed(lines: &[&str], columns: usize) -> Option<Vec<String>> {
    let is_row = |line: &&str| line.trim_start().contains("  ");
    let widest = lines.iter().map(|line| width(line)).max()?;
    if widest <= columns || lines.len() < 2 || !lines.iter().all(is_row) {
        return None;
    }
    let mut rows: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let blank = |rows: &[Vec<char>], at: usize| {
        rows.iter().all(|row| row.get(at).is_none_or(|letter| *letter == ' '))
    };
    let mut over = widest - columns;
    let mut at = widest;
    while over > 0 && at > 2 {
        at -= 1;
        // Two blanks keep columns apart.
        if blank(&rows, at) && blank(&rows, at - 1) && blank(&rows, at - 2) {
            for row in &mut rows {
                if at < row.len() {
                    row.remove(at);
                }
            }
            over -= 1;
        }
    }
    (over == 0).then(|| rows.into_iter().map(|row| row.into_iter().collect()).collect())
}

/// Wraps one paragraph under its label or bullet.
fn wrap(text: &str, columns: usize, out: &mut String) {
    if width(text) <= columns {
        return push(text, out);
    }
    let hang = hang(text, columns);
    let mut line = String::new();
    let (mut start, mut empty) = (true, true);
    for (blanks, word) in words(text) {
        for (piece, goes_on) in pieces(word, columns.saturating_sub(hang)) {
            let mut gap = if goes_on || (empty && !start) { 0 } else { blanks };
            if !empty && width(&line) + gap + width(piece) > columns {
                push(line.trim_end(), out);
                // A word that is too long begins further left, so that as much as possible fits.
                line = " ".repeat(hang.min(columns.saturating_sub(width(piece))));
                gap = 0;
            }
            line.push_str(&" ".repeat(gap));
            line.push_str(piece);
            (start, empty) = (false, false);
        }
    }
    push(line.trim_end(), out);
}

/// The words of a text, each with the number of blanks before it; a serial number stays with the
/// word before it, so that it can be searched for.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest.len() - rest.trim_start_matches(' ').len();
        let (_, word) = rest.split_at(start);
        let mut end = word.find(' ').unwrap_or(word.len());
        if word.split_at(end).0.ends_with(SERIAL) {
            let after = word.split_at(end).1;
            end += 1 + after
                .trim_start_matches(' ')
                .find(' ')
                .unwrap_or(after.len().saturating_sub(1));
        }
        let (word, after) = word.split_at(end.min(word.len()));
        words.push((start, word));
        rest = after;
    }
    words
}

/// A word in pieces that fit: a distinguished name or a list of names is cut after `;` or `,`,
/// anything else stays whole. With each piece, if it goes on the one before.
fn pieces(word: &str, room: usize) -> Vec<(&str, bool)> {
    if width(word) <= room || !word.contains([';', ',']) {
        return vec![(word, false)];
    }
    let parts = word.split_inclusive([';', ',']);
    parts.enumerate().map(|(number, part)| (part, number > 0)).collect()
}

/// Returns the column of the second line of a paragraph: after its label or bullet, or at its
/// indent.
fn hang(line: &str, columns: usize) -> usize {
    let indent = indent(line);
    let text = line.trim_start();
    let mut at = indent;
    let mut seen = indent;
    let mut rest = text;
    while let Some(gap) = rest.find("  ") {
        let (before, after) = rest.split_at(gap);
        let next = after.trim_start();
        seen += width(before) + (after.len() - next.len());
        if seen > columns / 2 || next.is_empty() {
            break;
        }
        at = seen;
        rest = next;
    }
    let behind = line.chars().skip(at).collect::<String>();
    let hang = at + marker(&behind);
    if hang > columns / 2 { indent + STEP } else { hang }
}

/// Columns of a bullet, a number, the id of a rule, or a word such as `Assumed:` at the start of a
/// text.
fn marker(text: &str) -> usize {
    for word in MARKERS {
        if text.starts_with(word) {
            return width(word);
        }
    }
    let first = text.split(' ').next().unwrap_or_default();
    let number = first.strip_suffix('.').unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_rule = first.len() > 3
        && first.as_bytes().get(1) == Some(&b'-')
        && first
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
        && first.ends_with(|letter: char| letter.is_ascii_digit());
    if is_number || is_rule { width(first) + 1 } else { 0 }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn push(line: &str, out: &mut String) {
    out.push_str(line);
    out.push('\n');
}

/// The width at which reports are wrapped.
const PAGE: usize = 100;
/// Lines that are looked at together, at most.
const BLOCK: usize = 1_000;
/// Columns of indent of a second line under one without a label.
const STEP: usize = 2;
/// The word before a serial number.
const SERIAL: &str = "(serial";
/// Words before a paragraph.
const MARKERS: [&str; 9] =
    ["- ", "! ", "? ", "=> ", "Assumed: ", "Usage: ", "error: ", "note: ", "warning: "];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays() {
        let text = "NO: x.\n\nCTL     not offered\n        The server has none.\n";
        assert_eq!(fit(text, 60), text);
        assert_eq!(fit("no end", 60), "no end");
        assert_eq!(fit("", 60), "");
    }

    #[test]
    fn a_paragraph_goes_on_under_its_label_and_its_bullet() {
        let words = "word ".repeat(20);
        for (label, hang) in [
            ("ITL     ", 8),
            ("        - ", 10),
            ("Assumed: ", 9),
            ("BLOCK    F-5    ", 16),
            ("   P-TVS-2   ", 13),
            ("   P-EMPTY-1 ", 13),
            ("  warning  ", 11),
            (" 12. ", 5),
            ("", 0),
        ] {
            let fitted = fit(&format!("{label}{words}"), 60);
            let mut lines = fitted.lines();
            assert!(lines.next().unwrap().starts_with(&format!("{label}word")), "{fitted}");
            for line in lines {
                assert_eq!(indent(line), hang, "{fitted}");
                assert!(width(line) <= 60, "{fitted}");
            }
        }
    }

    #[test]
    fn what_a_report_wrapped_is_wrapped_anew() {
        let first = format!("        - {}", "a".repeat(84));
        let text = format!("{first}\n          second line\n        - another\n");
        assert_eq!(width(&first), 94);
        let wide = fit(&text, 120);
        assert_eq!(wide, format!("{first} second line\n        - another\n"));
        // At the width of the report nothing changes.
        assert_eq!(fit(&text, 100), text);
        // A command, a row of a table, and a line with a label of its own stay what they are.
        for own in ["Second line.", "group 1: more", "a  b", "- x"] {
            let text = format!("    {}.\n    {own}\n", "a".repeat(94));
            assert_eq!(fit(&text, 120), text, "{own}");
        }
        // Short lines are lines of their own.
        let lines = "        One.\n        Two.\n";
        assert_eq!(fit(lines, 120), lines);
    }

    #[test]
    fn a_table_gives_up_blank_columns() {
        let head = format!("{:<40}  REFUSED  accepted", "By model");
        let row = format!("{:<40}  {:>7}  {:>8}", "  8851", 12, 3);
        let fitted = fit(&format!("{head}\n{row}\n"), 60);
        assert_eq!(fitted, format!("{head}\n{row}\n"));
        let wide = format!(
            "{:<60}  REFUSED  accepted\n{:<60}  {:>7}  {:>8}\n",
            "By model", "  8851", 12, 3
        );
        let lines: Vec<String> = fit(&wide, 60).lines().map(str::to_owned).collect();
        assert!(lines.iter().all(|line| width(line) == 60), "{lines:?}");
        assert_eq!(lines[0].find("REFUSED").unwrap() + 7, lines[1].find("12").unwrap() + 2);
    }

    #[test]
    fn long_words_stay_whole_and_names_are_cut_after_their_parts() {
        let hash = "f".repeat(64);
        assert_eq!(fit(&format!("     sha256       {hash}"), 60), format!("     sha256\n{hash}"));
        let name = "CN=ccm1.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL";
        let fitted = fit(&format!("     subject      {name}"), 60);
        assert!(fitted.lines().all(|line| width(line) <= 60 && indent(line) >= 5), "{fitted}");
        assert_eq!(
            fitted.lines().map(str::trim_start).collect::<String>(),
            format!("subject      {name}")
        );
    }

    #[test]
    fn a_serial_number_stays_with_its_word() {
        let text = format!("{} (serial 559d3060a4f1a17142d7de5b0590516a).", "x".repeat(50));
        assert_eq!(
            fit(&text, 60).lines().nth(1),
            Some("(serial 559d3060a4f1a17142d7de5b0590516a).")
        );
    }

    /// Nothing is lost, and nothing but words that are too long is wider.
    #[test]
    fn every_width_keeps_every_word() {
        let text = "Assumed: a b c\n  1  REFUSED   ITL     signer-unknown: Nothing that the phone trusts vouches for the signer\n\n";
        let text = text.repeat(3) + &"many words in a row ".repeat(20);
        for columns in 60..=120 {
            let fitted = fit(&text, columns);
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&fitted), words(&text));
            assert!(fitted.lines().all(|line| width(line) <= columns), "{columns}: {fitted}");
        }
    }
}
