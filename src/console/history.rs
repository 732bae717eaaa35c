//! Which message of a phone is the newest, and which older ones it replaces.
//!
//! Times decide, where messages have them: some phones show the newest message first. Without times the order of the paste is taken, and
//! marked as not sure.

use super::Line;
use super::clean::{Clean, MONTHS, is_clock};
use super::glyph::{Glyph, glyphs_of, slice};
use super::status::{PhoneEvent, PhoneEventKind, PhoneFile, Said, events};
use alloc::{collections::BTreeMap, string::String, vec, vec::Vec};

/// Whether a later message replaces one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Superseded {
    /// No.
    No,
    /// A later message may be about another list.
    Partly,
    /// By the order of the paste; there are no times.
    Untimed,
    /// By the times of both.
    Yes,
}

/// The messages of each phone, from the oldest to the newest.
pub(crate) struct History<'a> {
    said: &'a [Said],
    times: Vec<Option<Time>>,
    /// The numbers of messages, by phone.
    pub(crate) phones: Vec<Phone>,
}

/// The messages of one phone.
pub(crate) struct Phone {
    /// Its name, if it is said.
    pub(crate) name: Option<String>,
    /// The numbers of its messages, the oldest first.
    pub(crate) messages: Vec<usize>,
}

/// The messages of one phone, from the oldest to the newest.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PhoneMessages {
    /// The name of the phone, if the paste has it.
    pub phone: Option<String>,
    /// The messages, each with whether a later one replaces it.
    pub messages: Vec<(PhoneEvent, Superseded)>,
}

/// Returns the messages of a paste, by phone.
pub fn phone_messages(clean: &Clean<'_>) -> Vec<PhoneMessages> {
    let glyphs = glyphs_of(clean);
    let said = events(&glyphs);
    let history = History::of(clean, &glyphs, &said);
    let superseded = history.superseded();
    let one = |number: &usize| Some((said.get(*number)?.event.clone(), *superseded.get(*number)?));
    let phones = history.phones.iter();
    phones
        .map(|phone| PhoneMessages {
            phone: phone.name.clone(),
            messages: phone.messages.iter().filter_map(one).collect(),
        })
        .collect()
}

impl<'a> History<'a> {
    /// Puts messages in the order of their times, each phone's for itself.
    pub(crate) fn of(clean: &Clean<'_>, glyphs: &[Glyph], said: &'a [Said]) -> Self {
        let times = times(clean, glyphs, said);
        let phones =
            phones(clean, said).into_iter().flat_map(|phone| in_order(phone, &times)).collect();
        Self { said, times, phones }
    }

    /// For each message, whether a later one replaces it.
    pub(crate) fn superseded(&self) -> Vec<Superseded> {
        let mut found = vec![Superseded::No; self.said.len()];
        for phone in &self.phones {
            // Of each kind of later message only one counts: the work grows with the messages, not with their square.
            let mut later: BTreeMap<(PhoneEventKind, Option<PhoneFile>, bool), usize> =
                BTreeMap::new();
            for &number in phone.messages.iter().rev() {
                let Some(event) = self.event(number) else { continue };
                let best = later
                    .values()
                    .map(|&later| self.replaced(number, later))
                    .max()
                    .unwrap_or(Superseded::No);
                let best = if best == Superseded::Partly {
                    self.replaced_by_two(number, &later)
                } else {
                    best
                };
                if let Some(found) = found.get_mut(number) {
                    *found = best;
                }
                later.insert((event.kind, event.file, is_both(event)), number);
            }
        }
        found
    }

    /// A message about either list is replaced where each of them has a later one: `CTL installed` and `ITL installed`.
    fn replaced_by_two(
        &self,
        number: usize,
        later: &BTreeMap<(PhoneEventKind, Option<PhoneFile>, bool), usize>,
    ) -> Superseded {
        let of = |file: PhoneFile| {
            let about = later
                .iter()
                .filter(|((.., named, _), _)| *named == Some(file))
                .map(|(_, &later)| later);
            about
                .filter(|&later| self.replaced(number, later) == Superseded::Partly)
                .max_by_key(|&later| self.is_timed(number, later))
        };
        let either = self.event(number).is_some_and(|event| event.file.is_none());
        match (of(PhoneFile::Ctl), of(PhoneFile::Itl)) {
            (Some(ctl), Some(itl))
                if either && self.is_timed(number, ctl) && self.is_timed(number, itl) =>
            {
                Superseded::Yes
            }
            (Some(_), Some(_)) if either => Superseded::Untimed,
            _ => Superseded::Partly,
        }
    }

