//! Given inputs: a file of this format, or pasted output of CUCM's command line.

use super::Verifier;
use super::{input, limits};
use std::path::Path;
use std::sync::Arc;
use trustlist::console::{self, Print};
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::question::{self, GivenError};
use trustlist::report::list::parse_error;
use trustlist::wire;

/// A list by its facts; `None` where a print says that there is no such file.
pub(super) fn list(
    files: &mut Files<Verifier>,
    name: &str,
    bytes: impl Into<Arc<[u8]>>,
    wanted: Option<ListKind>,
) -> Result<Option<Arc<ListFacts>>, String> {
    let bytes = bytes.into();
    if let Ok(file) = wire::parse(&bytes) {
        limits::list_size(name, &file)?;
    }
    question::list(files, bytes, wanted, &limits::paste()).map_err(|error| told(name, &error))
}

/// A list for many phones. A paste that lost a part of it is refused: the answer could not name the
/// missing fact for each phone.
pub(super) fn whole_list(
    files: &mut Files<Verifier>,
    name: &str,
    bytes: Arc<[u8]>,
    wanted: Option<ListKind>,
) -> Result<Option<Arc<ListFacts>>, String> {
    let list = list(files, name, bytes.clone(), wanted)?;
    let known = list.as_ref().is_none_or(|list| files.bytes(&list.file).is_some());
    match losses(name, &bytes, wanted).into_iter().next().filter(|_| !known) {
        Some(lost) => Err(format!("{lost}: expected the file itself, or a whole paste")),
        None => Ok(list),
    }
}

/// Returns the losses of the paste of a list, one line each; none for a file.
pub(super) fn losses(name: &str, bytes: &[u8], wanted: Option<ListKind>) -> Vec<String> {
    question::losses(bytes, wanted, &limits::paste())
        .iter()
        .map(|lost| format!("{name}: {lost}"))
        .collect()
}

/// The error as one line that names the file.
pub(super) fn told(name: &str, error: &GivenError) -> String {
    match error {
        GivenError::Parse(error) => parse_error(name, error),
        GivenError::Paste(error) => limits::paste_error(name, error),
        error => format!("{name}: {error}"),
    }
}

/// Returns the pasted lists of a text.
pub(super) fn prints(path: &Path, text: &str) -> Result<Vec<Print>, String> {
    let name = input::name(path);
    let prints = prints_of(&name, text)?;
    if prints.iter().any(Print::is_readable) {
        return Ok(prints);
    }
    // Nothing was recognised or can be read: the error says what was expected, and where.
    console::list_within(text, None, &limits::paste())
        .map(|print| vec![print])
        .map_err(|error| limits::paste_error(&name, &error))
}

/// The prints of a text, perhaps none.
pub(super) fn prints_of(name: &str, text: &str) -> Result<Vec<Print>, String> {
    console::parse_within(text, &limits::paste()).map_err(|error| limits::paste_error(name, &error))
}

/// Returns the text, if a pasted list may be in it.
///
/// # Errors
/// Where it is a longer text than is read.
pub(super) fn text(name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
    question::text(bytes, &limits::paste()).map_err(|error| limits::paste_error(name, &error))
}

/// Returns the decoded text, if it is short enough.
pub(super) fn decoded(name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
    question::decoded(bytes, &limits::paste()).map_err(|error| limits::paste_error(name, &error))
}
