//! Cleans a paste before it is read: line prefixes, pager lines, HTML.
//!
//! A terminal log has a time before each line, a mail `> `, a chat `| ` or `* `, an editor `12. `. Such a prefix is taken off if
//! most lines have it. Lines keep their numbers, so messages name the line of the original paste.

use super::glyph::Line;
use super::html;
use super::mark::ROWS;
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A paste without shared prefixes, pager lines and HTML tags.
///
/// A paste may have a million lines: each costs 16 bytes.
#[derive(Clone, Debug)]
pub struct Clean<'a> {
    text: Cow<'a, str>,
    spans: Vec<Span>,
}

/// Where a line is: its number, where its prefix begins, where what is read begins, and its end.
#[derive(Clone, Copy, Debug)]
struct Span {
    line: Line,
    start: u32,
    from: u32,
    end: u32,
}

/// One line of a paste, cleaned.
#[derive(Clone, Copy, Debug)]
pub struct CleanLine<'a> {
    /// The number of the line in the paste.
    pub line: Line,
    /// The removed prefix; the time of a message is in it.
    pub prefix: &'a str,
    /// The rest of the line.
    pub text: &'a str,
}

impl<'a> Clean<'a> {
    /// Cleans a paste.
    pub fn new(text: &'a str) -> Self {
        let mut clean = Self::split(text);
        clean.take_prefixes();
        // The times of messages on a page stay if they are: many of them may be in one line of its source.
        if html::is_html(text) {
            clean = html::page(&clean);
        }
        clean.drop_pagers();
        clean
    }

    fn take_prefixes(&mut self) {
        for _ in 0..LAYERS {
            if !self.take_prefix() {
                break;
            }
        }
    }

