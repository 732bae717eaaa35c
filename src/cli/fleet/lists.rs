//! The lists of an inventory: what a cell means, each file and each content read once.

use super::inventory::beside;
use crate::cli::input;
use crate::cli::predict::{Known, Reader};
use crate::facts::ListFacts;
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// What a cell says about a list on a phone.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// Nothing is written there.
    Empty,
    /// This list.
    List(Arc<ListFacts>),
    /// A list of which only this checksum is known.
    Unknown(Arc<str>),
}

/// The lists read so far.
pub(super) struct Lists<'a> {
    reader: &'a RwLock<Reader>,
    inventory: PathBuf,
    cells: HashMap<String, Result<Held, Arc<str>>>,
    contents: HashMap<[u8; 32], Arc<ListFacts>>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(reader: &'a RwLock<Reader>, inventory: &Path) -> Self {
        Self { reader, inventory: inventory.to_owned(), cells: HashMap::new(), contents: HashMap::new() }
    }

    /// What a cell means. A file that cannot be read is not tried again.
    pub(super) fn of_cell(&mut self, cell: &str) -> Result<Held, Arc<str>> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Ok(Held::Empty);
        }
        if let Some(held) = self.cells.get(cell) {
            return held.clone();
        }
        let held = self.read(cell).map_err(Arc::from);
        if self.cells.len() >= MAX_CELLS {
            self.cells.clear();
        }
        self.cells.insert(cell.to_owned(), held.clone());
        held
    }

    fn read(&mut self, cell: &str) -> Result<Held, String> {
        let digits: String = cell.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let path = beside(&self.inventory, cell);
        let (name, bytes) = match Known::checksum_of(&digits).filter(|_| !path.exists()) {
            Some(checksum) => match self.known(&checksum) {
                Some(known) => known,
                None => return Ok(Held::Unknown(digits.to_ascii_lowercase().into())),
            },
            // As an argument this would be standard input; in inventories it stands for "none", or for "not known".
            None if cell == "-" => return Err("-: expected a list, its checksum or an empty value".into()),
            None => (input::name(&path), input::read(&path)?),
        };
        self.list(&name, bytes).map(Held::List)
    }

    fn known(&self, checksum: &[u8]) -> Option<(String, Vec<u8>)> {
        self.reader.read().unwrap_or_else(PoisonError::into_inner).known.as_ref()?.find(checksum)
    }

    fn list(&mut self, name: &str, bytes: Vec<u8>) -> Result<Arc<ListFacts>, String> {
        let sha256: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        if let Some(list) = self.contents.get(&sha256) {
            return Ok(list.clone());
        }
        let list = self.reader.write().unwrap_or_else(PoisonError::into_inner).list(name, bytes)?;
        self.contents.insert(sha256, list.clone());
        Ok(list)
    }
}

/// Cells whose meaning is kept.
const MAX_CELLS: usize = 1 << 16;
