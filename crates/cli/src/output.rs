//! Data to standard output, everything else to standard error, and the exit status.

use super::terminal::Screen;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trustlist::report::escaped::write_document;
use trustlist::report::several;

/// The exit status of one answer. Ordered by severity: 2 before 1 before 3 before 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Fine,
    Undecided,
    Negative,
    Unusable,
}

impl Status {
    fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Negative => 1,
            Self::Unusable => 2,
            Self::Undecided => 3,
        }
    }
}

/// The output of a command. Data is collected and written at the end, at once; more than a screen
/// or two is written as it comes.
#[derive(Debug)]
pub(super) struct Output {
    data: Vec<u8>,
    /// True after anything was printed.
    any: bool,
    /// The result of writing so far.
    written: io::Result<()>,
    pub(super) screen: Screen,
}

impl Output {
    pub(super) fn new(screen: Screen) -> Self {
        Self { data: Vec::new(), any: false, written: Ok(()), screen }
    }

    /// Adds a text for people: fitted to the width, coloured, left out with --quiet.
    pub(super) fn text(&mut self, text: impl AsRef<str>) {
        self.any = true;
        let (text, screen) = (text.as_ref(), self.screen);
        if screen.quiet || text.is_empty() {
            return;
        }
        screen.each(text, |block| self.print(block));
    }

    /// Adds a document as it is.
    pub(super) fn print(&mut self, data: impl std::fmt::Display) {
        let _ = write!(self, "{data}");
    }

    /// Adds data that is no text.
    pub(super) fn bytes(&mut self, data: &[u8]) {
        let _ = self.write_all(data);
    }

    /// Adds a JSON document.
    pub(super) fn json(&mut self, document: &impl serde::Serialize) {
        match write_document(&mut *self, document) {
            Ok(()) => self.print("\n"),
            Err(error) => self.error(format_args!("cannot write JSON: {error}")),
        }
    }

    /// Prints an error on standard error, at once.
    pub(super) fn error(&self, text: impl std::fmt::Display) {
        self.screen.message("error", text);
    }

    /// Prints a warning on standard error, at once: something that may change what the answer is
    /// worth.
    pub(super) fn warning(&self, text: impl std::fmt::Display) {
        if !self.screen.quiet {
            self.screen.message("warning", text);
        }
    }

    /// Writes the data. A closed pipe is no failure; a full disk is.
    pub(super) fn finish(self, status: Status) -> ExitCode {
        let mut stdout = io::stdout().lock();
        match self.written.and_then(|()| stdout.write_all(&self.data)).and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                let told = format_args!("cannot write to standard output: {error}");
                self.screen.message("error", told);
                ExitCode::from(Status::Unusable.code())
            }
            _ => ExitCode::from(status.code()),
        }
    }

    /// Answers each file on its own. The worst status counts; with `json` several answers become
    /// one document.
    pub(super) fn each(
        &mut self,
        files: &[PathBuf],
        json: bool,
        answer: impl Fn(&Path) -> Result<Vec<Answer>, String>,
    ) -> Status {
        let mut worst = Status::Fine;
        let mut documents = Vec::new();
        for path in files {
            let answers = answer(path).unwrap_or_else(|error| {
                self.error(&error);
                vec![Answer::unusable(error)]
            });
            for answer in answers {
                answer.warnings.iter().for_each(|warning| self.warning(warning));
                if !json {
                    answer.print(self);
                }
                documents.push(named(path, answer.document));
                worst = worst.max(answer.status);
            }
        }
        match (json, documents.as_slice()) {
            (true, [document]) => self.json(document),
            (true, documents) => self.json(&several::files_json(documents)),
            (false, _) => {}
        }
        worst
    }
}

/// Never fails: the first error of standard output is printed at the end, later data is dropped.
impl Write for Output {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.any |= !data.is_empty();
        self.data.extend_from_slice(data);
        if self.data.len() > COLLECTED {
            if self.written.is_ok() {
                self.written = io::stdout().lock().write_all(&self.data);
            }
            self.data.clear();
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that are collected before they are written.
const COLLECTED: usize = 1 << 20;

/// One answer about one file: as a document, as text, and how it ends.
#[derive(Debug)]
pub(super) struct Answer {
    document: trustlist::json::Value,
    text: String,
    /// True for a document (the layout of CUCM, CSV), which is printed as it is.
    is_verbatim: bool,
    status: Status,
    /// Warnings that lower the worth of the answer, one line each.
    warnings: Vec<String>,
}

impl Answer {
    pub(super) fn new(document: &impl serde::Serialize, text: String, status: Status) -> Self {
        let document = trustlist::json::Value::of(&document);
        Self { document, text, is_verbatim: false, status, warnings: Vec::new() }
    }

    /// The same with warnings, which are printed on standard error.
    pub(super) fn warning(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }

    /// The same, whose text is printed as it is.
    pub(super) fn verbatim(self, is_verbatim: bool) -> Self {
        Self { is_verbatim, ..self }
    }

    /// Prints the text; an empty line parts it from the answer before.
    fn print(&self, output: &mut Output) {
        if output.any && self.text.lines().count() > 1 {
            if self.is_verbatim { output.print("\n") } else { output.text("\n") }
        }
        if self.is_verbatim { output.print(&self.text) } else { output.text(&self.text) }
    }

    fn unusable(error: String) -> Self {
        Self {
            document: several::error_json(&error),
            text: String::new(),
            is_verbatim: false,
            status: Status::Unusable,
            warnings: Vec::new(),
        }
    }
}

/// Returns the status of an answer. An error is printed; with `json` it is the document too, unless
/// one was begun.
pub(super) fn settled(answer: Result<Status, String>, json: bool, output: &mut Output) -> Status {
    answer.unwrap_or_else(|error| {
        output.error(&error);
        if json && !output.any {
            output.json(&several::error_json(&error));
        }
        Status::Unusable
    })
}

/// Prints what was wrong with the arguments, or the help that was asked for. With `json` an error is
/// the document too.
pub(super) fn usage(error: &clap::Error, json: bool, screen: Screen) -> ExitCode {
    if error.use_stderr() {
        let _ = error.print();
        if !json {
            return ExitCode::from(Status::Unusable.code());
        }
        let mut output = Output::new(screen);
        output.json(&several::error_json(&usage_error(&error.render().to_string())));
        return output.finish(Status::Unusable);
    }
    let mut output = Output::new(screen);
    if screen.coloured {
        output.print(error.render().ansi());
    } else {
        output.print(super::layout::fit(&error.render().to_string(), screen.columns));
    }
    output.finish(Status::Fine)
}

/// Returns what was wrong with the arguments in one line, without the usage after it.
fn usage_error(rendered: &str) -> String {
    let told = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> =
        told.strip_prefix("error: ").unwrap_or(told).split_whitespace().collect();
    words.join(" ")
}

/// Returns the document with the name of its file after the schema.
fn named(path: &Path, document: trustlist::json::Value) -> trustlist::json::Value {
    let trustlist::json::Value::Object(fields) = document else { return document };
    let name = trustlist::json::Value::from(path.display().to_string());
    let mut fields = fields.into_iter();
    let schema = fields.next();
    trustlist::json::Value::Object(
        schema.into_iter().chain([("file".to_owned(), name)]).chain(fields).collect(),
    )
}
