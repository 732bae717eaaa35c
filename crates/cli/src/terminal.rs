//! The standard streams: their width, their colours, and the words that are coloured.

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::io::{self, IsTerminal, Write as _};

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always, also into a file or a pipe
    Always,
    /// Never
    Never,
}

/// The settings of both streams, by the options and the environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    /// Columns of standard output.
    pub(super) columns: usize,
    /// Columns of standard error; `None` in a log, where a message is one line.
    message_columns: Option<usize>,
    pub(super) coloured: bool,
    messages_coloured: bool,
    /// Leaves out everything but errors and documents.
    pub(super) quiet: bool,
}

impl Screen {
    /// Looks at the streams and the environment.
    pub(super) fn look(colour: Colour, quiet: bool) -> Self {
        let asked = std::env::var("COLUMNS").ok();
        let asked = asked.and_then(|text| text.trim().parse::<usize>().ok());
        Self {
            columns: width(asked, terminal_size::terminal_size_of(io::stdout())),
            message_columns: (asked.is_some() || io::stderr().is_terminal())
                .then(|| width(asked, terminal_size::terminal_size_of(io::stderr()))),
            coloured: colour.is_on(AutoStream::choice(&io::stdout())),
            messages_coloured: colour.is_on(AutoStream::choice(&io::stderr())),
            quiet,
        }
    }

    /// Fits a text for a person to the width, and colours it.
    pub(super) fn text(&self, text: &str) -> String {
        let mut fitted = String::with_capacity(text.len());
        self.each(text, |block| fitted.push_str(block));
        fitted
    }

    /// The same, block by block; the last line ends with a line feed too.
    pub(super) fn each(&self, text: &str, mut take: impl FnMut(&str)) {
        super::layout::fit_each(text, self.columns, |block| {
            if self.coloured { take(&painted(block)) } else { take(block) }
        });
    }

    /// Prints a message on standard error, at once, fitted and coloured in the same way.
    pub(super) fn message(&self, level: &str, text: impl std::fmt::Display) {
        let text = format!("{level}: {text}");
        let fitted = match self.message_columns {
            Some(columns) => super::layout::fit(&text, columns),
            None => text,
        };
        let painted = if self.messages_coloured { painted(&fitted) } else { fitted };
        let _ = writeln!(io::stderr(), "{painted}");
    }
}

impl Colour {
    fn is_on(self, by_itself: ColorChoice) -> bool {
        match self {
            Self::Always => true,
            Self::Auto => by_itself != ColorChoice::Never,
            Self::Never => false,
        }
    }

    /// Returns the same for clap, which colours help and errors of usage.
    pub(super) fn for_clap(self) -> clap::ColorChoice {
        match self {
            Self::Always => clap::ColorChoice::Always,
            Self::Auto => clap::ColorChoice::Auto,
            Self::Never => clap::ColorChoice::Never,
        }
    }
}

/// The width of a stream: COLUMNS, else that of the terminal, else one for pipes and files.
fn width(
    asked: Option<usize>,
    terminal: Option<(terminal_size::Width, terminal_size::Height)>,
) -> usize {
    let terminal = terminal.map(|(terminal_size::Width(columns), _)| usize::from(columns));
    asked.or(terminal).unwrap_or(IN_A_PIPE).clamp(NARROWEST, WIDEST)
}

/// Colours the words that carry an answer. The words stay: colour never says something alone.
fn painted(text: &str) -> String {
    text.split_inclusive('\n').map(painted_line).collect()
}

fn painted_line(line: &str) -> String {
    let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    let mut out = String::with_capacity(line.len() + end.len() + 16);
    let mut rest = line;
    if let Some((word, meaning)) =
        VERDICTS.iter().find(|(word, _)| rest.trim_start().starts_with(word))
    {
        let at = rest.len() - rest.trim_start().len();
        let (indent, text) = rest.split_at(at);
        let (word, text) = text.split_at(word.len());
        out.push_str(indent);
        out.push_str(&wrapped_in(word, meaning.style()));
        rest = text;
    } else {
        // The first columns of a table: the level or the answer is in one of them.
        for _ in 0..COLUMNS {
            let start = rest.len() - rest.trim_start().len();
            let (blank, text) = rest.split_at(start);
            let word_end = text.find("  ").unwrap_or(text.len());
            let (word, after) = text.split_at(word_end);
            out.push_str(blank);
            let meaning = WORDS.iter().find(|(known, _)| {
                word == *known || word.strip_prefix(known).is_some_and(|rest| rest.starts_with(':'))
            });
            match meaning {
                Some((known, meaning)) => {
                    let (known, more) = word.split_at(known.len());
                    out.push_str(&wrapped_in(known, meaning.style()));
                    out.push_str(more);
                    rest = after;
                    break;
                }
                None if after.is_empty() => {
                    rest = text;
                    break;
                }
                None => {
                    out.push_str(word);
                    rest = after;
                }
            }
        }
    }
    let code = rest.rfind('[').map(|at| rest.split_at(at)).filter(|(_, code)| is_code(code));
    match code {
        Some((before, code)) => {
            out.push_str(before);
            out.push_str(&wrapped_in(code, Style::new().dimmed()));
        }
        None => out.push_str(rest),
    }
    out.push_str(end);
    out
}

