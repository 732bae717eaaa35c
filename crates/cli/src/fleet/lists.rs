//! The lists of an inventory: what a cell means, each file and each content read once.

use super::source::beside;
use crate::input;
use crate::predict::{Known, KnownFile, Reader, held_named};
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use trustlist::facts::{ListFacts, ListKind};

/// What a cell says about a list on a phone.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    /// Nothing is written there.
    Empty,
    /// A print says that there is no such list.
    Nothing,
    /// This list.
    List(Arc<ListFacts>),
    /// A list of which only this checksum is known.
    Unknown(Arc<str>),
}

/// The lists read so far.
pub(crate) struct Lists<'a> {
    reader: &'a RwLock<Reader>,
    inventory: PathBuf,
    /// What a cell means in the column of each kind: one paste may hold both lists.
    cells: [HashMap<String, Result<Held, Arc<str>>>; 2],
    contents: [HashMap<[u8; 32], Held>; 2],
    /// Bytes of the cells that are kept, with what is wrong with them.
    kept: usize,
}

impl<'a> Lists<'a> {
    pub(crate) fn new(reader: &'a RwLock<Reader>, inventory: &Path) -> Self {
        Self {
            reader,
            inventory: inventory.to_owned(),
            cells: Default::default(),
            contents: Default::default(),
            kept: 0,
        }
    }

    /// What a cell means. A file that cannot be read is not tried again.
    pub(crate) fn of_cell(&mut self, cell: &str, kind: ListKind) -> Result<Held, Arc<str>> {
        if cell.is_empty() {
            return Ok(Held::Empty);
        }
        let (cells, contents) = match (&mut self.cells, &mut self.contents, kind) {
            ([_, cells], [_, contents], ListKind::Ctl) => (cells, contents),
            ([cells, _], [contents, _], _) => (cells, contents),
        };
        if let Some(held) = cells.get(cell) {
            return held.clone();
        }
        let held = match source(cell, &self.inventory, self.reader) {
            Ok(Source::Bytes(name, bytes)) => list(&name, bytes, kind, self.reader, contents),
            Ok(Source::Unknown(checksum)) => Ok(Held::Unknown(checksum)),
            Err(error) => Err(error),
        };
        let held = held.map_err(Arc::from);
        let wrong = held.as_ref().err().map_or(0, |error: &Arc<str>| error.len());
        self.kept = self.kept.saturating_add(cell.len()).saturating_add(wrong);
        if cells.len() >= MAX_CELLS || self.kept > MAX_CELL_BYTES {
            cells.clear();
            self.kept = cell.len().saturating_add(wrong);
        }
        cells.insert(cell.to_owned(), held.clone());
        held
    }
}

/// Where the list of a cell comes from.
enum Source {
    Bytes(String, Arc<[u8]>),
    Unknown(Arc<str>),
}

fn source(cell: &str, inventory: &Path, reader: &RwLock<Reader>) -> Result<Source, String> {
    let digits: String = cell.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let checksum = Known::checksum_of(&digits);
    if let Some(checksum) = &checksum {
        let reader = reader.read().unwrap_or_else(PoisonError::into_inner);
        let found = reader.known.as_ref().map(|known| known.find(checksum)).transpose();
        if let Some(KnownFile { name, bytes }) =
            found.map_err(|error| format!("{digits}: {error}"))?.flatten()
        {
            return Ok(Source::Bytes(name, bytes));
        }
    }
    let path = beside(inventory, cell);
    if checksum.is_some() && !path.exists() {
        return Ok(Source::Unknown(digits.to_ascii_lowercase().into()));
    }
    // As an argument this would be standard input; in inventories it stands for "none", or for "not known".
    if cell == "-" {
        return Err("-: expected a list, its checksum or an empty value".into());
    }
    let bytes = held_named(&path)?;
    Known::fits_its_name(Path::new(cell), &bytes)?;
    Ok(Source::Bytes(input::name(&path), bytes.into()))
}

/// The list of these bytes, read once whatever it is called.
fn list(
    name: &str,
    bytes: Arc<[u8]>,
    kind: ListKind,
    reader: &RwLock<Reader>,
    contents: &mut HashMap<[u8; 32], Held>,
) -> Result<Held, String> {
    let sha256: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    if let Some(held) = contents.get(&sha256) {
        return Ok(held.clone());
    }
    let list = reader.write().unwrap_or_else(PoisonError::into_inner).list(name, bytes, kind)?;
    let held = list.map_or(Held::Nothing, Held::List);
    contents.insert(sha256, held.clone());
    Ok(held)
}

/// Cells whose meaning is kept.
const MAX_CELLS: usize = 1 << 14;
/// Bytes of them.
const MAX_CELL_BYTES: usize = 1 << 21;
