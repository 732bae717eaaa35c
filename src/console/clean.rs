//! Cleans a paste before it is read: line prefixes, pager lines, HTML.
//!
//! A terminal log has a time before each line, a mail `> `, a chat `| ` or `* `, an editor `12. `. Such a prefix is taken off if
//! most lines have it. Lines keep their numbers, so messages name the line of the original paste.

use super::glyph::Line;
use super::html;
use super::mark::ROWS;
use alloc::{borrow::Cow, borrow::ToOwned as _, string::String, vec::Vec};

/// One line of a paste, cleaned.
#[derive(Clone, Debug)]
pub(super) struct CleanLine<'a> {
    /// The number of the line in the paste.
    pub(super) line: Line,
    /// What was taken off in front: a time of a message is in it.
    pub(super) prefix: Cow<'a, str>,
    /// What is read.
    pub(super) text: Cow<'a, str>,
}

/// The lines of a paste without shared prefixes, pager lines and HTML tags.
pub(super) fn lines(text: &str) -> Vec<CleanLine<'_>> {
    let mut lines = if html::is_html(text) { html::lines(text) } else { split(text) };
    for _ in 0..LAYERS {
        if !take_prefix(&mut lines) {
            break;
        }
    }
    lines.retain_mut(|line| !is_pager(line));
    lines
}

/// The text of the lines, for readers that look at columns.
pub(crate) fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in lines(text) {
        out.push_str(&line.text);
        out.push('\n');
    }
    out
}

/// Prefixes are peeled off one by one: `> 09:12:02 admin:` has two.
const LAYERS: usize = 4;

/// Splits at every kind of line end. `\r\r\n`, which some terminal logs hold, is one.
pub(super) fn split(text: &str) -> Vec<CleanLine<'_>> {
    let mut found = Vec::new();
    let (mut number, mut rest) = (1u32, text);
    loop {
        let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']);
        let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(CleanLine { line: Line(number), prefix: Cow::Borrowed(""), text: Cow::Borrowed(line) });
        if behind.is_empty() {
            return found;
        }
        let returns = behind.trim_start_matches('\r');
        rest = match returns.strip_prefix('\n') {
            Some(next) => next,
            None => behind.strip_prefix(['\r', '\u{2028}', '\u{2029}']).unwrap_or_default(),
        };
        number = number.saturating_add(1);
    }
}

/// A kind of prefix: where it ends in a line that begins with it.
type Kind = fn(&str) -> Option<usize>;

const KINDS: &[Kind] = &[time, quote, bullet, numbered, counted];

/// Takes off the prefix that most lines share, if there is one.
fn take_prefix(lines: &mut [CleanLine<'_>]) -> bool {
    let filled = lines.iter().filter(|line| !line.text.trim().is_empty()).count();
    let shared = |kind: &&Kind| {
        let with = lines.iter().filter(|line| kind(&line.text).is_some()).count();
        with >= FEWEST && with.saturating_mul(2) > filled
    };
    if let Some(kind) = KINDS.iter().find(shared) {
        for line in lines.iter_mut() {
            if let Some(end) = kind(&line.text) {
                take(line, end);
            }
        }
        return true;
    }
    take_line_numbers(lines, filled)
}

/// One line shares nothing.
const FEWEST: usize = 2;

fn take(line: &mut CleanLine<'_>, end: usize) {
    let (before, behind) = line.text.split_at_checked(end).unwrap_or((&line.text, ""));
    let taken = [&line.prefix, before].concat();
    line.text = match &line.text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(end..).unwrap_or_default()),
        Cow::Owned(_) => Cow::Owned(behind.to_owned()),
    };
    // A table closes what it opens.
    if taken.trim_end().ends_with('|')
        && let Some(end) = line.text.trim_end().strip_suffix('|').map(str::len)
    {
        line.text = Cow::Owned(line.text.get(..end).unwrap_or_default().to_owned());
    }
    line.prefix = Cow::Owned(taken);
}

