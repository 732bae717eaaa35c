//! What somebody gave: a file of this format, or the text that CUCM's command line printed.

use super::Verifier;
use super::input;
use crate::console::{self, Print};
use crate::facts::{Files, ListFacts, ListKind};
pub(super) use crate::question::text;
use crate::question::{self, GivenError};
use crate::report::list::parse_error;
use std::path::Path;
use std::sync::Arc;

/// A list by its facts; `None` where a print says that there is no such file.
pub(super) fn list(
    files: &mut Files<Verifier>,
    name: &str,
    bytes: impl Into<Arc<[u8]>>,
    wanted: Option<ListKind>,
) -> Result<Option<Arc<ListFacts>>, String> {
    question::list(files, bytes, wanted).map_err(|error| told(name, &error))
}

/// The error as one line that names the file.
pub(super) fn told(name: &str, error: &GivenError) -> String {
    match error {
        GivenError::Parse(error) => parse_error(name, error),
        GivenError::Paste(error) => format!("{name}: {error}"),
        GivenError::Certificate(error) => format!("{name}: {error}"),
    }
}

/// The prints of a text; an error that names what it is where there is none.
pub(super) fn prints(path: &Path, text: &str) -> Result<Vec<Print>, String> {
    let prints = console::parse(text);
    if !prints.is_empty() {
        return Ok(prints);
    }
    // Nothing was recognised: the error says what was expected, and where.
    console::list(text, None).map(|print| vec![print]).map_err(|error| format!("{}: {error}", input::name(path)))
}
