//! Sections of a paste: the command, if it was pasted too, and its output.

use super::Item;
use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use trustlist::console::Print;
use trustlist::console::clean::{Clean, CleanLine};
use trustlist::console::glyph::{Gap, Glyph, Line, add_glyphs, word_at};

/// What stands between two prompts.
pub(super) struct Section {
    /// The check that the pasted command belongs to.
    pub(super) command: Option<Item>,
    pub(super) line: Line,
    pub(super) lines: Vec<(Line, String)>,
    pub(super) glyphs: Vec<Glyph>,
}

/// A word between blanks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: Line,
}

/// The first line with something on it.
pub(super) fn first_line(clean: &Clean<'_>) -> Line {
    clean.lines().find(|line| !line.text.trim().is_empty()).map_or(Line(1), |line| line.line)
}

/// Hands over the sections of a text: a prompt begins one, so does a line that is a command.
pub(super) fn sections(clean: &Clean<'_>, found: &mut dyn FnMut(Section)) {
    let mut open: Vec<(Line, String)> = Vec::new();
    let mut command = None;
    for CleanLine { line: number, text: line, .. } in clean.lines() {
        let mut rest = line;
        while let Some((before, after)) = prompt(rest) {
            push(&mut open, number, before);
            close(found, &mut open, &mut command);
            rest = after;
        }
        if let Some((item, output)) = command_line(rest) {
            if rest.len() == line.len() {
                close(found, &mut open, &mut command);
            }
            command = Some(item);
            rest = output;
        }
        push(&mut open, number, rest);
    }
    close(found, &mut open, &mut command);
}

/// The text around a prompt. It may follow the output without a gap, where that ended without a line break.
fn prompt(line: &str) -> Option<(&str, &str)> {
    line.split_once(PROMPT)
}

const PROMPT: &str = "admin:";

/// The commands that checks know, and what a collapsed paste holds behind them.
fn command_line(line: &str) -> Option<(Item, &str)> {
    let line = line.trim_start();
    COMMANDS.iter().find_map(|&(command, item)| {
        let head = line.get(..command.len())?;
        if !head.eq_ignore_ascii_case(command) {
            return None;
        }
        let rest = line.get(command.len()..)?;
        Some((item, rest))
    })
}

const COMMANDS: &[(&str, Item)] = &[
    ("show itl", Item::Itl),
    ("show ctl", Item::Ctl),
    ("utils dbreplication runtimestate", Item::Replication),
    ("utils disaster_recovery history backup", Item::Backup),
    ("utils service list", Item::Services),
    ("show cert list own", Item::OwnCertificates),
    ("set cert regen", Item::Regenerated),
    ("utils ctl update ctlfile", Item::CtlUpdate),
    ("utils ctl set-cluster", Item::SetCluster),
    ("utils itl reset", Item::ItlReset),
];

fn push(open: &mut Vec<(Line, String)>, line: Line, text: &str) {
    open.push((line, text.to_owned()));
}

fn close(
    found: &mut dyn FnMut(Section),
    open: &mut Vec<(Line, String)>,
    command: &mut Option<Item>,
) {
    let section = Section::new(command.take(), core::mem::take(open));
    if !section.is_empty() || section.command.is_some() {
        found(section);
    }
}

impl Section {
    fn new(command: Option<Item>, lines: Vec<(Line, String)>) -> Self {
        let first = lines.iter().find(|(_, text)| !text.trim().is_empty()).or(lines.first());
        let line = first.map_or(Line(1), |&(line, _)| line);
        let mut all = Vec::with_capacity(lines.iter().map(|(_, text)| text.len()).sum());
        for (number, text) in &lines {
            let mut gap = Gap { breaks: 1, ..Gap::default() };
            add_glyphs(text, *number, &mut gap, &mut all);
        }
        Self { command, line, lines, glyphs: all }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The words, in order.
    pub(super) fn tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        for (line, text) in &self.lines {
            tokens.extend(text.split_whitespace().map(|text| Token { text, line: *line }));
        }
        tokens
    }

    /// Where a phrase stands: the first character behind it, and its line. Gaps inside it do not count.
    pub(super) fn find(&self, squeezed: &str) -> Option<(usize, Line)> {
        self.find_from(0, squeezed)
    }

    pub(super) fn find_from(&self, from: usize, squeezed: &str) -> Option<(usize, Line)> {
        self.glyphs
            .iter()
            .enumerate()
            .skip(from)
            .find_map(|(at, glyph)| Some((word_at(&self.glyphs, at, squeezed)?, glyph.line)))
    }

    /// The word that begins here.
    pub(super) fn word(&self, at: usize) -> String {
        let mut out = String::new();
        for (index, glyph) in self.glyphs.iter().skip(at).enumerate() {
            if index > 0 && !glyph.gap.is_none() {
                break;
            }
            out.push(glyph.c);
        }
        out
    }

    /// Does one of these prints, which are in the order of their lines, begin in this section?
    pub(super) fn within(&self, prints: &[Print]) -> bool {
        let last = self.lines.last().map_or(self.line, |&(line, _)| line);
        let at = prints.partition_point(|print| print.line < self.line);
        prints.get(at).is_some_and(|print| print.line <= last)
    }

    /// The section with the line breaks of a terminal undone: lines as long as the longest one go on in the next.
    /// `None` where no width shows.
    pub(super) fn unwrapped(&self) -> Option<Self> {
        let length = |text: &str| text.chars().count();
        let width = self.lines.iter().map(|(_, text)| length(text)).max()?;
        let full = self.lines.iter().filter(|(_, text)| length(text) == width).count();
        if width < NARROWEST || full < 2 {
            return None;
        }
        let mut lines: Vec<(Line, String)> = Vec::new();
        let mut goes_on = false;
        for (line, text) in &self.lines {
            match lines.last_mut() {
                Some((_, last)) if goes_on => last.push_str(text),
                _ => lines.push((*line, text.clone())),
            }
            goes_on = length(text) == width;
        }
        Some(Self::new(self.command, lines))
    }
}

/// No terminal is narrower.
const NARROWEST: usize = 20;
