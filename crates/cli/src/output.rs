//! Data to standard output, everything else to standard error, and the exit status.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trustlist::report::escaped::write_document;
use trustlist::report::several;

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

/// What a command says. Data is collected and written at the end, at once; what is more than a screen or two is written as
/// it comes.
#[derive(Debug)]
pub(super) struct Output {
    data: Vec<u8>,
    /// Whether something was said.
    any: bool,
    /// What became of writing.
    written: io::Result<()>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { data: Vec::new(), any: false, written: Ok(()) }
    }

    /// Adds data.
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
            Err(error) => self.message(format_args!("cannot write JSON: {error}")),
        }
    }

    /// Says something that is not data, at once.
    pub(super) fn message(&self, text: impl std::fmt::Display) {
        message(text);
    }

    /// Writes the data. A reader that went away is no failure; a full disk is.
    pub(super) fn finish(self, status: Status) -> ExitCode {
        let mut stdout = io::stdout().lock();
        match self.written.and_then(|()| stdout.write_all(&self.data)).and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                message(format_args!("cannot write to standard output: {error}"));
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
                if !json && self.any && answer.text.lines().count() > 1 {
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

/// Never fails: the first error of standard output is told at the end, what comes behind it is dropped.
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

fn message(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "trustlist: {text}");
}

/// Bytes that are collected before they are written.
const COLLECTED: usize = 1 << 20;

/// One answer about one file: as a document, as text, and how it ends.
#[derive(Debug)]
pub(super) struct Answer {
    document: trustlist::json::Value,
    text: String,
    status: Status,
}

impl Answer {
    pub(super) fn new(document: &impl serde::Serialize, text: String, status: Status) -> Self {
        Self { document: trustlist::json::to_value(&document).unwrap_or_default(), text, status }
    }

    fn unusable(error: String) -> Self {
        Self {
            document: several::error_json(&error),
            text: String::new(),
            status: Status::Unusable,
        }
    }
}

/// The status of an answer; an error is said, and is the document where there is to be one and none was begun.
pub(super) fn settled(answer: Result<Status, String>, json: bool, output: &mut Output) -> Status {
    answer.unwrap_or_else(|error| {
        output.message(&error);
        if json && !output.any {
            output.json(&several::error_json(&error));
        }
        Status::Unusable
    })
}

/// Says what was wrong with the arguments, or prints the help that was asked for.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        let _ = error.print();
        return ExitCode::from(Status::Unusable.code());
    }
    let mut output = Output::new();
    output.print(error.render());
    output.finish(Status::Fine)
}

/// The document with the name of its file behind the schema.
fn named(path: &Path, document: trustlist::json::Value) -> trustlist::json::Value {
    let trustlist::json::Value::Object(fields) = document else { return document };
    let name = trustlist::json::Value::from(path.display().to_string());
    let mut fields = fields.into_iter();
    let schema = fields.next();
    trustlist::json::Value::Object(
        schema.into_iter().chain([("file".to_owned(), name)]).chain(fields).collect(),
    )
}
