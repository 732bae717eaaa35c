//! Data to standard output, everything else to standard error, and the exit status.

use crate::report::several;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit status of one answer. Ordered: of several the worst counts, 2 before 1 before 3 before 0.
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

/// What a command says. Data is collected and written at the end, at once.
#[derive(Debug)]
pub(super) struct Output {
    data: Vec<u8>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { data: Vec::new() }
    }

    /// Adds data.
    pub(super) fn print(&mut self, data: impl std::fmt::Display) {
        let _ = write!(self.data, "{data}");
    }

    /// Adds data that is no text.
    pub(super) fn bytes(&mut self, data: &[u8]) {
        self.data.extend_from_slice(data);
    }

    /// Adds a JSON document.
    pub(super) fn json(&mut self, document: &impl serde::Serialize) {
        match serde_json::to_string_pretty(document) {
            Ok(text) => self.print(format_args!("{text}\n")),
            Err(error) => self.message(format_args!("cannot write JSON: {error}")),
        }
    }

    /// Says something that is not data, at once.
    pub(super) fn message(&self, text: impl std::fmt::Display) {
        let _ = writeln!(io::stderr(), "trustlist: {text}");
    }

    /// Writes the data. A reader that went away is no failure; a full disk is.
    pub(super) fn finish(self, status: Status) -> ExitCode {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(&self.data).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.message(format_args!("cannot write to standard output: {error}"));
                ExitCode::from(Status::Unusable.code())
            }
            _ => ExitCode::from(status.code()),
        }
    }

    /// Answers each file on its own; the worst status counts, and with `json` several answers become one document.
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
                self.message(&error);
                vec![Answer::unusable(error)]
            });
            for answer in answers {
                if !json && !self.data.is_empty() && answer.text.lines().count() > 1 {
                    self.print("\n");
                }
                self.print(if json { "" } else { &answer.text });
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

/// One answer about one file: as a document, as text, and how it ends.
#[derive(Debug)]
pub(super) struct Answer {
    document: serde_json::Value,
    text: String,
    status: Status,
}

impl Answer {
    pub(super) fn new(document: &impl serde::Serialize, text: String, status: Status) -> Self {
        Self { document: serde_json::to_value(document).unwrap_or_default(), text, status }
    }

    fn unusable(error: String) -> Self {
        Self { document: several::error_json(&error), text: String::new(), status: Status::Unusable }
    }
}

/// The status of an answer; an error is said.
pub(super) fn settled(answer: Result<Status, String>, output: &Output) -> Status {
    answer.unwrap_or_else(|error| {
        output.message(error);
        Status::Unusable
    })
}

/// Writes a file whole or not at all: to a new file beside it, which then takes its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let fail = |error: io::Error| format!("{}: {error}", super::input::name(path));
    let name = path.file_name().ok_or_else(|| fail(io::Error::other("expected the name of a file")))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(beside);
    let mut file = std::fs::File::options().write(true).create_new(true).open(&part).map_err(fail)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    written.and_then(|()| std::fs::rename(&part, path)).map_err(|error| {
        let _ = std::fs::remove_file(&part);
        fail(error)
    })
}

/// Says what was wrong with the arguments, or prints the help that was asked for.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    let code = if error.use_stderr() || printed.is_err() { Status::Unusable } else { Status::Fine };
    ExitCode::from(code.code())
}

/// The document with the name of its file behind the schema.
fn named(path: &Path, document: serde_json::Value) -> serde_json::Value {
    let serde_json::Value::Object(fields) = document else { return document };
    let name = serde_json::Value::from(path.display().to_string());
    let mut fields = fields.into_iter();
    let schema = fields.next();
    serde_json::Value::Object(schema.into_iter().chain([("file".to_owned(), name)]).chain(fields).collect())
}