/// The length of a number, a bare one or one with a colon (`cat -n`, `grep -n`), that counts the lines. The numbers of rows begin again
/// in every record, and say which row it is.
fn take_line_numbers(lines: &mut [CleanLine<'_>], filled: usize) -> bool {
    let numbers: Vec<Option<(usize, i64)>> = lines.iter().map(|line| line_number(&line.text)).collect();
    let offset = |(line, number): (&CleanLine<'_>, &Option<(usize, i64)>)| {
        number.map(|(_, number)| number.saturating_sub(i64::from(line.line.0)))
    };
    let mut offsets: Vec<i64> = lines.iter().zip(&numbers).filter_map(offset).collect();
    offsets.sort_unstable();
    let Some(&middle) = offsets.get(offsets.len() / 2) else { return false };
    let with = offsets.iter().filter(|&&offset| offset == middle).count();
    if with < FEWEST || with.saturating_mul(2) <= filled {
        return false;
    }
    for (line, number) in lines.iter_mut().zip(numbers) {
        if let Some((end, _)) = number.filter(|(_, number)| number.saturating_sub(i64::from(line.line.0)) == middle) {
            take(line, end);
        }
    }
    true
}

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
    let count = text.bytes().take(MOST_DIGITS.saturating_add(1)).take_while(u8::is_ascii_digit).count();
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

/// `> `, `| `: of mails, chats and tables.
fn quote(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let mark = rest.chars().next().filter(|c| matches!(c, '>' | '|' | '\u{2502}' | '\u{2503}' | '\u{bb}' | '\u{203a}'))?;
    Some(with_blank(text, start.saturating_add(mark.len_utf8())))
}

/// `* `, `- ` and their like.
fn bullet(text: &str) -> Option<usize> {
    let (start, rest) = indented(text);
    let mark = rest.chars().next().filter(|c| matches!(c, '*' | '-' | '+' | '#' | '\u{2022}' | '\u{b7}' | '\u{2013}'))?;
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
        let is_clock = is_clock(inner) || inner.split_once(['T', '_']).is_some_and(|(day, time)| is_date(day) && is_clock(time));
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
    // One blank belongs to the prefix: those behind it to the text.
    clock.then_some(at)
}

/// Weekday, month, day, year, clock, zone, and a bracket of its own.
const MOST_WORDS: usize = 8;
const BRACKETS: &[char] = &['[', ']', '(', ')', '<', '>', '|', '-', ',', ';'];

/// `9:12`, `09:12:02`, `09:12:02.123`, `09:12:02,5`, `11:02:13a`, `09:12:02Z`, `09:12:02+01:00`.
pub(super) fn is_clock(word: &str) -> bool {
    let word = word.trim_end_matches(':');
    let head = word.split(['.', ',', '+', '-', 'Z', 'z']).next().unwrap_or_default();
    let head = head.trim_end_matches(|c: char| matches!(c.to_ascii_lowercase(), 'a' | 'p' | 'm'));
    let rest_is_plain = word.get(head.len()..).is_some_and(|rest| {
        rest.chars()
            .all(|c| c.is_ascii_digit() || matches!(c.to_ascii_lowercase(), '.' | ',' | '+' | '-' | ':' | 'z' | 'a' | 'p' | 'm'))
    });
    let parts: Vec<&str> = head.split(':').collect();
    let first = parts.first().is_some_and(|hour| matches!(hour.len(), 1 | 2));
    let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let two = parts.iter().skip(1).all(|part| part.len() == 2);
    rest_is_plain && first && numbers && two && matches!(parts.len(), 2 | 3)
}

/// `2026-11-02`, `02.11.2026`, `11/02/26`.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.trim_matches(':').split(['-', '.', '/']).collect();
    parts.len() == 3 && parts.iter().all(|part| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit()))
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

pub(super) const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ZONES: &[&str] = &["am", "pm", "utc", "gmt", "cet", "cest"];

/// Cuts the words of a pager out of a line; tells whether nothing is left of it, so that it is no line of the output.
fn is_pager(line: &mut CleanLine<'_>) -> bool {
    let trimmed = line.text.trim();
    if trimmed.eq_ignore_ascii_case("--more--") || trimmed.eq_ignore_ascii_case("-- more --") {
        return true;
    }
    let Some(left) = without_pagers(&line.text) else { return false };
    line.text = Cow::Owned(left);
    line.text.trim().is_empty()
}

/// The text without the words of a pager; `None` if it has none. A collapsed paste holds those of every page in one line.
fn without_pagers(text: &str) -> Option<String> {
    let mut left: Option<String> = None;
    let mut done = 0;
    let mut pagers: Vec<(usize, usize)> = PAGERS.iter().flat_map(|pager| pager.all(text)).collect();
    pagers.sort_unstable();
    for (start, end) in pagers.into_iter().filter(|&(start, end)| start < end) {
        let before = text.get(done..start).unwrap_or_default().trim_end_matches([' ', '-']);
        match &mut left {
            None => left = Some(before.to_owned()),
            Some(left) => push(left, before),
        }
        done = end.max(done);
    }
    let mut left = left?;
    push(&mut left, text.get(done..).unwrap_or_default());
    Some(left)
}

/// Adds the text after a pager: without its rule, and without the key that was pressed.
fn push(out: &mut String, text: &str) {
    let text = text.trim_start_matches(['-', ':', ' ']);
    if text.trim().chars().count() > 1 {
        out.push(' ');
        out.push_str(text);
    }
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
            let rest: String = text.get(behind..).unwrap_or_default().chars().take(LONGEST_PAGER).collect();
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

    fn read(text: &str) -> Vec<(u32, String)> {
        lines(text).into_iter().map(|line| (line.line.0, line.text.into_owned())).collect()
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
        let numbered: Vec<String> = rows.lines().zip(8..).map(|(line, number)| format!("{number:>6}\t{line}")).collect();
        assert_eq!(texts(&numbered.join("\n")).join("\n"), rows);
        let grep: Vec<String> = rows.lines().zip(98..).map(|(line, number)| format!("{number}:{line}")).collect();
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
        assert_eq!(texts(&format!("a b {options} c d -- press <enter> for 1 line, or <q> to quit e f")), ["a b c d e f"]);
        assert_eq!(texts("a\n--More--\nb"), ["a", "b"]);
        assert_eq!(texts("---- Press <ENTER> \u{2026}\nb"), ["b"]);
    }

    #[test]
    fn a_page_is_read_by_its_rows() {
        let page = "<!DOCTYPE html>\n<html><head><style>td { a: b }</style></head>\n<body><TR><TD><B>11:02:13a</B></TD>\n<TD>File Not \
                    Found &lt;CTLFile.tlv&gt;</TD></TR><tr><td>x <CTLFile.tlv></td></tr></body></html>";
        let found = read(page);
        let found: Vec<(u32, &str)> = found.iter().map(|(line, text)| (*line, text.trim())).collect();
        assert_eq!(found, [(3, "11:02:13a"), (4, "File Not Found <CTLFile.tlv>"), (4, "x <CTLFile.tlv>")]);
    }
}
