//! Answers of commands that exist on the command line only: as text, JSON, a page or a calendar.

pub(crate) mod check;
pub(crate) mod expiry;
#[cfg(test)]
mod schema;
mod shape;
pub(crate) mod snapshot;
