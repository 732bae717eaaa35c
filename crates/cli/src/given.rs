//! Given inputs: a file of this format, or pasted output of CUCM's command line.

use super::Verifier;
use super::input::{self, Input};
use std::path::Path;
use std::sync::Arc;
use trustlist::console::{self, Print};
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::question::{self, GivenError};
use trustlist::report::list::parse_error;
use trustlist::wire;

impl Input {
    /// Returns a list by its facts; `None` if a print says that there is no such file.
    pub(super) fn list(
        &self,
        files: &mut Files<Verifier>,
        name: &str,
        bytes: impl Into<Arc<[u8]>>,
        wanted: Option<ListKind>,
    ) -> Result<Option<Arc<ListFacts>>, String> {
        let bytes = bytes.into();
        self.list_size(name, &bytes)?;
        question::list(files, bytes, wanted, &self.limits.paste())
            .map_err(|error| self.given_error(name, &error))
    }

    /// Returns a list for many phones. A paste that lost a part of it is refused: the answer could
    /// not name the missing fact for each phone.
    pub(super) fn whole_list(
        &self,
        files: &mut Files<Verifier>,
        name: &str,
        bytes: Arc<[u8]>,
        wanted: Option<ListKind>,
    ) -> Result<Option<Arc<ListFacts>>, String> {
        let list = self.list(files, name, bytes.clone(), wanted)?;
        let known = list.as_ref().is_none_or(|list| files.bytes(&list.file).is_some());
        match self.losses(name, &bytes, wanted).into_iter().next().filter(|_| !known) {
            Some(lost) => Err(format!("{lost}: expected the file itself, or a whole paste")),
            None => Ok(list),
        }
    }

    /// Reads the bytes of a list that is not too large, and holds them until the end.
    pub(super) fn list_file(&self, path: &Path) -> Result<Vec<u8>, String> {
        let bytes = self.held(path)?;
        self.list_size(&input::name(path), &bytes)?;
        Ok(bytes)
    }

    /// Checks the size of what may be a list.
    pub(super) fn list_size(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        match wire::parse(bytes) {
            Ok(file) => self.limits.list_size(name, &file),
            Err(_) => Ok(()),
        }
    }

    /// Returns the losses of the paste of a list, one line each; none for a file.
    pub(super) fn losses(&self, name: &str, bytes: &[u8], wanted: Option<ListKind>) -> Vec<String> {
        question::losses(bytes, wanted, &self.limits.paste())
            .iter()
            .map(|lost| format!("{name}: {lost}"))
            .collect()
    }

    /// Returns the error as one line that names the file.
    pub(super) fn given_error(&self, name: &str, error: &GivenError) -> String {
        match error {
            GivenError::Parse(error) => parse_error(name, error),
            GivenError::Paste(error) => self.limits.paste_error(name, error),
            error => format!("{name}: {error}"),
        }
    }

    /// Returns the pasted lists of a text.
    pub(super) fn prints(&self, path: &Path, text: &str) -> Result<Vec<Print>, String> {
        let name = input::name(path);
        let prints = self.prints_of(&name, text)?;
        if prints.iter().any(Print::is_readable) {
            return Ok(prints);
        }
        // Nothing was recognised or can be read: the error says what was expected, and where.
        console::list_within(text, None, &self.limits.paste())
            .map(|print| vec![print])
            .map_err(|error| self.limits.paste_error(&name, &error))
    }

    /// Returns the prints of a text, perhaps none.
    pub(super) fn prints_of(&self, name: &str, text: &str) -> Result<Vec<Print>, String> {
        console::parse_within(text, &self.limits.paste())
            .map_err(|error| self.limits.paste_error(name, &error))
    }

    /// Returns the text, if a pasted list may be in it.
    ///
    /// # Errors
    /// If it is a longer text than is read.
    pub(super) fn pasted(&self, name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
        question::text(bytes, &self.limits.paste())
            .map_err(|error| self.limits.paste_error(name, &error))
    }

    /// Returns the decoded text, if it is short enough.
    pub(super) fn decoded(&self, name: &str, bytes: &[u8]) -> Result<Option<String>, String> {
        question::decoded(bytes, &self.limits.paste())
            .map_err(|error| self.limits.paste_error(name, &error))
    }
}