    /// The lines of a text as they are, split at every kind of line end. `\r\r\n`, which some terminal logs hold, is one. Of empty lines in
    /// a row one is kept.
    pub fn split(text: &'a str) -> Self {
        let mut clean = Self { text: Cow::Borrowed(text), spans: Vec::new() };
        let (mut number, mut at, mut empty) = (1u32, 0usize, false);
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']);
            let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
            if !line.is_empty() || !empty {
                clean.push(Line(number), at, line.len());
            }
            empty = line.is_empty();
            if behind.is_empty() {
                return clean;
            }
            let returns = behind.trim_start_matches('\r');
            let next = match returns.strip_prefix('\n') {
                Some(next) => next,
                None => behind.strip_prefix(['\r', '\u{2028}', '\u{2029}']).unwrap_or_default(),
            };
            at = text.len().saturating_sub(next.len());
            number = number.saturating_add(1);
        }
    }

    /// Lines of another text, each with its number.
    pub(crate) fn of_lines(text: String, lines: &[(Line, usize, usize)]) -> Clean<'static> {
        let mut clean = Clean { text: Cow::Owned(text), spans: Vec::with_capacity(lines.len()) };
        lines.iter().for_each(|&(line, start, len)| clean.push(line, start, len));
        clean
    }

    fn push(&mut self, line: Line, start: usize, len: usize) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let start_offset = offset(start);
        self.spans.push(Span {
            line,
            start: start_offset,
            from: start_offset,
            end: offset(start.saturating_add(len)),
        });
    }

    /// The lines in their order.
    pub fn lines(&self) -> impl Iterator<Item = CleanLine<'_>> + Clone {
        self.spans.iter().map(|span| self.line(span))
    }

    /// Returns the prefix that was removed from the line of this number.
    pub fn prefix(&self, line: Line) -> &str {
        let first = self.spans.partition_point(|span| span.line < line);
        let span = self.spans.get(first).filter(|span| span.line == line);
        span.map_or("", |span| self.slice(span.start, span.from))
    }

    fn line(&self, span: &Span) -> CleanLine<'_> {
        CleanLine {
            line: span.line,
            prefix: self.slice(span.start, span.from),
            text: self.slice(span.from, span.end),
        }
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        slice(&self.text, start, end)
    }

    /// Takes off the prefix that most lines share; returns true if there was one.
    fn take_prefix(&mut self) -> bool {
        let filled = self.lines().filter(|line| !line.text.trim().is_empty()).count();
        let shared = |kind: &&Kind| {
            let with = self.lines().filter(|line| kind(line.text).is_some()).count();
            with >= FEWEST && with.saturating_mul(2) > filled
        };
        if let Some(kind) = KINDS.iter().find(shared) {
            self.take(|line| kind(line.text));
            return true;
        }
        self.take_line_numbers(filled) || self.take_same_words(filled)
    }

    /// Takes off the words that most lines begin with: the name of a host or of a program, with a colon (`ccm1: `), or a mark (`// `).
    fn take_same_words(&mut self, filled: usize) -> bool {
        // The one that most lines have, if there is one: each of another kind votes against it.
        let (mut most, mut votes) = ("", 0usize);
        for words in self.lines().filter_map(|line| first_words(line.text)) {
            match () {
                () if words == most => votes = votes.saturating_add(1),
                () if votes == 0 => (most, votes) = (words, 1),
                () => votes = votes.saturating_sub(1),
            }
        }
        let with = self.lines().filter(|line| first_words(line.text) == Some(most)).count();
        if with < FEWEST || with.saturating_mul(2) <= filled {
            return false;
        }
        let most = String::from(most);
        self.take(|line| {
            (first_words(line.text)? == most).then(|| with_blank(line.text, most.len()))
        });
        true
    }

    /// Takes off as much of each line as is said, with the bar that closes a row of a table.
    fn take(&mut self, prefix: impl Fn(CleanLine<'_>) -> Option<usize>) {
        let Self { text, spans } = self;
        for span in spans {
            let line =
                CleanLine { line: span.line, prefix: "", text: slice(text, span.from, span.end) };
            let Some(taken) = prefix(line) else { continue };
            let behind = line.text.get(taken..).unwrap_or_default();
            let is_table =
                line.text.get(..taken).is_some_and(|taken| taken.trim_end().ends_with('|'));
            let closing = behind.trim_end().strip_suffix('|').filter(|_| is_table);
            let left = closing.unwrap_or(behind).len();
            let offset = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
            span.from = span.from.saturating_add(offset(taken));
            span.end = span.from.saturating_add(offset(left));
        }
    }

    /// Takes off numbers that count the lines (`cat -n`, `grep -n`). The numbers of rows begin again in every record.
    fn take_line_numbers(&mut self, filled: usize) -> bool {
        let offset = |line: CleanLine<'_>| {
            Some(line_number(line.text)?.1.saturating_sub(i64::from(line.line.0)))
        };
        if self.lines().filter_map(offset).count().saturating_mul(2) <= filled {
            return false;
        }
        let mut offsets: Vec<i64> = self.lines().filter_map(offset).collect();
        offsets.sort_unstable();
        let Some(&middle) = offsets.get(offsets.len() / 2) else { return false };
        let with = offsets.iter().filter(|&&offset| offset == middle).count();
        if with < FEWEST || with.saturating_mul(2) <= filled {
            return false;
        }
        self.take(|line| {
            line_number(line.text).filter(|_| offset(line) == Some(middle)).map(|(end, _)| end)
        });
        true
    }

    /// Drops the words of pagers: a line of nothing else is no line of the output, and one with other words is cut there.
    fn drop_pagers(&mut self) {
        if !PAGERS.iter().any(|pager| self.text.contains(pager.begins))
            && !self.text.to_ascii_lowercase().contains(MORE)
        {
            return;
        }
        let mut kept = Vec::with_capacity(self.spans.len());
        for span in &self.spans {
            let text = slice(&self.text, span.from, span.end);
            if !is_more(text) {
                without_pagers(*span, text, &mut kept);
            }
        }
        self.spans = kept;
    }
}

fn slice(text: &str, start: u32, end: u32) -> &str {
    let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    text.get(offset(start)..offset(end)).unwrap_or_default()
}

/// The text of the lines, for readers that look at columns.
pub fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in Clean::new(text).lines() {
        out.push_str(line.text);
        out.push('\n');
    }
    out
}

/// Prefixes are peeled off one by one: `> 09:12:02 admin:` has two.
const LAYERS: usize = 4;

/// One line shares nothing.
const FEWEST: usize = 2;

/// A kind of prefix: where it ends in a line that begins with it.
type Kind = fn(&str) -> Option<usize>;

const KINDS: &[Kind] = &[time, quote, bullet, numbered, counted];

/// The end of a number that may count the lines, and the number.
fn line_number(text: &str) -> Option<(usize, i64)> {
    let (start, rest) = indented(text);
    let digits = digits(rest)?;
    let number: i64 = rest.get(..digits)?.parse().ok()?;
    let behind = rest.get(digits..)?;
    let end = start.saturating_add(digits);
    let is_row = |name: &str| behind.trim_start().starts_with(name);
    if ROWS.iter().any(|row| i64::from(row.1) == number && is_row(row.0)) || is_row("UNKNOWN") {
        return None;
    }
    match behind.chars().next() {
        None => Some((end, number)),
        Some(':' | ' ' | '\t' | '|') => Some((end.saturating_add(1), number)),
        Some(_) => None,
    }
}