    /// Whether the times of both say that the other is later. Equal times say nothing: they may be those of a log that the messages were
    /// copied to.
    fn is_timed(&self, number: usize, later: usize) -> bool {
        let time = |number: usize| self.times.get(number).copied().flatten();
        time(number).zip(time(later)).is_some_and(|(one, other)| one.is_before(other))
    }

    fn event(&self, number: usize) -> Option<&PhoneEvent> {
        self.said.get(number).map(|said| &said.event)
    }

    fn replaced(&self, number: usize, later: usize) -> Superseded {
        let (Some(event), Some(after)) = (self.event(number), self.event(later)) else {
            return Superseded::No;
        };
        match replaces(event, after) {
            Superseded::Yes if !self.is_timed(number, later) => Superseded::Untimed,
            other => other,
        }
    }
}

/// Whether a later message replaces an earlier one, if the order is sure.
fn replaces(event: &PhoneEvent, later: &PhoneEvent) -> Superseded {
    use PhoneEventKind as Kind;
    let is_state =
        |kind| matches!(kind, Kind::Erased | Kind::NotInstalled | Kind::Refused | Kind::Taken);
    let both = is_both(later);
    match (event.kind, later.kind) {
        (Kind::NotAuthorized, Kind::NotAuthorized) => Superseded::Yes,
        (Kind::NotAuthorized, Kind::Taken) => Superseded::Partly,
        (Kind::ConfigNotFound, Kind::ConfigNotFound) => Superseded::Yes,
        (Kind::ConfigNotFound | Kind::NotFound(_), Kind::Refused | Kind::Taken)
            if event.file == later.file =>
        {
            Superseded::Yes
        }
        (Kind::NotFound(list), Kind::NotFound(after)) if list == after => Superseded::Yes,
        (kind, after) if is_state(kind) && is_state(after) => match (event.file, later.file) {
            (Some(one), Some(other)) if one == other => Superseded::Yes,
            (Some(_), Some(_))
            | (Some(PhoneFile::Config), None)
            | (None, Some(PhoneFile::Config)) => Superseded::No,
            (Some(_), None) if both => Superseded::Yes,
            (Some(_), None) => Superseded::Partly,
            (None, None) => Superseded::Yes,
            // "No Trust List Installed": now there is one.
            (None, Some(_))
                if matches!(kind, Kind::NotInstalled | Kind::Erased) && after == Kind::Taken =>
            {
                Superseded::Yes
            }
            (None, Some(_)) => Superseded::Partly,
        },
        _ => Superseded::No,
    }
}

/// Whether a message without a list is about both of them.
fn is_both(event: &PhoneEvent) -> bool {
    event.file.is_none()
        && match event.kind {
            PhoneEventKind::Erased | PhoneEventKind::NotInstalled => true,
            _ => event.text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("CTL")),
        }
}

/// The messages by phone. A phone's name begins its messages, or is in their lines; a prompt of the server ends them. A text with names of
/// several phones in no such place does not say whose they are, and each message is alone.
fn phones(clean: &Clean<'_>, said: &[Said]) -> Vec<Phone> {
    let mut headings: Vec<(Line, Option<String>)> = Vec::new();
    let mut named: Vec<String> = Vec::new();
    for line in clean.lines() {
        if line.text.contains(PROMPT) {
            headings.push((line.line, None));
        }
        for (name, is_file) in names(line.prefix).chain(names(line.text)) {
            if !named.contains(&name) && named.len() < 2 {
                named.push(name.clone());
            }
            if !is_file && headings.last().is_none_or(|(_, last)| last.as_ref() != Some(&name)) {
                headings.push((line.line, Some(name)));
            }
        }
    }
    if named.len() > 1 && headings.iter().all(|(_, name)| name.is_none()) {
        return (0..said.len())
            .map(|number| Phone { name: None, messages: vec![number] })
            .collect();
    }
    let mut found: BTreeMap<(Option<&String>, usize), Vec<usize>> = BTreeMap::new();
    for (number, said) in said.iter().enumerate() {
        let behind = headings.partition_point(|(line, _)| *line <= said.event.line);
        let name = behind
            .checked_sub(1)
            .and_then(|at| headings.get(at))
            .and_then(|(_, name)| name.as_ref());
        // Of one phone, messages in several places are one history; without a name, each place is alone.
        found.entry((name, if name.is_some() { 0 } else { behind })).or_default().push(number);
    }
    let only = named.pop().filter(|_| named.is_empty());
    let phone = |((name, _), messages): ((Option<&String>, usize), Vec<usize>)| Phone {
        name: name.or(only.as_ref()).cloned(),
        messages,
    };
    found.into_iter().map(phone).collect()
}

