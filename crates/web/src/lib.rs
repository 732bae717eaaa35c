//! The page's side of the library: files go in, one question at a time is asked in JSON, and its answer comes back in JSON. The
//! answers hold the documents of the command line, byte for byte, and its sentences; the page shows them and decides nothing.
// No panic on any input: nothing here may index, slice or unwrap. Tests may, see clippy.toml.
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod answer;
mod ask;
mod cluster;
mod desk;
mod fleet;
mod lists;
mod predict;
mod recognise;

use wasm_bindgen::prelude::wasm_bindgen;

/// Everything that was given, and the answers about it.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Desk(desk::Desk);

#[wasm_bindgen]
impl Desk {
    /// Returns a desk with nothing on it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many bytes of a file have to be handed over: one more than are read, so that a longer one is noticed.
    #[must_use]
    pub fn most() -> usize {
        desk::MAX_FILE_SIZE + 1
    }

    /// Takes a file, and returns its number.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) -> u32 {
        self.0.add(name, bytes)
    }

    /// Forgets a file.
    pub fn remove(&mut self, file: u32) {
        self.0.remove(file);
    }

    /// Answers a question in JSON (`{"ask": "show", "file": 0}`).
    #[must_use]
    pub fn ask(&self, question: &str) -> String {
        ask::answer(&self.0, question)
    }
}