/// A line without its indentation, which is at most as wide as that of a line number.
fn indented(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches([' ', '\t']);
    let start = text.len().saturating_sub(rest.len());
    if start <= WIDEST_INDENT { (start, rest) } else { (0, text) }
}

const WIDEST_INDENT: usize = 8;

/// How many digits a text begins with; `None` without any, and for more than a line number has.
fn digits(text: &str) -> Option<usize> {
    let count =
        text.bytes().take(MOST_DIGITS.saturating_add(1)).take_while(u8::is_ascii_digit).count();
    (1..=MOST_DIGITS).contains(&count).then_some(count)
}

const MOST_DIGITS: usize = 7;

/// The end of a prefix, with one blank after it.
fn with_blank(text: &str, end: usize) -> usize {
    match text.as_bytes().get(end) {
        Some(b' ' | b'\t') => end.saturating_add(1),
        _ => end,
    }
}

/// The end of a prefix that a blank or the end of the line must follow.
fn before_blank(text: &str, end: usize) -> Option<usize> {
    match text.as_bytes().get(end) {
        None => Some(end),
        Some(b' ' | b'\t') => Some(end.saturating_add(1)),
        Some(_) => None,
    }
}

/// The words that a line begins with, up to a colon or another mark that ends them; not the server's prompt.
fn first_words(text: &str) -> Option<&str> {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let first = text.get(..end)?;
    let is_mark = |word: &str| {
        word.ends_with([':', '>', '%', '/', ';', '$', ']']) && word.len() <= LONGEST_WORD
    };
    if is_mark(first) && first != "admin:" {
        return Some(first);
    }
    // "jump1 putty: "
    let second = text.get(end.saturating_add(1)..)?.split([' ', '\t']).next()?;
    let both = text.get(..end.saturating_add(1).saturating_add(second.len()))?;
    (second.ends_with(':') && is_mark(both) && !first.is_empty()).then_some(both)
}

const LONGEST_WORD: usize = 40;

/// `> `, `| `: of mails, chats and tables.
fn quote(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let mark = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '>' | '|' | '\u{2502}' | '\u{2503}' | '\u{bb}' | '\u{203a}'))?;
    Some(with_blank(text, start.saturating_add(mark.len_utf8())))
}

/// `* `, `- ` and their like.
fn bullet(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let mark = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '*' | '-' | '+' | '#' | '\u{2022}' | '\u{b7}' | '\u{2013}'))?;
    before_blank(text, start.saturating_add(mark.len_utf8()))
}

/// `12. ` and `12) `.
fn numbered(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let count = digits(rest)?;
    let mark = rest.get(count..)?.chars().next().filter(|c| matches!(c, '.' | ')'))?;
    before_blank(text, start.saturating_add(count).saturating_add(mark.len_utf8()))
}

/// `[12] ` and `12: `.
fn counted(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let inner = rest.strip_prefix('[');
    let count = digits(inner.unwrap_or(rest))?;
    let (close, more) = if inner.is_some() { (b']', 1) } else { (b':', 0) };
    let at = count.saturating_add(more);
    (rest.as_bytes().get(at) == Some(&close)).then_some(())?;
    before_blank(text, start.saturating_add(at).saturating_add(1))
}

/// A time with or without a date, in brackets or not: `09:12:02 `, `[2026-11-02 09:12:02.123] `, `Mon Nov 02 09:12:02 2026: `.
fn time(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let (mut at, mut clock) = (start, false);
    for word in rest.split_inclusive([' ', '\t']).take(MOST_WORDS) {
        let end = at.saturating_add(word.len());
        let bare = word.trim_end();
        if bare.is_empty() && !clock {
            at = end;
            continue;
        }
        let inner = bare.trim_matches(|c| BRACKETS.contains(&c));
        let is_clock = is_clock(inner)
            || inner
                .split_once(['T', '_'])
                .is_some_and(|(day, time)| is_date(day) && is_clock(time));
        let closes = bare.ends_with(BRACKETS);
        if is_clock {
            clock = true;
        } else if !(is_date_word(inner, clock) || inner.is_empty() && bare.len() == 1) {
            break;
        }
        at = end;
        if clock && closes {
            return Some(at);
        }
    }
    // One blank belongs to the prefix: those after it to the text.
    clock.then_some(at)
}

