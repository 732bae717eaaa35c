//! F-7: the lines above the table of `utils dbreplication runtimestate`. They are about the last sync, or
//! the last `utils dbreplication status`, whose findings no column of the table shows.

use super::Item;
use super::read::Section;
use alloc::string::String;
use alloc::vec::Vec;
use trustlist::console::glyph::{Glyph, slice, spaced, squeezed, word_at};

/// Returns the lines above the table that do not say that all is well, as they are written: trouble,
/// something that still runs, or a wording that is not known. At most [`MOST_TOLD`].
pub(super) fn unclear(section: &Section<'_>) -> Vec<String> {
    let (before, parts) = parts(section);
    let mut told: Vec<String> = Vec::new();
    // Without its command a section may begin with the output of something else.
    if section.command == Some(Item::Replication) && !is_argument(before) {
        told.push(cut(before));
    }
    told.extend(parts.iter().filter(|part| !part.is_good()).map(|part| cut(part.whole)));
    let has = |label: Label| parts.iter().any(|part| part.label == label);
    // A result that is announced and not there is cut off, or not over yet.
    let lacks = |part: &&Part<'_>| match part.state() {
        Some(State::Sync) => !has(Label::SyncResult),
        Some(State::Command) => !has(Label::Completed) || !has(Label::NoErrors),
        None => false,
    };
    told.extend(parts.iter().filter(lacks).map(|part| cut(part.whole)));
    told.dedup();
    told.truncate(MOST_TOLD);
    told
}

const MOST_TOLD: usize = 5;
/// Characters of a line that is told.
const LONGEST_TOLD: usize = 120;

fn cut(text: &[Glyph]) -> String {
    spaced(slice(text, 0, LONGEST_TOLD))
}

/// A collapsed paste has what follows the command on its line: `nodename` at most.
fn is_argument(text: &[Glyph]) -> bool {
    !spaced(text).contains(' ')
}

/// The subject of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    ClusterState,
    Completed,
    Detail,
    DetailFile,
    NoErrors,
    Number,
    OtherCommand,
    ServerTime,
    Services,
    SyncErrors,
    SyncResult,
    SyncStatus,
    Table,
    View,
    Word,
}

/// The beginnings of the lines, without their blanks. 9.x to 15 do not all print the same ones.
const LABELS: [(&str, Label); 22] = [
    ("ServerTime:", Label::ServerTime),
    ("DBandReplicationServices:", Label::Services),
    ("DDBandReplicationServices:", Label::Services),
    ("DBCLIStatus:", Label::OtherCommand),
    ("ClusterReplicationState:", Label::ClusterState),
    ("LastSyncResult:", Label::SyncResult),
    ("SyncResult:", Label::SyncResult),
    ("SyncStatus:", Label::SyncStatus),
    ("SyncErrors:", Label::SyncErrors),
    ("ReplicationstatuscommandCOMPLETED", Label::Completed),
    ("ReplicationrepaircommandCOMPLETED", Label::Completed),
    ("LastCompletedTable:", Label::Table),
    ("ProcessingTable:", Label::Table),
    ("NoErrorsorMismatchesfound", Label::NoErrors),
    ("UseCLItoseedetail", Label::Detail),
    ("Use'fileview", Label::DetailFile),
    ("Use\u{2018}fileview", Label::DetailFile),
    ("DBVersion:", Label::Word),
    ("Numberofreplicatedtables:", Label::Number),
    ("Repltimeoutsetto:", Label::Number),
    ("PROCESSoptionsetto:", Label::Number),
    ("ClusterDetailedViewfrom", Label::View),
];

/// A label, and the text up to the next one.
struct Part<'a> {
    label: Label,
    whole: &'a [Glyph],
    value: &'a [Glyph],
}

/// The text before the first label, and the parts.
fn parts<'a>(section: &'a Section<'_>) -> (&'a [Glyph], Vec<Part<'a>>) {
    let glyphs = section.glyphs.as_slice();
    let mut starts: Vec<(usize, usize, Label)> = Vec::new();
    let mut from = 0;
    for (at, glyph) in glyphs.iter().enumerate() {
        if at < from || at > 0 && glyph.gap.is_none() {
            continue;
        }
        let label = |&(text, label): &(&str, Label)| Some((word_at(glyphs, at, text)?, label));
        if let Some((behind, label)) = LABELS.iter().find_map(label) {
            starts.push((at, behind, label));
            from = behind;
        }
    }
    let ends = starts.iter().skip(1).map(|(start, ..)| *start).chain([glyphs.len()]);
    let parts = starts.iter().zip(ends).map(|(&(start, behind, label), end)| Part {
        label,
        whole: slice(glyphs, start, end),
        value: slice(glyphs, behind, end),
    });
    let first = starts.first().map_or(glyphs.len(), |(start, ..)| *start);
    (slice(glyphs, 0, first), parts.collect())
}