/// The server's command line: no phone has it.
const PROMPT: &str = "admin:";

/// The names of phones in a text, and whether each is that of a file.
fn names(text: &str) -> impl Iterator<Item = (String, bool)> + '_ {
    let starts = text.match_indices("SEP").map(|(at, _)| at);
    starts.filter_map(|at| {
        let name = text.get(at..at.saturating_add(PHONE))?;
        let is_name = name.bytes().skip(3).all(|byte| byte.is_ascii_hexdigit());
        let before = text.get(..at)?.chars().next_back();
        let behind = text.get(at.saturating_add(PHONE)..)?.chars().next();
        let ends = !behind.is_some_and(char::is_alphanumeric);
        let is_file = behind == Some('.') || before.is_some_and(char::is_alphanumeric);
        (is_name && ends).then(|| (String::from(name), is_file))
    })
}

/// `SEP` and twelve hex digits.
const PHONE: usize = 15;

/// The time of a message, with the date if it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Time {
    date: Option<(u32, u32, u32)>,
    /// Milliseconds of the day.
    clock: u32,
}

impl Time {
    /// Whether a later time is not before this one. Times without a date may be on both sides of midnight: the shorter way counts.
    fn is_before(self, later: Self) -> bool {
        if let (Some(date), Some(after)) = (self.date, later.date) {
            return (date, self.clock) < (after, later.clock);
        }
        let forward = later.clock.saturating_add(DAY).saturating_sub(self.clock) % DAY;
        forward > 0 && forward < DAY / 2
    }
}

const DAY: u32 = 86_400_000;

/// The messages of a phone, the oldest first. A time that goes against the others begins the messages of another phone: whose they are is
/// not said.
fn in_order(phone: Phone, times: &[Option<Time>]) -> Vec<Phone> {
    let time = |number: usize| times.get(number).copied().flatten();
    let known: Vec<Time> = phone.messages.iter().filter_map(|&number| time(number)).collect();
    let pairs = || known.iter().zip(known.iter().skip(1));
    let forward = pairs().filter(|(one, other)| one.is_before(**other)).count();
    let back = pairs().filter(|(one, other)| other.is_before(**one)).count();
    let newest_first = back > forward;
    let mut runs: Vec<Vec<usize>> = vec![Vec::new()];
    let mut last: Option<Time> = None;
    for &number in &phone.messages {
        let against = last.zip(time(number)).is_some_and(|(last, time)| match newest_first {
            true => last.is_before(time),
            false => time.is_before(last),
        });
        last = time(number).or(last);
        match runs.last_mut() {
            Some(run) if !against => run.push(number),
            _ => runs.push(vec![number]),
        }
    }
    let order = |mut messages: Vec<usize>| {
        if newest_first {
            messages.reverse();
        }
        Phone { name: phone.name.clone(), messages }
    };
    runs.into_iter().map(order).collect()
}

/// The time of each message: before it in its line, in the prefix of the line, after it in its line, or alone in the line before.
fn times(clean: &Clean<'_>, glyphs: &[Glyph], said: &[Said]) -> Vec<Option<Time>> {
    let mut found = Vec::with_capacity(said.len());
    let mut from = 0;
    let mut nexts = said.iter().skip(1);
    for one in said {
        let line = one.event.line;
        let before = slice(glyphs, from.max(one.start.saturating_sub(LONGEST_TIME)), one.start);
        let own = before
            .iter()
            .rposition(|glyph| glyph.line != line)
            .map_or(0, |at| at.saturating_add(1));
        let own = time_in(&words(before.get(own..).unwrap_or_default()));
        let prefix = || time_in(clean.prefix(line));
        let next = nexts.next().map_or(glyphs.len(), |next| next.start);
        let after = slice(glyphs, one.end, next.min(one.end.saturating_add(LONGEST_TIME)));
        let own_after = || {
            let rest = after.iter().position(|glyph| glyph.line != line).unwrap_or(after.len());
            time_in(&words(after.get(..rest).unwrap_or_default()))
        };
        // Text after a message in its line belongs to it.
        let last = before
            .first()
            .map(|first| first.line)
            .filter(|_| from > 0 && glyphs.get(from).is_some_and(|glyph| glyph.gap.breaks == 0));
        found.push(own.or_else(prefix).or_else(own_after).or_else(|| alone(before, line, last)));
        from = one.end;
    }
    found
}