/// Weekday, month, day, year, clock, zone, and a bracket of its own.
const MOST_WORDS: usize = 8;
const BRACKETS: &[char] = &['[', ']', '(', ')', '<', '>', '|', '-', ',', ';'];

/// `9:12`, `09:12:02`, `09:12:02.123`, `09:12:02,5`, `11:02:13a`, `09:12:02Z`, `09:12:02+01:00`.
pub(crate) fn is_clock(word: &str) -> bool {
    let word = word.trim_end_matches(':');
    let head = word.split(['.', ',', '+', '-', 'Z', 'z']).next().unwrap_or_default();
    let head = head.trim_end_matches(|c: char| matches!(c.to_ascii_lowercase(), 'a' | 'p' | 'm'));
    let rest_is_plain = word.get(head.len()..).is_some_and(|rest| {
        rest.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(
                    c.to_ascii_lowercase(),
                    '.' | ',' | '+' | '-' | ':' | 'z' | 'a' | 'p' | 'm'
                )
        })
    });
    let parts: Vec<&str> = head.split(':').collect();
    let first = parts.first().is_some_and(|hour| matches!(hour.len(), 1 | 2));
    let numbers =
        parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let two = parts.iter().skip(1).all(|part| part.len() == 2);
    rest_is_plain && first && numbers && two && matches!(parts.len(), 2 | 3)
}

/// `2026-11-02`, `02.11.2026`, `11/02/26`.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.trim_matches(':').split(['-', '.', '/']).collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// A word of a date. After the clock, a number is one only if it is a year.
fn is_date_word(word: &str, after_clock: bool) -> bool {
    let plain = word.trim_end_matches(['.', ',', ':']);
    let number = plain.bytes().all(|byte| byte.is_ascii_digit()) && !plain.is_empty();
    let name = |names: &[&str]| names.iter().any(|name| plain.eq_ignore_ascii_case(name));
    match () {
        () if is_date(word) || name(MONTHS) || name(DAYS) => true,
        () if after_clock => number && plain.len() == 4 && plain.starts_with("20") || name(ZONES),
        () => number && plain.len() <= 4,
    }
}

/// Names of months, as time stamps begin them.
pub const MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ZONES: &[&str] = &["am", "pm", "utc", "gmt", "cet", "cest"];

/// The pager `more`.
const MORE: &str = "more";

fn is_more(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.eq_ignore_ascii_case("--more--") || trimmed.eq_ignore_ascii_case("-- more --")
}

/// Adds what is left of a line without the words of pagers. A collapsed paste holds those of every page in one line.
fn without_pagers(span: Span, text: &str, kept: &mut Vec<Span>) {
    let mut pagers: Vec<(usize, usize)> = PAGERS.iter().flat_map(|pager| pager.all(text)).collect();
    if pagers.is_empty() {
        return kept.push(span);
    }
    pagers.sort_unstable();
    pagers.push((text.len(), text.len()));
    let (mut done, mut start) = (0, span.start);
    for (at, end) in pagers {
        let before = text.get(done..at).unwrap_or_default();
        // The rule of a pager before it and after it, and the key that was pressed.
        let words = if done > 0 { before.trim_start_matches(['-', ':', ' ']) } else { before };
        let words = if at < text.len() { without_rule(words) } else { words };
        if words.trim().chars().count() > usize::from(done > 0) {
            let offset =
                |at: usize| span.from.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let from = offset(
                done.saturating_add(before.len())
                    .saturating_sub(before.trim_start_matches(['-', ':', ' ']).len()),
            );
            let from = if done > 0 { from } else { span.from };
            let end = from.saturating_add(u32::try_from(words.len()).unwrap_or(u32::MAX));
            kept.push(Span {
                line: span.line,
                start: if done > 0 { from } else { start },
                from,
                end,
            });
            start = from;
        }
        done = end.max(done);
    }
}

/// The text before the rule of a pager, with one blank that was there.
fn without_rule(text: &str) -> &str {
    let bare = text.trim_end_matches([' ', '-']).len();
    let blank = text.get(bare..).is_some_and(|rest| rest.starts_with(' '));
    text.get(..bare.saturating_add(blank.into())).unwrap_or(text)
}

/// The words of a pager of CUCM's command line: those that begin it, and what ends it.
struct Pager {
    begins: &'static str,
    ends: &'static str,
}

const PAGERS: &[Pager] = &[
    Pager { begins: "ress <enter>", ends: "quit" },
    Pager { begins: "ress <ENTER>", ends: "quit" },
    Pager { begins: "ptions: q=quit", ends: ")" },
];