/// The last action of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Command,
    Sync,
}

impl Part<'_> {
    /// The value without its blanks.
    fn text(&self) -> String {
        squeezed(self.value).to_ascii_lowercase()
    }

    /// Checks if the line says that all is well, or nothing about it, in words that are known.
    fn is_good(&self) -> bool {
        let text = self.text();
        match self.label {
            Label::ClusterState => {
                self.state().is_some() || text.trim_end_matches('.') == "onlyavailableonthepub"
            }
            Label::Completed => is_every_table(&text, &COMPLETED),
            Label::Detail => is_quoted_file(text.trim_start_matches(':')),
            // The first quotation mark is in the label.
            Label::DetailFile => {
                let rest = text.split_once(is_quote).map(|(_, rest)| rest.trim_end_matches('.'));
                matches!(rest, Some("" | "toseethedetails" | "toseethedetail"))
            }
            Label::NoErrors => text.trim_matches(['.', '!']).is_empty(),
            Label::Number => {
                let number = text.strip_suffix('s').unwrap_or(&text);
                is_digits(number)
            }
            Label::OtherCommand => {
                text.trim_end_matches(['.', '\u{2026}']) == "nootherdbreplicationcliisrunning"
            }
            Label::ServerTime => is_time(&text),
            Label::Services => text.trim_end_matches('.') == "allrunning",
            Label::SyncErrors => text.trim_end_matches('.') == "noerrors",
            Label::SyncResult => is_every_table(&text, &SYNCED),
            Label::SyncStatus => text.trim_end_matches('.') == "alltablesareinsync",
            Label::Table => self.is_table(),
            Label::View => true,
            Label::Word => self.is_word(),
        }
    }

    /// Returns what the cluster did last, if the words are known: with a time, and nothing more.
    fn state(&self) -> Option<State> {
        if self.label != Label::ClusterState {
            return None;
        }
        let text = self.text();
        let at = text.rfind(|c: char| !c.is_ascii_digit() && c != '-')?;
        let (head, time) = text.split_at_checked(at.saturating_add(1))?;
        if time.len() < TIME.len() {
            return None;
        }
        let head: String = head.chars().filter(|c| !c.is_ascii_digit()).collect();
        match head.as_str() {
            "broadcastsyncendedat:" | "broadcastsynccompletedonserversat:" => Some(State::Sync),
            "replicationstatuscommandstartedat:"
            | "replicationstatuscommandendedat:"
            | "replicationrepaircommandstartedat:"
            | "replicationrepaircommandendedat:" => Some(State::Command),
            _ => None,
        }
    }

    fn is_word(&self) -> bool {
        let word = spaced(self.value);
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    /// `typedberrors with 982 records`.
    fn is_table(&self) -> bool {
        let text = spaced(self.value);
        let mut words = text.split(' ');
        self.is_word()
            || words.next().is_some_and(|name| !name.is_empty())
                && words.next() == Some("with")
                && words.next().is_some_and(is_digits)
                && words.next() == Some("records")
                && words.next().is_none()
    }
}

const TIME: &str = "2023-07-17-16-47";

/// The words about every table, without their numbers, blanks, full stops and apostrophes.
const COMPLETED: [&str; 3] = ["tablescheckedoutof", "checkedtablesoutof", "tablesprocessedoutof"];
const SYNCED: [&str; 2] = ["synccompletedontablesoutof", "synccompletedtablessyncedoutof"];

/// Checks if the number of tables is that of all tables: `753 tables checked out of 753`.
fn is_every_table(text: &str, wordings: &[&str]) -> bool {
    let words: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let (done, all) = (numbers.next(), numbers.next());
    wordings.contains(&words.as_str())
        && numbers.next().is_none()
        && done == all
        && done.is_some_and(|done| done.bytes().any(|digit| digit != b'0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}')
}

fn is_quoted_file(text: &str) -> bool {
    let inner = text.strip_prefix(is_quote).and_then(|text| text.strip_suffix(is_quote));
    inner.is_some_and(|inner| inner.starts_with("file") && !inner.contains(is_quote))
}

/// `tueaug115:10:52ist2023`: a weekday, and the year at the end.
fn is_time(text: &str) -> bool {
    let is_day = DAYS.iter().any(|day| text.starts_with(day));
    let year: String = text.chars().rev().take(4).collect();
    is_day && is_digits(&year) && text.len() <= LONGEST_TIME
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LONGEST_TIME: usize = 32;