/// A time that is alone in the line before, which is not that of the message before.
fn alone(before: &[Glyph], line: Line, taken: Option<Line>) -> Option<Time> {
    let last = before.last().filter(|last| last.line < line)?.line;
    if taken == Some(last) {
        return None;
    }
    let start =
        before.iter().rposition(|glyph| glyph.line != last).map_or(0, |at| at.saturating_add(1));
    let words = words(before.get(start..)?);
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    (letters <= MOST_LETTERS).then(|| time_in(&words)).flatten()
}

/// Characters before a message that may be its time.
const LONGEST_TIME: usize = 60;
/// `Mon Nov` and `am`.
const MOST_LETTERS: usize = 8;

fn words(glyphs: &[Glyph]) -> String {
    let mut out = String::new();
    for glyph in glyphs {
        if !glyph.gap.is_none() {
            out.push(' ');
        }
        out.push(glyph.c);
    }
    out
}

/// The last time in a text.
fn time_in(text: &str) -> Option<Time> {
    let plain = |word: &str| String::from(word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == 'T')
        .map(plain)
        .filter(|word| !word.is_empty())
        .collect();
    let at = words.iter().rposition(|word| is_clock(word))?;
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let next = at.saturating_add(1);
    let clock = clock(word(at), word(next))?;
    // Only a date beside it is its own: a log adds another time before the line.
    let before = at.checked_sub(1).and_then(|before| date(word(before)));
    let after = date(word(next)).or_else(|| {
        date(word(next.saturating_add(1))).filter(|_| matches!(word(next).len(), 1 | 2))
    });
    let day = at.checked_sub(2).and_then(|before| month_and_day(words.get(before..at)?));
    Some(Time { date: before.or(after).or(day), clock })
}

/// `11:02:13a`, `09:12:02.123`, `11:02:13` with `pm` after it.
fn clock(word: &str, next: &str) -> Option<u32> {
    let lower = word.to_ascii_lowercase();
    let half = ["a", "p"].into_iter().find(|half| {
        let own = lower.trim_end_matches('m').ends_with(half);
        own || next.eq_ignore_ascii_case(half)
            || next.get(..2).is_some_and(|two| two.eq_ignore_ascii_case(&[half, "m"].concat()))
    });
    let mut parts = lower.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
    let (hour, minute) = (number()?, number()?);
    let second = number().unwrap_or(0);
    let fraction = lower.split_once('.').map_or("", |(_, rest)| rest);
    let millis: u32 = fraction
        .chars()
        .take(3)
        .map_while(|c| c.to_digit(10))
        .zip([100, 10, 1])
        .map(|(digit, unit)| digit.saturating_mul(unit))
        .sum();
    let hour = match half {
        Some("p") => (hour % 12).saturating_add(12),
        Some(_) => hour % 12,
        None => hour,
    };
    let seconds =
        hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    seconds.checked_mul(1_000)?.checked_add(millis)
}

/// `2026-11-02`, `11/02/26`: as year, month and day, or what is written in their places.
fn date(word: &str) -> Option<(u32, u32, u32)> {
    let mut parts = word.split(['-', '/', '.']).map(str::parse::<u32>);
    let (Some(Ok(one)), Some(Ok(two)), Some(Ok(three)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Some(if one > 31 { (one, two, three) } else { (three, one, two) })
}

/// `Nov 02`.
fn month_and_day(words: &[String]) -> Option<(u32, u32, u32)> {
    let pairs = words.iter().zip(words.iter().skip(1));
    let mut found = pairs.filter_map(|(month, day)| {
        let month = MONTHS.iter().zip(1u32..).find(|(name, _)| month.eq_ignore_ascii_case(name))?.1;
        Some((0, month, day.parse().ok()?))
    });
    found.next()
}
