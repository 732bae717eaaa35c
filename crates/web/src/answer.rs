//! One answer: the document of the command line, its sentences, and how it ends.

use crate::desk::Given;
use serde::Serialize;
use trustlist::json::Value;
use trustlist::report::escaped::write_document;
use trustlist::report::several;

/// How an answer ends. Ordered as the exit statuses of the command line are: of several the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Fine,
    Undecided,
    Negative,
    Unusable,
}

/// The answer to a question.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// The document as the command line prints it.
    pub(crate) json: String,
    /// The short answer.
    pub(crate) text: String,
    /// The text of the command line on standard error.
    pub(crate) notes: Vec<String>,
    /// Further forms: the long answer, a picture, a page, a run book, a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) forms: Vec<Form>,
}

/// A further form of an answer.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) body: String,
}

impl Answer {
    /// An answer with its document.
    pub(crate) fn new(document: &impl Serialize, text: String, status: Status) -> Self {
        Self { status, json: printed(document), text, notes: Vec::new(), forms: Vec::new() }
    }

    /// An answer that could not be given.
    pub(crate) fn unusable(error: &str) -> Self {
        let mut answer = Self::new(&several::error_json(error), String::new(), Status::Unusable);
        answer.notes.push(without_limit(error));
        answer
    }

    /// Adds a further form.
    pub(crate) fn form(mut self, name: &'static str, body: String) -> Self {
        self.forms.push(Form { name, body });
        self
    }

    /// Adds what is said beside it.
    pub(crate) fn notes<N: ToString>(mut self, notes: impl IntoIterator<Item = N>) -> Self {
        self.notes.extend(notes.into_iter().map(|note| note.to_string()));
        self
    }
}

/// One of several answers about a file.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) document: Value,
    pub(crate) text: String,
    pub(crate) status: Status,
    /// The outcome of the signature in words.
    pub(crate) signature: Option<String>,
}

impl Part {
    pub(crate) fn new(document: &impl Serialize, text: String, status: Status) -> Self {
        Self { document: trustlist::json::Value::of(document), text, status, signature: None }
    }

    /// Adds the outcome of the signature in words.
    pub(crate) fn signature(self, signature: String) -> Self {
        Self { signature: Some(signature), ..self }
    }
}

/// The answers about one file as one: each document has the file's name after its schema.
pub(crate) fn of_file(given: &Given, parts: Result<Vec<Part>, String>) -> Answer {
    let parts = parts.unwrap_or_else(|error| {
        vec![Part::new(&several::error_json(&error), error, Status::Unusable)]
    });
    let status = parts.iter().map(|part| part.status).max().unwrap_or(Status::Fine);
    let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n");
    let signatures: Vec<String> = parts.iter().filter_map(|part| part.signature.clone()).collect();
    let documents: Vec<Value> = parts.into_iter().map(|part| named(given, part.document)).collect();
    let answer = match documents.as_slice() {
        [document] => Answer::new(document, text, status),
        documents => Answer::new(&several::files_json(documents), text, status),
    };
    signatures.into_iter().fold(answer, |answer, signature| answer.form("signature", signature))
}

/// Returns an error without the name of the limit that it gives to programmers.
pub(crate) fn without_limit(error: &str) -> String {
    let parts = error
        .split_once("::MAX_")
        .and_then(|(before, after)| Some((before.rsplit_once(" (")?.0, after.split_once(')')?.1)));
    parts.map_or_else(|| error.to_owned(), |(before, after)| format!("{before}{after}"))
}

/// Returns a text with the buttons of the page in place of the commands that do the same.
pub(crate) fn with_buttons(text: &str) -> String {
    BUTTONS.iter().fold(text.to_owned(), |text, (command, button)| text.replace(command, button))
}

/// Commands that sentences name, and the buttons.
const BUTTONS: [(&str, &str); 4] = [
    ("`trustlist plan recover`", "\"Phones that stay locked\""),
    ("`trustlist predict`", "\"Predict\""),
    ("`trustlist preflight`", "\"Check the pastes\""),
    ("`trustlist simulate`", "\"Simulate\""),
];

/// Returns a document as it is printed.
pub(crate) fn printed(document: &impl Serialize) -> String {
    let mut out = Vec::new();
    match write_document(&mut out, document) {
        Ok(()) => String::from_utf8_lossy(&out).into_owned() + "\n",
        Err(error) => format!("cannot write JSON: {error}"),
    }
}

fn named(given: &Given, document: Value) -> Value {
    let Value::Object(fields) = document else { return document };
    let mut fields = fields.into_iter();
    let schema = fields.next();
    let name = ("file".to_owned(), Value::from(given.name.as_str()));
    Value::Object(schema.into_iter().chain([name]).chain(fields).collect())
}
