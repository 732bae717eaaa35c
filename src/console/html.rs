//! The text of a page that a phone shows of itself: status messages and console logs in a browser.

use super::clean::Clean;
use super::glyph::Line;
use alloc::{string::String, vec::Vec};

/// Whether a text is a page: it begins like one, or `<html` is near its beginning.
pub(super) fn is_html(text: &str) -> bool {
    let head: String = text.chars().take(LONGEST_HEAD).collect();
    let head = head.to_ascii_lowercase();
    let start = head.trim_start_matches('\u{feff}').trim_start();
    ["<head", "<body", "<table", "<?xml"].iter().any(|tag| start.starts_with(tag))
        || ["<!doctype html", "<html"].iter().any(|tag| head.contains(tag))
}

/// Before a page is a command line, or words of the one who pasted it.
const LONGEST_HEAD: usize = 1_000;

/// The lines of a page without its tags. A row, a cell or a paragraph begins a line; its number is that of the source.
pub(super) fn page(source: &Clean<'_>) -> Clean<'static> {
    let mut page = Page { text: String::new(), lines: Vec::new(), open: 0, hidden: None };
    let mut tag: Option<String> = None;
    let mut last = Line(1);
    for line in source.lines() {
        last = line.line;
        page.read(line.text, &mut tag, last);
        match &mut tag {
            Some(tag) => tag.push(' '),
            None => page.end(last),
        }
    }
    page.end(last);
    Clean::of_lines(page.text, &page.lines)
}

struct Page {
    text: String,
    /// The number of each line, and if it is in the text.
    lines: Vec<(Line, usize, usize)>,
    /// Where the open line begins.
    open: usize,
    /// The element whose content is no text: `script` or `style`.
    hidden: Option<&'static str>,
}

impl Page {
    fn read(&mut self, text: &str, tag: &mut Option<String>, line: Line) {
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(open) = tag {
                let (inside, behind) = rest
                    .split_once('>')
                    .map_or((rest, None), |(inside, behind)| (inside, Some(behind)));
                open.push_str(inside);
                let Some(behind) = behind else { return };
                let name = name(open);
                *tag = None;
                self.tag(&name, line);
                rest = behind;
                continue;
            }
            let at = tag_at(rest).unwrap_or(rest.len());
            let (words, behind) = rest.split_at(at);
            if self.hidden.is_none() {
                unescape(words, &mut self.text);
            }
            rest = match behind.strip_prefix('<') {
                Some(behind) => {
                    *tag = Some(String::new());
                    behind
                }
                None => "",
            };
        }
    }

    fn tag(&mut self, name: &str, line: Line) {
        match self.hidden {
            Some(hidden) if name.strip_prefix('/') == Some(hidden) => self.hidden = None,
            Some(_) => return,
            None => self.hidden = HIDDEN.iter().find(|hidden| name == **hidden).copied(),
        }
        let inline = INLINE.contains(&name.trim_start_matches('/'));
        if inline {
            return;
        }
        // Cells of a row go together: a time and its message.
        if CELLS.contains(&name.trim_start_matches('/')) {
            self.text.push(' ')
        } else {
            self.end(line)
        }
    }

    fn end(&mut self, line: Line) {
        let open = self.text.get(self.open..).unwrap_or_default();
        if open.trim().is_empty() {
            self.text.truncate(self.open);
            return;
        }
        self.lines.push((line, self.open, open.len()));
        self.open = self.text.len();
    }
}

const HIDDEN: &[&str] = &["script", "style"];
const INLINE: &[&str] =
    &["a", "b", "i", "em", "strong", "font", "span", "u", "tt", "code", "small"];
const CELLS: &[&str] = &["td", "th"];

/// Where the first tag begins. `<CTLFile.tlv>` is none.
fn tag_at(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|&at| {
        let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
        let word = rest.trim_start_matches(['/', '!', '?']);
        let name = word.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
        let marked = word.len() < rest.len() && (word.starts_with('-') || word.is_empty());
        let behind = word.as_bytes().get(name);
        marked || name > 0 && matches!(behind, None | Some(b' ' | b'\t' | b'/' | b'>' | b':'))
    })
}

const LONGEST_NAME: usize = 32;

/// The name of a tag in small letters, with the `/` of a closing one.
fn name(tag: &str) -> String {
    let end = tag
        .char_indices()
        .skip(1)
        .find(|(_, c)| !c.is_ascii_alphanumeric())
        .map_or(tag.len(), |(at, _)| at);
    tag.get(..end).unwrap_or_default().to_ascii_lowercase()
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let known =
            ENTITIES.iter().find_map(|(entity, c)| Some((behind.strip_prefix(entity)?, *c)));
        if let Some((next, c)) = known {
            out.push(c);
            rest = next;
        } else {
            out.push('&');
            rest = behind;
        }
    }
    out.push_str(rest);
}

const ENTITIES: &[(&str, char)] = &[
    ("nbsp;", ' '),
    ("lt;", '<'),
    ("gt;", '>'),
    ("quot;", '"'),
    ("#39;", '\''),
    ("apos;", '\''),
    ("#160;", ' '),
    ("amp;", '&'),
];
