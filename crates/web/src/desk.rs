//! The files that were given.

use std::borrow::Cow;
use std::sync::Arc;
use trustlist::console::{self, PasteLimits, Print};
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::question::{self, GivenError, Verifier};
use trustlist::report::list::parse_error;
use trustlist::wire;

/// Files by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    files: Vec<Option<Given>>,
}

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) bytes: Arc<[u8]>,
    too_large: bool,
}

impl Desk {
    /// Takes a file. Of one that is too large only the name is kept.
    pub(crate) fn add(&mut self, name: String, bytes: Vec<u8>) -> u32 {
        let too_large = bytes.len() > MAX_FILE_SIZE;
        let bytes = if too_large { Arc::default() } else { bytes.into() };
        self.files.push(Some(Given { name, bytes, too_large }));
        u32::try_from(self.files.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Forgets a file; its number is not given again.
    pub(crate) fn remove(&mut self, file: u32) {
        if let Some(place) = usize::try_from(file).ok().and_then(|place| self.files.get_mut(place))
        {
            *place = None;
        }
    }

    /// Returns a file that is not too large.
    pub(crate) fn file(&self, file: u32) -> Result<&Given, String> {
        let given = usize::try_from(file)
            .ok()
            .and_then(|place| self.files.get(place))
            .and_then(Option::as_ref);
        let given = given.ok_or_else(|| format!("no file with the number {file}"))?;
        if given.too_large {
            let limit = MAX_FILE_SIZE >> 20;
            return Err(format!(
                "{}: larger than {limit} MiB, which is the most that this page reads",
                given.shown()
            ));
        }
        Ok(given)
    }
}

impl Given {
    /// Returns the name, fit to be shown.
    pub(crate) fn shown(&self) -> String {
        trustlist::report::Plain(&self.name).to_string()
    }

    /// Returns the text, if it is text that may hold a print.
    pub(crate) fn print_text(&self) -> Result<Option<String>, String> {
        question::text(&self.bytes, &within()).map_err(|error| format!("{}: {error}", self.shown()))
    }

    /// Returns the text, if it is short enough to be read as a paste.
    pub(crate) fn decoded(&self) -> Result<Option<String>, String> {
        question::decoded(&self.bytes, &within())
            .map_err(|error| format!("{}: {error}", self.shown()))
    }

    /// Returns the text of a document. Editors of Windows write a byte order mark, or UTF-16.
    pub(crate) fn text(&self) -> Result<Cow<'_, str>, String> {
        if let Some(text) = utf16(&self.bytes) {
            return Ok(Cow::Owned(text));
        }
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
            format!("{}: byte 0x{:04x}: expected text in UTF-8", self.shown(), error.valid_up_to())
        })
    }

    /// Returns the prints of a text; if it has none, the error says what was expected.
    pub(crate) fn prints(&self, text: &str) -> Result<Vec<Print>, String> {
        let prints = self.prints_or_none(text)?;
        if prints.iter().any(Print::is_readable) {
            return Ok(prints);
        }
        console::list_within(text, None, &within())
            .map(|print| vec![print])
            .map_err(|error| format!("{}: {error}", self.shown()))
    }

    /// Returns the prints of a text, perhaps none.
    pub(crate) fn prints_or_none(&self, text: &str) -> Result<Vec<Print>, String> {
        console::parse_within(text, &within()).map_err(|error| format!("{}: {error}", self.shown()))
    }

    /// Returns a list by its facts; `None` if a print says that there is no such file.
    pub(crate) fn list(
        &self,
        files: &mut Files<Verifier>,
        wanted: Option<ListKind>,
    ) -> Result<Option<Arc<ListFacts>>, String> {
        if let Ok(file) = wire::parse(&self.bytes) {
            self.list_size(&file)?;
        }
        question::list(files, self.bytes.clone(), wanted, &within())
            .map_err(|error| self.told(&error))
    }

    /// Returns what the paste of a list lost, one line each.
    pub(crate) fn losses(&self, wanted: Option<ListKind>) -> Vec<String> {
        question::losses(&self.bytes, wanted, &within())
            .iter()
            .map(|lost| format!("{}: {lost}", self.shown()))
            .collect()
    }

    /// Refuses a list that is larger than is read.
    pub(crate) fn list_size(&self, file: &wire::File<'_>) -> Result<(), String> {
        match file {
            wire::File::List(list) if list.as_bytes().len() > MAX_LIST_SIZE => {
                let bytes = list.as_bytes().len();
                Err(format!(
                    "{}: a list of {bytes} bytes, expected at most {MAX_LIST_SIZE}",
                    self.shown()
                ))
            }
            _ => Ok(()),
        }
    }

    /// Returns the error as one line that names the file.
    pub(crate) fn told(&self, error: &GivenError) -> String {
        match error {
            GivenError::Parse(error) => parse_error(&self.shown(), error),
            error => format!("{}: {error}", self.shown()),
        }
    }
}

/// Returns a text in UTF-16, if a byte order mark says that it is one.
pub(crate) fn utf16(bytes: &[u8]) -> Option<String> {
    let (unit, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let units = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    Some(
        char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
    )
}

/// Returns the limits of pastes.
pub(crate) fn within() -> PasteLimits {
    PasteLimits::new()
}

/// The largest file that is read, as on the command line.
pub(crate) const MAX_FILE_SIZE: usize = 24 << 20;
/// The largest trust list that is read, as on the command line.
const MAX_LIST_SIZE: usize = 4 << 20;