impl Pager {
    fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        text.match_indices(self.begins).map(|(at, begins)| {
            let behind = at.saturating_add(begins.len());
            let rest: String =
                text.get(behind..).unwrap_or_default().chars().take(LONGEST_PAGER).collect();
            let end = rest.find(self.ends).map_or(0, |found| found.saturating_add(self.ends.len()));
            // The first letter is small or large.
            (at.saturating_sub(1), behind.saturating_add(end))
        })
    }
}

const LONGEST_PAGER: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned as _, format};

    fn read(text: &str) -> Vec<(u32, String)> {
        Clean::new(text).lines().map(|line| (line.line.0, line.text.to_owned())).collect()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_prefix_that_most_lines_share_is_taken_off() {
        for prefix in [
            "> ",
            "| ",
            "* ",
            "- ",
            "09:12:02 ",
            "[09:12:02] ",
            "[2026-11-02 09:12:02.123] ",
            "2026-11-02T09:12:02.123Z ",
            "2026-11-02T09:12:02+01:00 ",
            "Mon Nov  2 09:12:02 2026 ",
            "Nov 02 09:12:02 ",
            "11/02/26 11:02:13a ",
            "(09:12:02) ",
            "9:12:02 AM ",
            "09:12:02: ",
            "09:12:02 - ",
            "> > ",
            "> [09:12] ",
            "7. ",
            "[7] ",
            "7: ",
            "ccm1: ",
            "Nov  2 09:12:02 jump1 putty[7]: ",
            "// ",
            "% ",
        ] {
            let text = ["admin:show itl", "", "\tParse ITL File", "12\tSIGNATURE\t128"];
            let pasted: Vec<String> = text.iter().map(|line| [prefix, line].concat()).collect();
            assert_eq!(texts(&pasted.join("\n")), text, "{prefix}");
        }
    }

    #[test]
    fn line_numbers_are_told_from_the_numbers_of_rows() {
        let rows = "1\tRECORDLENGTH\t2\t1118\n2\tDNSNAME\t4\thq\n3\tSUBJECTNAME\t5\tCN=a\n4\tFUNCTION\t2\tTVS";
        assert_eq!(texts(rows).join("\n"), rows);
        let numbered: Vec<String> =
            rows.lines().zip(8..).map(|(line, number)| format!("{number:>6}\t{line}")).collect();
        assert_eq!(texts(&numbered.join("\n")).join("\n"), rows);
        let grep: Vec<String> =
            rows.lines().zip(98..).map(|(line, number)| format!("{number}:{line}")).collect();
        assert_eq!(texts(&grep.join("\n")).join("\n"), rows);
    }

    #[test]
    fn what_few_lines_begin_with_stays() {
        let text = "Length of ITL file: 7568\n09:12:02 The ITL File\nThe ITL file was verified successfully.";
        assert_eq!(texts(text).join("\n"), text);
        assert_eq!(texts("> one line"), ["> one line"]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let text = "> a\r\n> ---- Press <ENTER> for 1 line, <SPACE> for one page, or <Q> to quit ----\r\r\n> b\r> c";
        assert_eq!(read(text), [(1, "a".into()), (3, "b".into()), (4, "c".into())]);
    }

    #[test]
    fn pagers_are_dropped() {
        let options = "options: q=quit, n=next, p=prev, b=begin, e=end (lines 1 - 20 of 50) :";
        assert_eq!(texts(&format!("a\n{options}\nb\n{options} n\nc")), ["a", "b", "c"]);
        assert_eq!(
            texts(&format!("a b {options} c d -- press <enter> for 1 line, or <q> to quit e f")),
            ["a b ", "c d ", "e f"]
        );
        assert_eq!(texts("a\n--More--\nb"), ["a", "b"]);
        assert_eq!(texts("---- Press <ENTER> \u{2026}\nb"), ["b"]);
    }

    #[test]
    fn a_page_is_read_by_its_rows() {
        let page = "<!DOCTYPE html>\n<html><head><style>td { a: b }</style></head>\n<body><TR><TD><B>11:02:13a</B></TD>\n<TD>File Not \
                    Found &lt;CTLFile.tlv&gt;</TD></TR><tr><td>x <CTLFile.tlv></td></tr></body></html>";
        let found = read(page);
        let found: Vec<(u32, &str)> =
            found.iter().map(|(line, text)| (*line, text.trim())).collect();
        assert_eq!(
            found,
            [(3, "11:02:13a"), (4, "File Not Found <CTLFile.tlv>"), (4, "x <CTLFile.tlv>")]
        );
    }
}