/// Checks if this is `[signer-unknown]`.
fn is_code(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inner.is_some_and(|inner| {
        !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn wrapped_in(word: &str, style: Style) -> String {
    format!("{style}{word}{style:#}")
}

/// How an answer is to be taken.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    Bad,
    Good,
    Note,
    Open,
}

impl Meaning {
    fn style(self) -> Style {
        let colour = match self {
            Self::Bad => AnsiColor::Red,
            Self::Good => AnsiColor::Green,
            Self::Note => AnsiColor::Cyan,
            Self::Open => AnsiColor::Yellow,
        };
        Style::new().bold().fg_color(Some(colour.into()))
    }
}

/// Words at the start of an answer.
const VERDICTS: [(&str, Meaning); 10] = [
    ("NOT READY", Meaning::Bad),
    ("NOT JUDGED", Meaning::Open),
    ("NO:", Meaning::Bad),
    ("PARTIAL", Meaning::Open),
    ("READY", Meaning::Good),
    ("UNDECIDED:", Meaning::Open),
    ("YES:", Meaning::Good),
    ("error:", Meaning::Bad),
    ("note:", Meaning::Note),
    ("warning:", Meaning::Open),
];

/// Words of a column.
const WORDS: [(&str, Meaning); 19] = [
    ("BLOCK", Meaning::Bad),
    ("DEPENDS", Meaning::Open),
    ("DIFFERS", Meaning::Bad),
    ("DOWN", Meaning::Bad),
    ("FAILED", Meaning::Bad),
    ("INVALID", Meaning::Bad),
    ("REFUSED", Meaning::Bad),
    ("UNDECIDED", Meaning::Open),
    ("UNKNOWN", Meaning::Open),
    ("WARN", Meaning::Open),
    ("accepted", Meaning::Good),
    ("agrees", Meaning::Good),
    ("error", Meaning::Bad),
    ("info", Meaning::Note),
    ("note", Meaning::Note),
    ("pass", Meaning::Good),
    ("unknown", Meaning::Open),
    ("unreadable", Meaning::Bad),
    ("warning", Meaning::Open),
];

/// The word of an answer is looked for in this many columns of a line.
const COLUMNS: usize = 3;
/// The width for a pipe or a file.
pub(super) const IN_A_PIPE: usize = 100;
/// The narrowest and the widest lines that are written.
const NARROWEST: usize = 60;
const WIDEST: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn the_width_is_asked_for_or_that_of_the_terminal() {
        let terminal = |columns| Some((terminal_size::Width(columns), terminal_size::Height(24)));
        for (asked, found, columns) in [
            (None, None, 100),
            (None, terminal(80), 80),
            (Some(70), terminal(80), 70),
            (Some(1), None, 60),
            (None, terminal(300), 120),
        ] {
            assert_eq!(width(asked, found), columns, "{asked:?} {found:?}");
        }
    }

    #[test]
    fn colour_changes_no_word() {
        for line in [
            "NO: the phone refuses the ITL.\n",
            "ITL     REFUSED\n",
            "        1  REFUSED   ITL     signer-unknown: x\n",
            "  warning  record 1: the key is short [key-short]\n",
            "error: x: 1\n",
            "BLOCK    F-5    mixed mode, but there is no CTL [ctl-missing]",
        ] {
            let coloured = painted(line);
            assert!(coloured.contains("\u{1b}["), "{line}");
            assert_eq!(plain(&coloured), line);
        }
        for line in ["After   CTL: none.\n", "\n", "  x [not a code]\n", "  errors  3\n"] {
            assert_eq!(painted(line), line);
        }
    }
}
