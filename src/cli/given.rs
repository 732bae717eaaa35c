//! What somebody gave: a file of this format, or the text that CUCM's command line printed.

use super::Verifier;
use super::{input, limits};
use crate::console::{self, Given, Presence, Print};
use crate::facts::{Files, ListFacts, ListKind};
use crate::report::list::parse_error;
use crate::wire;
use std::path::Path;
use std::sync::Arc;

/// A list by its facts; `None` where a print says that there is no such file.
pub(super) fn list(
    files: &mut Files<Verifier>,
    name: &str,
    bytes: impl Into<Arc<[u8]>>,
    wanted: Option<ListKind>,
) -> Result<Option<Arc<ListFacts>>, String> {
    let bytes = bytes.into();
    match text(name, &bytes)? {
        None if wire::parse(&bytes).is_ok_and(|file| limits::list_size(name, &file).is_err()) => {
            Err(wire::parse(&bytes).ok().and_then(|file| limits::list_size(name, &file).err()).unwrap_or_default())
        }
        None => files.list(bytes).map(Some).map_err(|error| parse_error(name, &error)),
        Some(text) => {
            let print =
                console::list_within(&text, wanted, &limits::paste()).map_err(|error| limits::paste_error(name, &error))?;
            Ok(of_print(files, &print))
        }
    }
}

/// The facts of a print; those of the file itself, where the set holds the bytes that the print is of.
fn of_print(files: &mut Files<Verifier>, print: &Print) -> Option<Arc<ListFacts>> {
    if matches!(print.presence, Presence::NotFound(_)) {
        return None;
    }
    let file = files.print(print.md5, print.sha1);
    let whole = files.bytes(file).cloned().and_then(|bytes| files.list(bytes).ok());
    Some(whole.unwrap_or_else(|| Arc::new(print.facts(file))))
}

/// The prints of a text; an error that names what it is where there is none.
pub(super) fn prints(path: &Path, text: &str) -> Result<Vec<Print>, String> {
    let name = input::name(path);
    let prints = prints_of(&name, text)?;
    if !prints.is_empty() {
        return Ok(prints);
    }
    // Nothing was recognised: the error says what was expected, and where.
    console::list_within(text, None, &limits::paste())
        .map(|print| vec![print])
        .map_err(|error| limits::paste_error(&name, &error))
}

/// The prints of a text, perhaps none.
pub(super) fn prints_of(name: &str, text: &str) -> Result<Vec<Print>, String> {
    console::parse_within(text, &limits::paste()).map_err(|error| limits::paste_error(name, &error))
}

/// The text, where it is text that a print may stand in. Neighbours with a name of their own (an HTML page, a PEM file,
/// nothing at all) go on as bytes, so that the error names them.
///
/// # Errors
/// Where it is a longer text than is read.
pub(super) fn text(name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
    let Some(text) = decoded(name, bytes)? else { return Ok(None) };
    let named = wire::parse(bytes).err().is_some_and(|error| {
        matches!(
            error.kind(),
            wire::ParseErrorKind::NotThisFormat(
                wire::Neighbour::Empty | wire::Neighbour::Html | wire::Neighbour::Pem | wire::Neighbour::Xml
            )
        )
    });
    Ok((!named || !prints_of(name, &text)?.is_empty()).then_some(text))
}

/// Text, decoded where it is short enough: only then it is copied.
pub(super) fn decoded(name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
    let limits = limits::paste();
    let head = bytes.get(..limits.most().saturating_add(1)).unwrap_or(bytes);
    let Given::Text(text) = Given::of(head) else { return Ok(None) };
    if head.len() < bytes.len() {
        let error = console::PasteError::TooLong { bytes: bytes.len(), limit: limits.most() };
        return Err(limits::paste_error(name, &error));
    }
    Ok(Some(text))
}
